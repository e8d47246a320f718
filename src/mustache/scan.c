#include "base/compat.h"
#include "base/utf8.h"
#include "mustache/internal.h"

#define MAX_DELIMITER 16
#define SHOWN_LABEL 160 /* bytes of a label in a message, from its end */

struct pos
mu_pos(struct str text, size_t at)
{
	struct pos pos = { 1, 1 };
	size_t start = 0;

	for (size_t i = 0; i < at && i < text.n; i++)
		if (text.p[i] == '\n') {
			pos.line++;
			start = i + 1;
		}
	pos.column += (uint32_t)utf8_length(str_n(text.p + start, at - start));
	return pos;
}

static int PRINTF(5, 0) place_verror(const char *label, struct pos pos, enum err_code code,
    struct err *e, const char *fmt, va_list ap)
{
	size_t n = strlen(label);
	bool cut = n > SHOWN_LABEL;
	char text[sizeof(e->msg)];

	(void)vsnprintf(text, sizeof(text), fmt, ap); /* a longer one is cut, as any message */
	return err_set(e, code, "%s%s:%" PRIu32 ":%" PRIu32 ": %s", cut ? "…" : "",
	    cut ? label + n - SHOWN_LABEL : label, pos.line, pos.column, text);
}

int
mu_place_error(
    const char *label, struct pos pos, enum err_code code, struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)place_verror(label, pos, code, e, fmt, ap);
	va_end(ap);
	return -1;
}

int
mu_source_error(const struct source *src, size_t at, struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)place_verror(src->label, mu_pos(src->text, at), ERR_INPUT, e, fmt, ap);
	va_end(ap);
	return -1;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || (unsigned char)c == 0x7f;
}

/* The two delimiters of a tag {{=OPEN CLOSE=}} with BODY between the equals signs. */
static int
set_delimiters(struct scan *s, const struct tag *t, struct str body)
{
	struct str open = str_trim(body), close;
	size_t n = 0;

	while (n < open.n && !is_space(open.p[n]))
		n++;
	close = str_trim(str_n(open.p + n, open.n - n));
	open.n = n;
	if (open.n == 0 || close.n == 0 || open.n > MAX_DELIMITER || close.n > MAX_DELIMITER)
		goto bad;
	for (size_t i = 0; i < open.n; i++)
		if (is_control(open.p[i]) || open.p[i] == '=')
			goto bad;
	for (size_t i = 0; i < close.n; i++)
		if (is_control(close.p[i]) || is_space(close.p[i]) || close.p[i] == '=')
			goto bad;
	s->open = open;
	s->close = close;
	return 0;
bad:
	return mu_source_error(&s->src, t->start, s->e,
	    "no pair of delimiters: write it as {{=<%% %%>=}}, two words of at most %d bytes "
	    "without =",
	    MAX_DELIMITER);
}

/* Checks the name of T, which is trimmed; AT is the offset of its first byte. */
static int
check_name(const struct scan *s, const struct tag *t)
{
	size_t at = (size_t)(t->name.p - s->src.text.p);

	if (t->name.n == 0)
		return mu_source_error(
		    &s->src, t->start, s->e, "a tag without a name: write one, or remove the tag");
	if (t->name.n > MUSTACHE_MAX_NAME)
		return mu_source_error(&s->src, at, s->e,
		    "a name of %zu bytes: at most %d are allowed", t->name.n, MUSTACHE_MAX_NAME);
	if (memchr("#^/!><$={}&", t->name.p[0], 11) != NULL)
		return mu_source_error(&s->src, at, s->e,
		    "a name that begins with '%c': the kind of a tag stands once, right behind "
		    "the delimiter",
		    t->name.p[0]);
	if (t->name.p[0] == '*' && !t->dynamic)
		return mu_source_error(&s->src, at, s->e,
		    "a name that begins with '*': only partials and parents may have one");
	for (size_t i = 0; i < t->name.n; i++) {
		char c = t->name.p[i];

		if (is_space(c))
			return mu_source_error(&s->src, at + i, s->e,
			    "a blank in the name \"%.*s\": a name is one word", (int)i, t->name.p);
		if (is_control(c))
			return mu_source_error(
			    &s->src, at + i, s->e, "a control character in a name: remove it");
		if (c == '{' || c == '}')
			return mu_source_error(&s->src, at + i, s->e,
			    "'%c' in a name: is the tag before it closed?", c);
	}
	return 0;
}

/* The end of the tag T whose content begins at FROM: where its CLOSER begins, or -1. */
static int
find_end(const struct scan *s, const struct tag *t, size_t from, const char *before, size_t *end)
{
	struct str text = s->src.text;
	char closer[MAX_DELIMITER + 2];
	size_t n = strlen(before) + s->close.n;
	const char *p;

	memcpy(closer, before, strlen(before));
	memcpy(closer + strlen(before), s->close.p, s->close.n);
	p = memmem(text.p + from, text.n - from, closer, n);
	if (p == NULL)
		return mu_source_error(&s->src, t->start, s->e,
		    "a tag without an end: %.*s is missing", (int)n, closer);
	*end = (size_t)(p - text.p);
	return 0;
}

int
mu_scan_next(struct scan *s, struct tag *t)
{
	struct str text = s->src.text, body;
	const char *p = memmem(text.p + s->at, text.n - s->at, s->open.p, s->open.n);
	const char *before = "";
	size_t from, end = 0;

	if (p == NULL)
		return 0;
	*t = (struct tag){ .kind = 'v', .start = (size_t)(p - text.p) };
	from = t->start + s->open.n;
	if (from < text.n && memchr("#^/!><$=&{", text.p[from], 10) != NULL) {
		t->kind = text.p[from++];
		before = t->kind == '{' ? "}" : t->kind == '=' ? "=" : "";
	}
	if (find_end(s, t, from, before, &end) < 0)
		return -1;
	body = str_n(text.p + from, end - from);
	t->end = end + strlen(before) + s->close.n;
	if (t->kind == '{')
		t->kind = '&';
	if (t->kind == '!')
		return 1;
	if (t->kind == '=')
		return set_delimiters(s, t, body) < 0 ? -1 : 1;
	t->name = str_trim(body);
	if ((t->kind == '>' || t->kind == '<' || t->kind == '/') && str_starts(t->name, "*")) {
		t->dynamic = true;
		t->name = str_trim(str_n(t->name.p + 1, t->name.n - 1));
	}
	return check_name(s, t) < 0 ? -1 : 1;
}
