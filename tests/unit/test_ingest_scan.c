/* The rollout files below a home or a folder, and everything odd that stands there. */
#include "base/compat.h"

#include <ftw.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "ingest/scan.h"

static char *top; /* real path of the folder that each test gets */
static struct scan s;
static struct err e;

static int
prepare(void **state UNUSED)
{
	char name[] = "scan-XXXXXX";

	assert_non_null(mkdtemp(name));
	top = realpath(name, NULL);
	assert_non_null(top);
	return 0;
}

static int
drop(const char *path, const struct stat *st UNUSED, int type UNUSED, struct FTW *f UNUSED)
{
	return remove(path);
}

static int
clean(void **state UNUSED)
{
	scan_clear(&s);
	assert_int_equal(nftw(top, drop, 10, FTW_DEPTH | FTW_PHYS), 0);
	free(top);
	top = NULL;
	return 0;
}

static const char *
at(const char *name)
{
	static char path[8][4096];
	static int i;

	i = (i + 1) % 8;
	(void)snprintf(path[i], sizeof(path[i]), "%s/%s", top, name);
	return path[i];
}

/* The folder NAME with all that are above it. */
static void
folder(const char *name)
{
	char *path = xasprintf("%s/%s/", top, name);

	for (char *p = path + strlen(top) + 1; *p != '\0'; p++)
		if (*p == '/') {
			*p = '\0';
			if (mkdir(path, 0755) < 0)
				assert_int_equal(errno, EEXIST);
			*p = '/';
		}
	free(path);
}

/* The file NAME with N bytes. */
static void
file(const char *name, size_t n)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fputc('x', f), 'x');
	assert_int_equal(fclose(f), 0);
}

static void
scan(const char *name, bool is_home)
{
	scan_clear(&s);
	if (scan_root(at(name), is_home, &s, &e) < 0)
		fail_msg("%s: %s", name, e.msg);
}

/* File I is NAME below the test's folder and can be read. */
static const struct scan_file *
found(size_t i, const char *name)
{
	assert_true(i < s.len);
	if (s.files[i].problem != NULL)
		fail_msg("%s: %s", s.files[i].path, s.files[i].problem);
	assert_string_equal(s.files[i].path, at(name));
	return &s.files[i];
}

static void
problem(size_t i, const char *name)
{
	assert_true(i < s.len);
	assert_string_equal(s.files[i].path, at(name));
	assert_non_null(s.files[i].problem);
	assert_true(strlen(s.files[i].problem) > 0);
}

