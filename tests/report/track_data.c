/*
 * track_data - the data of a page as JSON, without any page: for tests and for
 * measuring.
 *
 *   track_data DB PAGE [WORD=VALUE ...]
 *
 * PAGE: overview usage sessions session limits cost health; or settle, which makes the
 * database's sums again. Words are those of the pages (period, by, model, …) and now=RFC3339, rates=FILE, tz=ZONE,
 * id=SESSION, repeat=N (print the median and the least processor time of N runs in microseconds instead).
 */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/cost.h"
#include "report/health_page.h"
#include "report/limits.h"
#include "report/overview.h"
#include "report/session.h"
#include "report/session_list.h"
#include "report/tree.h"
#include "store/st_sums.h"

struct ask {
	struct store *store;
	struct price_card *card;
	const struct tz *tz;
	int64_t now_ms;
	int64_t repeat;
	struct query_words words;
	struct session_words list;
	const char *id;
	const char *rates;
	int argc;
	char **argv;
};

static int
make(struct ask *a, const char *page, struct json_object **out, struct err *e)
{
	struct query q;
	struct coverage c = { 0 };
	int rc = -1;

	query_init(&q, a->tz);
	for (int i = 3; i < a->argc; i++) {
		const char *eq = strchr(a->argv[i], '=');
		char *key = xstrndup(a->argv[i], (size_t)(eq - a->argv[i]));
		bool is_filter = dim_find(key) != NULL;
		int bad = is_filter ? query_filter(&q, key, eq + 1, e) : 0;

		free(key);
		if (bad < 0)
			goto out;
	}
	if (query_take(&q, a->store, &a->words, a->now_ms, e) < 0)
		goto out;
	if (strcmp(page, "overview") == 0) {
		struct overview_in in = { .q = &q, .card = a->card };

		in.has_before = query_before(&q, QUERY_PREVIOUS, &in.before);
		rc = overview_json(a->store, &in, out, e);
	} else if (strcmp(page, "usage") == 0) {
		rc = series_json(a->store, &q, a->card, out, &c, e);
		if (rc == 0)
			tree_coverage(*out, &c, 0);
	} else if (strcmp(page, "sessions") == 0) {
		struct session_list l;

		rc = session_list_run(a->store, &q, a->card, NULL, &a->list, &l, e);
		if (rc == 0)
			*out = session_list_json(&l, q.tz);
		session_list_clear(&l);
	} else if (strcmp(page, "limits") == 0) {
		struct limits l;

		rc = limits_run(a->store, &q, a->card, q.range.from_ms, a->now_ms, &l, e);
		if (rc == 0)
			*out = limits_json(&l, a->now_ms, q.tz, true);
		limits_clear(&l);
	} else if (strcmp(page, "cost") == 0)
		rc = cost_json(a->store, &q, a->card, out, e);
	else if (strcmp(page, "session") == 0)
		rc = session_json(a->store, a->id, a->card, q.tz, out, e);
	else if (strcmp(page, "health") == 0)
		rc = health_page_json(a->store, q.tz, out, e);
	else
		(void)err_set(e, ERR_USAGE, "no page \"%s\"", page);
out:
	coverage_clear(&c);
	query_clear(&q);
	return rc;
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* always works */
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
run(struct ask *a, const char *page, struct err *e)
{
	int64_t *us = calloc((size_t)a->repeat, sizeof(*us));

	for (int64_t i = 0; i < a->repeat; i++) {
		struct json_object *o = NULL;
		int64_t t = now_us();

		if (make(a, page, &o, e) < 0) {
			free(us);
			return -1;
		}
		if (a->repeat == 1)
			(void)puts(
			    json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
		us[i] = now_us() - t;
		json_object_put(o);
	}
	if (a->repeat > 1) {
		qsort(us, (size_t)a->repeat, sizeof(*us), by_number);
		(void)printf("%" PRId64 " %" PRId64 "\n", us[a->repeat / 2], us[0]);
	}
	free(us);
	return 0;
}

static int
words(struct ask *a, struct err *e)
{
	static const struct {
		const char *name;
		size_t at;
	} known[] = {
		{ "period", offsetof(struct ask, words.period) },
		{ "date", offsetof(struct ask, words.date) },
		{ "from", offsetof(struct ask, words.from) },
		{ "to", offsetof(struct ask, words.to) },
		{ "group", offsetof(struct ask, words.group) },
		{ "week", offsetof(struct ask, words.week) },
		{ "by", offsetof(struct ask, words.by) },
		{ "metric", offsetof(struct ask, words.metric) },
		{ "top", offsetof(struct ask, words.top) },
		{ "sort", offsetof(struct ask, list.sort) },
		{ "cursor", offsetof(struct ask, list.cursor) },
		{ "q", offsetof(struct ask, list.search) },
		{ "id", offsetof(struct ask, id) },
		{ "rates", offsetof(struct ask, rates) },
	};

	for (int i = 3; i < a->argc; i++) {
		const char *eq = strchr(a->argv[i], '=');
		size_t n = eq == NULL ? 0 : (size_t)(eq - a->argv[i]);
		int64_t limit;

		if (eq == NULL)
			return err_set(e, ERR_USAGE, "%s: no =", a->argv[i]);
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			if (n == strlen(known[k].name) &&
			    strncmp(known[k].name, a->argv[i], n) == 0)
				*(const char **)((char *)a + known[k].at) = eq + 1;
		if (strncmp(a->argv[i], "now=", 4) == 0 &&
		    civil_parse_instant(str_of(eq + 1), &a->now_ms) < 0)
			return err_set(e, ERR_USAGE, "%s: no time", eq + 1);
		if (strncmp(a->argv[i], "tz=", 3) == 0 && (a->tz = tz_get(eq + 1, e)) == NULL)
			return -1;
		if (strncmp(a->argv[i], "repeat=", 7) == 0)
			(void)num_i64(str_of(eq + 1), 1, 1000, &a->repeat);
		if (strncmp(a->argv[i], "limit=", 6) == 0 &&
		    num_i64(str_of(eq + 1), 1, 1000, &limit) == 0)
			a->list.limit = (size_t)limit;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct ask a = { .now_ms = INT64_C(1795348800000), /* 2026-11-22T12:00:00Z */
		.repeat = 1,
		.list.limit = 50,
		.argc = argc,
		.argv = argv };
	bool settles = argc > 2 && strcmp(argv[2], "settle") == 0;
	struct err e;
	int rc = 1;

	if (argc < 3) {
		(void)fputs("usage: track_data DB PAGE [WORD=VALUE ...]\n", stderr);
		return 2;
	}
	if ((a.tz = tz_get("Europe/Stockholm", &e)) == NULL || words(&a, &e) < 0 ||
	    store_open(&a.store, argv[1], settles ? STORE_WRITER : STORE_READER, &e) < 0)
		goto out;
	if (settles)
		rc = store_begin(a.store, &e) < 0 || st_sums_mark_all(a.store, &e) < 0 ||
		     st_sums_settle(a.store, &e) < 0 || store_commit(a.store, &e) < 0;
	else if (price_card_load(
		     &a.card, a.rates == NULL ? getenv("TRACK_RATES") : a.rates, NULL, &e) == 0)
		rc = run(&a, argv[2], &e) < 0;
out:
	if (rc != 0)
		(void)fprintf(stderr, "track_data: %s\n", e.msg);
	store_close(a.store);
	price_card_free(a.card);
	return rc;
}
