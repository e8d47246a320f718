/* token_count and token_usage_record: vectors, rate limits, faults. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

/* 2026-11-22T06:00:00Z, the time of every line here */
#define SIX_S INT64_C(1795327200)
#define LIMITS "'rate_limits':{'limit_id':'codex','primary':{'used_percent':12.5}}"

static void
vector(const struct rec_tokens *t, int64_t input, int64_t cached, int64_t write, int64_t output,
    int64_t reasoning, int64_t total)
{
	assert_int_equal(t->input, input);
	assert_int_equal(t->cached, cached);
	assert_int_equal(t->cache_write, write);
	assert_int_equal(t->output, output);
	assert_int_equal(t->reasoning, reasoning);
	assert_int_equal(t->total, total);
}

static void
both_vectors(void **state UNUSED)
{
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':11146,"
	      "'cached_input_tokens':3648,'cache_write_input_tokens':100,'output_tokens':411,"
	      "'reasoning_output_tokens':113,'total_tokens':11557},'last_token_usage':"
	      "{'input_tokens':6103,'cached_input_tokens':3648,'output_tokens':224,"
	      "'reasoning_output_tokens':62,'total_tokens':6327},'model_context_window':272000,"
	      "'last_usage_includes_reasoning':true},'rate_limits':null}");
	assert_int_equal(rec.kind, REC_USAGE);
	assert_false(rec.usage.is_record);
	assert_true(rec.usage.has_total && rec.usage.has_last);
	vector(&rec.usage.total, 11146, 3648, 100, 411, 113, 11557);
	vector(&rec.usage.last, 6103, 3648, 0, 224, 62, 6327);
	assert_int_equal(rec.usage.window, 272000);
	assert_false(rec.limits.present);
	assert_null(rec.fault);
}

static void
parts_missing(void **state UNUSED)
{
	event("{'type':'token_count','info':null,'rate_limits':null}");
	assert_int_equal(rec.kind, REC_USAGE);
	assert_false(rec.usage.has_total || rec.usage.has_last);
	assert_int_equal(rec.usage.window, REC_ABSENT);
	assert_int_equal(rec.print, 0);
	assert_null(rec.fault);
	event("{'type':'token_count'}");
	assert_false(rec.usage.has_total || rec.usage.has_last);
	assert_null(rec.fault);
	/* total = input + output where it is not written */
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':5,"
	      "'output_tokens':2},'model_context_window':null}}");
	assert_true(rec.usage.has_total);
	assert_false(rec.usage.has_last);
	vector(&rec.usage.total, 5, 0, 0, 2, 0, 7);
	assert_int_equal(rec.usage.window, REC_ABSENT);
	/* a gauge: total_tokens alone */
	event("{'type':'token_count','info':{'total_token_usage':{'total_tokens':258400},"
	      "'last_token_usage':{'input_tokens':0,'output_tokens':0,'total_tokens':12565}}}");
	vector(&rec.usage.total, 0, 0, 0, 0, 0, 258400);
	vector(&rec.usage.last, 0, 0, 0, 0, 0, 12565);
	assert_null(rec.fault);
	event("{'type':'token_count','info':'none'," LIMITS "}");
	assert_non_null(rec.fault);
	assert_false(rec.usage.has_total || rec.usage.has_last);
	assert_true(rec.limits.present);
}

static const char *const no_counts[] = { "-1", "1.5", "1.0", "'5'", "9223372036854775808",
	"18446744073709551616", "true", "[]", "{}", "1e3" };

/* Each counter in turn is no count: the vector is not used, the limits are. */
static void
bad_counters(void **state UNUSED)
{
	static const char *const keys[] = { "input_tokens", "cached_input_tokens",
		"cache_write_input_tokens", "output_tokens", "reasoning_output_tokens",
		"total_tokens" };
	char text[600], body[300];

	for (size_t k = 0; k < ARRAY_LEN(keys); k++)
		for (size_t i = 0; i < ARRAY_LEN(no_counts); i++) {
			int at = snprintf(body, sizeof(body), "{");

			for (size_t m = 0; m < ARRAY_LEN(keys); m++)
				at += snprintf(body + at, sizeof(body) - (size_t)at, "%s'%s':%s",
				    m > 0 ? "," : "", keys[m], m == k ? no_counts[i] : "7");
			(void)snprintf(text, sizeof(text),
			    "{'type':'token_count','info':{'total_token_usage':%s}}," LIMITS "}",
			    body);
			event(text);
			if (rec.usage.has_total || rec.fault == NULL)
				fail_msg("taken: %s", text);
			vector(&rec.usage.total, 0, 0, 0, 0, 0, 0);
			assert_true(rec.limits.present);
			assert_true(rec.limits.window[0].used_percent == 12.5);
			assert_int_equal(rec.print, 0);
		}
}

