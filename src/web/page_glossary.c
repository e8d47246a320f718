/* Glossary: what the words mean. All of it stands in the template. */
#include "base/compat.h"

#include "web/router.h"

page_fn page_glossary;
show_fn show_glossary;

int
page_glossary(struct ctx *c, struct err *e UNUSED)
{
	c->data = jt_object();
	return 0;
}

void
show_glossary(struct ctx *c UNUSED, struct json_object *view UNUSED)
{
}
