/*
 * serve.h - from a request to its answer: checks, route, parameters, validator,
 * page or twin, errors.
 */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "web/gateway.h"
#include "web/web.h"

/* Answer the request G; WEB is the struct web. For gateway_run. Errors become answers and lines on stderr. */
void serve_request(void *web, struct gw *g);

#endif
