#include "base/compat.h"

#include "store/st_call.h"

static enum st_call_status
outcome(const struct rec_output *o)
{
	return o->timed_out ? ST_CALL_TIMEOUT
	       : o->aborted ? ST_CALL_ABORTED
	       : o->failed  ? ST_CALL_FAILED
			    : ST_CALL_COMPLETED;
}

struct st_call
st_call_of(const struct st_place *p, const struct record *rec)
{
	const struct rec_call *c = &rec->call;
	struct st_call x = {
		.place = *p,
		.turn_seq = rec->turn_seq,
		.kind = c->kind,
		.name = c->name,
		.space = c->space,
		.call_id = c->call_id,
		.command = c->head.n == 0 ? str_n(NULL, 0) : c->head,
		.wall_ms = -1,
		.end_ms = -1,
		.output_bytes = -1,
		.input_bytes = c->input_bytes,
	};

	if (c->is_complete) {
		x.status = str_eqz(c->status, "failed") || str_eqz(c->status, "declined")
			       ? ST_CALL_FAILED
			       : ST_CALL_COMPLETED;
		x.end_ms = p->ts_ms;
		x.output_line = p->line;
	}
	return x;
}

static void
take_exit(struct st_call *c, const struct rec_output *o)
{
	if (!o->has_exit)
		return;
	c->has_exit = true;
	c->exit_code = o->exit_code;
}

void
st_call_merge(struct st_call *c, const struct st_place *p, const struct record *rec)
{
	const struct rec_output *o = &rec->output;
	int status = (int)outcome(o);

	if (o->is_event) {
		if (status == ST_CALL_FAILED)
			c->status = status;
		if (!c->has_exit || c->exit_code == 0)
			take_exit(c, o);
		if (c->wall_ms < 0)
			c->wall_ms = o->wall_ms;
		if (c->command.p == NULL && o->head.n > 0)
			c->command = o->head;
		return;
	}
	if (status != ST_CALL_COMPLETED || c->status != ST_CALL_FAILED)
		c->status = status;
	if (!c->has_exit)
		take_exit(c, o);
	if (o->wall_ms >= 0)
		c->wall_ms = o->wall_ms;
	if (o->output_bytes >= 0)
		c->output_bytes = o->output_bytes;
	c->end_ms = p->ts_ms;
	c->output_line = p->line;
}

