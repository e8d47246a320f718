/* Health: what `codex-track doctor` finds, and what was read. */
#include "base/compat.h"

#include "report/health.h"
#include "web/router.h"
#include "web/sums.h"

page_fn page_health;

static void
tally(struct json_object *parent, const char *key, const struct tally *t)
{
	struct json_object *list = jt_add_array(parent, key);

	for (size_t i = 0; i < t->len; i++) {
		struct json_object *o = jt_push_object(list);

		jt_str(o, "name", t->rows[i].name);
		jt_i64(o, "count", t->rows[i].n);
	}
}

static int
tallies(struct ctx *c, struct err *e)
{
	static const struct {
		enum tally_kind kind;
		const char *key;
	} kinds[] = { { TALLY_VERDICTS, "verdicts" }, { TALLY_SKIPPED, "skipped_by_reason" },
		{ TALLY_FAULTY, "faulty_by_reason" } };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(kinds); i++) {
		struct tally t = { NULL, 0 };

		rc = tally_read(c->web->store, kinds[i].kind, &t, e);
		if (rc == 0)
			tally(c->data, kinds[i].key, &t);
		tally_clear(&t);
	}
	return rc;
}

static void
database(struct ctx *c, const struct health *h)
{
	struct json_object *o = jt_add_object(c->data, "database");

	jt_bool(o, "sound", h->is_sound);
	jt_i64(o, "bytes", h->bytes);
	jt_i64(o, "schema", h->schema);
	jt_i64(o, "generation", h->generation);
	jt_bool(o, "sums_equal_recount", h->sums_same);
	jt_i64(o, "sessions", h->threads);
	jt_i64(o, "sessions_not_counted_yet", h->dirty);
	jt_i64(o, "contradictory_lines", h->odd);
	sums_instant(c->data, "last_check", c->query.tz, web_checked_ms(c->web));
}

static void
lists(struct ctx *c, const struct health *h)
{
	struct json_object *list = jt_add_array(c->data, "findings");

	for (size_t i = 0; i < h->findings_len; i++) {
		struct json_object *o = jt_push_object(list);

		jt_str(o, "check", h->findings[i].check);
		jt_str(o, "what", h->findings[i].what);
		jt_str(o, "where", h->findings[i].where[0] == '\0' ? NULL : h->findings[i].where);
		jt_str(o, "do", h->findings[i].fix);
	}
	list = jt_add_array(c->data, "months");
	for (size_t i = 0; i < h->months_len; i++) {
		struct json_object *o = jt_push_object(list);

		jt_str(o, "month", h->months[i].label);
		jt_i64(o, "sessions", h->months[i].sessions);
		jt_i64(o, "responses", h->months[i].responses);
		jt_i64(o, "sessions_with_losses", h->months[i].lossy);
		jt_i64(o, "unreadable_lines", h->months[i].unreadable);
	}
	list = jt_add_array(c->data, "problems");
	for (size_t i = 0; i < h->problems.len; i++) {
		struct json_object *o = jt_push_object(list);

		jt_str(o, "file", h->problems.rows[i].path);
		jt_str(o, "state", h->problems.rows[i].state);
		jt_str(o, "problem", h->problems.rows[i].problem);
	}
	list = jt_add_array(c->data, "unpriced_models");
	for (size_t i = 0; i < h->models_len; i++) {
		struct json_object *o = jt_push_object(list);

		jt_str(
		    o, "model", h->models[i].model[0] == '\0' ? "<unknown>" : h->models[i].model);
		jt_i64(o, "tokens", h->models[i].tokens);
		jt_str(o, "reason", h->models[i].reason);
	}
	tally(c->data, "files_by_state", &h->states);
	tally(c->data, "unknown_kinds", &h->kinds);
}

int
page_health(struct ctx *c, struct err *e)
{
	const struct web_setup *in = &c->web->in;
	struct health_in look = { .db = in->db,
		.roots = in->roots,
		.roots_len = in->roots_len,
		.card = in->card,
		.tz = c->query.tz };
	struct health h;
	int rc;

	if (health_run(&look, &h, e) < 0)
		return -1;
	jt_bool(c->data, "ok", h.findings_len == 0);
	if (h.is_open)
		database(c, &h);
	lists(c, &h);
	rc = tallies(c, e);
	health_clear(&h);
	return rc;
}
