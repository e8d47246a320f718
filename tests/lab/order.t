#!/usr/bin/env python3
"""The database does not depend on the order in which files appear. Files of every
folder of the lab are put into an empty home one after another, each followed by
an ingest: every order of 2 to 4 files, 24 shuffles of more (children before
parents among them), and all at once give the same dump. A file that goes away
leaves the same totals, and the same dump whenever it went; put back, the dump
is the first one. A second ingest changes no row; files that were touched are
read again and give the same dump, files that grow by pieces too. Where one file
of a family was never there, order and growth do not matter either, and its thread
has what the longest copy holds. A file alone gives its session what it has among
the others.
"""
import itertools
import os
import random
import shutil
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import dump
import kit
import tap

tap.need_lab()

QUICK = bool(os.environ.get("TRACK_QUICK"))  # sanitizers and distcheck: fewer orders, same kinds
SHUFFLES = 4 if QUICK else 24
TOTALS = ("SELECT session_id, sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),"
          " sum(output_tokens), sum(reasoning_output_tokens), sum(total_tokens) FROM events GROUP BY 1 ORDER BY 1")
TITLES = "session_index.jsonl"
FULL = "sessions_when_full"


class Home:
    """An own home with an own database, filled step by step."""

    def __init__(self, name):
        self.name, self.top = name, kit.temp("order")
        self.home, self.db = os.path.join(self.top, "home"), os.path.join(self.top, "usage.db")
        os.mkdir(self.home)

    def put(self, path):
        to = os.path.join(self.home, path)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copyfile(os.path.join(kit.home(self.name), path), to)

    def write(self, path, text):
        """The file with that text, as if it had grown: in place."""
        to = os.path.join(self.home, path)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "r+b" if os.path.exists(to) else "wb") as f:
            f.write(text)
            f.truncate()

    def titles(self):
        if os.path.exists(os.path.join(kit.home(self.name), TITLES)):
            self.put(TITLES)

    def ingest(self):
        return kit.ingest(self.db, "--home", self.home)

    def play(self, steps):
        """Each step: a file that appears, or "-" and a file that goes; then an ingest."""
        for step in steps:
            if step.startswith("-"):
                os.remove(os.path.join(self.home, step[1:]))
            else:
                self.put(step)
            self.ingest()
        return self

    def dump(self):
        return dump.dump(self.db)

    def totals(self):
        return [r for r in kit.query(self.db, TOTALS) if any(r[1:])]

    def generation(self):
        return kit.query(self.db, "SELECT value FROM meta WHERE key = 'generation'")[0][0]

    def drop(self):
        kit.drop(self.top)


def orders(files):
    """Every order of few files; of many the given one, children first, and shuffles."""
    if len(files) <= (2 if QUICK else 4):
        return list(itertools.permutations(files))
    rng = random.Random(20261122)
    out = [tuple(files), tuple(reversed(files))]
    while len(out) < SHUFFLES:
        out.append(tuple(rng.sample(files, len(files))))
    return out


def called(files, steps):
    """Steps as numbers of files: short enough for a diagnosis."""
    return " ".join(("-" if s.startswith("-") else "") + str(files.index(s.lstrip("-")) + 1) for s in steps)


def compare(out, what, wanted, got, files, steps):
    text = dump.difference(wanted, got, 5)
    if text:
        out.setdefault(what, []).append(f"{called(files, steps)}:\n{text}")


def any_order(name, files, wanted, out, what="any order", most=SHUFFLES):
    for i, steps in enumerate(orders(files)[:most]):
        h = Home(name)
        if i % 2 == 0:
            h.titles()
        h.play(steps[:-1])
        h.titles()
        h.play(steps[-1:])
        compare(out, what, wanted, h.dump(), files, steps)
        h.drop()


def gone(name, files, first, out):
    """One file goes away: before the others come, after them, between."""
    totals = first.totals()
    for g in files:
        rest = [f for f in files if f != g]
        ways = [[g, "-" + g] + rest, files + ["-" + g], rest + [g, "-" + g]]
        reference = None
        for steps in ways:
            h = Home(name)
            h.titles()
            h.play(steps)
            if h.totals() != totals:
                out.setdefault("a file gone", []).append(
                    f"{called(files, steps)}: {h.totals()}, before it went {totals}")
            if reference is None:
                reference = h.dump()
            compare(out, "a file gone at any time", reference, h.dump(), files, steps)
            if steps is ways[-1]:
                h.play([g])
                compare(out, "a file put back", first.dump(), h.dump(), files, steps + [g])
            h.drop()


