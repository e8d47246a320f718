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
struct mask;

struct ctx {
	struct web *web;
	const struct route *route;
	const struct request *req;
	struct params params;
	struct query query; /* range, zone, grouping, filters: resolved */
	struct mask *mask;  /* names of projects are hidden; NULL: they are not */
	int64_t now_ms;
	bool is_relative; /* the range ends with now */
	bool is_html;
	bool is_empty;                           /* set by a page: there is nothing to show */
	struct str args[CTX_ARGS];               /* of the path; views into req->path */
	char *path;                              /* of the page, below the prefix, encoded */
	char *twin;                              /* likewise of its JSON; NULL: none */
	struct json_object *data, *meta, *links; /* of the answer; data is owned, others lent */
	struct resp *resp;
	char *title;        /* of the page; owned; NULL: that of the route */
	int status;         /* of a page: 200, or what the page makes it (404) */
	const char *detail; /* of a status other than 200: what and what to do; static */
};

/*
 * Makes C->data (a new reference, what the JSON twin says), and may add to C->meta and
 * C->links. A member "coverage" of the data moves to C->meta. A 404 is C->status with C->detail.
 * Returns 0; -1 with the error of store or report in *E.
 */
typedef int page_fn(struct ctx *c, struct err *e);

/* Makes of C->data what the template of the page reads as "data", into the empty object VIEW (doc/PAGES.md). May set C->title and C->is_empty. Aborts when out of memory. */
typedef void show_fn(struct ctx *c, struct json_object *view);

/* Writes the whole answer into C->resp, by resp_send or resp_stream. Returns 0; -1 with *E. */
typedef int raw_fn(struct ctx *c, struct err *e);

/* True when C asks for rows (format=csv or ndjson), which into *FORMAT; cannot fail. */
bool ctx_rows(const struct ctx *c, enum printer_format *format);

/*
 * Begin to answer C with rows in FORMAT; NAME (static) is offered for the file. Returns the
 * stream to print them to, lent; NULL when the client wants only the head. Cannot fail.
 */
FILE *ctx_stream(struct ctx *c, enum printer_format format, const char *name);

/* Answer C, of a route with ROUTE_DATA, with DATA (taken) and the version of the program. Returns 0; -1 with ERR_LIMIT in *E. */
int ctx_answer(struct ctx *c, struct json_object *data, struct err *e);

/* Write the whole of C->data, C->meta and C->links as JSON into BODY. Errors stay in BODY. */
void ctx_json(const struct ctx *c, struct sbuf *body);

#endif
