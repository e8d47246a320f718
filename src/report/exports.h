/*
 * exports.h - turns, calls of tools and readings of limits as rows, by time. Each is
 * told once, where it was first written: copied lines are left out, as on the pages.
 *
 * Columns that the relations of the same kind have (src/store/sql/0002_relations.sql)
 * have their names. The dimensions of a turn, and of the calls in it, are those of its first
 * usage line, else those of its session; a reading has those of its own line.
 *
 * Source: pages.md 3 "Export".
 */
#ifndef REPORT_EXPORTS_H
#define REPORT_EXPORTS_H

#include "report/printer.h"
#include "report/query.h"

enum export_kind {
	EXPORT_TURNS,  /* with what counted in each */
	EXPORT_TOOLS,  /* names, states, times, lengths; no text */
	EXPORT_LIMITS, /* percentages as they were logged */
	EXPORT__MAX
};

/*
 * Write the rows of KIND in S that began in Q's range and pass its filters to F in FORMAT.
 * captured_at is in Q's zone. Returns 0; -1 with ERR_DB, or ERR_IO when F fails, in *E.
 */
int exports_run(struct store *s, const struct query *q, enum export_kind kind,
    enum printer_format format, FILE *f, struct err *e);

#endif
