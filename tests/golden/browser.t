#!/usr/bin/env python3
"""The pages in a real browser: none is wider than its window, nothing sticks out, the first screen holds
what it must; and in a text browser they can be read. Skipped where there is no browser."""
import html
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.environ["TRACK_SRC"] + "/tests/tap")
import tap

PAGES = "overview usage sessions session limits cost health export error glossary".split()
WIDTHS = (360, 768, 1345, 1920)
# In each frame: the width that the page takes, and what lies outside of it though no box of its own scrolls it.
MEASURE = """
addEventListener("load", function () {
  var all = [];
  document.querySelectorAll("iframe").forEach(function (f) {
    var d = f.contentDocument, w = d.documentElement.clientWidth, out = [];
    if (f.dataset.open) d.querySelectorAll("details").forEach(function (x) { x.open = true; });
    d.querySelectorAll("body *").forEach(function (e) {
      var r = e.getBoundingClientRect();
      if (!e.closest(".scroll,.vh,.skip,pre,.rank,.crumb,.defs") && (r.right > w + 0.5 || (r.left < -0.5 && r.left > -900)))
        out.push(e.tagName + " " + Math.round(r.left) + ".." + Math.round(r.right) + " " + e.textContent.trim().slice(0, 40));
    });
    d.querySelectorAll(".scroll").forEach(function (e) {
      if (e.scrollWidth > e.clientWidth + 1 && f.contentWindow.getComputedStyle(e).overflowX === "visible")
        out.push("table " + e.getAttribute("aria-label"));
    });
    var chart = d.querySelector("#p-overview-tokens .plot");
    all.push({ name: f.dataset.name, window: w, page: d.documentElement.scrollWidth, out: out.slice(0, 5),
               chart: chart ? Math.round(chart.getBoundingClientRect().bottom) : null });
  });
  document.title = "R" + JSON.stringify(all);
});
"""

BROWSER = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
folder = tap.folder()
subprocess.run([sys.executable, tap.SRC + "/tests/golden/samples.py", folder + "/trees"], check=True)
with open(tap.SRC + "/static/style.css", encoding="utf-8") as f:
    style = f.read()
pages = {}
for page in PAGES:
    for kind in ("full", "empty"):
        p = subprocess.run([tap.BUILD + "/tests/golden/render", tap.SRC + "/templates", page, f"{folder}/trees/{page}.{kind}.json"],
                           capture_output=True, check=True)
        pages[f"{page} {kind}"] = p.stdout.decode("utf-8")

if BROWSER is None:
    tap.skip("the pages in a browser", "no chromium")
else:
    frames = []
    for name, text in pages.items():
        text = re.sub(r'<link rel="stylesheet"[^>]*>', lambda m: "<style>" + style + "</style>", text)
        for width in WIDTHS:
            for is_open in ("", "1"):
                if name.endswith("empty") and (is_open or width not in (360, 1345)):
                    continue
                frames.append(f'<iframe data-name="{name}, {width} px{" opened" if is_open else ""}" data-open="{is_open}" '
                              f'style="border:0;width:{width}px;height:900px" srcdoc="{html.escape(text)}"></iframe>')
    with open(folder + "/all.html", "w", encoding="utf-8") as f:
        f.write("<!doctype html><meta charset=utf-8><title>x</title><body>" + "".join(frames) + "<script>" + MEASURE + "</script>")
    p = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                        "--user-data-dir=" + folder + "/profile", "--window-size=2000,1000", "--dump-dom", "file://" + folder + "/all.html"],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False,
                       env={**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder})
    m = re.search(r"<title>R(.*?)</title>", p.stdout.decode("utf-8", "replace"), re.S)
    if tap.ok(m is not None, "the browser measured", p.stderr.decode("utf-8", "replace")[-1500:]):
        found = json.loads(html.unescape(m.group(1)))
        tap.same(len(found), len(frames), "all pages at all widths")
        for r in found:
            tap.ok(r["page"] <= r["window"] and not r["out"], f"{r['name']}: nothing sticks out", r)
        first = next(r for r in found if r["name"] == "overview full, 1345 px")
        tap.ok(first["chart"] <= 900, "overview: question, numbers and chart are on the first screen", first["chart"])

W3M = shutil.which("w3m")
if W3M is None:
    tap.skip("the pages in a text browser", "no w3m")
else:
    for name, wanted in (("overview full", "Tokens 10.4B|62 % used, resets Thu 09:15|All 243 sessions of the period"),
                         ("overview empty", "No rollout was found|codex-track web --demo"),
                         ("limits full", "81 to 89 %|Weekly windows")):
        p = subprocess.run([W3M, "-dump", "-cols", "160", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8"], input=pages[name].encode("utf-8"),
                           capture_output=True, check=False, env={**os.environ, "HOME": folder})
        text = " ".join(p.stdout.decode("utf-8", "replace").replace("\u202f", " ").split())
        tap.same([w for w in wanted.split("|") if w not in text], [], f"{name}: can be read as text")

tap.done()
