#include "base/compat.h"

#include "base/xalloc.h"
#include "report/session_parts.h"
#include "report/tree.h"

struct response {
	int64_t at_ms, turn;     /* turn: own number from 1, 0: before the first */
	int64_t context, window; /* tokens in the context after it; -1: not known */
	int64_t rollout_id, line;
	bool is_recovered, is_compacted; /* compacted: the first one after a compaction */
	char *model;
	struct sum sum;
};

struct own_turn {
	int64_t messages, calls, failures, compactions, responses, peak;
	struct sum sum;
};

struct build {
	struct session_page *page;
	struct response *responses;
	size_t len, alloc;
	struct own_turn *turns; /* by number - 1 */
	size_t at;              /* turn that was found last, from 0 */
};

static int64_t
permille(int64_t used, int64_t window)
{
	if (used < 0 || used > INT64_C(1000000000000) || window <= 0)
		return -1;
	return (used * 2000 + window) / (2 * window);
}

/*
 * Own number of the turn SEQ of the rollout, or of the last one before it; 0 when there is none.
 * Turns of a rollout stand together in the order of SEQ, so where the one before was found is a
 * good place to begin: *AT is that number, 0 at first.
 */
static int64_t
turn_number(const struct st_thread_sum *t, int64_t rollout_id, int64_t seq, size_t *at)
{
	size_t i = *at < t->own_len ? *at : 0, low, high;

	if (i == t->own_len)
		return 0;
	if (t->own[i].rollout_id != rollout_id)
		for (i = 0; i < t->own_len && t->own[i].rollout_id != rollout_id; i++)
			;
	if (i == t->own_len)
		return 0;
	for (low = i; low > 0 && t->own[low - 1].rollout_id == rollout_id && t->own[low].seq > seq;
	     low--)
		;
	for (high = low; high + 1 < t->own_len && t->own[high + 1].rollout_id == rollout_id &&
			 t->own[high + 1].seq <= seq;
	     high++)
		;
	*at = high;
	return t->own[high].seq <= seq ? (int64_t)high + 1 : 0;
}

static void
price(struct sum *x, const struct price_card *card, struct str model, struct str tier, bool is_long,
    int64_t at_ms)
{
	struct price_key key = {
		.model = model, .tier = price_tier_of(tier), .is_long = is_long, .at_ms = at_ms
	};
	struct price_rates r;

	/* the roll-ups price by quarter-hour: so does this */
	key.at_ms = civil_floor_div(at_ms, PERIOD_QUARTER_MS) * PERIOD_QUARTER_MS;
	if (!price_lookup(card, key, &r, NULL)) {
		x->unpriced = x->input + x->output;
		return;
	}
	x->priced = x->input + x->output;
	x->cost_uncached = (price_pusd)sum_uncached(x) * r.input;
	x->cost_cached = (price_pusd)x->cached * r.cached;
	x->cost_write = (price_pusd)x->cache_write * r.cache_write;
	x->cost_output = (price_pusd)x->output * r.output;
}

/* Columns: verdict, count_ms, turn_seq, is_long, five deltas, l_total, window, recovered, model, tier, rollout, counts here, line. */
static void
take(struct build *b, struct stmt *q, int64_t *turn, int64_t *seq)
{
	int64_t context = stmt_opt(q, 9), window = stmt_opt(q, 10);
	struct response *r;

	if (stmt_i64(q, 0) != 1 || stmt_i64(q, 15) == 0) {
		/* the count that follows a record knows how full the context is */
		if (b->len > 0 && stmt_i64(q, 0) == 4 && b->responses[b->len - 1].window < 0 &&
		    window > 0) {
			b->responses[b->len - 1].context = context;
			b->responses[b->len - 1].window = window;
		}
		return;
	}
	if (stmt_i64(q, 11) != 0)
		*turn = 0;
	else if (stmt_i64(q, 2) != *seq) {
		*seq = stmt_i64(q, 2);
		*turn = turn_number(&b->page->sum, stmt_i64(q, 14), *seq, &b->at);
	}
	xgrow(&b->responses, b->len, &b->alloc, sizeof(*b->responses));
	r = &b->responses[b->len++];
	*r = (struct response){ .at_ms = stmt_i64(q, 1),
		.turn = *turn,
		.context = window > 0 ? context : -1,
		.window = window > 0 ? window : -1,
		.rollout_id = stmt_i64(q, 14),
		.line = stmt_i64(q, 16),
		.is_recovered = stmt_i64(q, 11) != 0,
		.model = stmt_dup_some(q, 12),
		.sum = { .responses = 1,
		    .input = stmt_i64(q, 4),
		    .cached = stmt_i64(q, 5),
		    .cache_write = stmt_i64(q, 6),
		    .output = stmt_i64(q, 7),
		    .reasoning = stmt_i64(q, 8) } };
	price(&r->sum, b->page->card, stmt_str(q, 12), stmt_str(q, 13), stmt_i64(q, 3) != 0,
	    r->at_ms);
}

