#!/usr/bin/env python3
"""Real lighttpd and nginx with what `codex-track conf` prints, as the servers' own
user when we are root, under / and /codex, FastCGI and CGI; a database that its
owner alone can read; workers that hang, end, or lose their client.
"""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import kit  # noqa: E402
import tap  # noqa: E402

web.need("lighttpd", "nginx", "fcgiwrap")
LAB = "0.169.0/s07_model_switch"
DB = web.database("data", LAB)
URIS = ("/", "/usage?period=all&by=model", "/sessions?period=all", "/health", "/healthz", "/metrics", "/api/v1/",
        "/api/v1/openapi.json", "/api/v1/overview", "/api/v1/usage?period=all", "/api/v1/sessions?period=all",
        "/api/v1/health", "/api/v1/export/events?format=csv", "/api/v1/export/sessions?format=ndjson")
if not web.HAVE_USER:
    tap.skip("the servers run as www-data", "we are not root, or there is no such user: they run as we do")
else:
    p = subprocess.run(["setpriv", f"--reuid={web.SERVER_USER}", f"--regid={web.SERVER_USER}", "--clear-groups", "cat", DB],
                       capture_output=True, check=False)
    tap.ok(p.returncode != 0 and b"denied" in p.stderr, "www-data cannot read the database", p)


def serves(what, port, base):
    """Everything that a server in front must let through as it is."""
    lost = []
    for uri in URIS:
        a = web.get(port, base + uri)
        if a.status != 200 or not a.body:
            lost.append(f"{uri}: {a!r}")
        h = web.get(port, base + uri, "HEAD")
        same = ("etag", "content-type") if "/export/" in uri else ("etag", "content-type", "content-length")
        if "/health" not in uri and (h.status, h.body, [h.headers.get(k) for k in same]) != \
                (a.status, b"", [a.headers.get(k) for k in same]):
            lost.append(f"HEAD {uri}: {h!r}\nGET: {a!r}")
    tap.ok(lost == [], f"{what}: every page and twin, GET and HEAD", "\n".join(lost))
    total = web.get(port, base + "/api/v1/usage?period=all").json["data"]["totals"]["total"]["tokens"]
    tap.same(total, kit.truth(LAB)["expected"]["total"]["total_tokens"], f"{what}: the total is the truth")
    page = web.get(port, base + "/usage?period=all")
    tap.ok(f'href="{base}/sessions?period=all"' in page.text, f"{what}: links begin with the prefix", page.text[:600])
    etag = page.headers["etag"]
    a = web.get(port, base + "/usage?period=all", headers={"If-None-Match": "W/" + etag})
    tap.same((a.status, a.body), (304, b""), f"{what}: 304")
    tap.same(web.get(port, base + "/usage", "POST", {"Content-Length": "0"}).status, 405, f"{what}: POST is 405")
    tap.same(web.get(port, base + "/nope").status, 404, f"{what}: 404")
    tap.same(web.get(port, base + "/usage", headers={"Host": "evil.example"}).status, 403, f"{what}: a foreign name is 403")
    for uri in ("/usage?model=%00", "/usage?model=%c0%af", "/usage?directory=..%2f..", "/%2e%2e/usage", "/usage%00",
                "/..%2f..%2fetc/passwd", "/%c0%ae%c0%ae/usage", "/static/..%2f..%2frates.json",
                "/static/../../rates.json", "/static/%2e%2e/rates.json"):
        a = web.get(port, base + uri)
        tap.ok(a.status in (400, 403, 404) and b"valid_from" not in a.body, f"{what}: {uri} is refused", repr(a))
    a = web.get(port, base + "/static/test.css")
    tap.ok(a.status == 200 and a.headers.get("content-type", "").startswith("text/css") and
           "immutable" in a.headers.get("cache-control", ""), f"{what}: static files, to be kept", repr(a))
    if base:
        a = web.get(port, base)
        tap.ok(a.status == 308 and a.headers["location"].endswith(base + "/"), f"{what}: {base} leads to {base}/", repr(a))
    a = web.get(port, base + "/usage?model=a%2Fb%25&model=%22%3Cx%3E&q=")
    tap.ok(a.status == 200 and "&lt;x&gt;" in a.text and "a/b%" in a.text, f"{what}: escapes arrive once decoded", repr(a))


