#include "base/compat.h"
#include "base/num.h"
#include "base/str.h"
#include "time/period.h"

#define LAST_FORMS "a number and a unit without a blank (30min, 12h, 7d, 2w, 3mo, 1y)"
#define NAME_FORMS "today, yesterday, wtd, mtd, ytd, all or " LAST_FORMS
#define TIME_FORMS \
	"YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], with Z or +HH:MM behind it for another zone"
#define RESET_FORM "<weekday> <H:MM> [<IANA zone>], for example Thursday 09:15 Europe/Stockholm"
#define RESET_ZONE "Europe/Stockholm"
#define SHOWN 60 /* bytes of a user's text in a message */

enum unit { UNIT_MS, UNIT_DAY, UNIT_MONTH };

struct unit_word {
	const char *word;
	enum unit unit;
	int64_t size; /* how many of the unit */
};

static const struct unit_word UNITS[] = {
	{ "min", UNIT_MS, 60000 },
	{ "mins", UNIT_MS, 60000 },
	{ "minute", UNIT_MS, 60000 },
	{ "minutes", UNIT_MS, 60000 },
	{ "h", UNIT_MS, 3600000 },
	{ "hour", UNIT_MS, 3600000 },
	{ "hours", UNIT_MS, 3600000 },
	{ "d", UNIT_DAY, 1 },
	{ "day", UNIT_DAY, 1 },
	{ "days", UNIT_DAY, 1 },
	{ "w", UNIT_DAY, 7 },
	{ "week", UNIT_DAY, 7 },
	{ "weeks", UNIT_DAY, 7 },
	{ "mo", UNIT_MONTH, 1 },
	{ "mon", UNIT_MONTH, 1 },
	{ "month", UNIT_MONTH, 1 },
	{ "months", UNIT_MONTH, 1 },
	{ "y", UNIT_MONTH, 12 },
	{ "year", UNIT_MONTH, 12 },
	{ "years", UNIT_MONTH, 12 },
};

static const char *const WEEKDAYS[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
	"saturday", "sunday" };

/* S is the lower-case WORD, in any case */
static bool
is_word(struct str s, const char *word)
{
	size_t i = 0;

	while (i < s.n && word[i] != '\0' && str_lower(s.p[i]) == word[i])
		i++;
	return i == s.n && word[i] == '\0';
}

/* length of S for "%.*s", cut to what a message shows */
static int
shown(struct str s)
{
	return s.n > SHOWN ? SHOWN : (int)s.n;
}

static int64_t
quarter(int64_t ms)
{
	return civil_floor_div(ms, PERIOD_QUARTER_MS) * PERIOD_QUARTER_MS;
}

/* N of unit U before NOW, on the clock of Z; -1 when that is before 1970 */
static int
go_back(const struct tz *z, int64_t now_ms, int64_t n, const struct unit_word *u, int64_t *from)
{
	struct date d;
	int32_t clock;
	int64_t ms, count;

	if (__builtin_mul_overflow(n, u->size, &count))
		return -1;
	if (u->unit == UNIT_MS || n == 0) {
		if (__builtin_sub_overflow(now_ms, count, &ms))
			return -1;
	} else {
		/* more than there are in the years 1970 to 9999 */
		if (count > 4000000)
			return -1;
		tz_local(z, now_ms, &d, &clock, NULL);
		d = u->unit == UNIT_MONTH ? civil_add_months(d, -count)
					  : civil_date(civil_days(d) - count);
		if (d.y < 1970)
			return -1;
		ms = tz_from_local(z, d, clock);
	}
	ms = quarter(ms);
	if (ms < 0)
		return -1;
	*from = ms;
	return 0;
}

/* 1: S is a number and a unit, *OUT is filled; 0: S has another form; -1 error */
static int
number_and_unit(const struct tz *z, int64_t now_ms, struct str s, struct period *out, struct err *e)
{
	const struct unit_word *u = NULL;
	struct str unit;
	size_t digits = 0;
	int64_t n;

	while (digits < s.n && str_isdigit(s.p[digits]))
		digits++;
	unit = str_n(s.p + digits, s.n - digits);
	if (digits == 0)
		return 0;
	if (is_word(unit, "m"))
		return err_set(e, ERR_USAGE,
		    "bad period \"%.*s\": use min for minutes or mo for months", shown(s), s.p);
	for (size_t i = 0; i < ARRAY_LEN(UNITS) && u == NULL; i++)
		if (is_word(unit, UNITS[i].word))
			u = &UNITS[i];
	if (u == NULL)
		return 0;
	if (num_i64(str_n(s.p, digits), 0, INT64_MAX, &n) < 0 ||
	    go_back(z, now_ms, n, u, &out->from_ms) < 0)
		return err_set(e, ERR_USAGE,
		    "bad period \"%.*s\": it begins before 1970; use " LAST_FORMS, shown(s), s.p);
	out->to_ms = now_ms + 1;
	return 1;
}

int
period_last(const struct tz *z, int64_t now_ms, const char *text, struct period *out, struct err *e)
{
	struct str s = str_trim(str_of(text));
	struct period p = { PERIOD_MIN, PERIOD_MAX };
	int rc = is_word(s, "total") ? 1 : number_and_unit(z, now_ms, s, &p, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_USAGE, "bad period \"%.*s\": use " LAST_FORMS " or total",
		    shown(s), s.p);
	*out = p;
	return 0;
}

