/*
 * internal.h - what store.c and stmt.c share.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>

#include "base/table.h"
#include "store/store.h"

struct stmt {
	struct store *store;
	sqlite3_stmt *q;
	const char *sql; /* key of the cache */
	int bind_rc;     /* first error of a bind */
	bool queued;     /* of store_later while there is a thread: written down, not run */
	UT_hash_handle hh;
};

struct store {
	sqlite3 *db;
	char *path;
	struct stmt *stmts;
	int64_t deadline_ms; /* of the monotonic clock; 0: none */
	struct later *later; /* NULL: no thread */
	bool use_later;
	bool only_reads;
};

/* Fill *E from the last error of S's connection, in words for people. Returns always -1. */
int store_fail(struct store *s, struct err *e);

/* Wait until all that was written down for the thread of S has run; nothing to do without one. Returns 0; -1 with the first error in *E, again and again until later_forget. */
int later_drain(struct store *s, struct err *e);

/* Forget what was written down for the thread of S, and its error; cannot fail. */
void later_forget(struct store *s);

/* Begin to write down the statement Q of store_later; cannot fail. */
void later_begin(struct stmt *q);

/* Parameter I of Q is NULL; cannot fail. */
void later_null(struct stmt *q, int i);

/* Parameter I of Q is V; cannot fail. */
void later_i64(struct stmt *q, int i, int64_t v);

/* Parameter I of Q is the number V; cannot fail. */
void later_real(struct stmt *q, int i, double v);

/* Parameter I of Q is a copy of the N bytes of clean text at P; cannot fail. */
void later_text(struct stmt *q, int i, const char *p, size_t n);

/* Parameter I of Q is a copy of the N bytes at P; cannot fail. */
void later_blob(struct stmt *q, int i, const void *p, size_t n);

/* Q is written down; cannot fail. */
void later_run(struct stmt *q);

#endif
