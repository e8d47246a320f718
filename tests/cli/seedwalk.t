#!/usr/bin/env python3
"""The acceptance walk (seed-walk.md), one check for each row, with the installed program.

Rows 25, 26, 35 to 39, 41, 42, 44 and 45 belong to later issues; row 43 is .ci/run itself. Rows 1 to
3 build and install; the others use what row 1 installed (the built programs when that failed).
"""
import csv
import glob
import io
import json
import os
import pty
import re
import select
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import PROGRAM, Home, Roll, fresh, no_lab, uuid4  # noqa: E402

NOW = "2026-11-22T22:45:00Z"  # 23:45 in Stockholm
KEYS = ["period", "group", "total_tokens", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "estimated_cost"]


def row(number, good, text, detail=""):
    return tap.ok(good, f"row {number}: {text}", detail)


# ------------------------------------------------------------------------------- rows 1 to 3
def clean(**more):
    e = {k: v for k, v in os.environ.items() if not k.startswith(("CODEX_", "XDG_", "TRACK_", "MAKE")) and k not in ("TZ", "MFLAGS")}
    e.update(more)
    return e


def install(home, **env):
    p = subprocess.run(["bash", tap.SRC + "/scripts/install.sh"], cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False,
                       env=clean(HOME=home, **env))
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def files(folder):
    return sorted(os.path.relpath(os.path.join(d, n), folder) for d, _, names in os.walk(folder) for n in names)


base = fresh("install it here")
H = os.path.join(base, "my home")
os.mkdir(H)
rc, out, err = install(H)
lines = out.splitlines()
CT = H + "/.local/bin/codex-track"
runs = rc == 0 and subprocess.run([CT, "--version"], cwd="/", env=clean(HOME=H), capture_output=True, check=False).stdout.startswith(b"codex-track ")
row(1, rc == 0 and runs and os.path.isdir(H + "/.codex-usage-tracker") and os.path.islink(CT) and
    os.path.realpath(CT).startswith(os.path.realpath(H + "/.codex-usage-tracker") + "/") and len(lines) <= 25 and
    any(".codex-usage-tracker/install.log" in x for x in lines) and all(f.startswith((".codex-usage-tracker/", ".local/bin/", ".local/share/man/")) for f in files(H)),
    "install.sh with the defaults: bundle and link below HOME (with a blank), runs from any folder, at most 25 lines, a log",
    f"exit {rc}\n{out}\n{err}\n{files(H)[:20]}")
tail = lines[-3:]
row(3, rc == 0 and any("is not on PATH" in x for x in tail) and any(x.startswith("export PATH=") for x in tail), "bin folder not on PATH: the last lines say so",
    out)
where, links, other = base + "/in st all", base + "/pro grams", base + "/other home"
os.mkdir(other)
rc, out, err = install(other, CODEX_USAGE_INSTALL_DIR=where, CODEX_USAGE_BIN_DIR=links, PATH=links + ":" + os.environ["PATH"])
p = subprocess.run([links + "/codex-track", "report"], cwd="/", env=clean(HOME=H), capture_output=True, check=False) if rc == 0 else None
row(2, rc == 0 and files(other) == [] and sorted(os.listdir(base)) == ["in st all", "my home", "other home", "pro grams"] and
    p.returncode == 1 and b"No Codex data" in p.stderr and "not on PATH" not in out, "both CODEX_USAGE_*_DIR with blanks: there and nowhere else",
    f"exit {rc}\n{out}\n{err}\n{files(other)} {os.listdir(base)}")
if not runs:
    tap.diag("the rows below use the built program: the installed one does not run")
    CT = PROGRAM


