#include "base/compat.h"
#include "mustache/out.h"

/* What a byte is written as in HTML text and in quoted attributes; none: as it is. */
static const struct str entities[256] = {
	['&'] = { "&amp;", 5 },
	['<'] = { "&lt;", 4 },
	['>'] = { "&gt;", 4 },
	['"'] = { "&quot;", 6 },
	['\''] = { "&#39;", 5 },
};

static int
send(struct out *o, const char *p, size_t n)
{
	if (o->failed)
		return -1;
	if (n > o->max - o->sent) {
		o->failed = true;
		return err_set(o->e, ERR_LIMIT, "more than %zu bytes of output", o->max);
	}
	o->sent += n;
	if (o->b == NULL) {
		if (n > 0 && o->sink(o->arg, p, n, o->e) < 0)
			o->failed = true;
	} else {
		sbuf_add(o->b, p, n);
		if (sbuf_check(o->b, o->e) < 0)
			o->failed = true;
	}
	return o->failed ? -1 : 0;
}

int
mu_out_flush(struct out *o)
{
	size_t n = o->n;

	o->n = 0;
	return send(o, o->buf, n);
}

void
mu_out_raw(struct out *o, struct str s)
{
	if (s.n > OUT_BYTES - o->n) {
		if (mu_out_flush(o) < 0)
			return;
		if (s.n > OUT_BYTES) {
			(void)send(o, s.p, s.n); /* remembered in failed */
			return;
		}
	}
	if (s.n > 0)
		memcpy(o->buf + o->n, s.p, s.n);
	o->n += s.n;
}

void
mu_out_escaped(struct out *o, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const struct str *entity = &entities[(unsigned char)s.p[i]];

		if (entity->n == 0)
			continue;
		if (i > from)
			mu_out_raw(o, str_n(s.p + from, i - from));
		mu_out_raw(o, *entity);
		from = i + 1;
	}
	if (s.n > from)
		mu_out_raw(o, str_n(s.p + from, s.n - from));
}
