/*
 * health.h - is the database private, sound, complete and counted right? Looks
 * only: nothing is read in, nothing is written.
 *
 * Each finding is something that is wrong and that somebody can do something about.
 * What the files do not hold (losses, lines that were torn) is told by
 * month, but is no finding: nothing mends it.
 */
#ifndef REPORT_HEALTH_H
#define REPORT_HEALTH_H

#include "base/places.h"
#include "pricing/price.h"
#include "report/coverage.h"
#include "report/tally.h"
#include "store/store.h"
#include "time/tz.h"

struct health_finding {
	const char *check;        /* "places", "permissions", "database", …; static */
	char *what, *where, *fix; /* where may be "" */
};

/* A file of the database, or its folder. */
struct health_file {
	const char *role; /* "database", "folder", "log", "index", "lock"; static */
	char *path;
	bool exists;
	unsigned mode, wanted; /* permission bits */
	bool is_wrong;
	bool is_ours; /* --repair may change its mode: false for a folder that holds other things */
};

#define HEALTH_FILES 5

/* A month in the zone asked for. Sessions that began, used tokens or lost some in it. */
struct health_month {
	int64_t start_ms;
	char label[32];
	int64_t sessions, responses;
	int64_t lossy;      /* sessions whose files hold less than was used */
	int64_t unreadable; /* lines */
};

struct health {
	struct health_file files[HEALTH_FILES];
	bool is_open;  /* what follows could be looked at */
	bool is_sound; /* PRAGMA integrity_check */
	int64_t bytes; /* of the database file */
	int64_t schema, schema_known, generation;
	struct tally states; /* of rollout files */
	struct tally_problems problems;
	struct health_month *months; /* in order */
	size_t months_len;
	bool sums_same;         /* roll-ups equal a recount */
	int64_t threads, dirty; /* sessions; those whose verdicts are to be made again */
	int64_t odd;            /* usage lines whose verdict and amounts contradict each other */
	struct tally kinds;     /* lines of unknown kinds, most first */
	struct coverage_model *models; /* without a price */
	size_t models_len;
	struct health_finding *findings;
	size_t findings_len;
};

struct health_in {
	const char *db;
	const struct place_root *roots; /* what would be read */
	size_t roots_len;
	const struct price_card *card;
	const struct tz *tz;
	const volatile int *stop;                  /* not 0: end; NULL: never */
	void (*step)(void *arg, const char *what); /* told what is looked at now; NULL: nobody */
	void *arg;
};

/*
 * Look at what IN (borrowed) names and fill *OUT (health_clear). What cannot be
 * looked at is a finding. Returns 0; -1 with ERR_STOPPED in *E.
 */
int health_run(const struct health_in *in, struct health *out, struct err *e);

/* Add to H the finding of CHECK (static) that WHAT is wrong at WHERE, and FIX what to do; the texts are copied; cannot fail. */
void health_find(
    struct health *h, const char *check, const char *what, const char *where, const char *fix);

/* Free what H owns. NULL-safe; cannot fail. */
void health_clear(struct health *h);

#endif