class Walk(Home):
    """A fresh HOME; the program runs on its defaults."""

    def ct(self, command, *args, env=None, now=NOW, **kw):  # pylint: disable=arguments-differ
        e = clean(HOME=self.root, TZ="UTC", CODEX_USAGE_NOW=now, LC_ALL="C.UTF-8")
        if CT == PROGRAM:
            e["CODEX_USAGE_DATADIR"] = tap.SRC + "/conf"
        e.update(env or {})
        p = subprocess.run([CT, command, *args], stdin=subprocess.DEVNULL, capture_output=True, cwd=self.root, env=e, check=False)
        return p.returncode, p.stdout.decode(), p.stderr.decode()

    @property
    def database(self):
        return self.root + "/.local/share/codex-usage-tracker/usage.sqlite"

    def sql(self, sql, path=None):
        db = sqlite3.connect(f"file:{path or self.database}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()


def rows_of(h, *args, **kw):
    rc, out, err = h.ct("report", *args, "--format", "json", **kw)
    return json.loads(out) if rc == 0 else [err]


def one(n, at, v, model="gpt-5.2", cwd="/src/a"):
    return Roll(uuid4(n), at, cwd=cwd).context(model, cwd=cwd, step=0).count(v, v, at=at)


# ------------------------------------------------------------------------------- rows 4, 5
# 23:30 of the 21st, 00:30 and 23:30 of the 22nd in Stockholm; UTC midnight lies between the two last
h = Walk(one(1, "2026-11-21T22:30:00Z", (1000, 0, 0, 0)), one(2, "2026-11-21T23:30:00Z", (20, 0, 0, 0)), one(3, "2026-11-22T22:30:00Z", (3, 0, 0, 0)))
got = rows_of(h, "--today")
row(4, [(r["period"], r["total_tokens"]) for r in got] == [("2026-11-22", 23)], "--today: from midnight of Stockholm although the machine is UTC (20 + 3)", got)

# now - 7d is 15 November 23:45: 23:44:59 is out (the quarter-hour begins at 23:45)
h = Walk(one(1, "2026-11-15T22:44:59.999Z", (9000, 0, 900, 0)), one(2, "2026-11-15T22:45:00Z", (1000, 500, 100, 10)),
         one(3, "2026-11-16T12:00:00Z", (2000, 0, 200, 20)), one(4, "2026-11-16T13:00:00Z", (4000, 1000, 400, 40), "gpt-5.1-codex"),
         one(5, "2026-11-16T14:00:00Z", (500, 0, 50, 5)), one(6, "2026-11-22T22:45:00Z", (7, 0, 1, 0)))
got = rows_of(h, "--last", "7d", "--group", "day", "--by", "model")
row(5, [tuple(r[k] for k in KEYS[:7]) for r in got] == [
    ("2026-11-15", "gpt-5.2", 1100, 1000, 500, 100, 10), ("2026-11-16", "gpt-5.1-codex", 4400, 4000, 1000, 400, 40),
    ("2026-11-16", "gpt-5.2", 2750, 2500, 0, 250, 25), ("2026-11-22", "gpt-5.2", 8, 7, 0, 1, 0)],
    "--last 7d --group day --by model: rows and totals as computed by hand", got)

# -------------------------------------------------------------------------- rows 6 to 9, 40
# seed-facts 1.4: two sessions, one event at 00:30 local, a dated model name, an unknown model
a = Roll(uuid4(11), "2025-12-29T20:00:00Z", cwd="/src/a").context("gpt-5.2-codex", cwd="/src/a").used((320000, 256000, 3000, 1200))
a.context("gpt-5.1-codex-max", cwd="/src/a", at="2025-12-29T23:29:00Z").used((50000, 40000, 700, 100), at="2025-12-29T23:30:00Z")
b = Roll(uuid4(12), "2026-01-02T08:00:00Z", cwd="/src/b").context("gpt-5.2-codex-2026-01-15", cwd="/src/b").used((1000000, 0, 100000, 0))
b.context("some-unknown-model", cwd="/src/b").used((1000, 0, 100, 0))
u = Roll(uuid4(13), "2025-01-01T10:00:00Z", cwd=None).count((10, 0, 2, 0), (10, 0, 2, 0))
h = Walk(a, b, u)
rc, out, err = h.ct("report", "--group", "month", "--by", "directory", "--format", "json", now="2026-01-03T10:00:00Z")
got = json.loads(out)
row(6, isinstance(got, list) and all(list(r)[:8] == KEYS for r in got) and out.startswith("[\n  {\n    \"period\""), "--format json: an array of objects, the seed's keys first",
    out[:400])
rc, text, err = h.ct("report", "--group", "month", "--by", "directory", "--format", "csv")
cells = list(csv.reader(io.StringIO(text, newline="")))
# 64k at 1.75 + 256k at 0.175 + 3k at 14 = 0.1988; 10k at 1.25 + 40k at 0.125 + 700 at 10 = 0.0245
row(7, text.startswith(",".join(KEYS) + ",") and text.count("\r\n") == text.count("\n") == 4 and
    [c[:8] for c in cells[2:]] == [["2025-12", "/src/a", "373700", "370000", "296000", "3700", "1300", "0.2233"],
                                  ["2026-01", "/src/b", "1101100", "1001000", "0", "100100", "0", "3.15"]],
    "--format csv: the seed's header, CRLF, and the figures of seed-facts 1.4", text)
got = [(r["period"], r["total_tokens"]) for r in rows_of(h, "--group", "week")]
row(8, got == [("2024-12-30", 12), ("2025-12-29", 1474800)], "--group week: 2025-01-01 is in the week of 2024-12-30", got)
got = {by: [(r["period"], r["group"], r["total_tokens"]) for r in rows_of(h, "--group", g, *(["--by", by] if by else []))]
       for g, by in (("month", ""), ("week", "directory"), ("day", "session"), ("day", "model"))}
row(9, got[""] == [("2025-01", "all", 12), ("2025-12", "all", 373700), ("2026-01", "all", 1101100)] and
    got["directory"] == [("2024-12-30", "<unknown>", 12), ("2025-12-29", "/src/a", 373700), ("2025-12-29", "/src/b", 1101100)] and
    got["session"] == [("2025-01-01", uuid4(13), 12), ("2025-12-29", uuid4(11), 323000), ("2025-12-30", uuid4(11), 50700), ("2026-01-02", uuid4(12), 1101100)] and
    got["model"] == [("2025-01-01", "<unknown>", 12), ("2025-12-29", "gpt-5.2-codex", 323000), ("2025-12-30", "gpt-5.1-codex-max", 50700),
                     ("2026-01-02", "gpt-5.2-codex-2026-01-15", 1100000), ("2026-01-02", "some-unknown-model", 1100)],
    "--group month, --by directory, session, model; <unknown> and all, as seed-facts 1.4", got)
table = h.ct("report", "--by", "model")[1].splitlines()
words = [x.split() for x in table]
row(9, words[0] == ["Period", "Group", "Total", "Input", "Cached", "Output", "Reasoning", "Est.", "cost"] and set(table[1]) == {"-", " "} and
    ["2025-12-29", "gpt-5.2-codex", "323,000", "320,000", "256,000", "3,000", "1,200", "$0.20"] in words and
    ["2026-01-02", "some-unknown-model", "1,100", "1,000", "0", "100", "0", "-"] in words and
    ["Total", "1,474,812", "1,371,010", "296,000", "103,802", "1,300", "$3.37+"] in words, "the table of seed-facts 1.4, marked where a price is missing", "\n".join(table))
models = ("gpt-5.2", "gpt-5.2-codex", "gpt-5.1-codex", "gpt-5.1-codex-max")
h = Walk(*[one(20 + i, "2026-01-05T10:00:00Z", (1000000, 500000, 100000, 0), m) for i, m in enumerate(models)])
got = {r["group"]: r["estimated_cost"] for r in rows_of(h, "--by", "model")}
# 0.875 + 0.0875 + 1.4 and 0.625 + 0.0625 + 1.0
row(40, got == {"gpt-5.2": 2.3625, "gpt-5.2-codex": 2.3625, "gpt-5.1-codex": 1.6875, "gpt-5.1-codex-max": 1.6875}, "the seed's four models: 2.3625 and 1.6875", got)

# ------------------------------------------------------------------------------ rows 10 to 13
h = Walk(one(31, "2026-11-22T10:44:59.999Z", (1, 0, 0, 0)), one(32, "2026-11-22T10:45:00Z", (2, 0, 0, 0)))
got = [rows_of(h, "--last", "12h")] + [h.ct("report", "--last", x) for x in ("7", "1.5h", "2m")]
row(10, [r["total_tokens"] for r in got[0]] == [2] and all(g[0] == 2 and g[1] == "" for g in got[1:]) and all("7d" in g[2] and "12h" in g[2] for g in got[1:3]) and
    "min" in got[3][2] and "mo" in got[3][2], "--last 12h; 7, 1.5h and 2m are exit 2 with the accepted forms", got)
h = Walk(*[one(40 + i, t, (1 << i, 0, 0, 0)) for i, t in enumerate(("2026-01-01T22:59:59.999Z", "2026-01-01T23:00:00Z", "2026-01-02T22:59:59.999Z",
                                                                   "2026-01-02T23:00:00Z", "2026-01-02T04:59:59.999Z", "2026-01-02T05:00:00Z"))])
got = [sum(r["total_tokens"] for r in rows_of(h, *x)) for x in (("--from", "2026-01-02", "--to", "2026-01-02"), ("--from", "2026-01-02T10:00:00+05:00"))]
row(11, got[0] == 2 + 4 + 16 + 32, "--from and --to of one date: that whole local day", got)
row(12, got[1] == 4 + 8 + 32, "--from 2026-01-02T10:00:00+05:00: the exact instant 05:00Z", got)
got = [h.ct("report", "--from", "2026-01-03", "--to", "2026-01-02"), h.ct("report", "--today", "--last", "7d")]
row(13, all(g[0] == 2 and g[1] == "" and g[2].count("\n") == 1 for g in got), "--from after --to, --today with --last: exit 2", got)

# ------------------------------------------------------------------------------ rows 16 to 19
h = Walk(a, b, u)
rc, out, err = h.ct("export", "--format", "csv", "--out", "e.csv")
with open(h.root + "/e.csv", newline="", encoding="utf-8") as f:
    exported = f.read()
dashed = h.ct("export", "--format", "csv", "--out", "-")
total = sum(r["total_tokens"] for r in rows_of(h))
rows = list(csv.DictReader(io.StringIO(exported)))
row(16, rc == 0 and out == "" and dashed[:2] == (0, exported) and "-" not in os.listdir(h.root), "export --out e.csv is a file, --out - is stdout")
row(16, sum(int(r["total_tokens"] or 0) for r in rows) == total == 1474812, "the sum of its total_tokens is the report's", total)
got = json.loads(h.ct("export", "--format", "json")[1])
row(17, [str(r["id"]) for r in got] == [r["id"] for r in rows] and len(got) == 5, "export --format json: valid, the same rows", got[:1])
row(19, Walk().ct("status") == (0, "No usage data captured yet.\n", ""), "status on an empty database: \"No usage data captured yet.\", exit 0")
if tap.LAB:
    h = Walk()
    shutil.rmtree(h.dir)
    shutil.copytree(tap.LAB + "/0.169.0/s12_two_limit_families", h.dir)
    rc, out, err = h.ct("status", now="2026-11-22T07:00:00Z")
    # its last token_count is of 06:43:06.900Z: 10,445 + 372 tokens, of 258,400; only the Fox family's day window, 77.5 used
    want = ["Captured: 2026-11-22T07:43:06+01:00", "Model: gpt-6-sol", "Directory: /home/dev/0.169.0/s12_two_limit_families/repo",
            "Session: 01a201fe-81fc-7ad3-bacc-bf478c74059a", "Codex version: 0.169.0", "Token usage: total=10,817 input=10,445 cached=6,208 output=372",
            "Context window: 100% left (10,817 used / 258,400)", "codex_bengalfox Daily limit: 22.5% left (resets 08:43)"]
    row(18, rc == 0 and out.splitlines() == want, "status: the newest snapshot, the seed's lines, context from the last request", out)
else:
    no_lab("row 18: status")

# ------------------------------------------------------------------------------ rows 23, 27, 28, 29
h = Walk()
shutil.rmtree(h.dir)
made = Home(one(51, "2026-11-22T10:00:00Z", (1000, 0, 100, 0)))
bad = []
for command in (["report"], ["export"], ["status"], ["ingest"], ["sessions"], ["explain", uuid4(51)], ["clear-db", "--yes"]):
    db = h.root + "/x/y/" + command[0] + ".sqlite"
    roots = [] if command[0] == "clear-db" else ["--rollouts", made.dir + "/sessions"]
    if command[0] == "clear-db":
        h.ct("ingest", "--db", db, "--rollouts", made.dir + "/sessions")
    rc, out, err = h.ct(*command, "--db", db, *roots)
    if rc != 0 or os.path.exists(db) == (command[0] == "clear-db") or (roots and command[0] not in ("ingest",) and "1,100" not in out and "1100" not in out):
        bad.append((command, rc, out[:200], err))
row(23, not bad and sorted(os.listdir(h.root)) == ["x"], "--db X --rollouts Y on each command: used, nothing under the defaults is made", f"{bad} {os.listdir(h.root)}")
# (web and ui below; ingest-cli and ingest-app-server of the seed's table come with later issues)


def on_terminal(h, answer):
    pid, fd = pty.fork()
    if pid == 0:
        e = clean(HOME=h.root, CODEX_USAGE_NOW=NOW)
        if CT == PROGRAM:
            e["CODEX_USAGE_DATADIR"] = tap.SRC + "/conf"
        os.execve(CT, [CT, "clear-db"], e)
    seen, sent = b"", False
    while select.select([fd], [], [], 10)[0]:
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
        if b"confirm" in seen and not sent:
            os.write(fd, answer)
            sent = True
    status = os.waitpid(pid, 0)[1]
    os.close(fd)
    return os.waitstatus_to_exitcode(status), seen.decode()


h = Walk(one(52, "2026-11-22T10:00:00Z", (1000, 0, 100, 0)))
steps = [h.ct("clear-db")]
there = [os.path.exists(os.path.dirname(h.database))]
h.ct("report")
for answer in (b"no\n", b"delete\n"):
    steps.append(on_terminal(h, answer))
    there.append(os.path.exists(h.database))
h.ct("report")
steps.append(h.ct("clear-db"))
there.append(os.path.exists(h.database))
steps.append(h.ct("clear-db", "--yes"))
there.append(os.path.exists(h.database))
row(27, [s[0] for s in steps] == [0, 0, 0, 2, 0] and "No database found at" in steps[0][1] and "Aborted." in steps[1][1] and "Deleted" in steps[2][1] and
    "Deleted" in steps[4][1] and there == [False, True, False, True, False], "clear-db: none there; no / delete on a terminal; without: exit 2; --yes", (steps, there))

got = []
for env, path in (({}, "/.local/share/codex-usage-tracker/usage.sqlite"), ({"XDG_DATA_HOME": "X"}, "/x data/codex-usage-tracker/usage.sqlite"),
                  ({"XDG_DATA_HOME": "relative"}, "/.local/share/codex-usage-tracker/usage.sqlite"), ({"XDG_DATA_HOME": ""},
                   "/.local/share/codex-usage-tracker/usage.sqlite")):
    for mask in (0o022, 0o000):
        h = Walk(one(53, "2026-11-22T10:00:00Z", (1000, 0, 100, 0)))
        if env.get("XDG_DATA_HOME") == "X":
            env = {"XDG_DATA_HOME": h.root + "/x data"}
        elif "XDG_DATA_HOME" in env and env["XDG_DATA_HOME"].endswith("/x data"):
            env = {"XDG_DATA_HOME": h.root + "/x data"}
        old = os.umask(mask)
        rc, out, err = h.ct("report", env=env)
        os.umask(old)
        p = h.root + path
        modes = [os.stat(x).st_mode & 0o777 for x in (p, os.path.dirname(p))] if os.path.exists(p) else None
        extra = [os.stat(x).st_mode & 0o777 for x in glob.glob(p + "*")]
        if rc != 0 or modes != [0o600, 0o700] or set(extra) != {0o600}:
            got.append((env, oct(mask), rc, modes, extra, err))
row(28, not got, "default database with XDG_DATA_HOME set, relative, empty and not set: file 0600, folder 0700, under umask 022 and 000", got)
unit = tap.BUILD + "/tests/unit/test_base_places"
if os.path.exists(unit):
    p = subprocess.run([unit], env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"}, capture_output=True, check=False)
    mac = [x for x in p.stdout.decode().splitlines() if "macos" in x.lower()]
    row(29, p.returncode == 0 and mac and all(x.startswith("ok") for x in mac), "the macOS path, by the unit test tests/unit/test_base_places", p.stdout.decode()[:600])
else:
    tap.skip("row 29: the macOS path", "tests/unit/test_base_places, which checks it, is not built")

# ------------------------------------------------------------------------------ rows 30 to 34
NAMES = ("meta ingestion_files events sessions turns activity_events content_messages tool_calls app_turns app_items weekly_quota_estimates").split()
h = Walk(a, b, u)
report = {r["group"]: r["total_tokens"] for r in rows_of(h, "--group", "month", "--by", "model", "--last", "total")}
names = {n for n, in h.sql("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
row(30, set(NAMES) <= names, "sqlite_schema has the eleven names", sorted(names))

# URL without user and token
urls = {"https://user:ghp_token@git.example.org:8443/team/repo.git": "https://git.example.org:8443/team/repo.git",
        "https://token@git.example.org/team/repo": "https://git.example.org/team/repo",
        "ssh://git:pw@git.example.org/team/repo.git": "ssh://git.example.org/team/repo.git",
        "https://git.example.org/team/repo.git": "https://git.example.org/team/repo.git"}
w = Walk(*[Roll(uuid4(60 + i), "2026-11-22T10:00:00Z", git={"repository_url": x, "branch": "b", "commit_hash": "c0ffee"}).context().used((1, 0, 1, 0))
           for i, x in enumerate(urls)])
w.ct("ingest")
got = dict(w.sql("SELECT session_id, git_repository_url FROM sessions"))
row(32, got == {uuid4(60 + i): x for i, x in enumerate(urls.values())}, "sessions: the repository's URL without user and token", got)

if not tap.LAB:
    for n, text in ((31, "by model"), (32, "sessions"), (33, "turns"), (34, "activity")):
        no_lab(f"row {n}: {text} on the lab")
    tap.done()
    sys.exit(0)

lab = Walk()
folders = sorted(os.path.dirname(p) for p in glob.glob(tap.LAB + "/*/*/truth.json"))
rc, out, err = lab.ct("ingest", env={"CODEX_HOME": ",".join(folders)})
report = {}
for r in rows_of(lab, "--by", "model", "--group", "month"):
    report[r["group"]] = report.get(r["group"], 0) + r["total_tokens"]
sums = {k or "<unknown>": v for k, v in lab.sql("SELECT model, sum(total_tokens) FROM events GROUP BY 1") if v}
row(31, rc == 0 and sums == {k: v for k, v in report.items() if v} and len(sums) > 2, f"select model, sum(total_tokens) from events: equals report on all {len(folders)} lab folders",
    f"{err}\n{sums}\n{report}")

rollouts = sorted(p for d in folders for s in ("sessions", "archived_sessions") for p in glob.glob(f"{d}/{s}/**/rollout-*.jsonl", recursive=True))
metas, contexts, grep, plain = {}, {}, {}, set()
MARKS = {  # what grep counts, by name in activity_events
    ("user_message", None): ('"type":"event_msg","payload":{"type":"user_message"', '"item":{"type":"UserMessage"'),
    ("assistant_message", None): ('"type":"event_msg","payload":{"type":"agent_message"', '"item":{"type":"AgentMessage"'),
    ("reasoning_event", None): ('"type":"event_msg","payload":{"type":"agent_reasoning"', '"item":{"type":"Reasoning"'),
    ("tool_call", "function"): ('"type":"response_item","payload":{"type":"function_call",', '^{"type":"function_call",'),
    ("tool_call", "custom_tool"): ('"type":"response_item","payload":{"type":"custom_tool_call",',),
    ("tool_call", "web_search"): ('"type":"response_item","payload":{"type":"web_search_call",',),
    ("tool_call", "local_shell"): ('"type":"response_item","payload":{"type":"local_shell_call",',),
}


def records(path):
    """The complete lines of a file; of a torn one the good record that is glued to it (formats.md 7.1 trap 25)."""
    with open(path, encoding="utf-8", errors="replace") as f:
        for x in f:
            if not x.endswith("\n"):
                return
            try:
                json.loads(x)
            except ValueError:
                x = x[x.rfind('{"timestamp":"'):]
            if x.startswith("{") and x.endswith("}\n"):
                yield x


for path in rollouts:
    text = list(records(path))
    if not text:
        continue
    first = None
    copies = page = False
    for x in text:
        if x.startswith('{"id":') and first is None:
            o = json.loads(x)
            first = {"id": o["id"], "git": o.get("git")}
        if '"type":"session_meta"' in x[:120]:
            try:
                o = json.loads(x)["payload"]
            except ValueError:
                continue
            copies = copies or first is not None or "forked_from_id" in o or "subagent_history_start_ordinal" in o
            first = first or o
        if '"type":"turn_context"' in x[:120] and first:
            try:
                contexts.setdefault(first["id"], []).append(json.loads(x)["payload"])
            except ValueError:
                pass
    if first is None:
        continue
    page = "_" in os.path.basename(path)
    if not page:
        metas[first["id"]] = first
    if copies or any("review_mode" in x or "ReviewMode" in x for x in text):
        plain.discard(first["id"])
        metas.setdefault(first["id"], first)
        grep[first["id"]] = None
        continue
    if grep.get(first["id"], 0) is None:
        continue
    plain.add(first["id"])
    counts = grep.setdefault(first["id"], {})
    for key, marks in MARKS.items():
        n = sum(1 for x in text if any(x.startswith(m[1:]) if m[0] == "^" else m in x for m in marks))
        if n:
            counts[key] = counts.get(key, 0) + n

got = {r[0]: r[1:] for r in lab.sql("SELECT session_id, cwd, originator, cli_version, git_commit_hash, git_branch, git_repository_url FROM sessions")}
bad = []
for ident, m in metas.items():
    g = m.get("git") or {}
    want = (m.get("cwd"), m.get("originator"), m.get("cli_version"), g.get("commit_hash"), g.get("branch"), g.get("repository_url"))
    if got.get(ident) != want:
        bad.append((ident, got.get(ident), want))
row(32, not bad and len(metas) > 150, f"sessions: cwd, originator, version, commit, branch, URL equal session_meta in {len(metas)} lab sessions", bad[:3])


def of_context(c):
    s, t = c.get("sandbox_policy"), c.get("truncation_policy") or {}
    s = s if isinstance(s, dict) else {"type": s}
    net = s.get("network_access")
    net = None if net is None else int(net in (True, "enabled"))
    roots = s.get("writable_roots")
    return (c.get("model"), c.get("cwd"), c.get("approval_policy"), s.get("type") or s.get("mode"), net, roots, t.get("mode"), t.get("limit"), c.get("effort"),
            c.get("summary"))


turns = {}
for r in lab.sql("SELECT session_id, turn_id, model, cwd, approval_policy, sandbox_policy_type, sandbox_network_access, sandbox_writable_roots, "
                 "truncation_policy_mode, truncation_policy_limit, reasoning_effort, reasoning_summary FROM turns ORDER BY 1, turn_index"):
    turns.setdefault(r[0], []).append((r[1], (*r[2:7], None if r[7] is None else json.loads(r[7]), *r[8:])))
bad, n = [], 0
for ident, list_ in turns.items():
    mine = contexts.get(ident, [])
    by_id = {}
    for c in mine:
        by_id.setdefault(c.get("turn_id"), of_context(c))
    for turn_id, values in list_:
        if turn_id is not None and turn_id in by_id:
            n += 1
            if values != by_id[turn_id]:
                bad.append((ident, turn_id, values, by_id[turn_id]))
        elif turn_id is None and mine and any(values):
            n += 1
            if values not in [of_context(c) for c in mine]:
                bad.append((ident, values, [of_context(c) for c in mine][:2]))
row(33, not bad and n > 200, f"turns: model, cwd, approval, sandbox, truncation, effort, summary equal turn_context in {n} lab turns", bad[:3])
per_request = [i for i in turns if i in plain and contexts.get(i) and not any("turn_id" in c for c in contexts[i])]
bad = [(i, [v for _, v in turns[i] if not any(v)]) for i in per_request if any(not any(v) for _, v in turns[i])]
row(33, not bad and len(per_request) > 10, f"... every turn of {len(per_request)} sessions without turn ids has its context", bad[:3])

bad = []
activity = {}
for i, t, name, c in lab.sql("SELECT session_id, event_type, event_name, sum(count) FROM activity_events GROUP BY 1, 2, 3"):
    if (t, name) in MARKS:
        activity.setdefault(i, {})[(t, name)] = c
for ident in plain:
    if activity.get(ident, {}) != grep[ident]:
        bad.append((ident, activity.get(ident, {}), grep[ident]))
row(34, not bad and len(plain) > 100, f"activity_events equal a grep's counts in {len(plain)} lab sessions without copies", bad[:3])
# a fork: its file holds the parent's lines, too; the parts add up to what grep finds in the parent and behind the copies
fork = tap.LAB + "/0.117.0/s04_fork"
h = Walk()
h.ct("ingest", "--home", fork)
whole = {}
for path in glob.glob(fork + "/sessions/**/*.jsonl", recursive=True):
    with open(path, encoding="utf-8") as f:
        lines = [json.loads(x) for x in f]
    ident = lines[0]["payload"]["id"]
    own = [o for o in lines if o["payload"].get("type") == "task_started" and o["payload"]["turn_id"] > ident]
    start = lines.index(own[0]) if own and lines[0]["payload"].get("forked_from_id") else 0 if not lines[0]["payload"].get("forked_from_id") else len(lines)
    n = sum(1 for o in lines[start:] if o["type"] == "event_msg" and o["payload"].get("type") == "user_message")
    if n:
        whole[ident] = n
got = dict(h.sql("SELECT session_id, sum(count) FROM activity_events WHERE event_type = 'user_message' GROUP BY 1"))
row(34, got == whole and len(whole) >= 3, "... and in forks only own lines count", (got, whole))

# ------------------------------------------------------------------------------- rows 20 to 24
RUNTIME = fresh("run")
os.chmod(RUNTIME, 0o700)


class Web:
    """`CT COMMAND ARGV` in the HOME of H; its first line is the URL, "" when it ended."""

    def __init__(self, h, command, *argv):
        e = clean(HOME=h.root, TZ="UTC", LC_ALL="C.UTF-8", XDG_RUNTIME_DIR=RUNTIME)
        if CT == PROGRAM:
            e["CODEX_USAGE_DATADIR"] = tap.SRC + "/conf"
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            e.pop(name, None)
        self.p = subprocess.Popen([CT, command, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=e, cwd=h.root)
        self.url = self.p.stdout.readline().rstrip("\n")

    def get(self, path):
        with urllib.request.urlopen(self.url.rstrip("/") + path, timeout=30) as a:
            return a.status, a.read().decode()

    def total(self):
        try:
            return json.loads(self.get("/api/v1/usage?period=all")[1])["data"]["totals"]["total"]["tokens"]
        except urllib.error.HTTPError:
            return None

    def reaches(self, total, seconds):
        """Seconds until the total is TOTAL; None when it does not become so."""
        began = time.monotonic()
        while self.total() != total:
            if time.monotonic() - began > seconds:
                return None
            time.sleep(0.05)
        return time.monotonic() - began

    def workers(self):
        """Environments of the processes below that are workers."""
        parents, found = {}, []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                    parents[int(pid)] = int(f.read().rpartition(")")[2].split()[1])
            except OSError:  # it ended
                pass
        for pid in parents:
            above = pid
            while above in parents and above != self.p.pid:
                above = parents[above]
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f, open(f"/proc/{pid}/environ", "rb") as g:
                    if above == self.p.pid and b"/worker" in f.read():
                        found.append(dict(x.split("=", 1) for x in g.read().decode().split("\0") if "=" in x))
            except OSError:
                pass
        return found

    def end(self):
        self.p.terminate()
        _, err = self.p.communicate(timeout=30)
        return self.p.returncode, err


if shutil.which("lighttpd", path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None or not tap.LAB:
    no_lab("rows 20 to 24: web")
else:
    h = Walk()
    shutil.rmtree(h.dir)
    shutil.copytree(tap.LAB + "/0.169.0/s07_model_switch", h.dir, copy_function=shutil.copyfile)
    subprocess.run(["chmod", "-R", "u+w", h.dir], check=True)
    with open(tap.LAB + "/0.169.0/s07_model_switch/truth.json", encoding="utf-8") as f:
        truth = json.load(f)["expected"]["total"]["total_tokens"]
    w = Web(h, "web", "--no-open")
    good = w.url.startswith("http://127.0.0.1:") and w.reaches(truth, 20) is not None
    status, page = w.get("/?period=all") if good else (0, "")
    row(20, good and status == 200 and f"{truth:,}" in re.sub("[\u202f\u2009]", ",", page), "web --no-open: the URL alone on a line, 200, the lab's truth", (w.url, w.total()))
    h.put(one(71, "2026-11-22T10:00:00Z", (1000, 0, 100, 0)))
    took = w.reaches(truth + 1100, 20)
    row(22, took is not None and took <= 5, "a new rollout is there within 5 s", took)
    envs = w.workers()
    row(24, len(envs) == 2 and all(e.get("CODEX_USAGE_DB") == h.database and e.get("CODEX_USAGE_ROLLOUTS") == h.dir for e in envs),
        "the workers have CODEX_USAGE_DB and CODEX_USAGE_ROLLOUTS", [{k: v for k, v in e.items() if k.startswith("CODEX")} for e in envs])
    tap.same(w.end()[0], 0, "and it ends")

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    other = Walk()
    w = Web(h, "ui", "--port", str(port), "--no-open")
    busy = Web(other, "ui", "--port", str(port), "--no-open")
    err = busy.p.communicate(timeout=30)[1]
    row(21, w.url == f"http://127.0.0.1:{port}/" and w.get("/")[0] == 200 and busy.p.returncode == 1 and busy.url == "" and str(port) in err,
        "ui --port N: that port; busy: exit 1, and says so", (w.url, busy.p.returncode, err))
    w.end()

    h = Walk()
    shutil.rmtree(h.dir)
    w = Web(h, "web", "--no-open", "--db", h.root + "/x/y.sqlite", "--rollouts", made.dir + "/sessions")
    row(23, w.reaches(1100, 20) is not None and os.listdir(h.root) == ["x"], "web --db X --rollouts Y: used, nothing under the defaults is made", os.listdir(h.root))
    w.end()
    tap.same(os.listdir(RUNTIME), [], "no file of a run is left")

tap.done()
