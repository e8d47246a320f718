#!/usr/bin/env python3
"""Hand-made rollouts for what the lab does not cover, with figures worked out by hand.

Vectors are (input, cached, output, reasoning); the total is input + output.
"""
import os
import sys

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import Home, Roll, ms, plus, same_state, uuid4, uuid7, zst  # noqa: E402

A = (1000, 200, 100, 40)    # 1,100
B = (2000, 500, 200, 80)    # 2,200
C = (4000, 1000, 400, 160)  # 4,400
D = (8000, 2000, 800, 320)  # 8,800


def simple(ident=None, start="2026-10-05T10:00:00Z", last=A, **meta):
    """A session of one turn and one response."""
    return Roll(ident, start, **meta).context().user().agent().used(last)


# ------------------------------------------------------------ repeats and identity
h = Home(simple(uuid4(1)), simple(uuid4(2)))
tap.same(h.sessions(), {uuid4(1): 1100, uuid4(2): 1100},
         "identical counters in two independent sessions: both count (1,100 + 1,100)")

r = Roll().context().used(A).count(A, A).used(B).count(plus(A, B), B)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "repeat", 0), (5, "counted", 2200), (6, "repeat", 0)],
         "an unchanged total is a repeat")

# restart with a larger total: 1,100, then total = last = 8,800: a difference would say 7,700
r = Roll().context().used(A).count(None).count(D, D)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "no-info", 0), (5, "counted", 8800)],
         "total = last: the counters restarted, although nothing fell (1,100 + 8,800)")

# ---------------------------------------------------------------- clamps and totals
r = Roll().context().used((100, 500, 10, 50))
h = Home(r)
tap.same(h.groups("session"), {r.id: (110, 100, 100, 10, 10)},
         "cached > input and reasoning > output are cut to 100 and 10")
r = Roll().context().used((100, 60, 10, 5, 70))
h = Home(r)
tap.same(h.json("report")[0]["cache_write_tokens"], 40, "cache write is cut to input - cached = 100 - 60")
r = Roll().context().used(A + (0, 999999)).count(plus(A, B) + (5,), B + (0, 7))
h = Home(r)
tap.same(h.groups("session"), {r.id: (3300, 3000, 700, 300, 120)},
         "a wrong total_tokens is not taken over: 3,000 + 300")

# ----------------------------------------------------------- synthetic vectors
# c1 10,500; then the window is filled: every part is 0, total_tokens 258,400; then the real
# responses 4,300 and 5,400, whose totals begin at 0: 10,500 + 4,300 + 5,400 = 20,200
r = Roll().context().used((10000, 2000, 500, 100))
r.count((0, 0, 0, 0, 0, 258400), (0, 0, 0, 0, 0, 247900))
r.count((4000, 1000, 300, 50, 0, 262700), (4000, 1000, 300, 50))
r.count((9000, 3000, 700, 120, 0, 268100), (5000, 2000, 400, 70))
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 10500), (4, "synthetic", 0), (5, "counted", 4300), (6, "counted", 5400)],
         "the context window filled, then real responses: 20,200")

# a gauge as the first event: total 0, last {total_tokens: 12565}; then 1,100
r = Roll().context().count((0, 0, 0, 0), (0, 0, 0, 0, 0, 12565)).count(A, A).used(B)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "synthetic", 0), (4, "counted", 1100), (5, "counted", 2200)],
         "a synthetic event as baseline: 1,100 + 2,200")

# the same with totals that do not begin at 0 behind it (a resumed process): 50,000 so far,
# said by a gauge whose last is zero and which is the first event -> nothing is known of what
# was before, so it counts as `total` (rule 3: no previous total, last all zero)
r = Roll().context().count(D, (0, 0, 0, 0, 0, 12565)).count(plus(D, A), A)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 8800), (4, "counted", 1100)],
         "no previous total and last all zero: the total itself (8,800 + 1,100)")

# after a compaction the total stays and last is a gauge
r = Roll().context().used(A).line("compacted", {"message": "s"}).count(A, (0, 0, 0, 0, 0, 12565)).used(B)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (5, "repeat", 0), (6, "counted", 2200)],
         "a recomputed gauge after a compaction counts nothing: 3,300")

# incomplete response: last is zero, the total has grown by B
r = Roll().context().used(A).count(plus(A, B), (0, 0, 0, 0)).used(C)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "counted", 2200), (5, "counted", 4400)],
         "an incomplete response: the growth of the total counts")

# only totals: A, then A + B
r = Roll().context()
for t in (A, plus(A, B)):
    r.event("token_count", info={"total_token_usage": {"input_tokens": t[0], "cached_input_tokens": t[1],
            "output_tokens": t[2], "reasoning_output_tokens": t[3], "total_tokens": t[0] + t[2]}})
