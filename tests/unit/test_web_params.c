/* Parameters by their table: values, faults, the canonical query. */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "web/params.h"

#define TAKES "period date from to tz group week by filters limit format"

static struct params params;

static int
clean(void **state UNUSED)
{
	params_clear(&params);
	return 0;
}

/* Read the pairs name, value, name, value … of N. */
static void
reads(size_t n, const char *const pairs[][2])
{
	struct request_pair *p = calloc(n + 1, sizeof(*p));

	assert_non_null(p);
	params_clear(&params);
	for (size_t i = 0; i < n; i++)
		p[i] = (struct request_pair){ str_dup(str_of(pairs[i][0])),
			str_dup(str_of(pairs[i][1])) };
	params_read(&params, TAKES, p, n);
	for (size_t i = 0; i < n; i++) {
		free(p[i].name);
		free(p[i].value);
	}
	free(p);
}

static void
canonical_is(const char *wanted)
{
	struct sbuf b;

	sbuf_init(&b, 4096);
	params_canonical(&params, "", NULL, NULL, &b);
	assert_string_equal(b.buf, wanted);
	sbuf_free(&b);
}

/* A route may have a default of its own; what it names as such is left out of the canonical form. */
static void
test_default_of_a_route(void **state UNUSED)
{
	static const char takes[] = "period=90d tz of home";
	char name[] = "period", value[] = "90d";
	const struct request_pair given = { name, value };
	struct param d;

	params_clear(&params);
	params_read(&params, takes, NULL, 0);
	assert_string_equal(params_get(&params, "period"), "90d");
	params_clear(&params);
	params_read(&params, takes, &given, 1);
	assert_int_equal(params.faults_len, 0);
	canonical_is("");
	value[0] = '3';
	params_clear(&params);
	params_read(&params, takes, &given, 1);
	canonical_is("period=30d");
	assert_true(param_of(takes, 0, &d));
	assert_string_equal(d.dflt, "90d");
	assert_true(param_is_taken(takes, &d));
	assert_true(param_at(0, &d));
	assert_string_equal(d.dflt, "30d");
	assert_true(param_is_taken(TAKES, &d));
	assert_false(param_is_taken("tz", &d));
	assert_true(param_is_taken(takes, &(struct param){ "home", PARAM_FILTER, "", "", "" }));
	assert_false(param_is_taken(takes, &(struct param){ "model", PARAM_FILTER, "", "", "" }));
}

static void
test_values(void **state UNUSED)
{
	const char *const pairs[][2] = { { "model", "!b c*" }, { "limit", "7" }, { "by", "model" },
		{ "period", "30d" }, { "directory", "/x y" }, { "model", "a&b" }, { "group", "" } };
	struct sbuf b;

	reads(ARRAY_LEN(pairs), pairs);
	assert_int_equal(params.faults_len, 0);
	assert_string_equal(params_get(&params, "by"), "model");
	assert_int_equal(params_int(&params, "limit", 1), 7);
	assert_string_equal(params_get(&params, "group"), "auto"); /* by default */
	assert_null(params_get(&params, "tz"));
	assert_int_equal(params_int(&params, "refresh", -1), -1);
	/* the order of the table, repeated ones as they came, defaults left out */
	canonical_is("by=model&limit=7&model=%21b%20c%2A&model=a%26b&directory=/x%20y");
	sbuf_init(&b, 4096);
	params_canonical(&params, "model limit", "format", "csv", &b);
	assert_string_equal(b.buf, "by=model&directory=/x%20y&format=csv");
	sbuf_free(&b);
	params_fault(&params, "model", "a&b", "is odd", NULL);
	canonical_is("by=model&limit=7&model=%21b%20c%2A&directory=/x%20y");
}

static void
test_faults(void **state UNUSED)
{
	const char *const bad[][2] = { { "nope", "1" }, { "q", "x" }, { "period", "31d" },
		{ "date", "2026-02-30" }, { "date", "2026-02-03T10:00" }, { "from", "tomorrow" },
		{ "tz", "../x" }, { "group", "Day" }, { "week", "monday" }, { "by", "tool" },
		{ "limit", "0" }, { "limit", "1001" }, { "limit", "+1" }, { "limit", "1x" },
		{ "limit", "99999999999999999999" }, { "format", "xml" }, { "model", "!" } };
	const char *const good[][2] = { { "period", "quota-week" }, { "date", "2026-02-28" },
		{ "from", "2026-02-03T10:00:00Z" }, { "to", "2026-02-03" },
		{ "tz", "America/New_York" }, { "group", "month" }, { "week", "sun" },
		{ "by", "home" }, { "limit", "1000" } };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		reads(1, &bad[i]);
		if (params.faults_len != 1 || params.len != 0 ||
		    strcmp(params.faults[0].param, bad[i][0]) != 0 ||
		    strcmp(params.faults[0].value, bad[i][1]) != 0 ||
		    params.faults[0].allowed[0] == '\0')
			fail_msg("%s=%s: %zu faults", bad[i][0], bad[i][1], params.faults_len);
	}
	reads(ARRAY_LEN(good), good);
	assert_int_equal(params.faults_len, 0);
	assert_int_equal(params.len, ARRAY_LEN(good));
	reads(ARRAY_LEN(bad), bad);
	assert_int_equal(params.faults_len, ARRAY_LEN(bad));
}

static void
test_twice(void **state UNUSED)
{
	const char *const pairs[][2] = { { "period", "7d" }, { "period", "14d" }, { "model", "a" },
		{ "model", "a" } };

	reads(ARRAY_LEN(pairs), pairs);
	assert_int_equal(params.faults_len, 1);
	assert_string_equal(params.faults[0].value, "14d");
	canonical_is("period=7d&model=a&model=a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_of_a_route),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_twice),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
