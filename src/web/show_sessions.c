#include "base/compat.h"

#include "base/xalloc.h"
#include "web/show_sessions.h"

#define ID_BYTES 13 /* of an id in a list: its time, to the millisecond */
#define DOT "\xc2\xb7"
#define CHILD "\xe2\x86\xb3 " /* an arrow: started by another session */

static const struct {
	const char *title;
	const char *sort; /* word of the parameter; NULL: it is not sorted by */
	bool is_number;
} heads[] = {
	{ "Session", NULL, false },
	{ "Last active", "last", false },
	{ "Started", "started", false },
	{ "Project", NULL, false },
	{ "Model", NULL, false },
	{ "Source", NULL, false },
	{ "Turns", "turns", true },
	{ "Calls", "calls", true },
	{ "Failed", "failures", true },
	{ "Tokens", "tokens", true },
	{ "Cached", NULL, true },
	{ "Output", NULL, true },
	{ "Peak context", "peak", true },
	{ "Cost", "cost", true },
};

struct str
show_title(struct json_object *x)
{
	struct str s = jx_str(x, "title");

	if (s.p != NULL && s.n > 0)
		return s;
	s = show_name(x, "id");
	return str_n(s.p, s.n < ID_BYTES ? s.n : ID_BYTES);
}

static void
put_heads(const struct ctx *c, struct json_object *t, const char *sort)
{
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		size_t n = heads[i].sort == NULL || sort == NULL ? 0 : strlen(heads[i].sort);
		bool here = n > 0 && strncmp(sort, heads[i].sort, n) == 0 &&
			    (sort[n] == '\0' || sort[n] == '-');
		bool up = here && sort[n] == '-';
		char *href = NULL, *other;

		if (n > 0) {
			other = xasprintf("%s%s", heads[i].sort, here && !up ? "-asc" : "");
			href = link_with(
			    c, "/sessions", "sort cursor", &(struct link_pair){ "sort", other }, 1);
			free(other);
		}
		chart_table_head(t, heads[i].title, heads[i].is_number, href,
		    !here ? NULL
		    : up  ? "ascending"
			  : "descending");
		free(href);
	}
}

static void
name_cell(struct json_object *row, struct str text, const char *title)
{
	struct json_object *o =
	    chart_cell(row, text.p == NULL ? STR(DOT) : text, text.p == NULL ? NULL : title, NULL);

	jt_str(o, "cls", "name");
}

/* The instant MS without the day of the week, which leaves its room to the titles. */
static void
date_cell(const struct ctx *c, struct json_object *row, int64_t ms)
{
	struct text t = text_clock(ms, c->query.tz);

	(void)chart_cell(row, str_of(ms < 0 ? t.s : t.s + 4), ms < 0 ? NULL : t.s, NULL);
}

/* Names of the models with blanks between. Owned by the caller; NULL: none. */
static char *
models_of(struct json_object *x)
{
	struct json_object *a = jx_arr(x, "models");
	struct sbuf b;

	if (jx_len(a) == 0)
		return NULL;
	sbuf_init(&b, CHART_CELL_MAX * 4);
	for (size_t i = 0; i < jx_len(a); i++) {
		struct str s = jx_text(jx_at(a, i));

		sbuf_addz(&b, i > 0 ? " " : "");
		sbuf_adds(&b, s.p == NULL ? STR("unknown") : s);
	}
	return sbuf_detach(&b);
}

static void
put_row(const struct ctx *c, struct json_object *t, struct json_object *x)
{
	struct json_object *row = chart_table_row(t, NULL), *cell;
	struct show_sum s = show_sum(x);
	struct str title = show_title(x), project = jx_str(x, "project"),
		   source = jx_str(x, "source");
	char *href = link_session(c, jx_str(x, "id")), *models = models_of(x);
	int64_t peak = show_i64(x, "peak_permille", -1);
	bool no_counts = s.v[METRIC_RESPONSES] == 0;

	cell = chart_cell(row, title, title.p, href); /* the whole id, too: the text goes on */
	if (jx_str(x, "parent").p != NULL)
		jt_str(cell, "depth", CHILD);
	date_cell(c, row, show_time(x, "last"));
	date_cell(c, row, show_time(x, "started"));
	name_cell(row, project.p == NULL ? project : show_project(project), project.p);
	name_cell(row, models == NULL ? (struct str){ NULL, 0 } : str_of(models), models);
	(void)chart_cell(row, source.p == NULL ? STR(DOT) : source, NULL, NULL);
	(void)chart_cell_count(row, s.v[METRIC_TURNS]);
	(void)chart_cell_count(row, show_i64(x, "calls", 0));
	(void)chart_cell_count(row, show_i64(x, "failures", 0));
	if (no_counts && jx_len(jx_arr(x, "losses")) > 0)
		(void)chart_cell_number(row, "not logged", NULL);
	else
		(void)chart_cell_count(row, s.v[METRIC_TOKENS]);
	(void)chart_cell_number(row, text_share(s.v[METRIC_CACHED], s.v[METRIC_INPUT]).s, NULL);
	(void)chart_cell_count(row, s.v[METRIC_OUTPUT]);
	(void)chart_cell_number(row, peak < 0 ? DOT : text_ppm(peak * 1000, 0, false).s, NULL);
	show_cost_cell(row, &s);
	free(models);
	free(href);
}

void
show_sessions_table(const struct ctx *c, struct json_object *panel, struct json_object *list,
    const char *sort, const char *caption)
{
	struct json_object *t;

	if (jx_len(list) == 0)
		return;
	t = chart_table(caption);
	put_heads(c, t, sort);
	for (size_t i = 0; i < jx_len(list); i++)
		put_row(c, t, jx_at(list, i));
	jt_put(panel, "_table", t);
}
