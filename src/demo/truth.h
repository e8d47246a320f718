/*
 * truth.h - what the invented responses add up to: truth.json, in the form of
 * the lab. Filled by those who invent a response, never from a file.
 */
#ifndef DEMO_TRUTH_H
#define DEMO_TRUTH_H

#include "demo/clock.h"
#include "demo/tmpl.h"

#define TRUTH_MODELS 32
#define TRUTH_ODD 32

struct truth_sum {
	struct usage u;
	int64_t responses;
};

struct truth_session {
	char id[ID_SIZE];
	struct truth_sum sum;
};

struct truth {
	struct truth_session *sessions;
	size_t len, alloc;
	struct truth_sum total;
	struct {
		const char *name; /* static */
		struct truth_sum sum;
	} models[TRUTH_MODELS];
	size_t models_len;
	char *odd[TRUTH_ODD]; /* files with lines that are no JSON, on purpose */
	size_t odd_len;
	int64_t files, bytes;
};

/* Add the session ID to T. Returns its number; cannot fail. */
size_t truth_session(struct truth *t, const char *id);

/*
 * Add a response of MODEL (static; NULL: the file does not tell) with the tokens
 * U to T, for session number AT. Parts that are larger than what they are parts
 * of are cut to it, as a tracker has to. Cannot fail; more than
 * TRUTH_MODELS names are a bug.
 */
void truth_add(struct truth *t, size_t at, const char *model, const struct usage *u);

/* Note in T that the file PATH (copied) has lines that are no JSON. More than TRUTH_ODD are a bug; otherwise it cannot fail. */
void truth_odd(struct truth *t, const char *path);

/* Write T as truth.json to PATH, with the sentence NOTES about it. Returns 0; -1 with the reason in *E. */
int truth_write(const struct truth *t, const char *path, const char *notes, struct err *e);

/* Free what T owns. Cannot fail. */
void truth_free(struct truth *t);

#endif
