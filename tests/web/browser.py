"""browser.py - a real browser for tests: Chromium without a window, spoken to
over a pipe (the DevTools protocol, messages of JSON with a NUL behind).

    page = browser.open_page("http://127.0.0.1:1234/")   # None: there is no browser
    page.html(), page.js("document.title"), page.requests
"""
import json
import os
import select
import shutil
import subprocess
import time

import web

PROGRAM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


class Page:
    """One tab. REQUESTS has the time and address of each request so far, STATUSES what the server said to them, EVENTS
    what the browser told."""

    def __init__(self, url):
        self.number, self.replies, self.requests, self.statuses, self.rest, self.events = 0, {}, [], [], b"", []
        to_read, self.to_write = os.pipe()
        self.to_read, to_write = os.pipe()
        top = web.folder(f"browser{time.monotonic_ns()}")

        def place():  # the browser's ends are 3 and 4; by way of others, as these may be taken
            a, b = os.dup(to_read), os.dup(to_write)
            a, b = (os.dup(x) if x in (3, 4) else x for x in (a, b))
            os.dup2(a, 3)
            os.dup2(b, 4)

        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1300,900", "--remote-debugging-pipe"]
        self.log = open(top + "/log", "wb")
        self.process = web.start([PROGRAM, *flags, f"--user-data-dir={top}/profile", "about:blank"], stdin=subprocess.DEVNULL,
                                 stdout=self.log, stderr=self.log, preexec_fn=place, close_fds=False,
                                 env={"PATH": web.SBIN, "HOME": top, "XDG_CONFIG_HOME": top, "XDG_CACHE_HOME": top, "LC_ALL": "C.UTF-8"})
        os.close(to_read)
        os.close(to_write)
        self.session = None
        target = next(t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "DOM"):
            self.ask(domain + ".enable")
        self.go(url)

    def pump(self, seconds):
        """Read what comes within so many seconds, at least what is there."""
        if not select.select([self.to_read], [], [], max(seconds, 0))[0]:
            return
        data = os.read(self.to_read, 1 << 20)
        if not data:
            raise OSError("the browser is gone")
        *messages, self.rest = (self.rest + data).split(b"\0")
        for m in map(json.loads, messages):
            if "id" in m:
                self.replies[m["id"]] = m
                continue
            self.events.append(m)
            if m["method"] == "Network.requestWillBeSent" and m["params"]["request"]["url"].startswith("http"):
                self.requests.append((time.monotonic(), m["params"]["request"]["url"]))
            elif m["method"] == "Network.responseReceivedExtraInfo":
                self.statuses.append(m["params"]["statusCode"])

    def ask(self, method, **params):
        self.number += 1
        m = {"id": self.number, "method": method, "params": params}
        if self.session:
            m["sessionId"] = self.session
        os.write(self.to_write, json.dumps(m).encode() + b"\0")
        end = time.monotonic() + 60
        while self.number not in self.replies:
            if time.monotonic() > end:
                raise TimeoutError(method)
            self.pump(1)
        r = self.replies.pop(self.number)
        if "error" in r:
            raise RuntimeError(f"{method}: {r['error']}")
        return r["result"]

    def go(self, url):
        self.ask("Page.navigate", url=url)

    def html(self):
        """The page as it stands now."""
        try:
            root = self.ask("DOM.getDocument", depth=0)["root"]["nodeId"]
            return self.ask("DOM.getOuterHTML", nodeId=root)["outerHTML"]
        except RuntimeError:  # it is being replaced
            return ""

    def js(self, text):
        return self.ask("Runtime.evaluate", expression=text, returnByValue=True)["result"].get("value")

    def wait(self, check, seconds):
        """Seconds until CHECK() is true, None when it does not become so."""
        began = time.monotonic()
        while not check():
            if time.monotonic() - began > seconds:
                return None
            self.pump(0.05)
        return time.monotonic() - began

    def idle(self, seconds):
        """Let time pass; the requests that were made meanwhile."""
        before, end = len(self.requests), time.monotonic() + seconds
        while time.monotonic() < end:
            self.pump(min(0.2, end - time.monotonic()))
        return [u for _, u in self.requests[before:]]


def open_page(url):
    """A page with URL in a browser of its own; None when there is none."""
    return None if PROGRAM is None else Page(url)
