/*
 * cmd.h - the commands of codex-track: one file and one table row each.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/app.h"
#include "cli/opts.h"

struct cmd {
	const char *name;
	const char *operands; /* for the usage line; "" for none */
	const char *summary;  /* one line */
	const char *takes;    /* options, with blanks between */
	const char *formats;  /* what --format takes, for the help */
	size_t min, max;      /* operands */
	int (*run)(struct app *a, const struct opts *o,
	    struct err *e); /* 0, or -1 with *e; more than 0: exit status */
};

/* Run the program with ARGC words ARGV as main got them. Returns the exit status. */
int cmd_main(int argc, char **argv);

/* Run the one command C as a program of its own called PROGRAM with ARGC words ARGV as main got them. Returns the exit status. */
int cmd_run(const struct cmd *c, const char *program, int argc, char **argv);

extern const struct cmd cmd_report, cmd_export, cmd_status, cmd_sessions, cmd_explain, cmd_ingest,
    cmd_doctor, cmd_clear_db, cmd_demo, cmd_conf, cmd_web, cmd_ui;

#endif
