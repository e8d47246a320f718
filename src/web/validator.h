/*
 * validator.h - does the client have the answer already? ETag and Last-Modified of what
 * a request resolves to, and a short memory of them, so that the usual 304 resolves nothing.
 *
 * Source: design.md 9; RFC 9110, 13.
 */
#ifndef WEB_VALIDATOR_H
#define WEB_VALIDATOR_H

#include "web/ctx.h"

/*
 * True when the client of C names the validator that the same request got in this minute from the
 * same data: the head is then filled, and C->query was not needed. Cannot fail.
 */
bool validator_is_recent(struct ctx *c);

/* Put ETag and Last-Modified of C, whose query is resolved, into its head. Returns true when the client has that already; cannot fail. */
bool validator_is_known(struct ctx *c);

#endif
