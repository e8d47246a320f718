/*
 * The skimmer and json-c say the same: of lines of real rollouts, and of a million that were
 * changed a little. TRACK_LONG=1 makes it ten million.
 */
#include "base/compat.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/linerd.h"
#include "base/xalloc.h"
#include "skim_compare.h"
#include "skim_mutate.h"

#define SEED_MAX ((size_t)2048)
#define SEEDS_MAX ((size_t)4000)

#ifndef MUTANTS
#define MUTANTS ((size_t)1000000)
#endif
#define MUTANTS_LONG ((size_t)10000000)

struct seeds {
	char **p;
	size_t n, alloc;
	size_t lines;
};

static struct seeds seeds;

static const char *const built_in[] = {
	"{\"timestamp\":\"2026-11-22T06:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":"
	"\"token_count\",\"info\":{\"total_token_usage\":{\"input_tokens\":1200,"
	"\"cached_input_tokens\":1024,\"output_tokens\":33,\"reasoning_output_tokens\":0,"
	"\"total_tokens\":1233},\"last_token_usage\":null,\"model_context_window\":272000},"
	"\"rate_limits\":{\"primary\":{\"used_percent\":12.5,\"window_minutes\":299,"
	"\"resets_in_seconds\":17940},\"secondary\":null}}}",
	"{\"timestamp\":\"2026-11-22T06:00:01.5Z\",\"type\":\"response_item\",\"payload\":{\"type\":"
	"\"function_call_output\",\"call_id\":\"call_1\",\"output\":\"{\\\"output\\\":\\\"a b\\\\n"
	"\\\\u00e5\\\",\\\"metadata\\\":{\\\"exit_code\\\":0,\\\"duration_seconds\\\":0.1}}\"}}",
	"{\"type\":\"response_item\",\"payload\":{\"type\":\"message\",\"role\":\"user\",\"content\":[{"
	"\"type\":\"input_text\",\"text\":\"\xc3\xa5\xc3\xa4\xc3\xb6 \\u00e5\\ud83d\\ude00\\nline"
	"\\ttwo\"},{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,AAAA\"}]}}",
	"[1,-2.5e3,true,false,null,\"\",{},[],[[[0]]],{\"a\":{\"a\":{\"b\":[\"\\/\"]}}}]",
	"{ \"a\" : [ 1 , 2 , { \"b\" : null } ] , \"c\\u0064\" : \"x\" , \"cd\" : 1 }",
	"\"a text alone\"",
	"17.5 ",
	" false ",
	"{\"id\":\"x\",\"timestamp\":1732255200.25,\"git\":{\"branch\":\"b\"},\"ordinal\":-17}",
};

static void
add_seed(const char *p, size_t n)
{
	if (seeds.n == SEEDS_MAX || n > SEED_MAX || n == 0)
		return;
	xgrow(&seeds.p, seeds.n, &seeds.alloc, sizeof(*seeds.p));
	seeds.p[seeds.n++] = xstrndup(p, n);
}

static void
show(const char *wrong, const char *p, size_t n)
{
	(void)fprintf(stderr, "# %s: ", wrong);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(stderr, p[i] >= ' ' && p[i] < 0x7f && p[i] != '\\' ? "%c" : "\\x%02x",
		    (unsigned char)p[i]);
	(void)fprintf(stderr, "\n");
	fail_msg("%s", wrong);
}

/* Each line of the file PATH; one of each few becomes a seed. */
static void
read_lines(struct compare *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct linerd *in = linerd_new(fd, false, (size_t)1 << 26);
	struct line line;
	struct err e;

	while (fd >= 0 && linerd_next(in, &line, &e) == 1) {
		const char *wrong = compare_text(c, line.p, line.n, line.n <= SEED_MAX);

		if (wrong != NULL)
			show(wrong, line.p, line.n);
		if (seeds.lines++ % 5 == 0)
			add_seed(line.p, line.n);
	}
	linerd_free(in);
	if (fd >= 0)
		close(fd);
}

static void
read_folder(struct compare *c, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char *below = xasprintf("%s/%s", path, names[i]->d_name);
		struct stat st;

		if (names[i]->d_name[0] != '.' && lstat(below, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				read_folder(c, below);
			else if (S_ISREG(st.st_mode) && str_ends(str_of(below), ".jsonl"))
				read_lines(c, below);
		}
		free(below);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void
lines_of_the_lab(void **state UNUSED)
{
	const char *lab = getenv("TRACK_LAB");
	struct compare c;

	if (lab == NULL || lab[0] == '\0') {
		if (getenv("CI") != NULL)
			fail_msg("there is no lab");
		skip();
	}
	compare_begin(&c, 96);
	read_folder(&c, lab);
	assert_in_range(c.count[SKIM_OK], 10000, SIZE_MAX);
	compare_end(&c);
}

static void
changed_lines(void **state UNUSED)
{
	size_t wanted = getenv("TRACK_LONG") != NULL ? MUTANTS_LONG : MUTANTS;
	struct mutant m = { .random = 1 };
	struct compare c;

	for (size_t i = 0; i < ARRAY_LEN(built_in); i++)
		add_seed(built_in[i], strlen(built_in[i]));
	compare_begin(&c, 96);
	for (size_t i = 0; i < wanted; i++) {
		const char *seed = seeds.p[any(&m, seeds.n)], *wrong;

		m.n = strlen(seed);
		memcpy(m.p, seed, m.n);
		for (size_t k = any(&m, 4); k < 4; k++)
			mutate(&m);
		if ((wrong = compare_text(&c, m.p, m.n, i % 16 == 0)) != NULL)
			show(wrong, m.p, m.n);
	}
	print_message("# %zu lines: %zu are JSON, %zu not, %zu nested too deep\n", wanted,
	    c.count[SKIM_OK], c.count[SKIM_NOT_JSON], c.count[SKIM_TOO_DEEP]);
	/* each verdict is really tried */
	assert_in_range(c.count[SKIM_OK], wanted / 4, wanted);
	assert_in_range(c.count[SKIM_NOT_JSON], wanted / 8, wanted);
	assert_in_range(c.count[SKIM_TOO_DEEP], wanted / 200, wanted);
	compare_end(&c);
}

static int
forget_seeds(void **state UNUSED)
{
	for (size_t i = 0; i < seeds.n; i++)
		free(seeds.p[i]);
	free(seeds.p);
	seeds = (struct seeds){ 0 };
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_the_lab),
		cmocka_unit_test(changed_lines),
	};

	return cmocka_run_group_tests(tests, NULL, forget_seeds);
}
