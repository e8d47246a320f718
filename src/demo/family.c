#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/copy.h"
#include "demo/family.h"
#include "demo/tool.h"

#define AGENTS_MAX 4

void
family_mark(const struct thread *t, struct mark *m)
{
	*m = (struct mark){ .ordinal = t->ordinal,
		.bytes = t->written,
		.context = t->context,
		.total = t->total,
		.thread_total = t->thread_total };
}

/* The counters of T go on from M. */
static void
based(struct thread *t, const struct mark *m)
{
	t->ordinal = m->ordinal;
	t->context = m->context;
	t->total = m->total;
	t->thread_total = m->thread_total;
}

void
family_fork(const struct thread *parent, const struct mark *m, struct thread *child, int64_t n,
    enum place place, int64_t shift_ms)
{
	struct origin from = { .forked_from = parent->id,
		.base_thread = parent->id,
		.base_ordinal = m->ordinal,
		.base_bytes = m->bytes };

	clock_pass(&parent->g->clock, 30000);
	cur_init(parent->g, child);
	child->project = parent->project;
	child->model = parent->model;
	child->effort = parent->effort;
	child->place = place;
	child->name_shift_ms = shift_ms;
	based(child, m);
	thread_open(child, true);
	turn_first(child, &from, n);
}

void
family_revert(struct thread *t, const struct mark *m, int64_t n)
{
	struct origin from = {
		.base_thread = t->id, .base_ordinal = m->ordinal, .base_bytes = m->bytes
	};
	char page[ID_SIZE];

	thread_close(t);
	clock_pass(&t->g->clock, 20000);
	clock_uuid7(&t->g->clock, &t->g->rng, page);
	thread_open_page(t, page);
	based(t, m);
	turn_first(t, &from, n);
}

/* A thread below T with SOURCE (JSON). */
static void
below(struct thread *t, struct thread *child, const char *source)
{
	cur_init(t->g, child);
	memcpy(child->root, t->root[0] == '\0' ? t->id : t->root, ID_SIZE);
	memcpy(child->root_turn, t->root_turn, ID_SIZE);
	memcpy(child->parent, t->id, ID_SIZE);
	child->source = source;
	child->project = t->project;
	child->originator = t->originator;
	child->model = t->model;
	child->effort = "medium";
}

static char *
spawn_source(const struct thread *t, const char *nickname, const char *path)
{
	return xasprintf("{\"subagent\":{\"thread_spawn\":{\"parent_thread_id\":\"%s\","
			 "\"depth\":1,\"agent_path\":\"%s\",\"agent_nickname\":\"%s\","
			 "\"agent_role\":null}}}",
	    t->id, path, nickname);
}

static void
activity(struct thread *t, const char *id, const char *kind, const struct thread *child)
{
	struct gen *g = t->g;
	bool started = strcmp(kind, "started") == 0;

	cur_item(t);
	TMPL(&g->line,
	    "{'type':'SubAgentActivity','model':%,'reasoning_effort':%,'id':'%%','kind':%,"
	    "'agent_thread_id':%,'agent_path':%}",
	    S(started ? child->model : NULL), S(started ? child->effort : NULL),
	    R(started ? "call_" : "subagent-completed-"), R(id), S(kind), S(child->id),
	    S(child->agent_path));
	cur_item_end(t, 0);
}

/* A message of one agent to another in T. */
static void
agent_message(struct thread *t, const char *from, const char *to, bool triggers)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	LINE(t, "inter_agent_communication_metadata", "{'trigger_turn':%}", B(triggers));
	clock_uuid7(&g->clock, &g->rng, id);
	sbuf_reset(&g->text);
	words_sentence(&g->text, &g->rng);
	line_begin(t, "response_item");
	TMPL(&g->line,
	    "{'type':'agent_message','id':'amsg_%','author':%,'recipient':%,'content':"
	    "[{'type':'input_text','text':%}]",
	    R(id), S(from), S(to), SV(tmpl_view(&g->text)));
	cur_item_meta(t, true, "");
}

/* The response in which T calls N functions NAME with ARGUMENTS, up to its record. */
static void
calls(struct thread *t, int64_t n, const char *name, const char *arguments, char ids[][ID_SIZE],
    struct usage *u)
{
	char response[ID_SIZE];

	t->sampled = t->sequence;
	clock_pass(&t->g->clock, 8000);
	for (int64_t i = 0; i < n; i++)
		tool_function(t, name, "collaboration", arguments, ids[i]);
	*u = thread_invent(t, 250);
	cur_record(t, u, response);
}

static void
counted(struct thread *t, const struct usage *u)
{
	thread_count(t, u);
	cur_count(t);
}

static void
begin(struct thread *t)
{
	clock_pass(&t->g->clock, 60000);
	cur_start(t);
	cur_context(t);
	cur_user(t);
}

