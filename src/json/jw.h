/*
 * jw.h - a streaming JSON writer: no tree, output to a FILE or a buffer as it
 * is made. Text is written as UTF-8; bytes that are no UTF-8 become U+FFFD;
 * control characters, U+2028/9 and < > & are written as \u escapes, so that the
 * output may stand inside HTML.
 */
#ifndef JSON_JW_H
#define JSON_JW_H

#include "base/sbuf.h"

#define JW_DEPTH 32

struct jw {
	FILE *f; /* NULL: write to b */
	struct sbuf *b;
	bool pretty; /* indent of 2, one member a line */
	int depth;
	bool some[JW_DEPTH]; /* a member was written at this depth */
	bool after_key;
};

/* Make *W a writer to the file F (borrowed). PRETTY indents. Errors stay in F: ferror. */
void jw_file(struct jw *w, FILE *f, bool pretty);

/* Make *W a writer to the buffer B (borrowed). PRETTY indents. Errors stay in B: sbuf_check. */
void jw_sbuf(struct jw *w, struct sbuf *b, bool pretty);

/* Begin an object, as a value. Errors stay in W's target; more than JW_DEPTH levels is a bug. */
void jw_obj(struct jw *w);

/* End the object; errors as jw_obj. */
void jw_obj_end(struct jw *w);

/* Begin an array, as a value; errors as jw_obj. */
void jw_arr(struct jw *w);

/* End the array; errors as jw_obj. */
void jw_arr_end(struct jw *w);

/* Member name KEY of the open object (terminated, borrowed); the value follows; errors as jw_obj. */
void jw_key(struct jw *w, const char *key);

/* A string value from the view S, or null when S.p is NULL; errors as jw_obj. */
void jw_str(struct jw *w, struct str s);

/* A string value from the terminated S, or null when it is NULL; errors as jw_obj. */
void jw_strz(struct jw *w, const char *s);

/* An integer value V; errors as jw_obj. */
void jw_i64(struct jw *w, int64_t v);

/* A number value V with at most 6 digits behind the point, or null when it is not finite; errors as jw_obj. */
void jw_num(struct jw *w, double v);

/* A number value written as the text S stands (caller guarantees that it is a JSON number); errors as jw_obj. */
void jw_raw(struct jw *w, const char *s);

/* true or false by V; errors as jw_obj. */
void jw_bool(struct jw *w, bool v);

/* null; errors as jw_obj. */
void jw_null(struct jw *w);

/* jw_key and jw_i64 in one call: KEY and V; errors as jw_obj. */
void jw_kv_i64(struct jw *w, const char *key, int64_t v);

/* jw_key and jw_strz in one call: KEY and S (NULL gives null); errors as jw_obj. */
void jw_kv_str(struct jw *w, const char *key, const char *s);

#endif
