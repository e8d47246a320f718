#include "base/compat.h"

#include <sys/inotify.h>
#include <unistd.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "ingest/notify.h"

#define READS_MAX 256 /* of one buffer: somebody who writes without a pause does not hold us */

#define CAME (IN_CREATE | IN_MOVED_TO)
#define WENT (IN_DELETE | IN_MOVED_FROM)
#define SELF_WENT (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)
#define WRITTEN (IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB)

/* Why something is watched. */
struct role {
	enum notify_kind kind;
	size_t root;
	char *path;
	uint64_t round;
};

struct watched {
	int wd;
	struct role *roles; /* one of a kind and root: the last path that led there */
	size_t len, alloc;
	UT_hash_handle hh;
};

struct notify {
	int fd;
	uint64_t round;
	struct watched *all;
};

static uint32_t
mask_of(enum notify_kind kind)
{
	static const uint32_t masks[NOTIFY__MAX] = {
		[NOTIFY_TREE] = IN_ONLYDIR | CAME | WENT | WRITTEN | IN_DELETE_SELF | IN_MOVE_SELF,
		[NOTIFY_HOME] = IN_ONLYDIR | CAME | WENT | IN_DELETE_SELF | IN_MOVE_SELF,
		[NOTIFY_WAIT] = IN_ONLYDIR | CAME | IN_DELETE_SELF | IN_MOVE_SELF,
		[NOTIFY_FILE] = WRITTEN | IN_DELETE_SELF | IN_MOVE_SELF,
		[NOTIFY_INDEX] = WRITTEN | IN_DELETE_SELF | IN_MOVE_SELF,
		[NOTIFY_DB] = IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF,
	};

	return masks[kind] | IN_MASK_ADD; /* one file may be watched for several reasons */
}

struct notify *
notify_new(struct err *e)
{
	struct notify *n;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd < 0) {
		bool limit = errno == EMFILE || errno == ENFILE;

		(void)err_sys(e, "inotify");
		if (limit)
			e->code = ERR_LIMIT;
		return NULL;
	}
	n = xcalloc(1, sizeof(*n));
	n->fd = fd;
	return n;
}

/* Forget W, which the system watches no more. */
static void
forget(struct notify *n, struct watched *w)
{
	HASH_DEL(n->all, w);
	for (size_t i = 0; i < w->len; i++)
		free(w->roles[i].path);
	free(w->roles);
	free(w);
}

void
notify_free(struct notify *n)
{
	struct watched *w, *next;

	if (n == NULL)
		return;
	HASH_ITER(hh, n->all, w, next)
	{
		forget(n, w);
	}
	close(n->fd);
	free(n);
}

int
notify_fd(const struct notify *n)
{
	return n->fd;
}

static struct watched *
find(const struct notify *n, int wd)
{
	struct watched *w;

	HASH_FIND_INT(n->all, &wd, w);
	return w;
}

int
notify_add(struct notify *n, enum notify_kind kind, size_t root, const char *path, struct err *e)
{
	int wd = inotify_add_watch(n->fd, path, mask_of(kind));
	struct role *r = NULL;
	struct watched *w;

	if (wd < 0 && (errno == ENOSPC || errno == ENOMEM)) {
		(void)err_sys(e, "%s", path);
		e->code = ERR_LIMIT;
		return -1;
	}
	if (wd < 0)
		return 0;
	if ((w = find(n, wd)) == NULL) {
		w = xcalloc(1, sizeof(*w));
		w->wd = wd;
		HASH_ADD_INT(n->all, wd, w);
	}
	for (size_t i = 0; i < w->len; i++)
		if (w->roles[i].kind == kind && w->roles[i].root == root)
			r = &w->roles[i];
	if (r == NULL) {
		xgrow(&w->roles, w->len, &w->alloc, sizeof(*w->roles));
		r = &w->roles[w->len++];
		*r = (struct role){ .kind = kind, .root = root };
	}
	if (r->path == NULL || strcmp(r->path, path) != 0) {
		free(r->path);
		r->path = xstrdup(path);
	}
	r->round = n->round;
	return 0;
}

