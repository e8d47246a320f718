#include "base/compat.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "ingest/name.h"
#include "ingest/scan.h"

#define DEPTH_MAX 16

struct seen_dir {
	dev_t dev;
	ino_t ino;
};

struct walk {
	struct scan *out;
	const struct scan_ask *ask;
	bool archived;
	struct seen_dir
	    seen[DEPTH_MAX]; /* the folders that we are inside of: a link back is a loop */
};

/*
 * A path as a text: the same when it is UTF-8. Else the bad bytes are marked, and its
 * fingerprint tells it from others that look alike.
 */
static char *
as_text(const char *path)
{
	struct sbuf b;
	bool good = true;
	uint32_t c;
	size_t n;

	sbuf_init(&b, SIZE_MAX / 2);
	for (const char *p = path; *p != '\0'; p += n) {
		n = utf8_decode(p, strlen(p), &c);
		if (c == UTF8_BAD) {
			good = false;
			sbuf_addz(&b, "\xef\xbf\xbd");
		} else
			sbuf_add(&b, p, n);
	}
	if (!good)
		sbuf_addf(&b, "#%016" PRIx64, hash_str(str_of(path), 0));
	return sbuf_detach(&b);
}

static bool
is_ascii(const char *s)
{
	while (*s > 0)
		s++;
	return *s == '\0';
}

/* A file known by PATH, which is taken over. */
static struct scan_file *
add(struct scan *s, char *path)
{
	struct scan_file *f;

	xgrow(&s->files, s->len, &s->alloc, sizeof(*s->files));
	f = &s->files[s->len++];
	memset(f, 0, sizeof(*f));
	f->os_path = path;
	f->path = is_ascii(path) ? path : as_text(path);
	return f;
}

static void
add_problem(struct walk *w, const char *path, const char *why)
{
	struct scan_file *f = add(w->out, xstrdup(path));

	f->problem = xstrdup(why);
	f->archived = w->archived;
}

static int64_t
ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
fill(struct scan_file *f, const struct stat *st)
{
	f->dev = (int64_t)st->st_dev;
	f->ino = (int64_t)st->st_ino;
	f->size = (int64_t)st->st_size;
	f->mtime_ns = ns(st->st_mtim);
	f->ctime_ns = ns(st->st_ctim);
}

static void
tell(const struct walk *w, enum scan_place kind, const char *path)
{
	if (w->ask->place != NULL)
		w->ask->place(w->ask->arg, kind, path);
}

static void
add_looked(struct scan *s, const char *path)
{
	xgrow(&s->looked, s->looked_len, &s->looked_alloc, sizeof(*s->looked));
	s->looked[s->looked_len++] = as_text(path);
}

static bool
is_link(const char *path, unsigned char type)
{
	struct stat st;

	return type == DT_LNK ||
	       (type == DT_UNKNOWN && lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
}

/* DIR and NAME as one path, malloc'd. */
static char *
join(const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);
	char *path = xmalloc(n + m + 2);

	memcpy(path, dir, n);
	path[n] = '/';
	memcpy(path + n + 1, name, m + 1);
	return path;
}

/* A folder as it was come to, its real path (NULL: not known), and its descriptor (-1: not open). */
struct folder {
	const char *path, *real;
	int fd;
	int depth;
};

static void walk_dir(struct walk *w, const char *path, int depth);

/* The rollout NAME in DIR, a LINK or not, of which ST is known; PATH, which is taken over, leads to it. */
static void
add_rollout(struct walk *w, const struct folder *dir, const char *name, bool link, char *path,
    const struct stat *st)
{
	struct scan_file *f;
	char *real = NULL;

	if (link || dir->real == NULL)
		real = realpath(path, NULL);
	else if (strcmp(dir->path, dir->real) != 0)
		real = join(dir->real, name);
	if (real != NULL)
		free(path);
	f = add(w->out, real == NULL ? path : real);
	f->archived = w->archived;
	f->compressed = str_ends(str_of(f->os_path), ".zst");
	fill(f, st);
}

/* NAME in the folder DIR; TYPE as readdir tells it. */
static void
entry(struct walk *w, const struct folder *dir, const char *name, unsigned char type)
{
	char *path = join(dir->path, name);
	bool compressed, rollout = name_is_rollout(str_of(name), &compressed);
	bool link = is_link(path, type);
	struct stat st;

	if (rollout && link)
		tell(w, SCAN_LINK, path);
	if (fstatat(dir->fd < 0 ? AT_FDCWD : dir->fd, dir->fd < 0 ? path : name, &st, 0) < 0) {
		if (errno == ENOENT && !is_link(path, DT_UNKNOWN))
			; /* it went away since the folder was listed */
		else if (rollout || errno == ELOOP)
			add_problem(w, path,
			    errno == ELOOP ? "a link that leads to itself" : strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		if (rollout)
			add_problem(w, path, "a folder, not a file");
		walk_dir(w, path, dir->depth + 1);
	} else if (rollout && !S_ISREG(st.st_mode)) {
		add_problem(w, path, "not a regular file");
	} else if (rollout) {
		add_rollout(w, dir, name, link, path, &st);
		return;
	}
	free(path);
}

/* A name that a folder holds, with its type as readdir tells it in front. */
static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a + 1, *(char *const *)b + 1);
}

