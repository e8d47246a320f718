/* What the charts put into a tree: the keys that the templates read, worked out by hand. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include <json-c/json.h>

#include "chart/plot.h"
#include "chart/small.h"
#include "chart/table.h"
#include "json/jt.h"
#include "json/jx.h"

/* True when member KEY of O is the text WANT. */
static bool
is(struct json_object *o, const char *key, const char *want)
{
	bool same = str_eqz(jx_str(o, key), want);

	if (!same)
		print_message(
		    "%s is %.*s, not %s\n", key, (int)jx_str(o, key).n, jx_str(o, key).p, want);
	return same;
}

static int64_t
number(struct json_object *o, const char *key)
{
	int64_t v = INT64_MIN;

	assert_true(jx_i64(o, key, INT64_MIN, INT64_MAX, &v));
	return v;
}

static struct json_object *
at(struct json_object *o, const char *key, size_t i)
{
	return jx_at(jx_arr(o, key), i);
}

static void
two_columns(void **state UNUSED)
{
	static const int64_t low[] = { 10, 20 }, high[] = { 30, 60 };
	const struct chart_series series[] = { { "f-output", "output", "30", low, true },
		{ "f-cached", "cached", "90", high, false } };
	const struct chart_panel panel = { .kind = CHART_COLUMNS,
		.height = 100,
		.peak = 1,
		.series = series,
		.nseries = 2,
		.cap = true };
	const struct chart_column columns[] = { { { "Mon", 0, false }, false, "?a=1&b=2",
						    "Mon: 40" },
		{ { "Tue", 0, false }, true, NULL, NULL } };
	const struct chart_mark mark = { 7500, "so" };
	struct json_object *t = chart_plot_tree(&(struct chart_plot){ .id = "x",
	    .columns = columns,
	    .ncolumns = 2,
	    .panels = &panel,
	    .npanels = 1,
	    .marks = &mark,
	    .nmarks = 1,
	    .key = true });
	struct json_object *p = at(t, "panels", 0);

	/* 22 px above, 100, 24 below */
	assert_int_equal(number(t, "height"), 146);
	assert_int_equal(number(t, "bottom"), 122);
	assert_int_equal(number(p, "y"), 22);
	assert_true(is(p, "box", "0 0 10000 1000"));
	/* the largest sum is 80; below 110 px three steps: 50, 100 */
	assert_int_equal(jx_len(jx_arr(p, "ticks")), 3);
	assert_true(is(at(p, "ticks", 2), "text", "100"));
	assert_int_equal(number(at(p, "ticks", 2), "y"), 22);
	assert_int_equal(number(at(p, "ticks", 1), "y"), 72);
	/* columns of 5000, 700 wide in their middle; output is hatched: rectangles in percent and pixels */
	assert_int_equal(jx_len(jx_arr(p, "rects")), 2);
	assert_true(is(at(p, "rects", 0), "x", "21.50%"));
	assert_true(is(at(p, "rects", 0), "w", "7%"));
	assert_true(is(at(p, "rects", 0), "y", "112.0"));
	assert_true(is(at(p, "rects", 0), "h", "10.0"));
	/* cached on it: 300 and 600 units, up to 400 and 800 */
	assert_int_equal(jx_len(jx_arr(p, "paths")), 2);
	assert_true(is(at(p, "paths", 0), "cls", "f-cached"));
	assert_true(is(at(p, "paths", 0), "d", "M2150 600v300h700v-300zM7150 200v600h700v-600z"));
	assert_true(is(at(p, "paths", 1), "cls", "cap"));
	assert_true(is(at(p, "paths", 1), "d", "M2150 600v15h700v-15zM7150 200v15h700v-15z"));
	/* the peak: 80 of 100, its text 5 px above 22 + 20 */
	assert_true(is(at(p, "texts", 0), "text", "80"));
	assert_true(is(at(p, "texts", 0), "x", "75%"));
	assert_int_equal(number(at(p, "texts", 0), "y"), 37);
	assert_true(is(at(t, "rest", 0), "x", "50%"));
	assert_true(is(at(t, "rest", 0), "w", "50%"));
	assert_int_equal(jx_len(jx_arr(t, "hits")), 1);
	assert_true(is(at(t, "hits", 0), "href", "?a=1&b=2"));
	assert_true(is(at(t, "marks", 0), "x", "75%"));
	assert_int_equal(number(at(t, "marks", 0), "dx"), -6);
	assert_int_equal(jx_len(jx_arr(t, "names")), 2);
	json_object_put(t);
}

