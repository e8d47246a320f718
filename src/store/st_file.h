/*
 * st_file.h - files as they were last seen, and the lines that could not be used.
 */
#ifndef STORE_ST_FILE_H
#define STORE_ST_FILE_H

#include "store/store.h"

struct st_file {
	int64_t id; /* 0: no row yet */
	int64_t home_id;
	int64_t rollout_id; /* 0: no facts come from it */
	char *path;         /* owned by whoever made the row */
	char *thread_uuid, *page;
	const char *state; /* read copy empty failed gone pending; static */
	bool archived, compressed;
	int64_t dev, ino, size, mtime_ns, ctime_ns;
	int64_t consumed, lines, tail_bytes, read_ms;
	uint64_t head_hash, anchor_hash; /* of the consumed text's first 4096 and last 256 bytes */
	char *problem;                   /* NULL: none */
};

/* Free the texts of F; NULL-safe; cannot fail. */
void st_file_clear(struct st_file *f);

/* The row of the file at PATH into *F (st_file_clear). Returns 1; 0 when there is none; -1 with ERR_DB in *E. */
int st_file_by_path(struct store *s, const char *path, struct st_file *f, struct err *e);

/* The row of a file with this DEV, INO, SIZE and MTIME_NS into *F (st_file_clear). Returns 1, 0 or -1 as st_file_by_path. */
int st_file_by_inode(struct store *s, int64_t dev, int64_t ino, int64_t size, int64_t mtime_ns,
    struct st_file *f, struct err *e);

/* The row of the file that serves the rollout (THREAD_UUID, PAGE) into *F (st_file_clear). Returns 1, 0 or -1 as st_file_by_path. */
int st_file_serving(
    struct store *s, const char *thread_uuid, const char *page, struct st_file *f, struct err *e);

/* The id of the next new row in S into *ID: another one only after that is written. Returns 0; -1 with ERR_DB in *E. */
int st_file_new_id(struct store *s, int64_t *id, struct err *e);

/* Write F: a new row when F->id is 0 (then it is set), else that of the id. Returns 0; -1 with ERR_DB in *E. */
int st_file_put(struct store *s, struct st_file *f, struct err *e);

/* Set the state of file ID to STATE, leaving the rest. Returns 0; -1 with ERR_DB in *E. */
int st_file_state(struct store *s, int64_t id, const char *state, struct err *e);

/* What tells whether a file is the one that was seen last. */
struct st_file_mark {
	int64_t id;
	const char *path, *state;
	uint64_t path_hash; /* st_file_path_hash */
	int64_t dev, ino, size, mtime_ns, ctime_ns;
};

/* Fingerprint of PATH (terminated), as st_file_mark has it. Cannot fail. */
uint64_t st_file_path_hash(const char *path);

/*
 * Every file below the folder DIR (terminated, without a slash at its end), in any order: calls
 * FN(ARG, mark, e), whose texts live for the call. Returns 0; -1 with ERR_DB in *E, or when FN
 * returned -1.
 */
int st_file_each(struct store *s, const char *dir,
    int (*fn)(void *arg, const struct st_file_mark *f, struct err *e), void *arg, struct err *e);

/* The file ID gives up its facts: they come from another one now. Returns 0; -1 with ERR_DB in *E. */
int st_file_unserve(struct store *s, int64_t id, struct err *e);

/* Make copies of the rollout (THREAD_UUID, PAGE) be looked at again: their stored size is forgotten. Returns 0; -1 with ERR_DB in *E. */
int st_file_recheck_copies(
    struct store *s, const char *thread_uuid, const char *page, struct err *e);

/* The same for all copies of files that are gone. Returns 0; -1 with ERR_DB in *E. */
int st_file_recheck_orphans(struct store *s, struct err *e);

/*
 * Path of a file that was passed over as too old although a rollout refers to
 * its thread, into *PATH (owned by the caller: free). Returns 1; 0 when there
 * is none; -1 with ERR_DB in *E.
 */
int st_file_pending_ancestor(struct store *s, char **path, struct err *e);

/* True in *SOME when a copy is to be looked at again. Returns 0; -1 with ERR_DB in *E. */
int st_file_rechecks(struct store *s, bool *some, struct err *e);

/* Forget the skipped lines of file FILE_ID. Returns 0; -1 with ERR_DB in *E. */
int st_skip_clear(struct store *s, int64_t file_id, struct err *e);

/*
 * Remember that BYTES bytes at offset POS (line number LINE, time TS_MS of the line
 * before, negative for none) of file FILE_ID could not be used, for REASON; LOST says
 * that the whole line was lost, not a part. Returns 0; -1 with ERR_DB in *E.
 */
int st_skip_add(struct store *s, int64_t file_id, int64_t pos, int64_t line, int64_t ts_ms,
    int64_t bytes, const char *reason, bool lost, struct err *e);

#endif
