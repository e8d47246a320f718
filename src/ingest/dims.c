#include "base/compat.h"

#include "base/xalloc.h"
#include "ingest/dims.h"

int
dims_session_load(struct store *s, int64_t id, struct dims_session *x, struct err *e)
{
	static const char SQL[] =
	    "SELECT source_kind, coalesce(cwd, ''), repository, coalesce(git_branch, '') "
	    "FROM session WHERE rollout_id = ?1";
	struct stmt *q = store_stmt(s, SQL, e);
	int rc;

	memset(x, 0, sizeof(*x));
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, id);
	rc = stmt_step(q, e);
	x->source = rc == 1 ? str_dup(stmt_str(q, 0)) : xstrdup("other");
	x->cwd = rc == 1 ? str_dup(stmt_str(q, 1)) : xstrdup("");
	x->repository = rc == 1 ? str_dup(stmt_str(q, 2)) : xstrdup("");
	x->branch = rc == 1 ? str_dup(stmt_str(q, 3)) : xstrdup("");
	stmt_done(q);
	return rc < 0 ? -1 : 0;
}

void
dims_session_clear(struct dims_session *x)
{
	if (x == NULL)
		return;
	free(x->source);
	free(x->cwd);
	free(x->repository);
	free(x->branch);
	memset(x, 0, sizeof(*x));
}

static const char *
tier_word(const char *logged)
{
	if (logged == NULL)
		return "unknown";
	if (strcmp(logged, "fast") == 0 || strcmp(logged, "priority") == 0)
		return "priority";
	if (strcmp(logged, "flex") == 0)
		return "flex";
	if (strcmp(logged, "default") == 0 || strcmp(logged, "standard") == 0 ||
	    strcmp(logged, "auto") == 0)
		return "default";
	return "unknown";
}

struct st_dimset
dims_of(const struct dims_session *x, int64_t home_id, const struct st_context *c,
    const struct st_context *s)
{
	struct st_dimset d = {
		.model = "",
		.directory = x->cwd,
		.repository = x->repository,
		.branch = x->branch,
		.source = x->source,
		.effort = "default",
		.tier = tier_word(s == NULL ? NULL : s->tier),
		.home_id = home_id,
	};

	if (c == NULL)
		c = s;
	if (c == NULL)
		return d;
	if (c->model != NULL)
		d.model = c->model;
	if (c->effort != NULL)
		d.effort = c->effort;
	if (c->cwd != NULL)
		d.directory = c->cwd;
	return d;
}
