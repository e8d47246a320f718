-- 0001_init: facts as the files hold them, what is derived from them, and the
-- flat relations with the names that people query (views at the end).
-- Instants are milliseconds since 1970 UTC (_ms). '' in a name means unknown.

CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A folder that Codex keeps its files in, or a folder of rollouts.
CREATE TABLE home (
	id    INTEGER PRIMARY KEY,
	path  TEXT NOT NULL UNIQUE,
	label TEXT NOT NULL DEFAULT ''
) STRICT;

-- A thread: what the user calls a session. May be known by its copies only.
CREATE TABLE thread (
	id       INTEGER PRIMARY KEY,
	uuid     TEXT NOT NULL UNIQUE,
	dirty    INTEGER NOT NULL DEFAULT 1,  -- its verdicts and sums must be made again
	title    TEXT,                        -- session_index.jsonl
	title_ms INTEGER
) STRICT;
CREATE INDEX thread_dirty ON thread(id) WHERE dirty = 1;

-- One logical file: a thread's rollout, or a continuation page of it.
CREATE TABLE rollout (
	id           INTEGER PRIMARY KEY,
	thread_id    INTEGER NOT NULL REFERENCES thread(id),
	page         TEXT NOT NULL DEFAULT '',
	home_id      INTEGER NOT NULL REFERENCES home(id),
	lines        INTEGER NOT NULL DEFAULT 0,  -- complete lines read
	first_ms     INTEGER,
	last_ms      INTEGER,
	-- evidence of copying
	forked_from  TEXT,                        -- forked_from_id
	base_thread  TEXT,                        -- history_base.thread_id
	base_end     INTEGER,                     -- history_base.end_ordinal_exclusive
	start_ordinal INTEGER,                    -- subagent_history_start_ordinal
	ordinal_line INTEGER NOT NULL DEFAULT 0,  -- first line at or behind it
	burst_line   INTEGER NOT NULL DEFAULT 0,  -- last line of the burst at the start
	meta_line    INTEGER NOT NULL DEFAULT 0,  -- last line that is foreign by what it says
	events_seen  INTEGER NOT NULL DEFAULT 0,  -- prompts stand as events or items
	state        BLOB,                        -- of the reader after the last line; NULL: read it whole
	-- derived: the boundary between copied and own lines
	own_line     INTEGER NOT NULL DEFAULT 1,
	basis        TEXT NOT NULL DEFAULT 'none',
	is_open      INTEGER NOT NULL DEFAULT 0,
	UNIQUE (thread_id, page)
) STRICT;
CREATE INDEX rollout_forked ON rollout(forked_from) WHERE forked_from IS NOT NULL;

-- A file as it was last seen. Identity of facts is never the path.
CREATE TABLE file (
	id          INTEGER PRIMARY KEY,
	path        TEXT NOT NULL,
	path_hash   INTEGER NOT NULL,  -- what a path is found by
	home_id     INTEGER NOT NULL REFERENCES home(id),
	rollout_id  INTEGER REFERENCES rollout(id), -- NULL: no facts come from it
	thread_uuid TEXT NOT NULL DEFAULT '',
	page        TEXT NOT NULL DEFAULT '',
	state       TEXT NOT NULL,  -- read, copy, empty, failed, gone, pending
	archived    INTEGER NOT NULL,
	compressed  INTEGER NOT NULL,
	dev         INTEGER NOT NULL,
	ino         INTEGER NOT NULL,
	size        INTEGER NOT NULL,
	mtime_ns    INTEGER NOT NULL,
	ctime_ns    INTEGER NOT NULL,
	consumed    INTEGER NOT NULL DEFAULT 0,  -- bytes of text, end of the last complete line
	lines       INTEGER NOT NULL DEFAULT 0,
	head_hash   INTEGER NOT NULL DEFAULT 0,  -- of the first 4096 of those bytes, or all
	anchor_hash INTEGER NOT NULL DEFAULT 0,  -- of the last 256 of them, or all
	tail_bytes  INTEGER NOT NULL DEFAULT 0,  -- unterminated last line
	read_ms     INTEGER NOT NULL,
	problem     TEXT                          -- why it failed, or ended early
) STRICT;
CREATE INDEX file_path ON file(path_hash);
CREATE INDEX file_rollout ON file(rollout_id);
CREATE INDEX file_thread ON file(thread_uuid, page);
CREATE INDEX file_copy ON file(id) WHERE state = 'copy';
CREATE INDEX file_pending ON file(id) WHERE state = 'pending';
CREATE INDEX file_problem ON file(id) WHERE problem IS NOT NULL;

