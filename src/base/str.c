#include "base/compat.h"
#include "base/str.h"
#include "base/xalloc.h"

struct str
str_of(const char *s)
{
	return (struct str){ s == NULL ? "" : s, s == NULL ? 0 : strlen(s) };
}

struct str
str_n(const char *p, size_t n)
{
	return (struct str){ p, n };
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_eqz(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool
str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
str_split(struct str *rest, char sep, struct str *part)
{
	size_t i;

	if (rest->p == NULL)
		return false;
	i = str_chr(*rest, sep);
	*part = str_n(rest->p, i);
	if (i == rest->n)
		*rest = str_n(NULL, 0);
	else
		*rest = str_n(rest->p + i + 1, rest->n - i - 1);
	return true;
}

size_t
str_chr(struct str s, char c)
{
	const char *q = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return q == NULL ? s.n : (size_t)(q - s.p);
}

bool
str_isdigit(char c)
{
	return c >= '0' && c <= '9';
}

bool
str_isalpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char
str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void
str_lowerz(char *s)
{
	for (; *s != '\0'; s++)
		*s = str_lower(*s);
}

char *
str_dup(struct str s)
{
	return xstrndup(s.p, s.n);
}
