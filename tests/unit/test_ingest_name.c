/* What the name of a rollout file and the URL of a repository say. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/repository.h"
#include "ingest/name.h"

#define A "01a20204-9d3e-7b21-a061-0658345c3ec2"
#define B "01A20205-0B07-7701-93C8-00C934549103"
#define DAY "rollout-2026-11-22T06-49-46-"

static void
rollout_names(void **state UNUSED)
{
	static const struct {
		const char *name;
		bool is, compressed;
	} cases[] = {
		{ DAY A ".jsonl", true, false },
		{ DAY A ".jsonl.zst", true, true },
		{ DAY A "_" B ".jsonl", true, false },
		{ "rollout-x.jsonl", true, false },
		{ "rollout-x.jsonl.zst", true, true },
		{ "rollout-x.json", false, false },
		{ "rollout-x.zst", false, false },
		{ "rollout-x.jsonl.gz", false, false },
		{ "rollout-x.jsonl.tmp", false, false },
		{ "rollout-x.jsonl~", false, false },
		{ "Rollout-x.jsonl", false, false },
		{ "my-rollout-x.jsonl", false, false },
		{ "rollout.jsonl", false, false },
		{ ".rollout-x.jsonl", false, false },
		{ "session_index.jsonl", false, false },
		{ "history.jsonl", false, false },
		{ "", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool compressed = false;

		if (name_is_rollout(str_of(cases[i].name), &compressed) != cases[i].is)
			fail_msg("%s", cases[i].name);
		if (cases[i].is)
			assert_int_equal(compressed, cases[i].compressed);
	}
}

static void
ids(const char *name, const char *thread, const char *page)
{
	struct str t, p;

	name_ids(str_of(name), &t, &p);
	if (thread == NULL)
		assert_null(t.p);
	else if (t.p == NULL || !str_eqz(t, thread))
		fail_msg("%s: thread %.*s", name, (int)t.n, t.p == NULL ? "" : t.p);
	assert_non_null(p.p);
	if (!str_eqz(p, page))
		fail_msg("%s: page %.*s", name, (int)p.n, p.p);
}

static void
threads_and_pages(void **state UNUSED)
{
	ids(DAY A ".jsonl", A, "");
	ids(DAY A ".jsonl.zst", A, "");
	ids(DAY B ".jsonl", B, "");
	ids(DAY A "_" B ".jsonl", A, B);
	ids(DAY A "_" B ".jsonl.zst", A, B);
	ids("rollout-" A ".jsonl", A, "");
	/* read from the right */
	ids("rollout-" B "-" A ".jsonl", A, "");
	ids("rollout-x_" A ".jsonl", A, "");
	ids(DAY B "_" A "_" B ".jsonl", A, B);
	ids(A ".jsonl", A, "");
	ids(A "_" B ".jsonl", A, B);
	/* none */
	ids(DAY ".jsonl", NULL, "");
	ids("rollout-x.jsonl", NULL, "");
	ids(DAY A "x.jsonl", NULL, "");
	ids(DAY A "_.jsonl", NULL, "");
	ids(DAY A "_notes.jsonl", NULL, "");
	ids("rollout-01a20204-9d3e-7b21-a061-0658345c3eg2.jsonl", NULL, "");
	ids("rollout-01a20204x9d3e-7b21-a061-0658345c3ec2.jsonl", NULL, "");
	ids(".jsonl", NULL, "");
	ids("", NULL, "");
}

static void
repository(const char *url, const char *want)
{
	char *got = repository_name(str_of(url));

	if (strcmp(got, want) != 0)
		fail_msg("%s: %s, wanted %s", url, got, want);
	free(got);
}

static void
repositories(void **state UNUSED)
{
	char *none;

	/* all of these are one project */
	repository("https://github.com/acme/widget.git", "github.com/acme/widget");
	repository("https://github.com/acme/widget", "github.com/acme/widget");
	repository("https://github.com/acme/widget/", "github.com/acme/widget");
	repository("https://github.com/acme/widget.git/", "github.com/acme/widget");
	repository("http://github.com/acme/widget", "github.com/acme/widget");
	repository("https://GitHub.com/acme/widget.git", "github.com/acme/widget");
	repository("https://github.com:443/acme/widget.git", "github.com/acme/widget");
	repository("https://user@github.com/acme/widget.git", "github.com/acme/widget");
	repository("https://user:token@github.com:443/acme/widget", "github.com/acme/widget");
	repository("git@github.com:acme/widget.git", "github.com/acme/widget");
	repository("github.com:acme/widget.git", "github.com/acme/widget");
	repository("git@github.com:/acme/widget.git", "github.com/acme/widget");
	repository("ssh://git@github.com/acme/widget.git", "github.com/acme/widget");
	repository("ssh://git@github.com:22/acme/widget.git", "github.com/acme/widget");
	repository("git://github.com/acme/widget.git", "github.com/acme/widget");
	repository("git+ssh://git@github.com/acme/widget.git", "github.com/acme/widget");
	/* these are others: a path has case, and may hold any sign */
	repository("https://github.com/Acme/Widget.git", "github.com/Acme/Widget");
	repository("https://host/a:8/b", "host/a:8/b");
	repository("https://host/a@v1/b", "host/a@v1/b");
	repository("https://host/a.github/b", "host/a.github/b");
	repository("/srv/git/x.git", "/srv/git/x");
	repository("file:///srv/git/x.git", "/srv/git/x");
	repository("../x.git", "../x");
	repository("", "");
	none = repository_name(str_n(NULL, 0));
	assert_string_equal(none, "");
	free(none);
}

static void
times(void **state UNUSED)
{
	/* 2025-05-07 is day 20215 of the epoch; 17:24:21 is second 62661 of the day */
	assert_int_equal(
	    name_ms(STR("rollout-2025-05-07T17-24-21-x.jsonl")), (20215 * 86400LL + 62661) * 1000);
	assert_int_equal(name_ms(STR("rollout-2025-05-07T17-24-2")), -1);
	assert_int_equal(name_ms(STR("rollout-2025-13-07T17-24-21-x.jsonl")), -1);
	assert_int_equal(name_ms(STR("rollout-2025-05-07T17:24-21-x.jsonl")), -1);
	assert_int_equal(name_ms(STR("other-2025-05-07T17-24-21-x.jsonl")), -1);
	assert_int_equal(name_begin_ms("/a/rollout-2025-05-07T17-24-21-x.jsonl", 7),
	    (20215 * 86400LL + 62661) * 1000);
	assert_int_equal(name_begin_ms("/rollout-2025-05-07T17-24-21/rollout-x.jsonl", 7), 7);
	assert_int_equal(name_begin_ms("rollout-x.jsonl", 7), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(rollout_names),
		cmocka_unit_test(threads_and_pages),
		cmocka_unit_test(repositories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
