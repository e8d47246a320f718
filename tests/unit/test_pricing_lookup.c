/*
 * Which rates a response gets: names, dates, tiers, long context, and no price
 * where none is known. Uses the shipped conf/rates.json; amounts are worked out
 * by hand from formats.md 8.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "pricing/price.h"

static struct price_card *card;

static int
setup(void **state)
{
	const char *dir = getenv("srcdir");
	char path[4096];
	struct err e;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/conf/rates.json", dir == NULL ? "." : dir);
	if (price_card_load(&card, path, NULL, &e) == 0)
		return 0;
	fprintf(stderr, "%s\n", e.msg);
	return -1;
}

static int
teardown(void **state)
{
	(void)state;
	price_card_free(card);
	return 0;
}

static int64_t
day_ms(int y, int m, int d)
{
	struct tm tm = { .tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d };

	return (int64_t)timegm(&tm) * 1000;
}

static struct price_key
key(const char *model, enum price_tier tier, bool is_long, int64_t at)
{
	return (struct price_key){ str_of(model), tier, is_long, at };
}

/* Rates of K are these, in pico-USD per token. */
static void
expect(struct price_key k, int64_t in, int64_t cached, int64_t write, int64_t out)
{
	struct price_rates r = { -1, -1, -1, -1 };

	if (!price_lookup(card, k, &r, NULL) || r.input != in || r.cached != cached ||
	    r.cache_write != write || r.output != out)
		fail_msg("%s tier %d long %d: %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		    k.model.p, (int)k.tier, k.is_long, r.input, r.cached, r.cache_write, r.output);
	assert_string_equal(price_reason(card, k), "");
}

static void
expect_none(struct price_key k, const char *reason)
{
	struct price_rates r = { -1, -1, -1, -1 };
	const struct price_row_info *info;

	if (price_lookup(card, k, &r, &info))
		fail_msg("%s has a price", k.model.p);
	assert_int_equal(r.input, -1);
	assert_int_equal(r.output, -1);
	if (strstr(price_reason(card, k), reason) == NULL)
		fail_msg("%s: %s", k.model.p, price_reason(card, k));
}

static void
names(const char *logged, const char *model)
{
	int id = price_model(card, str_of(logged));

	if (model == NULL && id >= 0)
		fail_msg("\"%s\" is taken for %s", logged, price_model_name(card, id));
	if (model != NULL && (id < 0 || strcmp(price_model_name(card, id), model) != 0))
		fail_msg("\"%s\" is taken for %s", logged,
		    id < 0 ? "nothing" : price_model_name(card, id));
}

static void
test_names_found(void **state)
{
	(void)state;
	names("gpt-5.2", "gpt-5.2");
	names("  GPT-5.2\t", "gpt-5.2");
	names("gpt-5.6", "gpt-5.6-sol");
	names("GPT-5.6-Codex-Max", "gpt-5.6-sol");
	names("openai/gpt-5.4", "gpt-5.4");
	names("openrouter/openai/GPT-5.4", "gpt-5.4");
	names("gpt-5.2-codex-2026-01-15", "gpt-5.2-codex");
	names("gpt-5-20250807", "gpt-5");
	names("gpt-5-2025-08-07", "gpt-5");
	names("gpt-5-pro-2025-10-06", "gpt-5-pro");
	names("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"); /* the whole name wins */
	names("gpt-4o-2024-08-06", "gpt-4o");
	names("gpt-5.5-high", "gpt-5.5");
	names("gpt-5.5-xhigh", "gpt-5.5");
	names("gpt-5.5-medium", "gpt-5.5");
	names("gpt-5.5-low", "gpt-5.5");
	names("gpt-5.5-minimal", "gpt-5.5");
	names("gpt-5.2(high)", "gpt-5.2");
	names("gpt-5.2 (high)", "gpt-5.2");
	names("gpt-5-pro (fast)", "gpt-5-pro");
	names("gpt-5.4 (routed by a/b)", "gpt-5.4");
	names("gpt-5.6-high", "gpt-5.6-sol");
	names("openai/GPT-5.6-2026-07-09-XHigh (preview)", "gpt-5.6-sol");
	names("gpt-5.1-codex-max", "gpt-5.1-codex-max");
	names("gpt-5.1-codex-max-xhigh", "gpt-5.1-codex-max");
	names("gpt-5.1-codex-mini-high", "gpt-5.1-codex-mini");
	names("o4-mini-high", "o4-mini");
}

static void
test_names_not_found(void **state)
{
	static const char *const UNKNOWN[] = { "", " ", "/", "gpt", "gpt-", "gpt-5.", "gpt-5.7",
		"gpt-5.60", "gpt-5x", "xgpt-5", "gpt-5-turbo", "gpt-5.5-highest", "gpt-5.5high",
		"gpt-5.5-", "gpt-5.5--high", "-high", "(high)", "gpt-5.2(fast)", "gpt-5.2 (high",
		"gpt-5/", "gpt-5.2-codex-2026-13-15", "gpt-5.2-codex-2026-00-15",
		"gpt-5.2-codex-2026-01-00", "gpt-5-2025080", "2026-01-15", "-2026-01-15", "gpt-6",
		"gpt-6.1", "claude-opus-4", "unknown", "gpt 5" };
	char longest[5000];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(UNKNOWN); i++) {
		names(UNKNOWN[i], NULL);
		expect_none(key(UNKNOWN[i], PRICE_DEFAULT, false, 0), "unknown model");
	}
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(price_model(card, str_n(longest, sizeof(longest))), -1);
	assert_int_equal(price_model(card, str_n(NULL, 0)), -1);
	assert_int_equal(price_model(card, str_n("gpt-5\0.2", 8)), -1);
	assert_int_equal(price_model(card, str_n("gpt-5\xff", 6)), -1);
}

