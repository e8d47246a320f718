/*
 * rollout.h - one line of a rollout to one typed record. Knows Codex's files of
 * all eras, no SQL and no counting rule. The state it carries from line to line
 * depends on the lines of this file only.
 *
 * Source: formats.md 1.3 (eras), 7.1 trap 25 (glued lines).
 */
#ifndef ROLLOUT_ROLLOUT_H
#define ROLLOUT_ROLLOUT_H

#include "base/err.h"
#include "rollout/record.h"

struct rollout;

/* What a parser carries from one line to the next; plain data, kept between two readings of a growing file. */
struct rollout_state {
	int64_t turn_seq, review_depth;
	bool bare, has_turn_ids;
};

/* A parser at the start of a file. Owned by the caller: rollout_free. Aborts when out of memory. */
struct rollout *rollout_new(void);

/* Free R. NULL-safe; cannot fail. */
void rollout_free(struct rollout *r);

/*
 * Parse TEXT, one line without its LF (or a piece of one), into *REC. Returns 1
 * when REC was filled, 0 for a blank line, -1 when the text is no record: *WHY
 * is then a constant reason ("not JSON" …). The views of REC lead into TEXT or
 * belong to R: they live until the next call, as long as TEXT stays as it is.
 */
int rollout_line(struct rollout *r, struct str text, struct record *rec, const char **why);

/*
 * The next place inside TEXT, behind its first byte, where a record may begin:
 * for a line that two writers glued together. Returns an offset, TEXT.n for none.
 */
size_t rollout_resync(struct str text);

/* State of R after its last line into *OUT, for rollout_restore; cannot fail. */
void rollout_save(const struct rollout *r, struct rollout_state *out);

/* Make the fresh parser R go on from STATE; cannot fail. */
void rollout_restore(struct rollout *r, const struct rollout_state *state);

/* True once a turn id was seen: from then on copied lines can be told by turn. R is borrowed; cannot fail. */
bool rollout_has_turn_ids(const struct rollout *r);

#endif
