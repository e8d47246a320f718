#!/usr/bin/env python3
"""Every folder of the lab into a fresh database: the five components of every
session are what truth.json expects, and no other session has tokens; through
`report --by session` as JSON and CSV, the relation `events`, and `explain`. The
same for all folders of a version, and the whole lab, in one database. However
the place is named (home, rollout folders, a link, a relative path, a blank in
the name), the database holds the same; a copy of a home beside it adds nothing.
"""
import csv
import io
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import dump
import kit
import tap

tap.need_lab()

FOLDERS = 160
EVENTS = ("SELECT session_id, sum(input_tokens), sum(cached_input_tokens), sum(output_tokens),"
          " sum(reasoning_output_tokens), sum(total_tokens) FROM events GROUP BY 1")
ZERO = (0,) * 5


def wrong(got, wanted):
    """What differs between {session: five}; sessions without tokens need not stand in GOT."""
    out = []
    for s in sorted(set(got) | set(wanted)):
        if got.get(s, ZERO) != wanted.get(s, ZERO):
            out.append(f"{s}: got {got.get(s)}, wanted {wanted.get(s, 'nothing')}")
    return "\n".join(out)


def expected(names):
    out = {}
    for name in names:
        for session, d in kit.truth(name)["expected"]["by_session"].items():
            kit.add(out, session, kit.five(d))
    return out


def by_json(db, roots):
    out = {}
    for row in kit.track_json("report", "--db", db, *roots, "--by", "session", "--json"):
        kit.add(out, row["group"], kit.five(row))
    return out


def by_csv(db, roots):
    out = {}
    text = kit.track("report", "--db", db, *roots, "--by", "session", "--format", "csv")
    for row in csv.DictReader(io.StringIO(text)):
        kit.add(out, row["group"], [int(row[k]) for k in kit.FIVE])
    return out


def by_events(db):
    return {r[0]: tuple(v or 0 for v in r[1:]) for r in kit.query(db, EVENTS)}


def by_explain(db, roots):
    out = {}
    for (uuid,) in kit.query(db, "SELECT session_id FROM sessions"):
        x = kit.track_json("explain", uuid, "--db", db, *roots, "--json")
        if x["session_id"] != uuid:
            raise kit.Failed(f"explain {uuid} answered about {x['session_id']}")
        out[uuid] = kit.five(x["total"])
    return out


def unlisted(name, db):
    """Sessions of truth.json that the relation `sessions` lacks, or the other way round."""
    got = {r[0] for r in kit.query(db, "SELECT session_id FROM sessions")}
    lost = set(kit.truth(name)["expected"]["by_session"]) - got
    return f"not listed: {sorted(lost)}" if lost else ""


def roots_of(folder):
    """The --rollouts arguments that name what a home holds."""
    out = []
    for sub in ("sessions", "archived_sessions"):
        if os.path.isdir(os.path.join(folder, sub)):
            out += ["--rollouts", os.path.join(folder, sub)]
    return out


def places(name, first):
    """What is wrong when the same folder is named otherwise, by way of naming."""
    real = kit.home(name)
    top = kit.temp("places")
    blank = os.path.join(top, "a home", os.path.basename(real))
    shutil.copytree(real, blank)
    os.symlink(real, os.path.join(top, "link"))
    ways = {
        "rollouts": roots_of(real),
        "a link to it": ("--home", os.path.join(top, "link")),
        "a relative path": ("--home", os.path.relpath(real, top)),
        "a relative path that ends in a slash": ("--home", os.path.relpath(real, top) + "/"),
        "a blank in its name": ("--home", blank),
    }
    out = {}
    wanted = dump.dump(first, homes=False)
    for i, (way, argv) in enumerate(ways.items()):
        db = os.path.join(top, f"{i}.db")
        kit.ingest(db, *argv, cwd=top)
        out[way] = dump.difference(wanted, dump.dump(db, homes=False))
    db = os.path.join(top, "twice.db")
    kit.ingest(db, "--home", real, "--home", blank, "--home", os.path.join(top, "link"),
               "--rollouts", real + "/sessions")
    out["a copy in a second home, and both named twice"] = wrong(by_events(db), expected([name]))
    kit.drop(top)
    return out


def check(name):
    db = kit.fill(name)
    roots = ("--home", kit.home(name))
    wanted = expected([name])
    answers = {"report --json": by_json(db, roots), "report --format csv": by_csv(db, roots),
               "events": by_events(db), "explain": by_explain(db, roots)}
    out = {way: wrong(got, wanted) for way, got in answers.items()}
    out["sessions"] = unlisted(name, db)
    total = {}
    for d in wanted.values():
        kit.add(total, "", d)
    mock = kit.five(kit.truth(name)["expected"]["total"])
    if total.get("", ZERO) != mock:
        out["truth"] = f"by_session adds up to {total.get('')}, total is {mock}"
    out.update(places(name, db))
    kit.drop(os.path.dirname(db))
    return out


def together(names):
    db = os.path.join(kit.temp("together"), "usage.db")
    roots = [a for n in names for a in ("--home", kit.home(n))]
    step = 20  # as many as fit on the command line; the database keeps the rest
    for i in range(0, len(roots), 2 * step):
        kit.ingest(db, *roots[i:i + 2 * step])
    wanted = expected(names)
    out = {"report --json": wrong(by_json(db, roots[:2]), wanted),
           "report --format csv": wrong(by_csv(db, roots[:2]), wanted),
           "events": wrong(by_events(db), wanted)}
    return out


folders = kit.folders()
tap.ok(len(folders) == FOLDERS, f"the lab has {FOLDERS} folders", f"it has {len(folders)}")
for name, result in kit.each(check, folders):
    if kit.problem(result):
        tap.ok(False, name, kit.problem(result))
        continue
    for way, text in result.items():
        tap.ok(text == "", f"{name}: {way}", text)

versions = {}
for name in folders:
    versions.setdefault(name.split("/")[0], []).append(name)
versions["the whole lab"] = folders
for version, result in kit.each(lambda v: together(versions[v]), versions):
    if kit.problem(result):
        tap.ok(False, f"all of {version}", kit.problem(result))
        continue
    for way, text in result.items():
        tap.ok(text == "", f"all of {version} in one database: {way}", text)
tap.done()
