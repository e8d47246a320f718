/*
 * show.h - short sessions that show one thing each: a trap or a rare record, in
 * the newest format.
 */
#ifndef DEMO_SHOW_H
#define DEMO_SHOW_H

#include "demo/turn.h"

/* Number of things that there are to show. Returns it; cannot fail. */
size_t show_count(void);

/* Show thing number I in the home of G. Errors stay in gen. */
void show_one(struct gen *g, size_t i);

#endif
