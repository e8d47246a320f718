/*
 * `codex-track web`: a private lighttpd in front of the application, and the database
 * kept up to date behind it, until somebody says stop.
 *
 * Source: design.md 2 "codex-track web".
 */
#include "base/compat.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"
#include "base/xalloc.h"
#include "cli/cmd.h"
#include "cli/conf.h"
#include "cli/httpd.h"
#include "cli/progress.h"
#include "demo/demo.h"

#define PORT 8377
#define PORTS_TRIED 100
#define RESCAN_MS 60000 /* between two looks at every file */
#define WAIT_MS 30000   /* for somebody else's ingest, until that is said */
#define PROGRESS_MS 300 /* between two reports of a pass */
#define OTHER_START_MS 5000
#define DEMO_DAYS 90
#define DEMO_BYTES 12000000

struct web_run {
	struct app *app;
	const struct opts *o;
	struct rundir run;
	struct httpd httpd;
	char *prefix, *url;
	struct progress bar;
	int64_t started_ms, looked_ms; /* of the monotonic clock: begin, last look at the server */
	bool is_first;                 /* the first pass is under way */
	bool is_down;                  /* the server cannot be kept up, */
	struct err down;               /* why */
};

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ----------------------------------------------------------------- browser */

/* Show URL in a browser where there is a display; that it fails is of no concern. */
static void
open_browser(const struct web_run *w, const char *url)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	const char *program = w->app->config.browser == NULL ? "xdg-open" : w->app->config.browser;
	pid_t pid;

	if (w->o->no_open ||
	    ((x == NULL || x[0] == '\0') && (wayland == NULL || wayland[0] == '\0')))
		return;
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (fork() != 0)
			_exit(0); /* nobody waits for the browser */
		(void)setsid();
		for (int fd = 0; fd < 3; fd++)
			(void)dup2(null, fd);
		execlp(program, program, url, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
}

static void
tell_url(const struct web_run *w, const char *url)
{
	(void)printf("%s\n", url);
	(void)fflush(stdout); /* a reader that is gone shows at the end */
	open_browser(w, url);
}

/* -------------------------------------------------------------------- port */

static int
find_port(struct web_run *w, struct err *e)
{
	int64_t port = w->app->config.port > 0 ? w->app->config.port : PORT;
	bool is_named = w->o->port != NULL;

	if (is_named && num_i64(str_of(w->o->port), 1, 65535, &port) < 0)
		return err_set(
		    e, ERR_USAGE, "--port %.40s: use a whole number, 1 to 65535", w->o->port);
	w->httpd.port = (int)port;
	if (httpd_is_free((int)port))
		return 0;
	if (is_named)
		return err_set(e, ERR_IO,
		    "port %d is in use by another program; give another one with --port",
		    (int)port);
	for (int i = 1; i <= PORTS_TRIED && port + i <= 65535; i++)
		if (httpd_is_free((int)port + i)) {
			w->httpd.port = (int)port + i;
			(void)fprintf(stderr,
			    "%s: port %d is in use by another program; taking %d. Bookmarks of the "
			    "usual address will not find it.\n",
			    w->app->program, (int)port, w->httpd.port);
			return 0;
		}
	return err_set(e, ERR_IO, "no port from %d on is free; give one with --port", (int)port);
}

/* -------------------------------------------------------------------- demo */

/* A database and a home of its own: nothing of the user's takes part. */
static void
demo_places(struct app *a, const struct rundir *run)
{
	places_clear(&a->places);
	a->places.db = (struct place){ rundir_file(run, "demo-usage.sqlite"), "option --demo" };
	a->places.roots = xcalloc(1, sizeof(*a->places.roots));
	a->places.roots_len = 1;
	a->places.roots[0] = (struct place_root){ .path = rundir_file(run, "demo/codex-home"),
		.label = xstrdup("demo"),
		.is_home = true,
		.is_named = false,
		.origin = "option --demo" };
}

