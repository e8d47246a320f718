/*
 * lock.h - one writer at a time: a lock file beside the database, held per pass,
 * with the holder's pid in it. Its mtime is the time of the last successful check.
 *
 * Source: design.md 6 "Writer".
 */
#ifndef INGEST_LOCK_H
#define INGEST_LOCK_H

#include "base/err.h"

struct lock {
	int fd;                  /* -1: not held */
	struct timespec checked; /* of the last successful pass */
};

/*
 * Take the lock of the database DB into *L, waiting at most WAIT_MS. Returns 0; -1 with ERR_BUSY
 * (the message names the holder) or ERR_IO in *E. The lock ends with the process.
 */
int lock_take(struct lock *l, const char *db, int64_t wait_ms, struct err *e);

/* Let go of L; CHECKED says that the pass came to its end: the file's mtime becomes now. NULL-safe for a lock not held; cannot fail. */
void lock_drop(struct lock *l, bool checked);

struct lock_state {
	bool is_held;
	int64_t pid;        /* of the holder; 0: not held, or not known */
	int64_t checked_ms; /* time of the last successful check; -1: there was none */
};

/* Who holds the lock of the database DB at this moment, into *OUT; makes no lock file; cannot fail. */
void lock_look(const char *db, struct lock_state *out);

/* Time of the last successful check of the database DB in ms, -1 when there was none; cannot fail. */
int64_t lock_checked_ms(const char *db);

#endif
