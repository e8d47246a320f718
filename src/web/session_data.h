/*
 * session_data.h - the session that a path names, for its page, the pages of its
 * turns, and their twins.
 */
#ifndef WEB_SESSION_DATA_H
#define WEB_SESSION_DATA_H

#include "web/show_session.h"

/*
 * The data of the session whose id begins with the first piece of C's path (report/session.h) into
 * *OUT (new reference), NULL when there is none: then C->status and C->detail say so. Returns 0;
 * -1 with ERR_BUSY or ERR_DB in *E.
 */
int session_data(struct ctx *c, struct json_object **out, struct err *e);

/* Address of the sessions of the project P (directory or repository), NULL when P cannot be said in one. Owned by the caller; cannot fail. */
char *session_project_link(const struct ctx *c, struct str p);

/* One more link of a crumb LIST: TEXT to HREF (freed; NULL: where we are). Aborts when out of memory. */
void session_crumb(struct json_object *list, struct str text, char *href);

/* One more of the facts LIST: NAME and TEXT (freed; NULL or "": a dot), to HREF (freed; NULL: none). Aborts when out of memory. */
void session_fact(struct json_object *list, const char *name, char *text, char *href);

/* Calls of the session or turn X, and how many failed, in words. Owned by the caller; cannot fail. */
char *session_calls(struct json_object *x);

#endif
