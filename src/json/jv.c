/*
 * The getters of skim.h: what the tape and the text say of a value.
 */
#include "base/compat.h"

#include <float.h>
#include <math.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "json/skim_run.h"
#include "json/skim_tape.h"

static const struct jv none;

static inline const struct skim_value *
value(struct jv v)
{
	return &v.s->tape[v.at];
}

static inline bool
is(struct jv v, enum jv_kind kind)
{
	return v.s != NULL && value(v)->kind == kind;
}

struct jv
skim_root(struct skim *s)
{
	return (struct jv){ s, 0 };
}

enum jv_kind
jv_kind(struct jv v)
{
	return v.s == NULL ? JV_NONE : (enum jv_kind)value(v)->kind;
}

struct jv
jv_if(struct jv v, enum jv_kind kind)
{
	return is(v, kind) ? v : none;
}

/* The value at AT; null is none. */
static inline struct jv
some(struct skim *s, uint32_t at)
{
	return s->tape[at].kind == JV_NULL ? none : (struct jv){ s, at };
}

/* Room in the buffer for a text as long as the one that was skimmed: views into it stay. */
static void
make_room(struct skim *s)
{
	if (s->buf_alloc >= s->text_n)
		return;
	free(s->buf);
	s->buf_alloc = (size_t)s->text_n + s->text_n / 2;
	s->buf = xmalloc(s->buf_alloc);
}

