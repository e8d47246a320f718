#include "base/compat.h"

#include "report/health_db.h"
#include "report/health_page.h"
#include "report/tree.h"

#define READS 10 /* passes */

static int
tally(struct json_object *o, const char *key, struct store *s, enum tally_kind kind, struct err *e)
{
	struct json_object *a;
	struct tally t;
	int rc = tally_read(s, kind, &t, e);

	a = jt_add_array(o, key);
	for (size_t i = 0; i < t.len; i++) {
		struct json_object *x = jt_push_object(a);

		jt_str(x, "name", t.rows[i].name);
		jt_i64(x, "n", t.rows[i].n);
	}
	tally_clear(&t);
	return rc;
}

static int
files(struct json_object *o, struct store *s, struct err *e)
{
	static const char SQL[] =
	    "SELECT state, count(*), sum(size) FROM file GROUP BY 1 ORDER BY 1";
	struct json_object *a = jt_add_array(o, "files");
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		struct json_object *x = jt_push_object(a);
		char *name = stmt_dup(q, 0);

		jt_str(x, "name", name);
		jt_i64(x, "n", stmt_i64(q, 1));
		jt_i64(x, "bytes", stmt_i64(q, 2));
		free(name);
	}
	stmt_done(q);
	return rc;
}

/* A pass reads with one time, which stays at each file until it is read again. */
static int
reads(struct json_object *o, struct store *s, const struct tz *tz, struct err *e)
{
	static const char SQL[] = "SELECT read_ms, count(*), sum(size), sum(lines) FROM file "
				  "WHERE state NOT IN ('pending', 'gone') "
				  "GROUP BY 1 ORDER BY 1 DESC LIMIT ?1";
	struct json_object *a = jt_add_array(o, "reads");
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, READS);
	while ((rc = stmt_step(q, e)) == 1) {
		struct json_object *x = jt_push_object(a);

		tree_time(x, "at", stmt_i64(q, 0), tz);
		jt_i64(x, "files", stmt_i64(q, 1));
		jt_i64(x, "bytes", stmt_i64(q, 2));
		jt_i64(x, "lines", stmt_i64(q, 3));
	}
	stmt_done(q);
	return rc;
}

/* Lines of which nothing (LOST), or not all, could be taken, by reason, with the first place of each. */
static int
skipped(struct json_object *o, const char *key, struct store *s, bool lost, struct err *e)
{
	/* with a min() the bare columns are those of its row */
	static const char SQL[] =
	    "SELECT k.reason, count(*), f.path, k.line, min(k.file_id * 1099511627776 + k.pos) "
	    "FROM skip k JOIN file f ON f.id = k.file_id WHERE k.lost = ?1 GROUP BY 1 ORDER BY 1";
	struct json_object *a = jt_add_array(o, key);
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, lost);
	while ((rc = stmt_step(q, e)) == 1) {
		struct json_object *x = jt_push_object(a);
		char *name = stmt_dup(q, 0), *path = stmt_dup(q, 2);

		jt_str(x, "name", name);
		jt_i64(x, "n", stmt_i64(q, 1));
		jt_str(x, "path", path);
		jt_i64(x, "line", stmt_i64(q, 3));
		free(name);
		free(path);
	}
	stmt_done(q);
	return rc;
}

static int
problems(struct json_object *o, struct store *s, struct err *e)
{
	struct json_object *a = jt_add_array(o, "problems");
	struct tally_problems p;
	int rc = tally_problems_read(s, &p, e);

	for (size_t i = 0; i < p.len; i++) {
		struct json_object *x = jt_push_object(a);

		jt_str(x, "path", p.rows[i].path);
		jt_str(x, "state", p.rows[i].state);
		jt_str(x, "problem", p.rows[i].problem);
	}
	tally_problems_clear(&p);
	return rc;
}

/* An SQLite without the table dbstat says nothing about sizes. */
static void
tables(struct json_object *o, struct store *s)
{
	static const char SQL[] =
	    "SELECT coalesce(m.tbl_name, d.name), sum(d.pgsize) FROM dbstat('main', 1) d "
	    "LEFT JOIN sqlite_schema m ON m.name = d.name GROUP BY 1 ORDER BY 2 DESC, 1";
	struct json_object *a = jt_add_array(o, "tables");
	struct err why;
	struct stmt *q = store_stmt(s, SQL, &why);

	if (q == NULL)
		return;
	while (stmt_step(q, &why) == 1) {
		struct json_object *x = jt_push_object(a);
		char *name = stmt_dup(q, 0);

		jt_str(x, "name", name);
		jt_i64(x, "bytes", stmt_i64(q, 1));
		free(name);
	}
	stmt_done(q);
}

static int
months(struct json_object *o, struct store *s, const struct tz *tz, struct err *e)
{
	const struct health_in in = { .db = "", .tz = tz };
	struct json_object *a = jt_add_array(o, "months");
	const struct health_step *step;
	struct health h = { 0 };
	int rc = 0;

	for (size_t i = 0; (step = health_step_at(i)) != NULL; i++)
		if (strcmp(step->name, "the months") == 0)
			rc = step->run(s, &in, &h, e);
	for (size_t i = 0; i < h.months_len; i++) {
		struct json_object *x = jt_push_object(a);

		jt_str(x, "label", h.months[i].label);
		tree_time(x, "start", h.months[i].start_ms, tz);
		jt_i64(x, "sessions", h.months[i].sessions);
		jt_i64(x, "responses", h.months[i].responses);
		jt_i64(x, "lossy", h.months[i].lossy);
		jt_i64(x, "unreadable", h.months[i].unreadable);
	}
	health_clear(&h);
	return rc;
}

static int
state(struct json_object *o, struct store *s, struct err *e)
{
	static const char SQL[] =
	    "SELECT (SELECT page_count FROM pragma_page_count) * "
	    "(SELECT page_size FROM pragma_page_size), "
	    "(SELECT count(*) FROM thread WHERE dirty = 1), (SELECT count(*) FROM sum_mark)";
	struct stmt *q = store_stmt(s, SQL, e);
	struct json_object *x;
	int rc;

	if (q == NULL)
		return -1;
	if ((rc = stmt_step(q, e)) == 1) {
		x = jt_add_object(o, "database");
		jt_i64(x, "bytes", stmt_i64(q, 0));
		jt_i64(x, "schema", store_schema(s));
		jt_i64(x, "generation", store_generation(s));
		x = jt_add_object(o, "pending");
		jt_i64(x, "sessions", stmt_i64(q, 1));
		jt_i64(x, "sums", stmt_i64(q, 2));
	}
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

int
health_page_json(struct store *s, const struct tz *tz, struct json_object **out, struct err *e)
{
	struct json_object *o;
	int rc = -1;

	if (store_begin(s, e) < 0)
		return -1;
	o = jt_object();
	if (state(o, s, e) == 0 && files(o, s, e) == 0 && reads(o, s, tz, e) == 0 &&
	    tally(o, "verdicts", s, TALLY_VERDICTS, e) == 0 &&
	    skipped(o, "skipped", s, true, e) == 0 && skipped(o, "faulty", s, false, e) == 0 &&
	    tally(o, "unknown", s, TALLY_UNKNOWN, e) == 0 && problems(o, s, e) == 0 &&
	    months(o, s, tz, e) == 0)
		rc = 0;
	tables(o, s);
	store_rollback(s);
	if (rc < 0)
		json_object_put(o);
	else
		*out = o;
	return rc;
}
