#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/cur.h"

void
cur_init(struct gen *g, struct thread *t)
{
	thread_init(g, t);
}

static void
git(struct sbuf *b, const struct project *p)
{
	if (p->repository != NULL)
		TMPL(b, ",'git':{'commit_hash':%,'branch':%,'repository_url':%}", S(p->commit),
		    S(p->branch), S(p->repository));
}

void
cur_meta(struct thread *t, const struct origin *from)
{
	static const struct origin nowhere;
	struct sbuf *b = &t->g->line;
	const char *cwd = t->project->cwd, *source;
	char when[32];

	if (from == NULL)
		from = &nowhere;
	source = from->thread_source != NULL ? from->thread_source
		 : t->parent[0] != '\0'      ? "subagent"
					     : "user";
	line_begin(t, "session_meta");
	TMPL(b, "{'account_scoped':true,'session_id':%,'id':%",
	    S(t->root[0] == '\0' ? t->id : t->root), S(t->id));
	if (from->forked_from != NULL)
		TMPL(b, ",'forked_from_id':%", S(from->forked_from));
	if (from->forked_from != NULL && from->base_thread != NULL)
		TMPL(b, ",'forked_from_ordinal_exclusive':%", I(from->base_ordinal));
	if (t->parent[0] != '\0')
		TMPL(b, ",'parent_thread_id':%", S(t->parent));
	TMPL(b,
	    ",'timestamp':%,'cwd':%,'runtime_workspace_roots':[%],'originator':%,'cli_version':%,"
	    "'source':%,'thread_source':%",
	    S(time_text(t->first_ms, when)), S(cwd), S(cwd), S(t->originator), S(t->version),
	    R(t->source), S(source));
	if (t->nickname != NULL)
		TMPL(b, ",'agent_nickname':%,'agent_path':%", S(t->nickname), S(t->agent_path));
	/* trap: the model in provenance is not the session's */
	TMPL(b, ",'model_provider':'openai','base_instructions':{'text':%,'provenance':%}",
	    RV(tmpl_view(&t->g->instructions)), R("{\"type\":\"model\",\"model\":\"gpt-6-sol\"}"));
	TMPL0(b, ",'history_mode':'paginated'");
	if (from->base_thread != NULL)
		TMPL(b,
		    ",'history_base':{'thread_id':%,'end_ordinal_exclusive':%,"
		    "'end_byte_offset':%}",
		    S(from->base_thread), I(from->base_ordinal), I(from->base_bytes));
	if (from->start_ordinal > 0)
		TMPL(b, ",'subagent_history_start_ordinal':%", I(from->start_ordinal));
	TMPL(b, ",'multi_agent_version':'v2','context_window':{'window_id':%}", S(t->window));
	git(b, t->project);
	TMPL0(b, "}");
	line_end(t);
}

void
cur_start(struct thread *t)
{
	struct gen *g = t->g;
	const char *trigger = strstr(t->source, "exec") != NULL  ? "exec"
			      : strstr(t->source, "cli") != NULL ? "user"
								 : NULL;

	clock_uuid7(&g->clock, &g->rng, t->turn);
	if (t->root[0] == '\0')
		memcpy(t->root_turn, t->turn, ID_SIZE);
	t->turn_ms = g->clock.ms;
	t->turn_total = (struct usage){ 0 };
	LINE(t, "event_msg",
	    "{'type':'task_started','turn_attribution':{'turn_id':%,'turn_trigger':%,"
	    "'parent_turn_id':%,'initiating_agent_path':null,'root_turn_id':%},'turn_id':%,"
	    "'root_turn_id':%,'started_at':%,'model_context_window':%,"
	    "'collaboration_mode_kind':'default'}",
	    S(t->turn), S(trigger), S(t->root[0] == '\0' ? NULL : t->root_turn), S(t->root_turn),
	    S(t->turn), S(t->root_turn), I(g->clock.ms / 1000), I(t->room));
}

static void
passthrough(struct thread *t, bool timed)
{
	struct gen *g = t->g;

	TMPL(&g->line, ",'internal_chat_message_metadata_passthrough':{'turn_id':%", S(t->turn));
	if (timed)
		TMPL(&g->line, ",'create_time':%.%", I(g->clock.ms / 1000),
		    I(rng_between(&g->rng, 100000, 999999)));
}

static void
metadata(struct thread *t)
{
	TMPL(&t->g->line, ",'metadata':{'history_sequence':%,'sampled_through_sequence':%",
	    I(++t->sequence), I(t->sampled));
}

void
cur_item_meta(struct thread *t, bool timed, const char *more)
{
	passthrough(t, timed);
	TMPL0(&t->g->line, "}}");
	metadata(t);
	TMPL(&t->g->line, ",'client_authored':false%}", R(more));
	line_end(t);
}

