/*
 * Recovered lines: a thread whose own file is gone (or was never seen) is served
 * by the fork that inherited most of it, so that what it used is not lost and
 * not counted twice.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/family.h"
#include "ledger/ledger.h"
#include "store/st_home.h"

static const struct st_turn *
turn_of(const struct member *m, int64_t seq)
{
	for (size_t i = 0; i < m->turns_len; i++)
		if (m->turns[i].seq == seq)
			return &m->turns[i];
	return NULL;
}

/* Time inside the id of the turn that U stands in; -1: none. */
static int64_t
turn_ms(const struct member *m, const struct st_usage *u)
{
	const struct st_turn *t;

	if (u->turn_id != NULL && boundary_uuid_ms(u->turn_id) >= 0)
		return boundary_uuid_ms(u->turn_id);
	t = turn_of(m, u->turn_seq);
	return t == NULL ? -1 : boundary_uuid_ms(t->turn_id);
}

/*
 * Index of the ancestor that first wrote the inherited line U: the youngest
 * whose id is not younger than the turn; without turn ids the nearest.
 */
static size_t
owner_of(const struct member *m, const struct st_usage *u)
{
	int64_t at = turn_ms(m, u), best_ms = -1;
	size_t best = 0;

	if (at < 0)
		return 0;
	for (size_t i = 0; i < m->ancestors_len; i++) {
		int64_t ms = boundary_uuid_ms(m->ancestors[i]);

		if (ms >= 0 && ms <= at && ms > best_ms) {
			best_ms = ms;
			best = i;
		}
	}
	return best;
}

/*
 * Lines of M that a farther ancestor which is present wrote, although no turn id
 * tells: those its file begins with. Returns the last such line, 0 for none.
 */
static int
known_until(struct family *f, const struct member *m, int64_t *line, struct err *e)
{
	struct boundary_print *own = NULL, *other = NULL;
	struct st_rollout *rollouts = NULL;
	size_t len = 0, own_n = 0, other_n = 0, i;
	int64_t id = 0;
	int rc = -1;

	*line = 0;
	for (i = 1; i < m->ancestors_len && id == 0; i++)
		if (st_thread_with_rollout(f->store, m->ancestors[i], &id, e) < 0)
			return -1;
	if (id == 0)
		return 0;
	if (st_rollouts(f->store, id, &rollouts, &len, e) < 0 ||
	    st_prints(f->store, m->ro->id, (void **)&own, &own_n, e) < 0 ||
	    st_prints(f->store, rollouts[0].id, (void **)&other, &other_n, e) < 0)
		goto out;
	own_n /= sizeof(*own);
	other_n /= sizeof(*other);
	for (i = 0; i < own_n && i < other_n && own[i].print == other[i].print; i++)
		*line = own[i].line;
	rc = 0;
out:
	free(own);
	free(other);
	st_rollouts_free(rollouts, len);
	return rc;
}

/* Usage lines that M inherited from the ancestor UUID, and nobody else. */
static int
count_owned(struct family *f, struct member *m, const char *uuid, int64_t *n, struct err *e)
{
	int64_t known;

	*n = 0;
	if (known_until(f, m, &known, e) < 0)
		return -1;
	for (size_t i = m->from; i < m->to; i++) {
		const struct st_usage *u = &f->lines[i];

		if (u->line < m->boundary.line && (turn_ms(m, u) >= 0 || u->line > known) &&
		    strcmp(m->ancestors[owner_of(m, u)], uuid) == 0)
			(*n)++;
	}
	return 0;
}

struct candidate {
	int64_t rollout_id, thread_id, owned;
	char *thread, *page;
};

/* How much of the thread UUID the candidate C holds. */
static int
measure(struct family *f, struct candidate *c, const char *uuid, struct err *e)
{
	struct family other;
	int rc = family_load(f->store, c->thread_id, xstrdup(c->thread), &other, e);

	for (size_t i = 0; rc == 0 && i < other.len; i++)
		if (other.rollouts[i].id == c->rollout_id)
			rc = count_owned(&other, &other.members[i], uuid, &c->owned, e);
	family_free(&other);
	return rc;
}

