/*
 * session_list.h - the list of sessions for pages: those that were active in
 * the query's range and pass its filters, in any of a few orders, page by page.
 * A session is shown as a whole, also when only a part of it lies in the range.
 *
 * As JSON, the data of Sessions:
 *   sort  total next   the order; how many there are in all; cursor of the next page or null
 *   sessions [ {
 *     id title started last      null when not known
 *     directory repository branch project source version parent
 *     models [ names ]
 *     messages calls failures compactions   turns is a member of the sum
 *     peak_permille              fullest context in thousandths of its window
 *     + members of a sum (sum.h)
 *     losses [ kinds ]  archived gone recovered
 *   } ]
 */
#ifndef REPORT_SESSION_LIST_H
#define REPORT_SESSION_LIST_H

#include "report/scan.h"

enum session_sort {
	SESSION_LAST, /* last line */
	SESSION_STARTED,
	SESSION_TOKENS,
	SESSION_COST,
	SESSION_TURNS,
	SESSION_CALLS,
	SESSION_FAILURES,
	SESSION_PEAK,
	SESSION_SORT__MAX
};

struct session_item {
	int64_t thread_id, first_ms, last_ms; /* ms; -1: not known */
	int64_t turns, messages, calls, failures, compactions,
	    peak;      /* peak: thousandths, -1 not known */
	int64_t value; /* that it is sorted by */
	struct sum sum;
	/* NULL: not known */
	char *uuid, *title, *directory, *repository, *branch, *source, *version, *models, *parent;
	bool is_archived, is_gone, is_recovered; /* recovered: its own file was never seen */
	unsigned losses;                         /* bit 1 << number of the loss */
};

struct session_list {
	struct session_item *rows;
	size_t len;
	int64_t total; /* sessions, on all pages */
	char next[48]; /* cursor, "" on the last page */
	enum session_sort sort;
	bool ascending;
};

struct session_words {
	/* last started tokens cost turns calls failures peak, each also with -asc; NULL: last */
	const char *sort;
	const char *cursor; /* of a list before; NULL: the first page */
	/* must stand in id, title, directory, repository or branch; NULL: none */
	const char *search;
	size_t limit; /* 1 to 1000 */
};

/*
 * The sessions that Q asks for, priced by CARD, in the order and from the cursor
 * that W names (all borrowed), into *OUT (session_list_clear). ALL is a scan without filters with
 * that card, or NULL: then one is made. Returns 0; -1 with ERR_USAGE, naming the
 * word, ERR_BUSY or ERR_DB in *E.
 */
int session_list_run(struct store *s, const struct query *q, const struct price_card *card,
    struct scan *all, const struct session_words *w, struct session_list *out, struct err *e);

/* Fill the texts of X, which has its thread_id, from S. What X held stays owned by it. Returns 0; -1 with ERR_DB in *E. */
int session_item_load(struct store *s, struct session_item *x, struct err *e);

/* Fill X, which has its thread_id, with what S knows of that session, its sum priced by ALL, a scan without filters. Owner and errors as session_item_load. */
int session_item_read(struct store *s, struct scan *all, struct session_item *x, struct err *e);

/* Free the texts of X. NULL-safe; cannot fail. */
void session_item_clear(struct session_item *x);

/* The members of X, with times on the clock of TZ, into the object O; cannot fail. */
void session_item_put(struct json_object *o, const struct session_item *x, const struct tz *tz);

/* Free what L owns. NULL-safe; cannot fail. */
void session_list_clear(struct session_list *l);

/* L as JSON, with times on the clock of TZ. Returns a new reference, owned by the caller (json_object_put); cannot fail. */
struct json_object *session_list_json(const struct session_list *l, const struct tz *tz);

#endif
