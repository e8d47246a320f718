/*
 * Exact amounts: the cost formula and its clamps, rounding, printing. Expected
 * values are worked out by hand.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "pricing/price.h"

/* gpt-5.2 (and 5.2-codex): 1.75 / 0.175 / 14; gpt-5.1-codex (and -max): 1.25 / 0.125 / 10. */
static const struct price_rates R52 = { 1750000, 175000, 1750000, 14000000 };
static const struct price_rates R51 = { 1250000, 125000, 1250000, 10000000 };
static const struct price_rates SOL = { 4000000, 400000, 5000000, 20000000 };

static void
decimal(price_pusd p, const char *text)
{
	char buf[64];

	memset(buf, 'x', sizeof(buf));
	price_format_decimal(p, buf);
	assert_string_equal(buf, text);
}

static void
usd(int64_t nano, int places, const char *text)
{
	char buf[40];

	memset(buf, 'x', sizeof(buf));
	price_format_usd(nano, places, buf);
	assert_string_equal(buf, text);
}

/* The seed's case: 1 M input of which 0.5 M cached, 0.1 M output. */
static void
test_seed_example(void **state)
{
	(void)state;
	/* 0.5 x 1.75 + 0.5 x 0.175 + 0.1 x 14 = 0.875 + 0.0875 + 1.4 */
	decimal(price_cost(&R52, 1000000, 500000, 0, 100000), "2.3625");
	/* 0.5 x 1.25 + 0.5 x 0.125 + 0.1 x 10 = 0.625 + 0.0625 + 1 */
	decimal(price_cost(&R51, 1000000, 500000, 0, 100000), "1.6875");
	assert_int_equal(price_nanousd(price_cost(&R52, 1000000, 500000, 0, 100000)), 2362500000);
	assert_int_equal(price_nanousd(price_cost(&R51, 1000000, 500000, 0, 100000)), 1687500000);
}

static void
test_parts(void **state)
{
	(void)state;
	assert_true(price_cost(&SOL, 0, 0, 0, 0) == 0);
	assert_true(price_cost(&SOL, 1, 0, 0, 0) == 4000000);
	assert_true(price_cost(&SOL, 1, 1, 0, 0) == 400000);
	assert_true(price_cost(&SOL, 1, 0, 1, 0) == 5000000);
	assert_true(price_cost(&SOL, 0, 0, 0, 1) == 20000000);
	/* 5 plain, 3 cached, 2 written, 7 out: 20 + 1.2 + 10 + 140 micro-USD */
	decimal(price_cost(&SOL, 10, 3, 2, 7), "0.0001712");
}

static void
test_clamps(void **state)
{
	(void)state;
	assert_true(price_cost(&SOL, 10, 99, 0, 0) == price_cost(&SOL, 10, 10, 0, 0));
	assert_true(price_cost(&SOL, 10, 99, 99, 0) == price_cost(&SOL, 10, 10, 0, 0));
	assert_true(price_cost(&SOL, 10, 4, 99, 0) == price_cost(&SOL, 10, 4, 6, 0));
	assert_true(price_cost(&SOL, 10, -5, -6, -7) == price_cost(&SOL, 10, 0, 0, 0));
	assert_true(price_cost(&SOL, -10, 5, 5, 1) == price_cost(&SOL, 0, 0, 0, 1));
	assert_true(price_cost(&SOL, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN) == 0);
}

static void
test_no_overflow(void **state)
{
	/* far above any card: 100 times 1 USD per token */
	struct price_rates top = { 100000000000000, 100000000000000, 100000000000000,
		100000000000000 };

	(void)state;
	/* (2 x (2^63 - 1)) tokens x 100 USD */
	decimal(price_cost(&top, INT64_MAX, 0, 0, INT64_MAX), "1844674407370955161400");
	assert_int_equal(price_nanousd(price_cost(&top, INT64_MAX, 1, 1, INT64_MAX)), INT64_MAX);
	/* a year of heavy use: 10^13 tokens in, 10^12 out on R52: 17 500 000 + 14 000 000 */
	decimal(price_cost(&R52, 10000000000000, 0, 0, 1000000000000), "31500000");
}

static void
test_sums_may_be_priced(void **state)
{
	price_pusd sum = 0;
	int64_t in = 0, cached = 0, write = 0, out = 0;

	(void)state;
	for (int64_t i = 0; i < 1000; i++) {
		int64_t a = i * 7919 % 5003, c = a / 3, w = a / 5, o = i * 31 % 977;

		sum += price_cost(&SOL, a, c, w, o);
		in += a;
		cached += c;
		write += w;
		out += o;
	}
	assert_true(sum == price_cost(&SOL, in, cached, write, out));
}

