#include "base/compat.h"

#include <sys/stat.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "ingest/ingest.h"
#include "ingest/name.h"
#include "ingest/scan.h"
#include "ingest/settle.h"
#include "store/st_file.h"
#include "store/st_home.h"
#include "store/st_sums.h"

#define BATCH_BYTES ((int64_t)64 * 1024 * 1024)
#define BATCH_FILES 500
#define THREAD_BYTES ((int64_t)4 * 1024 * 1024) /* for less it costs more than it saves */
#define BATCH_THREADS 200
#define PASSES 3 /* a copy may take over from another at most that often in one run */

struct pass {
	struct store *store;
	const struct ingest_opts *opts;
	struct ingest_summary *sum;
	struct scan *scans;
	int64_t *homes; /* row ids, one for each root */
	struct ingest_progress at;
	int64_t batch_bytes, batch_files;
	int64_t changes; /* of the connection when the transaction began */
};

static bool
stopped(const struct pass *p)
{
	return p->opts->stop != NULL && *p->opts->stop != 0;
}

static int
begin(struct pass *p, struct err *e)
{
	p->batch_bytes = p->batch_files = 0;
	p->changes = store_changes(p->store);
	return store_begin(p->store, e);
}

static int
commit(struct pass *p, struct err *e)
{
	if (store_changes(p->store) != p->changes) {
		p->sum->changed = true;
		if (st_sums_settle(p->store, e) < 0 || store_bump(p->store, e) < 0)
			return -1;
	}
	return store_commit(p->store, e);
}

static void
tell(struct pass *p)
{
	if (p->opts->progress != NULL)
		p->opts->progress(p->opts->arg, &p->at);
}

struct place {
	const struct ingest_opts *opts;
	size_t root;
};

static void
on_place(void *arg, enum scan_place kind, const char *path)
{
	const struct place *a = arg;

	a->opts->place(a->opts->arg, a->root, kind, path);
}

static void
problem(struct ingest_summary *sum, char *text)
{
	if (sum->problems_len == INGEST_PROBLEMS) {
		free(text);
		return;
	}
	sum->problems = xreallocarray(sum->problems, sum->problems_len + 1, sizeof(*sum->problems));
	sum->problems[sum->problems_len++] = text;
}

/* Root number I, of which the paths ONLY (room for all parts) may be asked for. */
static int
look_root(struct pass *p, size_t i, const char **only, struct err *e)
{
	const struct ingest_opts *o = p->opts;
	struct place a = { o, i };
	struct scan_ask ask = { .path = o->roots[i].path,
		.is_home = o->roots[i].is_home,
		.some = o->some,
		.only = only,
		.place = o->place == NULL ? NULL : on_place,
		.arg = &a };

	for (size_t k = 0; k < o->parts_len; k++)
		if (o->parts[k].root == i)
			only[ask.only_len++] = o->parts[k].path;
	if (scan_look(&ask, &p->scans[i], e) == 0)
		return 0;
	if (!o->skip_missing)
		return -1;
	scan_clear(&p->scans[i]);
	p->sum->missing += e->code == ERR_NOTFOUND;
	if (e->code != ERR_NOTFOUND)
		problem(p->sum, xstrdup(e->msg));
	return 0;
}

static int
look(struct pass *p, struct err *e)
{
	const char **only = xcalloc(p->opts->parts_len, sizeof(*only));
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->opts->roots_len; i++) {
		const struct scan *s = &p->scans[i];

		rc = look_root(p, i, only, e);
		p->sum->found += (int64_t)s->len;
		p->at.files_all += (int64_t)s->len;
		for (size_t k = 0; k < s->len; k++)
			p->at.bytes_all += s->files[k].size;
	}
	free(only);
	return rc;
}

static int
count_homes(struct store *s, int64_t *n, struct err *e)
{
	static const char SQL[] = "SELECT count(*) FROM home";

	*n = 0;
	return stmt_ask(store_stmt(s, SQL, e), n, e) < 0 ? -1 : 0;
}