h = Home(r)
tap.same(h.groups("session"), {r.id: (3300, 3000, 700, 300, 120)}, "last_token_usage is missing: 1,100 + 2,200")

# ------------------------------------------------------------------- records
r = Roll(cli_version="0.169.0").context()
r.record(A, "resp_1").count(A, A)            # the record counts, the count is superseded
r.record(B, "resp_2").used(B).record(B, "resp_2")  # the same response again
r.line("compacted", {"message": "", "latest_token_usage_record": {"response_id": "resp_9", "usage":
       {"input_tokens": 500, "output_tokens": 5, "total_tokens": 505}}})
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "superseded", 0), (5, "counted", 2200),
                            (6, "superseded", 0), (7, "repeat", 0)],
         "records: one each response_id; the copy in `compacted` is none (3,300)")

r = Roll().context().record(A).record(A)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "counted", 1100)],
         "two records without response_id and with the same figures are two responses")

r = Roll().context().used(A).record(A, "r1").used(B).record(B, "r2").record(C, "r3").used(C)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "superseded", 0), (4, "counted", 1100), (5, "superseded", 0), (6, "counted", 2200),
                            (7, "counted", 4400), (8, "superseded", 0)],
         "a record that stands behind its token_count supersedes it: 1,100 + 2,200 + 4,400")

# a gap: an older Codex goes on in the file, then records again; 1,100 + 2,200 + 4,400 + 8,800
r = Roll().context().record(A, "r1").used(A)
r.used(B).count(r.total, B).used(C)          # token_counts without records
r.record(D, "r4").used(D)
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "superseded", 0), (5, "counted", 2200), (6, "repeat", 0),
                            (7, "counted", 4400), (8, "counted", 8800), (9, "superseded", 0)],
         "a record gap: token_counts whose growth is their last count, 16,500")

# the total steps over two records with one token_count: nothing of it counts
r = Roll().context().record(A, "r1").record(B, "r2").count(plus(A, B), B).record(C, "r3").used(C)
h = Home(r)
tap.same([v for _, v, _ in h.verdicts(r.id)], ["counted", "counted", "superseded", "counted", "superseded"],
         "one token_count behind two records is superseded (1,100 + 2,200 + 4,400)")

# a record of another thread is a copy
r = Roll().context().record(A, "r1", thread=uuid4(77)).record(B, "r2")
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "inherited", 0), (4, "counted", 2200)], "a record of another thread is inherited")

# ------------------------------------------------------------------ models and tiers
r = Roll().context("gpt-5.2").used(A).context("gpt-5.4").used(B).context("gpt-5.2").used(C)
h = Home(r)
tap.same(h.groups("model"), {"gpt-5.2": (5500, 5000, 1200, 500, 200), "gpt-5.4": (2200, 2000, 500, 200, 80)},
         "the model switches: 1,100 + 4,400 and 2,200")
h = Home(Roll().user().agent().used(A))
tap.same(h.groups("model"), {"<unknown>": (1100, 1000, 200, 100, 40)}, "no turn_context: <unknown>")
h = Home(Roll().used(B).context("gpt-5.4").used(A))
tap.same({k: v[0] for k, v in h.groups("model").items()}, {"<unknown>": 2200, "gpt-5.4": 1100},
         "usage before the first turn_context has no model")
h = Home(Roll().context("GPT-5.2-Codex").used(A))
tap.same(list(h.groups("model")), ["gpt-5.2-codex"], "model names are lower case (design.md 10)")

T1, T2 = uuid7(ms("2026-10-05T10:00:01Z"), 1), uuid7(ms("2026-10-05T10:00:31Z"), 2)
r = Roll(cli_version="0.169.0").started(T1).context("gpt-5.2", turn_id=T1).record(A, "r1", T1).done(T1)
r.started(T2).record(B, "r2", T2).line("compacted", {"message": "s", "compaction_response_id": "r2"})
r.context("gpt-5.4", turn_id=T2).record(C, "r3", T2).done(T2)
h = Home(r)
tap.same({k: v[0] for k, v in h.groups("model").items()}, {"gpt-5.2": 1100, "gpt-5.4": 6600},
         "a compaction before the turn_context has the model of its own turn (2,200 + 4,400)")

r = Roll().context().settings("default").record(A, "r1").settings("fast").record(B, "r2")
r.settings("flex", thread=uuid4(5)).record(C, "r3").settings(None).record(D, "r4")
h = Home(r)
tap.same({k: v[0] for k, v in h.groups("tier").items()}, {"default": 1100, "priority": 6600, "unknown": 8800},
         "the tier is the last own one: default, fast = priority (2,200 + 4,400), a copied flex is none, unset is unknown")
