#!/usr/bin/env python3
"""export, status, sessions, explain and clear-db: shapes, guards and files."""
import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import PROGRAM, Home, Roll, no_lab, uuid4  # noqa: E402

A, B, C = (1000, 200, 100, 40), (2000, 500, 200, 80), (4000, 1000, 400, 160)  # 1,100 2,200 4,400
LIMITS = {"primary": {"used_percent": 10.5, "window_minutes": 300, "resets_at": 1795339100},
          "secondary": {"used_percent": 40.0, "window_minutes": 10080, "resets_at": 1795730100},
          "credits": {"has_credits": True, "unlimited": False, "balance": "12.34"}, "plan_type": "plus"}
SEED = ("id,captured_at,captured_at_utc,event_type,total_tokens,input_tokens,cached_input_tokens,output_tokens,"
        "reasoning_output_tokens,lifetime_total_tokens,lifetime_input_tokens,lifetime_cached_input_tokens,lifetime_output_tokens,"
        "lifetime_reasoning_output_tokens,context_used,context_total,context_percent_left,limit_5h_percent_left,limit_5h_resets_at,"
        "limit_weekly_percent_left,limit_weekly_resets_at,limit_5h_used_percent,limit_5h_window_minutes,limit_5h_resets_at_seconds,"
        "limit_weekly_used_percent,limit_weekly_window_minutes,limit_weekly_resets_at_seconds,rate_limit_has_credits,"
        "rate_limit_unlimited,rate_limit_balance,rate_limit_plan_type,model,directory,session_id,codex_version,source,source_id").split(",")

# 1,100 counted, the same again, a null, a compaction, 4,400 counted; all in order of time
ODD = "=cmd|' /C calc'!A0, \"quoted\"\r\nnext"
one = Roll(uuid4(1), "2026-11-20T22:00:00Z").context("gpt-5.2", cwd=ODD)
one.used(A, limits=LIMITS).count(A, A).count(None, limits=LIMITS).line("compacted", {"message": "x"}).used(C)
two = Roll(uuid4(2), "2026-11-21T10:00:00Z", cwd="+src").context("@model", cwd="-src").used(B)
three = Roll(uuid4(3), "2026-11-22T10:00:00Z", cwd="/src/ünï\u20ac").context("gpt-5.2", cwd="/src/ünï\u20ac").used(B)
h = Home(one, two, three)

# -------------------------------------------------------------------------------- export
rc, raw, err = h.ct("export", "--format", "csv", raw=True)
tap.ok(rc == 0 and err == b"", "export --format csv: exit 0, nothing on stderr", err)
tap.ok(raw.endswith(b"\r\n") and raw.count(b"\n") == raw.count(b"\r\n"), "CSV: every line ends with CRLF, in quoted cells too")
rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))
head, rows = rows[0], rows[1:]
tap.same(len(SEED), 37, "the seed has 37 columns")
tap.same(head[:37], SEED, "the seed's columns first and in order")
tap.ok(len(head) > 37 and {"verdict", "recovered", "source_line", "response_id", "cache_write_tokens"} <= set(head[37:]), "ours behind them")
tap.ok(all(len(r) == len(head) for r in rows), "every row has every column")
col = {n: i for i, n in enumerate(head)}
tap.same([r[col["verdict"]] for r in rows], ["counted", "repeat", "no-info", "", "counted", "counted", "counted"], "every usage line and marker, in order of time")
tap.same([r[col["event_type"]] for r in rows], ["token_count"] * 3 + ["compacted"] + ["token_count"] * 3, "event types")
tap.same([r[col["total_tokens"]] for r in rows], ["1100", "0", "0", "", "4400", "2200", "2200"],
         "total_tokens: what counted, 0 where it did not, nothing where the row is no usage")
