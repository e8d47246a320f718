/* Limits: where each limit stands, whether it will last, what its windows held. */
#include "base/compat.h"

#include "base/xalloc.h"
#include "report/limits.h"
#include "store/st_day.h"
#include "web/router.h"
#include "web/show_limits.h"
#include "web/show_time.h"
#include "web/show_windows.h"

page_fn page_limits;
show_fn show_limits;

#define THIN "\xe2\x80\xaf"
#define DASH "\xe2\x80\x93"
#define DAY_MINUTES 1440
#define WEEK_MINUTES 10080
#define EARLY_PPM 30000 /* of a window: no forecast before (report/limits.h) */
#define ENOUGH 10       /* percent of a window that an estimate takes */

/* -------------------------------------------------------------------- data */

static bool
same(struct json_object *a, struct json_object *b, const char *key)
{
	return str_eq(jx_str(a, key), jx_str(b, key));
}

static bool
several_homes(struct json_object *list)
{
	for (size_t i = 1; i < jx_len(list); i++)
		if (!same(jx_at(list, i), jx_at(list, 0), "home"))
			return true;
	return false;
}

/* Is A more the main limit than B? The plan's own, then the longest, then the newest. */
static bool
is_before(struct json_object *a, struct json_object *b)
{
	bool x = str_eqz(jx_str(a, "limit_id"), "codex"),
	     y = str_eqz(jx_str(b, "limit_id"), "codex");
	int64_t m = show_i64(a, "minutes", 0), n = show_i64(b, "minutes", 0);

	if (x != y)
		return x;
	return m != n ? m > n : show_time(a, "captured") > show_time(b, "captured");
}

/* "codex/10080", with the home behind it where there are several. */
static void
put_keys(struct json_object *list)
{
	bool homes = several_homes(list);

	for (size_t i = 0; i < jx_len(list); i++) {
		struct json_object *l = jx_at(list, i);
		struct str id = jx_str(l, "limit_id"), home = jx_str(l, "home");

		jt_fmt(l, "key", "%.*s/%" PRId64 "%s%.*s", (int)id.n, id.p,
		    show_i64(l, "minutes", 0), homes ? " " : "", homes ? (int)home.n : 0, home.p);
	}
}

/* The limit that OF names (NULL: the main one); NULL: there is none. */
static struct json_object *
chosen(struct json_object *list, const char *of)
{
	struct json_object *best = NULL;

	for (size_t i = 0; i < jx_len(list); i++) {
		struct json_object *l = jx_at(list, i);

		if (of != NULL ? str_eqz(jx_str(l, "key"), of) : best == NULL || is_before(l, best))
			best = l;
	}
	return best;
}

/* Windows that begin behind the range are left out; the newest stand first. */
static void
cut_windows(struct json_object *list, int64_t to_ms)
{
	for (size_t i = 0; i < jx_len(list); i++) {
		struct json_object *a = jx_arr(jx_at(list, i), "windows");
		size_t n = 0;

		while (n < jx_len(a) && show_time(jx_at(a, n), "start") >= to_ms)
			n++;
		if (n > 0)
			(void)json_object_array_del_idx(a, 0, n);
	}
}

int
page_limits(struct ctx *c, struct err *e)
{
	const char *of = params_get(&c->params, "of");
	struct json_object *list, *l;
	struct limits limits;

	if (limits_run(c->web->store, &c->query, c->web->in.card, c->query.range.from_ms, c->now_ms,
		&limits, e) < 0)
		return -1;
	list = limits_json(&limits, c->now_ms, c->query.tz, true);
	limits_clear(&limits);
	c->data = jt_object();
	jt_put(c->data, "limits", list);
	cut_windows(list, c->query.range.to_ms);
	put_keys(list);
	l = chosen(list, of);
	if (l == NULL && of != NULL) {
		c->status = 404;
		c->detail = "No limit with this key was logged: leave \"of\" out, then the page "
			    "links to those that there are.";
	}
	jt_strn(c->data, "chosen", jx_str(l, "key"));
	return 0;
}

