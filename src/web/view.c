#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "pricing/price.h"
#include "store/st_day.h"
#include "web/router.h"
#include "web/show.h"
#include "web/view.h"
#include "web/view_period.h"

static void
put_address(const struct ctx *c, struct json_object *page, const char *key, const char *name)
{
	if (name == NULL)
		jt_put(page, key, NULL);
	else
		jt_fmt(page, key, "%s/static/%s", c->req->prefix, name);
}

static void
nav(const struct ctx *c, struct json_object *page)
{
	struct json_object *list = jt_add_array(page, "nav");
	const struct route *r;

	for (size_t i = 0; (r = route_at(i)) != NULL; i++) {
		struct json_object *o;

		if ((r->flags & ROUTE_NAV) == 0)
			continue;
		o = jt_push_object(list);
		jt_str(o, "text", r->title);
		jt_bool(o, "current", c->route != NULL && strcmp(c->route->nav, r->name) == 0);
		link_put(o, "href", link_to(c, r->path, "cursor", NULL));
	}
}

static void
notice(struct json_object *list, const char *text, char *href, const char *more)
{
	struct json_object *o = jt_push_object(list);

	jt_show(o, "text", str_of(text), CHART_CELL_MAX);
	jt_str(o, "more", more);
	link_put(o, "href", href);
}

/* What is not complete: sessions that are a lower bound, tokens without a price. */
static void
incomplete(const struct ctx *c, struct json_object *list)
{
	struct json_object *cov = jx_obj(c->meta, "coverage");
	int64_t lossy = show_i64(cov, "lossy_sessions", 0), lines;
	int64_t pending = show_i64(cov, "pending_sessions", 0);
	int64_t unpriced = show_i64(cov, "unpriced_tokens", 0);
	struct sbuf b;

	sbuf_init(&b, 4096);
	lines = show_i64(cov, "unreadable_lines", 0) + show_i64(cov, "failed_files", 0);
	if (lossy > 0)
		sbuf_addf(&b, "%s %s used more than the files say: the numbers are a lower bound. ",
		    text_exact(lossy, false).s, lossy == 1 ? "session" : "sessions");
	if (lines > 0)
		sbuf_addz(&b, "Some lines or files could not be read. ");
	if (pending > 0)
		sbuf_addf(&b, "%s %s still to be counted. ", text_exact(pending, false).s,
		    pending == 1 ? "session is" : "sessions are");
	if (unpriced > 0)
		sbuf_addf(&b, "%s tokens have no price. ", text_brief(unpriced).s);
	if (b.len > 0)
		notice(list, b.buf,
		    strcmp(c->route->name, "overview") == 0 ? xstrdup("#p-overview-missing")
							    : link_to(c, "/", "cursor", NULL),
		    "What is missing");
	sbuf_free(&b);
}

static void
notices(const struct ctx *c, struct json_object *page)
{
	struct json_object *list = jt_add_array(page, "notices");

	for (size_t i = 0; i < c->params.faults_len; i++) {
		const struct param_fault *f = &c->params.faults[i];
		char *text =
		    xasprintf("%s: \xe2\x80\x9c%s\xe2\x80\x9d %s and was ignored.%s%s", f->param,
			f->value, f->what, f->allowed[0] == '\0' ? "" : " Allowed: ", f->allowed);

		notice(list, text, NULL, NULL);
		free(text);
	}
	incomplete(c, list);
}

/* "PERCENT SECONDS-LEFT" of the first pass, while it runs. */
static void
progress(const struct ctx *c, struct json_object *page)
{
	struct json_object *o;
	struct str rest, percent;
	int64_t p = 0, left;
	char *text;

	jt_put(page, "progress", NULL);
	web_progress(c->web, &text);
	if (text == NULL)
		return;
	rest = str_trim(str_of(text));
	if (str_split(&rest, ' ', &percent) && num_i64(percent, 0, 100, &p) == 0) {
		o = jt_add_object(page, "progress");
		jt_i64(o, "percent", p);
		if (num_i64(rest, 0, INT_MAX, &left) == 0)
			jt_fmt(o, "text", "The files are being read: %d %%, %s left.", (int)p,
			    text_duration(left * 1000).s);
		else
			jt_fmt(o, "text", "The files are being read: %d %%.", (int)p);
	}
	free(text);
}

static void
command(struct json_object *list, const char *text, const char *line)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "text", text);
	jt_str(o, "command", line);
}

/* Nothing is in the database: where it was looked, and what to do. */
static void
no_data(const struct ctx *c, struct json_object *o, struct json_object *commands)
{
	struct json_object *looked = jt_add_object(o, "looked"), *places;

	jt_str(o, "title", "No rollout was found");
	jt_str(o, "text",
	    "Codex writes one file per session. This page fills by itself when it does.");
	jt_str(looked, "label", "Looked in:");
	places = jt_add_array(looked, "places");
	for (size_t i = 0; i < c->web->in.roots_len; i++)
		tree_push_str(places, str_of(c->web->in.roots[i].path));
	command(commands, "Read another home:", "codex-track ingest --home DIR");
	command(commands, "Look around with invented data:", "codex-track web --demo");
}

