#include "base/compat.h"
#include "base/num.h"

int
num_i64(struct str s, int64_t min, int64_t max, int64_t *out)
{
	int64_t v = 0;
	bool neg = false;
	size_t i = 0;

	if (s.n > 0 && s.p[0] == '-') {
		neg = true;
		i = 1;
	}
	if (i == s.n)
		return -1;
	for (; i < s.n; i++) {
		int64_t d = s.p[i] - '0';

		if (!str_isdigit(s.p[i]) || __builtin_mul_overflow(v, (int64_t)10, &v) ||
		    __builtin_sub_overflow(v, d, &v))
			return -1;
	}
	/* v is kept negative, so that the smallest integer can be read */
	if (!neg) {
		if (v == INT64_MIN)
			return -1;
		v = -v;
	}
	if (v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

int
num_decimal(struct str s, int places, int64_t *out)
{
	int64_t v = 0;
	int seen = -1; /* digits behind the point; -1 before it */
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && seen < 0) {
			seen = 0;
			continue;
		}
		if (!str_isdigit(s.p[i]) || (seen >= 0 && ++seen > places) ||
		    __builtin_mul_overflow(v, (int64_t)10, &v) ||
		    __builtin_add_overflow(v, (int64_t)(s.p[i] - '0'), &v))
			return -1;
		digits++;
	}
	if (digits == 0 || seen == 0)
		return -1;
	for (int i = seen < 0 ? 0 : seen; i < places; i++)
		if (__builtin_mul_overflow(v, (int64_t)10, &v))
			return -1;
	*out = v;
	return 0;
}

void
num_add_sat(int64_t *out, int64_t b)
{
	if (__builtin_add_overflow(*out, b, out))
		*out = b > 0 ? INT64_MAX : INT64_MIN;
}
