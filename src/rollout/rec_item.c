/*
 * item_completed of paginated files, and the end events of older ones: messages
 * and what commands inside a call did.
 *
 * Source: formats.md 2.4 "TurnItem". The id of an item is not a call id: its
 * command belongs to the call in progress.
 */
#include "base/compat.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "rollout/command.h"
#include "rollout/kinds.h"

static void
item_message(struct record *rec, struct json_object *item, const char *role)
{
	struct rec_message *m = &rec->message;
	struct json_object *content = jx_arr(item, "content");

	rec->kind = REC_MESSAGE;
	m->origin = ORIGIN_ITEM;
	m->role = str_of(role);
	for (size_t i = 0; i < jx_len(content); i++) {
		struct str s = jx_str(jx_at(content, i), "text");
		struct str type = jx_str(jx_at(content, i), "type");

		if (s.p == NULL) {
			if (str_eqz(type, "image"))
				m->images++;
			else if (str_eqz(type, "local_image"))
				m->local_images++;
			continue;
		}
		if (m->text.p == NULL)
			m->text = s;
		m->chars += (int64_t)utf8_length(s);
		m->bytes += (int64_t)s.n;
	}
	m->is_prompt = str_eqz(m->role, "user");
	rec->print = hash_str(m->text, hash_str(m->role, 6)) | 1;
}

/* {secs,nanos}, a text like "1.2s", or milliseconds by name. */
static int64_t
duration_ms(struct json_object *o)
{
	struct json_object *d = jx_obj(o, "duration");
	int64_t secs, nanos = 0, ms;

	if (jx_i64(o, "duration_ms", 0, (int64_t)1 << 50, &ms) ||
	    jx_i64(o, "durationMs", 0, (int64_t)1 << 50, &ms))
		return ms;
	if (!jx_i64(d, "secs", 0, (int64_t)1 << 40, &secs))
		return REC_ABSENT;
	(void)jx_i64(d, "nanos", 0, 999999999, &nanos);
	return secs * 1000 + nanos / 1000000;
}

static void
finished(struct rollout *r, struct record *rec, struct json_object *o)
{
	struct rec_output *out = &rec->output;
	struct json_object *command = jx_any(o, "command");

	rec->kind = REC_OUTPUT;
	out->is_event = true;
	out->output_bytes = REC_ABSENT;
	out->wall_ms = duration_ms(o);
	out->status = jx_str(o, "status");
	out->has_exit = jx_i64(o, "exit_code", INT32_MIN, INT32_MAX, &out->exit_code);
	out->failed = (out->has_exit && out->exit_code != 0) || str_eqz(out->status, "failed") ||
		      str_eqz(out->status, "declined");
	if (command != NULL) {
		(void)command_head_json(command, r->head, sizeof(r->head));
		out->head = str_of(r->head);
	}
}

void
rec_item_completed(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct json_object *item = jx_obj(p, "item");
	struct str type = jx_str(item, "type");

	rec->kind = REC_NONE;
	rec->thread_id = jx_str(p, "thread_id");
	if (str_eqz(type, "UserMessage")) {
		item_message(rec, item, "user");
	} else if (str_eqz(type, "AgentMessage"))
		item_message(rec, item, "assistant");
	else if (str_eqz(type, "Reasoning")) {
		rec->kind = REC_ACTIVITY;
		rec->activity.name = "reasoning_event";
		rec->activity.count = 1;
	} else if (str_eqz(type, "CommandExecution") || str_eqz(type, "FileChange") ||
		   str_eqz(type, "McpToolCall") || str_eqz(type, "DynamicToolCall"))
		finished(r, rec, item);
	else if (str_eqz(type, "EnteredReviewMode"))
		rec_entered_review(r, item, rec);
	else if (str_eqz(type, "ExitedReviewMode"))
		rec_exited_review(r, item, rec);
	else if (str_eqz(type, "ContextCompaction"))
		rec_context_compacted(r, item, rec);
}

void
rec_exec_command_end(struct rollout *r, struct json_object *p, struct record *rec)
{
	finished(r, rec, p);
	rec->output.call_id = jx_str(p, "call_id");
}

void
rec_patch_apply_end(struct rollout *r, struct json_object *p, struct record *rec)
{
	bool success;

	finished(r, rec, p);
	rec->output.call_id = jx_str(p, "call_id");
	if (jx_bool(p, "success", &success) && !success)
		rec->output.failed = true;
}

void
rec_mcp_tool_call_end(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct json_object *result = jx_obj(p, "result");

	finished(r, rec, p);
	rec->output.call_id = jx_str(p, "call_id");
	if (jx_any(result, "Err") != NULL)
		rec->output.failed = true;
}
