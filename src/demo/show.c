#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/family.h"
#include "demo/past.h"
#include "demo/rare.h"
#include "demo/show.h"

/* A new session of N responses, left open. */
static void
session(struct gen *g, struct thread *t, int64_t n)
{
	cur_init(g, t);
	thread_open(t, true);
	turn_first(t, NULL, n);
}

static void
end(struct thread *t)
{
	thread_close(t);
	thread_free(t);
}

/* The beginning of a turn of T, up to what the user says. */
static void
begin(struct thread *t)
{
	clock_pass(&t->g->clock, 60000);
	cur_start(t);
	cur_context(t);
	cur_user(t);
}

static void
compaction(struct gen *g)
{
	struct thread t;

	session(g, &t, 2);
	/* by the user, then in the middle of a turn */
	clock_pass(&g->clock, 90000);
	cur_start(&t);
	turn_compact(&t);
	cur_complete(&t, NULL);
	begin(&t);
	turn_response(&t, false);
	turn_compact(&t);
	turn_responses(&t, 2);
	cur_complete(&t, NULL);
	end(&t);
}

/* A turn that begins with a compaction: its record stands before its turn_context. */
static void
switched_models(struct gen *g)
{
	struct thread t;

	cur_init(g, &t);
	t.model = "gpt-6-sol";
	thread_open(&t, true);
	turn_first(&t, NULL, 2);
	t.model = "gpt-5.6-luna";
	t.effort = "high";
	turn_more(&t, 2);
	t.model = "gpt-6.2-astra";
	clock_pass(&g->clock, 60000);
	cur_start(&t);
	turn_compact(&t);
	cur_user(&t);
	turn_responses(&t, 2);
	cur_complete(&t, NULL);
	end(&t);
}

static void
forks(struct gen *g)
{
	struct thread parent, child, grandchild;
	struct mark early, now;

	session(g, &parent, 3);
	family_mark(&parent, &early);
	turn_more(&parent, 2);
	family_mark(&parent, &now);
	/* archived comes before sessions; the clock of the other is nine hours behind */
	family_fork(&parent, &early, &child, 2, PLACE_ARCHIVED, 0);
	turn_more(&parent, 1);
	family_mark(&child, &early);
	thread_close(&child);
	family_fork(&child, &early, &grandchild, 2, PLACE_SESSIONS, 0);
	end(&grandchild);
	thread_free(&child);
	family_fork(&parent, &now, &child, 2, PLACE_SESSIONS, INT64_C(-9) * 3600000);
	end(&child);
	end(&parent);
}

static void
reverts(struct gen *g)
{
	struct thread t;
	struct mark m;

	session(g, &t, 2);
	family_mark(&t, &m);
	turn_more(&t, 2);
	family_revert(&t, &m, 2);
	turn_more(&t, 1);
	thread_name(&t, "Told twice");
	end(&t);
}

static void
agents(struct gen *g)
{
	struct thread t;

	session(g, &t, 2);
	family_agents(&t, 2);
	family_agent_with_context(&t);
	end(&t);
}

static void
reviews(struct gen *g)
{
	struct thread t;

	session(g, &t, 2);
	family_review(&t);
	turn_more(&t, 2);
	family_guardian(&t);
	turn_more(&t, 1);
	end(&t);
}

static void
incomplete(struct gen *g)
{
	struct thread t;
	struct usage u;
	char id[ID_SIZE];

	session(g, &t, 2);
	begin(&t);
	cur_reasoning(&t, 300);
	clock_pass(&g->clock, 30000);
	u = thread_invent(&t, 4000);
	cur_record(&t, &u, id);
	thread_count(&t, &u);
	cur_count_estimate(&t, &t.total, 0); /* the total grew, the last response is all zero */
	cur_complete(&t, "Incomplete response returned, reason: max_output_tokens");
	turn_more(&t, 1);
	end(&t);
}

/* The window overflows: the counters say its size, and nothing was used. */
static void
overflow(struct gen *g)
{
	static const struct usage zero;
	struct thread t;

	session(g, &t, 2);
	begin(&t);
	cur_count_estimate(&t, &zero, t.room);
	t.total = zero;
	cur_complete(&t, "Codex ran out of room in the model's context window.");
	turn_more(&t, 2);
	end(&t);
}

static void
limit_reached(struct gen *g)
{
	struct thread t;

	session(g, &t, 1);
	begin(&t);
	t.limits = LIMITS_REACHED;
	cur_count(&t);
	cur_complete(&t, "You've hit your usage limit.");
	end(&t);
	cur_init(g, &t);
	thread_open(&t, true);
	cur_meta(&t, NULL);
	cur_start(&t);
	cur_preamble(&t);
	cur_context(&t);
	cur_user(&t);
	t.limits = LIMITS_REACHED;
	cur_count_null(&t);
	cur_complete(&t, "You've hit your usage limit.");
	end(&t);
}

static void
aborted(struct gen *g)
{
	struct thread t;

	session(g, &t, 2);
	begin(&t);
	cur_reasoning(&t, 200);
	cur_count(&t); /* again, without a response */
	cur_abort(&t);
	turn_more(&t, 1);
	end(&t);
}

