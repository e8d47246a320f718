#!/usr/bin/env python3
"""`codex-track web`: the URL, the pages behind it, following the files, ports, a
second one, the demo, and that nothing is left when it ends, however it ends.
"""
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import kit  # noqa: E402
import tap  # noqa: E402

web.need("lighttpd")
LAB = "0.169.0/s07_model_switch"
TOTAL = kit.truth(LAB)["expected"]["total"]["total_tokens"]
RUN = web.folder("run", 0o700)
SLOW = 8 if web.SANITIZED else 1


class Web:
    """A running `codex-track web` with ARGV; its first line of output is the URL."""

    def __init__(self, *argv, env=None, db=None):
        self.db = db or os.path.join(web.folder(f"db{time.monotonic_ns()}", 0o700), "usage.sqlite")
        self.env = {**web.environment(self.db), "XDG_RUNTIME_DIR": RUN, "HOME": web.folder("home"), **(env or {})}
        self.started = time.monotonic()
        self.err = open(os.path.join(web.TOP, "stderr"), "w+", encoding="utf-8")
        self.p = web.start([web.tree() + "/codex-track", "web", "--no-open", *argv], env=self.env, text=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.err)
        self.url = self.p.stdout.readline().rstrip("\n")
        self.took = time.monotonic() - self.started
        self.port = int(self.url.split(":")[2].split("/")[0]) if self.url else 0
        self.base = "/" + self.url.split("/", 3)[3].rstrip("/") if self.url else ""
        self.base = self.base.rstrip("/")

    def get(self, path, **how):
        return web.get(self.port, self.base + path, **how)

    def total(self):
        a = self.get("/api/v1/usage?period=all")
        return a.json["data"]["totals"]["total"]["tokens"] if a.status == 200 else None

    def reaches(self, total, what, seconds=20):
        good = web.wait_for(lambda: self.total() == total, what, seconds)
        tap.ok(good, what, f"{self.total()} instead of {total}\n{self.said()}")

    def said(self):
        self.err.seek(0)
        return self.err.read()

    def end(self, number=signal.SIGTERM):
        """End it; its status and the rest of its output."""
        self.p.send_signal(number)
        rest = self.p.stdout.read()
        self.p.wait(20)
        return self.p.returncode, rest


def running():
    return subprocess.run(["pgrep", "-f", RUN], capture_output=True, text=True, check=False).stdout.split()


def nothing_left(w, what):
    gone = web.wait_for(lambda: not web.answers(w.port), "the port to be free")
    web.wait_for(lambda: not running(), "the last process to end", 2 * SLOW)  # a sanitizer's report takes its time
    left = running()
    tap.ok(gone and left == [] and os.listdir(RUN) == [], f"{what}: no process, no file, no port is left",
           f"{gone} {left} {os.listdir(RUN)}")


# --------------------------------------------------------------- the usual way
home = os.path.join(web.TOP, "codex")
shutil.copytree(kit.home(LAB), home)
for top, dirs, names in os.walk(home):
    os.chmod(top, 0o755)
port = web.free_port()
w = Web("--port", str(port), "--home", home)
tap.same(w.url, f"http://127.0.0.1:{port}/", "the URL stands alone on a line")
tap.ok(w.took < 1 * SLOW, "the page is up within a second", f"{w.took:.2f} s\n{w.said()}")
tap.same(w.get("/").status, 200, "and answers")
w.reaches(TOTAL, "the first pass fills it")
run = os.path.join(RUN, "codex-track", os.listdir(RUN + "/codex-track")[0])
tap.same([stat.S_IMODE(os.stat(p).st_mode) for p in (run, os.path.dirname(run), w.db)], [0o700, 0o700, 0o600],
         "run folder and database are private")
status, out, err = tap.run(web.tree() + "/codex-track", "ui", "--no-open", "--db", w.db, env=w.env)
tap.same((status, out), (0, w.url + "\n"), "a second one on the same database tells the same URL and ends")
other = kit.rollout_files("0.169.0/s04_fork")
for name in other:  # a home that grows
    os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
    shutil.copy(os.path.join(kit.home("0.169.0/s04_fork"), name), os.path.join(home, name))
w.reaches(TOTAL + kit.truth("0.169.0/s04_fork")["expected"]["total"]["total_tokens"], "new files are followed")
tap.same(w.get("/", headers={"Host": "evil.example"}).status, 403, "a foreign name is refused")
pids = subprocess.run(["pgrep", "-f", run + "/worker"], capture_output=True, text=True, check=False).stdout.split()
tap.same(len(pids), 2, "two workers")
lighttpd = int(subprocess.run(["pgrep", "-P", str(w.p.pid)], capture_output=True, text=True, check=False).stdout)
os.kill(lighttpd, signal.SIGKILL)
for pid in pids:
    os.kill(int(pid), signal.SIGKILL)
