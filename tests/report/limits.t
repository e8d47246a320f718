#!/usr/bin/env python3
"""limits.t - windows of rate limits: where one begins, what is dropped, where the
newest stands, what was used in it; all worked out by hand."""
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import data
import roll
import tap
from data import page, pick, same, window

T = "2026-10-05T"


def limits(h, now, **words):
    words.setdefault("period", "7d")
    return page(h.db, "limits", now=now, **words)


def session(samples, start=T + "10:00:00Z", minutes=300, **more):
    """A session with a response of 1000 tokens, 100 of them output, for each (time, percent, reset)."""
    r = roll.Roll(start=start, **more).context()
    for at, percent, reset in samples:
        r.used((900, 0, 100, 0), at=T + at + "Z" if len(at) == 8 else at,
               limits=window(percent, minutes, T + reset + "Z" if len(reset) == 8 else reset))
    return r


# ---- two windows of five hours; the first has ended at 15:00
h = roll.Home(session([("10:05:00", 10.0, "15:00:00"), ("10:10:00", 10.0, "15:00:30"), ("12:00:00", 40.5, "15:00:00"),
                       ("16:00:00", 2.0, "20:30:00"), ("16:30:00", 7.0, "20:30:00")]))
h.ingest()
[l] = limits(h, T + "16:45:00Z")
same((l["limit_id"], l["minutes"], l["window"], l["state"], l["used_percent"]), ("codex", 300, "5h", "live", 7),
     "the newest window is live")
same((l["start"], l["resets"], l["resets_in_ms"], l["captured"]),
     (T + "15:30:00+00:00", T + "20:30:00+00:00", 13500000, T + "16:30:00+00:00"), "its times")
same(l["elapsed_ppm"], 250000, "75 of 300 minutes have passed")
# two responses in it: 2 x (900 x 1.75 + 100 x 14) = 5950 millionths; 2000 tokens for 7 %
same(pick(l["windows"], "start", "end", "closed", "peak_percent", "tokens", "cost", "tokens_per_percent"),
     [(T + "15:30:00+00:00", T + "20:30:00+00:00", False, 7, 2000, "0.00595", 286),
      (T + "10:00:00+00:00", T + "15:00:00+00:00", True, 40.5, 3000, "0.008925", 74)], "both windows, with what was used")
same(l["windows"][1]["points"], [[300000, 10], [600000, 10], [7200000, 40.5]], "the steps of the first")
# 7 % after 60 minutes: 240 minutes later 35 %. All 7 came in the last 42 6/7 minutes: 7 + 7 x 240 / 42 6/7 = 46.2
f = l["forecast"]
same((f["basis"], round(f["low"], 3), round(f["high"], 3), f["runs_out"]), ("pace", 35, 46.2, None), "at this pace 35 to 46 % at the reset")
[l] = limits(h, T + "17:05:00Z")
same((l["stale"], l["forecast"], l["used_percent"]), (True, None, 7), "older than a tenth of the window: no forecast")
[l] = limits(h, T + "20:30:00Z")
same((l["state"], l["used_percent"], l["elapsed_ppm"], l["forecast"]), ("reset", None, None, None),
     "reset: never the old percentage")
[l] = limits(h, T + "16:45:00Z", **{"from": T + "15:00:00Z", "to": T + "23:00:00Z"})
same(len(l["windows"]), 1, "windows before the range are left out")

u = page(h.db, "usage", now=T + "16:45:00Z", period="quota-5h")
same((u["buckets"][0]["partial"], u["totals"]["total"]["tokens"]), (True, 2000), "the period quota-5h is the live window")
same(page(h.db, "usage", now=T + "20:31:00Z", period="quota-5h")["totals"]["total"]["tokens"], 2000,
     "... without one the last five hours: 16:00 and 16:30")
same(page(h.db, "usage", now=T + "16:45:00Z", period="quota-week")["totals"]["total"]["tokens"], 5000, "... or seven days")

