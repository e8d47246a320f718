#include "base/compat.h"

#include "base/xalloc.h"
#include "web/show_session.h"
#include "web/show_time.h"

#define DOT "\xc2\xb7"
#define THIN "\xe2\x80\xaf"
#define MAX_TURN 60 /* of one turn */

static const struct {
	const char *title;
	bool is_number;
} heads[] = { { "Turn", false }, { "Started", false }, { "Took", true }, { "Responses", true },
	{ "Calls", true }, { "Failed", true }, { "Uncached", true }, { "Write", true },
	{ "Cached", true }, { "Output", true }, { "Reasoning", true }, { "Cost", true },
	{ "Peak context", true }, { "Notes", false } };

static const enum metric classes[] = { METRIC_UNCACHED, METRIC_WRITE, METRIC_CACHED, METRIC_OUTPUT,
	METRIC_REASONING };

/* The table while it is made. */
struct listing {
	const struct ctx *c;
	struct json_object *table, *turns, *responses;
	bool one_day; /* all turns began on one */
	size_t open;  /* responses shown so far */
	size_t at;    /* the next response */
};

static bool
is_true(struct json_object *o, const char *key)
{
	bool b = false;

	(void)jx_bool(o, key, &b);
	return b;
}

/* Tokens by class, cost with PLACES digits, and fill of the context PERMILLE, as next cells of ROW. */
static void
sums(struct json_object *row, const struct show_sum *s, int places, int64_t permille)
{
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		(void)chart_cell_count(row, s->v[classes[i]]);
	(void)chart_cell_number(row, show_cost_text(s, places).s, NULL);
	(void)chart_cell_number(row, show_permille(permille).s, NULL);
}

static void
add_response(const struct listing *l, struct json_object *list, struct json_object *r)
{
	struct json_object *row = jt_push_object(list), *cell;
	struct show_sum s = show_sum(r);

	jt_str(row, "row", NULL);
	jt_put(row, "head", NULL);
	jt_put(row, "cells", jt_array());
	(void)chart_cell(row, str_of(text_exact(show_i64(r, "n", 0), false).s), NULL, NULL);
	cell = chart_cell(row, str_of(show_seconds(l->c, show_time(r, "at")).s), NULL, NULL);
	jt_str(cell, "title", text_clock(show_time(r, "at"), l->c->query.tz).s);
	cell = chart_cell(row, show_name(r, "model"), NULL, NULL);
	jt_str(cell, "cls", "name");
	jt_i64(cell, "span", 4);
	sums(row, &s, 3, show_i64(r, "fill_permille", -1));
	(void)chart_cell(row,
	    is_true(r, "recovered")          ? STR("from a copy")
	    : is_true(r, "after_compaction") ? STR("after a compaction")
					     : STR(""),
	    NULL, NULL);
}

static int64_t
turn_of(const struct listing *l, size_t i)
{
	return show_i64(jx_at(l->responses, i), "turn", 0);
}

/* What opens below the row of the turn NUMBER (0: those without one), which has N responses. */
static void
add_fold(struct listing *l, struct json_object *row, int64_t number, int64_t n)
{
	struct json_object *fold, *list = NULL;
	size_t len = jx_len(l->responses), from, have;
	size_t most = len > SHOW_ROWS ? SHOW_SESSION_ROWS : SHOW_ROWS; /* on the page */

	while (l->at < len && turn_of(l, l->at) < number)
		l->at++;
	from = l->at;
	while (l->at < len && turn_of(l, l->at) == number)
		l->at++;
	have = l->at - from;
	if (n == 0) {
		jt_put(row, "fold", NULL);
		return;
	}
	fold = jt_add_object(row, "fold");
	jt_i64(fold, "columns", (int64_t)ARRAY_LEN(heads));
	if (number > 0)
		jt_fmt(fold, "summary", "Responses of turn %s", text_exact(number, false).s);
	else
		jt_str(fold, "summary", "Responses without a turn");
	if ((int64_t)have == n && have <= MAX_TURN && l->open + have <= most) {
		list = show_list(fold, "responses");
		for (size_t i = from; i < l->at; i++)
			add_response(l, list, jx_at(l->responses, i));
		l->open += have;
		jt_put(fold, "href", NULL);
		jt_put(fold, "text", NULL);
		return;
	}
	jt_put(fold, "responses", NULL);
	jt_fmt(fold, "text", "The %s", show_many(n, "response").s);
	if (number > 0) {
		char *path = xasprintf("%s/turns/%" PRId64, l->c->path, number);

		link_put(fold, "href", link_to(l->c, path, "", NULL));
		free(path);
	} else
		jt_put(fold, "href", NULL);
}

static void
notes(struct json_object *row, struct json_object *turn)
{
	int64_t compactions = show_i64(turn, "compactions", 0);
	struct str status = jx_str(turn, "status");
	struct sbuf b;

	sbuf_init(&b, CHART_CELL_MAX);
	if (compactions == 1)
		sbuf_addz(&b, "compacted");
	else if (compactions > 1)
		sbuf_addf(&b, "compacted %s times", text_exact(compactions, false).s);
	if (status.p == NULL)
		sbuf_addf(&b, "%sno end logged", b.len > 0 ? ", " : "");
	else if (!str_eqz(status, "completed"))
		sbuf_addf(&b, "%s%.*s", b.len > 0 ? ", " : "", (int)status.n, status.p);
	(void)chart_cell(row, str_n(b.buf, b.len), NULL, NULL);
	sbuf_free(&b);
}

