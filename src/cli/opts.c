#include "base/compat.h"

#include <getopt.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "cli/opts.h"

enum kind { TEXT, FLAG, LIST, FILTER };

static const struct def {
	const char *name;
	enum kind kind;
	size_t offset; /* in struct opts */
	const char *arg, *help;
} defs[] = {
#define OPT(name, kind, field, arg, help) \
	{ \
		name, kind, offsetof(struct opts, field), arg, help \
	}
	OPT("db", TEXT, db, "FILE", "the database (default: see the manual)"),
	OPT("home", LIST, homes, "DIR",
	    "a Codex home to read; may be repeated (default: ~/.codex)"),
	OPT("rollouts", LIST, rollouts, "DIR", "a folder of rollouts to read; may be repeated"),
	OPT("last", TEXT, last, "N", "the last N units: 90min 12h 7d 2w 6mo 1y, or total"),
	OPT("today", FLAG, today, NULL, "since local midnight"),
	OPT("from", TEXT, from, "WHEN",
	    "from that day, or that time (2026-01-02, 2026-01-02T10:00)"),
	OPT("to", TEXT, to, "WHEN", "to the end of that day, or to that time"),
	OPT("group", TEXT, group, "SIZE", "hour, day, week or month (default: day)"),
	OPT("by", TEXT, by, "DIM",
	    "model, directory, repo, branch, session, source, effort, tier or home"),
	OPT("format", TEXT, format, "F", "table, json, ndjson or csv"),
	OPT("json", FLAG, json, NULL, "short for --format json"),
	OPT("tz", TEXT, tz, "ZONE", "time zone: an IANA name, UTC or local"),
	OPT("out", TEXT, out, "FILE", "write there; - is standard output"),
	OPT("counted", FLAG, counted, NULL, "only rows that count"),
	OPT("search", TEXT, search, "TEXT",
	    "only sessions with TEXT in id, title, directory or repository"),
	OPT("limit", TEXT, limit, "N", "at most N rows (0: all)"),
	OPT("wait", TEXT, wait, "SECS", "wait that long for another ingest (default: 30)"),
	OPT("yes", FLAG, yes, NULL, "do not ask"),
	OPT("model", FILTER, filters, "NAME",
	    "only this model; !NAME excludes, NAME* is a beginning"),
	OPT("directory", FILTER, filters, "DIR", "only this directory"),
	OPT("repo", FILTER, filters, "URL", "only this repository"),
	OPT("branch", FILTER, filters, "NAME", "only this branch"),
	OPT("session", FILTER, filters, "ID", "only this session"),
	OPT("source", FILTER, filters, "WORD", "only cli, exec, vscode, mcp, subagent, review, …"),
	OPT("effort", FILTER, filters, "WORD", "only this reasoning effort"),
	OPT("tier", FILTER, filters, "WORD", "only default, priority, flex or unknown"),
	OPT("help", FLAG, help, NULL, "this text"),
	OPT("version", FLAG, version, NULL, "the version of the program"),
#undef OPT
};

static bool
takes_it(const char *takes, const char *name)
{
	struct str rest = str_of(takes), word;

	if (strcmp(name, "help") == 0 || strcmp(name, "version") == 0)
		return true;
	while (str_split(&rest, ' ', &word))
		if (str_eqz(word, name))
			return true;
	return false;
}

static int
set(struct opts *o, const struct def *d, const char *value, struct err *e)
{
	char *field = (char *)o + d->offset;
	struct opts_list *list;

	switch (d->kind) {
	case TEXT:
		memcpy(field, &value, sizeof(value));
		return 0;
	case FLAG:
		*(bool *)field = true;
		return 0;
	case LIST:
		list = (struct opts_list *)(void *)field;
		if (list->n == OPTS_LIST)
			return err_set(
			    e, ERR_USAGE, "--%s may be given at most %d times", d->name, OPTS_LIST);
		list->v[list->n++] = value;
		return 0;
	case FILTER:
		if (o->filters_len == OPTS_LIST)
			return err_set(e, ERR_USAGE, "at most %d filters", OPTS_LIST);
		o->filters[o->filters_len++] = (struct opts_filter){ d->name, value };
		return 0;
	}
	return 0;
}

int
opts_read(int argc, char **argv, const char *name, const char *takes, struct opts *o, struct err *e)
{
	struct option longs[ARRAY_LEN(defs) + 1];
	size_t n = 0;
	int c, which;

	memset(o, 0, sizeof(*o));
	memset(longs, 0, sizeof(longs));
	for (size_t i = 0; i < ARRAY_LEN(defs); i++)
		if (takes_it(takes, defs[i].name))
			longs[n++] = (struct option){ defs[i].name,
				defs[i].kind == FLAG ? no_argument : required_argument, NULL,
				(int)i + 256 };
	opterr = 0;
	optind = 0; /* start afresh */
	while ((c = getopt_long(argc, argv, ":h", longs, &which)) != -1) {
		if (c == 'h')
			o->help = true;
		else if (c == ':')
			return err_set(e, ERR_USAGE, "%s needs a value", argv[optind - 1]);
		else if (c < 256)
			return err_set(e, ERR_USAGE,
			    "unknown option %.80s; `%s --help` lists the options",
			    optopt != 0 && optopt < 256 ? (const char[]){ '-', (char)optopt, '\0' }
							: argv[optind - 1],
			    name);
		else if (set(o, &defs[c - 256], optarg, e) < 0)
			return -1;
	}
	o->operands = argv + optind;
	o->operands_len = (size_t)(argc - optind);
	return 0;
}

void
opts_help(FILE *f, const char *takes)
{
	for (size_t i = 0; i < ARRAY_LEN(defs); i++) {
		char left[48];

		if (!takes_it(takes, defs[i].name))
			continue;
		(void)snprintf(left, sizeof(left), "--%s%s%s", defs[i].name,
		    defs[i].arg == NULL ? "" : " ", defs[i].arg == NULL ? "" : defs[i].arg);
		(void)fprintf(f, "  %-20s  %s\n", left, defs[i].help);
	}
}
