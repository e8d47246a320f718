/*
 * record.h - what one line of a rollout says, typed. Texts are views into the
 * line itself: they live until the next line is parsed. A view with p == NULL
 * means "not in the line"; a number that may be absent is -1 or has a flag.
 *
 * Source: formats.md 1 to 4, lab-format.md 3 and 4.
 */
#ifndef ROLLOUT_RECORD_H
#define ROLLOUT_RECORD_H

#include "base/str.h"

#define REC_ABSENT (-1)

/* The six token counters, as logged. cached and cache_write are parts of input, reasoning is a part of output. */
struct rec_tokens {
	int64_t input, cached, cache_write, output, reasoning, total;
};

struct rec_window {
	bool present;
	int64_t minutes;     /* window length; REC_ABSENT */
	double used_percent; /* 0 to 100 and more */
	int64_t resets_at_s; /* unix seconds; REC_ABSENT */
};

struct rec_limits {
	bool present;
	struct str limit_id, limit_name, plan_type, reached_type, balance;
	int has_credits, unlimited;  /* 0, 1, REC_ABSENT */
	struct rec_window window[2]; /* primary, secondary */
};

struct rec_usage {
	bool is_record; /* token_usage_record, else token_count */
	bool has_total, has_last;
	struct rec_tokens total, last; /* a record's usage is in last */
	int64_t window;                /* model_context_window; REC_ABSENT */
	struct str response_id, thread_id, turn_id;
};

struct rec_session {
	struct str id, timestamp, cwd, originator, cli_version, provider;
	struct str source;              /* the word, or "subagent:review" for an object */
	const char *source_kind;        /* one of the words of design.md 10 */
	struct str commit, branch, url; /* url without user and token */
	struct str forked_from, parent, nickname, role, agent_path;
	struct str thread_source, history_mode, root;
	struct str base_thread;   /* history_base.thread_id */
	int64_t base_end_ordinal; /* REC_ABSENT */
	int64_t start_ordinal;    /* subagent_history_start_ordinal; REC_ABSENT */
};

struct rec_context {
	bool is_settings; /* thread_settings_applied, else turn_context */
	struct str thread_id, turn_id, model, effort, cwd, tier;
	struct str approval, sandbox, writable_roots, truncation_mode, summary;
	int network, exclude_tmpdir, exclude_slash_tmp; /* 0, 1, REC_ABSENT */
	int64_t truncation_limit;                       /* REC_ABSENT */
	bool has_base, has_user, has_developer, has_schema;
};

struct rec_turn {
	bool is_end;
	struct str turn_id, status;                         /* completed interrupted failed … */
	int64_t started_ms, ended_ms, duration_ms, ttft_ms; /* REC_ABSENT */
};

enum rec_origin { ORIGIN_EVENT, ORIGIN_ITEM, ORIGIN_RESPONSE };

struct rec_message {
	enum rec_origin origin;
	struct str role; /* user assistant developer system */
	bool is_prompt;  /* role user and no injected context */
	int64_t chars, bytes;
	int64_t images, local_images;
	struct str text; /* for content = full; may be one of several parts */
};

struct rec_call {
	const char *kind; /* function_call custom_tool_call local_shell web_search_call */
	struct str call_id, name, space, status;
	struct str head;     /* base name of the command; in the parser's buffer */
	int64_t input_bytes; /* of the text of its arguments, or of its action as it is logged */
	bool is_complete;    /* has no output line of its own */
};

struct rec_output {
	struct str call_id;      /* {NULL,0}: belongs to the call in progress */
	struct str head, status; /* of a command that ran inside; may be absent */
	bool has_exit;
	int64_t exit_code;
	int64_t wall_ms;      /* REC_ABSENT */
	int64_t output_bytes; /* REC_ABSENT */
	bool failed, timed_out, aborted;
	bool is_event; /* says more of a call, is not its output */
};

struct rec_marker {
	const char *name; /* constant */
	struct str reason;
	int64_t number; /* num_turns and the like; REC_ABSENT */
};

struct rec_activity {
	const char *name; /* reasoning_event reasoning_raw_event */
	int64_t count;
};

enum rec_kind {
	REC_NONE,    /* known, nothing to store */
	REC_UNKNOWN, /* a kind we do not know: counted by name */
	REC_SESSION,
	REC_CONTEXT,
	REC_USAGE,
	REC_TURN,
	REC_MESSAGE,
	REC_CALL,
	REC_OUTPUT,
	REC_MARKER,
	REC_ACTIVITY
};

struct record {
	enum rec_kind kind;
	struct str type, sub; /* names as logged */
	struct str thread_id; /* of an item: another's while a review runs inside */
	int64_t ts_ms;        /* REC_ABSENT when the line has none */
	int64_t ordinal;      /* REC_ABSENT */
	int64_t turn_seq;     /* turn in force, from 1; 0 before the first */
	bool starts_turn;     /* this line began turn_seq */
	bool in_review;
	uint64_t print;    /* fingerprint of the stable fields; 0: none */
	const char *fault; /* constant reason: a part of the line could not be used */
	struct rec_limits limits;
	struct rec_usage usage;
	struct rec_session session;
	struct rec_context context;
	struct rec_turn turn;
	struct rec_message message;
	struct rec_call call;
	struct rec_output output;
	struct rec_marker marker;
	struct rec_activity activity;
};

#endif
