#include "base/compat.h"

#include "base/utf8.h"
#include "chart/plot.h"
#include "json/jt.h"

#define TOP_PX 22     /* above the first panel: marks and the peak */
#define BETWEEN_PX 44 /* between two panels: the title of the lower one */
#define UNDER_PX 24   /* below the last: labels of the x axis */
#define TEXT_PX 4     /* from a line to the baseline of the text beside it */
#define CHAR_PX 8     /* of a label, in the widest of the usual fonts */
#define MARK_GAP 6    /* between a mark and its sentence */
#define KEY_PX 36     /* a name and its total beside the panel */
#define MAX_TOPS 20   /* windows of a step line with their number written above */
#define CAP_UNITS 15  /* 1.5 pixels */
#define WIDEST_PX 900 /* of the plot on the narrowest page with six columns */
#define WIDE_PX 440   /* on the narrowest wide page */
#define NARROW_PX 270 /* of the plot at 360 pixels */
#define PATH_MAX_BYTES ((size_t)64 * 1024)

/* What is known of a panel once it has a place. */
struct place {
	const struct chart_panel *panel;
	struct chart_scale scale;
	int y, units; /* top in pixels, height in units */
};

static void
put_percent(struct json_object *o, const char *key, int v)
{
	struct sbuf b;

	sbuf_init(&b, CHART_TEXT_MAX);
	chart_percent(&b, v);
	jt_strn(o, key, str_n(b.buf, b.len));
	sbuf_free(&b);
}

static void
put_sbuf(struct json_object *o, const char *key, struct sbuf *b)
{
	jt_strn(o, key, str_n(b->buf, b->len));
	sbuf_free(b);
}

static int64_t
column_sum(const struct chart_panel *p, int i)
{
	int64_t sum = 0;

	for (int k = 0; k < p->nseries; k++)
		if (p->series[k].v[i] > 0 && __builtin_add_overflow(sum, p->series[k].v[i], &sum))
			return INT64_MAX;
	return sum;
}

static int64_t
highest(const struct chart_plot *plot, const struct chart_panel *p)
{
	int64_t max = 0;

	for (int i = 0; p->kind != CHART_STEPS && i < plot->ncolumns; i++) {
		int64_t v = column_sum(p, i);

		max = v > max ? v : max;
	}
	for (size_t i = 0; p->kind == CHART_STEPS && i < p->nsamples; i++)
		max = p->samples[i].v > max ? p->samples[i].v : max;
	return max;
}

static void
add_path(struct json_object *paths, const char *cls, struct sbuf *d)
{
	struct json_object *o;

	if (d->len == 0 || d->failed) {
		sbuf_free(d);
		return;
	}
	o = jt_push_object(paths);
	jt_str(o, "cls", cls);
	put_sbuf(o, "d", d);
}

/* R as a rectangle of its own, in percent and pixels: a pattern in it is not stretched. */
static void
add_rect(
    struct json_object *rects, const struct place *at, const char *cls, const struct chart_rect *r)
{
	struct json_object *o;

	if (r->h <= 0)
		return;
	o = jt_push_object(rects);
	jt_str(o, "cls", cls);
	put_percent(o, "x", r->x);
	put_percent(o, "w", r->w);
	jt_fmt(o, "y", "%d.%d", at->y + r->y / CHART_PX, r->y % CHART_PX);
	jt_fmt(o, "h", "%d.%d", r->h / CHART_PX, r->h % CHART_PX);
}

static void
add_columns(struct json_object *paths, struct json_object *rects, const struct chart_plot *plot,
    const struct place *at)
{
	const bool few = plot->ncolumns <= CHART_MAX_HITS;
	const struct chart_panel *p = at->panel;
	struct chart_rect cell[CHART_MAX_SERIES];
	struct sbuf d[CHART_MAX_SERIES], cap;

	for (int k = 0; k < p->nseries; k++)
		sbuf_init(&d[k], PATH_MAX_BYTES);
	sbuf_init(&cap, PATH_MAX_BYTES);
	for (int i = 0; i < plot->ncolumns; i++) {
		int64_t v[CHART_MAX_SERIES];
		int h;

		for (int k = 0; k < p->nseries; k++)
			v[k] = p->series[k].v[i];
		h = chart_stack(&at->scale, i, plot->ncolumns, v, p->nseries, at->units, cell);
		for (int k = 0; k < p->nseries; k++)
			if (p->series[k].hatched && few)
				add_rect(rects, at, p->series[k].cls, &cell[k]);
			else
				chart_add_rect(&d[k], &cell[k]);
		if (p->cap && h > 0)
			chart_add_rect(&cap,
			    &(struct chart_rect){ cell[0].x, cell[0].w, at->units - h, CAP_UNITS });
	}
	for (int k = 0; k < p->nseries; k++)
		add_path(paths, p->series[k].cls, &d[k]);
	add_path(paths, "cap", &cap);
}

