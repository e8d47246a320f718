/* Lines of a rollout, one after the other through one parser. */
#include "base/compat.h"

#include "fuzz.h"
#include "rollout/rollout.h"

static uint64_t
mix_session(uint64_t h, const struct rec_session *s)
{
	const struct str texts[] = { s->id, s->timestamp, s->cwd, s->originator, s->cli_version,
		s->provider, s->source, str_of(s->source_kind), s->commit, s->branch, s->url,
		s->forked_from, s->parent, s->nickname, s->role, s->agent_path, s->thread_source,
		s->history_mode, s->root, s->base_thread };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		h = fuzz_mix(h, texts[i]);
	return hash_i64(s->start_ordinal, hash_i64(s->base_end_ordinal, h));
}

static uint64_t
mix_limits(uint64_t h, const struct rec_limits *l)
{
	h = fuzz_mix(h, l->limit_id);
	h = fuzz_mix(h, l->limit_name);
	h = fuzz_mix(h, l->plan_type);
	h = fuzz_mix(h, l->reached_type);
	h = fuzz_mix(h, l->balance);
	for (int i = 0; i < 2; i++)
		h = hash_i64(l->window[i].minutes, hash_i64(l->window[i].resets_at_s, h));
	return h;
}

static uint64_t
mix_tokens(uint64_t h, const struct rec_tokens *t)
{
	const int64_t n[] = { t->input, t->cached, t->cache_write, t->output, t->reasoning,
		t->total };

	for (size_t i = 0; i < ARRAY_LEN(n); i++)
		h = hash_i64(n[i], h);
	return h;
}

/* Everything that REC says, as one number. */
static uint64_t
digest(const struct record *rec)
{
	const struct rec_context *c = &rec->context;
	const struct str texts[] = { rec->type, rec->sub, rec->thread_id, str_of(rec->fault),
		rec->usage.response_id, rec->usage.thread_id, rec->usage.turn_id, c->thread_id,
		c->turn_id, c->model, c->effort, c->cwd, c->tier, c->approval, c->sandbox,
		c->writable_roots, c->truncation_mode, c->summary, rec->turn.turn_id,
		rec->turn.status, rec->message.role, rec->message.text, str_of(rec->call.kind),
		rec->call.call_id, rec->call.name, rec->call.space, rec->call.status,
		rec->call.head, rec->output.call_id, rec->output.head, rec->output.status,
		str_of(rec->marker.name), rec->marker.reason, str_of(rec->activity.name) };
	const int64_t numbers[] = { (int64_t)rec->kind, rec->ts_ms, rec->ordinal, rec->turn_seq,
		rec->starts_turn, rec->in_review, (int64_t)rec->print, rec->usage.window,
		rec->turn.started_ms, rec->turn.ended_ms, rec->turn.duration_ms, rec->turn.ttft_ms,
		rec->message.chars, rec->message.bytes, rec->message.images, rec->call.input_bytes,
		rec->output.exit_code, rec->output.wall_ms, rec->output.output_bytes,
		rec->output.failed, rec->marker.number, rec->activity.count };
	uint64_t h = 1;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		h = fuzz_mix(h, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		h = hash_i64(numbers[i], h);
	h = mix_session(h, &rec->session);
	h = mix_limits(h, &rec->limits);
	return mix_tokens(mix_tokens(h, &rec->usage.total), &rec->usage.last);
}

static void
check(const struct record *rec, int64_t seq_before)
{
	MUST(rec->turn_seq >= seq_before && rec->turn_seq <= seq_before + 1);
	MUST(rec->ordinal >= REC_ABSENT);
	MUST(rec->message.chars >= 0 && rec->message.bytes >= rec->message.chars);
	MUST(rec->call.input_bytes >= 0 && rec->output.output_bytes >= REC_ABSENT);
	if (rec->kind == REC_USAGE)
		MUST(rec->usage.last.input >= 0 && rec->usage.total.input >= 0);
	if (rec->kind == REC_MARKER)
		MUST(rec->marker.name != NULL);
	if (rec->kind == REC_CALL)
		MUST(rec->call.kind != NULL);
	if (rec->kind == REC_ACTIVITY)
		MUST(rec->activity.name != NULL);
}

/* A parser that goes on from BEFORE says of TEXT what R said: RC, REC. */
static void
agree(struct rollout *r, const struct rollout_state *before, struct str text, int rc,
    const struct record *rec)
{
	struct rollout *twin = rollout_new();
	struct rollout_state after, twins;
	struct record other;
	const char *why;

	rollout_restore(twin, before);
	MUST(rc == rollout_line(twin, text, &other, &why));
	rollout_save(r, &after);
	rollout_save(twin, &twins);
	MUST(after.turn_seq == twins.turn_seq && after.review_depth == twins.review_depth);
	MUST(after.bare == twins.bare && after.has_turn_ids == twins.has_turn_ids);
	MUST(rc != 1 || digest(rec) == digest(&other));
	rollout_free(twin);
}

static void
line(struct rollout *r, struct str text)
{
	struct rollout_state before;
	struct record rec;
	const char *why = NULL;
	int rc;

	rollout_save(r, &before);
	rc = rollout_line(r, text, &rec, &why);
	if (text.n % 4 == 0) /* of some lines: it takes long */
		agree(r, &before, text, rc, &rec);
	if (rc == 1) {
		(void)digest(&rec);
		check(&rec, before.turn_seq);
	} else if (rc < 0) {
		size_t at = rollout_resync(text);

		MUST(why != NULL);
		MUST(at == text.n || (at > 0 && at < text.n && text.p[at] == '{'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n), part;
	struct rollout *r = rollout_new();

	while (str_split(&rest, '\n', &part)) {
		struct str text = fuzz_exact(part.p, part.n);

		line(r, text);
		free((char *)(uintptr_t)text.p);
	}
	rollout_free(r);
	return 0;
}
