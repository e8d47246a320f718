/*
 * test_time_zdump.c - every zone of this machine against what zdump prints,
 * from the files as they are and from slim ones made by zic; and what
 * time/tz.h promises, around each of those instants.
 */
#include "base/compat.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "time/tz.h"

#define ZONEINFO "/usr/share/zoneinfo"

/* what zdump said about one instant */
struct row {
	size_t zone; /* index in zones */
	int64_t s;
	int32_t off;
};

static char **zones;
static size_t zones_n, zones_alloc;
static struct row *rows;
static size_t rows_n, rows_alloc;

static const struct tz *
zone(const char *name)
{
	struct err e = { 0 };
	const struct tz *z = tz_get(name, &e);

	if (z == NULL)
		fail_msg("%s: %s", name, e.msg);
	return z;
}

static int
found(const char *path, const struct stat *st UNUSED, int type, struct FTW *ftw UNUSED)
{
	const char *name = path + strlen(ZONEINFO) + 1;
	char magic[4] = { 0 };
	FILE *f;

	if ((type != FTW_F && type != FTW_SL) || strchr(name, '.') != NULL ||
	    strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0)
		return 0;
	f = fopen(path, "rb");
	if (f != NULL && fread(magic, 1, 4, f) == 4 && memcmp(magic, "TZif", 4) == 0) {
		xgrow(&zones, zones_n, &zones_alloc, sizeof(*zones));
		zones[zones_n++] = xstrdup(name);
	}
	if (f != NULL)
		(void)fclose(f); /* was read only */
	return 0;
}

/* 0 when the program ran and said 0; its output goes to *OUT unless NULL */
static int
run(char *const argv[], FILE **out, pid_t *pid)
{
	static char lang[] = "LC_ALL=C", path[] = "PATH=/usr/sbin:/usr/bin:/bin";
	char *env[] = { lang, path, NULL };
	posix_spawn_file_actions_t acts;
	int fd[2], rc;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, fd[1], 1);
	rc = posix_spawn(pid, argv[0], &acts, NULL, argv, env);
	posix_spawn_file_actions_destroy(&acts);
	close(fd[1]);
	if (rc == 0)
		*out = fdopen(fd[0], "r");
	else
		close(fd[0]);
	return rc == 0 ? 0 : -1;
}

