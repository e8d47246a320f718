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
call(struct record *rec, const char *kind, struct json_object *p)
{
	struct rec_call *c = &rec->call;

	rec->kind = REC_CALL;
	c->kind = kind;
	c->call_id = jx_str(p, "call_id");
	c->name = jx_str(p, "name");
	c->space = jx_str(p, "namespace");
	c->status = jx_str(p, "status");
	rec->print = hash_str(c->call_id, hash_str(c->name, 4)) | 1;
}

void
rec_function_call(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct str args = jx_str(p, "arguments");
	struct json_object *o;

	call(rec, "function_call", p);
	rec->call.input_bytes = (int64_t)args.n;
	if (args.n == 0 || (o = jx_parse(r->tok, args.p, args.n)) == NULL)
		return;
	if (jx_any(o, "cmd") != NULL)
		(void)command_head_json(jx_any(o, "cmd"), r->head, sizeof(r->head));
	else
		(void)command_head_json(jx_any(o, "command"), r->head, sizeof(r->head));
	rec->call.head = str_of(r->head);
	json_object_put(o);
}

void
rec_custom_tool_call(struct rollout *r, struct json_object *p, struct record *rec)
{
	(void)r;
	call(rec, "custom_tool_call", p);
	rec->call.input_bytes = (int64_t)jx_str(p, "input").n;
}

void
rec_local_shell_call(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct json_object *action = jx_obj(p, "action");
	struct json_object *exec = jx_obj(action, "exec");

	call(rec, "local_shell", p);
	if (exec == NULL)
		exec = action;
	(void)command_head_json(jx_any(exec, "command"), r->head, sizeof(r->head));
	rec->call.head = str_of(r->head);
	if (rec->call.name.p == NULL)
		rec->call.name = STR("local_shell");
	rec->call.input_bytes =
	    action == NULL
		? 0
		: (int64_t)strlen(json_object_to_json_string_ext(action, JSON_C_TO_STRING_PLAIN));
}

void
rec_web_search_call(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct json_object *action = jx_obj(p, "action");

	(void)r;
	call(rec, "web_search_call", p);
	rec->call.name = jx_str(action, "type");
	if (rec->call.name.p == NULL)
		rec->call.name = STR("web_search");
	rec->call.is_complete = true;
	rec->call.input_bytes =
	    action == NULL
		? 0
		: (int64_t)strlen(json_object_to_json_string_ext(action, JSON_C_TO_STRING_PLAIN));
	/* it has no call id: the item's own id is the next best */
	if (rec->call.call_id.p == NULL)
		rec->call.call_id = jx_str(p, "id");
}

void
rec_call_output(struct rollout *r, struct json_object *p, struct record *rec)
{
	struct rec_output *o = &rec->output;
	struct json_object *v = jx_any(p, "output");
	bool success;

	rec->kind = REC_OUTPUT;
	o->call_id = jx_str(p, "call_id");
	/* for a few weeks the output was an object {content, success} */
	if (jx_bool(v, "success", &success))
		o->failed = !success;
	if (jx_any(v, "content") != NULL)
		v = jx_any(v, "content");
	outcome_value(r->tok, v, o);
	rec->print = hash_str(o->call_id, 5) | 1;
	if (o->call_id.p == NULL)
		rec->fault = "output without a call id";
}
