-- 0002_relations: the names and columns that people query, as views. Times are
-- UTC text; token columns hold what counted (design.md 7).

CREATE VIEW ingestion_files AS
SELECT f.path, f.mtime_ns, f.size,
       strftime('%Y-%m-%dT%H:%M:%fZ', f.read_ms / 1000.0, 'unixepoch') AS last_ingested_at,
       f.state, f.lines, f.consumed AS consumed_bytes, f.tail_bytes, f.thread_uuid AS session_id,
       f.archived, f.compressed, f.problem
FROM file f;

-- One row a thread, from its first rollout; a thread known by copies only has its id alone.
CREATE VIEW sessions AS
SELECT t.uuid AS session_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.created_ms / 1000.0, 'unixepoch') AS session_timestamp,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.created_ms / 1000.0, 'unixepoch') AS session_timestamp_utc,
       s.cwd, s.originator, s.cli_version, s.source_kind AS source, s.provider AS model_provider,
       s.git_commit AS git_commit_hash, s.git_branch, s.git_url AS git_repository_url,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.line_ms / 1000.0, 'unixepoch') AS captured_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.line_ms / 1000.0, 'unixepoch') AS captured_at_utc,
       (SELECT f.path FROM file f WHERE f.rollout_id = r.id) AS rollout_source,
       t.title, s.source AS source_logged, s.repository, s.parent AS parent_session_id,
       coalesce(r.forked_from, r.base_thread) AS forked_from_session_id, s.root AS root_session_id,
       s.nickname AS agent_nickname, s.role AS agent_role, s.agent_path, s.thread_source,
       s.history_mode, h.path AS home, r.first_ms, r.last_ms,
       (SELECT max(f.archived) FROM file f WHERE f.rollout_id = r.id) AS archived
FROM thread t
LEFT JOIN rollout r ON r.id = (SELECT r2.id FROM rollout r2 WHERE r2.thread_id = t.id ORDER BY r2.page LIMIT 1)
LEFT JOIN session s ON s.rollout_id = r.id
LEFT JOIN home h ON h.id = r.home_id
WHERE r.id IS NOT NULL OR EXISTS (SELECT 1 FROM rollup u WHERE u.thread_id = t.id);

-- Rate limits by window: up to two rows a token_count line.
CREATE VIEW limit_sample AS
SELECT u.rollout_id, u.pos, 0 AS slot, u.line, u.ts_ms, l.limit_id, l.limit_name, l.first_minutes AS minutes,
       u.first_percent AS used_percent, u.first_resets_ms AS resets_ms, l.plan_type, l.reached_type,
       l.has_credits, l.unlimited, l.balance
FROM usage u JOIN limit_set l ON l.id = u.limit_set_id WHERE l.has_first = 1 OR l.has_second = 0
UNION ALL
SELECT u.rollout_id, u.pos, 1, u.line, u.ts_ms, l.limit_id, l.limit_name, l.second_minutes,
       u.second_percent, u.second_resets_ms, l.plan_type, l.reached_type, l.has_credits, l.unlimited, l.balance
FROM usage u JOIN limit_set l ON l.id = u.limit_set_id WHERE l.has_second = 1;

-- A thread's own turns from 1, each with the context that was in force at its start.
CREATE VIEW turns AS
SELECT t.uuid AS session_id,
       row_number() OVER (PARTITION BY r.thread_id ORDER BY r.page, u.seq) AS turn_index,
       strftime('%Y-%m-%dT%H:%M:%fZ', u.start_ms / 1000.0, 'unixepoch') AS captured_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', u.start_ms / 1000.0, 'unixepoch') AS captured_at_utc,
       c.model, c.cwd, c.approval_policy, c.sandbox_policy_type, c.sandbox_network_access,
       c.sandbox_writable_roots, c.sandbox_exclude_tmpdir_env_var, c.sandbox_exclude_slash_tmp,
       c.truncation_policy_mode, c.truncation_policy_limit, c.effort AS reasoning_effort,
       c.reasoning_summary, c.has_base_instructions, c.has_user_instructions,
       c.has_developer_instructions, c.has_final_output_json_schema,
       (SELECT f.path FROM file f WHERE f.rollout_id = r.id) AS source,
       u.turn_id, u.status, u.duration_ms, u.ttft_ms AS time_to_first_token_ms,
       strftime('%Y-%m-%dT%H:%M:%fZ', u.end_ms / 1000.0, 'unixepoch') AS completed_at,
       u.line AS source_line
