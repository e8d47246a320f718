/*
 * internal.h - what the files of src/mustache share: the compiled form of a
 * template, the scanner, and how errors name a place.
 *
 * A template is an array of ops in the order of the text. An op with a body has
 * the index behind it as its jump. Only OP_TEXT knows about lines: OP_BOL says
 * that it begins one, and so does each line feed inside it. That is where the
 * indentation of a partial goes.
 */
#ifndef MUSTACHE_INTERNAL_H
#define MUSTACHE_INTERNAL_H

#include "base/arena.h"
#include "base/table.h"
#include "mustache/mustache.h"

enum op_code {
	OP_TEXT,     /* a: offset in the pool, b: bytes; may be empty with OP_BOL */
	OP_ESCAPED,  /* a: first part, n: parts; no parts: "." */
	OP_RAW,      /* the same */
	OP_SECTION,  /* the same; a body */
	OP_INVERTED, /* the same; a body */
	OP_PARTIAL,  /* a: call */
	OP_PARENT,   /* a: call; its body is OP_ARGs one after the other */
	OP_BLOCK,    /* a: call, b: id of the name; its body is the default */
	OP_ARG       /* b: id of the name; its body replaces that of the parent's OP_BLOCK */
};

#define OP_BOL 1 /* flag: begins a line of the template */
#define NO_OP UINT32_MAX

struct op {
	uint8_t code;
	uint8_t flags;
	uint16_t n;
	uint32_t a, b;
	uint32_t jump;
};

struct pos {
	uint32_t line, column; /* from 1, in characters */
};

/* A place where another template or a block is put in. */
struct call {
	const struct template *target;    /* bound by mustache_set_finish; NULL: none, or dynamic */
	const struct mustache_name *name; /* of the template or the block; NULL when dynamic */
	uint32_t part;                    /* dynamic: where the template's name is found */
	uint16_t parts;
	bool dynamic;
	bool alone;                   /* the tag has a line for itself */
	uint32_t indent, indent_size; /* before each line of what is put in; offset in the pool */
};

struct template
{
	const char *name, *label; /* as all below: in the set's arena */
	const struct op *ops;
	const struct pos *pos; /* of the op of the same index */
	uint32_t nops;
	struct call *calls; /* written by mustache_set_finish only */
	uint32_t *call_ops; /* the op of the call of the same index */
	uint32_t ncalls;
	const struct mustache_name *const *parts;
	const char *pool;
	uint8_t mark; /* of mustache_set_finish */
	UT_hash_handle hh;
};

struct known_name {
	struct mustache_name name;
	UT_hash_handle hh;
};

struct mustache_set {
	struct arena *arena;
	struct template *templates; /* a uthash table by name, in the order they came */
	struct known_name *names;
	size_t bytes;
	uint64_t hash;
	unsigned names_len;
	bool finished;
};

/* A template's text while it is compiled. */
struct source {
	const char *label;
	struct str text;
};

struct scan {
	struct source src;
	size_t at;              /* where the next search begins */
	struct str open, close; /* the delimiters in force */
	struct err *e;
};

struct tag {
	char kind;         /* one of # ^ / ! > < $ & =, or 'v' for {{x}} */
	bool dynamic;      /* > < and / with a * before the name, which is not in it */
	size_t start, end; /* offsets of the whole tag */
	struct str name;   /* a view into the text; empty for ! and = */
};

/* The object for the name Z of N bytes in S. Returns it, owned by S; aborts when out of memory. */
const struct mustache_name *mu_name(struct mustache_set *s, struct str z);

/* The template NAME of S, owned by S, or NULL; cannot fail. */
const struct template *mu_template(const struct mustache_set *s, struct str name);

/* Line and column of byte AT of TEXT. Returns them; cannot fail. */
struct pos mu_pos(struct str text, size_t at);

/* ERR_INPUT with the printf-style FMT at byte AT of the text SRC into *E. Returns always -1. */
int mu_source_error(const struct source *src, size_t at, struct err *e, const char *fmt, ...)
    PRINTF(4, 5);

/* CODE with the printf-style FMT at place POS of what is called LABEL into *E. Returns always -1. */
int mu_place_error(const char *label, struct pos pos, enum err_code code, struct err *e,
    const char *fmt, ...) PRINTF(5, 6);

/*
 * The next tag from S->at on into *T; delimiters are changed by this, S->at is
 * not. Returns 1, 0 when there is none, -1 with *S->e filled.
 */
int mu_scan_next(struct scan *s, struct tag *t);

/*
 * Compile SRC into T (its name and label are set) for the set S. Returns 0; -1 with
 * *E filled. What T holds is owned by S.
 */
int mu_compile(struct mustache_set *s, const struct source *src, struct template *t, struct err *e);

#endif
