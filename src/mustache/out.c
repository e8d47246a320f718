#include "base/compat.h"
#include "mustache/out.h"

/* What a byte is written as in HTML text and in quoted attributes; 0: as it is. */
static const unsigned char escaped[256] = {
	['&'] = 1,
	['<'] = 2,
	['>'] = 3,
	['"'] = 4,
	['\''] = 5,
};
static const struct str entities[] = {
	{ "", 0 },
	{ "&amp;", 5 },
	{ "&lt;", 4 },
	{ "&gt;", 4 },
	{ "&quot;", 6 },
	{ "&#39;", 5 },
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
mu_out_long(struct out *o, struct str s)
{
	if (mu_out_flush(o) < 0)
		return;
	if (s.n > OUT_BYTES)
		(void)send(o, s.p, s.n); /* remembered in failed */
	else
		mu_out_raw(o, s);
}

void
mu_out_escaped(struct out *o, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char kind = escaped[(unsigned char)s.p[i]];

		if (kind == 0)
			continue;
		mu_out_raw(o, (struct str){ s.p + from, i - from });
		mu_out_raw(o, entities[kind]);
		from = i + 1;
	}
	if (from < s.n)
		mu_out_raw(o, (struct str){ s.p + from, s.n - from });
}
