/*
 * router.h - the table of routes.def, and finding in it.
 */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "web/ctx.h"

#define ROUTE_DB 1U
#define ROUTE_MINUTE 2U
#define ROUTE_NAV 4U
#define ROUTE_NOTAG 8U
#define ROUTE_TEXT 16U
#define ROUTE_DATA 32U

struct route {
	const char *name, *path;
	const char
	    *twin; /* JSON; NULL: a page without data, or a route that writes its answer itself */
	const char *nav; /* name of the route that is current in the navigation */
	unsigned flags;
	const char *takes; /* parameters, with blanks between */
	const char *title, *question;
	page_fn *page;
	show_fn *show;
	raw_fn *raw;
};

/* Route number I from 0. Returns it, static, or NULL behind the last; cannot fail. */
const struct route *route_at(size_t i);

/*
 * The route of PATH (decoded, below the prefix). *IS_HTML: its page, not its twin; ARGS get
 * the pieces for {…}, views into PATH. Returns it, static, or NULL when there is none; cannot fail.
 */
const struct route *route_find(struct str path, bool *is_html, struct str args[CTX_ARGS]);

/* True when PATH belongs to programs (/api/…, /metrics, /healthz): its errors are JSON; cannot fail. */
bool route_is_api(struct str path);

#endif
