#include "base/compat.h"

#include "base/xalloc.h"
#include "web/show_rates.h"

#define DOT "\xc2\xb7"
#define THIN "\xe2\x80\xaf"
#define TIMES "\xc3\x97"
#define LONG "\xe2\x86\xb3 " /* an arrow: the rates of long requests of the model above */
#define LEAST_DIGITS 3       /* behind the point */

static const char *const classes[] = { "input", "cached", "cache_write", "output" };

int64_t
show_day(struct str day)
{
	char text[32];

	if (day.p == NULL || day.n != 10)
		return -1;
	(void)snprintf(text, sizeof(text), "%.10sT00:00:00Z", day.p);
	return text_instant(str_of(text));
}

struct text
show_day_text(struct str day)
{
	int64_t ms = show_day(day);
	struct text t;
	struct err e;
	const struct tz *utc = tz_get("UTC", &e);

	if (ms < 0 || utc == NULL) {
		(void)snprintf(t.s, sizeof(t.s), DOT);
		return t;
	}
	t = text_day(ms, utc, true);
	memmove(t.s, t.s + 4, strlen(t.s + 4) + 1); /* without the weekday */
	return t;
}

/* The rate KEY of R, "1.75", with digits enough to stand below the others. */
static void
rate_cell(struct json_object *row, struct json_object *r, const char *key)
{
	struct str s = jx_str(r, key);
	const char *point;
	size_t digits;
	char text[64];

	if (s.p == NULL || s.n > 40) {
		(void)chart_cell_number(row, DOT, "costs what uncached input costs");
		return;
	}
	point = memchr(s.p, '.', s.n);
	digits = point == NULL ? 0 : (size_t)(s.p + s.n - point - 1);
	(void)snprintf(text, sizeof(text), "$%.*s%s%.*s", (int)s.n, s.p, point == NULL ? "." : "",
	    digits < LEAST_DIGITS ? (int)(LEAST_DIGITS - digits) : 0, "000");
	(void)chart_cell_number(row, text, NULL);
}

/* "priority × 2, flex × 0.5": the factors that are known. */
static void
tiers_cell(
    struct json_object *row, struct json_object *tiers, const char *priority, const char *flex)
{
	struct str p = jx_str(tiers, priority), f = jx_str(tiers, flex);
	char text[96] = DOT;
	int n = 0;

	if (p.p != NULL)
		n = snprintf(text, sizeof(text), "priority " TIMES THIN "%.*s", (int)p.n, p.p);
	if (f.p != NULL && n < (int)sizeof(text))
		(void)snprintf(text + n, sizeof(text) - (size_t)n, "%sflex " TIMES THIN "%.*s",
		    n > 0 ? ", " : "", (int)f.n, f.p);
	(void)chart_cell(row, str_of(text), NULL, NULL);
}

static void
source_cells(struct json_object *row, struct json_object *r)
{
	struct str source = jx_str(r, "source"), note = jx_str(r, "note");
	bool own = false;

	(void)jx_bool(r, "override", &own);
	jt_str(
	    chart_cell(row, own ? STR("your configuration") : source, note.p, NULL), "cls", "long");
	(void)chart_cell(row, str_of(show_day_text(jx_str(r, "checked_on")).s), NULL, NULL);
}

static void
put_rate(struct json_object *t, struct json_object *r)
{
	struct json_object *row = chart_table_row(t, NULL), *more = jx_obj(r, "long"), *head;
	struct str from = jx_str(r, "valid_from");

	(void)chart_cell(row, show_name(r, "model"), NULL, NULL);
	(void)chart_cell(
	    row, from.p == NULL ? STR("always") : str_of(show_day_text(from).s), NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		rate_cell(row, r, classes[i]);
	tiers_cell(row, jx_obj(r, "tiers"), "priority", "flex");
	source_cells(row, r);
	if (more == NULL)
		return;
	row = chart_table_row(t, NULL);
	head = chart_cell(row, STR("long requests"), NULL, NULL);
	jt_str(head, "depth", LONG);
	jt_fmt(chart_cell(row, STR(""), NULL, NULL), "text", "input above %s",
	    text_exact(show_i64(more, "threshold", 0), false).s);
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		rate_cell(row, more, classes[i]);
	tiers_cell(row, jx_obj(r, "tiers"), "priority_long", "flex_long");
	(void)chart_cell(row, STR(""), NULL, NULL);
	(void)chart_cell(row, STR(""), NULL, NULL);
}

/* A row without prices: the name of X, and TEXT (freed) over the other columns. */
static void
put_other(struct json_object *t, struct json_object *x, char *text)
{
	struct json_object *row = chart_table_row(t, NULL), *cell;

	(void)chart_cell(row, show_name(x, "name"), NULL, NULL);
	cell = chart_cell(row, str_of(text), NULL, NULL);
	jt_str(cell, "cls", "long");
	jt_i64(cell, "span", 8);
	free(text);
}

void
show_rates(const struct ctx *c, struct json_object *panel)
{
	static const struct {
		const char *text;
		bool numeric;
	} heads[] = { { "Model", false }, { "From", false }, { "Uncached", true },
		{ "Cached", true }, { "Write", true }, { "Output", true }, { "Tiers", false },
		{ "Source", false }, { "Checked", false } };
	struct json_object *rates = jx_arr(c->data, "rates"), *t, *a;

	if (jx_len(rates) == 0)
		return;
	t = chart_table("Rate card, dollars per million tokens");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		chart_table_head(t, heads[i].text, heads[i].numeric, NULL, NULL);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < jx_len(rates); i++) {
			bool used = false;

			(void)jx_bool(jx_at(rates, i), "used", &used);
			if (used == (pass == 0))
				put_rate(t, jx_at(rates, i));
		}
	a = jx_arr(c->data, "aliases");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct json_object *x = jx_at(a, i);
		struct str model = show_name(x, "model"), note = jx_str(x, "note");

		put_other(t, x,
		    xasprintf("priced as %.*s%s%.*s", (int)model.n, model.p,
			note.p == NULL ? "" : "; ", (int)note.n, note.p == NULL ? "" : note.p));
	}
	a = jx_arr(c->data, "unpriced");
	for (size_t i = 0; i < jx_len(a); i++) {
		struct str why = show_name(jx_at(a, i), "reason");

		put_other(t, jx_at(a, i), xasprintf("no price: %.*s", (int)why.n, why.p));
	}
	jt_put(panel, "_table", t);
}
