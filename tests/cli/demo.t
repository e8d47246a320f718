#!/usr/bin/env python3
"""codex-track demo: what it writes is what a report of it says, to the token, for
every profile and several seeds; every kind of record and the traps are there;
sizes, times and bytes are as asked; a folder with something in it is left alone.
"""
import collections
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.environ["TRACK_SRC"] + "/tests/tap")
import tap  # noqa: E402

NOW = "2026-11-22T12:00:00Z"
FIVE = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")
UNKNOWN = {"transaction", "event_msg/moon_phase_changed"}  # planted: nobody knows them
ENV = {"CODEX_USAGE_NOW": NOW, "CODEX_USAGE_CONFIG": "/dev/null", "CODEX_USAGE_DATADIR": tap.SRC + "/conf",
       "HOME": tap.folder()}


def track(*args, env=None):
    return tap.run(tap.BUILD + "/codex-track", *args, env={**ENV, **(env or {})})


def demo(name, *args, env=None):
    """Write a demo; its folder, or None."""
    path = f"{tap.folder()}/{name}"
    status, out, err = track("demo", path, *args, env=env)
    good = tap.ok(status == 0 and err == "" and "truth.json" in out, f"{name}: is written", f"exit {status}\n{out}{err}")
    return path if good else None


def rollouts(path):
    """Paths of the rollouts below the demo's home, relative to it."""
    home = path + "/codex-home"
    out = []
    for sub in ("sessions", "archived_sessions"):
        for base, _, names in os.walk(f"{home}/{sub}"):
            out += [os.path.relpath(os.path.join(base, n), home) for n in names]
    return sorted(out)


def content(path, name):
    """Bytes of a rollout, decompressed; None where that cannot be done."""
    full = f"{path}/codex-home/{name}"
    if not name.endswith(".zst"):
        with open(full, "rb") as f:
            return f.read()
    if shutil.which("zstd") is None:
        return None
    return subprocess.run(["zstd", "-dcq", full], check=True, capture_output=True).stdout


def digest(path):
    h = hashlib.sha256()
    for base, dirs, names in os.walk(path):
        dirs.sort()
        for n in sorted(names):
            h.update(os.path.relpath(os.path.join(base, n), path).encode() + b"\0")
            with open(os.path.join(base, n), "rb") as f:
                h.update(f.read())
    return h.hexdigest()


def truth(path):
    with open(path + "/truth.json", encoding="utf-8") as f:
        return json.load(f)


def vectors(rows):
    return {k: tuple(v[x] for x in FIVE) for k, v in rows.items() if any(v[x] for x in FIVE)}


def check_sums(path, name, size):
    """The report says what truth.json says."""
    t = truth(path)
    want = t["expected"]
    total = tuple(want["total"][k] for k in FIVE)
    for by in ("by_session", "by_model"):
        sums = tuple(sum(v[k] for v in want[by].values()) for k in FIVE)
        tap.same(sums, total, f"{name}: truth.json, {by} adds up to the total")
    for by in ("session", "model"):
        status, out, err = track("report", "--db", path + "/usage.sqlite", "--home", path + "/codex-home",
                                 "--by", by, "--format", "json")
        got = collections.defaultdict(lambda: [0] * 5)
        for row in json.loads(out) if status == 0 else []:
            for i, k in enumerate(FIVE):
                got[row["group"]][i] += row[k]
        got = {k: tuple(v) for k, v in got.items() if any(v)}
        wanted = vectors(want["by_" + by])
        wrong = {k: (got.get(k), wanted.get(k)) for k in set(got) | set(wanted) if got.get(k) != wanted.get(k)}
        tap.ok(status == 0 and wanted and not wrong, f"{name}: the report by {by} says what truth.json says",
               f"exit {status} {err}\n" + "\n".join(f"{k}: got {a}, wanted {b}" for k, (a, b) in sorted(wrong.items())))
    names = rollouts(path)
    got = sum(os.path.getsize(f"{path}/codex-home/{n}") for n in names)
    tap.ok(abs(got - size) <= size * 0.05, f"{name}: {got} bytes, within 5 % of {size}")
    tap.same((len(names), got), (t["files"], t["bytes"]), f"{name}: truth.json has the number of files and their bytes")


