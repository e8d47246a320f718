#!/usr/bin/env python3
"""What Codex writes is in the database within a second and on an open page within
eight, with script without loading anew, without script by refresh=5; what an
open page asks for meanwhile, and a hidden one.
"""
import gzip
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.environ["TRACK_SRC"] + "/tests/cli"]
import web  # noqa: E402
import browser  # noqa: E402
import roll  # noqa: E402
import tap  # noqa: E402

web.need("lighttpd")
SLOW = 4 if web.SANITIZED else 1
ONE = (1000, 600, 50, 20)
home = roll.Home()
r = roll.Roll(start=int(time.time() * 1000) - 60_000)
path = home.put(r.context().started("t1").used(ONE))
db = web.folder("data", 0o700) + "/usage.sqlite"
env = {**web.environment(db), "CODEX_USAGE_NOW": "", "HOME": web.folder("user"), "XDG_RUNTIME_DIR": web.folder("run", 0o700)}
log = open(web.TOP + "/web.log", "wb")
p = web.start([web.tree() + "/codex-track", "web", "--no-open", "--port", str(web.free_port()), "--home", home.dir], env=env, text=True,
              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
url = p.stdout.readline().strip()
port = int(url.split(":")[2].rstrip("/"))
written = 1


def stored():
    """Input tokens in the database."""
    c = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        return c.execute("SELECT sum(d_input) FROM usage WHERE verdict = 1").fetchone()[0]
    except sqlite3.OperationalError:
        return None
    finally:
        c.close()


def turn():
    """Append a turn of one response; the tokens that a page must show then, as it writes them."""
    global written
    written += 1
    r.lines.clear()
    r.at = int(time.time() * 1000)
    r.started(f"t{written}", step=0).used(ONE, step=0).done(f"t{written}", step=0)
    with open(path, "ab") as f:
        f.write(r.data())
    began = time.monotonic()
    web.wait_for(lambda: stored() == written * ONE[0], "the turn in the database")
    took = time.monotonic() - began
    tap.ok(took < 1 * SLOW, f"turn {written} is in the database within a second", f"{took:.2f} s")
    return f"{written * (ONE[0] + ONE[2]):,}"


def shows(text, number):
    return number in re.sub("[\u202f\u2009\u00a0]|&nbsp;", ",", text)


web.wait_for(lambda: stored() == ONE[0], "the first pass")
sizes = {u: len(gzip.compress(web.get(port, u).body)) for u in ("/", "/usage?by=model", "/sessions", "/health")}
names = re.findall(r'(?:href|src)="(/static/[^"]+)"', web.get(port, "/").text)
sizes.update({n: len(gzip.compress(web.get(port, n).body)) for n in names})
limit = {"css": 20, "js": 10}
bad = {u: n for u, n in sizes.items() if n > 1024 * limit.get(u.rpartition(".")[2], 60)}
tap.ok(bad == {} and len(names) >= 2, "compressed: pages below 60 KB, stylesheet 20 KB, script 10 KB", f"{bad} {sizes}")

page = browser.open_page(url + "usage?period=24h")
if page is None:
    tap.skip("an open page", "no chromium")
else:
    tap.ok(page.wait(lambda: shows(page.html(), "1,050"), 20) is not None, "a page with the first response", page.html()[-1500:])
    page.wait(lambda: page.js("document.readyState") == "complete", 10)
    page.js("window.mark = 'never loaded anew'")
    page.idle(1)
    number = turn()
    took = page.wait(lambda: shows(page.html(), number), 20)
    tap.ok(took is not None and took < 8 * SLOW, "with script: on the page within 8 s", f"{took} s, {number}")
    tap.same(page.js("window.mark"), "never loaded anew", "without loading it anew")
    page.idle(1)
    page.statuses.clear()
    asked = page.idle(16)
    tap.ok(1 <= len(asked) <= 4, "an idle page asks once in 5 s", asked)
    tap.same((set(asked), set(page.statuses)), ({url + "usage?period=24h"}, {304}), "for itself alone, and gets a 304")
    page.js("Object.defineProperty(document, 'hidden', { configurable: true, get: function () { return true; } })")
    tap.same(page.idle(11), [], "a hidden one asks nothing")
    number = turn()
    page.js("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    took = page.wait(lambda: shows(page.html(), number), 20)
    tap.ok(took is not None and took < 2 * SLOW, "seen again it is brought up to date at once", f"{took} s")

    page.ask("Emulation.setScriptExecutionDisabled", value=True)
    page.go(url + "usage?period=24h&refresh=5")
    tap.ok(page.wait(lambda: shows(page.html(), number), 20) is not None, "without script, refresh=5: a page")
    number = turn()
    took = page.wait(lambda: shows(page.html(), number), 20)
    tap.ok(took is not None and took < 8 * SLOW, "which shows the next turn within 8 s", f"{took} s, {number}")
    web.stop(page.process)
tap.done()
