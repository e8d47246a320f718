#include "base/compat.h"

#include "web/sums.h"

void
sums_add(struct json_object *o, const struct report_sum *s)
{
	bool has_price = s->unpriced == 0 || s->priced > 0;
	char cost[64];

	price_format_decimal(s->cost, cost);
	jt_i64(o, "total_tokens", s->input + s->output);
	jt_i64(o, "input_tokens", s->input);
	jt_i64(o, "cached_input_tokens", s->cached);
	jt_i64(o, "cache_write_tokens", s->cache_write);
	jt_i64(o, "output_tokens", s->output);
	jt_i64(o, "reasoning_output_tokens", s->reasoning);
	jt_i64(o, "responses", s->responses);
	jt_str(o, "estimated_cost", has_price ? cost : NULL);
	if (has_price)
		jt_i64(o, "cost_nanousd", price_nanousd(s->cost));
	else
		jt_put(o, "cost_nanousd", NULL);
	jt_i64(o, "unpriced_tokens", s->unpriced);
}

void
sums_losses(struct json_object *o, unsigned losses)
{
	struct json_object *list;

	jt_bool(o, "lower_bound", losses != 0);
	list = jt_add_array(o, "losses");
	for (size_t i = 0; i < COVERAGE_LOSSES; i++)
		if ((losses & (1U << i)) != 0)
			tree_push_str(list, str_of(coverage_kind(i)->name));
}

void
sums_coverage(struct json_object *parent, const struct coverage *cov, int64_t unpriced)
{
	struct json_object *o = jt_add_object(parent, "coverage"),
			   *list = jt_add_array(o, "losses");

	for (size_t i = 0; i < COVERAGE_LOSSES; i++)
		if (cov->threads[i] > 0) {
			struct json_object *x = jt_push_object(list);

			jt_str(x, "name", coverage_kind(i)->name);
			jt_str(x, "text", coverage_kind(i)->text);
			jt_i64(x, "sessions", cov->threads[i]);
			jt_i64(x, "signs", cov->signs[i]);
		}
	jt_bool(o, "lower_bound", cov->lossy_threads > 0);
	jt_i64(o, "sessions_with_losses", cov->lossy_threads);
	jt_i64(o, "unreadable_lines", cov->unreadable_lines);
	jt_i64(o, "failed_files", cov->failed_files);
	jt_i64(o, "sessions_not_counted_yet", cov->pending_threads);
	jt_i64(o, "recovered_tokens", cov->recovered_tokens);
	jt_i64(o, "unpriced_tokens", unpriced);
	list = jt_add_array(o, "unpriced_models");
	for (size_t i = 0; i < cov->models_len; i++) {
		struct json_object *x = jt_push_object(list);

		jt_str(x, "model",
		    cov->models[i].model[0] == '\0' ? "<unknown>" : cov->models[i].model);
		jt_i64(x, "tokens", cov->models[i].tokens);
		jt_str(x, "reason", cov->models[i].reason);
	}
	/* for templates, which cannot compare */
	jt_bool(o, "is_complete",
	    cov->lossy_threads == 0 && cov->unreadable_lines == 0 && cov->failed_files == 0 &&
		cov->pending_threads == 0 && unpriced == 0);
}

void
sums_instant(struct json_object *o, const char *key, const struct tz *tz, int64_t ms)
{
	char text[32];

	if (ms >= 0)
		civil_format_offset(ms, tz_offset_s(tz, ms), text);
	jt_str(o, key, ms >= 0 ? text : NULL);
}
