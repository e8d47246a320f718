/*
 * rec_limits.h - the rate-limit snapshot inside a token_count.
 */
#ifndef ROLLOUT_REC_LIMITS_H
#define ROLLOUT_REC_LIMITS_H

#include "json/skim.h"
#include "rollout/record.h"

/*
 * Fill REC->limits from V, the value of rate_limits (none when it is
 * absent or null; borrowed). REC->ts_ms is what relative resets count from. Parts with a wrong
 * type are left out and named in REC->fault; cannot fail.
 * Source: formats.md 2.3.
 */
void rec_limits(struct jv v, struct record *rec);

#endif
