/* Usage: any metric by period and one dimension; as rows it is `codex-track report`. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/mask.h"
#include "report/out_report.h"
#include "report/series.h"
#include "report/tree.h"
#include "web/router.h"
#include "web/show_time.h"

page_fn page_usage;
show_fn show_usage;

#define PIVOT_GROUPS 12 /* columns of the table; all are in the drawing and in the CSV */

static int
rows(struct ctx *c, enum printer_format format, struct err *e)
{
	struct report r;
	FILE *f;

	if (report_run(c->web->store, &c->query, c->web->in.card, &r, e) < 0)
		return -1;
	for (size_t i = 0; c->mask != NULL && c->query.by != NULL && i < r.len; i++)
		if (c->query.by->is_project)
			mask_text(c->mask, &r.rows[i].group, true);
	if ((f = ctx_stream(c, format, "usage")) != NULL)
		out_report_rows(f, &r, format);
	report_clear(&r);
	return 0;
}

int
page_usage(struct ctx *c, struct err *e)
{
	struct coverage cov = { 0 };
	enum printer_format format;

	if (ctx_rows(c, &format))
		return rows(c, format, e);
	if (series_json(c->web->store, &c->query, c->web->in.card, &c->data, &cov, e) < 0)
		return -1;
	tree_coverage(c->data, &cov,
	    show_i64(jx_obj(jx_obj(c->data, "totals"), "total"), "unpriced_tokens", 0));
	coverage_clear(&cov);
	return 0;
}

/* --------------------------------------------------------------- choices */

static struct json_object *
choice_list(struct json_object *list, const char *label)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "label", label);
	return jt_add_array(o, "options");
}

static void
option(struct json_object *options, const char *text, bool current, char *href)
{
	struct json_object *o = jt_push_object(options);

	jt_str(o, "text", text);
	jt_bool(o, "current", current);
	link_put(o, "href", href);
}

static void
choices(const struct ctx *c, struct json_object *view)
{
	struct json_object *list = show_list(view, "_choices"), *options;
	const struct dim *by = c->query.by;

	options = choice_list(list, "Metric");
	for (int m = 0; m < METRIC__MAX; m++)
		option(options, metric_name((enum metric)m), (enum metric)m == c->query.metric,
		    link_to(c, c->path, "metric", metric_name((enum metric)m)));
	options = choice_list(list, "By");
	option(options, "nothing", by == NULL, link_to(c, c->path, "by", NULL));
	for (size_t i = 0; dim_at(i) != NULL; i++)
		option(options, dim_at(i)->name, dim_at(i) == by,
		    link_to(c, c->path, "by", dim_at(i)->name));
}

/* ----------------------------------------------------------------- pivot */

struct pivot {
	const struct ctx *c;
	struct json_object *table, *groups;
	size_t n; /* groups that have a column */
	enum metric metric;
};

static void
value_cell(const struct pivot *p, struct json_object *row, struct json_object *v)
{
	int64_t n = json_object_get_int64(v);

	if (v == NULL)
		(void)chart_cell_number(row, "", NULL);
	else if (p->metric == METRIC_COST)
		(void)chart_cell_number(
		    row, n == 0 ? "\xc2\xb7" : text_usd(n, 2).s, n == 0 ? NULL : text_usd(n, 9).s);
	else
		(void)chart_cell_count(row, n);
}

static void
total_cell(const struct pivot *p, struct json_object *row, struct json_object *o)
{
	struct show_sum x = show_sum(o);

	if (p->metric == METRIC_COST && jx_str(o, "cost").p != NULL)
		show_cost_cell(row, &x);
	else {
		struct json_object *v = json_object_new_int64(x.v[p->metric]);

		value_cell(p, row, v);
		json_object_put(v);
	}
}

/* Sum, mean, least, most of the values of the group G: WHAT 0 to 3. */
static int64_t
over(struct json_object *g, int what)
{
	struct json_object *a = jx_arr(g, "values");
	size_t n = jx_len(a);
	int64_t sum = 0, least = INT64_MAX, most = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t v = json_object_get_int64(jx_at(a, i));

		sum += v;
		least = v < least ? v : least;
		most = v > most ? v : most;
	}
	if (n == 0)
		return 0;
	return what == 1   ? (sum + (int64_t)n / 2) / (int64_t)n
	       : what == 2 ? least
	       : what == 3 ? most
			   : sum;
}

