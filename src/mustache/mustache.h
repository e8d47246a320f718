/*
 * mustache.h - logic-less templates: a folder of them is compiled once into a
 * set, and a set renders any number of times, from any data.
 *
 * All of the language but lambdas: variables, sections, inverted sections,
 * comments, partials, delimiters, parents and blocks, dynamic names, dotted
 * names, and the rules about tags that stand alone on a line. Where it leaves
 * a choice: a tag follows the delimiter at once ({{#x}}, not {{ #x}}); a name
 * has no blanks and no braces; a partial that stands alone indents each line
 * of its template, empty ones too; a parent holds only blocks and ignored text;
 * the line break right behind the opening tag of a block inside a parent is
 * not part of it.
 *
 * Everything that can be wrong in a template is an error when it is added or
 * when the set is finished, as FILE:LINE:COLUMN (counted from 1, in characters)
 * with what to do. What is left for rendering are the limits, which are error
 * values, too. Once finished a set does not change: renders may be nested or
 * run side by side. Nothing is global.
 *
 * Source: the official cases of the Mustache specification (tests/spec); choices
 * and limits: c-style.md 4.2.
 */
#ifndef MUSTACHE_MUSTACHE_H
#define MUSTACHE_MUSTACHE_H

#include "base/sbuf.h"

/* Limits of a set. */
#define MUSTACHE_MAX_TEMPLATES 1000
#define MUSTACHE_MAX_TEXT ((size_t)1024 * 1024)     /* bytes of one template */
#define MUSTACHE_MAX_SET ((size_t)16 * 1024 * 1024) /* bytes of all of them */
#define MUSTACHE_MAX_NAME 255                       /* bytes of a name in a tag */
#define MUSTACHE_MAX_PARTS 16                       /* a.b.c has three */
#define MUSTACHE_MAX_OPEN 64                        /* tags open at once in a template */
#define MUSTACHE_MAX_FOLDERS 8                      /* levels of folders */

/* Limits of a render. */
#define MUSTACHE_MAX_DEPTH 256                         /* sections, partials, parents, blocks */
#define MUSTACHE_MAX_INDENT 1024                       /* bytes before a line */
#define MUSTACHE_MAX_STEPS 20000000                    /* elements, partials, blocks in all */
#define MUSTACHE_MAX_OUTPUT ((size_t)64 * 1024 * 1024) /* bytes, if the view names no other */

#define MUSTACHE_SCRATCH 64 /* bytes that a source may use to print a value */

/* ------------------------------------------------------------------- data */

/* What a name stands for. */
enum mustache_state {
	MUSTACHE_ABSENT, /* nothing here has that name: the search goes on outside */
	MUSTACHE_FALSEY, /* there, but not to be shown by a section; hides what is outside */
	MUSTACHE_VALUE,  /* shown once */
	MUSTACHE_LIST    /* shown for each of its elements, at least one */
};

/* One part of a name, without dots. Equal names of a set are one object. */
struct mustache_name {
	const char *z; /* terminated, holds no NUL */
	size_t n;
	unsigned id; /* from 0, dense in a set */
};

/*
 * Where values come from. A node is any pointer, NULL too, that the source
 * understands; the engine only hands it back. Nodes and texts must live until
 * the render ends. DATA is the view's. None of these can fail.
 */
struct mustache_source {
	/* The member NAME of NODE into *FOUND; nodes without members have none: MUSTACHE_ABSENT. */
	enum mustache_state (*lookup)(
	    void *data, const void *node, const struct mustache_name *name, const void **found);

	/* What NODE itself is, for {{#.}}; never MUSTACHE_ABSENT. */
	enum mustache_state (*judge)(void *data, const void *node);

	/*
	 * Element I of LIST into *ELEMENT, which holds element I - 1 when I > 0; false behind
	 * the last. Called with I = 0, 1, 2 … in order, only for a MUSTACHE_LIST.
	 */
	bool (*iterate)(void *data, const void *list, size_t i, const void **element);

	/*
	 * NODE as text, any bytes: a view into the node, or into SCRATCH of MUSTACHE_SCRATCH bytes.
	 * {NULL, 0} when it has none (a list, an object): shown as nothing, an error if strict.
	 */
	struct str (*text)(void *data, const void *node, char *scratch);
};

/* What one render shows. */
struct mustache_view {
	const struct mustache_source *source;
	void *data;       /* handed to the source */
	const void *root; /* the outermost context */
	size_t max_bytes; /* of output; 0: MUSTACHE_MAX_OUTPUT */
	bool strict;      /* a name that is absent or has no text is an error: for tests */
};

/* -------------------------------------------------------------------- sets */

struct mustache_set;

/* A set without templates, owned by the caller: mustache_set_free. Aborts when out of memory. */
struct mustache_set *mustache_set_new(void);

/* Free S and all its templates. NULL-safe; cannot fail. */
void mustache_set_free(struct mustache_set *s);

/*
 * Compile TEXT (UTF-8, borrowed during the call) as the template NAME; in messages it is called
 * LABEL, or NAME when that is NULL. Returns 0; -1 with ERR_INPUT or ERR_LIMIT in *E, and S is
 * then fit for mustache_set_free only.
 */
int mustache_set_add(
    struct mustache_set *s, const char *name, const char *label, struct str text, struct err *e);

/*
 * Add every file *.mustache below the folder DIR, in the order of their names. A template is
 * called as its path below DIR without the ending: DIR/pages/a.mustache is "pages/a". Names that
 * begin with a dot are left out. Returns the number of templates, at least 1; -1 with ERR_IO,
 * ERR_NOTFOUND, ERR_INPUT or ERR_LIMIT in *E, and S is then fit for mustache_set_free only.
 */
int mustache_set_load(struct mustache_set *s, const char *dir, struct err *e);

/*
 * Bind the partials and parents of all templates to each other; call once, before rendering. With
 * LENIENT a name without a template shows nothing, as the specification has it; else that
 * is ERR_INPUT. Returns 0, or -1 with *E filled.
 */
int mustache_set_finish(struct mustache_set *s, bool lenient, struct err *e);

/* True when S has a template NAME; cannot fail. */
bool mustache_set_has(const struct mustache_set *s, const char *name);

/* Hash of the names and texts of S in the order they came, for an ETag. Returns it; cannot fail. */
uint64_t mustache_set_hash(const struct mustache_set *s);

/* --------------------------------------------------------------- rendering */

/* Takes the N bytes at P of the output; ARG is the caller's. Returns 0; -1 with *E filled ends the render. */
typedef int mustache_sink(void *arg, const char *p, size_t n, struct err *e);

/*
 * Append the template NAME of the finished set S, filled from VIEW, to OUT. Returns 0; -1 with
 * ERR_NOTFOUND (no such template) or ERR_LIMIT (one of the limits above, or OUT's own) in *E, or
 * ERR_INPUT if the view is strict: OUT is then as it was before.
 */
int mustache_render(const struct mustache_set *s, const char *name,
    const struct mustache_view *view, struct sbuf *out, struct err *e);

/*
 * The template NAME of S, filled from VIEW, in pieces to SINK with ARG; after an error some
 * pieces may have gone out. Returns and errors as mustache_render, and those of SINK.
 */
int mustache_render_to(const struct mustache_set *s, const char *name,
    const struct mustache_view *view, mustache_sink *sink, void *arg, struct err *e);

#endif
