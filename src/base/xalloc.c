#include "base/compat.h"
#include "base/err.h"
#include "base/xalloc.h"

static void *
checked(void *p)
{
	if (p == NULL)
		bug("out of memory");
	return p;
}

void *
xmalloc(size_t n)
{
	return checked(malloc(n == 0 ? 1 : n));
}

void *
xcalloc(size_t count, size_t size)
{
	return checked(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *
xreallocarray(void *p, size_t count, size_t size)
{
	return checked(reallocarray(p, count == 0 ? 1 : count, size == 0 ? 1 : size));
}

char *
xstrdup(const char *s)
{
	return s == NULL ? NULL : checked(strdup(s));
}

char *
xstrndup(const char *p, size_t n)
{
	char *s = xmalloc(n + 1);

	if (n > 0)
		memcpy(s, p, n);
	s[n] = '\0';
	return s;
}

char *
xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		bug("out of memory");
	va_end(ap);
	return s;
}

void
xgrow(void *p, size_t len, size_t *alloc, size_t size)
{
	void *old, *new;

	if (len < *alloc)
		return;
	memcpy(&old, p, sizeof(old));
	*alloc = *alloc == 0 ? 16 : *alloc * 2;
	new = xreallocarray(old, *alloc, size);
	memcpy(p, &new, sizeof(new));
}
