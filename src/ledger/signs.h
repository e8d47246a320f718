/*
 * signs.h - the signs by which a file shows that it holds less than was used:
 * fed with what stands in the file, line by line, it names each loss. A pure
 * function of the lines: no SQL, no JSON, no files.
 *
 * Source: formats.md 7.0 "Known losses"; lab-format.md 7 and 9.
 */
#ifndef LEDGER_SIGNS_H
#define LEDGER_SIGNS_H

#include "base/err.h"
#include "ledger/ledger.h"

enum sign {
	SIGN_TURN = 'T',       /* a turn begins; flag: it has an id */
	SIGN_TURN_END = 'E',   /* a turn ends */
	SIGN_ABORT = 'A',      /* a turn is aborted */
	SIGN_ANSWER = 'M',     /* the model's text, as a response item */
	SIGN_CALL = 'C',       /* the model calls a tool; flag: no output comes for it */
	SIGN_OUTPUT = 'O',     /* a call's output */
	SIGN_COUNT = 'U',      /* a token_count; verdict */
	SIGN_RECORD = 'R',     /* a token_usage_record; verdict */
	SIGN_COMPACTION = 'X', /* the history is compacted; flag: by a text in the file; record */
	SIGN_REVIEW_END = 'V', /* a review ends */
	SIGN_BAD = 'B',        /* a line that could not be used; flag: no part of it */
	SIGN_CUT = 'L'         /* a last line without its end */
};

struct sign_step {
	enum sign what;
	int64_t line, ts_ms; /* number of the line, its time (negative: none) */
	bool flag;
	enum verdict verdict;
	int record; /* of a compaction: is the response that it names recorded; -1: it names none */
};

/* What is carried from line to line; plain data, all zero at the start of a file. */
struct signs {
	int64_t answers, counts, infos; /* answers and calls; token counts; those with counters */
	int64_t first_answer, first_ms;
	bool turn_open;     /* a turn began and did not end */
	bool turn_answered; /* something came of it */
	bool has_ends;      /* the file marks the ends of turns */
	int64_t turn_line, turn_ms;
	bool after_usage;   /* the last answer, output or count was a counted line */
	bool review_answer; /* the next answer is a review's, repeated here */
	int64_t calls_open, call_line, call_ms;
};

/* Takes one loss: its KIND (static), LINE and time MS (negative: none). ARG is the caller's. Returns 0; -1 with *E filled. */
typedef int loss_fn(void *arg, const char *kind, int64_t line, int64_t ms, struct err *e);

/* Take in the next STEP of a file in line order: S moves on, each loss goes to FN with ARG. Returns 0, or -1 as FN did, with *E. */
int signs_step(
    struct signs *s, const struct sign_step *step, loss_fn *fn, void *arg, struct err *e);

/* The file ends here, for now: what is open is a loss and goes to FN with ARG. S is left as it is. Returns as signs_step, with *E. */
int signs_end(const struct signs *s, loss_fn *fn, void *arg, struct err *e);

#endif
