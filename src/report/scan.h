/*
 * scan.h - the usage that passes a query's filters, in the order of time, each
 * row with its price: what every chart, list and total of the pages is added up
 * from, in one reading. Whole quarter-hours come from packed days
 * (store/st_day.h), the edges of a range that cuts one from the rows.
 */
#ifndef REPORT_SCAN_H
#define REPORT_SCAN_H

#include "report/coverage.h"
#include "report/query.h"
#include "report/sum.h"

#define SCAN_AXES 4

struct scan;

struct scan_row {
	int64_t at_ms; /* beginning of its quarter-hour */
	int64_t thread_id;
	uint32_t thread;       /* number of the thread, from 0 */
	const uint32_t *group; /* number of its value on each axis, from 0 */
	struct sum sum;        /* sessions is 0 */
};

/* Told of each row with ARG; R is lent for the call. Returns 0, or -1 with *E filled to end the reading. */
typedef int scan_fn(void *arg, const struct scan_row *r, struct err *e);

/*
 * Get ready to read S (borrowed) with the filters of Q and the prices of CARD (both borrowed
 * until scan_close) into *OUT; rows are told apart on the AXES_LEN (at most
 * SCAN_AXES) dimensions AXES. Inside the caller's transaction. Returns 0; -1 with ERR_DB in *E.
 */
int scan_open(struct scan **out, struct store *s, const struct query *q,
    const struct price_card *card, const struct dim *const *axes, size_t axes_len, struct err *e);

/* Tell FN with ARG all rows of SC from FROM_MS on, before TO_MS. Returns 0; -1 with ERR_DB, or what FN left, in *E. */
int scan_run(
    struct scan *sc, int64_t from_ms, int64_t to_ms, scan_fn *fn, void *arg, struct err *e);

/* Tell FN with ARG all that counts for the thread ID, of all times, and what passes SC's filters, without turns. Returns 0; -1 with ERR_DB, or what FN left, in *E. */
int scan_thread(struct scan *sc, int64_t id, scan_fn *fn, void *arg, struct err *e);

/* Do the filters of SC let the thread ID pass, and the combination DIMSET_ID (not positive: none)? Cannot fail. */
bool scan_passes(const struct scan *sc, int64_t id, int64_t dimset_id);

/* Row id of the thread number I (struct scan_row); cannot fail. */
int64_t scan_thread_id(const struct scan *sc, uint32_t i);

/* Returns how many values the axis AXIS of SC has so far; cannot fail. */
size_t scan_groups(const struct scan *sc, size_t axis);

/*
 * Value number I on AXIS of SC: "" when it is not known; of the axis "session" the id, which
 * is looked up. Returns it, lent by SC; cannot fail.
 */
const char *scan_group(struct scan *sc, size_t axis, size_t i);

/* Note in C (coverage_clear) which models of what SC has told so far have no price, and why; cannot fail. */
void scan_unpriced(const struct scan *sc, struct coverage *c);

/* Free SC. NULL-safe; cannot fail. */
void scan_close(struct scan *sc);

#endif
