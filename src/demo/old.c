#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/old.h"

static const struct era eras[] = {
	[ERA_BARE] = { .version = "0.20.0", .date = "2025-05-10T08:30:00Z", .shell = "shell" },
	[ERA_034] = { .version = "0.34.0",
	    .date = "2025-09-10T07:00:00Z",
	    .counts = 1,
	    .shell = "shell",
	    .limits = LIMITS_NONE,
	    .room = 272000 },
	[ERA_036] = { .version = "0.36.0",
	    .date = "2025-09-19T12:00:00Z",
	    .model = "gpt-5-codex",
	    .counts = 1,
	    .context_each = true,
	    .restarts = true,
	    .shell = "shell",
	    .limits = LIMITS_NONE,
	    .room = 272000 },
	[ERA_047] = { .version = "0.47.0",
	    .date = "2025-10-20T09:00:00Z",
	    .model = "gpt-5-codex",
	    .counts = 2,
	    .uuid7 = true,
	    .context_each = true,
	    .restarts = true,
	    .shell = "shell",
	    .limits = LIMITS_SECONDS,
	    .room = 272000 },
	[ERA_063] = { .version = "0.63.0",
	    .date = "2025-11-24T13:00:00Z",
	    .model = "gpt-5.1-codex-max",
	    .counts = 2,
	    .uuid7 = true,
	    .context_each = true,
	    .restarts = true,
	    .provider = true,
	    .shell = "shell",
	    .limits = LIMITS_063,
	    .room = 258400 },
	[ERA_077] = { .version = "0.77.0",
	    .date = "2026-01-12T09:00:00Z",
	    .model = "gpt-5.2-codex",
	    .counts = 2,
	    .uuid7 = true,
	    .context_each = true,
	    .restarts = true,
	    .provider = true,
	    .shell = "shell",
	    .limits = LIMITS_077,
	    .room = 258400 },
	[ERA_098] = { .version = "0.98.0",
	    .date = "2026-02-12T10:00:00Z",
	    .model = "gpt-5.3-codex",
	    .counts = 2,
	    .uuid7 = true,
	    .context_each = true,
	    .base_instructions = true,
	    .provider = true,
	    .shell = "exec_command",
	    .limits = LIMITS_077,
	    .room = 258400 },
	[ERA_117] = { .version = "0.117.0",
	    .date = "2026-04-02T08:00:00Z",
	    .model = "gpt-5.4",
	    .counts = 2,
	    .uuid7 = true,
	    .turn_ids = true,
	    .base_instructions = true,
	    .provider = true,
	    .shell = "exec_command",
	    .limits = LIMITS_117,
	    .room = 258400 },
	[ERA_140] = { .version = "0.140.0",
	    .date = "2026-06-16T09:00:00Z",
	    .model = "gpt-5.5",
	    .counts = 1,
	    .uuid7 = true,
	    .turn_ids = true,
	    .base_instructions = true,
	    .provider = true,
	    .shell = "exec_command",
	    .limits = LIMITS_140,
	    .room = 258400 },
};

void
old_init(struct gen *g, struct thread *t, enum era_name name, int64_t day)
{
	const struct era *era = &eras[name];
	int64_t ms = 0,
		latest = g->clock.start_ms - (ERA_140 + 1 - (int64_t)name) * 10 * CIVIL_DAY_MS;

	(void)civil_parse_instant(str_of(era->date), &ms); /* it is a good one */
	ms = (ms > latest ? latest : ms) + day * CIVIL_DAY_MS;
	if (ms > g->clock.ms)
		g->clock.ms = ms;
	clock_pass(&g->clock, 60000);
	thread_init(g, t);
	if (!era->uuid7)
		clock_uuid4(&g->rng, t->id);
	t->era = era;
	t->ordinal = -1;
	t->version = era->version;
	t->model = era->model;
	t->limits = era->limits;
	t->room = era->room;
	t->with_write = false;
	if (strstr(t->source, "cli") != NULL)
		t->originator = name >= ERA_140 ? "codex-tui" : "codex_cli_rs";
}

