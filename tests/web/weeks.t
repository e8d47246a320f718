#!/usr/bin/env python3
"""group=window and week=reset: buckets by the weekly limit, as it was logged, configured or assumed; worked out by hand."""
import csv
import io
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402


def weekly(percent, resets, limit_id="codex"):
    return {"limit_id": limit_id, "limit_name": None, "secondary": None, "credits": None, "plan_type": None,
            "primary": {"used_percent": percent, "window_minutes": 10080, "resets_at": roll.ms(resets) // 1000}}


def used(at, tokens, limits=None):
    r = roll.Roll(start=at)
    return r.started("t").context().user().used((tokens, 0, 0, 0), limits=limits).done("t")


# Windows: 12 Nov 09:20 to 19 Nov 09:20, 20 Nov 10:00 to 27 Nov 10:00; another limit that is not the main one.
FIRST, SECOND = "2026-11-19T09:20:00Z", "2026-11-27T10:00:00Z"
h = roll.Home(used("2026-11-12T08:00:00Z", 1), used("2026-11-13T12:00:00Z", 10, weekly(5, FIRST)), used("2026-11-19T09:00:00Z", 100, weekly(20, FIRST)),
              used("2026-11-20T12:00:00Z", 1000, weekly(1, SECOND)), used("2026-11-20T13:00:00Z", 10000, weekly(50, "2026-11-25T00:00:00Z", "other")))
h.ingest()
# Windows with two hours between them.
near = roll.Home(used("2026-11-06T12:00:00Z", 1, weekly(5, "2026-11-12T10:00:00Z")), used("2026-11-12T13:00:00Z", 10, weekly(5, "2026-11-19T12:00:00Z")))
near.ingest()
bare = roll.Home(used("2026-10-22T07:00:00Z", 1), used("2026-10-22T08:00:00Z", 10), used("2026-10-29T08:00:00Z", 100), used("2026-10-29T08:30:00Z", 1000))
bare.ingest()
RANGE = "from=2026-11-10&to=2026-11-21&tz=UTC"


def buckets(home, query, **env):
    a, err = web.cgi(home.db, "/api/v1/usage?" + query, env=env)
    if a.status != 200:
        tap.diag(f"{a!r} {err}")
        return []
    return [(b["label"][:16], b["tokens"]) for b in a.json["data"]["buckets"]]


BY_WINDOW = [("2026-11-05T09:15", 1), ("2026-11-12T09:15", 110), ("2026-11-19T09:15", 0), ("2026-11-20T10:00", 11000)]
tap.same(buckets(h, RANGE + "&group=window"), BY_WINDOW, "windows as they were logged, the time between them, and before them as if they went on")
tap.same(buckets(near, "from=2026-11-06&to=2026-11-13&tz=UTC&group=window"), [("2026-11-05T10:00", 1), ("2026-11-12T12:00", 10)],
         "hours between two windows are no bucket")
tap.same(buckets(h, RANGE + "&group=window", CODEX_USAGE_WEEKLY_RESET="Monday 0:00 UTC"), BY_WINDOW, "... whatever is configured")
tap.same(buckets(h, RANGE + "&group=week&week=reset"), [("2026-11-06T10:00", 1), ("2026-11-13T10:00", 110), ("2026-11-20T10:00", 11000)],
         "weeks begin with the newest reset that was logged")
tap.same(buckets(h, RANGE + "&group=week&week=reset", CODEX_USAGE_WEEKLY_RESET="Thursday 9:15 UTC"),
         [("2026-11-05T09:15", 1), ("2026-11-12T09:15", 110), ("2026-11-19T09:15", 11000)], "... with the one that is configured, if one is")
STOCKHOLM = [("2026-10-15T09:15", 1), ("2026-10-22T09:15", 110), ("2026-10-29T09:15", 1000)]
for group in ("group=window", "group=week&week=reset"):
    tap.same(buckets(bare, "from=2026-10-20&to=2026-10-30&tz=Europe/Stockholm&" + group), STOCKHOLM,
             f"{group}: nothing logged or configured: Thursday 09:15 in Stockholm, in winter an hour later")
tap.same(buckets(h, "from=2026-03-01&to=2026-11-21&tz=UTC&week=reset")[-3:], [("2026-11-06T10:00", 1), ("2026-11-13T10:00", 110), ("2026-11-20T10:00", 11000)],
         "a long range goes by weeks, and they by the reset")
tap.same(buckets(h, "from=2026-11-20&to=2026-11-20&tz=UTC&group=day&week=reset"), [("2026-11-20", 11000)], "days stay days")
a, err = web.cgi(h.db, f"/api/v1/usage?{RANGE}&group=window")
tap.same((a.json["data"]["group"], a.json["meta"]["group"], [b["partial"] for b in a.json["data"]["buckets"]]), ("window", "window", [True, False, False, True]),
         "the answer names its group, and what is cut off")
b = a.json["data"]["buckets"]
tap.same([x["end"] for x in b[:-1]], [x["start"] for x in b[1:]], "no hole between them")
a, err = web.cgi(h.db, f"/api/v1/usage?{RANGE}&group=window&format=csv")
rows = list(csv.DictReader(io.StringIO(a.text, newline="")))
tap.same([(r["period"][:16], int(r["total_tokens"])) for r in rows], [x for x in BY_WINDOW if x[1]], "as rows the same")
for uri in ("/?", "/usage?", "/cost?"):
    a, err = web.cgi(h.db, uri + RANGE + "&group=window", env={"CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == 200 and "20 Nov 10:00" in a.text and not re.search(r"Week of", a.text), f"{uri}: windows by their start", f"{a!r} {err}")
    a, err = web.cgi(h.db, uri + RANGE, env={"CODEX_USAGE_STRICT": "1"})
    tap.ok("group=window" in a.text, f"{uri}: leads there")
e = roll.Home()
e.ingest()
for query in ("period=all&group=window", "period=12mo&week=reset", "period=quota-week&group=window"):
    a, err = web.cgi(e.db, "/usage?" + query, env={"CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == 200, f"an empty database, {query}", err)
a, err = web.cgi(h.db, "/api/v1/usage?group=windows&week=thursday")
tap.same(sorted(f["param"] for f in a.json["faults"]), ["group", "week"], "other words")
a, err = web.cgi(h.db, "/api/v1/usage?group=window&from=1990-01-01&to=2100-01-01")
tap.ok(a.status == 400 or len(a.json["data"]["buckets"]) < 20000, "a century is refused, or is no more than the rest", repr(a))
tap.done()
