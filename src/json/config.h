/*
 * config.h - the configuration file: JSON, every key checked.
 *
 * Source: design.md 10 "Configuration keys".
 */
#ifndef JSON_CONFIG_H
#define JSON_CONFIG_H

#include "json/jx.h"

struct config_home {
	char *path, *label; /* label "" for none */
};

struct config {
	char *timezone, *weekly_reset, *db, *content, *prefix, *currency_label, *lighttpd,
	    *browser;   /* NULL: not set */
	int week_start; /* 0 = Monday to 6; -1: not set */
	int64_t port;   /* -1: not set */
	struct config_home *homes;
	size_t homes_len;
	char **hosts;
	size_t hosts_len;
	struct json_object *pricing; /* the object, or NULL; owned by the config */
	char **warnings;             /* about unknown keys; each a line for stderr */
	size_t warnings_len;
};

/*
 * Read the file PATH into *OUT (config_clear). A NULL PATH or a file that is
 * not there gives an empty configuration. Returns 0; -1 with ERR_USAGE in *E
 * (naming file, key and accepted form) for a file that cannot be used.
 */
int config_load(const char *path, struct config *out, struct err *e);

/* Free what C owns. NULL-safe; cannot fail. */
void config_clear(struct config *c);

#endif
