/*
 * conf.h - the samples of conf/ with their places filled in: for `codex-track conf`,
 * and for the server that `codex-track web` starts.
 *
 * In a sample @NAME@ stands for a value; a line that begins with @BELOW@ is there
 * only below a prefix, one that begins with @ENV@ only where variables are set.
 */
#ifndef CLI_CONF_H
#define CLI_CONF_H

#include "base/sbuf.h"

struct conf_values {
	const char *prefix; /* "/" or "/codex": conf_prefix */
	const char *fcgi, *statics, *socket;
	const char *db, *config, *user;
	bool has_env;
};

/* Append the sample NAME (of conf/) with V filled in to OUT. Returns 0; -1 with ERR_NOTFOUND, ERR_IO, or ERR_USAGE (a path that no configuration can hold) in *E. */
int conf_render(const char *name, const struct conf_values *v, struct sbuf *out, struct err *e);

/* TEXT (NULL: "/") as a prefix: a slash, then no slash at its end. Returns it, owned by the caller: free; NULL with ERR_USAGE in *E. */
char *conf_prefix(const char *text, struct err *e);

/*
 * Path of the program codex-track.fcgi: beside us, in libexec of our prefix, or where it was
 * configured; by the link `current` of an installation, which upgrades do not move. Returns it,
 * owned by the caller: free; NULL with ERR_NOTFOUND in *E.
 */
char *conf_fcgi(struct err *e);

/* Path of the folder of static files, by the link `current` as conf_fcgi. Returns it, owned by the caller: free; cannot fail. */
char *conf_statics(void);

#endif
