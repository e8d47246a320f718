/* Export: every event row, straight from the statement to the client. */
#include "base/compat.h"

#include "report/events.h"
#include "web/router.h"

raw_fn raw_export_events;

int
raw_export_events(struct ctx *c, struct err *e)
{
	bool counted = strcmp(params_get(&c->params, "counted"), "1") == 0;
	enum printer_format format = PRINTER_JSON;
	FILE *f;
	int rc;

	(void)ctx_rows(c, &format); /* else JSON */
	/* the limit of a page is not that of an export: the gateway sees that it moves on */
	store_deadline(c->web->store, 0);
	if ((f = ctx_stream(c, format, "events")) == NULL)
		return 0;
	rc = events_export(c->web->store, &c->query, counted, format, f, e);
	if (rc < 0 && c->resp->is_gone)
		return 0; /* the client went away, which is its right */
	return rc;
}