static size_t
encode(unsigned char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (unsigned char)(0xc0 | c >> 6);
		p[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (unsigned char)(0xe0 | c >> 12);
		p[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		p[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (unsigned char)(0xf0 | c >> 18);
	p[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	p[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	p[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

size_t
skim_decode(struct skim *s, uint32_t from, uint32_t to)
{
	const unsigned char *p = s->text + from, *end = s->text + to;
	unsigned char *out;

	make_room(s);
	out = s->buf + from;
	while (p < end) {
		const unsigned char *q = memchr(p, '\\', (size_t)(end - p));
		size_t n = (size_t)((q == NULL ? end : q) - p);
		uint32_t c;

		memcpy(out, p, n);
		out += n;
		p += n;
		if (q == NULL)
			break;
		p += 1 + skim_escape(p + 1, end, &c);
		out += encode(out, c);
	}
	return (size_t)(out - (s->buf + from));
}

/* The string of the value V, decoded. */
static struct str
text(struct skim *s, struct skim_value *v)
{
	if ((v->flags & SKIM_ESCAPED) == 0)
		return str_n((const char *)s->text + v->from, v->to - v->from);
	if ((v->flags & SKIM_DECODED) == 0) {
		(void)skim_decode(s, v->from, v->to);
		v->flags |= SKIM_DECODED;
	}
	return str_n((const char *)s->buf + v->from, v->next);
}

/* The name NAME, decoded: as json-c has it, up to its first NUL. */
static struct str
name_text(struct skim *s, const struct skim_value *name)
{
	struct str t = str_n((const char *)s->text + name->from, name->to - name->from);

	if ((name->flags & SKIM_ESCAPED) != 0) {
		t.n = skim_decode(s, name->from, name->to);
		t.p = (const char *)s->buf + name->from;
		t.n = str_chr(t, '\0');
	}
	return t;
}

/* Whether the N bytes at P are those at KEY; most differ in the first. */
static inline bool
same(const unsigned char *p, const char *key, size_t n)
{
	return n == 0 || (*p == (unsigned char)*key && memcmp(p, key, n) == 0);
}

struct jv
jv_member(struct jv o, const char *key, size_t n)
{
	const struct skim_value *tape;
	uint32_t found = 0, end;

	if (!is(o, JV_OBJ))
		return none;
	tape = o.s->tape;
	end = tape[o.at].next;
	for (uint32_t i = o.at + 1; i < end; i = tape[i].next) {
		const struct skim_value *m = &tape[i];

		if ((m->flags & SKIM_ESCAPED) != 0) {
			if (str_eq(name_text(o.s, m), str_n(key, n)))
				found = i + 1;
		} else if (m->to - m->from == n && same(o.s->text + m->from, key, n))
			found = i + 1;
	}
	return found == 0 ? none : some(o.s, found);
}

struct str
jv_text(struct jv v)
{
	return is(v, JV_STR) ? text(v.s, &v.s->tape[v.at]) : str_n(NULL, 0);
}

size_t
jv_bytes(struct jv v)
{
	return is(v, JV_STR) ? value(v)->next : 0;
}

size_t
jv_chars(struct jv v)
{
	const struct skim_value *t;
	const unsigned char *p, *end;
	size_t count = 0;

	if (!is(v, JV_STR))
		return 0;
	t = value(v);
	if ((t->flags & SKIM_HIGH) == 0)
		return t->next;
	p = v.s->text + t->from;
	end = v.s->text + t->to;
	/* an escape is a character of its own: nothing before it goes on in it */
	while (p < end) {
		const unsigned char *q = memchr(p, '\\', (size_t)(end - p));
		uint32_t c;

		count += utf8_length(str_n((const char *)p, (size_t)((q == NULL ? end : q) - p)));
		if (q == NULL)
			break;
		p = q + 1 + skim_escape(q + 1, end, &c);
		count++;
	}
	return count;
}

struct str
jv_raw(struct jv v)
{
	const struct skim_value *t;
	size_t quote;

	if (v.s == NULL)
		return str_n(NULL, 0);
	t = value(v);
	quote = t->kind == JV_STR;
	return str_n((const char *)v.s->text + t->from - quote, t->to - t->from + 2 * quote);
}

/* The integer V, stopping at the ends of what 64 bits hold; *NEGATIVE says how to read it. */
static uint64_t
integer(struct jv v, bool *negative)
{
	const unsigned char *p = v.s->text + value(v)->from, *end = v.s->text + value(v)->to;
	uint64_t n = 0;

	*negative = *p == '-';
	for (p += *negative; p < end; p++)
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return UINT64_MAX;
	return n;
}

bool
jv_to_i64(struct jv v, int64_t min, int64_t max, int64_t *out)
{
	bool negative;
	uint64_t n;
	int64_t x;

	if (!is(v, JV_INT))
		return false;
	/* as jx_i64, which cannot tell the ends of the range from what lies beyond */
	n = integer(v, &negative);
	if (n > INT64_MAX || (n == INT64_MAX && !negative))
		return false;
	x = negative ? -(int64_t)n : (int64_t)n;
	if (x < min || x > max)
		return false;
	*out = x;
	return true;
}

/*
 * A fraction of few digits, which is a quotient of two numbers that a double
 * holds exactly: the division rounds once, so the result is that of strtod.
 */
static bool
short_fraction(const unsigned char *p, const unsigned char *end, double *out)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15 };
	const unsigned char *from = p, *point = NULL;
	int64_t n = 0;
	double d;

	if (*p == '-')
		p++;
	if (end - p > 16) /* a point, and 15 digits are less than 2^53 */
		return false;
	for (; p < end; p++) {
		if (*p == '.' && point == NULL)
			point = p;
		else if (*p >= '0' && *p <= '9')
			n = n * 10 + (*p - '0');
		else
			return false;
	}
	if (point == NULL || FLT_EVAL_METHOD != 0)
		return false;
	d = (double)n / tens[end - point - 1];
	*out = *from == '-' ? -d : d;
	return true;
}

bool
jv_to_num(struct jv v, double *out)
{
	const unsigned char *p;
	bool negative;
	double d;
	uint64_t n;

	if (is(v, JV_INT)) {
		n = integer(v, &negative);
		/* what is less than the least integer is the least, as in json-c */
		*out = !negative ? (double)n : -(double)(n > 1ULL << 63 ? 1ULL << 63 : n);
		if (n == 0)
			*out = 0;
		return true;
	}
	if (!is(v, JV_REAL))
		return false;
	p = v.s->text + value(v)->from;
	/* behind a number there is always a byte of the text that does not belong to it */
	if (!short_fraction(p, v.s->text + value(v)->to, &d))
		d = strtod((const char *)p, NULL);
	if (!isfinite(d))
		return false;
	*out = d;
	return true;
}

bool
jv_to_bool(struct jv v, bool *out)
{
	if (!is(v, JV_BOOL))
		return false;
	*out = (value(v)->flags & SKIM_TRUE) != 0;
	return true;
}

/* Behind the element at AT. */
static inline uint32_t
behind(const struct skim *s, uint32_t at)
{
	return s->tape[at].kind >= JV_ARR ? s->tape[at].next : at + 1;
}

struct jv_walk
jv_walk(struct jv v)
{
	if (!is(v, JV_ARR) && !is(v, JV_OBJ))
		return (struct jv_walk){ .in = none };
	return (struct jv_walk){ .in = v, .next = v.at + 1, .end = value(v)->next };
}

bool
jv_next(struct jv_walk *w)
{
	struct skim *s = w->in.s;

	if (w->next >= w->end)
		return false;
	if (value(w->in)->kind == JV_ARR) {
		w->value = some(s, w->next);
		w->next = behind(s, w->next);
	} else {
		w->key = name_text(s, &s->tape[w->next]);
		w->value = some(s, w->next + 1);
		w->next = s->tape[w->next].next;
	}
	return true;
}

size_t
jv_len(struct jv a)
{
	size_t n = 0;

	if (!is(a, JV_ARR))
		return 0;
	for (uint32_t i = a.at + 1, end = value(a)->next; i < end; i = behind(a.s, i))
		n++;
	return n;
}

struct jv
jv_at(struct jv a, size_t i)
{
	if (!is(a, JV_ARR))
		return none;
	for (uint32_t at = a.at + 1, end = value(a)->next; at < end; at = behind(a.s, at))
		if (i-- == 0)
			return some(a.s, at);
	return none;
}

struct jv_lines
jv_lines(struct jv v)
{
	struct jv_lines l = { .in = jv_if(v, JV_STR), .done = !is(v, JV_STR) };

	l.next = l.done ? 0 : value(v)->from;
	return l;
}

/* Behind what stands at P: a byte, or an escape, whose character is *C. */
static inline const unsigned char *
step(const unsigned char *p, const unsigned char *end, uint32_t *c)
{
	*c = *p;
	return p + 1 + (*p == '\\' ? skim_escape(p + 1, end, c) : 0);
}

/* Behind the LF of the line at P, also one that is written as an escape; NULL when END comes first. */
static const unsigned char *
next_line(const unsigned char *p, const unsigned char *end)
{
	unsigned ignored = 0;

	while ((p = SKIM_RUN(p, end, '\n', &ignored)) < end) {
		uint32_t c;

		p = step(p, end, &c);
		if (c == '\n')
			return p;
	}
	return NULL;
}

bool
jv_line(struct jv_lines *l, size_t max, struct str *line)
{
	struct skim *s = l->in.s;
	const unsigned char *from, *p, *q, *end;

	if (l->done)
		return false;
	end = s->text + value(l->in)->to;
	from = s->text + l->next;
	if (l->begun && (from = next_line(from, end)) == NULL) {
		l->done = true;
		return false;
	}
	l->begun = true;
	l->next = (uint32_t)(from - s->text);
	for (p = from; p < end; p = q) {
		uint32_t c;

		q = step(p, end, &c);
		if (c == '\n' || (size_t)(q - from) > max)
			break;
	}
	*line = str_n((const char *)from, (size_t)(p - from));
	if ((value(l->in)->flags & SKIM_ESCAPED) != 0) {
		s->tape[l->in.at].flags &= (uint8_t)~SKIM_DECODED; /* it is written over */
		line->n = skim_decode(s, l->next, (uint32_t)(p - s->text));
		line->p = (const char *)s->buf + l->next;
	}
	return true;
}
