/* A line costs no allocation once lines of its kind were read: this program counts them (--wrap). */
#include "rollout_fixture.h"

#include "base/xalloc.h"

static size_t allocations;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__real_reallocarray(void *p, size_t count, size_t n);
void *__wrap_reallocarray(void *p, size_t count, size_t n);

void *
__wrap_malloc(size_t n)
{
	allocations++;
	return __real_malloc(n);
}

void *
__wrap_calloc(size_t count, size_t n)
{
	allocations++;
	return __real_calloc(count, n);
}

void *
__wrap_reallocarray(void *p, size_t count, size_t n)
{
	allocations++;
	return __real_reallocarray(p, count, n);
}

static void
all_kinds(void)
{
	line("session_meta", "{'id':'t','cwd':'/a','git':{'repository_url':'https://u:t@h/p?x=1'},"
			     "'source':{'subagent':'review'}}");
	assert_true(str_eqz(rec.session.url, "https://h/p"));
	line("turn_context", "{'model':'m','sandbox_policy':{'mode':'x','writable_roots':['/a']}}");
	assert_true(str_eqz(rec.context.writable_roots, "[\"/a\"]"));
	event("{'type':'token_count','info':{'total_token_usage':{'input_tokens':5}},"
	      "'rate_limits':{'primary':{'used_percent':12.25}}}");
	event("{'type':'user_message','message':'caf\\u00e9\\n'}");
	assert_int_equal(rec.message.chars, 5);
	item("{'type':'message','role':'user','content':[{'type':'input_text','text':'a\\n'},"
	     "{'type':'input_text','text':'b'}]}");
	assert_true(str_eqz(rec.message.text, "a\nb"));
	item("{'type':'function_call','name':'shell','call_id':'c','arguments':"
	     "'{\\'command\\':[\\'bash\\',\\'-lc\\',\\'cd \\\\\\'/x\\\\\\' && ls\\']}'}");
	assert_true(str_eqz(rec.call.head, "cd"));
	item("{'type':'function_call_output','call_id':'c','output':'Exit code: 3\\nWall time: 1.5 "
	     "seconds\\nOutput:\\nx'}");
	assert_int_equal(rec.output.exit_code, 3);
	item("{'type':'function_call_output','call_id':'c','output':"
	     "'{\\'output\\':\\'\\\\n\\',\\'metadata\\':{\\'exit_code\\':4}}'}");
	assert_int_equal(rec.output.exit_code, 4);
	event("{'type':'item_completed','item':{'type':'AgentMessage','content':[{'type':'Text',"
	      "'text':'x\\ty'}]}}");
	event("{'type':'task_started','turn_id':'u'}");
	line("compacted", "{'message':'m\\u0041'}");
	item("{'type':'reasoning','encrypted_content':'gAAAA'}");
	assert_int_equal(feed("{'type':"), -1);
}

static void
no_allocations(void **state UNUSED)
{
	size_t before;

	all_kinds();
	assert_in_range(allocations, 1, 100); /* they are counted */
	before = allocations;
	for (int i = 0; i < 3; i++)
		all_kinds();
	assert_int_equal(allocations, before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_allocations),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
