#include "base/compat.h"

#include "demo/copy.h"

#define STAMP 40 /* bytes of {"timestamp":"2026-01-02T03:04:05.678Z" */

static bool
has(struct str line, const char *what)
{
	size_t n = strlen(what);

	return line.n >= n && memcmp(line.p, what, n) == 0;
}

/* Whether a line, given from its "type" on, is of KIND. */
static bool
wanted(struct str rest, enum copy_kind kind)
{
	static const char *const others[] = { "\"type\":\"token_usage_record\"",
		"\"type\":\"event_msg\",\"payload\":{\"type\":\"token_count\"",
		"\"type\":\"event_msg\",\"payload\":{\"type\":\"item_completed\"" };

	for (size_t i = 0; kind == COPY_CONTEXT && i < ARRAY_LEN(others); i++)
		if (has(rest, others[i]))
			return false;
	return true;
}

static void
again(struct thread *to, struct str rest)
{
	struct gen *g = to->g;
	char when[32];

	sbuf_reset(&g->line);
	TMPL(&g->line, "{'timestamp':%,", S(time_text(g->clock.ms, when)));
	if (to->ordinal >= 0)
		TMPL(&g->line, "'ordinal':%,", I(to->ordinal++));
	sbuf_adds(&g->line, rest);
	g->line.len--; /* line_end writes brace and newline */
	line_end(to);
}

int64_t
copy_lines(struct thread *from, int64_t bytes, enum copy_kind kind, struct thread *to)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int64_t lines = 0;
	FILE *f;

	out_flush(&from->out);
	if (from->g->err.code != ERR_NONE)
		return 0;
	if ((f = fopen(from->path, "re")) == NULL) {
		(void)err_sys(&from->g->err, "%s", from->path);
		return 0;
	}
	while (bytes > 0 && (n = getline(&line, &room, f)) > STAMP) {
		struct str rest = str_n(line + STAMP, (size_t)n - STAMP - 1);

		bytes -= n;
		while (rest.n > 0 && !has(rest, "\"type\":")) {
			rest.p++;
			rest.n--;
		}
		if (!wanted(rest, kind))
			continue;
		lines++;
		if (to != NULL)
			again(to, rest);
	}
	free(line);
	(void)fclose(f); /* was only read */
	return lines;
}
