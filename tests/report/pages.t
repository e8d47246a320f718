#!/usr/bin/env python3
"""pages.t - the data of Overview, Cost and Health, worked out by hand."""
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import data
import roll
import tap
from data import page, pick, same

# This week: two sessions; the week before: one. gpt-6-astra: 10, cached 1, written 12.50, output 50 USD a million.
a = roll.Roll(start="2026-11-20T10:00:00Z", cwd="/src/app", git={"repository_url": "https://x@h.se/u/app.git"})
a.started("a1").context("gpt-6-astra").user().used((10000, 6000, 1000, 500, 2000)).done("a1")
a.started("a2").context("gpt-6-astra").user().used((1000, 0, 0, 0)).done("a2")
b = roll.Roll(start="2026-11-21T10:00:00Z", cwd="/src/lib")
b.started("b1").context("mystery", cwd="/src/lib").user().used((400, 0, 100, 0)).done("b1")
c = roll.Roll(start="2026-11-13T10:00:00Z", cwd="/src/lib")
c.started("c1").context("gpt-5.2", cwd="/src/lib").user().used((5000, 1000, 250, 0)).done("c1")
h = roll.Home(a, b, c)
h.ingest()
NOW = "2026-11-22T12:00:00Z"

o = page(h.db, "overview", period="7d", now=NOW)
same((o["group"], o["range"], o["previous"]),
     ("day", {"from": "2026-11-15T12:00:00+00:00", "to": "2026-11-22T12:00:00+00:00", "tz": "UTC"},
      {"from": "2026-11-08T12:00:00+00:00", "to": "2026-11-15T12:00:00+00:00", "tz": "UTC"}), "the range and the one before")
n = o["numbers"]
same({k: (n[k]["now"], n[k]["before"], n[k]["change_ppm"]) for k in n},
     {"tokens": (12500, 5250, 1380952), "uncached": (3400, 4000, -150000), "cached_share": (526315, 200000, 326315),
      "output": (1100, 250, 3400000), "reasoning": (500, 0, None), "turns": (3, 1, 2000000), "sessions": (2, 1, 1000000),
      # 3000 x 10 + 6000 x 1 + 2000 x 12.5 + 1000 x 50 = 111000 millionths; 4000 x 1.75 + 1000 x 0.175 + 250 x 14 = 10675
      "cost": (111000000, 10675000, 9398126)}, "the number row with what changed")
same((n["cost"]["text"], n["cost"]["unpriced_tokens"]), ("0.111", 500), "cost with what has no price")
same(n["tokens"]["spark"], [0, 0, 0, 0, 0, 12000, 500, 0], "a point for each day")
same(n["cached_share"]["spark"][5], 545454, "the share of a day")
same([x["partial"] for x in o["buckets"]], [True] + [False] * 6 + [True], "the first day and today are parts")
same(pick(o["cost_by_model"], "name", "cost_nanousd", "values"),
     [("gpt-6-astra", 111000000, [0, 0, 0, 0, 0, 111000000, 0, 0]), ("mystery", None, [0] * 8)], "cost by model and day")
same(pick(o["projects"], "name", "tokens", "sessions"), [("h.se/u/app", 12000, 1), ("/src/lib", 500, 1)],
     "projects: the repository, else the directory")
same(pick(o["models"], "name", "tokens", "turns"), [("gpt-6-astra", 12000, 2), ("mystery", 500, 1)], "models")
same([(x["id"], x["tokens"], x["range"]["tokens"]) for x in o["sessions"]], [(a.id, 12000, 12000), (b.id, 500, 500)], "top sessions")
same([x["id"] for x in o["last"]], [b.id, a.id], "last sessions")
same((o["limits"], o["coverage"]["unpriced_tokens"], o["coverage"]["models"][0]["name"]), ([], 500, "mystery"), "what is missing")
for period, want in (("today", ("2026-11-21T00:00:00+00:00", "2026-11-21T12:00:00+00:00")),
                     ("wtd", ("2026-11-09T00:00:00+00:00", "2026-11-15T12:00:00+00:00")),
                     ("mtd", ("2026-10-01T00:00:00+00:00", "2026-10-22T12:00:00+00:00")),
                     ("ytd", ("2025-01-01T00:00:00+00:00", "2025-11-22T12:00:00+00:00")),
                     ("24h", ("2026-11-20T12:00:00+00:00", "2026-11-21T12:00:00+00:00")),
                     ("30d", ("2026-09-23T12:00:00+00:00", "2026-10-23T12:00:00+00:00"))):
    before = page(h.db, "overview", period=period, now=NOW)["previous"]
    same((before["from"], before["to"]), want, f"before {period}")
