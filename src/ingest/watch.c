#include "base/compat.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "ingest/changes.h"
#include "ingest/lock.h"
#include "ingest/watch.h"

#define REMARKS_MAX 1000  /* about files; what is said of more of them is not worth reading */
#define STORE_WAIT_MS 250 /* for SQLite's own locks */
#define RETRY_MS 50       /* while another ingest holds the lock: doubled each time … */
#define RETRY_MAX_MS 1000 /* … up to here */

/* Something that was said. */
struct remark {
	uint64_t hash;
	UT_hash_handle hh;
};

struct watch {
	const struct watch_opts *o;
	struct changes changes; /* what is to be done */
	struct store *store;    /* NULL: not open */
	dev_t dev;              /* of the open database */
	ino_t ino;
	struct remark *remarks;
	bool first;      /* the database holds nothing of it yet */
	bool held;       /* it could not be done: the next event, or the rescan, tries again */
	bool stuck;      /* copies that no pass of ours settles: they wait for the rescan */
	bool in_trouble; /* that was said */
	bool said_busy;
	/* of a clock that only goes forward: */
	int64_t due_ms;        /* what is to be done */
	int64_t rescan_ms;     /* the next pass over everything */
	int64_t not_before_ms; /* any pass for what changed */
	int64_t busy_ms;       /* since then another ingest holds the lock; -1: none */
	int64_t retry_ms;      /* the next step of waiting for it */
};

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void say(const struct watch *w, const char *fmt, ...) PRINTF(2, 3);

static void
say(const struct watch *w, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w->o->say(w->o->arg, text);
}

static void
say_once(struct watch *w, const char *text)
{
	uint64_t hash = hash_str(str_of(text), 0);
	struct remark *r;

	HASH_FIND(hh, w->remarks, &hash, sizeof(hash), r);
	if (r != NULL || HASH_COUNT(w->remarks) >= REMARKS_MAX)
		return;
	r = xcalloc(1, sizeof(*r));
	r->hash = hash;
	HASH_ADD(hh, w->remarks, hash, sizeof(hash), r);
	say(w, "%s", text);
}

static bool
db_moved(const struct watch *w)
{
	struct stat st;

	return stat(w->o->db, &st) < 0 || st.st_dev != w->dev || st.st_ino != w->ino;
}

static void
on_place(void *arg, size_t root, enum scan_place kind, const char *path)
{
	struct watch *w = arg;

	changes_place(&w->changes, root, kind, path);
}

static void
on_progress(void *arg, const struct ingest_progress *at)
{
	const struct watch *w = arg;

	if (w->o->progress != NULL)
		w->o->progress(w->o->arg, at);
}

static void
close_store(struct watch *w)
{
	store_close(w->store);
	w->store = NULL;
}

/* The database open, and the one that stands under its name. Returns 0, -1 with *E. */
static int
open_store(struct watch *w, struct err *e)
{
	struct stat st;

	if (w->store != NULL && !db_moved(w))
		return 0;
	if (w->store != NULL) {
		say(w, "%s was deleted or replaced; everything is read again", w->o->db);
		w->first = true;
	}
	close_store(w);
	w->changes.full = true;
	if (store_open_wait(&w->store, w->o->db, STORE_WRITER, STORE_WAIT_MS, e) < 0) {
		w->store = NULL;
		return -1;
	}
	if (stat(w->o->db, &st) < 0)
		return err_sys(e, "%s", w->o->db);
	w->dev = st.st_dev;
	w->ino = st.st_ino;
	changes_watch_db(&w->changes, w->o->db);
	return 0;
}

/* The lock too, and the database still the same. Returns 0, -1 with *E. */
static int
take_lock(struct watch *w, struct lock *lock, struct err *e)
{
	if (open_store(w, e) < 0 || lock_take(lock, w->o->db, 0, e) < 0)
		return -1;
	if (!db_moved(w))
		return 0;
	lock_drop(lock, false);
	return err_set(e, ERR_BUSY, "%s is being replaced", w->o->db);
}

