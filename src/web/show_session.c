#include "base/compat.h"

#include "base/xalloc.h"
#include "web/show_limits.h"
#include "web/show_session.h"
#include "web/show_sessions.h"
#include "web/show_time.h"

#define DOT "\xc2\xb7"
#define MAX_DEPTH 8 /* levels of a family that are drawn */
#define LOW_MS 10   /* of the scale of tools */
#define TOP_MS 600000

static bool
is_true(struct json_object *o, const char *key)
{
	bool b = false;

	(void)jx_bool(o, key, &b);
	return b;
}

static void
empty_cells(struct json_object *row, int n)
{
	for (int i = 0; i < n; i++)
		(void)chart_cell(row, STR(""), NULL, NULL);
}

/* ----------------------------------------------------------------- family */

/* The lines before the names: BRANCH[i] of each of the N in LIST. */
static void
draw_branches(struct json_object *list, size_t n, char (*branch)[MAX_DEPTH * 8 + 1])
{
	bool more[MAX_DEPTH + 1] = { false }; /* another one comes on this level */

	for (size_t i = n; i-- > 0;) {
		int64_t depth = show_i64(jx_at(list, i), "depth", 0);
		int d = depth > MAX_DEPTH ? MAX_DEPTH : (int)depth;
		size_t len = 0;

		branch[i][0] = '\0';
		for (int k = 1; k <= d; k++)
			len += (size_t)snprintf(branch[i] + len, sizeof(branch[i]) - len, "%s",
			    k < d ? (more[k] ? "\xe2\x94\x82  " : "   ")
				  : (more[k] ? "\xe2\x94\x9c\xe2\x94\x80 "
					     : "\xe2\x94\x94\xe2\x94\x80 "));
		more[d] = true;
		for (int k = d + 1; k <= MAX_DEPTH; k++)
			more[k] = false;
	}
}

static struct str
relation(struct json_object *x, struct str parent)
{
	struct str s = jx_str(x, "relation");

	if (!is_true(x, "known"))
		return STR("not in the database");
	if (parent.p != NULL && str_eq(parent, show_name(x, "id")))
		return STR("parent");
	return s.p == NULL ? STR(DOT) : s;
}

static void
add_relative(const struct ctx *c, struct json_object *t, struct json_object *x, struct str parent,
    const char *branch, int64_t most)
{
	bool self = is_true(x, "self");
	struct json_object *row = chart_table_row(t, self ? "here" : NULL), *cell;
	struct show_sum own = show_sum(jx_obj(x, "own")), rolled = show_sum(jx_obj(x, "rolled"));
	struct str title = show_title(x), models = jx_str(x, "models"), name = relation(x, parent);
	char *href = self || !is_true(x, "known") ? NULL : link_session(c, show_name(x, "id"));

	cell = chart_cell(row, self ? STR("This session") : title,
	    jx_str(x, "title").p == NULL ? show_name(x, "id").p : title.p, href);
	jt_str(cell, "depth", branch[0] == '\0' ? NULL : branch);
	(void)chart_cell(row, name, NULL, NULL);
	cell = chart_cell(row, models.p == NULL ? STR(DOT) : models, models.p, NULL);
	jt_str(cell, "cls", "name");
	show_time_cell(c, row, show_time(x, "started"));
	(void)chart_cell_count(row, own.v[METRIC_RESPONSES]);
	(void)chart_cell_count(row, show_i64(x, "inherited_tokens", 0));
	(void)chart_cell_count(row, own.v[METRIC_TOKENS]);
	(void)chart_cell_drawing(row, "bar", chart_bar_tree(own.v[METRIC_TOKENS], most, self));
	show_cost_cell(row, &own);
	(void)chart_cell_count(
	    row, rolled.v[METRIC_TOKENS] == own.v[METRIC_TOKENS] ? 0 : rolled.v[METRIC_TOKENS]);
	free(href);
}

static void
add_family_total(struct json_object *t, struct json_object *list)
{
	struct json_object *row = chart_table_total(t);
	struct show_sum all = { .has_cost = false };
	char *text = xasprintf("Family of %s", show_many((int64_t)jx_len(list), "session").s);

	for (size_t i = 0; i < jx_len(list); i++) {
		struct show_sum own = show_sum(jx_obj(jx_at(list, i), "own"));

		for (int m = 0; m < METRIC__MAX; m++)
			all.v[m] += own.v[m];
		all.unpriced += own.unpriced;
		all.has_cost = all.has_cost || own.has_cost;
	}
	(void)chart_cell(row, str_of(text), NULL, NULL);
	empty_cells(row, 3);
	(void)chart_cell_count(row, all.v[METRIC_RESPONSES]);
	empty_cells(row, 1);
	(void)chart_cell_count(row, all.v[METRIC_TOKENS]);
	empty_cells(row, 1);
	show_cost_cell(row, &all);
	empty_cells(row, 1);
	free(text);
}