int
period_by_name(const struct tz *z, int64_t now_ms, int week_start, const char *text,
    struct period *out, struct err *e)
{
	struct str s = str_trim(str_of(text));
	struct period p = { PERIOD_MIN, now_ms + 1 };
	struct date today, d;
	int rc = 1;

	tz_local(z, now_ms, &today, NULL, NULL);
	d = today;
	if (is_word(s, "total") || is_word(s, "all"))
		p.to_ms = PERIOD_MAX;
	else if (is_word(s, "today"))
		p.from_ms = tz_day_start(z, d);
	else if (is_word(s, "yesterday")) {
		p.to_ms = tz_day_start(z, d);
		p.from_ms = tz_day_start(z, civil_date(civil_days(d) - 1));
	} else if (is_word(s, "wtd")) {
		d.d -= (civil_weekday(d) - week_start + 7) % 7;
		p.from_ms = tz_day_start(z, d);
	} else if (is_word(s, "mtd") || is_word(s, "ytd")) {
		d.d = 1;
		if (is_word(s, "ytd"))
			d.m = 1;
		p.from_ms = tz_day_start(z, d);
	} else
		rc = number_and_unit(z, now_ms, s, &p, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(
		    e, ERR_USAGE, "unknown period \"%.*s\": use " NAME_FORMS, shown(s), s.p);
	*out = p;
	return 0;
}

/* TEXT of the option NAME; a bare date means its start, or the next day's when END */
static int
bound(const struct tz *z, const char *name, const char *text, bool end, int64_t *ms, struct err *e)
{
	struct str s = str_trim(str_of(text));
	bool has_time, has_offset;
	int32_t clock, offset;
	struct date d;

	if (civil_parse_local(s, &d, &clock, &has_time, &has_offset, &offset) < 0)
		return err_set(
		    e, ERR_USAGE, "bad %s \"%.*s\": use " TIME_FORMS, name, shown(s), s.p);
	if (has_offset)
		*ms = civil_days(d) * CIVIL_DAY_MS + clock - (int64_t)offset * 1000;
	else if (has_time)
		*ms = tz_from_local(z, d, clock);
	else {
		d.d += end;
		*ms = tz_day_start(z, d);
	}
	return 0;
}

int
period_from(const struct tz *z, const char *text, int64_t *ms, struct err *e)
{
	return bound(z, "start", text, false, ms, e);
}

int
period_to(const struct tz *z, const char *text, int64_t *ms, struct err *e)
{
	return bound(z, "end", text, true, ms, e);
}

int
period_range(
    const struct tz *z, const char *from, const char *to, struct period *out, struct err *e)
{
	struct period p = { PERIOD_MIN, PERIOD_MAX };

	if (from != NULL && period_from(z, from, &p.from_ms, e) < 0)
		return -1;
	if (to != NULL && period_to(z, to, &p.to_ms, e) < 0)
		return -1;
	if (p.from_ms >= p.to_ms)
		return err_set(e, ERR_USAGE,
		    "empty period: the start \"%.*s\" is not before the end \"%.*s\"", SHOWN, from,
		    SHOWN, to);
	*out = p;
	return 0;
}

/* next word of *REST, which is trimmed; an empty view at the end */
static struct str
take_word(struct str *rest)
{
	struct str word = *rest;
	size_t n = 0;

	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word.n = n;
	*rest = str_trim(str_n(rest->p + n, rest->n - n));
	return word;
}

/* H:MM into ms after midnight */
static bool
clock_of(struct str s, int32_t *ms_of_day)
{
	size_t colon = str_chr(s, ':');
	int64_t h, min;

	if (colon < 1 || colon > 2 || s.n != colon + 3 || !str_isdigit(s.p[0]) ||
	    !str_isdigit(s.p[colon + 1]) || num_i64(str_n(s.p, colon), 0, 23, &h) < 0 ||
	    num_i64(str_n(s.p + colon + 1, 2), 0, 59, &min) < 0)
		return false;
	*ms_of_day = (int32_t)((h * 60 + min) * 60000);
	return true;
}

static int
weekday_of(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(WEEKDAYS); i++) {
		char three[4] = { 0 };

		memcpy(three, WEEKDAYS[i], 3);
		if (is_word(s, WEEKDAYS[i]) || is_word(s, three))
			return (int)i;
	}
	return -1;
}

int
period_weekly_reset_parse(const char *s, struct period_reset *out, struct err *e)
{
	struct str rest = str_trim(str_of(s));
	struct period_reset r;
	struct str day, clock, zone;
	char name[TZ_NAME_MAX + 1] = RESET_ZONE;

	day = take_word(&rest);
	clock = take_word(&rest);
	zone = take_word(&rest);
	r.weekday = weekday_of(day);
	if (r.weekday < 0 || !clock_of(clock, &r.ms_of_day) || rest.n > 0 || zone.n > TZ_NAME_MAX ||
	    str_eqz(zone, "local"))
		return err_set(e, ERR_USAGE, "bad weekly reset \"%.*s\": use " RESET_FORM, SHOWN,
		    s == NULL ? "" : s);
	if (zone.n > 0) {
		memcpy(name, zone.p, zone.n);
		name[zone.n] = '\0';
	}
	r.zone = tz_get(name, e);
	if (r.zone == NULL)
		return err_prefix(
		    e, "bad weekly reset \"%.*s\" (use " RESET_FORM ")", SHOWN, s == NULL ? "" : s);
	*out = r;
	return 0;
}