/*
 * With a total that cannot be used the line says nothing: its `last` would be
 * counted here, and again in the difference of the next total.
 */
static void
bad_total_good_last(void **state UNUSED)
{
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':-5,"
	      "'output_tokens':2},'last_token_usage':{'input_tokens':3,'output_tokens':1}}," LIMITS
	      "}");
	assert_non_null(rec.fault);
	assert_false(rec.usage.has_total);
	assert_false(rec.usage.has_last);
	assert_true(rec.limits.present);
	/* the other way round the difference of totals is all that is needed */
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':5,"
	      "'output_tokens':2},'last_token_usage':{'input_tokens':'3','output_tokens':1}}}");
	assert_non_null(rec.fault);
	assert_true(rec.usage.has_total);
	assert_false(rec.usage.has_last);
}

static void
usage_record(void **state UNUSED)
{
	line("token_usage_record",
	    "{'thread_id':'th','turn_id':'tu','session_id':'root','root_turn_id':'rt',"
	    "'response_id':'resp_1','usage':{'input_tokens':100,'cached_input_tokens':60,"
	    "'cache_write_input_tokens':30,'output_tokens':20,'reasoning_output_tokens':5,"
	    "'total_tokens':120},'turn_token_usage':{'input_tokens':900,'output_tokens':90},"
	    "'thread_token_usage':{'input_tokens':9000,'output_tokens':900}}");
	assert_int_equal(rec.kind, REC_USAGE);
	assert_true(rec.usage.is_record);
	assert_false(rec.usage.has_total);
	assert_true(rec.usage.has_last);
	vector(&rec.usage.last, 100, 60, 30, 20, 5, 120);
	assert_true(str_eqz(rec.usage.response_id, "resp_1"));
	assert_true(str_eqz(rec.usage.thread_id, "th"));
	assert_true(str_eqz(rec.usage.turn_id, "tu"));
	assert_int_equal(rec.usage.window, REC_ABSENT);
	line("token_usage_record", "{'thread_id':'th','usage':{'input_tokens':1}}");
	assert_true(rec.usage.has_last);
	assert_null(rec.usage.response_id.p);
	line("token_usage_record", "{'thread_id':'th','response_id':'r'}");
	assert_false(rec.usage.has_last);
	assert_non_null(rec.fault);
	line("token_usage_record",
	    "{'thread_id':'th','response_id':'r','usage':{'input_tokens':-1}}");
	assert_false(rec.usage.has_last);
	assert_non_null(rec.fault);
	/* a copy inside a compaction is no usage */
	line(
	    "compacted", "{'message':'','latest_token_usage_record':{'usage':{'input_tokens':9}}}");
	assert_int_equal(rec.kind, REC_MARKER);
	assert_false(rec.usage.has_last || rec.usage.has_total);
}

static void
limits(const char *snapshot)
{
	char text[1000];

	(void)snprintf(
	    text, sizeof(text), "{'type':'token_count','info':null,'rate_limits':%s}", snapshot);
	event(text);
	assert_int_equal(rec.kind, REC_USAGE);
}

static void
window(int i, int64_t minutes, double percent, int64_t resets)
{
	const struct rec_window *w = &rec.limits.window[i];

	assert_true(w->present);
	assert_int_equal(w->minutes, minutes);
	assert_true(w->used_percent == percent);
	assert_int_equal(w->resets_at_s, resets);
}

