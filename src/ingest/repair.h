/*
 * repair.h - all that is derived made again from the facts: boundaries,
 * verdicts, sums, losses; and how much of it was different before.
 *
 * Source: ledger-design.md 2 and 3.
 */
#ifndef INGEST_REPAIR_H
#define INGEST_REPAIR_H

#include "ingest/ingest.h"

struct repair {
	int64_t threads; /* settled */
	/* rows that are not as they were */
	int64_t boundaries, verdicts, sums, losses;
};

/*
 * Walk every thread of the writer S again, and make the sums again where they do
 * not equal a recount. Opens no rollout; of OPTS (borrowed) it takes card, stop, progress
 * and arg. OUT is filled. Commits as ingest does: what was stopped is left dirty and
 * goes on with the next pass. The caller holds the lock and closes S
 * afterwards. Returns 0; -1 with ERR_STOPPED, ERR_DB and the like in *E.
 */
int repair_run(struct store *s, const struct ingest_opts *opts, struct repair *out, struct err *e);

#endif
