#!/usr/bin/env python3
"""bench.t - what `make bench` counts is right: lines and bytes, shares of the
database, the order of the runs, the shape of the table. No time is looked at.
"""
import importlib.util
import json
import os
import shlex
import sqlite3
import stat
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap"]
import tap  # noqa: E402

WORK = tap.folder()
BUILD, SRC = os.path.abspath(tap.BUILD), os.path.abspath(tap.SRC)
TOOLS = BUILD + "/tests/bench"
HOMES = WORK + "/homes"
KINDS = ["typical", "real", "tiny-files", "400-files", "many-files", "one-session", "long-line"]
ENV = {"HOME": WORK, "CODEX_USAGE_CONFIG": "/dev/null", "CODEX_USAGE_NOW": "2026-11-22T12:00:00Z",
       "CODEX_USAGE_DATADIR": SRC + "/conf"}
SMALL = ["--mb", "2", "--many", "50", "--line-mb", "2", "--repeat", "1"]


def module(name):
    spec = importlib.util.spec_from_file_location(name, f"{SRC}/tests/bench/{name}.py")
    m = importlib.util.module_from_spec(spec)
    sys.modules[name] = m
    spec.loader.exec_module(m)
    return m


sys.path.insert(0, SRC + "/tests/bench")
bench, profile = module("bench"), module("profile")


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    return path


def run(*argv, env=None, build=BUILD, folder=HOMES):
    return tap.run(SRC + "/tests/bench/bench.py", "--build", build, "--src", SRC, "--dir", folder, *argv,
                   env={"TRACK_BENCH_PEER": "", "TRACK_BENCH_DIR": "", **(env or {})})


# ------------------------------------------------------------ the C programs

def scan(*paths):
    argv = " ".join(shlex.quote(p) for p in paths)
    return tap.run("sh", "-c", f"printf '%s\\0' {argv} | {shlex.quote(TOOLS)}/newline_scan")


def check_scan():
    two = write(WORK + "/scan/two", b"a\nbc\n")                                     # 5 bytes, 2 lines
    torn = write(WORK + "/scan/odd name\nhere", b"\n\n\nx")                         # 4 bytes, 3 lines
    none = write(WORK + "/scan/none", b"")
    # lines on both sides of the end of the first block of 262,144 bytes, and on it
    edge = write(WORK + "/scan/edge", b"x" * 262143 + b"\n" + b"\n" + b"y" * 10 + b"\n")  # 262,156 bytes, 3 lines
    tap.same(scan(two)[:2], (0, "1 files 5 bytes 2 lines\n"), "newline_scan: a file")
    tap.same(scan(two, torn, none, edge)[:2], (0, "4 files 262165 bytes 8 lines\n"),
             "newline_scan: a torn line, a strange name, no bytes, the edge of a block")
    status, out, err = scan(two, WORK + "/scan/missing")
    tap.ok(status == 1 and out == "2 files 5 bytes 2 lines\n" and "missing" in err,
           "newline_scan: a file that is not there is said and fails", f"{status} {out}{err}")


def check_walk():
    write(WORK + "/walk/a", b"123")
    write(WORK + "/walk/b/c/d", b"4567")
    os.mkdir(WORK + "/walk/empty")
    os.symlink("b", WORK + "/walk/link")  # its own name: 1 byte
    tap.same(tap.run(TOOLS + "/stat_walk", WORK + "/walk")[:2], (0, "3 files 8 bytes\n"),
             "stat_walk: files, folders, a link that is not followed")
    tap.same(tap.run(TOOLS + "/stat_walk", WORK + "/walk", WORK + "/nothing")[0], 1, "stat_walk: no such folder")


def measured(*argv):
    out = tap.run(TOOLS + "/measure", *argv)[1].split()
    return dict(zip(out[::2], map(int, out[1::2])))


def check_measure():
    tap.same(measured("sh", "-c", "exit 7").get("status"), 7, "measure: the exit status")
    tap.same(measured("sh", "-c", "kill -9 $$").get("status"), 137, "measure: the signal")
    tap.same(measured("-t", "1", "sleep", "60").get("status"), 137, "measure: ends what takes too long")
    tap.same(measured(WORK + "/nothing").get("status"), 127, "measure: no such program")
    tap.same(tap.run(TOOLS + "/measure", "-v", "many", "true")[0], 2, "measure: a limit that is no number")
    ballast = bytearray(150000000)  # a large parent must not show in what is measured
    large = measured("python3", "-c", "x = bytearray(60000000)")
    tap.ok(60000000 / 1024 < large.get("maxrss_kib", 0) < 110000, "measure: the memory of the command alone", large)
    tap.same(len(ballast), 150000000, "measure: while this test is larger")
    tap.same(measured("-v", "100000", "python3", "-c", "x = bytearray(60000000)").get("status"), 0,
             "measure: a limit that is enough")
    tap.same(measured("-v", "100000", "python3", "-c", "x = bytearray(120000000)").get("status"), 1,
             "measure: a limit that is not")


