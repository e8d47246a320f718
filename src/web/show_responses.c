#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "web/show_session.h"
#include "web/show_time.h"

#define DOT "\xc2\xb7"
#define NEW_PANEL 160
#define FILL_PANEL 96
#define MAX_SAID 6 /* compactions with a sentence at their line */

struct show_fold
show_fold(struct json_object *list, int max)
{
	size_t n = jx_len(list);
	struct show_fold f = { .list = list, .per = (size_t)chart_per_column((int64_t)n, max) };

	f.len = (int)((n + f.per - 1) / f.per);
	return f;
}

int64_t *
show_fold_sums(const struct show_fold *f, enum metric m)
{
	int64_t *v = xcalloc((size_t)f->len + 1, sizeof(*v));

	for (size_t i = 0; i < jx_len(f->list); i++)
		num_add_sat(&v[i / f->per], show_metric_of(jx_at(f->list, i), m));
	return v;
}

int64_t *
show_fold_most(const struct show_fold *f, const char *key)
{
	int64_t *v = xcalloc((size_t)f->len + 1, sizeof(*v));

	for (int i = 0; i < f->len; i++)
		v[i] = -1;
	for (size_t i = 0; i < jx_len(f->list); i++) {
		int64_t x = show_i64(jx_at(f->list, i), key, -1);

		if (x > v[i / f->per])
			v[i / f->per] = x;
	}
	return v;
}

struct text
show_permille(int64_t v)
{
	struct text none = { DOT };

	return v < 0 ? none : text_ppm(v * 1000, 0, false);
}

struct text
show_seconds(const struct ctx *c, int64_t ms)
{
	struct text t = text_time(ms, c->query.tz);
	size_t n = strlen(t.s);

	if (ms >= 0) /* zones are whole minutes apart */
		(void)snprintf(t.s + n, sizeof(t.s) - n, ":%02d", (int)(ms / 1000 % 60));
	return t;
}

struct text
show_many(int64_t n, const char *one)
{
	struct text t;

	(void)snprintf(
	    t.s, sizeof(t.s), "%.40s %.60s%s", text_exact(n, false).s, one, n == 1 ? "" : "s");
	return t;
}

/* ------------------------------------------------------------------ chart */

/* The chart while it is made. */
struct drawing {
	const struct ctx *c;
	struct show_fold fold;
	struct json_object *list;
	struct show_sum sum;
	int64_t total; /* responses, those that are not in the list too */
	struct chart_column columns[CHART_MAX_COLUMNS];
	char *titles[CHART_MAX_COLUMNS];
	char numbers[CHART_MAX_COLUMNS][32]; /* of turns */
	struct chart_mark marks[CHART_MAX_COLUMNS];
	struct text words[MAX_SAID];
	int nmarks;
	bool one_turn; /* all are of the same */
};

static bool
is_true(struct json_object *o, const char *key)
{
	bool b = false;

	(void)jx_bool(o, key, &b);
	return b;
}

static int64_t
new_tokens(const struct show_sum *s)
{
	return s->v[METRIC_UNCACHED] + s->v[METRIC_WRITE] + s->v[METRIC_OUTPUT];
}

/* The column of response I: its turn where one begins, and what the pointer shows. */
static void
add_column(struct drawing *d, size_t i)
{
	struct json_object *r = jx_at(d->list, i);
	int at = (int)(i / d->fold.per);
	struct chart_column *x = &d->columns[at];
	int64_t turn = show_i64(r, "turn", 0);
	int64_t before = i == 0 ? -1 : show_i64(jx_at(d->list, i - 1), "turn", 0);
	struct show_sum s;
	struct text told;

	if (turn != before && turn > 0 && x->label.text == NULL) {
		(void)snprintf(d->numbers[at], sizeof(d->numbers[at]), "%s%.23s",
		    at == 0 ? "turn " : "", text_exact(turn, false).s);
		x->label = (struct chart_label){ .text = d->numbers[at], .major = true };
	}
	x->rest = turn % 2 == 0 && turn > 0 && !d->one_turn;
	if (d->fold.per > 1 || d->fold.len > CHART_MAX_HITS)
		return;
	s = show_sum(r);
	told = show_many(new_tokens(&s), "new token");
	d->titles[at] =
	    xasprintf("Response %s%s%s: %s, context %s", text_exact(show_i64(r, "n", 0), false).s,
		turn > 0 ? ", turn " : "", turn > 0 ? text_exact(turn, false).s : "", told.s,
		show_permille(show_i64(r, "fill_permille", -1)).s);
	x->title = d->titles[at];
}

