#!/usr/bin/env python3
"""Planted words: after a default ingest nothing that a person or a model wrote is in the database.

Unique words stand in every place of a rollout where text can stand. FORBIDDEN words must be
nowhere: not in the bytes of the database, its -wal, -shm and lock, not in a column of a table
or view, not in what the commands print. KEPT words are those of design.md 7 "Content" and of the
identifiers that the seed's own columns hold; each names its field, and must be found (so the
search works). MAY words are names of kinds and states, which may be kept or not.
"""
import os
import re
import sqlite3
import sys

sys.path[:0] = [os.environ["TRACK_SRC"] + "/tests/tap", os.environ["TRACK_SRC"] + "/tests/cli"]
import tap  # noqa: E402
from roll import Home, Roll, dumps, ms, uuid4, uuid7  # noqa: E402

WORD = re.compile(rb"qz\d{4}[a-z]{3}", re.I)
FORBIDDEN, KEPT, MAY = {}, {}, {}

# Fields whose text is kept on purpose, and why.
REASONS = {
    "title": "design.md 7: thread titles",
    "directory": "design.md 7: directory names (session_meta, turn_context, settings)",
    "branch": "design.md 7: branch names",
    "repository": "design.md 7: repository names, the URL without user and token",
    "tool": "design.md 7: tool and MCP names (a function's name and namespace, a custom tool's name)",
    "command": "design.md 7: the command's base name",
    "commit": "seed's sessions.git_commit_hash",
    "thread id": "seed's session_id; parents, forks and roots of sessions",
    "turn id": "turn links (pages.md 3)",
    "call id": "seed's tool_calls.call_id",
    "response id": "identity of a token_usage_record",
    "originator": "seed's sessions.originator",
    "version": "seed's sessions.cli_version",
    "source": "seed's sessions.source: who started the thread",
    "provider": "seed's sessions.model_provider",
    "model": "seed's turns.model",
    "effort": "seed's turns.reasoning_effort",
    "approval": "seed's turns.approval_policy",
    "sandbox": "seed's turns.sandbox_policy_type",
    "roots": "seed's turns.sandbox_writable_roots: directories",
    "truncation": "seed's turns.truncation_policy_mode",
    "summary": "seed's turns.reasoning_summary: auto, none …, a setting",
    "agent": "agent nickname, role and path of sub-agents",
    "thread source": "sessions.thread_source: what made the thread",
    "plan": "seed's events.rate_limit_plan_type",
    "limit": "limit id and name: what the limits are keyed by",
    "balance": "seed's events.rate_limit_balance",
    "web action": "seed's tool_name of a web search: search, open_page …",
}


