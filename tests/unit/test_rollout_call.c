/* Tool calls, and what the text of an output says of exit and time. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

static void
call(const char *payload, const char *kind, const char *name, const char *head)
{
	item(payload);
	assert_int_equal(rec.kind, REC_CALL);
	assert_string_equal(rec.call.kind, kind);
	assert_true(str_eqz(rec.call.name, name));
	if (!str_eqz(rec.call.head, head))
		fail_msg("head %.*s, wanted %s", (int)rec.call.head.n, rec.call.head.p, head);
}

static void
calls(void **state UNUSED)
{
	call("{'type':'function_call','name':'shell','call_id':'c','arguments':"
	     "'{\\'command\\':[\\'ls\\',\\'-l\\'],\\'timeout_ms\\':5}'}",
	    "function_call", "shell", "ls");
	assert_true(str_eqz(rec.call.call_id, "c"));
	assert_int_equal(rec.call.input_bytes, 38); /* {"command":["ls","-l"],"timeout_ms":5} */
	call("{'type':'function_call','name':'shell_command','call_id':'c','arguments':"
	     "'{\\'command\\':\\'git status\\'}'}",
	    "function_call", "shell_command", "git");
	call("{'type':'function_call','name':'exec_command','call_id':'c','arguments':"
	     "'{\\'cmd\\':\\'/usr/bin/make all\\',\\'command\\':\\'no\\'}'}",
	    "function_call", "exec_command", "make");
	call("{'type':'function_call','name':'update_plan','call_id':'c','arguments':"
	     "'{\\'plan\\':[]}'}",
	    "function_call", "update_plan", "");
	assert_false(rec.call.is_complete);
	call("{'type':'function_call','name':'search','namespace':'mcp__docs','call_id':'c',"
	     "'arguments':''}",
	    "function_call", "search", "");
	assert_true(str_eqz(rec.call.space, "mcp__docs"));
	assert_int_equal(rec.call.input_bytes, 0);
	/* arguments that are no JSON, or no text: a call all the same */
	call("{'type':'function_call','name':'shell','call_id':'c','arguments':'{cut'}",
	    "function_call", "shell", "");
	assert_int_equal(rec.call.input_bytes, 4);
	call("{'type':'function_call','name':'shell','call_id':'c','arguments':{'a':1}}",
	    "function_call", "shell", "");
	call("{'type':'custom_tool_call','name':'apply_patch','call_id':'c','input':'abc',"
	     "'status':'completed'}",
	    "custom_tool_call", "apply_patch", "");
	assert_int_equal(rec.call.input_bytes, 3);
	assert_true(str_eqz(rec.call.status, "completed"));
	call(
	    "{'type':'local_shell_call','call_id':'c','status':'completed','action':{'type':'exec',"
	    "'command':['bash','-lc','npm test'],'env':{'A':'b'}}}",
	    "local_shell", "local_shell", "npm");
	call("{'type':'local_shell_call','call_id':'c','action':{'exec':{'command':['cat','/s']}}}",
	    "local_shell", "local_shell", "cat");
	call("{'type':'web_search_call','id':'ws_1','status':'completed','action':{'type':'search',"
	     "'query':'x'}}",
	    "web_search_call", "search", "");
	assert_true(rec.call.is_complete);
	assert_true(str_eqz(rec.call.call_id, "ws_1"));
	call(
	    "{'type':'web_search_call','status':'completed'}", "web_search_call", "web_search", "");
}

/* The size of an action is that of its bytes in the line. */
static void
sizes_of_actions(void **state UNUSED)
{
	item("{'type':'web_search_call','action':{'type':'search','query':'a/b'}}");
	assert_int_equal(rec.call.input_bytes, 31); /* {"type":"search","query":"a/b"} */
	item("{'type':'local_shell_call','action':{ 'command' : ['/bin/ls'] },'call_id':'c'}");
	assert_int_equal(rec.call.input_bytes, 27); /* { "command" : ["/bin/ls"] } */
	assert_true(str_eqz(rec.call.head, "ls"));
	item("{'type':'local_shell_call','call_id':'c'}");
	assert_int_equal(rec.call.input_bytes, 0);
}

/* An output whose text is TEXT (with \\n for line ends). */
static const struct rec_output *
output(const char *text)
{
	char body[2000];

	(void)snprintf(body, sizeof(body),
	    "{'type':'function_call_output','call_id':'c','output':'%s'}", text);
	item(body);
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_true(str_eqz(rec.output.call_id, "c"));
	assert_false(rec.output.is_event);
	return &rec.output;
}

