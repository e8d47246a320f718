#include "base/compat.h"

#include "base/table.h"
#include "base/xalloc.h"
#include "report/scan.h"
#include "store/st_day.h"
#include "store/st_sums.h"

#define QUARTER_MS PERIOD_QUARTER_MS
#define IDS_MAX ((int64_t)1 << 28) /* row ids that are looked up in an array */
#define NONE UINT32_MAX

/* The rates of a combination, for short and long requests, as long as no row of the card begins. */
struct rates {
	size_t epoch; /* 0: not looked up yet */
	bool priced;
	struct price_rates r;
};

struct combination {
	int64_t id;
	const char *model;
	int model_id; /* on the card */
	enum price_tier tier;
	uint32_t group[SCAN_AXES];
	struct rates rates[2];
	int64_t unpriced[2]; /* tokens, short and long */
	int64_t unpriced_ms; /* when, once */
};

struct value {
	char *text;
	uint32_t number;
	UT_hash_handle hh;
};

struct axis {
	const struct dim *dim;
	bool is_session;
	struct value *values; /* by text */
	char **texts;         /* by number; of sessions owned, NULL until asked for */
	size_t len, alloc;
};

struct scan {
	struct store *store;
	const struct query *q;
	const struct price_card *card;
	struct axis axes[SCAN_AXES];
	size_t axes_len;
	struct combination *sets;
	size_t sets_len, sets_alloc;
	uint32_t *set_at; /* row id -> number in sets, or NONE */
	int64_t set_ids;
	uint32_t
	    *thread_at; /* row id -> number of the thread, NONE: not seen, NONE - 1: filtered out */
	int64_t thread_ids, *threads; /* number -> row id */
	size_t threads_len, threads_alloc;
	int64_t *epochs; /* when rows of the card begin, in order */
	size_t epochs_len, epoch;
	struct axis models; /* names, and what they are on the card */
	int *model_ids;
	struct combination unknown; /* of turns without dimensions */
	bool takes_unknown;
	scan_fn *fn;
	void *arg;
};

/* ---- getting ready */

static uint32_t
number_of(struct axis *a, struct str text)
{
	struct value *v;
	char *key;

	HASH_FIND(hh, a->values, text.p == NULL ? "" : text.p, text.n, v);
	if (v != NULL)
		return v->number;
	key = str_dup(text.p == NULL ? STR("") : text);
	v = xcalloc(1, sizeof(*v));
	*v = (struct value){ .text = key, .number = (uint32_t)a->len };
	HASH_ADD_KEYPTR(hh, a->values, v->text, text.n, v);
	xgrow(&a->texts, a->len, &a->alloc, sizeof(*a->texts));
	a->texts[a->len++] = key;
	return v->number;
}

static int
largest(struct store *s, const char *sql, int64_t *out, struct err *e)
{
	struct stmt *q = store_stmt(s, sql, e);
	int rc;

	if (q == NULL)
		return -1;
	rc = stmt_step(q, e);
	*out = rc == 1 ? stmt_i64(q, 0) + 1 : 1;
	stmt_done(q);
	if (rc >= 0 && *out > IDS_MAX)
		return err_set(e, ERR_LIMIT, "the database has row ids above %" PRId64, IDS_MAX);
	return rc < 0 ? -1 : 0;
}

/* Those filters of Q that are about sessions, or the others, as a query of its own (its texts are Q's; free its array). */
static struct query
part(const struct query *q, bool sessions)
{
	struct query p = *q;

	p.filters = xcalloc(q->filters_len, sizeof(*p.filters));
	p.filters_len = 0;
	for (size_t i = 0; i < q->filters_len; i++)
		if ((strcmp(q->filters[i].dim->name, "session") == 0) == sessions)
			p.filters[p.filters_len++] = q->filters[i];
	return p;
}

/* Few models in many combinations: the card is asked once for each. */
static uint32_t
model_number(struct scan *sc, struct str name)
{
	size_t before = sc->models.len;
	uint32_t n = number_of(&sc->models, name);

	if (sc->models.len > before) {
		sc->model_ids =
		    xreallocarray(sc->model_ids, sc->models.len, sizeof(*sc->model_ids));
		sc->model_ids[n] = price_model(sc->card, name);
	}
	return n;
}

