/* Health: what was read, what was not, and why. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "report/health_page.h"
#include "report/tree.h"
#include "web/router.h"
#include "web/show_sessions.h"

page_fn page_health;
show_fn show_health;

#define DOT "\xc2\xb7"
#define SHOWN 400 /* rows of a table; the twin has all */
#define TABLES 12 /* that are shown by name */

/* -------------------------------------------------------------------- data */

/* Where it is looked, and who said so. */
static void
places(const struct ctx *c)
{
	const struct web_setup *in = &c->web->in;
	struct json_object *db = jx_obj(c->data, "database"), *a;

	jt_str(db, "path", in->db);
	jt_str(db, "origin", in->db_origin);
	a = jt_add_array(c->data, "homes");
	for (size_t i = 0; i < in->roots_len; i++) {
		const struct place_root *r = &in->roots[i];
		struct json_object *x = jt_push_object(a);

		jt_str(x, "path", r->path);
		jt_str(x, "label", r->label == NULL || r->label[0] == '\0' ? NULL : r->label);
		jt_str(x, "origin", r->origin);
	}
	tree_time(c->data, "checked", web_checked_ms(c->web), c->query.tz);
}

int
page_health(struct ctx *c, struct err *e)
{
	if (health_page_json(c->web->store, c->query.tz, &c->data, e) < 0)
		return -1;
	places(c);
	return 0;
}

/* ------------------------------------------------------------------- facts */

static void
fact(struct json_object *list, const char *name, const char *text)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "name", name);
	jt_show(o, "text", str_of(text), CHART_CELL_MAX);
	jt_put(o, "href", NULL);
}

/* "PATH (ORIGIN)" of the place O, its label before it. */
static void
place_fact(struct json_object *list, const char *name, struct json_object *o)
{
	struct str path = jx_str(o, "path"), label = jx_str(o, "label"),
		   origin = jx_str(o, "origin");
	char *text = xasprintf("%.*s%s%.*s, from %.*s", (int)label.n,
	    label.p == NULL ? "" : label.p, label.p == NULL ? "" : ": ", (int)path.n, path.p,
	    (int)origin.n, origin.p == NULL ? "" : origin.p);

	fact(list, name, text);
	free(text);
}

static void
facts(const struct ctx *c, struct json_object *view)
{
	struct json_object *list = show_list(view, "_facts"), *homes = jx_arr(c->data, "homes"),
			   *db = jx_obj(c->data, "database"), *pending = jx_obj(c->data, "pending");
	int64_t sessions = show_i64(pending, "sessions", 0), sums = show_i64(pending, "sums", 0);
	int64_t checked = show_time(c->data, "checked");
	char *text;

	place_fact(list, "Database", db);
	text = xasprintf("%s, schema %d, generation %s", text_bytes(show_i64(db, "bytes", 0)).s,
	    (int)show_i64(db, "schema", 0), text_exact(show_i64(db, "generation", 0), false).s);
	fact(list, "Size", text);
	free(text);
	for (size_t i = 0; i < jx_len(homes); i++)
		place_fact(list, "Read from", jx_at(homes, i));
	fact(list, "Last check of the files",
	    checked < 0 ? "none came to its end yet" : text_clock(checked, c->query.tz).s);
	if (sessions > 0)
		text = xasprintf("%s %s still to be counted", text_exact(sessions, false).s,
		    sessions == 1 ? "session is" : "sessions are");
	else
		text = xstrdup(sums > 0 ? "some are to be made anew" : "up to date");
	fact(list, "Sums", text);
	free(text);
}

/* ------------------------------------------------------------------ tables */

/* A table CAPTION of the array A, with heads of HEADS ("Name" or "#Number", a | between), into the panel KEY of VIEW; NULL when A is empty, which leaves the panel's text for that. */
static struct json_object *
begin(struct json_object *view, const char *key, const char *caption, const char *heads,
    struct json_object *a)
{
	struct json_object *panel = show_panel(view, key, "_table"), *t;
	struct str rest = str_of(heads), word;

	if (jx_len(a) == 0)
		return NULL;
	t = chart_table(caption);
	jt_put(panel, "_table", t);
	while (str_split(&rest, '|', &word)) {
		bool number = str_starts(word, "#");
		char *name = str_dup(number ? str_n(word.p + 1, word.n - 1) : word);

		chart_table_head(t, name, number, NULL, NULL);
		free(name);
	}
	return t;
}

static void
bytes_cell(struct json_object *row, int64_t n)
{
	char *title = n == 0 ? NULL : xasprintf("%s bytes", text_exact(n, false).s);

	(void)chart_cell_number(row, n == 0 ? DOT : text_bytes(n).s, title);
	free(title);
}

