/*
 * store.h - the database: opening, migrating, transactions, prepared
 * statements. The only layer that knows SQLite. SQL text stands beside the
 * function that runs it, values are always bound.
 *
 * Source: design.md 7; c-style.md 3 "SQLite".
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "base/str.h"

#define STORE_APPLICATION_ID 0x43445854 /* "CDXT" in the file's header */

#define STORE_NAME_MAX ((size_t)16384) /* longest name that is kept, in bytes */

enum store_mode {
	STORE_READER, /* the file must exist; nothing is written */
	STORE_WRITER  /* made, migrated, WAL */
};

struct store;
struct stmt;

/*
 * Open the database PATH in MODE into *OUT (owned by the caller: store_close). A writer
 * makes the folder (0700) and the file (0600) under any umask and migrates it.
 * Returns 0; -1 with ERR_NOTFOUND (reader, no file), ERR_INPUT (no database, a
 * newer schema, another program's), ERR_BUSY, ERR_IO or ERR_DB in *E.
 */
int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e);

/* Let S wait at most MS for another program's lock instead of 5 s; cannot fail. */
void store_wait(struct store *s, int64_t ms);

/* As store_open of PATH in MODE, waiting at most MS for another program's lock from the start. Results, owner and errors as there. */
int store_open_wait(
    struct store **out, const char *path, enum store_mode mode, int64_t ms, struct err *e);

/* From now on the writer S, which has no transaction open, only reads. Returns 0; -1 with ERR_DB in *E. */
int store_read_only(struct store *s, struct err *e);

/* Close S and free it. NULL-safe; cannot fail. */
void store_close(struct store *s);

/* Begin a transaction (a writer's takes the write lock at once). Returns 0; -1 with ERR_BUSY or ERR_DB in *E. */
int store_begin(struct store *s, struct err *e);

/* Commit the transaction. Returns 0; -1 with ERR_BUSY, ERR_IO (disk full) or ERR_DB in *E; the transaction is then rolled back. */
int store_commit(struct store *s, struct err *e);

/* Is a transaction of S open? Cannot fail. */
bool store_in_transaction(const struct store *s);

/* Give up the transaction, in any state; cannot fail. */
void store_rollback(struct store *s);

/* Run SQL text without parameters and rows (constant or made of constants). Returns 0; -1 with ERR_DB in *E. */
int store_exec(struct store *s, const char *sql, struct err *e);

/*
 * Let a thread of its own run the statements of store_later from now on, until store_thread_end;
 * where none can be made they are run at once. S is used by one other thread at most. Cannot fail.
 */
void store_thread(struct store *s);

/* Whether store_later hands statements to the thread of S from now on (ON), or runs them at once: for few of them the handing over costs more. Without a thread nothing happens; cannot fail. */
void store_thread_use(struct store *s, bool on);

/* Wait for the thread of S and end it; nothing to do without one. Returns 0, or -1 with the first error of a statement in *E. */
int store_thread_end(struct store *s, struct err *e);

/* Rows changed by the connection of S since it was opened; cannot fail. */
int64_t store_changes(struct store *s);

/* Did the last statement that was run on S to its end change a row? Cannot fail. */
bool store_changed(const struct store *s);

/* Row id of the last insert; cannot fail. */
int64_t store_last_id(const struct store *s);

/* Number in meta.generation: moves with every transaction that changed data. Returns it, 0 when there is none. */
int64_t store_generation(struct store *s);

/* A number that moves when another connection changed the file of S; far cheaper than store_generation. Returns it, -1 with *E when the file cannot be read. */
int64_t store_data_version(struct store *s, struct err *e);

/* From now on end a statement of S that still runs in MS milliseconds, with ERR_STOPPED; 0 lifts the limit. Cannot fail. */
void store_deadline(struct store *s, int64_t ms);

/* Add one to meta.generation, inside the caller's transaction. Returns 0; -1 with ERR_DB in *E. */
int store_bump(struct store *s, struct err *e);

/* Text of meta KEY into a new string *OUT (owned by the caller: free; NULL when there is none). Returns 0; -1 with ERR_DB in *E. */
int store_meta(struct store *s, const char *key, char **out, struct err *e);

/* Set meta KEY to VALUE, inside the caller's transaction. Returns 0; -1 with ERR_DB in *E. */
int store_meta_set(struct store *s, const char *key, const char *value, struct err *e);

/* Returns the schema version of the database S; 0 when it cannot be read. */
int64_t store_schema(struct store *s);

/* Returns the schema version that this program makes; cannot fail. */
int64_t store_schema_known(void);

/* PRAGMA integrity_check: 0 when the file is sound, -1 with its first complaint in *E. */
int store_check(struct store *s, struct err *e);

/*
 * The prepared statement for SQL, a static text: prepared once, kept with S, found by
 * the text's address. Returns it, lent by S; NULL with ERR_DB in *E.
 */
