#!/usr/bin/env python3
"""mask=1: no page and no twin has a name of a project, a title, or a part of one, neither in its text nor in a
link; the numbers stay, and a link of a masked page leads to the same project."""
import html
import os
import re
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
from page import Page  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

ODD = '/src/Quincunx"><script>alert(1)</script>'
LONG = "/src/Long" + "n" * 10240


def used(n, tokens, cwd, url=None):
    more = {"git": {"repository_url": url}} if url else {}
    r = roll.Roll(start=f"2026-11-20T{n:02d}:00:00Z", cwd=cwd, **more)
    r.started("t").context("gpt-5.2", cwd=cwd).user().used((tokens, 0, 0, 0)).done("t")
    return r


# By all their tokens: the repository Orchard 900 (600 in one directory, 300 in another), Tidewater 700, ODD 50, LONG 5;
# Silent has a session without counts.
ORCHARD = "https://git.example/u/Orchard.git"
rolls = [used(1, 600, "/src/Orchard", ORCHARD), used(2, 300, "/src/Orchard-worktree", ORCHARD), used(3, 700, "/src/Tidewater"), used(4, 50, ODD),
         used(5, 5, LONG)]
silent = roll.Roll(start="2026-11-20T06:00:00Z", cwd="/src/Silent")
silent.started("t").context("gpt-5.2", cwd="/src/Silent").user().agent().done("t")
h = roll.Home(*rolls, silent)
h.write("session_index.jsonl", b'{"id":"%s","thread_name":"Prune the Orchard","updated_at":"2026-11-20T09:00:00Z"}\n' % rolls[0].id.encode())
h.ingest()
NAMES = ("rchard", "idewater", "uincunx", "Longnn", "Silent")


def get(uri, status=200):
    a, err = web.cgi(h.db, uri, env={"CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == status, f"{uri[:90]}: {status}", f"{a!r} {err}")
    return a


plain = get("/sessions?period=all").text
tap.ok(all(n in plain for n in NAMES) and "Prune the Orchard" in plain, "without it they are there")
one = f"/sessions/{rolls[0].id}"
URIS = ["/?period=all", "/usage?period=all&by=directory", "/usage?period=all&by=repo", "/sessions?period=all", "/cost?period=all", one, f"/sessions/{silent.id}",
        f"/sessions/{rolls[4].id}", one + "/turns/1"]
for uri in URIS:
    for u in (uri, "/api/v1" + ("/overview" + uri[1:] if uri.startswith("/?") else uri)):
        text = get(u + ("&" if "?" in u else "?") + "mask=1").text
        tap.same([n for n in NAMES if n.lower() in urllib.parse.unquote(html.unescape(text)).lower()], [], f"{u[:60]}: no name")
for u in ("/turns", "/tools", "/tree", "/explain"):
    text = get(f"/api/v1{one}{u}?mask=1").text
    tap.same([n for n in NAMES if n in text], [], f"{u} of a session: no name")
for u in ("/api/v1/usage?period=all&by=directory&format=csv&mask=1", "/api/v1/sessions?period=all&format=csv&mask=1",
          "/api/v1/sessions?period=all&format=ndjson&mask=1"):
    text = get(u).text
    tap.ok("project 2" in text and not [n for n in NAMES if n in text], f"{u}: no name in rows", text)

groups = get("/api/v1/usage?period=all&by=directory&mask=1&top=50").json["data"]["groups"]
groups = [g for g in groups if g["tokens"]]  # the turn without a count is of no directory
tap.same({g["name"]: g["tokens"] for g in groups},
         {"project 1 directory 1": 600, "project 1 directory 2": 300, "project 2": 700, "project 3": 50, "project 4": 5}, "directories by the tokens of their project")
tap.same([g["key"] for g in groups], [None] * 5, "no key, which has the name in it")
groups = get("/api/v1/usage?period=all&by=repo&mask=1").json["data"]["groups"]
tap.same([(g["name"], g["tokens"]) for g in groups], [("project 1", 900), (None, 755)], "repositories")
names = {s["id"]: s["project"] for s in get("/api/v1/sessions?period=all&mask=1").json["data"]["sessions"]}
tap.same([names[r.id] for r in [*rolls, silent]], ["project 1", "project 1", "project 2", "project 3", "project 4", "project 5"], "sessions")

# a link of a masked page leads to the same project, and stays masked
p = Page(get("/?period=all&mask=1").text)
links = [x for x in p.links if "project" in x]
tap.ok(len(links) > 3 and all("mask=1" in x for x in links), "links name what they show", links)
for label, tokens in (("project 1", [600, 300]), ("project 2", [700]), ("project 3", [50])):
    uri = next(x for x in links if f"=project%20{label[-1]}" in x.replace("+", "%20"))
    got = get("/api/v1" + uri).json["data"]["sessions"]
    tap.same(sorted((s["tokens"] for s in got), reverse=True), tokens, f"{label} is the same behind its link")
for query, tokens in (("directory=project+2", 700), ("repo=project+1", 900), ("directory=%21project+1+directory+1", 1055), ("directory=project+1+directory+2", 300),
                      ("directory=project+2&directory=project+3", 750), ("repo=%3Cunknown%3E", 755), ("repo=git.example/u/Orchard", 900), ("directory=/src/Tidewater", 700)):
    a = get(f"/api/v1/usage?period=all&mask=1&{query}")
    tap.same(a.json["data"]["totals"]["total"]["tokens"], tokens, f"{query}: {tokens}")
    tap.same([n for n in NAMES if n in a.text], [], f"{query}: a name that is sent does not come back")
bad = get("/api/v1/usage?mask=1&directory=project+99&repo=git*", 400)
tap.same(sorted(f["value"] for f in bad.json["faults"]), ["git*", "project 99"], "what is none of them")
text = get("/usage?period=all&mask=1&directory=project+2").text
exports = [x for x in Page(text).links if x.startswith(("/health", "/export", "/limits"))]
tap.ok(exports and not any("project" in x for x in exports), "where names are shown, a hidden one is not asked for", exports)
tap.same(get("/api/v1/usage?mask=2", 400).json["param"], "mask", "another value")
e = roll.Home()
e.ingest()
a, err = web.cgi(e.db, "/?mask=1", env={"CODEX_USAGE_STRICT": "1"})
tap.same(a.status, 200, "an empty database")
tap.done()
