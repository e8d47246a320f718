"""figures.py - the numbers of a page, worked out from what recount.py read: sums, prices,
buckets of a zone, and the data of Overview, Usage, Sessions, Session and Cost in the
form that the headers of src/report describe. Limits are in windows.py.

differences(got, wanted) compares a page's data with that; a number that is there and is
not recounted is a difference, too.
"""
import datetime
import json
import re
from fractions import Fraction

QUARTER = 900000
DAY = 86400000
UTC = datetime.timezone.utc
EFFORTS = ("minimal", "low", "medium", "high", "xhigh")
METRICS = {"tokens": "tokens", "input": "input", "uncached": "uncached", "cached": "cached", "write": "cache_write",
           "output": "output", "reasoning": "reasoning", "cost": "cost_nanousd", "responses": "responses",
           "turns": "turns", "sessions": "sessions"}
# What is not worked out here: numbers of lines and files that could not be used, and how often a loss shows.
ELSEWHERE = {"unreadable_lines", "failed_files", "pending_sessions", "lower_bound", "signs"}


# ---- prices: conf/rates.json and formats.md 8

def pusd(text):
    """Pico-USD per token of a list price per million."""
    return int(Fraction(text) * 1000000)


class Prices:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.card = json.load(f)
        self.rows = {}
        for r in self.card["rows"]:
            self.rows.setdefault(r["model"], []).append(r)
        for rows in self.rows.values():
            rows.sort(key=lambda r: r["valid_from"])
        self.alias = {a["name"]: a["model"] for a in self.card["aliases"]}
        self.without = {u["name"]: u["reason"] for u in self.card["unpriced"]}

    def meaning(self, name):
        """(model or None, reason)"""
        name = name.strip().lower()
        while name:
            if name in self.rows or name in self.alias:
                return self.alias.get(name, name), ""
            for n, reason in self.without.items():
                if name == n or n.endswith("*") and name.startswith(n[:-1]):
                    return None, reason
            shorter = re.sub(r" \([^()]*\)$", "", name)
            if shorter == name:
                shorter = name.rpartition("/")[2]
            if shorter == name:
                shorter = re.sub(r"-(\d{4}-\d\d-\d\d|\d{8})$", "", name)
            if shorter == name:
                shorter = re.sub(r"-(" + "|".join(EFFORTS) + ")$", "", name)
            if shorter == name:
                break
            name = shorter.strip()
        return None, "unknown model"

    def row(self, model, at):
        day = datetime.datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
        rows = self.rows[model]
        return next((r for r in reversed(rows) if r["valid_from"] <= day), rows[0])

    def rates(self, name, tier, tokens, at):
        """Pico-USD per token of (input, cached, cache write, output); None without a price."""
        model, _ = self.meaning(name)
        if model is None:
            return None
        row = self.row(model, at)
        long = "long" in row and tokens[0] > row["long"]["threshold"]
        base = row["long"] if long else row
        factor = Fraction(1)
        if tier in ("priority", "flex"):
            text = row["tiers"].get(tier + "_long" if long else tier)
            if text is None:
                return None
            factor = Fraction(text)
        plain = base["input"]
        return tuple(round(pusd(base.get(k, plain)) * factor) for k in ("input", "cached", "cache_write", "output"))


# ---- sums

def usd(p):
    """Exact, shortest."""
    text = f"{abs(p):013d}"
    text = (text[:-12] + "." + text[-12:]).rstrip("0").rstrip(".")
    return ("-" if p < 0 else "") + text


def nano(p):
    """Rounded once, half away from zero."""
    return (abs(p) * 2 + 1000) // 2000 * (1 if p >= 0 else -1)


