/* One small hand-made file for each era: what the lines say, in order. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

#define SIX INT64_C(1795327200000) /* 2026-11-22T06:00:00Z */
#define THREAD "01a20204-9d3e-7b21-a061-0658345c3ec2"
#define TURN "01a20204-9d83-7001-b12e-ec8d5b6c8ddc"

static void
is_text(struct str s, const char *want)
{
	if (s.p == NULL || !str_eqz(s, want))
		fail_msg("%.*s is not %s", (int)s.n, s.p == NULL ? "" : s.p, want);
}

static void
prompt(const char *text, int64_t turn, bool starts)
{
	assert_int_equal(rec.kind, REC_MESSAGE);
	assert_true(rec.message.is_prompt);
	is_text(rec.message.role, "user");
	is_text(rec.message.text, text);
	assert_int_equal(rec.message.chars, strlen(text));
	assert_int_equal(rec.turn_seq, turn);
	assert_int_equal(rec.starts_turn, starts);
}

/* 0.20, 0.28: no envelope, no times, no counters. */
static void
bare(void **state UNUSED)
{
	assert_int_equal(feed("{'id':'edbe1b56-a8af-4a02-91b1-65f8744e1e36','timestamp':"
			      "'2026-11-22T06:00:00.000Z','instructions':null,'git':{'commit_hash':"
			      "'cb85','branch':'b','repository_url':'https://h/p.git'}}"),
	    1);
	assert_int_equal(rec.kind, REC_SESSION);
	is_text(rec.session.id, "edbe1b56-a8af-4a02-91b1-65f8744e1e36");
	is_text(rec.session.url, "https://h/p.git");
	is_text(rec.session.branch, "b");
	assert_null(rec.session.cwd.p);
	assert_string_equal(rec.session.source_kind, "other");
	assert_int_equal(rec.ts_ms, SIX);
	assert_int_equal(feed("{'record_type':'state'}"), 1);
	assert_int_equal(rec.kind, REC_NONE);
	assert_int_equal(feed("{'type':'message','id':null,'role':'user','content':[{'type':"
			      "'input_text','text':'<environment_context>\\n<cwd>/w</cwd>'}]}"),
	    1);
	assert_false(rec.message.is_prompt);
	assert_int_equal(rec.turn_seq, 0);
	assert_int_equal(rec.ts_ms, REC_ABSENT);
	assert_int_equal(feed("{'type':'message','id':null,'role':'user','content':[{'type':"
			      "'input_text','text':'first'}]}"),
	    1);
	prompt("first", 1, true);
	assert_int_equal(feed("{'type':'reasoning','id':'rs','summary':[]}"), 1);
	assert_int_equal(rec.kind, REC_NONE);
	assert_int_equal(
	    feed("{'type':'function_call','id':'fc','name':'shell','arguments':"
		 "'{\\'command\\': [\\'bash\\', \\'-lc\\', \\'ls; pwd\\']}','call_id':'c1'}"),
	    1);
	assert_int_equal(rec.kind, REC_CALL);
	is_text(rec.call.head, "ls");
	is_text(rec.call.call_id, "c1");
	assert_int_equal(rec.turn_seq, 1);
	assert_int_equal(feed("{'type':'function_call_output','call_id':'c1','output':"
			      "'{\\'output\\':\\'x\\',\\'metadata\\':{\\'exit_code\\':3,"
			      "\\'duration_seconds\\':0.5}}'}"),
	    1);
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_true(rec.output.has_exit && rec.output.failed);
	assert_int_equal(rec.output.exit_code, 3);
	assert_int_equal(rec.output.wall_ms, 500);
	assert_int_equal(feed("{'type':'message','role':'assistant','content':[{'type':"
			      "'output_text','text':'done'}]}"),
	    1);
	is_text(rec.message.role, "assistant");
	assert_false(rec.message.is_prompt);
	assert_int_equal(feed("{'type':'message','role':'user','content':[{'type':'input_text',"
			      "'text':'second'}]}"),
	    1);
	prompt("second", 2, true);
	assert_false(rollout_has_turn_ids(r));
}