static void
limit_windows(void **state UNUSED)
{
	/* 0.58 and later */
	limits(
	    "{'limit_id':'codex_bengalfox','limit_name':'gpt-5-codex-fox','primary':{'used_percent'"
	    ":77.5,'window_minutes':1440,'resets_at':1795333786},'secondary':null,'credits':"
	    "{'has_credits':true,'unlimited':false,'balance':'12.34'},'plan_type':'plus',"
	    "'rate_limit_reached_type':'rate_limit_reached'}");
	assert_true(rec.limits.present);
	window(0, 1440, 77.5, 1795333786);
	assert_false(rec.limits.window[1].present);
	assert_true(str_eqz(rec.limits.limit_id, "codex_bengalfox"));
	assert_true(str_eqz(rec.limits.limit_name, "gpt-5-codex-fox"));
	assert_true(str_eqz(rec.limits.plan_type, "plus"));
	assert_true(str_eqz(rec.limits.reached_type, "rate_limit_reached"));
	assert_true(str_eqz(rec.limits.balance, "12.34"));
	assert_int_equal(rec.limits.has_credits, 1);
	assert_int_equal(rec.limits.unlimited, 0);
	assert_null(rec.fault);
	/* weekly as primary is real, and so are windows of other lengths */
	limits("{'primary':{'used_percent':3,'window_minutes':10080,'resets_at':5},'secondary':"
	       "{'used_percent':100,'window_minutes':43200,'resets_at':null}}");
	window(0, 10080, 3, 5);
	window(1, 43200, 100, REC_ABSENT);
	assert_null(rec.limits.limit_id.p);
	assert_int_equal(rec.limits.has_credits, REC_ABSENT);
	assert_int_equal(rec.limits.unlimited, REC_ABSENT);
	/* 0.42 and later without headers: an object of nothing */
	limits(
	    "{'limit_id':'codex','primary':null,'secondary':null,'credits':null,'plan_type':null}");
	assert_false(rec.limits.present);
	assert_null(rec.fault);
}

static void
limit_resets(void **state UNUSED)
{
	/* 0.42 to 0.47: seconds from the line's own time; October 2025: a minute short */
	limits("{'primary':{'used_percent':10.5,'window_minutes':299,'resets_in_seconds':8990},"
	       "'secondary':{'used_percent':40.25,'window_minutes':10079,"
	       "'resets_in_seconds':400000}}");
	window(0, 300, 10.5, SIX_S + 8990);
	window(1, 10080, 40.25, SIX_S + 400000);
	assert_null(rec.fault);
	limits("{'primary':{'used_percent':1,'window_minutes':298,'resets_in_seconds':null}}");
	window(0, 298, 1, REC_ABSENT);
	assert_null(rec.fault);
	limits("{'primary':{'used_percent':1,'window_minutes':null,'resets_at':7,"
	       "'resets_in_seconds':9}}");
	window(0, REC_ABSENT, 1, 7);
	assert_int_equal(feed("{'type':'event_msg','payload':{'type':'token_count','rate_limits':"
			      "{'primary':{'used_percent':1,'resets_in_seconds':60}}}}"),
	    1);
	window(0, REC_ABSENT, 1, REC_ABSENT); /* from which time? */
}

static void
bad_limits(void **state UNUSED)
{
	limits("'none'");
	assert_false(rec.limits.present);
	assert_non_null(rec.fault);
	limits("{'primary':{'used_percent':'12','window_minutes':300},"
	       "'secondary':{'used_percent':1}}");
	assert_false(rec.limits.window[0].present);
	assert_true(rec.limits.window[1].present);
	assert_non_null(rec.fault);
	limits("{'primary':{'used_percent':1,'resets_at':'soon'}}");
	window(0, REC_ABSENT, 1, REC_ABSENT);
	assert_non_null(rec.fault);
	limits("{'primary':{'used_percent':1,'window_minutes':-300,'resets_at':-5}}");
	window(0, REC_ABSENT, 1, REC_ABSENT);
	/* a fault in the limits takes no counters away */
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':5,"
	      "'output_tokens':2}},'rate_limits':[]}");
	assert_true(rec.usage.has_total);
	assert_non_null(rec.fault);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_vectors, prepare, clean),
		cmocka_unit_test_setup_teardown(parts_missing, prepare, clean),
		cmocka_unit_test_setup_teardown(bad_counters, prepare, clean),
		cmocka_unit_test_setup_teardown(bad_total_good_last, prepare, clean),
		cmocka_unit_test_setup_teardown(usage_record, prepare, clean),
		cmocka_unit_test_setup_teardown(limit_windows, prepare, clean),
		cmocka_unit_test_setup_teardown(limit_resets, prepare, clean),
		cmocka_unit_test_setup_teardown(bad_limits, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
