#include "base/compat.h"

#include "base/xalloc.h"
#include "report/explain.h"

static int
find(struct store *s, const char *id, struct explain *x, int64_t *thread_id, struct err *e)
{
	static const char SQL[] =
	    "SELECT t.id, t.uuid, t.title FROM thread t WHERE substr(t.uuid, 1, length(?1)) = ?1 "
	    "AND (EXISTS (SELECT 1 FROM rollout r WHERE r.thread_id = t.id) OR "
	    "EXISTS (SELECT 1 FROM rollup u WHERE u.thread_id = t.id)) ORDER BY t.uuid <> ?1, "
	    "t.uuid LIMIT 2";
	struct stmt *q;
	int rc;

	if (strlen(id) < 4)
		return err_set(
		    e, ERR_USAGE, "\"%s\": give at least 4 characters of a session's id", id);
	if ((q = store_stmt(s, SQL, e)) == NULL)
		return -1;
	stmt_bind_strz(q, 1, id);
	if ((rc = stmt_step(q, e)) == 1) {
		*thread_id = stmt_i64(q, 0);
		x->uuid = str_dup(stmt_str(q, 1));
		x->title = stmt_dup(q, 2);
		if (strcmp(x->uuid, id) != 0 && (rc = stmt_step(q, e)) == 1)
			rc = err_set(e, ERR_USAGE,
			    "several sessions begin with \"%s\": %s, "
			    "%.*s …",
			    id, x->uuid, (int)stmt_str(q, 1).n, stmt_str(q, 1).p);
	} else if (rc == 0)
		rc = err_set(e, ERR_NOTFOUND,
		    "no session begins with \"%s\"; "
		    "`codex-track sessions` lists them",
		    id);
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

static int
parts(struct store *s, int64_t thread_id, struct explain *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT f.path, r.page, r.basis, f.state, r.own_line, r.lines FROM rollout r "
	    "LEFT JOIN file f ON f.rollout_id = r.id WHERE r.thread_id = ?1 "
	    "ORDER BY r.page <> '', r.base_end, r.first_ms, r.page";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(&x->parts, x->parts_len, &alloc, sizeof(*x->parts));
		x->parts[x->parts_len++] = (struct explain_part){
			.path = stmt_dup(q, 0),
			.page = stmt_dup(q, 1),
			.basis = stmt_dup(q, 2),
			.state = stmt_dup(q, 3),
			.own_line = stmt_i64(q, 4),
			.lines = stmt_i64(q, 5),
		};
	}
	stmt_done(q);
	return rc;
}

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

#define LINE_COLUMNS \
	"u.line, u.ts_ms, u.is_record, u.recovered, u.t_input, u.t_cached, u.t_write, " \
	"u.t_output, u.t_reasoning, u.t_total, u.l_input, u.l_cached, u.l_write, u.l_output, " \
	"u.l_reasoning, u.l_total, u.verdict, u.d_input, u.d_cached, u.d_write, u.d_output, " \
	"u.d_reasoning, coalesce(d.model, ''), o.uuid, u.owner_id = ?1, r.page "

static void
add_tokens(struct tokens *sum, const struct tokens *t)
{
	sum->input += t->input;
	sum->cached += t->cached;
	sum->cache_write += t->cache_write;
	sum->output += t->output;
	sum->reasoning += t->reasoning;
	sum->total += t->input + t->output;
}

static int
lines(struct store *s, const char *sql, int64_t thread_id, struct explain *x,
    struct explain_line **out, size_t *n, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);
	size_t alloc = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		struct explain_line *l;

		xgrow(out, *n, &alloc, sizeof(**out));
		l = &(*out)[(*n)++];
		*l = (struct explain_line){
			.line = stmt_i64(q, 0),
			.ts_ms = stmt_opt(q, 1),
			.is_record = stmt_i64(q, 2) != 0,
			.is_recovered = stmt_i64(q, 3) != 0,
			.has_total = !stmt_is_null(q, 4),
			.total = six(q, 4),
			.has_last = !stmt_is_null(q, 10),
			.last = six(q, 10),
			.verdict = (enum verdict)stmt_i64(q, 16),
			.delta = { .input = stmt_i64(q, 17),
			    .cached = stmt_i64(q, 18),
			    .cache_write = stmt_i64(q, 19),
			    .output = stmt_i64(q, 20),
			    .reasoning = stmt_i64(q, 21),
			    .total = stmt_i64(q, 17) + stmt_i64(q, 20) },
			.model = str_dup(stmt_str(q, 22)),
			.owner = stmt_i64(q, 24) != 0 ? NULL : stmt_dup(q, 23),
		};
		for (size_t i = 0; i < x->parts_len; i++)
			if (str_eqz(stmt_str(q, 25), x->parts[i].page))
				l->part = i;
		if (stmt_i64(q, 24) != 0 && l->verdict == VERDICT_COUNTED)
			add_tokens(&x->total, &l->delta);
	}
	stmt_done(q);
	return rc;
}

