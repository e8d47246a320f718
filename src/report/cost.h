/*
 * cost.h - what usage would cost at API list prices: by model and day, split by
 * class, what caching saves, what has no price, and the rate card it comes from.
 *
 * As JSON, the data of Cost. Money is USD as an exact decimal string under the
 * key itself and, rounded once, whole nano-USD under KEY_nanousd.
 *   group buckets     as in series.h, each bucket with its split
 *   total             members of a sum + split + saved, premium, without_cache (each money)
 *   models [ { as a group of series.h, values in nano-USD + split saved premium without_cache } ]
 *                     by cost; the 50 dearest and the rest
 *   split             { uncached cached write output }, each money
 *   saved             what cached input would have cost more as plain input
 *   premium           what written input cost more than plain input
 *   without_cache     the cost without either: cost + saved - premium
 *   coverage          as in tree.h; models without a price stand in its models
 *   rates   [ { model valid_from (date, null: always) override used input cached cache_write output
 *               long null or { threshold input cached cache_write output }
 *               tiers { priority priority_long flex flex_long: factor, null: not known }
 *               source checked_on note } ]
 *                     USD per million tokens, decimal strings; cached and cache_write null
 *                     where the model has no such rate: it costs what input costs
 *   aliases [ { name model note } ]  unpriced [ { name reason } ]
 */
#ifndef REPORT_COST_H
#define REPORT_COST_H

#include "report/series.h"

/* The cost of what Q asks for in S with the prices of CARD (all borrowed) as JSON into *OUT (new reference). Returns 0; -1 with ERR_BUSY, ERR_DB or ERR_LIMIT in *E. */
int cost_json(struct store *s, const struct query *q, const struct price_card *card,
    struct json_object **out, struct err *e);

/* The rows, aliases and unpriced names of CARD into the object O; USED (NULL: nobody asks) says of each model number whether it was used. Cannot fail. */
void cost_put_rates(struct json_object *o, const struct price_card *card, const bool *used);

#endif
