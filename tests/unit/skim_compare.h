/*
 * skim_compare.h - whether the skimmer and json-c say the same of a text.
 */
#ifndef TESTS_SKIM_COMPARE_H
#define TESTS_SKIM_COMPARE_H

#include <math.h>

#include "base/utf8.h"
#include "json/jx.h"
#include "json/skim.h"

struct compare {
	struct json_tokener *tok;
	struct skim *skim, *raw;
	size_t depth;
	size_t count[SKIM_TOO_MANY + 1]; /* by verdict */
};

static void
compare_begin(struct compare *c, size_t depth)
{
	*c = (struct compare){ jx_tokener((int)depth), skim_new(depth), skim_new(depth), depth,
		{ 0 } };
}

static void
compare_end(struct compare *c)
{
	json_tokener_free(c->tok);
	skim_free(c->skim);
	skim_free(c->raw);
}

static const char *same_value(struct json_object *o, struct jv v, bool closely);

/* The lines of V are the parts of TEXT. */
static const char *
same_lines(struct str text, struct jv v)
{
	struct str rest = text, part, line;

	for (struct jv_lines l = jv_lines(v); jv_line(&l, SIZE_MAX, &line);)
		if (!str_split(&rest, '\n', &part) || !str_eq(line, part))
			return "a line";
	if (rest.p != NULL)
		return "too few lines";
	for (struct jv_lines l = jv_lines(v); jv_line(&l, 7, &line);)
		if (line.n > 7)
			return "a line is not cut";
	return str_eq(jv_text(v), text) ? NULL : "a text after its lines";
}

static const char *
same_string(struct json_object *o, struct jv v, bool closely)
{
	struct str want = jx_text(o);

	if (jv_kind(v) != JV_STR)
		return "no string";
	if (jv_bytes(v) != want.n)
		return "bytes of a string";
	if (jv_chars(v) != utf8_length(want))
		return "characters of a string";
	if (!str_eq(jv_text(v), want) || jv_text(v).p == NULL)
		return "a text";
	return closely ? same_lines(want, v) : NULL;
}

static const char *
same_number(struct json_object *o, struct jv v)
{
	int64_t i = json_object_get_int64(o), got = 0;
	double d = json_object_get_double(o), real = 0;
	bool integer = json_object_is_type(o, json_type_int);

	if (jv_kind(v) != (integer ? JV_INT : JV_REAL))
		return "the kind of a number";
	integer = integer && i != INT64_MAX && i != INT64_MIN;
	if (jv_to_i64(v, INT64_MIN, INT64_MAX, &got) != integer || (integer && got != i))
		return "an integer";
	if (jv_to_num(v, &real) != isfinite(d))
		return "whether a number is finite";
	if (isfinite(d) && memcmp(&real, &d, sizeof(d)) != 0)
		return "a number";
	return NULL;
}

/* The getters of jx.h and of skim.h for the member KEY of O and V. */
static const char *
same_getters(struct json_object *o, struct jv v, const char *key)
{
	bool a = false, b = false;
	int64_t i = 0, k = 0;
	double d = 0, e = 0;

	if (!str_eq(jx_str(o, key), jv_str(v, key)))
		return "jv_str";
	if (jx_bool(o, key, &a) != jv_bool(v, key, &b) || a != b)
		return "jv_bool";
	if (jx_i64(o, key, INT64_MIN, INT64_MAX, &i) != jv_i64(v, key, INT64_MIN, INT64_MAX, &k) ||
	    i != k)
		return "jv_i64";
	if (jx_i64(o, key, -3, 1000, &i) != jv_i64(v, key, -3, 1000, &k) || i != k)
		return "jv_i64 of a range";
	if (jx_num(o, key, &d) != jv_num(v, key, &e) || memcmp(&d, &e, sizeof(d)) != 0)
		return "jv_num";
	if ((jx_obj(o, key) != NULL) != jv_is(jv_obj(v, key)) ||
	    (jx_arr(o, key) != NULL) != jv_is(jv_arr(v, key)) ||
	    (jx_any(o, key) != NULL) != jv_is(jv_any(v, key)))
		return "jv_any and the like";
	return NULL;
}