/* ------------------------------------------------------------------- words */

/* "weekly", "5-hour": the length of L's windows before a noun. */
static struct text
length_of(struct json_object *l)
{
	int64_t m = show_i64(l, "minutes", 0);
	struct text t;

	if (m == WEEK_MINUTES)
		(void)snprintf(t.s, sizeof(t.s), "weekly ");
	else if (m > 0 && m % DAY_MINUTES == 0)
		(void)snprintf(t.s, sizeof(t.s), "%d-day ", (int)(m / DAY_MINUTES));
	else if (m > 0 && m % 60 == 0)
		(void)snprintf(t.s, sizeof(t.s), "%d-hour ", (int)(m / 60));
	else if (m > 0)
		(void)snprintf(t.s, sizeof(t.s), "%d-minute ", (int)m);
	else
		t.s[0] = '\0';
	return t;
}

/* "The weekly limit", "The weekly limit of gpt-5.6-sol". Owned by the caller. */
static char *
subject(struct json_object *l)
{
	struct str id = jx_str(l, "limit_id"), name = jx_str(l, "name");
	bool own = str_eqz(id, "codex");

	if (name.p == NULL)
		name = id;
	return xasprintf("The %slimit%s%.*s", length_of(l).s, own ? "" : " of ",
	    own ? 0 : (int)name.n, own ? "" : name.p);
}

/* "19 to 27", or "27": whole numbers from LOW to HIGH. */
static struct text
between(double low, double high)
{
	struct text t;
	int a = show_round(low), b = show_round(high);

	if (a == b)
		(void)snprintf(t.s, sizeof(t.s), "%d", b);
	else
		(void)snprintf(t.s, sizeof(t.s), "%d to %d", a, b);
	return t;
}

/* ---------------------------------------------------------------- forecast */

/* Why L has no forecast. Owned by the caller. */
static char *
no_forecast(const struct ctx *c, struct json_object *l)
{
	struct text reset = text_clock(show_time(l, "resets"), c->query.tz);
	struct str state = jx_str(l, "state");
	int64_t ppm = show_i64(l, "elapsed_ppm", -1);
	bool stale = false;

	(void)jx_bool(l, "stale", &stale);
	if (str_eqz(state, "reset"))
		return xasprintf("The last window that was logged ended on %s; nothing is known of "
				 "the one since.",
		    reset.s);
	if (str_eqz(state, "unknown"))
		return xstrdup("Codex did not log when this limit resets.");
	if (stale)
		return xasprintf("The last reading is of %s: too old to look ahead from.",
		    text_clock(show_time(l, "captured"), c->query.tz).s);
	if (ppm >= 0 && ppm < EARLY_PPM)
		return xasprintf("Too early: %s of this window has passed, a forecast needs "
				 "3" THIN "%%.",
		    text_ppm(ppm, 1, false).s);
	return xstrdup("The last reading says too little about this window.");
}

/* " At the pace so far …": what the pace says, where the range is not made of it. Appended to B. */
static void
pace_words(const struct ctx *c, struct json_object *f, struct sbuf *b)
{
	struct json_object *out = jx_obj(f, "runs_out");
	int64_t late = show_time(out, "latest");

	if (str_eqz(jx_str(f, "basis"), "history"))
		sbuf_addf(b, " At the pace so far it would be %s" THIN "%%.",
		    between(show_num(f, "pace_low"), show_num(f, "pace_high")).s);
	if (out == NULL)
		return;
	if (late < 0)
		sbuf_addf(b, " At the faster pace nothing is left from %s on.",
		    text_clock(show_time(out, "earliest"), c->query.tz).s);
	else
		sbuf_addf(b, " At that pace nothing is left from %s to %s on.",
		    text_clock(show_time(out, "earliest"), c->query.tz).s,
		    text_clock(late, c->query.tz).s);
}