/* 0.34: wrapped; no source, no turn_context, no limits. */
static void
wrapped_034(void **state UNUSED)
{
	line("session_meta",
	    "{'id':'" THREAD "','timestamp':'2026-11-22T05:59:59.000Z','cwd':'/w',"
	    "'originator':'codex_cli_rs','cli_version':'0.34.0','instructions':null}");
	assert_int_equal(rec.kind, REC_SESSION);
	is_text(rec.session.id, THREAD);
	is_text(rec.session.cwd, "/w");
	is_text(rec.session.originator, "codex_cli_rs");
	is_text(rec.session.cli_version, "0.34.0");
	is_text(rec.session.timestamp, "2026-11-22T05:59:59.000Z");
	assert_null(rec.session.url.p);
	assert_null(rec.session.source.p);
	assert_int_equal(rec.ts_ms, SIX);
	item("{'type':'message','role':'user','content':[{'type':'input_text','text':'go'}]}");
	assert_int_equal(rec.message.origin, ORIGIN_RESPONSE);
	assert_false(rec.starts_turn); /* the event does that */
	event("{'type':'user_message','message':'go','kind':'plain'}");
	assert_int_equal(rec.message.origin, ORIGIN_EVENT);
	prompt("go", 1, true);
	event("{'type':'agent_reasoning','text':'**Thinking**'}");
	assert_int_equal(rec.kind, REC_ACTIVITY);
	assert_string_equal(rec.activity.name, "reasoning_event");
	event("{'type':'agent_reasoning_raw_content','text':'x'}");
	assert_string_equal(rec.activity.name, "reasoning_raw_event");
	event(
	    "{'type':'token_count','info':{'total_token_usage':{'input_tokens':5043,"
	    "'cached_input_tokens':0,'output_tokens':187,'reasoning_output_tokens':51,"
	    "'total_tokens':5230},'last_token_usage':{'input_tokens':5043,'cached_input_tokens':0,"
	    "'output_tokens':187,'reasoning_output_tokens':51,'total_tokens':5230},"
	    "'model_context_window':272000},'rate_limits':null}");
	assert_int_equal(rec.usage.total.input, 5043);
	assert_int_equal(rec.turn_seq, 1);
	event("{'type':'agent_message','message':'done'}");
	is_text(rec.message.role, "assistant");
	event("{'type':'turn_aborted','reason':'interrupted'}");
	assert_int_equal(rec.kind, REC_TURN);
	assert_true(rec.turn.is_end);
	is_text(rec.turn.status, "interrupted");
	event("{'type':'user_message','message':'again','kind':'plain'}");
	prompt("again", 2, true);
	assert_false(rollout_has_turn_ids(r));
}

/* 0.47: source, turn_context for each request, limits before counters, custom tools. */
static void
era_047(void **state UNUSED)
{
	line("session_meta",
	    "{'id':'" THREAD "','cwd':'/w','source':'exec','cli_version':'0.47.0'}");
	is_text(rec.session.source, "exec");
	assert_string_equal(rec.session.source_kind, "exec");
	event("{'type':'user_message','message':'go','kind':'plain'}");
	line("turn_context",
	    "{'cwd':'/w','approval_policy':'never','sandbox_policy':{'mode':'workspace-write',"
	    "'network_access':true,'writable_roots':['/a','/b'],'exclude_tmpdir_env_var':false,"
	    "'exclude_slash_tmp':true},'model':'gpt-5-codex','effort':'high','summary':'auto'}");
	assert_int_equal(rec.kind, REC_CONTEXT);
	assert_false(rec.context.is_settings);
	is_text(rec.context.model, "gpt-5-codex");
	is_text(rec.context.effort, "high");
	is_text(rec.context.cwd, "/w");
	is_text(rec.context.approval, "never");
	is_text(rec.context.sandbox, "workspace-write");
	is_text(rec.context.summary, "auto");
	is_text(rec.context.writable_roots, "[\"/a\",\"/b\"]");
	assert_int_equal(rec.context.network, 1);
	assert_int_equal(rec.context.exclude_tmpdir, 0);
	assert_int_equal(rec.context.exclude_slash_tmp, 1);
	assert_null(rec.context.tier.p);
	assert_null(rec.context.turn_id.p);
	event("{'type':'token_count','info':null,'rate_limits':{'primary':{'used_percent':10.5,"
	      "'window_minutes':300,'resets_in_seconds':8990},'secondary':null}}");
	assert_false(rec.usage.has_total);
	assert_int_equal(rec.limits.window[0].resets_at_s, SIX / 1000 + 8990);
	item("{'type':'custom_tool_call','status':'completed','call_id':'c2','name':'apply_patch',"
	     "'input':'*** Begin'}");
	assert_string_equal(rec.call.kind, "custom_tool_call");
	is_text(rec.call.name, "apply_patch");
	assert_int_equal(rec.call.input_bytes, 9);
	item("{'type':'custom_tool_call_output','call_id':'c2',"
	     "'output':'{\\'output\\':\\'Success\\',"
	     "\\'metadata\\':{\\'exit_code\\':0,\\'duration_seconds\\':0.0}}'}");
	assert_true(rec.output.has_exit);
	assert_false(rec.output.failed);
	assert_int_equal(rec.output.wall_ms, 0);
	assert_int_equal(rec.turn_seq, 1);
}

