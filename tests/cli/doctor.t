#!/usr/bin/env python3
"""doctor.t - every finding of `doctor` provoked, its exit status, --repair, --paths."""
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/" + d for d in ("tap", "cli", "lab")]
import dump
import roll
import tap


def session(n=1, model="gpt-5.2", start="2026-10-05T10:00:00Z"):
    """Two responses, and a count that repeats the second: verdicts 1, 1 and 2."""
    r = roll.Roll(roll.uuid7(roll.ms(start), n), start)
    r.context(model).started("t").used((100, 10, 20, 5)).used((200, 20, 30, 5))
    return r.used((0, 0, 0, 0)).done("t")


def fresh(*rolls, name="home"):
    """A home that was read in, its database in a folder of its own as the programs make it."""
    h = roll.Home(*(rolls or (session(),)), name=name)
    h.db = h.root + "/data/usage.sqlite"
    h.ingest()
    return h


def doctor(h, *args, **kw):
    """(status, JSON); a remark when it is none, or when stderr is not empty."""
    rc, out, err = h.ct("doctor", "--json", *args, **kw)
    if err:
        tap.diag(err)
    try:
        return rc, json.loads(out)
    except ValueError:
        tap.diag(f"no JSON: {out[:500]}")
        return rc, {}


def checks(d):
    return [f["check"] for f in d.get("findings", [])]


def complains(h, check, word, name, status=1, count=1):
    """doctor has COUNT findings, one of CHECK whose words hold WORD; returns the whole answer."""
    rc, d = doctor(h)
    found = [f for f in d.get("findings", []) if f["check"] == check and word in json.dumps(f)]
    tap.ok(rc == status and len(found) == 1 and len(d["findings"]) == count and not d["ok"]
           and all(f["what"] and f["do"] for f in found), name, f"exit {rc}: {json.dumps(d.get('findings'), indent=1)}")
    return d


def well(h, name, *args):
    rc, d = doctor(h, *args)
    tap.ok(rc == 0 and d.get("ok") is True and d.get("findings") == [], name,
           f"exit {rc}: {json.dumps(d.get('findings'), indent=1)}")
    return d


def tamper(h, sql):
    c = sqlite3.connect(h.db)
    n = c.execute(sql).rowcount
    c.commit()
    c.close()
    return n


def mode(path):
    return oct(os.stat(path).st_mode & 0o7777)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


CHANGED = ("boundaries", "verdicts", "sums", "losses")


def mends(h, name, **changed):
    """--repair: exit 0, exactly these rows CHANGED, the dump of a fresh database."""
    d = well(h, name + ": --repair ends well", "--repair")
    got = {k: d["repaired"][k] for k in CHANGED} if d.get("repaired") else None
    tap.same(got, {**dict.fromkeys(CHANGED, 0), **changed}, name + ": what changed")
    other = h.db + "-fresh"
    h.ct("ingest", "--db", other)
    tap.same(dump.difference(dump.dump(h.db), dump.dump(other)), "", name + ": the dump is that of a fresh database")
    for tail in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(other + tail):
            os.unlink(other + tail)


# ---- all is well
h = fresh()
before = digest(h.db)
d = well(h, "a fresh database: exit 0, no finding")
tap.same(d["months"], [{"month": "2026-10", "sessions": 1, "responses": 2, "sessions_with_losses": 0,
                        "unreadable_lines": 0}], "completeness by month")
tap.same((d["database"]["sound"], d["database"]["schema"], d["files_by_state"], d["sums_equal_recount"], d["ledger"]),
         (True, d["database"]["schema_known"], {"read": 1}, True,
          {"sessions": 1, "not_counted_yet": 0, "contradictory_lines": 0}), "database, files, sums, ledger")
