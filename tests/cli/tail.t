#!/usr/bin/env python3
"""tail.t - what is opened and read: rows 14, 15, 41 and 42 of the acceptance walk."""
import fcntl
import json
import os
import shutil
import sqlite3
import sys

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap"]
import tap

WORK = tap.folder()
PROGRAM = os.path.join(os.path.abspath(tap.BUILD), "codex-track")
ENV = {"HOME": WORK, "CODEX_USAGE_CONFIG": "/dev/null", "CODEX_USAGE_NOW": "2026-11-22T12:00:00Z",
       "CODEX_USAGE_DATADIR": os.path.join(os.path.abspath(tap.SRC), "conf")}
THREAD = "01a201fe-0000-7000-8000-0000000000%02d"


def line(ts, kind, payload):
    return json.dumps({"timestamp": ts, "type": kind, "payload": payload}, separators=(",", ":")) + "\n"


def usage(n):
    return {"input_tokens": n, "cached_input_tokens": 0, "output_tokens": 1, "reasoning_output_tokens": 0,
            "total_tokens": n + 1}


def count(ts, total, last):
    return line(ts, "event_msg", {"type": "token_count", "info": {
        "total_token_usage": {**usage(total), "output_tokens": total // 100, "total_tokens": total + total // 100},
        "last_token_usage": usage(last)}, "rate_limits": None})


def rollout(home, number, ts="2026-11-22T10:00:00.000Z"):
    """A thread with one response of 100 input tokens and 1 output token."""
    thread = THREAD % number
    folder = os.path.join(home, "sessions/2026/11/22")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"rollout-2026-11-22T10-00-00-{thread}.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        f.write(line(ts, "session_meta", {"id": thread, "timestamp": ts, "cwd": "/p", "source": "exec"}))
        f.write(line(ts, "turn_context", {"cwd": "/p", "model": "gpt-5.2"}))
        f.write(count(ts, 100, 100))
    return path


def total(*argv):
    status, out, err = tap.run(PROGRAM, "report", "--json", *argv, env=ENV)
    if status != 0:
        return err
    return sum(r["total_tokens"] for r in json.loads(out))


def opened(log):
    """Rollouts that the traced run opened, by name, and the bytes it read of each."""
    names, sizes = {}, {}
    with open(log, encoding="utf-8") as f:
        for text in f:
            if "openat(" in text and "rollout-" in text and "= -1" not in text:
                names[text.rsplit("= ", 1)[1].strip()] = text.split('"')[1]
            elif text.split("(")[0].endswith(("read", "read64")):
                fd, got = text.split("(")[1].split(",")[0], text.rsplit("= ", 1)[1].split()[0]
                if fd in names:
                    sizes[names[fd]] = sizes.get(names[fd], 0) + int(got)
            elif "close(" in text:
                names.pop(text.split("close(")[1].split(")")[0], None)
    return sizes


def trace(*argv):
    log = os.path.join(WORK, "trace")
    status = tap.run("strace", "-o", log, "-e", "trace=openat,read,pread64,close,write,pwrite64,fsync,fdatasync",
                     PROGRAM, *argv, env=ENV)[0]
    if status != 0:
        tap.diag(f"{argv}: exit {status}")
    return log


def database(path):
    """Changes when something is written: SQLite's log is made anew by every reader, but stays empty."""
    wal = path + "-wal"
    return os.stat(path).st_mtime_ns, os.path.getsize(wal) if os.path.exists(wal) else 0


# ---- row 14: a file older than the range is not opened, and read later
home, db = WORK + "/h14", WORK + "/u14"
old, new = rollout(home, 1, "2026-11-01T10:00:00.000Z"), rollout(home, 2)
os.utime(old, (1793959200, 1793959200))  # 2026-11-06
os.utime(new, (1795341600, 1795341600))  # 2026-11-22T10:00Z
log = trace("report", "--db", db, "--home", home, "--last", "1d", "--json")
tap.same([os.path.basename(p) for p in opened(log)], [os.path.basename(new)], "row 14: the old file is not opened")
c = sqlite3.connect(db)
tap.same(c.execute("SELECT count(*) FROM file WHERE state = 'pending'").fetchone()[0], 1, "row 14: it is pending")
c.close()
tap.same(total("--db", db, "--home", home, "--last", "1d"), 101, "row 14: the range counts the new one")
tap.same(total("--db", db, "--home", home), 202, "row 14: without a range both are read")

# ---- row 15: modified after now
home, db = WORK + "/h15", WORK + "/u15"
ahead = rollout(home, 3)
os.utime(ahead, (1795348920, 1795348920))  # 12:02, two minutes ahead
tap.same(total("--db", db, "--home", home, "--today"), 101, "row 15: a file from two minutes ahead is counted")

# ---- row 41: a second run
home, db = WORK + "/h41", WORK + "/u41"
paths = [rollout(home, n) for n in range(10, 16)]
tap.same(total("--db", db, "--home", home), 606, "row 41: six responses of 101 tokens")
before = database(db)
log = trace("report", "--db", db, "--home", home, "--json")
tap.same(opened(log), {}, "row 41: no rollout is opened by a second run")
tap.same(database(db), before, "row 41: nor is the database written")

# ---- row 42: a file that grew by one line
with open(paths[0], "r+", encoding="utf-8") as f:
    size = f.seek(0, os.SEEK_END)
    # make the file large: the tail must be all that is read
    for n in range(2000):
        f.write(line("2026-11-22T10:00:01.000Z", "response_item", {"type": "reasoning", "encrypted_content": "x" * 900}))
total("--db", db, "--home", home)
size = os.path.getsize(paths[0])
with open(paths[0], "a", encoding="utf-8") as f:
    f.write(count("2026-11-22T10:00:02.000Z", 200, 100))
added = os.path.getsize(paths[0]) - size
log = trace("report", "--db", db, "--home", home, "--json")
sizes = opened(log)
tap.same(list(sizes), [paths[0]], "row 42: only the file that grew is opened")
got = sizes.get(paths[0], 0)
tap.ok(added <= got <= added + 4096 + 2 * 256, "row 42: only its tail and its fingerprints are read",
       f"{got} bytes read, {added} were added to {size}")
tap.same(total("--db", db, "--home", home), 707, "row 42: and counted")
# ---- sums that a migration marked are made by the next pass, also when nothing is new
c = sqlite3.connect(WORK + "/u41")
sums = c.execute("SELECT * FROM thread_sum ORDER BY thread_id").fetchall()
c.execute("INSERT INTO sum_mark SELECT 1, thread_id FROM thread_sum")
c.execute("UPDATE thread_sum SET messages = messages + 1")
c.commit()
total("--db", WORK + "/u41", "--home", home)
tap.same((c.execute("SELECT count(*) FROM sum_mark").fetchone()[0], c.execute("SELECT * FROM thread_sum ORDER BY thread_id").fetchall()),
         (0, sums), "sums that are marked are made by the next pass")
c.close()
# ---- a database reached by a link has the lock of the file behind it
os.symlink("u41", WORK + "/link")
with open(WORK + "/u41.lock", "r+", encoding="utf-8") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    status, _, err = tap.run(PROGRAM, "ingest", "--wait", "0", "--db", WORK + "/link", "--home", home, env=ENV)
tap.ok(status == 1 and "being filled by another program" in err, "a link to the database: the same lock", err)
tap.same(os.path.exists(WORK + "/link.lock"), False, "no lock is made beside the link")
tap.run(PROGRAM, "clear-db", "--yes", "--db", WORK + "/link", env=ENV)
tap.same(os.path.exists(WORK + "/u41"), False, "clear-db deletes the database, not the link to it")
shutil.rmtree(WORK, ignore_errors=True)
tap.done()
