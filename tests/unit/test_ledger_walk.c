/* The counting rule without records: formats.md 7.0 rules 1, 3, 4, 5 and traps 1 to 7, 12, 36. */
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

/* Traps 1 and 2: said again, and lines with limits only. */
static void
repeats(void **state UNUSED)
{
	no_info();
	count(T(100, 40, 10, 20, 5, 120), T(100, 40, 10, 20, 5, 120));
	count(T(100, 40, 10, 20, 5, 120), T(100, 40, 10, 20, 5, 120));
	no_info();
	count(T(100, 40, 10, 20, 5, 120), T(100, 40, 10, 20, 5, 120));
	count(T(260, 150, 15, 50, 12, 310), T(160, 110, 5, 30, 7, 190));
	count(T(260, 150, 15, 50, 12, 310), T(160, 110, 5, 30, 7, 190));
	walk();
	is_not(0, VERDICT_NO_INFO);
	counted(1, T(100, 40, 10, 20, 5, 120));
	is_not(2, VERDICT_REPEAT);
	is_not(3, VERDICT_NO_INFO);
	is_not(4, VERDICT_REPEAT);
	counted(5, T(160, 110, 5, 30, 7, 190));
	is_not(6, VERDICT_REPEAT);
}

/* Trap 3: each process begins at 0 again, also when the new total is larger. */
static void
restarts(void **state UNUSED)
{
	count(T(5060, 0, 0, 187, 51, 5247), T(5060, 0, 0, 187, 51, 5247));
	no_info();
	count(T(6100, 3000, 0, 244, 60, 6344), T(6100, 3000, 0, 244, 60, 6344)); /* larger */
	count(T(13100, 6000, 0, 544, 90, 13644), T(7000, 3000, 0, 300, 30, 7300));
	count(T(900, 0, 0, 50, 0, 950), T(900, 0, 0, 50, 0, 950)); /* smaller */
	count(T(2000, 0, 0, 90, 0, 2090), T(700, 0, 0, 30, 0, 730));
	count(T(500, 0, 0, 95, 0, 595), T(200, 0, 0, 45, 0, 245)); /* fell, its first line lost */
	walk();
	counted(0, T(5060, 0, 0, 187, 51, 0));
	counted(2, T(6100, 3000, 0, 244, 60, 0));
	counted(3, T(7000, 3000, 0, 300, 30, 0));
	counted(4, T(900, 0, 0, 50, 0, 0));
	counted(5, T(1100, 0, 0, 40, 0, 0)); /* the difference, not its `last` */
	counted(6, T(200, 0, 0, 45, 0, 0));
}

/* Trap 4: the window is filled up, then the counters begin at 0. */
static void
fill_to_the_window(void **state UNUSED)
{
	count(T(200000, 150000, 0, 5000, 1000, 205000), T(200000, 150000, 0, 5000, 1000, 205000));
	count(T(0, 0, 0, 0, 0, 258400), T(0, 0, 0, 0, 0, 53400));
	count(T(12000, 0, 0, 300, 50, 12300), T(12000, 0, 0, 300, 50, 12300));
	count(T(0, 0, 0, 0, 0, 258400), T(0, 0, 0, 0, 0, 246100));
	count(T(0, 0, 0, 0, 0, 258400), T(0, 0, 0, 0, 0, 246100));
	/* the synthetic line is what the next is compared with */
	count(T(500, 100, 0, 20, 0, 520), T(300, 100, 0, 10, 0, 310));
	walk();
	counted(0, T(200000, 150000, 0, 5000, 1000, 0));
	is_not(1, VERDICT_SYNTHETIC);
	counted(2, T(12000, 0, 0, 300, 50, 0));
	is_not(3, VERDICT_SYNTHETIC);
	is_not(4, VERDICT_REPEAT);
	counted(5, T(500, 100, 0, 20, 0, 0));
}

/* Trap 5: `last` is a gauge of the context. Trap 36: an undone turn stays spent. */
static void
gauges(void **state UNUSED)
{
	count(IO(100, 10), IO(100, 10));
	count(IO(300, 30), IO(200, 20)); /* this turn is rolled back later */
	count(IO(300, 30), T(0, 0, 0, 0, 0, 12565));
	count(IO(450, 45), IO(150, 15));
	/* only total_tokens differs: nothing was used */
	count(T(450, 0, 0, 45, 0, 600), T(0, 0, 0, 0, 0, 600));
	count(T(460, 0, 0, 46, 0, 506), IO(10, 1));
	walk();
	counted(0, IO(100, 10));
	counted(1, IO(200, 20));
	is_not(2, VERDICT_REPEAT);
	counted(3, IO(150, 15));
	is_not(4, VERDICT_SYNTHETIC);
	counted(5, IO(10, 1));
}