def alone(name, files, out):
    """A file without the others: its session has what is expected of it; besides, only threads that it was
    copied from have tokens (without turn ids all are the nearest one's), together no more than their files tell."""
    expected = {s: kit.five(d) for s, d in kit.truth(name)["expected"]["by_session"].items()}
    threads = [r.thread for r in kit.rollouts(name)]
    for f in files:
        thread = next((r.thread for r in kit.rollouts(name) if r.name == os.path.basename(f)), None)
        if threads.count(thread) != 1:
            continue  # a thread of several pages, or no session at all
        h = Home(name).play([f])
        sums = {r[0]: (r[1], r[2], r[4], r[5], r[6]) for r in h.totals()}
        bad = [] if sums.pop(thread, (0,) * 5) == expected[thread] else [f"{thread} is not {expected[thread]}"]
        ancestors = {r[0] for r in kit.query(h.db, "SELECT uuid FROM ancestor")}
        bad += [f"{s}: {v} of nowhere" for s, v in sums.items() if s not in ancestors]
        recovered, most = {"": (0,) * 5}, {"": (0,) * 5}
        for v in sums.values():
            kit.add(recovered, "", v)
        for s in ancestors & set(expected):
            kit.add(most, "", expected[s])
        if any(a > b for a, b in zip(recovered[""], most[""])):
            bad.append(f"recovered {sums}, the ancestors' files tell {most['']}")
        if bad:
            out.setdefault("each file alone", []).append(f"{f}: " + "; ".join(bad))
        h.drop()


def cut(rng, length):
    """Four places to cut a file off, in order; more of them near its beginning."""
    return sorted(int(length * rng.random() ** 2) for _ in range(4))


def grow(name, files, wanted, out, what="files that grow", seed=""):
    """All files at once, each cut off somewhere, four times further on; the last time whole."""
    rng = random.Random(name + seed)
    text = {f: kit.read(os.path.join(kit.home(name), f)) for f in files}
    cuts = {f: cut(rng, len(t)) for f, t in text.items()}
    h = Home(name)
    h.titles()
    for i in range(5):
        for f in rng.sample(files, len(files)):
            end = len(text[f]) if i == 4 or f.endswith(".zst") else cuts[f][i]
            h.write(f, text[f][:end])
        h.ingest()
    text = dump.difference(wanted, h.dump(), 5)
    if text:
        out.setdefault(what, []).append(f"cut off at {list(cuts.values())}:\n{text}")
    h.drop()


def related(name):
    """Whether a file of the folder says that it was copied from another thread or refers to one."""
    for r in kit.rollouts(name):
        metas = [l.payload for l in r.lines if l.type == "session_meta"]
        if len(metas) > 1 or any(m.get(k) for m in metas for k in ("forked_from_id", "history_base")):
            return True
    return False


def usage_lines(rollout):
    """(line, what it says) of the usage lines; copies say the same as what they are copied from."""
    out = []
    for l in rollout.lines:
        if l.sub == "token_count":
            info = l.payload.get("info") or {}
            out.append((l.n, [info.get("total_token_usage"), info.get("last_token_usage")]))
        elif l.type == "token_usage_record":
            out.append((l.n, l.payload.get("response_id")))
    return out


def held(name, missing, counted):
    """What the copies in other files hold of a missing thread: the longest beginning that one of them shares with
    its file, as far as it counts there (COUNTED: {line: five})."""
    own, best = usage_lines(missing), (0,) * 5
    for r in kit.rollouts(name):
        k = 0
        theirs = usage_lines(r) if r.thread != missing.thread else []
        while k < min(len(own), len(theirs)) and own[k][1] == theirs[k][1]:
            k += 1
        sums = {"": (0,) * 5}
        for n, _ in own[:k]:
            kit.add(sums, "", counted.get(n, (0,) * 5))
        best = max(best, sums[""], key=lambda v: v[4])
    return best