class Seen:
    """What stands in the files of a demo."""

    def __init__(self, path):
        self.kinds, self.items, self.bad = collections.Counter(), set(), set()
        self.lines = self.large = self.bytes = self.secret = 0
        self.first, self.last = {}, ""
        self.metas, self.by_file, self.texts = [], {}, []
        for name in rollouts(path):
            data = content(path, name)
            if data is None:
                continue
            mine = self.by_file[name] = []
            for line in data.split(b"\n"):
                if line == b"":
                    continue
                self.lines += 1
                self.large += len(line) >= 65536
                self.bytes += len(line) + 1
                try:
                    o = json.loads(line)
                except ValueError:
                    self.bad.add(name)
                    continue
                self.take(name, o)
                mine.append(o)

    def take(self, name, o):
        p = o.get("payload", o)
        sub = p.get("type", "")
        if "payload" not in o:
            self.kinds["response_item" if sub else "bare", sub] += 1
            return
        self.kinds[o["type"], sub] += 1
        self.kinds[o["type"], ""] += 1
        if sub == "item_completed":
            self.items.add(p["item"]["type"])
        if sub == "reasoning":
            self.secret += len(p["encrypted_content"])
        if o["type"] == "session_meta":
            self.metas.append((name, p))
        if isinstance(o["timestamp"], str):
            self.first.setdefault(name, o["timestamp"])
            self.last = max(self.last, o["timestamp"])

    def any(self, test):
        return any(test(o, o.get("payload", {})) for lines in self.by_file.values() for o in lines)


def check_kinds(seen, name):
    with open(tap.SRC + "/src/rollout/kinds.def", encoding="utf-8") as f:
        rows = re.findall(r'^KIND\("(\w+)", "(\w*)", ', f.read(), re.M)
    tap.ok(len(rows) > 60, f"src/rollout/kinds.def has {len(rows)} kinds")
    tap.same([r for r in rows if not seen.kinds[r]], [], f"{name}: every kind of src/rollout/kinds.def is there")
    items = {"UserMessage", "AgentMessage", "Reasoning", "CommandExecution", "FileChange", "McpToolCall", "WebSearch",
             "ImageView", "SubAgentActivity", "CollabAgentToolCall", "EnteredReviewMode", "ExitedReviewMode",
             "ContextCompaction"}
    tap.same(sorted(items - seen.items), [], f"{name}: every kind of item is there")


def info(p):
    return p.get("info") or {}


def window(p, key):
    return ((p.get("rate_limits") or {}).get("primary") or {}).get(key)


def repeats(lines):
    totals = [json.dumps(info(o["payload"])["total_token_usage"]) for o in lines
              if o.get("payload", {}).get("type") == "token_count" and info(o["payload"])]
    return any(a == b for a, b in zip(totals, totals[1:]))


def restarts(lines):
    inputs = [info(o["payload"])["total_token_usage"]["input_tokens"] for o in lines
              if o.get("payload", {}).get("type") == "token_count" and info(o["payload"])]
    return any(b < a for a, b in zip(inputs, inputs[1:]))


