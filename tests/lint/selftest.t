#!/usr/bin/env python3
"""lint.py finds what it must: a small clean tree passes, and each violation
planted in it is found at its place, by its rule and by no other."""
import os
import shutil
import sys

here = os.path.dirname(os.path.abspath(__file__))
root = os.environ.get("TRACK_SRC") or os.path.dirname(os.path.dirname(here))
sys.dont_write_bytecode = True
sys.path[:0] = [here, root + "/tests/tap"]
import lint  # noqa: E402
import tap  # noqa: E402

SUM_H = """#ifndef BASE_SUM_H
#define BASE_SUM_H

struct sum {
	int (*fn)(int a, int);
};

/* Add A to S. Returns the sum; cannot fail. */
int sum_add(struct sum *s, int a) __attribute__((nonnull(1)));

/*
 * The text of N, or NULL. Lends: static.
 */
const char *sum_text(int n);

/* Call FN with ARG. Returns what it returns. */
static inline int sum_call(int (*fn)(void *), void *arg)
{
	return fn(arg);
}

#endif
"""
SUM_C = '#include "base/compat.h"\n#include "base/sum.h"\n\nint\nsum_add(struct sum *s, int a)\n{\n\treturn s->fn(a, 1);\n}\n'
CLEAN = {
    "src/base/compat.h": "#include <stdio.h>\n",
    "src/base/sum.h": SUM_H,
    "src/base/sum.c": SUM_C,
    "src/store/st.c": '#include "base/compat.h"\n#include <sqlite3.h>\n#include "base/sum.h"\n',
    "src/store/sql/0001_init.sql": "CREATE TABLE a (b);\n",
    "src/main_x.c": '#include "base/compat.h"\n#include "base/sum.h"\n',
    "templates/page.mustache": "<p>{{name}} {{{body}}}</p>\n",
    "tests/lint/exceptions.txt": "# rules\nraw-tag templates/page.mustache:body made by our own renderer\n",
    "tests/cli/a.t": "#!/bin/sh\n",
    "tests/unit/test_base_sum.c": "int main(void) { return 0; }\n",
    "Makefile.am": "A = src/base/compat.h src/base/sum.h \\\n\tsrc/base/sum.c src/store/st.c src/main_x.c\n"
                   "B = src/store/sql/0001_init.sql templates/page.mustache tests/cli/a.t\n"
                   "UNIT_TESTS = tests/unit/test_base_sum\n"
                   "tests_unit_test_base_sum_LDADD = $(L_BASE) $(CMOCKA_LIBS)\n",
}
LONG = "int\nlong_one(void)\n{\n" + "\t;\n" * 90 + "}\n"


def proto(comment, declaration):
    return SUM_H.replace("#endif", f"{comment}\n{declaration}\n\n#endif")


