/* Requests, read strictly: path, prefix, query, host. */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "web/request.h"
#include "web/url.h"

struct var {
	const char *name, *value;
};

/* The last one counts, as in the gateway. */
static const char *
param(const void *arg, const char *name)
{
	const char *found = NULL;

	for (const struct var *v = arg; v->name != NULL; v++)
		if (strcmp(v->name, name) == 0)
			found = v->value;
	return found;
}

static void
path_is(const char *uri, const char *script, const char *info, const char *prefix, const char *path)
{
	const struct var vars[] = { { "REQUEST_METHOD", "GET" }, { "REQUEST_URI", uri },
		{ "SCRIPT_NAME", script }, { "PATH_INFO", info }, { NULL, NULL } };
	struct request r;
	struct err e;

	if (request_read(&r, param, vars, &e) < 0)
		fail_msg("%s: %s", uri, e.msg);
	assert_string_equal(r.prefix, prefix);
	assert_string_equal(r.path, path);
	request_clear(&r);
}

static void
test_path(void **state UNUSED)
{
	path_is("/usage", "", NULL, "", "/usage");
	path_is("/", "", NULL, "", "/");
	path_is("/", "/", NULL, "", "/");
	path_is("/usage?x=1", NULL, NULL, "", "/usage");
	path_is("/codex/usage", "/codex", "/usage", "/codex", "/usage");
	path_is("/codex/usage", "/codex/", NULL, "/codex", "/usage");
	path_is("/codex", "/codex", "", "/codex", "");
	path_is("/codex/", "/codex", "/", "/codex", "/");
	path_is("http://host/codex/x?y", "/codex", NULL, "/codex", "/x");
	path_is("http://host?y", "", "/info", "", "/info");
	/* decoded once */
	path_is("/%75sage", "", NULL, "", "/usage");
	path_is("/a%2520b", "", NULL, "", "/a%20b");
	path_is("/%e2%82%ac", "", NULL, "", "/\xe2\x82\xac");
	/* not below the prefix: the server has written the address anew */
	path_is("/other/usage", "/codex", "/usage", "/codex", "/usage");
	path_is("/codexical", "/codex", "/usage", "/codex", "/usage");
	path_is(NULL, "/codex", "/a%b", "/codex", "/a%b");
	path_is("/..x/y..z/...", "", NULL, "", "/..x/y..z/...");
}

static void
refuses(const char *uri, const char *query, enum err_code code)
{
	const struct var vars[] = { { "REQUEST_METHOD", "GET" }, { "REQUEST_URI", uri },
		{ "QUERY_STRING", query }, { NULL, NULL } };
	struct request r;
	struct err e;

	if (request_read(&r, param, vars, &e) == 0)
		fail_msg("%s ? %s is taken", uri, query);
	assert_int_equal(e.code, code);
	request_clear(&r);
}

static void
test_hostile(void **state UNUSED)
{
	static const char *const paths[] = { "/..", "/../x", "/a/..", "/%2e%2e", "/%2E%2e/x",
		"/.%2e/x", "/..%2fx", "/..%5cx", "/a\\b", "/%00", "/a%0ab", "/a%7f", "/%", "/%4",
		"/%zz", "/\xff", "/%c0%ae", "/%e0%80%af", "/%ed%a0%80", "/%f5%80%80%80" };
	static const char *const queries[] = { "a=%00", "%00=a", "a=%", "a=%1", "a=%ff", "a=..",
		"a=../b", "a=b/..", "a=..%2f", "..=x", "a=%c0%af", "a=x%5c..%5cy", "b=1&a=%fe" };
	char *longest = calloc(1, REQUEST_MAX_QUERY + 2);

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		refuses(paths[i], "", ERR_INPUT);
	for (size_t i = 0; i < ARRAY_LEN(queries); i++)
		refuses("/", queries[i], ERR_INPUT);
	assert_non_null(longest);
	memset(longest, 'a', REQUEST_MAX_QUERY + 1);
	refuses("/", longest, ERR_LIMIT);
	longest[0] = '/';
	refuses(longest, "", ERR_LIMIT);
	for (size_t i = 0; i <= REQUEST_MAX_PAIRS; i++)
		memcpy(longest + 2 * i, "a&", 3);
	refuses("/", longest, ERR_LIMIT);
	free(longest);
}