static void
add_levels(struct json_object *paths, const struct chart_plot *plot, const struct place *at)
{
	const struct chart_panel *p = at->panel;

	for (int k = 0; k < p->nseries; k++) {
		struct sbuf area, line;

		sbuf_init(&area, PATH_MAX_BYTES);
		sbuf_init(&line, PATH_MAX_BYTES);
		chart_add_levels(
		    &area, &at->scale, p->series[k].v, plot->ncolumns, at->units, true);
		chart_add_levels(
		    &line, &at->scale, p->series[k].v, plot->ncolumns, at->units, false);
		add_path(paths, p->series[k].cls, &area);
		add_path(paths, "line ink", &line);
	}
}

static void
add_steps(struct json_object *paths, const struct chart_plot *plot, const struct place *at)
{
	const struct chart_panel *p = at->panel;
	struct sbuf d;

	if (p->high > 0 && p->nsamples > 0) {
		int from = chart_at(p->until, plot->from, plot->to);
		int y =
		    at->units - chart_height(&at->scale, p->samples[p->nsamples - 1].v, at->units);

		sbuf_init(&d, PATH_MAX_BYTES);
		sbuf_addf(&d, "M%d %dL%d %dV%dz", from, y, CHART_WIDTH,
		    at->units - chart_height(&at->scale, p->high, at->units),
		    at->units - chart_height(&at->scale, p->low, at->units));
		add_path(paths, "f-fore", &d);
	}
	sbuf_init(&d, PATH_MAX_BYTES);
	chart_add_steps(
	    &d, &at->scale, p->samples, p->nsamples, plot->from, plot->to, p->until, at->units);
	add_path(paths, "line", &d);
}

static void
add_ticks(struct json_object *panel, const struct place *at)
{
	struct json_object *ticks = jt_add_array(panel, "ticks");

	for (int i = 0; i <= at->scale.count; i++) {
		int64_t v = at->scale.step * i;
		int y = at->y + (at->units - chart_height(&at->scale, v, at->units)) / CHART_PX;
		struct json_object *o = jt_push_object(ticks);
		struct sbuf b;

		jt_str(o, "cls", i == 0 ? "base" : "grid");
		jt_i64(o, "y", y);
		jt_i64(o, "ty", y + TEXT_PX);
		sbuf_init(&b, CHART_TEXT_MAX);
		chart_tick(&b, v, at->panel->unit);
		put_sbuf(o, "text", &b);
	}
}

/* 75 and 90 % of a scale in permille, marked from there up. */
static void
add_bands(struct json_object *panel, const struct place *at)
{
	static const struct {
		const char *cls;
		int low, high;
	} bands[] = { { "near", 750, 900 }, { "full", 900, 1000 } };
	struct json_object *list = jt_add_array(panel, "bands");

	for (size_t i = 0; at->panel->bands && i < ARRAY_LEN(bands); i++) {
		int high = chart_height(&at->scale, bands[i].high, at->units);
		int low = chart_height(&at->scale, bands[i].low, at->units);
		struct json_object *o = jt_push_object(list);

		jt_str(o, "cls", bands[i].cls);
		jt_i64(o, "y", at->y + (at->units - high) / CHART_PX);
		jt_i64(o, "h", (high - low) / CHART_PX);
	}
}

