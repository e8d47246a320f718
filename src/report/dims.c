#include "base/compat.h"

#include "base/repository.h"
#include "base/str.h"
#include "report/dims.h"

/* Models are stored in lower case. */
static char *
lower(struct str s)
{
	char *text = str_dup(s);

	str_lowerz(text);
	return text;
}

static const struct dim dims[] = {
	{ "model", "Model", "d.model", false, false, lower },
	{ "directory", "Directory", "d.directory", true, true, str_dup },
	{ "repo", "Repository", "d.repository", true, true, repository_name },
	{ "branch", "Branch", "d.branch", false, false, str_dup },
	{ "session", "Session", "t.uuid", false, false, str_dup },
	{ "source", "Source", "d.source", false, false, str_dup },
	{ "effort", "Effort", "d.effort", false, false, str_dup },
	{ "tier", "Tier", "d.tier", false, false, str_dup },
	{ "home", "Home", "h.path", true, false, str_dup },
};

const struct dim dim_project = { "project", "Project",
	"CASE d.repository WHEN '' THEN d.directory ELSE d.repository END", true, true, str_dup };

const struct dim *
dim_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(dims); i++)
		if (strcmp(name, dims[i].name) == 0)
			return &dims[i];
	return NULL;
}

const struct dim *
dim_at(size_t i)
{
	return i < ARRAY_LEN(dims) ? &dims[i] : NULL;
}

void
dim_names(struct sbuf *b)
{
	for (size_t i = 0; i < ARRAY_LEN(dims); i++)
		sbuf_addf(b, "%s%s",
		    i == 0                     ? ""
		    : i + 1 == ARRAY_LEN(dims) ? " or "
					       : ", ",
		    dims[i].name);
}

int
dim_values(
    struct store *s, const struct dim *d, int max, dim_value_fn *fn, void *arg, struct err *e)
{
	struct stmt *q;
	struct sbuf sql;
	int rc, n = 0;

	sbuf_init(&sql, 4096);
	sbuf_addf(&sql,
	    "SELECT %s AS value, max(%s) FROM dimset d JOIN home h ON h.id = d.home_id "
	    "GROUP BY 1 ORDER BY 1 LIMIT ?1",
	    d->sql,
	    strcmp(d->name, "home") == 0 ? "CASE h.label WHEN '' THEN h.path ELSE h.label END"
					 : d->sql);
	q = store_prepare(s, sql.buf, e);
	sbuf_free(&sql);
	if (q == NULL)
		return -1;
	stmt_bind_i64(q, 1, max);
	for (; (rc = stmt_step(q, e)) == 1; n++)
		fn(arg, stmt_str(q, 0), stmt_str(q, 1));
	stmt_free(q);
	return rc < 0 ? -1 : n;
}