h = Home(Roll().context().used(A, limits=None))
tap.same(list(h.groups("tier")), ["unknown"], "no thread_settings_applied: tier unknown")
r = Roll().context(effort="high").used(A).context(effort=None).used(B)
h = Home(r)
tap.same({k: v[0] for k, v in h.groups("effort").items()}, {"high": 1100, "default": 2200}, "absent effort is default")

# --------------------------------------------------------------------- fused lines
r = Roll().context().used(A)
torn = r.lines[0][:-20]
good = Roll(r.id, "2026-10-05T11:00:00Z", meta=False).count(plus(A, B), B)
r.raw(torn + good.lines[0])
h = Home(r)
tap.same(h.verdicts(r.id), [(3, "counted", 1100), (4, "counted", 2200)],
         "a torn line glued to a good one: the good one counts (1,100 + 2,200)")
tap.same(h.ingest()["database_totals"]["skipped_by_reason"], {"torn, and glued to the next record": 1},
         "the torn piece is counted as skipped")
r = Roll().context()
one = Roll(r.id, meta=False).count(A, A).count(plus(A, B), B)
r.raw(one.lines[0].rstrip(b"\n") + one.lines[1])
r.raw(b"garbage" + Roll(r.id, meta=False).count((7000, 1700, 700, 280), C).lines[0])
h = Home(r)
tap.same(h.groups("session"), {r.id: (7700, 7000, 1700, 700, 280)},
         "two records on one line both count, so does one behind garbage (1,100 + 2,200 + 4,400)")

# ------------------------------------------------------------------------ reviews
# The parent's file repeats the review's counts 7,339 and 15,775 between the marks: not 39,008 + 15,775.
for name, mark in (("events (0.63)", lambda x, n: x.event(n)),
                   ("items (paginated)", lambda x, n: x.event("item_completed", thread_id=x.id, item={
                       "type": "EnteredReviewMode" if n.startswith("enter") else "ExitedReviewMode"}))):
    p = Roll(uuid4(10), cli_version="0.63.0").context()
    p.count((5000, 0, 247, 50), (5000, 0, 247, 50)).count((11000, 3000, 591, 150), (6000, 3000, 344, 100))
    mark(p, "entered_review_mode")
    p.count(None).count((7000, 0, 339, 90), (7000, 0, 339, 90))
    p.count((15000, 4000, 775, 200), (8000, 4000, 436, 110))
    mark(p, "exited_review_mode")
    p.count((11000, 3000, 591, 150), (6000, 3000, 344, 100))            # repeat of 11,591
    p.count((22000, 9000, 1233, 300), (11000, 6000, 642, 150))          # 11,642 more: 23,233
    v = Roll(uuid4(11), "2026-10-05T10:00:10Z", cli_version="0.63.0", source={"subagent": "review"}).context()
    v.count((7000, 0, 339, 90), (7000, 0, 339, 90)).count((15000, 4000, 775, 200), (8000, 4000, 436, 110))
    h = Home(p, v)
    tap.same(h.sessions(), {p.id: 23233, v.id: 15775}, f"review copies between {name} marks are dropped: 23,233 + 15,775")
    tap.same([x for _, x, _ in h.verdicts(p.id)],
             ["counted", "counted", "no-info", "review-copy", "review-copy", "repeat", "counted"],
             f"their verdicts, {name}")

late = Home(p)
before = late.sessions()
late.put(v)
tap.same((before[p.id] > 23233, late.sessions()), (True, {p.id: 23233, v.id: 15775}),
         "the review's file arrives later: the same figures")
same_state(late, h, "the review's file arrives later: the same database")

# ------------------------------------------------------------- forks, the parent gone
PARENT_MS, CHILD_MS = ms("2026-10-04T22:30:00Z"), ms("2026-10-06T09:00:00Z")
P, K = uuid7(PARENT_MS, 1), uuid7(CHILD_MS, 2)
TP, TK = uuid7(PARENT_MS + 60000, 3), uuid7(CHILD_MS + 60000, 4)


def parent_with_turns():
    r = Roll(P, PARENT_MS).started(TP, at=PARENT_MS + 60000).context("gpt-5.2", turn_id=TP).user()
    return r.used(A).used(B).done(TP)


def child_with_turns(ident=K, at=CHILD_MS, own=C, turn=TK, upto=None):
    p = parent_with_turns()
    r = Roll(ident, at, step=2, forked_from_id=P)
    r.meta(P)
    r.started(TP).context("gpt-5.2", turn_id=TP).user().used(A)
    if upto is None:
        r.used(B)
    r.done(TP)
    r.started(turn, at=at + 60000).context("gpt-5.4", turn_id=turn).user().used(own).done(turn)
    return r


