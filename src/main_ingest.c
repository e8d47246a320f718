/*
 * codex-track-ingest - fills the database: `codex-track ingest` as a program of its own.
 */
#include "base/compat.h"

#include "cli/cmd.h"

int
main(int argc, char **argv)
{
	return cmd_run(&cmd_ingest, "codex-track-ingest", argc, argv);
}
