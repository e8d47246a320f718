/*
 * dims.h - the dimensions that a line counts under, from its session and from the context and
 * settings in force.
 *
 * Source: formats.md 7.1 traps 14, 15, 31.
 */
#ifndef INGEST_DIMS_H
#define INGEST_DIMS_H

#include "store/st_usage.h"

/* What a session says for all its lines; "" = unknown. */
struct dims_session {
	char *source, *cwd, *repository, *branch; /* owned: dims_session_clear */
};

/* Load what the session of rollout ID says into *X. Returns 0; -1 with ERR_DB in *E, *X is to be cleared then too. */
int dims_session_load(struct store *s, int64_t id, struct dims_session *x, struct err *e);

/* Free what X owns. NULL-safe; cannot fail. */
void dims_session_clear(struct dims_session *x);

/*
 * The combination of a line in session X of the home HOME_ID, with the context C and the settings S
 * in force (NULL: none). Lends texts of X, C and S; cannot fail.
 */
struct st_dimset dims_of(const struct dims_session *x, int64_t home_id, const struct st_context *c,
    const struct st_context *s);

#endif
