"""recount.py - what a Codex home holds, read by the rules of formats.md 7.0 and
design.md 10 alone: no program, no database. Home(path) has its sessions, and of each
the responses that count, turns, calls, messages, compactions, samples of limits, and a
verdict for every usage line. What is made of these for a page stands in figures.py.

The copies that a file begins with are told by ordinal, by turn or by its parent; a
session without a file of its own, of which only copies are left, is not known here.
"""
import bisect
import datetime
import os
import re

import kit
import signs
from calls import COMPLETED, FAILED, Call, heard, span
from ledger import Ledger, vector

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAME = re.compile(rf"rollout-(\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d)-({UUID})(?:_({UUID}))?")
BURST_MS = 20
TREMBLE_MS = 2000  # of a reset that is told as seconds from now
TURN_LINES = ("event_msg/task_started", "event_msg/task_complete", "event_msg/turn_aborted")
SOURCES = ("cli", "exec", "vscode", "mcp")
INJECTED = ("<environment_context", "<user_instructions", "# AGENTS.md instructions", "<turn_aborted", "<permissions",
            "<skill", "<subagent_notification", "<collaboration_mode", "<user_shell_command", "<model_switch",
            "<apps_instructions", "<plugins_instructions", "<personality", "<multi_agent", "<environments")


