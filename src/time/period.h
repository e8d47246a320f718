/*
 * period.h - what a user may write for a stretch of time, resolved to absolute
 * bounds. One place for command line, page and JSON. Nothing here asks for the
 * time of day: the caller says what "now" is. All times are ms since 1970 UTC.
 *
 * Every failure is ERR_USAGE with a message that names the accepted forms.
 */
#ifndef TIME_PERIOD_H
#define TIME_PERIOD_H

#include "base/compat.h"
#include "base/err.h"
#include "time/tz.h"

/* "Unbounded" as numbers; their difference still fits an int64_t. */
#define PERIOD_MIN (-(INT64_MAX / 4))
#define PERIOD_MAX (INT64_MAX / 4)

#define PERIOD_QUARTER_MS INT64_C(900000) /* a quarter-hour: roll-ups have this grain */

/* From from_ms on, before to_ms. */
struct period {
	int64_t from_ms;
	int64_t to_ms;
};

/* A moment that comes back every week on the clock of a zone. */
struct period_reset {
	int weekday;           /* 0 = Monday to 6 = Sunday */
	int32_t ms_of_day;     /* ms after midnight on the clock */
	const struct tz *zone; /* owned by time/tz */
};

/*
 * Text of --last into *OUT, for zone Z and the instant NOW_MS: a number directly
 * followed by a unit, or "total", in any case, blanks around it ignored.
 *   min mins minute minutes h hour hours    elapsed time
 *   d day days w week weeks mo mon month months y year years
 *                                           to the same time on the clock, the
 *                                           day cut to the length of its month
 * The start is cut down to the quarter-hour of UTC, which in every zone of
 * today is one of the local clock. The end is NOW_MS + 1: an event at exactly
 * now counts. "total" is PERIOD_MIN to PERIOD_MAX. Returns 0, or -1 with
 * ERR_USAGE in *E: another form, or a start before 1970.
 */
int period_last(
    const struct tz *z, int64_t now_ms, const char *text, struct period *out, struct err *e);

/*
 * Name of a period, TEXT, into *OUT, for zone Z and the instant NOW_MS: what
 * period_last takes, "all" for "total", and
 *   today wtd mtd ytd   from local midnight (of today, the first day of the
 *                       week, of the month, of the year) to now
 *   yesterday           the whole local day before (empty where a zone left
 *                       that date out)
 * WEEK_START: 0 = Monday to 6 = Sunday. Case, blanks, end and errors as for
 * period_last.
 */
int period_by_name(const struct tz *z, int64_t now_ms, int week_start, const char *text,
    struct period *out, struct err *e);

/*
 * Text of --from into *MS: a date (its first instant in Z), a local date and
 * time (see tz_from_local for the nights when the clock changes), or one with
 * an offset. Forms: civil_parse_local. Returns 0, or -1 with ERR_USAGE in *E.
 */
int period_from(const struct tz *z, const char *text, int64_t *ms, struct err *e);

/*
 * Text of --to into *MS, an exclusive end: a date means the end of that local
 * day, a time that instant. Zone Z, forms and errors as for period_from.
 */
int period_to(const struct tz *z, const char *text, int64_t *ms, struct err *e);

/*
 * --from and --to together into *OUT. A NULL text leaves that side unbounded.
 * Returns 0, or -1 with ERR_USAGE in *E, also when the start is not before the
 * end.
 */
int period_range(
    const struct tz *z, const char *from, const char *to, struct period *out, struct err *e);

/*
 * "<weekday> <H:MM> [<IANA zone>]" in S into *OUT: an English weekday, whole or
 * its first three letters, in any case; 0:00 to 23:59; Europe/Stockholm when
 * the zone is left out. "local" is refused: the reset is the same instant
 * wherever the machine is. Returns 0, or -1 with ERR_USAGE in *E, or an error
 * of tz_get when the zone's file cannot be used.
 */
int period_weekly_reset_parse(const char *s, struct period_reset *out, struct err *e);

#endif
