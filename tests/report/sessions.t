#!/usr/bin/env python3
"""sessions.t - the list of sessions and the page of one, worked out by hand; then
the sums of every session of the lab against its truth."""
import json
import os
import sqlite3
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import data
import roll
import tap
from data import page, pick, same

T = "2026-10-05T"


def call(r, ident, name, ms, text, at=None):
    """A call whose output comes MS later and says TEXT."""
    r.item("function_call", at, name=name, call_id=ident, arguments="{}")
    return r.item("function_call_output", step=ms, call_id=ident, output=text)


# ---- one session: three turns, five calls, two models
s = roll.Roll(start=T + "10:00:00Z", cwd="/src/app", git={"branch": "main", "commit_hash": "abc",
                                                         "repository_url": "git@github.com:u/app.git"})
s.started("t1", at=T + "10:01:00Z").context(effort="high").user()
call(s, "c1", "shell", 1000, json.dumps({"output": "x", "metadata": {"exit_code": 0}}))
call(s, "c2", "shell", 3000, json.dumps({"output": "x", "metadata": {"exit_code": 1}}))
s.used((10000, 8000, 500, 100), at=T + "10:02:00Z", window=100000)
s.used((50000, 40000, 1000, 0), at=T + "10:03:00Z", window=100000)
s.agent().done("t1", at=T + "10:03:30Z")
s.started("t2", at=T + "10:10:00Z").context("gpt-5.1-codex").user()
for i, ms in enumerate((200, 400)):
    call(s, f"d{i}", "apply_patch", ms, json.dumps({"output": "x", "metadata": {"exit_code": 0}}))
call(s, "c3", "shell", 2000, json.dumps({"output": "x", "metadata": {"exit_code": 0}}))
s.used((20000, 0, 2000, 0), at=T + "10:12:00Z", window=100000)
s.count(s.total, at=T + "10:12:01Z", last=(20000, 0, 2000, 0), window=100000)  # said twice
s.done("t2", at=T + "10:12:30Z")
s.started("t3", at=T + "10:20:00Z").context("gpt-5.1-codex").user()
s.line("compacted", {"message": ""})
s.event("turn_aborted", at=T + "10:21:00Z", turn_id="t3", reason="interrupted")
h = roll.Home(s)
h.ingest()
p = page(h.db, "session", id=s.id[:13])
x = p["session"]
same((x["id"], x["started"], x["project"], x["branch"], x["commit"], x["models"], x["effort"]),
     (s.id, T + "10:00:00+00:00", "github.com/u/app", "main", "abc", ["gpt-5.1-codex", "gpt-5.2"], ["default", "high"]), "facts")
same((x["turns"], x["calls"], x["failures"], x["compactions"], x["messages"], x["responses"], x["context_window"]),
     (3, 5, 1, 1, 4, 3, 100000), "counts")
same((x["tokens"], x["uncached"], x["cached"], x["output"], x["peak_permille"]), (83500, 32000, 48000, 3500, 510),
     "tokens; the context was 51 % full")
# gpt-5.2: 12000 x 1.75 + 48000 x 0.175 + 1500 x 14 = 21000 + 8400 + 21000 = 50400; gpt-5.1-codex: 20000 x 1.25 + 2000 x 10 = 45000
same((x["cost"], x["cost_nanousd"]), ("0.0954", 95400000), "cost")
same(pick(p["responses"], "n", "at", "turn", "model", "tokens", "context", "fill_permille", "cost"),
     [(1, T + "10:02:00+00:00", 1, "gpt-5.2", 10500, 10500, 105, "0.0119"),
      (2, T + "10:03:00+00:00", 1, "gpt-5.2", 51000, 51000, 510, "0.0385"),
      (3, T + "10:12:00+00:00", 2, "gpt-5.1-codex", 22000, 22000, 220, "0.045")], "responses with the fill of the context")
same(pick(p["turns"], "n", "turn_id", "started", "ended", "status", "calls", "failures", "compactions", "responses", "tokens",
          "peak_permille"),
     [(1, "t1", T + "10:01:00+00:00", T + "10:03:30+00:00", "completed", 2, 1, 0, 2, 61500, 510),
      (2, "t2", T + "10:10:00+00:00", T + "10:12:30+00:00", "completed", 3, 0, 0, 1, 22000, 220),
      (3, "t3", T + "10:20:00+00:00", T + "10:21:00+00:00", "interrupted", 0, 0, 1, 0, 0, None)], "turns, from 1")
