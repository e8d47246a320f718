/*
 * st_live.h - what judging a rollout while it is read writes and asks: sums by
 * difference, losses one by one, contexts by their place.
 */
#ifndef STORE_ST_LIVE_H
#define STORE_ST_LIVE_H

#include "store/st_usage.h"

/* What is added to one row of the sums; negative to take away. */
struct st_sum {
	int64_t quarter; /* count_ms / 900000, rounded down */
	int64_t dimset_id;
	bool is_long;
	int64_t responses;
	struct tokens tokens; /* total is not used */
};

/* A context's place and content. */
struct st_context_ref {
	int64_t pos, turn_seq, set_id; /* set_id 0: there is none */
};

/* How many rollouts the thread ID has into *ROLLOUTS, and whether it waits to be settled into *DIRTY. Returns 0; -1 with ERR_DB in *E. */
int st_live_thread(struct store *s, int64_t id, int64_t *rollouts, bool *dirty, struct err *e);

/* Remove the sums and losses of thread ID: they are made anew while it is read. Returns 0; -1 with ERR_DB in *E. */
int st_live_clear(struct store *s, int64_t id, struct err *e);

/* Add SUM to the sums of THREAD_ID. Returns 0; -1 with ERR_DB in *E. */
int st_live_add(struct store *s, int64_t thread_id, const struct st_sum *sum, struct err *e);

/* Remove the sums of THREAD_ID that have no response left. Returns 0; -1 with ERR_DB in *E. */
int st_live_drop_empty(struct store *s, int64_t thread_id, struct err *e);

/* Remove the losses of THREAD_ID that only its end at the time showed, among them the unfinished turn that began at line TURN_LINE. Returns 0; -1 with ERR_DB in *E. */
int st_live_reopen(struct store *s, int64_t thread_id, int64_t turn_line, struct err *e);

/* The line at POS of rollout ID counted and does not any more: a record says it better. Returns 0; -1 with ERR_DB in *E. */
int st_live_supersede(struct store *s, int64_t id, int64_t pos, struct err *e);

/* The line at POS of rollout ID counts under DIMSET_ID, at the price tier IS_LONG. Returns 0; -1 with ERR_DB in *E. */
int st_live_move(
    struct store *s, int64_t id, int64_t pos, int64_t dimset_id, bool is_long, struct err *e);

/* The content of the row SET_ID of context_set into *C (its place is 0; its texts are the caller's: st_context_clear). Returns 0; -1 with ERR_DB in *E. */
int st_live_set(struct store *s, int64_t set_id, struct st_context *c, struct err *e);

/* Place of the first context of rollout ID behind POS into *AT, INT64_MAX for none. Returns 0; -1 with ERR_DB in *E. */
int st_live_next_context(struct store *s, int64_t id, int64_t pos, int64_t *at, struct err *e);

/* The last context before POS of rollout ID that is settings (SETTINGS), or that is none, into *C. Returns 0; -1 with ERR_DB in *E. */
int st_live_last_context(struct store *s, int64_t id, int64_t pos, bool settings,
    struct st_context_ref *c, struct err *e);

/* The first context of the turn TURN_SEQ at POS of rollout ID or behind, into *C; settings are none. Returns 0; -1 with ERR_DB in *E. */
int st_live_context_of(struct store *s, int64_t id, int64_t pos, int64_t turn_seq,
    struct st_context_ref *c, struct err *e);

/* Content of the context at POS of rollout ID into *SET_ID, 0 for none there. Returns 0; -1 with ERR_DB in *E. */
int st_live_set_at(struct store *s, int64_t id, int64_t pos, int64_t *set_id, struct err *e);

/* Combination of the usage line at POS of rollout ID into *DIMSET_ID, 0 for none there. Returns 0; -1 with ERR_DB in *E. */
int st_live_dimset_at(struct store *s, int64_t id, int64_t pos, int64_t *dimset_id, struct err *e);

/* Number of the last turn of rollout ID into *SEQ, 0 for none, and its beginning into *START_MS (negative: not known). Returns 0; -1 with ERR_DB in *E. */
int st_live_last_turn(struct store *s, int64_t id, int64_t *seq, int64_t *start_ms, struct err *e);

/* Combination of the first usage line of rollout ID that has one into *DIMSET_ID, 0 for none. Returns 0; -1 with ERR_DB in *E. */
int st_live_first_dimset(struct store *s, int64_t id, int64_t *dimset_id, struct err *e);

/* Number of the first turn of rollout ID with the id TURN_ID into *SEQ, 0 for none. Returns 0; -1 with ERR_DB in *E. */
int st_live_turn(struct store *s, int64_t id, struct str turn_id, int64_t *seq, struct err *e);

#endif
