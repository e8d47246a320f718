/*
 * ctx.h - one request under way: what a page gets and what it fills.
 */
#ifndef WEB_CTX_H
#define WEB_CTX_H

#include "web/tree.h"
#include "report/printer.h"
#include "report/query.h"
#include "web/params.h"
#include "web/response.h"
#include "web/web.h"

#define CTX_ARGS 3 /* {…} in a path */

struct route;

struct ctx {
	struct web *web;
	const struct route *route;
	const struct request *req;
	struct params params;
	struct query query; /* range, zone, grouping, filters: resolved */
	int64_t now_ms;     /* the end of relative periods: now, or the end of `date` */
	bool is_relative;   /* the range ends at now_ms */
	bool is_html;
	struct str args[CTX_ARGS];               /* of the path; views into req->path */
	struct json_object *data, *meta, *links; /* of the answer; lent */
	struct resp *resp;
	int status;         /* of a page: 200, or what the page makes it (404) */
	const char *detail; /* of a status other than 200: what and what to do; static */
};

/*
 * Fills C->data, and may add to C->meta and C->links. A 404 is C->status with
 * C->detail. Returns 0; -1 with the error of store or report in *E.
 */
typedef int page_fn(struct ctx *c, struct err *e);

/* Writes the whole answer into C->resp, by resp_send or resp_stream. Returns 0; -1 with *E. */
typedef int raw_fn(struct ctx *c, struct err *e);

/* True when C asks for rows (format=csv or ndjson), which into *FORMAT; cannot fail. */
bool ctx_rows(const struct ctx *c, enum printer_format *format);

/*
 * Begin to answer C with rows in FORMAT; NAME (static) is offered for the file. Returns the
 * stream to print them to, lent; NULL when the client wants only the head. Cannot fail.
 */
FILE *ctx_stream(struct ctx *c, enum printer_format format, const char *name);

/* Write the whole of C->data, C->meta and C->links as JSON into BODY. Errors stay in BODY. */
void ctx_json(const struct ctx *c, struct sbuf *body);

#endif
