/* Session: one session as a whole, and its parts as JSON. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/coverage.h"
#include "web/router.h"
#include "web/session_data.h"
#include "web/show_sessions.h"

page_fn page_session;
show_fn show_session;
raw_fn raw_session_turns, raw_session_tools, raw_session_tree, raw_session_explain;

#define DOT "\xc2\xb7"
#define SPARK_COLUMNS 60

int
page_session(struct ctx *c, struct err *e)
{
	return session_data(c, &c->data, e);
}

/* -------------------------------------------------------------- as parts */

/* Answer C with the id of the session and the members KEYS (blanks between) of its data. */
static int
part(struct ctx *c, const char *keys, struct err *e)
{
	struct json_object *all, *data;
	struct str rest = str_of(keys), word;

	if (session_data(c, &all, e) < 0)
		return -1;
	if (all == NULL)
		return 0;
	data = jt_object();
	jt_put(data, "id", json_object_get(jx_any(jx_obj(all, "session"), "id")));
	while (str_split(&rest, ' ', &word)) {
		char *key = str_dup(word);

		jt_put_copied(data, word, json_object_get(jx_any(all, key)));
		free(key);
	}
	json_object_put(all);
	return ctx_answer(c, data, e);
}

int
raw_session_turns(struct ctx *c, struct err *e)
{
	return part(c, "turns responses responses_total", e);
}

int
raw_session_tools(struct ctx *c, struct err *e)
{
	return part(c, "tools", e);
}

int
raw_session_tree(struct ctx *c, struct err *e)
{
	return part(c, "family", e);
}

int
raw_session_explain(struct ctx *c, struct err *e)
{
	return part(c, "verdicts arithmetic files losses", e);
}

/* --------------------------------------------------------- the number row */

/* One of the row, without a link; FROM (freed) stands below it, SPARK is then its. */
static void
number(struct json_object *list, const char *label, struct text text, const char *unit,
    const char *title, char *from, struct json_object *spark)
{
	struct json_object *o = jt_push_object(list);

	jt_str(o, "label", label);
	jt_str(o, "text", text.s);
	jt_str(o, "unit", unit);
	jt_str(o, "title", title);
	jt_put(o, "change", NULL);
	link_put(o, "from", from);
	jt_put(o, "href", NULL);
	jt_bool(o, "on", false);
	jt_put(o, "spark", spark);
}

static void
tokens(
    struct json_object *list, const char *label, int64_t v, char *from, struct json_object *spark)
{
	struct chart_short s = chart_short(v);
	struct text t;

	(void)snprintf(t.s, sizeof(t.s), "%s", s.digits);
	number(
	    list, label, t, s.unit[0] == '\0' ? NULL : s.unit, text_exact(v, false).s, from, spark);
}

static struct json_object *
spark_of(const struct show_fold *f, enum metric m)
{
	int64_t *v = show_fold_sums(f, m);
	struct json_object *o = f->len < 2 ? NULL : chart_spark_tree(v, f->len, 0);

	free(v);
	return o;
}

static struct json_object *
spark_share(const struct show_fold *f)
{
	int64_t *v = show_fold_sums(f, METRIC_CACHED), *of = show_fold_sums(f, METRIC_INPUT);
	struct json_object *o;

	for (int i = 0; i < f->len; i++)
		v[i] = of[i] > 0 ? (int64_t)((price_pusd)v[i] * 1000 / of[i]) : -1;
	o = f->len < 2 ? NULL : chart_spark_tree(v, f->len, 0);
	free(v);
	free(of);
	return o;
}

static struct json_object *
spark_most(const struct show_fold *f, const char *key)
{
	int64_t *v = show_fold_most(f, key);
	struct json_object *o = f->len < 2 ? NULL : chart_spark_tree(v, f->len, 0);

	free(v);
	return o;
}

/* The member of the family that this page is about; *AGENTS below it were started by it or by one of those. */
static struct json_object *
self_of(struct json_object *family, int64_t *agents)
{
	struct json_object *self = NULL;
	int64_t depth = 0, skip = INT64_MAX;

	*agents = 0;
	for (size_t i = 0; i < jx_len(family); i++) {
		struct json_object *x = jx_at(family, i);
		int64_t d = show_i64(x, "depth", 0);
		bool is_self = false;

		(void)jx_bool(x, "self", &is_self);
		if (is_self) {
			self = x;
			depth = d;
			continue;
		}
		if (self == NULL || d > skip)
			continue;
		if (d <= depth)
			break;
		skip = INT64_MAX;
		if (str_eqz(jx_str(x, "relation"), "sub-agent"))
			(*agents)++;
		else /* a fork, and what is below it, is not of this session */
			skip = d;
	}
	return self;
}

