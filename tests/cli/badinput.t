#!/usr/bin/env python3
"""Bad input and what it gets: files, lines, databases, options. Exit codes 0, 1, 2 throughout."""
import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import PROGRAM, Home, Roll, fresh, plus, same_state, uuid4, zst  # noqa: E402

A, B = (1000, 200, 100, 40), (2000, 500, 200, 80)  # 1,100 and 2,200
MB = 1 << 20


def good(n=1, start="2026-10-05T10:00:00Z"):
    return Roll(uuid4(n), start).context().user().agent().used(A)


def refused(h, *argv, code=1, says=(), name="", **kw):
    """The command ends with CODE, nothing on stdout, one line on stderr that holds every text of SAYS."""
    rc, out, err = h.ct(*argv, **kw)
    if isinstance(says, str):
        says = (says,)
    return tap.ok(rc == code and out == "" and err.count("\n") == 1 and err.startswith("codex-track") and all(s in err for s in says), name or
                  f"codex-track {' '.join(argv)}: exit {code}", f"exit {rc}\nstdout: {out[:300]}\nstderr: {err}\nwanted: {says}")


# --------------------------------------------------------------------- as another user
NOBODY = 65534


def as_nobody(h, *argv, env=None):
    """Run as a user without rights when we are root; None when that is not possible."""
    if os.getuid() != 0:
        return h.ct(*argv, env=env)

    def drop():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    try:
        p = subprocess.run([PROGRAM, argv[0], "--db", h.db, "--home", h.dir, *argv[1:]], env=h.environment(env), cwd="/",
                           stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=drop, check=False)
    except (PermissionError, subprocess.SubprocessError):
        return None
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def give(*paths):
    if os.getuid() == 0:
        for p in paths:
            os.chown(p, NOBODY, NOBODY)


probe = Home(good())
give(probe.root)
CAN_DROP = (as_nobody(probe, "ingest") or (1,))[0] == 0

# ------------------------------------------------------------------------- roots
h = Home(good())
for command in ("report", "export", "status", "sessions", "ingest"):
    refused(h, command, "--home", h.root + "/gone", home=False, says="/gone", name=f"{command}: a named home that is missing is exit 1, naming it")
refused(h, "ingest", "--rollouts", h.root + "/gone2", home=False, says="/gone2", name="a named folder of rollouts that is missing")
refused(h, "ingest", "--home", h.dir, "--home", h.root + "/gone3", home=False, says="/gone3", name="one of two named homes is missing")
for var in ("CODEX_HOME", "CODEX_USAGE_ROLLOUTS"):
    refused(h, "ingest", home=False, env={var: h.root + "/gone4"}, says=("/gone4", var), name=f"{var} names a folder that is missing")
h.config = h.write("../homes.json", b'{"homes":["%s/gone5"]}' % h.root.encode())
refused(h, "ingest", home=False, says="/gone5", name="the configuration names a home that is missing")
h.config = "/dev/null"
tap.ok(not os.path.exists(h.db), "none of these made a database")
refused(h, "ingest", "--home", h.write("file", b"x"), home=False, says="not a folder", name="a file in place of a home")
tap.ok(not os.path.exists(h.db), "... nor did that")
if CAN_DROP:
    h = Home(good())
    give(h.root)
    os.chmod(h.dir, 0)
    rc, out, err = as_nobody(h, "ingest")
    tap.ok(rc == 1 and out == "" and h.dir in err and err.count("\n") == 1, "a named home that cannot be read is exit 1, naming it", f"{rc} {err}")
    os.chmod(h.dir, 0o755)
    two = h.put(good(2))
    os.chmod(two, 0)
    rc, out, err = as_nobody(h, "ingest")
    tap.ok(rc == 0 and os.path.basename(two) in err and "1 failed" in out, "a file that cannot be read: named on stderr, the rest is read, exit 0", f"{rc} {out} {err}")
    tap.same(h.rows("SELECT count(*) FROM sessions"), [(1,)], "... one session is there")
    os.chmod(two, 0o644)
    tap.ok(as_nobody(h, "ingest")[0] == 0 and h.rows("SELECT count(*) FROM sessions") == [(2,)], "... and the other when it can be read")
else:
    tap.skip("a home and a file that cannot be read", "cannot become another user")

h = Home()
shutil.rmtree(h.dir)
for command in ("report", "export", "status"):
    refused(h, command, home=False, says=("No Codex data at", "--home"), name=f"{command}: the default home is missing: exit 1, with a way on")
tap.ok(not os.path.exists(h.db), "... and no database is made")
os.mkdir(h.dir)
tap.same(h.ct("report", "--json", home=False)[:2], (0, "[]\n"), "an empty default home is no error")

# ----------------------------------------------------------------------- torn last line
r = good().used(B)
h = Home()
whole = r.data()
cut = whole[:-30]
h.write(r.place(), cut)
tap.same((h.sessions(), h.json("sessions")[0]["losses"]), ({r.id: 1100}, ["cut-line"]), "a torn last line is left for later; until then it is a lower bound")
tap.same(h.rows("SELECT consumed_bytes, tail_bytes FROM ingestion_files"), [(len(whole) - len(r.lines[-1]), len(r.lines[-1]) - 30)],
         "... its bytes are not consumed")
