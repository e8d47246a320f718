/* Growing strings with a cap; views. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/sbuf.h"
#include "base/str.h"

static void
sbuf_appends(void **state UNUSED)
{
	struct sbuf b;
	char *s;

	sbuf_init(&b, 1000);
	assert_string_equal(b.buf, "");
	assert_int_equal(b.alloc, 0);
	sbuf_addz(&b, "ab");
	sbuf_addc(&b, 'c');
	sbuf_adds(&b, STR("de"));
	sbuf_addf(&b, "%d|%s", 12, "z");
	sbuf_add(&b, "\0x", 2);
	sbuf_adds(&b, str_n(NULL, 0));
	sbuf_addz(&b, "");
	sbuf_addf(&b, "%s", "");
	assert_int_equal(b.len, 11);
	assert_memory_equal(b.buf, "abcde12|z\0x", 12);
	assert_false(b.failed);
	s = sbuf_detach(&b);
	assert_memory_equal(s, "abcde12|z\0x", 12);
	free(s);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.buf, "");
	s = sbuf_detach(&b); /* of an empty one: an own empty string */
	assert_string_equal(s, "");
	free(s);
	sbuf_free(&b);
	sbuf_free(NULL);
}

static void
sbuf_cap(void **state UNUSED)
{
	struct sbuf b;
	struct err e = { 0 };

	sbuf_init(&b, 8);
	sbuf_addz(&b, "12345678"); /* exactly full */
	assert_false(b.failed);
	assert_int_equal(sbuf_check(&b, &e), 0);
	sbuf_addc(&b, '9');
	assert_true(b.failed);
	assert_string_equal(b.buf, "12345678");
	assert_int_equal(sbuf_check(&b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	sbuf_reset(&b);
	assert_false(b.failed);
	assert_string_equal(b.buf, "");
	sbuf_addz(&b, "1234567");
	sbuf_addf(&b, "%d", 89); /* adds nothing rather than a part */
	assert_true(b.failed);
	assert_string_equal(b.buf, "1234567");
	sbuf_addc(&b, '8'); /* what fits is still added, the flag stays */
	assert_true(b.failed);
	sbuf_free(&b);
	assert_int_equal(b.max, 8);
	assert_false(b.failed);
	sbuf_init(&b, 0);
	sbuf_add(&b, "", 0);
	assert_false(b.failed);
	sbuf_addc(&b, 'x');
	assert_true(b.failed);
	assert_string_equal(b.buf, "");
	sbuf_add(&b, "x", SIZE_MAX); /* the sum must not wrap */
	assert_true(b.failed);
	sbuf_free(&b);
}

static void
sbuf_large(void **state UNUSED)
{
	struct sbuf b;
	struct err e = { 0 };

	sbuf_init(&b, 300000);
	for (int i = 0; i < 100000; i++)
		sbuf_addz(&b, "abc");
	assert_int_equal(b.len, 300000);
	assert_int_equal(b.buf[299999], 'c');
	assert_int_equal(b.buf[300000], '\0');
	assert_int_equal(sbuf_check(&b, &e), 0);
	sbuf_free(&b);
}

static void
views(void **state UNUSED)
{
	assert_int_equal(str_of(NULL).n, 0);
	assert_non_null(str_of(NULL).p);
	assert_int_equal(str_of("abc").n, 3);
	assert_true(str_eq(STR("ab"), str_n("abc", 2)));
	assert_false(str_eq(STR("ab"), STR("abc")));
	assert_false(str_eq(STR("ab"), STR("aB")));
	assert_true(str_eq(str_n(NULL, 0), STR("")));
	assert_true(str_eqz(STR("x"), "x"));
	assert_false(str_eqz(str_n("x\0", 2), "x"));
	assert_int_equal(str_cmp(STR("a"), STR("a")), 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("ab"), STR("a")) > 0);
	assert_true(str_cmp(STR("a"), STR("\xff")) < 0); /* bytes, not signed chars */
	assert_true(str_cmp(str_n(NULL, 0), STR("a")) < 0);
	assert_int_equal(str_cmp(str_n(NULL, 0), STR("")), 0);
	assert_true(str_starts(STR("abc"), "ab"));
	assert_true(str_starts(STR("abc"), ""));
	assert_false(str_starts(STR("ab"), "abc"));
	assert_true(str_ends(STR("abc"), "bc"));
	assert_true(str_ends(STR("abc"), ""));
	assert_false(str_ends(STR("bc"), "abc"));
	assert_int_equal(str_chr(STR("abcb"), 'b'), 1);
	assert_int_equal(str_chr(STR("abc"), 'x'), 3);
	assert_int_equal(str_chr(str_n(NULL, 0), 'x'), 0);
	assert_int_equal(str_chr(str_n("a\0b", 3), '\0'), 1);
}

static void
trimming(void **state UNUSED)
{
	assert_true(str_eqz(str_trim(STR(" \t\r\na b\n")), "a b"));
	assert_true(str_eqz(str_trim(STR("a")), "a"));
	assert_int_equal(str_trim(STR(" \n\t ")).n, 0);
	assert_int_equal(str_trim(str_n(NULL, 0)).n, 0);
	assert_true(str_eqz(str_trim(STR("\va\f")), "\va\f")); /* these are no blanks here */
	assert_true(str_eqz(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x"));
}

static void
splitting(void **state UNUSED)
{
	static const struct {
		const char *text, *parts[4];
		size_t n;
	} cases[] = {
		{ "a,b", { "a", "b" }, 2 },
		{ "a", { "a" }, 1 },
		{ "", { "" }, 1 },
		{ ",", { "", "" }, 2 },
		{ "a,,b,", { "a", "", "b", "" }, 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str rest = str_of(cases[i].text), part;
		size_t n = 0;

		while (str_split(&rest, ',', &part)) {
			assert_true(n < cases[i].n);
			assert_true(str_eqz(part, cases[i].parts[n]));
			n++;
		}
		assert_int_equal(n, cases[i].n);
		assert_false(str_split(&rest, ',', &part)); /* stays used up */
	}
}

static void
letters(void **state UNUSED)
{
	char text[] = "AbZ-\xc3\x84!", *copy;

	for (int c = 0; c < 256; c++) {
		bool digit = c >= 48 && c <= 57;
		bool upper = c >= 65 && c <= 90;
		bool lower = c >= 97 && c <= 122;

		assert_int_equal(str_isdigit((char)c), digit);
		assert_int_equal(str_isalpha((char)c), upper || lower);
		assert_int_equal((unsigned char)str_lower((char)c), upper ? c + 32 : c);
	}
	str_lowerz(text);
	assert_string_equal(text, "abz-\xc3\x84!");
	copy = str_dup(STR("xy"));
	assert_string_equal(copy, "xy");
	free(copy);
	copy = str_dup(str_n(NULL, 0));
	assert_string_equal(copy, "");
	free(copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sbuf_appends),
		cmocka_unit_test(sbuf_cap),
		cmocka_unit_test(sbuf_large),
		cmocka_unit_test(views),
		cmocka_unit_test(trimming),
		cmocka_unit_test(splitting),
		cmocka_unit_test(letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
