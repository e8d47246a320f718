/* Decimal numbers; fingerprints. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/num.h"

static void
integers(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "7", 7 },
		{ "-7", -7 },
		{ "007", 7 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "-9223372036854775807", -INT64_MAX },
		{ "00000000000000000000000001", 1 },
	};
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1a", "a1", "--1", "-+1",
		"1-", "0x1", "1.0", "1e3", "1,000", "9223372036854775808", "-9223372036854775809",
		"99999999999999999999", "\xd9\xa1", "1\n" };
	int64_t v;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		v = -99;
		assert_int_equal(num_i64(str_of(good[i].text), INT64_MIN, INT64_MAX, &v), 0);
		assert_int_equal(v, good[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		v = -99;
		if (num_i64(str_of(bad[i]), INT64_MIN, INT64_MAX, &v) != -1)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(v, -99);
	}
	assert_int_equal(num_i64(str_n("1\0", 2), 0, 9, &v), -1);
	assert_int_equal(num_i64(str_n(NULL, 0), 0, 9, &v), -1);
}

static void
bounds(void **state UNUSED)
{
	int64_t v = 5;

	assert_int_equal(num_i64(STR("10"), 10, 20, &v), 0);
	assert_int_equal(num_i64(STR("20"), 10, 20, &v), 0);
	assert_int_equal(v, 20);
	assert_int_equal(num_i64(STR("9"), 10, 20, &v), -1);
	assert_int_equal(num_i64(STR("21"), 10, 20, &v), -1);
	assert_int_equal(num_i64(STR("-1"), 0, 20, &v), -1);
	assert_int_equal(v, 20);
	/* only as much as is in the view */
	assert_int_equal(num_i64(str_n("123", 2), 0, 99, &v), 0);
	assert_int_equal(v, 12);
}

static void
decimals(void **state UNUSED)
{
	static const struct {
		const char *text;
		int places;
		int64_t want;
	} good[] = {
		{ "1.25", 6, 1250000 },
		{ "0", 6, 0 },
		{ "0.000001", 6, 1 },
		{ "12", 0, 12 },
		{ "12", 2, 1200 },
		{ "0.5", 1, 5 },
		{ "9223372036854.775807", 6, INT64_MAX },
		{ "0.123456789012", 12, INT64_C(123456789012) },
	};
	static const struct {
		const char *text;
		int places;
	} bad[] = { { "", 6 }, { ".", 6 }, { "1.", 6 }, { "-1", 6 }, { "+1", 6 }, { " 1", 6 },
		{ "1 ", 6 }, { "1e3", 6 }, { "1.2.3", 6 }, { "1,5", 6 }, { "1.0000001", 6 },
		{ "1.0", 0 }, { "9223372036854.775808", 6 }, { "9223372036855", 6 },
		{ "92233720368547758070", 0 }, { "nan", 6 }, { "1x", 6 } };
	int64_t v;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		if (num_decimal(str_of(good[i].text), good[i].places, &v) != 0)
			fail_msg("refused: %s", good[i].text);
		assert_int_equal(v, good[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (num_decimal(str_of(bad[i].text), bad[i].places, &v) != -1)
			fail_msg("accepted: %s", bad[i].text);
}

static void
saturating(void **state UNUSED)
{
	int64_t v = INT64_MAX - 1;

	num_add_sat(&v, 1);
	assert_int_equal(v, INT64_MAX);
	num_add_sat(&v, 1);
	assert_int_equal(v, INT64_MAX);
	num_add_sat(&v, -5);
	assert_int_equal(v, INT64_MAX - 5);
	v = INT64_MIN + 1;
	num_add_sat(&v, -2);
	assert_int_equal(v, INT64_MIN);
	num_add_sat(&v, INT64_MIN);
	assert_int_equal(v, INT64_MIN);
	num_add_sat(&v, INT64_MAX);
	assert_int_equal(v, -1);
}

static void
fingerprints(void **state UNUSED)
{
	uint64_t ab = hash_str(STR("ab"), 0);

	/* the published value of XXH3-64 for no bytes with seed 0 */
	assert_true(hash_bytes("", 0, 0) == UINT64_C(0x2d06800538d394c2));
	assert_true(ab == hash_str(str_n("abc", 2), 0));
	assert_false(ab == hash_str(STR("ba"), 0));
	assert_false(ab == hash_str(STR("ab"), 1));
	/* order, and where one text ends and the next begins */
	assert_false(
	    hash_str(STR("b"), hash_str(STR("a"), 0)) == hash_str(STR("a"), hash_str(STR("b"), 0)));
	assert_false(hash_str(STR("c"), hash_str(STR("ab"), 0)) ==
		     hash_str(STR("bc"), hash_str(STR("a"), 0)));
	assert_false(hash_str(STR(""), hash_str(STR("abc"), 0)) ==
		     hash_str(STR("abc"), hash_str(STR(""), 0)));
	assert_false(hash_str(STR(""), 0) == hash_str(str_n("\0", 1), 0));
	assert_true(hash_str(str_n(NULL, 0), 9) == hash_str(STR(""), 9));
	assert_false(hash_i64(1, 0) == hash_i64(-1, 0));
	assert_false(hash_i64(1, 0) == hash_i64(1, 1));
	assert_false(hash_i64(1, hash_i64(2, 0)) == hash_i64(2, hash_i64(1, 0)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(bounds),
		cmocka_unit_test(decimals),
		cmocka_unit_test(saturating),
		cmocka_unit_test(fingerprints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