static void
test_unpriced_models(void **state)
{
	(void)state;
	expect_none(key("gpt-oss-20b", PRICE_DEFAULT, false, 0), "open weights");
	expect_none(key("openai/gpt-oss-120b-high", PRICE_FLEX, false, 0), "open weights");
	expect_none(key("codex-auto-review", PRICE_DEFAULT, false, 0), "automatic review");
	expect_none(key("gpt-5.5-cyber", PRICE_DEFAULT, false, 0), "no API price found");
	expect_none(key("GPT-5.5 Cyber", PRICE_DEFAULT, false, 0), "no API price found");
	expect_none(key("gpt-daybreak-blue-latest", PRICE_DEFAULT, false, 0), "no API price found");
	expect_none(key("openai/GPT-Daybreak-Red", PRICE_DEFAULT, false, 0), "no API price found");
	expect_none(key("gpt-daybreak", PRICE_DEFAULT, false, 0), "unknown model");
	assert_false(price_is_long(card, str_of("gpt-oss-20b"), 0, 1000000));
}

static void
test_dated_changes(void **state)
{
	int64_t luna = day_ms(2026, 7, 30), o3 = day_ms(2025, 6, 10), sol = day_ms(2026, 8, 21);

	(void)state;
	/* luna fell to a fifth; the last millisecond of 2026-07-29 is still the old price */
	expect(
	    key("gpt-5.6-luna", PRICE_DEFAULT, false, luna - 1), 1000000, 100000, 1250000, 6000000);
	expect(key("gpt-5.6-luna", PRICE_DEFAULT, false, luna), 200000, 20000, 250000, 1200000);
	expect(
	    key("gpt-5.6-luna", PRICE_DEFAULT, true, luna - 1), 2000000, 200000, 2500000, 9000000);
	expect(key("gpt-5.6-luna", PRICE_DEFAULT, true, luna), 400000, 40000, 500000, 1800000);
	expect(key("o3", PRICE_DEFAULT, false, o3 - 1), 10000000, 2500000, 10000000, 40000000);
	expect(key("o3", PRICE_DEFAULT, false, o3), 2000000, 500000, 2000000, 8000000);
	expect(
	    key("gpt-5.6-sol", PRICE_DEFAULT, false, sol - 1), 5000000, 500000, 6250000, 30000000);
	expect(key("gpt-5.6-sol", PRICE_DEFAULT, false, sol), 4000000, 400000, 5000000, 20000000);
	expect(key("gpt-5.6", PRICE_DEFAULT, false, sol), 4000000, 400000, 5000000, 20000000);
	/* the promotion is carried on, the newest row has no end */
	expect(key("gpt-5.6-sol", PRICE_DEFAULT, false, INT64_MAX), 4000000, 400000, 5000000,
	    20000000);
	/* before its first date a model takes its earliest row */
	expect(key("gpt-5.6-sol", PRICE_DEFAULT, false, sol - day_ms(1971, 1, 1)), 5000000, 500000,
	    6250000, 30000000);
	expect(key("o3", PRICE_DEFAULT, false, 0), 10000000, 2500000, 10000000, 40000000);
	expect(key("o3", PRICE_DEFAULT, false, INT64_MIN), 10000000, 2500000, 10000000, 40000000);
}

