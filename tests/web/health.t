#!/usr/bin/env python3
"""Health as a page and as its twin: what was read, what was not, and why, of a home whose
files were made line by line, so that every number is known."""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
from page import Page  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

PANELS = ["reads", "files", "verdicts", "skipped", "unknown", "problems", "months", "size"]
HOSTILE = "event_msg/<script>alert(1)</script>"


def twin(h, **how):
    a, err = web.cgi(h.db, "/api/v1/health?tz=UTC", **how)
    tap.same(a.status, 200, "the twin answers")
    return a.json["data"] if a.status == 200 else tap.diag(err) or {}


def page(h):
    a, err = web.cgi(h.db, "/health?tz=UTC", env={"CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == 200, "the page answers, every name of the template being there", err)
    tap.same(re.findall(r'id="p-health-(\w+)"', a.text), PANELS, "every panel")
    return a.text


def rows(text, panel):
    """Texts of the rows of a panel's table, without its heads."""
    return [[c[0] for c in r] for r in Page(text).panels["p-health-" + panel][1:]]


# Two sessions, one of October with a line that is no JSON, one of November with an unknown kind.
a = roll.Roll(start="2026-10-05T10:00:00Z")
a.started("a1").context().user().used((1000, 0, 100, 0)).used((500, 0, 50, 0)).done("a1")
a.raw(b'{"timestamp":"2026-10-05T10:01:00.000Z",\n')
b = roll.Roll(start="2026-11-20T10:00:00Z")
b.started("b1").context().user().used((10, 0, 1, 0)).event(HOSTILE[10:]).event("x" * 10240).done("b1")
h = roll.Home(a, b)
h.ingest(now="2026-11-21T08:00:00Z")
h.ingest(now="2026-11-21T09:00:00Z")
d = twin(h)
size = {r: os.path.getsize(os.path.join(h.dir, r.place())) for r in (a, b)}
lines = {r: r.data().count(b"\n") for r in (a, b)}
tap.same(d["reads"], [{"at": "2026-11-21T08:00:00+00:00", "files": 2, "bytes": sum(size.values()), "lines": sum(lines.values())}],
         "both files stand at the pass that read them, not at the one that found nothing new")
tap.same(d["files"], [{"name": "read", "n": 2, "bytes": sum(size.values())}], "files by state")
tap.same({v["name"]: v["n"] for v in d["verdicts"] if v["n"]}, {"counted": 3}, "verdicts")
tap.same(d["skipped"], [{"name": d["skipped"][0]["name"], "n": 1, "path": os.path.join(h.dir, a.place()), "line": lines[a]}],
         "the line that is no JSON, with its place")
tap.same(sorted(u["n"] for u in d["unknown"]), [1, 1], "unknown kinds")
tap.same([(m["label"], m["sessions"], m["responses"], m["lossy"], m["unreadable"]) for m in d["months"]],
         [("2026-10", 1, 2, d["months"][0]["lossy"], 1), ("2026-11", 1, 1, 0, 0)], "months")
tap.same((d["database"]["path"], d["database"]["origin"]), (h.db, "CODEX_USAGE_DB"), "the database, and who named it")
named = twin(h, env={"CODEX_HOME": h.dir})
tap.same(named["homes"], [{"path": h.dir, "label": None, "origin": "CODEX_HOME"}], "the home, and who named it")
text = page(h)
tap.same(rows(text, "reads"), [["Sat 21 Nov 08:00", "2", rows(text, "files")[0][2], str(sum(lines.values()))]], "the pass as a row")
tap.same([r[:2] for r in rows(text, "verdicts")], [["counted", "3"], ["All", "3"]], "verdicts as rows, with their sum")
tap.same([r[2] for r in rows(text, "skipped")], ["1"], "skipped lines")
tap.same([r[:3] for r in rows(text, "months")], [["2026-11", "1", "1"], ["2026-10", "1", "2"]], "months, newest first")
tap.ok("<script>alert" not in text and "&lt;script&gt;alert" in text, "markup in a name is text")
tap.ok("x" * 60 in text and "x" * 500 not in text, "a name of 10 KB is cut")
tap.ok('href="/sessions?tz=UTC&amp;from=2026-10-01&amp;to=2026-10-31' in text, "a month leads to its sessions")

# A third session grows: only its file stands at the new pass.
b.started("b2").used((7, 0, 1, 0)).done("b2")
h.put(b)
h.ingest(now="2026-11-21T10:00:00Z")
d = twin(h)
tap.same([(r["at"][11:13], r["files"]) for r in d["reads"]], [("10", 1), ("08", 1)], "a file that grew moves to the newer pass")
os.remove(os.path.join(h.dir, a.place()))
with open(h.path("sessions/2026/11/21/rollout-2026-11-21T08-00-00-" + roll.uuid4(9) + ".jsonl"), "wb"):
    pass
h.ingest(now="2026-11-21T11:00:00Z")
text = page(h)
tap.same([r[:2] for r in rows(text, "files")], [["empty", "1"], ["gone", "1"], ["read", "1"], ["All", "3"]], "states of files")
tap.same(rows(text, "problems"), [], "none of them is a problem")

# A file of which nothing can be read.
blob = roll.Roll(start="2026-11-20T11:00:00Z")
h.write(blob.place() + ".zst", b"no zstd at all")
h.ingest(now="2026-11-21T12:00:00Z")
[row] = rows(page(h), "problems")
tap.ok(row[0].endswith(".jsonl.zst") and row[1] == "failed" and len(row[2]) > 5, "a broken file, by name", row)

# Nothing yet.
e = roll.Home()
e.ingest()
text = page(e)
tap.same([rows(text, p) for p in PANELS[:-1]], [[]] * 7, "an empty database: no rows")
for words in ("No rollout was found", "No file was read yet.", "No file was found.", "No usage line was read.", "No line was skipped.",
              "Every kind is known.", "Every file was read to its end.", "No month has a session."):
    tap.ok(words in text, words)
tap.done()
