#include "base/compat.h"

#include "base/hash.h"
#include "base/xalloc.h"
#include "store/st_set.h"
#include "store/st_usage.h"

static struct tokens
six(struct stmt *q, int i)
{
	return (struct tokens){ .input = stmt_i64(q, i),
		.cached = stmt_i64(q, i + 1),
		.cache_write = stmt_i64(q, i + 2),
		.output = stmt_i64(q, i + 3),
		.reasoning = stmt_i64(q, i + 4),
		.total = stmt_i64(q, i + 5) };
}

static void
load(struct stmt *q, struct st_usage *u)
{
	*u = (struct st_usage){
		.rollout_id = stmt_i64(q, 0), .pos = stmt_i64(q, 1), .line = stmt_i64(q, 2),
		.ts_ms = stmt_opt(q, 3), .turn_seq = stmt_i64(q, 4),
		.is_record = stmt_i64(q, 5) != 0,
		.in_review = stmt_i64(q, 6) != 0, .response_id = stmt_dup(q, 7),
		.turn_id = stmt_dup(q, 8), .other_thread = !stmt_is_null(q, 9),
		.has_total = !stmt_is_null(q, 10), .total = six(q, 10),
		.has_last = !stmt_is_null(q, 16), .last = six(q, 16),
		.old = {
			.verdict = (enum verdict)stmt_i64(q, 22), .owner_id = stmt_i64(q, 23),
			.recovered = stmt_i64(q, 24) != 0, .count_ms = stmt_opt(q, 25),
			.dimset_id = stmt_i64(q, 26), .is_long = stmt_i64(q, 27) != 0,
			.delta = { .input = stmt_i64(q, 28), .cached = stmt_i64(q, 29),
			    .cache_write = stmt_i64(q, 30), .output = stmt_i64(q, 31),
			    .reasoning = stmt_i64(q, 32) },
		},
	};
}

int
st_usages(
    struct store *s, int64_t id, struct st_usage **out, size_t *n, size_t *alloc, struct err *e)
{
	static const char SQL[] =
	    "SELECT rollout_id, pos, line, ts_ms, turn_seq, is_record, in_review, "
	    "response_id, turn_id, record_thread, t_input, t_cached, t_write, t_output, "
	    "t_reasoning, t_total, "
	    "l_input, l_cached, l_write, l_output, l_reasoning, l_total, verdict, owner_id, "
	    "recovered, "
	    "count_ms, dimset_id, is_long, d_input, d_cached, d_write, d_output, d_reasoning "
	    "FROM usage WHERE rollout_id = ?1 ORDER BY pos";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, alloc, sizeof(**out));
		load(q, &(*out)[(*n)++]);
	}
	stmt_done(q);
	return rc;
}

void
st_usages_free(struct st_usage *u, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(u[i].response_id);
		free(u[i].turn_id);
	}
	free(u);
}

static bool
same_judged(const struct st_judged *a, const struct st_judged *b)
{
	return a->verdict == b->verdict && a->owner_id == b->owner_id &&
	       a->recovered == b->recovered && a->count_ms == b->count_ms &&
	       a->dimset_id == b->dimset_id && a->is_long == b->is_long &&
	       a->delta.input == b->delta.input && a->delta.cached == b->delta.cached &&
	       a->delta.cache_write == b->delta.cache_write && a->delta.output == b->delta.output &&
	       a->delta.reasoning == b->delta.reasoning;
}

int
st_usage_judge(struct store *s, const struct st_usage *u, struct err *e)
{
	static const char SQL[] =
	    "UPDATE usage SET verdict = ?3, owner_id = ?4, recovered = ?5, "
	    "count_ms = ?6, dimset_id = ?7, is_long = ?8, d_input = ?9, d_cached = ?10, "
	    "d_write = ?11, "
	    "d_output = ?12, d_reasoning = ?13 WHERE rollout_id = ?1 AND pos = ?2";
	const struct st_judged *j = &u->new;
	struct stmt *q;

	if (same_judged(&u->old, j))
		return 0;
	if ((q = store_stmt(s, SQL, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, u->rollout_id);
	stmt_bind_i64(q, 2, u->pos);
	stmt_bind_i64(q, 3, j->verdict);
	stmt_bind_opt(q, 4, j->owner_id == 0 ? -1 : j->owner_id);
	stmt_bind_i64(q, 5, j->recovered);
	stmt_bind_opt(q, 6, j->count_ms);
	stmt_bind_opt(q, 7, j->dimset_id == 0 ? -1 : j->dimset_id);
	stmt_bind_i64(q, 8, j->is_long);
	stmt_bind_i64(q, 9, j->delta.input);
	stmt_bind_i64(q, 10, j->delta.cached);
	stmt_bind_i64(q, 11, j->delta.cache_write);
	stmt_bind_i64(q, 12, j->delta.output);
	stmt_bind_i64(q, 13, j->delta.reasoning);
	return stmt_run(q, e);
}

int
st_contexts(struct store *s, int64_t id, struct st_context **out, size_t *n, struct err *e)
{
	static const char SQL[] =
	    "SELECT c.pos, c.line, c.turn_seq, x.is_settings, x.model, x.effort, x.cwd, x.tier "
	    "FROM context c JOIN context_set x ON x.id = c.set_id WHERE c.rollout_id = ?1 "
	    "ORDER BY c.pos";
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
		(*out)[(*n)++] = (struct st_context){
			.pos = stmt_i64(q, 0),
			.line = stmt_i64(q, 1),
			.turn_seq = stmt_i64(q, 2),
			.is_settings = stmt_i64(q, 3) != 0,
			.model = stmt_dup(q, 4),
			.effort = stmt_dup(q, 5),
			.cwd = stmt_dup(q, 6),
			.tier = stmt_dup(q, 7),
		};
	}
	stmt_done(q);
	return rc;
}

void
st_context_clear(struct st_context *c)
{
	if (c == NULL)
		return;
	free(c->model);
	free(c->effort);
	free(c->cwd);
	free(c->tier);
	memset(c, 0, sizeof(*c));
}

void
st_contexts_free(struct st_context *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		st_context_clear(&c[i]);
	free(c);
}

int
st_turns(struct store *s, int64_t id, struct st_turn **out, size_t *n, struct err *e)
{
	static const char SQL[] = "SELECT seq, line, end_line, start_ms, turn_id, status FROM "
				  "turn "
				  "WHERE rollout_id = ?1 ORDER BY seq";
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
		(*out)[(*n)++] = (struct st_turn){
			.seq = stmt_i64(q, 0),
			.line = stmt_i64(q, 1),
			.end_line = stmt_i64(q, 2),
			.start_ms = stmt_opt(q, 3),
			.turn_id = stmt_dup(q, 4),
			.status = stmt_dup(q, 5),
		};
	}
	stmt_done(q);
	return rc;
}

