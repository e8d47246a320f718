/*
 * The database as a file: modes, identity, migrations, transactions, texts.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "store/schema.h"
#include "store/store.h"

#define DIR "test-store-open.tmp"
#define DB DIR "/deep/er/usage.sqlite"

static int
clean(void **state)
{
	static const char *const files[] = { DB, DB "-wal", DB "-shm", DIR "/other", DIR "/deep/er",
		DIR "/deep", DIR };

	(void)state;
	(void)umask(022);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		(void)remove(files[i]);
	return 0;
}

static int
fresh(void **state)
{
	(void)clean(state);
	return mkdir(DIR, 0700);
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (unsigned)st.st_mode & 0777U;
}

static void
test_modes_under_open_umask(void **state)
{
	struct store *s;
	struct err e;

	(void)state;
	(void)umask(0);
	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_begin(s, &e), 0);
	assert_int_equal(store_bump(s, &e), 0);
	assert_int_equal(store_commit(s, &e), 0);
	assert_int_equal(mode_of(DIR "/deep"), 0700);
	assert_int_equal(mode_of(DIR "/deep/er"), 0700);
	assert_int_equal(mode_of(DB), 0600);
	assert_int_equal(mode_of(DB "-wal"), 0600);
	assert_int_equal(mode_of(DB "-shm"), 0600);
	assert_int_equal(store_generation(s), 1);
	store_close(s);
}

static void
test_reader_needs_a_file(void **state)
{
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(&s, DB, STORE_READER, &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_int_equal(access(DB, F_OK), -1);
}

static void
test_reader_cannot_write(void **state)
{
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	store_close(s);
	assert_int_equal(store_open(&s, DB, STORE_READER, &e), 0);
	assert_int_equal(store_exec(s, "DELETE FROM meta", &e), -1);
	store_close(s);
}

static void
set(const char *sql)
{
	struct store *s;
	struct err e;

	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_exec(s, sql, &e), 0);
	store_close(s);
}

static void
refused(enum store_mode mode, const char *word)
{
	struct store *s;
	struct err e;

	assert_int_equal(store_open(&s, DB, mode, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.msg, word));
}

static void
test_newer_schema(void **state)
{
	(void)state;
	set("PRAGMA user_version = 999");
	refused(STORE_WRITER, "newer version");
	refused(STORE_READER, "newer version");
}

static void
test_early_schema(void **state)
{
	(void)state;
	set("DROP VIEW events; DROP VIEW limit_sample; DROP TABLE limit_set");
	refused(STORE_WRITER, "before the first release");
	refused(STORE_READER, "clear-db");
}

/* 0004: lists in one piece are given up; their files are read whole, their sums made, once more. */
static void
test_before_tails(void **state)
{
	struct store *s;
	struct err e;
	int64_t n = -1;

	(void)state;
	set("DROP TABLE seen; CREATE TABLE seen(rollout_id INTEGER PRIMARY KEY, data BLOB NOT NULL); "
	    "INSERT INTO seen VALUES (1, x'0102030405060708'); DROP TABLE limit_part; "
	    "DROP TRIGGER turn_sum_changed; DROP INDEX usage_review; "
	    "INSERT INTO thread(id, uuid) VALUES (5, 'a'); "
	    "INSERT INTO rollout(id, thread_id, home_id, state) VALUES (1, 5, 1, x'00'); "
	    "INSERT INTO thread_sum VALUES (5, 1, 1, 1, 1, 1, 1, 1, 0, 0, NULL, x'01'); "
	    "DELETE FROM sum_mark; PRAGMA user_version = 3");
	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_schema(s), store_schema_known());
	assert_int_equal(stmt_ask(store_stmt(s,
				      "SELECT (SELECT count(*) FROM seen) + (SELECT count(*) FROM "
				      "rollout WHERE state IS NULL) * 10 + (SELECT count(*) FROM "
				      "sum_mark WHERE kind = 1 AND id = 5) * 100",
				      &e),
			     &n, &e),
	    1);
	assert_int_equal(n, 110);
	store_close(s);
}

static void
test_other_program(void **state)
{
	(void)state;
	set("PRAGMA application_id = 7");
	refused(STORE_WRITER, "another program");
	refused(STORE_READER, "another program");
}

static void
test_no_database(void **state)
{
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(DIR "/deep", 0700), 0);
	assert_int_equal(mkdir(DIR "/deep/er", 0700), 0);
	f = fopen(DB, "w");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		(void)fputs("not a database ", f);
	assert_int_equal(fclose(f), 0);
	refused(STORE_WRITER, "not a database");
}

static void
test_versions_count_from_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_steps_len; i++)
		assert_int_equal(schema_steps[i].version, (int)i + 1);
}

static void
test_texts_are_clean(void **state)
{
	static const char SQL[] = "SELECT ?1, length(?1)";
	struct store *s;
	struct stmt *q;
	struct err e;

	(void)state;
	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	q = store_stmt(s, SQL, &e);
	assert_non_null(q);
	assert_ptr_equal(store_stmt(s, SQL, &e), q);
	/* a NUL, a lone continuation byte, a surrogate: one mark for each bad byte */
	stmt_bind_str(q, 1,
	    str_n("a\0b\x80"
		  "c\xed\xa0\x80",
		8));
	assert_int_equal(stmt_step(q, &e), 1);
	assert_true(str_eqz(stmt_str(q, 0), "a\xef\xbf\xbd"
					    "b\xef\xbf\xbd"
					    "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
	assert_int_equal(stmt_i64(q, 1), 8);
	stmt_done(q);
	store_close(s);
}

static void
test_rollback_undoes(void **state)
{
	struct store *s;
	struct err e;
	char *v;

	(void)state;
	assert_int_equal(store_open(&s, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_begin(s, &e), 0);
	assert_int_equal(store_meta_set(s, "k", "v", &e), 0);
	store_rollback(s);
	store_rollback(s); /* safe in any state */
	assert_int_equal(store_meta(s, "k", &v, &e), 0);
	assert_null(v);
	assert_int_equal(store_check(s, &e), 0);
	store_close(s);
}

static void
test_locked_by_another(void **state)
{
	struct store *a, *b;
	struct err e;

	(void)state;
	assert_int_equal(store_open(&a, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_open(&b, DB, STORE_WRITER, &e), 0);
	assert_int_equal(store_exec(b, "PRAGMA busy_timeout = 10", &e), 0);
	assert_int_equal(store_begin(a, &e), 0);
	assert_int_equal(store_begin(b, &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	store_rollback(a);
	assert_int_equal(store_begin(b, &e), 0);
	store_rollback(b);
	store_close(a);
	store_close(b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_modes_under_open_umask),
		T(test_reader_needs_a_file),
		T(test_reader_cannot_write),
		T(test_newer_schema),
		T(test_early_schema),
		T(test_before_tails),
		T(test_other_program),
		T(test_no_database),
		T(test_versions_count_from_one),
		T(test_texts_are_clean),
		T(test_rollback_undoes),
		T(test_locked_by_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