/* Four hundred columns give no links, and more than that are cut. */
static void
bounds(void **state UNUSED)
{
	static struct chart_column columns[500];
	static int64_t v[500];
	const struct chart_series series = { "f-acc", NULL, NULL, v, true };
	const struct chart_panel panels[5] = { { .height = 50, .series = &series, .nseries = 1 },
		{ .height = 50, .series = &series, .nseries = 1 },
		{ .height = 50, .series = &series, .nseries = 1 }, { .height = 50 },
		{ .height = 50 } };
	struct json_object *t;

	for (int i = 0; i < 500; i++) {
		columns[i] = (struct chart_column){ .title = "t" };
		v[i] = i;
	}
	t = chart_plot_tree(&(struct chart_plot){
	    .id = "x", .columns = columns, .ncolumns = 500, .panels = panels, .npanels = 5 });
	assert_int_equal(jx_len(jx_arr(t, "panels")), CHART_MAX_PANELS);
	assert_int_equal(jx_len(jx_arr(t, "hits")), 0);
	assert_int_equal(jx_len(jx_arr(at(t, "panels", 0), "rects")), 0);
	assert_int_equal(jx_len(jx_arr(at(t, "panels", 0), "paths")), 1);
	json_object_put(t);
	/* nothing at all is a chart, too */
	t = chart_plot_tree(&(struct chart_plot){ .id = "x", .panels = panels, .npanels = 1 });
	assert_int_equal(jx_len(jx_arr(at(t, "panels", 0), "paths")), 0);
	json_object_put(t);
}

/* A limit: two windows, bands at quarters, resets, what the first came to, and the forecast. */
static void
limit_line(void **state UNUSED)
{
	static const struct chart_sample p[] = { { 0, 300, CHART_RESET },
		{ 5000, 100, CHART_RESET } };
	const struct chart_panel panel = { .kind = CHART_STEPS,
		.height = 200,
		.unit = CHART_PERMILLE,
		.top = 1000,
		.bands = true,
		.samples = p,
		.nsamples = 2,
		.until = 8000,
		.low = 400,
		.high = 500,
		.peak = -1 };
	struct json_object *t = chart_plot_tree(&(struct chart_plot){
	    .id = "x", .panels = &panel, .npanels = 1, .from = 0, .to = 10000 });
	struct json_object *o = at(t, "panels", 0);

	assert_int_equal(jx_len(jx_arr(o, "ticks")), 5);
	assert_true(is(at(o, "ticks", 3), "text", "75"));
	/* 90 to 100 % of 200 px: 20 px at the top; 75 to 90 %: the 30 below */
	assert_int_equal(number(at(o, "bands", 1), "y"), 22);
	assert_int_equal(number(at(o, "bands", 1), "h"), 20);
	assert_int_equal(number(at(o, "bands", 0), "y"), 42);
	assert_int_equal(number(at(o, "bands", 0), "h"), 30);
	assert_true(is(at(o, "resets", 1), "x", "50%"));
	assert_true(is(at(o, "texts", 0), "text", "30"));
	assert_true(is(at(o, "texts", 0), "x", "50%"));
	/* from 10 % at 8000 to 40 and 50 % at the end, in 2000 units */
	assert_true(is(at(o, "paths", 0), "d", "M8000 1800L10000 1000V1200z"));
	assert_true(is(at(o, "paths", 1), "d", "M0 2000V1400H5000M5000 2000V1800H8000"));
	json_object_put(t);
}

