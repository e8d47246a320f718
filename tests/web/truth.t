#!/usr/bin/env python3
"""Truth through the web: of every home of the lab the totals of Overview, of Usage by
model and by session, of Sessions and of the page of each session are what truth.json
expects, as JSON and as pages.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import kit  # noqa: E402
import shown  # noqa: E402
import tap  # noqa: E402

FOLDERS = 160
KEYS = ("input", "cached", "output", "reasoning", "tokens")
ZERO = (0,) * 5


def five(o):
    return tuple(o[k] for k in KEYS)


def add_up(rows):
    return tuple(map(sum, zip(*rows))) if rows else ZERO


class Home:
    """A folder of the lab with its database: what is wrong goes to `wrong`."""

    def __init__(self, name):
        expected = kit.truth(name)["expected"]
        self.total = kit.five(expected["total"])
        self.sessions = {s: kit.five(d) for s, d in expected["by_session"].items()}
        self.db, self.wrong = kit.fill(name), []

    def get(self, uri):
        a, _ = web.cgi(self.db, uri)
        if a.status != 200:
            raise kit.Failed(f"{uri}: {a.status} {a.text[:500]}")
        return a

    def data(self, path):
        return self.get("/api/v1" + path).json["data"]

    def same(self, what, got, wanted):
        if got != wanted:
            self.wrong.append(f"{what}: got {got}, wanted {wanted}")

    def used(self):
        """Sessions with tokens."""
        return {s: v for s, v in self.sessions.items() if any(v)}

    def json(self):
        self.same("Overview", five(self.data("/overview?period=all")["totals"]["total"]), self.total)
        usage = self.data("/usage?period=all&by=model&top=50")
        self.same("Usage", five(usage["totals"]["total"]), self.total)
        self.same("Usage by model", add_up([five(g) for g in usage["groups"]]), self.total)
        groups = self.data("/usage?period=all&by=session&top=50")["groups"]
        self.same("Usage by session", {g["name"]: five(g) for g in groups if any(five(g))}, self.used())
        rows = self.data("/sessions?period=all&limit=1000")["sessions"]
        self.same("Sessions", {s["id"]: five(s) for s in rows if any(five(s))}, self.used())
        self.same("Sessions listed", sorted(set(self.sessions) - {s["id"] for s in rows}), [])
        for s, wanted in self.sessions.items():
            self.same(f"Session {s}", five(self.data("/sessions/" + s)["session"]), wanted)

    def pages(self):
        page = shown.Shown(self.get("/?period=all&group=month").text)
        table = shown.sums(page, "p-overview-tokens", "Total", ("Cached input", "Output", "Reasoning", "Tokens"))
        if any(self.total):
            self.same("Overview's table", table, self.total[1:])
            self.same("Overview's number row", shown.exact(*page.numbers[0]), self.total[4])
        page = shown.Shown(self.get("/usage?period=all&by=model&group=month").text)
        if any(self.total):
            self.same("Usage's table", shown.sums(page, "p-usage-pivot", "Total", ("All",)), self.total[4:])
        page = shown.Shown(self.get("/sessions?period=all&limit=1000").text)
        rows = shown.column(page, "p-sessions-table", "Tokens"), shown.column(page, "p-sessions-table", "Output")
        self.same("Sessions' table", [sum(n or 0 for n in c) for c in rows], [self.total[4], self.total[2]])
        for s, wanted in self.sessions.items():
            page = shown.Shown(self.get("/sessions/" + s).text)
            shows = shown.exact(*page.numbers[0]) if page.numbers else 0  # no number row without responses
            self.same(f"Page of session {s}", shows, wanted[4])


def check(name):
    h = Home(name)
    h.json()
    h.pages()
    kit.drop(os.path.dirname(h.db))
    return h.wrong


web.fcgi()  # once, before there are threads
folders = kit.folders()
tap.same(len(folders), FOLDERS, "folders in the lab")
for name, result in kit.each(check, folders):
    tap.ok(result == [], name, kit.problem(result) or "\n".join(result))
tap.done()
