#include "base/compat.h"

#include "base/err.h"
#include "ledger/signs.h"

static bool
counted(enum verdict v)
{
	return v == VERDICT_COUNTED || v == VERDICT_SUPERSEDED;
}

/*
 * The response that made a compaction's summary: is its usage in the file?
 * Newer files name it. In older ones a summary that the server made is never
 * counted (0.98 to 0.140), one that the model wrote is counted right before
 * (from 0.42 on).
 */
static bool
compaction_is_counted(const struct signs *s, const struct sign_step *x)
{
	if (x->record >= 0)
		return x->record == 1;
	return x->flag && s->after_usage;
}

/* A turn that began is left behind: by the next one, or by the end of the file. */
static int
leave_turn(const struct signs *s, loss_fn *fn, void *arg, struct err *e)
{
	if (!s->turn_open || (!s->has_ends && s->turn_answered))
		return 0;
	return fn(arg, "unfinished-turn", s->turn_line, s->turn_ms, e);
}

static void
answer(struct signs *s, const struct sign_step *p)
{
	if (p->what == SIGN_ANSWER && s->review_answer) {
		s->review_answer = false;
		return;
	}
	if (s->answers++ == 0) {
		s->first_answer = p->line;
		s->first_ms = p->ts_ms;
	}
	s->turn_answered = true;
	s->after_usage = false;
	if (p->what == SIGN_CALL && p->flag) {
		s->calls_open++;
		s->call_line = p->line;
		s->call_ms = p->ts_ms;
	}
}

static void
begin_turn(struct signs *s, const struct sign_step *p)
{
	s->turn_open = true;
	s->turn_answered = false;
	s->has_ends = s->has_ends || p->flag;
	s->turn_line = p->line;
	s->turn_ms = p->ts_ms;
	s->after_usage = false;
}

static void
usage(struct signs *s, enum verdict v)
{
	s->counts++;
	s->infos += v != VERDICT_NO_INFO;
	if (counted(v))
		s->after_usage = s->turn_answered = true;
}

int
signs_step(struct signs *s, const struct sign_step *p, loss_fn *fn, void *arg, struct err *e)
{
	bool lost;

	switch (p->what) {
	case SIGN_TURN:
		if (leave_turn(s, fn, arg, e) < 0)
			return -1;
		begin_turn(s, p);
		return 0;
	case SIGN_TURN_END:
	case SIGN_ABORT:
		s->turn_open = false;
		s->calls_open = 0;
		return 0;
	case SIGN_ANSWER:
	case SIGN_CALL:
		answer(s, p);
		return 0;
	case SIGN_REVIEW_END:
		s->review_answer = s->turn_answered = true;
		return 0;
	case SIGN_OUTPUT:
		s->after_usage = false;
		return 0;
	case SIGN_COUNT:
	case SIGN_RECORD:
		usage(s, p->verdict);
		return 0;
	case SIGN_COMPACTION:
		lost = !compaction_is_counted(s, p);
		s->after_usage = false;
		return lost ? fn(arg, "compaction", p->line, p->ts_ms, e) : 0;
	case SIGN_CUT:
		return fn(arg, "cut-line", p->line, p->ts_ms, e);
	case SIGN_BAD:
		return fn(
		    arg, p->flag ? "unreadable-line" : "unreadable-value", p->line, p->ts_ms, e);
	}
	bug("sign %d", (int)p->what);
}

int
signs_end(const struct signs *s, loss_fn *fn, void *arg, struct err *e)
{
	if (leave_turn(s, fn, arg, e) < 0)
		return -1;
	if (!s->has_ends && s->calls_open > 0 &&
	    fn(arg, "unfinished-call", s->call_line, s->call_ms, e) < 0)
		return -1;
	if (s->answers > 0 && s->infos == 0)
		return fn(
		    arg, s->counts == 0 ? "no-counts" : "no-info", s->first_answer, s->first_ms, e);
	return 0;
}