void
show_family(const struct ctx *c, struct json_object *panel)
{
	static const char *const names[] = { "Session", "Relation", "Model", "Started" };
	struct json_object *list = jx_arr(c->data, "family"), *t;
	size_t n = jx_len(list), rows = n < SHOW_ROWS ? n : SHOW_ROWS;
	struct str parent = { NULL, 0 };
	char(*branch)[MAX_DEPTH * 8 + 1];
	int64_t most = 0;

	if (n < 2)
		return;
	for (size_t i = 0; i < n; i++) {
		struct json_object *x = jx_at(list, i);
		int64_t own = show_i64(jx_obj(x, "own"), "tokens", 0);

		if (is_true(x, "self"))
			parent = jx_str(x, "parent");
		most = own > most ? own : most;
	}
	t = chart_table("Parents, forks and sub-agents");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		chart_table_head(t, names[i], false, NULL, NULL);
	chart_table_head(t, "Responses", true, NULL, NULL);
	chart_table_head(t, "Inherited", true, NULL, NULL);
	chart_table_head(t, "Own", true, NULL, NULL);
	chart_table_head_drawing(t, "Own, drawn");
	chart_table_head(t, "Cost, own", true, NULL, NULL);
	chart_table_head(t, "With sub-agents", true, NULL, NULL);
	branch = xcalloc(n, sizeof(*branch));
	draw_branches(list, n, branch);
	for (size_t i = 0; i < rows; i++)
		add_relative(c, t, jx_at(list, i), parent, branch[i], most);
	if (rows == n)
		add_family_total(t, list);
	else
		jt_fmt(panel, "_note", "The first %zu of %zu; the JSON has all.", rows, n);
	jt_put(panel, "_table", t);
	free(branch);
}

/* ------------------------------------------------------------------ tools */

static void
add_tool(struct json_object *t, struct json_object *x)
{
	struct json_object *row = chart_table_row(t, NULL), *cell;
	int64_t calls = show_i64(x, "calls", 0), failed = show_i64(x, "failed", 0);
	int64_t timeouts = show_i64(x, "timeouts", 0), open = show_i64(x, "open", 0);
	int64_t mid = show_i64(x, "p50_ms", -1), high = show_i64(x, "p95_ms", -1);
	struct str name = jx_str(x, "name");
	char *title = xasprintf("%s failed, %s timed out, %s aborted, %s without a result",
	    text_exact(failed, false).s, text_exact(timeouts, false).s,
	    text_exact(show_i64(x, "aborted", 0), false).s, text_exact(open, false).s);

	(void)chart_cell(row, name.p == NULL ? STR("name not logged") : name, name.p, NULL);
	(void)chart_cell_count(row, calls);
	cell = chart_cell_count(row, failed + timeouts);
	jt_str(cell, "title", title);
	(void)chart_cell_number(
	    row, failed + timeouts == 0 ? DOT : text_share(failed + timeouts, calls).s, NULL);
	(void)chart_cell_number(row, mid < 0 ? DOT : text_duration(mid).s, NULL);
	(void)chart_cell_number(row, high < 0 ? DOT : text_duration(high).s, NULL);
	(void)chart_cell_drawing(
	    row, "range", mid < 0 ? NULL : chart_range_tree(mid, high, LOW_MS, TOP_MS));
	free(title);
}

