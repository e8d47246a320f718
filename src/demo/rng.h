/*
 * rng.h - the demo's random numbers: splitmix64, the same on every machine for
 * the same seed.
 */
#ifndef DEMO_RNG_H
#define DEMO_RNG_H

#include "base/compat.h"

struct rng {
	uint64_t state;
};

/* The next 64 bits of R. Returns them; cannot fail. */
uint64_t rng_next(struct rng *r);

/* A number of R from 0 to N - 1, N > 0. Returns it; cannot fail. */
int64_t rng_below(struct rng *r, int64_t n);

/* A number of R from LOW to HIGH, both included. Returns it; cannot fail. */
int64_t rng_between(struct rng *r, int64_t low, int64_t high);

/* True in PERCENT of 100 cases by R; cannot fail. */
bool rng_chance(struct rng *r, int percent);

#endif