h = Home(child_with_turns())
tap.same(h.groups("session"), {P: (3300, 3000, 700, 300, 120), K: (4400, 4000, 1000, 400, 160)},
         "a fork whose parent is gone (>= 0.107): 3,300 for the owner, 4,400 its own")
tap.same(h.verdicts(P, "recovered_lines"), [(6, "counted", 1100), (7, "counted", 2200)], "the copies are marked recovered")
tap.same({s["session_id"]: s["recovered"] for s in h.json("sessions")}, {P: True, K: False}, "sessions names the recovered one")
# the turn id says 22:31 UTC on the 4th: the 5th in Stockholm, the 4th in UTC
tap.same([(x["period"], x["total_tokens"]) for x in h.json("report", "--tz", "UTC")],
         [("2026-10-04", 3300), ("2026-10-06", 4400)], "recovered lines stand at the time of their turn id")
tap.ok("recovered from copies" in h.ct("report")[1], "the report says that tokens were recovered")
tap.same({k: v[0] for k, v in h.groups("model").items()}, {"gpt-5.2": 3300, "gpt-5.4": 4400},
         "recovered lines have the model of the copied turn")

late, fresh = h, Home(parent_with_turns(), child_with_turns())
late.put(parent_with_turns())
tap.same(late.sessions(), {P: 3300, K: 4400}, "the parent arrives later (>= 0.107): nothing twice")
same_state(late, fresh, "the parent arrives later (>= 0.107): the same database as if it had been there")
os.unlink(late.path(parent_with_turns().place()))
tap.same(late.sessions(), {P: 3300, K: 4400}, "the parent's file is removed again: its facts stay")


def parent_without_turns():
    return Roll(P, PARENT_MS, cli_version="0.98.0").context("gpt-5.2").user("one").used(A).agent("a1").used(B).agent("a2")


def child_without_turns(ident=K, at=CHILD_MS, own=C, gap=2, meta=True):
    """Copies written within GAP ms of each other, then own lines a minute later."""
    r = Roll(ident, at, step=2, cli_version="0.98.0", forked_from_id=P if meta else None)
    r.meta(P).context("gpt-5.2").user("one").used(A).agent("a1", step=gap).used(B).agent("a2")
    return r.context("gpt-5.4", at=at + 60000).user("two").used(own).agent("a3")


h = Home(child_without_turns())
tap.same(h.groups("session"), {P: (3300, 3000, 700, 300, 120), K: (4400, 4000, 1000, 400, 160)},
         "a fork whose parent is gone (<= 0.98, by burst): 3,300 for the owner, 4,400 its own")
tap.same((h.json("explain", K)["files"][0]["boundary"], h.json("explain", K)["files"][0]["inherited_lines"]), ("burst", 8),
         "its boundary is by burst, after line 8")
h.put(parent_without_turns())
tap.same((h.sessions(), h.json("explain", K)["files"][0]["boundary"]), ({P: 3300, K: 4400}, "parent"),
         "the parent arrives later (<= 0.98): the same figures, boundary by parent")
same_state(h, Home(parent_without_turns(), child_without_turns()),
           "the parent arrives later (<= 0.98): the same database as if it had been there")

# the copying paused for 50 ms: the burst ends too early; the parent's file sets it right
h = Home(child_without_turns(gap=50))
h.sessions()
h.put(parent_without_turns())
tap.same(h.sessions(), {P: 3300, K: 4400}, "a burst with a pause is set right by the parent's file")
same_state(h, Home(parent_without_turns(), child_without_turns(gap=50)), "... and the database is the same")
h = Home(child_without_turns(meta=False))
tap.same(h.sessions(), {P: 3300, K: 4400}, "without forked_from_id (<= 0.77) the second session_meta is the evidence")

# ------------------------------------------------------- two children, grandchildren
K2, TK2 = uuid7(CHILD_MS + 1000, 5), uuid7(CHILD_MS + 90000, 6)
h = Home(child_with_turns(upto=1), child_with_turns(K2, CHILD_MS + 1000, D, TK2))
# K copied 1,100 of the parent, K2 copied 1,100 + 2,200: K2 serves. Own: 4,400 and 8,800
tap.same(h.sessions(), {P: 3300, K: 4400, K2: 8800}, "two children of a missing parent: its tokens once, from the longer copy")
h = Home(child_without_turns(), child_without_turns(K2, CHILD_MS + 1000, D))
tap.same(h.sessions(), {P: 3300, K: 4400, K2: 8800}, "the same without turn ids (equal copies)")
h.put(parent_without_turns())
tap.same(h.sessions(), {P: 3300, K: 4400, K2: 8800}, "... and when the parent arrives")
one, two = Home(child_with_turns(upto=1)), Home(child_with_turns(K2, CHILD_MS + 1000, D, TK2))
one.sessions(), two.sessions()
one.put(child_with_turns(K2, CHILD_MS + 1000, D, TK2))
two.put(child_with_turns(upto=1))
same_state(one, two, "two children of a missing parent in either order: the same database")

