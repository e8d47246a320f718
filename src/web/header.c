#include "base/compat.h"

#include "base/num.h"
#include "time/civil.h"
#include "web/header.h"

static const char DAYS[] = "MonTueWedThuFriSatSun";
static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* How well RANGE fits TYPE: 3 the type itself, 2 its first half, 1 anything, 0 not. */
static int
fit(struct str range, const char *type)
{
	size_t half = str_chr(str_of(type), '/') + 1;

	if (str_eqz(range, "*/*"))
		return 1;
	if (range.n == half + 1 && range.p[half] == '*' && strncasecmp(range.p, type, half) == 0)
		return 2;
	return range.n == strlen(type) && strncasecmp(range.p, type, range.n) == 0 ? 3 : 0;
}

/* Do the parameters REST of a range say q=0? */
static bool
is_refusal(struct str rest)
{
	struct str part;
	int64_t q;

	while (str_split(&rest, ';', &part)) {
		part = str_trim(part);
		if (part.n > 2 && (part.p[0] == 'q' || part.p[0] == 'Q') && part.p[1] == '=')
			return num_decimal(str_n(part.p + 2, part.n - 2), 3, &q) == 0 && q == 0;
	}
	return false;
}

bool
header_accepts(const char *accept, const char *type)
{
	struct str rest = str_of(accept), part, range;
	bool is_taken = false, is_empty = true;
	int best = 0, f;

	while (accept != NULL && str_split(&rest, ',', &part)) {
		if (!str_split(&part, ';', &range) || (range = str_trim(range)).n == 0)
			continue;
		is_empty = false;
		if ((f = fit(range, type)) > best) {
			best = f;
			is_taken = !is_refusal(part);
		}
	}
	return is_empty || is_taken;
}

void
header_date(int64_t ms, char out[static HEADER_DATE_LEN])
{
	int64_t s = civil_floor_div(ms, 1000), day = civil_floor_div(s, CIVIL_DAY_S);
	struct date d = civil_date(day);

	s -= day * CIVIL_DAY_S;
	(void)snprintf(out, HEADER_DATE_LEN, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
	    DAYS + 3 * civil_weekday(d), d.d, MONTHS + 3 * (d.m - 1), (int)d.y, (int)(s / 3600),
	    (int)(s / 60 % 60), (int)(s % 60));
}

/* The number of the N digits at P, -1 when they are none. */
static int64_t
digits(const char *p, size_t n)
{
	int64_t v;

	return num_i64(str_n(p, n), 0, 9999, &v) < 0 ? -1 : v;
}

int64_t
header_date_ms(const char *text)
{
	static const char shape[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	char again[HEADER_DATE_LEN];
	struct date d = { 0 };
	int64_t ms;

	if (text == NULL || strlen(text) != sizeof(shape) - 1)
		return -1;
	d.y = (int32_t)digits(text + 12, 4);
	for (int m = 1; m <= 12; m++)
		if (strncmp(text + 8, MONTHS + 3 * (m - 1), 3) == 0)
			d.m = m;
	d.d = (int)digits(text + 5, 2);
	if (!civil_valid(d) || digits(text + 17, 2) < 0 || digits(text + 20, 2) < 0 ||
	    digits(text + 23, 2) < 0)
		return -1;
	ms =
	    civil_days(d) * CIVIL_DAY_MS +
	    1000 * (digits(text + 17, 2) * 3600 + digits(text + 20, 2) * 60 + digits(text + 23, 2));
	header_date(ms, again);
	return strcmp(again, text) == 0 ? ms : -1; /* whatever is not as it should be differs now */
}