#define COLUMNS \
	"SELECT u.verdict, u.count_ms, u.turn_seq, u.is_long, u.d_input, u.d_cached, u.d_write, " \
	"u.d_output, u.d_reasoning, u.l_total, u.window, u.recovered, coalesce(d.model, ''), " \
	"coalesce(d.tier, ''), u.rollout_id, coalesce(u.owner_id = ?1, 0), u.line FROM "

/* The lines of SQL: those behind OWN_LINE of the rollout ROLLOUT_ID, or those of other files (0). */
static int
responses(struct build *b, const char *sql, int64_t rollout_id, int64_t own_line, struct err *e)
{
	struct stmt *q = store_stmt(b->page->store, sql, e);
	int64_t turn = 0, seq = -1;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, b->page->item.thread_id);
	if (rollout_id != 0) {
		stmt_bind_i64(q, 2, rollout_id);
		stmt_bind_i64(q, 3, own_line);
	}
	while ((rc = stmt_step(q, e)) == 1)
		take(b, q, &turn, &seq);
	stmt_done(q);
	return rc;
}

/* Those of the session's own rollouts, one by one: their lines need no sorting then. */
static int
own_responses(struct build *b, struct err *e)
{
	static const char ROLLOUTS[] =
	    "SELECT r.id, r.own_line FROM rollout r WHERE r.thread_id = ?1 "
	    "ORDER BY r.page <> '', r.base_end, r.first_ms, r.page";
	static const char LINES[] =
	    COLUMNS "usage u LEFT JOIN dimset d ON d.id = u.dimset_id WHERE u.rollout_id = ?2 AND "
		    "u.line >= ?3 ORDER BY u.pos";
	struct stmt *q = store_stmt(b->page->store, ROLLOUTS, e);
	int64_t(*all)[2] = NULL;
	size_t n = 0, alloc = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, b->page->item.thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(&all, n, &alloc, sizeof(*all));
		all[n][0] = stmt_i64(q, 0);
		all[n++][1] = stmt_i64(q, 1);
	}
	stmt_done(q);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = responses(b, LINES, all[i][0], all[i][1], e);
	free(all);
	return rc;
}

/* SQL tells rollout, turn_seq and what to add to the turn's counts. */
static int
counts(struct build *b, const char *sql, struct err *e)
{
	const struct st_thread_sum *t = &b->page->sum;
	struct stmt *q = store_stmt(b->page->store, sql, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, b->page->item.thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		int64_t n = turn_number(t, stmt_i64(q, 0), stmt_i64(q, 1), &b->at);

		if (n == 0)
			continue;
		b->turns[n - 1].messages += stmt_i64(q, 2);
		b->turns[n - 1].calls += stmt_i64(q, 3);
		b->turns[n - 1].failures += stmt_i64(q, 4);
		b->turns[n - 1].compactions += stmt_i64(q, 5);
	}
	stmt_done(q);
	return rc;
}

/* Mark the first response behind each compaction, where the context begins anew. */
static int
compactions(struct build *b, struct err *e)
{
	static const char SQL[] =
	    "SELECT r.id, x.line FROM rollout r JOIN marker x ON x.rollout_id = r.id AND "
	    "x.line >= r.own_line WHERE r.thread_id = ?1 AND x.name = 'compacted' "
	    "ORDER BY r.page <> '', r.base_end, r.first_ms, r.page, x.pos";
	struct stmt *q = store_stmt(b->page->store, SQL, e);
	size_t from = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, b->page->item.thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		size_t i = from;

		while (i < b->len && (b->responses[i].rollout_id != stmt_i64(q, 0) ||
					 b->responses[i].line < stmt_i64(q, 1)))
			i++;
		if (i == b->len)
			continue;
		b->responses[i].is_compacted = true;
		from = i;
	}
	stmt_done(q);
	return rc;
}

