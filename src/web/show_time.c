#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "web/show_time.h"

#define DOT "\xc2\xb7"
#define THIN "\xe2\x80\xaf"
#define ONE_PANEL 240
#define UPPER_PANEL 150
#define LOWER_PANEL 144

/* ---------------------------------------------------------------- buckets */

/* "14:00", "24 Nov", "Nov 2026": what stands below a column. */
static struct text
column_text(const struct ctx *c, int64_t start_ms)
{
	struct text t = text_day(start_ms, c->query.tz, true);

	if (c->query.group == BUCKET_HOUR)
		return text_time(start_ms, c->query.tz);
	if (c->query.group == BUCKET_MONTH) /* "Sun 1 Nov 2026" */
		memmove(t.s, strrchr(t.s, ' ') - 3, strlen(strrchr(t.s, ' ') - 3) + 1);
	else {
		memmove(t.s, t.s + 4, strlen(t.s + 4) + 1);
		*strrchr(t.s, ' ') = '\0';
	}
	return t;
}

/* What the bucket is called in a table. */
static struct text
row_text(const struct ctx *c, int64_t start_ms)
{
	struct text t;

	switch (c->query.group) {
	case BUCKET_HOUR:
		return text_clock(start_ms, c->query.tz);
	case BUCKET_WEEK:
		if (c->query.cuts_len > 0)
			return text_clock(start_ms, c->query.tz);
		(void)snprintf(t.s, sizeof(t.s), "Week of %.16s",
		    text_day(start_ms, c->query.tz, false).s + 4);
		return t;
	case BUCKET_MONTH:
		return column_text(c, start_ms);
	case BUCKET_DAY:
	case BUCKET__MAX:
		break;
	}
	return text_day(start_ms, c->query.tz, false);
}

struct text
show_bucket(const struct ctx *c, struct json_object *b, char **href)
{
	static const char less[] = "period date from to group";
	int64_t start = show_time(b, "start"), end = show_time(b, "end");
	char day[16], from[32], to[32];
	struct date d;

	if (href == NULL)
		return row_text(c, start);
	if (c->query.group == BUCKET_DAY) {
		struct link_pair more[] = { { "period", "today" }, { "date", day } };

		tz_local(c->query.tz, start, &d, NULL, NULL);
		civil_format_date(d, day);
		*href = link_with(c, c->path, less, more, ARRAY_LEN(more));
	} else {
		struct link_pair more[] = { { "from", from }, { "to", to } };

		civil_format_offset(start, tz_offset_s(c->query.tz, start), from);
		civil_format_offset(end, tz_offset_s(c->query.tz, end), to);
		*href = link_with(c, c->path, less, more, ARRAY_LEN(more));
	}
	return row_text(c, start);
}

/* ------------------------------------------------------------------- axis */

static char *
own(struct show_axis *a, char *text)
{
	a->owned = xreallocarray(a->owned, a->owned_len + 1, sizeof(*a->owned));
	a->owned[a->owned_len++] = text;
	return text;
}

static bool
is_major(enum bucket group, const struct date *d, int64_t hour)
{
	switch (group) {
	case BUCKET_HOUR:
		return hour % 6 == 0;
	case BUCKET_DAY:
		return civil_weekday(*d) == 0;
	case BUCKET_WEEK:
		return d->d <= 7;
	case BUCKET_MONTH:
	case BUCKET__MAX:
		break;
	}
	return d->m % 3 == 1;
}

void
show_axis_make(
    struct show_axis *out, const struct ctx *c, struct json_object *buckets, enum metric m)
{
	size_t n = jx_len(buckets);

