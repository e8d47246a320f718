#include "base/compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/cmd.h"
#include "report/events.h"

/* Into a file of its own first: a failed export leaves the old file as it was. */
static int
to_file(struct app *a, const struct opts *o, const struct query *q, enum printer_format format,
    struct err *e)
{
	char *part = xasprintf("%s.part", o->out);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), rc = -1;
	FILE *f;

	if (fd < 0 || (f = fdopen(fd, "w")) == NULL) {
		rc = err_sys(e, "cannot write %s", o->out);
		free(part);
		return rc;
	}
	if (events_export(a->store, q, o->counted, format, f, e) == 0)
		rc = app_flush(f, o->out, e);
	else
		rc = err_prefix(e, "%s", o->out);
	if (fclose(f) != 0 && rc == 0)
		rc = err_sys(e, "cannot write %s", o->out);
	if (rc == 0 && rename(part, o->out) < 0)
		rc = err_sys(e, "cannot write %s", o->out);
	if (rc < 0)
		(void)unlink(part); /* ours, and of no use */
	free(part);
	return rc;
}

static int
special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	enum printer_format format;
	struct query q;
	FILE *f;
	int rc = -1;

	if (app_format(o, NULL, &format, e) < 0)
		return -1;
	if (app_query(a, o, &q, e) < 0 || app_open(a, INT64_MIN, e) < 0)
		goto out;
	if (o->out == NULL || strcmp(o->out, "-") == 0)
		rc = events_export(a->store, &q, o->counted, format, stdout, e);
	else if (!special(o->out))
		rc = to_file(a, o, &q, format, e);
	else if ((f = fopen(o->out, "we")) == NULL)
		rc = err_sys(
		    e, "cannot write %s", o->out); /* a pipe or a device is written as it is */
	else {
		rc = events_export(a->store, &q, o->counted, format, f, e);
		if (rc < 0)
			(void)err_prefix(e, "%s", o->out);
		if (fclose(f) != 0 && rc == 0)
			rc = err_sys(e, "cannot write %s", o->out);
	}
out:
	query_clear(&q);
	return rc;
}

const struct cmd cmd_export = {
	.name = "export",
	.operands = "",
	.summary = "Every usage event with its verdict, as JSON, NDJSON or CSV",
	.takes = "db home rollouts format json out counted last today from to tz filters",
	.formats = "json, ndjson or csv",
	.run = run,
};
