/* Errors, allocation and the arena. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/xalloc.h"

static void
set_and_cut(void **state UNUSED)
{
	struct err e = { .sys = 7 };
	char text[1000];

	assert_int_equal(err_set(&e, ERR_LIMIT, "%s has %d", "x", 3), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(e.sys, 0);
	assert_string_equal(e.msg, "x has 3");
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(err_set(&e, ERR_BUG, "%s", text), -1);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
}

static void
from_errno(void **state UNUSED)
{
	static const struct {
		int sys;
		enum err_code code;
	} cases[] = { { ENOENT, ERR_NOTFOUND }, { ENOTDIR, ERR_NOTFOUND }, { EACCES, ERR_IO },
		{ EIO, ERR_IO } };
	struct err e;
	char want[600], text[1000];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		errno = cases[i].sys;
		assert_int_equal(err_sys(&e, "file %d", 5), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_int_equal(e.sys, cases[i].sys);
		(void)snprintf(want, sizeof(want), "file 5: %s", strerror(cases[i].sys));
		assert_string_equal(e.msg, want);
	}
	/* a long name does not push the reason out */
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = EACCES;
	(void)err_sys(&e, "%s", text);
	assert_non_null(strstr(e.msg, strerror(EACCES)));
}

static void
prefixed(void **state UNUSED)
{
	struct err e;
	char text[1000];

	errno = EACCES;
	(void)err_sys(&e, "open");
	assert_int_equal(err_prefix(&e, "line %d", 12), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(e.sys, EACCES);
	assert_int_equal(strncmp(e.msg, "line 12: open: ", 15), 0);
	memset(text, 'p', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)err_set(&e, ERR_INPUT, "reason");
	(void)err_prefix(&e, "%s", text);
	assert_true(strlen(e.msg) < sizeof(e.msg));
	assert_non_null(strstr(e.msg, ": reason"));
	(void)err_set(&e, ERR_INPUT, "%s", text);
	(void)err_prefix(&e, "head");
	assert_int_equal(strncmp(e.msg, "head: ppp", 9), 0);
	assert_true(strlen(e.msg) < sizeof(e.msg));
}

static void
allocators(void **state UNUSED)
{
	char *p = xmalloc(0);
	unsigned char *z = xcalloc(3, 5), *none = xcalloc(0, 0);
	char *s;

	assert_non_null(p);
	assert_non_null(none);
	for (int i = 0; i < 15; i++)
		assert_int_equal(z[i], 0);
	p = xreallocarray(p, 4, 2);
	memcpy(p, "1234567", 8);
	p = xreallocarray(p, 100, 100);
	assert_string_equal(p, "1234567");
	p = xreallocarray(p, 0, 8);
	assert_non_null(p);
	free(p);
	free(z);
	free(none);
	assert_null(xstrdup(NULL));
	s = xstrdup("");
	assert_string_equal(s, "");
	free(s);
	s = xstrndup("abc", 2);
	assert_string_equal(s, "ab");
	free(s);
	s = xstrndup(NULL, 0);
	assert_string_equal(s, "");
	free(s);
	s = xstrndup("a\0b", 3);
	assert_memory_equal(s, "a\0b", 4);
	free(s);
	s = xasprintf("%d-%s", 7, "x");
	assert_string_equal(s, "7-x");
	free(s);
}

static void
growing(void **state UNUSED)
{
	int64_t *a = NULL;
	size_t alloc = 0, before, grown = 0;

	for (size_t i = 0; i < 1000; i++) {
		before = alloc;
		xgrow(&a, i, &alloc, sizeof(*a));
		assert_true(alloc > i);
		if (alloc != before)
			grown++;
		a[i] = (int64_t)i * 3;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(a[i], (int64_t)i * 3);
	assert_true(grown <= 10); /* doubled, not one by one */
	free(a);
}

static void
arena_aligned_and_clear(void **state UNUSED)
{
	struct arena *a = arena_new();
	static const size_t sizes[] = { 1, 3, 7, 8, 15, 16, 17, 31, 100, 4095, 16383, 16384, 16385,
		70000 };

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			unsigned char *p = arena_alloc(a, sizes[i], 1);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xa5, sizes[i]); /* the next round must clear it */
		}
		assert_non_null(arena_alloc(a, 0, 8));
		arena_reset(a);
	}
	arena_free(a);
	arena_free(NULL);
}

static void
arena_values_stay(void **state UNUSED)
{
	struct arena *a = arena_new();
	const char *first = arena_dup(a, STR("first")), *p[2000], *big;
	char want[32], *text = xmalloc(50001);

	for (int i = 0; i < 2000; i++)
		p[i] = arena_printf(a, "value %d", i);
	assert_string_equal(arena_dup(a, str_n("a\0b", 3)), "a");
	assert_memory_equal(arena_dup(a, str_n("a\0b", 3)), "a\0b", 4);
	assert_string_equal(arena_dup(a, str_n(NULL, 0)), "");
	memset(text, 'x', 50000);
	text[50000] = '\0';
	big = arena_printf(a, "<%s>", text);
	assert_int_equal(strlen(big), 50002);
	assert_int_equal(big[50001], '>');
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(want, sizeof(want), "value %d", i);
		assert_string_equal(p[i], want);
	}
	assert_string_equal(first, "first");
	free(text);
	arena_free(a);
}

static void
arena_reset_reuses(void **state UNUSED)
{
	struct arena *a = arena_new();
	void *first = arena_alloc(a, 10, 4), *again;

	(void)arena_alloc(a, 100000, 1);
	arena_reset(a);
	again = arena_alloc(a, 10, 4);
	assert_ptr_equal(first, again); /* the first block is kept */
	arena_reset(a);
	arena_reset(a);
	assert_ptr_equal(arena_alloc(a, 1, 1), first);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_and_cut),
		cmocka_unit_test(from_errno),
		cmocka_unit_test(prefixed),
		cmocka_unit_test(allocators),
		cmocka_unit_test(growing),
		cmocka_unit_test(arena_aligned_and_clear),
		cmocka_unit_test(arena_values_stay),
		cmocka_unit_test(arena_reset_reuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
