/* Rate cards that are wrong: each is refused, and the message says where and what. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "json/jx.h"
#include "pricing/price.h"

#define MULT \
	"\"long_multipliers\":{\"input\":\"2\",\"cached\":\"2\",\"cache_write\":\"2\",\"output\":\"1.5\"}"
#define HEAD "{\"format\":1," MULT ","
#define MADE "\"source\":\"s\",\"checked_on\":\"2026-01-01\""
#define ROW(model, rest) "{\"model\":\"" model "\",\"valid_from\":\"2026-01-01\"," rest "," MADE "}"
#define GOOD ROW("m", "\"input\":\"1\",\"output\":\"2\"")
#define LONG(rest) \
	HEAD "\"rows\":[" ROW("m", "\"input\":\"1\",\"output\":\"2\",\"long\":" rest) "]}"
#define TIERS(rest) \
	HEAD "\"rows\":[" ROW("m", "\"input\":\"1\",\"output\":\"2\",\"tiers\":" rest) "]}"

static struct price_card *card;
static struct json_object *root;
static struct err e;

static int
clean(void **state)
{
	(void)state;
	price_card_free(card);
	card = NULL;
	json_object_put(root);
	root = NULL;
	return 0;
}

static int
build(const char *json)
{
	struct json_tokener *tok = jx_tokener(16);

	(void)clean(NULL);
	root = jx_parse(tok, json, strlen(json));
	json_tokener_free(tok);
	if (root == NULL)
		fail_msg("the test's own JSON is wrong: %s", json);
	memset(&e, 0, sizeof(e));
	return price_card_build(&card, root, "CARD", NULL, &e);
}

/* JSON is refused as bad input, with a message that begins with CARD and holds A and B. */
static void
refused(const char *json, const char *a, const char *b)
{
	if (build(json) == 0)
		fail_msg("accepted: %s", json);
	assert_int_equal(e.code, ERR_INPUT);
	if (strncmp(e.msg, "CARD: ", 6) != 0 || strstr(e.msg, a) == NULL ||
	    strstr(e.msg, b) == NULL)
		fail_msg("%s: %s", json, e.msg);
	assert_null(card);
}

/* In a second row, so that its number can be seen. */
static void
row_refused(const char *row, const char *a, const char *b)
{
	char json[2048];
	int n = snprintf(json, sizeof(json), HEAD "\"rows\":[" GOOD ",%s]}", row);

	assert_in_range(n, 1, sizeof(json) - 1);
	refused(json, "rows[1]: ", a);
	refused(json, a, b);
}

