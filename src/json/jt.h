/*
 * jt.h - building a JSON tree. Running out of memory ends the process, so a
 * tree is built without looking at results; what is put into an object or an
 * array belongs to it from then on. Keys are static texts: they are not copied.
 */
#ifndef JSON_JT_H
#define JSON_JT_H

#include "base/sbuf.h"
#include "base/str.h"

struct json_object;

/* An empty object, owned by the caller until it is put somewhere. Aborts when out of memory. */
struct json_object *jt_object(void);

/* An empty array, owned by the caller until it is put somewhere. Aborts when out of memory. */
struct json_object *jt_array(void);

/* A new object as member KEY of O. Lends the new object; aborts when out of memory. */
struct json_object *jt_add_object(struct json_object *o, const char *key);

/* A new array as member KEY of O. Lends the new array; aborts when out of memory. */
struct json_object *jt_add_array(struct json_object *o, const char *key);

/* A new object as last element of the array A. Lends the new object; aborts when out of memory. */
struct json_object *jt_push_object(struct json_object *a);

/* Take the member KEY out of O, if it is there; cannot fail. */
void jt_drop(struct json_object *o, const char *key);

/* Member KEY of O becomes CHILD (NULL: null), which O then owns. Aborts when out of memory. */
void jt_put(struct json_object *o, const char *key, struct json_object *child);

/* CHILD (NULL: null) becomes the last element of the array A, which then owns it. Aborts when out of memory. */
void jt_push(struct json_object *a, struct json_object *child);

/* As jt_put of CHILD into O, with a KEY that is copied. Aborts when out of memory. */
void jt_put_copied(struct json_object *o, struct str key, struct json_object *child);

/* Member KEY of O becomes the terminated text Z, copied; NULL gives null. Aborts when out of memory. */
void jt_str(struct json_object *o, const char *key, const char *z);

/* Member KEY of O becomes the text S, copied; {NULL, 0} gives null. Aborts when out of memory. */
void jt_strn(struct json_object *o, const char *key, struct str s);

/* Member KEY of O becomes the integer V. Aborts when out of memory. */
void jt_i64(struct json_object *o, const char *key, int64_t v);

/* Member KEY of O becomes the integer V, null when it is negative. Aborts when out of memory. */
void jt_opt(struct json_object *o, const char *key, int64_t v);

/* Member KEY of O becomes the number V, null when it is not finite; printed with at most 6 digits behind the point. Aborts when out of memory. */
void jt_num(struct json_object *o, const char *key, double v);

/* The integer V becomes the last element of the array A. Aborts when out of memory. */
void jt_push_i64(struct json_object *a, int64_t v);

/* The number V, as jt_num has it, becomes the last element of the array A. Aborts when out of memory. */
void jt_push_num(struct json_object *a, double v);

/* Member KEY of O becomes V, true or false. Aborts when out of memory. */
void jt_bool(struct json_object *o, const char *key, bool v);

/* Member KEY of O becomes the printf-style text FMT. Aborts when out of memory. */
void jt_fmt(struct json_object *o, const char *key, const char *fmt, ...) PRINTF(3, 4);

/* Call FN with ARG for every object in V, V itself first and the outer before the inner. FN may replace members, but neither add nor take any. Cannot fail. */
void jt_each_object(struct json_object *v, void (*fn)(void *arg, struct json_object *o), void *arg);

/*
 * Member KEY of O becomes the text S as it may be shown: control characters but the line feed,
 * bidirectional overrides and invalid bytes are U+FFFD, and what is longer than MAX bytes is
 * cut behind a whole character and ends in U+2026. {NULL, 0} gives null. Aborts when out of
 * memory.
 */
void jt_show(struct json_object *o, const char *key, struct str s, size_t max);

/*
 * Make every text in V and below it fit to be shown, as jt_show does, but cut nothing. Keys
 * stay. V stays the caller's and is an object or array. Aborts when out of memory.
 */
void jt_clean(struct json_object *v);

#endif