static void
add_mark(struct drawing *d, size_t i)
{
	struct json_object *r = jx_at(d->list, i);
	int64_t fill = show_i64(r, "fill_permille", -1);
	int x = (int)((int64_t)(i / d->fold.per) * CHART_WIDTH / d->fold.len);
	struct chart_mark *m = &d->marks[d->nmarks];

	if (d->nmarks > 0 && d->marks[d->nmarks - 1].x == x)
		return;
	if (d->nmarks < MAX_SAID) {
		(void)snprintf(d->words[d->nmarks].s, sizeof(d->words[0].s), "%s%.40s",
		    fill < 0 ? "compacted" : "compacted to ",
		    fill < 0 ? "" : show_permille(fill).s);
		m->text = d->words[d->nmarks].s;
	}
	m->x = x;
	d->nmarks++;
}

/* "743 k · 1.4 %" */
static struct text
class_total(const struct drawing *d, enum metric m)
{
	struct text t;

	(void)snprintf(t.s, sizeof(t.s), "%.40s " DOT " %.40s", text_brief(d->sum.v[m]).s,
	    text_share(d->sum.v[m], d->sum.v[METRIC_TOKENS]).s);
	return t;
}

/* What is known of the window of all responses: its size when there is one only, else -1. */
static int64_t
one_window(const struct drawing *d)
{
	int64_t window = -1;

	for (size_t i = 0; i < jx_len(d->list); i++) {
		int64_t w = show_i64(jx_at(d->list, i), "window", -1);

		if (w >= 0 && window >= 0 && w != window)
			return -1;
		window = w >= 0 ? w : window;
	}
	return window;
}

/* Lay the chart out: new tokens above, the fill of the context below where it is known. */
static struct json_object *
draw(struct drawing *d)
{
	struct text of_output = class_total(d, METRIC_OUTPUT),
		    of_new = class_total(d, METRIC_UNCACHED),
		    of_write = class_total(d, METRIC_WRITE);
	int64_t *output = show_fold_sums(&d->fold, METRIC_OUTPUT);
	int64_t *uncached = show_fold_sums(&d->fold, METRIC_UNCACHED);
	int64_t *write = show_fold_sums(&d->fold, METRIC_WRITE);
	int64_t *fill = show_fold_most(&d->fold, "fill_permille"), window = one_window(d);
	const struct chart_series classes[] = {
		{ .cls = "f-output", .name = "output", .total = of_output.s, .v = output },
		{ .cls = "f-uncached", .name = "uncached input", .total = of_new.s, .v = uncached },
		{ .cls = "f-write", .name = "cache write", .total = of_write.s, .v = write },
	};
	const struct chart_series level = { .cls = "f-tint", .v = fill };
	struct chart_panel panels[2] = {
		{ .kind = CHART_COLUMNS,
		    .title = "New tokens",
		    .more = ": everything but cached input",
		    .height = NEW_PANEL,
		    .series = classes,
		    .nseries = d->sum.v[METRIC_WRITE] > 0 ? 3 : 2,
		    .peak = -1 },
		{ .kind = CHART_LEVELS,
		    .height = FILL_PANEL,
		    .unit = CHART_PERMILLE,
		    .top = 1000,
		    .series = &level,
		    .nseries = 1,
		    .peak = -1 },
	};
	struct chart_plot p = { .id = "responses",
		.columns = d->columns,
		.ncolumns = d->fold.len,
		.panels = panels,
		.npanels = 1,
		.marks = d->marks,
		.nmarks = d->nmarks,
		.key = true };
	char *title = xasprintf("Tokens per response, %s", show_many(d->total, "response").s),
	     *desc;
	char *name = window < 0 ? xstrdup("Context in use, share of its window")
				: xasprintf("Context in use, share of %s tokens",
				      text_exact(window, false).s);
	struct json_object *tree;

	for (int i = 0; i < d->fold.len; i++)
		if (fill[i] >= 0)
			p.npanels = 2;
	panels[1].title = name;
	desc = xasprintf("Columns: %s by class%s%s.", show_many(new_tokens(&d->sum), "new token").s,
	    p.npanels == 2 ? "; below: the share of the context window in use" : "",
	    d->nmarks > 0 ? "; lines where it was compacted" : "");
	p.title = title;
	p.desc = desc;
	tree = chart_plot_tree(&p);
	free(output);
	free(uncached);
	free(write);
	free(fill);
	free(title);
	free(desc);
	free(name);
	return tree;
}

