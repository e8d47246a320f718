"""shown.py - what a page shows, held against the data that it must show: every cell of its
tables, every column of its charts, its number row, lists and limits. A text agrees with a
number when it is that number, rounded to the digits that the text has; its title is exact.
"""
import re
from fractions import Fraction

import figures
import page

UNITS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
NUMBER = r"[\u2212+-]?\$?[\d\u202f\u2009\u00a0]*\d(?:\.\d+)?"
COLUMNS = {"Tokens": "tokens", "Cached input": "cached", "Cache write": "cache_write", "Uncached input": "uncached",
           "Output": "output", "Reasoning": "reasoning", "Turns": "turns", "API cost": "cost", "Cost": "cost",
           "Calls": "calls", "Failed": "failures", "Responses": "responses", "Sessions": "sessions", "Input": "input"}
OVER = {"Total": "total", "Mean": "mean", "Average": "mean", "Least": "least", "Minimum": "least", "Most": "most",
        "Maximum": "most"}


class Shown(page.Page):
    """numbers: [(text, title)] of the number row, with labels and changes beside; hits: {panel: [title of a column]};
    items: {panel: [text of a list's item, with the titles in it]}; keys: {panel: text above a chart}."""

    def __init__(self, text):
        self.numbers, self.labels, self.changes, self.hits, self.items, self.keys = [], [], [], {}, {}, {}
        self.panel = self.into = self.kind = None  # kind: of the element that is being read
        self.depth = 0
        self.is_column = False
        super().__init__(text)

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        self.depth += self.into is not None and tag == self.kind
        a = dict(attrs)
        kind = (a.get("class") or "").split()
        if tag == "section":
            self.panel = a.get("id")
        elif tag == "a":
            self.is_column = a.get("tabindex") == "-1"
        elif tag == "title" and self.is_column:
            self.begin(self.hits.setdefault(self.panel, []))
        elif tag == "li" or tag == "div" and "multi" in kind:
            self.begin(self.items.setdefault(self.panel, []))
        elif tag == "p" and "key" in kind:
            self.begin(self.keys.setdefault(self.panel, []))
        elif tag == "span" and kind in (["v"], ["l"], ["d"]):
            self.begin({"v": self.numbers, "l": self.labels, "d": self.changes}[kind[0]], a.get("title"))
        elif self.into is not None and self.into[0] in self.items.values():
            self.into[1] += f" <{a['title']}> " if a.get("title") else " "
        if self.into is not None and self.kind is None:
            self.kind, self.depth = tag, 1

    def begin(self, where, title=None):
        self.finish()
        self.into, self.kind, self.depth = [where, "", title], None, 0

    def finish(self):
        if self.into is None:
            return
        where, text, title = self.into
        text = re.sub("[ \t\n]+", " ", text).strip()
        where.append((text, title) if where is self.numbers else text)
        self.into = None

    def handle_endtag(self, tag):
        super().handle_endtag(tag)
        self.depth -= tag == self.kind
        if self.depth == 0:
            self.finish()

    def handle_data(self, data):
        super().handle_data(data)
        if self.into is not None:
            self.into[1] += data


def bare(text):
    return re.sub("[\u202f\u2009\u00a0 ]", "", text or "").replace("\u2212", "-")


def exact(text, title=None):
    """The integer of a title, else of the text; None for none."""
    found = re.match(r"-?\d+", bare(title or text).replace("\u00b7", "0"))
    return int(found[0]) if found else None


def agrees(text, value):
    """Is TEXT VALUE, rounded to the digits that it has?"""
    text = bare(text).rstrip("+")
    if text == "\u00b7" or value is None or text == "noprice":
        return text in ("\u00b7", "noprice") and not value
    if text.startswith("<$"):
        return 0 < Fraction(value) * 2 < Fraction(text[2:])
    found = re.fullmatch(r"([-+]?)\$?(\d+(?:\.(\d+))?)([kMBT]?)%?", text)
    if not found:
        return False
    unit = UNITS[found[4]]
    shown = Fraction(found[2]) * unit * (-1 if found[1] == "-" else 1)
    return abs(shown - Fraction(value)) * 2 <= Fraction(unit, 10 ** len(found[3] or ""))


def nano_usd(x):
    return None if x.get("cost_nanousd") is None else Fraction(x["cost_nanousd"], 10**9)


def money(cell, x, title=True):
    """A cost: "no price", a + where a part has none, the exact amount as title."""
    text, exactly = cell
    if x.get("cost") is None and x.get("cost_nanousd") is None:
        return "no price" in text
    good = agrees(text, nano_usd(x)) and text.endswith("+") == bool(x.get("unpriced_tokens"))
    return good and (not exactly or bare(exactly) == "$" + (x.get("cost") or figures.usd(x["cost_nanousd"] * 1000)))


