#include "base/compat.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/xalloc.h"
#include "pricing/price_card.h"

__extension__ typedef unsigned __int128 u128;

int64_t
price_scale(int64_t rate, int64_t factor)
{
	u128 product = (u128)rate * (u128)factor;

	return (int64_t)((product + PRICE_FACTOR_ONE / 2) / PRICE_FACTOR_ONE);
}

static int
cmp_row(const void *a, const void *b)
{
	const struct price_row_info *x = &((const struct price_row *)a)->info;
	const struct price_row_info *y = &((const struct price_row *)b)->info;
	int c = strcmp(x->model, y->model);

	if (c != 0)
		return c;
	return (x->valid_from_ms > y->valid_from_ms) - (x->valid_from_ms < y->valid_from_ms);
}

static int
cmp_alias(const void *a, const void *b)
{
	return strcmp(
	    ((const struct price_alias_info *)a)->name, ((const struct price_alias_info *)b)->name);
}

static int
cmp_unpriced(const void *a, const void *b)
{
	return strcmp(((const struct price_unpriced_info *)a)->name,
	    ((const struct price_unpriced_info *)b)->name);
}

/* The order that price_find_name searches in. */
static int
cmp_name(const void *a, const void *b)
{
	struct str x = ((const struct price_name *)a)->name,
		   y = ((const struct price_name *)b)->name;

	if (x.n != y.n)
		return x.n < y.n ? -1 : 1;
	return memcmp(x.p, y.p, x.n);
}

static void
compute_tiers(struct price_row *row)
{
	for (size_t t = 0; t < PRICE_TIERS; t++) {
		for (size_t l = 0; l < 2; l++) {
			const struct price_rates *r =
			    l == 0 ? &row->info.rates : &row->info.long_rates;
			int64_t f = row->info.factor[t][l];

			row->by[t][l] = (struct price_rates){
				.input = price_scale(r->input, f),
				.cached = price_scale(r->cached, f),
				.cache_write = price_scale(r->cache_write, f),
				.output = price_scale(r->output, f),
			};
		}
	}
}

/* Drop rows that are gone, sort the others, number their models. */
static int
index_rows(struct price_card *card, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < card->nrows; i++)
		if (!card->rows[i].gone)
			card->rows[n++] = card->rows[i];
	card->nrows = n;
	if (n > 0)
		qsort(card->rows, n, sizeof(*card->rows), cmp_row);
	card->models = xreallocarray(card->models, n + 1, sizeof(*card->models));
	card->nmodels = 0;
	card->smallest_threshold = INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		struct price_row *row = &card->rows[i];

		if (i > 0 && cmp_row(row - 1, row) == 0)
			return err_set(
			    e, ERR_INPUT, "%s: two rows for the same date", row->info.model);
		if (i == 0 || strcmp(row[-1].info.model, row->info.model) != 0)
			card->models[card->nmodels++] =
			    (struct price_model){ row->info.model, i, 0 };
		card->models[card->nmodels - 1].count++;
		if (row->info.has_long && row->info.long_threshold < card->smallest_threshold)
			card->smallest_threshold = row->info.long_threshold;
		compute_tiers(row);
	}
	return 0;
}

static int
model_number(const struct price_card *card, const char *name)
{
	for (size_t i = 0; i < card->nmodels; i++)
		if (strcmp(card->models[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int
index_names(struct price_card *card, struct err *e)
{
	size_t n = 0;

	if (card->nmodels > INT_MAX)
		return err_set(e, ERR_LIMIT, "too many models");
	card->names = xreallocarray(card->names,
	    card->nmodels + card->naliases + card->nunpriced + 1, sizeof(*card->names));
	for (size_t i = 0; i < card->nmodels; i++)
		card->names[n++] = (struct price_name){ str_of(card->models[i].name), (int)i, "" };
	for (size_t i = 0; i < card->naliases; i++) {
		const struct price_alias_info *a = &card->aliases[i];
		int model = model_number(card, a->model);

		if (model < 0)
			return err_set(
			    e, ERR_INPUT, "alias %s: no row for its model %s", a->name, a->model);
		card->names[n++] = (struct price_name){ str_of(a->name), model, "" };
	}
	for (size_t i = 0; i < card->nunpriced; i++)
		card->names[n++] = (struct price_name){ str_of(card->unpriced[i].name), -1,
			card->unpriced[i].reason };
	card->nnames = n;
	if (n > 0)
		qsort(card->names, n, sizeof(*card->names), cmp_name);
	for (size_t i = 1; i < n; i++)
		if (cmp_name(&card->names[i - 1], &card->names[i]) == 0)
			return err_set(e, ERR_INPUT,
			    "%s: given twice among models, aliases and unpriced names",
			    card->names[i].name.p);
	return 0;
}

static void
hash_i64(XXH3_state_t *h, int64_t v)
{
	(void)XXH3_64bits_update(h, &v, sizeof(v)); /* fails only for NULL */
}

static void
hash_text(XXH3_state_t *h, const char *s)
{
	(void)XXH3_64bits_update(h, s, strlen(s) + 1);
}

static void
hash_rates(XXH3_state_t *h, const struct price_rates *r)
{
	hash_i64(h, r->input);
	hash_i64(h, r->cached);
	hash_i64(h, r->cache_write);
	hash_i64(h, r->output);
}

static void
hash_row(XXH3_state_t *h, const struct price_row_info *r)
{
	hash_text(h, r->model);
	hash_i64(h, r->valid_from_ms);
	hash_i64(h, (r->is_override ? 1 : 0) + (r->has_cached ? 2 : 0) +
			(r->has_cache_write ? 4 : 0) + (r->has_long ? 8 : 0));
	hash_i64(h, r->long_threshold);
	hash_rates(h, &r->rates);
	hash_rates(h, &r->long_rates);
	for (size_t t = 0; t < PRICE_TIERS; t++) {
		hash_i64(h, r->factor[t][0]);
		hash_i64(h, r->factor[t][1]);
	}
	hash_text(h, r->source);
	hash_text(h, r->checked_on);
	hash_text(h, r->note);
}

static uint64_t
hash_card(const struct price_card *card)
{
	XXH3_state_t h;

	XXH3_INITSTATE(&h);
	(void)XXH3_64bits_reset(&h);
	hash_text(&h, "rate card 1");
	hash_i64(&h, (int64_t)card->nrows);
	for (size_t i = 0; i < card->nrows; i++)
		hash_row(&h, &card->rows[i].info);
	hash_i64(&h, (int64_t)card->naliases);
	for (size_t i = 0; i < card->naliases; i++) {
		hash_text(&h, card->aliases[i].name);
		hash_text(&h, card->aliases[i].model);
		hash_text(&h, card->aliases[i].note);
	}
	hash_i64(&h, (int64_t)card->nunpriced);
	for (size_t i = 0; i < card->nunpriced; i++) {
		hash_text(&h, card->unpriced[i].name);
		hash_text(&h, card->unpriced[i].reason);
	}
	return XXH3_64bits_digest(&h);
}

int
price_index(struct price_card *card, struct err *e)
{
	if (card->naliases > 0)
		qsort(card->aliases, card->naliases, sizeof(*card->aliases), cmp_alias);
	if (card->nunpriced > 0)
		qsort(card->unpriced, card->nunpriced, sizeof(*card->unpriced), cmp_unpriced);
	if (index_rows(card, e) < 0 || index_names(card, e) < 0)
		return -1;
	card->hash = hash_card(card);
	return 0;
}
