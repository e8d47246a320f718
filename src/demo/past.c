#include "base/compat.h"

#include "base/xalloc.h"
#include "demo/copy.h"
#include "demo/old.h"
#include "demo/past.h"
#include "demo/rare.h"
#include "demo/turn.h"

static void
end(struct thread *t)
{
	thread_close(t);
	thread_free(t);
}

/* A session of VERSION with a turn of N responses, left open. */
static void
session(struct gen *g, struct thread *t, enum era_name version, int64_t day, int64_t n)
{
	old_init(g, t, version, day);
	old_begin(t, NULL);
	old_preamble(t);
	old_turn(t, n);
}

static void
odd(struct thread *t)
{
	char *stem = thread_stem(t);

	truth_odd(&t->g->truth, stem);
	free(stem);
}

/* A line of a bare file: the template TEXT with the values behind it. */
#define BARE(t, ...) \
	do { \
		sbuf_reset(&(t)->g->line); \
		TMPL(&(t)->g->line, __VA_ARGS__); \
		sbuf_addc(&(t)->g->line, '\n'); \
		thread_raw((t), tmpl_view(&(t)->g->line)); \
	} while (0)

static void
bare(struct gen *g, enum place place, int64_t day)
{
	struct thread t;
	char when[32];

	old_init(g, &t, ERA_BARE, day);
	t.project = words_project(0); /* one with a repository */
	t.place = place;
	thread_open(&t, true);
	BARE(&t,
	    "{'id':%,'timestamp':%,'instructions':null,'git':{'commit_hash':%,'branch':%,"
	    "'repository_url':%}}",
	    S(t.id), S(time_text(t.first_ms, when)), S(t.project->commit), S(t.project->branch),
	    S(t.project->repository));
	for (int i = 0; i < 3; i++) {
		sbuf_reset(&g->text);
		words_prompt(&g->text, &g->rng);
		BARE(&t, "{'record_type':%}", S("state"));
		BARE(&t,
		    "{'type':'message','id':null,'role':'user','content':[{'type':'input_text',"
		    "'text':%}]}",
		    SV(tmpl_view(&g->text)));
		BARE(&t, "{'record_type':%}", S("state"));
		sbuf_reset(&g->outer);
		words_secret(&g->outer, &g->rng, 200);
		BARE(&t, "{'type':'reasoning','id':'rs_%','summary':[],'encrypted_content':%}",
		    I(i), SV(tmpl_view(&g->outer)));
		BARE(&t,
		    "{'type':'function_call','id':'fc_%','name':'shell','arguments':"
		    "'{\\\"command\\\": [\\\"ls\\\"]}','call_id':'call_%'}",
		    I(i), I(i));
		BARE(&t,
		    "{'type':'function_call_output','call_id':'call_%','output':"
		    "'{\\\"output\\\":\\\"\\\",\\\"metadata\\\":{\\\"exit_code\\\":0,"
		    "\\\"duration_seconds\\\":0.0}}'}",
		    I(i));
		BARE(&t,
		    "{'type':'message','id':'msg_%','role':'assistant','content':[{'type':"
		    "'output_text','text':'Done.'}]}",
		    I(i));
	}
	end(&t);
}

/* 0.36 does not log what its compactions used: nobody can tell. */
static void
lost_compaction(struct gen *g)
{
	struct thread t;

	session(g, &t, ERA_036, 0, 3);
	LINE(&t, "compacted", "{'message':%}", S("SUMMARY OF WORK SO FAR: some things."));
	t.context = 9000;
	old_turn(&t, 2);
	old_resume(&t);
	old_turn(&t, 2);
	end(&t);
}

/* A provider whose answers carry no usage that Codex takes. */
static void
chat_wire(struct gen *g)
{
	struct thread t;

	old_init(g, &t, ERA_047, 0);
	t.model = "gpt-oss-20b";
	old_begin(&t, NULL);
	old_preamble(&t);
	old_ask(&t);
	old_context(&t);
	old_count(&t);
	LINE(&t, "event_msg", "{'type':'agent_message','message':%}", S("Done."));
	old_count(&t);
	end(&t);
}

/* Counters start anew at each resume: once the new total is larger than the old one. */
static void
restarts(struct gen *g)
{
	struct thread t;

	old_init(g, &t, ERA_047, 1);
	t.limits = LIMITS_ODD;
	t.context = 5000;
	old_begin(&t, NULL);
	old_preamble(&t);
	old_turn(&t, 1);
	old_resume(&t);
	t.context = 11000;
	old_turn(&t, 3);
	old_resume(&t);
	t.context = 6000;
	old_turn(&t, 2);
	LINE(&t, "event_msg", "{'type':'turn_aborted','reason':%}", S("interrupted"));
	end(&t);
}

