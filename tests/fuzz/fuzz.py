#!/usr/bin/env python3
"""fuzz.py - build, run and measure the fuzz targets of targets.txt; fuzz.t and plant.sh use it.

By hand, in a folder for its files: fuzz.py [--seconds N] [--tree DIR] [--keep DIR] [TARGET...]
"""
import argparse
import concurrent.futures
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import seeds  # noqa: E402

CC = os.environ.get("TRACK_CC") if "clang" in os.environ.get("TRACK_CC", "") else "clang-14"
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-DHAVE_CONFIG_H", "-DTRACK_FUZZ", "-g", "-O1", "-fno-omit-frame-pointer", "-fsanitize=fuzzer-no-link,address,undefined",
         "-fno-sanitize-recover=all", "-fprofile-instr-generate", "-fcoverage-mapping"]
LINK = ["-fsanitize=fuzzer,address,undefined", "-fprofile-instr-generate"]
PACKAGES = ["json-c", "libzstd", "libutf8proc", "libxxhash"]
MEMORY_MB = 1024
SLOW_S = 10  # one input may take this long, with sanitizers
LINES_PERCENT = 85
JOBS = 2


class Target:
    """One row of targets.txt."""

    def __init__(self, row):
        self.name, linked, measured, longest, share, self.seeds = row.split()
        self.linked, self.measured = linked.split(","), measured.split(",")
        self.longest, self.share = int(longest), float(share)


def targets(tree):
    """{name: Target} in their order."""
    rows = [r for r in open(tree + "/tests/fuzz/targets.txt", encoding="utf-8") if r.strip() and not r.startswith("#")]
    return {t.name: t for t in map(Target, rows)}


class Missing(Exception):
    """A tool or library that fuzzing needs is not there."""


def check_tools():
    for tool in (CC, "llvm-profdata-14", "llvm-cov-14", "zstd"):
        if shutil.which(tool) is None:
            raise Missing(tool)


def pkg_config(what):
    return subprocess.run(["pkg-config", what, *PACKAGES], capture_output=True, text=True, check=True).stdout.split()


