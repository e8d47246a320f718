/*
 * rare.h - lines that ordinary sessions do not have: kinds that are seldom, a
 * large picture, and what programs other than Codex write. Errors are kept in gen.
 */
#ifndef DEMO_RARE_H
#define DEMO_RARE_H

#include "demo/thread.h"

/* A session with the seldom items of the newest format in the home of G. Errors stay in gen. */
void rare_items(struct gen *g);

/* The events that only versions about 0.104 to 0.13x kept, in T, an old thread in a turn. Errors stay in gen. */
void rare_events(struct thread *t);

/* A session with a picture in a message, in the home of G. Errors stay in gen. */
void rare_picture(struct gen *g);

/* A session by a program that writes such files too, in its own way, in the home of G. Errors stay in gen. */
void rare_bridge(struct gen *g);

#endif
