/*
 * codex-track - the command line tool.
 */
#include "base/compat.h"

#include "cli/cmd.h"

int
main(int argc, char **argv)
{
	return cmd_main(argc, argv);
}