# -------------------------------------------- each sample under / and /codex
for prefix in ("/", "/codex"):
    base = "" if prefix == "/" else prefix
    workers = web.Workers("w" + base.strip("/"), DB, listen_fds=base != "")
    for name, make in (("lighttpd", lambda c: web.lighttpd(c, as_owner=False)), ("nginx", web.nginx)):
        server, port = make(web.conf(DB, name, "--prefix", prefix, "--socket", workers.path))
        serves(f"{name}, FastCGI, {prefix}", port, base)
        web.stop(server)
    workers.end()
    tap.ok("uri=" in workers.logged() and "\\x" not in workers.logged().replace("\\x5c", ""), "refusals are in the workers' log")

    server, port = web.lighttpd(web.conf(DB, "lighttpd", "--cgi", "--prefix", prefix), as_owner=True,
                                env=web.environment(DB))
    serves(f"lighttpd, CGI, {prefix}", port, base)
    web.stop(server)

    server, port = web.lighttpd(
        web.conf(DB, "lighttpd", "--spawn", "--prefix", prefix, "--socket", f"{web.TOP}/spawn{base.strip('/')}"),
        as_owner=True, env=web.environment(DB))
    serves(f"lighttpd, workers of its own, {prefix}", port, base)
    web.stop(server)

    wrap = web.Workers("wrap" + base.strip("/"), DB, program=web.program("fcgiwrap"))
    server, port = web.nginx(web.conf(DB, "nginx", "--cgi", "--prefix", prefix, "--socket", wrap.path))
    serves(f"nginx, CGI, {prefix}", port, base)
    web.stop(server)
    wrap.end()

# ------------------------------------------------------ the ten lines of README
with open(tap.SRC + "/README.md", encoding="utf-8") as f:
    README = f.read()
workers = web.Workers("readme", DB)


def ten_lines(name, types):
    """README's lines for the server NAME, with our paths, beside the TYPES that its distribution brings."""
    block = README.partition(f"```{name}\n")[2].partition("```")[0]
    tap.ok(0 < block.count("\n") <= 10, f"README has at most ten lines for {name}", block)
    statics = os.path.dirname(web.tree()) + "/share/codex-track/static/"
    return types + block.replace("/run/codex-track.sock", workers.path).replace(
        "/home/you/.codex-usage-tracker/current/share/codex-track/static/", statics)


server, port = web.lighttpd(ten_lines("lighttpd", 'mimetype.assign = ( ".css" => "text/css", ".js" => "text/javascript" )\n'), as_owner=False)
serves("README, lighttpd", port, "/codex")
web.stop(server)
server, port = web.nginx(ten_lines("nginx", "include /etc/nginx/mime.types;\n"))
serves("README, nginx", port, "/codex")
web.stop(server)
workers.end()

# ------------------------------------------------------ the units of systemd
units = web.conf(DB, "systemd")
for text in ("ListenStream=/run/codex-track.sock", "SocketMode=0660", "SocketGroup=www-data", "Restart=always",
             "Sockets=codex-track.socket", f'ExecStart="{web.fcgi()}"', f'"CODEX_USAGE_DB={DB}"'):
    tap.ok(text in units, f"systemd: {text}", units)
if web.program("systemd-analyze") is None:
    tap.skip("systemd-analyze verify", "it is not installed")
else:
    where = web.folder("units")
    for part in units.split("# /etc/systemd/system/")[1:]:
        with open(f"{where}/{part.partition(':')[0]}", "w", encoding="utf-8") as f:
            f.write("# " + part)
    p = subprocess.run([web.program("systemd-analyze"), "verify", "--man=no", "codex-track.socket", "codex-track@1.service"],
                       cwd=where, capture_output=True, text=True, check=False, env={**os.environ, "SYSTEMD_UNIT_PATH": where + ":"})
    # the units name whoever printed them, which is nobody where the tests run as nobody
    found = [x for x in p.stderr.splitlines() if "codex-track" in x and "Special user nobody" not in x]
    tap.same((p.returncode, found), (0, []), "systemd-analyze verify finds nothing")

