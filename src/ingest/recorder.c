#include "base/compat.h"

#include "base/hash.h"
#include "base/pack.h"
#include "base/repository.h"
#include "base/xalloc.h"
#include "ingest/calls.h"
#include "ingest/live.h"
#include "ingest/name.h"
#include "ingest/recorder.h"
#include "ledger/boundary.h"
#include "rollout/rollout.h"
#include "store/st_fact.h"
#include "store/st_file.h"
#include "store/st_set.h"
#include "time/civil.h"

#define BURST_MS 20 /* wider gaps went wrong in the lab: ledger-design.md 2 */

struct print {
	int64_t line;
	uint64_t print;
};

#define STATE_VERSION 0x43545335 /* of struct kept; another byte order is another version */

/* What is carried from line to line and kept between two readings of a growing file. */
struct kept {
	int32_t version;
	bool has_session;
	bool at_top; /* only session_meta lines so far */
	bool in_burst;
	int64_t last_ms;        /* time of the line before; negative: none */
	uint64_t context_print; /* of the context before, and its turn */
	uint64_t turn_print;    /* of the id of the turn in force; 0: none */
	bool turn_open;         /* the end of the turn in force was not seen */
	struct rollout_state parser;
	struct live_kept live;
};

struct recorder {
	struct store *store;
	struct st_rollout *ro;
	const char *uuid;
	int64_t file_id;
	struct recorder_counts *counts;
	struct rollout *parser;
	const struct price_card *card;
	struct live *live; /* NULL before the first line */
	struct kept k;
	struct print *prints;
	size_t prints_len, prints_alloc;
	struct calls calls;
	struct { /* the set that the last line stored */
		uint64_t print;
		int64_t id;          /* 0: none yet */
	} context_set[2], limit_set; /* contexts, settings */
};

struct recorder *
recorder_new(struct store *s, struct st_rollout *ro, const char *uuid, int64_t file_id,
    const struct price_card *card, struct recorder_counts *counts)
{
	struct recorder *r = xcalloc(1, sizeof(*r));

	r->store = s;
	r->ro = ro;
	r->uuid = uuid;
	r->file_id = file_id;
	r->card = card;
	r->counts = counts;
	r->parser = rollout_new();
	r->k.version = STATE_VERSION; /* member by member: the padding stays 0 */
	r->k.at_top = r->k.in_burst = true;
	r->k.last_ms = -1;
	return r;
}

void
recorder_blank(struct st_rollout *ro)
{
	ro->lines = 0;
	ro->first_ms = ro->last_ms = -1;
	ro->base_end = ro->start_ordinal = -1;
	ro->ordinal_line = ro->burst_line = ro->meta_line = 0;
	ro->events_seen = false;
}

void
recorder_begin_at(struct recorder *r, int64_t ms)
{
	r->k.last_ms = ms;
}

int
recorder_start(struct recorder *r, struct err *e)
{
	r->k.live.off = r->ro->page != NULL && r->ro->page[0] != '\0';
	return live_new(r->store, r->ro, r->card, &r->k.live, false, &r->live, e);
}

int
recorder_resume(struct recorder *r, struct err *e)
{
	struct st_rollout *ro = r->ro;
	void *prints;
	size_t n;

	if (ro->state == NULL || !unpack(ro->state, ro->state_len, &r->k, sizeof(r->k)) ||
	    r->k.version != STATE_VERSION)
		return 0;
	rollout_restore(r->parser, &r->k.parser);
	r->calls.earlier = true;
	if (live_new(r->store, ro, r->card, &r->k.live, true, &r->live, e) < 0)
		return -1;
	if (r->k.parser.has_turn_ids)
		return 1; /* no more prints are taken */
	if (st_prints(r->store, ro->id, &prints, &n, e) < 0)
		return -1;
	r->prints = prints;
	r->prints_len = r->prints_alloc = n / sizeof(*r->prints);
	return 1;
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	rollout_free(r->parser);
	live_free(r->live);
	calls_clear(&r->calls);
	free(r->prints);
	free(r);
}

static int
skip(struct recorder *r, int64_t pos, int64_t bytes, const char *why, bool lost, struct err *e)
{
	if (lost)
		r->counts->skipped++;
	else
		r->counts->faults++;
	if (st_skip_add(
		r->store, r->file_id, pos, r->ro->lines, r->k.last_ms, bytes, why, lost, e) < 0)
		return -1;
	if (!lost && strstr(why, "token counter") == NULL)
		return 0;
	return live_sign(r->live, SIGN_BAD,
	    &(struct st_place){ r->ro->id, pos, r->ro->lines, r->k.last_ms }, lost, 0, e);
}

