/*
 * arena.h - memory that is freed at once, for one unit of work (a line, a
 * report). A pointer from an arena lives until arena_reset or arena_free.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

/* New empty arena, owned by the caller: arena_free. Aborts when out of memory. */
struct arena *arena_new(void);

/* Free the arena A and everything in it. NULL-safe; cannot fail. */
void arena_free(struct arena *a);

/* Forget everything in A; its first block is kept for reuse; cannot fail. */
void arena_reset(struct arena *a);

/* COUNT elements of SIZE bytes, cleared, aligned for any type; owned by A. Aborts when out of memory. */
void *arena_alloc(struct arena *a, size_t count, size_t size);

/* Terminated copy of S, owned by A. Aborts when out of memory. */
char *arena_dup(struct arena *a, struct str s);

/* Printf-style text FMT, owned by A. Aborts when out of memory. */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

#endif