# without turn ids: K copied 1,100 only, K2 copied all; K has the smaller id and is read first
short = child_without_turns()
del short.lines[6:8]  # B and the agent's second message of the copies
h = Home(short, child_without_turns(K2, CHILD_MS + 1000, D))
tap.same(h.sessions(), {P: 3300, K: 4400 + 2200, K2: 8800}, "... and without turn ids, the longer copy with the larger id: 3,300 once; "
         "K's own growth over what it did not copy is 4,400 + 2,200")
os.unlink(h.path(child_without_turns(K2, CHILD_MS + 1000, D).place()))
tap.same(h.sessions(), {P: 3300, K: 6600, K2: 8800}, "... the serving copy is removed: facts stay")

G, TG = uuid7(PARENT_MS - 3600000, 7), uuid7(PARENT_MS - 3000000, 8)


def grandparent(turns):
    r = Roll(G, PARENT_MS - 3600000).context("gpt-5.1", **({"turn_id": TG} if turns else {}))
    if turns:
        r.lines.insert(1, Roll(G, PARENT_MS - 3000000, meta=False).started(TG).lines[0])
    r.user("zero").used(D)
    return r.done(TG) if turns else r.agent("a0")


def middle(turns):
    """Forked from G: 8,800 copied, 1,100 + 2,200 of its own."""
    r = Roll(P, PARENT_MS, step=2, forked_from_id=G).meta(G)
    copied(r, turns)
    own(r, turns, TP, "gpt-5.2", (A, B), PARENT_MS + 60000, "one")
    return r


def copied(r, turns):
    if turns:
        r.started(TG)
    r.context("gpt-5.1", **({"turn_id": TG} if turns else {})).user("zero").used(D)
    return r.done(TG) if turns else r.agent("a0")


def own(r, turns, turn, model, lasts, at, text):
    extra = {}
    if at is not None:
        extra["at"] = at
    if turns:
        r.started(turn, **extra).context(model, turn_id=turn)
    else:
        r.context(model, **extra)
    r.user(text)
    for v in lasts:
        r.used(v)
    return r.done(turn) if turns else r.agent("end of " + text)


def grandchild(turns):
    """Forked from P: copies of G's 8,800 and P's 3,300, 4,400 of its own."""
    r = Roll(K, CHILD_MS, step=2, forked_from_id=P).meta(P, forked_from_id=G).meta(G)
    copied(r, turns)
    own(r, turns, TP, "gpt-5.2", (A, B), None, "one")
    return own(r, turns, TK, "gpt-5.4", (C,), CHILD_MS + 60000, "two")


FIGURES = {G: 8800, P: 3300, K: 4400}
for turns, era in ((True, ">= 0.107"), (False, "<= 0.98")):
    full = Home(grandparent(turns), middle(turns), grandchild(turns))
    tap.same(full.sessions(), FIGURES, f"forks of forks, all there ({era}): 8,800, 3,300, 4,400")
    h = Home(grandparent(turns), grandchild(turns))
    tap.same(h.sessions(), FIGURES, f"forks of forks, the middle one missing ({era})")
    tap.same([t for _, _, t in h.verdicts(P, "recovered_lines")], [1100, 2200], f"only the middle one's lines are recovered ({era})")
    h.put(middle(turns))
    tap.same(h.sessions(), FIGURES, f"the middle one arrives later ({era})")
    same_state(h, full, f"... and the database is the same ({era})")
h = Home(grandchild(True))
tap.same(h.sessions(), FIGURES, "forks of forks, both ancestors missing (>= 0.107): the turn ids tell whose it is")
h = Home(middle(True), grandchild(True))
tap.same(h.sessions(), FIGURES, "forks of forks, the oldest missing: served once")

# ------------------------------------------------------ history_base, ordinals, pages
b = Roll(K, CHILD_MS, cli_version="0.169.0", history_mode="paginated",
         history_base={"thread_id": P, "end_ordinal_exclusive": 9, "end_byte_offset": 4000})
b.context().count(plus(D, A), A).count(plus(plus(D, A), B), B)
h = Home(b)
tap.same(h.sessions(), {K: 3300}, "history_base: the first total holds the parent's, last counts (1,100 + 2,200)")

s = Roll(K, CHILD_MS, cli_version="0.169.0", subagent_history_start_ordinal=6,
         source={"subagent": {"thread_spawn": {"parent_thread_id": P, "depth": 1}}})
