#include "base/compat.h"

#include "base/sbuf.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "json/jw.h"
#include "report/status.h"
#include "report/table.h"

static void
line(const char *name, const char *text)
{
	struct sbuf b;

	if (text == NULL)
		return;
	sbuf_init(&b, 65536);
	utf8_add_plain(&b, str_of(text));
	(void)printf("%s: %s\n", name, b.buf);
	sbuf_free(&b);
}

static void
usage_lines(const struct status *st)
{
	char total[32], input[32], cached[32], output[32], used[32], window[32];

	table_commas(st->last.input + st->last.output, total);
	table_commas(st->last.input, input);
	table_commas(st->last.cached, cached);
	table_commas(st->last.output, output);
	if (st->has_usage)
		(void)printf("Token usage: total=%s input=%s cached=%s output=%s\n", total, input,
		    cached, output);
	if (st->context_left < 0)
		return;
	table_commas(st->last.total, used);
	table_commas(st->window, window);
	(void)printf("Context window: %d%% left (%s used / %s)\n", st->context_left, used, window);
}

/* "18:34" today, else "18:34 on 4 Jan". */
static void
reset_text(const struct tz *tz, int64_t now_ms, int64_t ms, char buf[static 48])
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date today, d;
	int32_t at, ignored, offset;

	tz_local(tz, now_ms, &today, &ignored, &offset);
	tz_local(tz, ms, &d, &at, &offset);
	if (civil_days(d) == civil_days(today))
		(void)snprintf(buf, 48, "%02d:%02d", at / 3600000, at / 60000 % 60);
	else
		(void)snprintf(buf, 48, "%02d:%02d on %d %s", at / 3600000, at / 60000 % 60, d.d,
		    months[d.m - 1]);
}

static void
limit_line(const struct app *a, const struct status_limit *l)
{
	char name[32], when[48];
	double left = 100.0 - l->used_percent;
	struct sbuf id;

	status_window_name(l->minutes, name);
	sbuf_init(&id, 65536);
	if (strcmp(l->limit_id, "codex") != 0)
		utf8_add_plain(&id, str_of(l->limit_id));
	(void)printf("%s%s%s limit: ", id.buf, id.len > 0 ? " " : "", name);
	sbuf_free(&id);
	if (l->resets_ms >= 0)
		reset_text(a->tz, a->now_ms, l->resets_ms, when);
	if (l->is_reset)
		(void)printf("reset at %s, no newer value yet\n", when);
	else if (l->resets_ms >= 0)
		(void)printf("%.1f%% left (resets %s)\n",
		    left < 0     ? 0
		    : left > 100 ? 100
				 : left,
		    when);
	else
		(void)printf("%.1f%% left\n", left < 0 ? 0 : left > 100 ? 100 : left);
}

static void
text(const struct app *a, const struct status *st)
{
	char when[32];

	if (!st->some) {
		(void)puts("No usage data captured yet.");
		return;
	}
	civil_format_offset(st->captured_ms, tz_offset_s(a->tz, st->captured_ms), when);
	line("Captured", when);
	line("Model", st->model);
	line("Directory", st->directory);
	line("Session", st->session);
	line("Title", st->title);
	line("Codex version", st->version);
	usage_lines(st);
	for (size_t i = 0; i < st->limits_len; i++)
		limit_line(a, &st->limits[i]);
}

static void
instant(struct jw *w, const char *key, const struct tz *tz, int64_t ms)
{
	char buf[32];

	jw_key(w, key);
	if (ms < 0) {
		jw_null(w);
		return;
	}
	civil_format_offset(ms, tz_offset_s(tz, ms), buf);
	jw_strz(w, buf);
}

static void
limits_json(struct jw *w, const struct app *a, const struct status *st)
{
	jw_key(w, "limits");
	jw_arr(w);
	for (size_t i = 0; i < st->limits_len; i++) {
		const struct status_limit *l = &st->limits[i];

		jw_obj(w);
		jw_kv_str(w, "home", l->home);
		jw_kv_str(w, "limit_id", l->limit_id);
		jw_key(w, "window_minutes");
		if (l->minutes < 0)
			jw_null(w);
		else
			jw_i64(w, l->minutes);
		jw_key(w, "used_percent");
		if (l->is_reset)
			jw_null(w);
		else
			jw_num(w, l->used_percent);
		instant(w, "resets_at", a->tz, l->resets_ms);
		jw_key(w, "is_reset");
		jw_bool(w, l->is_reset);
		instant(w, "captured_at", a->tz, l->captured_ms);
		jw_kv_str(w, "plan_type", l->plan);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

static void
json(const struct app *a, const struct status *st)
{
	struct jw w;

	jw_file(&w, stdout, true);
	jw_obj(&w);
	instant(&w, "captured_at", a->tz, st->some ? st->captured_ms : -1);
	jw_kv_str(&w, "model", st->model);
	jw_kv_str(&w, "directory", st->directory);
	jw_kv_str(&w, "session_id", st->session);
	jw_kv_str(&w, "title", st->title);
	jw_kv_str(&w, "codex_version", st->version);
	jw_key(&w, "last_request");
	if (st->has_usage) {
		jw_obj(&w);
		jw_kv_i64(&w, "total_tokens", st->last.input + st->last.output);
		jw_kv_i64(&w, "input_tokens", st->last.input);
		jw_kv_i64(&w, "cached_input_tokens", st->last.cached);
		jw_kv_i64(&w, "cache_write_tokens", st->last.cache_write);
		jw_kv_i64(&w, "output_tokens", st->last.output);
		jw_kv_i64(&w, "reasoning_output_tokens", st->last.reasoning);
		jw_obj_end(&w);
	} else
		jw_null(&w);
	jw_key(&w, "context");
	if (st->context_left >= 0) {
		jw_obj(&w);
		jw_kv_i64(&w, "used_tokens", st->last.total);
		jw_kv_i64(&w, "window_tokens", st->window);
		jw_kv_i64(&w, "percent_left", st->context_left);
		jw_obj_end(&w);
	} else
		jw_null(&w);
	limits_json(&w, a, st);
	jw_kv_str(&w, "timezone", tz_name(a->tz));
	jw_obj_end(&w);
	(void)putchar('\n');
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	struct status st;
	bool table;

	if (app_format(o, &table, &format, e) < 0)
		return -1;
	if (!table && format != PRINTER_JSON)
		return err_set(e, ERR_USAGE, "--format: use text or json");
	if (app_open(a, INT64_MIN, e) < 0 || status_run(a->store, a->now_ms, &st, e) < 0)
		return -1;
	if (table)
		text(a, &st);
	else
		json(a, &st);
	status_clear(&st);
	return 0;
}

const struct cmd cmd_status = {
	.name = "status",
	.operands = "",
	.summary = "The newest snapshot: model, session, context, limits",
	.takes = "db home rollouts format json tz",
	.formats = "text or json",
	.run = run,
};
