"""profile.py - the helpers of profile.sh.

    profile.py kinds HOME                 how many lines and bytes of each kind a home has
    profile.py without KIND HOME COPY     a copy of HOME that lacks the lines of KIND
    profile.py groups LINES BYTES FILE    instructions by group, from callgrind's FILE
    profile.py marginal TOTAL < ROWS      what a line of each kind costs: KIND LINES BYTES INSTRUCTIONS-WITHOUT

Compressed rollouts are left out everywhere: the copy has none.
"""
import collections
import json
import os
import re
import sys

TOP = 25      # functions in the list of inclusive costs
ROUNDS = 100  # of passing the cost of helpers up

# (group, object, file): the first row that fits decides; None stands for any. The group "" is a helper: its work is
# booked to the group that called it.
GROUPS = (
    ("SQLite", r"libsqlite3", None),
    ("json-c", r"libjson-c", None),
    ("zstd", r"libzstd", None),
    ("start of the process", r"/ld-linux|/ld-[0-9.]+so", None),
    ("", r"/lib(c|m|pthread|xxhash|utf8proc)[.-]", None),
    ("read: lines from files", r"codex-track", r"src/base/linerd"),
    ("", r"codex-track", r"src/base/"),
    ("json: our own reading and writing", r"codex-track", r"src/json/"),
    ("rollout: line to record", r"codex-track", r"src/rollout/"),
    ("", r"codex-track", r"src/time/"),
    ("recorder: record to rows", r"codex-track", r"src/ingest/recorder"),
    ("settle: verdicts, sums, losses", r"codex-track", r"src/ledger/|src/ingest/(settle|family|losses|recover)"),
    ("store: binding of rows", r"codex-track", r"src/store/"),
    ("scan: files", r"codex-track", r"src/ingest/"),
    ("everything else", None, None),
)


def rollouts(home):
    for sub in ("sessions", "archived_sessions"):
        for base, _, names in os.walk(os.path.join(home, sub)):
            for name in sorted(names):
                if name.startswith("rollout-") and name.endswith(".jsonl"):
                    yield os.path.join(base, name)


def kind_of(line):
    """type/payload.type of the bytes LINE, as kinds.def has them."""
    try:
        o = json.loads(line)
        payload = o.get("payload")
        sub = payload.get("type") if isinstance(payload, dict) else None
        kind = str(o.get("type")) + (f"/{sub}" if isinstance(sub, str) else "")
    except (ValueError, AttributeError):
        return "?"
    return kind if re.fullmatch(r"[\w/.-]{1,60}", kind) else "?"


def kinds(home):
    lines, size = collections.Counter(), collections.Counter()
    for path in rollouts(home):
        with open(path, "rb") as f:
            for line in f:
                kind = kind_of(line)
                lines[kind] += 1
                size[kind] += len(line)
    for kind, n in sorted(size.items(), key=lambda x: -x[1]):
        print(kind, lines[kind], n)


def without(kind, home, copy):
    for path in rollouts(home):
        to = os.path.join(copy, os.path.relpath(path, home))
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(path, "rb") as f, open(to, "wb") as g:
            g.writelines(line for line in f if kind_of(line) != kind)


def group_of(obj, path):
    for group, o, p in GROUPS:
        if (o is None or re.search(o, obj)) and (p is None or re.search(p, path)):
            return group
    return ""


