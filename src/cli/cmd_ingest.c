#include "base/compat.h"

#include <unistd.h>

#include "base/num.h"
#include "base/sbuf.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "cli/progress.h"
#include "cli/tally_json.h"
#include "report/table.h"
#include "time/civil.h"

#define WAIT_MS 30000
#define PROBLEMS_SHOWN 5
#define RESCAN_S 60

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
	jw_kv_i64(w, "sessions_settled_while_read", s->counts.settled);
	jw_key(w, "changed");
	jw_bool(w, s->changed);
}

static int
totals_json(struct jw *w, struct store *s, const struct tally_problems *problems, struct err *e)
{
	static const struct {
		enum tally_kind kind;
		const char *key;
	} totals[] = {
		{ TALLY_FILES, "files_by_state" },
		{ TALLY_VERDICTS, "verdicts" },
		{ TALLY_SKIPPED, "skipped_by_reason" },
		{ TALLY_FAULTY, "faulty_by_reason" },
		{ TALLY_UNKNOWN, "unknown_kinds" },
	};
	int rc = 0;

	jw_key(w, "database_totals");
	jw_obj(w);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(totals); i++) {
		struct tally t;

		rc = tally_read(s, totals[i].kind, &t, e);
		if (rc == 0)
			tally_json(w, totals[i].key, &t);
		tally_clear(&t);
	}
	tally_problems_json(w, problems);
	jw_obj_end(w);
	return rc;
}

static int
json(const struct app *a, const struct ingest_summary *sum, const struct tally_problems *problems,
    struct err *e)
{
	struct jw w;
	int rc;

	jw_file(&w, stdout, true);
	jw_obj(&w);
	jw_kv_str(&w, "database", a->places.db.path);
	run_json(&w, sum);
	rc = totals_json(&w, a->store, problems, e);
	jw_obj_end(&w);
	(void)putchar('\n');
	return rc;
}

/* The files that could not be read, or not to the end, on stderr: those of earlier runs too. */
static void
notes(const struct app *a, const struct ingest_summary *sum, const struct tally_problems *problems)
{
	for (size_t i = 0; i < problems->len && i < PROBLEMS_SHOWN; i++) {
		struct sbuf b;

		sbuf_init(&b, 65536);
		utf8_add_plain(&b, str_of(problems->rows[i].path));
		sbuf_addz(&b, ": ");
		utf8_add_plain(&b, str_of(problems->rows[i].problem));
		(void)fprintf(stderr, "%s: %s\n", a->program, b.buf);
		sbuf_free(&b);
	}
	if (problems->len > PROBLEMS_SHOWN)
		(void)fprintf(stderr, "%s: and %zu more (--json lists them)\n", a->program,
		    problems->len - PROBLEMS_SHOWN);
	if (sum->counts.lines.skipped > 0)
		(void)fprintf(stderr,
		    "%s: %" PRId64 " line%s could not be read; --json tells the reasons\n",
		    a->program, sum->counts.lines.skipped,
		    sum->counts.lines.skipped == 1 ? "" : "s");
}

/* What the callbacks of a watch share. */
struct following {
	struct app *app;
	bool is_json, is_quiet; /* quiet: no line on a terminal */
	bool some;              /* the line stands there */
	int64_t lines;          /* read since the start */
	int64_t last_ms;        /* time of the last pass that changed something; 0: none yet */
	struct progress bar;
};

static void
clear_line(struct following *f)
{
	if (f->some)
		(void)fputs("\r\033[K", stderr);
	f->some = false;
}

/* The one line on a terminal. */
static void
show_line(struct following *f)
{
	char lines[32], when[32] = "";
	struct date d;
	int32_t at, offset;

	if (f->is_quiet)
		return;
	table_commas(f->lines, lines);
	if (f->last_ms > 0) {
		tz_local(f->app->tz, f->last_ms, &d, &at, &offset);
		(void)snprintf(when, sizeof(when), ", the last at %02d:%02d:%02d", at / 3600000,
		    at / 60000 % 60, at / 1000 % 60);
	}
	clear_line(f);
	(void)fprintf(stderr, "Watching; %s new line%s%s. Ctrl-C ends.", lines,
	    f->lines == 1 ? "" : "s", when);
	(void)fflush(stderr);
	f->some = true;
}

static int64_t
now(void *arg)
{
	const struct following *f = arg;

	return app_now_ms(f->app);
}

