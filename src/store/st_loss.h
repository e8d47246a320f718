/*
 * st_loss.h - what a thread's files do not hold, and the facts that show it.
 */
#ifndef STORE_ST_LOSS_H
#define STORE_ST_LOSS_H

#include "store/store.h"

struct st_loss {
	int64_t rollout_id, line, ts_ms, dimset_id;
	const char *kind; /* static */
};

/* Add the loss L to THREAD_ID unless it is there. Returns 0; -1 with ERR_DB in *E. */
int st_loss_add(struct store *s, int64_t thread_id, const struct st_loss *l, struct err *e);

/* Replace the losses of THREAD_ID by the N at L where they differ. Returns 0; -1 with ERR_DB in *E. */
int st_losses_put(
    struct store *s, int64_t thread_id, const struct st_loss *l, size_t n, struct err *e);

/*
 * A fact of a rollout in line order, as far as losses are read from it. `what`:
 * T a turn begins, E it ends, A it is aborted, M an answer, C a call, O a call's
 * output, U a token_count, R a token_usage_record, X a compaction, V a review
 * ended, B a line that could not be used, L a last line without its end.
 */
struct st_step {
	int64_t line, ts_ms;
	char what;
	int64_t number; /* U, R: the verdict; T, E: the turn; C: its output's line;
			   X: bytes of the summary, 0 for one that the server made;
			   L: when the file was last written, in milliseconds */
	char *text;     /* X: id of the compaction's response; R: response id; L: the
			   file's path; NULL: none */
};

/* The steps of rollout ID from line FROM on, in order, into a new array *OUT of *N. Owned by the caller: st_steps_free. Returns 0; -1 with ERR_DB in *E. */
int st_steps(
    struct store *s, int64_t id, int64_t from, struct st_step **out, size_t *n, struct err *e);

/* Free the N steps at P. NULL-safe; cannot fail. */
void st_steps_free(struct st_step *p, size_t n);

#endif
