#include "base/compat.h"

#include <math.h>

#include "base/err.h"
#include "json/jt.h"

/* json-c gives NULL only when memory is gone. */
static struct json_object *
need(struct json_object *v)
{
	if (v == NULL)
		bug("out of memory for JSON");
	return v;
}

void
jt_add(struct json_object *o, const char *key, struct json_object *v)
{
	if (json_object_object_add(o, key, v) != 0)
		bug("out of memory for JSON");
}

static void
push(struct json_object *a, struct json_object *v)
{
	if (json_object_array_add(a, v) != 0)
		bug("out of memory for JSON");
}

struct json_object *
jt_obj(struct json_object *o, const char *key)
{
	struct json_object *v = need(json_object_new_object());

	jt_add(o, key, v);
	return v;
}

struct json_object *
jt_arr(struct json_object *o, const char *key)
{
	struct json_object *v = need(json_object_new_array());

	jt_add(o, key, v);
	return v;
}

struct json_object *
jt_push_obj(struct json_object *a)
{
	struct json_object *v = need(json_object_new_object());

	push(a, v);
	return v;
}

static struct json_object *
new_text(struct str s)
{
	return need(json_object_new_string_len(s.p, (int)(s.n > INT_MAX ? INT_MAX : s.n)));
}

void
jt_push_str(struct json_object *a, struct str s)
{
	push(a, new_text(s));
}

void
jt_i64(struct json_object *o, const char *key, int64_t v)
{
	jt_add(o, key, need(json_object_new_int64(v)));
}

void
jt_opt(struct json_object *o, const char *key, int64_t v)
{
	jt_add(o, key, v < 0 ? NULL : need(json_object_new_int64(v)));
}

void
jt_num(struct json_object *o, const char *key, double v)
{
	jt_add(o, key, isfinite(v) ? need(json_object_new_double(v)) : NULL);
}

void
jt_str(struct json_object *o, const char *key, struct str s)
{
	jt_add(o, key, s.p == NULL ? NULL : new_text(s));
}

void
jt_strz(struct json_object *o, const char *key, const char *s)
{
	jt_str(o, key, str_of(s));
	if (s == NULL)
		jt_add(o, key, NULL);
}

void
jt_bool(struct json_object *o, const char *key, bool v)
{
	jt_add(o, key, need(json_object_new_boolean(v)));
}

static void
write_object(struct jw *w, struct json_object *v)
{
	struct json_object_iterator it = json_object_iter_begin(v);
	struct json_object_iterator end = json_object_iter_end(v);

	jw_obj(w);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		jw_key(w, json_object_iter_peek_name(&it));
		jt_write(w, json_object_iter_peek_value(&it));
	}
	jw_obj_end(w);
}

void
jt_write(struct jw *w, struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null:
		jw_null(w);
		break;
	case json_type_boolean:
		jw_bool(w, json_object_get_boolean(v) != 0);
		break;
	case json_type_double:
		jw_num(w, json_object_get_double(v));
		break;
	case json_type_int:
		jw_i64(w, json_object_get_int64(v));
		break;
	case json_type_object:
		write_object(w, v);
		break;
	case json_type_array:
		jw_arr(w);
		for (size_t i = 0; i < jx_len(v); i++)
			jt_write(w, jx_at(v, i));
		jw_arr_end(w);
		break;
	case json_type_string:
		jw_str(w, jx_text(v));
		break;
	}
}