/* metadata of a message that is kept over compactions. */
static void
retained(struct thread *t, const char *role, const char *id, const char *more)
{
	struct gen *g = t->g;
	char revision[ID_SIZE];

	clock_uuid7(&g->clock, &g->rng, revision);
	metadata(t);
	TMPL(&g->line,
	    ",'retained_source':{'id':{'message_id':'%','turn_id':%,'role':%},"
	    "'revision':'retained_%','complete':true},'client_authored':false,"
	    "'user_input_order':%%}",
	    R(id), S(t->turn), S(role), R(revision), I(t->order++), R(more));
	line_end(t);
}

void
cur_harness(struct thread *t, const char *role, struct str text, const char *kind)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid7(&g->clock, &g->rng, id);
	line_begin(t, "response_item");
	TMPL(&g->line,
	    "{'type':'message','id':'msg_%','role':%,'content':[{'type':'input_text','text':%}]",
	    R(id), S(role), RV(text));
	passthrough(t, true);
	TMPL(&g->line,
	    ",'content_item_kinds':[%],'content_item_metadata':[{'provenance':"
	    "{'type':'harness','hook':false}}]}}",
	    S(kind));
	metadata(t);
	TMPL0(&g->line, ",'client_authored':false}");
	line_end(t);
}

void
cur_preamble(struct thread *t)
{
	struct gen *g = t->g;
	char id[ID_SIZE], day[32];

	clock_uuid7(&g->clock, &g->rng, id);
	line_begin(t, "response_item");
	TMPL(&g->line, "{'type':'additional_tools','id':'at_%','role':'developer','tools':%}",
	    R(id), RV(tmpl_view(&g->tools)));
	metadata(t);
	TMPL0(&g->line, ",'client_authored':false,'mcp_attribution':{'status':'none'}}");
	line_end(t);
	cur_harness(t, "developer", tmpl_view(&g->instructions), "model.base_instructions");
	cur_harness(t, "developer", tmpl_view(&g->skills), "host_skills.instructions");
	sbuf_reset(&g->outer);
	sbuf_addf(&g->outer,
	    "<environment_context>\n  <cwd>%s</cwd>\n  <shell>bash</shell>\n"
	    "  <current_date>%.10s</current_date>\n  <timezone>%s</timezone>\n"
	    "</environment_context>",
	    t->project->cwd, time_text(g->clock.ms, day), tz_name(g->o->tz));
	sbuf_reset(&g->text);
	TMPL(&g->text, "%", SV(tmpl_view(&g->outer)));
	cur_harness(t, "user", tmpl_view(&g->text), "environments.environment_context");
	cur_world(t);
}

void
cur_world(struct thread *t)
{
	struct gen *g = t->g;
	char day[32];

	line_begin(t, "world_state");
	time_text(g->clock.ms, day);
	day[10] = '\0';
	/* trap: the model here is the one of the client's settings, not of the turn */
	TMPL(&g->line,
	    "{'full':true,'state':{'agents_md':{},'apps_instructions':false,"
	    "'collaboration_mode':{'mode':'default','model':'gpt-6-sol','instructions':%},"
	    "'environments':{'environments':{'local':{'cwd':%,'status':'available',"
	    "'shell':'bash'}},'current_date':%,'timezone':%},'git_attribution':false,"
	    "'host_skills':{'body':%,'includeInstructions':true},'model':{'model':'gpt-6-sol',"
	    "'instructions':%},",
	    S(t->project->commit == NULL ? "" : t->project->commit), S(t->project->cwd), S(day),
	    S(tz_name(g->o->tz)), RV(tmpl_view(&g->skills)),
	    S("b006cf75242ba96e66845ce469875688f65bf957"));
	TMPL0(&g->line,
	    "'permissions':{'instructions':'32ca25d6d85edaeb6f1e19b2a5cc4e08d2a631cd',"
	    "'approved_command_prefixes':[]},'realtime':{'active':false},'top_level_tools':{"
	    "'functions.exec':'90a2e17e6b04fbaab5a5e8535164a4aadfdc90d4',"
	    "'functions.wait':'4c5f0afb6eaa30c948be423b972535b5bc88a95a',"
	    "'collaboration.spawn_agent':'365b6b5cb7402d71f6c93e15c624d2fa35557130'}}}");
	line_end(t);
}

static void
mode(struct thread *t)
{
	TMPL(&t->g->line,
	    ",'collaboration_mode':{'mode':'default','settings':{'model':%,'reasoning_effort':%,"
	    "'developer_instructions':null}}",
	    S(t->model), S(t->effort));
}

