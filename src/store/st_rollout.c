#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_rollout.h"

void
st_rollout_clear(struct st_rollout *r)
{
	if (r == NULL)
		return;
	free(r->page);
	free(r->forked_from);
	free(r->base_thread);
	free(r->state);
	memset(r, 0, sizeof(*r));
}

void
st_rollouts_free(struct st_rollout *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		st_rollout_clear(&r[i]);
	free(r);
}

int
st_rollout_id(struct store *s, int64_t thread_id, const char *page, int64_t home_id, int64_t *id,
    struct err *e)
{
	static const char FIND[] = "SELECT id FROM rollout WHERE thread_id = ?1 AND page = ?2";
	static const char ADD[] =
	    "INSERT INTO rollout(thread_id, page, home_id) VALUES (?1, ?2, ?3)";
	struct stmt *q;
	int rc;

	if ((q = store_stmt(s, FIND, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	stmt_bind_strz(q, 2, page);
	if ((rc = stmt_step(q, e)) == 1)
		*id = stmt_i64(q, 0);
	stmt_done(q);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, ADD, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	stmt_bind_strz(q, 2, page);
	stmt_bind_i64(q, 3, home_id);
	if (stmt_run(q, e) < 0)
		return -1;
	*id = store_last_id(s);
	return 1;
}

int
st_rollout_empty(struct store *s, int64_t id, struct err *e)
{
	static const char *const SQL[] = {
		"DELETE FROM loss WHERE rollout_id = ?1",
		"DELETE FROM usage WHERE rollout_id = ?1",
		"DELETE FROM turn WHERE rollout_id = ?1",
		"DELETE FROM context WHERE rollout_id = ?1",
		"DELETE FROM message WHERE rollout_id = ?1",
		"DELETE FROM call WHERE rollout_id = ?1",
		"DELETE FROM activity WHERE rollout_id = ?1",
		"DELETE FROM marker WHERE rollout_id = ?1",
		"DELETE FROM unknown_kind WHERE rollout_id = ?1",
		"DELETE FROM print WHERE rollout_id = ?1",
		"DELETE FROM seen WHERE rollout_id = ?1",
		"DELETE FROM ancestor WHERE rollout_id = ?1",
		"DELETE FROM session WHERE rollout_id = ?1",
	};

	for (size_t i = 0; i < ARRAY_LEN(SQL); i++)
		if (store_run_on(s, SQL[i], id, e) < 0)
			return -1;
	return 0;
}

int
st_rollout_put(struct store *s, const struct st_rollout *r, struct err *e)
{
	static const char SQL[] =
	    "UPDATE rollout SET home_id = ?2, lines = ?3, first_ms = ?4, last_ms = ?5, "
	    "forked_from = ?6, base_thread = ?7, base_end = ?8, start_ordinal = ?9, "
	    "ordinal_line = ?10, "
	    "burst_line = ?11, meta_line = ?12, events_seen = ?13, state = ?14 WHERE id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, r->id);
	stmt_bind_i64(q, 2, r->home_id);
	stmt_bind_i64(q, 3, r->lines);
	stmt_bind_opt(q, 4, r->first_ms);
	stmt_bind_opt(q, 5, r->last_ms);
	stmt_bind_strz(q, 6, r->forked_from);
	stmt_bind_strz(q, 7, r->base_thread);
	stmt_bind_opt(q, 8, r->base_end);
	stmt_bind_opt(q, 9, r->start_ordinal);
	stmt_bind_i64(q, 10, r->ordinal_line);
	stmt_bind_i64(q, 11, r->burst_line);
	stmt_bind_i64(q, 12, r->meta_line);
	stmt_bind_i64(q, 13, r->events_seen);
	if (r->state != NULL)
		stmt_bind_blob(q, 14, r->state, r->state_len);
	return stmt_run(q, e);
}

int
st_rollout_boundary(
    struct store *s, int64_t id, int64_t own_line, const char *basis, bool is_open, struct err *e)
{
	static const char SQL[] =
	    "UPDATE rollout SET own_line = ?2, basis = ?3, is_open = ?4 "
	    "WHERE id = ?1 AND (own_line <> ?2 OR basis <> ?3 OR is_open <> ?4)";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_i64(q, 2, own_line);
	stmt_bind_strz(q, 3, basis);
	stmt_bind_i64(q, 4, is_open);
	return stmt_run(q, e);
}

#define ROLLOUT_COLUMNS \
	"SELECT id, thread_id, home_id, page, lines, first_ms, last_ms, forked_from, " \
	"base_thread, base_end, start_ordinal, ordinal_line, burst_line, meta_line, " \
	"events_seen, own_line, is_open, state FROM rollout "

static void
load_rollout(struct stmt *q, struct st_rollout *r)
{
	const void *state;

	*r = (struct st_rollout){
		.id = stmt_i64(q, 0),
		.thread_id = stmt_i64(q, 1),
		.home_id = stmt_i64(q, 2),
		.page = stmt_dup(q, 3),
		.lines = stmt_i64(q, 4),
		.first_ms = stmt_opt(q, 5),
		.last_ms = stmt_opt(q, 6),
		.forked_from = stmt_dup(q, 7),
		.base_thread = stmt_dup(q, 8),
		.base_end = stmt_opt(q, 9),
		.start_ordinal = stmt_opt(q, 10),
		.ordinal_line = stmt_i64(q, 11),
		.burst_line = stmt_i64(q, 12),
		.meta_line = stmt_i64(q, 13),
		.events_seen = stmt_i64(q, 14) != 0,
		.own_line = stmt_i64(q, 15),
		.is_open = stmt_i64(q, 16) != 0,
	};
	if (stmt_is_null(q, 17))
		return;
	stmt_blob(q, 17, &state, &r->state_len);
	r->state = xmalloc(r->state_len);
	memcpy(r->state, state, r->state_len);
}

int
st_rollout_load(struct store *s, int64_t id, struct st_rollout *r, struct err *e)
{
	static const char SQL[] = ROLLOUT_COLUMNS "WHERE id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	memset(r, 0, sizeof(*r));
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	if ((rc = stmt_step(q, e)) == 1)
		load_rollout(q, r);
	stmt_done(q);
	if (rc == 0)
		return err_set(e, ERR_BUG, "rollout %" PRId64 " is not there", id);
	return rc < 0 ? -1 : 0;
}

int
st_rollouts(struct store *s, int64_t thread_id, struct st_rollout **out, size_t *n, struct err *e)
{
	/* the order of the walk: ledger-design.md 2 */
	static const char SQL[] = ROLLOUT_COLUMNS "WHERE thread_id = ?1 "
						  "ORDER BY page <> '', base_end, first_ms, page";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, &alloc, sizeof(**out));
		load_rollout(q, &(*out)[(*n)++]);
	}
	stmt_done(q);
	return rc;
}

int
st_session_put(struct store *s, int64_t id, const struct record *rec, int64_t created_ms,
    const char *repository, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO session(rollout_id, created_ms, line_ms, cwd, originator, "
	    "cli_version, source, source_kind, provider, git_commit, git_branch, git_url, "
	    "repository, parent, "
	    "root, nickname, role, agent_path, thread_source, history_mode) VALUES (?1, ?2, "
	    "?3, ?4, ?5, ?6, "
	    "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";
	const struct rec_session *m = &rec->session;
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_opt(q, 2, created_ms);
	stmt_bind_opt(q, 3, rec->ts_ms);
	stmt_bind_name(q, 4, m->cwd);
	stmt_bind_name(q, 5, m->originator);
	stmt_bind_name(q, 6, m->cli_version);
	stmt_bind_name(q, 7, m->source);
	stmt_bind_strz(q, 8, m->source_kind);
	stmt_bind_name(q, 9, m->provider);
	stmt_bind_name(q, 10, m->commit);
	stmt_bind_name(q, 11, m->branch);
	stmt_bind_name(q, 12, m->url);
	stmt_bind_strz(q, 13, repository);
	stmt_bind_name(q, 14, m->parent);
	stmt_bind_name(q, 15, m->root);
	stmt_bind_name(q, 16, m->nickname);
	stmt_bind_name(q, 17, m->role);
	stmt_bind_name(q, 18, m->agent_path);
	stmt_bind_name(q, 19, m->thread_source);
	stmt_bind_name(q, 20, m->history_mode);
	return stmt_run(q, e);
}

int
st_session_source(struct store *s, int64_t id, char **out, struct err *e)
{
	static const char SQL[] = "SELECT source_kind FROM session WHERE rollout_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	*out = NULL;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	if ((rc = stmt_step(q, e)) == 1)
		*out = str_dup(stmt_str(q, 0));
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_ancestor_add(struct store *s, int64_t id, struct str uuid, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO ancestor(rollout_id, nth, uuid) "
	    "SELECT ?1, coalesce(max(nth), 0) + 1, ?2 FROM ancestor WHERE rollout_id = ?1 "
	    "HAVING coalesce(sum(uuid = ?2), 0) = 0";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_name(q, 2, uuid);
	return stmt_run(q, e);
}

int
st_ancestors(struct store *s, int64_t id, char ***out, size_t *n, struct err *e)
{
	static const char SQL[] = "SELECT uuid FROM ancestor WHERE rollout_id = ?1 ORDER BY nth";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, &alloc, sizeof(**out));
		(*out)[(*n)++] = str_dup(stmt_str(q, 0));
	}
	stmt_done(q);
	return rc;
}

int
st_prints_put(struct store *s, int64_t id, const void *data, size_t n, struct err *e)
{
	static const char SQL[] = "INSERT OR REPLACE INTO print(rollout_id, data) VALUES (?1, "
				  "?2)";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_blob(q, 2, data, n);
	return stmt_run(q, e);
}

int
st_prints(struct store *s, int64_t id, void **data, size_t *n, struct err *e)
{
	static const char SQL[] = "SELECT data FROM print WHERE rollout_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	const void *p;
	int rc;

	*data = NULL;
	*n = 0;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	if ((rc = stmt_step(q, e)) == 1) {
		stmt_blob(q, 0, &p, n);
		*data = xmalloc(*n);
		if (*n > 0)
			memcpy(*data, p, *n);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_unknown_add(struct store *s, int64_t id, struct str name, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO unknown_kind(rollout_id, name, n) VALUES (?1, ?2, 1) "
	    "ON CONFLICT (rollout_id, name) DO UPDATE SET n = n + 1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_name(q, 2, name);
	return stmt_run(q, e);
}
