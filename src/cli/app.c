#include "base/compat.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/xalloc.h"
#include "cli/app.h"
#include "cli/progress.h"
#include "ingest/lock.h"
#include "time/civil.h"

#define DEFAULT_ZONE "Europe/Stockholm" /* design.md 8 */
#define REPORT_WAIT_MS 2000

static volatile int stop_signal, again_signal;

static void
on_signal(int number)
{
	stop_signal = number;
}

static void
on_hangup(int number)
{
	again_signal = number;
}

const volatile int *
app_stop(void)
{
	return &stop_signal;
}

void
app_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	(void)sigaction(SIGINT, &sa, NULL); /* valid arguments do not fail */
	(void)sigaction(SIGTERM, &sa, NULL);
}

void
app_on_child(void)
{
	struct sigaction sa = { .sa_handler = on_hangup, .sa_flags = SA_NOCLDSTOP };

	(void)sigaction(SIGCHLD, &sa, NULL); /* valid arguments do not fail */
}

int
app_fail(const char *program, const struct err *e)
{
	(void)fprintf(stderr, "%s: %s\n", program, e->msg);
	return e->code == ERR_USAGE ? 2 : e->code == ERR_STOPPED ? 130 : 1;
}

int
app_flush(FILE *f, const char *name, struct err *e)
{
	if (fflush(f) == 0 && !ferror(f))
		return 0;
	return err_sys(e, "cannot write %s", name);
}