static void
test_tiers(void **state)
{
	int64_t now = day_ms(2026, 11, 1);

	(void)state;
	expect(key("gpt-5.4", PRICE_DEFAULT, false, now), 2500000, 250000, 2500000, 15000000);
	expect(key("gpt-5.4", PRICE_UNKNOWN, false, now), 2500000, 250000, 2500000, 15000000);
	expect(key("gpt-5.4", PRICE_PRIORITY, false, now), 5000000, 500000, 5000000, 30000000);
	expect(key("gpt-5.4", PRICE_FLEX, false, now), 1250000, 125000, 1250000, 7500000);
	/* fast gpt-5.5 is 2.5 times: 12.50 / 1.25 / 75 */
	expect(key("gpt-5.5", PRICE_PRIORITY, false, now), 12500000, 1250000, 12500000, 75000000);
	/* half of 0.05 / 0.005 / 0.40 */
	expect(key("gpt-5-nano", PRICE_FLEX, false, now), 25000, 2500, 25000, 200000);
	/* flex of the long rates 10 / 1 / 45 */
	expect(key("gpt-5.5", PRICE_FLEX, true, now), 5000000, 500000, 5000000, 22500000);
	/* fast and long: astra 40 / 4 / 150, write 2 x 25 */
	expect(
	    key("gpt-6-astra", PRICE_PRIORITY, true, now), 40000000, 4000000, 50000000, 150000000);
	expect_none(key("gpt-5.4", PRICE_PRIORITY, true, now), "priority with long context");
	expect_none(key("gpt-5.5", PRICE_PRIORITY, true, now), "priority with long context");
	expect_none(key("gpt-5-nano", PRICE_PRIORITY, false, now), "no known price for priority");
	expect_none(
	    key("gpt-6.2-astra", PRICE_PRIORITY, false, now), "no known price for priority");
	assert_string_equal(price_reason(card, key("gpt-5-nano", PRICE_PRIORITY, true, now)),
	    "no known price for priority");
}

static void
test_tier_words(void **state)
{
	(void)state;
	assert_int_equal(price_tier_of(STR("priority")), PRICE_PRIORITY);
	assert_int_equal(price_tier_of(STR("fast")), PRICE_PRIORITY);
	assert_int_equal(price_tier_of(STR(" Fast ")), PRICE_PRIORITY);
	assert_int_equal(price_tier_of(STR("flex")), PRICE_FLEX);
	assert_int_equal(price_tier_of(STR("default")), PRICE_DEFAULT);
	assert_int_equal(price_tier_of(STR("standard")), PRICE_DEFAULT);
	assert_int_equal(price_tier_of(STR("auto")), PRICE_DEFAULT);
	assert_int_equal(price_tier_of(STR("")), PRICE_UNKNOWN);
	assert_int_equal(price_tier_of(str_n(NULL, 0)), PRICE_UNKNOWN);
	assert_int_equal(price_tier_of(STR("scale")), PRICE_UNKNOWN);
	assert_int_equal(price_tier_of(STR("flexi")), PRICE_UNKNOWN);
	assert_int_equal(price_tier_of(STR("fas")), PRICE_UNKNOWN);
	assert_int_equal(price_tier_of(STR("a word that is longer than any tier")), PRICE_UNKNOWN);
}

static void
test_long_boundary(void **state)
{
	int64_t now = day_ms(2026, 11, 1);

	(void)state;
	assert_false(price_is_long(card, STR("gpt-5.5"), now, 272000));
	assert_true(price_is_long(card, STR("gpt-5.5"), now, 272001));
	assert_true(price_is_long(card, STR("openai/GPT-5.6-high"), now, 272001));
	assert_true(price_is_long(card, STR("gpt-5.5"), now, INT64_MAX));
	assert_false(price_is_long(card, STR("gpt-5.5"), now, -1));
	assert_false(price_is_long(card, STR("gpt-5.2"), now, 272001)); /* no long tier */
	assert_false(price_is_long(card, STR("nobody"), now, 272001));
}

