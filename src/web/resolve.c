#include "base/compat.h"

#include "report/status.h"
#include "web/resolve.h"

#define DAY_MS CIVIL_DAY_MS
#define HOUR_SPAN (3 * DAY_MS)
#define DAY_SPAN (120 * DAY_MS)
#define WEEK_SPAN (731 * DAY_MS)
#define WEEKLY_MINUTES 10080
#define FIVE_HOURS_MINUTES 300
#define MINUTE_MS INT64_C(60000)
#define RESET_DEFAULT "Thursday 09:15 Europe/Stockholm" /* design.md 8 */

static void
zone(struct ctx *c)
{
	const char *name = params_get(&c->params, "tz");
	const struct tz *tz = c->web->in.tz;
	struct err e;

	if (name != NULL && (tz = tz_get(name, &e)) == NULL) {
		params_fault(&c->params, "tz", NULL, "is no time zone that this machine knows",
		    "an IANA name, UTC or local");
		tz = c->web->in.tz;
	}
	query_init(&c->query, tz);
}

static void
week(struct ctx *c)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	const char *name = params_get(&c->params, "week");

	c->query.week_start = c->web->in.week_start;
	for (size_t i = 0; name != NULL && i < ARRAY_LEN(days); i++)
		if (strcmp(name, days[i]) == 0)
			c->query.week_start = (int)i;
}

/* `date` moves the end of relative periods to the end of that day, if that has come. */
static void
anchor(struct ctx *c)
{
	const char *text = params_get(&c->params, "date");
	struct err e;
	int64_t end_ms;

	c->now_ms = c->web->in.now_ms(c->web->in.now_arg);
	if (text != NULL && period_to(c->query.tz, text, &end_ms, &e) == 0 && end_ms <= c->now_ms)
		c->now_ms = end_ms - 1; /* the end of a period is its now + 1 */
}

/* The last time before NOW_MS that the weekly reset came round. */
static int64_t
last_reset(const struct ctx *c, int64_t now_ms, struct err *e)
{
	const char *text = c->web->in.weekly_reset;
	struct period_reset r;
	struct date d;
	int64_t ms;

	if (period_weekly_reset_parse(text == NULL ? RESET_DEFAULT : text, &r, e) < 0)
		return -1;
	tz_local(r.zone, now_ms, &d, NULL, NULL);
	d = civil_date(civil_days(d) - (civil_weekday(d) - r.weekday + 7) % 7);
	ms = tz_from_local(r.zone, d, r.ms_of_day);
	if (ms > now_ms)
		ms = tz_from_local(r.zone, civil_date(civil_days(d) - 7), r.ms_of_day);
	return ms;
}

/* The limit window of MINUTES that is open now: by what Codex logged, a week else by the setting. */
static int
quota(struct ctx *c, int64_t minutes, struct err *e)
{
	struct status st;
	int64_t start = -1;

	if (status_run(c->web->store, c->now_ms, &st, e) < 0)
		return -1;
	for (size_t i = 0; i < st.limits_len && start < 0; i++) {
		const struct status_limit *l = &st.limits[i];

		if (!l->is_reset && l->resets_ms >= 0 && l->minutes == minutes)
			start = l->resets_ms - minutes * MINUTE_MS;
	}
	status_clear(&st);
	if (start < 0 && minutes == WEEKLY_MINUTES && (start = last_reset(c, c->now_ms, e)) < 0)
		return -1;
	if (start < 0 || start > c->now_ms) {
		params_fault(&c->params, "period", NULL, "names a window that is not open now",
		    "24h, or quota-5h while Codex is in use");
		start = c->now_ms - minutes * MINUTE_MS;
	}
	c->query.range = (struct period){ start, c->now_ms + 1 };
	return 0;
}

static int
range(struct ctx *c, struct err *e)
{
	const char *from = params_get(&c->params, "from"), *to = params_get(&c->params, "to");
	const char *period;
	struct err fault;

	c->is_relative = false;
	if (from != NULL || to != NULL) {
		if (period_range(c->query.tz, from, to, &c->query.range, &fault) == 0)
			return 0;
		params_fault(&c->params, from != NULL ? "from" : "to", NULL, fault.msg,
		    "a date, or RFC 3339; the start before the end");
	}
	period = params_get(&c->params, "period");
	if (period == NULL || strcmp(period, "all") == 0) {
		c->query.range = (struct period){ PERIOD_MIN, PERIOD_MAX };
		return 0;
	}
	c->is_relative = strcmp(period, "yesterday") != 0;
	if (strcmp(period, "quota-week") == 0)
		return quota(c, WEEKLY_MINUTES, e);
	if (strcmp(period, "quota-5h") == 0)
		return quota(c, FIVE_HOURS_MINUTES, e);
	return period_by_name(
	    c->query.tz, c->now_ms, c->query.week_start, period, &c->query.range, e);
}

static void
group(struct ctx *c)
{
	const char *name = params_get(&c->params, "group");
	const struct period *r = &c->query.range;
	int64_t span = r->to_ms / 2 - r->from_ms / 2; /* half of it: never overflows */
	struct err e;

	if (name != NULL && strcmp(name, "auto") != 0 &&
	    bucket_by_name(name, &c->query.group, &e) == 0)
		return;
	c->query.group = span <= HOUR_SPAN / 2   ? BUCKET_HOUR
			 : span <= DAY_SPAN / 2  ? BUCKET_DAY
			 : span <= WEEK_SPAN / 2 ? BUCKET_WEEK
						 : BUCKET_MONTH;
}

static void
filters(struct ctx *c)
{
	for (size_t i = 0; i < c->params.len;) {
		const struct param_value *v = &c->params.v[i];
		struct err e;

		if (v->def.kind != PARAM_FILTER ||
		    query_filter(&c->query, v->def.name, v->text, &e) == 0) {
			i++;
			continue;
		}
		char *text = str_dup(str_of(v->text));

		params_fault(&c->params, v->def.name, text, e.msg, v->def.allowed);
		free(text);
	}
}

int
resolve_query(struct ctx *c, struct err *e)
{
	const char *by = params_get(&c->params, "by");

	zone(c);
	week(c);
	anchor(c);
	if (range(c, e) < 0)
		return -1;
	group(c);
	c->query.by = by == NULL ? NULL : dim_find(by);
	filters(c);
	return 0;
}
