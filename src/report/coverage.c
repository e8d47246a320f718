#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/coverage.h"

static const struct coverage_kind kinds[COVERAGE_LOSSES] = {
	{ "no-counts", "written by a Codex that logged no token counts (before September 2025)" },
	{ "no-info", "whose token counts are empty: the provider sent no usage" },
	{ "compaction", "with a compaction whose own tokens were not logged" },
	{ "unfinished-turn",
	    "with a turn that never ended: still running, or cut off before its last count" },
	{ "unfinished-call", "with a tool call that never came back" },
	{ "unreadable-line", "with a line that could not be read" },
	{ "unreadable-value", "with a token count that is no number" },
	{ "cut-line", "whose file ends in the middle of a line" },
};

const struct coverage_kind *
coverage_kind(size_t i)
{
	return &kinds[i];
}

size_t
coverage_find(struct str name)
{
	for (size_t i = 0; i < COVERAGE_LOSSES; i++)
		if (str_eqz(name, kinds[i].name))
			return i;
	return COVERAGE_LOSSES;
}

void
coverage_words(struct sbuf *b, unsigned losses)
{
	for (size_t i = 0; i < COVERAGE_LOSSES; i++)
		if (losses & 1U << i)
			sbuf_addf(b, "%s%s", b->len > 0 ? " " : "", kinds[i].name);
}

static int
losses(struct store *s, const struct query *q, struct coverage *c, struct err *e)
{
	struct sbuf sql;
	struct stmt *stmt;
	int rc;

	sbuf_init(&sql, 65536);
	sbuf_addz(&sql,
	    "WITH l AS (SELECT l.kind, l.thread_id FROM loss l JOIN dimset d ON d.id = l.dimset_id "
	    "JOIN thread t ON t.id = l.thread_id JOIN home h ON h.id = d.home_id "
	    "WHERE l.ts_ms >= ?1 AND l.ts_ms < ?2");
	query_where(q, &sql, 3);
	sbuf_addz(&sql, ") SELECT kind, count(DISTINCT thread_id), count(*) FROM l GROUP BY kind "
			"UNION ALL SELECT '', count(DISTINCT thread_id), count(*) FROM l");
	stmt = sbuf_check(&sql, e) < 0 ? NULL : store_prepare(s, sql.buf, e);
	sbuf_free(&sql);
	if (stmt == NULL)
		return -1;
	stmt_bind_i64(stmt, 1, q->range.from_ms);
	stmt_bind_i64(stmt, 2, q->range.to_ms);
	query_bind(q, stmt, 3);
	while ((rc = stmt_step(stmt, e)) == 1) {
		size_t kind = coverage_find(stmt_str(stmt, 0));

		if (kind < COVERAGE_LOSSES) {
			c->threads[kind] = stmt_i64(stmt, 1);
			c->signs[kind] = stmt_i64(stmt, 2);
		} else if (stmt_str(stmt, 0).n == 0)
			c->lossy_threads = stmt_i64(stmt, 1);
	}
	stmt_free(stmt);
	return rc;
}

static int
recovered(struct store *s, const struct query *q, struct coverage *c, struct err *e)
{
	struct sbuf sql;
	struct stmt *stmt;
	int rc;

	sbuf_init(&sql, 65536);
	sbuf_addz(&sql, "SELECT coalesce(sum(u.d_input + u.d_output), 0) FROM usage u "
			"INDEXED BY usage_recovered " /* few rows; the index by time has them all */
			"JOIN dimset d ON d.id = u.dimset_id JOIN thread t ON t.id = u.owner_id "
			"JOIN home h ON h.id = d.home_id WHERE u.verdict = 1 AND u.recovered = 1 "
			/* the + keeps SQLite from the index of all counted lines */
			"AND +u.count_ms >= ?1 AND +u.count_ms < ?2");
	query_where(q, &sql, 3);
	stmt = sbuf_check(&sql, e) < 0 ? NULL : store_prepare(s, sql.buf, e);
	sbuf_free(&sql);
	if (stmt == NULL)
		return -1;
	stmt_bind_i64(stmt, 1, q->range.from_ms);
	stmt_bind_i64(stmt, 2, q->range.to_ms);
	query_bind(q, stmt, 3);
	if ((rc = stmt_step(stmt, e)) == 1)
		c->recovered_tokens = stmt_i64(stmt, 0);
	stmt_free(stmt);
	return rc < 0 ? -1 : 0;
}

static int
files(struct store *s, struct coverage *c, struct err *e)
{
	static const char SQL[] =
	    "SELECT (SELECT count(*) FROM skip WHERE lost = 1), "
	    "(SELECT count(*) FROM file WHERE problem IS NOT NULL AND state <> 'gone'), "
	    "(SELECT count(*) FROM thread WHERE dirty = 1)";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		c->unreadable_lines = stmt_i64(q, 0);
		c->failed_files = stmt_i64(q, 1);
		c->pending_threads = stmt_i64(q, 2);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
coverage_run(struct store *s, const struct query *q, struct coverage *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (losses(s, q, out, e) < 0 || recovered(s, q, out, e) < 0)
		return -1;
	return files(s, out, e);
}

static int
by_tokens(const void *a, const void *b)
{
	const struct coverage_model *x = a, *y = b;

	if (x->tokens != y->tokens)
		return x->tokens > y->tokens ? -1 : 1;
	return strcmp(x->model, y->model);
}

void
coverage_unpriced(struct coverage *c, struct str model, const char *reason, int64_t tokens)
{
	size_t i;

	for (i = 0; i < c->models_len; i++)
		if (str_eqz(model, c->models[i].model) && strcmp(reason, c->models[i].reason) == 0)
			break;
	if (i == c->models_len) {
		c->models = xreallocarray(c->models, c->models_len + 1, sizeof(*c->models));
		c->models[c->models_len++] =
		    (struct coverage_model){ str_dup(model), xstrdup(reason), 0 };
	}
	num_add_sat(&c->models[i].tokens, tokens);
	qsort(c->models, c->models_len, sizeof(*c->models), by_tokens);
}

void
coverage_clear(struct coverage *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->models_len; i++) {
		free(c->models[i].model);
		free(c->models[i].reason);
	}
	free(c->models);
	memset(c, 0, sizeof(*c));
}
