#!/usr/bin/env python3
"""watch.t - `ingest --watch`: real processes, real changes of files. What the database holds
after each is what a fresh ingest of the home holds then, row by row (tests/lab/dump.py).
"""
import atexit
import collections
import fcntl
import json
import os
import pty
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/" + d for d in ("tap", "cli", "lab")]
import tap
import roll
import dump

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, by whom we start too

SLOW = 15  # seconds until something that must happen counts as missing
N = roll.uuid7


def until(what, limit=SLOW):
    """Poll until WHAT() is true; its last value."""
    end = time.monotonic() + limit
    while True:
        good = what()
        if good or time.monotonic() > end:
            return good
        time.sleep(0.003)


class Watch:
    """A running watch on a roll.Home; ended by stop()."""

    def __init__(self, home, *args, db=None, under=(), home_arg=True, rescan="600", program="codex-track",
                 stderr=None, fmt=("--json",)):
        self.home, self.db = home, db or home.db
        self.out, self.err = (os.path.join(roll.fresh("log"), n) for n in ("out", "err"))
        argv = list(under) + [os.path.join(tap.BUILD, program)] + (["ingest"] if program == "codex-track" else [])
        argv += ["--watch", "--db", self.db, "--rescan", rescan, *fmt]
        argv += ["--home", home.dir] if home_arg else []
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.p = subprocess.Popen(argv + list(args), stdin=subprocess.DEVNULL, stdout=out,
                                      stderr=err if stderr is None else stderr, cwd=home.root,
                                      env=home.environment())
        atexit.register(self.end)

    def end(self):
        """Whatever happened: no process is left behind."""
        if self.p.poll() is None:
            for pid in children(self.p.pid) + [self.p.pid]:
                os.kill(pid, signal.SIGKILL)
            self.p.wait()

    def text(self, path):
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def passes(self):
        """The objects printed so far."""
        return [json.loads(line) for line in self.text(self.out).splitlines(True) if line.endswith("\n")]

    def said(self, text):
        """How often TEXT stands on stderr."""
        return self.text(self.err).count(text)

    def begun(self):
        """Wait for the first pass."""
        until(lambda: any(x["pass"] == "first" for x in self.passes()))
        return self

    def stop(self, number=signal.SIGTERM):
        """End it; (status, seconds that took)."""
        begin = time.monotonic()
        self.p.send_signal(number)
        try:
            status = self.p.wait(20)
        except subprocess.TimeoutExpired:
            self.p.kill()
            status = self.p.wait()
        return status, time.monotonic() - begin


def children(pid):
    """Of a process without threads."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
        return [int(x) for x in f.read().split()]


def rows(db, sql):
    try:
        c = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=5)
        try:
            return c.execute(sql).fetchall()
        finally:
            c.close()
    except sqlite3.Error:
        return []


def counted(db):
    got = rows(db, "SELECT coalesce(sum(input + output), 0) FROM rollup")
    return got[0][0] if got else -1


def holds(w, total, name):
    """The watch's database comes to TOTAL counted tokens."""
    until(lambda: counted(w.db) == total)
    return tap.same(counted(w.db), total, name)


def facts(db):
    """The dump without files that are gone: a fresh ingest does not know of them. [] while it changes."""
    try:
        return [x for x in dump.dump(db) if not (x.startswith("file\t") and "state='gone'" in x)]
    except (sqlite3.Error, KeyError, dump.Unknown):
        return []


def fresh_facts(home):
    other = os.path.join(roll.fresh("fresh"), "db")
    status, _, err = tap.run(roll.PROGRAM, "ingest", "--db", other, "--home", home.dir, env=home.environment())
    if status != 0:
        tap.diag(err)
    return facts(other)


def same_as_fresh(w, name):
    wanted = fresh_facts(w.home)
    until(lambda: facts(w.db) == wanted)
    return tap.ok(facts(w.db) == wanted, name + ": as a fresh ingest", dump.difference(facts(w.db), wanted))


def append(path, data):
    with open(path, "ab") as f:
        f.write(data)


def session(n, responses=1, **more):
    """A thread with that many responses of 100 + 1 tokens."""
    r = roll.Roll(N(roll.ms("2026-10-05T10:00:00Z") + n * 1000, n), **more).context()
    for _ in range(responses):
        r.used((100, 0, 1, 0))
    return r


