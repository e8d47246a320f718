/*
 * st_call.h - tool calls with what their outputs say.
 */
#ifndef STORE_ST_CALL_H
#define STORE_ST_CALL_H

#include "store/st_fact.h"

/* Numbers that stand in the database: never change one. */
enum st_call_status { ST_CALL_COMPLETED = 1, ST_CALL_FAILED, ST_CALL_TIMEOUT, ST_CALL_ABORTED };

/* One row. Texts are views: {NULL,0} for none. */
struct st_call {
	struct st_place place;
	int64_t turn_seq;
	const char *kind; /* as rec_call has it */
	struct str name, space, call_id, command;
	int status; /* 0: no output seen */
	bool has_exit;
	int64_t exit_code;
	int64_t wall_ms, end_ms, output_bytes; /* negative: not known */
	int64_t output_line;                   /* 0: no output seen */
	int64_t input_bytes;
};

/* The call REC at P, which nothing was heard of yet, as a row. Views into REC; cannot fail. */
struct st_call st_call_of(const struct st_place *p, const struct record *rec);

/*
 * Complete C by the output or end event REC at P: an end event knows the exit code, the output
 * ends the call; either may come first. Views into REC go into C->command; cannot fail.
 */
void st_call_merge(struct st_call *c, const struct st_place *p, const struct record *rec);

/* Store C. Returns 0; -1 with ERR_DB in *E. */
int st_call_put(struct store *s, const struct st_call *c, struct err *e);

/* Has C failed, or timed out? Cannot fail. */
bool st_call_failed(const struct st_call *c);

/*
 * As st_call_merge for a call that is stored in S, by the output or event REC at P: found by call
 * id, and for a command inside a call the oldest call of the turn without an output. Adds to
 * *FAILURES how many calls more have failed now. Returns 1; 0 when there is no such call; -1 with
 * ERR_DB in *E.
 */
int st_call_output(struct store *s, const struct st_place *p, const struct record *rec,
    int64_t *failures, struct err *e);

#endif
