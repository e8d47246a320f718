/*
 * st_span.h - rate limits as a thread's own lines tell them, made short: equal
 * samples of one limit that follow each other are one span. Kept packed in
 * thread_sum.limits.
 *
 * Packed: the version, 1, then for each span, ordered by first_ms: key_id,
 * home_id, the time since the span before began, its length, the percentage and
 * the reset, as in src/store/st_span.c.
 */
#ifndef STORE_ST_SPAN_H
#define STORE_ST_SPAN_H

#include "base/sbuf.h"
#include "store/store.h"

struct st_span {
	int64_t key_id; /* row of limit_key */
	int64_t home_id;
	int64_t first_ms, last_ms; /* of the lines */
	double percent;            /* used part of the window */
	int64_t resets_ms;         /* -1: not known */
};

struct st_spans {
	struct st_span *p;
	size_t len, alloc;
};

/* Add the sample X (first_ms equal to last_ms) to S: makes the last span of its limit and home longer when it says the same; cannot fail. Source: design.md 10 "Limit window". */
void st_span_add(struct st_spans *s, const struct st_span *x);

/* Append the spans of S, which it sorts, packed to B; nothing when there are none. Errors stay in B. */
void st_span_pack(struct st_spans *s, struct sbuf *b);

/* Append the spans packed in the N bytes at DATA (borrowed) to S, owned by the caller (free S->p). Returns 0; -1, with what was read, when they are damaged. */
int st_span_unpack(struct st_spans *s, const void *data, size_t n);

#endif
