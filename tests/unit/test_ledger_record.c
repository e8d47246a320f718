/* The counting rule with records: formats.md 7.0 rule 2 and traps 8, 9. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "ledger/ledger.h"

/* The six counters: input, cached, cache write, output, reasoning, total. */
#define T(i, c, w, o, r, t) ((struct tokens){ (i), (c), (w), (o), (r), (t) })
/* Input and output only. */
#define IO(i, o) T(i, 0, 0, o, 0, (i) + (o))

static struct usage_line lines[64];
static size_t len;

static int
prepare(void **state UNUSED)
{
	memset(lines, 0x5a, sizeof(lines)); /* what is in `out` before must not matter */
	len = 0;
	return 0;
}

static struct usage_line *
add(void)
{
	struct usage_line *l = &lines[len++];
	struct tokens before = l->delta;

	assert_true(len <= ARRAY_LEN(lines));
	*l = (struct usage_line){ .is_own = true, .turn = 1, .verdict = VERDICT_SUPERSEDED };
	l->delta = before;
	return l;
}

/* A token_count of this thread. */
static struct usage_line *
count(struct tokens total, struct tokens last)
{
	struct usage_line *l = add();

	l->has_total = l->has_last = true;
	l->total = total;
	l->last = last;
	return l;
}

/* A token_count without info. */
static struct usage_line *
no_info(void)
{
	return add();
}

/* A token_usage_record of this thread; ID may be NULL. */
static struct usage_line *
record(const char *id, struct tokens usage)
{
	struct usage_line *l = add();

	l->is_record = l->has_last = true;
	l->last = usage;
	l->response_id = id;
	return l;
}

static void
is(size_t i, enum verdict v, struct tokens delta)
{
	const struct tokens *d = &lines[i].delta;

	if (lines[i].verdict != v)
		fail_msg("line %zu is %s, wanted %s", i, verdict_name(lines[i].verdict),
		    verdict_name(v));
	if (d->input != delta.input || d->cached != delta.cached ||
	    d->cache_write != delta.cache_write || d->output != delta.output ||
	    d->reasoning != delta.reasoning || d->total != delta.input + delta.output)
		fail_msg("line %zu: %lld %lld %lld %lld %lld %lld", i, (long long)d->input,
		    (long long)d->cached, (long long)d->cache_write, (long long)d->output,
		    (long long)d->reasoning, (long long)d->total);
}

/* Line I counts nothing, for the reason V. */
static void
is_not(size_t i, enum verdict v)
{
	is(i, v, T(0, 0, 0, 0, 0, 0));
}

static void
counted(size_t i, struct tokens delta)
{
	is(i, VERDICT_COUNTED, delta);
}

static void
walk(void)
{
	ledger_walk(lines, len);
}

/* A record stands before its token_count and says the same. */
static void
before_their_counts(void **state UNUSED)
{
	record("r1", T(100, 60, 30, 20, 5, 120));
	count(T(100, 60, 30, 20, 5, 120), T(100, 60, 30, 20, 5, 120));
	count(T(100, 60, 30, 20, 5, 120), T(100, 60, 30, 20, 5, 120));
	record("r2", T(50, 10, 0, 7, 1, 57));
	no_info();
	count(T(150, 70, 30, 27, 6, 177), T(50, 10, 0, 7, 1, 57));
	walk();
	counted(0, T(100, 60, 30, 20, 5, 0));
	is_not(1, VERDICT_SUPERSEDED);
	is_not(2, VERDICT_REPEAT);
	counted(3, T(50, 10, 0, 7, 1, 0));
	is_not(4, VERDICT_NO_INFO);
	is_not(5, VERDICT_SUPERSEDED);
}

/* The other order, from the very first response on. */
static void
after_their_counts(void **state UNUSED)
{
	count(IO(100, 10), IO(100, 10));
	record("r1", IO(100, 10));
	count(IO(100, 10), IO(100, 10));
	count(IO(150, 17), IO(50, 7));
	record("r2", IO(50, 7));
	count(IO(170, 19), IO(20, 2));
	no_info();
	record("r3", IO(20, 2));
	walk();
	is_not(0, VERDICT_SUPERSEDED);
	counted(1, IO(100, 10));
	is_not(2, VERDICT_REPEAT);
	is_not(3, VERDICT_SUPERSEDED);
	counted(4, IO(50, 7));
	is_not(5, VERDICT_SUPERSEDED);
	counted(7, IO(20, 2));
}

