"""kit.py - what the tests over the lab share: the folders and their truth, runs
of codex-track in an environment of their own, rollout files read independently.

Every test begins with

    import os, sys
    sys.dont_write_bytecode = True
    sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
    import kit, tap
    tap.need_lab()

Importing kit sets the environment of all runs; what is written lies below the
current folder and is removed at the end.
"""
import concurrent.futures
import ctypes
import glob
import itertools
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile

import tap

FIVE = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")
NOW = "2026-11-22T12:00:00Z"
PROGRAM = os.path.join(os.path.abspath(tap.BUILD), "codex-track")
LAB = os.path.abspath(tap.LAB) if tap.LAB else ""

tempfile.tempdir = os.getcwd()  # tap.folder() too
_numbers = itertools.count(1)


def _environment():
    for name in list(os.environ):
        if name.startswith(("CODEX_", "XDG_")) or name in ("TZ", "TZDIR"):
            del os.environ[name]
    os.environ.update(HOME=temp("home-of-user"), LC_ALL="C.UTF-8", CODEX_USAGE_CONFIG="/dev/null",
                      CODEX_USAGE_DATADIR=os.path.join(os.path.abspath(tap.SRC), "conf"), CODEX_USAGE_NOW=NOW)


def temp(name="t"):
    """A new empty folder of this test."""
    path = os.path.join(tap.folder(), f"{next(_numbers)}-{name}")
    os.makedirs(path)
    return path


def drop(path):
    """Remove a folder that is not needed any more."""
    tap.remove(path)


class Failed(Exception):
    """A run of codex-track that did not exit 0, or an answer that cannot be right."""


def track(*argv, cwd=None):
    """Run codex-track; its stdout. Failed unless it exits 0."""
    p = subprocess.run((PROGRAM,) + argv, stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd, check=False)
    if p.returncode != 0:
        raise Failed(f"codex-track {' '.join(argv)}: exit {p.returncode}: {p.stderr.decode('utf-8', 'replace')}")
    return p.stdout.decode("utf-8")


def track_json(*argv, cwd=None):
    """The same, its output read as JSON."""
    return json.loads(track(*argv, cwd=cwd))


def each(fn, items):
    """fn of every item, two at a time, in order: a list of (item, result); an exception is
    the result of its item."""
    def guarded(item):
        try:
            return fn(item)
        except Exception as e:  # pylint: disable=broad-except
            return e
    items = list(items)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(zip(items, pool.map(guarded, items)))


def problem(result):
    """Text of an exception that `each` caught, else ''."""
    if not isinstance(result, Exception):
        return ""
    return f"{type(result).__name__}: {result}"


# ---- the lab ----

def folders():
    """Names VERSION/SCENARIO, sorted."""
    return sorted("/".join(p.split("/")[-3:-1]) for p in glob.glob(LAB + "/*/*/truth.json"))


def home(name):
    return os.path.join(LAB, name)


_truths = {}


def truth(name):
    if name not in _truths:
        with open(home(name) + "/truth.json", encoding="utf-8") as f:
            _truths[name] = json.load(f)
    return _truths[name]


def five(d):
    return tuple(d[k] for k in FIVE)


def usage_six(u):
    """(input, cached, cache write, output, reasoning, total) of a request's usage in truth.json."""
    i, o = u.get("input_tokens_details") or {}, u.get("output_tokens_details") or {}
    return (u["input_tokens"], i.get("cached_tokens", 0), i.get("cache_write_tokens", 0),
            u["output_tokens"], o.get("reasoning_tokens", 0), u["total_tokens"])


def delivered(name):
    """Requests of the folder whose answer reached the client and had usage."""
    return [r for r in truth(name)["requests"] if r["delivered"] and r.get("usage")]


def add(sums, key, values):
    """sums[key] += values, component by component."""
    old = sums.get(key)
    sums[key] = tuple(values) if old is None else tuple(a + b for a, b in zip(old, values))


