#include "base/compat.h"

#include "base/xalloc.h"
#include "report/sessions.h"

static int
sums_of(struct store *s, const struct price_card *card, int64_t thread_id, struct report_sum *sum,
    struct err *e)
{
	static const char SQL[] =
	    "SELECT r.quarter, d.model, d.tier, r.is_long, r.responses, r.input, r.cached, "
	    "r.cache_write, r.output, r.reasoning FROM rollup r JOIN dimset d ON d.id = "
	    "r.dimset_id "
	    "WHERE r.thread_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		int64_t tokens[5];

		for (int i = 0; i < 5; i++)
			tokens[i] = stmt_i64(q, 5 + i);
		report_add(sum, card, stmt_str(q, 1), stmt_str(q, 2),
		    stmt_i64(q, 0) * PERIOD_QUARTER_MS, stmt_i64(q, 3) != 0, stmt_i64(q, 4),
		    tokens);
	}
	stmt_done(q);
	return rc;
}

static int
losses_of(struct store *s, int64_t thread_id, unsigned *losses, struct err *e)
{
	static const char SQL[] = "SELECT DISTINCT kind FROM loss WHERE thread_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		size_t kind = coverage_find(stmt_str(q, 0));

		if (kind < COVERAGE_LOSSES)
			*losses |= 1U << kind;
	}
	stmt_done(q);
	return rc;
}

/* One row per thread; its dimensions for filters are those of its first rollout and of its usage. */
static void
statement(const struct query *q, const char *search, size_t limit, struct sbuf *sql)
{
	sbuf_addz(sql,
	    "WITH span AS (SELECT t.id AS id, min(r.first_ms) AS first_ms, max(r.last_ms) AS "
	    "last_ms "
	    "FROM thread t LEFT JOIN rollout r ON r.thread_id = t.id GROUP BY t.id), "
	    "used AS (SELECT thread_id, min(quarter) * 900000 AS first_ms, max(quarter) * "
	    "900000 AS last_ms "
	    "FROM rollup GROUP BY 1) "
	    "SELECT t.id, t.uuid, t.title, x.cwd, x.repository, x.source_kind, x.cli_version, "
	    "(SELECT group_concat(model, ' ') FROM (SELECT DISTINCT d2.model AS model FROM "
	    "rollup u "
	    "JOIN dimset d2 ON d2.id = u.dimset_id WHERE u.thread_id = t.id AND d2.model <> '' "
	    "ORDER BY 1)), "
	    "coalesce(x.parent, r.forked_from, r.base_thread), coalesce(span.first_ms, "
	    "used.first_ms), "
	    "coalesce(span.last_ms, used.last_ms), "
	    "(SELECT count(*) FROM turn n JOIN rollout o ON o.id = n.rollout_id AND n.line >= "
	    "o.own_line "
	    "WHERE o.thread_id = t.id), "
	    "(SELECT count(*) FROM content_messages m WHERE m.session_id = t.uuid), "
	    "(SELECT count(*) FROM call c JOIN rollout o ON o.id = c.rollout_id AND c.line >= "
	    "o.own_line "
	    "WHERE o.thread_id = t.id), "
	    "(SELECT count(*) FROM call c JOIN rollout o ON o.id = c.rollout_id AND c.line >= "
	    "o.own_line "
	    "WHERE o.thread_id = t.id AND c.status IN (2, 3)), "
	    "(SELECT count(*) FROM marker m JOIN rollout o ON o.id = m.rollout_id AND m.line "
	    ">= o.own_line "
	    "WHERE o.thread_id = t.id AND m.name = 'compacted'), "
	    "(SELECT max(f.archived) FROM file f WHERE f.rollout_id = r.id), "
	    "(SELECT f.state = 'gone' FROM file f WHERE f.rollout_id = r.id), r.id IS NULL "
	    "FROM thread t LEFT JOIN span ON span.id = t.id LEFT JOIN used ON used.thread_id = "
	    "t.id "
	    "LEFT JOIN rollout r ON r.id = (SELECT r2.id FROM rollout r2 WHERE r2.thread_id = "
	    "t.id ORDER BY r2.page LIMIT 1) "
	    "LEFT JOIN session x ON x.rollout_id = r.id "
	    "WHERE (r.id IS NOT NULL OR used.thread_id IS NOT NULL) "
	    "AND coalesce(span.last_ms, used.last_ms, 0) >= ?1 AND coalesce(span.first_ms, "
	    "used.first_ms, 0) < ?2");
	if (q->filters_len > 0) {
		sbuf_addz(sql,
		    " AND EXISTS (SELECT 1 FROM (SELECT u.dimset_id FROM rollup u WHERE "
		    "u.thread_id = t.id "
		    "UNION SELECT l.dimset_id FROM loss l WHERE l.thread_id = t.id UNION "
		    "SELECT u.dimset_id FROM usage u WHERE u.rollout_id = r.id AND u.dimset_id "
		    "IS NOT NULL) k "
		    "JOIN dimset d ON d.id = k.dimset_id JOIN home h ON h.id = d.home_id WHERE "
		    "1");
		query_where(q, sql, 4);
		sbuf_addz(sql, ")");
	}
	if (search != NULL)
		sbuf_addz(sql, " AND instr(lower(t.uuid || ' ' || coalesce(t.title, '') || ' ' || "
			       "coalesce(x.cwd, '') || ' ' || "
			       "coalesce(x.repository, '') || ' ' || coalesce(x.git_branch, '')), "
			       "lower(?3)) > 0");
	sbuf_addz(sql, " ORDER BY coalesce(span.last_ms, used.last_ms, 0) DESC, t.uuid");
	if (limit > 0)
		sbuf_addf(sql, " LIMIT %zu", limit + 1);
}

