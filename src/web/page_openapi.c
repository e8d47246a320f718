/* The interface as an OpenAPI 3.1 document: addresses and parameters from the tables that serve them, schemas from conf/api-schemas.json. */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/dims.h"
#include "web/router.h"

raw_fn raw_openapi;

#define SCHEMAS_MAX ((size_t)1024 * 1024)

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
	for (size_t i = 0; param_of(r->takes, i, &p); i++)
		if (param_is_taken(r->takes, &p)) {
			struct json_object *o = jt_push_object(list);

			jt_str(o, "name", p.name);
			jt_str(o, "in", "query");
			jt_str(o, "description", p.help);
			schema_of(&p, o);
		}
}

/* { "$ref": … } of the schema NAME. Owned by the caller. */
static struct json_object *
ref_to(const char *name)
{
	char *ref = xasprintf("#/components/schemas/%s", name);
	struct json_object *o = jt_object();

	jt_str(o, "$ref", ref);
	free(ref);
	return o;
}

/* What the JSON of R is: the whole with the schema of its name as data; of what is no object of ours only the kind. */
static struct json_object *
answer_of(const struct route *r)
{
	struct json_object *o = jt_object(), *members, *required;
	bool is_data = (r->flags & ROUTE_DATA) != 0;

	jt_str(o, "type", strncmp(r->name, "export_", 7) == 0 ? "array" : "object");
	if (r->twin == NULL && !is_data)
		return o;
	required = jt_add_array(o, "required");
	members = jt_add_object(o, "properties");
	jt_put(members, "data", ref_to(r->name));
	jt_put(members, "meta", ref_to("meta"));
	if (!is_data)
		jt_put(members, "links", ref_to("links"));
	for (size_t i = 0; i < (is_data ? 2U : 3U); i++)
		tree_push_str(required, str_of(((const char *[]){ "data", "meta", "links" })[i]));
	jt_bool(o, "additionalProperties", false);
	return o;
}

static struct json_object *
response(struct json_object *responses, const char *status, const char *text)
{
	struct json_object *o = jt_add_object(responses, status);

	jt_str(o, "description", text);
	return o;
}

static void
failure(struct json_object *responses, const char *status, const char *text)
{
	struct json_object *o = jt_add_object(response(responses, status, text), "content");

	jt_put(jt_add_object(o, "application/problem+json"), "schema", ref_to("problem"));
}

static void
operation(const struct route *r, struct json_object *paths)
{
	const char *path = r->twin != NULL ? r->twin : r->path;
	struct json_object *op = jt_add_object(jt_add_object(paths, path), "get"), *all, *content;
	struct param format = { .name = "format", .kind = PARAM_CHOICE };

	jt_str(op, "operationId", r->name);
	jt_str(op, "summary", r->question[0] != '\0' ? r->question : r->title);
	parameters(r, path, op);
	all = jt_add_object(op, "responses");
	content = jt_add_object(response(all, "200", "The answer"), "content");
	if ((r->flags & ROUTE_TEXT) != 0)
		(void)jt_add_object(content, "text/plain");
	else
		jt_put(jt_add_object(content, "application/json"), "schema", answer_of(r));
	if (param_is_taken(r->takes, &format)) {
		(void)jt_add_object(content, "text/csv");
		(void)jt_add_object(content, "application/x-ndjson");
	}
	if ((r->flags & ROUTE_NOTAG) == 0)
		(void)response(all, "304", "Not changed since If-None-Match, If-Modified-Since");
	if (r->takes[0] != '\0')
		failure(all, "400", "A parameter is wrong");
	if (strchr(path, '{') != NULL)
		failure(all, "404", "There is no such thing");
	failure(all, "406", "Accept allows no form of it");
	if ((r->flags & ROUTE_DB) != 0)
		failure(all, "503", "The database is busy or not there");
}

int
raw_openapi(struct ctx *c, struct err *e)
{
	struct json_object *doc, *schemas, *o;
	const struct route *r;
	struct jw w;

	if (jx_file(c->web->in.schemas, SCHEMAS_MAX, &schemas, e) < 0)
		return -1;
	doc = jt_object();
	jt_str(doc, "openapi", "3.1.0");
	o = jt_add_object(doc, "info");
	jt_str(o, "title", "codex-track");
	jt_str(o, "version", PACKAGE_VERSION);
	jt_str(jt_push_object(jt_add_array(doc, "servers")), "url",
	    c->req->prefix[0] == '\0' ? "/" : c->req->prefix);
	o = jt_add_object(doc, "paths");
	for (size_t i = 0; (r = route_at(i)) != NULL; i++)
		if (r->twin != NULL || r->raw != NULL)
			operation(r, o);
	jt_put(jt_add_object(doc, "components"), "schemas", schemas);
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
