/*
 * words.h - invented texts: prompts, answers, commands and what they print.
 * Nothing in them is from anybody's session.
 */
#ifndef DEMO_WORDS_H
#define DEMO_WORDS_H

#include "base/sbuf.h"
#include "demo/rng.h"

struct project {
	const char *cwd, *repository, *branch, *commit; /* repository NULL: no git */
};

struct command {
	const char *text;
	int fails;   /* in how many of 100 cases */
	int seconds; /* that it takes at most */
};

/* Project number I of some, by any number. Returns it, static; cannot fail. */
const struct project *words_project(int64_t i);

/* A shell command by R. Returns it, static; cannot fail. */
const struct command *words_command(struct rng *r);

/* A name of an agent by R. Returns it, static; cannot fail. */
const char *words_nickname(struct rng *r);

/* A path of a source file by R. Returns it, static; cannot fail. */
const char *words_file(struct rng *r);

/* Append a sentence by R to B, whose errors it keeps. */
void words_sentence(struct sbuf *b, struct rng *r);

/* Append what a user asks for, by R, to B, whose errors it keeps. */
void words_prompt(struct sbuf *b, struct rng *r);

/* Append sentences by R of LENGTH bytes or a little more to B, whose errors it keeps. */
void words_prose(struct sbuf *b, struct rng *r, size_t length);

/*
 * Append what a program prints, by R, about LENGTH bytes, to B, whose errors it
 * keeps. FANCY: with quotes, tabs, colours and letters outside ASCII.
 */
void words_output(struct sbuf *b, struct rng *r, size_t length, bool fancy);

/* Append LENGTH bytes that look like encrypted content, by R, to B, whose errors it keeps. */
void words_secret(struct sbuf *b, struct rng *r, size_t length);

/* Append LENGTH hexadecimal digits by R to B, whose errors it keeps. */
void words_hex(struct sbuf *b, struct rng *r, size_t length);

#endif
