#!/usr/bin/env python3
"""Export: the page, its commands run as they are written, and the rows of turns, tools and limits
against the lab and against rollouts made line by line."""
import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
from page import Page  # noqa: E402
import kit  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

SETS = ["events", "sessions", "turns", "tools", "limits"]
NASTY = "=cmd|'/c calc'!A1"


def rows(db, name, query="period=all&tz=UTC"):
    a, err = web.cgi(db, f"/api/v1/export/{name}?{query}&format=csv")
    tap.ok(a.status == 200 and a.headers["content-type"].startswith("text/csv"), f"{name}, {query}", f"{a!r} {err}")
    return list(csv.DictReader(io.StringIO(a.text, newline="")))


def pick(all_rows, *names):
    return [tuple(r[n] for n in names) for r in all_rows]


# ---- the lab: what counted in all turns is what the API returned
for lab in ("0.169.0/s04_fork", "0.169.0/s02_tools", "0.169.0/s06_subagents", "0.140.0/s02_tools", "0.98.0/s03_resume"):
    db = web.database(lab.replace("/", "-"), lab)
    want = kit.truth(lab)["expected"]["total"]
    turns = rows(db, "turns")
    tap.same({k: sum(int(r[k]) for r in turns) for k in want}, want, f"{lab}: the turns' sums are the truth")
    numbers = {}
    for r in turns:
        numbers.setdefault(r["session_id"], []).append(int(r["turn_index"]))
    tap.same({s: sorted(n) for s, n in numbers.items()}, {s: list(range(1, len(n) + 1)) for s, n in numbers.items()},
             f"{lab}: turns of each session are numbered from 1")

# ---- by hand. The second session has no count: its dimensions are those of what is missing in it.
LIMITS = {"limit_id": "codex", "limit_name": None, "primary": {"used_percent": 12.5, "window_minutes": 299, "resets_at": 1760000000},
          "secondary": {"used_percent": 40.0, "window_minutes": 10080, "resets_at": 1760600000}, "credits": None, "plan_type": "plus"}
a = roll.Roll(start="2026-10-05T10:00:00Z", cwd=NASTY)
a.started("t1").context("gpt-5.2", cwd=NASTY, effort="high").user().used((1000, 600, 100, 40, 200), limits=LIMITS)
a.item("function_call", name="shell", call_id="c1", arguments='{"command":["ls","-l"]}')
a.item("function_call_output", step=2500, call_id="c1", output="Exit code: 2\nWall time: 1.5 seconds\nOutput:\n")
a.used((2000, 900, 50, 0)).done("t1", duration_ms=9000)
a.started("t2").context("gpt-5.4", cwd=NASTY, effort="low").user().used((10, 0, 1, 0)).done("t2")
b = roll.Roll(start="2026-10-06T10:00:00Z", cwd="/src/" + "n" * 10240)
b.started("u1").context("gpt-5.4", cwd="/src/" + "n" * 10240).user()
b.item("custom_tool_call", name='a"b,c\r\nd', call_id="c2", input="x")
h = roll.Home(a, b)
h.ingest()
turns = rows(h.db, "turns")
tap.same(pick(turns, "session_id", "captured_at", "turn_index", "turn_id", "model", "reasoning_effort"),
         [(a.id, "2026-10-05T10:00:01+00:00", "1", "t1", "gpt-5.2", "high"), (a.id, "2026-10-05T10:00:10+00:00", "2", "t2", "gpt-5.4", "low"),
          (b.id, "2026-10-06T10:00:01+00:00", "1", "u1", "gpt-5.4", "default")], "turns in the order of time")
tap.same(pick(turns, "status", "responses", "total_tokens", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
              "reasoning_output_tokens"),
         [("completed", "2", "3150", "3000", "1500", "200", "150", "40"), ("completed", "1", "11", "10", "0", "0", "1", "0"),
          ("", "0", "0", "0", "0", "0", "0", "0")], "what counted in each; one without a count has none")
