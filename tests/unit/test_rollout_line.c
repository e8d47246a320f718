/* The envelope of a line: time, ordinal, kind, what is no record, glued lines. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

/* 2026-11-22T06:00:00Z: 20779 days and 6 hours after 1970 */
#define SIX INT64_C(1795327200000)

static void
check_time(const char *value, int64_t want)
{
	char text[200];

	(void)snprintf(text, sizeof(text),
	    "{'timestamp':%s,'type':'event_msg','payload':{'type':'context_compacted'}}", value);
	assert_int_equal(feed(text), 1);
	if (rec.ts_ms != want)
		fail_msg("%s: %lld", value, (long long)rec.ts_ms);
}

static void
times(void **state UNUSED)
{
	check_time("'2026-11-22T06:00:00.000Z'", SIX);
	check_time("'2026-11-22T06:00:00Z'", SIX);
	check_time("'2026-11-22T06:00:00.123456789Z'", SIX + 123);
	check_time("'2026-11-22T07:00:00.5+01:00'", SIX + 500);
	check_time("'2026-11-21T22:00:00-08:00'", SIX);
	check_time("1795327200", SIX);
	check_time("1795327200.25", SIX + 250);
	check_time("1795327200123", SIX + 123);
	check_time("'today'", REC_ABSENT);
	check_time("''", REC_ABSENT);
	check_time("'2026-13-22T06:00:00Z'", REC_ABSENT);
	check_time("null", REC_ABSENT);
	check_time("true", REC_ABSENT);
	check_time("-5", REC_ABSENT);
	check_time("[1795327200]", REC_ABSENT);
	assert_int_equal(feed("{'type':'event_msg','payload':{'type':'context_compacted'}}"), 1);
	assert_int_equal(rec.ts_ms, REC_ABSENT);
	assert_int_equal(rec.kind, REC_MARKER);
}

static void
ordinals(void **state UNUSED)
{
	static const struct {
		const char *value;
		int64_t want;
	} cases[] = { { "0", 0 }, { "41", 41 }, { "-1", REC_ABSENT }, { "'5'", REC_ABSENT },
		{ "1.0", REC_ABSENT }, { "null", REC_ABSENT },
		{ "9223372036854775808", REC_ABSENT } };
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void)snprintf(text, sizeof(text),
		    "{'ordinal':%s,'type':'event_msg','payload':{'type':'context_compacted'}}",
		    cases[i].value);
		assert_int_equal(feed(text), 1);
		assert_int_equal(rec.ordinal, cases[i].want);
	}
	event("{'type':'context_compacted'}");
	assert_int_equal(rec.ordinal, REC_ABSENT);
}

static void
no_record(const char *text)
{
	if (feed(text) != -1)
		fail_msg("accepted: %s", text);
	assert_non_null(why);
}

static void
bad_lines(void **state UNUSED)
{
	char deep[500];

	assert_int_equal(feed(""), 0);
	assert_int_equal(feed(" \t\r"), 0);
	no_record("hello");
	assert_string_equal(why, "not JSON");
	no_record("{'timestamp':'2026-11-22T06:00:00.000Z','type':'event_m");
	assert_string_equal(why, "not JSON");
	no_record("[1,2]");
	assert_string_equal(why, "not a JSON object");
	no_record("'text'");
	no_record("null");
	no_record("{'type':'event_msg','payload':5}");
	no_record("{'type':7,'payload':{}}");
	no_record("{'payload':{}}");
	no_record("{'type':'event_msg','payload':{}} x");
	memset(deep, '[', 200);
	memset(deep + 200, ']', 200);
	deep[400] = '\0';
	no_record(deep);
	assert_string_equal(why, "nested too deep");
	assert_int_equal(rollout_line(r, str_n("{\"a\":1}\0\0\0", 10), &rec, &why), -1);
	assert_int_equal(rollout_line(r, str_n("\0\0\0\0", 4), &rec, &why), -1);
	/* a bad line leaves nothing behind */
	event("{'type':'context_compacted'}");
	assert_int_equal(rec.kind, REC_MARKER);
	assert_int_equal(feed("{'type':'event_msg','payload':{'type':'context_compacted'}}\r"), 1);
	rollout_free(NULL);
}