def new(table, place):
    n = len(FORBIDDEN) + len(KEPT) + len(MAY)
    w = "qz%04d%c%c%c" % (n, 97 + n % 26, 97 + n // 26 % 26, 97 + n // 676 % 26)
    table[w] = place
    return w


def f(place, n=3):
    """A text of N words that must not be kept."""
    return " ".join(new(FORBIDDEN, place) for _ in range(n))


def k(field):
    """One word in a field that is kept."""
    assert field in REASONS, field
    return new(KEPT, field)


def m(place):
    return new(MAY, place)


def prose(place):
    return f"Please {f(place, 2)}, then\n\t{f(place, 1)}: \"{f(place, 1)}\""


def junk(place):
    """Fields that no version has, at several depths."""
    return {"zz_new": f(place + ".zz_new", 1), "zz_list": [f(place + "[]", 1), {"text": f(place + "[].text", 1)}],
            "zz_deep": {"a": {"b": {"message": f(place + ".a.b", 1)}}}}


def vector(n):
    return {"input_tokens": 1000 * n, "cached_input_tokens": 200 * n, "output_tokens": 100 * n,
            "reasoning_output_tokens": 40 * n, "total_tokens": 1100 * n, **junk("usage")}


def shell(script):
    return '{"command":["bash","-lc",%s],"workdir":"%s","justification":"%s"}' % (
        dumps(script).decode(), f("function_call workdir", 1), f("function_call justification"))


# ----------------------------------------------------------------- commands and their base names
COMMANDS = [  # (what stands in arguments, note); K marks the word that is the base name
    ("K A B", "arguments"), ("TOKEN=A K B", "VAR=value"), ("TOKEN='A B' OTHER=\"C D\" K", "quoted VAR=value"),
    ("sudo K A", "sudo"), ("sudo -n K A", "sudo with a flag"), ("env SECRET=A K B", "env VAR=value"),
    ("/usr/A/bin/K B", "a path before the name"), ("K <<'EOF'\nA B\nEOF", "a here document"),
    ("K > A; B C", "redirection, second command"), ("K --password=A -p B", "options"), ("# A B\nls C", "a comment"),
    ("'A B C' D", "a quoted sentence"), ("sudo -u A K B", "sudo -u NAME"), ("env -u A K B", "env -u NAME"),
    ("nice -n 5 K A", "nice -n N"), ("PASSWORD=x\\ A K B", "a blank behind a backslash in a value"),
    ("LIST=(A B) K C", "an array as value"), ("TOKEN=$(cat A) K", "a substitution as value"),
    ("exec -a A K B", "exec -a NAME"), ("sudo --user A K B", "sudo --user NAME"),
    ("\"K\" A", "a quoted name"), ("$A B", "a variable"), ("<A K", "redirection first"), ("K|B", "a pipe"),
]
SURE = 11  # the first ones: the base name must be kept; of the others nothing else may be


def script(text, note, sure):
    def put(match):
        if match.group() == "K":
            return k("command") if sure else m("command: " + note)
        return f(f"command: {note}", 1)
    return re.sub(r"\b[ABCDK]\b", put, text)


def commands(r):
    for i, (text, note) in enumerate(COMMANDS):
        r.item("function_call", name="shell", call_id=f"c{i}", arguments=shell(script(text, note, i < SURE)))
        r.item("function_call_output", call_id=f"c{i}", output=dumps({"output": prose("output of a shell"), "metadata": {
            "exit_code": 0, "duration_seconds": 0.1, "note": f("output metadata", 1)}}).decode())
        r.item("function_call", name="exec_command", call_id=f"e{i}",
               arguments=dumps({"cmd": script(text, note + " (cmd)", i < SURE), "tty": False, "note": f("cmd note", 1)}).decode())
        r.item("function_call_output", call_id=f"e{i}", output=f"Chunk ID: {f('chunk', 1)}\nWall time: 0.1 seconds\n"
               f"Process exited with code 1\nOutput:\n{prose('output of exec_command')}")
    arrays = [["env", "TOKEN=" + f("env array", 1), k("command"), f("env array", 1)], ["/opt/bin/" + k("command"), f("array", 1)],
              ["bash", f("script of bash", 1), f("argument of a script", 1)], ["bash", "-c", "ls", f("$0 of bash -c", 1), f("$1 of bash -c", 1)],
              ["sudo", "-u", f("sudo -u in an array", 1), m("command"), f("sudo array", 1)], [f("text with blanks", 1) + " x", f("array", 1)],
              ["apply_patch", "*** Begin Patch\n*** Add File: " + f("patch by shell", 1) + "\n+" + f("patch by shell", 1)]]
    for i, a in enumerate(arrays):
        r.item("function_call", name="shell", call_id=f"a{i}", arguments=dumps({"command": a}).decode())
        r.item("local_shell_call", call_id=f"l{i}", status="completed", id=f("item id of local_shell_call", 1), action={
            "type": "exec", "command": [w if w not in KEPT else k("command") for w in a], "timeout_ms": 5,
            "working_directory": f("local_shell working_directory", 1), "env": {f("env name", 1): f("env value", 1)},
            "user": f("local_shell user", 1)})
        r.item("function_call_output", call_id=f"a{i}", output={"content": prose("output content object"), "success": False})
    r.item("function_call", name="shell", call_id="bad", arguments=f("arguments that are no JSON") + " {")
    r.item("function_call", name="shell", call_id="obj", arguments={"command": f("arguments as an object", 1)})


# --------------------------------------------------------------------------------- lines by kind
def content(place):
    return [{"type": "input_text", "text": prose(place + " input_text"), **junk(place + " content")},
            {"type": "output_text", "text": prose(place + " output_text"), "annotations": [f(place + " annotation", 1)]},
            {"type": "input_image", "image_url": "data:image/png;base64," + f(place + " image_url", 1)},
            {"type": "input_audio", "audio": f(place + " audio", 1)}]


def first_line(r, mode):
    r.line("session_meta", {
        "id": r.id, "timestamp": "2026-10-05T10:00:00.000Z", "cwd": "/src/" + k("directory"), "originator": k("originator"),
        "cli_version": k("version"), "model_provider": k("provider"), "forked_from_id": k("thread id"),
        "parent_thread_id": k("thread id"), "session_id": k("thread id"), "agent_nickname": k("agent"),
        "agent_role": k("agent"), "agent_path": k("agent"), "thread_source": k("thread source"), "history_mode": mode,
        "source": k("source"), "instructions": prose("session_meta.instructions"),
        "base_instructions": {"text": prose("base_instructions.text"), "provenance": {
            "type": f("provenance.type", 1), "model": f("provenance.model", 1)}},
        "git": {"commit_hash": k("commit"), "branch": k("branch"), "note": f("git.note", 1),
                "repository_url": f"https://{f('user of a git URL', 1)}:{f('token of a git URL', 1)}@git.example.org/"
                                  f"{k('repository')}/{k('repository')}.git?access={f('query of a git URL', 1)}"
                                  f"#{f('fragment of a git URL', 1)}"},
        "dynamic_tools": [{"name": f("dynamic_tools.name", 1), "description": f("dynamic_tools.description")}],
        "creator_user_id": f("creator_user_id", 1), "creator_account_id": f("creator_account_id", 1),
        "context_window": {"window_id": f("context_window.window_id", 1)}, "memory_mode": f("memory_mode", 1),
        "runtime_workspace_roots": ["/src/" + f("runtime_workspace_roots", 1)],
        "selected_capability_roots": [f("selected_capability_roots", 1)], **junk("session_meta")})


def contexts(r):
    r.line("turn_context", {
        "turn_id": k("turn id"), "cwd": "/src/" + k("directory"), "model": k("model"), "effort": k("effort"),
        "approval_policy": k("approval"), "summary": k("summary"), "personality": f("personality", 1),
        "sandbox_policy": {"type": k("sandbox"), "network_access": f("network_access as text", 1),
                           "writable_roots": ["/src/" + k("roots")], **junk("sandbox_policy")},
        "truncation_policy": {"mode": k("truncation"), "limit": 5, "note": f("truncation_policy.note", 1)},
        "base_instructions": prose("turn_context.base_instructions"), "user_instructions": prose("turn_context.user_instructions"),
        "developer_instructions": prose("turn_context.developer_instructions"),
        "final_output_json_schema": {"title": f("final_output_json_schema", 1)}, "current_date": f("current_date", 1),
        "timezone": f("turn_context.timezone", 1), "network": {"allowed_domains": [f("allowed_domains", 1)]},
        "collaboration_mode": {"mode": f("collaboration_mode", 1), "settings": {
            "model": f("collaboration model", 1), "developer_instructions": prose("collaboration instructions")}},
        "workspace_roots": ["/src/" + f("workspace_roots", 1)], "disabled_plugin_ids": [f("disabled_plugin_ids", 1)],
        "comp_hash": f("comp_hash", 1), "cyber_access_program": f("cyber_access_program", 1), **junk("turn_context")})
    r.line("turn_context", {"model": "gpt-5.2", "permission_profile": {"type": k("sandbox"), "file_system": f("permission_profile", 1),
                                                                       **junk("permission_profile")}})
    r.event("thread_settings_applied", thread_id=r.id, thread_settings={
        "model": k("model"), "reasoning_effort": k("effort"), "cwd": "/src/" + k("directory"), "service_tier": m("service_tier"),
        "approval_policy": k("approval"), "personality": f("settings.personality", 1), "reasoning_summary": f("settings.summary", 1),
        "collaboration_mode": {"settings": {"developer_instructions": prose("settings instructions")}},
        "disabled_plugin_ids": [f("settings plugins", 1)], "permission_profile": {"type": f("settings permission_profile", 1)},
        **junk("thread_settings")}, **junk("thread_settings_applied"))
    # what is an object or a list where a text belongs is nobody's name
    for key in ("model", "cwd", "effort", "approval_policy", "summary", "turn_id", "sandbox_policy"):
        r.line("turn_context", {key: {"text": f(f"turn_context.{key} as an object", 1)}})
        r.line("turn_context", {key: [f(f"turn_context.{key} as a list", 1)]})


def events(r):
    r.event("user_message", message=prose("user_message"), images=["https://" + f("image URL", 1)],
            local_images=["/tmp/" + f("local image", 1)], text_elements=[{"text": f("text_elements", 1)}], kind=f("user_message.kind", 1),
            **junk("user_message"))
    r.event("agent_message", message=prose("agent_message"), phase=f("phase", 1), memory_citation=f("memory_citation", 1))
    r.event("agent_reasoning", text=prose("agent_reasoning"))
    r.event("agent_reasoning_raw_content", text=prose("agent_reasoning_raw_content"))
    r.event("task_started", turn_id=k("turn id"), trace_id=f("trace_id", 1), collaboration_mode_kind=f("collaboration_mode_kind", 1),
            turn_attribution={"turn_trigger": f("turn_trigger", 1)}, **junk("task_started"))
    r.event("token_count", info={"total_token_usage": vector(1), "last_token_usage": vector(1), "model_context_window": 258400,
                                 "model": f("info.model", 1), **junk("info")},
            rate_limits={"limit_id": k("limit"), "limit_name": k("limit"), "plan_type": k("plan"),
                         "normal_model_slug": f("normal_model_slug", 1), "rate_limit_reached_type": m("rate_limit_reached_type"),
                         "primary": {"used_percent": 10, "window_minutes": 300, "resets_at": 1795339100, "label": f("limit label", 1)},
                         "credits": {"has_credits": True, "balance": k("balance"), "note": f("credits.note", 1)},
                         "individual_limit": {"limit": f("individual_limit.limit", 1)}, **junk("rate_limits")})
    r.event("thread_goal_updated", goal={"objective": prose("goal.objective"), "status": f("goal.status", 1)})
    r.event("exec_command_begin", call_id="c0", command=["bash", "-lc", f("exec begin")], cwd="/src/" + f("exec begin cwd", 1))
    r.event("exec_command_end", call_id="c0", command=["bash", "-lc", "ls " + f("exec end argument")], cwd="/src/" + f("exec end cwd", 1),
            exit_code=0, duration={"secs": 0, "nanos": 5}, status="completed", stdout=prose("exec stdout"), stderr=prose("exec stderr"),
            aggregated_output=prose("aggregated_output"), formatted_output=prose("formatted_output"), process_id=f("process_id", 1),
            parsed_cmd=[{"type": "read", "name": f("parsed_cmd.name", 1), "cmd": f("parsed_cmd.cmd")}])
    r.item("function_call", name=f"mcp__{k('tool')}__{k('tool')}", namespace=k("tool"), call_id="m1",
           arguments=dumps({"query": prose("MCP arguments")}).decode(), status=m("call status"), id=f("function_call id", 1))
    r.event("mcp_tool_call_begin", call_id="m1", invocation={"server": m("MCP server"), "tool": m("MCP tool"), "arguments": {
        "q": prose("MCP begin arguments")}})
    for result in ({"Ok": {"content": [{"type": "text", "text": prose("MCP result")}]}}, {"Err": prose("MCP error")}):
        r.event("mcp_tool_call_end", call_id="m1", invocation={"server": m("MCP server"), "tool": m("MCP tool"),
                "arguments": {f("MCP argument name", 1): prose("MCP end arguments")}}, duration={"secs": 1, "nanos": 1}, result=result)
    changes = {"/src/" + f("changed path", 1): {"type": "update", "unified_diff": prose("diff"), "move_path": f("move_path", 1)},
               "/src/" + f("added path", 1): {"add": {"content": prose("added content")}}}
    r.event("patch_apply_begin", call_id="p1", auto_approved=True, changes=changes)
    r.event("patch_apply_end", call_id="p1", success=False, status="failed", stdout=prose("patch stdout"), stderr=prose("patch stderr"),
            changes=changes)
    r.event("web_search_begin", call_id="w1")
    r.event("web_search_end", call_id="w1", query=prose("web query"), action={"type": "search", "query": f("web action query")})
    r.event("image_generation_end", call_id="i1", revised_prompt=prose("revised_prompt"), result=f("image result", 1))
    r.event("view_image_tool_call", call_id="v1", path="/tmp/" + f("viewed path", 1))
    r.event("entered_review_mode", target={"type": "custom", "instructions": prose("review instructions")}, user_facing_hint=prose("review hint"))
    r.event("user_message", message=prose("message in a review"))
    r.event("exited_review_mode", review_output={"overall_explanation": prose("review explanation"), "overall_correctness": f("correctness", 1),
            "findings": [{"title": f("finding.title"), "body": prose("finding.body"), "code_location": {
                "absolute_file_path": "/src/" + f("finding path", 1)}}]})
    r.event("error", message=prose("error.message"), codex_error_info=m("codex_error_info"))
    r.event("error", message=prose("error.message 2"), codex_error_info={"http_connection_failed": {"url": f("error info", 1)}})
    for name in ("stream_error", "warning", "background_event", "turn_diff", "undo_completed", "sub_agent_activity", "guardian_assessment",
                 "collab_agent_spawn_end", "collab_agent_interaction_end", "collab_waiting_end", "shutdown_complete", "zz_new_event"):
        r.event(name, message=prose(name), unified_diff=prose(name + " diff"), prompt=prose(name + " prompt"), **junk(name))
    r.event("thread_rolled_back", num_turns=1, note=f("thread_rolled_back.note", 1))
    r.event("context_compacted", note=f("context_compacted.note", 1))
    r.event("turn_aborted", turn_id=m("turn id of no turn"), reason=m("turn_aborted.reason"), note=prose("turn_aborted"))
    r.event("task_complete", turn_id=m("turn id of no turn"), last_agent_message=prose("last_agent_message"),
            error={"message": prose("task error"), "codex_error_info": f("task codex_error_info", 1)}, **junk("task_complete"))
    r.event("item_started", thread_id=r.id, item={"type": "Plan", "text": prose("item_started")})


def items(r):
    for role in ("user", "assistant", "developer", "system"):
        r.item("message", role=role, content=content(role), phase=f("item phase", 1), id=f("message id", 1), status=f("message status", 1),
               internal_chat_message_metadata_passthrough={"turn_id": f("passthrough", 1), "content_item_kinds": [f("kinds", 1)]},
               **junk("message"))
    for head in ("<environment_context>\n<cwd>/src</cwd>\n<shell>", "<user_instructions>\n", "# AGENTS.md instructions for /src\n"):
        r.item("message", role="user", content=[{"type": "input_text", "text": head + prose("injected")}])
    r.item("agent_message", author=f("author", 1), recipient=f("recipient", 1), content=content("agent_message"))
    r.item("reasoning", id=f("reasoning id", 1), summary=[{"type": "summary_text", "text": prose("reasoning summary")}],
           content=[{"type": "reasoning_text", "text": prose("reasoning content")}], encrypted_content=f("encrypted_content", 1))
    r.item("custom_tool_call", name=k("tool"), call_id=k("call id"), input=prose("custom_tool_call input"), status=m("status"), id=f("item id", 1))
    r.item("custom_tool_call_output", call_id=m("call id of no call"), output=[
        {"type": "input_text", "text": "Script failed\nWall time 0.1 seconds\nOutput:\n" + prose("custom output")},
        {"type": "input_text", "text": dumps({"exit_code": 3, "output": prose("custom output JSON")}).decode()}])
    for action in ({"type": k("web action"), "query": prose("search query"), "queries": [f("queries")]},
                   {"type": "open_page", "url": "https://" + f("open_page url", 1)},
                   {"type": "find_in_page", "pattern": f("pattern", 1), "url": "https://" + f("find url", 1)}):
        r.item("web_search_call", status=m("status"), action=action, id=k("call id"))
    r.item("function_call", name=k("tool"), call_id="o1", arguments="{}")
    for out in (prose("output text"), [{"type": "input_text", "text": prose("output list")}, {"type": "input_image", "image_url": f("output image", 1)}],
                {"content": prose("output object"), "success": True}, f"Exit code: 2\nWall time: 0.1 seconds\nOutput:\n{prose('exit code text')}",
                "aborted by user after 0.1s " + f("aborted", 1), "Script error:\n" + prose("script error"), {"weird": f("weird output", 1)}):
        r.item("function_call_output", call_id="o1", output=out)
    for name in ("tool_search_call", "tool_search_output", "image_generation_call", "ghost_snapshot", "compaction", "compaction_summary",
                 "context_compaction", "compaction_trigger", "additional_tools", "configuration_update", "other", "zz_new_item"):
        r.item(name, execution=f(name + " execution", 1), arguments={"query": prose(name + " arguments")}, tools=[
            {"name": f(name + " tool", 1), "description": prose(name + " description")}], result=f(name + " result"),
            revised_prompt=prose(name + " revised_prompt"), encrypted_content=f(name + " encrypted", 1), ghost_commit={
                "id": f("ghost id", 1), "preexisting_untracked_files": [f("untracked file", 1)]}, **junk(name))


def others(r):
    r.line("compacted", {"message": prose("compacted.message"), "compaction_response_id": k("response id"), "window_id": f("window_id", 1),
                         "replacement_history": [{"type": "message", "role": "user", "content": content("replacement_history")},
                                                 {"type": "function_call", "name": f("replacement tool", 1), "arguments": f("replacement args")}],
                         "retained_context": prose("retained_context"), "guardian_history": [prose("guardian_history")],
                         "latest_token_usage_record": {"response_id": f("copied record", 1)}, **junk("compacted")})
    for name in ("world_state", "inter_agent_communication", "inter_agent_communication_metadata", "security_risk_score", "realtime_item",
                 "retained_context", "zz_new_line", "transaction"):
        r.line(name, {"state": {"model": f(name + " model", 1), "text": prose(name)}, "message": prose(name + " message"), **junk(name)})
    r.line("token_usage_record", {"thread_id": r.id, "turn_id": k("turn id"), "session_id": f("record session_id", 1),
                                  "root_turn_id": f("root_turn_id", 1), "response_id": k("response id"), "usage": vector(2),
                                  "turn_token_usage": vector(3), "thread_token_usage": vector(4), **junk("record")})
    r.raw(dumps({"timestamp": f("a timestamp that is none", 1), "type": "event_msg", "payload": {"type": "agent_message",
                 "message": prose("bad timestamp")}, "metadata": {"history": f("metadata", 1), **junk("metadata")}}) + b"\n")
    # lines that cannot be read: counted with place and reason, never with text
    r.raw(f('{"timestamp":"2026-10-05T11:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"').encode() + b"\n")
    r.raw(b"\xff\xfe" + f("a line that is no UTF-8").encode() + b"\n")
    r.raw(b'["' + f("a line that is a list").encode() + b'"]\n' + b'"' + f("a line that is a text").encode() + b'"\n')
    r.raw(b'{"type":"event_msg","payload":"' + f("a payload that is a text").encode() + b'"}\n')
    r.raw(b'{"timestamp":"2026-10-05T11:00:00.000Z","type":"' + b"event_msg" + b'","payload":{"type":"token_count","info":"'
          + f("info as text").encode() + b'","rate_limits":"' + f("limits as text").encode() + b'"}}\n')
    r.raw(b'{"torn":"' + f("a torn piece").encode() + Roll(r.id, meta=False).agent(prose("glued")).lines[0])
    r.raw(f("an unterminated last line").encode())


TURN_ITEMS = {
    "UserMessage": lambda: {"content": [{"type": "text", "text": prose("UserMessage")}, {"type": "image", "image_url": f("UserMessage image", 1)},
                                        {"type": "local_image", "path": f("UserMessage path", 1)}]},
    "AgentMessage": lambda: {"content": [{"type": "Text", "text": prose("AgentMessage")}], "phase": f("AgentMessage phase", 1)},
    "Plan": lambda: {"text": prose("Plan")},
    "Reasoning": lambda: {"summary_text": [prose("Reasoning summary")], "raw_content": [prose("Reasoning raw")]},
    "CommandExecution": lambda: {"command": ["/bin/bash", "-lc", "ls " + f("CommandExecution argument")], "cwd": "file:///" + f("CE cwd", 1),
                                 "status": "failed", "parsed_cmd": [{"cmd": f("CE parsed_cmd")}], "aggregated_output": prose("CE output"),
                                 "exit_code": 1, "duration": {"secs": 0, "nanos": 1}, "process_id": f("CE process_id", 1)},
    "FileChange": lambda: {"changes": {"/src/" + f("FileChange path", 1): {"type": "add", "content": prose("FileChange content")}},
                           "status": "completed", "stdout": prose("FileChange stdout"), "stderr": prose("FileChange stderr")},
    "McpToolCall": lambda: {"server": m("McpToolCall.server"), "tool": m("McpToolCall.tool"), "arguments": {"q": prose("McpToolCall arguments")},
                            "result": {"content": prose("McpToolCall result")}, "error": {"message": prose("McpToolCall error")}},
    "DynamicToolCall": lambda: {"tool": m("DynamicToolCall.tool"), "arguments": prose("DynamicToolCall"), "contentItems": [prose("DTC items")]},
    "CollabAgentToolCall": lambda: {"prompt": prose("CollabAgentToolCall"), "agentsStates": {"x": {"message": prose("agent state")}}},
    "SubAgentActivity": lambda: {"message": prose("SubAgentActivity")}, "WebSearch": lambda: {"query": prose("WebSearch")},
    "ImageView": lambda: {"path": "/tmp/" + f("ImageView", 1)},
    "ImageGeneration": lambda: {"revised_prompt": prose("ImageGeneration"), "result": f("ImageGeneration result", 1)},
    "Extension": lambda: {"name": f("Extension", 1), "data": junk("Extension")},
    "HookPrompt": lambda: {"fragments": [{"text": prose("HookPrompt")}]},
    "FunctionCallOutput": lambda: {"output": prose("FunctionCallOutput")},
    "EnteredReviewMode": lambda: {"target": {"instructions": prose("EnteredReviewMode")}, "user_facing_hint": prose("hint")},
    "ExitedReviewMode": lambda: {"review": prose("ExitedReviewMode"), "review_output": {"overall_explanation": prose("explanation")}},
    "ContextCompaction": lambda: {"summary": prose("ContextCompaction")}, "Sleep": lambda: {"reason": prose("Sleep")},
    "ZzNewItem": lambda: {"text": prose("an unknown item")},
}

# ------------------------------------------------------------------------------- the homes
h = Home()
legacy = Roll(uuid7(ms("2026-10-05T10:00:00Z"), 1), "2026-10-05T10:00:00Z", meta=False)
first_line(legacy, "legacy")
contexts(legacy)
commands(legacy)
items(legacy)
events(legacy)
others(legacy)

paged = Roll(uuid7(ms("2026-10-06T10:00:00Z"), 2), "2026-10-06T10:00:00Z", meta=False)
paged.ordinals = 0
first_line(paged, "paginated")
contexts(paged)
for name, make in TURN_ITEMS.items():
    for _ in range(2):
        paged.event("item_completed", thread_id=paged.id, item={
            "type": name, "id": f(name + " id", 1), **make(), **junk(name)}, completed_at_ms=1)
items(paged)
others(paged)

agent = Roll(uuid7(ms("2026-10-07T10:00:00Z"), 3), "2026-10-07T10:00:00Z", meta=False)
agent.line("session_meta", {"id": agent.id, "timestamp": "2026-10-07T10:00:00Z", "cwd": {"path": f("cwd as an object", 1)},
           "originator": [f("originator as a list", 1)], "cli_version": {"v": f("version as an object", 1)}, "source": {"subagent": {
               "thread_spawn": {"parent_thread_id": k("thread id"), "depth": 1, "agent_nickname": k("agent"), "agent_role": k("agent"),
                                "prompt": prose("thread_spawn.prompt"), "message": prose("thread_spawn.message")}}},
           "git": {"repository_url": f"{f('user of an ssh URL', 1)}@git.example.org:{k('repository')}/x.git"}})
agent.context().used((1000, 200, 100, 40))

other = Roll(uuid7(ms("2026-10-08T10:00:00Z"), 4), "2026-10-08T10:00:00Z", source={"subagent": {"other": m("subagent other")}},
             git={"repository_url": f"ssh://{f('user of an ssh:// URL', 1)}:{f('password', 1)}@host.example:22/{k('repository')}.git"}).context().used(
                 (1000, 0, 100, 0))

bare = Roll(uuid4(5), "2025-08-20T10:00:00Z", meta=False)
bare.raw(dumps({"id": bare.id, "timestamp": "2025-08-20T10:00:00.000Z", "instructions": prose("bare instructions"), "git": {
    "commit_hash": k("commit"), "branch": k("branch"), "repository_url": f"https://{f('bare user', 1)}@git.example.org/{k('repository')}"},
    **junk("bare header")}) + b"\n")
for o in ({"record_type": "state", **junk("state")},
          {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "<environment_context>\n<shell>" + prose("bare context")}]},
          {"type": "message", "role": "user", "content": content("bare user")}, {"type": "message", "role": "assistant", "content": content("bare answer")},
          {"type": "reasoning", "summary": [{"type": "summary_text", "text": prose("bare reasoning")}], "encrypted_content": f("bare enc", 1)},
          {"type": "function_call", "name": k("tool"), "arguments": dumps({"command": ["bash", "-lc", script("TOKEN=A K B", "bare", True)]}).decode(),
           "call_id": k("call id")},
          {"type": "function_call_output", "call_id": m("call id of no call"), "output": dumps({"output": prose("bare output"), "metadata": {"exit_code": 0}}).decode()},
          {"type": "local_shell_call", "action": {"type": "exec", "command": [k("command"), f("bare shell argument", 1)]}, "status": "completed"},
          {"type": "zz_new", "text": prose("bare unknown")}, {"zz": prose("bare without type")}):
    bare.raw(dumps(o) + b"\n")

