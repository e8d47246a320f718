/* Overview: what was used, what changed, how near the limits are, where it went. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/overview.h"
#include "web/router.h"
#include "web/show_limits.h"
#include "web/show_sessions.h"
#include "web/show_time.h"

page_fn page_overview;
show_fn show_overview;

#define THIN "\xe2\x80\xaf"

int
page_overview(struct ctx *c, struct err *e)
{
	struct overview_in in = { .q = &c->query, .card = c->web->in.card };
	const char *compare = params_get(&c->params, "compare");

	if (strcmp(compare, "none") != 0)
		in.has_before = query_before(&c->query,
		    strcmp(compare, "year") == 0 ? QUERY_YEAR : QUERY_PREVIOUS, &in.before);
	return overview_json(c->web->store, &in, &c->data, e);
}

/* --------------------------------------------------------- the number row */

struct number {
	const char *key;    /* of data.numbers */
	const char *metric; /* parameter that draws it; NULL: none */
	enum metric m;
};

static void
spark(struct json_object *o, struct json_object *values)
{
	size_t n = jx_len(values);
	int64_t *v;

	if (n == 0 || n > CHART_MAX_COLUMNS) {
		jt_put(o, "spark", NULL);
		return;
	}
	v = xcalloc(n, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = json_object_get_int64(jx_at(values, i));
	jt_put(o, "spark", chart_spark_tree(v, (int)n, 1));
	free(v);
}

/* Tenths of a percent in PPM parts per million, rounded, without its sign. */
static int
tenths(int64_t ppm)
{
	return (int)(((ppm < 0 ? -ppm : ppm) + 500) / 1000);
}

/* One of the row: LABEL, its change and where that came from. */
static struct json_object *
number(const struct ctx *c, struct json_object *list, struct json_object *data,
    const struct number *k, const char *label)
{
	struct json_object *n = jx_obj(jx_obj(data, "numbers"), k->key), *o = jt_push_object(list);
	int64_t now = show_i64(n, "now", 0), before = show_i64(n, "before", -1), ppm;
	bool is_share = k->m == METRIC__MAX;
	struct chart_short s = chart_short(now);

	jt_str(o, "label", label);
	if (is_share)
		jt_fmt(o, "text", "%d.%d", tenths(now) / 10, tenths(now) % 10);
	else
		jt_str(o, "text", k->m == METRIC_COST ? show_short(k->m, now).s : s.digits);
	jt_str(o, "unit", is_share ? "%" : k->m == METRIC_COST ? NULL : s.unit);
	jt_str(o, "title", is_share ? NULL : show_value(k->m, now).s);
	if (jx_i64(n, "change_ppm", INT64_MIN, INT64_MAX, &ppm) && is_share)
		jt_fmt(o, "change", "%s%d.%d points", ppm < 0 ? "\xe2\x88\x92" : "+",
		    tenths(ppm) / 10, tenths(ppm) % 10);
	else if (jx_any(n, "change_ppm") != NULL)
		jt_str(o, "change", text_ppm(ppm, 0, true).s);
	else
		jt_put(o, "change", NULL);
	if (before < 0)
		jt_put(o, "from", NULL);
	else
		jt_fmt(o, "from", "from %s",
		    is_share ? text_ppm(before, 1, false).s : show_short(k->m, before).s);
	jt_bool(o, "on", k->metric != NULL && strcmp(metric_name(c->query.metric), k->metric) == 0);
	link_put(o, "href", k->metric == NULL ? NULL : link_to(c, c->path, "metric", k->metric));
	spark(o, jx_arr(n, "spark"));
	return o;
}

static void
numbers(const struct ctx *c, struct json_object *view)
{
	static const struct number keys[] = { { "tokens", "tokens", METRIC_TOKENS },
		{ "uncached", "uncached", METRIC_UNCACHED },
		{ "cached_share", "cached", METRIC__MAX }, { "output", "output", METRIC_OUTPUT },
		{ "cost", "cost", METRIC_COST }, { "turns", "turns", METRIC_TURNS } };
	struct json_object *n = jx_obj(c->data, "numbers"), *list = show_list(view, "_numbers"), *o;
	struct show_sum total = show_sum(jx_obj(jx_obj(c->data, "totals"), "total"));
	int64_t sessions = show_i64(jx_obj(n, "sessions"), "now", 0);
	int64_t were = show_i64(jx_obj(n, "sessions"), "before", -1);
	char *labels[] = { NULL, NULL, NULL,
		xasprintf("Output, %s reasoning",
		    text_ppm(total.v[METRIC_OUTPUT] <= 0
				 ? 0
				 : total.v[METRIC_REASONING] * 1000000 / total.v[METRIC_OUTPUT],
			0, false)
			.s),
		xasprintf("API cost, %s priced",
		    text_share(total.v[METRIC_TOKENS] - total.unpriced, total.v[METRIC_TOKENS]).s),
		xasprintf("Turns in %s sessions", text_exact(sessions, false).s) };
	static const char *const plain[] = { "Tokens", "Uncached input", "Cached share of input" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		o = number(c, list, c->data, &keys[i], i < ARRAY_LEN(plain) ? plain[i] : labels[i]);
		if (keys[i].m == METRIC_COST && jx_any(jx_obj(n, "cost"), "text") == NULL)
			jt_str(o, "text", total.unpriced > 0 ? "no price" : "$0");
		if (keys[i].m == METRIC_COST && jx_any(jx_obj(n, "cost"), "text") != NULL)
			jt_fmt(o, "title", "$%s", jx_str(jx_obj(n, "cost"), "text").p);
		if (keys[i].m == METRIC_TURNS && were >= 0)
			jt_fmt(o, "from", "from %s in %s",
			    text_exact(show_i64(jx_obj(n, "turns"), "before", 0), false).s,
			    text_exact(were, false).s);
	}
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		free(labels[i]);
}

/* ------------------------------------------------------------------ lists */

static void
top_sessions(const struct ctx *c, struct json_object *panel, int64_t sessions)
{
	struct json_object *a = jx_arr(c->data, "sessions"), *list, *o;
	int64_t whole = 0, shown = (int64_t)jx_len(a);

	if (shown == 0)
		return;
	list = show_list(panel, "_rank");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *x = jx_at(a, i);
		struct show_sum s = show_sum(jx_obj(x, "range"));

		if (i == 0)
			whole = s.v[METRIC_TOKENS];
		show_rank_line(list, show_title(x), str_of(show_title(x).p),
		    link_session(c, jx_str(x, "id")), &s, whole);
	}
	if (sessions <= shown)
		return;
	o = jt_push_object(list);
	jt_fmt(o, "text", "%s others", text_exact(sessions - shown, false).s);
	jt_put(o, "whole", NULL);
	jt_put(o, "href", NULL);
	jt_str(o, "tokens", "");
	jt_put(o, "title", NULL);
	jt_str(o, "cost", "");
	jt_put(o, "bar", NULL);
}

