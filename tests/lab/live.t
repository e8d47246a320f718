#!/usr/bin/env python3
"""live.t - what is judged while it is read equals what is judged from the rows:
take away every verdict, sum and loss, settle all threads again from their rows,
and nothing has changed. On every folder of the lab by itself, on all of them
together, on demo homes, and on files that grew in pieces."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import dump
import kit
import tap

tap.need_lab()
AGAIN = """
    UPDATE usage SET verdict = 0, owner_id = NULL, recovered = 0, count_ms = NULL, dimset_id = NULL,
        is_long = 0, d_input = 0, d_cached = 0, d_write = 0, d_output = 0, d_reasoning = 0;
    UPDATE rollout SET own_line = 1, basis = 'none', is_open = 0;
    UPDATE thread SET dirty = 1;
    DELETE FROM rollup; DELETE FROM loss;"""


def run(*argv):
    p = subprocess.run([kit.PROGRAM, *argv], capture_output=True, text=True, timeout=600)
    if p.returncode != 0:
        raise kit.Failed(f"{argv}: exit {p.returncode}\n{p.stderr}")
    return p.stdout


def ingest(db, *homes):
    said = json.loads(run("ingest", "--json", "--db", db, *(x for h in homes for x in ("--home", h))))
    return said["sessions_settled"], said["sessions_settled_while_read"]


def settled_again(db):
    """What settling from the rows changes; '' for nothing."""
    copy = db + "-again"
    with sqlite3.connect(db) as c:
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        lost = c.execute("PRAGMA foreign_key_check").fetchall()
    if lost:
        return f"rows that refer to none: {lost[:5]}"
    shutil.copyfile(db, copy)
    c = sqlite3.connect(copy)
    c.executescript(AGAIN)
    c.close()
    subprocess.run([kit.PROGRAM, "doctor", "--repair", "--db", copy], capture_output=True, timeout=600)  # finds no home: exit 1
    return dump.difference(dump.dump(db), dump.dump(copy))


def folder(name):
    work = kit.temp("live")
    settled = ingest(work + "/db", kit.home(name))
    wrong = settled_again(work + "/db")
    kit.drop(work)
    return name, settled, wrong


total = [0, 0]
for name, result in kit.each(folder, kit.folders()):
    if isinstance(result, Exception):
        tap.ok(False, name, kit.problem(result))
        continue
    name, settled, wrong = result
    total = [a + b for a, b in zip(total, settled)]
    tap.ok(wrong == "", f"{name}: {settled[1]} of {settled[0]} sessions judged while they were read", wrong)
tap.ok(total[1] >= 100, f"the lab: {total[1]} of {total[0]} sessions were judged while they were read, at least 100")

work = kit.temp("all")
settled = ingest(work + "/db", *(kit.home(n) for n in kit.folders()))
wrong = settled_again(work + "/db")
tap.ok(wrong == "", f"the whole lab in one database: {settled[1]} of {settled[0]} sessions", wrong)

for profile in ("typical", "real", "tiny-files"):
    home = kit.temp("demo-" + profile)
    run("demo", home, "--bytes", "5000000", "--seed", "7", "--profile", profile)
    settled = ingest(home + "/db", home + "/codex-home")
    wrong = settled_again(home + "/db")
    tap.ok(wrong == "", f"a demo home, {profile}: {settled[1]} of {settled[0]} sessions", wrong)
    tap.ok(settled[1] >= 0.6 * settled[0], "... at least six of ten while they were read", f"{settled}")
tap.done()
