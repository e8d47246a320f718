/* Cost: what the usage would cost at API list prices: by model, by class, and what caching saves. */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/cost.h"
#include "web/router.h"
#include "web/show_rates.h"
#include "web/show_time.h"

page_fn page_cost;
show_fn show_cost;
raw_fn raw_rates;

#define DOT "\xc2\xb7"
#define THIN "\xe2\x80\xaf"
#define MULTIS 11 /* models that are drawn; the table has them all */
#define SPLIT_HEIGHT 240
#define DOLLAR INT64_C(1000000000)

/* The classes of the split from the baseline up, keys of report/cost.h. */
static const struct {
	const char *key, *nano, *cls, *name, *title;
} classes[] = {
	{ "output", "output_nanousd", "f-output", "output", "Output" },
	{ "uncached", "uncached_nanousd", "f-uncached", "uncached input", "Uncached input" },
	{ "write", "write_nanousd", "f-write", "cache write", "Cache write" },
	{ "cached", "cached_nanousd", "f-cached", "cached input", "Cached input" },
};

static const int columns[] = { 1, 3, 2, 0 }; /* their order in a table, as on the rate card */

int
page_cost(struct ctx *c, struct err *e)
{
	return cost_json(c->web->store, &c->query, c->web->in.card, &c->data, e);
}

/* What caching saved of O, less what its writes cost more; nano-USD. */
static int64_t
net_saved(struct json_object *o)
{
	return show_i64(o, "saved_nanousd", 0) - show_i64(o, "premium_nanousd", 0);
}

/* The amount NANO of O, exact in KEY, as next cell of ROW; "no price" when nothing of X has one. */
static void
money_cell(struct json_object *row, const struct show_sum *x, struct json_object *o,
    const char *key, const char *nano)
{
	struct str exact = jx_str(o, key);
	int64_t v = show_i64(o, nano, 0);
	char *title;

	if (!x->has_cost && x->v[METRIC_TOKENS] > 0) {
		(void)chart_cell_number(row, "no price", NULL);
		return;
	}
	title = exact.p == NULL ? NULL : xasprintf("$%.*s", (int)exact.n, exact.p);
	(void)chart_cell_number(row, v == 0 ? DOT : text_usd(v, 2).s, v == 0 ? NULL : title);
	free(title);
}

/* --------------------------------------------------------- the number row */

/* V nano-USD in short, more than nothing when it is. */
static struct text
brief(int64_t v)
{
	struct text t = show_short(METRIC_COST, v);

	if (v > 0 && v < DOLLAR / 200)
		(void)snprintf(t.s, sizeof(t.s), "<" THIN "$0.01");
	return t;
}

static struct json_object *
number(struct json_object *list, const char *label, const char *text, const char *from)
{
	static const char *const none[] = { "unit", "title", "change", "href", "spark" };
	struct json_object *o = jt_push_object(list);

	jt_str(o, "label", label);
	jt_str(o, "text", text);
	jt_str(o, "from", from);
	jt_bool(o, "on", false);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		jt_put(o, none[i], NULL);
	return o;
}

/* Days from the start of the range to its end, or now. */
static int64_t
days(const struct ctx *c)
{
	const struct period *r = &c->query.range;
	int64_t to = r->to_ms < c->now_ms ? r->to_ms : c->now_ms;
	int64_t n = (to - r->from_ms + CIVIL_DAY_MS / 2) / CIVIL_DAY_MS;

	return n < 1 ? 1 : n;
}

static void
put_spark(struct json_object *o, struct json_object *buckets)
{
	size_t n = jx_len(buckets);
	int64_t *v;

	if (n < 2 || n > CHART_MAX_COLUMNS)
		return;
	v = xcalloc(n, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = show_sum(jx_at(buckets, i)).v[METRIC_COST];
	jt_put(o, "spark", chart_spark_tree(v, (int)n, 1));
	free(v);
}

/* "2 rates changed in the period": rows of models that were used. */
static void
rate_card(const struct ctx *c, struct json_object *list)
{
	struct json_object *a = jx_arr(c->data, "rates"), *o;
	struct str newest = { NULL, 0 };
	int changed = 0;
	char *from, *year;
	struct text t;

	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *r = jx_at(a, i);
		struct str day = jx_str(r, "checked_on");
		int64_t begins = show_day(jx_str(r, "valid_from"));
		bool used = false;

		if (day.p != NULL && (newest.p == NULL || strcmp(day.p, newest.p) > 0))
			newest = day;
		(void)jx_bool(r, "used", &used);
		if (used && begins > c->query.range.from_ms && begins < c->query.range.to_ms)
			changed++;
	}
	from = changed == 0 ? xstrdup("no rate changed in the period")
			    : xasprintf("%d %s changed in the period", changed,
				  changed == 1 ? "rate" : "rates");
	t = show_day_text(newest);
	year = strrchr(t.s, ' ');
	if (year != NULL)
		*year++ = '\0';
	o = number(list, "Rate card", t.s, from);
	jt_str(o, "unit", year);
	jt_strn(o, "title", newest);
	free(from);
}

