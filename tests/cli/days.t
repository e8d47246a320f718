#!/usr/bin/env python3
"""Local hours, days, weeks and months, and the bounds of a range, with an injected clock.

Event number k of a list has 2**k input tokens and no output, so that a sum tells which events
are in it. Expected sums are written as the numbers of their events: s(1, 2, 3) = 2 + 4 + 8.
"""
import datetime
import os
import sys
import zoneinfo

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import Home, Roll, ms, plus, uuid4  # noqa: E402


def s(*events):
    return sum(1 << k for k in events)


def home(times, amounts=None):
    """A home with one response at each of TIMES."""
    r = Roll(uuid4(1), times[0]).context("gpt-5.2", step=0)
    for k, t in enumerate(times):
        r.used((amounts[k] if amounts else 1 << k, 0, 0, 0), at=t)
    return Home(r)


def report(h, *args, **kw):
    """{period: tokens}, without the rows that hold none."""
    rows = h.json("report", *args, **kw)
    return None if rows is None else {r["period"]: r["total_tokens"] for r in rows if r["total_tokens"]}


# ------------------------------------------------------------- Stockholm, both changes of 2026
# 29 March 01:00Z: 02:00 +01:00 becomes 03:00 +02:00. 25 October 01:00Z: 03:00 +02:00 becomes 02:00 +01:00.
# Both days are Sundays.
STOCKHOLM = [
    "2026-03-28T22:30:00.000Z",  # 0  23:30 on Sat 28 March
    "2026-03-28T23:30:00.000Z",  # 1  00:30 on Sun 29
    "2026-03-29T00:45:00.000Z",  # 2  01:45
    "2026-03-29T01:15:00.000Z",  # 3  03:15
    "2026-03-29T21:59:59.999Z",  # 4  23:59:59.999
    "2026-03-29T22:00:00.000Z",  # 5  00:00 on Mon 30
    "2026-03-31T21:59:59.999Z",  # 6  23:59:59.999 on Tue 31
    "2026-03-31T22:00:00.000Z",  # 7  00:00 on Wed 1 April
    "2026-10-24T21:59:59.999Z",  # 8  23:59:59.999 on Sat 24 October
    "2026-10-24T22:00:00.000Z",  # 9  00:00 on Sun 25
    "2026-10-25T00:30:00.000Z",  # 10 02:30 +02:00
    "2026-10-25T01:30:00.000Z",  # 11 02:30 +01:00
    "2026-10-25T22:59:59.999Z",  # 12 23:59:59.999
    "2026-10-25T23:00:00.000Z",  # 13 00:00 on Mon 26
    "2026-10-31T22:59:59.999Z",  # 14 23:59:59.999 on Sat 31
    "2026-10-31T23:00:00.000Z",  # 15 00:00 on Sun 1 November
]
h = home(STOCKHOLM)
tap.same(report(h, "--group", "hour"),
         {"2026-03-28T23:00+01:00": s(0), "2026-03-29T00:00+01:00": s(1), "2026-03-29T01:00+01:00": s(2),
          "2026-03-29T03:00+02:00": s(3), "2026-03-29T23:00+02:00": s(4), "2026-03-30T00:00+02:00": s(5),
          "2026-03-31T23:00+02:00": s(6), "2026-04-01T00:00+02:00": s(7), "2026-10-24T23:00+02:00": s(8),
          "2026-10-25T00:00+02:00": s(9), "2026-10-25T02:00+02:00": s(10), "2026-10-25T02:00+01:00": s(11),
          "2026-10-25T23:00+01:00": s(12), "2026-10-26T00:00+01:00": s(13), "2026-10-31T23:00+01:00": s(14),
          "2026-11-01T00:00+01:00": s(15)}, "Stockholm (the built-in zone): hours, two of them 02:00 on 25 October")
tap.same(report(h), {"2026-03-28": s(0), "2026-03-29": s(1, 2, 3, 4), "2026-03-30": s(5), "2026-03-31": s(6),
                     "2026-04-01": s(7), "2026-10-24": s(8), "2026-10-25": s(9, 10, 11, 12), "2026-10-26": s(13),
                     "2026-10-31": s(14), "2026-11-01": s(15)},
         "Stockholm: days; 22:30Z and 23:30Z of 28 March are two days")
tap.same(report(h, "--group", "week"),
         {"2026-03-23": s(0, 1, 2, 3, 4), "2026-03-30": s(5, 6, 7), "2026-10-19": s(8, 9, 10, 11, 12),
          "2026-10-26": s(13, 14, 15)}, "Stockholm: weeks from Monday")
