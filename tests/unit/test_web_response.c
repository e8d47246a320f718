/* Answers: head, length, HEAD, streams, a client that goes, validators; and the routes. */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "web/response.h"
#include "web/router.h"

static struct sbuf sent;
static size_t room; /* bytes until the client goes */
static bool is_cut;

static const char *
no_param(const struct gw *g UNUSED, const char *name UNUSED)
{
	return NULL;
}

static int
take(struct gw *g UNUSED, const void *p, size_t n)
{
	if (n > room)
		return -1;
	room -= n;
	sbuf_add(&sent, p, n);
	return 0;
}

static void
cut(struct gw *g UNUSED)
{
	is_cut = true;
}

static void
allow(struct gw *g UNUSED, unsigned seconds UNUSED)
{
}

static struct gw gw = { no_param, take, allow, cut, NULL };

static int
prepare(void **state UNUSED)
{
	sbuf_init(&sent, 1000000);
	room = SIZE_MAX;
	is_cut = false;
	return 0;
}

static int
clean(void **state UNUSED)
{
	sbuf_free(&sent);
	return 0;
}

/* The body that was sent. */
static const char *
body(void)
{
	const char *end = strstr(sent.buf, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

static void
test_page(void **state UNUSED)
{
	for (int head = 0; head < 2; head++) {
		struct resp r;

		sbuf_reset(&sent);
		resp_init(&r, &gw, head == 1);
		resp_header(&r, "X-Old", "forgotten");
		sbuf_addz(&r.body, "forgotten");
		resp_reset(&r, 404);
		resp_header(&r, "X-A", "b\r\nX-Evil: 1");
		sbuf_addz(&r.body, "12345");
		resp_send(&r);
		resp_end(&r, true);
		assert_int_equal(strncmp(sent.buf, "Status: 404 Not Found\r\n", 23), 0);
		assert_non_null(strstr(sent.buf, "\r\nX-A: b  X-Evil: 1\r\n"));
		assert_non_null(strstr(sent.buf, "\r\nContent-Length: 5\r\n"));
		assert_non_null(strstr(sent.buf, "\r\nX-Content-Type-Options: nosniff\r\n"));
		assert_null(strstr(sent.buf, "forgotten"));
		assert_string_equal(body(), head == 1 ? "" : "12345");
	}
}

static void
test_not_modified(void **state UNUSED)
{
	struct resp r;

	resp_init(&r, &gw, false);
	r.status = 304;
	sbuf_addz(&r.body, "not this");
	resp_send(&r);
	resp_end(&r, true);
	assert_null(strstr(sent.buf, "Content-Length"));
	assert_string_equal(body(), "");
}

static void
test_stream(void **state UNUSED)
{
	struct resp r;
	FILE *f;

	resp_init(&r, &gw, false);
	f = resp_stream(&r);
	for (int i = 0; i < 50000; i++)
		assert_int_equal(fputc('x', f), 'x');
	assert_int_equal(fflush(f), 0);
	assert_int_equal(strlen(body()), 50000);
	assert_null(strstr(sent.buf, "Content-Length"));
	resp_end(&r, false); /* the writer failed: the client must see it */
	assert_true(is_cut);
}

static void
test_gone(void **state UNUSED)
{
	struct resp r;
	FILE *f;

	room = 2000; /* for the head */
	resp_init(&r, &gw, false);
	f = resp_stream(&r);
	for (int i = 0; i < 100000 && !ferror(f); i++)
		(void)fputc('x', f);
	assert_true(ferror(f) && r.is_gone);
	resp_end(&r, false);
	assert_false(is_cut); /* nobody is there to see it */
	assert_true(sent.len <= 2000);

	room = SIZE_MAX;
	resp_init(&r, &gw, true);
	f = resp_stream(&r);
	(void)fputs("x", f);
	assert_int_equal(fflush(f), EOF); /* HEAD: nobody reads */
	resp_end(&r, true);
}

static void
test_match(void **state UNUSED)
{
	static const struct {
		const char *header;
		bool matches;
	} cases[] = { { NULL, false }, { "", false }, { "\"a\"", true }, { "W/\"a\"", true },
		{ "\"b\", \"a\"", true }, { " \"b\" ,W/\"a\" ", true }, { "*", true },
		{ "a", false }, { "\"A\"", false }, { "\"ab\"", false }, { "w/\"a\"", false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (resp_matches(cases[i].header, "\"a\"") != cases[i].matches)
			fail_msg("%s", cases[i].header);
}

static void
test_routes(void **state UNUSED)
{
	static const struct {
		const char *path, *name;
		bool is_html;
	} cases[] = { { "/", "overview", true }, { "/api/v1/overview", "overview", false },
		{ "/usage", "usage", true }, { "/api/v1/usage", "usage", false },
		{ "/api/v1/", "index", false }, { "/healthz", "healthz", false },
		{ "/api/v1/export/events", "export_events", false }, { "/usage/", NULL, false },
		{ "/Usage", NULL, false }, { "//usage", NULL, false }, { "/api/v1", NULL, false },
		{ "", NULL, false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str args[CTX_ARGS];
		bool html;
		const struct route *r = route_find(str_of(cases[i].path), &html, args);

		if ((r == NULL) != (cases[i].name == NULL))
			fail_msg("%s", cases[i].path);
		if (r != NULL) {
			assert_string_equal(r->name, cases[i].name);
			assert_int_equal(html, cases[i].is_html);
		}
	}
	assert_true(route_is_api(STR("/api/v1/x")) && route_is_api(STR("/metrics")));
	assert_false(route_is_api(STR("/apix")) || route_is_api(STR("/usage")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_page, prepare, clean),
		cmocka_unit_test_setup_teardown(test_not_modified, prepare, clean),
		cmocka_unit_test_setup_teardown(test_stream, prepare, clean),
		cmocka_unit_test_setup_teardown(test_gone, prepare, clean),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
