#include "base/compat.h"

#include <unistd.h>

#include "cli/cmd.h"
#include "report/out_report.h"

/* The built-in zone is the original tool's, not the machine's: say so, to people only. */
static void
zone_note(const struct app *a)
{
	const struct tz *local;
	struct err ignored;

	if (strcmp(a->tz_origin, "default") != 0 || !isatty(STDERR_FILENO))
		return;
	local = tz_get("local", &ignored);
	if (local != NULL && strcmp(tz_name(local), tz_name(a->tz)) != 0)
		(void)fprintf(stderr,
		    "Times are those of %s, this machine's zone is %s; change it with --tz "
		    "local, "
		    "CODEX_USAGE_TZ or \"timezone\" in the configuration.\n",
		    tz_name(a->tz), tz_name(local));
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	struct report r;
	struct query q;
	bool table;
	int rc = -1;

	if (app_format(o, &table, &format, e) < 0)
		return -1;
	if (app_query(a, o, &q, e) == 0 && app_open(a, q.range.from_ms, e) == 0 &&
	    report_run(a->store, &q, a->card, &r, e) == 0) {
		if (table) {
			zone_note(a);
			out_report_table(stdout, &r, &q, a->money);
			if (r.total.priced > 0)
				(void)printf(
				    "Cost is what these tokens cost at API list prices, not a "
				    "bill. "
				    "Times: %s.\n",
				    tz_name(a->tz));
		} else {
			out_report_rows(stdout, &r, format);
			if (r.coverage.failed_files > 0)
				(void)fprintf(stderr,
				    "%s: %" PRId64 " of the files not read, or not whole; "
				    "`codex-track ingest` names them\n",
				    a->program, r.coverage.failed_files);
		}
		report_clear(&r);
		rc = 0;
	}
	query_clear(&q);
	return rc;
}

const struct cmd cmd_report = {
	.name = "report",
	.operands = "",
	.summary = "Tokens and cost by period and model, project or session",
	.takes = "db home rollouts last today from to group by format json tz filters",
	.formats = "table, json, ndjson or csv",
	.run = run,
};
