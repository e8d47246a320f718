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
	int64_t key;               /* the caller's name for the line, 0 or more */
	/* out */
	enum verdict verdict;
	struct tokens delta; /* zero unless counted */
};

/* What is carried from line to line; plain data, all zero before the first line of a thread. */
struct ledger_state {
	struct tokens previous; /* the total before */
	bool has_previous;
	bool based;       /* inherited or based: totals do not begin at 0 */
	bool has_records; /* an own token_usage_record was seen */
	bool covered;     /* a record came since the total changed last */
	/* last token_count that counted: a record right behind it supersedes it */
	bool has_loose;
	int64_t loose_key, loose_turn;
	struct tokens loose_delta;
};

/* Was the response of the own record L counted before in this thread? Remembers it. ARG is the caller's. */
typedef bool ledger_seen_fn(void *arg, const struct usage_line *l);

/*
 * Judge the next line L of a thread: fills its verdict and delta, and moves STATE on. SEEN is
 * asked, with ARG, about records only. Returns the key of the earlier line that L supersedes (it
 * counted until now), -1 for none; cannot fail.
 */
int64_t ledger_step(
    struct ledger_state *state, struct usage_line *l, ledger_seen_fn *seen, void *arg);

/*
 * Walk the N lines of one thread, in order (copied lines in front included):
 * fills verdict and delta of each, key too. Borrows LINES; cannot fail.
 */
void ledger_walk(struct usage_line *lines, size_t n);

/* Name of V as it stands in the database and in `explain`; static; cannot fail. */
const char *verdict_name(enum verdict v);

/* One sentence that explains V to a reader; static; cannot fail. */
const char *verdict_text(enum verdict v);

#endif