static void
put_response(struct json_object *o, const struct response *r, size_t n, const struct tz *tz)
{
	jt_i64(o, "n", (int64_t)n);
	tree_time(o, "at", r->at_ms, tz);
	jt_opt(o, "turn", r->turn == 0 ? -1 : r->turn);
	jt_str(o, "model", r->model);
	jt_opt(o, "context", r->context);
	jt_opt(o, "window", r->window);
	jt_opt(o, "fill_permille", permille(r->context, r->window));
	jt_bool(o, "recovered", r->is_recovered);
	jt_bool(o, "after_compaction", r->is_compacted);
	sum_put(o, &r->sum);
}

static int
put_turn(struct build *b, struct json_object *o, size_t i, struct err *e)
{
	static const char SQL[] = "SELECT turn_id, end_ms, duration_ms, ttft_ms, status FROM turn "
				  "WHERE rollout_id = ?1 AND seq = ?2";
	const struct st_own_turn *own = &b->page->sum.own[i];
	const struct own_turn *t = &b->turns[i];
	struct stmt *q = store_stmt(b->page->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, own->rollout_id);
	stmt_bind_i64(q, 2, own->seq);
	jt_i64(o, "n", (int64_t)i + 1);
	if ((rc = stmt_step(q, e)) == 1) {
		char *id = stmt_dup_some(q, 0), *status = stmt_dup_some(q, 4);

		jt_str(o, "turn_id", id);
		tree_time(o, "started", own->start_ms, b->page->tz);
		tree_time(o, "ended", stmt_opt(q, 1), b->page->tz);
		jt_opt(o, "duration_ms", stmt_opt(q, 2));
		jt_opt(o, "ttft_ms", stmt_opt(q, 3));
		jt_str(o, "status", status);
		free(id);
		free(status);
	}
	stmt_done(q);
	jt_i64(o, "messages", t->messages);
	jt_i64(o, "calls", t->calls);
	jt_i64(o, "failures", t->failures);
	jt_i64(o, "compactions", t->compactions);
	jt_opt(o, "peak_permille", t->peak);
	sum_put(o, &t->sum);
	return rc < 0 ? -1 : 0;
}

#define OF_TURN "FROM rollout r JOIN "
#define OWN " x ON x.rollout_id = r.id AND x.line >= r.own_line WHERE r.thread_id = ?1 "

int
session_put_turns(struct session_page *p, struct json_object *o, struct err *e)
{
	static const char RECOVERED[] =
	    COLUMNS "usage u LEFT JOIN dimset d ON d.id = u.dimset_id WHERE u.owner_id = ?1 AND "
		    "u.recovered = 1 AND u.verdict = 1 ORDER BY u.count_ms, u.rollout_id, u.pos";
	static const char MESSAGES[] =
	    "SELECT r.id, x.turn_seq, 1, 0, 0, 0 " OF_TURN "message" OWN
	    "AND ((r.events_seen = 1 AND x.origin <> 2) OR (r.events_seen = 0 AND x.origin = 2 "
	    "AND (x.role = 2 OR x.is_prompt = 1)))";
	static const char CALLS[] =
	    "SELECT r.id, x.turn_seq, 0, 1, coalesce(x.status IN (2, 3), 0), 0 " OF_TURN "call" OWN;
	static const char MARKERS[] =
	    "SELECT r.id, x.turn_seq, 0, 0, 0, 1 " OF_TURN "marker" OWN "AND x.name = 'compacted'";
	struct build b = { .page = p, .turns = xcalloc(p->sum.own_len, sizeof(*b.turns)) };
	struct json_object *a;
	size_t from;
	int rc = -1;

	for (size_t i = 0; i < p->sum.own_len; i++)
		b.turns[i].peak = -1;
	if (responses(&b, RECOVERED, 0, 0, e) < 0 || own_responses(&b, e) < 0 ||
	    counts(&b, MESSAGES, e) < 0 || counts(&b, CALLS, e) < 0 || counts(&b, MARKERS, e) < 0 ||
	    compactions(&b, e) < 0)
		goto out;
	for (size_t i = 0; i < b.len; i++) {
		const struct response *r = &b.responses[i];
		struct own_turn *t = r->turn > 0 ? &b.turns[r->turn - 1] : NULL;

		if (t == NULL)
			continue;
		sum_add(&t->sum, &r->sum);
		if (permille(r->context, r->window) > t->peak)
			t->peak = permille(r->context, r->window);
	}
	jt_i64(o, "responses_total", (int64_t)b.len);
	a = jt_add_array(o, "responses");
	from = b.len > SESSION_RESPONSES_MAX ? b.len - SESSION_RESPONSES_MAX : 0;
	for (size_t i = from; i < b.len; i++)
		put_response(jt_push_object(a), &b.responses[i], i + 1, p->tz);
	a = jt_add_array(o, "turns");
	rc = 0;
	for (size_t i = 0; i < p->sum.own_len && rc == 0; i++)
		rc = put_turn(&b, jt_push_object(a), i, e);
out:
	for (size_t i = 0; i < b.len; i++)
		free(b.responses[i].model);
	free(b.responses);
	free(b.turns);
	return rc;
}

