#!/usr/bin/env python3
"""What the application answers, request by request, as CGI: pages and their
twins, truth of the lab, validators, HEAD, bad input, states of the database.
"""
import csv
import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
from page import Page, number  # noqa: E402
import kit  # noqa: E402
import tap  # noqa: E402

LABS = ("0.169.0/s07_model_switch", "0.169.0/s04_fork", "0.36.0/s01_text", "0.98.0/s03_resume", "0.140.0/s02_tools")
PAGES = ("/", "/usage", "/sessions", "/health")
SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                               "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "vary": "Accept"}


def ask(uri, status=200, db=None, **how):
    a, err = web.cgi(db or DB, uri, **how)
    tap.ok(a.status == status, f"{how.get('method', 'GET')} {uri[:100]}: {status}", f"{a!r}\n{err}")
    return a


def twin(path):
    return "/api/v1/overview" if path == "/" else "/api/v1" + path


def five(o):
    return [o[k] for k in ("tokens", "input", "cached", "output", "reasoning")]


def seeds(o):
    """The same five under the names of the lab and of the command line."""
    return [o[k] for k in ("total_tokens", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")]


def added(rows):
    return [sum(v) for v in zip(*map(five, rows))]


def overview_sums(page):
    tokens, cached, write, uncached, output, reasoning = [number(c) for c in page.row("p-overview-tokens", "Total")[1:7]]
    return [tokens, cached + write + uncached, cached, output, reasoning]


# ------------------------------------------------------------------- truth
for lab in LABS:
    DB = web.database(lab.replace("/", "-"), lab)
    truth = seeds(kit.truth(lab)["expected"]["total"])
    by_session = kit.truth(lab)["expected"]["by_session"]
    tap.same(five(ask("/api/v1/usage?period=all&by=model").json["data"]["totals"]["total"]), truth, f"{lab}: usage")
    tap.same(five(ask("/api/v1/overview?period=all").json["data"]["totals"]["total"]), truth, f"{lab}: overview")
    sessions = ask("/api/v1/sessions?period=all&limit=1000").json["data"]["sessions"]
    tap.same(added(sessions) if sessions else [0] * 5, truth, f"{lab}: sessions")
    got = {r["id"]: five(r) for r in sessions if r["tokens"]}
    tap.same(got, {s: seeds(d) for s, d in by_session.items() if d["total_tokens"]}, f"{lab}: each session")
    if truth[0]:
        tap.same(overview_sums(Page(ask("/?period=all").text)), truth, f"{lab}: Overview as a page")
        tap.same(number(Page(ask("/usage?period=all").text).row("p-usage-pivot", "Total")[1]), truth[0], f"{lab}: Usage as a page")
        page = Page(ask("/sessions?period=all").text)
        tap.same(sum(map(number, page.column("p-sessions-table", "Tokens"))), truth[0], f"{lab}: Sessions as a page")

LAB = "0.169.0/s07_model_switch"
DB = web.database("main", LAB)

# The same numbers as the command: by day, and by model.
for period in ("7d", "24h", "12mo"):
    data = ask(f"/api/v1/usage?period={period}&by=model&group=day").json["data"]
    report = ("report", "--db", DB, "--home", kit.home(LAB), "--last", period, "--group", "day", "--json")
    tap.same([[b["label"]] + five(b) for b in data["buckets"] if b["tokens"]],
             [[r["period"]] + seeds(r) for r in kit.track_json(*report) if r["total_tokens"]], f"usage of {period} by day is report's")
    models = {}
    for r in kit.track_json(*report, "--by", "model"):
        models[r["group"]] = [a + b for a, b in zip(models.get(r["group"], [0] * 5), seeds(r))]
    tap.same({g["name"]: five(g) for g in data["groups"]}, models, f"usage of {period} by model is report's")
a = ask("/api/v1/usage?period=all&by=model&group=month&format=csv")
_, out, _ = tap.run(kit.PROGRAM, "report", "--db", DB, "--home", kit.home(LAB), "--group", "month", "--by", "model",
                    "--format", "csv")
tap.same(a.text, out.replace("\r\n", "\n").replace("\n", "\r\n"), "usage as CSV is report --format csv")
tap.same(a.headers["content-type"], "text/csv; charset=utf-8; header=present", "its type")
for kind, uri in (("csv", "/api/v1/export/events?period=all&format=csv"),
                  ("ndjson", "/api/v1/export/events?period=all&format=ndjson"),
                  ("json", "/api/v1/export/events?period=all")):
    _, out, _ = tap.run(kit.PROGRAM, "export", "--db", DB, "--home", kit.home(LAB), "--format", kind)
    tap.same(ask(uri).body.replace(b"\r\n", b"\n"), out.encode().replace(b"\r\n", b"\n"), f"export of events as {kind}")
rows = list(csv.DictReader(io.StringIO(ask("/api/v1/export/events?period=all&format=csv&counted=1").text)))
tap.same([len(rows), sum(int(r["total_tokens"]) for r in rows)], [5, 37936], "only what counts: 5 rows, 37936 tokens")
a = ask("/api/v1/export/sessions?period=all&format=ndjson")
tap.same(a.text.count("\n"), 1, "export of sessions: one line")

# -------------------------------------------------- heads, HEAD, validators
for path in PAGES:
    for uri in (path, twin(path)):
        full = ask(uri)
        tap.same({k: full.headers.get(k) for k in SECURITY}, SECURITY, f"{uri}: security headers")
        tap.same(full.headers.get("cache-control"), "private, no-cache", f"{uri}: may be kept, not used unasked")
        tap.same(int(full.headers["content-length"]), len(full.body), f"{uri}: length")
        head = ask(uri, method="HEAD")
        if path != "/health":  # its database may have grown a log meanwhile
            tap.same((head.headers, head.body), (full.headers, b""), f"{uri}: HEAD has the same head, and no body")
        etag = full.headers["etag"]
        tap.ok(re.fullmatch(r'"[0-9a-f]{32}"', etag) is not None, f"{uri}: a strong validator", etag)
        for sent in (etag, "W/" + etag, f'"x", {etag}', "*"):
            a = ask(uri, 304, HTTP_IF_NONE_MATCH=sent)
            tap.same((a.body, a.headers.get("etag"), "content-length" in a.headers), (b"", etag, False),
                     f"{uri}: 304 for {sent[:8]}… has no body")
        ask(uri, HTTP_IF_NONE_MATCH='"other"')
head = ask("/api/v1/export/events?period=all&format=csv", method="HEAD")
tap.same(head.body, b"", "HEAD of an export has no body")
one = ask("/api/v1/usage?period=7d").headers["etag"]
for uri, env in (("/api/v1/usage?period=14d", {}), ("/api/v1/usage?period=7d&tz=UTC", {}), ("/usage?period=7d", {}),
                 ("/api/v1/usage?period=7d", {"CODEX_USAGE_NOW": "2026-11-22T12:15:00Z"}),
                 ("/api/v1/usage?period=7d", {"CODEX_USAGE_NOW": "2026-11-23T12:00:00Z"})):
    tap.ok(ask(uri, env=env).headers["etag"] != one, f"another validator: {uri} {env}")
tap.same(ask("/api/v1/usage?period=7d&group=auto").headers["etag"], one, "a default that is named changes nothing")
tap.same(ask("/api/v1/usage?period=7d", env={"CODEX_USAGE_NOW": "2026-11-22T12:14:59Z"}).headers["etag"], one,
         "nor does the same quarter-hour")
today = [ask("/api/v1/usage?period=today", env={"CODEX_USAGE_NOW": now}).json for now in
         ("2026-11-22T22:59:00Z", "2026-11-22T23:01:00Z")]  # midnight in Stockholm is 23:00 UTC
tap.same([t["meta"]["from"] for t in today], ["2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00+01:00"],
         "today begins at midnight in Stockholm")
tap.same([t["data"]["totals"]["total"]["tokens"] for t in today], [37936, 0], "and has another sum")
a = ask("/api/v1/usage?from=2026-11-22&to=2026-11-22&tz=UTC").json
tap.same((a["meta"]["from"], a["meta"]["to"], a["meta"]["tz"]),
         ("2026-11-22T00:00:00+00:00", "2026-11-23T00:00:00+00:00", "UTC"), "a day from its start to its end")
tap.same(a["links"]["self"], "/api/v1/usage?from=2026-11-22&to=2026-11-22&tz=UTC", "the canonical link")
tap.same(ask("/codex/api/v1/usage?tz=UTC&period=30d", prefix="/codex").json["links"]["html"], "/codex/usage?tz=UTC",
         "links begin with the prefix, defaults are dropped")
tap.same(ask("/codex/usage", prefix="/codex").text.count('href="/codex/sessions"'), 1, "links of a page, too")
a = ask("/codex", 308, prefix="/codex")
tap.same(a.headers.get("location"), "/codex/", "the prefix without a slash leads to it")

# ----------------------------------------------------------------- paging
MANY = web.database("many", *kit.folders()[:12])
whole = ask("/api/v1/sessions?period=all&limit=1000", db=MANY).json["data"]["sessions"]
seen, uri = [], "/api/v1/sessions?period=all&limit=5"
while uri and len(seen) < 1000:
    a = ask(uri, db=MANY)
    seen += a.json["data"]["sessions"]
    uri = a.json["links"].get("next")
    tap.same(a.headers.get("link"), uri and f'<{uri}>; rel="next"', "Link header as links.next")
tap.ok(len(whole) > 10, "enough sessions to turn pages", len(whole))
tap.same([r["id"] for r in seen], [r["id"] for r in whole], "page by page it is the whole list")
ask("/api/v1/sessions?cursor=nonsense", 404)

# -------------------------------------------------------------- bad input
a = ask("/api/v1/usage?by=foo&nope=1&group=year&period=30d&period=7d&tz=Mars/Base&from=tomorrow", 400)
tap.same(a.headers["content-type"], "application/problem+json", "faults are a problem")
tap.same(sorted(f["param"] for f in a.json["faults"]), ["by", "from", "group", "nope", "period", "tz"],
         "all faults are named")
tap.ok(all(f["what"] and f["allowed"] for f in a.json["faults"]), "each with what would be right", a.json)
page = ask("/usage?by=foo&group=year&period=all&model=%3Cscript%3Ealert(1)%3C/script%3E")
tap.ok("<script>" not in page.text and "&lt;script&gt;" in page.text, "markup in a value is shown as text")
tap.same(page.text.count("and was ignored"), 2, "a page tells both faults and goes on")
ask("/no/such/page", 404)
tap.ok('href="/"' in ask("/nope", 404).text, "a page for what is not there, with a way home")
tap.same(ask("/api/v1/nope", 404).json["status"], 404, "and a problem for programs")
for method in ("POST", "PUT", "DELETE", "BREW"):
    tap.same(ask("/usage", 405, method=method).headers.get("allow"), "GET, HEAD, OPTIONS", f"{method}: what is allowed")
tap.same(ask("/usage", 204, method="OPTIONS").headers.get("allow"), "GET, HEAD, OPTIONS", "OPTIONS tells it")
for host, status in (("evil.example", 403), ("localhost.evil.example", 403), ("127.0.0.1.evil.example", 403), ("", 403),
                     ("1.127.0.1", 403), ("[::2]", 403), ("LOCALHOST:8377", 200), ("localhost.", 200),
                     ("127.0.0.1:1", 200), ("127.9.9.9", 200), ("[::1]:80", 200), ("a.localhost", 200)):
    ask("/healthz", status, host=host)
tap.ok("--allow-host" in ask("/", 403, host="evil.example").text, "the 403 page names the option")
ask("/healthz", host="My.Name:443", env={"CODEX_USAGE_HOSTS": "other,my.name"})
for uri in ("/../etc/passwd", "/%2e%2e/x", "/usage/..", "/..%2fusage", "/usage%00", "/usage?model=%00", "/%c0%ae%c0%ae/",
            "/%ff", "/usage?model=%ff", "/usage?model=%ed%a0%80", "/usage?directory=..%2f..", "/usage?directory=/a/../b",
            "/%", "/%4", "/usage?x=%zz", "/us\\age", "/usage%5c..", "/usage%0d%0aX:y", "//..", "/a/%2e./b",
            "/usage?q=%c0%af", "/usage?" + "&".join(["by=model"] * 201)):
    a, err = web.cgi(DB, uri)
    tap.ok(a.status in (400, 414), f"refused: {uri[:60]}", repr(a))
    tap.ok("codex-track.fcgi: uri=" in err and all(32 <= ord(c) < 127 or c == "\n" for c in err),
           f"and logged in printable characters: {uri[:60]}", err)
ask("/usage?model=" + "a" * 9000, 414)
ask("/" + "a" * 3000, 414)
ask("/usage?directory=/a/..b/c&compare", 200)
tap.same(ask("/%75sage").status, 200, "a harmless escape is what it stands for")
# PATH_INFO where there is no REQUEST_URI; the last SCRIPT_NAME counts (nginx)
a, _ = web.cgi(DB, "", env={"REQUEST_URI": "", "PATH_INFO": "/api/v1/usage", "QUERY_STRING": "period=all"})
tap.same(a.status, 200, "PATH_INFO serves where there is no REQUEST_URI")
a, _ = web.cgi(DB, "http://localhost/usage")
tap.same(a.status, 200, "the absolute form of an address")
status, out, err = tap.run(web.fcgi(), env=web.environment(DB))
tap.ok(status == 2 and "codex-track web" in err, "started by hand it says how to start it", err)

# -------------------------------------------------------------- for machines
index = ask("/api/v1/").json["data"]["endpoints"]
doc = ask("/api/v1/openapi.json").json
tap.same(sorted(e["href"] for e in index), sorted(doc["paths"]), "the index and the OpenAPI document name the same")
PIECES = {"id": ask("/api/v1/sessions?period=all").json["data"]["sessions"][0]["id"], "n": "1"}
for e in index:
    op = doc["paths"][e["href"]]["get"]
    tap.same([p["name"] for p in op["parameters"] if p["in"] == "query"], e["parameters"], f"{e['href']}: the same parameters")
    tap.same([p["name"] for p in op["parameters"] if p["in"] == "path"], re.findall(r"\{(\w+)\}", e["href"]), "and pieces of the path")
    a = ask(re.sub(r"\{(\w+)\}", lambda m: PIECES[m[1]], e["href"]))
    kind = a.headers["content-type"].partition(";")[0]
    tap.ok(kind in op["responses"]["200"]["content"], f"{e['href']}: answers as described", kind)
    if "$ref" in op["responses"]["200"]["content"][kind].get("schema", {}):
        tap.ok(set(a.json) == {"data", "meta", "links"} and all(isinstance(v, dict) for v in a.json.values()),
               f"{e['href']}: data, meta, links", list(a.json))
metrics = ask("/metrics").text
tap.ok(metrics.endswith("\n"), "metrics end with a line feed")
name = re.compile(r'^(codex_[a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? (-?[0-9.e+]+)$')
bad = [s for s in metrics.splitlines() if not s.startswith("# ") and not name.match(s)]
tap.same(bad, [], "every line is a sample")
total = sum(int(name.match(s)[3]) for s in metrics.splitlines() if s.startswith("codex_tokens_total"))
tap.same(total, 37936, "the classes of all models add up to the total")
tap.ok("session" not in metrics and "/home" not in metrics, "no session and no path")
if shutil.which("promtool") is None:
    tap.skip("promtool check metrics", "no promtool; Debian has it in the package prometheus, which starts a server")
else:
    p = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True, check=False)
    tap.ok(p.returncode == 0 and p.stderr == "", "promtool has nothing to say", p.stderr)

# ------------------------------------------------- states of the database
where = web.folder("states", 0o700)
a = ask("/", 503, db=where + "/none.sqlite")
tap.ok("codex-track ingest" in a.text and a.headers.get("retry-after") == "5" and "none.sqlite" not in a.text,
       "no database: what to do, and no path", a)
tap.same(a.headers["cache-control"], "no-store", "an error is not kept")
tap.same(ask("/api/v1/usage", 503, db=where + "/none.sqlite").json["status"], 503, "and a problem")
ask("/healthz", 503, db=where + "/none.sqlite")
open(where + "/empty.sqlite", "w").close()
ask("/usage", 503, db=where + "/empty.sqlite")
with open(where + "/garbage.sqlite", "wb") as f:
    f.write(b"this is no database at all " * 400)
tap.ok("codex-track doctor" in ask("/usage", 503, db=where + "/garbage.sqlite").text, "garbage: ask the doctor")
c = sqlite3.connect(where + "/other.sqlite")
c.execute("CREATE TABLE theirs (x)")
c.commit()
c.close()
ask("/usage", 503, db=where + "/other.sqlite")
for suffix in ("", "-wal", "-shm"):
    if os.path.exists(DB + suffix):
        shutil.copy(DB + suffix, where + "/old.sqlite" + suffix)
c = sqlite3.connect(where + "/old.sqlite")
c.execute("PRAGMA user_version = 1")
c.commit()
tap.ok(int(ask("/usage", 503, db=where + "/old.sqlite").headers["retry-after"]) <= 5, "an older layout: it is brought up to date soon")
c.execute("PRAGMA user_version = 99")
c.commit()
c.close()
ask("/usage", 503, db=where + "/old.sqlite")
empty = web.folder("nothing", 0o700)
os.makedirs(empty + "/home/sessions")
kit.ingest(empty + "/usage.sqlite", "--home", empty + "/home")
for path in PAGES:
    ask(path, db=empty + "/usage.sqlite")
a = ask("/", db=empty + "/usage.sqlite", env={"CODEX_HOME": empty + "/home"})
tap.ok(empty + "/home" in a.text and "--demo" in a.text, "nothing was read: where it was looked for, and two ways on", a.text[-900:])
bad = web.folder("badtree")
shutil.copytree(os.path.dirname(web.tree()), bad, dirs_exist_ok=True)
with open(bad + "/share/codex-track/templates/usage.mustache", "a", encoding="utf-8") as f:
    f.write("{{#open}}\n")
p = subprocess.run([bad + "/libexec/codex-track/codex-track.fcgi"], capture_output=True, text=True, check=False,
                   env=web.environment(DB, REQUEST_METHOD="GET", REQUEST_URI="/", HTTP_HOST="localhost"))
tap.ok(p.returncode == 1 and re.search(r"usage\.mustache:\d+:\d+: ", p.stderr) and p.stdout == "",
       "a fault in a template stops the start, with its place", p)

# ------------------------------------------------ while the first pass runs
progress = os.path.join(where, "progress")
quiet = ask("/", env={"CODEX_USAGE_PROGRESS": progress})
with open(progress, "w", encoding="utf-8") as f:
    f.write("42 7\n")
a = ask("/", env={"CODEX_USAGE_PROGRESS": progress})
tap.ok("42 %" in a.text and "7\u202fs left" in a.text and "42 %" not in quiet.text, "a banner with percent and time left", a.text[:900])
tap.ok(a.headers["etag"] != quiet.headers["etag"], "and another validator")

# ---------------------------------------------------------- hostile content
nasty = '<b>"x"&\'</b>\u202e\x07 [' + "w" * 9000
c = sqlite3.connect(DB)
c.execute("UPDATE thread SET title = ?", (nasty,))
c.execute("UPDATE dimset SET model = ? WHERE model = 'gpt-6-sol'", ('"><img src=x>\n=cmd',))
c.commit()
c.close()
page = ask("/sessions?period=all").text
tap.ok('<b>"x"' not in page and "<b>&quot;x" not in page and "&lt;b&gt;" in page and "<img" not in page, "a title full of markup is text")
tap.ok(ask("/api/v1/sessions?period=all").json["data"]["sessions"][0]["title"] == nasty, "and whole in JSON")
tap.ok('\\"><img src=x>\\n=cmd' in ask("/metrics").text, "a label is escaped")
tap.done()
