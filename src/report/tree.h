/*
 * tree.h - how times, names and periods stand in the JSON of the pages: times
 * as RFC 3339 with the offset of the zone, what is not known as null.
 */
#ifndef REPORT_TREE_H
#define REPORT_TREE_H

#include "json/jt.h"
#include "json/jx.h"
#include "report/coverage.h"
#include "report/query.h"

/* The instant MS, negative for none (null), under KEY (static) in O, on the clock of TZ; cannot fail. */
void tree_time(struct json_object *o, const char *key, int64_t ms, const struct tz *tz);

/*
 * The value NAME of DIM under "name" in O, null when it is "" or NULL; and under
 * "key" what names it in a path: 10 hexadecimal digits, "-", a slug; null for NULL. Cannot fail.
 * Source: design.md 10 "Project".
 */
void tree_name(struct json_object *o, const struct dim *dim, const char *name);

/* The first 40 bits of the hash that stands for the value NAME of DIM in a path; cannot fail. */
uint64_t tree_key(const struct dim *dim, const char *name);

/*
 * What is missing, C and the tokens UNPRICED, as a new member "coverage" of O:
 *   lower_bound       something was used that the files do not hold
 *   lossy_sessions unreadable_lines failed_files pending_sessions recovered_tokens unpriced_tokens
 *   losses  [ { kind text sessions signs } ]  only kinds that occur
 *   models  [ { name tokens reason } ]        without a price, by tokens
 * Cannot fail.
 */
void tree_coverage(struct json_object *o, const struct coverage *c, int64_t unpriced);

/* The range P under KEY (static) in O, on the clock of TZ: { from to tz }; an open end is null. Cannot fail. */
void tree_range(
    struct json_object *o, const char *key, const struct period *p, const struct tz *tz);

#endif
