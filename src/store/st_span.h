/*
 * st_span.h - rate limits as a thread's own lines tell them, made short: equal
 * samples of one limit that follow each other are one span. Kept packed in parts
 * of ST_SPAN_PART spans, so that a sample that comes later changes the last one only:
 * that one in thread_sum.limits, those before it in limit_part.
 *
 * Packed: the version, 1, then for each span, in the order of the lines: key_id,
 * home_id, the time since the span before began, its length, the percentage and
 * the reset, as in src/store/st_span.c.
 */
#ifndef STORE_ST_SPAN_H
#define STORE_ST_SPAN_H

#include "base/sbuf.h"
#include "store/store.h"

#define ST_SPAN_PART 64

struct st_span {
	int64_t key_id; /* row of limit_key */
	int64_t home_id;
	int64_t first_ms, last_ms; /* of the lines */
	double percent;            /* used part of the window */
	int64_t resets_ms;         /* -1: not known */
};

/* All of a thread's, or from the beginning of a part on. */
struct st_spans {
	struct st_span *p;
	size_t len, alloc;
};

/* Add the sample X (first_ms equal to last_ms) to S: makes the last span of its limit and home in the last part longer when it says the same; cannot fail. Source: design.md 10 "Limit window". */
void st_span_add(struct st_spans *s, const struct st_span *x);

/* Number of parts in front of the last one of S; cannot fail. */
size_t st_span_parts(const struct st_spans *s);

/* Append the part NTH (from 0) of S packed to B; nothing when it is empty. Errors stay in B. */
void st_span_pack(const struct st_spans *s, size_t nth, struct sbuf *b);

/* Append the part packed in the N bytes at DATA (borrowed) to S, owned by the caller (free S->p). Returns 0; -1, with what was read, when they are damaged. */
int st_span_unpack(struct st_spans *s, const void *data, size_t n);

#endif
