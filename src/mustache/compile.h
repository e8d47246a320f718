/*
 * compile.h - between the two passes of the compiler: the first turns tags and
 * lines into ops, one piece of text for each line, with offsets into the
 * template's text; the second joins what belongs together.
 */
#ifndef MUSTACHE_COMPILE_H
#define MUSTACHE_COMPILE_H

#include "mustache/internal.h"

/* An op of the first pass: a template's op, and the offset of its tag. */
struct raw_op {
	struct op op;
	uint32_t at;
};

struct draft {
	struct raw_op *ops; /* a: an offset in the text */
	size_t nops, ops_alloc;
	struct call *calls; /* indent: an offset in the text */
	size_t ncalls, calls_alloc;
	const struct mustache_name **parts;
	size_t nparts, parts_alloc;
};

/*
 * Takes the blanks of INDENT off the beginning of each line of the ops FIRST to END - 1 of D, as
 * far as they have them, but not inside an OP_ARG among them, which had its own taken off. TEXT
 * is the template. Cannot fail.
 */
void mu_dedent(struct draft *d, size_t first, size_t end, struct str text, struct str indent);

/* Fill T from D and SRC; what T holds is owned by the arena A. Cannot fail; aborts when out of memory. */
void mu_pack(struct arena *a, const struct draft *d, const struct source *src, struct template *t);

#endif
