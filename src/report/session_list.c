/*
 * What is sorted is read for every session, what is only shown for the rows of
 * the page.
 */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/session_list.h"
#include "report/tree.h"
#include "store/st_sums.h"

static const char *const sorts[SESSION_SORT__MAX] = { "last", "started", "tokens", "cost", "turns",
	"calls", "failures", "peak" };

struct run {
	struct store *store;
	const struct query *q;
	const struct session_words *w;
	struct scan *scan; /* with the query's filters */
	struct scan *all;  /* without: of whole sessions */
	struct session_item *items;
	size_t len, alloc;
	int64_t *found; /* thread -> number in items + 1 */
	int64_t found_len;
	bool *passes; /* thread -> some usage of it passes */
	enum session_sort sort;
	bool ascending;
};

/* ---- candidates */

static int
parse_sort(const char *word, enum session_sort *sort, bool *ascending, struct err *e)
{
	struct str w = str_of(word == NULL ? "last" : word);

	*ascending = str_ends(w, "-asc");
	if (*ascending)
		w.n -= 4;
	for (int i = 0; i < SESSION_SORT__MAX; i++)
		if (str_eqz(w, sorts[i])) {
			*sort = (enum session_sort)i;
			return 0;
		}
	return err_set(e, ERR_USAGE,
	    "unknown sort \"%.40s\": use last, started, tokens, cost, turns, calls, failures or "
	    "peak, or one of these with -asc",
	    word);
}

static int
note_passing(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	struct run *x = arg;

	if (r->thread_id < x->found_len && r->sum.responses > 0)
		x->passes[r->thread_id] = true;
	return 0;
}

/* A session passes by what counts for it; one without counts by its first usage line or loss. */
static bool
passes(const struct run *x, int64_t id, int64_t dimset_id, bool has_usage)
{
	if (x->q->filters_len == 0)
		return true;
	return id < x->found_len &&
	       (x->passes[id] || (!has_usage && scan_passes(x->scan, id, dimset_id)));
}

static void
keep(struct run *x, const struct session_item *item)
{
	int64_t id = item->thread_id;

	if (id < 0 || id >= x->found_len)
		return;
	if (x->found[id] > 0) {
		x->items[x->found[id] - 1] = *item;
		return;
	}
	xgrow(&x->items, x->len, &x->alloc, sizeof(*x->items));
	x->items[x->len++] = *item;
	x->found[id] = (int64_t)x->len;
}

/* Columns: thread, first, last, turns, messages, calls, failures, compactions, peak, dimset, has usage. */
static int
candidates(struct run *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT thread_id, first_ms, last_ms, turns, messages, calls, failures, compactions, "
	    "peak, dimset_id FROM thread_sum WHERE coalesce(last_ms, 0) >= ?1 AND "
	    "coalesce(first_ms, 0) < ?2";
	static const char USED[] = "SELECT 1 FROM rollup WHERE thread_id = ?1 LIMIT 1";
	struct stmt *q = store_stmt(x->store, SQL, e), *used = store_stmt(x->store, USED, e);
	int rc;

	if (q == NULL || used == NULL)
		return -1;
	stmt_bind_i64(q, 1, x->q->range.from_ms);
	stmt_bind_i64(q, 2, x->q->range.to_ms);
	while ((rc = stmt_step(q, e)) == 1) {
		struct session_item i = { .thread_id = stmt_i64(q, 0),
			.first_ms = stmt_opt(q, 1),
			.last_ms = stmt_opt(q, 2),
			.turns = stmt_i64(q, 3),
			.messages = stmt_i64(q, 4),
			.calls = stmt_i64(q, 5),
			.failures = stmt_i64(q, 6),
			.compactions = stmt_i64(q, 7),
			.peak = stmt_opt(q, 8) };
		bool has = false;

		if (x->q->filters_len > 0 && i.thread_id < x->found_len &&
		    !x->passes[i.thread_id]) {
			stmt_bind_i64(used, 1, i.thread_id);
			has = stmt_step(used, e) == 1;
			stmt_done(used);
		}
		if (passes(x, i.thread_id, stmt_i64(q, 9), has))
			keep(x, &i);
	}
	stmt_done(q);
	return rc;
}

