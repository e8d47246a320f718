/*
 * The user's prices over the shipped conf/rates.json: what they replace, what
 * they inherit, and what is refused. Amounts are worked out by hand.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "json/jx.h"
#include "pricing/price.h"

static char path[4096];
static struct price_card *card;    /* of the running test */
static struct json_object *config; /* of the running test */
static struct err e;

static int
setup(void **state)
{
	const char *dir = getenv("srcdir");

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/conf/rates.json", dir == NULL ? "." : dir);
	return 0;
}

static void
drop(void)
{
	price_card_free(card);
	card = NULL;
	json_object_put(config);
	config = NULL;
}

static int
clean(void **state)
{
	(void)state;
	drop();
	return 0;
}

/* Load the card with the value JSON of "pricing". */
static int
load(const char *json)
{
	struct json_tokener *tok = jx_tokener(16);

	drop();
	config = jx_parse(tok, json, strlen(json));
	json_tokener_free(tok);
	if (config == NULL)
		fail_msg("the test's own JSON is wrong: %s", json);
	memset(&e, 0, sizeof(e));
	return price_card_load(&card, path, config, &e);
}

static void
good(const char *json)
{
	if (load(json) < 0)
		fail_msg("%s: %s", json, e.msg);
}

/* JSON is refused as the user's fault, with a message that holds A and B. */
static void
refused(const char *json, const char *a, const char *b)
{
	if (load(json) == 0)
		fail_msg("accepted: %s", json);
	assert_int_equal(e.code, ERR_USAGE);
	if (strncmp(e.msg, "pricing", 7) != 0 || strstr(e.msg, a) == NULL ||
	    strstr(e.msg, b) == NULL)
		fail_msg("%s: %s", json, e.msg);
	assert_null(card);
}

static void
expect(const char *model, enum price_tier tier, bool is_long, int64_t in, int64_t cached,
    int64_t write, int64_t out)
{
	/* at any time */
	for (int64_t at = 0; at < 4000000000000; at += 500000000000) {
		struct price_rates r = { -1, -1, -1, -1 };

		if (!price_lookup(
			card, (struct price_key){ str_of(model), tier, is_long, at }, &r, NULL) ||
		    r.input != in || r.cached != cached || r.cache_write != write ||
		    r.output != out)
			fail_msg("%s: %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, model, r.input,
			    r.cached, r.cache_write, r.output);
	}
}

static bool
priced(const char *model, enum price_tier tier, bool is_long)
{
	struct price_rates r;

	return price_lookup(
	    card, (struct price_key){ str_of(model), tier, is_long, 1790000000000 }, &r, NULL);
}

static void
test_replaces_all_dates(void **state)
{
	(void)state;
	good(
	    "{\"models\":{\"gpt-5.6-luna\":{\"input_rate\":3,\"cached_input_rate\":\"0.3\",\"output_rate\":4.5,"
	    "\"cache_write_rate\":3.75}}}");
	expect("gpt-5.6-luna", PRICE_DEFAULT, false, 3000000, 300000, 3750000, 4500000);
	expect("openai/GPT-5.6-Luna-high", PRICE_DEFAULT, false, 3000000, 300000, 3750000, 4500000);
	/* long: x2 x2 x2 x1.5; fast x2; flex x0.5; fast and long */
	expect("gpt-5.6-luna", PRICE_DEFAULT, true, 6000000, 600000, 7500000, 6750000);
	expect("gpt-5.6-luna", PRICE_PRIORITY, false, 6000000, 600000, 7500000, 9000000);
	expect("gpt-5.6-luna", PRICE_FLEX, false, 1500000, 150000, 1875000, 2250000);
	expect("gpt-5.6-luna", PRICE_PRIORITY, true, 12000000, 1200000, 15000000, 13500000);
	assert_false(price_is_long(card, STR("gpt-5.6-luna"), 0, 272000));
	assert_true(price_is_long(card, STR("gpt-5.6-luna"), 0, 272001));
	/* others are as they were */
	expect("gpt-5.2", PRICE_DEFAULT, false, 1750000, 175000, 1750000, 14000000);
}