struct stmt *store_stmt(struct store *s, const char *sql, struct err *e);

/*
 * As store_stmt of SQL on S, with *E as there, for a statement that only writes and whose result
 * nobody asks for: with store_thread it is run later, in order, and before anything else that asks
 * S. Its error shows then. Values are bound as ever, then comes stmt_run. Returns it, lent by S;
 * NULL with ERR_DB in *E.
 */
struct stmt *store_later(struct store *s, const char *sql, struct err *e);

/*
 * A statement for the text SQL that is built at run time from constant parts.
 * Returns it, owned by the caller: stmt_free; NULL with ERR_DB in *E.
 */
struct stmt *store_prepare(struct store *s, const char *sql, struct err *e);

/* Free a statement of store_prepare. NULL-safe; cannot fail. */
void stmt_free(struct stmt *q);

/* Bind the integer V to parameter I (from 1) of Q. An error shows at the next stmt_step. */
void stmt_bind_i64(struct stmt *q, int i, int64_t v);

/* Bind V to parameter I of Q, NULL when V is negative; errors as stmt_bind_i64. */
void stmt_bind_opt(struct stmt *q, int i, int64_t v);

/* Bind the number V to parameter I of Q; errors as stmt_bind_i64. */
void stmt_bind_real(struct stmt *q, int i, double v);

/*
 * Bind the text S to parameter I of Q, NULL when S.p is NULL. Bytes that are no UTF-8,
 * and NUL, are stored as U+FFFD: every text in the file is valid. S is borrowed until
 * stmt_done; errors as stmt_bind_i64.
 */
void stmt_bind_str(struct stmt *q, int i, struct str s);

/* As stmt_bind_str of S to parameter I of Q, for a name of a file, model and the like: text behind the first STORE_NAME_MAX bytes is cut; errors as there. */
void stmt_bind_name(struct stmt *q, int i, struct str s);

/* Bind the terminated text S to parameter I of Q, NULL when it is NULL. S is borrowed until stmt_done; errors as stmt_bind_i64. */
void stmt_bind_strz(struct stmt *q, int i, const char *s);

/* Bind N bytes at P to parameter I of Q. P is borrowed until stmt_done; errors as stmt_bind_i64. */
void stmt_bind_blob(struct stmt *q, int i, const void *p, size_t n);

/* One step of Q. Returns 1 for a row, 0 when done, -1 with ERR_BUSY, ERR_IO, ERR_STOPPED or ERR_DB in *E. */
int stmt_step(struct stmt *q, struct err *e);

/* Run Q, which gives no rows, to its end and reset it. Returns 0, or -1 as stmt_step. */
int stmt_run(struct stmt *q, struct err *e);

/* Run SQL (a static text), whose one parameter is ID, on S as store_stmt and stmt_run do. Returns 0, or -1 as these. */
int store_run_on(struct store *s, const char *sql, int64_t id, struct err *e);

/*
 * Step Q once and reset it; NULL for a statement that could not be made (*E is filled then).
 * Returns 1 with the integer of its first column in *OUT, 0 without a row (*OUT is left as it
 * is), or -1 as stmt_step.
 */
int stmt_ask(struct stmt *q, int64_t *out, struct err *e);

/* Reset Q and forget its bindings. NULL-safe; cannot fail. */
void stmt_done(struct stmt *q);

/* True when column I (from 0) of Q's row is NULL; cannot fail. */
bool stmt_is_null(struct stmt *q, int i);

/* Integer in column I of Q's row, 0 for NULL; cannot fail. */
int64_t stmt_i64(struct stmt *q, int i);

/* Integer in column I of Q's row, -1 for NULL; cannot fail. */
int64_t stmt_opt(struct stmt *q, int i);

/* Number in column I of Q's row, 0 for NULL; cannot fail. */
double stmt_real(struct stmt *q, int i);

/* Text in column I of Q's row, {NULL,0} for NULL; a view that lives until the next step; cannot fail. */
struct str stmt_str(struct stmt *q, int i);

/* Copy of the text in column I of Q's row, NULL for NULL. Owned by the caller: free. Aborts when out of memory. */
char *stmt_dup(struct stmt *q, int i);

/* Copy of the text in column I of Q's row, NULL for NULL and for "". Owned by the caller: free. Aborts when out of memory. */
char *stmt_dup_some(struct stmt *q, int i);

/* Bytes in column I of Q's row into *P and *N; lent until the next step; cannot fail. */
void stmt_blob(struct stmt *q, int i, const void **p, size_t *n);

/* Number of columns of Q's rows; cannot fail. */
int stmt_columns(struct stmt *q);

/* Name of column I of Q; static while Q lives; cannot fail. */
const char *stmt_name(struct stmt *q, int i);

/* True when column I of Q's row holds an integer or a real number; cannot fail. */
bool stmt_is_number(struct stmt *q, int i);

#endif
