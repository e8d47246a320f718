/*
 * kinds.h - the parser's state and the functions behind the table of kinds.
 * A new kind of record is one file with one function and one row in kinds.def.
 */
#ifndef ROLLOUT_KINDS_H
#define ROLLOUT_KINDS_H

#include "base/arena.h"
#include "json/skim.h"
#include "rollout/record.h"
#include "rollout/rollout.h"

struct rollout {
	struct skim *line;  /* the last line: its record's views lead into it */
	struct skim *inner; /* JSON in a string of it */
	struct arena *made; /* texts made for its record */
	struct rollout_state st;
	char head[64]; /* base name of a command */
};

/* A function that fills REC from payload P (borrowed, an object); R is the parser's state. Sets REC->fault for what it could not use; cannot fail. */
typedef void rec_fn(struct rollout *r, struct jv p, struct record *rec);

/*
 * Row of the table for TYPE and SUB (SUB of {NULL,0} = none). Returns the
 * function, NULL for an unknown kind; static, cannot fail.
 */
rec_fn *kinds_find(struct str type, struct str sub);

/* True when text S of role user was put there by the harness (context, instructions) and typed by nobody. Borrows S; cannot fail. Source: design.md 10 "Message". */
bool message_is_injected(struct str s);

/* A turn begins at this line: count it and mark REC; R is changed; cannot fail. */
void rollout_begin_turn(struct rollout *r, struct record *rec);

#define KIND(type, sub, fn) rec_fn fn;
#include "rollout/kinds.def"
#undef KIND

#endif
