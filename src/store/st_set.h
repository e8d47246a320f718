/*
 * st_set.h - contents that many lines repeat, each stored once and found by a
 * fingerprint of its columns.
 */
#ifndef STORE_ST_SET_H
#define STORE_ST_SET_H

#include "rollout/record.h"
#include "store/store.h"

/* Row id of the content with the fingerprint PRINT into *ID, by the static text SQL, which asks for it by its one parameter. Returns 1; 0 when there is none; -1 with ERR_DB in *E. */
int st_set_find(struct store *s, const char *sql, uint64_t print, int64_t *id, struct err *e);

/* Fingerprint of what the context C says, its place apart; C is borrowed; cannot fail. */
uint64_t st_context_print(const struct rec_context *c);

/* Row id of the content of C with the fingerprint PRINT, made when it is new, into *ID. Returns 0; -1 with ERR_DB in *E. */
int st_context_set(
    struct store *s, const struct rec_context *c, uint64_t print, int64_t *id, struct err *e);

/* Fingerprint of the limits L without percentages and reset times; L is borrowed; cannot fail. */
uint64_t st_limit_print(const struct rec_limits *l);

/* Row id of the limits L with the fingerprint PRINT, made when they are new, into *ID. Returns 0; -1 with ERR_DB in *E. */
int st_limit_set(
    struct store *s, const struct rec_limits *l, uint64_t print, int64_t *id, struct err *e);

#endif
