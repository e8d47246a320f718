#include "base/compat.h"

#include "base/table.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"

static bool
same_parts(const struct tokens *a, const struct tokens *b)
{
	return a->input == b->input && a->cached == b->cached && a->cache_write == b->cache_write &&
	       a->output == b->output && a->reasoning == b->reasoning;
}

static bool
unchanged(const struct tokens *a, const struct tokens *b)
{
	return same_parts(a, b) && a->total == b->total;
}

static bool
no_part_fell(const struct tokens *now, const struct tokens *before)
{
	return now->input >= before->input && now->cached >= before->cached &&
	       now->cache_write >= before->cache_write && now->output >= before->output &&
	       now->reasoning >= before->reasoning;
}

static bool
is_zero(const struct tokens *t)
{
	return t->input == 0 && t->output == 0;
}

static struct tokens
difference(const struct tokens *a, const struct tokens *b)
{
	return (struct tokens){
		.input = a->input - b->input,
		.cached = a->cached - b->cached,
		.cache_write = a->cache_write - b->cache_write,
		.output = a->output - b->output,
		.reasoning = a->reasoning - b->reasoning,
	};
}

static int64_t
between(int64_t v, int64_t high)
{
	return v < 0 ? 0 : v > high ? high : v;
}

/* Parts may not be larger than what they are parts of. Source: formats.md 7.0 rule 5. */
static struct tokens
clamped(struct tokens t)
{
	t.input = between(t.input, INT64_MAX);
	t.output = between(t.output, INT64_MAX);
	t.cached = between(t.cached, t.input);
	t.cache_write = between(t.cache_write, t.input - t.cached);
	t.reasoning = between(t.reasoning, t.output);
	t.total = t.input + t.output;
	return t;
}

static void
verdict(struct usage_line *l, enum verdict v)
{
	l->verdict = v;
	memset(&l->delta, 0, sizeof(l->delta));
}

static void
count(struct usage_line *l, struct tokens delta)
{
	delta = clamped(delta);
	if (is_zero(&delta)) {
		verdict(l, VERDICT_SYNTHETIC);
		return;
	}
	l->verdict = VERDICT_COUNTED;
	l->delta = delta;
}

static int64_t
step_record(struct ledger_state *w, struct usage_line *l, ledger_seen_fn *seen, void *arg)
{
	int64_t superseded = -1;

	if (!l->is_own) {
		verdict(l, VERDICT_INHERITED);
		return -1;
	}
	if (!l->has_last) {
		verdict(l, VERDICT_NO_INFO);
		return -1;
	}
	if (seen(arg, l)) {
		verdict(l, VERDICT_REPEAT);
		return -1;
	}
	w->has_records = true;
	count(l, l->last);
	if (w->has_loose && w->loose_turn == l->turn && same_parts(&w->loose_delta, &l->delta)) {
		superseded = w->loose_key;
		w->covered = false;
	} else
		w->covered = true;
	w->has_loose = false;
	return superseded;
}

/* Rule 3: what a changed total is worth when no record covers it. */
static struct tokens
worth(const struct ledger_state *w, const struct usage_line *l)
{
	bool use_last = l->has_last && !is_zero(&l->last);

	if (!w->has_previous)
		return use_last || w->based || l->starts_based ? l->last : l->total;
	if (l->has_last && same_parts(&l->total, &l->last))
		return l->last; /* counters restarted */
	if (no_part_fell(&l->total, &w->previous))
		return difference(&l->total, &w->previous);
	return l->last;
}

static void
step_changed(struct ledger_state *w, struct usage_line *l)
{
	if (w->has_records) {
		struct tokens d = difference(&l->total, &w->previous);

		if (w->covered || !w->has_previous || !same_parts(&d, &l->last)) {
			verdict(l, VERDICT_SUPERSEDED);
			w->covered = false;
			return;
		}
	}
	count(l, worth(w, l));
	w->has_loose = l->verdict == VERDICT_COUNTED;
	if (w->has_loose) {
		w->loose_key = l->key;
		w->loose_turn = l->turn;
		w->loose_delta = l->delta;
	}
}

static void
step_count(struct ledger_state *w, struct usage_line *l)
{
	if (!l->has_total && !l->has_last) {
		verdict(l, l->is_own ? VERDICT_NO_INFO : VERDICT_INHERITED);
		return;
	}
	if (l->is_own && l->is_review_copy) {
		verdict(l, VERDICT_REVIEW_COPY);
		return;
	}
	if (!l->has_total) {
		/* nothing to compare with: what it says of itself is all there is */
		if (l->is_own)
			count(l, l->last);
		else
			verdict(l, VERDICT_INHERITED);
		return;
	}
	if (!l->is_own) {
		verdict(l, VERDICT_INHERITED);
		w->based = true;
	} else if (w->has_previous && unchanged(&l->total, &w->previous)) {
		verdict(l, VERDICT_REPEAT);
	} else {
		w->has_loose = false;
		step_changed(w, l);
	}
	w->previous = l->total;
	w->has_previous = true;
}

int64_t
ledger_step(struct ledger_state *state, struct usage_line *l, ledger_seen_fn *seen, void *arg)
{
	if (l->is_record)
		return step_record(state, l, seen, arg);
	step_count(state, l);
	return -1;
}

struct seen {
	const char *response_id;
	UT_hash_handle hh;
};

static bool
seen_before(void *arg, const struct usage_line *l)
{
	struct seen **all = arg, *s;

	if (l->response_id == NULL)
		return false;
	HASH_FIND_STR(*all, l->response_id, s);
	if (s != NULL)
		return true;
	s = xcalloc(1, sizeof(*s));
	s->response_id = l->response_id;
	HASH_ADD_KEYPTR(hh, *all, s->response_id, strlen(s->response_id), s);
	return false;
}

void
ledger_walk(struct usage_line *lines, size_t n)
{
	struct ledger_state w = { .has_previous = false };
	struct seen *all = NULL, *s, *next;

	for (size_t i = 0; i < n; i++) {
		int64_t superseded;

		lines[i].key = (int64_t)i;
		superseded = ledger_step(&w, &lines[i], seen_before, &all);
		if (superseded >= 0)
			verdict(&lines[superseded], VERDICT_SUPERSEDED);
	}
	HASH_ITER(hh, all, s, next)
	{
		HASH_DEL(all, s);
		free(s);
	}
}

static const struct {
	const char *name, *text;
} verdicts[VERDICT__MAX] = {
	[VERDICT_NONE] = { "pending", "not judged yet" },
	[VERDICT_COUNTED] = { "counted", "its tokens are in every sum" },
	[VERDICT_REPEAT] = { "repeat", "says again what a line before it said" },
	[VERDICT_INHERITED] = { "inherited", "copied from the thread this one came from" },
	[VERDICT_SUPERSEDED] = { "superseded",
	    "a usage record of the same response counts instead" },
	[VERDICT_SYNTHETIC] = { "synthetic", "a gauge of the context, no response behind it" },
	[VERDICT_REVIEW_COPY] = { "review-copy", "belongs to the review's own session" },
	[VERDICT_NO_INFO] = { "no-info", "carries limits, no token counters" },
};

const char *
verdict_name(enum verdict v)
{
	return verdicts[v].name;
}

const char *
verdict_text(enum verdict v)
{
	return verdicts[v].text;
}