static void
test_good_one(void **state)
{
	(void)state;
	if (build(HEAD "\"rows\":[" GOOD "]}") < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(price_rows(card), 1);
	assert_int_equal(price_smallest_threshold(card), INT64_MAX);
	assert_false(price_is_long(card, STR("m"), 0, INT64_MAX));
}

static void
test_shapes(void **state)
{
	(void)state;
	refused("[]", "must be an object", "");
	refused("{}", "format", "missing");
	refused("{\"format\":2}", "format", "2 is not 1");
	refused("{\"format\":\"1\"}", "format", "\"1\" is not 1");
	refused("{\"format\":1}", "long_multipliers", "object");
	refused("{\"format\":1,\"long_multipliers\":{}}", "long_multipliers: input", "missing");
	refused("{\"format\":1,\"long_multipliers\":{\"input\":2}}", "long_multipliers: input",
	    "2 is not a factor");
	refused("{\"format\":1," MULT "}", "rows", "array");
	refused(HEAD "\"rows\":[]}", "rows", "at least one");
	refused(HEAD "\"rows\":{}}", "rows", "array");
	refused(HEAD "\"rows\":[5]}", "rows[0]", "object");
	refused(HEAD "\"rows\":[null]}", "rows[0]", "object");
	refused(HEAD "\"rows\":[" GOOD "],\"alias\":[]}", "unknown key", "\"alias\"");
	refused(HEAD "\"rows\":[" GOOD "],\"ali\\u001bas\":[]}", "unknown key", "\"ali?as\"");
}

static void
test_missing_keys(void **state)
{
	(void)state;
	row_refused("{}", "model: missing", "");
	row_refused("{\"model\":\"x\"}", "x: valid_from: missing", "");
	row_refused("{\"model\":\"x\",\"valid_from\":\"2026-01-01\"}", "x: input: missing",
	    "USD per 1000000 tokens");
	row_refused(ROW("x", "\"input\":\"1\""), "x: output: missing", "");
	row_refused(
	    "{\"model\":\"x\",\"valid_from\":\"2026-01-01\",\"input\":\"1\",\"output\":\"2\"}",
	    "x: source: missing", "");
	row_refused(
	    "{\"model\":\"x\",\"valid_from\":\"2026-01-01\",\"input\":\"1\",\"output\":\"2\",\"source\":\"s\"}",
	    "x: checked_on: missing", "");
	row_refused(ROW("x", "\"input\":\"1\",\"output\":\"2\",\"cache\":\"1\""),
	    "unknown key \"cache\"", "");
}

static void
test_prices(void **state)
{
	static const char *const BAD[] = { "1.75", "-1", "null", "true", "[]", "NaN", "\"\"",
		"\"-1\"", "\"-0\"", "\"+1\"", "\" 1\"", "\"1 \"", "\"1.\"", "\"1,5\"", "\"1e1\"",
		"\"NaN\"", "\"abc\"", "\"1.2.3\"", "\"0.0000001\"", "\"0.1234567890123\"",
		"\"1000000.000001\"", "\"99999999999999999999\"", "\"1\\u00002\"" };
	static const char *const KEYS[] = { "input", "cached", "cache_write", "output" };
	char row[512], want[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
		for (size_t k = 0; k < ARRAY_LEN(KEYS); k++) {
			/* the last of two equal keys is the one that counts */
			(void)snprintf(row, sizeof(row),
			    ROW("x", "\"input\":\"1\",\"output\":\"2\",\"%s\":%s"), KEYS[k],
			    BAD[i]);
			(void)snprintf(want, sizeof(want), "x: %s: ", KEYS[k]);
			row_refused(row, want, "a price: a string such as \"1.75\"");
		}
	}
}

static void
test_names_and_dates(void **state)
{
	static const char *const DATES[] = { "\"2026-02-30\"", "\"2026-13-01\"", "\"2026\"",
		"\"2026-01-01T00:00Z\"", "20260101", "null", "\"\"" };
	static const char *const NAMES[] = { "\"\"", "\" x\"", "\"GPT-5\"", "\"a/b\"", "\"x*\"",
		"\"x\\u0000y\"", "5", "null", "\"gpt\\u001b\"" };
	char row[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(DATES); i++) {
		(void)snprintf(row, sizeof(row),
		    "{\"model\":\"x\",\"valid_from\":%s,\"input\":\"1\",\"output\":\"2\"," MADE "}",
		    DATES[i]);
		row_refused(row, "x: valid_from: ", "date");
	}
	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		(void)snprintf(row, sizeof(row),
		    "{\"model\":%s,\"valid_from\":\"2026-01-01\",\"input\":\"1\",\"output\":\"2\"," MADE
		    "}",
		    NAMES[i]);
		row_refused(row, "model: ", "a model name");
	}
	row_refused(
	    "{\"model\":\"x\",\"valid_from\":\"2026-01-01\",\"input\":\"1\",\"output\":\"2\",\"source\":\"\","
	    "\"checked_on\":\"2026-01-01\"}",
	    "x: source: \"\"", "text");
	row_refused(ROW("x", "\"input\":\"1\",\"output\":\"2\",\"note\":7"), "x: note: 7", "text");
}

static void
test_long_and_tiers(void **state)
{
	(void)state;
	refused(LONG("5"), "m: long: ", "object");
	refused(LONG("null"), "m: long: ", "object");
	refused(LONG("{}"), "m: long: threshold", "missing");
	refused(LONG("{\"threshold\":0}"), "m: long: threshold: 0", "tokens");
	refused(LONG("{\"threshold\":\"272000\"}"), "m: long: threshold: \"272000\"", "tokens");
	refused(LONG("{\"threshold\":1.5}"), "m: long: threshold: 1.5", "tokens");
	refused(LONG("{\"threshold\":272000}"), "m: long: input", "missing");
	refused(LONG("{\"threshold\":272000,\"input\":\"2\"}"), "m: long: output", "missing");
	refused(LONG("{\"threshold\":272000,\"input\":\"2\",\"cached\":\"1\",\"output\":\"3\"}"),
	    "m: long: ", "same prices");
	refused(LONG("{\"threshold\":272000,\"input\":\"2\",\"output\":\"3\",\"x\":1}"),
	    "m: long: ", "unknown key");
	refused(TIERS("[]"), "m: tiers: ", "object");
	refused(TIERS("{\"batch\":\"0.5\"}"), "m: tiers: ", "unknown key \"batch\"");
	refused(TIERS("{\"priority\":2}"), "m: tiers: priority: 2", "factor");
	refused(TIERS("{\"priority\":\"0\"}"), "m: tiers: priority: \"0\"", "factor");
	refused(TIERS("{\"priority\":\"-2\"}"), "m: tiers: priority: \"-2\"", "factor");
	refused(TIERS("{\"flex\":\"101\"}"), "m: tiers: flex: \"101\"", "factor");
	refused(TIERS("{\"priority\":\"2\",\"priority_long\":\"2\"}"), "m: tiers: priority_long",
	    "without a long tier");
}