def recovered(name, path, h, first, out):
    """The totals without a file: as expected for the others, and for its thread what the copies hold."""
    missing = next((r for r in kit.rollouts(name) if r.name == os.path.basename(path)), None)
    threads = [r.thread for r in kit.rollouts(name)]
    if missing is None or threads.count(missing.thread) > 1:
        return
    wanted = {s: kit.five(d) for s, d in kit.truth(name)["expected"]["by_session"].items()}
    counted = {r[0]: tuple(r[1:]) for r in kit.query(
        first.db, "SELECT source_line, input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens,"
        " total_tokens FROM events WHERE session_id = ? AND verdict = 'counted'", missing.thread)}
    wanted[missing.thread] = held(name, missing, counted)
    got = {r[0]: (r[1], r[2], r[4], r[5], r[6]) for r in h.totals()}
    for s in sorted(set(got) | set(wanted)):
        if got.get(s, (0,) * 5) != wanted.get(s, (0,) * 5):
            out.setdefault("totals without one file", []).append(
                f"without {os.path.basename(path)}: {s}: {got.get(s)}, files and copies hold {wanted.get(s)}")


def without_one(name, files, first, out):
    """The others, one file never having been there: in any order, and growing; what its copies hold counts."""
    for g in files:
        rest = [f for f in files if f != g]
        h = Home(name)
        h.titles()
        for f in rest:
            h.put(f)
        h.ingest()
        wanted = h.dump()
        recovered(name, g, h, first, out)
        h.drop()
        if len(rest) > 1:
            any_order(name, rest, wanted, out, "any order without one file", 6)
        grow(name, rest, wanted, out, "files that grow without one file", g)


def when_full(name, files, wanted, out):
    """The state of the full disk first, then what stands there after a resume."""
    h = Home(name)
    for f in files:
        before = os.path.join(kit.home(name), f.replace("sessions/", FULL + "/", 1))
        if os.path.exists(before):
            h.write(f, kit.read(before))
    h.ingest()
    for f in files:
        h.write(f, kit.read(os.path.join(kit.home(name), f)))
    h.ingest()
    compare(out, "gone on after a full disk", wanted, h.dump(), files, files)
    h.drop()


def again(first, files, out):
    before, generation = first.dump(), first.generation()
    said = first.ingest()
    if first.generation() != generation or said["changed"] or said["files"]["read"]:
        out.setdefault("a second ingest", []).append(f"generation {generation}, then {first.generation()}; {said}")
    compare(out, "a second ingest", before, first.dump(), files, files)
    for f in files:
        os.utime(os.path.join(first.home, f), (1, 1))
    first.ingest()
    compare(out, "touched files", before, first.dump(), files, files)


def check(name):
    files = kit.rollout_files(name)
    first, out = Home(name), {}
    first.titles()
    for f in files:
        first.put(f)
    first.ingest()
    wanted = first.dump()
    checks = ["a second ingest", "touched files", "files that grow"]
    again(first, files, out)
    grow(name, files, wanted, out)
    if os.path.isdir(os.path.join(kit.home(name), FULL)):
        checks.append("gone on after a full disk")
        when_full(name, files, wanted, out)
    if len(files) > 1:
        checks += ["any order", "a file gone", "a file gone at any time", "a file put back", "each file alone"]
        any_order(name, files, wanted, out)
        gone(name, files, first, out)
        alone(name, files, out)
        if related(name):
            checks += ["totals without one file", "any order without one file", "files that grow without one file"]
            without_one(name, files, first, out)
    first.drop()
    return len(files), checks, out


# The forks, resumes and sub-agents are where order matters; of the others a few.
some = [n for i, n in enumerate(kit.folders()) if not QUICK or i % 8 == 0 or "_fork" in n]
for name, result in kit.each(check, some):
    if kit.problem(result):
        tap.ok(False, name, kit.problem(result))
        continue
    n, checks, out = result
    for what in checks:
        tap.ok(what not in out, f"{name}, {n} files: {what}", "\n".join(out.get(what, [])[:3]))
tap.done()
