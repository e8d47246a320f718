#!/usr/bin/env python3
"""Compressed rollouts that are made to hurt: bombs, windows, frames. Read as far as the bounds of base/linerd.h go, named, never a failure."""
import os
import struct
import subprocess
import sys
import time

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import PROGRAM, Home, Roll, same_state, uuid4, zst  # noqa: E402

A, B = (1000, 200, 100, 40), (2000, 500, 200, 80)  # 1,100 and 2,200
BLOCK = 131072
MB = 1 << 20
PEAK = 48  # MB, of the whole program
WORST = 20  # seconds; what is measured stands in the name of the check

with open(PROGRAM, "rb") as binary:
    ASAN = b"__asan_init" in binary.read()  # its memory and time say nothing of ours


def raw(data):
    """Blocks that hold DATA as it is."""
    return b"".join(struct.pack("<I", len(data[i:i + BLOCK]) << 3)[:3] + data[i:i + BLOCK] for i in range(0, len(data), BLOCK))


def rle(byte, blocks):
    """BLOCKS times 128 KiB of one byte, 4 bytes each."""
    return (struct.pack("<I", BLOCK << 3 | 2)[:3] + byte) * blocks


def framed(body, window=21):
    """A frame of these blocks."""
    return struct.pack("<IBB", 0xFD2FB528, 0, (window - 10) << 3) + body + struct.pack("<I", 1)[:3]


# A process inherits the peak of the one that started it, so a small one stands between.
BETWEEN = ("import resource, subprocess, sys\n"
           "rc = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)\n"
           "print(rc, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n")


