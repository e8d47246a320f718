/*
 * st_day.h - usage of all threads in the order of time: the rows of rollup and
 * turn_sum, read from packed days, which is ten times as fast as from the
 * tables. A day that is marked, or whose pack is damaged, is read from the tables, so that the
 * answer is the same.
 *
 * Packed: the version, 1, then for each row, ordered by quarter, thread_id,
 * dimset_id, is_long, as varints: quarter less the one before (the first: less the day's
 * first), thread_id, dimset_id, responses * 2 + is_long, turns, input, cached,
 * cache_write, output, reasoning.
 */
#ifndef STORE_ST_DAY_H
#define STORE_ST_DAY_H

#include "base/sbuf.h"
#include "store/store.h"

#define ST_DAY_QUARTERS 96

struct st_day_row {
	int64_t quarter; /* time / 900000 ms, rounded down */
	int64_t thread_id, dimset_id;
	bool is_long;
	int64_t responses, turns;
	int64_t tokens[5]; /* input, cached, cache_write, output, reasoning */
};

/* What is told of each row, with ARG; R is lent for the call. Returns 0, or -1 with *E filled to end the reading. */
typedef int st_day_fn(void *arg, const struct st_day_row *r, struct err *e);

/*
 * Tell FN with ARG every row of S from quarter FROM on, before quarter TO, in
 * the order of time. Returns 0; -1 with ERR_DB, or what FN left, in *E.
 */
int st_day_read(struct store *s, int64_t from, int64_t to, st_day_fn *fn, void *arg, struct err *e);

/* First and last quarter that have a row into *FIRST and *LAST. Returns 1; 0 when there is none; -1 with ERR_DB in *E. */
int st_day_span(struct store *s, int64_t *first, int64_t *last, struct err *e);

/* Append the rows of DAY (days of UTC since 1970), read from the tables of S, packed to B; nothing when there are none. Returns 0; -1 with ERR_DB in *E. */
int st_day_pack(struct store *s, int64_t day, struct sbuf *b, struct err *e);

#endif
