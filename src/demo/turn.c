#include "base/compat.h"

#include "demo/tool.h"
#include "demo/turn.h"

#define CALLS_MAX 6  /* in one response */
#define TYPICAL 6300 /* bytes of rollout for a response */
#define LARGE_MIN 66000
#define LARGE_ROOM 400000 /* what must be left for a large line */

int64_t
turn_left(const struct gen *g)
{
	return g->o->bytes - g->bytes - g->reserve;
}

/* Whether the profile wants a large line now: one of twenty. */
static bool
want_large(const struct gen *g)
{
	return g->o->profile == DEMO_REAL && !g->modest && g->large * 20 <= g->lines &&
	       turn_left(g) > LARGE_ROOM;
}

/* Whether the profile wants more of encrypted reasoning: three bytes of five. */
static bool
want_secret(const struct gen *g)
{
	return g->secret * 5 < g->bytes * 3;
}

static size_t
secret_bytes(struct gen *g)
{
	if (g->modest)
		return (size_t)rng_between(&g->rng, 80, 300);
	if (g->o->profile != DEMO_REAL)
		return (size_t)rng_between(&g->rng, 200, 800);
	if (want_secret(g) && want_large(g))
		return (size_t)rng_between(&g->rng, LARGE_MIN, LARGE_MIN * 4 / 3);
	if (want_secret(g))
		return (size_t)rng_between(&g->rng, 2000, 12000);
	return (size_t)rng_between(&g->rng, 200, 900);
}

static size_t
output_bytes(struct gen *g)
{
	int64_t behind;

	if (g->o->profile == DEMO_TINY || g->modest)
		return (size_t)rng_between(&g->rng, 60, 700);
	if (g->o->profile == DEMO_REAL) {
		if (!want_secret(g) && want_large(g))
			return (size_t)rng_between(&g->rng, LARGE_MIN, LARGE_MIN * 5 / 3);
		return (size_t)rng_between(&g->rng, 60, 1500);
	}
	behind = ((g->truth.total.responses + 1) * TYPICAL - g->bytes) / 20;
	behind = behind < 80 ? 80 : behind > 6000 ? 6000 : behind;
	return (size_t)rng_between(&g->rng, behind / 3, behind * 5 / 3);
}

static enum tool_kind
some_tool(struct rng *r)
{
	int64_t n = rng_below(r, 100);

	return n < 72   ? TOOL_COMMAND
	       : n < 88 ? TOOL_PATCH
	       : n < 93 ? TOOL_PLAN
	       : n < 96 ? TOOL_MCP
	       : n < 98 ? TOOL_WEB
			: TOOL_IMAGE;
}

/* A response of T, which answers when FINAL, and calls N tools of KINDS. */
static void
respond(struct thread *t, bool final, const enum tool_kind *kinds, size_t n)
{
	struct gen *g = t->g;
	struct tool calls[CALLS_MAX];
	struct usage u;
	char id[ID_SIZE];

	t->sampled = t->sequence;
	clock_pass(&g->clock, rng_between(&g->rng, 2500, 24000));
	if (rng_chance(&g->rng, 60) || want_large(g) ||
	    (g->o->profile == DEMO_REAL && want_secret(g)))
		cur_reasoning(t, secret_bytes(g));
	if (final || rng_chance(&g->rng, 20))
		cur_agent(t, final);
	for (size_t i = 0; i < n; i++)
		tool_call(t, kinds[i], &calls[i]);
	u = thread_invent(t, 420);
	cur_record(t, &u, id);
	for (size_t i = 0; i < n; i++) {
		size_t bytes = output_bytes(g);

		tool_output(
		    t, &calls[i], bytes, rng_chance(&g->rng, g->o->profile == DEMO_REAL ? 60 : 4));
	}
	thread_count(t, &u);
	cur_count(t);
}

void
turn_response(struct thread *t, bool final)
{
	struct rng *r = &t->g->rng;
	enum tool_kind kinds[3];
	size_t n = final ? 0 : rng_chance(r, 15) ? (size_t)rng_between(r, 2, 3) : 1;

	for (size_t i = 0; i < n; i++)
		kinds[i] = some_tool(r);
	respond(t, final, kinds, n);
}

