#include "base/compat.h"
#include "time/civil.h"

#define EPOCH_DAYS INT64_C(719162) /* days from 0001-01-01 to 1970-01-01 */
#define CYCLE_DAYS INT64_C(146097) /* days in 400 years */
#define MAX_DAYS INT64_C(700000000000)

/* days of a year before each month, and the whole year */
static const int BEFORE[2][13] = {
	{ 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
	{ 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

int64_t
civil_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* days from 1970-01-01 to January 1 of year Y */
static int64_t
year_days(int64_t y)
{
	int64_t p = y - 1;

	return 365 * p + civil_floor_div(p, 4) - civil_floor_div(p, 100) + civil_floor_div(p, 400) -
	       EPOCH_DAYS;
}

int64_t
civil_days(struct date d)
{
	int64_t months = (int64_t)d.m - 1;
	int64_t carry = civil_floor_div(months, 12);
	int64_t y = d.y + carry;

	return year_days(y) + BEFORE[leap(y)][months - carry * 12] + ((int64_t)d.d - 1);
}

struct date
civil_date(int64_t days)
{
	const int *before;
	int64_t y, rest;
	int m = 1;

	if (days > MAX_DAYS)
		days = MAX_DAYS;
	if (days < -MAX_DAYS)
		days = -MAX_DAYS;
	/* right or one off: the mean year is not a year */
	y = 1970 + civil_floor_div(days * 400, CYCLE_DAYS);
	while (year_days(y) > days)
		y--;
	while (year_days(y + 1) <= days)
		y++;
	rest = days - year_days(y);
	before = BEFORE[leap(y)];
	while (before[m] <= rest)
		m++;
	return (struct date){ (int32_t)y, m, (int)rest - before[m - 1] + 1 };
}

int
civil_weekday(struct date d)
{
	int64_t days = civil_days(d) + 3; /* 1970-01-01 was a Thursday */

	return (int)(days - civil_floor_div(days, 7) * 7);
}

int
civil_month_days(int32_t y, int m)
{
	const int *before = BEFORE[leap(y)];

	return before[m] - before[m - 1];
}

bool
civil_valid(struct date d)
{
	return d.y >= 1 && d.y <= 9999 && d.m >= 1 && d.m <= 12 && d.d >= 1 &&
	       d.d <= civil_month_days(d.y, d.m);
}

struct date
civil_add_months(struct date d, int64_t n)
{
	int64_t months = (int64_t)d.y * 12 + (d.m - 1) + n;
	int64_t y = civil_floor_div(months, 12);
	struct date to = { (int32_t)y, (int)(months - y * 12) + 1, d.d };
	int last = civil_month_days(to.y, to.m);

	if (to.d > last)
		to.d = last;
	return to;
}

/* take exactly N digits off *S */
static bool
take_num(struct str *s, size_t n, int *out)
{
	int v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_isdigit(s->p[i]))
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = str_n(s->p + n, s->n - n);
	*out = v;
	return true;
}

static bool
take_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_n(s->p + 1, s->n - 1);
	return true;
}

static bool
take_date(struct str *s, struct date *d)
{
	int y;

	if (!take_num(s, 4, &y) || !take_char(s, '-') || !take_num(s, 2, &d->m) ||
	    !take_char(s, '-') || !take_num(s, 2, &d->d))
		return false;
	d->y = y;
	return y >= 1970 && civil_valid(*d);
}

/* fraction behind the point: at least one digit, cut to milliseconds */
static bool
take_fraction(struct str *s, int *ms)
{
	int unit = 100, digit;
	size_t n = 0;

	for (*ms = 0; take_num(s, 1, &digit); n++) {
		*ms += digit * unit;
		unit /= 10;
	}
	return n > 0;
}

static bool
take_clock(struct str *s, bool need_seconds, int32_t *ms_of_day)
{
	int h, min, sec = 0, ms = 0;

	if (!take_num(s, 2, &h) || !take_char(s, ':') || !take_num(s, 2, &min) || h > 23 ||
	    min > 59)
		return false;
	if (take_char(s, ':')) {
		if (!take_num(s, 2, &sec) || sec > 60)
			return false;
		if (take_char(s, '.') && !take_fraction(s, &ms))
			return false;
	} else if (need_seconds)
		return false;
	if (sec == 60) {
		/* a leap second has no number of its own */
		sec = 59;
		ms = 999;
	}
	*ms_of_day = ((h * 60 + min) * 60 + sec) * 1000 + ms;
	return true;
}

/* the rest of *S: nothing, or an offset and then nothing */
static bool
take_offset(struct str *s, bool *has, int32_t *offset_s)
{
	int h, min = 0;
	bool west;

	*has = s->n > 0;
	*offset_s = 0;
	if (s->n == 0)
		return true;
	if (take_char(s, 'Z') || take_char(s, 'z'))
		return s->n == 0;
	west = s->p[0] == '-';
	if (!take_char(s, west ? '-' : '+') || !take_num(s, 2, &h))
		return false;
	if (s->n > 0) {
		(void)take_char(s, ':'); /* both forms are fine */
		if (!take_num(s, 2, &min))
			return false;
	}
	if (h > 23 || min > 59 || s->n > 0)
		return false;
	*offset_s = (h * 60 + min) * (west ? -60 : 60);
	return true;
}

static bool
take_separator(struct str *s)
{
	return take_char(s, 'T') || take_char(s, 't') || take_char(s, ' ');
}

int
civil_parse_instant(struct str s, int64_t *ms)
{
	struct date d;
	int32_t clock, offset;
	int64_t v;
	bool has;

	if (!take_date(&s, &d) || !take_separator(&s) || !take_clock(&s, true, &clock) ||
	    !take_offset(&s, &has, &offset))
		return -1;
	v = civil_days(d) * CIVIL_DAY_MS + clock - (int64_t)offset * 1000;
	if (v < 0 || v > CIVIL_MAX_MS)
		return -1;
	*ms = v;
	return 0;
}

int
civil_parse_local(struct str s, struct date *d, int32_t *ms_of_day, bool *has_time,
    bool *has_offset, int32_t *offset_s)
{
	struct date day;
	int32_t clock = 0, offset = 0;
	bool timed, has = false;

	if (!take_date(&s, &day))
		return -1;
	timed = s.n > 0;
	if (timed && (!take_separator(&s) || !take_clock(&s, false, &clock) ||
			 !take_offset(&s, &has, &offset)))
		return -1;
	*d = day;
	*ms_of_day = clock;
	*has_time = timed;
	*has_offset = has;
	*offset_s = offset;
	return 0;
}

/* V in WIDTH digits at P, then the byte END; returns the place behind */
static char *
put(char *p, int64_t v, int width, char end)
{
	for (int i = width - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	p[width] = end;
	return p + width + 1;
}

static char *
put_date(char *p, struct date d, char end)
{
	p = put(p, d.y, 4, '-');
	p = put(p, d.m, 2, '-');
	return put(p, d.d, 2, end);
}

/* date and time without fraction, then END; cuts *MS to what can be written */
static char *
put_instant(char *p, int64_t *ms, char end)
{
	int64_t days, s;

	if (*ms < CIVIL_MIN_MS)
		*ms = CIVIL_MIN_MS;
	if (*ms > CIVIL_MAX_MS)
		*ms = CIVIL_MAX_MS;
	days = civil_floor_div(*ms, CIVIL_DAY_MS);
	s = (*ms - days * CIVIL_DAY_MS) / 1000;
	p = put_date(p, civil_date(days), 'T');
	p = put(p, s / 3600, 2, ':');
	p = put(p, s / 60 % 60, 2, ':');
	return put(p, s % 60, 2, end);
}

void
civil_format_utc(int64_t ms, char buf[static 32])
{
	char *p = put_instant(buf, &ms, '.');

	p = put(p, ms - civil_floor_div(ms, 1000) * 1000, 3, 'Z');
	*p = '\0';
}

void
civil_format_offset(int64_t ms, int32_t offset_s, char buf[static 32])
{
	int64_t away = offset_s < 0 ? -(int64_t)offset_s : offset_s;
	char *p;

	if (ms >= CIVIL_MIN_MS && ms <= CIVIL_MAX_MS)
		ms += (int64_t)offset_s * 1000;
	p = put_instant(buf, &ms, offset_s < 0 ? '-' : '+');
	p = put(p, away / 3600, 2, ':');
	p = put(p, away / 60 % 60, 2, '\0') - 1;
	if (away % 60 != 0) {
		*p = ':';
		(void)put(p + 1, away % 60, 2, '\0'); /* the end */
	}
}

void
civil_format_date(struct date d, char buf[static 16])
{
	(void)put_date(buf, d, '\0'); /* the end */
}