def check_traps(seen, path, name):
    """The traps of formats.md 7.1, by what shows each of them."""
    versions = {p.get("cli_version") for _, p in seen.metas}
    tap.ok({"0.34.0", "0.36.0", "0.47.0", "0.63.0", "0.77.0", "0.98.0", "0.117.0", "0.140.0", "0.169.0"} <= versions,
           f"{name}: versions {sorted(v for v in versions if v)}")
    names = list(seen.by_file)
    for what, test in (
            ("a page of a thread", lambda n: re.search(r"-[0-9a-f]{12}_[0-9a-f-]{36}\.jsonl$", n)),
            ("an archived session", lambda n: n.startswith("archived_sessions/rollout-")),
            ("a flat file of the first months", lambda n: n.startswith("sessions/rollout-2025")),
            ("a file by another clock", lambda n: n.startswith("sessions/2026/11/")),
            ("a copy by a synchronisation", lambda n: "(1)" in n)):
        tap.ok(any(test(n) for n in names), f"{name}: {what}")
    every = rollouts(path)
    tap.ok(any(n.endswith(".zst") and n[:-4] not in every for n in every), f"{name}: a compressed file")
    tap.ok(any(n.endswith(".zst") and n[:-4] in every for n in every), f"{name}: a compressed file beside its plain twin")
    bases = [os.path.basename(n) for n in every]
    tap.ok(len(set(bases)) < len(bases), f"{name}: an archived and a live copy")
    metas = [p for _, p in seen.metas]
    for what, test in (
            ("history_base", lambda p: "history_base" in p and p["history_base"]["thread_id"] != p["id"]),
            ("forked_from_id without history_base", lambda p: "forked_from_id" in p and "history_base" not in p),
            ("subagent_history_start_ordinal", lambda p: "subagent_history_start_ordinal" in p),
            ("a review", lambda p: p.get("source") == {"subagent": "review"}),
            ("a guardian", lambda p: p.get("thread_source") == "guardian_review"),
            ("a sub-agent", lambda p: "thread_spawn" in str(p.get("source"))),
            ("no repository", lambda p: "git" not in p)):
        tap.ok(any(test(p) for p in metas), f"{name}: session_meta with {what}")
    tap.ok(any(repeats(v) for v in seen.by_file.values()), f"{name}: a total that is told twice")
    tap.ok(any(restarts(v) for v in seen.by_file.values()), f"{name}: totals that start anew")
    for what, test in (
            ("info: null", lambda o, p: p.get("type") == "token_count" and p["info"] is None),
            ("a full window that was not used", lambda o, p: info(p) and not info(p)["total_token_usage"]["input_tokens"]
             and info(p)["total_token_usage"].get("total_tokens", 0) > 200000),
            ("an estimate after a compaction", lambda o, p: info(p) and not info(p)["last_token_usage"]["input_tokens"]
             and info(p)["last_token_usage"]["total_tokens"] > 1000),
            ("an incomplete response", lambda o, p: info(p) and info(p)["last_token_usage"]["total_tokens"] == 0),
            ("cache writes", lambda o, p: p.get("usage", {}).get("cache_write_input_tokens", 0) > 0),
            ("more cached than input", lambda o, p: info(p) and info(p)["last_token_usage"]["cached_input_tokens"]
             > info(p)["last_token_usage"]["input_tokens"]),
            ("a copied usage record", lambda o, p: "latest_token_usage_record" in p),
            ("a service tier", lambda o, p: p.get("thread_settings", {}).get("service_tier") == "priority"),
            ("a window of 299 minutes", lambda o, p: window(p, "window_minutes") == 299),
            ("a weekly window first", lambda o, p: window(p, "window_minutes") == 10080),
            ("a limit that is reached", lambda o, p: window(p, "used_percent") == 100),
            ("another family of limits", lambda o, p: "bengalfox" in str(p.get("rate_limits"))),
            ("a request above 272000 tokens", lambda o, p: p.get("usage", {}).get("input_tokens", 0) > 272000),
            ("a time as a number", lambda o, p: isinstance(o["timestamp"], int) if "timestamp" in o else False),
            ("a time with an offset", lambda o, p: str(o.get("timestamp")).endswith("+02:00")),
            ("a picture in the text", lambda o, p: "data:image/png" in str(p.get("content")))):
        tap.ok(seen.any(test), f"{name}: {what}")