same(pick(p["tools"], "name", "calls", "failed", "timed", "p50_ms", "p95_ms", "total_ms"),
     [("shell", 3, 1, 3, 2000, 3000, 6000), ("apply_patch", 2, 0, 2, 200, 400, 600)], "tools: nearest rank")
same(pick(p["verdicts"], "verdict", "lines", "logged_tokens", "counted_tokens"),
     [("counted", 3, 83500, 83500), ("repeat", 1, 22000, 0)], "the arithmetic")
same(p["arithmetic"], {"counted": 83500, "recovered": 0, "sum": 83500, "difference": 0}, "... ends in 0")
same(pick(p["family"], "id", "relation", "self"), [(s.id, None, True)], "no family")
for ident, word in (("zz", "at least 4"), ("00000000-0000", "no session")):
    rc, _, err = data.run(h.db, "session", id=ident)
    tap.ok(rc == 1 and word in err, f"no session {ident}", err)

# ---- a family: parent, fork, sub-agent of the fork, and one of its own
parent = roll.Roll(start=T + "08:00:00Z", ident=roll.uuid7(roll.ms(T + "08:00:00Z"), 1))
parent.started(roll.uuid7(roll.ms(T + "08:00:01Z"), 1), at=T + "08:00:01Z").context().used((1000, 0, 100, 0))
parent.done(roll.uuid7(roll.ms(T + "08:00:01Z"), 1))
fork = roll.Roll(start=T + "09:00:00Z", ident=roll.uuid7(roll.ms(T + "09:00:00Z"), 2), forked_from_id=parent.id)
fork.meta(parent.id)
fork.lines += parent.lines[1:]
fork.total = parent.total
fork.started(roll.uuid7(roll.ms(T + "09:00:01Z"), 2), at=T + "09:00:01Z").context().used((200, 0, 20, 0))
agent = roll.Roll(start=T + "09:10:00Z", ident=roll.uuid7(roll.ms(T + "09:10:00Z"), 3), parent_thread_id=fork.id,
                  source={"subagent": {"thread_spawn": {"parent_thread_id": fork.id, "depth": 1}}})
agent.started(roll.uuid7(roll.ms(T + "09:10:01Z"), 3), at=T + "09:10:01Z").context().used((30, 0, 3, 0))
other = roll.Roll(start=T + "07:00:00Z", ident=roll.uuid7(roll.ms(T + "07:00:00Z"), 4)).context().used((7, 0, 0, 0))
f = roll.Home(parent, fork, agent, other)
f.ingest()
for r in (parent, fork, agent):
    rows = [(n["id"], n["relation"], n["depth"], n["inherited_tokens"], n["own"]["tokens"], n["rolled"]["tokens"], n["self"])
            for n in page(f.db, "session", id=r.id)["family"]]
    same(rows, [(parent.id, None, 0, 0, 1100, 1100, r is parent), (fork.id, "fork", 1, 1100, 220, 253, r is fork),
                (agent.id, "sub-agent", 2, 0, 33, 33, r is agent)], "the family, seen from " + r.id[-2:])

# ---- the list: orders, pages, filters
rows = []
for i in range(7):
    r = roll.Roll(start=f"2026-10-{10 + i}T10:00:00Z", ident=roll.uuid4(i + 1), cwd=f"/src/p{i % 2}")
    r.started(f"a{i}").context("gpt-5.2" if i % 2 else "gpt-5.1-codex", cwd=f"/src/p{i % 2}")
    for _ in range((i * 3) % 7):
        r.used((1000, 0, 10, 0))
    rows.append(r)
l = roll.Home(*rows)
l.ingest()
ids = [r.id for r in rows]
n = [(i * 3) % 7 for i in range(7)]  # responses: 0 3 6 2 5 1 4


def listed(**words):
    words.setdefault("period", "all")
    return page(l.db, "sessions", now="2026-10-20T00:00:00Z", **words)


same([x["id"] for x in listed(period="30d")["sessions"]], ids[::-1], "newest first, those without counts too")
same([x["id"] for x in listed(period="30d", sort="started-asc")["sessions"]], ids, "oldest first")
by_n = sorted(range(7), key=lambda i: -n[i])
same([x["tokens"] for x in listed(period="30d", sort="tokens")["sessions"]], [1010 * n[i] for i in by_n], "by tokens")
# a response costs 1000 x 1.75 + 10 x 14 = 1890 with gpt-5.2 (odd ones), 1350 with the other
cost = {i: n[i] * (1890 if i % 2 else 1350) for i in range(7)}
same([x["id"] for x in listed(period="30d", sort="cost")["sessions"]], [ids[i] for i in sorted(cost, key=lambda i: -cost[i])],
     "by cost")
