#!/usr/bin/env python3
"""samples.py FOLDER - writes the trees that the tests of templates/ render.

For each page PAGE.full.json, a believable and complete tree, and PAGE.empty.json,
the same page over an empty database. All data is invented; it comes from one
simulation, so that the pages agree with each other. doc/PAGES.md describes the
trees. An object with "$chart" is a drawing that tests/golden/render lays out
with src/chart.
"""
import json
import os
import random
import sys
from datetime import datetime, timedelta

THIN = "\u202f"
rng = random.Random(20261124)
NOW = datetime(2026, 11, 24, 14, 28)
DAYS = [datetime(2026, 10, 26) + timedelta(days=i) for i in range(30)]
MODELS = [  # name, share of work, cached share, price in nanodollars per token: uncached, cached, write, output
    ("gpt-6.1-sol", 0.65, 0.974, (1250, 125, 1560, 10000)),
    ("gpt-6-astra", 0.18, 0.969, (15000, 1500, 18750, 60000)),
    ("gpt-5.6-sol", 0.09, 0.971, (4000, 400, 0, 16000)),
    ("gpt-6-luna", 0.079, 0.975, (60, 6, 75, 480)),
    ("codex-auto-review", 0.001, 0.93, None),
]
PROJECTS = ["ledger-core", "api-gateway", "mobile-app", "infra", "docs-site", "scratch"]
WEIGHTS = [0.41, 0.26, 0.12, 0.10, 0.08, 0.03]
CLASSES = ["cached", "write", "uncached", "output"]


def thin(n):
    s = f"{abs(n):,}".replace(",", THIN)
    return ("\u2212" if n < 0 else "") + s


def short(n):
    """(digits, unit) in three digits"""
    for ten, unit in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if n >= ten:
            v = n / ten
            return (f"{v:.2f}" if v < 9.995 else f"{v:.1f}" if v < 99.95 else f"{v:.0f}"), unit
    return str(n), ""


def brief(n):
    d, u = short(n)
    return d + (THIN + u if u else "")


def usd(nano, places=2):
    cents = round(nano / 10**9, places)
    whole, _, rest = f"{cents:.{places}f}".partition(".")
    return "$" + thin(int(whole)) + ("." + rest if rest else "")


def pct(part, whole, places=1):
    return f"{100 * part / whole:.{places}f}{THIN}%" if whole else "·"


def day(d):
    return f"{d:%a} {d.day} {d:%b}"


def clock(d):
    return f"{day(d)} {d:%H:%M}"


def iso(d):
    return d.strftime("%Y-%m-%dT%H:%M:%S+01:00")


def cost_of(model, t):
    price = next(m[3] for m in MODELS if m[0] == model)
    if price is None:
        return 0
    return t["uncached"] * price[0] + t["cached"] * price[1] + t["write"] * price[2] + t["output"] * price[3]


def cell(text, href=None, title=None, cls="", depth=None, **drawing):
    c = {"text": text, "href": href, "title": title, "cls": cls, "depth": depth, "span": None, "bar": None, "range": None, "dot": None}
    c.update(drawing)
    return c


def num(text, title=None):
    return cell(text, cls="n", title=title)


def count(n):
    return num(thin(n) if n else "·")


def row(*cells, cls=None):
    return {"row": cls, "head": cells[0], "cells": list(cells[1:])}


def table(caption, heads, rows, totals=()):
    """HEADS: "Name" or "#Number", "@drawing"; a '>' behind it says that it is sorted by."""
    out = []
    for h in heads:
        mark, name = (h[0], h[1:]) if h[0] in "#@" else ("", h)
        out.append({"text": name.rstrip(">"), "cls": {"#": "n", "@": "cellplot"}.get(mark, ""), "href": None,
                    "sorted": "descending" if name.endswith(">") else None})
    return {"caption": caption, "wide": len(out) > 13, "heads": out, "rows": rows, "totals": list(totals)}


def acts(*links):
    """Links at the right of a panel's title; without an address it is where we are."""
    return {"list": [{"text": t, "href": h, "current": h is None} for t, h in links]}


# ---------------------------------------------------------------- the simulation

