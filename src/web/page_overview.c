/* Overview: what was used in the period, by model, and where to go on. */
#include "base/compat.h"

#include "web/router.h"
#include "web/sums.h"

page_fn page_overview;

static void
places(struct ctx *c)
{
	struct json_object *list = jt_add_array(c->data, "looked_for_rollouts_at");

	for (size_t i = 0; i < c->web->in.roots_len; i++)
		tree_push_str(list, str_of(c->web->in.roots[i].path));
}

int
page_overview(struct ctx *c, struct err *e)
{
	struct json_object *models;
	struct report r;

	c->query.group = BUCKET_MONTH;
	if (report_run(c->web->store, &c->query, c->web->in.card, &r, e) < 0)
		return -1;
	sums_add(jt_add_object(c->data, "total"), &r.total);
	jt_bool(c->data, "is_empty", r.len == 0);
	sums_coverage(c->meta, &r.coverage, r.total.unpriced);
	if (r.len == 0)
		places(c);
	report_clear(&r);

	models = jt_add_array(c->data, "models");
	c->query.by = dim_find("model");
	c->query.group = BUCKET_MONTH;
	if (report_run(c->web->store, &c->query, c->web->in.card, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < r.len; i++) {
		struct json_object *o = jt_push_object(models);

		jt_str(o, "period", r.rows[i].period);
		jt_str(o, "model", r.rows[i].group);
		sums_add(o, &r.rows[i].sum);
	}
	report_clear(&r);
	return 0;
}
