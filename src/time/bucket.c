#include "base/compat.h"
#include "time/bucket.h"

#define HOUR_MS INT64_C(3600000)

/* ---- hours ---- */

/* nominal start of the local hour, which may lie before a change of the clock */
static int64_t
hour_floor(const struct tz *z, int64_t ms)
{
	int64_t off = (int64_t)tz_offset_s(z, ms) * 1000;

	return civil_floor_div(ms + off, HOUR_MS) * HOUR_MS - off;
}

static int64_t
hour_start(const struct tz *z, int week_start UNUSED, int64_t ms)
{
	int64_t start = hour_floor(z, ms), from, to;

	tz_span(z, ms, &from, &to);
	return start < from ? from : start;
}

static int64_t
hour_next(const struct tz *z, int week_start UNUSED, int64_t ms)
{
	int64_t next = hour_floor(z, ms) + HOUR_MS, from, to;

	tz_span(z, ms, &from, &to);
	return next > to ? to : next;
}

static void
hour_label(const struct tz *z, int week_start UNUSED, int64_t ms, char buf[static 32])
{
	int32_t off = tz_offset_s(z, ms);
	char *minutes = buf + strlen("2026-01-02T09:");

	civil_format_offset(hour_floor(z, ms), off, buf);
	/* "00:00+01:00" becomes "00+01:00" */
	memmove(minutes, minutes + 3, strlen(minutes + 3) + 1);
}

/* ---- days, weeks, months ---- */

/*
 * Number of the day that holds MS: the last one that has started. Not always
 * the date on the clock: set back over midnight, it shows yesterday again.
 */
static int64_t
day_number(const struct tz *z, int64_t ms)
{
	struct date d;
	int64_t days;

	tz_local(z, ms, &d, NULL, NULL);
	days = civil_days(d);
	while (tz_day_start(z, civil_date(days + 1)) <= ms)
		days++;
	return days;
}

static int64_t
week_number(const struct tz *z, int week_start, int64_t ms)
{
	int64_t days = day_number(z, ms);

	return days - (civil_weekday(civil_date(days)) - week_start + 7) % 7;
}

static struct date
month_first(const struct tz *z, int64_t ms)
{
	struct date d = civil_date(day_number(z, ms));

	d.d = 1;
	return d;
}

static int64_t
day_start(const struct tz *z, int week_start UNUSED, int64_t ms)
{
	return tz_day_start(z, civil_date(day_number(z, ms)));
}

static int64_t
day_next(const struct tz *z, int week_start UNUSED, int64_t ms)
{
	return tz_day_start(z, civil_date(day_number(z, ms) + 1));
}

static void
day_label(const struct tz *z, int week_start UNUSED, int64_t ms, char buf[static 32])
{
	civil_format_date(civil_date(day_number(z, ms)), buf);
}

static int64_t
week_start_ms(const struct tz *z, int week_start, int64_t ms)
{
	return tz_day_start(z, civil_date(week_number(z, week_start, ms)));
}

static int64_t
week_next(const struct tz *z, int week_start, int64_t ms)
{
	return tz_day_start(z, civil_date(week_number(z, week_start, ms) + 7));
}

static void
week_label(const struct tz *z, int week_start, int64_t ms, char buf[static 32])
{
	civil_format_date(civil_date(week_number(z, week_start, ms)), buf);
}

static int64_t
month_start(const struct tz *z, int week_start UNUSED, int64_t ms)
{
	return tz_day_start(z, month_first(z, ms));
}

static int64_t
month_next(const struct tz *z, int week_start UNUSED, int64_t ms)
{
	return tz_day_start(z, civil_add_months(month_first(z, ms), 1));
}

static void
month_label(const struct tz *z, int week_start UNUSED, int64_t ms, char buf[static 32])
{
	civil_format_date(month_first(z, ms), buf);
	buf[strlen("2026-01")] = '\0';
}

const struct bucket_kind BUCKETS[BUCKET__MAX] = {
	[BUCKET_HOUR] = { "hour", hour_start, hour_next, hour_label },
	[BUCKET_DAY] = { "day", day_start, day_next, day_label },
	[BUCKET_WEEK] = { "week", week_start_ms, week_next, week_label },
	[BUCKET_MONTH] = { "month", month_start, month_next, month_label },
};

int
bucket_by_name(const char *name, enum bucket *out, struct err *e)
{
	for (int i = 0; i < BUCKET__MAX; i++)
		if (strcmp(BUCKETS[i].name, name) == 0) {
			*out = (enum bucket)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "unknown group \"%.40s\": use hour, day, week or month", name);
}

/* the years in which days can be told apart */
static int64_t
near(int64_t ms)
{
	if (ms < CIVIL_MIN_MS)
		return CIVIL_MIN_MS;
	return ms > CIVIL_MAX_MS ? CIVIL_MAX_MS : ms;
}

int64_t
bucket_start(enum bucket b, const struct tz *z, int week_start, int64_t ms)
{
	return BUCKETS[b].start(z, week_start, near(ms));
}

int64_t
bucket_next(enum bucket b, const struct tz *z, int week_start, int64_t ms)
{
	return BUCKETS[b].next(z, week_start, near(ms));
}

void
bucket_label(enum bucket b, const struct tz *z, int week_start, int64_t ms, char buf[static 32])
{
	BUCKETS[b].label(z, week_start, near(ms), buf);
}
