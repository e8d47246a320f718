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

#define ST_QUARTER_MS 900000

/* Own turns by the quarter-hour that they began in and their dimensions. */
struct st_turn_cell {
	int64_t quarter; /* time / ST_QUARTER_MS */
	int64_t dimset_id;
	int64_t turns; /* of what is added: negative to take away */
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
	struct st_turn_cell *cells;
	size_t cells_len, cells_alloc;
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

/* Make T the sums of the thread ID of which nothing is known; cannot fail. */
void st_thread_sum_init(struct st_thread_sum *t, int64_t id);

/* Put the cells of T in order, each once; cannot fail. */
void st_turn_cells_merge(struct st_thread_sum *t);

/* USED tokens stood in a context of WINDOW tokens (negative: not known): the peak of T may be higher; cannot fail. */
void st_thread_sum_fill(struct st_thread_sum *t, int64_t window, int64_t used);

/*
 * The stored sums of the thread ID in S into *OUT (st_thread_sum_clear, also after an
 * error), to be added to: without cells, and of the samples of limits the last part. Returns 1;
 * 0 when there are none, or they are marked; -1 with ERR_DB in *E.
 */
int st_thread_sum_load(struct store *s, int64_t id, struct st_thread_sum *out, struct err *e);

/*
 * Store T in S where it differs. GROWN: T is what st_thread_sum_load gave and what was added, its
 * cells are what is to be added. Returns 0; -1 with ERR_DB or ERR_LIMIT in *E.
 */
int st_thread_sum_put(struct store *s, const struct st_thread_sum *t, bool grown, struct err *e);

/* Remove the stored sums of the thread ID from S. Returns 0; -1 with ERR_DB in *E. */
int st_thread_sum_drop(struct store *s, int64_t id, struct err *e);

/* True in *SAME when S holds T, made anew, and no more of its thread; no row of it unless SOME. Returns 0; -1 with ERR_DB in *E. */
int st_thread_sum_same(
    struct store *s, const struct st_thread_sum *t, bool some, bool *same, struct err *e);

/* The samples of limits of the thread ID that stand in limit_part into *SPANS. Returns 1; 0 when they are damaged; -1 with ERR_DB in *E. */
int st_thread_sum_parts(struct store *s, int64_t id, struct st_spans *spans, struct err *e);

/* The sums of the thread ID in S are as they shall be: they are marked no more. Returns 0; -1 with ERR_DB in *E. */
int st_sums_made(struct store *s, int64_t id, struct err *e);

/* Free what T owns. NULL-safe; cannot fail. */
void st_thread_sum_clear(struct st_thread_sum *t);

/* True in *SOME when the sums of some thread or day of S are marked. Returns 0; -1 with ERR_DB in *E. */
int st_sums_marked(struct store *s, bool *some, struct err *e);

#endif