/* EXIT of -1000: none is to be found. */
static void
check(const char *text, int64_t exit_code, int64_t wall_ms, bool failed)
{
	const struct rec_output *o = output(text);

	if (o->has_exit != (exit_code != -1000) || (o->has_exit && o->exit_code != exit_code) ||
	    o->wall_ms != wall_ms || o->failed != failed)
		fail_msg("%s: exit %d %lld, %lld ms, failed %d", text, o->has_exit,
		    (long long)o->exit_code, (long long)o->wall_ms, o->failed);
}

#define NO_EXIT (-1000)

static void
forms_of_all_versions(void **state UNUSED)
{
	/* 0.20 to 0.47 */
	check(
	    "{\\'output\\':\\'x\\',\\'metadata\\':{\\'exit_code\\':3,\\'duration_seconds\\':0.0}}",
	    3, 0, true);
	check(
	    "{\\'output\\':\\'\\',\\'metadata\\':{\\'exit_code\\':0,\\'duration_seconds\\':12.5}}",
	    0, 12500, false);
	/* 0.58 to 0.77 */
	check("Exit code: 0\\nWall time: 0.1 seconds\\nOutput:\\nx", 0, 100, false);
	check("Exit code: 2\\nWall time: 65 seconds\\nTotal output lines: 900\\nOutput:\\n\\nx", 2,
	    65000, true);
	check("Exit code: -1\\nWall time: 3.25 seconds\\nOutput:\\n", -1, 3250, true);
	/* 0.98, 0.140 */
	check("Chunk ID: f048e1\\nWall time: 0.0503 seconds\\nProcess exited with code 0\\n"
	      "Original token count: 15\\nOutput:\\nx",
	    0, 50, false);
	check("Chunk ID: f048e1\\nWall time: 10.0004 seconds\\nProcess running with session ID 7\\n"
	      "Original token count: 15\\nOutput:\\nx",
	    NO_EXIT, 10000, false);
	/* 0.117 */
	check("Command: /bin/bash -lc 0\\nChunk ID: 9317bc\\nWall time: 1.0000 seconds\\n"
	      "Process exited with code 127\\nOriginal token count: 15\\nOutput:\\nx",
	    127, 1000, true);
	/* aborted, other */
	check("Plan updated", NO_EXIT, REC_ABSENT, false);
	check("{\\'agent_id\\':\\'a\\'}", NO_EXIT, REC_ABSENT, false);
	check("{\\'status\\':{\\'a\\':\\'running\\'}}", NO_EXIT, REC_ABSENT, false);
	check("", NO_EXIT, REC_ABSENT, false);
	check("{cut", NO_EXIT, REC_ABSENT, false);
}

static void
timeouts_and_aborts(void **state UNUSED)
{
	check("command timed out after 10000 milliseconds\\nExit code: 124\\n"
	      "Wall time: 10 seconds\\nOutput:\\n",
	    124, 10000, true);
	assert_true(rec.output.timed_out);
	assert_false(rec.output.aborted);
	check("command timed out after 500 milliseconds", NO_EXIT, REC_ABSENT, true);
	assert_true(rec.output.timed_out);
	(void)output("aborted by user after 0.1s");
	assert_true(rec.output.aborted);
	assert_false(rec.output.has_exit);
	assert_false(rec.output.timed_out);
	check("Exit code: 0\\nOutput:\\ncommand timed out after 5 milliseconds", 0, REC_ABSENT,
	    false);
	assert_false(rec.output.timed_out);
}

/* A command may print the same words. */
static void
only_at_the_start(void **state UNUSED)
{
	check("total 5\\nExit code: 9\\nWall time: 3 seconds", NO_EXIT, REC_ABSENT, false);
	check("Exit code: 0\\nOutput:\\nProcess exited with code 9\\nWall time: 3 seconds", 0,
	    REC_ABSENT, false);
	check("Chunk ID: a\\nWall time: 1 seconds\\nOutput:\\nProcess exited with code 9", NO_EXIT,
	    1000, false);
	check(" Exit code: 9", NO_EXIT, REC_ABSENT, false);
	check("Exit code: nine\\nOutput:\\n", NO_EXIT, REC_ABSENT, false);
	check("Exit code: 99999999999\\nOutput:\\n", NO_EXIT, REC_ABSENT, false);
	check("Exit code: 0\\nWall time: long\\nOutput:\\n", 0, REC_ABSENT, false);
	check("Exit code: 0\\nWall time: -1 seconds\\nOutput:\\n", 0, REC_ABSENT, false);
	check("{\\'metadata\\':{\\'exit_code\\':\\'3\\',\\'duration_seconds\\':\\'1\\'}}", NO_EXIT,
	    REC_ABSENT, false);
	check(
	    "{\\'metadata\\':{\\'exit_code\\':0,\\'duration_seconds\\':-1}}", 0, REC_ABSENT, false);
}

