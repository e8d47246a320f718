/*
 * request.h - what was asked, read strictly: method, host, prefix, path and the
 * pairs of the query, all decoded once. Knows neither FastCGI nor pages.
 *
 * The path comes from REQUEST_URI, which servers hand over as it was sent
 * (PATH_INFO is decoded by them already, and is used only where REQUEST_URI
 * is missing or does not lie below SCRIPT_NAME).
 *
 * Source: pages.md 5.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "base/err.h"
#include "base/str.h"

#define REQUEST_MAX_PATH ((size_t)2048)  /* bytes, encoded */
#define REQUEST_MAX_QUERY ((size_t)8192) /* bytes, encoded */
#define REQUEST_MAX_PAIRS 200
#define REQUEST_MAX_BODY 65536 /* bytes; what comes is never read */

enum request_method { METHOD_GET, METHOD_HEAD, METHOD_OPTIONS, METHOD_OTHER };

struct request_pair {
	char *name, *value;
};

struct request {
	enum request_method method;
	char *host; /* lower case, without port and final dot; "" when there was none */
	char
	    *origin; /* "http://Name:8377", what we were called; "" when no such address is sound */
	char *prefix; /* where we are mounted: "" or "/codex", no slash at its end */
	char *path; /* below the prefix, decoded: "/…"; "" when exactly the prefix was asked for */
	struct request_pair *pairs;
	size_t pairs_len;
	char *accept, *if_none_match; /* NULL: none */
	int64_t since_ms;             /* If-Modified-Since; -1: none that counts */
	bool wants_html;              /* the client named text/html in Accept */
};

/* Looks up the variable NAME of the request at ARG; lends the value, NULL when not set. */
typedef const char *request_param(const void *arg, const char *name);

/*
 * Read the request that PARAM with ARG knows into *OUT, to be cleared by request_clear also
 * after an error: method, host, origin, prefix, accept and wants_html are then filled.
 * Returns 0; -1 with ERR_INPUT (malformed or hostile) or ERR_LIMIT (too long) in *E.
 */
int request_read(struct request *out, request_param *param, const void *arg, struct err *e);

/* True when the request that PARAM with ARG knows announces a body longer than REQUEST_MAX_BODY, or of no length that makes sense; cannot fail. */
bool request_is_large(request_param *param, const void *arg);

/* Free what R owns. NULL-safe; cannot fail. */
void request_clear(struct request *r);

/*
 * True when HOST (as in struct request) is a loopback name: localhost, a name that ends in
 * .localhost, 127.x.x.x or [::1]; cannot fail.
 */
bool request_is_loopback(const char *host);

#endif