FROM turn u
JOIN rollout r ON r.id = u.rollout_id AND u.line >= r.own_line
JOIN thread t ON t.id = r.thread_id
LEFT JOIN context_set c ON c.id = (SELECT c2.set_id FROM context c2 JOIN context_set x ON x.id = c2.set_id
	WHERE c2.rollout_id = u.rollout_id AND c2.turn_seq = u.seq AND x.is_settings = 0 ORDER BY c2.pos LIMIT 1);

-- Counts of messages and tool activity, own lines only.
CREATE VIEW activity_events AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', a.ts_ms / 1000.0, 'unixepoch') AS captured_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', a.ts_ms / 1000.0, 'unixepoch') AS captured_at_utc,
       a.event_type, a.event_name, a.n AS count, t.uuid AS session_id,
       nullif(max(0, a.turn_seq - (SELECT count(*) FROM turn n
	WHERE n.rollout_id = r.id AND n.line < r.own_line)), 0) AS turn_index,
       (SELECT f.path FROM file f WHERE f.rollout_id = r.id) AS source
FROM (
	SELECT rollout_id, line, ts_ms, turn_seq, CASE name WHEN 1 THEN 'reasoning_event' ELSE 'reasoning_raw_event' END
	       AS event_type, NULL AS event_name, n FROM activity
	UNION ALL
	SELECT rollout_id, line, ts_ms, turn_seq,
	       CASE role WHEN 1 THEN 'user_message' ELSE 'assistant_message' END, NULL, 1
	FROM message WHERE origin <> 2 AND role IN (1, 2)
	UNION ALL
	SELECT rollout_id, line, ts_ms, turn_seq, 'user_image', NULL, images FROM message WHERE images > 0
	UNION ALL
	SELECT rollout_id, line, ts_ms, turn_seq, 'user_local_image', NULL, local_images FROM message WHERE local_images > 0
	UNION ALL
	SELECT rollout_id, line, ts_ms, turn_seq, 'tool_call',
	       CASE kind WHEN 1 THEN 'function' WHEN 2 THEN 'custom_tool' WHEN 3 THEN 'local_shell'
	                 ELSE 'web_search' END, 1 FROM call
	UNION ALL
	SELECT rollout_id, line, ts_ms, turn_seq, 'tool_name', name, 1 FROM call WHERE name IS NOT NULL
	UNION ALL
	SELECT rollout_id, line, ts_ms, turn_seq, 'shell_command', command, 1 FROM call WHERE command IS NOT NULL
) a
JOIN rollout r ON r.id = a.rollout_id AND a.line >= r.own_line
JOIN thread t ON t.id = r.thread_id;

-- Messages, each once: events or items where the file has them, else response items. Text only with content = full.
CREATE VIEW content_messages AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', m.ts_ms / 1000.0, 'unixepoch') AS captured_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.ts_ms / 1000.0, 'unixepoch') AS captured_at_utc,
       CASE m.role WHEN 1 THEN 'user' WHEN 2 THEN 'assistant' WHEN 3 THEN 'developer' WHEN 4 THEN 'system'
                   ELSE m.role_name END AS role,
       CASE m.origin WHEN 2 THEN 'response_item' ELSE 'event_msg' END AS message_type,
       m.text AS message, t.uuid AS session_id, nullif(max(0, m.turn_seq - (SELECT count(*) FROM turn n
	WHERE n.rollout_id = r.id AND n.line < r.own_line)), 0) AS turn_index,
       (SELECT f.path FROM file f WHERE f.rollout_id = r.id) AS source,
       m.chars AS content_length, m.line AS source_line, m.is_prompt
