#include "base/compat.h"

#include "store/st_fact.h"

/* Parameters 1 to 5 of most facts. */
static struct stmt *
begin(struct store *s, const char *sql, const struct st_place *p, const struct record *rec,
    struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q == NULL)
		return NULL;
	stmt_bind_i64(q, 1, p->rollout_id);
	stmt_bind_i64(q, 2, p->pos);
	stmt_bind_i64(q, 3, p->line);
	stmt_bind_opt(q, 4, p->ts_ms);
	stmt_bind_i64(q, 5, rec->turn_seq);
	return q;
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

int
st_usage_put(struct store *s, const struct st_place *p, const struct record *rec, bool other_thread,
    struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO usage(rollout_id, pos, line, ts_ms, turn_seq, is_record, "
	    "in_review, ordinal, response_id, turn_id, record_thread, window, t_input, "
	    "t_cached, t_write, "
	    "t_output, t_reasoning, t_total, l_input, l_cached, l_write, l_output, "
	    "l_reasoning, l_total) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
	    "?17, ?18, ?19, "
	    "?20, ?21, ?22, ?23, ?24)";
	const struct rec_usage *u = &rec->usage;
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 6, u->is_record);
	stmt_bind_i64(q, 7, rec->in_review);
	stmt_bind_opt(q, 8, rec->ordinal);
	stmt_bind_name(q, 9, u->response_id);
	stmt_bind_name(q, 10, u->turn_id);
	if (other_thread)
		stmt_bind_name(q, 11, u->thread_id);
	stmt_bind_opt(q, 12, u->window);
	bind_tokens(q, 13, &u->total, u->has_total);
	bind_tokens(q, 19, &u->last, u->has_last);
	return stmt_run(q, e);
}

int
st_limits_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO limit_sample(rollout_id, pos, slot, line, ts_ms, limit_id, "
	    "limit_name, minutes, used_percent, resets_ms, plan_type, reached_type, "
	    "has_credits, unlimited, "
	    "balance) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
	const struct rec_limits *l = &rec->limits;
	bool none = !l->window[0].present && !l->window[1].present;

	if (!l->present)
		return 0;
	for (int slot = 0; slot < 2; slot++) {
		const struct rec_window *w = &l->window[slot];
		struct stmt *q;

		if (!w->present && !(none && slot == 0))
			continue;
		if ((q = store_stmt(s, SQL, e)) == NULL)
			return -1;
		stmt_bind_i64(q, 1, p->rollout_id);
		stmt_bind_i64(q, 2, p->pos);
		stmt_bind_i64(q, 3, slot);
		stmt_bind_i64(q, 4, p->line);
		stmt_bind_opt(q, 5, p->ts_ms);
		stmt_bind_name(q, 6, l->limit_id.p == NULL ? STR("codex") : l->limit_id);
		stmt_bind_name(q, 7, l->limit_name);
		if (w->present) {
			stmt_bind_opt(q, 8, w->minutes);
			stmt_bind_real(q, 9, w->used_percent);
			stmt_bind_opt(q, 10, w->resets_at_s < 0 ? -1 : w->resets_at_s * 1000);
		}
		stmt_bind_name(q, 11, l->plan_type);
		stmt_bind_name(q, 12, l->reached_type);
		stmt_bind_opt(q, 13, l->has_credits);
		stmt_bind_opt(q, 14, l->unlimited);
		stmt_bind_name(q, 15, l->balance);
		if (stmt_run(q, e) < 0)
			return -1;
	}
	return 0;
}

int
st_context_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO context(rollout_id, pos, line, ts_ms, turn_seq, is_settings, "
	    "turn_id, model, effort, cwd, tier, approval_policy, sandbox_policy_type, "
	    "sandbox_network_access, "
	    "sandbox_writable_roots, sandbox_exclude_tmpdir_env_var, sandbox_exclude_slash_tmp, "
	    "truncation_policy_mode, truncation_policy_limit, reasoning_summary, "
	    "has_base_instructions, "
	    "has_user_instructions, has_developer_instructions, has_final_output_json_schema) "
	    "VALUES (?1, ?2, "
	    "?3, ?4, ?5, ?6, ?7, lower(?8), ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
	    "?19, ?20, ?21, "
	    "?22, ?23, ?24)";
	const struct rec_context *c = &rec->context;
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 6, c->is_settings);
	stmt_bind_name(q, 7, c->turn_id);
	stmt_bind_name(q, 8, c->model);
	stmt_bind_name(q, 9, c->effort);
	stmt_bind_name(q, 10, c->cwd);
	stmt_bind_name(q, 11, c->tier);
	stmt_bind_name(q, 12, c->approval);
	stmt_bind_name(q, 13, c->sandbox);
	stmt_bind_opt(q, 14, c->network);
	stmt_bind_name(q, 15, c->writable_roots);
	stmt_bind_opt(q, 16, c->exclude_tmpdir);
	stmt_bind_opt(q, 17, c->exclude_slash_tmp);
	stmt_bind_name(q, 18, c->truncation_mode);
	stmt_bind_opt(q, 19, c->truncation_limit);
	stmt_bind_name(q, 20, c->summary);
	stmt_bind_i64(q, 21, c->has_base);
	stmt_bind_i64(q, 22, c->has_user);
	stmt_bind_i64(q, 23, c->has_developer);
	stmt_bind_i64(q, 24, c->has_schema);
	return stmt_run(q, e);
}

