/*
 * scale.h - from values to places on a vertical scale that begins at 0, and
 * from a row of labels to those that have room. Integers only: heights are in
 * tenths of a pixel, places along the width in hundredths of a percent.
 */
#ifndef CHART_SCALE_H
#define CHART_SCALE_H

#define CHART_WIDTH 10000 /* units along the width of a chart: 1 is 0.01 % */
#define CHART_PX 10       /* units of height in a pixel */
#define CHART_MAX_TICKS 8

/* Ticks at 0, STEP, 2 STEP … COUNT STEP = TOP; TOP is at least the largest value. */
struct chart_scale {
	int64_t top;  /* at least 1 */
	int64_t step; /* 1, 2 or 5 times a power of ten */
	int count;    /* steps, 1 to CHART_MAX_TICKS */
};

/* One label below a chart. */
struct chart_label {
	const char *text; /* borrowed; NULL or "": none */
	int x;            /* 0 to CHART_WIDTH */
	bool major;       /* a Monday, the first of a month: preferred */
};

/* How a label is shown. */
enum chart_shown { CHART_HIDDEN, CHART_WIDE, CHART_ALWAYS };

/* The scale for values up to MAX with at most WANT (2 to CHART_MAX_TICKS) steps. Returns it; cannot fail. */
struct chart_scale chart_scale(int64_t max, int want);

/* Height of V on the scale S of HEIGHT units, rounded; V beyond the scale is cut. Returns 0 to HEIGHT; cannot fail. */
int chart_height(const struct chart_scale *s, int64_t v, int height);

/*
 * Which of the N labels L (ascending x) to show so that none touch: on a wide page where the
 * chart has at least WIDE pixels, and on a narrow one with at least NARROW. Major ones are
 * preferred when there are two. Fills SHOWN[N]; what is shown narrow is shown wide too. Cannot
 * fail.
 */
void chart_labels(
    const struct chart_label *l, int n, int wide, int narrow, enum chart_shown *shown);

#endif
