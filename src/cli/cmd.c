#include "base/compat.h"

#include <locale.h>

#include "base/xalloc.h"
#include "cli/cmd.h"

#define PROGRAM "codex-track"

static const struct cmd *const cmds[] = {
	&cmd_web,
	&cmd_ui,
	&cmd_report,
	&cmd_status,
	&cmd_sessions,
	&cmd_explain,
	&cmd_export,
	&cmd_ingest,
	&cmd_doctor,
	&cmd_clear_db,
	&cmd_demo,
	&cmd_conf,
};

static void
usage(FILE *f)
{
	(void)fputs("Usage: " PROGRAM " COMMAND [OPTIONS]\n\n"
		    "Exact token usage of the Codex CLI, from its own files.\n\nCommands:\n",
	    f);
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		(void)fprintf(f, "  %-10s  %s\n", cmds[i]->name, cmds[i]->summary);
	(void)fputs("\n`" PROGRAM " COMMAND --help` lists a command's options; "
		    "`man " PROGRAM "` tells the rest.\n",
	    f);
}

static void
cmd_help(const struct cmd *c, const char *program)
{
	(void)printf("Usage: %s [OPTIONS]%s%s\n\n%s.\n\nOptions:\n", program,
	    c->operands[0] != '\0' ? " " : "", c->operands, c->summary);
	opts_help(stdout, c->takes, c->formats);
}

static int
check_operands(const struct cmd *c, const struct opts *o, const char *program, struct err *e)
{
	if (o->operands_len < c->min)
		return err_set(
		    e, ERR_USAGE, "give %s; `%s --help` tells more", c->operands, program);
	if (o->operands_len > c->max)
		return err_set(e, ERR_USAGE, "unexpected \"%.80s\"; `%s --help` lists the options",
		    o->operands[c->max], program);
	return 0;
}

int
cmd_run(const struct cmd *c, const char *program, int argc, char **argv)
{
	struct opts o;
	struct app a;
	struct err e = { .code = ERR_NONE };
	int rc;

	if (opts_read(argc, argv, program, c->takes, &o, &e) < 0)
		return app_fail(program, &e);
	if (o.help) {
		cmd_help(c, program);
		return app_flush(stdout, "standard output", &e) < 0 ? app_fail(program, &e) : 0;
	}
	if (o.version) {
		(void)printf("%s " PACKAGE_VERSION "\n", program);
		return app_flush(stdout, "standard output", &e) < 0 ? app_fail(program, &e) : 0;
	}
	if (check_operands(c, &o, program, &e) < 0 || app_start(&a, program, &o, &e) < 0)
		return app_fail(program, &e);
	app_signals();
	rc = c->run(&a, &o, &e);
	if (rc == 0 && app_flush(stdout, "standard output", &e) < 0)
		rc = -1;
	app_close(&a);
	return rc < 0 ? app_fail(program, &e) : rc;
}

int
cmd_main(int argc, char **argv)
{
	char *program;
	int rc;

	(void)setlocale(LC_CTYPE, ""); /* widths only; a missing locale is C */
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts(PROGRAM " " PACKAGE_VERSION);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		if (strcmp(argv[1], cmds[i]->name) == 0) {
			program = xasprintf(PROGRAM " %s", cmds[i]->name);
			rc = cmd_run(cmds[i], program, argc - 1, argv + 1);
			free(program);
			return rc;
		}
	(void)fprintf(stderr,
	    PROGRAM ": unknown command \"%.60s\"; `" PROGRAM " --help` lists them\n", argv[1]);
	return 2;
}
