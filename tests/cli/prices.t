#!/usr/bin/env python3
"""What tokens cost, through report, on small made rollouts; amounts worked out by hand.

Rates are USD per 1,000,000 tokens, from formats.md 8. In the comments a rate times a number of
thousands gives thousandths of a dollar: 200k at 2.50 = 0.5.
"""
import csv
import io
import json
import os
import sys
from decimal import Decimal

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import Home, Roll, uuid4  # noqa: E402

N = [0]


def session(model, *vectors, at="2026-10-05T10:00:00Z", tier="default", step=1000):
    """A session with one response for each vector."""
    N[0] += 1
    r = Roll(uuid4(N[0]), at, step, cli_version="0.169.0")
    if model:
        r.context(model, step=0)
    if tier != "none":
        r.settings(tier, model=model or "x", step=0)
    for k, v in enumerate(vectors):
        r.record(v, f"resp_{N[0]}_{k}", step=0 if k == 0 else None)
    return r


def report(h, *args, **kw):
    """The rows of report, numbers with a point as Decimal."""
    rc, out, err = h.ct("report", "--format", "json", *args, **kw)
    if rc != 0:
        tap.diag(f"exit {rc}: {err}")
        return []
    return json.loads(out, parse_float=Decimal, parse_int=Decimal)


def cost(*rolls, **kw):
    """(cost, unpriced tokens) of all in one row."""
    rows = report(Home(*rolls), "--group", "month", **kw)
    return (rows[0]["estimated_cost"], rows[0]["unpriced_tokens"]) if len(rows) == 1 else rows


def is_cost(rolls, wanted, unpriced, name):
    if not isinstance(rolls, (list, tuple)):
        rolls = [rolls]
    tap.same(cost(*rolls), (None if wanted is None else Decimal(wanted), unpriced), name)


# -------------------------------------------------------- the seed's four models (row 40)
# 500k plain, 500k cached, 100k output: 0.875 + 0.0875 + 1.4; 0.625 + 0.0625 + 1.0
for model, wanted in (("gpt-5.2", "2.3625"), ("gpt-5.2-codex", "2.3625"), ("gpt-5.1-codex", "1.6875"),
                      ("gpt-5.1-codex-max", "1.6875")):
    is_cost(session(model, (1000000, 500000, 100000, 0)), wanted, 0, f"{model}: 1M input, half of it cached, 0.1M output is {wanted}")
is_cost(session("gpt-5.2", (100, 0, 100, 100)), "0.001575", 0, "reasoning is part of output: 100 at 1.75 + 100 at 14")

# ------------------------------------------------------------------------------- tiers
# gpt-5.2: 100k at 1.75 + 10k at 14 = 0.175 + 0.14 = 0.315
V = (100000, 0, 10000, 0)
for tier, wanted in (("default", "0.315"), ("priority", "0.63"), ("fast", "0.63"), ("flex", "0.1575"), ("none", "0.315")):
    is_cost(session("gpt-5.2", V, tier=tier), wanted, 0, f"tier {tier}: {wanted}")
# gpt-5.5: 100k at 5 + 10k at 30 = 0.8, priority x 2.5 = 2
is_cost(session("gpt-5.5", V, tier="priority"), "2", 0, "gpt-5.5 priority is 2.5 times: 2")
# gpt-5.6-sol from 2026-08-21 long: 300k at 8 + 10k at 30 = 2.4 + 0.3; priority doubles
is_cost(session("gpt-5.6-sol", (300000, 0, 10000, 0), tier="priority"), "5.4", 0, "gpt-5.6-sol long and priority: 2 x 2.7")
is_cost(session("gpt-5.6-sol", (300000, 0, 10000, 0), tier="flex"), "1.35", 0, "gpt-5.6-sol long and flex: 2.7 / 2")
is_cost(session("gpt-5.4", (300000, 0, 10000, 0), tier="priority"), None, 310000, "gpt-5.4 has no priority price for long context: unpriced")
tiers = Home(session("gpt-5.2", V), session("gpt-5.2", V, tier="priority"), session("gpt-5.2", V, tier="flex"),
             session("gpt-5.2", V, tier="none"))
