/* Turn: one turn of a session, response by response. */
#include "base/compat.h"

#include "base/num.h"
#include "base/xalloc.h"
#include "web/router.h"
#include "web/session_data.h"
#include "web/show_sessions.h"

page_fn page_turn;
show_fn show_turn;

int
page_turn(struct ctx *c, struct err *e)
{
	struct json_object *all, *list, *turn, *mine;
	int64_t n = 0;

	if (session_data(c, &all, e) < 0)
		return -1;
	if (all == NULL)
		return 0;
	turn = num_i64(c->args[1], 1, INT32_MAX, &n) == 0
		   ? jx_at(jx_arr(all, "turns"), (size_t)n - 1)
		   : NULL;
	if (turn == NULL) {
		c->status = 404;
		c->detail = "The session has no turn of this number. They are counted from 1.";
		json_object_put(all);
		return 0;
	}
	c->data = jt_object();
	jt_put(c->data, "session", json_object_get(jx_obj(all, "session")));
	jt_i64(c->data, "turns", (int64_t)jx_len(jx_arr(all, "turns")));
	jt_put(c->data, "turn", json_object_get(turn));
	mine = jt_add_array(c->data, "responses");
	list = jx_arr(all, "responses");
	for (size_t i = 0; i < jx_len(list); i++)
		if (show_i64(jx_at(list, i), "turn", 0) == n)
			jt_push(mine, json_object_get(jx_at(list, i)));
	json_object_put(all);
	return 0;
}

static void
facts(const struct ctx *c, struct json_object *view, struct json_object *x)
{
	struct json_object *list = show_list(view, "_facts");
	struct show_sum s = show_sum(x);
	struct str status = jx_str(x, "status");
	int64_t start = show_time(x, "started"), took = show_i64(x, "duration_ms", -1);
	int64_t first = show_i64(x, "ttft_ms", -1);
	static const struct {
		const char *name;
		enum metric m;
	} sums[] = { { "Tokens", METRIC_TOKENS }, { "Uncached input", METRIC_UNCACHED },
		{ "Cached input", METRIC_CACHED }, { "Output", METRIC_OUTPUT } };

	session_fact(list, "Started",
	    start < 0 ? NULL
		      : xasprintf("%s, %s", text_day(start, c->query.tz, true).s,
			    show_seconds(c, start).s),
	    NULL);
	session_fact(list, "Took", took < 0 ? NULL : xstrdup(text_duration(took).s), NULL);
	session_fact(
	    list, "First token after", first < 0 ? NULL : xstrdup(text_duration(first).s), NULL);
	session_fact(
	    list, "Ended as", status.p == NULL ? xstrdup("no end logged") : str_dup(status), NULL);
	session_fact(
	    list, "Messages", xstrdup(text_exact(show_i64(x, "messages", 0), true).s), NULL);
	session_fact(list, "Tool calls", session_calls(x), NULL);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++)
		session_fact(list, sums[i].name, xstrdup(text_exact(s.v[sums[i].m], true).s), NULL);
	session_fact(list, "API cost", xstrdup(show_cost_text(&s, 4).s), NULL);
	session_fact(
	    list, "Peak context", xstrdup(show_permille(show_i64(x, "peak_permille", -1)).s), NULL);
}

/* A link to turn N of COUNT, called TEXT, unless there is none. */
static void
neighbour(
    const struct ctx *c, struct json_object *panel, int64_t n, int64_t count, const char *text)
{
	struct str last = c->args[1]; /* of the path, as it was asked for */
	char *path = xasprintf("%.*s%" PRId64, (int)(strlen(c->path) - last.n), c->path, n);

	if (n > 0 && n <= count)
		show_act(panel, text, link_to(c, path, "", NULL));
	free(path);
}

void
show_turn(struct ctx *c, struct json_object *view)
{
	struct json_object *session = jx_obj(c->data, "session"), *turn = jx_obj(c->data, "turn");
	struct json_object *list = jt_add_array(view, "_crumb"), *p;
	int64_t n = show_i64(turn, "n", 0), count = show_i64(c->data, "turns", 0);
	struct text number = text_exact(n, false);

	c->title = xasprintf("Turn %s of %s", number.s, text_exact(count, false).s);
	session_crumb(list, STR("Sessions"), link_to(c, "/sessions", "", NULL));
	session_crumb(list, show_title(session), link_session(c, show_name(session, "id")));
	session_crumb(list, str_of(c->title), NULL);
	facts(c, view, turn);
	p = show_panel(view, "responses", "_chart _table _note");
	show_responses(c, p, jx_arr(c->data, "responses"), show_i64(turn, "responses", 0));
	neighbour(c, p, n - 1, count, "Turn before");
	neighbour(c, p, n + 1, count, "Next turn");
}
