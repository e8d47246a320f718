#include "base/compat.h"

#include "report/limits.h"
#include "report/overview.h"
#include "report/session_list.h"
#include "report/tree.h"

#define LIST 8
#define COST_MODELS 5

enum { AXIS_MODEL, AXIS_PROJECT, AXIS_SESSION, AXES };

struct page {
	struct store *store;
	const struct overview_in *in;
	struct scan *scan;
	struct scan *all; /* without filters */
	struct series_axis time;
	struct series cost, models, projects, sessions; /* cost: with the buckets of the whole */
	struct series before;
};

static int
feed(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	struct page *p = arg;

	series_add(&p->cost, r);
	series_add(&p->projects, r);
	series_add(&p->sessions, r);
	return 0;
}

static int
feed_before(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	series_add(arg, r);
	return 0;
}

/* ---- the number row */

/* Cached part of the input in parts per million; 0 without input. */
static int64_t
cached_share(const struct sum *x)
{
	return x->input <= 0 ? 0 : (int64_t)((price_pusd)x->cached * 1000000 / x->input);
}

static int64_t
share_or(int metric, const struct sum *x)
{
	return metric < 0 ? cached_share(x) : metric_of((enum metric)metric, x);
}

/* METRIC -1: the cached share. */
static struct json_object *
number(struct json_object *parent, const char *key, const struct page *p, int metric)
{
	struct json_object *o = jt_add_object(parent, key), *a;
	int64_t now = share_or(metric, &p->cost.total), before = 0;

	jt_i64(o, "now", now);
	if (p->in->has_before)
		before = share_or(metric, &p->before.total);
	if (p->in->has_before)
		jt_i64(o, "before", before);
	else
		jt_put(o, "before", NULL);
	if (!p->in->has_before || (metric >= 0 && before <= 0))
		jt_put(o, "change_ppm", NULL);
	else if (metric < 0)
		jt_i64(o, "change_ppm", now - before);
	else
		jt_i64(o, "change_ppm", (int64_t)((price_pusd)(now - before) * 1000000 / before));
	a = jt_add_array(o, "spark");
	for (size_t i = 0; i < p->time.len; i++)
		jt_push_i64(a, share_or(metric, &p->cost.all[i]));
	return o;
}

static void
numbers(struct json_object *parent, const struct page *p)
{
	struct json_object *o = jt_add_object(parent, "numbers"), *cost;
	char text[64];

	(void)number(o, "tokens", p, METRIC_TOKENS);
	(void)number(o, "uncached", p, METRIC_UNCACHED);
	(void)number(o, "cached_share", p, -1);
	(void)number(o, "output", p, METRIC_OUTPUT);
	(void)number(o, "reasoning", p, METRIC_REASONING);
	(void)number(o, "turns", p, METRIC_TURNS);
	(void)number(o, "sessions", p, METRIC_SESSIONS);
	cost = number(o, "cost", p, METRIC_COST);
	price_format_decimal(sum_cost(&p->cost.total), text);
	jt_str(cost, "text", sum_unknown_cost(&p->cost.total) ? NULL : text);
	jt_i64(cost, "unpriced_tokens", p->cost.total.unpriced);
}

/* ---- lists */

static int
top_sessions(struct json_object *parent, struct page *p, struct err *e)
{
	struct json_object *a = jt_add_array(parent, "sessions");

	for (size_t i = 0; i < p->sessions.len && p->sessions.groups[i].name != NULL; i++) {
		const struct series_group *g = &p->sessions.groups[i];
		struct session_item x = { .thread_id = scan_thread_id(p->scan, g->number) };
		struct json_object *o;

		if (session_item_read(p->store, p->all, &x, e) < 0) {
			session_item_clear(&x);
			return -1;
		}
		o = jt_push_object(a);
		session_item_put(o, &x, p->in->q->tz);
		sum_put(jt_add_object(o, "range"), &g->total);
		session_item_clear(&x);
	}
	return 0;
}

static int
last_sessions(struct json_object *parent, struct page *p, struct err *e)
{
	struct session_words w = { .limit = LIST };
	struct session_list l;
	struct json_object *a;

	if (session_list_run(p->store, p->in->q, p->in->card, p->all, &w, &l, e) < 0)
		return -1;
	a = jt_add_array(parent, "last");
	for (size_t i = 0; i < l.len; i++)
		session_item_put(jt_push_object(a), &l.rows[i], p->in->q->tz);
	session_list_clear(&l);
	return 0;
}

