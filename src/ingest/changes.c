#include "base/compat.h"

#include <sys/stat.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "ingest/changes.h"
#include "ingest/name.h"

#define PARTS_MAX 2000 /* more files than that at once: everything */
#define STEPS_MAX 100  /* parts of a path that come while we look */

/* A file or folder where something happened. */
struct change_part {
	char *key; /* root and path */
	size_t root;
	const char *path; /* in key */
	UT_hash_handle hh;
};

static void say(const struct changes *c, const char *fmt, ...) PRINTF(2, 3);

static void
say(const struct changes *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->say(c->arg, text);
}

static void
drop_parts(struct changes *c)
{
	struct change_part *p, *next;

	HASH_ITER(hh, c->parts, p, next)
	{
		HASH_DEL(c->parts, p);
		free(p->key);
		free(p);
	}
}

/* Something happened at PATH of ROOT. */
static void
want(struct changes *c, size_t root, const char *path)
{
	char *key = xasprintf("%zu %s", root, path);
	struct change_part *p;

	c->some = true;
	HASH_FIND_STR(c->parts, key, p);
	if (p != NULL || c->full || HASH_COUNT(c->parts) >= PARTS_MAX) {
		free(key);
		c->full = c->full || p == NULL;
		return;
	}
	p = xcalloc(1, sizeof(*p));
	p->key = key;
	p->root = root;
	p->path = strchr(key, ' ') + 1;
	HASH_ADD_KEYPTR(hh, c->parts, p->key, strlen(p->key), p);
}

static void
add(struct changes *c, enum notify_kind kind, size_t root, const char *path)
{
	struct err e;

	if (c->notify == NULL || notify_add(c->notify, kind, root, path, &e) == 0 || c->said_limit)
		return;
	c->said_limit = true;
	say(c,
	    "the system's limit of watched folders is reached: changes below some of them are seen "
	    "every %" PRId64
	    " s only; `sysctl fs.inotify.max_user_watches=524288` as root raises it",
	    c->rescan_s);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
on_tree(struct changes *c, const struct notify_event *ev)
{
	bool compressed;

	if (ev->is_folder || ev->name[0] == '\0') {
		/* where the folder is now it is told anew: the pass looks there */
		if (ev->went)
			notify_drop(c->notify, ev->path);
		want(c, ev->root, ev->path);
	} else if (name_is_rollout(str_of(ev->name), &compressed)) {
		want(c, ev->root, ev->path);
	} else if (ev->came && is_folder(ev->path)) {
		want(c, ev->root, ev->path); /* by a link */
	} else if (ev->went && notify_has(c->notify, ev->path)) {
		notify_drop(c->notify, ev->path); /* which may have been the way to others, too */
		c->full = true;
	}
}

static void
on_home(struct changes *c, const struct notify_event *ev)
{
	if (ev->name[0] == '\0') {
		c->full = true;
	} else if (strcmp(ev->name, "session_index.jsonl") == 0) {
		add(c, NOTIFY_INDEX, ev->root, ev->path);
		c->some = true;
	} else if (strcmp(ev->name, "sessions") == 0 ||
		   strcmp(ev->name, "archived_sessions") == 0) {
		if (ev->went)
			notify_drop(c->notify, ev->path);
		want(c, ev->root, ev->path);
	}
}

/* The first part of ROOT's path that is missing has this PATH. */
static bool
is_awaited(const struct changes *c, size_t root, const char *path)
{
	const char *wanted = c->roots[root].path;
	size_t n = strlen(path);

	return strncmp(wanted, path, n) == 0 && (wanted[n] == '/' || wanted[n] == '\0');
}

static void
on_event(void *arg, const struct notify_event *ev)
{
	struct changes *c = arg;

	switch (ev->kind) {
	case NOTIFY_TREE:
		on_tree(c, ev);
		break;
	case NOTIFY_HOME:
		on_home(c, ev);
		break;
	case NOTIFY_WAIT:
		if (ev->name[0] == '\0' || is_awaited(c, ev->root, ev->path))
			c->full = true;
		break;
	case NOTIFY_FILE:
		want(c, ev->root, ev->path);
		break;
	case NOTIFY_INDEX:
		c->some = true;
		break;
	case NOTIFY_DB:
		c->db = true;
		break;
	case NOTIFY__MAX:
		break;
	}
}

void
changes_place(void *arg, size_t root, enum scan_place kind, const char *path)
{
	struct changes *c = arg;
	char *other;

	switch (kind) {
	case SCAN_HOME:
		add(c, NOTIFY_HOME, root, path);
		other = xasprintf("%s/session_index.jsonl", path);
		add(c, NOTIFY_INDEX, root, other);
		free(other);
		break;
	case SCAN_FOLDER:
		add(c, NOTIFY_TREE, root, path);
		break;
	case SCAN_LINK:
		add(c, NOTIFY_FILE, root, path);
		break;
	case SCAN_SINGLE:
		other = xstrndup(path, (size_t)(strrchr(path, '/') - path));
		add(c, NOTIFY_TREE, root, other[0] == '\0' ? "/" : other);
		free(other);
		break;
	}
}

/* Watch the nearest folder above PATH of ROOT that is there, until PATH is. */
static void
await(struct changes *c, size_t root, const char *path)
{
	struct stat st;
	bool came = true; /* the next part of PATH, while the folder was not watched yet */

	for (int i = 0; i < STEPS_MAX && came && stat(path, &st) < 0; i++) {
		char *above = xstrdup(path), *slash, *next;
		size_t n;

		while ((slash = strrchr(above, '/')) != NULL && slash != above) {
			*slash = '\0';
			if (stat(above, &st) == 0)
				break;
		}
		n = slash == above ? 0 : strlen(above);
		add(c, NOTIFY_WAIT, root, n == 0 ? "/" : above);
		n += strspn(path + n, "/");
		next = xstrndup(path, n + strcspn(path + n, "/"));
		came = stat(next, &st) == 0;
		free(next);
		free(above);
	}
}

/* Roots that are not there are waited for; that is said when they go, not again and again. */
static void
check_roots(struct changes *c)
{
	for (size_t i = 0; i < c->roots_len; i++) {
		const char *path = c->roots[i].path;
		struct stat st;
		bool gone = stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);

		if (gone && !c->missing[i])
			say(c, "%s is not there; it is read as soon as it is", path);
		c->missing[i] = gone;
		if (gone)
			await(c, i, path);
	}
}

