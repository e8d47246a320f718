/* Strict reading of JSON. */
#include "base/compat.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "json/jx.h"

static struct json_tokener *tok;
static struct json_object *o;

static int
clean(void **state UNUSED)
{
	json_object_put(o);
	o = NULL;
	json_tokener_free(tok);
	tok = NULL;
	return 0;
}

static int
prepare(void **state UNUSED)
{
	tok = jx_tokener(32);
	return 0;
}

static struct json_object *
parse_n(const char *text, size_t n)
{
	json_object_put(o);
	o = jx_parse(tok, text, n);
	return o;
}

static struct json_object *
parse(const char *text)
{
	return parse_n(text, strlen(text));
}

static void
accepted(const char *text)
{
	if (parse(text) == NULL)
		fail_msg("refused: %s", text);
}

static void
refused(const char *text)
{
	if (parse(text) != NULL)
		fail_msg("accepted: %s", text);
}

static void
whole_values(void **state UNUSED)
{
	accepted("{}");
	accepted(" \t\r\n{\"a\":1} \t\r\n");
	accepted("[1,2]");
	accepted("\"x\"");
	refused("");
	refused(" ");
	refused("null");
	refused("{");
	refused("{\"a\":1");
	refused("{\"a\":1}}");
	refused("{\"a\":1},");
	refused("{\"a\":1} {\"b\":2}");
	refused("{\"a\":1}x");
	refused("{\"a\":}");
	refused("{\"a\":1,}");
	refused("{a:1}");
	refused("[1,2");
	refused("hello");
	assert_null(parse_n("{\"a\":1}\0", 8)); /* NUL bytes that a crash left behind */
	assert_null(parse_n("\0{\"a\":1}", 8));
	assert_null(parse_n("{\"a\":\"b\0c\"}", 10));
	assert_non_null(parse_n("{\"a\":1}garbage", 7)); /* N bytes, not more */
	/* what was cut before does not leak into the next text */
	refused("{\"a\":[1,{\"b\":");
	accepted("{\"c\":3}");
	assert_int_equal(jx_len(jx_arr(o, "a")), 0);
}

static void
nesting(void **state UNUSED)
{
	char text[400];
	struct json_tokener *small = jx_tokener(8);
	struct json_object *v;

	for (size_t n = 1; n <= 4; n++) {
		memset(text, '[', n);
		memset(text + n, ']', n);
		v = jx_parse(small, text, 2 * n);
		assert_non_null(v);
		json_object_put(v);
	}
	memset(text, '[', 12);
	memset(text + 12, ']', 12);
	assert_null(jx_parse(small, text, 24));
	assert_int_equal(json_tokener_get_error(small), json_tokener_error_depth);
	v = jx_parse(small, "[[1]]", 5); /* and the tokener can be used again */
	assert_non_null(v);
	json_object_put(v);
	json_tokener_free(small);
}

static void
texts(void **state UNUSED)
{
	accepted("{\"s\":\"a\\u0000b\",\"e\":\"\",\"u\":\"\\u00e5\\u20ac\\ud83d\\ude00\","
		 "\"n\":null,\"i\":5,\"b\":true,\"a\":[],\"o\":{}}");
	assert_int_equal(jx_str(o, "s").n, 3);
	assert_memory_equal(jx_str(o, "s").p, "a\0b", 3);
	assert_non_null(jx_str(o, "e").p);
	assert_int_equal(jx_str(o, "e").n, 0);
	assert_true(str_eqz(jx_str(o, "u"), "\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80"));
	assert_null(jx_str(o, "n").p);
	assert_null(jx_str(o, "i").p);
	assert_null(jx_str(o, "b").p);
	assert_null(jx_str(o, "a").p);
	assert_null(jx_str(o, "o").p);
	assert_null(jx_str(o, "gone").p);
	assert_null(jx_str(NULL, "s").p);
	assert_null(jx_text(NULL).p);
	assert_null(jx_text(o).p);
	assert_true(str_eqz(jx_text(jx_any(o, "u")), "\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80"));
	/* command output may hold any bytes */
	accepted("{\"s\":\"a\xff\xfe\xc3(\"}");
	assert_true(str_eqz(jx_str(o, "s"), "a\xff\xfe\xc3("));
	accepted("{\"s\":\"lone \\ud800 half\"}");
	assert_true(jx_str(o, "s").n > 10);
	accepted("{\"s\":1,\"s\":\"last\"}");
	assert_true(str_eqz(jx_str(o, "s"), "last"));
}

static void
not_an_integer(const char *value)
{
	char text[200];
	int64_t v = -99;

	(void)snprintf(text, sizeof(text), "{\"k\":%s}", value);
	(void)parse(text); /* a text that is no JSON gives no object: no integer either */
	if (jx_i64(o, "k", INT64_MIN, INT64_MAX, &v))
		fail_msg("%s is taken for %lld", value, (long long)v);
	assert_int_equal(v, -99);
}

