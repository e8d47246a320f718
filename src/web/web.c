#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "json/jx.h"
#include "web/request.h"
#include "web/web.h"

#define BUSY_MS 500 /* how long a page waits for another program's lock */
#define PROGRESS_MAX 512
#define MANIFEST_MAX 65536

int
web_start(struct web *w, const struct web_setup *in, struct err *e)
{
	memset(w, 0, sizeof(*w));
	w->in = *in;
	w->started_ms = in->now_ms(in->now_arg);
	w->templates = mustache_set_new();
	if (mustache_set_load(w->templates, in->templates, e) < 0 ||
	    mustache_set_finish(w->templates, false, e) < 0)
		return err_prefix(e, "templates");
	if (in->manifest != NULL && jx_file(in->manifest, MANIFEST_MAX, &w->manifest, e) < 0)
		return -1;
	w->base_hash = hash_str(STR(PACKAGE_VERSION), 0);
	w->base_hash = hash_str(str_of(web_static(w, "style.css")), w->base_hash);
	w->base_hash = hash_str(str_of(web_static(w, "track.js")), w->base_hash);
	w->base_hash = hash_i64((int64_t)mustache_set_hash(w->templates), w->base_hash);
	w->base_hash = hash_i64((int64_t)in->config_hash, w->base_hash);
	w->base_hash = hash_i64((int64_t)price_card_hash(in->card), w->base_hash);
	return 0;
}

void
web_forget(struct web *w)
{
	store_close(w->store);
	w->store = NULL;
	free(w->database_id);
	w->database_id = NULL;
}

void
web_clear(struct web *w)
{
	if (w == NULL)
		return;
	web_forget(w);
	mustache_set_free(w->templates);
	json_object_put(w->manifest);
	memset(w, 0, sizeof(*w));
}

const char *
web_static(const struct web *w, const char *name)
{
	return jx_str(w->manifest, name).p;
}

static int
open_it(struct web *w, const struct stat *st, struct err *e)
{
	if (store_open_wait(&w->store, w->in.db, STORE_READER, BUSY_MS, e) < 0) {
		w->store = NULL;
		return -1;
	}
	w->dev = st->st_dev;
	w->ino = st->st_ino;
	w->data_version = -1;
	if (store_schema(w->store) < store_schema_known())
		return err_set(e, ERR_BUSY,
		    "the database has an older layout; the next ingest brings it up to date");
	return store_meta(w->store, "database_id", &w->database_id, e);
}

static int64_t
written_ms(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

int
web_store(struct web *w, struct err *e)
{
	struct stat st;
	int64_t version;

	if (stat(w->in.db, &st) < 0) {
		(void)err_sys(e, "%s", w->in.db);
		web_forget(w);
		return -1;
	}
	if (w->store != NULL && (st.st_dev != w->dev || st.st_ino != w->ino))
		web_forget(w);
	if (w->store == NULL && open_it(w, &st, e) < 0) {
		web_forget(w);
		return -1;
	}
	w->file_ms = written_ms(&st);
	store_deadline(w->store, WEB_QUERY_MS);
	if ((version = store_data_version(w->store, e)) < 0) {
		web_forget(w);
		return -1;
	}
	if (version != w->data_version) {
		w->generation = store_generation(w->store);
		w->data_version = version;
	}
	return 0;
}

bool
web_knows_host(const struct web *w, const char *host)
{
	if (request_is_loopback(host))
		return true;
	for (size_t i = 0; i < w->in.hosts_len; i++)
		if (strcasecmp(host, w->in.hosts[i]) == 0)
			return true;
	return false;
}

/* The lock file beside the database: its time is that of the last pass that came to its end. */
int64_t
web_checked_ms(const struct web *w)
{
	char *path = xasprintf("%s.lock", w->in.db);
	struct stat st;
	int64_t ms = -1;

	if (stat(path, &st) == 0)
		ms = written_ms(&st);
	free(path);
	return ms;
}

int64_t
web_changed_ms(const struct web *w)
{
	int64_t ms = w->started_ms;
	struct stat st;
	char *log;

	if (w->store == NULL)
		return ms;
	log = xasprintf("%s-wal", w->in.db);
	if (w->file_ms > ms)
		ms = w->file_ms;
	if (stat(log, &st) == 0 && written_ms(&st) > ms)
		ms = written_ms(&st);
	free(log);
	return ms;
}

void
web_progress(const struct web *w, char **out)
{
	char buf[PROGRESS_MAX];
	ssize_t n;
	int fd;

	*out = NULL;
	if (w->in.progress == NULL ||
	    (fd = open(w->in.progress, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	if (n > 0)
		*out = xstrndup(buf, (size_t)n);
}