void
old_meta(struct thread *t, const char *forked_from)
{
	const struct project *p = t->project;
	struct sbuf *b = &t->g->line;
	char when[32];

	line_begin(t, "session_meta");
	TMPL(b, "{'id':%", S(t->id));
	if (forked_from != NULL)
		TMPL(b, ",'forked_from_id':%", S(forked_from));
	TMPL(b, ",'timestamp':%,'cwd':%,'originator':%,'cli_version':%",
	    S(time_text(t->first_ms, when)), S(p->cwd), S(t->originator), S(t->version));
	if (!t->era->base_instructions)
		TMPL0(b, ",'instructions':null");
	if (t->era->uuid7)
		TMPL(b, ",'source':%", R(t->source));
	if (t->era->limits >= LIMITS_140)
		TMPL(b, ",'thread_source':%", S(t->nickname == NULL ? "user" : "subagent"));
	if (t->nickname != NULL)
		TMPL(b, ",'agent_nickname':%", S(t->nickname));
	if (t->era->provider)
		TMPL0(b, ",'model_provider':'openai'");
	if (t->era->base_instructions)
		TMPL(b, ",'base_instructions':{'text':%}", RV(tmpl_view(&t->g->instructions)));
	if (p->repository != NULL)
		TMPL(b, ",'git':{'commit_hash':%,'branch':%,'repository_url':%}", S(p->commit),
		    S(p->branch), S(p->repository));
	TMPL0(b, "}");
	line_end(t);
}

void
old_begin(struct thread *t, const char *forked_from)
{
	thread_open(t, true);
	old_meta(t, forked_from);
}

static void
message(struct thread *t, const char *role, struct str text)
{
	LINE(t, "response_item", "{'type':'message','role':%,'content':[{'type':%,'text':%}]}",
	    S(role), S(strcmp(role, "assistant") == 0 ? "output_text" : "input_text"), SV(text));
}

void
old_preamble(struct thread *t)
{
	struct gen *g = t->g;

	sbuf_reset(&g->text);
	sbuf_addf(&g->text,
	    "<environment_context>\n  <cwd>%s</cwd>\n  <approval_policy>on-request"
	    "</approval_policy>\n  <sandbox_mode>workspace-write</sandbox_mode>\n"
	    "</environment_context>",
	    t->project->cwd);
	message(t, "user", tmpl_view(&g->text));
}

void
old_context(struct thread *t)
{
	struct sbuf *b = &t->g->line;

	if (t->model == NULL)
		return;
	line_begin(t, "turn_context");
	TMPL0(b, "{");
	if (t->era->turn_ids)
		TMPL(b, "'turn_id':%,", S(t->turn));
	TMPL(b, "'cwd':%,'approval_policy':'on-request','sandbox_policy':{%:'workspace-write'},",
	    S(t->project->cwd), S(t->era->provider ? "type" : "mode"));
	TMPL(b, "'model':%", S(t->model));
	if (t->effort != NULL)
		TMPL(b, ",'effort':%", S(t->effort));
	TMPL0(b, ",'summary':'auto'}");
	line_end(t);
}

static void
limits(struct thread *t)
{
	/* 0.36 had no such member */
	if (t->era->limits != LIMITS_NONE || t->model == NULL) {
		TMPL0(&t->g->line, ",'rate_limits':");
		limits_write(&t->g->limits, t->g->clock.ms, t->limits, &t->g->line);
	}
	TMPL0(&t->g->line, "}");
	line_end(t);
}

void
old_count(struct thread *t)
{
	line_begin(t, "event_msg");
	if (!t->told)
		TMPL0(&t->g->line, "{'type':'token_count','info':null");
	else
		TMPL(&t->g->line,
		    "{'type':'token_count','info':{'total_token_usage':%,'last_token_usage':%,"
		    "'model_context_window':%}",
		    U(&t->total, 0), U(&t->last, 0), I(t->room));
	limits(t);
}

void
old_count_estimate(struct thread *t, int64_t estimate)
{
	line_begin(t, "event_msg");
	TMPL(&t->g->line,
	    "{'type':'token_count','info':{'total_token_usage':%,'last_token_usage':"
	    "{'input_tokens':0,'cached_input_tokens':0,'output_tokens':0,"
	    "'reasoning_output_tokens':0,'total_tokens':%},'model_context_window':%}",
	    U(&t->total, 0), I(estimate), I(t->room));
	t->last = (struct usage){ 0 };
	limits(t);
}

void
old_ask(struct thread *t)
{
	struct gen *g = t->g;
	char *text;

	clock_pass(&g->clock, rng_between(&g->rng, 30000, 200000));
	if (t->era->turn_ids) {
		clock_uuid7(&g->clock, &g->rng, t->turn);
		LINE(t, "event_msg",
		    "{'type':'task_started','turn_id':%,'model_context_window':%,"
		    "'collaboration_mode_kind':'default'}",
		    S(t->turn), I(t->room));
	}
	sbuf_reset(&g->text);
	words_prompt(&g->text, &g->rng);
	text = xstrndup(g->text.buf, g->text.len);
	message(t, "user", str_of(text));
	LINE(t, "event_msg", "{'type':'user_message','message':%,'images':[]}", S(text));
	free(text);
	if (!t->era->context_each)
		old_context(t);
}

