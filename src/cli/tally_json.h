/*
 * tally_json.h - the members that `ingest` and `doctor` share in their JSON: counts
 * by name, and the files with problems.
 */
#ifndef CLI_TALLY_JSON_H
#define CLI_TALLY_JSON_H

#include "json/jw.h"
#include "report/tally.h"

/* Member KEY of the object open in W: {"name": count, …} of the rows of T. Errors stay in W. */
void tally_json(struct jw *w, const char *key, const struct tally *t);

/* Member "problems": [{"file": …, "state": …, "problem": …}, …] of the rows of P. Errors stay in W. */
void tally_problems_json(struct jw *w, const struct tally_problems *p);

#endif