static void
reads(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "reads"),
			   *t = begin(view, "reads", "Last passes that read something",
			       "Began|#Files|#Size|#Lines", a);

	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *x = jx_at(a, i), *row = chart_table_row(t, NULL);

		show_time_cell(c, row, show_time(x, "at"));
		(void)chart_cell_count(row, show_i64(x, "files", 0));
		bytes_cell(row, show_i64(x, "bytes", 0));
		(void)chart_cell_count(row, show_i64(x, "lines", 0));
	}
}

/* What the state NAME of a file means; static. */
static const char *
state_text(struct str name)
{
	static const char *const texts[][2] = {
		{ "read", "read to its end" },
		{ "copy", "holds what another file holds, too; counted there" },
		{ "empty", "has no complete line yet" },
		{ "failed", "could not be read" },
		{ "gone", "is not there any more; what it held is kept" },
		{ "pending", "waits for a command without a range" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eqz(name, texts[i][0]))
			return texts[i][1];
	return DOT;
}

static void
files(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "files"), *row,
			   *t = begin(
			       view, "files", "Files by state", "State|#Files|#Size|Meaning", a);
	int64_t n = 0, bytes = 0;

	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *x = jx_at(a, i);
		struct str name = jx_str(x, "name");

		row = chart_table_row(t, NULL);
		(void)chart_cell(row, name, NULL, NULL);
		(void)chart_cell_count(row, show_i64(x, "n", 0));
		bytes_cell(row, show_i64(x, "bytes", 0));
		jt_str(chart_cell(row, str_of(state_text(name)), NULL, NULL), "cls", "long");
		n += show_i64(x, "n", 0);
		bytes += show_i64(x, "bytes", 0);
	}
	if (t == NULL)
		return;
	row = chart_table_total(t);
	(void)chart_cell(row, STR("All"), NULL, NULL);
	(void)chart_cell_count(row, n);
	bytes_cell(row, bytes);
	(void)chart_cell(row, STR(""), NULL, NULL);
}

static void
problems(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "problems"),
			   *t = begin(
			       view, "problems", "Files with a problem", "File|State|Problem", a);

	for (size_t i = 0; i < jx_len(a) && i < SHOWN; i++) {
		struct json_object *x = jx_at(a, i), *row = chart_table_row(t, NULL);
		struct str path = jx_str(x, "path");
		char *title = str_dup(path);

		jt_str(chart_cell(row, show_project(path), title, NULL), "cls", "name");
		(void)chart_cell(row, jx_str(x, "state"), NULL, NULL);
		jt_str(chart_cell(row, jx_str(x, "problem"), NULL, NULL), "cls", "long");
		free(title);
	}
}

static void
verdicts(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "verdicts"), *row, *t;
	int64_t n = 0;

	for (size_t i = 0; i < jx_len(a); i++)
		n += show_i64(jx_at(a, i), "n", 0);
	t = begin(view, "verdicts", "Usage lines by verdict", "Verdict|#Lines|Meaning",
	    n == 0 ? NULL : a);
	if (t == NULL)
		return;
	for (size_t i = 0; i < jx_len(a) && i < VERDICT__MAX; i++) {
		struct json_object *x = jx_at(a, i);
		int64_t lines = show_i64(x, "n", 0);
		char *href;

		if (lines == 0)
			continue;
		row = chart_table_row(t, NULL);
		href = i == VERDICT_NONE ? NULL : link_word(c, verdict_name((enum verdict)i));
		(void)chart_cell(row, jx_str(x, "name"), NULL, href);
		free(href);
		(void)chart_cell_count(row, lines);
		jt_str(chart_cell(row, str_of(verdict_text((enum verdict)i)), NULL, NULL), "cls",
		    "long");
	}
	row = chart_table_total(t);
	(void)chart_cell(row, STR("All"), NULL, NULL);
	(void)chart_cell_count(row, n);
	(void)chart_cell(row, STR(""), NULL, NULL);
}

static void
skipped_rows(struct json_object *t, struct json_object *a, const char *what)
{
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *x = jx_at(a, i), *row = chart_table_row(t, NULL);
		struct str path = jx_str(x, "path"), name = show_project(path);
		char *title = str_dup(path);
		char *place =
		    xasprintf("line %s of %.*s", text_exact(show_i64(x, "line", 0), false).s,
			(int)name.n, name.p == NULL ? "" : name.p);

		jt_str(chart_cell(row, jx_str(x, "name"), NULL, NULL), "cls", "long");
		(void)chart_cell(row, str_of(what), NULL, NULL);
		(void)chart_cell_count(row, show_i64(x, "n", 0));
		jt_str(chart_cell(row, str_of(place), title, NULL), "cls", "name");
		free(title);
		free(place);
	}
}

