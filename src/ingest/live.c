#include "base/compat.h"

#include "base/hash.h"
#include "base/set64.h"
#include "base/xalloc.h"
#include "ingest/dims.h"
#include "ingest/live.h"
#include "store/st_loss.h"
#include "store/st_seen.h"

#define QUARTER_MS 900000
#define SUMS 32 /* combinations of a quarter-hour and dimensions before they are written */

struct live {
	struct store *store;
	const struct st_rollout *ro;
	const struct price_card *card;
	struct live_kept *k;
	bool resumed;
	bool took_away; /* a sum may have become empty */
	bool not_alone; /* the thread must be settled from its rows whatever comes */
	struct st_sum sums[SUMS];
	size_t sums_len;
	struct set64 seen; /* responses that counted in this reading */
	int64_t *ids;      /* the same, to be kept */
	size_t ids_len, ids_alloc;
	struct gain gain;
	bool has_session;
	struct dims_session session;
	/* the last combination that was asked for */
	int64_t plain_set, settings_set, dimset_id; /* dimset_id 0: none yet */
	char *model;
};

/* Row ids depend on the order in which files are read, what is kept does not: they are looked up again. */
static void
forget_ids(struct live_kept *k)
{
	k->context.set_id = k->context.set_id != 0;
	k->settings.set_id = k->settings.set_id != 0;
	k->loose.dimset_id = 0;
	for (size_t i = 0; i < LIVE_PENDING; i++)
		k->pending[i].dimset_id = 0;
}

/* What is not asked for again becomes zero: that packs to nothing (base/pack.h). */
static void
forget_rest(struct live_kept *k)
{
	if (k->off) {
		memset(k, 0, sizeof(*k));
		k->off = true;
		return;
	}
	if (!k->ledger.has_loose) {
		k->ledger.loose_key = k->ledger.loose_turn = 0;
		memset(&k->ledger.loose_delta, 0, sizeof(k->ledger.loose_delta));
		memset(&k->loose, 0, sizeof(k->loose));
	}
	if (k->signs.infos > 0) /* then there are counts */
		k->signs.first_answer = k->signs.first_ms = 0;
	if (!k->signs.turn_open)
		k->signs.turn_line = k->signs.turn_ms = k->turn_pos = 0;
	for (int64_t i = k->pending_len; i < LIVE_PENDING; i++)
		memset(&k->pending[i], 0, sizeof(k->pending[i]));
}

static int
recall_ids(struct live *l, struct err *e)
{
	struct live_kept *k = l->k;
	int64_t id = l->ro->id;

	if ((k->context.set_id != 0 &&
		st_live_set_at(l->store, id, k->context.pos, &k->context.set_id, e) < 0) ||
	    (k->settings.set_id != 0 &&
		st_live_set_at(l->store, id, k->settings.pos, &k->settings.set_id, e) < 0))
		return -1;
	if (k->ledger.has_loose &&
	    st_live_dimset_at(l->store, id, k->loose.pos, &k->loose.dimset_id, e) < 0)
		return -1;
	for (int64_t i = 0; i < k->pending_len; i++)
		if (st_live_dimset_at(
			l->store, id, k->pending[i].pos, &k->pending[i].dimset_id, e) < 0)
			return -1;
	return 0;
}

static int
begin(struct live *l, struct err *e)
{
	int64_t rollouts;
	bool dirty;

	if (st_live_thread(l->store, l->ro->thread_id, &rollouts, &dirty, e) < 0)
		return -1;
	if (l->k->off)
		return 0;
	/* more than these lines is to be settled then; they are judged for the next reading */
	l->not_alone = rollouts != 1 || (l->resumed && dirty);
	if (gain_begin(&l->gain, l->store, l->ro, &l->k->gain, l->resumed, e) < 0)
		return -1;
	if (l->resumed) {
		if (st_live_reopen(l->store, l->ro->thread_id, l->k->signs.turn_line, e) < 0)
			return -1;
		return recall_ids(l, e);
	}
	if (st_live_clear(l->store, l->ro->thread_id, e) < 0)
		return -1;
	return st_rollout_boundary(l->store, l->ro->id, 1, "none", false, e);
}