/* What the folder DIR holds, by name: so that all files come nearly in order. */
static void
list(struct walk *w, DIR *dir, const struct folder *f)
{
	char **names = NULL;
	size_t n = 0, alloc = 0;
	struct dirent *d;

	while ((d = readdir(dir)) != NULL) {
		size_t len = strlen(d->d_name);

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		xgrow(&names, n, &alloc, sizeof(*names));
		names[n] = xmalloc(len + 2);
		names[n][0] = (char)d->d_type;
		memcpy(names[n++] + 1, d->d_name, len + 1);
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		entry(w, f, names[i] + 1, (unsigned char)names[i][0]);
		free(names[i]);
	}
	free(names);
}

static void
walk_dir(struct walk *w, const char *path, int depth)
{
	struct folder f = { .path = path, .depth = depth };
	struct stat st;
	char *real;
	DIR *dir;

	if (depth >= DEPTH_MAX) {
		add_problem(w, path, "folders nested too deep");
		return;
	}
	tell(w, SCAN_FOLDER, path);
	if ((dir = opendir(path)) == NULL) {
		if (errno != ENOENT)
			add_problem(w, path, strerror(errno));
		return;
	}
	if (fstat(dirfd(dir), &st) == 0) {
		for (int i = 0; i < depth; i++)
			if (w->seen[i].dev == st.st_dev && w->seen[i].ino == st.st_ino) {
				closedir(dir);
				return;
			}
		w->seen[depth] = (struct seen_dir){ st.st_dev, st.st_ino };
	}
	f.fd = dirfd(dir);
	f.real = real = realpath(path, NULL);
	list(w, dir, &f);
	free(real);
	closedir(dir);
}

