#!/usr/bin/env python3
"""README.md, the manual, doc/ARCHITECTURE.md and the sample configuration say
what is true: commands are run, outputs compared, lists held against the code.

Commands run on a folder of the lab as ~/.codex of a HOME made for it. Without
a lab only what needs none is checked.
"""
import atexit
import json
import os
import re
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, os.environ["TRACK_SRC"] + "/tests/tap")
import tap  # noqa: E402

LAB_FOLDER = "0.169.0/s04_fork"     # for the commands without an output
NOW = "2026-11-22T12:00:00Z"        # the day of the lab
NOW_S = 1795348800                  # the same in seconds
SCRIPT = re.compile(r"(?:\w+=\S* )*\./(scripts/\w+\.sh)(?: --?\w+)*")
ENV_NAME = re.compile(r"\b(?:CODEX_USAGE_[A-Z_]+|CODEX_HOME|XDG_[A-Z]+_HOME|NO_COLOR)\b")


def text(path):
    with open(os.path.join(tap.SRC, path), encoding="utf-8") as f:
        return f.read()


def sources():
    """(path, text) of every C source and header."""
    for base, _, names in os.walk(tap.SRC + "/src"):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                path = os.path.relpath(os.path.join(base, name), tap.SRC)
                yield path, text(path)


readme = text("README.md")
manual = text("doc/codex-track.1")
manual_ingest = text("doc/codex-track-ingest.1")
home_count = 0


# ------------------------------------------------------------------ commands

def new_home(folder):
    """Environment with a HOME whose .codex is a copy of the lab's FOLDER, and a
    folder to work in."""
    global home_count
    home_count += 1
    home = f"{tap.folder()}/home{home_count}"
    shutil.copytree(f"{tap.LAB}/{folder}", home + "/.codex", copy_function=shutil.copyfile)
    for base, dirs, names in os.walk(home + "/.codex"):
        os.chmod(base, 0o755)
        for name in names:
            os.utime(os.path.join(base, name), (NOW_S, NOW_S))
    os.makedirs(home + "/.local/bin")
    os.makedirs(home + "/work")
    os.makedirs(home + "/run", 0o700)
    for program in ("codex-track", "codex-track-ingest"):
        os.symlink(f"{tap.BUILD}/{program}", f"{home}/.local/bin/{program}")
    env = {"HOME": home, "PATH": tap.BUILD + ":" + os.environ["PATH"], "CODEX_USAGE_NOW": NOW,
           "CODEX_USAGE_DATADIR": tap.SRC + "/conf", "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": home + "/run"}
    return env, home + "/work"


def blocks(kind):
    """(text before, lines) of the fenced blocks of README.md of that KIND."""
    for m in re.finditer(r"^```(\w*)\n(.*?)^```$", readme, re.S | re.M):
        if m.group(1) == kind:
            yield readme[:m.start()], m.group(2).splitlines()


served = None  # `codex-track web`, from the first line that starts it to the last of README
port = 0


