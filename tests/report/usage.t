#!/usr/bin/env python3
"""usage.t - Usage: sums by bucket and by dimension, worked out by hand; then a
recount of every folder of the lab from its counted lines, in zones with odd offsets."""
import datetime
import os
import sqlite3
import sys
import zoneinfo

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import data
import roll
import tap
from data import page, pick, same

UTC = datetime.timezone.utc

# Two sessions. The first: two turns with gpt-5.2 on the 5th, one with gpt-5.1-codex on the 6th.
# Rates in USD per million: gpt-5.2 1.75, cached 0.175, output 14; gpt-5.1-codex 1.25, 0.125, 10.
a = roll.Roll(start="2026-10-05T10:00:00Z", cwd="/src/app")
a.started("t1").context().user().used((1000, 400, 100, 40)).done("t1")
a.started("t2", at="2026-10-05T10:20:00Z").context().user().used((2000, 1000, 200, 50)).done("t2")
a.started("t3", at="2026-10-06T23:50:00Z").context("gpt-5.1-codex").user().used((500, 0, 50, 0)).done("t3")
b = roll.Roll(start="2026-10-06T08:00:00Z", cwd="/src/lib")
b.context("no-such-model", cwd="/src/lib").user().used((300, 100, 30, 0))
h = roll.Home(a, b)
h.ingest()

RANGE = {"from": "2026-10-05", "to": "2026-10-07", "group": "day"}
u = page(h.db, "usage", by="model", **RANGE)
same((u["group"], u["metric"], u["by"]), ("day", "tokens", "model"), "words of the query")
same(pick(u["buckets"], "label", "start", "partial"),
     [("2026-10-05", "2026-10-05T00:00:00+00:00", False), ("2026-10-06", "2026-10-06T00:00:00+00:00", False),
      ("2026-10-07", "2026-10-07T00:00:00+00:00", False)], "a bucket for each day, without usage too")
same(pick(u["buckets"], "tokens", "input", "uncached", "cached", "cache_write", "output", "reasoning", "responses",
          "turns", "sessions"),
     [(3300, 3000, 1600, 1400, 0, 300, 90, 2, 2, 1), (880, 800, 700, 100, 0, 80, 0, 2, 2, 2),
      (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)], "five classes, turns and sessions by day")
# 1600 x 1.75 + 1400 x 0.175 + 300 x 14 = 2800 + 245 + 4200 = 7245 millionths; 500 x 1.25 + 50 x 10 = 1125
same(pick(u["buckets"], "cost", "cost_nanousd", "unpriced_tokens"),
     [("0.007245", 7245000, 0), ("0.001125", 1125000, 330), ("0", 0, 0)], "cost by day")
t = u["totals"]
same([t[k]["tokens"] for k in ("total", "mean", "least", "most")], [4180, 1393, 0, 3300],
     "total, mean of three days, least, most")
same([t[k]["cost_nanousd"] for k in ("total", "mean", "least", "most")], [8370000, 2790000, 0, 7245000], "... of the cost")
same((t["total"]["sessions"], t["mean"]["sessions"], t["total"]["unpriced_tokens"]), (2, None, 330),
     "sessions are counted once, and have no mean")
same(pick(u["groups"], "name", "other", "members", "tokens", "sessions", "turns", "cost", "values"),
     [("gpt-5.2", False, 1, 3300, 1, 2, "0.007245", [3300, 0, 0]),
      ("gpt-5.1-codex", False, 1, 550, 1, 1, "0.001125", [0, 550, 0]),
      ("no-such-model", False, 1, 330, 1, 1, None, [0, 330, 0])], "by model, the most tokens first")
same([g["share_ppm"] for g in u["groups"]], [789473, 131578, 78947], "shares, cut to parts per million")
same(u["coverage"]["models"], [{"name": "no-such-model", "tokens": 330, "reason": "unknown model"}], "what has no price, and why")

u = page(h.db, "usage", by="model", top=1, metric="cost", **RANGE)
same(pick(u["groups"], "name", "key", "other", "members", "tokens", "sessions", "values"),
     [("gpt-5.2", u["groups"][0]["key"], False, 1, 3300, 1, [7245000, 0, 0]),
      (None, None, True, 2, 880, None, [0, 1125000, 0])], "the largest by name, the others with their number")
