#include "base/compat.h"

#include "base/xalloc.h"
#include "chart/table.h"
#include "report/dim_values.h"
#include "web/router.h"
#include "web/show.h"
#include "web/view_filter.h"

#define VALUE_MAX 4096
#define OPTIONS 100 /* of a list; where there are more, a name is written */

static void
hidden(struct json_object *list, const char *name, const char *value)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "name", name);
	jt_str(o, "value", value);
}

/* What the form keeps: all but filters and bounds, of which it has fields, and the second and further values of a filter, which it has no room for. */
static void
kept(const struct ctx *c, struct json_object *list)
{
	for (size_t i = 0; i < c->params.len; i++) {
		const struct param_value *v = &c->params.v[i];

		if (strcmp(v->def.name, "cursor") == 0 || v->def.kind == PARAM_WHEN ||
		    (v->def.kind == PARAM_FILTER && v->text == params_get(&c->params, v->def.name)))
			continue;
		hidden(list, v->def.name, v->text);
	}
}

struct choice {
	struct json_object *options;
	const char *current; /* NULL: any */
	bool is_found;
};

static void
option(struct choice *a, const char *value, struct str text)
{
	struct json_object *o = jt_push_object(a->options);
	bool here = a->current == NULL ? value[0] == '\0' : strcmp(value, a->current) == 0;

	jt_str(o, "value", value);
	jt_show(o, "text", text, CHART_CELL_MAX);
	jt_bool(o, "selected", here);
	a->is_found = a->is_found || here;
}

static void
occurs(void *arg, struct str value, struct str label)
{
	char *text = show_filter_value(value.n == 0 ? (struct str){ NULL, 0 } : value);

	if (text != NULL)
		option(arg, text, value.n == 0 ? STR("unknown") : label);
	free(text);
}

/* The values of D as options below "select" of the field O. Returns false when they cannot be listed. */
static bool
list(const struct ctx *c, const struct dim *d, const char *value, struct json_object *o)
{
	struct json_object *select = jt_object();
	struct choice a = { jt_add_array(select, "options"), value, false };
	struct err e;
	int n;

	option(&a, "", STR("any"));
	n = c->web->store == NULL ? -1 : dim_values(c->web->store, d, OPTIONS + 1, occurs, &a, &e);
	if (n < 0 || n > OPTIONS) {
		json_object_put(select);
		return false;
	}
	if (!a.is_found) /* one that does not occur, !value or value* */
		option(&a, value, strcmp(value, "<unknown>") == 0 ? STR("unknown") : str_of(value));
	jt_put(o, "select", select);
	return true;
}

void
view_filter(const struct ctx *c, struct json_object *o)
{
	static const char LISTS[] = "model source effort tier home";
	struct json_object *f = jt_add_object(o, "filter"), *fields, *x, *input;
	struct param p, few = { .kind = PARAM_TEXT };

	jt_fmt(f, "action", "%s%s", c->req->prefix, c->path);
	kept(c, jt_add_array(f, "hidden"));
	fields = jt_add_array(f, "fields");
	for (size_t i = 0; param_at(i, &p); i++) {
		const char *value = params_get(&c->params, p.name);

		if (!param_is_taken(c->route->takes, &p) ||
		    (p.kind != PARAM_FILTER && p.kind != PARAM_WHEN))
			continue;
		x = jt_push_object(fields);
		jt_fmt(x, "label", "%c%s", p.name[0] - 'a' + 'A', p.name + 1);
		jt_str(x, "name", p.name);
		jt_put(x, "select", NULL);
		jt_put(x, "input", NULL);
		few.name = p.name;
		if (p.kind == PARAM_FILTER && param_is_taken(LISTS, &few) &&
		    list(c, dim_find(p.name), value, x))
			continue;
		input = jt_add_object(x, "input");
		jt_show(input, "value", str_of(value == NULL ? "" : value), VALUE_MAX);
		jt_str(input, "placeholder",
		    p.kind == PARAM_FILTER ? "name, !name, begin*" : "2026-01-02");
	}
}
