/*
 * show_windows.h - the windows of a limit (report/limits.h): its step line, the
 * table of its windows, the short ones as columns; for Limits.
 */
#ifndef WEB_SHOW_WINDOWS_H
#define WEB_SHOW_WINDOWS_H

#include "web/show.h"

/* The step line of the limit L, called NAME, into PANEL as _chart with the table of its readings as _table; nothing without a window. Aborts when out of memory. */
void show_windows_line(
    const struct ctx *c, struct json_object *panel, struct json_object *l, const char *name);

/* The windows of the limit L into PANEL as _table, the newest first and SHOW_ROWS at most; nothing without one. Aborts when out of memory. */
void show_windows_table(const struct ctx *c, struct json_object *panel, struct json_object *l);

/* The windows of the short limit L, called NAME, in the last 14 days as columns into PANEL: _ask, _chart, _table; nothing without one. Aborts when out of memory. */
void show_windows_columns(
    const struct ctx *c, struct json_object *panel, struct json_object *l, const char *name);

#endif
