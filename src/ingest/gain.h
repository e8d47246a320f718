/*
 * gain.h - the sums of a thread (store/st_sums.h) while its one rollout is read:
 * what each line adds, from nothing or from what is stored. For the rollouts that
 * live.h judges; the sums of all others are made from their rows, and so are those
 * of one where a line shows that adding is not enough (off).
 */
#ifndef INGEST_GAIN_H
#define INGEST_GAIN_H

#include "store/st_fact.h"
#include "store/st_limit.h"
#include "store/st_rollout.h"
#include "store/st_sums.h"

/* What is kept between two readings; plain data, all zero at the start of a file. */
struct gain_kept {
	int64_t pos; /* of the usage line that gives the turn in force its dimensions; 0: none */
	bool own;    /* it is of that turn, else of one before */
	bool first;  /* the rollout's first, of a later turn: those before go by it, too */
};

/* All zero before gain_begin. */
struct gain {
	struct store *store;
	const struct st_rollout *ro;
	struct gain_kept *k;
	bool off, resumed, events_seen;
	struct st_thread_sum sum;
	int64_t events, items; /* messages as events tell them, and as responses */
	int64_t dimset_id;     /* of the turn in force; 0: none yet */
	int64_t turn_ms;       /* its beginning; negative: not known */
	struct st_limit_keys keys;
};

/*
 * Begin G for the rollout RO of the store S (both borrowed), which is read whole or, RESUMED, on
 * from where K (borrowed) was kept. Returns 0; -1 with ERR_DB in *E.
 */
int gain_begin(struct gain *g, struct store *s, const struct st_rollout *ro, struct gain_kept *k,
    bool resumed, struct err *e);

/* A turn began at P. G is changed; cannot fail. */
void gain_turn(struct gain *g, const struct st_place *p);

/* The usage line REC at P was stored with MORE. G is changed. Returns 0; -1 with ERR_DB in *E. */
int gain_usage(struct gain *g, const struct st_place *p, const struct record *rec,
    const struct st_usage_more *more, struct err *e);

/* The usage line at POS counts under DIMSET_ID, as its context says. G is changed; cannot fail. */
void gain_move(struct gain *g, int64_t pos, int64_t dimset_id);

/* The message REC was stored. G is changed; cannot fail. */
void gain_message(struct gain *g, const struct record *rec);

/* A compaction was stored. G is changed; cannot fail. */
void gain_compaction(struct gain *g);

/*
 * All lines of G were judged, CALLS calls stored, and FAILURES of them failed: the sums are
 * stored. Returns 1; 0 when they are to be made from the rows; -1 with ERR_DB in *E.
 */
int gain_end(struct gain *g, int64_t calls, int64_t failures, struct err *e);

/* Free what G owns. NULL-safe; cannot fail. */
void gain_clear(struct gain *g);

#endif
