"""windows.py - the numbers of the Limits page, worked out from the samples that recount.py
read: windows, forecast and estimate as src/report/limits.h tells them.
"""
import statistics

import figures

MINUTE = 60000
FALL = 2
HISTORY = 8  # earlier windows that a forecast looks at
OLD = 3      # ... and that a late sample may be of
BACK = 9     # windows of a limit before the range that are looked at, at most 63 days


class Window:
    def __init__(self, start, resets):
        self.start, self.resets, self.end = start, resets, resets
        self.points, self.peak, self.closed = [], 0, False

    def take(self, at, percent, resets):
        self.points.append((at, percent))
        self.peak = max(self.peak, percent)
        if resets is not None:
            self.resets = self.end = resets

    @property
    def last(self):
        return self.points[-1][1]

    @property
    def newest(self):
        return self.points[-1][0]

    def level(self, at):
        return next((p for t, p in reversed(self.points) if t <= at), 0)

    def steps(self):
        """[[ms since the start, percent]] where it changed, and the newest."""
        return changes([[at - self.start, p] for at, p in self.points])


def changes(points):
    out = [p for i, p in enumerate(points) if i == 0 or p[1] != points[i - 1][1]]
    return out if not points or out[-1] == points[-1] else out + [points[-1]]


def near(a, b):
    return a is not None and b is not None and abs(a - b) <= MINUTE


class Limit:
    def __init__(self, key, minutes):
        self.key, self.minutes, self.windows = key, minutes, []

    def sample(self, at, percent, resets):
        if not self.windows:
            self.open(at, percent, resets)
            return
        w = self.windows[-1]
        if not near(resets, w.resets):
            for old in self.windows[-2:-2 - OLD:-1]:
                if near(resets, old.resets):
                    old.peak = max(old.peak, percent)
                    return  # said late
        if resets is not None and w.resets is not None and resets <= at and resets < w.resets:
            return  # of a window that nobody saw
        if resets is not None and w.resets is not None and resets > w.resets + MINUTE or percent < w.last - FALL:
            self.open(at, percent, resets)
        else:
            w.take(at, percent, resets)

    def open(self, at, percent, resets):
        start = at if resets is None or self.minutes is None else min(at, resets - self.minutes * MINUTE)
        if self.windows:
            before = self.windows[-1]
            start = at if start <= before.start else start  # reset before its time
            if before.end is None or before.end > start:
                before.end = start
            before.closed = True
        self.windows.append(Window(start, resets))
        self.windows[-1].take(at, percent, resets)


def limits_of(home, first):
    """The limits of a home: codex first, then by name and length."""
    samples = sorted(((at, i, key, percent, resets) for i, s in enumerate(home.sessions.values())
                      for at, key, percent, resets in s.samples), key=lambda x: x[:2])
    out = {}
    for at, _, key, percent, resets in samples:
        if at >= first - min(BACK * (key[1] or 0) * MINUTE or 63 * figures.DAY, 63 * figures.DAY):
            out.setdefault(key, Limit(key[0], key[1])).sample(at, percent, resets)
    return [out[k] for k in sorted(out, key=lambda k: (k[0] != "codex", k[0], k[1] or -1))]


def forecast(limit, now, zone):
    """None, or what the percentage will be at the reset."""
    w = limit.windows[-1]
    length = (limit.minutes or 0) * MINUTE
    if not length or w.resets is None or w.resets <= now or (now - w.newest) * 10 > length:
        return None
    if (now - w.start) * 100 < 3 * (w.resets - w.start) or w.newest <= w.start:
        return None
    left, gone = w.resets - w.newest, w.newest - w.start
    mean = recent = w.last / gone
    if gone > length // 7:
        recent = max(0, (w.last - w.level(w.newest - length // 7)) / (length // 7))
    slow, fast = min(mean, recent), max(mean, recent)
    gains = []
    for old in limit.windows[-2::-1]:
        if old.end - old.start >= length * 9 / 10 and len(old.points) > 1 and len(gains) < HISTORY:
            gains.append(max(0, old.last - old.level(old.start + gone)))
    pace = w.last + slow * left, w.last + fast * left
    low, high = (w.last + min(gains), w.last + max(gains)) if len(gains) >= 3 else pace

    def out(rate):
        ms = (100 - w.last) / rate if rate > 0 else -1
        return figures.text(w.newest + int(ms), zone) if 0 <= ms < left else None
    runs_out = out(fast) and {"earliest": out(fast), "latest": out(slow)}
    return {"low": low, "high": high, "basis": "history" if len(gains) >= 3 else "pace", "windows": len(gains),
            "pace_low": pace[0], "pace_high": pace[1], "runs_out": runs_out}


def page(book, first, with_windows=True):
    """The data of Limits from FIRST on; without windows as Overview has it, live ones only."""
    out = []
    for limit in limits_of(book.home, first):
        w, now = limit.windows[-1], book.now
        reset = w.resets is not None and w.resets <= now
        stale = limit.minutes is not None and (now - w.newest) * 10 > limit.minutes * MINUTE
        w.closed = reset
        if not with_windows and (reset or w.resets is None and stale):
            continue
        known = w.resets is not None and not reset and limit.minutes
        o = {"home": book.home.path, "limit_id": limit.key, "minutes": limit.minutes,
             "state": "reset" if reset else "unknown" if w.resets is None else "live",
             "used_percent": None if reset else w.last, "captured": figures.text(w.newest, book.zone),
             "start": figures.text(w.start, book.zone), "resets": figures.text(w.resets, book.zone),
             "resets_in_ms": w.resets - now if w.resets is not None and not reset else None, "stale": stale,
             "elapsed_ppm": (now - w.start) * 1000000 // (w.resets - w.start) if known else None,
             "forecast": forecast(limit, now, book.zone)}
        if with_windows:
            shown = [x for x in limit.windows if x is w or (x.newest if x.end is None else x.end) > first]
            o["windows"] = [window(book, x) for x in reversed(shown)]
            o["estimate"] = estimate(o["windows"])
        out.append(o)
    return out


def window(book, w):
    total = book.total((w.start, book.now + 1 if w.end is None or w.end > book.now else w.end))
    tokens = total.tokens[0] + total.tokens[3]
    return {"start": figures.text(w.start, book.zone), "end": figures.text(w.end, book.zone), "closed": w.closed,
            "peak_percent": w.peak, "last_percent": w.last,
            "tokens_per_percent": int(tokens / w.peak + 0.5) if w.peak >= 1 else None, "points": w.steps(), **total.put()}


def estimate(windows):
    """Tokens of a full window: the middle half of the closed ones that came to 10 %."""
    v = sorted(w["tokens_per_percent"] * 100 for w in windows if w["closed"] and w["peak_percent"] >= 10 and w["tokens_per_percent"])
    if len(v) < 3:
        return None
    return {"windows": len(v), "low": v[len(v) // 4], "median": int(statistics.median(v)), "high": v[-1 - len(v) // 4]}


def shortened(limits):
    """A page's limits with the points of equal percentages left out: which of them are told is not laid down."""
    for limit in limits:
        for w in limit.get("windows", []):
            w["points"] = changes(w["points"])
    return limits
