/*
 * price.h - what tokens cost: a dated rate card, the tiers, and exact amounts.
 *
 * Rates are whole pico-USD per token: a list price of 1 USD per 1000000 tokens
 * is 1000000, six decimals of a list price are kept exactly. Amounts are 128-bit
 * pico-USD and are rounded once, when they are written. Costs are API list
 * prices: an equivalent, not a bill. A price that is not known is no price,
 * never 0.
 *
 * A card never changes after loading; any number of readers may use it. What it
 * lends (rows, texts) lives until price_card_free.
 *
 * Source: formats.md 8 (prices), 7.1 rows 16-19, 31, 34 (how usage is priced).
 */
#ifndef PRICING_PRICE_H
#define PRICING_PRICE_H

#include "base/err.h"
#include "base/str.h"

struct json_object;
struct price_card;

__extension__ typedef __int128 price_pusd;

enum price_tier {
	PRICE_DEFAULT,  /* standard processing */
	PRICE_PRIORITY, /* "priority", older "fast" */
	PRICE_FLEX,
	PRICE_UNKNOWN /* not logged, or a word that we do not know: priced as default */
};
#define PRICE_TIERS 4

#define PRICE_UNKNOWN_MODEL \
	"unknown model" /* what price_reason says of a name that the card has not */

/* What decides the price of a response. */
struct price_key {
	struct str model;     /* as logged */
	enum price_tier tier; /* as requested */
	bool is_long;         /* price_is_long of this response's own input */
	int64_t at_ms;        /* when, milliseconds UTC */
};

/* Pico-USD per token. */
struct price_rates {
	int64_t input, cached, cache_write, output;
};

/* One row of the card, for listings. Texts are terminated; "" where there is none. */
struct price_row_info {
	const char *model;
	int64_t valid_from_ms; /* milliseconds UTC; 0 for an override: it holds always */
	bool is_override;      /* from the configuration, not from the card */
	bool has_cached;       /* false: rates.cached repeats rates.input */
	bool has_cache_write;  /* false: rates.cache_write repeats rates.input */
	bool has_long;
	int64_t long_threshold;   /* tokens: more input than this is long; 0 without long tier */
	struct price_rates rates; /* default tier, short */
	struct price_rates long_rates; /* default tier, long; equal to rates without long tier */
	int64_t
	    factor[PRICE_TIERS]
		  [2]; /* [tier][is_long] in millionths of the rates above; 0 = no known price */
	const char *source, *checked_on, *note;
};

struct price_alias_info {
	const char *name, *model, *note;
};

/* A model that is known to have no price. A name that ends in '*' stands for all that begin so. */
struct price_unpriced_info {
	const char *name, *reason;
};

/*
 * Load the rate card from the file PATH into *OUT, owned by the caller
 * (price_card_free), and put the user's prices OVERRIDES on it: the value of
 * the configuration's "pricing", NULL for none, borrowed for this call:
 *
 *   { "unit": text, "per_unit": tokens, "models": { NAME: { "input_rate": USD,
 *     "cached_input_rate": USD, "output_rate": USD, "cache_write_rate": USD } } }
 *
 * Rates are numbers or numeric strings, USD per per_unit tokens (1000000 when
 * left out); unit is a label and changes nothing. A rate that is missing or
 * null comes from the card's newest row of that model; a model that the card
 * does not price needs all but cache_write_rate. An override replaces the base
 * rates for all dates. Tier factors and the long threshold stay those of the
 * newest row, long rates are the override times the card's long_multipliers; a
 * model that the card does not price has one price in every tier. An override
 * is found by its own name, trimmed and in lower case, before any alias.
 *
 * Returns 0. -1 with *E: what jx_file says for an unreadable file, ERR_INPUT
 * for a wrong card (file, row and key are named), ERR_USAGE for a wrong
 * override (the key and the accepted form are named).
 */
int price_card_load(
    struct price_card **out, const char *path, struct json_object *overrides, struct err *e);

/*
 * As price_card_load, from the parsed card ROOT (borrowed for this call) into
 * *OUT, owned by the caller, with the user's prices OVERRIDES (borrowed); WHERE
 * names the card in messages. Returns 0, or -1 with ERR_INPUT or ERR_USAGE.
 */
int price_card_build(struct price_card **out, struct json_object *root, const char *where,
    struct json_object *overrides, struct err *e);

/* Free CARD and all that it lent. NULL-safe; cannot fail. */
void price_card_free(struct price_card *card);