tap.ok(u["groups"][0]["key"][10:] == "-gpt-5.2" and len(u["groups"][0]["key"]) == 18, "a key for paths")
u = page(h.db, "usage", by="directory", metric="sessions", **RANGE)
same(pick(u["groups"], "name", "values", "turns"), [("/src/app", [1, 1, 0], 3), ("/src/lib", [0, 1, 0], 1)],
     "distinct sessions by day and directory")
u = page(h.db, "usage", by="session", metric="turns", **RANGE)
same(pick(u["groups"], "name", "values"), [(a.id, [2, 1, 0]), (b.id, [0, 1, 0])], "turns by session")

same(page(h.db, "usage", **{**RANGE, "group": "auto"})["group"], "hour", "three days are shown by the hour")
# ---- filters: alternatives, all of them, not, beginnings
for words, want in (({"model": "gpt-5.2"}, 3300), ({"model": ["gpt-5.2", "gpt-5.1-codex"]}, 3850),
                    ({"model": "!gpt-5.2"}, 880), ({"model": "gpt-5*"}, 3850), ({"directory": "/src*"}, 4180),
                    ({"directory": "/sr*"}, 0), ({"model": "gpt-5*", "directory": "/src/lib"}, 0),
                    ({"session": a.id}, 3850), ({"session": "!" + a.id}, 330), ({"model": "<unknown>"}, 0),
                    ({"session": a.id, "model": "!gpt-5.2"}, 550)):
    u = page(h.db, "usage", **words, **RANGE)
    same(u["totals"]["total"]["tokens"], want, f"filter {words}")
same(page(h.db, "usage", model="gpt-5.1-codex", **RANGE)["totals"]["total"]["turns"], 1, "turns go with the filter")

# ---- time: an edge inside a quarter-hour; other zones; hours
u = page(h.db, "usage", **{"from": "2026-10-05T10:00:00Z", "to": "2026-10-05T10:20:03Z"})
same(u["totals"]["total"]["tokens"], 1100, "a range that ends before the second response")
same((u["totals"]["total"]["turns"], u["totals"]["total"]["sessions"]), (2, 1), "... and behind the start of its turn")
u = page(h.db, "usage", **{"from": "2026-10-05T10:00:00Z", "to": "2026-10-05T10:20:00Z"})
same((u["totals"]["total"]["turns"], u["group"]), (1, "hour"), "... and before it")
same(pick(u["buckets"], "label", "partial", "so_far"), [("2026-10-05T10:00+00:00", True, True)], "a part of an hour")
u = page(h.db, "usage", tz="Europe/Stockholm", **RANGE)
same(pick(u["buckets"], "start", "tokens"),
     [("2026-10-05T00:00:00+02:00", 3300), ("2026-10-06T00:00:00+02:00", 330), ("2026-10-07T00:00:00+02:00", 550)],
     "days of Stockholm: 23:50 UTC is the next one")
u = page(h.db, "usage", group="month", period="all", tz="Asia/Kathmandu")
same(pick(u["buckets"], "label", "tokens"), [("2026-10", 4180), ("2026-11", 0)], "months of Kathmandu, to now")
u = page(h.db, "usage", **{**RANGE, "group": "week", "week": "sun"})
same(pick(u["buckets"], "label", "tokens", "partial"), [("2026-10-04", 4180, True)], "weeks from Sunday")

# ---- periods and words
for period, date, want in (("today", "2026-10-06", 880), ("yesterday", "2026-10-06", 3300), ("7d", "2026-10-06", 4180),
                           ("1d", "2026-10-05", 3300), ("mtd", "2026-10-05", 3300), ("24h", "2026-10-06", 880)):
    u = page(h.db, "usage", period=period, date=date)
    same(u["totals"]["total"]["tokens"], want, f"{period} that ends with {date}")
for word, value, part in (("period", "3 blue", "last"), ("metric", "words", "use tokens"), ("by", "tool", "model, directory"),
                          ("group", "year", "auto, hour"), ("top", "51", "1 to 50"), ("week", "noon", "mon, tue"),
                          ("date", "2026-13-01", "YYYY-MM-DD"), ("from", "yes", "")):
    rc, _, err = data.run(h.db, "usage", **{word: value})
    tap.ok(rc == 1 and value in err and (part in err or word == "period"), f"a bad {word} is named", err)
