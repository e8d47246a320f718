#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/gain.h"
#include "store/st_live.h"

/* N turns more in the quarter-hour of MS under DIMSET_ID. */
static void
cell(struct gain *g, int64_t ms, int64_t dimset_id, int64_t n)
{
	struct st_thread_sum *t = &g->sum;
	struct st_turn_cell x = { ms / ST_QUARTER_MS, dimset_id, n };

	if (ms < 0)
		return;
	/* the same as the turn before: usual */
	if (t->cells_len > 0 && t->cells[t->cells_len - 1].quarter == x.quarter &&
	    t->cells[t->cells_len - 1].dimset_id == dimset_id) {
		t->cells[t->cells_len - 1].turns += n;
		return;
	}
	xgrow(&t->cells, t->cells_len, &t->cells_alloc, sizeof(*t->cells));
	t->cells[t->cells_len++] = x;
}

/* The turn in force is over. The first that has dimensions gives them to those before it. */
static void
close_turn(struct gain *g)
{
	if (g->k->first && !g->resumed)
		for (size_t i = 0; i < g->sum.cells_len; i++)
			g->sum.cells[i].dimset_id = g->dimset_id;
	if (g->sum.turns > 0)
		cell(g, g->turn_ms, g->dimset_id, 1);
}

/* The turn in force of an earlier reading: the rest of this one may give it other dimensions. */
static int
recall_turn(struct gain *g, struct err *e)
{
	int64_t seq;

	if (st_live_last_turn(g->store, g->ro->id, &seq, &g->turn_ms, e) < 0)
		return -1;
	if (seq == 0)
		return 0;
	if (g->k->pos == 0 || g->sum.turns == 0) {
		g->off = true;
		return 0;
	}
	if (st_live_dimset_at(g->store, g->ro->id, g->k->pos, &g->dimset_id, e) < 0)
		return -1;
	cell(g, g->turn_ms, g->dimset_id, -1);
	return 0;
}

int
gain_begin(struct gain *g, struct store *s, const struct st_rollout *ro, struct gain_kept *k,
    bool resumed, struct err *e)
{
	int rc;

	g->store = s;
	g->ro = ro;
	g->k = k;
	g->resumed = resumed;
	g->events_seen = ro->events_seen;
	g->turn_ms = -1;
	st_thread_sum_init(&g->sum, ro->thread_id);
	if (!resumed)
		return 0;
	if ((rc = st_thread_sum_load(s, ro->thread_id, &g->sum, e)) < 0)
		return -1;
	g->off = rc == 0 || ro->own_line != 1;
	return g->off ? 0 : recall_turn(g, e);
}

void
gain_turn(struct gain *g, const struct st_place *p)
{
	close_turn(g);
	g->sum.turns++;
	g->turn_ms = p->ts_ms;
	g->k->own = g->k->first = false;
}

int
gain_usage(struct gain *g, const struct st_place *p, const struct record *rec,
    const struct st_usage_more *more, struct err *e)
{
	const struct rec_usage *u = &rec->usage;
	struct st_limit_line x = {
		.set_id = more->limit_set_id, .home_id = g->ro->home_id, .ts_ms = p->ts_ms
	};

	if (rec->turn_seq > 0 && !g->k->own) { /* the first usage line of a turn */
		g->k->first = g->k->pos == 0 && rec->turn_seq > 1;
		g->k->own = true;
		g->k->pos = p->pos;
		g->dimset_id = more->judged.dimset_id;
	}
	if (g->off)
		return 0;
	st_thread_sum_fill(&g->sum, u->window, u->has_last ? u->last.total : -1);
	if (!rec->limits.present)
		return 0;
	for (int i = 0; i < 2; i++) {
		const struct rec_window *w = &rec->limits.window[i];

		x.has[i] = w->present;
		x.percent[i] = w->used_percent;
		x.resets_ms[i] = w->resets_at_s < 0 ? -1 : w->resets_at_s * 1000;
	}
	return st_limit_add(g->store, &g->keys, true, &x, &g->sum.spans, e);
}

void
gain_move(struct gain *g, int64_t pos, int64_t dimset_id)
{
	if (pos != g->k->pos)
		return;
	g->dimset_id = dimset_id;
	if (g->resumed && g->k->first)
		g->off = true; /* turns that were counted move as well */
}

void
gain_message(struct gain *g, const struct record *rec)
{
	const struct rec_message *m = &rec->message;

	if (m->origin != ORIGIN_RESPONSE)
		g->events++;
	else if (m->is_prompt || str_eqz(m->role, "assistant"))
		g->items++;
}

void
gain_compaction(struct gain *g)
{
	g->sum.compactions++;
}

int
gain_end(struct gain *g, int64_t calls, int64_t failures, struct err *e)
{
	const struct st_rollout *ro = g->ro;
	struct st_thread_sum *t = &g->sum;

	close_turn(g);
	st_turn_cells_merge(t);
	t->messages += ro->events_seen ? g->events : g->items;
	t->calls += calls;
	t->failures += failures;
	t->home_id = ro->home_id;
	t->first_ms = ro->first_ms;
	t->last_ms = ro->last_ms;
	/* without these they are found elsewhere; and messages may be told in another way now */
	if (g->off || t->first_ms < 0 || t->last_ms < 0 || (t->turns > 0 && g->k->pos == 0) ||
	    (g->resumed && g->events_seen != ro->events_seen))
		return 0;
	if (st_live_first_dimset(g->store, ro->id, &t->dimset_id, e) < 0)
		return -1;
	if (t->dimset_id == 0)
		return 0;
	return st_thread_sum_put(g->store, t, g->resumed, e) < 0 ? -1 : 1;
}

void
gain_clear(struct gain *g)
{
	if (g == NULL)
		return;
	st_thread_sum_clear(&g->sum);
	free(g->keys.p);
}