static int
live_limits(struct json_object *parent, struct page *p, struct err *e)
{
	int64_t now = p->in->q->now_ms;
	struct limits l;
	size_t n = 0;

	if (limits_run(p->store, p->in->q, NULL, now, now, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.len; i++) {
		struct limit x = l.p[i];

		if (x.len == 0 || x.is_reset || (x.windows[x.len - 1].resets_ms < 0 && x.is_stale))
			continue;
		l.p[i] = l.p[n];
		l.p[n++] = x;
	}
	size_t all = l.len;

	l.len = n;
	jt_put(parent, "limits", limits_json(&l, now, p->in->q->tz, false));
	l.len = all;
	limits_clear(&l);
	return 0;
}

static int
put(struct json_object *o, struct page *p, const struct coverage *c, struct err *e)
{
	const struct query *q = p->in->q;

	jt_str(o, "group", query_group_name(q));
	tree_range(o, "range", &q->range, q->tz);
	if (p->in->has_before)
		tree_range(o, "previous", &p->in->before, q->tz);
	else
		jt_put(o, "previous", NULL);
	numbers(o, p);
	series_put_buckets(jt_add_array(o, "buckets"), &p->cost, q);
	series_put_totals(jt_add_object(o, "totals"), &p->cost);
	series_put_groups(jt_add_array(o, "cost_by_model"), &p->cost, dim_find("model"), true);
	series_put_groups(jt_add_array(o, "models"), &p->models, dim_find("model"), false);
	series_put_groups(jt_add_array(o, "projects"), &p->projects, &dim_project, false);
	tree_coverage(o, c, p->cost.total.unpriced);
	if (top_sessions(o, p, e) < 0 || last_sessions(o, p, e) < 0 || live_limits(o, p, e) < 0)
		return -1;
	return 0;
}

/* What has no price in the range is known by now: the scan goes on with other ranges and sessions. */
static int
rest(struct page *p, struct coverage *c, struct err *e)
{
	const struct query *q = p->in->q;
	struct query whole;

	if (coverage_run(p->store, q, c, e) < 0)
		return -1;
	scan_unpriced(p->scan, c);
	if (p->in->has_before && scan_run(p->scan, p->in->before.from_ms, p->in->before.to_ms,
				     feed_before, &p->before, e) < 0)
		return -1;
	query_init(&whole, q->tz);
	p->all = p->scan;
	if (q->filters_len > 0 &&
	    scan_open(&p->all, p->store, &whole, p->in->card, NULL, 0, e) < 0) {
		p->all = NULL;
		return -1;
	}
	return 0;
}

int
overview_json(
    struct store *s, const struct overview_in *in, struct json_object **out, struct err *e)
{
	const struct dim *axes[AXES] = { dim_find("model"), &dim_project, dim_find("session") };
	struct page p = { .store = s, .in = in };
	struct json_object *o = NULL;
	struct coverage c = { 0 };
	int rc = -1;

	if (series_axis_make(in->q, &p.time, e) < 0)
		return -1;
	series_init(&p.cost, &p.time, AXIS_MODEL, METRIC_COST);
	series_init(&p.models, NULL, AXIS_MODEL, METRIC_TOKENS);
	series_init(&p.projects, NULL, AXIS_PROJECT, METRIC_TOKENS);
	series_init(&p.sessions, NULL, AXIS_SESSION, METRIC_TOKENS);
	series_init(&p.before, NULL, -1, METRIC_TOKENS);
	if (store_begin(s, e) < 0)
		goto out;
	if (scan_open(&p.scan, s, in->q, in->card, axes, AXES, e) < 0 ||
	    scan_run(p.scan, in->q->range.from_ms, in->q->range.to_ms, feed, &p, e) < 0)
		goto end;
	series_copy(&p.models, &p.cost);
	series_finish(&p.cost, p.scan, COST_MODELS);
	series_finish(&p.models, p.scan, LIST);
	series_finish(&p.projects, p.scan, LIST);
	series_finish(&p.sessions, p.scan, LIST);
	o = jt_object();
	if (rest(&p, &c, e) == 0)
		rc = put(o, &p, &c, e);
end:
	store_rollback(s);
out:
	coverage_clear(&c);
	if (p.all != p.scan)
		scan_close(p.all);
	scan_close(p.scan);
	series_clear(&p.cost);
	series_clear(&p.models);
	series_clear(&p.projects);
	series_clear(&p.sessions);
	series_clear(&p.before);
	series_axis_clear(&p.time);
	if (rc < 0)
		json_object_put(o);
	else
		*out = o;
	return rc;
}
