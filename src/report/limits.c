#include "base/compat.h"

#include "base/xalloc.h"
#include "report/limits.h"
#include "store/st_sums.h"

#define MINUTE_MS INT64_C(60000)
#define LOOK_BACK 9 /* windows before the range that are looked at: a forecast takes eight */
#define LONGEST_MS (INT64_C(63) * CIVIL_DAY_MS) /* ... but no further back than this */
#define FALL 2.0
#define OLD_WINDOWS 4 /* that late samples are looked for in */

/* ---- windows */

static bool
same_reset(int64_t a, int64_t b)
{
	return a >= 0 && b >= 0 && a - b <= MINUTE_MS && b - a <= MINUTE_MS;
}

static void
point(struct limit_window *w, int64_t ts_ms, double percent)
{
	if (w->len > 1 && w->points[w->len - 1].percent >= percent &&
	    w->points[w->len - 1].percent <= percent && w->points[w->len - 2].percent >= percent &&
	    w->points[w->len - 2].percent <= percent) {
		w->points[w->len - 1].ts_ms = ts_ms;
		return;
	}
	xgrow(&w->points, w->len, &w->alloc, sizeof(*w->points));
	w->points[w->len++] = (struct limit_point){ ts_ms, percent };
}

static void
into(struct limit_window *w, int64_t ts_ms, double percent, int64_t resets_ms)
{
	w->last = percent;
	w->last_ms = ts_ms;
	if (percent > w->peak)
		w->peak = percent;
	if (resets_ms >= 0) {
		w->resets_ms = resets_ms;
		w->end_ms = resets_ms;
	}
	point(w, ts_ms, percent);
}

static void
open_window(struct limit *l, int64_t ts_ms, double percent, int64_t resets_ms)
{
	struct limit_window w = { .resets_ms = resets_ms, .end_ms = -1, .peak = percent };
	struct limit_window *before = l->len > 0 ? &l->windows[l->len - 1] : NULL;

	w.start_ms = resets_ms >= 0 && l->minutes >= 0 ? resets_ms - l->minutes * MINUTE_MS : ts_ms;
	if (w.start_ms > ts_ms) /* a reset further away than a window is long */
		w.start_ms = ts_ms;
	if (before != NULL) {
		/* reset before its time, without the clock having been set anew */
		if (w.start_ms <= before->start_ms)
			w.start_ms = ts_ms;
		if (before->end_ms < 0 || before->end_ms > w.start_ms)
			before->end_ms = w.start_ms;
		if (before->end_ms < before->last_ms && w.start_ms >= before->last_ms)
			before->end_ms = w.start_ms;
		before->is_closed = true;
	}
	xgrow(&l->windows, l->len, &l->alloc, sizeof(*l->windows));
	l->windows[l->len++] = w;
	into(&l->windows[l->len - 1], ts_ms, percent, resets_ms);
}

void
limits_sample(struct limit *l, int64_t ts_ms, double percent, int64_t resets_ms)
{
	struct limit_window *w = l->len > 0 ? &l->windows[l->len - 1] : NULL;

	if (w == NULL) {
		open_window(l, ts_ms, percent, resets_ms);
		return;
	}
	if (!same_reset(resets_ms, w->resets_ms))
		for (size_t i = 1; i < OLD_WINDOWS && i < l->len; i++) {
			struct limit_window *old = &l->windows[l->len - 1 - i];

			if (same_reset(resets_ms, old->resets_ms)) {
				if (percent > old->peak)
					old->peak = percent;
				return; /* said late */
			}
		}
	if (resets_ms >= 0 && resets_ms <= ts_ms && resets_ms < w->resets_ms)
		return; /* of a window that nobody saw */
	if ((resets_ms >= 0 && w->resets_ms >= 0 && resets_ms > w->resets_ms + MINUTE_MS) ||
	    percent < w->last - FALL)
		open_window(l, ts_ms, percent, resets_ms);
	else
		into(w, ts_ms, percent, resets_ms);
}

/* ---- how it goes on */