static int
homes(struct pass *p, struct err *e)
{
	int64_t before, after;

	if (count_homes(p->store, &before, e) < 0)
		return -1;
	for (size_t i = 0; i < p->opts->roots_len; i++) {
		if (p->scans[i].len == 0)
			continue; /* nothing to say about an empty one */
		if (st_home_id(
			p->store, p->scans[i].home, p->opts->roots[i].label, &p->homes[i], e) < 0)
			return -1;
	}
	if (count_homes(p->store, &after, e) < 0)
		return -1;
	p->sum->new_home = before > 0 && after > before;
	return 0;
}

struct presence {
	struct pass *pass;
	const struct scan *scan;
	size_t *slots; /* 1 + index of a file, by the hash of its path; 0: free */
	size_t mask;
};

static int
by_path(const void *key, const void *element)
{
	const struct scan_file *f = element;

	return strcmp(key, f->path);
}

/* A table of the files of SCAN by their paths. */
static void
index_files(struct presence *a)
{
	const struct scan *s = a->scan;
	size_t n = 16;

	while (n < 2 * s->len)
		n *= 2;
	a->mask = n - 1;
	a->slots = xcalloc(n, sizeof(*a->slots));
	for (size_t i = 0; i < s->len; i++) {
		size_t at = (size_t)st_file_path_hash(s->files[i].path) & a->mask;

		while (a->slots[at] != 0)
			at = (at + 1) & a->mask;
		a->slots[at] = i + 1;
	}
}

static struct scan_file *
find_file(const struct presence *a, const struct st_file_mark *m)
{
	for (size_t at = (size_t)m->path_hash & a->mask; a->slots[at] != 0;
	     at = (at + 1) & a->mask) {
		struct scan_file *f = &a->scan->files[a->slots[at] - 1];

		if (strcmp(f->path, m->path) == 0)
			return f;
	}
	return NULL;
}

static int
check_present(void *arg, const struct st_file_mark *m, struct err *e)
{
	struct presence *a = arg;
	struct scan_file *f;

	if (strcmp(m->state, "gone") == 0)
		return 0;
	if ((f = find_file(a, m)) != NULL) {
		f->unchanged = f->problem == NULL && f->dev == m->dev && f->ino == m->ino &&
			       f->size == m->size && f->mtime_ns == m->mtime_ns &&
			       f->ctime_ns == m->ctime_ns;
		return 0;
	}
	a->pass->sum->gone++;
	return st_file_state(a->pass->store, m->id, "gone", e);
}

/* As check_present for a file below one of the folders where we looked. */
static int
check_below(void *arg, const struct st_file_mark *m, struct err *e)
{
	const struct scan *s = ((struct presence *)arg)->scan;

	for (size_t k = 0; k < s->looked_len; k++) {
		size_t n = strlen(s->looked[k]);

		if (strncmp(m->path, s->looked[k], n) == 0 && m->path[n] == '/')
			return check_present(arg, m, e);
	}
	return 0;
}

static int
check_present_at(struct presence *a, const char *path, struct err *e)
{
	struct st_file row;
	int rc = st_file_by_path(a->pass->store, path, &row, e);

	if (rc == 1) {
		const struct st_file_mark m = { .id = row.id,
			.path = row.path,
			.state = row.state,
			.path_hash = st_file_path_hash(row.path),
			.size = -1 };

		rc = check_present(a, &m, e);
	}
	st_file_clear(&row);
	return rc;
}

/*
 * What is known of the files where we looked: those that are not there any more are gone, their
 * facts stay; of the others, which are as they were.
 */
static int
mark_known(struct pass *p, struct err *e)
{
	bool compressed;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->opts->roots_len; i++) {
		struct presence a = { .pass = p, .scan = &p->scans[i] };
		bool folders = false;

		index_files(&a);
		for (size_t k = 0; rc == 0 && k < a.scan->looked_len; k++) {
			const char *path = a.scan->looked[k];

			rc = check_present_at(&a, path, e);
			folders = folders || !name_is_rollout(name_of_path(path), &compressed);
		}
		/* what is below costs a look at every row: once, and not for mere files */
		if (rc == 0 && folders)
			rc = st_file_each(p->store, a.scan->home, check_below, &a, e);
		free(a.slots);
	}
	if (rc < 0)
		return -1;
	/* where none went away now, none has been left without */
	return p->opts->some && p->sum->gone == 0 ? 0 : st_file_recheck_orphans(p->store, e);
}

