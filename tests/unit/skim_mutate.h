/*
 * skim_mutate.h - JSON texts that are nearly right, made from right ones: for the tests that
 * compare the skimmer with json-c. The same seed makes the same texts.
 */
#ifndef TESTS_SKIM_MUTATE_H
#define TESTS_SKIM_MUTATE_H

#define MUTANT_MAX 8192

struct mutant {
	char p[MUTANT_MAX];
	size_t n;
	uint64_t random;
};

static uint64_t
any(struct mutant *m, size_t below)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return (z ^ z >> 31) % below;
}

/* COUNT bytes at AT make room for the N bytes at P; nothing happens when it would be too long. */
static void
put_in(struct mutant *m, size_t at, size_t count, const char *p, size_t n)
{
	char copy[MUTANT_MAX];

	if (at + count > m->n || n > MUTANT_MAX || m->n - count + n > MUTANT_MAX)
		return;
	memcpy(copy, p, n);
	memmove(m->p + at + n, m->p + at + count, m->n - at - count);
	memcpy(m->p + at, copy, n);
	m->n += n - count;
}

static size_t
string_end(const struct mutant *m, size_t i)
{
	for (i++; i < m->n && m->p[i] != '"'; i++)
		if (m->p[i] == '\\')
			i++;
	return i < m->n ? i + 1 : m->n;
}

/* Behind the value at I, as far as quotes and brackets tell. */
static size_t
value_end(const struct mutant *m, size_t i)
{
	size_t open = 0;

	while (i < m->n) {
		char c = m->p[i];

		if (c == '"')
			i = string_end(m, i);
		else if ((c == ',' || c == ']' || c == '}') && open == 0)
			return i;
		else {
			open += c == '[' || c == '{';
			open -= c == ']' || c == '}';
			i++;
		}
		if (open == 0 && (c == '"' || c == ']' || c == '}'))
			return i;
	}
	return m->n;
}

/* A place behind one of the bytes SET, outside or inside of strings; m->n when there is none. */
static size_t
place_behind(struct mutant *m, const char *set)
{
	size_t from = any(m, m->n);

	for (size_t i = 0; i < m->n; i++) {
		size_t at = (from + i) % m->n;

		if (m->p[at] != '\0' && strchr(set, m->p[at]) != NULL)
			return at + 1;
	}
	return m->n;
}

static void
put_word(struct mutant *m, size_t at, size_t count, const char *word)
{
	put_in(m, at, count, word, strlen(word));
}

static const char *const number_shapes[] = { "-0", "0", "00", "01", "-01", "1.0", "1.", "-.5", ".5",
	"1E5", "1e+5", "1e-5", "1e", "1e+", "1.e5", "-", "--1", "1-2", "+1", "1e400", "-1e400",
	"1e-400", "0.1", "12.5", "-0.0", "0.000000000000001", "123456789012345.6",
	"9007199254740993.0", "9223372036854775806", "9223372036854775807", "9223372036854775808",
	"-9223372036854775807", "-9223372036854775808", "-9223372036854775809",
	"18446744073709551615", "18446744073709551616", "99999999999999999999999999", "1.5.5",
	"1e5.5", "0x10", "1/", "1I", "-I", "-Infinity", "Infinity", "NaN", "-NaN", "1e1e1",
	"0.30000000000000004", "179769313486231580793728971405301e277", "4.9e-324", "00.5", "0e0" };

static const char *const word_shapes[] = { "true", "false", "null", "True", "nul", "nan", "\"\"",
	"{}", "[]", "[ ]", "{ }", "truefalse", "[null]", "{\"\":0}", "'x'", "\"x" };

static const char *const escape_shapes[] = { "\\n", "\\/", "\\\"", "\\\\", "\\b", "\\f", "\\r",
	"\\t", "\\u0000", "\\u0041", "\\u00e5", "\\u20ac", "\\ud83d\\ude00", "\\uD83D\\uDE00",
	"\\ud800", "\\udc00", "\\ud800\\ud800\\udc00", "\\ud800\\u0041", "\\ud800\\n", "\\ud800\\x",
	"\\ud800\\u00", "\\ud800\\udfff", "\\udbff\\udc00", "\\ud7ff", "\\ue000", "\\udbff\\ue000",
	"\\u007f", "\\u0080", "\\u07ff", "\\u0800", "\\uffff", "\\x", "\\'", "\\u12", "\\u12g4",
	"\\U0041", "\\", "\xc3\xa5", "\xff", "\xe2\x82", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "\x01",
	"\x1f", "\x7f" };