static void
begin(void *arg)
{
	struct following *f = arg;

	progress_begin(&f->bar, stderr); /* its line takes the place of ours */
}

static void
progress(void *arg, const struct ingest_progress *at)
{
	struct following *f = arg;

	progress_show(&f->bar, at);
}

static void
say(void *arg, const char *text)
{
	struct following *f = arg;
	bool some = f->some;
	struct sbuf b;

	progress_end(&f->bar);
	clear_line(f);
	sbuf_init(&b, 65536);
	utf8_add_plain(&b, str_of(text));
	(void)fprintf(stderr, "%s: %s\n", f->app->program, b.buf);
	sbuf_free(&b);
	if (some)
		show_line(f);
}

/* One object, on one line. */
static int
pass_json(const struct following *f, enum watch_why why, const struct ingest_summary *sum)
{
	static const char *const words[] = { "first", "changes", "rescan" };
	char when[32];
	struct jw w;

	civil_format_utc(app_now_ms(f->app), when);
	jw_file(&w, stdout, false);
	jw_obj(&w);
	jw_kv_str(&w, "time", when);
	jw_kv_str(&w, "pass", words[why]);
	jw_kv_str(&w, "database", f->app->places.db.path);
	run_json(&w, sum);
	jw_obj_end(&w);
	return putchar('\n');
}

static int
passed(void *arg, enum watch_why why, const struct ingest_summary *sum, struct err *e)
{
	struct following *f = arg;

	progress_end(&f->bar);
	if (sum->changed) {
		f->lines += why == WATCH_FIRST ? 0 : sum->counts.lines.lines;
		f->last_ms = why == WATCH_FIRST ? f->last_ms : app_now_ms(f->app);
		if (f->is_json)
			(void)pass_json(f, why, sum); /* the stream keeps its errors */
		else if (why == WATCH_FIRST)
			text(sum);
	}
	if (app_flush(stdout, "standard output", e) < 0)
		return -1;
	if (!sum->stopped)
		show_line(f);
	return 0;
}

static int
follow(struct app *a, const struct opts *o, bool is_json, int64_t wait_ms, struct err *e)
{
	struct following f = { .app = a, .is_json = is_json };
	struct watch_opts w = { .rescan_ms = RESCAN_S,
		.wait_ms = wait_ms,
		.settle_ms = WATCH_SETTLE_MS,
		.gap_ms = WATCH_GAP_MS,
		.now = now,
		.begin = begin,
		.progress = progress,
		.passed = passed,
		.say = say,
		.arg = &f };
	int rc;

	if (o->rescan != NULL && num_i64(str_of(o->rescan), 1, 86400, &w.rescan_ms) < 0)
		return err_set(
		    e, ERR_USAGE, "--rescan %.40s: use whole seconds, 1 to 86400", o->rescan);
	w.rescan_ms *= 1000;
	f.is_quiet = is_json || !isatty(STDERR_FILENO);
	rc = app_watch(a, &w, e);
	clear_line(&f);
	return rc;
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	int64_t wait_ms;
	enum printer_format format = PRINTER_JSON;
	struct tally_problems problems = { 0 };
	struct ingest_summary sum;
	bool table;
	int rc;

	if (app_format(o, &table, &format, e) < 0)
		return -1;
	if (!table && format != PRINTER_JSON)
		return err_set(e, ERR_USAGE, "--format: use text or json");
	if (app_wait(o, WAIT_MS, &wait_ms, e) < 0)
		return -1;
	if (o->watch)
		return follow(a, o, !table, wait_ms, e);
	if (o->rescan != NULL)
		return err_set(e, ERR_USAGE, "--rescan goes with --watch");
	rc = app_ingest(a, wait_ms, INT64_MIN, &sum, e);
	if (rc == 0)
		rc = tally_problems_read(a->store, &problems, e);
	if (rc == 0)
		notes(a, &sum, &problems);
	if (rc == 0 && table)
		text(&sum);
	else if (rc == 0)
		rc = json(a, &sum, &problems, e);
	tally_problems_clear(&problems);
	ingest_summary_clear(&sum);
	return rc;
}

const struct cmd cmd_ingest = {
	.name = "ingest",
	.operands = "",
	.summary = "Read what is new in Codex's files into the database",
	.takes = "db home rollouts wait watch rescan format json",
	.formats = "text or json",
	.run = run,
};