static void
put_forecast(const struct ctx *c, struct json_object *panel, struct json_object *l)
{
	struct json_object *f = jx_obj(l, "forecast"), *o = jt_add_object(panel, "_text");
	double used = show_num(l, "used_percent"), low = show_num(f, "low");
	double high = show_num(f, "high");
	int64_t windows = show_i64(f, "windows", 0);
	char *who = subject(l);
	struct sbuf b;

	sbuf_init(&b, 4096);
	jt_fmt(o, "before", "%s will %s", who, low >= 100 ? "be used up" : "stand at");
	if (low >= 100)
		jt_str(o, "range", "before its end");
	else
		jt_fmt(o, "range", "%s" THIN "%%", between(low, high > 100 ? 100 : high).s);
	sbuf_addf(&b, "%s on %s: ", low >= 100 ? "" : "when it resets",
	    text_clock(show_time(l, "resets"), c->query.tz).s);
	if (str_eqz(jx_str(f, "basis"), "history"))
		sbuf_addf(&b,
		    "in each of %d earlier windows another %s points were used from this time of "
		    "the window on.",
		    (int)windows, between(low - used, high - used).s);
	else
		sbuf_addf(&b, "from the pace since it began and that of the last %s.",
		    show_i64(l, "minutes", 0) == WEEK_MINUTES
			? "24 hours"
			: text_duration(show_i64(l, "minutes", 0) * 60000 / 7).s);
	pace_words(c, f, &b);
	jt_show(o, "after", str_trim(str_n(b.buf, b.len)), 1000);
	sbuf_free(&b);
	free(who);
}

/* ------------------------------------------------------------------- quota */

static void
put_quota(struct json_object *panel, struct json_object *l)
{
	struct json_object *e = jx_obj(l, "estimate"), *a = jx_arr(l, "windows"), *o;
	size_t n = 0;

	for (size_t i = 0; i < jx_len(a); i++) {
		bool closed = false;

		(void)jx_bool(jx_at(a, i), "closed", &closed);
		n += closed && show_num(jx_at(a, i), "peak_percent") >= ENOUGH &&
		     show_i64(jx_at(a, i), "tokens_per_percent", 0) > 0;
	}
	if (e == NULL) {
		jt_fmt(panel, "_none",
		    "An estimate needs three windows that ended with %d" THIN
		    "%% or more used; this period has %s.",
		    ENOUGH,
		    n == 0   ? "none"
		    : n == 1 ? "one"
			     : "two");
		return;
	}
	o = jt_add_object(panel, "_text");
	jt_str(o, "before", "About");
	jt_fmt(o, "range", "%s " DASH " %s tokens", text_brief(show_i64(e, "low", 0)).s,
	    text_brief(show_i64(e, "high", 0)).s);
	jt_str(o, "after", "at your mix of models.");
	jt_fmt(o, "basis",
	    "Middle half of %d windows that have ended, tokens \xc3\xb7 peak" THIN
	    "%%; the median is %s. Resets as Codex logged them.",
	    (int)show_i64(e, "windows", 0), text_brief(show_i64(e, "median", 0)).s);
}

/* -------------------------------------------------------------------- page */

/* The limit of short windows beside L: itself, else of the same name and home, else of its home; NULL: none. */
static struct json_object *
short_limit(struct json_object *list, struct json_object *l)
{
	struct json_object *best = NULL;

	if (show_i64(l, "minutes", DAY_MINUTES) < DAY_MINUTES)
		return l;
	for (size_t i = 0; i < jx_len(list); i++) {
		struct json_object *x = jx_at(list, i);

		if (show_i64(x, "minutes", DAY_MINUTES) < DAY_MINUTES && same(x, l, "home") &&
		    (best == NULL || (same(x, l, "limit_id") && !same(best, l, "limit_id"))))
			best = x;
	}
	return best;
}

/* Links to the other limits at the line of L. */
static void
choose_acts(
    const struct ctx *c, struct json_object *panel, struct json_object *list, struct json_object *l)
{
	bool homes = several_homes(list);

	for (size_t i = 0; i < jx_len(list) && jx_len(list) > 1; i++) {
		struct json_object *x = jx_at(list, i);
		struct str key = jx_str(x, "key");
		char *name = show_limit_name(x, homes), *href;

		href = x == l ? NULL : link_to(c, c->path, "of", key.p);
		show_act(panel, name, href);
		free(name);
	}
}