/* ------------------------------------------------------------------ table */

static void
put_table(const struct ctx *c, struct json_object *panel, struct json_object *list, int64_t total,
    bool one_turn)
{
	static const char *const heads[] = { "Uncached", "Write", "Cached", "Output", "Reasoning",
		"Cost", "Context" };
	static const enum metric ms[] = { METRIC_UNCACHED, METRIC_WRITE, METRIC_CACHED,
		METRIC_OUTPUT, METRIC_REASONING };
	size_t n = jx_len(list), most = one_turn ? SHOW_ROWS : SHOW_SESSION_ROWS;
	size_t first = n > SHOW_ROWS ? n - most : 0;
	int64_t shown = (int64_t)(n - first);
	char *caption = shown < total
			    ? xasprintf("Table of the last %s of %s", text_exact(shown, false).s,
				  show_many(total, "response").s)
			: total == 1 ? xstrdup("Table of the response")
				     : xasprintf("Table of the %s", show_many(total, "response").s);
	struct json_object *t = chart_table(caption);

	chart_table_head(t, "Response", false, NULL, NULL);
	chart_table_head(t, "Time", false, NULL, NULL);
	if (!one_turn)
		chart_table_head(t, "Turn", true, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		chart_table_head(t, heads[i], true, NULL, NULL);
	for (size_t i = first; i < n; i++) {
		struct json_object *r = jx_at(list, i), *row = chart_table_row(t, NULL);
		struct show_sum s = show_sum(r);

		(void)chart_cell(row, str_of(text_exact(show_i64(r, "n", 0), false).s), NULL, NULL);
		if (one_turn)
			(void)chart_cell(
			    row, str_of(show_seconds(c, show_time(r, "at")).s), NULL, NULL);
		else {
			show_time_cell(c, row, show_time(r, "at"));
			(void)chart_cell_count(row, show_i64(r, "turn", 0));
		}
		for (size_t k = 0; k < ARRAY_LEN(ms); k++)
			(void)chart_cell_count(row, s.v[ms[k]]);
		(void)chart_cell_number(row, show_cost_text(&s, 3).s, NULL);
		(void)chart_cell_number(
		    row, show_permille(show_i64(r, "fill_permille", -1)).s, NULL);
	}
	jt_put(panel, "_table", t);
	free(caption);
}

void
show_responses(
    const struct ctx *c, struct json_object *panel, struct json_object *list, int64_t total)
{
	size_t n = jx_len(list);
	struct drawing *d;
	bool one_turn;

	if (n == 0)
		return;
	d = xcalloc(1, sizeof(*d));
	*d = (struct drawing){
		.c = c, .list = list, .total = total, .fold = show_fold(list, CHART_MAX_COLUMNS)
	};
	d->one_turn =
	    show_i64(jx_at(list, 0), "turn", 0) > 0 &&
	    show_i64(jx_at(list, 0), "turn", 0) == show_i64(jx_at(list, n - 1), "turn", 0);
	for (size_t i = 0; i < n; i++) {
		struct show_sum s = show_sum(jx_at(list, i));

		for (int m = 0; m < METRIC__MAX; m++)
			num_add_sat(&d->sum.v[m], s.v[m]);
		add_column(d, i);
		if (is_true(jx_at(list, i), "after_compaction"))
			add_mark(d, i);
	}
	jt_put(panel, "_chart", draw(d));
	if ((int64_t)n < total)
		jt_fmt(panel, "_note", "The last %s of %s; a column is up to %s.",
		    text_exact((int64_t)n, false).s, show_many(total, "response").s,
		    show_many((int64_t)d->fold.per, "response").s);
	else if (d->fold.per > 1)
		jt_fmt(panel, "_note", "A column is up to %s.",
		    show_many((int64_t)d->fold.per, "response").s);
	for (size_t i = 0; i < ARRAY_LEN(d->titles); i++)
		free(d->titles[i]);
	one_turn = d->one_turn;
	free(d);
	put_table(c, panel, list, total, one_turn);
}
