/* The table of places of design.md 5: who wins, and what odd values mean. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/places.h"

#define LINUX_DB "/h/.local/share/codex-usage-tracker/usage.sqlite"
#define MACOS_DB "/h/Library/Application Support/codex-usage-tracker/usage.sqlite"

/* An environment: "NAME=value" texts. */
static const char *const *vars;

static const char *
env(void *arg, const char *name)
{
	size_t n = strlen(name);

	assert_ptr_equal(arg, &vars);
	for (size_t i = 0; vars[i] != NULL; i++)
		if (strncmp(vars[i], name, n) == 0 && vars[i][n] == '=')
			return vars[i] + n + 1;
	return NULL;
}

static struct places p;
static struct place c;
static struct err e;

static int
clean(void **state UNUSED)
{
	places_clear(&p);
	place_clear(&c);
	memset(&e, 0, sizeof(e));
	return 0;
}

#define ENV(...) ((const char *const[]){ __VA_ARGS__, NULL })

static struct places_in
in_with(const char *const *list)
{
	vars = list;
	(void)clean(NULL);
	return (struct places_in){ .env = env, .arg = &vars, .cwd = "/cwd" };
}

static void
expect_db(const struct places_in *in, const char *path, const char *origin)
{
	if (places_find(in, &p, &e) < 0)
		fail_msg("%s: %s", path, e.msg);
	assert_string_equal(p.db.path, path);
	assert_string_equal(p.db.origin, origin);
	places_clear(&p);
}

static void
expect_root(size_t i, const char *path, bool is_home, const char *origin)
{
	assert_true(i < p.roots_len);
	assert_string_equal(p.roots[i].path, path);
	assert_int_equal(p.roots[i].is_home, is_home);
	assert_string_equal(p.roots[i].origin, origin);
	assert_int_equal(p.roots[i].is_named, strcmp(origin, "default") != 0);
}

static void
find(const struct places_in *in)
{
	places_clear(&p);
	if (places_find(in, &p, &e) < 0)
		fail_msg("%s", e.msg);
}

