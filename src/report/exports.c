#include "base/compat.h"

#include "report/exports.h"
#include "report/rows.h"

#define STAMP(ms) "strftime('%Y-%m-%dT%H:%M:%fZ', " ms " / 1000.0, 'unixepoch')"
#define TIMES(ms) STAMP(ms) " AS captured_at, " STAMP(ms) " AS captured_at_utc, "

/* Own turns of each thread from 1, in the order of its pages. */
#define OWN \
	"own AS MATERIALIZED (SELECT u.rollout_id, u.seq, row_number() OVER (PARTITION BY " \
	"r.thread_id ORDER BY r.page <> '', r.base_end, r.first_ms, r.page, u.seq) AS n " \
	"FROM turn u JOIN rollout r ON r.id = u.rollout_id AND u.line >= r.own_line)"
/* What counted in each turn, and the dimensions of its first usage line. */
#define USED \
	"used AS MATERIALIZED (SELECT u.rollout_id, u.turn_seq, min(u.pos), u.dimset_id, " \
	"sum(u.verdict = 1) AS responses, sum(u.d_input) AS input, sum(u.d_cached) AS cached, " \
	"sum(u.d_write) AS written, sum(u.d_output) AS output, sum(u.d_reasoning) AS reasoning " \
	"FROM usage u JOIN rollout r ON r.id = u.rollout_id AND u.line >= r.own_line " \
	"WHERE u.dimset_id IS NOT NULL GROUP BY 1, 2)"
#define PLACE \
	"nullif(d.model, '') AS model, nullif(d.directory, '') AS directory, " \
	"nullif(d.repository, '') AS repository, nullif(d.branch, '') AS branch, " \
	"nullif(d.source, '') AS session_source, nullif(d.effort, '') AS reasoning_effort, " \
	"nullif(d.tier, '') AS tier, h.path AS home, "
#define OF_THREAD "JOIN thread t ON t.id = r.thread_id JOIN home h ON h.id = r.home_id "
#define OF_TURN \
	OF_THREAD "LEFT JOIN thread_sum s ON s.thread_id = t.id " \
		  "LEFT JOIN dimset d ON d.id = coalesce(w.dimset_id, s.dimset_id) "
#define RANGE(ms) "WHERE coalesce(" ms ", 0) >= ?1 AND coalesce(" ms ", 0) < ?2"
/* where there is no line of usage, everything is unknown */
#define DIMS \
	"(SELECT coalesce(d.model, '') AS model, coalesce(d.directory, '') AS directory, " \
	"coalesce(d.repository, '') AS repository, coalesce(d.branch, '') AS branch, " \
	"coalesce(d.source, '') AS source, coalesce(d.effort, '') AS effort, " \
	"coalesce(d.tier, '') AS tier) d"

/* clang-format off */
#define TURNS \
	"WITH " OWN ", " USED " SELECT t.uuid AS session_id, " TIMES("u.start_ms") \
	"o.n AS turn_index, u.turn_id, " PLACE "u.status, u.duration_ms, " \
	"u.ttft_ms AS time_to_first_token_ms, " STAMP("u.end_ms") " AS completed_at, " \
	"coalesce(w.responses, 0) AS responses, " \
	"coalesce(w.input + w.output, 0) AS total_tokens, " \
	"coalesce(w.input, 0) AS input_tokens, coalesce(w.cached, 0) AS cached_input_tokens, " \
	"coalesce(w.written, 0) AS cache_write_tokens, " \
	"coalesce(w.output, 0) AS output_tokens, " \
	"coalesce(w.reasoning, 0) AS reasoning_output_tokens, u.line AS source_line, u.start_ms " \
	"FROM own o JOIN turn u ON u.rollout_id = o.rollout_id AND u.seq = o.seq " \
	"JOIN rollout r ON r.id = u.rollout_id " \
	"LEFT JOIN used w ON w.rollout_id = u.rollout_id AND w.turn_seq = u.seq " \
	OF_TURN RANGE("u.start_ms")
#define TOOLS \
	"WITH " OWN ", " USED " SELECT t.uuid AS session_id, " TIMES("c.ts_ms") \
	"o.n AS turn_index, CASE c.kind WHEN 1 THEN 'function_call' " \
	"WHEN 2 THEN 'custom_tool_call' WHEN 3 THEN 'local_shell' ELSE 'web_search_call' END " \
	"AS tool_type, c.name AS tool_name, c.space AS namespace, c.command, c.call_id, " \
	"CASE c.status WHEN 1 THEN 'completed' WHEN 2 THEN 'failed' WHEN 3 THEN 'timeout' " \
	"WHEN 4 THEN 'aborted' END AS status, c.exit_code, c.wall_ms, " \
	"c.end_ms - c.ts_ms AS duration_ms, c.input_bytes AS input_length, " \
	"c.output_bytes AS output_length, " PLACE "c.line AS source_line, c.ts_ms " \
	"FROM call c JOIN rollout r ON r.id = c.rollout_id AND c.line >= r.own_line " \
	"LEFT JOIN own o ON o.rollout_id = c.rollout_id AND o.seq = c.turn_seq " \
	"LEFT JOIN used w ON w.rollout_id = c.rollout_id AND w.turn_seq = c.turn_seq " \
	OF_TURN RANGE("c.ts_ms")
/* a review's reading (verdict 6) stands in the review's own thread, too */
#define LIMITS \
	"SELECT t.uuid AS session_id, " TIMES("x.ts_ms") \
	"x.limit_id, x.limit_name, x.minutes AS window_minutes, x.used_percent, " \
	STAMP("x.resets_ms") " AS resets_at, x.plan_type, x.reached_type, x.has_credits, " \
	"x.unlimited, x.balance, " PLACE "x.line AS source_line, x.ts_ms " \
	"FROM limit_sample x JOIN usage u ON u.rollout_id = x.rollout_id AND u.pos = x.pos " \
	"AND u.verdict <> 6 JOIN rollout r ON r.id = x.rollout_id AND x.line >= r.own_line " \
	OF_THREAD "LEFT JOIN dimset d ON d.id = u.dimset_id " RANGE("x.ts_ms")
/* clang-format on */

static const struct rows_sql kinds[EXPORT__MAX] = {
	[EXPORT_TURNS] = { TURNS, DIMS, "u.start_ms, session_id, turn_index" },
	[EXPORT_TOOLS] = { TOOLS, DIMS, "c.ts_ms, session_id, c.rollout_id, c.pos" },
	[EXPORT_LIMITS] = { LIMITS, DIMS, "x.ts_ms, session_id, x.rollout_id, x.pos, x.slot" },
};

int
exports_run(struct store *s, const struct query *q, enum export_kind kind,
    enum printer_format format, FILE *f, struct err *e)
{
	return rows_export(s, q, &kinds[kind], format, f, e);
}