tap.same(h.rows("SELECT count(*) FROM skip"), [(0,)], "... and it is no skipped line")
h.write(r.place(), whole[:-1])
tap.same(h.sessions(), {r.id: 1100}, "a whole line without its newline is left, too")
h.write(r.place(), whole)
tap.same((h.sessions(), h.json("sessions")[0]["losses"]), ({r.id: 3300}, []), "picked up when it is completed: 1,100 + 2,200")

# ------------------------------------------------------------- a line without a time of its own
def periods(h):
    return [(r["period"], r["total_tokens"]) for r in h.json("report")]


h = Home()
h.write("sessions/2026/11/22/rollout-2026-11-22T06-52-59-%s.jsonl" % uuid4(70), b"\x01\x02junk\nmore junk\nend")
tap.same((periods(h), h.json("sessions")[0]["losses"]), ([("2026-11-22", 0)], ["unreadable-line", "cut-line"]),
         "a file of nothing but bad bytes, cut at its end: it stands under the day in its name")
h = Home()
named = h.write("sessions/rollout-x.jsonl", b"".join(json.dumps(dict(json.loads(x), timestamp=None)).encode() + b"\n" for x in good(71).lines) + b"{")
os.utime(named, (1760000000, 1760000000))  # 2025-10-09T08:53:20Z
tap.same((periods(h), h.json("sessions")[0]["losses"]), ([("2025-10-09", 1100)], ["cut-line"]),
         "no time in the name either: the day on which the file was last written, never 1970")

# ------------------------------------------------------------------------- bad lines
COUNT = b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":%s,"last_token_usage":%s}}}'
T = b'{"input_tokens":%s,"cached_input_tokens":700,"output_tokens":300,"reasoning_output_tokens":120,"total_tokens":3300}'


def tokens(value):
    return COUNT % (T % value, T % value)


def nested(n):
    return b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":{"type":"user_message","x":' + b"[" * n + b"]" * n + b"}}"


def message(text):
    return b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"' + text + b'"}}'