static bool
exists(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

/* …/sessions of a home: the home. Takes REAL (malloc'd), returns it or its parent. */
static char *
home_of(char *real, bool *is_home)
{
	struct str s = str_of(real);

	if (!str_ends(s, "/sessions") || s.n <= 9)
		return real;
	real[s.n - 9] = '\0';
	if (exists(real, "archived_sessions") || exists(real, "session_index.jsonl") ||
	    exists(real, "config.toml")) {
		*is_home = true;
		return real;
	}
	real[s.n - 9] = '/';
	return real;
}

static int
by_path(const void *a, const void *b)
{
	const struct scan_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void
drop_file(struct scan_file *f)
{
	if (f->path != f->os_path)
		free(f->path);
	free(f->os_path);
	free(f->problem);
}

/* True when F is compressed and the first N files, sorted, hold its plain twin. */
static bool
has_plain_twin(const struct scan *s, size_t n, const struct scan_file *f)
{
	size_t len = strlen(f->path) - 4;

	if (f->problem != NULL || !f->compressed)
		return false;
	/* the names between the two begin with the plain one */
	for (size_t i = n; i > 0 && strncmp(s->files[i - 1].path, f->path, len) == 0; i--)
		if (s->files[i - 1].path[len] == '\0')
			return s->files[i - 1].problem == NULL;
	return false;
}

/* One path once; a compressed file beside its plain twin not at all. */
static void
unique(struct scan *s)
{
	size_t kept = 0, sorted = 1;

	while (sorted < s->len && by_path(&s->files[sorted - 1], &s->files[sorted]) <= 0)
		sorted++;
	if (sorted < s->len)
		qsort(s->files, s->len, sizeof(*s->files), by_path);
	for (size_t i = 0; i < s->len; i++) {
		struct scan_file *f = &s->files[i];

		if ((kept > 0 && strcmp(s->files[kept - 1].path, f->path) == 0) ||
		    has_plain_twin(s, kept, f))
			drop_file(f);
		else
			s->files[kept++] = *f;
	}
	s->len = kept;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* PATH is BASE or below it. */
static bool
is_within(const char *path, const char *base)
{
	size_t n = strlen(base);

	return strncmp(path, base, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/*
 * Go down from the folder BASE to DIR, at or below it, as a whole look would. Returns the depth of
 * DIR, -1 when a look does not come there.
 */
static int
way_down(struct walk *w, const char *base, const char *dir)
{
	const char *end = dir + strlen(base);
	int depth = 0;

	for (;; depth++) {
		char *step = xstrndup(dir, (size_t)(end - dir));
		struct stat st;
		bool good = depth < DEPTH_MAX && stat(step, &st) == 0 && S_ISDIR(st.st_mode);

		free(step);
		for (int i = 0; good && i < depth; i++)
			good = w->seen[i].dev != st.st_dev || w->seen[i].ino != st.st_ino;
		if (!good)
			return -1;
		w->seen[depth] = (struct seen_dir){ st.st_dev, st.st_ino };
		if (*end == '\0')
			return depth;
		for (end++; *end != '\0' && *end != '/'; end++)
			;
	}
}

/* NAME in DIR, of which REAL is the real path and DEPTH the depth below BASE (-1: not there). */
static void
look_at_entry(struct walk *w, const char *base, const char *dir, const char *real, const char *name,
    int depth)
{
	const struct folder f = { .path = dir, .real = real, .fd = -1, .depth = depth };
	char *path = join(real == NULL ? dir : real, name);

	if (is_within(path, base))
		add_looked(w->out, path);
	free(path);
	if (depth >= 0)
		entry(w, &f, name, DT_UNKNOWN);
}

/* The file or folder PATH, if it is BASE or below it. */
static void
look_at(struct walk *w, const char *base, const char *path)
{
	char *dir, *name, *real;
	bool compressed;
	int depth;

	if (strcmp(path, base) == 0) {
		add_looked(w->out, path);
		if (is_folder(path))
			walk_dir(w, path, 0);
		return;
	}
	if (!is_within(path, base))
		return;
	dir = xstrdup(path);
	name = strrchr(dir, '/');
	*name++ = '\0';
	depth = way_down(w, base, dir);
	real = realpath(dir, NULL);
	if (name_is_rollout(str_of(name), &compressed)) {
		char *twin =
		    compressed ? xstrndup(name, strlen(name) - 4) : xasprintf("%s.zst", name);

		look_at_entry(w, base, dir, real, twin, depth);
		free(twin);
	}
	look_at_entry(w, base, dir, real, name, depth);
	free(real);
	free(dir);
}

/* Below the folder BASE, which may be missing: what was asked for. */
static void
look_below(struct walk *w, const char *base)
{
	if (w->ask->some) {
		for (size_t i = 0; i < w->ask->only_len; i++)
			look_at(w, base, w->ask->only[i]);
		return;
	}
	add_looked(w->out, base);
	if (is_folder(base))
		walk_dir(w, base, 0);
}

/* OUT->home is the one rollout that was named. */
static void
look_at_single(struct walk *w, const struct stat *st)
{
	struct scan *out = w->out;
	struct scan_file *f;
	bool wanted = !w->ask->some;

	tell(w, SCAN_SINGLE, out->home);
	for (size_t i = 0; !wanted && i < w->ask->only_len; i++)
		wanted = strcmp(w->ask->only[i], out->home) == 0;
	if (wanted) {
		add_looked(out, out->home);
		f = add(out, xstrdup(out->home));
		fill(f, st);
		f->compressed = str_ends(str_of(f->os_path), ".zst");
	}
	*strrchr(out->home, '/') = '\0';
}

int
scan_look(const struct scan_ask *ask, struct scan *out, struct err *e)
{
	static const char *const folders[] = { "sessions", "archived_sessions" };
	struct walk w = { .out = out, .ask = ask };
	bool is_home = ask->is_home;
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->home = realpath(ask->path, NULL);
	if (out->home == NULL || stat(out->home, &st) < 0)
		return err_sys(e, "%s", ask->path);
	if (S_ISREG(st.st_mode) && !is_home) {
		look_at_single(&w, &st);
		return 0;
	}
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "%s: not a folder", ask->path);
	if (access(out->home, R_OK | X_OK) < 0)
		return err_sys(e, "%s", ask->path);
	if (!is_home)
		out->home = home_of(out->home, &is_home);
	out->is_home = is_home;
	if (is_home)
		tell(&w, SCAN_HOME, out->home);
	else
		look_below(&w, out->home);
	for (size_t i = 0; is_home && i < ARRAY_LEN(folders); i++) {
		char *sub = xasprintf("%s/%s", out->home, folders[i]);

		w.archived = i == 1;
		look_below(&w, sub);
		free(sub);
	}
	unique(out);
	return 0;
}

int
scan_root(const char *path, bool is_home, struct scan *out, struct err *e)
{
	return scan_look(&(struct scan_ask){ .path = path, .is_home = is_home }, out, e);
}

void
scan_clear(struct scan *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->len; i++)
		drop_file(&s->files[i]);
	for (size_t i = 0; i < s->looked_len; i++)
		free(s->looked[i]);
	free(s->looked);
	free(s->files);
	free(s->home);
	memset(s, 0, sizeof(*s));
}
