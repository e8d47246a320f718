#include "base/compat.h"

#include "base/xalloc.h"
#include "report/cost.h"
#include "report/tree.h"

#define MODELS 50

/* KEY and KEY_nanousd, static texts. */
static void
money(struct json_object *o, const char *key, const char *nano, price_pusd p)
{
	char text[64];

	price_format_decimal(p, text);
	jt_str(o, key, text);
	jt_i64(o, nano, price_nanousd(p));
}

static void
put_split(struct json_object *o, const struct sum *x)
{
	struct json_object *s = jt_add_object(o, "split");

	money(s, "uncached", "uncached_nanousd", x->cost_uncached);
	money(s, "cached", "cached_nanousd", x->cost_cached);
	money(s, "write", "write_nanousd", x->cost_write);
	money(s, "output", "output_nanousd", x->cost_output);
}

static void
put_savings(struct json_object *o, const struct sum *x)
{
	put_split(o, x);
	money(o, "saved", "saved_nanousd", x->saved);
	money(o, "premium", "premium_nanousd", x->premium);
	money(o, "without_cache", "without_cache_nanousd", sum_cost(x) + x->saved - x->premium);
}

/* ---- the card */

static void
rate(struct json_object *o, const char *key, int64_t pusd, bool has)
{
	char text[64];

	if (has)
		price_format_decimal((price_pusd)pusd * 1000000, text);
	jt_str(o, key, has ? text : NULL);
}

static void
rates(struct json_object *o, const struct price_rates *r, const struct price_row_info *row)
{
	rate(o, "input", r->input, true);
	rate(o, "cached", r->cached, row->has_cached);
	rate(o, "cache_write", r->cache_write, row->has_cache_write);
	rate(o, "output", r->output, true);
}

static void
factor(struct json_object *o, const char *key, int64_t millionths)
{
	char text[64];

	price_format_decimal((price_pusd)millionths * 1000000, text);
	jt_str(o, key, millionths == 0 ? NULL : text);
}

static void
put_row(struct json_object *o, const struct price_card *card, const struct price_row_info *r,
    const bool *used)
{
	int id = price_model(card, str_of(r->model));
	struct json_object *t;
	char date[16];

	jt_str(o, "model", r->model);
	civil_format_date(civil_date(civil_floor_div(r->valid_from_ms, CIVIL_DAY_MS)), date);
	jt_str(o, "valid_from", r->is_override ? NULL : date);
	jt_bool(o, "override", r->is_override);
	jt_bool(o, "used", used != NULL && id >= 0 && used[id]);
	rates(o, &r->rates, r);
	if (r->has_long) {
		t = jt_add_object(o, "long");
		jt_i64(t, "threshold", r->long_threshold);
		rates(t, &r->long_rates, r);
	} else
		jt_put(o, "long", NULL);
	t = jt_add_object(o, "tiers");
	factor(t, "priority", r->factor[PRICE_PRIORITY][0]);
	factor(t, "priority_long", r->has_long ? r->factor[PRICE_PRIORITY][1] : 0);
	factor(t, "flex", r->factor[PRICE_FLEX][0]);
	factor(t, "flex_long", r->has_long ? r->factor[PRICE_FLEX][1] : 0);
	jt_str(o, "source", r->source);
	jt_str(o, "checked_on", r->checked_on);
	jt_str(o, "note", r->note[0] == '\0' ? NULL : r->note);
}

void
cost_put_rates(struct json_object *o, const struct price_card *card, const bool *used)
{
	struct json_object *a = jt_add_array(o, "rates");

	for (size_t i = 0; i < price_rows(card); i++)
		put_row(jt_push_object(a), card, price_row_at(card, i), used);
	a = jt_add_array(o, "aliases");
	for (size_t i = 0; i < price_aliases(card); i++) {
		const struct price_alias_info *x = price_alias_at(card, i);
		struct json_object *p = jt_push_object(a);

		jt_str(p, "name", x->name);
		jt_str(p, "model", x->model);
		jt_str(p, "note", x->note[0] == '\0' ? NULL : x->note);
	}
	a = jt_add_array(o, "unpriced");
	for (size_t i = 0; i < price_unpriced(card); i++) {
		struct json_object *p = jt_push_object(a);

		jt_str(p, "name", price_unpriced_at(card, i)->name);
		jt_str(p, "reason", price_unpriced_at(card, i)->reason);
	}
}

/* ---- the page */

static int
feed(void *arg, const struct scan_row *r, struct err *e UNUSED)
{
	series_add(arg, r);
	return 0;
}

/* Which numbers of models were used, as an array to be freed. */
static bool *
used_models(const struct price_card *card, const struct series *x)
{
	bool *used = xcalloc(price_rows(card) + 1, sizeof(*used)); /* a model has a row at least */

	for (size_t i = 0; i < x->len; i++) {
		int id =
		    x->groups[i].name == NULL ? -1 : price_model(card, str_of(x->groups[i].name));

		if (id >= 0 && (size_t)id <= price_rows(card))
			used[id] = true;
	}
	return used;
}

static void
put(struct json_object *o, const struct query *q, const struct price_card *card,
    const struct series *x, const struct coverage *c)
{
	struct json_object *a, *t;
	bool *used = used_models(card, x);

	jt_str(o, "group", query_group_name(q));
	a = jt_add_array(o, "buckets");
	series_put_buckets(a, x, q);
	for (size_t i = 0; i < x->time->len; i++)
		put_split(jx_at(a, i), &x->all[i]);
	t = jt_add_object(o, "total");
	sum_put(t, &x->total);
	jt_i64(t, "sessions", x->total.sessions);
	put_savings(t, &x->total);
	a = jt_add_array(o, "models");
	series_put_groups(a, x, dim_find("model"), true);
	for (size_t i = 0; i < x->len; i++)
		put_savings(jx_at(a, i), &x->groups[i].total);
	tree_coverage(o, c, x->total.unpriced);
	cost_put_rates(o, card, used);
	free(used);
}

int
cost_json(struct store *s, const struct query *q, const struct price_card *card,
    struct json_object **out, struct err *e)
{
	const struct dim *by = dim_find("model");
	struct series_axis time;
	struct coverage c = { 0 };
	struct scan *sc = NULL;
	struct series x;
	int rc = -1;

	if (series_axis_make(q, &time, e) < 0)
		return -1;
	series_init(&x, &time, 0, METRIC_COST);
	if (store_begin(s, e) < 0)
		goto out;
	if (scan_open(&sc, s, q, card, &by, 1, e) == 0 &&
	    scan_run(sc, q->range.from_ms, q->range.to_ms, feed, &x, e) == 0 &&
	    coverage_run(s, q, &c, e) == 0) {
		series_finish(&x, sc, MODELS);
		scan_unpriced(sc, &c);
		*out = jt_object();
		put(*out, q, card, &x, &c);
		rc = 0;
	}
	store_rollback(s);
out:
	coverage_clear(&c);
	scan_close(sc);
	series_clear(&x);
	series_axis_clear(&time);
	return rc;
}
