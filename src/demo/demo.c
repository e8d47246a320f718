#include "base/compat.h"

#include <dirent.h>

#include "base/xalloc.h"
#include "demo/demo.h"
#include "demo/family.h"
#include "demo/past.h"
#include "demo/show.h"

#define RECENT 8
#define WEEK_MS (7 * CIVIL_DAY_MS)
#define TEXT_MAX ((size_t)64 * 1024 * 1024)
#define TINY_FILE 25000 /* bytes, on average */
#define RESPONSE 6300

static const char *const profiles[] = {
	[DEMO_TYPICAL] = "typical", [DEMO_REAL] = "real", [DEMO_TINY] = "tiny-files"
};

int
demo_profile_by_name(const char *name, enum demo_profile *profile, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		if (strcmp(name, profiles[i]) == 0) {
			*profile = (enum demo_profile)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--profile %.40s: use typical, real or tiny-files", name);
}

/* The folder of O is not there, or empty. */
static int
check_folder(const struct demo_opts *o, struct err *e)
{
	DIR *dir = opendir(o->dir);
	struct dirent *d;
	int rc = 0;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL && errno == ENOTDIR)
		return err_set(e, ERR_USAGE, "%s is not a folder", o->dir);
	if (dir == NULL)
		return err_sys(e, "%s", o->dir);
	while (rc == 0 && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			rc = err_set(e, ERR_USAGE,
			    "%s is not empty; name a folder that is, or that does not exist yet",
			    o->dir);
	closedir(dir);
	return rc;
}

/* The texts that are the same in every thread: as long as Codex's own where there is room for it. */
static void
fixed_texts(struct gen *g)
{
	int64_t length = g->o->bytes / 1500, most = g->o->profile == DEMO_TINY ? 1500 : 10000;

	length = length > most ? most : length;
	sbuf_reset(&g->text);
	sbuf_addz(&g->text, "You are an agent in a demonstration. ");
	words_prose(&g->text, &g->rng, (size_t)length);
	TMPL(&g->instructions, "%", SV(tmpl_view(&g->text)));
	sbuf_reset(&g->text);
	sbuf_addz(&g->text, "<skills_instructions>\n## Skills\n");
	words_prose(&g->text, &g->rng, (size_t)length / 9);
	sbuf_addz(&g->text, "\n</skills_instructions>");
	TMPL(&g->skills, "%", SV(tmpl_view(&g->text)));
	sbuf_reset(&g->text);
	words_prose(&g->text, &g->rng, (size_t)length);
	TMPL(&g->tools,
	    "[{'type':'namespace','name':'functions','description':'','tools':[{'type':'custom',"
	    "'name':'exec','description':%,'format':{'type':'grammar','syntax':'lark','definition':"
	    "'start: SOURCE'}},{'type':'function','name':'wait','description':'Waits.','strict':"
	    "false,'parameters':{'type':'object','properties':{'cell_id':{'type':'string'}},"
	    "'required':['cell_id'],'additionalProperties':false}}]},{'type':'namespace','name':"
	    "'collaboration','description':'Sub-agents.','tools':[{'type':'function','name':"
	    "'spawn_agent','description':'gpt-6.1-sol is one of the models.','strict':false,"
	    "'parameters':{'type':'object','properties':{'model':{'type':'string'}}}}]}]",
	    SV(tmpl_view(&g->text)));
}

static int
start(struct gen *g, const struct demo_opts *o, struct err *e)
{
	int64_t responses = o->bytes / RESPONSE;
	char *path;

	*g = (struct gen){ .o = o, .rng = { (uint64_t)o->seed } };
	g->home = xasprintf("%s/codex-home", o->dir);
	sbuf_init(&g->line, TEXT_MAX);
	sbuf_init(&g->text, TEXT_MAX);
	sbuf_init(&g->outer, TEXT_MAX);
	sbuf_init(&g->instructions, TEXT_MAX);
	sbuf_init(&g->skills, TEXT_MAX);
	sbuf_init(&g->tools, TEXT_MAX);
	clock_init(&g->clock, o->now_ms, o->days, o->tz, &g->rng, responses);
	limits_init(&g->limits, responses, o->days);
	fixed_texts(g);
	if (out_folder(g->home, e) < 0)
		return -1;
	path = xasprintf("%s/session_index.jsonl", g->home);
	g->index = fopen(path, "wxe");
	if (g->index == NULL)
		(void)err_sys(e, "cannot write %s", path);
	free(path);
	return g->index == NULL ? -1 : 0;
}

static void
finish(struct gen *g)
{
	if (g->index != NULL)
		(void)fclose(g->index); /* was flushed where it matters */
	clock_free(&g->clock);
	truth_free(&g->truth);
	sbuf_free(&g->line);
	sbuf_free(&g->text);
	sbuf_free(&g->outer);
	sbuf_free(&g->instructions);
	sbuf_free(&g->skills);
	sbuf_free(&g->tools);
	free(g->home);
}

/* Something that is not done in every session, now and then. */
static void
special(struct gen *g, struct thread *t, const struct mark *m)
{
	bool real = g->o->profile == DEMO_REAL;
	int64_t n = rng_below(&g->rng, 100);
	struct thread child;

	if (n < 3)
		family_agents(t, rng_between(&g->rng, 1, 4));
	else if (n < 5)
		family_review(t);
	else if (n < 7)
		t->model = n == 5 ? "gpt-5.6-luna" : "gpt-6.2-sol";
	else if (n < 9 && !t->compressed)
		family_revert(t, m, rng_between(&g->rng, 1, 4));
	else if (n < (real ? 22 : 12)) {
		/* archived, or by a clock that is behind: before its parent by name */
		family_fork(t, m, &child, rng_between(&g->rng, 1, 6),
		    n % 2 == 0 ? PLACE_ARCHIVED : PLACE_SESSIONS,
		    n % 4 == 1 ? INT64_C(-9) * 3600000 : 0);
		thread_close(&child);
		thread_free(&child);
	}
}

/* Turns of T until it is enough. */
static void
turns(struct gen *g, struct thread *t)
{
	int64_t n = rng_chance(&g->rng, 30) ? 1 : rng_between(&g->rng, 2, 14);
	struct mark m;

	for (int64_t i = 1; i < n && turn_left(g) > 15000; i++) {
		family_mark(t, &m);
		turn_more(t, rng_between(&g->rng, 1, 22));
		if (turn_left(g) > g->o->bytes / 20)
			special(g, t, &m);
	}
}

static void
named(struct gen *g, struct thread *t)
{
	char name[80];

	sbuf_reset(&g->text);
	words_prompt(&g->text, &g->rng);
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(g->text.buf, ":"), g->text.buf);
	thread_name(t, name);
}

