#include "base/compat.h"

#include "base/sbuf.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "json/jw.h"
#include "report/explain.h"
#include "report/table.h"

static void
number(struct table *t, size_t i, int64_t v)
{
	char buf[32];

	table_commas(v, buf);
	table_cell(t, i, str_of(buf));
}

static void
when_text(const struct app *a, int64_t ms, char buf[static 32])
{
	buf[0] = '\0';
	if (ms >= 0)
		civil_format_offset(ms, tz_offset_s(a->tz, ms), buf);
}

static void
line_row(struct table *t, const struct app *a, const struct explain_line *l)
{
	char when[32], verdict[64];

	number(t, 0, l->line);
	when_text(a, l->ts_ms, when);
	table_cell(t, 1, str_of(when));
	table_cell(t, 2, l->is_record ? STR("record") : STR("count"));
	if (l->has_total)
		number(t, 3, l->total.total);
	if (l->has_last)
		number(t, 4, l->last.input + l->last.output);
	(void)snprintf(verdict, sizeof(verdict), "%s%s", verdict_name(l->verdict),
	    l->is_recovered ? ", recovered" : "");
	table_cell(t, 5, str_of(verdict));
	if (l->verdict == VERDICT_COUNTED && l->owner == NULL) {
		number(t, 6, l->delta.input);
		number(t, 7, l->delta.cached);
		number(t, 8, l->delta.output);
		number(t, 9, l->delta.reasoning);
		number(t, 10, l->delta.total);
	} else if (l->owner != NULL)
		table_cell(t, 10, STR("elsewhere"));
	table_row(t);
}

static struct table *
new_table(void)
{
	static const char *const titles[] = { "Line", "Time", "Kind", "Total so far",
		"This request", "Verdict", "Input", "Cached", "Output", "Reasoning", "Counted" };
	static const bool right[] = { true, false, false, true, true, false, true, true, true, true,
		true };

	return table_new(ARRAY_LEN(titles), titles, right);
}

static void
print_text(const char *name, const char *value)
{
	struct sbuf b;

	sbuf_init(&b, 65536);
	utf8_add_plain(&b, str_of(value));
	(void)printf("%s: %s\n", name, b.buf);
	sbuf_free(&b);
}

static void
part_head(const struct explain_part *p)
{
	print_text("File", p->path == NULL ? "(none)" : p->path);
	if (p->state != NULL && strcmp(p->state, "gone") == 0)
		(void)puts("  The file is gone; this is what it held when it was last read.");
	if (p->own_line == INT64_MAX)
		(void)printf("  All %" PRId64 " lines are copied from another session (by %s).\n",
		    p->lines, p->basis);
	else if (p->own_line > 1)
		(void)printf("  Lines 1 to %" PRId64 " are copied from another session (by %s).\n",
		    p->own_line - 1, p->basis);
}

static void
part_lines(const struct app *a, const struct explain *x, size_t part)
{
	struct table *t = new_table();

	part_head(&x->parts[part]);
	for (size_t i = 0; i < x->lines_len; i++)
		if (x->lines[i].part == part)
			line_row(t, a, &x->lines[i]);
	table_print(t, stdout);
	table_free(t);
	(void)putchar('\n');
}

static void
sum_lines(const struct explain *x)
{
	int64_t n[VERDICT__MAX] = { 0 };
	char total[32], input[32], cached[32], output[32], reasoning[32];

	for (size_t i = 0; i < x->lines_len; i++)
		n[x->lines[i].verdict]++;
	for (int v = 0; v < VERDICT__MAX; v++)
		if (n[v] > 0)
			(void)printf("%6" PRId64 " %-12s %s\n", n[v], verdict_name((enum verdict)v),
			    verdict_text((enum verdict)v));
	table_commas(x->total.total, total);
	table_commas(x->total.input, input);
	table_commas(x->total.cached, cached);
	table_commas(x->total.output, output);
	table_commas(x->total.reasoning, reasoning);
	(void)printf("\nTotal: %s tokens = %s input (%s cached) + %s output (%s reasoning)\n",
	    total, input, cached, output, reasoning);
}

static void
text(const struct app *a, const struct explain *x)
{
	print_text("Session", x->uuid);
	if (x->title != NULL)
		print_text("Title", x->title);
	(void)putchar('\n');
	for (size_t i = 0; i < x->parts_len; i++)
		part_lines(a, x, i);
	if (x->recovered_len > 0) {
		struct table *t = new_table();

		(void)puts("Recovered from copies in other sessions' files:");
		for (size_t i = 0; i < x->recovered_len; i++)
			line_row(t, a, &x->recovered[i]);
		table_print(t, stdout);
		table_free(t);
		(void)putchar('\n');
	}
	sum_lines(x);
	for (size_t i = 0; i < x->losses_len; i++) {
		size_t kind = coverage_find(str_of(x->losses[i].kind));

		(void)printf("%s line %" PRId64 ": %s (%s)\n",
		    i == 0 ? "Lower bound:" : "            ", x->losses[i].line,
		    kind < COVERAGE_LOSSES ? coverage_kind(kind)->text : "", x->losses[i].kind);
	}
}

