/*
 * skim.h - one JSON text without a tree: skim_parse checks the whole text in
 * one pass and notes where each value begins and ends; the getters jv_* look
 * into the text itself. Nothing is copied and no string is decoded before it is
 * asked for, and nothing is allocated once the buffers have grown to what the
 * longest text so far needed.
 *
 * The getters mean what those of jx.h mean: exactly the type asked for, the
 * last of several members with one name, null is as good as absent. What is
 * accepted is what json-c accepts through jx_parse (control characters and bad
 * UTF-8 in strings, 'key' in single quotes, 1. and -01, NaN); a test compares
 * the two. Two differences are meant: text of more than SKIM_VALUES_MAX values
 * is refused, and half a surrogate pair at the end of a broken text leaves
 * nothing behind that gets into the next one.
 */
#ifndef JSON_SKIM_H
#define JSON_SKIM_H

#include "base/str.h"

#define SKIM_VALUES_MAX ((size_t)8 * 1024 * 1024)

enum skim_verdict { SKIM_OK, SKIM_NOT_JSON, SKIM_TOO_DEEP, SKIM_TOO_MANY };

enum jv_kind { JV_NONE, JV_NULL, JV_BOOL, JV_INT, JV_REAL, JV_STR, JV_ARR, JV_OBJ };

struct skim;

/* A value of the text that S skimmed last; S is NULL for none. Dead after the next skim_parse. */
struct jv {
	struct skim *s;
	uint32_t at;
};

/* A walk over the elements of an array or the members of an object; see jv_next. */
struct jv_walk {
	struct jv value; /* none for null */
	struct str key;  /* of a member; of an array's element {NULL, 0} */
	struct jv in;
	uint32_t next, end;
};

/* A walk over the lines of a string; see jv_line. */
struct jv_lines {
	struct jv in;
	uint32_t next; /* of the line handed out last */
	bool begun, done;
};

/* A skimmer that takes texts nested at most DEPTH deep (as jx_tokener). Owned by the caller: skim_free. Aborts when out of memory. */
struct skim *skim_new(size_t depth);

/* Free S. NULL-safe; cannot fail. */
void skim_free(struct skim *s);

/*
 * Check TEXT, one JSON value with nothing around it but blanks. TEXT is
 * borrowed and must stay as it is while values of it are used. Returns SKIM_OK,
 * else why not: then there are no values. The text `null` is refused.
 */
enum skim_verdict skim_parse(struct skim *s, struct str text);

/* The value that S skimmed last; call it only after SKIM_OK. Lends; cannot fail. */
struct jv skim_root(struct skim *s);

/* What V is: JV_NONE for none; cannot fail. */
enum jv_kind jv_kind(struct jv v);

/* Member of the object O whose name is the N bytes at KEY, of any type but null; else none. Lends; cannot fail. */
struct jv jv_member(struct jv o, const char *key, size_t n);

/* V when it is of kind KIND, else none. Lends; cannot fail. */
struct jv jv_if(struct jv v, enum jv_kind kind);

/* Text of the string V, decoded; {NULL, 0} for any other value. Lends; may hold NULs. */
struct str jv_text(struct jv v);

/* Bytes that jv_text would have, without decoding; 0 for any other value; cannot fail. */
size_t jv_bytes(struct jv v);

/* Characters that jv_text would have, a bad byte counting as one, without decoding; cannot fail. */
size_t jv_chars(struct jv v);

/* V as it stands in the text, quotes and brackets too; {NULL, 0} for none. Lends. */
struct str jv_raw(struct jv v);

/* Integer V between MIN and MAX into *OUT; false, *OUT untouched, when it is none (see jx_i64). */
bool jv_to_i64(struct jv v, int64_t min, int64_t max, int64_t *out);

/* Number V (integer or fraction, finite) into *OUT; false when it is none. */
bool jv_to_num(struct jv v, double *out);

/* Boolean V into *OUT; false when it is none. */
bool jv_to_bool(struct jv v, bool *out);

/* Number of elements of the array A, counted one by one; 0 when it is none; cannot fail. */
size_t jv_len(struct jv a);

/* Element I of the array A, counted from its begin, or none. Lends. For all of them: jv_next. */
struct jv jv_at(struct jv a, size_t i);

/* A walk that begins before the first element or member of V; one without steps when V has none. Cannot fail. */
struct jv_walk jv_walk(struct jv v);

/* The next element or member into W->value and W->key (lent); false at the end. Members of one name come one by one. */
bool jv_next(struct jv_walk *w);

/* A walk that begins before the first line of the string V; one without steps for any other value. Cannot fail. */
struct jv_lines jv_lines(struct jv v);

/*
 * The next line of the string, without its LF, into *LINE: at most its first
 * MAX bytes as they are encoded. Lends until the next line, or until the string
 * is read by jv_text. Returns false behind the last line.
 */
bool jv_line(struct jv_lines *l, size_t max, struct str *line);

/* Member KEY of object O of any type but null, else none. Lends; cannot fail. */
static inline struct jv
jv_any(struct jv o, const char *key)
{
	return jv_member(o, key, strlen(key));
}

/* Member KEY of object O when it is an object, else none. Lends; cannot fail. */
static inline struct jv
jv_obj(struct jv o, const char *key)
{
	return jv_if(jv_any(o, key), JV_OBJ);
}

/* Member KEY of object O when it is an array, else none. Lends; cannot fail. */
static inline struct jv
jv_arr(struct jv o, const char *key)
{
	return jv_if(jv_any(o, key), JV_ARR);
}

/* Text of member KEY of object O when it is a string, else {NULL, 0}. Lends; may hold NULs. */
static inline struct str
jv_str(struct jv o, const char *key)
{
	return jv_text(jv_any(o, key));
}

/* Integer member KEY of O between MIN and MAX into *OUT; false, *OUT untouched, when it is none. */
static inline bool
jv_i64(struct jv o, const char *key, int64_t min, int64_t max, int64_t *out)
{
	return jv_to_i64(jv_any(o, key), min, max, out);
}

/* Number member KEY of O (finite) into *OUT; false when it is none. */
static inline bool
jv_num(struct jv o, const char *key, double *out)
{
	return jv_to_num(jv_any(o, key), out);
}

/* Boolean member KEY of O into *OUT; false when it is none. */
static inline bool
jv_bool(struct jv o, const char *key, bool *out)
{
	return jv_to_bool(jv_any(o, key), out);
}

/* True when there is a value V; cannot fail. */
static inline bool
jv_is(struct jv v)
{
	return v.s != NULL;
}

#endif
