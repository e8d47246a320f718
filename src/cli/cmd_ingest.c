#include "base/compat.h"

#include "base/sbuf.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "json/jw.h"
#include "ledger/ledger.h"
#include "report/table.h"

#define WAIT_MS 30000
#define PROBLEMS_SHOWN 5

static const char PROBLEMS_SQL[] = "SELECT path, problem FROM file "
				   "WHERE problem IS NOT NULL AND state <> 'gone' ORDER BY path";

static void
text(const struct ingest_summary *s)
{
	const struct reader_counts *c = &s->counts;
	char lines[32], threads[32];

	table_commas(c->lines.lines, lines);
	table_commas(s->threads, threads);
	(void)printf("%" PRId64 " files: %" PRId64 " read, %" PRId64 " grown, %" PRId64
		     " unchanged, %" PRId64 " copies, %" PRId64 " empty, %" PRId64
		     " failed, %" PRId64 " gone.\n",
	    s->found, c->read, c->grown, c->unchanged, c->copies, c->empty, c->failed, s->gone);
	if (c->read + c->grown > 0)
		(void)printf("%s lines (%.1f MB) of %s session%s; %" PRId64
			     " line%s skipped, %" PRId64 " of unknown kinds.\n",
		    lines, (double)c->bytes / 1e6, threads, s->threads == 1 ? "" : "s",
		    c->lines.skipped, c->lines.skipped == 1 ? "" : "s", c->lines.unknown);
}

/* Rows of two columns, a name and a number, as a JSON object KEY. */
static int
pairs_json(struct jw *w, struct store *s, const char *key, const char *sql, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);
	int rc;

	if (q == NULL)
		return -1;
	jw_key(w, key);
	jw_obj(w);
	while ((rc = stmt_step(q, e)) == 1) {
		char *name = str_dup(stmt_str(q, 0));

		jw_kv_i64(w, name, stmt_i64(q, 1));
		free(name);
	}
	jw_obj_end(w);
	stmt_done(q);
	return rc;
}

static int
verdicts_json(struct jw *w, struct store *s, struct err *e)
{
	static const char SQL[] = "SELECT verdict, count(*) FROM usage GROUP BY 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int64_t n[VERDICT__MAX] = { 0 };
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1)
		if (stmt_i64(q, 0) >= 0 && stmt_i64(q, 0) < VERDICT__MAX)
			n[stmt_i64(q, 0)] = stmt_i64(q, 1);
	stmt_done(q);
	jw_key(w, "verdicts");
	jw_obj(w);
	for (int v = 0; v < VERDICT__MAX; v++)
		jw_kv_i64(w, verdict_name((enum verdict)v), n[v]);
	jw_obj_end(w);
	return rc;
}

static void
run_json(struct jw *w, const struct ingest_summary *s)
{
	const struct reader_counts *c = &s->counts;

	jw_key(w, "files");
	jw_obj(w);
	jw_kv_i64(w, "found", s->found);
	jw_kv_i64(w, "read", c->read);
	jw_kv_i64(w, "grown", c->grown);
	jw_kv_i64(w, "unchanged", c->unchanged);
	jw_kv_i64(w, "copy", c->copies);
	jw_kv_i64(w, "empty", c->empty);
	jw_kv_i64(w, "failed", c->failed);
	jw_kv_i64(w, "pending", c->pending);
	jw_kv_i64(w, "gone", s->gone);
	jw_obj_end(w);
	jw_kv_i64(w, "lines", c->lines.lines);
	jw_kv_i64(w, "bytes", c->bytes);
	jw_kv_i64(w, "records", c->lines.records);
	jw_kv_i64(w, "skipped_lines", c->lines.skipped);
	jw_kv_i64(w, "faulty_values", c->lines.faults);
	jw_kv_i64(w, "unknown_lines", c->lines.unknown);
	jw_kv_i64(w, "sessions_settled", s->threads);
	jw_key(w, "changed");
	jw_bool(w, s->changed);
}

