#include "base/compat.h"

#include "base/varint.h"
#include "base/xalloc.h"
#include "store/st_day.h"

#define PACK_VERSION 1

/* Both tables, one row for what has the same key; it starts with the turns' rows. */
#define ROWS \
	"SELECT quarter, thread_id, dimset_id, 0, 0, turns, 0, 0, 0, 0, 0 FROM turn_sum " \
	"WHERE quarter >= ?1 AND quarter < ?2 UNION ALL " \
	"SELECT quarter, thread_id, dimset_id, is_long, responses, 0, input, cached, " \
	"cache_write, output, reasoning FROM rollup " \
	"WHERE quarter >= ?1 AND quarter < ?2 ORDER BY 1, 2, 3, 4"

static bool
same_key(const struct st_day_row *a, const struct st_day_row *b)
{
	return a->quarter == b->quarter && a->thread_id == b->thread_id &&
	       a->dimset_id == b->dimset_id && a->is_long == b->is_long;
}

/* The rows of the tables in [FROM, TO). */
static int
from_tables(struct store *s, int64_t from, int64_t to, st_day_fn *fn, void *arg, struct err *e)
{
	static const char SQL[] = ROWS;
	struct stmt *q = store_stmt(s, SQL, e);
	struct st_day_row last = { 0 };
	bool some = false;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, from);
	stmt_bind_i64(q, 2, to);
	while ((rc = stmt_step(q, e)) == 1) {
		struct st_day_row r = { stmt_i64(q, 0), stmt_i64(q, 1), stmt_i64(q, 2),
			stmt_i64(q, 3) != 0, stmt_i64(q, 4), stmt_i64(q, 5), { 0 } };

		for (int i = 0; i < 5; i++)
			r.tokens[i] = stmt_i64(q, 6 + i);
		if (some && same_key(&last, &r)) {
			r.turns += last.turns;
			r.responses += last.responses;
			for (int i = 0; i < 5; i++)
				r.tokens[i] += last.tokens[i];
		} else if (some && fn(arg, &last, e) < 0) {
			rc = -1;
			break;
		}
		last = r;
		some = true;
	}
	stmt_done(q);
	if (rc == 0 && some)
		rc = fn(arg, &last, e);
	return rc < 0 ? -1 : 0;
}

struct packing {
	struct sbuf *b;
	int64_t before; /* quarter */
};

static int
pack_row(void *arg, const struct st_day_row *r, struct err *e UNUSED)
{
	struct packing *p = arg;
	struct sbuf *b = p->b;

	if (b->len == 0)
		sbuf_addc(b, PACK_VERSION);
	varint_put(b, (uint64_t)(r->quarter - p->before));
	p->before = r->quarter;
	varint_put(b, (uint64_t)r->thread_id);
	varint_put(b, (uint64_t)r->dimset_id);
	varint_put(b, (uint64_t)r->responses * 2 + r->is_long);
	varint_put(b, (uint64_t)r->turns);
	for (int i = 0; i < 5; i++)
		varint_put(b, (uint64_t)r->tokens[i]);
	return 0;
}

int
st_day_pack(struct store *s, int64_t day, struct sbuf *b, struct err *e)
{
	struct packing p = { b, day * ST_DAY_QUARTERS };

	return from_tables(s, day * ST_DAY_QUARTERS, (day + 1) * ST_DAY_QUARTERS, pack_row, &p, e);
}

/* Next row of a pack from **P on into *R, which holds the quarter of the one before. */
static inline bool
next_row(const unsigned char **p, const unsigned char *end, struct st_day_row *r)
{
	uint64_t v[10];

	for (int i = 0; i < 10; i++)
		if (!varint_get(p, end, &v[i]) || v[i] > INT64_MAX / 4)
			return false;
	if (v[0] >= ST_DAY_QUARTERS)
		return false;
	r->quarter += (int64_t)v[0];
	r->thread_id = (int64_t)v[1];
	r->dimset_id = (int64_t)v[2];
	r->is_long = v[3] & 1;
	r->responses = (int64_t)(v[3] >> 1);
	r->turns = (int64_t)v[4];
	for (int i = 0; i < 5; i++)
		r->tokens[i] = (int64_t)v[5 + i];
	return true;
}

struct read {
	struct store *store;
	int64_t from, to;
	st_day_fn *fn;
	void *arg;
	struct st_day_row *rows; /* of the pack at hand */
	size_t len, alloc;
};