void
family_agents(struct thread *t, int64_t n)
{
	struct thread child[AGENTS_MAX];
	char ids[AGENTS_MAX][ID_SIZE], *sources[AGENTS_MAX], *paths[AGENTS_MAX];
	struct usage u;

	begin(t);
	calls(t, n, "spawn_agent", "{\"message\":\"gAAAA\",\"task_name\":\"part\"}", ids, &u);
	for (int64_t i = 0; i < n; i++) {
		const char *nickname = words_nickname(&t->g->rng);

		paths[i] = xasprintf("/root/part_%" PRId64, i);
		sources[i] = spawn_source(t, nickname, paths[i]);
		below(t, &child[i], sources[i]);
		child[i].nickname = nickname;
		child[i].agent_path = paths[i];
		activity(t, ids[i], "started", &child[i]);
		tool_function_output(t, ids[i], "{\"task_name\":\"/root/part\"}");
	}
	counted(t, &u);
	calls(t, 1, "wait_agent", "{\"timeout_ms\":30000}", ids, &u);
	for (int64_t i = 0; i < n; i++) {
		thread_open(&child[i], true);
		turn_first(&child[i], NULL, rng_between(&t->g->rng, 2, 5));
		thread_close(&child[i]);
	}
	for (int64_t i = 0; i < n; i++)
		activity(t, child[i].id, "completed", &child[i]);
	cur_item(t);
	TMPL(&t->g->line,
	    "{'type':'CollabAgentToolCall','id':'call_%','tool':'wait','status':'completed',"
	    "'sender_thread_id':%,'receiver_thread_ids':[],'receiver_agents':[],"
	    "'agents_states':{}}",
	    R(ids[0]), S(t->id));
	cur_item_end(t, 900);
	tool_function_output(t, ids[0], "{\"message\":\"Wait completed.\",\"timed_out\":false}");
	counted(t, &u);
	for (int64_t i = 0; i < n; i++)
		agent_message(t, paths[i], "/root", false);
	turn_responses(t, 2);
	cur_complete(t, NULL);
	for (int64_t i = 0; i < n; i++) {
		thread_free(&child[i]);
		free(sources[i]);
		free(paths[i]);
	}
}

void
family_agent_with_context(struct thread *t)
{
	struct gen *g = t->g;
	struct thread child;
	struct origin from = { .forked_from = t->id };
	char ids[1][ID_SIZE], *source = spawn_source(t, "Aspen", "/root/part_0");
	struct usage u;
	int64_t bytes;

	begin(t);
	calls(t, 1, "spawn_agent", "{\"message\":\"gAAAA\",\"fork_turns\":\"all\"}", ids, &u);
	bytes = t->written;
	below(t, &child, source);
	child.nickname = "Aspen";
	child.agent_path = "/root/part_0";
	child.context = t->context;
	activity(t, ids[0], "started", &child);
	tool_function_output(t, ids[0], "{\"task_name\":\"/root/part_0\"}");
	counted(t, &u);
	thread_open(&child, true);
	from.start_ordinal = copy_lines(t, bytes, COPY_CONTEXT, NULL) + 2;
	cur_meta(&child, &from);
	(void)copy_lines(t, bytes, COPY_CONTEXT, &child); /* counted above */
	memcpy(child.turn, t->turn, ID_SIZE);
	cur_abort(&child); /* the parent's turn, closed in the copy */
	cur_settings(&child);
	cur_start(&child);
	cur_world(&child);
	cur_context(&child);
	agent_message(&child, "/root", "/root/part_0", true);
	turn_responses(&child, 3);
	cur_complete(&child, NULL);
	thread_close(&child);
	thread_free(&child);
	activity(t, child.id, "completed", &child);
	agent_message(t, "/root/part_0", "/root", false);
	turn_responses(t, 1);
	cur_complete(t, NULL);
	clock_pass(&g->clock, 1000);
	free(source);
}

void
family_review(struct thread *t)
{
	struct gen *g = t->g;
	struct thread child;
	char id[ID_SIZE];

	clock_pass(&g->clock, 30000);
	clock_uuid7(&g->clock, &g->rng, id);
	cur_item(t);
	TMPL(&g->line,
	    "{'type':'EnteredReviewMode','id':%,'target':{'type':'uncommittedChanges'},"
	    "'user_facing_hint':'current changes'}",
	    S(id));
	cur_item_end(t, 0);
	cur_start(t);
	below(t, &child, "{\"subagent\":\"review\"}");
	thread_open(&child, true);
	turn_first(&child, NULL, rng_between(&g->rng, 2, 4));
	thread_close(&child);
	thread_free(&child);
	clock_uuid7(&g->clock, &g->rng, id);
	cur_item(t);
	TMPL(&g->line,
	    "{'type':'ExitedReviewMode','id':%,'review_output':{'findings':[],"
	    "'overall_correctness':'patch is correct','overall_explanation':%,"
	    "'overall_confidence_score':0.8}}",
	    S(id), S(child.answer));
	cur_item_end(t, 0);
	memcpy(t->answer, child.answer, sizeof(t->answer));
	cur_complete(t, NULL);
}

void
family_guardian(struct thread *t)
{
	struct origin from = { .thread_source = "guardian_review" };
	struct thread child;

	below(t, &child, "{\"subagent\":{\"other\":\"guardian\"}}");
	child.model = "codex-auto-review";
	thread_open(&child, true);
	turn_first(&child, &from, 1);
	thread_close(&child);
	thread_free(&child);
}
