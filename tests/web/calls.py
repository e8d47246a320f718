"""calls.py - calls of tools, and what their outputs say of them: formats.md 3."""
import decimal
import json
import re

OPEN, COMPLETED, FAILED, TIMEOUT, ABORTED = range(5)


class Call:
    def __init__(self, fact, turn, name, call_id):
        self.at, self.turn, self.name, self.call_id = fact.at, turn, name, call_id
        self.status, self.exit, self.wall, self.end, self.bytes = OPEN, 0, None, None, 0

    @property
    def took(self):
        """ms, None when it is not known."""
        return self.wall if self.wall is not None else None if self.end is None else self.end - self.at


def texts_of(v):
    if isinstance(v, dict) and "content" in v:
        v = v["content"]
    return [v] if isinstance(v, str) else [x["text"] for x in v or [] if isinstance(x, dict) and "text" in x]


def milliseconds(words):
    try:
        return int(decimal.Decimal(words.split(" ")[0]) * 1000)
    except decimal.InvalidOperation:
        return None


def said(text):
    """(status, ms) by the beginning of an output: formats.md 3."""
    if text.startswith("{"):
        try:
            o = json.loads(text)
        except ValueError:
            return COMPLETED, None
        o = o["metadata"] if isinstance(o.get("metadata"), dict) else o
        took = o.get("duration_seconds", o.get("wall_time_seconds"))
        return FAILED if o.get("exit_code") else COMPLETED, None if took is None else int(took * 1000)
    status, took, lines = COMPLETED, None, text.split("\n")
    if lines[0].startswith("Command: "):
        lines = lines[next((i for i, s in enumerate(lines) if s.startswith("Chunk ID: ")), 0):]
    for s in lines[:8]:
        code = re.match(r"(?:Exit code:|Process exited with code) (-?\d+)", s)
        wall = re.match(r"Wall time:? (.*)", s)
        if code:
            status = FAILED if int(code[1]) and status == COMPLETED else status
        elif wall:
            took = milliseconds(wall[1])
        elif s.startswith("command timed out after "):
            status = TIMEOUT
        elif s.startswith("aborted by user after "):
            status = ABORTED
        elif s.startswith("Script failed"):
            status = FAILED
        elif not s.startswith(("Chunk ID: ", "Command: ", "Script completed", "Original token count: ",
                               "Total output lines: ", "Process running with session ID ")):
            break
    return status, took


def heard(p):
    """(status, ms, bytes) of the line of an output."""
    v = p.get("output")
    texts = texts_of(v)
    status, took = said(texts[0]) if texts else (COMPLETED, None)
    if not isinstance(v, str) and len(texts) > 1 and texts[1].startswith("{"):
        inner, wall = said(texts[1])
        status = inner if status == COMPLETED else status
        took = wall if took is None or wall is not None and wall > took else took
    if isinstance(v, dict) and v.get("success") is False and status == COMPLETED:
        status = FAILED
    return status, took, sum(len(t.encode("utf-8", "surrogatepass")) for t in texts)


def span(o):
    """ms of an item or an end event."""
    for key in ("duration_ms", "durationMs"):
        if isinstance(o.get(key), int):
            return o[key]
    d = o.get("duration")
    return d["secs"] * 1000 + d.get("nanos", 0) // 1000000 if isinstance(d, dict) and "secs" in d else None