tap.same({r["group"]: r["estimated_cost"] for r in report(tiers, "--by", "tier")},
         {"default": Decimal("0.315"), "priority": Decimal("0.63"), "flex": Decimal("0.1575"), "unknown": Decimal("0.315")},
         "by tier: four rows")
tap.same(report(tiers)[0]["estimated_cost"], Decimal("1.4175"), "their sum is 1.4175")

# ----------------------------------------------------------------- the long-context boundary
# 272,000 short: 200k at 2.50 + 72k at 0.25 + 1k at 15 = 0.5 + 0.018 + 0.015
is_cost(session("gpt-5.4", (272000, 72000, 1000, 0)), "0.533", 0, "gpt-5.4 with exactly 272,000 input tokens is short: 0.533")
# 272,001 long: 200,001 at 5 + 72k at 0.50 + 1k at 22.50 = 1.000005 + 0.036 + 0.0225
is_cost(session("gpt-5.4", (272001, 72000, 1000, 0)), "1.058505", 0, "with 272,001 the whole request is long: 1.058505")
is_cost(session("gpt-5.4", (200000, 0, 1000, 0), (200000, 0, 1000, 0)), "1.03", 0,
        "two requests of 200,000 are judged one by one: 2 x 0.515")
is_cost(session("gpt-5.4", (272000, 72000, 1000, 0), (272001, 72000, 1000, 0)), "1.591505", 0,
        "both in one quarter-hour: 0.533 + 1.058505")
is_cost(session("gpt-5.2", (300000, 0, 1000, 0)), "0.539", 0, "gpt-5.2 has no long tier: 300k at 1.75 + 1k at 14")
lh = Home(session("gpt-5.4", (272000, 72000, 1000, 0), (272001, 72000, 1000, 0)))
lh.json("ingest")
tap.same(lh.rows("SELECT is_long FROM events ORDER BY source_line"), [(0,), (1,)] if len(lh.rows("SELECT * FROM events")) == 2
         else None, "events say which was long")

# ---------------------------------------------------------------------------- cache writes
# gpt-5.6-sol in July: 40k plain at 5, 40k cached at 0.50, 20k written at 6.25, 1k at 30
is_cost(session("gpt-5.6-sol", (100000, 40000, 1000, 0, 20000), at="2026-07-10T10:00:00Z"), "0.375", 0,
        "cache write: 0.2 + 0.02 + 0.125 + 0.03")
# long, July: 300k = 100k plain at 10, 100k cached at 1, 100k written at 12.50, 10k at 45
is_cost(session("gpt-5.6-sol", (300000, 100000, 10000, 0, 100000), at="2026-07-10T10:00:00Z"), "2.8", 0,
        "cache write, long: 1 + 0.1 + 1.25 + 0.45")
# gpt-5.4 has no price for writes: 60k at 2.50, 40k at 0.25, 1k at 15
is_cost(session("gpt-5.4", (100000, 40000, 1000, 0, 20000)), "0.175", 0, "no write price: written tokens are plain input, 0.15 + 0.01 + 0.015")
# gpt-5-pro has no price for cached: 1k at 15 + 100 at 120
is_cost(session("gpt-5-pro", (1000, 500, 100, 0)), "0.027", 0, "no cached price: cached tokens are plain input, 0.015 + 0.012")

