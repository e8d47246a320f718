/*
 * st_rollout.h - rollouts: a thread's logical files, their evidence of copying,
 * and the facts that the first lines hold.
 */
#ifndef STORE_ST_ROLLOUT_H
#define STORE_ST_ROLLOUT_H

#include "rollout/record.h"
#include "store/store.h"

struct st_rollout {
	int64_t id, thread_id, home_id;
	char *page;                       /* owned by whoever made the row; NULL: not loaded */
	int64_t lines, first_ms, last_ms; /* times: negative for none */
	char *forked_from, *base_thread;  /* NULL: none */
	int64_t base_end, start_ordinal;  /* negative: none */
	int64_t ordinal_line, burst_line, meta_line;
	bool events_seen;
	int64_t own_line;
	bool is_open;
	void *state; /* of the reader, owned as page; NULL: none */
	size_t state_len;
};

/* Free the texts of R; NULL-safe; cannot fail. */
void st_rollout_clear(struct st_rollout *r);

/* Row id of the rollout (THREAD_ID, PAGE), made for HOME_ID when new, into *ID. Returns 1 when it is new, else 0; -1 with ERR_DB in *E. */
int st_rollout_id(struct store *s, int64_t thread_id, const char *page, int64_t home_id,
    int64_t *id, struct err *e);

/* Delete every fact of rollout ID, keeping its row. Returns 0; -1 with ERR_DB in *E. */
int st_rollout_empty(struct store *s, int64_t id, struct err *e);

/* Write the facts in R (all but page, thread and the boundary) to its row. Returns 0; -1 with ERR_DB in *E. */
int st_rollout_put(struct store *s, const struct st_rollout *r, struct err *e);

/* The rollout ID with all that st_rollout_put writes into *R (st_rollout_clear). Returns 0; -1 with ERR_DB in *E. */
int st_rollout_load(struct store *s, int64_t id, struct st_rollout *r, struct err *e);

/* Write the boundary OWN_LINE with its BASIS, and whether it IS_OPEN, to rollout ID where it differs. Returns 0; -1 with ERR_DB in *E. */
int st_rollout_boundary(
    struct store *s, int64_t id, int64_t own_line, const char *basis, bool is_open, struct err *e);

/* The rollouts of THREAD_ID in the order of the walk into a new array *OUT of *N (owned by the caller: st_rollouts_free). Returns 0; -1 with ERR_DB in *E. */
int st_rollouts(
    struct store *s, int64_t thread_id, struct st_rollout **out, size_t *n, struct err *e);

/* Free the N rollouts at R and their texts. NULL-safe; cannot fail. */
void st_rollouts_free(struct st_rollout *r, size_t n);

/* Store the first session_meta REC of rollout ID, made at CREATED_MS (negative: not known); REPOSITORY is its normalised form ('' for none). Returns 0; -1 with ERR_DB in *E. */
int st_session_put(struct store *s, int64_t id, const struct record *rec, int64_t created_ms,
    const char *repository, struct err *e);

/* Word of session.source_kind of rollout ID into a new string *OUT (owned by the caller: free; NULL for none). Returns 0; -1 with ERR_DB in *E. */
int st_session_source(struct store *s, int64_t id, char **out, struct err *e);

/* Append the thread UUID to the ancestors of rollout ID unless it stands there. Returns 0; -1 with ERR_DB in *E. */
int st_ancestor_add(struct store *s, int64_t id, struct str uuid, struct err *e);

/* The ancestors of rollout ID, nearest first, into a new array *OUT of *N strings (free each and the array). Returns 0; -1 with ERR_DB in *E. */
int st_ancestors(struct store *s, int64_t id, char ***out, size_t *n, struct err *e);

/* Store the N bytes DATA as the prints of rollout ID. Returns 0; -1 with ERR_DB in *E. */
int st_prints_put(struct store *s, int64_t id, const void *data, size_t n, struct err *e);

/* The prints of rollout ID into a new block *DATA of *N bytes (owned by the caller: free; NULL for none). Returns 0; -1 with ERR_DB in *E. */
int st_prints(struct store *s, int64_t id, void **data, size_t *n, struct err *e);

/* Count one more line of the unknown kind NAME in rollout ID. Returns 0; -1 with ERR_DB in *E. */
int st_unknown_add(struct store *s, int64_t id, struct str name, struct err *e);

#endif