static void
add_turn(struct listing *l, struct json_object *turn)
{
	struct json_object *row = chart_table_row(l->table, NULL);
	int64_t n = show_i64(turn, "n", 0), start = show_time(turn, "started");
	int64_t took = show_i64(turn, "duration_ms", -1);
	struct text when =
	    l->one_day ? text_time(start, l->c->query.tz) : text_clock(start, l->c->query.tz);
	struct show_sum s = show_sum(turn);

	jt_fmt(row, "id", "t%" PRId64, n);
	(void)chart_cell(row, str_of(text_exact(n, false).s), NULL, NULL);
	(void)chart_cell(row, str_of(l->one_day ? when.s : when.s + (start < 0 ? 0 : 4)),
	    text_clock(start, l->c->query.tz).s, NULL);
	(void)chart_cell_number(row, took < 0 ? DOT : text_duration(took).s, NULL);
	(void)chart_cell_count(row, s.v[METRIC_RESPONSES]);
	(void)chart_cell_count(row, show_i64(turn, "calls", 0));
	(void)chart_cell_count(row, show_i64(turn, "failures", 0));
	sums(row, &s, 2, show_i64(turn, "peak_permille", -1));
	notes(row, turn);
	add_fold(l, row, n, s.v[METRIC_RESPONSES]);
}

/* What of the session is in none of its turns: S of it, less each. */
static struct show_sum
outside(struct json_object *turns, struct show_sum s)
{
	for (size_t i = 0; i < jx_len(turns); i++) {
		struct show_sum x = show_sum(jx_at(turns, i));

		for (int m = 0; m < METRIC__MAX; m++)
			s.v[m] -= x.v[m];
		s.unpriced -= x.unpriced;
	}
	s.has_cost = s.unpriced < s.v[METRIC_TOKENS];
	s.cost = (struct str){ NULL, 0 };
	return s;
}

static void
add_outside(struct listing *l, const struct show_sum *s)
{
	struct json_object *row;

	if (s->v[METRIC_RESPONSES] <= 0)
		return;
	row = chart_table_row(l->table, NULL);
	jt_str(row, "id", "t0");
	(void)chart_cell(row, STR(DOT), NULL, NULL);
	for (int i = 0; i < 2; i++)
		(void)chart_cell_number(row, DOT, NULL);
	(void)chart_cell_count(row, s->v[METRIC_RESPONSES]);
	for (int i = 0; i < 2; i++)
		(void)chart_cell_number(row, DOT, NULL);
	sums(row, s, 2, -1);
	(void)chart_cell(row, STR("in no turn"), NULL, NULL);
	add_fold(l, row, 0, s->v[METRIC_RESPONSES]);
}

static void
add_total(const struct listing *l, struct json_object *session)
{
	struct json_object *row = chart_table_total(l->table);
	struct show_sum s = show_sum(session);
	int64_t took = 0;

	for (size_t i = 0; i < jx_len(l->turns); i++)
		took += show_i64(jx_at(l->turns, i), "duration_ms", 0);
	(void)chart_cell(row, STR("All"), NULL, NULL);
	(void)chart_cell(row, STR(""), NULL, NULL);
	(void)chart_cell_number(row, took == 0 ? DOT : text_duration(took).s, NULL);
	(void)chart_cell_count(row, s.v[METRIC_RESPONSES]);
	(void)chart_cell_count(row, show_i64(session, "calls", 0));
	(void)chart_cell_count(row, show_i64(session, "failures", 0));
	sums(row, &s, 2, show_i64(session, "peak_permille", -1));
	(void)chart_cell(row, STR(""), NULL, NULL);
}

static bool
on_one_day(const struct ctx *c, struct json_object *turns)
{
	int64_t first = show_time(jx_at(turns, 0), "started");
	int64_t last = show_time(jx_at(turns, jx_len(turns) - 1), "started");

	return strcmp(text_day(first, c->query.tz, true).s, text_day(last, c->query.tz, true).s) ==
	       0;
}

void
show_turns(const struct ctx *c, struct json_object *panel)
{
	struct json_object *session = jx_obj(c->data, "session");
	struct listing l = {
		.c = c, .turns = jx_arr(c->data, "turns"), .responses = jx_arr(c->data, "responses")
	};
	size_t n = jx_len(l.turns), first = n > SHOW_ROWS ? n - SHOW_SESSION_ROWS : 0;
	struct show_sum rest = outside(l.turns, show_sum(session));

	if (n == 0 && rest.v[METRIC_RESPONSES] <= 0)
		return;
	l.one_day = n > 0 && on_one_day(c, l.turns);
	l.table = chart_table("Turns in order");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		chart_table_head(l.table, heads[i].title, heads[i].is_number, NULL, NULL);
	add_outside(&l, &rest);
	if (first > 0)
		jt_fmt(panel, "_note", "The last %d of %s turns; the JSON has all.",
		    SHOW_SESSION_ROWS, text_exact((int64_t)n, false).s);
	for (size_t i = first; i < n; i++)
		add_turn(&l, jx_at(l.turns, i));
	add_total(&l, session);
	jt_put(panel, "_table", l.table);
}