	memset(out, 0, sizeof(*out));
	out->buckets = buckets;
	out->per = (size_t)chart_per_column((int64_t)n, CHART_MAX_COLUMNS);
	out->len = (int)((n + out->per - 1) / out->per);
	out->columns = xcalloc((size_t)out->len + 1, sizeof(*out->columns));
	out->so_far = n > 0 && out->per == 1 && show_is(jx_at(buckets, n - 1), "so_far");
	for (int i = 0; i < out->len; i++) {
		struct json_object *b = jx_at(buckets, (size_t)i * out->per);
		struct chart_column *x = &out->columns[i];
		int64_t start = show_time(b, "start");
		struct date d;
		int32_t ms;
		char *href;

		tz_local(c->query.tz, start, &d, &ms, NULL);
		x->label.text = own(out, xstrdup(column_text(c, start).s));
		x->label.major = is_major(c->query.group, &d, ms / 3600000);
		x->rest = c->query.group <= BUCKET_DAY && civil_weekday(d) >= 5;
		if (out->per > 1 || out->len > CHART_MAX_HITS)
			continue;
		x->title = own(out,
		    xasprintf("%s: %s%s", show_bucket(c, b, &href).s,
			show_value(m, show_sum(b).v[m]).s, m == METRIC_TOKENS ? " tokens" : ""));
		x->href = own(out, href);
	}
}

void
show_axis_clear(struct show_axis *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->owned_len; i++)
		free(a->owned[i]);
	free(a->owned);
	free(a->columns);
	memset(a, 0, sizeof(*a));
}

int64_t *
show_axis_values(const struct show_axis *a, enum metric m, bool apart)
{
	int64_t *v = xcalloc((size_t)a->len + 1, sizeof(*v));

	for (size_t i = 0; i < jx_len(a->buckets); i++) {
		struct show_sum x = show_sum(jx_at(a->buckets, i));
		int64_t n = x.v[m];

		if (m == METRIC_OUTPUT && apart)
			n -= x.v[METRIC_REASONING];
		num_add_sat(&v[i / a->per], n < 0 ? 0 : n);
	}
	return v;
}

/* ----------------------------------------------------------------- charts */

struct class
{
	enum metric metric;
	const char *cls, *name;
	bool is_upper, is_lower; /* in which of the two panels */
	const char *lower_name;
};

static const struct class classes[] = {
	{ METRIC_OUTPUT, "f-output", NULL, true, true, "output" },
	{ METRIC_REASONING, "f-reason", NULL, false, true, "of it reasoning" },
	{ METRIC_UNCACHED, "f-uncached", NULL, true, true, "uncached input" },
	{ METRIC_WRITE, "f-write", NULL, true, true, "cache write" },
	{ METRIC_CACHED, "f-cached", "cached input", true, false, NULL },
};

static int64_t
most(const int64_t *v, int n, int *at)
{
	int64_t best = 0;

	*at = -1;
	for (int i = 0; i < n; i++)
		if (v[i] > best) {
			best = v[i];
			*at = i;
		}
	return best;
}

/* "7.81 B · 97.1 %": a class and its share, reasoning of the output. */
static char *
class_total(enum metric m, const struct show_sum *total)
{
	enum metric of = m == METRIC_REASONING ? METRIC_OUTPUT : METRIC_TOKENS;

	return xasprintf(
	    "%s " DOT " %s", text_brief(total->v[m]).s, text_share(total->v[m], total->v[of]).s);
}

static void
fill_panels(struct show_axis *a, const struct show_sum *total, struct chart_panel *p,
    struct chart_series (*s)[ARRAY_LEN(classes)], int64_t **values)
{
	for (int k = 0; k < 2; k++) {
		int n = 0;

		for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
			const struct class *x = &classes[i];

			if (!(k == 0 ? x->is_upper : x->is_lower))
				continue;
			*values = show_axis_values(a, x->metric, k == 1);
			s[k][n++] = (struct chart_series){ .cls = x->cls,
				.name = k == 0 ? x->name : x->lower_name,
				.total = own(a, class_total(x->metric, total)),
				.v = *values++,
				.hatched = x->metric == METRIC_REASONING };
		}
		p[k].series = s[k];
		p[k].nseries = n;
	}
}

