#include "base/compat.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "json/jx.h"

struct json_tokener *
jx_tokener(int depth)
{
	struct json_tokener *tok = json_tokener_new_ex(depth);

	if (tok == NULL)
		bug("out of memory");
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	return tok;
}

struct json_object *
jx_parse(struct json_tokener *tok, const char *p, size_t n)
{
	struct json_object *o;
	size_t end;

	if (n > (size_t)INT_MAX)
		return NULL;
	json_tokener_reset(tok);
	o = json_tokener_parse_ex(tok, p, (int)n);
	if (o == NULL)
		return NULL;
	end = json_tokener_get_parse_end(tok);
	if (str_trim(str_n(p + end, n - end)).n > 0) {
		json_object_put(o);
		return NULL;
	}
	return o;
}

static int
slurp(int fd, const char *path, size_t max, char **out, size_t *n, struct err *e)
{
	struct stat st;
	char *buf;
	size_t have = 0, room;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		return err_set(e, ERR_INPUT, "%s: not a file", path);
	if (st.st_size < 0 || (uintmax_t)st.st_size > max)
		return err_set(e, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
	room = (size_t)st.st_size;
	buf = xmalloc(room + 1);
	while (have < room) {
		ssize_t r = read(fd, buf + have, room - have);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			(void)err_sys(e, "%s", path);
			free(buf);
			return -1;
		}
		if (r == 0)
			break;
		have += (size_t)r;
	}
	buf[have] = '\0';
	*out = buf;
	*n = have;
	return 0;
}

int
jx_file(const char *path, size_t max, struct json_object **out, struct err *e)
{
	struct json_tokener *tok;
	char *text = NULL;
	size_t n = 0;
	int rc, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_sys(e, "%s", path);
	rc = slurp(fd, path, max, &text, &n, e);
	close(fd);
	if (rc < 0)
		return -1;
	tok = jx_tokener(64);
	*out = jx_parse(tok, text, n);
	if (*out == NULL) {
		size_t at = json_tokener_get_parse_end(tok), line = 1;

		for (size_t i = 0; i < at && i < n; i++)
			line += text[i] == '\n';
		rc = err_set(e, ERR_INPUT, "%s:%zu: not valid JSON (%s)", path, line,
		    json_tokener_error_desc(json_tokener_get_error(tok)));
	}
	json_tokener_free(tok);
	free(text);
	return rc;
}

static struct json_object *
member(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *v;

	if (o == NULL || !json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &v) || v == NULL || !json_object_is_type(v, type))
		return NULL;
	return v;
}

struct json_object *
jx_obj(struct json_object *o, const char *key)
{
	return member(o, key, json_type_object);
}

struct json_object *
jx_arr(struct json_object *o, const char *key)
{
	return member(o, key, json_type_array);
}

struct json_object *
jx_any(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (o == NULL || !json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &v))
		return NULL;
	return v;
}

struct str
jx_text(struct json_object *v)
{
	int n;

	if (v == NULL || !json_object_is_type(v, json_type_string))
		return str_n(NULL, 0);
	n = json_object_get_string_len(v);
	return str_n(json_object_get_string(v), n < 0 ? 0 : (size_t)n);
}

struct str
jx_str(struct json_object *o, const char *key)
{
	return jx_text(member(o, key, json_type_string));
}

bool
jx_i64(struct json_object *o, const char *key, int64_t min, int64_t max, int64_t *out)
{
	struct json_object *v = member(o, key, json_type_int);
	int64_t x;

	if (v == NULL)
		return false;
	x = json_object_get_int64(v);
	/* json-c saturates: the ends of the range are not believed */
	if (x == INT64_MAX || x == INT64_MIN || x < min || x > max)
		return false;
	*out = x;
	return true;
}

bool
jx_num(struct json_object *o, const char *key, double *out)
{
	struct json_object *v = jx_any(o, key);
	double d;

	if (v == NULL ||
	    (!json_object_is_type(v, json_type_int) && !json_object_is_type(v, json_type_double)))
		return false;
	d = json_object_get_double(v);
	if (!isfinite(d))
		return false;
	*out = d;
	return true;
}

bool
jx_bool(struct json_object *o, const char *key, bool *out)
{
	struct json_object *v = member(o, key, json_type_boolean);

	if (v == NULL)
		return false;
	*out = json_object_get_boolean(v) != 0;
	return true;
}

size_t
jx_len(struct json_object *a)
{
	if (a == NULL || !json_object_is_type(a, json_type_array))
		return 0;
	return json_object_array_length(a);
}

struct json_object *
jx_at(struct json_object *a, size_t i)
{
	return i < jx_len(a) ? json_object_array_get_idx(a, i) : NULL;
}
