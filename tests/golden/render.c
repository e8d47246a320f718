/*
 * render - a page from a tree: what the tests of templates/ look at.
 *
 *     render [--strict] TEMPLATES PAGE TREE      HTML on stdout
 *     render --tree TREE                         the tree with its charts laid out
 *
 * In TREE an object with the member "$chart" stands for a drawing: it holds the
 * numbers that a handler gives to src/chart, and becomes what src/chart makes
 * of them.
 */
#include "base/compat.h"

#include <json-c/json.h>

#include "base/xalloc.h"
#include "chart/plot.h"
#include "chart/small.h"
#include "json/jm.h"
#include "json/jt.h"
#include "json/jx.h"

#define TREE_MAX ((size_t)16 * 1024 * 1024)

static int64_t
number(struct json_object *o, const char *key, int64_t missing)
{
	int64_t v = missing;

	(void)jx_i64(o, key, INT64_MIN, INT64_MAX, &v); /* as it was when it is not there */
	return v;
}

static int
small(struct json_object *o, const char *key, int missing)
{
	int64_t v = number(o, key, missing);

	return v < INT_MIN ? INT_MIN : v > INT_MAX ? INT_MAX : (int)v;
}

static const char *
word(struct json_object *o, const char *key)
{
	struct json_object *v = jx_any(o, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

static bool
flag(struct json_object *o, const char *key)
{
	bool v = false;

	(void)jx_bool(o, key, &v);
	return v;
}

/* The numbers of the array KEY of O, COUNT of them, missing ones as "no data"; owned by the caller. */
static int64_t *
numbers(struct json_object *o, const char *key, int count)
{
	struct json_object *a = jx_arr(o, key);
	int64_t *v = xcalloc((size_t)count + 1, sizeof(*v));

	for (int i = 0; i < count; i++) {
		struct json_object *x = jx_at(a, (size_t)i);

		v[i] = json_object_is_type(x, json_type_int) ? json_object_get_int64(x) : -1;
	}
	return v;
}

static enum chart_unit
unit(const char *z)
{
	if (z != NULL && strcmp(z, "permille") == 0)
		return CHART_PERMILLE;
	if (z != NULL && strcmp(z, "nanousd") == 0)
		return CHART_NANOUSD;
	return z != NULL && strcmp(z, "ms") == 0 ? CHART_MS : CHART_COUNT;
}

static struct chart_label
label(struct json_object *o, const char *key)
{
	return (struct chart_label){ word(o, key), small(o, "x", 0), flag(o, "major") };
}

/* What a plot points to, freed in one go. */
struct keep {
	struct chart_column columns[CHART_MAX_COLUMNS];
	struct chart_label labels[CHART_MAX_COLUMNS];
	struct chart_panel panels[CHART_MAX_PANELS];
	struct chart_series series[CHART_MAX_PANELS][CHART_MAX_SERIES];
	struct chart_mark marks[32];
	void *owned[64];
	size_t len;
};

static void *
keep(struct keep *k, void *p)
{
	if (k->len == ARRAY_LEN(k->owned))
		bug("too much in one chart");
	return k->owned[k->len++] = p;
}

static struct chart_sample *
samples(struct json_object *a, size_t n)
{
	struct chart_sample *p = xcalloc(n + 1, sizeof(*p));

	for (size_t i = 0; i < n; i++) {
		struct json_object *s = jx_at(a, i);

		p[i].at = json_object_get_int64(jx_at(s, 0));
		p[i].v = json_object_get_int64(jx_at(s, 1));
		p[i].how = (enum chart_break)json_object_get_int(jx_at(s, 2));
	}
	return p;
}

static void
panel(struct keep *k, int at, struct json_object *o, int ncolumns)
{
	struct chart_panel *p = &k->panels[at];
	const char *kind = word(o, "kind");
	struct json_object *list = jx_arr(o, "series");

	p->kind = kind != NULL && strcmp(kind, "steps") == 0    ? CHART_STEPS
		  : kind != NULL && strcmp(kind, "levels") == 0 ? CHART_LEVELS
								: CHART_COLUMNS;
	p->title = word(o, "title");
	p->more = word(o, "more");
	p->height = small(o, "height", 100);
	p->unit = unit(word(o, "unit"));
	p->top = number(o, "top", 0);
	p->bands = flag(o, "bands");
	p->cap = flag(o, "cap");
	p->peak = small(o, "peak", -1);
	p->peak_text = word(o, "peak_text");
	p->series = k->series[at];
	for (size_t i = 0; i < jx_len(list) && i < CHART_MAX_SERIES; i++) {
		struct json_object *s = jx_at(list, i);

		k->series[at][i] = (struct chart_series){ word(s, "cls"), word(s, "name"),
			word(s, "total"), keep(k, numbers(s, "v", ncolumns)), flag(s, "hatched") };
		p->nseries++;
	}
	p->nsamples = jx_len(jx_arr(o, "samples"));
	p->samples = keep(k, samples(jx_arr(o, "samples"), p->nsamples));
	p->until = number(o, "until", 0);
	p->low = small(o, "low", 0);
	p->high = small(o, "high", 0);
}

static struct json_object *
plot(struct json_object *o)
{
	struct keep *k = xcalloc(1, sizeof(*k));
	struct json_object *columns = jx_arr(o, "columns"), *labels = jx_arr(o, "labels"), *tree;
	struct json_object *panels = jx_arr(o, "panels"), *marks = jx_arr(o, "marks");
	struct chart_plot p = { .id = word(o, "id"),
		.title = word(o, "title"),
		.desc = word(o, "desc"),
		.from = number(o, "from", 0),
		.to = number(o, "to", 0),
		.last = word(o, "last"),
		.key = flag(o, "key"),
		.labels = k->labels,
		.panels = k->panels,
		.marks = k->marks };

	for (size_t i = 0; i < jx_len(columns) && i < CHART_MAX_COLUMNS; i++) {
		struct json_object *c = jx_at(columns, i);

		k->columns[i] = (struct chart_column){ label(c, "label"), flag(c, "rest"),
			word(c, "href"), word(c, "title") };
		p.columns = k->columns;
		p.ncolumns++;
	}
	for (size_t i = 0; i < jx_len(labels) && i < CHART_MAX_COLUMNS; i++)
		k->labels[p.nlabels++] = label(jx_at(labels, i), "text");
	for (size_t i = 0; i < jx_len(panels) && i < CHART_MAX_PANELS; i++)
		panel(k, p.npanels++, jx_at(panels, i), p.ncolumns);
	for (size_t i = 0; i < jx_len(marks) && i < ARRAY_LEN(k->marks); i++)
		k->marks[p.nmarks++] = (struct chart_mark){ small(jx_at(marks, i), "x", 0),
			word(jx_at(marks, i), "text") };
	tree = chart_plot_tree(&p);
	for (size_t i = 0; i < k->len; i++)
		free(k->owned[i]);
	free(k);
	return tree;
}

static struct json_object *
drawing(struct json_object *o)
{
	const char *kind = word(o, "$chart");
	int n = (int)jx_len(jx_arr(o, "v"));
	struct json_object *tree = NULL;
	int64_t *v;

	if (kind == NULL)
		bug("$chart is no word");
	if (strcmp(kind, "plot") == 0)
		return plot(o);
	if (strcmp(kind, "bar") == 0)
		return chart_bar_tree(number(o, "part", 0), number(o, "whole", 0), flag(o, "now"));
	if (strcmp(kind, "pace") == 0)
		return chart_pace_tree(&(struct chart_pace){ small(o, "used", 0),
		    small(o, "elapsed", -1), small(o, "low", 0), small(o, "high", 0) });
	if (strcmp(kind, "range") == 0)
		return chart_range_tree(number(o, "mid", 0), number(o, "high", 0),
		    number(o, "low", 1), number(o, "top", 2));
	if (strcmp(kind, "dot") == 0)
		return chart_dot_tree(number(o, "at", 0), number(o, "low", 0), number(o, "top", 1),
		    number(o, "q1", -1), number(o, "mid", -1), number(o, "q3", -1), flag(o, "now"));
	v = numbers(o, "v", n);
	if (strcmp(kind, "spark") == 0)
		tree = chart_spark_tree(v, n, small(o, "last", 0));
	else if (strcmp(kind, "multi") == 0) {
		struct chart_scale s = chart_scale(number(o, "max", 0), 2);

		tree = chart_multi_tree(&s, v, n, small(o, "height", 72), unit(word(o, "unit")),
		    flag(o, "first"), word(o, "from"), word(o, "to"));
	} else
		bug("$chart %s", kind);
	free(v);
	return tree;
}

/* V with its charts laid out: V itself, or what takes its place. */
static struct json_object *
lay_out(struct json_object *v)
{
	if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(v); i++) {
			struct json_object *child = json_object_array_get_idx(v, i);
			struct json_object *made = lay_out(child);

			if (made != child && json_object_array_put_idx(v, i, made) != 0)
				abort();
		}
	} else if (json_object_is_type(v, json_type_object)) {
		if (jx_any(v, "$chart") != NULL)
			return drawing(v);
		json_object_object_foreach(v, key, child)
		{
			struct json_object *made = lay_out(child);

			if (made != child)
				jt_put(v, key, made);
		}
	}
	return v;
}

