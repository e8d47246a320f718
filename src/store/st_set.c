#include "base/compat.h"

#include "base/hash.h"
#include "store/st_set.h"

/* Absent and empty are not the same. */
static uint64_t
text(struct str s, uint64_t h)
{
	return hash_i64(s.p == NULL ? -1 : (int64_t)s.n, s.p == NULL ? h : hash_str(s, h));
}

uint64_t
st_context_print(const struct rec_context *c)
{
	uint64_t h = hash_i64(c->is_settings, 1);

	h = text(c->model, text(c->effort, text(c->cwd, text(c->tier, h))));
	h = text(c->approval, text(c->sandbox, text(c->writable_roots, h)));
	h = text(c->truncation_mode, text(c->summary, h));
	h = hash_i64(c->network, hash_i64(c->exclude_tmpdir, h));
	h = hash_i64(c->exclude_slash_tmp, hash_i64(c->truncation_limit, h));
	return hash_i64(
	    c->has_base | c->has_user << 1 | c->has_developer << 2 | c->has_schema << 3, h);
}

uint64_t
st_limit_print(const struct rec_limits *l)
{
	uint64_t h = text(l->limit_id, text(l->limit_name, 2));

	h = text(l->plan_type, text(l->reached_type, text(l->balance, h)));
	h = hash_i64(l->has_credits, hash_i64(l->unlimited, h));
	for (int i = 0; i < 2; i++)
		h = hash_i64(l->window[i].present ? l->window[i].minutes : -2, h);
	return h;
}

int
st_set_find(struct store *s, const char *sql, uint64_t print, int64_t *id, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q != NULL)
		stmt_bind_i64(q, 1, (int64_t)print);
	return stmt_ask(q, id, e);
}

int
st_context_set(
    struct store *s, const struct rec_context *c, uint64_t print, int64_t *id, struct err *e)
{
	static const char FIND[] = "SELECT id FROM context_set WHERE print = ?1";
	static const char ADD[] =
	    "INSERT INTO context_set(print, is_settings, model, effort, cwd, tier, "
	    "approval_policy, sandbox_policy_type, sandbox_network_access, "
	    "sandbox_writable_roots, sandbox_exclude_tmpdir_env_var, sandbox_exclude_slash_tmp, "
	    "truncation_policy_mode, truncation_policy_limit, reasoning_summary, "
	    "has_base_instructions, has_user_instructions, has_developer_instructions, "
	    "has_final_output_json_schema) VALUES (?1, ?2, lower(?3), ?4, ?5, ?6, ?7, ?8, ?9, "
	    "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";
	int rc = st_set_find(s, FIND, print, id, e);
	struct stmt *q;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, ADD, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, (int64_t)print);
	stmt_bind_i64(q, 2, c->is_settings);
	stmt_bind_name(q, 3, c->model);
	stmt_bind_name(q, 4, c->effort);
	stmt_bind_name(q, 5, c->cwd);
	stmt_bind_name(q, 6, c->tier);
	stmt_bind_name(q, 7, c->approval);
	stmt_bind_name(q, 8, c->sandbox);
	stmt_bind_opt(q, 9, c->network);
	stmt_bind_name(q, 10, c->writable_roots);
	stmt_bind_opt(q, 11, c->exclude_tmpdir);
	stmt_bind_opt(q, 12, c->exclude_slash_tmp);
	stmt_bind_name(q, 13, c->truncation_mode);
	stmt_bind_opt(q, 14, c->truncation_limit);
	stmt_bind_name(q, 15, c->summary);
	stmt_bind_i64(q, 16, c->has_base);
	stmt_bind_i64(q, 17, c->has_user);
	stmt_bind_i64(q, 18, c->has_developer);
	stmt_bind_i64(q, 19, c->has_schema);
	if (stmt_run(q, e) < 0)
		return -1;
	*id = store_last_id(s);
	return 0;
}

int
st_limit_set(
    struct store *s, const struct rec_limits *l, uint64_t print, int64_t *id, struct err *e)
{
	static const char FIND[] = "SELECT id FROM limit_set WHERE print = ?1";
	static const char ADD[] =
	    "INSERT INTO limit_set(print, limit_id, limit_name, has_first, first_minutes, "
	    "has_second, second_minutes, plan_type, reached_type, has_credits, unlimited, "
	    "balance) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
	int rc = st_set_find(s, FIND, print, id, e);
	struct stmt *q;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, ADD, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, (int64_t)print);
	stmt_bind_name(q, 2, l->limit_id.p == NULL ? STR("codex") : l->limit_id);
	stmt_bind_name(q, 3, l->limit_name);
	for (int i = 0; i < 2; i++) {
		stmt_bind_i64(q, 4 + 2 * i, l->window[i].present);
		if (l->window[i].present)
			stmt_bind_opt(q, 5 + 2 * i, l->window[i].minutes);
	}
	stmt_bind_name(q, 8, l->plan_type);
	stmt_bind_name(q, 9, l->reached_type);
	stmt_bind_opt(q, 10, l->has_credits);
	stmt_bind_opt(q, 11, l->unlimited);
	stmt_bind_name(q, 12, l->balance);
	if (stmt_run(q, e) < 0)
		return -1;
	*id = store_last_id(s);
	return 0;
}
