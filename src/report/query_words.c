/*
 * Words of a request to a query: what is relative becomes absolute here.
 */
#include "base/compat.h"

#include "base/num.h"
#include "report/limits.h"
#include "report/query.h"
#include "store/st_day.h"

#define DAY_MS CIVIL_DAY_MS
#define HOUR_MS INT64_C(3600000)

/* The instant N days before AT on the clock of Z; with MONTHS so many months. */
static int64_t
back(const struct tz *z, int64_t at, int days, int months)
{
	struct date d;
	int32_t ms;

	tz_local(z, at, &d, &ms, NULL);
	if (months > 0)
		d = civil_add_months(d, -months);
	return tz_from_local(z, civil_date(civil_days(d) - days), ms);
}

/* ---- bounds */

int64_t
query_last_reset(const struct period_reset *r, int64_t now)
{
	struct date d;
	int64_t ms;

	tz_local(r->zone, now, &d, NULL, NULL);
	d = civil_date(civil_days(d) - (civil_weekday(d) - r->weekday + 7) % 7);
	ms = tz_from_local(r->zone, d, r->ms_of_day);
	if (ms > now)
		ms = tz_from_local(r->zone, civil_date(civil_days(d) - 7), r->ms_of_day);
	return ms;
}

/* The window of the main limit of MINUTES that holds NOW; without one from WEEKLY (NULL: none) on, or as long before it. */
static int
quota(struct query *q, struct store *s, int64_t minutes, const struct period_reset *weekly,
    int64_t now, struct err *e)
{
	int64_t newest = -1;
	struct limits all;

	q->range = (struct period){ now + 1 - minutes * 60000, now + 1 };
	if (weekly != NULL)
		q->range.from_ms = query_last_reset(weekly, now);
	if (s == NULL)
		return 0;
	if (limits_run(s, NULL, NULL, now, now, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		const struct limit *l = &all.p[i];

		if (l->minutes != minutes || strcmp(l->limit_id, "codex") != 0)
			continue;
		/* of several homes the one that was used last */
		for (size_t k = 0; k < l->len; k++)
			if (l->windows[k].start_ms <= now && l->windows[k].end_ms > now &&
			    l->windows[k].last_ms > newest) {
				newest = l->windows[k].last_ms;
				q->range.from_ms = l->windows[k].start_ms;
			}
	}
	limits_clear(&all);
	return 0;
}

static int
everything(struct query *q, struct store *s, int64_t now, struct err *e)
{
	int64_t first, last;
	int rc = s == NULL ? 0 : st_day_span(s, &first, &last, e);

	if (rc < 0)
		return -1;
	q->range.to_ms = now + 1;
	q->range.from_ms = bucket_start(BUCKET_DAY, q->tz, 0, now);
	if (rc == 0)
		return 0;
	last = (last + 1) * PERIOD_QUARTER_MS;
	first *= PERIOD_QUARTER_MS;
	if (last > q->range.to_ms) /* clocks go wrong; what is there is shown */
		q->range.to_ms = last;
	if (first < q->range.from_ms)
		q->range.from_ms = first;
	return 0;
}

static int
named(struct query *q, struct store *s, const struct query_words *w, int64_t now, struct err *e)
{
	const char *name = w->period == NULL ? QUERY_DEFAULT_PERIOD : w->period, *date = w->date;
	int64_t end = INT64_MAX;

	if (date != NULL) {
		int64_t start;

		if (strlen(date) != 10 || period_from(q->tz, date, &start, e) < 0 ||
		    period_to(q->tz, date, &end, e) < 0)
			return err_set(e, ERR_USAGE, "date \"%.40s\": use YYYY-MM-DD", date);
		/* "today" of that day begins with it, "7d" ends with it */
		if (end <= now)
			now = str_isdigit(name[0]) ? end : end - 1;
		else
			end = INT64_MAX;
	}
	(void)snprintf(q->period, sizeof(q->period), "%s", name);
	if (strcmp(name, "quota-week") == 0)
		return quota(q, s, 10080, w->weekly, now, e);
	if (strcmp(name, "quota-5h") == 0)
		return quota(q, s, 300, NULL, now, e);
	if (strcmp(name, "all") == 0 || strcmp(name, "total") == 0)
		return everything(q, s, now, e);
	if (period_by_name(q->tz, now, q->week_start, name, &q->range, e) < 0)
		return -1;
	if (q->range.to_ms > end)
		q->range.to_ms = end;
	return 0;
}

static int
bounds(struct query *q, struct store *s, const struct query_words *w, int64_t now, struct err *e)
{
	struct query all = *q;

	if (w->from == NULL && w->to == NULL)
		return named(q, s, w, now, e);
	if (period_range(q->tz, w->from, w->to, &q->range, e) < 0)
		return -1;
	q->period[0] = '\0';
	if ((w->from == NULL || w->to == NULL) && everything(&all, s, now, e) < 0)
		return -1;
	if (w->from == NULL)
		q->range.from_ms = all.range.from_ms < q->range.to_ms ? all.range.from_ms
								      : q->range.to_ms - DAY_MS;
	if (w->to == NULL)
		q->range.to_ms = all.range.to_ms > q->range.from_ms ? all.range.to_ms
								    : q->range.from_ms + DAY_MS;
	return 0;
}

/* ---- the rest */

static int
group(struct query *q, const char *name, struct err *e)
{
	int64_t length = q->range.to_ms - q->range.from_ms;

	q->is_auto = name == NULL || strcmp(name, "auto") == 0;
	q->is_window = !q->is_auto && strcmp(name, "window") == 0;
	if (q->is_window) {
		q->group = BUCKET_WEEK;
		return 0;
	}
	if (!q->is_auto) {
		if (bucket_by_name(name, &q->group, e) == 0)
			return 0;
		return err_set(e, ERR_USAGE,
		    "unknown group \"%.40s\": use auto, hour, day, week, month or window", name);
	}
	/* an hour more: a day may have 25, and the end is behind now */
	q->group = length <= 3 * DAY_MS + HOUR_MS     ? BUCKET_HOUR
		   : length <= 120 * DAY_MS + HOUR_MS ? BUCKET_DAY
		   : length <= 731 * DAY_MS + HOUR_MS ? BUCKET_WEEK
						      : BUCKET_MONTH;
	return 0;
}

static int
week(struct query *q, const char *name, struct err *e)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

	if (name == NULL || strcmp(name, "reset") == 0)
		return 0;
	for (int i = 0; i < 7; i++)
		if (strcmp(name, days[i]) == 0) {
			q->week_start = i;
			return 0;
		}
	return err_set(e, ERR_USAGE,
	    "unknown week \"%.40s\": use mon, tue, wed, thu, fri, sat, sun or reset", name);
}

