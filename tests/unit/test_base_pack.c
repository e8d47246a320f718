/* Packing: what comes out is what went in, and damaged data is refused. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/pack.h"
#include "base/xalloc.h"

static void
round_trip(const void *p, size_t n, size_t want)
{
	void *packed;
	size_t len;
	char *back = xmalloc(n + 1);

	pack(p, n, &packed, &len);
	assert_int_equal(len, want);
	memset(back, 0x5a, n + 1);
	assert_true(unpack(packed, len, back, n));
	assert_memory_equal(back, p, n);
	assert_int_equal(back[n], 0x5a);
	if (n > 0)
		assert_false(unpack(packed, len, back, n - 1));
	assert_false(unpack(packed, len, back, n + 1));
	free(packed);
	free(back);
}

static void
packs(void **state UNUSED)
{
	static const unsigned char zeros[600];
	static const unsigned char mixed[] = { 1, 0, 0, 2, 0, 255, 0 };
	int64_t five = 5;

	round_trip("", 0, 0);
	round_trip("abc", 3, 3);
	round_trip(mixed, sizeof(mixed), 9); /* 1, 0*2, 2, 0*1, 255, 0*1 */
	round_trip(zeros, 255, 2);
	round_trip(zeros, 256, 4);
	round_trip(zeros, 600, 6);
	round_trip(&five, sizeof(five), 3);
}

static void
damaged(void **state UNUSED)
{
	char out[4];

	assert_false(unpack("\0", 1, out, 4));       /* no count */
	assert_false(unpack("\0\0abcd", 6, out, 4)); /* no zeros at all */
	assert_false(unpack("\0\5", 2, out, 4));     /* too many */
	assert_false(unpack("abcde", 5, out, 4));
	assert_false(unpack("abc", 3, out, 4));
	assert_true(unpack("a\0\3", 3, out, 4));
	assert_memory_equal(out, "a\0\0\0", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packs),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