/* 0.98: forks copy, a second session_meta; compactions hold whole items; rollbacks. */
static void
era_098(void **state UNUSED)
{
	line("session_meta",
	    "{'id':'" THREAD
	    "','forked_from_id':'parent-id','source':'cli','model_provider':'openai',"
	    "'base_instructions':{'text':'You are','provenance':{'type':'m','model':'gpt-x'}}}");
	is_text(rec.session.forked_from, "parent-id");
	is_text(rec.session.provider, "openai");
	line("session_meta", "{'id':'parent-id','source':'cli'}");
	is_text(rec.session.id, "parent-id");
	assert_null(rec.session.forked_from.p);
	event("{'type':'user_message','message':'go','images':[],'local_images':['a.png'],"
	      "'text_elements':[]}");
	prompt("go", 1, true);
	assert_int_equal(rec.message.images, 0);
	assert_int_equal(rec.message.local_images, 1);
	line("turn_context",
	    "{'cwd':'/w','model':'gpt-5.2-codex','personality':'friendly','collaboration_mode':"
	    "{'mode':'default','settings':{'model':'other','reasoning_effort':'low'}},"
	    "'truncation_policy':{'mode':'tokens','limit':10000},'user_instructions':'hi',"
	    "'base_instructions':''}");
	is_text(rec.context.model, "gpt-5.2-codex");
	is_text(rec.context.truncation_mode, "tokens");
	assert_int_equal(rec.context.truncation_limit, 10000);
	assert_true(rec.context.has_user);
	assert_false(rec.context.has_base || rec.context.has_developer || rec.context.has_schema);
	item(
	    "{'type':'function_call','name':'exec_command','arguments':'{\\'cmd\\':\\'git log\\'}',"
	    "'call_id':'c3'}");
	is_text(rec.call.head, "git");
	item("{'type':'function_call_output','call_id':'c3','output':'Chunk ID: f048e1\\n"
	     "Wall time: 0.0503 seconds\\nProcess exited with code 0\\n"
	     "Original token count: 15\\nOutput:\\nx'}");
	assert_true(rec.output.has_exit);
	assert_int_equal(rec.output.wall_ms, 50);
	line("compacted",
	    "{'message':'summary','replacement_history':["
	    "{'type':'message','role':'user','content':[]},"
	    "{'type':'token_count','info':{'total_token_usage':{'input_tokens':9}}}]}");
	assert_int_equal(rec.kind, REC_MARKER);
	assert_string_equal(rec.marker.name, "compacted");
	assert_int_equal(rec.marker.number, 7); /* the length of the summary */
	event("{'type':'context_compacted'}");
	assert_string_equal(rec.marker.name, "context_compacted");
	event("{'type':'thread_rolled_back','num_turns':1}");
	assert_string_equal(rec.marker.name, "thread_rolled_back");
	assert_int_equal(rec.marker.number, 1);
	event("{'type':'undo_completed'}");
	assert_string_equal(rec.marker.name, "undo_completed");
	assert_false(rollout_has_turn_ids(r));
}