void
turn_tools(struct thread *t)
{
	static const enum tool_kind every[CALLS_MAX] = { TOOL_COMMAND, TOOL_PATCH, TOOL_PLAN,
		TOOL_MCP, TOOL_WEB, TOOL_IMAGE };

	respond(t, false, every, CALLS_MAX);
}

static void
compacted(struct thread *t, const char *response)
{
	struct gen *g = t->g;
	char old[ID_SIZE];

	memcpy(old, t->window, ID_SIZE);
	clock_uuid7(&g->clock, &g->rng, t->window);
	line_begin(t, "compacted");
	TMPL(&g->line,
	    "{'message':%,'replacement_history':[{'type':'additional_tools','role':'developer',"
	    "'tools':%},{'type':'message','role':'developer','content':[{'type':'input_text',"
	    "'text':%}]},{'type':'message','role':'user','content':[{'type':'input_text',"
	    "'text':%}]}],",
	    SV(tmpl_view(&g->outer)), RV(tmpl_view(&g->tools)), RV(tmpl_view(&g->instructions)),
	    SV(tmpl_view(&g->outer)));
	TMPL(&g->line,
	    "'replacement_history_metadata':[],'retained_context':{'verified_answers':[],"
	    "'incomplete':false,'user_messages':[],'next_order':%},'window_number':%,"
	    "'first_window_id':%,'previous_window_id':%,'window_id':%,"
	    "'compaction_response_id':'resp_%',",
	    I(t->order), I(++t->windows), S(t->first_window), S(old), S(t->window), R(response));
	/* trap: a copy of a record that stands in the file already */
	TMPL(&g->line,
	    "'latest_token_usage_record':{'thread_id':%,'turn_id':%,'session_id':%,"
	    "'root_turn_id':%,'response_id':'resp_%','usage':%,'turn_token_usage':%,"
	    "'thread_token_usage':%},'resume_metadata':{'multi_agent_version':'v2',"
	    "'last_started_turn_id':%}}",
	    S(t->id), S(t->turn), S(t->root[0] == '\0' ? t->id : t->root), S(t->root_turn),
	    R(response), U(&t->record, 1), U(&t->turn_total, 1), U(&t->thread_total, 1),
	    S(t->turn));
	line_end(t);
}

void
turn_compact(struct thread *t)
{
	struct gen *g = t->g;
	struct usage u;
	char id[ID_SIZE], item[ID_SIZE];

	if (t->total.input > 0)
		cur_count(t); /* once more */
	clock_pass(&g->clock, 15000);
	u = thread_invent(t, 1800);
	cur_record(t, &u, id);
	thread_count(t, &u);
	cur_count(t);
	sbuf_reset(&g->outer);
	words_prose(&g->outer, &g->rng, 400);
	compacted(t, id);
	cur_world(t);
	cur_context(t);
	cur_settings(t);
	t->context = rng_between(&g->rng, 11000, 15000);
	t->cached = 0;
	cur_count_estimate(t, &t->total, t->context);
	clock_uuid7(&g->clock, &g->rng, item);
	cur_item(t);
	TMPL(&g->line, "{'type':'ContextCompaction','id':%}", S(item));
	cur_item_end(t, 15000);
}

void
turn_responses(struct thread *t, int64_t n)
{
	for (int64_t i = 1; i < n && (t->g->modest || turn_left(t->g) > 12000); i++) {
		turn_response(t, false);
		if (t->context > t->room * 9 / 10)
			turn_compact(t);
	}
	turn_response(t, true);
}

void
turn_first(struct thread *t, const struct origin *from, int64_t n)
{
	cur_meta(t, from);
	if (from != NULL && from->base_thread != NULL)
		cur_settings(t);
	cur_start(t);
	if (from == NULL || from->base_thread == NULL)
		cur_preamble(t);
	cur_context(t);
	cur_settings(t);
	cur_user(t);
	turn_responses(t, n);
	cur_complete(t, NULL);
}

void
turn_more(struct thread *t, int64_t n)
{
	clock_pass(&t->g->clock, rng_between(&t->g->rng, 20000, 400000));
	if (rng_chance(&t->g->rng, 40))
		cur_settings(t);
	cur_start(t);
	cur_context(t);
	cur_user(t);
	turn_responses(t, n);
	cur_complete(t, NULL);
}
