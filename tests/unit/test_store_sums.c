/*
 * The sums of a thread as rows: stored whole, and added to.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "store/st_sums.h"

#define DIR "test-store-sums.tmp"
#define DB DIR "/usage.sqlite"
#define THREAD 7

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

static void
cell(struct st_thread_sum *t, int64_t quarter, int64_t dimset_id, int64_t turns)
{
	xgrow(&t->cells, t->cells_len, &t->cells_alloc, sizeof(*t->cells));
	t->cells[t->cells_len++] = (struct st_turn_cell){ quarter, dimset_id, turns };
}

/* N samples of limit 3, one a second from FROM_S on, each with another percentage. */
static void
samples(struct st_thread_sum *t, int from_s, int n)
{
	for (int i = from_s; i < from_s + n; i++)
		st_span_add(&t->spans, &(struct st_span){ 3, 1, i * 1000, i * 1000, i % 100, -1 });
}

/* The text that SQL gives, as one string. */
static void
assert_rows(struct store *s, const char *sql, const char *want)
{
	struct err e;
	struct stmt *q = store_stmt(s, sql, &e);

	assert_non_null(q);
	assert_int_equal(stmt_step(q, &e), 1);
	assert_true(str_eqz(stmt_str(q, 0), want));
	stmt_done(q);
}

/* Three turns, 70 samples: one part of 64, and 6. */
static void
put_first(struct store *s)
{
	struct st_thread_sum t;
	struct err e;

	st_thread_sum_init(&t, THREAD);
	t.home_id = 1;
	t.first_ms = 1000;
	t.last_ms = 2000;
	t.turns = 3;
	st_thread_sum_fill(&t, 200000, 50000); /* a quarter */
	st_thread_sum_fill(&t, 200000, 20000);
	st_thread_sum_fill(&t, 0, 20000);
	cell(&t, 11, 5, 1);
	cell(&t, 10, 5, 1);
	cell(&t, 11, 5, 1);
	st_turn_cells_merge(&t);
	samples(&t, 0, 70);
	assert_int_equal(st_thread_sum_put(s, &t, false, &e), 0);
	st_thread_sum_clear(&t);
}

/* A turn more, and two move to other dimensions; 130 samples more: 6 + 130 = 2 * 64 + 8. */
static void
put_more(struct store *s)
{
	struct st_thread_sum t;
	struct err e;

	assert_int_equal(st_thread_sum_load(s, THREAD, &t, &e), 1);
	assert_int_equal(t.spans.len, 6);
	t.turns++;
	t.messages += 2;
	t.last_ms = 3000;
	cell(&t, 11, 5, -2);
	cell(&t, 11, 6, 2);
	cell(&t, 12, 6, 1);
	samples(&t, 70, 130);
	assert_int_equal(st_thread_sum_put(s, &t, true, &e), 0);
	st_thread_sum_clear(&t);
}

/* What both come to. */
static void
whole(struct st_thread_sum *t)
{
	st_thread_sum_init(t, THREAD);
	t->home_id = 1;
	t->first_ms = 1000;
	t->last_ms = 3000;
	t->turns = 4;
	t->messages = 2;
	t->peak = 250;
	cell(t, 10, 5, 1);
	cell(t, 11, 6, 2);
	cell(t, 12, 6, 1);
	samples(t, 0, 200);
}

static bool
same(struct store *s, const struct st_thread_sum *t)
{
	struct err e;
	bool is;

	assert_int_equal(st_thread_sum_same(s, t, true, &is, &e), 0);
	return is;
}

static void
test_grow(void **state UNUSED)
{
	static const char CELLS[] =
	    "SELECT group_concat(quarter || ':' || dimset_id || ':' || turns, ' ') FROM turn_sum";
	static const char ROW[] =
	    "SELECT home_id || ' ' || first_ms || ' ' || last_ms || ' ' || turns || ' ' || "
	    "messages || ' ' || peak FROM thread_sum";
	static const char PARTS[] = "SELECT group_concat(nth) FROM limit_part";
	struct store *s = fresh();
	struct st_thread_sum t;

	put_first(s);
	assert_rows(s, CELLS, "10:5:1 11:5:2");
	assert_rows(s, ROW, "1 1000 2000 3 0 250");
	assert_rows(s, PARTS, "0");
	put_more(s);
	assert_rows(s, CELLS, "10:5:1 11:6:2 12:6:1");
	assert_rows(s, ROW, "1 1000 3000 4 2 250");
	assert_rows(s, PARTS, "0,1,2");

	whole(&t);
	assert_true(same(s, &t));
	t.cells[1].turns++;
	assert_false(same(s, &t));
	t.cells[1].turns--;
	t.spans.p[100].percent++;
	assert_false(same(s, &t));
	st_thread_sum_clear(&t);
	store_rollback(s);
	store_close(s);
}

/* Sums that are marked, or not there, are not added to. */
static void
test_load(void **state UNUSED)
{
	struct store *s = fresh();
	struct st_thread_sum t;
	struct err e;

	assert_int_equal(st_thread_sum_load(s, THREAD, &t, &e), 0);
	st_thread_sum_clear(&t);
	put_first(s);
	assert_int_equal(store_exec(s, "INSERT INTO sum_mark VALUES (1, 7)", &e), 0);
	assert_int_equal(st_thread_sum_load(s, THREAD, &t, &e), 0);
	st_thread_sum_clear(&t);
	assert_int_equal(st_sums_made(s, THREAD, &e), 0);
	assert_int_equal(st_thread_sum_load(s, THREAD, &t, &e), 1);
	st_thread_sum_clear(&t);
	assert_int_equal(st_thread_sum_drop(s, THREAD, &e), 0);
	assert_rows(s,
	    "SELECT (SELECT count(*) FROM thread_sum) || (SELECT count(*) FROM turn_sum) || "
	    "(SELECT count(*) FROM limit_part)",
	    "000");
	store_rollback(s);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_grow, clean),
		cmocka_unit_test_teardown(test_load, clean),
	};

	return cmocka_run_group_tests_name("store_sums", tests, NULL, NULL);
}
