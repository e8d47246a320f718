#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/linerd.h"
#include "base/xalloc.h"
#include "ingest/ingest.h"
#include "json/jx.h"
#include "store/st_home.h"
#include "time/civil.h"

#define TITLE_LINE_MAX ((size_t)1024 * 1024)

static int
title_line(struct store *s, struct json_tokener *tok, const struct line *line, struct err *e)
{
	struct json_object *o = jx_parse(tok, line->p, line->n);
	struct str id = jx_str(o, "id"), name = jx_str(o, "thread_name");
	int64_t ms = 0;
	int rc = 0;

	if (id.p != NULL && name.p != NULL) {
		(void)civil_parse_instant(jx_str(o, "updated_at"), &ms); /* 0: older than all */
		rc = st_thread_title(s, id, name, ms, e);
	}
	json_object_put(o);
	return rc;
}

int
ingest_titles(struct store *s, const char *home, struct err *e)
{
	char *path = xasprintf("%s/session_index.jsonl", home);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = 0;
	struct json_tokener *tok;
	struct linerd *in;
	struct line line;
	struct err bad;
	struct stat st;

	free(path);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	tok = jx_tokener(32);
	in = linerd_new(fd, false, TITLE_LINE_MAX);
	while (rc == 0 && linerd_next(in, &line, &bad) == 1)
		if (line.complete && !line.oversized)
			rc = title_line(s, tok, &line, e);
	linerd_free(in);
	json_tokener_free(tok);
	close(fd);
	return rc;
}