/* Only a record with the same parts, in the same turn, with no other count between. */
static void
not_its_own_count(void **state UNUSED)
{
	count(IO(100, 10), IO(100, 10));
	record("r1", IO(100, 11)); /* another response */
	walk();
	counted(0, IO(100, 10));
	counted(1, IO(100, 11));
	(void)prepare(NULL);
	count(IO(100, 10), IO(100, 10));
	record("r1", IO(100, 10))->turn = 2;
	walk();
	counted(0, IO(100, 10));
	counted(1, IO(100, 10));
	(void)prepare(NULL);
	count(IO(100, 10), IO(100, 10));
	count(IO(150, 15), IO(50, 5));
	record("r1", IO(100, 10));
	walk();
	counted(0, IO(100, 10));
	counted(1, IO(50, 5));
	counted(2, IO(100, 10));
	/* two records for one count: it goes for the first of them */
	(void)prepare(NULL);
	count(IO(100, 10), IO(100, 10));
	record("r1", IO(100, 10));
	record("r2", IO(100, 10));
	count(IO(200, 20), IO(100, 10));
	walk();
	is_not(0, VERDICT_SUPERSEDED);
	counted(1, IO(100, 10));
	counted(2, IO(100, 10));
	is_not(3, VERDICT_SUPERSEDED);
}

/* Trap 8 in an upgraded file: counts of the old version, then records. */
static void
upgraded(void **state UNUSED)
{
	count(IO(1000, 100), IO(1000, 100));
	count(IO(1500, 150), IO(500, 50));
	record("r1", IO(300, 30))->turn = 2;
	count(IO(1800, 180), IO(300, 30))->turn = 2;
	walk();
	counted(0, IO(1000, 100));
	counted(1, IO(500, 50));
	counted(2, IO(300, 30));
	is_not(3, VERDICT_SUPERSEDED);
}

/* Remote compaction: a record that no token_count ever shows. */
static void
compaction_record(void **state UNUSED)
{
	record("r1", IO(1000, 100));
	count(IO(1000, 100), IO(1000, 100));
	record("compaction", IO(900, 400));
	count(IO(1000, 100), T(0, 0, 0, 0, 0, 12565)); /* the gauge */
	record("r2", IO(300, 30));
	count(IO(1300, 130), IO(300, 30));
	walk();
	counted(0, IO(1000, 100));
	is_not(1, VERDICT_SUPERSEDED);
	counted(2, IO(900, 400));
	is_not(3, VERDICT_REPEAT);
	counted(4, IO(300, 30));
	is_not(5, VERDICT_SUPERSEDED);
}

/* The same response twice; records without an id; records of another thread. */
static void
keys(void **state UNUSED)
{
	record("r1", IO(100, 10));
	record("r1", IO(100, 10));
	record("r2", IO(100, 10));
	record(NULL, IO(100, 10));
	record(NULL, IO(100, 10));
	record("r2", IO(999, 99));
	walk();
	counted(0, IO(100, 10));
	is_not(1, VERDICT_REPEAT);
	counted(2, IO(100, 10));
	counted(3, IO(100, 10));
	counted(4, IO(100, 10));
	is_not(5, VERDICT_REPEAT);
	(void)prepare(NULL);
	record("r1", IO(100, 10))->is_own = false;
	count(IO(40, 4), IO(40, 4)); /* this thread has no records of its own */
	record("r1", IO(70, 7));     /* a copy took nobody's id */
	walk();
	is_not(0, VERDICT_INHERITED);
	counted(1, IO(40, 4));
	counted(2, IO(70, 7));
	(void)prepare(NULL);
	record("r1", IO(0, 0))->has_last = false;
	record("r1", IO(5, 5));
	walk();
	is_not(0, VERDICT_NO_INFO);
	counted(1, IO(5, 5));
}

