#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "web/show_limits.h"
#include "web/show_time.h"
#include "web/show_windows.h"

#define DOT "\xc2\xb7"
#define THIN "\xe2\x80\xaf"
#define LINE_WINDOWS 60 /* of a step line; the table has more */
#define LINE_HEIGHT 208
#define COLUMNS_HEIGHT 120
#define COLUMNS_DAYS 14
#define ENOUGH 10 /* percent from which on tokens per percent say something */
#define ALERT 90

static int64_t
permille(double percent)
{
	return show_round(percent * 10);
}

/* PERCENT with one digit, as in a column: "62.0 %". */
static struct text
tenths(double percent)
{
	return text_ppm(permille(percent) * 1000, 1, false);
}

/* The end of what C shows: of its range, or now. */
static int64_t
shown_until(const struct ctx *c)
{
	return c->query.range.to_ms < c->now_ms ? c->query.range.to_ms : c->now_ms;
}

/* ---------------------------------------------------------- the step line */

struct line {
	struct chart_sample *p;
	size_t len, alloc;
	struct chart_label labels[LINE_WINDOWS];
	struct text texts[LINE_WINDOWS];
	int nlabels;
	int64_t from, to, until;
};

static void
sample(struct line *x, int64_t at, int64_t v, enum chart_break how)
{
	xgrow(&x->p, x->len, &x->alloc, sizeof(*x->p));
	x->p[x->len++] = (struct chart_sample){ at, v, how };
}

/* Instant of the point P of a window that began at START. */
static int64_t
point_ms(int64_t start, struct json_object *p)
{
	return start + json_object_get_int64(jx_at(p, 0));
}

/* The window W, and the time until the one that began at NEXT (-1: none). */
static void
add_window(struct line *x, const struct ctx *c, struct json_object *w, int64_t next, bool days)
{
	int64_t start = show_time(w, "start"), end = show_time(w, "end");
	struct json_object *points = jx_arr(w, "points");
	bool follows = x->len > 0 && x->p[x->len - 1].how == CHART_RESET;
	struct text *t = &x->texts[x->nlabels];

	if (follows && x->p[x->len - 1].at >= start)
		x->len--; /* it begins where the one before ended */
	sample(x, start, 0, follows && x->p[x->len - 1].at < start ? CHART_ON : CHART_RESET);
	for (size_t i = 0; i < jx_len(points); i++)
		if (point_ms(start, jx_at(points, i)) < c->query.range.to_ms)
			sample(x, point_ms(start, jx_at(points, i)),
			    permille(json_object_get_double(jx_at(jx_at(points, i), 1))), CHART_ON);
	if (show_is(w, "closed") && end >= 0 && end < shown_until(c) && (next < 0 || end < next))
		sample(x, end, 0, CHART_RESET);
	*t = text_day(start, c->query.tz, false);
	memmove(t->s, t->s + 4, strlen(t->s + 4) + 1); /* without the weekday */
	if (!days && x->nlabels > 0 && strcmp(t->s, x->texts[x->nlabels - 1].s) == 0)
		t->s[0] = '\0';
	x->labels[x->nlabels++] = (struct chart_label){ .text = t->s, .major = true };
}

/* The last windows of L, in the order of time. */
static void
line_make(struct line *x, const struct ctx *c, struct json_object *l)
{
	struct json_object *a = jx_arr(l, "windows");
	size_t n = jx_len(a) < LINE_WINDOWS ? jx_len(a) : LINE_WINDOWS;
	struct json_object *newest = jx_at(a, 0);
	int64_t last = show_time(l, "captured"), end = show_time(newest, "end");
	bool is_now = show_time(newest, "start") == show_time(l, "start");

	memset(x, 0, sizeof(*x));
	for (size_t i = n; i-- > 0;)
		add_window(x, c, jx_at(a, i), i == 0 ? -1 : show_time(jx_at(a, i - 1), "start"),
		    show_i64(l, "minutes", 0) >= 1440);
	x->from = show_time(jx_at(a, n - 1), "start");
	x->until = shown_until(c);
	if (is_now && show_is(l, "stale") && !show_is(newest, "closed") && last < x->until)
		x->until = last;
	x->to = is_now && !show_is(newest, "closed") && end > x->until ? end : shown_until(c);
	if (x->to <= x->from)
		x->to = x->from + 1;
	for (int i = 0; i < x->nlabels; i++)
		x->labels[i].x =
		    chart_at(show_time(jx_at(a, n - 1 - (size_t)i), "start"), x->from, x->to);
}