static void
skipped(const struct ctx *c, struct json_object *view)
{
	struct json_object *lost = jx_arr(c->data, "skipped"), *part = jx_arr(c->data, "faulty"),
			   *t = begin(view, "skipped", "Lines that could not be used",
			       "Reason|Lost|#Lines|First", jx_len(lost) > 0 ? lost : part);

	if (t == NULL)
		return;
	skipped_rows(t, lost, "the line");
	skipped_rows(t, part, "a value");
}

static void
unknown(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "unknown"),
			   *t = begin(view, "unknown", "Unknown kinds", "Kind|#Lines", a);

	for (size_t i = 0; i < jx_len(a) && i < SHOWN; i++) {
		struct json_object *x = jx_at(a, i), *row = chart_table_row(t, NULL);
		char *title = str_dup(jx_str(x, "name"));

		jt_str(chart_cell(row, jx_str(x, "name"), title, NULL), "cls", "name");
		(void)chart_cell_count(row, show_i64(x, "n", 0));
		free(title);
	}
}

/* Address of the sessions of the month that begins at START_MS. */
static char *
month_link(const struct ctx *c, int64_t start_ms)
{
	char from[16], to[16];
	struct link_pair more[] = { { "from", from }, { "to", to } };
	struct date d;

	tz_local(c->query.tz, start_ms, &d, NULL, NULL);
	civil_format_date(d, from);
	civil_format_date(civil_date(civil_days(civil_add_months(d, 1)) - 1), to);
	return link_with(c, "/sessions", "", more, ARRAY_LEN(more));
}

static void
months(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "months"),
			   *t = begin(view, "months", "Completeness by month",
			       "Month|#Sessions|#Responses|#Lower bounds|#Of sessions|#Unreadable "
			       "lines",
			       a);
	size_t n = jx_len(a);

	for (size_t i = n; i-- > 0 && n - i <= SHOWN;) {
		struct json_object *x = jx_at(a, i), *row = chart_table_row(t, NULL);
		int64_t sessions = show_i64(x, "sessions", 0), lossy = show_i64(x, "lossy", 0);
		char *href = month_link(c, show_time(x, "start"));

		(void)chart_cell(row, jx_str(x, "label"), NULL, href);
		(void)chart_cell_count(row, sessions);
		(void)chart_cell_count(row, show_i64(x, "responses", 0));
		(void)chart_cell_count(row, lossy);
		(void)chart_cell_number(
		    row, lossy == 0 ? DOT : text_share(lossy, sessions).s, NULL);
		(void)chart_cell_count(row, show_i64(x, "unreadable", 0));
		free(href);
	}
}

static void
size_row(struct json_object *t, struct str name, int64_t n, int64_t all, int64_t most)
{
	struct json_object *row = chart_table_row(t, NULL);

	(void)chart_cell(row, name, NULL, NULL);
	bytes_cell(row, n);
	(void)chart_cell_number(row, text_share(n, all).s, NULL);
	(void)chart_cell_drawing(row, "bar", chart_bar_tree(n, most, false));
}

static void
size(const struct ctx *c, struct json_object *view)
{
	struct json_object *a = jx_arr(c->data, "tables"),
			   *t = begin(view, "size", "Database by table", "Table|#Size|#Share", a);
	int64_t all = show_i64(jx_obj(c->data, "database"), "bytes", 0), rest = 0,
		most = show_i64(jx_at(a, 0), "bytes", 0);
	size_t n = jx_len(a), shown = n > TABLES + 1 ? TABLES : n;
	char *others;

	if (t == NULL)
		return;
	chart_table_head(t, "Drawn", false, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		struct json_object *x = jx_at(a, i);
		int64_t bytes = show_i64(x, "bytes", 0);

		if (i < shown)
			size_row(t, jx_str(x, "name"), bytes, all, most);
		else
			rest += bytes;
	}
	if (shown == n)
		return;
	others = xasprintf("%zu others", n - shown);
	size_row(t, str_of(others), rest, all, most);
	free(others);
}

void
show_health(struct ctx *c, struct json_object *view)
{
	c->is_empty = jx_len(jx_arr(c->data, "files")) == 0;
	facts(c, view);
	reads(c, view);
	files(c, view);
	problems(c, view);
	verdicts(c, view);
	skipped(c, view);
	unknown(c, view);
	months(c, view);
	size(c, view);
}
