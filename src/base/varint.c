#include "base/compat.h"

#include "base/varint.h"

void
varint_put(struct sbuf *b, uint64_t v)
{
	char buf[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		buf[n++] = (char)(unsigned char)((v & 0x7f) | 0x80);
	buf[n++] = (char)v;
	sbuf_add(b, buf, n);
}

void
varint_put_signed(struct sbuf *b, int64_t v)
{
	varint_put(b, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}
