#include "base/compat.h"

#include "base/num.h"
#include "base/sbuf.h"
#include "base/table.h"
#include "base/xalloc.h"
#include "report/health_db.h"
#include "report/report.h"
#include "store/st_sums.h"
#include "store/st_usage.h"

static int
files(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	(void)in;
	if (tally_read(s, TALLY_FILES, &h->states, e) < 0 ||
	    tally_problems_read(s, &h->problems, e) < 0)
		return -1;
	for (size_t i = 0; i < h->problems.len; i++) {
		const struct tally_problem *p = &h->problems.rows[i];

		health_find(h, "files", p->problem, p->path,
		    strcmp(p->state, "copy") == 0
			? "keep only one of the two: what is only in this one is in no sum"
			: "make the file readable, or put a sound copy in its place");
	}
	return 0;
}

/* ---- months */

struct entry {
	struct health_month month;
	UT_hash_handle hh;
};

static struct entry *
entry_at(struct entry **all, const struct tz *tz, int64_t ms)
{
	int64_t start = bucket_start(BUCKET_MONTH, tz, 0, ms);
	struct entry *x;

	HASH_FIND(hh, *all, &start, sizeof(start), x);
	if (x == NULL) {
		x = xcalloc(1, sizeof(*x));
		x->month.start_ms = start;
		bucket_label(BUCKET_MONTH, tz, 0, ms, x->month.label);
		HASH_ADD(hh, *all, month.start_ms, sizeof(start), x);
	}
	return x;
}

/* Sessions of each month, and those of them with losses: rows come by session and time. */
static int
month_sessions(struct store *s, const struct tz *tz, struct entry **all, struct err *e)
{
	static const char SQL[] =
	    "SELECT thread_id, quarter * 900000 AS ms, 0 AS lossy, sum(responses) FROM rollup "
	    "GROUP BY 1, 2 "
	    "UNION ALL SELECT DISTINCT thread_id, ts_ms, 1, 0 FROM loss "
	    "UNION ALL SELECT thread_id, first_ms, 0, 0 FROM rollout WHERE first_ms IS NOT NULL "
	    "ORDER BY 1, 2";
	struct stmt *q = store_stmt(s, SQL, e);
	const struct entry *seen = NULL, *seen_lossy = NULL;
	int64_t thread = -1;
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		struct entry *x = entry_at(all, tz, stmt_i64(q, 1));

		if (stmt_i64(q, 0) != thread)
			seen = seen_lossy = NULL;
		thread = stmt_i64(q, 0);
		x->month.sessions += x != seen;
		seen = x;
		num_add_sat(&x->month.responses, stmt_i64(q, 3));
		if (stmt_i64(q, 2) == 0)
			continue;
		x->month.lossy += x != seen_lossy;
		seen_lossy = x;
	}
	stmt_done(q);
	return rc;
}

static int
month_lines(struct store *s, const struct tz *tz, struct entry **all, struct err *e)
{
	static const char SQL[] =
	    "SELECT coalesce(k.ts_ms, r.first_ms, 0), count(*) FROM skip k "
	    "JOIN file f ON f.id = k.file_id LEFT JOIN rollout r ON r.id = f.rollout_id "
	    "WHERE k.lost = 1 GROUP BY 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1)
		entry_at(all, tz, stmt_i64(q, 0))->month.unreadable += stmt_i64(q, 1);
	stmt_done(q);
	return rc;
}

static int
by_start(const void *a, const void *b)
{
	const struct health_month *x = a, *y = b;

	return x->start_ms < y->start_ms ? -1 : x->start_ms > y->start_ms;
}

static int
months(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	struct entry *all = NULL, *x, *next;
	int rc = -1;

	if (month_sessions(s, in->tz, &all, e) == 0 && month_lines(s, in->tz, &all, e) == 0)
		rc = 0;
	h->months = xcalloc(HASH_COUNT(all), sizeof(*h->months));
	HASH_ITER(hh, all, x, next)
	{
		h->months[h->months_len++] = x->month;
		HASH_DEL(all, x);
		free(x);
	}
	if (h->months_len > 0)
		qsort(h->months, h->months_len, sizeof(*h->months), by_start);
	return rc;
}

/* ---- sums and verdicts */

#define REPAIR "run `codex-track doctor --repair`"

static int
sums(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	bool packed;

	if (st_rollup_verify(s, &h->sums_same, e) < 0 || st_sums_verify(s, &packed, e) < 0)
		return -1;
	h->sums_same = h->sums_same && packed;
	if (!h->sums_same)
		health_find(h, "rollups", "the sums do not equal a recount of the counted lines",
		    in->db, REPAIR);
	return 0;
}