before = page(h.db, "overview", period="7d", now="2026-10-28T12:00:00Z", tz="Europe/Stockholm")["previous"]
same((before["from"], before["to"]), ("2026-10-14T13:00:00+02:00", "2026-10-21T13:00:00+02:00"),
     "over a change of the clock: the same time of day")
same(page(h.db, "overview", period="all")["previous"], None, "nothing is before all")
o = page(h.db, "overview", period="7d", now=NOW, model="mystery")
same((o["numbers"]["tokens"]["now"], o["numbers"]["tokens"]["before"], o["numbers"]["cost"]["text"], len(o["last"])),
     (500, 0, None, 1), "a filter holds for all of it")
same([x["id"] for x in o["sessions"]], [b.id], "... and the sessions")

# ---- cost
k = page(h.db, "cost", period="30d", now=NOW)
same({x: k["total"]["split"][x] for x in ("uncached", "cached", "write", "output")},
     # uncached 3000 x 10 + 4000 x 1.75; cached 6000 x 1 + 1000 x 0.175; written 2000 x 12.5; output 1000 x 50 + 250 x 14
     {"uncached": "0.037", "cached": "0.006175", "write": "0.025", "output": "0.0535"}, "the split by class")
# saved: 6000 x (10 - 1) + 1000 x (1.75 - 0.175); premium: 2000 x (12.5 - 10)
same((k["total"]["cost"], k["total"]["saved"], k["total"]["premium"], k["total"]["without_cache"]),
     ("0.121675", "0.055575", "0.005", "0.17225"), "what caching saves and costs")
same(pick(k["models"], "name", "cost", "saved", "unpriced_tokens"),
     [("gpt-6-astra", "0.111", "0.054", 0), ("gpt-5.2", "0.010675", "0.001575", 0), ("mystery", None, "0", 500)], "by model")
same(k["coverage"]["models"], [{"name": "mystery", "tokens": 500, "reason": "unknown model"}], "what has no price")
[r] = [r for r in k["rates"] if r["model"] == "gpt-6-astra"]
same((r["valid_from"], r["used"], r["input"], r["cached"], r["cache_write"], r["output"], r["long"]),
     ("2026-09-03", True, "10", "1", "12.5", "50",
      {"threshold": 272000, "input": "20", "cached": "2", "cache_write": "25", "output": "75"}), "a row of the rate card")
tap.ok(r["source"] and r["checked_on"] == "2026-11-22" and not r["override"], "with its source and date")
same([r["used"] for r in k["rates"] if r["model"] == "o3"], [False, False], "rows of models that were not used")
tap.ok(len(k["aliases"]) > 0 and all(x["reason"] for x in k["unpriced"]), "aliases, and names without a price")

# ---- health
g = page(h.db, "health")
same((g["files"], g["skipped"], g["unknown"], g["problems"], g["pending"]),
     ([{"name": "read", "n": 3, "bytes": sum(len(r.data()) for r in (a, b, c))}], [], [], [], {"sessions": 0, "sums": 0}), "files and lines")
same({x["name"]: x["n"] for x in g["verdicts"]}["counted"], 4, "verdicts")
same(pick(g["months"], "label", "sessions", "responses", "unreadable"), [("2026-11", 3, 4, 0)], "months")
same(sum(t["bytes"] for t in g["tables"]), os.path.getsize(h.db) if not os.path.exists(h.db + "-wal") else
     g["database"]["bytes"], "the tables are the whole file")
rc, _, err = data.run(h.db, "nothing")
tap.ok(rc == 1 and "no page" in err, "another page", err)
tap.done()