void
cur_context(struct thread *t)
{
	struct sbuf *b = &t->g->line;

	line_begin(t, "turn_context");
	TMPL(b,
	    "{'turn_id':%,'root_turn_id':%,'disabled_plugin_ids':[],'cwd':%,"
	    "'approval_policy':'on-request','approvals_reviewer':'user',"
	    "'permission_profile':{'type':'managed'},'model':%,'comp_hash':'3000'",
	    S(t->turn), S(t->root_turn), S(t->project->cwd), S(t->model));
	mode(t);
	TMPL0(b, ",'multi_agent_version':'v2','realtime_active':false");
	if (t->effort != NULL)
		TMPL(b, ",'effort':%", S(t->effort));
	TMPL0(b,
	    ",'summary':'auto','sandbox_policy':{'type':'workspace-write',"
	    "'network_access':false,'exclude_tmpdir_env_var':false,'exclude_slash_tmp':false}}");
	line_end(t);
}

void
cur_settings(struct thread *t)
{
	struct sbuf *b = &t->g->line;

	line_begin(t, "event_msg");
	TMPL(b,
	    "{'type':'thread_settings_applied','thread_id':%,'thread_settings':{'model':%,"
	    "'model_provider_id':'openai'",
	    S(t->id), S(t->model));
	if (t->tier != NULL)
		TMPL(b, ",'service_tier':%", S(t->tier));
	TMPL(b,
	    ",'approval_policy':'on-request','approvals_reviewer':'user',"
	    "'requested_approvals_reviewer':'user','permission_profile':{'type':'managed'},"
	    "'cwd':%,'runtime_workspace_roots':[%]",
	    S(t->project->cwd), S(t->project->cwd));
	if (t->effort != NULL)
		TMPL(b, ",'reasoning_effort':%,'reasoning_summary':'auto'", S(t->effort));
	mode(t);
	TMPL0(b, ",'disabled_plugin_ids':[]}}");
	line_end(t);
}

void
cur_item(struct thread *t)
{
	line_begin(t, "event_msg");
	TMPL(&t->g->line, "{'type':'item_completed','thread_id':%,'turn_id':%,'item':", S(t->id),
	    S(t->turn));
}

void
cur_item_end(struct thread *t, int64_t ms)
{
	int64_t now = t->g->clock.ms;

	TMPL(&t->g->line, ",'started_at_ms':%,'completed_at_ms':%}", I(now - ms), I(now));
	line_end(t);
}

void
cur_user_event(struct thread *t, const char *text)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid7(&g->clock, &g->rng, id);
	cur_item(t);
	TMPL(&g->line,
	    "{'type':'UserMessage','id':%,'content':[{'type':'text','text':%,"
	    "'text_elements':[]}]}",
	    S(id), S(text));
	cur_item_end(t, 0);
}

void
cur_user(struct thread *t)
{
	struct gen *g = t->g;
	char id[ID_SIZE], full[ID_SIZE + 4], *text;

	sbuf_reset(&g->text);
	words_prompt(&g->text, &g->rng);
	text = xstrndup(g->text.buf, g->text.len);
	clock_uuid7(&g->clock, &g->rng, id);
	(void)snprintf(full, sizeof(full), "msg_%s", id);
	line_begin(t, "response_item");
	TMPL(&g->line,
	    "{'type':'message','id':%,'role':'user','content':[{'type':'input_text','text':%}]",
	    S(full), S(text));
	passthrough(t, true);
	TMPL0(&g->line,
	    ",'content_item_kinds':['user.text'],'content_item_metadata':[{'provenance':"
	    "{'type':'user'}}]}}");
	retained(t, "user", full, ",\"mcp_attribution\":{\"status\":\"none\"}");
	cur_user_event(t, text);
	free(text);
}

void
cur_reasoning(struct thread *t, size_t bytes)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid7(&g->clock, &g->rng, id);
	sbuf_reset(&g->text);
	sbuf_addz(&g->text, "**");
	words_sentence(&g->text, &g->rng);
	sbuf_addz(&g->text, "**\n\n");
	words_sentence(&g->text, &g->rng);
	cur_item(t);
	TMPL(&g->line, "{'type':'Reasoning','id':'rs_%','summary_text':[%],'raw_content':[]}",
	    R(id), SV(tmpl_view(&g->text)));
	cur_item_end(t, 1);
	sbuf_reset(&g->outer);
	words_secret(&g->outer, &g->rng, bytes);
	g->secret += (int64_t)g->outer.len;
	line_begin(t, "response_item");
	TMPL(&g->line,
	    "{'type':'reasoning','id':'rs_%','summary':[{'type':'summary_text','text':%}],"
	    "'content':null,'encrypted_content':'%'",
	    R(id), SV(tmpl_view(&g->text)), RV(tmpl_view(&g->outer)));
	cur_item_meta(t, false, "");
}

