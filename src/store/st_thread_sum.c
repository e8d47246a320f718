/*
 * The sums of one thread from its facts. Every row of the thread is looked at
 * once; dimensions of turns come from usage lines, which know theirs.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_limit.h"
#include "store/st_sums.h"

#define USED_MAX INT64_C(1000000000000) /* tokens of a context: no more is believed */

struct make {
	struct store *store;
	struct st_thread_sum *out;
	bool writes;
	struct st_limit_keys keys;
	/* the rollout at hand */
	int64_t rollout_id, own_line, home_id;
	bool events_seen;
	size_t turns_from; /* its first turn in out->own */
};

/* Columns 7 on: limit_set_id, first_percent, first_resets_ms, second_percent, second_resets_ms. */
static int
limits(struct make *m, struct stmt *q, struct err *e)
{
	struct st_limit_line x = {
		.set_id = stmt_i64(q, 7), .home_id = m->home_id, .ts_ms = stmt_opt(q, 1)
	};

	if (stmt_is_null(q, 7))
		return 0;
	for (int i = 0; i < 2; i++) {
		x.has[i] = !stmt_is_null(q, 8 + 2 * i);
		x.percent[i] = stmt_real(q, 8 + 2 * i);
		x.resets_ms[i] = stmt_opt(q, 9 + 2 * i);
	}
	return st_limit_add(m->store, &m->keys, m->writes, &x, &m->out->spans, e);
}

/* The first usage line of a turn gives it its dimensions. */
static void
give_turn(struct make *m, int64_t seq, int64_t dimset_id)
{
	size_t low = m->turns_from, high = m->out->own_len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->out->own[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < m->out->own_len && m->out->own[low].seq == seq && m->out->own[low].dimset_id == 0)
		m->out->own[low].dimset_id = dimset_id;
}

static int
usage(struct make *m, struct err *e)
{
	static const char SQL[] =
	    "SELECT line, ts_ms, turn_seq, dimset_id, verdict, window, l_total, limit_set_id, "
	    "first_percent, first_resets_ms, second_percent, second_resets_ms "
	    "FROM usage WHERE rollout_id = ?1 ORDER BY pos";
	struct stmt *q = store_stmt(m->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, m->rollout_id);
	while ((rc = stmt_step(q, e)) == 1) {
		int64_t dimset = stmt_i64(q, 3);

		if (m->out->dimset_id < 0 && dimset > 0)
			m->out->dimset_id = dimset;
		if (stmt_i64(q, 0) < m->own_line)
			continue;
		give_turn(m, stmt_i64(q, 2), dimset);
		if (stmt_i64(q, 4) ==
		    6) /* a review's count stands in the review's own thread, too */
			continue;
		st_thread_sum_fill(m->out, stmt_opt(q, 5), stmt_opt(q, 6));
		if (limits(m, q, e) < 0) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc;
}

static int
turns(struct make *m, struct err *e)
{
	static const char SQL[] =
	    "SELECT seq, start_ms FROM turn WHERE rollout_id = ?1 AND line >= ?2 ORDER BY seq";
	struct st_thread_sum *t = m->out;
	struct stmt *q = store_stmt(m->store, SQL, e);
	int rc;

	m->turns_from = t->own_len;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, m->rollout_id);
	stmt_bind_i64(q, 2, m->own_line);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(&t->own, t->own_len, &t->own_alloc, sizeof(*t->own));
		t->own[t->own_len++] =
		    (struct st_own_turn){ m->rollout_id, stmt_i64(q, 0), stmt_opt(q, 1), 0 };
	}
	stmt_done(q);
	return rc;
}

