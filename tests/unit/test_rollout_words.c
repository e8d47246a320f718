/* Words that stand where a program could: options' values, quoted values, arguments of scripts. */
#include "base/compat.h"

#include <setjmp.h>
#include <cmocka.h>

#include "rollout/command.h"

static void
head(const char *script, const char *want)
{
	char buf[64];
	size_t n = command_head(str_of(script), buf, sizeof(buf));

	if (strcmp(buf, want) != 0 || n != strlen(want))
		fail_msg("%s: [%s], wanted [%s]", script, buf, want);
}

/* From JSON; single quotes stand for double ones. */
static void
json(const char *text, const char *want)
{
	struct skim *skim = skim_new(16);
	char copy[500], buf[64];
	size_t n = strlen(text);

	assert_true(n < sizeof(copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = text[i] == '\'' ? '"' : text[i];
	assert_int_equal(skim_parse(skim, str_n(copy, n)), SKIM_OK);
	n = command_head_json(skim_root(skim), buf, sizeof(buf));
	if (strcmp(buf, want) != 0 || n != strlen(want))
		fail_msg("%s: [%s], wanted [%s]", text, buf, want);
	skim_free(skim);
}

static void
values_of_options(void **state UNUSED)
{
	head("sudo -u alice git status", "git");
	head("sudo -Eu alice git status", "git");
	head("sudo -ualice git status", "git");
	head("sudo -n -- git status", "git");
	head("sudo --user=alice git status", "git");
	head("sudo --user alice git status", ""); /* which of them take a word is not known */
	head("env -u SECRET git status", "git");
	head("env -C /home/alice git status", "git");
	head("nice -n 10 make", "make");
	head("nice -10 make", "make");
	head("exec -a name ./x", "x");
	head("stdbuf -o L ls", "ls");
	head("time -f '%e secs' make", "make");
	head("command -v secret", "");
	head("/usr/bin/sudo -u alice /usr/bin/env A=1 git status", "git");
	head("exec 3<secret", "");
	head("2>/dev/null ls", "");
}

static void
values_of_variables(void **state UNUSED)
{
	head("FOO=a\\ b git status", "git");
	head("FOO=\"a \\\"b secret c\\\"\" git status", "git");
	head("FOO=`cat a secret file` git status", "git");
	head("FOO=$(cat a secret file) git status", "git");
	head("FOO=$(echo $(cat a b) c) git status", "git");
	head("FOO=${BAR:-a b c} git status", "git");
	head("FOO=(a b c) git status", "git");
	head("FOO='a\\' git status", "git"); /* no escapes inside these quotes */
	head("FOO=\"$(cat \"x y\") b\" git status", "git");
}

static void
arguments_of_scripts(void **state UNUSED)
{
	json("['bash','-c','echo hi','secret']", "echo");
	json("['bash','-l','-c','ls x']", "ls");
	json("['bash','-x','deploy.sh','secret']", "bash");
	json("['bash','--norc','-c','ls x']", "ls");
	json("['pwsh','-EncodedCommand','U2VjcmV0']", "pwsh");
	json("['pwsh','-NoProfile','-command','ls x']", "ls");
	json("['/usr/bin/env','A=b','git']", "git");
	json("['sudo','/usr/bin/env','git','x']", "git");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_options),
		cmocka_unit_test(values_of_variables),
		cmocka_unit_test(arguments_of_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