def rollout_files(name):
    """Paths of the rollouts, relative to the folder: as Codex would read them."""
    top = home(name)
    out = []
    for sub in ("sessions", "archived_sessions"):
        for d, _, names in os.walk(os.path.join(top, sub)):
            out += [os.path.relpath(os.path.join(d, n), top) for n in names
                    if n.startswith("rollout-") and n.endswith((".jsonl", ".jsonl.zst"))]
    return sorted(out, key=os.path.basename)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def move(name, to, day, hour):
    """The rollouts of a folder into the home TO, on another day (of UTC); HOUR takes the place of
    06 in the lab's files, which are from 06:43 to 07:17."""
    for path in rollout_files(name):
        text = file_bytes(os.path.join(home(name), path))
        for old, new in ((b"06", hour), (b"07", hour + 1)):
            text = text.replace(b"2026-11-22T" + old + b":", f"{day}T{new:02}:".encode())
        there = os.path.join(to, "sessions", name, os.path.basename(path).removesuffix(".zst"))
        os.makedirs(os.path.dirname(there), exist_ok=True)
        with open(there, "wb") as f:
            f.write(text)


def file_bytes(path):
    """Text of a rollout, decompressed."""
    return unzstd(read(path)) if path.endswith(".zst") else read(path)


def unzstd(data):
    """By libzstd, which the program needs as well; Python has it from 3.14 on only."""
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_decompress.restype = ctypes.c_size_t
    lib.ZSTD_decompress.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t)
    size = 1 << 20
    while size <= 1 << 30:
        room = ctypes.create_string_buffer(size)
        n = lib.ZSTD_decompress(room, size, data, len(data))
        if not lib.ZSTD_isError(ctypes.c_size_t(n)):
            return room.raw[:n]
        size *= 4
    raise Failed("not decompressed")


class Line:
    """A complete line of a rollout: number from 1, text, and the object in it (None: unparsable)."""

    def __init__(self, number, text):
        self.n, self.text, self.o = number, text, None
        try:
            o = json.loads(text.decode("utf-8", "replace"))
            self.o = o if isinstance(o, dict) else None
        except ValueError:
            pass

    @property
    def type(self):
        return self.o.get("type") if self.o else None

    @property
    def payload(self):
        p = self.o.get("payload") if self.o else None
        return p if isinstance(p, dict) else {}

    @property
    def sub(self):
        """Type of the payload of an event_msg or response_item; of a bare line its own type."""
        return self.payload.get("type") if "payload" in (self.o or {}) else self.type


def records(line):
    """Objects on a line: of a torn line the records that begin inside it."""
    if line.o is not None:
        return [line.o]
    out = []
    for m in re.finditer(rb'(?<!^)\{"timestamp":"', line.text):
        piece = Line(line.n, line.text[m.start():])
        out += [piece.o] if piece.o is not None else []
    return out


class Rollout:
    """One file, read without any rule of the program."""

    def __init__(self, path):
        text = file_bytes(path)
        self.name = os.path.basename(path)
        pieces = text.split(b"\n")
        self.tail = pieces.pop()  # what stands behind the last newline
        self.lines = [Line(i + 1, p) for i, p in enumerate(pieces)]
        first = next((l for l in self.lines if l.o and (l.type == "session_meta" or "id" in l.o)), None)
        self.thread = None
        if first is not None:
            self.thread = first.payload.get("id") if first.type == "session_meta" else first.o["id"]


_rollouts = {}


def rollouts(name):
    """The Rollouts of a folder that hold a complete line."""
    if name not in _rollouts:
        read = [Rollout(os.path.join(home(name), p)) for p in rollout_files(name)]
        _rollouts[name] = [r for r in read if r.lines]
    return _rollouts[name]


# ---- databases ----

def ingest(db, *roots, cwd=None):
    """`codex-track ingest` of ROOTS (arguments); its JSON summary."""
    return track_json("ingest", "--db", db, *roots, "--json", cwd=cwd)


def fill(name):
    """A fresh database with one folder of the lab; its path."""
    db = os.path.join(temp(name.replace("/", "-")), "usage.db")
    ingest(db, "--home", home(name))
    return db


def query(db, sql, *args):
    c = sqlite3.connect(db)
    try:
        return c.execute(sql, args).fetchall()
    finally:
        c.close()


def _stop(*_):
    sys.exit(1)


signal.signal(signal.SIGTERM, _stop)
_environment()
