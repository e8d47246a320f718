#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/rare.h"
#include "demo/turn.h"

struct raw {
	const char *type, *payload;
};

/* Of the newest format; names of kinds that nobody knows, too: they must be passed over. */
static const struct raw items[] = {
	{ "response_item",
	    "{'type':'local_shell_call','call_id':'call_shell','status':'completed','action':"
	    "{'type':'exec','command':['bash','-lc','ls'],'timeout_ms':1000,"
	    "'working_directory':null,'env':null,'user':null}}" },
	{ "response_item",
	    "{'type':'function_call_output','call_id':'call_shell','output':'aborted by user after "
	    "0.1s'}" },
	{ "response_item",
	    "{'type':'tool_search_call','call_id':'call_search','status':'completed','execution':"
	    "'client','arguments':{'query':'spawn agent','limit':10}}" },
	{ "response_item",
	    "{'type':'tool_search_output','call_id':'call_search','status':'completed','execution':"
	    "'client','tools':[]}" },
	{ "response_item",
	    "{'type':'image_generation_call','id':'ig_1','status':'completed','revised_prompt':'a "
	    "blue square','result':''}" },
	{ "response_item", "{'type':'compaction','encrypted_content':'gAAAAABcompaction=='}" },
	{ "response_item", "{'type':'compaction_summary','encrypted_content':'gAAAAABsummary=='}" },
	{ "response_item", "{'type':'context_compaction','encrypted_content':null}" },
	{ "response_item", "{'type':'compaction_trigger'}" },
	{ "response_item", "{'type':'configuration_update','model':'gpt-0-never'}" },
	{ "response_item", "{'type':'other'}" },
	{ "event_msg",
	    "{'type':'item_started','item':{'type':'Reasoning','id':'rs_1','summary_text':[],"
	    "'raw_content':[]},'started_at_ms':1795329778273}" },
	{ "event_msg",
	    "{'type':'thread_goal_updated','goal':{'objective':'all tests pass','status':'active',"
	    "'token_budget':900000,'tokens_used':123456,'time_used_seconds':77}}" },
	{ "inter_agent_communication",
	    "{'author':'/root','recipient':'/root/part_0','text':'go on'}" },
	{ "security_risk_score", "{'score':0.02}" },
	{ "realtime_item", "{'type':'noop'}" },
	{ "retained_context", "{'user_messages':[],'next_order':4}" },
	{ "transaction", "{'state':'committed','usage':{'input_tokens':999999}}" },
	{ "event_msg", "{'type':'moon_phase_changed','model':'gpt-0-never'}" },
};

/* Of about 0.104 to 0.13x. */
static const struct raw events[] = {
	{ "event_msg", "{'type':'agent_reasoning_raw_content','text':'Plain thoughts.'}" },
	{ "event_msg",
	    "{'type':'exec_command_begin','call_id':'call_x1','turn_id':'t','command':['/bin/bash',"
	    "'-lc','make'],'cwd':'/home/dev/src/orchard','parsed_cmd':[]}" },
	{ "event_msg",
	    "{'type':'exec_command_end','call_id':'call_x1','process_id':'71924','turn_id':'t',"
	    "'command':['/bin/bash','-lc','make'],'cwd':'/home/dev/src/orchard','parsed_cmd':[],"
	    "'source':'unified_exec_startup','stdout':'','stderr':'','aggregated_output':'done\\n',"
	    "'exit_code':2,'duration':{'secs':3,'nanos':6119},'formatted_output':'','status':"
	    "'failed'}" },
	{ "event_msg",
	    "{'type':'patch_apply_begin','call_id':'call_x2','turn_id':'t','auto_approved':true,"
	    "'changes':{}}" },
	{ "event_msg",
	    "{'type':'patch_apply_end','call_id':'call_x2','turn_id':'t','stdout':'Success.\\n',"
	    "'stderr':'','success':true,'changes':{},'status':'completed'}" },
	{ "event_msg",
	    "{'type':'mcp_tool_call_begin','call_id':'call_x3','invocation':{'server':'handbook',"
	    "'tool':'search','arguments':{}}}" },
	{ "event_msg",
	    "{'type':'mcp_tool_call_end','call_id':'call_x3','invocation':{'server':'handbook',"
	    "'tool':'search','arguments':{}},'duration':{'secs':0,'nanos':5},'result':{'Err':"
	    "'no such page'}}" },
	{ "event_msg", "{'type':'web_search_begin','call_id':'ws_x4'}" },
	{ "event_msg",
	    "{'type':'web_search_end','call_id':'ws_x4','query':'overflow','action':{'type':"
	    "'search','query':'overflow'}}" },
	{ "event_msg", "{'type':'image_generation_end','call_id':'ig_x5','status':'completed'}" },
	{ "event_msg",
	    "{'type':'view_image_tool_call','call_id':'call_x6','path':'/home/dev/plot.png'}" },
	{ "event_msg", "{'type':'error','message':'stream closed','codex_error_info':'other'}" },
	{ "event_msg", "{'type':'undo_completed','success':true,'message':null}" },
	{ "event_msg", "{'type':'thread_name_updated','thread_name':'A better name'}" },
	{ "event_msg", "{'type':'sub_agent_activity','kind':'started'}" },
	{ "event_msg", "{'type':'guardian_assessment','status':'approved','risk_score':3}" },
	{ "event_msg", "{'type':'collab_agent_spawn_begin','call_id':'call_x7'}" },
	{ "event_msg", "{'type':'collab_agent_spawn_end','call_id':'call_x7'}" },
	{ "event_msg", "{'type':'collab_agent_interaction_begin','call_id':'call_x8'}" },
	{ "event_msg", "{'type':'collab_agent_interaction_end','call_id':'call_x8'}" },
	{ "event_msg", "{'type':'collab_waiting_begin','call_id':'call_x9'}" },
	{ "event_msg", "{'type':'collab_waiting_end','call_id':'call_x9'}" },
	{ "event_msg", "{'type':'collab_close_begin','call_id':'call_x10'}" },
	{ "event_msg", "{'type':'collab_close_end','call_id':'call_x10'}" },
	{ "event_msg", "{'type':'collab_resume_begin','call_id':'call_x11'}" },
	{ "event_msg", "{'type':'collab_resume_end','call_id':'call_x11'}" },
};

