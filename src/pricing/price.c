#include "base/compat.h"

#include "pricing/price_card.h"

void
price_card_free(struct price_card *card)
{
	if (card == NULL)
		return;
	free(card->rows);
	free(card->models);
	free(card->names);
	free(card->aliases);
	free(card->unpriced);
	arena_free(card->arena);
	free(card);
}

/* The row of model ID in force at AT_MS, or its earliest one; NULL for ID -1. */
static const struct price_row *
row_at(const struct price_card *card, int id, int64_t at_ms)
{
	const struct price_model *m;
	size_t i;

	if (id < 0)
		return NULL;
	m = &card->models[id];
	/* newest first: most questions are about now, and no model has many rows */
	for (i = m->count - 1; i > 0; i--)
		if (card->rows[m->first + i].info.valid_from_ms <= at_ms)
			break;
	return &card->rows[m->first + i];
}

bool
price_lookup_id(const struct price_card *card, int id, struct price_key key,
    struct price_rates *out, const struct price_row_info **info)
{
	const struct price_row *row = row_at(card, id, key.at_ms);

	if (info != NULL)
		*info = row == NULL ? NULL : &row->info;
	if (row == NULL || row->info.factor[key.tier][key.is_long] == 0)
		return false;
	*out = row->by[key.tier][key.is_long];
	return true;
}

bool
price_lookup(const struct price_card *card, struct price_key key, struct price_rates *out,
    const struct price_row_info **info)
{
	return price_lookup_id(card, price_model(card, key.model), key, out, info);
}

const char *
price_reason(const struct price_card *card, struct price_key key)
{
	static const char *const GAPS[PRICE_TIERS][2] = {
		{ "", "" },
		{ "no known price for priority", "no known price for priority with long context" },
		{ "no known price for flex", "no known price for flex with long context" },
		{ "", "" },
	};
	struct price_meaning m = price_resolve(card, key.model);
	const struct price_row *row = row_at(card, m.model, key.at_ms);

	if (row == NULL)
		return m.reason;
	if (row->info.factor[key.tier][key.is_long] != 0)
		return "";
	return GAPS[key.tier][key.is_long && row->info.has_long];
}

bool
price_is_long(const struct price_card *card, struct str model, int64_t at_ms, int64_t input_tokens)
{
	const struct price_row *row;

	if (input_tokens <= card->smallest_threshold)
		return false;
	row = row_at(card, price_model(card, model), at_ms);
	return row != NULL && row->info.has_long && input_tokens > row->info.long_threshold;
}

int64_t
price_smallest_threshold(const struct price_card *card)
{
	return card->smallest_threshold;
}

enum price_tier
price_tier_of(struct str tier)
{
	static const struct {
		const char *word;
		enum price_tier tier;
	} WORDS[] = {
		{ "priority", PRICE_PRIORITY },
		{ "fast", PRICE_PRIORITY },
		{ "flex", PRICE_FLEX },
		{ "default", PRICE_DEFAULT },
		{ "standard", PRICE_DEFAULT },
		{ "auto", PRICE_DEFAULT },
	};
	char buf[16];

	tier = str_trim(tier);
	if (tier.n > sizeof(buf))
		return PRICE_UNKNOWN;
	for (size_t i = 0; i < tier.n; i++)
		buf[i] = str_lower(tier.p[i]);
	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
		if (str_eqz(str_n(buf, tier.n), WORDS[i].word))
			return WORDS[i].tier;
	return PRICE_UNKNOWN;
}

size_t
price_rows(const struct price_card *card)
{
	return card->nrows;
}

const struct price_row_info *
price_row_at(const struct price_card *card, size_t i)
{
	return i < card->nrows ? &card->rows[i].info : NULL;
}

size_t
price_aliases(const struct price_card *card)
{
	return card->naliases;
}

const struct price_alias_info *
price_alias_at(const struct price_card *card, size_t i)
{
	return i < card->naliases ? &card->aliases[i] : NULL;
}

size_t
price_unpriced(const struct price_card *card)
{
	return card->nunpriced;
}

const struct price_unpriced_info *
price_unpriced_at(const struct price_card *card, size_t i)
{
	return i < card->nunpriced ? &card->unpriced[i] : NULL;
}

uint64_t
price_card_hash(const struct price_card *card)
{
	return card->hash;
}