def more(r, n=1):
    """The lines of N more responses."""
    first = len(r.lines)
    for _ in range(n):
        r.used((100, 0, 1, 0))
    return b"".join(r.lines[first:])


def checked(db):
    """Time of the last pass over everything."""
    try:
        return os.stat(db + ".lock").st_mtime_ns
    except OSError:
        return 0


# ------------------------------------------------------------------ the cases

def latency():
    a = session(1)
    home = roll.Home(a)
    path = os.path.join(home.dir, a.place())
    w = Watch(home).begun()
    holds(w, 101, "the first pass reads what is there")
    took = []
    for i in range(20):
        data = more(a)
        begin = time.monotonic()
        append(path, data)
        if until(lambda: counted(w.db) == 101 * (i + 2)):
            took.append(time.monotonic() - begin)
        time.sleep(0.2)  # the pace of somebody who works: no pass waits for the one before
    tap.ok(len(took) == 20 and max(took) < 1.0, "20 appended lines are counted within 1 s each", str(took))
    if took:
        tap.diag(f"from the write to the sum in the database: median {statistics.median(took) * 1000:.0f} ms, "
                 f"longest {max(took) * 1000:.0f} ms")
    same_as_fresh(w, "lines appended one by one")
    # a busy writer
    before, begin = len(w.passes()), time.monotonic()
    for _ in range(200):
        append(path, more(a))
        time.sleep(0.005)
    holds(w, 101 * 221, "200 lines by a busy writer are counted")
    spent, n = time.monotonic() - begin, len(w.passes()) - before
    tap.ok(2 <= n <= 5 * spent + 2, f"in {n} passes in {spent:.1f} s: at most five a second")
    # a line in two halves, then rewritten, replaced and cut
    data = more(a)
    append(path, data[:40])
    append(path, data[40:])
    holds(w, 101 * 222, "a line that is written in two halves")
    whole = a.data()
    with open(path, "r+b") as f:
        f.truncate(0)
    b = session(1, 3)
    with open(path, "r+b") as f:
        f.write(b.data())
    same_as_fresh(w, "truncated and rewritten")
    home.write("sessions/new.tmp", whole)
    os.rename(home.path("sessions/new.tmp"), path)
    same_as_fresh(w, "replaced by a rename")
    os.truncate(path, len(whole) - 20)
    same_as_fresh(w, "cut in the middle of its last line")
    os.utime(path, (4070908800, 4070908800))
    append(path, whole[-20:])
    other = home.put(session(2))
    os.utime(other, (0, 0))
    same_as_fresh(w, "files whose clocks are ahead and behind")
    status, seconds = w.stop()
    tap.ok(status == 0 and seconds < 1, f"SIGTERM: exit 0 at once (here {status}, {seconds:.2f} s)")
    tap.same(w.text(w.err), "", "and nothing was said")
    tap.ok(all(x["changed"] for x in w.passes()), "an object is printed for passes that changed something only")


