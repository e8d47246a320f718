/*
 * show.h - pieces that several pages show, made of the JSON that their twins
 * answer: sums, money, panels, ranks, tables by bucket, charts over time.
 * doc/PAGES.md describes the trees; every key a template asks for is put.
 */
#ifndef WEB_SHOW_H
#define WEB_SHOW_H

#include "chart/plot.h"
#include "chart/small.h"
#include "chart/table.h"
#include "report/sum.h"
#include "web/link.h"
#include "web/text.h"

/* The members of a sum (report/sum.h) and, where they stand, its sessions. */
struct show_sum {
	int64_t v[METRIC__MAX]; /* cost in nano-USD, 0 when nothing has a price */
	int64_t unpriced;       /* tokens */
	bool has_cost;
	struct str cost; /* USD, exact; lent by the object */
};

/* What the object O says as a sum; what is missing is 0. Returns it by value; cannot fail. */
struct show_sum show_sum(struct json_object *o);

/* What M comes to in the sum O, 0 when it is not there; cannot fail. */
int64_t show_metric_of(struct json_object *o, enum metric m);

/* Integer KEY of O, or DFLT when there is none; cannot fail. */
int64_t show_i64(struct json_object *o, const char *key, int64_t dflt);

/* Is KEY of O true? Cannot fail. */
bool show_is(struct json_object *o, const char *key);

/* Number KEY of O, 0 when there is none; cannot fail. */
double show_num(struct json_object *o, const char *key);

/* Instant KEY of O in ms, -1 when there is none; cannot fail. */
int64_t show_time(struct json_object *o, const char *key);

/* Text KEY of O in B's stead for NULL: "unknown". Returns a view lent by O, or static; cannot fail. */
struct str show_name(struct json_object *o, const char *key);

/* The cost of X with PLACES digits: a dot without tokens, "no price" when nothing in it has one, with a + behind it when something has none. Returns the text by value; cannot fail. */
struct text show_cost_text(const struct show_sum *x, int places);

/* V of the metric M, exact. Returns the text by value; cannot fail. */
struct text show_value(enum metric m, int64_t v);

/* V of the metric M in three digits: "8.04 B", "$3 519". Returns the text by value; cannot fail. */
struct text show_short(enum metric m, int64_t v);

/* Title of the metric M: "Tokens", "Cached input". Returns a static text; cannot fail. */
const char *show_metric(enum metric m);

/* Unit of an axis of M; cannot fail. */
enum chart_unit show_unit(enum metric m);

/* The cost of X as next cell of ROW, its exact value as title. Aborts when out of memory. */
void show_cost_cell(struct json_object *row, const struct show_sum *x);

/* The instant MS as next cell of ROW on the clock of C's zone. Aborts when out of memory. */
void show_time_cell(const struct ctx *c, struct json_object *row, int64_t ms);

/* An object PANEL with _acts and the keys of NAMES (blanks between), all null, under KEY in VIEW. Lends the panel; aborts when out of memory. */
struct json_object *show_panel(struct json_object *view, const char *key, const char *names);

/* Name of the group G (report/series.h), "unknown", or "12 others". Returns it, owned by the caller; cannot fail. */
char *show_group_text(struct json_object *g);

/* Address of the sessions with the filter FILTER ("project": directory or repo; NULL: none) of the name of the group G; NULL when there is none. Owned by the caller; cannot fail. */
char *show_group_link(const struct ctx *c, struct json_object *g, const char *filter);

/* A link TEXT to HREF (freed; NULL: where we are) at the right of the title of PANEL. Aborts when out of memory. */
void show_act(struct json_object *panel, const char *text, char *href);

/* Title of a column of what C is grouped by: "Day", "Window". Returns a static text; cannot fail. */
const char *show_group(const struct ctx *c);

/* Links of PANEL to the other choices of the parameter "group", and to the rows as CSV at TWIN (NULL: none). Aborts when out of memory. */
void show_group_acts(const struct ctx *c, struct json_object *panel, const char *twin);

/* {list: […]} under KEY of O, empty. Lends the list; aborts when out of memory. */
struct json_object *show_list(struct json_object *o, const char *key);

/*
 * A rank (bars behind texts) of the groups GROUPS (report/series.h) into PANEL, null when there
 * are none; each leads to the sessions with the filter FILTER ("project": directory or repo) of
 * its name. Aborts when out of memory.
 */
void show_rank(
    const struct ctx *c, struct json_object *panel, struct json_object *groups, const char *filter);

/* Last part of the project P, a directory or an address. Returns a view into P; cannot fail. */
struct str show_project(struct str p);

/* One more line of the rank LIST: TEXT, which is called FULL, to HREF (freed; NULL: none), the sum X, its bar against WHOLE tokens (0: none). Aborts when out of memory. */
void show_rank_line(struct json_object *list, struct str text, struct str full, char *href,
    const struct show_sum *x, int64_t whole);

/*
 * Small multiples into PANEL of the metric M: the whole by BUCKETS with the sum TOTAL, called
 * ALL, then GROUPS with their values, all on one scale; FILTER as in show_rank. Null when there
 * is nothing to draw. Aborts when out of memory.
 */
void show_multis(const struct ctx *c, struct json_object *panel, const char *all, enum metric m,
    struct json_object *buckets, const struct show_sum *total, struct json_object *groups,
    const char *filter);

/* The filter NAME that VALUE (NULL: not known) needs in an address. Returns a text owned by the caller; cannot fail. */
char *show_filter_value(struct str value);

#endif
