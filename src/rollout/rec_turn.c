/*
 * Turns: task_started, task_complete, turn_aborted.
 *
 * Source: formats.md 2.4. Times are unix seconds or milliseconds by field name.
 */
#include "base/compat.h"

#include "rollout/kinds.h"

static int64_t
seconds(struct jv p, const char *key)
{
	int64_t s;

	return jv_i64(p, key, 0, (int64_t)1 << 40, &s) ? s * 1000 : REC_ABSENT;
}

static int64_t
millis(struct jv p, const char *key)
{
	int64_t ms;

	return jv_i64(p, key, 0, (int64_t)1 << 50, &ms) ? ms : REC_ABSENT;
}

static void
turn_end(struct jv p, struct record *rec)
{
	struct rec_turn *t = &rec->turn;

	rec->kind = REC_TURN;
	t->is_end = true;
	t->turn_id = jv_str(p, "turn_id");
	t->started_ms = seconds(p, "started_at");
	t->ended_ms = seconds(p, "completed_at");
	t->duration_ms = millis(p, "duration_ms");
	t->ttft_ms = millis(p, "time_to_first_token_ms");
}

void
rec_task_started(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_turn *t = &rec->turn;

	if (r->st.review_depth > 0) {
		rec->kind = REC_NONE; /* a turn of the review, shown here too */
		return;
	}
	rec->kind = REC_TURN;
	t->turn_id = jv_str(p, "turn_id");
	t->started_ms = seconds(p, "started_at");
	t->ended_ms = t->duration_ms = t->ttft_ms = REC_ABSENT;
	if (t->turn_id.p != NULL)
		r->st.has_turn_ids = true;
	rollout_begin_turn(r, rec);
}

void
rec_task_complete(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	turn_end(p, rec);
	rec->turn.status = jv_is(jv_any(p, "error")) ? STR("failed") : STR("completed");
}

void
rec_turn_aborted(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	turn_end(p, rec);
	rec->turn.status = jv_str(p, "reason");
	if (rec->turn.status.p == NULL)
		rec->turn.status = STR("interrupted");
	rec->marker.name = "turn_aborted";
	rec->marker.reason = rec->turn.status;
	rec->marker.number = REC_ABSENT;
}