/* A session of a few kilobytes. */
static void
tiny(struct gen *g)
{
	int64_t bytes = rng_between(&g->rng, TINY_FILE * 2 / 5, TINY_FILE * 6 / 5);
	struct thread t;

	cur_init(g, &t);
	thread_open(&t, true);
	turn_first(&t, NULL, rng_between(&g->rng, 1, 3));
	while (t.written < bytes && turn_left(g) > 15000)
		turn_more(&t, rng_between(&g->rng, 1, 2));
	thread_close(&t);
	thread_free(&t);
}

/* A new session, or one of those that were worked on last; RECENT holds these. */
static void
work(struct gen *g, struct thread *recent)
{
	struct thread *t = &recent[rng_below(&g->rng, RECENT)];

	clock_seek(&g->clock, g->bytes, g->o->bytes);
	if (g->o->profile == DEMO_TINY) {
		tiny(g);
		return;
	}
	if (t->path != NULL && t->place == PLACE_SESSIONS && !t->compressed &&
	    rng_chance(&g->rng, 20)) {
		thread_reopen(t);
		cur_settings(t);
		turn_more(t, rng_between(&g->rng, 1, 16));
	} else {
		thread_free(t);
		cur_init(g, t);
		t->place = rng_chance(&g->rng, 6) ? PLACE_ARCHIVED : PLACE_SESSIONS;
		t->compressed = g->clock.ms < g->clock.end_ms - WEEK_MS && rng_chance(&g->rng, 3);
		t->tier = rng_chance(&g->rng, 10) ? "priority" : NULL;
		thread_open(t, true);
		turn_first(t, NULL, rng_between(&g->rng, 1, 18));
	}
	turns(g, t);
	if (rng_chance(&g->rng, 30))
		named(g, t);
	thread_close(t);
}

static int
history(struct gen *g, struct err *e)
{
	struct thread recent[RECENT] = { { .g = NULL } };
	size_t shown = 0, all = show_count();
	int64_t whole = g->o->bytes, enough = whole / 40 < 60000 ? whole / 40 : 60000;
	int64_t pace = g->clock.pace, start_ms = g->clock.ms, before;

	g->clock.ms = 0;
	g->clock.pace = 1000;
	past_all(g);
	g->clock.pace = pace;
	g->clock.ms = start_ms;
	before = g->bytes;
	while (g->err.code == ERR_NONE && *g->o->stop == 0) {
		g->reserve = (int64_t)(all - shown) * (50000 + 10 * (int64_t)g->instructions.len);
		if (shown < all && ((g->bytes - before) / (int64_t)(shown + 1) >=
					   (whole - before) / (int64_t)(all + 2) ||
				       turn_left(g) < enough)) {
			clock_seek(&g->clock, g->bytes, whole);
			show_one(g, shown++);
		} else if (turn_left(g) > enough)
			work(g, recent);
		else
			break;
	}
	for (size_t i = 0; i < RECENT; i++)
		thread_free(&recent[i]);
	if (g->err.code != ERR_NONE) {
		*e = g->err;
		return -1;
	}
	if (*g->o->stop != 0)
		return err_set(e, ERR_STOPPED, "stopped; %s is incomplete", g->o->dir);
	if (fflush(g->index) != 0 || ferror(g->index))
		return err_sys(e, "cannot write %s/session_index.jsonl", g->home);
	return 0;
}

static int
write_truth(struct gen *g, struct err *e)
{
	char *path = xasprintf("%s/truth.json", g->o->dir);
	char *notes = xasprintf("codex-track demo --profile %s --days %" PRId64 " --bytes %" PRId64
				" --seed %" PRId64 ": all of it is invented",
	    profiles[g->o->profile], g->o->days, g->o->bytes, g->o->seed);
	int rc;

	g->truth.bytes = g->bytes;
	rc = truth_write(&g->truth, path, notes, e);
	free(notes);
	free(path);
	return rc;
}

int
demo_write(const struct demo_opts *o, struct demo_sum *sum, struct err *e)
{
	struct gen g;
	int rc = -1;

	if (check_folder(o, e) < 0)
		return -1;
	if (start(&g, o, e) == 0 && history(&g, e) == 0 && write_truth(&g, e) == 0)
		rc = 0;
	*sum = (struct demo_sum){ .files = g.truth.files,
		.bytes = g.bytes,
		.sessions = (int64_t)g.truth.len,
		.responses = g.truth.total.responses,
		.tokens = g.truth.total.u.input + g.truth.total.u.output };
	finish(&g);
	return rc;
}
