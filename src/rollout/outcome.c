#include "base/compat.h"

#include "base/num.h"
#include "rollout/outcome.h"

#define HEAD_LINES 8
#define LINE_BYTES 256 /* of a line; the forms are much shorter */

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
json_form(struct skim *inner, struct str text, struct rec_output *out)
{
	struct jv meta;
	int64_t code;
	double d;

	if (skim_parse(inner, text) != SKIM_OK)
		return;
	meta = jv_obj(skim_root(inner), "metadata");
	if (!jv_is(meta))
		meta = skim_root(inner);
	if (jv_i64(meta, "exit_code", INT32_MIN, INT32_MAX, &code)) {
		out->has_exit = true;
		out->exit_code = code;
		if (code != 0)
			out->failed = true;
	}
	if ((jv_num(meta, "duration_seconds", &d) || jv_num(meta, "wall_time_seconds", &d)) &&
	    d >= 0 && d < 1e9)
		out->wall_ms = (int64_t)(d * 1000);
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

/* Moves *LINES and *LINE on to the line that begins with WORDS. False, *LINES untouched, when there is none. */
static bool
go_to(struct jv_lines *lines, const char *words, struct str *line)
{
	struct jv_lines later = *lines;

	while (jv_line(&later, LINE_BYTES, line))
		if (str_starts(*line, words)) {
			*lines = later;
			return true;
		}
	return false;
}

void
outcome_text(struct skim *inner, struct jv text, struct rec_output *out)
{
	struct jv_lines lines = jv_lines(text);
	struct str line;
	int n = 1;

	if (!jv_line(&lines, LINE_BYTES, &line))
		return;
	if (line.n > 0 && line.p[0] == '{') {
		json_form(inner, jv_text(text), out);
		return;
	}
	/* 0.117: the command as it was typed, in as many lines as it has */
	if (str_starts(line, "Command: ") && !go_to(&lines, "Chunk ID: ", &line))
		line = STR("Command: ");
	while (header_line(line, out) && n++ < HEAD_LINES && jv_line(&lines, LINE_BYTES, &line))
		;
}

void
outcome_value(struct skim *inner, struct jv v, struct rec_output *out)
{
	struct jv_walk items = jv_walk(jv_if(v, JV_ARR));

	out->wall_ms = REC_ABSENT;
	out->output_bytes = (int64_t)jv_bytes(v);
	outcome_text(inner, v, out);
	for (size_t i = 0; jv_next(&items); i++) {
		struct jv s = jv_if(jv_any(items.value, "text"), JV_STR);
		struct str start;
		int64_t wall = out->wall_ms;
		struct jv_lines lines = jv_lines(s);

		if (!jv_line(&lines, 1, &start))
			continue;
		out->output_bytes += (int64_t)jv_bytes(s);
		/* what a script printed is no header, only the JSON of its command is */
		if (i == 0 || (i == 1 && str_starts(start, "{")))
			outcome_text(inner, s, out);
		if (i == 1 && wall != REC_ABSENT && wall > out->wall_ms)
			out->wall_ms = wall; /* the script's time, not that of its last command */
	}
}