int
live_new(struct store *s, const struct st_rollout *ro, const struct price_card *card,
    struct live_kept *k, bool resumed, struct live **out, struct err *e)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->store = s;
	l->ro = ro;
	l->card = card;
	l->k = k;
	l->resumed = resumed;
	if (begin(l, e) < 0) {
		live_free(l);
		return -1;
	}
	*out = l;
	return 0;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	set64_clear(&l->seen);
	free(l->ids);
	gain_clear(&l->gain);
	dims_session_clear(&l->session);
	free(l->model);
	free(l);
}

void
live_off(struct live *l)
{
	l->k->off = true;
}

void
live_session(struct live *l)
{
	if (l->k->usage_seen)
		live_off(l); /* lines before it did not know where they were */
	dims_session_clear(&l->session);
	l->has_session = false;
	l->dimset_id = 0;
}

/* The combination of a line with the contents PLAIN and SETTINGS in force (0: none) becomes the one at hand. */
static int
dimset(struct live *l, int64_t plain, int64_t settings, struct err *e)
{
	struct st_context c = { 0 }, s = { 0 };
	struct st_dimset d;
	int rc = -1;

	if (l->dimset_id != 0 && l->plain_set == plain && l->settings_set == settings)
		return 0;
	if (!l->has_session && dims_session_load(l->store, l->ro->id, &l->session, e) < 0)
		return -1;
	l->has_session = true;
	if ((plain == 0 || st_live_set(l->store, plain, &c, e) == 0) &&
	    (settings == 0 || st_live_set(l->store, settings, &s, e) == 0)) {
		d = dims_of(
		    &l->session, l->ro->home_id, plain == 0 ? NULL : &c, settings == 0 ? NULL : &s);
		rc = st_dimset_id(l->store, &d, &l->dimset_id, e);
		free(l->model);
		l->model = xstrdup(d.model);
		l->plain_set = plain;
		l->settings_set = settings;
	}
	st_context_clear(&c);
	st_context_clear(&s);
	return rc;
}

static int
flush(struct live *l, struct err *e)
{
	for (size_t i = 0; i < l->sums_len; i++)
		if (st_live_add(l->store, l->ro->thread_id, &l->sums[i], e) < 0)
			return -1;
	l->sums_len = 0;
	return 0;
}

/* Add X to its sum SIGN (1 or -1) times. */
static int
sum(struct live *l, const struct live_line *x, int sign, struct err *e)
{
	int64_t quarter = x->count_ms / QUARTER_MS;
	bool is_long = x->is_long != 0;
	struct st_sum *to = NULL;

	for (size_t i = l->sums_len; i-- > 0 && to == NULL;)
		if (l->sums[i].quarter == quarter && l->sums[i].dimset_id == x->dimset_id &&
		    l->sums[i].is_long == is_long)
			to = &l->sums[i];
	if (to == NULL) {
		if (l->sums_len == SUMS && flush(l, e) < 0)
			return -1;
		to = &l->sums[l->sums_len++];
		*to = (struct st_sum){
			.quarter = quarter, .dimset_id = x->dimset_id, .is_long = is_long
		};
	}
	to->responses += sign;
	to->tokens.input += sign * x->delta.input;
	to->tokens.cached += sign * x->delta.cached;
	to->tokens.cache_write += sign * x->delta.cache_write;
	to->tokens.output += sign * x->delta.output;
	to->tokens.reasoning += sign * x->delta.reasoning;
	l->took_away = l->took_away || sign < 0;
	return 0;
}

struct asked {
	struct live *live;
	struct str response_id;
	struct err *e;
	bool failed;
};

static int64_t
response_print(struct str id)
{
	return (int64_t)(hash_str(id, 4) >> 1);
}

/* Did the response PRINT count in this reading, or an earlier one? */
static int
has_counted(struct live *l, int64_t print, bool *has, struct err *e)
{
	*has = set64_has(&l->seen, (uint64_t)print);
	return *has || !l->resumed ? 0 : st_seen_has(l->store, l->ro->id, print, has, e);
}