tap.same(rows[0][col["directory"]], "'" + ODD, "a cell with a comma, quotes and CRLF comes back; one that begins with = is guarded")
tap.same([r[col["model"]] for r in rows if r[col["session_id"]] == two.id], ["'@model"], "... with @")
tap.same([r[col["directory"]] for r in rows if r[col["session_id"]] == two.id], ["'-src"], "... with -")
# context: 1,100 used of 258,400; 258,400 - 12,000 = 246,400, below 12,000 nothing is gone: 100 %
tap.same([rows[0][col[c]] for c in ("context_used", "context_total", "context_percent_left")], ["1100", "258400", "100"], "context columns")
# 1795339100 is 2026-11-22T09:18:20Z, 1795730100 is 2026-11-26T21:55:00Z
tap.same([rows[0][col[c]] for c in ("limit_5h_used_percent", "limit_5h_percent_left", "limit_5h_resets_at", "limit_5h_resets_at_seconds",
                                    "limit_weekly_percent_left", "limit_weekly_resets_at", "rate_limit_balance", "rate_limit_plan_type")],
         ["10.5", "89.5", "2026-11-22T09:18:20Z", "1795339100", "60", "2026-11-26T21:55:00Z", "12.34", "plus"], "limit columns")
tap.same([rows[0][col["captured_at"]], rows[0][col["captured_at_utc"]]], ["2026-11-20T23:00:02+01:00", "2026-11-20T22:00:02.000Z"],
         "local and UTC time")

rc, text, err = h.ct("export")
objects = json.loads(text)
tap.ok(isinstance(objects, list) and all(list(o) == head for o in objects), "export writes JSON by default: an array of objects, keys in that order")
rc, text, err = h.ct("export", "--format", "ndjson")
lines = [json.loads(x) for x in text.splitlines()]
tap.same(lines, objects, "NDJSON: the same rows, one a line")


def flat(o):
    return ["" if o[n] is None else ("'" + o[n]) if isinstance(o[n], str) and o[n][:1] in "=+-@" and o[n] else str(o[n]) for n in head]


tap.same([flat(o) for o in objects], rows, "CSV: the same rows")
tap.same(objects[5]["directory"], "-src", "JSON is not guarded: it is data")
tap.same([o["directory"] for o in objects][-1], "/src/ünï\u20ac", "text beyond ASCII comes back")
total = sum(r["total_tokens"] for r in h.json("report"))
tap.same((sum(o["total_tokens"] or 0 for o in objects), total), (9900, 9900), "the sum of total_tokens is the report's: 1,100 + 4,400 + 2,200 + 2,200")
tap.same([(o["verdict"], o["total_tokens"]) for o in h.json("export", "--counted")], [("counted", n) for n in (1100, 4400, 2200, 2200)],
         "--counted: only what counts")
tap.same([o["total_tokens"] for o in h.json("export", "--counted", "--from", "2026-11-21", "--to", "2026-11-21")], [2200], "a range")
tap.same([o["session_id"] for o in h.json("export", "--counted", "--session", three.id)], [three.id], "a filter")
rc, text, err = Home().ct("export", "--format", "csv")
tap.ok(rc == 0 and text.startswith("id,captured_at,") and text.count("\r\n") == 1, "an empty database: the header alone", text)
tap.same(Home().json("export"), [], "... and []")

# -------------------------------------------------------------------------------- --out
target = h.root + "/e.csv"
rc, out, err = h.ct("export", "--format", "csv", "--out", target)
with open(target, "rb") as f:
    tap.same((rc, out, err, f.read()), (0, "", "", raw), "--out FILE: the same bytes there, nothing on stdout")
tap.same(os.stat(target).st_mode & 0o777, 0o600, "... mode 0600")
rc, out, err = h.ct("export", "--format", "csv", "--out", "-", raw=True)
tap.ok(out == raw and not os.path.exists(h.root + "/-"), "--out - is stdout, no file of that name")
with open(target, "wb") as f:
    f.write(b"old\n")


def limited():
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


h.ct("ingest")
# the database needs no write, the export more than the 1,024 bytes that a file may have
p = subprocess.run([PROGRAM, "export", "--db", h.db, "--home", h.dir, "--out", target], env=h.environment(), cwd=h.root, preexec_fn=limited,
                   stdin=subprocess.DEVNULL, capture_output=True, check=False)
with open(target, "rb") as f:
    tap.ok(p.returncode == 1 and f.read() == b"old\n" and p.stderr.count(b"\n") == 1,
           "an export that cannot be written whole: exit 1, one line, the old file stays", p.stderr)