static void
a_home(void **state UNUSED)
{
	const struct scan_file *f;
	struct stat st;

	folder("h/sessions/2026/11/22");
	folder("h/archived_sessions");
	folder("h/log");
	file("h/sessions/2026/11/22/rollout-b.jsonl", 5);
	file("h/sessions/2026/11/22/rollout-a.jsonl.zst", 3);
	file("h/sessions/rollout-flat.jsonl", 0); /* the first months */
	file("h/archived_sessions/rollout-c.jsonl", 1);
	file("h/sessions/2026/11/22/notes.txt", 1);
	file("h/sessions/2026/11/22/rollout-b.jsonl.tmp", 1);
	file("h/history.jsonl", 1);
	file("h/rollout-top.jsonl", 1); /* not where rollouts are */
	file("h/log/rollout-log.jsonl", 1);
	scan("h", true);
	assert_string_equal(s.home, at("h"));
	assert_true(s.is_home);
	assert_int_equal(s.len, 4);
	f = found(0, "h/archived_sessions/rollout-c.jsonl");
	assert_true(f->archived);
	f = found(1, "h/sessions/2026/11/22/rollout-a.jsonl.zst");
	assert_true(f->compressed);
	assert_false(f->archived);
	f = found(2, "h/sessions/2026/11/22/rollout-b.jsonl");
	assert_false(f->compressed);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(f->size, 5);
	assert_int_equal(f->dev, st.st_dev);
	assert_int_equal(f->ino, st.st_ino);
	assert_int_equal(f->mtime_ns, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
	assert_int_equal(f->ctime_ns, (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
	(void)found(3, "h/sessions/rollout-flat.jsonl");
}

static void
nothing_there(void **state UNUSED)
{
	folder("empty");
	scan("empty", true);
	assert_int_equal(s.len, 0);
	assert_string_equal(s.home, at("empty"));
	scan("empty", false);
	assert_int_equal(s.len, 0);
	assert_false(s.is_home);
	scan_clear(&s);
	assert_int_equal(scan_root(at("gone"), true, &s, &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	scan_clear(&s);
	file("text", 1);
	assert_int_equal(scan_root(at("text"), true, &s, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	scan_clear(&s);
	assert_int_equal(scan_root(at("text/x"), true, &s, &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	scan_clear(&s);
	scan_clear(NULL);
}

static void
twins(void **state UNUSED)
{
	folder("h/sessions/d");
	folder("h/archived_sessions");
	file("h/sessions/d/rollout-a.jsonl", 1);
	file("h/sessions/d/rollout-a.jsonl.zst", 1);
	file("h/sessions/d/rollout-ab.jsonl.zst", 1);       /* a longer name is another file */
	file("h/archived_sessions/rollout-a.jsonl.zst", 1); /* another folder too */
	scan("h", true);
	assert_int_equal(s.len, 3);
	(void)found(0, "h/archived_sessions/rollout-a.jsonl.zst");
	assert_false(found(1, "h/sessions/d/rollout-a.jsonl")->compressed);
	(void)found(2, "h/sessions/d/rollout-ab.jsonl.zst");
	/* a plain twin that cannot be read does not win */
	assert_int_equal(unlink(at("h/sessions/d/rollout-a.jsonl")), 0);
	assert_int_equal(mkfifo(at("h/sessions/d/rollout-a.jsonl"), 0600), 0);
	scan("h", true);
	assert_int_equal(s.len, 4);
	problem(1, "h/sessions/d/rollout-a.jsonl");
	assert_true(found(2, "h/sessions/d/rollout-a.jsonl.zst")->compressed);
}

static void
links_to_files(void **state UNUSED)
{
	folder("h/sessions/d");
	folder("elsewhere");
	file("elsewhere/rollout-x.jsonl", 2);
	file("h/sessions/d/rollout-a.jsonl", 1);
	assert_int_equal(
	    symlink("../../../elsewhere/rollout-x.jsonl", at("h/sessions/d/rollout-l.jsonl")), 0);
	assert_int_equal(symlink("rollout-a.jsonl", at("h/sessions/d/rollout-same.jsonl")), 0);
	scan("h", true);
	assert_int_equal(s.len, 2); /* under their real names, each once */
	assert_int_equal(found(0, "elsewhere/rollout-x.jsonl")->size, 2);
	(void)found(1, "h/sessions/d/rollout-a.jsonl");
}

static void
links_to_folders(void **state UNUSED)
{
	folder("h/sessions/d");
	folder("disk/2025");
	file("disk/2025/rollout-x.jsonl", 1);
	file("h/sessions/d/rollout-a.jsonl", 1);
	assert_int_equal(symlink("../../disk", at("h/sessions/old")), 0);
	assert_int_equal(symlink("d", at("h/sessions/same")), 0);
	scan("h", true);
	assert_int_equal(s.len, 2);
	(void)found(0, "disk/2025/rollout-x.jsonl");
	(void)found(1, "h/sessions/d/rollout-a.jsonl");
	/* the whole home, or its folder of sessions, is a link */
	assert_int_equal(symlink("h", at("link")), 0);
	scan("link", true);
	assert_string_equal(s.home, at("h"));
	assert_int_equal(s.len, 2);
	folder("k");
	assert_int_equal(symlink("../h/sessions", at("k/sessions")), 0);
	scan("k", true);
	assert_string_equal(s.home, at("k"));
	assert_int_equal(s.len, 2);
}

static void
loops(void **state UNUSED)
{
	folder("h/sessions/d");
	file("h/sessions/d/rollout-a.jsonl", 1);
	assert_int_equal(symlink(".", at("h/sessions/d/here")), 0);
	assert_int_equal(symlink("..", at("h/sessions/d/up")), 0);
	assert_int_equal(symlink("self", at("h/sessions/self")), 0);
	assert_int_equal(symlink("rollout-s.jsonl", at("h/sessions/rollout-s.jsonl")), 0);
	scan("h", true);
	assert_int_equal(s.len, 3);
	(void)found(0, "h/sessions/d/rollout-a.jsonl");
	problem(1, "h/sessions/rollout-s.jsonl");
	problem(2, "h/sessions/self");
}

static void
no_files(void **state UNUSED)
{
	folder("h/sessions/rollout-dir.jsonl");
	file("h/sessions/rollout-dir.jsonl/rollout-in.jsonl", 1);
	assert_int_equal(mkfifo(at("h/sessions/rollout-fifo.jsonl"), 0600), 0);
	assert_int_equal(mkfifo(at("h/sessions/other-fifo"), 0600), 0);
	assert_int_equal(symlink("nowhere", at("h/sessions/rollout-broken.jsonl")), 0);
	assert_int_equal(symlink("nowhere", at("h/sessions/other-broken")), 0);
	scan("h", true); /* and does not wait for a writer of the FIFO */
	assert_int_equal(s.len, 4);
	problem(0, "h/sessions/rollout-broken.jsonl");
	problem(1, "h/sessions/rollout-dir.jsonl");
	(void)found(2, "h/sessions/rollout-dir.jsonl/rollout-in.jsonl");
	problem(3, "h/sessions/rollout-fifo.jsonl");
}

static void
very_deep(void **state UNUSED)
{
	size_t problems = 0, files = 0;

	folder("h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20");
	file("h/sessions/1/2/3/rollout-a.jsonl", 1);
	file("h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/rollout-b.jsonl", 1);
	scan("h", true);
	for (size_t i = 0; i < s.len; i++)
		if (s.files[i].problem != NULL)
			problems++;
		else
			files++;
	/* what is not looked at is said */
	assert_int_equal(files, 1);
	assert_int_equal(problems, 1);
}

static void
a_folder_of_rollouts(void **state UNUSED)
{
	folder("r/deep");
	file("r/rollout-a.jsonl", 1);
	file("r/deep/rollout-b.jsonl.zst", 1);
	scan("r", false);
	assert_false(s.is_home);
	assert_string_equal(s.home, at("r"));
	assert_int_equal(s.len, 2);
	assert_true(found(0, "r/deep/rollout-b.jsonl.zst")->compressed);
	(void)found(1, "r/rollout-a.jsonl");
	/* one rollout */
	scan("r/deep/rollout-b.jsonl.zst", false);
	assert_int_equal(s.len, 1);
	assert_string_equal(s.home, at("r/deep"));
	assert_true(found(0, "r/deep/rollout-b.jsonl.zst")->compressed);
	scan("r/deep/../rollout-a.jsonl", false);
	assert_string_equal(s.home, at("r"));
	assert_false(found(0, "r/rollout-a.jsonl")->compressed);
}

/* --rollouts ~/.codex/sessions gives the same as --home ~/.codex. */
static void
sessions_of_a_home(void **state UNUSED)
{
	static const char *const beside[] = { "archived_sessions", "session_index.jsonl",
		"config.toml" };

	folder("h/sessions/d");
	file("h/sessions/d/rollout-a.jsonl", 1);
	scan("h/sessions", false); /* a folder that happens to be called so */
	assert_false(s.is_home);
	assert_string_equal(s.home, at("h/sessions"));
	assert_int_equal(s.len, 1);
	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		char *name = xasprintf("h/%s", beside[i]);

		if (i == 0)
			folder(name);
		else
			file(name, 1);
		scan("h/sessions", false);
		assert_true(s.is_home);
		assert_string_equal(s.home, at("h"));
		assert_int_equal(s.len, 1);
		assert_int_equal(remove(at(name)), 0);
		free(name);
	}
	folder("h/archived_sessions");
	file("h/archived_sessions/rollout-b.jsonl", 1);
	scan("h/sessions/", false);
	assert_true(s.is_home);
	assert_int_equal(s.len, 2);
	assert_true(found(0, "h/archived_sessions/rollout-b.jsonl")->archived);
	assert_int_equal(symlink("h/sessions", at("link")), 0);
	scan("link", false);
	assert_string_equal(s.home, at("h"));
	/* other folders of a home are what they are */
	scan("h/archived_sessions", false);
	assert_false(s.is_home);
	assert_int_equal(s.len, 1);
	scan("h/sessions/d", false);
	assert_false(s.is_home);
}

static void
relative(void **state UNUSED)
{
	const char *name = strrchr(top, '/') + 1;
	char *path = xasprintf("./%s/h", name);

	folder("h/sessions");
	file("h/sessions/rollout-a.jsonl", 1);
	assert_int_equal(scan_root(path, true, &s, &e), 0);
	assert_string_equal(s.home, at("h"));
	assert_int_equal(s.len, 1);
	(void)found(0, "h/sessions/rollout-a.jsonl");
	free(path);
}

static void
twin_with_a_neighbour(void **state UNUSED)
{
	folder("h/sessions");
	file("h/sessions/rollout-a.jsonl", 1);
	file("h/sessions/rollout-a.jsonl-backup.jsonl", 1);
	file("h/sessions/rollout-a.jsonl.zst", 1);
	scan("h", true);
	assert_int_equal(s.len, 2);
	(void)found(0, "h/sessions/rollout-a.jsonl");
	(void)found(1, "h/sessions/rollout-a.jsonl-backup.jsonl");
}

static size_t told[SCAN_SINGLE + 1];

static void
tell(void *arg UNUSED, enum scan_place kind, const char *path)
{
	assert_string_not_equal(path, "");
	told[kind]++;
}

/* Look at ONE below the home NAME only. */
static void
some(const char *name, bool is_home, const char *one)
{
	char *path = xstrdup(at(one));
	const char *only[] = { path };
	const struct scan_ask ask = { .path = at(name),
		.is_home = is_home,
		.some = true,
		.only = only,
		.only_len = 1,
		.place = tell };

	memset(told, 0, sizeof(told));
	scan_clear(&s);
	if (scan_look(&ask, &s, &e) < 0)
		fail_msg("%s: %s", name, e.msg);
	free(path);
}

static void
looked(size_t i, const char *name)
{
	assert_true(i < s.looked_len);
	assert_string_equal(s.looked[i], at(name));
}

static void
only_some(void **state UNUSED)
{
	folder("h/sessions/d/e");
	folder("elsewhere");
	file("h/sessions/d/rollout-a.jsonl", 1);
	file("h/sessions/d/rollout-b.jsonl", 1);
	file("h/sessions/d/e/rollout-c.jsonl.zst", 1);
	file("elsewhere/rollout-x.jsonl", 1);
	/* a file: its twin may have come or gone with it */
	some("h", true, "h/sessions/d/rollout-a.jsonl");
	assert_int_equal(s.len, 1);
	(void)found(0, "h/sessions/d/rollout-a.jsonl");
	assert_int_equal(s.looked_len, 2);
	looked(0, "h/sessions/d/rollout-a.jsonl.zst");
	looked(1, "h/sessions/d/rollout-a.jsonl");
	assert_int_equal(told[SCAN_FOLDER], 0);
	assert_int_equal(told[SCAN_HOME], 1);
	file("h/sessions/d/rollout-a.jsonl.zst", 1);
	some("h", true, "h/sessions/d/rollout-a.jsonl.zst");
	assert_int_equal(s.len, 1);
	(void)found(0, "h/sessions/d/rollout-a.jsonl");
	/* one that is not there */
	some("h", true, "h/sessions/d/rollout-n.jsonl");
	assert_int_equal(s.len, 0);
	looked(1, "h/sessions/d/rollout-n.jsonl");
	some("h", true, "h/archived_sessions/rollout-n.jsonl");
	assert_int_equal(s.len, 0);
	looked(1, "h/archived_sessions/rollout-n.jsonl");
	/* a folder, there or not */
	some("h", true, "h/sessions/d");
	assert_int_equal(s.len, 3);
	assert_int_equal(s.looked_len, 1);
	looked(0, "h/sessions/d");
	assert_int_equal(told[SCAN_FOLDER], 2);
	some("h", true, "h/sessions/gone");
	assert_int_equal(s.len, 0);
	looked(0, "h/sessions/gone");
	some("h", true, "h/archived_sessions");
	assert_int_equal(s.len, 0);
	looked(0, "h/archived_sessions");
	some("h", true, "h/sessions");
	assert_int_equal(s.len, 3);
	/* what is not below it is none of its business */
	some("h", true, "elsewhere/rollout-x.jsonl");
	assert_int_equal(s.len + s.looked_len, 0);
	some("h", true, "h/sessions2/rollout-a.jsonl");
	assert_int_equal(s.len + s.looked_len, 0);
	some("h/sessions/d", false, "h/sessions/d/e");
	assert_int_equal(s.len, 1);
	some("h/sessions/d/rollout-b.jsonl", false, "h/sessions/d/rollout-a.jsonl");
	assert_int_equal(s.len + s.looked_len, 0);
	assert_int_equal(told[SCAN_SINGLE], 1);
	some("h/sessions/d/rollout-b.jsonl", false, "h/sessions/d/rollout-b.jsonl");
	assert_int_equal(s.len, 1);
	looked(0, "h/sessions/d/rollout-b.jsonl");
}

/* By links it is as for a look at everything: real names, no loops, not deeper. */
static void
only_some_by_links(void **state UNUSED)
{
	folder("h/sessions/d");
	folder("disk/deep");
	file("h/sessions/d/rollout-a.jsonl", 1);
	file("disk/deep/rollout-x.jsonl", 1);
	file("disk/rollout-y.jsonl", 1);
	assert_int_equal(symlink("../../disk/deep", at("h/sessions/link")), 0);
	assert_int_equal(
	    symlink("../../../disk/rollout-y.jsonl", at("h/sessions/d/rollout-l.jsonl")), 0);
	assert_int_equal(symlink("..", at("h/sessions/d/up")), 0);
	some("h", true, "h/sessions/link/rollout-x.jsonl");
	assert_int_equal(s.len, 1);
	(void)found(0, "disk/deep/rollout-x.jsonl");
	assert_int_equal(s.looked_len, 0); /* not one of the home's: nobody says that it is gone */
	some("h", true, "h/sessions/link");
	assert_int_equal(s.len, 1);
	assert_int_equal(told[SCAN_FOLDER], 1);
	some("h", true, "h/sessions/d/rollout-l.jsonl");
	(void)found(0, "disk/rollout-y.jsonl");
	assert_int_equal(told[SCAN_LINK], 1);
	some("h", true, "h/sessions/d/up/d/rollout-a.jsonl");
	assert_int_equal(s.len, 0);
	some("h", true, "h/sessions/d/up");
	assert_int_equal(s.len, 0);
	folder("h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17");
	file("h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/rollout-in.jsonl", 1);
	file("h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/rollout-out.jsonl", 1);
	some("h", true, "h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/rollout-in.jsonl");
	assert_int_equal(s.len, 1);
	some("h", true, "h/sessions/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/rollout-out.jsonl");
	assert_int_equal(s.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(twin_with_a_neighbour, prepare, clean),
		cmocka_unit_test_setup_teardown(a_home, prepare, clean),
		cmocka_unit_test_setup_teardown(nothing_there, prepare, clean),
		cmocka_unit_test_setup_teardown(twins, prepare, clean),
		cmocka_unit_test_setup_teardown(links_to_files, prepare, clean),
		cmocka_unit_test_setup_teardown(links_to_folders, prepare, clean),
		cmocka_unit_test_setup_teardown(loops, prepare, clean),
		cmocka_unit_test_setup_teardown(no_files, prepare, clean),
		cmocka_unit_test_setup_teardown(very_deep, prepare, clean),
		cmocka_unit_test_setup_teardown(a_folder_of_rollouts, prepare, clean),
		cmocka_unit_test_setup_teardown(sessions_of_a_home, prepare, clean),
		cmocka_unit_test_setup_teardown(relative, prepare, clean),
		cmocka_unit_test_setup_teardown(only_some, prepare, clean),
		cmocka_unit_test_setup_teardown(only_some_by_links, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