static int
candidates(struct family *f, const char *uuid, struct candidate **out, size_t *n, struct err *e)
{
	static const char SQL[] = "SELECT r.id, t.id, t.uuid, r.page FROM ancestor a "
				  "JOIN rollout r ON r.id = a.rollout_id "
				  "JOIN thread t ON t.id = r.thread_id WHERE a.uuid = ?1 "
				  "AND r.start_ordinal IS NULL ORDER BY t.uuid, r.page";
	struct stmt *q = store_stmt(f->store, SQL, e);
	size_t alloc = 0;
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_strz(q, 1, uuid);
	while ((rc = stmt_step(q, e)) == 1) {
		xgrow(out, *n, &alloc, sizeof(**out));
		(*out)[(*n)++] = (struct candidate){ stmt_i64(q, 0), stmt_i64(q, 1), 0,
			stmt_dup(q, 2), stmt_dup(q, 3) };
	}
	stmt_done(q);
	return rc;
}

/*
 * Is M the one that serves the missing thread UUID? It is the copy that holds most of its lines; of
 * equal ones the first by thread and page.
 */
static int
serves(struct family *f, struct member *m, const char *uuid, bool *yes, struct err *e)
{
	struct candidate *all = NULL;
	size_t n = 0, best = 0;
	int rc = candidates(f, uuid, &all, &n, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = measure(f, &all[i], uuid, e);
		if (all[i].owned > all[best].owned)
			best = i;
	}
	*yes = rc == 0 && n > 0 && all[best].rollout_id == m->ro->id;
	for (size_t i = 0; i < n; i++) {
		free(all[i].thread);
		free(all[i].page);
	}
	free(all);
	return rc;
}

/* Walk the inherited lines of M for the ancestor number NTH, the thread OWNER. */
static int
walk_for(struct family *f, struct member *m, size_t nth, int64_t owner, struct err *e)
{
	size_t n = m->to - m->from;
	struct usage_line *lines = xcalloc(n, sizeof(*lines));
	int64_t known;

	if (known_until(f, m, &known, e) < 0) {
		free(lines);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		const struct st_usage *u = &f->lines[m->from + i];

		lines[i] = (struct usage_line){
			.is_record = u->is_record,
			.is_own = u->line < m->boundary.line && owner_of(m, u) == nth &&
				  (turn_ms(m, u) >= 0 || u->line > known),
			.turn = u->turn_seq,
			.has_total = u->has_total,
			.has_last = u->has_last,
			.total = u->total,
			.last = u->last,
			.response_id = u->response_id,
		};
	}
	ledger_walk(lines, n);
	for (size_t i = 0; i < n; i++) {
		struct st_usage *u = &f->lines[m->from + i];
		int64_t ms = turn_ms(m, u);

		if (!lines[i].is_own)
			continue;
		u->new = (struct st_judged){
			.verdict = lines[i].verdict, .count_ms = -1, .recovered = true
		};
		if (lines[i].verdict == VERDICT_COUNTED) {
			u->new.owner_id = owner;
			u->new.delta = lines[i].delta;
			u->new.count_ms = ms >= 0 ? ms : u->ts_ms < 0 ? 0 : u->ts_ms;
		}
	}
	free(lines);
	return 0;
}

int
family_recover(struct family *f, struct member *m, struct err *e)
{
	if (m->boundary.basis != BASIS_TURN && m->boundary.basis != BASIS_PARENT &&
	    m->boundary.basis != BASIS_BURST)
		return 0;
	for (size_t i = 0; i < m->ancestors_len; i++) {
		int64_t id;
		bool yes;

		if (st_thread_with_rollout(f->store, m->ancestors[i], &id, e) < 0)
			return -1;
		if (id != 0)
			continue;
		if (serves(f, m, m->ancestors[i], &yes, e) < 0)
			return -1;
		if (!yes)
			continue;
		if (st_thread_id(f->store, str_of(m->ancestors[i]), &id, e) < 0 ||
		    walk_for(f, m, i, id, e) < 0)
			return -1;
	}
	return 0;
}
