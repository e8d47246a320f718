/*
 * turn.h - what happens in a turn of the newest format: responses with their
 * reasoning, tools and counts, compactions, and the end. Errors are kept in
 * the thread's gen.
 */
#ifndef DEMO_TURN_H
#define DEMO_TURN_H

#include "demo/cur.h"

/* A response in T; FINAL: it answers, without tools. Errors stay in gen. */
void turn_response(struct thread *t, bool final);

/* A response in T that calls one tool of each kind. Errors stay in gen. */
void turn_tools(struct thread *t);

/* N responses in T, the last of them the answer; fewer when the bytes are used up. A full window is compacted. Errors stay in gen. */
void turn_responses(struct thread *t, int64_t n);

/* The model sums up T's context, in a response of its own, and goes on with that. Errors stay in gen. */
void turn_compact(struct thread *t);

/* The first turn of the new thread T, which comes from FROM (NULL: from nowhere), with N responses. Errors stay in gen. */
void turn_first(struct thread *t, const struct origin *from, int64_t n);

/* A further turn of T with N responses, after a while. Errors stay in gen. */
void turn_more(struct thread *t, int64_t n);

/* Bytes that are still to be written for G's ordinary sessions. Returns them, negative when it is too many; cannot fail. */
int64_t turn_left(const struct gen *g);

#endif