static void
tokens_json(struct jw *w, const char *key, bool there, const struct tokens *t)
{
	jw_key(w, key);
	if (!there) {
		jw_null(w);
		return;
	}
	jw_obj(w);
	jw_kv_i64(w, "input_tokens", t->input);
	jw_kv_i64(w, "cached_input_tokens", t->cached);
	jw_kv_i64(w, "cache_write_tokens", t->cache_write);
	jw_kv_i64(w, "output_tokens", t->output);
	jw_kv_i64(w, "reasoning_output_tokens", t->reasoning);
	jw_kv_i64(w, "total_tokens", t->total);
	jw_obj_end(w);
}

static void
lines_json(
    struct jw *w, const struct app *a, const char *key, const struct explain_line *l, size_t n)
{
	char when[32];

	jw_key(w, key);
	jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jw_obj(w);
		jw_kv_i64(w, "file", (int64_t)l[i].part);
		jw_kv_i64(w, "line", l[i].line);
		when_text(a, l[i].ts_ms, when);
		jw_kv_str(w, "time", l[i].ts_ms < 0 ? NULL : when);
		jw_kv_str(w, "kind", l[i].is_record ? "token_usage_record" : "token_count");
		jw_kv_str(w, "verdict", verdict_name(l[i].verdict));
		jw_key(w, "recovered");
		jw_bool(w, l[i].is_recovered);
		jw_kv_str(w, "model", l[i].model[0] == '\0' ? NULL : l[i].model);
		jw_kv_str(w, "counts_for", l[i].owner);
		tokens_json(w, "logged_total", l[i].has_total, &l[i].total);
		tokens_json(w, "logged_last", l[i].has_last, &l[i].last);
		tokens_json(w, "counted", true, &l[i].delta);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

static void
json(const struct app *a, const struct explain *x)
{
	struct jw w;

	jw_file(&w, stdout, true);
	jw_obj(&w);
	jw_kv_str(&w, "session_id", x->uuid);
	jw_kv_str(&w, "title", x->title);
	tokens_json(&w, "total", true, &x->total);
	jw_key(&w, "lower_bound");
	jw_bool(&w, x->losses_len > 0);
	jw_key(&w, "losses");
	jw_arr(&w);
	for (size_t i = 0; i < x->losses_len; i++) {
		jw_obj(&w);
		jw_kv_str(&w, "kind", x->losses[i].kind);
		jw_kv_i64(&w, "file", (int64_t)x->losses[i].part);
		jw_kv_i64(&w, "line", x->losses[i].line);
		jw_obj_end(&w);
	}
	jw_arr_end(&w);
	jw_key(&w, "files");
	jw_arr(&w);
	for (size_t i = 0; i < x->parts_len; i++) {
		const struct explain_part *p = &x->parts[i];

		jw_obj(&w);
		jw_kv_str(&w, "path", p->path);
		jw_kv_str(&w, "state", p->state);
		jw_kv_i64(&w, "lines", p->lines);
		jw_kv_i64(
		    &w, "inherited_lines", p->own_line == INT64_MAX ? p->lines : p->own_line - 1);
		jw_kv_str(&w, "boundary", p->basis);
		jw_obj_end(&w);
	}
	jw_arr_end(&w);
	lines_json(&w, a, "lines", x->lines, x->lines_len);
	lines_json(&w, a, "recovered_lines", x->recovered, x->recovered_len);
	jw_obj_end(&w);
	(void)putchar('\n');
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	struct explain x;
	bool table;

	if (app_format(o, &table, &format, e) < 0)
		return -1;
	if (!table && format != PRINTER_JSON)
		return err_set(e, ERR_USAGE, "--format: use text or json");
	if (app_open(a, INT64_MIN, e) < 0 || explain_run(a->store, o->operands[0], &x, e) < 0)
		return -1;
	if (table)
		text(a, &x);
	else
		json(a, &x);
	explain_clear(&x);
	return 0;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.operands = "ID",
	.summary = "The arithmetic of one session: which lines counted, which did not, why",
	.takes = "db home rollouts format json tz",
	.min = 1,
	.max = 1,
	.formats = "text or json",
	.run = run,
};
