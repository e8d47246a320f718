/*
 * view.h - what a template gets beside the data: title, navigation, period,
 * notices, what to do when there is nothing, the foot.
 */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "web/ctx.h"

/* Put what every page has, of C, as the member "_page" into VIEW (doc/PAGES.md). Aborts when out of memory. */
void view_frame(const struct ctx *c, struct json_object *view);

#endif
