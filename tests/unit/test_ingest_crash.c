/* The time of the last check while a pass runs and after one that died. */
#include "base/compat.h"

#include <fcntl.h>
#include <setjmp.h>
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
