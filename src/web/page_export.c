/* Export: the page that says how, and all rows, straight from the statement to the client. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/events.h"
#include "report/exports.h"
#include "web/router.h"
#include "web/show.h"

page_fn page_export;
show_fn show_export;
raw_fn raw_export_events, raw_export_turns, raw_export_tools, raw_export_limits;

#define SORT_S 600 /* seconds; a million rows take 12 */
#define EVENTS EXPORT__MAX
#define COMMAND_MAX ((size_t)65536)

/* -------------------------------------------------------------------- rows */

static int
rows(struct ctx *c, enum export_kind kind, const char *name, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	struct store *s = c->web->store;
	FILE *f;
	int rc;

	(void)ctx_rows(c, &format); /* else JSON */
	if ((f = ctx_stream(c, format, name)) == NULL)
		return 0;
	/* the limits of a page are not those of an export: its rows are sorted before the first
	   goes out, and then the gateway sees that it moves on */
	store_deadline(s, 0);
	c->resp->gw->allow(c->resp->gw, SORT_S);
	if (kind == EVENTS)
		rc = events_export(s, &c->query,
		    strcmp(params_get(&c->params, "counted"), "1") == 0, format, f, e);
	else
		rc = exports_run(s, &c->query, kind, format, f, e);
	if (rc < 0 && c->resp->is_gone)
		return 0; /* the client went away, which is its right */
	return rc;
}

int
raw_export_events(struct ctx *c, struct err *e)
{
	return rows(c, EVENTS, "events", e);
}

int
raw_export_turns(struct ctx *c, struct err *e)
{
	return rows(c, EXPORT_TURNS, "turns", e);
}

int
raw_export_tools(struct ctx *c, struct err *e)
{
	return rows(c, EXPORT_TOOLS, "tools", e);
}

int
raw_export_limits(struct ctx *c, struct err *e)
{
	return rows(c, EXPORT_LIMITS, "limits", e);
}

/* -------------------------------------------------------------------- data */

static const struct {
	const char *name, *what;
} sets[] = {
	{ "events", "every line of usage and what became of it" },
	{ "sessions", "a row for each session, with its sums and what is missing" },
	{ "turns", "a row for each turn: state, duration, what counted in it" },
	{ "tools", "a row for each call: name, state, times, lengths; no text" },
	{ "limits", "a row for each reading of a rate limit, as it was logged" },
};

static const char *const formats[] = { "csv", "ndjson", "json" };

/* Address of the set NAME as FORMAT, for what C was asked for. Owned by the caller. */
static char *
address(const struct ctx *c, const char *name, const char *format)
{
	struct link_pair more = { "format", strcmp(format, "json") == 0 ? NULL : format };
	char *path = xasprintf("/api/v1/export/%s", name);
	char *href = link_with(c, path, "format", &more, 1);

	free(path);
	return href;
}

/* " NAME 'VALUE'" into B, for a shell. */
static void
shell_word(struct sbuf *b, const char *name, const char *value)
{
	sbuf_addf(b, " %s '", name);
	for (const char *p = value; *p != '\0'; p++)
		sbuf_addz(b, *p == '\'' ? "'\\''" : (char[]){ *p, '\0' });
	sbuf_addc(b, '\'');
}

static void
instant_word(struct sbuf *b, const char *name, const struct tz *tz, int64_t ms)
{
	char text[32];

	civil_format_offset(ms, tz_offset_s(tz, ms), text);
	sbuf_addf(b, " %s %s", name, text);
}

/* The range of C as the command takes it: the same words where it has them, else bounds. */
static void
range_words(const struct ctx *c, struct sbuf *b)
{
	const char *period = c->query.period;

	if (strcmp(period, "all") == 0)
		return;
	if (str_isdigit(period[0]) && params_get(&c->params, "date") == NULL)
		sbuf_addf(b, " --last %s", period);
	else if (strcmp(period, "today") == 0 && params_get(&c->params, "date") == NULL)
		sbuf_addz(b, " --today");
	else {
		instant_word(b, "--from", c->query.tz, c->query.range.from_ms);
		if (!c->is_relative)
			instant_word(b, "--to", c->query.tz, c->query.range.to_ms);
	}
}

