/* Rendering: its limits, its targets, hostile values, strict views. */
#include "base/compat.h"

#include "mustache_fixture.h"

static const struct val plain = OBJECT("", TEXT("x", "<x>"), FALSE_("no"),
    LIST("list", TEXT("", "1"), TEXT("", "2")), OBJECT("o", TEXT("y", "1")), NONE("none"));

static struct err e;
static struct sbuf out;

static int
prepare(void **state UNUSED)
{
	e = (struct err){ .code = ERR_NONE };
	sbuf_init(&out, (size_t)64 * 1024 * 1024);
	return 0;
}

static int
clean(void **state UNUSED)
{
	sbuf_free(&out);
	return 0;
}

/* Render the first of PIECES for VIEW into `out`: 0, or the code of the error, with its message in `e`. */
static enum err_code
rendered(const struct piece *pieces, struct mustache_view view)
{
	struct mustache_set *s = set_of(pieces, true);
	int rc = mustache_render(s, pieces[0].name, &view, &out, &e);

	mustache_set_free(s);
	return rc == 0 ? ERR_NONE : e.code;
}

#define PIECES(...) ((const struct piece[MAX_PIECES]){ __VA_ARGS__ })

/* The template NAME of N sections around INNER into S. */
static void
add_nested(struct mustache_set *s, const char *name, int n, const char *inner)
{
	struct sbuf b;

	sbuf_init(&b, 4096);
	for (int i = 0; i < n; i++)
		sbuf_addz(&b, "{{#x}}");
	sbuf_addz(&b, inner);
	for (int i = 0; i < n; i++)
		sbuf_addz(&b, "{{/x}}");
	assert_int_equal(mustache_set_add(s, name, NULL, str_n(b.buf, b.len), &e), 0);
	sbuf_free(&b);
}

static void
depth(void **state UNUSED)
{
	struct mustache_view view = val_view(&plain);
	struct mustache_set *s = mustache_set_new();

	assert_int_equal(rendered(PIECES({ "p", "{{#x}}{{>p}}{{/x}}" }), view), ERR_LIMIT);
	assert_string_equal(e.msg,
	    "p:1:1: more than 256 sections, partials and blocks in each other: does a "
	    "template contain itself without an end?");
	/* three times 63 sections and a partial, and 64 sections: 256 */
	add_nested(s, "a", 63, "{{>b}}");
	add_nested(s, "b", 63, "{{>c}}");
	add_nested(s, "c", 63, "{{>d}}");
	add_nested(s, "d", 64, "!");
	add_nested(s, "two more", 1, "{{>a}}");
	assert_int_equal(mustache_set_finish(s, false, &e), 0);
	assert_int_equal(mustache_render(s, "a", &view, &out, &e), 0);
	assert_string_equal(out.buf, "!");
	assert_int_equal(mustache_render(s, "two more", &view, &out, &e), -1);
	assert_string_equal(out.buf, "!");
	/* the 63rd section of d, at 62 * 6 + 1 */
	assert_int_equal(strncmp(e.msg, "d:1:373: more than 256 ", 23), 0);
	mustache_set_free(s);
}

/* A list of 300 in itself three times: more steps than anybody may wait for. */
static void
steps(void **state UNUSED)
{
	struct val elements[300];
	struct val root = { "", VAL_OBJECT, { NULL, 0 }, NULL, 1 };
	struct val list = { "l", VAL_LIST, { NULL, 0 }, elements, ARRAY_LEN(elements) };

	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		elements[i] = (struct val)TEXT("", "");
	root.in = &list;
	assert_int_equal(
	    rendered(PIECES({ "p", "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}" }), val_view(&root)),
	    ERR_LIMIT);
	assert_non_null(strstr(e.msg, ": more than 20000000 steps"));
}

static void
output(void **state UNUSED)
{
	struct mustache_view view = val_view(&plain);

	view.max_bytes = 9;
	assert_int_equal(rendered(PIECES({ "p", "{{x}}" }), view), ERR_NONE);
	assert_string_equal(out.buf, "&lt;x&gt;");
	view.max_bytes = 8;
	assert_int_equal(rendered(PIECES({ "p", "{{x}}" }), view), ERR_LIMIT);
	assert_string_equal(e.msg, "more than 8 bytes of output");
	assert_string_equal(out.buf, "&lt;x&gt;"); /* as before */

	/* a target that is full */
	sbuf_free(&out);
	sbuf_init(&out, 10);
	sbuf_addz(&out, "12");
	assert_int_equal(rendered(PIECES({ "p", "{{x}}" }), val_view(&plain)), ERR_LIMIT);
	assert_string_equal(out.buf, "12");
	assert_false(out.failed);
	assert_int_equal(rendered(PIECES({ "p", "{{{x}}}34567" }), val_view(&plain)), ERR_NONE);
	assert_string_equal(out.buf, "12<x>34567");
}

