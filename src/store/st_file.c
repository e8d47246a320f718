#include "base/compat.h"

#include "base/hash.h"
#include "store/st_file.h"

#define COLUMNS \
	"id, home_id, rollout_id, path, thread_uuid, page, state, archived, compressed, " \
	"dev, ino, size, mtime_ns, ctime_ns, consumed, lines, tail_bytes, read_ms, " \
	"head_hash, anchor_hash, " \
	"problem"

/* An index over whole paths would be as large as the table. */
uint64_t
st_file_path_hash(const char *path)
{
	return hash_str(str_of(path), 0);
}

static int64_t
path_hash(const char *path)
{
	return (int64_t)st_file_path_hash(path);
}

void
st_file_clear(struct st_file *f)
{
	if (f == NULL)
		return;
	free(f->path);
	free(f->thread_uuid);
	free(f->page);
	free(f->problem);
	memset(f, 0, sizeof(*f));
}

static const char *
state_word(struct str s)
{
	static const char *const words[] = { "read", "copy", "empty", "failed", "gone", "pending" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eqz(s, words[i]))
			return words[i];
	return "failed";
}

static void
load(struct stmt *q, struct st_file *f)
{
	f->id = stmt_i64(q, 0);
	f->home_id = stmt_i64(q, 1);
	f->rollout_id = stmt_i64(q, 2);
	f->path = str_dup(stmt_str(q, 3));
	f->thread_uuid = str_dup(stmt_str(q, 4));
	f->page = str_dup(stmt_str(q, 5));
	f->state = state_word(stmt_str(q, 6));
	f->archived = stmt_i64(q, 7) != 0;
	f->compressed = stmt_i64(q, 8) != 0;
	f->dev = stmt_i64(q, 9);
	f->ino = stmt_i64(q, 10);
	f->size = stmt_i64(q, 11);
	f->mtime_ns = stmt_i64(q, 12);
	f->ctime_ns = stmt_i64(q, 13);
	f->consumed = stmt_i64(q, 14);
	f->lines = stmt_i64(q, 15);
	f->tail_bytes = stmt_i64(q, 16);
	f->read_ms = stmt_i64(q, 17);
	f->head_hash = (uint64_t)stmt_i64(q, 18);
	f->anchor_hash = (uint64_t)stmt_i64(q, 19);
	f->problem = stmt_dup(q, 20);
}

/* Take the one row of Q (bound) into *F. */
static int
one(struct stmt *q, struct st_file *f, struct err *e)
{
	int rc = stmt_step(q, e);

	memset(f, 0, sizeof(*f));
	if (rc == 1)
		load(q, f);
	stmt_done(q);
	return rc;
}

int
st_file_by_path(struct store *s, const char *path, struct st_file *f, struct err *e)
{
	static const char SQL[] = "SELECT " COLUMNS " FROM file WHERE path_hash = ?2 AND path = ?1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, path);
	stmt_bind_i64(q, 2, path_hash(path));
	return one(q, f, e);
}

int
st_file_by_inode(struct store *s, int64_t dev, int64_t ino, int64_t size, int64_t mtime_ns,
    struct st_file *f, struct err *e)
{
	static const char SQL[] =
	    "SELECT " COLUMNS " FROM file "
	    "WHERE ino = ?2 AND dev = ?1 AND size = ?3 AND mtime_ns = ?4 LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, dev);
	stmt_bind_i64(q, 2, ino);
	stmt_bind_i64(q, 3, size);
	stmt_bind_i64(q, 4, mtime_ns);
	return one(q, f, e);
}

int
st_file_serving(
    struct store *s, const char *thread_uuid, const char *page, struct st_file *f, struct err *e)
{
	static const char SQL[] = "SELECT " COLUMNS " FROM file "
				  "WHERE thread_uuid = ?1 AND page = ?2 AND rollout_id IS NOT "
				  "NULL";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, thread_uuid);
	stmt_bind_strz(q, 2, page);
	return one(q, f, e);
}