def places():
    """Homes, folders and files that come, go, move and are reached by links."""
    home = roll.Home(name="late")
    hidden = os.path.join(home.root, "not", "yet", "there")
    shutil.rmtree(home.dir)
    home.dir = hidden
    w = Watch(home).begun()
    tap.same(w.said(f"{hidden} is not there; it is read as soon as it is"), 1, "a home that is not there: that is said")
    parent = roll.Roll(N(roll.ms("2026-10-05T09:00:00Z"), 9)).context().started(N(roll.ms("2026-10-05T09:00:01Z"), 1))
    parent.used((1000, 0, 10, 0)).done(N(roll.ms("2026-10-05T09:00:01Z"), 1))
    child = roll.Roll(N(roll.ms("2026-10-05T11:00:00Z"), 8), start="2026-10-05T11:00:00Z", meta=False)
    child.meta(child.id, forked_from_id=parent.id)
    for x in parent.lines:
        child.raw(x)
    child.total = parent.total
    child.started(N(roll.ms("2026-10-05T11:00:01Z"), 2)).used((100, 0, 1, 0))
    # the folders appear one after the other, with what is in them already there
    made = os.path.join(home.root, "made")
    os.makedirs(made + "/there/sessions/2026/10/05")
    home.dir = made + "/there"
    home.put(child)
    os.makedirs(os.path.dirname(os.path.dirname(hidden)))
    os.rename(made, os.path.dirname(hidden))
    home.dir = hidden
    holds(w, 1010 + 101, "it is read when it comes: a child, whose parent's lines it recovers")
    file = home.put(parent)
    same_as_fresh(w, "the parent after its child")
    holds(w, 1010 + 101, "which changes no sum")
    home.write("session_index.jsonl", json.dumps({"id": parent.id, "thread_name": "first", "updated_at":
                                                  "2026-10-05T09:00:00Z"}).encode() + b"\n")
    title = "SELECT title FROM thread WHERE title IS NOT NULL"
    tap.same(until(lambda: rows(w.db, title)), [("first",)], "a title")
    append(home.path("session_index.jsonl"), json.dumps({"id": parent.id, "thread_name": "second", "updated_at":
                                                         "2026-10-05T09:00:01Z"}).encode() + b"\n")
    tap.ok(until(lambda: rows(w.db, title) == [("second",)]), "a title that was changed")
    # archived, and brought back; compressed
    moved = home.path("archived_sessions/" + os.path.basename(file))
    os.rename(file, moved)
    same_as_fresh(w, "archived")
    tap.same(rows(w.db, "SELECT state, archived FROM file WHERE thread_uuid = '%s' ORDER BY archived" % parent.id),
             [("gone", 0), ("read", 1)], "the file is gone there and read here")
    os.rename(moved, file)
    same_as_fresh(w, "brought back")
    with open(file, "rb") as f:
        home.write(os.path.relpath(file, home.dir) + ".zst", roll.zst(f.read()))
    os.unlink(file)
    same_as_fresh(w, "compressed")
    os.rename(file + ".zst", file + ".zst.away")
    until(lambda: rows(w.db, "SELECT 1 FROM file WHERE path LIKE '%.zst' AND state = 'gone'"))
    holds(w, 1111, "a rollout that is gone keeps its facts")
    os.rename(file + ".zst.away", file + ".zst")
    same_as_fresh(w, "renamed away and back")
    # folders
    days = os.path.join(home.dir, "sessions/2026")
    os.rename(days, home.dir + "/kept")
    live = "SELECT count(*) FROM file WHERE state = 'read'"
    tap.ok(until(lambda: rows(w.db, live) == [(0,)]), "a folder moved away: its files are gone")
    os.rename(home.dir + "/kept", home.dir + "/sessions/2027")
    same_as_fresh(w, "it comes back under another name")
    append(home.path("sessions/2027/10/05/" + os.path.basename(child.place())), more(child))
    holds(w, 1111 + 101, "and is watched there")
    os.rename(home.dir + "/sessions", home.dir + "/kept")
    tap.ok(until(lambda: rows(w.db, live) == [(0,)]), "sessions moved away: its files are gone")
    os.rename(home.dir + "/kept", home.dir + "/sessions")
    same_as_fresh(w, "sessions comes back")
    append(home.path("sessions/2027/10/05/" + os.path.basename(child.place())), more(child))
    holds(w, 1111 + 202, "and is watched")
    os.rename(home.dir, home.dir + "-away")
    tap.ok(until(lambda: w.said("is not there; it is read as soon as it is") == 2), "the home goes: that is said")
    append(home.dir + "-away/sessions/2027/10/05/" + os.path.basename(child.place()), more(child))
    os.rename(home.dir + "-away", home.dir)
    same_as_fresh(w, "the home comes back")
    holds(w, 1111 + 303, "with what was written meanwhile")
    # links
    disk = roll.fresh("disk")
    os.makedirs(disk + "/deep")
    linked, single = session(20), session(21)
    with open(disk + "/deep/" + linked.name(), "wb") as f:
        f.write(linked.data())
    with open(disk + "/" + single.name(), "wb") as f:
        f.write(single.data())
    os.symlink(disk + "/deep", home.dir + "/sessions/linked")
    os.symlink(disk + "/" + single.name(), home.dir + "/sessions/" + single.name())
    same_as_fresh(w, "links to a folder and to a file")
    append(disk + "/deep/" + linked.name(), more(linked))
    append(disk + "/" + single.name(), more(single))
    same_as_fresh(w, "what they lead to grows")
    home.write("sessions/a/b/c/d/" + session(22).name(), session(22).data())
    same_as_fresh(w, "folders made at once, with a file in the last")
    status, seconds = w.stop(signal.SIGINT)
    tap.ok(status == 0 and seconds < 1, f"SIGINT: exit 0 at once (here {status}, {seconds:.2f} s)")