static int
problems_json(struct jw *w, struct store *s, struct err *e)
{
	struct stmt *q = store_stmt(s, PROBLEMS_SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	jw_key(w, "problems");
	jw_arr(w);
	while ((rc = stmt_step(q, e)) == 1) {
		jw_obj(w);
		jw_key(w, "file");
		jw_str(w, stmt_str(q, 0));
		jw_key(w, "problem");
		jw_str(w, stmt_str(q, 1));
		jw_obj_end(w);
	}
	jw_arr_end(w);
	stmt_done(q);
	return rc;
}

static int
json(const struct app *a, struct store *s, const struct ingest_summary *sum, struct err *e)
{
	struct jw w;
	int rc = -1;

	jw_file(&w, stdout, true);
	jw_obj(&w);
	jw_kv_str(&w, "database", a->places.db.path);
	run_json(&w, sum);
	jw_key(&w, "database_totals");
	jw_obj(&w);
	if (pairs_json(&w, s, "files_by_state", "SELECT state, count(*) FROM file GROUP BY 1", e) ==
		0 &&
	    verdicts_json(&w, s, e) == 0 &&
	    pairs_json(&w, s, "skipped_by_reason",
		"SELECT reason, count(*) FROM skip WHERE lost = 1 GROUP BY 1", e) == 0 &&
	    pairs_json(&w, s, "faulty_by_reason",
		"SELECT reason, count(*) FROM skip WHERE lost = 0 GROUP BY 1", e) == 0 &&
	    problems_json(&w, s, e) == 0 &&
	    pairs_json(
		&w, s, "unknown_kinds", "SELECT name, sum(n) FROM unknown_kind GROUP BY 1", e) == 0)
		rc = 0;
	jw_obj_end(&w);
	jw_obj_end(&w);
	(void)putchar('\n');
	return rc;
}

/* The files that could not be read, or not to the end, on stderr: those of earlier runs too. */
static int
notes(const struct app *a, struct store *s, const struct ingest_summary *sum, struct err *e)
{
	struct stmt *q = store_stmt(s, PROBLEMS_SQL, e);
	int64_t n = 0;
	int rc;

	if (q == NULL)
		return -1;
	for (; (rc = stmt_step(q, e)) == 1; n++) {
		struct sbuf b;

		if (n >= PROBLEMS_SHOWN)
			continue;
		sbuf_init(&b, 65536);
		utf8_add_plain(&b, stmt_str(q, 0));
		sbuf_addz(&b, ": ");
		utf8_add_plain(&b, stmt_str(q, 1));
		(void)fprintf(stderr, "%s: %s\n", a->program, b.buf);
		sbuf_free(&b);
	}
	stmt_done(q);
	if (n > PROBLEMS_SHOWN)
		(void)fprintf(stderr, "%s: and %" PRId64 " more (--json lists them)\n", a->program,
		    n - PROBLEMS_SHOWN);
	if (sum->counts.lines.skipped > 0)
		(void)fprintf(stderr,
		    "%s: %" PRId64 " line%s could not be read; --json tells the reasons\n",
		    a->program, sum->counts.lines.skipped,
		    sum->counts.lines.skipped == 1 ? "" : "s");
	return rc;
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	int64_t wait_ms;
	enum printer_format format = PRINTER_JSON;
	struct ingest_summary sum;
	bool table;
	int rc;

	if (app_format(o, &table, &format, e) < 0)
		return -1;
	if (!table && format != PRINTER_JSON)
		return err_set(e, ERR_USAGE, "--format: use text or json");
	if (app_wait(o, WAIT_MS, &wait_ms, e) < 0)
		return -1;
	rc = app_ingest(a, wait_ms, INT64_MIN, &sum, e);
	if (rc == 0)
		rc = store_open(&a->store, a->places.db.path, STORE_READER, e);
	if (rc == 0)
		rc = notes(a, a->store, &sum, e);
	if (rc == 0 && table)
		text(&sum);
	else if (rc == 0)
		rc = json(a, a->store, &sum, e);
	ingest_summary_clear(&sum);
	return rc;
}

const struct cmd cmd_ingest = {
	.name = "ingest",
	.operands = "",
	.summary = "Read what is new in Codex's files into the database",
	.takes = "db home rollouts wait format json",
	.formats = "text or json",
	.run = run,
};
