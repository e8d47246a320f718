/* session_meta: who made the thread; git URLs without their secrets. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout_fixture.h"

static void
source(const char *value, const char *kind, const char *logged)
{
	char text[500];

	(void)snprintf(text, sizeof(text), "{'id':'x','source':%s}", value);
	line("session_meta", text);
	assert_int_equal(rec.kind, REC_SESSION);
	if (strcmp(rec.session.source_kind, kind) != 0)
		fail_msg("%s is called %s", value, rec.session.source_kind);
	if (logged != NULL)
		assert_true(str_eqz(rec.session.source, logged));
}

static void
sources(void **state UNUSED)
{
	source("'cli'", "cli", "cli");
	source("'exec'", "exec", "exec");
	source("'vscode'", "vscode", "vscode");
	source("'mcp'", "mcp", "mcp");
	source("'unknown'", "other", "unknown");
	source("'my-bridge'", "other", "my-bridge");
	source("'CLI'", "other", "CLI");
	source("{'custom':'mine'}", "other", "custom:other");
	source("'a text, no word'", "other", "other");
	source("{'internal':'memory_consolidation'}", "other", NULL);
	source("{'internal':'guardian'}", "guardian", "internal:guardian");
	source("{'subagent':'review'}", "review", "subagent:review");
	source("{'subagent':'compact'}", "compact", NULL);
	source("{'subagent':'memory_consolidation'}", "subagent", NULL);
	source("{'subagent':{'other':'x'}}", "subagent", NULL);
	source(
	    "{'subagent':{'thread_spawn':{'parent_thread_id':'p','depth':1}}}", "subagent", NULL);
	assert_true(str_eqz(rec.session.parent, "p"));
	assert_null(rec.fault);
	source("null", "other", NULL);
	assert_null(rec.session.source.p);
	source("7", "other", NULL);
	assert_non_null(rec.fault);
	line("session_meta", "{'id':'x'}");
	assert_string_equal(rec.session.source_kind, "other");
	assert_null(rec.fault);
	line("session_meta", "{'id':'x','source':'exec','thread_source':'guardian_review'}");
	assert_string_equal(rec.session.source_kind, "guardian");
	line("session_meta", "{'id':'x','source':'exec','thread_source':'user'}");
	assert_string_equal(rec.session.source_kind, "exec");
}

static void
spawned(void **state UNUSED)
{
	line("session_meta",
	    "{'id':'x','source':{'subagent':{'thread_spawn':{'parent_thread_id':'p','depth':2,"
	    "'agent_path':'/root/a','agent_nickname':'Ada','agent_role':'explorer'}}}}");
	assert_true(str_eqz(rec.session.parent, "p"));
	assert_true(str_eqz(rec.session.agent_path, "/root/a"));
	assert_true(str_eqz(rec.session.nickname, "Ada"));
	assert_true(str_eqz(rec.session.role, "explorer"));
	/* older: agent_type */
	line("session_meta",
	    "{'id':'x','source':{'subagent':{'thread_spawn':{'agent_type':'worker'}}}}");
	assert_true(str_eqz(rec.session.role, "worker"));
	assert_null(rec.session.parent.p);
	/* what the payload itself says comes first */
	line("session_meta",
	    "{'id':'x','parent_thread_id':'q','agent_nickname':'Bo','agent_role':'r',"
	    "'agent_path':'/b',"
	    "'source':{'subagent':{'thread_spawn':{'parent_thread_id':'p','agent_nickname':'Ada',"
	    "'agent_role':'explorer','agent_path':'/a'}}}}");
	assert_true(str_eqz(rec.session.parent, "q"));
	assert_true(str_eqz(rec.session.nickname, "Bo"));
	assert_true(str_eqz(rec.session.role, "r"));
	assert_true(str_eqz(rec.session.agent_path, "/b"));
}

static void
url(const char *logged, const char *want)
{
	char text[500];

	(void)snprintf(text, sizeof(text),
	    "{'id':'x','git':{'commit_hash':'c','branch':'b','repository_url':'%s'}}", logged);
	line("session_meta", text);
	if (!str_eqz(rec.session.url, want))
		fail_msg("%s gives %.*s", logged, (int)rec.session.url.n, rec.session.url.p);
}

static void
urls(void **state UNUSED)
{
	url("https://github.com/a/b.git", "https://github.com/a/b.git");
	url("https://user:token@github.com/a/b.git", "https://github.com/a/b.git");
	url("https://ghp_token@github.com/a/b", "https://github.com/a/b");
	url("https://user%40corp:p%3Aw@host:8443/a/b", "https://host:8443/a/b");
	url("https://us@er:tok@host/a", "https://host/a");
	url("ssh://git@host/a/b.git", "ssh://host/a/b.git");
	url("ssh://git:pw@host:2222/a", "ssh://host:2222/a");
	url("git@host:a/b.git", "git@host:a/b.git"); /* no secret in it */
	url("https://host/a/b?private_token=s3cret", "https://host/a/b");
	url("https://host/a/b.git#access_token=s3cret", "https://host/a/b.git");
	url("https://user:tok@host?x=y", "https://host");
	url("https://user:tok@host", "https://host");
	url("https://host/a@v1", "https://host/a@v1"); /* not before the path */
	url("https://host", "https://host");
	url("file:///srv/git/x.git", "file:///srv/git/x.git");
	url("/srv/git/x.git", "/srv/git/x.git");
	url("", "");
	line("session_meta", "{'id':'x','git':{'commit_hash':'c'}}");
	assert_null(rec.session.url.p);
	assert_true(str_eqz(rec.session.commit, "c"));
	assert_null(rec.session.branch.p);
	line("session_meta", "{'id':'x','git':null}");
	assert_null(rec.session.commit.p);
}

static void
odd_sessions(void **state UNUSED)
{
	line("session_meta", "{'cwd':'/w'}");
	assert_int_equal(rec.kind, REC_SESSION);
	assert_null(rec.session.id.p);
	assert_non_null(rec.fault);
	line("session_meta", "{'id':7,'cwd':['/w'],'cli_version':null,'history_base':'x',"
			     "'subagent_history_start_ordinal':'5'}");
	assert_null(rec.session.id.p);
	assert_null(rec.session.cwd.p);
	assert_null(rec.session.cli_version.p);
	assert_null(rec.session.base_thread.p);
	assert_int_equal(rec.session.base_end_ordinal, REC_ABSENT);
	assert_int_equal(rec.session.start_ordinal, REC_ABSENT);
	/* a header of the first era, whatever the order of its members */
	assert_int_equal(feed("{'git':null,'instructions':'x','timestamp':'2026-11-22T06:00:00Z',"
			      "'id':'y'}"),
	    1);
	assert_int_equal(rec.kind, REC_SESSION);
	assert_true(str_eqz(rec.session.id, "y"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sources, prepare, clean),
		cmocka_unit_test_setup_teardown(spawned, prepare, clean),
		cmocka_unit_test_setup_teardown(urls, prepare, clean),
		cmocka_unit_test_setup_teardown(odd_sessions, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
