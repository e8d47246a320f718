/*
 * civil.h - days of the proleptic Gregorian calendar and the text forms of
 * dates and instants. No zone and no libc calendar takes part.
 *
 * An instant is an int64_t: milliseconds since 1970-01-01T00:00:00Z, without
 * leap seconds. A time of day is milliseconds after midnight on the clock.
 */
#ifndef TIME_CIVIL_H
#define TIME_CIVIL_H

#include "base/compat.h"
#include "base/str.h"

#define CIVIL_DAY_S INT64_C(86400)
#define CIVIL_DAY_MS INT64_C(86400000)
#define CIVIL_MIN_MS INT64_C(-62135596800000) /* 0001-01-01T00:00:00Z */
#define CIVIL_MAX_MS INT64_C(253402300799999) /* last ms of 9999 */

struct date {
	int32_t y; /* year; 0 is the year before 1 */
	int m;     /* month, 1 to 12 */
	int d;     /* day of the month, 1 to 31 */
};

/* Quotient of A by B > 0, rounded toward minus infinity; cannot fail. */
int64_t civil_floor_div(int64_t a, int64_t b);

/*
 * Days from 1970-01-01 to D, negative before. A month or day outside its range
 * is carried: month 13 is January of the next year, day 0 the day before the
 * first. Cannot fail.
 */
int64_t civil_days(struct date d);

/* Date that is DAYS days after 1970-01-01; DAYS is cut to what has a 32-bit year; cannot fail. */
struct date civil_date(int64_t days);

/* Day of the week of D: 0 is Monday, 6 Sunday; cannot fail. */
int civil_weekday(struct date d);

/* True when D names a day that exists, in the years 1 to 9999; cannot fail. */
bool civil_valid(struct date d);

/* Days in month M (1 to 12) of year Y, 28 to 31; cannot fail. */
int civil_month_days(int32_t y, int m);

/*
 * D moved by N months (negative: back); a day the month does not have becomes
 * its last (March 31 - 1 = February 28 or 29). D must be valid, |N| at most
 * 100 million. Cannot fail.
 */
struct date civil_add_months(struct date d, int64_t n);

/*
 * RFC 3339 date-time S into *MS (ms since 1970 UTC): 'T', 't' or one blank
 * between date and time, seconds required, a fraction of any length (cut to
 * ms), then 'Z', 'z', +hh:mm, +hhmm or +hh; without one of these S is UTC.
 * Second 60 counts as 59.999. Years 1970 to 9999, both as written and in UTC.
 * Returns 0, or -1 (MS untouched) for anything else. Source: RFC 3339, 5.6.
 */
int civil_parse_instant(struct str s, int64_t *ms);

/*
 * A user's date or local time S: YYYY-MM-DD, or that with 'T', 't' or a blank
 * and HH:MM[:SS[.fff]], then optionally an offset as for civil_parse_instant.
 * Fills *D, *MS_OF_DAY (ms after midnight, 0 without a time), *HAS_TIME,
 * *HAS_OFFSET and *OFFSET_S (seconds east of UTC, 0 without one). Years 1970
 * to 9999. Returns 0, or -1 (nothing filled) for anything else.
 */
int civil_parse_local(struct str s, struct date *d, int32_t *ms_of_day, bool *has_time,
    bool *has_offset, int32_t *offset_s);

/*
 * Instant MS as 2026-01-02T09:01:05.123Z, terminated, into the caller's BUF.
 * Instants outside the years 1 to 9999 are written as the nearest in it;
 * cannot fail.
 */
void civil_format_utc(int64_t ms, char buf[static 32]);

/*
 * Instant MS on a clock OFFSET_S seconds east of UTC (less than 100 hours), as
 * 2026-01-02T10:01:05+01:00, fraction cut, terminated, into the caller's BUF.
 * An offset with seconds gets them: -00:44:30. Range as civil_format_utc;
 * cannot fail.
 */
void civil_format_offset(int64_t ms, int32_t offset_s, char buf[static 32]);

/* D as YYYY-MM-DD, terminated, into the caller's BUF; D is a valid date; cannot fail. */
void civil_format_date(struct date d, char buf[static 16]);

#endif
