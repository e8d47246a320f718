#!/usr/bin/env python3
"""Under load: wrk asks for pages, twins and 304s as fast as it can, while 200
responses a second are written into a rollout and read by `codex-track-ingest
--watch`. No request fails, and in the end every response is on the page.
6 seconds; 60 in `make check-long`.
"""
import os
import re
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

web.need("lighttpd", "wrk")
SECONDS = 60 if tap.LONG else 6
RATE, STEP = 200, 0.1  # responses a second, seconds between two writes
ONE = (1000, 600, 50, 20)
URIS = ("/", "/usage?period=all&by=model", "/sessions", "/api/v1/overview", "/api/v1/usage?period=all", "/api/v1/sessions",
        "/healthz", "/metrics", "/api/v1/export/sessions?format=csv&period=all")
SCRIPT = """
local uris, n, tag = {%s}, 0, nil
request = function()
  n = n + 1
  -- every other request has a validator, often an old one
  local headers = { Host = "localhost", ["If-None-Match"] = n %% 2 == 0 and tag or nil }
  return wrk.format("GET", uris[n %% #uris + 1], headers)
end
response = function(status, headers) tag = headers["ETag"] or tag end
done = function(summary, latency)
  io.write(string.format("RESULT %%d requests %%d errors p50 %%d p99 %%d max %%d us\\n", summary.requests,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
"""

home = roll.Home()
r = roll.Roll(start=int(time.time() * 1000) - 60_000)
r.context().started("t1").used(ONE)
path = home.put(r)
where = web.folder("data", 0o700)
db = where + "/usage.sqlite"
env = {**web.environment(db), "CODEX_USAGE_NOW": "", "CODEX_USAGE_DATADIR": tap.SRC + "/conf", "HOME": home.root}
log = open(web.TOP + "/watch.log", "wb")
watch = web.start([tap.BUILD + "/codex-track-ingest", "--watch", "--db", db, "--home", home.dir], env=env, stdin=subprocess.DEVNULL,
                  stdout=log, stderr=log)
workers = web.Workers("w", db, n=2, env={"CODEX_USAGE_NOW": ""})
server, port = web.lighttpd(web.conf(db, "lighttpd", "--socket", workers.path), as_owner=False)
tap.ok(web.wait_for(lambda: web.get(port, "/healthz").status == 200, "a database"), "the first response is there")

written = 1
stop_writing = threading.Event()


def write():
    """Append responses at the rate until told to stop; late ones are made up for."""
    global written
    started, first = time.monotonic(), written
    while not stop_writing.is_set():
        wanted = first + int((time.monotonic() - started) * RATE)
        r.lines.clear()
        r.at = int(time.time() * 1000)
        while written < wanted:
            r.used(ONE, step=0)
            written += 1
        with open(path, "ab") as f:
            f.write(r.data())
        stop_writing.wait(STEP)


def total():
    a = web.get(port, "/api/v1/overview?period=all")
    return a.json["data"]["totals"]["total"]["input"] if a.status == 200 else None


with open(web.TOP + "/load.lua", "w", encoding="utf-8") as f:
    f.write(SCRIPT % ", ".join(f'"{u}"' for u in URIS))
before = [p.pid for p in workers.all]
writer = threading.Thread(target=write)
writer.start()
p = subprocess.run([web.program("wrk"), "-t", "1", "-c", "8", "-d", f"{SECONDS}s", "--timeout", "10s", "-s", web.TOP + "/load.lua",
                    f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=False)
stop_writing.set()
writer.join()
m = re.search(r"RESULT (\d+) requests (\d+) errors (.*)", p.stdout)
tap.ok(m is not None and int(m[1]) > 10 * SECONDS and int(m[2]) == 0, f"{SECONDS} s of wrk beside {RATE} responses a second: no error",
       p.stdout + p.stderr + workers.logged())
tap.diag(f"{m and m[0]}; {written} responses written")
tap.ok(written >= 0.9 * RATE * SECONDS, "and that many were written", written)
tap.ok(web.wait_for(lambda: total() == written * ONE[0], "the last response", 20), "every response is on the page", f"{total()} of {written * ONE[0]}")
tap.same([x.pid for x in workers.all if x.poll() is None], before, "by the workers that were there")
tap.same(watch.poll(), None, "ingest still follows")
workers.end()
tap.done()
