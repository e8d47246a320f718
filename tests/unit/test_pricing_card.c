/*
 * The shipped conf/rates.json against formats.md 8.1 and 8.2, typed here a
 * second time from the document: every price, date, tier, alias.
 */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/num.h"
#include "pricing/price.h"

struct expected {
	const char *model;
	int year, month, day;
	const char *in, *cached, *write, *out; /* NULL: none, input is charged */
	const char *lin, *lcached, *lout;      /* NULL lin: no long tier */
	const char *fast, *fast_long;          /* factors, NULL: no known price */
};

/* In the order of the document. The long cached price of the pro models: see test_pro_models. */
static const struct expected TABLE[] = {
	{ "codex-mini-latest", 2025, 5, 1, "1.50", "0.375", NULL, "6", NULL, NULL, NULL, NULL,
	    NULL },
	{ "o3", 2025, 1, 1, "10", "2.50", NULL, "40", NULL, NULL, NULL, NULL, NULL },
	{ "o3", 2025, 6, 10, "2", "0.50", NULL, "8", NULL, NULL, NULL, NULL, NULL },
	{ "o3-pro", 2025, 6, 10, "20", NULL, NULL, "80", NULL, NULL, NULL, NULL, NULL },
	{ "o3-mini", 2025, 1, 1, "1.10", "0.55", NULL, "4.40", NULL, NULL, NULL, NULL, NULL },
	{ "o4-mini", 2025, 1, 1, "1.10", "0.275", NULL, "4.40", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-4.1", 2025, 4, 14, "2", "0.50", NULL, "8", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-4.1-mini", 2025, 4, 14, "0.40", "0.10", NULL, "1.60", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-4.1-nano", 2025, 4, 14, "0.10", "0.025", NULL, "0.40", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-4o", 2024, 1, 1, "2.50", "1.25", NULL, "10", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-4o-mini", 2024, 1, 1, "0.15", "0.075", NULL, "0.60", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-4o-2024-05-13", 2024, 5, 13, "5", NULL, NULL, "15", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5", 2025, 8, 7, "1.25", "0.125", NULL, "10", NULL, NULL, NULL, "2", "2" },
	{ "gpt-5-codex", 2025, 9, 15, "1.25", "0.125", NULL, "10", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5-chat-latest", 2025, 8, 7, "1.25", "0.125", NULL, "10", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5.1", 2025, 11, 13, "1.25", "0.125", NULL, "10", NULL, NULL, NULL, "2", "2" },
	{ "gpt-5.1-codex", 2025, 11, 13, "1.25", "0.125", NULL, "10", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5.1-codex-max", 2025, 11, 13, "1.25", "0.125", NULL, "10", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5-mini", 2025, 8, 7, "0.25", "0.025", NULL, "2", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5.1-codex-mini", 2025, 8, 7, "0.25", "0.025", NULL, "2", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5-codex-mini", 2025, 8, 7, "0.25", "0.025", NULL, "2", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5-nano", 2025, 8, 7, "0.05", "0.005", NULL, "0.40", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5-pro", 2025, 10, 6, "15", NULL, NULL, "120", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5.2", 2025, 12, 11, "1.75", "0.175", NULL, "14", NULL, NULL, NULL, "2", "2" },
	{ "gpt-5.2-codex", 2025, 12, 11, "1.75", "0.175", NULL, "14", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5.3-codex", 2026, 2, 5, "1.75", "0.175", NULL, "14", NULL, NULL, NULL, "2", "2" },
	{ "gpt-5.3-chat-latest", 2026, 3, 3, "1.75", "0.175", NULL, "14", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5.2-pro", 2025, 12, 11, "21", NULL, NULL, "168", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5.3-codex-spark", 2026, 2, 5, "1.75", "0.175", NULL, "14", NULL, NULL, NULL, NULL,
	    NULL },
	{ "gpt-5.4", 2026, 3, 5, "2.50", "0.25", NULL, "15", "5", "0.50", "22.50", "2", NULL },
	{ "gpt-5.4-mini", 2026, 3, 17, "0.75", "0.075", NULL, "4.50", NULL, NULL, NULL, "2", "2" },
	{ "gpt-5.4-nano", 2026, 3, 17, "0.20", "0.02", NULL, "1.25", NULL, NULL, NULL, NULL, NULL },
	{ "gpt-5.4-pro", 2026, 3, 5, "30", NULL, NULL, "180", "60", NULL, "270", NULL, NULL },
	{ "gpt-5.5-pro", 2026, 4, 23, "30", NULL, NULL, "180", "60", NULL, "270", NULL, NULL },
	{ "gpt-5.5", 2026, 4, 23, "5", "0.50", NULL, "30", "10", "1", "45", "2.5", NULL },
	{ "gpt-5.6-sol", 2026, 7, 9, "5", "0.50", "6.25", "30", "10", "1", "45", "2", "2" },
	{ "gpt-5.6-sol", 2026, 8, 21, "4", "0.40", "5", "20", "8", "0.80", "30", "2", "2" },
	{ "gpt-5.6-terra", 2026, 7, 9, "2.50", "0.25", "3.125", "15", "5", "0.50", "22.50", "2",
	    "2" },
	{ "gpt-5.6-terra", 2026, 7, 30, "2", "0.20", "2.50", "12", "4", "0.40", "18", "2", "2" },
	{ "gpt-5.6-luna", 2026, 7, 9, "1", "0.10", "1.25", "6", "2", "0.20", "9", "2", "2" },
	{ "gpt-5.6-luna", 2026, 7, 30, "0.20", "0.02", "0.25", "1.20", "0.40", "0.04", "1.80", "2",
	    "2" },
	{ "gpt-6-astra", 2026, 9, 3, "10", "1", "12.50", "50", "20", "2", "75", "2", "2" },
	{ "gpt-6-sol", 2026, 9, 22, "2", "0.20", "2.50", "10", "4", "0.40", "15", "2", "2" },
	{ "gpt-6-luna", 2026, 9, 22, "0.10", "0.01", "0.125", "0.50", "0.20", "0.02", "0.75", "2",
	    "2" },
	{ "gpt-6.1-sol", 2026, 9, 29, "2", "0.10", "2.50", "10", "4", "0.20", "15", "2", "2" },
	{ "gpt-6.2-astra", 2026, 11, 17, "8", "0.40", "10", "40", "16", "0.80", "60", NULL, NULL },
	{ "gpt-6.2-sol", 2026, 11, 17, "2", "0.10", "2.50", "10", "4", "0.20", "15", NULL, NULL },
};

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

/* "1.25" as pico-USD per token: 1250000. */
static int64_t
pico(const char *usd)
{
	int64_t v = -1;

	assert_int_equal(num_decimal(str_of(usd), 6, &v), 0);
	return v;
}

static struct price_rates
look(const char *model, enum price_tier tier, bool is_long, int64_t at,
    const struct price_row_info **info)
{
	struct price_rates r = { -1, -1, -1, -1 };

	if (!price_lookup(card, (struct price_key){ str_of(model), tier, is_long, at }, &r, info))
		fail_msg("%s: no price", model);
	return r;
}

static void
same(
    const char *model, struct price_rates r, int64_t in, int64_t cached, int64_t write, int64_t out)
{
	if (r.input != in || r.cached != cached || r.cache_write != write || r.output != out)
		fail_msg("%s: %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, model, r.input,
		    r.cached, r.cache_write, r.output);
}

static void
test_every_price(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
		const struct expected *x = &TABLE[i];
		int64_t at = day_ms(x->year, x->month, x->day), in = pico(x->in);
		const struct price_row_info *info = NULL;

		same(x->model, look(x->model, PRICE_DEFAULT, false, at, &info), in,
		    x->cached == NULL ? in : pico(x->cached),
		    x->write == NULL ? in : pico(x->write), pico(x->out));
		assert_string_equal(info->model, x->model);
		assert_int_equal(info->valid_from_ms, at);
		assert_int_equal(info->has_cached, x->cached != NULL);
		assert_int_equal(info->has_cache_write, x->write != NULL);
		assert_false(info->is_override);
	}
	assert_int_equal(price_rows(card), ARRAY_LEN(TABLE));
}

static void
test_every_long_price(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
		const struct expected *x = &TABLE[i];
		int64_t at = day_ms(x->year, x->month, x->day), in;
		const struct price_row_info *info = NULL;
		struct price_rates shrt = look(x->model, PRICE_DEFAULT, false, at, &info);
		struct price_rates r = look(x->model, PRICE_DEFAULT, true, at, NULL);

		assert_int_equal(info->has_long, x->lin != NULL);
		if (x->lin == NULL) { /* a long request costs what a short one costs */
			same(x->model, r, shrt.input, shrt.cached, shrt.cache_write, shrt.output);
			assert_int_equal(info->long_threshold, 0);
			continue;
		}
		in = pico(x->lin);
		same(x->model, r, in, x->lcached == NULL ? in : pico(x->lcached),
		    x->write == NULL ? in : 2 * pico(x->write), pico(x->lout));
		/* 8.1: input x2, cached x2, cache-write x2, output x1.5 */
		same(x->model, r, 2 * shrt.input, 2 * shrt.cached, 2 * shrt.cache_write,
		    shrt.output / 2 * 3);
		assert_int_equal(info->long_threshold, 272000);
	}
}

static int64_t
millionths(const char *factor)
{
	return factor == NULL ? 0 : pico(factor);
}

static void
test_every_factor(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
		const struct expected *x = &TABLE[i];
		const struct price_row_info *info = NULL;

		(void)look(
		    x->model, PRICE_DEFAULT, false, day_ms(x->year, x->month, x->day), &info);
		for (int l = 0; l < 2; l++) {
			assert_int_equal(info->factor[PRICE_DEFAULT][l], 1000000);
			assert_int_equal(info->factor[PRICE_UNKNOWN][l], 1000000);
			assert_int_equal(info->factor[PRICE_FLEX][l], 500000);
		}
		assert_int_equal(info->factor[PRICE_PRIORITY][0], millionths(x->fast));
		assert_int_equal(info->factor[PRICE_PRIORITY][1], millionths(x->fast_long));
	}
}

