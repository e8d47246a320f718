#include "base/compat.h"

#include <utf8proc.h>

#include "base/utf8.h"

static size_t
bad(uint32_t *c)
{
	*c = UTF8_BAD;
	return 1;
}

size_t
utf8_decode(const char *p, size_t n, uint32_t *c)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t len;
	uint32_t v, min;

	if (s[0] < 0x80) {
		*c = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		len = 2;
		v = s[0] & 0x1fU;
		min = 0x80;
	} else if ((s[0] & 0xf0U) == 0xe0) {
		len = 3;
		v = s[0] & 0x0fU;
		min = 0x800;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		len = 4;
		v = s[0] & 0x07U;
		min = 0x10000;
	} else
		return bad(c);
	if (n < len)
		return bad(c);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0U) != 0x80)
			return bad(c);
		v = v << 6 | (s[i] & 0x3fU);
	}
	if (v < min || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return bad(c);
	*c = v;
	return len;
}

size_t
utf8_length(struct str s)
{
	size_t count = 0;
	uint32_t c;

	for (size_t i = 0; i < s.n;) {
		uint64_t eight;

		/* most text is ASCII */
		if (s.n - i >= sizeof(eight)) {
			memcpy(&eight, s.p + i, sizeof(eight));
			if ((eight & 0x8080808080808080U) == 0) {
				i += sizeof(eight);
				count += sizeof(eight);
				continue;
			}
		}
		i += utf8_decode(s.p + i, s.n - i, &c);
		count++;
	}
	return count;
}

size_t
utf8_width(struct str s)
{
	size_t width = 0;
	uint32_t c;

	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(s.p + i, s.n - i, &c);
		if (c == UTF8_BAD)
			width++;
		else if (c >= 0x20)
			width += (size_t)utf8proc_charwidth((utf8proc_int32_t)c);
	}
	return width;
}

static bool
plain(uint32_t c)
{
	if (c == UTF8_BAD || c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	/* marks and overrides that turn the reading direction */
	return !(c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
		 (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029);
}

void
utf8_add_plain(struct sbuf *b, struct str s)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < s.n; i += n) {
		n = utf8_decode(s.p + i, s.n - i, &c);
		if (plain(c))
			sbuf_add(b, s.p + i, n);
		else
			sbuf_addz(b, "\xef\xbf\xbd");
	}
}