int
st_turn_begin(struct store *s, const struct st_place *p, const struct record *rec,
    struct str turn_id, struct err *e)
{
	static const char SQL[] = "INSERT INTO turn(rollout_id, seq, line, turn_id, start_ms) "
				  "VALUES (?1, ?2, ?3, ?4, ?5)";
	struct stmt *q = store_stmt(s, SQL, e);

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
	    "(SELECT max(seq) FROM turn WHERE rollout_id = ?1 AND turn_id = ?2), "
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
	return stmt_run(q, e);
}

int
st_message_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO message(rollout_id, pos, line, ts_ms, turn_seq, role, origin, "
	    "is_prompt, chars, bytes, images, local_images) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
	static const char *const origins[] = {
		[ORIGIN_EVENT] = "event", [ORIGIN_ITEM] = "item", [ORIGIN_RESPONSE] = "response"
	};
	const struct rec_message *m = &rec->message;
	struct stmt *q = begin(s, SQL, p, rec, e);

	if (q == NULL)
		return -1;
	stmt_bind_name(q, 6, m->role);
	stmt_bind_strz(q, 7, origins[m->origin]);
	stmt_bind_i64(q, 8, m->is_prompt);
	stmt_bind_i64(q, 9, m->chars);
	stmt_bind_i64(q, 10, m->bytes);
	stmt_bind_i64(q, 11, m->images);
	stmt_bind_i64(q, 12, m->local_images);
	return stmt_run(q, e);
}

int
st_call_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO call(rollout_id, pos, line, ts_ms, turn_seq, kind, name, space, "
	    "call_id, command, status, input_bytes, end_ms, output_line) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, ''), ?11, ?12, ?13, ?14)";
	const struct rec_call *c = &rec->call;
	struct stmt *q = begin(s, SQL, p, rec, e);
	bool failed = str_eqz(c->status, "failed") || str_eqz(c->status, "declined");

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 6, c->kind);
	stmt_bind_name(q, 7, c->name);
	stmt_bind_name(q, 8, c->space);
	stmt_bind_name(q, 9, c->call_id);
	stmt_bind_str(q, 10, c->head);
	if (c->is_complete)
		stmt_bind_strz(q, 11, failed ? "failed" : "completed");
	stmt_bind_i64(q, 12, c->input_bytes);
	if (c->is_complete) {
		stmt_bind_opt(q, 13, p->ts_ms);
		stmt_bind_i64(q, 14, p->line);
	} else
		stmt_bind_i64(q, 14, 0);
	return stmt_run(q, e);
}

static const char *
outcome_word(const struct rec_output *o)
{
	return o->timed_out ? "timeout"
	       : o->aborted ? "aborted"
	       : o->failed  ? "failed"
			    : "completed";
}

int
st_call_output(struct store *s, const struct st_place *p, const struct record *rec, struct err *e)
{
	/* an end event knows the exit code, the output ends the call; either may come first */
	static const char OUTPUT[] =
	    "UPDATE call SET "
	    "status = CASE WHEN ?5 = 'completed' AND status = 'failed' THEN status ELSE ?5 END, "
	    "exit_code = coalesce(exit_code, ?6), wall_ms = coalesce(?7, wall_ms), end_ms = ?4, "
	    "output_line = ?3, output_bytes = coalesce(?8, output_bytes) "
	    "WHERE rollout_id = ?1 AND call_id = ?2 AND output_line = 0";
	static const char EVENT[] =
	    "UPDATE call SET "
	    "status = CASE WHEN ?5 = 'failed' THEN ?5 ELSE status END, "
	    "exit_code = CASE WHEN coalesce(exit_code, 0) = 0 THEN coalesce(?6, exit_code) "
	    "ELSE exit_code END, "
	    "wall_ms = coalesce(wall_ms, ?7), command = coalesce(command, nullif(?9, '')) "
	    "WHERE rollout_id = ?1 AND pos = coalesce("
	    "(SELECT max(pos) FROM call WHERE rollout_id = ?1 AND call_id = ?2), "
	    "CASE WHEN ?2 IS NULL THEN (SELECT min(pos) FROM call WHERE rollout_id = ?1 AND "
	    "output_line = 0 "
	    "AND turn_seq = ?3) END)";
	const struct rec_output *o = &rec->output;
	struct stmt *q = store_stmt(s, o->is_event ? EVENT : OUTPUT, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->rollout_id);
	stmt_bind_name(q, 2, o->call_id);
	stmt_bind_i64(q, 3, o->is_event ? rec->turn_seq : p->line);
	if (!o->is_event)
		stmt_bind_opt(q, 4, p->ts_ms);
	stmt_bind_strz(q, 5, outcome_word(o));
	if (o->has_exit)
		stmt_bind_i64(q, 6, o->exit_code);
	stmt_bind_opt(q, 7, o->wall_ms);
	if (!o->is_event)
		stmt_bind_opt(q, 8, o->output_bytes);
	else
		stmt_bind_str(q, 9, o->head);
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
	stmt_bind_strz(q, 6, rec->activity.name);
	stmt_bind_i64(q, 7, rec->activity.count);
	return stmt_run(q, e);
}