def count(cell, value):
    text, title = cell
    if title and re.search(r"\d", title):
        return exact(text, title) == value and agrees(text, value)
    return exact(text) == value


def percent(cell, part, whole=1000):
    """PART of WHOLE; nothing is a dot."""
    text = cell[0]
    return "\u00b7" in text if not whole or part is None else agrees(text, Fraction(part * 100, whole))


# ---- tables

def table(shown, panel, first):
    """(heads, rows) of the table of PANEL whose first head is FIRST."""
    rows = shown.panels.get(panel, [])
    at = next((i for i, r in enumerate(rows) if r and r[0][0] == first), None)
    if at is None:
        return [], []
    heads = [c[0] for c in rows[at]]
    end = next((i for i in range(at + 1, len(rows)) if len(rows[i]) != len(heads)), len(rows))
    return heads, rows[at + 1:end]


def column(shown, panel, head):
    """Integers below the head HEAD of the first table of PANEL, none where there is no table."""
    rows = shown.panels.get(panel, [])
    heads = [c[0] for c in rows[0]] if rows else []
    return [exact(*r[heads.index(head)]) for r in rows[1:] if len(r) == len(heads)] if rows else []


def sums(shown, panel, name, heads):
    """Integers of the row NAME below HEADS."""
    rows = shown.panels.get(panel, [])
    row = next((r for r in rows if r and r[0][0] == name), None)
    names = [c[0] for c in rows[0]] if rows else []
    return row and tuple(exact(*row[names.index(h)]) for h in heads)


def cell_is_wrong(head, cell, x):
    """Of a sum X (its totals, too): does CELL show the column HEAD of it?"""
    key = COLUMNS[head]
    good = money(cell, x) if key == "cost" else count(cell, x.get(key) or 0)
    return "" if good else f"{head}: {cell}, wanted {x.get(key, x.get('cost_nanousd'))}"


def by_time(shown, panel, first, wanted, heads):
    """A table with the newest bucket first, and rows over it; HEADS: {head: fn(cell, bucket or totals, index)}."""
    names, rows = table(shown, panel, first)
    buckets = wanted["buckets"]
    if not rows:
        return [] if not wanted["totals"]["total"]["tokens"] else [f"{panel}: no table"]
    out = [] if len(rows) == len(buckets) + 4 else [f"{panel}: {len(rows)} rows, wanted {len(buckets)} and 4"]
    for i, row in enumerate(rows):
        name = row[0][0]
        x, at = (wanted["totals"][OVER[name]], OVER[name]) if name in OVER else (buckets[len(buckets) - 1 - i], len(buckets) - 1 - i)
        if name not in OVER and wanted["group"] == "day" and f" {int(x['label'][8:])} " not in name:
            out.append(f"{panel}: the row {name} stands where {x['label']} should")
        for head, cell in zip(names[1:], row[1:]):
            text = heads(head, cell, x, at)
            out += [f"{panel}, {name}: {text}"] if text else []
    return out


# ---- pieces

def columns(shown, panel, wanted, key):
    """Titles of the columns of a chart; above 130 there are none."""
    hits, buckets = shown.hits.get(panel, []), wanted["buckets"]
    if len(buckets) > 130 or not wanted["totals"]["total"]["cost_nanousd" if key == "cost" else key]:
        return []
    out = [] if len(hits) == len(buckets) else [f"{panel}: {len(hits)} columns, wanted {len(buckets)}"]
    for hit, b in zip(hits, buckets):
        value = hit.rpartition(": ")[2]
        good = agrees(value.split(" ")[0], nano_usd(b) or 0) if key == "cost" else exact(value) == b[key]
        out += [] if good else [f"{panel}: column {hit!r}, wanted {b[key]}"]
    return out


def key_of_chart(shown, panel, total):
    """Totals by class above the chart, with their shares."""
    out = []
    for text in shown.keys.get(panel, []):
        for name, key, whole in (("uncached input", "uncached", "tokens"), ("reasoning", "reasoning", "output"),
                                 ("cache write", "cache_write", "tokens")):
            found = re.search(rf"{name} ({NUMBER}(?:.[kMBT])?) \u00b7 ({NUMBER}).%", text)
            if not found and total[key]:
                out.append(f"{panel}: no {name} in {text!r}")
            elif found and not (agrees(found[1], total[key]) and percent((found[2],), total[key], total[whole])):
                out.append(f"{panel}: {found[0]}, wanted {total[key]} of {total[whole]}")
    return out


