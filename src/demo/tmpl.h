/*
 * tmpl.h - JSON lines as Codex writes them, from templates that can be held
 * beside a real line: ' stands for ", each % for the next value. Text is escaped
 * as Codex does it (quote, backslash and control characters only), which
 * json/jw.h does otherwise: its output is made for HTML.
 */
#ifndef DEMO_TMPL_H
#define DEMO_TMPL_H

#include "base/sbuf.h"

/* Tokens of a response, or a sum of them; cached and write are parts of input, reasoning is a part of output. */
struct usage {
	int64_t input, cached, write, output, reasoning;
};

enum val_kind {
	VAL_STR,  /* a string, null when s.p is NULL */
	VAL_RAW,  /* bytes as they are */
	VAL_INT,  /* a number */
	VAL_BOOL, /* true or false */
	VAL_USAGE /* the counters as an object; i: 1 with cache_write, else without */
};

struct val {
	enum val_kind kind;
	struct str s;
	int64_t i;
	const struct usage *u;
};

#define S(z) ((struct val){ .kind = VAL_STR, .s = str_of(z) })
#define SV(view) ((struct val){ .kind = VAL_STR, .s = (view) })
#define R(z) ((struct val){ .kind = VAL_RAW, .s = str_of(z) })
#define RV(view) ((struct val){ .kind = VAL_RAW, .s = (view) })
#define I(n) ((struct val){ .kind = VAL_INT, .i = (n) })
#define B(flag) ((struct val){ .kind = VAL_BOOL, .i = (flag) })
#define U(use, with_write) ((struct val){ .kind = VAL_USAGE, .u = (use), .i = (with_write) })

/* Template TEXT with the values behind it onto the buffer B. */
#define TMPL(b, text, ...) \
	tmpl_add((b), (text), (const struct val[]){ __VA_ARGS__ }, \
	    ARRAY_LEN(((const struct val[]){ __VA_ARGS__ })))

/* The same without values. */
#define TMPL0(b, text) tmpl_add((b), (text), NULL, 0)

/* Append the template TEXT to B with its N values V, as many as it has %. Errors stay in B; another number of values is a bug. */
void tmpl_add(struct sbuf *b, const char *text, const struct val *v, size_t n);

/* View of what the buffer B holds. Lends it until B changes; cannot fail. */
struct str tmpl_view(const struct sbuf *b);

#endif
