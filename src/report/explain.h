/*
 * explain.h - the arithmetic of one session: every usage line with its verdict.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include "ledger/ledger.h"
#include "report/coverage.h"
#include "store/store.h"

struct explain_line {
	int64_t line, ts_ms; /* ts_ms -1: none */
	size_t part;         /* number of the rollout in `parts` */
	bool is_record, has_total, has_last, is_recovered;
	struct tokens total, last; /* as logged */
	enum verdict verdict;
	struct tokens delta; /* what counts */
	char *model;         /* "" = unknown */
	char *owner;         /* uuid of the session it counts for when it is another; NULL */
};

struct explain_part {
	char *path, *page, *basis, *state; /* path NULL: no file */
	int64_t own_line;                  /* first own line; INT64_MAX: none yet */
	int64_t lines;
};

struct explain_loss {
	char *kind;
	int64_t line;
	size_t part;
};

struct explain {
	char *uuid, *title;         /* title NULL: none */
	struct explain_part *parts; /* rollouts, in the order of the walk */
	size_t parts_len;
	struct explain_line *lines; /* in that order */
	size_t lines_len;
	struct explain_line *recovered; /* lines of other files that count for this session */
	size_t recovered_len;
	struct explain_loss *losses;
	size_t losses_len;
	struct tokens total; /* sum of the deltas that count for this session */
};

/*
 * Look up the session whose id begins with ID (at least 4 characters) in S
 * into *OUT (explain_clear). Returns 0; -1 with ERR_NOTFOUND (no such
 * session), ERR_USAGE (too short, several match) or ERR_DB in *E.
 */
int explain_run(struct store *s, const char *id, struct explain *out, struct err *e);

/* As explain_run for ID in S into *OUT, but without the lines and their total: fast however long the session is. Returns 0, or -1 with the errors of explain_run in *E. */
int explain_head(struct store *s, const char *id, struct explain *out, struct err *e);

/* Free what X owns. NULL-safe; cannot fail. */
void explain_clear(struct explain *x);

#endif
