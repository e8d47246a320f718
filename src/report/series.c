#include "base/compat.h"

#include "base/hash.h"
#include "base/xalloc.h"
#include "report/series.h"
#include "report/tree.h"

/* ---- buckets */

int
series_axis_make(const struct query *q, struct series_axis *out, struct err *e)
{
	int64_t at = q->range.from_ms;
	size_t alloc = 0;

	*out = (struct series_axis){ 0 };
	while (at < q->range.to_ms) {
		struct series_bucket b = { .is_now = false };

		if (out->len == SERIES_BUCKETS) {
			series_axis_clear(out);
			return err_set(e, ERR_LIMIT,
			    "more than %d columns: take a shorter range or a larger group",
			    SERIES_BUCKETS);
		}
		query_bucket(q, at, &b.start_ms, &b.end_ms, b.label);
		b.is_now = b.end_ms > q->range.to_ms;
		b.is_partial = b.is_now || b.start_ms < q->range.from_ms;
		xgrow(&out->p, out->len, &alloc, sizeof(*out->p));
		out->p[out->len++] = b;
		at = b.end_ms;
	}
	return 0;
}

void
series_axis_clear(struct series_axis *a)
{
	if (a == NULL)
		return;
	free(a->p);
	*a = (struct series_axis){ 0 };
}

/* ---- adding up */

void
series_init(struct series *s, const struct series_axis *time, int axis, enum metric metric)
{
	*s = (struct series){ .time = time, .axis = axis, .metric = metric };
	if (time != NULL)
		s->all = xcalloc(time->len, sizeof(*s->all));
}

static struct series_group *
group_at(struct series *s, uint32_t number)
{
	while (s->len <= number) {
		xgrow(&s->groups, s->len, &s->alloc, sizeof(*s->groups));
		s->groups[s->len] = (struct series_group){ .number = (uint32_t)s->len };
		s->len++;
	}
	return &s->groups[number];
}

/* Was the thread not seen in the bucket AT before? Buckets come in order. */
static bool
is_new_in(struct series *s, uint32_t thread, uint32_t at)
{
	if (thread >= s->last_len) {
		size_t n = (size_t)thread * 2 + 64;

		s->last = xreallocarray(s->last, n, sizeof(*s->last));
		memset(s->last + s->last_len, 0, (n - s->last_len) * sizeof(*s->last));
		s->last_group = xreallocarray(s->last_group, n, sizeof(*s->last_group));
		memset(s->last_group + s->last_len, 0, (n - s->last_len) * sizeof(*s->last_group));
		s->last_len = n;
	}
	if (s->last[thread] == at + 1)
		return false;
	/* the first bucket of all is that of the whole, too */
	s->total.sessions += s->last[thread] == 0;
	s->last[thread] = at + 1;
	return true;
}