static void
all_act(const struct ctx *c, struct json_object *panel, int64_t n, const char *path,
    const struct link_pair *more)
{
	char *text = xasprintf("All %s", text_exact(n, false).s);

	if (n > 0)
		show_act(panel, text, link_with(c, path, more->name, more, 1));
	free(text);
}

static int64_t
members(struct json_object *groups)
{
	int64_t n = 0;

	for (size_t i = 0; i < jx_len(groups); i++)
		n += show_i64(jx_at(groups, i), "members", 0);
	return n;
}

/* ---------------------------------------------------------------- missing */

static void
miss(struct json_object *list, char *what, struct str why, char *href, const char *more)
{
	struct json_object *o = jt_push_object(list);

	jt_show(o, "what", str_of(what), CHART_CELL_MAX);
	jt_show(o, "why", why, CHART_CELL_MAX);
	jt_str(o, "more", more);
	link_put(o, "href", href);
	free(what);
}

static void
unread(const struct ctx *c, struct json_object *list, int64_t n, const char *what)
{
	if (n > 0)
		miss(list,
		    xasprintf("%s %s%s that could not be read", text_exact(n, false).s, what,
			n == 1 ? "" : "s"),
		    STR("What it held is in no number."), link_to(c, "/health", "", NULL), "Which");
}

