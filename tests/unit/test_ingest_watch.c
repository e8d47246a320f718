/* A day of appended lines, one pass for each: memory stays where it is, and all is counted. */
#include "base/compat.h"

#include <ftw.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "ingest/watch.h"

#define LINES_PER_FILE 50

/* AddressSanitizer keeps what is freed for a while. */
#ifdef __SANITIZE_ADDRESS__
#define KEEPS_FREED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS_FREED 1
#endif
#endif

struct day {
	char *home;
	int passes, wanted; /* for changes */
	int64_t early_pages, late_pages;
	int64_t total; /* of the file at hand */
	int said;
	volatile int stop;
};

/* Resident memory, in pages. */
static int64_t
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	int64_t all, pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%" SCNd64 " %" SCNd64, &all, &pages), 2);
	assert_int_equal(fclose(f), 0);
	return pages;
}

/* Line number N (from 0) of the day; every file begins a thread. */
static void
append(struct day *d, int n)
{
	int file = n / LINES_PER_FILE;
	char *path =
	    xasprintf("%s/sessions/rollout-2026-10-05T10-00-00-01a201fe-0000-7000-8000-%012d.jsonl",
		d->home, file);
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	if (n % LINES_PER_FILE == 0) {
		(void)fprintf(f,
		    "{\"timestamp\":\"2026-10-05T10:00:00.000Z\",\"type\":\"session_meta\","
		    "\"payload\":{\"id\":\"01a201fe-0000-7000-8000-%012d\",\"cwd\":\"/p\","
		    "\"source\":\"exec\"}}\n",
		    file);
		d->total = 0;
	}
	d->total += 100;
	(void)fprintf(f,
	    "{\"timestamp\":\"2026-10-05T10:00:01.000Z\",\"type\":\"event_msg\",\"payload\":"
	    "{\"type\":\"token_count\",\"info\":{\"total_token_usage\":{\"input_tokens\":%" PRId64
	    ",\"cached_input_tokens\":0,\"output_tokens\":0,\"reasoning_output_tokens\":0,"
	    "\"total_tokens\":%" PRId64 "},\"last_token_usage\":{\"input_tokens\":100,"
	    "\"cached_input_tokens\":0,\"output_tokens\":0,\"reasoning_output_tokens\":0,"
	    "\"total_tokens\":100}}}}\n",
	    d->total, d->total);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static int
passed(void *arg, enum watch_why why, const struct ingest_summary *sum, struct err *e UNUSED)
{
	struct day *d = arg;

	if (why == WATCH_CHANGES) {
		assert_int_equal(sum->found, 1); /* none but the file that changed */
		d->passes++;
	}
	if (d->passes == d->wanted / 2)
		d->early_pages = resident();
	if (d->passes == d->wanted) {
		d->late_pages = resident();
		d->stop = 1;
	} else {
		append(d, d->passes);
	}
	return 0;
}

static void
say(void *arg, const char *text)
{
	struct day *d = arg;

	print_message("# %s\n", text);
	d->said++;
}

static int64_t
now(void *arg UNUSED)
{
	return INT64_C(1791201600000);
}

static int64_t
counted(const char *db)
{
	static const char SQL[] = "SELECT sum(input) FROM rollup";
	struct store *s;
	struct stmt *q;
	struct err e;
	int64_t sum;

	assert_int_equal(store_open(&s, db, STORE_READER, &e), 0);
	q = store_stmt(s, SQL, &e);
	assert_non_null(q);
	assert_int_equal(stmt_step(q, &e), 1);
	sum = stmt_i64(q, 0);
	stmt_done(q);
	store_close(s);
	return sum;
}

static int
drop(const char *path, const struct stat *st UNUSED, int type UNUSED, struct FTW *f UNUSED)
{
	return remove(path);
}

static void
a_day(void **state UNUSED)
{
	const char *src = getenv("TRACK_SRC"), *is_long = getenv("TRACK_LONG");
	char name[] = "watch-XXXXXX";
	struct day d = { .wanted = is_long != NULL && is_long[0] != '\0' ? 6000 : 600 };
	char *rates = xasprintf("%s/conf/rates.json", src == NULL ? "." : src), *db, *sessions;
	struct ingest_root root = { .label = "", .is_home = true };
	struct watch_opts o = { .roots = &root,
		.roots_len = 1,
		.rescan_ms = 3600000,
		.wait_ms = 30000,
		.stop = &d.stop,
		.now = now,
		.passed = passed,
		.say = say,
		.arg = &d };
	struct price_card *card;
	struct err e;

	assert_non_null(mkdtemp(name));
	d.home = realpath(name, NULL);
	db = xasprintf("%s/db", d.home);
	sessions = xasprintf("%s/sessions", d.home);
	assert_int_equal(mkdir(sessions, 0755), 0);
	assert_int_equal(price_card_load(&card, rates, NULL, &e), 0);
	o.db = db;
	o.card = card;
	root.path = d.home;
	if (watch_run(&o, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(d.said, 0);
	assert_int_equal(counted(db), (int64_t)d.wanted * 100);
	print_message("# %d passes; resident: %" PRId64 " pages after a half, %" PRId64
		      " at the end\n",
	    d.passes, d.early_pages, d.late_pages);
#ifndef KEEPS_FREED
	assert_in_range(d.late_pages, 0, d.early_pages + 64);
#endif
	price_card_free(card);
	assert_int_equal(nftw(d.home, drop, 10, FTW_DEPTH | FTW_PHYS), 0);
	free(sessions);
	free(db);
	free(rates);
	free(d.home);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_day) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
