/*
 * A thread's sums as they are stored: its row of thread_sum, its cells in
 * turn_sum, and what does not fit into the row in limit_part.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_sums.h"

#define PART_MAX ((size_t)64 * 1024) /* bytes of ST_SPAN_PART spans; a span has 60 at most */

#define COLUMNS \
	"home_id, first_ms, last_ms, dimset_id, turns, messages, calls, failures, compactions, " \
	"peak, limits"
#define VALUES "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12"

/* The statement SQL about the thread ID. */
static struct stmt *
about(struct store *s, const char *sql, int64_t id, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q != NULL)
		stmt_bind_i64(q, 1, id);
	return q;
}

/* Does turn_sum hold the cells of T, and no other of its thread? Returns whether it has some of it; -1. */
static int
same_turns(struct store *s, const struct st_thread_sum *t, bool *same, struct err *e)
{
	static const char SQL[] = "SELECT quarter, dimset_id, turns FROM turn_sum "
				  "WHERE thread_id = ?1 ORDER BY quarter, dimset_id";
	struct stmt *q = about(s, SQL, t->thread_id, e);
	size_t i = 0;
	int rc;

	if (q == NULL)
		return -1;
	*same = true;
	while ((rc = stmt_step(q, e)) == 1 && *same) {
		*same = i < t->cells_len && t->cells[i].quarter == stmt_i64(q, 0) &&
			t->cells[i].dimset_id == stmt_i64(q, 1) &&
			t->cells[i].turns == stmt_i64(q, 2);
		i++;
	}
	*same = *same && i == t->cells_len;
	stmt_done(q);
	return rc < 0 ? -1 : i > 0;
}

/* Has limit_part the parts of T in front of the last one, and no other? Returns whether it has some; -1. */
static int
same_parts(struct store *s, const struct st_thread_sum *t, bool *same, struct err *e)
{
	static const char SQL[] = "SELECT data FROM limit_part WHERE thread_id = ?1 ORDER BY nth";
	struct stmt *q = about(s, SQL, t->thread_id, e);
	size_t i = 0, parts = st_span_parts(&t->spans);
	struct sbuf b;
	int rc;

	if (q == NULL)
		return -1;
	sbuf_init(&b, PART_MAX);
	*same = true;
	while ((rc = stmt_step(q, e)) == 1 && *same) {
		const void *data;
		size_t n;

		sbuf_reset(&b);
		st_span_pack(&t->spans, i, &b);
		stmt_blob(q, 0, &data, &n);
		*same = i < parts && n == b.len && memcmp(data, b.buf, n) == 0;
		i++;
	}
	*same = *same && i == parts;
	stmt_done(q);
	sbuf_free(&b);
	return rc < 0 ? -1 : i > 0;
}

/* The cells of T, added to what stands there, or in its place. */
static int
put_turns(struct store *s, const struct st_thread_sum *t, bool grown, struct err *e)
{
	static const char ADD[] =
	    "INSERT INTO turn_sum(thread_id, quarter, dimset_id, turns) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT DO UPDATE SET turns = turns + ?4";
	static const char DROP[] = "DELETE FROM turn_sum WHERE thread_id = ?1";
	static const char EMPTY[] = "DELETE FROM turn_sum WHERE thread_id = ?1 AND turns = 0";
	bool same = false, less = false;
	int rc = grown ? 0 : same_turns(s, t, &same, e);

	if (rc == 1) /* it has some */
		rc = same ? 0 : store_run_on(s, DROP, t->thread_id, e);
	for (size_t i = 0; rc == 0 && !same && i < t->cells_len; i++) {
		const struct st_turn_cell *c = &t->cells[i];
		struct stmt *q;

		if (c->turns == 0)
			continue;
		less = less || c->turns < 0;
		if ((q = about(s, ADD, t->thread_id, e)) == NULL)
			return -1;
		stmt_bind_i64(q, 2, c->quarter);
		stmt_bind_i64(q, 3, c->dimset_id);
		stmt_bind_i64(q, 4, c->turns);
		rc = stmt_run(q, e);
	}
	return rc == 0 && less ? store_run_on(s, EMPTY, t->thread_id, e) : rc;
}

/* The parts of T in front of the last one, behind those that stand there, or in their place. */
static int
put_parts(struct store *s, const struct st_thread_sum *t, bool grown, struct err *e)
{
	static const char ADD[] =
	    "INSERT INTO limit_part(thread_id, nth, data) SELECT ?1, coalesce(max(nth), -1) + 1, "
	    "?2 FROM limit_part WHERE thread_id = ?1";
	static const char DROP[] = "DELETE FROM limit_part WHERE thread_id = ?1";
	size_t parts = st_span_parts(&t->spans);
	bool same = false;
	int rc = grown ? 0 : same_parts(s, t, &same, e);

	if (rc == 1) /* it has some */
		rc = same ? 0 : store_run_on(s, DROP, t->thread_id, e);
	for (size_t i = 0; rc == 0 && !same && i < parts; i++) {
		struct stmt *q = about(s, ADD, t->thread_id, e);
		struct sbuf b;

		if (q == NULL)
			return -1;
		sbuf_init(&b, PART_MAX);
		st_span_pack(&t->spans, i, &b);
		stmt_bind_blob(q, 2, b.buf, b.len);
		rc = stmt_run(q, e);
		sbuf_free(&b);
	}
	return rc;
}