/* More cached than input: cut to the input. */
static void
too_much_cached(struct gen *g)
{
	struct thread t;
	struct usage u = { .input = 4000, .cached = 4480, .output = 120, .reasoning = 30 };

	session(g, &t, ERA_047, 2, 1);
	old_ask(&t);
	old_context(&t);
	thread_spend(&t, &u);
	thread_count(&t, &u);
	old_count(&t);
	end(&t);
}

/* A line cut by a full disk, and the next program's first line right behind it. */
static void
glued(struct gen *g)
{
	struct thread t;

	session(g, &t, ERA_047, 3, 3);
	thread_raw(&t,
	    STR("{\"timestamp\":\"2025-10-23T09:07:03.545Z\",\"type\":\"response_item\",\"pay"));
	odd(&t);
	old_resume(&t);
	old_turn(&t, 2);
	end(&t);
}

/* After a crash of the machine: a block of NULs, and the next program's first line right behind it. */
static void
holes(struct gen *g)
{
	struct thread t;

	session(g, &t, ERA_117, 6, 2);
	thread_raw(&t, str_n((const char[512]){ 0 }, 512));
	odd(&t);
	old_resume(&t);
	old_turn(&t, 2);
	end(&t);
}

/* An edit in the TUI: the lines before it in a new file, nothing says from where but a second meta. */
static void
edited(struct gen *g)
{
	struct thread t, copy;
	int64_t bytes;

	session(g, &t, ERA_063, 0, 2);
	LINE(&t, "response_item",
	    "{'type':'ghost_snapshot','ghost_commit':{'id':%,'parent':%,"
	    "'preexisting_untracked_files':['notes.txt'],'preexisting_untracked_dirs':[]}}",
	    S("b87aa290fd14af675792d24b0e27bb3c9128d85b"),
	    S("b5fd909901813c3200d085cf239ad7513dcdc53d"));
	bytes = t.written;
	old_turn(&t, 2);
	old_init(g, &copy, ERA_063, 0);
	copy.project = t.project;
	copy.originator = t.originator;
	copy.source = t.source;
	old_begin(&copy, NULL);
	(void)copy_lines(&t, bytes, COPY_ALL, &copy); /* how many does not matter */
	copy.context = t.context;
	old_turn(&copy, 2);
	end(&copy);
	end(&t);
}

/* 0.77 tells the review's counts in the file of the session that asked for it, too. */
static void
forwarded(struct gen *g)
{
	struct thread t, child;

	session(g, &t, ERA_077, 0, 2);
	LINE(&t, "event_msg",
	    "{'type':'entered_review_mode','target':{'type':'uncommittedChanges'},"
	    "'user_facing_hint':%}",
	    S("current changes"));
	old_init(g, &child, ERA_077, 0);
	child.project = t.project;
	child.source = "{\"subagent\":\"review\"}";
	old_begin(&child, NULL);
	old_ask(&child);
	for (int i = 0; i < 2; i++) {
		struct usage total = t.total, last = t.last;

		old_response(&child, i == 1);
		t.total = child.total;
		t.last = child.last;
		old_count(&t);
		old_count(&t);
		t.total = total;
		t.last = last;
	}
	end(&child);
	LINE(&t, "event_msg",
	    "{'type':'exited_review_mode','review_output':{'findings':[],'overall_correctness':'',"
	    "'overall_explanation':%,'overall_confidence_score':0.5}}",
	    S(child.answer));
	old_turn(&t, 2);
	end(&t);
}

/* A copy of FROM's first BYTES in the new thread *TO of VERSION, its counters going on; NICKNAME: a sub-agent's. */
static void
fork_by_copy(struct thread *from, int64_t bytes, struct thread *to, enum era_name version,
    const char *source, const char *nickname)
{
	old_init(from->g, to, version, 0);
	to->project = from->project;
	to->originator = from->originator;
	to->source = source;
	to->nickname = nickname;
	to->total = from->total;
	to->last = from->last;
	to->told = true;
	to->context = from->context;
	old_begin(to, from->id);
	(void)copy_lines(from, bytes, COPY_ALL, to); /* how many does not matter */
}

static void
rolled_back(struct gen *g)
{
	struct thread t, fork;

	session(g, &t, ERA_098, 0, 3);
	LINE(&t, "compacted", "{'message':%}", S("Another language model started to solve this."));
	old_count_estimate(&t, 6100);
	LINE0(&t, "event_msg", "{'type':'context_compacted'}");
	old_turn(&t, 2);
	old_count_estimate(&t, 5200);
	LINE(&t, "event_msg", "{'type':'thread_rolled_back','num_turns':%}", I(1));
	old_resume(&t);
	old_turn(&t, 2);
	fork_by_copy(&t, t.written, &fork, ERA_098, t.source, NULL);
	old_turn(&fork, 2);
	end(&fork);
	old_turn(&t, 1);
	end(&t);
}