# ------------------------------------------------ a worker that hangs is replaced
wrapper = web.TOP + "/limited"
with open(wrapper, "w", encoding="utf-8") as f:
    f.write(f'#!/bin/sh\nexec {web.fcgi()} --time-limit 2\n')
os.chmod(wrapper, 0o755)
snippet = web.conf(DB, "lighttpd", "--spawn", "--socket", web.TOP + "/hang").replace(f'"{web.fcgi()}"', f'"{wrapper}"')
server, port = web.lighttpd(snippet, as_owner=True, env=web.environment(DB))


def workers_of(pid):
    out = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return sorted(int(x) for x in out.split())


web.wait_for(lambda: len(workers_of(server.pid)) == 2, "two workers")
before = workers_of(server.pid)
tap.same(len(before), 2, "lighttpd started two workers")
stuck = []
for i in range(2):  # the beginning of a record, and silence
    s = socket.socket(socket.AF_UNIX)
    s.connect(f"{web.TOP}/hang-{i}")
    s.sendall(b"\x01\x01\x00")
    stuck.append(s)
started = time.monotonic()
tap.ok(web.wait_for(lambda: not set(before) & set(workers_of(server.pid)), "the workers to end"), "workers that hang end")
took = time.monotonic() - started
tap.ok(1 <= took <= 6, "within their limit of 2 s", f"{took:.1f} s")
tap.ok(web.wait_for(lambda: len(workers_of(server.pid)) == 2, "new workers"), "lighttpd starts others")
tap.ok(web.wait_for(lambda: web.get(port, "/usage").status == 200, "an answer"), "and they answer")
for s in stuck:
    s.close()
web.stop(server)
with open(f"{web.TOP}/lighttpd-{port}/stderr", encoding="utf-8") as f:
    tap.ok("took too long" in f.read(), "the log says why")


# ----------------------------------------- SIGTERM under load loses no request
def load(port, seconds, fails, counts):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            a = web.get(port, "/api/v1/usage?period=all")
            if a.status != 200 or not a.body.endswith(b"}\n"):
                fails.append(repr(a))
        except (OSError, web.http.client.HTTPException) as e:
            fails.append(repr(e))
        counts.append(1)


def under_load(what, port, workers):
    """Stop a worker every 0.2 s, the longest running first; what ends is replaced until the last answer is there."""
    fails, counts = [], []
    threads = [threading.Thread(target=load, args=(port, 3, fails, counts)) for _ in range(4)]
    for t in threads:
        t.start()
    killed, next_kill = 0, time.monotonic() + 0.2
    while any(t.is_alive() for t in threads):
        workers.replace()
        if killed < 12 and time.monotonic() >= next_kill and listens_to_us(workers.all[0]):
            workers.all[0].send_signal(signal.SIGTERM)
            workers.all.append(workers.all.pop(0))
            killed, next_kill = killed + 1, next_kill + 0.2
        time.sleep(0.02)
    tap.ok(killed >= 6 and len(counts) > 50 and fails == [], f"{what}: {killed} SIGTERMs lose none of {len(counts)} requests",
           f"{killed} killed, {len(counts)} requests, {len(fails)} lost\n" + "\n".join(fails[:5]))


def listens_to_us(p):
    """Has the worker P put its own way to end at SIGTERM's place?"""
    if p.poll() is not None:
        return False
    with open(f"/proc/{p.pid}/status", encoding="utf-8") as f:
        caught = next(s for s in f if s.startswith("SigCgt")).split()[1]
    return int(caught, 16) >> (signal.SIGTERM - 1) & 1 == 1


workers = web.Workers("term", DB, n=3)

for name, make in (("lighttpd", lambda c: web.lighttpd(c, as_owner=False)), ("nginx", web.nginx)):
    server, port = make(web.conf(DB, name, "--socket", workers.path))
    under_load(f"{name}, workers on one socket", port, workers)
    web.stop(server)
