/*
 * st_fact.h - one row for one record of a rollout, keyed (rollout, offset).
 */
#ifndef STORE_ST_FACT_H
#define STORE_ST_FACT_H

#include "rollout/record.h"
#include "store/store.h"

/* Where a record stands. */
struct st_place {
	int64_t rollout_id;
	int64_t pos;   /* byte offset in the (decompressed) text */
	int64_t line;  /* number, from 1 */
	int64_t ts_ms; /* its time, or that of the line before; negative: none */
};

/* Store the usage line REC at P; OTHER_THREAD says that a record names another thread than its own. Returns 0; -1 with ERR_DB in *E. */
int st_usage_put(struct store *s, const struct st_place *p, const struct record *rec,
    bool other_thread, struct err *e);

/* Store the limit samples of REC at P (nothing when it has none). Returns 0; -1 with ERR_DB in *E. */
int st_limits_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the turn_context or settings REC at P. Returns 0; -1 with ERR_DB in *E. */
int st_context_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the beginning of turn REC->turn_seq at P, with TURN_ID ({NULL,0}: none). Returns 0; -1 with ERR_DB in *E. */
int st_turn_begin(struct store *s, const struct st_place *p, const struct record *rec,
    struct str turn_id, struct err *e);

/* Store the end of a turn REC at P: the turn of that id, else the one in force. Returns 0; -1 with ERR_DB in *E. */
int st_turn_end(struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the message REC at P, without its text. Returns 0; -1 with ERR_DB in *E. */
int st_message_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the tool call REC at P. Returns 0; -1 with ERR_DB in *E. */
int st_call_put(struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/*
 * Complete the call that the output or end event REC at P belongs to: by call id, and
 * for a command inside a call the newest call without an output. Returns 0; -1 with ERR_DB in *E.
 */
int st_call_output(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the marker REC at P. Returns 0; -1 with ERR_DB in *E. */
int st_marker_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the activity REC at P. Returns 0; -1 with ERR_DB in *E. */
int st_activity_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

#endif
