/*
 * scan.h - the rollout files below a home or a folder. Opens folders, never files.
 *
 * Source: design.md 6 "Discovery".
 */
#ifndef INGEST_SCAN_H
#define INGEST_SCAN_H

#include "base/err.h"

struct scan_file {
	char *path;    /* real path as a text that no other file has: what it is known by */
	char *os_path; /* the bytes to open it by */
	char *problem; /* NULL: a file to read; else why it cannot be one */
	bool archived, compressed;
	int64_t dev, ino, size, mtime_ns, ctime_ns;
};

struct scan {
	char *home;              /* real path of the home, or of the folder of rollouts */
	bool is_home;            /* has sessions/ and archived_sessions/ below it */
	struct scan_file *files; /* by path */
	size_t len, alloc;
};

/*
 * Look below PATH: a home when IS_HOME, else a folder of rollouts (or one rollout). A
 * `sessions` folder beside which a home's other things stand means that home.
 * Fills *OUT (scan_clear). Returns 0; -1 with ERR_NOTFOUND or ERR_IO in *E
 * when PATH itself cannot be looked at.
 */
int scan_root(const char *path, bool is_home, struct scan *out, struct err *e);

/* Free what S owns. NULL-safe; cannot fail. */
void scan_clear(struct scan *s);

#endif
