/*
 * Statements that are run by a thread of their own, while the caller goes on
 * reading: those that only write, and whose result nobody asks for. They are
 * written down with their values, in the order in which they came, and handed over
 * in batches. Everything else that touches the connection first waits until all of
 * them have run (later_drain), so that it is never used by two threads at once
 * and every question sees what was written before it.
 */
#include "base/compat.h"

#include <pthread.h>

#include "base/xalloc.h"
#include "store/internal.h"

#define BATCH_BYTES ((size_t)64 * 1024)

enum op { OP_RUN, OP_NULL, OP_I64, OP_REAL, OP_TEXT, OP_BLOB };

struct batch {
	char *p;
	size_t len, alloc;
};

struct later {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more, idle;
	struct batch fill; /* the caller's */
	struct batch work; /* the thread's, while busy */
	bool busy, stop;
	bool failed; /* written by the thread while busy */
	struct err err;
};

static void
put(struct batch *b, const void *p, size_t n)
{
	if (b->alloc - b->len < n) {
		b->alloc = (b->alloc + n) * 2;
		b->p = xreallocarray(b->p, b->alloc, 1);
	}
	memcpy(b->p + b->len, p, n);
	b->len += n;
}

static const char *
take(const char *at, void *to, size_t n)
{
	memcpy(to, at, n);
	return at + n;
}

/* Bind the value at AT, of the kind OP. Returns what stands behind it. */
static const char *
bind(struct stmt *q, enum op op, const char *at)
{
	unsigned char i;
	int64_t v;
	double d;
	size_t n;

	at = take(at, &i, 1);
	switch (op) {
	case OP_I64:
		at = take(at, &v, sizeof(v));
		q->bind_rc |= sqlite3_bind_int64(q->q, i, v);
		return at;
	case OP_REAL:
		at = take(at, &d, sizeof(d));
		q->bind_rc |= sqlite3_bind_double(q->q, i, d);
		return at;
	case OP_TEXT:
	case OP_BLOB:
		at = take(at, &n, sizeof(n));
		q->bind_rc |= op == OP_TEXT
				  ? sqlite3_bind_text64(q->q, i, at, n, SQLITE_STATIC, SQLITE_UTF8)
				  : sqlite3_bind_blob64(q->q, i, at, n, SQLITE_STATIC);
		return at + n;
	case OP_NULL:
	case OP_RUN:
		q->bind_rc |= sqlite3_bind_null(q->q, i);
		return at;
	}
	bug("op %d", (int)op);
}

static int
run(struct later *l, struct stmt *q, struct err *e)
{
	int rc = q->bind_rc != SQLITE_OK ? q->bind_rc : sqlite3_step(q->q);

	if (rc != SQLITE_DONE)
		(void)store_fail(l->store, e);
	(void)sqlite3_reset(q->q);          /* repeats the step's error */
	(void)sqlite3_clear_bindings(q->q); /* always works */
	q->bind_rc = SQLITE_OK;
	return rc == SQLITE_DONE ? 0 : -1;
}

/* All statements of the batch B; after one that fails no more is run. */
static int
run_batch(struct later *l, const struct batch *b, struct err *e)
{
	const char *at = b->p, *end = b->p + b->len;

	while (at < end) {
		struct stmt *q;
		unsigned char op;

		at = take(at, &q, sizeof(q));
		for (at = take(at, &op, 1); op != OP_RUN; at = take(at, &op, 1))
			at = bind(q, (enum op)op, at);
		if (run(l, q, e) < 0)
			return -1;
	}
	return 0;
}

static void *
work(void *arg)
{
	struct later *l = arg;

	(void)pthread_mutex_lock(&l->lock); /* these fail for bad arguments only */
	for (;;) {
		while (!l->busy && !l->stop)
			(void)pthread_cond_wait(&l->more, &l->lock);
		if (!l->busy)
			break;
		(void)pthread_mutex_unlock(&l->lock);
		if (!l->failed && run_batch(l, &l->work, &l->err) < 0)
			l->failed = true;
		l->work.len = 0;
		(void)pthread_mutex_lock(&l->lock);
		l->busy = false;
		(void)pthread_cond_signal(&l->idle);
	}
	(void)pthread_mutex_unlock(&l->lock);
	return NULL;
}