for r in (legacy, paged, agent, other, bare):
    h.put(r)
h.write("session_index.jsonl", dumps({"id": legacy.id, "thread_name": k("title") + " " + k("title"), "updated_at": "2026-10-05T10:00:00Z",
                                      **junk("session_index")}) + b"\n" + f("a bad line of session_index").encode() + b"\n"
        + dumps({"id": "somebody-else", "thread_name": m("title of a thread without a file")}) + b"\n"
        + dumps({"id": paged.id, "thread_name": {"text": f("title as an object", 1)}}) + b"\n")
for name in ("history.jsonl", "config.toml", "auth.json", "AGENTS.md", "log/codex-tui.log", "sessions/notes.jsonl", "sessions/2026/10/05/x.txt"):
    h.write(name, dumps({"session_id": legacy.id, "text": prose(name), "token": f(name, 1)}) + b"\n")

# ---------------------------------------------------------------------------- the search
places = []


def look(data, where):
    for w in set(x.decode().lower() for x in WORD.findall(data)):
        places.append((w, where))


def look_files(when):
    for tail in ("", "-wal", "-shm", ".lock", "-journal"):
        if os.path.exists(h.db + tail):
            with open(h.db + tail, "rb") as file:
                look(file.read(), f"the bytes of usage.sqlite{tail} {when}")


