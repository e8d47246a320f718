#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_home.h"

int
st_home_id(struct store *s, const char *path, const char *label, int64_t *id, struct err *e)
{
	static const char FIND[] = "SELECT id FROM home WHERE path = ?1";
	static const char ADD[] = "INSERT INTO home(path, label) VALUES (?1, ?2)";
	struct stmt *q;
	int rc;

	if ((q = store_stmt(s, FIND, e)) == NULL)
		return -1;
	stmt_bind_strz(q, 1, path);
	if ((rc = stmt_step(q, e)) == 1)
		*id = stmt_i64(q, 0);
	stmt_done(q);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, ADD, e)) == NULL)
		return -1;
	stmt_bind_strz(q, 1, path);
	stmt_bind_strz(q, 2, label);
	if (stmt_run(q, e) < 0)
		return -1;
	*id = store_last_id(s);
	return 0;
}

int
st_thread_id(struct store *s, struct str uuid, int64_t *id, struct err *e)
{
	static const char FIND[] = "SELECT id FROM thread WHERE uuid = ?1";
	static const char ADD[] = "INSERT INTO thread(uuid) VALUES (?1)";
	struct stmt *q;
	int rc;

	if ((q = store_stmt(s, FIND, e)) == NULL)
		return -1;
	stmt_bind_str(q, 1, uuid);
	if ((rc = stmt_step(q, e)) == 1)
		*id = stmt_i64(q, 0);
	stmt_done(q);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(s, ADD, e)) == NULL)
		return -1;
	stmt_bind_str(q, 1, uuid);
	if (stmt_run(q, e) < 0)
		return -1;
	*id = store_last_id(s);
	return 0;
}

/* 1 when the thread ID was copied from another one, or another one from it; 0, -1. */
static int
has_family(struct store *s, int64_t id, struct err *e)
{
	static const char SQL[] =
	    "SELECT 1 FROM thread t WHERE t.id = ?1 AND (EXISTS (SELECT 1 FROM ancestor a "
	    "WHERE a.uuid = t.uuid) OR EXISTS (SELECT 1 FROM rollout r JOIN ancestor a "
	    "ON a.rollout_id = r.id WHERE r.thread_id = t.id))";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	rc = stmt_step(q, e);
	stmt_done(q);
	return rc;
}

int
st_thread_dirty(struct store *s, int64_t id, struct err *e)
{
	static const char SELF[] = "UPDATE thread SET dirty = 1 WHERE id = ?1 AND dirty = 0";
	/* family: the thread's uuid and those of its sources */
	static const char SQL[] =
	    "WITH family(uuid) AS (SELECT uuid FROM thread WHERE id = ?1"
	    " UNION SELECT a.uuid FROM ancestor a JOIN rollout r ON r.id = a.rollout_id WHERE "
	    "r.thread_id = ?1)"
	    "UPDATE thread SET dirty = 1 WHERE dirty = 0 AND (uuid IN (SELECT uuid FROM "
	    "family) OR id IN ("
	    "SELECT r.thread_id FROM ancestor a JOIN rollout r ON r.id = a.rollout_id"
	    " WHERE a.uuid IN (SELECT uuid FROM family)))";
	int rc = has_family(s, id, e);

	return rc < 0 ? -1 : store_run_on(s, rc == 1 ? SQL : SELF, id, e);
}