/* Sessions whose sums wait to be made again: usually none. */
static int
unsettled(struct run *x, struct err *e)
{
	static const char SQL[] = "SELECT id FROM sum_mark WHERE kind = 1";
	struct stmt *q = store_stmt(x->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		struct st_thread_sum t;
		int some = st_thread_sum_make(x->store, stmt_i64(q, 0), false, &t, e);
		struct session_item i = { .thread_id = t.thread_id,
			.first_ms = t.first_ms,
			.last_ms = t.last_ms,
			.turns = t.turns,
			.messages = t.messages,
			.calls = t.calls,
			.failures = t.failures,
			.compactions = t.compactions,
			.peak = t.peak };
		bool in_range = t.last_ms >= x->q->range.from_ms && t.first_ms < x->q->range.to_ms;

		if (some == 1 && in_range && passes(x, i.thread_id, t.dimset_id, false))
			keep(x, &i);
		st_thread_sum_clear(&t);
		if (some < 0) {
			rc = -1;
			break;
		}
	}
	stmt_done(q);
	return rc;
}

static int
search(struct run *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT instr(lower(t.uuid || ' ' || coalesce(t.title, '') || ' ' || "
	    "coalesce(x.cwd, '') || ' ' || coalesce(x.repository, '') || ' ' || "
	    "coalesce(x.git_branch, '')), lower(?2)) FROM thread t LEFT JOIN rollout r ON "
	    "r.id = (SELECT r2.id FROM rollout r2 WHERE r2.thread_id = t.id ORDER BY r2.page "
	    "LIMIT 1) LEFT JOIN session x ON x.rollout_id = r.id WHERE t.id = ?1";
	struct stmt *q = store_stmt(x->store, SQL, e);
	size_t n = 0;

	if (q == NULL)
		return -1;
	for (size_t i = 0; i < x->len; i++) {
		int rc;

		stmt_bind_i64(q, 1, x->items[i].thread_id);
		stmt_bind_strz(q, 2, x->w->search);
		if ((rc = stmt_step(q, e)) == 1 && stmt_i64(q, 0) > 0)
			x->items[n++] = x->items[i];
		stmt_done(q);
		if (rc < 0)
			return -1;
	}
	x->len = n;
	return 0;
}

/* ---- sums, order, page */

static int
add_up(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	struct run *x = arg;

	if (r->thread_id < x->found_len && x->found[r->thread_id] > 0)
		sum_add(&x->items[x->found[r->thread_id] - 1].sum, &r->sum);
	return 0;
}

/* With turns of the packed days left out: those of thread_sum are the session's. */
static int
all_sums(struct run *x, struct err *e)
{
	int64_t from = INT64_MAX, to = INT64_MIN;

	memset(x->found, 0, (size_t)x->found_len * sizeof(*x->found));
	for (size_t i = 0; i < x->len; i++) {
		const struct session_item *s = &x->items[i];

		x->found[s->thread_id] = (int64_t)i + 1;
		if (s->first_ms < from)
			from = s->first_ms;
		if (s->last_ms > to)
			to = s->last_ms;
	}
	if (x->len == 0)
		return 0;
	/* what counts at an unknown time counts at 0; whole quarter-hours need no edges */
	from = civil_floor_div(from < 0 ? 0 : from, PERIOD_QUARTER_MS) * PERIOD_QUARTER_MS;
	to = (civil_floor_div(to, PERIOD_QUARTER_MS) + 1) * PERIOD_QUARTER_MS;
	return scan_run(x->all, from, to, add_up, x, e);
}

static int64_t
value_of(const struct session_item *i, enum session_sort sort)
{
	switch (sort) {
	case SESSION_LAST:
		return i->last_ms;
	case SESSION_STARTED:
		return i->first_ms;
	case SESSION_TOKENS:
		return i->sum.input + i->sum.output;
	case SESSION_COST:
		/* one without any price is behind one that costs nothing */
		return sum_unknown_cost(&i->sum) ? -1 : price_nanousd(sum_cost(&i->sum));
	case SESSION_TURNS:
		return i->turns;
	case SESSION_CALLS:
		return i->calls;
	case SESSION_FAILURES:
		return i->failures;
	case SESSION_PEAK:
		return i->peak;
	case SESSION_SORT__MAX:
		break;
	}
	return 0;
}

static int
falling(const void *a, const void *b)
{
	const struct session_item *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return x->thread_id > y->thread_id ? -1 : x->thread_id < y->thread_id;
}

static int
rising(const void *a, const void *b)
{
	return falling(b, a);
}

/* First row behind the cursor. */
static int
cursor(struct run *x, size_t *at, struct err *e)
{
	struct str rest = str_of(x->w->cursor), part;
	struct session_item key = { 0 };

	*at = 0;
	if (x->w->cursor == NULL)
		return 0;
	if (!str_split(&rest, '_', &part) || num_i64(part, INT64_MIN, INT64_MAX, &key.value) < 0 ||
	    num_i64(rest, 0, INT64_MAX, &key.thread_id) < 0)
		return err_set(e, ERR_USAGE, "the cursor is none that a list has given");
	while (*at < x->len && (x->ascending ? rising : falling)(&x->items[*at], &key) <= 0)
		(*at)++;
	return 0;
}

static int
add_one(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	sum_add(arg, &r->sum);
	return 0;
}

static int
page(struct run *x, struct session_list *out, struct err *e)
{
	bool summed = x->sort == SESSION_TOKENS || x->sort == SESSION_COST;
	size_t at;

	if (summed && all_sums(x, e) < 0)
		return -1;
	for (size_t i = 0; i < x->len; i++)
		x->items[i].value = value_of(&x->items[i], x->sort);
	if (x->len > 0)
		qsort(x->items, x->len, sizeof(*x->items), x->ascending ? rising : falling);
	if (cursor(x, &at, e) < 0)
		return -1;
	out->total = (int64_t)x->len;
	out->rows = xcalloc(x->w->limit, sizeof(*out->rows));
	for (; at < x->len && out->len < x->w->limit; at++) {
		struct session_item *i = &out->rows[out->len++];

		*i = x->items[at];
		if (!summed && scan_thread(x->all, i->thread_id, add_one, &i->sum, e) < 0)
			return -1;
		i->sum.turns = i->turns;
		if (session_item_load(x->store, i, e) < 0)
			return -1;
	}
	if (at < x->len && out->len > 0)
		(void)snprintf(out->next, sizeof(out->next), "%" PRId64 "_%" PRId64,
		    out->rows[out->len - 1].value, out->rows[out->len - 1].thread_id);
	return 0;
}

static int
prepare(struct run *x, struct query *whole, const struct price_card *card, struct err *e)
{
	static const char SQL[] = "SELECT max(id) FROM thread";
	struct stmt *q = store_stmt(x->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	rc = stmt_step(q, e);
	x->found_len = rc == 1 ? stmt_i64(q, 0) + 1 : 1;
	stmt_done(q);
	if (rc < 0 || (x->all == NULL && scan_open(&x->all, x->store, whole, card, NULL, 0, e) < 0))
		return -1;
	x->found = xcalloc((size_t)x->found_len, sizeof(*x->found));
	x->passes = xcalloc((size_t)x->found_len, sizeof(*x->passes));
	if (x->q->filters_len == 0)
		return 0;
	if (scan_open(&x->scan, x->store, x->q, card, NULL, 0, e) < 0)
		return -1;
	return scan_run(x->scan, -PERIOD_QUARTER_MS * 96, CIVIL_MAX_MS + 1, note_passing, x, e);
}

int
session_list_run(struct store *s, const struct query *q, const struct price_card *card,
    struct scan *all, const struct session_words *w, struct session_list *out, struct err *e)
{
	struct run x = { .store = s, .q = q, .w = w, .all = all };
	struct query whole;
	bool nested = store_in_transaction(s);
	int rc = -1;

	memset(out, 0, sizeof(*out));
	query_init(&whole, q->tz);
	if (parse_sort(w->sort, &x.sort, &x.ascending, e) < 0)
		return -1;
	out->sort = x.sort;
	out->ascending = x.ascending;
	if (!nested && store_begin(s, e) < 0)
		return -1;
	if (prepare(&x, &whole, card, e) == 0 && candidates(&x, e) == 0 && unsettled(&x, e) == 0 &&
	    (w->search == NULL || search(&x, e) == 0) && page(&x, out, e) == 0)
		rc = 0;
	if (!nested)
		store_rollback(s);
	scan_close(x.scan);
	if (all == NULL)
		scan_close(x.all);
	free(x.items);
	free(x.found);
	free(x.passes);
	if (rc < 0)
		session_list_clear(out);
	return rc;
}

/* ---- texts */

static int
losses_of(struct store *s, struct session_item *x, struct err *e)
{
	static const char SQL[] = "SELECT DISTINCT kind FROM loss WHERE thread_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, x->thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		size_t kind = coverage_find(stmt_str(q, 0));

		if (kind < COVERAGE_LOSSES)
			x->losses |= 1U << kind;
	}
	stmt_done(q);
	return rc;
}

int
session_item_load(struct store *s, struct session_item *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT t.uuid, t.title, x.cwd, x.repository, x.git_branch, x.source_kind, "
	    "x.cli_version, (SELECT group_concat(model, ' ') FROM (SELECT DISTINCT d.model AS model"
	    " FROM rollup u JOIN dimset d ON d.id = u.dimset_id WHERE u.thread_id = t.id AND "
	    "d.model <> '' ORDER BY 1)), coalesce(x.parent, r.forked_from, r.base_thread), "
	    "(SELECT max(f.archived) FROM file f WHERE f.rollout_id = r.id), "
	    "(SELECT min(f.state = 'gone') FROM file f WHERE f.rollout_id = r.id), r.id IS NULL "
	    "FROM thread t LEFT JOIN rollout r ON r.id = (SELECT r2.id FROM rollout r2 WHERE "
	    "r2.thread_id = t.id ORDER BY r2.page LIMIT 1) LEFT JOIN session x ON "
	    "x.rollout_id = r.id WHERE t.id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, x->thread_id);
	if ((rc = stmt_step(q, e)) == 1) {
		char **const texts[] = { &x->uuid, &x->title, &x->directory, &x->repository,
			&x->branch, &x->source, &x->version, &x->models, &x->parent };

		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			*texts[i] = stmt_dup_some(q, (int)i);
		x->is_archived = stmt_i64(q, 9) != 0;
		x->is_gone = stmt_i64(q, 10) != 0;
		x->is_recovered = stmt_i64(q, 11) != 0;
	}
	stmt_done(q);
	return rc < 0 ? -1 : losses_of(s, x, e);
}

int
session_item_read(struct store *s, struct scan *all, struct session_item *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT first_ms, last_ms, turns, messages, calls, failures, compactions, peak "
	    "FROM thread_sum WHERE thread_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	x->first_ms = x->last_ms = x->peak = -1;
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, x->thread_id);
	if ((rc = stmt_step(q, e)) == 1) {
		x->first_ms = stmt_opt(q, 0);
		x->last_ms = stmt_opt(q, 1);
		x->turns = stmt_i64(q, 2);
		x->messages = stmt_i64(q, 3);
		x->calls = stmt_i64(q, 4);
		x->failures = stmt_i64(q, 5);
		x->compactions = stmt_i64(q, 6);
		x->peak = stmt_opt(q, 7);
	}
	stmt_done(q);
	if (rc < 0 || scan_thread(all, x->thread_id, add_one, &x->sum, e) < 0)
		return -1;
	x->sum.turns = x->turns;
	return session_item_load(s, x, e);
}

void
session_item_clear(struct session_item *x)
{
	if (x == NULL)
		return;
	char *const texts[] = { x->uuid, x->title, x->directory, x->repository, x->branch,
		x->source, x->version, x->models, x->parent };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	memset(x, 0, sizeof(*x));
}

void
session_list_clear(struct session_list *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->len; i++)
		session_item_clear(&l->rows[i]);
	free(l->rows);
	memset(l, 0, sizeof(*l));
}