static bool
seen(void *arg, const struct usage_line *line)
{
	struct asked *a = arg;
	struct live *l = a->live;
	int64_t print;
	bool has;

	(void)line;
	if (a->response_id.p == NULL)
		return false;
	print = response_print(a->response_id);
	if (has_counted(l, print, &has, a->e) < 0) {
		a->failed = true;
		return false;
	}
	if (has)
		return true;
	(void)set64_add(&l->seen, (uint64_t)print);
	xgrow(&l->ids, l->ids_len, &l->ids_alloc, sizeof(*l->ids));
	l->ids[l->ids_len++] = print;
	return false;
}

/*
 * The combination in force at the beginning of the turn at hand becomes the one at hand: that of
 * its first context, wherever it comes.
 */
static int
dimset_of_turn(struct live *l, struct err *e)
{
	const struct live_kept *k = l->k;
	struct st_context_ref plain = k->context, settings = k->settings, own;
	int64_t id = l->ro->id, next;

	if (st_live_next_context(l->store, id, k->turn_pos, &next, e) < 0)
		return -1;
	if (settings.pos >= next &&
	    st_live_last_context(l->store, id, next, true, &settings, e) < 0)
		return -1;
	if (plain.pos >= next && st_live_last_context(l->store, id, next, false, &plain, e) < 0)
		return -1;
	if (next != INT64_MAX && k->turn_seq != 0 &&
	    (plain.set_id == 0 || plain.turn_seq != k->turn_seq)) {
		if (st_live_context_of(l->store, id, next, k->turn_seq, &own, e) < 0)
			return -1;
		if (own.set_id != 0)
			plain = own;
	}
	return dimset(l, plain.set_id, settings.set_id, e);
}

/* A loss_fn: the loss counts under what is in force at its line. */
static int
add_loss(void *arg, const char *kind, int64_t line, int64_t ms, struct err *e)
{
	struct live *l = arg;
	const struct live_kept *k = l->k;
	bool of_turn = strcmp(kind, "unfinished-turn") == 0;
	struct st_loss loss = { .rollout_id = l->ro->id, .line = line, .kind = kind };

	if (!of_turn && strcmp(kind, "cut-line") != 0 && k->turn_seq != 0 &&
	    (k->context.set_id == 0 || k->context.turn_seq != k->turn_seq)) {
		live_off(l); /* the context of its turn may come yet */
		return 0;
	}
	if ((of_turn ? dimset_of_turn(l, e) : dimset(l, k->context.set_id, k->settings.set_id, e)) <
	    0)
		return -1;
	loss.dimset_id = l->dimset_id;
	loss.ts_ms = ms >= 0 ? ms : l->ro->first_ms >= 0 ? l->ro->first_ms : 0;
	return st_loss_add(l->store, l->ro->thread_id, &loss, e);
}

static int
step(struct live *l, struct sign_step s, struct err *e)
{
	return signs_step(&l->k->signs, &s, add_loss, l, e);
}

/* The loose line does not count any more. */
static int
supersede(struct live *l, struct err *e)
{
	struct live_line *loose = &l->k->loose;

	for (int64_t i = 0; i < l->k->pending_len; i++)
		if (l->k->pending[i].pos == loose->pos)
			l->k->pending[i].counted = 0;
	if (sum(l, loose, -1, e) < 0)
		return -1;
	return st_live_supersede(l->store, l->ro->id, loose->pos, e);
}

static struct tokens
tokens(const struct rec_tokens *t)
{
	return (struct tokens){ .input = t->input,
		.cached = t->cached,
		.cache_write = t->cache_write,
		.output = t->output,
		.reasoning = t->reasoning,
		.total = t->total };
}

/* What the ledger says of the line, without the combination it counts under. */
static int
judge(struct live *l, const struct st_place *p, const struct record *rec, bool other,
    struct st_judged *j, struct err *e)
{
	const struct rec_usage *u = &rec->usage;
	struct asked asked = { .live = l, .response_id = u->response_id, .e = e };
	struct usage_line line = {
		.is_record = u->is_record,
		.is_own = !other,
		.turn = rec->turn_seq,
		.has_total = u->has_total,
		.has_last = u->has_last,
		.total = tokens(&u->total),
		.last = tokens(&u->last),
		.key = p->pos,
	};

