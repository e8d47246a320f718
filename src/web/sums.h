/*
 * sums.h - pieces of trees that several pages show: token sums with their cost,
 * and what is missing from them. Names of members are those of `report --json`.
 */
#ifndef WEB_SUMS_H
#define WEB_SUMS_H

#include "web/tree.h"
#include "report/report.h"
#include "time/tz.h"

/*
 * Members of SUM into O: total_tokens … responses, estimated_cost (USD, a decimal as text) and
 * cost_nanousd, both null when nothing has a price, unpriced_tokens. Aborts when out of memory.
 */
void sums_add(struct json_object *o, const struct report_sum *sum);

/* lower_bound and losses (names) of the bits LOSSES into O. Aborts when out of memory. */
void sums_losses(struct json_object *o, unsigned losses);

/* COV and UNPRICED tokens as the object "coverage" into O. Aborts when out of memory. */
void sums_coverage(struct json_object *o, const struct coverage *cov, int64_t unpriced);

/* Member KEY of O becomes the instant MS in the zone TZ, null when MS is negative. Aborts when out of memory. */
void sums_instant(struct json_object *o, const char *key, const struct tz *tz, int64_t ms);

#endif
