/*
 * Fingerprints of responses in rows of limited length: what was kept is found,
 * whatever the order in which it came.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/st_seen.h"

#define DIR "test-store-seen.tmp"
#define DB DIR "/usage.sqlite"

static int
clean(void **state UNUSED)
{
	static const char *const files[] = { DB, DB "-wal", DB "-shm", DIR };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		(void)remove(files[i]);
	return 0;
}

static struct store *
fresh(void)
{
	struct store *s;
	struct err e;

	(void)clean(NULL);
	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_begin(s, &e), 0);
	return s;
}

static bool
has(struct store *s, int64_t id, int64_t print)
{
	struct err e;
	bool yes;

	assert_int_equal(st_seen_has(s, id, print, &yes, &e), 0);
	return yes;
}

/* The integer that SQL asks for. */
static int64_t
ask(struct store *s, const char *sql)
{
	struct err e;
	int64_t n = -1;

	assert_int_equal(stmt_ask(store_stmt(s, sql, &e), &n, &e), 1);
	return n;
}

static void
test_few(void **state UNUSED)
{
	struct store *s = fresh();
	int64_t a[] = { 9, 0, INT64_MAX }, b[] = { 4 };
	struct err e;

	assert_false(has(s, 1, 0));
	assert_int_equal(st_seen_add(s, 1, NULL, 0, &e), 0);
	assert_int_equal(ask(s, "SELECT count(*) FROM seen"), 0);
	assert_int_equal(st_seen_add(s, 1, a, 3, &e), 0);
	assert_int_equal(st_seen_add(s, 1, b, 1, &e), 0);
	assert_true(has(s, 1, 0) && has(s, 1, 4) && has(s, 1, 9) && has(s, 1, INT64_MAX));
	assert_false(has(s, 1, 5) || has(s, 1, 10) || has(s, 2, 4));
	assert_int_equal(ask(s, "SELECT count(*) * 1000 + sum(length(data)) FROM seen"), 1032);
	assert_int_equal(st_seen_clear(s, 1, &e), 0);
	assert_false(has(s, 1, 4));
	store_rollback(s);
	store_close(s);
}

/* 1,000 odd numbers at once, then 1,000 even ones, three at a time and from the end. */
static void
test_many(void **state UNUSED)
{
	struct store *s = fresh();
	int64_t odd[1000];
	struct err e;

	for (int i = 0; i < 1000; i++)
		odd[i] = 2 * ((i * 7) % 1000) + 1; /* 7 and 1000 have no common part: each once */
	assert_int_equal(st_seen_add(s, 1, odd, 1000, &e), 0);
	/* 8 full rows hold 960: nine rows of 111 or 112 */
	assert_int_equal(ask(s, "SELECT count(*) FROM seen"), 9);
	assert_int_equal(ask(s, "SELECT min(length(data)) FROM seen"), 888);
	assert_int_equal(ask(s, "SELECT max(length(data)) FROM seen"), 896);
	for (int64_t i = 999; i > 0; i -= 3) {
		int64_t three[] = { 2 * i, 2 * (i - 2), 2 * (i - 1) };

		assert_int_equal(st_seen_add(s, 1, three, 3, &e), 0);
	}
	for (int64_t i = 1; i < 2000; i++)
		assert_true(has(s, 1, i));
	assert_false(has(s, 1, 0) || has(s, 1, 2000));
	assert_int_equal(ask(s, "SELECT sum(length(data)) FROM seen"), 1999 * 8);
	assert_true(ask(s, "SELECT max(length(data)) FROM seen") <= ST_SEEN_MAX * 8);
	assert_int_equal(ask(s, "SELECT min(low) FROM seen"), 0);
	store_rollback(s);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_few, clean),
		cmocka_unit_test_teardown(test_many, clean),
	};

	return cmocka_run_group_tests_name("store_seen", tests, NULL, NULL);
}
