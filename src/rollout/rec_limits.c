#include "base/compat.h"

#include "rollout/rec_limits.h"

/* Reported in October 2025 as 299 and 10079 minutes. Source: formats.md 2.3, design.md 10. */
static int64_t
whole_minutes(int64_t m)
{
	return m == 299 ? 300 : m == 10079 ? 10080 : m;
}

static void
window(struct jv o, struct record *rec, struct rec_window *w)
{
	int64_t in;

	w->minutes = w->resets_at_s = REC_ABSENT;
	if (!jv_is(o))
		return;
	if (!jv_num(o, "used_percent", &w->used_percent)) {
		rec->fault = "used_percent is no number";
		return;
	}
	w->present = true;
	if (jv_i64(o, "window_minutes", 0, 1 << 24, &w->minutes))
		w->minutes = whole_minutes(w->minutes);
	if (jv_i64(o, "resets_at", 0, (int64_t)1 << 40, &w->resets_at_s))
		return;
	if (jv_i64(o, "resets_in_seconds", 0, (int64_t)1 << 32, &in) && rec->ts_ms != REC_ABSENT)
		w->resets_at_s = rec->ts_ms / 1000 + in;
	else if (jv_is(jv_any(o, "resets_at")))
		rec->fault = "resets_at is no time";
}

static int
flag(struct jv o, const char *key)
{
	bool v;

	return jv_bool(o, key, &v) ? v : REC_ABSENT;
}

void
rec_limits(struct jv v, struct record *rec)
{
	struct rec_limits *l = &rec->limits;
	struct jv credits;

	l->has_credits = l->unlimited = REC_ABSENT;
	if (!jv_is(v))
		return;
	if (jv_kind(v) != JV_OBJ) {
		rec->fault = "rate_limits is no object";
		return;
	}
	window(jv_obj(v, "primary"), rec, &l->window[0]);
	window(jv_obj(v, "secondary"), rec, &l->window[1]);
	credits = jv_obj(v, "credits");
	l->has_credits = flag(credits, "has_credits");
	l->unlimited = flag(credits, "unlimited");
	l->balance = jv_str(credits, "balance");
	l->limit_id = jv_str(v, "limit_id");
	l->limit_name = jv_str(v, "limit_name");
	l->plan_type = jv_str(v, "plan_type");
	l->reached_type = jv_str(v, "rate_limit_reached_type");
	l->present = l->window[0].present || l->window[1].present || jv_is(credits) ||
		     l->reached_type.p != NULL;
}
