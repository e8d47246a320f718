/* Where own lines begin: ledger-design.md 2 "Boundary", formats.md 7.0 rule 1. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "ledger/boundary.h"

static void
is(const struct boundary_in *in, enum basis basis, int64_t line, bool open)
{
	struct boundary b = boundary_find(in);

	assert_string_equal(basis_name(b.basis), basis_name(basis));
	assert_int_equal(b.line, line);
	assert_int_equal(b.is_open, open);
}

/* Evidence of copying, a thread made at the time 1000. */
static struct boundary_in
fork_at_1000(void)
{
	return (struct boundary_in){ .has_evidence = true, .thread_ms = 1000 };
}

static void
nothing_copied(void **state UNUSED)
{
	static const struct boundary_turn old[] = { { 3, 10, 500 } };
	struct boundary_in in = { .thread_ms = 1000, .turns = old, .turns_len = 1 };

	is(&in, BASIS_NONE, 1, false); /* no evidence: whatever the turns are called */
	in.has_evidence = in.has_base = true;
	is(&in, BASIS_NONE, 1, false); /* history_base refers, it does not copy */
}

static void
by_ordinal(void **state UNUSED)
{
	static const struct boundary_turn old[] = { { 3, 10, 500 } };
	struct boundary_in in = fork_at_1000();

	in.turns = old;
	in.turns_len = 1;
	in.has_start_ordinal = true;
	in.ordinal_line = 40;
	is(&in, BASIS_ORDINAL, 40, false);
	in.has_base = true; /* the first rule that applies */
	is(&in, BASIS_ORDINAL, 40, false);
	in.ordinal_line = 1;
	is(&in, BASIS_ORDINAL, 1, false);
	in.ordinal_line = 0; /* not written yet: all are copies so far */
	is(&in, BASIS_ORDINAL, BOUNDARY_NEVER, true);
	in.has_evidence = false;
	is(&in, BASIS_ORDINAL, BOUNDARY_NEVER, true);
}

static int64_t meta_line;

static void
turns(const struct boundary_turn *t, size_t n, int64_t line, bool open)
{
	struct boundary_in in = fork_at_1000();

	in.turns = t;
	in.turns_len = n;
	in.meta_line = meta_line;
	is(&in, BASIS_TURN, line, open);
}

#define TURNS(line, open, ...) \
	turns((const struct boundary_turn[]){ __VA_ARGS__ }, \
	    sizeof((const struct boundary_turn[]){ __VA_ARGS__ }) / sizeof(struct boundary_turn), \
	    line, open)

/* The same with META as the last line that is foreign by what it says. */
#define FOREIGN(meta, line, ...) \
	do { \
		meta_line = (meta); \
		TURNS(line, false, __VA_ARGS__); \
		meta_line = 0; \
	} while (0)

static void
by_turn(void **state UNUSED)
{
	TURNS(21, false, { 3, 10, 500 }, { 12, 20, 700 }, { 25, 30, 1500 });
	/* the last inherited turn never ended */
	TURNS(25, false, { 3, 10, 500 }, { 12, 0, 700 }, { 25, 30, 1500 });
	TURNS(BOUNDARY_NEVER, true, { 3, 10, 500 }, { 12, 0, 700 });
	/* an earlier one did not */
	TURNS(21, false, { 3, 0, 500 }, { 12, 20, 700 }, { 25, 0, 1500 });
	/* a fork that never ran a turn of its own */
	TURNS(21, false, { 3, 10, 500 }, { 12, 20, 700 });
	/* nothing inherited with a turn: from its first own turn */
	TURNS(25, false, { 25, 30, 1500 });
	TURNS(25, false, { 25, 0, 1000 }); /* the same millisecond is not older */
	TURNS(11, false, { 3, 10, 999 }, { 12, 20, 1000 });
	/* a fork of a fork: turns of two ancestors, the older ones first */
	TURNS(41, false, { 4, 10, 100 }, { 12, 20, 200 }, { 22, 30, 600 }, { 32, 40, 700 },
	    { 43, 50, 1001 });
	/* what is older and stands behind the first own turn does not matter */
	TURNS(11, false, { 3, 10, 500 }, { 12, 20, 1500 }, { 22, 30, 600 });
	FOREIGN(30, 31, { 3, 19, 500 });                   /* an older review's end alone is told */
	FOREIGN(30, 31, { 3, 19, 500 }, { 32, 41, 1500 }); /* ... before an own turn */
	FOREIGN(30, 20, { 3, 19, 500 }, { 25, 28, 1500 }); /* ... not behind one */
	FOREIGN(2, 25, { 25, 30, 1500 }); /* session_meta lines are no turn's end */
	FOREIGN(2, 25, { 12, 0, 700 }, { 25, 30, 1500 });
	/* ids that are no UUIDv7 say nothing */
	TURNS(11, false, { 3, 10, 500 }, { 12, 20, -1 }, { 22, 30, 1500 });
}

