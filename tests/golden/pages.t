#!/usr/bin/env python3
"""Every page renders with a full, an empty and a hostile tree, is sound HTML, has all its panels, lets
nothing through unescaped, and stays within its size; the stylesheet keeps its promises."""
import gzip
import html.parser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.environ["TRACK_SRC"] + "/tests/tap")
import tap

sys.path.insert(0, tap.SRC + "/tests/golden")
spec = importlib.util.spec_from_file_location("samples", tap.SRC + "/tests/golden/samples.py")
samples = importlib.util.module_from_spec(spec)
spec.loader.exec_module(samples)

RENDER = tap.BUILD + "/tests/golden/render"
TEMPLATES = tap.SRC + "/templates"
PANELS = {
    "overview": "numbers limits tokens cost projects models top last missing",
    "usage": "chart pivot",
    "sessions": "filters table",
    "session": "facts responses family turns tools sum limits notes text",
    "turn": "facts responses",
    "limits": "now forecast quota line windows short",
    "cost": "models split savings unpriced rates",
    "health": "reads files verdicts skipped unknown problems months size",
    "export": "sets how",
    "error": "why on",
    "glossary": "tokens work verdicts money",
}
# Texts that are part of the drawing, not data: names of classes, kinds, units, words for ids.
STRUCTURE = {"$chart", "cls", "kind", "unit", "id", "sorted", "row", "css", "script", "theme", "generation"}
# Addresses are made by functions that encode them: hostile ones are tried, but are no URI for tidy.
ADDRESSES = {"href", "action", "drop", "prev", "next", "first", "root"}
PAYLOAD = "\"'><script>alert(1)</script><!-- &amp;{{x}} \u202ertl\u05d0\u0001\u001b[31m\u0085` </title></svg></textarea>"

folder = tap.folder()
samples.write(folder)