static void
code_mode(void **state UNUSED)
{
	item(
	    "{'type':'custom_tool_call_output','call_id':'c','output':[{'type':'input_text','text':"
	    "'Script completed\\nWall time 0.1 seconds\\nOutput:\\n'},{'type':'input_text','text':"
	    "'{\\'chunk_id\\':\\'a\\',\\'wall_time_seconds\\':0.05,\\'exit_code\\':4,"
	    "\\'original_token_count\\':1,\\'output\\':\\'x\\'}'}]}");
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_true(rec.output.has_exit);
	assert_int_equal(rec.output.exit_code, 4);
	assert_true(rec.output.failed);
	assert_int_equal(rec.output.wall_ms, 100); /* the script's, not its last command's */
	assert_int_equal(rec.output.output_bytes, 47 + 93);
	item(
	    "{'type':'custom_tool_call_output','call_id':'c','output':[{'type':'input_text','text':"
	    "'Script failed\\nWall time 2.5 seconds\\nOutput:\\n'},{'type':'input_text','text':"
	    "'Script error:\\nboom'}]}");
	assert_true(rec.output.failed);
	assert_false(rec.output.has_exit);
	assert_int_equal(rec.output.wall_ms, 2500);
	/* what the script itself printed is not believed */
	item(
	    "{'type':'custom_tool_call_output','call_id':'c','output':[{'type':'input_text','text':"
	    "'Script completed\\nWall time 0.1 seconds\\nOutput:\\n'},{'type':'input_text','text':"
	    "'Exit code: 7\\nScript failed'},{'type':'input_text','text':'Exit code: 8'}]}");
	assert_false(rec.output.has_exit);
	assert_false(rec.output.failed);
	assert_int_equal(rec.output.wall_ms, 100);
	item("{'type':'custom_tool_call_output','call_id':'c','output':[]}");
	assert_int_equal(rec.output.output_bytes, 0);
	assert_int_equal(rec.output.wall_ms, REC_ABSENT);
	item(
	    "{'type':'custom_tool_call_output','call_id':'c','output':[{'type':'input_image'},7]}");
	assert_int_equal(rec.output.output_bytes, 0);
}

static void
other_outputs(void **state UNUSED)
{
	(void)output("12345");
	assert_int_equal(rec.output.output_bytes, 5);
	item("{'type':'function_call_output','call_id':'c',"
	     "'output':{'content':'no','success':false}}");
	assert_true(rec.output.failed);
	assert_int_equal(rec.output.output_bytes, 2);
	item("{'type':'function_call_output','call_id':'c',"
	     "'output':{'content':'ok','success':true}}");
	assert_false(rec.output.failed);
	item("{'type':'function_call_output','call_id':'c'}");
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_int_equal(rec.output.output_bytes, 0);
	assert_null(rec.fault);
	item("{'type':'function_call_output','output':'x'}");
	assert_non_null(rec.fault);
	line("event_msg", "{'type':'exec_command_end','call_id':'c','command':'ls -l','status':"
			  "'declined'}");
	assert_true(rec.output.failed);
	assert_false(rec.output.has_exit);
	assert_true(str_eqz(rec.output.status, "declined"));
	assert_int_equal(rec.output.output_bytes, REC_ABSENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(calls, prepare, clean),
		cmocka_unit_test_setup_teardown(sizes_of_actions, prepare, clean),
		cmocka_unit_test_setup_teardown(forms_of_all_versions, prepare, clean),
		cmocka_unit_test_setup_teardown(timeouts_and_aborts, prepare, clean),
		cmocka_unit_test_setup_teardown(only_at_the_start, prepare, clean),
		cmocka_unit_test_setup_teardown(code_mode, prepare, clean),
		cmocka_unit_test_setup_teardown(other_outputs, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