static void
lines(struct thread *t, const struct raw *raw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		LINE0(t, raw[i].type, raw[i].payload);
}

void
rare_items(struct gen *g)
{
	struct thread t;

	cur_init(g, &t);
	thread_open(&t, true);
	turn_first(&t, NULL, 2);
	clock_pass(&g->clock, 60000);
	cur_start(&t);
	cur_context(&t);
	cur_user(&t);
	turn_tools(&t);
	lines(&t, items, ARRAY_LEN(items));
	turn_responses(&t, 1);
	cur_complete(&t, NULL);
	thread_close(&t);
	thread_free(&t);
}

void
rare_events(struct thread *t)
{
	lines(t, events, ARRAY_LEN(events));
}

void
rare_picture(struct gen *g)
{
	int64_t bytes = g->o->bytes / 100;
	struct thread t;

	bytes = bytes > 4000000 ? 4000000 : bytes;
	cur_init(g, &t);
	thread_open(&t, true);
	turn_first(&t, NULL, 2);
	clock_pass(&g->clock, 60000);
	cur_start(&t);
	cur_context(&t);
	sbuf_reset(&g->outer);
	words_secret(&g->outer, &g->rng, (size_t)bytes);
	line_begin(&t, "response_item");
	TMPL(&g->line,
	    "{'type':'message','role':'user','content':[{'type':'input_text','text':'Like this:'},"
	    "{'type':'input_image','image_url':'data:image/png;base64,%'}]",
	    RV(tmpl_view(&g->outer)));
	cur_item_meta(&t, true, "");
	cur_user_event(&t, "Like this:");
	turn_responses(&t, 2);
	cur_complete(&t, NULL);
	thread_close(&t);
	thread_free(&t);
}

/* A line of T with its time as TIME (JSON) says. */
static void
foreign(struct thread *t, const char *time, const char *type, const char *payload)
{
	struct sbuf *b = &t->g->line;

	sbuf_reset(b);
	TMPL(b, "{'timestamp':%,'type':%,'payload':%}", R(time), S(type), R(payload));
	sbuf_addc(b, '\n');
	t->g->lines++;
	thread_raw(t, tmpl_view(b));
}

/* A response of T and its count, wrapped once more when TWICE, at the time TIME. */
static void
foreign_count(struct thread *t, const char *time, bool twice)
{
	struct gen *g = t->g;
	struct usage u = thread_invent(t, 200);
	char *text;

	thread_spend(t, &u);
	thread_count(t, &u);
	sbuf_reset(&g->outer);
	TMPL(&g->outer,
	    "{'type':'token_count','info':{'total_token_usage':%,'last_token_usage':%},"
	    "'rate_limits':null}",
	    U(&t->total, 0), U(&t->last, 0));
	text = twice ? xasprintf("{\"payload\":%s}", g->outer.buf) : xstrdup(g->outer.buf);
	foreign(t, time, "event_msg", text);
	free(text);
}

void
rare_bridge(struct gen *g)
{
	struct thread t;
	char ms[32], s[32], offset[40], *meta, *stem, quoted[44];

	cur_init(g, &t);
	t.with_write = false;
	t.model = "gpt-5.6-terra";
	thread_open(&t, true);
	(void)snprintf(ms, sizeof(ms), "%" PRId64, g->clock.ms);
	(void)snprintf(s, sizeof(s), "%" PRId64, g->clock.ms / 1000);
	civil_format_offset(g->clock.ms, 7200, offset);
	(void)snprintf(quoted, sizeof(quoted), "\"%s\"", offset);
	meta =
	    xasprintf("{\"id\":\"%s\",\"timestamp\":\"%s\",\"cwd\":\"/srv/bridge\",\"originator\":"
		      "\"acme_bridge\",\"cli_version\":\"1.2.3\",\"source\":{\"custom\":"
		      "\"acme\"}}",
		t.id, offset);
	foreign(&t, quoted, "session_meta", meta);
	foreign(&t, ms, "turn_context", "{\"cwd\":\"/srv/bridge\",\"model\":\"gpt-5.6-terra\"}");
	foreign_count(&t, ms, false);
	foreign_count(&t, s, true);
	foreign(&t, "null", "event_msg", "{\"type\":\"agent_message\",\"message\":\"No time.\"}");
	/* half a pair, a NUL, and a byte that is no UTF-8 */
	foreign(&t, ms, "response_item",
	    "{\"type\":\"function_call_output\",\"call_id\":\"call_b\",\"output\":\"\\ud83d "
	    "\\u0000 "
	    "\xff\"}");
	foreign_count(&t, quoted, false);
	free(meta);
	stem = thread_stem(&t);
	truth_odd(&g->truth, stem);
	free(stem);
	thread_close(&t);
	thread_free(&t);
}
