/*
 * Whole quarter-hours come from the roll-ups, the two edges of a range that cuts
 * one from the rows; both go through the same function.
 */
#include "base/compat.h"

#include "base/num.h"
#include "base/table.h"
#include "base/xalloc.h"
#include "report/report.h"

#define QUARTER_MS PERIOD_QUARTER_MS
#define ROWS_MAX ((size_t)4 * 1000 * 1000)

struct entry {
	struct report_row row;
	char *key; /* start and group */
	UT_hash_handle hh;
};

struct run {
	struct store *store;
	const struct query *q;
	const struct price_card *card;
	struct report *out;
	struct entry *entries;
	size_t len;
};

void
report_add(struct report_sum *sum, const struct price_card *card, struct str model, struct str tier,
    int64_t at_ms, bool is_long, int64_t responses, const int64_t tokens[5])
{
	struct price_key key = {
		.model = model, .tier = price_tier_of(tier), .is_long = is_long, .at_ms = at_ms
	};
	const struct price_row_info *info;
	struct price_rates rates;
	int64_t all = tokens[0];

	num_add_sat(&all, tokens[3]);
	num_add_sat(&sum->responses, responses);
	num_add_sat(&sum->input, tokens[0]);
	num_add_sat(&sum->cached, tokens[1]);
	num_add_sat(&sum->cache_write, tokens[2]);
	num_add_sat(&sum->output, tokens[3]);
	num_add_sat(&sum->reasoning, tokens[4]);
	if (price_lookup(card, key, &rates, &info)) {
		sum->cost += price_cost(&rates, tokens[0], tokens[1], tokens[2], tokens[3]);
		num_add_sat(&sum->priced, all);
	} else
		num_add_sat(&sum->unpriced, all);
}

static int
entry_at(struct run *r, int64_t ms, struct str group, struct entry **out, struct err *e)
{
	int64_t start, next;
	char label[32], *key;
	struct entry *x;

	query_bucket(r->q, ms, &start, &next, label);
	if (r->q->by == NULL)
		group = STR("all");
	else if (group.n == 0)
		group = STR("<unknown>");
	key = xasprintf("%" PRId64 " %.*s", start, (int)group.n, group.p);
	HASH_FIND_STR(r->entries, key, x);
	if (x != NULL) {
		free(key);
		*out = x;
		return 0;
	}
	if (++r->len > ROWS_MAX) {
		free(key);
		return err_set(e, ERR_LIMIT,
		    "the report has more than %zu rows; "
		    "take a shorter range or a larger --group",
		    ROWS_MAX);
	}
	x = xcalloc(1, sizeof(*x));
	x->key = key;
	x->row = (struct report_row){
		.start_ms = start, .period = xstrdup(label), .group = str_dup(group)
	};
	HASH_ADD_KEYPTR(hh, r->entries, x->key, strlen(x->key), x);
	*out = x;
	return 0;
}

/* Columns: quarter, group, model, tier, is_long, responses, five counters. */
static int
take_row(struct run *r, struct stmt *q, struct err *e)
{
	int64_t at_ms = stmt_i64(q, 0) * QUARTER_MS;
	struct str model = stmt_str(q, 2), tier = stmt_str(q, 3);
	bool is_long = stmt_i64(q, 4) != 0;
	int64_t tokens[5];
	struct report_sum *total = &r->out->total;
	int64_t before = total->unpriced;
	struct entry *x;

	for (int i = 0; i < 5; i++)
		tokens[i] = stmt_i64(q, 6 + i);
	if (entry_at(r, at_ms, stmt_str(q, 1), &x, e) < 0)
		return -1;
	report_add(&x->row.sum, r->card, model, tier, at_ms, is_long, stmt_i64(q, 5), tokens);
	report_add(total, r->card, model, tier, at_ms, is_long, stmt_i64(q, 5), tokens);
	if (total->unpriced > before) {
		struct price_key key = { .model = model,
			.tier = price_tier_of(tier),
			.is_long = is_long,
			.at_ms = at_ms };

		coverage_unpriced(
		    &r->out->coverage, model, price_reason(r->card, key), total->unpriced - before);
	}
	return 0;
}

static int
select_rows(struct run *r, const char *const sql_parts[3], int64_t from, int64_t to, struct err *e)
{
	struct sbuf sql;
	struct stmt *q;
	int rc;

	sbuf_init(&sql, 65536);
	sbuf_addz(&sql, sql_parts[0]);
	sbuf_addz(&sql, r->q->by == NULL ? "''" : r->q->by->sql);
	sbuf_addz(&sql, sql_parts[1]);
	query_where(r->q, &sql, 3);
	sbuf_addz(&sql, sql_parts[2]);
	q = sbuf_check(&sql, e) < 0 ? NULL : store_prepare(r->store, sql.buf, e);
	sbuf_free(&sql);
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, from);
	stmt_bind_i64(q, 2, to);
	query_bind(r->q, q, 3);
	while ((rc = stmt_step(q, e)) == 1)
		if (take_row(r, q, e) < 0) {
			rc = -1;
			break;
		}
	stmt_free(q);
	return rc;
}

