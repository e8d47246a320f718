/* 0.117 shows the command before its header, as it was typed: with line ends. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

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

static void
command_of_several_lines(void **state UNUSED)
{
	check(
	    "Command: /bin/bash -lc (cd /w\\nmake all)\\nChunk ID: 9317bc\\nWall time: 1.0000 seconds"
	    "\\nProcess exited with code 2\\nOriginal token count: 15\\nOutput:\\nx",
	    2, 1000, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(command_of_several_lines, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