static void
take_set(struct scan *sc, struct stmt *q)
{
	uint32_t model = model_number(sc, stmt_str(q, 1));
	struct combination *c;

	xgrow(&sc->sets, sc->sets_len, &sc->sets_alloc, sizeof(*sc->sets));
	c = &sc->sets[sc->sets_len];
	*c = (struct combination){ .id = stmt_i64(q, 0),
		.model = sc->models.texts[model],
		.model_id = sc->model_ids[model],
		.tier = price_tier_of(stmt_str(q, 2)) };
	for (size_t i = 0; i < sc->axes_len; i++)
		if (!sc->axes[i].is_session)
			c->group[i] = number_of(&sc->axes[i], stmt_str(q, 3 + (int)i));
	if (c->id >= 0 && c->id < sc->set_ids)
		sc->set_at[c->id] = (uint32_t)sc->sets_len;
	sc->sets_len++;
}

static int
load_sets(struct scan *sc, struct err *e)
{
	struct query p = part(sc->q, false);
	struct stmt *q = NULL;
	struct sbuf sql;
	int rc = -1;

	if (largest(sc->store, "SELECT max(id) FROM dimset", &sc->set_ids, e) < 0)
		goto out;
	sc->set_at = xmalloc((size_t)sc->set_ids * sizeof(*sc->set_at));
	memset(sc->set_at, 0xff, (size_t)sc->set_ids * sizeof(*sc->set_at));
	sbuf_init(&sql, (size_t)1024 * 1024);
	sbuf_addz(&sql, "SELECT d.id, d.model, d.tier");
	for (size_t i = 0; i < sc->axes_len; i++)
		sbuf_addf(&sql, ", %s", sc->axes[i].is_session ? "''" : sc->axes[i].dim->sql);
	sbuf_addz(&sql, " FROM dimset d JOIN home h ON h.id = d.home_id WHERE 1");
	query_where(&p, &sql, 1);
	if (sbuf_check(&sql, e) == 0)
		q = store_prepare(sc->store, sql.buf, e);
	sbuf_free(&sql);
	if (q == NULL)
		goto out;
	query_bind(&p, q, 1);
	while ((rc = stmt_step(q, e)) == 1)
		take_set(sc, q);
	stmt_free(q);
	sc->takes_unknown = p.filters_len == 0;
	for (size_t i = 0; i < sc->axes_len && sc->takes_unknown; i++)
		if (!sc->axes[i].is_session)
			sc->unknown.group[i] = number_of(&sc->axes[i], STR(""));
	sc->unknown.model_id = -1;
out:
	free(p.filters);
	return rc;
}

