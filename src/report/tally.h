/*
 * tally.h - how many rows of each name the database holds: files by state, usage
 * lines by verdict, lines by what is wrong with them; and the files with problems.
 * For `ingest`, `doctor` and whatever shows the state of the database.
 */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "store/store.h"

enum tally_kind {
	TALLY_FILES,    /* rollout files by state */
	TALLY_VERDICTS, /* usage lines by verdict: a row for each verdict, in order, 0 too */
	TALLY_SKIPPED,  /* lines from which nothing could be taken, by reason */
	TALLY_FAULTY,   /* lines with a value that could not be taken, by reason */
	TALLY_UNKNOWN,  /* lines of kinds this version does not know, by kind; most first */
	TALLY__MAX,
};

struct tally_row {
	char *name;
	int64_t n;
};

struct tally {
	struct tally_row *rows; /* by name where nothing else is said */
	size_t len;
};

struct tally_problem {
	char *path, *state, *problem;
};

struct tally_problems {
	struct tally_problem *rows; /* by path */
	size_t len;
};

/* Count KIND in S into *OUT, to be cleared also after an error. Returns 0, or -1 with *E. */
int tally_read(struct store *s, enum tally_kind kind, struct tally *out, struct err *e);

/*
 * The files of S that were not read, or not to the end, those of earlier runs too,
 * but none that is gone, into *OUT, to be cleared also after an error. Returns 0,
 * or -1 with *E.
 */
int tally_problems_read(struct store *s, struct tally_problems *out, struct err *e);

/* Free what *T owns and make it empty; NULL is let be. Cannot fail. */
void tally_clear(struct tally *t);

/* Free what *P owns and make it empty; NULL is let be. Cannot fail. */
void tally_problems_clear(struct tally_problems *p);

#endif
