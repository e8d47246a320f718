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
counter(struct jv o, const char *key, int64_t *out)
{
	*out = 0;
	return !jv_is(jv_any(o, key)) || jv_i64(o, key, 0, TOKENS_MAX, out);
}

/* The six counters of O. Returns false when one of them is no count: then none is used. */
static bool
tokens(struct jv o, struct rec_tokens *t)
{
	bool good = counter(o, "input_tokens", &t->input);

	good = counter(o, "cached_input_tokens", &t->cached) && good;
	good = counter(o, "cache_write_input_tokens", &t->cache_write) && good;
	good = counter(o, "output_tokens", &t->output) && good;
	good = counter(o, "reasoning_output_tokens", &t->reasoning) && good;
	good = counter(o, "total_tokens", &t->total) && good;
	if (!jv_is(jv_any(o, "total_tokens")))
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
rec_token_count(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_usage *u = &rec->usage;
	struct jv info = jv_obj(p, "info");
	struct jv total = jv_obj(info, "total_token_usage");
	struct jv last = jv_obj(info, "last_token_usage");

	(void)r;
	rec->kind = REC_USAGE;
	u->window = REC_ABSENT;
	rec_limits(jv_any(p, "rate_limits"), rec);
	if (jv_is(jv_any(p, "info")) && !jv_is(info))
		rec->fault = "info is no object";
	if (jv_is(total) && !(u->has_total = tokens(total, &u->total)))
		rec->fault = "a token counter is no count";
	if (jv_is(last) && !(u->has_last = tokens(last, &u->last)))
		rec->fault = "a token counter is no count";
	if (jv_is(total) && !u->has_total)
		u->has_last = false; /* it is in the next total's difference too */
	(void)jv_i64(info, "model_context_window", 0, TOKENS_MAX, &u->window);
	if (u->has_total || u->has_last)
		rec->print = tokens_print(&u->total, tokens_print(&u->last, 1)) | 1;
}

void
rec_usage_record(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_usage *u = &rec->usage;
	struct jv usage = jv_obj(p, "usage");

	(void)r;
	rec->kind = REC_USAGE;
	u->is_record = true;
	u->window = REC_ABSENT;
	u->thread_id = jv_str(p, "thread_id");
	u->turn_id = jv_str(p, "turn_id");
	u->response_id = jv_str(p, "response_id");
	if (!jv_is(usage))
		rec->fault = "usage record without usage";
	else if (!(u->has_last = tokens(usage, &u->last)))
		rec->fault = "a token counter is no count";
	if (u->has_last)
		rec->print = tokens_print(&u->last, hash_str(u->response_id, 2)) | 1;
}