tap.same([n for n in sorted(os.listdir(h.root)) if n.startswith("e.csv")], ["e.csv"], "... and no part is left")
rc, out, err = h.ct("export", "--out", h.root + "/no/such/e.json")
tap.ok(rc == 1 and out == "" and err.count("\n") == 1 and "no/such" in err, "--out in a folder that is not there: exit 1, naming it", err)
rc, out, err = h.ct("export", "--out", h.root)
tap.ok(rc == 1 and err.count("\n") == 1, "--out is a folder: exit 1", f"{rc} {err}")
rc, out, err = h.ct("export", "--out", "/dev/full")
tap.ok(rc == 1 and out == "" and err.count("\n") == 1 and "/dev/full" in err, "--out /dev/full: exit 1, naming it", f"{rc} {err}")
for command in (["export"], ["report"], ["report", "--json"], ["status"], ["sessions"], ["explain", one.id], ["ingest", "--json"]):
    with open("/dev/full", "wb") as full:
        p = subprocess.run([PROGRAM, *command, "--db", h.db, "--home", h.dir], env=h.environment(), stdin=subprocess.DEVNULL, stdout=full,
                           stderr=subprocess.PIPE, check=False)
    tap.ok(p.returncode == 1 and p.stderr.count(b"\n") == 1, f"{' '.join(command[:1])} > /dev/full: exit 1, one line", f"{p.returncode} {p.stderr}")

# ------------------------------------------------------------------------------- status
# made: the newest line says 4,400 of the last request; context 158,400 used of 258,400:
# (246,400 - 146,400) / 246,400 = 40.58 % -> 41 %
s = Roll(uuid4(9), "2026-11-22T08:00:00Z", cli_version="0.117.0").context("gpt-5.2", cwd="/src/app").used(A, limits=LIMITS)
s.count((5000, 1200, 500, 200), (4000, 1000, 400, 160, 0, 158400), limits={**LIMITS, "limit_id": "codex_bengalfox", "limit_name": "fox",
        "secondary": None, "primary": {"used_percent": 77.5, "window_minutes": 1440, "resets_at": 1795373386}})
st = Home(s)
NOW = "2026-11-22T08:30:00Z"
rc, out, err = st.ct("status", now=NOW)
# resets: 09:18:20Z is 10:18 in Stockholm today; 21:55Z of the 26th is 22:55; 1795373386 is 18:49:46Z -> 19:49 today
tap.same(out.splitlines(), ["Captured: 2026-11-22T09:00:03+01:00", "Model: gpt-5.2", "Directory: /src/app", f"Session: {s.id}",
                            "Codex version: 0.117.0", "Token usage: total=4,400 input=4,000 cached=1,000 output=400",
                            "Context window: 41% left (158,400 used / 258,400)", "5h limit: 89.5% left (resets 10:18)",
                            "Weekly limit: 60.0% left (resets 22:55 on 26 Nov)", "codex_bengalfox Daily limit: 22.5% left (resets 19:49)"],
         "status: the newest snapshot, context of the last request, every limit")
j = st.json("status", now=NOW)
tap.same(j["last_request"], {"total_tokens": 4400, "input_tokens": 4000, "cached_input_tokens": 1000, "cache_write_tokens": 0, "output_tokens": 400,
                             "reasoning_output_tokens": 160}, "status --json: the last request")
tap.same(j["context"], {"used_tokens": 158400, "window_tokens": 258400, "percent_left": 41}, "... the context")
tap.same([(x["limit_id"], x["window_minutes"], x["used_percent"], x["resets_at"], x["is_reset"], x["plan_type"]) for x in j["limits"]],
         [("codex", 300, 10.5, "2026-11-22T10:18:20+01:00", False, "plus"), ("codex", 10080, 40, "2026-11-26T22:55:00+01:00", False, "plus"),
          ("codex_bengalfox", 1440, 77.5, "2026-11-22T19:49:46+01:00", False, "plus")], "... the limits, the main family first")
tap.same((j["captured_at"], j["session_id"], j["model"], j["timezone"]), ("2026-11-22T09:00:03+01:00", s.id, "gpt-5.2", "Europe/Stockholm"),
         "... the rest")