static void
prints(const struct boundary_in *in, const uint64_t *own, size_t own_len, const uint64_t *parent,
    size_t parent_len, int64_t line, bool open)
{
	struct boundary_print o[16], p[16];
	struct boundary_in with = *in;

	/* own lines stand at 4, 6, 8 …, the parent's at 2, 3, 4 … */
	for (size_t i = 0; i < own_len; i++)
		o[i] = (struct boundary_print){ (int64_t)(4 + 2 * i), own[i] };
	for (size_t i = 0; i < parent_len; i++)
		p[i] = (struct boundary_print){ (int64_t)(2 + i), parent[i] };
	with.own = o;
	with.own_len = own_len;
	with.parent = p;
	with.parent_len = parent_len;
	with.has_parent = true;
	is(&with, BASIS_PARENT, line, open);
}

static void
by_parent(void **state UNUSED)
{
	static const uint64_t abcd[] = { 1, 2, 3, 4 }, abxd[] = { 1, 2, 9, 4 }, x[] = { 9 };
	static const uint64_t aab[] = { 1, 1, 2 };
	struct boundary_in in = { .has_evidence = true, .thread_ms = -1, .meta_line = 3 };

	prints(&in, abcd, 4, abxd, 4, 7, false); /* 1 and 2 at lines 4 and 6 */
	/* at the end of either file: may go on when that file grows */
	prints(&in, abcd, 4, abcd, 2, 7, true);
	prints(&in, abcd, 2, abcd, 4, 7, true);
	prints(&in, abcd, 4, abcd, 4, 11, true);
	/* nothing in common: own lines begin behind the session_meta lines */
	prints(&in, x, 1, abcd, 4, 4, false);
	prints(&in, abcd, 4, x, 0, 4, true);
	prints(&in, x, 0, abcd, 4, 4, true);
	/* a fork of a fork: the parent's file begins with its own inherited part */
	prints(&in, abcd, 4, (const uint64_t[]){ 1, 2, 3, 8, 5 }, 5, 9, false);
	prints(&in, aab, 3, abcd, 4, 5, false);
	/* a thread or turns without usable ids come here too */
	in.thread_ms = 1000;
	prints(&in, abcd, 4, abxd, 4, 7, false);
	in.turns = (const struct boundary_turn[]){ { 5, 9, -1 } };
	in.turns_len = 1;
	prints(&in, abcd, 4, abxd, 4, 7, false);
	in.turns = (const struct boundary_turn[]){ { 5, 9, 500 } };
	in.thread_ms = -1;
	prints(&in, abcd, 4, abxd, 4, 7, false);
}

static void
by_burst(void **state UNUSED)
{
	static const struct boundary_print own[] = { { 4, 1 }, { 5, 2 } };
	struct boundary_in in = { .has_evidence = true, .thread_ms = -1, .burst_line = 37 };

	in.own = own;
	in.own_len = 2;
	is(&in, BASIS_BURST, 38, true); /* until the parent arrives */
	in.burst_line = 1;
	is(&in, BASIS_BURST, 2, true);
	/* with turn ids the parent is not needed */
	in.turns = (const struct boundary_turn[]){ { 5, 9, 500 } };
	in.turns_len = 1;
	in.thread_ms = 1000;
	is(&in, BASIS_TURN, 10, false);
}

static void
uuids(void **state UNUSED)
{
	static const char *const none[] = { "", "x", "edbe1b56-a8af-4a02-91b1-65f8744e1e36",
		"01a20204-9d3e-7b21-a061-0658345c3ec", "01a20204-9d3e-7b21-a061-0658345c3ec22",
		"01a202049d3e-7b21-a061-0658345c3ec2-", "01a20204-9d3e-7b21-a061-0658345c3ecg",
		"g1a20204-9d3e-7b21-a061-0658345c3ec2", "01a20204_9d3e_7b21_a061_0658345c3ec2",
		"01a20204-9d3e-6b21-a061-0658345c3ec2", " 1a20204-9d3e-7b21-a061-0658345c3ec2",
		"{1a20204-9d3e-7b21-a061-0658345c3ec}" };

	/* 0x01a202049d3e: 2026-11-22T06:49:46.558Z */
	assert_int_equal(
	    boundary_uuid_ms("01a20204-9d3e-7b21-a061-0658345c3ec2"), INT64_C(1795330186558));
	assert_int_equal(
	    boundary_uuid_ms("01A20204-9D3E-7B21-A061-0658345C3EC2"), INT64_C(1795330186558));
	assert_int_equal(boundary_uuid_ms("00000000-0000-7000-8000-000000000000"), 0);
	assert_int_equal(
	    boundary_uuid_ms("ffffffff-ffff-7fff-bfff-ffffffffffff"), INT64_C(281474976710655));
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(boundary_uuid_ms(none[i]), -1);
	assert_int_equal(boundary_uuid_ms(NULL), -1);
}

static void
names(void **state UNUSED)
{
	assert_string_equal(basis_name(BASIS_NONE), "none");
	assert_string_equal(basis_name(BASIS_ORDINAL), "ordinal");
	assert_string_equal(basis_name(BASIS_TURN), "turn");
	assert_string_equal(basis_name(BASIS_PARENT), "parent");
	assert_string_equal(basis_name(BASIS_BURST), "burst");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_copied),
		cmocka_unit_test(by_ordinal),
		cmocka_unit_test(by_turn),
		cmocka_unit_test(by_parent),
		cmocka_unit_test(by_burst),
		cmocka_unit_test(uuids),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
