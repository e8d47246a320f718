#!/usr/bin/env python3
"""bench.py - what codex-track costs, as one table: time, memory, size of the
database, beside what reading the same bytes costs at least. `make bench` runs it.

All figures come from this run, on this machine: no figure of another day is
compared with. Commands that are compared take turns (A B A B …), because other
work on the machine comes and goes. The files were read once before: they are in
the page cache. A run that gives wrong numbers has no speed: what the report says
is compared with what the home's maker knows.

Environment: TRACK_BENCH_MB, TRACK_BENCH_DIR, TRACK_BENCH_PEER (a command with
{home}), TRACK_BENCH_PEER_NAME. See doc/PERFORMANCE.md.
"""
import argparse
import json
import os
import platform
import shlex
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../lab")]
import dump  # noqa: E402
import homes  # noqa: E402

SHORT, MIDDLE, LONG = 7, 5, 3  # rounds of what takes milliseconds, of a cold run, of a long cold run
SHORT_S = 2.0            # from here on a round is long
LIMIT_KIB = 48 * 1024    # ulimit -v of the home with the long line: the target of the memory itself
PEAK_MIB = 48
TIMEOUT_S = 3600
COLUMNS = ("what", "home", "runs", "min", "median", "cpu", "x scan", "x stat", "target", "verdict")
LEFT = (0, 1, 8, 9)      # columns of text


class Run:
    """What a command cost: seconds of wall clock and of processor time, largest resident memory in KiB."""

    def __init__(self, status, wall, cpu, rss, message=""):
        self.status, self.wall, self.cpu, self.rss, self.message = status, wall, cpu, rss, message


class Failed(Exception):
    """A command of ours that ended with an error."""


def measure(cfg, argv, stdin=None, limit=0, env=None):
    """Run ARGV under tests/bench/measure, with the bytes STDIN and at most LIMIT KiB of address space."""
    head = [cfg.tool("measure"), "-t", str(TIMEOUT_S)] + (["-v", str(limit)] if limit else [])
    p = subprocess.run([*head, *argv], input=stdin if stdin is not None else b"", capture_output=True,
                       env=env or cfg.env, check=False)
    v = p.stdout.split()
    if p.returncode != 0 or len(v) != 10:
        raise Failed(f"{argv[0]}: {p.stderr.decode(errors='replace').strip()}")
    return Run(int(v[1]), int(v[3]) / 1e9, (int(v[5]) + int(v[7])) / 1e6, int(v[9]),
               p.stderr.decode("utf-8", "backslashreplace").strip())


def must(run):
    """RUN, which is of ours and may not fail."""
    if run.status != 0:
        raise Failed(f"exit status {run.status}: {run.message or 'no message'}")
    return run


def in_turns(rounds, *steps):
    """Call each of STEPS in turn, ROUNDS times. Returns one list of results for each."""
    out = [[] for _ in steps]
    for _ in range(rounds):
        for step, results in zip(steps, out):
            results.append(step())
    return out


def median(values):
    return statistics.median(values)


# ------------------------------------------------------------------- figures

def seconds(s):
    """S seconds with three digits and a unit."""
    if s < 0.0000005:
        return "0"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if s * factor >= 0.9995 or unit == "us":
            v = s * factor
            return f"{v:.{0 if v >= 99.95 else 1 if v >= 9.995 else 2}f} {unit}"
    return ""


def ratio(a, b):
    if b <= 0:
        return "-"
    r = a / b
    return f"{r:.{0 if r >= 99.95 else 1 if r >= 9.995 else 2 if r >= 0.0995 else 3}f}"


def database_bytes(path):
    """Bytes of the database and of what stands beside it for good (the log; not the index of the log)."""
    return sum(os.path.getsize(path + end) for end in ("", "-wal") if os.path.exists(path + end))


def share(path, rollout_bytes):
    """The database's bytes as percent of the rollouts'."""
    return 100.0 * database_bytes(path) / rollout_bytes if rollout_bytes > 0 else 0.0


