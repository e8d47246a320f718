#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/thread.h"

#define LARGE 65536

static void
failed(struct gen *g, const struct err *e)
{
	if (g->err.code == ERR_NONE)
		g->err = *e;
}

static const char *
some_model(struct rng *r)
{
	static const char *const models[] = { "gpt-6-sol", "gpt-6-sol", "gpt-6-sol", "gpt-6.2-sol",
		"gpt-6.2-sol", "gpt-6-luna", "gpt-5.6-terra", "gpt-6.2-astra" };

	return models[rng_below(r, ARRAY_LEN(models))];
}

void
thread_init(struct gen *g, struct thread *t)
{
	static const char *const efforts[] = { NULL, "medium", "medium", "high", "low", "xhigh" };
	static const struct {
		const char *originator, *source;
	} clients[] = { { "codex-tui", "\"cli\"" }, { "codex-tui", "\"cli\"" },
		{ "codex_exec", "\"exec\"" }, { "codex_vscode", "\"vscode\"" } };
	size_t client = (size_t)rng_below(&g->rng, ARRAY_LEN(clients));

	*t = (struct thread){ .g = g,
		.originator = clients[client].originator,
		.source = clients[client].source,
		.version = "0.169.0",
		.room = 258400,
		.with_write = true,
		.limits = LIMITS_NEW };
	t->model = some_model(&g->rng);
	t->effort = efforts[rng_below(&g->rng, ARRAY_LEN(efforts))];
	/* two of three sessions are about the first few projects */
	t->project = words_project(rng_below(&g->rng, rng_chance(&g->rng, 66) ? 3 : 64));
	clock_uuid7(&g->clock, &g->rng, t->id);
	clock_uuid7(&g->clock, &g->rng, t->window);
	memcpy(t->first_window, t->window, ID_SIZE);
	t->first_ms = g->clock.ms;
	t->context = rng_between(&g->rng, 9000, 14000);
}

static char *
path_of(const struct thread *t, const char *page)
{
	const struct gen *g = t->g;
	struct date d;
	int32_t ms;
	char day[16], folder[64];

	tz_local(g->o->tz, t->first_ms + t->name_shift_ms, &d, &ms, NULL);
	civil_format_date(d, day);
	(void)snprintf(folder, sizeof(folder), "sessions");
	if (t->place == PLACE_ARCHIVED)
		(void)snprintf(folder, sizeof(folder), "archived_sessions");
	else if (t->place == PLACE_SESSIONS)
		(void)snprintf(
		    folder, sizeof(folder), "sessions/%.4s/%.2s/%.2s", day, day + 5, day + 8);
	return xasprintf("%s/%s/rollout-%sT%02d-%02d-%02d-%s%s%s.jsonl%s", g->home, folder, day,
	    ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, t->id, page == NULL ? "" : "_",
	    page == NULL ? "" : page, t->compressed ? ".zst" : "");
}

static void
open_at(struct thread *t, bool append)
{
	struct err e;

	if (t->g->err.code == ERR_NONE && out_open(&t->out, t->path, append, t->compressed, &e) < 0)
		failed(t->g, &e);
	if (!append) {
		t->g->truth.files++;
		t->written = 0;
	}
}

void
thread_open(struct thread *t, bool is_new)
{
	t->path = path_of(t, NULL);
	if (is_new)
		t->truth = truth_session(&t->g->truth, t->id);
	open_at(t, false);
}

void
thread_open_page(struct thread *t, const char *page)
{
	free(t->path);
	t->first_ms = t->g->clock.ms;
	t->path = path_of(t, page);
	open_at(t, false);
}

void
thread_reopen(struct thread *t)
{
	open_at(t, true);
}

void
thread_close(struct thread *t)
{
	bool compressed = t->out.zstd != NULL;
	struct err e;

	if (out_close(&t->out, t->g->clock.ms, &e) < 0)
		failed(t->g, &e);
	if (compressed)
		t->g->bytes += t->out.disk - t->out.plain;
}

