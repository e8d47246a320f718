/*
 * recorder.h - the records of one rollout, in order, into the store: facts,
 * evidence of copying, lines that could not be used.
 */
#ifndef INGEST_RECORDER_H
#define INGEST_RECORDER_H

#include "base/linerd.h"
#include "pricing/price.h"
#include "store/st_rollout.h"
#include "store/store.h"

struct recorder;

/* Make RO's facts those of a rollout of which nothing was read; cannot fail. */
void recorder_blank(struct st_rollout *ro);

/* What was met on the way; added to, never reset. */
struct recorder_counts {
	int64_t lines, records, skipped, faults, unknown;
};

/*
 * A recorder for the rollout RO (id, thread, page and home set; filled on the way, borrowed) of
 * the thread UUID (borrowed), fed from the file FILE_ID, with the rate card CARD, adding to
 * COUNTS (both borrowed). Owned by the caller: recorder_free.
 */
struct recorder *recorder_new(struct store *s, struct st_rollout *ro, const char *uuid,
    int64_t file_id, const struct price_card *card, struct recorder_counts *counts);

/* Lines without a time of their own, before the first that has one, are of MS; cannot fail. */
void recorder_begin_at(struct recorder *r, int64_t ms);

/* Begin R at the start of its rollout: call it before the first line. Returns 0; -1 with ERR_DB in *E. */
int recorder_start(struct recorder *r, struct err *e);

/*
 * Go on where an earlier reading of the rollout ended: RO holds what was
 * written then. Call it before the first line. Returns 1; 0 when the earlier
 * state cannot be used (read the file whole then); -1 with ERR_DB in *E.
 */
int recorder_resume(struct recorder *r, struct err *e);

/* Free R. NULL-safe; cannot fail. */
void recorder_free(struct recorder *r);

/* Take in one complete LINE. Returns 0; -1 with ERR_DB and the like in *E (a bad line is no error). */
int recorder_line(struct recorder *r, const struct line *line, struct err *e);

/*
 * All lines are in, with an unterminated one behind them when CUT: write what is known about
 * the rollout. Returns one of enum live_result (live.h), -1 with ERR_DB in *E.
 */
int recorder_end(struct recorder *r, bool cut, struct err *e);

#endif
