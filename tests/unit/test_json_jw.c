/* The JSON writer: what it prints, and that jx reads the same back. */
#include "base/compat.h"

#include <setjmp.h>
#include <math.h>

#include <cmocka.h>

#include "json/jw.h"
#include "json/jx.h"

static struct sbuf b;
static struct jw w;

static int
prepare(void **state UNUSED)
{
	sbuf_init(&b, 100000);
	jw_sbuf(&w, &b, false);
	return 0;
}

static int
clean(void **state UNUSED)
{
	sbuf_free(&b);
	return 0;
}

static void
string_is(const char *p, size_t n, const char *want)
{
	sbuf_reset(&b);
	jw_sbuf(&w, &b, false);
	jw_str(&w, str_n(p, n));
	assert_string_equal(b.buf, want);
}

static void
string(const char *text, const char *want)
{
	string_is(text, strlen(text), want);
}

static void
escapes(void **state UNUSED)
{
	string("", "\"\"");
	string("abc /", "\"abc /\"");
	string("\"\\", "\"\\\"\\\\\"");
	string("a\x01\x1f\x7f"
	       "b",
	    "\"a\\u0001\\u001f\\u007fb\"");
	string("</script><!--&", "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
	string("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xa7", "\"\\u2028\\u2029\xe2\x80\xa7\"");
	string("\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80\"");
	string("a\xff\xe2\x82"
	       "b",
	    "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "b\"");
	string("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); /* a surrogate */
	string_is("a\0b", 3, "\"a\\u0000b\"");
	string_is(NULL, 0, "null");
}

/* Every byte and every pair of bytes is valid JSON, and what is UTF-8 comes back as it was. */
static void
round_trip(void **state UNUSED)
{
	struct json_tokener *tok = jx_tokener(8);

	for (unsigned i = 0; i < 65536; i++) {
		char pair[2] = { (char)(i >> 8), (char)(i & 0xff) };
		struct json_object *v;

		sbuf_reset(&b);
		jw_sbuf(&w, &b, false);
		jw_str(&w, str_n(pair, 2));
		for (size_t k = 0; k < b.len; k++)
			if ((unsigned char)b.buf[k] < 0x20 || strchr("<>&\x7f", b.buf[k]) != NULL)
				fail_msg("%04x is written as %s", i, b.buf);
		v = jx_parse(tok, b.buf, b.len);
		if (v == NULL)
			fail_msg("%04x: no JSON: %s", i, b.buf);
		if (i < 0x8000 && (i & 0x80) == 0)
			assert_true(str_eq(jx_text(v), str_n(pair, 2)));
		json_object_put(v);
	}
	json_tokener_free(tok);
}

static void
some_object(void)
{
	jw_obj(&w);
	jw_kv_i64(&w, "i", INT64_MIN);
	jw_kv_str(&w, "s", "x<y");
	jw_kv_str(&w, "n", NULL);
	jw_key(&w, "a");
	jw_arr(&w);
	jw_i64(&w, INT64_MAX);
	jw_bool(&w, true);
	jw_bool(&w, false);
	jw_null(&w);
	jw_arr(&w);
	jw_arr_end(&w);
	jw_obj(&w);
	jw_obj_end(&w);
	jw_raw(&w, "1.50");
	jw_strz(&w, "z");
	jw_strz(&w, NULL);
	jw_arr_end(&w);
	jw_key(&w, "q\"");
	jw_obj(&w);
	jw_kv_i64(&w, "k", 1);
	jw_obj_end(&w);
	jw_obj_end(&w);
}

static const char compact[] =
    "{\"i\":-9223372036854775808,\"s\":\"x\\u003cy\",\"n\":null,\"a\":[9223372036854775807,"
    "true,false,null,[],{},1.50,\"z\",null],\"q\\\"\":{\"k\":1}}";

static void
nesting(void **state UNUSED)
{
	some_object();
	assert_string_equal(b.buf, compact);
}

static void
pretty(void **state UNUSED)
{
	jw_sbuf(&w, &b, true);
	jw_obj(&w);
	jw_kv_i64(&w, "a", 1);
	jw_key(&w, "b");
	jw_arr(&w);
	jw_i64(&w, 2);
	jw_obj(&w);
	jw_kv_str(&w, "c", "d");
	jw_obj_end(&w);
	jw_arr_end(&w);
	jw_key(&w, "e");
	jw_arr(&w);
	jw_arr_end(&w);
	jw_obj_end(&w);
	assert_string_equal(b.buf,
	    "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    {\n      \"c\": \"d\"\n    }\n  ],\n"
	    "  \"e\": []\n}");
}

static void
numbers(void **state UNUSED)
{
	static const struct {
		double v;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 12, "12" },
		{ 0.1, "0.1" },
		{ -2.5, "-2.5" },
		{ 1234567.891, "1234567.891" },
		{ 0.000001, "0.000001" },
		{ 1e15, "1000000000000000" },
		{ 100, "100" },
		{ (double)NAN, "null" },
		{ (double)INFINITY, "null" },
		{ -(double)INFINITY, "null" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sbuf_reset(&b);
		jw_sbuf(&w, &b, false);
		jw_num(&w, cases[i].v);
		assert_string_equal(b.buf, cases[i].want);
	}
	sbuf_reset(&b);
	jw_num(&w, 1.7976931348623157e308); /* the longest that there is */
	assert_int_equal(b.len, 309);
}

static void
to_a_file(void **state UNUSED)
{
	FILE *f = tmpfile();
	char got[400];
	size_t n;

	assert_non_null(f);
	jw_file(&w, f, false);
	some_object();
	assert_int_equal(ferror(f), 0);
	rewind(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	assert_string_equal(got, compact);
	fclose(f);
}

static void
too_small(void **state UNUSED)
{
	struct err e;

	sbuf_free(&b);
	sbuf_init(&b, 20);
	jw_sbuf(&w, &b, false);
	some_object();
	assert_true(b.failed);
	assert_int_equal(sbuf_check(&b, &e), -1);
}

static void
deepest(void **state UNUSED)
{
	for (int i = 0; i < JW_DEPTH; i++)
		jw_arr(&w);
	for (int i = 0; i < JW_DEPTH; i++)
		jw_arr_end(&w);
	assert_int_equal(b.len, 2 * JW_DEPTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(escapes, prepare, clean),
		cmocka_unit_test_setup_teardown(round_trip, prepare, clean),
		cmocka_unit_test_setup_teardown(nesting, prepare, clean),
		cmocka_unit_test_setup_teardown(pretty, prepare, clean),
		cmocka_unit_test_setup_teardown(numbers, prepare, clean),
		cmocka_unit_test_setup_teardown(to_a_file, prepare, clean),
		cmocka_unit_test_setup_teardown(too_small, prepare, clean),
		cmocka_unit_test_setup_teardown(deepest, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