def check_index(path, name):
    with open(path + "/codex-home/session_index.jsonl", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    ids = [r["id"] for r in rows]
    tap.ok(rows and all(set(r) == {"id", "thread_name", "updated_at"} for r in rows) and len(set(ids)) < len(ids),
           f"{name}: session_index.jsonl names sessions, one of them twice")


def check_ingest(path, name, seen):
    status, out, err = track("ingest", "--db", path + "/usage.sqlite", "--home", path + "/codex-home", "--json")
    x = json.loads(out) if status == 0 else {}
    tap.same(set(x.get("database_totals", {}).get("unknown_kinds", {})), UNKNOWN,
             f"{name}: ingest knows every kind but those that were planted")
    odd = truth(path)["files_with_bad_lines"]
    tap.same(sorted({n for n in seen.bad if not n.startswith(tuple(odd))}), [],
             f"{name}: every line is JSON, but in the files that truth.json names")
    verdicts = x.get("database_totals", {}).get("verdicts", {})
    tap.same([v for v, n in verdicts.items() if n == 0 and v != "pending"], [], f"{name}: every verdict is given")
    tap.ok(len(odd) >= 4 and all(any(n.startswith(o) for n in seen.by_file) for o in odd),
           f"{name}: truth.json names the files with torn lines")


def check_times(path, seen, name, days):
    firsts = [seen.first[n] for n, p in seen.metas if p.get("cli_version") == "0.169.0" and n in seen.first]
    start = f"2026-{10 if days == 30 else 11}-{23 if days == 30 else 22 - days}T12:00:00"
    tap.ok(start <= min(firsts) and seen.last <= NOW.replace("Z", ".000Z"),
           f"{name}: the history is from {min(firsts)} to {seen.last}", f"{start} to {NOW}")


def later_parents(path, seen):
    """Number of forks whose parent's file comes later in the order of names."""
    place = {p["id"]: n for n, p in reversed(seen.metas) if seen.by_file[n][0].get("payload") is p}
    order = rollouts(path)
    return sum(1 for n, p in seen.metas if place.get(p["id"]) == n and "forked_from_id" in p
               and order.index(place[p["forked_from_id"]]) > order.index(n))


def check_profiles():
    for profile in ("typical", "real", "tiny-files"):
        for seed, size in ((1, 2000000), (2, 3000000), (77, 6000000)):
            name = f"{profile} {seed}"
            path = demo(f"{profile}-{seed}", "--profile", profile, "--seed", str(seed), "--bytes", str(size))
            if path:
                check_sums(path, name, size)
    path = f"{tap.folder()}/typical-1"
    seen = Seen(path)
    check_kinds(seen, "typical 1")
    check_traps(seen, path, "typical 1")
    check_index(path, "typical 1")
    check_ingest(path, "typical 1", seen)
    check_times(path, seen, "typical 1", 30)
    tiny, typical = (len(rollouts(f"{tap.folder()}/{p}-77")) for p in ("tiny-files", "typical"))
    tap.ok(tiny > typical * 2, f"tiny-files: {tiny} files, typical: {typical}")


def check_real():
    """The shares that the profile promises, where there is room for them."""
    path = demo("real-large", "--profile", "real", "--bytes", "24000000", "--days", "7")
    if not path:
        return
    seen = Seen(path)
    check_sums(path, "real-large", 24000000)
    check_times(path, seen, "real-large", 7)
    secret, large = seen.secret / seen.bytes, seen.large / seen.lines
    tap.ok(0.54 <= secret <= 0.64, f"real: {secret:.3f} of the bytes are encrypted reasoning")
    tap.ok(0.03 <= large <= 0.06, f"real: {large:.3f} of the lines are over 64 KB")
    tap.ok(later_parents(path, seen) >= 2, f"real: {later_parents(path, seen)} forks come before their parents by name")
    tap.ok(seen.any(lambda o, p: all(w in p.get("item", {}).get("aggregated_output", "") for w in ("\x1b[1;31m", "日本語"))),
           "real: tool output with escapes and UTF-8")


def check_same():
    args = ("--bytes", "2000000", "--profile", "typical")
    first = digest(tap.folder() + "/typical-1/codex-home")
    again = demo("again", "--seed", "1", *args)
    other = demo("other", "--seed", "4", *args)
    zone = demo("zone", "--seed", "1", *args, env={"CODEX_USAGE_TZ": "Asia/Tokyo"})
    if again and other and zone:
        tap.same(digest(again + "/codex-home"), first, "the same seed writes the same bytes")
        tap.ok(digest(other + "/codex-home") != first, "another seed does not")
        tap.ok(digest(zone + "/codex-home") != first, "somebody in another zone works at other hours")


def check_refused():
    """What is refused, with exit status 2, and without a trace."""
    full, empty, file = (tap.folder() + n for n in ("/full", "/empty", "/file"))
    os.mkdir(full)
    os.mkdir(empty)
    for path in (full + "/mine", file):
        with open(path, "w", encoding="utf-8") as f:
            f.write("mine\n")
    for args, word in (
            (("demo",), "DIR"), (("demo", empty, "more"), "more"), (("demo", ""), "DIR"),
            (("demo", empty, "--days", "0"), "--days"), (("demo", empty, "--days", "1e3"), "--days"),
            (("demo", empty, "--bytes", "1"), "--bytes"), (("demo", empty, "--bytes", "20M"), "--bytes"),
            (("demo", empty, "--seed", "-1"), "--seed"), (("demo", empty, "--profile", "huge"), "--profile"),
            (("demo", empty, "--home", full), "--home"), (("demo", full), "not empty"), (("demo", file), "not a folder")):
        status, out, err = track(*args)
        said = " ".join(a.replace(tap.folder(), "…") for a in args)
        tap.ok(status == 2 and out == "" and word in err, f"refused: {said}", f"exit {status}\n{out}{err}")
    tap.same((os.listdir(full), os.listdir(empty)), (["mine"], []), "nothing was written")
    status, out, err = track("demo", empty, "--bytes", "2000000")
    tap.ok(status == 0 and sorted(os.listdir(empty)) == ["codex-home", "truth.json"], "an empty folder is good",
           f"exit {status}\n{out}{err}")
    status, out, err = track("demo", empty, "--bytes", "2000000")
    tap.ok(status == 2, "a second time is refused", f"exit {status}\n{out}{err}")


check_profiles()
check_real()
check_same()
check_refused()
tap.done()
