#!/usr/bin/env python3
"""Sums: the roll-ups equal a recount of the counted rows; every total that is
reported equals the sum of `events`; hours, days, weeks and months in seven
zones, and ranges that cut quarter-hours, equal a recount with Python's zoneinfo.
On the whole lab, on single folders, and on the lab spread over two years: its
folders moved to moments around changes of the clock, midnights, ends of months.
"""
import csv
import datetime
import io
import os
import random
import sys
import zoneinfo

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/tap"]
import kit
import tap

tap.need_lab()

SINGLE = ["0.169.0/s04_fork", "0.117.0/s04_fork", "0.98.0/s07_model_switch", "0.20.0/s02_tools",
          "0.169.0/s14_upgrade_from_0.117.0", "0.47.0/s18_disk_full_torn"]
ZONES = ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Australia/Sydney", "Asia/Kathmandu",
         "America/St_Johns", "UTC"]
DIMENSIONS = {"model": "model", "directory": "directory", "repo": "repository", "branch": "branch",
              "session": "session_id", "source": "session_source", "effort": "effort", "tier": "tier"}
SEVEN = kit.FIVE + ("cache_write_tokens", "responses")
# Days (UTC) and the hour that takes the place of 06 in the lab's files, which are from 06:43 to 07:17.
MOMENTS = [
    ("2026-03-29", 0), ("2026-10-25", 0),                       # Stockholm: 01:00 UTC
    ("2026-03-08", 6), ("2026-11-01", 5), ("2025-11-02", 5),    # New York: 07:00 and 06:00
    ("2026-04-04", 15), ("2026-10-03", 15),                     # Sydney: 16:00
    ("2026-04-04", 14), ("2026-10-03", 14),                     # Lord Howe: 15:00 and 15:30, half an hour
    ("2026-03-08", 4), ("2026-11-01", 3),                       # St. John's: 05:30 and 04:30
    ("2026-05-15", 17), ("2026-05-15", 18),                     # Kathmandu: midnight is 18:15
    ("2026-02-28", 22), ("2025-12-31", 22), ("2026-01-01", 0),  # ends of months and of a year
    ("2026-06-30", 13), ("2026-07-01", 2), ("2026-05-31", 4),   # the same elsewhere
    ("2026-11-15", 22), ("2026-11-16", 0), ("2026-11-15", 13),  # Sunday to Monday
    ("2026-11-21", 22), ("2025-10-26", 0), ("2025-03-30", 0),
]
EVENTS = ("SELECT captured_ms, input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, total_tokens,"
          " cache_write_tokens, model, directory, repository, branch, session_id, session_source, effort, tier"
          " FROM events WHERE verdict = 'counted'")


class Data:
    """A database, the arguments that name it, and its counted events."""

    def __init__(self, what, db, *roots):
        self.what, self.db, self.where = what, db, ("--db", db) + roots
        for i in range(0, len(roots), 40):
            kit.ingest(db, *roots[i:i + 40])
        self.where = ("--db", db) + roots[:2]
        c = kit.query(db, EVENTS)
        self.events = [(r[0], r[1:7] + (1,), dict(zip(DIMENSIONS, r[7:]))) for r in c]

    def total(self):
        out = {"": (0,) * 7}
        for _, v, _ in self.events:
            kit.add(out, "", v)
        return out[""]

    def report(self, *argv):
        """{(period, group): seven sums} of the rows with responses."""
        out = {}
        for row in kit.track_json("report", *self.where, *argv, "--json"):
            key, value = (row["period"], row["group"]), tuple(row[k] for k in SEVEN)
            if key in out:
                raise kit.Failed(f"two rows {key}")
            if value[6] > 0:
                out[key] = value
            elif any(value) or not row["lower_bound"]:
                raise kit.Failed(f"an empty row: {row}")
        return out


def spread():
    """The lab in one home, its folders moved in time."""
    home = kit.temp("spread")
    for i, name in enumerate(kit.folders()):
        kit.move(name, home, *MOMENTS[i % len(MOMENTS)])
    return home


# ---- recounts ----

def label(size, zone, ms):
    t = datetime.datetime.fromtimestamp(ms / 1000, zone)
    if size == "hour":
        minutes = int(t.utcoffset().total_seconds()) // 60
        sign = "-" if minutes < 0 else "+"
        return f"{t:%Y-%m-%dT%H}:00{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    if size == "week":
        return str(t.date() - datetime.timedelta(days=t.weekday()))
    return f"{t:%Y-%m-%d}" if size == "day" else f"{t:%Y-%m}"


def recount(events, size, zone, by=None):
    out = {}
    for ms, v, dims in events:
        kit.add(out, (label(size, zone, ms), (dims[by] or "<unknown>") if by else "all"), v)
    return out


