/*
 * small.h - the small drawings: the line of columns below a number, one of
 * several charts on a common scale, the bar behind a text, the line of a limit,
 * a range of durations. Each gives a JSON tree for the partial of its name in
 * templates/chart. doc/PAGES.md describes them.
 */
#ifndef CHART_SMALL_H
#define CHART_SMALL_H

#include "chart/marks.h"
#include "chart/text.h"

struct json_object;

/*
 * Columns of the N values V (below 0: no data) on their own scale from 0, the LAST one or more
 * of them marked as here and now. Returns the tree for chart/spark, owned by the caller; null
 * (NULL) when nothing is above 0. Aborts when out of memory.
 */
struct json_object *chart_spark_tree(const int64_t *v, int n, int last);

/*
 * One of several charts of HEIGHT pixels on the common scale S: columns of the N values V; the
 * scale's top is written in it as UNIT when FIRST; FROM and TO are written at the ends.
 * Returns the tree for chart/multi, owned by the caller. Aborts when out of memory.
 */
struct json_object *chart_multi_tree(const struct chart_scale *s, const int64_t *v, int n,
    int height, enum chart_unit unit, bool first, const char *from, const char *to);

/* A bar for PART of WHOLE, in the colour of what is here and now when NOW; none (NULL) for 0. Returns a tree owned by the caller; aborts when out of memory. */
struct json_object *chart_bar_tree(int64_t part, int64_t whole, bool now);

/* The line of a limit at P. Returns the tree for chart/pace, owned by the caller. Aborts when out of memory. */
struct json_object *chart_pace_tree(const struct chart_pace *p);

/*
 * A dot at MID and a bar to HIGH on a logarithmic scale from LOW to TOP, all in ms. Returns
 * the tree for chart/range, owned by the caller. Aborts when out of memory.
 */
struct json_object *chart_range_tree(int64_t mid, int64_t high, int64_t low, int64_t top);

/*
 * A dot at V on a linear scale from LOW to TOP with the field from Q1 to Q3 and the line MID;
 * those below 0 are left out. NOW marks the dot of the running window. Returns the tree for
 * chart/dot, owned by the caller. Aborts when out of memory.
 */
struct json_object *chart_dot_tree(
    int64_t v, int64_t low, int64_t top, int64_t q1, int64_t mid, int64_t q3, bool now);

#endif
