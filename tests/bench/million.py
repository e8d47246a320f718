#!/usr/bin/env python3
"""million.py - a database as a year of heavy use fills it, without any rollout:
rows of facts and verdicts are written through SQL, sums are made by the program.
What the pages' queries cost on it: one line a query.

    million.py BUILD SRC DB [--responses N] [--sessions N] [--homes N] [--keep]

All numbers come from a generator of its own: the same every time.
"""
import argparse
import datetime
import os
import random
import sqlite3
import subprocess
import sys

QUARTER = 900_000
NOW = 1_795_348_800_000  # 2026-11-22T12:00:00Z
DAY = 86_400_000
MODELS = ["gpt-6.1-sol", "gpt-6-astra", "gpt-6-luna", "gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna",
          "gpt-5.5", "gpt-5.4", "gpt-5.3-codex", "gpt-5.2", "gpt-5.1-codex", "codex-auto-review"]


def options(argv):
    p = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    p.add_argument("build")
    p.add_argument("src")
    p.add_argument("db")
    p.add_argument("--responses", type=int, default=1_000_000)
    p.add_argument("--sessions", type=int, default=5000)
    p.add_argument("--directories", type=int, default=40)
    p.add_argument("--keep", action="store_true", help="use the database that is there")
    return p.parse_args(argv)


def environment(src):
    return dict(os.environ, CODEX_USAGE_DATADIR=src + "/conf", CODEX_USAGE_CONFIG="/dev/null",
                TRACK_RATES=src + "/conf/rates.json")


