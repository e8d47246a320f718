#include "base/compat.h"

#include "cli/doctor.h"
#include "cli/tally_json.h"
#include "json/jw.h"

static void
truth(struct jw *w, const char *key, bool v)
{
	jw_key(w, key);
	jw_bool(w, v);
}

static void
mode(struct jw *w, const char *key, unsigned m)
{
	char buf[16];

	(void)snprintf(buf, sizeof(buf), "%04o", m);
	jw_kv_str(w, key, buf);
}

static void
places(struct jw *w, const struct doctor *d)
{
	jw_key(w, "places");
	jw_arr(w);
	for (size_t i = 0; i < d->places_len; i++) {
		const struct doctor_place *p = &d->places[i];

		jw_obj(w);
		jw_kv_str(w, "what", p->what);
		jw_kv_str(w, "value", p->value);
		jw_kv_str(w, "origin", p->origin);
		jw_kv_str(w, "note", p->note[0] == '\0' ? NULL : p->note);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

static void
permissions(struct jw *w, const struct health *h)
{
	jw_key(w, "permissions");
	jw_arr(w);
	for (size_t i = 0; i < HEALTH_FILES; i++) {
		const struct health_file *f = &h->files[i];

		if (!f->exists)
			continue;
		jw_obj(w);
		jw_kv_str(w, "what", f->role);
		jw_kv_str(w, "path", f->path);
		mode(w, "mode", f->mode);
		truth(w, "ok", !f->is_wrong);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

static void
database(struct jw *w, const struct health *h)
{
	jw_key(w, "database");
	if (!h->is_open) {
		jw_null(w);
		return;
	}
	jw_obj(w);
	truth(w, "sound", h->is_sound);
	jw_kv_i64(w, "bytes", h->bytes);
	jw_kv_i64(w, "schema", h->schema);
	jw_kv_i64(w, "schema_known", h->schema_known);
	jw_kv_i64(w, "generation", h->generation);
	jw_obj_end(w);
}

static void
lock(struct jw *w, const struct app *a, const struct lock_state *l)
{
	char when[32];

	if (l->checked_ms >= 0)
		civil_format_offset(l->checked_ms, tz_offset_s(a->tz, l->checked_ms), when);
	jw_kv_str(w, "last_check", l->checked_ms >= 0 ? when : NULL);
	jw_key(w, "lock");
	jw_obj(w);
	truth(w, "held", l->is_held);
	jw_key(w, "pid");
	if (l->pid > 0)
		jw_i64(w, l->pid);
	else
		jw_null(w);
	jw_obj_end(w);
}

static void
months(struct jw *w, const struct health *h)
{
	jw_key(w, "months");
	jw_arr(w);
	for (size_t i = 0; i < h->months_len; i++) {
		const struct health_month *m = &h->months[i];

		jw_obj(w);
		jw_kv_str(w, "month", m->label);
		jw_kv_i64(w, "sessions", m->sessions);
		jw_kv_i64(w, "responses", m->responses);
		jw_kv_i64(w, "sessions_with_losses", m->lossy);
		jw_kv_i64(w, "unreadable_lines", m->unreadable);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

static void
counted(struct jw *w, const struct health *h)
{
	truth(w, "sums_equal_recount", h->sums_same);
	jw_key(w, "ledger");
	jw_obj(w);
	jw_kv_i64(w, "sessions", h->threads);
	jw_kv_i64(w, "not_counted_yet", h->dirty);
	jw_kv_i64(w, "contradictory_lines", h->odd);
	jw_obj_end(w);
}

static void
models(struct jw *w, const struct health *h)
{
	jw_key(w, "unpriced_models");
	jw_arr(w);
	for (size_t i = 0; i < h->models_len; i++) {
		const struct coverage_model *m = &h->models[i];

		jw_obj(w);
		jw_kv_str(w, "model", m->model[0] == '\0' ? NULL : m->model);
		jw_kv_i64(w, "tokens", m->tokens);
		jw_kv_str(w, "reason", m->reason);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

static void
changes(struct jw *w, const struct doctor *d)
{
	jw_key(w, "repaired");
	if (!d->is_repaired) {
		jw_null(w);
		return;
	}
	jw_obj(w);
	jw_key(w, "modes");
	jw_arr(w);
	for (size_t i = 0; i < d->modes_len; i++) {
		jw_obj(w);
		jw_kv_str(w, "path", d->modes[i].path);
		mode(w, "was", d->modes[i].was);
		mode(w, "is", d->modes[i].is);
		jw_obj_end(w);
	}
	jw_arr_end(w);
	truth(w, "counted_again", d->is_rederived);
	jw_kv_i64(w, "sessions", d->repair.threads);
	jw_kv_i64(w, "boundaries", d->repair.boundaries);
	jw_kv_i64(w, "verdicts", d->repair.verdicts);
	jw_kv_i64(w, "sums", d->repair.sums);
	jw_kv_i64(w, "losses", d->repair.losses);
	jw_obj_end(w);
}

static void
findings(struct jw *w, const struct health *h)
{
	truth(w, "ok", h->findings_len == 0);
	jw_key(w, "findings");
	jw_arr(w);
	for (size_t i = 0; i < h->findings_len; i++) {
		const struct health_finding *f = &h->findings[i];

		jw_obj(w);
		jw_kv_str(w, "check", f->check);
		jw_kv_str(w, "what", f->what);
		jw_kv_str(w, "where", f->where[0] == '\0' ? NULL : f->where);
		jw_kv_str(w, "do", f->fix);
		jw_obj_end(w);
	}
	jw_arr_end(w);
}

void
doctor_json(const struct app *a, const struct doctor *d)
{
	const struct health *h = &d->health;
	struct jw w;

	jw_file(&w, stdout, true);
	jw_obj(&w);
	places(&w, d);
	if (d->is_looked) {
		permissions(&w, h);
		database(&w, h);
		lock(&w, a, &d->lock);
		if (h->is_open) {
			tally_json(&w, "files_by_state", &h->states);
			tally_problems_json(&w, &h->problems);
			months(&w, h);
			counted(&w, h);
			tally_json(&w, "unknown_kinds", &h->kinds);
			models(&w, h);
		}
		changes(&w, d);
		findings(&w, h);
		jw_kv_str(&w, "timezone", tz_name(a->tz));
	}
	jw_obj_end(&w);
	(void)putchar('\n');
}
