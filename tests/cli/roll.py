"""roll.py - for tests/cli/*.t in Python: rollouts made line by line, and homes
that the programs are run on.

    import os, sys
    sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
    import tap, roll

A vector of tokens is (input, cached, output, reasoning[, cache write[, total]]);
total_tokens is input + output unless it is given.
"""
import atexit
import datetime
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile

import tap

UTC = datetime.timezone.utc
PROGRAM = os.path.join(tap.BUILD, "codex-track")
EMPTY = os.path.join(tap.SRC, "conf")
COLUMNS = 5  # total, input, cached, output, reasoning


def _folder():
    path = tempfile.mkdtemp(prefix="track-cli.", dir=os.getcwd())
    os.chmod(path, 0o755)  # some tests run the programs as another user
    atexit.register(tap.remove, path)
    return path


DIR = _folder()
_made = 0


def fresh(name="d"):
    """A new empty folder below the test's own."""
    global _made
    _made += 1
    path = os.path.join(DIR, f"{_made:03d}-{name}")
    os.mkdir(path)
    return path


def ms(text):
    """Milliseconds of an RFC 3339 time."""
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def stamp(at):
    """RFC 3339 of milliseconds."""
    d = datetime.datetime.fromtimestamp(at // 1000, UTC)
    return d.strftime("%Y-%m-%dT%H:%M:%S") + f".{at % 1000:03d}Z"


def uuid7(at, n=0):
    """A version 7 id whose first 48 bits are the milliseconds AT; N makes it unique."""
    h = f"{at:012x}"
    return f"{h[:8]}-{h[8:12]}-7{n % 4096:03x}-8000-{n:012x}"


def uuid4(n):
    return f"{n:08x}-1111-4111-8111-{n:012x}"


def vector(v):
    """The six counters as Codex writes them."""
    i, c, o, r = v[:4]
    d = {"input_tokens": i, "cached_input_tokens": c, "output_tokens": o,
         "reasoning_output_tokens": r}
    if len(v) > 4 and v[4]:
        d["cache_write_input_tokens"] = v[4]
    d["total_tokens"] = v[5] if len(v) > 5 else i + o
    return d


def plus(a, b):
    """Sum of two vectors of four or five."""
    n = max(len(a), len(b))
    a, b = tuple(a) + (0,) * (n - len(a)), tuple(b) + (0,) * (n - len(b))
    return tuple(x + y for x, y in zip(a, b))


class Roll:
    """A rollout. Every line is STEP ms after the one before unless told otherwise."""

    def __init__(self, ident=None, start="2026-10-05T10:00:00Z", step=1000, **meta):
        self.at = ms(start) if isinstance(start, str) else start
        self.step = step
        self.id = ident or uuid7(self.at, 1)
        self.lines = []
        self.ordinals = False
        self.first = self.at
        self.total = (0, 0, 0, 0)
        if meta.pop("meta", True):
            self.meta(self.id, **meta)

    def raw(self, data):
        """Bytes as they are; the caller writes the newline."""
        self.lines.append(data)
        return self

    def line(self, kind, payload, at=None, step=None):
        """One line in its envelope; AT is a time of its own."""
        if at is not None:
            self.at = ms(at) if isinstance(at, str) else at
        elif self.lines:
            self.at += self.step if step is None else step
        o = {"timestamp": stamp(self.at)}
        if self.ordinals is not False:
            o["ordinal"] = self.ordinals
            self.ordinals += 1
        o["type"] = kind
        o["payload"] = payload
        return self.raw(dumps(o) + b"\n")

    def event(self, name, /, at=None, step=None, **payload):
        return self.line("event_msg", {"type": name, **payload}, at, step)

    def item(self, name, /, at=None, step=None, **payload):
        return self.line("response_item", {"type": name, **payload}, at, step)

    def meta(self, ident, at=None, step=None, **more):
        p = {"id": ident, "timestamp": stamp(self.at), "cwd": "/src/app", "originator": "codex_exec",
             "cli_version": "0.117.0", "source": "exec", "model_provider": "openai"}
        p.update(more)
        return self.line("session_meta", {k: v for k, v in p.items() if v is not None}, at, step)

    def context(self, model="gpt-5.2", at=None, step=None, **more):
        p = {"cwd": "/src/app", "approval_policy": "never",
             "sandbox_policy": {"type": "danger-full-access"}, "model": model, "summary": "auto"}
        p.update(more)
        return self.line("turn_context", {k: v for k, v in p.items() if v is not None}, at, step)

    def started(self, turn, at=None, step=None, **more):
        return self.event("task_started", at, step, turn_id=turn, **more)

    def done(self, turn, at=None, step=None, **more):
        return self.event("task_complete", at, step, turn_id=turn, **more)

    def user(self, text="do it", at=None, step=None):
        return self.event("user_message", at, step, message=text)

    def agent(self, text="done", at=None, step=None):
        return self.event("agent_message", at, step, message=text)

    def count(self, total, last=None, at=None, step=None, limits=None, window=258400):
        """token_count; total None: info is null; last None: the same as total."""
        info = None
        if total is not None:
            self.total = tuple(total[:5])
            info = {"total_token_usage": vector(total),
                    "last_token_usage": vector(total if last is None else last),
                    "model_context_window": window}
        return self.event("token_count", at, step, info=info, rate_limits=limits)

    def used(self, last, at=None, step=None, **more):
        """token_count of one more response: the totals grow by LAST."""
        return self.count(plus(self.total, last), last, at, step, **more)

    def record(self, usage, response=None, turn=None, thread=None, at=None, step=None, **more):
        p = {"thread_id": thread or self.id, "turn_id": turn, "session_id": self.id,
             "response_id": response, "usage": vector(usage), "thread_token_usage":
             vector((9000000, 0, 9000000, 0)), "turn_token_usage": vector((8000000, 0, 8000000, 0))}
        p.update(more)
        return self.line("token_usage_record", {k: v for k, v in p.items() if v is not None}, at, step)

    def settings(self, tier, thread=None, model="gpt-5.2", at=None, step=None):
        s = {"model": model, "cwd": "/src/app", "approval_policy": "never"}
        if tier is not None:
            s["service_tier"] = tier
        return self.event("thread_settings_applied", at, step, thread_id=thread or self.id,
                          thread_settings=s)

    def data(self, upto=None):
        return b"".join(self.lines[:upto])

    def name(self, page=""):
        t = stamp(self.first)[:19].replace(":", "-")
        return f"rollout-{t}-{self.id}{'_' + page if page else ''}.jsonl"

    def place(self, page="", archived=False):
        if archived:
            return "archived_sessions/" + self.name(page)
        return "sessions/" + stamp(self.first)[:10].replace("-", "/") + "/" + self.name(page)


def dumps(o):
    return json.dumps(o, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def zst(data):
    """DATA as a zstd frame of raw blocks: what libzstd reads, without needing it here."""
    out = struct.pack("<IBB", 0xFD2FB528, 0, 0x58)  # window 2 MiB, no size, no checksum
    blocks = [data[i:i + 100000] for i in range(0, len(data), 100000)] or [b""]
    for k, b in enumerate(blocks):
        out += struct.pack("<I", (len(b) << 3) | (k == len(blocks) - 1))[:3] + b
    return out


class Home:
    """A Codex home and a database of its own."""

    def __init__(self, *rolls, name="home"):
        self.root = fresh(name)
        self.dir = os.path.join(self.root, ".codex")
        self.db = os.path.join(self.root, "usage.sqlite")
        os.makedirs(self.dir + "/sessions")
        self.config = "/dev/null"
        self.env = {}
        for r in rolls:
            self.put(r)

    def path(self, place):
        p = os.path.join(self.dir, place)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        return p

    def write(self, place, data):
        """Write (over) a file in place; returns its path."""
        p = self.path(place)
        with open(p, "wb") as f:
            f.write(data)
        return p

    def put(self, r, page="", archived=False, upto=None):
        return self.write(r.place(page, archived), r.data(upto))

    def environment(self, env=None, now=None):
        e = {k: v for k, v in os.environ.items()
             if not k.startswith(("CODEX_", "XDG_")) and k not in ("TZ", "NO_COLOR")}
        e.update(HOME=self.root, CODEX_USAGE_DATADIR=EMPTY, CODEX_USAGE_CONFIG=self.config,
                 CODEX_USAGE_NOW=now or "2026-11-22T12:00:00Z", LC_ALL="C.UTF-8", TZ="UTC")
        e.update(self.env)
        e.update(env or {})
        return e

    def ct(self, command, *args, env=None, now=None, db=True, home=True, raw=False, timeout=120):
        """Run codex-track COMMAND; returns (status, stdout, stderr)."""
        argv = [PROGRAM, command]
        if db:
            argv += ["--db", self.db]
        if home:
            argv += ["--home", self.dir]
        p = subprocess.run(argv + list(args), stdin=subprocess.DEVNULL, capture_output=True,
                           cwd=self.root, env=self.environment(env, now), timeout=timeout, check=False)
        if raw:
            return p.returncode, p.stdout, p.stderr
        return (p.returncode, p.stdout.decode("utf-8", "backslashreplace"),
                p.stderr.decode("utf-8", "backslashreplace"))

    def json(self, command, *args, **kw):
        """The JSON that a command prints; None, with a remark, when there is none."""
        rc, out, err = self.ct(command, *args, "--format", "json", **kw)
        if rc != 0:
            tap.diag(f"codex-track {command} {' '.join(args)} -> {rc}: {err}")
            return None
        try:
            return json.loads(out)
        except ValueError as e:
            tap.diag(f"codex-track {command} {' '.join(args)}: {e}: {out[:300]}")
            return None

    def ingest(self, **kw):
        return self.json("ingest", **kw)

    def groups(self, by, *args, keys=COLUMNS, **kw):
        """{group: (total, input, cached, output, reasoning)} over all time, zeros left out."""
        out = {}
        for r in self.json("report", "--by", by, *args, **kw) or []:
            v = tuple(r[k] for k in ("total_tokens", "input_tokens", "cached_input_tokens",
                                     "output_tokens", "reasoning_output_tokens"))
            if any(v):
                out[r["group"]] = tuple(a + b for a, b in zip(out.get(r["group"], (0,) * 5), v))
        return {k: v[:keys] for k, v in out.items()}

    def sessions(self, **kw):
        """{session: total tokens}."""
        return {k: v[0] for k, v in self.groups("session", **kw).items()}

    def total(self):
        return sum(self.sessions().values())

    def verdicts(self, ident, key="lines"):
        """[(line, verdict, counted tokens)] of explain."""
        x = self.json("explain", ident) or {}
        return [(l["line"], l["verdict"], l["counted"]["total_tokens"]) for l in x.get(key, [])]

    def rows(self, sql, *args):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def state(self):
        """What the database says, without row ids and places: for comparing two."""
        events = self.json("export") or []
        for e in events:
            for k in ("id", "source_id", "source"):
                e.pop(k)
        tables = {"events": sorted(map(json.dumps, events))}
        for view in ("sessions", "turns", "activity_events", "content_messages", "tool_calls"):
            db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
            cur = db.execute(f"SELECT * FROM {view}")
            names = [c[0] for c in cur.description]
            drop = {"source", "rollout_source", "home"} if view != "sessions" else {"rollout_source",
                                                                                  "home"}
            tables[view] = sorted(repr([v for n, v in zip(names, row) if n not in drop])
                                  for row in cur)
            db.close()
        return tables


def no_lab(name):
    """A check that the lab is missing for: skipped, or with CI set failed (tap.need_lab for a part of a test)."""
    if os.environ.get("CI"):
        tap.ok(False, name, "the lab (../shared/lab) is missing")
    else:
        tap.skip(name, "no lab (../shared/lab)")


def differing(a, b):
    """A short text on where two states differ; '' when they do not."""
    out = []
    for k in a:
        if a[k] != b[k]:
            out.append(k + ":")
            out += ["  only in the first:  " + x[:400] for x in a[k] if x not in b[k]][:3]
            out += ["  only in the second: " + x[:400] for x in b[k] if x not in a[k]][:3]
    return "\n".join(out)


def same_state(a, b, name):
    """Two homes' databases hold the same."""
    d = differing(a.state(), b.state())
    return tap.ok(d == "", name, d)


if not tap.BUILD or not os.path.exists(PROGRAM):
    print("1..1\nnot ok 1 - TRACK_BUILD names no folder with codex-track")
    sys.exit(1)
