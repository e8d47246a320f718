#!/usr/bin/env python3
"""cost.t - the page Cost and its twin: every amount worked out by hand; nothing used; names that are markup."""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
from page import THIN, Page, number  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

NOW = {"CODEX_USAGE_NOW": "2026-11-22T12:00:00Z", "CODEX_USAGE_STRICT": "1"}
PANELS = ["p-cost-models", "p-cost-split", "p-cost-savings", "p-cost-unpriced", "p-cost-rates"]


def ask(h, uri, status=200):
    a, err = web.cgi(h.db, uri, env=NOW)
    tap.ok(a.status == status, f"{uri}: {status}", f"{a!r}\n{err}")
    return a


def percent(text):
    return text + THIN + "%"


# gpt-6-astra: 10, cached 1, written 12.50, output 50 USD a million; gpt-5.2: 1.75, cached 0.175, output 14
a = roll.Roll(start="2026-11-20T10:00:00Z")
a.started("a1").context("gpt-6-astra").user().used((10000, 6000, 1000, 500, 2000)).done("a1")
a.started("a2").context("gpt-6-astra").user().used((1000, 0, 0, 0)).done("a2")
b = roll.Roll(start="2026-11-21T10:00:00Z")
b.started("b1").context("mystery").user().used((400, 0, 100, 0)).done("b1")
c = roll.Roll(start="2026-11-13T10:00:00Z")
c.started("c1").context("gpt-5.2").user().used((5000, 1000, 250, 0)).done("c1")
h = roll.Home(a, b, c)
h.ingest()

p = Page(ask(h, "/cost?tz=UTC").text)
tap.same([x for x in p.panels if x], PANELS, "every panel, in order")
# uncached 3000 x 10 + 4000 x 1.75; cached 6000 x 1 + 1000 x 0.175; written 2000 x 12.5; output 1000 x 50 + 250 x 14
# = 0.037 + 0.006175 + 0.025 + 0.0535 = 0.121675 for 17250 tokens, 500 more have no price; a day 0.004
for said in ("API cost $0.12 without 500 tokens", f"A day <{THIN}$0.01 mean of 30 days",
             # (6000 x 9 + 1000 x 1.575 - 2000 x 2.5) millionths of 0.17225
             f"Saved by caching $0.05 {percent('29.4')} of the full price", "Per million tokens $7.05 over all classes",
             f"Priced {percent('97.2')} of the tokens", "Rate card 22 Nov2026 no rate changed in the period"):
    tap.ok(said in p.words[""], f"numbers: {said}", p.words[""])
rows = {r[0][0]: r for r in p.panels["p-cost-models"] if r}
tap.same([number(x) for x in p.column("p-cost-models", "Tokens")], [12000, 5250, 500, 17750], "tokens by model, and of all")
tap.same(rows["gpt-6-astra"][2:], [("$0.03", "$0.03"), ("$0.01", "$0.006"), ("$0.03", "$0.025"), ("$0.05", "$0.05"),
                                   ("$0.11", "$0.111"), (percent("91.2"), None)], "a model by class, exact in the titles")
tap.same(p.row("p-cost-models", "mystery")[2:], ["no price"] * 5 + ["·"], "without a price")
tap.same(rows["All models"][2:], [("$0.04", "$0.037"), ("$0.01", "$0.006175"), ("$0.03", "$0.025"), ("$0.05", "$0.0535"),
                                  ("$0.12+", "$0.121675"), (percent("100.0"), None)], "all: a + for what has none")
days = {r[0][0]: [x[0] for x in r[1:]] for r in p.panels["p-cost-split"] if r}
tap.same((days["Fri 20 Nov"], days["Fri 13 Nov"], days["Thu 19 Nov"]),
         (["$0.05", "$0.03", "$0.03", "$0.01", "$0.11"], ["$0.00", "$0.01", "·", "$0.00", "$0.01"], ["·"] * 5), "days by class")
