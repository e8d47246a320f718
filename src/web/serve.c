#include "base/compat.h"

#include "base/xalloc.h"
#include "json/jm.h"
#include "report/mask.h"
#include "web/link.h"
#include "web/header.h"
#include "web/problem.h"
#include "web/resolve.h"
#include "web/router.h"
#include "web/serve.h"
#include "web/url.h"
#include "web/validator.h"
#include "web/view.h"

#define URL_MAX ((size_t)65536)

static const char *
param_of_gw(const void *arg, const char *name)
{
	const struct gw *g = arg;

	return g->param(g, name);
}

/* --------------------------------------------------------------- the answer */

static void
add_link(struct ctx *c, const char *name, const char *path, const char *less, const char *format)
{
	link_put(
	    c->links, name, link_with(c, path, less, &(struct link_pair){ "format", format }, 1));
}

static void
instant(struct json_object *o, const char *key, const struct tz *tz, int64_t ms, bool is_known)
{
	char text[32];

	if (is_known)
		civil_format_offset(ms, tz_offset_s(tz, ms), text);
	jt_str(o, key, is_known ? text : NULL);
}

static void
fill_meta(struct ctx *c)
{
	const struct query *q = &c->query;
	struct param group = { .name = "group", .kind = PARAM_CHOICE };
	struct param format = { .name = "format", .kind = PARAM_CHOICE };
	int64_t checked = web_checked_ms(c->web);

	instant(c->meta, "from", q->tz, q->range.from_ms, q->range.from_ms > PERIOD_MIN);
	instant(c->meta, "to", q->tz, q->range.to_ms, q->range.to_ms < PERIOD_MAX);
	jt_str(c->meta, "tz", tz_name(q->tz));
	jt_str(
	    c->meta, "group", param_is_taken(c->route->takes, &group) ? query_group_name(q) : NULL);
	if (c->web->store != NULL)
		jt_i64(c->meta, "generation", c->web->generation);
	instant(c->meta, "data_as_of", q->tz, checked, checked >= 0);
	if (c->twin != NULL)
		add_link(c, "self", c->twin, "", NULL);
	add_link(c, "html", c->path, "format", NULL);
	if (param_is_taken(c->route->takes, &format))
		add_link(c, "csv", c->twin, "format cursor", "csv");
}

bool
ctx_rows(const struct ctx *c, enum printer_format *format)
{
	const char *name = params_get(&c->params, "format");

	if (c->is_html || name == NULL || strcmp(name, "json") == 0)
		return false;
	*format = strcmp(name, "csv") == 0 ? PRINTER_CSV : PRINTER_NDJSON;
	return true;
}

FILE *
ctx_stream(struct ctx *c, enum printer_format format, const char *name)
{
	static const char *const types[] = { "application/json", "application/x-ndjson",
		"text/csv; charset=utf-8; header=present" };
	static const char *const ends[] = { "json", "ndjson", "csv" };
	char *file = xasprintf("attachment; filename=\"%s.%s\"", name, ends[format]);
	FILE *f;

	resp_header(c->resp, "Content-Type", types[format]);
	if (format != PRINTER_JSON)
		resp_header(c->resp, "Content-Disposition", file);
	free(file);
	f = resp_stream(c->resp);
	return c->resp->is_head ? NULL : f;
}

int
ctx_answer(struct ctx *c, struct json_object *data, struct err *e)
{
	struct json_object *tree = jt_object();
	struct jw w;

	if (c->mask != NULL)
		mask_tree(c->mask, data);
	jt_put(tree, "data", data);
	jt_str(jt_add_object(tree, "meta"), "version", PACKAGE_VERSION);
	resp_header(c->resp, "Content-Type", "application/json");
	jw_sbuf(&w, &c->resp->body, false);
	tree_write(&w, tree);
	sbuf_addc(&c->resp->body, '\n');
	json_object_put(tree);
	if (sbuf_check(&c->resp->body, e) < 0)
		return -1;
	resp_send(c->resp);
	return 0;
}

void
ctx_json(const struct ctx *c, struct sbuf *body)
{
	struct jw w;

	jw_sbuf(&w, body, false);
	jw_obj(&w);
	jw_key(&w, "data");
	tree_write(&w, c->data);
	jw_key(&w, "meta");
	tree_write(&w, c->meta);
	jw_key(&w, "links");
	tree_write(&w, c->links);
	jw_obj_end(&w);
	sbuf_addc(body, '\n');
}

static int
send_html(struct ctx *c, struct err *e)
{
	struct json_object *view = jt_object();
	struct mustache_view mv;
	int rc;

	c->route->show(c, jt_add_object(view, "data"));
	jt_put(view, "meta", json_object_get(c->meta));
	jt_put(view, "links", json_object_get(c->links));
	view_frame(c, view);
	jt_clean(view);
	mv = jm_view(view);
	mv.strict = c->web->in.is_strict;
	resp_header(c->resp, "Content-Type", "text/html; charset=utf-8");
	rc = mustache_render(c->web->templates, c->route->name, &mv, &c->resp->body, e);
	json_object_put(view);
	return rc;
}

