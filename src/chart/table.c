#include "base/compat.h"

#include "chart/table.h"
#include "chart/text.h"
#include "json/jt.h"
#include "json/jx.h"

#define MAX_FITTING 13 /* columns that a wide page has room for */

struct json_object *
chart_table(const char *caption)
{
	struct json_object *t = jt_object();

	jt_str(t, "caption", caption);
	jt_bool(t, "wide", false);
	jt_put(t, "heads", jt_array());
	jt_put(t, "rows", jt_array());
	jt_put(t, "totals", jt_array());
	return t;
}

void
chart_table_head(
    struct json_object *t, const char *text, bool numeric, const char *href, const char *sorted)
{
	struct json_object *heads = jx_arr(t, "heads"), *o = jt_push_object(heads);

	if (jx_len(heads) > MAX_FITTING)
		jt_bool(t, "wide", true);
	jt_str(o, "text", text);
	jt_str(o, "cls", numeric ? "n" : "");
	jt_str(o, "href", href);
	jt_str(o, "sorted", sorted);
}

void
chart_table_head_drawing(struct json_object *t, const char *text)
{
	struct json_object *heads = jx_arr(t, "heads");

	chart_table_head(t, text, false, NULL, NULL);
	jt_str(jx_at(heads, jx_len(heads) - 1), "cls", "cellplot");
}

struct json_object *
chart_table_row(struct json_object *t, const char *cls)
{
	struct json_object *o = jt_push_object(jx_arr(t, "rows"));

	jt_str(o, "row", cls);
	jt_put(o, "head", NULL);
	jt_put(o, "cells", jt_array());
	return o;
}

struct json_object *
chart_table_total(struct json_object *t)
{
	struct json_object *o = jt_push_object(jx_arr(t, "totals"));

	jt_put(o, "head", NULL);
	jt_put(o, "cells", jt_array());
	return o;
}

struct json_object *
chart_cell(struct json_object *row, struct str text, const char *title, const char *href)
{
	static const char *const drawings[] = { "bar", "range", "dot" };
	bool first = jx_obj(row, "head") == NULL;
	struct json_object *o =
	    first ? jt_add_object(row, "head") : jt_push_object(jx_arr(row, "cells"));

	jt_show(o, "text", text, CHART_CELL_MAX);
	jt_show(
	    o, "title", title == NULL ? (struct str){ NULL, 0 } : str_of(title), CHART_CELL_MAX);
	jt_str(o, "href", href);
	jt_str(o, "cls", "");
	jt_put(o, "span", NULL);
	jt_str(o, "depth", NULL);
	for (size_t i = 0; i < ARRAY_LEN(drawings); i++)
		jt_put(o, drawings[i], NULL);
	return o;
}

struct json_object *
chart_cell_number(struct json_object *row, const char *text, const char *title)
{
	struct json_object *o = chart_cell(row, str_of(text), title, NULL);

	jt_str(o, "cls", "n");
	return o;
}

struct json_object *
chart_cell_count(struct json_object *row, int64_t v)
{
	struct json_object *o;
	struct sbuf b;

	if (v == 0)
		return chart_cell_number(row, "\xc2\xb7", NULL);
	sbuf_init(&b, CHART_TEXT_MAX);
	chart_exact(&b, v);
	o = chart_cell_number(row, b.buf, NULL);
	sbuf_free(&b);
	return o;
}

struct json_object *
chart_cell_drawing(struct json_object *row, const char *kind, struct json_object *drawing)
{
	struct json_object *o = chart_cell(row, STR(""), NULL, NULL);

	jt_str(o, "cls", "cellplot");
	jt_put(o, kind, drawing);
	return o;
}
