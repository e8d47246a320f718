/*
 * turn_context and thread_settings_applied: what is in force from here on.
 *
 * Source: formats.md 4.2, 2.4; trap 31 (the tier stands in the settings only).
 */
#include "base/compat.h"

#include "rollout/kinds.h"

static int
flag(struct jv o, const char *key)
{
	bool v;

	return jv_bool(o, key, &v) ? v : REC_ABSENT;
}

static bool
not_empty(struct jv p, const char *key)
{
	struct jv v = jv_any(p, key);

	return jv_is(v) && (jv_kind(v) != JV_STR || jv_bytes(v) > 0);
}

static void
sandbox(struct jv p, struct rec_context *c)
{
	struct jv v = jv_any(p, "sandbox_policy");
	struct str word;

	c->network = c->exclude_tmpdir = c->exclude_slash_tmp = REC_ABSENT;
	if (!jv_is(v))
		v = jv_obj(p, "permission_profile");
	if (!jv_is(v))
		return;
	c->sandbox = jv_text(v);
	if (c->sandbox.p == NULL)
		c->sandbox = jv_str(v, "type");
	if (c->sandbox.p == NULL)
		c->sandbox = jv_str(v, "mode");
	c->network = flag(v, "network_access");
	word = jv_str(v, "network_access");
	if (word.p != NULL)
		c->network = str_eqz(word, "enabled");
	c->writable_roots = jv_raw(jv_arr(v, "writable_roots"));
	c->exclude_tmpdir = flag(v, "exclude_tmpdir_env_var");
	c->exclude_slash_tmp = flag(v, "exclude_slash_tmp");
}

void
rec_turn_context(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_context *c = &rec->context;
	struct jv cut = jv_obj(p, "truncation_policy");

	(void)r;
	rec->kind = REC_CONTEXT;
	c->turn_id = jv_str(p, "turn_id");
	c->model = jv_str(p, "model");
	c->effort = jv_str(p, "effort");
	c->cwd = jv_str(p, "cwd");
	c->approval = jv_str(p, "approval_policy");
	c->summary = jv_str(p, "summary");
	c->truncation_mode = jv_str(cut, "mode");
	if (!jv_i64(cut, "limit", 0, INT64_MAX - 1, &c->truncation_limit))
		c->truncation_limit = REC_ABSENT;
	c->has_base = not_empty(p, "base_instructions");
	c->has_user = not_empty(p, "user_instructions");
	c->has_developer = not_empty(p, "developer_instructions");
	c->has_schema = jv_is(jv_any(p, "final_output_json_schema"));
	sandbox(p, c);
	if (jv_is(jv_any(p, "model")) && c->model.p == NULL)
		rec->fault = "model is no text";
}

void
rec_settings(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_context *c = &rec->context;
	struct jv s = jv_obj(p, "thread_settings");

	(void)r;
	rec->kind = REC_CONTEXT;
	c->is_settings = true;
	c->network = c->exclude_tmpdir = c->exclude_slash_tmp = REC_ABSENT;
	c->truncation_limit = REC_ABSENT;
	c->thread_id = jv_str(p, "thread_id");
	c->model = jv_str(s, "model");
	c->effort = jv_str(s, "reasoning_effort");
	c->cwd = jv_str(s, "cwd");
	c->tier = jv_str(s, "service_tier");
	c->approval = jv_str(s, "approval_policy");
}
