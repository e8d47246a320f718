#include "base/compat.h"

#include "base/sbuf.h"
#include "base/utf8.h"
#include "cli/doctor.h"
#include "report/table.h"

#define ROWS_SHOWN 20

/* TEXT as it may be shown on a terminal. */
static void
plain(const char *text)
{
	struct sbuf b;

	sbuf_init(&b, (size_t)1024 * 1024);
	utf8_add_plain(&b, str_of(text));
	(void)fputs(b.buf, stdout);
	sbuf_free(&b);
}

static void
number(struct table *t, size_t i, int64_t v)
{
	char buf[32];

	table_commas(v, buf);
	table_cell(t, i, str_of(buf));
}

static void
places(const struct doctor *d)
{
	(void)puts("Places");
	for (size_t i = 0; i < d->places_len; i++) {
		const struct doctor_place *p = &d->places[i];

		(void)printf("  %-13s  ", p->what);
		plain(p->value == NULL ? "none" : p->value);
		(void)printf("  (%s%s%s)\n", p->origin, p->note[0] == '\0' ? "" : ", ", p->note);
	}
}

static void
permissions(const struct health *h)
{
	(void)puts("\nPermissions");
	for (size_t i = 0; i < HEALTH_FILES; i++) {
		const struct health_file *f = &h->files[i];

		if (!f->exists)
			continue;
		(void)printf("  %-8s  %04o  ", f->role, f->mode);
		plain(f->path);
		(void)puts(f->is_wrong ? "  wrong" : "");
	}
}

static void
database(const struct app *a, const struct doctor *d)
{
	const struct health *h = &d->health;
	char size[32], when[32] = "never";

	(void)puts("\nDatabase");
	if (h->is_open) {
		table_commas(h->bytes, size);
		(void)printf("  %s; schema %" PRId64 " of %" PRId64
			     ", %s bytes, generation %" PRId64 "\n",
		    h->is_sound ? "sound" : "damaged", h->schema, h->schema_known, size,
		    h->generation);
	}
	if (d->lock.checked_ms >= 0)
		civil_format_offset(
		    d->lock.checked_ms, tz_offset_s(a->tz, d->lock.checked_ms), when);
	(void)printf("  last check of Codex's files: %s\n", when);
	if (d->lock.pid > 0)
		(void)printf("  being filled now, by process %" PRId64 "\n", d->lock.pid);
	else
		(void)printf("  %s\n", d->lock.is_held ? "being filled now, by an unknown process"
						       : "not being filled now");
}

static void
files(const struct health *h)
{
	(void)puts("\nFiles");
	for (size_t i = 0; i < h->states.len; i++)
		(void)printf("%s%" PRId64 " %s", i == 0 ? "  " : ", ", h->states.rows[i].n,
		    h->states.rows[i].name);
	(void)puts(h->states.len == 0 ? "  none yet" : "");
	for (size_t i = 0; i < h->problems.len && i < ROWS_SHOWN; i++) {
		(void)printf("  %s: ", h->problems.rows[i].state);
		plain(h->problems.rows[i].path);
		(void)fputs(": ", stdout);
		plain(h->problems.rows[i].problem);
		(void)putchar('\n');
	}
	if (h->problems.len > ROWS_SHOWN)
		(void)printf("  and %zu more (--json lists them)\n", h->problems.len - ROWS_SHOWN);
}

static void
months(const struct app *a, const struct health *h)
{
	static const char *const titles[] = { "Month", "Sessions", "Responses", "Lower bounds",
		"Unreadable lines" };
	static const bool right[] = { false, true, true, true, true };
	struct table *t;

	if (h->months_len == 0)
		return;
	(void)printf("\nCompleteness by month, %s\n", tz_name(a->tz));
	t = table_new(ARRAY_LEN(titles), titles, right);
	for (size_t i = 0; i < h->months_len; i++) {
		const struct health_month *m = &h->months[i];

		table_cell(t, 0, str_of(m->label));
		number(t, 1, m->sessions);
		number(t, 2, m->responses);
		number(t, 3, m->lossy);
		number(t, 4, m->unreadable);
		table_row(t);
	}
	table_print(t, stdout);
	table_free(t);
}

static void
counted(const struct health *h)
{
	(void)printf("\nSums and verdicts\n  the sums %s a recount\n",
	    h->sums_same ? "equal" : "DO NOT equal");
	(void)printf("  sessions: %" PRId64 ", not counted yet: %" PRId64
		     "; contradictory lines: %" PRId64 "\n",
	    h->threads, h->dirty, h->odd);
}

static void
unknown(const struct health *h)
{
	char n[32];

	(void)puts("\nUnknown kinds of lines");
	for (size_t i = 0; i < h->kinds.len && i < ROWS_SHOWN; i++) {
		table_commas(h->kinds.rows[i].n, n);
		(void)printf("  %s  ", n);
		plain(h->kinds.rows[i].name);
		(void)putchar('\n');
	}
	if (h->kinds.len > ROWS_SHOWN)
		(void)printf("  and %zu more (--json lists them)\n", h->kinds.len - ROWS_SHOWN);
	(void)fputs(h->kinds.len == 0 ? "  none\n" : "", stdout);
	(void)puts("\nModels without a price");
	for (size_t i = 0; i < h->models_len; i++) {
		const struct coverage_model *m = &h->models[i];

		table_commas(m->tokens, n);
		(void)printf("  %s tokens  ", n);
		plain(m->model[0] == '\0' ? "<unknown>" : m->model);
		(void)printf(": %s\n", m->reason);
	}
	(void)fputs(h->models_len == 0 ? "  none\n" : "", stdout);
}

static void
changes(const struct doctor *d)
{
	const struct repair *r = &d->repair;

	(void)puts("\nRepaired");
	for (size_t i = 0; i < d->modes_len; i++) {
		(void)printf("  mode %04o is now %04o: ", d->modes[i].was, d->modes[i].is);
		plain(d->modes[i].path);
		(void)putchar('\n');
	}
	if (!d->is_rederived) {
		(void)puts("  nothing else: the database is damaged");
		return;
	}
	(void)printf("  sessions counted again: %" PRId64 "; rows changed: %" PRId64
		     " boundaries, %" PRId64 " verdicts, %" PRId64 " sums, %" PRId64 " losses\n",
	    r->threads, r->boundaries, r->verdicts, r->sums, r->losses);
}

static void
findings(const struct health *h)
{
	if (h->findings_len == 0) {
		(void)puts("\nNothing is wrong.");
		return;
	}
	(void)printf("\n%zu finding%s\n", h->findings_len, h->findings_len == 1 ? "" : "s");
	for (size_t i = 0; i < h->findings_len; i++) {
		const struct health_finding *f = &h->findings[i];

		(void)printf("  %zu. %s: ", i + 1, f->check);
		plain(f->what);
		if (f->where[0] != '\0')
			(void)fputs("\n     where: ", stdout);
		plain(f->where);
		(void)fputs("\n     do: ", stdout);
		plain(f->fix);
		(void)putchar('\n');
	}
}

void
doctor_text(const struct app *a, const struct doctor *d)
{
	const struct health *h = &d->health;

	places(d);
	if (!d->is_looked)
		return;
	permissions(h);
	database(a, d);
	if (h->is_open) {
		files(h);
		months(a, h);
		counted(h);
		unknown(h);
	}
	if (d->is_repaired)
		changes(d);
	findings(h);
}
