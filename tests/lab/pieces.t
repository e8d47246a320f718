#!/usr/bin/env python3
"""pieces.t - files that grow: random cut points in random order, an ingest after each
piece, give the same database as the files read whole, and sums that equal a recount of
its rows. Of twenty homes nineteen are the lab's, one is a demo home; in one of ten every
line is a piece."""
import json
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import dump
import kit
import tap

tap.need_lab()
RUNS = 200 if tap.LONG else 80
SEED = 20261122


def rollouts(home):
    for sub in ("sessions", "archived_sessions"):
        for folder, _, names in os.walk(os.path.join(home, sub)):
            for name in names:
                if name.startswith("rollout-"):
                    yield os.path.join(folder, name)


def plan(home, rng, by_line):
    """[(relative path, bytes)] in the order in which they are appended; BY_LINE: each line by itself."""
    pieces = []
    for path in sorted(rollouts(home)):
        with open(path, "rb") as f:
            data = f.read()
        name = os.path.relpath(path, home)
        cuts = {0, len(data)}
        if by_line and not path.endswith(".zst"):
            cuts |= {i + 1 for i, c in enumerate(data) if c == 10}
        elif data and not path.endswith(".zst"):
            cuts |= {rng.randrange(1, len(data)) for _ in range(rng.choice((0, 1, 2, 4)))}
        cuts = sorted(cuts) if data else [0, 0]
        times = sorted(rng.random() for _ in cuts[1:])
        pieces += [(t, name, data[a:b]) for t, a, b in zip(times, cuts, cuts[1:])]
    return [(name, data) for _, name, data in sorted(pieces, key=lambda p: p[0])]


def demo(work, rng):
    """A small demo home: (its profile, its folder)."""
    profile = rng.choice(("typical", "real", "tiny-files"))
    p = tap.run(kit.PROGRAM, "demo", work + "/demo", "--bytes", "2000000", "--seed", str(rng.randrange(1 << 30)),
                "--profile", profile)
    if p[0] != 0:
        raise kit.Failed(f"demo: exit {p[0]}: {p[2]}")
    return f"demo home, {profile}", work + "/demo/codex-home"


def known(db):
    """The dump. A compressed file that was seen before its plain twin came is remembered as gone."""
    return [line for line in dump.dump(db) if not (line.startswith("file\t") and "\tstate='gone'" in line)]


def one(run):
    rng = random.Random(SEED + run)
    work = kit.temp("pieces")
    if run % 20 == 19:
        name, source = demo(work, rng)
    else:
        name = rng.choice(kit.folders())
        source = kit.home(name)
    home = os.path.join(work, "home")
    os.mkdir(home)
    pieces = plan(source, rng, run % 10 == 5)
    for path, data in pieces:
        path = os.path.join(home, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab") as f:
            f.write(data)
        ingest(work + "/grown", home)
    ingest(work + "/whole", home)
    # the unterminated tail is remembered with the file, the rest is what was read
    wrong = dump.difference(known(work + "/grown"), known(work + "/whole")) or recount(work + "/grown")
    kit.drop(work)
    return name, len(pieces), wrong


def recount(db):
    """What doctor says of the sums; '' when they are right."""
    said = json.loads(tap.run(kit.PROGRAM, "doctor", "--db", db, "--json")[1])
    return "" if said["sums_equal_recount"] is True else "the sums differ from a recount"


def ingest(db, home):
    p = tap.run(kit.PROGRAM, "ingest", "--db", db, "--home", home)
    if p[0] != 0:
        raise kit.Failed(f"ingest: exit {p[0]}: {p[2]}")


for run, result in kit.each(one, range(RUNS)):
    if isinstance(result, Exception):
        tap.ok(False, f"run {run}", kit.problem(result))
    else:
        tap.ok(result[2] == "", f"run {run}: {result[0]} in {result[1]} pieces", result[2])
tap.done()
