/*
 * places.h - where everything is: the one table of paths and variables. A pure
 * function of the system, the environment, the configuration and the options.
 *
 * Source: design.md 5.
 */
#ifndef BASE_PLACES_H
#define BASE_PLACES_H

#include "base/err.h"

struct place {
	char *path; /* NULL: none */
	const char
	    *origin; /* "option --db", "CODEX_USAGE_DB", "configuration", "default"; static */
};

struct place_root {
	char *path;
	char *label; /* "" for none */
	bool is_home;
	bool is_named;      /* by somebody, not by default: must exist */
	const char *origin; /* static */
};

struct places_in {
	bool macos;
	const char *(*env)(void *arg, const char *name); /* NULL result: not set */
	void *arg;
	const char *cwd; /* for relative paths given as options */
	/* options; NULL or 0 when not given */
	const char *db;
	const char *const *homes, *const *rollouts;
	size_t homes_len, rollouts_len;
	/* configuration; NULL or 0 when not there */
	const char *conf_db;
	const char *const *conf_homes, *const *conf_labels;
	size_t conf_homes_len;
};

struct places {
	struct place db;
	struct place_root *roots;
	size_t roots_len;
};

/*
 * Path of the configuration file into *OUT by the environment alone
 * (place_clear). /dev/null means none: then path is NULL. Returns 0; -1 with
 * ERR_USAGE in *E when no home folder is known.
 */
int places_config(const struct places_in *in, struct place *out, struct err *e);

/*
 * Database and roots into *OUT (places_clear). A root that a variable names has the label that the
 * configuration gives it. An empty variable counts as not set; a relative
 * path is taken from the current folder for options, and refused in XDG variables as their
 * specification says. Returns 0; -1 with ERR_USAGE in *E.
 */
int places_find(const struct places_in *in, struct places *out, struct err *e);

/* Free what P owns. NULL-safe; cannot fail. */
void place_clear(struct place *p);

/* Free what P owns. NULL-safe; cannot fail. */
void places_clear(struct places *p);

/* The value of the environment variable NAME for places_in.env (ARG unused). Lends, NULL when not set; cannot fail. */
const char *places_env(void *arg, const char *name);

#endif
