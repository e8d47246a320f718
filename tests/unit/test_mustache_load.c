/* A folder of templates. */
#include "base/compat.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mustache_fixture.h"

static char dir[64];
static struct mustache_set *set;
static struct err e;

/* The file PATH below the test's folder, with the folders on its way. */
static void
put(const char *path, const char *text)
{
	char full[256];
	FILE *f;

	(void)snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (char *p = full + strlen(dir) + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		(void)mkdir(full, 0700); /* or it is there */
		*p = '/';
	}
	f = fopen(full, "we");
	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
}

static int
prepare(void **state UNUSED)
{
	(void)snprintf(dir, sizeof(dir), "mustache-load.XXXXXX");
	set = mustache_set_new();
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st UNUSED, int flag UNUSED, struct FTW *at UNUSED)
{
	return remove(path);
}

static int
clean(void **state UNUSED)
{
	mustache_set_free(set);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
names(void **state UNUSED)
{
	struct mustache_view view = { .source = &val_source };
	struct sbuf out;

	put("page.mustache", "{{>parts/row}}{{>parts/deep/cell}}");
	put("parts/row.mustache", "row ");
	put("parts/deep/cell.mustache", "cell");
	put("parts/.hidden.mustache", "{{");
	put(".git/x.mustache", "{{");
	put("parts/README", "{{ no template");
	put("parts/row.mustache~", "{{ an editor's");
	assert_int_equal(mustache_set_load(set, dir, &e), 3);
	assert_int_equal(mustache_set_finish(set, false, &e), 0);
	assert_true(mustache_set_has(set, "page"));
	assert_true(mustache_set_has(set, "parts/row"));
	assert_true(mustache_set_has(set, "parts/deep/cell"));
	assert_false(mustache_set_has(set, "row"));
	sbuf_init(&out, 100);
	assert_int_equal(mustache_render(set, "page", &view, &out, &e), 0);
	assert_string_equal(out.buf, "row cell");
	sbuf_free(&out);
}

/* The message says the path, as given and below. */
static void
fails(enum err_code code, const char *message)
{
	char wanted[256];

	(void)snprintf(wanted, sizeof(wanted), "%s%s", dir, message);
	assert_int_equal(mustache_set_load(set, dir, &e), -1);
	assert_string_equal(e.msg, wanted);
	assert_int_equal(e.code, code);
}

static void
wrong_template(void **state UNUSED)
{
	put("a.mustache", "fine");
	put("parts/row.mustache", "<tr>\n  {{#x}}\n</tr>\n");
	fails(ERR_INPUT, "/parts/row.mustache:2:3: \"x\" is never closed: its end tag is missing");
}

static void
missing_partial(void **state UNUSED)
{
	char wanted[256];

	put("parts/row.mustache", "\n{{>cell}}");
	put("parts/cell.mustache", "");
	assert_int_equal(mustache_set_load(set, dir, &e), 2);
	assert_int_equal(mustache_set_finish(set, false, &e), -1);
	(void)snprintf(wanted, sizeof(wanted),
	    "%s/parts/row.mustache:2:1: there is no template \"cell\": add cell.mustache, or correct the "
	    "name",
	    dir);
	assert_string_equal(e.msg, wanted);
}

static void
no_folder(void **state UNUSED)
{
	assert_int_equal(mustache_set_load(set, "no-such-folder", &e), -1);
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_string_equal(e.msg, "no-such-folder: No such file or directory");
}

static void
no_templates(void **state UNUSED)
{
	put("README", "");
	fails(ERR_NOTFOUND, ": no *.mustache file in it");
}

static void
no_file(void **state UNUSED)
{
	put("x.mustache/y", "");
	fails(ERR_INPUT, "/x.mustache: not a file: remove or rename it");
}

static void
a_pipe(void **state UNUSED)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/x.mustache", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	fails(ERR_INPUT, "/x.mustache: not a file: remove or rename it");
}

static void
broken_link(void **state UNUSED)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/x.mustache", dir);
	assert_int_equal(symlink("nowhere", path), 0);
	fails(ERR_NOTFOUND, "/x.mustache: No such file or directory");
}

static void
folder_in_itself(void **state UNUSED)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/d", dir);
	assert_int_equal(symlink(".", path), 0);
	fails(ERR_LIMIT, "/d/d/d/d/d/d/d/d: more than 8 folders in each other");
}

static void
too_big(void **state UNUSED)
{
	char path[128];

	put("x.mustache", "");
	(void)snprintf(path, sizeof(path), "%s/x.mustache", dir);
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	fails(ERR_LIMIT,
	    "/x.mustache: a template of 1048577 bytes, 1048576 are allowed: move a part into a partial");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, prepare, clean)
	const struct CMUnitTest tests[] = {
		TEST(names),
		TEST(wrong_template),
		TEST(missing_partial),
		TEST(no_folder),
		TEST(no_templates),
		TEST(no_file),
		TEST(a_pipe),
		TEST(broken_link),
		TEST(folder_in_itself),
		TEST(too_big),
	};

	return cmocka_run_group_tests_name("mustache load", tests, NULL, NULL);
}
