/*
 * test_time_tz.c - zones against known history; names, folders, the machine's
 * zone.
 */
#include "base/compat.h"

#include <ftw.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "time/tz.h"

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
check_instant(int64_t got, const char *want)
{
	char buf[32];

	civil_format_utc(got, buf);
	assert_string_equal(buf, want);
}

static void
check_clock(const struct tz *z, const char *instant, const char *want)
{
	int64_t at = ms(instant);
	char buf[32];

	civil_format_offset(at, tz_offset_s(z, at), buf);
	assert_string_equal(buf, want);
}

/* ---- known history ---- */

static void
stockholm(void **state UNUSED)
{
	const struct tz *z = zone("Europe/Stockholm");
	struct date d;
	int32_t clock, off;

	assert_string_equal(tz_name(z), "Europe/Stockholm");
	assert_ptr_equal(z, zone("Europe/Stockholm"));
	check_clock(z, "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00");
	check_clock(z, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00");
	check_clock(z, "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00");
	check_clock(z, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00");
	/* beyond the table of a fat file */
	check_clock(z, "2060-01-15T12:00:00Z", "2060-01-15T13:00:00+01:00");
	check_clock(z, "2060-07-15T12:00:00Z", "2060-07-15T14:00:00+02:00");
	check_clock(z, "2060-03-28T00:59:59Z", "2060-03-28T01:59:59+01:00");
	check_clock(z, "2060-03-28T01:00:00Z", "2060-03-28T03:00:00+02:00");
	check_clock(z, "2060-10-31T00:59:59Z", "2060-10-31T02:59:59+02:00");
	check_clock(z, "2060-10-31T01:00:00Z", "2060-10-31T02:00:00+01:00");
	check_clock(z, "9999-07-15T12:00:00Z", "9999-07-15T14:00:00+02:00");
	/* gap, fold */
	check_instant(
	    tz_from_local(z, (struct date){ 2026, 3, 29 }, 9000000), "2026-03-29T01:30:00.000Z");
	check_instant(
	    tz_from_local(z, (struct date){ 2026, 3, 29 }, 7199999), "2026-03-29T00:59:59.999Z");
	check_instant(
	    tz_from_local(z, (struct date){ 2026, 3, 29 }, 10800000), "2026-03-29T01:00:00.000Z");
	check_instant(
	    tz_from_local(z, (struct date){ 2026, 10, 25 }, 9000001), "2026-10-25T00:30:00.001Z");
	check_instant(
	    tz_from_local(z, (struct date){ 2026, 10, 25 }, 10800000), "2026-10-25T02:00:00.000Z");
	/* an event at 23:30 UTC is on the next day */
	tz_local(z, ms("2026-01-02T23:30:00.250Z"), &d, &clock, &off);
	assert_int_equal(d.d, 3);
	assert_int_equal(clock, 1800250);
	assert_int_equal(off, 3600);
	check_instant(tz_day_start(z, (struct date){ 2026, 1, 3 }), "2026-01-02T23:00:00.000Z");
	/* days of 23 and 25 hours */
	check_instant(tz_day_start(z, (struct date){ 2026, 3, 29 }), "2026-03-28T23:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2026, 3, 30 }), "2026-03-29T22:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2026, 10, 25 }), "2026-10-24T22:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2026, 10, 26 }), "2026-10-25T23:00:00.000Z");
}

static void
odd_days(void **state UNUSED)
{
	const struct tz *z = zone("America/Sao_Paulo");

	/* midnight skipped; midnight reached twice */
	check_instant(tz_day_start(z, (struct date){ 2018, 11, 4 }), "2018-11-04T03:00:00.000Z");
	check_clock(z, "2018-11-04T03:00:00Z", "2018-11-04T01:00:00-02:00");
	check_instant(
	    tz_from_local(z, (struct date){ 2018, 11, 4 }, 1800000), "2018-11-04T03:30:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2018, 2, 17 }), "2018-02-17T02:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2018, 2, 18 }), "2018-02-18T03:00:00.000Z");
	/* a date that never was */
	z = zone("Pacific/Apia");
	check_instant(tz_day_start(z, (struct date){ 2011, 12, 29 }), "2011-12-29T10:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2011, 12, 30 }), "2011-12-30T10:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2011, 12, 31 }), "2011-12-30T10:00:00.000Z");
	check_instant(tz_day_start(z, (struct date){ 2012, 1, 1 }), "2011-12-31T10:00:00.000Z");
	check_instant(
	    tz_from_local(z, (struct date){ 2011, 12, 30 }, 43200000), "2011-12-30T22:00:00.000Z");
	/* 00:01 back to 23:01: the day begins twice, the first time counts */
	z = zone("America/St_Johns");
	check_instant(tz_day_start(z, (struct date){ 2010, 11, 7 }), "2010-11-07T02:30:00.000Z");
	check_clock(z, "2010-11-07T02:30:59Z", "2010-11-07T00:00:59-02:30");
	check_clock(z, "2010-11-07T02:31:00Z", "2010-11-06T23:01:00-03:30");
	check_instant(
	    tz_from_local(z, (struct date){ 2010, 11, 7 }, 30000), "2010-11-07T02:30:30.000Z");
	check_instant(tz_from_local(z, (struct date){ 2010, 11, 6 }, 23 * 3600000 + 1800000),
	    "2010-11-07T02:00:00.000Z");
}