static char *
without_server(const struct ctx *c)
{
	const struct web_setup *in = &c->web->in;
	struct sbuf b;

	sbuf_init(&b, COMMAND_MAX);
	sbuf_addz(&b, "codex-track export");
	/* what was named here must be named there, or it would read another home into this */
	if (strcmp(in->db_origin, "default") != 0)
		shell_word(&b, "--db", in->db);
	for (size_t i = 0; i < in->roots_len; i++)
		if (in->roots[i].is_named)
			shell_word(
			    &b, in->roots[i].is_home ? "--home" : "--rollouts", in->roots[i].path);
	range_words(c, &b);
	for (size_t i = 0; i < c->params.len; i++) {
		const struct param_value *v = &c->params.v[i];
		char *name = xasprintf("--%s", v->def.name);

		if (v->def.kind == PARAM_FILTER || strcmp(v->def.name, "tz") == 0)
			shell_word(&b, name, v->text);
		free(name);
	}
	sbuf_addz(&b, " --format csv --out events.csv");
	return sbuf_detach(&b);
}

static void
command(struct json_object *list, const char *text, char *line)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "text", text);
	jt_str(o, "command", line);
	free(line);
}

int
page_export(struct ctx *c, struct err *e UNUSED)
{
	struct json_object *list, *o;
	char *href;

	c->data = jt_object();
	list = jt_add_array(c->data, "sets");
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		o = jt_push_object(list);
		jt_str(o, "name", sets[i].name);
		jt_str(o, "what", sets[i].what);
		for (size_t k = 0; k < ARRAY_LEN(formats); k++)
			link_put(o, formats[k], address(c, sets[i].name, formats[k]));
	}
	list = jt_add_array(c->data, "commands");
	if (c->req->origin[0] != '\0') {
		href = address(c, "events", "csv");
		command(list, "From this server, as CSV:",
		    xasprintf("curl -fsS '%s%s' -o events.csv", c->req->origin, href));
		free(href);
		href = address(c, "turns", "ndjson");
		command(list, "Line by line into another program:",
		    xasprintf("curl -fsSN '%s%s' | wc -l", c->req->origin, href));
		free(href);
	}
	command(list, "Without the server:", without_server(c));
	return 0;
}

/* -------------------------------------------------------------------- page */

void
show_export(struct ctx *c, struct json_object *view)
{
	struct json_object *list = jx_arr(c->data, "sets"), *p = show_panel(view, "sets", "_table"),
			   *t = chart_table("What can be exported");

	jt_str(p, "_ask", "For the period and the filters above, streamed.");
	chart_table_head(t, "Rows", false, NULL, NULL);
	chart_table_head(t, "CSV", false, NULL, NULL);
	chart_table_head(t, "NDJSON", false, NULL, NULL);
	chart_table_head(t, "JSON", false, NULL, NULL);
	chart_table_head(t, "What", false, NULL, NULL);
	for (size_t i = 0; i < jx_len(list); i++) {
		static const char *const titles[] = { "CSV", "NDJSON", "JSON" };
		struct json_object *x = jx_at(list, i), *row = chart_table_row(t, NULL);

		(void)chart_cell(row, jx_str(x, "name"), NULL, NULL);
		for (size_t k = 0; k < ARRAY_LEN(formats); k++)
			(void)chart_cell(row, str_of(titles[k]), NULL, jx_str(x, formats[k]).p);
		jt_str(chart_cell(row, jx_str(x, "what"), NULL, NULL), "cls", "long");
	}
	jt_put(p, "_table", t);
	jt_put(view, "_commands", json_object_get(jx_arr(c->data, "commands")));
}