# --------------------------------------------------------------------------- dated prices
# gpt-5.6-sol until 2026-08-20: 100k at 5 + 1k at 30 = 0.53; from 00:00Z of the 21st: 0.4 + 0.02 = 0.42
W = (100000, 0, 1000, 0)
old, new = session("gpt-5.6-sol", W, at="2026-08-20T23:59:59.999Z"), session("gpt-5.6-sol", W, at="2026-08-21T00:00:00Z")
is_cost(old, "0.53", 0, "one millisecond before the price date: 0.53")
is_cost(new, "0.42", 0, "at the price date: 0.42")
rows = report(Home(old, new))
tap.same([(r["period"], r["estimated_cost"]) for r in rows], [("2026-08-21", Decimal("0.95"))],
         "both on one day of Stockholm: 0.53 + 0.42 in one row")
is_cost(session("gpt-5.2", (1000, 0, 100, 0), at="2025-11-01T10:00:00Z"), "0.00315", 0, "before its first date a model has its first price")
is_cost(session("o3", (1000000, 0, 0, 0), at="2025-06-09T23:59:59.999Z"), "10", 0, "o3 on 9 June 2025: 10")
is_cost(session("o3", (1000000, 0, 0, 0), at="2025-06-10T00:00:00Z"), "2", 0, "o3 on 10 June 2025: 2")

# --------------------------------------------------------------------------------- names
for name in ("GPT-5.2", "openai/gpt-5.2", "gpt-5.2-2025-12-11", "gpt-5.2-high"):
    is_cost(session(name, V), "0.315", 0, f"{name} has the price of gpt-5.2")
is_cost(session("gpt-5.6", W), "0.42", 0, "gpt-5.6 is gpt-5.6-sol")
for name in ("gpt-5.9", "gpt-5.2x", "mystery-1", "gpt-oss-20b", "gpt-daybreak-blue-latest", "codex-auto-review"):
    is_cost(session(name, V), None, 110000, f"{name} has no price: null, 110,000 unpriced")

# --------------------------------------------------------------------------- mixed models
known, unknown, none = session("gpt-5.2", V), session("mystery-1", (1000, 0, 100, 0)), session(None, (2000, 0, 200, 0), tier="none")
h = Home(known, unknown, none)
rows = {r["group"]: (r["estimated_cost"], r["unpriced_tokens"]) for r in report(h, "--by", "model")}
tap.same(rows, {"gpt-5.2": (Decimal("0.315"), 0), "mystery-1": (None, 1100), "<unknown>": (None, 2200)}, "by model: priced and not")
is_cost([known, unknown, none], "0.315", 3300, "a mixed row: the priced part, and 1,100 + 2,200 unpriced tokens")
rc, table, err = h.ct("report")
tap.ok("$0.32+" in table, "the table marks a mixed row and the total: $0.32+", table)
tap.same(table.count("$0.32+"), 2, "... in the row and in the total")
foot = [x for x in table.splitlines() if x.startswith("+ ")]
tap.ok(len(foot) == 1 and foot[0].startswith("+ 3,300 tokens have no price and are not in the cost:") and
       "mystery-1 1,100" in foot[0] and "<unknown> 2,200" in foot[0], "a footnote says how many, of which models", table)
lines = h.ct("report", "--by", "model")[1].splitlines()
tap.same([x.split()[-1] for x in lines if x.startswith("2026-10-05")], ["-", "$0.32", "-"], "rows without any price show -, never $0.00")
tap.same(h.ct("report", "--model", "gpt-5.2")[1].count("+"), 0, "no mark where all is priced")
text = Home(unknown).ct("report")[1]
tap.ok("$" not in text and [x.split()[-1] for x in text.splitlines() if x.startswith("Total")] == ["-"],
       "nothing is priced: no amount at all", text)
tap.ok("API list prices, not a bill" in table and "API list prices" not in text, "the table says what cost means, where there is one")
rc, out, err = h.ct("report", "--by", "model", "--format", "csv")
cells = {r["group"]: r for r in csv.DictReader(io.StringIO(out))}
tap.same({k: (v["estimated_cost"], v["unpriced_tokens"]) for k, v in cells.items()},
         {"gpt-5.2": ("0.315", "0"), "mystery-1": ("", "1100"), "<unknown>": ("", "2200")}, "CSV: the same, nothing where there is no price")
