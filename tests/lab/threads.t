#!/usr/bin/env python3
"""threads.t - a large home is read by one thread and written by another; one below 4 MB
by one alone. The same home at once and in parts gives the same database, and what the
writing thread cannot write ends the run as ever."""
import os
import resource
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import dump
import kit
import tap

PART = 3_500_000  # bytes of one part: below what a second thread is made for


def run(*argv, limit=None):
    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return subprocess.run([kit.PROGRAM, *argv], capture_output=True, text=True, timeout=600,
                          preexec_fn=set_limit if limit else None)


def well(*argv):
    p = run(*argv)
    if p.returncode != 0:
        raise kit.Failed(f"{argv}: exit {p.returncode}\n{p.stderr}")


def rollouts(home):
    found = []
    for folder, _, names in os.walk(home):
        found += [os.path.join(folder, n) for n in names if n.startswith("rollout-")]
    return sorted(found)


for profile in ("typical", "real"):
    work = kit.temp(profile)
    well("demo", work, "--bytes", "12000000", "--seed", "3", "--profile", profile)
    home = work + "/codex-home"
    files = rollouts(home)
    large = [f for f in files if os.path.getsize(f) >= 262144]
    tap.ok(len(large) >= 3, f"{profile}: {len(large)} of {len(files)} files are of a size that the second thread is used for")
    well("ingest", "--home", home, "--db", work + "/at-once")
    whole = dump.dump(work + "/at-once")
    os.rename(home, work + "/source")
    part, parts = 0, 1
    for path in files:
        size = os.path.getsize(work + "/source" + path[len(home):])
        if part > 0 and part + size > PART:
            well("ingest", "--home", home, "--db", work + "/in-parts")
            part, parts = 0, parts + 1
        part += size
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.rename(work + "/source" + path[len(home):], path)
    for name in os.listdir(work + "/source"):
        if not os.path.exists(home + "/" + name):
            os.rename(work + "/source/" + name, home + "/" + name)
    well("ingest", "--home", home, "--db", work + "/in-parts")
    # a title is known when its session is: a further pass finds those of sessions that came later
    well("ingest", "--home", home, "--db", work + "/in-parts")
    drop = ("meta",)
    keep = [[x for x in lines if not (x.startswith("file\t") and "\tstate='gone'" in x) and not x.startswith("meta\t")]
            for lines in (whole, dump.dump(work + "/in-parts"))]
    tap.ok(len(keep[0]) > 1000, f"{profile}: the dump has {len(keep[0])} rows")
    wrong = dump.difference(*keep)
    tap.ok(wrong == "", f"{profile}: read at once by two threads, and in {parts} parts by one: the same database", wrong)
    bad = []
    for kb in (200, 300, 500, 700):
        p = run("ingest", "--home", home, "--db", f"{work}/full-{kb}", limit=kb * 1024)
        if p.returncode != 1 or p.stdout or p.stderr.count("\n") != 1 or f"full-{kb}" not in p.stderr:
            bad.append(f"{kb} KB: exit {p.returncode}: {p.stdout[:100]} {p.stderr[:300]}")
            continue
        well("ingest", "--home", home, "--db", f"{work}/full-{kb}")
        if dump.difference(dump.dump(f"{work}/full-{kb}"), whole):
            bad.append(f"{kb} KB: another database after the next run")
    tap.ok(not bad, f"{profile}: no room for the database: exit 1 and one line that names it, the next run ends as ever", "\n".join(bad))
    kit.drop(work)
tap.done()
