#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/family.h"
#include "store/st_home.h"

static struct boundary_print *
load_prints(struct store *s, int64_t rollout_id, size_t *n, struct err *e)
{
	void *data;
	size_t bytes;

	if (st_prints(s, rollout_id, &data, &bytes, e) < 0)
		return NULL;
	*n = bytes / sizeof(struct boundary_print);
	return data != NULL ? data : xmalloc(1);
}

/*
 * The prints of the parent of M: the nearest ancestor, if it has a rollout.
 * *FOUND says so.
 */
static int
parent_prints(struct family *f, const struct member *m, struct boundary_print **out, size_t *n,
    bool *found, struct err *e)
{
	struct st_rollout *rollouts = NULL;
	size_t len = 0;
	int64_t id;
	int rc = -1;

	*found = false;
	if (m->ancestors_len == 0)
		return 0;
	if (st_thread_with_rollout(f->store, m->ancestors[0], &id, e) < 0)
		return -1;
	if (id == 0)
		return 0;
	if (st_rollouts(f->store, id, &rollouts, &len, e) < 0)
		goto out;
	*found = true;
	if ((*out = load_prints(f->store, rollouts[0].id, n, e)) != NULL)
		rc = 0;
out:
	st_rollouts_free(rollouts, len);
	return rc;
}

static int
find_boundary(struct family *f, struct member *m, struct err *e)
{
	struct boundary_turn *turns = xcalloc(m->turns_len, sizeof(*turns));
	struct boundary_print *own = NULL, *parent = NULL;
	struct boundary_in in = {
		.has_evidence = m->ancestors_len > 0,
		.has_base = m->ro->base_thread != NULL,
		.has_start_ordinal = m->ro->start_ordinal >= 0,
		.ordinal_line = m->ro->ordinal_line,
		.thread_ms = boundary_uuid_ms(f->uuid),
		.turns = turns,
		.turns_len = m->turns_len,
		.burst_line = m->ro->burst_line,
		.meta_line = m->ro->meta_line,
	};
	int rc = -1;

	for (size_t i = 0; i < m->turns_len; i++)
		turns[i] = (struct boundary_turn){ m->turns[i].line, m->turns[i].end_line,
			boundary_uuid_ms(m->turns[i].turn_id) };
	if (in.has_evidence && !in.has_base && !in.has_start_ordinal) {
		if (parent_prints(f, m, &parent, &in.parent_len, &in.has_parent, e) < 0 ||
		    (own = load_prints(f->store, m->ro->id, &in.own_len, e)) == NULL)
			goto out;
		in.own = own;
		in.parent = parent;
	}
	m->boundary = boundary_find(&in);
	m->ro->own_line = m->boundary.line;
	rc = st_rollout_boundary(f->store, m->ro->id, m->boundary.line,
	    basis_name(m->boundary.basis), m->boundary.is_open, e);
out:
	free(turns);
	free(own);
	free(parent);
	return rc;
}

static int
load_member(struct family *f, struct member *m, struct err *e)
{
	if (st_turns(f->store, m->ro->id, &m->turns, &m->turns_len, e) < 0 ||
	    st_contexts(f->store, m->ro->id, &m->contexts, &m->contexts_len, e) < 0 ||
	    st_ancestors(f->store, m->ro->id, &m->ancestors, &m->ancestors_len, e) < 0 ||
	    dims_session_load(f->store, m->ro->id, &m->session, e) < 0)
		return -1;
	m->from = f->lines_len;
	if (st_usages(f->store, m->ro->id, &f->lines, &f->lines_len, &f->lines_alloc, e) < 0)
		return -1;
	m->to = f->lines_len;
	return find_boundary(f, m, e);
}

int
family_load(struct store *s, int64_t id, char *uuid, struct family *f, struct err *e)
{
	*f = (struct family){ .store = s, .thread_id = id, .uuid = uuid };
	if (st_rollouts(s, id, &f->rollouts, &f->len, e) < 0)
		return -1;
	f->members = xcalloc(f->len, sizeof(*f->members));
	for (size_t i = 0; i < f->len; i++) {
		f->members[i].ro = &f->rollouts[i];
		if (load_member(f, &f->members[i], e) < 0)
			return -1;
	}
	return 0;
}

