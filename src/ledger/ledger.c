#include "base/compat.h"

#include "base/table.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"

struct seen {
	const char *response_id;
	UT_hash_handle hh;
};

/* What is carried from line to line. */
struct walk {
	bool has_previous; /* a total was read before */
	struct tokens previous;
	bool based;               /* inherited or based: totals do not begin at 0 */
	bool has_records;         /* an own token_usage_record was seen */
	bool covered;             /* a record came since the total changed last */
	struct usage_line *loose; /* last token_count that counted although records
	                             exist: a record right behind it supersedes it */
	struct seen *seen;
};

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

static bool
seen_before(struct walk *w, const char *id)
{
	struct seen *s;

	if (id == NULL)
		return false;
	HASH_FIND_STR(w->seen, id, s);
	if (s != NULL)
		return true;
	s = xcalloc(1, sizeof(*s));
	s->response_id = id;
	HASH_ADD_KEYPTR(hh, w->seen, s->response_id, strlen(s->response_id), s);
	return false;
}

static void
step_record(struct walk *w, struct usage_line *l)
{
	if (!l->is_own) {
		verdict(l, VERDICT_INHERITED);
		return;
	}
	if (!l->has_last) {
		verdict(l, VERDICT_NO_INFO);
		return;
	}
	if (seen_before(w, l->response_id)) {
		verdict(l, VERDICT_REPEAT);
		return;
	}
	w->has_records = true;
	count(l, l->last);
	if (w->loose != NULL && w->loose->turn == l->turn &&
	    same_parts(&w->loose->delta, &l->delta)) {
		verdict(w->loose, VERDICT_SUPERSEDED);
		w->covered = false;
	} else
		w->covered = true;
	w->loose = NULL;
}

/* Rule 3: what a changed total is worth when no record covers it. */
static struct tokens
worth(const struct walk *w, const struct usage_line *l)
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
step_changed(struct walk *w, struct usage_line *l)
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
	w->loose = l->verdict == VERDICT_COUNTED ? l : NULL;
}

static void
step_count(struct walk *w, struct usage_line *l)
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
		w->loose = NULL;
		step_changed(w, l);
	}
	w->previous = l->total;
	w->has_previous = true;
}

void
ledger_walk(struct usage_line *lines, size_t n)
{
	struct walk w = { .has_previous = false };
	struct seen *s, *next;

	for (size_t i = 0; i < n; i++) {
		if (lines[i].is_record)
			step_record(&w, &lines[i]);
		else
			step_count(&w, &lines[i]);
	}
	HASH_ITER(hh, w.seen, s, next)
	{
		HASH_DEL(w.seen, s);
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
