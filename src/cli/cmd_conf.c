#include "base/compat.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/cmd.h"
#include "cli/conf.h"

#define OUT_MAX ((size_t)262144)

/* Who owns the database, or would: the workers must run as that user. Owned by the caller. */
static char *
owner(const char *db)
{
	const struct passwd *pw;
	struct stat st;

	pw = getpwuid(stat(db, &st) == 0 ? st.st_uid : geteuid());
	return xstrdup(pw == NULL ? "USER" : pw->pw_name);
}

static int
pick(const struct opts *o, const char *names[2], struct err *e)
{
	const char *server = o->operands[0];

	names[1] = NULL;
	if (strcmp(server, "lighttpd") == 0)
		names[0] = o->cgi     ? "lighttpd-cgi.conf"
			   : o->spawn ? "lighttpd-spawn.conf"
				      : "lighttpd-socket.conf";
	else if (strcmp(server, "nginx") == 0 && !o->spawn)
		names[0] = o->cgi ? "nginx-cgi.conf" : "nginx-socket.conf";
	else if (strcmp(server, "systemd") == 0 && !o->spawn && !o->cgi) {
		names[0] = "codex-track.socket";
		names[1] = "codex-track@.service";
	} else
		return err_set(e, ERR_USAGE,
		    "use lighttpd (with --spawn or --cgi if you like), nginx (with --cgi) or "
		    "systemd");
	if (o->cgi && o->spawn)
		return err_set(e, ERR_USAGE, "--cgi and --spawn exclude each other");
	return 0;
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	const char *names[2],
	    *socket = o->cgi ? "/run/codex-track-cgi.sock" : "/run/codex-track.sock";
	struct conf_values v = { .db = a->places.db.path,
		.config = a->config_place.path,
		.socket = o->socket == NULL ? socket : o->socket,
		.has_env = true };
	char *prefix = NULL, *fcgi = NULL, *statics = NULL, *user = NULL;
	struct sbuf out;
	int rc = -1;

	sbuf_init(&out, OUT_MAX);
	if (pick(o, names, e) < 0 ||
	    (prefix = conf_prefix(o->prefix != NULL ? o->prefix : a->config.prefix, e)) == NULL ||
	    (fcgi = conf_fcgi(e)) == NULL)
		goto out;
	v.prefix = prefix;
	v.fcgi = fcgi;
	v.statics = statics = conf_statics();
	v.user = user = owner(v.db);
	rc = 0;
	for (size_t i = 0; rc == 0 && i < 2 && names[i] != NULL; i++) {
		if (i > 0)
			sbuf_addc(&out, '\n');
		rc = conf_render(names[i], &v, &out, e);
	}
	if (rc == 0 && (rc = sbuf_check(&out, e)) == 0)
		(void)fwrite(out.buf, 1, out.len, stdout); /* errors stay in stdout */
out:
	sbuf_free(&out);
	free(prefix);
	free(fcgi);
	free(statics);
	free(user);
	return rc;
}

const struct cmd cmd_conf = {
	.name = "conf",
	.operands = "SERVER",
	.summary = "Print a ready configuration for lighttpd, nginx or systemd",
	.takes = "db prefix socket spawn cgi",
	.min = 1,
	.max = 1,
	.run = run,
};