static void
expect_usage(const struct places_in *in)
{
	places_clear(&p);
	assert_int_equal(places_find(in, &p, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(p.db.path);
	assert_null(p.roots);
}

static void
database_order(void **state UNUSED)
{
	struct places_in in =
	    in_with(ENV("HOME=/h", "CODEX_USAGE_DB=/env.sqlite", "XDG_DATA_HOME=/x"));

	in.db = "/opt.sqlite";
	in.conf_db = "/conf.sqlite";
	expect_db(&in, "/opt.sqlite", "option --db");
	in.db = NULL;
	expect_db(&in, "/env.sqlite", "CODEX_USAGE_DB");
	in = in_with(ENV("HOME=/h", "XDG_DATA_HOME=/x"));
	in.conf_db = "/conf.sqlite";
	expect_db(&in, "/conf.sqlite", "configuration");
	in.conf_db = NULL;
	expect_db(&in, "/x/codex-usage-tracker/usage.sqlite", "default");
	in = in_with(ENV("HOME=/h"));
	expect_db(&in, LINUX_DB, "default");
}

static void
database_macos(void **state UNUSED)
{
	struct places_in in = in_with(ENV("HOME=/h", "XDG_DATA_HOME=/x"));

	in.macos = true;
	expect_db(&in, MACOS_DB, "default");
	in.conf_db = "/conf.sqlite";
	expect_db(&in, "/conf.sqlite", "configuration");
	in = in_with(ENV("HOME=/h", "CODEX_USAGE_DB=/env.sqlite"));
	in.macos = true;
	expect_db(&in, "/env.sqlite", "CODEX_USAGE_DB");
	in.db = "/opt.sqlite";
	expect_db(&in, "/opt.sqlite", "option --db");
}

static void
database_odd_values(void **state UNUSED)
{
	struct places_in in = in_with(ENV("HOME=/h", "CODEX_USAGE_DB=", "XDG_DATA_HOME="));

	expect_db(&in, LINUX_DB, "default"); /* empty is not set */
	in = in_with(ENV("HOME=/h", "XDG_DATA_HOME=rel/share"));
	expect_db(&in, LINUX_DB, "default"); /* not absolute: to be ignored */
	in = in_with(ENV("HOME=/h", "CODEX_USAGE_DB=rel.sqlite"));
	expect_db(&in, "/cwd/rel.sqlite", "CODEX_USAGE_DB");
	in = in_with(ENV("HOME=/h", "CODEX_USAGE_DB=~/rel.sqlite"));
	expect_db(&in, "/h/rel.sqlite", "CODEX_USAGE_DB");
	in = in_with(ENV("HOME=/h"));
	in.db = "rel/u.sqlite";
	expect_db(&in, "/cwd/rel/u.sqlite", "option --db");
	in.db = "~/u.sqlite";
	expect_db(&in, "/h/u.sqlite", "option --db");
	in.db = "~user/u.sqlite"; /* nobody's home but the user's own */
	expect_db(&in, "/cwd/~user/u.sqlite", "option --db");
	in.db = NULL;
	in.conf_db = "~/c.sqlite";
	expect_db(&in, "/h/c.sqlite", "configuration");
	in.db = "";
	expect_usage(&in);
}

static void
roots_order(void **state UNUSED)
{
	static const char *const homes[] = { "/a", "b" }, *const rollouts[] = { "/r", "~/s" };
	static const char *const conf[] = { "/c1", "~/c2" }, *const labels[] = { "one", "" };
	struct places_in in = in_with(ENV("HOME=/h", "CODEX_USAGE_ROLLOUTS=/er", "CODEX_HOME=/eh"));

	in.homes = homes;
	in.homes_len = 2;
	in.rollouts = rollouts;
	in.rollouts_len = 2;
	in.conf_homes = conf;
	in.conf_labels = labels;
	in.conf_homes_len = 2;
	find(&in);
	assert_int_equal(p.roots_len, 4);
	expect_root(0, "/a", true, "option --home");
	expect_root(1, "/cwd/b", true, "option --home");
	expect_root(2, "/r", false, "option --rollouts");
	expect_root(3, "/h/s", false, "option --rollouts");
	in.homes_len = in.rollouts_len = 0;
	find(&in);
	assert_int_equal(p.roots_len, 1);
	expect_root(0, "/er", false, "CODEX_USAGE_ROLLOUTS");
	assert_string_equal(p.roots[0].label, "");
	vars = ENV("HOME=/h", "CODEX_USAGE_ROLLOUTS=/h/c2,/c1"); /* as `web` tells its workers */
	find(&in);
	assert_int_equal(p.roots_len, 2);
	expect_root(1, "/c1", false, "CODEX_USAGE_ROLLOUTS");
	assert_string_equal(p.roots[1].label, "one");
	vars = ENV("HOME=/h", "CODEX_USAGE_ROLLOUTS=", "CODEX_HOME=/eh");
	find(&in);
	assert_int_equal(p.roots_len, 1);
	expect_root(0, "/eh", true, "CODEX_HOME");
	vars = ENV("HOME=/h", "CODEX_HOME=");
	find(&in);
	assert_int_equal(p.roots_len, 2);
	expect_root(0, "/c1", true, "configuration");
	expect_root(1, "/h/c2", true, "configuration");
	assert_string_equal(p.roots[0].label, "one");
	assert_string_equal(p.roots[1].label, "");
	in.conf_homes_len = 0;
	find(&in);
	assert_int_equal(p.roots_len, 1);
	expect_root(0, "/h/.codex", true, "default");
	assert_string_equal(p.roots[0].label, "");
}

static void
roots_lists(void **state UNUSED)
{
	struct places_in in = in_with(ENV("HOME=/h", "CODEX_HOME= /a ,, ~/b,\tc d ,"));

	find(&in);
	assert_int_equal(p.roots_len, 3);
	expect_root(0, "/a", true, "CODEX_HOME");
	expect_root(1, "/h/b", true, "CODEX_HOME");
	expect_root(2, "/cwd/c d", true, "CODEX_HOME");
	vars = ENV("HOME=/h", "CODEX_USAGE_ROLLOUTS= , ,", "CODEX_HOME=,");
	find(&in);
	assert_int_equal(p.roots_len, 1); /* lists of nothing name nothing */
	expect_root(0, "/h/.codex", true, "default");
	vars = ENV("HOME=/h", "CODEX_USAGE_ROLLOUTS=/x,/y");
	find(&in);
	assert_int_equal(p.roots_len, 2);
	expect_root(1, "/y", false, "CODEX_USAGE_ROLLOUTS");
	vars = ENV("HOME=/h", "CODEX_HOME=~");
	find(&in);
	expect_root(0, "/h", true, "CODEX_HOME");
	/* macOS has the same home of Codex */
	vars = ENV("HOME=/h");
	in.macos = true;
	find(&in);
	expect_root(0, "/h/.codex", true, "default");
}

static void
expect_config(const struct places_in *in, const char *path, const char *origin)
{
	place_clear(&c);
	if (places_config(in, &c, &e) < 0)
		fail_msg("%s", e.msg);
	if (path == NULL)
		assert_null(c.path);
	else
		assert_string_equal(c.path, path);
	assert_string_equal(c.origin, origin);
}

static void
configuration(void **state UNUSED)
{
	struct places_in in =
	    in_with(ENV("HOME=/h", "CODEX_USAGE_CONFIG=/c.json", "XDG_CONFIG_HOME=/x"));

	expect_config(&in, "/c.json", "CODEX_USAGE_CONFIG");
	vars = ENV("HOME=/h", "CODEX_USAGE_CONFIG=/dev/null");
	expect_config(&in, NULL, "CODEX_USAGE_CONFIG");
	vars = ENV("HOME=/h", "CODEX_USAGE_CONFIG=c.json");
	expect_config(&in, "/cwd/c.json", "CODEX_USAGE_CONFIG");
	vars = ENV("HOME=/h", "CODEX_USAGE_CONFIG=~/c.json");
	expect_config(&in, "/h/c.json", "CODEX_USAGE_CONFIG");
	vars = ENV("HOME=/h", "CODEX_USAGE_CONFIG=", "XDG_CONFIG_HOME=/x");
	expect_config(&in, "/x/codex-usage-tracker/config.json", "default");
	vars = ENV("HOME=/h", "XDG_CONFIG_HOME=x");
	expect_config(&in, "/h/.config/codex-usage-tracker/config.json", "default");
	vars = ENV("HOME=/h", "XDG_CONFIG_HOME=");
	expect_config(&in, "/h/.config/codex-usage-tracker/config.json", "default");
	vars = ENV("HOME=/h");
	in.macos = true; /* the table has one row for both systems */
	expect_config(&in, "/h/.config/codex-usage-tracker/config.json", "default");
}

static void
no_home(void **state UNUSED)
{
	static const char *const homes[] = { "/a" };
	struct places_in in = in_with(ENV("X=1"));

	expect_usage(&in);
	assert_int_equal(places_config(&in, &c, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(c.path);
	vars = ENV("HOME=");
	expect_usage(&in);
	vars = ENV("HOME=rel");
	expect_usage(&in);
	in.db = "/d.sqlite"; /* still no home of Codex */
	expect_usage(&in);
	in.homes = homes;
	in.homes_len = 1;
	find(&in);
	assert_string_equal(p.db.path, "/d.sqlite");
	expect_root(0, "/a", true, "option --home");
	in.db = NULL; /* a home, but no place for the database */
	expect_usage(&in);
	vars = ENV("XDG_DATA_HOME=/x", "CODEX_HOME=/ch");
	in.homes_len = 0;
	find(&in);
	assert_string_equal(p.db.path, "/x/codex-usage-tracker/usage.sqlite");
	expect_root(0, "/ch", true, "CODEX_HOME");
	vars = ENV("XDG_CONFIG_HOME=/x");
	expect_config(&in, "/x/codex-usage-tracker/config.json", "default");
	vars = ENV("CODEX_USAGE_CONFIG=/dev/null");
	expect_config(&in, NULL, "CODEX_USAGE_CONFIG");
}

static void
the_real_environment(void **state UNUSED)
{
	assert_int_equal(setenv("CODEX_USAGE_TEST_VARIABLE", "v", 1), 0);
	assert_string_equal(places_env(NULL, "CODEX_USAGE_TEST_VARIABLE"), "v");
	assert_int_equal(unsetenv("CODEX_USAGE_TEST_VARIABLE"), 0);
	assert_null(places_env(NULL, "CODEX_USAGE_TEST_VARIABLE"));
	places_clear(NULL);
	place_clear(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(database_order, clean),
		cmocka_unit_test_teardown(database_macos, clean),
		cmocka_unit_test_teardown(database_odd_values, clean),
		cmocka_unit_test_teardown(roots_order, clean),
		cmocka_unit_test_teardown(roots_lists, clean),
		cmocka_unit_test_teardown(configuration, clean),
		cmocka_unit_test_teardown(no_home, clean),
		cmocka_unit_test_teardown(the_real_environment, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