tap.same(report(h, "--group", "month"),
         {"2026-03": s(0, 1, 2, 3, 4, 5, 6), "2026-04": s(7), "2026-10": s(8, 9, 10, 11, 12, 13, 14), "2026-11": s(15)},
         "Stockholm: months")
tap.same([r["period"] for r in h.json("report", "--group", "hour")][9:12],
         ["2026-10-25T00:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"], "the two 02:00 hours stand in the order of time")
h.config = h.write("../sun.json", b'{"week_start":"sun"}')
tap.same(report(h, "--group", "week"),
         {"2026-03-22": s(0), "2026-03-29": s(1, 2, 3, 4, 5, 6, 7), "2026-10-18": s(8),
          "2026-10-25": s(9, 10, 11, 12, 13, 14), "2026-11-01": s(15)}, "week_start \"sun\": weeks from Sunday")
h.config = "/dev/null"
tap.same(report(h, "--tz", "UTC", "--group", "day")["2026-03-28"], s(0, 1), "in UTC both are 28 March")

# The issue's example
e = home(["2026-01-15T23:30:00.000Z", "2026-07-15T22:30:00.000Z", "2026-07-15T21:30:00.000Z"])
tap.same(report(e), {"2026-01-16": s(0), "2026-07-16": s(1), "2026-07-15": s(2)},
         "23:30 UTC is the next day in Stockholm (in summer 22:30 too, 21:30 not)")

# -------------------------------------------------------------------- Sydney, both changes
# 4 April 16:00Z: 03:00 +11:00 becomes 02:00 +10:00. 3 October 16:00Z: 02:00 +10:00 becomes 03:00 +11:00.
# 5 April and 4 October are Sundays.
h = home([
    "2026-04-03T12:59:59.999Z",  # 0  23:59:59.999 on Fri 3 April
    "2026-04-03T13:00:00.000Z",  # 1  00:00 on Sat 4
    "2026-04-04T13:00:00.000Z",  # 2  00:00 on Sun 5
    "2026-04-04T15:30:00.000Z",  # 3  02:30 +11:00
    "2026-04-04T16:30:00.000Z",  # 4  02:30 +10:00
    "2026-04-05T13:59:59.999Z",  # 5  23:59:59.999
    "2026-04-05T14:00:00.000Z",  # 6  00:00 on Mon 6
    "2026-10-02T13:59:59.999Z",  # 7  23:59:59.999 on Fri 2 October
    "2026-10-03T14:00:00.000Z",  # 8  00:00 on Sun 4
    "2026-10-03T15:59:59.999Z",  # 9  01:59:59.999
    "2026-10-03T16:00:00.000Z",  # 10 03:00
    "2026-10-04T12:59:59.999Z",  # 11 23:59:59.999
    "2026-10-04T13:00:00.000Z",  # 12 00:00 on Mon 5
])
Z = ("--tz", "Australia/Sydney")
tap.same(report(h, *Z), {"2026-04-03": s(0), "2026-04-04": s(1), "2026-04-05": s(2, 3, 4, 5), "2026-04-06": s(6),
                         "2026-10-02": s(7), "2026-10-04": s(8, 9, 10, 11), "2026-10-05": s(12)}, "Sydney: days")
tap.same(report(h, *Z, "--group", "week"),
         {"2026-03-30": s(0, 1, 2, 3, 4, 5), "2026-04-06": s(6), "2026-09-28": s(7, 8, 9, 10, 11), "2026-10-05": s(12)},
         "Sydney: weeks")
tap.same(report(h, *Z, "--group", "month"), {"2026-04": s(0, 1, 2, 3, 4, 5, 6), "2026-10": s(7, 8, 9, 10, 11, 12)}, "Sydney: months")
tap.same({k: v for k, v in report(h, *Z, "--group", "hour").items() if k[5:10] in ("04-05", "10-04")},
         {"2026-04-05T00:00+11:00": s(2), "2026-04-05T02:00+11:00": s(3), "2026-04-05T02:00+10:00": s(4),
          "2026-04-05T23:00+10:00": s(5), "2026-10-04T00:00+10:00": s(8), "2026-10-04T01:00+10:00": s(9),
          "2026-10-04T03:00+11:00": s(10), "2026-10-04T23:00+11:00": s(11)}, "Sydney: hours")