def differs(got, wanted):
    return "\n".join(f"{k}: got {got.get(k)}, wanted {wanted.get(k)}"
                     for k in sorted(set(got) | set(wanted)) if got.get(k) != wanted.get(k))


def rollups(d):
    """Rows of `rollup` against a recount of `usage`."""
    wanted = {}
    for owner, ms, dimset, long, *v in kit.query(
            d.db, "SELECT owner_id, count_ms, dimset_id, is_long, d_input, d_cached, d_write, d_output, d_reasoning"
            " FROM usage WHERE verdict = 1"):
        kit.add(wanted, (owner, ms // 900000, dimset, long), (1, *v))
    rows = kit.query(d.db, "SELECT thread_id, quarter, dimset_id, is_long, responses, input, cached, cache_write,"
                     " output, reasoning FROM rollup")
    return differs({r[:4]: r[4:] for r in rows}, wanted)


def whole_numbers(d):
    """Totals through the commands, against the sum of `events`."""
    total, out = d.total(), {}
    sums = {}
    for v in d.report("--group", "month", "--tz", "UTC").values():
        kit.add(sums, "report", v)
    for row in kit.track_json("sessions", *d.where, "--limit", "0", "--json"):
        kit.add(sums, "sessions", tuple(row[k] for k in kit.FIVE))
    for row in csv.DictReader(io.StringIO(kit.track("export", *d.where, "--format", "csv"))):
        kit.add(sums, "export", tuple(int(row[k] or 0) for k in kit.FIVE))
    for row in csv.DictReader(io.StringIO(kit.track("export", *d.where, "--counted", "--format", "csv"))):
        kit.add(sums, "export --counted", tuple(int(row[k] or 0) for k in kit.FIVE))
    for way in ("report", "sessions", "export", "export --counted"):
        got = sums.get(way, (0,) * 7)[:5]
        out[f"{way} adds up to events"] = "" if got == total[:5] else f"got {got}, wanted {total}"
    return out


def groups(d, argv):
    """One size, zone and dimension."""
    size, zone, by = argv
    got = d.report("--group", size, "--tz", zone, *(("--by", by) if by else ()))
    return differs(got, recount(d.events, size, zoneinfo.ZoneInfo(zone), by))


def ranges(d, seed):
    """Some ranges in minutes (in seconds every other time), and each of their lengths up to now with --last."""
    rng = random.Random(seed)
    zone = zoneinfo.ZoneInfo(ZONES[seed % len(ZONES)])
    at = [ms for ms, _, _ in d.events]
    ends = sorted(rng.choice(at) + rng.randrange(-1800, 1800) * 1000 for _ in range(2))
    step = 60000 if seed % 2 else 1000
    first, last = ends[0] // step * step, ends[1] // step * step + step
    text = [datetime.datetime.fromtimestamp(ms / 1000, zone).isoformat() for ms in (first, last)]
    got = d.report("--from", text[0], "--to", text[1], "--group", "day", "--tz", str(zone))
    inside = [e for e in d.events if first <= e[0] < last]
    return differs(got, recount(inside, "day", zone))


# ---- the checks ----

def show(d, argv, text):
    tap.ok(text == "", f"{d.what}: " + argv, text)


tops = [Data(n, os.path.join(kit.temp("one"), "usage.db"), "--home", kit.home(n)) for n in SINGLE]
tops.append(Data("the whole lab", os.path.join(kit.temp("all"), "usage.db"),
                 *[a for n in kit.folders() for a in ("--home", kit.home(n))]))
tops.append(Data("the lab spread over two years", os.path.join(kit.temp("years"), "usage.db"), "--home", spread()))
tap.same(tops[-1].total(), tops[-2].total(), "moved in time, the lab's tokens are the same")
lab = {}
for folder in kit.folders():
    kit.add(lab, "", kit.five(kit.truth(folder)["expected"]["total"]))
tap.same(tops[-1].total()[:5], lab[""], "the lab's tokens are the sum of what is expected")
for data in tops:
    show(data, "roll-ups equal a recount", rollups(data))
    for what, text in whole_numbers(data).items():
        show(data, what, text)
    plan = [("day", "UTC", by) for by in DIMENSIONS]
    if data not in tops[:4]:
        plan += [(size, zone, None) for size in ("hour", "day", "week", "month") for zone in ZONES]
        plan += [("week", "America/St_Johns", "model"), ("hour", "Europe/Stockholm", "session")]
    for (size, zone, by), result in kit.each(lambda p, d=data: groups(d, p), plan):
        show(data, f"--group {size} --tz {zone}" + (f" --by {by}" if by else ""),
             kit.problem(result) or (result if isinstance(result, str) else ""))
for seed, result in kit.each(lambda s: ranges(tops[-1], s), range(42)):
    show(tops[-1], f"range {seed + 1}", kit.problem(result) or (result if isinstance(result, str) else ""))
tap.done()
