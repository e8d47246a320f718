#!/usr/bin/env python3
"""What HTTP asks for: forms that a client takes, dates beside validators, bodies
that nobody reads, every status with its head; and clients that take nothing.
"""
import email.utils
import os
import socket
import sqlite3
import struct
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import kit  # noqa: E402
import tap  # noqa: E402

web.need("lighttpd")
LAB = "0.169.0/s07_model_switch"
DB = web.database("data", LAB)
PROBLEM = "application/problem+json"


def ask(uri, status=200, **how):
    a, err = web.cgi(DB, uri, **how)
    tap.ok(a.status == status, f"{how.get('method', 'GET')} {uri[:80]} {how.get('HTTP_ACCEPT', '')[:60]}: {status}", f"{a!r}\n{err}")
    return a


def kind(a):
    return a.headers.get("content-type", "").partition(";")[0]


# ----------------------------------------------------------------- Accept
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HTML, JSON, CSV = "text/html", "application/json", "text/csv"
for uri, accept, status, wanted in (
        ("/usage", None, 200, HTML), ("/usage", "*/*", 200, HTML), ("/usage", BROWSER, 200, HTML), ("/usage", HTML, 200, HTML),
        ("/usage", "text/*", 200, HTML), ("/usage", "", 200, HTML),
        ("/usage", JSON, 200, JSON), ("/usage", "application/*", 200, JSON), ("/usage", "text/html;q=0, */*", 200, JSON),
        ("/usage?format=csv", CSV, 200, CSV), ("/usage", "image/png", 406, HTML), ("/usage", "image/png;q=1, */*;q=0", 406, HTML),
        ("/api/v1/usage", None, 200, JSON), ("/api/v1/usage", "*/*", 200, JSON), ("/api/v1/usage", JSON, 200, JSON),
        ("/api/v1/usage", BROWSER, 200, JSON), ("/api/v1/usage", HTML, 200, JSON), ("/api/v1/usage", CSV, 406, PROBLEM),
        ("/api/v1/usage?format=csv", CSV, 200, CSV), ("/api/v1/usage?format=ndjson", "application/x-ndjson", 200, "application/x-ndjson"),
        ("/api/v1/export/events", JSON, 200, JSON), ("/api/v1/export/events", HTML, 406, HTML),
        ("/api/v1/export/events?format=csv", "text/*", 200, CSV), ("/api/v1/export/events?format=csv", JSON, 406, PROBLEM),
        ("/metrics", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2", 200, "text/plain"),
        ("/metrics", JSON, 406, PROBLEM), ("/healthz", "text/plain", 200, "text/plain"),
        ("/api/v1/openapi.json", JSON, 200, JSON), ("/api/v1/", "text/plain", 406, PROBLEM),
        ("/nope", JSON, 404, PROBLEM), ("/nope", None, 404, HTML), ("/api/v1/nope", HTML, 404, HTML), ("/nope", "image/png", 404, HTML)):
    a = ask(uri, status, **({} if accept is None else {"HTTP_ACCEPT": accept}))
    tap.same((kind(a), a.headers.get("vary")), (wanted, "Accept"), f"{uri} for {accept}: {wanted}, Vary")
page, data = ask("/usage"), ask("/usage", HTTP_ACCEPT=JSON)
tap.ok(page.headers["etag"] != data.headers["etag"] and data.body == ask("/api/v1/usage").body, "the page's address gives its twin, with a validator of its own")
tap.same(ask("/usage", 304, HTTP_ACCEPT=JSON, HTTP_IF_NONE_MATCH=data.headers["etag"]).body, b"", "which is answered")
a = ask("/api/v1/usage", 406, HTTP_ACCEPT="image/png")
tap.ok(a.headers["cache-control"] == "no-store" and a.json["status"] == 406 and "text/html" in a.json["detail"], "406 names the forms", a)

# ------------------------------------------------------------------ bodies
for method in ("GET", "HEAD", "POST"):
    for length, status in (("65536", 405 if method == "POST" else 200), ("65537", 413), ("99999999999999999999", 413), ("-1", 413), ("x", 413)):
        a = ask("/usage", status, method=method, CONTENT_LENGTH=length)
tap.same((kind(ask("/api/v1/usage", 413, CONTENT_LENGTH="70000")), a.headers["cache-control"]), (PROBLEM, "no-store"), "413 for programs")
tap.same(ask("/api/v1/usage?model=" + "a" * 9000, 414).json["title"], "The address is too long", "414 says so")

# ------------------------------------------------------------ Last-Modified
for uri in ("/", "/usage", "/api/v1/usage", "/api/v1/export/events?format=csv", "/metrics", "/api/v1/openapi.json"):
    a = ask(uri)
    # the process has read everything now: the second that is not over is told as the one before
    tap.same(a.headers.get("last-modified"), "Sun, 22 Nov 2026 11:59:59 GMT", f"{uri}: Last-Modified")
    ask(uri, HTTP_IF_MODIFIED_SINCE="Sun, 22 Nov 2026 11:59:59 GMT")
tap.same([ask(u, s).headers.get("last-modified") for u, s in (("/healthz", 200), ("/nope", 404))], [None, None], "none without a validator")

workers = web.Workers("w", DB, n=1, env={"CODEX_USAGE_NOW": ""})
server, port = web.lighttpd(web.conf(DB, "lighttpd", "--socket", workers.path), as_owner=False)
URI = "/api/v1/usage?period=all"


def since(seconds, **more):
    """Status of a request that has what was there so many seconds ago."""
    date = email.utils.formatdate(time.time() - seconds, usegmt=True)
    return web.get(port, URI, headers={"If-Modified-Since": date, **more}).status


a = web.get(port, URI)
tap.same(since(0), 200, "the second of the last change is not over: whole")
tap.ok(web.wait_for(lambda: since(0) == 304, "304"), "it is over: 304")
tap.same(since(86400), 200, "yesterday's is old")
tap.same(since(0, **{"If-None-Match": '"other"'}), 200, "If-None-Match comes first, and says no")
tap.same(since(86400, **{"If-None-Match": a.headers["etag"]}), 304, "or yes")
tap.same(web.get(port, URI, headers={"If-Modified-Since": "yesterday"}).status, 200, "what is no date is not looked at")
a = web.get(port, URI)
date = a.headers["last-modified"]
tap.ok(abs(email.utils.parsedate_to_datetime(date).timestamp() - time.time()) < 3600, "a date of now", date)
tap.same(web.get(port, URI, headers={"If-Modified-Since": date}).status, 304, "its own date is answered by 304")
c = sqlite3.connect(DB)
c.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
c.commit()
tap.same(web.get(port, URI, headers={"If-Modified-Since": date}).status, 200, "the database changed: whole")
c.close()

# --------------------------------------------- the server's own limit of bodies
with socket.create_connection(("127.0.0.1", port)) as s:
    s.sendall(b"POST /usage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
    tap.same(s.recv(1000).split()[1], b"413", "lighttpd takes no large body either")
web.stop(server)
workers.end()

# ----------------------------------------------- a client that reads nothing
big = web.database("big", LAB)
c = sqlite3.connect(big)
columns = ", ".join(r[1] for r in c.execute("PRAGMA table_info(usage)") if r[1] not in ("pos", "line"))
c.execute(f"INSERT INTO usage(pos, line, {columns}) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n "
          f"WHERE n < 2000) SELECT pos + n.n * 10000000, line + n.n * 10000, {columns} FROM usage, n")
c.commit()
c.close()
wrapper = web.TOP + "/limited"
with open(wrapper, "w", encoding="utf-8") as f:
    f.write(f'#!/bin/sh\nexec {web.fcgi()} --time-limit 2\n')
os.chmod(wrapper, 0o755)
workers = web.Workers("slow", big, n=1, program=wrapper)


def record(number, body):
    return struct.pack("!BBHHBB", 1, number, 1, len(body), 0, 0) + body


def pairs(**variables):
    return b"".join(bytes((len(k), len(v))) + k.encode() + v.encode() for k, v in variables.items())


def request(uri):
    """A connection to the worker with a whole request on it, as a web server makes it."""
    s = socket.socket(socket.AF_UNIX)
    s.connect(workers.path)
    s.sendall(record(1, struct.pack("!HB5x", 1, 0)) + record(4, pairs(
        REQUEST_METHOD="GET", REQUEST_URI=uri, QUERY_STRING=uri.partition("?")[2], SCRIPT_NAME="", HTTP_HOST="localhost")) +
              record(4, b"") + record(5, b""))
    return s


def answered():
    with request("/healthz") as s:
        s.settimeout(30)
        said = b""
        while part := s.recv(4096):
            said += part
    return b"Status: 200" in said


tap.ok(answered(), "a worker on its socket")
first = workers.all[0].pid
for n in range(2):
    with request("/api/v1/export/events?period=all&format=ndjson") as silent:
        started = time.monotonic()
        tap.ok(answered(), f"after a client that reads nothing the next one is answered ({n + 1})")
        took = time.monotonic() - started
        tap.ok(1 <= took <= 8, "once the limit of 2 s is over", f"{took:.1f} s")
tap.ok(workers.all[0].poll() is None and workers.all[0].pid == first, "by the same worker", workers.logged())
tap.same(workers.logged().count("a client reads nothing"), 2, "the log says why")
workers.end()
tap.done()
