#include "base/compat.h"

#include <getopt.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "cli/opts.h"
#include "report/dims.h"

enum kind { TEXT, FLAG, LIST };

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
	OPT("by", TEXT, by, "DIM", NULL),
	OPT("format", TEXT, format, "F", NULL),
	OPT("json", FLAG, json, NULL, "short for --format json"),
	OPT("tz", TEXT, tz, "ZONE", "time zone: an IANA name, UTC or local"),
	OPT("out", TEXT, out, "FILE", "write there; - is standard output"),
	OPT("counted", FLAG, counted, NULL, "only rows that count"),
	OPT("search", TEXT, search, "TEXT",
	    "only sessions with TEXT in id, title, directory, repository or branch"),
	OPT("limit", TEXT, limit, "N", "at most N rows (0: all)"),
	OPT("wait", TEXT, wait, "SECS", "wait that long for another ingest (default: 30)"),
	OPT("watch", FLAG, watch, NULL, "then follow the files until Ctrl-C or SIGTERM"),
	OPT("rescan", TEXT, rescan, "SECS",
	    "with --watch: look at every file that often (default: 60)"),
	OPT("paths", FLAG, paths, NULL, "only where everything is, and what says so"),
	OPT("repair", FLAG, repair, NULL, "mend modes, and make all that is derived again"),
	OPT("days", TEXT, days, "N", "days of history (default: 30)"),
	OPT("bytes", TEXT, bytes, "N", "size of the rollouts (default: 20000000)"),
	OPT("seed", TEXT, seed, "N", "another one writes another home (default: 1)"),
	OPT("profile", TEXT, profile, "P", "typical, real or tiny-files (default: typical)"),
	OPT("port", TEXT, port, "N", "the port on 127.0.0.1 (default: 8377)"),
	OPT("prefix", TEXT, prefix, "PATH", "below which path it is mounted (default: /)"),
	OPT("no-open", FLAG, no_open, NULL, "open no browser"),
	OPT("demo", FLAG, demo, NULL, "show an invented home; yours is not touched"),
	OPT("allow-host", LIST, hosts, "NAME", "answer to that name, too; may be repeated"),
	OPT("time-limit", TEXT, time_limit, "SECS",
	    "a request without progress for so long ends the worker (default: 60)"),
	OPT("cgi", FLAG, cgi, NULL, "as plain CGI instead of FastCGI"),
	OPT("spawn", FLAG, spawn, NULL, "lighttpd starts the workers (it runs as the owner)"),
	OPT("socket", TEXT, socket, "PATH", "the socket of the workers"),
	OPT("yes", FLAG, yes, NULL, "do not ask"),
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
	}
	return 0;
}

/* Every dimension but the homes, which --home names for reading, is a filter. */
static bool
is_filter(const char *takes, const struct dim *dim)
{
	return takes_it(takes, "filters") && strcmp(dim->name, "home") != 0;
}

static int
set_filter(struct opts *o, const char *name, const char *value, struct err *e)
{
	if (o->filters_len == OPTS_LIST)
		return err_set(e, ERR_USAGE, "at most %d filters", OPTS_LIST);
	o->filters[o->filters_len++] = (struct opts_filter){ name, value };
	return 0;
}

#define FIRST_OPT 256    /* what getopt_long returns for defs[0] */
#define FIRST_FILTER 512 /* and for the first dimension */

static size_t
long_options(const char *takes, struct option *longs, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(defs) && n < max; i++)
		if (takes_it(takes, defs[i].name))
			longs[n++] = (struct option){ defs[i].name,
				defs[i].kind == FLAG ? no_argument : required_argument, NULL,
				(int)i + FIRST_OPT };
	for (size_t i = 0; dim_at(i) != NULL && n < max; i++)
		if (is_filter(takes, dim_at(i)))
			longs[n++] = (struct option){ dim_at(i)->name, required_argument, NULL,
				(int)i + FIRST_FILTER };
	return n;
}

int
opts_read(int argc, char **argv, const char *name, const char *takes, struct opts *o, struct err *e)
{
	struct option longs[128];
	int c, which;

	memset(o, 0, sizeof(*o));
	memset(longs, 0, sizeof(longs));
	(void)long_options(takes, longs, ARRAY_LEN(longs) - 1);
	opterr = 0;
	optind = 0; /* start afresh */
	while ((c = getopt_long(argc, argv, ":h", longs, &which)) != -1) {
		if (c == 'h')
			o->help = true;
		else if (c == ':')
			return err_set(e, ERR_USAGE, "%s needs a value", argv[optind - 1]);
		else if (c < FIRST_OPT)
			return err_set(e, ERR_USAGE,
			    "unknown option %.80s; `%s --help` lists the options",
			    optopt != 0 && optopt < 256 ? (const char[]){ '-', (char)optopt, '\0' }
							: argv[optind - 1],
			    name);
		else if (c < FIRST_FILTER ? set(o, &defs[c - FIRST_OPT], optarg, e) < 0
					  : set_filter(o, dim_at((size_t)(c - FIRST_FILTER))->name,
						optarg, e) < 0)
			return -1;
	}
	o->operands = argv + optind;
	o->operands_len = (size_t)(argc - optind);
	return 0;
}

static void
help_line(FILE *f, const char *name, const char *arg, const char *text)
{
	char left[48];

	(void)snprintf(
	    left, sizeof(left), "--%s%s%s", name, arg == NULL ? "" : " ", arg == NULL ? "" : arg);
	(void)fprintf(f, "  %-20s  %s\n", left, text);
}

void
opts_help(FILE *f, const char *takes, const char *formats)
{
	struct sbuf dims;

	sbuf_init(&dims, 4096);
	dim_names(&dims);
	for (size_t i = 0; i < ARRAY_LEN(defs); i++) {
		const char *text = defs[i].help;

		if (strcmp(defs[i].name, "by") == 0)
			text = dims.buf;
		else if (strcmp(defs[i].name, "format") == 0)
			text = formats;
		if (takes_it(takes, defs[i].name))
			help_line(f, defs[i].name, defs[i].arg, text);
	}
	sbuf_free(&dims);
	for (size_t i = 0; dim_at(i) != NULL; i++)
		if (is_filter(takes, dim_at(i)))
			help_line(f, dim_at(i)->name, "VALUE",
			    i == 0 ? "only this one; !VALUE excludes, VALUE* is a beginning; "
				     "may be repeated"
				   : "the same");
}
