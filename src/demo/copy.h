/*
 * copy.h - lines of one thread's file again in another's: with the time of the
 * copy, and with new ordinals where there are any.
 */
#ifndef DEMO_COPY_H
#define DEMO_COPY_H

#include "demo/thread.h"

/* Which lines are copied. */
enum copy_kind {
	COPY_ALL,    /* a fork of 2025 and early 2026 */
	COPY_CONTEXT /* what the model sees: a sub-agent with its parent's context */
};

/*
 * The lines of KIND in the first BYTES of FROM's file again in TO (NULL: only
 * count them). FROM may be open; its file must be plain. Returns their number;
 * errors stay in FROM's gen.
 */
int64_t copy_lines(struct thread *from, int64_t bytes, enum copy_kind kind, struct thread *to);

#endif
