/*
 * status.h - the newest snapshot: what ran last, how full its context is, and
 * every live limit.
 *
 * Source: seed-facts.md 1.4 "status", 2.3; design.md 10 "Limit window".
 */
#ifndef REPORT_STATUS_H
#define REPORT_STATUS_H

#include "ledger/ledger.h"
#include "store/store.h"

struct status_limit {
	char *home, *limit_id;
	int64_t minutes; /* window length; -1: none */
	double used_percent;
	int64_t resets_ms; /* -1: not known */
	int64_t captured_ms;
	char *plan;    /* NULL: not known */
	bool is_reset; /* the reset has passed: used_percent is of a window that is over */
};

struct status {
	bool some; /* false: nothing was captured yet */
	int64_t captured_ms;
	char *model, *directory, *session, *title, *version; /* NULL: not known */
	bool has_usage;
	struct tokens last;          /* of the last request */
	int64_t window;              /* of the context, in tokens; -1: not known */
	int context_left;            /* percent; -1: not known */
	struct status_limit *limits; /* by home, limit (codex first), length */
	size_t limits_len;
};

/* Look up the state at NOW_MS in S into *OUT (status_clear). Returns 0; -1 with ERR_DB in *E. */
int status_run(struct store *s, int64_t now_ms, struct status *out, struct err *e);

/* Free what ST owns. NULL-safe; cannot fail. */
void status_clear(struct status *st);

/*
 * Percent of a context WINDOW that is left after USED tokens, the first 12 000
 * being overhead; -1 when either is negative; cannot fail. Source: formats.md
 * 2.2.
 */
int status_context_left(int64_t window, int64_t used);

/* Name of a window of MINUTES ("5h", "Weekly", "90 min") into BUF, terminated; cannot fail. */
void status_window_name(int64_t minutes, char buf[static 32]);

#endif
