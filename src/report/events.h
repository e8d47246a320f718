/*
 * events.h - every event row, streamed: the `events` relation with its local time.
 *
 * Source: seed-facts.md 1.4 "export"; design.md 10 "Export".
 */
#ifndef REPORT_EVENTS_H
#define REPORT_EVENTS_H

#include "report/printer.h"
#include "report/query.h"

/*
 * Write the rows of S in Q's range that pass its filters to F in FORMAT, by
 * time; COUNTED leaves out all that does not count. captured_at is in Q's
 * zone. Returns 0; -1 with ERR_DB, or ERR_IO when F fails, in *E.
 */
int events_export(struct store *s, const struct query *q, bool counted, enum printer_format format,
    FILE *f, struct err *e);

#endif
