#include "base/compat.h"
#include "base/err.h"

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	e->sys = 0;
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof(e->msg), fmt, ap); /* cut is fine */
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->msg) - 64];
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)err_set(e, saved == ENOENT || saved == ENOTDIR ? ERR_NOTFOUND : ERR_IO, "%s: %s",
	    text, strerror(saved));
	e->sys = saved;
	return -1;
}

int
err_prefix(struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->msg)];
	char old[sizeof(e->msg)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(old, e->msg, sizeof(old));
	(void)snprintf(e->msg, sizeof(e->msg), "%.200s: %.300s", text, old);
	return -1;
}

void
bug(const char *fmt, ...)
{
	va_list ap;

	fputs("codex-track: internal error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	abort();
}
