#include "base/compat.h"

#include "base/xalloc.h"
#include "json/jm.h"
#include "web/link.h"
#include "web/problem.h"
#include "web/router.h"
#include "web/url.h"
#include "web/view.h"

#define LOG_MAX 300

void
problem_of(const struct err *e, struct problem *p)
{
	switch (e->code) {
	case ERR_NOTFOUND:
		*p = (struct problem){ 503, "No data yet",
			"There is no database yet, or nothing is in it. `codex-track web` and "
			"`codex-track ingest` fill it; this page comes by itself then.",
			5 };
		return;
	case ERR_BUSY:
		*p = (struct problem){ 503, "The database is busy",
			"Another program changes the database at this moment, or brings an older "
			"one up to date. Try again in a moment; `codex-track ingest` tells more.",
			2 };
		return;
	case ERR_INPUT:
		*p = (struct problem){ 503, "The database cannot be read",
			"The file is damaged, or another program or version wrote it. "
			"`codex-track doctor` tells what is wrong and what to do.",
			60 };
		return;
	case ERR_STOPPED:
		*p = (struct problem){ 503, "This took too long",
			"The answer was not ready in time. Take a shorter range or fewer groups.",
			30 };
		return;
	case ERR_LIMIT:
		*p = (struct problem){ 400, "The answer is too large",
			"Take a shorter range, larger groups, or the export, which has no limit.",
			0 };
		return;
	case ERR_NONE:
	case ERR_USAGE:
	case ERR_IO:
	case ERR_DB:
	case ERR_BUG:
		break;
	}
	*p = (struct problem){ 500, "Something went wrong",
		"The request could not be answered. The log of the web server has the reason; "
		"`codex-track doctor` checks the database.",
		0 };
}

void
problem_log(struct str uri, const char *why)
{
	struct sbuf b;

	sbuf_init(&b, 8192);
	sbuf_addz(&b, "codex-track.fcgi: uri=\"");
	url_escape_log(&b, uri, LOG_MAX);
	sbuf_addz(&b, "\" error=\"");
	url_escape_log(&b, str_of(why), 2 * LOG_MAX);
	sbuf_addz(&b, "\"\n");
	(void)fputs(b.buf, stderr); /* one write: lines of workers do not mix */
	sbuf_free(&b);
}

static void
json(struct resp *r, const struct problem *p, const struct params *params)
{
	struct json_object *o = json_object_new_object(), *list;
	struct jw w;

	jt_str(o, "type", "about:blank");
	jt_str(o, "title", p->title);
	jt_i64(o, "status", p->status);
	jt_str(o, "detail", p->detail);
	if (params != NULL && params->faults_len > 0) {
		list = jt_add_array(o, "faults");
		for (size_t i = 0; i < params->faults_len; i++) {
			const struct param_fault *f = &params->faults[i];
			struct json_object *x = jt_push_object(list);

			jt_str(x, "param", f->param);
			jt_str(x, "value", f->value);
			jt_str(x, "what", f->what);
			jt_str(x, "allowed", f->allowed);
		}
		jt_str(o, "param", params->faults[0].param);
		jt_str(o, "allowed", params->faults[0].allowed);
	}
	resp_header(r, "Content-Type", "application/problem+json");
	jw_sbuf(&w, &r->body, false);
	tree_write(&w, o);
	sbuf_addc(&r->body, '\n');
	json_object_put(o);
}

/* TEXT as parts of O; what stands between two ` is a command. */
static void
parts(struct json_object *o, const char *text)
{
	struct json_object *list = jt_add_array(o, "parts");
	struct str rest = str_of(text), part;

	for (bool is_code = false; str_split(&rest, '`', &part); is_code = !is_code) {
		struct json_object *x = jt_push_object(list);

		jt_strn(x, is_code ? "code" : "text", part);
		jt_put(x, is_code ? "text" : "code", NULL);
	}
}

static void
why(struct json_object *list, const char *param, const char *text, const char *allowed)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "param", param);
	parts(o, text);
	jt_str(o, "allowed", allowed);
}

static void
way(struct json_object *data, const char *text, char *href)
{
	struct json_object *list = jx_arr(data, "_ways"), *o;

	o = jt_push_object(list == NULL ? jt_add_array(data, "_ways") : list);
	jt_str(o, "text", text);
	link_put(o, "href", href);
}

/* Address of the request itself. Owned by the caller. */
static char *
same_again(const struct request *req)
{
	struct sbuf b;

	sbuf_init(&b, 4 * (REQUEST_MAX_PATH + REQUEST_MAX_QUERY));
	sbuf_addz(&b, req->prefix);
	url_encode(&b, str_of(req->path));
	for (size_t i = 0; i < req->pairs_len; i++) {
		sbuf_addc(&b, i == 0 ? '?' : '&');
		url_encode(&b, str_of(req->pairs[i].name));
		sbuf_addc(&b, '=');
		url_encode(&b, str_of(req->pairs[i].value));
	}
	return sbuf_detach(&b);
}

/* The error page: the frame of all pages around why, and how to go on. */
static void
html(struct web *web, const struct request *req, struct resp *r, const struct problem *p,
    const struct params *params)
{
	struct request asked = *req;
	struct route route = { .name = "error", .path = "/", .nav = "", .takes = "" };
	struct ctx c = { .web = web, .req = &asked, .route = &route };
	struct json_object *view = jt_object(), *data = jt_add_object(view, "data"), *list;
	struct mustache_view mv;
	char no_prefix[] = "";
	struct err e;

	if (asked.prefix == NULL)
		asked.prefix = no_prefix;
	route.title = p->title;
	query_init(&c.query, web->in.tz);
	jt_i64(data, "status", p->status);
	jt_str(data, "what", p->title);
	list = jt_add_array(data, "problems");
	why(list, NULL, p->detail, NULL);
	for (size_t i = 0; params != NULL && i < params->faults_len; i++)
		why(list, params->faults[i].param, params->faults[i].what,
		    params->faults[i].allowed);
	jt_put(data, "_ways", NULL);
	if (p->retry_s > 0 && asked.path != NULL)
		way(data, "Try again now; it is tried by itself, too", same_again(&asked));
	else if (p->status != 403)
		way(data, "Overview of the last 30 days", xasprintf("%s/", asked.prefix));
	view_frame(&c, view);
	if (p->retry_s > 0)
		jt_fmt(jx_obj(view, "_page"), "refresh", "%d", p->retry_s);
	jt_clean(view);
	mv = jm_view(view);
	mv.strict = web->in.is_strict;
	if (mustache_render(web->templates, "error", &mv, &r->body, &e) < 0) {
		problem_log(STR(""), e.msg);
		resp_header(r, "Content-Type", "text/plain; charset=utf-8");
		sbuf_addf(&r->body, "%s\n%s\n", p->title, p->detail);
	} else
		resp_header(r, "Content-Type", "text/html; charset=utf-8");
	query_clear(&c.query);
	json_object_put(view);
}

void
problem_send(struct web *web, const struct request *req, struct resp *r, const struct problem *p,
    bool is_html, const struct params *params)
{
	char seconds[16];

	resp_reset(r, p->status);
	resp_header(r, "Cache-Control", "no-store");
	if (p->retry_s > 0) {
		(void)snprintf(seconds, sizeof(seconds), "%d", p->retry_s);
		resp_header(r, "Retry-After", seconds);
	}
	if (p->status == 405)
		resp_header(r, "Allow", "GET, HEAD, OPTIONS");
	if (is_html)
		html(web, req, r, p, params);
	else
		json(r, p, params);
	resp_send(r);
}
