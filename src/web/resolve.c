#include "base/compat.h"

#include "base/xalloc.h"
#include "report/mask.h"
#include "web/resolve.h"

#define RESET_DEFAULT "Thursday 09:15 Europe/Stockholm" /* design.md 8 */

static void
zone(struct ctx *c)
{
	const char *name = params_get(&c->params, "tz");
	const struct tz *tz = c->web->in.tz;
	struct err e;

	if (name != NULL && (tz = tz_get(name, &e)) == NULL) {
		params_fault(&c->params, "tz", NULL, "is no time zone that this machine knows",
		    "an IANA name, UTC or local");
		tz = c->web->in.tz;
	}
	query_init(&c->query, tz);
	c->query.week_start = c->web->in.week_start;
}

/*
 * The filter V of a project whose name is hidden: "project 1" means what it stands for, and a
 * name that was sent is replaced by what stands for it. Returns 0; -1 with ERR_USAGE in *E.
 */
static int
masked(struct ctx *c, struct param_value *v, struct err *e)
{
	bool negate = v->text[0] == '!';
	struct str text = str_of(v->text + negate);
	const struct dim *dim = dim_find(v->def.name);
	char *own = dim->norm(text), *sent;
	const char *real = mask_real(c->mask, text, &dim);
	bool is_known = mask_knows(c->mask, str_of(own));
	int rc;

	if (real == NULL && !is_known && !str_eqz(text, "<unknown>"))
		rc = err_set(e, ERR_USAGE, "is none of the projects");
	else {
		sent = xasprintf("%s%s", negate ? "!" : "", real != NULL ? real : own);
		rc = query_filter(&c->query, dim->name, sent, e);
		free(sent);
	}
	if (rc == 0 && real == NULL && is_known) {
		free(v->text);
		v->text = xasprintf("%s%s", negate ? "!" : "", mask_name(c->mask, str_of(own)));
	}
	free(own);
	return rc;
}

static int
filter(struct ctx *c, struct param_value *v, struct err *e)
{
	const struct dim *d = dim_find(v->def.name);

	if (c->mask != NULL && d->is_project)
		return masked(c, v, e);
	return query_filter(&c->query, v->def.name, v->text, e);
}

static void
filters(struct ctx *c)
{
	for (size_t i = 0; i < c->params.len;) {
		struct param_value *v = &c->params.v[i];
		struct err e;

		if (v->def.kind != PARAM_FILTER || filter(c, v, &e) == 0) {
			i++;
			continue;
		}
		char *text = str_dup(str_of(v->text));

		params_fault(&c->params, v->def.name, text, e.msg, v->def.allowed);
		free(text);
	}
}

static struct query_words
words(const struct params *p)
{
	return (struct query_words){ .period = params_get(p, "period"),
		.date = params_get(p, "date"),
		.from = params_get(p, "from"),
		.to = params_get(p, "to"),
		.group = params_get(p, "group"),
		.week = params_get(p, "week"),
		.by = params_get(p, "by"),
		.metric = params_get(p, "metric"),
		.top = params_get(p, "top") };
}

/* The words were checked one by one; what is left to be wrong is bounds that do not fit. */
static int
take(struct ctx *c, const struct period_reset *weekly, struct err *e)
{
	struct query_words w = words(&c->params);
	struct err fault;

	w.weekly = weekly;
	w.weekly_is_named = c->web->in.weekly_reset != NULL;
	if (query_take(&c->query, c->web->store, &w, c->now_ms, &fault) == 0)
		return 0;
	if (fault.code == ERR_USAGE && (w.from != NULL || w.to != NULL)) {
		params_fault(&c->params, w.from != NULL ? "from" : "to", NULL, fault.msg,
		    "a date, or RFC 3339; the start before the end");
		if (w.from != NULL && w.to != NULL)
			params_fault(&c->params, "to", NULL, "is left out with it", NULL);
		w = words(&c->params);
		w.weekly = weekly;
		w.weekly_is_named = c->web->in.weekly_reset != NULL;
		return query_take(&c->query, c->web->store, &w, c->now_ms, e);
	}
	*e = fault;
	return -1;
}

int
resolve_query(struct ctx *c, struct err *e)
{
	const char *text = c->web->in.weekly_reset;
	struct period_reset weekly;

	c->now_ms = c->web->in.now_ms(c->web->in.now_arg);
	zone(c);
	if (c->web->store != NULL && params_int(&c->params, "mask", 0) == 1 &&
	    mask_load(&c->mask, c->web->store, e) < 0)
		return -1;
	filters(c);
	if (period_weekly_reset_parse(text == NULL ? RESET_DEFAULT : text, &weekly, e) < 0 ||
	    take(c, &weekly, e) < 0)
		return -1;
	c->is_relative = c->query.range.to_ms == c->now_ms + 1;
	return 0;
}
