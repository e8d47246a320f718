#!/usr/bin/env python3
"""Lower bounds: the 24 folders where the API returned something else than the files
hold say so, each by the kinds worked out by hand below, or stand by name with the
reason why the files cannot show it. And nowhere in the lab is a kind said without
a sign of it in the file, at the line that `explain` names, found here by a
reading of the files that knows nothing of the program's.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import kit
import signs
import tap

tap.need_lab()

# What the files of each folder with api_returned show, by session (a part of its id), worked out from the files;
# a session that is not named says nothing. Some show a sign although what they lack was never delivered.
SHOWN = {
    # A compaction by the server leaves `compacted` with an empty message and no usage: s16, s16w before records.
    # In 0.117 s16 the first turn of the exec session has no task_complete: it never ended.
    "0.117.0/s16_chatgpt_login_openai_provider": {"2379e3d1ea33": "compaction", "8fa34fddc1de": "unfinished-turn"},
    "0.117.0/s16w_chatgpt_login_websocket": {"aa740b50d611": "compaction"},
    "0.140.0/s16_chatgpt_login_openai_provider": {"063cfbf6eb8c": "compaction"},
    "0.140.0/s16w_chatgpt_login_websocket": {"21cf308d0c0f": "compaction"},
    # Disk full: the line that was being written is fused with the next one (or cut), and from 0.107 on the turn has
    # no end. In 0.36 the file just stops in the middle of a line.
    "0.36.0/s18_disk_full_torn": {"ddbb21939b2d": "cut-line"},
    "0.47.0/s18_disk_full_torn": {"6fd9a3d91fe1": "unreadable-line"},
    "0.98.0/s18_disk_full_torn": {"ad41a6525ccf": "unreadable-line"},
    "0.117.0/s18_disk_full_torn": {"82343ff25456": "unfinished-turn unreadable-line"},
    "0.140.0/s18_disk_full_torn": {"6143d2b77063": "unfinished-turn unreadable-line"},
    "0.169.0/s18_disk_full_torn": {"bdf7a5a91d64": "unfinished-turn unreadable-line"},
    # Killed in the middle of an answer (never delivered) or while a tool ran: no end, or no answer at all.
    "0.140.0/s08b_killed": {"0683a50e38da": "unfinished-turn", "d0cbde33cb99": "unfinished-turn"},
    "0.36.0/s08b_killed": {"f8f5d21d5744": "unfinished-turn", "0e7f18c08ad4": "unfinished-turn"},
    # 0.36 writes a summary by the model without counting what it used.
    "0.36.0/s05_compact_auto": {"67092eb2cad2": "compaction"},
    "0.36.0/s10_tui": {"cd1555371391": "compaction"},
    # 0.20 logs no counts. A question that was never answered says that instead.
    "0.20.0/s01_text": {"75b1a0609aed": "no-counts"},
    "0.20.0/s01b_plain_dir_no_ratelimits": {"d0076f9857be": "no-counts", "356bdbf4171f": "no-counts"},
    "0.20.0/s02_tools": {"cea7c77046f8": "no-counts", "2817845ee480": "no-counts"},
    "0.20.0/s03_resume": {"1839ef48efd8": "no-counts"},
    "0.20.0/s05_compact_auto": {"f5e20f5e52a4": "no-counts"},
    "0.20.0/s07_model_switch": {"e327c8f79acd": "no-counts"},
    "0.20.0/s08_errors": {"87df2e50": "no-counts", "4407e3e0": "unfinished-turn", "1417cc71": "unfinished-turn",
                          "afd945b2": "unfinished-turn", "48927c3e": "unfinished-turn", "cb88e8b2": "unfinished-turn"},
    "0.20.0/s08b_killed": {"28cf3cb1": "no-counts unfinished-turn", "5357ffcc": "unfinished-turn",
                           "4ab76d63": "unfinished-turn"},
    "0.20.0/s12_two_limit_families": {"65f8744e1e36": "no-counts"},
}
# Folders with api_returned whose files cannot show it.
CANNOT = {
    "0.169.0/s08_errors": "the API returned less: the incomplete response is recorded with its usage and counts",
}
FOLDERS = 24


# ---- what the files say ----

def model_at(rollout, n, kind):
    """The model of a loss: that in force at its line; for a turn that never ended, the turn's own."""
    turn = next((p.get("turn_id") for l in rollout.lines if l.n == n for name, p in map(signs.named, kit.records(l))
                 if name == "task_started"), None)
    before, behind = "<unknown>", None
    for line in rollout.lines:
        for name, p in map(signs.named, kit.records(line)):
            if name == "turn_context" and line.n <= n:
                before = p["model"]
            elif name == "turn_context" and kind == "unfinished-turn" and behind is None and p.get("turn_id") == turn:
                behind = p["model"]
            elif name == "user_message" and line.n > n and turn is None:
                return behind or before
    return behind or before


# ---- what the program says ----