static int
demo_home(struct web_run *w, struct err *e)
{
	struct demo_opts d = { .days = DEMO_DAYS,
		.bytes = DEMO_BYTES,
		.seed = 1,
		.profile = DEMO_TYPICAL,
		.now_ms = w->app->now_ms,
		.tz = w->app->tz,
		.stop = app_stop() };
	char *dir = rundir_file(&w->run, "demo");
	struct demo_sum sum;
	int rc;

	d.dir = dir;
	rc = demo_write(&d, &sum, e);
	free(dir);
	return rc;
}

/* ------------------------------------------------------------- environment */

static void
set(const char *name, const char *value)
{
	if (value != NULL && setenv(name, value, 1) < 0)
		bug("out of memory for the environment");
}

/* The workers find by these what we found by options. */
static void
set_environment(const struct web_run *w)
{
	const struct app *a = w->app;
	char *progress = rundir_file(&w->run, "progress");
	struct sbuf roots, hosts;

	sbuf_init(&roots, 1024 * 1024);
	sbuf_init(&hosts, 65536);
	for (size_t i = 0; i < a->places.roots_len; i++)
		sbuf_addf(&roots, "%s%s", i > 0 ? "," : "", a->places.roots[i].path);
	set("CODEX_USAGE_DB", a->places.db.path);
	set("CODEX_USAGE_ROLLOUTS", roots.buf);
	set("CODEX_USAGE_TZ", w->o->tz);
	set("CODEX_USAGE_PROGRESS", progress);
	if (getenv("CODEX_USAGE_HOSTS") != NULL)
		sbuf_addz(&hosts, getenv("CODEX_USAGE_HOSTS"));
	for (size_t i = 0; i < w->o->hosts.n; i++)
		sbuf_addf(&hosts, "%s%s", hosts.len > 0 ? "," : "", w->o->hosts.v[i]);
	set("CODEX_USAGE_HOSTS", hosts.buf);
	sbuf_free(&roots);
	sbuf_free(&hosts);
	free(progress);
}

/* -------------------------------------------------------------- the passes */

static int64_t
now(void *arg)
{
	const struct web_run *w = arg;

	return app_now_ms(w->app);
}

/* A pass begins: the moment to see whether the server is still there. */
static void
begin(void *arg)
{
	struct web_run *w = arg;

	progress_begin(&w->bar, stderr);
	w->looked_ms = clock_ms();
	w->is_down = httpd_watch(&w->httpd, &w->down) < 0;
}

/* "PERCENT SECONDS-LEFT" for the banner of the pages. */
static void
show_progress(void *arg, const struct ingest_progress *at)
{
	struct web_run *w = arg;
	int64_t ms = clock_ms(), percent, left;
	struct err ignored;
	char text[64];

	progress_show(&w->bar, at);
	if (ms - w->looked_ms < PROGRESS_MS)
		return;
	w->looked_ms = ms;
	w->is_down = w->is_down || httpd_watch(&w->httpd, &w->down) < 0;
	if (!w->is_first)
		return;
	percent = at->bytes_all > 0 ? at->bytes_done * 100 / at->bytes_all : 0;
	if (percent > 99)
		percent = 99;
	left = percent > 0 ? (ms - w->started_ms) * (100 - percent) / percent / 1000 : -1;
	if (left >= 0)
		(void)snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 "\n", percent, left);
	else
		(void)snprintf(text, sizeof(text), "%" PRId64 "\n", percent);
	(void)rundir_write(&w->run, "progress", text, &ignored); /* a banner less */
}

static void
remove_banner(struct web_run *w)
{
	char *progress = rundir_file(&w->run, "progress");

	w->is_first = false;
	(void)unlink(progress); /* not there after a short pass */
	free(progress);
}

static int
passed(void *arg, enum watch_why why UNUSED, const struct ingest_summary *sum UNUSED, struct err *e)
{
	struct web_run *w = arg;

	progress_end(&w->bar);
	if (w->is_first)
		remove_banner(w);
	if (w->is_down)
		*e = w->down;
	return w->is_down ? -1 : 0;
}

static void
say(void *arg, const char *text)
{
	struct web_run *w = arg;

	progress_end(&w->bar);
	(void)fprintf(stderr, "%s: %s\n", w->app->program, text);
}

