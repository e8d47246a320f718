/*
 * dims.h - the dimensions that usage can be split and filtered by: one row each.
 * Command line, API and pages walk this table.
 *
 * Source: design.md 10 "Dimensions"; pages.md 4.
 */
#ifndef REPORT_DIMS_H
#define REPORT_DIMS_H

#include "base/sbuf.h"

struct dim {
	const char *name;                /* --by NAME, by=NAME, --NAME VALUE */
	const char *title;               /* for people */
	const char *sql;                 /* over d (dimset), t (thread), h (home); "" = unknown */
	bool is_path;                    /* a prefix ends at a '/' */
	bool is_project;                 /* tells what is worked on */
	char *(*norm)(struct str value); /* VALUE as it is stored; owned by the caller: free */
};

/* A repository, or the directory of what has none: for lists, no filter. Source: design.md 10 "Project". */
extern const struct dim dim_project;

/* The dimension called NAME (terminated). Returns it, static, or NULL; cannot fail. */
const struct dim *dim_find(const char *name);

/* Dimension number I from 0. Returns it, static, or NULL behind the last; cannot fail. */
const struct dim *dim_at(size_t i);

/* Append the names of all dimensions to B: "model, directory or home". Errors stay in B. */
void dim_names(struct sbuf *b);

#endif
