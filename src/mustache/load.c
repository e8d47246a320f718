#include "base/compat.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "mustache/mustache.h"

#define ENDING ".mustache"
#define MAX_ENTRIES 10000 /* names in one folder */

struct loader {
	struct mustache_set *set;
	int added;
	struct err *e;
};

struct names {
	char **v;
	size_t n, alloc;
};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
names_clear(struct names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

/* The names in the folder PATH, sorted, so that the set is the same on every machine. */
static int
list(const char *path, struct names *l, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (d == NULL)
		return err_sys(e, "%s", path);
	while (rc == 0) {
		errno = 0;
		entry = readdir(d);
		if (entry == NULL) {
			if (errno != 0)
				rc = err_sys(e, "%s", path);
			break;
		}
		if (entry->d_name[0] == '.')
			continue;
		if (l->n == MAX_ENTRIES) {
			rc = err_set(e, ERR_LIMIT,
			    "%s: more than %d names in a folder of templates", path, MAX_ENTRIES);
			break;
		}
		xgrow(&l->v, l->n, &l->alloc, sizeof(*l->v));
		l->v[l->n++] = xstrdup(entry->d_name);
	}
	closedir(d);
	if (rc == 0 && l->n > 0)
		qsort(l->v, l->n, sizeof(*l->v), by_bytes);
	return rc;
}

/* The file FD, called PATH, into BUF of one byte more than is allowed. */
static int
slurp(int fd, const char *path, char *buf, size_t *n, struct err *e)
{
	*n = 0;
	while (*n <= MUSTACHE_MAX_TEXT) {
		ssize_t r = read(fd, buf + *n, MUSTACHE_MAX_TEXT + 1 - *n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, "%s", path);
		if (r == 0)
			return 0;
		*n += (size_t)r;
	}
	return 0; /* too long: mustache_set_add says so */
}

static int
load_file(struct loader *l, const char *path, const char *name)
{
	struct stat st;
	char *buf;
	size_t n = 0;
	int rc, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_sys(l->e, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(l->e, ERR_INPUT, "%s: not a file: remove or rename it", path);
	}
	buf = xmalloc(MUSTACHE_MAX_TEXT + 1);
	rc = slurp(fd, path, buf, &n, l->e);
	close(fd);
	if (rc == 0)
		rc = mustache_set_add(l->set, name, path, str_n(buf, n), l->e);
	l->added += rc == 0;
	free(buf);
	return rc;
}

static int
load_folder(struct loader *l, const char *path, const char *prefix, int level)
{
	struct names names = { NULL, 0, 0 };
	int rc = list(path, &names, l->e);

	if (rc == 0 && level == MUSTACHE_MAX_FOLDERS)
		rc = err_set(l->e, ERR_LIMIT, "%s: more than %d folders in each other", path,
		    MUSTACHE_MAX_FOLDERS);
	for (size_t i = 0; i < names.n && rc == 0; i++) {
		struct str file = str_of(names.v[i]);
		char *below = xasprintf("%s/%s", path, file.p);
		struct stat st;
		bool is_template = str_ends(file, ENDING);
		size_t n = is_template ? file.n - (sizeof(ENDING) - 1) : file.n;
		char *name = xasprintf("%s%.*s", prefix, (int)n, file.p);

		if (stat(below, &st) < 0)
			rc = err_sys(l->e, "%s", below);
		else if (is_template)
			rc = load_file(l, below, name);
		else if (S_ISDIR(st.st_mode)) {
			char *inner = xasprintf("%s/", name);

			rc = load_folder(l, below, inner, level + 1);
			free(inner);
		}
		free(name);
		free(below);
	}
	names_clear(&names);
	return rc;
}

int
mustache_set_load(struct mustache_set *s, const char *dir, struct err *e)
{
	struct loader l = { s, 0, e };

	if (load_folder(&l, dir, "", 0) < 0)
		return -1;
	if (l.added == 0)
		return err_set(e, ERR_NOTFOUND, "%s: no *.mustache file in it", dir);
	return l.added;
}
