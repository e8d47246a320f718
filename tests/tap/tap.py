"""tap.py - for tests/*/*.t in Python:

    import os, sys
    sys.path.insert(0, os.environ["TRACK_SRC"] + "/tests/tap")
    import tap

One TAP line for each check; tap.done() at the end prints the plan. A check
never ends the test, so that one run shows all that is wrong.
"""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("TRACK_BUILD", "")
SRC = os.environ.get("TRACK_SRC", "")
LAB = os.environ.get("TRACK_LAB", "")
LONG = bool(os.environ.get("TRACK_LONG"))

_count = 0
_dir = None


def diag(text):
    """A remark in the log, each line behind a '#'."""
    for line in str(text).splitlines():
        print("# " + line)


def ok(good, name, detail=""):
    """One check; DETAIL is shown when it failed. Returns whether it is good."""
    global _count
    _count += 1
    name = str(name).replace("#", "\\#").replace("\n", " ")
    print(f"{'ok' if good else 'not ok'} {_count} - {name}")
    if not good and detail != "":
        diag(detail)
    sys.stdout.flush()
    return bool(good)


def same(got, wanted, name):
    """Equal values."""
    return ok(got == wanted, name, f"got:    {got!r}\nwanted: {wanted!r}")


def skip(name, reason):
    """A check that cannot be made here."""
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {reason}")


def folder():
    """A folder of the test's own, removed at the end."""
    global _dir
    if _dir is None:
        _dir = tempfile.mkdtemp(prefix="codex-track-tap.")
        atexit.register(remove, _dir)
    return _dir


def remove(path):
    """Remove a folder, those in it that may not be written to, as copies of a read-only lab are, too."""
    for top, folders, _ in os.walk(path):
        for name in folders:
            if not os.path.islink(os.path.join(top, name)):
                os.chmod(os.path.join(top, name), 0o700)
    shutil.rmtree(path, ignore_errors=True)


def run(*argv, env=None, cwd=None):
    """Run a program without stdin; ENV is added to the environment. Returns
    (status, stdout, stderr) as text; bytes that are no UTF-8 are escaped."""
    p = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd,
                       env={**os.environ, **(env or {})}, check=False)
    return (p.returncode, p.stdout.decode("utf-8", "backslashreplace"),
            p.stderr.decode("utf-8", "backslashreplace"))


def need_lab():
    """End a test that needs the lab where there is none: skipped, or with CI set failed."""
    if LAB:
        return
    if os.environ.get("CI"):
        print("1..1\nnot ok 1 - the lab (../shared/lab) is missing")
        sys.exit(1)
    print("1..0 # SKIP no lab (../shared/lab)")
    sys.exit(0)


def done():
    """The plan. The last call of every test."""
    print(f"1..{_count}")
