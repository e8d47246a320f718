/*
 * What happened to a thread: compactions, rollbacks, reviews, errors.
 *
 * Source: formats.md 1.2, 2.4.
 */
#include "base/compat.h"

#include "base/hash.h"
#include "rollout/kinds.h"

static void
mark(struct record *rec, const char *name, int64_t number)
{
	rec->kind = REC_MARKER;
	rec->marker.name = name;
	rec->marker.number = number;
}

void
rec_compacted(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	/* length of the summary: none when the server made it and kept it */
	mark(rec, "compacted", (int64_t)jv_str(p, "message").n);
	rec->print = hash_str(jv_str(p, "message"), 9) | 1;
	/* the id of the response that made the summary: its record says what it cost */
	rec->marker.reason = jv_str(p, "compaction_response_id");
}

void
rec_context_compacted(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	(void)p;
	mark(rec, "context_compacted", REC_ABSENT);
}

void
rec_thread_rolled_back(struct rollout *r, struct jv p, struct record *rec)
{
	int64_t n = REC_ABSENT;

	(void)r;
	(void)jv_i64(p, "num_turns", 0, INT32_MAX, &n);
	mark(rec, "thread_rolled_back", n);
}

void
rec_undo_completed(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	(void)p;
	mark(rec, "undo_completed", REC_ABSENT);
}

void
rec_entered_review(struct rollout *r, struct jv p, struct record *rec)
{
	(void)p;
	mark(rec, "entered_review_mode", REC_ABSENT);
	r->st.review_depth = 1;
}

void
rec_exited_review(struct rollout *r, struct jv p, struct record *rec)
{
	(void)p;
	mark(rec, "exited_review_mode", REC_ABSENT);
	r->st.review_depth = 0;
}

void
rec_error(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	mark(rec, "error", REC_ABSENT);
	rec->marker.reason = jv_str(p, "codex_error_info");
}
