/*
 * What a thread's files do not hold, by the signs that the files show.
 *
 * Source: formats.md 7.0 "Known losses"; lab-format.md 7 and 9.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/family.h"
#include "ingest/name.h"
#include "store/st_loss.h"

struct list {
	struct st_loss *l;
	size_t len, alloc;
};

static int
add(struct family *f, struct member *m, struct list *list, const char *kind, int64_t line,
    int64_t ms, struct err *e)
{
	struct st_loss *l;

	xgrow(&list->l, list->len, &list->alloc, sizeof(*list->l));
	l = &list->l[list->len++];
	*l = (struct st_loss){ .rollout_id = m->ro->id,
		.line = line,
		.kind = kind,
		.ts_ms = ms >= 0                ? ms
			 : m->ro->first_ms >= 0 ? m->ro->first_ms
						: 0 };
	return family_dimset_at(f, m, line, &l->dimset_id, e);
}

struct signs {
	int64_t answers, counts, infos; /* answers and calls; token_counts; those with counters */
	int64_t first_answer, first_ms;
	bool turn_open;     /* a turn began and did not end */
	bool turn_answered; /* something came of it */
	bool has_ends;      /* the file marks the ends of turns */
	int64_t turn_line, turn_ms;
	bool after_usage;   /* the last answer, output or count was a counted line */
	bool review_answer; /* the next answer is a review's, repeated here */
	int64_t calls_open, call_line, call_ms;
};

static bool
counted(const struct st_step *p)
{
	return p->number == VERDICT_COUNTED || p->number == VERDICT_SUPERSEDED;
}

static bool
has_record(const struct st_step *p, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].what == 'R' && p[i].text != NULL && strcmp(p[i].text, id) == 0)
			return true;
	return false;
}

/*
 * The response that made a compaction's summary: is its usage in the file?
 * Newer files name it. In older ones a summary that the server made is never
 * counted (0.98 to 0.140), one that the model wrote is counted right before
 * (from 0.42 on).
 */
static bool
compaction_is_counted(
    const struct st_step *steps, size_t n, const struct st_step *x, const struct signs *g)
{
	if (x->text != NULL)
		return has_record(steps, n, x->text);
	return x->number > 0 && g->after_usage;
}

/* A turn that began is left behind: by the next one, or by the end of the file. */
static int
leave_turn(
    struct family *f, struct member *m, struct list *list, const struct signs *g, struct err *e)
{
	if (!g->turn_open || (!g->has_ends && g->turn_answered))
		return 0;
	return add(f, m, list, "unfinished-turn", g->turn_line, g->turn_ms, e);
}

static void
answer(struct signs *g, const struct st_step *p)
{
	if (p->what == 'M' && g->review_answer) {
		g->review_answer = false;
		return;
	}
	if (g->answers++ == 0) {
		g->first_answer = p->line;
		g->first_ms = p->ts_ms;
	}
	g->turn_answered = true;
	g->after_usage = false;
	if (p->what == 'C' && p->number == 0) {
		g->calls_open++;
		g->call_line = p->line;
		g->call_ms = p->ts_ms;
	}
}

static int
step(struct family *f, struct member *m, struct list *list, struct signs *g,
    const struct st_step *steps, size_t n, const struct st_step *p, struct err *e)
{
	switch (p->what) {
	case 'T':
		if (leave_turn(f, m, list, g, e) < 0)
			return -1;
		g->turn_open = true;
		g->turn_answered = false;
		g->has_ends = g->has_ends || p->text != NULL;
		g->turn_line = p->line;
		g->turn_ms = p->ts_ms;
		g->after_usage = false;
		break;
	case 'E':
	case 'A':
		g->turn_open = false;
		g->calls_open = 0;
		break;
	case 'M':
	case 'C':
		answer(g, p);
		break;
	case 'V':
		g->review_answer = g->turn_answered = true;
		break;
	case 'O':
		g->after_usage = false;
		break;
	case 'U':
	case 'R':
		g->counts++;
		g->infos += p->number != VERDICT_NO_INFO;
		if (counted(p)) {
			g->after_usage = true;
			g->turn_answered = true;
		}
		break;
	case 'X':
		if (!compaction_is_counted(steps, n, p, g) &&
		    add(f, m, list, "compaction", p->line, p->ts_ms, e) < 0)
			return -1;
		g->after_usage = false;
		break;
	case 'L':
		return add(f, m, list, "cut-line", p->line,
		    p->ts_ms >= 0 ? p->ts_ms : name_begin_ms(p->text, p->number), e);
	case 'B':
		return add(f, m, list, p->number != 0 ? "unreadable-line" : "unreadable-value",
		    p->line, p->ts_ms, e);
	default:
		bug("step %c", p->what);
	}
	return 0;
}

static int
member_losses(struct family *f, struct member *m, struct list *list, struct err *e)
{
	struct st_step *steps;
	struct signs g = { 0 };
	size_t n;
	int rc = -1;

	if (st_steps(f->store, m->ro->id, m->boundary.line, &steps, &n, e) < 0)
		goto out;
	for (size_t i = 0; i < n; i++)
		if (step(f, m, list, &g, steps, n, &steps[i], e) < 0)
			goto out;
	if (leave_turn(f, m, list, &g, e) < 0)
		goto out;
	if (!g.has_ends && g.calls_open > 0 &&
	    add(f, m, list, "unfinished-call", g.call_line, g.call_ms, e) < 0)
		goto out;
	if (g.answers > 0 && g.infos == 0 &&
	    add(f, m, list, g.counts == 0 ? "no-counts" : "no-info", g.first_answer, g.first_ms,
		e) < 0)
		goto out;
	rc = 0;
out:
	st_steps_free(steps, n);
	return rc;
}

int
family_losses(struct family *f, struct err *e)
{
	struct list list = { NULL, 0, 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->len; i++)
		rc = member_losses(f, &f->members[i], &list, e);
	if (rc == 0)
		rc = st_losses_put(f->store, f->thread_id, list.l, list.len, e);
	free(list.l);
	return rc;
}
