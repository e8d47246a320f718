#!/usr/bin/env python3
"""limits.t - the page Limits and its twin: where a limit stands, the words of its forecast or why there is none,
its windows; several limits and homes; nothing logged; names that are markup. All worked out by hand."""
import os
import sys
from urllib.parse import quote

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli",
                os.environ["TRACK_SRC"] + "/tests/report"]
import web  # noqa: E402
from page import THIN, Page, number  # noqa: E402
from data import window  # noqa: E402
import kit  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

T = "2026-10-05T"
PANELS = ["p-limits-now", "p-limits-forecast", "p-limits-quota", "p-limits-line", "p-limits-windows", "p-limits-short"]


def ask(db, uri, now, status=200):
    uri += ("&" if "?" in uri else "?") + "tz=UTC"
    a, err = web.cgi(db, uri, env={"CODEX_USAGE_NOW": now, "CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == status, f"{uri}: {status}", f"{a!r}\n{err}")
    return a


def page(h, now, uri="/limits"):
    return Page(ask(h.db, uri, now).text)


def says(p, panel, *texts):
    for text in texts:
        tap.ok(text in p.words["p-limits-" + panel], f"{panel}: {text}", p.words["p-limits-" + panel])


def says_not(p, panel, text):
    tap.ok(text not in p.words["p-limits-" + panel], f"{panel}: not {text}", p.words["p-limits-" + panel])


def percent(text):
    return text + THIN + "%"


def home(*samples, minutes=300, start=T + "10:00:00Z", **more):
    """A home with a response of 1000 tokens, 100 of them output, for each (time, percent, reset) of 5 October."""
    r = roll.Roll(start=start).context()
    for at, used, reset in samples:
        r.used((900, 0, 100, 0), at=T + at + "Z", limits=dict(window(used, minutes, T + reset + "Z"), **more))
    h = roll.Home(r)
    h.ingest()
    return h


# ---- two windows of five hours, the first of which has ended
h = home(("10:05:00", 10.0, "15:00:00"), ("12:00:00", 40.5, "15:00:00"), ("16:00:00", 2.0, "20:30:00"), ("16:30:00", 7.0, "20:30:00"))
p = page(h, T + "16:45:00Z")
tap.same([x for x in p.panels if x], PANELS, "every panel, in order")
# 7 % after 60 of 300 minutes: 35 at the reset; all of them in the last 42 6/7 minutes: 46.2. 75 minutes are gone
says(p, "now", "Codex, 5 hours", "since Mon 5 Oct 15:30", percent("25") + " gone", percent("7") + " used", "on pace for 35–46" + THIN + "%",
     "resets Mon 5 Oct 20:30, in 3" + THIN + "h 45" + THIN + "min")
says(p, "forecast", "The 5-hour limit will stand at " + percent("35 to 46") + " when it resets on Mon 5 Oct 20:30: from the pace since it began "
     "and that of the last 42" + THIN + "min 51" + THIN + "s.")
says(p, "quota", "What a full window holds", "three windows that ended with " + percent("10") + " or more used; this period has one.")
# two responses of 900 x 1.75 + 100 x 14 millionths of a dollar each; 2000 tokens for 7 %, 2000 for 40.5 %
tap.same(p.panels["p-limits-windows"][1][:7], [
    ("Mon 5 Oct 15:30", None), ("Mon 5 Oct 20:30", None), ("", None), (percent("7.0"), None), (f"2{THIN}000", None),
    ("$0.01", "$0.00595"), ("286", None)], "the running window")
tap.same(p.row("p-limits-windows", "Mon 5 Oct 10:00")[:7],
         ["Mon 5 Oct 10:00", "Mon 5 Oct 15:00", "", percent("40.5"), f"2{THIN}000", "$0.01", "49"], "the one that has ended")
tap.same(p.row("p-limits-windows", "Sum of 2 windows")[4:6], [f"4{THIN}000", "$0.01"], "their sum")
says(p, "line", "Codex, 5 hours", "now, " + percent("7"))
tap.same(p.column("p-limits-line", "Used"), [percent(x) for x in ("7.0", "2.0", "40.5", "10.0")], "its readings, newest first")
says(p, "short", "Peak of each window in the last 14 days: 2 windows, 0 at " + percent("90") + " or more.")
tap.same(p.column("p-limits-short", "Peak"), [percent("7.0"), percent("40.5")], "the same as columns")
for link in p.links:
    if link.startswith("/") and not link.startswith("/static/"):
        a, err = web.cgi(h.db, link, env={"CODEX_USAGE_NOW": T + "16:45:00Z", "CODEX_USAGE_STRICT": "1"})
        tap.ok(a.status == 200, f"{link}: 200", f"{a!r}\n{err}")

p = page(h, T + "17:05:00Z")
says(p, "now", percent("7") + " used when last seen")
says(p, "forecast", "The last reading is of Mon 5 Oct 16:30: too old to look ahead from.")
says(p, "line", "last seen, " + percent("7"))
p = page(h, T + "20:30:00Z")
says(p, "now", "reset", "since Mon 5 Oct 20:30")
says(p, "forecast", "The last window that was logged ended on Mon 5 Oct 20:30; nothing is known of the one since.")
for panel in ("now", "forecast"):
    says_not(p, panel, percent("7"))
says_not(p, "line", "now, ")
p = page(h, T + "16:45:00Z", f"/limits?from={T}09:00:00Z&to={T}15:10:00Z")
tap.same(p.column("p-limits-windows", "Start"), ["Mon 5 Oct 10:00", "Sum of 1 window"], "a range that ends before the newest window")
tap.same(p.column("p-limits-line", "Used"), [percent("40.5"), percent("10.0")], "... has its line of earlier ones")
p = page(h, "2026-10-06T16:45:00Z", "/limits?period=today")
tap.same(p.column("p-limits-windows", "Start"), ["Mon 5 Oct 15:30", "Sum of 1 window"], "the newest window stays, however old")
says(p, "short", "Peak of each window in this period: 1 window, 0 at")

h = home(("10:08:00", 3.0, "15:00:00"))
says(page(h, T + "10:08:30Z"), "forecast", "Too early: " + percent("2.8") + " of this window has passed, a forecast needs " + percent("3") + ".")
# 50 % after 60 minutes, 20 of them in the last 42 6/7: full between 12:00 and 12:47, whatever pace
h = home(("10:10:00", 30.0, "15:00:00"), ("11:00:00", 50.0, "15:00:00"))
says(page(h, T + "11:00:00Z"), "forecast", "The 5-hour limit will be used up before its end on Mon 5 Oct 15:00:",
     "At that pace nothing is left from Mon 5 Oct 12:00 to Mon 5 Oct 12:47 on.")

# ---- weeks: four that gained 20 to 26 from the third day on, now 25 %
r = roll.Roll(start="2026-10-01T00:00:00Z").context()
for week, (middle, end) in enumerate(((30, 50), (40, 66), (10, 33), (20, 41))):
    first = roll.ms("2026-10-01T00:00:00Z") + week * 604800000
    for at, v in ((first + 60000, 1), (first + 3 * 86400000, middle), (first + 6 * 86400000, end)):
        r.used((900, 0, 100, 0), at=at, limits=window(v, 10080, roll.stamp(first + 604800000)))
last = roll.ms("2026-10-29T00:00:00Z")
for at, v in ((last + 60000, 1), (last + 3 * 86400000, 25)):
    r.used((900, 0, 100, 0), at=at, limits=window(v, 10080, roll.stamp(last + 604800000)))
h = roll.Home(r)
h.ingest()
NOW = "2026-11-01T00:10:00Z"
p = page(h, NOW)
# at the pace of three days 25 + 25/3 x 4 = 58; 24 of the 25 came in the last day: 25 + 24 x 4 = 121, full after 3 1/8 days
says(p, "forecast", "The weekly limit will stand at " + percent("45 to 51") + " when it resets on Thu 5 Nov 00:00: in each of 4 earlier windows "
     "another 20 to 26 points were used from this time of the window on. At the pace so far it would be " + percent("58 to 121") + ". "
     "At the faster pace nothing is left from Wed 4 Nov 03:00 on.")
# 3000 tokens a week are 60, 45, 91 and 73 for one percent; of 4500, 6000, 7300, 9100 the middle two
says(p, "quota", "What a full week holds", f"6.00{THIN}k – 7.30{THIN}k tokens", f"Middle half of 4 windows that have ended, tokens ÷ peak{THIN}%; "
     f"the median is 6.65{THIN}k.")
tap.same([x[3] for x in map(lambda s: p.row("p-limits-windows", s), ("Thu 29 Oct 00:00", "Thu 22 Oct 00:00", "Thu 1 Oct 00:00"))],
         [percent("25.0"), percent("41.0"), percent("50.0")], "the weeks, newest first")
tap.same(number(p.row("p-limits-windows", "Sum of 5 windows")[4]), 14000, "4 x 3000 + 2000 tokens")
tap.same(p.row("p-limits-windows", "Median of the 4 that have ended")[3:7], [percent("45.5"), f"3{THIN}000", "$0.01", "66"],
         "the medians of 33 41 50 66 and of 45 60 73 91")
says(p, "short", "No limit with windows shorter than a day was logged.")
tap.same(p.text.count('class="reset"'), 5, "five windows begin on the line")
tap.ok("/api/v1/export/limits?tz=UTC&period=90d&format=csv" in p.links, "its readings as CSV, of the same days", p.links)
p = page(h, NOW, "/limits?period=7d")
tap.same(len(p.column("p-limits-windows", "Start")), 3, "seven days: this week, the one before, and a sum")
tap.ok("/usage?period=7d&tz=UTC" in p.links, "other pages show the same days")
p = page(h, NOW, "/limits?period=90d")
tap.ok("/usage?tz=UTC" in p.links and "/limits?tz=UTC&period=30d" in p.links, "what is the default here is the default there")
d = ask(h.db, "/api/v1/limits", NOW).json
tap.same((d["meta"]["from"], d["data"]["chosen"], d["links"]["self"]),
         ("2026-08-03T00:00:00+00:00", "codex/10080", "/api/v1/limits?tz=UTC"), "the twin: 90 days by default")
tap.same([w["peak_percent"] for w in d["data"]["limits"][0]["windows"]], [25, 41, 33, 66, 50], "... its windows")
tap.same(ask(h.db, "/api/v1/limits?period=90d", NOW).json["links"]["self"], "/api/v1/limits?tz=UTC", "... 90d is left out of its address")
api = web.cgi(h.db, "/api/v1/openapi.json")[0].json["paths"]
tap.same([[x["schema"]["default"] for x in api[path]["get"]["parameters"] if x["name"] == "period"] for path in ("/api/v1/limits", "/api/v1/usage")],
         [["90d"], ["30d"]], "... and the description says so")

# ---- several limits
r = roll.Roll(start=T + "10:00:00Z").context()
r.used((900, 0, 100, 0), at=T + "10:40:00Z", limits=window(20, 300, T + "15:00:00Z", (3, 10080, "2026-10-09T10:00:00Z")))
r.used((900, 0, 100, 0), at=T + "10:50:00Z", limits=dict(window(95, 1440, T + "20:00:00Z"), limit_id="codex_x", limit_name="Spark"))
h = roll.Home(r)
h.ingest()
p = page(h, T + "11:00:00Z")
says(p, "now", "Codex, 5 hours", "Codex, weekly", "Spark, 1 day", percent("95") + " used, on pace to run out")
tap.ok("f-alert" in p.text, "95 % is an alert")
says(p, "line", "Codex, weekly")
tap.same([x for x in p.links if "of=" in x], ["/limits?tz=UTC&of=codex/300", "/limits?tz=UTC&of=codex_x/1440"], "links to the others")
p = page(h, T + "11:00:00Z", "/limits?of=codex_x/1440")
says(p, "forecast", "Spark, 1 day", "The 1-day limit of Spark will be used up before its end on Mon 5 Oct 20:00")
tap.ok("n alert" in p.text, "a peak of 95 % is marked in the table")
says(p, "short", "Codex, 5 hours")
for uri in ("/limits?of=nothing", "/api/v1/limits?of=nothing"):
    tap.ok("No limit with this key was logged" in ask(h.db, uri, T + "11:00:00Z", 404).text, f"{uri}: what is wrong")

# ---- two homes in one database
other = home(("10:20:00", 60.0, "15:00:00"), start=T + "10:15:00Z")
rc, _, err = h.ct("ingest", "--home", other.dir, home=False)
tap.ok(rc == 0, "a second home is read", err)
p = page(h, T + "11:00:00Z")
says(p, "now", f"Codex, 5 hours ({h.dir})", f"Codex, 5 hours ({other.dir})", percent("20") + " used", percent("60") + " used")
of = quote(f"codex/300 {other.dir}")
tap.ok(f"/limits?tz=UTC&of={of}" in p.links, "a link to the limit of the other home", p.links)
p = page(h, T + "11:00:00Z", "/limits?of=" + of)
tap.same(p.column("p-limits-windows", "Peak")[0], percent("60.0"), "... has its windows")
p = page(h, T + "11:00:00Z", "/limits?home=" + quote(other.dir, safe=""))
says(p, "now", "Codex, 5 hours", percent("60") + " used")
says_not(p, "now", "weekly")

# ---- the lab: 77.5 % of a day, until 12:09:46 in Stockholm's morning; no other limit
LAB = "0.169.0/s12_two_limit_families"
db = web.database("lab", LAB)
total = kit.truth(LAB)["expected"]["total"]["total_tokens"]
p = Page(ask(db, "/limits", "2026-11-22T06:50:00Z").text)
says(p, "now", "gpt-5-codex-fox, 1 day", percent("77.5") + " used")
tap.same(number(p.column("p-limits-windows", "Tokens")[0]), total, "the window has the tokens of the lab's truth")
says(p, "quota", "this period has none.")

# ---- nothing logged; nothing at all
h = roll.Home(roll.Roll(start=T + "10:00:00Z").context().used((900, 0, 100, 0)))
h.ingest()
NONE = ("No limit was logged yet.", "No limit was logged, so none can be looked ahead from.", "No limit was logged.", "No reading in this period.",
        "No window in this period.", "No limit with windows shorter than a day was logged.")
p = page(h, T + "12:00:00Z")
for panel, text in zip(PANELS, NONE):
    says(p, panel[9:], text)
tap.ok("empty" not in p.panels, "usage without limits is not an empty database")
h = roll.Home()
h.ingest()
p = page(h, T + "12:00:00Z")
for panel, text in zip(PANELS, NONE):
    says(p, panel[9:], text)
tap.ok("No rollout was found" in p.words["empty"], "an empty database: what to do")

# ---- names that are markup, and long; numbers beyond all bounds
NAME = "\"'><script>alert(1)</script>\u202e&{{x}}"
for name in (NAME, NAME * 300):
    h = home(("10:05:00", 10.0, "15:00:00"), limit_id=name, limit_name=name)
    text = ask(h.db, "/limits", T + "11:00:00Z").text
    tap.ok("<script>alert" not in text and "\u202e" not in text and "&lt;script&gt;" in text, "markup in a name is a name")
    tap.ok(len(text) < 200_000, "a name of 10 KB is cut", len(text))
h = home(("10:05:00", 1e9, "15:00:00"), ("10:06:00", 1e12, "15:00:00"))
says(page(h, T + "11:00:00Z"), "now", "Codex, 5 hours")
tap.done()