static int
note_problem(struct pass *p, const struct scan_file *f, struct err *e)
{
	struct st_file row;
	struct stat st;
	int rc = st_file_by_path(p->store, f->path, &row, e);

	/* one that went away since it was found: the next look finds what became of it */
	if (rc == 1 && row.problem != NULL && (lstat(f->os_path, &st) == 0 || errno != ENOENT))
		problem(p->sum, xasprintf("%s: %s", f->path, row.problem));
	st_file_clear(&row);
	return rc < 0 ? -1 : 0;
}

static int
read_one(struct pass *p, const struct scan_file *f, int64_t home, int64_t since_ms,
    struct reader_counts *counts, struct err *e)
{
	int64_t problems = counts->problems;
	int rc =
	    reader_file(p->store, f, home, p->opts->now_ms, since_ms, p->opts->card, counts, e);

	if (rc < 0)
		return err_prefix(e, "%s", f->path);
	if (counts->problems != problems && note_problem(p, f, e) < 0)
		return -1;
	p->batch_bytes += rc == 1 ? f->size : 0;
	p->batch_files += rc;
	if (p->batch_bytes < BATCH_BYTES && p->batch_files < BATCH_FILES)
		return 0;
	if (commit(p, e) < 0)
		return -1;
	return begin(p, e);
}

/* FIRST: what mark_known found unchanged is still so. */
static int
read_all(struct pass *p, bool first, struct reader_counts *counts, struct err *e)
{
	for (size_t i = 0; i < p->opts->roots_len; i++) {
		const struct scan *s = &p->scans[i];

		for (size_t k = 0; k < s->len; k++) {
			if (stopped(p)) {
				p->sum->stopped = true;
				return 0;
			}
			if (first && s->files[k].unchanged)
				counts->unchanged++;
			else if (read_one(p, &s->files[k], p->homes[i], p->opts->since_ms, counts,
				     e) < 0)
				return -1;
			p->at.files_done++;
			p->at.bytes_done += s->files[k].size;
			tell(p);
		}
	}
	return 0;
}

/* Bytes of the files that changed. */
static int64_t
to_read(const struct pass *p)
{
	int64_t n = 0;

	for (size_t i = 0; i < p->opts->roots_len; i++)
		for (size_t k = 0; k < p->scans[i].len; k++)
			n += p->scans[i].files[k].unchanged ? 0 : p->scans[i].files[k].size;
	return n;
}

/* The first pass reads what changed; further ones only copies that may take over. */
static int
read_passes(struct pass *p, struct err *e)
{
	const struct reader_counts *c = &p->sum->counts;
	bool again = false;

	if (to_read(p) >= THREAD_BYTES)
		store_thread(p->store);
	if (read_all(p, true, &p->sum->counts, e) < 0)
		return -1;
	if (p->opts->some) {
		if (c->read + c->copies + c->failed + p->sum->gone == 0)
			return 0; /* files that only grew make room for no copy */
		return st_file_rechecks(p->store, &p->sum->again, e);
	}
	for (int i = 1; i < PASSES && !p->sum->stopped; i++) {
		int64_t unchanged = p->sum->counts.unchanged;

		if (st_file_rechecks(p->store, &again, e) < 0)
			return -1;
		if (!again)
			return 0;
		if (read_all(p, false, &p->sum->counts, e) < 0)
			return -1;
		p->sum->counts.unchanged = unchanged;
	}
	return st_file_rechecks(p->store, &p->sum->again, e);
}

static const struct scan_file *
find_scanned(const struct pass *p, const char *path, int64_t *home)
{
	for (size_t i = 0; i < p->opts->roots_len; i++) {
		const struct scan *s = &p->scans[i];
		const struct scan_file *f =
		    s->len == 0 ? NULL
				: bsearch(path, s->files, s->len, sizeof(*s->files), by_path);

		*home = p->homes[i];
		if (f != NULL)
			return f;
	}
	return NULL;
}

/* Old files after all: those that a file in range was copied from, or goes on from. */
static int
read_ancestors(struct pass *p, struct err *e)
{
	while (!stopped(p) && !p->opts->some) {
		const struct scan_file *f;
		int64_t home;
		char *path;
		int rc = st_file_pending_ancestor(p->store, &path, e);

		if (rc <= 0)
			return rc;
		f = find_scanned(p, path, &home);
		free(path);
		if (f == NULL)
			return 0; /* of a home that is not looked at now */
		if (read_one(p, f, home, INT64_MIN, &p->sum->counts, e) < 0)
			return -1;
		p->sum->counts.pending--;
	}
	return 0;
}

