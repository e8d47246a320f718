#!/usr/bin/env python3
"""A tour through all pages in a real browser: light and dark, 360 and 1400 pixels
wide, with script and without. No message on the console, no violation of the
policy, no request to another host, nothing to scroll sideways; every panel has
figures on the demo's data and its sentence on an empty database; tidy, and
axe-core where npm gets it, have nothing to say. The pictures stay in the build
folder (tests/web/tour.pictures).
"""
import base64
import glob
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import browser  # noqa: E402
import kit  # noqa: E402
import tap  # noqa: E402

web.need("lighttpd")
WIDTHS, THEMES = (360, 1400), ("light", "dark")
PAGES = ["/", "/usage", "/usage?by=model&metric=cost", "/limits", "/cost", "/sessions", "/health", "/export", "/glossary"]
# Panels without a figure of their own, and what of the demo's may be empty.
WORDS = {"p-glossary-tokens", "p-glossary-work", "p-glossary-money", "p-glossary-verdicts", "p-session-text", "p-session-notes",
         "p-export-sets", "p-export-how"}
MAY_BE_EMPTY = {"p-limits-forecast", "p-health-problems", "p-session-family"}
PICTURES = os.path.join(tap.BUILD, "tests/web/tour.pictures")


class Tour(browser.Page):
    """A page that remembers what the browser complains about."""

    def __init__(self):
        self.complaints = []
        super().__init__("about:blank")
        for domain in ("Log", "Runtime"):
            self.ask(domain + ".enable")

    def pump(self, seconds):
        before = len(self.events)
        super().pump(seconds)
        for m in self.events[before:]:
            if m["method"] in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.complaints.append(json.dumps(m["params"])[:300])

    def visit(self, url, width, theme, script):
        """Go to URL; what is wrong there."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        del self.complaints[:], self.requests[:], self.events[:]
        self.go(url)
        if self.wait(lambda: any(m["method"] == "Page.loadEventFired" for m in self.events), 20) is None:
            return [f"{url} does not load"]
        wrong = list(self.complaints)
        own = url.split("/", 3)[2]
        wrong += [f"asks {u}" for _, u in self.requests if u.split("/", 3)[2] != own]
        layout = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        if layout["width"] > width:
            wrong.append(f"is {layout['width']} pixels wide")
        return wrong

    def picture(self, name):
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
        data = self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"]
        with open(f"{PICTURES}/{name}.png", "wb") as f:
            f.write(base64.b64decode(data))


def serve(name, home):
    db = web.folder(name, 0o700) + "/usage.sqlite"
    kit.ingest(db, "--home", home)
    workers = web.Workers(name, db, n=2)
    return (workers, *web.lighttpd(web.conf(db, "lighttpd", "--socket", workers.path), as_owner=False))


def sections(text):
    """{id: text of the section without its heading}, and the addresses of the page."""
    out = {}
    for ident, body in re.findall(r'<section[^>]*\bid="([^"]+)"[^>]*>(.*?)</section>', text, re.S):
        body = re.sub(r'<div class="ph">.*?</div>', "", body, flags=re.S)
        body = re.sub(r'<div class="multi">.*?</div>', lambda m: m[0].replace('class="none"', ""), body, flags=re.S)
        out[ident] = (re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", "", body, flags=re.S)), 'class="none"' in body)
    return out


def axe():
    """The text of axe-core as npm has it; None where there is no npm, or no way to its packages."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    top = web.folder("axe")
    p = subprocess.run([npm, "pack", "--silent", "axe-core@4"], cwd=top, capture_output=True, timeout=120, check=False,
                       env={**os.environ, "HOME": top})
    packed = glob.glob(top + "/axe-core-*.tgz")
    if p.returncode != 0 or not packed:
        return None
    with tarfile.open(packed[0]) as t:
        return t.extractfile("package/axe.min.js").read().decode("utf-8")


home = web.folder("demo")
status, _, err = tap.run(kit.PROGRAM, "demo", home, "--days", "90", "--bytes", "8000000", "--seed", "11", env={"CODEX_USAGE_NOW": kit.NOW})
tap.ok(status == 0, "a demo home", err)
workers, server, port = serve("demo-db", home + "/codex-home")
empty = web.folder("empty-home")
os.makedirs(empty + "/sessions")
bare_workers, bare_server, bare_port = serve("empty-db", empty)

