#include "base/compat.h"

#include "base/xalloc.h"
#include "report/explain.h"
#include "report/session_parts.h"
#include "report/status.h"
#include "report/tree.h"

/* ---- facts */

static int
facts(struct session_page *p, struct json_object *o, struct err *e)
{
	static const char SQL[] =
	    "SELECT x.originator, x.provider, x.git_commit, h.path, (SELECT u.window FROM usage u "
	    "WHERE u.rollout_id = r.id AND u.window IS NOT NULL ORDER BY u.pos DESC LIMIT 1) "
	    "FROM thread t LEFT JOIN rollout r ON r.id = (SELECT r2.id FROM rollout r2 WHERE "
	    "r2.thread_id = t.id ORDER BY r2.page LIMIT 1) LEFT JOIN session x ON "
	    "x.rollout_id = r.id LEFT JOIN home h ON h.id = r.home_id WHERE t.id = ?1";
	static const char *const keys[] = { "originator", "provider", "commit", "home" };
	struct stmt *q = store_stmt(p->store, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->item.thread_id);
	if ((rc = stmt_step(q, e)) == 1) {
		for (int i = 0; i < 4; i++) {
			char *text = stmt_dup_some(q, i);

			jt_str(o, keys[i], text);
			free(text);
		}
		jt_opt(o, "context_window", stmt_opt(q, 4));
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

static int
names(
    struct session_page *p, struct json_object *o, const char *key, const char *sql, struct err *e)
{
	struct json_object *a = jt_add_array(o, key);
	struct stmt *q = store_stmt(p->store, sql, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->item.thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		char *text = stmt_dup(q, 0);

		jt_push(a, text == NULL ? NULL : json_object_new_string(text));
		free(text);
	}
	stmt_done(q);
	return rc;
}

static int
put_session(struct session_page *p, struct json_object *o, struct err *e)
{
	static const char EFFORT[] =
	    "SELECT DISTINCT d.effort FROM rollup u JOIN dimset d ON d.id = u.dimset_id "
	    "WHERE u.thread_id = ?1 ORDER BY 1";
	static const char TIER[] =
	    "SELECT DISTINCT d.tier FROM rollup u JOIN dimset d ON d.id = u.dimset_id "
	    "WHERE u.thread_id = ?1 ORDER BY 1";

	session_item_put(o, &p->item, p->tz);
	if (facts(p, o, e) < 0 || names(p, o, "effort", EFFORT, e) < 0)
		return -1;
	return names(p, o, "tier", TIER, e);
}

/* ---- limits */

static int
put_limit(struct session_page *p, struct json_object *a, int64_t key, struct err *e)
{
	static const char SQL[] = "SELECT limit_id, minutes FROM limit_key WHERE id = ?1";
	struct stmt *q = store_stmt(p->store, SQL, e);
	const struct st_span *first = NULL, *last = NULL;
	double least = 0, most = 0;
	int rc;

	if (q == NULL)
		return -1;
	for (size_t i = 0; i < p->sum.spans.len; i++) {
		const struct st_span *x = &p->sum.spans.p[i];

		if (x->key_id != key)
			continue;
		least = first == NULL || x->percent < least ? x->percent : least;
		most = first == NULL || x->percent > most ? x->percent : most;
		first = first == NULL ? x : first;
		if (last == NULL || x->last_ms >= last->last_ms)
			last = x;
	}
	stmt_bind_i64(q, 1, key);
	if ((rc = stmt_step(q, e)) == 1 && first != NULL) {
		struct json_object *o = jt_push_object(a);
		char *name = stmt_dup(q, 0), window[32];

		status_window_name(stmt_i64(q, 1), window);
		jt_str(o, "limit_id", name);
		jt_opt(o, "minutes", stmt_i64(q, 1));
		jt_str(o, "window", window);
		jt_num(o, "first_percent", first->percent);
		jt_num(o, "last_percent", last->percent);
		jt_num(o, "least", least);
		jt_num(o, "most", most);
		free(name);
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

static int
put_limits(struct session_page *p, struct json_object *a, struct err *e)
{
	const struct st_spans *s = &p->sum.spans;

	for (size_t i = 0; i < s->len; i++) {
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = s->p[k].key_id == s->p[i].key_id;
		if (!seen && put_limit(p, a, s->p[i].key_id, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the arithmetic */

static int
put_verdicts(struct session_page *p, struct json_object *o, struct err *e)
{
	static const char LINES[] =
	    "SELECT u.verdict, count(*), sum(coalesce(u.l_input, 0) + coalesce(u.l_output, 0)), "
	    "sum(CASE WHEN u.owner_id IS NULL OR u.owner_id = ?1 THEN u.d_input + u.d_output "
	    "ELSE 0 END) FROM rollout r JOIN usage u ON u.rollout_id = r.id WHERE r.thread_id = ?1 "
	    "GROUP BY 1 ORDER BY 1";
	static const char COPIES[] =
	    "SELECT sum(u.d_input + u.d_output) FROM usage u JOIN rollout r ON r.id = u.rollout_id "
	    "WHERE u.owner_id = ?1 AND u.recovered = 1 AND u.verdict = 1 AND r.thread_id <> ?1";
	int64_t counted = 0, recovered = 0, sum = p->item.sum.input + p->item.sum.output;
	struct json_object *a = jt_add_array(o, "verdicts");
	struct stmt *q = store_stmt(p->store, LINES, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->item.thread_id);
	while ((rc = stmt_step(q, e)) == 1) {
		enum verdict v = (enum verdict)stmt_i64(q, 0);
		struct json_object *r = jt_push_object(a);

		jt_str(r, "verdict", verdict_name(v));
		jt_str(r, "text", verdict_text(v));
		jt_i64(r, "lines", stmt_i64(q, 1));
		jt_i64(r, "logged_tokens", stmt_i64(q, 2));
		jt_i64(r, "counted_tokens", stmt_i64(q, 3));
		if (v == VERDICT_COUNTED)
			counted = stmt_i64(q, 3);
	}
	stmt_done(q);
	if (rc < 0 || (q = store_stmt(p->store, COPIES, e)) == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->item.thread_id);
	if ((rc = stmt_step(q, e)) == 1)
		recovered = stmt_i64(q, 0);
	stmt_done(q);
	a = jt_add_object(o, "arithmetic");
	jt_i64(a, "counted", counted);
	jt_i64(a, "recovered", recovered);
	jt_i64(a, "sum", sum);
	jt_i64(a, "difference", counted + recovered - sum);
	return rc < 0 ? -1 : 0;
}

static void
put_files(struct json_object *a, const struct explain *x)
{
	for (size_t i = 0; i < x->parts_len; i++) {
		const struct explain_part *f = &x->parts[i];
		struct json_object *o = jt_push_object(a);

		jt_str(o, "path", f->path);
		jt_str(o, "page", f->page == NULL || f->page[0] == '\0' ? NULL : f->page);
		jt_str(o, "state", f->state);
		jt_str(o, "basis", f->basis);
		jt_opt(o, "own_line", f->own_line == INT64_MAX ? -1 : f->own_line);
		jt_i64(o, "lines", f->lines);
	}
}

static void
put_losses(struct json_object *a, const struct explain *x)
{
	for (size_t i = 0; i < x->losses_len; i++) {
		size_t kind = coverage_find(str_of(x->losses[i].kind));
		struct json_object *o = jt_push_object(a);

		jt_str(o, "kind", x->losses[i].kind);
		jt_str(o, "text", kind < COVERAGE_LOSSES ? coverage_kind(kind)->text : NULL);
		jt_i64(o, "line", x->losses[i].line);
	}
}

/* ---- all */

static int
thread_of(struct store *s, const char *uuid, int64_t *id, struct err *e)
{
	static const char SQL[] = "SELECT id FROM thread WHERE uuid = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, uuid);
	if ((rc = stmt_step(q, e)) == 1)
		*id = stmt_i64(q, 0);
	stmt_done(q);
	if (rc == 0)
		return err_set(e, ERR_NOTFOUND, "the session %s is gone", uuid);
	return rc < 0 ? -1 : 0;
}

static int
put(struct session_page *p, const struct explain *x, struct json_object *o, struct err *e)
{
	struct session_item *i = &p->item;

	if (session_item_read(p->store, p->all, i, e) < 0 ||
	    st_thread_sum_make(p->store, i->thread_id, false, &p->sum, e) < 0)
		return -1;
	/* these are at hand and never old */
	i->turns = i->sum.turns = p->sum.turns;
	i->messages = p->sum.messages;
	i->calls = p->sum.calls;
	i->failures = p->sum.failures;
	i->compactions = p->sum.compactions;
	i->peak = p->sum.peak;
	i->first_ms = p->sum.first_ms;
	i->last_ms = p->sum.last_ms;
	if (put_session(p, jt_add_object(o, "session"), e) < 0)
		return -1;
	put_files(jt_add_array(o, "files"), x);
	if (session_put_family(p, o, e) < 0 || session_put_turns(p, o, e) < 0 ||
	    session_put_tools(p, o, e) < 0 || put_limits(p, jt_add_array(o, "limits"), e) < 0)
		return -1;
	put_losses(jt_add_array(o, "losses"), x);
	return put_verdicts(p, o, e);
}

int
session_json(struct store *s, const char *id, const struct price_card *card, const struct tz *tz,
    struct json_object **out, struct err *e)
{
	struct session_page p = { .store = s, .card = card, .tz = tz };
	struct json_object *o = NULL;
	struct explain x;
	struct query whole;
	int rc = -1;

	query_init(&whole, tz);
	if (explain_head(s, id, &x, e) < 0)
		return -1;
	if (store_begin(s, e) < 0)
		goto out;
	if (thread_of(s, x.uuid, &p.item.thread_id, e) == 0 &&
	    scan_open(&p.all, s, &whole, card, NULL, 0, e) == 0) {
		o = jt_object();
		rc = put(&p, &x, o, e);
	}
	store_rollback(s);
out:
	explain_clear(&x);
	scan_close(p.all);
	session_item_clear(&p.item);
	st_thread_sum_clear(&p.sum);
	if (rc < 0)
		json_object_put(o);
	else
		*out = o;
	return rc;
}