void
cur_agent(struct thread *t, bool final)
{
	struct gen *g = t->g;
	const char *phase = final ? "final_answer" : "commentary";
	char id[ID_SIZE], full[ID_SIZE + 4];

	clock_uuid7(&g->clock, &g->rng, id);
	(void)snprintf(full, sizeof(full), "msg_%s", id);
	sbuf_reset(&g->text);
	words_sentence(&g->text, &g->rng);
	if (final)
		(void)snprintf(t->answer, sizeof(t->answer), "%s", g->text.buf);
	cur_item(t);
	TMPL(&g->line,
	    "{'type':'AgentMessage','id':%,'content':[{'type':'Text','text':%}],'phase':%}",
	    S(full), SV(tmpl_view(&g->text)), S(phase));
	cur_item_end(t, 0);
	line_begin(t, "response_item");
	TMPL(&g->line,
	    "{'type':'message','status':'completed','id':%,'role':'assistant','content':"
	    "[{'type':'output_text','text':%,'annotations':[]}],'phase':%",
	    S(full), SV(tmpl_view(&g->text)), S(phase));
	passthrough(t, false);
	TMPL0(&g->line, ",'content_item_kinds':['unknown']}}");
	retained(t, "assistant", full, "");
}

void
cur_record(struct thread *t, const struct usage *u, char id[static ID_SIZE])
{
	clock_uuid7(&t->g->clock, &t->g->rng, id);
	thread_spend(t, u);
	LINE(t, "token_usage_record",
	    "{'thread_id':%,'turn_id':%,'session_id':%,'root_turn_id':%,'response_id':'resp_%',"
	    "'usage':%,'turn_token_usage':%,'thread_token_usage':%}",
	    S(t->id), S(t->turn), S(t->root[0] == '\0' ? t->id : t->root), S(t->root_turn), R(id),
	    U(u, 1), U(&t->turn_total, 1), U(&t->thread_total, 1));
}

static void
limits(struct thread *t)
{
	TMPL0(&t->g->line, ",'rate_limits':");
	limits_write(&t->g->limits, t->g->clock.ms, t->limits, &t->g->line);
	TMPL0(&t->g->line, "}");
	line_end(t);
}

void
cur_count(struct thread *t)
{
	line_begin(t, "event_msg");
	TMPL(&t->g->line,
	    "{'type':'token_count','info':{'total_token_usage':%,'last_token_usage':%,"
	    "'last_usage_includes_reasoning':true,'model_context_window':%}",
	    U(&t->total, t->with_write), U(&t->last, t->with_write), I(t->room));
	limits(t);
}

void
cur_count_estimate(struct thread *t, const struct usage *total, int64_t estimate)
{
	bool filled = total->input == 0 && total->output == 0;

	line_begin(t, "event_msg");
	TMPL(&t->g->line,
	    "{'type':'token_count','info':{'total_token_usage':{'input_tokens':%,"
	    "'cached_input_tokens':%,'cache_write_input_tokens':%,'output_tokens':%,"
	    "'reasoning_output_tokens':%,'total_tokens':%}",
	    I(total->input), I(total->cached), I(total->write), I(total->output),
	    I(total->reasoning), I(filled ? estimate : total->input + total->output));
	TMPL(&t->g->line,
	    ",'last_token_usage':{'input_tokens':0,'cached_input_tokens':0,"
	    "'cache_write_input_tokens':0,'output_tokens':0,'reasoning_output_tokens':0,"
	    "'total_tokens':%},'model_context_window':%}",
	    I(estimate), I(t->room));
	t->last = (struct usage){ 0 };
	limits(t);
}

void
cur_count_null(struct thread *t)
{
	line_begin(t, "event_msg");
	TMPL0(&t->g->line, "{'type':'token_count','info':null");
	limits(t);
}

void
cur_complete(struct thread *t, const char *error)
{
	struct gen *g = t->g;
	int64_t took = g->clock.ms - t->turn_ms;

	line_begin(t, "event_msg");
	TMPL(&g->line,
	    "{'type':'task_complete','root_turn_id':%,'turn_id':%,'last_agent_message':%",
	    S(t->root_turn), S(t->turn), S(error == NULL ? t->answer : NULL));
	if (error != NULL)
		TMPL(&g->line, ",'error':{'message':%,'codex_error_info':'other'}", S(error));
	TMPL(&g->line,
	    ",'started_at':%,'completed_at':%,'duration_ms':%,'time_to_first_token_ms':%}",
	    I(t->turn_ms / 1000), I(g->clock.ms / 1000), I(took),
	    I(took < 900 ? took : rng_between(&g->rng, 400, 900)));
	line_end(t);
}

void
cur_abort(struct thread *t)
{
	LINE(t, "event_msg",
	    "{'type':'turn_aborted','root_turn_id':%,'turn_id':%,'reason':'interrupted',"
	    "'started_at':%}",
	    S(t->root_turn), S(t->turn), I(t->turn_ms / 1000));
}
