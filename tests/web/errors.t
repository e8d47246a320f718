#!/usr/bin/env python3
"""The error pages: each says what happened and how to go on, in the frame of all pages, and nothing of the
machine; the same as JSON for programs."""
import html
import os
import re
import sqlite3
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

r = roll.Roll(start="2026-11-20T10:00:00Z")
r.started("t").context("gpt-5.2").user().used((1000, 0, 100, 0)).done("t")
h = roll.Home(r)
h.ingest()
TOP = web.folder("states", 0o700)


def state(name, data=None, sql=None):
    """A database of its own at the path that is returned."""
    path = f"{TOP}/{name}.sqlite"
    if data is None:
        with sqlite3.connect(h.db) as src, sqlite3.connect(path) as out:
            src.backup(out)
    else:
        with open(path, "wb") as f:
            f.write(data)
    if sql:
        c = sqlite3.connect(path, isolation_level=None)
        c.execute(sql)
        c.close()
    return path


def page(what, status, db, uri, title, way, **how):
    a, err = web.cgi(db, uri, env={"CODEX_USAGE_STRICT": "1"}, **how)
    ways = [(html.unescape(t), html.unescape(x)) for x, t in re.findall(r'<p><a href="([^"]*)">([^<]*)</a></p>', a.text)]
    tap.same((a.status, a.headers["content-type"], a.headers["cache-control"]), (status, "text/html; charset=utf-8", "no-store"), f"{what}: {status}")
    tap.ok(f"<h1>{title}</h1>" in a.text and f"Status {status}" in a.text, f"{what}: {title}", a.text)
    tap.same(ways, way, f"{what}: how to go on")
    tap.ok(TOP not in a.text and h.root not in a.text and "`" not in a.text, f"{what}: no path of the machine", a.text)
    tap.same(("retry-after" in a.headers, 'http-equiv="refresh"' in a.text), (status == 503,) * 2, f"{what}: is tried again when it may pass")
    return a


OVER = [("Overview of the last 30 days", "/")]


def again(uri):
    return [("Try again now; it is tried by itself, too", uri)]


page("an unknown page", 404, h.db, "/nope", "No such page", OVER)
page("markup as a page", 404, h.db, "/%3Cscript%3Ealert(1)%3C/script%3E", "No such page", OVER)
page("a foreign host", 403, h.db, "/", "This name is not allowed", [], host="evil.example")
page("another method", 405, h.db, "/usage", "This method is not allowed", OVER, method="POST")
page("a bad escape", 400, h.db, "/usage?model=%zz", "Bad request", OVER)
page("a long address", 414, h.db, "/usage?q=" + "a" * 9000, "The address is too long", OVER)
page("no database", 503, TOP + "/none.sqlite", "/", "No data yet", again("/"))
page("no database, with a query", 503, TOP + "/none.sqlite", "/usage?model=%22%3E%3Cscript%3E&by=model", "No data yet",
     again("/usage?model=%22%3E%3Cscript%3E&by=model"))
page("an empty file", 503, state("empty", b""), "/", "No data yet", again("/"))
page("no database at all", 503, state("noise", bytes(range(256)) * 400), "/usage", "The database cannot be read", again("/usage"))
page("another program's", 503, state("foreign", b"", "CREATE TABLE x(y)"), "/", "The database cannot be read", again("/"))
page("a newer version's", 503, state("newer", None, "PRAGMA user_version = 99"), "/", "The database cannot be read", again("/"))
page("an older version's", 503, state("older", None, "PRAGMA user_version = 1"), "/", "The database is busy", again("/"))
page("a folder", 500, web.folder("states/dir.sqlite"), "/", "Something went wrong", OVER)
torn = state("torn")
with open(torn, "r+b") as f:
    f.seek(8192)
    f.write(b"\xa5" * (os.path.getsize(torn) - 8192))
page("a damaged one", 503, torn, "/usage?period=all", "The database cannot be read", again("/usage?period=all"))
locked = state("locked", None, "PRAGMA journal_mode = DELETE")
c = sqlite3.connect(locked, isolation_level=None)
c.execute("BEGIN EXCLUSIVE")
page("a locked one", 503, locked, "/", "The database is busy", again("/"))
c.close()
a, err = web.cgi(locked, "/usage?period=all")
tap.same(a.status, 200, "... and when it is free it answers")
os.replace(state("other"), TOP + "/none.sqlite")
a, err = web.cgi(TOP + "/none.sqlite", "/api/v1/usage?period=all")
tap.same((a.status, a.json["data"]["totals"]["total"]["tokens"]), (200, 1100), "a database that came to its place")

# parameters: a page says so and goes on, a program is told all of it
QUERY = "period=bogus&by=x&top=99&tz=Mars/Base&nope=1&from=2026-13-01&metric=%3Cb%3E"
a, err = web.cgi(h.db, "/usage?" + QUERY, env={"CODEX_USAGE_STRICT": "1"})
notices = [html.unescape(re.sub(r"<[^>]*>", "", n)) for n in re.findall(r'<p class="notice">(.*?)</p>', a.text)]
for name, value in (("nope", "1"), ("period", "bogus"), ("from", "2026-13-01"), ("by", "x"), ("metric", "<b>"), ("top", "99"), ("tz", "Mars/Base")):
    tap.ok(any(n.startswith(f"{name}: \u201c{value}\u201d ") and "ignored" in n for n in notices), f"{name}: a notice with what was sent", notices)
a, err = web.cgi(h.db, "/api/v1/usage?" + QUERY)
tap.same((a.status, a.headers["content-type"], sorted((f["param"], f["value"]) for f in a.json["faults"])),
         (400, "application/problem+json", [("by", "x"), ("from", "2026-13-01"), ("metric", "<b>"), ("nope", "1"), ("period", "bogus"), ("top", "99"),
                                            ("tz", "Mars/Base")]), "all faults at once")
a, err = web.cgi(h.db, "/api/v1/usage?from=2026-11-20&to=2026-11-01")
tap.same([(f["param"], f["value"]) for f in a.json["faults"]], [("from", "2026-11-20"), ("to", "2026-11-01")], "an end before its start")
a, err = web.cgi(h.db, "/api/v1/sessions?sort=up&limit=0&metric=cost")
tap.same(sorted(f["param"] for f in a.json["faults"]), ["limit", "metric", "sort"], "sort, limit, and what a route does not take")
tap.done()
