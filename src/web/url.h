/*
 * url.h - percent-encoding, strictly: what decodes to something that no honest
 * client sends is an error, never a guess.
 */
#ifndef WEB_URL_H
#define WEB_URL_H

#include "base/sbuf.h"

/*
 * Decode S and append it to OUT. PLUS: a '+' is a blank (in a query). Returns 0;
 * -1 with ERR_INPUT in *E: a bad or cut %xx, %00 or a NUL, or bytes that are no UTF-8 (overlong
 * forms and surrogates are none). Source: pages.md 5.
 */
int url_decode(struct str s, bool plus, struct sbuf *out, struct err *e);

/* True when S has no zero byte and is UTF-8; cannot fail. */
bool url_is_text(struct str s);

/* True when one of the pieces of PATH between slashes (backslashes, too) is ".."; cannot fail. */
bool url_climbs(struct str path);

/* Append S to OUT with everything encoded but letters, digits and - . _ ~ / : (fit for a value in a query). Errors stay in OUT. */
void url_encode(struct sbuf *out, struct str s);

/* Append S to OUT for a log: printable ASCII as it is, all other bytes, quotes and backslashes as \xNN, at most MAX bytes of S. Errors stay in OUT. */
void url_escape_log(struct sbuf *out, struct str s, size_t max);

#endif
