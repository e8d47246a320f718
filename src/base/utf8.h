/*
 * utf8.h - decoding, cleaning and measuring text that nobody has checked.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/sbuf.h"
#include "base/str.h"

#define UTF8_BAD UINT32_MAX

/*
 * Decode the first character of the N > 0 bytes at P into *C (UTF8_BAD for an
 * invalid byte, an overlong form, a surrogate or a cut sequence). Returns the
 * bytes used, at least 1; cannot fail.
 */
size_t utf8_decode(const char *p, size_t n, uint32_t *c);

/* Number of characters in S; an invalid byte counts as one; cannot fail. */
size_t utf8_length(struct str s);

/* Columns that S takes on a terminal: 2 for wide characters, 0 for combining and control ones; cannot fail. */
size_t utf8_width(struct str s);

/*
 * Append S to B as it may be shown on a terminal: control characters
 * (C0, DEL, C1), bidirectional overrides and invalid bytes become U+FFFD.
 * Errors stay in B.
 */
void utf8_add_plain(struct sbuf *b, struct str s);

#endif
