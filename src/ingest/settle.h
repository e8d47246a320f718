/*
 * settle.h - from facts to verdicts and sums: every dirty thread is walked again
 * from its rows, never from files, and only what differs is written.
 *
 * Source: ledger-design.md 2 and 3.
 */
#ifndef INGEST_SETTLE_H
#define INGEST_SETTLE_H

#include "pricing/price.h"
#include "store/store.h"

/*
 * Find and write the boundaries of the dirty threads that were copied from others, inside the
 * caller's transaction: which copy serves a missing thread depends on all of them. Call it before
 * settle_some. Returns 0; -1 with ERR_DB in *E.
 */
int settle_boundaries(struct store *s, struct err *e);

/*
 * Settle up to MAX dirty threads, inside the caller's transaction; CARD (borrowed) says which
 * requests are long. Returns the number of threads settled (0: none was
 * dirty); -1 with ERR_DB in *E.
 */
int settle_some(struct store *s, const struct price_card *card, int max, struct err *e);

#endif
