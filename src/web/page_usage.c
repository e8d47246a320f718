/* Usage: tokens and cost by period and one dimension, as `codex-track report`. */
#include "base/compat.h"

#include "report/out_report.h"
#include "web/router.h"
#include "web/sums.h"

page_fn page_usage;

static void
tree(struct ctx *c, const struct report *r)
{
	struct json_object *rows = jt_add_array(c->data, "rows");

	for (size_t i = 0; i < r->len; i++) {
		struct json_object *o = jt_push_object(rows);

		jt_str(o, "period", r->rows[i].period);
		sums_instant(o, "start", c->query.tz, r->rows[i].start_ms);
		jt_str(o, "group", r->rows[i].group);
		sums_add(o, &r->rows[i].sum);
		sums_losses(o, r->rows[i].losses);
	}
	jt_bool(c->data, "is_empty", r->len == 0);
	sums_add(jt_add_object(c->data, "total"), &r->total);
	jt_str(c->meta, "by", c->query.by == NULL ? NULL : c->query.by->name);
	sums_coverage(c->meta, &r->coverage, r->total.unpriced);
}

int
page_usage(struct ctx *c, struct err *e)
{
	enum printer_format format;
	struct report r;
	FILE *f;

	if (report_run(c->web->store, &c->query, c->web->in.card, &r, e) < 0)
		return -1;
	if (!ctx_rows(c, &format))
		tree(c, &r);
	else if ((f = ctx_stream(c, format, "usage")) != NULL)
		out_report_rows(f, &r, format);
	report_clear(&r);
	return 0;
}