static void
test_seed_models(void **state)
{
	static const struct {
		const char *model;
		int64_t in, cached, out;
	} SEED[] = {
		{ "gpt-5.2", 1750000, 175000, 14000000 },
		{ "gpt-5.1-codex-max", 1250000, 125000, 10000000 },
		{ "gpt-5.1-codex", 1250000, 125000, 10000000 },
		{ "gpt-5.2-codex", 1750000, 175000, 14000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(SEED); i++) /* at any time */
		for (int year = 2020; year < 2040; year++)
			same(SEED[i].model,
			    look(SEED[i].model, PRICE_UNKNOWN, false, day_ms(year, 1, 1), NULL),
			    SEED[i].in, SEED[i].cached, SEED[i].in, SEED[i].out);
}

/*
 * The document gives no cached price for the pro models ("-", 3 only in
 * LiteLLM): cached input is input, in the long tier too, so that a longer
 * request never gets cheaper.
 */
static void
test_pro_models(void **state)
{
	int64_t at = day_ms(2026, 6, 1);

	(void)state;
	same("gpt-5.4-pro", look("gpt-5.4-pro", PRICE_DEFAULT, false, at, NULL), 30000000, 30000000,
	    30000000, 180000000);
	same("gpt-5.4-pro", look("gpt-5.4-pro", PRICE_DEFAULT, true, at, NULL), 60000000, 60000000,
	    60000000, 270000000);
}

static void
test_rows_explain_themselves(void **state)
{
	static const char *const DOUBTFUL[] = { "gpt-5-codex-mini", "gpt-5.3-codex-spark",
		"gpt-5.4-pro", "gpt-5.5-pro", "gpt-5.5", "gpt-6.2-astra", "gpt-6.2-sol" };

	(void)state;
	for (size_t i = 0; i < price_rows(card); i++) {
		const struct price_row_info *r = price_row_at(card, i);
		const struct price_row_info *prev = i > 0 ? price_row_at(card, i - 1) : NULL;

		assert_true(strlen(r->source) > 0);
		assert_int_equal(strlen(r->checked_on), 10);
		if (prev != NULL) {
			int c = strcmp(prev->model, r->model);

			assert_true(c < 0 || (c == 0 && prev->valid_from_ms < r->valid_from_ms));
		}
		for (size_t k = 0; k < ARRAY_LEN(DOUBTFUL); k++)
			if (strcmp(r->model, DOUBTFUL[k]) == 0)
				assert_true(strstr(r->note, "unverified") != NULL ||
					    strstr(r->note, "conflict") != NULL);
		if (strcmp(r->model, "gpt-5.6-sol") == 0 && r->rates.input == 4000000)
			assert_non_null(strstr(r->note, "2026-11-21"));
	}
	assert_null(price_row_at(card, price_rows(card)));
	assert_null(price_row_at(card, SIZE_MAX));
}

static void
test_aliases_and_unpriced(void **state)
{
	static const char *const ALIAS[] = { "gpt-5.6", "gpt-5.6-codex", "gpt-5.6-codex-max" };
	static const char *const NONE[] = { "codex-auto-review", "gpt-5.5 cyber", "gpt-5.5-cyber",
		"gpt-daybreak-*", "gpt-oss-120b", "gpt-oss-20b" };

	(void)state;
	assert_int_equal(price_aliases(card), ARRAY_LEN(ALIAS));
	for (size_t i = 0; i < ARRAY_LEN(ALIAS); i++) {
		assert_string_equal(price_alias_at(card, i)->name, ALIAS[i]);
		assert_string_equal(price_alias_at(card, i)->model, "gpt-5.6-sol");
	}
	assert_null(price_alias_at(card, ARRAY_LEN(ALIAS)));
	assert_int_equal(price_unpriced(card), ARRAY_LEN(NONE));
	for (size_t i = 0; i < ARRAY_LEN(NONE); i++) {
		assert_string_equal(price_unpriced_at(card, i)->name, NONE[i]);
		assert_true(strlen(price_unpriced_at(card, i)->reason) > 0);
	}
	assert_null(price_unpriced_at(card, ARRAY_LEN(NONE)));
	assert_int_equal(price_smallest_threshold(card), 272000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_price),
		cmocka_unit_test(test_every_long_price),
		cmocka_unit_test(test_every_factor),
		cmocka_unit_test(test_seed_models),
		cmocka_unit_test(test_pro_models),
		cmocka_unit_test(test_rows_explain_themselves),
		cmocka_unit_test(test_aliases_and_unpriced),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