static void
readings(const struct ctx *c, struct json_object *panel, struct json_object *l, size_t windows)
{
	struct json_object *a = jx_arr(l, "windows"), *t, *row;
	size_t n = 0, all = 0;
	char *caption;

	for (size_t i = 0; i < windows; i++)
		all += jx_len(jx_arr(jx_at(a, i), "points"));
	caption = xasprintf("Table of the %s%zu readings that changed it",
	    all > SHOW_ROWS ? "newest " : "", all > SHOW_ROWS ? (size_t)SHOW_ROWS : all);
	t = chart_table(caption);
	chart_table_head(t, "Time", false, NULL, "descending");
	chart_table_head(t, "Used", true, NULL, NULL);
	for (size_t i = 0; i < windows; i++) {
		struct json_object *points = jx_arr(jx_at(a, i), "points");
		int64_t start = show_time(jx_at(a, i), "start");

		for (size_t k = jx_len(points); k-- > 0 && n < SHOW_ROWS; n++) {
			row = chart_table_row(t, NULL);
			show_time_cell(c, row, point_ms(start, jx_at(points, k)));
			(void)chart_cell_number(row,
			    tenths(json_object_get_double(jx_at(jx_at(points, k), 1))).s, NULL);
		}
	}
	jt_put(panel, "_table", t);
	free(caption);
}

void
show_windows_line(
    const struct ctx *c, struct json_object *panel, struct json_object *l, const char *name)
{
	struct json_object *forecast = jx_obj(l, "forecast"), *newest;
	struct chart_panel p = { .kind = CHART_STEPS,
		.height = LINE_HEIGHT,
		.unit = CHART_PERMILLE,
		.top = 1000,
		.bands = true };
	struct chart_plot plot = { .id = "line", .panels = &p, .npanels = 1 };
	size_t n = jx_len(jx_arr(l, "windows"));
	char *title, *desc, *now = NULL;
	struct chart_mark mark;
	struct line x;

	if (n == 0)
		return;
	newest = jx_at(jx_arr(l, "windows"), 0);
	line_make(&x, c, l);
	p.samples = x.p;
	p.nsamples = x.len;
	p.until = x.until;
	if (x.to > x.until && x.to > shown_until(c)) {
		if (forecast != NULL) {
			p.low = (int)permille(show_num(forecast, "low"));
			p.high = (int)permille(show_num(forecast, "high"));
			p.low = p.low > 1000 ? 1000 : p.low;
			p.high = p.high > 1000 ? 1000 : p.high;
		}
		now = xasprintf("%s, %s", show_is(l, "stale") ? "last seen" : "now",
		    show_percent(show_num(newest, "last_percent")).s);
		mark = (struct chart_mark){ chart_at(x.until, x.from, x.to), now };
		plot.marks = &mark;
		plot.nmarks = 1;
	}
	title = xasprintf("%s, percent used, %d %s since %s", name, x.nlabels,
	    x.nlabels == 1 ? "window" : "windows", text_day(x.from, c->query.tz, true).s);
	desc = xasprintf("A step line that rises in each window and falls to zero at each "
			 "reset.%s%s%s",
	    now == NULL ? "" : " It ends ", now == NULL ? "" : now, now == NULL ? "" : ".");
	plot.title = title;
	plot.desc = desc;
	plot.labels = x.labels;
	plot.nlabels = x.nlabels;
	plot.from = x.from;
	plot.to = x.to;
	jt_put(panel, "_chart", chart_plot_tree(&plot));
	readings(c, panel, l, (size_t)x.nlabels);
	free(title);
	free(desc);
	free(now);
	free(x.p);
}

