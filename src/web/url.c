#include "base/compat.h"

#include "base/utf8.h"
#include "web/url.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = str_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
url_is_text(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c;

		i += utf8_decode(s.p + i, s.n - i, &c);
		if (c == UTF8_BAD || c == 0)
			return false;
	}
	return true;
}

int
url_decode(struct str s, bool plus, struct sbuf *out, struct err *e)
{
	size_t start = out->len;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1;
			int low = high >= 0 ? hex(s.p[i + 2]) : -1;

			if (low < 0)
				return err_set(
				    e, ERR_INPUT, "a %% is not followed by two hex digits");
			c = (char)(unsigned char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus)
			c = ' ';
		if (c == '\0')
			return err_set(e, ERR_INPUT, "a zero byte");
		sbuf_addc(out, c);
	}
	if (sbuf_check(out, e) < 0)
		return -1;
	if (!url_is_text(str_n(out->buf + start, out->len - start)))
		return err_set(e, ERR_INPUT, "bytes that are no UTF-8");
	return 0;
}

bool
url_climbs(struct str path)
{
	size_t start = 0;

	for (size_t i = 0; i <= path.n; i++)
		if (i == path.n || path.p[i] == '/' || path.p[i] == '\\') {
			if (i - start == 2 && path.p[start] == '.' && path.p[start + 1] == '.')
				return true;
			start = i + 1;
		}
	return false;
}

void
url_encode(struct sbuf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c != '\0' && (str_isalpha(c) || str_isdigit(c) || strchr("-._~/:", c) != NULL))
			sbuf_addc(out, c);
		else
			sbuf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void
url_escape_log(struct sbuf *out, struct str s, size_t max)
{
	for (size_t i = 0; i < s.n && i < max; i++) {
		char c = s.p[i];

		if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
			sbuf_addc(out, c);
		else
			sbuf_addf(out, "\\x%02x", (unsigned)(unsigned char)c);
	}
	if (s.n > max)
		sbuf_addz(out, "...");
}