/* A link to the samples of the range as CSV; the export has another default period. */
static void
csv_act(const struct ctx *c, struct json_object *panel)
{
	struct link_pair more[] = { { "period",
					c->query.period[0] == '\0' ? NULL : c->query.period },
		{ "format", "csv" } };

	show_act(
	    panel, "CSV", link_with(c, "/api/v1/export/limits", "period", more, ARRAY_LEN(more)));
}

static void
put_limit(
    const struct ctx *c, struct json_object *view, struct json_object *list, struct json_object *l)
{
	bool homes = several_homes(list);
	struct json_object *s = short_limit(list, l), *p;
	char *name = show_limit_name(l, homes), *none;
	size_t n = jx_len(jx_arr(l, "windows"));

	p = jx_obj(view, "forecast");
	if (jx_obj(l, "forecast") != NULL)
		put_forecast(c, p, l);
	else {
		none = no_forecast(c, l);
		jt_show(p, "_none", str_of(none), CHART_CELL_MAX);
		free(none);
	}
	jt_show(p, "_ask", str_of(name), CHART_CELL_MAX);
	p = jx_obj(view, "quota");
	jt_fmt(p, "_title", "What a full %s holds",
	    show_i64(l, "minutes", 0) == WEEK_MINUTES ? "week" : "window");
	put_quota(p, l);
	p = jx_obj(view, "line");
	jt_show(p, "_title", str_of(name), CHART_CELL_MAX);
	jt_str(p, "_ask", "Percent used; each line starts at a reset.");
	choose_acts(c, p, list, l);
	csv_act(c, p);
	show_windows_line(c, p, l, name);
	p = jx_obj(view, "windows");
	if (n > SHOW_ROWS)
		jt_fmt(p, "_ask", "The newest %d of %s; the JSON has all.", SHOW_ROWS,
		    text_exact((int64_t)n, false).s);
	else
		jt_str(p, "_ask",
		    "How much fits into one percent? The field is the middle half of the windows "
		    "that have ended, the line their median.");
	show_windows_table(c, p, l);
	free(name);
	if (s == NULL)
		return;
	p = jx_obj(view, "short");
	name = show_limit_name(s, homes);
	jt_show(p, "_title", str_of(name), CHART_CELL_MAX);
	jt_str(p, "_none", "No window in the last 14 days of this period.");
	show_windows_columns(c, p, s, name);
	free(name);
}

void
show_limits(struct ctx *c, struct json_object *view)
{
	struct json_object *list = jx_arr(c->data, "limits"), *p;
	struct json_object *l = chosen(list, jx_str(c->data, "chosen").p);
	int64_t first, last;
	struct err e;

	c->is_empty = l == NULL && st_day_span(c->web->store, &first, &last, &e) == 0;
	p = show_panel(view, "now", "_limits");
	show_limit_bars(c, p, list, "#p-limits-line");
	show_act(p, "JSON", link_with(c, c->twin, "", NULL, 0));
	p = show_panel(view, "forecast", "_text");
	jt_str(p, "_ask", "");
	jt_str(p, "_none", "No limit was logged, so none can be looked ahead from.");
	p = show_panel(view, "quota", "_text");
	jt_str(p, "_title", "What a full week holds");
	jt_str(p, "_none", "No limit was logged.");
	p = show_panel(view, "line", "_chart _table");
	jt_str(p, "_title", "Percent used");
	jt_str(p, "_ask", "");
	p = show_panel(view, "windows", "_table");
	jt_str(p, "_title", "Windows");
	jt_str(p, "_ask", "");
	p = show_panel(view, "short", "_chart _table");
	jt_str(p, "_title", "Short windows");
	jt_str(p, "_ask", "");
	jt_str(p, "_none", "No limit with windows shorter than a day was logged.");
	if (l != NULL)
		put_limit(c, view, list, l);
}
