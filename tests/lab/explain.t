#!/usr/bin/env python3
"""explain: for every session of the lab its total is the expected one, is the sum
of its lines, and stands in the text as well; it lists as many usage lines as a
plain grep finds. For the sessions below the verdict of every line is what was
worked out by hand from the numbers in the file and formats.md 7.0.
"""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import kit
import tap

tap.need_lab()

LETTERS = {"counted": "C", "repeat": "r", "inherited": "i", "superseded": "s", "synthetic": "y", "review-copy": "v",
           "no-info": "n"}

# (what it shows, folder, session, verdicts: a blank between turns or files, "|" between pages, tokens)
# n no-info, C counted, r repeat, i inherited, s superseded, y synthetic, v review-copy
BY_HAND = [
    # 0.47 writes the old counts when the headers arrive and the new ones when the answer is complete: all but the
    # first response repeat the total before. 5230 + 6327 + 7407 + 8504 + 9601 + 10732.
    ("trap 1: repeats", "0.47.0/s02_tools", "01a20204-9b37", "nC rC rC rC rC rC", 47801),
    # Three processes; each begins with info:null and restarts at zero. Line 17 is the trap: 6103/3648/224/62 is larger
    # than the 5043/0/187/51 before in every part, and still a restart: total = last. A difference would say 1,097.
    ("trap 3: totals restart on resume", "0.47.0/s03_resume", "01a20204-a5b3",
     "nC nC rC rC rC rC rC nC rC", 86562),
    # The same, 0.36 after a compaction: 45003 after 40001 is a restart, 9096 after 45003 falls.
    ("trap 3: totals restart after a compaction", "0.36.0/s05_compact_auto", "0bd059e9", "C C C", 94883),
    # context_length_exceeded: 0/0/0/0 and 258,400 in all, the whole window.
    ("trap 4: the fill-to-window vector", "0.117.0/s08_errors", "01a20204-5b52", "ny", 0),
    # Lines 17, 30, 43, 69: the total stays, last becomes 0/0/0/0/3166, the new context. It stands once more when the
    # next headers arrive. The compaction's own response (line 16: 6,378; 29, 42, 68) counts.
    ("trap 5: a recomputed last after a compaction", "0.98.0/s05_compact_auto", "01a20203-d5a6",
     "n C r C r  r C r C r  r C r C r  r C  r C  r C r  r C", 231812),
    # Fork by copy: lines 9 to 55 (14 counts) stand in turns older than the thread. Line 61 repeats the parent's
    # 59,732; 12,943 and 14,040 are its own.
    ("trap 6: a fork with copied lines", "0.117.0/s04_fork", "01a20204-cffa", "iiiiiiiiiiiiii rC rC", 26983),
    # Fork of that fork: two ancestors' session_meta, 14 + 4 copied counts, then 16,166 of its own.
    ("trap 6: a fork of a fork", "0.117.0/s04_fork", "01a20204-d57f", "iiiiiiiiiiiiii iiii rC", 16166),
    # A fork that never ran a turn holds a full copy.
    ("trap 6: a fork without a turn", "0.117.0/s04_fork", "01a20204-d626", "iiiiiiiiiiiiii ii", 0),
    # Edited message in 0.47: the first 19 lines are the parent's, known only by being equal to them. The own part
    # begins with info:null and restarts at zero: 8,470.
    ("trap 6: a copied beginning without turn ids", "0.47.0/s10b_tui_backtrack_fork", "01a2020f-91fd", "iiii nC", 8470),
    # Sub-agent with the parent's history: copied up to line 54 in the middle of the parent's turn, total goes on from
    # 59,749.
    ("trap 6: a sub-agent with copied history", "0.117.0/s06c_subagent_forked_context", "01a20205-4b31",
     "iiiiiiiiiiii ii rC rC", 29109),
    # The same from 0.149 on: no counts are copied, totals from zero.
    ("trap 6: a sub-agent with copied messages only", "0.169.0/s06c_subagent_forked_context", "01a20201-a498",
     "Cs Cs", 29381),
    # history_base: the first total 73,219 contains the parent's; its record says 13,011.
    ("trap 7: a fork by reference", "0.169.0/s04_fork", "01a201fe-d019", "Cs Cs", 27119),
    # Every response stands as a record and, after its tools, as a token_count.
    ("trap 8: records and counts of the same response", "0.169.0/s04_fork", "01a201fe-c90e",
     "Cs Cs Cs Cs Cs Cs Cs Cs", 75311),
    # With compactions: an unchanged total is a repeat although a record covers the response before; the compaction's
    # response (lines 23, 40, 57, 86) has a record like any other.
    ("trap 8: records, counts and compactions", "0.169.0/s05_compact_auto", "01a20204-955f",
     "Cs r Cs r Cs r Cs r Cs r Cs r Cs Cs r Cs r Cs", 232016),
    # The compaction by the server (line 57: 23,420) has a record only; the total never contains it: 166,798.
    ("trap 8: a response that is in no total", "0.169.0/s16w_chatgpt_login_websocket", "01a20211-1fed",
     "Cs Cs Cs Cs Cs Cs C r Cs Cs", 190218),
    # Begun by 0.47, gone on by 0.169: counts up to 47,801; then records whose thread_token_usage begins at 13,989 and
    # ends at 29,075, while the total goes on to 76,876. Only `usage` is taken: 13,989 + 15,086.
    ("trap 9: running sums in a record", "0.169.0/s14_upgrade_from_0.47.0", "01a20216-329c",
     "nC rC rC rC rC rC Cs Cs", 76876),
    # An incomplete response: total 10,545, last all 0; the record has it.
    ("trap 12: an incomplete response", "0.169.0/s08_errors", "01a20201-b0ee", "Cs", 10545),
    # 0.98 does not copy a review's counts into the thread that asked for it: nothing between lines 19 and 25.
    ("trap 20: the thread around a review", "0.98.0/s06b_review", "01a20206-92c2", "nC rC rC", 23284),
    # A detached review runs beside a fork of the thread: four copied counts, none of its own.
    ("trap 20: the fork around a detached review", "0.98.0/s06b_review", "01a20206-bb55", "iiii", 0),
    # thread/rollback at line 67 undoes the turn of 15,035 tokens: total stays, last 0/0/0/0/5623. It stays spent.
    ("trap 36: a turn that was rolled back", "0.117.0/s04_fork", "01a20204-c981",
     "nC rC rC rC rC rC rC rC r rC", 91894),
    # Revert: a second file of the thread goes on behind the second turn; the third turn's 9,601 stay spent although
    # the new total 24,466 steps over them.
    ("trap 36: a turn that was reverted", "0.169.0/s10b_tui_backtrack_fork", "01a20202-5c07", "Cs Cs Cs | Cs", 34067),
    # Migrated in place: the ancestor's session_meta and the rolled-back turn are gone. Lines 8 to 17 are copied
    # (28,327); line 19 is what is left of the rollback: total 61,042, last 0/0/0/0/5052. The difference, 32,715, are
    # the two deleted responses.
    ("7.6: a migrated fork", "0.169.0/s14_upgrade_from_0.117.0", "01a20208-0b40", "iiii C rC rC Cs", 91869),
    # From 0.140 no line is left of the rollback: line 26 steps from 28,327 to 78,943 and says last 17,901. The
    # difference, 50,616, counts.
    ("7.6: a migrated fork, next response", "0.169.0/s14_upgrade_from_0.140.0", "01a20214-ac7d", "ii C C Cs", 91869),
    # Line 25 is a torn record fused with the task_started of the resumed turn; no count was on it.
    ("trap 25: a fused line", "0.117.0/s18_disk_full_torn", "01a20218-f376", "nC rC rC r rC rC", 56016),
]