static const char *
same_array(struct json_object *o, struct jv v, bool closely)
{
	struct jv_walk w = jv_walk(v);
	size_t n = jx_len(o);
	const char *wrong;

	if (jv_kind(v) != JV_ARR || jv_len(v) != n)
		return "the length of an array";
	for (size_t i = 0; i < n; i++) {
		if (!jv_next(&w) || w.key.p != NULL)
			return "a walk over an array";
		if (closely && i < 8 && jv_at(v, i).at != w.value.at)
			return "jv_at";
		if ((wrong = same_value(jx_at(o, i), w.value, closely)) != NULL)
			return wrong;
	}
	return jv_next(&w) || jv_is(jv_at(v, n)) ? "an array goes on" : NULL;
}

static const char *
same_object(struct json_object *o, struct jv v, bool closely)
{
	struct json_object_iterator it = json_object_iter_begin(o), end = json_object_iter_end(o);
	struct jv_walk w = jv_walk(v);
	const char *wrong;

	if (jv_kind(v) != JV_OBJ)
		return "no object";
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *key = json_object_iter_peek_name(&it);

		wrong = same_value(json_object_iter_peek_value(&it), jv_any(v, key), closely);
		if (wrong == NULL && closely)
			wrong = same_getters(o, v, key);
		if (wrong != NULL)
			return wrong;
	}
	if (same_getters(o, v, "not there") != NULL)
		return "a member that is not there";
	while (jv_next(&w)) {
		char *key = str_dup(w.key);
		bool there = json_object_object_get_ex(o, key, NULL);

		free(key);
		if (!there)
			return "a name";
	}
	return NULL;
}

/* What differs between O and V, NULL for nothing. CLOSELY takes longer. */
static const char *
same_value(struct json_object *o, struct jv v, bool closely)
{
	bool b;

	if (o == NULL)
		return jv_is(v) ? "null" : NULL;
	switch (json_object_get_type(o)) {
	case json_type_boolean:
		if (!jv_to_bool(v, &b) || b != (json_object_get_boolean(o) != 0))
			return "a boolean";
		return NULL;
	case json_type_int:
	case json_type_double:
		return same_number(o, v);
	case json_type_string:
		return same_string(o, v, closely);
	case json_type_array:
		return same_array(o, v, closely);
	case json_type_object:
		return same_object(o, v, closely);
	case json_type_null:
	default:
		return "a type";
	}
}

/* The same of the bytes of V alone, when they can stand alone. */
static const char *
same_raw(struct compare *c, struct json_object *o, struct jv v)
{
	const char *wrong;

	if (jv_kind(v) < JV_STR)
		return NULL;
	if (skim_parse(c->raw, jv_raw(v)) != SKIM_OK)
		return "the bytes of a value";
	if ((wrong = same_value(o, skim_root(c->raw), false)) != NULL)
		return wrong;
	for (struct jv_walk w = jv_walk(jv_if(v, JV_OBJ)); jv_next(&w);) {
		char *key = str_dup(w.key);
		struct jv last = jv_any(v, key);

		wrong = jv_is(last) ? same_raw(c, jx_any(o, key), last) : NULL;
		free(key);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

/*
 * What differs between json-c and the skimmer for the N bytes at P, NULL for
 * nothing. Known and meant: json-c keeps a half surrogate pair at the end of a
 * broken text, and puts it into the next text; it is not given the chance.
 */
static const char *
compare_text(struct compare *c, const char *p, size_t n, bool closely)
{
	struct json_object *o = jx_parse(c->tok, p, n);
	enum skim_verdict want = SKIM_OK, got = skim_parse(c->skim, str_n(p, n));
	const char *wrong = NULL;

	if (o == NULL)
		want = json_tokener_get_error(c->tok) == json_tokener_error_depth ? SKIM_TOO_DEEP
										  : SKIM_NOT_JSON;
	c->count[got]++;
	if (got != want)
		wrong = got == SKIM_OK ? "accepted" : want == SKIM_OK ? "refused" : "the verdict";
	else if (o != NULL) {
		wrong = same_value(o, skim_root(c->skim), closely);
		if (wrong == NULL && closely)
			wrong = same_raw(c, o, skim_root(c->skim));
	}
	if (o == NULL && memmem(p, n, "\\u", 2) != NULL) {
		json_tokener_free(c->tok);
		c->tok = jx_tokener((int)c->depth);
	}
	json_object_put(o);
	return wrong;
}

#endif