rc, out, err = h.ct("ingest")
tap.ok(rc == 0, "a default ingest of all of it", err)
look((out + err).encode("utf-8", "surrogateescape"), "what ingest prints")
look_files("after the first ingest")
# a reader keeps the -wal alive while a second ingest writes
reader = sqlite3.connect(h.db)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM usage").fetchone()
more = Roll(uuid7(ms("2026-10-09T10:00:00Z"), 6), "2026-10-09T10:00:00Z", meta=False)
first_line(more, "legacy")
items(more)
events(more)
h.put(more)
rc, out, err = h.ct("ingest", "--json")
look((out + err).encode("utf-8", "surrogateescape"), "what ingest --json prints")
tap.ok(rc == 0 and os.path.getsize(h.db + "-wal") > 0, "a second ingest, its -wal kept by a reader", err)
look_files("with a -wal")
reader.close()

db = sqlite3.connect(f"file:{h.db}?mode=ro", uri=True)
db.text_factory = bytes
for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall():
    table = table.decode()
    cursor = db.execute(f'SELECT * FROM "{table}"')
    for row in cursor:
        for column, value in zip(cursor.description, row):
            if isinstance(value, bytes):
                look(value, f"{table}.{column[0]}")
texts = db.execute("SELECT count(*), count(text) FROM message").fetchone(), db.execute(
    "SELECT count(*), count(input_text), count(output_text) FROM call").fetchone()
