/*
 * show_limits.h - where the limits stand (report/limits.h), for Overview and Limits.
 */
#ifndef WEB_SHOW_LIMITS_H
#define WEB_SHOW_LIMITS_H

#include "web/show.h"

/* Name of the limit L for people: "Codex, weekly", "gpt-5.6-sol, 5 hours", with the home when HOME. Owned by the caller; cannot fail. */
char *show_limit_name(struct json_object *l, bool home);

/* V rounded, cut to 0 and a hundred million: what a file says is no limit's percentage by itself. Returns the number; cannot fail. */
int show_round(double v);

/* PERCENT as a text: "62 %", "0.5 %". Returns the text by value; cannot fail. */
struct text show_percent(double percent);

/* The limits LIST into PANEL as _limits, null when there is none; each leads to HREF (below the prefix, or "#…"). Aborts when out of memory. */
void show_limit_bars(
    const struct ctx *c, struct json_object *panel, struct json_object *list, const char *href);

#endif
