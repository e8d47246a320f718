/*
 * marks.h - the shapes of the charts as paths and rectangles of integers. A
 * path is drawn in a box of CHART_WIDTH units by its height in CHART_PX-ths of
 * a pixel, y downwards, stretched to the page's width by the browser.
 *
 * A value below 0 means "no data": nothing is drawn there, and nothing is
 * interpolated over it.
 */
#ifndef CHART_MARKS_H
#define CHART_MARKS_H

#include "base/sbuf.h"
#include "chart/scale.h"

#define CHART_MAX_COLUMNS 400
#define CHART_MAX_SERIES 8

/* A rectangle: x and w in CHART_WIDTH-ths, y and h in CHART_PX-ths of a pixel. */
struct chart_rect {
	int x, w, y, h;
};

/* One reading of a level that holds until the next. */
struct chart_sample {
	int64_t at; /* ms UTC, ascending */
	int64_t v;  /* on the scale */
	enum chart_break {
		CHART_ON,    /* the level held since the sample before */
		CHART_RESET, /* a new window: the line begins anew at 0 */
		CHART_GAP    /* unknown since the sample before: the line begins anew at v */
	} how;
};

/* A level with what has passed of its window and where it will end; all in CHART_WIDTH-ths of the whole. */
struct chart_pace {
	int used, elapsed; /* 0 to CHART_WIDTH; elapsed -1: not known */
	int low, high;     /* the forecast; high 0: none */
};

/* Place and width of column I of N, with the gap between columns. Returns x and w; y and h are 0; cannot fail. */
struct chart_rect chart_column(int i, int n);

/*
 * Column I of N: the COUNT values V, stacked from the baseline of a box of
 * HEIGHT units on the scale S, into OUT[COUNT]. The top of the stack is exact;
 * a stack that is not 0 is at least a pixel high. Returns its height; cannot fail.
 */
int chart_stack(const struct chart_scale *s, int i, int n, const int64_t *v, int count, int height,
    struct chart_rect *out);

/* Append the rectangle R (with h > 0, else nothing) as a piece of a path to B. Errors stay in B. */
void chart_add_rect(struct sbuf *b, const struct chart_rect *r);

/*
 * Append to B the path of a step line through the N samples P between FROM and TO (ms) on the
 * scale S in a box of HEIGHT units. It ends at UNTIL (the last reading holds until
 * then). At most CHART_MAX_COLUMNS steps: samples that fall together give way to the last.
 * Errors stay in B.
 */
void chart_add_steps(struct sbuf *b, const struct chart_scale *s, const struct chart_sample *p,
    size_t n, int64_t from, int64_t to, int64_t until, int height);

/*
 * Append to B the outline of the N levels V, column by column, on the scale S in a box of
 * HEIGHT units: closed down to the baseline when FILLED. Errors stay in B.
 */
void chart_add_levels(
    struct sbuf *b, const struct chart_scale *s, const int64_t *v, int n, int height, bool filled);

/* Where the instant AT lies between FROM and TO. Returns 0 to CHART_WIDTH; cannot fail. */
int chart_at(int64_t at, int64_t from, int64_t to);

/* Share of PART in WHOLE. Returns 0 to CHART_WIDTH, at least 1 when PART is not 0; cannot fail. */
int chart_share(int64_t part, int64_t whole);

/* How many of N things share a column so that at most MAX columns are needed. Returns at least 1; cannot fail. */
int chart_per_column(int64_t n, int max);

/* Place of V on a logarithmic scale from LOW to HIGH (0 < LOW < HIGH). Returns 0 to CHART_WIDTH; cannot fail. */
int chart_log(int64_t v, int64_t low, int64_t high);

#endif
