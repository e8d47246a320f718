#include "base/compat.h"

#include <json-c/json.h>
#include <math.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "json/jt.h"

static struct json_object *
made(struct json_object *o)
{
	if (o == NULL)
		abort(); /* out of memory, as in base/xalloc.c */
	return o;
}

struct json_object *
jt_object(void)
{
	return made(json_object_new_object());
}

struct json_object *
jt_array(void)
{
	return made(json_object_new_array());
}

void
jt_put(struct json_object *o, const char *key, struct json_object *child)
{
	if (json_object_object_add_ex(o, key, child, JSON_C_OBJECT_ADD_CONSTANT_KEY) != 0)
		abort();
}

void
jt_put_copied(struct json_object *o, struct str key, struct json_object *child)
{
	char *name = str_dup(key);

	if (json_object_object_add(o, name, child) != 0)
		abort();
	free(name);
}

void
jt_drop(struct json_object *o, const char *key)
{
	json_object_object_del(o, key);
}

void
jt_push(struct json_object *a, struct json_object *child)
{
	if (json_object_array_add(a, child) != 0)
		abort();
}

struct json_object *
jt_add_object(struct json_object *o, const char *key)
{
	struct json_object *child = jt_object();

	jt_put(o, key, child);
	return child;
}

struct json_object *
jt_add_array(struct json_object *o, const char *key)
{
	struct json_object *child = jt_array();

	jt_put(o, key, child);
	return child;
}

struct json_object *
jt_push_object(struct json_object *a)
{
	struct json_object *child = jt_object();

	jt_push(a, child);
	return child;
}

void
jt_strn(struct json_object *o, const char *key, struct str s)
{
	if (s.n > INT_MAX)
		bug("a text of %zu bytes for %s", s.n, key);
	jt_put(o, key, s.p == NULL ? NULL : made(json_object_new_string_len(s.p, (int)s.n)));
}

void
jt_str(struct json_object *o, const char *key, const char *z)
{
	jt_strn(o, key, z == NULL ? (struct str){ NULL, 0 } : str_of(z));
}

void
jt_i64(struct json_object *o, const char *key, int64_t v)
{
	jt_put(o, key, made(json_object_new_int64(v)));
}

void
jt_opt(struct json_object *o, const char *key, int64_t v)
{
	if (v < 0)
		jt_put(o, key, NULL);
	else
		jt_i64(o, key, v);
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
jt_num(struct json_object *o, const char *key, double v)
{
	jt_put(o, key, number(v));
}

void
jt_push_i64(struct json_object *a, int64_t v)
{
	jt_push(a, made(json_object_new_int64(v)));
}

void
jt_push_num(struct json_object *a, double v)
{
	jt_push(a, number(v));
}

void
jt_bool(struct json_object *o, const char *key, bool v)
{
	jt_put(o, key, made(json_object_new_boolean(v ? 1 : 0)));
}

void
jt_fmt(struct json_object *o, const char *key, const char *fmt, ...)
{
	va_list ap;
	char *z = NULL;

	va_start(ap, fmt);
	if (vasprintf(&z, fmt, ap) < 0)
		abort();
	va_end(ap);
	jt_str(o, key, z);
	free(z);
}

/* S as it may be shown, at most MAX bytes of it, into the empty buffer B. */
static void
show(struct sbuf *b, struct str s, size_t max)
{
	size_t n = s.n;

	if (n > max) {
		for (n = max; n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80;)
			n--;
	}
	sbuf_init(b, n * 3 + 3);
	for (size_t from = 0; from < n; from++) {
		struct str line = str_n(s.p + from, n - from);

		line.n = str_chr(line, '\n');
		utf8_add_plain(b, line);
		from += line.n;
		if (from < n)
			sbuf_addc(b, '\n');
	}
	if (n < s.n)
		sbuf_addz(b, "\xe2\x80\xa6");
}

void
jt_show(struct json_object *o, const char *key, struct str s, size_t max)
{
	struct sbuf b;

	if (s.p == NULL) {
		jt_put(o, key, NULL);
		return;
	}
	show(&b, s, max);
	jt_strn(o, key, str_n(b.buf, b.len));
	sbuf_free(&b);
}

/* The text of V as it may be shown, or NULL when it is fit already. */
static struct json_object *
cleaned(struct json_object *v)
{
	struct str s = str_n(json_object_get_string(v), (size_t)json_object_get_string_len(v));
	struct json_object *out = NULL;
	struct sbuf b;

	show(&b, s, s.n);
	if (!str_eq(str_n(b.buf, b.len), s) && b.len <= INT_MAX)
		out = made(json_object_new_string_len(b.buf, (int)b.len));
	sbuf_free(&b);
	return out;
}

void
jt_each_object(struct json_object *v, void (*fn)(void *arg, struct json_object *o), void *arg)
{
	if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(v); i++)
			jt_each_object(json_object_array_get_idx(v, i), fn, arg);
		return;
	}
	if (!json_object_is_type(v, json_type_object))
		return;
	fn(arg, v);
	json_object_object_foreach(v, key, child)
	{
		(void)key;
		jt_each_object(child, fn, arg);
	}
}

void
jt_clean(struct json_object *v)
{
	struct json_object *text;

	if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(v); i++) {
			struct json_object *child = json_object_array_get_idx(v, i);

			if (!json_object_is_type(child, json_type_string))
				jt_clean(child);
			else if ((text = cleaned(child)) != NULL &&
				 json_object_array_put_idx(v, i, text) != 0)
				abort();
		}
		return;
	}
	if (!json_object_is_type(v, json_type_object))
		return;
	json_object_object_foreach(v, key, child)
	{
		if (!json_object_is_type(child, json_type_string))
			jt_clean(child);
		else if ((text = cleaned(child)) != NULL)
			jt_put(v, key, text); /* replaces the value, keeps the place */
	}
}
