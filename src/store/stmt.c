#include "base/compat.h"

#include "base/utf8.h"
#include "base/xalloc.h"
#include "store/internal.h"

static struct stmt *
prepare(struct store *s, const char *sql, unsigned flags, struct err *e)
{
	struct stmt *q = xcalloc(1, sizeof(*q));

	q->store = s;
	q->sql = sql;
	if (sqlite3_prepare_v3(s->db, sql, -1, flags, &q->q, NULL) != SQLITE_OK) {
		(void)store_fail(s, e);
		free(q);
		return NULL;
	}
	return q;
}

/* The statement of the text SQL, prepared when it is asked for first. */
static struct stmt *
kept(struct store *s, const char *sql, struct err *e)
{
	struct stmt *q;

	HASH_FIND_PTR(s->stmts, &sql, q);
	if (q != NULL)
		return q;
	if ((q = prepare(s, sql, SQLITE_PREPARE_PERSISTENT, e)) == NULL)
		return NULL;
	HASH_ADD_PTR(s->stmts, sql, q);
	return q;
}

struct stmt *
store_stmt(struct store *s, const char *sql, struct err *e)
{
	struct stmt *q;

	if (later_drain(s, e) < 0)
		return NULL;
	q = kept(s, sql, e);
	if (q != NULL)
		q->queued = false;
	return q;
}

struct stmt *
store_later(struct store *s, const char *sql, struct err *e)
{
	struct stmt *q;

	HASH_FIND_PTR(s->stmts, &sql, q);
	if (!s->use_later || q == NULL) {
		if (later_drain(s, e) < 0)
			return NULL;
		q = kept(s, sql, e);
	}
	if (q == NULL)
		return NULL;
	q->queued = s->use_later;
	if (q->queued)
		later_begin(q);
	return q;
}

struct stmt *
store_prepare(struct store *s, const char *sql, struct err *e)
{
	return later_drain(s, e) < 0 ? NULL : prepare(s, sql, 0, e);
}

void
stmt_free(struct stmt *q)
{
	if (q == NULL)
		return;
	(void)sqlite3_finalize(q->q); /* repeats the step's error */
	free(q);
}

static void
bound(struct stmt *q, int rc)
{
	if (rc != SQLITE_OK && q->bind_rc == SQLITE_OK)
		q->bind_rc = rc;
}

void
stmt_bind_i64(struct stmt *q, int i, int64_t v)
{
	if (q->queued)
		later_i64(q, i, v);
	else
		bound(q, sqlite3_bind_int64(q->q, i, v));
}

static void
bind_null(struct stmt *q, int i)
{
	if (q->queued)
		later_null(q, i);
	else
		bound(q, sqlite3_bind_null(q->q, i));
}

void
stmt_bind_opt(struct stmt *q, int i, int64_t v)
{
	if (v < 0)
		bind_null(q, i);
	else
		stmt_bind_i64(q, i, v);
}

void
stmt_bind_real(struct stmt *q, int i, double v)
{
	if (q->queued)
		later_real(q, i, v);
	else
		bound(q, sqlite3_bind_double(q->q, i, v));
}

static bool
is_clean(struct str s)
{
	uint32_t c;

	for (size_t i = 0; i < s.n;) {
		if (s.p[i] > 0 && s.p[i] < 127) {
			i++;
			continue;
		}
		i += utf8_decode(s.p + i, s.n - i, &c);
		if (c == UTF8_BAD || c == 0)
			return false;
	}
	return true;
}

static void
bind_cleaned(struct stmt *q, int i, struct str s)
{
	struct sbuf b;
	uint32_t c;
	size_t n;

	sbuf_init(&b, SIZE_MAX / 2);
	for (size_t at = 0; at < s.n; at += n) {
		n = utf8_decode(s.p + at, s.n - at, &c);
		if (c == UTF8_BAD || c == 0)
			sbuf_addz(&b, "\xef\xbf\xbd");
		else
			sbuf_add(&b, s.p + at, n);
	}
	if (q->queued)
		later_text(q, i, b.buf, b.len);
	else
		bound(q, sqlite3_bind_text64(q->q, i, b.buf, b.len, SQLITE_TRANSIENT, SQLITE_UTF8));
	sbuf_free(&b);
}

