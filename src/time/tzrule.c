#include "base/compat.h"
#include "time/civil.h"
#include "time/tzrule.h"

static bool
take(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_n(s->p + 1, s->n - 1);
	return true;
}

/* one to three digits, MIN to MAX */
static bool
take_num(struct str *s, int min, int max, int *out)
{
	size_t i = 0;
	int v = 0;

	for (; i < s->n && i < 3 && str_isdigit(s->p[i]); i++)
		v = v * 10 + (s->p[i] - '0');
	*s = str_n(s->p + i, s->n - i);
	*out = v;
	return i > 0 && v >= min && v <= max;
}

/* a zone abbreviation, which nobody here needs */
static bool
skip_name(struct str *s)
{
	bool quoted = take(s, '<');
	size_t i = 0;

	while (
	    i < s->n && (str_isalpha(s->p[i]) ||
			    (quoted && (str_isdigit(s->p[i]) || s->p[i] == '+' || s->p[i] == '-'))))
		i++;
	*s = str_n(s->p + i, s->n - i);
	return i >= 3 && (!quoted || take(s, '>'));
}

/* [+-]h[:mm[:ss]] in seconds, up to HOURS hours */
static bool
take_time(struct str *s, int hours, int32_t *out)
{
	int h, min = 0, sec = 0;
	bool neg = take(s, '-');

	if (!neg)
		(void)take(s, '+'); /* may be left out */
	if (!take_num(s, 0, hours, &h))
		return false;
	if (take(s, ':')) {
		if (!take_num(s, 0, 59, &min))
			return false;
		if (take(s, ':') && !take_num(s, 0, 59, &sec))
			return false;
	}
	*out = (h * 60 + min) * 60 + sec;
	if (neg)
		*out = -*out;
	return true;
}

static bool
take_date(struct str *s, struct tzrule_date *d)
{
	bool ok;

	d->month = d->week = 0;
	d->at_s = 2 * 3600;
	if (!take(s, ','))
		return false;
	if (take(s, 'M')) {
		d->kind = TZRULE_MONTH;
		ok = take_num(s, 1, 12, &d->month) && take(s, '.') && take_num(s, 1, 5, &d->week) &&
		     take(s, '.') && take_num(s, 0, 6, &d->day);
	} else if (take(s, 'J')) {
		d->kind = TZRULE_JULIAN;
		ok = take_num(s, 1, 365, &d->day);
	} else {
		d->kind = TZRULE_DAY;
		ok = take_num(s, 0, 365, &d->day);
	}
	return ok && (!take(s, '/') || take_time(s, 167, &d->at_s));
}

int
tzrule_parse(struct str s, struct tzrule *r)
{
	int32_t west;

	*r = (struct tzrule){ 0 };
	if (!skip_name(&s) || !take_time(&s, 24, &west))
		return -1;
	r->std_s = r->dst_s = -west; /* POSIX counts westward */
	if (s.n == 0)
		return 0;
	if (!skip_name(&s))
		return -1;
	r->has_dst = true;
	r->dst_s = r->std_s + 3600;
	if (s.n > 0 && s.p[0] != ',') {
		if (!take_time(&s, 24, &west))
			return -1;
		r->dst_s = -west;
	}
	if (!take_date(&s, &r->start) || !take_date(&s, &r->end) || s.n > 0)
		return -1;
	return 0;
}

/* day number of D in year Y */
static int64_t
day_of(const struct tzrule_date *d, int32_t y)
{
	struct date first = { y, 1, 1 };
	int sunday, day;

	switch (d->kind) {
	case TZRULE_JULIAN:
		/* from March on a leap year is one day ahead */
		return civil_days(first) + d->day - 1 +
		       (d->day >= 60 && civil_month_days(y, 2) == 29);
	case TZRULE_DAY:
		return civil_days(first) + d->day;
	case TZRULE_MONTH:
		break;
	}
	first.m = d->month;
	sunday = (civil_weekday(first) + 1) % 7;
	day = (d->day - sunday + 7) % 7 + 7 * (d->week - 1);
	if (day >= civil_month_days(y, d->month))
		day -= 7;
	return civil_days(first) + day;
}

int64_t
tzrule_start(const struct tzrule *r, int32_t y)
{
	return day_of(&r->start, y) * CIVIL_DAY_S + r->start.at_s - r->std_s;
}

int64_t
tzrule_end(const struct tzrule *r, int32_t y)
{
	return day_of(&r->end, y) * CIVIL_DAY_S + r->end.at_s - r->dst_s;
}
