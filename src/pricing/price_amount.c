#include "base/compat.h"

#include "pricing/price.h"

__extension__ typedef unsigned __int128 u128;

price_pusd
price_cost(
    const struct price_rates *r, int64_t input, int64_t cached, int64_t cache_write, int64_t output)
{
	if (input < 0)
		input = 0;
	if (output < 0)
		output = 0;
	if (cached < 0)
		cached = 0;
	if (cached > input)
		cached = input;
	if (cache_write < 0)
		cache_write = 0;
	if (cache_write > input - cached)
		cache_write = input - cached;
	return (price_pusd)(input - cached - cache_write) * r->input +
	       (price_pusd)cached * r->cached + (price_pusd)cache_write * r->cache_write +
	       (price_pusd)output * r->output;
}

/* |V| without overflow at the smallest number. */
static u128
magnitude(price_pusd v)
{
	return v < 0 ? (u128)0 - (u128)v : (u128)v;
}

int64_t
price_nanousd(price_pusd p)
{
	u128 n = magnitude(p);

	n = n / 1000 + (n % 1000 >= 500);
	if (p < 0)
		return n > (u128)INT64_MAX ? INT64_MIN : -(int64_t)n;
	return n > (u128)INT64_MAX ? INT64_MAX : (int64_t)n;
}

/*
 * Write N units of 10^-PLACES into BUF, which has room, with a '-' when
 * NEGATIVE. Returns the length.
 */
static size_t
put_decimal(char *buf, bool negative, u128 n, int places)
{
	char rev[48]; /* 39 digits of 128 bits, or 13 of a fraction below 1, and the point */
	size_t len = 0, k = 0;

	for (int i = 0; n > 0 || i <= places; i++) {
		if (i == places && places > 0)
			rev[k++] = '.';
		rev[k++] = (char)('0' + (int)(n % 10));
		n /= 10;
	}
	if (negative)
		buf[len++] = '-';
	while (k > 0)
		buf[len++] = rev[--k];
	buf[len] = '\0';
	return len;
}

void
price_format_usd(int64_t nanousd, int places, char buf[static 40])
{
	u128 n = magnitude(nanousd), unit = 1;

	if (places < 0)
		places = 0;
	if (places > 9)
		places = 9;
	for (int i = places; i < 9; i++)
		unit *= 10;
	n = n / unit + (unit > 1 && n % unit >= unit / 2);
	(void)put_decimal(buf, nanousd < 0 && n > 0, n, places);
}

void
price_format_decimal(price_pusd p, char buf[static 64])
{
	size_t len = put_decimal(buf, p < 0, magnitude(p), 12);

	while (buf[len - 1] == '0')
		len--;
	if (buf[len - 1] == '.')
		len--;
	buf[len] = '\0';
}
