/*
 * test_time_period.c - what users write for stretches of time. Now is, unless
 * said otherwise, Wednesday 2026-04-01 12:07:30.500 in Stockholm, three days
 * after the clock went forward.
 */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "time/period.h"

#define NOW "2026-04-01T10:07:30.500Z"
#define SE "Europe/Stockholm"

static int64_t
ms(const char *text)
{
	int64_t v = 0;

	assert_int_equal(civil_parse_instant(str_of(text), &v), 0);
	return v;
}

static const struct tz *
zone(const char *name)
{
	struct err e = { 0 };
	const struct tz *z = tz_get(name, &e);

	if (z == NULL)
		fail_msg("%s: %s", name, e.msg);
	return z;
}

static void
check_last(const char *name, const char *now, const char *text, const char *from)
{
	struct period p = { 0, 0 }, q = { 0, 0 };
	struct err e = { 0 };
	char buf[32];

	if (period_last(zone(name), ms(now), text, &p, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	civil_format_utc(p.from_ms, buf);
	assert_string_equal(buf, from);
	assert_int_equal(p.to_ms, ms(now) + 1);
	/* the other function takes the same words */
	assert_int_equal(period_by_name(zone(name), ms(now), 0, text, &q, &e), 0);
	assert_memory_equal(&p, &q, sizeof(p));
}

static void
last_elapsed(void **state UNUSED)
{
	check_last(SE, NOW, "30min", "2026-04-01T09:30:00.000Z");
	check_last(SE, NOW, "7min", "2026-04-01T10:00:00.000Z");
	check_last(SE, NOW, "8min", "2026-04-01T09:45:00.000Z");
	check_last(SE, NOW, "1h", "2026-04-01T09:00:00.000Z");
	check_last(SE, NOW, "24h", "2026-03-31T10:00:00.000Z");
	/* an hour of the clock is missing, not of time */
	check_last(SE, NOW, "168h", "2026-03-25T10:00:00.000Z");
	check_last(SE, NOW, "0min", "2026-04-01T10:00:00.000Z");
	check_last(SE, "2026-04-01T10:15:00.000Z", "1h", "2026-04-01T09:15:00.000Z");
	check_last("UTC", "1970-01-02T00:00:00.000Z", "24h", "1970-01-01T00:00:00.000Z");
}

static void
last_calendar(void **state UNUSED)
{
	check_last(SE, NOW, "0d", "2026-04-01T10:00:00.000Z");
	check_last(SE, NOW, "1d", "2026-03-31T10:00:00.000Z");
	/* 12:07 winter time */
	check_last(SE, NOW, "7d", "2026-03-25T11:00:00.000Z");
	check_last(SE, NOW, "1w", "2026-03-25T11:00:00.000Z");
	check_last(SE, NOW, "2w", "2026-03-18T11:00:00.000Z");
	check_last(SE, NOW, "1mo", "2026-03-01T11:00:00.000Z");
	check_last(SE, NOW, "12mo", "2025-04-01T10:00:00.000Z");
	check_last(SE, NOW, "1y", "2025-04-01T10:00:00.000Z");
	check_last(SE, NOW, "56y", "1970-04-01T11:00:00.000Z");
	check_last("UTC", NOW, "20544d", "1970-01-01T10:00:00.000Z");
	/* the day cut to its month */
	check_last("UTC", "2026-03-31T12:00:00Z", "1mo", "2026-02-28T12:00:00.000Z");
	check_last("UTC", "2024-02-29T12:00:00Z", "12mo", "2023-02-28T12:00:00.000Z");
	check_last("UTC", "2024-02-29T12:00:00Z", "1y", "2023-02-28T12:00:00.000Z");
	check_last("UTC", "2024-02-29T12:00:00Z", "4y", "2020-02-29T12:00:00.000Z");
	/* to 02:30 of a night without it, and of one that has it twice */
	check_last(SE, "2026-03-30T00:30:00Z", "1d", "2026-03-29T01:30:00.000Z");
	check_last(SE, "2026-10-26T01:30:00Z", "1d", "2026-10-25T00:30:00.000Z");
	/* the second 02:30: none is before the first */
	check_last(SE, "2026-10-25T01:30:00Z", "0d", "2026-10-25T01:30:00.000Z");
	/* Apia left the day before out */
	check_last("Pacific/Apia", "2011-12-30T22:10:00Z", "1d", "2011-12-30T22:00:00.000Z");
	/* quarter-hours of UTC are those of Kathmandu */
	check_last("Asia/Kathmandu", "2026-04-01T10:20:00Z", "1d", "2026-03-31T10:15:00.000Z");
}

static void
last_words(void **state UNUSED)
{
	static const char *const SAME[][2] = {
		{ "5min", "5mins" },
		{ "5min", "5minute" },
		{ "5min", "5minutes" },
		{ "5h", "5hour" },
		{ "5h", "5hours" },
		{ "5d", "5day" },
		{ "5d", "5days" },
		{ "5w", "5week" },
		{ "5w", "5weeks" },
		{ "5mo", "5mon" },
		{ "5mo", "5month" },
		{ "5mo", "5months" },
		{ "5y", "5year" },
		{ "5y", "5years" },
		{ "7d", " 7D\t" },
		{ "3mo", "3MO" },
		{ "7d", "007d" },
		{ "60min", "1h" },
	};
	struct period p, q;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(SAME); i++) {
		if (period_last(zone(SE), ms(NOW), SAME[i][0], &p, &e) < 0 ||
		    period_last(zone(SE), ms(NOW), SAME[i][1], &q, &e) < 0)
			fail_msg("%s: %s", SAME[i][1], e.msg);
		assert_memory_equal(&p, &q, sizeof(p));
	}
	assert_int_equal(period_last(zone(SE), ms(NOW), " Total ", &p, &e), 0);
	assert_int_equal(p.from_ms, PERIOD_MIN);
	assert_int_equal(p.to_ms, PERIOD_MAX);
	assert_true(p.to_ms - p.from_ms > 0);
}

static void
last_bad(void **state UNUSED)
{
	static const char *const T[] = { "", " ", "7", "d", "1.5h", "7 d", "-7d", "+7d", "7dd",
		"7d 1h", "7d1h", "0x7d", "totally", "tota", "all", "today", "7q", "1e3d", "7mi",
		"7minu", "m",
		("7\xc2\xa0"
		 "d"),
		"57y", "20545d", "9999mo", "99999999d", "999999999h", "99999999999999999999d",
		"9223372036854775807min", "9223372036854775807w", "9223372036854775807y",
		"4000001d" };
	struct period p = { 4, 2 };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		e.code = ERR_NONE;
		if (period_last(zone(SE), ms(NOW), T[i], &p, &e) == 0 || e.code != ERR_USAGE ||
		    p.from_ms != 4 || p.to_ms != 2)
			fail_msg("\"%s\" is accepted", T[i]);
		assert_non_null(strstr(e.msg, "30min, 12h, 7d, 2w, 3mo, 1y"));
	}
	assert_int_equal(period_last(zone(SE), ms(NOW), "7", &p, &e), -1);
	assert_string_equal(e.msg, "bad period \"7\": use a number and a unit without a blank "
				   "(30min, 12h, 7d, 2w, 3mo, 1y) or total");
	assert_int_equal(period_last(zone(SE), ms(NOW), "2m", &p, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.msg, "bad period \"2m\": use min for minutes or mo for months");
	assert_int_equal(period_last(zone(SE), ms(NOW), " 2M ", &p, &e), -1);
	assert_string_equal(e.msg, "bad period \"2M\": use min for minutes or mo for months");
	/* before 1970 by minutes */
	assert_int_equal(
	    period_last(zone("UTC"), ms("1970-01-02T00:00:00Z"), "1441min", &p, &e), -1);
}

static void
check_name(const char *name, int week_start, const char *text, const char *from, const char *to)
{
	struct period p = { 0, 0 };
	struct err e = { 0 };
	char buf[32];

	if (period_by_name(zone(name), ms(NOW), week_start, text, &p, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	civil_format_utc(p.from_ms, buf);
	assert_string_equal(buf, from);
	if (to == NULL)
		assert_int_equal(p.to_ms, ms(NOW) + 1);
	else
		assert_int_equal(p.to_ms, ms(to));
}

static void
named(void **state UNUSED)
{
	struct period p;
	struct err e;

	check_name(SE, 0, "today", "2026-03-31T22:00:00.000Z", NULL);
	check_name(SE, 0, "yesterday", "2026-03-30T22:00:00.000Z", "2026-03-31T22:00:00Z");
	check_name(SE, 0, "wtd", "2026-03-29T22:00:00.000Z", NULL);
	check_name(SE, 6, "wtd", "2026-03-28T23:00:00.000Z", NULL);
	check_name(SE, 2, "wtd", "2026-03-31T22:00:00.000Z", NULL);
	check_name(SE, 3, "wtd", "2026-03-25T23:00:00.000Z", NULL);
	check_name(SE, 0, "mtd", "2026-03-31T22:00:00.000Z", NULL);
	check_name(SE, 0, "YTD ", "2025-12-31T23:00:00.000Z", NULL);
	/* still March over there */
	check_name("Pacific/Pago_Pago", 0, "today", "2026-03-31T11:00:00.000Z", NULL);
	check_name("Pacific/Pago_Pago", 0, "mtd", "2026-03-01T11:00:00.000Z", NULL);
	assert_int_equal(period_by_name(zone(SE), ms(NOW), 0, "all", &p, &e), 0);
	assert_int_equal(p.from_ms, PERIOD_MIN);
	assert_int_equal(p.to_ms, PERIOD_MAX);
	assert_int_equal(period_by_name(zone(SE), ms(NOW), 0, "total", &p, &e), 0);
	assert_int_equal(p.from_ms, PERIOD_MIN);
	/* 30 December 2011 never was in Apia */
	assert_int_equal(period_by_name(zone("Pacific/Apia"), ms("2011-12-30T12:00:00Z"), 0,
			     "yesterday", &p, &e),
	    0);
	assert_int_equal(p.from_ms, p.to_ms);
	assert_int_equal(period_by_name(zone(SE), ms(NOW), 0, "tomorrow", &p, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.msg,
	    "unknown period \"tomorrow\": use today, yesterday, wtd, mtd, ytd, "
	    "all or a number and a unit without a blank (30min, 12h, 7d, 2w, 3mo, 1y)");
	assert_int_equal(period_by_name(zone(SE), ms(NOW), 0, "2m", &p, &e), -1);
	assert_non_null(strstr(e.msg, "use min for minutes or mo for months"));
	assert_int_equal(period_by_name(zone(SE), ms(NOW), 0, NULL, &p, &e), -1);
}

struct bound_case {
	const char *text, *from, *to;
};

static void
bounds(void **state UNUSED)
{
	static const struct bound_case T[] = {
		{ "2026-01-02", "2026-01-01T23:00:00Z", "2026-01-02T23:00:00Z" },
		{ " 2026-03-29 ", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
		{ "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
		{ "2025-12-31", "2025-12-30T23:00:00Z", "2025-12-31T23:00:00Z" },
		{ "2026-01-02T00:00", "2026-01-01T23:00:00Z", "2026-01-01T23:00:00Z" },
		{ "2026-07-02 12:30:01.5", "2026-07-02T10:30:01.500Z", "2026-07-02T10:30:01.500Z" },
		{ "2026-07-02T12:30Z", "2026-07-02T12:30:00Z", "2026-07-02T12:30:00Z" },
		{ "2026-07-02T12:30+05:45", "2026-07-02T06:45:00Z", "2026-07-02T06:45:00Z" },
		/* gap, fold */
		{ "2026-03-29T02:30", "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z" },
		{ "2026-10-25T02:30", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z" },
		{ "2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z" },
	};
	struct err e = { 0 };
	int64_t at;

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		if (period_from(zone(SE), T[i].text, &at, &e) < 0 || at != ms(T[i].from))
			fail_msg("from %s: %s", T[i].text, e.msg);
		if (period_to(zone(SE), T[i].text, &at, &e) < 0 || at != ms(T[i].to))
			fail_msg("to %s: %s", T[i].text, e.msg);
	}
	assert_int_equal(period_to(zone("UTC"), "9999-12-31", &at, &e), 0);
	assert_int_equal(at, CIVIL_MAX_MS + 1);
	assert_int_equal(period_from(zone("America/Sao_Paulo"), "2018-11-04", &at, &e), 0);
	assert_int_equal(at, ms("2018-11-04T03:00:00Z"));
}

static void
bounds_bad(void **state UNUSED)
{
	static const char *const T[] = { "", "yesterday", "2026-02-30", "2026-13-01", "1969-12-31",
		"2026-1-1", "20260101", "2026-01-01T25:00", "2026-01-01T10",
		"2026-01-01T10:00 Europe/Stockholm", "7d", "now" };
	struct err e = { 0 };
	int64_t at = 7;

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		e.code = ERR_NONE;
		if (period_from(zone(SE), T[i], &at, &e) == 0 || e.code != ERR_USAGE || at != 7)
			fail_msg("from \"%s\" is accepted", T[i]);
		assert_non_null(strstr(e.msg, "YYYY-MM-DD or YYYY-MM-DDTHH:MM"));
		e.code = ERR_NONE;
		if (period_to(zone(SE), T[i], &at, &e) == 0 || e.code != ERR_USAGE || at != 7)
			fail_msg("to \"%s\" is accepted", T[i]);
	}
}

static void
ranges(void **state UNUSED)
{
	struct period p = { 0, 0 };
	struct err e = { 0 };

	assert_int_equal(period_range(zone(SE), "2026-01-02", "2026-01-02", &p, &e), 0);
	assert_int_equal(p.from_ms, ms("2026-01-01T23:00:00Z"));
	assert_int_equal(p.to_ms, ms("2026-01-02T23:00:00Z"));
	assert_int_equal(period_range(zone(SE), "2026-01-02", NULL, &p, &e), 0);
	assert_int_equal(p.to_ms, PERIOD_MAX);
	assert_int_equal(period_range(zone(SE), NULL, "2026-01-02", &p, &e), 0);
	assert_int_equal(p.from_ms, PERIOD_MIN);
	assert_int_equal(period_range(zone(SE), NULL, NULL, &p, &e), 0);
	assert_int_equal(period_range(zone(SE), "2026-01-03", "2026-01-02", &p, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(
	    e.msg, "empty period: the start \"2026-01-03\" is not before the end \"2026-01-02\"");
	assert_int_equal(
	    period_range(zone(SE), "2026-01-02T10:00", "2026-01-02T10:00", &p, &e), -1);
	assert_int_equal(period_range(zone(SE), "x", "2026-01-02", &p, &e), -1);
	assert_non_null(strstr(e.msg, "bad start \"x\""));
	assert_int_equal(period_range(zone(SE), "2026-01-02", "x", &p, &e), -1);
	assert_non_null(strstr(e.msg, "bad end \"x\""));
	assert_int_equal(
	    period_range(zone("Pacific/Apia"), "2011-12-30", "2011-12-30", &p, &e), -1);
}

struct reset_case {
	const char *text;
	int weekday, minutes;
	const char *zone;
};

static void
reset(void **state UNUSED)
{
	static const struct reset_case T[] = {
		{ "Thursday 09:15 Europe/Stockholm", 3, 555, SE },
		{ "Thursday 9:15", 3, 555, SE },
		{ "thu 9:15 UTC", 3, 555, "UTC" },
		{ "  MONDAY\t0:00   Asia/Tokyo ", 0, 0, "Asia/Tokyo" },
		{ "Mon 00:00", 0, 0, SE },
		{ "tue 1:01", 1, 61, SE },
		{ "tuesday 1:01", 1, 61, SE },
		{ "wed 2:02", 2, 122, SE },
		{ "Wednesday 2:02", 2, 122, SE },
		{ "fRi 4:04", 4, 244, SE },
		{ "friday 4:04", 4, 244, SE },
		{ "sat 5:05", 5, 305, SE },
		{ "saturday 5:05", 5, 305, SE },
		{ "Sun 23:59", 6, 1439, SE },
		{ "sunday 23:59", 6, 1439, SE },
	};
	static const char *const BAD[] = { "", "Thursday", "9:15", "Thursday 9", "Thursday 24:00",
		"Thursday 9:60", "Thursday 9:5", "Thursday 009:15", "Thursday 9:150",
		"Thursday :15", "Thursday -1:15", "Thursday 9:-1", "Thursday +9:15", "Thur 9:15",
		"Th 9:15", "Thursdays 9:15", "torsdag 9:15", "Thursday 9:15:00", "Thursday 9.15",
		"Thursday 9:15 Europe/Stockholm now", "Thursday 9:15 Nowhere",
		"Thursday 9:15 local", "Thursday 9:15 ../UTC", "9:15 Thursday", "Thursday,9:15",
		"3 9:15",
		("Thursday 9:15 a123456789a123456789a123456789a123456789a123456789a123456789"
		 "a123456789a123456789a123456789a123456789a123456789") };
	struct period_reset r = { 9, 9, NULL };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
		e.code = ERR_NONE;
		if (period_weekly_reset_parse(BAD[i], &r, &e) == 0 || e.code != ERR_USAGE ||
		    r.weekday != 9)
			fail_msg("\"%s\" is accepted", BAD[i]);
		assert_non_null(strstr(e.msg, "<weekday> <H:MM> [<IANA zone>]"));
	}
	assert_int_equal(period_weekly_reset_parse(NULL, &r, &e), -1);
	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		if (period_weekly_reset_parse(T[i].text, &r, &e) < 0)
			fail_msg("%s", e.msg);
		assert_int_equal(r.weekday, T[i].weekday);
		assert_int_equal(r.ms_of_day, T[i].minutes * 60000);
		assert_ptr_equal(r.zone, zone(T[i].zone));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_elapsed),
		cmocka_unit_test(last_calendar),
		cmocka_unit_test(last_words),
		cmocka_unit_test(last_bad),
		cmocka_unit_test(named),
		cmocka_unit_test(bounds),
		cmocka_unit_test(bounds_bad),
		cmocka_unit_test(ranges),
		cmocka_unit_test(reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