tap.same(len(days), 33, "30 days and a half, a head and a total")
tap.same(p.row("p-cost-savings", "gpt-6-astra")[1:6], [percent("54.5"), "$0.16", "$0.11", "$0.05", percent("30.6")],
         "saved: 54 - 5 of 160 thousandths")
tap.ok("mystery" not in p.column("p-cost-savings", "Model"), "nothing is saved where nothing has a price")
tap.same(p.row("p-cost-unpriced", "mystery"), ["mystery", "1", "500", percent("2.8"), "unknown model"], "what has no price, and why")
models = p.column("p-cost-rates", "Model")
tap.same([m for m in models if "long" not in m][:2], ["gpt-5.2", "gpt-6-astra"], "the rates of what was used stand first")
tap.same(p.row("p-cost-rates", "gpt-6-astra")[1:6], ["3 Sep 2026", "$10.000", "$1.000", "$12.500", "$50.000"], "a rate with its date")
after = p.panels["p-cost-rates"][[r[0][0] for r in p.panels["p-cost-rates"]].index("gpt-6-astra") + 1]
tap.same([x[0] for x in after[1:6]], [f"input above 272{THIN}000", "$20.000", "$2.000", "$25.000", "$75.000"], "... of long requests")
tap.ok("gpt-6-luna" in models and "codex-auto-review" in models, "the others behind them, and names without a price")
for link in p.links:
    if link.startswith("/") and not link.startswith("/static/"):
        ask(h, link)

d = ask(h, "/api/v1/cost?tz=UTC").json
tap.same((d["data"]["total"]["cost"], d["meta"]["coverage"]["unpriced_tokens"]), ("0.121675", 500), "the twin")
tap.same([x["split"]["output"] for x in d["data"]["buckets"] if x["tokens"]], ["0.0035", "0.05", "0"], "its buckets have the split")
r = ask(h, "/api/v1/rates").json["data"]
tap.same(sorted(r), ["aliases", "rates", "unpriced"], "the rate card alone")
tap.same(r["rates"], [dict(x, used=False) for x in d["data"]["rates"]], "... is that of the page")

p = Page(ask(h, "/cost?tz=UTC&model=mystery").text)
tap.ok("API cost no price" in p.words[""] and "Nothing in this period has a price." in p.words["p-cost-split"], "only what has no price")
tap.ok("No cached token in this period has a price." in p.words["p-cost-savings"], "... nothing is said of savings")
p = Page(ask(h, "/cost?tz=UTC&model=gpt-5.2").text)
tap.ok("Every token has a price." in p.words["p-cost-unpriced"], "all have a price")
tap.ok("API cost $0.01 at API list prices" in p.words[""] and f"Priced {percent('100.0')}" in p.words[""], "... and the numbers say it")
p = Page(ask(h, "/cost?tz=UTC&period=today&group=hour").text)
tap.ok("Nothing was used in this period." in p.words["p-cost-models"], "nothing today")

# ---- nothing at all
h = roll.Home()
h.ingest()
p = Page(ask(h, "/cost").text)
tap.same([x for x in p.panels if x.startswith("p-")], PANELS, "an empty database: every panel")
for panel, said in zip(PANELS, ("Nothing was used in this period.", "Nothing in this period has a price.",
                                "No cached token in this period has a price.", "Every token has a price.")):
    tap.ok(said in p.words[panel], f"{panel}: {said}", p.words[panel])
tap.ok("No rollout was found" in p.words["empty"], "what to do")

# ---- names that are markup, and long
NAME = "\"'><script>alert(1)</script>\u202e&{{x}}"
h = roll.Home()
for i, name in enumerate((NAME, NAME * 300)):
    x = roll.Roll(start=f"2026-11-2{i}T10:00:00Z")
    h.put(x.started("t").context(name).user().used((400, 0, 100, 0)).done("t"))
h.ingest()
text = ask(h, "/cost").text
tap.ok("<script>alert" not in text and "\u202e" not in text and "&lt;script&gt;" in text, "markup in a name is a name")
tap.ok(len(text) < 200_000, "a name of 10 KB is cut", len(text))
tap.done()
