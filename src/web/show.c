#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "web/router.h"
#include "web/show.h"

#define DOT "\xc2\xb7"
#define MULTI_HEIGHT 72
#define YEAR_LABELS_MS (200 * CIVIL_DAY_MS) /* from here on a day is told with its year */
#define UNKNOWN "unknown"

static const struct {
	const char *key, *title;
	enum chart_unit unit;
} metrics[METRIC__MAX] = {
	[METRIC_TOKENS] = { "tokens", "Tokens", CHART_COUNT },
	[METRIC_INPUT] = { "input", "Input", CHART_COUNT },
	[METRIC_UNCACHED] = { "uncached", "Uncached input", CHART_COUNT },
	[METRIC_CACHED] = { "cached", "Cached input", CHART_COUNT },
	[METRIC_WRITE] = { "cache_write", "Cache write", CHART_COUNT },
	[METRIC_OUTPUT] = { "output", "Output", CHART_COUNT },
	[METRIC_REASONING] = { "reasoning", "Reasoning", CHART_COUNT },
	[METRIC_COST] = { "cost_nanousd", "API cost", CHART_NANOUSD },
	[METRIC_RESPONSES] = { "responses", "Responses", CHART_COUNT },
	[METRIC_TURNS] = { "turns", "Turns", CHART_COUNT },
	[METRIC_SESSIONS] = { "sessions", "Sessions", CHART_COUNT },
};

int64_t
show_i64(struct json_object *o, const char *key, int64_t dflt)
{
	int64_t v;

	return jx_i64(o, key, INT64_MIN, INT64_MAX, &v) ? v : dflt;
}

bool
show_is(struct json_object *o, const char *key)
{
	bool b = false;

	return jx_bool(o, key, &b) && b;
}

double
show_num(struct json_object *o, const char *key)
{
	double v = 0;

	(void)jx_num(o, key, &v);
	return v;
}

int64_t
show_time(struct json_object *o, const char *key)
{
	return text_instant(jx_str(o, key));
}

struct str
show_name(struct json_object *o, const char *key)
{
	struct str s = jx_str(o, key);

	return s.p == NULL ? STR(UNKNOWN) : s;
}

int64_t
show_metric_of(struct json_object *o, enum metric m)
{
	return show_i64(o, metrics[m].key, 0);
}

struct show_sum
show_sum(struct json_object *o)
{
	struct show_sum x = { .cost = jx_str(o, "cost") };

	for (int m = 0; m < METRIC__MAX; m++)
		x.v[m] = show_i64(o, metrics[m].key, 0);
	x.unpriced = show_i64(o, "unpriced_tokens", 0);
	x.has_cost = jx_any(o, metrics[METRIC_COST].key) != NULL &&
		     (x.unpriced == 0 || x.unpriced < x.v[METRIC_TOKENS]);
	return x;
}

struct text
show_cost_text(const struct show_sum *x, int places)
{
	struct text t;

	if (x->v[METRIC_TOKENS] == 0)
		(void)snprintf(t.s, sizeof(t.s), DOT);
	else if (!x->has_cost)
		(void)snprintf(t.s, sizeof(t.s), "no price");
	else {
		t = text_usd(x->v[METRIC_COST], places);
		if (x->unpriced > 0 && strlen(t.s) + 1 < sizeof(t.s))
			memcpy(t.s + strlen(t.s), "+", 2);
	}
	return t;
}

struct text
show_value(enum metric m, int64_t v)
{
	return m == METRIC_COST ? text_usd(v, 2) : text_exact(v, false);
}

struct text
show_short(enum metric m, int64_t v)
{
	if (m != METRIC_COST)
		return text_brief(v);
	return text_usd(v, v < 100 * INT64_C(1000000000) ? 2 : 0);
}

const char *
show_metric(enum metric m)
{
	return metrics[m].title;
}

enum chart_unit
show_unit(enum metric m)
{
	return metrics[m].unit;
}

void
show_cost_cell(struct json_object *row, const struct show_sum *x)
{
	char title[80];

	(void)snprintf(
	    title, sizeof(title), "$%.*s", (int)(x->cost.n < 64 ? x->cost.n : 64), x->cost.p);
	(void)chart_cell_number(row, show_cost_text(x, 2).s,
	    x->cost.p == NULL || x->v[METRIC_TOKENS] == 0 ? NULL : title);
}

void
show_time_cell(const struct ctx *c, struct json_object *row, int64_t ms)
{
	(void)chart_cell(row, str_of(text_clock(ms, c->query.tz).s), NULL, NULL);
}

struct json_object *
show_panel(struct json_object *view, const char *key, const char *names)
{
	struct json_object *o = jt_add_object(view, key);
	struct str rest = str_of(names), word;

	jt_put(o, "_acts", NULL);
	while (str_split(&rest, ' ', &word))
		jt_put_copied(o, word, NULL);
	return o;
}

