"""ledger.py - which usage lines of a thread count, and how much: formats.md 7.0 rules 2, 3 and 5."""

PARTS = ("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens", "reasoning_output_tokens")


def vector(u):
    """Six counters, the last one the total as logged; None without."""
    if not isinstance(u, dict):
        return None
    v = tuple(u.get(k) or 0 for k in PARTS)
    return v + (u.get("total_tokens", v[0] + v[3]),)


def clamped(v):
    v = [max(x, 0) for x in v]
    v[1] = min(v[1], v[0])
    v[2] = min(v[2], v[0] - v[1])
    v[4] = min(v[4], v[3])
    return tuple(v)


class Ledger:
    """Rules 2 and 3 over the usage lines of a thread, in order."""

    def __init__(self):
        self.previous, self.responses = None, set()
        self.based = self.recorded = self.covered = False
        self.loose = None  # (tokens, turn, line) of the count before, when it counted in spite of records

    def record(self, p, turn):
        """(verdict, tokens, line that it takes the place of)"""
        ident = p.get("response_id")
        if ident is not None and ident in self.responses:
            return "repeat", None, None
        self.responses.add(ident)
        tokens = clamped(vector(p.get("usage"))[:5])
        loose, self.loose = self.loose, None
        self.recorded = True
        self.covered = loose is None or loose[:2] != (tokens, turn)
        return "counted", tokens, None if self.covered else loose[2]

    def count(self, info, turn, line, is_copy):
        """(verdict, tokens)"""
        total, last = vector((info or {}).get("total_token_usage")), vector((info or {}).get("last_token_usage"))
        if total is None:
            return "no-info", None
        before = self.previous
        if total == before:
            return "repeat", None
        if is_copy:
            return "review-copy", None
        self.previous, self.loose = total, None
        grown = before and tuple(a - b for a, b in zip(total, before))
        if self.recorded:
            covered, self.covered = self.covered, False
            if covered or last is None or not grown or grown[:5] != last[:5]:
                return "superseded", None
            tokens = last
        elif before is None:
            tokens = last if last and (any(last[:5]) or self.based) else total
        elif last and total[:5] == last[:5]:
            tokens = last
        else:
            tokens = grown if min(grown[:5]) >= 0 else last or (0,) * 6
        tokens = clamped(tokens[:5])
        if tokens[0] == 0 and tokens[3] == 0:
            return "synthetic", None
        self.loose = (tokens, turn, line)
        return "counted", tokens
