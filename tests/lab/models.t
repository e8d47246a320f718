#!/usr/bin/env python3
"""By model: `report --by model` is what truth.json's delivered requests add up to,
on every folder but those that stand in OTHERWISE with the reason. Response by
response: a counted token_usage_record is the request of its response id (six
counters, model, end within a second); a counted token_count is a request of its
session with the same usage and model that ended within a minute.
"""
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import datetime

import kit
import tap

tap.need_lab()

FOLDERS = 129
UPGRADE = "0.169.0/s14_upgrade_from_0.117.0"

OTHERWISE = {}


def because(reason, *names):
    for name in names:
        OTHERWISE.setdefault(name, []).append(reason)

#REASONS

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


def of_requests(name):
    out = {}
    for r in kit.delivered(name):
        u = kit.usage_six(r["usage"])
        kit.add(out, r["model"], (u[0], u[1], u[3], u[4], u[5]))
    return out


def whole(sums):
    out = {}
    for v in sums.values():
        kit.add(out, "", v)
    return out.get("", (0,) * 5)


def record_is_wrong(row, requests):
    _, _, response, *six, model, at, source, line = row
    where = f"{os.path.basename(source)} line {line} ({response})"
    match = [r for r in requests if r["response_id"] == response]
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
    used.update(q["n"] for q in requests if q["response_id"] in {r[2] for r in records})
    bad_counts = [(r, t) for r in counts if (t := count_is_wrong(r, requests, used))]
    return len(records), bad_records, len(counts), bad_counts


def check(name):
    db = kit.fill(name)
    out = by_model(name, db), responses(name, db)
    kit.drop(os.path.dirname(db))
    return out


folders = kit.folders()
equal = [n for n in folders if whole(of_requests(n)) == kit.five(kit.truth(n)["expected"]["total"])]
tap.same(len(equal), FOLDERS, "folders whose delivered requests add up to the expected total")
records = counts = 0
for name, result in kit.each(check, folders):
    if kit.problem(result):
        tap.ok(False, name, kit.problem(result))
        continue
    models, (n_records, bad_records, n_counts, bad_counts) = result
    records += n_records
    counts += n_counts
    wanted = of_requests(name)
    bound = name in equal and name != UPGRADE
    if name in OTHERWISE:
        # a folder whose models would be right must not stand in the list
        tap.ok(not bound and models != wanted, f"{name}: by model not the requests: {'; '.join(OTHERWISE[name])}",
               f"got {models}, the requests are {wanted}; {'it is bound' if bound else ''}")
    else:
        tap.ok(bound and models == wanted, f"{name}: by model", f"got {models}, wanted {wanted}; "
               f"{'' if bound else 'the requests do not add up to what is expected, and no reason is given'}")
    tap.ok(not bad_records, f"{name}: {n_records} records by response id", "\n".join(bad_records))
    tap.ok(not bad_counts, f"{name}: {n_counts} other counted lines are requests", "\n".join(t for _, t in bad_counts))
tap.ok(records > 200 and counts > 500, f"{records} records and {counts} other lines were compared")
tap.done()
