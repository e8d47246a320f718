#include "base/compat.h"

#include "base/num.h"
#include "base/sbuf.h"
#include "cli/cmd.h"
#include "report/sessions.h"
#include "report/table.h"

#define DEFAULT_LIMIT 50

static struct str
known(const char *s)
{
	return s == NULL ? str_n(NULL, 0) : str_of(s);
}

static void
local_text(const struct app *a, int64_t ms, char buf[static 32])
{
	buf[0] = '\0';
	if (ms >= 0)
		civil_format_offset(ms, tz_offset_s(a->tz, ms), buf);
}

static void
table(const struct app *a, const struct sessions *l)
{
	static const char *const titles[] = { "Last active", "Session", "Model", "Directory",
		"Source", "Turns", "Calls", "Tokens", "Est. cost", "Title" };
	static const bool right[] = { false, false, false, false, false, true, true, true, true,
		false };
	struct table *t = table_new(ARRAY_LEN(titles), titles, right);

	for (size_t i = 0; i < l->len; i++) {
		const struct session_row *r = &l->rows[i];
		char buf[64], usd[40];

		local_text(a, r->last_ms, buf);
		buf[16] = '\0';
		if (buf[10] == 'T')
			buf[10] = ' ';
		table_cell(t, 0, str_of(buf));
		table_cell(t, 1, known(r->uuid));
		table_cell(t, 2, known(r->models));
		table_cell(t, 3, known(r->directory));
		table_cell(t, 4, known(r->source));
		table_commas(r->turns, buf);
		table_cell(t, 5, str_of(buf));
		table_commas(r->calls, buf);
		table_cell(t, 6, str_of(buf));
		table_commas(r->sum.input + r->sum.output, usd);
		(void)snprintf(buf, sizeof(buf), "%s%s", r->losses != 0 ? "* " : "", usd);
		table_cell(t, 7, str_of(buf));
		price_format_usd(price_nanousd(r->sum.cost), 2, usd);
		(void)snprintf(buf, sizeof(buf), "%.8s%s%s%s", a->money,
		    strlen(a->money) > 1 ? " " : "", usd, r->sum.unpriced > 0 ? "+" : "");
		table_cell(
		    t, 8, r->sum.unpriced > 0 && r->sum.priced == 0 ? STR("-") : str_of(buf));
		table_cell(t, 9, known(r->title));
		table_row(t);
	}
	table_print(t, stdout);
	table_free(t);
	if (l->more)
		(void)puts("More: --limit 0 lists all.");
	for (size_t i = 0; i < l->len; i++)
		if (l->rows[i].losses != 0) {
			(void)puts("* The files hold less than was used; `codex-track explain ID` "
				   "tells what.");
			break;
		}
}

static void
rows(const struct app *a, const struct sessions *l, enum printer_format format)
{
	static const char *const names[] = { "session_id", "title", "first_active", "last_active",
		"directory", "repository", "source", "codex_version", "models", "parent_session_id",
		"turns", "messages", "tool_calls", "tool_failures", "compactions", "total_tokens",
		"input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens",
		"estimated_cost", "unpriced_tokens", "lower_bound", "losses", "archived",
		"file_gone", "recovered" };
	struct printer *p = printer_begin(format, stdout, ARRAY_LEN(names), names);

	for (size_t i = 0; i < l->len; i++) {
		const struct session_row *r = &l->rows[i];
		const struct report_sum *s = &r->sum;
		char first[32], last[32], cost[64];
		struct sbuf words;

		sbuf_init(&words, 1024);
		coverage_words(&words, r->losses);
		local_text(a, r->first_ms, first);
		local_text(a, r->last_ms, last);
		price_format_decimal(s->cost, cost);
		printer_row(p,
		    (const struct cell[]){ cell_text(known(r->uuid)), cell_text(known(r->title)),
			r->first_ms < 0 ? cell_null() : cell_text(str_of(first)),
			r->last_ms < 0 ? cell_null() : cell_text(str_of(last)),
			cell_text(known(r->directory)), cell_text(known(r->repository)),
			cell_text(known(r->source)), cell_text(known(r->version)),
			{ CELL_WORDS, 0, known(r->models) }, cell_text(known(r->parent)),
			cell_int(r->turns), cell_int(r->messages), cell_int(r->calls),
			cell_int(r->failures), cell_int(r->compactions),
			cell_int(s->input + s->output), cell_int(s->input), cell_int(s->cached),
			cell_int(s->output), cell_int(s->reasoning),
			s->unpriced > 0 && s->priced == 0 ? cell_null() : cell_number(cost),
			cell_int(s->unpriced), cell_bool(r->losses != 0),
			{ CELL_WORDS, 0, str_n(words.buf, words.len) }, cell_bool(r->is_archived),
			cell_bool(r->is_gone), cell_bool(r->is_recovered) });
		sbuf_free(&words);
	}
	printer_end(p);
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	int64_t limit = DEFAULT_LIMIT;
	struct sessions list;
	struct query q;
	bool is_table;
	int rc = -1;

	if (app_format(o, &is_table, &format, e) < 0)
		return -1;
	if (!is_table)
		limit = 0; /* a program wants all, or says how many */
	if (o->limit != NULL && num_i64(str_of(o->limit), 0, 100000000, &limit) < 0)
		return err_set(
		    e, ERR_USAGE, "--limit %.40s: use a whole number, 0 for all", o->limit);
	if (app_query(a, o, &q, e) == 0 && app_open(a, INT64_MIN, e) == 0 &&
	    sessions_run(a->store, &q, a->card, o->search, (size_t)limit, &list, e) == 0) {
		if (is_table)
			table(a, &list);
		else
			rows(a, &list, format);
		sessions_clear(&list);
		rc = 0;
	}
	query_clear(&q);
	return rc;
}

const struct cmd cmd_sessions = {
	.name = "sessions",
	.operands = "",
	.summary = "The sessions, newest first",
	.takes = "db home rollouts last today from to format json tz search limit filters",
	.formats = "table, json, ndjson or csv",
	.run = run,
};
