#include "base/compat.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "json/skim_run.h"
#include "json/skim_tape.h"

#define TAPE_FIRST ((size_t)1024)

/* More than this is given back before a text that does not need it. */
#define TAPE_KEEP ((size_t)64 * 1024)
#define BUF_KEEP ((size_t)4 * 1024 * 1024)

struct skim *
skim_new(size_t depth)
{
	struct skim *s;

	if (depth == 0 || depth > 10000)
		bug("a skimmer of depth %zu", depth);
	s = xcalloc(1, sizeof(*s) + (depth + 1) * sizeof(s->levels[0]));
	s->depth = depth;
	return s;
}

void
skim_free(struct skim *s)
{
	if (s == NULL)
		return;
	free(s->tape);
	free(s->buf);
	free(s);
}

static inline const unsigned char *
blanks(const unsigned char *p, const unsigned char *end)
{
	while (p < end && *p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

static inline bool
digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* A value more on the tape, at FROM; there is always room for one. */
static inline struct skim_value *
append(struct skim *s, enum jv_kind kind, const unsigned char *from)
{
	struct skim_value *v = &s->tape[s->n++];

	v->from = (uint32_t)(from - s->text);
	v->kind = (uint8_t)kind;
	v->flags = 0;
	return v;
}

static int
hex(unsigned char c)
{
	if (digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of four hexadecimal digits at P, -1 when they are none. */
static int32_t
four(const unsigned char *p, const unsigned char *end)
{
	int32_t v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int d = hex(p[i]);

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

size_t
skim_escape(const unsigned char *p, const unsigned char *end, uint32_t *c)
{
	int32_t one, two;

	switch (*p) {
	case 'n':
		*c = '\n';
		return 1;
	case 't':
		*c = '\t';
		return 1;
	case 'r':
		*c = '\r';
		return 1;
	case 'b':
		*c = '\b';
		return 1;
	case 'f':
		*c = '\f';
		return 1;
	case '"':
	case '\\':
	case '/':
		*c = *p;
		return 1;
	case 'u':
		break;
	default:
		return 0;
	}
	if ((one = four(p + 1, end)) < 0)
		return 0;
	*c = (uint32_t)one;
	if (one < 0xd800 || one > 0xdfff)
		return 5;
	*c = 0xfffd;
	if (one > 0xdbff || end - p < 11 || p[5] != '\\' || p[6] != 'u' ||
	    (two = four(p + 7, end)) < 0xdc00 || two > 0xdfff)
		return 5;
	*c = 0x10000 + ((uint32_t)(one & 0x3ff) << 10) + (uint32_t)(two & 0x3ff);
	return 11;
}

/*
 * The string behind the quote before P; returns the place behind its other
 * quote, NULL when it is broken.
 */
static inline const unsigned char *
string(struct skim *s, const unsigned char *p, const unsigned char *end, unsigned char quote)
{
	const unsigned char *from = p;
	struct skim_value *v;
	unsigned high = 0, flags = 0;
	uint32_t lost = 0; /* bytes that decoding saves */

	while ((p = SKIM_RUN(p, end, quote, &high)) < end && *p == '\\') {
		uint32_t c;
		size_t n;

		if (++p == end || (n = skim_escape(p, end, &c)) == 0)
			return NULL;
		flags = SKIM_ESCAPED;
		high |= c & ~(uint32_t)0x7f;
		lost += (uint32_t)n - (c >= 0x80) - (c >= 0x800) - (c >= 0x10000);
		p += n;
	}
	if (p == end || *p != quote)
		return NULL;
	v = append(s, JV_STR, from);
	v->to = (uint32_t)(p - s->text);
	v->next = v->to - v->from - lost;
	v->flags = (uint8_t)(flags | (high != 0 ? SKIM_HIGH : 0));
	return p + 1;
}

/* The digits of an integer of N digits at P: one that is not negative begins with 0 only when it is 0. */
static bool
good_integer(const unsigned char *p, size_t n, bool negative)
{
	if (n == 0)
		return false;
	if (!negative && *p == '0')
		for (size_t i = 1; i < n; i++)
			if (p[i] != '0')
				return false;
	return true;
}

static const unsigned char *
word(struct skim *s, const unsigned char *p, const unsigned char *end, struct str w,
    enum jv_kind kind, unsigned flags)
{
	struct skim_value *v;

	if ((size_t)(end - p) < w.n || memcmp(p, w.p, w.n) != 0)
		return NULL;
	v = append(s, kind, p);
	v->to = v->from + (uint32_t)w.n;
	v->flags = (uint8_t)flags;
	return p + w.n;
}

static const unsigned char *
number(struct skim *s, const unsigned char *p, const unsigned char *end)
{
	const unsigned char *from = p, *digits;
	enum jv_kind kind = JV_INT;
	struct skim_value *v;
	size_t n;

	if (*p == '-')
		p++;
	for (digits = p; p < end && digit(*p); p++)
		;
	n = (size_t)(p - digits);
	if (p < end && *p == '.') {
		kind = JV_REAL;
		for (p++; p < end && digit(*p); p++)
			n++;
	}
	if (p < end && n > 0 && (*p == 'e' || *p == 'E')) {
		kind = JV_REAL;
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (p == end || !digit(*p))
			return NULL;
		while (p < end && digit(*p))
			p++;
	}
	if (n == 0 && kind == JV_INT && p > from)
		return word(s, from, end, STR("-Infinity"), JV_REAL, 0);
	if (kind == JV_INT ? !good_integer(digits, n, digits > from) : n == 0)
		return NULL;
	v = append(s, kind, from);
	v->to = (uint32_t)(p - s->text);
	return p;
}

/* A value that holds no others, at P; returns the place behind it, NULL when there is none. */
static inline const unsigned char *
scalar(struct skim *s, const unsigned char *p, const unsigned char *end)
{
	switch (*p) {
	case '"':
		return string(s, p + 1, end, '"');
	case 't':
		return word(s, p, end, STR("true"), JV_BOOL, SKIM_TRUE);
	case 'f':
		return word(s, p, end, STR("false"), JV_BOOL, 0);
	case 'n':
		return word(s, p, end, STR("null"), JV_NULL, 0);
	case 'N':
		return word(s, p, end, STR("NaN"), JV_REAL, 0);
	case 'I':
		return word(s, p, end, STR("Infinity"), JV_REAL, 0);
	default:
		return digit(*p) || *p == '-' ? number(s, p, end) : NULL;
	}
}

/* The name of a member of L and the colon, from P on; returns the place behind, NULL when it is none. */
static inline const unsigned char *
name(struct skim *s, struct skim_level *l, const unsigned char *p, const unsigned char *end)
{
	p = blanks(p, end);
	if (p == end || (*p != '"' && *p != '\''))
		return NULL;
	s->tape[l->name].next = s->n;
	l->name = s->n;
	if ((p = string(s, p + 1, end, *p)) == NULL)
		return NULL;
	p = blanks(p, end);
	return p < end && *p == ':' ? p + 1 : NULL;
}

static inline void
close_level(struct skim *s, const struct skim_level *l, const unsigned char *end)
{
	s->tape[l->name].next = s->n;
	s->tape[l->at].next = s->n;
	s->tape[l->at].to = (uint32_t)(end - s->text);
}

/* Room for a name and its value. */
static inline bool
room(struct skim *s)
{
	if (s->n + 2 <= s->alloc)
		return true;
	if (s->alloc >= SKIM_VALUES_MAX)
		return false;
	s->alloc = s->alloc == 0 ? TAPE_FIRST : s->alloc * 2;
	s->tape = xreallocarray(s->tape, s->alloc, sizeof(*s->tape));
	return true;
}

/* Whether the value that ends at P is the whole text. */
static enum skim_verdict
whole(const struct skim *s, const unsigned char *p, const unsigned char *end)
{
	enum jv_kind kind = (enum jv_kind)s->tape[0].kind;

	/* json-c waits for more where a bare number or word could go on */
	if (kind == JV_NULL || (kind < JV_STR && p == end))
		return SKIM_NOT_JSON;
	return blanks(p, end) == end ? SKIM_OK : SKIM_NOT_JSON;
}

static enum skim_verdict
scan(struct skim *s, const unsigned char *p, const unsigned char *end)
{
	const struct skim_level *none = s->levels, *last = none + s->depth;
	struct skim_level *l = s->levels; /* the innermost that is open */

	for (;;) {
		/* a value */
		p = blanks(p, end);
		if (p == end || *p == '\0')
			return SKIM_NOT_JSON;
		if (l == last)
			return SKIM_TOO_DEEP;
		if (!room(s))
			return SKIM_TOO_MANY;
		if (*p == '{' || *p == '[') {
			bool object = *p == '{';

			l++;
			l->at = l->name = s->n;
			l->closing = object ? '}' : ']';
			(void)append(s, object ? JV_OBJ : JV_ARR, p);
			p = blanks(p + 1, end);
			if (p == end || *p != l->closing) {
				if (object && (p = name(s, l, p, end)) == NULL)
					return SKIM_NOT_JSON;
				continue;
			}
		} else if ((p = scalar(s, p, end)) == NULL)
			return SKIM_NOT_JSON;
		/* what follows it */
		for (;;) {
			if (l == none)
				return whole(s, p, end);
			p = blanks(p, end);
			if (p == end)
				return SKIM_NOT_JSON;
			if (*p == ',')
				break;
			if (*p++ != l->closing)
				return SKIM_NOT_JSON;
			close_level(s, l--, p);
		}
		p++;
		if (l->closing == '}' && (p = name(s, l, p, end)) == NULL)
			return SKIM_NOT_JSON;
	}
}

/* Memory for an unusual text is not kept for the usual ones; N is the length of the next. */
static void
give_back(struct skim *s, size_t n)
{
	if (s->alloc > TAPE_KEEP && n < s->alloc) {
		free(s->tape);
		s->tape = NULL;
		s->alloc = 0;
	}
	if (s->buf_alloc > BUF_KEEP && n < BUF_KEEP) {
		free(s->buf);
		s->buf = NULL;
		s->buf_alloc = 0;
	}
}

enum skim_verdict
skim_parse(struct skim *s, struct str text)
{
	const unsigned char *p = (const unsigned char *)text.p;

	give_back(s, text.n);
	s->n = 0;
	if (text.n == 0 || text.n > (size_t)INT_MAX)
		return SKIM_NOT_JSON;
	s->text = p;
	s->text_n = (uint32_t)text.n;
	return scan(s, p, p + text.n);
}