void
st_turns_free(struct st_turn *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(t[i].turn_id);
		free(t[i].status);
	}
	free(t);
}

static uint64_t
dimset_print(const struct st_dimset *d)
{
	const char *const texts[] = { d->model, d->directory, d->repository, d->branch, d->source,
		d->effort, d->tier };
	uint64_t h = hash_i64(d->home_id, 3);

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		h = hash_i64((int64_t)strlen(texts[i]), hash_str(str_of(texts[i]), h));
	return h;
}

int
st_dimset_id(struct store *s, const struct st_dimset *d, int64_t *id, struct err *e)
{
	static const char FIND[] = "SELECT id FROM dimset WHERE print = ?1";
	static const char ADD[] =
	    "INSERT INTO dimset(print, model, directory, repository, branch, source, effort, "
	    "tier, home_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	uint64_t print = dimset_print(d);
	int rc = st_set_find(s, FIND, print, id, e);
	struct stmt *q;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, ADD, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, (int64_t)print);
	stmt_bind_strz(q, 2, d->model);
	stmt_bind_strz(q, 3, d->directory);
	stmt_bind_strz(q, 4, d->repository);
	stmt_bind_strz(q, 5, d->branch);
	stmt_bind_strz(q, 6, d->source);
	stmt_bind_strz(q, 7, d->effort);
	stmt_bind_strz(q, 8, d->tier);
	stmt_bind_i64(q, 9, d->home_id);
	if (stmt_run(q, e) < 0)
		return -1;
	*id = store_last_id(s);
	return 0;
}

int
st_review_has(struct store *s, int64_t home_id, const struct tokens *total,
    const struct tokens *last, bool *found, struct err *e)
{
	static const char SQL[] =
	    "SELECT 1 FROM session x JOIN rollout r ON r.id = x.rollout_id "
	    "JOIN usage u ON u.rollout_id = r.id WHERE x.source_kind = 'review' AND r.home_id "
	    "= ?1 "
	    "AND u.t_input = ?2 AND u.t_cached = ?3 AND u.t_output = ?4 AND u.t_reasoning = ?5 "
	    "AND u.t_total = ?6 "
	    "AND u.l_input = ?7 AND u.l_cached = ?8 AND u.l_output = ?9 AND u.l_reasoning = ?10 "
	    "AND u.l_total = ?11 LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, home_id);
	stmt_bind_i64(q, 2, total->input);
	stmt_bind_i64(q, 3, total->cached);
	stmt_bind_i64(q, 4, total->output);
	stmt_bind_i64(q, 5, total->reasoning);
	stmt_bind_i64(q, 6, total->total);
	stmt_bind_i64(q, 7, last->input);
	stmt_bind_i64(q, 8, last->cached);
	stmt_bind_i64(q, 9, last->output);
	stmt_bind_i64(q, 10, last->reasoning);
	stmt_bind_i64(q, 11, last->total);
	rc = stmt_step(q, e);
	*found = rc == 1;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_owners(
    struct store *s, int64_t thread_id, int64_t **out, size_t *n, size_t *alloc, struct err *e)
{
	static const char SQL[] =
	    "SELECT DISTINCT u.owner_id FROM usage u JOIN rollout r ON r.id = u.rollout_id "
	    "WHERE r.thread_id = ?1 AND u.owner_id IS NOT NULL";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, alloc, sizeof(**out));
		(*out)[(*n)++] = stmt_i64(q, 0);
	}
	stmt_done(q);
	return rc;
}
