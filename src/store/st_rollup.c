/*
 * The sums: made anew for one thread from its counted lines, written only where
 * they differ.
 */
#include "base/compat.h"

#include "store/st_usage.h"

#define FROM_USAGE \
	"SELECT owner_id, count_ms / 900000 - (count_ms % 900000 < 0), dimset_id, is_long, " \
	"count(*), sum(d_input), sum(d_cached), sum(d_write), sum(d_output), " \
	"sum(d_reasoning) FROM "
#define RECOUNT FROM_USAGE "usage WHERE verdict = 1 "
/* what counts for a thread stands in its own rollouts, or was recovered from a copy */
#define RECOUNT_OF_THREAD \
	FROM_USAGE "(SELECT u.* FROM rollout r JOIN usage u ON u.rollout_id = r.id " \
		   "WHERE r.thread_id = ?1 AND u.verdict = 1 AND u.owner_id = ?1 " \
		   "AND u.recovered = 0 " \
		   "UNION ALL SELECT * FROM usage WHERE owner_id = ?1 AND recovered = 1 " \
		   "AND verdict = 1) GROUP BY 1, 2, 3, 4 "
#define SUMS \
	"SELECT thread_id, quarter, dimset_id, is_long, responses, input, cached, " \
	"cache_write, output, reasoning FROM rollup "

static int
on_thread(struct store *s, const char *sql, int64_t thread_id, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, thread_id);
	rc = stmt_step(q, e);
	stmt_done(q);
	return rc;
}

int
st_rollup_remake(struct store *s, int64_t thread_id, struct err *e)
{
	static const char DIFFERS[] = "SELECT 1 WHERE EXISTS (" RECOUNT_OF_THREAD "EXCEPT " SUMS
				      "WHERE thread_id = ?1) OR EXISTS (" SUMS
				      "WHERE thread_id = ?1 EXCEPT " RECOUNT_OF_THREAD ")";
	static const char DROP[] = "DELETE FROM rollup WHERE thread_id = ?1";
	static const char MAKE[] =
	    "INSERT INTO rollup(thread_id, quarter, dimset_id, is_long, responses, input, "
	    "cached, cache_write, output, reasoning) " RECOUNT_OF_THREAD;
	int rc = on_thread(s, DIFFERS, thread_id, e);

	if (rc <= 0)
		return rc;
	if (on_thread(s, DROP, thread_id, e) < 0)
		return -1;
	return on_thread(s, MAKE, thread_id, e) < 0 ? -1 : 0;
}

int
st_rollup_remake_all(struct store *s, struct err *e)
{
	static const char SQL[] =
	    "DELETE FROM rollup;"
	    "INSERT INTO rollup(thread_id, quarter, dimset_id, is_long, responses, input, "
	    "cached, cache_write, output, reasoning) " RECOUNT "GROUP BY 1, 2, 3, 4";

	return store_exec(s, SQL, e);
}

int
st_rollup_verify(struct store *s, bool *same, struct err *e)
{
	static const char SQL[] =
	    "SELECT 1 WHERE EXISTS (" RECOUNT "GROUP BY 1, 2, 3, 4 EXCEPT " SUMS
	    ") OR EXISTS (" SUMS "EXCEPT " RECOUNT "GROUP BY 1, 2, 3, 4)";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	rc = stmt_step(q, e);
	*same = rc == 0;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}