def copies():
    """Which of two copies counts is decided by all files, not by those that changed."""
    a = session(30, 3)
    home = roll.Home(a)
    w = Watch(home).begun()
    copy = home.write("sessions/backup/" + a.name(), a.data())
    until(lambda: rows(w.db, "SELECT 1 FROM file WHERE state = 'copy'"))
    os.unlink(os.path.join(home.dir, a.place()))
    same_as_fresh(w, "the file goes, its copy takes over")
    append(copy, more(a))
    same_as_fresh(w, "and grows")
    w.stop()
    # a folder of rollouts and a single rollout as roots
    one = roll.Home(session(31))
    file = os.path.join(one.dir, session(31).place())
    r = session(31)
    w = Watch(one, "--rollouts", file, home_arg=False).begun()
    append(file, more(r))
    home.write("sessions/x.tmp", r.data() + more(r))
    holds(w, 202, "a single rollout grows")
    os.rename(home.path("sessions/x.tmp"), file)
    holds(w, 303, "and is replaced")
    os.unlink(file)
    until(lambda: w.said("is not there"))
    one.write(os.path.relpath(file, one.dir), r.data() + more(r))
    holds(w, 404, "it goes and comes back")
    one.put(session(32))
    append(file, more(r))
    holds(w, 505, "its neighbours are not read")
    w.stop()