static void
missing(const struct ctx *c, struct json_object *panel)
{
	struct json_object *cov = jx_obj(c->meta, "coverage"), *list, *a;
	int64_t n;

	list = show_list(panel, "_missing");
	a = jx_arr(cov, "losses");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *l = jx_at(a, i);

		n = show_i64(l, "sessions", 0);
		miss(list,
		    xasprintf("%s %s %s", text_exact(n, false).s, n == 1 ? "session" : "sessions",
			show_name(l, "text").p),
		    STR("Something was used there that the files do not hold: the numbers are a "
			"lower bound."),
		    link_to(c, "/health", "", NULL), "Health");
	}
	a = jx_arr(cov, "models");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *m = jx_at(a, i);

		miss(list,
		    xasprintf("%s tokens of %.*s without a price",
			text_exact(show_i64(m, "tokens", 0), false).s, (int)show_name(m, "name").n,
			show_name(m, "name").p),
		    show_name(m, "reason"), link_to(c, "/cost", "", NULL), "Cost");
	}
	if ((n = show_i64(cov, "recovered_tokens", 0)) > 0)
		miss(list, xasprintf("%s tokens from copies", text_exact(n, false).s),
		    STR("The file of their own session is gone; a fork has a copy of its history. "
			"They are counted once."),
		    link_to(c, "/health", "", NULL), "Health");
	unread(c, list, show_i64(cov, "unreadable_lines", 0), "line");
	unread(c, list, show_i64(cov, "failed_files", 0), "file");
	if (jx_len(list) == 0)
		jt_put(panel, "_missing", NULL);
}

/* ------------------------------------------------------------------- page */

void
show_overview(struct ctx *c, struct json_object *view)
{
	static const enum metric columns[] = { METRIC_TOKENS, METRIC_CACHED, METRIC_WRITE,
		METRIC_UNCACHED, METRIC_OUTPUT, METRIC_REASONING, METRIC_TURNS, METRIC_COST };
	static const enum metric cost_columns[] = { METRIC_COST, METRIC_TOKENS };
	struct json_object *buckets = jx_arr(c->data, "buckets"), *p;
	struct json_object *totals = jx_obj(c->data, "totals");
	struct show_sum total = show_sum(jx_obj(totals, "total"));
	enum metric m = c->query.metric;
	int64_t sessions = show_i64(jx_obj(jx_obj(c->data, "numbers"), "sessions"), "now", 0);
	bool some = total.v[METRIC_RESPONSES] > 0;

	c->is_empty = !some && jx_len(jx_arr(c->data, "last")) == 0;
	if (c->is_empty)
		jt_put(view, "_numbers", NULL);
	else
		numbers(c, view);
	p = show_panel(view, "limits", "_limits");
	show_limit_bars(c, p, jx_arr(c->data, "limits"), "/limits");
	show_act(p, "All windows", link_to(c, "/limits", "", NULL));

	p = show_panel(view, "tokens", "_chart _table");
	jt_str(p, "group", query_group_name(&c->query));
	jt_str(p, "_metric", show_metric(m));
	jt_str(p, "_ask", m == METRIC_TOKENS ? "What were they made of?" : "How much, when?");
	if (some) {
		show_chart(c, p, "tokens", m, true, buckets, &total);
		show_bucket_table(c, p, buckets, totals, columns, ARRAY_LEN(columns));
		show_group_acts(c, p, "/api/v1/usage");
	}
	p = show_panel(view, "cost", "_multis _table");
	if (some && total.v[METRIC_COST] > 0) {
		show_multis(c, p, "All models", METRIC_COST, buckets, &total,
		    jx_arr(c->data, "cost_by_model"), "model");
		show_bucket_table(c, p, buckets, totals, cost_columns, ARRAY_LEN(cost_columns));
		show_act(p, "Savings by caching", link_to(c, "/cost", "", NULL));
	}
	p = show_panel(view, "projects", "_rank");
	show_rank(c, p, jx_arr(c->data, "projects"), "project");
	p = show_panel(view, "models", "_rank");
	show_rank(c, p, jx_arr(c->data, "models"), "model");
	all_act(c, p, members(jx_arr(c->data, "models")), "/usage",
	    &(struct link_pair){ "by", "model" });
	p = show_panel(view, "top", "_rank");
	top_sessions(c, p, sessions);
	all_act(c, p, sessions, "/sessions", &(struct link_pair){ "sort", "tokens" });
	p = show_panel(view, "last", "_table");
	show_sessions_table(c, p, jx_arr(c->data, "last"), NULL, "The last sessions");
	all_act(c, p, sessions, "/sessions", &(struct link_pair){ "sort", NULL });
	p = show_panel(view, "missing", "_missing");
	missing(c, p);
	show_act(p, "Health", link_to(c, "/health", "", NULL));
}
