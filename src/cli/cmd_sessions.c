#include "base/compat.h"

#include "base/num.h"
#include "base/sbuf.h"
#include "cli/cmd.h"
#include "report/out_sessions.h"
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
			out_sessions_rows(stdout, &list, a->tz, format);
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
