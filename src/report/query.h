/*
 * query.h - what is asked of a report: range, zone, grouping, filters. Filled
 * from flags or from a URL; knows neither.
 */
#ifndef REPORT_QUERY_H
#define REPORT_QUERY_H

#include "base/sbuf.h"
#include "report/dims.h"
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
};

/* Everything, by day, in the zone TZ (lent): the start of a query in *Q (query_clear); cannot fail. */
void query_init(struct query *q, const struct tz *tz);

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