static int
losses(struct store *s, int64_t thread_id, struct explain *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT l.kind, l.line, r.page FROM loss l JOIN rollout r ON r.id = l.rollout_id "
	    "WHERE l.thread_id = ?1 ORDER BY r.page <> '', r.base_end, r.first_ms, r.page, "
	    "l.line, l.kind";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		struct explain_loss *l;

		xgrow(&x->losses, x->losses_len, &alloc, sizeof(*x->losses));
		l = &x->losses[x->losses_len++];
		*l = (struct explain_loss){ str_dup(stmt_str(q, 0)), stmt_i64(q, 1), 0 };
		for (size_t i = 0; i < x->parts_len; i++)
			if (str_eqz(stmt_str(q, 2), x->parts[i].page))
				l->part = i;
	}
	stmt_done(q);
	return rc;
}

/* Everything but the lines of the session ID; its row into *THREAD_ID. */
static int
head(struct store *s, const char *id, struct explain *out, int64_t *thread_id, struct err *e)
{
	return find(s, id, out, thread_id, e) == 0 && parts(s, *thread_id, out, e) == 0 &&
		       losses(s, *thread_id, out, e) == 0
		   ? 0
		   : -1;
}

int
explain_head(struct store *s, const char *id, struct explain *out, struct err *e)
{
	int64_t thread_id = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	if (store_begin(s, e) < 0)
		return -1;
	rc = head(s, id, out, &thread_id, e);
	store_rollback(s);
	if (rc < 0)
		explain_clear(out);
	return rc;
}

int
explain_run(struct store *s, const char *id, struct explain *out, struct err *e)
{
	static const char OWN[] =
	    "SELECT " LINE_COLUMNS "FROM usage u JOIN rollout r ON r.id = u.rollout_id "
	    "LEFT JOIN dimset d ON d.id = u.dimset_id LEFT JOIN thread o ON o.id = u.owner_id "
	    "WHERE r.thread_id = ?1 ORDER BY r.page <> '', r.base_end, r.first_ms, r.page, u.pos";
	static const char OTHER[] =
	    "SELECT " LINE_COLUMNS "FROM usage u JOIN rollout r ON r.id = u.rollout_id "
	    "JOIN thread t ON t.id = r.thread_id LEFT JOIN dimset d ON d.id = u.dimset_id "
	    "LEFT JOIN thread o ON o.id = u.owner_id "
	    "WHERE u.owner_id = ?1 AND u.recovered = 1 AND u.verdict = 1 AND r.thread_id <> ?1 "
	    "ORDER BY t.uuid, "
	    "u.pos";
	int64_t thread_id = 0;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (store_begin(s, e) < 0)
		return -1;
	if (head(s, id, out, &thread_id, e) == 0 &&
	    lines(s, OWN, thread_id, out, &out->lines, &out->lines_len, e) == 0 &&
	    lines(s, OTHER, thread_id, out, &out->recovered, &out->recovered_len, e) == 0)
		rc = 0;
	store_rollback(s);
	if (rc < 0)
		explain_clear(out);
	return rc;
}

static void
clear_lines(struct explain_line *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(l[i].model);
		free(l[i].owner);
	}
	free(l);
}

void
explain_clear(struct explain *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->parts_len; i++) {
		free(x->parts[i].path);
		free(x->parts[i].page);
		free(x->parts[i].basis);
		free(x->parts[i].state);
	}
	free(x->parts);
	clear_lines(x->lines, x->lines_len);
	clear_lines(x->recovered, x->recovered_len);
	for (size_t i = 0; i < x->losses_len; i++)
		free(x->losses[i].kind);
	free(x->losses);
	free(x->uuid);
	free(x->title);
	memset(x, 0, sizeof(*x));
}