def read_callgrind(name):
    """Own cost of each function, and edges: {(object, file, function): cost}, {(caller, callee): cost}."""
    own, edges = collections.Counter(), collections.Counter()
    obj = path = fn = ""
    cobj = cpath = cfn = None
    called = False
    with open(name, encoding="utf-8", errors="replace") as f:
        for line in f:
            line = line.rstrip("\n")
            key, eq, value = line.partition("=")
            if eq and key in ("ob", "fl", "fi", "fe", "fn", "cob", "cfi", "cfl", "cfn", "calls"):
                if key == "ob":
                    obj = value
                elif key == "fl":
                    path = value
                elif key == "fn":
                    fn = (obj, path, value)
                elif key == "cob":
                    cobj = value
                elif key in ("cfi", "cfl"):
                    cpath = value
                elif key == "cfn":
                    cfn = value
                elif key == "calls":
                    called = True
                continue
            m = re.match(r"(?:0x[0-9a-f]+|[+*-]?\d*) (\d+)$", line)
            if m is None:
                continue
            if called:
                callee = (obj if cobj is None else cobj, path if cpath is None else cpath, cfn)
                edges[fn, callee] += int(m.group(1))
                called, cobj, cpath, cfn = False, None, None, None
            else:
                own[fn] += int(m.group(1))
    return own, edges


def by_group(own, edges):
    """{group: cost}. What a helper costs itself goes to its callers, by what their calls of it cost, until all of it
    is with functions that have a group."""
    callers = collections.defaultdict(dict)
    for (caller, callee), cost in edges.items():
        if caller != callee and cost > 0:
            callers[callee][caller] = cost
    out, wait = collections.Counter(), collections.Counter(own)
    for _ in range(ROUNDS):
        left, wait = wait, collections.Counter()
        for fn, cost in left.items():
            group, above = group_of(*fn[:2]), callers[fn]
            if group != "" or not above:
                out[group or "everything else"] += cost
                continue
            total = sum(above.values())
            for caller, part in above.items():
                wait[caller] += cost * part / total
    out["everything else"] += sum(wait.values())  # helpers that call each other
    return out


def inclusive(own, edges):
    """{function of our own program: what it and all that it calls cost}"""
    out = collections.Counter()
    for fn, cost in own.items():
        out[fn] += cost
    for (caller, callee), cost in edges.items():
        if caller[2] != callee[2]:
            out[caller] += cost
    return {fn: cost for fn, cost in out.items() if "codex-track" in fn[0]}


def groups(lines, size, name):
    own, edges = read_callgrind(name)
    total = sum(own.values())
    booked = by_group(own, edges)
    print(f"{'group':34} {'share':>7} {'per byte':>9} {'per line':>9}")
    for group, cost in sorted(booked.items(), key=lambda x: -x[1]):
        print(f"{group:34} {100 * cost / total:6.1f}% {cost / size:9.2f} {cost / lines:9,.0f}")
    print(f"{'all':34} {100:6.1f}% {total / size:9.2f} {total / lines:9,.0f}")
    print(f"\n{'function, with all that it calls':44} {'share':>7} {'per line':>9}")
    ours = sorted(inclusive(own, edges).items(), key=lambda x: -x[1])
    for fn, cost in ours[:TOP]:
        where = re.sub(r".*/src/", "", fn[1])
        print(f"{(fn[2] + ' (' + where + ')'):44} {100 * cost / total:6.1f}% {cost / lines:9,.0f}")


def marginal(total):
    rest = total
    print(f"{'kind of line':44} {'lines':>7} {'bytes':>9} {'instr/line':>10} {'instr/byte':>10} {'share':>7}")
    for row in sys.stdin:
        kind, lines, size, less = row.split()
        lines, size, cost = int(lines), int(size), total - int(less)
        rest -= cost
        print(f"{kind:44} {lines:7,} {size:9,} {cost / lines:10,.0f} {cost / size:10.2f} {100 * cost / total:6.1f}%")
    print(f"{'files, start, session_meta, kinds not listed':44} {'':7} {'':9} {'':10} {'':10} {100 * rest / total:6.1f}%")


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == "kinds":
        kinds(args[0])
    elif what == "without":
        without(*args)
    elif what == "groups":
        groups(int(args[0]), int(args[1]), args[2])
    elif what == "marginal":
        marginal(int(args[0]))
    else:
        raise SystemExit(f"profile.py: {what}?")


if __name__ == "__main__":
    main()