static void
drop(struct json_object *list, char *text, char *href)
{
	struct json_object *o = jt_push_object(list);

	jt_show(o, "text", str_of(text), CHART_CELL_MAX);
	link_put(o, "href", href);
	free(text);
}

static void
nothing_here(const struct ctx *c, struct json_object *o, struct json_object *drops)
{
	struct str last = { NULL, 0 };

	jt_str(o, "title", c->query.filters_len > 0 ? "Nothing matches" : "Nothing in this period");
	jt_fmt(o, "text", "From %s there is no usage%s.",
	    text_range(&c->query.range, c->query.tz).s,
	    c->query.filters_len > 0 ? " that the filters let pass" : "");
	jt_put(o, "looked", NULL);
	for (size_t i = 0; i < c->params.len; i++) {
		const struct param *p = &c->params.v[i].def;

		if (p->kind != PARAM_FILTER || str_eqz(last, p->name))
			continue;
		last = str_of(p->name);
		drop(drops, xasprintf("Drop the filter %s", p->name),
		    link_to(c, c->path, p->name, NULL));
	}
	drop(drops, xstrdup("Everything that was ever used"),
	    link_with(
		c, c->path, "period date from to", &(struct link_pair){ "period", "all" }, 1));
}

static void
empty(const struct ctx *c, struct json_object *page)
{
	struct json_object *o, *commands, *drops;
	struct err e;
	int64_t first, last;

	jt_put(page, "empty", NULL);
	if (!c->is_empty || c->web->store == NULL)
		return;
	o = jt_add_object(page, "empty");
	commands = jt_add_array(o, "commands");
	drops = jt_add_array(o, "drop");
	if (st_day_span(c->web->store, &first, &last, &e) == 0)
		no_data(c, o, commands);
	else
		nothing_here(c, o, drops);
}

/* When the rate card was last compared with its sources. */
static void
put_rates(const struct price_card *card, struct json_object *o)
{
	const char *newest = "";

	for (size_t i = 0; i < price_rows(card); i++)
		if (strcmp(price_row_at(card, i)->checked_on, newest) > 0)
			newest = price_row_at(card, i)->checked_on;
	jt_str(o, "rates", newest[0] == '\0' ? NULL : newest);
}

static void
foot(const struct ctx *c, struct json_object *page)
{
	struct json_object *o = jt_add_object(page, "foot"), *list, *l;
	int64_t checked = web_checked_ms(c->web);
	bool here = strcmp(c->route->name, "glossary") == 0;
	char *words = here ? NULL : link_with(c, "/glossary", "", NULL, 0);
	const char *urls[][2] = { { "Glossary", words }, { "JSON", jx_str(c->links, "self").p },
		{ "CSV", jx_str(c->links, "csv").p } };

	jt_str(o, "as_of", checked < 0 ? "an unknown time" : text_clock(checked, c->query.tz).s);
	jt_str(o, "generation",
	    c->web->store == NULL ? NULL : text_exact(c->web->generation, false).s);
	put_rates(c->web->in.card, o);
	jt_put(o, "took", NULL);
	list = jt_add_array(o, "links");
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		if (urls[i][1] == NULL)
			continue;
		l = jt_push_object(list);
		jt_str(l, "text", urls[i][0]);
		jt_str(l, "href", urls[i][1]);
	}
	free(words);
}

void
view_frame(const struct ctx *c, struct json_object *view)
{
	struct json_object *page = jt_add_object(view, "_page"), *search;
	int64_t refresh = params_int(&c->params, "refresh", -1);

	jt_show(
	    page, "title", str_of(c->title == NULL ? c->route->title : c->title), CHART_CELL_MAX);
	jt_str(page, "theme", params_get(&c->params, "theme"));
	if (refresh > 0)
		jt_fmt(page, "refresh", "%d", (int)refresh);
	else
		jt_put(page, "refresh", NULL);
	put_address(c, page, "css", web_static(c->web, "style.css"));
	put_address(c, page, "script", web_static(c->web, "track.js"));
	link_put(page, "root", link_to(c, "/", "cursor", NULL));
	if (c->web->store != NULL)
		jt_fmt(page, "generation", "%" PRId64, c->web->generation);
	else
		jt_put(page, "generation", NULL);
	nav(c, page);
	search = jt_add_object(page, "search");
	jt_fmt(search, "action", "%s/sessions", c->req->prefix);
	jt_show(search, "q",
	    str_of(params_get(&c->params, "q") == NULL ? "" : params_get(&c->params, "q")),
	    CHART_CELL_MAX);
	view_period(c, page);
	notices(c, page);
	progress(c, page);
	empty(c, page);
	foot(c, page);
}