static void
forked_twice(struct gen *g)
{
	struct thread t, child, grandchild;
	char *source;

	session(g, &t, ERA_117, 0, 2);
	old_ask(&t);
	old_response(&t, false);
	rare_events(&t);
	old_response(&t, true);
	old_end(&t);
	fork_by_copy(&t, t.written, &child, ERA_117, t.source, NULL);
	old_turn(&child, 2);
	/* a sub-agent that is given all of it */
	source = xasprintf("{\"subagent\":{\"thread_spawn\":{\"parent_thread_id\":\"%s\","
			   "\"depth\":1,\"agent_path\":null,\"agent_nickname\":\"Aspen\","
			   "\"agent_role\":null}}}",
	    child.id);
	fork_by_copy(&child, child.written, &grandchild, ERA_117, source, "Aspen");
	old_turn(&grandchild, 1);
	end(&grandchild);
	free(source);
	end(&child);
	old_turn(&t, 1);
	end(&t);
}

/* Older names of two events. */
static void
turn_names(struct gen *g)
{
	struct thread t;

	session(g, &t, ERA_117, 3, 1);
	clock_uuid7(&g->clock, &g->rng, t.turn);
	LINE(&t, "event_msg", "{'type':'turn_started','turn_id':%,'model_context_window':%}",
	    S(t.turn), I(t.room));
	old_context(&t);
	old_response(&t, true);
	LINE(&t, "event_msg", "{'type':'turn_complete','turn_id':%,'last_agent_message':%}",
	    S(t.turn), S(t.answer));
	end(&t);
}

/* The window overflows: the counters say its size, and nothing was used. */
static void
overflow(struct gen *g)
{
	struct thread t;

	session(g, &t, ERA_117, 9, 2);
	old_ask(&t);
	LINE(&t, "event_msg",
	    "{'type':'token_count','info':{'total_token_usage':{'input_tokens':0,"
	    "'cached_input_tokens':0,'output_tokens':0,'reasoning_output_tokens':0,"
	    "'total_tokens':%},'last_token_usage':{'input_tokens':0,'cached_input_tokens':0,"
	    "'output_tokens':0,'reasoning_output_tokens':0,'total_tokens':%},"
	    "'model_context_window':%},'rate_limits':null}",
	    I(t.room), I(t.room - t.last.input - t.last.output), I(t.room));
	old_end(&t);
	t.total = t.last = (struct usage){ 0 };
	t.context = 8000;
	t.cached = 0;
	old_ask(&t);
	old_response(&t, true);
	old_end(&t);
	end(&t);
}

/* The last response before the kill was never counted in the file. */
static void
killed(struct gen *g)
{
	struct thread t;

	session(g, &t, ERA_140, 0, 3);
	old_ask(&t);
	LINE(&t, "response_item",
	    "{'type':'custom_tool_call','status':'completed','call_id':'call_1','name':"
	    "'apply_patch','input':%}",
	    S("*** Begin Patch\n*** End Patch"));
	LINE(&t, "event_msg",
	    "{'type':'patch_apply_end','call_id':'call_1','turn_id':%,'stdout':'','stderr':'',"
	    "'success':false,'changes':{},'status':'failed'}",
	    S(t.turn));
	LINE(&t, "response_item",
	    "{'type':'custom_tool_call_output','call_id':'call_1','output':%}",
	    S("Exit code: 1\nWall time: 0 seconds\nOutput:\n"));
	end(&t);
}

void
past_all(struct gen *g)
{
	bare(g, PLACE_FLAT, 0);
	bare(g, PLACE_SESSIONS, 60);
	{
		struct thread t;

		session(g, &t, ERA_034, 0, 3);
		end(&t);
	}
	lost_compaction(g);
	chat_wire(g);
	restarts(g);
	too_much_cached(g);
	glued(g);
	edited(g);
	forwarded(g);
	rolled_back(g);
	forked_twice(g);
	turn_names(g);
	holes(g);
	overflow(g);
	killed(g);
}

/*
 * 0.117 began it; the newest version numbered its lines, took out the turn that
 * had been rolled back with its counts, and goes on with records. What was taken
 * out is still in the next total. Then an older program without records.
 */
void
past_migrated(struct gen *g)
{
	struct thread t;
	struct usage gone;

	old_init(g, &t, ERA_117, 0);
	t.model = "gpt-6-sol";
	t.ordinal = 0;
	old_begin(&t, NULL);
	old_preamble(&t);
	old_turn(&t, 2);
	gone = thread_invent(&t, 500);
	truth_add(&g->truth, t.truth, t.model, &gone);
	usage_add(&t.total, &gone);
	old_turn(&t, 2);
	clock_pass(&g->clock, 900000);
	t.version = "0.169.0";
	t.with_write = true;
	t.limits = LIMITS_NEW;
	t.thread_total = (struct usage){ 0 };
	cur_settings(&t);
	turn_more(&t, 2);
	t.with_write = false;
	t.limits = LIMITS_140;
	old_turn(&t, 2);
	end(&t);
}
