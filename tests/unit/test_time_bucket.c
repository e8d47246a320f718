/*
 * test_time_bucket.c - hours, days, weeks and months over changes of the clock.
 */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "time/bucket.h"

#define HOUR INT64_C(3600000)

enum { MON, TUE, WED, THU, FRI, SAT, SUN };

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

/* the bucket of INSTANT is from START to NEXT and called LABEL */
static void
check(enum bucket b, const char *name, int week_start, const char *instant, const char *start,
    const char *next, const char *label)
{
	const struct tz *z = zone(name);
	int64_t at = ms(instant), from = bucket_start(b, z, week_start, at);
	int64_t to = bucket_next(b, z, week_start, at);
	char buf[32];

	assert_int_equal(from, ms(start));
	assert_int_equal(to, ms(next));
	bucket_label(b, z, week_start, at, buf);
	assert_string_equal(buf, label);
	bucket_label(b, z, week_start, from, buf);
	assert_string_equal(buf, label);
	bucket_label(b, z, week_start, to - 1, buf);
	assert_string_equal(buf, label);
	/* its ends belong together, the next instant does not */
	assert_int_equal(bucket_start(b, z, week_start, from), from);
	assert_int_equal(bucket_start(b, z, week_start, to - 1), from);
	assert_int_equal(bucket_next(b, z, week_start, to - 1), to);
	assert_int_equal(bucket_start(b, z, week_start, to), to);
	assert_int_not_equal(bucket_start(b, z, week_start, from - 1), from);
}

static void
hours(void **state UNUSED)
{
	const char *se = "Europe/Stockholm", *lh = "Australia/Lord_Howe";

	check(BUCKET_HOUR, se, MON, "2026-01-02T08:01:05Z", "2026-01-02T08:00:00Z",
	    "2026-01-02T09:00:00Z", "2026-01-02T09:00+01:00");
	/* spring: no 02:00 */
	check(BUCKET_HOUR, se, MON, "2026-03-29T00:30:00Z", "2026-03-29T00:00:00Z",
	    "2026-03-29T01:00:00Z", "2026-03-29T01:00+01:00");
	check(BUCKET_HOUR, se, MON, "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z",
	    "2026-03-29T02:00:00Z", "2026-03-29T03:00+02:00");
	/* autumn: two 02:00 */
	check(BUCKET_HOUR, se, MON, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z",
	    "2026-10-25T01:00:00Z", "2026-10-25T02:00+02:00");
	check(BUCKET_HOUR, se, MON, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z",
	    "2026-10-25T02:00:00Z", "2026-10-25T02:00+01:00");
	/* hours that are not those of UTC */
	check(BUCKET_HOUR, "Asia/Kathmandu", MON, "2026-01-02T08:20:00Z", "2026-01-02T08:15:00Z",
	    "2026-01-02T09:15:00Z", "2026-01-02T14:00+05:45");
	/* a change of 30 minutes, both ways */
	check(BUCKET_HOUR, lh, MON, "2026-04-04T14:59:00Z", "2026-04-04T14:00:00Z",
	    "2026-04-04T15:00:00Z", "2026-04-05T01:00+11:00");
	check(BUCKET_HOUR, lh, MON, "2026-04-04T15:10:00Z", "2026-04-04T15:00:00Z",
	    "2026-04-04T15:30:00Z", "2026-04-05T01:00+10:30");
	check(BUCKET_HOUR, lh, MON, "2026-04-04T15:30:00Z", "2026-04-04T15:30:00Z",
	    "2026-04-04T16:30:00Z", "2026-04-05T02:00+10:30");
	check(BUCKET_HOUR, lh, MON, "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z",
	    "2026-10-03T16:00:00Z", "2026-10-04T02:00+11:00");
	/* 00:00 became 00:15 */
	check(BUCKET_HOUR, "Asia/Kathmandu", MON, "1985-12-31T18:31:00Z", "1985-12-31T18:30:00Z",
	    "1985-12-31T19:15:00Z", "1986-01-01T00:00+05:45");
	check(BUCKET_HOUR, "UTC", MON, "1970-01-01T00:59:59.999Z", "1970-01-01T00:00:00Z",
	    "1970-01-01T01:00:00Z", "1970-01-01T00:00+00:00");
}