class Table:
    """Rows of text in the order of COLUMNS; how many targets are missed, and what went wrong."""

    def __init__(self):
        self.rows, self.missed, self.wrong = [], 0, []

    def add(self, what, home, runs=0, least="-", middle="-", cpu="-", scan="-", stat="-", target="-", holds=None):
        verdict = "-" if holds is None else "holds" if holds else "MISSED"
        self.missed += holds is False
        self.rows.append((what, home, str(runs) if runs else "-", least, middle, cpu, scan, stat, target, verdict))

    def times(self, what, home, runs, scan=None, stat=None, target="-", holds=None):
        """A row of RUNS; SCAN and STAT are the seconds that the yardsticks took."""
        wall = median([r.wall for r in runs])
        self.add(what, home, len(runs), seconds(min(r.wall for r in runs)), seconds(wall),
                 seconds(median([r.cpu for r in runs])), ratio(wall, scan) if scan else "-",
                 ratio(wall, stat) if stat else "-", target, holds)

    def plain(self):
        """Lines of aligned text."""
        rows = [COLUMNS, *self.rows]
        wide = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS))]
        for n, r in enumerate(rows):
            yield "  ".join(c.ljust(w) if i in LEFT else c.rjust(w) for i, (c, w) in enumerate(zip(r, wide))).rstrip()
            if n == 0:
                yield "  ".join("-" * w for w in wide)

    def markdown(self):
        yield "| " + " | ".join(COLUMNS) + " |"
        yield "|" + "|".join("---" if i in LEFT else "--:" for i in range(len(COLUMNS))) + "|"
        for r in self.rows:
            yield "| " + " | ".join("" if c == "-" else c.replace("|", "\\|") for c in r) + " |"


# ------------------------------------------------------------------- commands

