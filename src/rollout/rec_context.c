/*
 * turn_context and thread_settings_applied: what is in force from here on.
 *
 * Source: formats.md 4.2, 2.4; trap 31 (the tier stands in the settings only).
 */
#include "base/compat.h"

#include "rollout/kinds.h"

static int
flag(struct json_object *o, const char *key)
{
	bool v;

	return jx_bool(o, key, &v) ? v : REC_ABSENT;
}

static bool
not_empty(struct json_object *p, const char *key)
{
	struct json_object *v = jx_any(p, key);

	return v != NULL && (!json_object_is_type(v, json_type_string) || jx_text(v).n > 0);
}

static void
sandbox(struct json_object *p, struct rec_context *c)
{
	struct json_object *v = jx_any(p, "sandbox_policy"), *roots;
	struct str word;

	c->network = c->exclude_tmpdir = c->exclude_slash_tmp = REC_ABSENT;
	if (v == NULL)
		v = jx_obj(p, "permission_profile");
	if (v == NULL)
		return;
	c->sandbox = jx_text(v);
	if (c->sandbox.p == NULL)
		c->sandbox = jx_str(v, "type");
	if (c->sandbox.p == NULL)
		c->sandbox = jx_str(v, "mode");
	c->network = flag(v, "network_access");
	word = jx_str(v, "network_access");
	if (word.p != NULL)
		c->network = str_eqz(word, "enabled");
	roots = jx_arr(v, "writable_roots");
	if (roots != NULL)
		c->writable_roots = str_of(json_object_to_json_string_ext(
		    roots, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	c->exclude_tmpdir = flag(v, "exclude_tmpdir_env_var");
	c->exclude_slash_tmp = flag(v, "exclude_slash_tmp");
}

void
rec_turn_context(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct rec_context *c = &rec->context;
	struct json_object *cut = jx_obj(p, "truncation_policy");

	(void)r;
	rec->kind = REC_CONTEXT;
	c->turn_id = jx_str(p, "turn_id");
	c->model = jx_str(p, "model");
	c->effort = jx_str(p, "effort");
	c->cwd = jx_str(p, "cwd");
	c->approval = jx_str(p, "approval_policy");
	c->summary = jx_str(p, "summary");
	c->truncation_mode = jx_str(cut, "mode");
	if (!jx_i64(cut, "limit", 0, INT64_MAX - 1, &c->truncation_limit))
		c->truncation_limit = REC_ABSENT;
	c->has_base = not_empty(p, "base_instructions");
	c->has_user = not_empty(p, "user_instructions");
	c->has_developer = not_empty(p, "developer_instructions");
	c->has_schema = jx_any(p, "final_output_json_schema") != NULL;
	sandbox(p, c);
	if (jx_any(p, "model") != NULL && c->model.p == NULL)
		rec->fault = "model is no text";
}

void
rec_settings(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct rec_context *c = &rec->context;
	struct json_object *s = jx_obj(p, "thread_settings");

	(void)r;
	rec->kind = REC_CONTEXT;
	c->is_settings = true;
	c->network = c->exclude_tmpdir = c->exclude_slash_tmp = REC_ABSENT;
	c->truncation_limit = REC_ABSENT;
	c->thread_id = jx_str(p, "thread_id");
	c->model = jx_str(s, "model");
	c->effort = jx_str(s, "reasoning_effort");
	c->cwd = jx_str(s, "cwd");
	c->tier = jx_str(s, "service_tier");
	c->approval = jx_str(s, "approval_policy");
}
