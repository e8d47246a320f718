#include "base/compat.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/table.h"
#include "base/xalloc.h"
#include "store/internal.h"
#include "store/schema.h"
#include "store/store.h"

#define BUSY_MS 5000

int
store_fail(struct store *s, struct err *e)
{
	int rc = sqlite3_extended_errcode(s->db);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(
		    e, ERR_BUSY, "%s: the database is in use by another program", s->path);
	case SQLITE_FULL:
		return err_set(e, ERR_IO, "%s: the disk is full", s->path);
	case SQLITE_READONLY:
		return err_set(e, ERR_IO,
		    "%s: the database cannot be written "
		    "(file or folder is read-only)",
		    s->path);
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_IO, "%s: cannot be opened", s->path);
	case SQLITE_NOTADB:
		return err_set(e, ERR_INPUT, "%s: is not a database", s->path);
	case SQLITE_CORRUPT:
		return err_set(e, ERR_INPUT, "%s: the database is damaged (%s)", s->path,
		    sqlite3_errmsg(s->db));
	case SQLITE_IOERR:
		/* no room for the log's index */
		if (rc == SQLITE_IOERR_SHMSIZE || sqlite3_system_errno(s->db) == ENOSPC)
			return err_set(e, ERR_IO, "%s: the disk is full", s->path);
		return err_set(
		    e, ERR_IO, "%s: read or write failed (%s)", s->path, sqlite3_errmsg(s->db));
	case SQLITE_INTERRUPT:
		return err_set(e, ERR_STOPPED, "stopped");
	default:
		return err_set(e, ERR_DB, "%s: %s (%d)", s->path, sqlite3_errmsg(s->db), rc);
	}
}

int
store_exec(struct store *s, const char *sql, struct err *e)
{
	if (later_drain(s, e) < 0)
		return -1;
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_fail(s, e);
	return 0;
}

/* One integer from SQL, DFLT when there is no row or it fails. */
static int64_t
one_i64(struct store *s, const char *sql, int64_t dflt)
{
	sqlite3_stmt *q = NULL;
	int64_t v = dflt;
	struct err ignored;

	(void)later_drain(s, &ignored); /* it shows at the next statement */

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	(void)sqlite3_finalize(q); /* repeats the step's error */
	return v;
}

/* mkdir -p of the folder of PATH, new ones with mode 0700 whatever the umask. */
static int
make_folder(const char *path, struct err *e)
{
	char *dir = xstrdup(path);
	int rc = 0;

	for (char *p = dir + 1; rc == 0 && *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(dir, 0700) < 0) {
			if (errno != EEXIST)
				rc = err_sys(e, "cannot make folder %s", dir);
		}
		*p = '/';
	}
	free(dir);
	return rc;
}

/* Make the file with mode 0600 before SQLite does: its -wal and -shm copy the mode. */
static int
make_file(const char *path, struct err *e)
{
	mode_t old;
	int fd;

	if (make_folder(path, e) < 0)
		return -1;
	old = umask(077);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
	(void)umask(old); /* cannot fail */
	if (fd < 0 && errno != EACCES && errno != EROFS)
		return err_sys(e, "cannot open database %s", path);
	if (fd < 0)
		return err_set(e, ERR_IO,
		    "%s: the database cannot be written "
		    "(file or folder is read-only)",
		    path);
	close(fd);
	return 0;
}

static int
open_handle(struct store *s, enum store_mode mode, int64_t wait_ms, struct err *e)
{
	int flags = mode == STORE_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	struct stat st;

	if (mode == STORE_READER && stat(s->path, &st) < 0)
		return err_sys(e, "%s", s->path);
	if (mode == STORE_WRITER && make_file(s->path, e) < 0)
		return -1;
	if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		if (s->db == NULL)
			return err_set(e, ERR_DB, "%s: out of memory", s->path);
		return store_fail(s, e);
	}
	(void)sqlite3_extended_result_codes(s->db, 1);
	store_wait(s, wait_ms);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

