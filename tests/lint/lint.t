#!/usr/bin/env python3
"""The rules of lint.py on the sources: one check for each rule."""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
root = os.environ.get("TRACK_SRC") or os.path.dirname(os.path.dirname(here))
sys.dont_write_bytecode = True
sys.path[:0] = [here, root + "/tests/tap"]
import lint  # noqa: E402
import tap  # noqa: E402

tree = lint.Tree(root, os.environ.get("TRACK_BUILD"), os.environ.get("TRACK_CC"))
for rule in lint.RULES:
    found = [f"{path}:{line}: {message}" for path, line, message in rule(tree)]
    tap.ok(not found, rule.__doc__, "\n".join(found))
tap.done()
