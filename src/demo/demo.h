/*
 * demo.h - an invented Codex home, and what a tracker must find in it. It shows
 * every kind of record and the traps of formats.md 7.1 that a file can show.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "base/err.h"
#include "time/tz.h"

enum demo_profile {
	DEMO_TYPICAL, /* about 6.3 KB of rollout for each response */
	DEMO_REAL,    /* mostly encrypted reasoning, large lines, wild tool output */
	DEMO_TINY     /* many small files */
};

#define DEMO_BYTES_MIN 2000000
#define DEMO_BYTES_MAX INT64_C(1000000000000)
#define DEMO_DAYS_MAX 3660

struct demo_opts {
	const char *dir;
	int64_t days, bytes, seed; /* bytes and days in the bounds above, days at least 1 */
	enum demo_profile profile;
	int64_t now_ms;
	const struct tz *tz;      /* of the person; file names have its time */
	const volatile int *stop; /* other than 0: end soon */
};

struct demo_sum {
	int64_t files, bytes, sessions, responses, tokens;
};

/*
 * Write codex-home/ and truth.json below O->dir, which is made when it is not
 * there, and what was written into *SUM. Returns 0; -1 with ERR_USAGE in *E when
 * the folder holds something, ERR_STOPPED, or ERR_IO; then what is there is incomplete.
 */
int demo_write(const struct demo_opts *o, struct demo_sum *sum, struct err *e);

/* The profile called NAME into *PROFILE. Returns 0; -1 with ERR_USAGE in *E. */
int demo_profile_by_name(const char *name, enum demo_profile *profile, struct err *e);

#endif
