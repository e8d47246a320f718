/* Columns, step lines, levels, shares: coordinates worked out by hand. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/xalloc.h"
#include "chart/marks.h"

#define PATH_IS(call, want) \
	do { \
		struct sbuf b; \
		sbuf_init(&b, 65536); \
		call; \
		assert_string_equal(b.buf, want); \
		sbuf_free(&b); \
	} while (0)

static void
columns(void **state UNUSED)
{
	struct chart_rect r;

	/* 10 columns of 1000, 26 % of it gap: 740 is wider than 700, so 150 on each side */
	r = chart_column(0, 10);
	assert_int_equal(r.x, 150);
	assert_int_equal(r.w, 700);
	/* 30 columns: the second from 333 to 666; gap 333 * 26 / 100 = 86, half of it before */
	r = chart_column(1, 30);
	assert_int_equal(r.x, 333 + 43);
	assert_int_equal(r.w, 333 - 86);
	/* 400 columns of 25: gap 25 * 15 / 100 = 3, of it 1 before */
	r = chart_column(399, 400);
	assert_int_equal(r.x, 9976);
	assert_int_equal(r.w, 22);
	r = chart_column(0, 0); /* no column at all is no division by zero */
	assert_int_equal(r.w, 700);
}

static void
stacks(void **state UNUSED)
{
	const struct chart_scale s = { 600, 200, 3 };
	static const int64_t v[] = { 100, 0, 150, -1, 50 };
	struct chart_rect r[5];

	/* 300 of 600 in 1200 units: 600 high; 200 for the first, 300 and 100 on it */
	assert_int_equal(chart_stack(&s, 0, 10, v, 5, 1200, r), 600);
	assert_int_equal(r[0].y, 1000);
	assert_int_equal(r[0].h, 200);
	assert_int_equal(r[1].h, 0);
	assert_int_equal(r[2].y, 700);
	assert_int_equal(r[2].h, 300);
	assert_int_equal(r[3].h, 0);
	assert_int_equal(r[4].y, 600);
	assert_int_equal(r[4].h, 100);
	assert_int_equal(r[4].x, 150);
}

static void
small_and_huge_stacks(void **state UNUSED)
{
	const struct chart_scale s = { 1000000, 200000, 5 };
	struct chart_rect r[2];

	/* 3 of a million in 1200 units is nothing, and yet something: one pixel, for what is there */
	assert_int_equal(chart_stack(&s, 0, 10, (int64_t[]){ 3, 0 }, 2, 1200, r), 10);
	assert_int_equal(r[0].h, 10);
	assert_int_equal(r[0].y, 1190);
	assert_int_equal(r[1].h, 0);
	assert_int_equal(chart_stack(&s, 0, 10, (int64_t[]){ 0, -1 }, 2, 1200, r), 0);
	/* a sum beyond int64_t stays on the scale */
	assert_int_equal(
	    chart_stack(&s, 0, 10, (int64_t[]){ INT64_MAX, INT64_MAX }, 2, 1200, r), 1200);
	assert_int_equal(r[0].h + r[1].h, 1200);
}

static void
rectangles(void **state UNUSED)
{
	PATH_IS(chart_add_rect(&b, &((struct chart_rect){ 150, 700, 700, 300 })),
	    "M150 700v300h700v-300z");
	PATH_IS(chart_add_rect(&b, &((struct chart_rect){ 150, 700, 700, 0 })), "");
}

static void
steps(void **state UNUSED)
{
	const struct chart_scale s = { 1000, 250, 4 };
	/* 0 to 10000 ms is the whole width, so x is the time; 1000 permille are 2000 units */
	static const struct chart_sample p[] = {
		{ 1000, 100, CHART_RESET },
		{ 2000, 100, CHART_ON }, /* nothing new */
		{ 3000, 200, CHART_ON },
		{ 6000, 50, CHART_RESET },
		{ 8000, 300, CHART_GAP },
	};

	PATH_IS(chart_add_steps(&b, &s, p, 5, 0, 10000, 9000, 2000), "M1000 2000V1800"
								     "H3000V1600"
								     "H6000"
								     "M6000 2000V1900"
								     "M8000 1400"
								     "H9000");
	PATH_IS(chart_add_steps(&b, &s, p, 0, 0, 10000, 9000, 2000), "");
	/* times that are no range are all at the left */
	PATH_IS(chart_add_steps(&b, &s, p, 1, 5, 5, 5, 2000), "M0 2000V1800");
}

/* A hundred thousand readings make at most 400 steps, and the last of each place is what is drawn. */
static void
many_steps(void **state UNUSED)
{
	const struct chart_scale s = { 100000, 20000, 5 };
	const size_t n = 100000;
	struct chart_sample *p = xcalloc(n, sizeof(*p));
	struct sbuf b;
	int count = 0;

	for (size_t i = 0; i < n; i++)
		p[i] = (struct chart_sample){ (int64_t)i, (int64_t)i, CHART_ON };
	sbuf_init(&b, 65536);
	chart_add_steps(&b, &s, p, n, 0, (int64_t)n, (int64_t)n, 2000);
	assert_false(b.failed);
	for (size_t i = 0; i < b.len; i++)
		count += b.buf[i] == 'V' ? 1 : 0;
	assert_in_range(count, 390, CHART_MAX_COLUMNS);
	sbuf_free(&b);
	free(p);
}

static void
levels(void **state UNUSED)
{
	const struct chart_scale s = { 1000, 250, 4 };
	static const int64_t v[] = { 500, 500, -1, 250 };

	/* four columns of 2500, the third unknown: two pieces */
	PATH_IS(chart_add_levels(&b, &s, v, 4, 1000, false), "M0 500H2500"
							     "H5000"
							     "M7500 750H10000");
	PATH_IS(chart_add_levels(&b, &s, v, 4, 1000, true), "M0 1000V500H2500"
							    "H5000"
							    "V1000z"
							    "M7500 1000V750H10000"
							    "V1000z");
	PATH_IS(chart_add_levels(&b, &s, v, 0, 1000, true), "");
}

static void
places(void **state UNUSED)
{
	assert_int_equal(chart_at(50, 0, 200), 2500);
	assert_int_equal(chart_at(-50, 0, 200), 0);
	assert_int_equal(chart_at(500, 0, 200), 10000);
	assert_int_equal(chart_at(1, 200, 0), 0);
	assert_int_equal(chart_share(1, 3), 3333);
	assert_int_equal(chart_share(1, 1000000), 1); /* something is not nothing */
	assert_int_equal(chart_share(0, 5), 0);
	assert_int_equal(chart_share(9, 5), 10000);
	assert_int_equal(chart_share(5, 0), 0);
	assert_int_equal(chart_per_column(400, 400), 1);
	assert_int_equal(chart_per_column(401, 400), 2);
	assert_int_equal(chart_per_column(0, 400), 1);
	/* 10 ms to 1000 s are five decades; 100 ms is one of them */
	assert_int_equal(chart_log(100, 10, 1000000), 2000);
	assert_int_equal(chart_log(10, 10, 1000000), 0);
	assert_int_equal(chart_log(0, 10, 1000000), 0);
	assert_int_equal(chart_log(INT64_MAX, 10, 1000000), 10000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),
		cmocka_unit_test(stacks),
		cmocka_unit_test(small_and_huge_stacks),
		cmocka_unit_test(rectangles),
		cmocka_unit_test(steps),
		cmocka_unit_test(many_steps),
		cmocka_unit_test(levels),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
