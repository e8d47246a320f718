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

/* SQL with the parameters A and B, which gives no rows. */
static int
run(struct store *s, const char *sql, int64_t a, int64_t b, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, a);
	if (b >= 0)
		stmt_bind_i64(q, 2, b);
	return stmt_run(q, e);
}

/* ---- a thread */

struct cell {
	int64_t quarter, dimset_id, turns;
};

static int
by_cell(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->quarter != y->quarter)
		return x->quarter < y->quarter ? -1 : 1;
	return (x->dimset_id > y->dimset_id) - (x->dimset_id < y->dimset_id);
}

/* The turns of T by quarter-hour and dimensions into a new array *OUT; returns how many. */
static size_t
cells(const struct st_thread_sum *t, struct cell **out)
{
	struct cell *c = xcalloc(t->own_len, sizeof(*c));
	size_t n = 0, k = 0;

	for (size_t i = 0; i < t->own_len; i++)
		if (t->own[i].start_ms >= 0)
			c[n++] =
			    (struct cell){ t->own[i].start_ms / 900000, t->own[i].dimset_id, 1 };
	if (n > 0)
		qsort(c, n, sizeof(*c), by_cell);
	for (size_t i = 0; i < n; i++)
		if (k > 0 && by_cell(&c[k - 1], &c[i]) == 0)
			c[k - 1].turns++;
		else
			c[k++] = c[i];
	*out = c;
	return k;
}

/* Does turn_sum hold the N cells C of the thread ID, and no other? */
static int
same_turns(struct store *s, int64_t id, const struct cell *c, size_t n, bool *same, struct err *e)
{
	static const char SQL[] = "SELECT quarter, dimset_id, turns FROM turn_sum "
				  "WHERE thread_id = ?1 ORDER BY quarter, dimset_id";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t i = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	*same = true;
	while ((rc = stmt_step(q, e)) == 1 && *same) {
		*same = i < n && c[i].quarter == stmt_i64(q, 0) &&
			c[i].dimset_id == stmt_i64(q, 1) && c[i].turns == stmt_i64(q, 2);
		i++;
	}
	*same = *same && i == n;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

static int
write_turns(struct store *s, const struct st_thread_sum *t, struct err *e)
{
	static const char DROP[] = "DELETE FROM turn_sum WHERE thread_id = ?1";
	static const char ADD[] = "INSERT INTO turn_sum(thread_id, quarter, dimset_id, turns) "
				  "VALUES (?1, ?2, ?3, ?4)";
	struct cell *c;
	size_t n = cells(t, &c);
	bool same;
	int rc = same_turns(s, t->thread_id, c, n, &same, e);

	if (rc == 0 && !same)
		rc = run(s, DROP, t->thread_id, -1, e);
	for (size_t i = 0; rc == 0 && !same && i < n; i++) {
		struct stmt *q = store_stmt(s, ADD, e);

		if (q == NULL) {
			rc = -1;
			break;
		}
		stmt_bind_i64(q, 1, t->thread_id);
		stmt_bind_i64(q, 2, c[i].quarter);
		stmt_bind_i64(q, 3, c[i].dimset_id);
		stmt_bind_i64(q, 4, c[i].turns);
		rc = stmt_run(q, e);
	}
	free(c);
	return rc;
}

static void
bind_sum(struct stmt *q, const struct st_thread_sum *t, const struct sbuf *limits)
{
	const int64_t opt[] = { t->home_id, t->first_ms, t->last_ms, t->dimset_id };
	const int64_t n[] = { t->turns, t->messages, t->calls, t->failures, t->compactions };

	stmt_bind_i64(q, 1, t->thread_id);
	for (int i = 0; i < 4; i++)
		stmt_bind_opt(q, 2 + i, opt[i]);
	for (int i = 0; i < 5; i++)
		stmt_bind_i64(q, 6 + i, n[i]);
	stmt_bind_opt(q, 11, t->peak);
	if (limits->len > 0)
		stmt_bind_blob(q, 12, limits->buf, limits->len);
}

static int
write_sum(struct store *s, struct st_thread_sum *t, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO thread_sum(thread_id, home_id, first_ms, last_ms, dimset_id, turns, "
	    "messages, calls, failures, compactions, peak, limits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
	    "?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (thread_id) DO UPDATE SET home_id = ?2, "
	    "first_ms = ?3, last_ms = ?4, dimset_id = ?5, turns = ?6, messages = ?7, calls = ?8, "
	    "failures = ?9, compactions = ?10, peak = ?11, limits = ?12 WHERE "
	    "(home_id, first_ms, last_ms, dimset_id, turns, messages, calls, failures, "
	    "compactions, peak, limits) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
	struct stmt *q = store_stmt(s, SQL, e);
	struct sbuf limits;
	int rc = -1;

	if (q == NULL)
		return -1;
	sbuf_init(&limits, PACK_MAX);
	st_span_pack(&t->spans, &limits);
	if (sbuf_check(&limits, e) == 0) {
		bind_sum(q, t, &limits);
		rc = stmt_run(q, e);
	}
	sbuf_free(&limits);
	return rc;
}

static int
settle_thread(struct store *s, int64_t id, struct err *e)
{
	static const char DROP[] = "DELETE FROM thread_sum WHERE thread_id = ?1";
	struct st_thread_sum t;
	int rc = st_thread_sum_make(s, id, true, &t, e);

	if (rc == 1)
		rc = write_sum(s, &t, e);
	else if (rc == 0)
		rc = run(s, DROP, id, -1, e);
	if (rc == 0)
		rc = write_turns(s, &t, e);
	st_thread_sum_clear(&t);
	return rc;
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
		rc = run(s, DONE, kind, -1, e);
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
	static const char SQL[] = "SELECT 1 FROM sum_mark WHERE kind = 1 LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	rc = stmt_step(q, e);
	*some = rc == 1;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

/* ---- are they right? */

static int
same_sum(struct store *s, struct st_thread_sum *t, bool *same, struct err *e)
{
	static const char SQL[] =
	    "SELECT 1 FROM thread_sum WHERE thread_id = ?1 AND (home_id, first_ms, last_ms, "
	    "dimset_id, turns, messages, calls, failures, compactions, peak, limits) IS "
	    "(?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
	struct stmt *q = store_stmt(s, SQL, e);
	struct sbuf limits;
	int rc;

	if (q == NULL)
		return -1;
	sbuf_init(&limits, PACK_MAX);
	st_span_pack(&t->spans, &limits);
	bind_sum(q, t, &limits);
	rc = stmt_step(q, e);
	*same = rc == 1;
	stmt_done(q);
	sbuf_free(&limits);
	return rc < 0 ? -1 : 0;
}

static int
verify_thread(struct store *s, int64_t id, bool *same, struct err *e)
{
	static const char HAS[] = "SELECT 1 FROM thread_sum WHERE thread_id = ?1";
	struct st_thread_sum t;
	struct cell *c = NULL;
	int rc = st_thread_sum_make(s, id, false, &t, e);

	if (rc == 1)
		rc = same_sum(s, &t, same, e);
	else if (rc == 0) {
		struct stmt *q = store_stmt(s, HAS, e);

		rc = -1;
		if (q != NULL) {
			stmt_bind_i64(q, 1, id);
			rc = stmt_step(q, e);
			*same = rc == 0;
			stmt_done(q);
		}
	}
	if (rc >= 0 && *same) {
		size_t n = cells(&t, &c);

		rc = same_turns(s, id, c, n, same, e);
	}
	free(c);
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