longest = max(web.get(port, "/api/v1/sessions?period=all&limit=1000").json["data"]["sessions"], key=lambda s: s["turns"])
family = next((s for s in web.get(port, "/api/v1/sessions?period=all&limit=1000").json["data"]["sessions"] if s["parent"]), longest)
SESSION = f"/sessions/{longest['id']}"
TURN = SESSION + "/turns/1"
PAGES += [SESSION, TURN, f"/sessions/{family['id']}"]

# ----------------------------------------------------------------- panels
known = {}
for name in sorted(os.listdir(tap.SRC + "/templates")):
    if name.endswith(".mustache") and name not in ("layout.mustache", "error.mustache"):
        with open(f"{tap.SRC}/templates/{name}", encoding="utf-8") as f:
            known[name[:-9]] = re.findall(r'id="(p-[a-z-]+)"', f.read())
for page, ids in known.items():
    path = {"overview": "/", "session": SESSION, "turn": TURN}.get(page, "/" + page)
    uri = path + ("" if page in ("health", "glossary", "session", "turn") else "?period=90d")
    a = web.get(port, uri)
    there = sections(a.text)
    bad = [i for i in ids if i not in there]
    bad += [f"{i}: {there[i][0].strip()[:80]}" for i in ids if i in there and i not in WORDS | MAY_BE_EMPTY
            and (there[i][1] or not re.search("[1-9]", there[i][0]))]
    tap.same(bad, [], f"{page}: {len(ids)} panels with figures")
    if page in ("session", "turn"):
        continue
    bare = web.get(bare_port, uri)
    there = sections(bare.text)
    tap.same([i for i in ids if i not in there or (i not in WORDS and not there[i][1] and re.search("[1-9]", there[i][0])
                                                   and i not in ("p-cost-rates", "p-health-size"))],
             [], f"{page}: no figure and a sentence in each on an empty database")
    for what, text in (("demo", a.text), ("empty", bare.text)):
        tap.ok(len(gzip.compress(text.encode("utf-8"), 6)) < 60 * 1024, f"{page}, {what}: less than 60 KB compressed")
        if shutil.which("tidy") is None:
            tap.skip(f"{page}, {what}: tidy", "no tidy")
            continue
        p = subprocess.run(["tidy", "-e", "-q", "-utf8", "--warn-proprietary-attributes", "no", "--drop-empty-elements", "no"],
                           input=text.encode("utf-8"), capture_output=True, check=False)
        tap.ok(p.returncode == 0 and not p.stderr, f"{page}, {what}: tidy has nothing to say", p.stderr.decode("utf-8", "replace")[:900])

# ---------------------------------------------------------------- browser
if browser.PROGRAM is None:
    tap.skip("the tour in a browser", "no chromium")
else:
    shutil.rmtree(PICTURES, ignore_errors=True)
    os.makedirs(PICTURES)
    tour = Tour()
    for path in PAGES + ["/nope"]:
        for where, at in (("", port), ("empty, ", bare_port)):
            if where and path.startswith("/sessions/"):
                continue
            wrong = []
            for script in (True, False):
                for width in WIDTHS:
                    for theme in THEMES:
                        found = tour.visit(f"http://127.0.0.1:{at}{path}", width, theme, script)
                        if path == "/nope":  # the browser tells of the status
                            found = [f for f in found if "404" not in f]
                        wrong += [f"{width} {theme} {'with' if script else 'without'} script: {f}" for f in found]
                        if not where and not script:
                            name = {"/": "overview", SESSION: "session", TURN: "turn"}.get(path, path)
                            tour.picture(re.sub("[^a-z0-9]+", "-", name).strip("-")[:30] + f"-{width}-{theme}")
            tap.same(wrong, [], f"{where}{path[:40]}: light, dark, narrow, wide, with script and without")
    text = axe()
    if text is None:
        tap.skip("axe-core", "npm does not get it here")
    else:
        for path in PAGES:
            for theme in THEMES:
                tour.visit(f"http://127.0.0.1:{port}{path}", 1400, theme, True)
                tour.ask("Runtime.evaluate", expression=text)
                found = tour.ask("Runtime.evaluate", awaitPromise=True, returnByValue=True, expression="""
                    axe.run(document).then(r => r.violations.map(v => v.id + ": " + v.nodes.length + " x " + v.help + " "
                        + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")))""")
                tap.same(found["result"].get("value"), [], f"{path[:40]}, {theme}: axe-core has nothing to say")
    web.stop(tour.process)
for s in (server, bare_server):
    web.stop(s)
workers.end()
bare_workers.end()
tap.done()