void
thread_free(struct thread *t)
{
	free(t->path);
	t->path = NULL;
}

char *
thread_stem(const struct thread *t)
{
	const char *rest = t->path + strlen(t->g->home) + 1;

	return xstrndup(rest, (size_t)(strstr(rest, ".jsonl") - rest));
}

void
thread_copy(struct thread *t, const char *to, int64_t bytes)
{
	char *path = xasprintf("%s/%s", t->g->home, to);
	struct err e;
	int64_t n = 0;

	if (t->g->err.code == ERR_NONE &&
	    (n = out_copy(t->path, path, bytes, t->g->clock.ms, &e)) < 0)
		failed(t->g, &e);
	t->g->bytes += n;
	t->g->truth.files++;
	free(path);
}

void
thread_raw(struct thread *t, struct str s)
{
	if (t->out.f != NULL)
		out_write(&t->out, s);
	t->written += (int64_t)s.n;
	t->g->bytes += (int64_t)s.n;
}

const char *
time_text(int64_t ms, char buf[static 32])
{
	civil_format_utc(ms, buf);
	return buf;
}

void
line_begin(struct thread *t, const char *type)
{
	struct gen *g = t->g;
	char when[32];

	if (g->clock.ms < g->clock.end_ms)
		g->clock.ms++;
	sbuf_reset(&g->line);
	TMPL(&g->line, "{'timestamp':%,", S(time_text(g->clock.ms, when)));
	if (t->ordinal >= 0)
		TMPL(&g->line, "'ordinal':%,", I(t->ordinal++));
	TMPL(&g->line, "'type':%,'payload':", S(type));
}

void
line_end(struct thread *t)
{
	struct gen *g = t->g;
	struct err e;

	sbuf_add(&g->line, "}\n", 2);
	if (sbuf_check(&g->line, &e) < 0)
		failed(g, &e);
	g->lines++;
	g->large += g->line.len > LARGE;
	thread_raw(t, tmpl_view(&g->line));
}

void
usage_add(struct usage *to, const struct usage *u)
{
	to->input += u->input;
	to->cached += u->cached;
	to->write += u->write;
	to->output += u->output;
	to->reasoning += u->reasoning;
}

struct usage
thread_invent(struct thread *t, int64_t output)
{
	struct rng *r = &t->g->rng;
	struct usage u = { .input = t->context,
		.output = rng_between(r, output / 3, output * 5 / 3) };

	u.cached = rng_chance(r, 93) ? t->cached / 128 * 128 : 0;
	if (u.cached > u.input)
		u.cached = u.input / 128 * 128;
	if (t->with_write)
		u.write = (u.input - u.cached) * rng_between(r, 0, 100) / 100;
	u.reasoning = u.output * rng_between(r, 10, 70) / 100;
	t->cached = u.input;
	t->context += u.output - u.reasoning;
	return u;
}

void
thread_spend(struct thread *t, const struct usage *u)
{
	struct gen *g = t->g;

	truth_add(&g->truth, t->truth, t->model, u);
	limits_use(&g->limits, g->clock.ms, u);
	usage_add(&t->thread_total, u);
	usage_add(&t->turn_total, u);
	t->record = *u;
}

void
thread_count(struct thread *t, const struct usage *u)
{
	usage_add(&t->total, u);
	t->last = *u;
}

void
thread_name(struct thread *t, const char *name)
{
	struct gen *g = t->g;
	char when[32];

	sbuf_reset(&g->line);
	time_text(g->clock.ms, when);
	when[23] = '\0'; /* before the Z */
	TMPL(&g->line, "{'id':%,'thread_name':%,'updated_at':'%", S(t->id), S(name), R(when));
	TMPL(&g->line, "%Z'}", I(rng_between(&g->rng, 100000, 999999)));
	sbuf_addc(&g->line, '\n');
	(void)fwrite(g->line.buf, 1, g->line.len, g->index); /* told by ferror */
}
