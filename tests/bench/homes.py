"""homes.py - the Codex homes that bench.py measures on. All of them are invented,
and the same bytes each time.

typical, real and tiny-files are `codex-track demo`'s. The others are written here,
because they must have an exact number of files, one session of a given size, or a
line of a given length. Their turns are alike, so that the numbers that a report
must say follow from the count of responses: 12,500 tokens each.

Each home is a folder with codex-home/ and stamp.json. The stamp says what was
asked for and what was written; a home whose stamp or size differs is made again.
The folder that they are in has a mark, and only a folder with it is ever cleaned.
"""
import hashlib
import json
import os
import random
import shutil
import subprocess
import time

NOW = "2026-11-22T12:00:00Z"
NOW_S = 1795348800            # the same in seconds
DAYS = 28                     # sessions begin on the days before, evenly
STEP_MS = 2000                # from one line to the next
RESPONSES = 4                 # of a turn
RESPONSE_TOKENS = 12500
RESPONSE_LINES = 7
TURN_LINES = 4                # and those of its responses
MARK = ".codex-track-bench"
CHUNK = 1 << 20

CWD = "/home/dev/src/meadow"
USAGE = ('{"input_tokens":%d,"cached_input_tokens":%d,"output_tokens":%d,"reasoning_output_tokens":%d,'
         '"total_tokens":%d}')
LIMITS = ('{"limit_id":"codex","limit_name":null,"primary":{"used_percent":%d.0,"window_minutes":300,'
          '"resets_at":%d},"secondary":{"used_percent":21.0,"window_minutes":10080,"resets_at":1795514326},'
          '"credits":null,"plan_type":"plus","rate_limit_reached_type":null}')


def words(rng, length):
    """About LENGTH bytes of prose that needs no escape in JSON."""
    bag = ("the row table of sum each month reads offset before rounding value test parser should keep width"
           " column first drift check file is not empty then later between number").split()
    out = []
    while length > 0:
        out.append(rng.choice(bag))
        length -= len(out[-1]) + 1
    return " ".join(out)


class Writer:
    """Lines of sessions, with texts from a small stock that is the same in each run."""

    def __init__(self):
        rng = random.Random(7)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        self.prompts = [words(rng, 200) for _ in range(31)]
        self.outputs = [words(rng, 1100).replace(" row", "\\n\\trow").replace(" sum", ' \\"sum\\"') for _ in range(37)]
        self.sealed = ["gAAAAAB" + "".join(rng.choices(letters, k=1500)) + "==" for _ in range(41)]

    @staticmethod
    def uuid(kind, number):
        return f"01a2{kind:04x}-{number >> 16 & 0xffff:04x}-7000-8000-{number:012x}"

    @staticmethod
    def stamp(ms):
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"

    def line(self, ms, kind, payload):
        return f'{{"timestamp":"{self.stamp(ms)}","type":"{kind}","payload":{payload}}}\n'

    def meta(self, thread, ms):
        """The first line of a session."""
        return self.line(ms, "session_meta", (
            f'{{"id":"{thread}","timestamp":"{self.stamp(ms)}","cwd":"{CWD}","originator":"codex-tui",'
            f'"cli_version":"0.169.0","source":"cli","model_provider":"openai",'
            f'"base_instructions":{{"text":"{self.outputs[0]}"}}}}'))

    def turn(self, number, n, begin_ms, responses=RESPONSES):
        """Turn N (from 0) of session NUMBER, which begins at BEGIN_MS and has so many RESPONSES in each turn."""
        ms = begin_ms + n * STEP_MS * (TURN_LINES + RESPONSE_LINES * responses)
        turn_id = self.uuid(1, number * 1000000 + n)
        out = []

        def add(kind, payload):
            nonlocal ms
            out.append(self.line(ms, kind, payload))
            ms += STEP_MS

        def event(payload):
            add("event_msg", payload)

        def item(payload):
            add("response_item", payload)

        event(f'{{"type":"task_started","turn_id":"{turn_id}","started_at":{ms // 1000},'
              f'"model_context_window":258400,"collaboration_mode_kind":"default"}}')
        add("turn_context", (
            f'{{"turn_id":"{turn_id}","cwd":"{CWD}","approval_policy":"on-request","model":"gpt-5.5",'
            f'"effort":"high","summary":"auto","sandbox_policy":{{"type":"workspace-write","network_access":false}}}}'))
        prompt = self.prompts[n % len(self.prompts)]
        event(f'{{"type":"user_message","message":"{prompt}","images":[],"local_images":[],"text_elements":[]}}')
        for r in range(n * responses, (n + 1) * responses):
            call = f"call_{number:06d}_{r:08d}"
            usage = USAGE % (12000, 11000, 500, 200, RESPONSE_TOKENS)
            total = USAGE % tuple((r + 1) * x for x in (12000, 11000, 500, 200, RESPONSE_TOKENS))
            item(f'{{"type":"reasoning","id":"rs_{call}","summary":[{{"type":"summary_text","text":"{prompt}"}}],'
                 f'"content":null,"encrypted_content":"{self.sealed[r % len(self.sealed)]}"}}')
            item(f'{{"type":"message","role":"assistant","content":[{{"type":"output_text","text":'
                 f'"{self.prompts[(r + 9) % len(self.prompts)]}"}}]}}')
            item(f'{{"type":"custom_tool_call","id":"ctc_{call}","status":"completed","call_id":"{call}","name":"exec",'
                 f'"input":"const r = await tools.exec_command({{cmd: \\"make check\\"}}); text(JSON.stringify(r));"}}')
            add("token_usage_record", (
                f'{{"thread_id":"{self.uuid(0, number)}","turn_id":"{turn_id}","response_id":"resp_{call}",'
                f'"usage":{usage},"thread_token_usage":{total}}}'))
            event(f'{{"type":"item_completed","thread_id":"{self.uuid(0, number)}","turn_id":"{turn_id}","item":{{"type":'
                  f'"CommandExecution","id":"exec-{self.uuid(2, r)}","process_id":"46969","command":["/bin/bash","-lc",'
                  f'"make check"],"cwd":"file://{CWD}","parsed_cmd":[{{"type":"unknown","cmd":"make check"}}],"source":'
                  f'"unified_exec_startup","status":"completed","aggregated_output":"{prompt}","exit_code":0,'
                  f'"duration":{{"secs":0,"nanos":216004711}}}},"started_at_ms":{ms - 500},"completed_at_ms":{ms}}}')
            item(f'{{"type":"custom_tool_call_output","id":"ctco_{call}","call_id":"{call}","output":[{{"type":'
                 f'"input_text","text":"Script completed\\nWall time 0.5 seconds\\nOutput:\\n"}},{{"type":"input_text",'
                 f'"text":"{self.outputs[r % len(self.outputs)]}"}}]}}')
            event(f'{{"type":"token_count","info":{{"total_token_usage":{total},"last_token_usage":{usage},'
                  f'"model_context_window":258400}},"rate_limits":{LIMITS % (r % 90, ms // 18000000 * 18000 + 18000)}}}')
        event(f'{{"type":"task_complete","turn_id":"{turn_id}","last_agent_message":"{prompt}"}}')
        return "".join(out).encode()


