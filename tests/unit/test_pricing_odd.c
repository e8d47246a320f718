/*
 * What no real card shows: thresholds, factors and multipliers that all differ
 * (tests/data/pricing/odd-card.json), so that none can stand in for another.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "json/jx.h"
#include "pricing/price.h"

#define JANUARY INT64_C(1767225600000)  /* 2026-01-01 */
#define FEBRUARY INT64_C(1769904000000) /* 2026-02-01 */

static struct price_card *card;
static struct err e;

static int
load(const char *overrides)
{
	const char *dir = getenv("srcdir");
	struct json_tokener *tok = jx_tokener(8);
	struct json_object *o =
	    overrides == NULL ? NULL : jx_parse(tok, overrides, strlen(overrides));
	char path[4096];
	int rc;

	(void)snprintf(
	    path, sizeof(path), "%s/tests/data/pricing/odd-card.json", dir == NULL ? "." : dir);
	rc = price_card_load(&card, path, o, &e);
	json_object_put(o);
	json_tokener_free(tok);
	return rc;
}

static int
clean(void **state)
{
	(void)state;
	price_card_free(card);
	card = NULL;
	return 0;
}

static void
expect(const char *model, enum price_tier tier, bool is_long, int64_t at, int64_t in,
    int64_t cached, int64_t write, int64_t out)
{
	struct price_rates r = { -1, -1, -1, -1 };

	if (!price_lookup(card, (struct price_key){ str_of(model), tier, is_long, at }, &r, NULL) ||
	    r.input != in || r.cached != cached || r.cache_write != write || r.output != out)
		fail_msg("%s: %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, model, r.input,
		    r.cached, r.cache_write, r.output);
}

static void
test_thresholds(void **state)
{
	(void)state;
	assert_int_equal(load(NULL), 0);
	assert_int_equal(price_smallest_threshold(card), 100);
	assert_false(price_is_long(card, STR("small"), JANUARY, 100));
	assert_true(price_is_long(card, STR("small"), JANUARY, 101));
	assert_false(price_is_long(card, STR("big"), JANUARY, 101));
	assert_false(price_is_long(card, STR("big"), JANUARY, 200));
	assert_true(price_is_long(card, STR("big"), JANUARY, 201));
	/* the row in force has none any more */
	assert_true(price_is_long(card, STR("big"), FEBRUARY - 1, 201));
	assert_false(price_is_long(card, STR("big"), FEBRUARY, 201));
	assert_false(price_is_long(card, STR("tiny"), JANUARY, 201));
}

static void
test_factors(void **state)
{
	struct price_rates r;

	(void)state;
	assert_int_equal(load(NULL), 0);
	expect("big", PRICE_PRIORITY, false, JANUARY, 2000000, 1000000, 2500000, 4000000);
	expect("big", PRICE_PRIORITY, true, JANUARY, 6000000, 3000000, 7500000, 9000000);
	expect("big", PRICE_FLEX, false, JANUARY, 500000, 250000, 625000, 1000000);
	assert_false(price_lookup(
	    card, (struct price_key){ STR("big"), PRICE_FLEX, true, JANUARY }, &r, NULL));
	assert_string_equal(
	    price_reason(card, (struct price_key){ STR("big"), PRICE_FLEX, true, JANUARY }),
	    "no known price for flex with long context");
	assert_false(price_lookup(
	    card, (struct price_key){ STR("big"), PRICE_FLEX, false, FEBRUARY }, &r, NULL));
}

/* A pico-USD is the smallest rate: half of it is rounded up, a tenth of it down. */
static void
test_rate_rounding(void **state)
{
	(void)state;
	assert_int_equal(load(NULL), 0);
	expect("tiny", PRICE_DEFAULT, false, JANUARY, 1, 0, 1, 3);
	expect("tiny", PRICE_FLEX, false, JANUARY, 1, 0, 1, 2);     /* 0.5, 0, 0.5, 1.5 */
	expect("tiny", PRICE_PRIORITY, false, JANUARY, 1, 0, 1, 3); /* 1.1, 0, 1.1, 3.3 */
}

/* Long rates of an override: the card's multipliers, each on its own rate; no own rate: as input. */
static void
test_override_multipliers(void **state)
{
	(void)state;
	assert_int_equal(load("{\"models\":{\"small\":{\"input_rate\":5}}}"), 0);
	expect("small", PRICE_DEFAULT, true, JANUARY, 10000000, 10000000, 10000000, 3000000);
	(void)clean(NULL);
	assert_int_equal(
	    load(
		"{\"models\":{\"small\":{\"input_rate\":5,\"cached_input_rate\":1,\"cache_write_rate\":6}}}"),
	    0);
	expect("small", PRICE_DEFAULT, false, JANUARY, 5000000, 1000000, 6000000, 2000000);
	expect("small", PRICE_DEFAULT, true, JANUARY, 10000000, 3000000, 24000000, 3000000);
	(void)clean(NULL);
	/* the newest row of big has neither long tier nor tiers */
	assert_int_equal(load("{\"models\":{\"big\":{\"input_rate\":5}}}"), 0);
	expect("big", PRICE_DEFAULT, true, JANUARY, 5000000, 5000000, 5000000, 2000000);
	assert_false(price_is_long(card, STR("big"), JANUARY, 1000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_thresholds, clean),
		cmocka_unit_test_teardown(test_factors, clean),
		cmocka_unit_test_teardown(test_rate_rounding, clean),
		cmocka_unit_test_teardown(test_override_multipliers, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
