/*
 * ledger.h - the counting rule: which usage lines of a thread count, and how
 * much. A pure function of the lines: no SQL, no JSON, no files.
 *
 * Source: formats.md 7.0; ledger-design.md 2 "Walk". Checked against what the
 * API had returned on every folder of the lab.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

/* Tokens of one line, each 0 or more. cached and cache_write are parts of input, reasoning is a part of output. */
struct tokens {
	int64_t input, cached, cache_write, output, reasoning, total;
};

enum verdict {
	VERDICT_NONE,        /* not walked yet */
	VERDICT_COUNTED,     /* its delta is in every sum */
	VERDICT_REPEAT,      /* the total did not change, or the response was counted */
	VERDICT_INHERITED,   /* copied from another thread */
	VERDICT_SUPERSEDED,  /* a token_usage_record says it better */
	VERDICT_SYNTHETIC,   /* a context gauge, no response behind it */
	VERDICT_REVIEW_COPY, /* stands in the review's own file too */
	VERDICT_NO_INFO,     /* carries limits only */
	VERDICT__MAX
};

struct usage_line {
	/* in */
	bool is_record;      /* token_usage_record, else token_count */
	bool is_own;         /* behind the boundary, and for a record: of this thread */
	bool is_review_copy; /* in a review, and its counters stand in a review's file */
	bool starts_based;   /* first line of a rollout whose history_base holds earlier totals */
	int64_t turn;        /* number of the turn in force, within its rollout */
	bool has_total, has_last;
	struct tokens total, last; /* as logged; a record's usage is in last */
	const char *response_id;   /* NULL: none */
	/* out */
	enum verdict verdict;
	struct tokens delta; /* zero unless counted */
};

/*
 * Walk the N lines of one thread, in order (copied lines in front included):
 * fills verdict and delta of each. Borrows LINES; cannot fail.
 */
void ledger_walk(struct usage_line *lines, size_t n);

/* Name of V as it stands in the database and in `explain`; static; cannot fail. */
const char *verdict_name(enum verdict v);

/* One sentence that explains V to a reader; static; cannot fail. */
const char *verdict_text(enum verdict v);

#endif
