#include "base/compat.h"

#include "base/xalloc.h"
#include "report/status.h"

#define OVERHEAD_TOKENS 12000

int
status_context_left(int64_t window, int64_t used)
{
	int64_t room = window - OVERHEAD_TOKENS, left;

	if (window < 0 || used < 0)
		return -1;
	if (room <= 0)
		return 0;
	left = room - (used > OVERHEAD_TOKENS ? used - OVERHEAD_TOKENS : 0);
	return left <= 0 ? 0 : (int)((left * 100 + room / 2) / room);
}

void
status_window_name(int64_t minutes, char buf[static 32])
{
	if (minutes < 0)
		(void)snprintf(buf, 32, "Usage");
	else if (minutes == 10080)
		(void)snprintf(buf, 32, "Weekly");
	else if (minutes == 1440)
		(void)snprintf(buf, 32, "Daily");
	else if (minutes >= 40320 && minutes <= 44640)
		(void)snprintf(buf, 32, "Monthly");
	else if (minutes % 1440 == 0)
		(void)snprintf(buf, 32, "%" PRId64 "d", minutes / 1440);
	else if (minutes % 60 == 0)
		(void)snprintf(buf, 32, "%" PRId64 "h", minutes / 60);
	else
		(void)snprintf(buf, 32, "%" PRId64 " min", minutes);
}

static int
newest(struct store *s, struct status *st, struct err *e)
{
	/* the newest own usage line; of equal times the later line */
	static const char SQL[] =
	    "SELECT u.ts_ms, d.model, d.directory, t.uuid, t.title, x.cli_version, "
	    "u.l_input, u.l_cached, u.l_write, u.l_output, u.l_reasoning, u.l_total, u.window, "
	    "u.rollout_id, u.pos "
	    "FROM usage u JOIN rollout r ON r.id = u.rollout_id AND u.line >= r.own_line "
	    "JOIN thread t ON t.id = r.thread_id LEFT JOIN dimset d ON d.id = u.dimset_id "
	    "LEFT JOIN session x ON x.rollout_id = r.id WHERE u.ts_ms IS NOT NULL AND "
	    "u.verdict <> 6 "
	    "ORDER BY u.ts_ms DESC, t.uuid DESC, u.rollout_id DESC, u.pos DESC LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		st->some = true;
		st->captured_ms = stmt_i64(q, 0);
		st->model = stmt_dup_some(q, 1);
		st->directory = stmt_dup_some(q, 2);
		st->session = stmt_dup_some(q, 3);
		st->title = stmt_dup_some(q, 4);
		st->version = stmt_dup_some(q, 5);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

/* The last request of that session: a gauge after a compaction says how full it is, a count what was used. */
static int
last_request(struct store *s, struct status *st, struct err *e)
{
	static const char USED[] =
	    "SELECT u.l_input, u.l_cached, u.l_write, u.l_output, u.l_reasoning, u.l_total "
	    "FROM usage u JOIN rollout r ON r.id = u.rollout_id AND u.line >= r.own_line "
	    "JOIN thread t ON t.id = r.thread_id WHERE t.uuid = ?1 AND u.l_total IS NOT NULL "
	    "AND u.l_input + u.l_output > 0 ORDER BY u.ts_ms DESC, u.rollout_id DESC, u.pos "
	    "DESC LIMIT 1";
	static const char GAUGE[] =
	    "SELECT u.window, u.l_total FROM usage u "
	    "JOIN rollout r ON r.id = u.rollout_id AND u.line >= r.own_line "
	    "JOIN thread t ON t.id = r.thread_id WHERE t.uuid = ?1 AND u.window IS NOT NULL "
	    "AND u.l_total > 0 ORDER BY u.ts_ms DESC, u.rollout_id DESC, u.pos DESC LIMIT 1";
	struct stmt *q = store_stmt(s, USED, e);
	int rc;

	st->window = st->context_left = -1;
	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, st->session);
	if ((rc = stmt_step(q, e)) == 1) {
		st->has_usage = true;
		st->last = (struct tokens){ .input = stmt_i64(q, 0),
			.cached = stmt_i64(q, 1),
			.cache_write = stmt_i64(q, 2),
			.output = stmt_i64(q, 3),
			.reasoning = stmt_i64(q, 4),
			.total = stmt_i64(q, 5) };
	}
	stmt_done(q);
	if (rc < 0 || (q = store_stmt(s, GAUGE, e)) == NULL)
		return -1;
	stmt_bind_strz(q, 1, st->session);
	if ((rc = stmt_step(q, e)) == 1) {
		st->window = stmt_i64(q, 0);
		st->context_left = status_context_left(st->window, stmt_i64(q, 1));
		st->last.total = stmt_i64(q, 1);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

static int
limits(struct store *s, int64_t now_ms, struct status *st, struct err *e)
{
	/* the newest own sample of each (home, limit, length) */
	static const char SQL[] =
	    "SELECT path, limit_id, minutes, used_percent, resets_ms, ts_ms, plan_type FROM ("
	    "SELECT h.path, l.limit_id, l.minutes, l.used_percent, l.resets_ms, l.ts_ms, "
	    "l.plan_type, "
	    "row_number() OVER (PARTITION BY r.home_id, l.limit_id, l.minutes "
	    "ORDER BY l.ts_ms DESC, l.rollout_id DESC, l.pos DESC) AS nth "
	    "FROM limit_sample l JOIN rollout r ON r.id = l.rollout_id AND l.line >= r.own_line "
	    "JOIN home h ON h.id = r.home_id WHERE l.used_percent IS NOT NULL AND l.ts_ms IS "
	    "NOT NULL) "
	    "WHERE nth = 1 ORDER BY path, limit_id <> 'codex', limit_id, minutes";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		struct status_limit *l;

		xgrow(&st->limits, st->limits_len, &alloc, sizeof(*st->limits));
		l = &st->limits[st->limits_len++];
		*l = (struct status_limit){
			.home = str_dup(stmt_str(q, 0)),
			.limit_id = str_dup(stmt_str(q, 1)),
			.minutes = stmt_opt(q, 2),
			.used_percent = stmt_real(q, 3),
			.resets_ms = stmt_opt(q, 4),
			.captured_ms = stmt_i64(q, 5),
			.plan = stmt_dup_some(q, 6),
		};
		l->is_reset = l->resets_ms >= 0 && l->resets_ms <= now_ms;
	}
	stmt_done(q);
	return rc;
}

int
status_run(struct store *s, int64_t now_ms, struct status *out, struct err *e)
{
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (store_begin(s, e) < 0)
		return -1;
	if (newest(s, out, e) == 0 && (!out->some || last_request(s, out, e) == 0) &&
	    limits(s, now_ms, out, e) == 0)
		rc = 0;
	store_rollback(s);
	if (rc < 0)
		status_clear(out);
	return rc;
}

void
status_clear(struct status *st)
{
	if (st == NULL)
		return;
	free(st->model);
	free(st->directory);
	free(st->session);
	free(st->title);
	free(st->version);
	for (size_t i = 0; i < st->limits_len; i++) {
		free(st->limits[i].home);
		free(st->limits[i].limit_id);
		free(st->limits[i].plan);
	}
	free(st->limits);
	memset(st, 0, sizeof(*st));
}
