#!/usr/bin/env python3
"""Each fuzz target for a while: nothing is found, and its inputs reach the lines of its module.

TRACK_FUZZ_SECONDS is the time for each (30 with CI set, else 5); TRACK_FUZZ_CORPUS a folder that
keeps the inputs from run to run. What is found stays in tests/fuzz/work of the build folder."""
import concurrent.futures
import glob
import os
import re
import shutil
import sys

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/fuzz"]
import tap  # noqa: E402
import fuzz  # noqa: E402

SECONDS = float(os.environ.get("TRACK_FUZZ_SECONDS") or (30 if os.environ.get("CI") else 5))
KEEP = os.environ.get("TRACK_FUZZ_CORPUS") or None
WORK = tap.BUILD + "/tests/fuzz/work"

tap.need_lab()
try:
    fuzz.check_tools()
except fuzz.Missing as e:
    tap.ok(False, "the tools for fuzzing", f"{e} is missing")
    tap.done()
    sys.exit(0)
shutil.rmtree(WORK, ignore_errors=True)
bench = fuzz.Bench(tap.SRC, tap.BUILD, WORK)
files = {re.search(r"fuzz_(\w+)\.c$", p).group(1) for p in glob.glob(tap.SRC + "/tests/fuzz/fuzz_*.c")}
tap.same(sorted(files), sorted(bench.targets), "each fuzz_NAME.c has its row in targets.txt")
made = bench.make(bench.targets)
tap.ok(made and bench.errors == "", "the targets are built without a word from the compiler", bench.errors)


def fuzzed(name):
    """One target, and what it reached: (result of the run, result of the replay)."""
    corpus = bench.corpus(name, KEEP)
    r = bench.run(name, SECONDS, corpus)
    return r, bench.reach(name, corpus) if r["ok"] else None


def tell(name, r, reached):
    t = bench.targets[name]
    text = f"{name}: {r['runs']:,} runs in {r['seconds']:.0f} s, corpus {r['corpus']:,} inputs"
    if reached is None:
        tap.ok(False, text + ": something was found", f"the input is {WORK}/{name}-*\n{fuzz.report(r['text'])}")
        return
    some, every, each, missed = reached
    share = 100 * some / every if every else 0
    files = ", ".join(f"{f} {100 * a / b:.0f} %" for f, (a, b) in each.items())
    if tap.ok(share >= fuzz.LINES_PERCENT and len(each) == len(bench.sources(t.measured)),
              f"{text}, {share:.1f} % of the {every} lines of {' '.join(t.measured)} reached (>= {fuzz.LINES_PERCENT})", f"{files}\n{missed}"):
        tap.diag(files)


if made:
    with concurrent.futures.ThreadPoolExecutor(fuzz.JOBS) as pool:
        for name, done in [(n, pool.submit(fuzzed, n)) for n in bench.targets]:
            tell(name, *done.result())
tap.done()