int
st_file_put(struct store *s, struct st_file *f, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO file(" COLUMNS ", path_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
	    "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) "
	    "ON CONFLICT (id) DO UPDATE SET "
	    "home_id = excluded.home_id, rollout_id = excluded.rollout_id, path = excluded.path, "
	    "thread_uuid = excluded.thread_uuid, page = excluded.page, state = excluded.state, "
	    "archived = excluded.archived, compressed = excluded.compressed, dev = excluded.dev, "
	    "ino = excluded.ino, size = excluded.size, mtime_ns = excluded.mtime_ns, "
	    "ctime_ns = excluded.ctime_ns, consumed = excluded.consumed, lines = excluded.lines, "
	    "tail_bytes = excluded.tail_bytes, read_ms = excluded.read_ms, "
	    "head_hash = excluded.head_hash, anchor_hash = excluded.anchor_hash, "
	    "problem = excluded.problem, path_hash = excluded.path_hash";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_opt(q, 1, f->id == 0 ? -1 : f->id);
	stmt_bind_i64(q, 2, f->home_id);
	stmt_bind_opt(q, 3, f->rollout_id == 0 ? -1 : f->rollout_id);
	stmt_bind_strz(q, 4, f->path);
	stmt_bind_strz(q, 5, f->thread_uuid);
	stmt_bind_strz(q, 6, f->page);
	stmt_bind_strz(q, 7, f->state);
	stmt_bind_i64(q, 8, f->archived);
	stmt_bind_i64(q, 9, f->compressed);
	stmt_bind_i64(q, 10, f->dev);
	stmt_bind_i64(q, 11, f->ino);
	stmt_bind_i64(q, 12, f->size);
	stmt_bind_i64(q, 13, f->mtime_ns);
	stmt_bind_i64(q, 14, f->ctime_ns);
	stmt_bind_i64(q, 15, f->consumed);
	stmt_bind_i64(q, 16, f->lines);
	stmt_bind_i64(q, 17, f->tail_bytes);
	stmt_bind_i64(q, 18, f->read_ms);
	stmt_bind_i64(q, 19, (int64_t)f->head_hash);
	stmt_bind_i64(q, 20, (int64_t)f->anchor_hash);
	stmt_bind_strz(q, 21, f->problem);
	stmt_bind_i64(q, 22, path_hash(f->path));
	if (stmt_run(q, e) < 0)
		return -1;
	if (f->id == 0)
		f->id = store_last_id(s);
	return 0;
}

int
st_file_new_id(struct store *s, int64_t *id, struct err *e)
{
	static const char SQL[] = "SELECT coalesce(max(id), 0) + 1 FROM file";

	return stmt_ask(store_stmt(s, SQL, e), id, e) < 0 ? -1 : 0;
}

int
st_file_state(struct store *s, int64_t id, const char *state, struct err *e)
{
	static const char SQL[] = "UPDATE file SET state = ?2 WHERE id = ?1 AND state <> ?2";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_strz(q, 2, state);
	return stmt_run(q, e);
}

int
st_file_each(struct store *s, const char *dir,
    int (*fn)(void *arg, const struct st_file_mark *f, struct err *e), void *arg, struct err *e)
{
	/* '0' is the byte behind '/' */
	static const char SQL[] =
	    "SELECT id, path, state, path_hash, dev, ino, size, mtime_ns, ctime_ns FROM file "
	    "WHERE path > ?1 || '/' AND path < ?1 || '0'";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, dir);
	while ((rc = stmt_step(q, e)) == 1) {
		const struct st_file_mark f = {
			.id = stmt_i64(q, 0),
			.path = stmt_str(q, 1).p, /* SQLite's texts are terminated */
			.state = state_word(stmt_str(q, 2)),
			.path_hash = (uint64_t)stmt_i64(q, 3),
			.dev = stmt_i64(q, 4),
			.ino = stmt_i64(q, 5),
			.size = stmt_i64(q, 6),
			.mtime_ns = stmt_i64(q, 7),
			.ctime_ns = stmt_i64(q, 8),
		};

		if (fn(arg, &f, e) < 0) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc;
}

int
st_file_unserve(struct store *s, int64_t id, struct err *e)
{
	static const char SQL[] =
	    "UPDATE file SET rollout_id = NULL, "
	    "state = CASE state WHEN 'read' THEN 'copy' ELSE state END WHERE id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	return stmt_run(q, e);
}

int
st_file_recheck_copies(struct store *s, const char *thread_uuid, const char *page, struct err *e)
{
	static const char SQL[] = "UPDATE file SET size = -1 "
				  "WHERE thread_uuid = ?1 AND page = ?2 AND state = 'copy'";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, thread_uuid);
	stmt_bind_strz(q, 2, page);
	return stmt_run(q, e);
}

int
st_file_recheck_orphans(struct store *s, struct err *e)
{
	static const char SQL[] =
	    "UPDATE file SET size = -1 WHERE state = 'copy' AND size >= 0 AND EXISTS ("
	    "SELECT 1 FROM file g WHERE g.thread_uuid = file.thread_uuid AND g.page = file.page "
	    "AND g.rollout_id IS NOT NULL AND g.state = 'gone')";
	struct stmt *q = store_stmt(s, SQL, e);

	return q == NULL ? -1 : stmt_run(q, e);
}

int
st_file_pending_ancestor(struct store *s, char **path, struct err *e)
{
	/* the + keeps it from looking for ancestors before there is a pending file */
	static const char SQL[] =
	    "SELECT f.path FROM file f WHERE f.state = 'pending' AND +f.thread_uuid IN ("
	    "SELECT uuid FROM ancestor UNION SELECT base_thread FROM rollout) "
	    "ORDER BY f.path LIMIT 1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	*path = NULL;
	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1)
		*path = stmt_dup(q, 0);
	stmt_done(q);
	return rc;
}

int
st_file_rechecks(struct store *s, bool *some, struct err *e)
{
	static const char SQL[] = "SELECT 1 FROM file WHERE state = 'copy' AND size = -1 LIMIT 1";
	int64_t one;
	int rc = stmt_ask(store_stmt(s, SQL, e), &one, e);

	*some = rc == 1;
	return rc < 0 ? -1 : 0;
}

int
st_skip_clear(struct store *s, int64_t file_id, struct err *e)
{
	static const char SQL[] = "DELETE FROM skip WHERE file_id = ?1";

	return store_run_on(s, SQL, file_id, e);
}

int
st_skip_add(struct store *s, int64_t file_id, int64_t pos, int64_t line, int64_t ts_ms,
    int64_t bytes, const char *reason, bool lost, struct err *e)
{
	static const char SQL[] =
	    "INSERT OR REPLACE INTO skip(file_id, pos, line, ts_ms, bytes, reason, lost) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, file_id);
	stmt_bind_i64(q, 2, pos);
	stmt_bind_i64(q, 3, line);
	stmt_bind_opt(q, 4, ts_ms);
	stmt_bind_i64(q, 5, bytes);
	stmt_bind_strz(q, 6, reason);
	stmt_bind_i64(q, 7, lost);
	return stmt_run(q, e);
}