/*
 * Number (>= 0) of the model that the logged name MODEL means, or -1 when the
 * card has no price for it. Blanks around it and upper case do not matter. The
 * whole name is tried first, as a model, then as an alias; then, as long as
 * something can be taken off, the name without a trailing " (text)" or
 * "(effort)", a provider before the last '/', a trailing date, a trailing
 * "-effort". Never a part of a name: gpt-5.6 does not find gpt-5. Cannot fail.
 * Source: formats.md 8.1, last paragraph.
 */
int price_model(const struct price_card *card, struct str model);

/* Name of the model number ID (from price_model). Lends; cannot fail. */
const char *price_model_name(const struct price_card *card, int id);

/*
 * Rates of KEY into *OUT: the row in force at its time (a use before the first
 * row takes the earliest one), its tier, its length. *INFO, if INFO is not
 * NULL, gets the row, lent, or NULL when the model has none. Returns false,
 * *OUT untouched, when there is no price: unknown or unpriced model, or a tier
 * without a known price (combined with long context). Cannot fail otherwise.
 */
bool price_lookup(const struct price_card *card, struct price_key key, struct price_rates *out,
    const struct price_row_info **info);

/*
 * As price_lookup, for model number ID (-1: no price) in the place of
 * KEY.model, which is not read: for hot loops. Fills *OUT, and *INFO (lent)
 * if INFO is not NULL; false when there is no price.
 */
bool price_lookup_id(const struct price_card *card, int id, struct price_key key,
    struct price_rates *out, const struct price_row_info **info);

/*
 * Why price_lookup of KEY says false, as words for people ("unknown model",
 * the card's own reason, "no known price for priority with long context"); ""
 * when there is a price. Lends; cannot fail.
 */
const char *price_reason(const struct price_card *card, struct price_key key);

/*
 * True when a response of INPUT_TOKENS (cached ones included) by MODEL at AT_MS
 * is above the long threshold of the row in force. Cannot fail.
 */
bool price_is_long(
    const struct price_card *card, struct str model, int64_t at_ms, int64_t input_tokens);

/* Smallest long threshold of any row, in tokens; INT64_MAX when none has one. Cannot fail. */
int64_t price_smallest_threshold(const struct price_card *card);

/*
 * Tier that the logged service_tier TIER asks for, blanks and case ignored:
 * priority and fast, flex, default standard auto; all else is unknown. Cannot fail.
 * Source: formats.md 7.1 row 31.
 */
enum price_tier price_tier_of(struct str tier);

/*
 * Exact cost in pico-USD of tokens at rates R: cached and cache-written input
 * are parts of INPUT, reasoning is a part of OUTPUT and is not added. Clamped:
 * nothing below 0, CACHED <= INPUT, CACHE_WRITE <= INPUT - CACHED. Linear
 * within these bounds, so sums may be priced. Cannot fail or overflow.
 */
price_pusd price_cost(const struct price_rates *r, int64_t input, int64_t cached,
    int64_t cache_write, int64_t output);

/* P in nano-USD, rounded half away from zero, stopping at the ends of int64_t. Cannot fail. */
int64_t price_nanousd(price_pusd p);

/*
 * Write NANOUSD as USD into BUF with PLACES digits behind the point (0 to 9,
 * others are taken as the nearest of these), rounded half away from zero,
 * without sign when that is zero: "-0.50". Cannot fail.
 */
void price_format_usd(int64_t nanousd, int places, char buf[static 40]);

/* Write P as USD into BUF: exact, shortest, no exponent ("0.2233", "0", "-12"). Cannot fail. */
void price_format_decimal(price_pusd p, char buf[static 64]);

/* Number of rows in force (an override stands for the rows it replaces), by model, then date; cannot fail. */
size_t price_rows(const struct price_card *card);

/* Row I, or NULL behind the last one. Lends; cannot fail. */
const struct price_row_info *price_row_at(const struct price_card *card, size_t i);

/* Number of aliases; cannot fail. */
size_t price_aliases(const struct price_card *card);

/* Alias I, or NULL behind the last one. Lends; cannot fail. */
const struct price_alias_info *price_alias_at(const struct price_card *card, size_t i);

/* Number of names that are known to have no price; cannot fail. */
size_t price_unpriced(const struct price_card *card);

/* Unpriced name I, or NULL behind the last one. Lends; cannot fail. */
const struct price_unpriced_info *price_unpriced_at(const struct price_card *card, size_t i);

/*
 * Hash of everything the card and the overrides say, the same for the same
 * content in any order and spacing: for ETags. Cannot fail.
 */
uint64_t price_card_hash(const struct price_card *card);

#endif
