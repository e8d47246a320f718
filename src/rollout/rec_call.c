/*
 * Tool calls and their outputs as response items.
 *
 * Source: formats.md 3; design.md 10 "Call".
 */
#include "base/compat.h"

#include "base/hash.h"
#include "rollout/command.h"
#include "rollout/kinds.h"
#include "rollout/outcome.h"

static void
call(struct record *rec, const char *kind, struct jv p)
{
	struct rec_call *c = &rec->call;

	rec->kind = REC_CALL;
	c->kind = kind;
	c->call_id = jv_str(p, "call_id");
	c->name = jv_str(p, "name");
	c->space = jv_str(p, "namespace");
	c->status = jv_str(p, "status");
	rec->print = hash_str(c->call_id, hash_str(c->name, 4)) | 1;
}

void
rec_function_call(struct rollout *r, struct jv p, struct record *rec)
{
	struct jv args = jv_if(jv_any(p, "arguments"), JV_STR), o;

	call(rec, "function_call", p);
	rec->call.input_bytes = (int64_t)jv_bytes(args);
	if (jv_bytes(args) == 0 || skim_parse(r->inner, jv_text(args)) != SKIM_OK)
		return;
	o = skim_root(r->inner);
	if (jv_is(jv_any(o, "cmd")))
		(void)command_head_json(jv_any(o, "cmd"), r->head, sizeof(r->head));
	else
		(void)command_head_json(jv_any(o, "command"), r->head, sizeof(r->head));
	rec->call.head = str_of(r->head);
}

void
rec_custom_tool_call(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	call(rec, "custom_tool_call", p);
	rec->call.input_bytes = (int64_t)jv_bytes(jv_any(p, "input"));
}

void
rec_local_shell_call(struct rollout *r, struct jv p, struct record *rec)
{
	struct jv action = jv_obj(p, "action");
	struct jv exec = jv_obj(action, "exec");

	call(rec, "local_shell", p);
	if (!jv_is(exec))
		exec = action;
	(void)command_head_json(jv_any(exec, "command"), r->head, sizeof(r->head));
	rec->call.head = str_of(r->head);
	if (rec->call.name.p == NULL)
		rec->call.name = STR("local_shell");
	rec->call.input_bytes = (int64_t)jv_raw(action).n;
}

void
rec_web_search_call(struct rollout *r, struct jv p, struct record *rec)
{
	struct jv action = jv_obj(p, "action");

	(void)r;
	call(rec, "web_search_call", p);
	rec->call.name = jv_str(action, "type");
	if (rec->call.name.p == NULL)
		rec->call.name = STR("web_search");
	rec->call.is_complete = true;
	rec->call.input_bytes = (int64_t)jv_raw(action).n;
	/* it has no call id: the item's own id is the next best */
	if (rec->call.call_id.p == NULL)
		rec->call.call_id = jv_str(p, "id");
}

void
rec_call_output(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_output *o = &rec->output;
	struct jv v = jv_any(p, "output");
	bool success;

	rec->kind = REC_OUTPUT;
	o->call_id = jv_str(p, "call_id");
	/* for a few weeks the output was an object {content, success} */
	if (jv_bool(v, "success", &success))
		o->failed = !success;
	if (jv_is(jv_any(v, "content")))
		v = jv_any(v, "content");
	outcome_value(r->inner, v, o);
	rec->print = hash_str(o->call_id, 5) | 1;
	if (o->call_id.p == NULL)
		rec->fault = "output without a call id";
}