for sort in ("last", "tokens", "cost", "turns", "peak", "started-asc", "calls", "failures"):
    have, words = [], {}
    for _ in range(9):
        got = listed(period="30d", sort=sort, limit=2, **words)
        have += [x["id"] for x in got["sessions"]]
        if got["next"] is None:
            break
        words = {"cursor": got["next"]}
    tap.ok(sorted(have) == sorted(ids) and have == [x["id"] for x in listed(period="30d", sort=sort)["sessions"]]
           and got["total"] == 7, f"pages of two by {sort} are the whole list, once", str(have))
same([x["id"] for x in listed(period="30d", model="gpt-5.2")["sessions"]], [ids[5], ids[3], ids[1]], "a filter")
same([x["id"] for x in listed(period="30d", directory="/src/p0", model="!gpt-5.2")["sessions"]],
     [ids[6], ids[4], ids[2], ids[0]], "two filters, and one without counts")
same([x["id"] for x in listed(period="30d", q="P1")["sessions"]], [ids[5], ids[3], ids[1]], "a search")
same([x["id"] for x in listed(**{"from": "2026-10-12", "to": "2026-10-13"})["sessions"]], [ids[3], ids[2]], "a range")
for word, value in (("sort", "size"), ("cursor", "12"), ("cursor", "x_1"), ("cursor", "1_1_1")):
    rc, _, err = data.run(l.db, "sessions", **{word: value})
    tap.ok(rc == 1 and word in err, f"a bad {word} is refused: {value}", err)

# ---- sums that wait to be made again: the same answer
want = listed(period="30d", sort="turns")
c = sqlite3.connect(l.db)
c.executescript("DELETE FROM thread_sum; INSERT INTO sum_mark SELECT 1, id FROM thread")
c.close()
same(listed(period="30d", sort="turns")["total"], 7, "sessions whose sums are marked are made at once")
have = listed(period="30d", sort="turns")
tap.ok([{k: v for k, v in x.items() if k not in ("id",)} for x in have["sessions"]] ==
       [{k: v for k, v in x.items() if k not in ("id",)} for x in want["sessions"]] or have == want, "... and say the same",
       json.dumps(have)[:300])

# ---- the lab: every session's own page and its row in the list
if not tap.LAB:
    roll.no_lab("the sessions of the lab")
else:
    lab = roll.Home(name="lab")
    for version in ("0.36.0", "0.98.0", "0.140.0", "0.169.0"):
        for scenario in sorted(os.listdir(os.path.join(tap.LAB, version))):
            lab.ct("ingest", "--home", os.path.join(tap.LAB, version, scenario), home=False)
    table = {r["session_id"]: r for r in lab.json("sessions", "--limit", "0", home=False)}
    listing = page(lab.db, "sessions", period="all", limit=1000)["sessions"]
    tap.ok({x["id"] for x in listing} == set(table), "the list has the sessions of the command",
           f"{len(listing)} {len(table)}")
    keys = (("turns", "turns"), ("messages", "messages"), ("calls", "tool_calls"), ("failures", "tool_failures"),
            ("compactions", "compactions"), ("tokens", "total_tokens"), ("uncached", None), ("unpriced_tokens", "unpriced_tokens"),
            ("losses", "losses"), ("models", "models"), ("parent", "parent_session_id"))
    wrong = []
    for x in listing:
        for mine, theirs in keys:
            if theirs and x[mine] != (table[x["id"]][theirs] or ([] if isinstance(x[mine], list) else table[x["id"]][theirs])):
                wrong.append((x["id"], mine, x[mine], table[x["id"]][theirs]))
    tap.ok(not wrong, "... with the same numbers", str(wrong[:5]))
    wrong = []
    for x in listing[::5]:
        p = page(lab.db, "session", id=x["id"])
        turns = sum(t["tokens"] for t in p["turns"]) + sum(r["tokens"] for r in p["responses"] if r["turn"] is None)
        if (p["arithmetic"]["difference"], sum(r["tokens"] for r in p["responses"]), turns, len(p["turns"])) != \
                (0, x["tokens"], x["tokens"], x["turns"]):
            wrong.append((x["id"], p["arithmetic"], turns, x["tokens"], len(p["turns"]), x["turns"]))
        if round(sum(float(r["cost"] or 0) for r in p["responses"]) * 1e9) != (x["cost_nanousd"] or 0):
            wrong.append((x["id"], x["cost"]))
    tap.ok(not wrong, "responses, turns and verdicts of each end in its sum", str(wrong[:3]))
tap.done()