static void
small_ones(void **state UNUSED)
{
	static const int64_t v[] = { 50, -1, 100 };
	struct json_object *t = chart_spark_tree(v, 3, 1);

	/* columns of 3333; 24 px are 240 units; the highest fills them */
	assert_true(is(t, "d", "M1316 120v120h700v-120z"));
	assert_true(is(t, "now", "M7983 0v240h700v-240z"));
	json_object_put(t);
	assert_null(chart_spark_tree((const int64_t[]){ 0, -1 }, 2, 1));
	assert_null(chart_bar_tree(0, 10, true));
	t = chart_bar_tree(1, 3, false);
	assert_true(is(t, "w", "33.33%"));
	assert_true(is(t, "cls", "f-soft"));
	json_object_put(t);
	/* 62 % used, 74.5 % gone, 81 to 89 % at the end: the thin line goes on from 62 to 89 */
	t = chart_pace_tree(&(struct chart_pace){ 6200, 7450, 8100, 8900 });
	assert_true(is(t, "used", "62%"));
	assert_true(is(t, "cls", "f-acc"));
	assert_true(is(jx_obj(t, "tick"), "x", "74.50%"));
	assert_true(is(jx_obj(t, "tick"), "text", "75\xe2\x80\xaf%"));
	assert_true(is(jx_obj(t, "forecast"), "x", "81%"));
	assert_true(is(jx_obj(t, "forecast"), "w", "8%"));
	assert_true(is(jx_obj(t, "forecast"), "line", "27%"));
	json_object_put(t);
	t = chart_pace_tree(&(struct chart_pace){ 99999, -1, 0, 0 });
	assert_true(is(t, "used", "100%"));
	assert_true(is(t, "cls", "f-alert"));
	assert_null(jx_any(t, "tick"));
	assert_null(jx_any(t, "forecast"));
	json_object_put(t);
	t = chart_range_tree(100, 10000, 10, 1000000);
	assert_true(is(t, "x", "20%"));
	assert_true(is(t, "w", "40%"));
	assert_true(is(t, "end", "60%"));
	json_object_put(t);
	t = chart_dot_tree(25, 20, 30, 22, 24, 27, true);
	assert_true(is(t, "x", "50%"));
	assert_true(is(t, "mid", "40%"));
	assert_true(is(jx_obj(t, "field"), "x", "20%"));
	assert_true(is(jx_obj(t, "field"), "w", "50%"));
	json_object_put(t);
}

static void
tables(void **state UNUSED)
{
	struct json_object *t = chart_table("All of it"), *row, *cell;

	chart_table_head(t, "Name", false, NULL, NULL);
	chart_table_head(t, "Tokens", true, "?sort=tokens", "descending");
	row = chart_table_row(t, NULL);
	cell = chart_cell(row,
	    STR("a\x1b"
		"b"),
	    "whole", "/x");
	assert_true(is(cell, "text",
	    "a\xef\xbf\xbd"
	    "b"));
	assert_true(is(cell, "href", "/x"));
	cell = chart_cell_count(row, 1234567);
	assert_true(is(cell, "text",
	    "1\xe2\x80\xaf"
	    "234\xe2\x80\xaf"
	    "567"));
	assert_true(is(cell, "cls", "n"));
	assert_true(is(chart_cell_count(row, 0), "text", "\xc2\xb7"));
	cell = chart_cell_drawing(row, "bar", chart_bar_tree(1, 2, true));
	assert_true(is(jx_obj(cell, "bar"), "w", "50%"));
	assert_int_equal(jx_len(jx_arr(row, "cells")), 3);
	assert_true(is(jx_obj(row, "head"), "title", "whole"));
	row = chart_table_total(t);
	(void)chart_cell(row, STR("Sum"), NULL, NULL);
	assert_int_equal(jx_len(jx_arr(t, "totals")), 1);
	assert_true(is(at(t, "heads", 1), "sorted", "descending"));
	json_object_put(t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_columns),
		cmocka_unit_test(bounds),
		cmocka_unit_test(limit_line),
		cmocka_unit_test(small_ones),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
