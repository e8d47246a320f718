#include "base/compat.h"

#include "chart/small.h"
#include "json/jt.h"

#define SPARK_PX 24
#define PATH_MAX_BYTES ((size_t)64 * 1024)

static void
put_percent(struct json_object *o, const char *key, int v)
{
	struct sbuf b;

	sbuf_init(&b, CHART_TEXT_MAX);
	chart_percent(&b, v);
	jt_strn(o, key, str_n(b.buf, b.len));
	sbuf_free(&b);
}

/* The columns FROM to END of V as a path, member KEY of O. */
static void
put_columns(struct json_object *o, const char *key, const struct chart_scale *s, const int64_t *v,
    int n, int from, int end, int units)
{
	struct chart_rect r;
	struct sbuf d;

	sbuf_init(&d, PATH_MAX_BYTES);
	for (int i = from; i < end; i++) {
		(void)chart_stack(s, i, n, &v[i], 1, units, &r);
		chart_add_rect(&d, &r);
	}
	jt_strn(o, key, str_n(d.buf, d.len));
	sbuf_free(&d);
}

static int
bounded(int n)
{
	return n < 0 ? 0 : n > CHART_MAX_COLUMNS ? CHART_MAX_COLUMNS : n;
}

struct json_object *
chart_spark_tree(const int64_t *v, int n, int last)
{
	const int units = SPARK_PX * CHART_PX;
	struct chart_scale s = { 0, 1, 1 };
	struct json_object *o;

	n = bounded(n);
	last = last < 0 ? 0 : last > n ? n : last;
	for (int i = 0; i < n; i++)
		s.top = v[i] > s.top ? v[i] : s.top;
	if (s.top == 0)
		return NULL;
	o = jt_object();
	jt_fmt(o, "box", "0 0 %d %d", CHART_WIDTH, units);
	put_columns(o, "d", &s, v, n, 0, n - last, units);
	put_columns(o, "now", &s, v, n, n - last, n, units);
	return o;
}

struct json_object *
chart_multi_tree(const struct chart_scale *s, const int64_t *v, int n, int height,
    enum chart_unit unit, bool first, const char *from, const char *to)
{
	struct json_object *o = jt_object();
	struct sbuf b;

	n = bounded(n);
	jt_i64(o, "height", height + 38);
	jt_i64(o, "base", height + 18);
	jt_i64(o, "h", height);
	jt_i64(o, "half", height / 2 + 18);
	jt_i64(o, "text_y", height + 34);
	jt_fmt(o, "box", "0 0 %d %d", CHART_WIDTH, height * CHART_PX);
	put_columns(o, "d", s, v, n, 0, n, height * CHART_PX);
	sbuf_init(&b, CHART_TEXT_MAX);
	chart_tick(&b, s->top, unit);
	jt_strn(o, "top", first ? str_n(b.buf, b.len) : (struct str){ NULL, 0 });
	sbuf_free(&b);
	jt_str(o, "from", from);
	jt_str(o, "to", to);
	return o;
}

struct json_object *
chart_bar_tree(int64_t part, int64_t whole, bool now)
{
	int w = chart_share(part, whole);
	struct json_object *o;

	if (w == 0)
		return NULL;
	o = jt_object();
	put_percent(o, "w", w);
	jt_str(o, "cls", now ? "f-acc" : "f-soft");
	return o;
}

static int
bp(int v)
{
	return v < 0 ? 0 : v > CHART_WIDTH ? CHART_WIDTH : v;
}

struct json_object *
chart_pace_tree(const struct chart_pace *p)
{
	struct json_object *o = jt_object(), *f;
	int used = bp(p->used), low = bp(p->low), high = bp(p->high);

	put_percent(o, "used", used);
	jt_str(o, "cls", used >= 9000 ? "f-alert" : "f-acc");
	if (p->elapsed < 0)
		jt_put(o, "tick", NULL);
	else {
		struct json_object *t = jt_add_object(o, "tick");

		put_percent(t, "x", bp(p->elapsed));
		jt_str(t, "cls", p->elapsed < 1500 ? "" : p->elapsed > 8500 ? "e" : "mid");
		jt_fmt(t, "text", "%d\xe2\x80\xaf%%", (bp(p->elapsed) + 50) / 100);
	}
	if (high <= used) {
		jt_put(o, "forecast", NULL);
		return o;
	}
	low = low < used ? used : low > high ? high : low;
	f = jt_add_object(o, "forecast");
	put_percent(f, "x", low);
	put_percent(f, "w", high - low < 50 ? 50 : high - low); /* never thinner than can be seen */
	put_percent(f, "line", high - used);
	return o;
}

struct json_object *
chart_range_tree(int64_t mid, int64_t high, int64_t low, int64_t top)
{
	struct json_object *o = jt_object();
	int x = chart_log(mid, low, top), end = chart_log(high, low, top);

	put_percent(o, "x", x);
	put_percent(o, "w", end > x ? end - x : 0);
	put_percent(o, "end", end > x ? end : x);
	return o;
}

struct json_object *
chart_dot_tree(int64_t v, int64_t low, int64_t top, int64_t q1, int64_t mid, int64_t q3, bool now)
{
	struct json_object *o = jt_object();

	put_percent(o, "x", chart_share(v - low, top - low));
	jt_str(o, "cls", now ? "f-acc" : "f-ink");
	if (q1 < 0 || q3 < q1)
		jt_put(o, "field", NULL);
	else {
		struct json_object *f = jt_add_object(o, "field");
		int x = chart_share(q1 - low, top - low);

		put_percent(f, "x", x);
		put_percent(f, "w", chart_share(q3 - low, top - low) - x);
	}
	if (mid < 0)
		jt_put(o, "mid", NULL);
	else
		put_percent(o, "mid", chart_share(mid - low, top - low));
	return o;
}
