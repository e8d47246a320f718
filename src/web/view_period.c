#include "base/compat.h"

#include "base/xalloc.h"
#include "chart/table.h"
#include "report/dims.h"
#include "web/link.h"
#include "web/router.h"
#include "web/text.h"
#include "web/view_filter.h"
#include "web/view_period.h"

#define RANGE "period date from to"

static const struct {
	const char *name, *text;
} choices[] = {
	{ "today", "Today" },
	{ "7d", "7 d" },
	{ "30d", "30 d" },
	{ "90d", "90 d" },
	{ "12mo", "12 mo" },
	{ "all", "All" },
	{ "quota-week", "Quota week" },
};

static bool
takes(const struct ctx *c, const char *name)
{
	struct param p;

	for (size_t i = 0; param_at(i, &p); i++)
		if (strcmp(p.name, name) == 0)
			return param_is_taken(c->route->takes, &p);
	return false;
}

static void
put_choices(const struct ctx *c, struct json_object *o)
{
	struct json_object *list = jt_add_array(o, "choices");

	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		struct json_object *x = jt_push_object(list);

		jt_str(x, "text", choices[i].text);
		jt_bool(x, "current", strcmp(c->query.period, choices[i].name) == 0);
		link_put(x, "href",
		    link_with(c, c->path, RANGE " cursor",
			&(struct link_pair){ "period", choices[i].name }, 1));
	}
}

/* Last day of the stretch as long as that of C which begins on DAYS; days since 1970. */
static int64_t
last_day(const struct ctx *c, int64_t days, int64_t length)
{
	struct date d = civil_date(days);

	if (strcmp(c->query.period, "wtd") == 0)
		return days + 6;
	if (strcmp(c->query.period, "mtd") == 0)
		return civil_days(civil_add_months(d, 1)) - 1;
	if (strcmp(c->query.period, "ytd") == 0)
		return civil_days(civil_add_months(d, 12)) - 1;
	return days + length - 1;
}

/* Address of the same stretch that ends with the day DAYS. */
static char *
ending(const struct ctx *c, int64_t days)
{
	const char *period = strcmp(c->query.period, "yesterday") == 0 ? "today" : c->query.period;
	char day[16];
	struct link_pair more[] = { { "period", period }, { "date", day } };

	civil_format_date(civil_date(days), day);
	return link_with(c, c->path, RANGE " cursor", more, ARRAY_LEN(more));
}

/* Address of the stretch from FROM_MS to TO_MS. */
static char *
between(const struct ctx *c, int64_t from_ms, int64_t to_ms)
{
	char from[32], to[32];
	struct link_pair more[] = { { "from", from }, { "to", to } };

	civil_format_offset(from_ms, tz_offset_s(c->query.tz, from_ms), from);
	civil_format_offset(to_ms, tz_offset_s(c->query.tz, to_ms), to);
	return link_with(c, c->path, RANGE " cursor", more, ARRAY_LEN(more));
}

/* One stretch back and forward; none forward when now is in this one. */
static void
steps(const struct ctx *c, struct json_object *o)
{
	const struct period *r = &c->query.range;
	int64_t span = r->to_ms - r->from_ms, first, last, length, today;
	char *prev = NULL, *next = NULL;
	struct date a, b, t;
	int32_t from_ms_of_day;

	tz_local(c->query.tz, r->from_ms, &a, &from_ms_of_day, NULL);
	tz_local(c->query.tz, r->to_ms - 1, &b, NULL, NULL);
	tz_local(c->query.tz, c->query.now_ms, &t, NULL, NULL);
	first = civil_days(a);
	last = civil_days(b);
	today = civil_days(t);
	length = span < CIVIL_DAY_MS ? 1 : (span + CIVIL_DAY_MS / 2) / CIVIL_DAY_MS;
	if (strcmp(c->query.period, "all") == 0)
		;
	else if (c->query.period[0] == '\0') {
		prev = between(c, r->from_ms - span, r->from_ms);
		if (r->to_ms <= c->query.now_ms)
			next = between(c, r->to_ms, r->to_ms + span);
	} else {
		int64_t to = last_day(c, last + 1, length);

		/* one that begins inside of a day shows that day again */
		prev = ending(c, first - (from_ms_of_day == 0));
		if (r->to_ms <= c->query.now_ms)
			next = to < today ? ending(c, to)
					  : link_with(c, c->path, "date from to cursor", NULL, 0);
	}
	link_put(o, "prev", prev);
	link_put(o, "next", next);
}

static void
pills(const struct ctx *c, struct json_object *o)
{
	struct json_object *list = jt_add_array(o, "pills");

	for (size_t i = 0; i < c->params.len; i++) {
		const struct param_value *v = &c->params.v[i];
		struct json_object *x;

		if (v->def.kind != PARAM_FILTER && strcmp(v->def.name, "q") != 0)
			continue;
		x = jt_push_object(list);
		jt_str(x, "name", v->def.name);
		jt_show(x, "text", str_of(v->text), CHART_CELL_MAX);
		link_put(x, "drop", link_to(c, c->path, v->def.name, NULL));
	}
}

void
view_period(const struct ctx *c, struct json_object *page)
{
	struct json_object *o;

	jt_put(page, "period", NULL);
	if (!takes(c, "period") || c->query.tz == NULL)
		return;
	o = jt_add_object(page, "period");
	put_choices(c, o);
	steps(c, o);
	jt_str(o, "range", text_range(&c->query.range, c->query.tz).s);
	pills(c, o);
	view_filter(c, o);
	jt_str(o, "tz", tz_name(c->query.tz));
}