def ms_of(value):
    """Milliseconds of a line's time: RFC 3339, or a number of seconds or milliseconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value if value > 1e11 else value * 1000)
    if not isinstance(value, str):
        return None
    try:
        t = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    if t.tzinfo is None:
        t = t.replace(tzinfo=datetime.timezone.utc)
    return (t - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)


def born(uuid):
    """Milliseconds in a UUID of version 7, None in another."""
    return int(uuid.replace("-", "")[:12], 16) if re.fullmatch(UUID, uuid or "") and uuid[14] == "7" else None


def repository(url):
    """github.com/u/p of an address in any form; "" for none."""
    if not url:
        return ""
    scheme, found, rest = url.partition("://")
    rest = rest if found else scheme
    rest = re.sub(r"^[^/@]*@", "", re.sub(r"[?#].*", "", rest) if found else rest)
    rest = re.sub(r"^([^/:]*):\d+", r"\1", rest) if found else re.sub(r"^([^/:]*):/?", r"\1/", rest)
    host, slash, path = re.sub(r"\.git$", "", rest.rstrip("/")).partition("/")
    return host.lower() + slash + path


class Fact:
    """One record: number of its line from 1, time, name ("event_msg/token_count"), payload, ordinal."""

    def __init__(self, n, at, o, bare):
        self.n, self.at, self.ordinal = n, at, o.get("ordinal")
        self.p = o if bare else o["payload"]
        if "type" not in self.p and isinstance(self.p.get("payload"), dict):  # what some bridges write
            self.p = self.p["payload"]
        kind = "response_item" if bare else o.get("type")
        self.name = f"{kind}/{self.p.get('type')}" if kind in ("event_msg", "response_item") else kind
        self.name = self.name.replace("/turn_started", "/task_started").replace("/turn_complete", "/task_complete")
        self.item = self.p.get("item") or {} if self.name == "event_msg/item_completed" else {}


class Rollout:
    """One file: its records, with the line that its own begin at."""

    def __init__(self, path, lines):
        self.path, self.lines, self.facts = path, len(lines), []
        found = NAME.search(os.path.basename(path))
        at = ms_of(re.sub(r"T(\d\d)-(\d\d)-", r"T\1:\2:", found[1])) if found else None
        self.times = []
        for line in lines:
            for o in kit.records(line):
                t = ms_of(o.get("timestamp"))
                at = at if t is None else t
                if t is not None:
                    self.times.append((line.n, t))
                bare = not isinstance(o.get("payload"), dict)
                if bare and "record_type" in o:
                    continue
                fact = Fact(line.n, at, o, bare)
                if bare and "type" not in o:
                    fact.name, fact.p = "session_meta", o
                self.facts.append(fact)
        metas = [f.p for f in self.facts if f.name == "session_meta"]
        self.meta = metas[0] if metas else {}
        self.thread = found[2] if found else self.meta.get("id")
        self.page = (found[3] if found else "") or ""
        self.turn_ids = [(f.n, f.p.get("turn_id")) for f in self.facts if f.name == "event_msg/task_started"]
        top = next((i for i, f in enumerate(self.facts) if f.name != "session_meta"), len(self.facts))
        self.others = [f.p.get("id") for f in self.facts[:top] if f.name == "session_meta"
                       and f.p.get("id") != self.thread]
        self.base = self.meta.get("history_base")
        source = self.meta.get("source")
        self.is_review = source == {"subagent": "review"}
        self.basis, self.own = "none", 1
        self.ancestor = self.meta.get("forked_from_id") or (self.others or [None])[0]

    def at_line(self, n):
        """Time of the line N, or of the last one before it that has one."""
        return next((f.at for f in reversed(self.facts) if f.n <= n), None)

    def find_own(self, home):
        """formats.md 7.0 rule 1."""
        start = self.meta.get("subagent_history_start_ordinal")
        if start is not None:
            self.basis = "ordinal"
            self.own = next((f.n for f in self.facts if f.ordinal is not None and f.ordinal >= start), self.lines + 1)
        elif self.base or not self.ancestor:
            return
        elif born(self.thread) and any(born(t) for _, t in self.turn_ids):
            self.basis, self.own = "turn", self.behind_turns()
        elif home.of(self.ancestor):
            self.basis, self.own = "parent", self.behind_prefix(home.of(self.ancestor)[0])
        else:
            self.basis, self.own = "burst", self.behind_burst()

    def behind_turns(self):
        """Of a review that ran inside only the end may be told."""
        first = next((n for n, t in self.turn_ids if born(t) is not None and born(t) >= born(self.thread)), self.lines + 1)
        seen = [(f.n, f.p["turn_id"], f.name == "event_msg/task_started") for f in self.facts if f.n < first
                and f.name in TURN_LINES and (born(f.p.get("turn_id")) or born(self.thread)) < born(self.thread)]
        last = [t for _, t, _ in seen][-1:]
        ends = [n + 1 for n, t, starts in seen if [t] == last and not starts]
        return ends[-1] if ends else first

    def behind_prefix(self, parent):
        """Lines that nothing is counted of may stand on either side."""
        mine, theirs = ([f for f in r.facts if f.name in STEPS and f.name != "turn_context"] for r in (self, parent))
        n = 0
        while n < min(len(mine), len(theirs)) and (mine[n].name, mine[n].p) == (theirs[n].name, theirs[n].p):
            n += 1
        return mine[n - 1].n + 1 if n else 1

    def behind_burst(self):
        last = 1
        for (_, a), (n, b) in zip(self.times, self.times[1:]):
            if b - a > BURST_MS:
                break
            last = n
        return last + 1


class Response:
    """A response that counts: tokens are input, cached, cache write, output, reasoning."""

    def __init__(self, at, tokens, dims, turn, line):
        self.at, self.tokens, self.dims, self.turn, self.line = at, tokens, dims, turn, line
        self.context = self.window = None


class Turn:
    def __init__(self, fact, ident, seq):
        self.at, self.ident, self.seq = fact.at, ident, seq
        self.end = self.duration = self.ttft = self.status = self.dims = self.in_force = None
        self.messages = self.calls = self.failures = self.compactions = 0


class Session:
    """A thread: its files in order, and what they hold of its own."""

    def __init__(self, home, uuid, files):
        self.home, self.id = home, uuid
        self.files = sorted(files, key=lambda r: (r.page != "", (r.base or {}).get("end_ordinal_exclusive") or 0,
                                                  r.times[0][1] if r.times else 0))
        self.meta = self.files[0].meta
        times = [t for r in self.files for _, t in r.times]
        self.first = min((r.times[0][1] for r in self.files if r.times), default=None)
        self.last = max(times, default=None)
        self.responses, self.turns, self.calls, self.samples, self.lines = [], [], [], [], []
        self.messages = self.compactions = self.inherited = 0
        self.peak = None
        self.home_dims = {"home": home.path, "source": source_of(self.meta), "session": uuid,
                          "repo": repository((self.meta.get("git") or {}).get("repository_url")),
                          "branch": (self.meta.get("git") or {}).get("branch") or ""}
        ledger, self.usage_dims = Ledger(), []
        # an open call is a sign only where files do not say how turns end
        self.losses = [(k, r.at_line(n)) for r in self.files for k, n in sorted(r.signs)
                       if n >= r.own and (k != "unfinished-call" or not r.turn_ids)]
        for r in self.files:
            Reading(self, r, ledger).run()
        self.give_turns()

    def give_turns(self):
        """A turn without a usage line of its own goes by the line before, or the next one."""
        for order in (self.turns, self.turns[::-1]):
            dims = None
            for t in order:
                t.dims = dims = t.dims or dims
        # of a session without any usage line: by what was in force where tokens got lost, else not known
        unknown = dict.fromkeys(("model", "effort", "tier", "directory", "project", *self.home_dims), "")
        unknown["session"] = self.id
        for t in self.turns:
            t.dims = t.dims or (self.usage_dims[0] if self.usage_dims else t.in_force if self.losses else unknown)

    @property
    def parent(self):
        spawn = self.meta.get("source")
        spawn = (spawn.get("subagent") or {}) if isinstance(spawn, dict) else {}
        spawn = spawn.get("thread_spawn") or {} if isinstance(spawn, dict) else {}
        return self.meta.get("parent_thread_id") or spawn.get("parent_thread_id")


def source_of(meta):
    """One of the words of design.md 10."""
    s = meta.get("source")
    if isinstance(s, str):
        return s if s in SOURCES else "other"
    inner = s.get("subagent") if isinstance(s, dict) else None
    if isinstance(s, dict) and (s.get("internal") == "guardian" or inner == {"other": "guardian"}):
        return "guardian"
    return inner if inner in ("review", "compact") else "subagent" if inner else "other"


class Reading:
    """One file of a session, from its first line to its last."""

    def __init__(self, session, rollout, ledger):
        self.s, self.r, self.ledger = session, rollout, ledger
        self.model, self.effort, self.tier = "", "default", "unknown"
        self.cwd = rollout.meta.get("cwd") or ""
        self.turn, self.seq, self.in_review = None, 0, False
        self.ids = any(t for _, t in rollout.turn_ids)
        self.has_ids = False
        self.contexts = {}  # turn id -> ([line], [what it says])
        self.open = []
        self.events = any(f.name in ("event_msg/user_message", "event_msg/agent_message")
                          or f.item.get("type") in ("UserMessage", "AgentMessage") for f in rollout.facts)
        for f in rollout.facts:
            if f.name == "turn_context" and f.p.get("turn_id"):
                lines, said_there = self.contexts.setdefault(f.p["turn_id"], ([], []))
                lines.append(f.n)
                said_there.append(f.p)

    def run(self):
        if self.r.base and self.r.base.get("thread_id") != self.s.id:
            self.ledger.based = True
        for f in self.r.facts:
            if f.name == "event_msg/item_completed" and f.p.get("thread_id") not in (None, self.s.id):
                continue  # a copy, or of a review inside
            step = STEPS.get(f.name) or STEPS.get(f.item.get("type"))
            if step:
                step(self, f, f.n >= self.r.own)
                if self.turn:
                    self.turn.in_force = self.dims()

    def dims(self, context=None):
        d = dict(self.s.home_dims, model=self.model.lower(), effort=self.effort, tier=self.tier, directory=self.cwd)
        if context:
            d["model"] = (context.get("model") or self.model).lower()
        d["project"] = d["repo"] or d["directory"]
        return d

    def dims_of_record(self, f):
        """Of the turn_context with its turn id, the last one before it, else the first behind."""
        lines, found = self.contexts.get(f.p.get("turn_id"), ([], []))
        return self.dims(found[max(bisect.bisect(lines, f.n) - 1, 0)] if found else None)

    # what is in force

    def context(self, f, _own):
        self.model = f.p.get("model") or self.model
        self.effort = f.p.get("effort") or "default"
        self.cwd = f.p.get("cwd") or self.cwd

    def settings(self, f, _own):
        if f.p.get("thread_id") not in (None, self.s.id):
            return
        s = f.p.get("thread_settings") or {}
        self.model = s.get("model") or self.model
        self.effort = s.get("reasoning_effort") or "default"
        self.cwd = s.get("cwd") or self.cwd
        tier = (s.get("service_tier") or "").strip().lower()
        self.tier = {"fast": "priority", "priority": "priority", "flex": "flex", "default": "default",
                     "standard": "default", "auto": "default"}.get(tier, "unknown")

    # turns

    def begin(self, f, own, ident=None):
        self.seq += 1
        self.turn = None
        if own:
            self.turn = Turn(f, ident, self.seq)
            self.s.turns.append(self.turn)

    def started(self, f, own):
        if self.in_review:
            return
        self.has_ids = self.has_ids or bool(f.p.get("turn_id"))
        self.begin(f, own, f.p.get("turn_id"))

    def ended(self, f, _own):
        ident = f.p.get("turn_id")
        t = next((t for t in reversed(self.s.turns) if t.ident == ident), None) if ident else self.turn
        if t is None or t.status is not None:
            return
        t.end, t.duration, t.ttft = f.at, f.p.get("duration_ms"), f.p.get("time_to_first_token_ms")
        t.status = (f.p.get("reason") or "interrupted") if f.name == "event_msg/turn_aborted" else \
            "failed" if f.p.get("error") else "completed"

    # messages

    def message(self, own):
        self.s.messages += own
        if own and self.turn:
            self.turn.messages += 1

    def user_event(self, f, own):
        if self.in_review:
            return
        if not self.has_ids:
            self.begin(f, own)
        self.message(own)

    def agent_event(self, _f, own):
        if not self.in_review:
            self.message(own)

    def item_event(self, _f, own):
        self.message(own)

    def item(self, f, own):
        role, texts = f.p.get("role"), [c["text"] for c in f.p.get("content") or [] if "text" in c]
        prompt = role == "user" and not any(t.lstrip().startswith(INJECTED) for t in ("".join(texts), (texts or [""])[0]))
        if prompt and "timestamp" not in f.p and self.is_bare():
            self.begin(f, own)
        if not self.events and (prompt or role == "assistant"):
            self.message(own)

    def is_bare(self):
        return "id" in self.r.meta and "cli_version" not in self.r.meta

    def review(self, f, _own):
        self.in_review = "ntered" in (f.item.get("type") or f.name)

    def compaction(self, _f, own):
        self.s.compactions += own
        if own and self.turn:
            self.turn.compactions += 1

    # calls

    def call(self, f, own):
        name, ident, done = f.p.get("name"), f.p.get("call_id"), f.name == "response_item/web_search_call"
        if done:
            name = (f.p.get("action") or {}).get("type") or "web_search"
        elif f.name == "response_item/local_shell_call":
            name = name or "local_shell"
        c = Call(f, self.turn, name, ident)
        if done:
            c.status = FAILED if f.p.get("status") in ("failed", "declined") else COMPLETED
            c.end = f.at
        else:
            self.open.append(c)
        if own:
            self.s.calls.append(c)

    def output(self, f, _own):
        c = next((c for c in self.open if c.call_id == f.p.get("call_id")), None)
        if c is None:
            return
        self.open.remove(c)
        status, wall, c.bytes = heard(f.p)
        if status != COMPLETED or c.status != FAILED:
            c.status = status
        c.wall = c.wall if wall is None else wall
        c.end = f.at

    def finished(self, f, _own):
        """An end event or item: of the call with its id, an item's of the oldest that is open."""
        o, ident = f.item or f.p, None if f.item else f.p.get("call_id")
        if ident:
            c = next((c for c in reversed(self.open) if c.call_id == ident), None) or \
                next((c for c in reversed(self.s.calls) if c.call_id == ident), None)
        else:
            c = next((c for c in self.open if c.turn is self.turn), None)
        if c is None:
            return
        result = o.get("result")
        if o.get("exit_code") or o.get("status") in ("failed", "declined") or o.get("success") is False or \
                isinstance(result, dict) and "Err" in result:
            c.status = FAILED
        c.wall = span(o) if c.wall is None else c.wall

    # usage

    def usage(self, f, own, verdict, tokens, dims):
        logged = vector(f.p.get("usage") if f.name == "token_usage_record" else (f.p.get("info") or {}).get("last_token_usage"))
        self.s.lines.append([verdict, logged[0] + logged[3] if logged else 0, tokens[0] + tokens[3] if tokens else 0])
        if not own:
            return
        if self.turn and self.turn.dims is None:
            self.turn.dims = dims
        if verdict == "counted":
            self.s.responses.append(Response(f.at, tokens, dims, self.turn, self.s.lines[-1]))

    def record(self, f, own):
        dims = self.dims_of_record(f)
        self.s.usage_dims.append(dims)
        if not own or f.p.get("thread_id") not in (None, self.s.id):
            self.usage(f, own, "inherited", None, dims)
            self.s.inherited += sum(vector(f.p.get("usage"))[:4:3]) if not own and not self.ledger.previous else 0
            return
        verdict, tokens, instead = self.ledger.record(f.p, self.seq)
        if instead is not None:
            gone = next(x for x in self.s.responses if x.line is instead)
            self.s.responses.remove(gone)
            instead[0], instead[2] = "superseded", 0
        self.usage(f, own, verdict, tokens, dims)

    def count(self, f, own):
        info, dims = f.p.get("info"), self.dims()
        self.s.usage_dims.append(dims)
        total = vector((info or {}).get("total_token_usage"))
        last = (info or {}).get("last_token_usage") or {}
        window, context = (info or {}).get("model_context_window"), last.get("total_tokens", 0)
        if not own:
            if total:
                self.ledger.previous, self.ledger.based = total, True
                self.s.inherited = total[0] + total[3]
            self.usage(f, own, "inherited", None, dims)
            return
        copy = self.in_review and (total, vector(last)) in self.s.home.review_counts
        verdict, tokens = self.ledger.count(info, self.seq, None, copy)
        self.usage(f, own, verdict, tokens, dims)
        if verdict == "counted" and self.ledger.loose:
            self.ledger.loose = self.ledger.loose[:2] + (self.s.lines[-1],)
        if verdict == "review-copy":
            return
        if window and last:
            fill = (context * 2000 + window) // (2 * window)
            self.s.peak = fill if self.s.peak is None or fill > self.s.peak else self.s.peak
            if verdict == "counted" or verdict == "superseded" and self.s.responses and \
                    self.s.responses[-1].window is None:
                self.s.responses[-1].context, self.s.responses[-1].window = context, window
        self.limits(f)

    def limits(self, f):
        limits = f.p.get("rate_limits") or {}
        for key in ("primary", "secondary"):
            w = limits.get(key)
            if not isinstance(w, dict) or w.get("used_percent") is None:
                continue
            minutes = {299: 300, 10079: 10080}.get(w.get("window_minutes"), w.get("window_minutes"))
            resets = w.get("resets_at")
            if resets is None and w.get("resets_in_seconds") is not None:
                resets = f.at // 1000 + w["resets_in_seconds"]
            resets = None if resets is None else resets * 1000
            limit = limits.get("limit_id") or "codex", minutes
            before = next((x for x in reversed(self.s.samples) if x[1] == limit), None)
            if before and resets and before[3] and before[2] == w["used_percent"] and abs(resets - before[3]) <= TREMBLE_MS:
                resets = before[3]
            self.s.samples.append((f.at, limit, w["used_percent"], resets))


