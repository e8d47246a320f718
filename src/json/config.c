#include "base/compat.h"

#include "base/utf8.h"
#include "base/xalloc.h"
#include "json/config.h"

#define CONFIG_MAX ((size_t)1024 * 1024)
#define KEY_SHOWN 60 /* bytes of a key in a warning */

struct load {
	const char *path;
	struct config *c;
	struct err *e;
};

static int
wrong(struct load *l, const char *key, const char *want)
{
	return err_set(l->e, ERR_USAGE, "%s: \"%s\" must be %s", l->path, key, want);
}

static int
text(struct load *l, const char *key, struct json_object *v, char **out)
{
	struct str s = jx_text(v);

	if (s.p == NULL || memchr(s.p, '\0', s.n) != NULL)
		return wrong(l, key, "a text");
	*out = str_dup(s);
	return 0;
}

static int
key_timezone(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->timezone);
}

static int
key_weekly_reset(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->weekly_reset);
}

static int
key_db(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->db);
}

static int
key_content(struct load *l, const char *key, struct json_object *v)
{
	if (!str_eqz(jx_text(v), "none") && !str_eqz(jx_text(v), "full"))
		return wrong(l, key, "\"none\" or \"full\"");
	return text(l, key, v, &l->c->content);
}

static int
key_prefix(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->prefix);
}

static int
key_currency(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->currency_label);
}

static int
key_lighttpd(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->lighttpd);
}

static int
key_browser(struct load *l, const char *key, struct json_object *v)
{
	return text(l, key, v, &l->c->browser);
}

static int
key_week_start(struct load *l, const char *key, struct json_object *v)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

	for (size_t i = 0; i < ARRAY_LEN(days); i++)
		if (str_eqz(jx_text(v), days[i])) {
			l->c->week_start = (int)i;
			return 0;
		}
	return wrong(l, key, "one of mon tue wed thu fri sat sun");
}

static int
key_port(struct load *l, const char *key, struct json_object *v)
{
	int64_t port;

	if (!json_object_is_type(v, json_type_int) || (port = json_object_get_int64(v)) < 1 ||
	    port > 65535)
		return wrong(l, key, "a number from 1 to 65535");
	l->c->port = port;
	return 0;
}

static int
key_homes(struct load *l, const char *key, struct json_object *v)
{
	static const char want[] = "a list of folders, or of objects {\"path\", \"label\"}";
	struct config *c = l->c;

	if (!json_object_is_type(v, json_type_array))
		return wrong(l, key, want);
	c->homes = xcalloc(jx_len(v), sizeof(*c->homes));
	for (size_t i = 0; i < jx_len(v); i++) {
		struct json_object *h = jx_at(v, i);
		struct str path = jx_text(h), label = jx_str(h, "label");

		if (path.p == NULL)
			path = jx_str(h, "path");
		if (path.n == 0)
			return wrong(l, key, want);
		c->homes[c->homes_len++] = (struct config_home){ str_dup(path), str_dup(label) };
	}
	return 0;
}

static int
key_hosts(struct load *l, const char *key, struct json_object *v)
{
	struct config *c = l->c;

	if (!json_object_is_type(v, json_type_array))
		return wrong(l, key, "a list of host names");
	c->hosts = xcalloc(jx_len(v), sizeof(*c->hosts));
	for (size_t i = 0; i < jx_len(v); i++) {
		if (jx_text(jx_at(v, i)).n == 0)
			return wrong(l, key, "a list of host names");
		c->hosts[c->hosts_len++] = str_dup(jx_text(jx_at(v, i)));
	}
	return 0;
}