static void
test_row_is_listed(void **state)
{
	size_t found = 0, rows;

	(void)state;
	good("{}");
	rows = price_rows(card);
	good(
	    "{\"models\":{\"o3\":{\"input_rate\":7},\"mine\":{\"input_rate\":1,\"cached_input_rate\":1,\"output_rate\":1}}}");
	for (size_t i = 0; i < price_rows(card); i++) {
		const struct price_row_info *r = price_row_at(card, i);

		if (!r->is_override)
			continue;
		found++;
		assert_int_equal(r->valid_from_ms, 0);
		assert_string_equal(r->source, "configuration");
		assert_string_equal(r->checked_on, "");
		assert_string_equal(r->note, "");
	}
	assert_int_equal(found, 2);
	/* o3's two rows became one, one model is new */
	assert_int_equal(price_rows(card), rows);
}

static void
test_inherits(void **state)
{
	(void)state;
	/* newest row of gpt-5.6-sol: 4 / 0.40 / 5 / 20 */
	good("{\"models\":{\"gpt-5.6-sol\":{\"output_rate\":\"10\",\"input_rate\":null}}}");
	expect("gpt-5.6-sol", PRICE_DEFAULT, false, 4000000, 400000, 5000000, 10000000);
	expect("gpt-5.6", PRICE_DEFAULT, false, 4000000, 400000, 5000000,
	    10000000); /* the alias follows */
	/* no cached price in the card: cached input is the user's input */
	good("{\"models\":{\"o3-pro\":{\"input_rate\":5}}}");
	expect("o3-pro", PRICE_DEFAULT, false, 5000000, 5000000, 5000000, 80000000);
	good("{\"models\":{\"gpt-5.4-pro\":{\"input_rate\":10}}}");
	expect("gpt-5.4-pro", PRICE_DEFAULT, true, 20000000, 20000000, 20000000, 270000000);
	good("{\"models\":{\"o3-pro\":{\"cached_input_rate\":5}}}");
	expect("o3-pro", PRICE_DEFAULT, false, 20000000, 5000000, 20000000, 80000000);
	/* nothing said: the newest row for all dates, long rates the same as in the card */
	good("{\"models\":{\"gpt-5.6-terra\":{}}}");
	expect("gpt-5.6-terra", PRICE_DEFAULT, false, 2000000, 200000, 2500000, 12000000);
	expect("gpt-5.6-terra", PRICE_DEFAULT, true, 4000000, 400000, 5000000, 18000000);
	/* what the card does not offer stays without a price */
	good("{\"models\":{\"gpt-5.5\":{\"input_rate\":1}}}");
	expect("gpt-5.5", PRICE_PRIORITY, false, 2500000, 1250000, 2500000, 75000000);
	assert_false(priced("gpt-5.5", PRICE_PRIORITY, true));
}

static void
test_names(void **state)
{
	(void)state;
	/* an alias or a dated name may have a price of its own and inherits from what it means */
	good(
	    "{\"models\":{\" GPT-5.6 \":{\"input_rate\":1},\"gpt-5.2-2025-12-11\":{\"output_rate\":2}}}");
	expect("gpt-5.6", PRICE_DEFAULT, false, 1000000, 400000, 5000000, 20000000);
	expect("gpt-5.2-2025-12-11", PRICE_DEFAULT, false, 1750000, 175000, 1750000, 2000000);
	expect("gpt-5.2", PRICE_DEFAULT, false, 1750000, 175000, 1750000, 14000000);
	assert_true(priced("gpt-5.6-sol", PRICE_DEFAULT, false));
	assert_int_equal(price_aliases(card), 2);
	/* an unpriced one gets a price, its family does not */
	good(
	    "{\"models\":{\"gpt-oss-20b\":{\"input_rate\":0,\"cached_input_rate\":0,\"output_rate\":0},"
	    "\"gpt-daybreak-blue\":{\"input_rate\":1,\"cached_input_rate\":0.1,\"output_rate\":2}}}");
	expect("gpt-oss-20b", PRICE_DEFAULT, false, 0, 0, 0, 0);
	expect("gpt-daybreak-blue", PRICE_DEFAULT, false, 1000000, 100000, 1000000, 2000000);
	assert_false(priced("gpt-oss-120b", PRICE_DEFAULT, false));
	assert_false(priced("gpt-daybreak-red", PRICE_DEFAULT, false));
	/* a provider of one's own: the whole name comes first */
	good("{\"models\":{\"azure/gpt-5.2\":{\"input_rate\":9}}}");
	expect("Azure/GPT-5.2", PRICE_DEFAULT, false, 9000000, 175000, 9000000, 14000000);
	expect("openai/gpt-5.2", PRICE_DEFAULT, false, 1750000, 175000, 1750000, 14000000);
}

