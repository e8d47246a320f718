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
	UT_hash_handle hh;
};

struct store {
	sqlite3 *db;
	char *path;
	struct stmt *stmts;
	int64_t deadline_ms; /* of the monotonic clock; 0: none */
};

/* Fill *E from the last error of S's connection, in words for people. Returns always -1. */
int store_fail(struct store *s, struct err *e);

#endif