def ranked(shown, panel, groups, rest=0):
    """Bars behind text: names, tokens and costs; REST: how many others there are, as the last one says."""
    items = shown.items.get(panel, [])
    groups = [g for g in groups if g.get("tokens") or not g.get("other")]
    if rest and items:
        if not items[-1].endswith(("other", "others")) or exact(items[-1]) != rest:
            return [f"{panel}: {items[-1]!r}, wanted {rest} others"]
        items = items[:-1]
    out = [] if len(items) == len(groups) else [f"{panel}: {len(items)} items, wanted {len(groups)}"]
    for text, g in zip(items, groups):
        found = re.search(rf"<({NUMBER}) tokens> ([^ ]+) (.*)$", text)
        good = found and exact(found[1]) == g["tokens"] and agrees(found[2], g["tokens"]) and money((found[3], None), g)
        out += [] if good else [f"{panel}: {text!r}, wanted {g['tokens']} {g['cost']}"]
    return out


def multiples(shown, panel, total, groups, metric):
    """Small multiples: all, then each group with its total and shares."""
    items = shown.items.get(panel, [])
    out = [] if len(items) == len(groups) + 1 or not items else [f"{panel}: {len(items)} multiples, wanted {len(groups) + 1}"]
    for text, g in zip(items, [total] + groups):
        good = re.search(r"no price", text) if metric == "cost" and g.get("cost_nanousd") is None else True
        shares = re.findall(rf"({NUMBER}).% of (\w+)", text)
        for share, of in shares:
            key = "cost_nanousd" if of == "cost" else "tokens"
            good = good and percent((share,), g[key] or 0, total[key])
        out += [] if good else [f"{panel}: {text!r}, wanted {g.get('cost')} {g['tokens']}"]
    return out


def limits(shown, panel, wanted):
    """Each live window: used, and where it goes."""
    items = shown.items.get(panel, [])
    out = [] if len(items) == len(wanted) else [f"{panel}: {len(items)} limits, wanted {len(wanted)}"]
    for text, w in zip(items, wanted):
        used = re.search(rf"({NUMBER}).% used", text)
        good = used and agrees(used[1], Fraction(w["used_percent"]))
        pace = re.search(rf"({NUMBER})(?:\u2013({NUMBER}))?.%(?!.*%)", text[used.end():]) if used else None
        if good and w["forecast"] and pace:
            good = agrees(pace[1], round(Fraction(w["forecast"]["low"]))) and \
                agrees(pace[2] or pace[1], round(Fraction(w["forecast"]["high"])))
        out += [] if good else [f"{panel}: {text!r}, wanted {w['used_percent']} {w['forecast']}"]
    return out


# ---- pages

def overview(shown, wanted):
    n, total = wanted["numbers"], wanted["totals"]["total"]
    if not total["tokens"]:
        return []
    keys = ("tokens", "uncached", "cached_share", "output", "cost", "turns")
    out = [] if len(shown.numbers) == 6 else [f"{len(shown.numbers)} numbers"]
    for key, cell, change, label in zip(keys, shown.numbers, shown.changes, shown.labels):
        if key == "cost":
            good = money(cell, {"cost": n["cost"]["text"], "cost_nanousd": n["cost"]["now"]})  # its label says how much is priced
        elif key == "cached_share":
            good = percent(cell, n[key]["now"], 1000000)
        else:
            good = count(cell, n[key]["now"])
        out += [] if good else [f"number row, {key}: {cell}, wanted {n[key]}"]
        before = re.search(rf"from ({NUMBER}.?[kMBT]?)(.%)?(?: in ({NUMBER}))?", change)
        value = Fraction(n[key]["before"], {"cost": 10**9, "cached_share": 10**4}.get(key, 1))
        good = before and agrees(before[1], value) and (not before[3] or exact(before[3]) == n["sessions"]["before"])
        grown = re.match(rf"({NUMBER}).(%|points)", change)
        good = good and (not grown or agrees(grown[1], Fraction(n[key]["change_ppm"], 10**4)))
        out += [] if good else [f"number row, {key}: {change!r}, wanted {n[key]}"]
        inside = re.search(rf"({NUMBER}).% reasoning|({NUMBER}).% priced|in ({NUMBER}) sessions?", label)
        if inside:
            good = percent((inside[1],), total["reasoning"], total["output"]) if inside[1] else \
                percent((inside[2],), total["tokens"] - total["unpriced_tokens"], total["tokens"]) if inside[2] else \
                exact(inside[3]) == total["sessions"]
            out += [] if good else [f"number row: {label!r}"]

    def cells(head, cell, x, _at):
        return cell_is_wrong(head, cell, x)
    first = {"day": "Day", "hour": "Hour", "week": "Week", "month": "Month"}[wanted["group"]]
    for panel in ("p-overview-tokens", "p-overview-cost"):
        out += by_time(shown, panel, first, wanted, cells)
    out += columns(shown, "p-overview-tokens", wanted, "tokens") + key_of_chart(shown, "p-overview-tokens", total)
    out += multiples(shown, "p-overview-cost", total, wanted["cost_by_model"], "cost")
    out += ranked(shown, "p-overview-projects", wanted["projects"]) + ranked(shown, "p-overview-models", wanted["models"])
    top = [s["range"] for s in wanted["sessions"]]
    out += ranked(shown, "p-overview-top", top, total["sessions"] - sum(x["responses"] > 0 for x in top))
    out += listed(shown, "p-overview-last", wanted["last"], by_family=True)
    return out + limits(shown, "p-overview-limits", wanted["limits"])