/* The percentage that W had at TS. */
static double
level(const struct limit_window *w, int64_t ts_ms)
{
	double v = 0;

	for (size_t i = 0; i < w->len && w->points[i].ts_ms <= ts_ms; i++)
		v = w->points[i].percent;
	return v;
}

/* What earlier windows gained from the same time on: the least and the most. */
static size_t
history(const struct limit *l, int64_t into_ms, double *least, double *most)
{
	size_t n = 0;

	for (size_t i = l->len - 1; i-- > 0 && n < 8;) {
		const struct limit_window *w = &l->windows[i];
		double gain = w->last - level(w, w->start_ms + into_ms);

		/* one that ended early, or was hardly looked at, says nothing about a whole one */
		if (w->end_ms - w->start_ms < l->minutes * MINUTE_MS * 9 / 10 || w->len < 2)
			continue;
		if (gain < 0)
			gain = 0;
		*least = n == 0 || gain < *least ? gain : *least;
		*most = n == 0 || gain > *most ? gain : *most;
		n++;
	}
	return n;
}

static int64_t
reaches(const struct limit_window *w, double rate)
{
	double ms = rate > 0 ? (100 - w->last) / rate : -1;

	if (ms < 0 || ms >= (double)(w->resets_ms - w->last_ms))
		return -1;
	return w->last_ms + (int64_t)ms;
}

static void
forecast(struct limit *l)
{
	const struct limit_window *w = &l->windows[l->len - 1];
	struct limit_forecast *f = &l->forecast;
	int64_t into_ms = w->last_ms - w->start_ms, left_ms = w->resets_ms - w->last_ms;
	int64_t seventh = l->minutes * MINUTE_MS / 7;
	double least = 0, most = 0, mean, recent, slow, fast;

	if (into_ms <= 0 || left_ms <= 0)
		return;
	mean = recent = w->last / (double)into_ms;
	if (into_ms > seventh)
		recent = (w->last - level(w, w->last_ms - seventh)) / (double)seventh;
	if (recent < 0)
		recent = 0;
	slow = mean < recent ? mean : recent;
	fast = mean < recent ? recent : mean;
	f->some = true;
	f->pace_low = w->last + slow * (double)left_ms;
	f->pace_high = w->last + fast * (double)left_ms;
	f->out_from_ms = reaches(w, fast);
	f->out_to_ms = reaches(w, slow);
	f->windows = history(l, into_ms, &least, &most);
	f->is_history = f->windows >= 3;
	f->low = f->is_history ? w->last + least : f->pace_low;
	f->high = f->is_history ? w->last + most : f->pace_high;
}

void
limits_judge(struct limit *l, int64_t now_ms)
{
	struct limit_window *w;
	int64_t length = l->minutes * MINUTE_MS;

	l->forecast = (struct limit_forecast){ .out_from_ms = -1, .out_to_ms = -1 };
	l->elapsed_ppm = -1;
	if (l->len == 0)
		return;
	w = &l->windows[l->len - 1];
	l->is_reset = w->resets_ms >= 0 && w->resets_ms <= now_ms;
	w->is_closed = l->is_reset;
	if (length <= 0)
		return;
	l->is_stale = now_ms - w->last_ms > length / 10;
	if (w->resets_ms < 0 || l->is_reset || w->resets_ms <= w->start_ms)
		return;
	if (now_ms >= w->start_ms)
		l->elapsed_ppm = (int64_t)((price_pusd)(now_ms - w->start_ms) * 1000000 /
					   (w->resets_ms - w->start_ms));
	if (!l->is_stale && l->elapsed_ppm >= 30000)
		forecast(l);
}

/* ---- samples */

struct sample {
	int64_t home_id, key_id, ts_ms, resets_ms;
	double percent;
};

struct samples {
	struct sample *p;
	size_t len, alloc;
	int64_t *from_ms; /* key -> samples before are left out */
	int64_t keys;
};

