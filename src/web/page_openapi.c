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
	struct json_object *values = jt_arr(schema, "enum");
	struct str rest = str_of(list), word;

	while (str_split(&rest, ' ', &word))
		jt_push_str(values, word);
}

static void
schema_of(const struct param *p, struct json_object *param)
{
	struct json_object *schema = jt_obj(param, "schema"), *values;
	struct str most = str_of(p->allowed), least;
	int64_t v;

	switch (p->kind) {
	case PARAM_INT:
		jt_strz(schema, "type", "integer");
		if (str_split(&most, '-', &least) && num_i64(least, 0, INT_MAX, &v) == 0)
			jt_i64(schema, "minimum", v);
		if (num_i64(most, 0, INT_MAX, &v) == 0)
			jt_i64(schema, "maximum", v);
		if (num_i64(str_of(p->dflt), 0, INT_MAX, &v) == 0)
			jt_i64(schema, "default", v);
		return;
	case PARAM_FILTER:
		jt_strz(schema, "type", "array");
		jt_strz(jt_obj(schema, "items"), "type", "string");
		jt_strz(param, "style", "form");
		jt_bool(param, "explode", true);
		return;
	case PARAM_CHOICE:
		words(schema, p->allowed);
		break;
	case PARAM_DIM:
		values = jt_arr(schema, "enum");
		for (size_t i = 0; dim_at(i) != NULL; i++)
			jt_push_str(values, str_of(dim_at(i)->name));
		break;
	case PARAM_DATE:
		jt_strz(schema, "format", "date");
		break;
	case PARAM_WHEN:
	case PARAM_ZONE:
	case PARAM_TEXT:
		jt_strz(schema, "description", p->allowed);
		break;
	}
	jt_strz(schema, "type", "string");
	if (p->dflt[0] != '\0')
		jt_strz(schema, "default", p->dflt);
}

/* {a} in PATH becomes a parameter of its own. */
static void
path_parameters(const char *path, struct json_object *list)
{
	const char *at = path;

	while ((at = strchr(at, '{')) != NULL) {
		const char *end = strchr(at, '}');
		struct json_object *o = jt_push_obj(list);

		jt_str(o, "name", str_n(at + 1, (size_t)(end - at) - 1));
		jt_strz(o, "in", "path");
		jt_bool(o, "required", true);
		jt_strz(jt_obj(o, "schema"), "type", "string");
		at = end;
	}
}

static void
parameters(const struct route *r, const char *path, struct json_object *op)
{
	struct json_object *list = jt_arr(op, "parameters");
	struct param p;

	path_parameters(path, list);
	for (size_t i = 0; param_at(i, &p); i++)
		if (param_is_taken(r->takes, &p)) {
			struct json_object *o = jt_push_obj(list);

			jt_strz(o, "name", p.name);
			jt_strz(o, "in", "query");
			jt_strz(o, "description", p.help);
			schema_of(&p, o);
		}
}

static void
response(struct json_object *responses, const char *status, const char *text, const char *type,
    const char *ref)
{
	struct json_object *o = jt_obj(responses, status), *media;

	jt_strz(o, "description", text);
	if (type == NULL)
		return;
	media = jt_obj(jt_obj(o, "content"), type);
	if (ref != NULL)
		jt_strz(jt_obj(media, "schema"), "$ref", ref);
}

static void
operation(const struct route *r, struct json_object *paths)
{
	const char *path = r->twin != NULL ? r->twin : r->path;
	struct json_object *op = jt_obj(jt_obj(paths, path), "get"), *responses;
	bool is_text = strcmp(path, "/metrics") == 0 || strcmp(path, "/healthz") == 0;

	jt_strz(op, "operationId", r->name);
	jt_strz(op, "summary", r->question[0] != '\0' ? r->question : r->title);
	parameters(r, path, op);
	responses = jt_obj(op, "responses");
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
	jt_strz(jt_obj(properties, name), "type", type);
}

static void
schemas(struct json_object *doc)
{
	struct json_object *all = jt_obj(jt_obj(doc, "components"), "schemas");
	struct json_object *answer = jt_obj(all, "answer"), *problem = jt_obj(all, "problem");
	struct json_object *list = jt_arr(answer, "required"), *o;

	jt_strz(answer, "type", "object");
	jt_push_str(list, STR("data"));
	jt_push_str(list, STR("meta"));
	jt_push_str(list, STR("links"));
	o = jt_obj(answer, "properties");
	member(o, "data", "object");
	member(o, "meta", "object");
	member(o, "links", "object");
	jt_strz(problem, "type", "object");
	list = jt_arr(problem, "required");
	jt_push_str(list, STR("title"));
	jt_push_str(list, STR("status"));
	o = jt_obj(problem, "properties");
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

	jt_strz(doc, "openapi", "3.1.0");
	o = jt_obj(doc, "info");
	jt_strz(o, "title", "codex-track");
	jt_strz(o, "version", PACKAGE_VERSION);
	jt_strz(jt_push_obj(jt_arr(doc, "servers")), "url",
	    c->req->prefix[0] == '\0' ? "/" : c->req->prefix);
	o = jt_obj(doc, "paths");
	for (size_t i = 0; (r = route_at(i)) != NULL; i++)
		operation(r, o);
	schemas(doc);
	resp_header(c->resp, "Content-Type", "application/json");
	jw_sbuf(&w, &c->resp->body, true);
	jt_write(&w, doc);
	sbuf_addc(&c->resp->body, '\n');
	json_object_put(doc);
	if (sbuf_check(&c->resp->body, e) < 0)
		return -1;
	resp_send(c->resp);
	return 0;
}