def usage(shown, wanted):
    total, by = wanted["totals"]["total"], [g for g in wanted["groups"]]
    key = figures.METRICS[wanted["metric"]]
    if not total["responses"] and not total["turns"]:
        return []
    out = columns(shown, "p-usage-chart", wanted, "cost" if key == "cost_nanousd" else key)
    first = {"day": "Day", "hour": "Hour", "week": "Week", "month": "Month"}[wanted["group"]]
    names, rows = table(shown, "p-usage-pivot", first)
    out += [] if len(names) == len(by) + 2 else [f"p-usage-pivot: columns {names}"]

    def of(values, at):
        if at in ("total", "mean", "least", "most") and (None in values or key == "sessions" and at == "mean"):
            return None
        n = len(values)
        return {"total": sum(values), "mean": (sum(values) * 2 + n) // (2 * n), "least": min(values), "most": max(values)}[at] \
            if isinstance(at, str) else values[at]
    for i, row in enumerate(rows):
        at = OVER.get(row[0][0], len(wanted["buckets"]) - 1 - i)
        for k, cell in enumerate(row[1:]):
            g = by[k - 1] if k else None
            value = of(g["values"], at) if g else wanted["totals"][at][key] if isinstance(at, str) else wanted["buckets"][at][key]
            if g and at == "total":
                value = g[key]
            if key == "cost_nanousd":
                good = "no price" in cell[0] or agrees(cell[0], Fraction(value or 0, 10**9))
            else:
                good = exact(*cell) == (value or 0) or value is None or key == "sessions" and g and cell[0] == ""
            out += [] if good else [f"p-usage-pivot, {row[0][0]}, {names[k + 1]}: {cell}, wanted {value}"]
    return out


def listed(shown, panel, sessions, by_family=False):
    """The table of sessions; BY_FAMILY: in another order, children below parents."""
    heads, rows = table(shown, panel, "Session")
    out = [] if len(rows) == len(sessions) else [f"{panel}: {len(rows)} rows, wanted {len(sessions)}"]
    ids = {s["id"]: s for s in sessions}
    links = re.findall(r'<th scope="row"[^\n]*/sessions/([0-9a-f-]{36})["?]', shown.text[shown.text.index(f'id="{panel}"'):])
    out += [] if len(links) >= len(rows) else [f"{panel}: {len(links)} links"]
    for row, ident, s in zip(rows, links, sessions):
        s = ids.get(ident, s) if by_family else s
        if ident != s["id"]:
            out.append(f"{panel}: {ident} stands where {s['id']} should")
        for head, cell in zip(heads[1:], row[1:]):
            if cell[0] == "not logged":
                text = "" if head == "Tokens" and not s["responses"] and s["losses"] else f"{head}: {cell}"
            elif head in COLUMNS:
                text = cell_is_wrong(head, cell, s)
            elif head == "Cached":
                text = "" if percent(cell, s["cached"], s["input"]) else f"Cached: {cell}, wanted {s['cached']} of {s['input']}"
            elif head == "Peak context":
                text = "" if percent(cell, s["peak_permille"]) else f"Peak: {cell}, wanted {s['peak_permille']}"
            else:
                text = ""
            out += [f"{panel}, {ident}: {text}"] if text else []
    return out


def sessions(shown, wanted):
    found = re.search(rf"({NUMBER}) sessions?</b> w", shown.text)
    n = wanted["total"]
    good = not n or found and exact(found[1]) == n
    return ([] if good else [f"{found and found[0]!r}, wanted {n}"]) + listed(shown, "p-sessions-table", wanted["sessions"])