static char *
cost_words(const struct show_sum *s, const struct show_sum *rolled, int64_t agents)
{
	if (agents > 0)
		return xasprintf("%s with sub-agents", show_cost_text(rolled, 2).s);
	if (s->has_cost && s->v[METRIC_TURNS] > 0)
		return xasprintf(
		    "%s per turn", text_usd(s->v[METRIC_COST] / s->v[METRIC_TURNS], 2).s);
	return xstrdup("");
}

static char *
compactions_words(int64_t n)
{
	return n == 0   ? xstrdup("never compacted")
	       : n == 1 ? xstrdup("compacted once")
			: xasprintf("compacted %s times", text_exact(n, false).s);
}

static void
numbers(const struct ctx *c, struct json_object *view)
{
	struct json_object *session = jx_obj(c->data, "session"), *turns = jx_arr(c->data, "turns");
	bool by_turn = jx_len(turns) > 1;
	struct show_fold f =
	    show_fold(by_turn ? turns : jx_arr(c->data, "responses"), SPARK_COLUMNS);
	struct show_sum s = show_sum(session), rolled;
	int64_t agents, peak = show_i64(session, "peak_permille", -1);
	struct json_object *self = self_of(jx_arr(c->data, "family"), &agents), *list;
	struct text share = { DOT }, cost;
	const char *label = agents > 0 ? "Own tokens" : "Tokens";
	char *text;

	jt_put(view, "_numbers", NULL);
	if (s.v[METRIC_RESPONSES] == 0)
		return;
	list = show_list(view, "_numbers");
	rolled = show_sum(jx_obj(self, "rolled"));
	tokens(list, label, s.v[METRIC_TOKENS],
	    xasprintf("%s", text_exact(s.v[METRIC_TOKENS], false).s), spark_of(&f, METRIC_TOKENS));
	if (agents > 0) {
		text = xasprintf("With its %s", show_many(agents, "sub-agent").s);
		tokens(list, text, rolled.v[METRIC_TOKENS],
		    xasprintf("%s", text_exact(rolled.v[METRIC_TOKENS], false).s), NULL);
		free(text);
	} else
		tokens(list, "Uncached input", s.v[METRIC_UNCACHED],
		    xasprintf(
			"%s of the input", text_share(s.v[METRIC_UNCACHED], s.v[METRIC_INPUT]).s),
		    spark_of(&f, METRIC_UNCACHED));
	if (s.v[METRIC_INPUT] > 0) {
		price_pusd input = s.v[METRIC_INPUT];
		int tenths = (int)((s.v[METRIC_CACHED] * (price_pusd)2000 + input) / (2 * input));

		(void)snprintf(share.s, sizeof(share.s), "%d.%d", tenths / 10, tenths % 10);
	}
	number(list, "Cached share of input", share, s.v[METRIC_INPUT] > 0 ? "%" : NULL, NULL,
	    xasprintf("%s not cached", text_brief(s.v[METRIC_INPUT] - s.v[METRIC_CACHED]).s),
	    spark_share(&f));
	tokens(list, "Output", s.v[METRIC_OUTPUT],
	    xasprintf("%s of it reasoning",
		text_ppm(s.v[METRIC_OUTPUT] <= 0
			     ? 0
			     : s.v[METRIC_REASONING] * 1000000 / s.v[METRIC_OUTPUT],
		    0, false)
		    .s),
	    spark_of(&f, METRIC_OUTPUT));
	cost = show_cost_text(&s, 2);
	text = s.cost.p == NULL ? NULL : xasprintf("$%s", s.cost.p);
	number(list, agents > 0 ? "API cost, own" : "API cost", cost, NULL, text,
	    cost_words(&s, &rolled, agents), s.has_cost ? spark_of(&f, METRIC_COST) : NULL);
	free(text);
	number(list, "Peak context", show_permille(peak), NULL, NULL,
	    compactions_words(show_i64(session, "compactions", 0)),
	    spark_most(&f, by_turn ? "peak_permille" : "fill_permille"));
}