static void
indentation(void **state UNUSED)
{
	char text[3][700];

	for (int i = 0; i < 3; i++)
		(void)snprintf(
		    text[i], sizeof(text[i]), "%*s{{>%c}}\n", i == 1 ? 424 : 600, "", "qrs"[i]);
	assert_int_equal(
	    rendered(PIECES({ "p", text[0] }, { "q", text[1] }, { "r", "x" }), val_view(&plain)),
	    ERR_NONE);
	assert_int_equal(out.len, 1025);
	assert_int_equal(strspn(out.buf, " "), 1024);
	assert_int_equal(
	    rendered(PIECES({ "p", text[0] }, { "q", text[1] }, { "r", " {{>s}}" }, { "s", "" }),
		val_view(&plain)),
	    ERR_LIMIT);
	assert_string_equal(e.msg, "r:1:2: an indentation of more than 1024 bytes");
}

/* Values of any size around that of the buffer, of bytes that are written in several ways. */
static void
sizes(void **state UNUSED)
{
	static const size_t lengths[] = { 0, 1, 4096, 8187, 8191, 8192, 8193, 10240, 16384,
		100000 };
	static const struct {
		char byte;
		const char *escaped;
	} bytes[] = { { 'x', "x" }, { '<', "&lt;" }, { '"', "&quot;" }, { '\'', "&#39;" },
		{ '\0', NULL }, { '\xff', "\xff" } };
	char *big = calloc(1, 100000);

	assert_non_null(big);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		for (size_t k = 0; k < ARRAY_LEN(bytes); k++) {
			struct val root = { "", VAL_TEXT, { big, lengths[i] }, NULL, 0 };
			size_t n = bytes[k].escaped != NULL ? strlen(bytes[k].escaped) : 1;

			memset(big, bytes[k].byte, lengths[i]);
			sbuf_reset(&out);
			assert_int_equal(
			    rendered(PIECES({ "p", "[{{.}}|{{{.}}}]" }), val_view(&root)),
			    ERR_NONE);
			assert_int_equal(out.len, lengths[i] * (n + 1) + 3);
			for (size_t j = 0; j < lengths[i]; j++)
				assert_memory_equal(out.buf + 1 + j * n,
				    bytes[k].escaped != NULL ? bytes[k].escaped : "", n);
			assert_int_equal(out.buf[1 + lengths[i] * n], '|');
			assert_memory_equal(out.buf + 2 + lengths[i] * n, big, lengths[i]);
			assert_int_equal(out.buf[out.len - 1], ']');
		}
	free(big);
}

static void
every_byte(void **state UNUSED)
{
	char all[256];
	struct val root = { "", VAL_TEXT, { all, sizeof(all) }, NULL, 0 };
	size_t at = 0;

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	assert_int_equal(rendered(PIECES({ "p", "{{.}}" }), val_view(&root)), ERR_NONE);
	for (int i = 0; i < 256; i++) {
		const char *wanted = i == '&'    ? "&amp;"
				     : i == '<'  ? "&lt;"
				     : i == '>'  ? "&gt;"
				     : i == '"'  ? "&quot;"
				     : i == '\'' ? "&#39;"
						 : &all[i];
		size_t n = wanted == &all[i] ? 1 : strlen(wanted);

		assert_memory_equal(out.buf + at, wanted, n);
		at += n;
	}
	assert_int_equal(at, out.len);
}

