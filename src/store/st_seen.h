/*
 * st_seen.h - the responses that a rollout's records counted, as fingerprints:
 * asked one by one when the rollout's tail is read.
 */
#ifndef STORE_ST_SEEN_H
#define STORE_ST_SEEN_H

#include "store/store.h"

#define ST_SEEN_MAX 120 /* fingerprints in one row: four rows fill a page */

/* Is PRINT (0 or more) kept for rollout ID? The answer goes into *HAS. Returns 0; -1 with ERR_DB in *E. */
int st_seen_has(struct store *s, int64_t id, int64_t print, bool *has, struct err *e);

/* Keep the N fingerprints at P (each 0 or more, none of them kept yet; sorted here) for rollout ID, too. Returns 0; -1 with ERR_DB in *E. */
int st_seen_add(struct store *s, int64_t id, int64_t *p, size_t n, struct err *e);

/* Forget all that is kept for rollout ID. Returns 0; -1 with ERR_DB in *E. */
int st_seen_clear(struct store *s, int64_t id, struct err *e);

#endif
