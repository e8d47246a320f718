/*
 * jx.h - strict reading of JSON through json-c. A getter says whether a member
 * is there with exactly the type asked for; json-c's own getters convert
 * ("123abc" is 123, true is 1, 2^64 saturates), so nothing else calls them.
 *
 * "Lends": the result belongs to the object it came from and lives as long.
 */
#ifndef JSON_JX_H
#define JSON_JX_H

#include <json-c/json.h>

#include "base/err.h"
#include "base/str.h"

/*
 * Parse N bytes at P as one JSON value with nothing behind it but blanks;
 * depth at most DEPTH, N at most INT_MAX. Invalid UTF-8 is accepted inside
 * strings (Codex logs command output). TOK is reused between calls.
 * Returns a new reference (json_object_put) or NULL; a NULL for the text
 * `null` does not happen: it is rejected too, no caller wants it.
 */
struct json_object *jx_parse(struct json_tokener *tok, const char *p, size_t n);

/* A tokener for jx_parse with nesting limit DEPTH. Owned by the caller: json_tokener_free. */
struct json_tokener *jx_tokener(int depth);

/*
 * Read and parse the file PATH of at most MAX bytes into *OUT (new reference).
 * Returns 0; -1 with ERR_NOTFOUND, ERR_IO, ERR_LIMIT or ERR_INPUT in *E.
 */
int jx_file(const char *path, size_t max, struct json_object **out, struct err *e);

/* Member KEY of object O when it is an object, else NULL (O may be NULL or of any type). Lends. */
struct json_object *jx_obj(struct json_object *o, const char *key);

/* Member KEY of object O when it is an array, else NULL. Lends. */
struct json_object *jx_arr(struct json_object *o, const char *key);

/* Member KEY of object O of any type but null, else NULL. Lends. */
struct json_object *jx_any(struct json_object *o, const char *key);

/* Text of member KEY when it is a string; else the view {NULL, 0}. Lends; may hold NULs. */
struct str jx_str(struct json_object *o, const char *key);

/* Text of the value V itself when it is a string; else {NULL, 0}. Lends. */
struct str jx_text(struct json_object *v);

/*
 * Integer member KEY between MIN and MAX. A fractional, larger, or non-number
 * value is no integer. Fills *OUT and returns true; else false, *OUT untouched.
 */
bool jx_i64(struct json_object *o, const char *key, int64_t min, int64_t max, int64_t *out);

/* Number member KEY (integer or fraction, finite) into *OUT; false when it is none. */
bool jx_num(struct json_object *o, const char *key, double *out);

/* Boolean member KEY into *OUT; false when it is none. */
bool jx_bool(struct json_object *o, const char *key, bool *out);

/* Number of elements of the array A (borrowed); 0 when it is none; cannot fail. */
size_t jx_len(struct json_object *a);

/* Element I of the array A, or NULL. Lends. */
struct json_object *jx_at(struct json_object *a, size_t i);

#endif
