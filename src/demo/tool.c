#include "base/compat.h"

#include "demo/cur.h"
#include "demo/tool.h"

static void
code(struct thread *t, const struct tool *call)
{
	struct gen *g = t->g;

	sbuf_reset(&g->outer);
	switch (call->kind) {
	case TOOL_PATCH:
		sbuf_reset(&g->text);
		sbuf_addf(&g->text, "*** Begin Patch\n*** Update File: %s\n@@\n-", call->file);
		words_sentence(&g->text, &g->rng);
		sbuf_addz(&g->text, "\n+");
		words_sentence(&g->text, &g->rng);
		sbuf_addz(&g->text, "\n*** End Patch");
		TMPL(&g->outer, "const r = await tools.apply_patch(%); text(JSON.stringify(r));",
		    SV(tmpl_view(&g->text)));
		break;
	case TOOL_PLAN:
		sbuf_reset(&g->text);
		words_sentence(&g->text, &g->rng);
		TMPL(&g->outer,
		    "await tools.update_plan({plan:[{step:%,status:'completed'},"
		    "{step:'check',status:'in_progress'}]}); text('planned');",
		    SV(tmpl_view(&g->text)));
		break;
	case TOOL_MCP:
		TMPL0(&g->outer, "const r = await tools.mcp__handbook__search({query:'style'}); "
				 "text(JSON.stringify(r));");
		break;
	case TOOL_IMAGE:
		TMPL0(&g->outer, "await tools.view_image({path:'doc/plot.png'});");
		break;
	case TOOL_COMMAND:
	case TOOL_WEB:
		TMPL(&g->outer,
		    "const r = await tools.exec_command({cmd: %}); text(JSON.stringify(r));",
		    S(call->command->text));
		break;
	}
}

void
tool_call(struct thread *t, enum tool_kind kind, struct tool *call)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	*call = (struct tool){ .kind = kind, .command = words_command(&g->rng) };
	call->file = words_file(&g->rng);
	clock_uuid7(&g->clock, &g->rng, call->call);
	clock_uuid4(&g->rng, id);
	line_begin(t, "response_item");
	if (kind == TOOL_WEB) {
		TMPL(&g->line,
		    "{'type':'web_search_call','id':'ws_%','status':'completed','action':"
		    "{'type':'search','query':'strtoll overflow rules'}",
		    R(call->call));
		cur_item_meta(t, false, "");
		return;
	}
	code(t, call);
	TMPL(&g->line,
	    "{'type':'custom_tool_call','id':'ctc_%','status':'completed','call_id':'call_%',"
	    "'name':'exec','input':%",
	    R(id), R(call->call), SV(tmpl_view(&g->outer)));
	cur_item_meta(t, false, "");
}

/* file:// and the path PATH with what is not ASCII as %XX, onto B. */
static void
file_url(struct sbuf *b, const char *path)
{
	sbuf_addz(b, "\"file://");
	for (; *path != '\0'; path++)
		if ((unsigned char)*path >= 0x80)
			sbuf_addf(b, "%%%02X", (unsigned)(unsigned char)*path);
		else
			sbuf_addc(b, *path);
	sbuf_addc(b, '"');
}

static void
command_event(struct thread *t, const struct tool *call, int64_t took, int exit_code)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid4(&g->rng, id);
	cur_item(t);
	TMPL(&g->line,
	    "{'type':'CommandExecution','id':'exec-%','process_id':'%','command':['/bin/bash',"
	    "'-lc',%],'cwd':",
	    R(id), I(rng_between(&g->rng, 1000, 99999)), S(call->command->text));
	file_url(&g->line, t->project->cwd);
	TMPL(&g->line,
	    ",'parsed_cmd':[{'type':'unknown','cmd':%}],'source':'unified_exec_startup',"
	    "'status':%,'aggregated_output':%,'exit_code':%,'duration':{'secs':%,'nanos':%}}",
	    S(call->command->text), S(exit_code == 0 ? "completed" : "failed"),
	    SV(tmpl_view(&g->text)), I(exit_code), I(took / 1000), I(took % 1000 * 1000000 + 4711));
	cur_item_end(t, took);
}

