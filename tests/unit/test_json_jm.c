/* JSON as what a template shows. */
#include "base/compat.h"

#include <math.h>
#include <setjmp.h>

#include <cmocka.h>

#include "json/jm.h"
#include "json/jx.h"

static struct json_object *root;
static struct sbuf out;

static int
prepare(void **state UNUSED)
{
	sbuf_init(&out, 100000);
	return 0;
}

static int
clean(void **state UNUSED)
{
	json_object_put(root);
	root = NULL;
	sbuf_free(&out);
	return 0;
}

/* TEMPLATE shows `root` as WANTED of N bytes. */
static void
shows_n(const char *template, const char *wanted, size_t n)
{
	struct mustache_set *s = mustache_set_new();
	struct mustache_view view = jm_view(root);
	struct err e = { .code = ERR_NONE };
	int rc = mustache_set_add(s, "t", NULL, str_of(template), &e);

	sbuf_reset(&out);
	if (rc == 0)
		rc = mustache_set_finish(s, false, &e);
	if (rc == 0)
		rc = mustache_render(s, "t", &view, &out, &e);
	mustache_set_free(s);
	if (rc < 0 || out.len != n || memcmp(out.buf, wanted, n) != 0)
		fail_msg("%s: got \"%s\", wanted \"%s\" %s", template, out.buf, wanted, e.msg);
}

static void
shows(const char *template, const char *wanted)
{
	shows_n(template, wanted, strlen(wanted));
}

static void
data(const char *text)
{
	struct json_tokener *tok = jx_tokener(32);

	json_object_put(root);
	root = jx_parse(tok, text, strlen(text));
	json_tokener_free(tok);
	assert_non_null(root);
}

static void
texts(void **state UNUSED)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "\"\"", "" },
		{ "\"a<b\\u0022\"", "a&lt;b&quot;" },
		{ "\"å \\ud83d\\ude00\"", "å \xf0\x9f\x98\x80" },
		{ "true", "true" },
		{ "false", "false" },
		{ "null", "" },
		{ "0", "0" },
		{ "-7", "-7" },
		{ "9007199254740993", "9007199254740993" },
		{ "9223372036854775807", "9223372036854775807" },
		{ "-9223372036854775808", "-9223372036854775808" },
		{ "18446744073709551615", "18446744073709551615" },
		{ "0.1", "0.1" },
		{ "1.50", "1.5" },
		{ "2.0", "2" },
		{ "-0.25", "-0.25" },
		{ "0.30000000000000004", "0.30000000000000004" },
		{ "5e-324", "5e-324" },
		{ "2.5e-310", "2.5e-310" },
		{ "1e21", "1e+21" },
		{ "[]", "" },
		{ "[1]", "" },
		{ "{}", "" },
		{ "{\"a\":1}", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char json[100];

		(void)snprintf(json, sizeof(json), "{\"x\":%s}", cases[i].json);
		data(json);
		shows("{{x}}", cases[i].text);
	}
}

/* What a program puts into a tree, and no text can. */
static void
built(void **state UNUSED)
{
	root = json_object_new_object();
	json_object_object_add(root, "nan", json_object_new_double((double)NAN));
	json_object_object_add(root, "inf", json_object_new_double(-(double)INFINITY));
	json_object_object_add(root, "written", json_object_new_double_s(0.5, "0.5000"));
	json_object_object_add(root, "nul", json_object_new_string_len("a\0<\0", 4));
	json_object_object_add(root, "only", json_object_new_string_len("\0", 1));
	shows("<{{nan}}{{inf}}>{{written}}", "<>0.5");
	shows_n("{{nul}}{{{nul}}}", "a\0&lt;\0a\0<\0", 11);
	shows("{{#only}}there{{/only}}", "there");
}

static void
falsey(void **state UNUSED)
{
	static const struct {
		const char *json;
		bool shown;
	} cases[] = {
		{ "null", false },
		{ "false", false },
		{ "\"\"", false },
		{ "[]", false },
		{ "true", true },
		{ "0", true },
		{ "0.0", true },
		{ "\"0\"", true },
		{ "\" \"", true },
		{ "\"false\"", true },
		{ "{}", true },
		{ "[[]]", true },
		{ "[null]", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char json[100];

		(void)snprintf(json, sizeof(json), "{\"x\":%s}", cases[i].json);
		data(json);
		shows("{{#x}}yes{{/x}}{{^x}}no{{/x}}", cases[i].shown ? "yes" : "no");
		/* as an element, too, and a false one inside hides a true one outside */
		(void)snprintf(json, sizeof(json), "{\"v\":1,\"l\":[%s],\"o\":{\"v\":%s}}",
		    cases[i].json, cases[i].json);
		data(json);
		shows("{{#l}}{{#.}}yes{{/.}}{{^.}}no{{/.}}{{/l}}", cases[i].shown ? "yes" : "no");
		shows("{{#o}}{{#v}}yes{{/v}}{{^v}}no{{/v}}{{/o}}", cases[i].shown ? "yes" : "no");
	}
}

static void
members(void **state UNUSED)
{
	data(
	    "{\"a\":{\"b\":{\"c\":[1,\"two\",[3,4],{\"c\":5}]}},\"c\":\"outer\",\"\":\"empty\",\"length\":\"own\"}");
	shows("{{#a.b}}{{#c}}({{.}}|{{c}}){{/c}}{{/a.b}}", "(1|)(two|)(|)(|5)");
	shows("{{#a.b.c}}{{length}} {{/a.b.c}}", "own own own own ");
	shows("{{a.b.c.length}}{{c.x}}", "");
	data("[{\"n\":1},{\"n\":2}]");
	shows("{{n}}{{#.}}<{{n}}>{{/.}}", "<1><2>");
	json_object_put(root);
	root = NULL; /* JSON's null */
	shows("<{{.}}{{x}}{{#.}}yes{{/.}}{{^.}}no{{/.}}>", "<no>");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, prepare, clean)
	const struct CMUnitTest tests[] = {
		TEST(texts),
		TEST(built),
		TEST(falsey),
		TEST(members),
	};

	return cmocka_run_group_tests_name("json to mustache", tests, NULL, NULL);
}
