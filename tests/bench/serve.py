#!/usr/bin/env python3
"""serve.py - what the web application costs, through lighttpd: a 304 against a
responder that does nothing, pages and twins of a database of a million
responses with another date and filter each time, and the export of all of it.

    serve.py BUILD SRC LAB DB [--requests N] [--seconds N]

DB is made by million.py when it is not there. LAB is needed for the 304s only.
"""
import argparse
import datetime
import gzip
import os
import random
import re
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
P = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
for name in ("build", "src", "lab", "db"):
    P.add_argument(name, type=os.path.abspath)
P.add_argument("--requests", type=int, default=60)
P.add_argument("--seconds", type=int, default=4)
O = P.parse_args()
os.environ.update(TRACK_BUILD=O.build, TRACK_SRC=O.src, TRACK_LAB=O.lab)
sys.path[:0] = [O.src + "/tests/web"]
import web  # noqa: E402

URI = "/usage?period=30d&by=model"


def cpu_s(workers):
    """User and system time of the WORKERS so far."""
    ticks = 0
    for p in workers.all:
        with open(f"/proc/{p.pid}/stat", encoding="utf-8") as f:
            ticks += sum(map(int, f.read().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def wrk(port, header):
    out = subprocess.run([web.program("wrk"), "-t", "1", "-c", "8", "-d", f"{O.seconds}s", "-H", "Host: localhost", "-H", header,
                          f"http://127.0.0.1:{port}{URI}"], capture_output=True, text=True, check=True).stdout
    if "Socket errors" in out or "Non-2xx" in out:
        raise SystemExit(out)
    return int(re.search(r"(\d+) requests in", out)[1])


def not_modified():
    """Requests a second, and worker's CPU for one, of both, in turns."""
    both = {}
    for kind, program in (("nothing", O.build + "/tests/bench/nothing_fcgi"), ("304", None)):
        workers = web.Workers("w" + kind, O.db, n=2, program=program)
        both[kind] = (workers, web.lighttpd(web.conf(O.db, "lighttpd", "--socket", workers.path), as_owner=False)[1], [], [])
    etag = web.get(both["304"][1], URI).headers["etag"]
    for _ in range(3):
        for workers, port, rates, costs in both.values():
            before = cpu_s(workers)
            n = wrk(port, "If-None-Match: " + etag)
            rates.append(n / O.seconds)
            costs.append((cpu_s(workers) - before) / n * 1e6)
    for kind, (workers, port, rates, costs) in both.items():
        if kind == "304" and web.get(port, URI, headers={"If-None-Match": etag}).status != 304:
            raise SystemExit("no 304 any more")
        print(f"{kind:10} {statistics.median(rates):8.0f} requests/s {statistics.median(costs):8.1f} us of a worker's CPU")
        workers.end()
    share = statistics.median(both["304"][2]) / statistics.median(both["nothing"][2])
    print(f"304 against nothing: {share:.2f} of the requests a second (at least 0.5)")


def pages():
    """Median of each page and its twin, asked with another date and filter each time."""
    r = random.Random(4)
    workers = web.Workers("pages", O.db, n=2)
    _, port = web.lighttpd(web.conf(O.db, "lighttpd", "--socket", workers.path), as_owner=False)
    filters = ["", "&model=gpt-6*", "&source=!exec", "&directory=/home/u/src/project-0*", "&model=gpt-5.5&source=cli", "&effort=high"]
    for page, more in (("/", ""), ("/usage", "&by=model"), ("/sessions", "")):
        for path in (page, "/api/v1" + (page if page != "/" else "/overview")):
            times, size = [], 0
            for i in range(O.requests + 2):
                day = datetime.date(2026, 11, 22) - datetime.timedelta(days=r.randrange(330))
                uri = f"{path}?period={r.choice(('7d', '30d', '90d'))}&date={day}{more}{r.choice(filters)}"
                began = time.perf_counter()
                a = web.get(port, uri)
                if a.status != 200:
                    raise SystemExit(f"{uri}: {a!r}")
                if i >= 2:  # each worker has opened the database by then
                    times.append((time.perf_counter() - began) * 1000)
                    size = max(size, len(gzip.compress(a.body)))
            times.sort()
            print(f"{path:20} {statistics.median(times):8.1f} ms median {times[int(len(times) * 0.95)]:8.1f} ms 95 % {times[-1]:8.1f} ms worst"
                  f" {size / 1000:8.1f} KB compressed at most  (median below 30)")
    workers.end()


def export():
    """All events as NDJSON: rows, time to the first byte and the last, memory of the worker."""
    workers = web.Workers("export", O.db, n=1)
    _, port = web.lighttpd(web.conf(O.db, "lighttpd", "--socket", workers.path), as_owner=False)
    began = time.perf_counter()
    c = web.http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    c.request("GET", "/api/v1/export/events?period=all&format=ndjson", headers={"Host": "localhost"})
    body = c.getresponse()
    first = rows = size = 0
    while part := body.read(1 << 18):
        first = first or time.perf_counter() - began
        rows, size = rows + part.count(b"\n"), size + len(part)
    with open(f"/proc/{workers.all[0].pid}/status", encoding="utf-8") as f:
        peak = int(re.search(r"VmHWM:\s*(\d+)", f.read())[1])
    print(f"export: {rows} rows, {size / 1e6:.0f} MB, first after {first:.1f} s, all after {time.perf_counter() - began:.1f} s, "
          f"worker {peak / 1024:.1f} MiB (below 32)")
    workers.end()


if __name__ == "__main__":
    if not os.path.exists(O.db):
        subprocess.run([sys.executable, O.src + "/tests/bench/million.py", O.build, O.src, O.db], check=True)
    not_modified()
    pages()
    export()
