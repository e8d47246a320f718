/*
 * query.h - what is asked of a report: range, zone, grouping, filters. Filled
 * from flags or from a URL; knows neither.
 */
#ifndef REPORT_QUERY_H
#define REPORT_QUERY_H

#include "base/sbuf.h"
#include "report/dims.h"
#include "report/sum.h"
#include "store/store.h"
#include "time/bucket.h"
#include "time/period.h"

struct query_filter {
	const struct dim *dim;
	char *value;
	bool negate; /* was "!value" */
	bool prefix; /* was "value*" */
};

struct query {
	struct period range; /* ms, half-open */
	const struct tz *tz;
	enum bucket group;
	int week_start;       /* 0 = Monday */
	const struct dim *by; /* NULL: none */
	struct query_filter *filters;
	size_t filters_len;
	/* of pages only */
	int64_t now_ms;
	enum metric metric;
	size_t top;      /* groups that are named; the rest is one more */
	char period[24]; /* as asked for, "" for bounds of their own */
	bool is_auto;    /* the group follows from the length of the range */
	bool is_window;  /* buckets are windows of the main weekly limit; the group is week */
	int64_t *cuts;   /* bounds of buckets that no calendar makes, in order, ms; or NULL */
	size_t cuts_len;
};

/* What a page may be asked for, as words; NULL: not said. Borrowed. */
struct query_words {
	const char *period;    /* as period_by_name, or quota-week, quota-5h */
	const char *date;      /* a day that the period ends with */
	const char *from, *to; /* override period */
	const char *group;     /* auto hour day week month window */
	const char *week;      /* mon … sun, reset */
	const char *by, *metric;
	const char *top;                   /* 1 to 50 */
	const struct period_reset *weekly; /* the weekly limit's, as long as none was logged */
	bool weekly_is_named; /* somebody configured it: it goes before what was logged */
};

enum query_before { QUERY_PREVIOUS, QUERY_YEAR };

#define QUERY_DEFAULT_PERIOD "30d"

/* Everything, by day, in the zone TZ (lent): the start of a query in *Q (query_clear); cannot fail. */
void query_init(struct query *q, const struct tz *tz);

/*
 * Take the words W (borrowed) into Q, which has its zone, at the instant
 * NOW_MS: the bounds are resolved before anything else, a relative period ends at now, or
 * with the day of W's date. S (NULL: none) answers for periods that depend on
 * the data: quota-week and quota-5h are the window of the main limit that holds
 * the end (without one: from the last reset of W's weekly on, else the last
 * seven days, five hours); "all" begins with the first use and
 * ends with the last, or now. Returns 0; -1 with ERR_USAGE, naming the word and what it may
 * be, or ERR_DB in *E. Source: design.md 8; pages.md 4.
 */
int query_take(
    struct query *q, struct store *s, const struct query_words *w, int64_t now_ms, struct err *e);

/*
 * The range that Q's is compared with, into *OUT: as long as Q's and just before
 * it; for today, wtd, mtd and ytd the day, week, month or year before up to the same
 * time on the clock; with HOW QUERY_YEAR 52 weeks before, so that weekdays
 * match. Returns false when Q has an open end.
 */
bool query_before(const struct query *q, enum query_before how, struct period *out);

/*
 * The bucket of Q that holds MS, in its range: from *START up to *NEXT, ms, and its label into
 * LABEL. Cannot fail.
 */
void query_bucket(
    const struct query *q, int64_t ms, int64_t *start, int64_t *next, char label[static 32]);

/* What the buckets of Q are: hour, day, week, month or window. Returns a static text; cannot fail. */
const char *query_group_name(const struct query *q);

/* The last time up to AT_MS that R came round, ms. Cannot fail. */
int64_t query_last_reset(const struct period_reset *r, int64_t at_ms);

/*
 * Weeks of Q, which has its range and zone, begin with RESET; unless IS_NAMED with that of the
 * weekly limit that S (NULL: none) has logged last. Returns 0; -1 with ERR_DB, or ERR_LIMIT when
 * they are too many, in *E.
 */
int query_cut_weeks(struct query *q, struct store *s, const struct period_reset *reset,
    bool is_named, struct err *e);

/*
 * Buckets of Q, which has its range and zone, are the windows of the main weekly limit that S
 * (NULL: none) has logged, and what lies between them; without any, weeks from RESET on. Returns
 * as query_cut_weeks.
 */
int query_cut_windows(
    struct query *q, struct store *s, const struct period_reset *reset, struct err *e);

/* Free what Q owns. NULL-safe; cannot fail. */
void query_clear(struct query *q);

/*
 * Add the filter NAME VALUE to Q: a leading ! negates, a trailing * is a
 * prefix, <unknown> means unknown. Returns 0; -1 with ERR_USAGE in *E for an
 * unknown NAME or an empty VALUE. Source: pages.md 4.
 */
int query_filter(struct query *q, const char *name, const char *value, struct err *e);

/*
 * Append to SQL the conditions of Q's filters, each " AND …", over the aliases
 * of dims.h; parameters are numbered from FIRST. Values of one dimension are
 * alternatives, dimensions and negations all must hold. Errors stay in SQL.
 */
void query_where(const struct query *q, struct sbuf *sql, int first);

/* Bind the values for query_where to STMT from parameter FIRST on. Errors stay in STMT. */
void query_bind(const struct query *q, struct stmt *stmt, int first);

#endif