tap.same(turns[0]["directory"], "'" + NASTY, "a cell that a spreadsheet would run is guarded")
tools = rows(h.db, "tools")
tap.same(pick(tools, "tool_name", "tool_type", "command", "call_id", "status", "exit_code", "wall_ms", "duration_ms", "turn_index", "model"),
         [("shell", "function_call", "ls", "c1", "failed", "2", "1500", "2500", "1", "gpt-5.2"),
          ('a"b,c\r\nd', "custom_tool_call", "", "c2", "", "", "", "", "1", "gpt-5.4")], "calls; a name with a quote and line ends comes back")
limits = rows(h.db, "limits")
tap.same(pick(limits, "limit_id", "window_minutes", "used_percent", "resets_at", "plan_type", "captured_at"),
         [("codex", "300", "12.5", "2025-10-09T08:53:20.000Z", "plus", "2026-10-05T10:00:04+00:00"),
          ("codex", "10080", "40", "2025-10-16T07:33:20.000Z", "plus", "2026-10-05T10:00:04+00:00")], "both windows of a reading; 299 minutes are 300")
for name, query, want in (("turns", "model=gpt-5.4", 2), ("turns", "model=!gpt-5.4", 1), ("turns", "effort=high", 1), ("turns", "model=<unknown>", 0),
                          ("tools", "model=gpt-5.2", 1), ("tools", "session=" + b.id, 1), ("limits", "model=gpt-5.4", 0), ("limits", "home=/none", 0)):
    tap.same(len(rows(h.db, name, "period=all&" + query.replace("<", "%3C").replace(">", "%3E"))), want, f"{name}: {query}: {want}")
for query, want in (("from=2026-10-06&to=2026-10-06&tz=UTC", 1), ("from=2026-10-05T10:00:02Z&to=2026-10-05T10:01:00Z", 1)):
    tap.same(len(rows(h.db, "turns", query)), want, f"turns of {query}")
for name in SETS[2:]:
    one, err = web.cgi(h.db, f"/api/v1/export/{name}?period=all")
    many, err = web.cgi(h.db, f"/api/v1/export/{name}?period=all&format=ndjson")
    tap.same([json.loads(x) for x in many.text.splitlines()], one.json, f"{name}: NDJSON and JSON say the same")
    bad, err = web.cgi(h.db, f"/api/v1/export/{name}?format=xml&counted=1")
    tap.same((bad.status, [f["param"] for f in bad.json["faults"]]), (400, ["counted", "format"]), f"{name}: what it does not take")
    head, err = web.cgi(h.db, f"/api/v1/export/{name}?format=csv", method="HEAD")
    tap.same((head.status, head.body, head.headers["content-disposition"]), (200, b"", f'attachment; filename="{name}.csv"'), f"{name}: HEAD")

# ---- the page
QUERY = "period=90d&tz=UTC&model=gpt-5.2&directory=it%27s+%22%24%28id%29%22"


def commands(text):
    return [html.unescape(c) for c in re.findall(r"<pre><code>(.*?)</code></pre>", text, re.S)]


answer, err = web.cgi(h.db, "/export?" + QUERY, host="localhost:8377", env={"CODEX_USAGE_STRICT": "1"})
tap.ok(answer.status == 200, "the page, every name of the template being there", err)
p = Page(answer.text)
tap.same([r[0][0] for r in p.panels["p-export-sets"][1:]], SETS, "every set")
exports = [x for x in p.links if x.startswith("/api/v1/export/")]
tap.same(len(exports), 15, "each in three forms")
for uri in exports:
    a_, err = web.cgi(h.db, uri)
    tap.ok(a_.status == 200 and "model=gpt-5.2" in uri and "period=90d" in uri, uri[:60] + " answers", f"{uri} {a_!r}")
twin, err = web.cgi(h.db, "/api/v1/export?" + QUERY, host="localhost:8377")
tap.same(twin.json["data"]["commands"], [{"text": c["text"], "command": t} for c, t in zip(twin.json["data"]["commands"], commands(answer.text))],
         "the twin has the same commands")
for host, curls in (("x'y.localhost", 0), ("[::1]:80", 2), ("", None)):
    a_, err = web.cgi(h.db, "/export", host=host)
    if curls is not None:
        tap.same(sum(c.startswith("curl") for c in commands(a_.text)), curls, f"commands of the host {host}")