static void
add_sample(struct samples *s, const struct st_span *x, int64_t ts_ms)
{
	xgrow(&s->p, s->len, &s->alloc, sizeof(*s->p));
	s->p[s->len++] = (struct sample){ x->home_id, x->key_id, ts_ms, x->resets_ms, x->percent };
}

static void
add_spans(struct samples *s, const struct st_spans *spans)
{
	for (size_t i = 0; i < spans->len; i++) {
		const struct st_span *x = &spans->p[i];

		if (x->key_id < 0 || x->key_id >= s->keys || x->last_ms < s->from_ms[x->key_id])
			continue;
		add_sample(s, x, x->first_ms);
		if (x->last_ms > x->first_ms)
			add_sample(s, x, x->last_ms);
	}
}

/* How far back each limit is looked at: a few of its windows. */
static int
keys(struct store *s, int64_t from_ms, struct samples *out, struct err *e)
{
	static const char SQL[] = "SELECT id, minutes FROM limit_key ORDER BY id";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		int64_t id = stmt_i64(q, 0), back = stmt_i64(q, 1) * MINUTE_MS * LOOK_BACK;

		if (id < 0 || id > INT32_MAX)
			continue;
		if (back < 0 || back > LONGEST_MS)
			back = LONGEST_MS;
		out->from_ms = xreallocarray(out->from_ms, (size_t)id + 1, sizeof(*out->from_ms));
		while (out->keys <= id)
			out->from_ms[out->keys++] = from_ms - back;
		out->from_ms[id] = from_ms - back;
	}
	stmt_done(q);
	return rc;
}

static int
load(struct store *s, int64_t from_ms, struct samples *out, struct err *e)
{
	static const char SQL[] =
	    "SELECT t.thread_id, t.limits, m.id, EXISTS (SELECT 1 FROM limit_part p WHERE "
	    "p.thread_id = t.thread_id) FROM thread_sum t LEFT JOIN sum_mark m ON "
	    "m.kind = 1 AND m.id = t.thread_id WHERE t.last_ms >= ?1 AND t.limits IS NOT NULL "
	    "AND m.id IS NULL UNION ALL SELECT id, NULL, id, 0 FROM sum_mark WHERE kind = 1 "
	    "ORDER BY 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, from_ms);
	while ((rc = stmt_step(q, e)) == 1) {
		struct st_thread_sum t = { 0 };
		const void *data;
		size_t n;
		int made = 1;

		if (stmt_i64(q, 3) != 0)
			made = st_thread_sum_parts(s, stmt_i64(q, 0), &t.spans, e);
		stmt_blob(q, 1, &data, &n);
		if (!stmt_is_null(q, 2) || made == 0 || st_span_unpack(&t.spans, data, n) < 0) {
			st_thread_sum_clear(&t);
			made = st_thread_sum_make(s, stmt_i64(q, 0), false, &t, e);
		}
		add_spans(out, &t.spans);
		st_thread_sum_clear(&t);
		if (made < 0) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc;
}

/*
 * Order the N samples P by time, of equal times the later one behind. Sessions come one behind
 * the other, so most are in order already: only where two halves overlap, they are merged. TMP
 * has room for half of them.
 */
static void
sort_by_time(struct sample *p, size_t n, struct sample *tmp)
{
	size_t half = n / 2, from = half, len, a = 0, b = half;

	if (n < 2)
		return;
	sort_by_time(p, half, tmp);
	sort_by_time(p + half, n - half, tmp);
	while (from > 0 && p[from - 1].ts_ms > p[half].ts_ms)
		from--;
	if ((len = half - from) == 0)
		return;
	memcpy(tmp, p + from, len * sizeof(*p));
	while (a < len && b < n)
		p[from++] = p[b].ts_ms < tmp[a].ts_ms ? p[b++] : tmp[a++];
	if (a < len)
		memcpy(p + from, tmp + a, (len - a) * sizeof(*p));
}

static int
name(struct store *s, struct limit *l, struct err *e)
{
	static const char SQL[] =
	    "SELECT h.path, k.limit_id, k.minutes, (SELECT max(x.limit_name) FROM limit_set x "
	    "WHERE x.limit_id = k.limit_id) FROM home h, limit_key k WHERE h.id = ?1 AND k.id = ?2";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, l->home_id);
	stmt_bind_i64(q, 2, l->key_id);
	l->minutes = -1;
	if ((rc = stmt_step(q, e)) == 1) {
		l->home = stmt_dup(q, 0);
		l->limit_id = stmt_dup(q, 1);
		l->minutes = stmt_i64(q, 2);
		l->name = stmt_dup_some(q, 3);
	}
	stmt_done(q);
	if (l->home == NULL)
		l->home = xstrdup("");
	if (l->limit_id == NULL)
		l->limit_id = xstrdup("");
	return rc < 0 ? -1 : 0;
}