static void
strict(void **state UNUSED)
{
	static const struct {
		const char *template, *message;
	} cases[] = {
		{ "a\n {{nix}}", "p:2:2: \"nix\" is not in the data: add it, or correct the name" },
		{ "{{{o.nix}}}",
		    "p:1:1: \"o.nix\" is not in the data: add it, or correct the name" },
		{ "{{#nix}}{{/nix}}",
		    "p:1:1: \"nix\" is not in the data: add it, or correct the name" },
		{ "{{#o}}{{^nix}}{{/nix}}{{/o}}",
		    "p:1:7: \"nix\" is not in the data: add it, or correct the name" },
		{ "{{list}}", "p:1:1: \"list\" has no text: it is a list or an object" },
		{ "{{#o}}{{.}}{{/o}}", "p:1:7: \".\" has no text: it is a list or an object" },
		{ "{{>*x}}", "p:1:1: \"x\" names no template" },
		{ "{{>*nix.nix}}", "p:1:1: \"nix.nix\" names no template" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mustache_view view = val_view(&plain);

		view.strict = true;
		assert_int_equal(rendered(PIECES({ "p", cases[i].template }), view), ERR_INPUT);
		assert_string_equal(e.msg, cases[i].message);
		view.strict = false;
		assert_int_equal(rendered(PIECES({ "p", cases[i].template }), view), ERR_NONE);
	}
	{
		struct mustache_view view = val_view(&plain);

		view.strict = true;
		sbuf_reset(&out);
		assert_int_equal(
		    rendered(
			PIECES({ "p",
			    "{{no}}{{none}}{{^none}}-{{/none}}{{#list}}{{.}}{{/list}}{{>no}}" }),
			view),
		    ERR_NONE);
		assert_string_equal(out.buf, "-12");
	}
}

struct sink {
	struct sbuf all;
	const struct mustache_set *set;
	size_t pieces, refuse; /* the piece to refuse, from 1 */
};

static int
take(void *arg, const char *p, size_t n, struct err *err)
{
	struct sink *s = arg;

	if (++s->pieces == s->refuse)
		return err_set(err, ERR_IO, "gone");
	if (s->set != NULL) { /* another render of the same set, while one is under way */
		struct mustache_view view = val_view(&plain);

		if (mustache_render(s->set, "q", &view, &out, err) < 0)
			return -1;
	}
	sbuf_add(&s->all, p, n);
	return 0;
}

static void
sinks(void **state UNUSED)
{
	char *big = calloc(1, 50000);
	struct val root = { "", VAL_TEXT, { big, 50000 }, NULL, 0 };
	struct mustache_view view = val_view(&root);
	struct mustache_set *s =
	    set_of(PIECES({ "p", "{{.}}{{>q}}{{{.}}}{{>q}}" }, { "q", "q{{x}}" }), false);
	struct sink sink = { .set = s };

	assert_non_null(big);
	memset(big, '>', 50000);
	sbuf_init(&sink.all, (size_t)1024 * 1024);
	assert_int_equal(mustache_render_to(s, "p", &view, take, &sink, &e), 0);
	assert_int_equal(sink.all.len, 50000 * 5 + 2);
	assert_memory_equal(sink.all.buf + 50000 * 4 - 4, "&gt;q>>", 7);
	assert_int_equal(sink.all.buf[sink.all.len - 1], 'q');
	assert_true(sink.pieces > 10);
	assert_int_equal(out.len, sink.pieces * strlen("q&lt;x&gt;"));

	sink = (struct sink){ .all = sink.all, .refuse = 3 };
	sbuf_reset(&sink.all);
	assert_int_equal(mustache_render_to(s, "p", &view, take, &sink, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.msg, "gone");
	assert_int_equal(sink.pieces, 3); /* not asked again */

	assert_int_equal(mustache_render_to(s, "nix", &view, take, &sink, &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_string_equal(e.msg, "there is no template \"nix\"");
	sbuf_free(&sink.all);
	mustache_set_free(s);
	free(big);
}

static void
hashes(void **state UNUSED)
{
	static const struct piece pieces[][MAX_PIECES] = {
		{ { "a", "x" }, { "b", "y" } },
		{ { "a", "x" }, { "b", "z" } },
		{ { "a", "x" }, { "c", "y" } },
		{ { "a", "xb" }, { "", "y" } },
		{ { "a", "x" } },
	};
	uint64_t hash[ARRAY_LEN(pieces)];

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct mustache_set *s = set_of(pieces[i], false),
				    *again = set_of(pieces[i], false);

		hash[i] = mustache_set_hash(s);
		assert_true(hash[i] == mustache_set_hash(again));
		for (size_t k = 0; k < i; k++)
			assert_true(hash[i] != hash[k]);
		assert_true(mustache_set_has(s, "a"));
		assert_false(mustache_set_has(s, "A"));
		mustache_set_free(s);
		mustache_set_free(again);
	}
	mustache_set_free(NULL);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, prepare, clean)
	const struct CMUnitTest tests[] = {
		TEST(depth),
		TEST(steps),
		TEST(output),
		TEST(indentation),
		TEST(sizes),
		TEST(every_byte),
		TEST(strict),
		TEST(sinks),
		TEST(hashes),
	};

	return cmocka_run_group_tests_name("mustache limits", tests, NULL, NULL);
}
