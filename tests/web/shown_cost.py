"""shown_cost.py - what the page Cost shows, held against the data that it must show."""
import datetime
import re
from fractions import Fraction

import shown
from shown import agrees, bare, count, exact, money, percent, table

CLASSES = {"Uncached input": "uncached", "Cached input": "cached", "Cache write": "write", "Output": "output"}


def dollars(cell, nano, exactly=None):
    """An amount of NANO dollars; EXACTLY: its decimals, for the title."""
    text, title = cell
    if not agrees(text, Fraction(nano, 10**9)):
        return False
    return not title or abs(Fraction(bare(title).replace("$", "")) - Fraction(exactly or Fraction(nano, 10**9))) <= Fraction(1, 10**9)


def net(o):
    return o["saved_nanousd"] - o["premium_nanousd"]


def split_cells(names, row, x):
    """Cells below names of classes, of the sum X with its split."""
    out = []
    for head, cell in zip(names[1:], row[1:]):
        key = CLASSES.get(head)
        if key and x["cost"] is None and x["tokens"]:
            good = cell[0] == "no price"
        elif key:
            good = dollars(cell, x["split"][key + "_nanousd"], x["split"][key])
        else:
            good = money(cell, x) if head == "All" else True
        out += [] if good else [f"{row[0][0]}, {head}: {cell}, wanted {x['split']} {x['cost']}"]
    return out


def numbers(page, wanted):
    total, days, texts = wanted["total"], wanted["_days"], [c[0] for c in page.numbers]
    cost, tokens = total["cost_nanousd"], total["tokens"] - total["unpriced_tokens"]
    if len(texts) != 6:
        return [f"{len(texts)} numbers"]
    checks = {"priced": percent((texts[4],), tokens, total["tokens"]) or "99.9" in texts[4]}
    if cost is not None:
        checks["cost"] = dollars(page.numbers[0], cost)
        checks["a day"] = agrees(texts[1], Fraction(cost, days * 10**9)) and exact(page.changes[1].split("of")[1]) == days
        checks["saved"] = dollars(page.numbers[2], net(total))
        checks["a million"] = not tokens or agrees(texts[3], Fraction(cost, tokens * 1000))
        share = re.match(rf"({shown.NUMBER}).% of", page.changes[2])
        checks["share"] = not share or percent((share[1],), net(total), total["without_cache_nanousd"])
    return [f"number row, {k}: {page.numbers} {page.changes}, wanted {total}" for k, good in checks.items() if not good]


def by_model(page, wanted):
    out, total = [], wanted["total"]
    names, rows = table(page, "p-cost-models", "Model")
    for row, g in zip(rows, wanted["models"] + [total]):
        cells = dict(zip(names, row))
        out += split_cells(names, row, g)
        if not count(cells["Tokens"], g["tokens"]) or \
                g["cost"] is not None and not percent(cells["Share"], g["cost_nanousd"], total["cost_nanousd"]):
            out.append(f"p-cost-models: {row}, wanted {g['tokens']} {g['cost']}")
    return out + ([] if len(rows) == len(wanted["models"]) + 1 else [f"p-cost-models: {len(rows)} rows"])


def by_class(page, wanted):
    total = wanted["total"]
    if not total["cost_nanousd"]:
        return []
    names, rows = table(page, "p-cost-split", "Day")
    out = [] if len(rows) == len(wanted["buckets"]) + 1 else [f"p-cost-split: {len(rows)} rows"]
    for row, x in zip(rows, wanted["buckets"][::-1] + [total]):
        out += split_cells(names, row, x)
    for name, key in CLASSES.items():
        nano = total["split"][key + "_nanousd"]
        found = re.search(rf"(?<![a-z]){name.lower()} (\S+) \u00b7 ({shown.NUMBER}).%", " ".join(page.keys.get("p-cost-split", [])))
        if nano and not (found and agrees(found[1], Fraction(nano, 10**9)) and percent((found[2],), nano, total["cost_nanousd"])):
            out.append(f"p-cost-split: {page.keys}, wanted {key} {nano}")
    return out + shown.columns(page, "p-cost-split", {**wanted, "totals": {"total": total}}, "cost")


def savings(page, wanted):
    total = wanted["total"]
    if not total["saved_nanousd"] and not total["premium_nanousd"]:
        return []
    names, rows = table(page, "p-cost-savings", "Model")
    groups = [g for g in wanted["models"] if g["cost"] is not None] + [total]
    out = [] if len(rows) == len(groups) else [f"p-cost-savings: {len(rows)} rows, wanted {len(groups)}"]
    for row, g in zip(rows, groups):
        c = dict(zip(names, row))
        good = percent(c["Cached share"], g["cached"], g["input"]) and money(c["As charged"], g) and \
            dollars(c["At full price"], g["without_cache_nanousd"], g["without_cache"]) and \
            dollars(c["Saved"], net(g)) and percent(c["Share"], net(g), g["without_cache_nanousd"])
        out += [] if good else [f"p-cost-savings: {row}, wanted {g}"]
    return out


def unpriced(page, wanted):
    models = wanted["coverage"]["models"]
    names, rows = table(page, "p-cost-unpriced", "Model")
    by_name = {g["name"]: g["sessions"] for g in wanted["models"]}
    out = [] if len(rows) == len(models) else [f"p-cost-unpriced: {len(rows)} rows, wanted {len(models)}"]
    for row, m in zip(rows, models):
        c = dict(zip(names, row))
        good = count(c["Tokens"], m["tokens"]) and percent(c["Share"], m["tokens"], wanted["total"]["tokens"]) and \
            exact(c["Sessions"][0]) == by_name.get(m["name"])
        out += [] if good else [f"p-cost-unpriced: {row}, wanted {m}"]
    return out


def rates(page, wanted):
    """Rows in any order; long requests below their model."""
    names, rows = table(page, "p-cost-rates", "Model")
    shown_rows, model = {}, None
    for row in rows:
        c = {n: cell[0] for n, cell in zip(names, row)}
        is_long = c["From"].startswith("input above")
        model = model[:2] if is_long else (c["Model"], c["From"])
        shown_rows[model + (is_long,)] = c
    out = []
    for r in wanted["rates"]:
        day = datetime.date.fromisoformat(r["valid_from"])
        for is_long in (False, True):
            x = r["long"] if is_long else r
            c = shown_rows.pop((r["model"], f"{day.day} {day:%b %Y}", is_long), None) if x else None
            good = not x or c and all(agrees(c[n], Fraction(x[k])) if x[k] else not re.search(r"\d", c[n]) for n, k in (
                ("Uncached", "input"), ("Cached", "cached"), ("Write", "cache_write"), ("Output", "output")))
            good = good and (not is_long or not x or exact(c["From"][len("input above"):]) == x["threshold"])
            out += [] if good else [f"p-cost-rates: {c}, wanted {x}"]
    return out + [f"p-cost-rates: {k} is not on the card" for k in shown_rows]


def cost(page, wanted):
    if not wanted["total"]["responses"]:
        return rates(page, wanted)
    few = wanted["models"][:11]
    return numbers(page, wanted) + by_model(page, wanted) + by_class(page, wanted) + savings(page, wanted) + \
        unpriced(page, wanted) + rates(page, wanted) + \
        [t for t in shown.multiples(page, "p-cost-models", wanted["total"], few, "cost") if wanted["total"]["cost_nanousd"]]