out = st.ct("status", now="2026-11-22T12:00:00Z")[1]
tap.ok("5h limit: reset at 10:18, no newer value yet" in out and "5h limit: 89.5%" not in out, "a limit whose reset has passed has no old percentage", out)
tap.same([x["used_percent"] for x in st.json("status", now="2026-11-22T12:00:00Z")["limits"]], [None, 40, 77.5], "... nor in JSON")
# a repeated older line may not win over a newer one of the same family; 299 minutes are 300
late = Roll(uuid4(8), "2026-11-22T08:10:00Z").context().used(A, limits={"primary": {"used_percent": 20, "window_minutes": 299, "resets_at": 1795339100}})
st.put(late)
tap.same([(x["limit_id"], x["window_minutes"], x["used_percent"]) for x in st.json("status", now=NOW)["limits"]],
         [("codex", 300, 20), ("codex", 10080, 40), ("codex_bengalfox", 1440, 77.5)], "the newest sample of each (limit, window) over all sessions; 299 is 300")
tap.same(Home().ct("status"), (0, "No usage data captured yet.\n", ""), "no data: \"No usage data captured yet.\", exit 0")
tap.same(Home().json("status")["limits"], [], "... and valid JSON")
if tap.LAB:
    lab = Home()
    src = tap.LAB + "/0.169.0/s12_two_limit_families"
    # 0.169 keeps only the last family: codex_bengalfox, 1,440 minutes, 77.5 used, resets 1795333386 = 07:43:06Z;
    # the last request: input 10,445 cached 6,208 output 372: 10,817 of 258,400, below 12,000: 100 % left
    rc, out, err = lab.ct("status", "--home", src, home=False, now="2026-11-22T07:00:00Z")
    want = ["Token usage: total=10,817 input=10,445 cached=6,208 output=372", "Context window: 100% left (10,817 used / 258,400)",
            "codex_bengalfox Daily limit: 22.5% left (resets 08:43)"]
    tap.same([x for x in out.splitlines() if x.startswith(("Token", "Context")) or "limit:" in x], want, "lab 0.169 s12: usage, context, limits")
    j = lab.json("status", "--home", src, home=False, now="2026-11-22T07:00:00Z")
    tap.same([(x["limit_id"], x["window_minutes"], x["used_percent"], x["resets_at"]) for x in j["limits"]],
             [("codex_bengalfox", 1440, 77.5, "2026-11-22T08:43:06+01:00")], "... in JSON")
else:
    no_lab("status on the lab")

# ------------------------------------------------------------------------------ sessions
n = [Roll(uuid4(100 + i), f"2026-10-{i + 1:02d}T10:00:00Z", cwd=f"/src/app{i}", git={"branch": f"topic-{i}", "repository_url":
     f"https://git.example.org/team/repo{i}.git"}).context("gpt-5.2", cwd=f"/src/app{i}").user().used(A) for i in range(25)]
many = Home(*n)
many.write("session_index.jsonl", b'{"id":"%s","thread_name":"The Big One","updated_at":"2026-10-05T10:00:00Z"}\n' % n[4].id.encode())
ids = [s["session_id"] for s in many.json("sessions")]
tap.same(ids, [r.id for r in reversed(n)], "sessions: newest first, JSON lists all")
tap.same([s["session_id"] for s in many.json("sessions", "--limit", "3")], [r.id for r in reversed(n)][:3], "--limit 3")
rc, out, err = many.ct("sessions", "--limit", "3")
tap.ok(out.count("gpt-5.2") == 3 and "More: --limit 0 lists all." in out, "the table says that there are more", out)
tap.ok("More:" not in many.ct("sessions", "--limit", "25")[1], "... and not when there are none")
for word, want in (("big one", 4), ("SRC/APP7", 7), ("topic-11", 11), ("team/repo13", 13), (n[9].id[:9], 9)):
    tap.same([s["session_id"] for s in many.json("sessions", "--search", word)], [n[want].id], f"--search {word}")
tap.same(many.json("sessions", "--search", "%"), [], "--search: % is no wildcard")
tap.same([s["session_id"] for s in many.json("sessions", "--from", "2026-10-03", "--to", "2026-10-04")], [n[3].id, n[2].id], "sessions of two days")
tap.same([s["session_id"] for s in many.json("sessions", "--directory", "/src/app1")], [n[1].id], "--directory /src/app1 is not /src/app10")
for bad in ("-1", "x", "1.5", ""):
    rc, out, err = many.ct("sessions", "--limit", bad)
    tap.ok(rc == 2 and out == "" and "whole number" in err, f"--limit {bad!r}: exit 2 with the accepted form", err)