# name, rule, file, new content (None: an added file that no list names)
PLANTED = [
    ("a folder includes one above it", lint.layers, "src/base/sum.c", SUM_C + '#include "store/st.h"\n'),
    ("a folder includes its neighbour", lint.layers, "src/store/st.c", CLEAN["src/store/st.c"] + '#include "json/jx.h"\n'),
    ("an include without a folder", lint.layers, "src/base/sum.c", SUM_C + '#include "sum.h"\n'),
    ("sqlite3.h outside the store", lint.layers, "src/base/sum.c", SUM_C + "#include <sqlite3.h>\n"),
    ("libfcgi outside the gateway", lint.layers, "src/main_x.c", CLEAN["src/main_x.c"] + "#include <fcgiapp.h>\n"),
    ("json-c outside src/json", lint.layers, "src/main_x.c", CLEAN["src/main_x.c"] + "#include <json-c/json.h>\n"),
    ("a prototype without a comment", lint.comments, "src/base/sum.h", proto("", "int sum_bare(int a);")),
    ("a comment away from its prototype", lint.comments, "src/base/sum.h",
     proto("/* Returns A, and cannot fail. */\n", "int sum_away(int a);")),
    ("a comment without a parameter", lint.comments, "src/base/sum.h",
     proto("/* The double of a number. Returns it; cannot fail. */", "int sum_twice(int number, int factor);")),
    ("a parameter without a name", lint.comments, "src/base/sum.h",
     proto("/* The double of a number. Returns it; cannot fail. */", "int sum_nameless(int);")),
    ("a comment without a contract", lint.comments, "src/base/sum.h",
     proto("/* Works with A in some way or other. */", "void sum_vague(int a);")),
    ("a pointer without an owner", lint.comments, "src/base/sum.h",
     proto("/* Returns the name of number A as text. */", "char *sum_name(int a);")),
    ("an inline function without a comment", lint.comments, "src/base/sum.h",
     proto("", "static inline int sum_in(int a)\n{\n\treturn a;\n}")),
    ("a long function", lint.sizes, "src/base/sum.c", SUM_C + "\n" + LONG),
    ("a long file", lint.sizes, "src/base/sum.c", SUM_C + "int a;\n" * 600),
    ("a header that needs another", lint.headers, "src/base/sum.h", proto("/* Returns A; cannot fail. */", "int sum_z(z_t a);")),
    ("a header without a guard", lint.headers, "src/base/sum.h", "struct sum {\n\tint a;\n};\n"),
    ("a note to self", lint.text, "src/base/sum.c", SUM_C + "/* TO" + "DO: more */\n"),
    ("a blank at the end", lint.text, "src/base/sum.c", SUM_C + "int a; \n"),
    ("a wide line", lint.text, "src/base/sum.c", SUM_C + "\t\t/* " + "x" * 90 + " */\n"),
    ("a comment that is too wide", lint.text, "src/base/sum.h", proto("/* Returns A. " + "x" * 200 + " */", "int sum_w(int a);")),
    ("a C file on no list", lint.lists, "src/base/extra.c", '#include "base/compat.h"\n'),
    ("a migration on no list", lint.lists, "src/store/sql/0002_more.sql", "CREATE TABLE c (d);\n"),
    ("a test on no list", lint.lists, "tests/cli/b.t", "#!/bin/sh\n"),
    ("a unit test on no list", lint.lists, "tests/unit/test_base_more.c", "int main(void) { return 0; }\n"),
    ("a unit test without a layer", lint.lists, "tests/unit/test_sum.c", "int main(void) { return 0; }\n"),
    ("a raw tag", lint.raw_tags, "templates/page.mustache", CLEAN["templates/page.mustache"] + "{{{title}}}\n"),
    ("a raw tag with &", lint.raw_tags, "templates/page.mustache", CLEAN["templates/page.mustache"] + "{{& title }}\n"),
    ("another first include", lint.first_include, "src/base/sum.c", SUM_C.replace('#include "base/compat.h"\n', "")),
    ("no include at all", lint.first_include, "src/main_x.c", "int a;\n"),
    ("an exception without a reason", lint.exceptions, "tests/lint/exceptions.txt",
     "raw-tag templates/page.mustache:body\n"),
    ("an exception that is not needed", lint.exceptions, "tests/lint/exceptions.txt",
     CLEAN["tests/lint/exceptions.txt"] + "file-length src/base/sum.c it was long in its time\n"),
]


def make(changes):
    top = tap.folder() + "/tree"
    shutil.rmtree(top, ignore_errors=True)
    for path, content in {**CLEAN, **changes}.items():
        os.makedirs(os.path.dirname(f"{top}/{path}"), exist_ok=True)
        with open(f"{top}/{path}", "w", encoding="utf-8") as f:
            f.write(content)
    return lint.Tree(top, None, os.environ.get("TRACK_CC"))


def found(rule, changes):
    return [(path, message) for path, _, message in rule(make(changes))]


for rule in lint.RULES:
    tap.same(found(rule, {}), [], f"the clean tree passes: {rule.__name__}")
for name, rule, path, content in PLANTED:
    got = found(rule, {path: content})
    tap.ok(bool(got) and all(p == path for p, _ in got), f"{rule.__name__} finds {name}", got)
sourced = found(lint.comments, {"src/ledger/rule.h": "#ifndef R\n#define R\n#endif\n"})
tap.same([p for p, _ in sourced], ["src/ledger/rule.h"], "comments finds a rule without a source")
linked = found(lint.lists, {"Makefile.am": CLEAN["Makefile.am"].replace("$(L_BASE)", "$(L_CLI)")})
tap.same([p for p, _ in linked], ["tests/unit/test_base_sum.c"], "lists finds a unit test linked with another layer")
long_one = {"src/base/sum.c": SUM_C + "\n" + LONG,
            "tests/lint/exceptions.txt": CLEAN["tests/lint/exceptions.txt"]
            + "function-length src/base/sum.c:long_one a table of ninety cases\n"}
tap.same(found(lint.sizes, long_one) + found(lint.exceptions, long_one), [], "a reason lets a long function pass")
tap.done()