/* Go over what is to be done, under the lock. */
static int
ingest(struct watch *w, bool full, struct ingest_summary *sum, struct err *e)
{
	struct ingest_opts opts = { .roots = w->o->roots,
		.roots_len = w->o->roots_len,
		.card = w->o->card,
		.now_ms = w->o->now(w->o->arg),
		.since_ms = INT64_MIN,
		.some = !full,
		.skip_missing = true,
		.stop = w->o->stop,
		.progress = on_progress,
		.place = on_place,
		.arg = w };
	struct ingest_part *parts = changes_parts(&w->changes, &opts.parts_len);
	int rc;

	opts.parts = parts;
	if (full) {
		changes_round(&w->changes);
		changes_watch_db(&w->changes, w->o->db);
	}
	rc = ingest_run(w->store, &opts, sum, e);
	free(parts);
	if (rc < 0 || sum->stopped)
		return rc;
	if (full)
		changes_swept(&w->changes);
	/* what it needed is given back: weeks of changes take no more memory than one */
	if (sum->changed)
		(void)store_exec(w->store,
		    full ? "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory"
			 : "PRAGMA shrink_memory",
		    e); /* a reader in the way does no harm */
	return 0;
}

/* What is to be done after a pass that came to its end. */
static void
done(struct watch *w, bool full, const struct ingest_summary *sum, int64_t begun_ms)
{
	int64_t now = clock_ms(), spent = now - begun_ms;

	changes_done(&w->changes);
	w->first = w->held = w->said_busy = false;
	w->busy_ms = -1;
	w->not_before_ms = begun_ms + w->o->gap_ms;
	if (w->not_before_ms < now + spent && w->o->gap_ms > 0)
		w->not_before_ms = now + (spent < RETRY_MAX_MS ? spent : RETRY_MAX_MS);
	if (full) {
		w->stuck = sum->again;
		w->rescan_ms = now + w->o->rescan_ms;
	} else if ((sum->again && !w->stuck) || sum->missing > changes_missing(&w->changes))
		w->changes.full = true;
	w->due_ms = w->not_before_ms;
	if (w->in_trouble)
		say(w, "%s: goes on", w->o->db);
	w->in_trouble = false;
	for (size_t i = 0; i < sum->problems_len; i++)
		say_once(w, sum->problems[i]);
}

/* Another ingest holds the lock: again soon, for as long as we are to wait, then when there is cause. */
static void
busy(struct watch *w, const struct err *e)
{
	int64_t now = clock_ms();

	if (w->busy_ms < 0) {
		w->busy_ms = now;
		w->retry_ms = RETRY_MS;
	}
	if (now - w->busy_ms < w->o->wait_ms) {
		w->due_ms = now + w->retry_ms;
		w->retry_ms = w->retry_ms * 2 < RETRY_MAX_MS ? w->retry_ms * 2 : RETRY_MAX_MS;
		return;
	}
	if (!w->said_busy)
		say(w, "%s; what is new waits for the next change, or %" PRId64 " s", e->msg,
		    w->o->rescan_ms / 1000);
	w->said_busy = w->held = true;
	w->rescan_ms = now + w->o->rescan_ms;
}

/* It did not work: everything again, at the next change or rescan. */
static void
trouble(struct watch *w, const struct err *e)
{
	if (!w->in_trouble)
		say(w, "%s; tried again with the next change, or in %" PRId64 " s", e->msg,
		    w->o->rescan_ms / 1000);
	w->in_trouble = w->held = true;
	close_store(w);
	w->changes.full = true;
	w->busy_ms = -1;
	w->rescan_ms = clock_ms() + w->o->rescan_ms;
	w->not_before_ms = clock_ms() + RETRY_MAX_MS; /* our own try may have been the change */
}