/* A model that the card does not know: one price in every tier, no long tier. */
static void
test_new_model(void **state)
{
	(void)state;
	good(
	    "{\"models\":{\"llama\":{\"input_rate\":0.5,\"cached_input_rate\":\"0.25\",\"output_rate\":1}}}");
	for (int t = 0; t < PRICE_TIERS; t++) {
		expect("llama", (enum price_tier)t, false, 500000, 250000, 500000, 1000000);
		expect("llama", (enum price_tier)t, true, 500000, 250000, 500000, 1000000);
	}
	assert_false(price_is_long(card, STR("llama"), 0, INT64_MAX));
}

static void
test_per_unit(void **state)
{
	(void)state;
	good(
	    "{\"unit\":\"1K tokens\",\"per_unit\":1000,\"models\":{\"gpt-5.2\":{\"input_rate\":0.00125}}}");
	expect("gpt-5.2", PRICE_DEFAULT, false, 1250000, 175000, 1250000, 14000000);
	good(
	    "{\"per_unit\":\"1\",\"models\":{\"gpt-5.2\":{\"input_rate\":1.25e-06,\"output_rate\":\"0.00001\"}}}");
	expect("gpt-5.2", PRICE_DEFAULT, false, 1250000, 175000, 1250000, 10000000);
	good("{\"per_unit\":1e6,\"models\":{\"gpt-5.2\":{\"input_rate\":0.000001}}}");
	expect("gpt-5.2", PRICE_DEFAULT, false, 1, 175000, 1, 14000000);
	good("{\"per_unit\":1000000000,\"models\":{\"gpt-5.2\":{\"input_rate\":1250}}}");
	expect("gpt-5.2", PRICE_DEFAULT, false, 1250000, 175000, 1250000, 14000000);
	good("{\"models\":{\"gpt-5.2\":{\"input_rate\":1000000}}}"); /* the most: 1 USD per token */
	expect("gpt-5.2", PRICE_DEFAULT, false, 1000000000000, 175000, 1000000000000, 14000000);
	good("{\"models\":{\"gpt-5.2\":{\"input_rate\":0.1}}}"); /* 0.1 has no exact double */
	expect("gpt-5.2", PRICE_DEFAULT, false, 100000, 175000, 100000, 14000000);
}

static void
test_wrong_rates(void **state)
{
	static const char *const BAD[] = { "-1", "-0.5", "\"-1\"", "\"\"", "\"abc\"", "\"1,5\"",
		"\"1.5 USD\"", "true", "[]", "{}", "[1]", "NaN", "Infinity", "-Infinity", "\"NaN\"",
		"1e99", "\"1e99\"", "1000000.000001", "99999999999999999999999",
		"9223372036854775807", "1.7500000000001", "\"1.7500000000001\"", "0.0000001",
		"\"0x10\"", "\"+1\"" };
	static const char *const KEYS[] = { "input_rate", "cached_input_rate", "output_rate",
		"cache_write_rate" };
	char json[256], where[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
		for (size_t k = 0; k < ARRAY_LEN(KEYS); k++) {
			(void)snprintf(json, sizeof(json), "{\"models\":{\"gpt-5.2\":{\"%s\":%s}}}",
			    KEYS[k], BAD[i]);
			(void)snprintf(
			    where, sizeof(where), "pricing.models.gpt-5.2.%s: ", KEYS[k]);
			refused(json, where,
			    "accepted: a number or numeric string, USD per 1000000 tokens");
		}
	}
	/* 1 / 3 micro-USD is no whole number of pico-USD */
	refused("{\"per_unit\":3,\"models\":{\"gpt-5.2\":{\"input_rate\":0.000001}}}",
	    "input_rate: 0.000001", "per 3 tokens");
}

static void
test_missing_rates(void **state)
{
	(void)state;
	refused(
	    "{\"models\":{\"llama\":{}}}", "pricing.models.llama.input_rate: missing", "accepted:");
	refused("{\"models\":{\"llama\":{\"input_rate\":1,\"output_rate\":1}}}",
	    "llama.cached_input_rate: missing", "accepted:");
	refused("{\"models\":{\"llama\":{\"input_rate\":1,\"cached_input_rate\":1}}}",
	    "llama.output_rate: missing", "accepted:");
	refused("{\"models\":{\"codex-auto-review\":{\"input_rate\":1}}}",
	    "cached_input_rate: missing", "accepted:");
}

