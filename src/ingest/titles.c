/* Titles from the session_index.jsonl of all homes into the store, when one of them changed. */
#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "ingest/ingest.h"
#include "ingest/title_index.h"
#include "store/st_home.h"

static void
read_index(const char *path, size_t home, struct title **all)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return;
	title_index_read(fd, home, all);
	close(fd);
}

/* What tells whether an index changed: 0 when there is none. */
static uint64_t
signature(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return hash_i64((int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
	    hash_i64((int64_t)st.st_size, hash_i64((int64_t)st.st_ino, 1)));
}

static int
write_titles(struct store *s, const struct title *all, struct err *e)
{
	for (const struct title *t = all; t != NULL; t = t->hh.next)
		if (st_thread_title(s, str_of(t->id), str_of(t->text), t->ms, e) < 0)
			return -1;
	return 0;
}

int
ingest_titles(struct store *s, const char *const *homes, size_t n, bool again, struct err *e)
{
	struct title *all = NULL;
	char text[24], *seen;
	uint64_t now = 0;
	bool same;
	int rc;

	for (size_t i = 0; i < n; i++) {
		char *path = xasprintf("%s/session_index.jsonl", homes[i]);
		uint64_t one = signature(path);

		now = one == 0 ? now : hash_i64((int64_t)one, now);
		free(path);
	}
	(void)snprintf(text, sizeof(text), "%016" PRIx64, now);
	if (now == 0)
		return 0;
	if (store_meta(s, "titles_read", &seen, e) < 0)
		return -1;
	same = seen != NULL && strcmp(seen, text) == 0;
	free(seen);
	if (same && !again)
		return 0;
	for (size_t i = 0; i < n; i++) {
		char *path = xasprintf("%s/session_index.jsonl", homes[i]);

		if (signature(path) != 0)
			read_index(path, i, &all);
		free(path);
	}
	rc = write_titles(s, all, e);
	title_index_clear(&all);
	if (rc < 0)
		return -1;
	return store_meta_set(s, "titles_read", text, e);
}
