/*
 * overview.h - the first page: what was used, what changed against the range
 * before, how near the limits are, where it went. One reading of the range, one
 * of the range before.
 *
 * As JSON, the data of Overview:
 *   group            hour, day, week or month
 *   range previous   { from to tz }; previous null when there is none
 *   numbers          one object for each of tokens uncached output reasoning cost turns sessions
 *                    cached_share: { now before change_ppm spark [ by bucket ] }; tokens, nano-USD,
 *                    counts, and parts per million of the input; before and change_ppm null
 *                    without a range before, change_ppm also when before is 0 (of cached_share it
 *                    is the difference in ppm); cost also has text (USD) and unpriced_tokens
 *   buckets totals   as in series.h
 *   cost_by_model    groups as in series.h with values in nano-USD, by cost, at most 5 and the rest
 *   models projects  groups as in series.h without values, by tokens, at most 8 and the rest
 *   sessions         [ { members of session_list.h + range: { members of a sum } } ] by tokens in
 *                    the range
 *   last             [ sessions ] newest first
 *   limits           as in limits.h without windows, live ones only
 *   coverage         as in tree.h
 */
#ifndef REPORT_OVERVIEW_H
#define REPORT_OVERVIEW_H

#include "report/series.h"

struct overview_in {
	const struct query *q; /* borrowed; both ends are there */
	const struct price_card *card;
	bool has_before;
	struct period before;
};

/* The overview of S that IN (borrowed) asks for as JSON into *OUT (new reference). Returns 0; -1 with ERR_BUSY, ERR_DB or ERR_LIMIT in *E. */
int overview_json(
    struct store *s, const struct overview_in *in, struct json_object **out, struct err *e);

#endif