static bool
is_within(const char *path, const char *base)
{
	size_t len = strlen(base);

	return strncmp(path, base, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

bool
notify_has(const struct notify *n, const char *path)
{
	for (const struct watched *w = n->all; w != NULL; w = w->hh.next)
		for (size_t i = 0; i < w->len; i++)
			if (w->roles[i].kind == NOTIFY_TREE && strcmp(w->roles[i].path, path) == 0)
				return true;
	return false;
}

/* Forget the roles of W at or below BASE (NULL: any), last renewed before ROUND. */
static void
prune(struct notify *n, struct watched *w, const char *base, uint64_t round)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->len; i++)
		if (w->roles[i].round < round &&
		    (base == NULL || is_within(w->roles[i].path, base)))
			free(w->roles[i].path);
		else
			w->roles[kept++] = w->roles[i];
	w->len = kept;
	if (kept > 0)
		return;
	(void)inotify_rm_watch(n->fd, w->wd); /* it may be gone already */
	forget(n, w);
}

void
notify_drop(struct notify *n, const char *path)
{
	struct watched *w, *next;

	HASH_ITER(hh, n->all, w, next)
	{
		prune(n, w, path, UINT64_MAX);
	}
}

void
notify_round(struct notify *n)
{
	n->round++;
}

void
notify_sweep(struct notify *n)
{
	struct watched *w, *next;

	HASH_ITER(hh, n->all, w, next)
	{
		prune(n, w, NULL, n->round);
	}
}

/* Tell FN of the event MASK on role number I of W; NAME is "" for the watched thing itself. */
static void
dispatch(const struct watched *w, size_t i, uint32_t mask, const char *name,
    void (*fn)(void *arg, const struct notify_event *ev), void *arg)
{
	char *path = name[0] == '\0' ? xstrdup(w->roles[i].path)
				     : xasprintf("%s/%s", w->roles[i].path, name);
	struct notify_event ev = { .kind = w->roles[i].kind,
		.root = w->roles[i].root,
		.path = path,
		.name = name,
		.is_folder = (mask & IN_ISDIR) != 0,
		.came = (mask & CAME) != 0,
		.went = (mask & (WENT | SELF_WENT)) != 0 };

	fn(arg, &ev);
	free(path);
}

static void
handle(struct notify *n, const struct inotify_event *ev,
    void (*fn)(void *arg, const struct notify_event *ev), void *arg)
{
	const char *name = ev->len > 0 ? ev->name : "";
	struct watched *w;

	/* FN may add and drop: look again each time */
	if ((ev->mask & ~(uint32_t)(IN_IGNORED | IN_ISDIR)) != 0)
		for (size_t i = 0; (w = find(n, ev->wd)) != NULL && i < w->len; i++)
			dispatch(w, i, ev->mask, name, fn, arg);
	if ((ev->mask & IN_IGNORED) != 0 && (w = find(n, ev->wd)) != NULL)
		forget(n, w);
}

bool
notify_read(struct notify *n, void (*fn)(void *arg, const struct notify_event *ev), void *arg)
{
	union {
		struct inotify_event first; /* for its alignment */
		char bytes[65536];
	} buf;
	bool lost = false;

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t got = read(n->fd, &buf, sizeof(buf));
		size_t at = 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		while (at < (size_t)got) {
			struct inotify_event ev;

			memcpy(&ev, buf.bytes + at, sizeof(ev));
			if ((ev.mask & IN_Q_OVERFLOW) != 0)
				lost = true;
			else
				handle(n,
				    (const struct inotify_event *)(const void *)(buf.bytes + at),
				    fn, arg);
			at += sizeof(ev) + ev.len;
		}
	}
	return lost;
}