static void
load(struct stmt *q, struct session_row *r)
{
	*r = (struct session_row){
		.uuid = stmt_dup_some(q, 1),
		.title = stmt_dup_some(q, 2),
		.directory = stmt_dup_some(q, 3),
		.repository = stmt_dup_some(q, 4),
		.source = stmt_dup_some(q, 5),
		.version = stmt_dup_some(q, 6),
		.models = stmt_dup_some(q, 7),
		.parent = stmt_dup_some(q, 8),
		.first_ms = stmt_opt(q, 9),
		.last_ms = stmt_opt(q, 10),
		.turns = stmt_i64(q, 11),
		.messages = stmt_i64(q, 12),
		.calls = stmt_i64(q, 13),
		.failures = stmt_i64(q, 14),
		.compactions = stmt_i64(q, 15),
		.is_archived = stmt_i64(q, 16) != 0,
		.is_gone = stmt_i64(q, 17) != 0,
		.is_recovered = stmt_i64(q, 18) != 0,
	};
}

static int
rows(struct store *s, struct stmt *q, const struct price_card *card, size_t limit,
    struct sessions *out, struct err *e)
{
	size_t alloc = 0;
	int rc;

	while ((rc = stmt_step(q, e)) == 1) {
		struct session_row *r;

		if (limit > 0 && out->len == limit) {
			out->more = true;
			return 0;
		}
		xgrow(&out->rows, out->len, &alloc, sizeof(*out->rows));
		r = &out->rows[out->len++];
		load(q, r);
		if (sums_of(s, card, stmt_i64(q, 0), &r->sum, e) < 0 ||
		    losses_of(s, stmt_i64(q, 0), &r->losses, e) < 0)
			return -1;
	}
	return rc;
}

int
sessions_run(struct store *s, const struct query *q, const struct price_card *card,
    const char *search, size_t limit, struct sessions *out, struct err *e)
{
	struct stmt *stmt = NULL;
	struct sbuf sql;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	sbuf_init(&sql, 65536);
	statement(q, search, limit, &sql);
	if (sbuf_check(&sql, e) < 0 || store_begin(s, e) < 0)
		goto out;
	if ((stmt = store_prepare(s, sql.buf, e)) != NULL) {
		stmt_bind_i64(stmt, 1, q->range.from_ms);
		stmt_bind_i64(stmt, 2, q->range.to_ms);
		if (search != NULL)
			stmt_bind_strz(stmt, 3, search);
		query_bind(q, stmt, 4);
		rc = rows(s, stmt, card, limit, out, e);
	}
	stmt_free(stmt);
	store_rollback(s);
out:
	sbuf_free(&sql);
	if (rc < 0)
		sessions_clear(out);
	return rc;
}

void
sessions_clear(struct sessions *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->len; i++) {
		struct session_row *r = &l->rows[i];
		char *const texts[] = { r->uuid, r->title, r->directory, r->repository, r->source,
			r->version, r->models, r->parent };

		for (size_t k = 0; k < ARRAY_LEN(texts); k++)
			free(texts[k]);
	}
	free(l->rows);
	memset(l, 0, sizeof(*l));
}
