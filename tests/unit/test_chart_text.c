/* Numbers as the pages write them. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "chart/text.h"

#define T "\xe2\x80\xaf"
#define M "\xe2\x88\x92"

static void
exact(void **state UNUSED)
{
	static const struct {
		int64_t v;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1" T "000" },
		{ 8041226793, "8" T "041" T "226" T "793" },
		{ -1234, M "1" T "234" },
		{ INT64_MIN, M "9" T "223" T "372" T "036" T "854" T "775" T "808" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sbuf b;

		sbuf_init(&b, CHART_TEXT_MAX);
		chart_exact(&b, rows[i].v);
		assert_string_equal(b.buf, rows[i].want);
		assert_false(b.failed);
		sbuf_free(&b);
	}
}

static void
three_digits(void **state UNUSED)
{
	static const struct {
		int64_t v;
		const char *digits, *unit;
	} rows[] = {
		{ 0, "0", "" },
		{ 999, "999", "" },
		{ 1000, "1.00", "k" },
		{ 1004, "1.00", "k" },
		{ 1005, "1.01", "k" },
		{ 9994, "9.99", "k" },
		{ 9995, "10.0", "k" },
		{ 99949, "99.9", "k" },
		{ 99950, "100", "k" },
		{ 999499, "999", "k" },
		{ 999500, "1.00", "M" },
		{ 143134490, "143", "M" },
		{ 8041226793, "8.04", "B" },
		{ INT64_C(999500000000000), "1000", "T" }, /* there is no larger unit */
		{ -34362440, M "34.4", "M" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct chart_short s = chart_short(rows[i].v);

		assert_string_equal(s.digits, rows[i].digits);
		assert_string_equal(s.unit, rows[i].unit);
	}
}

static void
ticks(void **state UNUSED)
{
	static const struct {
		int64_t v;
		enum chart_unit unit;
		const char *want;
	} rows[] = {
		{ 0, CHART_COUNT, "0" },
		{ 500, CHART_COUNT, "500" },
		{ 1500, CHART_COUNT, "1.5" T "k" },
		{ 200000000, CHART_COUNT, "200" T "M" },
		{ INT64_C(1000000000), CHART_COUNT, "1" T "B" },
		{ 0, CHART_PERMILLE, "0" },
		{ 750, CHART_PERMILLE, "75" },
		{ 5, CHART_PERMILLE, "0.5" },
		{ 1000, CHART_PERMILLE, "100" T "%" },
		{ 0, CHART_NANOUSD, "0" },
		{ INT64_C(450000000000), CHART_NANOUSD, "$450" },
		{ INT64_C(1500000000), CHART_NANOUSD, "$1.50" },
		{ INT64_C(20000000), CHART_NANOUSD, "$0.02" },
		{ INT64_C(2000000), CHART_NANOUSD, "$0.002" },
		{ INT64_C(2000000000000), CHART_NANOUSD, "$2" T "000" },
		{ 0, CHART_MS, "0" },
		{ 500, CHART_MS, "500" T "ms" },
		{ 2000, CHART_MS, "2" T "s" },
		{ 120000, CHART_MS, "2" T "min" },
		{ 5400000, CHART_MS, "1.5" T "h" },
		{ -10, CHART_COUNT, M "10" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sbuf b;

		sbuf_init(&b, CHART_TEXT_MAX);
		chart_tick(&b, rows[i].v, rows[i].unit);
		assert_string_equal(b.buf, rows[i].want);
		sbuf_free(&b);
	}
}

static void
percents(void **state UNUSED)
{
	static const struct {
		int v;
		const char *want;
	} rows[] = { { 0, "0%" }, { -3, "0%" }, { 7, "0.07%" }, { 333, "3.33%" }, { 6200, "62%" },
		{ 10000, "100%" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sbuf b;

		sbuf_init(&b, CHART_TEXT_MAX);
		chart_percent(&b, rows[i].v);
		assert_string_equal(b.buf, rows[i].want);
		sbuf_free(&b);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact),
		cmocka_unit_test(three_digits),
		cmocka_unit_test(ticks),
		cmocka_unit_test(percents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