static void
days(void **state UNUSED)
{
	const char *se = "Europe/Stockholm";

	/* an event at 23:30 UTC falls on the next day in Stockholm */
	check(BUCKET_DAY, se, MON, "2026-01-02T23:30:00Z", "2026-01-02T23:00:00Z",
	    "2026-01-03T23:00:00Z", "2026-01-03");
	check(BUCKET_DAY, "UTC", MON, "2026-01-02T23:30:00Z", "2026-01-02T00:00:00Z",
	    "2026-01-03T00:00:00Z", "2026-01-02");
	check(BUCKET_DAY, se, MON, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z",
	    "2026-03-29T22:00:00Z", "2026-03-29");
	check(BUCKET_DAY, se, MON, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z",
	    "2026-10-25T23:00:00Z", "2026-10-25");
	check(BUCKET_DAY, "America/Sao_Paulo", MON, "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z",
	    "2018-11-05T02:00:00Z", "2018-11-04");
	check(BUCKET_DAY, "America/Sao_Paulo", MON, "2018-02-18T02:30:00Z", "2018-02-17T02:00:00Z",
	    "2018-02-18T03:00:00Z", "2018-02-17");
	/* no 30th of December */
	check(BUCKET_DAY, "Pacific/Apia", MON, "2011-12-29T12:00:00Z", "2011-12-29T10:00:00Z",
	    "2011-12-30T10:00:00Z", "2011-12-29");
	check(BUCKET_DAY, "Pacific/Apia", MON, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z",
	    "2011-12-31T10:00:00Z", "2011-12-31");
	/* the clock shows the 6th again after the 7th began */
	check(BUCKET_DAY, "America/St_Johns", MON, "2010-11-07T03:00:00Z", "2010-11-07T02:30:00Z",
	    "2010-11-08T03:30:00Z", "2010-11-07");
	check(BUCKET_DAY, "America/St_Johns", MON, "2010-11-07T02:29:59Z", "2010-11-06T02:30:00Z",
	    "2010-11-07T02:30:00Z", "2010-11-06");
	check(BUCKET_DAY, "Australia/Sydney", MON, "2026-04-04T16:00:00Z", "2026-04-04T13:00:00Z",
	    "2026-04-05T14:00:00Z", "2026-04-05");
}

static void
weeks(void **state UNUSED)
{
	const char *se = "Europe/Stockholm";

	/* 167, 169 hours */
	check(BUCKET_WEEK, se, MON, "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z",
	    "2026-03-29T22:00:00Z", "2026-03-23");
	check(BUCKET_WEEK, se, MON, "2026-10-25T12:00:00Z", "2026-10-18T22:00:00Z",
	    "2026-10-25T23:00:00Z", "2026-10-19");
	check(BUCKET_WEEK, se, SUN, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z",
	    "2026-04-04T22:00:00Z", "2026-03-29");
	check(BUCKET_WEEK, se, SUN, "2026-03-28T12:00:00Z", "2026-03-21T23:00:00Z",
	    "2026-03-28T23:00:00Z", "2026-03-22");
	/* over the year's end */
	check(BUCKET_WEEK, "UTC", MON, "2026-01-02T00:00:00Z", "2025-12-29T00:00:00Z",
	    "2026-01-05T00:00:00Z", "2025-12-29");
	check(BUCKET_WEEK, "UTC", FRI, "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z",
	    "2026-01-09T00:00:00Z", "2026-01-02");
	check(BUCKET_WEEK, "UTC", SAT, "2026-01-02T00:00:00Z", "2025-12-27T00:00:00Z",
	    "2026-01-03T00:00:00Z", "2025-12-27");
	/* named after a day that never was: Friday 2011-12-30 */
	check(BUCKET_WEEK, "Pacific/Apia", FRI, "2012-01-01T12:00:00Z", "2011-12-30T10:00:00Z",
	    "2012-01-05T10:00:00Z", "2011-12-30");
}

static void
months(void **state UNUSED)
{
	const char *se = "Europe/Stockholm";

	check(BUCKET_MONTH, se, MON, "2026-03-15T12:00:00Z", "2026-02-28T23:00:00Z",
	    "2026-03-31T22:00:00Z", "2026-03");
	check(BUCKET_MONTH, se, MON, "2026-10-15T12:00:00Z", "2026-09-30T22:00:00Z",
	    "2026-10-31T23:00:00Z", "2026-10");
	check(BUCKET_MONTH, se, MON, "2026-12-31T23:30:00Z", "2026-12-31T23:00:00Z",
	    "2027-01-31T23:00:00Z", "2027-01");
	check(BUCKET_MONTH, "UTC", MON, "2024-02-29T23:59:59.999Z", "2024-02-01T00:00:00Z",
	    "2024-03-01T00:00:00Z", "2024-02");
	/* America/Asuncion 2017-10-01: the month begins at 01:00 */
	check(BUCKET_MONTH, "America/Asuncion", MON, "2017-10-15T12:00:00Z", "2017-10-01T04:00:00Z",
	    "2017-11-01T03:00:00Z", "2017-10");
}

struct count_case {
	const char *zone, *from, *to;
	enum bucket b;
	int want;
};

