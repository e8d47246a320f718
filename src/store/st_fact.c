#include "base/compat.h"

#include "store/st_fact.h"

/* Parameters 1 to 5 of most facts. */
static struct stmt *
begin(struct store *s, const char *sql, const struct st_place *p, const struct record *rec,
    struct err *e)
{
	struct stmt *q = store_later(s, sql, e);

	if (q == NULL)
		return NULL;
	stmt_bind_i64(q, 1, p->rollout_id);
	stmt_bind_i64(q, 2, p->pos);
	stmt_bind_i64(q, 3, p->line);
	stmt_bind_opt(q, 4, p->ts_ms);
	stmt_bind_i64(q, 5, rec->turn_seq);
	return q;
}

/* A word that stands in the database as a number: the table is small, words are many. */
struct code {
	const char *word;
	int code;
};

/* The number of WORD, 0 when it is none of the N. */
static int
code_of(const struct code *codes, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqz(word, codes[i].word))
			return codes[i].code;
	return 0;
}

static void
bind_tokens(struct stmt *q, int i, const struct rec_tokens *t, bool there)
{
	if (!there)
		return; /* unbound is NULL */
	stmt_bind_i64(q, i, t->input);
	stmt_bind_i64(q, i + 1, t->cached);
	stmt_bind_i64(q, i + 2, t->cache_write);
	stmt_bind_i64(q, i + 3, t->output);
	stmt_bind_i64(q, i + 4, t->reasoning);
	stmt_bind_i64(q, i + 5, t->total);
}

static void
bind_window(struct stmt *q, int i, const struct rec_window *w)
{
	if (!w->present)
		return;
	stmt_bind_real(q, i, w->used_percent);
	stmt_bind_opt(q, i + 1, w->resets_at_s < 0 ? -1 : w->resets_at_s * 1000);
}

static void
bind_judged(struct stmt *q, int i, const struct st_judged *j)
{
	stmt_bind_i64(q, i, j->verdict);
	stmt_bind_opt(q, i + 1, j->owner_id == 0 ? -1 : j->owner_id);
	stmt_bind_opt(q, i + 2, j->verdict == VERDICT_COUNTED ? j->count_ms : -1);
	stmt_bind_opt(q, i + 3, j->dimset_id == 0 ? -1 : j->dimset_id);
	stmt_bind_i64(q, i + 4, j->is_long);
	stmt_bind_i64(q, i + 5, j->delta.input);
	stmt_bind_i64(q, i + 6, j->delta.cached);
	stmt_bind_i64(q, i + 7, j->delta.cache_write);
	stmt_bind_i64(q, i + 8, j->delta.output);
	stmt_bind_i64(q, i + 9, j->delta.reasoning);
}

int
st_usage_put(struct store *s, const struct st_place *p, const struct record *rec,
    const struct st_usage_more *more, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO usage(rollout_id, pos, line, ts_ms, turn_seq, is_record, "
	    "in_review, ordinal, response_id, turn_id, record_thread, window, t_input, "
	    "t_cached, t_write, "
	    "t_output, t_reasoning, t_total, l_input, l_cached, l_write, l_output, "
	    "l_reasoning, l_total, limit_set_id, first_percent, first_resets_ms, "
	    "second_percent, second_resets_ms, verdict, owner_id, count_ms, dimset_id, is_long, "
	    "d_input, d_cached, d_write, d_output, d_reasoning) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
	    "?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, "
	    "?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39)";
	const struct rec_usage *u = &rec->usage;
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 6, u->is_record);
	stmt_bind_i64(q, 7, rec->in_review);
	stmt_bind_opt(q, 8, rec->ordinal);
	stmt_bind_name(q, 9, u->response_id);
	if (!more->turn_in_force)
		stmt_bind_name(q, 10, u->turn_id);
	if (more->other_thread)
		stmt_bind_name(q, 11, u->thread_id);
	stmt_bind_opt(q, 12, u->window);
	bind_tokens(q, 13, &u->total, u->has_total);
	bind_tokens(q, 19, &u->last, u->has_last);
	if (rec->limits.present) {
		stmt_bind_i64(q, 25, more->limit_set_id);
		bind_window(q, 26, &rec->limits.window[0]);
		bind_window(q, 28, &rec->limits.window[1]);
	}
	bind_judged(q, 30, &more->judged);
	return stmt_run(q, e);
}