class Sum:
    def __init__(self, responses=(), turns=0, prices=None):
        self.tokens = [0] * 5
        self.responses = self.turns = self.priced = self.unpriced = self.saved = self.premium = 0
        self.cost = [0] * 4  # uncached, cached, written, output
        self.sessions = set()
        self.models = {}  # without a price: tokens
        for r in responses:
            self.add(r, prices)
        self.turns = turns

    def add(self, r, prices):
        i, cached, write, o, _ = r.tokens
        self.tokens = [a + b for a, b in zip(self.tokens, r.tokens)]
        self.responses += 1
        self.sessions.add(r.dims["session"])
        rates = prices.rates(r.dims["model"], r.dims["tier"], r.tokens, r.at)
        if rates is None:
            self.unpriced += i + o
            self.models[r.dims["model"]] = self.models.get(r.dims["model"], 0) + i + o
            return
        self.priced += i + o
        for k, n in enumerate((i - cached - write, cached, write, o)):
            self.cost[k] += n * rates[k]
        self.saved += cached * (rates[0] - rates[1])
        self.premium += write * (rates[2] - rates[0])

    def plus(self, other):
        for key, v in vars(other).items():
            if isinstance(v, int):
                setattr(self, key, getattr(self, key) + v)
        self.tokens = [a + b for a, b in zip(self.tokens, other.tokens)]
        self.cost = [a + b for a, b in zip(self.cost, other.cost)]
        return self

    def put(self):
        """The members of src/report/sum.h."""
        i, cached, write, o, reasoning = self.tokens
        known = not self.unpriced or self.priced
        return {"tokens": i + o, "input": i, "uncached": i - cached - write, "cached": cached, "cache_write": write,
                "output": o, "reasoning": reasoning, "responses": self.responses, "turns": self.turns,
                "cost": usd(sum(self.cost)) if known else None, "cost_nanousd": nano(sum(self.cost)) if known else None,
                "unpriced_tokens": self.unpriced}

    def value(self, metric):
        if metric == "cost":
            return nano(sum(self.cost))
        return len(self.sessions) if metric == "sessions" else self.put()[METRICS[metric]]


# ---- time

def local(at, zone):
    return datetime.datetime.fromtimestamp(at / 1000, zone)


def instant(t):
    return round(t.timestamp() * 1000)