static int
ledger(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	/* what every settled line keeps to, whatever its verdict */
	static const char SQL[] =
	    "SELECT (SELECT count(*) FROM thread), (SELECT count(*) FROM thread WHERE dirty = 1), "
	    "(SELECT count(*) FROM usage u JOIN rollout r ON r.id = u.rollout_id "
	    "JOIN thread t ON t.id = r.thread_id WHERE t.dirty = 0 AND ("
	    "u.verdict NOT BETWEEN 1 AND ?1 OR u.dimset_id IS NULL "
	    "OR (u.verdict = 1) <> (u.owner_id IS NOT NULL) "
	    "OR (u.verdict = 1) <> (u.count_ms IS NOT NULL) "
	    "OR (u.verdict <> 1 AND (u.d_input, u.d_cached, u.d_write, u.d_output, u.d_reasoning) "
	    "<> (0, 0, 0, 0, 0)) OR u.d_cached > u.d_input OR u.d_reasoning > u.d_output))";
	struct stmt *q = store_stmt(s, SQL, e);
	char text[96];
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, VERDICT__MAX - 1);
	if ((rc = stmt_step(q, e)) == 1) {
		h->threads = stmt_i64(q, 0);
		h->dirty = stmt_i64(q, 1);
		h->odd = stmt_i64(q, 2);
	}
	stmt_done(q);
	if (rc < 0)
		return -1;
	if (h->dirty > 0) {
		(void)snprintf(text, sizeof(text), "%" PRId64 " session%s not counted yet",
		    h->dirty, h->dirty == 1 ? " is" : "s are");
		health_find(h, "ledger", text, in->db, "run `codex-track ingest`");
	}
	if (h->odd > 0) {
		(void)snprintf(text, sizeof(text),
		    "%" PRId64 " usage line%s a verdict that its amounts contradict", h->odd,
		    h->odd == 1 ? " has" : "s have");
		health_find(h, "ledger", text, in->db, REPAIR);
	}
	return 0;
}

/* ---- what this version does not know */

#define NAMES_SHOWN 5

static int
kinds(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	int64_t lines = 0;
	struct sbuf b;

	if (tally_read(s, TALLY_UNKNOWN, &h->kinds, e) < 0)
		return -1;
	if (h->kinds.len == 0)
		return 0;
	for (size_t i = 0; i < h->kinds.len; i++)
		num_add_sat(&lines, h->kinds.rows[i].n);
	sbuf_init(&b, (size_t)256 * 1024);
	sbuf_addf(&b, "%" PRId64 " line%s of kinds that this version does not know: ", lines,
	    lines == 1 ? " is" : "s are");
	for (size_t i = 0; i < h->kinds.len && i < NAMES_SHOWN; i++)
		sbuf_addf(&b, "%s%s", i == 0 ? "" : ", ", h->kinds.rows[i].name);
	if (h->kinds.len > NAMES_SHOWN)
		sbuf_addf(&b, " and %zu more", h->kinds.len - NAMES_SHOWN);
	health_find(h, "kinds", b.buf, in->db,
	    "install a newer version; until then nothing is taken from these lines");
	sbuf_free(&b);
	return 0;
}

/* As the report over everything says it. A finding is only what the card does not know: that something has no price may stand on it. */
static int
models(struct store *s, const struct health_in *in, struct health *h, struct err *e)
{
	struct query q;
	struct report r;
	int rc;

	query_init(&q, in->tz);
	q.group = BUCKET_MONTH;
	rc = report_run(s, &q, in->card, &r, e);
	query_clear(&q);
	if (rc < 0)
		return -1;
	h->models = r.coverage.models;
	h->models_len = r.coverage.models_len;
	r.coverage.models = NULL;
	r.coverage.models_len = 0;
	report_clear(&r);
	for (size_t i = 0; i < h->models_len; i++) {
		const struct coverage_model *m = &h->models[i];
		char *what;

		if (m->model[0] == '\0' || strcmp(m->reason, PRICE_UNKNOWN_MODEL) != 0)
			continue;
		what = xasprintf(
		    "%" PRId64 " tokens of the model %s have no price", m->tokens, m->model);
		health_find(h, "prices", what, in->db,
		    "install a newer version, or put its rates under \"pricing\" in the "
		    "configuration");
		free(what);
	}
	return 0;
}

static const struct health_step all_steps[] = {
	{ "the files", files },
	{ "the months", months },
	{ "the sums", sums },
	{ "the verdicts", ledger },
	{ "the kinds of lines", kinds },
	{ "the prices", models },
};

const struct health_step *
health_step_at(size_t i)
{
	return i < ARRAY_LEN(all_steps) ? &all_steps[i] : NULL;
}
