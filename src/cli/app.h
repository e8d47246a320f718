/*
 * app.h - what every command needs: places, configuration, zone, prices, the
 * time, and the database; opened once, by options, environment and file.
 */
#ifndef CLI_APP_H
#define CLI_APP_H

#include "base/places.h"
#include "cli/opts.h"
#include "ingest/ingest.h"
#include "ingest/watch.h"
#include "json/config.h"
#include "pricing/price.h"
#include "report/printer.h"
#include "report/query.h"
#include "store/store.h"
#include "time/tz.h"

struct app {
	const char *program; /* for messages: "codex-track report" */
	struct place config_place;
	struct config config;
	struct places places;
	const struct tz *tz;
	const char *tz_origin; /* static */
	struct price_card *card;
	struct place rates; /* the file that CARD came from */
	int64_t now_ms;
	bool now_is_fixed;   /* by CODEX_USAGE_NOW */
	const char *money;   /* label before amounts */
	struct store *store; /* a reader, after app_open */
};

/*
 * Fill *A for the command PROGRAM (borrowed) by the options O (borrowed)
 * (app_close). Returns 0; -1 with ERR_USAGE and the like in *E.
 */
int app_start(struct app *a, const char *program, const struct opts *o, struct err *e);

/* Close and free what A owns. NULL-safe; cannot fail. */
void app_close(struct app *a);

/* Are the homes and folders there that somebody named for A? Returns 0; -1 with ERR_NOTFOUND or ERR_IO in *E. */
int app_named_roots(const struct app *a, struct err *e);

/*
 * One pass of ingest for A, waiting at most WAIT_MS for another one, leaving files
 * last modified before SINCE_MS for later (INT64_MIN: none), with its result
 * in *SUM (ingest_summary_clear). Returns 0, with the database open for reading in A; -1 with
 * ERR_BUSY (another one runs), ERR_NOTFOUND (no Codex data) and the like in *E.
 */
int app_ingest(
    struct app *a, int64_t wait_ms, int64_t since_ms, struct ingest_summary *sum, struct err *e);

/*
 * What `report`, `export`, `status` and others do before they answer: ingest (of files
 * modified since SINCE_MS; INT64_MIN: all) for A, with the database open for
 * reading in the end. When another ingest holds the lock, says so on stderr and answers
 * from what is there. Returns 0; -1 with the reason in *E.
 */
int app_open(struct app *a, int64_t since_ms, struct err *e);

/* Range, zone, grouping and filters of O into *Q (query_clear). Returns 0; -1 with ERR_USAGE in *E. */
int app_query(const struct app *a, const struct opts *o, struct query *q, struct err *e);

/*
 * The format that O asks for into *FORMAT, *TABLE telling that it is none of
 * them but a table; TABLE NULL: a table cannot be had, and the default is
 * json. Returns 0; -1 with ERR_USAGE in *E.
 */
int app_format(const struct opts *o, bool *table, enum printer_format *format, struct err *e);

/* The milliseconds that --wait of O asks for into *MS, DFLT_MS without it. Returns 0; -1 with ERR_USAGE in *E. */
int app_wait(const struct opts *o, int64_t dflt_ms, int64_t *ms, struct err *e);

/*
 * Path of the file or folder NAME among the data files: in CODEX_USAGE_DATADIR, beside the
 * program, or where it was configured. Returns it, owned by the caller: free; NULL when there
 * is none.
 */
char *app_data_path(const char *name);

/* Print the error E of PROGRAM on stderr. Returns the exit status for it: 2 for ERR_USAGE, 130 for ERR_STOPPED, else 1. */
int app_fail(const char *program, const struct err *e);

/* Make the failed writes of the stream F, called NAME in the message, an error: flushes it. Returns 0, or -1 with ERR_IO in *E. */
int app_flush(FILE *f, const char *name, struct err *e);

/* The time in milliseconds at this moment, or that of CODEX_USAGE_NOW; a->now_ms is that of the start. Cannot fail. */
int64_t app_now_ms(const struct app *a);

/* Where the number of a Ctrl-C or SIGTERM that asked us to end stands, 0 for none. Static; cannot fail. */
const volatile int *app_stop(void);

/* Let Ctrl-C and SIGTERM ask the program to end cleanly; cannot fail. */
void app_signals(void);

/* Let a child that ends be like a SIGHUP to app_watch: a pass, and so a call of its begin; cannot fail. */
void app_on_child(void);

/*
 * Follow the files of A instead of one pass of ingest: *O (borrowed) says how, its db, roots, card
 * and signals are filled in here. A SIGHUP is a pass over everything, but from a terminal that
 * goes away it asks the program to end. Returns 0 when it was asked to end; -1 as watch_run, or
 * with ERR_IO for a root that cannot be one, in *E.
 */
int app_watch(struct app *a, struct watch_opts *o, struct err *e);

#endif
