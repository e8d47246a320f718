/*
 * title_index.h - the titles of threads, as session_index.jsonl says them: one JSON object for
 * each line. In one file the last line of a thread holds; where two homes name the same thread,
 * the newer one.
 *
 * Source: formats.md 1.4 (session_index.jsonl).
 */
#ifndef INGEST_TITLE_INDEX_H
#define INGEST_TITLE_INDEX_H

#include "base/table.h"

struct title {
	char *id, *text; /* owned */
	int64_t ms;      /* updated_at, milliseconds UTC; 0 when it cannot be read */
	size_t home;     /* number of the home that it comes from */
	UT_hash_handle hh;
};

/*
 * Add the titles in the open file FD (borrowed, at its start) of the home number HOME to *ALL, a
 * table by id that begins as NULL. Lines that are no entry are passed over, what follows an
 * unreadable place is not read. Cannot fail; aborts when out of memory.
 */
void title_index_read(int fd, size_t home, struct title **all);

/* Free *ALL, which becomes NULL; cannot fail. */
void title_index_clear(struct title **all);

#endif