def said(name):
    """({session: kinds} from report, the same from explain, what contradicts, [losses without a sign], [signs
    that are not said], {model: kinds} from report, the same by the files)"""
    db = kit.fill(name)
    where = ("--db", db, "--home", kit.home(name))
    bad, by_report, by_explain = [], {}, {}
    for row in kit.track_json("report", *where, "--by", "session", "--json"):
        by_report.setdefault(row["group"], set()).update(row["losses"])
        if row["lower_bound"] != bool(row["losses"]):
            bad.append(f"{row['group']}: lower_bound {row['lower_bound']}, losses {row['losses']}")
    by_report = {s: k for s, k in by_report.items() if k}
    whole = set()
    for row in kit.track_json("report", *where, "--json"):
        whole.update(row["losses"])
    if whole != set().union(*by_report.values()):
        bad.append(f"report without --by says {sorted(whole)}")
    bad += text_is_wrong(kit.track("report", *where), by_report)
    read = {r.name: r for r in kit.rollouts(name)}
    by_model, models = {}, {}
    for row in kit.track_json("report", *where, "--by", "model", "--json"):
        if row["losses"]:
            by_model.setdefault(row["group"], set()).update(row["losses"])
    groundless, unsaid = [], []
    for (uuid,) in kit.query(db, "SELECT session_id FROM sessions"):
        x = kit.track_json("explain", uuid, *where, "--json")
        kinds = {l["kind"] for l in x["losses"]}
        if kinds:
            by_explain[uuid] = kinds
        if x["lower_bound"] != bool(kinds):
            bad.append(f"explain {uuid}: lower_bound {x['lower_bound']}")
        notes = re.findall(r"line (\d+): .* \(([a-z-]+)\)$", kit.track("explain", uuid, *where), re.M)
        if sorted((k, int(n)) for n, k in notes) != sorted((l["kind"], l["line"]) for l in x["losses"]):
            bad.append(f"explain {uuid} as text notes {notes}")
        for i, f in enumerate(x["files"]):
            found = signs.signs_of(read[os.path.basename(f["path"])])
            for l in x["losses"]:
                if l["file"] == i:
                    model = model_at(read[os.path.basename(f["path"])], l["line"], l["kind"])
                    models.setdefault(model, set()).add(l["kind"])
            mine = {(l["kind"], l["line"]) for l in x["losses"] if l["file"] == i}
            groundless += [f"{uuid}: {k} at line {n}" for k, n in sorted(mine - found)]
            if f["inherited_lines"] == 0:
                # an open call alone is a sign of little: the turn's missing end says it already
                unsaid += [f"{uuid}: {k} at line {n}" for k, n in sorted(found)
                           if k not in {m for m, _ in mine} and k != "unfinished-call"]
    kit.drop(os.path.dirname(db))
    return by_report, by_explain, bad, groundless, unsaid, by_model, models


def text_is_wrong(text, by_session):
    """The notes under the table: how many sessions, and how many by kind."""
    bad = []
    head = re.search(r"Lower bound: the files of ([\d,]+) session", text)
    n = int(head.group(1).replace(",", "")) if head else 0
    if n != len(by_session):
        bad.append(f"the note says {n} sessions, the rows {len(by_session)}")
    notes = {k: int(v) for v, k in re.findall(r"^ +(\d+) sessions? .* \(([a-z-]+)\)$", text, re.M)}
    wanted = {}
    for kinds in by_session.values():
        for k in kinds:
            wanted[k] = wanted.get(k, 0) + 1
    if notes != wanted:
        bad.append(f"the notes say {notes}, the rows {wanted}")
    return bad


def differs(by_session, wanted):
    """What differs from {part of an id: kinds in a text}."""
    out, left = [], dict(by_session)
    for part, kinds in wanted.items():
        ids = [s for s in left if part in s]
        got = left.pop(ids[0]) if len(ids) == 1 else set()
        if got != set(kinds.split()):
            out.append(f"…{part}: says {sorted(got)}, its file shows {kinds}")
    return out + [f"{s}: says {sorted(k)}, not expected" for s, k in left.items()]


lossy = [n for n in kit.folders() if any("api_returned" in d for d in kit.truth(n)["expected"]["by_session"].values())]
tap.same(len(lossy), FOLDERS, "folders with api_returned")
tap.same(sorted(set(SHOWN) | set(CANNOT)), lossy, "each stands in one of the lists")
tap.same(sorted(set(SHOWN) & set(CANNOT)), [], "none stands in both")
said_kinds = set()
for name, result in kit.each(said, kit.folders()):
    if kit.problem(result):
        tap.ok(False, name, kit.problem(result))
        continue
    by_report, by_explain, bad, groundless, unsaid, by_model, models = result
    said_kinds.update(*by_report.values())
    if by_report != by_explain:
        bad.append(f"report says {by_report}, explain {by_explain}")
    if name in CANNOT:
        tap.ok(not by_report, f"{name}: not a lower bound: {CANNOT[name]}", by_report)
    elif name in SHOWN:
        lost = [s for s, d in kit.truth(name)["expected"]["by_session"].items() if "api_returned" in d]
        wrong = differs(by_report, SHOWN[name]) + [f"{s} does not say it" for s in lost if not by_report.get(s)]
        tap.ok(not wrong, f"{name}: lower bound of {len(by_report)} sessions", "\n".join(wrong))
    tap.ok(not bad, f"{name}: rows, notes and explain agree", "\n".join(bad))
    tap.ok(not groundless, f"{name}: no lower bound without a sign", "\n".join(groundless))
    if by_model or models:
        tap.same(by_model, models, f"{name}: by model, the loss stands at the model of its turn")
    tap.ok(not unsaid, f"{name}: no sign is passed over", "\n".join(unsaid))
tap.same(sorted(said_kinds), ["compaction", "cut-line", "no-counts", "no-info", "unfinished-call", "unfinished-turn",
                              "unreadable-line"], "kinds that the lab shows")
tap.done()
