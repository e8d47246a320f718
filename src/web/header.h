/*
 * header.h - what headers of a request mean: Accept, and dates.
 *
 * Source: RFC 9110, 5.6.7 (dates) and 12.5.1 (Accept).
 */
#ifndef WEB_HEADER_H
#define WEB_HEADER_H

#include "base/str.h"

#define HEADER_DATE_LEN 32

/*
 * True when the client that sent ACCEPT (NULL: none) takes the media TYPE ("text/html"): the
 * range that fits best decides, and q=0 is a no. A header without any range takes all; cannot fail.
 */
bool header_accepts(const char *accept, const char *type);

/* The instant MS (ms since 1970 UTC, years 1 to 9999) as "Sun, 06 Nov 1994 08:49:37 GMT" into OUT; cannot fail. */
void header_date(int64_t ms, char out[static HEADER_DATE_LEN]);

/* The date TEXT (NULL: none), in the form of header_date, in ms; -1 for anything else, which is to be ignored; cannot fail. */
int64_t header_date_ms(const char *text);

#endif
