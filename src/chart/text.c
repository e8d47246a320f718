#include "base/compat.h"

#include "chart/text.h"

#define THIN "\xe2\x80\xaf"  /* U+202F */
#define MINUS "\xe2\x88\x92" /* U+2212 */
#define NANO INT64_C(1000000000)

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

void
chart_exact(struct sbuf *b, int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, magnitude(v));

	if (v < 0)
		sbuf_addz(b, MINUS);
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			sbuf_addz(b, THIN);
		sbuf_addc(b, digits[i]);
	}
}

struct chart_short
chart_short(int64_t v)
{
	static const char *const units[] = { "", "k", "M", "B", "T", "" };
	struct chart_short s = { "", "" };
	uint64_t m = magnitude(v), ten = 1, whole;
	const char *sign = v < 0 ? MINUS : "";
	int u = 0, places;

	if (m < 1000) {
		(void)snprintf(s.digits, sizeof(s.digits), "%s%" PRIu64, sign, m);
		return s;
	}
	while (u < 4 && m / ten >= 1000) {
		ten *= 1000;
		u++;
	}
	places = m / ten < 10 ? 2 : m / ten < 100 ? 1 : 0;
	for (int round = 0; round < 2; round++) {
		uint64_t cut = ten;

		for (int i = 0; i < places; i++)
			cut /= 10;
		whole = m / cut + (m % cut >= cut - cut / 2 ? 1 : 0); /* in units of CUT */
		if (whole < 1000 || (u == 4 && places == 0))
			break;
		if (places == 0) { /* 999 500 is 1.00 M */
			ten *= 1000;
			u++;
			places = 2;
		} else /* 9.996 is 10.0 */
			places--;
	}
	if (places == 0)
		(void)snprintf(s.digits, sizeof(s.digits), "%s%" PRIu64, sign, whole);
	else
		(void)snprintf(s.digits, sizeof(s.digits), "%s%" PRIu64 ".%0*" PRIu64, sign,
		    whole / (places == 2 ? 100 : 10), places, whole % (places == 2 ? 100 : 10));
	(void)snprintf(s.unit, sizeof(s.unit), "%s", units[u]);
	return s;
}

/* V over TEN with as many decimals, three at most, as it takes. */
static void
add_decimal(struct sbuf *b, uint64_t v, uint64_t ten)
{
	uint64_t rest = v % ten;

	sbuf_addf(b, "%" PRIu64, v / ten);
	for (int i = 0; i < 3 && rest > 0; i++) {
		if (i == 0)
			sbuf_addc(b, '.');
		rest *= 10;
		sbuf_addc(b, (char)('0' + rest / ten));
		rest %= ten;
	}
}

static void
add_short(struct sbuf *b, uint64_t m)
{
	static const char units[] = "kMBT";
	uint64_t ten = 1;
	int u = -1;

	while (u < 3 && m / ten >= 1000) {
		ten *= 1000;
		u++;
	}
	add_decimal(b, m, ten);
	if (u >= 0)
		sbuf_addf(b, THIN "%c", units[u]);
}

static void
add_ms(struct sbuf *b, uint64_t ms)
{
	static const struct {
		uint64_t ten;
		const char *name;
	} units[] = { { 3600000, "h" }, { 60000, "min" }, { 1000, "s" } };

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (ms >= units[i].ten) {
			add_decimal(b, ms, units[i].ten);
			sbuf_addf(b, THIN "%s", units[i].name);
			return;
		}
	sbuf_addf(b, "%" PRIu64 "%s", ms, ms == 0 ? "" : THIN "ms");
}

void
chart_tick(struct sbuf *b, int64_t v, enum chart_unit u)
{
	uint64_t m = magnitude(v);

	if (v < 0)
		sbuf_addz(b, MINUS);
	switch (u) {
	case CHART_COUNT:
		add_short(b, m);
		break;
	case CHART_PERMILLE:
		add_decimal(b, m, 10);
		sbuf_addz(b, m >= 1000 ? THIN "%" : "");
		break;
	case CHART_NANOUSD:
		if (v == 0)
			sbuf_addc(b, '0');
		else if (m % (NANO / 100) == 0 && m % NANO != 0)
			sbuf_addf(b, "$%" PRIu64 ".%02" PRIu64, m / NANO, m % NANO / (NANO / 100));
		else {
			sbuf_addc(b, '$');
			if (m >= 1000 * (uint64_t)NANO)
				chart_exact(b, (int64_t)(m / NANO));
			else
				add_decimal(b, m, NANO);
		}
		break;
	case CHART_MS:
		add_ms(b, m);
		break;
	}
}

void
chart_percent(struct sbuf *b, int v)
{
	if (v < 0)
		v = 0;
	if (v % 100 == 0)
		sbuf_addf(b, "%d%%", v / 100);
	else
		sbuf_addf(b, "%d.%02d%%", v / 100, v % 100);
}