/* walking a stretch from bucket to bucket */
static void
counts(void **state UNUSED)
{
	static const struct count_case T[] = {
		{ "Europe/Stockholm", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", BUCKET_HOUR,
		    743 },
		{ "Europe/Stockholm", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", BUCKET_HOUR,
		    745 },
		{ "Europe/Stockholm", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z", BUCKET_DAY,
		    365 },
		{ "Europe/Stockholm", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z", BUCKET_MONTH,
		    12 },
		{ "Europe/Stockholm", "2025-12-28T23:00:00Z", "2027-01-03T23:00:00Z", BUCKET_WEEK,
		    53 },
		{ "Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z",
		    BUCKET_HOUR, 25 },
		{ "Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z",
		    BUCKET_HOUR, 24 },
		{ "Pacific/Apia", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z", BUCKET_DAY, 30 },
		{ "America/Sao_Paulo", "2018-11-01T03:00:00Z", "2018-12-01T02:00:00Z", BUCKET_DAY,
		    30 },
		{ "America/St_Johns", "2010-11-01T02:30:00Z", "2010-12-01T03:30:00Z", BUCKET_DAY,
		    30 },
	};

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		const struct tz *z = zone(T[i].zone);
		int64_t at = ms(T[i].from), to = ms(T[i].to);
		char label[32], before[32] = "";
		int n = 0;

		for (; at < to; n++) {
			assert_int_equal(bucket_start(T[i].b, z, MON, at), at);
			bucket_label(T[i].b, z, MON, at, label);
			assert_string_not_equal(label, before);
			memcpy(before, label, sizeof(before));
			at = bucket_next(T[i].b, z, MON, at);
		}
		assert_int_equal(at, to);
		assert_int_equal(n, T[i].want);
	}
}

/* the buckets of an arbitrary instant hold it, in every zone and size */
static void
hold(void **state UNUSED)
{
	static const char *const ZONES[] = { "UTC", "Europe/Stockholm", "Australia/Lord_Howe",
		"Pacific/Apia", "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca",
		"Asia/Kathmandu", "Africa/Monrovia", "Asia/Gaza", "America/Asuncion" };

	for (size_t i = 0; i < ARRAY_LEN(ZONES); i++)
		for (int b = 0; b < BUCKET__MAX; b++)
			for (int64_t at = 1; at < 2000 * 1000 * HOUR; at += 26119 * 60007) {
				const struct tz *z = zone(ZONES[i]);
				int64_t from = bucket_start((enum bucket)b, z, SUN, at);
				int64_t to = bucket_next((enum bucket)b, z, SUN, at);

				assert_true(from <= at && at < to);
				assert_int_equal(bucket_start((enum bucket)b, z, SUN, to), to);
				assert_int_equal(bucket_next((enum bucket)b, z, SUN, from), to);
			}
}

static void
names(void **state UNUSED)
{
	static const char *const NAMES[] = { "hour", "day", "week", "month" };
	static const char *const BAD[] = { "", "Day", "days", "year", "hour " };
	enum bucket b = BUCKET__MAX;
	struct err e = { 0 };

	for (int i = 0; i < BUCKET__MAX; i++) {
		assert_int_equal(bucket_by_name(NAMES[i], &b, &e), 0);
		assert_int_equal(b, i);
		assert_string_equal(BUCKETS[i].name, NAMES[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
		e.code = ERR_NONE;
		assert_int_equal(bucket_by_name(BAD[i], &b, &e), -1);
		assert_int_equal(e.code, ERR_USAGE);
	}
	assert_string_equal(e.msg, "unknown group \"hour \": use hour, day, week or month");
}

static void
far_away(void **state UNUSED)
{
	static const char *const ZONES[] = { "UTC", "Europe/Stockholm", "Pacific/Kiritimati" };
	char buf[32];

	for (size_t i = 0; i < ARRAY_LEN(ZONES); i++)
		for (int b = 0; b < BUCKET__MAX; b++) {
			const struct tz *z = zone(ZONES[i]);

			assert_true(
			    bucket_start((enum bucket)b, z, MON, INT64_MAX) <= CIVIL_MAX_MS);
			assert_true(bucket_next((enum bucket)b, z, MON, INT64_MAX) > CIVIL_MAX_MS);
			assert_true(
			    bucket_start((enum bucket)b, z, MON, INT64_MIN) <= CIVIL_MIN_MS);
			bucket_label((enum bucket)b, z, MON, INT64_MAX, buf);
			bucket_label((enum bucket)b, z, MON, INT64_MIN, buf);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours),
		cmocka_unit_test(days),
		cmocka_unit_test(weeks),
		cmocka_unit_test(months),
		cmocka_unit_test(counts),
		cmocka_unit_test(hold),
		cmocka_unit_test(names),
		cmocka_unit_test(far_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