web.wait_for(lambda: not web.answers(port), "the server to be gone", 2)
tap.ok(web.wait_for(lambda: web.answers(port) and w.get("/").status == 200, "the server", 10 * SLOW), "a server that died is started again")
tap.same(w.end(), (0, ""), "SIGTERM ends it")
nothing_left(w, "SIGTERM")

w = Web("--port", str(web.free_port()), "--home", home, "--prefix", "/codex/", "--allow-host", "Tracker.example",
        "--tz", "UTC")
tap.ok(w.url.endswith("/codex/"), "the URL has the prefix", w.url)
tap.same(w.get("/", headers={"Host": "tracker.example"}).status, 200, "a name that it was told")
tap.same(w.get("/api/v1/usage").json["meta"]["tz"], "UTC", "the zone is that of the option")
tap.same(web.get(w.port, "/codex").status, 308, "without the slash it leads there")
tap.same(w.end(signal.SIGINT), (130, ""), "Ctrl-C ends it")
nothing_left(w, "Ctrl-C")

w = Web("--port", str(web.free_port()), "--home", home)
w.p.kill()
w.p.wait()
tap.ok(web.wait_for(lambda: not web.answers(w.port), "lighttpd to end"), "killed: the server ends, too")
web.wait_for(lambda: not subprocess.run(["pgrep", "-f", RUN], capture_output=True, check=False).stdout, "the workers to end")
again = Web("--port", str(w.port), "--home", home, db=w.db)
tap.same(again.get("/").status, 200, "and it can be started again")
again.end()
nothing_left(again, "after a kill")

# ------------------------------------------------------------------ the port
config = os.path.join(web.TOP, "config.json")
with socket.socket() as busy:
    busy.bind(("127.0.0.1", 0))
    busy.listen(1)
    taken = busy.getsockname()[1]
    with open(config, "w", encoding="utf-8") as f:
        json.dump({"port": taken}, f)
    w = Web("--port", str(taken), "--home", home)
    w.p.wait(20)
    tap.ok(w.p.returncode == 1 and w.url == "" and str(taken) in w.said(), "a named port that is busy: 1", w.said())
    w = Web("--home", home, env={"CODEX_USAGE_CONFIG": config})
    tap.ok(w.port > taken and "Bookmarks" in w.said(), "a busy usual port: the next free one, and it is said", w.said())
    w.end()
nothing_left(w, "another port")
w = Web("--home", home, env={"CODEX_USAGE_CONFIG": config})
tap.same(w.port, taken, "free: the usual port")
w.end()

# ----------------------------------------------------------- no rollouts yet
lone = web.folder("lone")
w = Web("--port", str(web.free_port()), env={"HOME": lone})
page = w.get("/?period=all").text
tap.ok(lone + "/.codex" in page and "--demo" in page and "--home" in page, "no Codex data: the page says where, and two ways on",
       page[-900:])
shutil.copytree(home, lone + "/.codex")
w.reaches(TOTAL + kit.truth("0.169.0/s04_fork")["expected"]["total"]["total_tokens"], "and fills by itself")
w.end()
w = Web("--port", str(web.free_port()), "--home", web.TOP + "/not-there")
w.p.wait(20)
tap.ok(w.p.returncode == 1 and "not-there" in w.said() and w.url == "", "a named home that is not there: 1", w.said())
nothing_left(w, "a failed start")
w = Web("--port", str(web.free_port()), "--home", home, env={"CODEX_USAGE_LIGHTTPD": "/nonexistent/lighttpd"})
w.p.wait(20)
tap.ok(w.p.returncode == 1 and "lighttpd" in w.said(), "no lighttpd: 1", w.said())
nothing_left(w, "without lighttpd")

# ---------------------------------------------------------------------- demo
mine = web.folder("mine")
w = Web("--demo", "--port", str(web.free_port()), env={"HOME": mine})
tap.ok(w.took < 1 * SLOW, "the demo is up within a second", f"{w.took:.2f} s")
top = os.path.join(RUN, "codex-track", os.listdir(RUN + "/codex-track")[0])


def read_truth():
    """What the demo wrote, None until it is whole."""
    try:
        with open(top + "/demo/truth.json", encoding="utf-8") as f:
            return json.load(f)
    except (FileNotFoundError, json.JSONDecodeError):
        return None


web.wait_for(read_truth, "the truth", 60)
truth = read_truth()
w.reaches(truth["total"]["total_tokens"] if "total" in truth else truth["expected"]["total"]["total_tokens"],
          "the demo shows its truth", 60)
tap.ok(os.listdir(mine) == [] and not os.path.exists(w.db), "nothing of the user's was touched", os.listdir(mine))
w.end()
nothing_left(w, "the demo")
tap.done()
