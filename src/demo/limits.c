#include "base/compat.h"

#include "demo/limits.h"

#define FIVE_S INT64_C(18000)
#define WEEK_S INT64_C(604800)
#define UNITS 24000 /* what a response uses of a limit, about */

/* Of two working windows a day, and five days a week, each fills by about half. */
void
limits_init(struct limits *l, int64_t responses, int64_t days)
{
	int64_t a_day = responses / days + 1;

	*l = (struct limits){ .credits = 5000 };
	l->five.room = (a_day + 40) * UNITS / 2;
	l->week.room = (a_day + 40) * UNITS * 3;
}

static void
renew(struct limit_window *w, int64_t ms, int64_t length_s)
{
	int64_t now_s = ms / 1000;

	if (now_s >= w->resets_s || now_s < w->resets_s - length_s) {
		w->used = 0;
		w->resets_s = now_s + length_s;
	}
}

void
limits_use(struct limits *l, int64_t ms, const struct usage *u)
{
	int64_t units = u->input - u->cached + u->cached / 10 + u->output * 5;

	renew(&l->five, ms, FIVE_S);
	renew(&l->week, ms, WEEK_S);
	l->five.used += units;
	l->week.used += units;
	if (l->five.used > l->five.room)
		l->credits -= l->credits > 0 ? 1 : 0;
}

static void
window(struct sbuf *b, const struct limit_window *w, int64_t minutes, int64_t now_s, bool seconds)
{
	int64_t part = w->used >= w->room ? 1000 : w->used * 1000 / w->room;
	char percent[16];

	(void)snprintf(percent, sizeof(percent), "%d.%d", (int)(part / 10), (int)(part % 10));
	TMPL(b, "{'used_percent':%,'window_minutes':%,", R(percent), I(minutes));
	if (seconds)
		TMPL(b, "'resets_in_seconds':%}", I(w->resets_s - now_s));
	else
		TMPL(b, "'resets_at':%}", I(w->resets_s));
}

static void
family(struct sbuf *b, enum limits_form form)
{
	if (form == LIMITS_SPARK)
		TMPL0(b, "'limit_id':'codex_bengalfox','limit_name':'GPT-5.3-Codex-Spark',");
	else if (form >= LIMITS_117)
		TMPL0(b, "'limit_id':'codex','limit_name':null,");
}

static void
windows(struct limits *l, int64_t ms, enum limits_form form, struct sbuf *b)
{
	struct limit_window full = { l->five.resets_s, 1, 1 }, part = l->five;
	bool seconds = form == LIMITS_SECONDS || form == LIMITS_ODD, odd = form == LIMITS_ODD;

	if (form == LIMITS_EMPTY) {
		TMPL0(b, "'primary':null,'secondary':null");
		return;
	}
	if (form == LIMITS_WEEKLY) {
		TMPL0(b, "'primary':");
		window(b, &l->week, 10080, ms / 1000, false);
		TMPL0(b, ",'secondary':null");
		return;
	}
	part.used /= 8;
	TMPL0(b, "'primary':");
	window(b,
	    form == LIMITS_REACHED ? &full
	    : form == LIMITS_SPARK ? &part
				   : &l->five,
	    odd ? 299 : 300, ms / 1000, seconds);
	TMPL0(b, ",'secondary':");
	if (form == LIMITS_SPARK)
		TMPL0(b, "null");
	else
		window(b, &l->week, odd ? 10079 : 10080, ms / 1000, seconds);
}

void
limits_write(struct limits *l, int64_t ms, enum limits_form form, struct sbuf *b)
{
	char balance[16];

	if (form == LIMITS_NONE) {
		TMPL0(b, "null");
		return;
	}
	renew(&l->five, ms, FIVE_S);
	renew(&l->week, ms, WEEK_S);
	TMPL0(b, "{");
	family(b, form);
	windows(l, ms, form, b);
	(void)snprintf(
	    balance, sizeof(balance), "%d.%02d", (int)(l->credits / 100), (int)(l->credits % 100));
	if (form >= LIMITS_063)
		TMPL(b, ",'credits':{'has_credits':%,'unlimited':false,'balance':%}",
		    B(l->credits > 0), S(balance));
	if (form >= LIMITS_140)
		TMPL0(b, ",'individual_limit':null");
	if (form >= LIMITS_NEW)
		TMPL0(b, ",'spend_control_reached':null");
	if (form >= LIMITS_077)
		TMPL(b, ",'plan_type':%", S(form >= LIMITS_117 ? "plus" : NULL));
	if (form >= LIMITS_140)
		TMPL(b, ",'rate_limit_reached_type':%",
		    S(form == LIMITS_REACHED ? "rate_limit_reached" : NULL));
	TMPL0(b, "}");
}
