#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_day.h"
#include "store/st_sums.h"

#define PACK_MAX ((size_t)256 * 1024 * 1024) /* bytes of a day, or of a thread's limits */

enum { MARK_THREAD = 1, MARK_DAY = 2 };

static int
marked(struct store *s, int kind, int64_t **ids, size_t *n, struct err *e)
{
	static const char SQL[] = "SELECT id FROM sum_mark WHERE kind = ?1 ORDER BY id";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	*ids = NULL;
	*n = 0;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, kind);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(ids, *n, &alloc, sizeof(**ids));
		(*ids)[(*n)++] = stmt_i64(q, 0);
	}
	stmt_done(q);
	return rc;
}

/* ---- a thread */

static int
settle_thread(struct store *s, int64_t id, struct err *e)
{
	struct st_thread_sum t;
	int rc = st_thread_sum_make(s, id, true, &t, e);

	if (rc == 1)
		rc = st_thread_sum_put(s, &t, false, e);
	else if (rc == 0)
		rc = st_thread_sum_drop(s, id, e);
	st_thread_sum_clear(&t);
	return rc;
}

int
st_sums_made(struct store *s, int64_t id, struct err *e)
{
	static const char SQL[] = "DELETE FROM sum_mark WHERE kind = 1 AND id = ?1";

	return store_run_on(s, SQL, id, e);
}

/* ---- a day */

static int
settle_day(struct store *s, int64_t day, struct err *e)
{
	static const char PUT[] = "INSERT INTO day_pack(day, data) VALUES (?1, ?2) "
				  "ON CONFLICT (day) DO UPDATE SET data = ?2 WHERE data <> ?2";
	static const char DROP[] = "DELETE FROM day_pack WHERE day = ?1";
	struct stmt *q = NULL;
	struct sbuf b;
	int rc = -1;

	sbuf_init(&b, PACK_MAX);
	if (st_day_pack(s, day, &b, e) < 0 || sbuf_check(&b, e) < 0 ||
	    (q = store_stmt(s, b.len > 0 ? PUT : DROP, e)) == NULL)
		goto out;
	stmt_bind_i64(q, 1, day);
	if (b.len > 0)
		stmt_bind_blob(q, 2, b.buf, b.len);
	rc = stmt_run(q, e);
out:
	sbuf_free(&b);
	return rc;
}

/* ---- all */

static int
settle(struct store *s, int kind, int (*one)(struct store *, int64_t, struct err *), struct err *e)
{
	static const char DONE[] = "DELETE FROM sum_mark WHERE kind = ?1";
	int64_t *ids;
	size_t n;
	int rc = marked(s, kind, &ids, &n, e);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = one(s, ids[i], e);
	free(ids);
	if (rc == 0 && n > 0)
		rc = store_run_on(s, DONE, kind, e);
	return rc;
}

int
st_sums_settle(struct store *s, struct err *e)
{
	if (settle(s, MARK_THREAD, settle_thread, e) < 0)
		return -1;
	return settle(s, MARK_DAY, settle_day, e);
}

int
st_sums_mark_all(struct store *s, struct err *e)
{
	return store_exec(s,
	    "DELETE FROM sum_mark; "
	    "INSERT INTO sum_mark SELECT 1, id FROM thread; "
	    "INSERT OR IGNORE INTO sum_mark SELECT 1, thread_id FROM thread_sum; "
	    "INSERT OR IGNORE INTO sum_mark SELECT 1, thread_id FROM turn_sum; "
	    "INSERT OR IGNORE INTO sum_mark SELECT 2, day FROM day_pack; "
	    "INSERT OR IGNORE INTO sum_mark SELECT 2, (quarter - 95 * (quarter < 0)) / 96 FROM "
	    "rollup; "
	    "INSERT OR IGNORE INTO sum_mark SELECT 2, (quarter - 95 * (quarter < 0)) / 96 FROM "
	    "turn_sum",
	    e);
}

int
st_sums_marked(struct store *s, bool *some, struct err *e)
{
	int64_t one;
	int rc = stmt_ask(store_stmt(s, "SELECT 1 FROM sum_mark LIMIT 1", e), &one, e);

	*some = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* ---- are they right? */

static int
verify_thread(struct store *s, int64_t id, bool *same, struct err *e)
{
	struct st_thread_sum t;
	int rc = st_thread_sum_make(s, id, false, &t, e);

	if (rc >= 0)
		rc = st_thread_sum_same(s, &t, rc == 1, same, e);
	st_thread_sum_clear(&t);
	return rc < 0 ? -1 : 0;
}

static int
verify_day(struct store *s, int64_t day, bool *same, struct err *e)
{
	static const char SQL[] = "SELECT data FROM day_pack WHERE day = ?1";
	struct stmt *q = NULL;
	struct sbuf b;
	int rc = -1;

	sbuf_init(&b, PACK_MAX);
	if (st_day_pack(s, day, &b, e) == 0 && (q = store_stmt(s, SQL, e)) != NULL) {
		const void *data = NULL;
		size_t n = 0;

		stmt_bind_i64(q, 1, day);
		if ((rc = stmt_step(q, e)) == 1)
			stmt_blob(q, 0, &data, &n);
		*same = n == b.len && (n == 0 || memcmp(data, b.buf, n) == 0);
		stmt_done(q);
	}
	sbuf_free(&b);
	return rc < 0 ? -1 : 0;
}

static int
verify(struct store *s, const char *sql, int (*one)(struct store *, int64_t, bool *, struct err *),
    bool *same, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);
	int rc = 0;

	if (q == NULL)
		return -1;
	while (*same && (rc = stmt_step(q, e)) == 1)
		if ((rc = one(s, stmt_i64(q, 0), same, e)) < 0)
			break;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_sums_verify(struct store *s, bool *same, struct err *e)
{
	static const char THREADS[] =
	    "SELECT id FROM thread UNION SELECT thread_id FROM thread_sum UNION "
	    "SELECT thread_id FROM turn_sum EXCEPT SELECT id FROM sum_mark WHERE kind = 1 "
	    "EXCEPT SELECT id FROM thread WHERE dirty = 1";
	static const char DAYS[] =
	    "SELECT day FROM day_pack UNION SELECT (quarter - 95 * (quarter < 0)) / 96 FROM rollup "
	    "UNION SELECT (quarter - 95 * (quarter < 0)) / 96 FROM turn_sum EXCEPT "
	    "SELECT id FROM sum_mark WHERE kind = 2";

	*same = true;
	if (verify(s, THREADS, verify_thread, same, e) < 0)
		return -1;
	return verify(s, DAYS, verify_day, same, e);
}
