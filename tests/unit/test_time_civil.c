/*
 * test_time_civil.c - calendar arithmetic against the C library, and the text
 * forms of dates and instants.
 */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "time/civil.h"

/* D as the C library counts it */
static int64_t
libc_days(struct date d)
{
	struct tm tm = { .tm_year = d.y - 1900, .tm_mon = d.m - 1, .tm_mday = d.d };

	return civil_floor_div(timegm(&tm), 86400);
}

static void
days_known(void **state UNUSED)
{
	assert_int_equal(civil_days((struct date){ 1970, 1, 1 }), 0);
	assert_int_equal(civil_days((struct date){ 1969, 12, 31 }), -1);
	assert_int_equal(civil_days((struct date){ 2000, 3, 1 }), 11017);
	assert_int_equal(civil_days((struct date){ 1, 1, 1 }), -719162);
	assert_int_equal(civil_days((struct date){ 9999, 12, 31 }), 2932896);
	assert_int_equal(civil_weekday((struct date){ 1970, 1, 1 }), 3);
	assert_int_equal(civil_weekday((struct date){ 2000, 2, 29 }), 1);
	assert_int_equal(civil_weekday((struct date){ 2026, 1, 5 }), 0);
	assert_int_equal(civil_weekday((struct date){ 1969, 12, 28 }), 6);
	/* carried */
	assert_int_equal(
	    civil_days((struct date){ 2025, 13, 1 }), civil_days((struct date){ 2026, 1, 1 }));
	assert_int_equal(
	    civil_days((struct date){ 2026, 0, 31 }), civil_days((struct date){ 2025, 12, 31 }));
	assert_int_equal(
	    civil_days((struct date){ 2024, 3, 0 }), civil_days((struct date){ 2024, 2, 29 }));
}

/* every day around our time, and every 37th from year 1 to 9999 */
static void
days_libc(void **state UNUSED)
{
	int64_t from = libc_days((struct date){ 1, 1, 1 });
	int64_t to = libc_days((struct date){ 9999, 12, 31 });

	for (int64_t i = from; i <= to; i += i > -30000 && i < 50000 ? 1 : 37) {
		struct date d = civil_date(i);
		time_t t = (time_t)(i * 86400);
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(d.y, tm.tm_year + 1900);
		assert_int_equal(d.m, tm.tm_mon + 1);
		assert_int_equal(d.d, tm.tm_mday);
		assert_int_equal(civil_weekday(d), (tm.tm_wday + 6) % 7);
		assert_int_equal(civil_days(d), i);
		assert_true(civil_valid(d));
	}
}

static void
days_far(void **state UNUSED)
{
	struct date lo = civil_date(INT64_MIN), hi = civil_date(INT64_MAX);

	assert_true(lo.y < -1000000 && hi.y > 1000000);
	assert_int_equal(civil_days(civil_date(-100000000)), -100000000);
	assert_int_equal(civil_days(civil_date(100000000)), 100000000);
	(void)civil_days((struct date){ INT32_MAX, INT_MAX, INT_MAX }); /* no overflow */
	(void)civil_days((struct date){ INT32_MIN, INT_MIN, INT_MIN });
}

static void
valid(void **state UNUSED)
{
	static const struct date GOOD[] = { { 2024, 2, 29 }, { 2000, 2, 29 }, { 1, 1, 1 },
		{ 9999, 12, 31 }, { 2026, 4, 30 } };
	static const struct date BAD[] = { { 2026, 2, 29 }, { 1900, 2, 29 }, { 0, 1, 1 },
		{ 10000, 1, 1 }, { 2026, 0, 1 }, { 2026, 13, 1 }, { 2026, 1, 0 }, { 2026, 1, 32 },
		{ 2026, 4, 31 }, { 2026, -1, 1 } };

	for (size_t i = 0; i < ARRAY_LEN(GOOD); i++)
		assert_true(civil_valid(GOOD[i]));
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
		assert_false(civil_valid(BAD[i]));
}

static void
check_months(struct date from, int64_t n, const char *want)
{
	char buf[16];

	civil_format_date(civil_add_months(from, n), buf);
	assert_string_equal(buf, want);
}

static void
months(void **state UNUSED)
{
	check_months((struct date){ 2026, 3, 31 }, -1, "2026-02-28");
	check_months((struct date){ 2024, 3, 31 }, -1, "2024-02-29");
	check_months((struct date){ 2024, 2, 29 }, -12, "2023-02-28");
	check_months((struct date){ 2024, 2, 29 }, -48, "2020-02-29");
	check_months((struct date){ 2026, 1, 15 }, -1, "2025-12-15");
	check_months((struct date){ 2026, 12, 31 }, 2, "2027-02-28");
	check_months((struct date){ 2026, 5, 31 }, 1, "2026-06-30");
	check_months((struct date){ 2026, 5, 31 }, 0, "2026-05-31");
	check_months((struct date){ 2026, 1, 1 }, -12 * 56, "1970-01-01");
}

