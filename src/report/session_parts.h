/*
 * session_parts.h - the parts of the page of one session, each of which puts its
 * members into the tree: shared by session*.c only.
 */
#ifndef REPORT_SESSION_PARTS_H
#define REPORT_SESSION_PARTS_H

#include "report/session.h"
#include "report/session_list.h"
#include "store/st_sums.h"

struct session_page {
	struct store *store;
	const struct price_card *card; /* borrowed */
	const struct tz *tz;
	struct scan *all; /* without filters */
	struct session_item item;
	struct st_thread_sum sum; /* own turns, limits */
};

/* Responses and turns of P into O. Returns 0; -1 with ERR_DB in *E. */
int session_put_turns(struct session_page *p, struct json_object *o, struct err *e);

/* Tools of P into O. Returns 0; -1 with ERR_DB in *E. */
int session_put_tools(struct session_page *p, struct json_object *o, struct err *e);

/* Family of P into O. Returns 0; -1 with ERR_DB in *E. */
int session_put_family(struct session_page *p, struct json_object *o, struct err *e);

#endif
