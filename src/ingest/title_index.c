#include "base/compat.h"

#include "base/linerd.h"
#include "base/xalloc.h"
#include "ingest/title_index.h"
#include "json/jx.h"
#include "time/civil.h"

#define TITLE_LINE_MAX ((size_t)1024 * 1024)
#define TITLE_DEPTH 32

/* TEXT for thread ID stands in home number HOME. */
static void
take(struct title **all, struct str id, struct str text, int64_t ms, size_t home)
{
	struct title *t;

	HASH_FIND(hh, *all, id.p, id.n, t);
	if (t == NULL) {
		t = xcalloc(1, sizeof(*t));
		t->id = str_dup(id);
		HASH_ADD_KEYPTR(hh, *all, t->id, id.n, t);
	} else if (t->home != home && t->ms > ms)
		return;
	free(t->text);
	t->text = str_dup(text);
	t->ms = ms;
	t->home = home;
}

void
title_index_read(int fd, size_t home, struct title **all)
{
	struct json_tokener *tok = jx_tokener(TITLE_DEPTH);
	struct linerd *in = linerd_new(fd, false, TITLE_LINE_MAX);
	struct line line;
	struct err ignored;

	while (linerd_next(in, &line, &ignored) == 1 && line.complete) {
		struct json_object *o = line.oversized ? NULL : jx_parse(tok, line.p, line.n);
		struct str id = jx_str(o, "id"), name = jx_str(o, "thread_name");
		int64_t ms = 0;

		(void)civil_parse_instant(jx_str(o, "updated_at"), &ms); /* stays 0 */
		if (id.n > 0 && name.p != NULL)
			take(all, id, name, ms, home);
		json_object_put(o);
	}
	linerd_free(in);
	json_tokener_free(tok);
}

void
title_index_clear(struct title **all)
{
	struct title *t, *next;

	HASH_ITER(hh, *all, t, next)
	{
		HASH_DEL(*all, t);
		free(t->id);
		free(t->text);
		free(t);
	}
}
