#include "base/compat.h"

#include "base/hash.h"
#include "report/tree.h"

#define SLUG_MAX 40

void
tree_time(struct json_object *o, const char *key, int64_t ms, const struct tz *tz)
{
	char text[32];

	if (ms < 0) {
		jt_put(o, key, NULL);
		return;
	}
	civil_format_offset(ms, tz_offset_s(tz, ms), text);
	jt_str(o, key, text);
}

uint64_t
tree_key(const struct dim *dim, const char *name)
{
	return hash_str(str_of(name), hash_str(str_of(dim->name), 0)) >> 24;
}

void
tree_name(struct json_object *o, const struct dim *dim, const char *name)
{
	char key[16 + SLUG_MAX];
	size_t n;

	jt_str(o, "name", name == NULL || name[0] == '\0' ? NULL : name);
	if (name == NULL) {
		jt_put(o, "key", NULL);
		return;
	}
	n = (size_t)snprintf(key, 16, "%010" PRIx64 "-", tree_key(dim, name));
	for (; *name != '\0' && n < sizeof(key) - 1; name++) {
		char c = str_lower(*name);

		if (str_isalpha(c) || str_isdigit(c) || c == '.')
			key[n++] = c;
		else if (key[n - 1] != '-')
			key[n++] = '-';
	}
	while (key[n - 1] == '-' && n > 11)
		n--;
	key[n] = '\0';
	jt_str(o, "key", key);
}

void
tree_coverage(struct json_object *o, const struct coverage *c, int64_t unpriced)
{
	struct json_object *t = jt_add_object(o, "coverage"), *a;

	jt_bool(t, "lower_bound",
	    c->lossy_threads > 0 || c->unreadable_lines > 0 || c->failed_files > 0 ||
		c->pending_threads > 0);
	jt_i64(t, "lossy_sessions", c->lossy_threads);
	jt_i64(t, "unreadable_lines", c->unreadable_lines);
	jt_i64(t, "failed_files", c->failed_files);
	jt_i64(t, "pending_sessions", c->pending_threads);
	jt_i64(t, "recovered_tokens", c->recovered_tokens);
	jt_i64(t, "unpriced_tokens", unpriced);
	a = jt_add_array(t, "losses");
	for (size_t i = 0; i < COVERAGE_LOSSES; i++)
		if (c->signs[i] > 0) {
			struct json_object *l = jt_push_object(a);

			jt_str(l, "kind", coverage_kind(i)->name);
			jt_str(l, "text", coverage_kind(i)->text);
			jt_i64(l, "sessions", c->threads[i]);
			jt_i64(l, "signs", c->signs[i]);
		}
	a = jt_add_array(t, "models");
	for (size_t i = 0; i < c->models_len; i++) {
		struct json_object *m = jt_push_object(a);

		jt_str(m, "name", c->models[i].model[0] == '\0' ? NULL : c->models[i].model);
		jt_i64(m, "tokens", c->models[i].tokens);
		jt_str(m, "reason", c->models[i].reason);
	}
}

void
tree_range(struct json_object *o, const char *key, const struct period *p, const struct tz *tz)
{
	struct json_object *r = jt_add_object(o, key);

	tree_time(r, "from", p->from_ms <= PERIOD_MIN ? -1 : p->from_ms, tz);
	tree_time(r, "to", p->to_ms >= PERIOD_MAX ? -1 : p->to_ms, tz);
	jt_str(r, "tz", tz_name(tz));
}
