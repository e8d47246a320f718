#include "base/compat.h"
#include "base/sbuf.h"
#include "base/xalloc.h"

static char empty[1];

void
sbuf_init(struct sbuf *b, size_t max)
{
	*b = (struct sbuf){ .buf = empty, .max = max };
}

void
sbuf_free(struct sbuf *b)
{
	if (b == NULL)
		return;
	if (b->alloc > 0)
		free(b->buf);
	sbuf_init(b, b->max);
}

void
sbuf_reset(struct sbuf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->alloc > 0)
		b->buf[0] = '\0';
}

static bool
reserve(struct sbuf *b, size_t n)
{
	size_t want;

	if (n > b->max || b->len > b->max - n) {
		b->failed = true;
		return false;
	}
	want = b->len + n + 1;
	if (want <= b->alloc)
		return true;
	if (want < b->alloc * 2)
		want = b->alloc * 2;
	if (want < 64)
		want = 64;
	if (b->alloc == 0) {
		b->buf = xmalloc(want);
		b->buf[0] = '\0';
	} else
		b->buf = xreallocarray(b->buf, want, 1);
	b->alloc = want;
	return true;
}

void
sbuf_add(struct sbuf *b, const void *p, size_t n)
{
	if (n == 0 || !reserve(b, n))
		return;
	memcpy(b->buf + b->len, p, n);
	b->len += n;
	b->buf[b->len] = '\0';
}

void
sbuf_addz(struct sbuf *b, const char *s)
{
	sbuf_add(b, s, strlen(s));
}

void
sbuf_adds(struct sbuf *b, struct str s)
{
	sbuf_add(b, s.p, s.n);
}

void
sbuf_addc(struct sbuf *b, char c)
{
	sbuf_add(b, &c, 1);
}

void
sbuf_addf(struct sbuf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && reserve(b, (size_t)n)) {
		(void)vsnprintf(b->buf + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

int
sbuf_check(const struct sbuf *b, struct err *e)
{
	if (!b->failed)
		return 0;
	return err_set(e, ERR_LIMIT, "text longer than %zu bytes", b->max);
}

char *
sbuf_detach(struct sbuf *b)
{
	char *s = b->alloc > 0 ? b->buf : xstrdup("");

	sbuf_init(b, b->max);
	return s;
}
