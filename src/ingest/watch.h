/*
 * watch.h - follow the files: a pass over everything, then one over what changed, each time that
 * something did, and one over everything now and then, for what the system does not tell.
 *
 * The lock is held for each pass, not between them. What goes wrong is said once and tried again;
 * nothing but a signal ends it.
 *
 * Source: design.md 6 "Writer".
 */
#ifndef INGEST_WATCH_H
#define INGEST_WATCH_H

#include "ingest/ingest.h"

#define WATCH_SETTLE_MS 20 /* from the first sign of a change to the pass: the rest comes too */
#define WATCH_GAP_MS 200   /* from one pass to the next, at least */

enum watch_why {
	WATCH_FIRST,   /* over everything: the beginning, or a new database */
	WATCH_CHANGES, /* over what changed */
	WATCH_RESCAN   /* over everything, again */
};

struct watch_opts {
	const char *db;
	const struct ingest_root *roots; /* need not be there yet */
	size_t roots_len;
	const struct price_card *card;
	int64_t rescan_ms;         /* from one pass over everything to the next */
	int64_t wait_ms;           /* for another ingest, until that is said */
	int64_t settle_ms, gap_ms; /* WATCH_SETTLE_MS and WATCH_GAP_MS but in tests */
	const volatile int *stop;  /* not 0: end */
	volatile int *again;       /* not 0: a pass over everything now; it is then set to 0 */
	int64_t (*now)(void *arg); /* milliseconds UTC */
	void (*begin)(void *arg);  /* a pass begins */
	void (*progress)(void *arg, const struct ingest_progress *p);
	/* a pass came to its end, changed something or not; -1 with the reason ends the watch */
	int (*passed)(
	    void *arg, enum watch_why why, const struct ingest_summary *sum, struct err *e);
	void (*say)(void *arg, const char *text); /* a remark for people, one line */
	void *arg;
};

/*
 * Follow the roots of O until its stop is set by a handler of SIGINT, SIGTERM or SIGHUP, which are
 * let through only where they are seen at once. Returns 0 then; -1 with the reason in *E when the
 * database cannot be opened at the beginning (ERR_IO, ERR_INPUT and the like), or from passed.
 */
int watch_run(const struct watch_opts *o, struct err *e);

#endif