tap.same({s["models"][0] if s["models"] else None: s["estimated_cost"] for s in h.json("sessions")},
         {"gpt-5.2": 0.315, "mystery-1": None, None: None}, "sessions: the same amounts")
empty = report(Home(), "--last", "1d")
tap.same(empty, [], "no rows: []")
tap.ok("$0.00" in Home().ct("report")[1], "... and a total of $0.00 in the table")

# -------------------------------------------------------------------------------- rounding
# gpt-5-nano cached: 0.005 per million: one token is 0.000000005
is_cost(session("gpt-5-nano", (3, 3, 0, 0)), "0.000000015", 0, "three cached tokens of gpt-5-nano are 0.000000015 in JSON")
rc, out, err = Home(session("gpt-5-nano", (3, 3, 0, 0))).ct("report", "--format", "csv")
tap.ok(",0.000000015," in out, "... and in CSV, without an exponent", out)
# gpt-5: 400 output tokens at 10 = 0.004; ten days of it are 0.04
days = [session("gpt-5", (0, 0, 400, 0), at=f"2026-05-{d:02d}T10:00:00Z") for d in range(1, 11)]
h = Home(*days)
lines = h.ct("report")[1].splitlines()
tap.same([x.split()[-1] for x in lines if x.startswith("2026-05-")], ["$0.00"] * 10, "ten days of 0.004: each is shown as $0.00")
tap.same([x.split()[-1] for x in lines if x.startswith("Total")], ["$0.04"], "... their total is $0.04: rounded once, at the end")
tap.same(sum(r["estimated_cost"] for r in report(h)), Decimal("0.04"), "... and JSON is not rounded: 10 x 0.004 = 0.04")
h = Home(session("gpt-5", (0, 0, 500, 0)), session("gpt-5", (0, 0, 499, 0), at="2026-10-06T10:00:00Z"))
tap.same([x.split()[-1] for x in h.ct("report")[1].splitlines() if x.startswith("2026-")], ["$0.01", "$0.00"],
         "0.005 is shown as $0.01, 0.00499 as $0.00")
# thousands: gpt-5-pro 10M output at 120 = 1,200 and 284,757 input at 15 = 4.271355
h = Home(session("gpt-5-pro", (284757, 0, 10000000, 0)))
tap.ok("$1,204.27" in h.ct("report")[1], "$1,204.27 has a comma")
tap.same(report(h)[0]["estimated_cost"], Decimal("1204.271355"), "1204.271355 in JSON")

# ------------------------------------------------------------------- sum of rows = total
mixed = [session("gpt-5.2", (12345, 678, 901, 0)), session("gpt-5.4", (272001, 3, 7, 0), at="2026-09-30T22:30:00Z"),
         session("gpt-5-nano", (7, 3, 1, 0), tier="flex"), session("gpt-5.6-sol", (99999, 11, 13, 0, 17), tier="priority")]
# gpt-5.2:    11,667 at 1.75 = 0.02041725; 678 at 0.175 = 0.00011865; 901 at 14 = 0.012614  -> 0.0331499
# gpt-5.4:    271,998 at 5 = 1.35999; 3 at 0.50 = 0.0000015; 7 at 22.50 = 0.0001575         -> 1.360149
# gpt-5-nano: (4 at 0.05 + 3 at 0.005 + 1 at 0.40) / 2 = (0.0000002 + 0.000000015 + 0.0000004) / 2 -> 0.0000003075
# 5.6-sol:    (99,971 at 4 + 11 at 0.40 + 17 at 5 + 13 at 20) x 2 = (0.399884 + 0.0000044 + 0.000085 + 0.00026) x 2 -> 0.8004668
ALL = Decimal("2.1937660075")  # 0.0331499 + 1.360149 + 0.0000003075 + 0.8004668
h = Home(*mixed)
for args in ((), ("--by", "model"), ("--by", "session"), ("--group", "hour", "--by", "tier"), ("--group", "month", "--tz", "UTC"),
             ("--from", "2026-09-30T22:29:59Z", "--to", "2026-10-05T10:00:01Z")):
    tap.same(sum(r["estimated_cost"] for r in report(h, *args)), ALL, f"report {' '.join(args)}: the rows add up to {ALL}")