class Shape(html.parser.HTMLParser):
    """Tags with the names of their attributes, and whether tags close in order."""
    VOID = {"meta", "link", "input", "br", "rect", "line", "path", "circle"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.shape, self.open, self.bad, self.ids, self.inline, self.links = [], [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_startendtag(self, tag, attrs):
        self.note(tag, attrs)

    def handle_starttag(self, tag, attrs):
        self.note(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def note(self, tag, attrs):
        self.shape.append((tag, tuple(sorted(k for k, _ in attrs))))
        for k, v in attrs:
            if k == "id":
                self.ids.append(v)
            if k == "style" or k.startswith("on"):
                self.inline.append((tag, k))
            if k == "href":
                self.links.append(v)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append((tag, self.getpos()))


def render(page, path, *flags):
    p = subprocess.run([RENDER, *flags, TEMPLATES, page, path], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return p.returncode, p.stdout.decode("utf-8"), p.stderr.decode("utf-8", "replace")


def replaced(tree, text, kept=()):
    """TREE with every text that is data replaced, but those of the keys KEPT; TEXT(n) gives the n-th."""
    n = 0

    def walk(v, key):
        nonlocal n
        if isinstance(v, dict):
            return {k: walk(x, k) for k, x in v.items()}
        if isinstance(v, list):
            return [walk(x, key) for x in v]
        if isinstance(v, str) and v and key not in STRUCTURE and key not in kept:
            n += 1
            return text(n)
        return v

    return walk(tree, "")


def hostile(n):
    return (PAYLOAD * (10240 // len(PAYLOAD) + 1))[:10240] if n % 97 == 0 else PAYLOAD


def harmless(n):
    return "x" * len(hostile(n))


def save(name, tree):
    with open(f"{folder}/{name}.json", "w", encoding="utf-8") as f:
        json.dump(tree, f)
    return f"{folder}/{name}.json"


def check_sound(name, text):
    shape = Shape(text)
    tap.ok(not shape.bad and not shape.open, f"{name}: every tag is closed in order", f"{shape.bad[:3]} {shape.open}")
    tap.same(len(shape.ids), len(set(shape.ids)), f"{name}: no id twice")
    tap.same(shape.inline, [], f"{name}: no inline style or handler")
    return shape


TIDY = shutil.which("tidy")


def check_tidy(name, text):
    if TIDY is None:
        if os.environ.get("CI"):
            tap.ok(False, f"{name}: tidy", "the package tidy is missing")
        else:
            tap.skip(f"{name}: tidy", "no tidy")
        return
    # This tidy knows no SVG inside HTML and no aria-current: not its findings about attributes.
    p = subprocess.run([TIDY, "-e", "-q", "-utf8", "--warn-proprietary-attributes", "no", "--drop-empty-elements", "no"],
                       input=text.encode("utf-8"), capture_output=True, check=False)
    tap.ok(p.returncode == 0 and not p.stderr, f"{name}: tidy has nothing to say", p.stderr.decode("utf-8", "replace")[:1500])


for page, panels in PANELS.items():
    wanted = [f"p-{page}-{p}" for p in panels.split()]
    for kind in ("full", "empty"):
        name = f"{page}, {kind}"
        status, text, err = render(page, f"{folder}/{page}.{kind}.json", "--strict")
        if not tap.ok(status == 0, f"{name}: renders, no name is absent", err):
            continue
        shape = check_sound(name, text)
        check_tidy(name, text)
        tap.same([w for w in wanted if w not in shape.ids], [], f"{name}: has every panel")
        size = len(gzip.compress(text.encode("utf-8"), 6))
        tap.ok(size < 60 * 1024, f"{name}: less than 60 KB compressed", size)
        if name == "overview, full":
            gone = [h for h in shape.links if h.startswith("#") and h[1:] not in shape.ids]
            tap.same(gone, [], f"{name}: links inside the page lead somewhere")
        for section in wanted:
            body = text[text.index(f'id="{section}"'):]
            body = body[:body.index("</section>")]
            if kind == "empty" and page != "glossary":
                tap.ok('class="none"' in body, f"{section}, empty: says so", body[:300])

    with open(f"{folder}/{page}.full.json", encoding="utf-8") as f:
        tree = json.load(f)
    status, bad, err = render(page, save(page + ".hostile", replaced(tree, hostile)), "--strict")
    tap.ok(status == 0, f"{page}, hostile: renders", err)
    status, good, err = render(page, save(page + ".harmless", replaced(tree, harmless)), "--strict")
    shape = check_sound(f"{page}, hostile", bad)
    tap.ok(shape.shape == Shape(good).shape, f"{page}, hostile: the same elements and attributes as with harmless texts")
    tap.ok("<script>alert" not in bad and "\u202e" not in bad and not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", bad),
           f"{page}, hostile: no markup, control or overriding character comes through")
    status, bad, err = render(page, save(page + ".names", replaced(tree, hostile, ADDRESSES)), "--strict")
    check_tidy(f"{page}, hostile", bad)

# ---- templates and stylesheet

sources = {}
for top, _, names in os.walk(TEMPLATES):
    for name in names:
        with open(os.path.join(top, name), encoding="utf-8") as f:
            sources[os.path.relpath(os.path.join(top, name), TEMPLATES)] = f.read()
tap.same([n for n, t in sources.items() if re.search(r"https?:|//[a-z]", t)], [], "no template asks another host")
tap.same([n for n, t in sources.items() if re.search(r"\sstyle=|\son[a-z]+=|<style|\{\{[{&]", t)], [], "no inline style, no handler, no raw tag")
tap.same([n for n, t in sources.items() for tag in re.findall(r'[a-z-]+=\{\{', t)], [], "every attribute is quoted")

with open(tap.SRC + "/static/style.css", encoding="utf-8") as f:
    css = f.read()
rules = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
sizes = set(re.findall(r"font(?:-size)?:[^;{}]*?(\d+)px", rules))
tap.same(sizes, {"13", "16", "28"}, "three sizes of type, none below 13 px")
tap.same(set(re.findall(r"font-weight:(\d+)|font:(\d+)", rules)), {("600", ""), ("400", ""), ("", "400")}, "two weights")
tap.ok(len(gzip.compress(css.encode())) < 20 * 1024, "the stylesheet is below 20 KB compressed", len(gzip.compress(css.encode())))
tap.same(re.findall(r"url\((?!#)[^)]*\)|@import", rules), [], "the stylesheet asks for nothing else")
tap.ok(os.path.getsize(tap.SRC + "/static/track.js") <= 10 * 1024, "the script has at most 10 KB")


def luminance(colour):
    c = colour.lstrip("#")
    c = "".join(2 * x for x in c) if len(c) == 3 else c
    parts = [int(c[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    a, b = sorted((luminance(a), luminance(b)), reverse=True)
    return (a + 0.05) / (b + 0.05)


blocks = re.findall(r"(:root[^{]*)\{([^{}]*--bg[^{}]*--hatch[^{}]*)\}", rules)
tap.same(len(blocks), 3, "one light palette, and the dark one for both ways to it")
tap.same(dict(re.findall(r"--(\w+):(#\w+)", blocks[1][1])), dict(re.findall(r"--(\w+):(#\w+)", blocks[2][1])), "both dark palettes are the same")
for name, block in (("light", blocks[0][1]), ("dark", blocks[1][1])):
    c = dict(re.findall(r"--(\w+):(#\w+)", block))
    low = [(a, b, round(contrast(c[a], c[b]), 2)) for a in ("ink", "soft", "accent", "alert") for b in ("bg", "sunk", "rest", "near")
           if contrast(c[a], c[b]) < 4.5]
    low += [("ink", b, round(contrast(c["ink"], c[b]), 2)) for b in ("tint", "full") if contrast(c["ink"], c[b]) < 4.5]
    low += [("soft", "tint", round(contrast(c["soft"], c["tint"]), 2))] if contrast(c["soft"], c["tint"]) < 4.5 else []
    low += [(a, "bg", round(contrast(c[a], c["bg"]), 2)) for a in ("uncached", "write", "output", "cap", "past", "accent", "alert")
            if contrast(c[a], c["bg"]) < 3]
    tap.same(low, [], f"{name}: texts have 4.5 : 1, marks 3 : 1")

# ---- the static files under the names of their content

out = folder + "/static"
p = subprocess.run(["sh", tap.SRC + "/scripts/hash-static.sh", tap.SRC + "/static", out], capture_output=True, text=True, check=False)
tap.same((p.returncode, p.stderr), (0, ""), "the static files are copied")
with open(out + "/manifest.json", encoding="utf-8") as f:
    manifest = json.load(f)
tap.same(sorted(manifest), ["style.css", "track.js"], "the manifest names each")
tap.ok(all(re.fullmatch(r"(style|track)\.\d+\.(css|js)", v) and os.path.exists(f"{out}/{v}") for v in manifest.values()),
       "and they are there, under names with a sum", manifest)
changed = folder + "/changed"
os.makedirs(changed)
for name in manifest:
    with open(f"{tap.SRC}/static/{name}", "rb") as f, open(f"{changed}/{name}", "wb") as g:
        g.write(f.read() + (b"\n" if name == "style.css" else b""))
subprocess.run(["sh", tap.SRC + "/scripts/hash-static.sh", changed, out], check=True)
with open(out + "/manifest.json", encoding="utf-8") as f:
    after = json.load(f)
tap.ok(after["style.css"] != manifest["style.css"] and after["track.js"] == manifest["track.js"], "a change gives another name, and only to what changed")
tap.same(len(os.listdir(out)), 3, "no older copy stays")

tap.done()