TRAPS = ["trap 1:", "trap 3:", "trap 4:", "trap 5:", "trap 6:", "trap 7:", "trap 8:", "trap 9:", "trap 12:", "trap 20:",
         "trap 36:", "7.6:"]


# Lines that grep finds and that are no usage line: the disk was full in the middle of a token_count.
TORN = {("0.47.0/s18_disk_full_torn", "01a20214-6f08-7dd2-8842-6fd9a3d91fe1"): 1}


def grep(paths):
    """Usage lines, as grep -c would count them."""
    n = 0
    for path in paths:
        for line in kit.file_bytes(path).split(b"\n"):
            n += b'"type":"token_count"' in line or b'"type":"token_usage_record"' in line
    return n


def look(name):
    """{session: answer of explain}, [what is wrong in general]"""
    db = kit.fill(name)
    where = ("--db", db, "--home", kit.home(name))
    out, bad = {}, []
    wanted = kit.truth(name)["expected"]["by_session"]
    for (uuid,) in kit.query(db, "SELECT session_id FROM sessions"):
        x = kit.track_json("explain", uuid, *where, "--json")
        out[uuid] = x
        expect = kit.five(wanted[uuid]) if uuid in wanted else (0,) * 5
        if kit.five(x["total"]) != expect:
            bad.append(f"{uuid}: total {kit.five(x['total'])}, expected {expect}")
        sums = {}
        for l in x["lines"] + x["recovered_lines"]:
            if l["counts_for"] is None:
                kit.add(sums, "", kit.five(l["counted"]))
            if (l["verdict"] == "counted") != any(l["counted"].values()):
                bad.append(f"{uuid}: line {l['line']} is {l['verdict']} and counts {l['counted']}")
        if sums.get("", (0,) * 5) != kit.five(x["total"]):
            bad.append(f"{uuid}: its lines add up to {sums}, its total is {x['total']}")
        there = grep(f["path"] for f in x["files"]) - TORN.get((name, uuid), 0)
        if len(x["lines"]) != there:
            bad.append(f"{uuid}: {len(x['lines'])} usage lines, grep finds {there}")
        numbers = [(l["file"], l["line"]) for l in x["lines"]]
        if numbers != sorted(set(numbers)):
            bad.append(f"{uuid}: lines out of order or twice")
        bad += text_is_wrong(uuid, x, kit.track("explain", uuid, *where))
    lost = set(wanted) - set(out)
    if lost:
        bad.append(f"no such session: {sorted(lost)}")
    kit.drop(os.path.dirname(db))
    return out, bad


