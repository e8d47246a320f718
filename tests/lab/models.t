#!/usr/bin/env python3
"""By model: `report --by model` is what truth.json's delivered requests add up to,
on every folder but those that stand below with the reason; there it is what the
requests without (or with) those that are named add up to. Response by
response: a counted token_usage_record is the request of its response id (six
counters, model, end within a second); a counted token_count is a request of its
session with the same usage and model that ended within a minute.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import datetime

import kit
import tap

tap.need_lab()

FOLDERS = 129
UPGRADE = "0.169.0/s14_upgrade_from_0.117.0"

# What the files do not hold, or hold besides, by the numbers of truth.json's requests: folder -> (reason, numbers).
NOT_IN_FILES = {}
# Requests that the client never took as done and whose usage is logged all the same.
BESIDES = {"0.169.0/s08_errors": ("the incomplete response is recorded with its usage: it was billed", [6])}
# Requests whose lines a migration deleted: the next line's total still contains them (formats.md 7.6). There the
# tokens are counted, with the model in force there: (folder, session, line) -> numbers that it stands for, model.
JOINED = {
    # rolled-back turn of gpt-6-sol deleted; line 19 stands behind the copied turn of gpt-5.4
    (UPGRADE, "01a20208-0b40-7ba0-acf4-cc6b209ce664", 19): ([11, 12], "gpt-5.4"),
    # the same from 0.140: line 26 is the next response itself, of the same model
    ("0.169.0/s14_upgrade_from_0.140.0", "01a20214-ac7d-74b1-bf80-b3e52dd6d675", 26): ([11, 12, 13], "gpt-6-sol"),
}


def missing(reason, by_folder):
    for name, numbers in by_folder.items():
        NOT_IN_FILES[name] = (reason, numbers)


ALL = None  # every delivered request

missing("0.20 logged no counts at all", {
    "0.20.0/s01_text": ALL, "0.20.0/s01b_plain_dir_no_ratelimits": ALL, "0.20.0/s02_tools": ALL,
    "0.20.0/s03_resume": ALL, "0.20.0/s05_compact_auto": ALL, "0.20.0/s07_model_switch": ALL,
    "0.20.0/s08_errors": ALL, "0.20.0/s08b_killed": ALL, "0.20.0/s12_two_limit_families": ALL})
missing("wire_api=chat: every token_count has info:null", {
    "0.36.0/s17_chat_wire": ALL, "0.47.0/s17_chat_wire": ALL})
missing("0.36 does not log what its compactions used", {
    "0.36.0/s05_compact_auto": [2, 4], "0.36.0/s10_tui": [8]})
missing("killed while a tool ran: the count is written only after the tools", {
    "0.36.0/s08b_killed": [3], "0.140.0/s08b_killed": [3]})
missing("a compaction by the server is not in token_count (0.98 to 0.140)", {
    "0.98.0/s16_chatgpt_login_openai_provider": [14], "0.117.0/s16_chatgpt_login_openai_provider": [14],
    "0.117.0/s16w_chatgpt_login_websocket": [18], "0.140.0/s16_chatgpt_login_openai_provider": [14],
    "0.140.0/s16w_chatgpt_login_websocket": [18]})
missing("the disk was full: what was answered then was never written, the second session has no file (0.47: has one)", {
    "0.36.0/s18_disk_full_torn": [6, 7, 8, 9, 10, 11, 12], "0.47.0/s18_disk_full_torn": [10, 11, 12],
    "0.98.0/s18_disk_full_torn": [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    "0.117.0/s18_disk_full_torn": [4, 5, 6, 7, 8, 9, 10, 11, 12],
    "0.140.0/s18_disk_full_torn": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    "0.169.0/s18_disk_full_torn": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]})
missing("requests for thread titles have no file (0.154 on)", {
    "0.169.0/s10_tui": [2, 4, 5, 6, 7, 9, 11, 17], "0.169.0/s10b_tui_backtrack_fork": [2, 4, 6, 8],
    "0.169.0/s10c_tui_new_fork_resume": [2, 4, 5, 8, 10]})
missing("ephemeral runs have no file", {
    "0.169.0/s19_ephemeral_and_worktree": [1, 2, 3, 4, 5, 6, 8, 9]})

EVENTS = ("SELECT session_id, event_type, response_id, input_tokens, cached_input_tokens, cache_write_tokens,"
          " output_tokens, reasoning_output_tokens, total_tokens, coalesce(model, ''), captured_ms, source, source_line"
          " FROM events WHERE verdict = 'counted' ORDER BY source, source_line")


def ms(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def by_model(name, db):
    out = {}
    for row in kit.track_json("report", "--db", db, "--home", kit.home(name), "--by", "model", "--json"):
        kit.add(out, row["group"], kit.five(row))
    return {m: v for m, v in out.items() if any(v)}


def of_requests(requests, models=None):
    """{model: five}; MODELS: {number: model} where it is counted for another."""
    out = {}
    for r in requests:
        u = kit.usage_six(r["usage"])
        kit.add(out, (models or {}).get(r["n"], r["model"]), (u[0], u[1], u[3], u[4], u[5]))
    return {m: v for m, v in out.items() if any(v)}


def in_files(name):
    """Requests that the files of the folder hold, by the lists above."""
    _, lost = NOT_IN_FILES.get(name, ("", []))
    _, more = BESIDES.get(name, ("", []))
    out = [] if lost is ALL else [r for r in kit.delivered(name) if r["n"] not in lost]
    return out + [r for r in kit.truth(name)["requests"] if r["n"] in more]


def joined_models(name):
    return {n: model for (folder, _, _), (numbers, model) in JOINED.items() if folder == name for n in numbers}


def whole(sums):
    out = {}
    for v in sums.values():
        kit.add(out, "", v)
    return out.get("", (0,) * 5)


def record_is_wrong(row, requests):
    _, _, response, *six, model, at, source, line = row
    where = f"{os.path.basename(source)} line {line} ({response})"
    match = [r for r in requests if r.get("response_id") == response]
    if len(match) != 1:
        return f"{where}: {len(match)} requests have that id"
    r = match[0]
    if tuple(six) != kit.usage_six(r["usage"]):
        return f"{where}: counted {six}, the API said {kit.usage_six(r['usage'])}"
    if model != r["model"]:
        return f"{where}: model {model}, asked for {r['model']}"
    if r["session_id"] != row[0]:
        return f"{where}: session {row[0]}, asked by {r['session_id']}"
    if abs(at - ms(r["t_done"])) > 1000:
        return f"{where}: {at - ms(r['t_done']):.0f} ms from its end"
    return ""


def joined_is_wrong(row, requests, numbers, wanted_model):
    """A line that stands for several requests."""
    _, _, _, i, cached, _, o, reasoning, total, model, at, _, line = row
    mine = [r for r in requests if r["n"] in numbers]
    wanted = {}
    for r in mine:
        u = kit.usage_six(r["usage"])
        kit.add(wanted, "", (u[0], u[1], u[3], u[4], u[5]))
    if wanted[""] != (i, cached, o, reasoning, total) or model != wanted_model:
        return f"line {line}: {model} {(i, cached, o, reasoning, total)}, wanted {wanted_model} {wanted['']}"
    if {r["session_id"] for r in mine} != {row[0]} or any(abs(at - ms(r["t_done"])) > 60000 for r in mine):
        return f"line {line}: not of its session and minute"
    return ""


def count_is_wrong(row, requests, used):
    session, _, _, i, cached, _, o, reasoning, total, model, at, source, line = row
    where = f"{os.path.basename(source)} line {line}"
    match = []
    for r in requests:
        if r["session_id"] == session and r["usage"] and r["n"] not in used:
            u = kit.usage_six(r["usage"])
            if (u[0], u[1], u[3], u[4], u[5]) == (i, cached, o, reasoning, total):
                match.append(r)
    if not match:
        return f"{where}: no (further) request of {session} used {(i, cached, o, reasoning, total)}"
    r = min(match, key=lambda r: abs(at - ms(r["t_done"])))
    used.add(r["n"])
    if abs(at - ms(r["t_done"])) > 60000:
        return f"{where}: {at - ms(r['t_done']):.0f} ms from the end of request {r['n']}"
    if model != r["model"]:
        return f"{where}: model {model or 'unknown'}, asked for {r['model']}"
    return ""


def responses(name, db):
    """(records, wrong ones, other counted lines, wrong ones)"""
    requests, used = kit.truth(name)["requests"], set()
    rows = kit.query(db, EVENTS)
    records = [r for r in rows if r[1] == "token_usage_record"]
    counts = [r for r in rows if r[1] != "token_usage_record"]
    bad_records = [t for t in (record_is_wrong(r, requests) for r in records) if t]
    if len({r[2] for r in records}) != len(records):
        bad_records.append("a response is counted twice")
    used.update(q["n"] for q in requests if q.get("response_id") in {r[2] for r in records})
    bad_counts = []
    joined = {k[1:]: v for k, v in JOINED.items() if k[0] == name}
    for row in counts:
        if (row[0], row[12]) in joined:
            numbers, model = joined.pop((row[0], row[12]))
            used.update(numbers)
            bad_counts.append(joined_is_wrong(row, requests, numbers, model))
        else:
            bad_counts.append(count_is_wrong(row, requests, used))
    bad_counts += [f"{k} is not counted" for k in joined]
    return len(records), bad_records, len(counts), [t for t in bad_counts if t]


def check(name):
    db = kit.fill(name)
    out = by_model(name, db), responses(name, db)
    kit.drop(os.path.dirname(db))
    return out


folders = kit.folders()
equal = {n for n in folders
         if whole(of_requests(kit.delivered(n))) == kit.five(kit.truth(n)["expected"]["total"])}
tap.same(len(equal), FOLDERS, "folders whose delivered requests add up to the expected total")
bound = equal - {UPGRADE}
others = set(NOT_IN_FILES) | set(BESIDES) | {UPGRADE}
tap.same(sorted(set(folders) - bound - others), [], "every folder is bound to its requests or stands in a list")
tap.same(sorted(others & bound | others - set(folders)), [], "no folder of a list is bound, all exist")

records = counts = 0
for name, result in kit.each(check, folders):
    if kit.problem(result):
        tap.ok(False, name, kit.problem(result))
        continue
    models, (n_records, bad_records, n_counts, bad_counts) = result
    records += n_records
    counts += n_counts
    if name in bound:
        wanted, why = of_requests(kit.delivered(name)), ""
    else:
        wanted = of_requests(in_files(name), joined_models(name))
        why = ": " + (NOT_IN_FILES.get(name) or BESIDES.get(name) or ["a migration deleted a turn of another model"])[0]
    tap.ok(models == wanted, f"{name}: by model{why}", f"got    {models}\nwanted {wanted}")
    tap.ok(not bad_records, f"{name}: {n_records} records by response id", "\n".join(bad_records))
    tap.ok(not bad_counts, f"{name}: {n_counts} other counted lines are requests", "\n".join(bad_counts))
tap.ok(records > 250 and counts > 750, f"{records} records and {counts} other lines were compared")
tap.done()