/* ---- tools */

struct tool {
	char *name;
	int64_t calls, failed, timeouts, aborted, open, total_ms, output_bytes;
	int64_t *ms; /* durations, in order */
	size_t len, alloc;
};

/* Nearest rank: the smallest that P percent are not above. */
static int64_t
percentile(const struct tool *t, size_t p)
{
	return t->len == 0 ? -1 : t->ms[(t->len * p + 99) / 100 - 1];
}

static int
by_calls(const void *a, const void *b)
{
	const struct tool *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
put_tool(struct json_object *o, const struct tool *t)
{
	jt_str(o, "name", t->name[0] == '\0' ? NULL : t->name);
	jt_i64(o, "calls", t->calls);
	jt_i64(o, "failed", t->failed);
	jt_i64(o, "timeouts", t->timeouts);
	jt_i64(o, "aborted", t->aborted);
	jt_i64(o, "open", t->open);
	jt_i64(o, "timed", (int64_t)t->len);
	jt_opt(o, "p50_ms", percentile(t, 50));
	jt_opt(o, "p95_ms", percentile(t, 95));
	jt_i64(o, "total_ms", t->total_ms);
	jt_i64(o, "output_bytes", t->output_bytes);
}

int
session_put_tools(struct session_page *p, struct json_object *o, struct err *e)
{
	static const char SQL[] =
	    "SELECT coalesce(c.name, '') AS name, c.status, "
	    "coalesce(c.wall_ms, c.end_ms - c.ts_ms) AS ms, c.output_bytes FROM rollout r JOIN "
	    "call c ON c.rollout_id = r.id AND c.line >= r.own_line WHERE r.thread_id = ?1 "
	    "ORDER BY 1, 3";
	struct stmt *q = store_stmt(p->store, SQL, e);
	struct tool *all = NULL;
	size_t n = 0, alloc = 0;
	struct json_object *a;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->item.thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		struct tool *t = n > 0 ? &all[n - 1] : NULL;
		int64_t status = stmt_i64(q, 1);

		if (t == NULL || !str_eqz(stmt_str(q, 0), t->name)) {
			xgrow(&all, n, &alloc, sizeof(*all));
			t = &all[n++];
			*t = (struct tool){ .name = str_dup(stmt_str(q, 0)) };
		}
		t->calls++;
		t->failed += status == 2;
		t->timeouts += status == 3;
		t->aborted += status == 4;
		t->open += status == 0;
		t->output_bytes += stmt_i64(q, 3);
		if (stmt_opt(q, 2) >= 0) {
			xgrow(&t->ms, t->len, &t->alloc, sizeof(*t->ms));
			t->ms[t->len++] = stmt_i64(q, 2);
			t->total_ms += stmt_i64(q, 2);
		}
	}
	stmt_done(q);
	if (n > 0)
		qsort(all, n, sizeof(*all), by_calls);
	a = jt_add_array(o, "tools");
	for (size_t i = 0; i < n; i++) {
		put_tool(jt_push_object(a), &all[i]);
		free(all[i].name);
		free(all[i].ms);
	}
	free(all);
	return rc;
}