/* Do what is to be done. Returns 0, or -1 with *E from the caller's passed. */
static int
pass(struct watch *w, struct err *e)
{
	struct lock lock = { .fd = -1 };
	struct ingest_summary sum = { 0 };
	int64_t begun = clock_ms();
	enum watch_why why = WATCH_CHANGES;
	bool full;
	struct err bad;
	int rc;

	if (take_lock(w, &lock, &bad) < 0) {
		if (bad.code == ERR_BUSY)
			busy(w, &bad);
		else
			trouble(w, &bad);
		return 0;
	}
	full = w->changes.full;
	if (full)
		why = w->first ? WATCH_FIRST : WATCH_RESCAN;
	if (w->o->begin != NULL)
		w->o->begin(w->o->arg);
	rc = ingest(w, full, &sum, &bad);
	lock_drop(&lock, rc == 0 && full && !sum.stopped);
	if (rc == 0 && !sum.stopped)
		done(w, full, &sum, begun);
	else if (rc < 0 && bad.code == ERR_BUSY)
		busy(w, &bad);
	else if (rc < 0)
		trouble(w, &bad);
	rc = rc < 0 ? 0 : w->o->passed(w->o->arg, why, &sum, e);
	ingest_summary_clear(&sum);
	return rc;
}

/* Sleep until something happens that is waited for, or for MS. Signals are let through only here. */
static void
sleep_ms(const struct watch *w, bool with_events, int64_t ms, const sigset_t *open)
{
	struct pollfd p = { .fd = changes_fd(&w->changes), .events = POLLIN };
	struct timespec ts = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = ms % 1000 * 1000000 };

	if (ms > 0)
		(void)ppoll(
		    &p, with_events && p.fd >= 0 ? 1 : 0, &ts, open); /* EINTR is a wake-up too */
}

/* Listen; what is new is to be done soon. */
static void
listen(struct watch *w)
{
	struct changes *c = &w->changes;
	bool some = c->some, full = c->full;

	c->some = c->full = c->db = false;
	changes_listen(c);
	c->full = c->full || (c->db && w->store != NULL && db_moved(w));
	if ((c->some || c->full) && ((!some && !full) || w->held)) {
		w->held = false;
		w->due_ms = clock_ms() + w->o->settle_ms;
		if (w->due_ms < w->not_before_ms)
			w->due_ms = w->not_before_ms;
	}
	c->some = c->some || some;
	c->full = c->full || full;
}

/* One turn: sleep while there is nothing to do, or do it. Returns 0, -1 with *E. */
static int
turn(struct watch *w, const sigset_t *open, struct err *e)
{
	int64_t now = clock_ms();
	bool asked = w->o->again != NULL && *w->o->again != 0;
	sigset_t closed;
	int rc;

	if (asked)
		*w->o->again = 0;
	if (asked || now >= w->rescan_ms) {
		w->changes.full = true;
		w->held = false;
		w->due_ms = now;
	}
	if (!(w->changes.some || w->changes.full) || w->held) {
		sleep_ms(w, true, w->rescan_ms - now, open);
		listen(w);
		return 0;
	}
	if (now < w->due_ms) {
		sleep_ms(w, false, w->due_ms - now, open);
		return 0;
	}
	listen(w);
	(void)sigprocmask(SIG_SETMASK, open, &closed); /* valid arguments do not fail */
	rc = pass(w, e);
	(void)sigprocmask(SIG_SETMASK, &closed, NULL);
	return rc;
}

/* Begin with everything. Returns 0; -1 with *E when the database cannot be opened. */
static int
begin(struct watch *w, struct err *e)
{
	w->changes = (struct changes){ .roots = w->o->roots,
		.roots_len = w->o->roots_len,
		.rescan_s = w->o->rescan_ms / 1000,
		.say = w->o->say,
		.arg = w->o->arg };
	w->busy_ms = -1;
	w->first = true;
	w->due_ms = clock_ms();
	w->rescan_ms = w->due_ms + w->o->rescan_ms;
	changes_begin(&w->changes);
	w->changes.full = true;
	return open_store(w, e) < 0 && e->code != ERR_BUSY ? -1 : 0;
}

int
watch_run(const struct watch_opts *o, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct watch w = { .o = o };
	struct remark *r, *next;
	sigset_t wanted, before, open;
	int rc;

	(void)sigemptyset(&wanted); /* these do not fail with valid signals */
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		(void)sigaddset(&wanted, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &wanted, &before);
	open = before;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		(void)sigdelset(&open, signals[i]);
	rc = begin(&w, e);
	while (rc == 0 && *o->stop == 0)
		rc = turn(&w, &open, e);
	close_store(&w);
	changes_end(&w.changes);
	HASH_ITER(hh, w.remarks, r, next)
	{
		HASH_DEL(w.remarks, r);
		free(r);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