FROM message m
JOIN rollout r ON r.id = m.rollout_id AND m.line >= r.own_line
JOIN thread t ON t.id = r.thread_id
WHERE (r.events_seen = 1 AND m.origin <> 2)
   OR (r.events_seen = 0 AND m.origin = 2 AND (m.role = 2 OR m.is_prompt = 1));

-- A call once, with what its output says. Payloads only with content = full.
CREATE VIEW tool_calls AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', c.ts_ms / 1000.0, 'unixepoch') AS captured_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.ts_ms / 1000.0, 'unixepoch') AS captured_at_utc,
       CASE c.kind WHEN 1 THEN 'function_call' WHEN 2 THEN 'custom_tool_call' WHEN 3 THEN 'local_shell'
                   ELSE 'web_search_call' END AS tool_type, c.name AS tool_name, c.call_id,
       CASE c.status WHEN 1 THEN 'completed' WHEN 2 THEN 'failed' WHEN 3 THEN 'timeout' WHEN 4 THEN 'aborted' END
       AS status, c.input_text, c.output_text,
       c.command, c.input_bytes AS input_length, c.output_bytes AS output_length,
       t.uuid AS session_id, nullif(max(0, c.turn_seq - (SELECT count(*) FROM turn n
	WHERE n.rollout_id = r.id AND n.line < r.own_line)), 0) AS turn_index,
       (SELECT f.path FROM file f WHERE f.rollout_id = r.id) AS source,
       c.space AS namespace, c.exit_code, c.wall_ms, c.end_ms - c.ts_ms AS duration_ms, c.line AS source_line
FROM call c
JOIN rollout r ON r.id = c.rollout_id AND c.line >= r.own_line
JOIN thread t ON t.id = r.thread_id;

