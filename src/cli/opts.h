/*
 * opts.h - the options of all commands in one table: name, kind, help. A command
 * names those it takes.
 */
#ifndef CLI_OPTS_H
#define CLI_OPTS_H

#include "base/err.h"

#define OPTS_LIST 256 /* values of one repeatable option */

struct opts_list {
	const char *v[OPTS_LIST];
	size_t n;
};

struct opts_filter {
	const char *name, *value;
};

struct opts {
	const char *db, *last, *from, *to, *group, *by, *format, *tz, *out, *search, *wait, *limit;
	const char *rescan, *days, *bytes, *seed, *profile;
	const char *port, *prefix, *time_limit, *socket;
	struct opts_list homes, rollouts, hosts;
	struct opts_filter filters[OPTS_LIST];
	size_t filters_len;
	bool today, counted, yes, json, watch, paths, repair, demo, no_open, cgi, spawn, help,
	    version;
	char *const *operands;
	size_t operands_len;
};

/*
 * Read ARGV[1] to ARGV[ARGC - 1] for a command called NAME that takes the
 * options TAKES (names with blanks between) into *O; texts are borrowed from
 * ARGV. Returns 0; -1 with ERR_USAGE in *E.
 */
int opts_read(
    int argc, char **argv, const char *name, const char *takes, struct opts *o, struct err *e);

/* Write a line about each option of TAKES to F; FORMATS is what --format takes. Errors stay in F. */
void opts_help(FILE *f, const char *takes, const char *formats);

#endif