static int
counts(struct make *m, struct err *e)
{
	static const char SQL[] =
	    "SELECT (SELECT count(*) FROM message WHERE rollout_id = ?1 AND line >= ?2 AND "
	    "((?3 = 1 AND origin <> 2) OR (?3 = 0 AND origin = 2 AND "
	    "(role = 2 OR is_prompt = 1)))), "
	    "count(*), coalesce(sum(status IN (2, 3)), 0), "
	    "(SELECT count(*) FROM marker WHERE rollout_id = ?1 AND line >= ?2 AND "
	    "name = 'compacted') FROM call WHERE rollout_id = ?1 AND line >= ?2";
	struct stmt *q = store_stmt(m->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, m->rollout_id);
	stmt_bind_i64(q, 2, m->own_line);
	stmt_bind_i64(q, 3, m->events_seen);
	if ((rc = stmt_step(q, e)) == 1) {
		m->out->messages += stmt_i64(q, 0);
		m->out->calls += stmt_i64(q, 1);
		m->out->failures += stmt_i64(q, 2);
		m->out->compactions += stmt_i64(q, 3);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

/* A turn without a usage line of its own goes by the line before, or the next one. */
static void
fill_turns(struct st_thread_sum *t)
{
	for (size_t i = 1; i < t->own_len; i++)
		if (t->own[i].dimset_id == 0)
			t->own[i].dimset_id = t->own[i - 1].dimset_id;
	for (size_t i = t->own_len; i-- > 1;)
		if (t->own[i - 1].dimset_id == 0)
			t->own[i - 1].dimset_id = t->own[i].dimset_id;
	for (size_t i = 0; i < t->own_len; i++)
		if (t->own[i].dimset_id == 0 && t->dimset_id > 0)
			t->own[i].dimset_id = t->dimset_id;
}

static int
rollouts(struct make *m, struct err *e)
{
	static const char SQL[] =
	    "SELECT r.id, r.own_line, r.events_seen, r.home_id, r.first_ms, r.last_ms, t.dirty "
	    "FROM rollout r JOIN thread t ON t.id = r.thread_id WHERE r.thread_id = ?1 "
	    "ORDER BY r.page <> '', r.base_end, r.first_ms, r.page";
	struct st_thread_sum *t = m->out;
	struct stmt *q = store_stmt(m->store, SQL, e);
	int rc, found = 0;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, t->thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		m->rollout_id = stmt_i64(q, 0);
		m->own_line = stmt_i64(q, 1);
		m->events_seen = stmt_i64(q, 2) != 0;
		m->home_id = stmt_i64(q, 3);
		if (found++ == 0)
			t->home_id = m->home_id;
		if (!stmt_is_null(q, 4) && (t->first_ms < 0 || stmt_i64(q, 4) < t->first_ms))
			t->first_ms = stmt_i64(q, 4);
		if (stmt_opt(q, 5) > t->last_ms)
			t->last_ms = stmt_i64(q, 5);
		if (stmt_i64(q, 6) == 0 &&
		    (turns(m, e) < 0 || usage(m, e) < 0 || counts(m, e) < 0)) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc < 0 ? -1 : found;
}

/* Of a thread whose own file was never seen, or that has no usage line. */
static int
others(struct st_thread_sum *t, struct store *s, struct err *e)
{
	static const char SQL[] =
	    "SELECT min(u.quarter) * 900000, max(u.quarter) * 900000, min(u.dimset_id), "
	    "(SELECT l.dimset_id FROM loss l WHERE l.thread_id = ?1 LIMIT 1), "
	    "(SELECT d.home_id FROM dimset d WHERE d.id = u.dimset_id) "
	    "FROM rollup u WHERE u.thread_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc, found = 0;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, t->thread_id);
	if ((rc = stmt_step(q, e)) == 1) {
		found = !stmt_is_null(q, 0);
		if (t->first_ms < 0)
			t->first_ms = stmt_opt(q, 0);
		if (t->last_ms < 0)
			t->last_ms = stmt_opt(q, 1);
		if (t->dimset_id < 0)
			t->dimset_id = stmt_is_null(q, 2) ? stmt_opt(q, 3) : stmt_i64(q, 2);
		if (t->home_id < 0)
			t->home_id = stmt_opt(q, 4);
	}
	stmt_done(q);
	return rc < 0 ? -1 : found;
}

static int
by_cell(const void *a, const void *b)
{
	const struct st_turn_cell *x = a, *y = b;

	if (x->quarter != y->quarter)
		return x->quarter < y->quarter ? -1 : 1;
	return (x->dimset_id > y->dimset_id) - (x->dimset_id < y->dimset_id);
}

void
st_turn_cells_merge(struct st_thread_sum *t)
{
	struct st_turn_cell *c = t->cells;
	size_t k = 0;

	if (t->cells_len > 0)
		qsort(c, t->cells_len, sizeof(*c), by_cell);
	for (size_t i = 0; i < t->cells_len; i++)
		if (k > 0 && by_cell(&c[k - 1], &c[i]) == 0)
			c[k - 1].turns += c[i].turns;
		else
			c[k++] = c[i];
	t->cells_len = k;
}

static void
fill_cells(struct st_thread_sum *t)
{
	t->cells_alloc = t->own_len;
	t->cells = xcalloc(t->cells_alloc, sizeof(*t->cells));
	for (size_t i = 0; i < t->own_len; i++)
		if (t->own[i].start_ms >= 0)
			t->cells[t->cells_len++] =
			    (struct st_turn_cell){ t->own[i].start_ms / ST_QUARTER_MS,
				    t->own[i].dimset_id, 1 };
	st_turn_cells_merge(t);
}

void
st_thread_sum_fill(struct st_thread_sum *t, int64_t window, int64_t used)
{
	if (window <= 0 || window > USED_MAX || used < 0 || used >= USED_MAX)
		return;
	used = (used * 2000 + window) / (2 * window);
	if (used > t->peak)
		t->peak = used;
}

void
st_thread_sum_init(struct st_thread_sum *t, int64_t id)
{
	memset(t, 0, sizeof(*t));
	t->thread_id = id;
	t->home_id = t->first_ms = t->last_ms = t->dimset_id = t->peak = -1;
}

int
st_thread_sum_make(
    struct store *s, int64_t id, bool writes, struct st_thread_sum *out, struct err *e)
{
	struct make m = { .store = s, .out = out, .writes = writes };
	int found, more;

	st_thread_sum_init(out, id);
	found = rollouts(&m, e);
	free(m.keys.p);
	if (found < 0 || (more = others(out, s, e)) < 0)
		return -1;
	out->turns = (int64_t)out->own_len;
	fill_turns(out);
	fill_cells(out);
	return found > 0 || more > 0;
}

void
st_thread_sum_clear(struct st_thread_sum *t)
{
	if (t == NULL)
		return;
	free(t->own);
	free(t->cells);
	free(t->spans.p);
	memset(t, 0, sizeof(*t));
}