static void
numbers(const struct ctx *c, struct json_object *view, const struct show_sum *x)
{
	struct json_object *list = show_list(view, "_numbers"), *total = jx_obj(c->data, "total");
	int64_t cost = x->v[METRIC_COST], tokens = x->v[METRIC_TOKENS] - x->unpriced, n = days(c);
	int64_t saved = net_saved(total), full = show_i64(total, "without_cache_nanousd", 0);
	const char *none = x->unpriced > 0 ? "no price" : "$0";
	char *from = x->unpriced > 0 ? xasprintf("without %s tokens", text_brief(x->unpriced).s)
				     : xstrdup("at API list prices");
	struct json_object *o = number(list, "API cost", x->has_cost ? brief(cost).s : none, from);

	jt_str(o, "title", x->has_cost ? text_usd(cost, 9).s : NULL);
	put_spark(o, jx_arr(c->data, "buckets"));
	free(from);
	from = xasprintf("mean of %s %s", text_exact(n, false).s, n == 1 ? "day" : "days");
	(void)number(list, "A day", x->has_cost ? brief(cost / n).s : none, from);
	free(from);
	from = full <= 0 ? xstrdup("no cached token has a price")
			 : xasprintf("%s of the full price", text_share(saved, full).s);
	o = number(
	    list, "Saved by caching", x->has_cost ? show_short(METRIC_COST, saved).s : none, from);
	jt_str(o, "title", x->has_cost ? text_usd(saved, 9).s : NULL);
	free(from);
	(void)number(list, "Per million tokens",
	    tokens <= 0 ? none : text_usd((int64_t)((price_pusd)cost * 1000000 / tokens), 2).s,
	    "over all classes");
	(void)number(list, "Priced", text_share(tokens, x->v[METRIC_TOKENS]).s, "of the tokens");
	rate_card(c, list);
}

/* --------------------------------------------------------------- by model */

static void
put_model(struct json_object *row, struct json_object *g, int64_t whole)
{
	struct show_sum x = show_sum(g);
	struct json_object *split = jx_obj(g, "split");

	(void)chart_cell_count(row, x.v[METRIC_TOKENS]);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		money_cell(row, &x, split, classes[columns[i]].key, classes[columns[i]].nano);
	show_cost_cell(row, &x);
	(void)chart_cell_number(
	    row, x.has_cost ? text_share(x.v[METRIC_COST], whole).s : DOT, NULL);
}

/* The name of the group G as head of ROW, with a link to its sessions. */
static void
model_cell(const struct ctx *c, struct json_object *row, struct json_object *g)
{
	char *text = show_group_text(g), *href = show_group_link(c, g, "model");

	(void)chart_cell(row, str_of(text), text, href);
	free(text);
	free(href);
}