s.ordinals = 1
s.meta(P).context().user().record(A, "r1").count(A, A)  # ordinals 1 to 5
s.record(B, "r2").count(B, B)                          # ordinals 6 and 7
h = Home(s)
tap.same(h.sessions(), {K: 2200}, "subagent_history_start_ordinal: smaller ordinals are inherited, not recovered")


def page(n, base_end, total, last, at):
    r = Roll(K, at, cli_version="0.169.0", history_mode="paginated",
             history_base={"thread_id": K, "end_ordinal_exclusive": base_end, "end_byte_offset": 1})
    return r.context().count(total, last), uuid7(CHILD_MS, n)


m = Roll(K, CHILD_MS).context().used(A)                                                  # total 1,100
pa, na = page(200, 10, (3000, 700, 300, 120), B, CHILD_MS + 7200000)                     # total 3,300
pb, nb = page(100, 20, (7000, 1700, 700, 280), C, CHILD_MS + 3600000)                    # total 7,700
h = Home(m)
h.put(pb, nb)
h.put(pa, na)
# name order (and time) would be m, pb, pa: 1,100 + 6,600 + last of pa 2,200 = 9,900
tap.same(h.sessions(), {K: 7700}, "_<page> files go by end_ordinal_exclusive: 1,100 + 2,200 + 4,400")
tap.same([os.path.basename(f["path"]) for f in h.json("explain", K)["files"]], [m.name(), pa.name(na), pb.name(nb)],
         "explain lists the files in that order")
tap.same(len(h.json("sessions")), 1, "pages are one session")

rp = Roll(K, CHILD_MS + 7200000, cli_version="0.169.0", history_base={"thread_id": K, "end_ordinal_exclusive": 4})
rp.context().record(C, "r3").count(plus(A, C), C)  # a revert: goes on from the first total
m = Roll(K, CHILD_MS, cli_version="0.169.0").context().record(A, "r1").used(A).record(B, "r2").used(B)
h = Home(m)
h.put(rp, uuid7(CHILD_MS, 300))
tap.same(h.sessions(), {K: 7700}, "a reverted turn stays spent: 1,100 + 2,200 + 4,400")

# ------------------------------------------------------------------- copies and places
r = Roll().context().used(A).used(B)
h = Home(r)
h.put(r, archived=True)
tap.same((h.sessions(), h.ingest()["database_totals"]["files_by_state"]), ({r.id: 3300}, {"copy": 1, "read": 1}),
         "an archived and a live copy: once")
h = Home()
h.put(r, upto=3)
h.put(r, archived=True)
tap.same(h.sessions(), {r.id: 3300}, "the archived copy holds more lines: it is used")
one, two = Home(r), Home(r)
rc, out, err = one.ct("report", "--home", two.dir, "--format", "json", "--by", "home")
tap.same((one.json("ingest", "--home", two.dir)["files"]["found"], one.sessions()), (2, {r.id: 3300}),
         "copies in two homes: once")
h = Home(r)
with open(h.path(r.place()) + ".zst", "wb") as f:
    f.write(zst(r.data()))
tap.same((h.ingest()["files"]["found"], h.sessions()), (1, {r.id: 3300}), "the plain twin of a .zst wins")
os.unlink(h.path(r.place()))
tap.same((h.sessions(), h.ingest()["files"]["found"]), ({r.id: 3300}, 1), "only the .zst is left: same facts")
one = Home(r)
same_state(h, one, "read from .zst: the same database")
h = Home()
with open(h.path(r.place()) + ".zst", "wb") as f:
    f.write(zst(r.data()))
tap.same(h.sessions(), {r.id: 3300}, "a .zst alone is read")
h.put(r, archived=True)
tap.same(h.sessions(), {r.id: 3300}, "a .zst and an archived plain copy: once")

h = Home(r)
first = h.ingest()
os.symlink(h.dir, h.root + "/link")
ways = []
for way in (h.root + "/link", ".codex", h.dir + "/", h.dir + "/../.codex/."):
    j = h.json("ingest", "--home", way, home=False)
    ways.append((j["files"]["found"], j["files"]["unchanged"], j["files"]["gone"], j["changed"]))
tap.same(ways, [(1, 1, 0, False)] * 4, "the home by symlink, relative and with dots: unchanged")
tap.same((h.sessions(), len(h.rows("SELECT * FROM home"))), ({r.id: 3300}, 1), "... one home, counted once")
h.json("ingest", "--home", h.dir, "--home", h.root + "/link")
tap.same(h.sessions(), {r.id: 3300}, "the same home named three times at once: counted once")
os.mkdir(h.dir + "/archived_sessions")
j = h.json("ingest", "--rollouts", h.dir + "/sessions", home=False)
tap.same((j["files"]["unchanged"], j["changed"], len(h.rows("SELECT * FROM home"))), (1, False, 1),
         "--rollouts HOME/sessions is the home")