static void
other_zones(void **state UNUSED)
{
	const struct tz *z = zone("Australia/Lord_Howe");

	check_clock(z, "2026-04-04T14:59:59Z", "2026-04-05T01:59:59+11:00");
	check_clock(z, "2026-04-04T15:00:00Z", "2026-04-05T01:30:00+10:30");
	check_clock(z, "2026-10-03T15:29:59Z", "2026-10-04T01:59:59+10:30");
	check_clock(z, "2026-10-03T15:30:00Z", "2026-10-04T02:30:00+11:00");
	check_instant(tz_from_local(z, (struct date){ 2026, 10, 4 }, 2 * 3600000 + 900000),
	    "2026-10-03T15:45:00.000Z");
	check_instant(tz_from_local(z, (struct date){ 2026, 4, 5 }, 1 * 3600000 + 2700000),
	    "2026-04-04T14:45:00.000Z");
	z = zone("Australia/Sydney");
	check_clock(z, "2026-04-04T15:59:59Z", "2026-04-05T02:59:59+11:00");
	check_clock(z, "2026-04-04T16:00:00Z", "2026-04-05T02:00:00+10:00");
	check_clock(z, "2026-10-03T16:00:00Z", "2026-10-04T03:00:00+11:00");
	z = zone("Asia/Kathmandu");
	check_clock(z, "2026-07-01T00:00:00Z", "2026-07-01T05:45:00+05:45");
	check_clock(z, "1985-12-31T18:29:59Z", "1985-12-31T23:59:59+05:30");
	check_clock(z, "1985-12-31T18:30:00Z", "1986-01-01T00:15:00+05:45");
	z = zone("Asia/Tokyo");
	check_clock(z, "1970-01-01T00:00:00Z", "1970-01-01T09:00:00+09:00");
	check_clock(z, "2026-07-01T00:00:00Z", "2026-07-01T09:00:00+09:00");
	check_clock(z, "9999-07-01T00:00:00Z", "9999-07-01T09:00:00+09:00");
	check_instant(tz_day_start(z, (struct date){ 2026, 7, 1 }), "2026-06-30T15:00:00.000Z");
	check_clock(
	    zone("Africa/Monrovia"), "1972-01-07T00:44:29Z", "1972-01-06T23:59:59-00:44:30");
}

static void
far_away(void **state UNUSED)
{
	static const char *const NAMES[] = { "UTC", "Europe/Stockholm", "Asia/Tokyo",
		"Africa/Casablanca" };
	static const int64_t TIMES[] = { INT64_MIN, INT64_MIN / 4, -1, 0, INT64_MAX / 4,
		INT64_MAX };

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
		for (size_t k = 0; k < ARRAY_LEN(TIMES); k++) {
			const struct tz *z = zone(NAMES[i]);
			struct date d;
			int32_t clock, off;
			int64_t from, to;

			tz_local(z, TIMES[k], &d, &clock, &off);
			assert_true(d.m >= 1 && d.m <= 12 && clock >= 0 && clock < CIVIL_DAY_MS);
			tz_span(z, TIMES[k], &from, &to);
			assert_true(from < to);
			(void)tz_from_local(z, d, clock); /* no overflow */
			(void)tz_day_start(z, d);
		}
	(void)tz_day_start(zone("UTC"), (struct date){ INT32_MAX, 12, 31 });
	(void)tz_from_local(zone("UTC"), (struct date){ INT32_MIN, 1, 1 }, INT32_MIN);
}

/* ---- names and places ---- */

#define MINE_BYTES 109

/* a zone of version 2 without changes, +07:00 by its footer */
static void
make_mine(char f[static MINE_BYTES])
{
	memset(f, 0, MINE_BYTES);
	for (size_t at = 0; at <= 51; at += 51) {
		memcpy(f + at, "TZif2", 5);
		f[at + 39] = 1; /* one type: six bytes of nothing */
		f[at + 43] = 1; /* one byte of names */
	}
	memcpy(f + 102, "\nAAA-7\n", 7);
}

static int
remove_one(const char *path, const struct stat *st UNUSED, int type UNUSED, struct FTW *ftw UNUSED)
{
	return remove(path);
}

