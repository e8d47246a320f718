/*
 * outcome.h - exit status and time from the text that a tool's output begins
 * with, in the forms of all versions.
 *
 * Source: formats.md 3 "Exit code and time in tool output text". Only the start
 * of the text is believed: a command may print the same words.
 */
#ifndef ROLLOUT_OUTCOME_H
#define ROLLOUT_OUTCOME_H

#include "json/skim.h"
#include "rollout/record.h"

/* Add to *OUT what the output text TEXT says (exit code, wall time in ms, failed, timed out, aborted). TEXT is a string or none; INNER reads the JSON forms. Borrows all; cannot fail. */
void outcome_text(struct skim *inner, struct jv text, struct rec_output *out);

/* The same through INNER from an output value V: a text, or an array of content items (code mode). Also sets OUT->output_bytes. Borrows V; cannot fail. */
void outcome_value(struct skim *inner, struct jv v, struct rec_output *out);

#endif
