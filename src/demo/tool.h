/*
 * tool.h - tool calls of the newest format: the call before the usage record,
 * what became of it behind. Errors are kept in the thread's gen.
 */
#ifndef DEMO_TOOL_H
#define DEMO_TOOL_H

#include "demo/thread.h"

enum tool_kind { TOOL_COMMAND, TOOL_PATCH, TOOL_PLAN, TOOL_MCP, TOOL_WEB, TOOL_IMAGE };

struct tool {
	enum tool_kind kind;
	const struct command *command;
	const char *file;
	char call[ID_SIZE];
};

/* Call a tool of KIND in T and note in *CALL what was called. Errors stay in gen. */
void tool_call(struct thread *t, enum tool_kind kind, struct tool *call);

/* What became of CALL in T, with BYTES of output, FANCY or not: event and item. Errors stay in gen. */
void tool_output(struct thread *t, const struct tool *call, size_t bytes, bool fancy);

/* A function call in T: NAME in SPACE (NULL: none) with ARGUMENTS (JSON); its id into CALL. Errors stay in gen. */
void tool_function(struct thread *t, const char *name, const char *space, const char *arguments,
    char call[static ID_SIZE]);

/* The output TEXT of the function call CALL in T. Errors stay in gen. */
void tool_function_output(struct thread *t, const char *call, const char *text);

#endif