/* A sum over models and tiers: exact, rounded once at the end. */
static void
test_mixed_sum(void **state)
{
	struct price_rates nano = { 50000, 5000, 50000, 400000 },
			   flex = { 25000, 2500, 25000, 200000 };
	price_pusd sum = 0;

	(void)state;
	/* 1 cached token of gpt-5-nano: 0.005 micro-USD; in flex half of it */
	sum += price_cost(&nano, 1, 1, 0, 0);
	sum += price_cost(&flex, 1, 1, 0, 0);
	sum += price_cost(&R52, 1, 0, 0, 0);
	decimal(sum, "0.0000017575");
	assert_int_equal(price_nanousd(sum), 1758); /* 1757.5 nano-USD */
	/* a thousand times: 1757.5 micro-USD, where rounding each would give 1758 */
	assert_int_equal(price_nanousd(sum * 1000), 1757500);
}

static void
test_nano_rounding(void **state)
{
	price_pusd top = (price_pusd)INT64_MAX * 1000;

	(void)state;
	assert_int_equal(price_nanousd(0), 0);
	assert_int_equal(price_nanousd(499), 0);
	assert_int_equal(price_nanousd(500), 1);
	assert_int_equal(price_nanousd(1499), 1);
	assert_int_equal(price_nanousd(1500), 2);
	assert_int_equal(price_nanousd(-499), 0);
	assert_int_equal(price_nanousd(-500), -1);
	assert_int_equal(price_nanousd(-1500), -2);
	assert_int_equal(price_nanousd(top), INT64_MAX);
	assert_int_equal(price_nanousd(top + 499), INT64_MAX);
	assert_int_equal(price_nanousd(top + 500), INT64_MAX);
	assert_int_equal(price_nanousd(-top), -INT64_MAX);
	assert_int_equal(price_nanousd(-top - 499), -INT64_MAX);
	assert_int_equal(price_nanousd(-top - 500), INT64_MIN);
	assert_int_equal(price_nanousd(-top * 1000000), INT64_MIN);
}

static void
test_format_usd(void **state)
{
	(void)state;
	usd(0, 2, "0.00");
	usd(0, 0, "0");
	usd(2362500000, 2, "2.36");
	usd(2362500000, 4, "2.3625");
	usd(2365000000, 2, "2.37"); /* half away from zero */
	usd(-2365000000, 2, "-2.37");
	usd(2364999999, 2, "2.36");
	usd(4999999, 2, "0.00");
	usd(5000000, 2, "0.01");
	usd(-4999999, 2, "0.00"); /* no minus zero */
	usd(-5000000, 2, "-0.01");
	usd(999999999, 2, "1.00");
	usd(499999999, 0, "0");
	usd(500000000, 0, "1");
	usd(-500000000, 0, "-1");
	usd(1, 9, "0.000000001");
	usd(1, 20, "0.000000001");
	usd(1500000000, -1, "2");
	usd(1234567890123456789, 2, "1234567890.12");
	usd(INT64_MAX, 9, "9223372036.854775807");
	usd(INT64_MIN, 9, "-9223372036.854775808");
	usd(INT64_MIN, 0, "-9223372037");
}

static void
test_format_decimal(void **state)
{
	price_pusd one = 1;

	(void)state;
	decimal(0, "0");
	decimal(1, "0.000000000001");
	decimal(-1, "-0.000000000001");
	decimal(223300000000, "0.2233");
	decimal(1000000000000, "1");
	decimal(10000000000000, "10");
	decimal(-12000000000000, "-12");
	decimal(1000000000001, "1.000000000001");
	decimal(100500000000000, "100.5");
	/* 2^127 - 1 = 170141183460469231731687303715884105727 */
	decimal(((one << 126) - 1) * 2 + 1, "170141183460469231731687303.715884105727");
	decimal(-((one << 126) - 1) * 2 - 2, "-170141183460469231731687303.715884105728");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seed_example),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_clamps),
		cmocka_unit_test(test_no_overflow),
		cmocka_unit_test(test_sums_may_be_priced),
		cmocka_unit_test(test_mixed_sum),
		cmocka_unit_test(test_nano_rounding),
		cmocka_unit_test(test_format_usd),
		cmocka_unit_test(test_format_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
