#!/usr/bin/env python3
"""The form that narrows a page: what it offers, what it keeps, and that what it sends is what the page shows."""
import html
import os
import re
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

NASTY = '"><script>alert(1)</script>'


def form(db, uri):
    """(hidden pairs, {field: text of the input, or [(value, text, selected)]}) of a page."""
    a, err = web.cgi(db, uri, env={"CODEX_USAGE_STRICT": "1"})
    tap.ok(a.status == 200, f"{uri[:80]} answers", err)
    text = re.search(r'<details class="filter">.*?</details>', a.text, re.S).group(0)
    tap.ok("<script" not in text, "markup in a name is text")
    hidden = [tuple(map(html.unescape, x)) for x in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)]
    fields = {n: html.unescape(v) for n, v in re.findall(r'<input name="([^"]*)" value="([^"]*)"', text)}
    for name, body in re.findall(r'<select name="([^"]*)">(.*?)</select>', text, re.S):
        fields[name] = [(html.unescape(v), html.unescape(t), bool(s)) for v, s, t in
                        re.findall(r'<option value="([^"]*)"( selected)?>(.*?)</option>', body)]
    return hidden, fields


def selected(options):
    return [v for v, _, s in options if s]


def used(model, n, **context):
    r = roll.Roll(start=f"2026-11-20T10:{n:02d}:00Z", source="cli" if n % 2 else "exec")
    return r.started("t").context(model, **context).user().used((100 + n, 0, 1, 0)).done("t")


h = roll.Home(used("gpt-5.2", 1, effort="high"), used("gpt-5.4", 2), used(NASTY, 3), used("!odd", 4), used("y" * 10240, 5))
h.ingest()
hidden, f = form(h.db, "/usage?tz=UTC&by=model")
tap.same((hidden, [n for n in f]), ([("tz", "UTC"), ("by", "model")],
                                    ["from", "to", "directory", "repo", "branch", "session", "model", "source", "effort", "tier", "home"]), "fields, and what is kept")
tap.same([(v, t) for v, t, _ in f["model"] if v[:1] != "y"], [("", "any"), (NASTY, NASTY), ("gpt-5.2", "gpt-5.2"), ("gpt-5.4", "gpt-5.4")],
         "models that occur; one that a filter cannot name is left out")
tap.ok(any(len(t) < 500 for v, t, _ in f["model"] if v[:1] == "y"), "a name of 10 KB is cut")
tap.same([v for v, _, _ in f["source"]], ["", "cli", "exec"], "sources")
tap.same([v for v, _, _ in f["effort"]], ["", "default", "high"], "efforts")
tap.same(([v for v, _, _ in f["home"]], selected(f["model"])), (["", h.dir], [""]), "homes; nothing is chosen")

hidden, f = form(h.db, "/usage?model=gpt-5.4&model=gpt-5.2&source=%21cli&effort=%3Cunknown%3E&directory=%2Fsrc*")
tap.same((hidden, selected(f["model"]), selected(f["source"]), selected(f["effort"]), f["directory"]),
         ([("model", "gpt-5.2")], ["gpt-5.4"], ["!cli"], ["<unknown>"], "/src*"), "what was asked for is chosen, and a second value is kept")
tap.same([t for v, t, _ in f["effort"] if v == "<unknown>"], ["unknown"], "unknown by its name")

# every choice leads to what it says
_, f = form(h.db, "/usage?period=all")
for name, want in (("model", {"gpt-5.2": 102, "gpt-5.4": 103, NASTY: 104}), ("source", {"cli": 102 + 104 + 106, "exec": 103 + 105}), ("effort", {"high": 102})):
    for value, tokens in want.items():
        a, err = web.cgi(h.db, f"/api/v1/usage?period=all&{name}={urllib.parse.quote(value)}")
        tap.same((value in [v for v, _, _ in f[name]], a.json["data"]["totals"]["total"]["tokens"]), (True, tokens), f"{name}={value[:20]}: {tokens}")

# more than a list holds: a field to write in
many = roll.Home()
big = roll.Roll(start="2026-11-20T10:00:00Z")
for n in range(101):
    big.started(f"t{n}").context(f"model-{n:03d}").user().used((1, 0, 1, 0)).done(f"t{n}")
many.put(big)
many.ingest()
_, f = form(many.db, "/usage?period=all&model=model-007")
tap.same(f["model"], "model-007", "101 models: no list")
e = roll.Home()
e.ingest()
_, f = form(e.db, "/usage")
tap.same(f["model"], [("", "any", True)], "an empty database: any")
tap.done()
