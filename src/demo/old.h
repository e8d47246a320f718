/*
 * old.h - the lines of the formats before 0.154, from the bare ones of 2025 on.
 * Errors are kept in the thread's gen.
 */
#ifndef DEMO_OLD_H
#define DEMO_OLD_H

#include "demo/thread.h"

/* Versions, oldest first. */
enum era_name { ERA_BARE, ERA_034, ERA_036, ERA_047, ERA_063, ERA_077, ERA_098, ERA_117, ERA_140 };

struct era {
	const char *version, *date, *model; /* model NULL: no turn_context */
	int counts;                         /* token_counts for each response */
	bool uuid7, turn_ids, context_each, base_instructions, restarts, provider;
	const char *shell; /* name of the tool */
	enum limits_form limits;
	int64_t room;
};

/* Make T a thread of the version NAME, DAY days after the others of it, in the time of G's clock then. Cannot fail. */
void old_init(struct gen *g, struct thread *t, enum era_name name, int64_t day);

/* Open T's file and write its session_meta; FORKED_FROM may be NULL. Errors stay in gen. */
void old_begin(struct thread *t, const char *forked_from);

/* session_meta of T once more, as a copy has it; FORKED_FROM may be NULL. Errors stay in gen. */
void old_meta(struct thread *t, const char *forked_from);

/* The environment that stands before the first prompt. Errors stay in gen. */
void old_preamble(struct thread *t);

/* A turn of T with N responses. Errors stay in gen. */
void old_turn(struct thread *t, int64_t n);

/* The beginning of a turn of T: task_started where there is one, and the prompt. Errors stay in gen. */
void old_ask(struct thread *t);

/* A response of T; FINAL: without a tool. Errors stay in gen. */
void old_response(struct thread *t, bool final);

/* task_complete of T where there is one. Errors stay in gen. */
void old_end(struct thread *t);

/* A new program goes on with T: its counters start anew where they did, and its first count tells nothing. Errors stay in gen. */
void old_resume(struct thread *t);

/* turn_context of T. Errors stay in gen. */
void old_context(struct thread *t);

/* token_count of T as its counters are, or without info before the first. Errors stay in gen. */
void old_count(struct thread *t);

/* token_count of T with ESTIMATE tokens as all that is known of the last response. Errors stay in gen. */
void old_count_estimate(struct thread *t, int64_t estimate);

#endif
