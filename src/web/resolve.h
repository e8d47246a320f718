/*
 * resolve.h - from the parameters of a URL to a query: relative periods become
 * bounds, names become zones and dimensions. Faults join those of the parameters.
 *
 * Source: design.md 8; pages.md 4.
 */
#ifndef WEB_RESOLVE_H
#define WEB_RESOLVE_H

#include "web/ctx.h"

/*
 * Fill C->query (query_clear), C->now_ms and C->is_relative from C->params and the clock;
 * needs C->web->store for the quota periods only. What cannot be resolved is a fault in
 * C->params and takes its default. Returns 0; -1 with ERR_DB and the like in *E.
 */
int resolve_query(struct ctx *c, struct err *e);

#endif