class Bench:
    """One home after the other; the rows go into TABLE."""

    def __init__(self, cfg, table):
        self.cfg, self.table = cfg, table
        self.work = tempfile.mkdtemp(prefix="run.", dir=cfg.dir)
        self.db = os.path.join(self.work, "usage.sqlite")
        self.about = []

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def fresh(self):
        for end in ("", "-wal", "-shm", "-journal", ".lock"):
            if os.path.exists(self.db + end):
                os.unlink(self.db + end)

    def ours(self, command, home, *more, limit=0):
        return measure(self.cfg, [self.cfg.program, command, "--db", self.db, "--home", home.path, *more], limit=limit)

    def ingest(self, home):
        return must(self.ours("ingest", home))

    def cold(self, home):
        self.fresh()
        return self.ingest(home)

    def scan(self, home):
        names = b"".join(os.fsencode(p) + b"\0" for p in home.rollouts())
        return must(measure(self.cfg, [self.cfg.tool("newline_scan")], stdin=names))

    def lines(self, home):
        """Lines of HOME, by the yardstick; and every file is in the page cache from now on."""
        names = b"".join(os.fsencode(p) + b"\0" for p in home.rollouts())
        v = subprocess.run([self.cfg.tool("newline_scan")], input=names, capture_output=True, check=True).stdout.split()
        if int(v[2]) != home.bytes:
            raise Failed(f"{home.name}: {v[2].decode()} bytes were read, the files have {home.bytes}")
        return int(v[4])

    def stat(self, home):
        """A recursive stat of the home as it is looked through: the folders with rollouts."""
        tops = [p for p in (os.path.join(home.path, s) for s in ("sessions", "archived_sessions")) if os.path.isdir(p)]
        return must(measure(self.cfg, [self.cfg.tool("stat_walk"), *tops]))

    def report(self, home):
        return must(self.ours("report", home))

    def peer(self, home):
        """The command of TRACK_BENCH_PEER, with an empty folder as {scratch}."""
        scratch = os.path.join(self.work, "peer")
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)
        argv = [w.replace("{home}", home.path).replace("{scratch}", scratch) for w in shlex.split(self.cfg.peer)]
        return measure(self.cfg, argv, env=os.environ)

    def check_tokens(self, home):
        """The report says what the home's maker knows."""
        p = subprocess.run([self.cfg.program, "report", "--db", self.db, "--home", home.path, "--last", "total",
                            "--json"], stdin=subprocess.DEVNULL, capture_output=True, env=self.cfg.env, check=False)
        got = sum(r["total_tokens"] for r in json.loads(p.stdout)) if p.returncode == 0 else -1
        if got != home.tokens:
            self.table.wrong.append(f"{home.name}: the report says {got:,} tokens, the files hold {home.tokens:,}")

    # ------------------------------------------------------------------ homes

    def home(self, name):
        home = homes.prepare(name, self.cfg, self.cfg.say)
        n = self.lines(home)
        self.about.append((name, f"{home.files:,}", f"{home.bytes / 1e6:,.1f}", f"{n:,}", home.about))
        self.cfg.say(f"{name}: measuring")
        return home

    def cold_rows(self, home, aims, peer=False):
        """Scan, cold run and peer in turns; then the memory and the database. AIMS: the home is one that the targets
        for time and size are about. Returns the scan's median."""
        t = self.table
        steps = [lambda: self.scan(home), lambda: self.cold(home)]
        if peer and self.cfg.peer:
            steps.append(lambda: self.peer(home))
        begun = time.monotonic()
        runs = in_turns(1, *steps)
        if time.monotonic() - begun < SHORT_S:
            runs = in_turns(self.cfg.repeat or MIDDLE, *steps)  # the first was for practice
        else:
            runs = [a + b for a, b in zip(runs, in_turns((self.cfg.repeat or LONG) - 1, *steps))]
        scan, cold = median([r.wall for r in runs[0]]), median([r.wall for r in runs[1]])
        peak = max(r.rss for r in runs[1]) / 1024
        t.times("newline scan, one core", home.name, runs[0], scan)
        t.times("cold ingest", home.name, runs[1], scan, None, *(("<= 4 x scan", cold <= 4 * scan) if aims else ()))
        if peer and self.cfg.peer:
            bad = [r for r in runs[2] if r.status != 0]
            if bad:
                t.add(self.cfg.peer_name, home.name, len(runs[2]), "-", f"exit {bad[0].status}")
                self.cfg.say(f"{self.cfg.peer_name}: {bad[0].message[-300:]}")
            else:
                t.times(self.cfg.peer_name, home.name, runs[2], scan)
                t.add(self.cfg.peer_name + ", peak memory", home.name, len(runs[2]), "-",
                      f"{max(r.rss for r in runs[2]) / 1024:.1f} MiB")
        t.add("peak memory", home.name, len(runs[1]), "-", f"{peak:.1f} MiB", target=f"<= {PEAK_MIB} MiB",
              holds=peak <= PEAK_MIB)
        part = share(self.db, home.bytes)
        t.add("database / rollouts", home.name, 1, "-", f"{part:.1f} %",
              **({"target": "<= 10 %", "holds": part <= 10} if aims else {}))
        self.check_tokens(home)
        return scan

    def warm_rows(self, home, scan, files=0):
        """Nothing to do, and a report; FILES: the home is one of those that a target is about."""
        walk, idle, report = in_turns(self.cfg.repeat or SHORT, lambda: self.stat(home), lambda: self.ingest(home),
                                      lambda: self.report(home))
        stat, wall = median([r.wall for r in walk]), median([r.wall for r in idle])
        target, holds = "-", None
        if files == 400:
            target, holds = "<= 20 ms", wall <= 0.020
        elif files:
            target, holds = "<= 2 x stat", wall <= 2 * stat
        self.table.times("recursive stat", home.name, walk, scan, stat)
        self.table.times("unchanged run", home.name, idle, scan, stat, target, holds)
        self.table.times("report, warm", home.name, report, scan, stat)

    def profile(self, name):
        home = self.home(name)
        self.warm_rows(home, self.cold_rows(home, True, peer=True))

    def files_400(self, name):
        home = self.home(name)
        self.warm_rows(home, self.cold_rows(home, False), 400)
        self.watch_row(home)

    def files_many(self, name):
        home = self.home(name)
        self.warm_rows(home, self.cold_rows(home, False), home.files)

    def one_session(self, name):
        home = self.home(name)
        path = home.rollouts()[0]
        scan = self.cold_rows(home, True)
        n = home.turns

        def grow():
            nonlocal n
            home.append_turn(path, n)
            n += 1
            return self.ingest(home)

        try:
            grown, idle = in_turns(self.cfg.repeat or SHORT, grow, lambda: self.ingest(home))
            home.tokens += (n - home.turns) * homes.RESPONSES * homes.RESPONSE_TOKENS
            self.check_tokens(home)
        finally:
            os.truncate(path, home.bytes)
        wall = median([r.wall for r in grown])
        peak = max(r.rss for r in grown) / 1024
        self.table.times("append of one turn", name, grown, scan, None, "<= 10 ms", wall <= 0.010)
        self.table.add("peak memory, append", name, len(grown), "-", f"{peak:.1f} MiB", target=f"<= {PEAK_MIB} MiB",
                       holds=peak <= PEAK_MIB)
        self.table.times("unchanged run", name, idle, scan)
        self.watch_row(home)

    def long_line(self, name):
        home = self.home(name)
        self.cold_rows(home, False)
        before = dump.dump(self.db)
        self.fresh()
        run = self.ours("ingest", home, limit=self.cfg.limit_kib)
        if run.status == 0:
            if dump.dump(self.db) != before:
                self.table.wrong.append(f"{name}: with ulimit -v {self.cfg.limit_kib} the database is another one")
        else:
            self.cfg.say(f"{name}: {run.message[-300:]}")
        self.table.add(f"ulimit -v {self.cfg.limit_kib}", name, 1, "-",
                       seconds(run.wall) if run.status == 0 else f"exit {run.status}", target="exit 0",
                       holds=run.status == 0)

    # ------------------------------------------------------------------ watch

    def watch_row(self, home):
        """From the end of a write to the commit that has it, settled, seen by another reader."""
        self.cold(home)
        path = home.rollouts()[-1]
        size = os.path.getsize(path)
        with open(os.path.join(self.work, "watch"), "w+b") as said:
            watcher = subprocess.Popen([self.cfg.program, "ingest", "--watch", "--db", self.db, "--home", home.path],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
                                       env=self.cfg.env)
            try:
                runs = self.latencies(home, path, watcher)
                if runs is None and watcher.poll() not in (None, 2):  # 2: the option is not known
                    said.seek(0)
                    self.table.wrong.append(f"ingest --watch ended with exit status {watcher.returncode}: "
                                            + said.read(500).decode(errors="replace").strip())
            finally:
                if watcher.poll() is None:
                    watcher.send_signal(signal.SIGTERM)
                    try:
                        watcher.wait(10)
                    except subprocess.TimeoutExpired:
                        watcher.kill()
                watcher.wait()
                os.truncate(path, size)
        if runs is None:
            self.table.add("watch: write to commit", home.name, 0, "-", "not available")
        else:
            self.table.add("watch: write to commit", home.name, len(runs), seconds(min(runs)), seconds(median(runs)))

    def latencies(self, home, path, watcher):
        """Seconds of each of some appends; None when the watcher ended."""
        lock, out = self.db + ".lock", []
        begun, since = time.monotonic(), os.stat(lock).st_mtime_ns
        while os.stat(lock).st_mtime_ns == since and time.monotonic() - begun < 15:  # its first pass
            if watcher.poll() is not None:
                return None
            time.sleep(0.01)
        reader = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            for i in range(self.cfg.repeat or SHORT):
                time.sleep(0.3)  # the watcher waits for the next change
                home.append_turn(path, home.turns + i)
                begun, size = time.monotonic(), os.path.getsize(path)
                while not self.is_in(reader, path, size):
                    if time.monotonic() - begun > 30 or watcher.poll() is not None:
                        self.table.wrong.append("ingest --watch did not read what was written")
                        return None
                    time.sleep(0.0005)
                out.append(time.monotonic() - begun)
        except sqlite3.Error as e:
            raise Failed(f"watch: {e}") from e
        finally:
            reader.close()
        return out

    @staticmethod
    def is_in(reader, path, size):
        """All SIZE bytes of PATH are in the database, and nothing waits to be settled."""
        q = "SELECT consumed, (SELECT count(*) FROM thread WHERE dirty = 1) FROM file WHERE path = ?"
        return reader.execute(q, (path,)).fetchone() == (size, 0)