/* ---- JSON */

static void
put_words(struct json_object *a, const char *words)
{
	struct str rest = str_of(words), part;

	while (str_split(&rest, ' ', &part)) {
		char *word = str_dup(part);
		struct json_object *s = json_object_new_string(word);

		free(word);
		jt_push(a, s);
	}
}

void
session_item_put(struct json_object *o, const struct session_item *x, const struct tz *tz)
{
	struct json_object *a;

	jt_str(o, "id", x->uuid);
	jt_str(o, "title", x->title);
	tree_time(o, "started", x->first_ms, tz);
	tree_time(o, "last", x->last_ms, tz);
	jt_str(o, "directory", x->directory);
	jt_str(o, "repository", x->repository);
	jt_str(o, "branch", x->branch);
	jt_str(o, "project", x->repository != NULL ? x->repository : x->directory);
	jt_str(o, "source", x->source);
	jt_str(o, "version", x->version);
	jt_str(o, "parent", x->parent);
	a = jt_add_array(o, "models");
	if (x->models != NULL)
		put_words(a, x->models);
	jt_i64(o, "messages", x->messages);
	jt_i64(o, "calls", x->calls);
	jt_i64(o, "failures", x->failures);
	jt_i64(o, "compactions", x->compactions);
	jt_opt(o, "peak_permille", x->peak);
	sum_put(o, &x->sum);
	a = jt_add_array(o, "losses");
	for (size_t i = 0; i < COVERAGE_LOSSES; i++)
		if (x->losses & 1U << i)
			put_words(a, coverage_kind(i)->name);
	jt_bool(o, "archived", x->is_archived);
	jt_bool(o, "gone", x->is_gone);
	jt_bool(o, "recovered", x->is_recovered);
}

struct json_object *
session_list_json(const struct session_list *l, const struct tz *tz)
{
	struct json_object *o = jt_object(), *a;
	char *sort = xasprintf("%s%s", sorts[l->sort], l->ascending ? "-asc" : "");

	jt_str(o, "sort", sort);
	free(sort);
	jt_i64(o, "total", l->total);
	jt_str(o, "next", l->next[0] == '\0' ? NULL : l->next);
	a = jt_add_array(o, "sessions");
	for (size_t i = 0; i < l->len; i++)
		session_item_put(jt_push_object(a), &l->rows[i], tz);
	return o;
}
