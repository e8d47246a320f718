/* For machines: /healthz and the index of the interface. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "web/problem.h"
#include "web/router.h"

raw_fn raw_healthz, raw_index;

int
raw_healthz(struct ctx *c, struct err *e UNUSED)
{
	struct err why;

	resp_header(c->resp, "Content-Type", "text/plain; charset=utf-8");
	if (web_store(c->web, &why) == 0)
		sbuf_addz(&c->resp->body, "ok\n");
	else {
		struct problem p;

		problem_of(&why, &p);
		c->resp->status = 503;
		resp_header(c->resp, "Retry-After", "5");
		sbuf_addf(&c->resp->body, "%s\n%s\n", p.title, p.detail);
	}
	resp_send(c->resp);
	return 0;
}

static void
endpoint(const struct ctx *c, const struct route *r, struct json_object *list)
{
	struct json_object *o = jt_push_object(list), *params;
	char *url = xasprintf("%s%s", c->req->prefix, r->twin != NULL ? r->twin : r->path);
	char *page = xasprintf("%s%s", c->req->prefix, r->path);
	struct param p;

	jt_str(o, "href", url);
	jt_str(o, "title", r->title);
	jt_str(o, "question", r->question[0] == '\0' ? NULL : r->question);
	jt_str(o, "html", r->twin != NULL ? page : NULL);
	params = jt_add_array(o, "parameters");
	for (size_t i = 0; param_at(i, &p); i++)
		if (param_is_taken(r->takes, &p))
			tree_push_str(params, str_of(p.name));
	free(url);
	free(page);
}

int
raw_index(struct ctx *c, struct err *e)
{
	struct json_object *data = jt_object(), *list = jt_add_array(data, "endpoints");
	const struct route *r;

	for (size_t i = 0; (r = route_at(i)) != NULL; i++)
		if (r->twin != NULL || r->raw != NULL)
			endpoint(c, r, list);
	return ctx_answer(c, data, e);
}
