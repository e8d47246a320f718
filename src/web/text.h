/*
 * text.h - amounts, times and ranges as the pages write them. Each function
 * returns its text by value, so that it can stand as an argument: text_usd(v, 2).s.
 */
#ifndef WEB_TEXT_H
#define WEB_TEXT_H

#include "chart/text.h"
#include "time/period.h"
#include "time/tz.h"

struct text {
	char s[112];
};

/* V with the thousands apart; 0 is a dot when DOT. Returns the text by value; cannot fail. */
struct text text_exact(int64_t v, bool dot);

/* V in three digits with its unit behind a thin space. Returns the text by value; cannot fail. */
struct text text_brief(int64_t v);

/* NANOUSD with the sign of the dollar and PLACES (0 to 9) digits behind the point. Returns the text by value; cannot fail. */
struct text text_usd(int64_t nanousd, int places);

/* PART of WHOLE in percent with one digit behind the point, a dot when WHOLE is 0. Returns the text by value; cannot fail. */
struct text text_share(int64_t part, int64_t whole);

/* PPM parts per million in percent with PLACES (0 or 1) digits, with a + when IS_SIGNED and not below 0; then ten times and more is a factor, "×12". Returns the text by value; cannot fail. */
struct text text_ppm(int64_t ppm, int places, bool is_signed);

/* The duration MS in its two largest units: "3 h 12 min", "850 ms". Returns the text by value; cannot fail. */
struct text text_duration(int64_t ms);

/* N bytes: "18.4 MB". Returns the text by value; cannot fail. */
struct text text_bytes(int64_t n);

/* The instant MS on the clock of TZ: "Tue 24 Nov"; with YEAR "Tue 24 Nov 2026"; negative: a dot. Returns the text by value; cannot fail. */
struct text text_day(int64_t ms, const struct tz *tz, bool year);

/* The instant MS on the clock of TZ: "Tue 24 Nov 14:28"; negative: a dot. Returns the text by value; cannot fail. */
struct text text_clock(int64_t ms, const struct tz *tz);

/* The time of day of MS on the clock of TZ: "14:28". Returns the text by value; cannot fail. */
struct text text_time(int64_t ms, const struct tz *tz);

/* The range P on the clock of TZ: "26 Oct – 24 Nov 2026", with times when it is shorter than two days. Returns the text by value; cannot fail. */
struct text text_range(const struct period *p, const struct tz *tz);

/* Milliseconds of the RFC 3339 text S; -1 when it is none. Cannot fail. */
int64_t text_instant(struct str s);

#endif
