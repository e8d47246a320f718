#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "ingest/live.h"
#include "ingest/name.h"
#include "ingest/reader.h"
#include "rollout/rollout.h"
#include "store/st_file.h"
#include "store/st_home.h"
#include "store/st_sums.h"

#define HEAD_BYTES 4096
#define THREAD_BYTES ((int64_t)256 * 1024) /* below, two threads are slower than one */
#define ANCHOR_BYTES 256
#define PEEK_LINES 200 /* a session_meta may come late: formats.md 7.1 trap 13 */

struct reader {
	struct store *store;
	const struct scan_file *found;
	struct st_file row;
	struct reader_counts *counts;
	const struct price_card *card;
	int fd;
};

static bool
unchanged(const struct st_file *row, const struct scan_file *f)
{
	return row->dev == f->dev && row->ino == f->ino && row->size == f->size &&
	       row->mtime_ns == f->mtime_ns && row->ctime_ns == f->ctime_ns &&
	       strcmp(row->state, "gone") != 0;
}

static struct linerd *
rewound(struct reader *r)
{
	(void)lseek(r->fd, 0, SEEK_SET); /* a regular file */
	return linerd_new(r->fd, r->found->compressed, READER_LINE_MAX);
}

/*
 * Thread and page: the first session_meta's id, else what the file's name says.
 * Returns 1, 0 when the file has no complete line, -1 when it cannot be read.
 */
static int
identify(struct reader *r, struct err *e)
{
	struct linerd *in = rewound(r);
	struct rollout *parser = rollout_new();
	struct str name_thread, page;
	struct record rec;
	struct line line;
	const char *why;
	int rc, lines = 0;

	name_ids(name_of_path(r->found->path), &name_thread, &page);
	r->row.page = str_dup(page);
	while (lines < PEEK_LINES && (rc = linerd_next(in, &line, e)) == 1 && line.complete) {
		lines++;
		if (!line.oversized &&
		    rollout_line(parser, str_n(line.p, line.n), &rec, &why) == 1 &&
		    rec.kind == REC_SESSION && rec.session.id.n > 0) {
			r->row.thread_uuid = str_dup(str_n(
			    rec.session.id.p, rec.session.id.n > 200 ? 200 : rec.session.id.n));
			break;
		}
	}
	if (lines > 0)
		rc = 1;
	else if (rc == 1)
		rc = 0;
	if (rc == 1 && r->row.thread_uuid == NULL)
		r->row.thread_uuid = name_thread.p != NULL
					 ? str_dup(name_thread)
					 : xstrdup(name_of_path(r->found->path).p);
	rollout_free(parser);
	linerd_free(in);
	return rc;
}

/* Lines and fingerprint of the file without parsing. */
static int
measure(struct reader *r, struct err *e)
{
	struct linerd *in = rewound(r);
	struct line line;
	int rc;

	r->row.lines = r->row.consumed = 0;
	while ((rc = linerd_next(in, &line, e)) == 1 && line.complete) {
		r->row.lines++;
		r->row.consumed = line.end;
	}
	r->counts->bytes += linerd_bytes(in);
	linerd_free(in);
	return rc < 0 && r->row.lines == 0 ? -1 : 0;
}

/* Of two copies the one with more lines; ties: live, plain, then home and path by bytes. */
static bool
is_better(const struct st_file *a, const struct st_file *b)
{
	if (a->lines != b->lines)
		return a->lines > b->lines;
	if (a->archived != b->archived)
		return !a->archived;
	if (a->compressed != b->compressed)
		return !a->compressed;
	return strcmp(a->path, b->path) < 0;
}

/* Fingerprint of N bytes at OFFSET of the file; 0 when they are not there. */
static uint64_t
hash_at(const struct reader *r, int64_t offset, int64_t n)
{
	char buf[HEAD_BYTES];
	ssize_t got = pread(r->fd, buf, (size_t)n, (off_t)offset);

	return got == (ssize_t)n ? hash_bytes(buf, (size_t)n, 0) : 0;
}

