#!/usr/bin/env python3
"""The clock goes on and the database stays: what is relative to now gets another
validator and another answer, what is not keeps both; a validator in its weak
form; a 304 that asks nothing of the tables.
"""
import os
import re
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

web.need("nginx")
# One response at 20:00 of Stockholm on the 21st, one at 12:50 on the 22nd; a limit of 5 hours that is over at 14:07.
RESET = roll.ms("2026-11-22T13:07:00Z") // 1000
LIMIT = {"limit_id": "codex", "primary": {"used_percent": 37.0, "window_minutes": 300, "resets_at": RESET}}
r = roll.Roll(start="2026-11-21T18:59:00Z")
r.context().started("t1").used((100, 0, 10, 0), at="2026-11-21T19:00:00Z")
r.used((1000, 0, 20, 0), at="2026-11-22T11:50:00Z", limits=LIMIT)
home = roll.Home(r)
status, _, err = home.ct("ingest")
tap.same(status, 0, "a home with two responses")


def ask(uri, now, status=200, **how):
    a, err = web.cgi(home.db, uri, env={"CODEX_USAGE_NOW": now}, **how)
    tap.ok(a.status == status, f"{uri} at {now}: {status}", f"{a!r}\n{err}")
    return a


def moves(uri, before, after, what, is_other=True):
    """URI has another validator and body at AFTER than at BEFORE, or the same."""
    a, b = ask(uri, before), ask(uri, after)
    cut = [re.sub(rb"rendered in [^<]*", b"", x.body) for x in (a, b)]
    tap.same((a.headers["etag"] != b.headers["etag"], cut[0] != cut[1]), (is_other, is_other), f"{what}: {uri}")
    ask(uri, after, 200 if is_other else 304, HTTP_IF_NONE_MATCH=a.headers["etag"])
    return a, b


def tokens(a):
    return a.json["data"]["totals"]["total"]["tokens"]


# midnight of Stockholm is 23:00 UTC
for twin in ("/api/v1/usage?period=today", "/api/v1/overview?period=today"):
    a, b = moves(twin, "2026-11-22T22:59:59Z", "2026-11-22T23:00:00Z", "midnight in Stockholm")
    tap.same((tokens(a), tokens(b)), (1020, 0), "yesterday's tokens are not today's")
moves("/usage?period=today", "2026-11-22T22:59:59Z", "2026-11-22T23:00:00Z", "midnight, the page")
moves("/?period=today", "2026-11-22T22:59:59Z", "2026-11-22T23:00:00Z", "midnight, the page")
moves("/sessions?period=today", "2026-11-22T22:59:59Z", "2026-11-22T23:00:00Z", "midnight, the page")
# 24 hours before are cut to the quarter-hour: 19:00 of yesterday is in the range until 19:15
a, b = moves("/api/v1/usage?period=24h", "2026-11-22T19:14:59Z", "2026-11-22T19:15:00Z", "24h, a quarter-hour later")
tap.same((tokens(a), tokens(b)), (1130, 1020), "what is older has left")
moves("/usage?period=24h", "2026-11-22T19:14:59Z", "2026-11-22T19:15:00Z", "the page")
moves("/api/v1/sessions?from=2026-11-21&to=2026-11-22", "2026-11-22T11:58:01Z", "2026-11-22T11:59:59Z", "fixed bounds, the same quarter-hour", False)
# the reset at 13:07 UTC passes within a quarter-hour
a, b = moves("/api/v1/overview", "2026-11-22T13:06:59Z", "2026-11-22T13:07:00Z", "a reset passes")
tap.same([[x["used_percent"] for x in y.json["data"]["limits"]] for y in (a, b)], [[37], []], "37 % used, then no live limit")
moves("/", "2026-11-22T13:06:59Z", "2026-11-22T13:07:00Z", "a reset passes, the page")
a, b = moves("/metrics", "2026-11-22T13:06:59Z", "2026-11-22T13:07:00Z", "a reset passes")
tap.same(["codex_limit_used_ratio{" in x.text for x in (a, b)], [True, False], "a window that is over is no metric")
a, b = moves("/api/v1/usage?period=quota-5h", "2026-11-22T13:06:00Z", "2026-11-22T13:08:00Z", "the quota's window ends")
tap.same([x.json["meta"]["from"] for x in (a, b)], ["2026-11-22T09:07:00+01:00", "2026-11-22T09:08:00+01:00"], "from its start; without one, the 5 hours before now")
if web.cgi(home.db, "/limits")[0].status == 200:
    a, b = moves("/api/v1/limits", "2026-11-22T13:06:59Z", "2026-11-22T13:07:00Z", "a reset passes")
    tap.same([[x["state"] for x in y.json["data"]["limits"]] for y in (a, b)], [["live"], ["reset"]], "live, then reset")

# ---------------------------------------- behind nginx that compresses, and without the tables
workers = web.Workers("w", home.db, n=1)
server, port = web.nginx("gzip on; gzip_types application/json; gzip_min_length 1;\n" + web.conf(home.db, "nginx", "--socket", workers.path))
for uri in ("/", "/api/v1/usage?period=30d", "/api/v1/usage?period=quota-week", "/api/v1/usage?period=all", "/sessions"):
    a = web.get(port, uri, headers={"Accept-Encoding": "gzip"})
    etag = a.headers["etag"]
    tap.ok(a.headers.get("content-encoding") == "gzip" and etag.startswith('W/"'), f"{uri}: compressed by nginx, its validator is weak", repr(a)[:600])
    for sent in (etag, etag[2:]):
        a = web.get(port, uri, headers={"Accept-Encoding": "gzip", "If-None-Match": sent})
        tap.same((a.status, a.body), (304, b""), f"{uri}: 304 for {sent[:4]}…")
    c = sqlite3.connect(home.db)
    tables = [t for (t,) in c.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'meta'")]
    c.execute("PRAGMA legacy_alter_table = ON")
    for t in tables:
        c.execute(f"ALTER TABLE {t} RENAME TO gone_{t}")
    c.commit()
    tap.same(web.get(port, uri, headers={"If-None-Match": etag}).status, 304, f"{uri}: a 304 asks no table but meta")
    tap.ok(web.get(port, uri).status >= 500, f"{uri}: the answer itself would")
    for t in tables:
        c.execute(f"ALTER TABLE gone_{t} RENAME TO {t}")
    c.commit()
    c.close()
    tap.same(web.get(port, uri).status, 200, f"{uri}: all is back")
web.stop(server)
workers.end()
tap.done()