lengths = db.execute("SELECT count(*), sum(content_length > 0) FROM content_messages").fetchone()
db.close()
for argv in (("report", "--by", "session"), ("report", "--by", "model", "--format", "json"), ("status",), ("status", "--json"),
             ("sessions", "--json"), ("export", "--format", "csv"), ("explain", legacy.id), ("explain", paged.id, "--json")):
    rc, out, err = h.ct(*argv)
    tap.ok(rc == 0, f"{argv[0]} {' '.join(argv[1:])[:24]} works on it", err)
    look((out + err).encode("utf-8", "surrogateescape"), f"what {argv[0]} prints")

found = {}
for w, where in places:
    found.setdefault(w, set()).add(where)
bad = {}
for w in FORBIDDEN:
    if w in found:
        bad.setdefault(FORBIDDEN[w], set()).update(x for x in found[w] if "bytes" not in x)
tap.ok(len(FORBIDDEN) >= 1000, f"{len(FORBIDDEN)} words stand where nothing is kept, {len(KEPT)} where it is")
KINDS = (("of a command line nothing is kept but the base name",
          lambda p: p.startswith(("command: ", "argument", "array", "sudo ", "env ")) or "bash" in p),
         ("of a repository URL neither user nor token, query or fragment is kept", lambda p: "URL" in p or p in ("password", "bare user")),
         ("of `source` nothing is kept but ids and words of the format", lambda p: p.startswith("thread_spawn")),
         ("no text of a message, payload, error, path, instruction or unknown field is anywhere", lambda p: True))
for name, belongs in KINDS:
    hits = [p for p in sorted(bad) if belongs(p)]
    tap.ok(not hits, name, "\n".join(f"{p}: {', '.join(sorted(bad.pop(p)))}" for p in hits))
for field, why in REASONS.items():
    words = [w for w, p in KEPT.items() if p == field]
    lost = [w for w in words if w not in found]
    tap.ok(words and not lost, f"kept: {field} ({why})", f"{len(lost)} of {len(words)} are not there")
tap.ok(texts[0][0] > 10 and texts[0][1] == 0 and texts[1][0] > 30 and texts[1][1:] == (0, 0),
       "messages and calls have rows, none has a text", repr(texts))
tap.ok(lengths[0] > 5 and lengths[1] > 5, "... but lengths", repr(lengths))

tap.done()
