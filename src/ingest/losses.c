/*
 * What a thread's files do not hold, by the signs that the files show.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/family.h"
#include "ingest/name.h"
#include "ledger/signs.h"
#include "store/st_loss.h"

struct list {
	struct family *family;
	struct member *member;
	struct st_loss *l;
	size_t len, alloc;
};

static int
add(void *arg, const char *kind, int64_t line, int64_t ms, struct err *e)
{
	struct list *list = arg;
	struct member *m = list->member;
	struct st_loss *l;

	xgrow(&list->l, list->len, &list->alloc, sizeof(*list->l));
	l = &list->l[list->len++];
	*l = (struct st_loss){ .rollout_id = m->ro->id,
		.line = line,
		.kind = kind,
		.ts_ms = ms >= 0                ? ms
			 : m->ro->first_ms >= 0 ? m->ro->first_ms
						: 0 };
	return family_dimset_at(list->family, m, line, &l->dimset_id, e);
}

static bool
has_record(const struct st_step *p, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].what == 'R' && p[i].text != NULL && strcmp(p[i].text, id) == 0)
			return true;
	return false;
}

/* A row of the store as a step. */
static struct sign_step
sign(const struct st_step *steps, size_t n, const struct st_step *p)
{
	struct sign_step s = {
		.what = (enum sign)p->what, .line = p->line, .ts_ms = p->ts_ms, .record = -1
	};

	switch (s.what) {
	case SIGN_TURN:
		s.flag = p->text != NULL;
		break;
	case SIGN_CALL:
		s.flag = p->number == 0;
		break;
	case SIGN_COUNT:
	case SIGN_RECORD:
		s.verdict = (enum verdict)p->number;
		break;
	case SIGN_COMPACTION:
		s.flag = p->number > 0;
		if (p->text != NULL)
			s.record = has_record(steps, n, p->text);
		break;
	case SIGN_BAD:
		s.flag = p->number != 0;
		break;
	case SIGN_CUT:
		if (s.ts_ms < 0)
			s.ts_ms = name_begin_ms(p->text, p->number);
		break;
	case SIGN_TURN_END:
	case SIGN_ABORT:
	case SIGN_ANSWER:
	case SIGN_OUTPUT:
	case SIGN_REVIEW_END:
		break;
	}
	return s;
}

static int
member_losses(struct list *list, struct err *e)
{
	struct member *m = list->member;
	struct st_step *steps;
	struct signs signs = { 0 };
	size_t n;
	int rc = st_steps(list->family->store, m->ro->id, m->boundary.line, &steps, &n, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct sign_step s = sign(steps, n, &steps[i]);

		rc = signs_step(&signs, &s, add, list, e);
	}
	if (rc == 0)
		rc = signs_end(&signs, add, list, e);
	st_steps_free(steps, n);
	return rc;
}

int
family_losses(struct family *f, struct err *e)
{
	struct list list = { .family = f };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->len; i++) {
		list.member = &f->members[i];
		rc = member_losses(&list, e);
	}
	if (rc == 0)
		rc = st_losses_put(f->store, f->thread_id, list.l, list.len, e);
	free(list.l);
	return rc;
}
