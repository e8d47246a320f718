/*
 * limits.h - rate limits: for each of them the windows that Codex logged, where
 * the newest stands now, whether it will last, and what was used in each.
 *
 * Samples of own lines are taken in the order of time. A new window begins when
 * the reset moves on by more than a minute, or the percentage falls by more
 * than 2. A sample whose reset is that of an earlier window, or had passed when
 * it was written, is of that window: an idle Codex repeats what it knew.
 *
 * A forecast is a range at the reset: of the gains that earlier windows made from the same
 * share of their time on when three or more are known, else of the pace since
 * the window began and the pace of its last seventh. None before 3 % of the window have
 * passed, none when the newest sample is older than a tenth of the window.
 *
 * As JSON, the data of Limits:
 *   limits [ {
 *     home limit_id name minutes window     window: "5h", "Weekly"; minutes null: not logged
 *     state      "live"; "reset": the reset has passed; "unknown": no reset was logged
 *     used_percent        null when it is reset
 *     captured start resets        times
 *     resets_in_ms elapsed_ppm     null when not known or past
 *     stale
 *     forecast null or { low high basis windows pace_low pace_high
 *                        runs_out null or { earliest latest } }   percent at the reset; basis
 *                        "history" or "pace"; latest null: not before the reset
 *     estimate null or { windows low median high }   tokens of a full window: middle half of closed
 *     windows [ { start end closed peak_percent last_percent tokens_per_percent
 *                 points [ [ms since start, percent], … ] + members of a sum (sum.h) } ]
 *                 newest first; end is the reset, or when the next one began; points are
 *                 null but in the newest 60
 *   } ]
 *
 * Source: design.md 10 "Limit window"; pages.md 3.
 */
#ifndef REPORT_LIMITS_H
#define REPORT_LIMITS_H

#include "report/scan.h"

#define LIMITS_DRAWN 60 /* windows of each limit, the newest, whose points are told */

struct limit_point {
	int64_t ts_ms;
	double percent;
};

struct limit_window {
	int64_t start_ms, end_ms; /* end: -1 not known */
	int64_t resets_ms;        /* -1: not known */
	int64_t last_ms;          /* newest sample */
	double last, peak;        /* percent */
	bool is_closed;
	bool has_sum;
	struct sum sum;             /* of the home, from start to end */
	struct limit_point *points; /* where the percentage changed, and the newest */
	size_t len, alloc;
};

struct limit_forecast {
	bool some;
	bool is_history;
	double low, high;               /* at the reset */
	size_t windows;                 /* that the range comes from */
	double pace_low, pace_high;     /* at the reset */
	int64_t out_from_ms, out_to_ms; /* when 100 % are reached; -1: not before the reset */
};

struct limit {
	char *home, *limit_id, *name;     /* name NULL: not logged */
	int64_t home_id, key_id, minutes; /* minutes -1: not logged */
	struct limit_window *windows;     /* by time */
	size_t len, alloc;
	bool is_reset, is_stale;
	int64_t elapsed_ppm; /* of the newest window; -1: not known or over */
	struct limit_forecast forecast;
};

struct limits {
	struct limit *p; /* by home, codex first, then name and length */
	size_t len;
};

/*
 * The limits in S at NOW_MS into *OUT (limits_clear). With Q (NULL: none, borrowed) only those
 * of homes that its filters let pass. FROM_MS: windows that end before are left out, but the
 * newest of each. With CARD (NULL: no sums) what was used in each is added up and priced.
 * Returns 0; -1 with ERR_BUSY or ERR_DB in *E.
 */
int limits_run(struct store *s, const struct query *q, const struct price_card *card,
    int64_t from_ms, int64_t now_ms, struct limits *out, struct err *e);

/* L at NOW_MS as JSON, with times on the clock of TZ; WINDOWS: with all of them. Returns a new reference to the array, owned by the caller (json_object_put); cannot fail. */
struct json_object *limits_json(
    const struct limits *l, int64_t now_ms, const struct tz *tz, bool windows);

/* Look ahead from the newest window of L at NOW_MS: fills is_reset, is_stale, elapsed_ppm and forecast. Cannot fail. */
void limits_judge(struct limit *l, int64_t now_ms);

/* Take the sample PERCENT, RESETS_MS (-1: not known) of L at TS_MS; samples come in the order of time. Cannot fail. */
void limits_sample(struct limit *l, int64_t ts_ms, double percent, int64_t resets_ms);

/* Free what L owns. NULL-safe; cannot fail. */
void limits_clear(struct limits *l);

#endif