def text_is_wrong(uuid, x, text):
    """The last line of the text, and its count of lines by verdict."""
    total = re.search(r"^Total: ([\d,]+) tokens = ([\d,]+) input \(([\d,]+) cached\) \+ ([\d,]+) output "
                      r"\(([\d,]+) reasoning\)$", text, re.M)
    if total is None:
        return [f"{uuid}: no total in the text"]
    t, i, c, o, r = (int(v.replace(",", "")) for v in total.groups())
    bad = []
    if (i, c, o, r, t) != kit.five(x["total"]):
        bad.append(f"{uuid}: the text says {total.group()}")
    said = {v: int(n) for n, v in re.findall(r"^ +(\d+) ([a-z-]+) +[a-z]", text, re.M)}
    wanted = {}
    for l in x["lines"]:
        wanted[l["verdict"]] = wanted.get(l["verdict"], 0) + 1
    if said != wanted:
        bad.append(f"{uuid}: the text counts {said}, the lines are {wanted}")
    return bad


def verdicts(x):
    """The verdicts of an answer as letters, "|" between files."""
    out, at = "", 0
    for l in x["lines"]:
        out += "|" * (l["file"] - at) + LETTERS.get(l["verdict"], "?")
        at = l["file"]
    return out


def plain(letters):
    return letters.replace(" ", "")


def with_lines(x):
    return " ".join(f"{l['line']}{LETTERS.get(l['verdict'], '?')}" for l in x["lines"])


# ---- trap 20 as 0.77 wrote it (not in the lab): by hand, with the numbers of lab-format.md 7 no. 7 ----

def usage(i, cached, o, reasoning):
    return {"input_tokens": i, "cached_input_tokens": cached, "output_tokens": o, "reasoning_output_tokens": reasoning,
            "total_tokens": i + o}


