/* The interface as an OpenAPI 3.1 document, made from the tables that serve it. */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/dims.h"
#include "web/router.h"

raw_fn raw_openapi;

static void
words(struct json_object *schema, const char *list)
{
	struct json_object *values = jt_add_array(schema, "enum");
	struct str rest = str_of(list), word;

	while (str_split(&rest, ' ', &word))
		tree_push_str(values, word);
}

static void
schema_of(const struct param *p, struct json_object *param)
{
	struct json_object *schema = jt_add_object(param, "schema"), *values;
	struct str most = str_of(p->allowed), least;
	int64_t v;

	switch (p->kind) {
	case PARAM_INT:
		jt_str(schema, "type", "integer");
		if (str_split(&most, '-', &least) && num_i64(least, 0, INT_MAX, &v) == 0)
			jt_i64(schema, "minimum", v);
		if (num_i64(most, 0, INT_MAX, &v) == 0)
			jt_i64(schema, "maximum", v);
		if (num_i64(str_of(p->dflt), 0, INT_MAX, &v) == 0)
			jt_i64(schema, "default", v);
		return;
	case PARAM_FILTER:
		jt_str(schema, "type", "array");
		jt_str(jt_add_object(schema, "items"), "type", "string");
		jt_str(param, "style", "form");
		jt_bool(param, "explode", true);
		return;
	case PARAM_CHOICE:
		words(schema, p->allowed);
		break;
	case PARAM_DIM:
		values = jt_add_array(schema, "enum");
		for (size_t i = 0; dim_at(i) != NULL; i++)
			tree_push_str(values, str_of(dim_at(i)->name));
		break;
	case PARAM_DATE:
		jt_str(schema, "format", "date");
		break;
	case PARAM_WHEN:
	case PARAM_ZONE:
	case PARAM_TEXT:
		jt_str(schema, "description", p->allowed);
		break;
	}
	jt_str(schema, "type", "string");
	if (p->dflt[0] != '\0')
		jt_str(schema, "default", p->dflt);
}

/* {a} in PATH becomes a parameter of its own. */
static void
path_parameters(const char *path, struct json_object *list)
{
	const char *at = path;

	while ((at = strchr(at, '{')) != NULL) {
		const char *end = strchr(at, '}');
		struct json_object *o = jt_push_object(list);

		jt_strn(o, "name", str_n(at + 1, (size_t)(end - at) - 1));
		jt_str(o, "in", "path");
		jt_bool(o, "required", true);
		jt_str(jt_add_object(o, "schema"), "type", "string");
		at = end;
	}
}

static void
parameters(const struct route *r, const char *path, struct json_object *op)
{
	struct json_object *list = jt_add_array(op, "parameters");
	struct param p;

	path_parameters(path, list);
	for (size_t i = 0; param_at(i, &p); i++)
		if (param_is_taken(r->takes, &p)) {
			struct json_object *o = jt_push_object(list);

			jt_str(o, "name", p.name);
			jt_str(o, "in", "query");
			jt_str(o, "description", p.help);
			schema_of(&p, o);
		}
}

static void
response(struct json_object *responses, const char *status, const char *text, const char *type,
    const char *ref)
{
	struct json_object *o = jt_add_object(responses, status), *media;

	jt_str(o, "description", text);
	if (type == NULL)
		return;
	media = jt_add_object(jt_add_object(o, "content"), type);
	if (ref != NULL)
		jt_str(jt_add_object(media, "schema"), "$ref", ref);
}

static void
operation(const struct route *r, struct json_object *paths)
{
	const char *path = r->twin != NULL ? r->twin : r->path;
	struct json_object *op = jt_add_object(jt_add_object(paths, path), "get"), *responses;
	bool is_text = (r->flags & ROUTE_TEXT) != 0;

	jt_str(op, "operationId", r->name);
	jt_str(op, "summary", r->question[0] != '\0' ? r->question : r->title);
	parameters(r, path, op);
	responses = jt_add_object(op, "responses");
	response(responses, "200", "The answer", is_text ? "text/plain" : "application/json",
	    r->twin != NULL ? "#/components/schemas/answer" : NULL);
	if ((r->flags & ROUTE_NOTAG) == 0)
		response(responses, "304", "Not changed since If-None-Match", NULL, NULL);
	if (r->takes[0] != '\0')
		response(responses, "400", "A parameter is wrong", "application/problem+json",
		    "#/components/schemas/problem");
	if ((r->flags & ROUTE_DB) != 0)
		response(responses, "503", "The database is busy or not there",
		    "application/problem+json", "#/components/schemas/problem");
}

static void
member(struct json_object *properties, const char *name, const char *type)
{
	jt_str(jt_add_object(properties, name), "type", type);
}

static void
schemas(struct json_object *doc)
{
	struct json_object *all = jt_add_object(jt_add_object(doc, "components"), "schemas");
	struct json_object *answer = jt_add_object(all, "answer"),
			   *problem = jt_add_object(all, "problem");
	struct json_object *list = jt_add_array(answer, "required"), *o;

	jt_str(answer, "type", "object");
	tree_push_str(list, STR("data"));
	tree_push_str(list, STR("meta"));
	tree_push_str(list, STR("links"));
	o = jt_add_object(answer, "properties");
	member(o, "data", "object");
	member(o, "meta", "object");
	member(o, "links", "object");
	jt_str(problem, "type", "object");
	list = jt_add_array(problem, "required");
	tree_push_str(list, STR("title"));
	tree_push_str(list, STR("status"));
	o = jt_add_object(problem, "properties");
	member(o, "type", "string");
	member(o, "title", "string");
	member(o, "status", "integer");
	member(o, "detail", "string");
	member(o, "param", "string");
	member(o, "allowed", "string");
	member(o, "faults", "array");
}

int
raw_openapi(struct ctx *c, struct err *e)
{
	struct json_object *doc = json_object_new_object(), *o;
	const struct route *r;
	struct jw w;

	jt_str(doc, "openapi", "3.1.0");
	o = jt_add_object(doc, "info");
	jt_str(o, "title", "codex-track");
	jt_str(o, "version", PACKAGE_VERSION);
	jt_str(jt_push_object(jt_add_array(doc, "servers")), "url",
	    c->req->prefix[0] == '\0' ? "/" : c->req->prefix);
	o = jt_add_object(doc, "paths");
	for (size_t i = 0; (r = route_at(i)) != NULL; i++)
		operation(r, o);
	schemas(doc);
	resp_header(c->resp, "Content-Type", "application/json");
	jw_sbuf(&w, &c->resp->body, true);
	tree_write(&w, doc);
	sbuf_addc(&c->resp->body, '\n');
	json_object_put(doc);
	if (sbuf_check(&c->resp->body, e) < 0)
		return -1;
	resp_send(c->resp);
	return 0;
}
