#include "base/compat.h"

#include "web/tree.h"

void
tree_push_str(struct json_object *a, struct str s)
{
	jt_push(a, json_object_new_string_len(s.p, (int)(s.n > INT_MAX ? INT_MAX : s.n)));
}

static void
write_object(struct jw *w, struct json_object *v)
{
	struct json_object_iterator it = json_object_iter_begin(v);
	struct json_object_iterator end = json_object_iter_end(v);

	jw_obj(w);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		jw_key(w, json_object_iter_peek_name(&it));
		tree_write(w, json_object_iter_peek_value(&it));
	}
	jw_obj_end(w);
}

void
tree_write(struct jw *w, struct json_object *v)
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
			tree_write(w, jx_at(v, i));
		jw_arr_end(w);
		break;
	case json_type_string:
		jw_str(w, jx_text(v));
		break;
	}
}