MEASURES = {
    "typical": Bench.profile, "real": Bench.profile, "tiny-files": Bench.profile, "400-files": Bench.files_400,
    "many-files": Bench.files_many, "one-session": Bench.one_session, "long-line": Bench.long_line,
}


# ----------------------------------------------------------------------- main

class Config:
    """What is asked for: the options, the environment of the programs, where things are."""

    def __init__(self, o):
        self.mb, self.many, self.line_mb, self.repeat = o.mb, o.many, o.line_mb, o.repeat
        self.limit_kib, self.quiet, self.compiler = o.limit_kib, o.quiet, o.compiler
        self.build, self.src, self.dir = (os.path.abspath(p) for p in (o.build, o.src, o.dir))
        self.program = os.path.join(self.build, "codex-track")
        self.peer = os.environ.get("TRACK_BENCH_PEER", "")
        self.peer_name = os.environ.get("TRACK_BENCH_PEER_NAME") or "another program"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("CODEX_", "XDG_", "TZ"))}
        self.env.update(CODEX_USAGE_CONFIG="/dev/null", CODEX_USAGE_DATADIR=self.src + "/conf",
                        CODEX_USAGE_NOW=homes.NOW, HOME=os.path.join(self.dir, "no-home"), LC_ALL="C.UTF-8")

    def tool(self, name):
        return os.path.join(self.build, "tests/bench", name)

    def say(self, text):
        if not self.quiet:
            print(f"bench: {text}", file=sys.stderr, flush=True)