struct json_object *
show_list(struct json_object *o, const char *key)
{
	return jt_add_array(jt_add_object(o, key), "list");
}

void
show_act(struct json_object *panel, const char *text, char *href)
{
	struct json_object *acts = jx_obj(panel, "_acts"), *o;

	o = jt_push_object(acts == NULL ? show_list(panel, "_acts") : jx_arr(acts, "list"));
	jt_str(o, "text", text);
	jt_bool(o, "current", href == NULL);
	link_put(o, "href", href);
}

static const char *const group_titles[] = { "Hour", "Day", "Week", "Month" };

const char *
show_group(const struct ctx *c)
{
	return c->query.is_window ? "Window" : group_titles[c->query.group];
}

void
show_group_acts(const struct ctx *c, struct json_object *panel, const char *twin)
{
	for (int i = 0; i < BUCKET__MAX; i++)
		show_act(panel, group_titles[i],
		    (enum bucket)i == c->query.group && !c->query.is_window
			? NULL
			: link_to(c, c->path, "group", BUCKETS[i].name));
	show_act(panel, "Quota window",
	    c->query.is_window ? NULL : link_to(c, c->path, "group", "window"));
	if (twin != NULL)
		show_act(panel, "CSV", link_to(c, twin, "format", "csv"));
}

char *
show_filter_value(struct str value)
{
	if (value.p == NULL)
		return xstrdup("<unknown>");
	/* what begins like a negation or ends like a prefix cannot be said */
	if (value.n == 0 || value.p[0] == '!' || value.p[value.n - 1] == '*')
		return NULL;
	return str_dup(value);
}

char *
show_group_link(const struct ctx *c, struct json_object *g, const char *filter)
{
	char *value = show_filter_value(jx_str(g, "name")), *href = NULL;
	bool other = false;

	(void)jx_bool(g, "other", &other);
	if (filter != NULL && strcmp(filter, "project") == 0)
		filter = value != NULL && value[0] == '/' ? "directory" : "repo";
	if (value != NULL && filter != NULL && !other)
		href = link_to(c, "/sessions", filter, value);
	free(value);
	return href;
}

char *
show_group_text(struct json_object *g)
{
	bool other = false;

	(void)jx_bool(g, "other", &other);
	if (other)
		return xasprintf("%s %s", text_exact(show_i64(g, "members", 0), false).s,
		    show_i64(g, "members", 0) == 1 ? "other" : "others");
	return str_dup(show_name(g, "name"));
}

void
show_rank_line(struct json_object *list, struct str text, struct str full, char *href,
    const struct show_sum *x, int64_t whole)
{
	struct json_object *o = jt_push_object(list);
	char *title = xasprintf("%s tokens", text_exact(x->v[METRIC_TOKENS], false).s);

	jt_show(o, "text", text, CHART_CELL_MAX);
	jt_show(o, "whole", full, CHART_CELL_MAX);
	link_put(o, "href", href);
	jt_str(o, "tokens", text_brief(x->v[METRIC_TOKENS]).s);
	jt_str(o, "title", title);
	jt_str(
	    o, "cost", show_cost_text(x, x->v[METRIC_COST] < 100 * INT64_C(1000000000) ? 2 : 0).s);
	jt_put(o, "bar", whole > 0 ? chart_bar_tree(x->v[METRIC_TOKENS], whole, false) : NULL);
	free(title);
}

struct str
show_project(struct str p)
{
	while (p.n > 1 && p.p[p.n - 1] == '/')
		p.n--;
	for (size_t i = p.n; i-- > 0;)
		if (p.p[i] == '/' && i + 1 < p.n)
			return str_n(p.p + i + 1, p.n - i - 1);
	return p;
}

/* What stands for group AT, which is called TEXT: of a project its last part, unless another one ends like it. */
static struct str
rank_text(struct json_object *groups, size_t at, struct str text, const char *filter)
{
	struct str last = show_project(text);

	if (filter == NULL || strcmp(filter, "project") != 0 ||
	    jx_str(jx_at(groups, at), "name").p == NULL)
		return text;
	for (size_t i = 0; i < jx_len(groups); i++)
		if (i != at && str_eq(show_project(show_name(jx_at(groups, i), "name")), last))
			return text;
	return last;
}

void
show_rank(
    const struct ctx *c, struct json_object *panel, struct json_object *groups, const char *filter)
{
	struct json_object *list;
	int64_t whole = 0;

	if (jx_len(groups) == 0)
		return;
	list = show_list(panel, "_rank");
	for (size_t i = 0; i < jx_len(groups); i++) {
		struct json_object *g = jx_at(groups, i);
		struct show_sum x = show_sum(g);
		char *text = show_group_text(g);
		bool other = false;

		(void)jx_bool(g, "other", &other);
		if (i == 0)
			whole = x.v[METRIC_TOKENS];
		show_rank_line(list, rank_text(groups, i, str_of(text), filter), str_of(text),
		    show_group_link(c, g, filter), &x, other ? 0 : whole);
		free(text);
	}
}