static void
test_names_table(void **state)
{
	(void)state;
	refused(HEAD "\"rows\":[" GOOD "," GOOD "]}", "m: two rows", "same date");
	refused(HEAD "\"rows\":[" GOOD "],\"aliases\":{}}", "aliases", "array");
	refused(HEAD "\"rows\":[" GOOD "],\"aliases\":[{\"name\":\"a\"}]}", "aliases[0]: model",
	    "missing");
	refused(HEAD "\"rows\":[" GOOD "],\"aliases\":[{\"name\":\"a\",\"model\":\"x\"}]}",
	    "alias a", "model x");
	refused(HEAD "\"rows\":[" GOOD "],\"aliases\":[{\"name\":\"m\",\"model\":\"m\"}]}",
	    "m: given twice", "");
	refused(HEAD
	    "\"rows\":[" GOOD
	    "],\"aliases\":[{\"name\":\"a\",\"model\":\"m\"},{\"name\":\"b\",\"model\":\"a\"}]}",
	    "alias b", "model a");
	refused(HEAD "\"rows\":[" GOOD "],\"unpriced\":5}", "unpriced", "array");
	refused(HEAD "\"rows\":[" GOOD "],\"unpriced\":[{\"name\":\"a\"}]}", "unpriced[0]: reason",
	    "missing");
	refused(HEAD "\"rows\":[" GOOD "],\"unpriced\":[{\"name\":\"*\",\"reason\":\"r\"}]}",
	    "unpriced[0]: name", "\"*\"");
	refused(HEAD "\"rows\":[" GOOD "],\"unpriced\":[{\"name\":\"m\",\"reason\":\"r\"}]}",
	    "m: given twice", "");
}

static const char *
data(const char *name)
{
	static char path[4096];
	const char *dir = getenv("srcdir");

	(void)snprintf(
	    path, sizeof(path), "%s/tests/data/pricing/%s", dir == NULL ? "." : dir, name);
	return path;
}

static void
test_files(void **state)
{
	(void)state;
	assert_int_equal(price_card_load(&card, data("no-such-card.json"), NULL, &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_int_equal(price_card_load(&card, data("not-json.json"), NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.msg, "not-json.json:4: "));
	assert_int_equal(price_card_load(&card, data(""), NULL, &e), -1);
	assert_null(card);
}

/* The same content in another order has the same hash; any change has another. */
static void
test_hash(void **state)
{
	uint64_t a;

	(void)state;
	if (price_card_load(&card, data("small-card.json"), NULL, &e) < 0)
		fail_msg("%s", e.msg);
	a = price_card_hash(card);
	assert_string_equal(price_row_at(card, 0)->model, "m-a");
#define SMALL(out, reason) \
	HEAD \
	    "\"rows\":[" \
	    "{\"model\":\"m-a\",\"output\":\"" out \
	    "\",\"input\":\"1.0\",\"valid_from\":\"2026-01-01\"," MADE "}," \
	    "{\"model\":\"m-b\",\"valid_from\":\"2026-02-01\",\"input\":\"3\",\"output\":\"4\"," MADE \
	    "}]," \
	    "\"unpriced\":[{\"reason\":\"" reason \
	    "\",\"name\":\"free-*\"}],\"aliases\":[{\"model\":\"m-a\",\"name\":\"m\"}]}"
	assert_int_equal(build(SMALL("2.00", "no price")), 0);
	assert_true(price_card_hash(card) == a);
	assert_int_equal(build(SMALL("2.000001", "no price")), 0);
	assert_false(price_card_hash(card) == a);
	assert_int_equal(build(SMALL("2", "no  price")), 0);
	assert_false(price_card_hash(card) == a);
	price_card_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_good_one, clean),
		cmocka_unit_test_teardown(test_shapes, clean),
		cmocka_unit_test_teardown(test_missing_keys, clean),
		cmocka_unit_test_teardown(test_prices, clean),
		cmocka_unit_test_teardown(test_names_and_dates, clean),
		cmocka_unit_test_teardown(test_long_and_tiers, clean),
		cmocka_unit_test_teardown(test_names_table, clean),
		cmocka_unit_test_teardown(test_files, clean),
		cmocka_unit_test_teardown(test_hash, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
