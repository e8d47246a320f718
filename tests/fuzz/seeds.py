"""seeds.py - where a fuzz target begins: small inputs made at run time from the lab, the machine's
zone files and this tree. Each function yields bytes; target(name) adds the files in seeds/NAME."""
import glob
import json
import os
import re
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.environ.get("TRACK_SRC") or os.path.dirname(os.path.dirname(HERE))
LAB = os.environ.get("TRACK_LAB", "")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def zstd(data, *flags):
    """DATA compressed by the zstd command."""
    return subprocess.run(["zstd", "-qc", *flags], input=data, capture_output=True, check=True).stdout


# ------------------------------------------------------------------------------ rollouts
def shrunk(value, longest=48):
    """A JSON value with short texts and short lists: its form matters, not its length."""
    if isinstance(value, str):
        return value if len(value) <= longest else value[:longest - 8] + "…" + value[-4:]
    if isinstance(value, list):
        return [shrunk(x, longest) for x in value[:3]]
    if isinstance(value, dict):
        return {k: shrunk(v, 240 if k in ("arguments", "output", "command", "text") else longest) for k, v in list(value.items())[:40]}
    return value


def form(value):
    """What two lines have in common that differ in their texts and numbers only."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{k}:{form(v)}" for k, v in sorted(value.items()) if k not in ("arguments", "output")) + "}"
    if isinstance(value, list):
        return "[" + "".join(sorted({form(x) for x in value})) + "]"
    return type(value).__name__[0]


def rollouts():
    """Each form of line once, alone; and the first lines of each file with a form that is new."""
    known = set()
    for path in sorted(glob.glob(LAB + "/**/rollout-*.jsonl", recursive=True)) if LAB else []:
        lines, fresh = [], False
        for raw in read(path).split(b"\n"):
            try:
                value = json.loads(raw)
            except ValueError:
                continue
            what = form(value)
            if isinstance(value, dict) and isinstance(value.get("payload"), dict):
                what = f"{value.get('type')}/{value['payload'].get('type')}/{what}"
            text = json.dumps(shrunk(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
            if what not in known:
                known.add(what)
                fresh = True
                yield text
            lines.append(text)
        if fresh:
            yield b"\n".join(lines[:8])[:4000]


# -------------------------------------------------------------------------------- frames
RAW, RLE = 0, 1


def frames():
    """Plain and compressed files, with the two bytes that fuzz_linerd.c takes off."""
    text = b"one\ntwo\n\nthree three three three\nrest"
    for how in (b"\0", b"\2"):
        for longest in (b"\0", b"\1", b"\xff"):
            yield how + longest + text + b"\n" + b"x" * 300 + b"\nend\n"
    for n in (2560, 2561, 3000, 4200):  # lines whose end is looked for ahead
        for end in (b"\nend\n", b""):
            yield b"\0\xa0" + b"one\n" + b"y" * n + end
            yield b"\0\xff" + b"z" * n + end
    blocks = [
        (RAW, b"one\n"), (RLE, b"\n", 131072), (RLE, b"x", 131072), (RAW, b"\ntwo\nthree"), (RLE, b"a", 7), (RAW, b""), (3, b"zz"), (2, b"\0" * 20)]

    def frame(*parts, window=0x58, last=True):
        out = struct.pack("<IBB", 0xFD2FB528, 0, window)
        for kind, data, *size in parts:
            out += struct.pack("<I", (size[0] if size else len(data)) << 3 | kind << 1)[:3] + data
        return out + (b"\1\0\0" if last else b"")

    skip = struct.pack("<II", 0x184D2A53, 5) + b"12345"
    several = zstd(text) + skip + frame(blocks[0], blocks[3]) + zstd(b"", "--no-check") + zstd(text * 20, "-19")
    for data in (
            *[frame(b) for b in blocks], frame(*blocks[:5]), frame(blocks[0], last=False), skip, several, several[:-9], b"",
            zstd(text), zstd(text, "--no-check"), zstd(text * 30, "-19"), zstd(bytes(range(256)) * 3), zstd(text)[:-2], zstd(text)[:-1] + b"?",
            frame(blocks[0], window=0x78), frame(blocks[0], window=0x80), b"\x27\xb5\x2f\xfd" + b"\0" * 9, b"(\xb5",
            frame(*[(RLE, b"x", 131072)] * 80, blocks[3]), zstd(os.urandom(1200)), zstd(text) * 20,
            frame((RAW, b"a")) * 76, skip * 40 + frame(blocks[0]) * 30):
        for longest in (b"\1", b"\xff"):
            yield b"\1" + longest + data


# --------------------------------------------------------------------------------- zones
def zones():
    """Zone files that are small or differ, and rules alone."""
    rules = set()
    for name in ("Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia",
                 "America/Godthab", "Asia/Gaza", "Africa/Cairo", "Etc/UTC", "Etc/GMT-14", "EST5EDT", "Europe/Dublin", "America/Ojinaga"):
        try:
            data = read("/usr/share/zoneinfo/" + name)
        except FileNotFoundError:
            continue
        rule = data[data.rfind(b"\n", 0, -1) + 1:-1]
        if len(data) <= 8192:
            yield data
        yield slim(rule)
        rules.add(rule)
    for rule in sorted(rules):
        yield b"R" + rule


def slim(rule, changes=((0, 1), (1000000000, 0)), version=b"2", types=((3600, 0, 0), (7200, 1, 4))):
    """A zone file with this RULE, as it is written for readers of 64-bit times only."""
    def block(wide):
        n = len(changes) if wide == 8 else 0
        head = b"TZif" + version + b"\0" * 15 + struct.pack(">6I", 0, 0, 0, n, len(types), 8)
        at = b"".join(struct.pack(">q", t) for t, _ in changes) + bytes(k for _, k in changes)
        return head + (at if n else b"") + b"".join(struct.pack(">iBB", *t) for t in types) + b"CET\0CEST"[:8]
    return block(4) + block(8) + b"\n" + rule + b"\n"


# -------------------------------------------------------------------------- small texts
def titles():
    """session_index.jsonl of the lab, one alone and two together."""
    found = [read(p)[:2000] for p in sorted(glob.glob(LAB + "/**/session_index.jsonl", recursive=True))] if LAB else []
    for data in found:
        yield data
    for a, b in zip(found, found[1:]):
        yield a[:1500] + b"\xff" + b[:1500]


def config():
    """The sample, whole and key by key."""
    sample = json.loads(read(SRC + "/conf/config.sample.json"))
    yield json.dumps(sample).encode()
    for key, value in sample.items():
        yield json.dumps({key: value}).encode()


def rates():
    """The rate card, thinned out: a few rows with their aliases; with and without overrides."""
    card = json.loads(read(SRC + "/conf/rates.json"))
    card["about"] = []
    rich = [r for r in card["rows"] if "long" in r][:2] + [r for r in card["rows"] if "cache_write" in r][:2] + card["rows"][:3]
    for rows in (rich, rich[:1], card["rows"][:2], card["rows"][20:23]):
        rows = [r for i, r in enumerate(rows) if r not in rows[:i]]
        names = {r["model"] for r in rows}
        small = dict(card, rows=rows, aliases=[a for a in card.get("aliases", []) if a["model"] in names][:4], unpriced=card.get("unpriced", [])[:2])
        text = json.dumps(small, separators=(",", ":")).encode()
        yield text
        for override in ({"input_rate": 1, "cached_input_rate": "0.5", "output_rate": 2}, {"input_rate": "2.25", "cache_write_rate": None}):
            yield text + b"\xff" + json.dumps({"unit": "USD", "per_unit": 1000, "models": {rows[0]["model"]: override, "mine": override}}).encode()


def templates():
    """Each template of the unit tests alone, and two or three that name each other."""
    found = set()
    for path in sorted(glob.glob(SRC + "/tests/unit/test_mustache_*.c")):
        for text in re.findall(r'"((?:[^"\\]|\\.)*\{\{(?:[^"\\]|\\.)*)"', read(path).decode()):
            found.add(text.replace("\\n", "\n").replace('\\"', '"').encode()[:600])
    for i, text in enumerate(sorted(found)):
        yield text + b"\x1e" + b"%d" % (i % 7)
    sets = (
        (b"{{#b}}\n  {{>b}}\n{{/b}}{{^c}}none{{/c}}{{{x.y}}}{{&z}}{{! said }}", b"<{{.}}>\n{{#a}}{{>c}}{{/a}}\n", b"c{{#.}}x{{/.}}\r\n"),
        (b"{{<b}}{{$t}}mine{{/t}}\n{{$u}}\n  two\n  lines\n{{/u}}\n{{/b}}", b"<h>{{$t}}none{{/t}}</h>\n  {{$u}}x{{/u}}\n"),
        (b"{{>*n}}{{=<% %>=}}<%#a%>{{<%b%>}}<%/a%><%={{ }}=%>{{a}}", b"{{b}}", b"{{<a}}{{/a}}"),
        (b"{{#a}}{{#b}}{{#c}}{{a.b.c}}{{/c}}{{^d}} {{> b }}{{/d}}{{/b}}{{/a}}\n", b"  {{#x}}\n    y\n  {{/x}}\n{{>c}}\n", b"|\n  {{{q}}}\n|"))
    for pieces in sets:
        for seed in (b"", b"1", b"22", b"x", b"yz", b"~"):
            yield b"\x1e".join(pieces) + b"\x1e" + seed


# ------------------------------------------------------------------------------ requests
def requests():
    """What fuzz_request.c takes: address, prefix, path, query, host, method."""
    good = (b"period=7d&by=model&model=!a*&model=b&group=day&week=sun&tz=Europe/Stockholm&limit=7&counted=1",
            b"from=2026-01-02&to=2026-01-02T10:00:00%2B01:00&date=2026-01-02&q=a+b&cursor=1.x&directory=/a%20b",
            b"period=x&by=y&limit=0&date=z&tz=..&model=!&nope=1&theme=red&period=7d&period=7d&format=csv&refresh=5",
            b"&".join([b"a=1"] * 201), b"a=%00", b"a=%ff&b=../c", b"a=%e2%82%ac%zz", b"=&&=x&a")
    paths = ((b"/usage", b"", b""), (b"/codex/usage?x", b"/codex/", b"/usage"), (b"/codex", b"/codex", b"\x1f"),
             (b"http://h/codex/x", b"/codex", b""), (b"/%2e%2e/%00", b"", b""), (b"\x1f", b"\x1f", b"/a%b"),
             (b"/x\\y", b"", b"x"), (b"/other", b"/codex", b"/\xff"), (b"/a", b"/../x", b""), (b"/" + b"a" * 2100, b"", b""),
             (b"x", b"", b"/..") , (b"/%c0%ae", b"codex", b""))
    hosts = (b"localhost:1", b"127.0.0.1", b"[::1]:80", b"[::1", b"a.LOCALHOST.", b"\x1f", b"127.0.0.1.2", b"300.1.1.1")
    methods = (b"GET", b"HEAD", b"OPTIONS", b"POST", b"\x1f")
    for i in range(60):
        uri, script, info = paths[i % len(paths)]
        yield b"\x1e".join((uri, script, info, good[i % len(good)], hosts[i % len(hosts)], methods[i % len(methods)])) + b"\x1e"
    yield b"\x1e".join((b"/", b"", b"", b"a" * 8300, b"localhost", b"GET")) + b"\x1e"


def target(name, function):
    """All seeds of the target NAME, whose row names FUNCTION. Lines of a .jsonl are taken alone, too."""
    yield from globals()[function]()
    for path in sorted(glob.glob(f"{HERE}/seeds/{name}/*")):
        data = read(path)
        yield data
        if path.endswith(".jsonl"):
            yield from data.splitlines(True)


def words(name, paths):
    """A dictionary for libFuzzer: the texts that stand in these C files, and seeds/NAME.dict."""
    found = set()
    for path in paths:
        text = re.sub(r"/\*.*?\*/|^#.*?$", "", read(path).decode(), flags=re.S | re.M)
        found.update(re.findall(r'"((?:[^"\\]|\\.){2,40})"', text))
    good = [w for w in sorted(found) if re.fullmatch(r"[A-Za-z0-9_.:/ -]+", w)]
    more = f"{HERE}/seeds/{name}.dict"
    own = read(more).decode() if os.path.exists(more) else ""
    return own + "".join(f'"{w}"\n' for w in good) + "".join(f'"\\"{w}\\":"\n' for w in good if re.fullmatch(r"\w+", w))