# ---- a pace that ends early: 50 % after 60 minutes, 20 of them in the last 42 6/7
h = roll.Home(session([("10:10:00", 30.0, "15:00:00"), ("11:00:00", 50.0, "15:00:00")]))
h.ingest()
f = limits(h, T + "11:00:00Z")[0]["forecast"]
# 50 + 20 x 240 / 42 6/7 = 162, 50 + 50 x 4 = 250; 50 % more take 60 minutes, or 50 / 20 x 42 6/7 = 107.143
same((round(f["low"], 3), round(f["high"], 3)), (162, 250),
     "a range between the pace of the window and that of its last seventh")
same(f["runs_out"], {"earliest": T + "12:00:00+00:00", "latest": T + "12:47:08+00:00"}, "and when it is used up, from and to")
same(limits(h, T + "11:00:00Z")[0]["elapsed_ppm"], 200000, "an hour of five")
h = roll.Home(session([("10:08:00", 3.0, "15:00:00")]))
h.ingest()
same(limits(h, T + "10:08:30Z")[0]["forecast"], None, "no forecast before 3 % of the window have passed")
same(limits(h, T + "10:09:00Z")[0]["forecast"] is None, False, "one when they have: 9 of 300 minutes")

# ---- where a window begins
CASES = (
    ("a reset that trembles is none", [("10:00:00", 10, "15:00:00"), ("10:10:00", 11, "15:00:59")], [11]),
    ("a minute and more is one", [("10:00:00", 10, "15:00:00"), ("10:10:00", 11, "15:01:01")], [10, 11]),
    ("a fall of 2 is none", [("10:00:00", 10, "15:00:00"), ("10:10:00", 8, "15:00:00")], [10]),
    ("a fall of more is one", [("10:00:00", 10, "15:00:00"), ("10:10:00", 7.9, "15:00:00")], [10, 7.9]),
    ("an old sample, told late", [("10:00:00", 80, "12:00:00"), ("13:00:00", 1, "17:00:00"), ("13:10:00", 81, "12:00:00"),
                                  ("13:20:00", 2, "17:00:00")], [81, 2]),
    ("of a window that nobody saw", [("13:00:00", 1, "17:00:00"), ("13:10:00", 81, "12:00:00"),
                                     ("13:20:00", 2, "17:00:00")], [2]),
)
for name, samples, peaks in CASES:
    h = roll.Home(session(samples))
    h.ingest()
    [l] = limits(h, T + "14:00:00Z")
    same([w["peak_percent"] for w in reversed(l["windows"])], peaks, name)
same(l["used_percent"], 2, "the newest sample by time")
h = roll.Home(session([("10:00:00", 60, "15:00:00"), ("12:00:00", 1, "17:00:00")]))
h.ingest()
[l] = limits(h, T + "12:30:00Z")
same(pick(l["windows"], "start", "end", "tokens"),
     [(T + "12:00:00+00:00", T + "17:00:00+00:00", 1000), (T + "10:00:00+00:00", T + "12:00:00+00:00", 1000)],
     "a window that was reset early ends where the next begins")

# ---- several sessions, names and lengths
a = session([("10:00:00", 10, "15:00:00"), ("11:00:00", 12, "15:00:00")])
b = session([("10:30:00", 11, "15:00:00"), ("11:30:00", 13, "15:00:00")], start=T + "10:20:00Z")
c = roll.Roll(start=T + "10:40:00Z").context()
c.used((900, 0, 100, 0), at=T + "10:40:00Z", limits=window(20, 299, T + "15:00:00Z", (3, 10079, "2026-10-09T10:00:00Z")))
c.used((900, 0, 100, 0), at=T + "10:50:00Z", limits=dict(window(70, 10080, "2026-10-10T10:00:00Z"),
                                                         limit_id="codex_bengalfox", limit_name="GPT-5.3-Codex-Spark"))
h = roll.Home(a, b, c)
h.ingest()
ls = limits(h, T + "11:40:00Z")
same(pick(ls, "limit_id", "minutes", "used_percent", "name"),
     [("codex", 300, 13, None), ("codex", 10080, 3, None), ("codex_bengalfox", 10080, 70, "GPT-5.3-Codex-Spark")],
     "299 minutes are 300, 10079 are 10080; each name for itself; the newest line wins")