/* Killed while a tool runs: a record, and then nothing more. */
static void
killed(struct gen *g)
{
	struct thread t;
	struct usage u;
	char id[ID_SIZE];

	session(g, &t, 2);
	begin(&t);
	cur_reasoning(&t, 200);
	u = thread_invent(&t, 300);
	cur_record(&t, &u, id);
	end(&t);
}

/* The disk was full: a line is cut, the next one has its ordinal; at the end again. */
static void
torn(struct gen *g)
{
	struct thread t;
	char *stem;

	session(g, &t, 2);
	thread_raw(&t, STR("{\"timestamp\":\"2026-"));
	thread_raw(&t, STR("\n"));
	turn_more(&t, 2);
	thread_raw(&t, STR("{\"timestamp\":\"2026-11-22T06:57:23.103Z\",\"ordinal\":99,\"ty"));
	stem = thread_stem(&t);
	truth_odd(&g->truth, stem);
	free(stem);
	end(&t);
}

/* Resumed by two programs at once: ordinals stand twice. */
static void
ordinals_twice(struct gen *g)
{
	struct thread t;

	session(g, &t, 2);
	t.ordinal -= 4;
	turn_more(&t, 2);
	end(&t);
}

static void
tiers(struct gen *g)
{
	static const char *const names[] = { "priority", "flex", "default" };
	struct thread t;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		cur_init(g, &t);
		t.tier = names[i];
		thread_open(&t, true);
		turn_first(&t, NULL, 2);
		end(&t);
	}
}

/* A model with limits of its own, a provider without any, an account with one window only. */
static void
families(struct gen *g)
{
	static const struct {
		const char *model;
		enum limits_form form;
	} rows[] = { { "gpt-5.3-codex-spark", LIMITS_SPARK }, { "gpt-oss-120b", LIMITS_EMPTY },
		{ "gpt-6-luna", LIMITS_WEEKLY } };
	struct thread t;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cur_init(g, &t);
		t.model = rows[i].model;
		t.limits = rows[i].form;
		thread_open(&t, true);
		turn_first(&t, NULL, 2);
		end(&t);
	}
}

/* One response above the step in the price, others below. */
static void
long_context(struct gen *g)
{
	struct thread t;

	cur_init(g, &t);
	t.model = "gpt-5.4";
	t.room = 997500;
	t.context = 310000;
	thread_open(&t, true);
	turn_first(&t, NULL, 2);
	turn_compact(&t);
	turn_more(&t, 2);
	end(&t);
}

/* The folder of the session differs from turn to turn, and it is another day. */
static void
moved(struct gen *g)
{
	struct thread t;

	session(g, &t, 2);
	thread_close(&t);
	t.project = words_project(5);
	thread_reopen(&t);
	cur_settings(&t);
	turn_more(&t, 2);
	thread_name(&t, "A first name");
	thread_name(&t, "Påskägg: new name");
	end(&t);
}

static void
compressed(struct gen *g)
{
	struct thread t;

	cur_init(g, &t);
	t.compressed = true;
	thread_open(&t, true);
	turn_first(&t, NULL, 3);
	turn_more(&t, 2);
	end(&t);
}

/* A stale copy of T, its first two turns, by the name that FORMAT makes of its stem. */
static void
stale(struct thread *t, int64_t bytes, const char *before, const char *after)
{
	char *stem = thread_stem(t),
	     *name = xasprintf("%s%s%s", before, strrchr(stem, '/') + 1, after);

	thread_copy(t, name, bytes);
	free(name);
	free(stem);
}

/* Copies that say nothing new: archived and live, and what a synchronisation leaves. */
static void
copies(struct gen *g)
{
	struct thread t;
	int64_t bytes;

	session(g, &t, 2);
	bytes = t.written;
	turn_more(&t, 2);
	thread_close(&t);
	stale(&t, bytes, "archived_sessions/", ".jsonl");
	stale(&t, -1, "sessions/", " (1).jsonl");
	thread_free(&t);
	cur_init(g, &t);
	t.place = PLACE_ARCHIVED;
	thread_open(&t, true);
	turn_first(&t, NULL, 2);
	end(&t);
}

/* Being compressed just now: both forms are there, the plain one has more. */
static void
twins(struct gen *g)
{
	struct thread t;
	char *stem, *name;
	int64_t bytes;

	session(g, &t, 2);
	bytes = t.written;
	turn_more(&t, 2);
	thread_close(&t);
	stem = thread_stem(&t);
	name = xasprintf("%s.jsonl.zst", stem);
	thread_copy(&t, name, bytes);
	free(name);
	free(stem);
	thread_free(&t);
}

static void (*const things[])(struct gen *) = {
	rare_items,
	compaction,
	switched_models,
	forks,
	reverts,
	agents,
	reviews,
	incomplete,
	overflow,
	limit_reached,
	aborted,
	killed,
	torn,
	ordinals_twice,
	tiers,
	families,
	long_context,
	moved,
	compressed,
	copies,
	twins,
	rare_picture,
	rare_bridge,
	past_migrated,
};

size_t
show_count(void)
{
	return ARRAY_LEN(things);
}

void
show_one(struct gen *g, size_t i)
{
	bool modest = g->modest;

	g->modest = true;
	things[i](g);
	g->modest = modest;
}
