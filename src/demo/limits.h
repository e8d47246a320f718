/*
 * limits.h - the account's limits over the invented history: a window of five
 * hours and a weekly one that fill with what is used and start anew.
 */
#ifndef DEMO_LIMITS_H
#define DEMO_LIMITS_H

#include "demo/tmpl.h"

struct limit_window {
	int64_t resets_s; /* seconds since 1970 */
	int64_t used, room;
};

struct limits {
	struct limit_window five, week;
	int64_t credits; /* cents */
};

/* How a version writes them. */
enum limits_form {
	LIMITS_NONE,    /* null */
	LIMITS_SECONDS, /* 0.42 to 0.47: resets_in_seconds */
	LIMITS_ODD,     /* October 2025: 299 and 10079 minutes */
	LIMITS_063,     /* resets_at, credits */
	LIMITS_077,     /* plan_type */
	LIMITS_117,     /* limit_id */
	LIMITS_140,     /* individual_limit, rate_limit_reached_type */
	LIMITS_NEW,     /* spend_control_reached */
	LIMITS_SPARK,   /* LIMITS_NEW, of the family of one model */
	LIMITS_REACHED, /* LIMITS_NEW, at its end */
	LIMITS_EMPTY,   /* LIMITS_NEW without windows: no headers came */
	LIMITS_WEEKLY   /* LIMITS_NEW with the weekly window as the first */
};

/* Make *L limits that RESPONSES in DAYS days do not quite use up. Cannot fail. */
void limits_init(struct limits *l, int64_t responses, int64_t days);

/* Note in L that U was used at MS. Cannot fail. */
void limits_use(struct limits *l, int64_t ms, const struct usage *u);

/* Append L as it is at MS in its FORM to B, whose errors it keeps. */
void limits_write(struct limits *l, int64_t ms, enum limits_form form, struct sbuf *b);

#endif
