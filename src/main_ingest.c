/*
 * codex-track-ingest - fills the database: `codex-track ingest` as a program of its own.
 */
#include "base/compat.h"

#include "cli/cmd.h"

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)puts("codex-track-ingest " PACKAGE_VERSION);
		return 0;
	}
	return cmd_run(&cmd_ingest, "codex-track-ingest", argc, argv);
}
