#include "base/compat.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/xalloc.h"
#include "ingest/lock.h"

#define STEP_MS 50

static char *
lock_path(const char *db)
{
	return xasprintf("%s.lock", db);
}

/* The holder's pid as the lock file says it; "" when it does not. */
static void
holder(int fd, char pid[static 24])
{
	ssize_t n = pread(fd, pid, 23, 0);

	pid[n > 0 ? n : 0] = '\0';
	for (char *p = pid; *p != '\0'; p++)
		if (*p < '0' || *p > '9')
			*p = '\0';
}

static int
busy(int fd, const char *db, struct err *e)
{
	char pid[24];

	holder(fd, pid);
	return err_set(e, ERR_BUSY, "%s is being filled by another program%s%s", db,
	    pid[0] != '\0' ? ", process " : "", pid);
}

int
lock_take(struct lock *l, const char *db, int64_t wait_ms, struct err *e)
{
	char *path = lock_path(db), pid[24];
	struct stat st;
	int rc = -1;

	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->fd < 0) {
		(void)err_sys(e, "cannot open %s", path);
		goto out;
	}
	while (flock(l->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK) {
			(void)err_sys(e, "cannot lock %s", path);
			goto out;
		}
		if (wait_ms <= 0) {
			(void)busy(l->fd, db, e);
			goto out;
		}
		(void)usleep(STEP_MS * 1000); /* a signal only shortens it */
		wait_ms -= STEP_MS;
	}
	l->checked =
	    fstat(l->fd, &st) == 0 && st.st_size > 0 ? st.st_mtim : (struct timespec){ 0, 0 };
	(void)snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(l->fd, 0) < 0 || pwrite(l->fd, pid, strlen(pid), 0) < 0) {
		(void)err_sys(e, "cannot write %s", path);
		goto out;
	}
	/* writing was no check: only lock_drop says that there was one */
	(void)futimens(l->fd, (const struct timespec[]){ { 0, UTIME_OMIT }, l->checked });
	rc = 0;
out:
	if (rc < 0 && l->fd >= 0) {
		close(l->fd);
		l->fd = -1;
	}
	free(path);
	return rc;
}

void
lock_drop(struct lock *l, bool checked)
{
	if (l->fd < 0)
		return;
	/* only a note of the time: nothing depends on it */
	(void)futimens(
	    l->fd, checked ? NULL : (const struct timespec[]){ { 0, UTIME_OMIT }, l->checked });
	close(l->fd);
	l->fd = -1;
}

int64_t
lock_checked_ms(const char *db)
{
	char *path = lock_path(db);
	struct stat st;
	int64_t ms = -1;

	if (stat(path, &st) == 0)
		ms = st.st_mtim.tv_sec <= 0
			 ? -1
			 : (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	free(path);
	return ms;
}

void
lock_look(const char *db, struct lock_state *out)
{
	char *path = lock_path(db), pid[24];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	*out = (struct lock_state){ .checked_ms = lock_checked_ms(db) };
	/* a shared lock for the blink of an eye: whoever wants the lock then tries again */
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		out->is_held = true;
		holder(fd, pid);
		if (num_i64(str_of(pid), 1, INT64_MAX, &out->pid) < 0)
			out->pid = 0;
	}
	if (fd >= 0)
		close(fd);
	free(path);
}