static void
wait_idle(struct later *l)
{
	(void)pthread_mutex_lock(&l->lock);
	while (l->busy)
		(void)pthread_cond_wait(&l->idle, &l->lock);
	(void)pthread_mutex_unlock(&l->lock);
}

/* Hand over what was written down. */
static void
submit(struct later *l)
{
	struct batch b;

	(void)pthread_mutex_lock(&l->lock);
	while (l->busy)
		(void)pthread_cond_wait(&l->idle, &l->lock);
	b = l->work;
	l->work = l->fill;
	l->fill = b;
	l->busy = true;
	(void)pthread_cond_signal(&l->more);
	(void)pthread_mutex_unlock(&l->lock);
}

int
later_drain(struct store *s, struct err *e)
{
	struct later *l = s->later;

	if (l == NULL)
		return 0;
	if (l->fill.len > 0)
		submit(l);
	wait_idle(l);
	if (!l->failed)
		return 0;
	*e = l->err;
	return -1;
}

void
later_forget(struct store *s)
{
	struct later *l = s->later;

	if (l == NULL)
		return;
	wait_idle(l);
	l->fill.len = 0;
	l->failed = false;
}

void
store_thread(struct store *s)
{
	struct later *l;

	if (s->later != NULL)
		return;
	l = xcalloc(1, sizeof(*l));
	l->store = s;
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)pthread_cond_init(&l->more, NULL);
	(void)pthread_cond_init(&l->idle, NULL);
	if (pthread_create(&l->thread, NULL, work, l) != 0) {
		free(l); /* then everything is run at once */
		return;
	}
	s->later = l;
}

void
store_thread_use(struct store *s, bool on)
{
	s->use_later = on && s->later != NULL;
}

int
store_thread_end(struct store *s, struct err *e)
{
	struct later *l = s->later;
	int rc = later_drain(s, e);

	if (l == NULL)
		return 0;
	(void)pthread_mutex_lock(&l->lock);
	l->stop = true;
	(void)pthread_cond_signal(&l->more);
	(void)pthread_mutex_unlock(&l->lock);
	(void)pthread_join(l->thread, NULL);
	(void)pthread_mutex_destroy(&l->lock);
	(void)pthread_cond_destroy(&l->more);
	(void)pthread_cond_destroy(&l->idle);
	free(l->fill.p);
	free(l->work.p);
	free(l);
	s->later = NULL;
	s->use_later = false;
	return rc;
}

void
later_begin(struct stmt *q)
{
	put(&q->store->later->fill, &q, sizeof(q));
}

static void
value(struct stmt *q, enum op op, int i, const void *p, size_t n)
{
	struct batch *b = &q->store->later->fill;
	const unsigned char head[2] = { (unsigned char)op, (unsigned char)i };

	put(b, head, sizeof(head));
	if (op == OP_TEXT || op == OP_BLOB)
		put(b, &n, sizeof(n));
	if (n > 0)
		put(b, p, n);
}

void
later_null(struct stmt *q, int i)
{
	value(q, OP_NULL, i, NULL, 0);
}

void
later_i64(struct stmt *q, int i, int64_t v)
{
	value(q, OP_I64, i, &v, sizeof(v));
}

void
later_real(struct stmt *q, int i, double v)
{
	value(q, OP_REAL, i, &v, sizeof(v));
}

void
later_text(struct stmt *q, int i, const char *p, size_t n)
{
	value(q, OP_TEXT, i, p, n);
}

void
later_blob(struct stmt *q, int i, const void *p, size_t n)
{
	value(q, OP_BLOB, i, p, n);
}

void
later_run(struct stmt *q)
{
	struct later *l = q->store->later;
	const unsigned char op = OP_RUN;

	put(&l->fill, &op, 1);
	if (l->fill.len >= BATCH_BYTES)
		submit(l);
}
