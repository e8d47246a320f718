#include "base/compat.h"

#include "base/xalloc.h"
#include "store/st_seen.h"

/* One row, and where the next begins. */
struct part {
	int64_t low, end;
	int64_t *p; /* sorted; owned */
	size_t n;
};

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The statement SQL about what holds PRINT in rollout ID. */
static struct stmt *
about(struct store *s, const char *sql, int64_t id, int64_t print, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);

	if (q == NULL)
		return NULL;
	stmt_bind_i64(q, 1, id);
	stmt_bind_i64(q, 2, print);
	return q;
}

/* The part that PRINT belongs to into *OUT: an empty one when there is none. */
static int
load(struct store *s, int64_t id, int64_t print, struct part *out, struct err *e)
{
	static const char SQL[] = "SELECT low, data FROM seen WHERE rollout_id = ?1 AND low <= ?2 "
				  "ORDER BY low DESC LIMIT 1";
	struct stmt *q = about(s, SQL, id, print, e);
	const void *data;
	size_t bytes;
	int rc;

	memset(out, 0, sizeof(*out));
	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		out->low = stmt_i64(q, 0);
		stmt_blob(q, 1, &data, &bytes);
		out->n = bytes / sizeof(*out->p);
		out->p = xcalloc(out->n, sizeof(*out->p));
		if (out->n > 0)
			memcpy(out->p, data, out->n * sizeof(*out->p));
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
st_seen_has(struct store *s, int64_t id, int64_t print, bool *has, struct err *e)
{
	struct part x;
	int rc = load(s, id, print, &x, e);

	*has = rc == 0 && x.n > 0 && bsearch(&print, x.p, x.n, sizeof(*x.p), by_value) != NULL;
	free(x.p);
	return rc;
}

static int
put(struct store *s, int64_t id, int64_t low, const int64_t *p, size_t n, struct err *e)
{
	static const char SQL[] = "INSERT INTO seen(rollout_id, low, data) VALUES (?1, ?2, ?3) "
				  "ON CONFLICT DO UPDATE SET data = excluded.data";
	struct stmt *q = about(s, SQL, id, low, e);

	if (q == NULL)
		return -1;
	stmt_bind_blob(q, 3, p, n * sizeof(*p));
	return stmt_run(q, e);
}

/* Those of the N new ones at P, sorted, that belong into the same row as the first. Returns how many; -1 with *E. */
static int64_t
add_some(struct store *s, int64_t id, const int64_t *p, size_t n, struct err *e)
{
	static const char NEXT[] =
	    "SELECT low FROM seen WHERE rollout_id = ?1 AND low > ?2 ORDER BY low LIMIT 1";
	struct part x;
	size_t rows, some = 0;
	int rc = load(s, id, p[0], &x, e);

	x.end = INT64_MAX;
	if (rc < 0 || stmt_ask(about(s, NEXT, id, p[0], e), &x.end, e) < 0) {
		free(x.p);
		return -1;
	}
	while (some < n && (p[some] < x.end || x.end == INT64_MAX))
		some++;
	x.p = xreallocarray(x.p, x.n + some, sizeof(*x.p));
	memcpy(x.p + x.n, p, some * sizeof(*p));
	x.n += some;
	qsort(x.p, x.n, sizeof(*x.p), by_value);
	rows = (x.n + ST_SEEN_MAX - 1) / ST_SEEN_MAX;
	for (size_t i = 0; rc == 0 && i < rows; i++) {
		size_t from = x.n * i / rows, to = x.n * (i + 1) / rows;

		rc = put(s, id, i == 0 ? x.low : x.p[from], x.p + from, to - from, e);
	}
	free(x.p);
	return rc < 0 ? -1 : (int64_t)some;
}

int
st_seen_add(struct store *s, int64_t id, int64_t *p, size_t n, struct err *e)
{
	if (n > 0)
		qsort(p, n, sizeof(*p), by_value);
	while (n > 0) {
		int64_t done = add_some(s, id, p, n, e);

		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int
st_seen_clear(struct store *s, int64_t id, struct err *e)
{
	static const char SQL[] = "DELETE FROM seen WHERE rollout_id = ?1";

	return store_run_on(s, SQL, id, e);
}