void
changes_begin(struct changes *c)
{
	struct err e;

	c->missing = xcalloc(c->roots_len, sizeof(*c->missing));
	c->notify = notify_new(&e);
	if (c->notify == NULL)
		say(c, "%s; looking every %" PRId64 " s instead%s", e.msg, c->rescan_s,
		    e.code == ERR_LIMIT
			? " (`sysctl fs.inotify.max_user_instances=1024` as root raises the limit)"
			: "");
}

void
changes_end(struct changes *c)
{
	drop_parts(c);
	notify_free(c->notify);
	c->notify = NULL;
	free(c->missing);
	c->missing = NULL;
}

int
changes_fd(const struct changes *c)
{
	return c->notify == NULL ? -1 : notify_fd(c->notify);
}

void
changes_listen(struct changes *c)
{
	if (c->notify == NULL || !notify_read(c->notify, on_event, c))
		return;
	c->full = true;
	if (!c->said_lost)
		say(c, "more changed at once than the system told of; looking at everything");
	c->said_lost = true;
}

void
changes_watch_db(struct changes *c, const char *db)
{
	add(c, NOTIFY_DB, 0, db);
}

void
changes_round(struct changes *c)
{
	if (c->notify != NULL)
		notify_round(c->notify);
	check_roots(c);
}

void
changes_swept(struct changes *c)
{
	if (c->notify != NULL)
		notify_sweep(c->notify);
}

int64_t
changes_missing(const struct changes *c)
{
	int64_t n = 0;

	for (size_t i = 0; i < c->roots_len; i++)
		n += c->missing[i];
	return n;
}

struct ingest_part *
changes_parts(const struct changes *c, size_t *n)
{
	struct ingest_part *out = xcalloc(HASH_COUNT(c->parts), sizeof(*out));

	*n = 0;
	for (const struct change_part *p = c->parts; p != NULL; p = p->hh.next)
		out[(*n)++] = (struct ingest_part){ p->root, p->path };
	return out;
}

void
changes_done(struct changes *c)
{
	drop_parts(c);
	c->some = c->full = false;
}
