/*
 * st_home.h - homes and threads.
 */
#ifndef STORE_ST_HOME_H
#define STORE_ST_HOME_H

#include "store/store.h"

/* Row id of the home at PATH (made when it is new, with LABEL) into *ID. Returns 0; -1 with ERR_DB in *E. */
int st_home_id(struct store *s, const char *path, const char *label, int64_t *id, struct err *e);

/* Row id of the thread UUID (made, dirty, when it is new) into *ID. Returns 0; -1 with ERR_DB in *E. */
int st_thread_id(struct store *s, struct str uuid, int64_t *id, struct err *e);

/*
 * Mark dirty the thread ID and its family: threads that it was copied from, that were
 * copied from it, and that share such a source with it. Returns 0; -1 with ERR_DB in *E.
 * Source: ledger-design.md 2 "What is walked again".
 */
int st_thread_dirty(struct store *s, int64_t id, struct err *e);

/*
 * Lines were added to the thread ID: mark it dirty, and of its family those whose boundary may
 * move with it. Returns 0; -1 with ERR_DB in *E. Source: as st_thread_dirty.
 */
int st_thread_dirty_grown(struct store *s, int64_t id, struct err *e);

/* Mark dirty all threads of the home HOME_ID with usage lines inside a review. Returns 0; -1 with ERR_DB in *E. */
int st_thread_dirty_reviews(struct store *s, int64_t home_id, struct err *e);

/* Mark every thread dirty. Returns 0; -1 with ERR_DB in *E. */
int st_thread_dirty_all(struct store *s, struct err *e);

/* Id and uuid of a dirty thread: *ID, and *UUID (owned by the caller: free). Returns 1; 0 when none is left; -1 with ERR_DB in *E. */
int st_thread_next_dirty(struct store *s, int64_t *id, char **uuid, struct err *e);

/* Ids of the dirty threads with a rollout that names ancestors, into a new array *OUT of *N (owned by the caller: free). Returns 0; -1 with ERR_DB in *E. */
int st_thread_dirty_copies(struct store *s, int64_t **out, size_t *n, struct err *e);

/* Uuid of the thread ID into a new string *OUT (owned by the caller: free). Returns 0; -1 with ERR_DB or, without such a thread, ERR_BUG in *E. */
int st_thread_uuid(struct store *s, int64_t id, char **out, struct err *e);

/* The thread ID is settled. Returns 0; -1 with ERR_DB in *E. */
int st_thread_clean(struct store *s, int64_t id, struct err *e);

/* Row id of the thread UUID into *ID when it has a rollout of its own, else 0 into *ID. Returns 0; -1 with ERR_DB in *E. */
int st_thread_with_rollout(struct store *s, const char *uuid, int64_t *id, struct err *e);

/* Set the TITLE of the thread UUID as of MS, if such a thread is known. Returns 0; -1 with ERR_DB in *E. */
int st_thread_title(struct store *s, struct str uuid, struct str title, int64_t ms, struct err *e);

#endif