#define ONE_OF(m, list) ((list)[any((m), ARRAY_LEN(list))])

static void
mutate_bytes(struct mutant *m)
{
	static const char bytes[] = "{}[]\",:\\ \t\n\r\f\v0159eE.+-/'tfnuNI\x80\xc3\xff\x1f\x7f";
	char c = (char)any(m, 256), d = bytes[any(m, sizeof(bytes))]; /* its NUL, too */
	size_t at = any(m, m->n), n = 1 + any(m, 8);

	switch (any(m, 5)) {
	case 0:
		put_in(m, at, 1, &c, 1);
		break;
	case 1:
		put_in(m, at, 1, &d, 1);
		break;
	case 2:
		put_in(m, at, 0, &d, 1);
		break;
	case 3:
		put_in(m, at, at + n > m->n ? 0 : n, "", 0);
		break;
	default:
		m->n = any(m, 8) == 0 ? at + 1 : m->n;
		break;
	}
}

/* A member or element again at another place, perhaps instead of what stands there. */
static void
mutate_order(struct mutant *m)
{
	size_t from = place_behind(m, "{,["), to = place_behind(m, "{,["), end = value_end(m, from);
	char piece[MUTANT_MAX + 1];
	size_t n;

	if (end < m->n && m->p[end] == ':')
		end = value_end(m, end + 1);
	n = end - from;
	memcpy(piece, m->p + from, n);
	piece[n] = ',';
	put_in(m, to, any(m, 4) == 0 ? value_end(m, to) - to : 0, piece, n + 1);
}

static void
mutate_depth(struct mutant *m)
{
	char open[200], close[200];
	size_t at = place_behind(m, ":[,"), end = value_end(m, at);
	size_t n = 1 + any(m, any(m, 2) == 0 ? 4 : 120), missing = any(m, 8) == 0;

	memset(open, '[', n);
	memset(close, ']', n);
	put_in(m, end, 0, close, n - missing);
	put_in(m, at, 0, open, n);
}

static void
mutate_string(struct mutant *m)
{
	char escape[8];
	size_t at = any(m, m->n);

	if (any(m, 2) == 0) {
		(void)snprintf(escape, sizeof(escape), any(m, 2) == 0 ? "\\u%04x" : "\\u%04X",
		    (unsigned)(unsigned char)m->p[at]);
		put_word(m, at, 1, escape);
		return;
	}
	put_word(m, at, any(m, 2), ONE_OF(m, escape_shapes));
}

/* One change of M, of any sort. */
static void
mutate(struct mutant *m)
{
	static const char blanks[] = " \t\n\r \v";
	size_t at, key;

	if (m->n == 0)
		return;
	switch (any(m, 10)) {
	case 0:
		mutate_bytes(m);
		break;
	case 1:
	case 2:
		mutate_order(m);
		break;
	case 3:
		mutate_depth(m);
		break;
	case 4:
	case 5:
		mutate_string(m);
		break;
	case 6:
		at = any(m, 4) == 0 ? any(m, m->n) : place_behind(m, "{}[]:,");
		put_in(m, at, 0, blanks + any(m, 4), 1 + any(m, 2));
		break;
	case 7:
		at = place_behind(m, ":[,");
		put_word(m, at, value_end(m, at) - at, ONE_OF(m, number_shapes));
		break;
	case 8:
		at = place_behind(m, ":[,");
		put_word(m, at, value_end(m, at) - at, ONE_OF(m, word_shapes));
		break;
	default:
		at = place_behind(m, "{,");
		key = string_end(m, at);
		if (key < m->n && m->p[at] == '"' && m->p[key - 1] == '"')
			m->p[at] = m->p[key - 1] = '\'';
		break;
	}
}

#endif