# -------------------------------------------------------------- pure figures

def check_figures():
    tap.same([bench.seconds(s) for s in (0, 0.0000123, 0.00999, 0.0123456, 0.9, 1.5, 12.34, 123.4)],
             ["0", "12.3 us", "9.99 ms", "12.3 ms", "900 ms", "1.50 s", "12.3 s", "123 s"], "times have three digits")
    tap.same([bench.ratio(*x) for x in ((1, 3), (7, 2), (50, 1), (1234, 1), (1, 100), (1, 0))],
             ["0.33", "3.50", "50.0", "1234", "0.010", "-"], "ratios")
    db = write(WORK + "/db/usage.sqlite", b"x" * 3000)
    write(db + "-wal", b"x" * 1000)
    write(db + "-shm", b"x" * 32768)
    tap.same((bench.database_bytes(db), bench.share(db, 40000)), (4000, 10.0),
             "the database's share: the file and its log, of the rollouts' bytes")
    order = []
    steps = [lambda k=k: order.append(k) or k for k in "abc"]
    tap.same((bench.in_turns(2, *steps), order), ([["a", "a"], ["b", "b"], ["c", "c"]], list("abcabc")),
             "what is compared takes turns")
    t = bench.Table()
    runs = [bench.Run(0, w, c, 1) for w, c in ((0.5, 0.4), (0.2, 0.1), (0.3, 0.2), (0.9, 0.8), (0.25, 0.2))]
    t.times("x", "home", runs, 0.1, 0.02, "<= 1", False)
    t.times("y", "home", runs, 0.1, None, "<= 1", True)
    tap.same(t.rows, [("x", "home", "5", "200 ms", "300 ms", "200 ms", "3.00", "15.0", "<= 1", "MISSED"),
                      ("y", "home", "5", "200 ms", "300 ms", "200 ms", "3.00", "-", "<= 1", "holds")],
             "a row: minimum, median, ratios of medians")
    tap.same(t.missed, 1, "missed targets are counted")


# Costs by hand. SQLite: own 40, and 10 of memcpy (2/3 of 15). recorder: own 7, str_eqz 3, of str_eqz's memcpy the
# rest, 5. main: own 1, which has no group. All: 1 + 7 + 40 + 3 + 15 = 66.
CALLGRIND = """version: 1
events: Ir
ob=/b/codex-track
fl=/b/../m/src/main_cli.c
fn=main
12 1
cfi=/b/../m/src/ingest/recorder.c
cfn=recorder_line
calls=1 5
13 65

fl=/b/../m/src/ingest/recorder.c
fn=recorder_line
5 4
fi=/b/../m/src/base/str.h
6 3
fe=/b/../m/src/ingest/recorder.c
cob=/usr/lib/libsqlite3.so.0.8.6
cfi=???
cfn=sqlite3_step
calls=2 0
+1 50
cfi=/b/../m/src/base/str.c
cfn=str_eqz
calls=3 7
* 8

fl=/b/../m/src/base/str.c
fn=str_eqz
7 3
cob=/lib/libc.so.6
cfi=memcpy.S
cfn=memcpy
calls=3 1
8 5

ob=/usr/lib/libsqlite3.so.0.8.6
fl=???
fn=sqlite3_step
0 40
cob=/lib/libc.so.6
cfi=memcpy.S
cfn=memcpy
calls=9 1
0 10

ob=/lib/libc.so.6
fl=memcpy.S
fn=memcpy
1 15

totals: 66
"""


def check_profile():
    own, edges = profile.read_callgrind(write(WORK + "/callgrind", CALLGRIND.encode()))
    got = {k: round(v, 6) for k, v in profile.by_group(own, edges).items() if v}
    tap.same(got, {"everything else": 1, "recorder: record to rows": 15, "SQLite": 50},
             "profile: helpers are booked to who called them")
    ours = {fn[2]: cost for fn, cost in profile.inclusive(own, edges).items()}
    tap.same(ours, {"main": 66, "recorder_line": 65, "str_eqz": 8}, "profile: functions with all that they call")
    tap.same([profile.kind_of(x) for x in (
        b'{"type":"event_msg","payload":{"type":"token_count"}}', b'{"type":"turn_context","payload":{}}',
        b'{"type":"a b","payload":{}}', b"[1]", b"torn{")],
             ["event_msg/token_count", "turn_context", "?", "?", "?"], "profile: the kind of a line")


# ---------------------------------------------------------------- the table