/* Buckets that no calendar makes, where they are asked for. */
static int
own_buckets(struct query *q, struct store *s, const struct query_words *w, struct err *e)
{
	bool is_reset = w->week != NULL && strcmp(w->week, "reset") == 0;

	if (w->weekly == NULL || q->range.from_ms <= PERIOD_MIN || q->range.to_ms >= PERIOD_MAX)
		return 0;
	if (q->is_window)
		return query_cut_windows(q, s, w->weekly, e);
	if (is_reset && q->group == BUCKET_WEEK)
		return query_cut_weeks(q, s, w->weekly, w->weekly_is_named, e);
	return 0;
}

int
query_take(
    struct query *q, struct store *s, const struct query_words *w, int64_t now_ms, struct err *e)
{
	int64_t top = 10;

	q->now_ms = now_ms;
	if (week(q, w->week, e) < 0 || bounds(q, s, w, now_ms, e) < 0 ||
	    group(q, w->group, e) < 0 || own_buckets(q, s, w, e) < 0)
		return -1;
	if (w->metric != NULL && metric_by_name(w->metric, &q->metric, e) < 0)
		return -1;
	if (w->by != NULL && (q->by = dim_find(w->by)) == NULL) {
		struct sbuf names;

		sbuf_init(&names, 1024);
		dim_names(&names);
		(void)err_set(e, ERR_USAGE, "unknown by \"%.40s\": use %s", w->by, names.buf);
		sbuf_free(&names);
		return -1;
	}
	if (w->top != NULL && num_i64(str_of(w->top), 1, 50, &top) < 0)
		return err_set(e, ERR_USAGE, "top \"%.40s\": use a number from 1 to 50", w->top);
	q->top = (size_t)top;
	return 0;
}

bool
query_before(const struct query *q, enum query_before how, struct period *out)
{
	static const struct {
		const char *name;
		int days, months;
	} same[] = { { "today", 1, 0 }, { "wtd", 7, 0 }, { "mtd", 0, 1 }, { "ytd", 0, 12 } };
	int64_t from = q->range.from_ms, to = q->range.to_ms;
	struct date a, b;

	if (from <= PERIOD_MIN || to >= PERIOD_MAX || strcmp(q->period, "all") == 0)
		return false;
	if (how == QUERY_YEAR) {
		*out = (struct period){ back(q->tz, from, 364, 0), back(q->tz, to, 364, 0) };
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		if (strcmp(q->period, same[i].name) == 0) {
			*out = (struct period){ back(q->tz, from, same[i].days, same[i].months),
				back(q->tz, to, same[i].days, same[i].months) };
			if (out->to_ms > from) /* March 31 and February */
				out->to_ms = from;
			return true;
		}
	/* whole days of the clock where it is some, else the same time */
	tz_local(q->tz, from, &a, NULL, NULL);
	tz_local(q->tz, to, &b, NULL, NULL);
	out->to_ms = from;
	if (to - from >= DAY_MS - HOUR_MS)
		out->from_ms = back(q->tz, from, (int)(civil_days(b) - civil_days(a)), 0);
	else
		out->from_ms = from - (to - from);
	return true;
}
