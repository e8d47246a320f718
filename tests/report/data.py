"""data.py - what the tests of src/report share: the data of a page of a home or
of a database, as the program's JSON."""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import roll
import tap

TOOL = os.path.join(tap.BUILD, "tests/report/track_data")
RATES = os.path.join(tap.SRC, "conf/rates.json")


def run(db, page, **words):
    """(status, stdout, stderr) of the page of the database DB; WORDS as in a URL, lists for more than one."""
    words.setdefault("tz", "UTC")
    argv = [TOOL, db, page]
    for key, value in words.items():
        argv += [f"{key}={v}" for v in (value if isinstance(value, (list, tuple)) else [value])]
    p = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False,
                       env={"PATH": os.environ["PATH"], "TRACK_RATES": RATES})
    return p.returncode, p.stdout, p.stderr


def page(db, name, **words):
    """The data; {} with a remark when there is none."""
    rc, out, err = run(db, name, **words)
    if rc != 0:
        tap.diag(f"track_data {name} {words}: {rc}: {err}")
        return {}
    return json.loads(out)


def same(have, want, name):
    """HAVE equals WANT, else both are shown."""
    return tap.ok(have == want, name, "" if have == want else f"have {have!r}\nwant {want!r}")


def pick(rows, *keys):
    """The members KEYS of each row."""
    return [tuple(r[k] for k in keys) for r in rows]


def window(percent, minutes, resets, second=None):
    """rate_limits of a token_count: percent of a window that resets at the time RESETS; SECOND: the same of another."""
    def one(p, m, at):
        return {"used_percent": p, "window_minutes": m, "resets_at": roll.ms(at) // 1000}
    return {"limit_id": "codex", "limit_name": None, "primary": one(percent, minutes, resets),
            "secondary": one(*second) if second else None, "credits": None, "plan_type": None}