/* A line with a context gauge is the first of the file. */
static void
gauge_first(void **state UNUSED)
{
	count(T(0, 0, 0, 0, 0, 12565), T(0, 0, 0, 0, 0, 12565));
	count(IO(100, 10), IO(60, 6));
	walk();
	is_not(0, VERDICT_SYNTHETIC);
	counted(1, IO(100, 10)); /* the difference from 0: a line in between was lost */
}

/* Trap 12: an incomplete response writes a `last` of nothing. */
static void
incomplete(void **state UNUSED)
{
	count(T(10000, 4000, 0, 545, 45, 10545), T(0, 0, 0, 0, 0, 0));
	count(T(20400, 9000, 0, 600, 50, 21000), T(0, 0, 0, 0, 0, 0));
	walk();
	counted(0, T(10000, 4000, 0, 545, 45, 0)); /* nothing before it: the total */
	counted(1, T(10400, 5000, 0, 55, 5, 0));
	(void)prepare(NULL);
	count(IO(70, 7), IO(0, 0))->has_last = false;
	count(IO(90, 9), IO(0, 0))->has_last = false;
	count(IO(30, 3), IO(0, 0))->has_last = false; /* fell, and nothing says by how much */
	walk();
	counted(0, IO(70, 7));
	counted(1, IO(20, 2));
	is_not(2, VERDICT_SYNTHETIC);
}

/* formats.md 7.6: lines of undone turns were deleted; the next total still holds them. */
static void
migrated(void **state UNUSED)
{
	count(T(27900, 9000, 0, 427, 0, 28327), T(9000, 3000, 0, 100, 0, 9100))->is_own = false;
	count(T(59900, 30000, 0, 1142, 0, 61042), T(9000, 8000, 0, 200, 0, 9200));
	walk();
	is_not(0, VERDICT_INHERITED);
	counted(1, T(32000, 21000, 0, 715, 0, 0));
}

/* Trap 6: copied lines count nothing, and their total is the baseline. */
static void
inherited(void **state UNUSED)
{
	count(IO(40000, 4000), IO(40000, 4000))->is_own = false;
	no_info()->is_own = false;
	count(IO(55000, 4749), IO(15000, 749))->is_own = false;
	count(IO(55000, 4749), IO(15000, 749)); /* own line, old total */
	count(IO(68000, 5755), IO(13000, 1006));
	walk();
	is_not(0, VERDICT_INHERITED);
	is_not(1, VERDICT_INHERITED);
	is_not(2, VERDICT_INHERITED);
	is_not(3, VERDICT_REPEAT);
	counted(4, IO(13000, 1006));
	/* up to 0.77 the fork's own counters begin at 0 */
	(void)prepare(NULL);
	count(IO(40000, 4000), IO(40000, 4000))->is_own = false;
	count(IO(50000, 4500), IO(50000, 4500));
	walk();
	counted(1, IO(50000, 4500));
}

/* Trap 7: the first total of a fork by reference holds the parent's tokens. */
static void
based(void **state UNUSED)
{
	count(T(70000, 50000, 0, 3219, 500, 73219), T(12800, 8000, 0, 211, 40, 13011))
	    ->starts_based = true;
	count(T(80000, 55000, 0, 3319, 510, 83319), T(10000, 5000, 0, 100, 10, 10100));
	walk();
	counted(0, T(12800, 8000, 0, 211, 40, 0));
	counted(1, T(10000, 5000, 0, 100, 10, 0));
	/* its first response was incomplete: how much of the total is own is not known */
	(void)prepare(NULL);
	count(IO(70000, 3000), IO(0, 0))->starts_based = true;
	count(IO(70500, 3050), IO(500, 50));
	walk();
	is_not(0, VERDICT_SYNTHETIC);
	counted(1, IO(500, 50));
	/* a page of the same thread: its total goes on from the point of the revert */
	(void)prepare(NULL);
	count(IO(1000, 100), IO(1000, 100));
	count(IO(3000, 300), IO(2000, 200)); /* undone by the revert */
	count(IO(1600, 160), IO(600, 60))->starts_based = true;
	walk();
	counted(0, IO(1000, 100));
	counted(1, IO(2000, 200));
	counted(2, IO(600, 60));
}