def rollouts(name):
    out = []
    for base, _, names in os.walk(f"{HOMES}/{name}/codex-home"):
        out += [os.path.join(base, n) for n in names if n.startswith("rollout-")]
    return out


def cells(line):
    """The cells of a row whose columns stand two blanks apart."""
    return [c.strip() for c in line.split("  ") if c.strip()]


def check_homes(out):
    """The list of homes against the files; returns {home: (files, bytes)}."""
    head = out.split("\n\n")[1].splitlines()
    tap.same(cells(head[0]), ["home", "files", "MB", "lines", "what it is"], "homes: heading")
    shown = {cells(x)[0]: cells(x)[1:4] for x in head[1:]}
    want, found = {}, {}
    for name in KINDS:
        files, size, lines = rollouts(name), 0, 0
        for path in files:
            with open(path, "rb") as f:
                data = f.read()
            size += len(data)
            lines += data.count(b"\n")
        want[name] = [f"{len(files):,}", f"{size / 1e6:,.1f}", f"{lines:,}"]
        found[name] = (len(files), size)
    tap.same(shown, want, "homes: files, megabytes and lines are those on the disk")
    tap.same([found[n][0] for n in ("400-files", "many-files", "one-session", "long-line")], [400, 50, 1, 1],
             "homes: as many files as asked for")
    # a session: session_meta; a turn: 4 lines, and 7 of each response
    tap.same(want["many-files"][2], "600", "homes: 50 sessions of 1 + 4 + 7 lines")
    tap.same(want["long-line"][2], "1,283", "homes: 1 + 40 turns of 4 + 4 x 7 lines, a call and the long line")
    with open(rollouts("long-line")[0], "rb") as f:
        tap.same(max(len(x) for x in f), 2000000, "homes: the long line has 2,000,000 bytes")
    tap.ok(2000000 <= found["one-session"][1] < 2060000, "homes: one session of 2 MB", found["one-session"])
    return found


def check_rows(out, found):
    lines = out.split("\n\n")[2].splitlines()
    rows = [cells(x) for x in lines]
    tap.same(rows[0], list(bench.COLUMNS), "table: heading")
    tap.ok(all(len(r) == len(rows[0]) for r in rows), "table: each row has every column",
           "\n".join(x for x, r in zip(lines, rows) if len(r) != len(rows[0])))
    by = {(r[1], r[0]): dict(zip(rows[0], r)) for r in rows[2:]}
    profiles = {"newline scan, one core", "cold ingest", "peak memory", "database / rollouts", "recursive stat",
                "unchanged run", "report, warm"}
    want = {(n, w) for n in KINDS[:5] for w in profiles} | {("400-files", "watch: write to commit")}
    want |= {("one-session", w) for w in profiles - {"recursive stat", "report, warm"}
             | {"append of one turn", "peak memory, append", "watch: write to commit"}}
    want |= {("long-line", w) for w in ("newline scan, one core", "cold ingest", "peak memory", "database / rollouts",
                                        f"ulimit -v {bench.LIMIT_KIB}")}
    tap.same(set(by), want, "table: what is measured on which home")
    tap.ok(len(by) == len(rows) - 2, "table: no row twice")
    targets = {}
    for (name, what), r in by.items():
        if r["target"] != "-":
            targets.setdefault((what, r["target"]), set()).add(name)
        tap.ok((r["verdict"] in ("holds", "MISSED")) == (r["target"] != "-"), f"table: {name}, {what}: verdict", r)
    large = set(KINDS[:3]) | {"one-session"}
    tap.same(targets, {
        ("cold ingest", "<= 4 x scan"): large, ("database / rollouts", "<= 10 %"): large,
        ("peak memory", "<= 48 MiB"): set(KINDS), ("peak memory, append", "<= 48 MiB"): {"one-session"},
        ("unchanged run", "<= 20 ms"): {"400-files"}, ("unchanged run", "<= 2 x stat"): {"many-files"},
        ("append of one turn", "<= 10 ms"): {"one-session"},
        (f"ulimit -v {bench.LIMIT_KIB}", "exit 0"): {"long-line"}}, "table: the targets")
    for name in ("typical", "many-files"):
        db = f"{WORK}/{name}.sqlite"
        tap.run(BUILD + "/codex-track", "ingest", "--db", db, "--home", f"{HOMES}/{name}/codex-home", env=ENV)
        c = sqlite3.connect(db)
        size = c.execute("PRAGMA page_count").fetchone()[0] * c.execute("PRAGMA page_size").fetchone()[0]
        c.close()
        tap.same(by[name, "database / rollouts"]["median"], f"{100 * size / found[name][1]:.1f} %",
                 f"table: {name}: pages of the database x their size / bytes of the rollouts")


