/*
 * view.h - what a template gets beside the data: title, navigation, the filter
 * form, notices, links; and every whole number a second time in words.
 */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "web/ctx.h"

/*
 * Put a page's frame around C->data, C->meta and C->links into the empty object VIEW:
 * page, base, nav, notices, form, banner, version, refresh, theme. Aborts when out of memory.
 */
void view_frame(const struct ctx *c, struct json_object *view);

/*
 * For every whole number x in the tree V add a member x_t: its digits in groups of three with
 * thin spaces between. Aborts when out of memory.
 */
void view_words(struct json_object *v);

#endif
