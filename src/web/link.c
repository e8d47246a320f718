#include "base/compat.h"

#include "base/xalloc.h"
#include "web/link.h"
#include "web/router.h"
#include "web/url.h"

#define URL_MAX ((size_t)65536)
#define FRAME "theme refresh"

/* LESS and every parameter that the route of PATH does not take, into B. */
static void
left_out(const char *path, const char *less, bool is_masked, struct sbuf *b)
{
	struct str args[CTX_ARGS];
	bool is_html;
	const struct route *r = route_find(str_of(path), &is_html, args);
	struct param p, mask = { .name = "mask", .kind = PARAM_CHOICE };

	sbuf_addz(b, less);
	for (size_t i = 0; r != NULL && param_at(i, &p); i++)
		if (!param_is_taken(r->takes, &p) && !(is_html && param_is_taken(FRAME, &p)))
			sbuf_addf(b, " %s", p.name);
	/* where names are shown, a hidden one means nothing */
	if (r != NULL && is_masked && !param_is_taken(r->takes, &mask))
		sbuf_addz(b, " directory repo");
}

char *
link_with(
    const struct ctx *c, const char *path, const char *less, const struct link_pair *more, size_t n)
{
	struct sbuf url, skip, query;

	sbuf_init(&url, URL_MAX);
	sbuf_init(&skip, URL_MAX);
	sbuf_init(&query, URL_MAX);
	left_out(path, less, c->mask != NULL, &skip);
	params_canonical(&c->params, skip.buf, NULL, NULL, &query);
	for (size_t i = 0; i < n; i++) {
		if (more[i].value == NULL)
			continue;
		sbuf_addf(&query, "%s%s=", query.len > 0 ? "&" : "", more[i].name);
		url_encode(&query, str_of(more[i].value));
	}
	sbuf_addf(&url, "%s%s", c->req->prefix, path);
	if (query.len > 0)
		sbuf_addf(&url, "?%s", query.buf);
	sbuf_free(&skip);
	sbuf_free(&query);
	return sbuf_detach(&url);
}

char *
link_to(const struct ctx *c, const char *path, const char *name, const char *value)
{
	struct link_pair more = { name, value };

	return link_with(c, path, name, &more, 1);
}

char *
link_session(const struct ctx *c, struct str id)
{
	static const char less[] = "period date from to week group by metric compare q sort limit "
				   "cursor top";
	struct sbuf path;
	char *href;

	sbuf_init(&path, URL_MAX);
	sbuf_addz(&path, "/sessions/");
	url_encode(&path, id);
	href = link_with(c, path.buf, less, NULL, 0);
	sbuf_free(&path);
	return href;
}

char *
link_word(const struct ctx *c, const char *word)
{
	char *page = link_with(c, "/glossary", "", NULL, 0), *href = xasprintf("%s#%s", page, word);

	free(page);
	return href;
}

void
link_put(struct json_object *o, const char *key, char *href)
{
	jt_str(o, key, href);
	free(href);
}
