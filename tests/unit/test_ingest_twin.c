/* A plain twin wins although another name sorts between the two. */
#include "base/compat.h"

#include <ftw.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "ingest/scan.h"

static char *top; /* real path of the folder that each test gets */
static struct scan s;
static struct err e;

static int
prepare(void **state UNUSED)
{
	char name[] = "scan-XXXXXX";

	assert_non_null(mkdtemp(name));
	top = realpath(name, NULL);
	assert_non_null(top);
	return 0;
}

static int
drop(const char *path, const struct stat *st UNUSED, int type UNUSED, struct FTW *f UNUSED)
{
	return remove(path);
}

static int
clean(void **state UNUSED)
{
	scan_clear(&s);
	assert_int_equal(nftw(top, drop, 10, FTW_DEPTH | FTW_PHYS), 0);
	free(top);
	top = NULL;
	return 0;
}

static const char *
at(const char *name)
{
	static char path[8][4096];
	static int i;

	i = (i + 1) % 8;
	(void)snprintf(path[i], sizeof(path[i]), "%s/%s", top, name);
	return path[i];
}

/* The folder NAME with all that are above it. */
static void
folder(const char *name)
{
	char *path = xasprintf("%s/%s/", top, name);

	for (char *p = path + strlen(top) + 1; *p != '\0'; p++)
		if (*p == '/') {
			*p = '\0';
			if (mkdir(path, 0755) < 0)
				assert_int_equal(errno, EEXIST);
			*p = '/';
		}
	free(path);
}

/* The file NAME with N bytes. */
static void
file(const char *name, size_t n)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fputc('x', f), 'x');
	assert_int_equal(fclose(f), 0);
}

static void
scan(const char *name, bool is_home)
{
	scan_clear(&s);
	if (scan_root(at(name), is_home, &s, &e) < 0)
		fail_msg("%s: %s", name, e.msg);
}

/* File I is NAME below the test's folder and can be read. */
static const struct scan_file *
found(size_t i, const char *name)
{
	assert_true(i < s.len);
	if (s.files[i].problem != NULL)
		fail_msg("%s: %s", s.files[i].path, s.files[i].problem);
	assert_string_equal(s.files[i].path, at(name));
	return &s.files[i];
}

static void
twin_with_a_neighbour(void **state UNUSED)
{
	folder("h/sessions");
	file("h/sessions/rollout-a.jsonl", 1);
	file("h/sessions/rollout-a.jsonl-backup.jsonl", 1);
	file("h/sessions/rollout-a.jsonl.zst", 1);
	scan("h", true);
	assert_int_equal(s.len, 2);
	(void)found(0, "h/sessions/rollout-a.jsonl");
	(void)found(1, "h/sessions/rollout-a.jsonl-backup.jsonl");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(twin_with_a_neighbour, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