a_, err = web.cgi(h.db, "/export", host="localhost", HTTPS="on", prefix="/codex", env={"REQUEST_URI": "/codex/export"})
tap.ok("curl -fsS 'https://localhost/codex/api/v1/export/events?format=csv'" in commands(a_.text)[0], "the scheme and the prefix", commands(a_.text))

# ---- the commands, as they are written
env = {"HOME": h.root, "CODEX_HOME": h.dir}
shell = {**web.environment(h.db), "PATH": web.tree() + ":" + os.environ["PATH"], "HOME": h.root}
shell.pop("CODEX_USAGE_DB")
for query, want in (("period=all&tz=UTC", 6), ("period=90d&model=gpt-5.2", 2), ("from=2026-10-05&to=2026-10-05", 6), ("period=today", 0),
                    ("period=all&directory=it%27s", 0), ("period=30d&date=2026-10-10", 6)):
    a_, err = web.cgi(h.db, "/export?" + query, env=env)
    line = commands(a_.text)[-1]
    ran = subprocess.run(["sh", "-c", line], cwd=h.root, env=shell, capture_output=True, text=True, check=False)
    with open(h.root + "/events.csv", encoding="utf-8", newline="") as f:
        got = list(csv.DictReader(f))
    same, err = web.cgi(h.db, f"/api/v1/export/events?{query}&format=csv", env=env)
    tap.ok(ran.returncode == 0 and got == list(csv.DictReader(io.StringIO(same.text, newline=""))), f"{query}: the command writes what the link has",
           f"{line}\n{ran}\n{got}\n{same.text}")
    tap.same(sum(int(r["total_tokens"] or 0) > 0 for r in got), min(want, 3) if want == 6 else want, f"{query}: rows that count")
if shutil.which("curl") is None or web.program("lighttpd") is None:
    tap.skip("curl", "no curl or no lighttpd")
else:
    workers = web.Workers("export", h.db)
    server, port = web.lighttpd(web.conf(h.db, "lighttpd", "--socket", workers.path), as_owner=False)
    text = web.get(port, "/export?period=all", headers={"Host": f"localhost:{port}"}).text
    for line in commands(text)[:2]:
        ran = subprocess.run(["sh", "-c", line], cwd=h.root, env=shell, capture_output=True, text=True, check=False)
        tap.ok(ran.returncode == 0 and f"localhost:{port}" in line, line, f"{ran}")
    tap.same(ran.stdout.strip(), "3", "three lines of three turns")
    with open(h.root + "/events.csv", encoding="utf-8", newline="") as f:
        tap.same(sum(int(r["total_tokens"]) for r in csv.DictReader(f)), 3161, "the events' sum")
    web.stop(server)
    workers.end()

# ---- nothing yet
e = roll.Home()
e.ingest()
for name in SETS:
    tap.same(rows(e.db, name), [], f"{name} of an empty database: no rows")
a_, err = web.cgi(e.db, "/export", env={"CODEX_USAGE_STRICT": "1"})
tap.ok(a_.status == 200 and len(Page(a_.text).panels["p-export-sets"]) == 6, "the page of an empty database", err)

# ---- the glossary: every word that is linked to is there
a_, err = web.cgi(h.db, "/glossary", env={"CODEX_USAGE_STRICT": "1"})
ids = set(re.findall(r'<dt id="([\w-]+)"', a_.text))
linked = set()
for uri in ("/", "/usage", "/sessions", "/health", "/cost", "/export"):
    p_, err = web.cgi(h.db, uri + "?tz=UTC")
    linked |= {x.split("#")[1] for x in Page(p_.text).links if "/glossary#" in x}
    tap.ok(any(x.startswith("/glossary") for x in Page(p_.text).links), f"{uri} leads to the glossary")
tap.ok(a_.status == 200 and linked <= ids and "counted" in linked, "every word that a page leads to", f"{linked - ids} {err}")
a_, err = web.cgi(h.db, "/api/v1/glossary")
tap.same(a_.status, 404, "it has no twin")
a_, err = web.cgi(h.db + ".none", "/glossary")
tap.same(a_.status, 200, "it needs no database")
tap.done()