	if ((ledger_step(&l->k->ledger, &line, seen, &asked) >= 0 && supersede(l, e) < 0) ||
	    asked.failed)
		return -1;
	j->verdict = line.verdict;
	j->count_ms = -1;
	if (line.verdict == VERDICT_COUNTED) {
		j->owner_id = l->ro->thread_id;
		j->count_ms = p->ts_ms < 0 ? 0 : p->ts_ms;
		j->delta = line.delta;
	}
	return 0;
}

/* J counts under the combination at hand. */
static void
place(struct live *l, struct st_judged *j)
{
	j->dimset_id = l->dimset_id;
	j->is_long = j->verdict == VERDICT_COUNTED &&
		     price_is_long(l->card, str_of(l->model), j->count_ms, j->delta.input);
}

static void
keep(struct live_line *x, int64_t pos, const struct st_judged *j)
{
	x->pos = pos;
	x->counted = j->verdict == VERDICT_COUNTED;
	x->count_ms = j->count_ms;
	x->dimset_id = j->dimset_id;
	x->is_long = j->is_long;
	x->delta = j->delta;
}

/* The line waits for the context of its turn: until then it counts under the one before. */
static void
wait_for_context(struct live *l, const struct live_line *x)
{
	struct live_kept *k = l->k;

	if (k->pending_len == LIVE_PENDING)
		live_off(l);
	else
		k->pending[k->pending_len++] = *x;
}

/* The number of the turn that the line is of: a record may name an earlier one. */
static int
turn_of(struct live *l, const struct record *rec, bool in_force, int64_t *seq, struct err *e)
{
	int64_t named = 0;

	*seq = rec->turn_seq;
	if (in_force || rec->usage.turn_id.p == NULL)
		return 0;
	if (st_live_turn(l->store, l->ro->id, rec->usage.turn_id, &named, e) < 0)
		return -1;
	if (named != 0)
		*seq = named;
	return 0;
}

int
live_usage(struct live *l, const struct st_place *p, const struct record *rec,
    struct st_usage_more *more, struct err *e)
{
	const struct rec_usage *u = &rec->usage;
	struct live_kept *k = l->k;
	struct st_judged *j = &more->judged;
	struct live_line x;
	int64_t seq;

	if (!k->off && rec->in_review && u->has_total && u->has_last)
		live_off(l); /* a review's own file may hold it too */
	if (k->off)
		return 0;
	k->usage_seen = true;
	if (judge(l, p, rec, more->other_thread, j, e) < 0 ||
	    turn_of(l, rec, more->turn_in_force, &seq, e) < 0 ||
	    dimset(l, k->context.set_id, k->settings.set_id, e) < 0)
		return -1;
	place(l, j);
	keep(&x, p->pos, j);
	/* no later context is of an earlier turn */
	if (seq != 0 && seq >= rec->turn_seq &&
	    (k->context.set_id == 0 || k->context.turn_seq != seq))
		wait_for_context(l, &x);
	if (j->verdict == VERDICT_COUNTED && !u->is_record)
		k->loose = x;
	if ((j->verdict == VERDICT_COUNTED && sum(l, &x, 1, e) < 0) ||
	    gain_usage(&l->gain, p, rec, more, e) < 0)
		return -1;
	return step(l,
	    (struct sign_step){ .what = u->is_record ? SIGN_RECORD : SIGN_COUNT,
		.line = p->line,
		.ts_ms = p->ts_ms,
		.verdict = j->verdict },
	    e);
}

