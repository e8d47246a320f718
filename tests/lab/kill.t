#!/usr/bin/env python3
"""kill.t - a SIGKILL at every write-like system call of an ingest. strace counts each
kind of call by itself, so each has its own series N = 1, 2, … until a run survives.
The killed call does not happen: a kill at N is the state after N - 1 of them.

After each kill the files are sound (PRAGMA integrity_check, on a copy, so that
nothing is mended on the way), and one more run, undisturbed, ends in the same dump as
a database that was never disturbed.

Homes are read into no database ("fresh"), or into one that holds the first part of each
of their files ("grown"). TRACK_LONG=1: both on 20 homes with every N; else a few homes,
and of the many pwrite64 every STEP-th. A demo home besides (50 MB, else 3 MB), where of
the many pwrite64 some DEMO_KILLS are taken, evenly.

A kill is counted as inside a transaction when BEGIN had run and COMMIT had not come
back: the call was a write into the log (-wal), which only transactions write, or a
rollback journal that was begun stood beside the database. At a checkpoint: the call
was a write into the database file, or made the log safe for it.
"""
import collections
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import dump
import kit
import tap

tap.need_lab()

CALLS = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename", "unlink")
SHORT = (("0.169.0/s04_fork", "fresh"), ("0.98.0/s04_fork", "grown"), ("0.169.0/s13_compression", "grown"),
         ("0.36.0/s10b_tui_backtrack_fork", "fresh"), ("0.140.0/s06b_review", "grown"))
STEP = 1 if tap.LONG else 2
DEMO = "demo"
DEMO_BYTES = 50_000_000 if tap.LONG else 3_000_000
DEMO_KILLS = 120 if tap.LONG else 8
MOST = 20000    # calls of one kind: more means that a run never survives
INSIDE_WANTED = 300
CALL = re.compile(r'^\d+ +(\w+)\((?:\d+<([^>]*)>|"([^"]*)")', re.M)

# strace is a tracer, and LeakSanitizer does not work below one
ENV = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}


