/*
 * test_time_tzif.c - zone files: made by hand, with every form of rule, and
 * damaged in many ways.
 */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "time/tz.h"

#define ZONEINFO "/usr/share/zoneinfo"

static int64_t
ms(const char *text)
{
	int64_t v = 0;

	assert_int_equal(civil_parse_instant(str_of(text), &v), 0);
	return v;
}

/* ---- hand-made files ---- */

static size_t
put32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
	return 4;
}

static size_t
put_header(unsigned char *p, char version, uint32_t times, uint32_t types, uint32_t chars)
{
	memset(p, 0, 44);
	memcpy(p, "TZif", 4);
	p[4] = (unsigned char)version;
	(void)put32(p + 32, times);
	(void)put32(p + 36, types);
	(void)put32(p + 40, chars);
	return 44;
}

/* one local time type */
static size_t
put_type(unsigned char *p, int32_t off)
{
	(void)put32(p, (uint32_t)off);
	p[4] = p[5] = 0;
	return 6;
}

/* a slim file of version 2 without changes: only FOOTER says something */
static size_t
slim_file(unsigned char *p, const char *footer, size_t footer_n)
{
	size_t n = put_header(p, '2', 0, 1, 1);

	n += put_type(p + n, 0);
	p[n++] = 0;
	n += put_header(p + n, '2', 0, 1, 1);
	n += put_type(p + n, 0);
	p[n++] = 0;
	p[n++] = '\n';
	memcpy(p + n, footer, footer_n);
	n += footer_n;
	p[n++] = '\n';
	return n;
}

static struct tz *
rule_zone(const char *rule)
{
	unsigned char file[512];
	struct tz *z = NULL;
	struct err e = { 0 };

	if (tz_parse(file, slim_file(file, rule, strlen(rule)), &z, &e) < 0)
		return NULL;
	assert_string_equal(tz_name(z), "");
	return z;
}

struct rule_case {
	const char *rule, *instant;
	int32_t off;
};