static void
output_text(struct thread *t, const char *command, const char *wall)
{
	struct gen *g = t->g;

	sbuf_reset(&g->text);
	sbuf_reset(&g->outer);
	words_output(&g->text, &g->rng, (size_t)rng_between(&g->rng, 40, 500), false);
	if (!t->era->provider)
		TMPL(&g->outer, "{'output':%,'metadata':{'exit_code':0,'duration_seconds':%}}",
		    SV(tmpl_view(&g->text)), R(wall));
	else if (!t->era->base_instructions)
		sbuf_addf(&g->outer, "Exit code: 0\nWall time: %s seconds\nOutput:\n%s", wall,
		    g->text.buf);
	else {
		if (t->era->limits == LIMITS_117)
			sbuf_addf(&g->outer, "Command: /bin/bash -lc '%s'\n", command);
		sbuf_addf(&g->outer,
		    "Chunk ID: 6fe110\nWall time: %s seconds\nProcess exited with code 0\n"
		    "Original token count: 15\nOutput:\n%s",
		    wall, g->text.buf);
	}
}

static void
call(struct thread *t, const struct command *command, const char *id)
{
	struct gen *g = t->g;

	sbuf_reset(&g->outer);
	if (t->era->base_instructions)
		TMPL(&g->outer, "{'cmd':%,'yield_time_ms':5000}", S(command->text));
	else
		TMPL(
		    &g->outer, "{'command':['bash','-lc',%],'timeout_ms':10000}", S(command->text));
	LINE(t, "response_item",
	    "{'type':'function_call','name':%,'arguments':%,'call_id':'call_%'}", S(t->era->shell),
	    SV(tmpl_view(&g->outer)), R(id));
}

void
old_response(struct thread *t, bool final)
{
	struct gen *g = t->g;
	const struct command *command = words_command(&g->rng);
	struct usage u;
	char id[ID_SIZE];

	clock_uuid4(&g->rng, id);
	clock_pass(&g->clock, rng_between(&g->rng, 3000, 20000));
	if (t->era->context_each)
		old_context(t);
	if (t->era->counts == 2)
		old_count(t); /* when the headers came: the counters of before */
	sbuf_reset(&g->text);
	words_sentence(&g->text, &g->rng);
	LINE(t, "event_msg", "{'type':'agent_reasoning','text':%}", SV(tmpl_view(&g->text)));
	sbuf_reset(&g->outer);
	words_secret(&g->outer, &g->rng, (size_t)rng_between(&g->rng, 100, 600));
	LINE(t, "response_item",
	    "{'type':'reasoning','summary':[{'type':'summary_text','text':%}],'content':null,"
	    "'encrypted_content':%}",
	    SV(tmpl_view(&g->text)), SV(tmpl_view(&g->outer)));
	if (final) {
		sbuf_reset(&g->text);
		words_sentence(&g->text, &g->rng);
		(void)snprintf(t->answer, sizeof(t->answer), "%s", g->text.buf);
		LINE(t, "event_msg", "{'type':'agent_message','message':%}", S(t->answer));
		message(t, "assistant", str_of(t->answer));
	} else
		call(t, command, id);
	u = thread_invent(t, 350);
	thread_spend(t, &u);
	thread_count(t, &u);
	t->told = true;
	if (t->era->counts == 2)
		old_count(t);
	if (!final) {
		output_text(t, command->text, "0.4");
		clock_pass(&g->clock, 400);
		LINE(t, "response_item",
		    "{'type':'function_call_output','call_id':'call_%','output':%}", R(id),
		    SV(tmpl_view(&g->outer)));
		t->context += 300;
	}
	if (t->era->counts == 1)
		old_count(t);
}

void
old_end(struct thread *t)
{
	if (t->era->turn_ids)
		LINE(t, "event_msg", "{'type':'task_complete','turn_id':%,'last_agent_message':%}",
		    S(t->turn), S(t->answer));
}

void
old_turn(struct thread *t, int64_t n)
{
	old_ask(t);
	for (int64_t i = 1; i < n; i++)
		old_response(t, false);
	old_response(t, true);
	old_end(t);
}

void
old_resume(struct thread *t)
{
	clock_pass(&t->g->clock, 600000);
	if (t->era->restarts) {
		t->told = false;
		t->total = (struct usage){ 0 };
	}
}
