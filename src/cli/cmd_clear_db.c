#include "base/compat.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "cli/cmd.h"
#include "ingest/lock.h"

static bool
confirmed(const char *db)
{
	char answer[64];

	(void)fprintf(stderr, "Delete %s? Type 'delete' to confirm: ", db);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return false;
	str_lowerz(answer);
	return str_eqz(str_trim(str_of(answer)), "delete");
}

/* The database and what belongs to it; never the configuration or notes. */
static int delete (const char *db, struct err *e)
{
	static const char *const tails[] = { "-wal", "-shm", "" };

	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		char *path = xasprintf("%s%s", db, tails[i]);
		int rc = unlink(path);

		free(path);
		if (rc < 0 && errno != ENOENT)
			return err_sys(e, "cannot delete %s%s", db, tails[i]);
	}
	return 0;
}

/* Only what this program made is deleted: by the marks that SQLite keeps in the file's first 100 bytes. */
static int
check_ours(const char *db, struct err *e)
{
	unsigned char head[72];
	int fd = open(db, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "%s", db);
	n = pread(fd, head, sizeof(head), 0);
	close(fd);
	if (n == 0)
		return 0; /* an empty file: an interrupted beginning */
	if (n == (ssize_t)sizeof(head) && memcmp(head, "SQLite format 3", 16) == 0) {
		uint32_t id = (uint32_t)head[68] << 24 | (uint32_t)head[69] << 16 |
			      (uint32_t)head[70] << 8 | head[71];

		if (id == STORE_APPLICATION_ID)
			return 0;
	}
	return err_set(e, ERR_INPUT, "%s is not a database of this program; not deleted", db);
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	const char *db = a->places.db.path;
	struct lock lock = { .fd = -1 };
	char *lock_path;
	int rc;

	if (access(db, F_OK) < 0) {
		(void)printf("No database found at %s\n", db);
		return 0;
	}
	if (check_ours(db, e) < 0)
		return -1;
	if (!o->yes && !isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "not on a terminal: add --yes to delete %s", db);
	if (!o->yes && !confirmed(db)) {
		(void)puts("Aborted.");
		return 0;
	}
	if (lock_take(&lock, db, 30000, e) < 0)
		return -1;
	rc = delete (db, e);
	lock_path = xasprintf("%s.lock", db);
	if (rc == 0)
		(void)unlink(lock_path); /* it is only a lock */
	free(lock_path);
	lock_drop(&lock, false);
	if (rc == 0)
		(void)printf("Deleted %s\n", db);
	return rc;
}

const struct cmd cmd_clear_db = {
	.name = "clear-db",
	.operands = "",
	.summary = "Delete the database; Codex's own files are not touched",
	.takes = "db yes",
	.run = run,
};
