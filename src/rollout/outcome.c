#include "base/compat.h"

#include "base/num.h"
#include "rollout/outcome.h"

#define HEAD_LINES 8

/* What "0.0503 seconds" says, in whole milliseconds; REC_ABSENT when it is no number. */
static int64_t
seconds_ms(struct str s)
{
	int64_t us;
	size_t end = str_chr(s, ' ');
	struct str number = str_n(s.p, end);
	size_t point = str_chr(number, '.');

	if (point + 7 < number.n)
		number.n = point + 7; /* finer than a microsecond is cut */
	return num_decimal(number, 6, &us) == 0 ? us / 1000 : REC_ABSENT;
}

static void
exit_code(struct str s, struct rec_output *out)
{
	int64_t v;

	if (num_i64(str_trim(s), INT32_MIN, INT32_MAX, &v) < 0)
		return;
	out->has_exit = true;
	out->exit_code = v;
	if (v != 0)
		out->failed = true;
}

/* {"output":…,"metadata":{"exit_code":3,"duration_seconds":0.1}} and code mode's {"exit_code":0,"wall_time_seconds":…} */
static void
json_form(struct json_tokener *tok, struct str text, struct rec_output *out)
{
	struct json_object *o = jx_parse(tok, text.p, text.n), *meta;
	int64_t code;
	double d;

	if (o == NULL)
		return;
	meta = jx_obj(o, "metadata");
	if (meta == NULL)
		meta = o;
	if (jx_i64(meta, "exit_code", INT32_MIN, INT32_MAX, &code)) {
		out->has_exit = true;
		out->exit_code = code;
		if (code != 0)
			out->failed = true;
	}
	if ((jx_num(meta, "duration_seconds", &d) || jx_num(meta, "wall_time_seconds", &d)) &&
	    d >= 0 && d < 1e9)
		out->wall_ms = (int64_t)(d * 1000);
	json_object_put(o);
}

/* One line of the header that stands before "Output:". Returns false when it is none. */
static bool
header_line(struct str l, struct rec_output *out)
{
	if (str_starts(l, "Exit code: "))
		exit_code(str_n(l.p + 11, l.n - 11), out);
	else if (str_starts(l, "Process exited with code "))
		exit_code(str_n(l.p + 25, l.n - 25), out);
	else if (str_starts(l, "Wall time: "))
		out->wall_ms = seconds_ms(str_n(l.p + 11, l.n - 11));
	else if (str_starts(l, "Wall time "))
		out->wall_ms = seconds_ms(str_n(l.p + 10, l.n - 10));
	else if (str_starts(l, "command timed out after ")) {
		out->timed_out = true;
		out->failed = true;
	} else if (str_starts(l, "aborted by user after "))
		out->aborted = true;
	else if (str_starts(l, "Script failed"))
		out->failed = true;
	else
		return str_starts(l, "Chunk ID: ") || str_starts(l, "Command: ") ||
		       str_starts(l, "Script completed") ||
		       str_starts(l, "Original token count: ") ||
		       str_starts(l, "Total output lines: ") ||
		       str_starts(l, "Process running with session ID ");
	return true;
}

void
outcome_text(struct json_tokener *tok, struct str text, struct rec_output *out)
{
	struct str line, rest = text;
	const char *q;

	if (text.p == NULL)
		return;
	if (text.n > 0 && text.p[0] == '{') {
		json_form(tok, text, out);
		return;
	}
	/* 0.117: the command as it was typed, in as many lines as it has */
	if (str_starts(text, "Command: ") &&
	    (q = memmem(text.p, text.n, "\nChunk ID: ", 11)) != NULL)
		rest = str_n(q + 1, text.n - (size_t)(q + 1 - text.p));
	for (int i = 0; i < HEAD_LINES && str_split(&rest, '\n', &line); i++)
		if (!header_line(line, out))
			return;
}

void
outcome_value(struct json_tokener *tok, struct json_object *v, struct rec_output *out)
{
	struct str text = jx_text(v);
	size_t n = jx_len(v);

	out->wall_ms = REC_ABSENT;
	out->output_bytes = 0;
	if (text.p != NULL) {
		out->output_bytes = (int64_t)text.n;
		outcome_text(tok, text, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct str s = jx_str(jx_at(v, i), "text");
		int64_t wall = out->wall_ms;

		if (s.p == NULL)
			continue;
		out->output_bytes += (int64_t)s.n;
		/* what a script printed is no header, only the JSON of its command is */
		if (i == 0 || (i == 1 && s.n > 0 && s.p[0] == '{'))
			outcome_text(tok, s, out);
		if (i == 1 && wall != REC_ABSENT && wall > out->wall_ms)
			out->wall_ms = wall; /* the script's time, not that of its last command */
	}
}
