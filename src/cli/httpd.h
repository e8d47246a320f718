/*
 * httpd.h - the private lighttpd of `codex-track web`: found, configured, started,
 * watched, ended.
 *
 * Source: design.md 2, 10 "lighttpd for web".
 */
#ifndef CLI_HTTPD_H
#define CLI_HTTPD_H

#include "cli/rundir.h"

#include <sys/types.h>

struct httpd {
	const struct rundir *run;
	const char *prefix; /* conf_prefix */
	char *program;
	int port;
	pid_t pid; /* 0: does not run */
};

/*
 * Path of lighttpd: CONFIGURED, CODEX_USAGE_LIGHTTPD, PATH, the usual folders for servers.
 * Returns it, owned by the caller: free; NULL with ERR_NOTFOUND and the command that installs it
 * in *E.
 */
char *httpd_find(const char *configured, struct err *e);

/* True when nobody listens on PORT of 127.0.0.1; cannot fail. */
bool httpd_is_free(int port);

/*
 * Write the configuration of H into its run folder and start it; returns when it answers.
 * Returns 0; -1 with ERR_IO in *E, the end of its log in the message.
 */
int httpd_start(struct httpd *h, struct err *e);

/* Start H again when it has ended. Returns 0; -1 with ERR_IO in *E when it ends again and again. */
int httpd_watch(struct httpd *h, struct err *e);

/* End H and its workers, and free what it owns. NULL-safe; cannot fail. */
void httpd_stop(struct httpd *h);

#endif
