#include "base/compat.h"

#include "base/sbuf.h"
#include "report/out_sessions.h"

static struct str
known(const char *s)
{
	return s == NULL ? str_n(NULL, 0) : str_of(s);
}

static void
local_text(const struct tz *tz, int64_t ms, char buf[static 32])
{
	buf[0] = '\0';
	if (ms >= 0)
		civil_format_offset(ms, tz_offset_s(tz, ms), buf);
}

void
out_sessions_rows(
    FILE *f, const struct sessions *l, const struct tz *tz, enum printer_format format)
{
	static const char *const names[] = { "session_id", "title", "first_active", "last_active",
		"directory", "repository", "source", "codex_version", "models", "parent_session_id",
		"turns", "messages", "tool_calls", "tool_failures", "compactions", "total_tokens",
		"input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens",
		"estimated_cost", "unpriced_tokens", "lower_bound", "losses", "archived",
		"file_gone", "recovered" };
	struct printer *p = printer_begin(format, f, ARRAY_LEN(names), names);

	for (size_t i = 0; i < l->len; i++) {
		const struct session_row *r = &l->rows[i];
		const struct report_sum *s = &r->sum;
		char first[32], last[32], cost[64];
		struct sbuf words;

		sbuf_init(&words, 1024);
		coverage_words(&words, r->losses);
		local_text(tz, r->first_ms, first);
		local_text(tz, r->last_ms, last);
		price_format_decimal(s->cost, cost);
		printer_row(p,
		    (const struct cell[]){ cell_text(known(r->uuid)), cell_text(known(r->title)),
			r->first_ms < 0 ? cell_null() : cell_text(str_of(first)),
			r->last_ms < 0 ? cell_null() : cell_text(str_of(last)),
			cell_text(known(r->directory)), cell_text(known(r->repository)),
			cell_text(known(r->source)), cell_text(known(r->version)),
			{ CELL_WORDS, 0, known(r->models) }, cell_text(known(r->parent)),
			cell_int(r->turns), cell_int(r->messages), cell_int(r->calls),
			cell_int(r->failures), cell_int(r->compactions),
			cell_int(s->input + s->output), cell_int(s->input), cell_int(s->cached),
			cell_int(s->output), cell_int(s->reasoning),
			s->unpriced > 0 && s->priced == 0 ? cell_null() : cell_number(cost),
			cell_int(s->unpriced), cell_bool(r->losses != 0),
			{ CELL_WORDS, 0, str_n(words.buf, words.len) }, cell_bool(r->is_archived),
			cell_bool(r->is_gone), cell_bool(r->is_recovered) });
		sbuf_free(&words);
	}
	printer_end(p);
}