static void
unknown_kinds(void **state UNUSED)
{
	line("transaction", "{'type':'begin','usage':{'input_tokens':5}}");
	assert_int_equal(rec.kind, REC_UNKNOWN);
	assert_true(str_eqz(rec.type, "transaction"));
	assert_int_equal(rec.ts_ms, SIX);
	event("{'type':'brand_new','info':null}");
	assert_int_equal(rec.kind, REC_UNKNOWN);
	assert_true(str_eqz(rec.type, "event_msg"));
	assert_true(str_eqz(rec.sub, "brand_new"));
	event("{'info':null}");
	assert_int_equal(rec.kind, REC_UNKNOWN);
	assert_null(rec.sub.p);
	line("response_item", "{'type':'hologram'}");
	assert_int_equal(rec.kind, REC_UNKNOWN);
	/* names are compared whole */
	line("session_metadata", "{'id':'x'}");
	assert_int_equal(rec.kind, REC_UNKNOWN);
	event("{'type':'token_counts'}");
	assert_int_equal(rec.kind, REC_UNKNOWN);
}

/* Kinds of formats.md 1.2, 2.4 and 3 that are known and give no fact. */
static void
silent_kinds(void **state UNUSED)
{
	static const char *const lines[] = { "inter_agent_communication",
		"inter_agent_communication_metadata", "world_state", "security_risk_score",
		"realtime_item", "retained_context" };
	static const char *const events[] = { "item_started", "exec_command_begin",
		"mcp_tool_call_begin", "patch_apply_begin", "web_search_end",
		"image_generation_end", "view_image_tool_call", "thread_goal_updated",
		"thread_name_updated", "sub_agent_activity", "guardian_assessment" };
	static const char *const items[] = { "reasoning", "agent_message", "tool_search_call",
		"tool_search_output", "image_generation_call", "ghost_snapshot", "compaction",
		"compaction_summary", "context_compaction", "compaction_trigger",
		"additional_tools", "configuration_update", "other" };
	char text[100];

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		line(lines[i], "{'full':true,'state':{'model':'gpt-5'}}");
		assert_int_equal(rec.kind, REC_NONE);
	}
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		(void)snprintf(text, sizeof(text), "{'type':'%s','turn_id':'t'}", events[i]);
		event(text);
		if (rec.kind != REC_NONE)
			fail_msg("%s", events[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		(void)snprintf(text, sizeof(text), "{'type':'%s','name':'x'}", items[i]);
		line("response_item", text);
		if (rec.kind != REC_NONE)
			fail_msg("%s", items[i]);
	}
	assert_int_equal(rec.turn_seq, 0);
}

static void
wrapped_twice(void **state UNUSED)
{
	event("{'payload':{'type':'thread_rolled_back','num_turns':2}}");
	assert_int_equal(rec.kind, REC_MARKER);
	assert_string_equal(rec.marker.name, "thread_rolled_back");
	assert_int_equal(rec.marker.number, 2);
	event("{'type':'thread_rolled_back','payload':{'num_turns':3}}");
	assert_string_equal(rec.marker.name, "thread_rolled_back");
	assert_int_equal(rec.marker.number, 3);
}

#define GOOD \
	"{\"timestamp\":\"2026-11-22T06:00:00.000Z\",\"type\":\"event_msg\"," \
	"\"payload\":{\"type\":\"thread_rolled_back\",\"num_turns\":4}}"

