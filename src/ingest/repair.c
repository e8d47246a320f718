/*
 * What a row was before its first change is noted by triggers of this connection,
 * so that the count costs nothing where nothing changes.
 */
#include "base/compat.h"

#include "ingest/repair.h"
#include "ingest/settle.h"
#include "store/st_home.h"
#include "store/st_sums.h"
#include "store/st_usage.h"

#define BATCH_THREADS 200

static const char NOTES[] =
    "CREATE TEMP TABLE was_rollout(id INTEGER PRIMARY KEY, own_line, basis, is_open);"
    "CREATE TEMP TRIGGER note_rollout AFTER UPDATE OF own_line, basis, is_open ON main.rollout "
    "BEGIN INSERT OR IGNORE INTO was_rollout VALUES "
    "(OLD.id, OLD.own_line, OLD.basis, OLD.is_open); END;"

    "CREATE TEMP TABLE was_usage(rollout_id, pos, verdict, owner_id, recovered, count_ms, "
    "dimset_id, is_long, d_input, d_cached, d_write, d_output, d_reasoning, "
    "PRIMARY KEY (rollout_id, pos)) WITHOUT ROWID;"
    "CREATE TEMP TRIGGER note_usage AFTER UPDATE ON main.usage "
    "BEGIN INSERT OR IGNORE INTO was_usage VALUES "
    "(OLD.rollout_id, OLD.pos, OLD.verdict, OLD.owner_id, OLD.recovered, OLD.count_ms, "
    "OLD.dimset_id, OLD.is_long, OLD.d_input, OLD.d_cached, OLD.d_write, OLD.d_output, "
    "OLD.d_reasoning); END;"

    /* rows that come and go: a NULL says that there was none */
    "CREATE TEMP TABLE was_rollup(thread_id, quarter, dimset_id, is_long, responses, input, "
    "cached, cache_write, output, reasoning, "
    "PRIMARY KEY (thread_id, quarter, dimset_id, is_long)) WITHOUT ROWID;"
    "CREATE TEMP TRIGGER note_rollup_gone AFTER DELETE ON main.rollup "
    "BEGIN INSERT OR IGNORE INTO was_rollup VALUES "
    "(OLD.thread_id, OLD.quarter, OLD.dimset_id, OLD.is_long, OLD.responses, OLD.input, "
    "OLD.cached, OLD.cache_write, OLD.output, OLD.reasoning); END;"
    "CREATE TEMP TRIGGER note_rollup_new AFTER INSERT ON main.rollup "
    "BEGIN INSERT OR IGNORE INTO was_rollup VALUES "
    "(NEW.thread_id, NEW.quarter, NEW.dimset_id, NEW.is_long, NULL, NULL, NULL, NULL, NULL, "
    "NULL); END;"

    "CREATE TEMP TABLE was_loss(thread_id, rollout_id, line, kind, ts_ms, dimset_id, "
    "PRIMARY KEY (thread_id, rollout_id, line, kind)) WITHOUT ROWID;"
    "CREATE TEMP TRIGGER note_loss_gone AFTER DELETE ON main.loss "
    "BEGIN INSERT OR IGNORE INTO was_loss VALUES "
    "(OLD.thread_id, OLD.rollout_id, OLD.line, OLD.kind, OLD.ts_ms, OLD.dimset_id); END;"
    "CREATE TEMP TRIGGER note_loss_new AFTER INSERT ON main.loss "
    "BEGIN INSERT OR IGNORE INTO was_loss VALUES "
    "(NEW.thread_id, NEW.rollout_id, NEW.line, NEW.kind, NULL, NULL); END";

