#include "base/compat.h"

#include "report/events.h"
#include "report/rows.h"

/* The last column of the relation, captured_ms, is ours and not for people. */
#define SELECT \
	"SELECT x.* FROM events x " \
	"JOIN rollout r ON r.id = x.source_id JOIN home h ON h.id = r.home_id " \
	"WHERE coalesce(x.captured_ms, 0) >= ?1 AND coalesce(x.captured_ms, 0) < ?2"
/* the filters speak of dimset, thread and home; an event has those of its own row */
#define DIMS \
	"(SELECT coalesce(x.model, '') AS model, coalesce(x.directory, '') AS directory, " \
	"coalesce(x.repository, '') AS repository, coalesce(x.branch, '') AS branch, " \
	"coalesce(x.session_source, '') AS source, coalesce(x.effort, '') AS effort, " \
	"coalesce(x.tier, '') AS tier) d, (SELECT x.session_id AS uuid) t"
#define ORDER "x.captured_ms, x.session_id, x.id"

int
events_export(struct store *s, const struct query *q, bool counted, enum printer_format format,
    FILE *f, struct err *e)
{
	static const struct rows_sql all = { SELECT, DIMS, ORDER },
				     some = { SELECT " AND x.verdict = 'counted'", DIMS, ORDER };

	return rows_export(s, q, counted ? &some : &all, format, f, e);
}