/* The homes that the filters of Q let pass, as their row ids. */
static int
homes(struct store *s, const struct query *q, int64_t **ids, size_t *n, struct err *e)
{
	struct query p = { .filters = xcalloc(q->filters_len, sizeof(*p.filters)) };
	struct stmt *stmt = NULL;
	struct sbuf sql;
	size_t alloc = 0;
	int rc = -1;

	for (size_t i = 0; i < q->filters_len; i++)
		if (strcmp(q->filters[i].dim->name, "home") == 0)
			p.filters[p.filters_len++] = q->filters[i];
	sbuf_init(&sql, (size_t)1024 * 1024);
	sbuf_addz(&sql, "SELECT h.id FROM home h WHERE 1");
	query_where(&p, &sql, 1);
	if (sbuf_check(&sql, e) == 0 && (stmt = store_prepare(s, sql.buf, e)) != NULL) {
		query_bind(&p, stmt, 1);
		while ((rc = stmt_step(stmt, e)) == 1) {
			xgrow(ids, *n, &alloc, sizeof(**ids));
			(*ids)[(*n)++] = stmt_i64(stmt, 0);
		}
		stmt_free(stmt);
	}
	sbuf_free(&sql);
	free(p.filters);
	return rc;
}

/* Limits found by key and home; numbers from 1, 0: none. */
struct finder {
	size_t *by_key; /* the newest of a key */
	size_t *next;   /* of the same key, by the limit's number less 1 */
	size_t alloc;
};

/* The limit of P among OUT, made when it is the first of it. NULL with *E. */
static struct limit *
limit_of(struct store *s, struct finder *f, const struct sample *p, size_t *alloc,
    struct limits *out, struct err *e)
{
	struct limit *l;

	for (size_t i = f->by_key[p->key_id]; i > 0; i = f->next[i - 1])
		if (out->p[i - 1].home_id == p->home_id)
			return &out->p[i - 1];
	xgrow(&out->p, out->len, alloc, sizeof(*out->p));
	xgrow(&f->next, out->len, &f->alloc, sizeof(*f->next));
	f->next[out->len] = f->by_key[p->key_id];
	l = &out->p[out->len++];
	f->by_key[p->key_id] = out->len;
	*l = (struct limit){ .home_id = p->home_id, .key_id = p->key_id };
	return name(s, l, e) < 0 ? NULL : l;
}

static int
group(struct store *s, const struct samples *x, const int64_t *ids, size_t n, bool filtered,
    struct limits *out, struct err *e)
{
	struct finder f = { .by_key = xcalloc((size_t)x->keys + 1, sizeof(*f.by_key)) };
	size_t alloc = 0;
	int rc = 0;

	for (size_t i = 0; i < x->len && rc == 0; i++) {
		const struct sample *p = &x->p[i];
		bool passes = !filtered;
		struct limit *l;

		for (size_t k = 0; k < n && !passes; k++)
			passes = ids[k] == p->home_id;
		if (!passes)
			continue;
		if ((l = limit_of(s, &f, p, &alloc, out, e)) == NULL)
			rc = -1;
		else
			limits_sample(l, p->ts_ms, p->percent, p->resets_ms);
	}
	free(f.by_key);
	free(f.next);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const struct limit *x = a, *y = b;
	int c = strcmp(x->home, y->home);