void
stmt_bind_str(struct stmt *q, int i, struct str s)
{
	if (s.p == NULL)
		bind_null(q, i);
	else if (!is_clean(s))
		bind_cleaned(q, i, s);
	else if (q->queued)
		later_text(q, i, s.p, s.n);
	else
		bound(q, sqlite3_bind_text64(q->q, i, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8));
}

void
stmt_bind_name(struct stmt *q, int i, struct str s)
{
	if (s.n > STORE_NAME_MAX)
		s.n = STORE_NAME_MAX; /* a character cut in two is cleaned away */
	stmt_bind_str(q, i, s);
}

void
stmt_bind_strz(struct stmt *q, int i, const char *s)
{
	stmt_bind_str(q, i, s == NULL ? str_n(NULL, 0) : str_of(s));
}

void
stmt_bind_blob(struct stmt *q, int i, const void *p, size_t n)
{
	if (q->queued)
		later_blob(q, i, p, n);
	else
		bound(q, sqlite3_bind_blob64(q->q, i, n == 0 ? "" : p, n, SQLITE_STATIC));
}

int
stmt_step(struct stmt *q, struct err *e)
{
	int rc;

	if (later_drain(q->store, e) < 0)
		return -1;
	if (q->bind_rc != SQLITE_OK)
		return err_set(e, ERR_BUG, "%s: a value could not be bound: %s (%s)",
		    q->store->path, sqlite3_errstr(q->bind_rc), sqlite3_sql(q->q));
	rc = sqlite3_step(q->q);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return store_fail(q->store, e);
}

int
stmt_run(struct stmt *q, struct err *e)
{
	int rc;

	if (q->queued) {
		later_run(q);
		return 0;
	}
	while ((rc = stmt_step(q, e)) == 1)
		;
	stmt_done(q);
	return rc;
}

int
store_run_on(struct store *s, const char *sql, int64_t id, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	return stmt_run(q, e);
}

int
stmt_ask(struct stmt *q, int64_t *out, struct err *e)
{
	int rc;

	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1)
		*out = stmt_i64(q, 0);
	stmt_done(q);
	return rc;
}

void
stmt_done(struct stmt *q)
{
	struct err ignored;

	if (q == NULL)
		return;
	(void)later_drain(q->store, &ignored); /* it shows at the next statement */
	(void)sqlite3_reset(q->q);             /* repeats the step's error */
	(void)sqlite3_clear_bindings(q->q);    /* always works */
	q->bind_rc = SQLITE_OK;
}

bool
stmt_is_null(struct stmt *q, int i)
{
	return sqlite3_column_type(q->q, i) == SQLITE_NULL;
}

int64_t
stmt_i64(struct stmt *q, int i)
{
	return sqlite3_column_int64(q->q, i);
}

int64_t
stmt_opt(struct stmt *q, int i)
{
	return stmt_is_null(q, i) ? -1 : sqlite3_column_int64(q->q, i);
}

double
stmt_real(struct stmt *q, int i)
{
	return sqlite3_column_double(q->q, i);
}

struct str
stmt_str(struct stmt *q, int i)
{
	const unsigned char *p = sqlite3_column_text(q->q, i);

	if (p == NULL)
		return str_n(NULL, 0);
	return str_n((const char *)p, (size_t)sqlite3_column_bytes(q->q, i));
}

char *
stmt_dup(struct stmt *q, int i)
{
	return stmt_is_null(q, i) ? NULL : str_dup(stmt_str(q, i));
}

char *
stmt_dup_some(struct stmt *q, int i)
{
	struct str s = stmt_str(q, i);

	return s.n == 0 ? NULL : str_dup(s);
}

void
stmt_blob(struct stmt *q, int i, const void **p, size_t *n)
{
	*p = sqlite3_column_blob(q->q, i);
	*n = (size_t)sqlite3_column_bytes(q->q, i);
}

int
stmt_columns(struct stmt *q)
{
	return sqlite3_column_count(q->q);
}

const char *
stmt_name(struct stmt *q, int i)
{
	return sqlite3_column_name(q->q, i);
}

bool
stmt_is_number(struct stmt *q, int i)
{
	int t = sqlite3_column_type(q->q, i);

	return t == SQLITE_INTEGER || t == SQLITE_FLOAT;
}
