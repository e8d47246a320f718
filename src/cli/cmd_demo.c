#include "base/compat.h"

#include "base/num.h"
#include "cli/cmd.h"
#include "demo/demo.h"
#include "report/table.h"

#define DAYS 30
#define BYTES 20000000

/* The number that option --NAME gives as TEXT (NULL: not given) into *OUT. */
static int
number(const char *name, const char *text, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	if (text == NULL || num_i64(str_of(text), min, max, out) == 0)
		return 0;
	return err_set(e, ERR_USAGE, "--%s %.40s: use a whole number from %" PRId64 " to %" PRId64,
	    name, text, min, max);
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	struct demo_opts d = { .dir = o->operands[0],
		.days = DAYS,
		.bytes = BYTES,
		.seed = 1,
		.profile = DEMO_TYPICAL,
		.now_ms = a->now_ms,
		.tz = a->tz,
		.stop = app_stop() };
	struct demo_sum sum;
	char sessions[32], responses[32], tokens[32];

	if (number("days", o->days, 1, DEMO_DAYS_MAX, &d.days, e) < 0 ||
	    number("bytes", o->bytes, DEMO_BYTES_MIN, DEMO_BYTES_MAX, &d.bytes, e) < 0 ||
	    number("seed", o->seed, 0, INT64_MAX, &d.seed, e) < 0)
		return -1;
	if (d.dir[0] == '\0')
		return err_set(e, ERR_USAGE, "the name of DIR is empty");
	if (o->profile != NULL && demo_profile_by_name(o->profile, &d.profile, e) < 0)
		return -1;
	if (demo_write(&d, &sum, e) < 0)
		return -1;
	table_commas(sum.sessions, sessions);
	table_commas(sum.responses, responses);
	table_commas(sum.tokens, tokens);
	(void)printf("%s/codex-home: %" PRId64 " rollouts (%.1f MB) of %s sessions, %s responses.\n"
		     "%s/truth.json: they add up to %s tokens.\n",
	    d.dir, sum.files, (double)sum.bytes / 1e6, sessions, responses, d.dir, tokens);
	return 0;
}

const struct cmd cmd_demo = {
	.name = "demo",
	.operands = "DIR",
	.summary = "Write an invented Codex home, and what a report of it must say",
	.takes = "days bytes seed profile",
	.min = 1,
	.max = 1,
	.run = run,
};
