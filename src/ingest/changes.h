/*
 * changes.h - what happened since the last pass, as far as the system tells: the files and
 * folders to look at, or that everything is to be looked at. Opens no file.
 *
 * Whatever may have been missed ends in "everything": no event is needed for a right result.
 */
#ifndef INGEST_CHANGES_H
#define INGEST_CHANGES_H

#include "ingest/ingest.h"
#include "ingest/notify.h"

struct changes {
	/* filled by the caller, borrowed */
	const struct ingest_root *roots;
	size_t roots_len;
	int64_t rescan_s; /* for the remarks */
	void (*say)(void *arg, const char *text);
	void *arg;
	/* what is to be done */
	bool some; /* the parts, and titles */
	bool full; /* everything */
	bool db;   /* something happened to the database file */
	/* ours */
	struct notify *notify;     /* NULL: the system does not tell us */
	struct change_part *parts; /* by root and path */
	bool *missing;             /* for each root: that was said */
	bool said_limit, said_lost;
};

/* Begin to listen, C's first part being filled; says so when that cannot be. Ends with changes_end; cannot fail. */
void changes_begin(struct changes *c);

/* Stop listening and free what C owns. Cannot fail. */
void changes_end(struct changes *c);

/* The descriptor that is readable when there is something to listen to, -1 for never. Lent by C; cannot fail. */
int changes_fd(const struct changes *c);

/* Take what the system has to tell into some, full, db and the parts of C, without waiting. Cannot fail. */
void changes_listen(struct changes *c);

/* Watch the database file DB; cannot fail. */
void changes_watch_db(struct changes *c, const char *db);

/* ingest_opts.place, with C as ARG: watch what a pass comes by (ROOT, KIND, PATH). Cannot fail. */
void changes_place(void *arg, size_t root, enum scan_place kind, const char *path);

/* A pass over everything begins: what it does not come by is not watched any more when it ended (changes_swept). Waits for roots that are not there, and says which. Cannot fail. */
void changes_round(struct changes *c);

/* The pass over everything came to its end. Cannot fail. */
void changes_swept(struct changes *c);

/* How many roots were not there when the last round began; cannot fail. */
int64_t changes_missing(const struct changes *c);

/* The parts to look at, as a new array of *N, owned by the caller: free; its texts are C's until changes_done. Cannot fail. */
struct ingest_part *changes_parts(const struct changes *c, size_t *n);

/* All that was to be done is done; cannot fail. */
void changes_done(struct changes *c);

#endif
