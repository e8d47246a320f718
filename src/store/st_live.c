#include "base/compat.h"

#include "store/st_live.h"

/* The statement SQL with A and B bound as its first parameters. */
static struct stmt *
with(struct store *s, const char *sql, int64_t a, int64_t b, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q == NULL)
		return NULL;
	stmt_bind_i64(q, 1, a);
	stmt_bind_i64(q, 2, b);
	return q;
}

int
st_live_thread(struct store *s, int64_t id, int64_t *rollouts, bool *dirty, struct err *e)
{
	static const char SQL[] = "SELECT dirty, (SELECT count(*) FROM rollout WHERE thread_id = "
				  "?1) FROM thread WHERE id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	rc = stmt_step(q, e);
	*dirty = rc == 1 && stmt_i64(q, 0) != 0;
	*rollouts = rc == 1 ? stmt_i64(q, 1) : 0;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_live_clear(struct store *s, int64_t id, struct err *e)
{
	/* mostly there are none: to look costs less than to remove nothing */
	static const char ANY[] = "SELECT EXISTS (SELECT 1 FROM rollup WHERE thread_id = ?1) OR "
				  "EXISTS (SELECT 1 FROM loss WHERE thread_id = ?1)";
	static const char *const SQL[] = { "DELETE FROM rollup WHERE thread_id = ?1",
		"DELETE FROM loss WHERE thread_id = ?1" };
	struct stmt *q = store_stmt(s, ANY, e);
	int64_t any = 0;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	if (stmt_ask(q, &any, e) < 0)
		return -1;
	for (size_t i = 0; any != 0 && i < ARRAY_LEN(SQL); i++)
		if (store_run_on(s, SQL[i], id, e) < 0)
			return -1;
	return 0;
}

int
st_live_add(struct store *s, int64_t thread_id, const struct st_sum *sum, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO rollup(thread_id, quarter, dimset_id, is_long, responses, input, cached, "
	    "cache_write, output, reasoning) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
	    "ON CONFLICT DO UPDATE SET responses = responses + ?5, input = input + ?6, "
	    "cached = cached + ?7, cache_write = cache_write + ?8, output = output + ?9, "
	    "reasoning = reasoning + ?10";
	struct stmt *q = store_later(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	stmt_bind_i64(q, 2, sum->quarter);
	stmt_bind_i64(q, 3, sum->dimset_id);
	stmt_bind_i64(q, 4, sum->is_long);
	stmt_bind_i64(q, 5, sum->responses);
	stmt_bind_i64(q, 6, sum->tokens.input);
	stmt_bind_i64(q, 7, sum->tokens.cached);
	stmt_bind_i64(q, 8, sum->tokens.cache_write);
	stmt_bind_i64(q, 9, sum->tokens.output);
	stmt_bind_i64(q, 10, sum->tokens.reasoning);
	return stmt_run(q, e);
}

int
st_live_drop_empty(struct store *s, int64_t thread_id, struct err *e)
{
	static const char SQL[] = "DELETE FROM rollup WHERE thread_id = ?1 AND responses = 0";

	return store_run_on(s, SQL, thread_id, e);
}

int
st_live_reopen(struct store *s, int64_t thread_id, int64_t turn_line, struct err *e)
{
	static const char SQL[] =
	    "DELETE FROM loss WHERE thread_id = ?1 AND (kind IN ('cut-line', 'no-counts', "
	    "'no-info', 'unfinished-call') OR (kind = 'unfinished-turn' AND line = ?2))";
	struct stmt *q = with(s, SQL, thread_id, turn_line, e);

	return q == NULL ? -1 : stmt_run(q, e);
}

int
st_live_supersede(struct store *s, int64_t id, int64_t pos, struct err *e)
{
	static const char SQL[] =
	    "UPDATE usage SET verdict = 4, owner_id = NULL, count_ms = NULL, is_long = 0, "
	    "d_input = 0, d_cached = 0, d_write = 0, d_output = 0, d_reasoning = 0 "
	    "WHERE rollout_id = ?1 AND pos = ?2";
	struct stmt *q = with(s, SQL, id, pos, e);

	return q == NULL ? -1 : stmt_run(q, e);
}

int
st_live_move(
    struct store *s, int64_t id, int64_t pos, int64_t dimset_id, bool is_long, struct err *e)
{
	static const char SQL[] =
	    "UPDATE usage SET dimset_id = ?3, is_long = ?4 WHERE rollout_id = ?1 AND pos = ?2";
	struct stmt *q = with(s, SQL, id, pos, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 3, dimset_id);
	stmt_bind_i64(q, 4, is_long);
	return stmt_run(q, e);
}

int
st_live_set(struct store *s, int64_t set_id, struct st_context *c, struct err *e)
{
	static const char SQL[] =
	    "SELECT is_settings, model, effort, cwd, tier FROM context_set WHERE id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	memset(c, 0, sizeof(*c));
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, set_id);
	if ((rc = stmt_step(q, e)) == 1)
		*c = (struct st_context){ .is_settings = stmt_i64(q, 0) != 0,
			.model = stmt_dup(q, 1),
			.effort = stmt_dup(q, 2),
			.cwd = stmt_dup(q, 3),
			.tier = stmt_dup(q, 4) };
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_live_next_context(struct store *s, int64_t id, int64_t pos, int64_t *at, struct err *e)
{
	static const char SQL[] =
	    "SELECT pos FROM context WHERE rollout_id = ?1 AND pos > ?2 ORDER BY pos LIMIT 1";

	*at = INT64_MAX;
	return stmt_ask(with(s, SQL, id, pos, e), at, e) < 0 ? -1 : 0;
}

/* The one row of Q, or none, into *C. */
static int
ref(struct stmt *q, struct st_context_ref *c, struct err *e)
{
	int rc = stmt_step(q, e);

	memset(c, 0, sizeof(*c));
	if (rc == 1)
		*c = (struct st_context_ref){ stmt_i64(q, 0), stmt_i64(q, 1), stmt_i64(q, 2) };
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_live_last_context(struct store *s, int64_t id, int64_t pos, bool settings,
    struct st_context_ref *c, struct err *e)
{
	static const char SQL[] =
	    "SELECT c.pos, c.turn_seq, c.set_id FROM context c CROSS JOIN context_set x "
	    "ON x.id = c.set_id WHERE c.rollout_id = ?1 AND c.pos < ?2 AND x.is_settings = ?3 "
	    "ORDER BY c.pos DESC LIMIT 1";
	struct stmt *q = with(s, SQL, id, pos, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 3, settings);
	return ref(q, c, e);
}

int
st_live_context_of(struct store *s, int64_t id, int64_t pos, int64_t turn_seq,
    struct st_context_ref *c, struct err *e)
{
	static const char SQL[] =
	    "SELECT c.pos, c.turn_seq, c.set_id FROM context c CROSS JOIN context_set x "
	    "ON x.id = c.set_id WHERE c.rollout_id = ?1 AND c.pos >= ?2 AND c.turn_seq = ?3 "
	    "AND x.is_settings = 0 ORDER BY c.pos LIMIT 1";
	struct stmt *q = with(s, SQL, id, pos, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 3, turn_seq);
	return ref(q, c, e);
}

/* The one integer of Q, or 0, into *OUT. */
static int
one(struct stmt *q, int64_t *out, struct err *e)
{
	*out = 0;
	return stmt_ask(q, out, e) < 0 ? -1 : 0;
}

int
st_live_set_at(struct store *s, int64_t id, int64_t pos, int64_t *set_id, struct err *e)
{
	static const char SQL[] = "SELECT set_id FROM context WHERE rollout_id = ?1 AND pos = ?2";

	return one(with(s, SQL, id, pos, e), set_id, e);
}

int
st_live_dimset_at(struct store *s, int64_t id, int64_t pos, int64_t *dimset_id, struct err *e)
{
	static const char SQL[] = "SELECT dimset_id FROM usage WHERE rollout_id = ?1 AND pos = ?2";

	return one(with(s, SQL, id, pos, e), dimset_id, e);
}

int
st_live_last_turn(struct store *s, int64_t id, int64_t *seq, int64_t *start_ms, struct err *e)
{
	static const char SQL[] =
	    "SELECT seq, start_ms FROM turn WHERE rollout_id = ?1 ORDER BY seq DESC LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	*seq = 0;
	*start_ms = -1;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	if ((rc = stmt_step(q, e)) == 1) {
		*seq = stmt_i64(q, 0);
		*start_ms = stmt_opt(q, 1);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_live_first_dimset(struct store *s, int64_t id, int64_t *dimset_id, struct err *e)
{
	static const char SQL[] = "SELECT dimset_id FROM usage WHERE rollout_id = ?1 AND dimset_id "
				  "> 0 ORDER BY pos LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	return one(q, dimset_id, e);
}

int
st_live_turn(struct store *s, int64_t id, struct str turn_id, int64_t *seq, struct err *e)
{
	static const char SQL[] = "SELECT seq FROM turn WHERE rollout_id = ?1 AND turn_id = ?2 "
				  "ORDER BY seq LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_name(q, 2, turn_id);
	return one(q, seq, e);
}
