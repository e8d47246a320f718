/*
 * rundir.h - the run folder of a `codex-track web`: one for each database, named by a
 * hash of its real path. A lock in it, which dies with the process, says that one
 * runs; beside it stand its pid and its URL.
 *
 * Source: design.md 10 "lighttpd for web".
 */
#ifndef CLI_RUNDIR_H
#define CLI_RUNDIR_H

#include "base/err.h"

struct rundir {
	char *path;
	int lock_fd; /* -1: not ours */
};

/*
 * Make the run folder for the database DB, 0700, below XDG_RUNTIME_DIR or /tmp, into *R
 * (rundir_close). Returns 0; -1 with ERR_IO in *E, also when the place belongs to somebody else.
 */
int rundir_open(struct rundir *r, const char *db, struct err *e);

/* Take the lock of R. Returns 1 when it is ours now, 0 when another process has it; -1 with ERR_IO in *E. */
int rundir_lock(struct rundir *r, struct err *e);

/* Path of NAME in R. Returns it, owned by the caller: free. Cannot fail. */
char *rundir_file(const struct rundir *r, const char *name);

/* Write TEXT into the file NAME of R, in one step. Returns 0; -1 with ERR_IO in *E. */
int rundir_write(const struct rundir *r, const char *name, const char *text, struct err *e);

/* First line of the file NAME in R. Returns it, owned by the caller: free; NULL when there is none. */
char *rundir_read(const struct rundir *r, const char *name);

/* Remove all that stands in R when its lock is ours, let go of the lock, and free what R owns. NULL-safe; cannot fail. */
void rundir_close(struct rundir *r);

#endif
