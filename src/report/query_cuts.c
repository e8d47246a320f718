/*
 * Buckets that no calendar makes: weeks from reset to reset of the weekly limit, and its windows
 * as they were logged. All bounds are cut down to the quarter-hour, as sums are.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/limits.h"
#include "report/query.h"

#define WEEK_MINUTES 10080
#define WEEK_MS (WEEK_MINUTES * INT64_C(60000))
#define CUTS_MAX 2000 /* 38 years of weeks */

struct cuts {
	int64_t *at;
	size_t len, alloc;
};

static void
cut(struct cuts *c, int64_t ms)
{
	xgrow(&c->at, c->len, &c->alloc, sizeof(*c->at));
	c->at[c->len++] = ms - (ms % PERIOD_QUARTER_MS + PERIOD_QUARTER_MS) % PERIOD_QUARTER_MS;
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* In order, each once, into Q, which then has them. */
static int
give(struct cuts *c, struct query *q, struct err *e)
{
	size_t n = 0;

	qsort(c->at, c->len, sizeof(*c->at), by_time);
	for (size_t i = 0; i < c->len; i++)
		if (n == 0 || c->at[n - 1] != c->at[i])
			c->at[n++] = c->at[i];
	free(q->cuts);
	q->cuts = c->at;
	q->cuts_len = n;
	return n <= CUTS_MAX
		   ? 0
		   : err_set(e, ERR_LIMIT, "more than %d windows: take a shorter range", CUTS_MAX);
}

/* From the last time up to the start of Q's range that R came round to the first behind its end. */
static int
weeks(struct query *q, const struct period_reset *r, struct err *e)
{
	struct cuts c = { NULL, 0, 0 };
	struct date d;
	int64_t at = query_last_reset(r, q->range.from_ms);

	while (c.len <= CUTS_MAX) {
		cut(&c, at);
		if (at >= q->range.to_ms)
			break;
		tz_local(r->zone, at, &d, NULL, NULL);
		at = tz_from_local(r->zone, civil_date(civil_days(d) + 7), r->ms_of_day);
	}
	return give(&c, q, e);
}

/* Of several homes the main weekly limit that was used last; NULL: none was logged. */
static const struct limit *
weekly(const struct limits *all)
{
	const struct limit *best = NULL;
	int64_t newest = -1;

	for (size_t i = 0; i < all->len; i++) {
		const struct limit *l = &all->p[i];

		if (l->minutes == WEEK_MINUTES && strcmp(l->limit_id, "codex") == 0 && l->len > 0 &&
		    l->windows[l->len - 1].last_ms > newest) {
			newest = l->windows[l->len - 1].last_ms;
			best = l;
		}
	}
	return best;
}

int
query_cut_weeks(struct query *q, struct store *s, const struct period_reset *reset, bool is_named,
    struct err *e)
{
	struct period_reset r = *reset;
	struct limits all = { 0 };
	const struct limit *l;

	if (!is_named && s != NULL) {
		if (limits_run(s, NULL, NULL, q->now_ms, q->now_ms, &all, e) < 0)
			return -1;
		if ((l = weekly(&all)) != NULL && l->windows[l->len - 1].resets_ms >= 0) {
			struct date d;

			r.zone = q->tz;
			tz_local(r.zone, l->windows[l->len - 1].resets_ms, &d, &r.ms_of_day, NULL);
			r.weekday = civil_weekday(d);
		}
		limits_clear(&all);
	}
	return weeks(q, &r, e);
}

int
query_cut_windows(struct query *q, struct store *s, const struct period_reset *reset, struct err *e)
{
	int64_t from = q->range.from_ms, to = q->range.to_ms, first = -1, last = -1;
	struct cuts c = { NULL, 0, 0 };
	struct limits all = { 0 };
	const struct limit *l;

	if (s != NULL && limits_run(s, NULL, NULL, from, q->now_ms, &all, e) < 0)
		return -1;
	l = weekly(&all);
	for (size_t i = 0; l != NULL && i < l->len; i++) {
		const struct limit_window *w = &l->windows[i];

		if (w->start_ms >= to || w->end_ms < from)
			continue;
		cut(&c, w->start_ms);
		/* the hours until the next one begins are nothing of their own */
		if (i + 1 == l->len || w[1].start_ms - w->end_ms > CIVIL_DAY_MS)
			cut(&c, w->end_ms);
		first = first < 0 ? w->start_ms : first;
		last = w->end_ms;
	}
	limits_clear(&all);
	if (c.len == 0) {
		free(c.at);
		return weeks(q, reset, e);
	}
	/* where nothing was logged, before and behind: as if windows went on */
	while (first > from && c.len <= CUTS_MAX)
		cut(&c, first -= WEEK_MS);
	while (last < to && c.len <= CUTS_MAX)
		cut(&c, last += WEEK_MS);
	return give(&c, q, e);
}

void
query_bucket(
    const struct query *q, int64_t ms, int64_t *start, int64_t *next, char label[static 32])
{
	size_t low = 0, high = q->cuts_len;
	int32_t offset;

	if (q->cuts_len < 2) {
		*start = bucket_start(q->group, q->tz, q->week_start, ms);
		*next = bucket_next(q->group, q->tz, q->week_start, ms);
		bucket_label(q->group, q->tz, q->week_start, ms, label);
		return;
	}
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (q->cuts[mid] <= ms)
			low = mid;
		else
			high = mid;
	}
	if (low + 1 == q->cuts_len)
		low--; /* behind the last: what the range cuts off */
	*start = q->cuts[low];
	*next = q->cuts[low + 1];
	offset = tz_offset_s(q->tz, *start);
	civil_format_offset(*start, offset, label);
}

const char *
query_group_name(const struct query *q)
{
	return q->is_window ? "window" : BUCKETS[q->group].name;
}
