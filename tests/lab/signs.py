"""signs.py - signs that the files of a session hold less than was used, found by a
reading of them that knows nothing of the program's: turns without an end, questions
without an answer, compactions without usage, lines that are cut or unreadable, no counts.
"""
import kit


def facts(rollout):
    """(line, letter, value) of what matters: Q question, T turn begins, E turn ends, A answer, C call,
    O output, U count (its total, None without info), R record (response id), X compaction (message, response).
    Not what a review inside shows: it stands in the review's own file, its answer once more behind its end."""
    in_review = behind_review = False
    for n, name, p in ((line.n, *named(o)) for line in rollout.lines for o in kit.records(line)):
        if name in ("entered_review_mode", "EnteredReviewMode"):
            in_review = True
        elif name in ("exited_review_mode", "ExitedReviewMode"):
            in_review, behind_review = False, True
        elif in_review:
            pass
        elif name == "task_started":
            yield n, "T", p.get("turn_id")
        elif name in ("task_complete", "turn_aborted"):
            yield n, "E", p.get("turn_id")
        elif name in ("user_message", "UserMessage", "bare user"):
            yield n, "Q", None
        elif name == "assistant" and behind_review:
            behind_review = False
        elif name == "assistant":
            yield n, "A", None
        elif name.endswith("_call"):
            yield n, "C", p.get("call_id")
        elif name.endswith("_call_output"):
            yield n, "O", p.get("call_id")
        elif name == "token_count":
            total = (p.get("info") or {}).get("total_token_usage")
            yield n, "U", total and {k: v for k, v in total.items() if k != "total_tokens"}
        elif name == "token_usage_record":
            yield n, "R", p.get("response_id")
        elif name == "compacted":
            yield n, "X", (p.get("message"), p.get("compaction_response_id"))


def named(o):
    """What an object is called here, and its payload."""
    bare = not isinstance(o.get("payload"), dict)
    p = o if bare else o["payload"]
    name = p.get("type") if bare or o["type"] in ("event_msg", "response_item") else o["type"]
    if name == "item_completed":
        name = p["item"]["type"]
    elif name == "message":
        name = "bare user" if bare and p["role"] == "user" else p["role"]
    return name or "", p


def turn_signs(found, signs):
    """Turns without an end; questions without an answer before the next."""
    ended = {v for _, k, v in found if k == "E"}
    question, total = None, None
    for n, k, v in found:
        if k == "T" and v not in ended:
            signs.add(("unfinished-turn", n))
        if k == "Q":
            if question is not None:
                signs.add(("unfinished-turn", question))
            question = n
        elif k in "ACER" or k == "U" and v != total and v is not None and any(v.values()):
            question = None
        total = v if k == "U" and v is not None else total
    if question is not None:
        signs.add(("unfinished-turn", question))


def compaction_signs(found, signs):
    """Compactions whose response no record names and no new total precedes."""
    recorded = {v for _, k, v in found if k == "R"}
    total, fresh = None, False
    for n, k, v in found:
        if k == "U" and v is not None and v != total:
            total, fresh = v, True
        elif k in "ACOQTX":
            if k == "X" and v[1] not in recorded and (v[0] == "" or not fresh):
                signs.add(("compaction", n))
            fresh = False


def signs_of(rollout):
    """{(kind, line)}"""
    found, signs = list(facts(rollout)), set()
    turn_signs(found, signs)
    compaction_signs(found, signs)
    back = {v for _, k, v in found if k == "O"}
    signs.update(("unfinished-call", n) for n, k, v in found if k == "C" and v not in back)
    signs.update(("unreadable-line", l.n) for l in rollout.lines if l.o is None)
    if rollout.tail:
        signs.add(("cut-line", len(rollout.lines) + 1))
    answers = [n for n, k, _ in found if k in "AC"]
    counts = [v for _, k, v in found if k in "UR"]
    if answers and not counts:
        signs.add(("no-counts", answers[0]))
    if answers and counts and not any(counts):
        signs.add(("no-info", answers[0]))
    return signs