/* One to one, and every bit of X in every bit: a set64 looks at the low ones. */
static uint64_t
mixed(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void
add_group(struct series *s, const struct scan_row *r, uint32_t at)
{
	struct series_group *g = group_at(s, r->group[s->axis]);
	struct series_cell *c;
	bool counts = r->sum.responses > 0;

	sum_add(&g->total, &r->sum);
	/* a session stays in its group as a rule: the set is asked where it changes */
	if (counts && s->last_group[r->thread] != g->number + 1) {
		s->last_group[r->thread] = g->number + 1;
		g->total.sessions +=
		    set64_add(&s->seen, mixed((uint64_t)r->thread << 32 | r->group[s->axis]));
	}
	if (s->time == NULL)
		return;
	if (g->len == 0 || g->cells[g->len - 1].bucket != at) {
		xgrow(&g->cells, g->len, &g->alloc, sizeof(*g->cells));
		g->cells[g->len++] = (struct series_cell){ .bucket = at };
	}
	c = &g->cells[g->len - 1];
	sum_add(&c->sum, &r->sum);
	if (counts && s->metric == METRIC_SESSIONS)
		c->sum.sessions += set64_add(&s->seen_in,
		    hash_i64((int64_t)at, hash_i64((int64_t)r->thread, r->group[s->axis] + 1)));
}

void
series_add(struct series *s, const struct scan_row *r)
{
	uint32_t at = 0;

	if (s->time != NULL) {
		while (s->at + 1 < s->time->len && r->at_ms >= s->time->p[s->at].end_ms)
			s->at++;
		at = (uint32_t)s->at;
	}
	sum_add(&s->total, &r->sum);
	if (r->sum.responses > 0 && is_new_in(s, r->thread, at) && s->all != NULL)
		s->all[at].sessions++;
	if (s->all != NULL)
		sum_add(&s->all[at], &r->sum);
	if (s->axis >= 0)
		add_group(s, r, at);
}

/* ---- the largest, and the rest */

struct rank {
	int64_t value;
	uint32_t number;
};

static int
by_value(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* By bucket, so that many groups cost as much as their cells. */
static void
merge_rest(
    struct series *s, struct series_group *rest, const struct rank *ranks, size_t from, size_t n)
{
	struct sum *sums = NULL;
	bool *some;

	for (size_t i = from; i < n; i++) {
		const struct series_group *g = &s->groups[ranks[i].number];

		sum_add(&rest->total, &g->total);
		rest->members++;
	}
	if (s->time == NULL)
		return;
	sums = xcalloc(s->time->len, sizeof(*sums));
	some = xcalloc(s->time->len, sizeof(*some));
	for (size_t i = from; i < n; i++) {
		const struct series_group *g = &s->groups[ranks[i].number];

		for (size_t k = 0; k < g->len; k++) {
			sum_add(&sums[g->cells[k].bucket], &g->cells[k].sum);
			sums[g->cells[k].bucket].sessions += g->cells[k].sum.sessions;
			some[g->cells[k].bucket] = true;
		}
	}
	for (size_t i = 0; i < s->time->len; i++)
		if (some[i]) {
			xgrow(&rest->cells, rest->len, &rest->alloc, sizeof(*rest->cells));
			rest->cells[rest->len++] = (struct series_cell){ (uint32_t)i, sums[i] };
		}
	free(sums);
	free(some);
}

void
series_finish(struct series *s, struct scan *sc, size_t top)
{
	struct rank *ranks = xcalloc(s->len, sizeof(*ranks));
	struct series_group *kept = xcalloc(top + 1, sizeof(*kept));
	size_t n = 0, len = 0;

	for (size_t i = 0; i < s->len; i++) {
		const struct sum *x = &s->groups[i].total;

		if (x->responses > 0 || x->turns > 0)
			ranks[n++] = (struct rank){ metric_of(s->metric, x), (uint32_t)i };
	}
	if (n > 0)
		qsort(ranks, n, sizeof(*ranks), by_value);
	for (; len < n && len < top; len++) {
		kept[len] = s->groups[ranks[len].number];
		kept[len].name = xstrdup(scan_group(sc, (size_t)s->axis, kept[len].number));
		kept[len].members = 1;
		s->groups[ranks[len].number].cells = NULL;
	}
	if (len < n)
		merge_rest(s, &kept[len++], ranks, top, n);
	for (size_t i = 0; i < s->len; i++)
		free(s->groups[i].cells);
	free(s->groups);
	free(ranks);
	s->groups = kept;
	s->len = len;
	set64_clear(&s->seen);
	set64_clear(&s->seen_in);
	free(s->last);
	free(s->last_group);
	s->last = s->last_group = NULL;
	s->last_len = 0;
}

int64_t
series_value(const struct series *s, const struct series_group *g, size_t i)
{
	size_t low = 0, high = g->len;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (g->cells[mid].bucket < i)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == g->len || g->cells[low].bucket != i)
		return 0;
	return metric_of(s->metric, &g->cells[low].sum);
}

void
series_copy(struct series *s, const struct series *from)
{
	s->total = from->total;
	for (size_t i = 0; i < from->len; i++)
		group_at(s, from->groups[i].number)->total = from->groups[i].total;
}

void
series_clear(struct series *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->len; i++) {
		free(s->groups[i].name);
		free(s->groups[i].cells);
	}
	free(s->groups);
	free(s->all);
	free(s->last);
	free(s->last_group);
	set64_clear(&s->seen);
	set64_clear(&s->seen_in);
	*s = (struct series){ .axis = -1 };
}

/* ---- JSON */

static void
put_bucket(struct json_object *a, const struct series *s, size_t i, const struct query *q)
{
	const struct series_bucket *b = &s->time->p[i];
	struct json_object *o = jt_push_object(a);

	jt_str(o, "label", b->label);
	tree_time(o, "start", b->start_ms, q->tz);
	tree_time(o, "end", b->end_ms, q->tz);
	jt_bool(o, "partial", b->is_partial);
	jt_bool(o, "so_far", b->is_now);
	sum_put(o, &s->all[i]);
	jt_i64(o, "sessions", s->all[i].sessions);
}

void
series_put_buckets(struct json_object *a, const struct series *s, const struct query *q)
{
	for (size_t i = 0; i < s->time->len; i++)
		put_bucket(a, s, i, q);
}

