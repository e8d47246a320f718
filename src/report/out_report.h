/*
 * out_report.h - a report as a table for people, or as rows for programs. Columns
 * and keys are those of the original tool, ours behind them.
 *
 * Source: seed-facts.md 1.4; pages.md 6.
 */
#ifndef REPORT_OUT_REPORT_H
#define REPORT_OUT_REPORT_H

#include "report/printer.h"
#include "report/report.h"

/*
 * Write R, the answer to Q, as a table with a total and notes on what is
 * missing to F; LABEL is put before amounts of money ("$"). Errors stay in F.
 */
void out_report_table(FILE *f, const struct report *r, const struct query *q, const char *label);

/* Write the rows of R in FORMAT to F. Errors stay in F. */
void out_report_rows(FILE *f, const struct report *r, enum printer_format format);

/* Write the notes on what is missing from a report with coverage C and UNPRICED tokens to F, a line each; nothing when it is complete. Errors stay in F. */
void out_coverage(FILE *f, const struct coverage *c, int64_t unpriced);

#endif
