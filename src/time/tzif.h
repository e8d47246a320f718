/*
 * tzif.h - reading one TZif file into a table of offset changes. The table
 * has no change that changes nothing, and the rule at the end of the file is
 * spelled out in it for 400 years, the length of the Gregorian cycle, so that
 * a lookup at any time is one binary search. Used by time/tz only.
 */
#ifndef TIME_TZIF_H
#define TIME_TZIF_H

#include "base/compat.h"
#include "base/err.h"

#define TZIF_CYCLE_S (INT64_C(146097) * 86400) /* 400 years */

struct tz {
	char *name;      /* owned; "" for a zone without one */
	size_t n;        /* changes */
	int64_t *at_s;   /* owned, ascending: instants, seconds since 1970 UTC */
	int32_t *off_s;  /* owned: offset from at_s on, seconds east of UTC */
	int32_t first_s; /* offset before the first change */
	bool cyclic;     /* the last 400 years of the table repeat for ever */
};

/*
 * Fill *Z, whose members own nothing yet, from the N bytes at P; the name
 * stays NULL. Any bytes may be given. Returns 0, or -1 with ERR_INPUT in *E
 * and *Z as it was. Source: RFC 8536, section 3 (versions 1 to 4).
 */
int tzif_parse(const void *p, size_t n, struct tz *z, struct err *e);

#endif