def databases():
    """The database and its lock."""
    a = session(40)
    home = roll.Home(a)
    path = os.path.join(home.dir, a.place())
    w = Watch(home, "--wait", "1", program="codex-track-ingest").begun()
    old = os.path.join(home.root, "old.sqlite")
    status = home.ct("ingest")[0]
    tap.same(status, 0, "a second ingest runs beside the watch")
    sqlite3.connect(home.db).execute("VACUUM INTO ?", (old,)).connection.close()
    second = Watch(home)
    append(path, more(a))
    holds(w, 202, "two watches on one database")
    time.sleep(0.3)
    append(path, more(a))
    holds(w, 303, "count a line once")
    tap.same(second.stop()[0], 0, "and one of them ends")
    said = "was deleted or replaced; everything is read again"
    status = tap.run(roll.PROGRAM, "clear-db", "--yes", "--db", home.db, env=home.environment())[0]
    tap.ok(status == 0 and until(lambda: os.path.exists(home.db)), "the database is deleted: made again, at once")
    same_as_fresh(w, "a database that was deleted")
    tap.same(w.said(said), 1, "that is said once")
    append(path, more(a))
    for tail in ("-wal", "-shm", ""):
        os.unlink(home.db + tail)
    same_as_fresh(w, "deleted with all that belongs to it while a line is written")
    append(path, more(a))
    os.rename(old, home.db)
    same_as_fresh(w, "replaced by an older copy")
    append(path, more(a))
    holds(w, 101 * 6, "and the watch goes on in that")
    tap.same(w.said(said), 3, "each was said once")
    with open(home.db + ".lock", "r+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        append(path, more(a))
        tap.ok(until(lambda: w.said("is being filled by another program") == 1), "a lock that is held too long: said")
        append(path, more(a))
        time.sleep(0.5)
        tap.same((counted(home.db), w.said("is being filled by another program")), (606, 1), "once, and nothing is done")
        fcntl.flock(lock, fcntl.LOCK_UN)
    append(path, more(a))
    holds(w, 909, "the next change brings all of it")
    status, seconds = w.stop()
    tap.ok(status == 0 and seconds < 1, "and it still ends at once")
    same_as_fresh(w, "at the end")


def switches(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return [line.split()[1] for line in f if "ctxt_switches" in line]


def idle():
    """What it costs."""
    home = roll.Home(*(session(100 + n) for n in range(300)))
    log = os.path.join(roll.fresh("trace"), "log")
    a = session(100)
    path = os.path.join(home.dir, a.place())
    w = Watch(home).begun()
    time.sleep(0.5)
    before = switches(w.p.pid)
    time.sleep(2)
    tap.same(switches(w.p.pid), before, "nothing happens: the process does not wake up once in 2 s")
    w.stop()
    if shutil.which("strace") is None:
        tap.skip("the calls of a pass for one line", "no strace")
    else:
        env = "ASAN_OPTIONS=detect_leaks=0"  # LeakSanitizer does not work below a tracer
        w = Watch(home, under=("env", env, "strace", "-f", "-o", log))
        until(lambda: os.path.exists(log) and "ppoll(" in w.text(log)[-300:])
        time.sleep(0.5)
        size = os.path.getsize(log)
        time.sleep(1)
        tap.same(os.path.getsize(log), size, "it sits in one system call")
        append(path, more(a))
        until(lambda: counted(w.db) == 301 * 101)
        time.sleep(0.3)
        calls = w.text(log)[size:].splitlines()
        looks = [c for c in calls if "stat" in c or "openat(" in c or "getdents" in c or "readlink" in c]
        tap.ok(0 < len(looks) < 60, f"a line in one of 300 files: {len(calls)} system calls, {len(looks)} look at files")
        others = {c.split("rollout-")[1].split('"')[0] for c in looks if "rollout-" in c} - {a.name()[8:], a.name()[8:] + ".zst"}
        tap.same(others, set(), "none of them at another rollout")
        for pid in children(w.p.pid):
            os.kill(pid, signal.SIGTERM)
        tap.same(w.p.wait(20), 0, "SIGTERM while it sleeps")
    # rescans of unchanged files
    w = Watch(home, rescan="1")
    until(lambda: checked(w.db))
    first = checked(w.db)
    until(lambda: checked(w.db) != first)
    before = (os.stat(w.db).st_mtime_ns, os.path.getsize(w.db + "-wal"), checked(w.db))
    until(lambda: checked(w.db) != before[2])
    seen = checked(w.db)
    tap.ok(until(lambda: checked(w.db) != seen), "rescans go on")
    tap.same((os.stat(w.db).st_mtime_ns, os.path.getsize(w.db + "-wal")), before[:2],
             "and write nothing into the database where nothing changed")
    tap.same(w.passes(), [], "nor is anything printed")
    w.stop()
    w = Watch(home)
    until(lambda: checked(w.db) > seen)
    time.sleep(0.2)
    seen = checked(w.db)
    w.p.send_signal(signal.SIGHUP)
    tap.ok(until(lambda: checked(w.db) != seen), "SIGHUP: a rescan")
    w.stop()


def overflow():
    with open("/proc/sys/fs/inotify/max_queued_events", encoding="utf-8") as f:
        most = int(f.read())
    if most > 60000:
        tap.skip("a queue of events that overflows", f"it holds {most}")
        return
    home = roll.Home(session(500))
    w = Watch(home).begun()
    os.kill(w.p.pid, signal.SIGSTOP)
    folder = home.dir + "/sessions/many"
    os.mkdir(folder)
    os.kill(w.p.pid, signal.SIGCONT)
    until(lambda: False, 0.3)
    os.kill(w.p.pid, signal.SIGSTOP)
    for n in range(most // 2 + 100):  # each is made and closed
        os.close(os.open(f"{folder}/{n}", os.O_CREAT | os.O_WRONLY))
    home.put(session(501))
    os.mkdir(home.dir + "/sessions/new")
    home.write("sessions/new/" + session(502).name(), session(502).data())
    os.kill(w.p.pid, signal.SIGCONT)
    holds(w, 303, "events that were lost: everything is looked at")
    tap.same(w.said("looking at everything"), 1, "that is said once")
    append(home.path("sessions/new/" + session(502).name()), more(session(502)))
    holds(w, 404, "folders made meanwhile are watched")
    w.stop()


def limits():  # pylint: disable=too-many-statements
    """No more watches, no inotify at all, a full disk; in a namespace of their own."""
    ns = ("unshare", "-Urm")
    if tap.run(*ns, "true")[0] != 0:
        for name in ("the limit of watches", "the limit of instances", "a full disk"):
            tap.skip(name, "no user namespaces here")
        return
    a = session(600)
    home = roll.Home(a)
    path = os.path.join(home.dir, a.place())
    w = Watch(home, rescan="1", under=ns + ("sh", "-c", 'echo 2 >/proc/sys/user/max_inotify_watches; exec "$0" "$@"'))
    until(lambda: counted(w.db) == 101)
    append(path, more(a))
    holds(w, 202, "the limit of watches is reached: the rescan sees it")
    tap.same((w.said("fs.inotify.max_user_watches"), w.said("\n")), (1, 1), "said once, with what raises it")
    w.stop()
    w = Watch(home, rescan="1", under=ns + ("sh", "-c", 'echo 0 >/proc/sys/user/max_inotify_instances; exec "$0" "$@"'))
    until(lambda: w.said("max_user_instances"))
    append(path, more(a))
    holds(w, 303, "no inotify at all: the rescan sees it")
    tap.same((w.said("looking every 1 s instead"), w.said("\n")), (1, 1), "said once")
    w.stop()
    # the database on a disk that is full, then not
    disk = roll.fresh("small")
    w = Watch(home, db=disk + "/db", under=ns + ("sh", "-c", f'mount -t tmpfs -o size=4m t "{disk}" && exec "$0" "$@"'))
    inside = f"/proc/{w.p.pid}/root{disk}"

    def total():
        """Of a copy: SQLite would look for the file outside."""
        copy = roll.fresh("copy") + "/db"
        for tail in ("", "-wal"):
            if os.path.exists(inside + "/db" + tail):
                shutil.copyfile(inside + "/db" + tail, copy + tail)
        time.sleep(0.1)
        return counted(copy)

    tap.ok(until(lambda: total() == 303), "a database on a small disk")
    try:
        with open(inside + "/filler", "wb", buffering=0) as f:
            for size in (65536, 4096, 1):
                while f.write(b"x" * size) == size:
                    pass
    except OSError:
        pass
    big = session(601, 3000)
    home.put(big)
    tap.ok(until(lambda: w.said("tried again with the next change")), "the disk is full: that is said", w.text(w.err))
    append(path, more(a))
    time.sleep(1.5)
    append(path, more(a))
    time.sleep(0.5)
    tap.same(w.said("tried again with the next change"), 1, "once")
    os.unlink(inside + "/filler")
    time.sleep(0.6)
    append(path, more(a))
    until(lambda: total() == (3 + 3 + 3000) * 101)
    tap.same(total(), (3 + 3 + 3000) * 101, "there is room again: everything is read")
    tap.same(w.stop()[0], 0, "and it ends with 0")


class Storm:
    """Random things that happen to the rollouts of a home; nothing is lost for good."""

    def __init__(self, home, seed):
        self.home, self.rng = home, random.Random(seed)
        self.rolls = [session(800 + n) for n in range(12)]
        self.at = {r.id: home.put(r) for r in self.rolls}  # where its file is
        self.made = 0

    def folder(self):
        """A folder below the home, perhaps a new one."""
        self.made += 1
        name = self.rng.choice(("sessions/2026/10/05", "archived_sessions", f"sessions/x{self.made}/y", "sessions/x"))
        os.makedirs(os.path.join(self.home.dir, name), exist_ok=True)
        return os.path.join(self.home.dir, name)

    def step(self):
        r = self.rng.choice(self.rolls)
        path = self.at[r.id]
        what = self.rng.choice(("grow", "grow", "halves", "move", "rewrite", "replace", "pack", "folder"))
        if what == "folder":
            self.move_folder()
        elif what == "move":
            self.at[r.id] = os.path.join(self.folder(), os.path.basename(path))
            os.rename(path, self.at[r.id])
        elif path.endswith(".zst"):
            with open(path[:-4], "wb") as f:  # opened again, as to be continued
                f.write(r.data())
            os.unlink(path)
            self.at[r.id] = path[:-4]
        elif what == "grow":
            append(path, more(r, self.rng.randrange(1, 4)))
        elif what == "halves":
            data = more(r)
            append(path, data[:50])
            time.sleep(self.rng.choice((0, 0.03)))
            append(path, data[50:])
        elif what == "rewrite":
            more(r)
            with open(path, "wb") as f:
                f.write(r.data())
        elif what == "replace":
            more(r)
            with open(path + ".tmp", "wb") as f:
                f.write(r.data())
            os.rename(path + ".tmp", path)
        elif what == "pack":
            with open(path + ".zst", "wb") as f:
                f.write(roll.zst(r.data()))
            os.unlink(path)
            self.at[r.id] = path + ".zst"

    def move_folder(self):
        """The whole of sessions, or a folder in it, goes away, and comes back as itself or another."""
        top = os.path.join(self.home.dir, "sessions")
        old = self.rng.choice([top] + [os.path.join(top, n) for n in os.listdir(top)])
        new = old if old == top or self.rng.random() < 0.5 else f"{top}/n{self.made}"
        self.made += 1
        os.rename(old, self.home.dir + "/away")
        time.sleep(self.rng.choice((0, 0, 0.01, 0.1)))
        os.rename(self.home.dir + "/away", new)
        for k, path in self.at.items():
            if path.startswith(old + "/"):
                self.at[k] = new + path[len(old):]


def storm():
    """Anything, at any time; TRACK_LONG=1: for minutes."""
    for seed in range(8 if tap.LONG else 1):
        home = roll.Home(name="storm")
        s = Storm(home, seed)
        w = Watch(home)
        for _ in range(300 if tap.LONG else 60):
            s.step()
            time.sleep(s.rng.choice((0, 0, 0, 0.005, 0.05, 0.2)))
        same_as_fresh(w, f"storm {seed}: " + ", ".join(f"{n} {p}" for p, n in sorted(collections.Counter(
            x["pass"] for x in w.passes()).items())))
        holds(w, sum(r.total[0] + r.total[2] for r in s.rolls), f"storm {seed}: every response is counted once")
        tap.same((w.stop()[0], w.text(w.err)), (0, ""), f"storm {seed}: nothing was said")


def terminal():
    """What a person sees."""
    a = session(700)
    home = roll.Home(a)
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    seen = bytearray()

    def read():
        try:
            seen.extend(os.read(ours, 65536))
        except OSError:
            pass
        return bytes(seen)

    w = Watch(home, stderr=theirs, fmt=())
    until(lambda: b"Ctrl-C ends." in read())
    append(os.path.join(home.dir, a.place()), more(a))
    until(lambda: b"1 new line, the last at" in read())
    tap.ok(b"\n" not in seen and b"Watching; 0 new lines. Ctrl-C ends." in seen and
           b"\r\x1b[KWatching; 1 new line, the last at " in seen, "a terminal has one line", bytes(seen))
    tap.ok(w.text(w.out).startswith("1 files: 1 read, ") and w.text(w.out).count("\n") == 2,
           "and what the first pass found", w.text(w.out))
    w.p.send_signal(signal.SIGHUP)
    tap.same(w.p.wait(20), 0, "a terminal that goes away ends it")
    read()
    tap.ok(seen.endswith(b"\r\x1b[K"), "and the line is removed", bytes(seen))
    os.close(ours)
    os.close(theirs)
    for args, wanted in ((("--rescan", "5"), "--rescan goes with --watch"),
                         (("--watch", "--rescan", "0"), "--rescan 0: use whole seconds, 1 to 86400")):
        status, _, err = home.ct("ingest", *args)
        tap.ok(status == 2 and wanted in err, "usage: " + " ".join(args), err)
    status, _, err = home.ct("ingest", "--watch", "--home", home.db, home=False)
    tap.ok(status == 1 and "not a folder" in err, "a home that can be none ends it", err)
    other = os.path.join(home.root, "text")
    with open(other, "w", encoding="utf-8") as f:
        f.write("no database\n" * 100)
    status, _, err = home.ct("ingest", "--watch", "--db", other, db=False)
    tap.ok(status == 1 and "is not a database" in err, "and so does a file that is no database", err)


ALL = (latency, places, copies, databases, idle, overflow, limits, storm, terminal)
for case in [c for c in ALL if c.__name__ in sys.argv[1:]] or ALL:
    begin = time.monotonic()
    case()
    tap.diag(f"{case.__name__}: {time.monotonic() - begin:.1f} s")
tap.done()
