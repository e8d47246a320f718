/*
 * sum.h - what is added up: responses, turns, tokens by class, their cost by
 * class; and the measures that a page can show of it.
 *
 * As JSON a sum is an object with the members
 *   tokens input uncached cached cache_write output reasoning responses turns
 *           integers; tokens = input + output, uncached = input - cached - cache_write,
 *           reasoning is a part of output
 *   cost          USD as a decimal string, exact; null when nothing in it has a price
 *   cost_nanousd  the same, rounded once; null likewise
 *   unpriced_tokens
 */
#ifndef REPORT_SUM_H
#define REPORT_SUM_H

#include "json/jt.h"
#include "json/jx.h"
#include "pricing/price.h"

struct sum {
	int64_t responses, turns;
	int64_t sessions; /* distinct ones: never added up */
	int64_t input, cached, cache_write, output, reasoning;
	int64_t priced, unpriced; /* tokens, input + output */
	price_pusd cost_uncached, cost_cached, cost_write, cost_output;
	price_pusd saved;   /* by cached input: what it would have cost more at the rate of input */
	price_pusd premium; /* for written input: what it cost more than at the rate of input */
};

enum metric {
	METRIC_TOKENS,
	METRIC_INPUT,
	METRIC_UNCACHED,
	METRIC_CACHED,
	METRIC_WRITE,
	METRIC_OUTPUT,
	METRIC_REASONING,
	METRIC_COST, /* nano-USD */
	METRIC_RESPONSES,
	METRIC_TURNS,
	METRIC_SESSIONS,
	METRIC__MAX
};

/* Name of M ("tokens", "cost", …), static; cannot fail. */
const char *metric_name(enum metric m);

/* Metric called NAME into *OUT. Returns 0; -1 with ERR_USAGE, naming all, in *E. */
int metric_by_name(const char *name, enum metric *out, struct err *e);

/* Value of M in X: tokens, nano-USD rounded once, or a count; cannot fail. */
int64_t metric_of(enum metric m, const struct sum *x);

/* Input of X that was neither cached nor written, in tokens; cannot fail. */
int64_t sum_uncached(const struct sum *x);

/* Cost of the priced part of X, pico-USD; cannot fail. */
price_pusd sum_cost(const struct sum *x);

/* Does X hold something, and nothing of it has a price? Cannot fail. */
bool sum_unknown_cost(const struct sum *x);

/* Add X to TO, all but the sessions. Tokens stop at the ends of int64_t; cannot fail. */
void sum_add(struct sum *to, const struct sum *x);

/* Cost P under the keys cost and cost_nanousd of O, both null when UNKNOWN; cannot fail. */
void sum_put_cost(struct json_object *o, price_pusd p, bool unknown);

/* The members of X into the object O; cannot fail. */
void sum_put(struct json_object *o, const struct sum *x);

#endif
