/*
 * session_meta and the header line of the first era: who made the thread, where,
 * from what.
 *
 * Source: formats.md 4.1; the words of source_kind are those of design.md 10.
 */
#include "base/compat.h"

#include "rollout/kinds.h"

/* user and token in a git URL are personal: https://user:token@host/p -> https://host/p */
static struct str
clean_url(struct rollout *r, struct str url)
{
	const char *scheme, *slash, *at = NULL;
	size_t start, end, n;
	char *out;

	if (url.p == NULL)
		return url;
	scheme = memmem(url.p, url.n, "://", 3);
	if (scheme == NULL) {
		size_t at_sign = str_chr(url, '@');

		/* user@host:path: git@ is everybody's, another user is a person */
		if (at_sign == url.n || str_starts(url, "git@"))
			return url;
		return str_n(url.p + at_sign + 1, url.n - at_sign - 1);
	}
	start = (size_t)(scheme - url.p) + 3;
	slash = memchr(url.p + start, '/', url.n - start);
	end = slash == NULL ? url.n : (size_t)(slash - url.p);
	for (size_t i = start; i < end; i++)
		if (url.p[i] == '@')
			at = url.p + i;
	out = arena_dup(r->made, url);
	n = start;
	if (at != NULL)
		start = (size_t)(at - url.p) + 1;
	/* a query or fragment may carry a token too */
	for (size_t i = start; i < url.n && url.p[i] != '?' && url.p[i] != '#'; i++)
		out[n++] = url.p[i];
	out[n] = '\0';
	return str_of(out);
}

/* A word of the format: an identifier; anything else may be a text and is "other". */
static struct str
word(struct str s)
{
	if (s.n == 0 || s.n > 40)
		return STR("other");
	for (size_t i = 0; i < s.n; i++)
		if (!str_isalpha(s.p[i]) && !str_isdigit(s.p[i]) && s.p[i] != '_' && s.p[i] != '-')
			return STR("other");
	return s;
}

static const char *
subagent_kind(struct jv sub, struct record *rec)
{
	struct jv spawn = jv_obj(sub, "thread_spawn");
	struct str name = jv_text(sub);

	if (jv_is(spawn)) {
		struct rec_session *s = &rec->session;

		if (s->parent.p == NULL)
			s->parent = jv_str(spawn, "parent_thread_id");
		if (s->nickname.p == NULL)
			s->nickname = jv_str(spawn, "agent_nickname");
		if (s->role.p == NULL)
			s->role = jv_str(spawn, "agent_role");
		if (s->role.p == NULL)
			s->role = jv_str(spawn, "agent_type");
		if (s->agent_path.p == NULL)
			s->agent_path = jv_str(spawn, "agent_path");
		return "subagent";
	}
	if (str_eqz(name, "review"))
		return "review";
	if (str_eqz(name, "compact"))
		return "compact";
	return "subagent";
}

/* {"subagent":"review"} is kept as "subagent:review": never more of the object than its words. */
static struct str
object_words(struct rollout *r, struct jv v)
{
	static const char *const outer[] = { "subagent", "internal", "custom" };

	for (size_t i = 0; i < ARRAY_LEN(outer); i++) {
		struct jv inner = jv_any(v, outer[i]);
		struct str name = STR("other");

		if (!jv_is(inner))
			continue;
		if (jv_text(inner).p != NULL && i < 2)
			name = word(jv_text(inner));
		else if (jv_is(jv_obj(inner, "thread_spawn")))
			name = STR("thread_spawn");
		return str_of(arena_printf(r->made, "%s:%.*s", outer[i], (int)name.n, name.p));
	}
	return STR("other");
}

static void
source(struct rollout *r, struct jv p, struct record *rec)
{
	static const char *const words[] = { "cli", "exec", "vscode", "mcp" };
	struct jv v = jv_any(p, "source");
	struct rec_session *s = &rec->session;
	struct str name = jv_text(v);

	s->source_kind = "other";
	if (!jv_is(v))
		return;
	if (name.p != NULL) {
		s->source = word(name);
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (str_eqz(name, words[i]))
				s->source_kind = words[i];
		return;
	}
	if (jv_kind(v) != JV_OBJ) {
		rec->fault = "source is no text";
		return;
	}
	s->source = object_words(r, v);
	if (jv_is(jv_any(v, "subagent")))
		s->source_kind = subagent_kind(jv_any(v, "subagent"), rec);
	else if (str_eqz(jv_str(v, "internal"), "guardian"))
		s->source_kind = "guardian";
}

void
rec_session(struct rollout *r, struct jv p, struct record *rec)
{
	struct rec_session *s = &rec->session;
	struct jv git = jv_obj(p, "git"), base = jv_obj(p, "history_base");

	rec->kind = REC_SESSION;
	s->id = jv_str(p, "id");
	s->timestamp = jv_str(p, "timestamp");
	s->cwd = jv_str(p, "cwd");
	s->originator = jv_str(p, "originator");
	s->cli_version = jv_str(p, "cli_version");
	s->provider = jv_str(p, "model_provider");
	s->commit = jv_str(git, "commit_hash");
	s->branch = jv_str(git, "branch");
	s->url = clean_url(r, jv_str(git, "repository_url"));
	s->forked_from = jv_str(p, "forked_from_id");
	s->parent = jv_str(p, "parent_thread_id");
	s->nickname = jv_str(p, "agent_nickname");
	s->role = jv_str(p, "agent_role");
	s->agent_path = jv_str(p, "agent_path");
	s->thread_source = jv_str(p, "thread_source");
	s->history_mode = jv_str(p, "history_mode");
	s->root = jv_str(p, "session_id");
	s->base_thread = jv_str(base, "thread_id");
	if (!jv_i64(base, "end_ordinal_exclusive", 0, INT64_MAX - 1, &s->base_end_ordinal))
		s->base_end_ordinal = REC_ABSENT;
	if (!jv_i64(p, "subagent_history_start_ordinal", 0, INT64_MAX - 1, &s->start_ordinal))
		s->start_ordinal = REC_ABSENT;
	source(r, p, rec);
	if (str_starts(s->thread_source, "guardian"))
		s->source_kind = "guardian";
	if (s->id.p == NULL)
		rec->fault = "session without an id";
}
