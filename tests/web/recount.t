#!/usr/bin/env python3
"""The numbers of the pages against a recount: recount.py reads the rollouts of ten homes
of the lab, of a demo and of a home whose sessions ran in the nights when the clock was set
back, and figures.py works out from that what each page must say, in two zones: all
numbers of the answers in JSON, all cells, columns and lists of the pages.
"""
import os
import sys
import zoneinfo

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import figures  # noqa: E402
import kit  # noqa: E402
import recount  # noqa: E402
import shown  # noqa: E402
import shown_cost  # noqa: E402
import shown_limits  # noqa: E402
import shown_session  # noqa: E402
import tap  # noqa: E402
import windows  # noqa: E402

HOMES = ["0.20.0/s02_tools", "0.36.0/s08b_killed", "0.47.0/s18_disk_full_torn", "0.63.0/s12_two_limit_families",
         "0.98.0/s05_compact_auto", "0.117.0/s06b_review", "0.140.0/s06c_subagent_forked_context", "0.169.0/s04_fork",
         "0.169.0/s08_errors", "0.169.0/s14_upgrade_from_0.117.0"]
ZONES = ("Europe/Stockholm", "America/New_York")
# The hour in which Stockholm and New York have two o'clock and one o'clock twice, in UTC.
NIGHTS = (("2026-10-25", 0), ("2026-11-01", 5))
MOVED = ("0.117.0/s02_tools", "0.169.0/s07_model_switch", "0.47.0/s07_model_switch", "0.98.0/s02_tools")
USAGE = (("model", "tokens", "day", 3), ("repo", "cost", "week", 5), ("session", "turns", "day", 4),
         ("effort", "responses", "month", 5), ("tier", "input", "week", 5), ("directory", "reasoning", "day", 2),
         ("source", "sessions", "week", 2), ("branch", "write", "month", 5), ("home", "output", "day", 1))
# A metric of Usage and its column of `report`.
REPORT = {"tokens": "total_tokens", "input": "input_tokens", "cached": "cached_input_tokens", "write": "cache_write_tokens",
          "output": "output_tokens", "reasoning": "reasoning_output_tokens", "responses": "responses", "cost": "estimated_cost"}
PRICES = figures.Prices(os.path.join(tap.SRC, "conf/rates.json"))


