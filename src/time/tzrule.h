/*
 * tzrule.h - the rule at the end of a zone file: a POSIX TZ string with the
 * extensions of RFC 8536, which says how the clock goes on after the last
 * recorded change. Used by time/tzif only.
 */
#ifndef TIME_TZRULE_H
#define TIME_TZRULE_H

#include "base/compat.h"
#include "base/str.h"

enum tzrule_kind {
	TZRULE_JULIAN, /* Jn: day 1 to 365, February 29 is never counted */
	TZRULE_DAY,    /* n: day 0 to 365, February 29 counts */
	TZRULE_MONTH   /* Mm.w.d: weekday d of week w (5 = last) of month m */
};

struct tzrule_date {
	enum tzrule_kind kind;
	int month;    /* 1 to 12, TZRULE_MONTH only */
	int week;     /* 1 to 5, TZRULE_MONTH only */
	int day;      /* day of the year, or of the week: 0 is Sunday */
	int32_t at_s; /* seconds after local midnight, -167 h to 167 h */
};

struct tzrule {
	int32_t std_s; /* offset of standard time, seconds east of UTC */
	int32_t dst_s; /* offset of summer time; std_s when there is none */
	bool has_dst;
	struct tzrule_date start; /* to summer time, read on the standard clock */
	struct tzrule_date end;   /* back, read on the summer clock */
};

/*
 * Parse the TZ string S into *R. All date forms, names in <>, and hours up to
 * 167 in change times; summer time needs its two dates. Returns 0, or -1 for
 * anything else. Source: RFC 8536, 3.3 and 3.3.1; POSIX, chapter 8.3.
 */
int tzrule_parse(struct str s, struct tzrule *r);

/* Instant, seconds since 1970 UTC, at which R's summer time of year Y begins; cannot fail. */
int64_t tzrule_start(const struct tzrule *r, int32_t y);

/* Instant, seconds since 1970 UTC, at which R's summer time of year Y ends; cannot fail. */
int64_t tzrule_end(const struct tzrule *r, int32_t y);

#endif