static void
send_json(struct ctx *c)
{
	const char *next = jx_str(c->links, "next").p;

	if (next != NULL) {
		char *link = xasprintf("<%s>; rel=\"next\"", next);

		resp_header(c->resp, "Link", link);
		free(link);
	}
	resp_header(c->resp, "Content-Type", "application/json");
	ctx_json(c, &c->resp->body);
}

/* The pattern PATTERN of a route with the pieces of the path that was asked for. Owned by the caller. */
static char *
path_of(const struct ctx *c, const char *pattern)
{
	struct str rest = str_of(pattern), word;
	struct sbuf b;
	size_t n = 0;

	sbuf_init(&b, URL_MAX);
	for (bool first = true; str_split(&rest, '/', &word); first = false) {
		if (!first)
			sbuf_addc(&b, '/');
		if (str_starts(word, "{"))
			url_encode(&b, c->args[n++]);
		else
			sbuf_adds(&b, word);
	}
	return sbuf_detach(&b);
}

static int
run_page(struct ctx *c, struct err *e)
{
	struct json_object *tree = jt_object(), *coverage;
	int rc;

	c->meta = jt_add_object(tree, "meta");
	c->links = jt_add_object(tree, "links");
	c->path = path_of(c, c->route->path);
	c->twin = c->route->twin == NULL ? NULL : path_of(c, c->route->twin);
	fill_meta(c);
	rc = c->route->page(c, e);
	if (c->mask != NULL)
		mask_tree(c->mask, c->data);
	if (rc == 0 && !c->resp->is_sent && c->status == 200) {
		if ((coverage = jx_obj(c->data, "coverage")) != NULL) {
			jt_put(c->meta, "coverage", json_object_get(coverage));
			jt_drop(c->data, "coverage");
		}
		if (c->is_html)
			rc = send_html(c, e);
		else
			send_json(c);
		if (rc == 0 && (rc = sbuf_check(&c->resp->body, e)) == 0)
			resp_send(c->resp);
	}
	json_object_put(c->data);
	json_object_put(tree);
	c->data = c->meta = c->links = NULL;
	free(c->path);
	free(c->twin);
	free(c->title);
	c->path = c->twin = c->title = NULL;
	return rc;
}

/* ------------------------------------------------------------- one request */

static int
not_modified(struct ctx *c)
{
	c->resp->status = 304;
	resp_send(c->resp);
	return 0;
}

static int
answer(struct ctx *c, struct err *e)
{
	if ((c->route->flags & ROUTE_DB) != 0 && web_store(c->web, e) < 0)
		return -1;
	if ((c->route->flags & ROUTE_NOTAG) == 0 && validator_is_recent(c))
		return not_modified(c);
	if (resolve_query(c, e) < 0)
		return -1;
	if (c->params.faults_len > 0 && !c->is_html) {
		problem_send(c->web, c->req, c->resp,
		    &(struct problem){ 400, "Bad parameters",
			"`faults` lists what is wrong with the query, and what would be right.",
			0 },
		    false, &c->params);
		return 0;
	}
	if ((c->route->flags & ROUTE_NOTAG) != 0)
		resp_header(c->resp, "Cache-Control", "no-store");
	else if (validator_is_known(c))
		return not_modified(c);
	return c->route->page != NULL ? run_page(c, e) : c->route->raw(c, e);
}

/*
 * Does the client take what C answers with? Of a page and its twin the address decides, unless
 * a page is not wanted and the twin is.
 */
static bool
is_acceptable(struct ctx *c)
{
	const char *accept = c->req->accept, *format = NULL, *type = "application/json";
	bool takes_html = c->route->page != NULL && header_accepts(accept, "text/html");

	for (size_t i = 0; i < c->req->pairs_len; i++)
		if (strcmp(c->req->pairs[i].name, "format") == 0)
			format = c->req->pairs[i].value;
	if ((c->route->flags & ROUTE_TEXT) != 0)
		type = "text/plain";
	else if (format != NULL && strcmp(format, "csv") == 0)
		type = "text/csv";
	else if (format != NULL && strcmp(format, "ndjson") == 0)
		type = "application/x-ndjson";
	if (header_accepts(accept, type)) {
		c->is_html = c->is_html && takes_html;
		return true;
	}
	return takes_html;
}

