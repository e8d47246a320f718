/*
 * problem.h - answers that are errors: a page with a way home for people,
 * application/problem+json for programs. Neither tells paths, SQL or texts of
 * the database: those go to the log.
 *
 * Source: pages.md 5; RFC 9457.
 */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include "web/ctx.h"

struct problem {
	int status;
	const char *title, *detail; /* what happened, and how to go on */
	int retry_s;                /* 0: it will not pass by itself */
};

/* Fill P's title, detail, status and retry_s for the error E of store or report; cannot fail. Texts are static. */
void problem_of(const struct err *e, struct problem *p);

/*
 * Answer R with P about the request REQ: a page of WEB's templates when HTML, else JSON. PARAMS
 * (NULL: none) has the faults to list. What R held so far is forgotten. Errors
 * end in a plainer answer.
 */
void problem_send(struct web *web, const struct request *req, struct resp *r,
    const struct problem *p, bool html, const struct params *params);

/* Write a line about the request for URI, as it came, and WHY it failed on stderr, escaped; cannot fail. */
void problem_log(struct str uri, const char *why);

#endif
