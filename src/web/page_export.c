/* Export: every event row, straight from the statement to the client. */
#include "base/compat.h"

#include "report/events.h"
#include "web/router.h"

raw_fn raw_export_events;

#define SORT_S 600 /* seconds; a million rows take 12 */

int
raw_export_events(struct ctx *c, struct err *e)
{
	bool counted = strcmp(params_get(&c->params, "counted"), "1") == 0;
	enum printer_format format = PRINTER_JSON;
	FILE *f;
	int rc;

	(void)ctx_rows(c, &format); /* else JSON */
	if ((f = ctx_stream(c, format, "events")) == NULL)
		return 0;
	/* the limits of a page are not those of an export: its rows are sorted before the first
	   goes out, and then the gateway sees that it moves on */
	store_deadline(c->web->store, 0);
	c->resp->gw->allow(c->resp->gw, SORT_S);
	rc = events_export(c->web->store, &c->query, counted, format, f, e);
	if (rc < 0 && c->resp->is_gone)
		return 0; /* the client went away, which is its right */
	return rc;
}
