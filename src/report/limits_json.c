#include "base/compat.h"

#include "base/xalloc.h"
#include "report/limits.h"
#include "report/status.h"
#include "report/tree.h"

static void
put_forecast(struct json_object *o, const struct limit_forecast *f, const struct tz *tz)
{
	struct json_object *x, *out;

	if (!f->some) {
		jt_put(o, "forecast", NULL);
		return;
	}
	x = jt_add_object(o, "forecast");
	jt_num(x, "low", f->low);
	jt_num(x, "high", f->high);
	jt_str(x, "basis", f->is_history ? "history" : "pace");
	jt_i64(x, "windows", (int64_t)f->windows);
	jt_num(x, "pace_low", f->pace_low);
	jt_num(x, "pace_high", f->pace_high);
	if (f->out_from_ms < 0) {
		jt_put(x, "runs_out", NULL);
		return;
	}
	out = jt_add_object(x, "runs_out");
	tree_time(out, "earliest", f->out_from_ms, tz);
	tree_time(out, "latest", f->out_to_ms, tz);
}

static int64_t
per_percent(const struct limit_window *w)
{
	if (!w->has_sum || w->peak < 1)
		return -1;
	return (int64_t)((double)(w->sum.input + w->sum.output) / w->peak + 0.5);
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Tokens of a full window: the middle half of the closed ones that came to 10 %. */
static void
put_estimate(struct json_object *o, const struct limit *l)
{
	int64_t *v = xcalloc(l->len, sizeof(*v));
	struct json_object *x;
	size_t n = 0;

	for (size_t i = 0; i < l->len; i++)
		if (l->windows[i].is_closed && l->windows[i].peak >= 10 &&
		    per_percent(&l->windows[i]) > 0)
			v[n++] = per_percent(&l->windows[i]) * 100;
	if (n < 3)
		jt_put(o, "estimate", NULL);
	else {
		qsort(v, n, sizeof(*v), by_number);
		x = jt_add_object(o, "estimate");
		jt_i64(x, "windows", (int64_t)n);
		jt_i64(x, "low", v[n / 4]);
		jt_i64(x, "median", n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2);
		jt_i64(x, "high", v[n - 1 - n / 4]);
	}
	free(v);
}

static void
put_window(struct json_object *o, const struct limit_window *w, bool points, const struct tz *tz)
{
	struct json_object *a;

	tree_time(o, "start", w->start_ms, tz);
	tree_time(o, "end", w->end_ms, tz);
	jt_bool(o, "closed", w->is_closed);
	jt_num(o, "peak_percent", w->peak);
	jt_num(o, "last_percent", w->last);
	jt_opt(o, "tokens_per_percent", per_percent(w));
	if (w->has_sum)
		sum_put(o, &w->sum);
	if (!points) {
		jt_put(o, "points", NULL);
		return;
	}
	a = jt_add_array(o, "points");
	for (size_t i = 0; i < w->len; i++) {
		struct json_object *p = jt_array();

		jt_push_i64(p, w->points[i].ts_ms - w->start_ms);
		jt_push_num(p, w->points[i].percent);
		jt_push(a, p);
	}
}

static void
put_limit(
    struct json_object *o, const struct limit *l, int64_t now_ms, const struct tz *tz, bool windows)
{
	const struct limit_window *w = &l->windows[l->len - 1];
	char window[32];

	status_window_name(l->minutes, window);
	jt_str(o, "home", l->home);
	jt_str(o, "limit_id", l->limit_id);
	jt_str(o, "name", l->name);
	jt_opt(o, "minutes", l->minutes);
	jt_str(o, "window", window);
	jt_str(o, "state", l->is_reset ? "reset" : w->resets_ms < 0 ? "unknown" : "live");
	if (l->is_reset)
		jt_put(o, "used_percent", NULL);
	else
		jt_num(o, "used_percent", w->last);
	tree_time(o, "captured", w->last_ms, tz);
	tree_time(o, "start", w->start_ms, tz);
	tree_time(o, "resets", w->resets_ms, tz);
	jt_opt(o, "resets_in_ms", w->resets_ms < 0 || l->is_reset ? -1 : w->resets_ms - now_ms);
	jt_opt(o, "elapsed_ppm", l->elapsed_ppm);
	jt_bool(o, "stale", l->is_stale);
	put_forecast(o, &l->forecast, tz);
	if (!windows)
		return;
	put_estimate(o, l);
	struct json_object *a = jt_add_array(o, "windows");
	for (size_t i = l->len; i-- > 0;)
		put_window(jt_push_object(a), &l->windows[i], l->len - i <= LIMITS_DRAWN, tz);
}

struct json_object *
limits_json(const struct limits *l, int64_t now_ms, const struct tz *tz, bool windows)
{
	struct json_object *a = jt_array();

	for (size_t i = 0; i < l->len; i++)
		if (l->p[i].len > 0)
			put_limit(jt_push_object(a), &l->p[i], now_ms, tz, windows);
	return a;
}