/* -------------------------------------------------------------- the table */

/* A scale for the dots of tokens per percent: round ends around all of them. */
struct dots {
	bool some;
	int64_t low, top;
	int64_t q1, mid, q3; /* -1: not known */
};

static int64_t
dot_value(struct json_object *w)
{
	return show_num(w, "peak_percent") < ENOUGH ? -1 : show_i64(w, "tokens_per_percent", -1);
}

static struct dots
dots_of(struct json_object *l, size_t n)
{
	struct json_object *e = jx_obj(l, "estimate");
	struct dots d = { .q1 = -1, .mid = -1, .q3 = -1 };
	struct chart_scale s;

	for (size_t i = 0; i < n; i++) {
		int64_t v = dot_value(jx_at(jx_arr(l, "windows"), i));

		if (v < 0)
			continue;
		d.low = !d.some || v < d.low ? v : d.low;
		d.top = !d.some || v > d.top ? v : d.top;
		d.some = true;
	}
	if (e != NULL) { /* of a full window */
		d.q1 = show_i64(e, "low", 0) / 100;
		d.mid = show_i64(e, "median", 0) / 100;
		d.q3 = show_i64(e, "high", 0) / 100;
		d.low = d.q1 < d.low ? d.q1 : d.low;
		d.top = d.q3 > d.top ? d.q3 : d.top;
	}
	s = chart_scale(d.top - d.low > d.top / 10 ? d.top - d.low : d.top / 10, 2);
	d.low = d.low / s.step * s.step;
	d.top = (d.top / s.step + 1) * s.step;
	return d;
}

static char *
dots_title(const struct dots *d)
{
	struct sbuf b;

	sbuf_init(&b, CHART_TEXT_MAX * 3);
	chart_tick(&b, d->low, CHART_COUNT);
	sbuf_addz(&b, " to ");
	chart_tick(&b, d->top, CHART_COUNT);
	return sbuf_detach(&b);
}

static void
time_cell(const struct ctx *c, struct json_object *row, int64_t ms, int64_t to_ms)
{
	char from[32], to[32], *href;
	struct link_pair more[] = { { "from", from }, { "to", to } };

	if (ms < 0 || to_ms <= ms) {
		show_time_cell(c, row, ms);
		return;
	}
	civil_format_offset(ms, tz_offset_s(c->query.tz, ms), from);
	civil_format_offset(to_ms, tz_offset_s(c->query.tz, to_ms), to);
	href = link_with(c, "/usage", "period date from to", more, ARRAY_LEN(more));
	(void)chart_cell(row, str_of(text_clock(ms, c->query.tz).s), NULL, href);
	free(href);
}

static void
put_window(const struct ctx *c, struct json_object *t, struct json_object *w, const struct dots *d)
{
	struct json_object *row = chart_table_row(t, NULL), *cell;
	struct show_sum x = show_sum(w);
	double peak = show_num(w, "peak_percent");
	bool now = !show_is(w, "closed");
	int64_t per = show_i64(w, "tokens_per_percent", -1), dot = dot_value(w);

	time_cell(c, row, show_time(w, "start"), show_time(w, "end"));
	show_time_cell(c, row, show_time(w, "end"));
	(void)chart_cell_drawing(row, "bar", chart_bar_tree(permille(peak), 1000, now));
	cell = chart_cell_number(row, tenths(peak).s, NULL);
	if (peak >= ALERT)
		jt_str(cell, "cls", "n alert");
	(void)chart_cell_count(row, x.v[METRIC_TOKENS]);
	show_cost_cell(row, &x);
	(void)chart_cell_number(row, per < 0 ? DOT : text_exact(per, true).s,
	    per < 0 ? "less than 1 % was used" : NULL);
	if (d->some)
		(void)chart_cell_drawing(row, "dot",
		    dot < 0 ? NULL
			    : chart_dot_tree(dot, d->low, d->top, d->q1, d->mid, d->q3, now));
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_number);
	return n % 2 == 1 ? v[n / 2] : v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

