/* Sessions: the list, in any order, page by page; and its export. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/mask.h"
#include "report/out_sessions.h"
#include "report/session_list.h"
#include "web/router.h"
#include "web/show_sessions.h"

page_fn page_sessions;
show_fn show_sessions;
raw_fn raw_export_sessions;

/* All that pass, as rows: the order of `codex-track sessions`. */
static int
rows(struct ctx *c, enum printer_format format, struct err *e)
{
	struct sessions l;
	FILE *f;

	if (sessions_run(c->web->store, &c->query, c->web->in.card, params_get(&c->params, "q"), 0,
		&l, e) < 0)
		return -1;
	for (size_t i = 0; c->mask != NULL && i < l.len; i++) {
		mask_text(c->mask, &l.rows[i].directory, false);
		mask_text(c->mask, &l.rows[i].repository, false);
		free(l.rows[i].title);
		l.rows[i].title = NULL;
	}
	if ((f = ctx_stream(c, format, "sessions")) != NULL)
		out_sessions_rows(f, &l, c->query.tz, format);
	sessions_clear(&l);
	return 0;
}

int
page_sessions(struct ctx *c, struct err *e)
{
	struct session_words w = { .sort = params_get(&c->params, "sort"),
		.cursor = params_get(&c->params, "cursor"),
		.search = params_get(&c->params, "q"),
		.limit = (size_t)params_int(&c->params, "limit", 50) };
	enum printer_format format;
	struct session_list l;
	struct err fault;

	if (ctx_rows(c, &format))
		return rows(c, format, e);
	if (session_list_run(c->web->store, &c->query, c->web->in.card, NULL, &w, &l, &fault) < 0) {
		if (fault.code != ERR_USAGE) {
			*e = fault;
			return -1;
		}
		c->status = 404;
		c->detail = "This cursor is none of ours: begin again without it.";
		return 0;
	}
	c->data = session_list_json(&l, c->query.tz);
	if (l.next[0] != '\0')
		link_put(c->links, "next",
		    link_with(c, c->is_html ? c->path : c->twin, "cursor",
			&(struct link_pair){ "cursor", l.next }, 1));
	session_list_clear(&l);
	return 0;
}

static void
pager(const struct ctx *c, struct json_object *view, int64_t shown, int64_t total)
{
	bool further = params_get(&c->params, "cursor") != NULL;
	struct json_object *o = jt_add_object(view, "_pager");

	link_put(o, "first", further ? link_to(c, c->path, "cursor", NULL) : NULL);
	jt_str(o, "next", jx_str(c->links, "next").p);
	jt_fmt(o, "step", "%d", (int)params_int(&c->params, "limit", 50));
	jt_fmt(o, "shown", "%s of %s", text_exact(shown, false).s, text_exact(total, false).s);
}

void
show_sessions(struct ctx *c, struct json_object *view)
{
	struct json_object *list = jx_arr(c->data, "sessions"), *o;
	int64_t total = show_i64(c->data, "total", 0), shown = (int64_t)jx_len(list);

	c->is_empty = total == 0;
	jt_put(view, "_choices", NULL);
	jt_put(view, "_count", NULL);
	jt_put(view, "_acts", NULL);
	jt_put(view, "_table", NULL);
	jt_put(view, "_pager", NULL);
	jt_str(
	    view, "_ask", "A heading sorts by its column. An arrow: another session started it.");
	if (total == 0)
		return;
	o = jt_add_object(view, "_count");
	jt_fmt(o, "text", "%s %s", text_exact(total, false).s, total == 1 ? "session" : "sessions");
	jt_fmt(
	    o, "more", "were active in this period, %s of them below", text_exact(shown, false).s);
	show_act(view, "CSV", link_to(c, c->twin, "format", "csv"));
	show_sessions_table(c, view, list, params_get(&c->params, "sort"), "Sessions");
	pager(c, view, shown, total);
}

int
raw_export_sessions(struct ctx *c, struct err *e)
{
	enum printer_format format = PRINTER_JSON;

	(void)ctx_rows(c, &format); /* else JSON */
	return rows(c, format, e);
}