class Bench:
    """The targets of the sources TREE, built in the folder DIR with the config.h of the folder BUILD."""

    def __init__(self, tree, build, folder):
        self.tree, self.build, self.dir = (os.path.abspath(p) for p in (tree, build, folder))
        self.targets = targets(self.tree)
        self.errors = ""

    def sources(self, names):
        """Files of src that NAMES stand for: folders, files, patterns."""
        out = []
        for name in names:
            path = f"{self.tree}/src/{name}"
            out += sorted(glob.glob(path + "/*.c" if os.path.isdir(path) else path))
        return out

    def obj(self, source):
        return f"{self.dir}/obj/{os.path.relpath(source, self.tree).replace('/', '_')}.o"

    def compile(self, source):
        argv = [CC, *FLAGS, f"-I{self.build}/src", f"-I{self.tree}/src", f"-I{self.tree}/tests/fuzz", *pkg_config("--cflags"),
                "-c", source, "-o", self.obj(source)]
        return subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)

    def make(self, names):
        """Compile and link the targets NAMES. Returns whether it could; self.errors says what the compiler said."""
        os.makedirs(self.dir + "/obj", exist_ok=True)
        wanted = {}
        for name in names:
            wanted[name] = [f"{self.tree}/tests/fuzz/fuzz_{name}.c", *self.sources(self.targets[name].linked)]
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            done = list(pool.map(self.compile, sorted({s for v in wanted.values() for s in v})))
        self.errors = "".join(p.stderr for p in done)
        if any(p.returncode for p in done):
            return False
        for name, files in wanted.items():
            first, *rest = map(self.obj, files)
            subprocess.run(["ar", "rcs", f"{self.dir}/obj/{name}.a", *rest], check=True)  # only what is needed is linked
            p = subprocess.run([CC, *LINK, "-o", self.program(name), first, f"{self.dir}/obj/{name}.a", *pkg_config("--libs"), "-lm"],
                               capture_output=True, text=True, check=False)
            self.errors += p.stderr
            if p.returncode:
                return False
        return True

    def program(self, name):
        return f"{self.dir}/fuzz_{name}"

    def corpus(self, name, keep=None):
        """A folder with the seeds of the target NAME, and what KEEP has from earlier runs."""
        t = self.targets[name]
        folder = os.path.join(os.path.abspath(keep or self.dir), "corpus-" + name)
        os.makedirs(folder, exist_ok=True)
        for data in seeds.target(name, t.seeds):
            data = data[:t.longest]
            with open(f"{folder}/{hashlib.sha1(data).hexdigest()}", "wb") as f:
                f.write(data)
        with open(f"{self.dir}/{name}.dict", "w", encoding="utf-8") as f:
            f.write(seeds.words(name, self.sources(t.measured)))
        return folder

    def environment(self, profile):
        e = {k: v for k, v in os.environ.items() if not k.endswith("SAN_OPTIONS")}
        e.update(LLVM_PROFILE_FILE=profile, UBSAN_OPTIONS="print_stacktrace=1", ASAN_SYMBOLIZER_PATH="/usr/bin/llvm-symbolizer-14",
                 ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=0", LC_ALL="C.UTF-8")
        return e

    def run(self, name, seconds, corpus):
        """Fuzz the target NAME. Returns a dict: ok, runs, seconds, corpus, text."""
        t = self.targets[name]
        argv = [self.program(name), f"-max_total_time={max(1, round(seconds * t.share))}", f"-max_len={t.longest}", f"-rss_limit_mb={MEMORY_MB}",
                f"-timeout={SLOW_S}", "-print_final_stats=1", "-verbosity=1", f"-dict={self.dir}/{name}.dict", f"-artifact_prefix={self.dir}/{name}-", corpus]
        start = time.time()
        p = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, env=self.environment("/dev/null"), cwd=self.dir, check=False,
                           timeout=seconds + 300)
        text = p.stderr.decode("utf-8", "backslashreplace")
        runs = re.search(r"stat::number_of_executed_units: (\d+)", text)
        return {"ok": p.returncode == 0 and runs is not None, "runs": int(runs.group(1)) if runs else 0, "seconds": time.time() - start,
                "corpus": len(os.listdir(corpus)), "text": text}

    def replay(self, name, corpus, profile="/dev/null"):
        """Run each input of CORPUS once. Returns whether nothing was found."""
        return subprocess.run([self.program(name), "-runs=0", f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={self.dir}/{name}-", corpus],
                              capture_output=True, stdin=subprocess.DEVNULL, env=self.environment(profile), cwd=self.dir, check=False).returncode == 0

    def reach(self, name, corpus):
        """Lines of the measured files: (reached, all, {file: (reached, all)}, text of lines that no input reaches)."""
        t = self.targets[name]
        raw, merged = f"{self.dir}/{name}.profraw", f"{self.dir}/{name}.profdata"
        self.replay(name, corpus, raw)
        subprocess.run(["llvm-profdata-14", "merge", "-o", merged, raw], check=True)
        files = self.sources(t.measured)
        out = subprocess.run(["llvm-cov-14", "export", "-summary-only", f"-instr-profile={merged}", self.program(name), *files],
                             capture_output=True, text=True, check=True).stdout
        each = {}
        for f in json.loads(out)["data"][0]["files"]:
            if f["filename"] in files:
                lines = f["summary"]["lines"]
                each[os.path.relpath(f["filename"], self.tree)] = (lines["covered"], lines["count"])
        shown = subprocess.run(["llvm-cov-14", "show", f"-instr-profile={merged}", self.program(name), *files], capture_output=True, text=True,
                               check=True).stdout
        missed = [re.sub(r"^ *(\d+)\| +0\|", r"\1:", s) if "|" in s else s for s in shown.splitlines() if re.match(r" *\d+\| +0\||/", s)]
        return sum(a for a, _ in each.values()), sum(b for _, b in each.values()), each, "\n".join(missed)


def report(text):
    """What a sanitizer or libFuzzer said, without the numbers of the run."""
    lines = text.splitlines()
    at = next((i for i, s in enumerate(lines) if re.search(r"ERROR: |runtime error:|broken promise", s)), max(0, len(lines) - 40))
    return "\n".join(lines[at:at + 40])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--seconds", type=float, default=60)
    p.add_argument("--tree", default=os.path.dirname(os.path.dirname(HERE)), help="the sources")
    p.add_argument("--build", default=os.environ.get("TRACK_BUILD", "."), help="a build folder with src/config.h")
    p.add_argument("--dir", default="fuzz-out", help="a folder for objects, corpora and crashes")
    p.add_argument("--keep", help="a folder that keeps the corpora between runs")
    p.add_argument("--find", action="store_true", help="succeed when something is found, saying after how long")
    p.add_argument("--missed", action="store_true", help="print the lines that no input reaches")
    p.add_argument("target", nargs="*")
    a = p.parse_args()
    check_tools()
    bench = Bench(a.tree, a.build, a.dir)
    names = a.target or list(bench.targets)
    if not bench.make(names):
        sys.exit(bench.errors)
    bad = 0
    for name in names:
        corpus = bench.corpus(name, a.keep)
        known = a.find and not bench.replay(name, corpus)
        r = bench.run(name, a.seconds / bench.targets[name].share, corpus)
        if a.find:
            kind = re.search(r"ERROR: (\w+: [\w-]+)|runtime error: (.*)", r["text"])
            print(f"{name}: {'not found' if r['ok'] else 'found'} after {r['seconds']:.1f} s, {r['runs']:,} runs{' (the seeds do it)' if known else ''}"
                  + (f": {kind.group(1) or kind.group(2)}" if kind else ""), flush=True)
            bad += r["ok"]
            continue
        if not r["ok"]:
            print(report(r["text"]))
            bad += 1
            continue
        some, every, each, missed = bench.reach(name, corpus)
        print(f"{name}: {r['runs']:,} runs in {r['seconds']:.0f} s, corpus {r['corpus']:,}, {some} of {every} lines ({100 * some / every:.1f} %)")
        for f, (x, y) in each.items():
            print(f"  {f}: {x} of {y} ({100 * x / y:.1f} %)")
        if a.missed:
            print(missed)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