/* 0.107 to 0.128: turns with ids, end events of tools. */
static void
era_0117(void **state UNUSED)
{
	line("session_meta",
	    "{'id':'" THREAD "','source':{'subagent':{'thread_spawn':{'parent_thread_id':'pa',"
	    "'depth':1,'agent_nickname':'Ada','agent_role':'explorer'}}},'cli_version':'0.117.0'}");
	assert_string_equal(rec.session.source_kind, "subagent");
	is_text(rec.session.parent, "pa");
	event("{'type':'task_started','turn_id':'" TURN "','model_context_window':258400,"
	      "'collaboration_mode_kind':'default'}");
	assert_int_equal(rec.kind, REC_TURN);
	assert_false(rec.turn.is_end);
	assert_true(rec.starts_turn);
	is_text(rec.turn.turn_id, TURN);
	assert_int_equal(rec.turn.started_ms, REC_ABSENT);
	assert_true(rollout_has_turn_ids(r));
	line("turn_context", "{'turn_id':'" TURN "','model':'gpt-5.4','cwd':'/w','sandbox_policy':"
			     "{'type':'danger-full-access'}}");
	is_text(rec.context.turn_id, TURN);
	is_text(rec.context.sandbox, "danger-full-access");
	event("{'type':'user_message','message':'go','images':[]}");
	prompt("go", 1, false); /* the turn has begun already */
	event("{'type':'exec_command_end','call_id':'c4','command':['/bin/bash','-lc','make all'],"
	      "'source':'agent','exit_code':2,'duration':{'secs':1,'nanos':250000000},"
	      "'status':'failed','aggregated_output':'x'}");
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_true(rec.output.is_event && rec.output.failed && rec.output.has_exit);
	assert_int_equal(rec.output.exit_code, 2);
	assert_int_equal(rec.output.wall_ms, 1250);
	is_text(rec.output.call_id, "c4");
	is_text(rec.output.head, "make");
	event("{'type':'patch_apply_end','call_id':'c5','success':false,'stdout':'','stderr':'x'}");
	assert_true(rec.output.failed);
	event("{'type':'patch_apply_end','call_id':'c5','success':true,'status':'completed'}");
	assert_false(rec.output.failed);
	assert_int_equal(rec.output.wall_ms, REC_ABSENT);
	event("{'type':'mcp_tool_call_end','call_id':'c6','duration':{'secs':0,'nanos':2999999},"
	      "'result':{'Err':'no'}}");
	assert_true(rec.output.failed);
	assert_int_equal(rec.output.wall_ms, 2);
	event("{'type':'mcp_tool_call_end','call_id':'c6','result':{'Ok':{}}}");
	assert_false(rec.output.failed);
	event("{'type':'error','message':'secret','codex_error_info':'usage_limit_exceeded'}");
	assert_string_equal(rec.marker.name, "error");
	is_text(rec.marker.reason, "usage_limit_exceeded");
	event("{'type':'task_complete','turn_id':'" TURN "','last_agent_message':'x'}");
	assert_true(rec.turn.is_end);
	is_text(rec.turn.status, "completed");
	assert_int_equal(rec.turn.duration_ms, REC_ABSENT);
	assert_int_equal(rec.turn_seq, 1);
}

/* 0.133 to 0.140: times in the turn events, who made the thread. */
static void
era_0140(void **state UNUSED)
{
	line("session_meta", "{'id':'" THREAD "','source':{'subagent':'review'},'thread_source':"
			     "'subagent','parent_thread_id':'pa','multi_agent_version':'v1'}");
	assert_string_equal(rec.session.source_kind, "review");
	is_text(rec.session.parent, "pa");
	is_text(rec.session.thread_source, "subagent");
	event("{'type':'turn_started','turn_id':'" TURN "','started_at':1795327200}");
	assert_int_equal(rec.turn.started_ms, SIX);
	assert_true(rec.starts_turn);
	event("{'type':'turn_complete','turn_id':'" TURN "','completed_at':1795327209,"
	      "'duration_ms':9250,'time_to_first_token_ms':800}");
	assert_int_equal(rec.turn.ended_ms, SIX + 9000);
	assert_int_equal(rec.turn.duration_ms, 9250);
	assert_int_equal(rec.turn.ttft_ms, 800);
	event("{'type':'turn_aborted','turn_id':'" TURN "','reason':'replaced','duration_ms':5}");
	is_text(rec.turn.status, "replaced");
	is_text(rec.turn.turn_id, TURN);
	assert_string_equal(rec.marker.name, "turn_aborted");
	is_text(rec.marker.reason, "replaced");
	event("{'type':'turn_aborted'}");
	is_text(rec.turn.status, "interrupted");
	event("{'type':'task_complete','turn_id':'" TURN "','started_at':'x','duration_ms':-1}");
	assert_int_equal(rec.turn.started_ms, REC_ABSENT);
	assert_int_equal(rec.turn.duration_ms, REC_ABSENT);
}

