"""lint.py - rules about the tree that no compiler checks.

Each rule is a function of a Tree that yields (path, line, message). lint.t runs
them on the sources, selftest.t on a small tree with planted violations.
Exceptions, each with its reason: exceptions.txt.
"""
import os
import re
import shlex
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

MAX_FILE = 600          # lines
MAX_FUNCTION = 80       # lines, from the name to the closing brace
MAX_COLUMNS = 100       # a tab goes to the next multiple of 8
MAX_COMMENT_COLUMNS = 200  # a comment of one line, as above a prototype
MAX_SQL_COLUMNS = 160   # a column and its comment

# Which folders of src/ a folder may include. Makefile.am links unit tests by the
# same arrows. The mains may include all.
LAYERS = {
    "base": "base",
    "time": "base time",
    "json": "base json",
    "mustache": "base mustache",
    "store": "base store",
    "ledger": "base ledger",
    "rollout": "base time json rollout",
    "pricing": "base time json pricing",
    "ingest": "base time json store ledger rollout pricing ingest",
    "report": "base time json store ledger pricing report",
    "chart": "base json chart",
    "web": "base time json store ledger pricing mustache report chart web",
    "demo": "base time json demo",
    "cli": "base time json store ledger rollout pricing ingest report demo cli",
}

# Single headers beyond that: plain data that the rows of the store are made of,
# and the interface through which the template engine sees a JSON tree.
HEADERS = {
    "json": "mustache/mustache.h",
    "store": "rollout/record.h ledger/ledger.h",
}

# System headers that only some files may include.
GUARDED = [
    (re.compile(r"fcgi(app|_stdio|os|misc)?\.h|fastcgi\.h"), re.compile(r"src/web/gateway\.c")),
    (re.compile(r"sqlite3(ext)?\.h"), re.compile(r"src/store/.*")),
    (re.compile(r"json-c/.*"), re.compile(r"src/json/.*")),
]

# Headers of these folders state rules that come from a document or a
# measurement, and say from which.
SOURCED = ("rollout", "ledger", "pricing")

BANNED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
CONTRACT = re.compile(r"\b(returns?|fail(?:s|ed)?|errors?|aborts?|owned|owns|borrows?|bool|true|false"
                      r"|lends?)\b|-1", re.I)
OWNERSHIP = re.compile(r"own|lend|borrow|caller|static|life|live|free|put|NULL|belongs|view|into", re.I)
RAW_TAG = re.compile(r"\{\{(?:\{\s*([^{}\s]+)\s*\}|&\s*([^{}\s]+)\s*)\}\}")


class Tree:
    """The files below ROOT, and the exceptions that apply to them."""

    def __init__(self, root, build=None, cc=None):
        self.root = root
        self.build = build
        self.cc = cc or "gcc"
        self.used = set()
        self.exceptions = {}
        self.cache = {}
        path = os.path.join(root, "tests/lint/exceptions.txt")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                for n, line in enumerate(f, 1):
                    line = line.strip()
                    if line and not line.startswith("#"):
                        words = line.split(None, 2)
                        self.exceptions[tuple(words[:2])] = (n, words[2] if len(words) > 2 else "")

    def excepted(self, rule, what):
        """True when exceptions.txt names WHAT for RULE."""
        self.used.add((rule, what))
        return (rule, what) in self.exceptions

    def files(self, folder, *ends):
        """Paths below FOLDER that end in one of ENDS, sorted; generated files left out."""
        out = []
        for base, dirs, names in os.walk(os.path.join(self.root, folder)):
            dirs[:] = [d for d in dirs if d not in (".deps", "__pycache__")]
            for name in names:
                path = os.path.relpath(os.path.join(base, name), self.root)
                if name.endswith(tuple(ends)) and not name.startswith(".") \
                        and path not in ("src/config.h", "src/store/schema_gen.c"):
                    out.append(path)
        return sorted(out)

    def text(self, path):
        """Content of the file PATH; bytes that are no UTF-8 count as one character."""
        if path not in self.cache:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace", newline="") as f:
                self.cache[path] = f.read()
        return self.cache[path]

    def lines(self, path):
        return self.text(path).split("\n")[:-1] if self.text(path).endswith("\n") \
            else self.text(path).split("\n")


