/*
 * progress.h - one line on a terminal while something takes longer than a second:
 * done, rate, time left, at most ten times a second; nothing elsewhere.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "ingest/ingest.h"

struct progress {
	FILE *f;                    /* NULL: not a terminal */
	int64_t start_ms, shown_ms; /* of a clock that only goes forward */
	bool some;                  /* a line stands there */
};

/* Begin: P writes to F (borrowed) when that is a terminal; cannot fail. */
void progress_begin(struct progress *p, FILE *f);

/* Show the state AT of an ingest; ARG is the struct progress. Errors are of no concern. */
void progress_show(void *arg, const struct ingest_progress *at);

/* Say that WHAT is looked at now; ARG is the struct progress. Errors are of no concern. */
void progress_step(void *arg, const char *what);

/* Remove the line; cannot fail. */
void progress_end(struct progress *p);

#endif
