/*
 * ingest.h - one pass: find the files, read what changed, settle what is dirty.
 *
 * Source: design.md 6.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "ingest/reader.h"
#include "ingest/scan.h"
#include "pricing/price.h"
#include "store/store.h"

struct ingest_root {
	const char *path;
	const char *label; /* "" for none */
	bool is_home;      /* a Codex home, else a folder of rollouts */
};

struct ingest_progress {
	int64_t files_done, files_all;
	int64_t bytes_done, bytes_all; /* on disk */
	bool settling;
	int64_t threads_done, threads_all; /* settled; all 0: not known */
};

/* A file or folder below a root, there or not, by a path that begins with the home's real one. */
struct ingest_part {
	size_t root;
	const char *path;
};

struct ingest_opts {
	const struct ingest_root *roots;
	size_t roots_len;
	const struct price_card *card;
	int64_t now_ms;
	int64_t since_ms; /* files last modified before it are not opened; INT64_MIN: all are */
	bool some; /* look at PARTS only, which are all that changed since a pass over everything */
	const struct ingest_part *parts;
	size_t parts_len;
	bool skip_missing;        /* a root that cannot be looked at is left out, not an error */
	const volatile int *stop; /* not 0: end after the file at hand; NULL: never */
	void (*progress)(void *arg, const struct ingest_progress *p); /* NULL: none */
	/* what is come by, before it is listed or read; NULL: none */
	void (*place)(void *arg, size_t root, enum scan_place kind, const char *path);
	void *arg;
};

struct ingest_summary {
	struct reader_counts counts;
	int64_t found, gone; /* files */
	int64_t missing;     /* roots that are not there, with skip_missing */
	int64_t threads;     /* settled */
	bool changed;        /* something was written */
	bool stopped;        /* by opts->stop */
	bool again;          /* only a pass over everything finds what may take over from these */
	bool new_home;       /* a home was added to a database that had others */
	char **problems;     /* "path: why", at most INGEST_PROBLEMS of them */
	size_t problems_len;
};

#define INGEST_PROBLEMS ((size_t)100)

/*
 * Run one pass over OPTS into the writer S: over everything, or with SOME over the parts named,
 * after which the database is as if it had been over everything (unless SUM->again). SUM is
 * filled (ingest_summary_clear). Returns 0; -1 with the reason in *E: a root that cannot be read
 * (ERR_NOTFOUND, ERR_IO), or the database. A file that cannot be read is in SUM, not an error.
 */
int ingest_run(
    struct store *s, const struct ingest_opts *opts, struct ingest_summary *sum, struct err *e);

/* Free what SUM owns. NULL-safe; cannot fail. */
void ingest_summary_clear(struct ingest_summary *sum);

/*
 * Titles of the threads from the session_index.jsonl of the N HOMES (borrowed) into S,
 * inside the caller's transaction. Files that did not change since are not opened, unless
 * AGAIN. Returns 0 (also when there are none); -1 with ERR_DB in *E. Source: formats.md 1.4.
 */
int ingest_titles(struct store *s, const char *const *homes, size_t n, bool again, struct err *e);

#endif