workers.replace()
web.wait_for(lambda: all(listens_to_us(p) for p in workers.all), "three workers")
for p in workers.all:
    p.send_signal(signal.SIGTERM)
tap.same([p.wait(10) for p in workers.all], [0] * len(workers.all), "told to stop, an idle worker ends with status 0")
workers.end()

# --------------------------------------------- the database goes and comes back
place = web.folder("place", 0o700) + "/usage.sqlite"
workers = web.Workers("place", place, n=1)
server, port = web.lighttpd(web.conf(DB, "lighttpd", "--socket", workers.path), as_owner=False)
a = web.get(port, "/usage")
tap.same(a.status, 503, "no database: 503")
for lab in (LAB, "0.169.0/s04_fork"):
    other = web.database("other-" + lab.replace("/", "-"), lab)
    c = sqlite3.connect(other)
    c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.close()
    for suffix in ("-wal", "-shm"):
        if os.path.exists(place + suffix):
            os.remove(place + suffix)
    shutil.copy(other, place + ".new")
    os.rename(place + ".new", place)
    tap.same(web.get(port, "/api/v1/usage?period=all").json["data"]["totals"]["total"]["tokens"],
             kit.truth(lab)["expected"]["total"]["total_tokens"], f"{lab} at its place: the worker opens it")
etag = web.get(port, "/usage").headers["etag"]
c = sqlite3.connect(place)
c.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
c.commit()
tap.ok(web.get(port, "/usage").headers["etag"] != etag, "a new generation is another validator")
c.execute("BEGIN IMMEDIATE")
tap.same(web.get(port, "/usage").status, 200, "a writer at work does not disturb")
c.rollback()
c.close()
shutil.copy(other, place + ".new")
c = sqlite3.connect(place + ".new")
c.execute("PRAGMA journal_mode = DELETE")
c.execute("BEGIN EXCLUSIVE")
os.rename(place + ".new", place)
a = web.get(port, "/usage")
tap.ok(a.status == 503 and "retry-after" in a.headers, "locked for all: 503 with Retry-After", repr(a))
c.rollback()
c.close()
tap.same(web.get(port, "/usage").status, 200, "free again: 200")
web.stop(server)
workers.end()

# --------------------------------------- an export streams, and its client may go
big = web.database("big", LAB)
c = sqlite3.connect(big)
columns = ", ".join(r[1] for r in c.execute("PRAGMA table_info(usage)") if r[1] not in ("pos", "line"))
c.execute(f"INSERT INTO usage(pos, line, {columns}) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n "
          f"WHERE n < 20000) SELECT pos + n.n * 10000000, line + n.n * 10000, {columns} FROM usage, n")
c.commit()
rows = c.execute("SELECT count(*) FROM events").fetchone()[0]
c.close()
workers = web.Workers("big", big, n=1)
server, port = web.lighttpd(web.conf(big, "lighttpd", "--socket", workers.path), as_owner=False)


def memory(field):
    with open(f"/proc/{workers.all[0].pid}/status", encoding="utf-8") as f:
        return int(next(s for s in f if s.startswith(field)).split()[1])


body = web.get(port, "/api/v1/export/events?period=all&format=csv").body
tap.same(body.count(b"\r\n"), rows + 1, f"{rows} rows and their head arrive")
if not web.SANITIZED:  # it keeps what was freed
    tap.ok(memory("VmHWM") < 32 * 1024, f"{len(body) // 1000000} MB in constant memory", f"{memory('VmHWM')} KiB")
s = socket.create_connection(("127.0.0.1", port))
s.sendall(b"GET /api/v1/export/events?period=all&format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n")
s.recv(1000)
s.close()
started = time.monotonic()
tap.same(web.get(port, "/usage").status, 200, "the client goes in mid-export: the only worker answers the next")
tap.ok(time.monotonic() - started < 5, "soon", f"{time.monotonic() - started:.1f} s")
tap.ok(workers.all[0].poll() is None, "it is the same worker")
web.stop(server)
workers.end()
tap.done()
