/*
 * num.h - decimal numbers, strictly: the whole text or an error, no blanks, no
 * plus sign, no saturation.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/str.h"

/*
 * Decimal integer: S whole, an optional leading '-', MIN and MAX inclusive.
 * Fills *OUT and returns 0; returns -1 (OUT untouched) for anything else.
 */
int num_i64(struct str s, int64_t min, int64_t max, int64_t *out);

/*
 * Decimal number S without exponent, as an integer in units of 10^-PLACES
 * (PLACES 0 to 12): "1.25" with 6 places gives 1250000. Not negative, at most
 * PLACES digits behind the point. Fills *OUT and returns 0; -1 for anything else.
 */
int num_decimal(struct str s, int places, int64_t *out);

/* A + B into *OUT, stopping at the ends of int64_t instead of wrapping; cannot fail. */
void num_add_sat(int64_t *out, int64_t b);

#endif