rc, out, err = h.ct("sessions", "--format", "json")
tap.same(sum(s["estimated_cost"] for s in json.loads(out, parse_float=Decimal)), ALL, "sessions: the rows add up to the same")

# ------------------------------------------------------------------------ configuration
h = Home(session("gpt-5.2", V), session("mystery-1", V), session("gpt-5.4", (272001, 0, 1000, 0)))


def configured(pricing, **more):
    h.config = h.write("../config.json", json.dumps({"pricing": pricing, **more}).encode())
    out = {r["group"]: r["estimated_cost"] for r in report(h, "--by", "model")}
    text = h.ct("report")[1]
    h.config = "/dev/null"
    return out, text


out, _ = configured({"models": {"gpt-5.2": {"input_rate": 2, "cached_input_rate": 1, "output_rate": 4},
                                "mystery-1": {"input_rate": "1.5", "cached_input_rate": "1", "output_rate": "3"}}})
tap.same((out["gpt-5.2"], out["mystery-1"]), (Decimal("0.24"), Decimal("0.18")),
         "overrides: 100k at 2 + 10k at 4 = 0.24; a model of one's own: 0.15 + 0.03")
tap.same(out["gpt-5.4"], Decimal("1.382505"), "the other models keep their prices: 272,001 at 5 + 1k at 22.50")
out, _ = configured({"models": {"gpt-5.2": {"output_rate": 4}}})
tap.same(out["gpt-5.2"], Decimal("0.215"), "a rate that is left out stays: 100k at 1.75 + 10k at 4")
out, _ = configured({"per_unit": 1000, "models": {"mystery-1": {"input_rate": 0.002, "cached_input_rate": 0, "output_rate": 0.01}}})
tap.same(out["mystery-1"], Decimal("0.3"), "per_unit 1000: 100 x 0.002 + 10 x 0.01")
out, _ = configured({"models": {"gpt-5.4": {"input_rate": 1, "cached_input_rate": 0.1, "output_rate": 4}}})
tap.same(out["gpt-5.4"], Decimal("0.550002"), "an override has the long tier by the general factors: 272,001 at 2 + 1k at 6")
_, text = configured({"models": {"mystery-1": {"input_rate": 0, "cached_input_rate": 0, "output_rate": 0}}}, currency_label="EUR")
# 0.315 + 0 + 1.382505 = 1.697505
tap.ok("EUR 1.70" in text and "$" not in text and "EUR 1.70+" not in text, "currency_label, and 0 is a price: EUR 1.70", text)
for bad, what in (({"models": {"gpt-5.2": {"input_rate": -1}}}, "input_rate"), ({"models": {"gpt-5.2": {"input_rate": "x"}}}, "input_rate"),
                  ({"models": {"mystery-1": {"input_rate": 1, "cached_input_rate": 1}}}, "output_rate"), ({"per_unit": 0}, "per_unit"),
                  ({"models": {"gpt-5.2": {"inputrate": 1}}}, "inputrate"), ({"models": []}, "models"), ([], "pricing")):
    h.config = h.write("../config.json", json.dumps({"pricing": bad}).encode())
    rc, out, err = h.ct("report")
    tap.ok(rc == 2 and out == "" and what in err and err.count("\n") == 1, f"a bad price is exit 2, naming {what}: {json.dumps(bad)}",
           f"{rc} {out[:200]} {err}")
h.config = "/dev/null"

tap.done()
