/*
 * jt.h - making JSON trees in memory: what a page shows and its JSON twin
 * prints. Every tree is json-c's; json_object_put frees it.
 */
#ifndef JSON_JT_H
#define JSON_JT_H

#include "json/jw.h"
#include "json/jx.h"

/* A new empty object as member KEY of O (terminated, copied), lent: it is owned by O. Aborts when out of memory. */
struct json_object *jt_obj(struct json_object *o, const char *key);

/* A new empty array as member KEY of O, lent: it is owned by O. Aborts when out of memory. */
struct json_object *jt_arr(struct json_object *o, const char *key);

/* A new empty object at the end of the array A, lent: it is owned by A. Aborts when out of memory. */
struct json_object *jt_push_obj(struct json_object *a);

/* The text S at the end of the array A. Aborts when out of memory. */
void jt_push_str(struct json_object *a, struct str s);

/* Member KEY of O becomes the integer V. Aborts when out of memory. */
void jt_i64(struct json_object *o, const char *key, int64_t v);

/* Member KEY of O becomes the integer V, null when V is negative. Aborts when out of memory. */
void jt_opt(struct json_object *o, const char *key, int64_t v);

/* Member KEY of O becomes the number V, null when it is not finite. Aborts when out of memory. */
void jt_num(struct json_object *o, const char *key, double v);

/* Member KEY of O becomes a copy of the text S, null when S.p is NULL. Aborts when out of memory. */
void jt_str(struct json_object *o, const char *key, struct str s);

/* Member KEY of O becomes a copy of the terminated text S, null when it is NULL. Aborts when out of memory. */
void jt_strz(struct json_object *o, const char *key, const char *s);

/* Member KEY of O becomes true or false by V. Aborts when out of memory. */
void jt_bool(struct json_object *o, const char *key, bool v);

/* Member KEY of O becomes V (NULL: null), whose reference O takes over. Aborts when out of memory. */
void jt_add(struct json_object *o, const char *key, struct json_object *v);

/* Write the tree V (borrowed; NULL is null) with W. Errors stay in W's target; levels beyond JW_DEPTH are a bug. */
void jt_write(struct jw *w, struct json_object *v);

#endif
