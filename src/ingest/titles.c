/*
 * Titles from session_index.jsonl: in one file the last line of a thread holds;
 * where two homes name the same thread, the newer one.
 */
#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/linerd.h"
#include "base/table.h"
#include "base/xalloc.h"
#include "ingest/ingest.h"
#include "json/jx.h"
#include "store/st_home.h"
#include "time/civil.h"

#define TITLE_LINE_MAX ((size_t)1024 * 1024)

struct title {
	char *id, *text;
	int64_t ms; /* updated_at; 0 when it cannot be read */
	size_t home;
	UT_hash_handle hh;
};

/* TEXT for thread ID stands in home number HOME. */
static void
take(struct title **all, struct str id, struct str text, int64_t ms, size_t home)
{
	struct title *t;

	HASH_FIND(hh, *all, id.p, id.n, t);
	if (t == NULL) {
		t = xcalloc(1, sizeof(*t));
		t->id = str_dup(id);
		HASH_ADD_KEYPTR(hh, *all, t->id, id.n, t);
	} else if (t->home != home && t->ms > ms)
		return;
	free(t->text);
	t->text = str_dup(text);
	t->ms = ms;
	t->home = home;
}

static void
read_index(const char *path, size_t home, struct title **all)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct json_tokener *tok = jx_tokener(32);
	struct linerd *in = linerd_new(fd, false, TITLE_LINE_MAX);
	struct line line;
	struct err ignored;

	while (fd >= 0 && linerd_next(in, &line, &ignored) == 1 && line.complete) {
		struct json_object *o = line.oversized ? NULL : jx_parse(tok, line.p, line.n);
		struct str id = jx_str(o, "id"), name = jx_str(o, "thread_name");
		int64_t ms = 0;

		(void)civil_parse_instant(jx_str(o, "updated_at"), &ms); /* stays 0 */
		if (id.n > 0 && name.p != NULL)
			take(all, id, name, ms, home);
		json_object_put(o);
	}
	linerd_free(in);
	json_tokener_free(tok);
	if (fd >= 0)
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
write_titles(struct store *s, struct title *all, struct err *e)
{
	struct title *t, *next;
	int rc = 0;

	HASH_ITER(hh, all, t, next)
	{
		if (rc == 0)
			rc = st_thread_title(s, str_of(t->id), str_of(t->text), t->ms, e);
		HASH_DEL(all, t);
		free(t->id);
		free(t->text);
		free(t);
	}
	return rc;
}

int
ingest_titles(struct store *s, const char *const *homes, size_t n, bool again, struct err *e)
{
	struct title *all = NULL;
	char text[24], *seen;
	uint64_t now = 0;
	bool same;

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
	if (write_titles(s, all, e) < 0)
		return -1;
	return store_meta_set(s, "titles_read", text, e);
}