rc, _, err = data.run(h.db, "usage", group="hour", **{"from": "2000-01-01", "to": "2026-10-07"})
tap.ok(rc == 1 and "take a shorter range or a larger group" in err, "too many columns", err)

# ---- a pack that is damaged, and one that waits to be made again: the same answer
want = page(h.db, "usage", by="model", **RANGE)
for sql in ("UPDATE day_pack SET data = x'0102'", "DELETE FROM day_pack; INSERT INTO sum_mark VALUES (2, 20731), (2, 20732)"):
    c = sqlite3.connect(h.db)
    c.executescript(sql)
    c.close()
    same(page(h.db, "usage", by="model", **RANGE), want, sql[:30])

# ---- an empty database
e = roll.Home(name="empty")
e.put(roll.Roll(start="2026-10-05T10:00:00Z"))
e.ingest()
u = page(e.db, "usage", by="model", period="all")
same((u["totals"]["total"]["tokens"], u["groups"], len(u["buckets"])), (0, [], 13), "nothing was used: hours of today; now, 12:00, is in the 13th")


# ---- the lab, recounted
def label(ms, group, zone):
    d = datetime.datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)
    if group == "week":
        return (d.date() - datetime.timedelta(days=d.weekday())).isoformat()
    return d.date().isoformat()[:7 if group == "month" else 10]


def recount(db, group, zone):
    """{label: {model: tokens}} of the counted lines."""
    c = sqlite3.connect(db)
    out = {}
    for ms, model, n in c.execute("SELECT captured_ms, model, total_tokens FROM events WHERE verdict = 'counted'"):
        sums = out.setdefault(label(ms, group, zone), {})
        sums[model] = sums.get(model, 0) + n
    c.close()
    return out


def shown(u):
    out = {}
    for g in u["groups"]:
        for b, v in zip(u["buckets"], g["values"]):
            if v:
                out.setdefault(b["label"], {})[g["name"]] = v
    return out


if not tap.LAB:
    roll.no_lab("the lab, recounted")
else:
    lab = roll.Home(name="lab")
    for version in sorted(os.listdir(tap.LAB)):
        if os.path.isdir(os.path.join(tap.LAB, version)):
            for scenario in sorted(os.listdir(os.path.join(tap.LAB, version))):
                lab.ct("ingest", "--home", os.path.join(tap.LAB, version, scenario), home=False)
    for zone in ("UTC", "Europe/Stockholm", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"):
        for group in ("day", "week", "month"):
            u = page(lab.db, "usage", by="model", group=group, period="all", tz=zone, top=50)
            want = {k: {m: n for m, n in v.items() if n} for k, v in
                    recount(lab.db, group, zoneinfo.ZoneInfo(zone)).items()}
            have = shown(u)
            tap.ok(have == {k: v for k, v in want.items() if v}, f"the lab by {group} in {zone}",
                   f"{sum(len(v) for v in have.values())} {sum(len(v) for v in want.values())}")
    for by in ("model", "directory", "source", "effort", "tier", "home", "session", "repo", "branch"):
        u = page(lab.db, "usage", by=by, period="all", top=50)
        table = {}
        for row in lab.json("report", "--by", by, "--group", "month", home=False) or []:
            s = table.setdefault(None if row["group"] == "<unknown>" else row["group"], [0, 0, 0])
            s[0] += row["total_tokens"]
            s[1] += round((row["estimated_cost"] or 0) * 1e12)
            s[2] += row["responses"]
        have = {g["name"]: [g["tokens"], round(float(g["cost"] or 0) * 1e12), g["responses"]] for g in u["groups"]
                if not g["other"]}
        wrong = {k: (v, table.get(k)) for k, v in have.items() if v != table.get(k) and v != [0, 0, 0]}
        tap.ok(wrong == {} and have, f"the lab by {by}: as the report says it", str(wrong)[:400])
    turns = lab.rows("SELECT count(*) FROM turn t JOIN rollout r ON r.id = t.rollout_id AND t.line >= r.own_line"
                     " WHERE t.start_ms IS NOT NULL")[0][0]
    same(page(lab.db, "usage", period="all")["totals"]["total"]["turns"], turns, "own turns of the lab")
    u = page(lab.db, "usage", by="model", period="all", top=50)
    tap.ok(sum(g["turns"] for g in u["groups"]) == turns, "every turn belongs to one model")

tap.done()