# ------------------------------------------------------------------ Kathmandu +05:45, Tokyo +09:00
h = home([
    "2026-06-30T18:14:59.999Z",  # 0  23:59:59.999 on Tue 30 June
    "2026-06-30T18:15:00.000Z",  # 1  00:00 on Wed 1 July
    "2026-07-01T18:14:59.999Z",  # 2  23:59:59.999
    "2026-07-05T18:14:59.999Z",  # 3  23:59:59.999 on Sun 5
    "2026-07-05T18:15:00.000Z",  # 4  00:00 on Mon 6
])
Z = ("--tz", "Asia/Kathmandu")
tap.same(report(h, *Z), {"2026-06-30": s(0), "2026-07-01": s(1, 2), "2026-07-05": s(3), "2026-07-06": s(4)}, "Kathmandu: days")
tap.same(report(h, *Z, "--group", "week"), {"2026-06-29": s(0, 1, 2, 3), "2026-07-06": s(4)}, "Kathmandu: weeks")
tap.same(report(h, *Z, "--group", "month"), {"2026-06": s(0), "2026-07": s(1, 2, 3, 4)}, "Kathmandu: months")
tap.same(report(h, *Z, "--group", "hour"),
         {"2026-06-30T23:00+05:45": s(0), "2026-07-01T00:00+05:45": s(1), "2026-07-01T23:00+05:45": s(2),
          "2026-07-05T23:00+05:45": s(3), "2026-07-06T00:00+05:45": s(4)}, "Kathmandu: hours begin at a quarter past in UTC")
h = home(["2026-03-29T14:59:59.999Z", "2026-03-29T15:00:00.000Z", "2026-10-31T14:59:59.999Z", "2026-10-31T15:00:00.000Z"])
Z = ("--tz", "Asia/Tokyo")
tap.same(report(h, *Z), {"2026-03-29": s(0), "2026-03-30": s(1), "2026-10-31": s(2), "2026-11-01": s(3)}, "Tokyo: days")
tap.same(report(h, *Z, "--group", "week"), {"2026-03-23": s(0), "2026-03-30": s(1), "2026-10-26": s(2, 3)}, "Tokyo: weeks")
tap.same(report(h, *Z, "--group", "month"), {"2026-03": s(0, 1), "2026-10": s(2), "2026-11": s(3)}, "Tokyo: months")

# ------------------------------------------------- a recount by Python's zoneinfo, every 37 minutes
START = [ms("2026-03-27T00:00:00Z"), ms("2026-04-03T00:00:00Z"), ms("2026-10-02T00:00:00Z"), ms("2026-10-23T00:00:00Z"),
         ms("2025-12-28T00:00:00Z"), ms("2028-02-27T00:00:00Z")]