static void
feet(const struct pivot *p, struct json_object *totals)
{
	static const struct {
		const char *key, *title;
	} names[] = { { "total", "Total" }, { "mean", "Average" }, { "least", "Minimum" },
		{ "most", "Maximum" } };

	for (int i = 0; i < (int)ARRAY_LEN(names); i++) {
		struct json_object *row = chart_table_total(p->table);

		(void)chart_cell(row, str_of(names[i].title), NULL, NULL);
		if (p->metric == METRIC_SESSIONS && i == 1)
			(void)chart_cell_number(row, "", NULL);
		else
			total_cell(p, row, jx_obj(totals, names[i].key));
		for (size_t k = 0; k < p->n; k++) {
			struct json_object *g = jx_at(p->groups, k), *v;

			if (i == 0) {
				total_cell(p, row, g);
				continue;
			}
			v = p->metric == METRIC_SESSIONS ? NULL : json_object_new_int64(over(g, i));
			value_cell(p, row, v);
			json_object_put(v);
		}
	}
}

static void
pivot(const struct ctx *c, struct json_object *panel)
{
	struct json_object *buckets = jx_arr(c->data, "buckets"),
			   *groups = jx_arr(c->data, "groups");
	struct pivot p = { .c = c, .groups = groups, .metric = c->query.metric };
	char *caption =
	    xasprintf("%s by %s%s%s", show_metric(p.metric), query_group_name(&c->query),
		c->query.by == NULL ? "" : " and ", c->query.by == NULL ? "" : c->query.by->name);

	p.table = chart_table(caption);
	p.n = jx_len(groups) < PIVOT_GROUPS ? jx_len(groups) : PIVOT_GROUPS;
	chart_table_head(p.table, show_group(c), false, NULL, "descending");
	chart_table_head(
	    p.table, c->query.by == NULL ? show_metric(p.metric) : "All", true, NULL, NULL);
	for (size_t k = 0; k < p.n; k++) {
		struct json_object *g = jx_at(groups, k);
		char *name = show_group_text(g);

		chart_table_head(p.table, name, true, NULL, NULL);
		free(name);
	}
	for (size_t i = jx_len(buckets); i-- > show_first_row(jx_len(buckets));) {
		struct json_object *b = jx_at(buckets, i), *row = chart_table_row(p.table, NULL);
		char *href;
		struct text text = show_bucket(c, b, &href);

		(void)chart_cell(row, str_of(text.s), NULL, href);
		total_cell(&p, row, b);
		for (size_t k = 0; k < p.n; k++)
			value_cell(&p, row, jx_at(jx_arr(jx_at(groups, k), "values"), i));
		free(href);
	}
	feet(&p, jx_obj(c->data, "totals"));
	jt_put(panel, "_table", p.table);
	free(caption);
}

/* ------------------------------------------------------------------ page */

void
show_usage(struct ctx *c, struct json_object *view)
{
	struct json_object *buckets = jx_arr(c->data, "buckets"),
			   *groups = jx_arr(c->data, "groups");
	struct show_sum total = show_sum(jx_obj(jx_obj(c->data, "totals"), "total"));
	enum metric m = c->query.metric;
	const struct dim *by = c->query.by;
	struct json_object *p;

	c->is_empty = total.v[METRIC_RESPONSES] == 0 && total.v[METRIC_SESSIONS] == 0 &&
		      total.v[METRIC_TURNS] == 0;
	choices(c, view);
	p = show_panel(view, "chart", "_chart _multis");
	jt_str(p, "group", query_group_name(&c->query));
	jt_str(p, "_metric", show_metric(m));
	if (by == NULL)
		jt_str(p, "_ask", "How much, when?");
	else
		jt_fmt(p, "_ask", "All together, then each %s on one scale.", by->name);
	if (!c->is_empty) {
		show_chart(c, p, "usage", m, by == NULL, buckets, &total);
		if (by != NULL)
			show_multis(c, p, "All", m, buckets, &total, groups, by->name);
		show_group_acts(c, p, c->twin);
	}
	p = show_panel(view, "pivot", "_table");
	if (by == NULL)
		jt_fmt(p, "_title", "By %s", query_group_name(&c->query));
	else
		jt_fmt(p, "_title", "By %s and %s", query_group_name(&c->query), by->name);
	if (show_first_row(jx_len(buckets)) > 0)
		jt_fmt(p, "_ask", "The newest %d; the CSV has all %zu.", SHOW_BUCKETS,
		    jx_len(buckets));
	else
		jt_str(p, "_ask", "Newest first.");
	if (!c->is_empty) {
		pivot(c, p);
		show_act(p, "CSV", link_to(c, c->twin, "format", "csv"));
	}
}