void
show_chart(const struct ctx *c, struct json_object *panel, const char *id, enum metric m,
    bool by_class, struct json_object *buckets, const struct show_sum *total)
{
	struct show_axis a;
	int64_t *all, *values[2 * ARRAY_LEN(classes)] = { NULL };
	struct chart_series series[2][ARRAY_LEN(classes)];
	struct chart_panel panels[2] = {
		{ .kind = CHART_COLUMNS, .height = UPPER_PANEL, .unit = CHART_COUNT, .cap = true },
		{ .kind = CHART_COLUMNS,
		    .title = "Without cached input",
		    .more = ", on a scale of its own",
		    .height = LOWER_PANEL,
		    .unit = CHART_COUNT,
		    .peak = -1 },
	};
	struct chart_plot p = { .id = id, .panels = panels, .npanels = 2, .key = true };
	struct text range = text_range(&c->query.range, c->query.tz);

	if (total->v[m] <= 0)
		return;
	show_axis_make(&a, c, buckets, m);
	all = show_axis_values(&a, m, false);
	(void)most(all, a.len, &panels[0].peak);
	if (by_class && m == METRIC_TOKENS)
		fill_panels(&a, total, panels, series, values);
	else {
		panels[0].height = ONE_PANEL;
		panels[0].unit = show_unit(m);
		panels[0].cap = false;
		series[0][0] = (struct chart_series){ .cls = "f-acc", .v = all };
		panels[0].series = series[0];
		panels[0].nseries = 1;
		p.npanels = 1;
		p.key = false;
	}
	p.columns = a.columns;
	p.ncolumns = a.len;
	p.last = a.so_far ? "so far" : NULL;
	p.title = own(
	    &a, xasprintf("%s per %s, %s", show_metric(m), query_group_name(&c->query), range.s));
	p.desc = own(&a, xasprintf("Columns per %s. Total %s, highest at %s.",
			     query_group_name(&c->query), show_value(m, total->v[m]).s,
			     panels[0].peak < 0 ? "none" : a.columns[panels[0].peak].label.text));
	jt_put(panel, "_chart", chart_plot_tree(&p));
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		free(values[i]);
	free(all);
	show_axis_clear(&a);
}

/* ------------------------------------------------------------------ table */

size_t
show_first_row(size_t n)
{
	return n > SHOW_BUCKETS ? n - SHOW_BUCKETS : 0;
}

static void
cells(struct json_object *row, struct json_object *o, const enum metric *ms, size_t n)
{
	struct show_sum x = show_sum(o);

	for (size_t i = 0; i < n; i++)
		if (ms[i] == METRIC_COST)
			show_cost_cell(row, &x);
		else
			(void)chart_cell_count(row, x.v[ms[i]]);
}

void
show_bucket_table(const struct ctx *c, struct json_object *panel, struct json_object *buckets,
    struct json_object *totals, const enum metric *ms, size_t n)
{
	static const struct {
		const char *key, *title;
	} feet[] = { { "total", "Total" }, { "mean", "Mean" }, { "least", "Least" },
		{ "most", "Most" } };
	size_t first = show_first_row(jx_len(buckets));
	char *caption = xasprintf("Table of the %s%zu %ss", first > 0 ? "newest " : "",
	    jx_len(buckets) - first, query_group_name(&c->query));
	struct json_object *t = chart_table(caption), *row;

	chart_table_head(t, show_group(c), false, NULL, "descending");
	for (size_t i = 0; i < n; i++)
		chart_table_head(t, show_metric(ms[i]), true, NULL, NULL);
	for (size_t i = jx_len(buckets); i-- > first;) {
		struct json_object *b = jx_at(buckets, i);
		char *href;
		struct text text = show_bucket(c, b, &href);

		row = chart_table_row(t, NULL);
		(void)chart_cell(row, str_of(text.s), NULL, href);
		cells(row, b, ms, n);
		free(href);
	}
	for (size_t i = 0; totals != NULL && i < ARRAY_LEN(feet); i++) {
		row = chart_table_total(t);
		(void)chart_cell(row, str_of(feet[i].title), NULL, NULL);
		cells(row, jx_obj(totals, feet[i].key), ms, n);
	}
	jt_put(panel, "_table", t);
	free(caption);
}
