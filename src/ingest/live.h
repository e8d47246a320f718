/*
 * live.h - a rollout judged while it is read: verdicts, sums and losses are
 * written with the lines, in one pass and without keeping them. It is for the
 * usual rollout: the only one of its thread, with nothing copied into it and no
 * review inside. Where a line shows that it is another, judging ends (live_off)
 * and the thread is settled from its rows (settle.h), as any thread can be: the
 * result is the same.
 *
 * Source: ledger-design.md 2 "What is walked again", 3.
 */
#ifndef INGEST_LIVE_H
#define INGEST_LIVE_H

#include "ingest/calls.h"
#include "ingest/gain.h"
#include "ledger/signs.h"
#include "pricing/price.h"
#include "rollout/record.h"
#include "store/st_fact.h"
#include "store/st_live.h"
#include "store/st_rollout.h"

#define LIVE_PENDING 4 /* usage lines before the context of their turn */

/* A usage line and what it added to the sums. No padding: it is kept as it is. */
struct live_line {
	int64_t pos, counted; /* counted: 0 or 1 */
	int64_t count_ms, dimset_id, is_long;
	struct tokens delta;
};

/* What is carried from line to line and kept between two readings; plain data, all zero at the start of a file, changed member by member. */
struct live_kept {
	bool off; /* not judged here, and never again */
	bool calls_seen, usage_seen;
	struct ledger_state ledger;
	struct signs signs;
	int64_t turn_pos, turn_seq;              /* of the turn in force */
	struct st_context_ref context, settings; /* in force */
	struct live_line loose;                  /* the line that ledger.has_loose speaks of */
	/* lines under the context before, until that of their turn comes */
	struct live_line pending[LIVE_PENDING];
	int64_t pending_len;
	struct gain_kept gain;
};

struct live;

/*
 * Judge rollout RO (borrowed, id, thread and home set), which is read whole or, with RESUMED,
 * from where K (borrowed) was kept; CARD (borrowed) says which requests are long. Asks the
 * store S whether the thread can be judged here, and clears what is made anew. Returns 0 with
 * the judge in *OUT (live_free), -1 with ERR_DB in *E.
 */
int live_new(struct store *s, const struct st_rollout *ro, const struct price_card *card,
    struct live_kept *k, bool resumed, struct live **out, struct err *e);

/* Free L. NULL-safe; cannot fail. */
void live_free(struct live *l);

/* The rollout is not of the usual kind: L judges no more; cannot fail. */
void live_off(struct live *l);

/* The session line was stored. L is changed; cannot fail. */
void live_session(struct live *l);

/* The usage line REC at P, to be stored with MORE: what it counts goes into MORE->judged. Returns 0; -1 with ERR_DB in *E. */
int live_usage(struct live *l, const struct st_place *p, const struct record *rec,
    struct st_usage_more *more, struct err *e);

/* The context or settings REC at P was stored with the content SET_ID. Returns 0; -1 with ERR_DB in *E. */
int live_context(struct live *l, const struct st_place *p, const struct record *rec, int64_t set_id,
    struct err *e);

/* A step that SIGN names at P, with FLAG as struct sign_step has it; a turn's beginning has its number TURN_SEQ (else 0). Returns 0; -1 with ERR_DB in *E. */
int live_sign(struct live *l, enum sign sign, const struct st_place *p, bool flag, int64_t turn_seq,
    struct err *e);

/* The compaction at P: BY_TEXT says that its summary is in the file, RESPONSE_ID which response made it ({NULL,0}: not said). Returns 0; -1 with ERR_DB in *E. */
int live_compaction(
    struct live *l, const struct st_place *p, bool by_text, struct str response_id, struct err *e);

/* The message REC was stored. L is changed; cannot fail. */
void live_message(struct live *l, const struct record *rec);

/* What live_end comes to. */
enum live_result {
	LIVE_UNSETTLED, /* the thread must be settled from its rows */
	LIVE_SETTLED,   /* it is settled; its sums (store/st_sums.h) are to be made from its rows */
	LIVE_SUMMED     /* it is settled, and its sums are stored */
};

/*
 * The file ends here for now, with an unterminated line when CUT, at the time CUT_MS; CALLS are
 * stored: writes sums and losses. Returns one of enum live_result, -1 with ERR_DB in *E.
 */
int live_end(struct live *l, bool cut, int64_t cut_ms, const struct calls *calls, struct err *e);

#endif