/* TEXT above column I, of class CLS or as there is room; TEXT NULL: the column's sum. */
static void
add_text(struct json_object *list, const struct chart_plot *plot, const struct place *at, int i,
    const char *text, const char *cls)
{
	const int64_t sum = column_sum(at->panel, i);
	const struct chart_rect column = chart_column(i, plot->ncolumns);
	const int x = column.x + column.w / 2, h = chart_height(&at->scale, sum, at->units);
	struct json_object *o = jt_push_object(list);

	put_percent(o, "x", x);
	jt_str(o, "cls",
	    cls != NULL                 ? cls
	    : x < CHART_WIDTH / 20      ? ""
	    : x > CHART_WIDTH * 19 / 20 ? "e"
					: "mid");
	jt_i64(o, "y", at->y + (at->units - h) / CHART_PX - 5);
	if (text != NULL)
		jt_str(o, "text", text);
	else {
		struct chart_short s = chart_short(sum);
		struct sbuf b;

		sbuf_init(&b, CHART_TEXT_MAX);
		if (at->panel->unit == CHART_COUNT)
			sbuf_addf(&b, "%s%s%s", s.digits, s.unit[0] != '\0' ? "\xe2\x80\xaf" : "",
			    s.unit);
		else
			chart_tick(&b, sum, at->panel->unit);
		put_sbuf(o, "text", &b);
	}
}

/* What each window of a step line came to, above the end of its line. */
static void
add_tops(struct json_object *list, const struct chart_plot *plot, const struct place *at)
{
	const struct chart_panel *p = at->panel;
	int windows = 0;

	for (size_t i = 0; i < p->nsamples; i++)
		windows += p->samples[i].how == CHART_RESET ? 1 : 0;
	for (size_t i = 0; windows <= MAX_TOPS && i + 1 < p->nsamples; i++) {
		struct json_object *o;
		struct sbuf b;

		if (p->samples[i + 1].how != CHART_RESET)
			continue;
		o = jt_push_object(list);
		put_percent(o, "x", chart_at(p->samples[i + 1].at, plot->from, plot->to));
		jt_str(o, "cls", "e wide");
		jt_i64(o, "y",
		    at->y +
			(at->units - chart_height(&at->scale, p->samples[i].v, at->units)) /
			    CHART_PX -
			5);
		sbuf_init(&b, CHART_TEXT_MAX);
		chart_tick(&b, (p->samples[i].v + 5) / 10 * 10, p->unit);
		put_sbuf(o, "text", &b);
	}
}

/* Where windows of a step line begin. */
static void
add_resets(struct json_object *panel, const struct chart_plot *plot, const struct chart_panel *p)
{
	struct json_object *list = jt_add_array(panel, "resets");
	size_t n = 0;

	for (size_t i = 0; p->kind == CHART_STEPS && i < p->nsamples && n < CHART_MAX_COLUMNS; i++)
		if (p->samples[i].how == CHART_RESET) {
			put_percent(jt_push_object(list), "x",
			    chart_at(p->samples[i].at, plot->from, plot->to));
			n++;
		}
}

static void
add_texts(struct json_object *panel, const struct chart_plot *plot, const struct place *at)
{
	struct json_object *list = jt_add_array(panel, "texts");
	const struct chart_panel *p = at->panel;

	if (p->kind == CHART_STEPS)
		add_tops(list, plot, at);
	if (p->kind != CHART_COLUMNS)
		return;
	if (p->peak >= 0 && p->peak < plot->ncolumns)
		add_text(list, plot, at, p->peak, p->peak_text, NULL);
	if (p == plot->panels && plot->last != NULL && plot->ncolumns > 1 &&
	    p->peak < plot->ncolumns - 2)
		add_text(list, plot, at, plot->ncolumns - 1, plot->last, "mid wide");
}

/* The names of the series beside the panel, the topmost first, from its baseline up. */
static void
add_names(struct json_object *names, const struct chart_plot *plot, const struct place *at)
{
	const struct chart_panel *p = at->panel;
	int y = at->y + at->units / CHART_PX - KEY_PX, shown = 0;

	for (int k = 0; plot->key && k < p->nseries; k++) {
		struct json_object *o;

		if (p->series[k].name == NULL || shown++ * KEY_PX > at->units / CHART_PX)
			continue;
		o = jt_push_object(names);
		jt_str(o, "cls", p->series[k].cls);
		jt_i64(o, "y", y + 3);
		jt_i64(o, "ty", y + 13);
		jt_i64(o, "ty2", y + 29);
		jt_str(o, "name", p->series[k].name);
		jt_str(o, "total", p->series[k].total);
		y -= KEY_PX;
	}
}

