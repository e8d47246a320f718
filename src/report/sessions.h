/*
 * sessions.h - the list of sessions, those without counts too.
 */
#ifndef REPORT_SESSIONS_H
#define REPORT_SESSIONS_H

#include "pricing/price.h"
#include "report/query.h"
#include "report/report.h"

struct session_row {
	char *uuid, *title, *directory, *repository, *source, *version, *models,
	    *parent;               /* NULL: not known */
	int64_t first_ms, last_ms; /* -1: not known */
	int64_t turns, messages, calls, failures, compactions;
	bool is_archived, is_gone, is_recovered; /* its own file was never seen */
	unsigned losses;                         /* bit 1 << number of the loss */
	struct report_sum sum;
};

struct sessions {
	struct session_row *rows; /* by last activity, newest first */
	size_t len;
	bool more; /* LIMIT cut the list */
};

/*
 * The sessions of S, priced by CARD, that were active in Q's range and pass its filters, at
 * most LIMIT (0: all), into *OUT (sessions_clear). SEARCH (NULL: none) must
 * stand in id, title, directory, repository or branch. Returns 0; -1 with
 * ERR_DB in *E.
 */
int sessions_run(struct store *s, const struct query *q, const struct price_card *card,
    const char *search, size_t limit, struct sessions *out, struct err *e);

/* Free what L owns. NULL-safe; cannot fail. */
void sessions_clear(struct sessions *l);

#endif
