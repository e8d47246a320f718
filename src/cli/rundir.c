#include "base/compat.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "cli/rundir.h"

#define SOCKET_ROOM 60 /* a socket's path has at most 107 bytes */

/* A path that may stand in a server's configuration, and leaves room for a socket's name. */
static bool
is_plain(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/._-";

	return path != NULL && path[0] == '/' && path[strspn(path, plain)] == '\0' &&
	       strlen(path) < SOCKET_ROOM;
}

/* Make the folder PATH, or see that it is ours alone. */
static int
make(const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make the run folder %s", path);
	if (lstat(path, &st) < 0)
		return err_sys(e, "%s", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return err_set(e, ERR_IO,
		    "%s: is not a folder of yours alone; remove it, or set XDG_RUNTIME_DIR", path);
	return 0;
}

int
rundir_open(struct rundir *r, const char *db, struct err *e)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	char *top, *real = realpath(db, NULL);
	struct stat st;
	int rc;

	r->lock_fd = -1;
	if (is_plain(base) && stat(base, &st) == 0 && S_ISDIR(st.st_mode) &&
	    access(base, W_OK) == 0)
		top = xasprintf("%s/codex-track", base);
	else
		top = xasprintf("/tmp/codex-track-%u", (unsigned)geteuid());
	r->path = xasprintf("%s/%016" PRIx64, top, hash_str(str_of(real == NULL ? db : real), 0));
	rc = make(top, e) < 0 || make(r->path, e) < 0 ? -1 : 0;
	free(top);
	free(real);
	if (rc < 0) {
		free(r->path);
		r->path = NULL;
	}
	return rc;
}

/* Is FD still the file at PATH? Who ends removes it. */
static bool
is_there(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

int
rundir_lock(struct rundir *r, struct err *e)
{
	char *path = rundir_file(r, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), rc;

	if (fd < 0)
		rc = err_sys(e, "%s", path);
	else if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_there(fd, path)) {
		r->lock_fd = fd;
		rc = 1;
	} else {
		rc = errno == EWOULDBLOCK || errno == ENOENT ? 0 : err_sys(e, "%s", path);
		close(fd);
	}
	free(path);
	return rc;
}

char *
rundir_file(const struct rundir *r, const char *name)
{
	return xasprintf("%s/%s", r->path, name);
}

int
rundir_write(const struct rundir *r, const char *name, const char *text, struct err *e)
{
	char *path = rundir_file(r, name), *part = xasprintf("%s.new", path);
	FILE *f = fopen(part, "we");
	int rc = f == NULL ? -1 : 0;

	if (f != NULL) {
		if (fputs(text, f) == EOF)
			rc = -1;
		if (fclose(f) != 0)
			rc = -1;
	}
	if (rc == 0)
		rc = rename(part, path);
	if (rc < 0)
		(void)err_sys(e, "cannot write %s", path);
	free(part);
	free(path);
	return rc;
}

char *
rundir_read(const struct rundir *r, const char *name)
{
	char *path = rundir_file(r, name), line[4096];
	FILE *f = fopen(path, "re");
	char *text = NULL;

	free(path);
	if (f == NULL)
		return NULL;
	if (fgets(line, sizeof(line), f) != NULL)
		text = str_dup(str_trim(str_of(line)));
	(void)fclose(f); /* only read */
	return text;
}

/* Remove what is in the folder PATH, folders too, but for the lock at its top. Links are not followed. */
static void
empty(const char *path, bool is_top)
{
	DIR *d = opendir(path);
	struct dirent *x;

	while (d != NULL && (x = readdir(d)) != NULL) {
		char *name;

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0 ||
		    (is_top && strcmp(x->d_name, "lock") == 0))
			continue;
		name = xasprintf("%s/%s", path, x->d_name);
		if (unlink(name) < 0 && (errno == EISDIR || errno == EPERM)) {
			empty(name, false);
			(void)rmdir(name); /* what is left of it does no harm */
		}
		free(name);
	}
	if (d != NULL)
		(void)closedir(d);
}

void
rundir_close(struct rundir *r)
{
	if (r == NULL || r->path == NULL)
		return;
	if (r->lock_fd >= 0) {
		char *lock = rundir_file(r, "lock"), *slash;

		empty(r->path, true);
		(void)unlink(lock);
		(void)rmdir(r->path); /* stays when somebody else began to use it */
		if ((slash = strrchr(r->path, '/')) != NULL) {
			*slash = '\0';
			(void)rmdir(r->path); /* the last one */
		}
		close(r->lock_fd);
		free(lock);
	}
	free(r->path);
	*r = (struct rundir){ NULL, -1 };
}
