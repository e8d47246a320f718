/*
 * jo.h - making a JSON tree of json-c, member by member. Keys are static texts:
 * they are not copied, and none is given twice to one object. A NULL text is null.
 */
#ifndef JSON_JO_H
#define JSON_JO_H

#include "json/jx.h"

/* New empty object. Returns a new reference (json_object_put). Aborts when out of memory. */
struct json_object *jo_new(void);

/* New empty array. Returns a new reference (json_object_put). Aborts when out of memory. */
struct json_object *jo_new_array(void);

/* Put V (taken; NULL is null) under KEY (static, live as long as O) into the object O; cannot fail. */
void jo_put(struct json_object *o, const char *key, struct json_object *v);

/* Put a new object under KEY (static) into O. Returns it, lent by O; cannot fail. */
struct json_object *jo_obj(struct json_object *o, const char *key);

/* Put a new array under KEY (static) into O. Returns it, lent by O; cannot fail. */
struct json_object *jo_arr(struct json_object *o, const char *key);

/* Put a new object at the end of the array A. Returns it, lent by A; cannot fail. */
struct json_object *jo_add(struct json_object *a);

/* Put V (taken; NULL is null) at the end of the array A; cannot fail. */
void jo_push(struct json_object *a, struct json_object *v);

/* Put the integer V at the end of the array A; cannot fail. */
void jo_push_i64(struct json_object *a, int64_t v);

/* The integer V under KEY (static) in O; cannot fail. */
void jo_i64(struct json_object *o, const char *key, int64_t v);

/* The integer V under KEY (static) in O, null when it is negative; cannot fail. */
void jo_opt(struct json_object *o, const char *key, int64_t v);

/* The number V under KEY (static) in O, null when it is not finite; printed with at most 6 digits behind the point. Cannot fail. */
void jo_num(struct json_object *o, const char *key, double v);

/* The number V at the end of the array A, as jo_num; cannot fail. */
void jo_push_num(struct json_object *a, double v);

/* true or false by V under KEY (static) in O; cannot fail. */
void jo_bool(struct json_object *o, const char *key, bool v);

/* The terminated text S (copied; NULL is null) under KEY (static) in O; cannot fail. */
void jo_str(struct json_object *o, const char *key, const char *s);

/* null under KEY (static) in O; cannot fail. */
void jo_null(struct json_object *o, const char *key);

#endif
