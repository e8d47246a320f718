#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_loss.h"

/* 1 when row (LINE, KIND, …) is stored as it is, 0 when not, -1. */
static int
stored(struct store *s, int64_t thread_id, const struct st_loss *l, struct err *e)
{
	static const char SQL[] =
	    "SELECT 1 FROM loss WHERE thread_id = ?1 AND rollout_id = ?2 AND line = ?3 "
	    "AND kind = ?4 AND ts_ms = ?5 AND dimset_id = ?6";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	stmt_bind_i64(q, 2, l->rollout_id);
	stmt_bind_i64(q, 3, l->line);
	stmt_bind_strz(q, 4, l->kind);
	stmt_bind_i64(q, 5, l->ts_ms);
	stmt_bind_i64(q, 6, l->dimset_id);
	rc = stmt_step(q, e);
	stmt_done(q);
	return rc;
}

static int
count(struct store *s, int64_t thread_id, int64_t *n, struct err *e)
{
	static const char SQL[] = "SELECT count(*) FROM loss WHERE thread_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	rc = stmt_step(q, e);
	*n = rc == 1 ? stmt_i64(q, 0) : 0;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_loss_add(struct store *s, int64_t thread_id, const struct st_loss *l, struct err *e)
{
	static const char SQL[] =
	    "INSERT OR IGNORE INTO loss(thread_id, rollout_id, line, kind, ts_ms, "
	    "dimset_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	stmt_bind_i64(q, 2, l->rollout_id);
	stmt_bind_i64(q, 3, l->line);
	stmt_bind_strz(q, 4, l->kind);
	stmt_bind_i64(q, 5, l->ts_ms);
	stmt_bind_i64(q, 6, l->dimset_id);
	return stmt_run(q, e);
}

int
st_losses_put(struct store *s, int64_t thread_id, const struct st_loss *l, size_t n, struct err *e)
{
	static const char DROP[] = "DELETE FROM loss WHERE thread_id = ?1";
	struct stmt *q;
	int64_t have;
	size_t same = 0;

	if (count(s, thread_id, &have, e) < 0)
		return -1;
	for (size_t i = 0; i < n && have == (int64_t)n; i++) {
		int rc = stored(s, thread_id, &l[i], e);

		if (rc < 0)
			return -1;
		same += rc == 1;
	}
	if (have == (int64_t)n && same == n)
		return 0;
	if ((q = store_stmt(s, DROP, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	if (stmt_run(q, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (st_loss_add(s, thread_id, &l[i], e) < 0)
			return -1;
	return 0;
}

int
st_steps(struct store *s, int64_t id, int64_t from, struct st_step **out, size_t *n, struct err *e)
{
	static const char SQL[] =
	    "SELECT line AS l, pos AS p, ts_ms, 'U', verdict, NULL FROM usage WHERE rollout_id "
	    "= ?1 AND line >= ?2 AND is_record = 0"
	    " UNION ALL SELECT line, pos, ts_ms, 'R', verdict, response_id FROM usage WHERE "
	    "rollout_id = ?1 AND line >= ?2 AND is_record = 1"
	    " UNION ALL SELECT line, 0, start_ms, 'T', seq, turn_id FROM turn WHERE rollout_id "
	    "= ?1 AND line >= ?2"
	    " UNION ALL SELECT end_line, 0, end_ms, 'E', seq, status FROM turn WHERE "
	    "rollout_id = ?1 AND end_line >= ?2 AND end_line > 0"
	    " UNION ALL SELECT line, pos, ts_ms, 'A', 0, NULL FROM marker WHERE rollout_id = "
	    "?1 AND line >= ?2 AND name = 'turn_aborted'"
	    " UNION ALL SELECT line, pos, ts_ms, 'X', number, reason FROM marker WHERE "
	    "rollout_id = ?1 AND line >= ?2 AND name = 'compacted'"
	    " UNION ALL SELECT line, pos, ts_ms, 'V', 0, NULL FROM marker WHERE rollout_id = "
	    "?1 AND line >= ?2 AND name = 'exited_review_mode'"
	    " UNION ALL SELECT f.lines + 1, f.consumed, r.last_ms, 'L', f.mtime_ns / 1000000, "
	    "f.path FROM file f "
	    "JOIN rollout r ON r.id = f.rollout_id WHERE f.rollout_id = ?1 AND f.tail_bytes > 0"
	    " UNION ALL SELECT line, pos, ts_ms, 'M', 0, NULL FROM message WHERE rollout_id = "
	    "?1 AND line >= ?2 AND role = 2 AND origin = 2"
	    " UNION ALL SELECT line, pos, ts_ms, 'C', output_line, NULL FROM call WHERE "
	    "rollout_id = ?1 AND line >= ?2"
	    " UNION ALL SELECT output_line, pos, end_ms, 'O', 0, NULL FROM call WHERE "
	    "rollout_id = ?1 AND output_line >= ?2 AND output_line > line"
	    " UNION ALL SELECT k.line, k.pos, k.ts_ms, 'B', k.lost, NULL FROM skip k JOIN file "
	    "f ON f.id = k.file_id WHERE f.rollout_id = ?1"
	    " AND k.line >= ?2 AND (k.lost = 1 OR k.reason LIKE '%token counter%')"
	    " ORDER BY 1, 2";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_i64(q, 2, from);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, &alloc, sizeof(**out));
		(*out)[(*n)++] = (struct st_step){
			.line = stmt_i64(q, 0),
			.ts_ms = stmt_opt(q, 2),
			.what = stmt_str(q, 3).p[0],
			.number = stmt_i64(q, 4),
			.text = stmt_is_null(q, 5) ? NULL : str_dup(stmt_str(q, 5)),
		};
	}
	stmt_done(q);
	return rc;
}

void
st_steps_free(struct st_step *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(p[i].text);
	free(p);
}
