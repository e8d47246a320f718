/*
 * token_count and token_usage_record.
 *
 * Source: formats.md 2.1, 2.2; lab-format.md 4 and 5.
 */
#include "base/compat.h"

#include "base/hash.h"
#include "rollout/kinds.h"
#include "rollout/rec_limits.h"

#define TOKENS_MAX ((int64_t)1 << 48) /* of one thread; sums of many stay in 64 bits */

/* A counter that may be absent (0). Returns false when it is there but no count. */
static bool
counter(struct json_object *o, const char *key, int64_t *out)
{
	*out = 0;
	return jx_any(o, key) == NULL || jx_i64(o, key, 0, TOKENS_MAX, out);
}

/* The six counters of O. Returns false when one of them is no count: then none is used. */
static bool
tokens(struct json_object *o, struct rec_tokens *t)
{
	bool good = counter(o, "input_tokens", &t->input);

	good = counter(o, "cached_input_tokens", &t->cached) && good;
	good = counter(o, "cache_write_input_tokens", &t->cache_write) && good;
	good = counter(o, "output_tokens", &t->output) && good;
	good = counter(o, "reasoning_output_tokens", &t->reasoning) && good;
	good = counter(o, "total_tokens", &t->total) && good;
	if (jx_any(o, "total_tokens") == NULL)
		t->total = t->input + t->output;
	if (!good)
		memset(t, 0, sizeof(*t));
	return good;
}

static uint64_t
tokens_print(const struct rec_tokens *t, uint64_t seed)
{
	return hash_bytes(t, sizeof(*t), seed);
}

void
rec_token_count(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct rec_usage *u = &rec->usage;
	struct json_object *info = jx_obj(p, "info");
	struct json_object *total = jx_obj(info, "total_token_usage");
	struct json_object *last = jx_obj(info, "last_token_usage");

	(void)r;
	rec->kind = REC_USAGE;
	u->window = REC_ABSENT;
	rec_limits(jx_any(p, "rate_limits"), rec);
	if (jx_any(p, "info") != NULL && info == NULL)
		rec->fault = "info is no object";
	if (total != NULL && !(u->has_total = tokens(total, &u->total)))
		rec->fault = "a token counter is no count";
	if (last != NULL && !(u->has_last = tokens(last, &u->last)))
		rec->fault = "a token counter is no count";
	if (total != NULL && !u->has_total)
		u->has_last = false; /* it is in the next total's difference too */
	(void)jx_i64(info, "model_context_window", 0, TOKENS_MAX, &u->window);
	if (u->has_total || u->has_last)
		rec->print = tokens_print(&u->total, tokens_print(&u->last, 1)) | 1;
}

void
rec_usage_record(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct rec_usage *u = &rec->usage;
	struct json_object *usage = jx_obj(p, "usage");

	(void)r;
	rec->kind = REC_USAGE;
	u->is_record = true;
	u->window = REC_ABSENT;
	u->thread_id = jx_str(p, "thread_id");
	u->turn_id = jx_str(p, "turn_id");
	u->response_id = jx_str(p, "response_id");
	if (usage == NULL)
		rec->fault = "usage record without usage";
	else if (!(u->has_last = tokens(usage, &u->last)))
		rec->fault = "a token counter is no count";
	if (u->has_last)
		rec->print = tokens_print(&u->last, hash_str(u->response_id, 2)) | 1;
}