moved = h.path(r.place("", True))
os.rename(h.path(r.place()), moved)
tap.same((h.sessions(), h.json("sessions")[0]["archived"]), ({r.id: 3300}, True), "archiving moves the file: same facts, now archived")

# ---------------------------------------------------------------------------- titles
r = simple()
h = Home(r)
h.write("session_index.jsonl", b'{"id":"%s","thread_name":"first","updated_at":"2026-10-05T10:00:00.123456789Z"}\n'
        b'not json\n{"id":"%s","thread_name":"second","updated_at":"2026-10-05T10:00:01Z"}\n'
        b'{"id":"nobody","thread_name":"else","updated_at":"2026-10-05T10:00:02Z"}\n' % ((r.id.encode(),) * 2))
tap.same([s["title"] for s in h.json("sessions")], ["second"], "session_index.jsonl: the last line of an id wins")
tap.same([s["session_id"] for s in h.json("sessions", "--search", "SECOND")], [r.id], "sessions --search finds the title")
with open(h.dir + "/session_index.jsonl", "ab") as f:
    f.write(b'{"id":"%s","thread_name":"third","updated_at":"2026-10-05T09:00:00Z"}\n' % r.id.encode())
    f.write(b'{"id":"%s","thread_name":"torn' % r.id.encode())
tap.same([s["title"] for s in h.json("sessions")], ["third"], "... also when its updated_at is older (a clock set back), and a torn line is left")

# ------------------------------------------------------------------- homes with labels
one, two = Home(simple(uuid4(21))), Home(simple(uuid4(22), last=B))
one.config = one.write("../config.json", b'{"homes":[{"path":"%s","label":"work"},{"path":"%s","label":"private"}]}'
                       % (one.dir.encode(), two.dir.encode()))
tap.same({k: v[0] for k, v in one.groups("home", home=False).items()},
         {os.path.realpath(one.dir): 1100, os.path.realpath(two.dir): 2200}, "two homes of the configuration, by home")
tap.same(sorted(one.rows("SELECT label FROM home")), [("private",), ("work",)], "their labels are stored")

# ------------------------------------------------------------------------ growing
r = Roll().context().user().agent().used(A)
r.started(T1).context("gpt-5.4").item("function_call", name="shell", call_id="c1", arguments='{"command":["ls"]}')
r.item("function_call_output", call_id="c1", output='{"output":"x","metadata":{"exit_code":0,"duration_seconds":0.5}}')
r.used(B).done(T1).used(C)
h, data = Home(), r.data()
ends = [0]
for x in r.lines:
    ends.append(ends[-1] + len(x))
seen = []
for cut in (ends[4] - 20, ends[5], ends[6] + 30, ends[9] + 1, ends[9] + 2, len(data) - 1, len(data)):
    h.write(r.place(), data[:cut])
    seen.append(h.total())
# the first count ends with line 5, the second with line 10, the third with line 12
tap.same(seen, [0, 1100, 1100, 1100, 1100, 3300, 7700], "a file that grows in pieces: 0, 1,100, 3,300, 7,700")
same_state(h, Home(r), "the database is that of the whole file")
before = h.json("ingest")
tap.same((before["changed"], before["files"]["unchanged"]), (False, 1), "a further run changes nothing")

# ------------------------------------------------------------- migration (formats.md 7.6)
# 0.117: t1 5,247; t2, rolled back: 10,000 and 22,715 in total 32,715; t3 6,344. Sum 44,306.
u1, u2, u3 = (uuid7(CHILD_MS + n * 60000, n) for n in (1, 2, 3))
V1, V2, V2b, V3 = (5000, 0, 247, 50), (9500, 4000, 500, 90), (22000, 9000, 715, 200), (6000, 3000, 344, 100)
old = Roll(K, CHILD_MS).started(u1).context(turn_id=u1).user("a").used(V1).agent("x").done(u1)
old.started(u2).context(turn_id=u2).user("b").used(V2).used(V2b).agent("y").done(u2)
old.event("thread_rolled_back", num_turns=1)
old.started(u3).context(turn_id=u3).user("c").used(V3).agent("z").done(u3)
new = Roll(K, CHILD_MS, meta=False)
new.ordinals = 0
new.meta(K)


def as_item(r, kind, text):
    return r.event("item_completed", thread_id=K, item={"type": kind, "content": [{"type": "text", "text": text}]})


