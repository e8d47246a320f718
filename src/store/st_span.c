#include "base/compat.h"

#include "base/varint.h"
#include "base/xalloc.h"
#include "store/st_span.h"

#define PACK_VERSION 1
/* resets_in_seconds of Codex 0.42 is counted from the line's time, so that it trembles by a second */
#define SAME_RESET_MS 2000
/* so far back a limit's last span is looked for; two or three limits are usual */
#define LOOK_BACK 32

static bool
same_reset(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 && b < 0;
	return a - b <= SAME_RESET_MS && b - a <= SAME_RESET_MS;
}

size_t
st_span_parts(const struct st_spans *s)
{
	return s->len == 0 ? 0 : (s->len - 1) / ST_SPAN_PART;
}

void
st_span_add(struct st_spans *s, const struct st_span *x)
{
	size_t first = st_span_parts(s) * ST_SPAN_PART;

	for (size_t i = s->len; i > first && s->len - i < LOOK_BACK; i--) {
		struct st_span *o = &s->p[i - 1];

		if (o->key_id != x->key_id || o->home_id != x->home_id)
			continue;
		if (o->percent < x->percent || o->percent > x->percent ||
		    x->first_ms < o->last_ms || !same_reset(o->resets_ms, x->resets_ms))
			break;
		o->last_ms = x->last_ms;
		return;
	}
	xgrow(&s->p, s->len, &s->alloc, sizeof(*s->p));
	s->p[s->len++] = *x;
}

/* Hundredths where that is exact, else the number's own bits. */
static void
put_percent(struct sbuf *b, double percent)
{
	double hundredths = percent * 100;
	uint64_t bits;

	if (hundredths >= 0 && hundredths <= 1e6) {
		uint64_t n = (uint64_t)(hundredths + 0.5);
		double back = (double)n / 100;

		if (back >= percent && back <= percent) {
			varint_put(b, n << 1);
			return;
		}
	}
	memcpy(&bits, &percent, sizeof(bits));
	varint_put(b, 1);
	sbuf_add(b, &bits, sizeof(bits));
}

static bool
get_percent(const unsigned char **p, const unsigned char *end, double *percent)
{
	uint64_t n;

	if (!varint_get(p, end, &n))
		return false;
	if ((n & 1) == 0) {
		*percent = (double)(n >> 1) / 100;
		return true;
	}
	if (end - *p < (ptrdiff_t)sizeof(*percent))
		return false;
	memcpy(percent, *p, sizeof(*percent));
	*p += sizeof(*percent);
	return true;
}

void
st_span_pack(const struct st_spans *s, size_t nth, struct sbuf *b)
{
	size_t from = nth * ST_SPAN_PART;
	int64_t before = 0;

	if (from >= s->len)
		return;
	sbuf_addc(b, PACK_VERSION);
	for (size_t i = from; i < s->len && i - from < ST_SPAN_PART; i++) {
		const struct st_span *x = &s->p[i];

		varint_put(b, (uint64_t)x->key_id);
		varint_put(b, (uint64_t)x->home_id);
		varint_put_signed(b, x->first_ms - before);
		varint_put(b, (uint64_t)(x->last_ms - x->first_ms));
		put_percent(b, x->percent);
		/* 0 is "not known"; seconds are usual, milliseconds are kept */
		if (x->resets_ms < 0)
			varint_put(b, 0);
		else if (x->resets_ms % 1000 == 0)
			varint_put(b, (uint64_t)(x->resets_ms / 1000) * 2 + 1);
		else
			varint_put(b, (uint64_t)x->resets_ms * 2 + 2);
		before = x->first_ms;
	}
}

int
st_span_unpack(struct st_spans *s, const void *data, size_t n)
{
	const unsigned char *p = data, *end;
	int64_t before = 0;

	if (n == 0)
		return 0;
	end = p + n;
	if (*p++ != PACK_VERSION)
		return -1;
	while (p < end) {
		uint64_t key, home, length, reset;
		struct st_span x;
		int64_t step;

		if (!varint_get(&p, end, &key) || !varint_get(&p, end, &home) ||
		    !varint_get_signed(&p, end, &step) || !varint_get(&p, end, &length) ||
		    !get_percent(&p, end, &x.percent) || !varint_get(&p, end, &reset) ||
		    key > INT32_MAX || home > INT32_MAX || length > INT64_MAX / 4 ||
		    reset > INT64_MAX / 2000 || __builtin_add_overflow(before, step, &x.first_ms) ||
		    __builtin_add_overflow(x.first_ms, (int64_t)length, &x.last_ms))
			return -1;
		before = x.first_ms;
		x.key_id = (int64_t)key;
		x.home_id = (int64_t)home;
		x.resets_ms = reset == 0       ? -1
			      : reset % 2 == 1 ? (int64_t)(reset / 2) * 1000
					       : (int64_t)(reset / 2) - 1;
		xgrow(&s->p, s->len, &s->alloc, sizeof(*s->p));
		s->p[s->len++] = x;
	}
	return 0;
}