/* Answer REQ, which was read and may be answered, for the route R. */
static void
run_route(struct web *web, const struct request *req, struct resp *resp, struct ctx *c)
{
	static const char FRAME[] = "theme refresh";
	struct err e = { .code = ERR_NONE };
	struct problem p = { .status = 404, .title = "Not found" };
	char *takes;
	bool is_broken;
	int rc;

	c->web = web;
	c->req = req;
	c->resp = resp;
	c->status = 200;
	if (!is_acceptable(c)) {
		p = (struct problem){ 406, "Not in a form that you take",
			"The header Accept of the request allows no form that this address has: "
			"text/html for pages, application/json for data, text/csv and "
			"application/x-ndjson where there is format=.",
			0 };
		problem_send(web, req, resp, &p, c->is_html || req->wants_html, NULL);
		resp_end(resp, true);
		return;
	}
	takes = c->is_html ? xasprintf("%s %s", c->route->takes, FRAME) : xstrdup(c->route->takes);
	params_read(&c->params, takes, req->pairs, req->pairs_len);
	rc = answer(c, &e);
	if (rc < 0) {
		problem_log(str_of(req->path), e.msg);
		if (e.code == ERR_INPUT || e.code == ERR_DB || e.code == ERR_IO)
			web_forget(web); /* another file may stand there in a moment */
		problem_of(&e, &p);
	} else if (c->status != 200) {
		p.status = c->status;
		p.detail = c->detail;
	}
	is_broken = rc < 0 && resp->is_sent; /* a stream that cannot be ended as it should */
	if (!resp->is_sent && (rc < 0 || c->status != 200))
		problem_send(web, req, resp, &p, c->is_html, NULL);
	mask_free(c->mask);
	query_clear(&c->query);
	params_clear(&c->params);
	free(takes);
	resp_end(resp, !is_broken);
}

/* Is the request one that is refused before it is looked at? Fills *P. */
static bool
refused(struct web *web, struct gw *g, const struct request *req, struct problem *p)
{
	if (!web_knows_host(web, req->host)) {
		*p = (struct problem){ 403, "This name is not allowed",
			"The application answers only to names it was told, so that no other site "
			"can read your data through your browser. Start it with `--allow-host "
			"NAME`, or put the name under \"hosts\" in the configuration.",
			0 };
		return true;
	}
	if (request_is_large(param_of_gw, g)) {
		*p = (struct problem){ 413, "The request is too large",
			"Everything here is asked for in the address; a request needs no body.",
			0 };
		return true;
	}
	if (req->method == METHOD_OTHER) {
		*p = (struct problem){ 405, "This method is not allowed",
			"Everything here is read with GET or HEAD.", 0 };
		return true;
	}
	return false;
}

static void
redirect(const struct request *req, struct resp *resp)
{
	char *home = xasprintf("%s/", req->prefix);

	resp_reset(resp, 308);
	resp_header(resp, "Location", home);
	resp_header(resp, "Cache-Control", "no-store");
	resp_send(resp);
	free(home);
}

static void
options(struct resp *resp)
{
	resp_reset(resp, 204);
	resp_header(resp, "Allow", "GET, HEAD, OPTIONS");
	resp_send(resp);
}

void
serve_request(void *arg, struct gw *g)
{
	struct web *web = arg;
	struct request req;
	struct resp resp;
	struct ctx c = { .status = 200 };
	struct problem p;
	struct err e = { .code = ERR_NONE };
	struct str uri = str_of(g->param(g, "REQUEST_URI"));
	int rc = request_read(&req, param_of_gw, g, &e);
	bool html = req.wants_html || (req.path != NULL && !route_is_api(str_of(req.path)) &&
					  (header_accepts(req.accept, "text/html") ||
					      !header_accepts(req.accept, "application/json")));

	resp_init(&resp, g, req.method == METHOD_HEAD);
	if (refused(web, g, &req, &p)) {
		problem_log(uri, p.title);
		problem_send(web, &req, &resp, &p, html, NULL);
	} else if (rc < 0) {
		problem_log(uri, e.msg);
		p = (struct problem){ 400, "Bad request",
			"The address is malformed. Nothing was looked up.", 0 };
		if (e.code == ERR_LIMIT)
			p = (struct problem){ 414, "The address is too long",
				"Take fewer filters, or shorter ones. Nothing was looked up.", 0 };
		problem_send(web, &req, &resp, &p, html, NULL);
	} else if (req.method == METHOD_OPTIONS)
		options(&resp);
	else if (req.path[0] == '\0')
		redirect(&req, &resp);
	else if ((c.route = route_find(str_of(req.path), &c.is_html, c.args)) != NULL) {
		run_route(web, &req, &resp, &c);
		request_clear(&req);
		return;
	} else {
		p = (struct problem){ 404, "No such page", "There is nothing at this address.", 0 };
		problem_send(web, &req, &resp, &p, html, NULL);
	}
	resp_end(&resp, true);
	request_clear(&req);
}