static void
glued(void **state UNUSED)
{
	static const char two[] =
	    "{\"timestamp\":\"2026-11-22T05:00:00.000Z\",\"type\":\"resp" GOOD;
	static const char three[] = "{\"timestamp\":\"x{\"timestamp\":\"y" GOOD;
	struct str text = STR(two);
	size_t at;

	assert_int_equal(rollout_line(r, text, &rec, &why), -1);
	at = rollout_resync(text);
	assert_int_equal(at, sizeof(two) - sizeof(GOOD));
	text = str_n(text.p + at, text.n - at);
	assert_int_equal(rollout_line(r, text, &rec, &why), 1);
	assert_int_equal(rec.marker.number, 4);
	assert_int_equal(rec.ts_ms, SIX);
	/* its own beginning is not the next one */
	assert_int_equal(rollout_resync(text), text.n);
	text = STR(three);
	at = rollout_resync(text);
	assert_int_equal(at, 15);
	text = str_n(text.p + at, text.n - at);
	assert_int_equal(rollout_line(r, text, &rec, &why), -1);
	assert_int_equal(rollout_resync(text), 15);
	assert_int_equal(rollout_resync(STR("")), 0);
	assert_int_equal(rollout_resync(STR("x")), 1);
	assert_int_equal(rollout_resync(STR("{\"timestamp\":\"")), 14);
	assert_int_equal(rollout_resync(STR("x{\"timestamp\":\"")), 1);
	assert_int_equal(rollout_resync(STR("torn line and nothing behind")), 28);
}

/* A copied line differs from its original by time, ordinal and place only. */
static void
prints(void **state UNUSED)
{
	static const char *const bodies[] = {
		"'event_msg','payload':{'type':'user_message','message':'hi'}}",
		"'event_msg','payload':{'type':'agent_message','message':'hi'}}",
		"'response_item','payload':{'type':'message','role':'user',"
		"'content':[{'type':'input_text','text':'hi'}]}}",
		"'response_item','payload':{'type':'message','role':'user',"
		"'content':[{'type':'input_text','text':'ho'}]}}",
		"'response_item','payload':{'type':'function_call','name':'shell','call_id':'c1'}}",
		"'response_item','payload':{'type':'function_call','name':'shell','call_id':'c2'}}",
		"'response_item','payload':{'type':'function_call_output','call_id':'c1',"
		"'output':''}}",
		"'event_msg','payload':{'type':'token_count','info':{'total_token_usage':"
		"{'input_tokens':5,'output_tokens':1}}}}",
		"'event_msg','payload':{'type':'token_count','info':{'total_token_usage':"
		"{'input_tokens':5,'output_tokens':2}}}}",
		"'event_msg','payload':{'type':'token_count','info':{'last_token_usage':"
		"{'input_tokens':5,'output_tokens':1}}}}",
		"'token_usage_record','payload':{'response_id':'a','usage':{'input_tokens':5}}}",
		"'token_usage_record','payload':{'response_id':'b','usage':{'input_tokens':5}}}",
		"'compacted','payload':{'message':'sum'}}",
	};
	uint64_t first[ARRAY_LEN(bodies)];
	char text[400];

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		(void)snprintf(text, sizeof(text),
		    "{'timestamp':'2026-11-22T06:00:00.000Z','type':%s", bodies[i]);
		assert_int_equal(feed(text), 1);
		first[i] = rec.print;
		assert_true(first[i] != 0);
		for (size_t k = 0; k < i; k++)
			if (first[k] == first[i])
				fail_msg("%s has the print of %s", bodies[i], bodies[k]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		(void)snprintf(text, sizeof(text),
		    "{'ordinal':7,'timestamp':'2027-01-01T00:00:00.000Z',"
		    "'metadata':{'x':1},'type':%s",
		    bodies[i]);
		assert_int_equal(feed(text), 1);
		if (rec.print != first[i])
			fail_msg("another print: %s", bodies[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(times, prepare, clean),
		cmocka_unit_test_setup_teardown(ordinals, prepare, clean),
		cmocka_unit_test_setup_teardown(bad_lines, prepare, clean),
		cmocka_unit_test_setup_teardown(unknown_kinds, prepare, clean),
		cmocka_unit_test_setup_teardown(silent_kinds, prepare, clean),
		cmocka_unit_test_setup_teardown(wrapped_twice, prepare, clean),
		cmocka_unit_test_setup_teardown(glued, prepare, clean),
		cmocka_unit_test_setup_teardown(prints, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
