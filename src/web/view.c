#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/dims.h"
#include "web/router.h"
#include "web/view.h"

#define THIN_SPACE "\xe2\x80\x89"
#define URL_MAX 65536

static void
digits(int64_t v, struct sbuf *b)
{
	char plain[32];
	size_t n, start;

	(void)snprintf(plain, sizeof(plain), "%" PRId64, v);
	start = plain[0] == '-';
	n = strlen(plain);
	sbuf_add(b, plain, start);
	for (size_t i = start; i < n; i++) {
		if (i > start && (n - i) % 3 == 0)
			sbuf_addz(b, THIN_SPACE);
		sbuf_addc(b, plain[i]);
	}
}

static void
words_of_members(struct json_object *o)
{
	struct json_object_iterator it = json_object_iter_begin(o), end = json_object_iter_end(o);
	size_t n = 0, max = (size_t)json_object_object_length(o);
	char **keys = xcalloc(max, sizeof(*keys));
	int64_t *values = xcalloc(max, sizeof(*values));

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		struct json_object *v = json_object_iter_peek_value(&it);

		if (json_object_is_type(v, json_type_int)) {
			keys[n] = xasprintf("%s_t", json_object_iter_peek_name(&it));
			values[n++] = json_object_get_int64(v);
		} else
			view_words(v);
	}
	for (size_t i = 0; i < n; i++) {
		struct sbuf b;

		sbuf_init(&b, 128);
		digits(values[i], &b);
		jt_str(o, keys[i], b.buf);
		sbuf_free(&b);
		free(keys[i]);
	}
	free(keys);
	free(values);
}

void
view_words(struct json_object *v)
{
	if (json_object_is_type(v, json_type_object))
		words_of_members(v);
	for (size_t i = 0; i < jx_len(v); i++)
		view_words(jx_at(v, i));
}

static void
nav(const struct ctx *c, struct json_object *view)
{
	struct json_object *list = jt_add_array(view, "nav");
	const struct route *r;

	for (size_t i = 0; (r = route_at(i)) != NULL; i++) {
		struct json_object *o;
		char *href;

		if ((r->flags & ROUTE_NAV) == 0)
			continue;
		o = jt_push_object(list);
		href = xasprintf("%s%s", c->req->prefix, r->path);
		jt_str(o, "href", href);
		jt_str(o, "title", r->title);
		jt_bool(o, "is_current", r == c->route);
		free(href);
	}
}

static void
notices(const struct ctx *c, struct json_object *view)
{
	struct json_object *list;

	if (c->params.faults_len == 0)
		return;
	list = jt_add_array(view, "notices");
	for (size_t i = 0; i < c->params.faults_len; i++) {
		const struct param_fault *f = &c->params.faults[i];
		struct json_object *o = jt_push_object(list);

		jt_str(o, "param", f->param);
		jt_str(o, "value", f->value);
		jt_str(o, "what", f->what);
		jt_str(o, "allowed", f->allowed[0] == '\0' ? NULL : f->allowed);
	}
}

/* The choices of a field, the first one being "as it comes". */
static void
choices(const struct param *p, const char *value, struct json_object *field)
{
	struct json_object *list = jt_add_array(field, "options");
	struct str rest = str_of(p->allowed), word;

	if (p->dflt[0] == '\0') {
		struct json_object *o = jt_push_object(list);

		jt_str(o, "value", "");
		jt_bool(o, "is_chosen", value == NULL);
	}
	if (p->kind == PARAM_DIM)
		for (size_t i = 0; dim_at(i) != NULL; i++) {
			struct json_object *o = jt_push_object(list);

			jt_str(o, "value", dim_at(i)->name);
			jt_bool(
			    o, "is_chosen", value != NULL && strcmp(value, dim_at(i)->name) == 0);
		}
	while (p->kind == PARAM_CHOICE && str_split(&rest, ' ', &word)) {
		struct json_object *o = jt_push_object(list);

		jt_strn(o, "value", word);
		jt_bool(o, "is_chosen", value != NULL && str_eqz(word, value));
	}
}

static void
field(const struct ctx *c, const struct param *p, struct json_object *list)
{
	struct json_object *o = jt_push_object(list);
	const char *value = params_get(&c->params, p->name);

	jt_str(o, "name", p->name);
	jt_str(o, "help", p->help);
	jt_str(o, "allowed", p->allowed);
	jt_bool(o, "is_choice", p->kind == PARAM_CHOICE || p->kind == PARAM_DIM);
	jt_bool(o, "is_filter", p->kind == PARAM_FILTER);
	jt_str(o, "value", value == NULL ? "" : value);
	if (p->kind == PARAM_CHOICE || p->kind == PARAM_DIM)
		choices(p, value, o);
}

/* The form, and the filters in force with the link that drops each. */
static void
form(const struct ctx *c, struct json_object *view)
{
	struct json_object *o = jt_add_object(view, "form"), *fields = jt_add_array(o, "fields");
	struct json_object *active = jt_add_array(o, "active");
	char *action = xasprintf("%s%s", c->req->prefix, c->route->path);
	struct param p;

	jt_str(o, "action", action);
	for (size_t i = 0; param_at(i, &p); i++)
		if (param_is_taken(c->route->takes, &p) && strcmp(p.name, "cursor") != 0 &&
		    strcmp(p.name, "format") != 0)
			field(c, &p, fields);
	for (size_t i = 0; i < c->params.len; i++) {
		const struct param_value *v = &c->params.v[i];
		struct json_object *a;
		struct sbuf url;

		if (v->def.kind != PARAM_FILTER)
			continue;
		a = jt_push_object(active);
		jt_str(a, "name", v->def.name);
		jt_str(a, "value", v->text);
		sbuf_init(&url, URL_MAX);
		sbuf_addf(&url, "%s?", action);
		params_canonical(&c->params, v->def.name, NULL, NULL, &url);
		jt_str(a, "drop", url.buf);
		sbuf_free(&url);
	}
	free(action);
}

/* "PERCENT SECONDS-LEFT" of the first pass, while it runs. */
static void
banner(const struct ctx *c, struct json_object *view)
{
	char *text;
	struct str rest, percent;
	int64_t p, left;

	web_progress(c->web, &text);
	if (text == NULL)
		return;
	rest = str_trim(str_of(text));
	if (str_split(&rest, ' ', &percent) && num_i64(percent, 0, 100, &p) == 0) {
		struct json_object *o = jt_add_object(view, "banner");

		jt_i64(o, "percent", p);
		if (num_i64(rest, 0, INT_MAX, &left) == 0)
			jt_i64(o, "left_s", left);
	}
	free(text);
}

void
view_frame(const struct ctx *c, struct json_object *view)
{
	struct json_object *page = jt_add_object(view, "page");
	int64_t refresh = params_int(&c->params, "refresh", -1);

	jt_str(page, "name", c->route->name);
	jt_str(page, "title", c->route->title);
	jt_str(page, "question", c->route->question);
	jt_str(view, "base", c->req->prefix);
	jt_str(view, "version", PACKAGE_VERSION);
	nav(c, view);
	notices(c, view);
	form(c, view);
	banner(c, view);
	if (refresh > 0)
		jt_i64(view, "refresh", refresh);
	if (params_get(&c->params, "theme") != NULL)
		jt_str(view, "theme", params_get(&c->params, "theme"));
	jt_put(view, "data", json_object_get(c->data));
	jt_put(view, "meta", json_object_get(c->meta));
	jt_put(view, "links", json_object_get(c->links));
}
