#include "base/compat.h"

#include <float.h>
#include <math.h>

#include "json/jm.h"

static struct json_object *
object(const void *node)
{
	return (struct json_object *)(uintptr_t)node; /* ours, and json-c takes no const */
}

static enum mustache_state
judge(void *data UNUSED, const void *node)
{
	struct json_object *o = object(node);

	switch (json_object_get_type(o)) {
	case json_type_null:
		return MUSTACHE_FALSEY;
	case json_type_boolean:
		return json_object_get_boolean(o) != 0 ? MUSTACHE_VALUE : MUSTACHE_FALSEY;
	case json_type_string:
		return json_object_get_string_len(o) > 0 ? MUSTACHE_VALUE : MUSTACHE_FALSEY;
	case json_type_array:
		return json_object_array_length(o) > 0 ? MUSTACHE_LIST : MUSTACHE_FALSEY;
	case json_type_int:
	case json_type_double:
	case json_type_object:
		break;
	}
	return MUSTACHE_VALUE;
}

static enum mustache_state
lookup(void *data, const void *node, const struct mustache_name *name, const void **found)
{
	struct json_object *o = object(node), *v;

	if (!json_object_is_type(o, json_type_object) || !json_object_object_get_ex(o, name->z, &v))
		return MUSTACHE_ABSENT;
	*found = v;
	return judge(data, v);
}

static bool
iterate(void *data UNUSED, const void *list, size_t i, const void **element)
{
	struct json_object *a = object(list);

	if (i >= json_object_array_length(a))
		return false;
	*element = json_object_array_get_idx(a, i);
	return true;
}

static struct str
integer_text(struct json_object *o, char *scratch)
{
	int64_t v = json_object_get_int64(o);
	/* json-c keeps what is beyond int64_t as uint64_t, and does not say so */
	uint64_t u = v == INT64_MAX ? json_object_get_uint64(o)
		     : v < 0        ? -(uint64_t)v
				    : (uint64_t)v;
	char *p = scratch + MUSTACHE_SCRATCH;

	do {
		*--p = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (v < 0)
		*--p = '-';
	return (struct str){ p, (size_t)(scratch + MUSTACHE_SCRATCH - p) };
}

static struct str
double_text(double d, char *scratch)
{
	int n = 0;

	if (!isfinite(d))
		return STR("");
	/* 15 digits are always told apart, and %g drops zeros; a subnormal number has fewer */
	for (int digits = fabs(d) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
		n = snprintf(scratch, MUSTACHE_SCRATCH, "%.*g", digits, d);
		if (strtod(scratch, NULL) == d) /* exactly: that is the question */
			break;
	}
	return (struct str){ scratch, (size_t)n };
}

static struct str
text(void *data UNUSED, const void *node, char *scratch)
{
	struct json_object *o = object(node);
	struct str s = { NULL, 0 };

	switch (json_object_get_type(o)) {
	case json_type_string:
		s.p = json_object_get_string(o);
		s.n = (size_t)json_object_get_string_len(o);
		return s;
	case json_type_boolean:
		return json_object_get_boolean(o) != 0 ? STR("true") : STR("false");
	case json_type_int:
		return integer_text(o, scratch);
	case json_type_double:
		return double_text(json_object_get_double(o), scratch);
	case json_type_null:
		return STR("");
	case json_type_array:
	case json_type_object:
		break;
	}
	return s;
}

static const struct mustache_source source = { lookup, judge, iterate, text };

struct mustache_view
jm_view(struct json_object *root)
{
	return (struct mustache_view){ .source = &source, .root = root };
}