static void
other_event(struct thread *t, const struct tool *call)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid4(&g->rng, id);
	cur_item(t);
	if (call->kind == TOOL_PATCH)
		TMPL(&g->line,
		    "{'type':'FileChange','id':'exec-%','changes':{'%/%':{'type':'update',"
		    "'unified_diff':'@@ -1 +1 @@\\n-a\\n+b\\n','move_path':null}},'status':"
		    "'completed','stdout':'Success. Updated the following files:\\nM %\\n',"
		    "'stderr':''}",
		    R(id), R(t->project->cwd), R(call->file), R(call->file));
	else if (call->kind == TOOL_MCP)
		TMPL(&g->line,
		    "{'type':'McpToolCall','id':'exec-%','server':'handbook','tool':'search',"
		    "'status':'completed','arguments':{'query':'style'},'result':{'content':"
		    "[{'type':'text','text':%}]},'durationMs':210}",
		    R(id), SV(tmpl_view(&g->text)));
	else if (call->kind == TOOL_WEB)
		TMPL(&g->line,
		    "{'type':'WebSearch','id':'ws_%','query':'strtoll overflow rules','action':"
		    "{'type':'search','query':'strtoll overflow rules'}}",
		    R(call->call));
	else
		TMPL(&g->line, "{'type':'ImageView','id':'exec-%','path':'%/doc/plot.png'}", R(id),
		    R(t->project->cwd));
	cur_item_end(t, 200);
}

static void
output_item(struct thread *t, const struct tool *call, int64_t took)
{
	struct gen *g = t->g;
	char id[ID_SIZE], wall[64];

	(void)snprintf(wall, sizeof(wall), "Wall time %d.%d seconds", (int)(took / 1000),
	    (int)(took % 1000 / 100));
	clock_uuid7(&g->clock, &g->rng, id);
	line_begin(t, "response_item");
	TMPL(&g->line,
	    "{'type':'custom_tool_call_output','id':'ctco_%','call_id':'call_%','output':["
	    "{'type':'input_text','text':'Script completed\\n%\\nOutput:\\n'},"
	    "{'type':'input_text','text':%}]",
	    R(id), R(call->call), R(wall), SV(tmpl_view(&g->outer)));
	cur_item_meta(t, true, ",\"fallback_token_limit_override\":12000");
}

void
tool_output(struct thread *t, const struct tool *call, size_t bytes, bool fancy)
{
	struct gen *g = t->g;
	bool fails = rng_chance(&g->rng, call->command->fails);
	int64_t took = rng_between(&g->rng, 20, call->command->seconds * 300 + 30);
	char wall[32], chunk[8];

	clock_pass(&g->clock, took);
	took = took * g->clock.pace / 1000;
	sbuf_reset(&g->text);
	sbuf_reset(&g->outer);
	if (call->kind == TOOL_COMMAND || call->kind == TOOL_MCP)
		words_output(&g->text, &g->rng, bytes, fancy);
	if (call->kind == TOOL_COMMAND)
		command_event(t, call, took, fails ? 1 : 0);
	else if (call->kind != TOOL_PLAN)
		other_event(t, call);
	if (call->kind == TOOL_WEB)
		return;
	if (call->kind != TOOL_COMMAND) {
		sbuf_addz(&g->outer, call->kind == TOOL_PLAN ? "planned" : "{}");
	} else {
		(void)snprintf(
		    wall, sizeof(wall), "%d.%03d", (int)(took / 1000), (int)(took % 1000));
		(void)snprintf(chunk, sizeof(chunk), "%06x", (unsigned)(rng_next(&g->rng) >> 40));
		TMPL(&g->outer,
		    "{'chunk_id':%,'wall_time_seconds':%,'exit_code':%,'original_token_count':%,"
		    "'output':%}",
		    S(chunk), R(wall), I(fails ? 1 : 0), I((int64_t)g->text.len / 4),
		    SV(tmpl_view(&g->text)));
	}
	output_item(t, call, took);
	t->context += (int64_t)g->text.len / 4 < 9000 ? (int64_t)g->text.len / 4 + 40 : 9000;
}

void
tool_function(struct thread *t, const char *name, const char *space, const char *arguments,
    char call[static ID_SIZE])
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid7(&g->clock, &g->rng, call);
	clock_uuid4(&g->rng, id);
	line_begin(t, "response_item");
	TMPL(&g->line, "{'type':'function_call','status':'completed','id':'fc_%','name':%", R(id),
	    S(name));
	if (space != NULL)
		TMPL(&g->line, ",'namespace':%", S(space));
	TMPL(&g->line, ",'arguments':%,'call_id':'call_%'", S(arguments), R(call));
	cur_item_meta(t, false, "");
}

void
tool_function_output(struct thread *t, const char *call, const char *text)
{
	struct gen *g = t->g;
	char id[ID_SIZE];

	clock_uuid7(&g->clock, &g->rng, id);
	line_begin(t, "response_item");
	TMPL(&g->line, "{'type':'function_call_output','id':'fco_%','call_id':'call_%','output':%",
	    R(id), R(call), S(text));
	cur_item_meta(t, true, ",\"fallback_token_limit_override\":12000");
}