static int64_t
less(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What a later reading knows the file again by: its beginning, and the bytes before the offset. */
static uint64_t
hash_head(const struct reader *r, int64_t consumed)
{
	return hash_at(r, 0, less(consumed, HEAD_BYTES));
}

static uint64_t
hash_anchor(const struct reader *r, int64_t consumed)
{
	int64_t n = less(consumed, ANCHOR_BYTES);

	return hash_at(r, consumed - n, n);
}

/* The lines from R's offset on into the store. R->row.problem says why they ended early. Returns as recorder_end. */
static int
read_lines(
    struct reader *r, struct linerd *in, struct recorder *rec, struct st_rollout *ro, struct err *e)
{
	int64_t begun = r->row.consumed;
	struct line line;
	struct err bad;
	int rc;

	r->row.tail_bytes = 0;
	while ((rc = linerd_next(in, &line, &bad)) == 1) {
		if (!line.complete) {
			r->row.tail_bytes = line.end - line.offset;
			break;
		}
		if (recorder_line(rec, &line, e) < 0)
			return -1;
		r->row.consumed = line.end;
	}
	if (rc < 0)
		r->row.problem = xstrdup(bad.msg);
	r->row.lines = ro->lines;
	if (!r->found->compressed) {
		if (begun < HEAD_BYTES) /* else the head is as it was */
			r->row.head_hash = hash_head(r, r->row.consumed);
		r->row.anchor_hash = hash_anchor(r, r->row.consumed);
	}
	r->counts->bytes += linerd_bytes(in);
	return recorder_end(rec, r->row.tail_bytes > 0, e);
}

/* The whole file. Returns as recorder_end. */
static int
read_whole(struct reader *r, struct st_rollout *ro, struct err *e)
{
	struct linerd *in = rewound(r);
	struct recorder *rec =
	    recorder_new(r->store, ro, r->row.thread_uuid, r->row.id, r->card, &r->counts->lines);
	int rc;

	recorder_blank(ro);
	recorder_begin_at(rec, name_begin_ms(r->found->path, r->row.mtime_ns / 1000000));
	r->row.consumed = 0;
	rc = recorder_start(rec, e);
	store_thread_use(r->store, r->row.size >= THREAD_BYTES);
	if (rc == 0)
		rc = read_lines(r, in, rec, ro, e);
	store_thread_use(r->store, false);
	recorder_free(rec);
	linerd_free(in);
	return rc;
}

/* A review's lines decide what counts in the threads that show them too. */
static int
mark_reviews(struct reader *r, int64_t rollout_id, int64_t home_id, struct err *e)
{
	char *source = NULL;
	int rc = st_session_source(r->store, rollout_id, &source, e);

	if (rc == 0 && source != NULL && strcmp(source, "review") == 0)
		rc = st_thread_dirty_reviews(r->store, home_id, e);
	free(source);
	return rc;
}

/* The thread THREAD_ID is as RESULT, of live_end, says. */
static int
settled_by(struct reader *r, int64_t thread_id, int result, struct err *e)
{
	if (result == LIVE_UNSETTLED)
		return 0;
	r->counts->settled++;
	if (st_thread_clean(r->store, thread_id, e) < 0)
		return -1;
	return result == LIVE_SUMMED ? st_sums_made(r->store, thread_id, e) : 0;
}

/*
 * The file grew since it was read, and nothing else: only its tail is read. Returns 1 when that was
 * done, 0 when the file must be read whole, -1.
 */
static int
read_on(struct reader *r, const struct st_file *old, struct err *e)
{
	struct st_rollout ro;
	struct recorder *rec;
	struct linerd *in;
	int rc, settled = LIVE_UNSETTLED;

	if (strcmp(old->state, "read") != 0 || old->rollout_id == 0 || old->compressed ||
	    r->found->compressed || old->problem != NULL || r->row.size <= old->size ||
	    old->dev != r->row.dev || old->ino != r->row.ino || old->consumed == 0)
		return 0;
	if (hash_head(r, old->consumed) != old->head_hash ||
	    hash_anchor(r, old->consumed) != old->anchor_hash)
		return 0;
	r->row.head_hash = old->head_hash;
	if (st_rollout_load(r->store, old->rollout_id, &ro, e) < 0)
		return -1;
	r->row.state = "read";
	r->row.home_id = old->home_id;
	r->row.rollout_id = old->rollout_id;
	r->row.thread_uuid = xstrdup(old->thread_uuid);
	r->row.page = xstrdup(old->page);
	r->row.consumed = old->consumed;
	in = linerd_new(r->fd, false, READER_LINE_MAX);
	rec =
	    recorder_new(r->store, &ro, r->row.thread_uuid, r->row.id, r->card, &r->counts->lines);
	rc = recorder_resume(rec, e);
	if (rc == 0) {
		free(r->row.thread_uuid);
		free(r->row.page);
		r->row.thread_uuid = r->row.page = NULL;
		r->row.rollout_id = 0;
	}
	if (rc == 1 && linerd_seek(in, old->consumed, e) < 0)
		rc = -1;
	if (rc == 1 && (settled = read_lines(r, in, rec, &ro, e)) < 0)
		rc = -1;
	if (rc == 1 && (st_file_put(r->store, &r->row, e) < 0 ||
			   st_thread_dirty_grown(r->store, ro.thread_id, e) < 0 ||
			   settled_by(r, ro.thread_id, settled, e) < 0 ||
			   mark_reviews(r, ro.id, ro.home_id, e) < 0))
		rc = -1;
	if (rc == 1)
		r->counts->grown++;
	recorder_free(rec);
	linerd_free(in);
	st_rollout_clear(&ro);
	return rc;
}

/* What the rollout RO, and the file, held before goes away. */
static int
empty(struct reader *r, const struct st_rollout *ro, struct err *e)
{
	if (st_skip_clear(r->store, r->row.id, e) < 0 ||
	    /* the family before: a rewrite may remove the evidence */
	    st_thread_dirty(r->store, ro->thread_id, e) < 0)
		return -1;
	return st_rollout_empty(r->store, ro->id, e);
}

/* The facts of RO come from this file from now on. */
static int
read_in(struct reader *r, struct st_rollout *ro, bool is_new, struct err *e)
{
	int settled;

	/* lines that cannot be used name the file, whose row comes when they are read */
	if ((r->row.id == 0 && st_file_new_id(r->store, &r->row.id, e) < 0) ||
	    (!is_new && empty(r, ro, e) < 0))
		return -1;
	if ((settled = read_whole(r, ro, e)) < 0 || st_file_put(r->store, &r->row, e) < 0 ||
	    st_thread_dirty(r->store, ro->thread_id, e) < 0 ||
	    settled_by(r, ro->thread_id, settled, e) < 0 ||
	    mark_reviews(r, ro->id, ro->home_id, e) < 0)
		return -1;
	r->counts->read++;
	return 0;
}

static int
take_over(struct reader *r, int64_t home_id, struct err *e)
{
	struct st_rollout ro = { .home_id = home_id };
	bool is_new = r->row.id == 0;
	int rc;

	if (st_thread_id(r->store, str_of(r->row.thread_uuid), &ro.thread_id, e) < 0)
		return -1;
	rc = st_rollout_id(r->store, ro.thread_id, r->row.page, home_id, &ro.id, e);
	if (rc < 0)
		return -1;
	is_new = is_new && rc == 1;
	ro.page = xstrdup(r->row.page);
	r->row.rollout_id = ro.id;
	r->row.state = "read";
	rc = read_in(r, &ro, is_new, e);
	st_rollout_clear(&ro);
	return rc;
}

static int
keep_as(struct reader *r, const char *state, struct err *e)
{
	r->row.state = state;
	r->row.rollout_id = 0;
	if (r->row.thread_uuid == NULL)
		r->row.thread_uuid = xstrdup("");
	if (r->row.page == NULL)
		r->row.page = xstrdup("");
	return st_file_put(r->store, &r->row, e);
}

static int
failed(struct reader *r, const char *why, struct err *e)
{
	r->counts->failed++;
	free(r->row.problem);
	r->row.problem = xstrdup(why);
	return keep_as(r, "failed", e);
}

/*
 * Does the file hold nothing but the first lines of OTHER? A copy that went on by itself does
 * not: its own lines are not counted, and that must be said.
 */
static bool
is_beginning_of(struct reader *r, const struct st_file *other)
{
	int fd = open(other->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct linerd *a, *b;
	struct line x, y;
	struct err ignored;
	bool same = true;

	if (fd < 0)
		return true; /* it is read again when it can be */
	a = rewound(r);
	b = linerd_new(fd, other->compressed, READER_LINE_MAX);
	while (same && linerd_next(a, &x, &ignored) == 1 && x.complete)
		same = linerd_next(b, &y, &ignored) == 1 && y.complete &&
		       x.end - x.offset == y.end - y.offset &&
		       (x.oversized || y.oversized || memcmp(x.p, y.p, x.n) == 0);
	linerd_free(a);
	linerd_free(b);
	close(fd);
	return same;
}

static int
keep_copy(struct reader *r, const struct st_file *other, struct err *e)
{
	r->counts->copies++;
	if (!is_beginning_of(r, other))
		r->row.problem = xasprintf("a copy with lines of its own, which are not counted; "
					   "counted is %s",
		    other->path);
	return keep_as(r, "copy", e);
}

/* Is there another file of the same rollout, and is this one the better copy? */
static int
choose(struct reader *r, int64_t home_id, struct err *e)
{
	struct st_file other;
	int rc = st_file_serving(r->store, r->row.thread_uuid, r->row.page, &other, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && other.id != r->row.id) {
		bool gone = strcmp(other.state, "gone") == 0;

		if (measure(r, e) < 0) {
			st_file_clear(&other);
			return failed(r, e->msg, e);
		}
		if (!gone && !is_better(&r->row, &other)) {
			rc = keep_copy(r, &other, e);
			st_file_clear(&other);
			return rc;
		}
		rc = st_file_unserve(r->store, other.id, e);
	}
	st_file_clear(&other);
	if (rc < 0)
		return -1;
	if (take_over(r, home_id, e) < 0)
		return -1;
	return st_file_recheck_copies(r->store, r->row.thread_uuid, r->row.page, e);
}

static int
take_in(struct reader *r, const struct st_file *old, int64_t home_id, struct err *e)
{
	const struct scan_file *f = r->found;
	struct err bad;
	struct stat st;
	int rc;

	if (f->problem != NULL)
		return failed(r, f->problem, e);
	r->fd = open(f->os_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (r->fd < 0)
		return failed(r, strerror(errno), e);
	/* what is read is what is remembered, whatever happened since the scan */
	if (fstat(r->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return failed(r, "not a regular file", e);
	r->row.dev = (int64_t)st.st_dev;
	r->row.ino = (int64_t)st.st_ino;
	r->row.size = (int64_t)st.st_size;
	r->row.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	r->row.ctime_ns = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
	rc = old->id == 0 ? 0 : read_on(r, old, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	r->row.consumed = 0;
	rc = identify(r, &bad);
	if (rc < 0)
		return failed(r, bad.msg, e);
	if (rc == 0) {
		r->counts->empty++;
		r->row.tail_bytes = r->row.size;
		return keep_as(r, "empty", e);
	}
	return choose(r, home_id, e);
}

/* A fresh row for the file, keeping the id of the one it had. */
static void
fresh_row(struct reader *r, int64_t id, int64_t home_id, int64_t now_ms)
{
	const struct scan_file *f = r->found;

	r->row = (struct st_file){
		.id = id,
		.home_id = home_id,
		.path = xstrdup(f->path),
		.archived = f->archived,
		.compressed = f->compressed,
		.dev = f->dev,
		.ino = f->ino,
		.size = f->size,
		.mtime_ns = f->mtime_ns,
		.ctime_ns = f->ctime_ns,
		.read_ms = now_ms,
	};
}

/* Too old for what is asked: not opened now. A file that was read before keeps its row, and its facts. */
static int
pass_over(struct reader *r, int64_t id, int64_t home_id, int64_t now_ms, struct err *e)
{
	struct str thread, page;
	int rc;

	r->counts->pending++;
	if (id != 0)
		return 0;
	fresh_row(r, id, home_id, now_ms);
	name_ids(name_of_path(r->found->path), &thread, &page);
	r->row.thread_uuid = str_dup(thread);
	r->row.page = str_dup(page);
	r->row.size = -1; /* not what any file has: it counts as changed */
	rc = keep_as(r, "pending", e);
	st_file_clear(&r->row);
	return rc < 0 ? -1 : 1;
}

int
reader_file(struct store *s, const struct scan_file *f, int64_t home_id, int64_t now_ms,
    int64_t since_ms, const struct price_card *card, struct reader_counts *counts, struct err *e)
{
	struct reader r = { .store = s, .found = f, .counts = counts, .card = card, .fd = -1 };
	struct st_file old;
	int rc = st_file_by_path(s, f->path, &old, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && unchanged(&old, f)) {
		counts->unchanged++;
		st_file_clear(&old);
		return 0;
	}
	if (f->problem == NULL && f->mtime_ns / 1000000 < since_ms) {
		rc = pass_over(&r, old.id, home_id, now_ms, e);
		st_file_clear(&old);
		return rc;
	}
	fresh_row(&r, old.id, home_id, now_ms);
	rc = take_in(&r, &old, home_id, e);
	counts->problems += r.row.problem != NULL;
	st_file_clear(&old);
	if (r.fd >= 0)
		close(r.fd);
	st_file_clear(&r.row);
	return rc < 0 ? -1 : 1;
}