/* The context of the turn came: the lines that waited for it count under it. */
static int
settle_pending(struct live *l, struct err *e)
{
	struct live_kept *k = l->k;

	if (k->pending_len > 0 && dimset(l, k->context.set_id, k->settings.set_id, e) < 0)
		return -1;
	for (int64_t i = 0; i < k->pending_len; i++) {
		struct live_line *x = &k->pending[i];
		struct st_judged j = { .verdict = x->counted != 0 ? VERDICT_COUNTED : VERDICT_NONE,
			.count_ms = x->count_ms,
			.delta = x->delta };

		if (x->counted != 0 && sum(l, x, -1, e) < 0)
			return -1;
		place(l, &j);
		x->dimset_id = j.dimset_id;
		x->is_long = j.is_long;
		if ((x->counted != 0 && sum(l, x, 1, e) < 0) ||
		    st_live_move(l->store, l->ro->id, x->pos, j.dimset_id, j.is_long, e) < 0)
			return -1;
		if (k->loose.pos == x->pos)
			k->loose = *x;
		gain_move(&l->gain, x->pos, x->dimset_id);
	}
	k->pending_len = 0;
	return 0;
}

int
live_context(struct live *l, const struct st_place *p, const struct record *rec, int64_t set_id,
    struct err *e)
{
	struct live_kept *k = l->k;
	struct st_context_ref *c = rec->context.is_settings ? &k->settings : &k->context;

	if (k->off)
		return 0;
	c->pos = p->pos;
	c->turn_seq = rec->turn_seq;
	c->set_id = set_id;
	return rec->context.is_settings ? 0 : settle_pending(l, e);
}

int
live_sign(struct live *l, enum sign sign, const struct st_place *p, bool flag, int64_t turn_seq,
    struct err *e)
{
	struct live_kept *k = l->k;

	if (k->off)
		return 0;
	if (sign == SIGN_CALL)
		k->calls_seen = true;
	if (step(l, (struct sign_step){ sign, p->line, p->ts_ms, flag, VERDICT_NONE, -1 }, e) < 0)
		return -1;
	if (sign == SIGN_TURN) {
		k->turn_pos = p->pos;
		k->turn_seq = turn_seq;
		k->pending_len = 0;
		gain_turn(&l->gain, p);
	}
	return 0;
}

int
live_compaction(
    struct live *l, const struct st_place *p, bool by_text, struct str response_id, struct err *e)
{
	struct sign_step s = { SIGN_COMPACTION, p->line, p->ts_ms, by_text, VERDICT_NONE, -1 };
	bool has = true;

	if (l->k->off)
		return 0;
	gain_compaction(&l->gain);
	if (response_id.p != NULL) {
		if (has_counted(l, response_print(response_id), &has, e) < 0)
			return -1;
		s.record = 1;
	}
	if (!has)
		live_off(l); /* its record may come yet */
	return l->k->off ? 0 : step(l, s, e);
}

void
live_message(struct live *l, const struct record *rec)
{
	gain_message(&l->gain, rec);
}

static int
end(struct live *l, bool cut, int64_t cut_ms, const struct calls *calls, struct err *e)
{
	const struct signs *g = &l->k->signs;
	struct sign_step s = { SIGN_CUT, l->ro->lines + 1, cut_ms, false, VERDICT_NONE, -1 };
	int rc;

	if (l->k->off)
		return l->resumed ? st_seen_clear(l->store, l->ro->id, e) : 0;
	if (flush(l, e) < 0 ||
	    (l->took_away && st_live_drop_empty(l->store, l->ro->thread_id, e) < 0))
		return -1;
	if (st_seen_add(l->store, l->ro->id, l->ids, l->ids_len, e) < 0)
		return -1;
	/* what these show is found from the rows: which calls have no output, and where it began */
	if ((!g->has_ends && l->k->calls_seen) || (g->answers > 0 && g->infos == 0))
		return LIVE_UNSETTLED;
	if ((cut && step(l, s, e) < 0) || signs_end(g, add_loss, l, e) < 0)
		return -1;
	if (l->k->off)
		return st_seen_clear(l->store, l->ro->id, e);
	if (l->not_alone)
		return LIVE_UNSETTLED;
	rc = gain_end(&l->gain, calls->added, calls->failures, e);
	return rc < 0 ? -1 : rc == 1 ? LIVE_SUMMED : LIVE_SETTLED;
}

int
live_end(struct live *l, bool cut, int64_t cut_ms, const struct calls *calls, struct err *e)
{
	int rc = end(l, cut, cut_ms, calls, e);

	forget_ids(l->k);
	forget_rest(l->k);
	return rc;
}
