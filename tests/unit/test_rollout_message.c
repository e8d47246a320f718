/* Turns and messages: what begins a turn, what is a prompt, what a review hides. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

static void
user_item(const char *text)
{
	char body[1000];

	(void)snprintf(body, sizeof(body),
	    "{'type':'message','role':'user','content':[{'type':'input_text','text':'%s'}]}", text);
	item(body);
	assert_int_equal(rec.kind, REC_MESSAGE);
	assert_int_equal(rec.message.origin, ORIGIN_RESPONSE);
}

static void
turns_without_ids(void **state UNUSED)
{
	user_item("go");
	assert_int_equal(rec.turn_seq, 0);
	event("{'type':'user_message','message':'go'}");
	assert_true(rec.starts_turn);
	assert_int_equal(rec.turn_seq, 1);
	event("{'type':'agent_message','message':'done'}");
	assert_false(rec.starts_turn);
	assert_int_equal(rec.turn_seq, 1);
	event("{'type':'user_message','message':'more'}");
	assert_int_equal(rec.turn_seq, 2);
	assert_false(rollout_has_turn_ids(r));
}

static void
turns_with_ids(void **state UNUSED)
{
	event("{'type':'task_started','turn_id':'t1'}");
	assert_true(rec.starts_turn);
	assert_int_equal(rec.turn_seq, 1);
	event("{'type':'user_message','message':'go'}");
	assert_false(rec.starts_turn);
	event("{'type':'user_message','message':'steered in the middle'}");
	assert_int_equal(rec.turn_seq, 1);
	event("{'type':'task_complete','turn_id':'t1'}");
	assert_int_equal(rec.turn_seq, 1);
	event("{'type':'task_started','turn_id':'t2'}");
	assert_int_equal(rec.turn_seq, 2);
	event("{'type':'item_completed','turn_id':'t2','item':{'type':'UserMessage','content':"
	      "[{'type':'text','text':'hi'}]}}");
	assert_int_equal(rec.turn_seq, 2);
	assert_true(rollout_has_turn_ids(r));
}

/* An upgraded file: older turns have no ids, newer ones have. */
static void
turns_of_both_kinds(void **state UNUSED)
{
	event("{'type':'user_message','message':'one'}");
	event("{'type':'user_message','message':'two'}");
	assert_int_equal(rec.turn_seq, 2);
	event("{'type':'task_started','turn_id':'t3'}");
	assert_int_equal(rec.turn_seq, 3);
	event("{'type':'user_message','message':'three'}");
	assert_int_equal(rec.turn_seq, 3);
}

/* The parent's file shows the review's own events; they belong to the review. */
static void
review(void **state UNUSED)
{
	static const char *const hidden[] = { "{'type':'user_message','message':'look'}",
		"{'type':'agent_message','message':'fine'}",
		"{'type':'agent_reasoning','text':'x'}",
		"{'type':'agent_reasoning_raw_content','text':'x'}",
		"{'type':'task_started','turn_id':'rt'}" };

	event("{'type':'user_message','message':'go'}");
	event("{'type':'entered_review_mode','user_facing_hint':'x'}");
	assert_int_equal(rec.kind, REC_MARKER);
	assert_string_equal(rec.marker.name, "entered_review_mode");
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		event(hidden[i]);
		if (rec.kind != REC_NONE)
			fail_msg("%s", hidden[i]);
		assert_true(rec.in_review);
		assert_int_equal(rec.turn_seq, 1);
	}
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':5}}}");
	assert_int_equal(rec.kind, REC_USAGE);
	assert_true(rec.in_review);
	event("{'type':'exited_review_mode','review_output':null}");
	assert_string_equal(rec.marker.name, "exited_review_mode");
	event("{'type':'token_count','info':null}");
	assert_false(rec.in_review);
	event("{'type':'user_message','message':'go on'}");
	assert_int_equal(rec.kind, REC_MESSAGE);
	assert_int_equal(rec.turn_seq, 2);
	/* in paginated files these are items */
	event("{'type':'item_completed','item':{'type':'EnteredReviewMode'}}");
	assert_string_equal(rec.marker.name, "entered_review_mode");
	event("{'type':'token_count','info':null}");
	assert_true(rec.in_review);
	event("{'type':'item_completed','item':{'type':'ExitedReviewMode'}}");
	assert_string_equal(rec.marker.name, "exited_review_mode");
	event("{'type':'token_count','info':null}");
	assert_false(rec.in_review);
}