static void
add_panel(struct json_object *panels, struct json_object *names, const struct chart_plot *plot,
    const struct place *at)
{
	struct json_object *o = jt_push_object(panels), *paths, *rects;

	jt_str(o, "title", at->panel->title);
	jt_str(o, "more", at->panel->more);
	jt_i64(o, "title_y", at->y - 10);
	jt_i64(o, "y", at->y);
	jt_i64(o, "h", at->units / CHART_PX);
	jt_fmt(o, "box", "0 0 %d %d", CHART_WIDTH, at->units);
	add_ticks(o, at);
	add_bands(o, at);
	add_texts(o, plot, at);
	add_resets(o, plot, at->panel);
	paths = jt_add_array(o, "paths");
	rects = jt_add_array(o, "rects");
	switch (at->panel->kind) {
	case CHART_COLUMNS:
		add_columns(paths, rects, plot, at);
		break;
	case CHART_LEVELS:
		add_levels(paths, plot, at);
		break;
	case CHART_STEPS:
		add_steps(paths, plot, at);
		break;
	}
	add_names(names, plot, at);
}

/* Weekends: neighbours are one rectangle. */
static void
add_rest(struct json_object *tree, const struct chart_plot *plot)
{
	struct json_object *list = jt_add_array(tree, "rest"), *o;

	for (int i = 0; i < plot->ncolumns; i++) {
		int from = i;

		if (!plot->columns[i].rest)
			continue;
		while (i + 1 < plot->ncolumns && plot->columns[i + 1].rest)
			i++;
		o = jt_push_object(list);
		put_percent(o, "x", (int)((int64_t)from * CHART_WIDTH / plot->ncolumns));
		put_percent(o, "w",
		    (int)((int64_t)(i + 1) * CHART_WIDTH / plot->ncolumns -
			  (int64_t)from * CHART_WIDTH / plot->ncolumns));
	}
}

/* Pixels that TEXT takes at most. */
static int
text_px(const char *text)
{
	size_t n = text == NULL ? 0 : utf8_length(str_of(text));

	return n > 1000 ? 1000 * CHAR_PX : (int)n * CHAR_PX;
}

/* True when the label L goes over the right end of a plot PX wide; by a little it may. */
static bool
sticks_out(const struct chart_label *l, int px)
{
	return l->x * px / CHART_WIDTH + text_px(l->text) > px + (px < WIDE_PX ? 12 : 24);
}

static void
add_labels(struct json_object *tree, const struct chart_plot *plot)
{
	struct json_object *list = jt_add_array(tree, "labels");
	int n = plot->columns != NULL ? plot->ncolumns : plot->nlabels;
	enum chart_shown shown[CHART_MAX_COLUMNS];
	struct chart_label l[CHART_MAX_COLUMNS];

	if (n > CHART_MAX_COLUMNS)
		n = CHART_MAX_COLUMNS;
	for (int i = 0; i < n; i++) {
		l[i] = plot->columns != NULL ? plot->columns[i].label : plot->labels[i];
		if (plot->columns != NULL)
			l[i].x = (int)((int64_t)i * CHART_WIDTH / n);
	}
	chart_labels(l, n, WIDE_PX, NARROW_PX, shown);
	for (int i = 0; i < n; i++) {
		struct json_object *o;

		if (shown[i] != CHART_HIDDEN && !plot->key && sticks_out(&l[i], WIDE_PX))
			shown[i] = CHART_HIDDEN;
		if (shown[i] == CHART_ALWAYS && sticks_out(&l[i], NARROW_PX))
			shown[i] = CHART_WIDE;
		if (shown[i] == CHART_HIDDEN)
			continue;
		o = jt_push_object(list);
		put_percent(o, "x", l[i].x);
		jt_str(o, "cls", shown[i] == CHART_WIDE ? "wide" : "");
		jt_str(o, "text", l[i].text);
	}
}

/* Where the text of the mark M begins and ends in a plot of PX pixels. */
static void
mark_span(const struct chart_mark *m, int px, int *from, int *to)
{
	int x = m->x * px / CHART_WIDTH, n = text_px(m->text);

	*from = m->x > CHART_WIDTH / 2 ? x - MARK_GAP - n : x + MARK_GAP;
	*to = *from + n;
}

/* True when the text of mark I fits into a plot of PX pixels beside the one before, which ends at *END. */
static bool
mark_fits(const struct chart_mark *m, int px, int *end)
{
	int from, to;

	mark_span(m, px, &from, &to);
	if (from < *end || from < 0 || to > px)
		return false;
	*end = to + MARK_GAP;
	return true;
}