void
show_tools(const struct ctx *c, struct json_object *panel)
{
	static const char *const numbers[] = { "Calls", "Failed", "Share", "Median", "95 %" };
	struct json_object *list = jx_arr(c->data, "tools"), *t, *row;
	size_t n = jx_len(list), rows = n < SHOW_ROWS ? n : SHOW_ROWS;
	int64_t calls = 0, failed = 0;

	if (n == 0)
		return;
	t = chart_table("Tools, by calls");
	chart_table_head(t, "Tool", false, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		chart_table_head(t, numbers[i], true, NULL, i == 0 ? "descending" : NULL);
	chart_table_head_drawing(t, "10 ms to 10 min");
	for (size_t i = 0; i < n; i++) {
		struct json_object *x = jx_at(list, i);

		calls += show_i64(x, "calls", 0);
		failed += show_i64(x, "failed", 0) + show_i64(x, "timeouts", 0);
		if (i < rows)
			add_tool(t, x);
	}
	row = chart_table_total(t);
	if (rows < n)
		(void)chart_cell(row, STR("All, those not shown too"), NULL, NULL);
	else
		(void)chart_cell(row, STR("All"), NULL, NULL);
	(void)chart_cell_count(row, calls);
	(void)chart_cell_count(row, failed);
	(void)chart_cell_number(row, failed == 0 ? DOT : text_share(failed, calls).s, NULL);
	empty_cells(row, 3);
	jt_put(panel, "_table", t);
}

/* ----------------------------------------------------------------- limits */

void
show_limits_touched(const struct ctx *c, struct json_object *panel)
{
	static const char *const numbers[] = { "First", "Last", "Highest" };
	static const char *const keys[] = { "first_percent", "last_percent", "most" };
	struct json_object *list = jx_arr(c->data, "limits"), *t;

	if (jx_len(list) == 0)
		return;
	t = chart_table("Limits touched");
	chart_table_head(t, "Window", false, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		chart_table_head(t, numbers[i], true, NULL, NULL);
	for (size_t i = 0; i < jx_len(list) && i < SHOW_ROWS; i++) {
		struct json_object *x = jx_at(list, i), *row = chart_table_row(t, NULL);
		char *name = show_limit_name(x, false);

		(void)chart_cell(row, str_of(name), NULL, NULL);
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			double percent = 0;

			(void)jx_num(x, keys[k], &percent);
			(void)chart_cell_number(row, show_percent(percent).s, NULL);
		}
		free(name);
	}
	jt_put(panel, "_table", t);
}

/* --------------------------------------------------------- the arithmetic */

static void
check(struct json_object *panel, struct json_object *a)
{
	int64_t recovered = show_i64(a, "recovered", 0), off = show_i64(a, "difference", 0);
	struct json_object *o = jt_add_object(panel, "_check");

	if (recovered == 0)
		jt_fmt(o, "text", "Counted above: %s; in the sums of this session: %s.",
		    text_exact(show_i64(a, "counted", 0), false).s,
		    text_exact(show_i64(a, "sum", 0), false).s);
	else
		jt_fmt(o, "text",
		    "Counted above: %s, and in copies in other files: %s; in the sums of this "
		    "session: %s.",
		    text_exact(show_i64(a, "counted", 0), false).s, text_exact(recovered, false).s,
		    text_exact(show_i64(a, "sum", 0), false).s);
	jt_fmt(o, "difference", "Difference %s.", text_exact(off, false).s);
}

void
show_explain(const struct ctx *c, struct json_object *panel)
{
	static const char *const numbers[] = { "Lines", "Tokens on them", "Counted" };
	static const char *const keys[] = { "lines", "logged_tokens", "counted_tokens" };
	struct json_object *list = jx_arr(c->data, "verdicts"), *t, *row, *cell;
	struct json_object *a = jx_obj(c->data, "arithmetic");
	int64_t sums[ARRAY_LEN(keys)] = { 0 };

	jt_fmt(panel, "_sum", "%s own tokens", text_exact(show_i64(a, "sum", 0), false).s);
	jt_put(panel, "_check", NULL);
	if (jx_len(list) == 0 && show_i64(a, "sum", 0) == 0)
		return;
	check(panel, a);
	if (jx_len(list) == 0)
		return;
	t = chart_table("Every usage line, by verdict");
	chart_table_head(t, "Verdict", false, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		chart_table_head(t, numbers[i], true, NULL, NULL);
	chart_table_head(t, "Why", false, NULL, NULL);
	for (size_t i = 0; i < jx_len(list); i++) {
		struct json_object *x = jx_at(list, i);

		row = chart_table_row(t, NULL);
		(void)chart_cell(row, show_name(x, "verdict"), NULL, NULL);
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			int64_t v = show_i64(x, keys[k], 0);

			sums[k] += v;
			(void)chart_cell_count(row, v);
		}
		cell = chart_cell(row, show_name(x, "text"), NULL, NULL);
		jt_str(cell, "cls", "long");
	}
	row = chart_table_total(t);
	(void)chart_cell(row, STR("All usage lines"), NULL, NULL);
	for (size_t k = 0; k < ARRAY_LEN(keys); k++)
		(void)chart_cell_count(row, sums[k]);
	empty_cells(row, 1);
	jt_put(panel, "_table", t);
}
