/*
 * cur.h - the lines of the newest format (0.169), one function for each kind or
 * for lines that always stand together. Errors are kept in the thread's gen.
 */
#ifndef DEMO_CUR_H
#define DEMO_CUR_H

#include "demo/thread.h"

/* Where a thread comes from; all zero: from nowhere. */
struct origin {
	const char *forked_from; /* a fork of this thread */
	const char *base_thread; /* history_base: thread, ordinal, bytes */
	int64_t base_ordinal, base_bytes;
	int64_t start_ordinal;     /* subagent_history_start_ordinal; 0: none */
	const char *thread_source; /* NULL: user, or subagent with a parent */
};

/* Make T a thread of the newest format. Cannot fail. */
void cur_init(struct gen *g, struct thread *t);

/* session_meta of T, which comes from FROM (NULL: from nowhere). Errors stay in gen. */
void cur_meta(struct thread *t, const struct origin *from);

/* task_started of a new turn of T, a second or so later. Errors stay in gen. */
void cur_start(struct thread *t);

/* What stands before the first turn's context in T: tools, instructions, the world. Errors stay in gen. */
void cur_preamble(struct thread *t);

/* world_state of T. Errors stay in gen. */
void cur_world(struct thread *t);

/* turn_context of T. Errors stay in gen. */
void cur_context(struct thread *t);

/* thread_settings_applied of T. Errors stay in gen. */
void cur_settings(struct thread *t);

/* What the user says to T, by chance: the item and its event. Errors stay in gen. */
void cur_user(struct thread *t);

/* Only the event of what the user says to T, TEXT. Errors stay in gen. */
void cur_user_event(struct thread *t, const char *text);

/* A developer's or user's message TEXT of ROLE in T, of a KIND as Codex names it. Errors stay in gen. */
void cur_harness(struct thread *t, const char *role, struct str text, const char *kind);

/* Reasoning of T with BYTES of encrypted content: the event and the item. Errors stay in gen. */
void cur_reasoning(struct thread *t, size_t bytes);

/* What T's model says: the event and the item; FINAL: the answer of the turn. Errors stay in gen. */
void cur_agent(struct thread *t, bool final);

/* token_usage_record of T for U, which is spent and counted; its response id into ID unless that is NULL. Errors stay in gen. */
void cur_record(struct thread *t, const struct usage *u, char id[static ID_SIZE]);

/* token_count of T as its counters are. Errors stay in gen. */
void cur_count(struct thread *t);

/* token_count of T with other counters: TOTAL and, as the only number of the last response, ESTIMATE. Errors stay in gen. */
void cur_count_estimate(struct thread *t, const struct usage *total, int64_t estimate);

/* token_count of T without info. Errors stay in gen. */
void cur_count_null(struct thread *t);

/* task_complete of T; ERROR is what went wrong, or NULL. Errors stay in gen. */
void cur_complete(struct thread *t, const char *error);

/* turn_aborted of T. Errors stay in gen. */
void cur_abort(struct thread *t);

/* Begin item_completed of T: what follows in gen.line is the item, then cur_item_end. Cannot fail. */
void cur_item(struct thread *t);

/* End item_completed of T, which took MS. Errors stay in gen. */
void cur_item_end(struct thread *t, int64_t ms);

/* End the payload of T's response_item, without its brace, with the time when TIMED, and the metadata with MORE (JSON behind a comma, or ""). Errors stay in gen. */
void cur_item_meta(struct thread *t, bool timed, const char *more);

#endif