static void
names(void **state UNUSED)
{
	static const char LONG[] = "a123456789a123456789a123456789a123456789a123456789"
				   "a123456789a123456789a123456789a123456789a123456789a";
	static const char *const BAD[] = { "", "/", "/etc/passwd", "../etc/passwd", "Europe/../UTC",
		"Europe/", "Europe//Stockholm", "Europe/Stock holm", "Europe\\Stockholm", "UTC\n",
		":UTC", "tzdata.zi", "Europe/Malm\xc3\xb6", LONG };
	static const char *const UNKNOWN[] = { "Europe/Atlantis", "Europe", "leapseconds", "X",
		"Europe/Stockholm/X", "stockholm", "Local" };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
		e.code = ERR_NONE;
		assert_false(tz_name_valid(BAD[i]));
		assert_null(tz_get(BAD[i], &e));
		assert_int_equal(e.code, ERR_USAGE);
	}
	for (size_t i = 0; i < ARRAY_LEN(UNKNOWN); i++) {
		e.code = ERR_NONE;
		assert_true(tz_name_valid(UNKNOWN[i]));
		assert_null(tz_get(UNKNOWN[i], &e));
		assert_int_equal(e.code, ERR_USAGE);
	}
	assert_null(tz_get("X", &e));
	assert_string_equal(
	    e.msg, "unknown time zone \"X\": use a name like Europe/Stockholm, UTC or local");
	assert_null(tz_get(NULL, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_false(tz_name_valid(NULL));
	assert_true(tz_name_valid("Etc/GMT+12"));
	assert_int_equal(tz_offset_s(zone("Etc/GMT+12"), 0), -43200);
	assert_string_equal(tz_name(zone("UTC")), "UTC");
}

static void
write_file(const char *dir, const char *name, const void *p, size_t n)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "wb");

	free(path);
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
places(void **state UNUSED)
{
	char dir[] = "tz-dir-XXXXXX", *path;
	const struct tz *before = zone("Europe/Stockholm");
	char mine[MINE_BYTES];
	struct err e = { 0 };

	make_mine(mine);
	assert_non_null(mkdtemp(dir));
	tz_set_dir(dir);
	write_file(dir, "Mine", mine, sizeof(mine));
	write_file(dir, "Cut", mine, 60);
	write_file(dir, "Text", "no zone", 7);
	write_file(dir, "Empty", "", 0);
	path = xasprintf("%s/Large", dir);
	write_file(dir, "Large", "TZif", 4);
	assert_int_equal(truncate(path, 256 * 1024 + 1), 0);
	free(path);
	path = xasprintf("%s/Fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	free(path);
	assert_int_equal(tz_offset_s(zone("Mine"), 0), 25200);
	assert_string_equal(tz_name(zone("Mine")), "Mine");
	assert_null(tz_get("Europe/Stockholm", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(tz_get("Cut", &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.msg, "/Cut: not a usable time zone file"));
	assert_null(tz_get("Text", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(tz_get("Empty", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(tz_get("Large", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(tz_get("Fifo", &e));
	assert_int_equal(e.code, ERR_USAGE);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* best effort */
	/* a machine without zones still knows one */
	assert_null(tz_get("Europe/Stockholm", &e));
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_int_equal(tz_offset_s(zone("UTC"), 0), 0);
	tz_set_dir(NULL);
	/* a zone handed out stays */
	assert_int_equal(tz_offset_s(before, 0), 3600);
	assert_string_equal(tz_name(before), "Europe/Stockholm");
}

static void
check_local(const char *dir, const char *want)
{
	tz_set_etc(dir);
	assert_string_equal(tz_name(zone("local")), want);
	assert_ptr_equal(zone("local"), zone("local"));
	assert_ptr_equal(zone("local"), zone(want));
}

static void
link_to(const char *dir, const char *target)
{
	char *path = xasprintf("%s/localtime", dir);

	(void)remove(path); /* there may be none */
	assert_int_equal(symlink(target, path), 0);
	free(path);
}

static void
local(void **state UNUSED)
{
	char dir[] = "tz-etc-XXXXXX";

	assert_non_null(mkdtemp(dir));
	check_local(dir, "UTC");
	write_file(dir, "timezone", "Asia/Tokyo\n", 11);
	check_local(dir, "Asia/Tokyo");
	link_to(dir, "/usr/share/zoneinfo/Europe/Stockholm");
	check_local(dir, "Europe/Stockholm");
	link_to(dir, "../usr/share/zoneinfo/posix/Asia/Kathmandu");
	check_local(dir, "Asia/Kathmandu");
	link_to(dir, "/var/db/timezone/zoneinfo/America/New_York");
	check_local(dir, "America/New_York");
	/* what leads nowhere is passed over */
	link_to(dir, "/usr/share/zoneinfo/Europe/Atlantis");
	check_local(dir, "Asia/Tokyo");
	link_to(dir, "/usr/share/zoneinfo/local");
	check_local(dir, "Asia/Tokyo");
	link_to(dir, "/etc/passwd");
	check_local(dir, "Asia/Tokyo");
	write_file(dir, "timezone", "  local \n", 9);
	check_local(dir, "UTC");
	write_file(dir, "timezone", "../../x", 7);
	check_local(dir, "UTC");
	write_file(dir, "timezone", "", 0);
	check_local(dir, "UTC");
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* best effort */
	tz_set_etc(NULL);
	assert_non_null(zone("local"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stockholm),
		cmocka_unit_test(odd_days),
		cmocka_unit_test(other_zones),
		cmocka_unit_test(far_away),
		cmocka_unit_test(names),
		cmocka_unit_test(places),
		cmocka_unit_test(local),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