static const char DIFFERENT[] =
    "SELECT (SELECT count(*) FROM temp.was_rollout w JOIN main.rollout n USING (id) "
    "WHERE (w.own_line, w.basis, w.is_open) IS NOT (n.own_line, n.basis, n.is_open)), "
    "(SELECT count(*) FROM temp.was_usage w JOIN main.usage n USING (rollout_id, pos) "
    "WHERE (w.verdict, w.owner_id, w.recovered, w.count_ms, w.dimset_id, w.is_long, w.d_input, "
    "w.d_cached, w.d_write, w.d_output, w.d_reasoning) IS NOT "
    "(n.verdict, n.owner_id, n.recovered, n.count_ms, n.dimset_id, n.is_long, n.d_input, "
    "n.d_cached, n.d_write, n.d_output, n.d_reasoning)), "
    "(SELECT count(*) FROM temp.was_rollup w LEFT JOIN main.rollup n "
    "USING (thread_id, quarter, dimset_id, is_long) "
    "WHERE (w.responses, w.input, w.cached, w.cache_write, w.output, w.reasoning) IS NOT "
    "(n.responses, n.input, n.cached, n.cache_write, n.output, n.reasoning)), "
    "(SELECT count(*) FROM temp.was_loss w LEFT JOIN main.loss n "
    "USING (thread_id, rollout_id, line, kind) "
    "WHERE (w.ts_ms, w.dimset_id) IS NOT (n.ts_ms, n.dimset_id))";

static int
count(struct store *s, struct repair *out, struct err *e)
{
	struct stmt *q = store_stmt(s, DIFFERENT, e);
	int rc;

	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		out->boundaries = stmt_i64(q, 0);
		out->verdicts = stmt_i64(q, 1);
		out->sums = stmt_i64(q, 2);
		out->losses = stmt_i64(q, 3);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

/* Every thread is to be walked: their number into *N. */
static int
mark(struct store *s, int64_t *n, struct err *e)
{
	static const char SQL[] = "SELECT count(*) FROM thread";
	struct stmt *q;
	int rc;

	if (store_begin(s, e) < 0 || st_thread_dirty_all(s, e) < 0 || settle_boundaries(s, e) < 0 ||
	    st_sums_settle(s, e) < 0 || store_bump(s, e) < 0 || store_commit(s, e) < 0)
		return -1;
	if ((q = store_stmt(s, SQL, e)) == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1)
		*n = stmt_i64(q, 0);
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

static int
walk(struct store *s, const struct ingest_opts *opts, struct repair *out, struct err *e)
{
	struct ingest_progress at = { .settling = true };
	int n;

	if (mark(s, &at.threads_all, e) < 0)
		return -1;
	do {
		if (opts->stop != NULL && *opts->stop != 0)
			return err_set(e, ERR_STOPPED,
			    "stopped; the next ingest goes on with the %" PRId64 " sessions left",
			    at.threads_all - at.threads_done);
		if (store_begin(s, e) < 0)
			return -1;
		n = settle_some(s, opts->card, BATCH_THREADS, e);
		if (n < 0 || (n > 0 && (st_sums_settle(s, e) < 0 || store_bump(s, e) < 0)) ||
		    store_commit(s, e) < 0)
			return -1;
		out->threads += n;
		at.threads_done += n;
		if (opts->progress != NULL)
			opts->progress(opts->arg, &at);
	} while (n > 0);
	return 0;
}

/* Every thread has its own sums by now; what is left belongs to none. */
static int
sums(struct store *s, struct err *e)
{
	bool same, packed;

	if (st_rollup_verify(s, &same, e) < 0 || st_sums_verify(s, &packed, e) < 0)
		return -1;
	if (same && packed)
		return 0;
	if (store_begin(s, e) < 0 || (!same && st_rollup_remake_all(s, e) < 0) ||
	    (!packed && st_sums_mark_all(s, e) < 0) || st_sums_settle(s, e) < 0 ||
	    store_bump(s, e) < 0)
		return -1;
	return store_commit(s, e);
}

int
repair_run(struct store *s, const struct ingest_opts *opts, struct repair *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (store_exec(s, NOTES, e) < 0 || walk(s, opts, out, e) < 0 || sums(s, e) < 0 ||
	    count(s, out, e) < 0) {
		store_rollback(s);
		return -1;
	}
	return 0;
}
