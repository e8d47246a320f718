#include "base/compat.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/cmd.h"
#include "cli/doctor.h"
#include "cli/progress.h"

#define WAIT_MS 30000

static void
add_place(
    struct doctor *d, const char *what, const char *value, const char *origin, const char *note)
{
	d->places = xreallocarray(d->places, d->places_len + 1, sizeof(*d->places));
	d->places[d->places_len++] = (struct doctor_place){ what, value, origin, note };
}

static const char *
there(const char *path)
{
	return path == NULL || access(path, F_OK) == 0 ? "" : "not there";
}

static void
find_places(const struct app *a, struct doctor *d)
{
	const struct place *c = &a->config_place;

	add_place(d, "database", a->places.db.path, a->places.db.origin, there(a->places.db.path));
	add_place(d, "configuration", c->path, c->origin, there(c->path));
	for (size_t i = 0; i < a->places.roots_len; i++) {
		const struct place_root *r = &a->places.roots[i];

		add_place(d, r->is_home ? "home" : "rollouts", r->path, r->origin, there(r->path));
	}
	add_place(d, "rate card", a->rates.path, a->rates.origin, "");
	add_place(d, "time zone", tz_name(a->tz), a->tz_origin, "");
}

static int
look(const struct app *a, struct doctor *d, struct err *e)
{
	struct progress bar;
	struct health_in in = { .db = a->places.db.path,
		.roots = a->places.roots,
		.roots_len = a->places.roots_len,
		.card = a->card,
		.tz = a->tz,
		.stop = app_stop(),
		.step = progress_step,
		.arg = &bar };
	const struct place *c = &a->config_place;
	int rc;

	progress_begin(&bar, stderr);
	lock_look(in.db, &d->lock);
	rc = health_run(&in, &d->health, e);
	progress_end(&bar);
	if (rc < 0)
		return -1;
	d->is_looked = true;
	if (strcmp(c->origin, "CODEX_USAGE_CONFIG") == 0 && there(c->path)[0] != '\0')
		health_find(&d->health, "places", "the configuration is not there", c->path,
		    "write it, or set CODEX_USAGE_CONFIG to another file");
	return 0;
}

/* Modes first: what is written from then on has them. */
static void
mend_modes(struct doctor *d)
{
	for (size_t i = 0; i < HEALTH_FILES; i++) {
		const struct health_file *f = &d->health.files[i];

		if (!f->is_wrong || !f->is_ours || chmod(f->path, f->wanted) < 0)
			continue; /* looking again finds it again */
		d->modes[d->modes_len++] =
		    (struct doctor_mode){ xstrdup(f->path), f->mode, f->wanted };
	}
}

static int
rederive(const struct app *a, struct doctor *d, struct err *e)
{
	struct progress bar;
	struct ingest_opts opts = {
		.card = a->card, .stop = app_stop(), .progress = progress_show, .arg = &bar
	};
	struct store *s = NULL;
	int rc = store_open(&s, a->places.db.path, STORE_WRITER, e);

	if (rc == 0) {
		progress_begin(&bar, stderr);
		rc = repair_run(s, &opts, &d->repair, e);
		progress_end(&bar);
		d->is_rederived = rc == 0;
	}
	store_close(s);
	return rc;
}

/* Mend what can be mended of a database that is ours, then look again. */
static int
repair(const struct app *a, struct doctor *d, int64_t wait_ms, struct err *e)
{
	struct lock lock = { .fd = -1 };
	int rc = 0;

	if (!d->health.is_open)
		return 0;
	if (lock_take(&lock, a->places.db.path, wait_ms, e) < 0)
		return -1;
	d->is_repaired = true;
	mend_modes(d);
	if (d->health.is_sound)
		rc = rederive(a, d, e);
	lock_drop(&lock, false); /* no file of Codex was looked at */
	if (rc < 0)
		return -1;
	health_clear(&d->health);
	return look(a, d, e);
}

static void
doctor_clear(struct doctor *d)
{
	health_clear(&d->health);
	for (size_t i = 0; i < d->modes_len; i++)
		free(d->modes[i].path);
	free(d->places);
}

static int
run(struct app *a, const struct opts *o, struct err *e)
{
	enum printer_format format = PRINTER_JSON;
	struct doctor d = { .places = NULL };
	int64_t wait_ms;
	bool table;
	int rc = -1;

	if (app_format(o, &table, &format, e) < 0 || app_wait(o, WAIT_MS, &wait_ms, e) < 0)
		return -1;
	if (!table && format != PRINTER_JSON)
		return err_set(e, ERR_USAGE, "--format: use text or json");
	if (o->paths && o->repair)
		return err_set(e, ERR_USAGE, "--paths and --repair exclude each other");
	find_places(a, &d);
	if (!o->paths && (look(a, &d, e) < 0 || (o->repair && repair(a, &d, wait_ms, e) < 0)))
		goto out;
	if (table)
		doctor_text(a, &d);
	else
		doctor_json(a, &d);
	rc = app_flush(stdout, "standard output", e);
	if (rc == 0 && d.health.findings_len > 0)
		rc = 1;
out:
	doctor_clear(&d);
	return rc;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "Is the database private, sound, complete and counted right",
	.takes = "db home rollouts paths repair wait format json tz",
	.formats = "text or json",
	.run = run,
};