static void
integers(void **state UNUSED)
{
	static const char *const bad[] = { "9223372036854775808", "18446744073709551615",
		"18446744073709551616", "-9223372036854775809", "1.0", "1.5", "1e3", "\"1\"",
		"\"123abc\"", "true", "false", "null", "[1]", "{\"k\":1}", "\"\"", "1E2" };
	int64_t v;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		not_an_integer(bad[i]);
	accepted("{\"a\":0,\"b\":-5,\"c\":9223372036854775806,\"d\":-9223372036854775807}");
	assert_true(jx_i64(o, "a", 0, 0, &v));
	assert_int_equal(v, 0);
	assert_true(jx_i64(o, "b", -5, 0, &v));
	assert_int_equal(v, -5);
	assert_true(jx_i64(o, "c", INT64_MIN, INT64_MAX, &v));
	assert_int_equal(v, INT64_MAX - 1);
	assert_true(jx_i64(o, "d", INT64_MIN, INT64_MAX, &v));
	assert_int_equal(v, INT64_MIN + 1);
	v = 7;
	assert_false(jx_i64(o, "b", 0, 9, &v));
	assert_false(jx_i64(o, "b", -9, -6, &v));
	assert_false(jx_i64(o, "gone", 0, 9, &v));
	assert_false(jx_i64(NULL, "a", 0, 9, &v));
	assert_int_equal(v, 7);
}

static void
numbers(void **state UNUSED)
{
	double d = 0;

	accepted("{\"i\":-3,\"f\":10.5,\"e\":1e3,\"s\":\"1\",\"b\":true,\"n\":null,\"h\":1e999,"
		 "\"u\":18446744073709551615}");
	assert_true(jx_num(o, "i", &d));
	assert_true(d == -3.0);
	assert_true(jx_num(o, "f", &d));
	assert_true(d == 10.5);
	assert_true(jx_num(o, "e", &d));
	assert_true(d == 1000.0);
	assert_true(jx_num(o, "u", &d));
	assert_true(d > 1.8e19 && d < 1.9e19);
	assert_false(jx_num(o, "s", &d));
	assert_false(jx_num(o, "b", &d));
	assert_false(jx_num(o, "n", &d));
	assert_false(jx_num(o, "h", &d)); /* not finite */
	assert_false(jx_num(o, "gone", &d));
	if (parse("{\"x\":NaN}") != NULL)
		assert_false(jx_num(o, "x", &d));
	if (parse("{\"x\":-Infinity}") != NULL)
		assert_false(jx_num(o, "x", &d));
}

static void
booleans(void **state UNUSED)
{
	bool b = false;

	accepted("{\"t\":true,\"f\":false,\"i\":1,\"s\":\"true\",\"n\":null}");
	assert_true(jx_bool(o, "t", &b));
	assert_true(b);
	assert_true(jx_bool(o, "f", &b));
	assert_false(b);
	assert_false(jx_bool(o, "i", &b));
	assert_false(jx_bool(o, "s", &b));
	assert_false(jx_bool(o, "n", &b));
	assert_false(jx_bool(NULL, "t", &b));
}

static void
containers(void **state UNUSED)
{
	accepted("{\"o\":{\"x\":1},\"a\":[1,null,\"s\"],\"n\":null,\"s\":\"{}\"}");
	assert_non_null(jx_obj(o, "o"));
	assert_null(jx_obj(o, "a"));
	assert_null(jx_obj(o, "n"));
	assert_null(jx_obj(o, "s"));
	assert_non_null(jx_arr(o, "a"));
	assert_null(jx_arr(o, "o"));
	assert_null(jx_arr(o, "n"));
	assert_null(jx_any(o, "n"));
	assert_non_null(jx_any(o, "s"));
	assert_null(jx_any(o, "gone"));
	assert_null(jx_any(NULL, "o"));
	assert_int_equal(jx_len(jx_arr(o, "a")), 3);
	assert_int_equal(jx_len(jx_obj(o, "o")), 0);
	assert_int_equal(jx_len(NULL), 0);
	assert_non_null(jx_at(jx_arr(o, "a"), 0));
	assert_null(jx_at(jx_arr(o, "a"), 1));
	assert_true(str_eqz(jx_text(jx_at(jx_arr(o, "a"), 2)), "s"));
	assert_null(jx_at(jx_arr(o, "a"), 3));
	assert_null(jx_at(jx_obj(o, "o"), 0));
	/* members of what has none */
	assert_null(jx_obj(jx_arr(o, "a"), "x"));
	assert_null(jx_any(jx_any(o, "s"), "x"));
	assert_null(jx_str(jx_arr(o, "a"), "x").p);
}

static void
write_file(const char *name, const char *text, size_t n)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
files(void **state UNUSED)
{
	char name[] = "jx-XXXXXX";
	struct err e;
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	close(fd);
	write_file(name, "{\"a\":1}\n", 8);
	assert_int_equal(jx_file(name, 8, &o, &e), 0);
	assert_non_null(jx_any(o, "a"));
	json_object_put(o);
	o = NULL;
	assert_int_equal(jx_file(name, 7, &o, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	write_file(name, "{\n\"a\":\n,}", 9);
	assert_int_equal(jx_file(name, 100, &o, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.msg, ":3:")); /* where it is wrong */
	assert_null(o);
	write_file(name, "", 0);
	assert_int_equal(jx_file(name, 100, &o, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_null(o);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(jx_file(name, 100, &o, &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_int_equal(jx_file(".", 1000000, &o, &e), -1);
	assert_null(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_values, prepare, clean),
		cmocka_unit_test_setup_teardown(nesting, prepare, clean),
		cmocka_unit_test_setup_teardown(texts, prepare, clean),
		cmocka_unit_test_setup_teardown(integers, prepare, clean),
		cmocka_unit_test_setup_teardown(numbers, prepare, clean),
		cmocka_unit_test_setup_teardown(booleans, prepare, clean),
		cmocka_unit_test_setup_teardown(containers, prepare, clean),
		cmocka_unit_test_setup_teardown(files, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
