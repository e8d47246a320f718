#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/family.h"
#include "ingest/settle.h"
#include "ledger/ledger.h"
#include "store/st_home.h"

/* Lines in the form of the ledger. */
static int
prepare(struct family *f, struct usage_line *lines, struct err *e)
{
	for (size_t i = 0; i < f->lines_len; i++) {
		const struct st_usage *u = &f->lines[i];
		struct member *m = family_member(f, u);
		struct usage_line *l = &lines[i];

		*l = (struct usage_line){
			.is_record = u->is_record,
			.is_own = u->line >= m->boundary.line && !u->other_thread,
			.starts_based = m->ro->base_thread != NULL,
			.turn = u->turn_seq,
			.has_total = u->has_total,
			.has_last = u->has_last,
			.total = u->total,
			.last = u->last,
			.response_id = u->response_id,
		};
		if (u->in_review && u->has_total && u->has_last &&
		    strcmp(m->session.source, "review") != 0 &&
		    st_review_has(
			f->store, m->ro->home_id, &u->total, &u->last, &l->is_review_copy, e) < 0)
			return -1;
	}
	return 0;
}

static bool
is_long(const struct price_card *card, const char *model, const struct st_judged *j)
{
	return price_is_long(card, str_of(model), j->count_ms, j->delta.input);
}

static int
judge(struct family *f, const struct usage_line *lines, struct err *e)
{
	for (size_t i = 0; i < f->lines_len; i++) {
		struct st_usage *u = &f->lines[i];
		struct st_judged *j = &u->new;

		*j = (struct st_judged){ .verdict = lines[i].verdict, .count_ms = -1 };
		if (j->verdict == VERDICT_COUNTED) {
			j->owner_id = f->thread_id;
			j->delta = lines[i].delta;
			j->count_ms = u->ts_ms < 0 ? 0 : u->ts_ms;
		}
	}
	for (size_t i = 0; i < f->len; i++)
		if (family_recover(f, &f->members[i], e) < 0)
			return -1;
	return 0;
}

static int
write_lines(struct family *f, const struct price_card *card, struct err *e)
{
	for (size_t i = 0; i < f->lines_len; i++) {
		struct st_usage *u = &f->lines[i];
		const char *model, *tier;

		if (family_dimset(f, family_member(f, u), u, &model, &tier, &u->new.dimset_id, e) <
		    0)
			return -1;
		if (u->new.verdict == VERDICT_COUNTED)
			u->new.is_long = is_long(card, model, &u->new);
		if (st_usage_judge(f->store, u, e) < 0)
			return -1;
	}
	return 0;
}

/* The sums of every thread that the lines count for, or counted for. */
static int
remake_sums(struct family *f, int64_t *owners, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || owners[k] == owners[i];
		if (!again && st_rollup_remake(f->store, owners[i], e) < 0)
			return -1;
	}
	return 0;
}

static int
settle(struct store *s, const struct price_card *card, int64_t id, char *uuid, struct err *e)
{
	struct family f;
	struct usage_line *lines = NULL;
	int64_t *owners = NULL;
	size_t n = 0, alloc = 0;
	int rc = -1;

	if (family_load(s, id, uuid, &f, e) < 0)
		goto out;
	lines = xcalloc(f.lines_len, sizeof(*lines));
	if (prepare(&f, lines, e) < 0)
		goto out;
	ledger_walk(lines, f.lines_len);
	xgrow(&owners, n, &alloc, sizeof(*owners));
	owners[n++] = id;
	if (st_owners(s, id, &owners, &n, &alloc, e) < 0 || judge(&f, lines, e) < 0 ||
	    write_lines(&f, card, e) < 0 || st_owners(s, id, &owners, &n, &alloc, e) < 0 ||
	    remake_sums(&f, owners, n, e) < 0 || family_losses(&f, e) < 0 ||
	    st_thread_clean(s, id, e) < 0)
		goto out;
	rc = 0;
out:
	free(lines);
	free(owners);
	family_free(&f);
	return rc;
}

int
settle_boundaries(struct store *s, struct err *e)
{
	int64_t *ids;
	size_t n;
	int rc;

	if (st_thread_dirty_copies(s, &ids, &n, e) < 0)
		return -1;
	rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct family f;
		char *uuid;

		rc = st_thread_uuid(s, ids[i], &uuid, e);
		if (rc == 0) {
			rc = family_load(s, ids[i], uuid, &f, e);
			family_free(&f);
		}
	}
	free(ids);
	return rc;
}

int
settle_some(struct store *s, const struct price_card *card, int max, struct err *e)
{
	int done = 0;

	while (done < max) {
		char *uuid;
		int64_t id;
		int rc = st_thread_next_dirty(s, &id, &uuid, e);

		if (rc < 0)
			return -1;
		if (rc == 0)
			break;
		if (settle(s, card, id, uuid, e) < 0)
			return -1;
		done++;
	}
	return done;
}
