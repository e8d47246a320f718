#include "base/compat.h"

#include <math.h>

#include "json/jo.h"

/* json-c says that memory is gone by NULL; the rest of the program aborts then. */
static struct json_object *
made(struct json_object *v)
{
	if (v == NULL)
		bug("out of memory");
	return v;
}

struct json_object *
jo_new(void)
{
	return made(json_object_new_object());
}

struct json_object *
jo_new_array(void)
{
	return made(json_object_new_array());
}

void
jo_put(struct json_object *o, const char *key, struct json_object *v)
{
	if (json_object_object_add_ex(
		o, key, v, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY) != 0)
		bug("out of memory");
}

struct json_object *
jo_obj(struct json_object *o, const char *key)
{
	struct json_object *v = jo_new();

	jo_put(o, key, v);
	return v;
}

struct json_object *
jo_arr(struct json_object *o, const char *key)
{
	struct json_object *v = jo_new_array();

	jo_put(o, key, v);
	return v;
}

void
jo_push(struct json_object *a, struct json_object *v)
{
	if (json_object_array_add(a, v) != 0)
		bug("out of memory");
}

struct json_object *
jo_add(struct json_object *a)
{
	struct json_object *v = jo_new();

	jo_push(a, v);
	return v;
}

void
jo_push_i64(struct json_object *a, int64_t v)
{
	jo_push(a, made(json_object_new_int64(v)));
}

void
jo_i64(struct json_object *o, const char *key, int64_t v)
{
	jo_put(o, key, made(json_object_new_int64(v)));
}

void
jo_opt(struct json_object *o, const char *key, int64_t v)
{
	if (v < 0)
		jo_put(o, key, NULL);
	else
		jo_i64(o, key, v);
}

/* V, with at most 6 digits behind the point; null when it is not finite. */
static struct json_object *
number(double v)
{
	char text[64];
	size_t n;

	if (!isfinite(v) || v > 1e15 || v < -1e15)
		return NULL;
	(void)snprintf(text, sizeof(text), "%.6f", v);
	n = strlen(text);
	while (n > 0 && text[n - 1] == '0')
		text[--n] = '\0';
	if (n > 0 && text[n - 1] == '.')
		text[--n] = '\0';
	return made(json_object_new_double_s(v, strcmp(text, "-0") == 0 ? "0" : text));
}

void
jo_num(struct json_object *o, const char *key, double v)
{
	jo_put(o, key, number(v));
}

void
jo_push_num(struct json_object *a, double v)
{
	jo_push(a, number(v));
}

void
jo_bool(struct json_object *o, const char *key, bool v)
{
	jo_put(o, key, made(json_object_new_boolean(v)));
}

void
jo_str(struct json_object *o, const char *key, const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	jo_put(o, key, s == NULL ? NULL : made(json_object_new_string_len(s, (int)n)));
}

void
jo_null(struct json_object *o, const char *key)
{
	jo_put(o, key, NULL);
}
