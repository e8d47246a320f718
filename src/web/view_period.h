/*
 * view_period.h - the line below the navigation: periods, one back and forward,
 * the range, the filters in force, the form for more.
 */
#ifndef WEB_VIEW_PERIOD_H
#define WEB_VIEW_PERIOD_H

#include "web/ctx.h"

/* Member "period" of PAGE for C: null where the page takes no period. Aborts when out of memory. */
void view_period(const struct ctx *c, struct json_object *page);

#endif