static void
rules(void **state UNUSED)
{
	static const struct rule_case T[] = {
		/* no summer time */
		{ "UTC0", "2026-07-01T00:00:00Z", 0 },
		{ "JST-9", "2026-07-01T00:00:00Z", 32400 },
		{ "<-0330>+3:30", "2026-07-01T00:00:00Z", -12600 },
		{ "<+012345>-1:23:45", "2026-07-01T00:00:00Z", 5025 },
		/* Mm.w.d, default time 02:00 and hour */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "1970-01-01T00:00:00Z", 3600 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3600 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18000 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14400 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-11-01T05:59:59Z", -14400 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18000 },
		/* south, and summer time of 30 minutes */
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 39600 },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T15:59:59Z", 39600 },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T16:00:00Z", 36000 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03T15:29:59Z", 37800 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03T15:30:00Z", 39600 },
		/* summer time that is earlier: Ireland */
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-10-25T00:59:59Z", 3600 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-10-25T01:00:00Z", 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-03-29T01:00:00Z", 3600 },
		/* Jn, the same day in leap years */
		{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2024-03-20T20:29:59Z", 12600 },
		{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2024-03-20T20:30:00Z", 16200 },
		{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2025-03-20T20:29:59Z", 12600 },
		{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2025-03-20T20:30:00Z", 16200 },
		{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2024-09-20T19:29:59Z", 16200 },
		{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2024-09-20T19:30:00Z", 12600 },
		/* n, which counts February 29 */
		{ "AAA0BBB,59,300", "2025-03-01T01:59:59Z", 0 },
		{ "AAA0BBB,59,300", "2025-03-01T02:00:00Z", 3600 },
		{ "AAA0BBB,59,300", "2024-02-29T01:59:59Z", 0 },
		{ "AAA0BBB,59,300", "2024-02-29T02:00:00Z", 3600 },
		/* summer time all year round */
		{ "EST5EDT,0/0,J365/25", "1970-01-01T00:00:00Z", -14400 },
		{ "EST5EDT,0/0,J365/25", "2026-01-01T03:59:59Z", -14400 },
		{ "EST5EDT,0/0,J365/25", "2026-01-01T05:00:00Z", -14400 },
		{ "EST5EDT,0/0,J365/25", "2300-07-01T00:00:00Z", -14400 },
		{ "EST5EDT,0/0,J365/25", "9999-12-31T23:59:59Z", -14400 },
		/* more than a day: Gaza; less than none: Greenland */
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7200 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10800 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-10-23T22:59:59Z", 10800 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-10-23T23:00:00Z", 7200 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-10-25T00:59:59Z", -3600 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-10-25T01:00:00Z", -7200 },
		/* a week over both ends of the year: worked out by hand */
		{ "AAA0BBB,M1.1.0/-167,M12.5.6/167", "2026-01-02T21:59:59Z", 3600 },
		{ "AAA0BBB,M1.1.0/-167,M12.5.6/167", "2026-01-02T22:00:00Z", 0 },
		{ "AAA0BBB,M1.1.0/-167,M12.5.6/167", "2026-12-27T00:59:59Z", 0 },
		{ "AAA0BBB,M1.1.0/-167,M12.5.6/167", "2026-12-27T01:00:00Z", 3600 },
		{ "AAA0BBB,M1.1.0/-167,M12.5.6/167", "2027-01-01T21:59:59Z", 3600 },
		{ "AAA0BBB,M1.1.0/-167,M12.5.6/167", "2027-01-01T22:00:00Z", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		struct tz *z = rule_zone(T[i].rule);
		int32_t off = z == NULL ? -1 : tz_offset_s(z, ms(T[i].instant));

		tz_free(z);
		if (off != T[i].off)
			fail_msg("%s at %s: %d", T[i].rule, T[i].instant, off);
	}
}

static void
bad_rules(void **state UNUSED)
{
	static const char *const T[] = { "EST", "CE-1", "C1T-1", "<AB>1", "<ABC1", "CET-25",
		"CET-1:60", "CET-1x", "CET--1", "CET-1 ", "CET-1CEST", "CET-1CE,M3.5.0,M10.5.0",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,J0,J365",
		"CET-1CEST,J366,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,M3.5.0/,M10.5.0", "CET-1CEST,M3.5.0/2,M10.5.0/3,", "-1", ":UTC",
		"CET-1CEST,M3.5.0/2:,M10.5.0", "CET-1CEST,M3.5.0/0002,M10.5.0" };
	unsigned char file[512];
	struct tz *none = NULL;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(T); i++) {
		struct tz *z = rule_zone(T[i]);
		bool accepted = z != NULL;

		tz_free(z);
		if (accepted)
			fail_msg("\"%s\" is accepted", T[i]);
	}
	/* a NUL is not the end of the rule */
	assert_int_equal(tz_parse(file, slim_file(file, "UTC0\0x", 6), &none, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

static void
version_1(void **state UNUSED)
{
	unsigned char f[128];
	size_t n = put_header(f, 0, 2, 2, 4);
	struct tz *z = NULL;
	struct err e;

	n += put32(f + n, (uint32_t)-1000);
	n += put32(f + n, 1000000000); /* 2001-09-09T01:46:40Z */
	f[n++] = 1;
	f[n++] = 0;
	n += put_type(f + n, 3600);
	n += put_type(f + n, -7200);
	memcpy(f + n, "ABC", 4);
	n += 4;
	assert_int_equal(tz_parse(f, n, &z, &e), 0);
	assert_int_equal(tz_offset_s(z, -1000001), 3600);
	assert_int_equal(tz_offset_s(z, -1000000), -7200);
	assert_int_equal(tz_offset_s(z, 999999999999), -7200);
	assert_int_equal(tz_offset_s(z, 1000000000000), 3600);
	assert_int_equal(tz_offset_s(z, CIVIL_MAX_MS), 3600);
	tz_free(z);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(tz_parse(f, i, &z, &e), -1);
}

/* a version 2 file with a change at AT, made good; then each field is spoiled */
static size_t
two_changes(unsigned char *f, int64_t first, int64_t second, int32_t off)
{
	size_t n = put_header(f, '2', 0, 1, 1);

	n += put_type(f + n, 0);
	f[n++] = 0;
	n += put_header(f + n, '2', 2, 2, 4);
	n += put32(f + n, (uint32_t)((uint64_t)first >> 32));
	n += put32(f + n, (uint32_t)first);
	n += put32(f + n, (uint32_t)((uint64_t)second >> 32));
	n += put32(f + n, (uint32_t)second);
	f[n++] = 1;
	f[n++] = 0;
	n += put_type(f + n, 0);
	n += put_type(f + n, off);
	memcpy(f + n, "ABC", 4);
	n += 4;
	memcpy(f + n, "\nAAA0\n", 6);
	return n + 6;
}

static void
try_parse(unsigned char *f, size_t n, int want)
{
	struct tz *z = NULL;
	struct err e = { 0 };
	int rc = tz_parse(f, n, &z, &e);

	tz_free(z);
	assert_int_equal(rc, want);
	assert_int_equal(e.code, want == 0 ? ERR_NONE : ERR_INPUT);
}

static void
spoiled(void **state UNUSED)
{
	unsigned char f[512];
	size_t head = 44 + 6 + 1, n = two_changes(f, 0, 1000, 3600);
	struct tz *z = NULL;
	struct err e;

	assert_int_equal(tz_parse(f, n, &z, &e), 0);
	assert_int_equal(tz_offset_s(z, -1), 0);
	assert_int_equal(tz_offset_s(z, 0), 3600);
	assert_int_equal(tz_offset_s(z, 1000000), 0);
	tz_free(z);
	try_parse(f, two_changes(f, 0, 1000, 93599), 0);
	try_parse(f, two_changes(f, 0, 1000, 93600), -1);
	try_parse(f, two_changes(f, 0, 1000, -89999), 0);
	try_parse(f, two_changes(f, 0, 1000, -90000), -1);
	try_parse(f, two_changes(f, 0, 1000, INT32_MIN), -1);
	try_parse(f, two_changes(f, 0, 0, 3600), -1);
	try_parse(f, two_changes(f, 1, 0, 3600), -1);
	try_parse(f, two_changes(f, INT64_MIN, INT64_MAX, 3600), 0);
	try_parse(f, two_changes(f, INT64_MIN, INT64_MIN + 1, 3600), 0);
	for (size_t at = head + 20; at < head + 44; at += 4)
		for (int b = 0; b < 4; b++) {
			/* each count: larger by a power of 256 */
			n = two_changes(f, 0, 1000, 3600);
			f[at + (size_t)b]++;
			try_parse(f, n, -1);
		}
	n = two_changes(f, 0, 1000, 3600);
	f[head + 44 + 16] = 2; /* type 2 of 2 */
	try_parse(f, n, -1);
	n = two_changes(f, 0, 1000, 3600);
	f[head + 44 + 18 + 5] = 4; /* name at 4 of 4 */
	try_parse(f, n, -1);
	n = two_changes(f, 0, 1000, 3600);
	f[0] = 'X';
	try_parse(f, n, -1);
	n = two_changes(f, 0, 1000, 3600);
	f[4] = '1';
	try_parse(f, n, -1);
	n = two_changes(f, 0, 1000, 3600);
	f[head] = 'X';
	try_parse(f, n, -1);
	try_parse(f, 0, -1);
}

/* ---- damaged files ---- */

static char *
slurp(const char *name, size_t *n)
{
	char *path = xasprintf("%s/%s", ZONEINFO, name), *data = xmalloc(65536);
	FILE *f = fopen(path, "rb");

	free(path);
	assert_non_null(f);
	*n = fread(data, 1, 65536, f);
	(void)fclose(f); /* was read only */
	return data;
}

static void
truncated(void **state UNUSED)
{
	struct tz *z = NULL;
	struct err e;
	size_t n;
	char *data = slurp("Europe/Stockholm", &n);

	assert_int_equal(tz_parse(data, n, &z, &e), 0);
	tz_free(z);
	for (size_t i = 0; i < n; i++) {
		char *copy = xmalloc(i); /* of exact size, for the sanitizer */

		memcpy(copy, data, i);
		e.code = ERR_NONE;
		if (tz_parse(copy, i, &z, &e) == 0 || e.code != ERR_INPUT)
			fail_msg("%zu of %zu bytes are enough", i, n);
		free(copy);
	}
	free(data);
}

static uint32_t
dice(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static void
use(const struct tz *z)
{
	static const int64_t TIMES[] = { INT64_MIN, -1, 0, INT64_C(1774746000000), CIVIL_MAX_MS,
		INT64_MAX };

	for (size_t i = 0; i < ARRAY_LEN(TIMES); i++) {
		struct date d;
		int32_t clock, off;
		int64_t from, to;

		tz_local(z, TIMES[i], &d, &clock, &off);
		assert_true(off >= -89999 && off <= 93599);
		(void)tz_from_local(z, d, clock); /* must not crash */
		(void)tz_day_start(z, d);
		tz_span(z, TIMES[i], &from, &to);
	}
}

static void
mutated(void **state UNUSED)
{
	static const char *const NAMES[] = { "Europe/Stockholm", "Asia/Tokyo", "Asia/Gaza" };
	uint64_t seed = 20260329;
	size_t good = 0;

	for (size_t k = 0; k < ARRAY_LEN(NAMES); k++) {
		size_t n, room;
		char *data = slurp(NAMES[k], &n);

		for (int i = 0; i < 4000; i++) {
			char *copy = xmalloc(n);
			struct tz *z = NULL;
			struct err e = { 0 };

			memcpy(copy, data, n);
			room = i % 3 == 0 ? 44 : i % 3 == 1 ? n : 40;
			for (uint32_t c = dice(&seed) % 6 + 1; c > 0; c--) {
				size_t at = dice(&seed) % room;

				/* everywhere, in the head, or in the footer */
				copy[i % 3 == 2 ? n - 1 - at : at] = (char)dice(&seed);
			}
			if (tz_parse(copy, n, &z, &e) == 0) {
				good++;
				use(z);
			} else
				assert_int_equal(e.code, ERR_INPUT);
			tz_free(z);
			free(copy);
		}
		free(data);
	}
	assert_true(good > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(bad_rules),
		cmocka_unit_test(version_1),
		cmocka_unit_test(spoiled),
		cmocka_unit_test(truncated),
		cmocka_unit_test(mutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