struct instant_case {
	const char *text;
	int64_t ms;
};

static void
instant_good(void **state UNUSED)
{
	/* 1767344465 = date -u -d 2026-01-02T09:01:05Z +%s */
	static const struct instant_case T[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-01-02T09:01:05Z", 1767344465000 },
		{ "2026-01-02T09:01:05", 1767344465000 },
		{ "2026-01-02t09:01:05z", 1767344465000 },
		{ "2026-01-02 09:01:05", 1767344465000 },
		{ "2026-01-02T09:01:05.1Z", 1767344465100 },
		{ "2026-01-02T09:01:05.123Z", 1767344465123 },
		{ "2026-01-02T09:01:05.123999999999999999999Z", 1767344465123 },
		{ "2026-01-02T09:01:05.0009", 1767344465000 },
		{ "2026-01-02T10:01:05+01:00", 1767344465000 },
		{ "2026-01-02T10:01:05+0100", 1767344465000 },
		{ "2026-01-02T10:01:05+01", 1767344465000 },
		{ "2026-01-02T14:46:05.5+05:45", 1767344465500 },
		{ "2026-01-01T23:01:05-10:00", 1767344465000 },
		{ "2026-01-02T09:01:05-00:00", 1767344465000 },
		/* 1483228800 = 2017-01-01T00:00:00Z */
		{ "2016-12-31T23:59:60Z", 1483228799999 },
		{ "2016-12-31T23:59:60.4Z", 1483228799999 },
		{ "2017-01-01T00:59:60+01:00", 1483228799999 },
		{ "9999-12-31T23:59:59.999Z", CIVIL_MAX_MS },
	};

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		int64_t ms = -1;

		if (civil_parse_instant(str_of(T[i].text), &ms) < 0 || ms != T[i].ms)
			fail_msg("%s gives %" PRId64, T[i].text, ms);
	}
}

static void
instant_bad(void **state UNUSED)
{
	static const char *const T[] = { "", "2026", "2026-01-02", "2026-01-02T", "2026-01-02T09",
		"2026-01-02T09:01", "2026-01-02T09:01Z", "2026-01-02T09:01:5Z",
		"2026-01-02T9:01:05Z", "26-01-02T09:01:05Z", "2026-1-02T09:01:05Z",
		"2026-01-2T09:01:05Z", "2026-02-29T09:01:05Z", "2026-00-01T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-02T24:00:00Z",
		"2026-01-02T23:60:00Z", "2026-01-02T23:59:61Z", "2026-01-02T09:01:05.Z",
		"2026-01-02T09:01:05.", "2026-01-02T09:01:05,1Z", "2026-01-02T09:01:05ZZ",
		"2026-01-02T09:01:05Z ", " 2026-01-02T09:01:05Z", "2026-01-02  09:01:05Z",
		"2026-01-02T09:01:05 Z", "2026-01-02x09:01:05Z", "2026-01-02T09:01:05+1",
		"2026-01-02T09:01:05+1:00", "2026-01-02T09:01:05+",
		"2026-01-02T09:01:05+01:", "2026-01-02T09:01:05+01:0", "2026-01-02T09:01:05+010",
		"2026-01-02T09:01:05+01:000", "2026-01-02T09:01:05+24:00",
		"2026-01-02T09:01:05+01:60", "2026-01-02T09:01:05+01:00Z", "2026/01/02T09:01:05Z",
		"20260102T090105Z", "1969-12-31T23:59:59Z", "1970-01-01T00:30:00+01:00",
		"1969-12-31T23:30:00-01:00", "9999-12-31T23:59:59-01:00", "10000-01-01T00:00:00Z",
		"-026-01-02T09:01:05Z", "+026-01-02T09:01:05Z", "2026-01-02T+9:01:05Z",
		"2026-01-02T09:01: 5Z", "0000-01-01T00:00:00Z" };

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		int64_t ms = 42;

		if (civil_parse_instant(str_of(T[i]), &ms) == 0 || ms != 42)
			fail_msg("\"%s\" is accepted", T[i]);
	}
	/* a NUL inside is a byte like another */
	assert_int_equal(civil_parse_instant(STR("2026-01-02T09:01:05Z\0"), &(int64_t){ 0 }), -1);
	assert_int_equal(civil_parse_instant(str_n(NULL, 0), &(int64_t){ 0 }), -1);
}

/* every prefix of a good text ends inside its buffer: for the sanitizer */
static void
instant_cut(void **state UNUSED)
{
	static const char TEXT[] = "2026-01-02T09:01:05.123+01:00";

	for (size_t n = 0; n < sizeof(TEXT); n++) {
		char *copy = malloc(n + 1);
		int64_t ms;

		assert_non_null(copy);
		memcpy(copy, TEXT, n);
		(void)civil_parse_instant(str_n(copy, n), &ms); /* must not crash */
		free(copy);
	}
}