LOST, PART, FINE = "the line is lost", "a part is lost", "nothing is lost"
LINES = [
    ("invalid UTF-8 in a message", message(b"a\xff\xfe\xc3(b"), FINE),
    ("invalid UTF-8 in a name that nobody knows", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"zz","payload":{"type":"\xff\xfe"}}', FINE),
    ("an escaped U+0000", message(b"a\\u0000b"), FINE),
    ("a lone high surrogate", message(b"a\\ud800b"), FINE),
    ("a lone low surrogate", message(b"a\\udc00"), FINE),
    ("two high surrogates", message(b"\\ud800\\ud800"), FINE),
    ("a NUL byte in a text", message(b"a\0b"), None),
    ("NUL bytes alone", b"\0" * 500, LOST),
    ("garbage", b"\x80\x81garbage{{{", LOST),
    ("an unfinished object", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payl', LOST),
    ("a list", b"[1,2,3]", LOST),
    ("a number", b"12", LOST),
    ("a payload that is a text", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":"x"}', LOST),
    ("a payload that is null", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":null}', None),
    ("a type that is a number", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":7,"payload":{}}', None),
    ("an empty object", b"{}", None),
    ("a count beyond 64 bits", tokens(b"99999999999999999999"), PART),
    ("a count of 2^63", tokens(b"9223372036854775808"), PART),
    ("a count of 10^400", tokens(b"1" + b"0" * 400), PART),
    ("a negative count", tokens(b"-3000"), PART),
    ("a fractional count", tokens(b"3000.5"), PART),
    ("a count that is a text", tokens(b'"3000"'), PART),
    ("a count that is an object", tokens(b'{"n":3000}'), PART),
    ("info that is a text", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":{"type":"token_count","info":"x"}}', PART),
    ("rate limits that are a list", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":{"type":"token_count","rate_limits":[1]}}', PART),
    ("used_percent that is a text", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"event_msg","payload":{"type":"token_count","rate_limits":'
     b'{"primary":{"used_percent":"10"}}}}', PART),
    ("a model that is an object", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"turn_context","payload":{"model":{"a":1},"cwd":{"b":2},"effort":[]}}', PART),
    ("a call whose name is an object", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"response_item","payload":{"type":"function_call","name":{"a":1},'
     b'"arguments":{"a":1},"call_id":[1]}}', FINE),
    ("a message whose content is a text", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"response_item","payload":{"type":"message","role":"user","content":"x"}}', FINE),
    ("50 levels of nesting", nested(50), FINE),
    ("100 levels of nesting", nested(100), LOST),
    ("100,000 levels of nesting", nested(100000), LOST),
    ("an empty line", b"", FINE),
    ("a line of blanks", b"  \t ", FINE),
    ("a line with a carriage return", message(b"x") + b"\r", FINE),
    ("a time that is none", b'{"timestamp":"yesterday","type":"event_msg","payload":{"type":"agent_message","message":"x"}}', FINE),
    ("a time in the year 60000", b'{"timestamp":"60000-01-01T00:00:00Z","type":"event_msg","payload":{"type":"agent_message","message":"x"}}', FINE),
    ("an ordinal beyond 64 bits", b'{"timestamp":"2026-10-05T10:30:00.000Z","ordinal":99999999999999999999,"type":"zz","payload":{}}', FINE),
    ("a second session_meta of nobody", b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"session_meta","payload":{"id":7}}', None),
]
big = Home()
offsets = {}
for i, (name, line, loss) in enumerate(LINES):
    r = good(1000 + i)
    r.raw(line + b"\n")
    r.count(plus(A, B), B)
    p = big.put(r)
    offsets[os.path.realpath(p)] = (name, loss, sum(len(x) for x in r.lines[:5]), r.id)
rc, out, err = big.ct("ingest", "--json")
tap.ok(rc == 0, "a home with all kinds of bad lines: exit 0", err)
tap.ok("could not be read" in err or "skipped" in err, "... with a note on stderr", err)
got = big.sessions()
skips = {}
for path, pos, reason, lost in big.rows("SELECT f.path, s.pos, s.reason, s.lost FROM skip s JOIN file f ON f.id = s.file_id"):
    skips.setdefault(path, []).append((pos, lost, reason))
for path, (name, loss, offset, ident) in offsets.items():
    s = skips.get(path, [])
    kind = LOST if any(x[1] for x in s) else PART if s else FINE
    tap.ok(got.get(ident) == 3300 and (loss is None or kind == loss) and all(x[0] == offset and x[2] for x in s) and len(s) <= 1,
           f"{name}: the counts before and behind it are used, {loss or kind}; place and reason are kept",
           f"tokens {got.get(ident)}, wanted 3300; skipped {s}, wanted at {offset}; {kind}, wanted {loss}")
lost = sum(1 for s in skips.values() for x in s if x[1])
j = big.ingest()
tap.same(sum(j["database_totals"]["skipped_by_reason"].values()), lost, "ingest --json counts skipped lines by reason")
tap.same(sum(j["database_totals"]["faulty_by_reason"].values()), sum(1 for s in skips.values() for x in s if not x[1]), "... and faulty values by reason")
tap.ok("could not be read" in big.ct("report")[1], "report says that lines could not be read")
lossy = {o[3] for p, o in offsets.items() if any(x[1] for x in skips.get(p, []))}
tap.same({s["session_id"] for s in big.json("sessions") if "unreadable-line" in s["losses"]}, lossy,
         "the sessions of lost lines are lower bounds, no other one by that sign")

# a token_count is used whatever stands beside its counters
beside = Home()
for i, text in enumerate((b"\xff\xfe", b"\\ud800", b"\\u0000", b"\xf0\x9f", b"\xed\xa0\x80")):
    r = good(2000 + i)
    r.raw(COUNT.replace(b'"type":"token_count"', b'"type":"token_count","note":"' + text + b'"') % (T % b"3000", T % b"2000") + b"\n")
    beside.put(r)
tap.same(sorted(beside.sessions().values()), [3300] * 5, "odd bytes beside the counters: each of five still counts (1,100 + 2,200)")
r = good(2100)
r.raw(b"\0" * 4096 + Roll(r.id, meta=False).count(plus(A, B), B).lines[0])
h = Home(r)
tap.same(h.sessions(), {r.id: 3300}, "a hole of NUL bytes before a good record on its line: the record counts")
r = good(2101)
r.lines[0] = b"\xef\xbb\xbf" + r.lines[0]
tap.same(Home(r).sessions(), {r.id: 1100}, "a byte order mark at the start")
r = good(2102)
r.lines = [x.rstrip(b"\n") + b"\r\n" for x in r.lines]
tap.same(Home(r).sessions(), {r.id: 1100}, "lines that end with CRLF")
r = good(2103)
r.count((9 * 10**18, 0, 1, 0), (9 * 10**18, 0, 1, 0)).count(plus(A, B), B)
tap.ok(0 <= Home(r).total() < 2**63, "counts near 2^63 overflow nothing")

# ------------------------------------------------------------------------- files of other kinds
h = Home(good(1), good(2, "2026-10-06T10:00:00Z"))
day = h.dir + "/sessions/2026/10/05"
h.write("sessions/2026/10/05/rollout-2026-10-05T10-00-00-%s.jsonl" % uuid4(50), b"")
h.write("sessions/2026/10/05/rollout-cut.jsonl", good(51).lines[0][:100])
os.mkdir(day + "/rollout-x.jsonl")
h.write("sessions/2026/10/05/rollout-x.jsonl/rollout-inside.jsonl", good(52).data())
os.mkfifo(day + "/rollout-fifo.jsonl")
os.symlink("rollout-loop.jsonl", day + "/rollout-loop.jsonl")
os.symlink("nowhere", day + "/rollout-dangling.jsonl")
os.symlink("../..", day + "/up")
os.symlink(h.dir, h.dir + "/sessions/me")
os.symlink("loop-b", h.dir + "/sessions/loop-a")
os.symlink("loop-a", h.dir + "/sessions/loop-b")
sock = socket.socket(socket.AF_UNIX)
here = os.getcwd()
os.chdir(day)
sock.bind("rollout-socket.jsonl")
os.chdir(here)
os.symlink("/dev/zero", day + "/rollout-zero.jsonl")
h.write("sessions/rollout-.jsonl", good(53).data())
h.write("sessions/rollout-upper.JSONL", good(54).data())
h.write("sessions/notrollout.jsonl", good(56).data())
deep = "sessions" + "/d" * 40
h.write(deep + "/rollout-deep.jsonl", good(57).data())
data = good(60).used(B).data()
z = zst(data)
h.write("sessions/2026/10/05/rollout-good.jsonl.zst", z)
d = good(61).used(B).data()
h.write("sessions/2026/10/05/rollout-nomagic.jsonl.zst", b"XXXX" + zst(d)[4:])
h.write("sessions/2026/10/05/rollout-plain.jsonl.zst", good(62).data())
h.write("sessions/2026/10/05/rollout-empty.jsonl.zst", b"")
cutz = good(63).used(B)
h.write("sessions/2026/10/05/rollout-cutz.jsonl.zst", zst(cutz.data())[:-len(cutz.lines[-1]) + 20])
frames = zst(good(64).data()) + b"\x28\xb5\x2f\xfd\x00\x58\xff\xff\xff"  # a second frame with a reserved block type
h.write("sessions/2026/10/05/rollout-badblock.jsonl.zst", frames)
start = time.time()
rc, out, err = h.ct("ingest", "--json", timeout=60)
tap.ok(rc == 0 and time.time() - start < 20, "a directory, a FIFO, a socket, loops, /dev/zero, damaged .zst: exit 0, and no waiting", err)
j = json.loads(out)
problems = [f"{x['file']}: {x['problem']}" for x in j["database_totals"]["problems"]]
named = " ".join(problems)
for n in ("rollout-x.jsonl", "rollout-fifo", "rollout-loop", "rollout-dangling", "rollout-socket", "rollout-zero", "rollout-nomagic", "rollout-plain",
          "rollout-cutz", "rollout-badblock"):
    tap.ok(n in named, f"{n} is named as a problem, with a reason", problems)
tap.ok(err.count("\n") >= 1 and "codex-track ingest: " in err, "... on stderr, too", err)
tap.ok(j["files"]["failed"] >= 8 and j["files"]["empty"] >= 2, "failed and empty files are counted", json.dumps(j["files"]))
got = h.sessions()
tap.same({k: v for k, v in got.items() if k in (uuid4(1), uuid4(2))}, {uuid4(1): 1100, uuid4(2): 1100}, "the rest of the home is read")
tap.same(got.get(uuid4(60)), 3300, "the good .zst is read")
tap.same(got.get(uuid4(63)), 1100, "a truncated .zst: its whole lines count")
tap.same(got.get(uuid4(64)), 1100, "a .zst with a damaged second frame: what stood before it counts")
tap.same(got.get(uuid4(53)), 1100, "rollout-.jsonl is read")
tap.ok(uuid4(50) not in {s["session_id"] for s in h.json("sessions")} and uuid4(51) not in {s["session_id"] for s in h.json("sessions")},
       "an empty file and one without a complete line are no sessions")
tap.ok(not {uuid4(54), uuid4(56), uuid4(61), uuid4(62)} & set(got), "other names and files that are no zstd give nothing")
tap.ok("not read, or not whole" in h.ct("report")[1], "report says that files were not read")
again = h.ingest()
tap.same(again["changed"], False, "a second run changes nothing")
h.write("sessions/2026/10/05/rollout-cutz.jsonl.zst", zst(cutz.data()))
tap.same(h.sessions().get(uuid4(63)), 3300, "the .zst is whole now: read")
sock.close()

h = Home()
h.write("sessions/rollout-\udcff.jsonl", good(55).data())
h.write("sessions/rollout-\udcfe.jsonl", good(56).data())
tap.same(h.sessions(), {uuid4(55): 1100, uuid4(56): 1100}, "two names that are no UTF-8 and differ by one byte: both are read")
j = h.ingest()
tap.same((j["changed"], j["files"]["unchanged"], j["files"]["gone"]), (False, 2, 0), "... and unchanged in the next run")

# ---------------------------------------------------------------------------- long lines
def measured(h, *argv):
    """(status, peak memory in MB, seconds) of a command."""
    start = time.time()
    p = subprocess.Popen([PROGRAM, *argv, "--db", h.db, "--home", h.dir], env=h.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    _, status, use = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, use.ru_maxrss / 1024, time.time() - start


with open(PROGRAM, "rb") as binary:
    ASAN = b"__asan_init" in binary.read()  # its memory says nothing of ours


def bounded(good, peak, name, detail="", most=250):
    """A check of memory below 250 MB, but for a build with ASan."""
    tap.ok(good and (ASAN or peak < most), name + (" (not judged: ASan)" if ASAN else ""), detail)


def long_line(path, r, size, end=b"\n"):
    """R's lines, a line of SIZE bytes, and the last of R's lines behind it."""
    head = b'{"timestamp":"2026-10-05T10:30:00.000Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_image","image_url":"'
    with open(path, "wb") as f:
        f.write(b"".join(r.lines[:-1]) + head)
        left = size - len(head) - 5
        while left > 0:
            left -= f.write(b"A" * min(left, MB))
        f.write(b'"}]}}' + end)
        if end:
            f.write(r.lines[-1])


r = good(70).used(B)
h = Home(good(71))
long_line(h.path(r.place()), r, 200 * MB)
rc, peak, spent = measured(h, "ingest")
bounded(rc == 0, peak, f"a line of 200 MB: exit 0, peak memory {peak:.0f} MB (< 48), {spent:.1f} s", f"exit {rc}", 48)
tap.same(h.sessions(), {r.id: 3300, uuid4(71): 1100}, "... what stands around it counts")
tap.same(h.rows("SELECT pos, bytes, lost FROM skip"), [(sum(len(x) for x in r.lines[:-1]), 200 * MB + 1, 1)], "... it is skipped by place and length")
long_line(h.path(r.place()), r, 200 * MB, b"")
rc, peak, spent = measured(h, "ingest")
bounded(rc == 0, peak, f"a torn last line of 200 MB: exit 0, peak memory {peak:.0f} MB (< 48)", f"exit {rc}", 48)
tap.same(h.sessions(), {r.id: 1100, uuid4(71): 1100}, "... left for later")
long_line(h.path(r.place()), r, 60 * MB)
rc, peak, spent = measured(h, "ingest")
tap.ok(rc == 0, f"a line of 60 MB is read: exit 0, peak memory {peak:.0f} MB", f"exit {rc}")
tap.same((h.sessions().get(r.id), h.rows("SELECT count(*) FROM skip")), (3300, [(0,)]), "... nothing is skipped")
os.unlink(h.path(r.place()))
# 200 MB in 6 KB: RLE blocks of 128 KB each between raw ones
head, tail = b"".join(r.lines[:-1]) + b'{"x":"', b'"}\n' + r.lines[-1]
bomb = struct.pack("<IBB", 0xFD2FB528, 0, 0x58) + struct.pack("<I", len(head) << 3)[:3] + head
bomb += (struct.pack("<I", (131072 << 3) | 2)[:3] + b"A") * 1600 + struct.pack("<I", len(tail) << 3 | 1)[:3] + tail
z = Home()
z.write("sessions/rollout-bomb.jsonl.zst", bomb)
rc, peak, spent = measured(z, "ingest")
bounded(rc == 0, peak, f"a line of 200 MB compressed to {len(bomb)} bytes: peak memory {peak:.0f} MB, {spent:.1f} s", f"exit {rc}")
tap.same(z.sessions(), {r.id: 3300}, "... what stands around it counts")

# ------------------------------------------------------------------- files that change under the reader
line = good(80).lines[-2]
crashed = []
for delay in (0.01, 0.03, 0.06, 0.1, 0.2):
    h = Home(good(81))
    p = h.path("sessions/rollout-shrinks.jsonl")
    with open(p, "wb") as f:
        f.write(good(80).data())
        for _ in range(40):
            f.write(line * (MB // len(line)))
    q = subprocess.Popen([PROGRAM, "ingest", "--db", h.db, "--home", h.dir], env=h.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE)
    time.sleep(delay)
    os.truncate(p, len(good(80).data()) + 50)
    e = q.communicate(timeout=60)[1]
    if q.returncode != 0:
        crashed.append((delay, q.returncode, e))
    if h.sessions() != {uuid4(80): 1100, uuid4(81): 1100}:
        crashed.append((delay, h.sessions()))
    os.unlink(p)
tap.ok(not crashed, "a file that is truncated while it is read (five times): exit 0, and the next run has its counts", crashed)


def many(n=400):
    h = Home()
    for i in range(n):
        h.put(Roll(uuid4(3000 + i), "2026-10-05T10:00:00Z").context().used(A).used(B).agent("x" * 20000).agent("y" * 20000))
    return h


full = many()
full.ct("ingest")
h = many()
ended = []
for delay in (0.02, 0.05, 0.1, 0.15):
    q = subprocess.Popen([PROGRAM, "ingest", "--db", h.db, "--home", h.dir], env=h.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    time.sleep(delay)
    q.kill()
    ended.append(q.wait())
rc = h.ct("ingest")[0]
tap.ok(rc == 0, f"killed four times in mid-ingest ({ended}), then run again: exit 0")
same_state(h, full, "... the database is that of an undisturbed run")
h = many()
q = subprocess.Popen([PROGRAM, "ingest", "--db", h.db, "--home", h.dir], env=h.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
time.sleep(0.05)
q.send_signal(signal.SIGINT)
out, err = q.communicate(timeout=60)
tap.ok(q.returncode in (130, 0) and out.count(b"\n") <= 2 and err.count(b"\n") <= 1, f"Ctrl-C in mid-ingest: exit 130 (here {q.returncode}), one line", err)
h.ct("ingest")
same_state(h, full, "... and the next run ends in the same database")

# ----------------------------------------------------------------------------- databases
h = Home(good())
for what, content in (("a text", b"This is no database. " * 100), ("a short text", b"hello\n"), ("a PNG", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)):
    with open(h.db, "wb") as f:
        f.write(content)
    for command in ("ingest", "report", "status"):
        refused(h, command, says="is not a database", name=f"{command}: {what} in place of the database: exit 1")
    with open(h.db, "rb") as f:
        tap.ok(f.read() == content and not os.path.exists(h.db + "-wal"), f"... {what} is left as it was")
    os.unlink(h.db)
open(h.db, "wb").close()
tap.same(h.sessions(), {uuid4(1): 1100}, "an empty file is a new database")
db = sqlite3.connect(h.db)
db.execute("PRAGMA user_version = 999")
db.close()
with open(h.db, "rb") as f:
    before = f.read()
for command in ("ingest", "report", "export", "status", "sessions"):
    refused(h, command, says=("newer version", "999"), name=f"{command}: a newer schema: exit 1")
with open(h.db, "rb") as f:
    tap.ok(f.read() == before, "... the file is left as it was")
os.unlink(h.db)
for pragma in ("", "PRAGMA application_id = 1234"):
    db = sqlite3.connect(h.db)
    db.executescript("CREATE TABLE notes(a); INSERT INTO notes VALUES ('mine'); PRAGMA user_version = 3;" + pragma)
    db.close()
    with open(h.db, "rb") as f:
        before = f.read()
    for command in ("ingest", "report"):
        refused(h, command, says=("another program", "--db"), name=f"{command}: another program's database ({pragma or 'no application_id'}): exit 1")
    with open(h.db, "rb") as f:
        tap.ok(f.read() == before, "... the file is left as it was")
    os.unlink(h.db)
os.mkdir(h.db)
refused(h, "ingest", name="a folder in place of the database: exit 1")
os.rmdir(h.db)
refused(h, "ingest", "--db", h.write("../file", b"x") + "/x/usage.sqlite", db=False, name="a database below a file: exit 1")
h.sessions()
size = os.path.getsize(h.db)
with open(h.db, "r+b") as f:
    f.seek(4096)
    f.write(b"\xa5" * (size - 8192))
for command in ("report", "status"):
    rc, out, err = h.ct(command)
    tap.ok(rc == 1 and out == "" and err.count("\n") == 1, f"{command}: a damaged database: exit 1, one line", f"{rc} {out[:200]} {err}")

if CAN_DROP:
    h = Home(good())
    h.sessions()
    h.put(good(2))
    with open(h.db, "rb") as f:
        before = f.read()
    os.chmod(h.db, 0o444)
    os.chmod(h.root, 0o555)
    for command in ("ingest", "report", "status"):
        rc, out, err = as_nobody(h, command)
        tap.ok(rc == 1 and out == "" and err.count("\n") == 1 and h.db in err, f"{command}: a read-only file and folder: exit 1, naming it", f"{rc} {err}")
    os.chmod(h.root, 0o755)
    give(h.root)
    rc, out, err = as_nobody(h, "ingest")
    tap.ok(rc == 1 and out == "" and err.count("\n") == 1 and h.db in err, "ingest: a read-only file: exit 1, naming it", f"{rc} {err}")
    with open(h.db, "rb") as f:
        tap.ok(f.read() == before, "... the file is left as it was")
    os.chmod(h.db, 0o644)
    tap.same(h.sessions(), {uuid4(1): 1100, uuid4(2): 1100}, "... and the same command works when it can be written")
    h = Home(good())
    os.chmod(h.root, 0o555)
    rc, out, err = as_nobody(h, "ingest")
    tap.ok(rc == 1 and out == "" and err.count("\n") == 1, "no database, a read-only folder: exit 1", f"{rc} {err}")
    os.chmod(h.root, 0o755)
else:
    tap.skip("read-only file and folder", "cannot become another user")

# locked by sqlite
h = Home(good())
h.sessions()
h.put(good(2))
db = sqlite3.connect(h.db, isolation_level=None)
db.execute("BEGIN IMMEDIATE")
start = time.time()
refused(h, "ingest", "--wait", "1", says="in use by another program", name="ingest: another connection writes: exit 1")
start = time.time()
rc, out, err = h.ct("report", "--json")
spent = time.time() - start
tap.ok(rc == 0 and '"total_tokens": 1100' in out and err.count("\n") == 1 and "answering from what is there" in err,
       "report: another connection writes: it answers from what is there and says so", f"{rc} {out[:200]} {err}")
tap.ok(spent < 4, f"... after 2 s at most (design.md 6), here {spent:.1f} s")
db.execute("ROLLBACK")
db.close()
tap.same(h.sessions(), {uuid4(1): 1100, uuid4(2): 1100}, "... and afterwards all is there")
same_state(h, Home(good(), good(2)), "... as in an undisturbed run")

# locked by another ingest
h = Home(good())
h.sessions()
h.put(good(2))
lock = open(h.db + ".lock", "r+b")
fcntl.flock(lock, fcntl.LOCK_EX)
lock.seek(0)
lock.truncate()
lock.write(b"4242\n")
lock.flush()
start = time.time()
refused(h, "ingest", "--wait", "0", says=("4242",), name="ingest --wait 0: another ingest is at work: exit 1, with its process")
refused(h, "ingest", "--wait", "1", says=("4242",), name="ingest --wait 1")
tap.ok(0.9 < time.time() - start < 3, f"... after that second ({time.time() - start:.1f} s)")
start = time.time()
for command, want in (("report", "1,100"), ("status", uuid4(1)), ("sessions", uuid4(1)), ("export", uuid4(1))):
    rc, out, err = h.ct(command)
    tap.ok(rc == 0 and want in out and uuid4(2) not in out and err.count("\n") == 1 and "4242" in err, f"{command}: it answers from what is there and says so",
           f"{rc} {out[:200]} {err}")
tap.ok(time.time() - start < 12, f"... each after 2 s at most ({(time.time() - start) / 4:.1f} s)")
lock.close()
tap.same(h.sessions(), {uuid4(1): 1100, uuid4(2): 1100}, "the lock is free: the rest is read")

# ---------------------------------------------------------------------------- disk full
def filled(n=60):
    h = Home()
    for i in range(n):
        r = Roll(uuid4(4000 + i), "2026-10-05T10:00:00Z").context()
        for k in range(40):
            r.used(A).user().agent().item("function_call", name="shell", call_id=f"c{k}", arguments='{"command":["ls"]}')
        h.put(r)
    return h


want = filled()
want.ct("ingest")
disk = fresh("disk")
mounted = os.getuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], stderr=subprocess.DEVNULL, check=False).returncode == 0
bad, full_seen = [], 0
h = filled()
try:
    for kb in (16, 64, 160, 260, 340, 420, 500, 700, 900, 1200):
        if mounted:
            subprocess.run(["mount", "-o", f"remount,size={kb}k", disk], check=True)
            h.db = disk + "/usage.sqlite"
            rc, out, err = h.ct("ingest")
        else:
            def limit(n=kb):
                import resource
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (n * 1024, n * 1024))
            h.db = disk + "/usage.sqlite"
            p = subprocess.run([PROGRAM, "ingest", "--db", h.db, "--home", h.dir], env=h.environment(), preexec_fn=limit, capture_output=True,
                               stdin=subprocess.DEVNULL, check=False)
            rc, out, err = p.returncode, p.stdout.decode(), p.stderr.decode()
        if rc == 0:
            break
        full_seen += 1
        if rc != 1 or out != "" or err.count("\n") != 1 or h.db not in err:
            bad.append(f"{kb} KB: exit {rc}, {out!r}, {err!r}")
        # what is there is a whole database or none
        if os.path.exists(h.db) and os.path.getsize(h.db) > 0:
            try:
                if h.rows("PRAGMA integrity_check") != [("ok",)]:
                    bad.append(f"{kb} KB: integrity_check")
            except sqlite3.OperationalError as e:
                tap.diag(f"{kb} KB: {e}")
    tap.ok(full_seen >= 3 and not bad, f"disk full ({'a small tmpfs' if mounted else 'RLIMIT_FSIZE'}, {full_seen} sizes): exit 1, one line that names the database",
           "\n".join(bad))
    if mounted:
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
    rc, out, err = h.ct("ingest")
    tap.ok(rc == 0, "the same command with room again: exit 0", err)
    same_state(h, want, "... and the database is that of an undisturbed run")
    if mounted:
        # the database is there, a further session finds no room
        h.ct("ingest")
        h.put(good(4999))
        used = sum(os.path.getsize(os.path.join(disk, x)) for x in os.listdir(disk)) // 1024 + 8
        subprocess.run(["mount", "-o", f"remount,size={used}k", disk], check=True)
        rc, out, err = h.ct("report")
        tap.ok(rc == 1 and out == "" and err.count("\n") == 1 and "disk is full" in err, "report with a full disk and new files: exit 1, says so", f"{rc} {out[:200]} {err}")
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        want.put(good(4999))
        want.ct("ingest")
        h.ct("ingest")
        same_state(h, want, "... and with room again nothing is missing or double")
    else:
        tap.skip("report with a full disk", "no tmpfs may be mounted")
finally:
    if mounted:
        subprocess.run(["umount", disk], check=False)

# ------------------------------------------------------------------------------- usage
h = Home(good())
h.ct("ingest")
FORMS = "7d"  # the accepted forms of --last name it
for argv, says in (
        (("report", "--last", "7"), (FORMS, "12h")), (("report", "--last", "1.5h"), (FORMS,)), (("report", "--last", "2m"), ("min", "mo")),
        (("report", "--last", "7 d"), (FORMS,)), (("report", "--last", "-1d"), (FORMS,)), (("report", "--last", ""), (FORMS,)),
        (("report", "--last", "d"), (FORMS,)), (("report", "--last", "99999999d"), ("1970",)), (("report", "--last", "99999999999999999999h"), ("1970",)),
        (("report", "--last", "7x"), (FORMS,)), (("report", "--last", "yesterday"), (FORMS,)),
        (("report", "--from", "12/29/2025"), ("YYYY-MM-DD",)), (("report", "--from", "2026-13-01"), ("YYYY-MM-DD",)),
        (("report", "--to", "2026-02-30"), ("YYYY-MM-DD",)), (("report", "--from", "2026-01-02T25:00"), ("YYYY-MM-DD",)),
        (("report", "--from", "tomorrow"), ("YYYY-MM-DD",)), (("report", "--from", ""), ("YYYY-MM-DD",)), (("report", "--to", "2026"), ("YYYY-MM-DD",)),
        (("report", "--from", "2026-01-02T10:00+25:00"), ("YYYY-MM-DD",)), (("export", "--from", "x"), ("YYYY-MM-DD",)),
        (("sessions", "--to", "x"), ("YYYY-MM-DD",)),
        (("report", "--from", "2026-01-03", "--to", "2026-01-02"), ("before",)),
        (("report", "--from", "2026-01-02T10:00", "--to", "2026-01-02T10:00"), ("before",)),
        (("report", "--today", "--last", "7d"), ("--today", "--last")), (("report", "--today", "--from", "2026-01-02"), ("--today", "--from")),
        (("report", "--last", "7d", "--to", "2026-01-02"), ("--last", "--to")), (("export", "--today", "--last", "7d"), ("--today", "--last")),
        (("report", "--by", "tool"), ("model", "directory", "session")), (("report", "--by", ""), ("model",)),
        (("report", "--group", "year"), ("hour", "day", "week", "month")), (("report", "--group", ""), ("day",)),
        (("report", "--format", "xml"), ("table", "json", "csv", "ndjson")), (("report", "--format", ""), ("json",)),
        (("export", "--format", "table"), ("json", "csv", "ndjson")), (("status", "--format", "csv"), ("text", "json")),
        (("explain", "abcd", "--format", "csv"), ("text", "json")), (("ingest", "--format", "csv"), ("text", "json")),
        (("report", "--json", "--format", "csv"), ("--json", "--format")),
        (("report", "--tz", "Europe/Atlantis"), ("Europe/Stockholm", "local")), (("report", "--tz", "../../etc/passwd"), ("local",)),
        (("report", "--frm", "x"), ("--frm", "--help")), (("report", "-x"), ("-x", "--help")), (("report", "--last"), ("--last",)),
        (("report", "extra"), ("extra", "--help")), (("clear-db", "--home", "x"), ("--home",)), (("report", "--out", "x"), ("--out",)),
        (("report", "--yes"), ("--yes",)), (("report", "--today=1"), ("--today",)),
        (("ingest", "--wait", "soon"), ("seconds",)), (("ingest", "--wait", "-1"), ("seconds",)), (("ingest", "--wait", "1.5"), ("seconds",)),
        (("sessions", "--limit", "many"), ("whole number",)), (("report", "--model", ""), ("model",)), (("explain", "a"), ("4",))):
    refused(h, *argv, code=2, says=says, home="--home" not in argv and argv[0] != "clear-db")
for argv, says in ((["bogus"], ("bogus", "--help")), ([""], ("--help",)), (["--bogus"], ("--help",)), (["Report"], ("Report",))):
    p = subprocess.run([PROGRAM, *argv], env=h.environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    e = p.stderr.decode()
    tap.ok(p.returncode == 2 and p.stdout == b"" and e.count("\n") == 1 and all(x in e for x in says), f"codex-track {argv[0]!r}: exit 2, says how to go on", e)
p = subprocess.run([PROGRAM], env=h.environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
tap.ok(p.returncode == 2 and p.stdout == b"" and b"Usage" in p.stderr and b"report" in p.stderr, "no command: exit 2, the commands on stderr")
for argv in (["--help"], ["-h"], ["--version"], *([c, "--help"] for c in ("report", "export", "status", "sessions", "explain", "ingest", "clear-db"))):
    p = subprocess.run([PROGRAM, *argv], env=h.environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    tap.ok(p.returncode == 0 and p.stdout and p.stderr == b"", f"codex-track {' '.join(argv)}: exit 0, on stdout")
tap.ok("empty period" not in h.ct("report", "--from", "2026-10-05")[2], "--from alone is no contradiction")
refused(h, "report", code=2, env={"CODEX_USAGE_NOW": "now"}, says="CODEX_USAGE_NOW", name="CODEX_USAGE_NOW that is no time: exit 2")
for what, text, says in (("no JSON", b"{", ()), ("a list", b"[]", ("object",)), ("a wrong timezone", b'{"timezone":7}', ("timezone",)),
                         ("a wrong week_start", b'{"week_start":"funday"}', ("week_start", "mon")), ("wrong homes", b'{"homes":"x"}', ("homes",))):
    h.config = h.write("../config.json", text)
    refused(h, "report", code=2, says=("config.json", *says), name=f"a configuration with {what}: exit 2, naming the file")
h.config = h.write("../config.json", b'{"timezon":"UTC"}')
rc, out, err = h.ct("report")
tap.ok(rc == 0 and '"timezon"' in err and "timezone" in err and err.count("\n") == 1, "an unknown key of the configuration: a warning with the nearest name, exit 0", err)
h.config = h.write("../config.json", b'{"a\\nb\\u001b[31m\\u202e":1, "' + "ä".encode() * 50 + b'":2}')
rc, out, err = h.ct("report")
tap.ok(rc == 0 and err.count("\n") == 2 and '"a\ufffdb\ufffd[31m\ufffd"' in err and '"' + "ä" * 30 + '"' in err and "\x1b" not in err,
       "... on one line of its own, without control characters, cut between characters", repr(err))
h.config = h.root + "/none.json"
tap.ok(h.ct("report")[0] == 0, "a configuration that is not there is none")
h.config = "/dev/null"

# -------------------------------------------------------------------------------- pipes
r = Roll(uuid4(5000), "2026-10-05T10:00:00Z", 60000).context()
for _ in range(3000):
    r.used((10, 0, 1, 0))
h = Home(r)
h.ct("ingest")
for command in (["export"], ["export", "--format", "csv"], ["report", "--group", "hour"], ["explain", r.id], ["sessions"], ["report", "--json", "--group", "hour"]):
    p = subprocess.Popen([PROGRAM, *command, "--db", h.db, "--home", h.dir], env=h.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    p.stdout.readline()
    p.stdout.close()
    err = p.stderr.read()
    rc = p.wait(timeout=30)
    tap.ok(err == b"" and rc in (0, -signal.SIGPIPE), f"{' '.join(command[:3])} | head -1 ends quietly", f"{rc} {err}")
p = subprocess.run(f"'{PROGRAM}' export --db '{h.db}' --home '{h.dir}' | head -1", shell=True, env=h.environment(), capture_output=True, check=False)
tap.ok(p.stdout == b"[\n" and p.stderr == b"", "the same in a shell")

tap.done()
