/*
 * table.h - a table for the terminal: columns as wide as their widest cell,
 * texts left, numbers right, no blanks at the ends of lines.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "base/str.h"

struct table;

/* A table of N columns with titles TITLES (copied); RIGHT tells which are numbers. Owned by the caller: table_free. */
struct table *table_new(size_t n, const char *const *titles, const bool *right);

/* Free T. NULL-safe; cannot fail. */
void table_free(struct table *t);

/* Set cell I of the row being made to the text S (copied, made fit for a terminal). A cell not set is empty; cannot fail. */
void table_cell(struct table *t, size_t i, struct str s);

/* The row is complete; the next cells belong to another; cannot fail. */
void table_row(struct table *t);

/* A line of dashes before the next row; cannot fail. */
void table_rule(struct table *t);

/* Write T to the stream F. Errors stay in F. */
void table_print(const struct table *t, FILE *f);

/* V with commas between groups of three digits into BUF, terminated; cannot fail. */
void table_commas(int64_t v, char buf[static 32]);

#endif
