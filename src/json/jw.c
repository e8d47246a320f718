#include "base/compat.h"

#include <math.h>

#include "base/utf8.h"
#include "json/jw.h"

static void
put(struct jw *w, const char *p, size_t n)
{
	if (w->f != NULL)
		(void)fwrite(p, 1, n, w->f); /* the owner of f asks ferror */
	else
		sbuf_add(w->b, p, n);
}

static void
putz(struct jw *w, const char *s)
{
	put(w, s, strlen(s));
}

static void
newline(struct jw *w)
{
	if (!w->pretty)
		return;
	putz(w, "\n");
	for (int i = 0; i < w->depth; i++)
		putz(w, "  ");
}

/* What stands before a value or a key: a comma and a line, or nothing. */
static void
before(struct jw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (w->some[w->depth - 1])
		putz(w, ",");
	w->some[w->depth - 1] = true;
	newline(w);
}

static void
begin(struct jw *w, const char *open)
{
	before(w);
	putz(w, open);
	if (w->depth == JW_DEPTH)
		bug("JSON nested deeper than %d", JW_DEPTH);
	w->some[w->depth++] = false;
}

static void
end(struct jw *w, const char *close)
{
	bool some = w->some[--w->depth];

	if (some)
		newline(w);
	putz(w, close);
}

void
jw_file(struct jw *w, FILE *f, bool pretty)
{
	*w = (struct jw){ .f = f, .pretty = pretty };
}

void
jw_sbuf(struct jw *w, struct sbuf *b, bool pretty)
{
	*w = (struct jw){ .b = b, .pretty = pretty };
}

void
jw_obj(struct jw *w)
{
	begin(w, "{");
}

void
jw_obj_end(struct jw *w)
{
	end(w, "}");
}

void
jw_arr(struct jw *w)
{
	begin(w, "[");
}

void
jw_arr_end(struct jw *w)
{
	end(w, "]");
}

static void
escape(struct jw *w, uint32_t c)
{
	char buf[8];
	const char *s = NULL;

	switch (c) {
	case '"':
		s = "\\\"";
		break;
	case '\\':
		s = "\\\\";
		break;
	case '\n':
		s = "\\n";
		break;
	case '\r':
		s = "\\r";
		break;
	case '\t':
		s = "\\t";
		break;
	default:
		break;
	}
	if (s == NULL) {
		(void)snprintf(buf, sizeof(buf), "\\u%04x", (unsigned)c & 0xffffU);
		s = buf;
	}
	putz(w, s);
}

static void
string(struct jw *w, struct str s)
{
	size_t i = 0, from = 0;

	putz(w, "\"");
	while (i < s.n) {
		uint32_t c;
		size_t n = utf8_decode(s.p + i, s.n - i, &c);

		if (c == '"' || c == '\\' || c < 0x20 || c == 0x7f || c == '<' || c == '>' ||
		    c == '&' || c == 0x2028 || c == 0x2029) {
			put(w, s.p + from, i - from);
			escape(w, c);
			from = i + n;
		} else if (c == UTF8_BAD) {
			put(w, s.p + from, i - from);
			putz(w, "\xef\xbf\xbd");
			from = i + n;
		}
		i += n;
	}
	put(w, s.p + from, s.n - from);
	putz(w, "\"");
}

void
jw_key(struct jw *w, const char *key)
{
	before(w);
	string(w, str_of(key));
	putz(w, w->pretty ? ": " : ":");
	w->after_key = true;
}

void
jw_str(struct jw *w, struct str s)
{
	if (s.p == NULL) {
		jw_null(w);
		return;
	}
	before(w);
	string(w, s);
}

void
jw_strz(struct jw *w, const char *s)
{
	if (s == NULL)
		jw_null(w);
	else
		jw_str(w, str_of(s));
}

void
jw_raw(struct jw *w, const char *s)
{
	before(w);
	putz(w, s);
}

void
jw_i64(struct jw *w, int64_t v)
{
	char buf[24];

	(void)snprintf(buf, sizeof(buf), "%" PRId64, v);
	jw_raw(w, buf);
}

void
jw_num(struct jw *w, double v)
{
	char buf[400];
	size_t n;

	if (!isfinite(v)) {
		jw_null(w);
		return;
	}
	(void)snprintf(buf, sizeof(buf), "%.6f", v);
	n = strlen(buf);
	while (n > 0 && buf[n - 1] == '0')
		buf[--n] = '\0';
	if (n > 0 && buf[n - 1] == '.')
		buf[--n] = '\0';
	jw_raw(w, buf);
}

void
jw_bool(struct jw *w, bool v)
{
	jw_raw(w, v ? "true" : "false");
}

void
jw_null(struct jw *w)
{
	jw_raw(w, "null");
}

void
jw_kv_i64(struct jw *w, const char *key, int64_t v)
{
	jw_key(w, key);
	jw_i64(w, v);
}

void
jw_kv_str(struct jw *w, const char *key, const char *s)
{
	jw_key(w, key);
	jw_strz(w, s);
}