static void
by_model(const struct ctx *c, struct json_object *panel, const struct show_sum *total)
{
	struct json_object *models = jx_arr(c->data, "models"), *t, *row, *few;

	if (jx_len(models) == 0)
		return;
	few = jt_array();
	for (size_t i = 0; i < jx_len(models) && i < MULTIS; i++)
		jt_push(few, json_object_get(jx_at(models, i)));
	if (total->v[METRIC_COST] > 0)
		show_multis(c, panel, "All models", METRIC_COST, jx_arr(c->data, "buckets"), total,
		    few, "model");
	json_object_put(few);
	t = chart_table("Cost by model and class");
	chart_table_head(t, "Model", false, NULL, NULL);
	chart_table_head(t, "Tokens", true, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		chart_table_head(t, classes[columns[i]].title, true, NULL, NULL);
	chart_table_head(t, "All", true, NULL, "descending");
	chart_table_head(t, "Share", true, NULL, NULL);
	for (size_t i = 0; i < jx_len(models); i++) {
		row = chart_table_row(t, NULL);
		model_cell(c, row, jx_at(models, i));
		put_model(row, jx_at(models, i), total->v[METRIC_COST]);
	}
	row = chart_table_total(t);
	(void)chart_cell(row, STR("All models"), NULL, NULL);
	put_model(row, jx_obj(c->data, "total"), total->v[METRIC_COST]);
	jt_put(panel, "_table", t);
}

/* --------------------------------------------------------------- by class */

/* The table behind the chart: the newest buckets, newest first. */
static void
split_table(const struct ctx *c, struct json_object *panel)
{
	struct json_object *buckets = jx_arr(c->data, "buckets"), *total = jx_obj(c->data, "total");
	size_t n = jx_len(buckets), first = show_first_row(n);
	char *caption = xasprintf("Table of the %s%zu %s%s", first > 0 ? "newest " : "", n - first,
	    query_group_name(&c->query), n - first == 1 ? "" : "s");
	struct json_object *t = chart_table(caption), *row;
	struct show_sum x;

	chart_table_head(t, show_group(c), false, NULL, "descending");
	for (size_t k = 0; k < ARRAY_LEN(classes); k++)
		chart_table_head(t, classes[k].title, true, NULL, NULL);
	chart_table_head(t, "All", true, NULL, NULL);
	for (size_t i = n + 1; i-- > first;) {
		struct json_object *b = i < n ? jx_at(buckets, i) : total;
		char *href = NULL;

		x = show_sum(b);
		row = i < n ? chart_table_row(t, NULL) : chart_table_total(t);
		if (i < n)
			(void)chart_cell(row, str_of(show_bucket(c, b, &href).s), NULL, href);
		else
			(void)chart_cell(row, STR("Total"), NULL, NULL);
		for (size_t k = 0; k < ARRAY_LEN(classes); k++)
			money_cell(row, &x, jx_obj(b, "split"), classes[k].key, classes[k].nano);
		show_cost_cell(row, &x);
		free(href);
	}
	jt_put(panel, "_table", t);
	free(caption);
}

static void
by_class(const struct ctx *c, struct json_object *panel, const struct show_sum *total)
{
	struct json_object *buckets = jx_arr(c->data, "buckets");
	struct json_object *split = jx_obj(jx_obj(c->data, "total"), "split");
	struct chart_series series[ARRAY_LEN(classes)];
	struct chart_panel p = { .kind = CHART_COLUMNS,
		.height = SPLIT_HEIGHT,
		.unit = CHART_NANOUSD,
		.cap = true,
		.peak = -1,
		.series = series,
		.nseries = ARRAY_LEN(classes) };
	struct chart_plot plot = { .id = "split", .panels = &p, .npanels = 1, .key = true };
	int64_t *v[ARRAY_LEN(classes)];
	char *totals[ARRAY_LEN(classes)], *title, *desc;
	struct show_axis a;

	show_axis_make(&a, c, buckets, METRIC_COST);
	for (size_t k = 0; k < ARRAY_LEN(classes); k++) {
		int64_t sum = show_i64(split, classes[k].nano, 0);

		v[k] = xcalloc((size_t)a.len + 1, sizeof(*v[k]));
		for (size_t i = 0; i < jx_len(buckets); i++)
			num_add_sat(&v[k][i / a.per],
			    show_i64(jx_obj(jx_at(buckets, i), "split"), classes[k].nano, 0));
		totals[k] = xasprintf("%s " DOT " %s", text_usd(sum, sum < 100 * DOLLAR ? 2 : 0).s,
		    text_share(sum, total->v[METRIC_COST]).s);
		series[k] = (struct chart_series){ .cls = classes[k].cls,
			.name = classes[k].name,
			.total = totals[k],
			.v = v[k] };
	}
	title = xasprintf("Cost per %s by class of token, %s", query_group_name(&c->query),
	    text_range(&c->query.range, c->query.tz).s);
	desc = xasprintf("Stacked columns per %s, %s in all.", query_group_name(&c->query),
	    show_cost_text(total, 2).s);
	plot.columns = a.columns;
	plot.ncolumns = a.len;
	plot.last = a.so_far ? "so far" : NULL;
	plot.title = title;
	plot.desc = desc;
	jt_put(panel, "_chart", chart_plot_tree(&plot));
	for (size_t k = 0; k < ARRAY_LEN(classes); k++) {
		free(v[k]);
		free(totals[k]);
	}
	free(title);
	free(desc);
	show_axis_clear(&a);
}

/* ---------------------------------------------------------------- savings */

static void
savings_cells(struct json_object *row, struct json_object *g)
{
	struct show_sum x = show_sum(g);
	int64_t full = show_i64(g, "without_cache_nanousd", 0), saved = net_saved(g);

	(void)chart_cell_number(row, text_share(x.v[METRIC_CACHED], x.v[METRIC_INPUT]).s, NULL);
	money_cell(row, &x, g, "without_cache", "without_cache_nanousd");
	show_cost_cell(row, &x);
	(void)chart_cell_number(
	    row, saved == 0 ? DOT : text_usd(saved, 2).s, saved == 0 ? NULL : text_usd(saved, 9).s);
	(void)chart_cell_number(row, text_share(saved, full).s, NULL);
	(void)chart_cell_drawing(row, "bar", saved > 0 ? chart_bar_tree(saved, full, false) : NULL);
}

static void
savings(const struct ctx *c, struct json_object *panel)
{
	struct json_object *models = jx_arr(c->data, "models"), *t, *row;
	struct json_object *total = jx_obj(c->data, "total");

	if (show_i64(total, "saved_nanousd", 0) == 0 && show_i64(total, "premium_nanousd", 0) == 0)
		return;
	t = chart_table("Saved by caching");
	chart_table_head(t, "Model", false, NULL, NULL);
	chart_table_head(t, "Cached share", true, NULL, NULL);
	chart_table_head(t, "At full price", true, NULL, NULL);
	chart_table_head(t, "As charged", true, NULL, NULL);
	chart_table_head(t, "Saved", true, NULL, NULL);
	chart_table_head(t, "Share", true, NULL, NULL);
	chart_table_head_drawing(t, "Share, drawn");
	for (size_t i = 0; i < jx_len(models); i++) {
		if (!show_sum(jx_at(models, i)).has_cost)
			continue;
		row = chart_table_row(t, NULL);
		model_cell(c, row, jx_at(models, i));
		savings_cells(row, jx_at(models, i));
	}
	row = chart_table_total(t);
	(void)chart_cell(row, STR("All models"), NULL, NULL);
	savings_cells(row, total);
	jt_put(panel, "_table", t);
}

/* ---------------------------------------------------------- without price */

/* Sessions of the model called NAME, -1: it is not among those with a name. */
static int64_t
sessions_of(const struct ctx *c, struct str name)
{
	struct json_object *models = jx_arr(c->data, "models");

	for (size_t i = 0; i < jx_len(models); i++) {
		bool other = false;

		(void)jx_bool(jx_at(models, i), "other", &other);
		if (!other && str_eq(jx_str(jx_at(models, i), "name"), name))
			return show_i64(jx_at(models, i), "sessions", -1);
	}
	return -1;
}

static void
unpriced(const struct ctx *c, struct json_object *panel, const struct show_sum *total)
{
	struct json_object *a = jx_arr(jx_obj(c->meta, "coverage"), "models"), *t, *row;

	if (jx_len(a) == 0)
		return;
	t = chart_table("Models without a price");
	chart_table_head(t, "Model", false, NULL, NULL);
	chart_table_head(t, "Sessions", true, NULL, NULL);
	chart_table_head(t, "Tokens", true, NULL, NULL);
	chart_table_head(t, "Share", true, NULL, NULL);
	chart_table_head(t, "Why", false, NULL, NULL);
	for (size_t i = 0; i < jx_len(a) && i < SHOW_ROWS; i++) {
		struct json_object *m = jx_at(a, i);
		int64_t tokens = show_i64(m, "tokens", 0), n = sessions_of(c, jx_str(m, "name"));

		row = chart_table_row(t, NULL);
		model_cell(c, row, m);
		(void)chart_cell_number(row, n < 0 ? DOT : text_exact(n, true).s, NULL);
		(void)chart_cell_count(row, tokens);
		(void)chart_cell_number(row, text_share(tokens, total->v[METRIC_TOKENS]).s, NULL);
		jt_str(chart_cell(row, show_name(m, "reason"), NULL, NULL), "cls", "long");
	}
	jt_put(panel, "_table", t);
}

/* ------------------------------------------------------------------- page */

int
raw_rates(struct ctx *c, struct err *e)
{
	struct json_object *data = jt_object();

	cost_put_rates(data, c->web->in.card, NULL);
	return ctx_answer(c, data, e);
}

void
show_cost(struct ctx *c, struct json_object *view)
{
	struct show_sum total = show_sum(jx_obj(c->data, "total"));
	bool some = total.v[METRIC_RESPONSES] > 0, priced = some && total.v[METRIC_COST] > 0;
	struct json_object *p;

	c->is_empty = !some;
	if (some)
		numbers(c, view, &total);
	else
		jt_put(view, "_numbers", NULL);
	p = show_panel(view, "models", "_multis _table");
	if (some)
		by_model(c, p, &total);
	p = show_panel(view, "split", "_chart _table");
	jt_str(p, "group", query_group_name(&c->query));
	if (priced) {
		by_class(c, p, &total);
		split_table(c, p);
		show_group_acts(c, p, NULL);
	}
	p = show_panel(view, "savings", "_table");
	savings(c, p);
	p = show_panel(view, "unpriced", "_table");
	unpriced(c, p, &total);
	p = show_panel(view, "rates", "_table");
	show_rates(c, p);
	show_act(p, "JSON", link_with(c, "/api/v1/rates", "", NULL, 0));
}
