/*
 * price_card.h - inside of a rate card; for the files of src/pricing only.
 *
 * Loading fills rows, aliases and unpriced names in file order (price_load.c),
 * price_index sorts them and makes the tables that lookups use (price_index.c),
 * overrides replace rows and index again (price_override.c).
 *
 * Source: formats.md 8.5 (what a local price table holds).
 */
#ifndef PRICING_PRICE_CARD_H
#define PRICING_PRICE_CARD_H

#include "base/arena.h"
#include "pricing/price.h"

#define PRICE_NAME_MAX ((size_t)200)          /* bytes of a model's name */
#define PRICE_FACTOR_ONE ((int64_t)1000000)   /* a factor of 1 */
#define PRICE_FACTOR_MAX ((int64_t)100000000) /* a factor of 100 */
#define PRICE_RATE_MAX \
	((int64_t)1000000000000) /* 1 USD per token: no real price, and far from any overflow */

struct price_row {
	struct price_row_info info;
	struct price_rates
	    by[PRICE_TIERS]
	      [2]; /* [tier][is_long], where the factor is not 0; made by price_index */
	bool gone; /* replaced: price_index drops it */
};

/* Rows first … first + count - 1 of one model, oldest first. */
struct price_model {
	const char *name;
	size_t first, count;
};

/* A name that is looked up whole. */
struct price_name {
	struct str name;
	int model;          /* number in models, or -1 */
	const char *reason; /* why there is no price, when model is -1 */
};

struct price_card {
	struct arena *arena; /* owns every text */
	struct price_row *rows;
	struct price_model *models;
	struct price_name *names; /* by length, then bytes */
	struct price_alias_info *aliases;
	struct price_unpriced_info *unpriced;
	size_t nrows, rows_alloc, nmodels, nnames;
	size_t naliases, aliases_alloc, nunpriced, unpriced_alloc;
	struct price_rates long_multipliers; /* millionths */
	int64_t smallest_threshold;
	uint64_t hash;
};

/* What a name means: a model's number, or -1 and the reason ("unknown model" or the card's). */
struct price_meaning {
	int model;
	const char *reason;
};

/* RATE times FACTOR (millionths), rounded half up; neither negative nor above its maximum. Cannot fail. */
int64_t price_scale(int64_t rate, int64_t factor);

/*
 * Sort CARD's rows, aliases and names, drop the rows that are gone; compute the
 * rates of each tier, the smallest threshold and the hash. May be called again
 * after a change of rows. Returns 0; -1 with ERR_INPUT in *E for two rows of one
 * model and date, a name given twice or an alias of a model without rows.
 */
int price_index(struct price_card *card, struct err *e);

/* The whole NAME of CARD among models, aliases and unpriced names, or NULL. Lends; cannot fail. */
const struct price_name *price_find_name(const struct price_card *card, struct str name);

/* What the logged name MODEL means, as price_model. Lends; cannot fail. */
struct price_meaning price_resolve(const struct price_card *card, struct str model);

/*
 * Put the user's prices O (as in price_card_load, not NULL, borrowed) on CARD,
 * which is indexed before and after. Returns 0; -1 with ERR_USAGE in *E.
 */
int price_override(struct price_card *card, struct json_object *o, struct err *e);

#endif
