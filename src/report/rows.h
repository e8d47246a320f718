/*
 * rows.h - rows of a statement, streamed: what all exports share. Memory does not
 * grow with the rows: what must be sorted lies in a file without a name.
 */
#ifndef REPORT_ROWS_H
#define REPORT_ROWS_H

#include "report/printer.h"
#include "report/query.h"

/* The parts of a statement; all static. */
struct rows_sql {
	/* up to its conditions: ?1 is the start of the range, ?2 its end, in ms; the last column is
	   the time of the row in ms, which "captured_at" gets on the clock of the query's zone
	   and which is not shown itself; h is the home */
	const char *select;
	const char *dims; /* FROM items that are d and t of dims.h for a row */
	const char *order;
};

/*
 * Write the rows that SQL selects from S, in Q's range and let through by its filters, to F in
 * FORMAT, the columns called as in SQL. Returns 0; -1 with ERR_DB, or ERR_IO when F fails, in
 * *E.
 */
int rows_export(struct store *s, const struct query *q, const struct rows_sql *sql,
    enum printer_format format, FILE *f, struct err *e);

#endif