-- Lines that could not be used, by place and reason; never their text.
CREATE TABLE skip (
	file_id INTEGER NOT NULL REFERENCES file(id),
	pos     INTEGER NOT NULL,
	line    INTEGER NOT NULL,
	ts_ms   INTEGER,           -- of the line before
	bytes   INTEGER NOT NULL,
	reason  TEXT NOT NULL,
	lost    INTEGER NOT NULL,  -- 1: the whole line, 0: a part of it
	PRIMARY KEY (file_id, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE unknown_kind (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	name       TEXT NOT NULL,
	n          INTEGER NOT NULL,
	PRIMARY KEY (rollout_id, name)
) STRICT, WITHOUT ROWID;

-- The first session_meta of a rollout.
CREATE TABLE session (
	rollout_id   INTEGER PRIMARY KEY REFERENCES rollout(id),
	created_ms   INTEGER,
	line_ms      INTEGER,
	cwd          TEXT,
	originator   TEXT,
	cli_version  TEXT,
	source       TEXT,                     -- as logged
	source_kind  TEXT NOT NULL,            -- cli exec vscode mcp subagent review …
	provider     TEXT,
	git_commit   TEXT,
	git_branch   TEXT,
	git_url      TEXT,                     -- without user and token
	repository   TEXT NOT NULL DEFAULT '', -- normalised
	parent       TEXT,
	root         TEXT,
	nickname     TEXT,
	role         TEXT,
	agent_path   TEXT,
	thread_source TEXT,
	history_mode TEXT
) STRICT;

-- Threads that a rollout's further session_meta lines name, nearest first.
CREATE TABLE ancestor (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	nth        INTEGER NOT NULL,
	uuid       TEXT NOT NULL,
	PRIMARY KEY (rollout_id, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX ancestor_uuid ON ancestor(uuid);

-- Fingerprints of the lines before the first turn id: what forks without turn ids are compared by.
CREATE TABLE print (
	rollout_id INTEGER PRIMARY KEY REFERENCES rollout(id),
	data       BLOB NOT NULL  -- pairs of 64-bit integers: line, print
) STRICT;

-- Fingerprints of the responses that a rollout's records counted, for the reading of its tail.
CREATE TABLE seen (
	rollout_id INTEGER PRIMARY KEY REFERENCES rollout(id),
	data       BLOB NOT NULL  -- 64-bit integers
) STRICT;

CREATE TABLE turn (
	rollout_id  INTEGER NOT NULL REFERENCES rollout(id),
	seq         INTEGER NOT NULL,  -- from 1, copied ones included
	line        INTEGER NOT NULL,
	turn_id     TEXT,
	start_ms    INTEGER,
	end_line    INTEGER NOT NULL DEFAULT 0,
	end_ms      INTEGER,
	duration_ms INTEGER,
	ttft_ms     INTEGER,
	status      TEXT,              -- completed interrupted failed … NULL: no end seen
	PRIMARY KEY (rollout_id, seq)
) STRICT, WITHOUT ROWID;

-- What a turn_context or thread_settings_applied line says, each combination once.
CREATE TABLE context_set (
	id          INTEGER PRIMARY KEY,
	print       INTEGER NOT NULL UNIQUE,  -- hash of the columns below
	is_settings INTEGER NOT NULL,
	model       TEXT,
	effort      TEXT,
	cwd         TEXT,
	tier        TEXT,
	approval_policy TEXT,
	sandbox_policy_type TEXT,
	sandbox_network_access INTEGER,
	sandbox_writable_roots TEXT,
	sandbox_exclude_tmpdir_env_var INTEGER,
	sandbox_exclude_slash_tmp INTEGER,
	truncation_policy_mode TEXT,
	truncation_policy_limit INTEGER,
	reasoning_summary TEXT,
	has_base_instructions INTEGER,
	has_user_instructions INTEGER,
	has_developer_instructions INTEGER,
	has_final_output_json_schema INTEGER
) STRICT;

-- turn_context and thread_settings_applied lines that differ from the one before.
CREATE TABLE context (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	pos        INTEGER NOT NULL,
	line       INTEGER NOT NULL,
	ts_ms      INTEGER,
	turn_seq   INTEGER NOT NULL,
	set_id     INTEGER NOT NULL REFERENCES context_set(id),
	turn_id    TEXT,               -- NULL: none, or that of the turn in force
	PRIMARY KEY (rollout_id, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE dimset (
	id         INTEGER PRIMARY KEY,
	model      TEXT NOT NULL,
	directory  TEXT NOT NULL,
	repository TEXT NOT NULL,
	branch     TEXT NOT NULL,
	source     TEXT NOT NULL,
	effort     TEXT NOT NULL,
	tier       TEXT NOT NULL,
	home_id    INTEGER NOT NULL REFERENCES home(id),
	print      INTEGER NOT NULL UNIQUE  -- hash of the columns above
) STRICT;

-- Rate limits as a token_count names them, without what changes from line to line; each combination once.
CREATE TABLE limit_set (
	id           INTEGER PRIMARY KEY,
	print        INTEGER NOT NULL UNIQUE,  -- hash of the columns below
	limit_id     TEXT NOT NULL,     -- 'codex' when the line names none
	limit_name   TEXT,
	has_first    INTEGER NOT NULL,  -- 1: the line has a primary window
	first_minutes INTEGER,
	has_second   INTEGER NOT NULL,
	second_minutes INTEGER,
	plan_type    TEXT,
	reached_type TEXT,
	has_credits  INTEGER,
	unlimited    INTEGER,
	balance      TEXT
) STRICT;

-- token_count and token_usage_record lines with the file's own counters, and
-- what the ledger made of them (from `verdict` on: derived).
CREATE TABLE usage (
	rollout_id  INTEGER NOT NULL REFERENCES rollout(id),
	pos         INTEGER NOT NULL,
	line        INTEGER NOT NULL,
	ts_ms       INTEGER,
	turn_seq    INTEGER NOT NULL,
	is_record   INTEGER NOT NULL,
	in_review   INTEGER NOT NULL,
	ordinal     INTEGER,
	response_id TEXT,
	turn_id     TEXT,               -- NULL: none, or that of the turn in force
	record_thread TEXT,             -- a record's thread_id when it is another's
	window      INTEGER,            -- model_context_window
	t_input     INTEGER,            -- total_token_usage; NULL: not in the line
	t_cached    INTEGER,
	t_write     INTEGER,
	t_output    INTEGER,
	t_reasoning INTEGER,
	t_total     INTEGER,
	l_input     INTEGER,            -- last_token_usage, or a record's usage
	l_cached    INTEGER,
	l_write     INTEGER,
	l_output    INTEGER,
	l_reasoning INTEGER,
	l_total     INTEGER,
	limit_set_id INTEGER REFERENCES limit_set(id), -- NULL: no rate limits in the line
	first_percent REAL,             -- used part of the primary window
	first_resets_ms INTEGER,
	second_percent REAL,
	second_resets_ms INTEGER,
	verdict     INTEGER NOT NULL DEFAULT 0,  -- 0 pending 1 counted 2 repeat 3 inherited 4 superseded 5 synthetic 6 review-copy 7 no-info
	owner_id    INTEGER REFERENCES thread(id), -- thread that it counts for; NULL unless counted
	recovered   INTEGER NOT NULL DEFAULT 0,  -- 1: the owner's own file is not there
	count_ms    INTEGER,            -- time that it counts at; NULL unless counted
	dimset_id   INTEGER REFERENCES dimset(id),
	is_long     INTEGER NOT NULL DEFAULT 0,
	d_input     INTEGER NOT NULL DEFAULT 0,
	d_cached    INTEGER NOT NULL DEFAULT 0,
	d_write     INTEGER NOT NULL DEFAULT 0,
	d_output    INTEGER NOT NULL DEFAULT 0,
	d_reasoning INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (rollout_id, pos)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_counted ON usage(count_ms) WHERE verdict = 1;
CREATE INDEX usage_recovered ON usage(owner_id) WHERE recovered = 1;

CREATE TABLE message (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	pos        INTEGER NOT NULL,
	line       INTEGER NOT NULL,
	ts_ms      INTEGER,
	turn_seq   INTEGER NOT NULL,
	role       INTEGER NOT NULL,  -- 1 user 2 assistant 3 developer 4 system 0 another: role_name
	role_name  TEXT,
	origin     INTEGER NOT NULL,  -- 0 event 1 item 2 response
	is_prompt  INTEGER NOT NULL,  -- of role user and typed by somebody
	chars      INTEGER NOT NULL,
	bytes      INTEGER NOT NULL,
	images     INTEGER NOT NULL DEFAULT 0,
	local_images INTEGER NOT NULL DEFAULT 0,
	text       TEXT,              -- only with content = full
	PRIMARY KEY (rollout_id, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
	rollout_id   INTEGER NOT NULL REFERENCES rollout(id),
	pos          INTEGER NOT NULL,
	line         INTEGER NOT NULL,
	ts_ms        INTEGER,
	turn_seq     INTEGER NOT NULL,
	kind         INTEGER NOT NULL, -- 1 function_call 2 custom_tool_call 3 local_shell 4 web_search_call
	name         TEXT,
	space        TEXT,            -- namespace
	call_id      TEXT,
	command      TEXT,            -- base name of its first command
	status       INTEGER,         -- 1 completed 2 failed 3 timeout 4 aborted; NULL: no output seen
	exit_code    INTEGER,
	wall_ms      INTEGER,         -- what its output says that it took
	end_ms       INTEGER,         -- time of the output's line
	output_line  INTEGER NOT NULL DEFAULT 0,
	input_bytes  INTEGER NOT NULL DEFAULT 0,
	output_bytes INTEGER,
	input_text   TEXT,            -- only with content = full
	output_text  TEXT,
	PRIMARY KEY (rollout_id, pos)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_open ON call(rollout_id, pos) WHERE output_line = 0;

CREATE TABLE activity (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	pos        INTEGER NOT NULL,
	line       INTEGER NOT NULL,
	ts_ms      INTEGER,
	turn_seq   INTEGER NOT NULL,
	name       INTEGER NOT NULL,  -- 1 reasoning_event 2 reasoning_raw_event
	n          INTEGER NOT NULL,
	PRIMARY KEY (rollout_id, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE marker (
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	pos        INTEGER NOT NULL,
	line       INTEGER NOT NULL,
	ts_ms      INTEGER,
	turn_seq   INTEGER NOT NULL,
	name       TEXT NOT NULL,
	reason     TEXT,
	number     INTEGER,
	PRIMARY KEY (rollout_id, pos)
) STRICT, WITHOUT ROWID;

-- What a thread's files do not hold, as they show it themselves (derived).
CREATE TABLE loss (
	thread_id  INTEGER NOT NULL REFERENCES thread(id),
	rollout_id INTEGER NOT NULL REFERENCES rollout(id),
	line       INTEGER NOT NULL,
	kind       TEXT NOT NULL,
	ts_ms      INTEGER NOT NULL,
	dimset_id  INTEGER NOT NULL REFERENCES dimset(id),
	PRIMARY KEY (thread_id, rollout_id, line, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX loss_ts ON loss(ts_ms);

-- Sums of counted rows (derived): one row for a thread, UTC quarter-hour, combination of dimensions and price tier.
CREATE TABLE rollup (
	thread_id INTEGER NOT NULL REFERENCES thread(id),
	quarter   INTEGER NOT NULL,  -- count_ms / 900000, rounded down
	dimset_id INTEGER NOT NULL REFERENCES dimset(id),
	is_long   INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	input     INTEGER NOT NULL,
	cached    INTEGER NOT NULL,
	cache_write INTEGER NOT NULL,
	output    INTEGER NOT NULL,
	reasoning INTEGER NOT NULL,
	PRIMARY KEY (thread_id, quarter, dimset_id, is_long)
) STRICT, WITHOUT ROWID;
CREATE INDEX rollup_quarter ON rollup(quarter);

-- Filled by ingest-app-server.
CREATE TABLE app_turns (
	id           INTEGER PRIMARY KEY,
	thread_id    TEXT,
	turn_id      TEXT,
	status       TEXT,
	started_at   TEXT,
	completed_at TEXT,
	duration_ms  INTEGER,
	source       TEXT
) STRICT;

CREATE TABLE app_items (
	id           INTEGER PRIMARY KEY,
	thread_id    TEXT,
	turn_id      TEXT,
	item_id      TEXT,
	item_type    TEXT,
	status       TEXT,
	started_at   TEXT,
	completed_at TEXT,
	duration_ms  INTEGER,
	command_name TEXT,
	exit_code    INTEGER,
	output_bytes INTEGER,
	tool_name    TEXT,
	web_search_action TEXT,
	source       TEXT
) STRICT;

CREATE TABLE weekly_quota_estimates (
	week_start      TEXT PRIMARY KEY,
	week_end        TEXT,
	quota_tokens    INTEGER,
	quota_cost      REAL,
	used_percent    REAL,
	observed_tokens INTEGER,
	observed_cost   REAL,
	computed_at     TEXT
) STRICT, WITHOUT ROWID;