/* With a filter on sessions all others are marked as filtered out. */
static int
load_threads(struct scan *sc, struct err *e)
{
	struct query p = part(sc->q, true);
	struct stmt *q = NULL;
	struct sbuf sql;
	int rc = -1;

	if (largest(sc->store, "SELECT max(id) FROM thread", &sc->thread_ids, e) < 0)
		goto out;
	sc->thread_at = xmalloc((size_t)sc->thread_ids * sizeof(*sc->thread_at));
	for (int64_t i = 0; i < sc->thread_ids; i++)
		sc->thread_at[i] = p.filters_len > 0 ? NONE - 1 : NONE;
	rc = 0;
	if (p.filters_len == 0)
		goto out;
	sbuf_init(&sql, (size_t)1024 * 1024);
	sbuf_addz(&sql, "SELECT t.id FROM thread t WHERE 1");
	query_where(&p, &sql, 1);
	if (sbuf_check(&sql, e) == 0)
		q = store_prepare(sc->store, sql.buf, e);
	sbuf_free(&sql);
	rc = -1;
	if (q == NULL)
		goto out;
	query_bind(&p, q, 1);
	while ((rc = stmt_step(q, e)) == 1)
		if (stmt_i64(q, 0) >= 0 && stmt_i64(q, 0) < sc->thread_ids)
			sc->thread_at[stmt_i64(q, 0)] = NONE;
	stmt_free(q);
out:
	free(p.filters);
	return rc;
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
scan_open(struct scan **out, struct store *s, const struct query *q, const struct price_card *card,
    const struct dim *const *axes, size_t axes_len, struct err *e)
{
	struct scan *sc = xcalloc(1, sizeof(*sc));
	size_t n = price_rows(card);

	sc->store = s;
	sc->q = q;
	sc->card = card;
	for (size_t i = 0; i < axes_len && i < SCAN_AXES; i++) {
		sc->axes[i].dim = axes[i];
		sc->axes[i].is_session = strcmp(axes[i]->name, "session") == 0;
		sc->axes_len++;
	}
	sc->epochs = xcalloc(n, sizeof(*sc->epochs));
	for (size_t i = 0; i < n; i++)
		sc->epochs[sc->epochs_len++] = price_row_at(card, i)->valid_from_ms;
	if (n > 0)
		qsort(sc->epochs, n, sizeof(*sc->epochs), by_number);
	if (load_sets(sc, e) < 0 || load_threads(sc, e) < 0) {
		scan_close(sc);
		return -1;
	}
	*out = sc;
	return 0;
}

static void
free_axis(struct axis *a)
{
	struct value *v, *next;

	HASH_ITER(hh, a->values, v, next)
	{
		HASH_DEL(a->values, v);
		free(v->text);
		free(v);
	}
	for (size_t k = 0; a->is_session && k < a->len; k++)
		free(a->texts[k]);
	free(a->texts);
}

void
scan_close(struct scan *sc)
{
	if (sc == NULL)
		return;
	for (size_t i = 0; i < sc->axes_len; i++)
		free_axis(&sc->axes[i]);
	free_axis(&sc->models);
	free(sc->model_ids);
	free(sc->sets);
	free(sc->set_at);
	free(sc->thread_at);
	free(sc->threads);
	free(sc->epochs);
	free(sc);
}

/* ---- reading */

static const struct rates *
rates_at(struct scan *sc, struct combination *c, bool is_long, int64_t at_ms)
{
	struct rates *r = &c->rates[is_long];

	/* rows come in the order of time, but another range may begin earlier */
	if (sc->epoch > 0 && sc->epochs[sc->epoch - 1] > at_ms)
		sc->epoch = 0;
	while (sc->epoch < sc->epochs_len && sc->epochs[sc->epoch] <= at_ms)
		sc->epoch++;
	if (r->epoch != sc->epoch + 1) {
		struct price_key key = { .tier = c->tier, .is_long = is_long, .at_ms = at_ms };

		r->epoch = sc->epoch + 1;
		r->priced = price_lookup_id(sc->card, c->model_id, key, &r->r, NULL);
	}
	return r;
}

static void
price(struct sum *x, const struct price_rates *r)
{
	int64_t input = x->input, cached = x->cached, write = x->cache_write;

	x->cost_uncached = (price_pusd)(input - cached - write) * r->input;
	x->cost_cached = (price_pusd)cached * r->cached;
	x->cost_write = (price_pusd)write * r->cache_write;
	x->cost_output = (price_pusd)x->output * r->output;
	x->saved = (price_pusd)cached * (r->input - r->cached);
	x->premium = (price_pusd)write * (r->cache_write - r->input);
}

/* Number of the thread, or NONE - 1 when the filters leave it out. */
static uint32_t
thread_number(struct scan *sc, int64_t id)
{
	uint32_t *at;

	if (id < 0 || id >= sc->thread_ids)
		return NONE - 1;
	at = &sc->thread_at[id];
	if (*at == NONE) {
		xgrow(&sc->threads, sc->threads_len, &sc->threads_alloc, sizeof(*sc->threads));
		*at = (uint32_t)sc->threads_len;
		sc->threads[sc->threads_len++] = id;
	}
	return *at;
}

static int
take(void *arg, const struct st_day_row *r, struct err *e)
{
	struct scan *sc = arg;
	uint32_t at =
	    r->dimset_id > 0 && r->dimset_id < sc->set_ids ? sc->set_at[r->dimset_id] : NONE;
	struct combination *c = at != NONE ? &sc->sets[at] : &sc->unknown;
	struct scan_row row = { .at_ms = r->quarter * QUARTER_MS, .thread_id = r->thread_id };
	struct sum *x = &row.sum;
	const struct rates *rates;

	if (at == NONE && (r->dimset_id != 0 || !sc->takes_unknown))
		return 0;
	if ((row.thread = thread_number(sc, r->thread_id)) == NONE - 1)
		return 0;
	for (size_t i = 0; i < sc->axes_len; i++)
		if (sc->axes[i].is_session)
			c->group[i] = row.thread;
	row.group = c->group;
	x->responses = r->responses;
	x->turns = r->turns;
	x->input = r->tokens[0];
	x->cached = r->tokens[1];
	x->cache_write = r->tokens[2];
	x->output = r->tokens[3];
	x->reasoning = r->tokens[4];
	rates = rates_at(sc, c, r->is_long, row.at_ms);
	if (rates->priced) {
		x->priced = x->input + x->output;
		price(x, &rates->r);
	} else if (x->input + x->output > 0) {
		x->unpriced = x->input + x->output;
		c->unpriced[r->is_long] += x->unpriced;
		c->unpriced_ms = row.at_ms;
	}
	return sc->fn(sc->arg, &row, e);
}

/* Own turns of the thread ID in QUARTER that did not begin in [FROM, TO). */
static int
turns_outside(struct store *s, int64_t id, int64_t quarter, int64_t from, int64_t to, int64_t *n,
    struct err *e)
{
	static const char SQL[] =
	    "SELECT count(*) FROM rollout r JOIN turn n ON n.rollout_id = r.id AND "
	    "n.line >= r.own_line WHERE r.thread_id = ?1 AND n.start_ms >= ?2 * 900000 AND "
	    "n.start_ms < (?2 + 1) * 900000 AND NOT (n.start_ms >= ?3 AND n.start_ms < ?4)";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	stmt_bind_i64(q, 2, quarter);
	stmt_bind_i64(q, 3, from);
	stmt_bind_i64(q, 4, to);
	rc = stmt_step(q, e);
	*n = rc == 1 ? stmt_i64(q, 0) : 0;
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

struct edge {
	struct scan *scan;
	int64_t from, to;
	int64_t last_id; /* thread whose turns were told one by one */
};

/* A row of the quarter that an edge cuts: its turns, as far as they lie inside. */
static int
edge_turns(void *arg, const struct st_day_row *r, struct err *e)
{
	struct edge *g = arg;
	struct st_day_row row = *r;
	struct st_thread_sum t;
	int64_t outside;
	int rc;

	if (r->turns == 0 || r->thread_id == g->last_id)
		return 0;
	if (turns_outside(g->scan->store, r->thread_id, r->quarter, g->from, g->to, &outside, e) <
	    0)
		return -1;
	row.responses = 0;
	memset(row.tokens, 0, sizeof(row.tokens));
	if (outside == 0)
		return take(g->scan, &row, e);
	g->last_id = r->thread_id;
	rc = st_thread_sum_make(g->scan->store, r->thread_id, false, &t, e);
	row.turns = 1;
	for (size_t i = 0; rc >= 0 && i < t.own_len; i++)
		if (t.own[i].start_ms >= g->from && t.own[i].start_ms < g->to) {
			row.dimset_id = t.own[i].dimset_id;
			if (take(g->scan, &row, e) < 0)
				rc = -1;
		}
	st_thread_sum_clear(&t);
	return rc < 0 ? -1 : 0;
}

/* What lies in [FROM, TO), a part of one quarter-hour. */
static int
edge(struct scan *sc, int64_t from, int64_t to, struct err *e)
{
	static const char SQL[] =
	    "SELECT owner_id, dimset_id, is_long, d_input, d_cached, d_write, d_output, "
	    "d_reasoning FROM usage WHERE verdict = 1 AND count_ms >= ?1 AND count_ms < ?2 "
	    "ORDER BY count_ms";
	struct edge g = { sc, from, to, -1 };
	int64_t quarter = civil_floor_div(from, QUARTER_MS);
	struct stmt *q;
	int rc;

	if (from >= to)
		return 0;
	if (st_day_read(sc->store, quarter, quarter + 1, edge_turns, &g, e) < 0 ||
	    (q = store_stmt(sc->store, SQL, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, from);
	stmt_bind_i64(q, 2, to);
	while ((rc = stmt_step(q, e)) == 1) {
		struct st_day_row r = { quarter, stmt_i64(q, 0), stmt_i64(q, 1),
			stmt_i64(q, 2) != 0, 1, 0, { 0 } };

		for (int i = 0; i < 5; i++)
			r.tokens[i] = stmt_i64(q, 3 + i);
		if (take(sc, &r, e) < 0) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc;
}

int
scan_run(struct scan *sc, int64_t from_ms, int64_t to_ms, scan_fn *fn, void *arg, struct err *e)
{
	int64_t first = -civil_floor_div(-from_ms, QUARTER_MS); /* rounded up */
	int64_t last = civil_floor_div(to_ms, QUARTER_MS);

	sc->fn = fn;
	sc->arg = arg;
	if (first > last) /* the range lies inside one quarter-hour */
		return edge(sc, from_ms, to_ms, e);
	if (edge(sc, from_ms, first * QUARTER_MS, e) < 0 ||
	    st_day_read(sc->store, first, last, take, sc, e) < 0)
		return -1;
	return edge(sc, last * QUARTER_MS, to_ms, e);
}

int
scan_thread(struct scan *sc, int64_t id, scan_fn *fn, void *arg, struct err *e)
{
	static const char SQL[] =
	    "SELECT quarter, dimset_id, is_long, responses, input, cached, cache_write, output, "
	    "reasoning FROM rollup WHERE thread_id = ?1 ORDER BY quarter";
	struct stmt *q = store_stmt(sc->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	sc->fn = fn;
	sc->arg = arg;
	stmt_bind_i64(q, 1, id);
	while ((rc = stmt_step(q, e)) == 1) {
		struct st_day_row r = { stmt_i64(q, 0), id, stmt_i64(q, 1), stmt_i64(q, 2) != 0,
			stmt_i64(q, 3), 0, { 0 } };

		for (int i = 0; i < 5; i++)
			r.tokens[i] = stmt_i64(q, 4 + i);
		if (take(sc, &r, e) < 0) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc;
}

bool
scan_passes(const struct scan *sc, int64_t id, int64_t dimset_id)
{
	if (id < 0 || id >= sc->thread_ids || sc->thread_at[id] == NONE - 1)
		return false;
	if (dimset_id <= 0 || dimset_id >= sc->set_ids)
		return sc->takes_unknown;
	return sc->set_at[dimset_id] != NONE;
}

/* ---- what was read */

int64_t
scan_thread_id(const struct scan *sc, uint32_t i)
{
	return sc->threads[i];
}

size_t
scan_groups(const struct scan *sc, size_t axis)
{
	return sc->axes[axis].is_session ? sc->threads_len : sc->axes[axis].len;
}

/* The id of the thread number I. */
static char *
uuid_of(struct scan *sc, size_t i)
{
	static const char SQL[] = "SELECT uuid FROM thread WHERE id = ?1";
	char *text = NULL;
	struct err e;
	struct stmt *q = store_stmt(sc->store, SQL, &e);

	if (q != NULL) {
		stmt_bind_i64(q, 1, sc->threads[i]);
		if (stmt_step(q, &e) == 1)
			text = stmt_dup(q, 0);
		stmt_done(q);
	}
	return text == NULL ? xstrdup("") : text;
}

const char *
scan_group(struct scan *sc, size_t axis, size_t i)
{
	struct axis *a = &sc->axes[axis];

	if (!a->is_session)
		return a->texts[i];
	for (; a->len < sc->threads_len; a->len++) {
		xgrow(&a->texts, a->len, &a->alloc, sizeof(*a->texts));
		a->texts[a->len] = NULL;
	}
	if (a->texts[i] == NULL)
		a->texts[i] = uuid_of(sc, i);
	return a->texts[i];
}

void
scan_unpriced(const struct scan *sc, struct coverage *c)
{
	for (size_t i = 0; i < sc->sets_len; i++)
		for (int k = 0; k < 2; k++) {
			const struct combination *x = &sc->sets[i];
			struct price_key key = { .model = str_of(x->model),
				.tier = x->tier,
				.is_long = k,
				.at_ms = x->unpriced_ms };

			if (x->unpriced[k] > 0)
				coverage_unpriced(
				    c, key.model, price_reason(sc->card, key), x->unpriced[k]);
		}
}
