#include "base/compat.h"

#include "base/pack.h"
#include "base/xalloc.h"

void
pack(const void *p, size_t n, void **out, size_t *len)
{
	const unsigned char *from = p;
	unsigned char *to = xmalloc(2 * n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n;) {
		size_t zeros = 0;

		while (i + zeros < n && zeros < 255 && from[i + zeros] == 0)
			zeros++;
		to[k++] = from[i];
		if (zeros > 0)
			to[k++] = (unsigned char)zeros;
		i += zeros > 0 ? zeros : 1;
	}
	*out = to;
	*len = k;
}

bool
unpack(const void *in, size_t len, void *p, size_t n)
{
	const unsigned char *from = in;
	unsigned char *to = p;
	size_t k = 0;

	for (size_t i = 0; i < len; i++) {
		size_t zeros;

		if (from[i] != 0) {
			if (k == n)
				return false;
			to[k++] = from[i];
			continue;
		}
		if (++i == len)
			return false;
		zeros = from[i];
		if (zeros == 0 || zeros > n - k)
			return false;
		memset(to + k, 0, zeros);
		k += zeros;
	}
	return k == n;
}
