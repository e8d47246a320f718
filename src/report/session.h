/*
 * session.h - one session: facts, family, responses with the fill of the
 * context, turns, tools, limits, and the arithmetic of what counted.
 *
 * As JSON, the data of Session:
 *   session    members of session_list.h (whole sum) + originator provider commit home
 *              context_window (tokens, null) effort [names] tier [names]
 *   files      [ { path page state basis own_line lines } ]  basis: how own lines were told from
 *              copied ones
 *   family     [ { id title relation depth parent models started last turns inherited_tokens
 *                  self own rolled } ]   parent before children; relation: null for the first, else
 *              "fork" or "sub-agent"; own: members of a sum; rolled: own and all sub-agents below
 *   responses  [ { n at turn model context window fill_permille recovered
 *                  after_compaction + members of a sum } ]   after_compaction: the first behind one
 *              turn: own number from 1, null: before the first; the last RESPONSES_MAX of them
 *   responses_total
 *   turns      [ { n turn_id started ended duration_ms ttft_ms status messages calls failures
 *                  compactions peak_permille responses + members of a sum } ]
 *   tools      [ { name calls failed timeouts aborted open timed p50_ms p95_ms total_ms
 *                  output_bytes } ]  most calls first; percentiles by nearest rank
 *   limits     [ { limit_id minutes window first_percent last_percent least most } ]
 *   verdicts   [ { verdict text lines logged_tokens counted_tokens } ]
 *   arithmetic { counted recovered sum difference }   counted + recovered - sum = difference: 0
 *   losses     [ { kind text line } ]
 */
#ifndef REPORT_SESSION_H
#define REPORT_SESSION_H

#include "report/scan.h"

#define SESSION_RESPONSES_MAX 2000
#define SESSION_FAMILY_MAX 500

/*
 * The session of S whose id begins with ID (at least 4 characters), priced by
 * CARD, with times on the clock of TZ (all borrowed), as JSON into *OUT (new
 * reference). Returns 0; -1 with ERR_NOTFOUND, ERR_USAGE (too short, several
 * match), ERR_BUSY or ERR_DB in *E.
 */
int session_json(struct store *s, const char *id, const struct price_card *card,
    const struct tz *tz, struct json_object **out, struct err *e);

#endif