-- Every usage line and marker with its verdict. total_tokens … reasoning_output_tokens hold
-- what counted: 0 where the verdict is not `counted`, NULL where the row is no usage.
CREATE VIEW events AS
SELECT e.rollout_id * 1099511627776 + e.pos AS id,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(e.count_ms, e.ts_ms) / 1000.0, 'unixepoch') AS captured_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(e.count_ms, e.ts_ms) / 1000.0, 'unixepoch') AS captured_at_utc,
       CASE e.is_record WHEN 1 THEN 'token_usage_record' ELSE 'token_count' END AS event_type,
       e.d_input + e.d_output AS total_tokens, e.d_input AS input_tokens, e.d_cached AS cached_input_tokens,
       e.d_output AS output_tokens, e.d_reasoning AS reasoning_output_tokens,
       e.t_total AS lifetime_total_tokens, e.t_input AS lifetime_input_tokens,
       e.t_cached AS lifetime_cached_input_tokens, e.t_output AS lifetime_output_tokens,
       e.t_reasoning AS lifetime_reasoning_output_tokens,
       e.l_total AS context_used, e.window AS context_total,
       CASE WHEN e.window IS NULL OR e.l_total IS NULL THEN NULL
            WHEN e.window <= 12000 THEN 0.0
            ELSE round(100.0 * max(0, e.window - 12000 - max(0, e.l_total - 12000)) / (e.window - 12000)) END AS context_percent_left,
       max(0.0, min(100.0, 100.0 -
           CASE 300 WHEN ls.first_minutes THEN e.first_percent
            WHEN ls.second_minutes THEN e.second_percent END)) AS limit_5h_percent_left,
       strftime('%Y-%m-%dT%H:%M:%SZ',
           (CASE 300 WHEN ls.first_minutes THEN e.first_resets_ms
            WHEN ls.second_minutes THEN e.second_resets_ms END) / 1000, 'unixepoch') AS limit_5h_resets_at,
       max(0.0, min(100.0, 100.0 -
           CASE 10080 WHEN ls.first_minutes THEN e.first_percent
            WHEN ls.second_minutes THEN e.second_percent END)) AS limit_weekly_percent_left,
       strftime('%Y-%m-%dT%H:%M:%SZ',
           (CASE 10080 WHEN ls.first_minutes THEN e.first_resets_ms
            WHEN ls.second_minutes THEN e.second_resets_ms END) / 1000, 'unixepoch') AS limit_weekly_resets_at,
       CASE 300 WHEN ls.first_minutes THEN e.first_percent
            WHEN ls.second_minutes THEN e.second_percent END AS limit_5h_used_percent,
       CASE WHEN 300 IN (ls.first_minutes, ls.second_minutes) THEN 300 END AS limit_5h_window_minutes,
       (CASE 300 WHEN ls.first_minutes THEN e.first_resets_ms
            WHEN ls.second_minutes THEN e.second_resets_ms END) / 1000 AS limit_5h_resets_at_seconds,
       CASE 10080 WHEN ls.first_minutes THEN e.first_percent
            WHEN ls.second_minutes THEN e.second_percent END AS limit_weekly_used_percent,
       CASE WHEN 10080 IN (ls.first_minutes, ls.second_minutes) THEN 10080 END AS limit_weekly_window_minutes,
       (CASE 10080 WHEN ls.first_minutes THEN e.first_resets_ms
            WHEN ls.second_minutes THEN e.second_resets_ms END) / 1000 AS limit_weekly_resets_at_seconds,
       ls.has_credits AS rate_limit_has_credits, ls.unlimited AS rate_limit_unlimited,
       ls.balance AS rate_limit_balance, ls.plan_type AS rate_limit_plan_type,
       nullif(d.model, '') AS model, nullif(d.directory, '') AS directory,
       coalesce(o.uuid, t.uuid) AS session_id, s.cli_version AS codex_version,
       (SELECT f.path FROM file f WHERE f.rollout_id = e.rollout_id) AS source, e.rollout_id AS source_id,
       CASE e.verdict WHEN 0 THEN 'pending' WHEN 1 THEN 'counted' WHEN 2 THEN 'repeat' WHEN 3 THEN 'inherited'
            WHEN 4 THEN 'superseded' WHEN 5 THEN 'synthetic' WHEN 6 THEN 'review-copy' ELSE 'no-info' END AS verdict,
       e.recovered, e.line AS source_line, e.response_id, e.d_write AS cache_write_tokens,
       e.t_total AS raw_total_tokens, e.l_total AS raw_last_total_tokens,
       e.l_input AS raw_input_tokens, e.l_cached AS raw_cached_input_tokens, e.l_write AS raw_cache_write_tokens,
       e.l_output AS raw_output_tokens, e.l_reasoning AS raw_reasoning_output_tokens,
       nullif(d.repository, '') AS repository, nullif(d.branch, '') AS branch, d.source AS session_source,
       d.effort, d.tier, e.is_long, ls.limit_id, coalesce(e.count_ms, e.ts_ms) AS captured_ms
FROM usage e
JOIN rollout r ON r.id = e.rollout_id
JOIN thread t ON t.id = r.thread_id
LEFT JOIN thread o ON o.id = e.owner_id
LEFT JOIN session s ON s.rollout_id = e.rollout_id
LEFT JOIN dimset d ON d.id = e.dimset_id
LEFT JOIN limit_set ls ON ls.id = e.limit_set_id
UNION ALL
SELECT m.rollout_id * 1099511627776 + m.pos,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.ts_ms / 1000.0, 'unixepoch'),
       strftime('%Y-%m-%dT%H:%M:%fZ', m.ts_ms / 1000.0, 'unixepoch'),
       m.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, s.cwd, t.uuid, s.cli_version,
       (SELECT f.path FROM file f WHERE f.rollout_id = m.rollout_id), m.rollout_id,
       CASE WHEN m.line < r.own_line THEN 'inherited' END, 0, m.line, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       nullif(s.repository, ''), s.git_branch, s.source_kind, NULL, NULL, NULL, NULL, m.ts_ms
FROM marker m
JOIN rollout r ON r.id = m.rollout_id
JOIN thread t ON t.id = r.thread_id
LEFT JOIN session s ON s.rollout_id = m.rollout_id;