static void
injected(void **state UNUSED)
{
	static const char *const texts[] = { "<environment_context>\\n  <cwd>/w</cwd>",
		"<user_instructions>\\nx", "# AGENTS.md instructions for /w\\n\\n<INSTRUCTIONS>",
		"\\n  <environment_context>", "<turn_aborted>\\nThe user interrupted",
		"<permissions instructions>\\nx", "<skill>\\nx", "<user_shell_command>\\nls",
		"<subagent_notification>\\n{}" };
	static const char *const typed[] = { "go", "", "please look at <environment_context>",
		"<div>why is this red?</div>", "# Title\\ntext", "AGENTS.md is wrong" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		user_item(texts[i]);
		if (rec.message.is_prompt)
			fail_msg("a prompt: %s", texts[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		user_item(typed[i]);
		if (!rec.message.is_prompt)
			fail_msg("no prompt: %s", typed[i]);
	}
	item("{'type':'message','role':'developer','content':[{'type':'input_text','text':'x'}]}");
	assert_int_equal(rec.kind, REC_MESSAGE);
	assert_true(str_eqz(rec.message.role, "developer"));
	assert_false(rec.message.is_prompt);
	item("{'type':'message','role':'system','content':[{'type':'input_text','text':'x'}]}");
	assert_false(rec.message.is_prompt);
	item("{'type':'message','role':'assistant','content':[{'type':'output_text','text':'x'}]}");
	assert_false(rec.message.is_prompt);
}

static void
lengths(void **state UNUSED)
{
	event("{'type':'user_message','message':'\xc3\xa5\xe2\x82\xac!','images':['a','b'],"
	      "'local_images':['c']}");
	assert_int_equal(rec.message.chars, 3);
	assert_int_equal(rec.message.bytes, 6);
	assert_int_equal(rec.message.images, 2);
	assert_int_equal(rec.message.local_images, 1);
	assert_true(rec.message.is_prompt);
	event("{'type':'user_message','images':null}");
	assert_int_equal(rec.message.chars, 0);
	assert_int_equal(rec.message.images, 0);
	/* several parts are one text */
	item("{'type':'message','role':'assistant','content':[{'type':'output_text','text':'ab'},"
	     "{'type':'input_image','image_url':'data:'},"
	     "{'type':'output_text','text':'\xc3\xa5'}]}");
	assert_int_equal(rec.message.chars, 3);
	assert_int_equal(rec.message.bytes, 4);
	assert_true(str_eqz(rec.message.text, "ab\xc3\xa5"));
	item("{'type':'message','role':'assistant','content':[{'type':'output_text','text':'a"
	     "\\u0000b'},{'type':'output_text','text':'c'}]}");
	assert_int_equal(rec.message.bytes, 4);
	assert_memory_equal(rec.message.text.p, "a\0bc", 4);
	item("{'type':'message','role':'assistant','content':[]}");
	assert_int_equal(rec.message.bytes, 0);
	item("{'type':'message','role':'assistant','content':'text'}");
	assert_int_equal(rec.kind, REC_MESSAGE);
	/* bytes that are no UTF-8 count one each */
	event("{'type':'agent_message','message':'a\xff\xfe'}");
	assert_int_equal(rec.message.chars, 3);
	assert_int_equal(rec.message.bytes, 3);
	item("{'type':'message','content':[{'type':'input_text','text':'x'}]}");
	assert_int_equal(rec.kind, REC_NONE);
	assert_non_null(rec.fault);
}

static void
items(void **state UNUSED)
{
	event(
	    "{'type':'item_completed','thread_id':'th','turn_id':'t','item':{'type':'UserMessage',"
	    "'id':'i','content':[{'type':'text','text':'\xc3\xa5'},{'type':'image','url':'x'},"
	    "{'type':'local_image','path':'x'},{'type':'text','text':'bc'}]}}");
	assert_int_equal(rec.kind, REC_MESSAGE);
	assert_int_equal(rec.message.origin, ORIGIN_ITEM);
	assert_true(rec.message.is_prompt);
	assert_true(str_eqz(rec.message.role, "user"));
	assert_int_equal(rec.message.chars, 3);
	assert_int_equal(rec.message.bytes, 4);
	assert_int_equal(rec.message.images, 1);
	assert_int_equal(rec.message.local_images, 1);
	assert_true(str_eqz(rec.thread_id, "th"));
	event("{'type':'item_completed','thread_id':'th','item':{'type':'AgentMessage','content':"
	      "[{'type':'Text','text':'hi'}],'phase':'final_answer'}}");
	assert_true(str_eqz(rec.message.role, "assistant"));
	assert_false(rec.message.is_prompt);
	event("{'type':'item_completed','item':{'type':'Reasoning','summary_text':['x']}}");
	assert_int_equal(rec.kind, REC_ACTIVITY);
	assert_string_equal(rec.activity.name, "reasoning_event");
	assert_int_equal(rec.activity.count, 1);
	event("{'type':'item_completed','item':{'type':'ContextCompaction'}}");
	assert_string_equal(rec.marker.name, "context_compacted");
	event("{'type':'item_completed','item':{'type':'FileChange','status':'declined',"
	      "'changes':{}}}");
	assert_int_equal(rec.kind, REC_OUTPUT);
	assert_true(rec.output.failed);
	event("{'type':'item_completed','item':{'type':'McpToolCall','status':'failed',"
	      "'durationMs':1200}}");
	assert_true(rec.output.failed);
	assert_int_equal(rec.output.wall_ms, 1200);
	event("{'type':'item_completed','item':{'type':'Hologram'}}");
	assert_int_equal(rec.kind, REC_NONE);
	event("{'type':'item_completed','item':null}");
	assert_int_equal(rec.kind, REC_NONE);
	event("{'type':'item_completed'}");
	assert_int_equal(rec.kind, REC_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(turns_without_ids, prepare, clean),
		cmocka_unit_test_setup_teardown(turns_with_ids, prepare, clean),
		cmocka_unit_test_setup_teardown(turns_of_both_kinds, prepare, clean),
		cmocka_unit_test_setup_teardown(review, prepare, clean),
		cmocka_unit_test_setup_teardown(injected, prepare, clean),
		cmocka_unit_test_setup_teardown(lengths, prepare, clean),
		cmocka_unit_test_setup_teardown(items, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
