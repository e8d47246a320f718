/*
 * codex-track.fcgi - the web application: a FastCGI responder, or plain CGI when
 * started as one. Reads the database, writes nothing.
 */
#include "base/compat.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/num.h"
#include "base/xalloc.h"
#include "cli/app.h"
#include "web/gateway.h"
#include "web/serve.h"

#define PROGRAM "codex-track.fcgi"
#define LIMIT_S 60 /* a request that shows no progress for so long ends the worker */
#define OPTIONS "db home rollouts tz allow-host time-limit"

/* A web server may start us without HOME; the places need it. */
static void
find_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;

	if ((home == NULL || home[0] == '\0') && (pw = getpwuid(geteuid())) != NULL)
		(void)setenv("HOME", pw->pw_dir, 1); /* fails for lack of memory only */
}

/* Names to answer to: the configuration's, the options', and those of CODEX_USAGE_HOSTS, a comma list. */
static const char **
find_hosts(const struct app *a, const struct opts *o, char *env, size_t *n)
{
	const char **hosts = xcalloc(a->config.hosts_len + o->hosts.n + 256, sizeof(*hosts));
	char *next;

	*n = 0;
	for (size_t i = 0; i < a->config.hosts_len; i++)
		hosts[(*n)++] = a->config.hosts[i];
	for (size_t i = 0; i < o->hosts.n; i++)
		hosts[(*n)++] = o->hosts.v[i];
	for (int i = 0; env != NULL && env[0] != '\0' && i < 256; i++) {
		next = strchrnul(env, ',');
		if (*next == ',')
			*next++ = '\0';
		hosts[(*n)++] = env;
		env = next;
	}
	return hosts;
}

/* What the program is and what it was told: when it changes, so do the validators. */
static uint64_t
config_hash(const struct app *a)
{
	uint64_t h = hash_str(str_of(a->money), 0);
	struct stat st;

	if (stat("/proc/self/exe", &st) == 0)
		h = hash_i64(
		    st.st_size, hash_i64(st.st_mtim.tv_sec, hash_i64((int64_t)st.st_ino, h)));
	if (a->config_place.path != NULL && stat(a->config_place.path, &st) == 0)
		h = hash_i64(
		    st.st_size, hash_i64(st.st_mtim.tv_sec, hash_i64((int64_t)st.st_ino, h)));
	return h;
}

static int64_t
now(const void *arg)
{
	const struct app *a = arg;

	return app_now_ms(a);
}

static int
serve(const struct app *a, const struct opts *o, struct err *e)
{
	char *templates = app_data_path("templates"), *env = xstrdup(getenv("CODEX_USAGE_HOSTS"));
	char *manifest = app_data_path("static/manifest.json");
	char *schemas = app_data_path("api-schemas.json");
	struct web web = { .store = NULL };
	struct web_setup in = { .db = a->places.db.path,
		.db_origin = a->places.db.origin,
		.roots = a->places.roots,
		.roots_len = a->places.roots_len,
		.card = a->card,
		.tz = a->tz,
		.tz_origin = a->tz_origin,
		.week_start = a->config.week_start < 0 ? 0 : a->config.week_start,
		.money = a->money,
		.weekly_reset = getenv("CODEX_USAGE_WEEKLY_RESET"),
		.templates = templates,
		.schemas = schemas,
		.manifest = manifest,
		.is_strict = getenv("CODEX_USAGE_STRICT") != NULL,
		.progress = getenv("CODEX_USAGE_PROGRESS"),
		.config_hash = config_hash(a),
		.now_ms = now,
		.now_arg = a };
	struct gateway gateway = { .limit_s = LIMIT_S, .serve = serve_request, .arg = &web };
	const char **hosts = find_hosts(a, o, env, &in.hosts_len);
	int64_t limit_s = LIMIT_S;
	int rc = -1;

	if (in.weekly_reset == NULL || in.weekly_reset[0] == '\0')
		in.weekly_reset = a->config.weekly_reset;
	in.hosts = hosts;
	if (o->time_limit != NULL && num_i64(str_of(o->time_limit), 1, 86400, &limit_s) < 0) {
		rc = err_set(e, ERR_USAGE, "--time-limit %.40s: use whole seconds, 1 to 86400",
		    o->time_limit);
		goto out;
	}
	gateway.limit_s = (unsigned)limit_s;
	if (templates == NULL || schemas == NULL)
		rc = err_set(e, ERR_NOTFOUND,
		    "templates and api-schemas.json were not found; install again");
	else if (web_start(&web, &in, e) == 0)
		rc = gateway_run(&gateway, e);
out:
	web_clear(&web);
	free(hosts);
	free(env);
	free(templates);
	free(manifest);
	free(schemas);
	return rc;
}

int
main(int argc, char **argv)
{
	struct err e = { .code = ERR_NONE };
	struct opts o;
	struct app a;
	int rc;

	find_home();
	if (gateway_is_cgi())
		argc = 1; /* words that a client may have chosen */
	if (opts_read(argc, argv, PROGRAM, OPTIONS, &o, &e) < 0)
		return app_fail(PROGRAM, &e);
	if (o.help || o.version) {
		if (o.version)
			(void)puts(PROGRAM " " PACKAGE_VERSION);
		else {
			(void)puts("Usage: " PROGRAM
				   " [OPTIONS]\n\nThe web application, for a web server to "
				   "start; `codex-track web` does it all.\n\nOptions:");
			opts_help(stdout, OPTIONS, "");
		}
		return app_flush(stdout, "standard output", &e) < 0 ? app_fail(PROGRAM, &e) : 0;
	}
	if (app_start(&a, PROGRAM, &o, &e) < 0)
		return app_fail(PROGRAM, &e);
	rc = serve(&a, &o, &e);
	app_close(&a);
	return rc < 0 ? app_fail(PROGRAM, &e) : 0;
}
