#include "base/compat.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "report/tally.h"

static const char *const queries[TALLY__MAX] = {
	[TALLY_FILES] = "SELECT state, count(*) FROM file GROUP BY 1 ORDER BY 1",
	[TALLY_VERDICTS] = "SELECT verdict, count(*) FROM usage GROUP BY 1",
	[TALLY_SKIPPED] = "SELECT reason, count(*) FROM skip WHERE lost = 1 GROUP BY 1 ORDER BY 1",
	[TALLY_FAULTY] = "SELECT reason, count(*) FROM skip WHERE lost = 0 GROUP BY 1 ORDER BY 1",
	[TALLY_UNKNOWN] = "SELECT name, sum(n) FROM unknown_kind GROUP BY 1 ORDER BY 2 DESC, 1",
};

/* Verdicts are numbers in the database: a row for each, found or not. */
static int
verdicts(struct stmt *q, struct tally *out, struct err *e)
{
	int rc;

	out->rows = xcalloc(VERDICT__MAX, sizeof(*out->rows));
	out->len = VERDICT__MAX;
	for (int v = 0; v < VERDICT__MAX; v++)
		out->rows[v].name = xstrdup(verdict_name((enum verdict)v));
	while ((rc = stmt_step(q, e)) == 1)
		if (stmt_i64(q, 0) >= 0 && stmt_i64(q, 0) < VERDICT__MAX)
			out->rows[stmt_i64(q, 0)].n = stmt_i64(q, 1);
	return rc;
}

int
tally_read(struct store *s, enum tally_kind kind, struct tally *out, struct err *e)
{
	struct stmt *q = store_stmt(s, queries[kind], e);
	size_t alloc = 0;
	int rc;

	*out = (struct tally){ 0 };
	if (q == NULL)
		return -1;
	if (kind == TALLY_VERDICTS)
		rc = verdicts(q, out, e);
	else
		while ((rc = stmt_step(q, e)) == 1) {
			xgrow(&out->rows, out->len, &alloc, sizeof(*out->rows));
			out->rows[out->len++] =
			    (struct tally_row){ str_dup(stmt_str(q, 0)), stmt_i64(q, 1) };
		}
	stmt_done(q);
	return rc;
}

int
tally_problems_read(struct store *s, struct tally_problems *out, struct err *e)
{
	static const char SQL[] = "SELECT path, state, problem FROM file "
				  "WHERE problem IS NOT NULL AND state <> 'gone' ORDER BY 1";
	struct stmt *q = store_stmt(s, SQL, e);
	size_t alloc = 0;
	int rc;

	*out = (struct tally_problems){ 0 };
	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(&out->rows, out->len, &alloc, sizeof(*out->rows));
		out->rows[out->len++] = (struct tally_problem){ str_dup(stmt_str(q, 0)),
			str_dup(stmt_str(q, 1)), str_dup(stmt_str(q, 2)) };
	}
	stmt_done(q);
	return rc;
}

void
tally_clear(struct tally *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->len; i++)
		free(t->rows[i].name);
	free(t->rows);
	*t = (struct tally){ 0 };
}

void
tally_problems_clear(struct tally_problems *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->len; i++) {
		free(p->rows[i].path);
		free(p->rows[i].state);
		free(p->rows[i].problem);
	}
	free(p->rows);
	*p = (struct tally_problems){ 0 };
}
