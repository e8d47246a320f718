/*
 * view_filter.h - the form of a page that narrows it: a list of what occurs where
 * few values do, a field to write in for the others.
 */
#ifndef WEB_VIEW_FILTER_H
#define WEB_VIEW_FILTER_H

#include "web/ctx.h"

/* Put the form of C as the member "filter" into O (doc/PAGES.md). Aborts when out of memory. */
void view_filter(const struct ctx *c, struct json_object *o);

#endif