/* The rows of a pack into R. Returns false when it is damaged: then none of it is told. */
static bool
unpack(struct read *r, int64_t day, const unsigned char *p, const unsigned char *end)
{
	struct st_day_row row = { .quarter = day * ST_DAY_QUARTERS };

	r->len = 0;
	if (p == end || *p++ != PACK_VERSION)
		return false;
	while (p < end) {
		if (!next_row(&p, end, &row))
			return false;
		xgrow(&r->rows, r->len, &r->alloc, sizeof(*r->rows));
		r->rows[r->len++] = row;
	}
	return row.quarter < (day + 1) * ST_DAY_QUARTERS;
}

static int
from_day(const struct read *r, int64_t day, struct err *e)
{
	int64_t first = day * ST_DAY_QUARTERS, last = first + ST_DAY_QUARTERS;

	return from_tables(r->store, first < r->from ? r->from : first, last > r->to ? r->to : last,
	    r->fn, r->arg, e);
}

static int
from_pack(struct read *r, int64_t day, const void *data, size_t n, struct err *e)
{
	const unsigned char *p = data;

	if (!unpack(r, day, p, p + n))
		return from_day(r, day, e);
	for (size_t i = 0; i < r->len && r->rows[i].quarter < r->to; i++)
		if (r->rows[i].quarter >= r->from && r->fn(r->arg, &r->rows[i], e) < 0)
			return -1;
	return 0;
}

/* Floor of quarters to days. */
static int64_t
day_of(int64_t quarter)
{
	return (quarter - (quarter < 0 ? ST_DAY_QUARTERS - 1 : 0)) / ST_DAY_QUARTERS;
}

int
st_day_read(struct store *s, int64_t from, int64_t to, st_day_fn *fn, void *arg, struct err *e)
{
	/* days with a pack, and marked days, once each: a mark says that the pack may be old */
	static const char SQL[] =
	    "SELECT p.day, p.data, m.id FROM day_pack p LEFT JOIN sum_mark m ON m.kind = 2 AND "
	    "m.id = p.day WHERE p.day >= ?1 AND p.day <= ?2 ORDER BY 1";
	static const char MARKED[] =
	    "SELECT p.day, p.data, m.id FROM day_pack p LEFT JOIN sum_mark m ON m.kind = 2 AND "
	    "m.id = p.day WHERE p.day >= ?1 AND p.day <= ?2 UNION ALL "
	    "SELECT m.id, NULL, m.id FROM sum_mark m WHERE m.kind = 2 AND m.id >= ?1 AND "
	    "m.id <= ?2 AND NOT EXISTS (SELECT 1 FROM day_pack p WHERE p.day = m.id) ORDER BY 1";
	static const char ANY[] = "SELECT 1 FROM sum_mark WHERE kind = 2 LIMIT 1";
	struct read r = { .store = s, .from = from, .to = to, .fn = fn, .arg = arg };
	struct stmt *q = store_stmt(s, ANY, e);
	int rc;

	if (q == NULL || from >= to)
		return q == NULL ? -1 : 0;
	rc = stmt_step(q, e);
	stmt_done(q);
	if (rc < 0 || (q = store_stmt(s, rc == 1 ? MARKED : SQL, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, day_of(from));
	stmt_bind_i64(q, 2, day_of(to - 1));
	while ((rc = stmt_step(q, e)) == 1) {
		const void *data;
		size_t n;

		stmt_blob(q, 1, &data, &n);
		if (stmt_is_null(q, 2))
			rc = from_pack(&r, stmt_i64(q, 0), data, n, e);
		else
			rc = from_day(&r, stmt_i64(q, 0), e);
		if (rc < 0)
			break;
	}
	stmt_done(q);
	free(r.rows);
	return rc < 0 ? -1 : 0;
}

int
st_day_span(struct store *s, int64_t *first, int64_t *last, struct err *e)
{
	static const char SQL[] = "SELECT (SELECT min(quarter) FROM rollup), "
				  "(SELECT max(quarter) FROM rollup), "
				  "(SELECT min(quarter) FROM turn_sum), "
				  "(SELECT max(quarter) FROM turn_sum)";
	struct stmt *q = store_stmt(s, SQL, e);
	bool some = false;
	int rc;

	if (q == NULL)
		return -1;
	*first = *last = 0;
	if ((rc = stmt_step(q, e)) == 1)
		for (int i = 0; i < 4; i += 2) {
			if (stmt_is_null(q, i))
				continue;
			if (!some || stmt_i64(q, i) < *first)
				*first = stmt_i64(q, i);
			if (!some || stmt_i64(q, i + 1) > *last)
				*last = stmt_i64(q, i + 1);
			some = true;
		}
	stmt_done(q);
	return rc < 0 ? -1 : some;
}