def layer_of(path):
    m = re.match(r"src/([a-z]+)/", path)
    return m.group(1) if m else None


def layers(tree):
    """includes go along the arrows of LAYERS; libraries are behind one folder each"""
    for path in tree.files("src", ".c", ".h", ".def"):
        layer = layer_of(path)
        if layer is not None and layer not in LAYERS:
            yield path, 1, f"src/{layer} is not in the table of layers"
            continue
        for n, line in enumerate(tree.lines(path), 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not m:
                continue
            for header, allowed in GUARDED:
                if header.fullmatch(m.group(2)) and not allowed.fullmatch(path):
                    yield path, n, f"{m.group(2)} may be included only by {allowed.pattern}"
            if m.group(1) == '"' and m.group(2) != "config.h":
                if "/" not in m.group(2):
                    yield path, n, f'"{m.group(2)}": write the folder too'
                elif (layer is not None and m.group(2).split("/")[0] not in LAYERS[layer].split()
                      and m.group(2) not in HEADERS.get(layer, "").split()):
                    yield path, n, f"{layer} may not include {m.group(2)}"


def prototypes(text):
    """Yields (line, name, return type, [(type, parameter)], comment) for every
    function declared or defined in the header TEXT. A comment belongs to the
    declarations that follow it without a blank line between."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\n[ \t]*\n|[{};]'
                       r'|^[ \t]*#(?:\\\n|[^\n])*', re.S | re.M)
    comment, start, depth, pos, pieces = "", None, 0, 0, []

    def declared():
        words = " ".join("".join(pieces).split())
        words = re.sub(r"__attribute__\s*\(\(.*?\)\)\s*\)?|\b(PRINTF|NONNULL)\s*\([^)]*\)|"
                       r"\b(NORETURN|UNUSED|extern|static|inline|PURE)\b", " ", words).strip()
        m = re.match(r"([\w\s*]+?[\s*])(\w+)\s*\((.*)\)$", words)
        if not m or words.startswith("typedef") or "=" in m.group(1):
            return None
        return m.group(2), m.group(1), parameters(m.group(3))

    for t in token.finditer(text):
        if depth == 0:
            piece = text[pos:t.start()]
            if piece.strip() and start is None:
                start = text.count("\n", 0, pos + len(piece) - len(piece.lstrip())) + 1
            pieces.append(piece)
        pos = t.end()
        what = t.group(0)
        if what.startswith(("/*", "//")):
            if depth == 0 and not "".join(pieces).strip():
                comment = what
        elif what == "{":
            if depth == 0:
                found = declared()
                if found:
                    yield (start, *found, comment)
            depth += 1
        elif what == "}":
            depth -= 1
            if depth == 0:
                # `struct x {…};` and a function's body end here alike
                pieces, start = [], None
                comment = ""
        elif what == ";":
            if depth == 0:
                found = declared()
                if found:
                    yield (start, *found, comment)
                pieces, start = [], None
        elif what.startswith("\n"):
            if depth == 0 and not "".join(pieces).strip():
                comment = ""
        elif depth == 0 and not what.startswith(('"', "'")):
            comment, pieces, start = "", [], None  # a preprocessor line


def parameters(text):
    """[(type, name)] of a parameter list; the name is "" where there is none."""
    out, depth, part = [], 0, ""
    for c in text + ",":
        if c == "," and depth == 0:
            part = part.strip()
            if part not in ("", "void", "..."):
                m = re.search(r"\(\s*\*\s*(?:const\s*)?(\w+)\s*\)\s*\(", part) \
                    or re.match(r".*[\s*](\w+)\s*(?:\[[^]]*\]\s*)*$", part)
                name = m.group(1) if m else ""
                if name in ("int", "char", "long", "short", "unsigned", "double", "bool", "const") \
                        or re.fullmatch(r"(const\s+)?(struct|enum|union)\s+" + re.escape(name or "-"), part):
                    name = ""
                out.append((part, name))
            part = ""
            continue
        depth += (c == "(") - (c == ")")
        part += c
    return out


def comments(tree):
    """every prototype in a header has a comment: parameters, ownership, errors"""
    for path in tree.files("src", ".h"):
        if layer_of(path) in SOURCED and "Source:" not in tree.text(path):
            yield path, 1, "says nowhere which document or measurement it follows (Source: …)"
        for n, name, rtype, params, comment in prototypes(tree.text(path)):
            if len(comment) < 20:
                yield path, n, f"{name}: no comment directly above"
                continue
            for i, (decl, param) in enumerate(params):
                if param == "":
                    yield path, n, f"{name}: a parameter without a name ({decl})"
                    continue
                # Needs no words: the error, the object that the module is about,
                # and a parameter that is the only one.
                if param == "e" or (i == 0 and re.match(r"(const )?struct \w+ \*", decl)) or len(params) == 1:
                    continue
                if not re.search(r"(?<![A-Za-z0-9_])" + param + r"(?![A-Za-z0-9_])", comment, re.I):
                    yield path, n, f"{name}: the comment does not mention {param.upper()}"
            if not CONTRACT.search(comment):
                yield path, n, f"{name}: the comment says nothing of result, ownership or errors"
            if "*" in rtype and not OWNERSHIP.search(comment):
                yield path, n, f"{name}: the comment does not say who owns the result"


def functions(tree, path):
    """Yields (first line, last line, name) of the function definitions of a C file."""
    lines = tree.lines(path)
    open_at = None
    for n, line in enumerate(lines, 1):
        if line == "{":
            open_at = n
        elif line == "}" and open_at is not None:
            first = open_at - 1
            while first > 1 and not re.match(r"\w+\s*\(", lines[first - 1]) and lines[first - 1].strip():
                first -= 1
            m = re.match(r"(?:[\w\s*]*?[\s*])?(\w+)\s*\(", lines[first - 1])
            yield first, n, m.group(1) if m else "?"
            open_at = None


def sizes(tree):
    """no file over 600 lines, no function over 80 without a reason in exceptions.txt"""
    for path in tree.files("src", ".c", ".h", ".def") + tree.files("tests", ".c", ".h"):
        count = len(tree.lines(path))
        if count > MAX_FILE and not tree.excepted("file-length", path):
            yield path, count, f"{count} lines, {MAX_FILE} are allowed"
        for first, last, name in functions(tree, path):
            length = last - first + 1
            if length > MAX_FUNCTION and not tree.excepted("function-length", f"{path}:{name}"):
                yield path, first, f"{name} has {length} lines, {MAX_FUNCTION} are allowed"


def headers(tree):
    """each header compiles alone, behind base/compat.h only"""
    flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Wno-unused-function", "-Werror", "-I", tree.root + "/src"]
    if tree.build and os.path.exists(tree.build + "/src/config.h"):
        flags += ["-I", tree.build + "/src", "-DHAVE_CONFIG_H"]

    def compiled(path):
        with tempfile.TemporaryDirectory() as tmp:
            with open(tmp + "/alone.c", "w", encoding="utf-8") as f:
                f.write(f'#include "base/compat.h"\n#include "{path[4:]}"\n#include "{path[4:]}"\nextern int alone;\n')
            p = subprocess.run([*shlex.split(tree.cc), "-std=c11", *flags, tmp + "/alone.c"],
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            return path, p.returncode, p.stderr

    with ThreadPoolExecutor(2) as pool:
        for path, status, err in pool.map(compiled, tree.files("src", ".h")):
            if status != 0:
                first = [s for s in err.splitlines() if "error" in s] or err.splitlines() or ["?"]
                yield path, 1, first[0]


def columns(line):
    return len(line.expandtabs(8))


def text(tree):
    """no note to self, no blank at the end of a line, no line over 100 columns"""
    for path in tree.files("src", ".c", ".h", ".def", ".sql"):
        for n, line in enumerate(tree.lines(path), 1):
            m = BANNED.search(line)
            if m:
                yield path, n, f"{m.group(1)}: do it, or write an issue"
            if line != line.rstrip():
                yield path, n, "blank at the end of the line"
            wide = columns(line)
            comment = line.startswith("/*") and line.endswith("*/")
            if wide > (MAX_COMMENT_COLUMNS if comment else MAX_SQL_COLUMNS if path.endswith(".sql") else MAX_COLUMNS):
                yield path, n, f"{wide} columns"


def lists(tree):
    """every source, test and data file is on a list of Makefile.am, and unit tests link their own layer"""
    try:
        make = tree.text("Makefile.am")
    except FileNotFoundError:
        yield "Makefile.am", 1, "is missing"
        return
    words = set(re.sub(r"^#.*$", "", make.replace("\\\n", " "), flags=re.M).split())
    wanted = tree.files("src", ".c", ".h", ".def", ".sql") + tree.files("tests", ".t", ".sh", ".py") \
        + tree.files("doc", "") + tree.files("conf", "") + tree.files("templates", "") \
        + tree.files("static", "") + tree.files("scripts", "")
    wanted += tree.files("tests", ".c", ".h")
    whole = [w + "/" for w in words if os.path.isdir(os.path.join(tree.root, w))]
    for path in wanted:
        word = path[:-2] if path.startswith("tests/unit/test_") else path  # a program
        if word not in words and not path.startswith(tuple(whole)):
            yield path, 1, "is on no list of Makefile.am"
    for path in tree.files("tests/unit", ".c"):
        m = re.match(r"tests/unit/test_([a-z0-9]+)_\w+\.c$", path)
        if not m or (m.group(1) not in LAYERS):
            yield path, 1, "the name is not test_<layer>_<subject>.c"
            continue
        rule = path[:-2].replace("/", "_") + "_LDADD = $(L_" + m.group(1).upper() + ")"
        if rule not in make:
            yield path, 1, f"Makefile.am lacks: {rule} $(CMOCKA_LIBS)"


def raw_tags(tree):
    """no {{{name}}} or {{&name}} in a template, but for those of exceptions.txt"""
    for path in tree.files("templates", ""):
        for n, line in enumerate(tree.lines(path), 1):
            found = [a or b for a, b in RAW_TAG.findall(line)]
            for name in found:
                if not tree.excepted("raw-tag", f"{path}:{name}"):
                    yield path, n, f"{name} is not escaped"
            if not found and re.search(r"\{\{[{&]", line):
                yield path, n, "an unescaped tag over several lines"


def first_include(tree):
    """the first include of every C file is base/compat.h"""
    for path in tree.files("src", ".c"):
        m = re.search(r"^[ \t]*#[ \t]*include[ \t]*(\S+)", tree.text(path), re.M)
        if not m or m.group(1) != '"base/compat.h"':
            yield path, 1, f"begins with {m.group(1) if m else 'no include'}"


RULES = [layers, comments, sizes, headers, text, lists, raw_tags, first_include]


def exceptions(tree):
    """every line of exceptions.txt has a reason and is still needed"""
    for rule in (sizes, raw_tags):
        for _ in rule(tree):
            pass
    for key, (n, reason) in tree.exceptions.items():
        if len(reason) < 10:
            yield "tests/lint/exceptions.txt", n, "no reason given"
        if key not in tree.used:
            yield "tests/lint/exceptions.txt", n, f"{' '.join(key)}: not needed any more"


RULES.append(exceptions)
