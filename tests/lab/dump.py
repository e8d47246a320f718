"""dump.py - the content of a database as sorted lines of text.

Every row of every table is one line "table<TAB>column=value<TAB>…". Row ids are
replaced by what they stand for (a thread by its uuid, a rollout by
"uuid/page", a combination of dimensions by its texts, a file by its base name,
a home by its label or base name). Left out is what says where and when the
files were read, not what they hold: paths, inodes, times of files and of the
reading, the database's own id and generation.

Two databases hold the same if their dumps are equal. A table or a column that
is not known here is an error: say below what it is.
"""
import os
import sqlite3
import struct
import sys

# Columns: "id" own row id; "drop" place or time of reading; a table's name: reference
# to it; "text" although its name ends in _id. All others are copied as they are.
REFERENCES = {"thread", "rollout", "home", "file", "dimset", "context_set", "limit_set"}
DROP_META = {"database_id", "generation", "titles_read"}
TABLES = {
    "meta": {},
    "home": {"id": "id", "path": "base"},
    "thread": {"id": "id"},
    "rollout": {"id": "id", "thread_id": "thread", "home_id": "home"},
    "file": {"id": "id", "path": "base", "path_hash": "drop", "home_id": "home", "rollout_id": "rollout", "dev": "drop",
             "ino": "drop", "mtime_ns": "drop", "ctime_ns": "drop", "read_ms": "drop"},
    "skip": {"file_id": "file"},
    "unknown_kind": {"rollout_id": "rollout"},
    "session": {"rollout_id": "rollout", "agent_path": "text"},
    "ancestor": {"rollout_id": "rollout"},
    "print": {"rollout_id": "rollout"},
    "seen": {"rollout_id": "rollout", "low": "drop"},  # one line for each print: into which rows they go is no matter
    "turn": {"rollout_id": "rollout", "turn_id": "text"},
    "context_set": {"id": "id", "print": "drop"},
    "context": {"rollout_id": "rollout", "set_id": "context_set", "turn_id": "text"},
    "limit_set": {"id": "id", "print": "drop", "limit_id": "text"},
    "dimset": {"id": "id", "home_id": "home", "print": "drop"},
    "usage": {"rollout_id": "rollout", "owner_id": "thread", "dimset_id": "dimset", "turn_id": "text",
              "response_id": "text", "limit_set_id": "limit_set"},
    "message": {"rollout_id": "rollout"},
    "call": {"rollout_id": "rollout", "call_id": "text"},
    "activity": {"rollout_id": "rollout"},
    "marker": {"rollout_id": "rollout"},
    "loss": {"thread_id": "thread", "rollout_id": "rollout", "dimset_id": "dimset"},
    "rollup": {"thread_id": "thread", "dimset_id": "dimset"},
    "sum_mark": {"id": "drop"},  # there is none after a pass
    "thread_sum": {"thread_id": "thread", "home_id": "home", "dimset_id": "dimset", "limits": "spans"},
    "limit_part": {"thread_id": "thread", "data": "spans"},
    "turn_sum": {"thread_id": "thread", "dimset_id": "dimset"},
    "limit_key": {"id": "id", "limit_id": "text"},
    "day_pack": {"data": "drop"},  # made of rollup and turn_sum, with row ids in it
    "app_turns": {"id": "id", "thread_id": "text", "turn_id": "text"},
    "app_items": {"id": "id", "thread_id": "text", "turn_id": "text", "item_id": "text"},
    "weekly_quota_estimates": {},
}


# A combination that nothing refers to any more is no fact.
USED = {"dimset": " WHERE id IN (SELECT dimset_id FROM usage UNION SELECT dimset_id FROM loss"
                  " UNION SELECT dimset_id FROM rollup)",
        "context_set": " WHERE id IN (SELECT set_id FROM context)",
        "limit_set": " WHERE id IN (SELECT limit_set_id FROM usage)",
        "limit_key": " WHERE 0"}  # those in use stand in the spans


class Unknown(Exception):
    """A table or column that dump.py does not know."""


def _columns(c, table):
    rows = c.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    spec = TABLES[table]
    names = [r[0] for r in rows]
    for name in spec:
        if name not in names:
            raise Unknown(f"dump.py: {table} has no column {name} any more")
    for name in names:
        looks = name == "id" or name.endswith(("_id", "_ino", "path"))
        if looks and name not in spec:
            raise Unknown(f"dump.py: what is {table}.{name}?")
    return [(n, spec.get(n, "text")) for n in names]


