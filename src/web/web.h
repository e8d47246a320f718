/*
 * web.h - what lives as long as a worker: places, zone, prices, templates, and
 * the connection to the database, which is opened when it is needed and anew
 * when another file stands at its place.
 *
 * Source: design.md 9.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/places.h"
#include "mustache/mustache.h"
#include "pricing/price.h"
#include "store/store.h"
#include "time/period.h"
#include "time/tz.h"

#include <sys/types.h>

#define WEB_QUERY_MS 20000 /* a statement of a page takes no longer */

/* What the program found out at its start; all borrowed for the life of struct web. */
struct web_setup {
	const char *db, *db_origin; /* path; "default", "configuration", … */
	const struct place_root *roots;
	size_t roots_len;
	const struct price_card *card;
	const struct tz *tz;
	const char *tz_origin; /* "default", "configuration", … */
	int week_start;        /* 0 = Monday */
	const char *money;     /* label before amounts */
	const char *const *hosts;
	size_t hosts_len;
	const char *weekly_reset; /* as configured; NULL: the built-in one */
	const char *templates;    /* the folder */
	const char *schemas;      /* file with the schemas of the JSON twins */
	const char *manifest;     /* file that says what the static files are called; NULL: none */
	bool is_strict; /* a name that a template asks for and nobody put is an error: for tests */
	const char *progress; /* file in which `codex-track web` tells how far it is; NULL: none */
	uint64_t config_hash; /* of what was configured */
	int64_t (*now_ms)(const void *now_arg);
	const void *now_arg;
};

#define WEB_ETAG_LEN 40
#define WEB_RECENT 64

/* A validator that was made: of which request, data and minute. */
struct web_recent {
	uint64_t key;
	char etag[WEB_ETAG_LEN];
	int64_t modified_ms; /* -1: not known */
};

struct web {
	struct web_setup in;
	struct mustache_set *templates;
	struct json_object *manifest; /* NULL: none */
	uint64_t base_hash;           /* build, templates, configuration, prices */
	struct store *store;          /* NULL: not open */
	dev_t dev;
	ino_t ino;
	int64_t data_version, generation;
	int64_t started_ms; /* begin of the process */
	int64_t file_ms;    /* last write to the database, its log apart */
	char *database_id;
	struct web_recent recent[WEB_RECENT]; /* by key */
};

/* Make *W of IN (copied; what it names is borrowed), to be cleared by web_clear also after an error. Returns 0; -1 with the template's place in *E. */
int web_start(struct web *w, const struct web_setup *in, struct err *e);

/* Free what W owns. NULL-safe; cannot fail. */
void web_clear(struct web *w);

/* Name of the static file NAME with the sum of its content in it, NULL when it is not there. Lends; cannot fail. */
const char *web_static(const struct web *w, const char *name);

/*
 * See that W->store is open, on the file that stands at its place now, and that
 * W->generation is current. Returns 0; -1 with ERR_NOTFOUND (no database, or nothing in it yet),
 * ERR_BUSY (locked, or being migrated), ERR_INPUT (damaged, or not ours) or ERR_IO in *E.
 */
int web_store(struct web *w, struct err *e);

/* Close W->store, so that the next web_store opens it anew; cannot fail. */
void web_forget(struct web *w);

/* True when W answers to HOST (as in struct request): a loopback name, or one it was told; cannot fail. */
bool web_knows_host(const struct web *w, const char *host);

/* Time of the last successful check of the files in ms, -1 when there was none; cannot fail. */
int64_t web_checked_ms(const struct web *w);

/* When what W answers with changed last, in ms: the database, or W itself, which read all else at its start; cannot fail. */
int64_t web_changed_ms(const struct web *w);

/* Text of the progress file of W into *OUT (owned by the caller: free), NULL when nothing is under way; cannot fail. */
void web_progress(const struct web *w, char **out);

#endif