# ------------------------------------------------------------------------------- explain
x = many.json("explain", n[0].id[:8])
tap.same((x["session_id"], x["total"]["total_tokens"]), (n[0].id, 1100), "explain takes the beginning of an id")
rc, out, err = many.ct("explain", "000000")
tap.ok(rc == 2 and out == "" and "several sessions begin with" in err and err.count("\n") == 1, "a beginning of several: exit 2, naming two", f"{rc} {err}")
rc, out, err = many.ct("explain", "ffffffff")
tap.ok(rc == 1 and out == "" and "no session begins with" in err, "of none: exit 1", f"{rc} {err}")
rc, out, err = many.ct("explain", "00")
tap.ok(rc == 2 and "at least 4" in err, "fewer than 4 characters: exit 2", f"{rc} {err}")
rc, out, err = many.ct("explain", "%%%%")
tap.ok(rc == 1, "% is no wildcard", f"{rc} {err}")
rc, out, err = many.ct("explain")
tap.ok(rc == 2 and out == "", "no id: exit 2", f"{rc} {err}")
rc, out, err = many.ct("explain", n[0].id, n[1].id)
tap.ok(rc == 2 and out == "", "two ids: exit 2", f"{rc} {err}")
out = h.ct("explain", one.id)[1]
tap.ok("Total: 5,500 tokens = 5,000 input (1,200 cached) + 500 output (200 reasoning)" in out, "the arithmetic's last line: 1,100 + 4,400", out)
tap.same([" ".join(x.split()[:2]) for x in out.splitlines() if x[:6].strip().isdigit() and x.startswith("     ")], ["2 counted", "1 repeat", "1 no-info"],
         "... and how many lines of each verdict")
# an id that is the beginning of another one
pre = Home(Roll("abcd-1").context().used(A), Roll("abcd-12", "2026-10-06T10:00:00Z").context().used(B))
tap.same(pre.json("explain", "abcd-1")["session_id"], "abcd-1", "a whole id goes before one that it begins")

# ------------------------------------------------------------------------------ clear-db
c = Home(Roll(uuid4(7)).context().used(A))
rc, out, err = c.ct("clear-db", home=False)
tap.same((rc, out, os.path.exists(c.db)), (0, f"No database found at {c.db}\n", False), "clear-db without a database: says so, makes none")
c.ct("ingest")
rc, out, err = c.ct("clear-db", home=False)
tap.ok(rc == 2 and out == "" and "--yes" in err and os.path.exists(c.db), "without a terminal and without --yes: exit 2, kept", f"{rc} {err}")


def on_terminal(answer):
    """clear-db on a pty; returns (status, what it printed)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(PROGRAM, [PROGRAM, "clear-db", "--db", c.db], c.environment())
    seen = b""
    sent = False
    while True:
        ready, _, _ = select.select([fd], [], [], 10)
        if not ready:
            os.kill(pid, signal.SIGKILL)
            break
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
        if not sent and b"confirm" in seen:
            os.write(fd, answer)
            sent = True
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return os.waitstatus_to_exitcode(status), seen.decode()


rc, out = on_terminal(b"no\n")
tap.ok(rc == 0 and "Aborted." in out and os.path.exists(c.db), "on a terminal, \"no\": Aborted., exit 0, kept", f"{rc} {out}")
tap.ok(f"Delete {c.db}? Type 'delete' to confirm:" in out, "... the question is the seed's", out)
rc, out = on_terminal(b"\x04")
tap.ok(rc == 0 and os.path.exists(c.db), "end of input: kept", f"{rc} {out}")
rc, out = on_terminal(b"y\n")
tap.ok(os.path.exists(c.db), "\"y\": kept", f"{rc} {out}")
rc, out = on_terminal(b" DELETE \n")
tap.ok(rc == 0 and f"Deleted {c.db}" in out and not os.path.exists(c.db), "\"delete\" in any case: gone", f"{rc} {out}")
c.ct("ingest")
rc, out, err = c.ct("clear-db", "--yes", home=False)
tap.same((rc, out, err), (0, f"Deleted {c.db}\n", ""), "--yes: Deleted")
tap.same([x for x in os.listdir(c.root) if x.startswith("usage.sqlite")], [], "nothing of it is left: no -wal, -shm or lock")
tap.ok(os.path.exists(c.dir + "/sessions"), "Codex's files are there")
tap.same(c.sessions(), {uuid4(7): 1100}, "the next run makes it again")

tap.done()