/* Versions 1 and 2 of the schema were others until the first release. */
static bool
is_early(struct store *s)
{
	return one_i64(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'limit_set'", 1) == 0;
}

/* Whose file is it, and of which version? */
static int
check_identity(struct store *s, int64_t *version, struct err *e)
{
	int64_t id, known = store_schema_known();

	if (sqlite3_exec(s->db, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_OK)
		return store_fail(s, e);
	*version = one_i64(s, "PRAGMA user_version", 0);
	id = one_i64(s, "PRAGMA application_id", 0);
	if (id == STORE_APPLICATION_ID && *version > known)
		return err_set(e, ERR_INPUT,
		    "%s: was written by a newer version of this program "
		    "(schema %" PRId64 ", known: %" PRId64 "); install that version",
		    s->path, *version, known);
	if (id == STORE_APPLICATION_ID && *version > 0 && is_early(s))
		return err_set(e, ERR_INPUT,
		    "%s: was written before the first release, in a layout that is not read any "
		    "more; `codex-track clear-db --yes` removes it, the next report makes it anew",
		    s->path);
	if (id == STORE_APPLICATION_ID ||
	    (id == 0 && one_i64(s, "SELECT count(*) FROM sqlite_schema", 0) == 0))
		return 0;
	return err_set(e, ERR_INPUT,
	    "%s: is a database of another program; "
	    "name another file with --db",
	    s->path);
}

static int
migrate(struct store *s, int64_t from, struct err *e)
{
	char sql[128];

	if (from == store_schema_known())
		return 0;
	if (store_begin(s, e) < 0)
		return -1;
	from = one_i64(s, "PRAGMA user_version", 0); /* another program may have been faster */
	for (size_t i = 0; i < schema_steps_len; i++) {
		if (schema_steps[i].version <= from)
			continue;
		(void)snprintf(sql, sizeof(sql),
		    "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION_ID,
		    schema_steps[i].version);
		if (store_exec(s, schema_steps[i].sql, e) < 0 || store_exec(s, sql, e) < 0) {
			store_rollback(s);
			return err_prefix(e, "migration %s", schema_steps[i].name);
		}
	}
	if (store_exec(s,
		"INSERT OR IGNORE INTO meta(key, value) VALUES "
		"('database_id', lower(hex(randomblob(16)))), ('generation', '0')",
		e) < 0) {
		store_rollback(s);
		return -1;
	}
	return store_commit(s, e);
}

int
store_open(struct store **out, const char *path, enum store_mode mode, struct err *e)
{
	return store_open_wait(out, path, mode, BUSY_MS, e);
}

void
store_wait(struct store *s, int64_t ms)
{
	(void)sqlite3_busy_timeout(s->db, (int)(ms > INT_MAX ? INT_MAX : ms)); /* always works */
}

int
store_open_wait(
    struct store **out, const char *path, enum store_mode mode, int64_t ms, struct err *e)
{
	struct store *s = xcalloc(1, sizeof(*s));
	int64_t version = 0;

	s->path = xstrdup(path);
	if (open_handle(s, mode, ms, e) < 0 || check_identity(s, &version, e) < 0)
		goto fail;
	if (mode == STORE_WRITER) {
		/* references are checked by the tests, not at every row: a tenth of a cold run */
		if (store_exec(s,
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
			"PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; "
			"PRAGMA cache_size = -16384",
			e) < 0 ||
		    migrate(s, version, e) < 0)
			goto fail;
	} else {
		if (version == 0) {
			(void)err_set(e, ERR_NOTFOUND, "%s: holds no data yet", path);
			goto fail;
		}
		if (store_read_only(s, e) < 0 ||
		    store_exec(s, "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384", e) < 0)
			goto fail;
	}
	*out = s;
	return 0;
fail:
	store_close(s);
	return -1;
}

void
store_close(struct store *s)
{
	struct stmt *q, *next;
	struct err ignored;

	if (s == NULL)
		return;
	later_forget(s);
	(void)store_thread_end(s, &ignored); /* nothing is left */
	HASH_ITER(hh, s->stmts, q, next)
	{
		HASH_DEL(s->stmts, q);
		stmt_free(q);
	}
	(void)sqlite3_close_v2(s->db); /* always works */
	free(s->path);
	free(s);
}

int
store_read_only(struct store *s, struct err *e)
{
	s->only_reads = true;
	return store_exec(s, "PRAGMA query_only = ON", e);
}

int
store_begin(struct store *s, struct err *e)
{
	return store_exec(s, s->only_reads ? "BEGIN" : "BEGIN IMMEDIATE", e);
}

int
store_commit(struct store *s, struct err *e)
{
	if (store_exec(s, "COMMIT", e) == 0)
		return 0;
	store_rollback(s);
	return -1;
}

void
store_rollback(struct store *s)
{
	later_forget(s);
	if (sqlite3_get_autocommit(s->db) == 0)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL); /* nothing else to do */
}

bool
store_in_transaction(const struct store *s)
{
	return sqlite3_get_autocommit(s->db) == 0;
}

int64_t
store_changes(struct store *s)
{
	struct err ignored;

	(void)later_drain(s, &ignored); /* it shows at the next statement */
	return sqlite3_total_changes64(s->db);
}

bool
store_changed(const struct store *s)
{
	return sqlite3_changes64(s->db) > 0;
}

int64_t
store_last_id(const struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

int64_t
store_generation(struct store *s)
{
	return one_i64(s, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'generation'", 0);
}

int64_t
store_data_version(struct store *s, struct err *e)
{
	static const char SQL[] = "PRAGMA data_version";
	struct stmt *q = store_stmt(s, SQL, e);
	int64_t v = -1;

	if (q != NULL && stmt_step(q, e) == 1)
		v = stmt_i64(q, 0);
	stmt_done(q);
	return v;
}

static int64_t
monotonic_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
is_late(void *arg)
{
	const struct store *s = arg;

	return monotonic_ms() > s->deadline_ms;
}

#define DEADLINE_STEPS 20000 /* of SQLite's machine between two looks at the clock */

void
store_deadline(struct store *s, int64_t ms)
{
	s->deadline_ms = monotonic_ms() + ms;
	sqlite3_progress_handler(s->db, ms > 0 ? DEADLINE_STEPS : 0, ms > 0 ? is_late : NULL, s);
}

int64_t
store_schema(struct store *s)
{
	return one_i64(s, "PRAGMA user_version", 0);
}

int64_t
store_schema_known(void)
{
	return schema_steps[schema_steps_len - 1].version;
}

int
store_bump(struct store *s, struct err *e)
{
	return store_exec(s,
	    "UPDATE meta SET value = CAST(value AS INTEGER) + 1 "
	    "WHERE key = 'generation'",
	    e);
}

int
store_meta(struct store *s, const char *key, char **out, struct err *e)
{
	static const char SQL[] = "SELECT value FROM meta WHERE key = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	*out = NULL;
	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, key);
	if ((rc = stmt_step(q, e)) == 1)
		*out = str_dup(stmt_str(q, 0));
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
store_meta_set(struct store *s, const char *key, const char *value, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO meta(key, value) VALUES (?1, ?2) "
	    "ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, key);
	stmt_bind_strz(q, 2, value);
	return stmt_run(q, e);
}

int
store_check(struct store *s, struct err *e)
{
	static const char SQL[] = "PRAGMA integrity_check(1)";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	rc = stmt_step(q, e);
	if (rc == 1 && !str_eqz(stmt_str(q, 0), "ok")) {
		struct str said = stmt_str(q, 0);

		rc = err_set(
		    e, ERR_INPUT, "%s: %.*s", s->path, (int)(said.n > 200 ? 200 : said.n), said.p);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}
