/*
 * text.h - numbers as the pages write them: exact with narrow no-break spaces
 * (U+202F) between thousands, or short with a unit; a minus is U+2212. No
 * double takes part.
 */
#ifndef CHART_TEXT_H
#define CHART_TEXT_H

#include "base/sbuf.h"

#define CHART_TEXT_MAX 64 /* bytes that hold any of these texts */

/* What a number is, for the text of an axis. */
enum chart_unit {
	CHART_COUNT,    /* tokens, turns: 200 M */
	CHART_PERMILLE, /* 0 to 1000: 75 % */
	CHART_NANOUSD,  /* $450, $0.25 */
	CHART_MS        /* a duration: 180 ms, 41 s, 3 min, 2 h */
};

/* A short number in two pieces: "8.04" and "B" (the unit is "", "k", "M", "B" or "T"). */
struct chart_short {
	char digits[48];
	char unit[4];
};

/* V with the thousands apart, "8 041 226 793", appended to B. Errors stay in B. */
void chart_exact(struct sbuf *b, int64_t v);

/* V in three digits at most, rounded half up, with its unit: 999 500 is "1.00 M". Returns it; cannot fail. */
struct chart_short chart_short(int64_t v);

/* A tick V of an axis of unit U, as short as it is exact: "200 M", "1.5 M", "0". Appended to B; errors stay in B. */
void chart_tick(struct sbuf *b, int64_t v, enum chart_unit u);

/* V units of 0.01 % as SVG wants them, "12.34%". Appended to B; errors stay in B. */
void chart_percent(struct sbuf *b, int v);

#endif