static int
titles(struct pass *p, struct err *e)
{
	const struct reader_counts *c = &p->sum->counts;
	const char **names = xcalloc(p->opts->roots_len, sizeof(*names));
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < p->opts->roots_len; i++)
		if (p->scans[i].is_home)
			names[n++] = p->scans[i].home;
	rc = ingest_titles(p->store, names, n, c->read + (p->opts->some ? 0 : c->grown) > 0, e);
	free(names);
	return rc;
}

/* The rule by which a request is long is in the sums: where it changed, every thread is walked again. */
static int
check_thresholds(struct pass *p, struct err *e)
{
	uint64_t h = 0;
	char text[24], *old;
	bool same;

	for (size_t i = 0; i < price_rows(p->opts->card); i++) {
		const struct price_row_info *r = price_row_at(p->opts->card, i);

		h = hash_str(str_of(r->model), h);
		h = hash_i64(r->valid_from_ms, hash_i64(r->long_threshold, h));
	}
	(void)snprintf(text, sizeof(text), "%016" PRIx64, h);
	if (store_meta(p->store, "long_rule", &old, e) < 0)
		return -1;
	same = old != NULL && strcmp(old, text) == 0;
	free(old);
	if (same)
		return 0;
	if (store_meta_set(p->store, "long_rule", text, e) < 0)
		return -1;
	return st_thread_dirty_all(p->store, e);
}

/* Sums that nobody marked in this pass: a migration did. */
static int
marked_before(struct pass *p, struct err *e)
{
	bool some;

	if (st_sums_marked(p->store, &some, e) < 0)
		return -1;
	if (!some)
		return 0;
	if (store_begin(p->store, e) < 0 || st_sums_settle(p->store, e) < 0 ||
	    store_bump(p->store, e) < 0)
		return -1;
	p->sum->changed = true;
	return store_commit(p->store, e);
}

static int
settle_all(struct pass *p, struct err *e)
{
	int n;

	p->at.settling = true;
	if (begin(p, e) < 0 || settle_boundaries(p->store, e) < 0 || commit(p, e) < 0)
		return -1;
	do {
		if (stopped(p)) { /* the next pass goes on with those that are dirty */
			p->sum->stopped = true;
			return 0;
		}
		if (begin(p, e) < 0)
			return -1;
		n = settle_some(p->store, p->opts->card, BATCH_THREADS, e);
		if (n < 0)
			return -1;
		p->sum->threads += n;
		tell(p);
		if (commit(p, e) < 0)
			return -1;
	} while (n > 0);
	return marked_before(p, e);
}

int
ingest_run(
    struct store *s, const struct ingest_opts *opts, struct ingest_summary *sum, struct err *e)
{
	struct pass p = { .store = s, .opts = opts, .sum = sum };
	int rc = -1;

	memset(sum, 0, sizeof(*sum));
	p.scans = xcalloc(opts->roots_len, sizeof(*p.scans));
	p.homes = xcalloc(opts->roots_len, sizeof(*p.homes));
	if (look(&p, e) < 0 || begin(&p, e) < 0)
		goto out;
	if (homes(&p, e) < 0 || mark_known(&p, e) < 0 || check_thresholds(&p, e) < 0 ||
	    read_passes(&p, e) < 0 || read_ancestors(&p, e) < 0 || titles(&p, e) < 0 ||
	    store_thread_end(s, e) < 0 || commit(&p, e) < 0 || settle_all(&p, e) < 0)
		goto out;
	sum->threads += sum->counts.settled;
	rc = 0;
out:
	if (rc < 0)
		store_rollback(s);
	for (size_t i = 0; i < opts->roots_len; i++)
		scan_clear(&p.scans[i]);
	free(p.scans);
	free(p.homes);
	return rc;
}

void
ingest_summary_clear(struct ingest_summary *sum)
{
	if (sum == NULL)
		return;
	for (size_t i = 0; i < sum->problems_len; i++)
		free(sum->problems[i]);
	free(sum->problems);
	memset(sum, 0, sizeof(*sum));
}
