/*
 * show_time.h - charts and tables over the buckets of a range, as the twins of
 * Overview, Usage and Cost list them (report/series.h).
 */
#ifndef WEB_SHOW_TIME_H
#define WEB_SHOW_TIME_H

#include "web/show.h"

#define SHOW_ROWS 400    /* of a table */
#define SHOW_BUCKETS 200 /* of a table by bucket; the rest is in the CSV */

/* The columns of a chart over BUCKETS; several buckets share one where there are too many. */
struct show_axis {
	struct json_object *buckets; /* lent */
	size_t per;                  /* buckets to a column */
	int len;
	struct chart_column *columns;
	char **owned; /* texts of the columns */
	size_t owned_len;
	bool so_far; /* the last bucket is under way */
};

/* The axis of BUCKETS (lent until show_axis_clear) into *OUT, its columns titled with the metric M and leading to what C shows of that time. Aborts when out of memory. */
void show_axis_make(
    struct show_axis *out, const struct ctx *c, struct json_object *buckets, enum metric m);

/* Free what A owns. NULL-safe; cannot fail. */
void show_axis_clear(struct show_axis *a);

/* Values of M by column of A; reasoning is left out of the output when APART. Returns A->len of them, owned by the caller; aborts when out of memory. */
int64_t *show_axis_values(const struct show_axis *a, enum metric m, bool apart);

/*
 * The chart ID of BUCKETS into PANEL as _chart: M as columns of HEIGHT pixels; METRIC_TOKENS with
 * BY_CLASS as two panels of stacked classes. TOTAL is their sum. Aborts when out of memory.
 */
void show_chart(const struct ctx *c, struct json_object *panel, const char *id, enum metric m,
    bool by_class, struct json_object *buckets, const struct show_sum *total);

/*
 * The table of BUCKETS, the newest SHOW_BUCKETS of them, newest first, with the N metrics MS and
 * the totals TOTALS (report/series.h), into PANEL as _table. Aborts when out of memory.
 */
void show_bucket_table(const struct ctx *c, struct json_object *panel, struct json_object *buckets,
    struct json_object *totals, const enum metric *ms, size_t n);

/* Number of the first of N buckets that a table shows, the newest SHOW_BUCKETS. Returns it; cannot fail. */
size_t show_first_row(size_t n);

/* Link text of the bucket B, and where it leads to (owned by the caller) into *HREF; NULL: not wanted. Returns the text by value; aborts when out of memory. */
struct text show_bucket(const struct ctx *c, struct json_object *b, char **href);

#endif