static int
first_session(struct recorder *r, const struct record *rec, struct err *e)
{
	const struct rec_session *m = &rec->session;
	struct st_rollout *ro = r->ro;
	int64_t created = rec->ts_ms, ms;
	char *repository;
	int rc;

	if (m->timestamp.p != NULL && civil_parse_instant(m->timestamp, &ms) == 0)
		created = ms;
	r->k.has_session = true;
	if (m->forked_from.p != NULL || m->base_thread.p != NULL || m->start_ordinal >= 0)
		live_off(r->live);
	if (m->forked_from.p != NULL) {
		ro->forked_from = str_dup(m->forked_from);
		if (!str_eqz(m->forked_from, r->uuid) && m->base_thread.p == NULL &&
		    st_ancestor_add(r->store, ro->id, m->forked_from, e) < 0)
			return -1;
	}
	if (m->base_thread.p != NULL) {
		ro->base_thread = str_dup(m->base_thread);
		ro->base_end = m->base_end_ordinal;
	}
	ro->start_ordinal = m->start_ordinal;
	repository = repository_name(m->url);
	rc = st_session_put(r->store, ro->id, rec, created, repository, e);
	live_session(r->live);
	free(repository);
	return rc;
}

static int
session(struct recorder *r, const struct record *rec, struct err *e)
{
	if (!r->k.has_session && first_session(r, rec, e) < 0)
		return -1;
	if (rec->session.id.p == NULL || str_eqz(rec->session.id, r->uuid))
		return 0;
	live_off(r->live);
	if (r->k.at_top)
		r->ro->meta_line = r->ro->lines;
	return st_ancestor_add(r->store, r->ro->id, rec->session.id, e);
}

/* Of a turn's id, as k.turn_print holds it. */
static uint64_t
turn_print(struct str turn_id)
{
	return hash_str(turn_id, 1) | 1;
}

/* Is ID there, and that of the turn in force? */
static bool
in_force(const struct recorder *r, struct str id)
{
	return id.p != NULL && turn_print(id) == r->k.turn_print;
}

/* Many versions repeat the context before each request: only what differs is kept. */
static int
context(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	const struct rec_context *c = &rec->context;
	int64_t *id = &r->context_set[c->is_settings].id;
	uint64_t h;

	if (c->is_settings && c->thread_id.p != NULL && !str_eqz(c->thread_id, r->uuid))
		return 0; /* copied: trap 32 */
	h = hash_i64(rec->turn_seq, c->is_settings);
	h = hash_str(c->model, hash_str(c->effort, hash_str(c->cwd, hash_str(c->turn_id, h))));
	h = hash_str(c->approval, hash_str(c->sandbox, hash_str(c->writable_roots, h)));
	h = hash_str(c->tier, hash_str(c->summary, hash_i64(c->truncation_limit, h)));
	if (h == r->k.context_print)
		return 0;
	r->k.context_print = h;
	h = st_context_print(c);
	if (*id == 0 || r->context_set[c->is_settings].print != h) {
		if (st_context_set(r->store, c, h, id, e) < 0)
			return -1;
		r->context_set[c->is_settings].print = h;
	}
	if (st_context_put(r->store, p, rec, *id, in_force(r, c->turn_id), e) < 0)
		return -1;
	return live_context(r->live, p, rec, *id, e);
}

static int
marker(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	const struct rec_marker *m = &rec->marker;

	if (st_marker_put(r->store, p, rec, e) < 0)
		return -1;
	if (strcmp(m->name, "turn_aborted") == 0)
		return live_sign(r->live, SIGN_ABORT, p, false, 0, e);
	if (strcmp(m->name, "exited_review_mode") == 0)
		return live_sign(r->live, SIGN_REVIEW_END, p, false, 0, e);
	if (strcmp(m->name, "compacted") == 0)
		return live_compaction(r->live, p, m->number > 0, m->reason, e);
	return 0;
}

/* Is ID that of a turn that began before this thread? */
static bool
is_older(const struct recorder *r, struct str id)
{
	char text[37];

	if (id.n != sizeof(text) - 1)
		return false;
	memcpy(text, id.p, id.n);
	text[id.n] = '\0';
	return boundary_uuid_ms(text) >= 0 && boundary_uuid_ms(text) < boundary_uuid_ms(r->uuid);
}

