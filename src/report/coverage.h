/*
 * coverage.h - how complete the numbers of a report are: what the files do not
 * hold, what could not be read, what has no price.
 *
 * Source: design.md 1 promise 2; formats.md 7.0 "Known losses".
 */
#ifndef REPORT_COVERAGE_H
#define REPORT_COVERAGE_H

#include "pricing/price.h"
#include "report/query.h"

#define COVERAGE_LOSSES 8

/* A kind of loss. */
struct coverage_kind {
	const char *name; /* as in the database */
	const char *text; /* "N sessions TEXT" */
};

struct coverage_model {
	char *model;    /* "" = unknown */
	char *reason;   /* why it has no price */
	int64_t tokens; /* input + output */
};

struct coverage {
	int64_t threads[COVERAGE_LOSSES]; /* sessions with that loss */
	int64_t signs[COVERAGE_LOSSES];   /* how often */
	int64_t lossy_threads;            /* sessions with any */
	int64_t unreadable_lines;         /* in all files of the database */
	int64_t failed_files, pending_threads;
	int64_t recovered_tokens;      /* from copies, the session's own file being gone */
	struct coverage_model *models; /* without a price, by tokens */
	size_t models_len;
};

/* Kind number I, from 0 to COVERAGE_LOSSES - 1. Returns it, static; cannot fail. */
const struct coverage_kind *coverage_kind(size_t i);

/* Number of the kind called NAME, COVERAGE_LOSSES when there is none; cannot fail. */
size_t coverage_find(struct str name);

/* Append the names of the kinds in LOSSES (bit 1 << number) to B, blanks between. Errors stay in B. */
void coverage_words(struct sbuf *b, unsigned losses);

/* Look in S what is missing from the answer to Q into *OUT (coverage_clear), all but the models. Returns 0; -1 with ERR_DB in *E. */
int coverage_run(struct store *s, const struct query *q, struct coverage *out, struct err *e);

/* Note that TOKENS by MODEL have no price because of REASON; the texts are copied; cannot fail. */
void coverage_unpriced(struct coverage *c, struct str model, const char *reason, int64_t tokens);

/* Free what C owns. NULL-safe; cannot fail. */
void coverage_clear(struct coverage *c);

#endif
