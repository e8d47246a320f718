/*
 * The envelope: which era a line is of, its time, its kind; the rest is done by
 * the function of the kind.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "rollout/kinds.h"
#include "rollout/rollout.h"
#include "time/civil.h"

#define JSON_DEPTH 96

struct kind {
	struct str type, sub;
	rec_fn *fn;
};

static const struct kind kinds[] = {
#define KIND(type, sub, fn) { { type, sizeof(type) - 1 }, { sub, sizeof(sub) - 1 }, fn },
#include "rollout/kinds.def"
#undef KIND
};

rec_fn *
kinds_find(struct str type, struct str sub)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind *k = &kinds[i];

		/* most rows are told apart by the lengths alone */
		if (k->type.n != type.n || (k->sub.n != sub.n && k->sub.n != 0))
			continue;
		if (str_eq(type, k->type) && (k->sub.n == 0 || str_eq(sub, k->sub)))
			return k->fn;
	}
	return NULL;
}

void
rec_nothing(struct rollout *r, struct jv p, struct record *rec)
{
	(void)r;
	(void)p;
	rec->kind = REC_NONE;
}

struct rollout *
rollout_new(void)
{
	struct rollout *r = xcalloc(1, sizeof(*r));

	r->line = skim_new(JSON_DEPTH);
	r->inner = skim_new(JSON_DEPTH);
	r->made = arena_new();
	return r;
}

void
rollout_free(struct rollout *r)
{
	if (r == NULL)
		return;
	skim_free(r->line);
	skim_free(r->inner);
	arena_free(r->made);
	free(r);
}

void
rollout_begin_turn(struct rollout *r, struct record *rec)
{
	r->st.turn_seq++;
	rec->starts_turn = true;
}

void
rollout_save(const struct rollout *r, struct rollout_state *out)
{
	*out = r->st;
}

void
rollout_restore(struct rollout *r, const struct rollout_state *state)
{
	r->st = *state;
}

bool
rollout_has_turn_ids(const struct rollout *r)
{
	return r->st.has_turn_ids;
}

/*
 * A line's time: RFC 3339 text, or a number of seconds or milliseconds since
 * 1970 as bridges write it. REC_ABSENT when there is none that can be read.
 */
static int64_t
line_time(struct jv o)
{
	struct str s = jv_str(o, "timestamp");
	int64_t ms;
	double d;

	if (s.p != NULL)
		return civil_parse_instant(s, &ms) == 0 ? ms : REC_ABSENT;
	if (!jv_num(o, "timestamp", &d) || d < 1e9 || d > 4e12)
		return REC_ABSENT;
	return (int64_t)(d < 1e11 ? d * 1000 : d);
}

/* The header line of the first era: {id, timestamp, instructions, git?}. */
static bool
is_bare_header(struct jv o)
{
	return jv_str(o, "id").p != NULL && jv_str(o, "timestamp").p != NULL &&
	       !jv_is(jv_any(o, "type")) && !jv_is(jv_any(o, "payload"));
}

static void
dispatch(struct rollout *r, struct jv payload, struct record *rec)
{
	rec_fn *fn = kinds_find(rec->type, rec->sub);

	if (fn == NULL) {
		rec->kind = REC_UNKNOWN;
		return;
	}
	fn(r, payload, rec);
}

/* Lines of the first era have no envelope: the whole line is the item. */
static void
bare_line(struct rollout *r, struct jv o, struct record *rec)
{
	if (is_bare_header(o)) {
		r->st.bare = true;
		rec->type = STR("session_meta");
		rec_session(r, o, rec);
		return;
	}
	if (jv_is(jv_any(o, "record_type"))) {
		rec->type = STR("state");
		rec->kind = REC_NONE;
		return;
	}
	rec->type = STR("response_item");
	rec->sub = jv_str(o, "type");
	dispatch(r, o, rec);
}

static void
wrapped_line(struct rollout *r, struct jv payload, struct record *rec)
{
	rec->sub = jv_str(payload, "type");
	/* some bridges wrap the body once more */
	if (str_eqz(rec->type, "event_msg") && jv_is(jv_obj(payload, "payload"))) {
		payload = jv_obj(payload, "payload");
		if (jv_str(payload, "type").p != NULL)
			rec->sub = jv_str(payload, "type");
	}
	dispatch(r, payload, rec);
}

int
rollout_line(struct rollout *r, struct str text, struct record *rec, const char **why)
{
	enum skim_verdict verdict;
	struct jv o, payload;

	arena_reset(r->made);
	memset(rec, 0, sizeof(*rec));
	text = str_trim(text);
	if (text.n == 0)
		return 0;
	if ((verdict = skim_parse(r->line, text)) != SKIM_OK) {
		*why = verdict == SKIM_TOO_DEEP   ? "nested too deep"
		       : verdict == SKIM_TOO_MANY ? "too many values"
						  : "not JSON";
		return -1;
	}
	o = skim_root(r->line);
	if (jv_kind(o) != JV_OBJ) {
		*why = "not a JSON object";
		return -1;
	}
	rec->ts_ms = line_time(o);
	if (!jv_i64(o, "ordinal", 0, INT64_MAX - 1, &rec->ordinal))
		rec->ordinal = REC_ABSENT;
	rec->in_review = r->st.review_depth > 0;
	rec->type = jv_str(o, "type");
	payload = jv_obj(o, "payload");
	if (jv_is(payload) && rec->type.p != NULL)
		wrapped_line(r, payload, rec);
	else if (!jv_is(jv_any(o, "payload")))
		bare_line(r, o, rec);
	else {
		*why = "no type or payload";
		return -1;
	}
	rec->turn_seq = r->st.turn_seq;
	return 1;
}

size_t
rollout_resync(struct str text)
{
	static const char mark[] = "{\"timestamp\":\"";
	const char *q;

	if (text.n < 2)
		return text.n;
	q = memmem(text.p + 1, text.n - 1, mark, sizeof(mark) - 1);
	return q == NULL ? text.n : (size_t)(q - text.p);
}
