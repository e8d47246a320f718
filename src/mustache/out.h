/*
 * out.h - where a render writes: a buffer that goes to an sbuf or a sink when
 * it is full. Going over the limit or an error of the target is remembered in
 * `failed`; what comes after is thrown away.
 */
#ifndef MUSTACHE_OUT_H
#define MUSTACHE_OUT_H

#include "mustache/mustache.h"

#define OUT_BYTES 8192

struct out {
	size_t n;       /* bytes in buf */
	size_t sent;    /* bytes that left it */
	size_t max;     /* of n + sent */
	struct sbuf *b; /* the target, or NULL: */
	mustache_sink *sink;
	void *arg;
	bool failed;
	struct err *e;
	char buf[OUT_BYTES];
};

/* Send what is in O. Returns 0, or -1 with *O->e filled and O->failed set. */
int mu_out_flush(struct out *o);

/* Append S to O, which has no room for it in its buffer. Errors are remembered in O->failed. */
void mu_out_long(struct out *o, struct str s);

/* Append S to O. Errors are remembered in O->failed. */
static inline void
mu_out_raw(struct out *o, struct str s)
{
	if (s.n > OUT_BYTES - o->n)
		mu_out_long(o, s);
	else if (s.n > 0) {
		memcpy(o->buf + o->n, s.p, s.n);
		o->n += s.n;
	}
}

/* Append S to O with & < > " ' as HTML entities. Errors are remembered in O->failed. */
void mu_out_escaped(struct out *o, struct str s);

#endif
