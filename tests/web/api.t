#!/usr/bin/env python3
"""/api/v1/openapi.json holds: every answer in JSON, of several homes of the lab
and an empty one, and every example of doc/api is what it describes, to the last
member; and it is strict, so that a member that is missing or new is found.
"""
import copy
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import web  # noqa: E402
import kit  # noqa: E402
import tap  # noqa: E402

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("1..1\nnot ok 1 - python3-jsonschema is not installed" if os.environ.get("CI") else "1..0 # SKIP no python3-jsonschema")
    sys.exit(1 if os.environ.get("CI") else 0)

LABS = ["0.169.0/s07_model_switch", "0.169.0/s04_fork", "0.169.0/s02_tools", "0.117.0/s06_subagents", "0.36.0/s01_text",
        "0.169.0/s12_two_limit_families", "0.169.0/s08b_killed", "0.140.0/s05_compact_auto"]
DBS = {"several homes": web.database("several", *[x for x in LABS if os.path.isdir(kit.home(x))])}
empty = web.folder("nothing", 0o700)
os.makedirs(empty + "/home/sessions")
kit.ingest(empty + "/usage.sqlite", "--home", empty + "/home")
DBS["an empty home"] = empty + "/usage.sqlite"
DOC = web.cgi(DBS["several homes"], "/api/v1/openapi.json")[0].json
SCHEMAS = DOC["components"]["schemas"]


def faults(schema, value):
    """What is wrong with VALUE by SCHEMA, which may refer to the document's."""
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[-300:]}" for e in Draft202012Validator({**DOC, **schema}).iter_errors(value)]


def schema_of(path):
    return DOC["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


# ------------------------------------------------------------ the document
Draft202012Validator.check_schema({"$defs": SCHEMAS})
tap.same(DOC["openapi"], "3.1.0", "OpenAPI 3.1")
bad = [f"{name}.{key}" for name, s in SCHEMAS.items() for key, p in s.get("properties", {}).items() if not p.get("description")]
bad += [name for name, s in SCHEMAS.items() if not s.get("description")]
tap.same(bad, [], "every schema and every member is described")
EXAMPLES = {n[:-5] for n in os.listdir(tap.SRC + "/doc/api")}
refs = EXAMPLES & set(SCHEMAS) | set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOC)))
tap.same((sorted(refs - set(SCHEMAS)), sorted(set(SCHEMAS) - refs)), ([], []), "every schema is there, and none is for nothing")
loose = [n for n, s in SCHEMAS.items() if s.get("type") == "object" and "unevaluatedProperties" not in s and "Open:" not in s["description"]]
tap.same(loose, [], "none but the parts of others takes members that it does not name")

# ------------------------------------------------------------ the answers
USAGE = ["?period=all", "?period=all&by=model&group=day", "?by=session&period=all&metric=cost", "?period=7d&model=gpt-6*", "?period=24h&tz=UTC",
         "?period=quota-week", "?by=directory&period=all&top=1", "?period=all&model=none"]
QUERIES = {"/api/v1/overview": ["", "?period=all", "?compare=none", "?compare=year&period=7d", "?from=2026-11-22&to=2026-11-22&metric=turns"],
           "/api/v1/usage": USAGE, "/api/v1/sessions": ["?period=all", "?period=all&limit=1", "?period=all&q=nothing", "?sort=cost&period=12mo"],
           "/api/v1/cost": ["", "?period=all", "?period=7d&model=gpt-6*"], "/api/v1/limits": ["", "?period=all"]}
for what, db in DBS.items():
    sessions = web.cgi(db, "/api/v1/sessions?period=all&limit=1000")[0].json["data"]["sessions"]
    for path, item in DOC["paths"].items():
        if "application/json" not in item["get"]["responses"]["200"]["content"]:
            continue
        uris = [path + q for q in QUERIES.get(path, [""])]
        if "{" in path:
            uris = [path.replace("{id}", s["id"]).replace("{n}", "1") for s in sessions if s["turns"] or "{n}" not in path]
        wrong = []
        for uri in uris:
            a, err = web.cgi(db, uri)
            if a.status != 200:
                wrong.append(f"{uri}: {a!r} {err}")
            else:
                wrong += [f"{uri}: {f}" for f in faults(schema_of(path), a.json)]
        tap.ok(wrong == [], f"{what}: {len(uris)} answers of {path}", "\n".join(wrong[:10]))
for uri, status in (("/api/v1/usage?by=x&nope=1", 400), ("/api/v1/nope", 404), ("/api/v1/sessions?cursor=nonsense", None)):
    a = web.cgi(DBS["several homes"], uri)[0]
    tap.ok(faults({"$ref": "#/components/schemas/problem"}, a.json) == [] and status in (None, a.status), f"a problem: {uri}", repr(a))

# ------------------------------------------------------------ the examples
by_name = {item["get"]["operationId"]: schema_of(path) for path, item in DOC["paths"].items()
           if "application/json" in item["get"]["responses"]["200"]["content"]}


def members(value, at=()):
    """Paths of all objects in VALUE."""
    if isinstance(value, dict):
        yield at
    for k, v in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from members(v, at + (k,))


def at(value, path):
    for k in path:
        value = value[k]
    return value


for name in sorted(EXAMPLES):
    with open(f"{tap.SRC}/doc/api/{name}.json", encoding="utf-8") as f:
        example = json.load(f)
    schema = {"$ref": "#/components/schemas/problem"} if name == "problem" else by_name.get(name)
    if schema is None:  # a page that is not there yet
        schema = {"properties": {"data": {"$ref": "#/components/schemas/" + name}}}
    wrong = faults(schema, example)
    tap.ok(wrong == [], f"example {name}: is as described", "\n".join(wrong))
    taken = []
    for path in members(example):
        if "properties" in schema and "type" not in schema and path[:1] != ("data",):
            continue
        more = copy.deepcopy(example)
        at(more, path)["unheard_of"] = 1
        if not faults(schema, more):
            taken.append(f"{path} with another member")
    tap.same(taken[:5], [], f"example {name}: no object takes another member")
    sums = [at(example, p) for p in members(example) if "reasoning" in at(example, p) and "input" in at(example, p)
            and not isinstance(at(example, p)["input"], dict)]
    sums = [s for s in sums if isinstance(s.get("tokens"), int)]
    tap.same([s for s in sums if s["tokens"] != s["input"] + s["output"] or s["uncached"] != s["input"] - s["cached"] - s["cache_write"]
              or s["reasoning"] > s["output"]], [], f"example {name}: its {len(sums)} sums add up")
tap.same(sorted(n for n in set(by_name) - EXAMPLES - {"openapi"} if not n.startswith("export_")), [],
         "every answer has an example")
tap.done()