static int
show(const char *templates, const char *page, struct json_object *tree, bool strict, struct err *e)
{
	struct mustache_set *set = mustache_set_new();
	struct mustache_view view = jm_view(tree);
	struct sbuf out;
	int rc = -1;

	sbuf_init(&out, TREE_MAX);
	view.strict = strict;
	if (mustache_set_load(set, templates, e) >= 0 && mustache_set_finish(set, false, e) == 0 &&
	    mustache_render(set, page, &view, &out, e) == 0) {
		(void)fwrite(out.buf, 1, out.len, stdout); /* fflush in main says it all */
		rc = 0;
	}
	sbuf_free(&out);
	mustache_set_free(set);
	return rc;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 && argv[1][0] == '-' ? argv[1] : "";
	int first = mode[0] != '\0' ? 2 : 1, rc = 0;
	bool whole = strcmp(mode, "--tree") == 0;
	struct json_object *tree = NULL;
	struct err e;

	if (argc - first != (whole ? 1 : 3)) {
		fprintf(stderr, "usage: render [--strict] TEMPLATES PAGE TREE | --tree TREE\n");
		return 2;
	}
	if (jx_file(argv[argc - 1], TREE_MAX, &tree, &e) < 0) {
		fprintf(stderr, "render: %s\n", e.msg);
		return 1;
	}
	jt_clean(tree); /* before the charts: they add nothing that is not fit to be shown */
	(void)lay_out(tree);
	if (whole)
		puts(json_object_to_json_string_ext(
		    tree, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	else if (show(argv[first], argv[first + 1], tree, strcmp(mode, "--strict") == 0, &e) < 0) {
		fprintf(stderr, "render: %s\n", e.msg);
		rc = 1;
	}
	json_object_put(tree);
	return fflush(stdout) != 0 ? 1 : rc;
}