def measured(h, *argv):
    """(status, peak memory in MB, seconds, stderr) of a command."""
    start = time.time()
    p = subprocess.run([sys.executable, "-S", "-c", BETWEEN, PROGRAM, *argv, "--db", h.db, "--home", h.dir], env=h.environment(),
                       stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    rc, peak = (p.stdout or "99 0").split()
    return int(rc), int(peak) / 1024, time.time() - start, p.stderr


def bounded(h, name, says=""):
    """An ingest of H: exit 0, memory and time within bounds, SAYS on stderr."""
    rc, peak, spent, err = measured(h, "ingest")
    tap.ok(rc == 0 and (ASAN or (peak <= PEAK and spent < WORST)) and says in err and (err == "" or says != ""),
           f"{name}: exit 0, peak memory {peak:.0f} MB (<= {PEAK}), {spent:.2f} s" + (" (not judged: ASan)" if ASAN else ""),
           f"exit {rc}\nstderr: {err}\nwanted: {says}")


def once_more(h, name):
    """A second run opens nothing and writes nothing."""
    j = h.ingest()
    tap.same((j["changed"], j["files"]["unchanged"], j["files"]["read"]), (False, 1, 0), f"{name}: the next run does not open it again")


def session(n):
    r = Roll(uuid4(n), "2026-10-05T10:00:00Z").context().user().used(A)
    return r, r.place() + ".zst"


TEXT = "more text than 256 MiB and 1,000 bytes for each of its own"
LINES = "more lines than 20,000 and one for each 8 of its bytes"

# ------------------------------------------------------------------- one line without an end
r, place = session(1)
h = Home()
bomb = framed(raw(r.data() + b'{"x":"') + rle(b"A", 245760))  # 30 GiB in 983,040 bytes
h.write(place, bomb)
bounded(h, f"an endless line, {len(bomb):,} bytes that unpack to 30 GiB", TEXT)
tap.same(h.sessions(), {r.id: 1100}, "... what stands before it counts")
tap.same(h.rows("SELECT state, problem FROM file"), [("read", "compressed data: " + TEXT)], "... the file is named with the bound that it broke")
tap.ok(h.ct("report")[0] == 0 and "not read, or not whole" in h.ct("report")[1], "... a report says that a file was not read whole")
once_more(h, "an endless line")
os.utime(h.path(place), (1760000000, 1760000000))
j = h.ingest()
tap.same((j["files"]["read"], j["files"]["unchanged"]), (1, 0), "... touched, it is tried again")
tap.same(h.sessions(), {r.id: 1100}, "... with the same result")
h.write(place, zst(r.used(B).data()))
tap.same((h.sessions(), h.rows("SELECT state, problem FROM file")), ({r.id: 3300}, [("read", None)]), "... and whole when it is a good file: 1,100 + 2,200")

h = Home()
h.write(place, framed(rle(b"A", 245760)))
bounded(h, "nothing but an endless line", TEXT)
tap.same(h.rows("SELECT state, problem FROM file"), [("failed", "compressed data: " + TEXT)], "... the file is named")
once_more(h, "nothing but an endless line")

# -------------------------------------------------------------------------- endless lines
r, place = session(2)
h = Home()
bomb = framed(raw(r.data()) + rle(b"\n", 245760))
h.write(place, bomb)
bounded(h, f"endless empty lines, {len(bomb):,} bytes that unpack to 30 GiB", LINES)
tap.same(h.sessions(), {r.id: 1100}, "... what stands before them counts")
once_more(h, "endless empty lines")


def packed(data):
    """DATA as the zstd command compresses it, or None where there is none."""
    try:
        return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout
    except FileNotFoundError:
        return None


if packed(b"") is None:
    tap.skip("endless bad lines, endless records", "no zstd")
else:
    for what, line in (("bad lines", b"x\n"), ("records", Roll(uuid4(3), meta=False).agent("x").lines[0])):
        r, place = session(3)
        h = Home()
        frame = packed(line * (64 * MB // len(line)))
        bomb = zst(r.data()) + frame * (MB // len(frame))
        h.write(place, bomb)
        bounded(h, f"endless {what}, {len(bomb):,} bytes that unpack to {len(bomb) // len(frame) // 16} GiB", LINES)
        tap.same(h.sessions(), {r.id: 1100}, "... what stands before them counts")
        n = h.rows("SELECT count(*) FROM skip")[0][0] + h.rows("SELECT count(*) FROM message")[0][0]
        tap.ok(20000 <= n <= 20000 + len(bomb) // 8 + 10, f"... {n:,} rows came of it", os.path.getsize(h.db))
        once_more(h, f"endless {what}")

# ------------------------------------------------------------------- a dense line among good ones
r, place = session(4)
h = Home()
h.write(place, framed(raw(r.data() + b'{"x":"') + rle(b"A", 160) + raw(b'"}\n' + r.used(B).lines[-1])))  # 20 MiB in 640 bytes
bounded(h, "a line of 20 MiB in 640 bytes", "could not be read")
tap.same(h.sessions(), {r.id: 3300}, "... the counts before and behind it are used")
tap.same(h.rows("SELECT reason, bytes, lost FROM skip"), [("longer than 8 MiB, compressed more than 1,000 to 1", 160 * BLOCK + 9, 1)], "... it is skipped by place and length")
# the same text, not compressed: another file of the same thread
h.write(r.place(archived=True), r.data()[:-len(r.lines[-1])] + b'{"x":"' + b"A" * (160 * BLOCK) + b'"}\n' + r.lines[-1])
h.ct("ingest")
tap.same(h.rows("SELECT count(*) FROM file WHERE problem LIKE '%lines of its own%'"), [(0,)], "... a plain copy of it is the same file")

# ---------------------------------------------------------------------- two files of one thread
r, place = session(5)
h = Home()
h.write(place, framed(raw(b'{"x":"') + rle(b"A", 1) + raw(b'"}\n' + r.data()) + rle(b"A", 245760)))
h.write("archived_sessions/" + r.name() + ".zst", framed(raw(b'{"x":"') + rle(b"A", 1) + raw(b'"}\n' + r.data()) + rle(b"A", 245760)))
bounded(h, "two bombs of one thread, compared with each other", TEXT)
tap.same(h.sessions(), {r.id: 1100}, "... one of them counts")

# ------------------------------------------------------------------------------- windows
r, place = session(6)
h = Home()
h.write(place, framed(raw(r.data() + b'{"x":"') + rle(b"A", 512) + raw(b'"}\n' + r.used(B).lines[-1]), window=25))
bounded(h, "a window of 32 MiB that is used up", "could not be read")
tap.same(h.sessions(), {r.id: 3300}, "... it is read")
for log in (26, 27, 31, 41):
    h.write(place, framed(raw(r.data()), window=log))
    rc, peak, spent, err = measured(h, "ingest")
    tap.ok(rc == 0 and (ASAN or peak <= PEAK) and "too much memory" in err, f"a window of 2^{log} bytes is refused with a reason", f"{rc} {peak} {err}")
h.write(place, framed(raw(r.data()), window=25))
tap.same((h.sessions(), h.rows("SELECT problem FROM file")), ({r.id: 3300}, [(None,)]), "... and read when it asks for less")

# -------------------------------------------------------------------------------- frames
r, place = session(7)
r.used(B)
plain = Home(r)
plain.ct("ingest")
for name, data in (
        ("a frame for each byte", b"".join(zst(r.data()[i:i + 1]) for i in range(len(r.data())))),
        ("skippable frames between frames", b"".join(struct.pack("<II", 0x184D2A50 + i, 5 * i) + b"\n" * (5 * i) + zst(x) for i, x in enumerate(r.lines))),
        ("a skippable frame of 1 MB at the end", zst(r.data()) + struct.pack("<II", 0x184D2A5F, MB) + b"x" * MB),
        ("20,000 empty frames before it", zst(b"") * 20000 + zst(r.data()))):
    h = Home()
    h.write(place, data)
    bounded(h, name)
    same_state(h, plain, "... the database is that of the plain file")
for magic in range(0xFD2FB522, 0xFD2FB528):
    h = Home()
    h.write(place, zst(r.data()) + struct.pack("<I", magic) + b"\0" * 100)
    rc, out, err = h.ct("ingest")
    tap.ok(rc == 0 and "no zstd frame at byte" in err and h.sessions() == {r.id: 3300}, f"a frame of an old format ({magic:x}) ends the file", err)
h = Home()
want = {}
for k in range(1, 5):
    for cut in (0, 1, 2):
        r = Roll(uuid4(100 + 10 * k + cut), "2026-10-05T10:00:00Z").context().used(A).used(B).user("u" * 200)
        data = framed(b"".join(raw(x) for x in r.lines))
        sizes = [6] + [3 + len(x) for x in r.lines]
        end = sum(sizes[:k + 1])  # behind the block of line k
        if cut == 0:
            data = data[:end]
        elif cut == 1:
            data = data[:end + 20]
        else:
            data = data[:end] + b"\x07\0\0" + data[end + 3:]  # block type 3 is reserved
        h.write(r.place() + ".zst", data)
        want[r.id] = (0, 0, 0, 1100, 3300)[k]
rc, out, err = h.ct("ingest", "--json")
tap.same((rc, h.sessions()), (0, {k: v for k, v in want.items() if v}), "cut behind a block, cut inside one, a block that is none: each line before is used")
tap.same(h.rows("SELECT count(*) FROM file WHERE problem LIKE 'compressed data%'"), [(12,)], "... and each of the twelve files is named")
tap.done()
