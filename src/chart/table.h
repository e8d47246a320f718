/*
 * table.h - a table as the partial part/table draws it: heads, rows of cells,
 * totals. It sees to it that every cell has every key, so that a template
 * never finds the key of something further out. doc/PAGES.md describes the tree.
 *
 * Texts are borrowed during the call and may be anything: they are shown with
 * jt_show, at most CHART_CELL_MAX bytes of them.
 */
#ifndef CHART_TABLE_H
#define CHART_TABLE_H

#include "base/str.h"

struct json_object;

#define CHART_CELL_MAX 400

/* An empty table with the terminated CAPTION, for those who do not see it. Returns the tree, owned by the caller. Aborts when out of memory. */
struct json_object *chart_table(const char *caption);

/*
 * One more column of T: its TEXT, NUMERIC when it holds numbers, a link HREF that sorts by it
 * (NULL: none), and SORTED ("ascending", "descending" or NULL). Aborts when out of memory.
 */
void chart_table_head(
    struct json_object *t, const char *text, bool numeric, const char *href, const char *sorted);

/* One more column of T, of drawings, called TEXT. Aborts when out of memory. */
void chart_table_head_drawing(struct json_object *t, const char *text);

/* One more row of T; CLS is a class of it or NULL ("here": the one the page is about). Lends the row; aborts when out of memory. */
struct json_object *chart_table_row(struct json_object *t, const char *cls);

/* One more row below the line of T: totals. Lends the row; aborts when out of memory. */
struct json_object *chart_table_total(struct json_object *t);

/* A text as next cell of the row ROW; TITLE and HREF may be NULL. The first cell of a row is its head. Lends the cell; aborts when out of memory. */
struct json_object *chart_cell(
    struct json_object *row, struct str text, const char *title, const char *href);

/* A number, already written as TEXT, as next cell of ROW; TITLE (the exact value, when TEXT is short) may be NULL. Lends the cell; aborts when out of memory. */
struct json_object *chart_cell_number(struct json_object *row, const char *text, const char *title);

/* The whole number V, thousands apart, as next cell of ROW; 0 is shown as a dot. Lends the cell; aborts when out of memory. */
struct json_object *chart_cell_count(struct json_object *row, int64_t v);

/* The drawing DRAWING (NULL: none), which the cell then owns, as next cell of ROW; KIND is "bar", "range" or "dot". Lends the cell; aborts when out of memory. */
struct json_object *chart_cell_drawing(
    struct json_object *row, const char *kind, struct json_object *drawing);

#endif