int
st_context_put(struct store *s, const struct st_place *p, const struct record *rec, int64_t set_id,
    bool turn_in_force, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO context(rollout_id, pos, line, ts_ms, turn_seq, set_id, turn_id) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 6, set_id);
	if (!turn_in_force)
		stmt_bind_name(q, 7, rec->context.turn_id);
	return stmt_run(q, e);
}

int
st_turn_begin(struct store *s, const struct st_place *p, const struct record *rec,
    struct str turn_id, struct err *e)
{
	static const char SQL[] = "INSERT INTO turn(rollout_id, seq, line, turn_id, start_ms) "
				  "VALUES (?1, ?2, ?3, ?4, ?5)";
	struct stmt *q = store_later(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->rollout_id);
	stmt_bind_i64(q, 2, rec->turn_seq);
	stmt_bind_i64(q, 3, p->line);
	stmt_bind_name(q, 4, turn_id);
	stmt_bind_opt(q, 5, p->ts_ms);
	return stmt_run(q, e);
}

int
st_turn_end(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "UPDATE turn SET end_line = ?3, end_ms = ?4, duration_ms = ?5, "
	    "ttft_ms = ?6, status = ?7 WHERE rollout_id = ?1 AND end_line = 0 AND seq = coalesce("
	    "(SELECT seq FROM turn WHERE ?2 IS NOT NULL AND rollout_id = ?1 AND turn_id = ?2 "
	    "ORDER BY seq DESC LIMIT 1), "
	    "CASE WHEN ?2 IS NULL THEN ?8 END)";
	const struct rec_turn *t = &rec->turn;
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->rollout_id);
	stmt_bind_name(q, 2, t->turn_id);
	stmt_bind_i64(q, 3, p->line);
	stmt_bind_opt(q, 4, p->ts_ms);
	stmt_bind_opt(q, 5, t->duration_ms);
	stmt_bind_opt(q, 6, t->ttft_ms);
	stmt_bind_name(q, 7, t->status);
	stmt_bind_i64(q, 8, rec->turn_seq);
	return stmt_run(q, e) < 0 ? -1 : store_changed(s);
}

int
st_turn_end_in_force(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] = "UPDATE turn SET end_line = ?3, end_ms = ?4, duration_ms = ?5, "
				  "ttft_ms = ?6, status = ?7 WHERE rollout_id = ?1 AND seq = ?2";
	const struct rec_turn *t = &rec->turn;
	struct stmt *q = store_later(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->rollout_id);
	stmt_bind_i64(q, 2, rec->turn_seq);
	stmt_bind_i64(q, 3, p->line);
	stmt_bind_opt(q, 4, p->ts_ms);
	stmt_bind_opt(q, 5, t->duration_ms);
	stmt_bind_opt(q, 6, t->ttft_ms);
	stmt_bind_name(q, 7, t->status);
	return stmt_run(q, e) < 0 ? -1 : 1;
}

int
st_message_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO message(rollout_id, pos, line, ts_ms, turn_seq, role, origin, "
	    "is_prompt, chars, bytes, images, local_images, role_name) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
	static const struct code roles[] = { { "user", ST_ROLE_USER },
		{ "assistant", ST_ROLE_ASSISTANT }, { "developer", ST_ROLE_DEVELOPER },
		{ "system", ST_ROLE_SYSTEM } };
	const struct rec_message *m = &rec->message;
	int role = code_of(roles, ARRAY_LEN(roles), m->role);
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 6, role);
	stmt_bind_i64(q, 7, m->origin);
	stmt_bind_i64(q, 8, m->is_prompt);
	stmt_bind_i64(q, 9, m->chars);
	stmt_bind_i64(q, 10, m->bytes);
	stmt_bind_i64(q, 11, m->images);
	stmt_bind_i64(q, 12, m->local_images);
	if (role == 0)
		stmt_bind_name(q, 13, m->role);
	return stmt_run(q, e);
}

int
st_marker_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO marker(rollout_id, pos, line, ts_ms, turn_seq, name, reason, "
	    "number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 6, rec->marker.name);
	stmt_bind_name(q, 7, rec->marker.reason);
	stmt_bind_opt(q, 8, rec->marker.number);
	return stmt_run(q, e);
}

int
st_activity_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO activity(rollout_id, pos, line, ts_ms, turn_seq, name, n) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 6, strcmp(rec->activity.name, "reasoning_event") == 0 ? 1 : 2);
	stmt_bind_i64(q, 7, rec->activity.count);
	return stmt_run(q, e);
}