WRITER = Writer()


class Home:
    """A home below FOLDER: codex-home, and what is known of it."""

    def __init__(self, folder, name, about):
        self.name, self.about = name, about
        self.dir = os.path.join(folder, name)
        self.path = os.path.join(self.dir, "codex-home")
        self.tokens = self.files = self.bytes = 0  # what a report must say; files and bytes of rollouts
        self.begin_ms = 0                          # of a home of one session
        self.turns = 0

    def rollouts(self):
        """Paths of all rollouts, sorted."""
        out = []
        for sub in ("sessions", "archived_sessions"):
            for base, _, names in os.walk(os.path.join(self.path, sub)):
                out += [os.path.join(base, n) for n in names
                        if n.startswith("rollout-") and n.endswith((".jsonl", ".jsonl.zst"))]
        return sorted(out)

    def count(self):
        paths = self.rollouts()
        self.files = len(paths)
        self.bytes = sum(os.stat(p).st_size for p in paths)

    def reuse(self, asked):
        """True when the home is there as it was ASKED for."""
        try:
            with open(os.path.join(self.dir, "stamp.json"), encoding="utf-8") as f:
                s = json.load(f)
        except (OSError, ValueError):
            return False
        self.count()
        if s.get("asked") != asked or (s.get("files"), s.get("bytes")) != (self.files, self.bytes):
            return False
        self.tokens, self.begin_ms, self.turns = s["tokens"], s["begin_ms"], s["turns"]
        return True

    def keep(self, asked):
        self.count()
        with open(os.path.join(self.dir, "stamp.json"), "w", encoding="utf-8") as f:
            json.dump({"asked": asked, "files": self.files, "bytes": self.bytes, "tokens": self.tokens,
                       "begin_ms": self.begin_ms, "turns": self.turns}, f, indent=1)
            f.write("\n")

    def session(self, number, of, turns, size=0, long_line=0, responses=RESPONSES):
        """Write session NUMBER of OF with TURNS turns of so many RESPONSES, or with as many turns as SIZE bytes need;
        with LONG_LINE, a line of so many bytes stands in the middle."""
        ms = NOW_S * 1000 - DAYS * 86400000 + number * (DAYS - 1) * 86400000 // of
        day = time.strftime("%Y/%m/%d", time.gmtime(ms // 1000))
        folder = os.path.join(self.path, "sessions", day)
        os.makedirs(folder, exist_ok=True)
        thread = WRITER.uuid(0, number)
        name = time.strftime("rollout-%Y-%m-%dT%H-%M-%S-", time.gmtime(ms // 1000)) + thread + ".jsonl"
        path = os.path.join(folder, name)
        with open(path, "wb", buffering=CHUNK) as f:
            f.write(WRITER.meta(thread, ms).encode())
            n = 0
            while n < turns or f.tell() < size:
                f.write(WRITER.turn(number, n, ms, responses))
                n += 1
                if long_line and n == (turns + 1) // 2:
                    write_long(f, long_line, ms + 1)
        self.tokens += n * responses * RESPONSE_TOKENS
        self.begin_ms, self.turns = ms, n

    def append_turn(self, path, n):
        """The turn behind N others at the end of PATH, the home's last session."""
        number = 0 if self.files == 1 else self.files - 1
        with open(path, "ab", buffering=0) as f:
            f.write(WRITER.turn(number, n, self.begin_ms))


def write_long(f, length, ms):
    """A tool's call, and its output on one line of LENGTH bytes, the LF included."""
    f.write(WRITER.line(ms, "response_item", (
        '{"type":"custom_tool_call","status":"completed","call_id":"call_long","name":"exec",'
        '"input":"text(await tools.exec_command({cmd: 42}));"}')).encode())
    head = WRITER.line(ms, "response_item", (
        '{"type":"custom_tool_call_output","call_id":"call_long","output":[{"type":"input_text","text":"@"}]}')).encode()
    before, after = head.split(b"@")
    text = WRITER.outputs[3].replace("\\", "").replace('"', "").encode() + b"."
    length -= len(before) + len(after)
    f.write(before)
    while length > 0:
        f.write(text[:length])
        length -= len(text)
    f.write(after)


def sources(src):
    """Fingerprint of what decides the bytes of a home."""
    h = hashlib.sha256()
    paths = [os.path.abspath(__file__)]
    demo = os.path.join(src, "src/demo")
    if os.path.isdir(demo):
        paths += [os.path.join(demo, n) for n in os.listdir(demo) if n.endswith((".c", ".h"))]
    for path in sorted(paths):
        with open(path, "rb") as f:
            h.update(f.read())
    return h.hexdigest()[:16]


def make_demo(home, cfg):
    argv = [cfg.program, "demo", home.dir, "--profile", home.name, "--bytes", str(cfg.mb * 1000000)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=cfg.env)
    with open(os.path.join(home.dir, "truth.json"), encoding="utf-8") as f:
        home.tokens = json.load(f)["expected"]["total"]["total_tokens"]


def make_400(home, _cfg):
    for i in range(400):
        home.session(i, 400, 3)


def make_many(home, cfg):
    for i in range(cfg.many):
        home.session(i, cfg.many, 1, responses=1)


def make_one(home, cfg):
    home.session(0, 1, 1, cfg.mb * 1000000)


def make_long(home, cfg):
    home.session(0, 1, 40, long_line=cfg.line_mb * 1000000)


# name: (how it is made, what decides it besides the sources, what it is)
MAKERS = {
    "typical": (make_demo, lambda c: [c.mb], lambda c: "codex-track demo --profile typical"),
    "real": (make_demo, lambda c: [c.mb], lambda c: "codex-track demo --profile real"),
    "tiny-files": (make_demo, lambda c: [c.mb], lambda c: "codex-track demo --profile tiny-files"),
    "400-files": (make_400, lambda c: [], lambda c: "400 sessions of 3 turns"),
    "many-files": (make_many, lambda c: [c.many], lambda c: f"{c.many:,} sessions of one response"),
    "one-session": (make_one, lambda c: [c.mb], lambda c: f"one session of {c.mb} MB"),
    "long-line": (make_long, lambda c: [c.line_mb], lambda c: f"40 turns and between them a line of {c.line_mb} MB"),
}


def claim(folder):
    """FOLDER is ours from now on: made here, empty, or marked as ours before."""
    mark = os.path.join(folder, MARK)
    os.makedirs(folder, exist_ok=True)
    if os.listdir(folder) and not os.path.exists(mark):
        raise SystemExit(f"bench: {folder} holds something else; name another folder with TRACK_BENCH_DIR")
    with open(mark, "w", encoding="utf-8") as f:
        f.write("made by tests/bench/bench.py, which removes it again\n")


def clean(folder):
    """Remove FOLDER, when it is ours."""
    if os.path.exists(os.path.join(folder, MARK)):
        shutil.rmtree(folder)


def prepare(name, cfg, say):
    """The Home called NAME, from the last time or made now. SAY is told when it is made."""
    make, sizes, about = MAKERS[name]
    home = Home(cfg.dir, name, about(cfg))
    asked = [name, sources(cfg.src), NOW, *sizes(cfg)]
    if home.reuse(asked):
        return home
    say(f"{name}: writing {home.about}")
    shutil.rmtree(home.dir, ignore_errors=True)
    os.makedirs(home.path if make is not make_demo else home.dir)
    home.tokens = 0
    make(home, cfg)
    home.keep(asked)
    return home