/* Rule 4: 0.77 shows the review's counts in its parent's file too. */
static void
review_copies(void **state UNUSED)
{
	count(IO(5000, 247), IO(5000, 247));
	count(IO(11000, 591), IO(6000, 344));
	no_info()->is_review_copy = true;
	count(IO(7000, 339), IO(7000, 339))->is_review_copy = true;
	count(IO(15000, 775), IO(8000, 436))->is_review_copy = true;
	count(IO(11000, 591), IO(6000, 344));
	count(IO(22000, 1233), IO(11000, 642));
	walk();
	counted(0, IO(5000, 247));
	counted(1, IO(6000, 344));
	is_not(2, VERDICT_NO_INFO);
	is_not(3, VERDICT_REVIEW_COPY);
	is_not(4, VERDICT_REVIEW_COPY);
	is_not(5, VERDICT_REPEAT); /* the copies are no baseline */
	counted(6, IO(11000, 642));
}

/* Rule 5. */
static void
clamped(void **state UNUSED)
{
	count(T(100, 150, 20, 10, 30, 110), T(100, 150, 20, 10, 30, 110));
	count(T(200, 210, 90, 10, 30, 210), T(100, 60, 70, 0, 0, 100));
	count(T(210, 280, 90, 40, 90, 250), T(10, 70, 0, 30, 60, 40));
	walk();
	counted(0, T(100, 100, 0, 10, 10, 0));
	counted(1, T(100, 60, 40, 0, 0, 0)); /* a write of at most 100 - 60 */
	counted(2, T(10, 10, 0, 30, 30, 0));
	(void)prepare(NULL);
	count(T(0, 50, 5, 7, 0, 7), T(0, 50, 5, 7, 0, 7)); /* output without input is usage */
	walk();
	counted(0, T(0, 0, 0, 7, 0, 0));
}

/* The same numbers in two threads are two facts. */
static void
independent(void **state UNUSED)
{
	for (int i = 0; i < 2; i++) {
		(void)prepare(NULL);
		count(IO(100, 10), IO(100, 10));
		count(IO(300, 30), IO(200, 20));
		walk();
		counted(0, IO(100, 10));
		counted(1, IO(200, 20));
	}
	ledger_walk(NULL, 0);
}

/* A line with `last` alone speaks for itself and is no baseline. */
static void
last_alone(void **state UNUSED)
{
	count(IO(0, 0), IO(100, 10))->has_total = false;
	count(IO(0, 0), IO(40, 4))->has_total = false;
	lines[1].is_own = false;
	walk();
	counted(0, IO(100, 10));
	is_not(1, VERDICT_INHERITED);
}

/* A second walk over the same lines gives the same. */
static void
again(void **state UNUSED)
{
	count(IO(100, 10), IO(100, 10));
	count(IO(100, 10), IO(100, 10));
	count(IO(300, 30), IO(200, 20));
	walk();
	walk();
	counted(0, IO(100, 10));
	is_not(1, VERDICT_REPEAT);
	counted(2, IO(200, 20));
}

static void
words(void **state UNUSED)
{
	static const struct {
		enum verdict v;
		const char *name;
	} names[] = { { VERDICT_COUNTED, "counted" }, { VERDICT_REPEAT, "repeat" },
		{ VERDICT_INHERITED, "inherited" }, { VERDICT_SUPERSEDED, "superseded" },
		{ VERDICT_SYNTHETIC, "synthetic" }, { VERDICT_REVIEW_COPY, "review-copy" },
		{ VERDICT_NO_INFO, "no-info" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(verdict_name(names[i].v), names[i].name);
	for (int v = 0; v < VERDICT__MAX; v++)
		assert_true(strlen(verdict_text((enum verdict)v)) > 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(repeats, prepare),
		cmocka_unit_test_setup(restarts, prepare),
		cmocka_unit_test_setup(fill_to_the_window, prepare),
		cmocka_unit_test_setup(gauges, prepare),
		cmocka_unit_test_setup(gauge_first, prepare),
		cmocka_unit_test_setup(incomplete, prepare),
		cmocka_unit_test_setup(migrated, prepare),
		cmocka_unit_test_setup(inherited, prepare),
		cmocka_unit_test_setup(based, prepare),
		cmocka_unit_test_setup(review_copies, prepare),
		cmocka_unit_test_setup(clamped, prepare),
		cmocka_unit_test_setup(independent, prepare),
		cmocka_unit_test_setup(last_alone, prepare),
		cmocka_unit_test_setup(again, prepare),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
