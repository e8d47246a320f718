/* Decimal numbers and dates of rate cards, read from text without floating point. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "json/jx.h"
#include "pricing/price_text.h"

static void
is(const char *text, int places, int64_t value)
{
	int64_t v = -1;

	if (price_decimal(str_of(text), places, &v) < 0 || v != value)
		fail_msg("\"%s\" with %d places: %" PRId64, text, places, v);
}

static void
is_none(const char *text, int places)
{
	int64_t v = -77;

	if (price_decimal(str_of(text), places, &v) == 0 || v != -77)
		fail_msg("\"%s\" with %d places: %" PRId64, text, places, v);
}

static void
test_decimal(void **state)
{
	(void)state;
	is("0", 6, 0);
	is("0.000", 0, 0);
	is("1.25", 6, 1250000);
	is("14", 6, 14000000);
	is("14.000", 6, 14000000);
	is("0.005", 6, 5000);
	is("0.000001", 6, 1);
	is("0.0000010", 6, 1);
	is("1.250000000000000000000000000000", 6, 1250000); /* zeros say nothing */
	is("1000000.0", 0, 1000000);
	is("9223372.036854775807", 12, INT64_MAX);
}

static void
test_exponent(void **state)
{
	(void)state;
	is("1.25e-06", 12, 1250000);
	is("1.25E-6", 12, 1250000);
	is("125e-2", 6, 1250000);
	is("1e6", 0, 1000000);
	is("1e+6", 0, 1000000);
	is("0e40", 6, 0);
	is("0.0e-40", 6, 0);
	is_none("1e-13", 12);
	is_none("1e40", 12);
	is_none("1e41", 12);
	is_none("1e99999999999999999999", 6);
	is_none("1e", 6);
	is_none("1e+", 6);
	is_none("1e+-2", 6);
	is_none("e5", 6);
	is_none("1e2e3", 6);
	is_none("1e0.5", 6);
}

static void
test_refused(void **state)
{
	static const char *const BAD[] = { "", " ", ".", "1.", ".5", "-1", "-0", "+1", "1 ", " 1",
		"1,5", "1.2.3", "0x10", "NaN", "nan", "Infinity", "inf", "1.5USD", "$1.5", "1_000",
		"abc", "99999999999999999999", "0.0000000000001", "9223373" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
		is_none(BAD[i], 12);
	is_none("1.5", 0);
	is_none("0.1234567", 6);
	is("9223372", 12, 9223372000000000000);
}

static void
test_number_text(void **state)
{
	struct json_tokener *tok = jx_tokener(8);
	static const char DOC[] =
	    "{\"a\":0.1,\"b\":1.7500,\"c\":14,\"d\":\" 2.5 \",\"e\":true,\"f\":[1],\"g\":\"\","
	    "\"h\":1e-7,\"i\":-3}";
	static const char *const TEXT[] = { "0.1", "1.7500", "14", "2.5", "", "", "", "1e-7",
		"-3" };
	struct json_object *o = jx_parse(tok, DOC, sizeof(DOC) - 1);
	bool same = o != NULL;

	(void)state;
	for (size_t i = 0; o != NULL && i < ARRAY_LEN(TEXT); i++) {
		char key[2] = { (char)('a' + (int)i), '\0' };

		same = same && str_eqz(price_number_text(jx_any(o, key)), TEXT[i]);
	}
	same = same && price_number_text(NULL).n == 0;
	json_object_put(o);
	json_tokener_free(tok);
	assert_true(same);
}

static void
test_date(void **state)
{
	static const char *const BAD[] = { "", "2026", "2026-1-1", "2026-02-29", "2026-13-01",
		"2026-00-01", "2026-01-00", "2026-04-31", "1969-12-31", "2026-01-01T00:00",
		"2026-01-01 00:00", "2026-01-01Z", " 2026-01-01", "20260101", "2026/01/01" };
	int64_t ms = -1;

	(void)state;
	assert_int_equal(price_date(STR("1970-01-01"), &ms), 0);
	assert_int_equal(ms, 0);
	assert_int_equal(price_date(STR("2026-07-30"), &ms), 0);
	assert_int_equal(ms, INT64_C(1785369600000)); /* date -u -d 2026-07-30 +%s */
	assert_int_equal(price_date(STR("2028-02-29"), &ms), 0);
	assert_int_equal(ms, INT64_C(1835395200000));
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
		if (price_date(str_of(BAD[i]), &ms) == 0)
			fail_msg("\"%s\" is taken for a date", BAD[i]);
	assert_int_equal(ms, INT64_C(1835395200000));
}

static void
test_shown(void **state)
{
	struct json_object *o =
	    json_object_new_string("\x1b[31m0123456789012345678901234567890123456789");
	struct sbuf b;
	bool ok;

	(void)state;
	sbuf_init(&b, 200);
	price_add_shown(&b, o);
	price_add_shown(&b, NULL); /* the text "null" */
	ok = memchr(b.buf, '\x1b', b.len) == NULL && strstr(b.buf, "...") != NULL && b.len < 60 &&
	     !b.failed;
	sbuf_free(&b);
	json_object_put(o);
	assert_true(ok);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_exponent),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_number_text),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
