/*
 * past.h - old sessions, in the formats of their time, from before the history
 * that the demo is about.
 */
#ifndef DEMO_PAST_H
#define DEMO_PAST_H

#include "demo/thread.h"

/* Write all of them into the home of G, oldest first. Errors stay in gen. */
void past_all(struct gen *g);

/* A session that an old version began and the newest goes on with, in the home of G. Errors stay in gen. */
void past_migrated(struct gen *g);

#endif