class Case:
    """A home with its database, and what is to be asked of it in a zone at NOW."""

    def __init__(self, what, home, now, zone):
        self.what, self.zone, self.now = f"{what}, {zone}", zoneinfo.ZoneInfo(zone), recount.ms_of(now)
        self.db = databases(home)
        self.env = {"CODEX_USAGE_NOW": now}
        self.read = reads(home)
        self.book = figures.Book(self.read, PRICES, self.zone, self.now)
        self.month = figures.last_days(self.now, self.zone, 30)

    def json(self, path, **words):
        """Data of the twin, with what it says of coverage elsewhere."""
        a, _ = web.cgi(self.db, "/api/v1" + path + "?" + self.query(words), env=self.env)
        if a.status != 200:
            raise kit.Failed(f"{path} {words}: {a.status} {a.text[:500]}")
        said = a.json["data"]
        return {"coverage": a.json["meta"]["coverage"], **said} if "coverage" in a.json["meta"] else said

    def query(self, words):
        return "&".join(f"{k}={v}" for k, v in {"tz": str(self.zone), **words}.items())

    def same(self, page, got, wanted):
        wrong = figures.differences(got, wanted)
        tap.ok(not wrong, f"{self.what}: {page} as JSON", "\n".join(wrong[:30]))

    def page(self, name, path, reading, wanted, **words):
        """The page at PATH shows what is WANTED, by READING of shown.py."""
        a, _ = web.cgi(self.db, path + "?" + self.query(words), env=self.env)
        wrong = reading(shown.Shown(a.text), wanted) if a.status == 200 else [f"{path}: {a.status}"]
        tap.ok(not wrong, f"{self.what}: {name} as a page", "\n".join(wrong[:30]))

    # pages

    def overview(self):
        for days in (30, 14, 7):  # the clock changes in the range, or in the one before
            span = figures.last_days(self.now, self.zone, days)
            before = (figures.back(span[0], self.zone, days), span[0])
            got = self.json("/overview", period=f"{days}d")
            wanted = {**self.book.overview(span, before, got), "limits": windows.page(self.book, self.now, False)}
            self.same(f"Overview of {days} days", got, wanted)
            self.page(f"Overview of {days} days", "/", shown.overview, wanted, period=f"{days}d")

    def usage(self):
        for by, metric, group, top in USAGE:
            got = self.json("/usage", by=by, metric=metric, group=group, top=top)
            wanted = self.book.usage(self.month, group, got, by, metric, top)
            self.same(f"Usage, {metric} by {group} and {by}", got, wanted)
            self.page(f"Usage, {metric} by {group} and {by}", "/usage", shown.usage, wanted, by=by, metric=metric, group=group,
                      top=top)
        for first, last in (("2026-10-24", "2026-10-26"), ("2026-10-31", "2026-11-02"), ("2026-11-21", "2026-11-22")):
            got = self.json("/usage", by="model", **{"from": first, "to": last})
            wanted = self.book.usage(figures.days_of(self.zone, first, last), "hour", got, "model")
            self.same(f"Usage by the hour, {first} to {last}", got, wanted)

    def sessions(self):
        got = self.json("/sessions", limit=1000)
        wanted = self.book.sessions(self.month, got)
        self.same("Sessions", got, wanted)
        self.page("Sessions", "/sessions", shown.sessions, wanted, limit=1000)
        for s in self.read.sessions.values():
            self.session(s)

    def session(self, s):
        wanted = self.book.session(s)
        self.same(f"Session {s.id}", self.json("/sessions/" + s.id), wanted)
        self.page(f"Session {s.id}", "/sessions/" + s.id, shown_session.session, wanted)

    def limits(self):
        answer = self.json("/limits", period="30d")
        wanted = windows.page(self.book, self.month[0])
        self.same("Limits", windows.shortened(answer["limits"]), wanted)
        self.page("Limits", "/limits", shown_limits.page_of, {"limits": wanted, "chosen": answer["chosen"]}, period="30d")

    def cost(self):
        got = self.json("/cost")
        wanted = self.book.cost(self.month, "day", got)
        self.same("Cost", got, wanted)
        self.page("Cost", "/cost", shown_cost.cost, {**wanted, "_days": 30})


    def report(self, home):
        """`report --last 7d` and Usage of seven days say the same, by day and model."""
        os.environ["CODEX_USAGE_NOW"] = self.env["CODEX_USAGE_NOW"]
        rows = kit.track_json("report", "--db", self.db, "--home", home, "--last", "7d", "--group", "day", "--by", "model",
                              "--tz", str(self.zone), "--format", "json")
        os.environ["CODEX_USAGE_NOW"] = kit.NOW
        for metric, column in REPORT.items():
            u = self.json("/usage", period="7d", by="model", metric=metric, group="day", top=50)
            got = {(b["label"], g["name"] or "<unknown>"): v for g in u["groups"] for b, v in zip(u["buckets"], g["values"]) if v}
            wanted = {(r["period"], r["group"]): round((r[column] or 0) * (10**9 if metric == "cost" else 1)) for r in rows}
            tap.same(got, {k: v for k, v in wanted.items() if v}, f"{self.what}: {metric} of Usage is report's")
        total = self.json("/usage", period="7d")["totals"]["total"]
        tap.same([total["tokens"], total["unpriced_tokens"]],
                 [sum(r[k] for r in rows) for k in ("total_tokens", "unpriced_tokens")], f"{self.what}: and in sum")


_databases, _reads = {}, {}


def databases(home):
    if home not in _databases:
        _databases[home] = os.path.join(web.folder(f"db{len(_databases)}", 0o700), "usage.sqlite")
        kit.ingest(_databases[home], "--home", home)
    return _databases[home]


def reads(home):
    if home not in _reads:
        _reads[home] = recount.Home(home)
    return _reads[home]


def demo():
    home = kit.temp("demo")
    tap.run(kit.PROGRAM, "demo", "--days", "45", "--bytes", "3000000", "--seed", "7", home,
            env={"CODEX_USAGE_NOW": "2026-11-05T12:00:00Z"})
    return os.path.join(home, "codex-home")


def nights():
    home = kit.temp("nights")
    for i, name in enumerate(MOVED):
        kit.move(name, home, *NIGHTS[i % 2])
    return home


CASES = [(name, os.path.realpath(kit.home(name)), kit.NOW) for name in HOMES]
CASES += [("demo", demo(), "2026-11-05T12:00:00Z"), ("nights of the change", nights(), "2026-11-03T12:00:00Z")]
for what, home, now in CASES:
    for zone in ZONES:
        case = Case(what, home, now, zone)
        case.overview()
        case.usage()
        case.sessions()
        case.limits()
        case.cost()
        case.report(home)
tap.done()
