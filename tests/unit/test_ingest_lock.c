/* One writer at a time; the lock file's mtime is the time of the last check. */
#include "base/compat.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "ingest/lock.h"

static char *dir, *db, *path;
static struct lock l = { .fd = -1 };
static struct err e;

static int
prepare(void **state UNUSED)
{
	char name[] = "lock-XXXXXX";

	assert_non_null(mkdtemp(name));
	dir = xstrdup(name);
	db = xasprintf("%s/u.sqlite", dir);
	path = xasprintf("%s.lock", db);
	return 0;
}

static int
clean(void **state UNUSED)
{
	lock_drop(&l, false);
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
	free(path);
	free(db);
	free(dir);
	return 0;
}

static void
take(void)
{
	if (lock_take(&l, db, 0, &e) < 0)
		fail_msg("%s", e.msg);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &t), 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Set the lock file's time to MS. */
static void
set_time(int64_t ms)
{
	struct timespec t[2] = { { 0, UTIME_OMIT }, { ms / 1000, ms % 1000 * 1000000 } };

	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

/*
 * A child that tries to take the lock, waiting WAIT_MS; with KEEP it ends
 * without letting go. Its exit code is the error's code, 99 for a message that
 * does not name us.
 */
static int
in_a_child(int64_t wait_ms, bool keep)
{
	int status;
	char pid[32];
	pid_t child;

	(void)snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct lock mine = { .fd = -1 };
		struct err err = { .code = ERR_NONE };

		if (lock_take(&mine, db, wait_ms, &err) == 0) {
			if (!keep)
				lock_drop(&mine, false);
			_exit(ERR_NONE);
		}
		if (err.code == ERR_BUSY &&
		    (strstr(err.msg, pid) == NULL || strstr(err.msg, db) == NULL || mine.fd != -1))
			_exit(99);
		_exit((int)err.code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
one_at_a_time(void **state UNUSED)
{
	int64_t start;

	assert_int_equal(in_a_child(0, false), ERR_NONE);
	take();
	assert_int_equal(in_a_child(0, false), ERR_BUSY);
	start = now_ms();
	assert_int_equal(in_a_child(120, false), ERR_BUSY);
	assert_true(now_ms() - start >= 100);
	lock_drop(&l, true);
	assert_int_equal(l.fd, -1);
	assert_int_equal(in_a_child(0, false), ERR_NONE);
	/* the lock ends with its process */
	assert_int_equal(in_a_child(0, true), ERR_NONE);
	take();
	lock_drop(&l, false);
	lock_drop(&l, true); /* not held: nothing happens */
}

static void
the_file(void **state UNUSED)
{
	char text[32] = "", want[32];
	struct stat st;
	FILE *f;

	take();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
	(void)snprintf(want, sizeof(want), "%ld\n", (long)getpid());
	assert_string_equal(text, want);
	assert_int_equal(fcntl(l.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

/* The holder has not written its number yet, or something else stands there. */
static void
unknown_holder(void **state UNUSED)
{
	static const char *const texts[] = { "", "hello\n", "\033[31m" };
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, texts[i], strlen(texts[i]), 0), strlen(texts[i]));
		assert_int_equal(lock_take(&l, db, 0, &e), -1);
		assert_int_equal(e.code, ERR_BUSY);
		assert_null(strstr(e.msg, "process"));
		assert_null(strstr(e.msg, "\033"));
		assert_int_equal(l.fd, -1);
	}
	close(fd);
	take();
}

static void
impossible(void **state UNUSED)
{
	char *gone = xasprintf("%s/none/u.sqlite", dir);

	assert_int_equal(lock_take(&l, gone, 0, &e), -1);
	assert_int_equal(l.fd, -1);
	assert_non_null(strstr(e.msg, gone));
	assert_int_equal(lock_checked_ms(gone), -1);
	free(gone);
	/* no link is followed to another file */
	assert_int_equal(symlink("target", path), 0);
	assert_int_equal(lock_take(&l, db, 0, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(l.fd, -1);
}

static void
time_of_the_check(void **state UNUSED)
{
	int64_t before;

	assert_int_equal(lock_checked_ms(db), -1);
	take();
	lock_drop(&l, false); /* did not come to its end: still never checked */
	assert_int_equal(lock_checked_ms(db), -1);
	take();
	lock_drop(&l, false);
	assert_int_equal(lock_checked_ms(db), -1);
	before = now_ms();
	take();
	lock_drop(&l, true);
	assert_in_range(lock_checked_ms(db) - before + 1000, 0, 6000); /* file clocks are coarse */
	set_time(1000250);
	assert_int_equal(lock_checked_ms(db), 1000250);
	take();
	lock_drop(&l, false);
	assert_int_equal(lock_checked_ms(db), 1000250); /* what was before */
	assert_int_equal(in_a_child(0, false), ERR_NONE);
	assert_int_equal(lock_checked_ms(db), 1000250);
	take();
	lock_drop(&l, true);
	assert_true(lock_checked_ms(db) > 1000250);
}

static void
during_and_after_a_crash(void **state UNUSED)
{
	assert_int_equal(in_a_child(0, true), ERR_NONE); /* died in its first pass */
	assert_int_equal(lock_checked_ms(db), -1);
	take();
	lock_drop(&l, true);
	set_time(1000250);
	take();
	assert_int_equal(lock_checked_ms(db), 1000250); /* this pass is not over */
	lock_drop(&l, false);
	assert_int_equal(in_a_child(0, true), ERR_NONE); /* died in a later one */
	assert_int_equal(lock_checked_ms(db), 1000250);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(during_and_after_a_crash, prepare, clean),
		cmocka_unit_test_setup_teardown(one_at_a_time, prepare, clean),
		cmocka_unit_test_setup_teardown(the_file, prepare, clean),
		cmocka_unit_test_setup_teardown(unknown_holder, prepare, clean),
		cmocka_unit_test_setup_teardown(impossible, prepare, clean),
		cmocka_unit_test_setup_teardown(time_of_the_check, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