static void
test_wrong_shapes(void **state)
{
	(void)state;
	refused("[]", "pricing: must be an object", "per_unit");
	refused("\"1.75\"", "pricing: must be an object", "per_unit");
	refused("{\"per_unti\":1000}", "unknown key \"per_unti\"", "per_unit");
	refused("{\"models\":[]}", "pricing.models", "object");
	refused("{\"models\":{\"gpt-5.2\":1.75}}", "pricing.models.gpt-5.2: must be an object",
	    "input_rate");
	refused("{\"models\":{\"gpt-5.2\":null}}", "pricing.models.gpt-5.2: must be an object",
	    "input_rate");
	refused("{\"models\":{\"gpt-5.2\":{\"input\":1}}}", "gpt-5.2: unknown key \"input\"",
	    "input_rate");
	refused("{\"models\":{\"\":{}}}", "pricing.models", "name");
	refused("{\"models\":{\"gpt-5.2\":{},\"GPT-5.2 \":{}}}", "pricing.models", "twice");
	refused("{\"models\":{\"llama\\u001b[31m\":{}}}", "pricing.models.llama\xef\xbf\xbd[31m",
	    "missing");
	refused("{\"unit\":5}", "pricing.unit", "text");
	refused("{\"per_unit\":0}", "pricing.per_unit: 0", "1 to 1000000000");
	refused("{\"per_unit\":-1000}", "pricing.per_unit: -1000", "1 to 1000000000");
	refused("{\"per_unit\":1.5}", "pricing.per_unit: 1.5", "whole number");
	refused("{\"per_unit\":\"many\"}", "pricing.per_unit: \"many\"", "whole number");
	refused("{\"per_unit\":true}", "pricing.per_unit: true", "whole number");
	refused("{\"per_unit\":1000000001}", "pricing.per_unit", "1 to 1000000000");
	refused("{\"per_unit\":18446744073709551616}", "pricing.per_unit", "1 to 1000000000");
}

static void
test_nothing_said(void **state)
{
	uint64_t plain;

	(void)state;
	drop();
	assert_int_equal(price_card_load(&card, path, NULL, &e), 0);
	plain = price_card_hash(card);
	good("{}");
	assert_true(price_card_hash(card) == plain);
	good("{\"unit\":null,\"per_unit\":null,\"models\":null}");
	assert_true(price_card_hash(card) == plain);
	good("{\"unit\":\"1M tokens\",\"per_unit\":1000000,\"models\":{}}");
	assert_true(price_card_hash(card) == plain);
	good("{\"models\":{\"gpt-5.2\":{\"input_rate\":1}}}");
	assert_false(price_card_hash(card) == plain);
}

static void
test_hash_follows_content(void **state)
{
	uint64_t a;

	(void)state;
	good("{\"models\":{\"gpt-5.2\":{\"input_rate\":1},\"gpt-5.1\":{\"input_rate\":2}}}");
	a = price_card_hash(card);
	good(
	    "{\"per_unit\":1000,\"models\":{\"GPT-5.1\":{\"input_rate\":\"0.002\"},\"gpt-5.2\":{\"input_rate\":\"1e-3\"}}}");
	assert_true(price_card_hash(card) == a);
	good("{\"models\":{\"gpt-5.2\":{\"input_rate\":1},\"gpt-5.1\":{\"input_rate\":2.000001}}}");
	assert_false(price_card_hash(card) == a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_replaces_all_dates, clean),
		cmocka_unit_test_teardown(test_row_is_listed, clean),
		cmocka_unit_test_teardown(test_inherits, clean),
		cmocka_unit_test_teardown(test_names, clean),
		cmocka_unit_test_teardown(test_new_model, clean),
		cmocka_unit_test_teardown(test_per_unit, clean),
		cmocka_unit_test_teardown(test_wrong_rates, clean),
		cmocka_unit_test_teardown(test_missing_rates, clean),
		cmocka_unit_test_teardown(test_wrong_shapes, clean),
		cmocka_unit_test_teardown(test_nothing_said, clean),
		cmocka_unit_test_teardown(test_hash_follows_content, clean),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