STEPS = {
    "turn_context": Reading.context, "event_msg/thread_settings_applied": Reading.settings,
    "event_msg/task_started": Reading.started, "event_msg/task_complete": Reading.ended,
    "event_msg/turn_aborted": Reading.ended,
    "event_msg/user_message": Reading.user_event, "event_msg/agent_message": Reading.agent_event,
    "UserMessage": Reading.item_event, "AgentMessage": Reading.item_event, "response_item/message": Reading.item,
    "event_msg/entered_review_mode": Reading.review, "event_msg/exited_review_mode": Reading.review,
    "EnteredReviewMode": Reading.review, "ExitedReviewMode": Reading.review, "compacted": Reading.compaction,
    "response_item/function_call": Reading.call, "response_item/custom_tool_call": Reading.call,
    "response_item/local_shell_call": Reading.call, "response_item/web_search_call": Reading.call,
    "response_item/function_call_output": Reading.output, "response_item/custom_tool_call_output": Reading.output,
    "CommandExecution": Reading.finished, "FileChange": Reading.finished, "McpToolCall": Reading.finished,
    "DynamicToolCall": Reading.finished, "event_msg/exec_command_end": Reading.finished,
    "event_msg/patch_apply_end": Reading.finished, "event_msg/mcp_tool_call_end": Reading.finished,
    "token_usage_record": Reading.record, "event_msg/token_count": Reading.count,
}