class Filler:
    """Rows of one database, session by session."""

    def __init__(self, c, o):
        self.c, self.o, self.r = c, o, random.Random(20261122)
        self.sets = {}
        c.execute("INSERT OR IGNORE INTO home(id, path) VALUES (1, '/home/u/.codex')")
        c.executemany("INSERT INTO limit_set(id, print, limit_id, has_first, first_minutes, has_second,"
                      " second_minutes) VALUES (?,?,?,1,300,1,10080)", [(1, 1, "codex"), (2, 2, "codex_bengalfox")])

    def dimset(self, model, directory, effort, branch, source):
        key = (model, directory, effort, branch, source)
        if key not in self.sets:
            self.sets[key] = len(self.sets) + 1
            self.c.execute("INSERT INTO dimset VALUES (?,?,?,?,?,?,?,'default',1,?)",
                           (self.sets[key], model, f"/home/u/src/project-{directory:02d}",
                            f"github.com/u/project-{directory:02d}" if directory % 4 else "", f"b{branch}", source,
                            effort, self.sets[key]))
        return self.sets[key]

    def session(self, n, start, responses):
        r = self.r
        model = r.choices(MODELS, [30, 20, 12, 9, 7, 5, 4, 4, 3, 3, 2, 1])[0]
        directory = min(int(r.expovariate(0.12)), self.o.directories - 1)
        source = r.choices(["cli", "vscode", "exec", "subagent"], [50, 25, 15, 10])[0]
        sets = [self.dimset(model, directory, e, r.randrange(3), source) for e in ("medium", "high")]
        uuid = f"{start:012x}"
        uuid = f"{uuid[:8]}-{uuid[8:]}-7000-8000-{n:012x}"
        usage, turns, calls, messages = [], [], [], []
        at, pos, context, seq, line = start, 0, 12000, 0, 1
        chosen = sets[0]
        for i in range(responses):
            if i % 8 == 0:
                at += int(r.expovariate(1 / 240_000))
                seq += 1
                chosen = r.choice(sets) if r.random() < 0.1 else chosen
                turns.append((n, seq, line, f"t{n}-{seq}", at, line + 60, at + 90_000, 90_000, 1500, "completed"))
                messages.append((n, pos, line, at, seq, 1, 0, 1, 200, 200))
                pos, line = pos + 700, line + 1
            at += int(r.expovariate(1 / 25_000)) + 2000
            context = min(250_000, context + r.randrange(4000)) if context < 240_000 else 30_000
            cached = context * 95 // 100
            output = r.randrange(1500)
            usage.append((n, pos, line, at, seq, 0, 0, 258400, context, cached, 0, output, output // 2,
                          context, cached, 0, output, output // 2, context + output,
                          1 if model != "gpt-5.3-codex" else 2, (at // 180_000) % 100, (at // 18_000_000 + 1) * 18_000_000,
                          (at // 6_048_000) % 100, (at // 604_800_000 + 1) * 604_800_000, 1, n, at, chosen, context, cached,
                          0, output, output // 2))
            pos, line = pos + 4000, line + 5
            if r.random() < 0.8:
                calls.append((n, pos - 100, line - 1, at, seq, 1, "shell", 2 if r.random() < 0.06 else 1, at + 1200, line))
        c = self.c
        c.execute("INSERT INTO thread(id, uuid, dirty, title) VALUES (?,?,0,?)", (n, uuid, f"Session {n}"))
        c.execute("INSERT INTO rollout(id, thread_id, home_id, lines, first_ms, last_ms, events_seen)"
                  " VALUES (?,?,1,?,?,?,1)", (n, n, line, start, at))
        c.execute("INSERT INTO file(id, path, path_hash, home_id, rollout_id, thread_uuid, state, archived, compressed,"
                  " dev, ino, size, mtime_ns, ctime_ns, read_ms) VALUES (?,?,?,1,?,?,'read',0,0,1,?,?,0,0,0)",
                  (n, f"/home/u/.codex/sessions/rollout-{uuid}.jsonl", n, n, uuid, n, pos))
        c.execute("INSERT INTO session(rollout_id, created_ms, cwd, cli_version, source_kind, git_branch, repository, parent)"
                  " VALUES (?,?,?,'0.169.0',?,'main',?,?)",
                  (n, start, f"/home/u/src/project-{directory:02d}", source,
                   f"github.com/u/project-{directory:02d}" if directory % 4 else "", self.last if source == "subagent" else None))
        self.last = uuid
        c.executemany("INSERT INTO usage(rollout_id, pos, line, ts_ms, turn_seq, is_record, in_review, window, t_input, t_cached,"
                      " t_write, t_output, t_reasoning, l_input, l_cached, l_write, l_output, l_reasoning, l_total,"
                      " limit_set_id, first_percent, first_resets_ms, second_percent, second_resets_ms, verdict, owner_id,"
                      " count_ms, dimset_id, d_input, d_cached, d_write, d_output, d_reasoning) VALUES ("
                      + ",".join("?" * 33) + ")", usage)
        c.executemany("INSERT INTO turn VALUES (?,?,?,?,?,?,?,?,?,?)", turns)
        c.executemany("INSERT INTO message(rollout_id, pos, line, ts_ms, turn_seq, role, origin, is_prompt, chars, bytes)"
                      " VALUES (?,?,?,?,?,?,?,?,?,?)", messages)
        c.executemany("INSERT INTO call(rollout_id, pos, line, ts_ms, turn_seq, kind, name, status, end_ms, output_line)"
                      " VALUES (?,?,?,?,?,?,?,?,?,?)", calls)
        if n % 3 == 0:
            c.execute("INSERT INTO loss VALUES (?,?,?,'compaction',?,?)", (n, n, 10, start, sets[0]))

    last = None


def fill(o):
    os.makedirs(o.db + ".home/sessions", exist_ok=True)
    for tail in ("", "-wal", "-shm"):
        if os.path.exists(o.db + tail):
            os.remove(o.db + tail)
    subprocess.run([o.build + "/codex-track-ingest", "--db", o.db, "--home", o.db + ".home"], check=True,
                   env=environment(o.src), stdout=subprocess.DEVNULL)
    c = sqlite3.connect(o.db)
    c.execute("PRAGMA synchronous = OFF")
    f = Filler(c, o)
    mean = o.responses / o.sessions
    start = NOW - 365 * DAY
    left = o.responses
    for n in range(1, o.sessions + 1):
        wanted = left if n == o.sessions else max(1, min(left, int(f.r.lognormvariate(0, 0.9) * mean / 1.5)))
        left -= wanted
        day = int(f.r.random() * 365) * DAY
        f.session(n, start + day + int(f.r.gauss(13, 3) % 24 * 3_600_000), wanted)
    c.execute("INSERT INTO rollup SELECT owner_id, count_ms / 900000, dimset_id, is_long, count(*), sum(d_input),"
              " sum(d_cached), sum(d_write), sum(d_output), sum(d_reasoning) FROM usage WHERE verdict = 1 GROUP BY 1, 2, 3, 4")
    c.commit()
    c.close()


QUERIES = [
    ("overview, 30 days", "overview", []),
    ("overview, 90 days", "overview", ["period=90d"]),
    ("overview, 12 months", "overview", ["period=12mo"]),
    ("overview, 12 months, a model", "overview", ["period=12mo", "model=gpt-6-astra"]),
    ("overview, 12 months, New York", "overview", ["period=12mo", "tz=America/New_York"]),
    ("usage by model, 30 days", "usage", ["by=model"]),
    ("usage by model, 12 months by day", "usage", ["by=model", "period=12mo", "group=day"]),
    ("usage by directory, 12 months, two filters", "usage",
     ["by=directory", "period=12mo", "model=gpt-6*", "source=!exec"]),
    ("usage by session, 12 months by day", "usage", ["by=session", "period=12mo", "group=day"]),
    ("usage by model, 12 months by hour", "usage", ["by=model", "period=12mo", "group=hour"]),
    ("usage, sessions by effort, 12 months", "usage", ["by=effort", "period=12mo", "metric=sessions"]),
    ("sessions, 30 days", "sessions", []),
    ("sessions, all", "sessions", ["period=all"]),
    ("sessions, all by cost", "sessions", ["period=all", "sort=cost"]),
    ("sessions, all by calls, a directory", "sessions",
     ["period=all", "sort=calls", "directory=/home/u/src/project-03*"]),
    ("cost, 30 days", "cost", []),
    ("cost, 12 months", "cost", ["period=12mo"]),
    ("limits, 30 days", "limits", []),
    ("limits, 12 months", "limits", ["period=12mo"]),
    ("health", "health", []),
]


def ask(o, page, words):
    tool = os.path.join(o.build, "tests/report/track_data")
    out = subprocess.run([tool, o.db, page, "now=2026-11-22T12:00:00Z"] + words + ["repeat=9"], env=environment(o.src),
                         capture_output=True, text=True, check=False)
    if out.returncode != 0:
        return out.stderr.strip()
    median, least = map(int, out.stdout.split())
    return f"{median / 1000:8.2f} {least / 1000:8.2f}"


def main(argv):
    o = options(argv)
    if not (o.keep and os.path.exists(o.db)):
        began = datetime.datetime.now()
        fill(o)
        print(f"filled in {(datetime.datetime.now() - began).seconds} s")
        began = datetime.datetime.now()
        subprocess.run([os.path.join(o.build, "tests/report/track_data"), o.db, "settle"], check=True)
        print(f"sums made in {(datetime.datetime.now() - began).total_seconds():.1f} s")
    c = sqlite3.connect(o.db)
    for table, what in (("usage", "responses"), ("thread", "sessions"), ("rollup", "rows of rollup"),
                        ("dimset", "combinations"), ("day_pack", "packed days")):
        print(f"{c.execute(f'SELECT count(*) FROM {table}').fetchone()[0]:>10} {what}")
    for table, size in c.execute("SELECT m.tbl_name, sum(d.pgsize) FROM dbstat('main', 1) d JOIN sqlite_schema m"
                                 " ON m.name = d.name GROUP BY 1 ORDER BY 2 DESC LIMIT 12"):
        print(f"{size / 1e6:10.1f} MB {table}")
    c.close()
    print(f"{'':44} {'median':>8} {'least':>8} ms")
    for name, page, words in QUERIES:
        print(f"{name:44} {ask(o, page, words)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
