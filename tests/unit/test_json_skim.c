/* The skimmer: verdicts, values, texts, lines, and its inner loop. What it shares with json-c is compared in test_json_skim_same. */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "json/skim.h"
#include "json/skim_run.h"

#define DEPTH 8

static struct skim *s;

static int
prepare(void **state UNUSED)
{
	s = skim_new(DEPTH);
	return 0;
}

static int
clean(void **state UNUSED)
{
	skim_free(s);
	s = NULL;
	return 0;
}

static void
verdict(enum skim_verdict want, struct str text)
{
	enum skim_verdict got = skim_parse(s, text);

	if (got != want)
		fail_msg("%.*s: %d, wanted %d", (int)text.n, text.p, (int)got, (int)want);
}

static struct jv
root(const char *text)
{
	verdict(SKIM_OK, str_of(text));
	return skim_root(s);
}

static void
is_text(struct str got, const char *want)
{
	if (!str_eqz(got, want) || got.p == NULL)
		fail_msg("[%.*s], wanted [%s]", (int)got.n, got.p, want);
}

static void
verdicts(void **state UNUSED)
{
	static const char *const good[] = { "{}", " \t\r\n{\"a\":1} \t\r\n", "[1,2]", "\"x\"",
		"\"\"", "1 ", "true ", "[ ]", "{ }", "[NaN,Infinity,-Infinity]", "[1.,-.5,-01,00]",
		"{'a':1}", "[\"\x01\n\"]", "[\"\xff\xfe\xc3(\"]" };
	static const char *const bad[] = { "", " ", "null", "null ", "1", "true", "{", "[", "[1,2",
		"{\"a\":1", "{\"a\":1}}", "{\"a\":1},", "{\"a\":1} {\"b\":2}", "{\"a\":}",
		"{\"a\":1,}", "{\"a\"}", "{\"a\",1}", "{a:1}", "{1:1}", "[1,]", "[,]", "[1 2]",
		"[1}", "{\"a\":1]", "hello", "[01]", "[.5]", "[+1]", "[1e]", "[1e+]", "[-]",
		"[0x1]", "[tru]", "[truE]", "[nan]", "[-infinity]", "['a']", "\"", "[\"a]",
		"[\"\\\"]", "[\"\\x\"]", "[\"\\u12\"]", "[\"\\u12g4\"]", "[\f1]", "[\"\\'\"]" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		verdict(SKIM_OK, str_of(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		verdict(SKIM_NOT_JSON, str_of(bad[i]));
	verdict(SKIM_NOT_JSON, str_n("{\"a\":1}\0", 8));
	verdict(SKIM_NOT_JSON, str_n("\0{\"a\":1}", 8));
	verdict(SKIM_NOT_JSON, str_n("[\"a\0b\"]", 7));
	verdict(SKIM_OK, str_n("{\"a\":1}garbage", 7)); /* no byte behind the text is read */
	verdict(SKIM_NOT_JSON, str_n("[\"\\u0041\"]", 8));
}

static void
nesting(void **state UNUSED)
{
	/* DEPTH levels, the innermost empty: there would be no place for a value in it */
	verdict(SKIM_OK, STR("[[[[[[[[]]]]]]]]"));
	verdict(SKIM_OK, STR("{\"a\":[{\"a\":[{\"a\":[{\"a\":{}}]}]}]}"));
	verdict(SKIM_TOO_DEEP, STR("[[[[[[[[1]]]]]]]]"));
	verdict(SKIM_TOO_DEEP, STR("[[[[[[[[[]]]]]]]]]"));
	verdict(SKIM_TOO_DEEP, STR("[[[[[[[{\"a\":1}]]]]]]]"));
	verdict(SKIM_TOO_DEEP, STR("[[[[[[[[[[[[[[[[["));
	verdict(SKIM_NOT_JSON, STR("[[[[[[[["));
	verdict(SKIM_NOT_JSON, str_n("[[[[[[[[\0", 9));        /* as json-c has it */
	verdict(SKIM_OK, STR("[[],[[]],{},{\"a\":[[],[]]}]")); /* many, but side by side */
}

static void
too_many(void **state UNUSED)
{
	size_t n = 2 * SKIM_VALUES_MAX;
	char *text = malloc(n + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i += 2)
		memcpy(text + i, "1,", 2);
	text[0] = '[';
	text[1] = ' ';
	text[n - 1] = ']';
	verdict(SKIM_TOO_MANY, str_n(text, n));
	text[n / 4 - 1] = ']';
	verdict(SKIM_OK, str_n(text, n / 4));
	assert_int_equal(jv_len(skim_root(s)), SKIM_VALUES_MAX / 4 - 1);
	free(text);
	assert_int_equal(jv_len(root("[1,2]")), 2);
}

static void
members(void **state UNUSED)
{
	struct jv o = root("{\"s\":\"x\",\"i\":-7,\"r\":0.5,\"t\":true,\"f\":false,\"n\":null,"
			   "\"a\":[1,null,[2,3],\"z\"],\"o\":{\"i\":8,\"o\":{}},\"e\":\"\"}");
	struct jv a = jv_arr(o, "a");
	bool b;
	int64_t i;
	double d;

	is_text(jv_str(o, "s"), "x");
	is_text(jv_str(o, "e"), "");
	assert_true(jv_i64(o, "i", -7, -7, &i) && i == -7);
	assert_false(jv_i64(o, "i", -6, 100, &i));
	assert_false(jv_i64(o, "r", -6, 100, &i));
	assert_false(jv_i64(o, "s", -6, 100, &i));
	assert_true(jv_num(o, "r", &d) && d == 0.5);
	assert_true(jv_num(o, "i", &d) && d == -7);
	assert_false(jv_num(o, "t", &d));
	assert_true(jv_bool(o, "t", &b) && b);
	assert_true(jv_bool(o, "f", &b) && !b);
	assert_false(jv_bool(o, "i", &b));
	assert_false(jv_is(jv_any(o, "n")));
	assert_false(jv_is(jv_any(o, "gone")));
	assert_false(jv_is(jv_obj(o, "a")));
	assert_false(jv_is(jv_arr(o, "o")));
	assert_null(jv_str(o, "a").p);
	assert_true(jv_i64(jv_obj(o, "o"), "i", 0, 9, &i) && i == 8);
	assert_int_equal(jv_len(a), 4);
	assert_int_equal(jv_kind(jv_at(a, 1)), JV_NONE);
	assert_int_equal(jv_len(jv_at(a, 2)), 2);
	is_text(jv_text(jv_at(a, 3)), "z");
	assert_false(jv_is(jv_at(a, 4)));
	is_text(jv_raw(a), "[1,null,[2,3],\"z\"]");
	is_text(jv_raw(jv_obj(o, "o")), "{\"i\":8,\"o\":{}}");
	is_text(jv_raw(jv_any(o, "s")), "\"x\"");
	is_text(jv_raw(jv_any(o, "r")), "0.5");
	assert_null(jv_raw(jv_any(o, "n")).p);
	/* what is none stays none */
	assert_false(jv_is(jv_any(jv_any(jv_any(o, "gone"), "x"), "y")));
	assert_int_equal(jv_len(jv_any(o, "gone")), 0);
}

static void
names(void **state UNUSED)
{
	struct jv o = root("{\"a\":1,\"b\":2,\"\\u0061\":3,\"b\":null,\"c\\u0000d\":4,\"\":5}");
	struct jv_walk w = jv_walk(o);
	int64_t i = 0;
	size_t n = 0;

	assert_true(jv_i64(o, "a", 0, 9, &i) && i == 3); /* the last one holds */
	assert_false(jv_is(jv_any(o, "b")));             /* also when it is null */
	assert_true(jv_i64(o, "c", 0, 9, &i) && i == 4); /* names end at a NUL */
	assert_true(jv_i64(o, "", 0, 9, &i) && i == 5);
	while (jv_next(&w)) {
		static const char *const want[] = { "a", "b", "a", "b", "c", "" };

		assert_in_range(n, 0, 5);
		is_text(w.key, want[n++]);
	}
	assert_int_equal(n, 6);
	w = jv_walk(jv_any(o, "a"));
	assert_false(jv_next(&w));
}

/* The string of the JSON text TEXT has the text WANT of N bytes and CHARS characters. */
static void
decoded(const char *text, const char *want, size_t n, size_t chars)
{
	struct jv v = root(text);
	struct str got;

	assert_int_equal(jv_bytes(v), n);
	assert_int_equal(jv_chars(v), chars);
	got = jv_text(v);
	assert_int_equal(got.n, n);
	assert_memory_equal(got.p, want, n);
	assert_int_equal(jv_chars(v), chars);
	assert_ptr_equal(jv_text(v).p, got.p); /* decoded once */
}

static void
texts(void **state UNUSED)
{
	decoded("\"\"", "", 0, 0);
	decoded("\"plain\"", "plain", 5, 5);
	decoded("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8, 8);
	decoded("\"a\\u0000b\"", "a\0b", 3, 3);
	decoded("\"\\u0041\\u00e5\\u20AC\\ud83d\\ude00\"", "A\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80",
	    10, 4);
	decoded("\"\xc3\xa5\xe2\x82\xac\"", "\xc3\xa5\xe2\x82\xac", 5, 2);
	/* the first and the last pair, and what lies around: U+10000, U+10FFFF, U+D7FF, U+E000 */
	decoded("\"\\ud800\\udc00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8, 2);
	decoded("\"\\ud7ff\\ue000\"", "\xed\x9f\xbf\xee\x80\x80", 6, 2);
	/* half a pair is U+FFFD, what follows stays */
	decoded("\"\\ud800x\"", "\xef\xbf\xbdx", 4, 2);
	decoded("\"\\udc00\"", "\xef\xbf\xbd", 3, 1);
	decoded("\"\\ud800\\u0041\"",
	    "\xef\xbf\xbd"
	    "A",
	    4, 2);
	decoded("\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7, 2);
	decoded("\"\\ud800\\n\"", "\xef\xbf\xbd\n", 4, 2);
	/* bytes that are no UTF-8 stay, each a character; an escape does not complete one */
	decoded("\"\xff\xfe\"", "\xff\xfe", 2, 2);
	decoded("\"\xe2\x82\\n\xac\"", "\xe2\x82\n\xac", 4, 4);
	/* many of them side by side, each where it belongs */
	is_text(jv_text(jv_at(root("[\"\\n\",\"\\u0041\\u0042\",\"\\\\\"]"), 1)), "AB");
	is_text(jv_text(jv_at(skim_root(s), 0)), "\n");
	is_text(jv_text(jv_at(skim_root(s), 2)), "\\");
	is_text(jv_text(jv_at(skim_root(s), 1)), "AB");
}

static void
real(const char *text, double want)
{
	char array[200];
	double d = -99;

	(void)snprintf(array, sizeof(array), "[%s]", text);
	if (!jv_to_num(jv_at(root(array), 0), &d) || memcmp(&d, &want, sizeof(d)) != 0)
		fail_msg("%s: %.17g, wanted %.17g", text, d, want);
}

static void
numbers(void **state UNUSED)
{
	struct jv a =
	    root("[9223372036854775806,9223372036854775807,-9223372036854775807,"
		 "-9223372036854775808,18446744073709551616,1.0,1e2,-0,9223372036854775808]");
	static const size_t none[] = { 1, 3, 4, 5, 6, 8 };
	int64_t i = 0;
	double d;

	assert_true(jv_to_i64(jv_at(a, 0), INT64_MIN, INT64_MAX, &i) && i == INT64_MAX - 1);
	assert_true(jv_to_i64(jv_at(a, 2), INT64_MIN, INT64_MAX, &i) && i == -INT64_MAX);
	assert_true(jv_to_i64(jv_at(a, 7), INT64_MIN, INT64_MAX, &i) && i == 0);
	for (size_t k = 0; k < ARRAY_LEN(none); k++)
		assert_false(jv_to_i64(jv_at(a, none[k]), INT64_MIN, INT64_MAX, &i));
	real("12.5", 12.5);
	real("-0.1", -0.1);
	real("-0.0", -0.0);
	real("0.3", 0.3);
	real("123456789012345.", 123456789012345.0);
	real("12345678901234.5", 12345678901234.5);
	real("9007199254740993.0", 9007199254740992.0); /* 2^53 + 1: the even one of the two */
	real("1e-2", 0.01);
	real("1E+2", 100);
	real("18446744073709551615", 18446744073709551616.0);
	real("99999999999999999999999", 18446744073709551616.0); /* it stops there */
	real("-99999999999999999999999", -9223372036854775808.0);
	assert_false(jv_to_num(jv_at(root("[1e400]"), 0), &d));
	assert_false(jv_to_num(jv_at(root("[NaN]"), 0), &d));
	assert_false(jv_to_num(jv_at(root("[-Infinity]"), 0), &d));
}

static void
lines(void **state UNUSED)
{
	static const char *const want[] = { "one", "", "th\"", "f\xc3\xa5ur", "" };
	struct jv v = root("\"one\\n\\u000ath\\\"\nf\\u00e5ur\\n\"");
	struct jv_lines l = jv_lines(v);
	struct str line;
	size_t n = 0;

	while (jv_line(&l, 100, &line)) {
		assert_in_range(n, 0, ARRAY_LEN(want) - 1);
		is_text(line, want[n++]);
	}
	assert_int_equal(n, ARRAY_LEN(want));
	is_text(jv_text(v), "one\n\nth\"\nf\xc3\xa5ur\n");
	l = jv_lines(v);
	assert_true(jv_line(&l, 2, &line)); /* cut */
	is_text(line, "on");
	assert_true(jv_line(&l, 2, &line));
	is_text(line, "");
	assert_true(jv_line(&l, 3, &line)); /* not inside of the escape */
	is_text(line, "th");
	is_text(jv_text(v), "one\n\nth\"\nf\xc3\xa5ur\n");
	l = jv_lines(root("\"\""));
	assert_true(jv_line(&l, 9, &line));
	is_text(line, "");
	assert_false(jv_line(&l, 9, &line));
	l = jv_lines(root("[]"));
	assert_false(jv_line(&l, 9, &line));
}

/* What the two loops have to do, as plainly as it can be said. */
static size_t
plain_run(const unsigned char *p, size_t n, unsigned char quote, bool *high)
{
	size_t i;

	*high = false;
	for (i = 0; i < n && p[i] != quote && p[i] != '\\' && p[i] != '\0'; i++)
		if (p[i] >= 0x80)
			*high = true;
	return i;
}

static void
run(const unsigned char *p, size_t n)
{
	bool want_high;
	size_t want = plain_run(p, n, '"', &want_high);
	unsigned high = 0;

	assert_int_equal(skim_run_words(p, p + n, '"', &high) - p, want);
	assert_int_equal(high != 0, want_high);
#ifdef __SSE2__
	high = 0;
	assert_int_equal(skim_run_sse2(p, p + n, '"', &high) - p, want);
	assert_int_equal(high != 0, want_high);
#endif
}

static void
runs(void **state UNUSED)
{
	static const unsigned char odd[] = { '"', '\\', '\0', 0x80, 0xff, '!', '#', '[', ']', 0xa2,
		0xdc, 0x01, 0x7f };
	unsigned char text[80];

	/* each odd byte at each place, alone and with another behind it, at each length and start */
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		for (size_t at = 0; at < 40; at++)
			for (size_t k = 0; k < ARRAY_LEN(odd); k++) {
				memset(text, 'x', sizeof(text));
				text[at] = odd[i];
				text[at + 1 + k] = odd[k];
				for (size_t n = at; n < at + 36; n += 5)
					run(text, n);
				run(text + at % 16, 40);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(nesting),
		cmocka_unit_test(too_many),
		cmocka_unit_test(members),
		cmocka_unit_test(names),
		cmocka_unit_test(texts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(lines),
		cmocka_unit_test(runs),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