static int
whole_quarters(struct run *r, int64_t from, int64_t to, struct err *e)
{
	static const char *const SQL[3] = {
		"SELECT r.quarter, ",
		", d.model, d.tier, r.is_long, sum(r.responses), sum(r.input), sum(r.cached), "
		"sum(r.cache_write), sum(r.output), sum(r.reasoning) FROM rollup r "
		"JOIN dimset d ON d.id = r.dimset_id JOIN thread t ON t.id = r.thread_id "
		"JOIN home h ON h.id = d.home_id WHERE r.quarter >= ?1 AND r.quarter < ?2",
		" GROUP BY 1, 2, 3, 4, 5 ORDER BY 1",
	};

	return select_rows(r, SQL, from, to, e);
}

static int
edge(struct run *r, int64_t from_ms, int64_t to_ms, struct err *e)
{
	static const char *const SQL[3] = {
		"SELECT u.count_ms / 900000 - (u.count_ms % 900000 < 0), ",
		", d.model, d.tier, u.is_long, 1, u.d_input, u.d_cached, u.d_write, u.d_output, "
		"u.d_reasoning FROM usage u JOIN dimset d ON d.id = u.dimset_id "
		"JOIN thread t ON t.id = u.owner_id JOIN home h ON h.id = d.home_id "
		"WHERE u.verdict = 1 AND u.count_ms >= ?1 AND u.count_ms < ?2",
		"",
	};

	return from_ms >= to_ms ? 0 : select_rows(r, SQL, from_ms, to_ms, e);
}

static int
usage(struct run *r, struct err *e)
{
	int64_t from = r->q->range.from_ms, to = r->q->range.to_ms;
	int64_t first = -civil_floor_div(-from, QUARTER_MS); /* rounded up */
	int64_t last = civil_floor_div(to, QUARTER_MS);

	if (first > last) /* the range lies inside one quarter-hour */
		return edge(r, from, to, e);
	if (edge(r, from, first * QUARTER_MS, e) < 0 || whole_quarters(r, first, last, e) < 0)
		return -1;
	return edge(r, last * QUARTER_MS, to, e);
}

/* A row also stands where nothing was counted but something is known to be missing. */
static int
losses(struct run *r, struct err *e)
{
	struct sbuf sql;
	struct stmt *q;
	int rc;

	sbuf_init(&sql, 65536);
	sbuf_addf(&sql,
	    "SELECT l.ts_ms, %s, l.kind FROM loss l JOIN dimset d ON d.id = l.dimset_id "
	    "JOIN thread t ON t.id = l.thread_id JOIN home h ON h.id = d.home_id "
	    "WHERE l.ts_ms >= ?1 AND l.ts_ms < ?2",
	    r->q->by == NULL ? "''" : r->q->by->sql);
	query_where(r->q, &sql, 3);
	q = sbuf_check(&sql, e) < 0 ? NULL : store_prepare(r->store, sql.buf, e);
	sbuf_free(&sql);
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, r->q->range.from_ms);
	stmt_bind_i64(q, 2, r->q->range.to_ms);
	query_bind(r->q, q, 3);
	while ((rc = stmt_step(q, e)) == 1) {
		size_t kind = coverage_find(stmt_str(q, 2));
		struct entry *x;

		if (entry_at(r, stmt_i64(q, 0), stmt_str(q, 1), &x, e) < 0) {
			rc = -1;
			break;
		}
		if (kind < COVERAGE_LOSSES)
			x->row.losses |= 1U << kind;
	}
	stmt_free(q);
	return rc;
}

static int
by_period(const void *a, const void *b)
{
	const struct report_row *x = a, *y = b;

	if (x->start_ms != y->start_ms)
		return x->start_ms < y->start_ms ? -1 : 1;
	return strcmp(x->group, y->group);
}

static void
collect(struct run *r)
{
	struct entry *x, *next;

	r->out->rows = xcalloc(r->len, sizeof(*r->out->rows));
	HASH_ITER(hh, r->entries, x, next)
	{
		r->out->rows[r->out->len++] = x->row;
		HASH_DEL(r->entries, x);
		free(x->key);
		free(x);
	}
	if (r->out->len > 0)
		qsort(r->out->rows, r->out->len, sizeof(*r->out->rows), by_period);
}

int
report_run(struct store *s, const struct query *q, const struct price_card *card,
    struct report *out, struct err *e)
{
	struct run r = { .store = s, .q = q, .card = card, .out = out };
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (store_begin(s, e) < 0)
		return -1;
	if (coverage_run(s, q, &out->coverage, e) == 0 && usage(&r, e) == 0 && losses(&r, e) == 0)
		rc = 0;
	store_rollback(s);
	collect(&r);
	if (rc < 0)
		report_clear(out);
	return rc;
}

void
report_clear(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->len; i++) {
		free(r->rows[i].period);
		free(r->rows[i].group);
	}
	free(r->rows);
	coverage_clear(&r->coverage);
	memset(r, 0, sizeof(*r));
}
