/* A set of fingerprints: what was put in is there, nothing else is. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/set64.h"

static void
zero_and_repeats(void **state UNUSED)
{
	struct set64 s = { 0 };

	assert_false(set64_has(&s, 0));
	assert_false(set64_has(&s, 7));
	assert_true(set64_add(&s, 0));
	assert_false(set64_add(&s, 0));
	assert_true(set64_has(&s, 0));
	assert_false(set64_has(&s, 7));
	assert_true(set64_add(&s, 7));
	assert_false(set64_add(&s, 7));
	assert_true(set64_has(&s, 7));
	set64_clear(&s);
	assert_false(set64_has(&s, 0));
	assert_false(set64_has(&s, 7));
}

/* 100,000 even numbers, so that it grows many times; no odd one is there. */
static void
many(void **state UNUSED)
{
	struct set64 s = { 0 };

	for (uint64_t i = 1; i <= 100000; i++)
		assert_true(set64_add(&s, 2 * i));
	assert_int_equal(s.len, 100000);
	for (uint64_t i = 1; i <= 100000; i++) {
		assert_true(set64_has(&s, 2 * i));
		assert_false(set64_has(&s, 2 * i + 1));
	}
	set64_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_and_repeats),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