static int
turn(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	struct str id = rec->turn.turn_id;
	int rc = 0;

	if (rec->turn.is_end && is_older(r, id))
		r->ro->meta_line = r->ro->lines;
	if (rec->turn.is_end && rec->turn_seq > 0) {
		bool current =
		    r->k.turn_open && (id.p == NULL || turn_print(id) == r->k.turn_print);

		/* mostly the turn in force ends: it need not be looked for */
		rc = current ? st_turn_end_in_force(r->store, p, rec, e)
			     : st_turn_end(r->store, p, rec, e);
		r->k.turn_open = r->k.turn_open && !current;
	}
	if (rc == 1)
		rc = live_sign(r->live, SIGN_TURN_END, p, false, 0, e);
	if (rc < 0)
		return -1;
	return rec->marker.name == NULL ? 0 : marker(r, p, rec, e);
}

static int
usage(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	const struct rec_usage *u = &rec->usage;
	const struct rec_limits *l = &rec->limits;
	struct st_usage_more more = {
		.other_thread =
		    u->is_record && u->thread_id.p != NULL && !str_eqz(u->thread_id, r->uuid),
		.turn_in_force = in_force(r, u->turn_id),
	};

	if (l->present) {
		uint64_t h = st_limit_print(l);

		if ((r->limit_set.id == 0 || r->limit_set.print != h) &&
		    st_limit_set(r->store, l, h, &r->limit_set.id, e) < 0)
			return -1;
		r->limit_set.print = h;
		more.limit_set_id = r->limit_set.id;
	}
	if (live_usage(r->live, p, rec, &more, e) < 0)
		return -1;
	return st_usage_put(r->store, p, rec, &more, e);
}

static int
call(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	if (calls_add(&r->calls, r->store, p, rec, e) < 0)
		return -1;
	return live_sign(r->live, SIGN_CALL, p, false, 0, e);
}

static int
message(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	if (rec->message.origin != ORIGIN_RESPONSE)
		r->ro->events_seen = true;
	if (st_message_put(r->store, p, rec, e) < 0)
		return -1;
	live_message(r->live, rec);
	if (rec->message.origin != ORIGIN_RESPONSE || !str_eqz(rec->message.role, "assistant"))
		return 0;
	return live_sign(r->live, SIGN_ANSWER, p, false, 0, e);
}

static int
output(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	int rc = calls_output(&r->calls, r->store, p, rec, e);

	if (rc == 1 && !rec->output.is_event)
		return live_sign(r->live, SIGN_OUTPUT, p, false, 0, e);
	return rc < 0 ? -1 : 0;
}

static int
unknown(struct recorder *r, const struct record *rec, struct err *e)
{
	char name[160];

	r->counts->unknown++;
	(void)snprintf(name, sizeof(name), "%.*s%s%.*s", (int)(rec->type.n > 64 ? 64 : rec->type.n),
	    rec->type.p == NULL ? "" : rec->type.p, rec->sub.p == NULL ? "" : "/",
	    (int)(rec->sub.n > 64 ? 64 : rec->sub.n), rec->sub.p == NULL ? "" : rec->sub.p);
	return st_unknown_add(r->store, r->ro->id, str_of(name[0] == '\0' ? "(no type)" : name), e);
}

static int
store_fact(struct recorder *r, const struct st_place *p, const struct record *rec, struct err *e)
{
	switch (rec->kind) {
	case REC_NONE:
		return 0;
	case REC_UNKNOWN:
		return unknown(r, rec, e);
	case REC_SESSION:
		return session(r, rec, e);
	case REC_CONTEXT:
		return context(r, p, rec, e);
	case REC_USAGE:
		return usage(r, p, rec, e);
	case REC_TURN:
		return turn(r, p, rec, e);
	case REC_MESSAGE:
		return message(r, p, rec, e);
	case REC_CALL:
		return call(r, p, rec, e);
	case REC_OUTPUT:
		return output(r, p, rec, e);
	case REC_MARKER:
		return marker(r, p, rec, e);
	case REC_ACTIVITY:
		return st_activity_put(r->store, p, rec, e);
	}
	bug("record of kind %d", (int)rec->kind);
}