/* ------------------------------------------------------------------ facts */

static char *
some(struct str s)
{
	return s.p == NULL ? NULL : str_dup(s);
}

/* The texts of the array A with BETWEEN between them, without those that say nothing. Owned by the caller. */
static char *
joined(struct json_object *a, const char *first, const char *between)
{
	struct sbuf b;

	sbuf_init(&b, CHART_CELL_MAX * 4);
	for (size_t i = 0; i < jx_len(a); i++) {
		struct str s = jx_text(jx_at(a, i));

		if (s.p == NULL || s.n == 0 || str_eqz(s, "default") || str_eqz(s, "unknown"))
			continue;
		sbuf_addz(&b, b.len > 0 ? between : first);
		sbuf_adds(&b, s);
	}
	return sbuf_detach(&b);
}

/* Where it was written: "2 files, 1 282 lines, archived". */
static char *
files_words(const struct ctx *c, struct json_object *session)
{
	struct json_object *files = jx_arr(c->data, "files");
	static const char *const flags[] = { "archived", "gone", "recovered" };
	static const char *const words[] = { ", archived", ", not there any more",
		", known from copies" };
	int64_t lines = 0;
	struct sbuf b;

	for (size_t i = 0; i < jx_len(files); i++)
		lines += show_i64(jx_at(files, i), "lines", 0);
	sbuf_init(&b, CHART_CELL_MAX);
	sbuf_addf(
	    &b, "%s, %s", show_many((int64_t)jx_len(files), "file").s, show_many(lines, "line").s);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		bool is = false;

		(void)jx_bool(session, flags[i], &is);
		sbuf_addz(&b, is ? words[i] : "");
	}
	return sbuf_detach(&b);
}

static char *
source_words(struct json_object *session)
{
	static const char *const keys[] = { "source", "version", "originator" };
	struct sbuf b;

	sbuf_init(&b, CHART_CELL_MAX * 4);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str s = jx_str(session, keys[i]);

		if (s.p == NULL || s.n == 0)
			continue;
		sbuf_addz(&b, b.len == 0 ? "" : i == 1 ? " " : ", ");
		sbuf_adds(&b, s);
	}
	return sbuf_detach(&b);
}

/* "12:40, 3 h 49 min later", with the day when it is another one. */
static char *
last_words(const struct ctx *c, int64_t start, int64_t last)
{
	struct text day = text_day(last, c->query.tz, true);
	bool same = start >= 0 && strcmp(text_day(start, c->query.tz, true).s, day.s) == 0;

	if (last < 0)
		return NULL;
	if (last == start)
		start = -1; /* nothing passed */
	return xasprintf("%s%s%s%s%s%s", same ? "" : day.s, same ? "" : ", ",
	    text_time(last, c->query.tz).s, start < 0 ? "" : ", ",
	    start < 0 ? "" : text_duration(last - start).s, start < 0 ? "" : " later");
}

static void
facts(const struct ctx *c, struct json_object *view)
{
	struct json_object *x = jx_obj(c->data, "session"), *list = show_list(view, "_facts");
	struct str project = jx_str(x, "project");
	int64_t start = show_time(x, "started");
	int64_t window = show_i64(x, "context_window", -1);
	char *models = joined(jx_arr(x, "models"), "", ", ");
	char *effort = joined(jx_arr(x, "effort"), ", effort ", ", ");
	char *tier = joined(jx_arr(x, "tier"), ", tier ", ", ");

	session_fact(list, "Project", some(project.p == NULL ? project : show_project(project)),
	    session_project_link(c, project));
	session_fact(list, "Directory", some(jx_str(x, "directory")), NULL);
	session_fact(list, "Branch", some(jx_str(x, "branch")), NULL);
	session_fact(list, "Model", xasprintf("%s%s%s", models, effort, tier), NULL);
	session_fact(list, "Source", source_words(x), NULL);
	session_fact(list, "Started",
	    start < 0 ? NULL
		      : xasprintf("%s, %s", text_day(start, c->query.tz, true).s,
			    text_time(start, c->query.tz).s),
	    NULL);
	session_fact(list, "Last active", last_words(c, start, show_time(x, "last")), NULL);
	session_fact(list, "Turns, responses",
	    xasprintf("%s, %s", show_many(show_i64(x, "turns", 0), "turn").s,
		show_many(show_i64(x, "responses", 0), "response").s),
	    NULL);
	session_fact(
	    list, "Messages", xstrdup(text_exact(show_i64(x, "messages", 0), true).s), NULL);
	session_fact(list, "Tool calls", session_calls(x), NULL);
	session_fact(list, "Context window",
	    window < 0 ? NULL : xstrdup(show_many(window, "token").s), NULL);
	session_fact(list, "Log", files_words(c, x), NULL);
	free(models);
	free(effort);
	free(tier);
}

