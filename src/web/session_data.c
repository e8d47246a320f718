#include "base/compat.h"

#include "base/xalloc.h"
#include "report/session.h"
#include "web/session_data.h"

int
session_data(struct ctx *c, struct json_object **out, struct err *e)
{
	char *id = str_dup(c->args[0]);
	struct err fault;
	int rc = session_json(c->web->store, id, c->web->in.card, c->query.tz, out, &fault);

	free(id);
	if (rc == 0)
		return 0;
	*out = NULL;
	if (fault.code != ERR_NOTFOUND && fault.code != ERR_USAGE) {
		*e = fault;
		return -1;
	}
	c->status = 404;
	c->detail =
	    fault.code == ERR_NOTFOUND
		? "No session in the database has an id that begins like this. The list of "
		  "sessions has all of them."
		: "Several sessions have an id that begins like this, or it has fewer than 4 "
		  "characters: write more of it.";
	return 0;
}

char *
session_project_link(const struct ctx *c, struct str p)
{
	char *value = p.p == NULL ? NULL : show_filter_value(p), *href;

	if (value == NULL)
		return NULL;
	struct link_pair more[] = { { "period", "all" },
		{ value[0] == '/' ? "directory" : "repo", value } };

	href = link_with(c, "/sessions", "", more, ARRAY_LEN(more));
	free(value);
	return href;
}

void
session_crumb(struct json_object *list, struct str text, char *href)
{
	struct json_object *o = jt_push_object(list);

	jt_show(o, "text", text, CHART_CELL_MAX);
	link_put(o, "href", href);
}

void
session_fact(struct json_object *list, const char *name, char *text, char *href)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "name", name);
	jt_show(
	    o, "text", str_of(text == NULL || text[0] == '\0' ? "\xc2\xb7" : text), CHART_CELL_MAX);
	link_put(o, "href", href);
	free(text);
}

char *
session_calls(struct json_object *x)
{
	int64_t calls = show_i64(x, "calls", 0), failed = show_i64(x, "failures", 0);

	if (calls == 0)
		return xstrdup("none");
	return xasprintf("%s, %s failed", text_exact(calls, false).s,
	    failed == 0 ? "none" : text_exact(failed, false).s);
}