static void
test_query(void **state UNUSED)
{
	const struct var vars[] = { { "REQUEST_METHOD", "HEAD" }, { "REQUEST_URI", "/x" },
		{ "SCRIPT_NAME", "/wrong" }, { "SCRIPT_NAME", "" }, { "HTTP_HOST", "A.B:80" },
		{ "HTTP_ACCEPT", "text/html,*/*" }, { "HTTP_IF_NONE_MATCH", "\"1\"" },
		{ "QUERY_STRING", "&a=1&b=x+y%2Bz&&c&d=e=f&a=%e2%82%ac&compare=1..2&dir=/a/..b" },
		{ NULL, NULL } };
	static const char *const wanted[][2] = { { "a", "1" }, { "b", "x y+z" }, { "c", "" },
		{ "d", "e=f" }, { "a", "\xe2\x82\xac" }, { "compare", "1..2" },
		{ "dir", "/a/..b" } };
	struct request r;
	struct err e;

	assert_int_equal(request_read(&r, param, vars, &e), 0);
	assert_int_equal(r.method, METHOD_HEAD);
	assert_string_equal(r.host, "a.b");
	assert_true(r.wants_html);
	assert_string_equal(r.if_none_match, "\"1\"");
	assert_int_equal(r.pairs_len, ARRAY_LEN(wanted));
	for (size_t i = 0; i < r.pairs_len; i++) {
		assert_string_equal(r.pairs[i].name, wanted[i][0]);
		assert_string_equal(r.pairs[i].value, wanted[i][1]);
	}
	request_clear(&r);
}

static void
test_host(void **state UNUSED)
{
	static const struct {
		const char *sent, *host;
		bool is_loopback;
	} hosts[] = {
		{ "localhost", "localhost", true },
		{ "LocalHost:8377", "localhost", true },
		{ "localhost.", "localhost", true },
		{ "a.localhost:1", "a.localhost", true },
		{ "127.0.0.1:80", "127.0.0.1", true },
		{ "127.1.2.3", "127.1.2.3", true },
		{ "[::1]:80", "[::1]", true },
		{ "[::1]", "[::1]", true },
		{ "[::1", "[::1", false },
		{ "[::1]x", "[::1]x", false },
		{ ".localhost", ".localhost", false },
		{ "xlocalhost", "xlocalhost", false },
		{ "localhost.x", "localhost.x", false },
		{ "127.0.0.1.x", "127.0.0.1.x", false },
		{ "127.0.0", "127.0.0", false },
		{ "127.0.0.256", "127.0.0.256", false },
		{ "127.0.0.1.1", "127.0.0.1.1", false },
		{ "10.127.0.1", "10.127.0.1", false },
		{ "", "", false },
		{ ":80", "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const struct var vars[] = { { "REQUEST_URI", "/" }, { "HTTP_HOST", hosts[i].sent },
			{ NULL, NULL } };
		struct request r;
		struct err e;

		assert_int_equal(request_read(&r, param, vars, &e), 0);
		if (strcmp(r.host, hosts[i].host) != 0 ||
		    request_is_loopback(r.host) != hosts[i].is_loopback)
			fail_msg("%s: %s %d", hosts[i].sent, r.host, request_is_loopback(r.host));
		request_clear(&r);
	}
}

/* Every byte, encoded and decoded, is itself; and a log line has printable ones only. */
static void
test_bytes(void **state UNUSED)
{
	for (int i = 1; i < 128; i++) {
		const char c = (char)i;
		struct sbuf coded, plain, log;
		struct err e;

		sbuf_init(&coded, 10);
		sbuf_init(&plain, 10);
		sbuf_init(&log, 10);
		url_encode(&coded, str_n(&c, 1));
		assert_int_equal(url_decode(str_n(coded.buf, coded.len), true, &plain, &e), 0);
		assert_int_equal(plain.len, 1);
		assert_int_equal(plain.buf[0], c);
		assert_true(coded.len == 1 || coded.len == 3);
		assert_null(strpbrk(coded.buf, "&=+?#\"'<> ;"));
		url_escape_log(&log, str_n(&c, 1), 10);
		for (size_t k = 0; k < log.len; k++)
			assert_true(log.buf[k] >= ' ' && log.buf[k] <= '~' && log.buf[k] != '"');
		sbuf_free(&coded);
		sbuf_free(&plain);
		sbuf_free(&log);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
