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
	char *os_path; /* the bytes to open it by; mostly the same pointer */
	char *problem; /* NULL: a file to read; else why it cannot be one */
	bool archived, compressed;
	bool unchanged; /* for whoever looks: it is as the store knows it; false at first */
	int64_t dev, ino, size, mtime_ns, ctime_ns;
};

struct scan {
	char *home;              /* real path of the home, or of the folder of rollouts */
	bool is_home;            /* has sessions/ and archived_sessions/ below it */
	struct scan_file *files; /* by path */
	size_t len, alloc;
	char **looked; /* paths: what was seen there or below and is not in `files` is gone */
	size_t looked_len, looked_alloc;
};

/* What a look comes by, told before it is listed or read, so that it can be watched from then on. */
enum scan_place {
	SCAN_HOME,   /* the folder of a home: sessions and the like may come and go in it */
	SCAN_FOLDER, /* a folder that rollouts may be in */
	SCAN_LINK,   /* a link to a rollout in a folder that is perhaps not looked at */
	SCAN_SINGLE  /* the one rollout that was named */
};

struct scan_ask {
	const char *path;
	bool is_home;
	bool some; /* only what `only` names, not everything below PATH */
	/* files and folders, there or not: paths that begin with that of the home */
	const char *const *only;
	size_t only_len;
	void (*place)(void *arg, enum scan_place kind, const char *path); /* NULL: none */
	void *arg;
};

/*
 * Look below PATH: a home when IS_HOME, else a folder of rollouts (or one rollout). A
 * `sessions` folder beside which a home's other things stand means that home.
 * Fills *OUT (scan_clear). Returns 0; -1 with ERR_NOTFOUND or ERR_IO in *E
 * when PATH itself cannot be looked at.
 */
int scan_root(const char *path, bool is_home, struct scan *out, struct err *e);

/*
 * Look as ASK (borrowed) says: scan_root of its path and is_home, but with SOME only at the files
 * and folders named. A folder stands for all that is below it, a rollout for its compressed or
 * plain twin too. Calls PLACE on the way. Fills *OUT (scan_clear); returns and errors as scan_root.
 */
int scan_look(const struct scan_ask *ask, struct scan *out, struct err *e);

/* Free what S owns. NULL-safe; cannot fail. */
void scan_clear(struct scan *s);

#endif
