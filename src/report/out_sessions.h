/*
 * out_sessions.h - the list of sessions as rows for programs.
 */
#ifndef REPORT_OUT_SESSIONS_H
#define REPORT_OUT_SESSIONS_H

#include "report/printer.h"
#include "report/sessions.h"

/* Write the rows of L in FORMAT to F, times in the zone TZ. Errors stay in F. */
void out_sessions_rows(
    FILE *f, const struct sessions *l, const struct tz *tz, enum printer_format format);

#endif