ONE, TWO = usage(5060, 0, 187, 51), usage(11180, 3648, 411, 113)
REVIEW_ONE, REVIEW_TWO = usage(7078, 4224, 261, 73), usage(15216, 9088, 559, 157)
THREE = usage(22413, 10368, 820, 230)
COUNTS = {
    "one": {"total_token_usage": ONE, "last_token_usage": ONE},
    "two": {"total_token_usage": TWO, "last_token_usage": usage(6120, 3648, 224, 62)},
    "null": None,
    "review one": {"total_token_usage": REVIEW_ONE, "last_token_usage": REVIEW_ONE},
    "review two": {"total_token_usage": REVIEW_TWO, "last_token_usage": usage(8138, 4864, 298, 84)},
    "three": {"total_token_usage": THREE, "last_token_usage": usage(11233, 6720, 409, 117)},
}
PARENT, CHILD = "019a0000-0000-7000-8000-000000000001", "019a0000-0001-7000-8000-000000000002"


def rollout(home, thread, source, steps):
    folder = os.path.join(home, "sessions/2025/10/01")
    os.makedirs(folder, exist_ok=True)
    lines = [("session_meta", {"id": thread, "timestamp": "2025-10-01T00:00:00.000Z", "cwd": "/src", "source": source,
                               "originator": "codex_exec", "cli_version": "0.77.0"}),
             ("turn_context", {"cwd": "/src", "model": "gpt-5.1-codex"})]
    for step in steps:
        if step in COUNTS:
            lines.append(("event_msg", {"type": "token_count", "info": COUNTS[step], "rate_limits": None}))
        else:
            lines.append(("event_msg", {"type": step}))
    with open(os.path.join(folder, f"rollout-2025-10-01T00-00-00-{thread}.jsonl"), "w", encoding="utf-8") as f:
        for i, (kind, payload) in enumerate(lines):
            f.write(json.dumps({"timestamp": f"2025-10-01T00:00:{i:02}.000Z", "type": kind, "payload": payload}) + "\n")


def review_of_077():
    """The review's counts are copied live into the file of the thread that started it, between its own."""
    home = kit.temp("review")
    rollout(home, PARENT, "cli", ["one", "two", "entered_review_mode", "null", "review one", "review two",
                                  "exited_review_mode", "two", "three"])
    rollout(home, CHILD, {"subagent": "review"}, ["null", "review one", "review two"])
    where = ("--db", os.path.join(kit.temp("db"), "usage.db"), "--home", home)
    kit.ingest(where[1], *where[2:])
    for thread, wanted, total in ((PARENT, "CC nvv rC", 23233), (CHILD, "n CC", 15775)):
        x = kit.track_json("explain", thread, *where, "--json")
        tap.same((verdicts(x), x["total"]["total_tokens"]), (plain(wanted), total),
                 f"trap 20 as 0.77 wrote it: {wanted}, {total:,} tokens")


answers, folders = {}, kit.folders()
for name, result in kit.each(look, folders):
    if kit.problem(result):
        tap.ok(False, name, kit.problem(result))
        continue
    answers[name], bad = result
    lines = sum(len(x["lines"]) for x in answers[name].values())
    tap.ok(not bad, f"{name}: {len(answers[name])} sessions, {lines} usage lines", "\n".join(bad))

for what, name, part, wanted, total in BY_HAND:
    found = [x for uuid, x in answers.get(name, {}).items() if uuid.startswith(part)]
    got = verdicts(found[0]) if len(found) == 1 else "not found"
    tap.ok(got == plain(wanted) and found[0]["total"]["total_tokens"] == total,
           f"{what}: {name} {part}: {wanted or 'no lines'}, {total:,} tokens",
           f"got    {got}\nwanted {plain(wanted)}\n" + (with_lines(found[0]) if found else ""))
review_of_077()
tap.same([t for t in TRAPS if not any(b[0].startswith(t) for b in BY_HAND)], [], "every trap has a session")
tap.done()
