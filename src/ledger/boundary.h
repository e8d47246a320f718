/*
 * boundary.h - where a rollout's own lines begin. Lines before it are copies of
 * another thread's, for every kind of fact.
 *
 * Source: formats.md 7.0 rule 1; ledger-design.md 2 "Boundary".
 */
#ifndef LEDGER_BOUNDARY_H
#define LEDGER_BOUNDARY_H

enum basis {
	BASIS_NONE,    /* nothing was copied */
	BASIS_ORDINAL, /* subagent_history_start_ordinal */
	BASIS_TURN,    /* ids of turns are older than the thread */
	BASIS_PARENT,  /* common beginning with the parent's file */
	BASIS_BURST,   /* lines written at once; the parent is not there */
	BASIS__MAX
};

struct boundary_turn {
	int64_t start_line; /* of its task_started */
	int64_t end_line;   /* of its task_complete or turn_aborted; 0: none */
	int64_t id_ms;      /* time inside its UUIDv7; -1: the id is none */
};

struct boundary_print {
	int64_t line;
	uint64_t print;
};

struct boundary_in {
	bool has_evidence; /* forked_from_id, or session_meta lines of other threads */
	bool has_base;     /* history_base: refers to its history, copies nothing */
	bool has_start_ordinal;
	int64_t ordinal_line;              /* first line at or behind that ordinal; 0: none yet */
	int64_t thread_ms;                 /* time inside the thread's UUIDv7; -1: the id is none */
	const struct boundary_turn *turns; /* in line order */
	size_t turns_len;
	const struct boundary_print *own, *parent; /* in line order */
	size_t own_len, parent_len;
	bool has_parent;
	int64_t burst_line; /* last line of the burst that the file begins with */
	/* last line that says by itself that it is another thread's: a session_meta at the
	   top, the end of a turn older than this thread; 0: none */
	int64_t meta_line;
};

struct boundary {
	enum basis basis;
	int64_t line; /* first own line; BOUNDARY_NEVER: all are copies so far */
	bool is_open; /* may move when a file grows */
};

#define BOUNDARY_NEVER INT64_MAX

/* The boundary by the first rule that applies to IN (borrowed). Returns it; cannot fail. */
struct boundary boundary_find(const struct boundary_in *in);

/* Milliseconds since 1970 inside the UUIDv7 text ID (terminated), -1 when ID is no UUIDv7; cannot fail. */
int64_t boundary_uuid_ms(const char *id);

/* Name of B as it stands in the database; static; cannot fail. */
const char *basis_name(enum basis b);

#endif
