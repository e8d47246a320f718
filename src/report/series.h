/*
 * series.h - usage over time: sums by bucket of a zone, as a whole and by the
 * values of one dimension, the largest by name and the rest as "other".
 *
 * As JSON, the data of Usage:
 *   group metric by    words of the query; by is null without a dimension
 *   buckets [ { label start end partial so_far + the members of a sum (sum.h) + sessions } ]
 *           all of them from the first to the last of the range, without usage too;
 *           partial: the range begins or ends inside; so_far: it is the end of "now"
 *   totals  { total, mean, least, most: { members of a sum, sessions } }: over the
 *           buckets; mean rounded to the nearest, without sessions; cost_nanousd alone
 *   groups  [ { name key other members share_ppm values [ … ] + members of a sum + sessions } ]
 *           values: the metric by bucket; name null: not known;
 *           other: the rest, members of them, always last
 */
#ifndef REPORT_SERIES_H
#define REPORT_SERIES_H

#include "base/set64.h"
#include "report/scan.h"

#define SERIES_BUCKETS 20000 /* at most */

struct series_bucket {
	int64_t start_ms, end_ms; /* of the whole bucket */
	char label[32];
	bool is_partial; /* the range begins or ends inside */
	bool is_now;     /* ... ends inside */
};

/* The buckets that a range touches, in order. */
struct series_axis {
	struct series_bucket *p;
	size_t len;
};

struct series_cell {
	uint32_t bucket;
	struct sum sum;
};

struct series_group {
	char *name;                /* "" = not known; NULL: the rest */
	uint32_t number;           /* on the scan's axis */
	size_t members;            /* of the rest; else 1 */
	struct sum total;          /* with its distinct sessions */
	struct series_cell *cells; /* buckets with something in them, in order */
	size_t len, alloc;
};

/* Sums by bucket and value while they are read, and then what is left of them. */
struct series {
	const struct series_axis *time; /* borrowed; NULL: totals only */
	int axis;                       /* of the scan; -1: none */
	enum metric metric;
	struct sum total, *all; /* all: by bucket */
	struct series_group *groups;
	size_t len, alloc;
	size_t at;                  /* bucket of the row before */
	struct set64 seen, seen_in; /* sessions of the groups; of groups in buckets */
	uint32_t *last;             /* bucket + 1 that a thread was seen in last */
	uint32_t *last_group;       /* group + 1 that a thread was seen in last */
	size_t last_len;
};

/* The buckets of Q's range and zone, which must have both ends, into *OUT (series_axis_clear). Returns 0; -1 with ERR_LIMIT when there are more than SERIES_BUCKETS. */
int series_axis_make(const struct query *q, struct series_axis *out, struct err *e);

/* Free what A owns. NULL-safe; cannot fail. */
void series_axis_clear(struct series_axis *a);

/* Make *S empty, over TIME (borrowed, NULL: totals only) and the scan's axis AXIS (-1: none), to be ordered by METRIC. Cannot fail. */
void series_init(struct series *s, const struct series_axis *time, int axis, enum metric metric);

/* Add the row R of a scan, whose rows come in the order of time, to S; cannot fail. */
void series_add(struct series *s, const struct scan_row *r);

/*
 * End S: order its groups by its metric, keep the TOP largest with their names from
 * SC, and put the others together. Cannot fail.
 */
void series_finish(struct series *s, struct scan *sc, size_t top);

/* Value of S's metric of group G in bucket I, 0 when it has none; cannot fail. */
int64_t series_value(const struct series *s, const struct series_group *g, size_t i);

/* The buckets of S, in the zone of Q, as JSON into the array A; cannot fail. */
void series_put_buckets(struct json_object *a, const struct series *s, const struct query *q);

/* Total, mean, least and most of the buckets of S into the object O (totals, above); cannot fail. */
void series_put_totals(struct json_object *o, const struct series *s);

/* The groups of S, values of DIM, as JSON into the array A; with VALUES, their metric by bucket, too. Cannot fail. */
void series_put_groups(
    struct json_object *a, const struct series *s, const struct dim *dim, bool values);

/* Take the totals of FROM's groups, without buckets, before it ends, for another order or top; cannot fail. */
void series_copy(struct series *s, const struct series *from);

/* Free what S owns. NULL-safe; cannot fail. */
void series_clear(struct series *s);

/*
 * Usage: Q over S with the prices of CARD (all borrowed), its metric by bucket
 * and by its dimension, as JSON into *OUT (new reference); what is missing into C
 * (coverage_clear). Returns 0; -1 with ERR_DB, ERR_BUSY or ERR_LIMIT in *E.
 */
int series_json(struct store *s, const struct query *q, const struct price_card *card,
    struct json_object **out, struct coverage *c, struct err *e);

#endif