/* Rounded to the nearest; V is not negative but for overflow. */
static int64_t
mean(int64_t v, size_t n)
{
	return n == 0 ? 0 : v / (int64_t)n + (v % (int64_t)n * 2 >= (int64_t)n);
}

enum over { TOTAL, MEAN, LEAST, MOST };

static int64_t
over(const struct series *s, enum metric m, enum over what)
{
	int64_t v = metric_of(m, &s->total);

	if (what == TOTAL)
		return v;
	if (what == MEAN)
		return mean(v, s->time->len);
	v = s->time->len == 0 ? 0 : metric_of(m, &s->all[0]);
	for (size_t i = 1; i < s->time->len; i++) {
		int64_t x = metric_of(m, &s->all[i]);

		if (what == LEAST ? x < v : x > v)
			v = x;
	}
	return v;
}

void
series_put_totals(struct json_object *o, const struct series *s)
{
	static const char *const names[] = { "total", "mean", "least", "most" };
	static const char *const keys[METRIC__MAX] = { "tokens", "input", "uncached", "cached",
		"cache_write", "output", "reasoning", "cost_nanousd", "responses", "turns",
		"sessions" };

	for (int i = TOTAL; i <= MOST; i++) {
		struct json_object *t = jt_add_object(o, names[i]);

		for (int m = 0; m < METRIC__MAX; m++)
			if (i == MEAN && m == METRIC_SESSIONS)
				jt_put(t, keys[m], NULL);
			else
				jt_i64(t, keys[m], over(s, (enum metric)m, (enum over)i));
		if (i == TOTAL)
			jt_i64(t, "unpriced_tokens", s->total.unpriced);
	}
}

void
series_put_groups(struct json_object *a, const struct series *s, const struct dim *dim, bool values)
{
	int64_t whole = metric_of(s->metric, &s->total);

	for (size_t i = 0; i < s->len; i++) {
		const struct series_group *g = &s->groups[i];
		struct json_object *o = jt_push_object(a);
		int64_t v = metric_of(s->metric, &g->total);

		tree_name(o, dim, g->name);
		jt_bool(o, "other", g->name == NULL);
		jt_i64(o, "members", (int64_t)g->members);
		if (whole > 0)
			jt_i64(o, "share_ppm", (int64_t)((price_pusd)v * 1000000 / whole));
		else
			jt_put(o, "share_ppm", NULL);
		sum_put(o, &g->total);
		if (g->name == NULL)
			jt_put(o, "sessions", NULL);
		else
			jt_i64(o, "sessions", g->total.sessions);
		if (values && s->time != NULL) {
			struct json_object *v_a = jt_add_array(o, "values");

			/* distinct ones are not added up */
			for (size_t k = 0; k < s->time->len; k++)
				if (g->name == NULL && s->metric == METRIC_SESSIONS)
					jt_push(v_a, NULL);
				else
					jt_push_i64(v_a, series_value(s, g, k));
		}
	}
}

static int
feed(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	series_add(arg, r);
	return 0;
}

int
series_json(struct store *s, const struct query *q, const struct price_card *card,
    struct json_object **out, struct coverage *c, struct err *e)
{
	struct series_axis time = { 0 };
	struct scan *sc = NULL;
	struct series x;
	struct json_object *o, *a;
	int rc = -1;

	memset(c, 0, sizeof(*c));
	series_init(&x, NULL, -1, q->metric);
	if (series_axis_make(q, &time, e) < 0 || store_begin(s, e) < 0)
		goto out;
	series_init(&x, &time, q->by == NULL ? -1 : 0, q->metric);
	if (scan_open(&sc, s, q, card, &q->by, q->by != NULL, e) < 0 ||
	    scan_run(sc, q->range.from_ms, q->range.to_ms, feed, &x, e) < 0 ||
	    coverage_run(s, q, c, e) < 0)
		goto end;
	if (q->by != NULL)
		series_finish(&x, sc, q->top);
	scan_unpriced(sc, c);
	*out = o = jt_object();
	jt_str(o, "group", query_group_name(q));
	jt_str(o, "metric", metric_name(q->metric));
	jt_str(o, "by", q->by == NULL ? NULL : q->by->name);
	series_put_buckets(jt_add_array(o, "buckets"), &x, q);
	series_put_totals(jt_add_object(o, "totals"), &x);
	a = jt_add_array(o, "groups");
	if (q->by != NULL)
		series_put_groups(a, &x, q->by, true);
	rc = 0;
end:
	store_rollback(s);
out:
	scan_close(sc);
	series_clear(&x);
	series_axis_clear(&time);
	if (rc < 0)
		coverage_clear(c);
	return rc;
}