def text(at, zone):
    """As the program writes an instant; None for none."""
    return None if at is None else local(at // 1000 * 1000, zone).isoformat()


def back(at, zone, days):
    """The same time of day so many days before."""
    t = local(at, zone)
    return instant((t.replace(tzinfo=None) - datetime.timedelta(days=days)).replace(tzinfo=zone))


def last_days(now, zone, days):
    """[from, to) of the period "Nd"."""
    return back(now, zone, days) // QUARTER * QUARTER, now + 1


def days_of(zone, first, last):
    """[from, to) of two dates, the last one included."""
    end = datetime.date.fromisoformat(last) + datetime.timedelta(days=1)
    return tuple(instant(datetime.datetime.combine(d, datetime.time(), zone))
                 for d in (datetime.date.fromisoformat(first), end))


def place(at, zone, group, week=0):
    """What the bucket that holds AT is called."""
    t = local(at, zone)
    if group == "hour":
        return t.strftime("%Y-%m-%dT%H:00") + t.isoformat()[-6:]
    if group == "week":
        return str(t.date() - datetime.timedelta(days=(t.weekday() - week) % 7))
    return t.strftime("%Y-%m-%d" if group == "day" else "%Y-%m")


def axis(zone, group, first, end, week=0):
    """[(label, start, end)] of the buckets that a range touches, found quarter-hour by quarter-hour."""
    at = first // QUARTER * QUARTER
    label = place(at, zone, group, week)
    while place(at - QUARTER, zone, group, week) == label:
        at -= QUARTER
    out = [[label, at, None]]
    while True:
        at += QUARTER
        label = place(at, zone, group, week)
        if label != out[-1][0]:
            out[-1][2] = at
            if at >= end:
                return out
            out.append([label, at, None])


def size_of(first, end):
    """group=auto: pages.md 4."""
    days = (end - first - 3600000) / DAY
    return "hour" if days <= 3 else "day" if days <= 120 else "week" if days <= 731 else "month"


# ---- pages

class Book:
    """A home's numbers in a zone, at a time."""

    def __init__(self, home, prices, zone, now):
        self.home, self.prices, self.zone, self.now = home, prices, zone, now
        self.responses = sorted((r for s in home.sessions.values() for r in s.responses), key=lambda r: r.at)
        self.turns = [t for s in home.sessions.values() for t in s.turns]

    def total(self, span, passes=lambda dims: True):
        return Sum([r for r in self.responses if span[0] <= r.at < span[1] and passes(r.dims)],
                   sum(span[0] <= t.at < span[1] and passes(t.dims) for t in self.turns), self.prices)

    def put_sum(self, span, **more):
        x = self.total(span)
        return {**x.put(), "sessions": len(x.sessions), **more}

    def buckets(self, axle, span):
        return [self.put_sum((max(start, span[0]), min(end, span[1])), label=label, start=text(start, self.zone),
                             end=text(end, self.zone), partial=start < span[0] or end > span[1], so_far=end > span[1])
                for label, start, end in axle]

    def groups(self, span, by, metric, top, shown, axle=None):
        """As many as TOP, in the order of SHOWN where that is one of the orders by METRIC."""
        names = {r.dims[by] for r in self.responses if span[0] <= r.at < span[1]}
        names |= {t.dims[by] for t in self.turns if span[0] <= t.at < span[1]}
        sums = {n: self.total(span, lambda d, n=n: d.get(by) == n) for n in names}
        order = sorted(names, key=lambda n: (-sums[n].value(metric), n))
        values = [sums[n].value(metric) for n in order]
        seen = [g["name"] or "" for g in shown if not g["other"]]
        if len(set(seen)) != len(seen) or not names.issuperset(seen) or [sums[n].value(metric) for n in seen] != values[:top]:
            seen = order[:top]
        rest = [n for n in order if n not in seen]
        whole = self.total(span).value(metric)
        out = []
        for members in [[n] for n in seen] + ([rest] if rest else []):
            x = Sum()
            for n in members:
                x.plus(sums[n])
            other = members is rest
            g = {"name": None if other else members[0] or None, "other": other, "members": len(members),
                 "share_ppm": x_share(x if other else sums[members[0]], metric, whole), **x.put(),
                 "sessions": None if other else len(sums[members[0]].sessions)}
            if axle:
                g["values"] = [self.cells(members, by, metric, start, end, span, other) for _, start, end in axle]
            out.append((g, x))
        return out

    def cells(self, members, by, metric, start, end, span, other):
        cut = (max(start, span[0]), min(end, span[1]))
        if other and metric == "sessions":
            return None
        return self.total(cut, lambda d: d.get(by) in members).value(metric)

    def totals(self, span, buckets):
        totals = {"total": self.put_sum(span), "mean": {}, "least": {}, "most": {}}
        for key in METRICS.values():
            column = [b[key] or 0 for b in buckets]
            totals["total"][key] = totals["total"][key] or 0
            totals["mean"][key] = None if key == "sessions" else (totals["total"][key] * 2 + len(column)) // (2 * len(column))
            totals["least"][key], totals["most"][key] = min(column), max(column)
        del totals["total"]["cost"]
        return totals

    def usage(self, span, group, got, by=None, metric="tokens", top=10):
        axle = axis(self.zone, group, *span)
        buckets = self.buckets(axle, span)
        return {"group": group, "metric": metric, "by": by, "buckets": buckets, "totals": self.totals(span, buckets),
                "groups": [g for g, _ in self.groups(span, by, metric, top, got["groups"], axle)] if by else [],
                "coverage": self.coverage(span)}

    def coverage(self, span):
        x = self.total(span)
        models = [{"name": m or None, "tokens": n, "reason": self.prices.meaning(m)[1]}
                  for m, n in sorted(x.models.items(), key=lambda kv: (-kv[1], kv[0])) if n]
        lossy = [(kind, s.id) for s in self.home.sessions.values() for kind, at in s.losses if span[0] <= at < span[1]]
        return {"recovered_tokens": 0, "unpriced_tokens": x.unpriced, "models": models,
                "losses": {k for k, _ in lossy}, "lossy_sessions": len({i for _, i in lossy})}

    # Overview

    def number(self, metric, axle, span, before):
        def of(x):
            if metric == "cached_share":
                return x.tokens[1] * 1000000 // x.tokens[0] if x.tokens[0] else 0
            return x.value(metric)
        now, old = of(self.total(span)), of(self.total(before))
        change = now - old if metric == "cached_share" else None if old <= 0 else int(Fraction((now - old) * 1000000, old))
        return {"now": now, "before": old, "change_ppm": change,
                "spark": [of(self.total((max(a, span[0]), min(b, span[1])))) for _, a, b in axle]}

    def overview(self, span, before, got):
        group = size_of(*span)
        axle, total = axis(self.zone, group, *span), self.total(span)
        buckets, tz = self.buckets(axle, span), str(self.zone)
        numbers = {k: self.number(k, axle, span, before) for k in
                   ("tokens", "uncached", "cached_share", "output", "reasoning", "turns", "sessions", "cost")}
        numbers["cost"].update(text=total.put()["cost"], unpriced_tokens=total.unpriced)
        top = []
        for g in self.groups(span, "session", "tokens", 8, [{"name": s["id"], "other": False} for s in got["sessions"]]):
            if not g[0]["other"]:
                top.append({**self.session_item(self.home.sessions[g[0]["name"]]), "range": g[1].put()})
        return {"group": group, "range": {"from": text(span[0], self.zone), "to": text(span[1], self.zone), "tz": tz},
                "previous": {"from": text(before[0], self.zone), "to": text(before[1], self.zone), "tz": tz},
                "numbers": numbers, "buckets": buckets, "totals": self.totals(span, buckets),
                "cost_by_model": [g for g, _ in self.groups(span, "model", "cost", 5, got["cost_by_model"], axle)],
                "models": [g for g, _ in self.groups(span, "model", "tokens", 8, got["models"])],
                "projects": [g for g, _ in self.groups(span, "project", "tokens", 8, got["projects"])],
                "sessions": top, "last": self.listed(span, got["last"])[:8], "coverage": self.coverage(span)}

    # Cost

    def money(self, x):
        split = dict(zip(("uncached", "cached", "write", "output"), x.cost))
        out = {k: v for k, v in (("saved", x.saved), ("premium", x.premium),
                                 ("without_cache", sum(x.cost) + x.saved - x.premium))}
        def both(o):
            return {**{k: usd(v) for k, v in o.items()}, **{k + "_nanousd": nano(v) for k, v in o.items()}}
        return {**both(out), "split": both(split)}

    def cost(self, span, group, got):
        axle, total = axis(self.zone, group, *span), self.total(span)
        models = self.groups(span, "model", "cost", 50, got["models"], axle)
        used = {self.prices.meaning(r.dims["model"])[0] for r in self.responses if span[0] <= r.at < span[1]}
        used |= {self.prices.meaning(t.dims["model"])[0] for t in self.turns if span[0] <= t.at < span[1]}
        buckets = self.buckets(axle, span)
        for b, (_, start, end) in zip(buckets, axle):
            b["split"] = self.money(self.total((max(start, span[0]), min(end, span[1]))))["split"]
        return {"group": group, "buckets": buckets,
                "total": {**self.put_sum(span), **self.money(total)},
                "models": [{**g, **self.money(x)} for g, x in models],
                "coverage": self.coverage(span), "rates": [self.rate(r, used) for m in sorted(self.prices.rows)
                                                           for r in self.prices.rows[m]]}

    def rate(self, r, used):
        def put(o):
            return {k: usd(pusd(o[k]) * 1000000) if k in o else None for k in ("input", "cached", "cache_write", "output")}
        tiers = {k: usd(int(Fraction(r["tiers"][k]) * 10**12)) if k in r.get("tiers", {}) else None
                 for k in ("priority", "priority_long", "flex", "flex_long")}
        return {"model": r["model"], "valid_from": r["valid_from"], "override": False, "used": r["model"] in used, **put(r),
                "long": {"threshold": r["long"]["threshold"], **put(r["long"])} if "long" in r else None, "tiers": tiers,
                "source": r["source"], "checked_on": r["checked_on"], "note": r.get("note")}

    # Sessions

    def session_item(self, s):
        failures = sum(c.status in (2, 3) for c in s.calls)
        return {"id": s.id, "started": text(s.first, self.zone), "last": text(s.last, self.zone),
                "directory": s.meta.get("cwd"), "repository": s.home_dims["repo"] or None, "branch": s.home_dims["branch"] or None,
                "source": s.home_dims["source"], "version": s.meta.get("cli_version"),
                "models": sorted({r.dims["model"] for r in s.responses} - {""}), "messages": s.messages,
                "calls": len(s.calls), "failures": failures, "compactions": s.compactions, "peak_permille": s.peak,
                **Sum(s.responses, len(s.turns), self.prices).put(), "gone": False, "losses": {k for k, _ in s.losses}, "recovered": False,
                "archived": s.files[0].archived}

    def listed(self, span, shown):
        """Sessions that were active in the range, the last one first, in the order of SHOWN where that is one."""
        here = [s for s in self.home.sessions.values() if (s.last or 0) >= span[0] and (s.first or 0) < span[1]]
        order = {x["id"]: i for i, x in enumerate(shown)}
        here.sort(key=lambda s: (-(s.last or 0), order.get(s.id, len(order))))
        return [self.session_item(s) for s in here]

    def sessions(self, span, got):
        rows = self.listed(span, got["sessions"])
        return {"total": len(rows), "sessions": rows}

    # Session

    def session(self, s):
        numbers = {id(t): i + 1 for i, t in enumerate(s.turns)}
        responses = [{"n": i + 1, "at": text(r.at, self.zone), "turn": numbers.get(id(r.turn)), "model": r.dims["model"] or None,
                      "context": r.context, "window": r.window, "fill_permille": fill(r), "recovered": False,
                      **Sum([r], 0, self.prices).put()} for i, r in enumerate(s.responses)]
        windows = [f.p["info"]["model_context_window"] for f in s.files[0].facts if f.name == "event_msg/token_count"
                   and (f.p.get("info") or {}).get("model_context_window")]
        item = {**self.session_item(s), "context_window": windows[-1] if windows else None, "effort": sorted({r.dims["effort"] for r in s.responses}),
                "tier": sorted({r.dims["tier"] for r in s.responses})}
        return {"session": item, "files": self.files(s), "family": self.family(s), "responses": responses,
                "responses_total": len(responses), "turns": [self.turn(s, t, i) for i, t in enumerate(s.turns)],
                "tools": self.tools(s), "limits": session_limits(s), "verdicts": verdicts(s),
                "losses": {k for k, _ in s.losses},
                "arithmetic": {"counted": item["tokens"], "recovered": 0, "sum": item["tokens"], "difference": 0}}

    def files(self, s):
        return [{"page": r.page or None, "basis": r.basis, "own_line": r.own, "lines": r.lines} for r in s.files]

    def turn(self, s, t, i):
        mine = [r for r in s.responses if r.turn is t]
        calls = [c for c in s.calls if c.turn is t]
        return {"n": i + 1, "turn_id": t.ident, "started": text(t.at, self.zone), "ended": text(t.end, self.zone),
                "duration_ms": t.duration, "ttft_ms": t.ttft, "status": t.status, "messages": t.messages, "calls": len(calls),
                "failures": sum(c.status in (2, 3) for c in calls), "compactions": t.compactions,
                "peak_permille": max((fill(r) for r in mine if fill(r) is not None), default=None),
                **Sum(mine, 0, self.prices).put()}

    def tools(self, s):
        out = []
        for name in {c.name for c in s.calls}:
            calls = [c for c in s.calls if c.name == name]
            took = sorted(c.took for c in calls if c.took is not None and c.took >= 0)
            def rank(p, took=took):
                return took[-(-len(took) * p // 100) - 1] if took else None
            out.append({"name": name, "calls": len(calls), "failed": sum(c.status == 2 for c in calls),
                        "timeouts": sum(c.status == 3 for c in calls), "aborted": sum(c.status == 4 for c in calls),
                        "open": sum(c.status == 0 for c in calls), "timed": len(took), "p50_ms": rank(50), "p95_ms": rank(95),
                        "total_ms": sum(took), "output_bytes": sum(c.bytes for c in calls)})
        return sorted(out, key=lambda t: (-t["calls"], t["name"] or ""))

    # the family of a session

    def above(self, s):
        """(the id of what it comes from, is it a sub-agent)"""
        r = s.files[0]
        up = s.parent or s.meta.get("forked_from_id") or (r.base or {}).get("thread_id")
        return (None, False) if up in (None, s.id) else (up, s.parent is not None)

    def family(self, s):
        all_ids = self.home.sessions
        up = {i: self.above(x) for i, x in all_ids.items()}
        top = s.id
        while up.get(top, (None,))[0]:
            top = up[top][0]
        out = []

        def walk(ident, depth):
            x = all_ids.get(ident)
            node = {"id": ident, "relation": None if depth == 0 else "sub-agent" if up[ident][1] else "fork", "depth": depth,
                    "parent": up.get(ident, (None,))[0], "known": x is not None, "self": ident == s.id,
                    "inherited_tokens": x.inherited if x else 0}
            own = Sum(x.responses, len(x.turns), self.prices) if x else Sum()
            node["own"], rolled = own.put(), Sum().plus(own)
            out.append(node)
            for child in sorted((i for i, (p, _) in up.items() if p == ident), key=lambda i: (all_ids[i].first or 0, i)):
                below = walk(child, depth + 1)
                if up[child][1]:
                    rolled.plus(below)
            node["rolled"] = rolled.put()
            return rolled
        walk(top, 0)
        return out


def x_share(x, metric, whole):
    return x.value(metric) * 1000000 // whole if whole > 0 else None


def fill(r):
    return (r.context * 2000 + r.window) // (2 * r.window) if r.window else None


def verdicts(s):
    names = ("counted", "repeat", "inherited", "superseded", "synthetic", "review-copy", "no-info")
    out = []
    for v in names:
        lines = [x for x in s.lines if x[0] == v]
        if lines:
            out.append({"verdict": v, "lines": len(lines), "logged_tokens": sum(x[1] for x in lines),
                        "counted_tokens": sum(x[2] for x in lines)})
    return out


def session_limits(s):
    out = {}
    for _, (limit, minutes), percent, _ in sorted(s.samples, key=lambda x: x[0]):
        o = out.setdefault((limit, minutes), {"limit_id": limit, "minutes": minutes, "first_percent": percent})
        o["last_percent"] = percent
        o["least"], o["most"] = min(percent, o.get("least", percent)), max(percent, o.get("most", percent))
    return list(out.values())


# ---- comparing

def has_number(v):
    if isinstance(v, dict):
        return any(has_number(x) for k, x in v.items() if k not in ELSEWHERE)
    if isinstance(v, list):
        return any(has_number(x) for x in v)
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def differences(got, wanted, path=""):
    """[text] of what differs."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        out = [f"{path}.{k}: is not there" for k in wanted if k not in got]
        for k, v in got.items():
            if k in wanted:
                out += differences(v, wanted[k], f"{path}.{k}")
            elif k not in ELSEWHERE and has_number(v):
                out.append(f"{path}.{k}: {str(v)[:60]} is not recounted")
        return out
    if isinstance(wanted, set):  # kinds of losses
        got, wanted = sorted({x["kind"] if isinstance(x, dict) else x for x in got}), sorted(wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        out = [] if len(got) == len(wanted) else [f"{path}: {len(got)} rows, wanted {len(wanted)}"]
        for i, (a, b) in enumerate(zip(got, wanted)):
            out += differences(a, b, f"{path}[{i}]")
        return out
    if isinstance(wanted, float) or isinstance(got, float):
        same = got is not None and wanted is not None and abs(got - wanted) < 1e-6
    else:
        same = got == wanted and isinstance(got, bool) == isinstance(wanted, bool)
    return [] if same else [f"{path}: {got!r}, wanted {wanted!r}"]
