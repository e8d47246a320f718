/*
 * printer.h - rows of named values as JSON, NDJSON or CSV, written as they come.
 *
 * Source: pages.md 5 (CSV), design.md 10 "Export".
 */
#ifndef REPORT_PRINTER_H
#define REPORT_PRINTER_H

#include "base/str.h"

enum printer_format { PRINTER_JSON, PRINTER_NDJSON, PRINTER_CSV };

enum cell_type {
	CELL_NULL,
	CELL_INT,    /* i */
	CELL_NUMBER, /* s is the text of a JSON number */
	CELL_BOOL,   /* i */
	CELL_TEXT,   /* s */
	CELL_WORDS   /* s is words with blanks between: a list in JSON, ; between in CSV */
};

struct cell {
	enum cell_type type;
	int64_t i;
	struct str s; /* borrowed until the row is written */
};

struct printer;

/* A printer in FORMAT of N columns called NAMES (borrowed while it lives) to the stream F, header written. Owned by the caller: printer_end. */
struct printer *printer_begin(
    enum printer_format format, FILE *f, size_t n, const char *const *names);

/* Write one row of N cells. Errors stay in the stream. */
void printer_row(struct printer *p, const struct cell *cells);

/* Write what is left and free P. Errors stay in the stream. */
void printer_end(struct printer *p);

/* The cell of the text S, null when S.p is NULL. Borrows S; cannot fail. */
struct cell cell_text(struct str s);

/* The cell of the integer V; cannot fail. */
struct cell cell_int(int64_t v);

/* The cell of the JSON number written in the terminated text S (borrowed); cannot fail. */
struct cell cell_number(const char *s);

/* The cell of the truth V; cannot fail. */
struct cell cell_bool(bool v);

/* The null cell; cannot fail. */
struct cell cell_null(void);

/* Write S as a CSV field to F: quoted where needed, and guarded where a spreadsheet would run it. Errors stay in F. */
void printer_csv_text(FILE *f, struct str s);

#endif