struct local_case {
	const char *text;
	struct date d;
	int32_t ms_of_day;
	bool has_time, has_offset;
	int32_t offset_s;
};

static void
local_good(void **state UNUSED)
{
	static const struct local_case T[] = {
		{ "2026-03-29", { 2026, 3, 29 }, 0, false, false, 0 },
		{ "2026-03-29T02:30", { 2026, 3, 29 }, 9000000, true, false, 0 },
		{ "2026-03-29 02:30:01", { 2026, 3, 29 }, 9001000, true, false, 0 },
		{ "2026-03-29t02:30:01.25", { 2026, 3, 29 }, 9001250, true, false, 0 },
		{ "2026-03-29T02:30Z", { 2026, 3, 29 }, 9000000, true, true, 0 },
		{ "2026-03-29T02:30-03:30", { 2026, 3, 29 }, 9000000, true, true, -12600 },
		{ "2026-03-29T02:30:00+02", { 2026, 3, 29 }, 9000000, true, true, 7200 },
		{ "1970-01-01", { 1970, 1, 1 }, 0, false, false, 0 },
		{ "9999-12-31T23:59:59.999", { 9999, 12, 31 }, 86399999, true, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		struct local_case c = { .text = T[i].text };

		if (civil_parse_local(str_of(c.text), &c.d, &c.ms_of_day, &c.has_time,
			&c.has_offset, &c.offset_s) < 0 ||
		    c.d.y != T[i].d.y || c.d.m != T[i].d.m || c.d.d != T[i].d.d ||
		    c.ms_of_day != T[i].ms_of_day || c.has_time != T[i].has_time ||
		    c.has_offset != T[i].has_offset || c.offset_s != T[i].offset_s)
			fail_msg("%s is read wrongly", c.text);
	}
}

static void
local_bad(void **state UNUSED)
{
	static const char *const T[] = { "", "2026-03", "2026-03-29T", "2026-03-29Z",
		"2026-03-29+01:00", "2026-03-29T02", "2026-03-29T02:3", "2026-03-29T2:30",
		"2026-02-30", "1969-12-31", "2026-03-29T02:30:", "2026-03-29T24:00",
		"2026-03-29T02:30.5", "2026-03-29 ", "yesterday", "2026-3-29" };

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		struct date d = { 1, 1, 1 };
		int32_t clock = 7, offset = 7;
		bool has_time, has_offset;

		if (civil_parse_local(str_of(T[i]), &d, &clock, &has_time, &has_offset, &offset) ==
			0 ||
		    d.y != 1 || clock != 7)
			fail_msg("\"%s\" is accepted", T[i]);
	}
}

static void
format(void **state UNUSED)
{
	char buf[32];

	civil_format_utc(1767344465123, buf);
	assert_string_equal(buf, "2026-01-02T09:01:05.123Z");
	civil_format_utc(-1, buf);
	assert_string_equal(buf, "1969-12-31T23:59:59.999Z");
	civil_format_utc(0, buf);
	assert_string_equal(buf, "1970-01-01T00:00:00.000Z");
	civil_format_utc(INT64_MIN, buf);
	assert_string_equal(buf, "0001-01-01T00:00:00.000Z");
	civil_format_utc(INT64_MAX, buf);
	assert_string_equal(buf, "9999-12-31T23:59:59.999Z");
	civil_format_offset(1767344465123, 3600, buf);
	assert_string_equal(buf, "2026-01-02T10:01:05+01:00");
	civil_format_offset(1767344465123, 0, buf);
	assert_string_equal(buf, "2026-01-02T09:01:05+00:00");
	civil_format_offset(1767344465123, -12600, buf);
	assert_string_equal(buf, "2026-01-02T05:31:05-03:30");
	civil_format_offset(0, -2670, buf);
	assert_string_equal(buf, "1969-12-31T23:15:30-00:44:30");
	civil_format_offset(INT64_MAX, 50400, buf);
	assert_string_equal(buf, "9999-12-31T23:59:59+14:00");
	civil_format_offset(INT64_MIN, -50400, buf);
	assert_string_equal(buf, "0001-01-01T00:00:00-14:00");
	civil_format_offset(CIVIL_MAX_MS, 50400, buf);
	assert_string_equal(buf, "9999-12-31T23:59:59+14:00");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_known),
		cmocka_unit_test(days_libc),
		cmocka_unit_test(days_far),
		cmocka_unit_test(valid),
		cmocka_unit_test(months),
		cmocka_unit_test(instant_good),
		cmocka_unit_test(instant_bad),
		cmocka_unit_test(instant_cut),
		cmocka_unit_test(local_good),
		cmocka_unit_test(local_bad),
		cmocka_unit_test(format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