static void
add_marks(struct json_object *tree, const struct chart_plot *plot)
{
	struct json_object *list = jt_add_array(tree, "marks");
	int widest_end = 0, wide_end = 0, narrow_end = 0;

	for (int i = 0; i < plot->nmarks; i++) {
		const struct chart_mark *m = &plot->marks[i];
		struct json_object *o = jt_push_object(list);
		bool left = m->x > CHART_WIDTH / 2;
		bool widest = mark_fits(m, WIDEST_PX, &widest_end);
		bool wide = widest && mark_fits(m, WIDE_PX, &wide_end);
		bool narrow = wide && mark_fits(m, NARROW_PX, &narrow_end);

		put_percent(o, "x", m->x);
		jt_str(o, "text", widest ? m->text : NULL);
		/* too long for the page: said below the chart there */
		jt_str(o, "below",
		    narrow || text_px(m->text) <= NARROW_PX / 2 ? NULL
		    : wide                                      ? "narrow"
								: "middle");
		jt_fmt(o, "cls", "%s%s", left ? "e" : "", narrow ? "" : wide ? " wide" : " widest");
		jt_i64(o, "dx", left ? -MARK_GAP : MARK_GAP);
	}
}

static void
add_hits(struct json_object *tree, const struct chart_plot *plot)
{
	struct json_object *list = jt_add_array(tree, "hits");

	for (int i = 0; i < plot->ncolumns && plot->ncolumns <= CHART_MAX_HITS; i++) {
		int x = (int)((int64_t)i * CHART_WIDTH / plot->ncolumns);
		struct json_object *o;

		if (plot->columns[i].title == NULL)
			continue;
		o = jt_push_object(list);
		put_percent(o, "x", x);
		put_percent(o, "w", (int)((int64_t)(i + 1) * CHART_WIDTH / plot->ncolumns) - x);
		jt_str(o, "href", plot->columns[i].href);
		jt_str(o, "title", plot->columns[i].title);
	}
}

struct json_object *
chart_plot_tree(const struct chart_plot *given)
{
	struct chart_panel copies[CHART_MAX_PANELS];
	struct chart_plot plot = *given;
	struct json_object *tree = jt_object(), *panels = jt_add_array(tree, "panels");
	struct json_object *names = jt_add_array(tree, "names");
	int y = TOP_PX, n = plot.npanels > CHART_MAX_PANELS ? CHART_MAX_PANELS : plot.npanels;
	int bottom = y;

	if (plot.ncolumns > CHART_MAX_COLUMNS)
		plot.ncolumns = CHART_MAX_COLUMNS;
	plot.panels = copies;
	for (int i = 0; i < n; i++) {
		struct chart_panel *panel = &copies[i];
		struct place at = { .panel = panel };

		*panel = given->panels[i];
		at.units = panel->height * CHART_PX;
		if (panel->nseries > CHART_MAX_SERIES)
			panel->nseries = CHART_MAX_SERIES;
		if (i == 0 && panel->title != NULL) /* below the sentences of the marks */
			y += plot.nmarks > 0 && plot.marks[0].text != NULL ? 20 : 8;
		at.y = y;
		at.scale = chart_scale(panel->top > 0 ? panel->top : highest(&plot, panel),
		    panel->height < 110 ? 3 : 5);
		if (panel->bands) /* 75 and 90 % are marked: quarters */
			at.scale = (struct chart_scale){ 1000, 250, 4 };
		add_panel(panels, names, &plot, &at);
		bottom = y + panel->height;
		y = bottom + BETWEEN_PX;
	}
	jt_str(tree, "id", plot.id);
	jt_str(tree, "title", plot.title);
	jt_str(tree, "desc", plot.desc);
	jt_bool(tree, "key", plot.key);
	jt_i64(tree, "height", bottom + UNDER_PX);
	jt_i64(tree, "top", TOP_PX);
	jt_i64(tree, "inner", bottom - TOP_PX);
	jt_i64(tree, "bottom", bottom);
	jt_i64(tree, "labels_y", bottom + 18);
	add_rest(tree, &plot);
	add_labels(tree, &plot);
	add_marks(tree, &plot);
	add_hits(tree, &plot);
	return tree;
}