def simulate():
    facts = []
    for d in DAYS:
        work = (0.12 if d.weekday() >= 5 else 1.0) * rng.uniform(0.6, 1.5) * (0.6 if d.date() == NOW.date() else 1)
        for name, share, cached, _ in MODELS:
            for project, weight in zip(PROJECTS, WEIGHTS):
                total = int(390e6 * work * share * weight * rng.uniform(0.5, 1.6))
                if total < 1000:
                    continue
                c = int(total * cached * rng.uniform(0.995, 1.005))
                rest = total - c
                w = 0 if name == "gpt-5.6-sol" else int(rest * 0.24)
                o = int(rest * rng.uniform(0.12, 0.18))
                facts.append({"day": d, "model": name, "project": project, "cached": c, "write": w,
                              "output": o, "reasoning": int(o * rng.uniform(0.55, 0.68)),
                              "uncached": rest - w - o})
    for f in facts:
        f["tokens"] = sum(f[k] for k in CLASSES)
        f["cost"] = cost_of(f["model"], f)
        f["turns"] = max(1, f["tokens"] // 2_900_000)
    return facts


FACTS = simulate()


def total(key, **where):
    return sum(f[key] for f in FACTS if all(f[k] == v for k, v in where.items()))


def series(key, **where):
    return [total(key, day=d, **where) for d in DAYS]


TOKENS = total("tokens")
COST = total("cost")
TITLES = ["Migrate fixtures to the new schema", "Bisect the p99 regression",
          "Replace the hand-written tokenizer with a table-driven lexer", "Explorer: every caller of lex_next",
          "Worker: numeric literals", "Worker: fuzz corpus and harness", "Approval review", "Speed up balance roll-ups",
          "Same start, hand-optimised switch", "Property tests for the journal importer",
          "Lexer rewrite: survey of the current tokenizer", "Fix flaky TLS session tests",
          "Move auth to the edge module", "Generate the chart of accounts from the ledger"]


def sessions(n):
    out, at = [], NOW - timedelta(minutes=118)
    for i in range(n):
        title = TITLES[i % len(TITLES)]
        child = title.split(":")[0] in ("Explorer", "Worker", "Approval review")
        model = "codex-auto-review" if title == "Approval review" else "gpt-6-luna" if "Explorer" in title else \
            rng.choice(["gpt-6.1-sol"] * 4 + ["gpt-6-astra"])
        t = int(rng.lognormvariate(16.6, 1.0))
        s = {"id": f"019ab{i:03x}-6c1e-7d40-9f3a-{rng.getrandbits(48):012x}", "title": title, "started": at,
             "project": rng.choice(PROJECTS[:3]), "model": model, "child": child,
             "source": "subagent" if child else rng.choice(["cli", "cli", "vscode", "exec"]),
             "turns": 1 if child else rng.randint(1, 22), "calls": rng.randint(4, 500), "tokens": t,
             "cached": int(t * rng.uniform(0.93, 0.99)), "output": t // 150, "peak": rng.randint(340, 960),
             "failed": rng.choice([0, 0, 1, 3, 9]), "tags": ""}
        s["cost"] = cost_of(model, {"uncached": t - s["cached"] - s["output"], "cached": s["cached"], "write": 0,
                                    "output": s["output"]})
        out.append(s)
        at -= timedelta(minutes=0 if child else rng.randint(40, 260))
    out[2]["tags"] = "lexer, keep"
    return out


SESSIONS = sessions(50)


def money(model, nano, places=2):
    return num("no price" if model == "codex-auto-review" else usd(nano, places))


# ---------------------------------------------------------------- what every page has

NAV = [("Overview", "/"), ("Usage", "/usage"), ("Limits", "/limits"), ("Cost", "/cost"), ("Sessions", "/sessions"),
       ("Health", "/health"), ("Export", "/export"), ("Glossary", "/glossary")]


def period(current="30 d", text="26 Oct – 24 Nov 2026"):
    choices = [("Today", "today"), ("7 d", "7d"), ("30 d", "30d"), ("90 d", "90d"), ("12 mo", "12mo"), ("All", "all"),
               ("Quota week", "quota-week")]
    fields = []
    for name, options in (("model", [m[0] for m in MODELS]), ("directory", PROJECTS),
                          ("source", ["cli", "vscode", "exec", "subagent"]), ("effort", ["low", "medium", "high", "xhigh"]),
                          ("tier", ["default", "priority", "flex"])):
        fields.append({"label": name.capitalize(), "name": name, "input": None, "select": {"options": [
            {"value": "", "text": "any", "selected": True}] + [{"value": o, "text": o, "selected": False} for o in options]}})
    for name, hint in (("branch", "main, feature/*"), ("tag", "!wip"), ("from", "2026-10-26"), ("to", "2026-11-24")):
        fields.append({"label": name.capitalize(), "name": name, "select": None, "input": {"value": "", "placeholder": hint}})
    return {"choices": [{"text": t, "href": f"?period={k}", "current": t == current} for t, k in choices],
            "prev": "?date=2026-10-25", "next": "?date=2026-12-24", "range": text,
            "pills": [{"name": "compared with", "text": "previous 30 d", "drop": "?compare=none"},
                      {"name": "home", "text": "laptop", "drop": "?"}],
            "filter": {"action": "", "hidden": [{"name": "period", "value": "30d"}], "fields": fields},
            "tz": "Europe/Stockholm"}


def tree(page, title, data, *, path=None, notices=(), empty=None, with_period=True, links=True, window=("30 d", "26 Oct – 24 Nov 2026")):
    path = path or "/" + page
    api = "/api/v1" + path
    return {
        "data": data,
        "meta": {"from": "2026-10-26T00:00:00+01:00", "to": "2026-11-25T00:00:00+01:00", "tz": "Europe/Stockholm",
                 "group": "day", "generation": 0 if empty else 18204, "coverage": {"complete": not notices}},
        "links": {"self": api + "?period=30d", "next": None, "html": path + "?period=30d", "csv": api + ".csv?period=30d"},
        "_page": {
            "title": title, "theme": None, "refresh": None, "css": "style.css", "script": None, "root": "/",
            "generation": None if empty else "18204",
            "nav": [{"text": t, "href": h, "current": h == path or (page == "session" and t == "Sessions")} for t, h in NAV],
            "search": {"action": "/search", "q": ""},
            "period": period(*window) if with_period else None,
            "notices": [{"text": t, "href": h, "more": m} for t, h, m in notices],
            "progress": None, "empty": empty,
            "foot": {"as_of": "Tue 24 Nov 2026, 14:28", "generation": None if empty else "18" + THIN + "204",
                     "rates": "22 Nov 2026", "took": f"3.1{THIN}ms",
                     "links": [] if not links else [{"text": "JSON", "href": api + "?period=30d"}, {"text": "CSV", "href": api + ".csv?period=30d"}]},
        },
    }


EMPTY = {"title": "No rollout was found", "text": "Codex writes one file per session. This page fills by itself when it does.",
         "looked": {"label": "Looked in:", "places": ["/home/me/.codex/sessions", "/home/me/.codex/archived_sessions"]},
         "commands": [{"text": "Read another home:", "command": "codex-track ingest --home DIR"},
                      {"text": "Look around with invented data:", "command": "codex-track web --demo"}], "drop": []}


def number(label, text, unit, title, change, came, spark, href=None, on=False, last=1):
    return {"label": label, "text": text, "unit": unit, "title": title, "change": change, "from": came, "href": href, "on": on,
            "spark": {"$chart": "spark", "v": spark, "last": last} if spark else None}


# ---------------------------------------------------------------- overview

def columns(extra=""):
    out = []
    for d in DAYS:
        t = total("tokens", day=d)
        out.append({"label": f"{d.day} {d:%b}", "major": d.weekday() == 0, "rest": d.weekday() >= 5,
                    "href": f"?period=today&date={d:%Y-%m-%d}",
                    "title": f"{day(d)}: {thin(t)} tokens{extra}"})
    return out


def class_series(names, cost=False):
    out = []
    for key, name in names:
        v = series(key)
        if key == "output" and ("reasoning", "of it reasoning") in names:
            v = [a - b for a, b in zip(v, series("reasoning"))]
        t = total(key)
        share = f"{brief(t)} · {pct(t, TOKENS)}" if key != "reasoning" else f"{brief(t)} · {pct(t, total('output'), 0)}"
        out.append({"cls": {"reasoning": "f-reason"}.get(key, "f-" + key), "name": name, "total": share, "v": v, "hatched": key == "reasoning"})
    return out


def token_chart():
    everything = class_series([("output", None), ("uncached", None), ("write", None), ("cached", "cached input")])
    fresh = class_series([("output", "output"), ("reasoning", "of it reasoning"), ("uncached", "uncached input"),
                          ("write", "cache write")])
    peak = max(range(30), key=lambda i: total("tokens", day=DAYS[i]))
    return {"$chart": "plot", "id": "tokens", "title": "Tokens per day by class, 26 October to 24 November 2026",
            "desc": f"Stacked columns per day. Total {thin(TOKENS)} tokens, highest on {day(DAYS[peak])}. Below, the same days "
                    "without cached input on a scale of its own.",
            "columns": columns(), "last": "so far", "key": True,
            "marks": [{"x": 9000, "text": "22 Nov: gpt-5.6-sol costs more, input $4 → $5 per M"}],
            "panels": [
                {"kind": "columns", "title": None, "height": 150, "unit": "count", "cap": True, "peak": peak, "series": everything},
                {"kind": "columns", "title": "Without cached input", "more": ", vertical scale 21 times larger", "height": 144,
                 "unit": "count", "series": fresh}]}


def day_table(keys, name="Table of the 30 days"):
    heads = ["Day"] + ["#" + k for k, _ in keys]
    rows = [row(cell(day(d), href=f"?period=today&date={d:%Y-%m-%d}"), *[num(thin(total(k, day=d))) for _, k in keys])
            for d in reversed(DAYS)]
    foot = []
    for label, f in (("Total", sum), ("Mean", lambda v: sum(v) // len(v)), ("Least", min), ("Most", max)):
        foot.append(row(cell(label), *[num(thin(f(series(k)))) for _, k in keys]))
    return table(name, heads, rows, foot)


def multis(height=72):
    best = max(series("cost"))
    out = []
    for i, name in enumerate(["All models"] + [m[0] for m in MODELS]):
        where = {} if i == 0 else {"model": name}
        c, t = total("cost", **where), total("tokens", **where)
        priced = name != "codex-auto-review"
        out.append({"name": name, "href": None if i == 0 else f"/models/{i:010x}-{name}",
                    "total": usd(c) if priced else "no price",
                    "share": f"{usd(COST // 30, 0)} a day" if i == 0 else
                             f"{pct(c, COST, 0)} of cost, {pct(t, TOKENS, 0)} of tokens" if priced else f"{brief(t)} tokens",
                    "words": f"Cost per day, {name}: {usd(c)}",
                    "draw": {"$chart": "multi", "v": series("cost", **where), "max": best, "height": height, "unit": "nanousd",
                             "first": i == 0, "from": "26 Oct", "to": "24 Nov"} if priced else None,
                    "none": None if priced else "in no cost on this page"})
    return {"list": out}


def rank(names, key, others=None, href="#"):
    rows = sorted(((n, total("tokens", **{key: n}), total("cost", **{key: n})) for n in names), key=lambda r: -r[1])
    top = rows[0][1]
    out = [{"text": n, "whole": n, "href": href + n, "tokens": brief(t), "title": thin(t) + " tokens",
            "cost": "no price" if n == "codex-auto-review" else usd(c, 0),
            "bar": {"$chart": "bar", "part": t, "whole": top}} for n, t, c in rows]
    return {"list": out}


def top_sessions():
    rows = sorted(SESSIONS, key=lambda s: -s["tokens"])[:5]
    out = [{"text": s["title"], "whole": s["title"], "href": "/sessions/" + s["id"], "tokens": brief(s["tokens"]), "title": thin(s["tokens"]) + " tokens",
            "cost": usd(s["cost"], 0), "bar": {"$chart": "bar", "part": s["tokens"], "whole": rows[0]["tokens"]}} for s in rows]
    out.append({"text": "238 others", "whole": None, "href": None, "tokens": "7.23" + THIN + "B", "title": None, "cost": "$3" + THIN + "354", "bar": None})
    return {"list": out}


def session_table(rows, total_rows, caption, failed=True):
    heads = ["Session", "Started>", "Project", "Model", "Source", "#Turns", "#Calls", "#Failed", "#Tokens", "#Cached", "#Output",
             "#Peak context", "#Cost"]
    out = []
    for s in rows:
        out.append(row(cell(s["title"], href="/sessions/" + s["id"], title=s["title"], depth="↳ " if s["child"] else None),
                       cell(clock(s["started"])), cell(s["project"], href="/projects/" + s["project"], title=s["project"], cls="name"),
                       cell(s["model"], title=s["model"], cls="name"),
                       cell(s["source"]), count(s["turns"]), count(s["calls"]), count(s["failed"]), num(thin(s["tokens"])),
                       num(pct(s["cached"], s["tokens"])), num(thin(s["output"])), num(f"{s['peak'] // 10}{THIN}%"),
                       money(s["model"], s["cost"])))
    if not failed:
        heads.remove("#Failed")
        for r in out:
            del r["cells"][6]
    shown = row(cell(f"The {len(rows)} shown"), cell(""), cell(""), cell(""), cell(""),
                *[count(sum(s[k] for s in rows)) for k in ("turns", "calls") + (("failed",) if failed else ()) + ("tokens",)], num("97.6" + THIN + "%"),
                count(sum(s["output"] for s in rows)), num("95" + THIN + "%"), num(usd(sum(s["cost"] for s in rows)) + "+"))
    return table(caption, heads, out, list(total_rows) + [shown])


def session_facts(rows):
    return [{"id": s["id"], "title": s["title"], "started": iso(s["started"]), "project": s["project"], "model": s["model"],
             "source": s["source"], "turns": s["turns"], "calls": s["calls"], "failures": s["failed"], "tokens": s["tokens"],
             "cached_input": s["cached"], "output": s["output"], "peak_context_permille": s["peak"],
             "cost_nanousd": s["cost"] if s["model"] != "codex-auto-review" else None} for s in rows]


def limits_now(href="/limits"):
    out = []
    for name, used, gone, low, high, since, reset, left in (
            ("Codex, weekly", 6200, 7450, 8100, 8900, "since Thu 19 Nov 09:15", "resets Thu 09:15", "in 1 d 18 h 47 min"),
            ("Codex, 5 hours", 1600, 4930, 3100, 3600, "since 12:00", "resets 17:00", "in 2 h 32 min"),
            ("gpt-6-astra, weekly", 9300, 5920, 9600, 10000, "since Fri 20 Nov 11:02", "resets Fri 11:02", "in 2 d 20 h 34 min")):
        out.append({"name": name, "href": href, "since": since, "reset": reset, "left": left,
                    "now": f"{used // 100}{THIN}% used", "outlook": f"on pace for {low // 100}–{high // 100}{THIN}%",
                    "words": f"{used // 100} percent used, {gone // 100} percent of the window has passed, "
                             f"forecast {low // 100} to {high // 100} percent",
                    "pace": {"$chart": "pace", "used": used, "elapsed": gone, "low": low, "high": high}})
    return {"list": out}


LIMIT_FACTS = [{"limit": "codex", "window_minutes": 10080, "used_percent": 62.0, "elapsed_percent": 74.5,
                "resets_at": "2026-11-26T09:15:00+01:00", "forecast_low": 81, "forecast_high": 89}]
MISSING = {"list": [
    {"what": "3 sessions without token counts", "why": "They ran on Codex 0.34, whose logs hold no usage. Their 61 turns are counted, "
     "their tokens are not.", "href": "/health#p-health-months", "more": "Which"},
    {"what": thin(total("tokens", model="codex-auto-review")) + " tokens without a price",
     "why": "codex-auto-review is in no published price list. Cost is the sum over the rest.", "href": "/cost#p-cost-unpriced",
     "more": "Set a rate"},
    {"what": "1 fork whose parent is gone", "why": "The copied history was counted once, under the parent it names, and marked as "
     "recovered.", "href": "/health#p-health-verdicts", "more": "Details"}]}
NOTICE = ("3 sessions have no token counts: the numbers are a lower bound. "
          f"{brief(total('tokens', model='codex-auto-review'))} tokens have no price.", "#p-overview-missing", "What is missing")


def totals():
    return {"tokens": TOKENS, "uncached_input": total("uncached"), "cached_input": total("cached"), "cache_write": total("write"),
            "output": total("output"), "reasoning": total("reasoning"), "cost_nanousd": COST, "cost": f"{COST / 1e9:.2f}",
            "unpriced_tokens": total("tokens", model="codex-auto-review"), "responses": 20310, "turns": total("turns"),
            "sessions": 243}


def numbers():
    inp = total("uncached") + total("cached") + total("write")
    share = [1000 * total("cached", day=d) // max(1, total("tokens", day=d)) for d in DAYS]
    lowest = min(share) - 5
    return [number("Tokens", *short(TOKENS), thin(TOKENS), f"+51{THIN}%", f"from 5.3{THIN}B", series("tokens"), "?metric=tokens", True),
            number("Uncached input", *short(total("uncached")), thin(total("uncached")), f"+43{THIN}%", f"from 100{THIN}M",
                   series("uncached"), "?metric=uncached"),
            number("Cached share of input", f"{100 * total('cached') / inp:.1f}", "%", None, "+0.2 points", f"from 97.3{THIN}%",
                   [v - lowest for v in share], "?metric=cached"),
            number(f"Output, {100 * total('reasoning') // total('output')}{THIN}% reasoning", *short(total("output")), thin(total("output")),
                   f"+60{THIN}%", f"from 21.4{THIN}M", series("output"), "?metric=output"),
            number(f"API cost, 99.9{THIN}% priced", usd(COST, 0), None, usd(COST), f"+73{THIN}%", f"from $2{THIN}031", series("cost"), "?metric=cost"),
            number("Turns in 243 sessions", thin(total("turns")), None, None, f"+68{THIN}%", f"from 1{THIN}686 in 188", series("turns"),
                   "?metric=turns")]


SVGCSV = [("SVG", "/chart/tokens.svg"), ("CSV", "/api/v1/usage.csv")]


def overview():
    keys = [("Tokens", "tokens"), ("Cached", "cached"), ("Cache write", "write"), ("Uncached", "uncached"), ("Output", "output"),
            ("Reasoning", "reasoning")]
    data = {
        "totals": totals(), "previous": None, "_numbers": {"list": numbers()},
        "limits": {"rows": LIMIT_FACTS, "_limits": limits_now(), "_acts": acts(("All windows", "/limits"))},
        "tokens": {"group": "day", "rows": [{"start": iso(d), **{k: total(k, day=d) for _, k in keys}} for d in DAYS],
                   "_metric": "Tokens", "_ask": "What were they made of?", "_chart": token_chart(), "_table": day_table(keys),
                   "_acts": acts(("Hour", "?group=hour"), ("Day", None), ("Week", "?group=week"), *SVGCSV)},
        "cost": {"models": [{"model": m[0], "cost_nanousd": total("cost", model=m[0]) if m[3] else None} for m in MODELS],
                 "_multis": multis(), "_table": day_table([("API cost, nano-USD", "cost")]),
                 "_acts": acts(("Savings by caching", "/cost#p-cost-savings"), *SVGCSV)},
        "projects": {"rows": [{"name": p, "tokens": total("tokens", project=p)} for p in PROJECTS],
                     "_rank": rank(PROJECTS, "project", href="/projects/"), "_acts": acts(("All 6", "/projects"))},
        "models": {"rows": [{"name": m[0], "tokens": total("tokens", model=m[0])} for m in MODELS],
                   "_rank": rank([m[0] for m in MODELS], "model", href="/models/"), "_acts": acts(("All 5", "/models"))},
        "top": {"rows": [], "_rank": top_sessions(), "_acts": acts(("All 243", "/sessions?sort=tokens"))},
        "last": {"rows": session_facts(SESSIONS[:12]),
                 "_table": session_table(SESSIONS[:12], [row(
                     cell("All 243 sessions of the period"), cell(""), cell(""), cell(""), cell(""), count(total("turns")), count(56167),
                     num(thin(TOKENS)), num(pct(total("cached"), TOKENS)), num(thin(total("output"))), num("95" + THIN + "%"),
                     num(usd(COST) + "+", title="without what has no price"))], "The last 12 sessions", False),
                 "_acts": acts(("All 243", "/sessions"), ("CSV", "/api/v1/sessions.csv"))},
        "missing": {"rows": [{"kind": "no_counts", "sessions": 3}], "_missing": MISSING, "_acts": acts(("Health", "/health"))}}
    return tree("overview", "Overview", data, path="/", notices=[NOTICE])


def none(*keys):
    """A panel without anything in it."""
    return {"_acts": None, **{k: None for k in keys}}


def overview_empty():
    return tree("overview", "Overview", {
        "totals": None, "previous": None, "_numbers": None, "limits": none("_limits"),
        "tokens": {"group": "day", "_metric": "Tokens", "_ask": "What were they made of?", **none("_chart", "_table")},
        "cost": none("_multis", "_table"), "projects": none("_rank"), "models": none("_rank"), "top": none("_rank"),
        "last": none("_table"), "missing": none("_missing")}, path="/", empty=EMPTY)


# ---------------------------------------------------------------- usage

def choices(*groups):
    return {"list": [{"label": label, "options": [{"text": t, "href": None if t == current else f"?{label.lower()}={t}",
                                                   "current": t == current} for t in options]} for label, current, options in groups]}


def usage():
    peak = max(range(30), key=lambda i: total("tokens", day=DAYS[i]))
    chart = {"$chart": "plot", "id": "usage", "title": "Tokens per day, 26 October to 24 November 2026",
             "desc": f"Columns per day. Total {thin(TOKENS)} tokens, highest on {day(DAYS[peak])}.", "columns": columns(),
             "last": "so far", "key": False, "marks": [],
             "panels": [{"kind": "columns", "height": 240, "unit": "count", "peak": peak,
                         "series": [{"cls": "f-acc", "name": None, "total": None, "v": series("tokens")}]}]}
    best = max(max(series("tokens", model=m[0])) for m in MODELS)
    small = [{"name": m[0], "href": "?model=" + m[0], "total": brief(total("tokens", model=m[0])),
              "share": pct(total("tokens", model=m[0]), TOKENS) + " of tokens", "words": "Tokens per day, " + m[0], "none": None,
              "draw": {"$chart": "multi", "v": series("tokens", model=m[0]), "max": best, "height": 72, "unit": "count",
                       "first": i == 0, "from": "26 Oct", "to": "24 Nov"}} for i, m in enumerate(MODELS)]
    names = [m[0] for m in MODELS]
    rows = [row(cell(day(d), href=f"?period=today&date={d:%Y-%m-%d}"), num(thin(total("tokens", day=d))),
                *[count(total("tokens", day=d, model=n)) for n in names]) for d in reversed(DAYS)]
    foot = [row(cell(label), num(thin(f(series("tokens")))), *[num(thin(f(series("tokens", model=n)))) for n in names])
            for label, f in (("Total", sum), ("Average", lambda v: sum(v) // len(v)), ("Minimum", min), ("Maximum", max))]
    data = {"_choices": choices(("Metric", "tokens", ["tokens", "input", "uncached", "cached", "write", "output", "reasoning", "cost",
                                                      "responses", "turns", "sessions"]),
                                ("By", "model", ["model", "directory", "repo", "branch", "session", "source", "effort", "tier", "home"]),
                                ("Stack", "absolute", ["absolute", "percent"])),
            "chart": {"group": "day", "rows": [{"start": iso(d), "tokens": total("tokens", day=d)} for d in DAYS],
                      "_metric": "Tokens", "_ask": "All models, then each on one scale.", "_chart": chart, "_multis": {"list": small},
                      "_acts": acts(("Hour", "?group=hour"), ("Day", None), ("Week", "?group=week"), *SVGCSV)},
            "pivot": {"rows": [], "_title": "Day by model", "_ask": "Newest first.",
                      "_table": table("Tokens by day and model", ["Day>", "#All"] + ["#" + n for n in names], rows, foot),
                      "_acts": acts(("CSV", "/api/v1/usage.csv"))}}
    return tree("usage", "Usage", data, notices=[NOTICE])


def usage_empty():
    drop = {"title": "Nothing matches model gpt-7", "text": "There are 243 sessions in this period, none of them with this model.",
            "looked": None, "commands": [], "drop": [{"text": "Drop the filter model", "href": "/usage"}]}
    return tree("usage", "Usage", {
        "_choices": None, "chart": {"group": "day", "_metric": "Tokens", "_ask": "", **none("_chart", "_multis")},
        "pivot": {"_title": "Day by model", "_ask": "", **none("_table")}}, empty=drop)


# ---------------------------------------------------------------- sessions, session

def sessions_page():
    data = {"rows": session_facts(SESSIONS),
            "_choices": choices(("Sort", "started", ["started", "tokens", "cost", "turns", "calls", "failures", "context"]),
                                ("Source", "all", ["all", "cli", "vscode", "exec", "subagent"])),
            "_count": {"text": "243 sessions", "more": "in 6 projects, 50 of them below"},
            "_ask": "Newest first, sub-agents below the session that started them.", "_acts": acts(("CSV", "/api/v1/sessions.csv")),
            "_table": session_table(SESSIONS, [], "Sessions, newest first"),
            "_pager": {"first": None, "next": "/sessions?cursor=b2xk", "step": "50", "shown": "1 to 50 of 243"}}
    return tree("sessions", "Sessions", data, notices=[NOTICE])


def sessions_empty():
    return tree("sessions", "Sessions", {"rows": [], "_choices": None, "_count": None, "_ask": "", "_acts": None, "_table": None,
                                         "_pager": None}, empty=EMPTY)


def responses():
    out, fill, turn = [], 420, 1
    for i in range(370):
        if i and rng.random() < 0.058 and turn < 18:
            turn += 1
        fill += rng.uniform(1, 11)
        cut = fill > 947
        if cut:
            fill = 175
        lost = rng.random() < 0.02
        out.append({"turn": turn, "uncached": int(rng.lognormvariate(7.2, 0.5)) + (14000 if lost or cut else 0),
                    "write": int(rng.lognormvariate(6.4, 0.4)), "output": int(rng.lognormvariate(6.2, 0.7)), "fill": int(fill),
                    "cut": cut, "cached": int(fill * 258)})
    return out


def turn_rows(resp):
    rows, at = [], datetime(2026, 11, 24, 8, 55)
    sums = {k: 0 for k in ("uncached", "write", "cached", "output")}
    for t in range(1, resp[-1]["turn"] + 1):
        mine = [r for r in resp if r["turn"] == t]
        s = {k: sum(r[k] for r in mine) for k in sums}
        for k in sums:
            sums[k] += s[k]
        took = max(1, len(mine) // 3)
        note = "compacted" if any(r["cut"] for r in mine) else "2 sub-agents started" if t == 8 else ""
        fold = {"columns": 13, "summary": f"Responses of turn {t}", "responses": None, "href": f"/sessions/019ab/turns/{t}",
                "text": "The response" if len(mine) == 1 else f"The {len(mine)} responses"}
        if t == 8:
            lines = [row(cell(str(i + 1)), cell(f"{at + timedelta(seconds=23 * i):%H:%M:%S}"), num(f"{rng.randint(4, 40)}{THIN}s"),
                         cell("exec_command", cls="name", span=3), num(thin(r["uncached"])), num(thin(r["write"])),
                         num(thin(r["cached"])), num(thin(r["output"])), num(usd(cost_of("gpt-6.1-sol", r), 3)), num(f"{r['fill'] // 10}{THIN}%"),
                         cell("")) for i, r in enumerate(mine)]
            fold.update(responses={"list": lines}, href=None, text=None)
        rows.append({"id": f"t{t}", "fold": fold, **row(
            cell(str(t)), cell(f"{at:%H:%M}"), num(f"{took}{THIN}min"), count(len(mine)), count(rng.randint(2, 30)),
            count(rng.choice([0, 0, 0, 1, 3])), num(thin(s["uncached"])), num(thin(s["write"])), num(thin(s["cached"])), num(thin(s["output"])),
            num(usd(cost_of("gpt-6.1-sol", s))), num(f"{max(r['fill'] for r in mine) // 10}{THIN}%"), cell(note))})
        at += timedelta(minutes=took + 6)
    foot = [row(cell("All"), cell(""), num(f"2{THIN}h 40{THIN}min"), count(370), count(304), count(15), *[num(thin(sums[k])) for k in sums],
                num(usd(cost_of("gpt-6.1-sol", sums))), num(f"95{THIN}%"), cell(""))]
    t = table("Turns in order", ["Turn", "Started", "#Took", "#Responses", "#Calls", "#Failed", "#Uncached", "#Write", "#Cached", "#Output",
                                 "#Cost", "#Peak context", "Notes"], rows, foot)
    return t, sums


def session():
    resp = responses()
    turns, sums = turn_rows(resp)
    own = sum(sums.values())
    starts = [i for i, r in enumerate(resp) if i == 0 or r["turn"] != resp[i - 1]["turn"]]
    cols = [{"label": str(r["turn"]) if i in starts else None, "major": i in starts, "rest": r["turn"] % 2 == 0, "href": None,
             "title": None} for i, r in enumerate(resp)]
    new = sum(r["uncached"] + r["write"] + r["output"] for r in resp)
    chart = {"$chart": "plot", "id": "responses", "title": "Tokens per response, 370 responses in 18 turns",
             "desc": "Columns: new tokens per response by class. Below: share of the context window in use after each response; it was "
                     "compacted 3 times.", "columns": cols, "key": True, "last": None,
             "marks": [{"x": 10000 * i // 370, "text": "compacted to 17 %"} for i, r in enumerate(resp) if r["cut"]],
             "panels": [
                 {"kind": "columns", "title": "New tokens", "more": ": everything but cached input", "height": 160, "unit": "count", "series": [
                     {"cls": "f-output", "name": "output", "total": brief(sums["output"]), "v": [r["output"] for r in resp]},
                     {"cls": "f-uncached", "name": "uncached input", "total": brief(sums["uncached"]), "v": [r["uncached"] for r in resp]},
                     {"cls": "f-write", "name": "cache write", "total": brief(sums["write"]), "v": [r["write"] for r in resp]}]},
                 {"kind": "levels", "title": f"Context in use, share of 258{THIN}400 tokens", "height": 96, "unit": "permille", "top": 1000,
                  "series": [{"cls": "f-cached", "name": "cached input", "total": brief(sums["cached"]), "v": [r["fill"] for r in resp]}]}]}
    listing = table("Table of the 18 turns’ responses", ["Response", "#Turn", "#Uncached", "#Write", "#Cached", "#Output", "#Context"],
                    [row(cell(str(i + 1)), num(str(r["turn"])), num(thin(r["uncached"])), num(thin(r["write"])), num(thin(r["cached"])),
                         num(thin(r["output"])), num(f"{r['fill'] // 10}{THIN}%")) for i, r in enumerate(resp[:120])])
    family = []
    for depth, name, rel, model, n, inherited, mine, c in (
            ("", "Lexer rewrite: survey of the current tokenizer", "parent", "gpt-6.1-sol", 148, 0, 19412806, "$3.81"),
            ("├─ ", "This session", "fork after turn 4", "gpt-6.1-sol", 370, 14086553, own, usd(cost_of("gpt-6.1-sol", sums))),
            ("│  ├─ ", "Explorer: every caller of lex_next", "sub-agent, turn 5", "gpt-6-luna", 45, 0, 6218440, "$0.10"),
            ("│  ├─ ", "Worker: numeric literals", "sub-agent, turn 8, forked", "gpt-6.1-sol", 96, 3127904, 12846031, "$2.50"),
            ("│  └─ ", "Approval review", "sub-agent, turn 18", "codex-auto-review", 5, 0, 902318, "no price"),
            ("└─ ", "Same start, hand-optimised switch", "fork after turn 4", "gpt-6.1-sol", 62, 14086553, 8764119, "$1.83")):
        family.append(row(cell(name, href=None if name == "This session" else "/sessions/019ab", title=name, depth=depth or None),
                          cell(rel), cell(model), count(n), count(inherited), num(thin(mine)),
                          cell("", cls="cellplot", bar={"$chart": "bar", "part": mine, "whole": 60000000, "now": name == "This session"}), num(c),
                          cls="here" if name == "This session" else None))
    tools = []
    for name, n, bad, mid, high in (("exec_command", 206, 9, 180, 41000), ("apply_patch", 58, 5, 95, 420), ("update_plan", 17, 0, 12, 31),
                                    ("wait", 9, 0, 64000, 402000), ("write_stdin", 7, 1, 1100, 12400), ("web_search", 3, 0, 1900, 4300)):
        tools.append(row(cell(name, href="/tools/" + name, title=name), count(n), count(bad), num(pct(bad, n) if bad else "·"),
                         num(f"{mid / 1000:.3g}{THIN}s"), num(f"{high / 1000:.3g}{THIN}s"),
                         cell("", cls="cellplot", range={"$chart": "range", "mid": mid, "high": high, "low": 10, "top": 600000})))
    facts = [("Project", "ledger-core", "/projects/ledger-core"), ("Branch", "lexer/table-driven", None), ("Model", "gpt-6.1-sol, effort high", None),
             ("Source", "cli 0.169.0, laptop", None), ("Started", "Tue 24 Nov 2026, 08:52", None), ("Last response", "12:40, 3 h 49 min later", None),
             ("Turns, responses", "18 turns, 370 responses", None), ("Tool calls", "304, 15 failed", None), ("Tier", "default, as requested", None),
             ("Context window", f"258{THIN}400 tokens", None), ("Log file", "1 file, 18.4 MB, read to the end", None),
             ("Compacted", "3 times, each near 94.7 %", None)]
    per = [sum(r["output"] + r["uncached"] for r in resp if r["turn"] == t) for t in range(1, resp[-1]["turn"] + 1)]
    peaks = [max(r["fill"] for r in resp if r["turn"] == t) for t in range(1, resp[-1]["turn"] + 1)]
    nums = [number("Own tokens", *short(own), thin(own), None, thin(own), per, last=0),
            number("With its 3 sub-agents", *short(own + 19966789), thin(own + 19966789), None, thin(own + 19966789), per, last=0),
            number("Cached share of input", "97.9", "%", None, None, f"{brief(sums['uncached'])} not cached", per, last=0),
            number("Output", *short(sums["output"]), thin(sums["output"]), None, f"59{THIN}% of it reasoning", per, last=0),
            number("API cost, own", usd(cost_of("gpt-6.1-sol", sums)), None, None, None, "$12.83 with sub-agents", per, last=0),
            number("Peak context", "95", "%", None, None, "compacted 3 times", peaks, last=0)]
    data = {
        "id": "019ab4d1-6c1e-7d40-9f3a-2b8e51c07d94", "totals": sums,
        "_crumb": [{"text": "Sessions", "href": "/sessions"}, {"text": "ledger-core", "href": "/projects/ledger-core"},
                   {"text": "019ab4d1-6c1e-7d40-9f3a-2b8e51c07d94", "href": None}],
        "_notices": {"list": [{"text": "A session with a tool call that never came back; line 812. The numbers are a lower bound.",
                               "href": None, "more": None},
                              {"text": f"902{THIN}318 tokens have no price.", "href": "/cost", "more": "Cost"}]},
        "_numbers": {"list": nums}, "_facts": {"list": [{"name": n, "text": t, "href": h} for n, t, h in facts]},
        "responses": {"rows": resp, "_chart": chart, "_table": listing, "_note": "A column is up to 2 responses.", "_acts": acts(*SVGCSV)},
        "family": {"rows": [], "_note": None, "_acts": acts(("JSON", "/api/v1/sessions/019ab/tree")),
                   "_table": table("Parent, forks and sub-agents", ["Thread", "Relation", "Model", "#Responses", "#Inherited", "#Own",
                                                                    "@Own, drawn", "#Cost, own"], family,
                                   [row(cell("Family of 6 threads"), cell(""), cell(""), count(726), count(31301010), count(own + 48143714), cell(""),
                                        num("$18.4+"))])},
        "turns": {"rows": [], "_note": "The last 18 of 20 turns; the JSON has all.", "_table": turns, "_acts": acts(("In order", None), ("By tokens", "?sort=tokens"), ("By cost", "?sort=cost"), ("CSV", "?"))},
        "tools": {"rows": [], "_acts": acts(("CSV", "?")),
                  "_table": table("Tools by calls", ["Tool", "#Calls", "#Failed", "#Share", "#p50", "#p95", "@10 ms to 10 min"], tools,
                                  [row(cell("All"), count(304), count(15), num(f"4.9{THIN}%"), cell(""), cell(""), cell(""))])},
        "explain": {"verdicts": [{"verdict": "counted", "lines": 370, "tokens": own}], "_acts": acts(("JSON", "?")),
                    "_sum": thin(own) + " own tokens",
                    "_table": table("Every usage line in the file, by verdict", ["Verdict", "#Lines", "#Tokens on them", "#Counted", "Why"], [
                        row(cell("counted"), count(370), num(thin(own)), num(thin(own)), cell("one token_usage_record per model response", cls="long")),
                        row(cell("superseded"), count(370), num(thin(own)), num("0"), cell("token_count lines that repeat a record", cls="long")),
                        row(cell("inherited"), count(204), num(thin(28173106)), num("0"), cell("copied from the parent up to its turn 4, counted there", cls="long")),
                        row(cell("repeat"), count(41), num(thin(5913406)), num("0"), cell("sent again on retry, total unchanged", cls="long"))],
                        [row(cell("All usage lines"), count(985), num(thin(own * 2 + 34086512)), num(thin(own)), cell(""))]),
                    "_check": {"text": f"Check: the last running total in the file is {thin(own + 14086553)}. Own {thin(own)} + inherited "
                                       f"14{THIN}086{THIN}553 = {thin(own + 14086553)}.", "difference": "Difference 0."}},
        "limits": {"rows": [], "_acts": acts(("All windows", "/limits")),
                   "_table": table("Limits touched", ["Window", "#First", "#Last", "#Points"], [
                       row(cell("Codex, weekly"), num(f"56{THIN}%"), num(f"59{THIN}%"), num("+3")),
                       row(cell("Codex, 5 hours to 12:00"), num(f"14{THIN}%"), num(f"24{THIN}%"), num("+10"))])},
        "text": {"stored": False, "_acts": None, "_messages": None}}
    return tree("session", "Replace the hand-written tokenizer with a table-driven lexer", data, path="/sessions/019ab4d1", with_period=False,
                notices=[(f"902{THIN}318 tokens of a sub-agent have no price.", "/cost#p-cost-unpriced", "Which")])


def session_empty():
    data = {"id": "019ab4d1-6c1e-7d40-9f3a-2b8e51c07d94", "totals": None, "_crumb": [{"text": "Sessions", "href": "/sessions"}],
            "_numbers": None, "_facts": None, "responses": none("_chart", "_table", "_note"), "family": none("_table", "_note"),
            "turns": none("_table", "_note"), "tools": none("_table"), "explain": {"_sum": "", "_check": None, **none("_table")}, "limits": none("_table"), "_notices": None,
            "text": none("_messages")}
    return tree("session", "Session without a title", data, path="/sessions/019ab4d1", with_period=False)


def turn():
    data = session()["data"]
    facts = [("Started", "Tue 24 Nov 2026, 10:21:07", None), ("Took", "5 min 12 s", None), ("First token after", "1.2 s", None),
             ("Ended as", "completed", None), ("Messages", "1", None), ("Tool calls", "11, none failed", None)]
    responses = {**data["responses"], "_acts": acts(("Turn before", "/sessions/019ab/turns/7"), ("Next turn", "/sessions/019ab/turns/9"))}
    return tree("session", "Turn 8 of 18", {
        "turn": {"n": 8}, "_crumb": [{"text": "Sessions", "href": "/sessions"}, {"text": "Replace the tokenizer", "href": "/sessions/019ab"},
                                     {"text": "Turn 8 of 18", "href": None}],
        "_facts": {"list": [{"name": n, "text": t, "href": h} for n, t, h in facts]}, "responses": responses},
        path="/sessions/019ab4d1/turns/8", with_period=False)


def turn_empty():
    return tree("session", "Turn 1 of 1", {"turn": {"n": 1}, "_crumb": [{"text": "Sessions", "href": "/sessions"}], "_facts": None,
                                           "responses": none("_chart", "_table", "_note")}, path="/sessions/019ab4d1/turns/1",
                with_period=False)


# ---------------------------------------------------------------- limits

def limits():
    start = datetime(2026, 8, 27, 9, 15)
    ms = lambda d: int((d - datetime(1970, 1, 1)).total_seconds() * 1000)
    samples, windows = [], []
    for w in range(13):
        t0 = start + timedelta(days=7 * w)
        peak = rng.randint(150, 800) if w not in (11, 12) else (977 if w == 11 else 620)
        t, v, first = t0, 0, True
        while v < peak:
            t += timedelta(minutes=rng.randint(20, 400))
            if t >= min(t0 + timedelta(days=7), NOW):
                break
            if 7 <= t.hour < 22:
                v = min(peak, v + rng.choice([10, 10, 20, 30, 50]))
                samples.append([ms(t0 if first else t), v, 1 if first else 0])
                first = False
        tokens = int(v * rng.uniform(2.1e6, 2.8e6))
        windows.append((t0, v, tokens, tokens * 420))
    rows = []
    per = sorted(t * 10 // max(1, v) for _, v, t, _ in windows)
    for i, (t0, v, t, c) in reversed(list(enumerate(windows))):
        now = i == 12
        high = num(f"{v / 10:.1f}{THIN}%")
        if v >= 900:
            high["cls"] = "n alert"
        rows.append(row(cell(clock(t0)), cell(clock(t0 + timedelta(days=7))),
                        cell("", cls="cellplot", bar={"$chart": "bar", "part": v, "whole": 1000, "now": now}), high, num(thin(t)), num(usd(c)),
                        num(thin(t * 10 // max(1, v))),
                        cell("", cls="cellplot", dot={"$chart": "dot", "at": t * 10 // max(1, v), "low": 18000000, "top": 30000000, "q1": per[3], "mid": per[6],
                                                      "q3": per[9], "now": now})))
    line = {"$chart": "plot", "id": "line", "title": "Codex weekly limit, percent used, 13 windows since 27 August 2026",
            "desc": "A step line that rises in each window and falls to zero at each reset. Now 62 percent, forecast 81 to 89 percent.",
            "columns": [], "from": ms(start), "to": ms(start + timedelta(days=91)), "key": False, "last": None,
            "labels": [{"x": 10000 * w // 13, "text": f"{start + timedelta(days=7 * w):%-d %b}", "major": True} for w in range(13)],
            "marks": [{"x": 9804, "text": f"now, 62{THIN}%"}],
            "panels": [{"kind": "steps", "height": 208, "unit": "permille", "top": 1000, "bands": True, "samples": samples, "series": [],
                        "until": ms(NOW), "low": 810, "high": 890}]}
    short_rows, cols, values = [], [], []
    for i in range(29):
        t = datetime(2026, 11, 11, 7) + timedelta(hours=11 * i)
        v = 1000 if i == 3 else 940 if i == 17 else rng.randint(20, 640)
        values.append(v)
        cols.append({"label": f"{t.day} {t:%b}", "major": False, "rest": t.weekday() >= 5, "href": None,
                     "title": f"{clock(t)}: {v // 10} percent"})
        short_rows.append(row(cell(clock(t)), num(f"{v // 10}{THIN}%"), num(thin(v * 81000))))
    five = {"$chart": "plot", "id": "short", "title": "Codex five-hour windows of the last 14 days: highest percent used in each",
            "desc": "One column per window, 2 of them above 90 percent.", "columns": cols, "key": False, "last": None, "marks": [],
            "panels": [{"kind": "columns", "height": 120, "unit": "permille", "top": 1000, "bands": True, "peak": 3,
                        "peak_text": "100, limit reached", "series": [
                        {"cls": "f-soft", "name": None, "total": None, "v": values[:-1] + [0]},
                        {"cls": "f-acc", "name": None, "total": None, "v": [0] * 28 + values[-1:]}]}]}
    data = {
        "now": {"rows": LIMIT_FACTS, "_limits": limits_now("#p-limits-line"), "_acts": acts(("JSON", "/api/v1/limits"))},
        "forecast": {"_ask": "Codex, weekly", "_none": None, "_text": {
                     "before": "The weekly limit will stand at", "range": f"81 to 89{THIN}%",
                     "after": "when it resets on Thursday at 09:15: in each of the last four weeks you used another 19 to 27 points between "
                              f"Tuesday 14:28 and the reset. At the pace of the last 24 hours it would be 91{THIN}%."}},
        "quota": {"_title": "What a full week holds", "_none": None, "_text": {
                  "before": "About", "range": f"2.5{THIN}B – 2.7{THIN}B tokens", "after": "at your mix of models.",
                  "basis": f"Middle half of 12 windows that have ended, tokens ÷ peak{THIN}%. Resets as Codex logged them."}},
        "line": {"rows": [], "_title": "Codex, weekly", "_ask": "Percent used; each line starts at a reset.", "_chart": line,
                 "_table": table("Table of the readings", ["Time", "#Used"], [
                     row(cell(clock(datetime(1970, 1, 1) + timedelta(milliseconds=s[0]))), num(f"{s[1] / 10:.0f}{THIN}%")) for s in samples[-40:]]),
                 "_acts": acts(("Weekly", None), ("5 hours", "#p-limits-short"), *SVGCSV)},
        "windows": {"rows": [], "_title": "Weekly windows", "_ask": "How much fits into one percent? The field is the middle half, the line the median.",
                    "_acts": acts(("CSV", "?")),
                    "_table": table("Weekly windows, newest first",
                                    ["Start>", "End", "@", "#Peak", "#Tokens", "#API cost", "#Tokens per percent", "@18 M to 30 M"], rows,
                                    [row(cell("Sum of 13 windows"), cell(""), cell(""), cell(""), num(thin(sum(w[2] for w in windows))),
                                         num(usd(sum(w[3] for w in windows))), cell(""), cell(""))])},
        "short": {"rows": [], "_title": "Codex, 5 hours", "_none": None, "_ask": "Peak of each window in the last 14 days: 29 windows, 2 above 90 %.",
                  "_chart": five, "_table": table("Table of the 29 windows", ["Start", "#Peak", "#Tokens"], short_rows), "_acts": acts(*SVGCSV)}}
    return tree("limits", "Limits", data, window=("90 d", "27 Aug – 24 Nov 2026"), notices=[
        ("Percentages are the ones Codex logged, last seen 14:21. 2 windows in September have gaps of more than a day.", "/health", "Which")])


def limits_empty():
    return tree("limits", "Limits", {
        "now": none("_limits"), "forecast": {"_ask": "", "_text": None, "_none": "No limit was logged, so none can be looked ahead from."},
        "quota": {"_title": "What a full week holds", "_text": None, "_none": "No limit was logged."}, "line": {"_title": "Codex, weekly", "_ask": "", **none("_chart", "_table")},
        "windows": {"_title": "Weekly windows", "_ask": "", **none("_table")},
        "short": {"_title": "Short windows", "_ask": "", "_none": "No limit with windows shorter than a day was logged.",
                  **none("_chart", "_table")}}, empty=EMPTY)


# ---------------------------------------------------------------- cost

def cost():
    priced = [m for m in MODELS if m[3]]
    rows, saved, split = [], [], {k: [0] * 30 for k in CLASSES}
    for name, _, _, p in priced:
        t = {k: total(k, model=name) for k in CLASSES}
        rows.append(row(cell(name, href="/models/" + name, title=name), num(thin(sum(t.values()))),
                        num(usd(t["uncached"] * p[0])), num(usd(t["cached"] * p[1])),
                        num(usd(t["write"] * p[2])), num(usd(t["output"] * p[3])), num(usd(cost_of(name, t))), num(pct(cost_of(name, t), COST))))
        full = (t["uncached"] + t["cached"] + t["write"]) * p[0] + t["output"] * p[3]
        saved.append(row(cell(name), num(pct(t["cached"], sum(t.values()) - t["output"])), num(usd(full)), num(usd(cost_of(name, t))),
                         num(usd(full - cost_of(name, t))), num(pct(full - cost_of(name, t), full)), cell("", cls="cellplot", bar={"$chart": "bar", "part": full - cost_of(name, t), "whole": full})))
        for i, d in enumerate(DAYS):
            for k, price in zip(("uncached", "cached", "write", "output"), p):
                split[k][i] += total(k, day=d, model=name) * price
    rows.append(row(cell("codex-auto-review"), num(thin(total("tokens", model="codex-auto-review"))), *[num("no price")] * 5, num("·")))
    order = [("output", "output"), ("uncached", "uncached input"), ("write", "cache write"), ("cached", "cached input")]
    chart = {"$chart": "plot", "id": "split", "title": "Cost per day by class of token", "columns": columns(), "key": True, "last": "so far", "marks": [],
             "desc": f"Stacked columns per day, {usd(COST)} in all.",
             "panels": [{"kind": "columns", "height": 240, "unit": "nanousd", "cap": True, "series": [
                 {"cls": "f-" + k, "name": n, "total": f"{usd(sum(split[k]), 0)} · {pct(sum(split[k]), COST, 0)}", "v": split[k]} for k, n in order]}]}
    names = [n for _, n in order]
    listing = table("Table of the 30 days", ["Day"] + ["#" + n for n in names] + ["#All"], [
        row(cell(day(d)), *[num(usd(split[k][i])) for k, _ in order], num(usd(sum(split[k][i] for k, _ in order)))) for i, d in enumerate(DAYS)])
    nums = [number("API cost", usd(COST, 0), None, usd(COST), f"+73{THIN}%", f"from $2{THIN}031", series("cost")),
            number("A day", usd(COST // 30, 0), None, None, None, "mean of 30 days", None),
            number("Saved by caching", "$19" + THIN + "806", None, None, None, f"85{THIN}% of the full price", None),
            number("Per million tokens", usd(COST * 10**6 // TOKENS), None, None, None, "over all classes", None),
            number("Priced", "99.9", "%", None, None, "of the tokens", None),
            number("Rate card", "22 Nov", None, None, None, "2 rates changed in the period", None)]
    data = {
        "totals": totals(), "_numbers": {"list": nums},
        "models": {"rows": [], "_multis": multis(), "_acts": acts(*SVGCSV),
                   "_table": table("Cost by model and class", ["Model", "#Tokens", "#Uncached", "#Cached", "#Write", "#Output", "#All", "#Share"], rows,
                                   [row(cell("All models"), num(thin(TOKENS)), *[num(usd(sum(split[k]))) for k in ("uncached", "cached", "write", "output")],
                                        num(usd(COST) + "+"), num(f"100{THIN}%"))])},
        "split": {"group": "day", "rows": [], "_chart": chart, "_table": listing, "_acts": acts(*SVGCSV)},
        "savings": {"rows": [], "_acts": acts(("CSV", "?")),
                    "_table": table("Saved by caching", ["Model", "#Cached share", "#At full price", "#As charged", "#Saved", "#Share", "@Share, drawn"], saved)},
        "unpriced": {"rows": [], "_acts": None,
                     "_table": table("Models without a price", ["Model", "#Sessions", "#Tokens", "#Share", "Why"], [
                         row(cell("codex-auto-review"), count(6), num(thin(total("tokens", model="codex-auto-review"))), num(f"0.1{THIN}%"),
                             cell("in no published price list", cls="long"))])},
        "rates": {"rows": [], "_acts": acts(("JSON", "/api/v1/rates")),
                  "_table": table("Rate card, dollars per million tokens", ["Model", "From", "#Uncached", "#Cached", "#Write", "#Output", "Tiers", "Source", "Checked"], [
                      row(cell(n), cell("1 Jun 2026"), *[num(usd(x * 10**6, 3)) for x in p], cell(f"priority ×{THIN}2, flex ×{THIN}0.5"),
                          cell("openai.com/api/pricing", cls="long"), cell("22 Nov 2026"))
                      for n, _, _, p in priced])}}
    return tree("cost", "Cost", data, notices=[NOTICE])


def cost_empty():
    return tree("cost", "Cost", {"totals": None, "_numbers": None, "models": none("_multis", "_table"),
                                 "split": {"group": "day", **none("_chart", "_table")}, "savings": none("_table"), "unpriced": none("_table"),
                                 "rates": none("_table")}, empty=EMPTY)


# ---------------------------------------------------------------- health, export, errors, glossary

def health():
    t = lambda name, heads, rows, totals=(): {"rows": [], "_acts": acts(("JSON", "/api/v1/health")), "_table": table(name, heads, rows, totals)}
    reads = [row(cell(clock(NOW - timedelta(minutes=7 * i))), count([2, 1, 412][i]), num(["1.8", "0.4", "2 210"][i] + " MB"), num(thin([5120, 960, 1903114][i]))) for i in range(3)]
    verdicts = [("counted", 20310, "in every sum"), ("superseded", 19988, "a better line says the same"), ("inherited", 1204, "copied from a parent"),
                ("repeat", 2210, "said before"), ("synthetic", 31, "worked out by Codex"), ("no-info", 88, "limits only")]
    facts = [("Database", "~/.local/share/codex-usage-tracker/usage.sqlite, from default", None), ("Size", f"118 MB, schema 3, generation 18{THIN}204", None),
             ("Read from", "laptop: ~/.codex, from configuration", None), ("Last check of the files", "Tue 24 Nov 14:28", None), ("Sums", "up to date", None)]
    data = {
        "_facts": {"list": [{"name": a, "text": b, "href": c} for a, b, c in facts]},
        "reads": t("Last passes that read something", ["Began", "#Files", "#Size", "#Lines"], reads),
        "files": t("Files by state", ["State", "#Files", "#Size", "Meaning"], [
            row(cell("read"), count(1398), num("4.1 GB"), cell("read to its end", cls="long")), row(cell("gone"), count(2), num("·"), cell("is not there any more; what it held is kept", cls="long"))],
            [row(cell("All"), count(1400), num("4.1 GB"), cell(""))]),
        "verdicts": t("Usage lines by verdict", ["Verdict", "#Lines", "Meaning"], [
            row(cell(v, href="/glossary#" + v), count(n), cell(w, cls="long")) for v, n, w in verdicts], [row(cell("All"), count(43831), cell(""))]),
        "skipped": t("Lines that could not be used", ["Reason", "Lost", "#Lines", "First"], [
            row(cell("torn, and glued to the next record", cls="long"), cell("the line"), count(3), cell(f"line 1{THIN}204 of rollout-2026-11-02T08-14-00-019ab.jsonl", title="/home/u/.codex/sessions/2026/11/02/rollout-2026-11-02T08-14-00-019ab.jsonl", cls="name")),
            row(cell("not JSON", cls="long"), cell("the line"), count(1), cell("line 88 of rollout-2026-10-30T08-14-00-019aa.jsonl", cls="name"))]),
        "unknown": t("Unknown kinds", ["Kind", "#Lines"], [row(cell("event_msg/ghost_commit", cls="name"), count(41))]),
        "problems": t("Files with a problem", ["File", "State", "Problem"], [row(cell("rollout-2026-10-30T08-14-00-019aa.jsonl", cls="name"), cell("failed"), cell("Permission denied", cls="long"))]),
        "months": t("Completeness by month", ["Month", "#Sessions", "#Responses", "#Lower bounds", "#Of sessions", "#Unreadable lines"], [
            row(cell("2026-11"), count(198), count(18204), count(1), num(f"0.5{THIN}%"), count(0)),
            row(cell("2026-10"), count(211), count(19312), count(3), num(f"1.4{THIN}%"), count(4))]),
        "size": t("Database by table", ["Table", "#Size", "#Share", "@Drawn"], [
            row(cell(n), num(f"{s}{THIN}MB"), num(f"{s}{THIN}%"), cell("", cls="cellplot", bar={"$chart": "bar", "part": s, "whole": 61})) for n, s in (
                ("usage", 61), ("call", 22), ("message", 18), ("activity", 12), ("rollup", 4))])}
    return tree("health", "Health", data, with_period=False,
                notices=[("1 session is a lower bound: a turn in it has no end.", "#p-health-months", "Which")])


def health_empty():
    return tree("health", "Health", {"_facts": None, **{k: none("_table") for k in ("reads", "files", "verdicts", "skipped", "unknown", "problems", "months", "size")}},
                with_period=False, empty=EMPTY)


def export():
    rows = []
    for name, what in (("events", "every line of usage and what became of it"), ("sessions", "a row for each session, with its sums and what is missing"),
                       ("turns", "a row for each turn: state, duration, what counted in it"),
                       ("tools", "a row for each call: name, state, times, lengths; no text"),
                       ("limits", "a row for each reading of a rate limit, as it was logged")):
        rows.append(row(cell(name), *[cell(f.upper(), href=f"/api/v1/export/{name}?format={f}") for f in ("csv", "ndjson", "json")], cell(what, cls="long")))
    data = {"sets": {"rows": [], "_ask": "For the period and the filters above, streamed.", "_acts": None,
                     "_table": table("What can be exported", ["Rows", "CSV", "NDJSON", "JSON", "What"], rows)},
            "_commands": [{"text": "From this server, as CSV:", "command": "curl -fsS 'http://127.0.0.1:8377/api/v1/export/events?format=csv' -o events.csv"},
                          {"text": "Without the server:", "command": "codex-track export --last 30d --format csv --out events.csv"}]}
    return tree("export", "Export", data)


def export_empty():
    return tree("export", "Export", {"sets": {"_ask": "", **none("_table")}, "_commands": None}, empty=EMPTY)


def error():
    return tree("error", "Not understood", {
        "status": 400, "what": "The address holds something that this page does not know.",
        "problems": [{"param": "period", "parts": [{"text": "“31dd” is no period; ", "code": None}, {"text": None, "code": "codex-track web"}, {"text": " tells more.", "code": None}], "allowed": "today, yesterday, 24h, 7d, 14d, 30d, 90d, 180d, 12mo, wtd, mtd, ytd, all, quota-week, quota-5h"},
                     {"param": "colour", "parts": [{"text": "There is no such parameter.", "code": None}], "allowed": None}],
        "_ways": [{"text": "Overview of the last 30 days", "href": "/"}, {"text": "The same page without these parameters", "href": "/usage"}]}, with_period=False, links=False)


def error_empty():
    return tree("error", "Not found", {"status": 404, "what": "There is no page at this address.", "problems": [], "_ways": []}, with_period=False, links=False)


def glossary():
    return tree("glossary", "Glossary", {}, with_period=False)


PAGES = {"overview": (overview, overview_empty), "usage": (usage, usage_empty), "sessions": (sessions_page, sessions_empty),
         "session": (session, session_empty), "turn": (turn, turn_empty), "limits": (limits, limits_empty), "cost": (cost, cost_empty), "health": (health, health_empty),
         "export": (export, export_empty), "error": (error, error_empty), "glossary": (glossary, glossary)}


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for page, (full, empty) in PAGES.items():
        for kind, make in (("full", full), ("empty", empty)):
            with open(f"{folder}/{page}.{kind}.json", "w", encoding="utf-8") as f:
                json.dump(make(), f, ensure_ascii=False, indent=1)
                f.write("\n")


if __name__ == "__main__":
    write(sys.argv[1])
