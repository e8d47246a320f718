/*
 * price_text.h - the numbers and dates of rate cards and configurations, read
 * from their text so that no floating point takes part. For src/pricing only.
 *
 * Source: formats.md 8.5 (integer arithmetic); design.md 10 (configuration).
 */
#ifndef PRICING_PRICE_TEXT_H
#define PRICING_PRICE_TEXT_H

#include "base/sbuf.h"
#include "base/str.h"

struct json_object;

/*
 * Not negative decimal number, S whole, exponent allowed, as an integer in
 * units of 10^-PLACES (0 to 12): "1.25", "1.250000000000000", "125e-2" with 6
 * places give 1250000. Fills *OUT and returns 0; returns -1 (*OUT untouched)
 * for other text, for a value that is no whole number of units, or too large.
 */
int price_decimal(struct str s, int places, int64_t *out);

/*
 * Text of V when it is a number (as it stood in the file) or a string (without
 * blanks around it); {NULL, 0} for anything else. Lends: belongs to V.
 */
struct str price_number_text(struct json_object *v);

/* First millisecond, UTC, of the date S "YYYY-MM-DD", 1970 to 9999. Fills *OUT and returns 0; -1 for anything else. */
int price_date(struct str s, int64_t *out);

/* The first key of the object O that is not in the NULL-ended list KNOWN, or NULL. Lends from O; cannot fail. */
const char *price_unknown_key(struct json_object *o, const char *const *known);

/* Append V as it may be shown in a message: its JSON text, cleaned, cut after 40 characters. Errors stay in B. */
void price_add_shown(struct sbuf *b, struct json_object *v);

#endif
