/*
 * bucket.h - cutting time into local hours, days, weeks and months. Buckets
 * follow each other without hole or overlap: the one that holds an instant is
 * from bucket_start up to bucket_next. All times are ms since 1970 UTC; those
 * outside the years 1 to 9999 are taken as the nearest in it.
 *
 * Hours are hours of the local clock. Where the clock changes a new bucket
 * begins, so that the two 02:00 hours of an autumn night are two buckets, and
 * the hour around a change of 30 minutes is shorter than others. Days, weeks
 * and months begin at tz_day_start of their first date.
 */
#ifndef TIME_BUCKET_H
#define TIME_BUCKET_H

#include "base/compat.h"
#include "base/err.h"
#include "time/tz.h"

enum bucket {
	BUCKET_HOUR,  /* 2026-01-02T09:00+01:00 */
	BUCKET_DAY,   /* 2026-01-02 */
	BUCKET_WEEK,  /* 2025-12-29, its first day */
	BUCKET_MONTH, /* 2026-01 */
	BUCKET__MAX
};

/* How buckets of one size are made; parameters as below, ms within the years 1 to 9999. */
struct bucket_kind {
	const char *name; /* "hour" */
	int64_t (*start)(const struct tz *z, int week_start, int64_t ms);
	int64_t (*next)(const struct tz *z, int week_start, int64_t ms);
	void (*label)(const struct tz *z, int week_start, int64_t ms, char buf[static 32]);
};

/* The kinds, indexed by enum bucket. */
extern const struct bucket_kind BUCKETS[BUCKET__MAX];

/*
 * Bucket called NAME (hour, day, week, month) into *OUT. Returns 0, or -1 with
 * ERR_USAGE in *E for another name.
 */
int bucket_by_name(const char *name, enum bucket *out, struct err *e);

/*
 * Start of the bucket of size B that holds instant MS in zone Z. WEEK_START is
 * the day weeks begin with, 0 = Monday to 6 = Sunday. Cannot fail.
 */
int64_t bucket_start(enum bucket b, const struct tz *z, int week_start, int64_t ms);

/*
 * Start of the bucket that follows the one that holds instant MS, and so later
 * than MS; B, Z and WEEK_START as for bucket_start. Cannot fail.
 */
int64_t bucket_next(enum bucket b, const struct tz *z, int week_start, int64_t ms);

/*
 * Label of the bucket that holds instant MS, terminated, into the caller's BUF;
 * B, Z and WEEK_START as for bucket_start. Labels of two buckets of the same
 * size and zone differ, and sort as the buckets do but for the hours around a
 * change of the clock. Cannot fail.
 */
void bucket_label(
    enum bucket b, const struct tz *z, int week_start, int64_t ms, char buf[static 32]);

#endif