def plan():
    if not tap.LONG:
        return (*SHORT, (DEMO, "fresh"))
    names = kit.folders()
    return [(n, how) for n in names[::len(names) // 20][:20] for how in ("fresh", "grown")] + [(DEMO, "fresh")]


def rollouts(home):
    for sub in ("sessions", "archived_sessions"):
        for folder, _, names in os.walk(os.path.join(home, sub)):
            for name in names:
                if name.startswith("rollout-") and name.endswith(".jsonl"):
                    yield os.path.join(folder, name)


def begin(work, name, how):
    """The home, and the folder with the database that every run starts from."""
    home, start = os.path.join(work, "home"), os.path.join(work, "start")
    if name == DEMO:
        made = subprocess.run([kit.PROGRAM, "demo", work + "/demo", "--bytes", str(DEMO_BYTES), "--seed", "5"],
                              capture_output=True, check=False)
        if made.returncode != 0:
            raise kit.Failed(f"demo: {made.stderr}")
        os.rename(work + "/demo/codex-home", home)
    else:
        shutil.copytree(kit.home(name), home, copy_function=shutil.copyfile)
    os.mkdir(start)
    if how == "grown":
        wholes = {}
        for path in rollouts(home):
            with open(path, "rb") as f:
                wholes[path] = f.read()
            os.truncate(path, len(wholes[path]) * 3 // 5)
        kit.ingest(start + "/db", "--home", home)
        for path, data in wholes.items():
            with open(path, "r+b") as f:  # the same file, grown
                f.write(data)
    return home, start


def killed(run, home, call, n):
    """One ingest that dies at the N-th CALL. None when it survived, else (call, file) it died at."""
    log = os.path.join(run, "log")
    p = subprocess.run(("strace", "-f", "-y", "-o", log, "-e", "trace=" + ",".join(CALLS),
                        "-e", f"inject={call}:signal=SIGKILL:when={n}",
                        kit.PROGRAM, "ingest", "--db", run + "/db", "--home", home),
                       stdin=subprocess.DEVNULL, capture_output=True, env=ENV, check=False)
    if p.returncode == 0:
        return None
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    if p.returncode not in (-9, 137) or "+++ killed by SIGKILL +++" not in text:
        raise kit.Failed(f"{call} {n}: exit {p.returncode}: {p.stderr.decode('utf-8', 'replace')}")
    last = [m for m in CALL.finditer(text) if m.group(1) == call][-1]
    return call, last.group(2) or last.group(3)


def where(run, call, path):
    journal = run + "/db-journal"
    if os.path.exists(journal) and os.path.getsize(journal) > 0:
        return "inside"
    if path.endswith("/db-wal") and call == "pwrite64":
        return "inside"
    return "checkpoint" if path.endswith(("/db", "/db-wal")) else "elsewhere"


def unsound(run):
    """What integrity_check says of a copy of the files as they lie there; '' when it is ok."""
    copy = os.path.join(run, "copy")
    os.mkdir(copy)
    for tail in ("", "-wal", "-journal"):
        if os.path.exists(run + "/db" + tail):
            shutil.copyfile(run + "/db" + tail, copy + "/db" + tail)
    if not os.path.exists(copy + "/db"):
        return ""
    said = kit.query(copy + "/db", "PRAGMA integrity_check")
    shutil.rmtree(copy)
    return "" if said == [("ok",)] else str(said[:3])


def calls_of(run, home, call):
    """How many CALLs an undisturbed ingest makes."""
    log = os.path.join(run, "log")
    subprocess.run(("strace", "-f", "-o", log, "-e", "trace=" + call, kit.PROGRAM, "ingest", "--db", run + "/db",
                    "--home", home), stdin=subprocess.DEVNULL, capture_output=True, env=ENV, check=True)
    with open(log, encoding="utf-8", errors="replace") as f:
        return sum(call + "(" in line for line in f)


def step(work, home, start, name, call):
    """Of how many CALLs one is taken."""
    if call != "pwrite64":
        return 1
    if name != DEMO:
        return STEP
    run = os.path.join(work, "count")
    shutil.copytree(start, run)
    n = max(1, calls_of(run, home, call) // DEMO_KILLS)
    kit.drop(run)
    return n


def series(work, home, start, wanted, call, counts, by):
    """Kill at the calls of one kind, BY apart; what went wrong, as lines."""
    wrong = []
    n = 1
    while n < MOST:
        run = os.path.join(work, f"{call}-{n}")
        shutil.copytree(start, run)
        at = killed(run, home, call, n)
        if at is None:
            kit.drop(run)
            return wrong
        counts[where(run, *at)] += 1
        bad = unsound(run)
        if bad:
            wrong.append(f"{call} {n} ({at[1]}): integrity_check: {bad}")
        kit.ingest(run + "/db", "--home", home)
        differs = dump.difference(dump.dump(run + "/db"), wanted)
        if differs:
            wrong.append(f"{call} {n} ({at[1]}): another dump:\n{differs}")
        kit.drop(run)
        n += by
    return wrong + [f"{call}: no run survived"]


def one(item):
    name, how = item
    work = kit.temp("kill")
    home, start = begin(work, name, how)
    calm = os.path.join(work, "calm")
    shutil.copytree(start, calm)
    kit.ingest(calm + "/db", "--home", home)
    wanted = dump.dump(calm + "/db")
    counts = collections.Counter()
    wrong = [s for call in CALLS
             for s in series(work, home, start, wanted, call, counts, step(work, home, start, name, call))]
    kit.drop(work)
    return counts, wrong


if shutil.which("strace") is None:
    print("1..0 # SKIP no strace")
    sys.exit(0)
everything = collections.Counter()
for (folder, way), result in kit.each(one, plan()):
    if isinstance(result, Exception):
        tap.ok(False, f"{folder}, {way}", kit.problem(result))
        continue
    everything += result[0]
    tap.ok(not result[1], f"{folder}, {way}: {sum(result[0].values())} kills", "\n".join(result[1][:5]))
tap.diag(f"{sum(everything.values())} kills: {everything['inside']} inside a transaction (BEGIN had run, COMMIT had not "
         f"come back), {everything['checkpoint']} at a checkpoint, {everything['elsewhere']} elsewhere")
wanted_inside = INSIDE_WANTED if tap.LONG else INSIDE_WANTED // 3
tap.ok(everything["inside"] >= wanted_inside, f"at least {wanted_inside} kills inside a transaction",
       f"{everything['inside']}")
tap.done()
