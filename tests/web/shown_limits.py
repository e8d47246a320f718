"""shown_limits.py - what the page Limits shows, held against the data that it must show."""
import re
import statistics
from fractions import Fraction

import windows
from shown import NUMBER, agrees, count, exact, money, table


def reset_or_used(page, wanted):
    """The gauges: each limit with its percentage, or that it is reset."""
    items = page.items.get("p-limits-now", [])
    out = [] if len(items) == len(wanted) else [f"p-limits-now: {len(items)} limits, wanted {len(wanted)}"]
    for text, w in zip(items, wanted):
        found = re.search(rf"({NUMBER}).% used", text)
        good = not found and "reset" in text if w["state"] == "reset" else found and agrees(found[1], Fraction(w["used_percent"]))
        out += [] if good else [f"p-limits-now: {text!r}, wanted {w['state']} {w['used_percent']}"]
    return out


def line(page, limit):
    """Readings of the limit that is drawn, the newest first; one that only repeats may stand there, too."""
    readings = [p[1] for w in limit["windows"] for p in reversed(windows.changes(w["points"]))]
    readings = [p for i, p in enumerate(readings) if i == 0 or p != readings[i - 1]]
    _, rows = table(page, "p-limits-line", "Time")
    at, out = -1, []
    for row in rows:
        text = row[1][0]
        if at < 0 or not agrees(text, Fraction(readings[at])):
            at += 1
        if at >= len(readings) or not agrees(text, Fraction(readings[at])):
            return out + [f"p-limits-line: {text}, wanted {readings[at:at + 2]}"]
    return out if not rows or at == len(readings) - 1 or len(rows) >= 100 else [f"p-limits-line: {at + 1} readings, wanted {len(readings)}"]


def all_windows(page, limit):
    names, rows = table(page, "p-limits-windows", "Start")
    have, out = limit["windows"], []
    if rows and rows[-1][0][0].startswith("Median"):
        out += median(dict(zip(names, rows.pop())), [w for w in have if w["closed"]])
    if len(rows) != len(have) + 1:
        return [f"p-limits-windows: {len(rows)} rows, wanted {len(have)} and a sum"]
    for row, w in zip(rows, have):
        c = dict(zip(names, row))
        good = agrees(c["Peak"][0], Fraction(w["peak_percent"])) and count(c["Tokens"], w["tokens"]) and \
            money(c["API cost"], w) and exact(c["Tokens per percent"][0]) == (w["tokens_per_percent"] or 0)
        out += [] if good else [f"p-limits-windows: {row}, wanted {w['peak_percent']} {w['tokens']} {w['tokens_per_percent']}"]
    total = dict(zip(names, rows[-1]))["Tokens"]
    return out + ([] if exact(*total) == sum(w["tokens"] for w in have) else [f"p-limits-windows: sum {total}"])


def median(c, ended):
    """The row of medians, of the windows that have ENDED."""
    middle = statistics.median([w["peak_percent"] for w in ended])
    good = agrees(c["Peak"][0], Fraction(middle)) and exact(c["Start"][0].split("the")[-1]) == len(ended)
    for head, key in (("Tokens", "tokens"), ("Tokens per percent", "tokens_per_percent")):
        values = [w[key] for w in ended if w[key]]
        good = good and (not values or exact(c[head][0]) == int(statistics.median(values)))
    return [] if good else [f"p-limits-windows: {c}, wanted the median of {len(ended)}"]


def short(page, found):
    """Peaks of the other limit's windows: the newest ones."""
    names, rows = table(page, "p-limits-short", "Start")
    out = []
    for row, w in zip(rows, found["windows"] if found else []):
        c = dict(zip(names, row))
        good = agrees(c["Peak"][0], Fraction(w["peak_percent"])) and count(c["Tokens"], w["tokens"])
        out += [] if good else [f"p-limits-short: {row}, wanted {w['peak_percent']} {w['tokens']}"]
    return out


def text_of(page, panel):
    """The text of a panel, without tags."""
    part = re.search(rf'id="{panel}".*?</section>', page.text, re.S)
    return re.sub(r"<[^>]*>", "", part[0]) if part else ""


def outlook(page, limit):
    """The forecast in words, and what a full window holds."""
    out, f, e = [], limit["forecast"], limit["estimate"]
    found = re.search(rf"({NUMBER})\u2013({NUMBER}).%", text_of(page, "p-limits-forecast"))
    if found and not (f and agrees(found[1], round(Fraction(f["low"]))) and agrees(found[2], round(Fraction(f["high"])))):
        out.append(f"p-limits-forecast: {found[0]}, wanted {f}")
    found = re.search(rf"({NUMBER}.[kMBT]?)(?: to |\u2013)({NUMBER}.[kMBT]?)", text_of(page, "p-limits-quota"))
    if bool(found) != bool(e) or found and not (agrees(found[1], e["low"]) and agrees(found[2], e["high"])):
        out.append(f"p-limits-quota: {found and found[0]!r}, wanted {e}")
    return out


def page_of(page, wanted):
    """All of it; the limit in the middle is the one that the twin calls chosen."""
    if not wanted["limits"]:
        return []
    chosen = next(x for x in wanted["limits"] if f"{x['limit_id']}/{x['minutes']}" == wanted["chosen"])
    brief = next((x for x in wanted["limits"] if x["limit_id"] == chosen["limit_id"] and x["minutes"] == 300), None)
    return reset_or_used(page, wanted["limits"]) + line(page, chosen) + all_windows(page, chosen) + outlook(page, chosen) + \
        (short(page, brief) if brief is not chosen else [])