def _text(value):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return "x" + value.hex()
    if isinstance(value, str):
        return repr(value)
    return str(value)


def _identities(c, homes):
    """{table: {row id: identity}}"""
    base = os.path.basename
    ids = {"home": {i: (label or base(path)) if homes else "*"
                    for i, path, label in c.execute("SELECT id, path, label FROM home")},
           "thread": dict(c.execute("SELECT id, uuid FROM thread")),
           "file": {i: base(path) for i, path in c.execute("SELECT id, path FROM file")}}
    ids["rollout"] = {i: f"{ids['thread'][t]}/{page}"
                      for i, t, page in c.execute("SELECT id, thread_id, page FROM rollout")}
    ids["dimset"] = {r[0]: "|".join(r[1:8]) + "|" + ids["home"][r[8]] for r in c.execute(
        "SELECT id, model, directory, repository, branch, source, effort, tier, home_id FROM dimset")}
    ids["dimset"][0] = "?"
    ids["limit_key"] = {i: f"{name}/{minutes}" for i, name, minutes in c.execute("SELECT * FROM limit_key")}
    for table in ("context_set", "limit_set"):
        ids[table] = {r[0]: "|".join(_text(v) for v in r[2:]) for r in c.execute(f"SELECT * FROM {table}")}
    return ids


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _spans(data, ids):
    """The samples of rate limits in thread_sum.limits: src/store/st_span.h."""
    out, at, first = [], 1, 0
    while data and at < len(data):
        key, at = _varint(data, at)
        home, at = _varint(data, at)
        step, at = _varint(data, at)
        first += (step >> 1) ^ -(step & 1)
        length, at = _varint(data, at)
        percent, at = _varint(data, at)
        if percent & 1:
            percent, at = struct.unpack("<d", data[at:at + 8])[0], at + 8
        else:
            percent /= 200
        reset, at = _varint(data, at)
        out.append(f"{ids['limit_key'][key]}@{ids['home'][home]}:{first}+{length}:{percent}:{reset}")
    return " ".join(sorted(out))


def _cell(kind, value, ids):
    if kind == "spans":
        return _spans(value, ids)
    if kind in REFERENCES:
        return "NULL" if value is None else ids[kind][value]
    if kind == "base":
        return repr(os.path.basename(value))
    return _text(value)


def dump(path, homes=True, drop=()):
    """The lines for the database file PATH. homes=False leaves the homes out, for the
    same files read from other places; DROP: "table" or "table.column" left out as well."""
    c = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return _dump(c, homes, set(drop))
    finally:
        c.close()


def _dump(c, homes, drop):
    lines = []
    tables = [r[0] for r in c.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")]
    for name in tables:
        if name not in TABLES:
            raise Unknown(f"dump.py: what is the table {name}?")
    for name in TABLES:
        if name not in tables:
            raise Unknown(f"dump.py: there is no table {name} any more")
    ids = _identities(c, homes)
    for table in tables:
        if table in drop or (table == "home" and not homes):
            continue
        columns = _columns(c, table)
        only = USED.get(table, "")
        for row in c.execute(f'SELECT * FROM "{table}"{only}'):
            if table == "meta" and row[0] in DROP_META:
                continue
            if table == "seen":
                lines += [f"seen\t{ids['rollout'][row[0]]}\t{v}" for v, in struct.iter_unpack("=q", row[2])]
                continue
            cells = [f"{n}={_cell(kind, v, ids)}" for (n, kind), v in zip(columns, row)
                     if kind not in ("id", "drop") and f"{table}.{n}" not in drop]
            lines.append("\t".join([table] + cells))
    if not homes:
        lines = set(lines)  # combinations that differ by their home alone
    return sorted(lines)


def difference(a, b, most=12):
    """What one dump has and the other has not, as text; '' when they are equal."""
    if a == b:
        return ""
    left, right = set(a), set(b)
    out = ["- " + x for x in a if x not in right][:most] + ["+ " + x for x in b if x not in left][:most]
    return "\n".join(x[:600] for x in out) or "the same lines, but not equally often"


if __name__ == "__main__":
    for line in dump(sys.argv[1]):
        print(line)