def start_web(part, env, cwd):
    """`codex-track web` as written, but on a port that is free: the machine may have one already."""
    global served, port
    name = "runs: " + part
    if shutil.which("lighttpd", path=env["PATH"] + ":/usr/sbin:/sbin") is None:
        tap.skip(name, "no lighttpd")
        return
    if served is not None:
        status, out, err = tap.run("bash", "-c", part, env=env, cwd=cwd)
        tap.same((status, out), (0, f"http://127.0.0.1:{port}/\n"), name + " (a second time: the same address)")
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    config = env["HOME"] + "/.config/codex-usage-tracker"
    os.makedirs(config)
    with open(config + "/config.json", "w", encoding="utf-8") as f:
        json.dump({"port": port}, f)
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    served = subprocess.Popen(["bash", "-c", "exec " + part], env={**clean, **env}, cwd=cwd, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    atexit.register(end_web)
    tap.same(served.stdout.readline(), f"http://127.0.0.1:{port}/\n", name)


def end_web():
    global served
    if served is None:
        return
    served.terminate()
    served.stdout.close()
    served.wait(20)
    served = None


def run_line(line, env, cwd):
    """Run one line of a sh block, part by part at &&."""
    for part in line.split(" && "):
        if part.endswith("codex-track web"):
            start_web(part, env, cwd)
            continue
        if part.startswith("curl "):
            if shutil.which("curl") is None or served is None:
                tap.skip(part, "no curl or no server")
                continue
            part = part.replace(":8377/", f":{port}/")
        if part.startswith("rm -rfv"):
            end_web()
        m = SCRIPT.fullmatch(part)
        if m:
            tap.ok(os.access(f"{tap.SRC}/{m.group(1)}", os.X_OK),
                   f"not run, {m.group(1)} exists and is executable: {part}")
            continue
        if part.startswith("sqlite3 ") and shutil.which("sqlite3") is None:
            tap.skip(part, "no sqlite3")
            continue
        status, out, err = tap.run("bash", "-o", "pipefail", "-c", part, env=env, cwd=cwd)
        made = re.search(r" --out (\S+)", part)
        if made:
            path = os.path.join(cwd, made.group(1))
            out = path if os.path.exists(path) and os.path.getsize(path) > 0 else ""
        ended = status == 0 or (status == 141 and " | head" in part)  # head has seen enough
        tap.ok(ended and out.strip() != "" and err == "", "runs: " + part,
               f"exit {status}\nstdout: {out[:500]}\nstderr: {err[:500]}")


def check_commands():
    lines = [line for _, block in blocks("sh") for line in block if line and not line.startswith("#")]
    tap.ok(len(lines) >= 15, f"README has {len(lines)} lines of commands")
    others = {m for m in re.findall(r"^```(\w*)$", readme, re.M)} - {"sh", "console", ""}
    tap.same(others, {"lighttpd", "nginx"}, "every block is sh or console; tests/web/servers.t runs the others")
    for line in lines:
        if not tap.LAB and not all(SCRIPT.fullmatch(part) for part in line.split(" && ")):
            tap.skip(line, "no lab (../shared/lab)")
    if not tap.LAB:
        return
    env, cwd = new_home(LAB_FOLDER)
    for line in lines:
        run_line(line, env, cwd)
    tap.ok(not os.path.exists(env["HOME"] + "/.local/share/codex-usage-tracker"),
           "after the last command of README the database is gone"
           if "rm -rfv" in lines[-1] else "the database is where README says it is")


def check_outputs():
    """console blocks: `$ command`, then its output, on the folder that the
    comment above names."""
    for before, block in blocks("console"):
        m = re.search(r"<!-- lab: (\S+) -->\n$", before)
        name = "output in README: " + block[0]
        if not tap.ok(m is not None and block[0].startswith("$ "), name + " (names its lab folder)"):
            continue
        if not tap.LAB:
            tap.skip(name, "no lab (../shared/lab)")
            continue
        env, cwd = new_home(m.group(1))
        got = []
        for line in block:
            if line.startswith("$ "):
                _, out, err = tap.run("bash", "-o", "pipefail", "-c", line[2:], env=env, cwd=cwd)
                got += [line] + (err + out).replace(env["HOME"], "~").splitlines()
        tap.same("\n".join(got), "\n".join(block), name)


# ------------------------------------------------------------------- manual

def commands_of_help():
    """Names in `codex-track --help`."""
    _, out, _ = tap.run(tap.BUILD + "/codex-track", "--help")
    part = out.split("Commands:\n", 1)[-1].split("\n\n", 1)[0]
    return re.findall(r"^  ([a-z-]+) ", part, re.M)


def options_of_help(*argv):
    _, out, _ = tap.run(*argv, "--help")
    return set(re.findall(r"^  --([a-z-]+)", out, re.M))


def section(page, macro, name):
    """Text of the section `.Sh NAME` or subsection `.Ss NAME` of the man page PAGE."""
    ends = r"\.Sh " if macro == "Sh" else r"\.S[sh] "
    m = re.search(rf"^\.{macro} {name}\n(.*?)(?=^{ends}|\Z)", page, re.S | re.M)
    return m.group(1) if m else ""


def flags(part):
    """Long options in mdoc text."""
    return set(re.findall(r"Fl -([a-z-]+)", part))


def listed(page):
    """Options that have an entry of their own below OPTIONS."""
    return set(re.findall(r"^\.It Fl -([a-z-]+)", section(page, "Sh", "OPTIONS"), re.M))


def check_manual():
    names = commands_of_help()
    tap.ok(len(names) >= 7, "codex-track --help lists commands: " + " ".join(names))
    in_page = re.findall(r"^\.Ss (\S+)$", section(manual, "Sh", "COMMANDS"), re.M)
    tap.same(sorted(in_page), sorted(names), "codex-track.1 has a section for every command, and no other")
    every = set()
    for name in names:
        takes = options_of_help(tap.BUILD + "/codex-track", name)
        every |= takes
        synopsis = section(manual, "Ss", name).split(".Pp", 1)[0]
        tap.same(sorted(flags(synopsis)), sorted(takes), f"codex-track.1: options of {name} are those of --help")
    tap.same(sorted(listed(manual)), sorted(every), "codex-track.1: OPTIONS has every option, and no other")
    takes = options_of_help(tap.BUILD + "/codex-track-ingest") | {"version"}
    tap.same(sorted(flags(section(manual_ingest, "Sh", "SYNOPSIS"))), sorted(takes),
             "codex-track-ingest.1: the synopsis has every option, and no other")
    tap.same(sorted(listed(manual_ingest)), sorted(takes),
             "codex-track-ingest.1: OPTIONS has every option, and no other")
    check_lists()
    for page in ("doc/codex-track.1", "doc/codex-track-ingest.1"):
        if shutil.which("mandoc") is None:
            tap.skip(f"mandoc -Tlint {page}", "no mandoc")
            continue
        _, out, err = tap.run("mandoc", "-Tlint", f"{tap.SRC}/{page}")
        said = [s for s in (out + err).splitlines() if "referenced manual not found: Xr codex-track" not in s]
        tap.same(said, [], f"mandoc -Tlint {page}")


def check_lists():
    """Names that the manual lists: dimensions, losses, verdicts."""
    dims = re.findall(r'^\t\{ "(\w+)", ', text("src/report/dims.c"), re.M)
    by = section(manual, "Sh", "OPTIONS").split(".It Fl -by", 1)[-1].split(".It ", 1)[0]
    tap.same([w for w in re.findall(r"\w+", re.sub(r"\.Cm|\.Ar|Split by|dim\b|\bor\b", " ", by)) if w != "Ar"],
             dims, "codex-track.1: --by has every dimension")
    part = section(manual, "Ss", "report")
    table = re.search(r"kinds\[COVERAGE_LOSSES\] = \{(.*?)^\};", text("src/report/coverage.c"), re.S | re.M)
    losses = re.findall(r'^\t\{ "([a-z-]+)"', table.group(1) if table else "", re.M)
    tap.same(re.findall(r"^\.It ([a-z-]+)$", part, re.M), losses, "codex-track.1: report has every kind of loss")
    verdicts = re.findall(r'^\t\[VERDICT_\w+\] = \{ "([a-z-]+)"', text("src/ledger/ledger.c"), re.M)
    shown = re.findall(r"^\.It ([a-z-]+)$", section(manual, "Ss", "explain"), re.M)
    tap.same(sorted(shown + ["pending"]), sorted(verdicts), "codex-track.1: explain has every verdict")
    missing = [v for v in verdicts if f"`{v}`" not in readme and v != "pending"]
    tap.same(missing, [], "README has every verdict")


# -------------------------------------------------------------------- lists

def check_packages():
    wanted = []
    for path, name in (("scripts/common.sh", "BUILD_PACKAGES"), ("scripts/test.sh", "TEST_PACKAGES")):
        m = re.search(rf"^{name}=\(\n(.*?)^\)", text(path), re.S | re.M)
        found = re.sub(r"#.*", "", m.group(1)).split() if m else []
        tap.ok(len(found) > 5, f"{path} has {len(found)} {name}")
        wanted += found
    table = readme.split("| package | why |", 1)[-1].split("\n\n", 1)[0]
    rows = re.findall(r"^\| ([a-z0-9+.-]+) \| (.+?) \|$", table, re.M)
    rows = [(p, why) for p, why in rows if set(p) != {"-"}]
    tap.same(sorted(p for p, _ in rows), sorted(wanted), "the table of packages has those of the scripts, and no other")
    tap.same([p for p, why in rows if len(why) < 5], [], "every package has a reason")


def check_environment():
    used = {}
    for path, source in sources():
        for s in re.findall(r'"((?:[^"\\\n]|\\.)*)"', source):
            for name in ENV_NAME.findall(s):
                used.setdefault(name, path)
    tap.ok(len(used) >= 8, "variables that the programs read: " + " ".join(sorted(used)))
    entries = set(re.findall(r"^\.It Ev (\w+)$", section(manual, "Sh", "ENVIRONMENT"), re.M))
    tap.same(sorted(entries - {"HOME"}), sorted(used), "codex-track.1: ENVIRONMENT has every variable, and no other")
    scripts = {n for p in ("scripts/install.sh", "scripts/common.sh") for n in ENV_NAME.findall(text(p))}
    named = set(ENV_NAME.findall(readme))
    tap.same(sorted((set(used) | scripts) - named), [], "README has every variable of the programs and the installer")
    tap.same(sorted(named - set(used) - scripts), [], "README names no variable that nothing reads")


def check_configuration():
    table = re.search(r"\} keys\[\] = \{\n(.*?)^\};", text("src/json/config.c"), re.S | re.M)
    keys = re.findall(r'\{ "(\w+)",', table.group(1) if table else "")
    tap.ok(len(keys) >= 10, f"src/json/config.c has {len(keys)} keys")
    sample = json.loads(text("conf/config.sample.json"))
    tap.same(sorted(sample), sorted(keys), "conf/config.sample.json has every key, and no other")
    rows = readme.split("| key | value |", 1)[-1].split("\n\n", 1)[0]
    firsts = " ".join(re.findall(r"^\| (.+?) \|", rows, re.M))
    tap.same(sorted(re.findall(r"`(\w+)`", firsts)), sorted(keys), "README's table has every key, and no other")
    part = section(manual, "Sh", "FILES")
    tap.same([k for k in keys if not re.search(rf"\b{k}\b", part)], [], "codex-track.1: FILES has every key")
    if not tap.LAB:
        tap.skip("the sample configuration is taken without a word", "no lab (../shared/lab)")
        return
    env, cwd = new_home(LAB_FOLDER)
    env["CODEX_USAGE_CONFIG"] = tap.SRC + "/conf/config.sample.json"
    status, out, err = tap.run(tap.BUILD + "/codex-track", "report", env=env, cwd=cwd)
    tap.ok(status == 0 and out != "" and err == "", "the sample configuration is taken without a word",
           f"exit {status}\n{out}\n{err}")


def check_paths():
    """Files and folders named in backquotes in doc/*.md and linked in README exist."""
    for doc in ("doc/ARCHITECTURE.md", "doc/HACKING.md"):
        page = text(doc)
        tops = r"(?:src|tests|scripts|conf|doc|\.ci)/[\w./-]*|configure\.ac|Makefile\.am|README\.md|\.clang-format"
        named = set(re.findall(rf"`({tops})`", page))
        tap.ok(len(named) > 10, f"{doc} names {len(named)} files and folders")
        tap.same(sorted(p for p in named if not os.path.exists(f"{tap.SRC}/{p}")), [], f"{doc}: all of them exist")
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    tap.same([p for p in links if not os.path.exists(f"{tap.SRC}/{p}")], [], "README: the files it links exist")
    folders = {f"src/{n}" for n in os.listdir(tap.SRC + "/src") if os.path.isdir(f"{tap.SRC}/src/{n}") and n[0] != "."}
    page = text("doc/ARCHITECTURE.md")
    tap.same(sorted(f for f in folders if f"`{f}`" not in page), [], "doc/ARCHITECTURE.md names every folder of src")
    tables = set(re.findall(r"^CREATE (?:TABLE|VIEW) (\w+)", "".join(
        text(f"src/store/sql/{n}") for n in sorted(os.listdir(tap.SRC + "/src/store/sql"))), re.M))
    tap.same(sorted(t for t in tables if f"`{t}`" not in page), [], "doc/ARCHITECTURE.md names every table and view")
    arrows = dict(re.findall(r"^\| `(\w+)` \| ([a-z, -]+?) \|", page, re.M))
    sys.path.insert(0, tap.SRC + "/tests/lint")
    import lint  # noqa: E402  # the arrows that the tree is held to
    for layer in sorted(os.path.basename(f) for f in folders):
        below = set(lint.LAYERS[layer].split()) - {layer}
        said = set(arrows.get(layer, "?").replace(",", " ").replace("-", " ").split())
        tap.same(sorted(said), sorted(below), f"doc/ARCHITECTURE.md: the arrows of {layer} are the lint's")


if not tap.LAB and os.environ.get("CI"):
    tap.ok(False, "the lab (../shared/lab) is there")
check_commands()
check_outputs()
check_manual()
check_packages()
check_environment()
check_configuration()
check_paths()
tap.done()