def first_line(argv, **more):
    try:
        p = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **more)
    except OSError:
        return ""
    return p.stdout.strip().split("\n")[0] if p.returncode == 0 else ""


def machine():
    model, memory = platform.machine(), 0
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as f:
        memory = int(f.readline().split()[1])
    return f"{os.cpu_count()} x {model}, {memory / 2**20:.0f} GiB, Linux {platform.release().split('-')[0]}"


def heading(cfg, load):
    """Lines that say what was measured, where and when."""
    commit = first_line(["git", "-C", cfg.src, "describe", "--always", "--dirty", "--abbrev=10"])
    compiler = ""
    if cfg.compiler:
        words = shlex.split(cfg.compiler)
        compiler = f", {first_line([words[0], '--version']) or words[0]} {' '.join(words[1:])}"
    yield (f"{first_line([cfg.program, '--version'], env=cfg.env)}{' at ' + commit if commit else ''}{compiler}, "
           + time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))
    yield f"{machine()}; load {load:.1f} at the start"
    yield ("Wall clock from start to end of the process; every file was read once before (warm page cache). "
           "x scan, x stat: ratios of medians in this run.")
    if not cfg.peer:
        yield "No other program: TRACK_BENCH_PEER='command {home}' measures one on the same homes."


def need_room(cfg, names):
    """End when the disk cannot hold the homes and their databases."""
    mb = sum({"400-files": 30, "many-files": cfg.many * 10 // 1000 + 10, "long-line": cfg.line_mb}.get(n, cfg.mb)
             for n in names) + cfg.mb
    free = shutil.disk_usage(cfg.dir).free // 1000000
    if free < mb:
        raise SystemExit(f"bench: {cfg.dir} needs about {mb} MB and has {free}; "
                         "set TRACK_BENCH_MB lower, or TRACK_BENCH_DIR")


def arguments():
    p = argparse.ArgumentParser(description="Measure codex-track; prints one table.")
    p.add_argument("--build", default=".", help="the build folder (.)")
    p.add_argument("--src", default=os.path.join(HERE, "../.."),
                   help="the sources")
    p.add_argument("--dir", default=os.environ.get("TRACK_BENCH_DIR") or "",
                   help="where the homes are made and kept (TRACK_BENCH_DIR, bench.d in the build folder)")
    p.add_argument("--mb", type=int, default=int(os.environ.get("TRACK_BENCH_MB") or 500),
                   help="size of the large homes (TRACK_BENCH_MB, 500)")
    p.add_argument("--many", type=int, default=20000, help="files of the home many-files (20000)")
    p.add_argument("--line-mb", type=int, default=200, help="length of the long line (200)")
    p.add_argument("--limit-kib", type=int, default=LIMIT_KIB, help=f"ulimit -v for it ({LIMIT_KIB})")
    p.add_argument("--repeat", type=int, default=0, help=f"rounds (0: {SHORT} of short, {LONG} of long commands)")
    p.add_argument("--homes", default=",".join(MEASURES), help=f"only these ({','.join(MEASURES)})")
    p.add_argument("--compiler", default="", help="compiler and flags, for the heading")
    p.add_argument("--markdown", action="store_true", help="the table as Markdown")
    p.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    p.add_argument("--quiet", action="store_true", help="no progress on stderr")
    p.add_argument("--clean", action="store_true", help="remove the homes and end")
    o = p.parse_args()
    o.dir = o.dir or os.path.join(o.build, "bench.d")
    o.homes = [n for n in o.homes.split(",") if n]
    for name in o.homes:
        if name not in MEASURES:
            p.error(f"--homes {name}: use {', '.join(MEASURES)}")
    if o.mb < 2 or o.many < 1 or o.line_mb < 1 or o.repeat < 0:
        p.error("--mb from 2, --many and --line-mb from 1")
    return o


def show(cfg, table, about, load, as_markdown):
    heads = ("home", "files", "MB", "lines", "what it is")
    if as_markdown:
        for line in heading(cfg, load):
            print(line + "  ")
        print("\n| " + " | ".join(heads) + " |\n|---|--:|--:|--:|---|")
        for r in about:
            print("| " + " | ".join(r) + " |")
        print()
        print("\n".join(table.markdown()))
    else:
        print("\n".join(heading(cfg, load)) + "\n")
        wide = [max(len(r[i]) for r in [heads, *about]) for i in range(4)]
        for r in [heads, *about]:
            print("  ".join([r[0].ljust(wide[0]), *(c.rjust(w) for c, w in zip(r[1:4], wide[1:])), r[4]]))
        print()
        print("\n".join(table.plain()))


def main():
    o = arguments()
    cfg = Config(o)
    if o.clean:
        homes.clean(cfg.dir)
        return 0
    for path in [cfg.program, *(cfg.tool(t) for t in ("measure", "newline_scan", "stat_walk"))]:
        if not os.access(path, os.X_OK):
            raise SystemExit(f"bench: {path} is missing; `make bench` builds it")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    load = os.getloadavg()[0]
    homes.claim(cfg.dir)
    need_room(cfg, o.homes)
    table = Table()
    bench = Bench(cfg, table)
    try:
        for name in o.homes:
            try:
                MEASURES[name](bench, name)
            except (Failed, dump.Unknown, sqlite3.Error, OSError, ValueError) as e:
                table.wrong.append(f"{name}: {e}")  # the other homes still have their rows
    finally:
        bench.close()
    show(cfg, table, bench.about, load, o.markdown)
    for text in table.wrong:
        print(f"WRONG: {text}")
    return 1 if table.wrong or (o.check and table.missed) else 0


if __name__ == "__main__":
    sys.exit(main())
