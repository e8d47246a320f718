/*
 * report.h - usage by period and dimension, with its cost and what is missing
 * from it.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "pricing/price.h"
#include "report/coverage.h"
#include "report/query.h"

struct report_sum {
	int64_t responses, input, cached, cache_write, output, reasoning; /* tokens */
	price_pusd cost;          /* of the priced part, pico-USD */
	int64_t priced, unpriced; /* tokens, input + output */
};

struct report_row {
	int64_t start_ms;
	char *period; /* label: 2026-01-02, 2026-01, … */
	char *group;  /* value of the dimension, <unknown>, or all */
	struct report_sum sum;
	unsigned losses; /* bit 1 << number of the loss: coverage.h */
};

struct report {
	struct report_row *rows; /* by period, then group, as bytes */
	size_t len;
	struct report_sum total;
	struct coverage coverage;
};

/*
 * Run Q on S with the prices of CARD (all borrowed) into *OUT (report_clear).
 * A row stands for every period and group with usage, or with the sign of a
 * loss. Returns 0; -1 with ERR_DB, ERR_BUSY or ERR_LIMIT in *E.
 */
int report_run(struct store *s, const struct query *q, const struct price_card *card,
    struct report *out, struct err *e);

/* Free what R owns. NULL-safe; cannot fail. */
void report_clear(struct report *r);

/*
 * Add TOKENS-like counters to SUM: INPUT, CACHED, WRITE, OUTPUT, REASONING of
 * RESPONSES responses by MODEL in TIER at AT_MS, IS_LONG or not, priced by
 * CARD (borrowed). Sums stop at the ends of int64_t; cannot fail.
 */
void report_add(struct report_sum *sum, const struct price_card *card, struct str model,
    struct str tier, int64_t at_ms, bool is_long, int64_t responses, const int64_t tokens[5]);

#endif