	if (c == 0)
		c = strcmp(y->limit_id, "codex") == 0 ? strcmp(x->limit_id, "codex") != 0
						      : -(strcmp(x->limit_id, "codex") == 0);
	if (c == 0)
		c = strcmp(x->limit_id, y->limit_id);
	return c != 0 ? c : (x->minutes > y->minutes) - (x->minutes < y->minutes);
}

/* ---- what was used */

static int
add_up(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	sum_add(arg, &r->sum);
	return 0;
}

/* What was used in the windows of the limits OUT: one scan for those of a home, which stand together. */
static int
sums(struct store *s, struct limits *out, const struct price_card *card, int64_t now_ms,
    struct err *e)
{
	struct query_filter home = { .dim = dim_find("home") };
	struct query q = { .filters = &home, .filters_len = 1 };
	struct scan *sc = NULL;
	int rc = 0;

	for (size_t i = 0; i < out->len && rc == 0; i++) {
		struct limit *l = &out->p[i];

		if (i == 0 || strcmp(l->home, home.value) != 0) {
			scan_close(sc);
			sc = NULL;
			home.value = l->home;
			rc = scan_open(&sc, s, &q, card, NULL, 0, e);
		}
		for (size_t k = 0; k < l->len && rc == 0; k++) {
			struct limit_window *w = &l->windows[k];
			int64_t end = w->end_ms < 0 || w->end_ms > now_ms ? now_ms + 1 : w->end_ms;

			w->has_sum = true;
			if (w->start_ms < end)
				rc = scan_run(sc, w->start_ms, end, add_up, &w->sum, e);
		}
	}
	scan_close(sc);
	return rc;
}

static void
drop_old(struct limit *l, int64_t from_ms)
{
	size_t n = 0;

	for (size_t i = 0; i < l->len; i++) {
		struct limit_window *w = &l->windows[i];

		if (i + 1 < l->len && (w->end_ms < 0 ? w->last_ms : w->end_ms) <= from_ms)
			free(w->points);
		else
			l->windows[n++] = *w;
	}
	l->len = n;
}

int
limits_run(struct store *s, const struct query *q, const struct price_card *card, int64_t from_ms,
    int64_t now_ms, struct limits *out, struct err *e)
{
	struct samples x = { 0 };
	struct sample *tmp;
	int64_t *ids = NULL;
	size_t n = 0;
	bool nested = store_in_transaction(s);
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (!nested && store_begin(s, e) < 0)
		return -1;
	if ((q != NULL && homes(s, q, &ids, &n, e) < 0) ||
	    keys(s, from_ms < now_ms ? from_ms : now_ms, &x, e) < 0 ||
	    load(s, (from_ms < now_ms ? from_ms : now_ms) - LONGEST_MS, &x, e) < 0)
		goto out;
	tmp = xcalloc(x.len / 2 + 1, sizeof(*tmp));
	sort_by_time(x.p, x.len, tmp);
	free(tmp);
	if (group(s, &x, ids, n, q != NULL, out, e) < 0)
		goto out;
	if (out->len > 0)
		qsort(out->p, out->len, sizeof(*out->p), by_name);
	for (size_t i = 0; i < out->len; i++) {
		limits_judge(&out->p[i], now_ms);
		drop_old(&out->p[i], from_ms);
	}
	rc = card == NULL ? 0 : sums(s, out, card, now_ms, e);
out:
	if (!nested)
		store_rollback(s);
	free(x.p);
	free(x.from_ms);
	free(ids);
	if (rc < 0)
		limits_clear(out);
	return rc;
}

void
limits_clear(struct limits *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->len; i++) {
		for (size_t k = 0; k < l->p[i].len; k++)
			free(l->p[i].windows[k].points);
		free(l->p[i].windows);
		free(l->p[i].home);
		free(l->p[i].limit_id);
		free(l->p[i].name);
	}
	free(l->p);
	memset(l, 0, sizeof(*l));
}