class Home:
    """A Codex home and its sessions, by id."""

    def __init__(self, path):
        self.path, self.rollouts = path, {}
        for sub in ("archived_sessions", "sessions"):
            for top, _, names in os.walk(os.path.join(path, sub)):
                for name in sorted(names):
                    plain = name.removesuffix(".zst")
                    if plain.startswith("rollout-") and plain.endswith(".jsonl") and (name == plain or plain not in names):
                        self.take(os.path.join(top, name))
        self.review_counts = {(vector(i.get("total_token_usage")), vector(i.get("last_token_usage")))
                              for r in self.rollouts.values() if r.is_review for f in r.facts
                              if f.name == "event_msg/token_count" for i in [f.p.get("info") or {}]}
        for r in self.rollouts.values():
            r.find_own(self)
        self.sessions = {t: Session(self, t, self.of(t)) for t in sorted({r.thread for r in self.rollouts.values()})}

    def take(self, path):
        """Of several files of a rollout the one with most lines; live before archived, plain before compressed."""
        whole = kit.Rollout(path)
        if not whole.lines:
            return
        r = Rollout(path, whole.lines)
        r.signs = signs.signs_of(whole)
        r.archived = "/archived_sessions/" in path
        key, rank = (r.thread, r.page), lambda x: (-x.lines, x.archived, x.path.endswith(".zst"), x.path)
        if key not in self.rollouts or rank(r) < rank(self.rollouts[key]):
            self.rollouts[key] = r

    def of(self, thread):
        """The rollouts of a thread."""
        return [r for (t, _), r in sorted(self.rollouts.items()) if t == thread]