/* The sum of the first N windows A, and the median of those that have ended. */
static void
feet(struct json_object *t, struct json_object *a, size_t n, bool dots)
{
	int64_t *v = xcalloc(4 * n, sizeof(*v)), cost = 0, tokens = 0, unpriced = 0;
	struct json_object *row = chart_table_total(t);
	size_t closed = 0, per = 0;
	char *text = xasprintf("Sum of %zu %s", n, n == 1 ? "window" : "windows");

	for (size_t i = 0; i < n; i++) {
		struct show_sum x = show_sum(jx_at(a, i));
		int64_t p = show_i64(jx_at(a, i), "tokens_per_percent", -1);

		num_add_sat(&tokens, x.v[METRIC_TOKENS]);
		num_add_sat(&cost, x.v[METRIC_COST]);
		num_add_sat(&unpriced, x.unpriced);
		if (!show_is(jx_at(a, i), "closed"))
			continue;
		v[closed] = permille(show_num(jx_at(a, i), "peak_percent"));
		v[n + closed] = x.v[METRIC_TOKENS];
		v[2 * n + closed++] = x.v[METRIC_COST];
		if (p >= 0)
			v[3 * n + per++] = p;
	}
	(void)chart_cell(row, str_of(text), NULL, NULL);
	free(text);
	for (int i = 0; i < 3; i++)
		(void)chart_cell(row, STR(""), NULL, NULL);
	(void)chart_cell_count(row, tokens);
	show_cost_cell(
	    row, &(struct show_sum){ .v = { [METRIC_TOKENS] = tokens, [METRIC_COST] = cost },
		     .unpriced = unpriced,
		     .has_cost = unpriced < tokens || tokens == 0 });
	for (int i = 0; i < 1 + dots; i++)
		(void)chart_cell(row, STR(""), NULL, NULL);
	if (closed >= 3) {
		row = chart_table_total(t);
		text = xasprintf("Median of the %zu that have ended", closed);
		(void)chart_cell(row, str_of(text), NULL, NULL);
		free(text);
		for (int i = 0; i < 2; i++)
			(void)chart_cell(row, STR(""), NULL, NULL);
		(void)chart_cell_number(row, text_ppm(median(v, closed) * 1000, 1, false).s, NULL);
		(void)chart_cell_count(row, median(v + n, closed));
		(void)chart_cell_number(
		    row, unpriced > 0 ? DOT : text_usd(median(v + 2 * n, closed), 2).s, NULL);
		(void)chart_cell_number(
		    row, per == 0 ? DOT : text_exact(median(v + 3 * n, per), true).s, NULL);
		if (dots)
			(void)chart_cell(row, STR(""), NULL, NULL);
	}
	free(v);
}

void
show_windows_table(const struct ctx *c, struct json_object *panel, struct json_object *l)
{
	struct json_object *a = jx_arr(l, "windows"), *t;
	size_t n = jx_len(a) < SHOW_ROWS ? jx_len(a) : SHOW_ROWS;
	struct dots d = dots_of(l, n);
	char *title = dots_title(&d);

	if (n > 0) {
		t = chart_table("Windows, newest first");
		chart_table_head(t, "Start", false, NULL, "descending");
		chart_table_head(t, "End", false, NULL, NULL);
		chart_table_head_drawing(t, "Peak, drawn");
		chart_table_head(t, "Peak", true, NULL, NULL);
		chart_table_head(t, "Tokens", true, NULL, NULL);
		chart_table_head(t, "API cost", true, NULL, NULL);
		chart_table_head(t, "Tokens per percent", true, NULL, NULL);
		if (d.some)
			chart_table_head_drawing(t, title);
		for (size_t i = 0; i < n; i++)
			put_window(c, t, jx_at(a, i), &d);
		feet(t, a, n, d.some);
		jt_put(panel, "_table", t);
	}
	free(title);
}

/* ------------------------------------------------------ short ones as columns */