int64_t
app_now_ms(const struct app *a)
{
	struct timespec ts;

	if (a->now_is_fixed)
		return a->now_ms;
	(void)clock_gettime(CLOCK_REALTIME, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* CODEX_USAGE_NOW: a fixed "now", for tests. */
static int
find_now(struct app *a, struct err *e)
{
	const char *v = getenv("CODEX_USAGE_NOW");

	if (v != NULL && v[0] != '\0') {
		if (civil_parse_instant(str_of(v), &a->now_ms) < 0)
			return err_set(e, ERR_USAGE,
			    "CODEX_USAGE_NOW=%.60s: use a time like "
			    "2026-01-02T10:00:00Z",
			    v);
		a->now_is_fixed = true;
		return 0;
	}
	a->now_ms = app_now_ms(a);
	return 0;
}

/* The folder of the running program, or NULL. Owned by the caller. */
static char *
program_folder(void)
{
	char *path = realpath("/proc/self/exe", NULL), *slash;

	if (path != NULL && (slash = strrchr(path, '/')) != NULL)
		*slash = '\0';
	return path;
}

/* As app_data_path, and what said so into *ORIGIN (static). */
static char *
data_path(const char *name, const char **origin)
{
	const char *named = getenv("CODEX_USAGE_DATADIR");
	char *folder = program_folder(), *found = NULL;
	char *paths[] = {
		named == NULL || named[0] == '\0' ? NULL : xasprintf("%s/%s", named, name),
		/* conf/ of a checkout: the other data stand beside it */
		named == NULL || named[0] == '\0' ? NULL : xasprintf("%s/../%s", named, name),
		folder == NULL ? NULL : xasprintf("%s/../share/codex-track/%s", folder, name),
		/* from libexec/codex-track */
		folder == NULL ? NULL : xasprintf("%s/../../share/codex-track/%s", folder, name),
		xasprintf("%s/%s", PKGDATADIR, name),
	};
	static const char *const origins[] = { "CODEX_USAGE_DATADIR", "CODEX_USAGE_DATADIR",
		"beside the program", "beside the program", "default" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (found == NULL && paths[i] != NULL && access(paths[i], R_OK) == 0) {
			found = paths[i];
			*origin = origins[i];
		} else
			free(paths[i]);
	free(folder);
	return found;
}

char *
app_data_path(const char *name)
{
	const char *origin;

	return data_path(name, &origin);
}

static int
load_prices(struct app *a, struct err *e)
{
	const char *origin = "default";
	char *path = data_path("rates.json", &origin);

	if (path == NULL)
		return err_set(e, ERR_NOTFOUND,
		    "rates.json was not found beside the program or in %s; "
		    "install again",
		    PKGDATADIR);
	a->rates = (struct place){ path, origin };
	return price_card_load(&a->card, path, a->config.pricing, e);
}

static int
find_zone(struct app *a, const struct opts *o, struct err *e)
{
	const char *env = getenv("CODEX_USAGE_TZ"), *name = DEFAULT_ZONE;

	a->tz_origin = "default";
	if (o->tz != NULL) {
		name = o->tz;
		a->tz_origin = "option --tz";
	} else if (env != NULL && env[0] != '\0') {
		name = env;
		a->tz_origin = "CODEX_USAGE_TZ";
	} else if (a->config.timezone != NULL) {
		name = a->config.timezone;
		a->tz_origin = "configuration";
	}
	if ((a->tz = tz_get(name, e)) == NULL)
		return err_prefix(e, "%s", a->tz_origin);
	return 0;
}

/* Settings that nothing uses yet are checked all the same: a mistake is found when it is made. */
static int
check_settings(const struct app *a, struct err *e)
{
	const char *reset = getenv("CODEX_USAGE_WEEKLY_RESET");
	struct period_reset ignored;

	if (reset != NULL && reset[0] != '\0' && period_weekly_reset_parse(reset, &ignored, e) < 0)
		return err_prefix(e, "CODEX_USAGE_WEEKLY_RESET");
	if (a->config.weekly_reset != NULL &&
	    period_weekly_reset_parse(a->config.weekly_reset, &ignored, e) < 0)
		return err_prefix(e, "%s: \"weekly_reset\"", a->config_place.path);
	if (a->config.content != NULL && strcmp(a->config.content, "full") == 0)
		(void)fprintf(stderr,
		    "%s: \"content\": \"full\" cannot be had in this version; "
		    "texts of messages and tools are not stored\n",
		    a->program);
	return 0;
}

/* A database reached by a link is the file behind it: its lock and its log stand beside that. */
static void
resolve_link(struct place *db)
{
	char *real = realpath(db->path, NULL);

	if (real == NULL)
		return; /* not there yet */
	free(db->path);
	db->path = real;
}

static int
find_places(struct app *a, const struct opts *o, struct err *e)
{
	struct places_in in = { .env = places_env,
		.db = o->db,
		.homes = o->homes.v,
		.homes_len = o->homes.n,
		.rollouts = o->rollouts.v,
		.rollouts_len = o->rollouts.n };
	char *cwd = getcwd(NULL, 0);
	const char **homes, **labels;
	int rc = -1;

#ifdef __APPLE__
	in.macos = true;
#endif
	in.cwd = cwd;
	if (places_config(&in, &a->config_place, e) < 0) {
		if (o->db == NULL)
			goto out;
		a->config_place.path = NULL; /* everything is named: no configuration is needed */
	}
	if (config_load(a->config_place.path, &a->config, e) < 0)
		goto out;
	for (size_t i = 0; i < a->config.warnings_len; i++)
		(void)fprintf(stderr, "%s: %s\n", a->program, a->config.warnings[i]);
	homes = xcalloc(a->config.homes_len, sizeof(*homes));
	labels = xcalloc(a->config.homes_len, sizeof(*labels));
	for (size_t i = 0; i < a->config.homes_len; i++) {
		homes[i] = a->config.homes[i].path;
		labels[i] = a->config.homes[i].label;
	}
	in.conf_db = a->config.db;
	in.conf_homes = homes;
	in.conf_labels = labels;
	in.conf_homes_len = a->config.homes_len;
	rc = places_find(&in, &a->places, e);
	if (rc == 0)
		resolve_link(&a->places.db);
	free(homes);
	free(labels);
out:
	free(cwd);
	return rc;
}

int
app_start(struct app *a, const char *program, const struct opts *o, struct err *e)
{
	memset(a, 0, sizeof(*a));
	a->program = program;
	if (find_now(a, e) < 0 || find_places(a, o, e) < 0 || find_zone(a, o, e) < 0 ||
	    check_settings(a, e) < 0 || load_prices(a, e) < 0) {
		app_close(a);
		return -1;
	}
	a->money = a->config.currency_label == NULL ? "$" : a->config.currency_label;
	return 0;
}

void
app_close(struct app *a)
{
	store_close(a->store);
	a->store = NULL;
	price_card_free(a->card);
	a->card = NULL;
	place_clear(&a->rates);
	places_clear(&a->places);
	place_clear(&a->config_place);
	config_clear(&a->config);
}

int
app_named_roots(const struct app *a, struct err *e)
{
	for (size_t i = 0; i < a->places.roots_len; i++) {
		const struct place_root *r = &a->places.roots[i];

		if (r->is_named && access(r->path, F_OK) < 0)
			return err_sys(e, "%s (%s)", r->path, r->origin);
	}
	return 0;
}

/* A home or folder that is not there: say which, and how to go on; but when it is AWAITED. */
static int
check_roots(const struct app *a, bool awaited, struct err *e)
{
	for (size_t i = 0; i < a->places.roots_len; i++) {
		const struct place_root *r = &a->places.roots[i];
		struct stat st;

		if (stat(r->path, &st) == 0) {
			if (r->is_home && !S_ISDIR(st.st_mode))
				return err_set(
				    e, ERR_IO, "%s (%s): not a folder", r->path, r->origin);
			if (access(r->path, S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK) < 0)
				return err_sys(e, "%s (%s)", r->path, r->origin);
			continue;
		}
		if (awaited && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (r->is_named)
			return err_sys(e, "%s (%s)", r->path, r->origin);
		return err_set(e, ERR_NOTFOUND,
		    "No Codex data at %s. Name the folder with --home DIR, "
		    "or set CODEX_HOME",
		    r->path);
	}
	return 0;
}

/* The roots in the form of the ingest. Owned by the caller: free; its texts are A's. */
static struct ingest_root *
ingest_roots(const struct app *a)
{
	struct ingest_root *roots = xcalloc(a->places.roots_len, sizeof(*roots));

	for (size_t i = 0; i < a->places.roots_len; i++)
		roots[i] = (struct ingest_root){ a->places.roots[i].path, a->places.roots[i].label,
			a->places.roots[i].is_home };
	return roots;
}

int
app_ingest(
    struct app *a, int64_t wait_ms, int64_t since_ms, struct ingest_summary *sum, struct err *e)
{
	struct ingest_root *roots = ingest_roots(a);
	struct ingest_opts opts = { .roots = roots,
		.roots_len = a->places.roots_len,
		.card = a->card,
		.now_ms = a->now_ms,
		.since_ms = since_ms,
		.stop = app_stop(),
		.progress = progress_show };
	struct lock lock = { .fd = -1 };
	struct progress bar;
	struct store *s = NULL;
	int rc = -1;

	memset(sum, 0, sizeof(*sum));
	progress_begin(&bar, stderr);
	opts.arg = &bar;
	if (check_roots(a, false, e) == 0 &&
	    store_open_wait(&s, a->places.db.path, STORE_WRITER, wait_ms, e) == 0 &&
	    lock_take(&lock, a->places.db.path, wait_ms, e) == 0) {
		rc = ingest_run(s, &opts, sum, e);
		progress_end(&bar);
		if (rc == 0 && sum->stopped)
			rc = err_set(e, ERR_STOPPED, "stopped; what was read so far is stored");
	}
	lock_drop(&lock, rc == 0);
	/* to open it once more would cost a third of a run that finds nothing new */
	if (rc == 0)
		rc = store_read_only(s, e);
	if (rc == 0)
		a->store = s;
	else
		store_close(s);
	free(roots);
	return rc;
}

int
app_watch(struct app *a, struct watch_opts *o, struct err *e)
{
	struct ingest_root *roots = ingest_roots(a);
	struct sigaction sa = { .sa_handler = isatty(STDERR_FILENO) ? on_signal : on_hangup }, old;
	int rc;

	/* who has SIGHUP ignored (nohup) wants it ignored */
	if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		(void)sigaction(SIGHUP, &sa, NULL); /* valid arguments do not fail */
	o->db = a->places.db.path;
	o->roots = roots;
	o->roots_len = a->places.roots_len;
	o->card = a->card;
	o->stop = app_stop();
	o->again = &again_signal;
	rc = check_roots(a, true, e) < 0 ? -1 : watch_run(o, e);
	free(roots);
	return rc;
}

int
app_open(struct app *a, int64_t since_ms, struct err *e)
{
	struct ingest_summary sum;
	int rc = app_ingest(a, REPORT_WAIT_MS, since_ms, &sum, e);

	if (rc < 0 && e->code == ERR_BUSY) {
		(void)fprintf(stderr, "%s: %s; answering from what is there\n", a->program, e->msg);
		rc = 0;
	}
	if (rc == 0 && sum.new_home)
		(void)fprintf(stderr,
		    "%s: %s held other homes already; its reports cover all of them "
		    "(--home DIR only names what is read)\n",
		    a->program, a->places.db.path);
	if (rc == 0 && sum.counts.failed > 0)
		(void)fprintf(stderr, "%s: %" PRId64 " file%s could not be read (%s%s)\n",
		    a->program, sum.counts.failed, sum.counts.failed == 1 ? "" : "s",
		    sum.problems_len > 0 ? sum.problems[0] : "", sum.problems_len > 1 ? ", …" : "");
	ingest_summary_clear(&sum);
	if (rc < 0)
		return -1;
	return a->store != NULL ? 0 : store_open(&a->store, a->places.db.path, STORE_READER, e);
}

static int
find_range(const struct app *a, const struct opts *o, struct period *range, struct err *e)
{
	int given = (o->last != NULL) + o->today + (o->from != NULL || o->to != NULL);

	if (given > 1)
		return err_set(
		    e, ERR_USAGE, "--today, --last and --from/--to exclude each other; give one");
	if (o->today)
		return period_by_name(a->tz, a->now_ms, 0, "today", range, e);
	if (o->last != NULL)
		return period_last(a->tz, a->now_ms, o->last, range, e);
	return period_range(a->tz, o->from, o->to, range, e);
}

int
app_query(const struct app *a, const struct opts *o, struct query *q, struct err *e)
{
	query_init(q, a->tz);
	q->week_start = a->config.week_start < 0 ? 0 : a->config.week_start;
	if (find_range(a, o, &q->range, e) < 0)
		return -1;
	if (o->group != NULL && bucket_by_name(o->group, &q->group, e) < 0)
		return -1;
	if (o->by != NULL && (q->by = dim_find(o->by)) == NULL) {
		struct sbuf names;

		sbuf_init(&names, 4096);
		dim_names(&names);
		(void)err_set(e, ERR_USAGE, "--by %.40s: use %s", o->by, names.buf);
		sbuf_free(&names);
		return -1;
	}
	for (size_t i = 0; i < o->filters_len; i++)
		if (query_filter(q, o->filters[i].name, o->filters[i].value, e) < 0)
			return -1;
	return 0;
}

int
app_format(const struct opts *o, bool *table, enum printer_format *format, struct err *e)
{
	static const struct {
		const char *name;
		enum printer_format format;
	} formats[] = { { "json", PRINTER_JSON }, { "ndjson", PRINTER_NDJSON },
		{ "csv", PRINTER_CSV } };
	const char *name = o->format != NULL          ? o->format
			   : o->json || table == NULL ? "json"
						      : "table";

	if (o->json && o->format != NULL && strcmp(o->format, "json") != 0)
		return err_set(
		    e, ERR_USAGE, "--json and --format %.20s exclude each other", o->format);
	if (table != NULL) {
		*table = strcmp(name, "table") == 0 || strcmp(name, "text") == 0;
		if (*table)
			return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(name, formats[i].name) == 0) {
			*format = formats[i].format;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--format %.40s: use %sjson, ndjson or csv", name,
	    table != NULL ? "table, " : "");
}

int
app_wait(const struct opts *o, int64_t dflt_ms, int64_t *ms, struct err *e)
{
	*ms = dflt_ms;
	if (o->wait == NULL)
		return 0;
	if (num_i64(str_of(o->wait), 0, 86400, ms) < 0)
		return err_set(
		    e, ERR_USAGE, "--wait %.40s: use whole seconds, 0 to 86400", o->wait);
	*ms *= 1000;
	return 0;
}
