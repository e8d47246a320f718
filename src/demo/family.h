/*
 * family.h - threads that come from another one, in the newest format: forks
 * and pages that refer to their history, sub-agents, reviews. Errors are kept
 * in the thread's gen.
 */
#ifndef DEMO_FAMILY_H
#define DEMO_FAMILY_H

#include "demo/turn.h"

/* A place between two turns of a thread, to go back to. */
struct mark {
	int64_t ordinal, bytes, context;
	struct usage total, thread_total;
};

/* Note in *M where T is. Cannot fail. */
void family_mark(const struct thread *t, struct mark *m);

/*
 * Fork PARENT at M into *CHILD, open, with a turn of N responses. PLACE and
 * SHIFT_MS say where its file is and what clock names it. Errors stay in gen.
 */
void family_fork(const struct thread *parent, const struct mark *m, struct thread *child, int64_t n,
    enum place place, int64_t shift_ms);

/* Go back in T to M, in a new file of the same thread, with a turn of N responses. Errors stay in gen. */
void family_revert(struct thread *t, const struct mark *m, int64_t n);

/* A turn of T in which N sub-agents, at most 4, work on their own. Errors stay in gen. */
void family_agents(struct thread *t, int64_t n);

/* A turn of T with a sub-agent that is given T's context. Errors stay in gen. */
void family_agent_with_context(struct thread *t);

/* A review of T's work in a thread of its own. Errors stay in gen. */
void family_review(struct thread *t);

/* An automatic review of what T is about to do, in a thread of its own. Errors stay in gen. */
void family_guardian(struct thread *t);

#endif