/* What the line says by its place and time alone. */
static void
place(struct recorder *r, const struct record *rec)
{
	struct st_rollout *ro = r->ro;

	if (rec->kind != REC_SESSION)
		r->k.at_top = false;
	if (ro->start_ordinal >= 0 && ro->ordinal_line == 0 && rec->ordinal >= ro->start_ordinal)
		ro->ordinal_line = ro->lines;
	if (r->k.in_burst && ro->lines > 1) {
		if (rec->ts_ms >= 0 && r->k.last_ms >= 0 && rec->ts_ms - r->k.last_ms <= BURST_MS)
			ro->burst_line = ro->lines;
		else
			r->k.in_burst = false;
	} else if (ro->lines == 1)
		ro->burst_line = 1;
	if (rec->ts_ms >= 0) {
		if (ro->first_ms < 0)
			ro->first_ms = rec->ts_ms;
		if (rec->ts_ms > ro->last_ms)
			ro->last_ms = rec->ts_ms;
		r->k.last_ms = rec->ts_ms;
	}
	if (rec->print != 0 && !rollout_has_turn_ids(r->parser)) {
		xgrow(&r->prints, r->prints_len, &r->prints_alloc, sizeof(*r->prints));
		r->prints[r->prints_len++] = (struct print){ ro->lines, rec->print };
	}
}

static int
record(struct recorder *r, const struct record *rec, int64_t pos, size_t bytes, struct err *e)
{
	struct st_place p;

	place(r, rec);
	p = (struct st_place){ r->ro->id, pos, r->ro->lines, r->k.last_ms };
	r->counts->records++;
	if (rec->starts_turn) {
		struct str id = rec->turn.turn_id;

		r->k.turn_print = id.p == NULL ? 0 : turn_print(id);
		r->k.turn_open = true;
		if (st_turn_begin(r->store, &p, rec, id, e) < 0 ||
		    live_sign(r->live, SIGN_TURN, &p, id.p != NULL, rec->turn_seq, e) < 0)
			return -1;
	}
	if (rec->thread_id.p != NULL && !str_eqz(rec->thread_id, r->uuid))
		return 0; /* an item of a review that runs inside, or a copied one */
	if (rec->fault != NULL && skip(r, pos, (int64_t)bytes, rec->fault, false, e) < 0)
		return -1;
	return store_fact(r, &p, rec, e);
}

/*
 * A line that is no record: two writers may have glued a torn record and a good
 * one together. Each piece that begins like a record is tried.
 */
static int
pieces(struct recorder *r, struct str text, int64_t offset, const char *why, struct err *e)
{
	struct record rec;
	size_t at = rollout_resync(text);
	bool glued = at < text.n;

	while (text.n > 0) {
		struct str piece = str_n(text.p, at);
		const char *reason = glued ? "torn, and glued to the next record" : why;
		int rc = glued ? rollout_line(r->parser, piece, &rec, &reason) : -1;

		if (glued && rc < 0)
			reason = "torn, and glued to the next record";
		if (rc == 1 && record(r, &rec, offset, piece.n, e) < 0)
			return -1;
		if (rc < 0 && skip(r, offset, (int64_t)piece.n, reason, true, e) < 0)
			return -1;
		offset += (int64_t)at;
		text = str_n(text.p + at, text.n - at);
		at = rollout_resync(text);
	}
	return 0;
}

int
recorder_line(struct recorder *r, const struct line *line, struct err *e)
{
	struct str text = str_n(line->p, line->n);
	struct record rec;
	const char *why = NULL;
	int rc;

	r->ro->lines++;
	r->counts->lines++;
	if (line->oversized)
		return skip(r, line->offset, line->end - line->offset,
		    line->dense ? "longer than 8 MiB, compressed more than 1,000 to 1"
				: "longer than 64 MiB",
		    true, e);
	rc = rollout_line(r->parser, text, &rec, &why);
	if (rc == 0)
		return 0;
	if (rc == 1)
		return record(r, &rec, line->offset, text.n, e);
	return pieces(r, text, line->offset, why, e);
}

int
recorder_end(struct recorder *r, bool cut, struct err *e)
{
	struct st_rollout *ro = r->ro;
	int settled;

	if (calls_end(&r->calls, r->store, e) < 0)
		return -1;
	/* without a time in the file, k.last_ms is still what recorder_begin_at said */
	settled =
	    live_end(r->live, cut, ro->last_ms >= 0 ? ro->last_ms : r->k.last_ms, &r->calls, e);
	if (settled < 0)
		return -1;

	if (r->prints_len > 0 && !r->k.parser.has_turn_ids &&
	    st_prints_put(r->store, ro->id, r->prints, r->prints_len * sizeof(*r->prints), e) < 0)
		return -1;
	rollout_save(r->parser, &r->k.parser);
	free(ro->state);
	pack(&r->k, sizeof(r->k), &ro->state, &ro->state_len);
	return st_rollout_put(r->store, ro, e) < 0 ? -1 : settled;
}