same([w["peak_percent"] for w in ls[0]["windows"]], [13, 20], "20, then 12: a fall by more than 2")
same([l["window"] for l in ls], ["5h", "Weekly", "Weekly"], "words for the lengths")
same(limits(h, T + "11:40:00Z", home="/nowhere"), [], "the filter of homes")
o = page(h.db, "overview", now=T + "11:40:00Z", period="7d")
same(pick(o["limits"], "limit_id", "used_percent"), [("codex", 13), ("codex", 3), ("codex_bengalfox", 70)], "the overview has them")
same(pick(page(h.db, "overview", now="2026-10-09T11:00:00Z", period="7d")["limits"], "limit_id"), [("codex_bengalfox",)],
     "... those that are live")
s = page(h.db, "session", id=c.id)
same(pick(s["limits"], "limit_id", "minutes", "first_percent", "last_percent"),
     [("codex", 300, 20, 20), ("codex", 10080, 3, 3), ("codex_bengalfox", 10080, 70, 70)], "limits that a session touched")

# ---- copied lines are of another session
p = roll.Roll(start=T + "09:00:00Z")
p.started(roll.uuid7(roll.ms(T + "09:00:01Z"), 5)).context()
p.used((900, 0, 100, 0), at=T + "09:01:00Z", limits=window(90, 300, T + "11:00:00Z"))
child = roll.Roll(start=T + "12:00:00Z", forked_from_id=p.id)
child.meta(p.id)
child.lines += p.lines[1:]
child.started(roll.uuid7(roll.ms(T + "12:00:05Z"), 6), at=T + "12:00:05Z").context()
child.total = p.total
child.used((900, 0, 100, 0), at=T + "12:01:00Z", limits=window(5, 300, T + "16:00:00Z"))
h = roll.Home(child)
h.ingest()
same([w["peak_percent"] for w in limits(h, T + "12:30:00Z")[0]["windows"]], [5], "a copied sample is dropped")

# ---- history: four closed weeks that gained 20 to 26 from the third day on
r = roll.Roll(start="2026-10-01T00:00:00Z").context()
for week, (middle, end) in enumerate(((30, 50), (40, 66), (10, 33), (20, 41))):
    first = roll.ms("2026-10-01T00:00:00Z") + week * 604800000
    reset = roll.stamp(first + 604800000)
    for at, v in ((first + 60000, 1), (first + 3 * 86400000, middle), (first + 6 * 86400000, end)):
        r.used((900, 0, 100, 0), at=at, limits=window(v, 10080, reset))
last = roll.ms("2026-10-29T00:00:00Z")
for at, v in ((last + 60000, 1), (last + 3 * 86400000, 25)):
    r.used((900, 0, 100, 0), at=at, limits=window(v, 10080, roll.stamp(last + 604800000)))
h = roll.Home(r)
h.ingest()
[l] = limits(h, "2026-11-01T00:10:00Z", period="90d")
f = l["forecast"]
same((f["basis"], f["windows"], f["low"], f["high"]), ("history", 4, 45, 51), "what earlier weeks gained from the same time on")
same((f["pace_low"] > 50, round(f["pace_high"], 2)), (True, 121), "beside the pace: 24 of the 25 % came in the last day, four are left")
# 3000 tokens a week, for one per cent 60, 45, 91, 73; times 100, the middle two of four
same(l["estimate"], {"windows": 4, "low": 6000, "median": 6650, "high": 7300}, "tokens of a full week")

# ---- many windows: an hour each, one response
r = roll.Roll(start="2026-10-01T00:00:00Z").context()
for hour in range(62):
    first = roll.ms("2026-10-01T00:00:00Z") + hour * 3600000
    r.used((900, 0, 100, 0), at=first + 60000, limits=window(50, 60, roll.stamp(first + 3600000)))
h = roll.Home(r)
h.ingest()
[l] = limits(h, "2026-10-03T14:00:00Z")
same([w["points"] for w in l["windows"]], [[[60000, 50]]] * 60 + [None] * 2, "62 windows: the newest 60 with their points")
same({w["tokens"] for w in l["windows"]}, {1000}, "... all with what was used")

# ---- none at all
h = roll.Home(roll.Roll(start=T + "10:00:00Z").context().used((900, 0, 100, 0)))
h.ingest()
same(limits(h, T + "12:00:00Z"), [], "no limits")
tap.done()
