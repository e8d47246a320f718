/*
 * notify.h - what the system tells of changes in folders and files (inotify): a table of what is
 * watched and why, and its events in our words. Reads no file and no database.
 */
#ifndef INGEST_NOTIFY_H
#define INGEST_NOTIFY_H

#include "base/err.h"

enum notify_kind {
	NOTIFY_TREE,  /* a folder that rollouts may be in: all that happens in it */
	NOTIFY_HOME,  /* a home: what comes and goes in it */
	NOTIFY_WAIT,  /* a folder above something that is not there yet: what comes */
	NOTIFY_FILE,  /* a rollout: whatever happens to it */
	NOTIFY_INDEX, /* a session_index.jsonl: the same */
	NOTIFY_DB,    /* the database: renamed, deleted, other rights; not that it is written */
	NOTIFY__MAX
};

struct notify_event {
	enum notify_kind kind;
	size_t root;
	const char *path; /* of what it happened to; lent */
	const char *name; /* its last part, "" for the watched thing itself; lent */
	bool is_folder;
	bool came, went; /* made or moved to there; deleted or moved away; neither: changed */
};

struct notify;

/* Returns a table that watches nothing yet, owned by the caller: notify_free; NULL with ERR_LIMIT or ERR_IO in *E. */
struct notify *notify_new(struct err *e);

/* Stop watching and free N. NULL-safe; cannot fail. */
void notify_free(struct notify *n);

/* The descriptor that is readable when there are events. Lent by N; cannot fail. */
int notify_fd(const struct notify *n);

/*
 * Watch PATH for KIND, as belonging to ROOT; doing it again renews it. A path that is not there, or
 * may not be read, is left out without an error: who looks there next finds out. Returns 0; -1
 * with ERR_LIMIT in *E when the system watches no more for us.
 */
int notify_add(
    struct notify *n, enum notify_kind kind, size_t root, const char *path, struct err *e);

/* True when a folder PATH is watched as NOTIFY_TREE; cannot fail. */
bool notify_has(const struct notify *n, const char *path);

/* Forget what is watched at PATH and below it; cannot fail. */
void notify_drop(struct notify *n, const char *path);

/* Begin a round: notify_sweep will forget what was not added since. Cannot fail. */
void notify_round(struct notify *n);

/* End a round; cannot fail. */
void notify_sweep(struct notify *n);

/*
 * Take the events that are there, without waiting, and call FN(ARG, event) for each; FN may call
 * notify_add and notify_drop. Returns true when the system lost events: then anything may have
 * changed. Cannot fail.
 */
bool notify_read(struct notify *n, void (*fn)(void *arg, const struct notify_event *ev), void *arg);

#endif
