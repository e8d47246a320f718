#!/usr/bin/env python3
"""One session as a page, the pages of its turns, and their twins, of homes whose files were made
line by line, so that every number is known."""
import gzip
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
from page import Page, number  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

PANELS = ["facts", "responses", "family", "turns", "tools", "sum", "limits", "notes", "text"]
T = "2026-10-05T"
MARKUP = "<script>alert(1)</script>"


def ask(h, path, status=200):
    a, err = web.cgi(h.db, path + ("&" if "?" in path else "?") + "tz=UTC", env={"CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == status, f"{path[:60]}: {status}", f"{a!r}\n{err}")
    return a


def data(h, path):
    return ask(h, "/api/v1" + path).json["data"]


def page(h, path, panels="session"):
    text = ask(h, path).text
    if panels == "session":
        tap.same(re.findall(r'id="p-session-(\w+)"', text), PANELS, "every panel")
    return Page(text)


def facts(p, panel="p-session-facts"):
    """The facts as one text without blanks."""
    return re.sub("\\s", "", p.words[panel])


def has(words, *wanted):
    for w in wanted:
        tap.ok(w.replace(" ", "") in words, w, words)


def call(r, ident, name, ms, code, at=None):
    r.item("function_call", at, name=name, call_id=ident, arguments="{}")
    return r.item("function_call_output", step=ms, call_id=ident, output=json.dumps({"output": "x", "metadata": {"exit_code": code}}))


# ---- one session: four turns, one of them twice as full as the others, a compaction before the last response
limits = {"limit_id": "codex", "limit_name": None, "credits": None, "plan_type": None, "secondary": None,
          "primary": {"used_percent": 20.0, "window_minutes": 300, "resets_at": roll.ms(T + "15:00:00Z") // 1000}}
more = json.loads(json.dumps(limits))
more["primary"]["used_percent"] = 24.5
s = roll.Roll(start=T + "10:00:00Z", cwd="/src/app", git={"branch": "main", "repository_url": "git@github.com:u/app.git"})
s.started("t1", at=T + "10:01:00Z").context(effort="high").user()
call(s, "c1", "shell", 1000, 0)
call(s, "c2", "shell", 3000, 1)
s.used((10000, 8000, 500, 100), at=T + "10:02:00Z", window=100000, limits=limits)
s.used((50000, 40000, 1000, 0), at=T + "10:03:00Z", window=100000)
s.agent().done("t1", at=T + "10:03:30Z", duration_ms=150000)
s.started("t2", at=T + "10:10:00Z").context("gpt-5.1-codex").user()
call(s, "d1", "apply_patch", 200, 0)
s.used((20000, 0, 2000, 0), at=T + "10:12:00Z", window=100000, limits=more)
s.count(s.total, at=T + "10:12:01Z", last=(20000, 0, 2000, 0), window=100000)  # said twice
s.done("t2", at=T + "10:12:30Z", duration_ms=150000)
s.started("t3", at=T + "10:20:00Z").context("gpt-5.1-codex").user()
s.event("turn_aborted", at=T + "10:21:00Z", turn_id="t3", reason="interrupted")
s.started("t4", at=T + "10:30:00Z").context("gpt-5.1-codex").user()
s.line("compacted", {"message": ""})
s.used((9000, 0, 1000, 0), at=T + "10:31:00Z", window=100000)
s.done("t4", at=T + "10:31:30Z", duration_ms=90000)
h = roll.Home(s)
h.ingest()
d = data(h, "/sessions/" + s.id)
tap.same(d["session"]["tokens"], 93500, "the twin: 10500 + 51000 + 22000 + 10000")
tap.same([r["after_compaction"] for r in d["responses"]], [False, False, False, True], "the response behind the compaction")
tap.same(d["arithmetic"], {"counted": 93500, "recovered": 0, "sum": 93500, "difference": 0}, "the arithmetic")
p = page(h, "/sessions/" + s.id[:13])
tap.ok(f"<title>Session {s.id[:13]} · codex-track</title>" in p.text, "without a title its id is one")
words = facts(p)
has(words, "Tokens 93.5k93 500", "Uncached input 41.0k46.1 % of the input", "Cached share of input 53.9%", "Output 4.50k2 % of it reasoning",
    "Peak context 51 %compacted once", "Project app", "Directory /src/app", "Branch main", "gpt-5.1-codex, gpt-5.2, effort high",
    "Started Mon 5 Oct 2026, 10:00", "Last active 10:31, 31 min 30 s later", "4 turns, 4 responses", "Tool calls 3, 1 failed",
    "100 000 tokens", "Log 1 file, ", "Messages 5",
    "with a compaction whose own tokens were not logged; line 28. The numbers are a lower bound.")
# gpt-5.2: 12000 x 1.75 + 48000 x 0.175 + 1500 x 14 = 50400; gpt-5.1-codex: 29000 x 1.25 + 3000 x 10 = 66250
tap.ok("APIcost$0.12" in words and 'title="$0.11665"' in p.text, "cost, exact in the title")
turns = [r for r in p.panels["p-session-turns"] if len(r) == 14]
tap.same([[c[0] for c in r[:6]] for r in turns[1:]],
         [["1", "10:01", "2\u202fmin 30\u202fs", "2", "2", "1"], ["2", "10:10", "2\u202fmin 30\u202fs", "1", "1", "·"],
          ["3", "10:20", "·", "·", "·", "·"], ["4", "10:30", "1\u202fmin 30\u202fs", "1", "·", "·"],
          ["All", "", "6\u202fmin 30\u202fs", "4", "3", "1"]], "turns")
tap.same([[number(c[0]) for c in r[6:11]] for r in turns[1:]],
         [[12000, 0, 48000, 1500, 100], [20000, 0, 0, 2000, 0], [0] * 5, [9000, 0, 0, 1000, 0], [41000, 0, 48000, 4500, 100]],
         "tokens of the turns by class")
tap.same([r[13][0] for r in turns[1:]], ["", "", "interrupted", "compacted", ""], "notes")
tap.same([[r[0][0], r[1][0], r[2][0]] for r in p.panels["p-session-turns"] if len(r) == 11],
         [["1", "10:02:00", "gpt-5.2"], ["2", "10:03:00", "gpt-5.2"], ["3", "10:12:00", "gpt-5.1-codex"],
          ["4", "10:31:00", "gpt-5.1-codex"]], "rows open to their responses")
table = p.panels["p-session-responses"]
tap.same([[number(c[0]) for c in r[2:8]] for r in table[1:]],
         [[1, 2000, 0, 8000, 500, 100], [1, 10000, 0, 40000, 1000, 0], [2, 20000, 0, 0, 2000, 0], [4, 9000, 0, 0, 1000, 0]],
         "the table of the responses")
tap.same(p.column("p-session-responses", "Context"), ["11\u202f%", "51\u202f%", "22\u202f%", "10\u202f%"], "fill of the context")
tap.ok("compacted to 10\u202f%" in p.text and "turn 1" in p.text, "the chart names turns and compactions")
tap.same([[c[0] for c in r[:6]] for r in p.panels["p-session-tools"][1:]],
         [["shell", "2", "1", "50.0\u202f%", "1\u202fs", "3\u202fs"], ["apply_patch", "1", "·", "·", "200\u202fms", "200\u202fms"],
          ["All", "3", "1", "33.3\u202f%", "", ""]], "tools")
tap.same([[c[0] for c in r] for r in p.panels["p-session-limits"][1:]],
         [["Codex, 5 hours", "20\u202f%", "24.5\u202f%", "24.5\u202f%"]], "limits touched")
tap.same([[number(c[0]) for c in r[1:4]] for r in p.panels["p-session-sum"][1:]],
         [[4, 93500, 93500], [1, 22000, 0], [5, 115500, 93500]], "lines by verdict")
tap.ok("Difference 0." in p.words["p-session-sum"], "the check")
tap.ok("No parent, no fork, no sub-agent." in p.words["p-session-family"], "alone")
tap.ok("Text is not stored" in p.words["p-session-text"] and "no tags" in p.words["p-session-notes"], "what is not kept")
for link in sorted({re.sub("#.*", "", x) for x in p.links if x.startswith("/") and not x.startswith(("/static", "/limits"))}):
    a, err = web.cgi(h.db, link)
    tap.ok(a.status == 200, "a link of the page answers: " + link, err)

# ---- its parts, its turns
for part, keys in (("turns", {"turns", "responses", "responses_total"}), ("tools", {"tools"}), ("tree", {"family"}),
                   ("explain", {"verdicts", "arithmetic", "files", "losses"})):
    a = ask(h, f"/api/v1/sessions/{s.id}/{part}").json
    tap.same((set(a["data"]), {k: a["data"][k] for k in keys}), ({"id"} | keys, {k: d[k] for k in keys}), "part " + part)
t = data(h, f"/sessions/{s.id}/turns/1")
tap.same((t["turn"]["tokens"], t["turns"], [r["n"] for r in t["responses"]]), (61500, 4, [1, 2]), "a turn")
p = page(h, f"/sessions/{s.id}/turns/1", None)
tap.same([r[1][0] for r in p.panels["p-turn-responses"][1:]], ["10:02:00", "10:03:00"], "its responses, to the second")
words = facts(p, "p-turn-facts")
has(words, "Took 2 min 30 s", "Ended as completed", "Tokens 61 500", "Cached input 48 000", "API cost $0.0504")
tap.ok([x for x in p.links if "/turns/" in x and "/api/" not in x] == [f"/sessions/{s.id}/turns/2?tz=UTC"], "the next turn", p.links)
tap.ok("It has no responses" in ask(h, f"/sessions/{s.id}/turns/3").text, "a turn without responses")
for path in ("/turns/5", "/turns/0", "/turns/x", "/turns/99999999999999999999"):
    tap.ok("no turn of this number" in ask(h, f"/sessions/{s.id}{path}", 404).text, "says so")

# ---- none, and more than one
for ident, words in (("00000000", "No session in the database"), ("zz", "fewer than 4"), (MARKUP.replace("/", ""), "No session in the database"),
                     ("%25%25%25%25", "No session in the database"), ("x" * 1500, "No session in the database")):
    tap.ok(words in ask(h, "/sessions/" + ident, 404).text, "a page says why: " + words)
for path in ("", "/turns", "/explain", "/turns/1"):
    a = ask(h, "/api/v1/sessions/00000000" + path, 404)
    tap.same((a.headers["content-type"], "No session" in a.json["detail"]), ("application/problem+json", True), "a twin, too")

# ---- a family: the fork has 1100 tokens of its parent in its file, and started an agent
parent = roll.Roll(start=T + "08:00:00Z", ident=roll.uuid7(roll.ms(T + "08:00:00Z"), 1))
parent.started(roll.uuid7(roll.ms(T + "08:00:01Z"), 1), at=T + "08:00:01Z").context().used((1000, 0, 100, 0))
parent.done(roll.uuid7(roll.ms(T + "08:00:01Z"), 1))
fork = roll.Roll(start=T + "09:00:00Z", ident=roll.uuid7(roll.ms(T + "09:00:00Z"), 2), forked_from_id=parent.id)
fork.meta(parent.id)
fork.lines += parent.lines[1:]
fork.total = parent.total
fork.started(roll.uuid7(roll.ms(T + "09:00:01Z"), 2), at=T + "09:00:01Z").context("gpt-nobody").used((200, 0, 20, 0))
agent = roll.Roll(start=T + "09:10:00Z", ident=roll.uuid7(roll.ms(T + "09:10:00Z"), 3), parent_thread_id=fork.id,
                  source={"subagent": {"thread_spawn": {"parent_thread_id": fork.id, "depth": 1}}})
agent.started(roll.uuid7(roll.ms(T + "09:10:01Z"), 3), at=T + "09:10:01Z").context().used((30, 0, 3, 0))
twin = roll.Roll(start=T + "09:00:00Z", ident=fork.id[:-2] + "ff").context().used((7, 0, 0, 0))
f = roll.Home(parent, fork, agent, twin)
f.ingest()
p = page(f, "/sessions/" + fork.id)
rows = p.panels["p-session-family"]
tap.same([[r[i][0] for i in (0, 1, 4, 5, 6, 9)] for r in rows[1:]],
         [[parent.id[:13], "parent", "1", "·", "1\u202f100", "·"], ["└─ This session", "fork", "1", "1\u202f100", "220", "253"],
          ["└─ " + agent.id[:13], "sub-agent", "1", "·", "33", "·"], ["Family of 3 sessions", "", "3", "", "1\u202f353", ""]], "the family")
tap.same(rows[1][0][1], parent.id, "its whole id as title")
words = facts(p)
has(words, "Own tokens 220", "With its 1 sub-agent 253", "API cost, own no price", "220 tokens have no price")
tap.same([number(x) for x in p.row("p-session-sum", "inherited")[1:4]], [1, 1100, 0], "the copied line counts for the parent")
tap.ok("Several sessions" in ask(f, "/sessions/" + fork.id[:13], 404).text, "an id that is not enough")
tap.ok("Several sessions" in ask(f, f"/api/v1/sessions/{fork.id[:13]}/tree", 404).json["detail"], "for its parts, too")

# ---- hostile: names as long as a file may have them, markup, no counts, cut
bad = roll.Roll(start=T + "10:00:00Z", cwd="/src/" + MARKUP, git={"branch": MARKUP + "\u202e" + "b" * 10240})
bad.started("t1").context(MARKUP).user(MARKUP + "u" * 10240)
call(bad, "c1", MARKUP + "n" * 10240, 1000, 0)
bad.used((100, 0, 10, 0)).event("turn_aborted", turn_id="t1", reason=MARKUP)
bare = roll.Roll(start=T + "11:00:00Z", ident=roll.uuid7(roll.ms(T + "11:00:00Z"), 7))
b = roll.Home(bad, bare)
b.ingest()
p = page(b, "/sessions/" + bad.id)
tap.ok("<script>alert" not in p.text and "&lt;script&gt;alert" in p.text and "\u202e" not in p.text, "markup is text")
tap.ok("n" * 60 in p.text and "n" * 500 not in p.text and "b" * 500 not in p.text, "names of 10 KB are cut")
ask(b, f"/sessions/{bad.id}/turns/1")
p = page(b, "/sessions/" + bare.id)
for words in ("The log of this session holds no token counts.", "No parent, no fork, no sub-agent.", "No turn was logged.", "No tool was called.",
              "No usage line in the file.", "No limit was logged."):
    tap.ok(words in p.text, words)

# ---- many: 500 turns of 3 responses, each of 110 tokens
many = roll.Roll(start=T + "10:00:00Z")
many.context()
for i in range(500):
    many.started(f"t{i}")
    for _ in range(3):
        many.used((100, 50, 10, 0))
    many.done(f"t{i}")
m = roll.Home(many)
m.ingest()
a = ask(m, "/sessions/" + many.id)
p = Page(a.text)
rows = [r for r in p.panels["p-session-turns"] if len(r) == 14]
tap.same((len(rows), rows[1][0][0], [number(c[0]) for c in rows[-1][6:10]]), (202, "301", [75000, 0, 75000, 15000]),
         "the last 200 turns, and the sum of all")
tap.ok("The last 200 of 500 turns" in p.words["p-session-turns"], "that says so")
tap.same(len([r for r in p.panels["p-session-turns"] if len(r) == 11]), 198, "66 turns open on the page")
tap.ok(f"/sessions/{many.id}/turns/500?tz=UTC" in p.links, "the others have a page of their own")
tap.same(len(p.panels["p-session-responses"]), 201, "the last 200 responses as a table")
tap.ok("Table of the last 200 of 1\u202f500 responses" in p.text and "A column is up to 4 responses." in p.text, "that says so")
size = len(gzip.compress(a.body, 6))
tap.ok(size < 60000, "at most 60 KB", size)

# ---- names in lists: the beginning of an id, the last part of a path unless another one ends like it
rolls = [roll.Roll(start=f"2026-10-05T1{i}:00:00Z", ident=roll.uuid4(i), cwd=cwd).started("t").context(cwd=cwd).used((10 - i, 0, 1, 0))
         for i, cwd in enumerate(("/a/app", "/b/app", "/c/lib/"))]
n = roll.Home(*rolls)
n.ingest()
text = ask(n, "/?period=all").text
rank = re.search(r'id="p-overview-projects".*?</section>', text, re.S)[0]
tap.same(re.findall(r'title="([^"]*)"><bdi>(.*?)</bdi>', rank), [("/a/app", "/a/app"), ("/b/app", "/b/app"), ("/c/lib/", "lib")], "projects")
p = page(n, "/sessions?period=all", None)
tap.same(sorted(r[0] for r in p.panels["p-sessions-table"][1:]), [(r.id[:13], r.id) for r in rolls], "sessions without a title")
tap.same(p.column("p-sessions-table", "Project"), ["lib", "app", "app"], "their projects")

# ---- nothing yet
e = roll.Home()
e.ingest()
tap.ok("No session in the database" in ask(e, "/sessions/" + s.id, 404).text, "an empty database has none")
tap.done()
