/* A rate card; behind a byte 0xff the overrides of a configuration, behind another one a name. */
#include "base/compat.h"

#include "fuzz.h"
#include "json/jx.h"
#include "pricing/price.h"

static struct json_object *
parsed(struct str text)
{
	struct json_tokener *tok = jx_tokener(32);
	struct json_object *o = jx_parse(tok, text.p, text.n);

	json_tokener_free(tok);
	return o;
}

static void
look_up(const struct price_card *card, struct str name)
{
	for (int tier = 0; tier < PRICE_TIERS; tier++)
		for (int is_long = 0; is_long < 2; is_long++) {
			struct price_key key = { name, (enum price_tier)tier, is_long,
				1780000000000 };
			struct price_rates r;
			bool priced = price_lookup(card, key, &r, NULL);

			MUST(priced == (price_reason(card, key)[0] == '\0'));
			if (priced)
				MUST(price_cost(&r, 1000, 400, 300, 50) >= 0);
		}
	(void)price_is_long(card, name, 1780000000000, 300000);
}

/* Amounts of any size, of the first 16 bytes of S, and the words for them. */
static void
amounts(struct str s)
{
	static const struct price_rates dear = { 1000000000000, 1, 999999999999, 3 };
	char usd[40], decimal[64];
	int64_t n[2] = { 0 };
	price_pusd p;

	memcpy(n, s.p, s.n < sizeof(n) ? s.n : sizeof(n));
	p = price_cost(&dear, n[0], n[1], n[0] ^ n[1], n[1] / 3);
	MUST(p >= 0);
	price_format_usd(price_nanousd(p), (int)(n[0] % 12), usd);
	price_format_usd(n[1], 9, usd);
	price_format_decimal((price_pusd)n[0] * n[1], decimal);
	MUST(strlen(usd) < sizeof(usd) && strlen(decimal) < sizeof(decimal));
	MUST(price_tier_of(s) <= PRICE_UNKNOWN);
}

static void
check(const struct price_card *card)
{
	for (size_t i = 0; i < price_rows(card); i++) {
		const struct price_row_info *row = price_row_at(card, i);

		MUST(row->rates.input >= 0 && row->rates.output >= 0 && row->rates.cached >= 0);
		look_up(card, str_of(row->model));
		(void)fuzz_mix(fuzz_mix(0, str_of(row->source)), str_of(row->note));
	}
	for (size_t i = 0; i < price_aliases(card); i++) {
		const struct price_alias_info *a = price_alias_at(card, i);

		MUST(price_model(card, str_of(a->name)) >= 0);
		look_up(card, str_of(a->name));
	}
	for (size_t i = 0; i < price_unpriced(card); i++)
		look_up(card, str_of(price_unpriced_at(card, i)->name));
	MUST(price_row_at(card, price_rows(card)) == NULL);
	(void)price_smallest_threshold(card);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n),
		   part[3] = { { "", 0 }, { "", 0 }, { "", 0 } };
	struct json_object *root = NULL, *overrides = NULL;
	struct price_card *card = NULL, *again = NULL;
	struct err e;

	for (int i = 0; i < 3 && str_split(&rest, (char)0xff, &part[i]);)
		i++;
	root = parsed(part[0]);
	overrides = parsed(part[1]);
	amounts(part[2]);
	if (price_card_build(&card, root, "card", overrides, &e) == 0) {
		check(card);
		look_up(card, part[2]);
		MUST(price_card_build(&again, root, "card", overrides, &e) == 0);
		MUST(price_card_hash(card) == price_card_hash(again));
		price_card_free(again);
		price_card_free(card);
	} else
		MUST((e.code == ERR_INPUT || e.code == ERR_USAGE) && e.msg[0] != '\0');
	json_object_put(root);
	json_object_put(overrides);
	return 0;
}
