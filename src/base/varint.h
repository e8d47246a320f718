/*
 * varint.h - whole numbers in as few bytes as they need: seven bits a byte,
 * lowest first, the top bit says that more follow.
 */
#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include "base/sbuf.h"

/* Append V to B, 1 to 10 bytes. Errors stay in B. */
void varint_put(struct sbuf *b, uint64_t v);

/* Append V, which may be negative, to B: small numbers of either sign are short. Errors stay in B. */
void varint_put_signed(struct sbuf *b, int64_t v);

/*
 * Take a number from **P, which ends before END, into *V and move *P behind it.
 * Returns false when it is cut off or has more than 64 bits. Borrows; cannot fail otherwise.
 */
static inline bool
varint_get(const unsigned char **p, const unsigned char *end, uint64_t *v)
{
	uint64_t x = 0;

	for (unsigned shift = 0; shift < 64 && *p < end; shift += 7) {
		unsigned char c = *(*p)++;

		x |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80) {
			*v = x;
			return shift < 63 || c < 2;
		}
	}
	return false;
}

/* As varint_get, a number of varint_put_signed, from **P before END into *V. Returns false likewise. */
static inline bool
varint_get_signed(const unsigned char **p, const unsigned char *end, int64_t *v)
{
	uint64_t u;

	if (!varint_get(p, end, &u))
		return false;
	*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
	return true;
}

#endif
