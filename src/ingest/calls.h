/*
 * calls.h - tool calls while their outputs are waited for: a call is stored once, whole, when its
 * output came or the file ends.
 */
#ifndef INGEST_CALLS_H
#define INGEST_CALLS_H

#include "base/set64.h"
#include "store/st_call.h"

#define CALLS_OPEN 64 /* more at once are stored without their output, and completed there */

struct open_call {
	struct st_call call;
	char *texts; /* what its views point into; owned */
};

/* All zero before the first line. */
struct calls {
	struct open_call open[CALLS_OPEN]; /* in the order of the file */
	size_t len;
	struct set64 stored; /* ids of calls that were stored here */
	int64_t added,
	    failures; /* calls stored here, and calls that failed by what was read here */
	bool earlier; /* calls without an output may be stored, from here or an earlier reading */
};

/* Take in the call REC at P of a rollout in the store S. C is changed. Returns 0; -1 with ERR_DB in *E. */
int calls_add(struct calls *c, struct store *s, const struct st_place *p, const struct record *rec,
    struct err *e);

/* Take in the output or end event REC at P; C and S as above. Returns 1; 0 when its call is not known; -1 with ERR_DB in *E. */
int calls_output(struct calls *c, struct store *s, const struct st_place *p,
    const struct record *rec, struct err *e);

/* Store the calls of C that are still open in S. Returns 0; -1 with ERR_DB in *E. */
int calls_end(struct calls *c, struct store *s, struct err *e);

/* Free what C owns; NULL-safe; cannot fail. */
void calls_clear(struct calls *c);

#endif
