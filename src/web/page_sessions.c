/* Sessions: the list, newest first, page by page; and its export. */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "report/out_sessions.h"
#include "web/router.h"
#include "web/sums.h"

page_fn page_sessions;
raw_fn raw_export_sessions;

#define URL_MAX ((size_t)65536)

static void
tree_row(const struct ctx *c, const struct session_row *r, struct json_object *o)
{
	jt_str(o, "session_id", r->uuid);
	jt_str(o, "title", r->title);
	sums_instant(o, "first_active", c->query.tz, r->first_ms);
	sums_instant(o, "last_active", c->query.tz, r->last_ms);
	jt_str(o, "directory", r->directory);
	jt_str(o, "repository", r->repository);
	jt_str(o, "source", r->source);
	jt_str(o, "codex_version", r->version);
	jt_str(o, "models", r->models);
	jt_str(o, "parent_session_id", r->parent);
	jt_i64(o, "turns", r->turns);
	jt_i64(o, "messages", r->messages);
	jt_i64(o, "tool_calls", r->calls);
	jt_i64(o, "tool_failures", r->failures);
	jt_i64(o, "compactions", r->compactions);
	sums_add(o, &r->sum);
	sums_losses(o, r->losses);
	jt_bool(o, "archived", r->is_archived);
	jt_bool(o, "file_gone", r->is_gone);
	jt_bool(o, "recovered", r->is_recovered);
}

/* A cursor is "MS.UUID" of the last row shown: the list goes on behind it. False when it is none. */
static bool
read_cursor(const char *text, int64_t *ms, const char **uuid)
{
	struct str rest = str_of(text), number;

	if (!str_split(&rest, '.', &number) || rest.n == 0 ||
	    num_i64(number, -1, PERIOD_MAX, ms) < 0)
		return false;
	*uuid = rest.p;
	return true;
}

/* Position of the first row behind the cursor; rows are by last activity, newest first. */
static size_t
behind(const struct sessions *l, int64_t ms, const char *uuid)
{
	for (size_t i = 0; i < l->len; i++) {
		if (l->rows[i].last_ms == ms && strcmp(l->rows[i].uuid, uuid) == 0)
			return i + 1;
		if (l->rows[i].last_ms < ms) /* that session has become active since */
			return i;
	}
	return l->len;
}

static void
next_link(struct ctx *c, const struct session_row *last)
{
	char *cursor = xasprintf("%" PRId64 ".%s", last->last_ms, last->uuid);
	struct sbuf b;

	sbuf_init(&b, URL_MAX);
	sbuf_addf(&b, "%s%s?", c->req->prefix, c->is_html ? c->route->path : c->route->twin);
	params_canonical(&c->params, "cursor", "cursor", cursor, &b);
	jt_str(c->links, "next", b.buf);
	sbuf_free(&b);
	free(cursor);
}

static void
tree(struct ctx *c, const struct sessions *l, size_t start, size_t limit)
{
	struct json_object *rows = jt_add_array(c->data, "rows");
	struct report_sum total = { 0 };
	size_t i;

	for (i = start; i < l->len && i - start < limit; i++)
		tree_row(c, &l->rows[i], jt_push_object(rows));
	for (size_t k = 0; k < l->len; k++) {
		const struct report_sum *s = &l->rows[k].sum;

		num_add_sat(&total.input, s->input);
		num_add_sat(&total.cached, s->cached);
		num_add_sat(&total.cache_write, s->cache_write);
		num_add_sat(&total.output, s->output);
		num_add_sat(&total.reasoning, s->reasoning);
		num_add_sat(&total.responses, s->responses);
		num_add_sat(&total.priced, s->priced);
		num_add_sat(&total.unpriced, s->unpriced);
		total.cost += s->cost;
	}
	jt_i64(c->data, "sessions", (int64_t)l->len);
	sums_add(jt_add_object(c->data, "total"), &total);
	jt_bool(c->data, "is_empty", l->len == 0);
	if (i < l->len && i > start)
		next_link(c, &l->rows[i - 1]);
}

int
page_sessions(struct ctx *c, struct err *e)
{
	const char *cursor = params_get(&c->params, "cursor"), *uuid = "";
	size_t limit = (size_t)params_int(&c->params, "limit", 50), start = 0;
	enum printer_format format;
	struct sessions l;
	int64_t ms = 0;
	FILE *f;

	if (cursor != NULL && !read_cursor(cursor, &ms, &uuid)) {
		c->status = 404;
		c->detail = "This cursor is none of ours: begin again without it.";
		return 0;
	}
	/* all of them: the totals are of the whole list */
	if (sessions_run(c->web->store, &c->query, c->web->in.card, params_get(&c->params, "q"), 0,
		&l, e) < 0)
		return -1;
	if (cursor != NULL)
		start = behind(&l, ms, uuid);
	if (!ctx_rows(c, &format))
		tree(c, &l, start, limit);
	else if ((f = ctx_stream(c, format, "sessions")) != NULL)
		out_sessions_rows(f, &l, c->query.tz, format);
	sessions_clear(&l);
	return 0;
}

int
raw_export_sessions(struct ctx *c, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	struct sessions l;
	FILE *f;

	(void)ctx_rows(c, &format); /* else JSON */
	if (sessions_run(c->web->store, &c->query, c->web->in.card, params_get(&c->params, "q"), 0,
		&l, e) < 0)
		return -1;
	if ((f = ctx_stream(c, format, "sessions")) != NULL)
		out_sessions_rows(f, &l, c->query.tz, format);
	sessions_clear(&l);
	return 0;
}