/* ---------------------------------------------------------------- notices */

static void
notice(struct json_object *list, char *text, char *href, const char *more)
{
	struct json_object *o = jt_push_object(list);

	jt_show(o, "text", str_of(text), CHART_CELL_MAX);
	jt_str(o, "more", more);
	link_put(o, "href", href);
	free(text);
}

/* What is not in the numbers: losses by kind, tokens without a price. */
static void
notices(const struct ctx *c, struct json_object *view)
{
	struct json_object *losses = jx_arr(c->data, "losses"), *list = show_list(view, "_notices");
	struct show_sum s = show_sum(jx_obj(c->data, "session"));

	for (size_t k = 0; k < COVERAGE_LOSSES; k++) {
		const struct coverage_kind *kind = coverage_kind(k);
		int64_t n = 0, line = 0;
		struct text more;

		for (size_t i = 0; i < jx_len(losses); i++) {
			struct json_object *x = jx_at(losses, i);

			if (str_eqz(jx_str(x, "kind"), kind->name) && n++ == 0)
				line = show_i64(x, "line", 0);
		}
		if (n == 0)
			continue;
		more = show_many(n - 1, "more line");
		notice(list,
		    xasprintf("A session %s; line %s%s%s. The numbers are a lower bound.",
			kind->text, text_exact(line, false).s, n > 1 ? " and " : "",
			n > 1 ? more.s : ""),
		    NULL, NULL);
	}
	if (s.unpriced > 0)
		notice(list,
		    xasprintf("%s %s no price.", show_many(s.unpriced, "token").s,
			s.unpriced == 1 ? "has" : "have"),
		    link_to(c, "/cost", "", NULL), "Cost");
	if (jx_len(list) == 0)
		jt_put(view, "_notices", NULL);
}

/* ------------------------------------------------------------------- page */

static void
crumb(const struct ctx *c, struct json_object *view, struct json_object *session)
{
	struct json_object *list = jt_add_array(view, "_crumb");
	struct str project = jx_str(session, "project");
	char *href = session_project_link(c, project);

	session_crumb(list, STR("Sessions"), link_to(c, "/sessions", "", NULL));
	if (href != NULL)
		session_crumb(list, show_project(project), href);
	session_crumb(list, show_name(session, "id"), NULL);
}

static void
act(const struct ctx *c, struct json_object *panel, const char *name)
{
	char *path = xasprintf("%s/%s", c->twin, name);

	show_act(panel, "JSON", link_to(c, path, "", NULL));
	free(path);
}

void
show_session(struct ctx *c, struct json_object *view)
{
	struct json_object *session = jx_obj(c->data, "session"), *p;
	struct str title = show_title(session);

	c->title = jx_str(session, "title").p == NULL
		       ? xasprintf("Session %.*s", (int)title.n, title.p)
		       : str_dup(title);
	crumb(c, view, session);
	notices(c, view);
	numbers(c, view);
	facts(c, view);
	p = show_panel(view, "responses", "_chart _table _note");
	show_responses(c, p, jx_arr(c->data, "responses"), show_i64(c->data, "responses_total", 0));
	p = show_panel(view, "family", "_table _note");
	show_family(c, p);
	act(c, p, "tree");
	p = show_panel(view, "turns", "_table _note");
	show_turns(c, p);
	act(c, p, "turns");
	p = show_panel(view, "tools", "_table");
	show_tools(c, p);
	act(c, p, "tools");
	p = show_panel(view, "limits", "_table");
	show_limits_touched(c, p);
	show_act(p, "All windows", link_to(c, "/limits", "", NULL));
	p = show_panel(view, "explain", "_table");
	show_explain(c, p);
	act(c, p, "explain");
	(void)show_panel(view, "text", "_messages");
}
