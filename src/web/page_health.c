/* Health: what was read, what was not, and why. */
#include "base/compat.h"

#include "report/health_page.h"
#include "web/router.h"
#include "web/show.h"

page_fn page_health;
show_fn show_health;

int
page_health(struct ctx *c, struct err *e)
{
	return health_page_json(c->web->store, c->query.tz, &c->data, e);
}

void
show_health(struct ctx *c, struct json_object *view)
{
	static const char *const panels[] = { "runs", "files", "verdicts", "skipped", "unknown",
		"months", "size" };

	(void)c;
	jt_put(view, "_facts", NULL);
	for (size_t i = 0; i < ARRAY_LEN(panels); i++)
		(void)show_panel(view, panels[i], "_table");
}
