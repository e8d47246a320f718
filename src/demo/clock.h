/*
 * clock.h - the time inside the invented history: when somebody works, and ids
 * that are made of it.
 */
#ifndef DEMO_CLOCK_H
#define DEMO_CLOCK_H

#include "demo/rng.h"
#include "time/tz.h"

#define ID_SIZE 37 /* a UUID and its NUL */

struct clock {
	int64_t ms;               /* now, inside the history */
	int64_t start_ms, end_ms; /* of the history */
	int64_t id_ms;            /* of the last id: no two are of one millisecond */
	int64_t pace;             /* thousandths of the time that things usually take */
	uint64_t *work;           /* work done up to the end of each hour from start_ms on */
	size_t hours;
};

/*
 * Make *C a clock at the start of DAYS days that end at NOW_MS, with the hours
 * and weekdays of somebody who lives in the zone TZ, by chance R; RESPONSES are
 * to find room in it. Owns memory: clock_free. Cannot fail.
 */
void clock_init(struct clock *c, int64_t now_ms, int64_t days, const struct tz *tz, struct rng *r,
    int64_t responses);

/* Free what C owns. Cannot fail. */
void clock_free(struct clock *c);

/* Move C on to when DONE of the WHOLE work is done, never back. Cannot fail. */
void clock_seek(struct clock *c, int64_t done, int64_t whole);

/* Let MS milliseconds at the usual pace pass for C, at least one. Cannot fail. */
void clock_pass(struct clock *c, int64_t ms);

/* A new UUIDv7 of the present of C into OUT, by chance R; each is younger than the one before. Cannot fail. */
void clock_uuid7(struct clock *c, struct rng *r, char out[static ID_SIZE]);

/* A new UUIDv4 into OUT, by chance R. Cannot fail. */
void clock_uuid4(struct rng *r, char out[static ID_SIZE]);

#endif
