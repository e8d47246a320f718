/*
 * mask.h - project names hidden: "project 1" is the one with the most tokens of all times, so
 * that a project keeps its name from page to page. A directory of a repository is "project 1
 * directory 2". Titles of sessions, which say what a project is about, are left out.
 *
 * Source: pages.md 4 "mask".
 */
#ifndef REPORT_MASK_H
#define REPORT_MASK_H

#include "json/jt.h"
#include "json/jx.h"
#include "store/store.h"
#include "report/dims.h"

struct mask;

/* Make *OUT of all directories and repositories in S, owned by the caller: mask_free. Returns 0; -1 with ERR_BUSY or ERR_DB in *E. */
int mask_load(struct mask **out, struct store *s, struct err *e);

/* What stands for the directory or repository NAME in M, lent by it; "project" for one that is not known. Cannot fail. */
const char *mask_name(const struct mask *m, struct str name);

/* Is NAME a directory or repository of M? Cannot fail. */
bool mask_knows(const struct mask *m, struct str name);

/* What LABEL stands for in M, lent by it, and its dimension into *DIM; NULL when nothing. Cannot fail. */
const char *mask_real(const struct mask *m, struct str label, const struct dim **dim);

/*
 * Hide in V and all below it what M knows: the members directory, repository, project and
 * name of an object, with the key beside them, and the titles of sessions. Aborts when out
 * of memory.
 */
void mask_tree(const struct mask *m, struct json_object *v);

/* *Z (owned), a directory or repository, becomes what stands for it in M; NULL stays, and when IS_LOOSE what M does not know. Aborts when out of memory. */
void mask_text(const struct mask *m, char **z, bool is_loose);

/* Free M. NULL-safe; cannot fail. */
void mask_free(struct mask *m);

#endif