/* 0.144 and later: ordinals, items, records, settings; forks by reference. */
static void
era_0169(void **state UNUSED)
{
	assert_int_equal(
	    feed("{'timestamp':'2026-11-22T06:00:00.000Z','ordinal':41,"
		 "'type':'session_meta','payload':"
		 "{'account_scoped':true,'session_id':'root','id':'" THREAD "','source':'cli',"
		 "'history_mode':'paginated',"
		 "'history_base':{'thread_id':'base','end_ordinal_exclusive'"
		 ":41,'end_byte_offset':5000},'forked_from_ordinal_exclusive':41}}"),
	    1);
	assert_int_equal(rec.ordinal, 41);
	is_text(rec.session.root, "root");
	is_text(rec.session.history_mode, "paginated");
	is_text(rec.session.base_thread, "base");
	assert_int_equal(rec.session.base_end_ordinal, 41);
	assert_int_equal(rec.session.start_ordinal, REC_ABSENT);
	line("session_meta", "{'id':'" THREAD "','subagent_history_start_ordinal':0}");
	assert_int_equal(rec.session.start_ordinal, 0);
	assert_int_equal(rec.session.base_end_ordinal, REC_ABSENT);
	event("{'type':'task_started','turn_id':'" TURN
	      "','root_turn_id':'x','started_at':1795327200,"
	      "'turn_attribution':{'turn_id':'other','turn_trigger':'exec'}}");
	is_text(rec.turn.turn_id, TURN);
	event(
	    "{'type':'thread_settings_applied','thread_id':'" THREAD "','thread_settings':{'model':"
	    "'gpt-6-sol','service_tier':'priority','reasoning_effort':'low','cwd':'/v',"
	    "'approval_policy':'never'}}");
	assert_int_equal(rec.kind, REC_CONTEXT);
	assert_true(rec.context.is_settings);
	is_text(rec.context.thread_id, THREAD);
	is_text(rec.context.model, "gpt-6-sol");
	is_text(rec.context.tier, "priority");
	is_text(rec.context.effort, "low");
	is_text(rec.context.cwd, "/v");
	line("turn_context", "{'turn_id':'" TURN "','model':'gpt-6-sol','permission_profile':"
			     "{'type':'disabled'},'final_output_json_schema':{}}");
	is_text(rec.context.sandbox, "disabled");
	assert_true(rec.context.has_schema);
	assert_null(rec.context.tier.p);
	line("token_usage_record",
	    "{'thread_id':'" THREAD "','turn_id':'" TURN "','response_id':'r1',"
	    "'usage':{'input_tokens':10,'output_tokens':2}}");
	assert_true(rec.usage.is_record);
	event(
	    "{'type':'item_completed','thread_id':'" THREAD "','turn_id':'" TURN "','item':{'type':"
	    "'CommandExecution','id':'exec-1','command':['bash','-lc','cargo test'],'cwd':"
	    "'file:///w','status':'completed','exit_code':0,'duration':{'secs':2,'nanos':0}}}");
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_true(rec.output.is_event && rec.output.has_exit);
	assert_false(rec.output.failed);
	assert_null(rec.output.call_id.p); /* the item's id is no call id */
	assert_int_equal(rec.output.wall_ms, 2000);
	is_text(rec.output.head, "cargo");
	is_text(rec.thread_id, THREAD);
	line("compacted", "{'message':'','compaction_response_id':'r2','window_number':1}");
	assert_int_equal(rec.marker.number, 0);
	is_text(rec.marker.reason, "r2");
	event("{'type':'task_complete','turn_id':'" TURN "','error':{'message':'x'}}");
	is_text(rec.turn.status, "failed");
	event("{'type':'task_complete','turn_id':'" TURN "','error':null}");
	is_text(rec.turn.status, "completed");
	assert_int_equal(rec.turn_seq, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bare, prepare, clean),
		cmocka_unit_test_setup_teardown(wrapped_034, prepare, clean),
		cmocka_unit_test_setup_teardown(era_047, prepare, clean),
		cmocka_unit_test_setup_teardown(era_098, prepare, clean),
		cmocka_unit_test_setup_teardown(era_0117, prepare, clean),
		cmocka_unit_test_setup_teardown(era_0140, prepare, clean),
		cmocka_unit_test_setup_teardown(era_0169, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