/* What CALL is in the database. */
static int
kind_code(const char *kind)
{
	static const char *const kinds[] = { "function_call", "custom_tool_call", "local_shell",
		"web_search_call" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return (int)i + 1;
	bug("call of kind %s", kind);
}

int
st_call_put(struct store *s, const struct st_call *c, struct err *e)
{
	static const char SQL[] =
	    "INSERT INTO call(rollout_id, pos, line, ts_ms, turn_seq, kind, name, space, "
	    "call_id, command, status, input_bytes, end_ms, output_line, exit_code, wall_ms, "
	    "output_bytes) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
	struct stmt *q = store_later(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, c->place.rollout_id);
	stmt_bind_i64(q, 2, c->place.pos);
	stmt_bind_i64(q, 3, c->place.line);
	stmt_bind_opt(q, 4, c->place.ts_ms);
	stmt_bind_i64(q, 5, c->turn_seq);
	stmt_bind_i64(q, 6, kind_code(c->kind));
	stmt_bind_name(q, 7, c->name);
	stmt_bind_name(q, 8, c->space);
	stmt_bind_name(q, 9, c->call_id);
	stmt_bind_str(q, 10, c->command);
	stmt_bind_opt(q, 11, c->status == 0 ? -1 : c->status);
	stmt_bind_i64(q, 12, c->input_bytes);
	stmt_bind_opt(q, 13, c->end_ms);
	stmt_bind_i64(q, 14, c->output_line);
	if (c->has_exit)
		stmt_bind_i64(q, 15, c->exit_code);
	stmt_bind_opt(q, 16, c->wall_ms);
	stmt_bind_opt(q, 17, c->output_bytes);
	return stmt_run(q, e);
}

bool
st_call_failed(const struct st_call *c)
{
	return c->status == ST_CALL_FAILED || c->status == ST_CALL_TIMEOUT;
}

/* The stored call that the output or event REC at P is of into *C, as far as it is merged. Returns 1, 0, -1. */
static int
find(struct store *s, const struct st_place *p, const struct record *rec, struct st_call *c,
    struct err *e)
{
#define FIND \
	"SELECT pos, status, exit_code, wall_ms, output_bytes, end_ms, output_line, " \
	"command IS NOT NULL FROM call "
	static const char OUTPUT[] =
	    FIND "INDEXED BY call_open WHERE rollout_id = ?1 AND call_id = ?2 AND output_line = 0 "
		 "ORDER BY pos LIMIT 1";
	static const char EVENT[] =
	    FIND "WHERE rollout_id = ?1 AND call_id = ?2 ORDER BY pos DESC LIMIT 1";
	static const char INSIDE[] =
	    FIND "INDEXED BY call_open WHERE rollout_id = ?1 AND output_line = 0 AND turn_seq = ?2 "
		 "ORDER BY pos LIMIT 1";
#undef FIND
	const struct rec_output *o = &rec->output;
	bool has_id = o->call_id.p != NULL;
	struct stmt *q = store_stmt(s, !o->is_event ? OUTPUT : has_id ? EVENT : INSIDE, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, p->rollout_id);
	if (has_id || !o->is_event)
		stmt_bind_name(q, 2, o->call_id);
	else
		stmt_bind_i64(q, 2, rec->turn_seq);
	if ((rc = stmt_step(q, e)) == 1)
		*c = (struct st_call){ .place = { .rollout_id = p->rollout_id,
					   .pos = stmt_i64(q, 0) },
			.status = (int)stmt_i64(q, 1),
			.has_exit = !stmt_is_null(q, 2),
			.exit_code = stmt_i64(q, 2),
			.wall_ms = stmt_opt(q, 3),
			.output_bytes = stmt_opt(q, 4),
			.end_ms = stmt_opt(q, 5),
			.output_line = stmt_i64(q, 6),
			.command = str_n(stmt_i64(q, 7) != 0 ? "" : NULL, 0) };
	stmt_done(q);
	return rc;
}

/* What st_call_merge can change of C. */
static int
update(struct store *s, const struct st_call *c, struct err *e)
{
	static const char SQL[] =
	    "UPDATE call SET status = ?3, exit_code = ?4, wall_ms = ?5, output_bytes = ?6, "
	    "end_ms = ?7, output_line = ?8, command = coalesce(command, ?9) "
	    "WHERE rollout_id = ?1 AND pos = ?2";
	struct stmt *q = store_stmt(s, SQL, e);

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, c->place.rollout_id);
	stmt_bind_i64(q, 2, c->place.pos);
	stmt_bind_opt(q, 3, c->status == 0 ? -1 : c->status);
	if (c->has_exit)
		stmt_bind_i64(q, 4, c->exit_code);
	stmt_bind_opt(q, 5, c->wall_ms);
	stmt_bind_opt(q, 6, c->output_bytes);
	stmt_bind_opt(q, 7, c->end_ms);
	stmt_bind_i64(q, 8, c->output_line);
	stmt_bind_str(q, 9, c->command);
	return stmt_run(q, e);
}

int
st_call_output(struct store *s, const struct st_place *p, const struct record *rec,
    int64_t *failures, struct err *e)
{
	struct st_call c;
	int rc, found = 0;

	while ((rc = find(s, p, rec, &c, e)) == 1) {
		bool failed = st_call_failed(&c);

		st_call_merge(&c, p, rec);
		if (update(s, &c, e) < 0)
			return -1;
		*failures += st_call_failed(&c) - failed;
		found = 1;
		if (rec->output.is_event)
			break; /* an output ends all open calls of its id, an event tells of one */
	}
	return rc < 0 ? -1 : found;
}