void
family_free(struct family *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; f->members != NULL && i < f->len; i++) {
		struct member *m = &f->members[i];

		st_turns_free(m->turns, m->turns_len);
		st_contexts_free(m->contexts, m->contexts_len);
		for (size_t k = 0; k < m->ancestors_len; k++)
			free(m->ancestors[k]);
		free(m->ancestors);
		dims_session_clear(&m->session);
	}
	free(f->members);
	st_rollouts_free(f->rollouts, f->len);
	st_usages_free(f->lines, f->lines_len);
	free(f->uuid);
	memset(f, 0, sizeof(*f));
}

struct member *
family_member(struct family *f, const struct st_usage *u)
{
	for (size_t i = 0; i < f->len; i++)
		if (f->members[i].ro->id == u->rollout_id)
			return &f->members[i];
	bug("usage line of another thread");
}

/* Number of the turn that TURN_ID names, 0 when it names none here. */
static int64_t
turn_by_id(const struct member *m, const char *turn_id)
{
	for (size_t i = 0; turn_id != NULL && i < m->turns_len; i++)
		if (m->turns[i].turn_id != NULL && strcmp(m->turns[i].turn_id, turn_id) == 0)
			return m->turns[i].seq;
	return 0;
}

/* Number of the turn in force at LINE, 0 before the first. */
static int64_t
turn_at(const struct member *m, int64_t line)
{
	int64_t seq = 0;

	for (size_t i = 0; i < m->turns_len && m->turns[i].line <= line; i++)
		seq = m->turns[i].seq;
	return seq;
}

/*
 * The turn_context in force at POS in turn number SEQ: the last one before, but where that is of
 * another turn, the first of its own that comes later (a compaction before the turn).
 */
static const struct st_context *
context_at(const struct member *m, int64_t pos, int64_t seq)
{
	const struct st_context *before = NULL;

	for (size_t i = 0; i < m->contexts_len; i++) {
		const struct st_context *c = &m->contexts[i];

		if (c->is_settings)
			continue;
		if (c->pos < pos) {
			before = c;
			continue;
		}
		if (seq == 0 || (before != NULL && before->turn_seq == seq))
			break;
		if (c->turn_seq == seq)
			return c;
	}
	return before;
}

static const struct st_context *
settings_at(const struct member *m, int64_t pos)
{
	const struct st_context *before = NULL;

	for (size_t i = 0; i < m->contexts_len && m->contexts[i].pos < pos; i++)
		if (m->contexts[i].is_settings)
			before = &m->contexts[i];
	return before;
}

static int
dimset(struct family *f, struct member *m, int64_t pos, int64_t seq, const char **model,
    const char **tier, int64_t *id, struct err *e)
{
	struct st_dimset d =
	    dims_of(&m->session, m->ro->home_id, context_at(m, pos, seq), settings_at(m, pos));

	*model = d.model;
	*tier = d.tier;
	return st_dimset_id(f->store, &d, id, e);
}

int
family_dimset(struct family *f, struct member *m, const struct st_usage *u, const char **model,
    const char **tier, int64_t *id, struct err *e)
{
	int64_t seq = turn_by_id(m, u->turn_id);

	return dimset(f, m, u->pos, seq != 0 ? seq : u->turn_seq, model, tier, id, e);
}

int
family_dimset_at(struct family *f, struct member *m, int64_t line, int64_t *id, struct err *e)
{
	const char *model, *tier;
	int64_t pos = INT64_MAX;

	for (size_t i = 0; i < m->contexts_len && line > 0; i++)
		if (m->contexts[i].line > line) {
			pos = m->contexts[i].pos;
			break;
		}
	return dimset(f, m, pos, turn_at(m, line), &model, &tier, id, e);
}
