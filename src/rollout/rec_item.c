/*
 * item_completed of paginated files, and the end events of older ones: messages
 * and what commands inside a call did.
 *
 * Source: formats.md 2.4 "TurnItem". The id of an item is not a call id: its
 * command belongs to the call in progress.
 */
#include "base/compat.h"

#include "base/hash.h"
#include "rollout/command.h"
#include "rollout/kinds.h"

static void
item_message(struct record *rec, struct jv item, const char *role)
{
	struct rec_message *m = &rec->message;
	struct jv_walk content = jv_walk(jv_arr(item, "content"));

	rec->kind = REC_MESSAGE;
	m->origin = ORIGIN_ITEM;
	m->role = str_of(role);
	while (jv_next(&content)) {
		struct jv s = jv_if(jv_any(content.value, "text"), JV_STR);
		struct str type = jv_str(content.value, "type");

		if (!jv_is(s)) {
			if (str_eqz(type, "image"))
				m->images++;
			else if (str_eqz(type, "local_image"))
				m->local_images++;
			continue;
		}
		if (m->text.p == NULL)
			m->text = jv_text(s);
		m->chars += (int64_t)jv_chars(s);
		m->bytes += (int64_t)jv_bytes(s);
	}
	m->is_prompt = str_eqz(m->role, "user");
	rec->print = hash_str(m->text, hash_str(m->role, 6)) | 1;
}

/* {secs,nanos}, a text like "1.2s", or milliseconds by name. */
static int64_t
duration_ms(struct jv o)
{
	struct jv d = jv_obj(o, "duration");
	int64_t secs, nanos = 0, ms;

	if (jv_i64(o, "duration_ms", 0, (int64_t)1 << 50, &ms) ||
	    jv_i64(o, "durationMs", 0, (int64_t)1 << 50, &ms))
		return ms;
	if (!jv_i64(d, "secs", 0, (int64_t)1 << 40, &secs))
		return REC_ABSENT;
	(void)jv_i64(d, "nanos", 0, 999999999, &nanos);
	return secs * 1000 + nanos / 1000000;
}

static void
finished(struct rollout *r, struct record *rec, struct jv o)
{
	struct rec_output *out = &rec->output;
	struct jv command = jv_any(o, "command");

	rec->kind = REC_OUTPUT;
	out->is_event = true;
	out->output_bytes = REC_ABSENT;
	out->wall_ms = duration_ms(o);
	out->status = jv_str(o, "status");
	out->has_exit = jv_i64(o, "exit_code", INT32_MIN, INT32_MAX, &out->exit_code);
	out->failed = (out->has_exit && out->exit_code != 0) || str_eqz(out->status, "failed") ||
		      str_eqz(out->status, "declined");
	if (jv_is(command)) {
		(void)command_head_json(command, r->head, sizeof(r->head));
		out->head = str_of(r->head);
	}
}

void
rec_item_completed(struct rollout *r, struct jv p, struct record *rec)
{
	struct jv item = jv_obj(p, "item");
	struct str type = jv_str(item, "type");

	rec->kind = REC_NONE;
	rec->thread_id = jv_str(p, "thread_id");
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
rec_exec_command_end(struct rollout *r, struct jv p, struct record *rec)
{
	finished(r, rec, p);
	rec->output.call_id = jv_str(p, "call_id");
}

void
rec_patch_apply_end(struct rollout *r, struct jv p, struct record *rec)
{
	bool success;

	finished(r, rec, p);
	rec->output.call_id = jv_str(p, "call_id");
	if (jv_bool(p, "success", &success) && !success)
		rec->output.failed = true;
}

void
rec_mcp_tool_call_end(struct rollout *r, struct jv p, struct record *rec)
{
	struct jv result = jv_obj(p, "result");

	finished(r, rec, p);
	rec->output.call_id = jv_str(p, "call_id");
	if (jv_is(jv_any(result, "Err")))
		rec->output.failed = true;
}
