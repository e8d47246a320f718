"""shown_session.py - what the page of a session shows, held against the data that it must show."""
import re
from fractions import Fraction

from shown import NUMBER, agrees, bare, count, exact, money, percent, table


def rows(page, panel, first, items, checks, more=0):
    """A table with a row for each of ITEMS and MORE behind them; CHECKS: {head: fn(cell, item)}."""
    names, found = table(page, panel, first)
    if len(found) != len(items) + more and (found or items):
        return [f"{panel}: {len(found)} rows, wanted {len(items)} and {more}"]
    out = []
    for row, item in zip(found, items):
        c = dict(zip(names, row))
        out += [f"{panel}, {row[0][0]}, {head}: {c.get(head)}, wanted {item}" for head, good in checks.items()
                if head not in c or not good(c[head], item)]
    return out


def number(key):
    return lambda cell, x: (exact(*cell) or 0) == (x[key] or 0)


def permille(key):
    return lambda cell, x: percent(cell, x[key])


CLASSES = {"Uncached": number("uncached"), "Write": number("cache_write"), "Cached": number("cached"),
           "Output": number("output"), "Reasoning": number("reasoning"),
           "Cost": lambda cell, x: cell[0] == "\u00b7" and not x["tokens"] or money(cell, x)}


def numbers(page, wanted):
    s = wanted["session"]
    rolled = next(x["rolled"] for x in wanted["family"] if x["self"])
    agents = "sub-agent" in page.labels[1] if len(page.labels) > 1 else False  # then with theirs instead of uncached
    if len(page.numbers) != 6:
        return [f"{len(page.numbers)} numbers"]
    checks = {"tokens": count(page.numbers[0], s["tokens"]), "uncached": count(page.numbers[1], rolled["tokens"] if agents else s["uncached"]),
              "cached share": percent(page.numbers[2], s["cached"], s["input"]), "output": count(page.numbers[3], s["output"]),
              "cost": money(page.numbers[4], {**s, "unpriced_tokens": 0}), "peak": permille("peak_permille")(page.numbers[5], s)}
    inside = re.match(rf"({NUMBER}).% of it", page.changes[3])
    checks["reasoning"] = not inside or percent((inside[1],), s["reasoning"], s["output"])
    inside = re.match(rf"({NUMBER}).% of the input", page.changes[1])
    checks["uncached share"] = not inside or percent((inside[1],), s["uncached"], s["input"])
    inside = re.match(r"(\S+) with sub-agents", page.changes[4])
    checks["cost of all"] = not inside or money((inside[1], None), rolled)
    return [f"number row, {k}: {page.numbers} {page.changes}, wanted {s}" for k, good in checks.items() if not good]


def facts(page, wanted):
    """Counts among the facts."""
    s, text = wanted["session"], " | ".join(page.items.get("p-session-facts", []))
    lines = sum(f["lines"] for f in wanted["files"])
    out = []
    for pattern, values in ((rf"({NUMBER}) turns?, ({NUMBER}) responses?", (s["turns"], s["responses"])),
                            (rf"Messages ({NUMBER})", (s["messages"],)), (rf"Tool calls ({NUMBER})", (s["calls"],)),
                            (rf"({NUMBER}) failed", (s["failures"],)), (rf"window ({NUMBER}) tokens", (s["context_window"],)),
                            (rf"({NUMBER}) files?, ({NUMBER}) lines?", (len(wanted["files"]), lines))):
        found = re.search(pattern, text)
        if found and tuple(map(exact, found.groups())) != values:
            out.append(f"p-session-facts: {found[0]!r}, wanted {values}")
    return out + ([] if re.search("turn", text) else [f"p-session-facts: {text!r}"])


def turns(page, wanted):
    """Rows of turns; those of their responses have another number of cells."""
    names, _ = table(page, "p-session-turns", "Turn")
    found = [r for r in page.panels.get("p-session-turns", []) if len(r) == len(names) and r[0][0].isdigit() and r[1][1]]
    out = [] if len(found) == len(wanted["turns"]) else [f"p-session-turns: {len(found)} rows, wanted {len(wanted['turns'])}"]
    checks = {**CLASSES, "Responses": number("responses"), "Calls": number("calls"), "Failed": number("failures"),
              "Peak context": permille("peak_permille")}
    for row, t in zip(found, wanted["turns"]):
        c = dict(zip(names, row))
        out += [f"p-session-turns, {t['n']}, {head}: {c[head]}, wanted {t}" for head, good in checks.items() if not good(c[head], t)]
    return out


def session(page, wanted):
    s = wanted["session"]
    out = facts(page, wanted)
    if s["responses"]:
        out += numbers(page, wanted)
        out += rows(page, "p-session-responses", "Response", wanted["responses"], {**CLASSES, "Context": permille("fill_permille")})
    if len(wanted["family"]) > 1:
        out += rows(page, "p-session-family", "Session", wanted["family"], {
            "Responses": lambda cell, x: (exact(*cell) or 0) == x["own"]["responses"],
            "Inherited": number("inherited_tokens"), "Own": lambda cell, x: (exact(*cell) or 0) == x["own"]["tokens"],
            "Cost, own": lambda cell, x: CLASSES["Cost"](cell, x["own"]),
            "With sub-agents": lambda cell, x: bare(cell[0]) == "\u00b7" or exact(*cell) == x["rolled"]["tokens"]}, 1)
    out += turns(page, wanted)
    names, found = table(page, "p-session-tools", "Tool")
    for row, t in zip(found, wanted["tools"]):
        c = dict(zip(names, row))
        good = exact(*c["Calls"]) == t["calls"] and (exact(*c["Failed"]) or 0) == t["failed"] + t["timeouts"]
        out += [] if good else [f"p-session-tools: {row}, wanted {t}"]
    out += rows(page, "p-session-sum", "Verdict", wanted["verdicts"], {
        "Lines": number("lines"), "Tokens on them": number("logged_tokens"), "Counted": number("counted_tokens")}, 1)
    return out + rows(page, "p-session-limits", "Window", wanted["limits"], {
        "First": lambda cell, x: agrees(cell[0], Fraction(x["first_percent"])),
        "Last": lambda cell, x: agrees(cell[0], Fraction(x["last_percent"])),
        "Highest": lambda cell, x: agrees(cell[0], Fraction(x["most"]))})
