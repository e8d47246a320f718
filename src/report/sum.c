#include "base/compat.h"

#include "report/sum.h"

static const char *const names[METRIC__MAX] = {
	[METRIC_TOKENS] = "tokens",
	[METRIC_INPUT] = "input",
	[METRIC_UNCACHED] = "uncached",
	[METRIC_CACHED] = "cached",
	[METRIC_WRITE] = "write",
	[METRIC_OUTPUT] = "output",
	[METRIC_REASONING] = "reasoning",
	[METRIC_COST] = "cost",
	[METRIC_RESPONSES] = "responses",
	[METRIC_TURNS] = "turns",
	[METRIC_SESSIONS] = "sessions",
};

const char *
metric_name(enum metric m)
{
	return names[m];
}

int
metric_by_name(const char *name, enum metric *out, struct err *e)
{
	for (int i = 0; i < METRIC__MAX; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (enum metric)i;
			return 0;
		}
	return err_set(e, ERR_USAGE,
	    "unknown metric \"%.40s\": use tokens, input, uncached, cached, write, output, "
	    "reasoning, cost, responses, turns or sessions",
	    name);
}

int64_t
metric_of(enum metric m, const struct sum *x)
{
	switch (m) {
	case METRIC_TOKENS:
		return x->input + x->output;
	case METRIC_INPUT:
		return x->input;
	case METRIC_UNCACHED:
		return sum_uncached(x);
	case METRIC_CACHED:
		return x->cached;
	case METRIC_WRITE:
		return x->cache_write;
	case METRIC_OUTPUT:
		return x->output;
	case METRIC_REASONING:
		return x->reasoning;
	case METRIC_COST:
		return price_nanousd(sum_cost(x));
	case METRIC_RESPONSES:
		return x->responses;
	case METRIC_TURNS:
		return x->turns;
	case METRIC_SESSIONS:
		return x->sessions;
	case METRIC__MAX:
		break;
	}
	return 0;
}

int64_t
sum_uncached(const struct sum *x)
{
	return x->input - x->cached - x->cache_write;
}

price_pusd
sum_cost(const struct sum *x)
{
	return x->cost_uncached + x->cost_cached + x->cost_write + x->cost_output;
}

bool
sum_unknown_cost(const struct sum *x)
{
	return x->unpriced > 0 && x->priced == 0;
}

static inline void
add(int64_t *to, int64_t v)
{
	if (__builtin_add_overflow(*to, v, to))
		*to = v < 0 ? INT64_MIN : INT64_MAX;
}

void
sum_add(struct sum *to, const struct sum *x)
{
	add(&to->responses, x->responses);
	add(&to->turns, x->turns);
	add(&to->input, x->input);
	add(&to->cached, x->cached);
	add(&to->cache_write, x->cache_write);
	add(&to->output, x->output);
	add(&to->reasoning, x->reasoning);
	add(&to->priced, x->priced);
	add(&to->unpriced, x->unpriced);
	to->cost_uncached += x->cost_uncached;
	to->cost_cached += x->cost_cached;
	to->cost_write += x->cost_write;
	to->cost_output += x->cost_output;
	to->saved += x->saved;
	to->premium += x->premium;
}

void
sum_put_cost(struct json_object *o, price_pusd p, bool unknown)
{
	char text[64];

	if (unknown) {
		jt_put(o, "cost", NULL);
		jt_put(o, "cost_nanousd", NULL);
		return;
	}
	price_format_decimal(p, text);
	jt_str(o, "cost", text);
	jt_i64(o, "cost_nanousd", price_nanousd(p));
}

void
sum_put(struct json_object *o, const struct sum *x)
{
	jt_i64(o, "tokens", x->input + x->output);
	jt_i64(o, "input", x->input);
	jt_i64(o, "uncached", sum_uncached(x));
	jt_i64(o, "cached", x->cached);
	jt_i64(o, "cache_write", x->cache_write);
	jt_i64(o, "output", x->output);
	jt_i64(o, "reasoning", x->reasoning);
	jt_i64(o, "responses", x->responses);
	jt_i64(o, "turns", x->turns);
	sum_put_cost(o, sum_cost(x), sum_unknown_cost(x));
	jt_i64(o, "unpriced_tokens", x->unpriced);
}