/* An older Codex goes on in a file with records. */
static void
gap(void **state UNUSED)
{
	record("r1", IO(1000, 100));
	count(IO(1000, 100), IO(1000, 100));
	count(IO(1200, 120), IO(200, 20)); /* no record since the last change, and it adds up */
	count(IO(1200, 120), IO(200, 20));
	count(IO(1500, 150), IO(300, 30));
	record("r2", IO(50, 5))->turn = 2;
	count(IO(1550, 155), IO(50, 5))->turn = 2;
	walk();
	counted(0, IO(1000, 100));
	is_not(1, VERDICT_SUPERSEDED);
	counted(2, IO(200, 20));
	is_not(3, VERDICT_REPEAT);
	counted(4, IO(300, 30));
	counted(5, IO(50, 5));
	is_not(6, VERDICT_SUPERSEDED);
}

/* A changed total behind records that does not add up says nothing of one response. */
static void
does_not_add_up(void **state UNUSED)
{
	record("r1", IO(1000, 100));
	count(IO(1000, 100), IO(1000, 100));
	count(IO(5000, 500), IO(200, 20));
	count(IO(5100, 510), IO(100, 10));
	count(T(0, 0, 0, 0, 0, 258400), T(0, 0, 0, 0, 0, 252790));
	walk();
	counted(0, IO(1000, 100));
	is_not(1, VERDICT_SUPERSEDED);
	is_not(2, VERDICT_SUPERSEDED);
	counted(3, IO(100, 10)); /* compared with the line before, though that did not count */
	is_not(4, VERDICT_SUPERSEDED);
}

/* Traps 7 and 9: a fork by reference; the sums that run on in a record are no usage. */
static void
based_record(void **state UNUSED)
{
	record("r1", T(12800, 8000, 0, 211, 40, 13011))->starts_based = true;
	count(T(70000, 50000, 0, 3219, 500, 73219), T(12800, 8000, 0, 211, 40, 13011));
	record("r2", IO(10, 1));
	count(T(70010, 50000, 0, 3220, 500, 73230), IO(10, 1));
	walk();
	counted(0, T(12800, 8000, 0, 211, 40, 0));
	is_not(1, VERDICT_SUPERSEDED);
	counted(2, IO(10, 1));
	is_not(3, VERDICT_SUPERSEDED);
}

/* An incomplete response has its record; its count has a `last` of nothing. */
static void
incomplete(void **state UNUSED)
{
	record("r1", IO(10000, 545));
	count(IO(10000, 545), IO(0, 0));
	record("r2", IO(0, 0)); /* a record of nothing */
	walk();
	counted(0, IO(10000, 545));
	is_not(1, VERDICT_SUPERSEDED);
	is_not(2, VERDICT_SYNTHETIC);
	/* killed before the tools ended: the record is all there is */
	(void)prepare(NULL);
	record("r1", IO(18000, 139));
	count(IO(18000, 139), IO(18000, 139));
	record("r2", T(7000, 6000, 0, 407, 0, 7407));
	walk();
	counted(0, IO(18000, 139));
	counted(2, T(7000, 6000, 0, 407, 0, 0));
}

static void
clamped_record(void **state UNUSED)
{
	record("r1", T(100, 150, 20, 10, 30, 999));
	record("r2", T(100, 30, 90, 10, 10, 110));
	walk();
	counted(0, T(100, 100, 0, 10, 10, 0));
	counted(1, T(100, 30, 70, 10, 10, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(before_their_counts, prepare),
		cmocka_unit_test_setup(after_their_counts, prepare),
		cmocka_unit_test_setup(not_its_own_count, prepare),
		cmocka_unit_test_setup(upgraded, prepare),
		cmocka_unit_test_setup(compaction_record, prepare),
		cmocka_unit_test_setup(keys, prepare),
		cmocka_unit_test_setup(gap, prepare),
		cmocka_unit_test_setup(does_not_add_up, prepare),
		cmocka_unit_test_setup(based_record, prepare),
		cmocka_unit_test_setup(incomplete, prepare),
		cmocka_unit_test_setup(clamped_record, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
