/*
 * st_sums.h - what lists and charts read instead of facts: one row of sums for
 * each thread, its turns by quarter-hour, and days packed for fast reading.
 * All of it is derived; triggers mark what changed (0003_sums.sql), and
 * st_sums_settle makes that again, in the transaction that changed it.
 *
 * Source: ledger-design.md 3.
 */
#ifndef STORE_ST_SUMS_H
#define STORE_ST_SUMS_H

#include "store/st_span.h"

/* An own turn. */
struct st_own_turn {
	int64_t rollout_id, seq;
	int64_t start_ms;  /* negative: not known */
	int64_t dimset_id; /* of its first usage line, else of the line before or behind; 0: none */
};

/* The sums of a thread: own lines only. -1: not known. */
struct st_thread_sum {
	int64_t thread_id, home_id, first_ms, last_ms, dimset_id;
	int64_t turns, messages, calls;
	int64_t failures; /* calls that failed or timed out */
	int64_t compactions;
	int64_t peak; /* fullest context, in thousandths of its window */
	struct st_own_turn *own;
	size_t own_len, own_alloc;
	struct st_spans spans;
};

/*
 * Make all sums that are marked again, inside the caller's transaction; writes
 * only rows that differ. Returns 0; -1 with ERR_DB or ERR_LIMIT in *E.
 */
int st_sums_settle(struct store *s, struct err *e);

/* Mark every thread and day of S, inside the caller's transaction. Returns 0; -1 with ERR_DB in *E. */
int st_sums_mark_all(struct store *s, struct err *e);

/* True in *SAME when every row of these sums is what it would be made again to; what is marked is let be. Returns 0; -1 with ERR_DB in *E. */
int st_sums_verify(struct store *s, bool *same, struct err *e);

/*
 * The sums of the thread ID from the facts in S into *OUT (st_thread_sum_clear,
 * also after an error); those of a thread that waits to be settled are 0.
 * Limits that have no row in limit_key yet get one when WRITES, else they are left out.
 * Returns 1; 0 when nothing is known of the thread; -1 with ERR_DB in *E.
 */
int st_thread_sum_make(
    struct store *s, int64_t id, bool writes, struct st_thread_sum *out, struct err *e);

/* Free what T owns. NULL-safe; cannot fail. */
void st_thread_sum_clear(struct st_thread_sum *t);

/* True in *SOME when the sums of some thread are marked. Returns 0; -1 with ERR_DB in *E. */
int st_sums_marked(struct store *s, bool *some, struct err *e);

#endif