/* Q with T bound as the columns' values; LIMITS is filled, and lent to it. */
static void
bind(struct stmt *q, const struct st_thread_sum *t, struct sbuf *limits)
{
	const int64_t opt[] = { t->home_id, t->first_ms, t->last_ms, t->dimset_id };
	const int64_t n[] = { t->turns, t->messages, t->calls, t->failures, t->compactions };

	sbuf_init(limits, PART_MAX);
	st_span_pack(&t->spans, st_span_parts(&t->spans), limits);
	for (int i = 0; i < 4; i++)
		stmt_bind_opt(q, 2 + i, opt[i]);
	for (int i = 0; i < 5; i++)
		stmt_bind_i64(q, 6 + i, n[i]);
	stmt_bind_opt(q, 11, t->peak);
	if (limits->len > 0)
		stmt_bind_blob(q, 12, limits->buf, limits->len);
}

int
st_thread_sum_put(struct store *s, const struct st_thread_sum *t, bool grown, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO thread_sum(thread_id, " COLUMNS ") VALUES (?1, " VALUES
	    ") ON CONFLICT (thread_id) DO UPDATE SET (" COLUMNS ") = (" VALUES ") WHERE (" COLUMNS
	    ") IS NOT (" VALUES ")";
	struct stmt *q = about(s, SQL, t->thread_id, e);
	struct sbuf limits;
	int rc;

	if (q == NULL)
		return -1;
	bind(q, t, &limits);
	rc = stmt_run(q, e);
	sbuf_free(&limits);
	if (rc == 0)
		rc = put_parts(s, t, grown, e);
	return rc == 0 ? put_turns(s, t, grown, e) : rc;
}

int
st_thread_sum_drop(struct store *s, int64_t id, struct err *e)
{
	static const char *const SQL[] = { "DELETE FROM thread_sum WHERE thread_id = ?1",
		"DELETE FROM turn_sum WHERE thread_id = ?1",
		"DELETE FROM limit_part WHERE thread_id = ?1" };

	for (size_t i = 0; i < ARRAY_LEN(SQL); i++)
		if (store_run_on(s, SQL[i], id, e) < 0)
			return -1;
	return 0;
}

int
st_thread_sum_same(
    struct store *s, const struct st_thread_sum *t, bool some, bool *same, struct err *e)
{
	static const char SQL[] =
	    "SELECT (" COLUMNS ") IS (" VALUES ") FROM thread_sum WHERE thread_id = ?1";
	struct stmt *q = about(s, SQL, t->thread_id, e);
	struct sbuf limits;
	int64_t equal = 0;
	int rc;

	if (q == NULL)
		return -1;
	bind(q, t, &limits);
	rc = stmt_ask(q, &equal, e);
	sbuf_free(&limits);
	*same = some ? rc == 1 && equal == 1 : rc == 0;
	if (rc >= 0 && *same)
		rc = same_turns(s, t, same, e);
	if (rc >= 0 && *same)
		rc = same_parts(s, t, same, e);
	return rc < 0 ? -1 : 0;
}

int
st_thread_sum_load(struct store *s, int64_t id, struct st_thread_sum *out, struct err *e)
{
	static const char SQL[] =
	    "SELECT " COLUMNS " FROM thread_sum WHERE thread_id = ?1 AND NOT EXISTS "
	    "(SELECT 1 FROM sum_mark WHERE kind = 1 AND id = ?1)";
	struct stmt *q = about(s, SQL, id, e);
	int rc;

	st_thread_sum_init(out, id);
	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		int64_t *const opt[] = { &out->home_id, &out->first_ms, &out->last_ms,
			&out->dimset_id };
		int64_t *const n[] = { &out->turns, &out->messages, &out->calls, &out->failures,
			&out->compactions };
		const void *data;
		size_t len;

		for (int i = 0; i < 4; i++)
			*opt[i] = stmt_opt(q, i);
		for (int i = 0; i < 5; i++)
			*n[i] = stmt_i64(q, 4 + i);
		out->peak = stmt_opt(q, 9);
		stmt_blob(q, 10, &data, &len);
		if (st_span_unpack(&out->spans, data, len) < 0)
			rc = 0; /* damaged */
	}
	stmt_done(q);
	return rc;
}

int
st_thread_sum_parts(struct store *s, int64_t id, struct st_spans *spans, struct err *e)
{
	static const char SQL[] = "SELECT data FROM limit_part WHERE thread_id = ?1 ORDER BY nth";
	struct stmt *q = about(s, SQL, id, e);
	int rc, sound = 1;

	if (q == NULL)
		return -1;
	while (sound == 1 && (rc = stmt_step(q, e)) == 1) {
		const void *data;
		size_t n;

		stmt_blob(q, 0, &data, &n);
		if (st_span_unpack(spans, data, n) < 0)
			sound = 0;
	}
	stmt_done(q);
	return sound == 0 ? 0 : rc < 0 ? -1 : 1;
}