/* 272000 input (200000 cached) and 1000 output on gpt-5.5, then one token more. */
static void
test_long_amounts(void **state)
{
	int64_t now = day_ms(2026, 11, 1);
	struct price_rates r;
	char buf[64];

	(void)state;
	/* 72000 x 5 + 200000 x 0.50 + 1000 x 30 = 360000 + 100000 + 30000 micro-USD */
	assert_true(price_lookup(card,
	    key("gpt-5.5", PRICE_DEFAULT, price_is_long(card, STR("gpt-5.5"), now, 272000), now),
	    &r, NULL));
	price_format_decimal(price_cost(&r, 272000, 200000, 0, 1000), buf);
	assert_string_equal(buf, "0.49");
	/* 72001 x 10 + 200000 x 1 + 1000 x 45 = 720010 + 200000 + 45000 micro-USD */
	assert_true(price_lookup(card,
	    key("gpt-5.5", PRICE_DEFAULT, price_is_long(card, STR("gpt-5.5"), now, 272001), now),
	    &r, NULL));
	price_format_decimal(price_cost(&r, 272001, 200000, 0, 1000), buf);
	assert_string_equal(buf, "0.96501");
}

static void
test_cache_write(void **state)
{
	int64_t now = day_ms(2026, 11, 1);
	struct price_rates r;

	(void)state;
	/* gpt-5.6-sol: 100 input = 40 cached + 30 written + 30 plain: 30 x 4 + 40 x 0.4 + 30 x 5 = 286 micro-USD */
	assert_true(price_lookup(card, key("gpt-5.6-sol", PRICE_DEFAULT, false, now), &r, NULL));
	assert_int_equal(price_nanousd(price_cost(&r, 100, 40, 30, 0)), 286000);
	/* gpt-5.2 has no write price: 60 x 1.75 + 40 x 0.175 = 112 micro-USD, written or not */
	assert_true(price_lookup(card, key("gpt-5.2", PRICE_DEFAULT, false, now), &r, NULL));
	assert_int_equal(price_nanousd(price_cost(&r, 100, 40, 30, 0)), 112000);
	assert_int_equal(price_nanousd(price_cost(&r, 100, 40, 0, 0)), 112000);
}

static void
test_lookup_by_number(void **state)
{
	int64_t now = day_ms(2026, 11, 1);
	struct price_key k = key("not read", PRICE_PRIORITY, false, now);
	const struct price_row_info *info = NULL;
	struct price_rates r = { -1, -1, -1, -1 };

	(void)state;
	assert_true(price_lookup_id(card, price_model(card, STR("gpt-5.5")), k, &r, &info));
	assert_int_equal(r.input, 12500000);
	assert_string_equal(info->model, "gpt-5.5");
	assert_false(price_lookup_id(card, -1, k, &r, &info));
	assert_null(info);
	assert_int_equal(r.input, 12500000);
	/* a model that has a row, but not this tier: the row is given all the same */
	k.is_long = true;
	assert_false(price_lookup_id(card, price_model(card, STR("gpt-5.5")), k, &r, &info));
	assert_string_equal(info->model, "gpt-5.5");
}

/* Each row and each alias finds its own model through every decoration. */
static void
test_every_name_decorated(void **state)
{
	static const char *const FORMS[] = { "%s", " %s ", "openai/%s", "a/b/%s", "%s-high",
		"%s (high)", "%s(xhigh)", "%s-2026-01-02", "%s-20260102",
		"openai/%s-2026-01-02-low (x y)", "%s-low-2026-01-02" };
	char buf[128];

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(FORMS); f++) {
		for (size_t i = 0; i < price_rows(card); i++) {
			const char *model = price_row_at(card, i)->model;
			struct str form = str_of(FORMS[f]);
			size_t at = str_chr(form, '%');

			(void)snprintf(
			    buf, sizeof(buf), "%.*s%s%s", (int)at, form.p, model, form.p + at + 2);
			names(buf, model);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_found),
		cmocka_unit_test(test_names_not_found),
		cmocka_unit_test(test_unpriced_models),
		cmocka_unit_test(test_dated_changes),
		cmocka_unit_test(test_tiers),
		cmocka_unit_test(test_tier_words),
		cmocka_unit_test(test_long_boundary),
		cmocka_unit_test(test_long_amounts),
		cmocka_unit_test(test_cache_write),
		cmocka_unit_test(test_lookup_by_number),
		cmocka_unit_test(test_every_name_decorated),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