def check_run():
    status, out, err = run(*SMALL)
    if not tap.ok(status == 0 and "WRONG" not in out, "bench: runs, and no number is wrong", f"exit {status}\n{out}{err}"):
        return
    tap.same(err.count("writing"), len(KINDS), "bench: makes every home")
    check_rows(out, check_homes(out))
    tap.same(sorted(os.listdir(HOMES)), sorted(KINDS + [".codex-track-bench"]), "bench: leaves the homes and nothing else")


def check_reuse():
    def again(*argv):
        return run(*SMALL, "--homes", "many-files", *argv)

    status, out, err = again("--markdown")
    tap.ok(status == 0 and "writing" not in err, "bench: the home is used again", err)
    table = [x for x in out.splitlines() if x.startswith("|")]
    tap.ok(f"| {' | '.join(bench.COLUMNS)} |" in table and all(x.endswith("|") for x in table), "bench: Markdown", out)
    tap.same({x.count("|") for x in table[3:]}, {len(bench.COLUMNS) + 1}, "bench: Markdown: every column")
    with open(rollouts("many-files")[7], "ab") as f:
        f.write(b"{}\n")
    tap.ok("writing" in again()[2], "bench: a home that was changed is made again")
    tap.ok("writing" in again("--many", "60")[2], "bench: a home of another size is made again")
    with open(f"{HOMES}/many-files/stamp.json", encoding="utf-8") as f:
        s = json.load(f)
    tap.same((s["files"], s["tokens"]), (60, 60 * 12500), "bench: 60 sessions of one response")
    # the report of a home whose maker says something else
    s["tokens"] += 1
    with open(f"{HOMES}/many-files/stamp.json", "w", encoding="utf-8") as f:
        json.dump(s, f)
    status, out, _ = again("--many", "60")
    tap.ok(status == 1 and "WRONG: many-files: the report says 750,000 tokens, the files hold 750,001" in out,
           "bench: wrong numbers are no result", out)


def check_verdict():
    few = [*SMALL, "--homes", "long-line", "--limit-kib", "1000"]
    status, out, _ = run(*few)
    row = [cells(x) for x in out.splitlines() if x.startswith("ulimit -v 1000")]  # nothing can start in so little
    tap.ok(status == 0 and [r[4][:5] + r[-1] for r in row] == ["exit MISSED"], "bench: a missed target is said", out)
    tap.same(run(*few, "--check")[0], 1, "bench: and with --check it fails")
    tap.same(run("--homes", "huge")[0], 2, "bench: a home that is not known")


def check_peer():
    few = [*SMALL, "--homes", "typical"]
    status, out, _ = run(*few, env={"TRACK_BENCH_PEER": "cat {home}/session_index.jsonl", "TRACK_BENCH_PEER_NAME": "cat"})
    names = [cells(x)[0] for x in out.split("\n\n")[2].splitlines()]
    tap.ok(status == 0 and "cat" in names and "cat, peak memory" in names, "bench: another program has its rows", out)
    status, out, _ = run(*few, env={"TRACK_BENCH_PEER": "false"})
    tap.ok(status == 0 and "exit 1" in out, "bench: another program that fails", out)
    tap.ok("TRACK_BENCH_PEER" in run(*few)[1], "bench: none: the heading says how to name one")


def check_watch():
    """With a program that has the option: a loop around the one that may not."""
    build = WORK + "/build"
    os.makedirs(build + "/tests")
    os.symlink(TOOLS, build + "/tests/bench")
    path = write(build + "/codex-track", f"""#!/bin/sh
real={shlex.quote(BUILD)}/codex-track
[ "$2" = --watch ] || exec "$real" "$@"
shift 2
trap 'exit 0' TERM
while :; do "$real" ingest "$@" >/dev/null 2>&1; sleep 0.02; done
""".encode())
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    status, out, err = run(*SMALL, "--homes", "one-session", build=build)
    row = [cells(x) for x in out.splitlines() if x.startswith("watch")]
    tap.ok(status == 0 and len(row) == 1 and row[0][2] == "1" and row[0][4].endswith("s"),
           "bench: the time until a watcher has read what was written", out + err)


def check_clean():
    other = WORK + "/other"
    write(other + "/mine", b"")
    status, _, err = run(*SMALL, "--homes", "typical", folder=other)
    tap.ok(status == 1 and "TRACK_BENCH_DIR" in err, "bench: a folder with something else is left alone", err)
    run("--clean", folder=other)
    tap.same(os.listdir(other), ["mine"], "bench: and not cleaned")
    tap.same((run("--clean")[0], os.path.exists(HOMES)), (0, False), "bench: --clean removes the homes")


check_scan()
check_walk()
check_measure()
check_figures()
check_profile()
check_run()
check_reuse()
check_verdict()
check_peer()
check_watch()
check_clean()
tap.done()