static int
key_pricing(struct load *l, const char *key, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object))
		return wrong(l, key, "an object {\"per_unit\", \"models\"}");
	l->c->pricing = json_object_get(v);
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(struct load *l, const char *key, struct json_object *v);
} keys[] = {
	{ "timezone", key_timezone },
	{ "week_start", key_week_start },
	{ "weekly_reset", key_weekly_reset },
	{ "db", key_db },
	{ "homes", key_homes },
	{ "content", key_content },
	{ "hosts", key_hosts },
	{ "port", key_port },
	{ "prefix", key_prefix },
	{ "currency_label", key_currency },
	{ "pricing", key_pricing },
	{ "lighttpd", key_lighttpd },
	{ "browser", key_browser },
};

/* Letters to change, add or drop to make A from B; at most 60 letters each are looked at. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[64], la = strlen(a), lb = strlen(b);

	if (la > 60 || lb > 60)
		return 60;
	for (size_t k = 0; k <= lb; k++)
		row[k] = k;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= lb; k++) {
			size_t best = diagonal + (a[i - 1] != b[k - 1]);

			diagonal = row[k];
			if (row[k] + 1 < best)
				best = row[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[lb];
}

static void
warn_unknown(struct load *l, const char *key)
{
	struct config *c = l->c;
	const char *nearest = keys[0].name;
	struct sbuf shown;

	for (size_t i = 1; i < ARRAY_LEN(keys); i++)
		if (distance(key, keys[i].name) < distance(key, nearest))
			nearest = keys[i].name;
	sbuf_init(&shown, KEY_SHOWN * 3); /* a byte becomes three at most */
	utf8_add_plain(&shown, str_n(key, strnlen(key, KEY_SHOWN)));
	c->warnings = xreallocarray(c->warnings, c->warnings_len + 1, sizeof(*c->warnings));
	c->warnings[c->warnings_len++] =
	    xasprintf("%s: unknown key \"%s\"; the nearest is \"%s\"", l->path, shown.buf, nearest);
	sbuf_free(&shown);
}

static int
take(struct load *l, struct json_object *root)
{
	struct json_object_iterator it = json_object_iter_begin(root);
	struct json_object_iterator end = json_object_iter_end(root);

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *key = json_object_iter_peek_name(&it);
		struct json_object *v = json_object_iter_peek_value(&it);
		size_t i;

		for (i = 0; i < ARRAY_LEN(keys); i++)
			if (strcmp(key, keys[i].name) == 0)
				break;
		if (i == ARRAY_LEN(keys))
			warn_unknown(l, key);
		else if (v != NULL && keys[i].fn(l, key, v) < 0)
			return -1;
	}
	return 0;
}

int
config_load(const char *path, struct config *out, struct err *e)
{
	struct load l = { path, out, e };
	struct json_object *root;
	int rc;

	memset(out, 0, sizeof(*out));
	out->week_start = -1;
	out->port = -1;
	if (path == NULL)
		return 0;
	if (jx_file(path, CONFIG_MAX, &root, e) < 0) {
		if (e->code == ERR_NOTFOUND)
			return 0;
		e->code = ERR_USAGE;
		return -1;
	}
	if (!json_object_is_type(root, json_type_object))
		rc = err_set(e, ERR_USAGE, "%s: must be a JSON object", path);
	else
		rc = take(&l, root);
	json_object_put(root);
	if (rc < 0)
		config_clear(out);
	return rc;
}

void
config_clear(struct config *c)
{
	char **const texts[] = { &c->timezone, &c->weekly_reset, &c->db, &c->content, &c->prefix,
		&c->currency_label, &c->lighttpd, &c->browser };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		free(*texts[i]);
		*texts[i] = NULL;
	}
	for (size_t i = 0; i < c->homes_len; i++) {
		free(c->homes[i].path);
		free(c->homes[i].label);
	}
	for (size_t i = 0; i < c->hosts_len; i++)
		free(c->hosts[i]);
	for (size_t i = 0; i < c->warnings_len; i++)
		free(c->warnings[i]);
	free(c->homes);
	free(c->hosts);
	free(c->warnings);
	json_object_put(c->pricing);
	memset(c, 0, sizeof(*c));
}
