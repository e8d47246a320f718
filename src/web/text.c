#include "base/compat.h"

#include "pricing/price.h"
#include "web/text.h"

#define THIN "\xe2\x80\xaf" /* U+202F */
#define DOT "\xc2\xb7"
#define DASH "\xe2\x80\x93"
#define MINUS "\xe2\x88\x92"
#define TIMES "\xc3\x97"
#define TIMES_PPM 9000000 /* from ten times on a change is told as a factor */
#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };

static struct text PRINTF(1, 2) text_of(const char *fmt, ...)
{
	struct text t;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	return t;
}

struct text
text_exact(int64_t v, bool dot)
{
	struct text t = { DOT };
	struct sbuf b;

	if (v == 0 && dot)
		return t;
	sbuf_init(&b, sizeof(t.s));
	chart_exact(&b, v);
	t = text_of("%s", b.buf);
	sbuf_free(&b);
	return t;
}

struct text
text_brief(int64_t v)
{
	struct chart_short s = chart_short(v);

	return text_of("%s%s%s", s.digits, s.unit[0] == '\0' ? "" : THIN, s.unit);
}

struct text
text_usd(int64_t nanousd, int places)
{
	char plain[40];
	struct text t;
	const char *point;
	size_t whole, n = 0;

	price_format_usd(nanousd < 0 ? -nanousd : nanousd, places, plain);
	point = strchrnul(plain, '.');
	whole = (size_t)(point - plain);
	n = (size_t)snprintf(t.s, sizeof(t.s), "%s$", nanousd < 0 ? MINUS : "");
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			n += (size_t)snprintf(t.s + n, sizeof(t.s) - n, "%s", THIN);
		t.s[n++] = plain[i];
	}
	(void)snprintf(t.s + n, sizeof(t.s) - n, "%s", point);
	return t;
}

struct text
text_ppm(int64_t ppm, int places, bool is_signed)
{
	int64_t unit = places == 0 ? 10000 : 1000, m = ppm < 0 ? -ppm : ppm;
	int64_t v = (m + unit / 2) / unit;
	const char *sign = v == 0 ? "" : ppm < 0 ? MINUS : is_signed ? "+" : "";

	if (is_signed && ppm >= TIMES_PPM)
		return text_of(TIMES "%s", text_exact((ppm + 1500000) / 1000000, false).s);

	if (places == 0)
		return text_of("%s%s" THIN "%%", sign, text_exact(v, false).s);
	return text_of("%s%s.%d" THIN "%%", sign, text_exact(v / 10, false).s, (int)(v % 10));
}

struct text
text_share(int64_t part, int64_t whole)
{
	int64_t ppm;

	if (whole <= 0)
		return text_of("%s", DOT);
	ppm = (int64_t)((price_pusd)part * 1000000 / whole);
	if (part < whole && ppm > 999000) /* not all is never shown as all */
		ppm = 999000;
	return text_ppm(ppm, 1, false);
}

struct text
text_duration(int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { CIVIL_DAY_MS, "d" }, { HOUR_MS, "h" }, { MINUTE_MS, "min" },
		{ SECOND_MS, "s" } };

	if (ms < SECOND_MS)
		return text_of("%d" THIN "ms", (int)(ms < 0 ? 0 : ms));
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		int64_t rest = ms % units[i].ms;

		if (ms < units[i].ms)
			continue;
		if (i == 3 && ms < 10 * SECOND_MS && rest >= 100)
			return text_of(
			    "%d.%d" THIN "s", (int)(ms / SECOND_MS), (int)(ms % SECOND_MS / 100));
		if (i == 3 || rest < units[i + 1].ms)
			return text_of(
			    "%s" THIN "%s", text_exact(ms / units[i].ms, false).s, units[i].name);
		return text_of("%s" THIN "%s %d" THIN "%s", text_exact(ms / units[i].ms, false).s,
		    units[i].name, (int)(rest / units[i + 1].ms), units[i + 1].name);
	}
	return text_of("%s", DOT);
}

struct text
text_bytes(int64_t n)
{
	struct chart_short s = chart_short(n);
	const char *unit = s.unit[0] == 'B' ? "G" : s.unit;

	return text_of("%s" THIN "%sB", s.digits, unit);
}

struct text
text_day(int64_t ms, const struct tz *tz, bool year)
{
	struct date d;
	struct text t;
	int n;

	if (ms < 0)
		return text_of("%s", DOT);
	tz_local(tz, ms, &d, NULL, NULL);
	n = snprintf(t.s, sizeof(t.s), "%s %d %s", days[civil_weekday(d)], d.d, months[d.m - 1]);
	if (year)
		(void)snprintf(t.s + n, sizeof(t.s) - (size_t)n, " %d", (int)d.y);
	return t;
}

struct text
text_time(int64_t ms, const struct tz *tz)
{
	struct date d;
	int32_t of_day;

	if (ms < 0)
		return text_of("%s", DOT);
	tz_local(tz, ms, &d, &of_day, NULL);
	return text_of("%02d:%02d", (int)(of_day / HOUR_MS), (int)(of_day % HOUR_MS / MINUTE_MS));
}

struct text
text_clock(int64_t ms, const struct tz *tz)
{
	if (ms < 0)
		return text_of("%s", DOT);
	return text_of("%s %s", text_day(ms, tz, false).s, text_time(ms, tz).s);
}

struct text
text_range(const struct period *p, const struct tz *tz)
{
	struct date a, b;
	int32_t a_ms, b_ms;
	bool is_days;

	if (p->from_ms <= PERIOD_MIN || p->to_ms >= PERIOD_MAX)
		return text_of("all");
	tz_local(tz, p->from_ms, &a, &a_ms, NULL);
	tz_local(tz, p->to_ms - 1, &b, &b_ms, NULL);
	is_days = a_ms == 0 || p->to_ms - p->from_ms >= 6 * CIVIL_DAY_MS;
	if (is_days && civil_days(a) == civil_days(b))
		return text_day(p->from_ms, tz, true);
	if (!is_days)
		return text_of("%s " DASH " %s", text_clock(p->from_ms, tz).s,
		    civil_days(a) == civil_days(b) ? text_time(p->to_ms - 1, tz).s
						   : text_clock(p->to_ms - 1, tz).s);
	if (a.y == b.y && a.m == b.m)
		return text_of("%d " DASH " %d %s %d", a.d, b.d, months[b.m - 1], (int)b.y);
	if (a.y == b.y)
		return text_of("%d %s " DASH " %d %s %d", a.d, months[a.m - 1], b.d,
		    months[b.m - 1], (int)b.y);
	return text_of("%d %s %d " DASH " %d %s %d", a.d, months[a.m - 1], (int)a.y, b.d,
	    months[b.m - 1], (int)b.y);
}

int64_t
text_instant(struct str s)
{
	int64_t ms;

	return s.p != NULL && civil_parse_instant(s, &ms) == 0 ? ms : -1;
}
