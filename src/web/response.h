/*
 * response.h - an answer: a head, then a body. Pages are whole before the first
 * byte goes out, so an error can still become an error page and length and
 * validator are exact; exports are written as they come, in bounded memory.
 *
 * Every answer has the security headers of pages.md 5. HEAD gets the same head.
 */
#ifndef WEB_RESPONSE_H
#define WEB_RESPONSE_H

#include "base/sbuf.h"
#include "web/gateway.h"

#define RESP_MAX_BODY ((size_t)16 * 1024 * 1024)

struct resp {
	struct gw *gw;
	bool is_head; /* the body is not sent */
	int status;
	struct sbuf headers, body;
	bool is_sent; /* the head went out */
	bool is_gone; /* the client did */
	FILE *stream;
};

/* Make *R an empty answer 200 over GW (borrowed), to be ended by resp_end; IS_HEAD leaves out the body. Cannot fail. */
void resp_init(struct resp *r, struct gw *gw, bool is_head);

/* Set the status of R, before its head is sent; what was put into head and body so far is forgotten; cannot fail. */
void resp_reset(struct resp *r, int status);

/* Add the header NAME: VALUE to R. Control characters in VALUE become blanks; a header behind the head is a bug; cannot fail. */
void resp_header(struct resp *r, const char *name, const char *value);

/* Send R, whole: the head with the length of the body, then the body. A client that is gone is no error. */
void resp_send(struct resp *r);

/*
 * Send the head of R and give the stream to write its body to, owned by R: closed by resp_end.
 * A client that is gone, and HEAD, show as errors of the stream.
 */
FILE *resp_stream(struct resp *r);

/* End R and free what it owns. Not WHOLE: the client is to see that a stream broke off; cannot fail. */
void resp_end(struct resp *r, bool whole);

/* The words for STATUS ("Not Found"). Static; cannot fail. */
const char *resp_words(int status);

/* True when the If-None-Match HEADER (NULL: none) names the validator ETAG (with its quotes), W/ or not; cannot fail. Source: RFC 9110, 13.1.2. */
bool resp_matches(const char *header, const char *etag);

#endif
