#include "base/compat.h"

#include "base/xalloc.h"
#include "web/show_limits.h"

#define DASH "\xe2\x80\x93"
#define THIN "\xe2\x80\xaf"

/* "weekly", "5 hours", "90 minutes". */
static struct text
window_words(int64_t minutes)
{
	struct text t;

	if (minutes == 10080)
		(void)snprintf(t.s, sizeof(t.s), "weekly");
	else if (minutes > 0 && minutes % 1440 == 0)
		(void)snprintf(t.s, sizeof(t.s), "%d %s", (int)(minutes / 1440),
		    minutes == 1440 ? "day" : "days");
	else if (minutes > 0 && minutes % 60 == 0)
		(void)snprintf(t.s, sizeof(t.s), "%d %s", (int)(minutes / 60),
		    minutes == 60 ? "hour" : "hours");
	else if (minutes > 0)
		(void)snprintf(t.s, sizeof(t.s), "%d minutes", (int)minutes);
	else
		(void)snprintf(t.s, sizeof(t.s), "window not logged");
	return t;
}

char *
show_limit_name(struct json_object *l, bool home)
{
	struct str name = jx_str(l, "name"), at = jx_str(l, "home");

	if (name.p == NULL)
		name = show_name(l, "limit_id");
	if (str_eqz(name, "codex"))
		name = STR("Codex");
	return xasprintf("%.*s, %s%s%s%s", (int)name.n, name.p,
	    window_words(show_i64(l, "minutes", -1)).s, home ? " (" : "", home ? at.p : "",
	    home ? ")" : "");
}

int
show_round(double v)
{
	return !(v > 0) ? 0 : v >= 1e8 ? 100000000 : (int)(v + 0.5);
}

struct text
show_percent(double percent)
{
	struct text t;
	int tenths = show_round(percent * 10);

	if (tenths % 10 == 0)
		(void)snprintf(t.s, sizeof(t.s), "%d" THIN "%%", tenths / 10);
	else
		(void)snprintf(t.s, sizeof(t.s), "%d.%d" THIN "%%", tenths / 10, tenths % 10);
	return t;
}

/* PERCENT in hundredths of a percent, 0 to 100 %. */
static int
place(double percent)
{
	return percent <= 0 ? 0 : percent >= 100 ? CHART_WIDTH : (int)(percent * 100 + 0.5);
}

/* "on pace for 81–89 %", "on pace to run out" of the forecast F into T. */
static void
outlook(struct json_object *f, struct text *t)
{
	double low = 0, high = 0;

	(void)jx_num(f, "low", &low);
	(void)jx_num(f, "high", &high);
	high = high > 100 ? 100 : high;
	if (low >= 100)
		(void)snprintf(t->s, sizeof(t->s), "on pace to run out");
	else if (show_round(low) == show_round(high))
		(void)snprintf(t->s, sizeof(t->s), "on pace for %d" THIN "%%", show_round(high));
	else
		(void)snprintf(t->s, sizeof(t->s), "on pace for %d" DASH "%d" THIN "%%",
		    show_round(low), show_round(high));
}

static void
put_now(struct json_object *o, struct json_object *l, struct chart_pace *pace, char *words,
    size_t words_size)
{
	struct json_object *f = jx_obj(l, "forecast");
	double used = 0, low = 0, high = 0;
	struct text t;
	int n;

	if (!jx_num(l, "used_percent", &used)) {
		jt_str(o, "now", "reset");
		jt_put(o, "outlook", NULL);
		(void)snprintf(words, words_size, "the window has been reset since");
		return;
	}
	pace->used = place(used);
	jt_fmt(o, "now", "%s used%s", show_percent(used).s,
	    show_is(l, "stale") ? " when last seen" : "");
	n = snprintf(words, words_size, "%s used", show_percent(used).s);
	if (pace->elapsed >= 0)
		n += snprintf(words + n, words_size - (size_t)n,
		    ", %d percent of the window has passed", (pace->elapsed + 50) / 100);
	jt_put(o, "outlook", NULL);
	if (f == NULL)
		return;
	(void)jx_num(f, "low", &low);
	(void)jx_num(f, "high", &high);
	pace->low = place(low);
	pace->high = place(high);
	outlook(f, &t);
	jt_str(o, "outlook", t.s);
	(void)snprintf(words + n, words_size - (size_t)n, ", %s", t.s);
}

static void
put_limit(const struct ctx *c, struct json_object *list, struct json_object *l, bool home,
    const char *href)
{
	struct json_object *o = jt_push_object(list);
	int64_t start = show_time(l, "start"), resets = show_time(l, "resets");
	int64_t left = show_i64(l, "resets_in_ms", -1), ppm = show_i64(l, "elapsed_ppm", -1);
	struct chart_pace pace = { .elapsed = ppm < 0 ? -1 : (int)(ppm / 100) };
	char *name = show_limit_name(l, home), words[400];

	jt_show(o, "name", str_of(name), CHART_CELL_MAX);
	if (href[0] == '#')
		jt_str(o, "href", href);
	else
		link_put(o, "href", link_to(c, href, "cursor", NULL));
	put_now(o, l, &pace, words, sizeof(words));
	if (start < 0)
		jt_put(o, "since", NULL);
	else
		jt_fmt(o, "since", "since %s", text_clock(start, c->query.tz).s);
	if (resets < 0)
		jt_put(o, "reset", NULL);
	else
		jt_fmt(o, "reset", "%s %s", left < 0 ? "since" : "resets",
		    text_clock(resets, c->query.tz).s);
	if (left < 0)
		jt_put(o, "left", NULL);
	else
		jt_fmt(o, "left", "in %s", text_duration(left).s);
	jt_show(o, "words", str_of(words), CHART_CELL_MAX);
	jt_put(o, "pace", chart_pace_tree(&pace));
	free(name);
}

void
show_limit_bars(
    const struct ctx *c, struct json_object *panel, struct json_object *list, const char *href)
{
	struct json_object *out;
	bool homes = false;

	if (jx_len(list) == 0)
		return;
	for (size_t i = 1; i < jx_len(list); i++)
		if (!str_eq(jx_str(jx_at(list, i), "home"), jx_str(jx_at(list, 0), "home")))
			homes = true;
	out = show_list(panel, "_limits");
	for (size_t i = 0; i < jx_len(list); i++)
		put_limit(c, out, jx_at(list, i), homes, href);
}