/* ------------------------------------------------------- small multiples */

struct multi {
	const struct ctx *c;
	struct json_object *list;
	enum metric metric;
	struct chart_scale scale;
	int len; /* columns */
	size_t per;
	struct text from, to;
};

/* Values A (JSON, or M of the objects in it when OBJECTS), several to a column where needed. */
static int64_t *
values_of(const struct multi *m, struct json_object *a, bool objects)
{
	int64_t *v = xcalloc((size_t)m->len, sizeof(*v));

	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *x = jx_at(a, i);
		int64_t n = objects ? show_sum(x).v[m->metric] : json_object_get_int64(x);

		num_add_sat(&v[i / m->per], n);
	}
	return v;
}

/* V of the whole range by day. */
static int64_t
per_day(const struct ctx *c, int64_t v)
{
	int64_t span = c->query.range.to_ms - c->query.range.from_ms;

	return (
	    int64_t)((price_pusd)v * CIVIL_DAY_MS / (span < CIVIL_DAY_MS ? CIVIL_DAY_MS : span));
}

static void
add_multi(const struct multi *m, struct str name, char *href, const struct show_sum *x,
    const struct show_sum *whole, const int64_t *v)
{
	struct json_object *o = jt_push_object(m->list);
	bool none = m->metric == METRIC_COST && !x->has_cost;
	char total[128], *words;

	if (m->metric == METRIC_COST)
		(void)snprintf(total, sizeof(total), "%s", show_cost_text(x, 2).s);
	else
		(void)snprintf(total, sizeof(total), "%s", text_brief(x->v[m->metric]).s);
	words = xasprintf("%s, %.*s: %s", show_metric(m->metric), (int)name.n, name.p, total);
	jt_show(o, "name", name, CHART_CELL_MAX);
	link_put(o, "href", href);
	jt_str(o, "total", total);
	if (x == whole)
		jt_fmt(o, "share", "%s a day",
		    show_short(m->metric, per_day(m->c, whole->v[m->metric])).s);
	else if (none)
		jt_fmt(o, "share", "%s tokens", text_brief(x->v[METRIC_TOKENS]).s);
	else if (m->metric == METRIC_COST)
		jt_fmt(o, "share", "%s of cost, %s of tokens",
		    text_share(x->v[METRIC_COST], whole->v[METRIC_COST]).s,
		    text_share(x->v[METRIC_TOKENS], whole->v[METRIC_TOKENS]).s);
	else
		jt_fmt(o, "share", "%s", text_share(x->v[m->metric], whole->v[m->metric]).s);
	jt_show(o, "words", str_of(words), CHART_CELL_MAX);
	jt_put(o, "draw",
	    none ? NULL
		 : chart_multi_tree(&m->scale, v, m->len, MULTI_HEIGHT, show_unit(m->metric),
		       jx_len(m->list) == 1, m->from.s + 4, m->to.s + 4));
	jt_str(o, "none", none ? "in no cost on this page" : NULL);
	free(words);
}

static int64_t
largest(const int64_t *v, int n)
{
	int64_t most = 0;

	for (int i = 0; i < n; i++)
		if (v[i] > most)
			most = v[i];
	return most;
}

void
show_multis(const struct ctx *c, struct json_object *panel, const char *all, enum metric metric,
    struct json_object *buckets, const struct show_sum *total, struct json_object *groups,
    const char *filter)
{
	size_t n = jx_len(buckets);
	struct multi m = { .c = c, .metric = metric };
	int64_t *v, start_ms, last_ms;

	if (n == 0 || jx_len(groups) == 0 || (total->v[metric] <= 0 && total->unpriced == 0))
		return;
	m.per = (size_t)chart_per_column((int64_t)n, CHART_MAX_COLUMNS / 2);
	m.len = (int)((n + m.per - 1) / m.per);
	start_ms = show_time(jx_at(buckets, 0), "start");
	last_ms = show_time(jx_at(buckets, n - 1), "start");
	m.from = text_day(start_ms, c->query.tz, last_ms - start_ms > YEAR_LABELS_MS);
	m.to = text_day(last_ms, c->query.tz, last_ms - start_ms > YEAR_LABELS_MS);
	m.list = show_list(panel, "_multis");
	v = values_of(&m, buckets, true);
	m.scale = chart_scale(largest(v, m.len), 2);
	add_multi(&m, str_of(all), NULL, total, total, v);
	free(v);
	for (size_t i = 0; i < jx_len(groups); i++) {
		struct json_object *g = jx_at(groups, i);
		struct show_sum x = show_sum(g);
		char *text = show_group_text(g);

		v = values_of(&m, jx_arr(g, "values"), false);
		add_multi(&m, str_of(text), show_group_link(c, g, filter), &x, total, v);
		free(v);
		free(text);
	}
}
