/*
 * st_usage.h - usage lines as the ledger needs them, what it made of them, and
 * the sums.
 */
#ifndef STORE_ST_USAGE_H
#define STORE_ST_USAGE_H

#include "ledger/ledger.h"
#include "store/store.h"

/* What the ledger decides about a line; written back only where it differs. */
struct st_judged {
	enum verdict verdict;
	int64_t owner_id; /* thread it counts for; 0 unless counted */
	bool recovered;
	int64_t count_ms;  /* time it counts at; -1 unless counted */
	int64_t dimset_id; /* 0: none */
	bool is_long;
	struct tokens delta;
};

struct st_usage {
	int64_t rollout_id, pos, line, ts_ms, turn_seq; /* ts_ms negative: none */
	bool is_record, in_review, other_thread;
	char *response_id; /* NULL: none */
	char *turn_id;     /* NULL: none, or that of the turn in force */
	bool has_total, has_last;
	struct tokens total, last;
	struct st_judged old, new;
};

struct st_context {
	int64_t pos, line, turn_seq;
	bool is_settings;
	char *model, *effort, *cwd, *tier; /* NULL: not in the line */
};

struct st_turn {
	int64_t seq, line, end_line, start_ms;
	char *turn_id, *status; /* NULL: none */
};

/* Names of a combination of dimensions; "" = unknown. Borrowed by whoever fills it. */
struct st_dimset {
	const char *model, *directory, *repository, *branch, *source, *effort, *tier;
	int64_t home_id;
};

/* The usage lines of rollout ID in order, appended to the array *OUT of *N with room for *ALLOC. Owned by the caller: st_usages_free. Returns 0; -1 with ERR_DB in *E. */
int st_usages(
    struct store *s, int64_t id, struct st_usage **out, size_t *n, size_t *alloc, struct err *e);

/* Free the N lines at U. NULL-safe; cannot fail. */
void st_usages_free(struct st_usage *u, size_t n);

/* Write U->new to its row when it differs from U->old. Returns 0; -1 with ERR_DB in *E. */
int st_usage_judge(struct store *s, const struct st_usage *u, struct err *e);

/* The contexts of rollout ID in order into a new array *OUT of *N. Owned by the caller: st_contexts_free. Returns 0; -1 with ERR_DB in *E. */
int st_contexts(struct store *s, int64_t id, struct st_context **out, size_t *n, struct err *e);

/* Free the texts of C. NULL-safe; cannot fail. */
void st_context_clear(struct st_context *c);

/* Free the N contexts at C. NULL-safe; cannot fail. */
void st_contexts_free(struct st_context *c, size_t n);

/* The turns of rollout ID in order into a new array *OUT of *N. Owned by the caller: st_turns_free. Returns 0; -1 with ERR_DB in *E. */
int st_turns(struct store *s, int64_t id, struct st_turn **out, size_t *n, struct err *e);

/* Free the N turns at T. NULL-safe; cannot fail. */
void st_turns_free(struct st_turn *t, size_t n);

/* Row id of the combination D, made when it is new, into *ID. Returns 0; -1 with ERR_DB in *E. */
int st_dimset_id(struct store *s, const struct st_dimset *d, int64_t *id, struct err *e);

/* True in *FOUND when a usage line with these TOTAL and LAST stands in a review's rollout of the home HOME_ID. Returns 0; -1 with ERR_DB in *E. */
int st_review_has(struct store *s, int64_t home_id, const struct tokens *total,
    const struct tokens *last, bool *found, struct err *e);

/* Ids of the threads that lines of THREAD_ID's rollouts count for now, appended to *OUT of *N with room for *ALLOC (owned by the caller: free). Returns 0; -1 with ERR_DB in *E. */
int st_owners(
    struct store *s, int64_t thread_id, int64_t **out, size_t *n, size_t *alloc, struct err *e);

/* Make the sums of THREAD_ID anew from its counted lines; writes only what differs. Returns 0; -1 with ERR_DB in *E. */
int st_rollup_remake(struct store *s, int64_t thread_id, struct err *e);

/* Make all sums anew from the counted lines, those of threads that are not there any more too. Returns 0; -1 with ERR_DB in *E. */
int st_rollup_remake_all(struct store *s, struct err *e);

/* True in *SAME when every sum equals a recount of the counted lines. Returns 0; -1 with ERR_DB in *E. */
int st_rollup_verify(struct store *s, bool *same, struct err *e);

#endif
