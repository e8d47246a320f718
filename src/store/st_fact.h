/*
 * st_fact.h - one row for one record of a rollout, keyed (rollout, offset).
 */
#ifndef STORE_ST_FACT_H
#define STORE_ST_FACT_H

#include "rollout/record.h"
#include "store/st_usage.h"

/* Where a record stands. */
struct st_place {
	int64_t rollout_id;
	int64_t pos;   /* byte offset in the (decompressed) text */
	int64_t line;  /* number, from 1 */
	int64_t ts_ms; /* its time, or that of the line before; negative: none */
};

/* Numbers that stand in the database: never change one. */
enum { ST_ROLE_USER = 1, ST_ROLE_ASSISTANT, ST_ROLE_DEVELOPER, ST_ROLE_SYSTEM };

/* What a usage line does not say itself. */
struct st_usage_more {
	bool other_thread;       /* a record that names another thread than its own */
	bool turn_in_force;      /* its turn_id is that of the turn in force */
	int64_t limit_set_id;    /* st_limit_set, where it carries limits */
	struct st_judged judged; /* all zero: it is judged later */
};

/* Store the usage line REC at P with MORE. Returns 0; -1 with ERR_DB in *E. */
int st_usage_put(struct store *s, const struct st_place *p, const struct record *rec,
    const struct st_usage_more *more, struct err *e);

/* Store the turn_context or settings REC at P, whose content is the row SET_ID (st_context_set); TURN_IN_FORCE as in struct st_usage_more. Returns 0; -1 with ERR_DB in *E. */
int st_context_put(struct store *s, const struct st_place *p, const struct record *rec,
    int64_t set_id, bool turn_in_force, struct err *e);

/* Store the beginning of turn REC->turn_seq at P, with TURN_ID ({NULL,0}: none). Returns 0; -1 with ERR_DB in *E. */
int st_turn_begin(struct store *s, const struct st_place *p, const struct record *rec,
    struct str turn_id, struct err *e);

/* Store the end of a turn REC at P: the turn of that id, else the one in force. Returns 1; 0 when there is no such open turn; -1 with ERR_DB in *E. */
int st_turn_end(struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* As st_turn_end of REC at P for the turn in force, of which is known that it is open. Returns 1; -1 with ERR_DB in *E. */
int st_turn_end_in_force(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the message REC at P, without its text. Returns 0; -1 with ERR_DB in *E. */
int st_message_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the marker REC at P. Returns 0; -1 with ERR_DB in *E. */
int st_marker_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

/* Store the activity REC at P. Returns 0; -1 with ERR_DB in *E. */
int st_activity_put(
    struct store *s, const struct st_place *p, const struct record *rec, struct err *e);

#endif