static int
finish(FILE *f, pid_t pid)
{
	int status = -1;

	(void)fclose(f); /* was read only */
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* "Zone  Sun Mar 29 01:00:00 2026 UT = ... gmtoff=7200" */
static bool
read_row(const char *line, char name[static 128], struct row *r)
{
	static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *off = strstr(line, "gmtoff="), *at;
	struct tm tm = { 0 };
	char month[4];
	int n;

	if (off == NULL ||
	    sscanf(line, "%127s %*3s %3s %d %d:%d:%d %d UT =%n", name, month, &tm.tm_mday,
		&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &tm.tm_year, &n) != 7)
		return false;
	at = strstr(MONTHS, month);
	if (at == NULL || sscanf(off, "gmtoff=%" SCNd32, &r->off) != 1)
		return false;
	tm.tm_mon = (int)(at - MONTHS) / 3;
	tm.tm_year -= 1900;
	r->s = timegm(&tm);
	return true;
}

/* rows of the N zones at NAMES for the years of RANGE */
static int
zdump(char **names, size_t n, const char *range)
{
	char program[] = "/usr/bin/zdump", v[] = "-v", c[] = "-c", *years = xstrdup(range);
	char **argv = xcalloc(n + 5, sizeof(*argv)), *line = NULL, name[128];
	size_t alloc = 0, k = 0;
	FILE *f = NULL;
	pid_t pid = 0;
	int rc = -1;

	argv[0] = program;
	argv[1] = v;
	argv[2] = c;
	argv[3] = years;
	for (size_t i = 0; i < n; i++)
		argv[4 + i] = names[i];
	rows_n = 0;
	if (run(argv, &f, &pid) == 0 && f != NULL) {
		while (getline(&line, &alloc, f) > 0) {
			struct row r = { 0 };

			if (!read_row(line, name, &r))
				continue;
			/* zdump keeps the order of its arguments */
			while (k < n && strcmp(names[k], name) != 0)
				k++;
			r.zone = k;
			xgrow(&rows, rows_n, &rows_alloc, sizeof(*rows));
			rows[rows_n++] = r;
		}
		rc = k < n ? finish(f, pid) : -1;
	}
	free(line);
	free(years);
	free(argv);
	return rc;
}

static int
collect(void **state UNUSED)
{
	if (nftw(ZONEINFO, found, 16, FTW_PHYS) != 0)
		return -1;
	return zdump(zones, zones_n, "1970,2038");
}

static int
dispose(void **state UNUSED)
{
	for (size_t i = 0; i < zones_n; i++)
		free(zones[i]);
	free(zones);
	free(rows);
	tz_set_dir(NULL);
	return 0;
}

/* every row of zdump, and the last millisecond of its second */
static void
check_rows(char **names)
{
	for (size_t i = 0; i < rows_n; i++) {
		const struct row *r = &rows[i];
		const struct tz *z = zone(names[r->zone]);

		if (tz_offset_s(z, r->s * 1000) != r->off ||
		    tz_offset_s(z, r->s * 1000 + 999) != r->off)
			fail_msg("%s at %" PRId64 ": %d, zdump %d", names[r->zone], r->s,
			    tz_offset_s(z, r->s * 1000), r->off);
	}
}

/* the promises of tz_from_local, tz_day_start and tz_span at instant T of Z */
static void
check_promises(const struct tz *z, int64_t t)
{
	struct date d, other;
	int32_t clock, clock2, off;
	int64_t first, start, from, to;

	tz_local(z, t, &d, &clock, &off);
	first = tz_from_local(z, d, clock);
	tz_local(z, first, &other, &clock2, NULL);
	assert_true(first <= t && clock == clock2);
	assert_int_equal(civil_days(other), civil_days(d));
	start = tz_day_start(z, d);
	assert_true(start <= t);
	tz_local(z, start, &other, NULL, NULL);
	assert_true(civil_days(other) >= civil_days(d));
	for (int64_t back = 1; back < 5 * 3600000; back = back * 5 + 900000) {
		tz_local(z, start - back, &other, NULL, NULL);
		assert_true(civil_days(other) < civil_days(d));
	}
	tz_span(z, t, &from, &to);
	assert_true(from <= t && t < to);
	assert_int_equal(tz_offset_s(z, from), off);
	assert_int_equal(tz_offset_s(z, to - 1), off);
}

static void
zdump_all(void **state UNUSED)
{
	assert_true(zones_n > 400);
	assert_true(rows_n > 50000);
	check_rows(zones);
	for (size_t i = 0; i < rows_n; i++) {
		const struct tz *z = zone(zones[rows[i].zone]);

		check_promises(z, rows[i].s * 1000);
		check_promises(z, rows[i].s * 1000 + 1234567);
	}
}

static int
remove_one(const char *path, const struct stat *st UNUSED, int type UNUSED, struct FTW *ftw UNUSED)
{
	return remove(path);
}

/* the same zones in slim files, whose later years are in the footer only */
static void
zdump_slim(void **state UNUSED)
{
	char zic[] = "/usr/sbin/zic", b[] = "-b", slim[] = "slim", d[] = "-d";
	char dir[] = "tz-slim-XXXXXX", source[] = ZONEINFO "/tzdata.zi";
	char *argv[] = { zic, b, slim, d, dir, source, NULL };
	FILE *f = NULL;
	pid_t pid = 0;
	int rc;

	if (access(zic, X_OK) < 0 || access(source, R_OK) < 0) {
		(void)fputs("no zic: slim files only as made by hand\n", stderr);
		return;
	}
	assert_non_null(mkdtemp(dir));
	rc = run(argv, &f, &pid);
	if (rc == 0 && f != NULL)
		rc = finish(f, pid);
	tz_set_dir(dir);
	for (size_t i = 0; rc == 0 && i < rows_n; i++) {
		struct err e = { 0 };
		const struct tz *z = tz_get(zones[rows[i].zone], &e);

		/* Debian's folder has two names that are no zones of tzdata */
		if (z == NULL && (strcmp(zones[rows[i].zone], "localtime") == 0 ||
				     strcmp(zones[rows[i].zone], "posixrules") == 0))
			continue;
		rc = z == NULL || tz_offset_s(z, rows[i].s * 1000) != rows[i].off;
		if (rc != 0)
			(void)fprintf(stderr, "%s at %" PRId64 ": %s\n", zones[rows[i].zone],
			    rows[i].s, e.msg);
	}
	tz_set_dir(NULL);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* best effort */
	assert_int_equal(rc, 0);
}

/* the footers, all their forms, for as long as zdump looks */
static void
zdump_far(void **state UNUSED)
{
	static const char *const FAR[] = { "Africa/Cairo", "Africa/Casablanca", "America/New_York",
		"America/Nuuk", "America/Santiago", "America/St_Johns", "Asia/Gaza",
		"Asia/Jerusalem", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney",
		"Europe/Dublin", "Europe/Stockholm", "Pacific/Chatham" };
	char *names[ARRAY_LEN(FAR)];
	int rc;

	for (size_t i = 0; i < ARRAY_LEN(FAR); i++)
		names[i] = xstrdup(FAR[i]);
	rc = zdump(names, ARRAY_LEN(FAR), "1970,2500");
	assert_int_equal(rc, 0);
	assert_true(rows_n > 20000);
	check_rows(names);
	for (size_t i = 0; i < rows_n; i++)
		check_promises(zone(names[rows[i].zone]), rows[i].s * 1000);
	for (size_t i = 0; i < ARRAY_LEN(FAR); i++)
		free(names[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zdump_all),
		cmocka_unit_test(zdump_slim),
		cmocka_unit_test(zdump_far),
	};

	return cmocka_run_group_tests(tests, collect, dispose);
}
