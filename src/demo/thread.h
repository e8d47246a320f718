/*
 * thread.h - what the generator carries, and one thread of it: its file, its
 * counters, its lines' envelopes. A failure to write is kept in gen.err, which
 * the main loop asks; until then the lines go nowhere.
 */
#ifndef DEMO_THREAD_H
#define DEMO_THREAD_H

#include "demo/clock.h"
#include "demo/demo.h"
#include "demo/limits.h"
#include "demo/out.h"
#include "demo/truth.h"
#include "demo/words.h"

struct gen {
	const struct demo_opts *o;
	struct err err; /* the first failure; ERR_NONE: none */
	struct rng rng;
	struct clock clock;
	struct limits limits;
	struct truth truth;
	struct sbuf line;                        /* the line being written */
	struct sbuf text, outer;                 /* texts that go into it */
	struct sbuf instructions, skills, tools; /* JSON that is the same in every thread */
	char *home;
	FILE *index;                  /* session_index.jsonl */
	int64_t bytes;                /* in rollouts so far */
	int64_t reserve;              /* bytes that are kept for what is still to be shown */
	int64_t lines, large, secret; /* lines, those over 64 KB, bytes of encrypted reasoning */
	bool modest;                  /* a trap is being shown: no large lines */
};

enum place { PLACE_SESSIONS, PLACE_ARCHIVED, PLACE_FLAT };

struct thread {
	struct gen *g;
	struct out out;
	char *path;
	char id[ID_SIZE], root[ID_SIZE], parent[ID_SIZE]; /* "" where it is none */
	char turn[ID_SIZE], root_turn[ID_SIZE], window[ID_SIZE], first_window[ID_SIZE];
	const struct project *project;
	const char *model, *effort, *tier; /* effort and tier may be NULL */
	const char *version, *originator;
	const char *source;                /* JSON */
	const char *nickname, *agent_path; /* of a sub-agent, else NULL */
	bool compressed;
	enum place place;
	int64_t name_shift_ms; /* of the clock that the file name shows, against the person's */
	const struct era *era; /* NULL: the newest format */
	bool told;             /* a count was told since the program began */
	size_t truth;          /* its number there */
	int64_t first_ms, turn_ms, written;
	int64_t ordinal; /* next; negative: lines have none */
	int64_t sequence, sampled, order, windows, calls;
	bool with_write; /* counters tell cache writes */
	enum limits_form limits;
	struct usage total, last, thread_total, turn_total, record;
	char answer[256]; /* the last final answer */
	int64_t context, cached,
	    room; /* tokens in the model's window, of them in the cache, its size */
};

/* Begin a thread in *T for G: a new id of the present, a project and a model by chance; no file yet. Cannot fail. */
void thread_init(struct gen *g, struct thread *t);

/* Open the first file of T; G learns of its session unless the id is known already (IS_NEW false). Errors stay in T's gen. */
void thread_open(struct thread *t, bool is_new);

/* Open the next page of T, whose id is PAGE, after the first file was closed. Errors stay in T's gen. */
void thread_open_page(struct thread *t, const char *page);

/* Open T's file again to append. Errors stay in T's gen. */
void thread_reopen(struct thread *t);

/* Close T's file. Errors stay in T's gen. */
void thread_close(struct thread *t);

/* Free what T owns, after thread_close. Cannot fail. */
void thread_free(struct thread *t);

/* The first BYTES of T's closed file (negative: all) once more, as the file TO below the home. Errors stay in T's gen. */
void thread_copy(struct thread *t, const char *to, int64_t bytes);

/* Part of T's path behind the home, without the dot and what follows. Owned by the caller: free(). Aborts when out of memory. */
char *thread_stem(const struct thread *t);

/* Bytes S in T's file, as they are. Errors stay in T's gen. */
void thread_raw(struct thread *t, struct str s);

/* Begin a line of TYPE in T, a millisecond later: what follows in gen.line is the payload. Cannot fail. */
void line_begin(struct thread *t, const char *type);

/* End T's line and write it. Errors stay in T's gen. */
void line_end(struct thread *t);

/* A line of T: its type, then the template of its payload and the values. */
#define LINE(t, type, ...) \
	do { \
		line_begin((t), (type)); \
		TMPL(&(t)->g->line, __VA_ARGS__); \
		line_end(t); \
	} while (0)

/* The same without values. */
#define LINE0(t, type, text) \
	do { \
		line_begin((t), (type)); \
		TMPL0(&(t)->g->line, text); \
		line_end(t); \
	} while (0)

/* The time MS as Codex writes it, into the caller's BUF. Returns BUF; cannot fail. */
const char *time_text(int64_t ms, char buf[static 32]);

/* Invent the tokens of T's next response, with about OUTPUT of output, as far as its window goes. Returns them; cannot fail. */
struct usage thread_invent(struct thread *t, int64_t output);

/* T got a response with the tokens U, which the files will tell: into the truth, the limits, and the sums that records carry. Cannot fail. */
void thread_spend(struct thread *t, const struct usage *u);

/* Add U to the counters that T's token_count lines tell. Cannot fail. */
void thread_count(struct thread *t, const struct usage *u);

/* Add U to the sum *TO. Cannot fail. */
void usage_add(struct usage *to, const struct usage *u);

/* Note the name of T's thread in session_index.jsonl. Errors stay in its stream. */
void thread_name(struct thread *t, const char *name);

#endif
