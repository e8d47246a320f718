/*
 * The sums of one thread from its facts. Every row of the thread is looked at
 * once; dimensions of turns come from usage lines, which know theirs.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_sums.h"

/* no clock shows a later time; what says so is not believed */
#define LATEST_MS INT64_C(253402300799999)

/* Rows of limit_key for the windows of a limit_set; 0: no such window, or no row. */
struct keys {
	int64_t set_id, key[2];
};

struct make {
	struct store *store;
	struct st_thread_sum *out;
	bool writes;
	struct keys *sets; /* seen so far */
	size_t sets_len, sets_alloc;
	/* the rollout at hand */
	int64_t rollout_id, own_line, home_id;
	bool events_seen;
	size_t turns_from; /* its first turn in out->own */
};

static int
key_of(struct make *m, struct str limit_id, int64_t minutes, int64_t *key, struct err *e)
{
	static const char FIND[] = "SELECT id FROM limit_key WHERE limit_id = ?1 AND minutes = ?2";
	static const char NEW[] = "INSERT INTO limit_key(limit_id, minutes) VALUES (?1, ?2)";
	struct stmt *q;
	int rc;

	/* October 2025 logged a minute less */
	minutes = minutes == 299 ? 300 : minutes == 10079 ? 10080 : minutes;
	if ((q = store_stmt(m->store, FIND, e)) == NULL)
		return -1;
	stmt_bind_str(q, 1, limit_id);
	stmt_bind_i64(q, 2, minutes);
	rc = stmt_step(q, e);
	*key = rc == 1 ? stmt_i64(q, 0) : 0;
	stmt_done(q);
	if (rc != 0 || !m->writes)
		return rc < 0 ? -1 : 0;
	if ((q = store_stmt(m->store, NEW, e)) == NULL)
		return -1;
	stmt_bind_str(q, 1, limit_id);
	stmt_bind_i64(q, 2, minutes);
	if (stmt_run(q, e) < 0)
		return -1;
	*key = store_last_id(m->store);
	return 0;
}

/* The windows of the set SET_ID; looked up once a thread. */
static int
keys_of(struct make *m, int64_t set_id, struct keys **out, struct err *e)
{
	static const char SQL[] =
	    "SELECT limit_id, has_first, coalesce(first_minutes, -1), has_second, "
	    "coalesce(second_minutes, -1) FROM limit_set WHERE id = ?1";
	struct keys k = { .set_id = set_id };
	struct stmt *q;
	int rc;

	for (size_t i = m->sets_len; i-- > 0;)
		if (m->sets[i].set_id == set_id) {
			*out = &m->sets[i];
			return 0;
		}
	if ((q = store_stmt(m->store, SQL, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, set_id);
	if ((rc = stmt_step(q, e)) == 1) {
		bool second = stmt_i64(q, 3) != 0;

		if (stmt_i64(q, 1) != 0 || !second)
			rc = key_of(m, stmt_str(q, 0), stmt_i64(q, 2), &k.key[0], e);
		if (rc >= 0 && second)
			rc = key_of(m, stmt_str(q, 0), stmt_i64(q, 4), &k.key[1], e);
	}
	stmt_done(q);
	if (rc < 0)
		return -1;
	xgrow(&m->sets, m->sets_len, &m->sets_alloc, sizeof(*m->sets));
	m->sets[m->sets_len++] = k;
	*out = &m->sets[m->sets_len - 1];
	return 0;
}

/* Columns 6 on: limit_set_id, first_percent, first_resets_ms, second_percent, second_resets_ms. */
static int
limits(struct make *m, struct stmt *q, int64_t ts_ms, struct err *e)
{
	struct keys *k;

	if (stmt_is_null(q, 6) || ts_ms < 0)
		return 0;
	if (keys_of(m, stmt_i64(q, 6), &k, e) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		struct st_span x = { k->key[i], m->home_id, ts_ms, ts_ms, 0, -1 };

		if (k->key[i] == 0 || stmt_is_null(q, 7 + 2 * i))
			continue;
		x.percent = stmt_real(q, 7 + 2 * i);
		x.resets_ms = stmt_opt(q, 8 + 2 * i);
		if (x.resets_ms > LATEST_MS)
			x.resets_ms = -1;
		st_span_add(&m->out->spans, &x);
	}
	return 0;
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
	    "SELECT line, ts_ms, turn_seq, dimset_id, verdict, "
	    "CASE WHEN window > 0 AND l_total >= 0 AND l_total < 1000000000000 "
	    "THEN (l_total * 2000 + window) / (2 * window) END, limit_set_id, first_percent, "
	    "first_resets_ms, second_percent, second_resets_ms "
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
		if (stmt_opt(q, 5) > m->out->peak)
			m->out->peak = stmt_opt(q, 5);
		if (limits(m, q, stmt_opt(q, 1), e) < 0) {
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

int
st_thread_sum_make(
    struct store *s, int64_t id, bool writes, struct st_thread_sum *out, struct err *e)
{
	struct make m = { .store = s, .out = out, .writes = writes };
	int found, more;

	memset(out, 0, sizeof(*out));
	out->thread_id = id;
	out->home_id = out->first_ms = out->last_ms = out->dimset_id = out->peak = -1;
	found = rollouts(&m, e);
	free(m.sets);
	if (found < 0 || (more = others(out, s, e)) < 0)
		return -1;
	out->turns = (int64_t)out->own_len;
	fill_turns(out);
	return found > 0 || more > 0;
}

void
st_thread_sum_clear(struct st_thread_sum *t)
{
	if (t == NULL)
		return;
	free(t->own);
	free(t->spans.p);
	memset(t, 0, sizeof(*t));
}
