/*
 * show_sessions.h - a table of sessions (report/session_list.h), for Overview,
 * Sessions and whoever lists some.
 */
#ifndef WEB_SHOW_SESSIONS_H
#define WEB_SHOW_SESSIONS_H

#include "web/show.h"

/* Title of the session X, else the beginning of its id, whose rest stands behind the view. Returns a view lent by X; cannot fail. */
struct str show_title(struct json_object *x);

/*
 * The table of the sessions LIST, called CAPTION, into PANEL as _table, null when there is none.
 * SORT is the order (word of the parameter "sort"), whose column is marked and whose heads
 * lead to the other orders; NULL: newest first, no links. Aborts when out of memory.
 */
void show_sessions_table(const struct ctx *c, struct json_object *panel, struct json_object *list,
    const char *sort, const char *caption);

#endif
