/*
 * family.h - one thread with all that the ledger needs to know about it, loaded
 * from the store; shared by the parts of settling.
 */
#ifndef INGEST_FAMILY_H
#define INGEST_FAMILY_H

#include "ingest/dims.h"
#include "ledger/boundary.h"
#include "store/st_rollout.h"
#include "store/st_usage.h"

/* One rollout of the thread with its rows. */
struct member {
	struct st_rollout *ro; /* in the array of the family */
	struct st_turn *turns;
	size_t turns_len;
	struct st_context *contexts;
	size_t contexts_len;
	char **ancestors; /* uuids, nearest first */
	size_t ancestors_len;
	struct dims_session session;
	struct boundary boundary;
	size_t from, to; /* its lines in `lines` of the family */
};

struct family {
	struct store *store;
	int64_t thread_id;
	char *uuid;
	struct st_rollout *rollouts;
	struct member *members;
	size_t len;
	struct st_usage *lines; /* of all members, in the order of the walk */
	size_t lines_len, lines_alloc;
};

/* Load the thread ID with uuid UUID (taken over) into *F (family_free), boundaries found and written. Returns 0; -1 with ERR_DB in *E. */
int family_load(struct store *s, int64_t id, char *uuid, struct family *f, struct err *e);

/* Free what F owns. NULL-safe; cannot fail. */
void family_free(struct family *f);

/* The member that the line U of F came from. Lends; cannot fail for a line of F. */
struct member *family_member(struct family *f, const struct st_usage *u);

/*
 * Row id of the dimensions in force at the usage line U of member M into *DIMSET and the name
 * of the model, lent by F ("" = unknown), into *MODEL and the tier into *TIER.
 * Returns 0; -1 with ERR_DB in *E. Source: formats.md 7.1 traps 14, 15, 31;
 * lab-format.md 7 no. 15.
 */
int family_dimset(struct family *f, struct member *m, const struct st_usage *u, const char **model,
    const char **tier, int64_t *dimset, struct err *e);

/* As family_dimset, into *DIMSET, for the place LINE (0: the end) of member M that is no usage line. Returns 0; -1 with ERR_DB in *E. */
int family_dimset_at(
    struct family *f, struct member *m, int64_t line, int64_t *dimset, struct err *e);

/*
 * Give the lines that M inherited from threads without a file of their own to
 * those threads, if M is the one to do it. Returns 0; -1 with ERR_DB in *E.
 * Source: ledger-design.md 2 "Recovered lines".
 */
int family_recover(struct family *f, struct member *m, struct err *e);

/* Find and write what the files of F do not hold. Returns 0; -1 with ERR_DB in *E. Source: formats.md 7.0 "Known losses". */
int family_losses(struct family *f, struct err *e);

#endif
