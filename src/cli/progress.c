#include "base/compat.h"

#include <unistd.h>

#include "cli/progress.h"

#define FIRST_MS 1000
#define STEP_MS 100

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p, FILE *f)
{
	*p = (struct progress){ .f = isatty(fileno(f)) ? f : NULL };
	p->start_ms = p->shown_ms = clock_ms();
}

void
progress_show(void *arg, const struct ingest_progress *at)
{
	struct progress *p = arg;
	int64_t now, spent, left;

	if (p->f == NULL)
		return;
	now = clock_ms();
	spent = now - p->start_ms;
	if (spent < FIRST_MS || now - p->shown_ms < STEP_MS)
		return;
	p->shown_ms = now;
	p->some = true;
	if (at->settling && at->threads_all > 0) {
		left =
		    at->threads_done <= 0
			? 0
			: (int64_t)((double)spent * (double)(at->threads_all - at->threads_done) /
				    (double)at->threads_done);
		(void)fprintf(p->f,
		    "\r\033[Kcounting: %" PRId64 " of %" PRId64 " sessions, %.0f/s, %" PRId64
		    " s left",
		    at->threads_done, at->threads_all,
		    (double)at->threads_done * 1000.0 / (double)spent, left / 1000);
	} else if (at->settling) {
		(void)fprintf(p->f, "\r\033[Kcounting …");
	} else {
		left = at->bytes_done <= 0
			   ? 0
			   : (int64_t)((double)spent * (double)(at->bytes_all - at->bytes_done) /
				       (double)at->bytes_done);
		(void)fprintf(p->f,
		    "\r\033[K%" PRId64 " of %" PRId64 " files, %" PRId64 " of %" PRId64
		    " MB, %.0f MB/s, %" PRId64 " s left",
		    at->files_done, at->files_all, at->bytes_done / 1000000,
		    at->bytes_all / 1000000, (double)at->bytes_done / 1000.0 / (double)spent,
		    left / 1000);
	}
	(void)fflush(p->f);
}

void
progress_step(void *arg, const char *what)
{
	struct progress *p = arg;

	if (p->f == NULL)
		return;
	p->some = true;
	(void)fprintf(p->f, "\r\033[Klooking at %s …", what);
	(void)fflush(p->f);
}

void
progress_end(struct progress *p)
{
	if (p->some)
		(void)fprintf(p->f, "\r\033[K");
	p->some = false;
}
