#include "base/compat.h"

#include "base/sbuf.h"
#include "base/utf8.h"
#include "report/out_report.h"
#include "report/table.h"

#define MODELS_SHOWN 5

static void
number(struct table *t, size_t i, int64_t v)
{
	char buf[32];

	table_commas(v, buf);
	table_cell(t, i, str_of(buf));
}

/* "$1,234.57", "USD 1,234.57"; "$3.37+" when only a part has a price; "-" when none has. */
static void
money(struct table *t, size_t i, const struct report_sum *sum, const char *label)
{
	char usd[40], whole[32], text[128];
	const char *point;
	int64_t units = 0;

	if (sum->unpriced > 0 && sum->priced == 0) {
		table_cell(t, i, STR("-"));
		return;
	}
	price_format_usd(price_nanousd(sum->cost), 2, usd);
	point = strchr(usd, '.');
	for (const char *p = usd; p < point; p++)
		units = units * 10 + (*p - '0'); /* a cost is never negative */
	table_commas(units, whole);
	(void)snprintf(text, sizeof(text), "%.20s%s%s%s%s", label, strlen(label) > 1 ? " " : "",
	    whole, point, sum->unpriced > 0 ? "+" : "");
	table_cell(t, i, str_of(text));
}

static void
sums(struct table *t, size_t at, const struct report_sum *s, const char *label)
{
	number(t, at, s->input + s->output);
	number(t, at + 1, s->input);
	number(t, at + 2, s->cached);
	number(t, at + 3, s->output);
	number(t, at + 4, s->reasoning);
	money(t, at + 5, s, label);
}

static void
marked(struct table *t, size_t i, const struct report_row *row)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s%s", row->period, row->losses != 0 ? " *" : "");
	table_cell(t, i, str_of(text));
}

void
out_report_table(FILE *f, const struct report *r, const struct query *q, const char *label)
{
	static const char *const titles[] = { "Period", "Group", "Total", "Input", "Cached",
		"Output", "Reasoning", "Est. cost" };
	static const char *const plain[] = { "Period", "Total", "Input", "Cached", "Output",
		"Reasoning", "Est. cost" };
	static const bool right[] = { false, false, true, true, true, true, true, true };
	static const bool plain_right[] = { false, true, true, true, true, true, true };
	bool by = q->by != NULL;
	struct table *t = by ? table_new(ARRAY_LEN(titles), titles, right)
			     : table_new(ARRAY_LEN(plain), plain, plain_right);

	for (size_t i = 0; i < r->len; i++) {
		marked(t, 0, &r->rows[i]);
		if (by)
			table_cell(t, 1, str_of(r->rows[i].group));
		sums(t, by ? 2 : 1, &r->rows[i].sum, label);
		table_row(t);
	}
	if (r->len > 0)
		table_rule(t);
	table_cell(t, 0, STR("Total"));
	sums(t, by ? 2 : 1, &r->total, label);
	table_row(t);
	table_print(t, f);
	table_free(t);
	out_coverage(f, &r->coverage, r->total.unpriced);
}

static void
unpriced_models(FILE *f, const struct coverage *c, int64_t unpriced)
{
	char n[32];

	table_commas(unpriced, n);
	(void)fprintf(f, "+ %s tokens have no price and are not in the cost:", n);
	for (size_t i = 0; i < c->models_len && i < MODELS_SHOWN; i++) {
		const struct coverage_model *m = &c->models[i];
		struct sbuf name;

		sbuf_init(&name, 65536);
		utf8_add_plain(&name, str_of(m->model[0] == '\0' ? "<unknown>" : m->model));
		table_commas(m->tokens, n);
		(void)fprintf(f, "%s %s %s (%s)", i > 0 ? "," : "", name.buf, n, m->reason);
		sbuf_free(&name);
	}
	if (c->models_len > MODELS_SHOWN)
		(void)fprintf(f, ", and %zu more models", c->models_len - MODELS_SHOWN);
	(void)fputs(".\n", f);
}

void
out_coverage(FILE *f, const struct coverage *c, int64_t unpriced)
{
	char n[32];

	if (unpriced > 0)
		unpriced_models(f, c, unpriced);
	if (c->lossy_threads > 0) {
		table_commas(c->lossy_threads, n);
		(void)fprintf(f,
		    "* Lower bound: the files of %s session%s hold less than was used.\n", n,
		    c->lossy_threads == 1 ? "" : "s");
		for (size_t i = 0; i < COVERAGE_LOSSES; i++)
			if (c->threads[i] > 0)
				(void)fprintf(f, "  %" PRId64 " %s %s (%s)\n", c->threads[i],
				    c->threads[i] == 1 ? "session" : "sessions",
				    coverage_kind(i)->text, coverage_kind(i)->name);
	}
	if (c->recovered_tokens > 0) {
		table_commas(c->recovered_tokens, n);
		(void)fprintf(f,
		    "  %s tokens were recovered from copies: the files of their sessions are "
		    "gone.\n",
		    n);
	}
	if (c->unreadable_lines > 0)
		(void)fprintf(f, "  %" PRId64 " line%s of all files could not be read.\n",
		    c->unreadable_lines, c->unreadable_lines == 1 ? "" : "s");
	if (c->failed_files > 0)
		(void)fprintf(f,
		    "  %" PRId64 " file%s not read, or not whole; "
		    "`codex-track ingest` names %s.\n",
		    c->failed_files, c->failed_files == 1 ? " was" : "s were",
		    c->failed_files == 1 ? "it" : "them");
	if (c->pending_threads > 0)
		(void)fprintf(f,
		    "  %" PRId64 " session%s still being counted; run the command again.\n",
		    c->pending_threads, c->pending_threads == 1 ? " is" : "s are");
}

void
out_report_rows(FILE *f, const struct report *r, enum printer_format format)
{
	static const char *const names[] = { "period", "group", "total_tokens", "input_tokens",
		"cached_input_tokens", "output_tokens", "reasoning_output_tokens", "estimated_cost",
		"unpriced_tokens", "cache_write_tokens", "responses", "lower_bound", "losses" };
	struct printer *p = printer_begin(format, f, ARRAY_LEN(names), names);

	for (size_t i = 0; i < r->len; i++) {
		const struct report_row *row = &r->rows[i];
		const struct report_sum *s = &row->sum;
		char cost[64];
		struct sbuf words;

		sbuf_init(&words, 1024);
		coverage_words(&words, row->losses);
		price_format_decimal(s->cost, cost);
		printer_row(
		    p, (const struct cell[]){ cell_text(str_of(row->period)),
			   cell_text(str_of(row->group)), cell_int(s->input + s->output),
			   cell_int(s->input), cell_int(s->cached), cell_int(s->output),
			   cell_int(s->reasoning),
			   s->unpriced > 0 && s->priced == 0 ? cell_null() : cell_number(cost),
			   cell_int(s->unpriced), cell_int(s->cache_write), cell_int(s->responses),
			   cell_bool(row->losses != 0),
			   { CELL_WORDS, 0, str_n(words.buf, words.len) } });
		sbuf_free(&words);
	}
	printer_end(p);
}