/* Keep the database up to date until somebody says stop. Returns 0; -1 when that, or the server, cannot be kept up. */
static int
follow(struct web_run *w, struct err *e)
{
	struct watch_opts o = { .rescan_ms = RESCAN_MS,
		.wait_ms = WAIT_MS,
		.settle_ms = WATCH_SETTLE_MS,
		.gap_ms = WATCH_GAP_MS,
		.now = now,
		.begin = begin,
		.progress = show_progress,
		.passed = passed,
		.say = say,
		.arg = w };
	int rc;

	w->is_first = true;
	w->started_ms = w->looked_ms = clock_ms();
	if (w->o->demo && demo_home(w, e) < 0)
		return *app_stop() != 0 ? 0 : -1;
	if (*app_stop() != 0)
		return 0;
	app_on_child();
	rc = app_watch(w->app, &o, e);
	progress_end(&w->bar);
	return rc;
}

/* ------------------------------------------------------------- the command */

/* The URL of the instance that has the lock; it may be starting at this moment. */
static int
show_other(const struct web_run *w, struct err *e)
{
	int64_t end = clock_ms() + OTHER_START_MS;
	char *url = NULL;

	while (url == NULL && clock_ms() < end && *app_stop() == 0) {
		url = rundir_read(&w->run, "url");
		if (url == NULL)
			(void)poll(NULL, 0, 50);
	}
	if (url == NULL)
		return err_set(e, ERR_BUSY,
		    "another `codex-track web` starts or ends at this moment (%s); try again",
		    w->run.path);
	(void)fprintf(stderr, "%s: runs already\n", w->app->program);
	tell_url(w, url);
	free(url);
	return 0;
}

/* The pages come up before the first pass: let them find an empty database, not none. */
static int
make_database(struct app *a, struct err *e)
{
	struct store *s = NULL;
	int rc = 0;

	if (access(a->places.db.path, F_OK) < 0)
		rc = store_open(&s, a->places.db.path, STORE_WRITER, e);
	store_close(s);
	return rc;
}

static int
start(struct web_run *w, struct err *e)
{
	struct app *a = w->app;
	char pid[32];

	if (make_database(a, e) < 0 || find_port(w, e) < 0 ||
	    (w->httpd.program = httpd_find(a->config.lighttpd, e)) == NULL)
		return -1;
	w->httpd.run = &w->run;
	w->httpd.prefix = w->prefix;
	set_environment(w);
	(void)snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (rundir_write(&w->run, "pid", pid, e) < 0 || httpd_start(&w->httpd, e) < 0)
		return -1;
	w->url = xasprintf("http://127.0.0.1:%d%s%s", w->httpd.port, w->prefix,
	    strcmp(w->prefix, "/") == 0 ? "" : "/");
	if (rundir_write(&w->run, "url", w->url, e) < 0)
		return -1;
	tell_url(w, w->url);
	return 0;
}

static int
serve(struct web_run *w, struct err *e)
{
	int rc = rundir_lock(&w->run, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return show_other(w, e);
	if (w->o->demo)
		demo_places(w->app, &w->run);
	if (app_named_roots(w->app, e) < 0 || start(w, e) < 0)
		return *app_stop() == 0 ? -1 : 0;
	(void)fprintf(stderr, "%s: Ctrl-C ends it\n", w->app->program);
	return follow(w, e);
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	struct web_run w = { .app = a, .o = o, .run = { NULL, -1 } };
	int rc = -1;

	w.prefix = conf_prefix(o->prefix != NULL ? o->prefix : a->config.prefix, e);
	if (w.prefix != NULL && rundir_open(&w.run, o->demo ? "demo" : a->places.db.path, e) == 0)
		rc = serve(&w, e);
	httpd_stop(&w.httpd);
	rundir_close(&w.run);
	free(w.prefix);
	free(w.url);
	if (rc == 0 && *app_stop() == SIGINT)
		rc = 130;
	return rc;
}

#define TAKES "db home rollouts tz port prefix allow-host no-open demo"

const struct cmd cmd_web = {
	.name = "web",
	.operands = "",
	.summary = "The dashboard in the browser, kept up to date",
	.takes = TAKES,
	.run = run,
};

const struct cmd cmd_ui = {
	.name = "ui",
	.operands = "",
	.summary = "Another name for web",
	.takes = TAKES,
	.run = run,
};
