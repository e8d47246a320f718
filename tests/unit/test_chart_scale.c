/* Scales from 0, places on them, and labels that do not touch. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "chart/scale.h"

static void
nice_steps(void **state UNUSED)
{
	static const struct {
		int64_t max;
		int want;
		int64_t step;
		int count;
	} rows[] = {
		{ 0, 5, 1, 1 }, { -5, 5, 1, 1 }, { 1, 5, 1, 1 }, { 5, 5, 1, 5 }, { 6, 5, 2, 3 },
		{ 10, 5, 2, 5 }, { 11, 5, 5, 3 }, { 26, 5, 10, 3 }, { 597, 4, 200, 3 },
		{ 600, 3, 200, 3 }, { 601, 3, 500, 2 }, { 1000, 5, 200, 5 },
		{ 17300000, 5, 5000000, 4 }, { INT64_C(546000000), 3, 200000000, 3 },
		{ 100, 1, 50, 2 },  /* fewer than two steps are no scale */
		{ 100, 99, 20, 5 }, /* 99 is cut to 8: 10 would take 10 */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct chart_scale s = chart_scale(rows[i].max, rows[i].want);

		assert_int_equal(s.step, rows[i].step);
		assert_int_equal(s.count, rows[i].count);
		assert_int_equal(s.top, s.step * s.count);
	}
}

static void
ends_of_the_numbers(void **state UNUSED)
{
	struct chart_scale s = chart_scale(INT64_MAX, 5);

	/* 9.2e18: a step of 2e18, five of them go beyond int64_t */
	assert_int_equal(s.step, INT64_C(2000000000000000000));
	assert_int_equal(s.count, 5);
	assert_int_equal(s.top, INT64_MAX);
	assert_int_equal(chart_height(&s, INT64_MAX, 1920), 1920);
	assert_in_range(chart_height(&s, INT64_MAX / 2, 1920), 959, 961);
	assert_int_equal(chart_height(&s, INT64_MIN, 1920), 0);
}

static void
heights(void **state UNUSED)
{
	struct chart_scale s = { 600, 200, 3 };

	assert_int_equal(chart_height(&s, 0, 1920), 0);
	assert_int_equal(chart_height(&s, 300, 1920), 960);
	assert_int_equal(chart_height(&s, 600, 1920), 1920);
	assert_int_equal(chart_height(&s, 900, 1920), 1920);
	assert_int_equal(chart_height(&s, 1, 1920), 3);      /* 3.2 */
	assert_int_equal(chart_height(&s, 599, 1920), 1917); /* 1916.8 */
	assert_int_equal(chart_height(&s, -1, 1920), 0);
	assert_int_equal(chart_height(&s, 5, 0), 0);
}

/*
 * Thirty days, Mondays marked. "26 Oct" takes 6 x 8 + 10 = 58 px: on 440 px 1318 units,
 * on 270 px 2148; Mondays are 2333 apart, so each has room on both.
 */
static void
mondays(void **state UNUSED)
{
	enum chart_shown shown[30];
	struct chart_label l[30];
	int always = 0;

	for (int i = 0; i < 30; i++)
		l[i] = (struct chart_label){ "26 Oct", i * 10000 / 30, i % 7 == 0 };
	chart_labels(l, 30, 440, 270, shown);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(shown[i] != CHART_HIDDEN, i % 7 == 0);
		always += shown[i] == CHART_ALWAYS ? 1 : 0;
	}
	assert_int_equal(always, 5);
}

/*
 * Thirteen weeks, 769 apart: on 440 px every second has room (1538 > 1318), on
 * 270 px every fourth (3077 > 2148), since those of the narrow page are among the wide one's.
 */
static void
two_densities(void **state UNUSED)
{
	enum chart_shown shown[13];
	struct chart_label l[13];

	for (int i = 0; i < 13; i++)
		l[i] = (struct chart_label){ "27 Aug", i * 10000 / 13, true };
	chart_labels(l, 13, 440, 270, shown);
	for (int i = 0; i < 13; i++)
		assert_int_equal(shown[i], i % 4 == 0   ? CHART_ALWAYS
					   : i % 2 == 0 ? CHART_WIDE
							: CHART_HIDDEN);
}

static void
few_columns(void **state UNUSED)
{
	enum chart_shown shown[7];
	struct chart_label l[7];

	/* a week: all seven have room on a wide page, though only one is a Monday */
	for (int i = 0; i < 7; i++)
		l[i] = (struct chart_label){ "2 Nov", i * 10000 / 7, i == 2 };
	chart_labels(l, 7, 440, 270, shown);
	for (int i = 0; i < 7; i++)
		assert_int_not_equal(shown[i], CHART_HIDDEN);
}

static void
odd_labels(void **state UNUSED)
{
	enum chart_shown shown[3] = { CHART_ALWAYS, CHART_ALWAYS, CHART_ALWAYS };
	struct chart_label l[3] = { { NULL, 0, true }, { "", 3333, true }, { "x", 6666, false } };

	chart_labels(l, 0, 440, 270, shown);
	assert_int_equal(shown[0], CHART_ALWAYS);
	chart_labels(l, 3, 440, 270, shown);
	assert_int_equal(shown[0], CHART_HIDDEN);
	assert_int_equal(shown[1], CHART_HIDDEN);
	assert_int_equal(shown[2], CHART_ALWAYS);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nice_steps),
		cmocka_unit_test(ends_of_the_numbers),
		cmocka_unit_test(heights),
		cmocka_unit_test(mondays),
		cmocka_unit_test(two_densities),
		cmocka_unit_test(few_columns),
		cmocka_unit_test(odd_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