times = [a + k * 37 * 60000 + k for a in START for k in range(160)]
amounts = [3 + 7 * (k % 101) for k in range(len(times))]
times, amounts = zip(*sorted(zip(times, amounts)))
h = home(list(times), amounts)
for zone in ("Europe/Stockholm", "Australia/Sydney", "Asia/Kathmandu", "Asia/Tokyo", "America/New_York",
             "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"):
    try:
        tz = zoneinfo.ZoneInfo(zone)
    except zoneinfo.ZoneInfoNotFoundError:
        tap.skip(f"recount of days, weeks and months in {zone}", "no zone files")
        continue
    day, week, month = {}, {}, {}
    for t, n in zip(times, amounts):
        d = datetime.datetime.fromtimestamp(t // 1000, datetime.timezone.utc).astimezone(tz).date()
        monday = d - datetime.timedelta(d.weekday())
        for table, key in ((day, str(d)), (week, str(monday)), (month, str(d)[:7])):
            table[key] = table.get(key, 0) + n
    got = [report(h, "--tz", zone, "--group", g) for g in ("day", "week", "month")]
    tap.same(got, [day, week, month], f"960 events in {zone}: days, weeks and months equal a recount by zoneinfo")

# --------------------------------------------------------------- relative ranges and the clock
# Now is 13:07 +01:00 on 26 October. Two days ago the clock said 13:07 +02:00 at 11:07Z, cut to 11:00Z;
# 48 hours ago was 12:07Z, cut to 12:00Z.
h = home([
    "2026-10-24T10:59:59.999Z",  # 0
    "2026-10-24T11:00:00.000Z",  # 1  2d begins
    "2026-10-24T11:59:59.999Z",  # 2
    "2026-10-24T12:00:00.000Z",  # 3  48h begins
    "2026-10-24T22:00:00.000Z",  # 4  00:00 on the 25th
    "2026-10-25T23:00:00.000Z",  # 5  00:00 on the 26th
    "2026-10-26T12:07:00.000Z",  # 6  now
    "2026-10-26T12:07:00.001Z",  # 7  later
])
NOW = {"now": "2026-10-26T12:07:00Z"}


def total(*args, **kw):
    r = report(h, *args, **kw)
    return None if r is None else sum(r.values())


tap.same(total("--last", "2d", **NOW), s(1, 2, 3, 4, 5, 6), "--last 2d over the October change begins at the same time on the clock: 49 hours")
tap.same(total("--last", "48h", **NOW), s(3, 4, 5, 6), "--last 48h are 48 hours")
tap.same(total("--today", **NOW), s(5, 6), "--today begins at local midnight, ends now")
tap.same(total("--today", now="2026-10-25T22:59:59Z"), s(4), "--today on the day of 25 hours, at its end")
tap.same(total("--last", "12h", now="2026-10-26T11:10:00Z"), s(5), "--last 12h: from 23:10Z cut to 23:00Z")
tap.same(total("--last", "11h", now="2026-10-26T10:20:00Z"), None or 0, "--last 11h: from 23:15Z, nothing")
tap.same(total("--last", "1w", **NOW), s(0, 1, 2, 3, 4, 5, 6), "--last 1w")
tap.same(total("--last", "total", **NOW), s(0, 1, 2, 3, 4, 5, 6, 7), "--last total has no end")
tap.same(total("--from", "2026-10-25", "--to", "2026-10-25"), s(4), "--from and --to on the day of 25 hours: all of it")
tap.same(total("--from", "2026-10-25"), s(4, 5, 6, 7), "--from alone")
tap.same(total("--to", "2026-10-24"), s(0, 1, 2, 3), "--to alone includes its day")
tap.same(total("--from", "2026-10-24T13:00", "--to", "2026-10-24T14:00"), s(1, 2), "local times: 13:00 is 11:00Z, 14:00 is 12:00Z")
tap.same(total("--from", "2026-10-24T13:00", "--to", "2026-10-24T14:00", "--tz", "UTC"), 0, "the same times in UTC hold nothing")
tap.same(total("--from", "2026-10-24T11:00:00Z", "--to", "2026-10-24T17:00+05:00"), s(1, 2), "an offset is an exact instant: 11:00Z to 12:00Z")
# --last Nmo, Ny: the day is cut to the month's length
h = home(["2026-02-28T11:59:00.000Z", "2026-02-28T11:00:00.000Z", "2025-10-26T12:00:00.000Z"])
tap.same(total("--last", "1mo", now="2026-03-31T10:00:00Z"), s(0, 1),
         "--last 1mo on 31 March begins on 28 February, 12:00 +01:00 = 11:00Z")
tap.same(total("--last", "1mo", now="2026-03-31T10:20:00Z"), s(0), "... 20 minutes later at 11:15Z")
tap.same(total("--last", "1y", now="2026-10-26T12:07:00Z"), s(0, 1, 2), "--last 1y begins at 12:00Z of 26 October 2025")
tap.same(total("--last", "1y", now="2026-10-26T12:17:00Z"), s(0, 1), "... ten minutes later at 12:15Z")

# March: now is 12:07 +02:00 on the 30th; two days ago 12:07 +01:00 was 11:07Z; 48 hours ago 10:07Z
h = home(["2026-03-28T09:59:59.999Z", "2026-03-28T10:00:00.000Z", "2026-03-28T10:59:59.999Z", "2026-03-28T11:00:00.000Z",
          "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z", "2026-03-30T10:07:00.000Z"])
NOW = {"now": "2026-03-30T10:07:00Z"}
tap.same(total("--last", "2d", **NOW), s(3, 4, 5, 6), "--last 2d over the March change: 47 hours")
tap.same(total("--last", "48h", **NOW), s(1, 2, 3, 4, 5, 6), "--last 48h are 48 hours")
tap.same(total("--today", **NOW), s(5, 6), "--today after the March change")
tap.same(total("--today", now="2026-03-29T21:59:59Z"), s(4), "--today on the day of 23 hours, at its end")
tap.same(total("--from", "2026-03-29", "--to", "2026-03-29"), s(4), "--from and --to on the day of 23 hours: all of it")
g = home(["2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00.000Z", "2026-03-29T01:29:59.999Z", "2026-03-29T01:30:00.000Z"])
tap.same(sum(report(g, "--from", "2026-03-29T02:30").values()), s(3),
         "a time inside the gap is read with the offset before it: 02:30 +01:00 = 01:30Z")

# ------------------------------------------------------- instants inside a quarter-hour
# One event every 77,777 ms for five hours; amounts k + 1. Rows at the edges, roll-ups between.
base = ms("2026-05-05T08:00:00Z")
times = [base + k * 77777 for k in range(230)]
h = home(times, [k + 1 for k in range(230)])


def between(a, b):
    return sum(k + 1 for k, t in enumerate(times) if a <= t < b)


cuts = [base, base + 1, base + 77777, base + 77778, base + 899999, base + 900000, base + 900001, base + 3333333,
        base + 3600000, base + 9999999, base + 10000000, times[-1], times[-1] + 1]


def iso(t):
    d = datetime.datetime.fromtimestamp(t // 1000, datetime.timezone.utc)
    return d.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (t % 1000)


bad = []
for i, a in enumerate(cuts):
    for b in cuts[i + 1:]:
        rows = h.json("report", "--from", iso(a), "--to", iso(b)) or []
        got = sum(r["total_tokens"] for r in rows)
        if got != between(a, b):
            bad.append(f"{iso(a)} to {iso(b)}: {got}, wanted {between(a, b)}")
tap.ok(not bad, "78 ranges with ends inside quarter-hours: rows and roll-ups agree with a recount", "\n".join(bad))
rows = h.json("report", "--from", iso(base + 1), "--to", iso(times[-1]), "--group", "hour", "--tz", "UTC")
want = {}
for k, t in enumerate(times):
    if base + 1 <= t < times[-1]:
        key = f"2026-05-05T{8 + (t - base) // 3600000:02d}:00+00:00"
        want[key] = want.get(key, 0) + k + 1
tap.same({r["period"]: r["total_tokens"] for r in rows}, want, "hours of a range that cuts its first and last quarter-hour")
exported = h.json("export", "--counted", "--from", iso(base + 1), "--to", iso(times[-1]))
tap.same(sum(r["total_tokens"] for r in exported), sum(want.values()), "export over the same range has the same sum")

# ------------------------------------------------------------ which zone: option, environment, configuration
h = home(["2026-05-05T16:30:00.000Z"])  # 18:30 Stockholm, 22:15 Kathmandu, 01:30 of the 6th Tokyo, 12:30 New York
conf = h.write("../config.json", b'{"timezone":"Asia/Tokyo"}')


def hour(*args, config="/dev/null", **env):
    h.config = config
    r = report(h, "--group", "hour", *args, env=env)
    h.config = "/dev/null"
    return r and list(r)


tap.same(hour(), ["2026-05-05T18:00+02:00"], "no zone named: Europe/Stockholm, not the machine's (UTC)")
tap.same(hour(config=conf), ["2026-05-06T01:00+09:00"], "the configuration's timezone")
tap.same(hour(config=conf, CODEX_USAGE_TZ="Asia/Kathmandu"), ["2026-05-05T22:00+05:45"], "CODEX_USAGE_TZ goes before the configuration")
tap.same(hour("--tz", "America/New_York", config=conf, CODEX_USAGE_TZ="Asia/Kathmandu"), ["2026-05-05T12:00-04:00"],
         "--tz goes before both")
tap.same(hour(config=conf, CODEX_USAGE_TZ=""), ["2026-05-06T01:00+09:00"], "an empty CODEX_USAGE_TZ is none")
# `local` is the zone that /etc/localtime names, whatever TZ says (src/time/tz.h)
try:
    machine = os.readlink("/etc/localtime").split("zoneinfo/")[-1]
except OSError:
    machine = "UTC"
known = hour("--tz", machine)
tap.same([hour("--tz", "local"), hour(CODEX_USAGE_TZ="local"), hour(config=h.write("../local.json", b'{"timezone":"local"}'))],
         [known] * 3, f"local is the machine's zone ({machine}), as option, in the environment, in the configuration")
tap.same(hour("--tz", "UTC"), ["2026-05-05T16:00+00:00"], "--tz UTC")
for args, env, config in ((("--tz", "Europe/Nowhere"), {}, "/dev/null"), (("--tz", "../x"), {}, "/dev/null"),
                          (("--tz", ""), {}, "/dev/null"), ((), {"CODEX_USAGE_TZ": "Mars"}, "/dev/null"),
                          ((), {}, h.write("../bad.json", b'{"timezone":"Mars"}'))):
    h.config = config
    rc, out, err = h.ct("report", *args, env=env)
    h.config = "/dev/null"
    tap.ok(rc == 2 and out == "" and err.count("\n") == 1, f"an unknown zone is exit 2: {args or env or 'configuration'}", f"{rc} {err}")
tap.ok("Times: Europe/Stockholm." in h.ct("report")[1], "the table names its zone")
tap.ok("Asia/Tokyo" in h.ct("report", "--tz", "Asia/Tokyo")[1], "... and the one asked for")

tap.done()
