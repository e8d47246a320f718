/* What is wrong in a template is said with its place, and what to do. */
#include "base/compat.h"

#include "mustache_fixture.h"

/* The message for PIECES, which cannot be made a set; of LENIENT see set_finish. */
static void
refused(const struct piece *pieces, bool lenient, const char *wanted)
{
	struct mustache_set *s = mustache_set_new();
	struct err e = { .code = ERR_NONE };
	int rc = 0;

	for (size_t i = 0; i < MAX_PIECES && pieces[i].name != NULL && rc == 0; i++)
		rc = mustache_set_add(s, pieces[i].name, NULL, str_of(pieces[i].text), &e);
	if (rc == 0)
		rc = mustache_set_finish(s, lenient, &e);
	mustache_set_free(s);
	assert_int_equal(rc, -1);
	assert_string_equal(e.msg, wanted);
	assert_int_equal(e.code, ERR_INPUT);
}

static void
places(void **state UNUSED)
{
	static const struct {
		const char *template, *message;
	} cases[] = {
		{ "{{", "p:1:1: a tag without an end: }} is missing" },
		{ "a\n\nåäö {{#x}} {{y\n", "p:3:12: a tag without an end: }} is missing" },
		{ "{{{x}}", "p:1:1: a tag without an end: }}} is missing" },
		{ " {{=<% %>}}", "p:1:2: a tag without an end: =}} is missing" },
		{ "{{=<% %>=}} <%x}}", "p:1:13: a tag without an end: %> is missing" },
		{ "{{=<%=}}",
		    "p:1:1: no pair of delimiters: write it as {{=<% %>=}}, two words of at most 16 "
		    "bytes without =" },
		{ "\n {{= a b c =}}",
		    "p:2:2: no pair of delimiters: write it as {{=<% %>=}}, two words of at most 16 "
		    "bytes without =" },
		{ "{{=1234567890abcdefg b=}}",
		    "p:1:1: no pair of delimiters: write it as {{=<% %>=}}, two words of at most 16 "
		    "bytes without =" },
		{ "x {{}}", "p:1:3: a tag without a name: write one, or remove the tag" },
		{ "{{#x}}{{/ }}", "p:1:7: a tag without a name: write one, or remove the tag" },
		{ "{{> }}", "p:1:1: a tag without a name: write one, or remove the tag" },
		{ "{{>*}}", "p:1:1: a tag without a name: write one, or remove the tag" },
		{ "{{ #x }}",
		    "p:1:4: a name that begins with '#': the kind of a tag stands once, right behind "
		    "the delimiter" },
		{ "{{&{x}}}",
		    "p:1:4: a name that begins with '{': the kind of a tag stands once, right behind "
		    "the delimiter" },
		{ "{{*x}}",
		    "p:1:3: a name that begins with '*': only partials and parents may have one" },
		{ "{{#*x}}{{/*x}}",
		    "p:1:4: a name that begins with '*': only partials and parents may have one" },
		{ "{{ two words }}", "p:1:7: a blank in the name \"two\": a name is one word" },
		{ "{{a\x01}}", "p:1:4: a control character in a name: remove it" },
		{ "{{a {{b}}", "p:1:4: a blank in the name \"a\": a name is one word" },
		{ "{{a{{b}}", "p:1:4: '{' in a name: is the tag before it closed?" },
		{ "{{a..b}}",
		    "p:1:5: an empty part in the name \"a..b\": parts are separated by single dots" },
		{ "{{#.a}}{{/.a}}",
		    "p:1:4: an empty part in the name \".a\": parts are separated by single dots" },
		{ "{{>*a.}}",
		    "p:1:7: an empty part in the name \"a.\": parts are separated by single dots" },
		{ "{{a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p}}{{a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q}}",
		    "p:1:70: a name of more than 16 parts" },
		{ "a\r\n  {{/x}}", "p:2:3: \"x\" has an end but no beginning: remove this tag" },
		{ "{{#x}}\n {{^y}}\n{{/x}}",
		    "p:3:1: the end of \"x\", but \"y\" of 2:2 is still open: end that one first" },
		{ "{{#x}}{{/X}}",
		    "p:1:7: the end of \"X\", but \"x\" of 1:1 is still open: end that one first" },
		{ "{{<*x}}{{/x}}",
		    "p:1:8: the end of \"x\", but \"*x\" of 1:1 is still open: end that one first" },
		{ "\n{{#x}} {{$y}}{{/y}}\n{{#z}}",
		    "p:3:1: \"z\" is never closed: its end tag is missing" },
		{ "{{<*x}} ", "p:1:1: \"*x\" is never closed: its end tag is missing" },
		{ "{{<q}} {{x}}{{/q}}",
		    "p:1:8: only blocks have an effect inside {{<q}}: put this tag into one, as in "
		    "{{$name}}…{{/name}}" },
		{ "{{<q}}\n{{>x}}\n{{/q}}",
		    "p:2:1: only blocks have an effect inside {{<q}}: put this tag into one, as in "
		    "{{$name}}…{{/name}}" },
		{ "{{<q}}{{$a}}1{{/a}}{{$b}}2{{/b}} {{$a}}3{{/a}}{{/q}}",
		    "p:1:34: a second block \"a\" in the same parent: remove one" },
		{ "a \xff b", "p:1:3: not UTF-8: save the file as UTF-8" },
		{ "å\n\xc3", "p:2:1: not UTF-8: save the file as UTF-8" },
		{ "\xef\xbb\xbfx", "p:1:1: a byte order mark: save the file as UTF-8 without one" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refused((const struct piece[MAX_PIECES]){ { "p", cases[i].template } }, true,
		    cases[i].message);
}

static void
between_templates(void **state UNUSED)
{
	refused((const struct piece[MAX_PIECES]){ { "p", "a\n  {{> rows }}\n" }, { "row", "" } },
	    false, "p:2:3: there is no template \"rows\": add rows.mustache, or correct the name");
	refused((const struct piece[MAX_PIECES]){ { "p", "{{#x}}{{<l/main}}{{/l/main}}{{/x}}" } },
	    false,
	    "p:1:7: there is no template \"l/main\": add l/main.mustache, or correct the name");
	refused((const struct piece[MAX_PIECES]){ { "p", "{{>x}}" }, { "p", "" } }, false,
	    "p: there is a template \"p\" already: rename one");
	/* whatever the data, these would not end */
	refused((const struct piece[MAX_PIECES]){ { "p", "x\n {{>p}}" } }, true,
	    "p:2:2: \"p\" contains itself without an end: put this tag into a section");
	refused((const struct piece[MAX_PIECES]){ { "p", "{{>q}}" },
		    { "q", "{{#x}}{{>p}}{{/x}}{{<r}}{{/r}}" }, { "r", "{{>p}}" } },
	    true, "r:1:1: \"p\" contains itself without an end: put this tag into a section");
}

static void
no_error(void **state UNUSED)
{
	/* these may end: it depends on the data, or on a block */
	mustache_set_free(set_of(
	    (const struct piece[MAX_PIECES]){ { "p", "{{#x}}{{>p}}{{/x}}{{^x}}{{>p}}{{/x}}" } },
	    false));
	mustache_set_free(set_of(
	    (const struct piece[MAX_PIECES]){ { "p", "{{$x}}{{<p}}{{$x}}{{/x}}{{/p}}{{/x}}" } },
	    false));
	mustache_set_free(
	    set_of((const struct piece[MAX_PIECES]){ { "p", "{{>*x}}{{>q}}{{>q}}" }, { "q", "" } },
		false));
}

/* A long label is shown by its end. */
static void
long_labels(void **state UNUSED)
{
	struct mustache_set *s = mustache_set_new();
	char label[300];
	struct err e;

	memset(label, 'x', sizeof(label));
	memcpy(label + sizeof(label) - 12, "/p.mustache", 12);
	assert_int_equal(mustache_set_add(s, "p", label, STR("{{"), &e), -1);
	mustache_set_free(s);
	assert_int_equal(strncmp(e.msg, "…xxx", 6), 0);
	assert_non_null(strstr(e.msg, "x/p.mustache:1:1: a tag without an end: }} is missing"));
}

static void
limits_of_templates(void **state UNUSED)
{
	struct mustache_set *s = mustache_set_new();
	struct err e;
	struct sbuf b;
	char name[MUSTACHE_MAX_NAME + 1];

	sbuf_init(&b, (size_t)8 * 1024 * 1024);
	for (int i = 0; i < MUSTACHE_MAX_OPEN; i++)
		sbuf_addz(&b, "{{#x}}");
	for (int i = 0; i < MUSTACHE_MAX_OPEN; i++)
		sbuf_addz(&b, "{{/x}}");
	assert_int_equal(mustache_set_add(s, "deep", NULL, str_n(b.buf, b.len), &e), 0);
	sbuf_reset(&b);
	for (int i = 0; i <= MUSTACHE_MAX_OPEN; i++)
		sbuf_addz(&b, "{{^x}}\n");
	assert_int_equal(mustache_set_add(s, "deeper", NULL, str_n(b.buf, b.len), &e), -1);
	assert_string_equal(
	    e.msg, "deeper:65:1: more than 64 tags are open: move a part into a partial");

	memset(name, 'n', sizeof(name));
	sbuf_reset(&b);
	sbuf_addf(&b, "{{%.*s}}", MUSTACHE_MAX_NAME, name);
	assert_int_equal(mustache_set_add(s, "long", NULL, str_n(b.buf, b.len), &e), 0);
	sbuf_reset(&b);
	sbuf_addf(&b, "{{%.*s}}", MUSTACHE_MAX_NAME + 1, name);
	assert_int_equal(mustache_set_add(s, "longer", NULL, str_n(b.buf, b.len), &e), -1);
	assert_string_equal(e.msg, "longer:1:3: a name of 256 bytes: at most 255 are allowed");

	sbuf_reset(&b);
	while (b.len < MUSTACHE_MAX_TEXT)
		sbuf_addz(&b, "0123456789abcde\n");
	assert_int_equal(mustache_set_add(s, "big", NULL, str_n(b.buf, b.len), &e), 0);
	sbuf_addc(&b, 'x');
	assert_int_equal(mustache_set_add(s, "bigger", NULL, str_n(b.buf, b.len), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg,
	    "bigger: a template of 1048577 bytes, 1048576 are allowed: move a part into a partial");
	sbuf_free(&b);
	mustache_set_free(s);
}

static void
limits_of_sets(void **state UNUSED)
{
	struct mustache_set *s = mustache_set_new();
	char *big = calloc(1, MUSTACHE_MAX_TEXT), name[16];
	struct err e;
	int i;

	assert_non_null(big);
	memset(big, 'x', MUSTACHE_MAX_TEXT);
	for (i = 0; i < 16; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(
		    mustache_set_add(s, name, NULL, str_n(big, MUSTACHE_MAX_TEXT), &e), 0);
	}
	assert_int_equal(mustache_set_add(s, "more", NULL, STR("x"), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "more: more than 16777216 bytes of templates");
	free(big);
	mustache_set_free(s);

	s = mustache_set_new();
	for (i = 0; i < MUSTACHE_MAX_TEMPLATES; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(mustache_set_add(s, name, NULL, STR("x"), &e), 0);
	}
	assert_int_equal(mustache_set_add(s, "more", NULL, STR("x"), &e), -1);
	assert_string_equal(e.msg, "more: more than 1000 templates");
	mustache_set_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(between_templates),
		cmocka_unit_test(no_error),
		cmocka_unit_test(long_labels),
		cmocka_unit_test(limits_of_templates),
		cmocka_unit_test(limits_of_sets),
	};

	return cmocka_run_group_tests_name("mustache errors", tests, NULL, NULL);
}
