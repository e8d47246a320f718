#include "base/compat.h"

#include "base/num.h"
#include "base/utf8.h"
#include "json/jx.h"
#include "pricing/price_text.h"
#include "time/civil.h"

#define SHOWN_MAX 40

/* The digits of S, which may hold one point, into *V; *SCALE is how many stand behind it. */
static int
mantissa(struct str s, int64_t *v, int64_t *scale)
{
	size_t point = str_chr(s, '.');

	*v = 0;
	*scale = 0;
	if (point == 0 || point + 1 == s.n)
		return -1;
	/* zeros at the end of a fraction say nothing and could overflow */
	while (point < s.n && s.p[s.n - 1] == '0')
		s.n--;
	for (size_t i = 0; i < s.n; i++) {
		if (i == point)
			continue;
		if (!str_isdigit(s.p[i]) || __builtin_mul_overflow(*v, (int64_t)10, v) ||
		    __builtin_add_overflow(*v, (int64_t)(s.p[i] - '0'), v))
			return -1;
		*scale += i > point;
	}
	return s.n > 0 ? 0 : -1;
}

int
price_decimal(struct str s, int places, int64_t *out)
{
	int64_t v, scale, exponent = 0;
	size_t at = 0;

	while (at < s.n && s.p[at] != 'e' && s.p[at] != 'E')
		at++;
	if (at < s.n) {
		struct str x = str_n(s.p + at + 1, s.n - at - 1);

		if (x.n > 1 && x.p[0] == '+' && str_isdigit(x.p[1]))
			x = str_n(x.p + 1, x.n - 1);
		if (num_i64(x, -40, 40, &exponent) < 0)
			return -1;
	}
	if (mantissa(str_n(s.p, at), &v, &scale) < 0)
		return -1;
	scale = places + exponent - scale;
	if (v == 0)
		scale = 0;
	for (; scale > 0; scale--)
		if (__builtin_mul_overflow(v, (int64_t)10, &v))
			return -1;
	for (; scale < 0; scale++) {
		if (v % 10 != 0)
			return -1;
		v /= 10;
	}
	*out = v;
	return 0;
}

struct str
price_number_text(struct json_object *v)
{
	size_t n = 0;
	const char *p;

	if (v == NULL)
		return str_n(NULL, 0);
	if (json_object_is_type(v, json_type_string))
		return str_trim(jx_text(v));
	if (!json_object_is_type(v, json_type_int) && !json_object_is_type(v, json_type_double))
		return str_n(NULL, 0);
	/* json-c keeps a fraction as it was written; what it saturates is refused */
	p = json_object_to_json_string_length(v, JSON_C_TO_STRING_PLAIN, &n);
	return str_n(p, p == NULL ? 0 : n);
}

int
price_date(struct str s, int64_t *out)
{
	int32_t ms_of_day, offset_s;
	bool has_time, has_offset;
	struct date d;

	if (civil_parse_local(s, &d, &ms_of_day, &has_time, &has_offset, &offset_s) < 0 ||
	    has_time || has_offset)
		return -1;
	*out = civil_days(d) * CIVIL_DAY_MS;
	return 0;
}

const char *
price_unknown_key(struct json_object *o, const char *const *known)
{
	struct json_object_iterator it = json_object_iter_begin(o), end = json_object_iter_end(o);

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *key = json_object_iter_peek_name(&it);
		size_t i = 0;

		while (known[i] != NULL && strcmp(known[i], key) != 0)
			i++;
		if (known[i] == NULL)
			return key;
	}
	return NULL;
}

void
price_add_shown(struct sbuf *b, struct json_object *v)
{
	size_t n = 0, used = 0;
	const char *p = json_object_to_json_string_length(
	    v, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);
	int chars = 0;

	if (p == NULL)
		return;
	while (used < n && chars++ < SHOWN_MAX) {
		uint32_t c;

		used += utf8_decode(p + used, n - used, &c);
	}
	utf8_add_plain(b, str_n(p, used));
	if (used < n)
		sbuf_addz(b, "...");
}