new.started(u1).context(turn_id=u1)
as_item(new, "UserMessage", "a").used(V1)
as_item(new, "AgentMessage", "x").done(u1)
new.total = plus(plus(V1, V2), V2b)
new.started(u3).context(turn_id=u3)
as_item(new, "UserMessage", "c").used(V3)
as_item(new, "AgentMessage", "z").done(u3)
h = Home(old)
tap.same(h.sessions(), {K: 44306}, "before the migration: 5,247 + 10,000 + 22,715 + 6,344 = 44,306")
tap.same(h.rows("SELECT count(*) FROM turns"), [(3,)], "... three turns")
h.put(new)
tap.same(h.sessions(), {K: 44306}, "rewritten in place, the rolled-back turn deleted: the difference of totals keeps 44,306")
tap.same([t for _, _, t in h.verdicts(K)], [5247, 39059], "the next event carries 32,715 + 6,344 = 39,059")
same_state(h, Home(new), "the database is that of a fresh read of the migrated file")
tap.same(h.rows("SELECT count(*) FROM turns"), [(2,)], "... two turns")
same_size = old.data().replace(b'"input_tokens":5000', b'"input_tokens":6000')
h = Home(old)
h.sessions()
h.write(old.place(), same_size)
same_state(h, (lambda x: (x.write(old.place(), same_size), x)[1])(Home()), "rewritten with the same size: read again")

# a migrated fork: the ancestor's session_meta is gone, forked_from_id stays
fork = child_with_turns()
mig = Roll(K, CHILD_MS, meta=False)
mig.lines = [fork.lines[0]] + fork.lines[2:]
for parent in (True, False):
    h = Home(*([parent_with_turns()] if parent else []), fork)
    h.sessions()
    h.write(fork.place(), mig.data())
    tap.same(h.sessions(), {P: 3300, K: 4400}, f"a migrated fork, parent {'there' if parent else 'gone'}: 3,300 and 4,400")

# ----------------------------------------------------------------------- gone, uncounted
r, r2 = simple(uuid4(31)), simple(uuid4(32), last=B)
h = Home(r, r2)
h.sessions()
os.unlink(h.path(r.place()))
tap.same(h.sessions(), {r.id: 1100, r2.id: 2200}, "a removed file keeps its facts")
tap.same(sorted((s["session_id"], s["file_gone"]) for s in h.json("sessions")), [(r.id, True), (r2.id, False)],
         "sessions says that the file is gone")
h.put(r)
tap.same((h.sessions(), [s["file_gone"] for s in h.json("sessions")]), ({r.id: 1100, r2.id: 2200}, [False, False]),
         "the file comes back: counted once")

bare = Roll(uuid4(41), "2025-08-20T10:00:00Z", meta=False)
bare.raw(b'{"id":"%s","timestamp":"2025-08-20T10:00:00.000Z","instructions":null}\n' % bare.id.encode())
bare.raw(b'{"record_type":"state"}\n')
bare.raw(b'{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}\n')
bare.raw(b'{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}\n')
h = Home(bare, simple())
s = {x["session_id"]: x for x in h.json("sessions")}[bare.id]
tap.same((s["total_tokens"], s["lower_bound"], s["losses"], s["turns"], s["first_active"][:10]),
         (0, True, ["no-counts"], 1, "2025-08-20"), "a session without counts is listed, with its day and as a lower bound")
tap.ok("Lower bound: the files of 1 session hold less than was used." in h.ct("report")[1], "report says so in text")
tap.same([(x["period"], x["total_tokens"], x["lower_bound"], x["losses"]) for x in h.json("report", "--by", "session")],
         [("2025-08-20", 0, True, ["no-counts"]), ("2026-10-05", 1100, False, [])], "report says so in JSON")

# ------------------------------------------------------------------- other rules of names
r = Roll(uuid4(51), meta=False).context().used(A)
h = Home()
h.write("sessions/rollout-2026-10-05T10-00-00-%s.jsonl" % r.id, r.data())
tap.same(h.sessions(), {r.id: 1100}, "no session_meta: the thread is the id in the file's name")
late_meta = Roll(uuid4(52), meta=False).context().used(A)
late_meta.meta(uuid4(52))
h = Home()
h.write("sessions/rollout-x.jsonl", late_meta.data())
tap.same(h.sessions(), {uuid4(52): 1100}, "a late session_meta names the thread")
r = simple(uuid4(53))
r.lines[-1] = r.lines[-1].replace(b'"timestamp":"2026-10-05T10:00:04.000Z"', b'"timestamp":1791194400')
h = Home(r)  # 1791194400 s = 2026-10-05T10:00:00Z
tap.same([(x["period"], x["total_tokens"]) for x in h.json("report", "--group", "hour", "--tz", "UTC")],
         [("2026-10-05T10:00+00:00", 1100)], "a timestamp in seconds is read")
r = Roll().context()
r.line("event_msg", {"type": "token_count", "payload": {"type": "token_count", "info": {
    "total_token_usage": {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100},
    "last_token_usage": {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}}}})
h = Home(r)
tap.same(h.sessions(), {r.id: 1100}, "an event body wrapped once more is read")

tap.done()
