#include "base/compat.h"

#include "demo/tmpl.h"

/* What a byte needs inside a JSON string: 0 nothing, 'u' a \u escape, else the letter behind \. */
static char
escape_of(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return c < 0x20 ? 'u' : 0;
	}
}

static void
add_string(struct sbuf *b, struct str s)
{
	size_t from = 0;

	if (s.p == NULL) {
		sbuf_addz(b, "null");
		return;
	}
	sbuf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char esc;

		if (c > '\\' || (esc = escape_of(c)) == 0)
			continue;
		sbuf_add(b, s.p + from, i - from);
		from = i + 1;
		if (esc == 'u')
			sbuf_addf(b, "\\u%04x", c);
		else
			sbuf_add(b, (const char[]){ '\\', esc }, 2);
	}
	sbuf_add(b, s.p + from, s.n - from);
	sbuf_addc(b, '"');
}

static void
add_int(struct sbuf *b, int64_t v)
{
	char buf[24];
	size_t at = sizeof(buf);
	uint64_t n = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		buf[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	if (v < 0)
		buf[--at] = '-';
	sbuf_add(b, buf + at, sizeof(buf) - at);
}

static void
add_usage(struct sbuf *b, const struct usage *u, bool with_write)
{
	TMPL(b, "{'input_tokens':%,'cached_input_tokens':%", I(u->input), I(u->cached));
	if (with_write)
		TMPL(b, ",'cache_write_input_tokens':%", I(u->write));
	TMPL(b, ",'output_tokens':%,'reasoning_output_tokens':%,'total_tokens':%}", I(u->output),
	    I(u->reasoning), I(u->input + u->output));
}

static void
add_value(struct sbuf *b, const struct val *v)
{
	switch (v->kind) {
	case VAL_STR:
		add_string(b, v->s);
		break;
	case VAL_RAW:
		sbuf_adds(b, v->s);
		break;
	case VAL_INT:
		add_int(b, v->i);
		break;
	case VAL_BOOL:
		sbuf_addz(b, v->i != 0 ? "true" : "false");
		break;
	case VAL_USAGE:
		add_usage(b, v->u, v->i != 0);
		break;
	}
}

void
tmpl_add(struct sbuf *b, const char *text, const struct val *v, size_t n)
{
	const char *from = text, *p = text;
	size_t used = 0;

	for (; *p != '\0'; p++) {
		if (*p != '\'' && *p != '%')
			continue;
		sbuf_add(b, from, (size_t)(p - from));
		from = p + 1;
		if (*p == '\'')
			sbuf_addc(b, '"');
		else if (used < n)
			add_value(b, &v[used++]);
		else
			bug("too few values for %s", text);
	}
	sbuf_add(b, from, (size_t)(p - from));
	if (used != n)
		bug("too many values for %s", text);
}

struct str
tmpl_view(const struct sbuf *b)
{
	return str_n(b->buf, b->len);
}
