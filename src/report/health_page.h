/*
 * health_page.h - what was read, what was not, and why, for the page: what
 * takes no long walk through the database. `doctor` (health.h) looks deeper.
 *
 * As JSON, the data of Health:
 *   database  { bytes schema generation }  bytes: all pages
 *   files     [ { name n bytes } ] by state; bytes: as they lie, compressed or not
 *   reads     [ { at files bytes lines } ] the newest ten passes that read something; a file
 *             stands at the pass that read it last; at: when that began
 *   skipped faulty [ { name n path line } ] lines by reason, the first of them
 *   verdicts  [ { name n } ]     usage lines
 *   unknown   [ { name n } ]     lines of kinds this version does not know, most first
 *   problems  [ { path state problem } ]           files that were not read to the end
 *   tables    [ { name bytes } ] largest first, indexes with their table
 *   months    [ { label start sessions responses lossy unreadable } ]
 *   pending   { sessions sums }  still to be counted; sums still to be made
 */
#ifndef REPORT_HEALTH_PAGE_H
#define REPORT_HEALTH_PAGE_H

#include "json/jt.h"
#include "json/jx.h"
#include "store/store.h"
#include "time/tz.h"

/* The state of S as JSON into *OUT (new reference), months in the zone TZ. Returns 0; -1 with ERR_BUSY or ERR_DB in *E. */
int health_page_json(struct store *s, const struct tz *tz, struct json_object **out, struct err *e);

#endif