int
st_thread_dirty_grown(struct store *s, int64_t id, struct err *e)
{
	static const char SELF[] = "UPDATE thread SET dirty = 1 WHERE id = ?1 AND dirty = 0";
	static const char CHILDREN[] =
	    "UPDATE thread SET dirty = 1 WHERE dirty = 0 AND id IN ("
	    "SELECT r.thread_id FROM ancestor a JOIN rollout r ON r.id = a.rollout_id "
	    "WHERE a.uuid = (SELECT uuid FROM thread WHERE id = ?1) "
	    "AND (r.is_open = 1 OR r.basis IN ('parent', 'burst')))";
	static const char OPEN[] = "SELECT 1 FROM rollout WHERE thread_id = ?1 AND is_open = 1";
	struct stmt *q = store_stmt(s, OPEN, e);
	int rc;

	if (q == NULL)
		return -1;
	/* its own boundary may move: then what it inherited does too */
	stmt_bind_i64(q, 1, id);
	rc = stmt_step(q, e);
	stmt_done(q);
	if (rc != 0)
		return rc < 0 ? -1 : st_thread_dirty(s, id, e);
	if (store_run_on(s, SELF, id, e) < 0)
		return -1;
	return store_run_on(s, CHILDREN, id, e);
}

int
st_thread_dirty_reviews(struct store *s, int64_t home_id, struct err *e)
{
	static const char SQL[] =
	    "UPDATE thread SET dirty = 1 WHERE dirty = 0 AND id IN ("
	    "SELECT r.thread_id FROM (SELECT DISTINCT rollout_id AS id FROM usage "
	    "WHERE in_review = 1) u CROSS JOIN rollout r ON r.id = u.id WHERE r.home_id = ?1)";

	return store_run_on(s, SQL, home_id, e);
}

int
st_thread_dirty_all(struct store *s, struct err *e)
{
	return store_exec(s, "UPDATE thread SET dirty = 1 WHERE dirty = 0", e);
}

int
st_thread_next_dirty(struct store *s, int64_t *id, char **uuid, struct err *e)
{
	static const char SQL[] = "SELECT id, uuid FROM thread WHERE dirty = 1 ORDER BY id "
				  "LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		*id = stmt_i64(q, 0);
		*uuid = str_dup(stmt_str(q, 1));
	}
	stmt_done(q);
	return rc;
}

int
st_thread_dirty_copies(struct store *s, int64_t **out, size_t *n, struct err *e)
{
	static const char SQL[] =
	    "SELECT DISTINCT r.thread_id FROM ancestor a "
	    "JOIN rollout r ON r.id = a.rollout_id "
	    "JOIN thread t ON t.id = r.thread_id WHERE t.dirty = 1 ORDER BY 1";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, &alloc, sizeof(**out));
		(*out)[(*n)++] = stmt_i64(q, 0);
	}
	stmt_done(q);
	return rc;
}

int
st_thread_uuid(struct store *s, int64_t id, char **out, struct err *e)
{
	static const char SQL[] = "SELECT uuid FROM thread WHERE id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	*out = NULL;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	if ((rc = stmt_step(q, e)) == 1)
		*out = stmt_dup(q, 0);
	stmt_done(q);
	if (rc == 0)
		return err_set(e, ERR_BUG, "thread %" PRId64 " is not there", id);
	return rc < 0 ? -1 : 0;
}

int
st_thread_clean(struct store *s, int64_t id, struct err *e)
{
	static const char SQL[] = "UPDATE thread SET dirty = 0 WHERE id = ?1";

	return store_run_on(s, SQL, id, e);
}

int
st_thread_with_rollout(struct store *s, const char *uuid, int64_t *id, struct err *e)
{
	static const char SQL[] = "SELECT t.id FROM thread t WHERE t.uuid = ?1 AND EXISTS ("
				  "SELECT 1 FROM rollout r WHERE r.thread_id = t.id)";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, uuid);
	rc = stmt_step(q, e);
	*id = rc == 1 ? stmt_i64(q, 0) : 0;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_thread_title(struct store *s, struct str uuid, struct str title, int64_t ms, struct err *e)
{
	static const char SQL[] = "UPDATE thread SET title = ?2, title_ms = ?3 WHERE uuid = ?1 "
				  "AND (title IS NOT ?2 OR title_ms IS NOT ?3)";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_str(q, 1, uuid);
	stmt_bind_str(q, 2, title);
	stmt_bind_i64(q, 3, ms);
	return stmt_run(q, e);
}