static void
columns_chart(const struct ctx *c, struct json_object *panel, struct json_object *a, size_t n,
    const char *name)
{
	struct chart_column *columns = xcalloc(n, sizeof(*columns));
	struct text *labels = xcalloc(n, sizeof(*labels));
	char **titles = xcalloc(n, sizeof(*titles));
	int64_t *past = xcalloc(n, sizeof(*past)), *now = xcalloc(n, sizeof(*now)), most = 0;
	struct chart_series series[] = { { .cls = "f-soft", .v = past },
		{ .cls = "f-acc", .v = now } };
	struct chart_panel p = { .kind = CHART_COLUMNS,
		.height = COLUMNS_HEIGHT,
		.unit = CHART_PERMILLE,
		.top = 1000,
		.bands = true,
		.peak = -1,
		.series = series,
		.nseries = ARRAY_LEN(series) };
	struct chart_plot plot = { .id = "short",
		.panels = &p,
		.npanels = 1,
		.columns = columns,
		.ncolumns = (int)n,
		.desc = "One column for each window, the oldest first." };
	char *title = xasprintf("%s: highest percent used in each window", name);

	for (size_t i = 0; i < n; i++) {
		struct json_object *w = jx_at(a, n - 1 - i);
		int64_t start = show_time(w, "start"), v = permille(show_num(w, "peak_percent"));
		struct date d;

		tz_local(c->query.tz, start, &d, NULL, NULL);
		labels[i] = text_day(start, c->query.tz, false);
		memmove(labels[i].s, labels[i].s + 4, strlen(labels[i].s + 4) + 1);
		titles[i] =
		    xasprintf("%s: %s", text_clock(start, c->query.tz).s, tenths((double)v / 10).s);
		columns[i] = (struct chart_column){ .label = { .text = labels[i].s },
			.rest = civil_weekday(d) >= 5,
			.title = titles[i] };
		if (i > 0 && strcmp(labels[i].s, labels[i - 1].s) == 0)
			columns[i].label.text = NULL;
		*(show_is(w, "closed") ? &past[i] : &now[i]) = v;
		if (v > most) {
			most = v;
			p.peak = (int)i;
		}
	}
	p.peak_text = most >= 1000 ? "100, limit reached" : NULL;
	plot.title = title;
	jt_put(panel, "_chart", chart_plot_tree(&plot));
	for (size_t i = 0; i < n; i++)
		free(titles[i]);
	free(titles);
	free(title);
	free(labels);
	free(columns);
	free(past);
	free(now);
}

void
show_windows_columns(
    const struct ctx *c, struct json_object *panel, struct json_object *l, const char *name)
{
	struct json_object *a = jx_arr(l, "windows"), *t, *row;
	int64_t since = shown_until(c) - COLUMNS_DAYS * CIVIL_DAY_MS;
	bool whole = c->query.range.from_ms >= since;
	size_t n = 0, full = 0;
	char *caption;

	while (n < jx_len(a) && n < CHART_MAX_COLUMNS && show_time(jx_at(a, n), "start") >= since)
		full += show_num(jx_at(a, n++), "peak_percent") >= ALERT;
	if (n == 0)
		return;
	jt_fmt(panel, "_ask", "Peak of each window in %s: %zu %s, %zu at %d" THIN "%% or more.",
	    whole ? "this period" : "the last 14 days", n, n == 1 ? "window" : "windows", full,
	    ALERT);
	columns_chart(c, panel, a, n, name);
	caption = xasprintf("Table of the %zu %s", n, n == 1 ? "window" : "windows");
	t = chart_table(caption);
	chart_table_head(t, "Start", false, NULL, "descending");
	chart_table_head(t, "Peak", true, NULL, NULL);
	chart_table_head(t, "Tokens", true, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		struct json_object *w = jx_at(a, i);

		row = chart_table_row(t, NULL);
		time_cell(c, row, show_time(w, "start"), show_time(w, "end"));
		(void)chart_cell_number(row, tenths(show_num(w, "peak_percent")).s, NULL);
		(void)chart_cell_count(row, show_sum(w).v[METRIC_TOKENS]);
	}
	jt_put(panel, "_table", t);
	free(caption);
}