tap.same(d["lock"], {"held": False, "pid": None}, "nobody holds the lock")
checked = d["last_check"]
tap.ok(checked is not None and roll.ms(checked) // 1000 == int(os.stat(h.db + ".lock").st_mtime), "the last check is the lock's time")
rc, out, err = h.ct("doctor")
tap.ok(rc == 0 and out.endswith("\nNothing is wrong.\n") and err == "", "as text", out + err)
tap.same(digest(h.db), before, "doctor wrote nothing")
h.put(session(2, start="2026-11-01T10:00:00Z"))
tap.same(well(h, "a new file is no finding")["files_by_state"], {"read": 1}, "and doctor does not read it in")
mends(fresh(), "nothing to mend")

# ---- no database
h = roll.Home(session())
h.db = h.root + "/none/usage.sqlite"
d = complains(h, "database", h.db, "no database: exit 1")
tap.same((d["database"], os.path.exists(h.root + "/none")), (None, False), "and none is made, nor its folder")
rc, d = doctor(h, "--repair")
tap.same((rc, checks(d), os.path.exists(h.root + "/none")), (1, ["database"], False), "nor by --repair")

# ---- permissions
h = fresh()
os.chmod(h.db, 0o644)
d = complains(h, "permissions", f"chmod 600 {h.db}", "a database with mode 0644, and the command against it")
subprocess.run(d["findings"][0]["do"], shell=True, check=True)
well(h, "that command helps")
os.chmod(h.db, 0o664)
os.chmod(h.db + ".lock", 0o666)
os.chmod(os.path.dirname(h.db), 0o755)
rc, d = doctor(h)
tap.same((rc, checks(d)), (1, ["permissions"] * 3), "database, folder and lock")
d = well(h, "--repair mends all three", "--repair")
tap.same(sorted((os.path.basename(m["path"]), m["was"], m["is"]) for m in d["repaired"]["modes"]
                if not m["path"].endswith(("-wal", "-shm"))),
         [("data", "0755", "0700"), ("usage.sqlite", "0664", "0600"), ("usage.sqlite.lock", "0666", "0600")],
         "and says so")
tap.same([mode(h.db), mode(h.db + ".lock"), mode(os.path.dirname(h.db))], ["0o600", "0o600", "0o700"], "and did so")
with open(h.db + "-wal", "wb") as f:
    f.write(b"no log: SQLite itself mends the mode of an empty one\n")
os.chmod(h.db + "-wal", 0o644)
complains(h, "permissions", "usage.sqlite-wal", "a log that others may read")
well(h, "--repair mends it", "--repair")
with open(os.path.dirname(h.db) + "/other.txt", "w", encoding="utf-8"):
    pass
os.chmod(os.path.dirname(h.db), 0o755)
well(h, "a folder that holds other things may be readable")
os.chmod(os.path.dirname(h.db), 0o775)
complains(h, "permissions", "chmod go-w", "but not writable for others")
rc, d = doctor(h, "--repair")
tap.same((rc, checks(d), mode(os.path.dirname(h.db))), (1, ["permissions"], "0o775"), "--repair leaves it to the user")
h = fresh(name="it's a folder")
os.chmod(h.db, 0o640)
subprocess.run(complains(h, "permissions", "chmod 600", "a name that needs quotes")["findings"][0]["do"], shell=True,
               check=True)
tap.same(mode(h.db), "0o600", "is quoted")

# ---- damage
h = fresh(*(session(n) for n in range(1, 40)))
h.ct("status")
c = sqlite3.connect(h.db)
page = c.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'usage'").fetchone()[0]
size = c.execute("PRAGMA page_size").fetchone()[0]
c.close()
with open(h.db, "r+b") as f:
    f.seek((page - 1) * size)
    f.write(b"\xa5" * size)
rc, d = doctor(h)
tap.ok(rc == 1 and d["database"]["sound"] is False and set(checks(d)) == {"database"}
       and all("move the file away" in f["do"] for f in d["findings"]), "a page that was overwritten",
       json.dumps(d.get("findings"), indent=1))
before = digest(h.db)
rc, d = doctor(h, "--repair")
tap.same((rc, d["database"]["sound"], d["repaired"]["counted_again"], digest(h.db)), (1, False, False, before),
         "--repair says so and leaves it")
h = roll.Home(session())
with open(h.db, "wb") as f:
    f.write(b"no database at all, but some text\n" * 200)
os.chmod(h.db, 0o644)
rc, d = doctor(h, "--repair")
tap.same((rc, checks(d), mode(h.db), d["database"]), (1, ["database"], "0o644", None),
         "a file that is no database is left alone, its mode too")
h.db = h.root + "/other.sqlite"
tamper(h, "CREATE TABLE t(x)")
rc, d = doctor(h, "--repair")
tap.ok(rc == 1 and any("another program" in f["what"] for f in d["findings"]), "nor is another program's", d)
h = fresh()
tamper(h, "PRAGMA user_version = 99")
complains(h, "database", "newer version", "a newer schema")
tamper(h, "PRAGMA user_version = 1")
complains(h, "database", "older version", "an older schema")

# ---- sums and verdicts
h = fresh(session(1), session(2, start="2026-11-01T10:00:00Z"))
tap.same(tamper(h, "UPDATE rollup SET input = input + 1 WHERE thread_id = 1"), 1, "one sum is tampered with")
complains(h, "rollups", "--repair", "sums that do not equal a recount")
mends(h, "a sum", sums=1)
tamper(h, "INSERT INTO rollup SELECT 4711, quarter, dimset_id, is_long, responses, input, cached, cache_write,"
       " output, reasoning FROM rollup WHERE thread_id = 1")
complains(h, "rollups", "--repair", "sums of a session that is not there")
mends(h, "sums of nobody", sums=1)
tamper(h, "DELETE FROM rollup")
complains(h, "rollups", "--repair", "no sums at all")
mends(h, "no sums", sums=2)
tap.same(tamper(h, "UPDATE usage SET verdict = 2 WHERE rollout_id = 1 AND pos ="
                " (SELECT min(pos) FROM usage WHERE rollout_id = 1)"), 1, "one verdict is tampered with")
rc, d = doctor(h)
tap.same((rc, checks(d)), (1, ["rollups", "ledger"]), "a verdict that contradicts its amounts, and the sums")
mends(h, "a verdict", verdicts=1)
tamper(h, "UPDATE usage SET d_input = d_input + 5 WHERE verdict = 1 AND rollout_id = 2")
complains(h, "rollups", "--repair", "amounts that are not in the sums")
mends(h, "amounts", verdicts=2)
tamper(h, "UPDATE usage SET verdict = 3 WHERE verdict = 2 AND rollout_id = 1")
well(h, "a wrong verdict that fits in is not seen")
mends(h, "but --repair finds it", verdicts=1)
tamper(h, "UPDATE rollout SET own_line = 3, basis = 'turn' WHERE id = 1")
mends(h, "a boundary", boundaries=1)
h = fresh(roll.Roll().context().started("t").used((100, 10, 20, 5)))
tap.same(well(h, "a loss is no finding")["months"][0]["sessions_with_losses"], 1, "but stands by its month")
tap.same(tamper(h, "DELETE FROM loss"), 1, "a loss is removed")
mends(h, "a loss", losses=1)
tamper(h, "UPDATE thread SET dirty = 1")
complains(h, "ledger", "1 session is not counted yet", "a session that is not settled")
h.ingest()
well(h, "ingest settles it")

# ---- the lock
h = fresh()
with open(h.db + ".lock", "r+", encoding="ascii") as f:
    fcntl.flock(f, fcntl.LOCK_EX)
    f.truncate(0)
    f.write("4711\n")
    f.flush()
    tap.same(well(h, "a running ingest is no finding")["lock"], {"held": True, "pid": 4711}, "but its process is told")
    tap.ok("by process 4711" in h.ct("doctor")[1], "as text too")
    rc, out, err = h.ct("doctor", "--repair", "--wait", "0")
    tap.ok(rc == 1 and out == "" and "process 4711" in err, "--repair does not start then", f"{rc} {out} {err}")

# ---- files, kinds, prices
h = roll.Home(session())
os.makedirs(h.dir + "/sessions/2026/rollout-2026-10-06T10-00-00-" + roll.uuid4(7) + ".jsonl")
h.ingest()
d = complains(h, "files", "a folder, not a file", "a file that cannot be read")
tap.same((d["files_by_state"], len(d["problems"])), ({"failed": 1, "read": 1}, 1), "and it is listed")
r = session()
h = fresh(r.line("brand_new", {"x": 1}).line("brand_new", {}).line("newer", {}).raw(b"{ torn\n"))
d = complains(h, "kinds", "3 lines are of kinds that this version does not know: brand_new, newer", "unknown kinds")
tap.same((d["unknown_kinds"], d["months"][0]["unreadable_lines"]), ({"brand_new": 2, "newer": 1}, 1),
         "by name; a torn line stands by its month")
h = fresh(session(1, "gpt-99-turbo"), session(2, "codex-auto-review"))
d = complains(h, "prices", "gpt-99-turbo", "a model without a price")
tap.same(sorted(m["model"] for m in d["unpriced_models"]), ["codex-auto-review", "gpt-99-turbo"],
         "one that the card says has none is listed, and no finding")

# ---- places
def places(h, *args, **kw):
    rc, out, err = h.ct("doctor", "--paths", "--json", *args, **kw)
    d = json.loads(out) if rc == 0 else {}
    tap.ok(rc == 0 and err == "" and list(d) == ["places"], "--paths prints places only", f"{rc} {out} {err}")
    return {p["what"]: (p["value"], p["origin"]) for p in d.get("places", [])}


h = roll.Home(session())
p = places(h, "--tz", "UTC")
tap.same((p["database"], p["home"], p["time zone"]),
         ((h.db, "option --db"), (h.dir, "option --home"), ("UTC", "option --tz")), "origin: options")
tap.same((p["configuration"], p["rate card"]),
         ((None, "CODEX_USAGE_CONFIG"), (roll.EMPTY + "/rates.json", "CODEX_USAGE_DATADIR")), "origin: variables")
tap.ok(not os.path.exists(h.db), "--paths makes no database")
p = places(h, db=False, home=False, env={"CODEX_USAGE_DB": "/e/db", "CODEX_HOME": "/e/home", "CODEX_USAGE_TZ": "Asia/Tokyo"})
tap.same((p["database"], p["home"], p["time zone"]),
         (("/e/db", "CODEX_USAGE_DB"), ("/e/home", "CODEX_HOME"), ("Asia/Tokyo", "CODEX_USAGE_TZ")), "origin: environment")
p = places(h, db=False, home=False, env={"CODEX_USAGE_ROLLOUTS": "/e/r", "CODEX_HOME": "/e/home"})
tap.same((p.get("rollouts"), p.get("home")), (("/e/r", "CODEX_USAGE_ROLLOUTS"), None), "folders win over homes")
h.config = h.root + "/config.json"
with open(h.config, "w", encoding="utf-8") as f:
    json.dump({"db": "/c/db", "homes": [{"path": "/c/home", "label": "work"}], "timezone": "America/New_York"}, f)
p = places(h, db=False, home=False)
tap.same((p["configuration"], p["database"], p["home"], p["time zone"]),
         ((h.config, "CODEX_USAGE_CONFIG"), ("/c/db", "configuration"), ("/c/home", "configuration"),
          ("America/New_York", "configuration")), "origin: configuration")
h.config = ""
p = places(h, db=False, home=False)
tap.same((p["configuration"], p["database"], p["home"], p["time zone"]),
         ((h.root + "/.config/codex-usage-tracker/config.json", "default"),
          (h.root + "/.local/share/codex-usage-tracker/usage.sqlite", "default"), (h.dir, "default"),
          ("Europe/Stockholm", "default")), "origin: default")
rc, out, err = h.ct("doctor", "--paths", db=False, home=False)
tap.ok(rc == 0 and out.startswith("Places\n") and "(default, not there)" in out and "Permissions" not in out, "as text", out)
h = fresh()
rc, d = doctor(h, "--home", h.root + "/nowhere")
tap.same((rc, [(f["check"], f["where"]) for f in d["findings"]]), (1, [("places", h.root + "/nowhere")]),
         "a home that was named and is not there")
h.config = h.root + "/no-config.json"
complains(h, "places", "no-config.json", "a configuration that was named and is not there")
h.config = "/dev/null"
for args in (("--paths", "--repair"), ("--format", "csv"), ("--wait", "soon"), ("x",)):
    tap.same(h.ct("doctor", *args)[0], 2, "wrong usage: " + " ".join(args))

# ---- what was counted is counted again the same
if tap.LAB:
    names = [v + "/" + s for v in sorted(os.listdir(tap.LAB)) if os.path.isdir(f"{tap.LAB}/{v}")
             for s in sorted(os.listdir(f"{tap.LAB}/{v}"))][::4]
    h = roll.Home()
    for i in range(0, len(names), 20):
        h.ct("ingest", *(a for n in names[i:i + 20] for a in ("--home", f"{tap.LAB}/{n}")))
    rc, d = doctor(h, "--repair")
    tap.same((d["repaired"]["sessions"] > 50, {k: d["repaired"][k] for k in CHANGED}), (True, dict.fromkeys(CHANGED, 0)),
             f"{len(names)} folders of the lab: nothing changes")
    tap.same([c for c in checks(d) if c not in ("files", "kinds", "prices")], [], "and all is well")
else:
    tap.skip("the lab counted again", "no lab (../shared/lab)")
shutil.rmtree(roll.DIR, ignore_errors=True)
tap.done()
