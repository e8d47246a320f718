/* Building trees, taking the view out of them, making texts fit to be shown. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include <json-c/json.h>

#include "json/jt.h"
#include "json/jx.h"

#define BAD "\xef\xbf\xbd"

static void
same(struct json_object *o, const char *want)
{
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), want);
	json_object_put(o);
}

static void
building(void **state UNUSED)
{
	struct json_object *o = jt_object(), *a;

	jt_str(o, "s", "x");
	jt_str(o, "none", NULL);
	jt_strn(o, "n", str_n("a\0b", 3));
	jt_i64(o, "i", INT64_MIN);
	jt_bool(o, "b", true);
	jt_fmt(o, "f", "%d%%", 5);
	a = jt_add_array(o, "a");
	jt_i64(jt_push_object(a), "k", 1);
	jt_push(a, NULL);
	jt_str(jt_add_object(o, "o"), "s", "y");
	jt_str(o, "s", "z"); /* takes the place of the first */
	same(o,
	    "{\"s\":\"z\",\"none\":null,\"n\":\"a\\u0000b\",\"i\":-9223372036854775808,\"b\":true,"
	    "\"f\":\"5%\",\"a\":[{\"k\":1},null],\"o\":{\"s\":\"y\"}}");
}

static void
shown(void **state UNUSED)
{
	struct json_object *o = jt_object();

	jt_show(o, "a", STR("one\ntwo\tthree\x7f"), 100);
	jt_show(o, "b",
	    STR("r\xe2\x80\xae"
		"l"),
	    100); /* U+202E turns the line round */
	jt_show(o, "c", STR("abcdef"), 3);
	jt_show(o, "d",
	    STR("ab\xc3\xa9"
		"f"),
	    3); /* not within the letter */
	jt_show(o, "e", (struct str){ NULL, 0 }, 3);
	jt_show(o, "f", STR("\xff\n"), 100);
	assert_true(str_eqz(jx_str(o, "a"), "one\ntwo" BAD "three" BAD));
	assert_true(str_eqz(jx_str(o, "b"), "r" BAD "l"));
	assert_true(str_eqz(jx_str(o, "c"), "abc\xe2\x80\xa6"));
	assert_true(str_eqz(jx_str(o, "d"), "ab\xe2\x80\xa6"));
	assert_null(jx_any(o, "e"));
	assert_true(str_eqz(jx_str(o, "f"), BAD "\n"));
	json_object_put(o);
}

static void
cleaned(void **state UNUSED)
{
	struct json_object *o = jt_object(), *a = jt_add_array(o, "a");

	jt_str(o, "bad", "x\x01y");
	jt_str(o, "good", "x\ny");
	jt_str(jt_push_object(a), "in", "\x1b[31m");
	jt_push(a, json_object_new_string("\x02"));
	jt_clean(o);
	same(o, "{\"a\":[{\"in\":\"" BAD "[31m\"},\"" BAD "\"],\"bad\":\"x" BAD
		"y\",\"good\":\"x\\ny\"}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(building),
		cmocka_unit_test(shown),
		cmocka_unit_test(cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
