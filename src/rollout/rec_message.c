/*
 * Messages: as events (user_message, agent_message) and as response items.
 * Texts are measured here and handed on; whether they are stored is decided
 * elsewhere.
 *
 * Source: design.md 10 "Message"; formats.md 2.4, 3.
 */
#include "base/compat.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "rollout/kinds.h"

bool
message_is_injected(struct str s)
{
	static const char *const heads[] = {
		"<environment_context",
		"<user_instructions",
		"<user_action",
		"<INSTRUCTIONS",
		"# AGENTS.md instructions",
		"<turn_aborted",
		"<permissions instructions",
		"<skill",
		"<subagent_notification",
		"<collaboration_mode",
		"<apps_instructions",
		"<plugins_instructions",
		"<multi_agent",
		"<model_switch",
		"<personality",
		"<hook",
		"<user_shell_command",
		"<image",
		"<environments",
	};

	s = str_trim(s);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts(s, heads[i]))
			return true;
	return false;
}

static void
measured(struct record *rec, struct str role, struct str text, enum rec_origin origin)
{
	struct rec_message *m = &rec->message;

	rec->kind = REC_MESSAGE;
	m->origin = origin;
	m->role = role;
	m->text = text;
	m->chars = (int64_t)utf8_length(text);
	m->bytes = (int64_t)text.n;
	rec->print = hash_str(text, hash_str(role, 3 + (uint64_t)origin)) | 1;
}

/* While a review runs, its events are shown in the file of the thread that asked for it. */
static bool
is_forwarded(const struct rollout *r, struct record *rec)
{
	rec->kind = REC_NONE;
	return r->st.review_depth > 0;
}

void
rec_user_message(struct rollout *r, struct jv p, struct record *rec)
{
	if (is_forwarded(r, rec))
		return;
	measured(rec, STR("user"), jv_str(p, "message"), ORIGIN_EVENT);
	rec->message.is_prompt = true;
	rec->message.images = (int64_t)jv_len(jv_arr(p, "images"));
	rec->message.local_images = (int64_t)jv_len(jv_arr(p, "local_images"));
	/* files without turn ids have nothing else that begins a turn */
	if (!r->st.has_turn_ids)
		rollout_begin_turn(r, rec);
}

void
rec_agent_message(struct rollout *r, struct jv p, struct record *rec)
{
	if (is_forwarded(r, rec))
		return;
	measured(rec, STR("assistant"), jv_str(p, "message"), ORIGIN_EVENT);
}

/* The texts of a content array, joined by nothing. */
static struct str
joined(struct rollout *r, struct jv content)
{
	struct jv one = { 0 };
	size_t texts = 0, bytes = 0, n = 0;
	char *all;

	for (struct jv_walk w = jv_walk(content); jv_next(&w);) {
		struct jv s = jv_if(jv_any(w.value, "text"), JV_STR);

		if (!jv_is(s))
			continue;
		one = s;
		texts++;
		bytes += jv_bytes(s);
	}
	if (texts <= 1)
		return jv_text(one);
	all = arena_alloc(r->made, bytes, 1);
	for (struct jv_walk w = jv_walk(content); jv_next(&w);) {
		struct str s = jv_str(w.value, "text");

		if (s.n > 0)
			memcpy(all + n, s.p, s.n);
		n += s.n;
	}
	return str_n(all, n);
}

void
rec_message_item(struct rollout *r, struct jv p, struct record *rec)
{
	struct jv content = jv_arr(p, "content");
	struct str role = jv_str(p, "role"), text;

	if (role.p == NULL) {
		rec->kind = REC_NONE;
		rec->fault = "message without a role";
		return;
	}
	text = joined(r, content);
	measured(rec, role, text, ORIGIN_RESPONSE);
	rec->message.is_prompt = str_eqz(role, "user") && !message_is_injected(text) &&
				 !message_is_injected(jv_str(jv_at(content, 0), "text"));
	if (r->st.bare && rec->message.is_prompt)
		rollout_begin_turn(r, rec);
}

void
rec_agent_reasoning(struct rollout *r, struct jv p, struct record *rec)
{
	(void)p;
	if (is_forwarded(r, rec))
		return;
	rec->kind = REC_ACTIVITY;
	rec->activity.name = "reasoning_event";
	rec->activity.count = 1;
}

void
rec_agent_reasoning_raw(struct rollout *r, struct jv p, struct record *rec)
{
	(void)p;
	if (is_forwarded(r, rec))
		return;
	rec->kind = REC_ACTIVITY;
	rec->activity.name = "reasoning_raw_event";
	rec->activity.count = 1;
}
