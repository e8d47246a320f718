/* The base name of a command: the program, never an argument of it. */
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
names(void **state UNUSED)
{
	head("git status", "git");
	head("ls", "ls");
	head("  \n\tls -la", "ls");
	head("/usr/bin/git status", "git");
	head("./run.sh arg", "run.sh");
	head("python3.11 -c 'x'", "python3.11");
	head("g++ -c x.cc", "g++");
	head("apt-get install x", "apt-get");
	head("'/opt/my tools/bin/x1' arg", "x1");
	head("\"make\" all", "make");
	head("", "");
	head("   ", "");
	head("/", "");
}

static void
prefixes(void **state UNUSED)
{
	head("sudo env VAR=1 /usr/bin/git status", "git");
	head("FOO=bar BAZ='a b' make all", "make");
	head("FOO=\"x y\" _B2=z ./run.sh arg", "run.sh");
	head("sudo -E make", "make");
	head("env -i git status", "git");
	head("nohup ./server --port 5", "server");
	head("time -p make", "make");
	head("exec ./x", "x");
	head("command ls", "ls");
	head("! grep -q x y", "grep");
	head("{ echo a; }", "echo");
	head("while read line; do ls; done", "read");
	head("sudo", "");
	head("env", "");
	head("env | sort", "");
	head("A=1", "");
	head("A=1 B=2", "");
	head("PASSWORD=hunter2", "");
}

static void
first_of_several(void **state UNUSED)
{
	head("cd /tmp; rm -rf x", "cd");
	head("cd /tmp && ls", "cd");
	head("ls|wc -l", "ls");
	head("ls;pwd", "ls");
	head("ls&", "ls");
	head("cat<in>out", "cat");
	head("(cd x && ls)", "cd");
	head("make\nmake install", "make");
	head("FOO=1; ls", "ls");
	head("; ls", "ls");
}

/* Whatever cannot be a program's name is left out. */
static void
nothing_else(void **state UNUSED)
{
	head("# remove secret.txt\nrm secret.txt", "");
	head("#!/bin/sh\nls", "");
	head("'a secret text' x", "");
	head("\"a 'b' c\" x", "");
	head("$(echo secret)", "");
	head("`echo secret`", "");
	head("\"$EDITOR\" file", "");
	head("-rf x", "");
	head("user@host", "");
	head("https://user:tok@host?a=b", "");
	head("a:b", "");
	head("\xc3\xa5", "");
	head("> out echo secret", "");
	head("'unfinished", "");
	head("{\"json\": 1}", "");
	head("a123456789a123456789a123456789a123456789a123456789a123456789abc",
	    "a123456789a123456789a123456789a123456789a123456789a123456789abc");
	head("a123456789a123456789a123456789a123456789a123456789a123456789abcd", "");
}

static void
small_buffer(void **state UNUSED)
{
	char buf[4] = "zzz";

	assert_int_equal(command_head(STR("abc x"), buf, sizeof(buf)), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(command_head(STR("abcd x"), buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	assert_int_equal(command_head(str_n(NULL, 0), buf, sizeof(buf)), 0);
	assert_int_equal(command_head_json((struct jv){ 0 }, buf, sizeof(buf)), 0);
	/* only as much as the view holds */
	assert_int_equal(command_head(str_n("lsof", 2), buf, sizeof(buf)), 2);
	assert_string_equal(buf, "ls");
}

static void
words_of_json(void **state UNUSED)
{
	json("['git','log','-p']", "git");
	json("['bash','-lc','git status']", "git");
	json("['/bin/zsh','-c','FOO=1 make all']", "make");
	json("['powershell.exe','-NoProfile','-Command','Get-Content x']", "Get-Content");
	json("['bash','-lc','sudo env A=1 /usr/bin/git x']", "git");
	json("['bash','-lc','# secret']", "");
	json("['bash']", "bash");
	json("['bash','script.sh','x']", "bash");
	json("['cmd','/c','dir']", "cmd");
	json("['sudo','env','A=b','/x/y/cargo','test']", "cargo");
	json("['a secret text']", "");
	json("[]", "");
	json("[1,2]", "");
	json("[['git']]", "");
	json("'git status'", "git");
	json("{'a':1}", "");
	json("['sudo','-u','alice','git']", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(first_of_several),
		cmocka_unit_test(nothing_else),
		cmocka_unit_test(small_buffer),
		cmocka_unit_test(words_of_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
