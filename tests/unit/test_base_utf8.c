/* Decoding, measuring and cleaning text that nobody has checked. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/utf8.h"

static void
check(const char *bytes, size_t n, uint32_t want, size_t used)
{
	uint32_t c = 1;
	size_t got = utf8_decode(bytes, n, &c);

	if (got != used || c != want)
		fail_msg("%02x…: %zu bytes, U+%04X; wanted %zu, U+%04X", (unsigned char)bytes[0],
		    got, (unsigned)c, used, (unsigned)want);
}

static void
good_forms(void **state UNUSED)
{
	for (int i = 0; i < 128; i++) {
		char b = (char)i;

		check(&b, 1, (uint32_t)i, 1);
	}
	check("\xc2\x80", 2, 0x80, 2);
	check("\xc3\xa5", 2, 0xe5, 2);
	check("\xdf\xbf", 2, 0x7ff, 2);
	check("\xe0\xa0\x80", 3, 0x800, 3);
	check("\xe2\x82\xac", 3, 0x20ac, 3);
	check("\xed\x9f\xbf", 3, 0xd7ff, 3);
	check("\xee\x80\x80", 3, 0xe000, 3);
	check("\xef\xbf\xbf", 3, 0xffff, 3);
	check("\xf0\x90\x80\x80", 4, 0x10000, 4);
	check("\xf0\x9f\x98\x80", 4, 0x1f600, 4);
	check("\xf4\x8f\xbf\xbf", 4, 0x10ffff, 4);
	check("\xc3\xa5z", 3, 0xe5, 2); /* what follows is left alone */
}

static void
bad_forms(void **state UNUSED)
{
	static const struct {
		const char *p;
		size_t n;
	} bad[] = {
		{ "\x80", 1 },
		{ "\xbf", 1 }, /* continuation first */
		{ "\xc0\x80", 2 },
		{ "\xc1\xbf", 2 }, /* overlong */
		{ "\xe0\x80\x80", 3 },
		{ "\xe0\x9f\xbf", 3 },
		{ "\xf0\x80\x80\x80", 4 },
		{ "\xf0\x8f\xbf\xbf", 4 },
		{ "\xed\xa0\x80", 3 },
		{ "\xed\xbf\xbf", 3 }, /* surrogates */
		{ "\xf4\x90\x80\x80", 4 },
		{ "\xf5\x80\x80\x80", 4 }, /* too large */
		{ "\xf8\x88\x80\x80\x80", 5 },
		{ "\xfe", 1 },
		{ "\xff", 1 },
		{ "\xc3", 1 },
		{ "\xe2", 1 },
		{ "\xe2\x82", 2 }, /* cut */
		{ "\xf0", 1 },
		{ "\xf0\x9f", 2 },
		{ "\xf0\x9f\x98", 3 },
		{ "\xc3z", 2 },
		{ "\xe2z\xac", 3 },
		{ "\xe2\x82z", 3 },
		{ "\xf0\x9f\x98z", 4 },
		{ "\xc3\xc3", 2 },
		{ "\xe2\x82\xe2", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		check(bad[i].p, bad[i].n, UTF8_BAD, 1);
}

/* Every text of two bytes: as the table of the standard says. */
static void
all_pairs(void **state UNUSED)
{
	for (unsigned a = 0x80; a < 0x100; a++)
		for (unsigned b = 0; b < 0x100; b++) {
			char pair[2] = { (char)a, (char)b };
			bool good = a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf;

			if (good)
				check(pair, 2, (a - 0xc0) * 64 + (b - 0x80), 2);
			else
				check(pair, 2, UTF8_BAD, 1);
		}
}

static void
lengths(void **state UNUSED)
{
	char text[64];

	/* one of two bytes, and a bad one, at each place among letters */
	for (size_t at = 0; at < 40; at++) {
		memset(text, 'x', sizeof(text));
		memcpy(text + at, "\xc3\xa5\xff", 3);
		for (size_t n = at + 3; n <= sizeof(text); n++)
			assert_int_equal(utf8_length(str_n(text, n)), n - 1);
	}
	assert_int_equal(utf8_length(STR("")), 0);
	assert_int_equal(utf8_length(str_n(NULL, 0)), 0);
	assert_int_equal(utf8_length(STR("abc")), 3);
	assert_int_equal(utf8_length(STR("\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80")), 3);
	assert_int_equal(utf8_length(STR("a\xff\xfe"
					 "b")),
	    4);
	assert_int_equal(utf8_length(STR("\xe2\x82")), 2);
	assert_int_equal(utf8_length(str_n("a\0b", 3)), 3);
	assert_int_equal(utf8_length(STR("e\xcc\x81")), 2); /* a combining mark is a character */
}

static void
widths(void **state UNUSED)
{
	assert_int_equal(utf8_width(STR("")), 0);
	assert_int_equal(utf8_width(STR("abc")), 3);
	assert_int_equal(utf8_width(STR("\xc3\xa5")), 1);
	assert_int_equal(utf8_width(STR("e\xcc\x81")), 1);
	assert_int_equal(utf8_width(STR("\xe6\x97\xa5\xe6\x9c\xac")), 4); /* wide */
	assert_int_equal(utf8_width(STR("\xf0\x9f\x98\x80")), 2);
	assert_int_equal(utf8_width(STR("a\x01\tb")), 2);
	assert_int_equal(utf8_width(STR("a\x7f")), 1);
	assert_int_equal(utf8_width(STR("\xff")), 1); /* shown as one U+FFFD */
}

#define FFFD "\xef\xbf\xbd"

static void
plain_text(void **state UNUSED)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "a b \xc3\xa5 \xe6\x97\xa5", "a b \xc3\xa5 \xe6\x97\xa5" },
		{ "a\nb\tc", "a" FFFD "b" FFFD "c" },
		{ "\x1b[31m", FFFD "[31m" },
		{ "x\x7f", "x" FFFD },
		{ "\xc2\x80\xc2\x9f\xc2\xa0", FFFD FFFD "\xc2\xa0" },
		{ "\xff\xe2\x82", FFFD FFFD FFFD },
		{ "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae",
		    FFFD FFFD FFFD FFFD FFFD }, /* U+202A…E */
		{ "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", FFFD FFFD FFFD FFFD },
	};
	struct sbuf b;

	sbuf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sbuf_reset(&b);
		utf8_add_plain(&b, str_of(cases[i].in));
		assert_string_equal(b.buf, cases[i].out);
	}
	sbuf_reset(&b);
	utf8_add_plain(&b, str_n("a\0b", 3));
	assert_string_equal(b.buf, "a" FFFD "b");
	sbuf_free(&b);
	sbuf_init(&b, 3);
	utf8_add_plain(&b, STR("abcd"));
	assert_true(b.failed);
	assert_string_equal(b.buf, "abc");
	sbuf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_forms),
		cmocka_unit_test(bad_forms),
		cmocka_unit_test(all_pairs),
		cmocka_unit_test(lengths),
		cmocka_unit_test(widths),
		cmocka_unit_test(plain_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
