#include "base/compat.h"

#include "base/table.h"
#include "base/xalloc.h"
#include "json/jt.h"
#include "report/mask.h"

struct entry {
	char *name, *label;
	const struct dim *dim;
	int64_t number, inner; /* of the project; directories it has so far */
	UT_hash_handle hh, by_label;
};

struct mask {
	struct entry *names, *labels;
	int64_t projects;
};

static struct entry *
find(const struct mask *m, struct str name)
{
	struct entry *x = NULL;

	if (name.p != NULL)
		HASH_FIND(hh, m->names, name.p, name.n, x);
	return x;
}

/* LABEL is taken. */
static struct entry *
add(struct mask *m, struct str name, const char *dim, int64_t number, char *label)
{
	struct entry *x = xcalloc(1, sizeof(*x));

	x->name = str_dup(name);
	x->label = label;
	x->dim = dim_find(dim);
	x->number = number;
	HASH_ADD_KEYPTR(hh, m->names, x->name, name.n, x);
	HASH_ADD_KEYPTR(by_label, m->labels, x->label, strlen(x->label), x);
	return x;
}

static struct entry *
project(struct mask *m, struct str name, const char *dim)
{
	struct entry *x = find(m, name);

	if (x != NULL || name.n == 0)
		return x;
	m->projects++;
	return add(m, name, dim, m->projects, xasprintf("project %" PRId64, m->projects));
}

int
mask_load(struct mask **out, struct store *s, struct err *e)
{
	/* a session without usage has its names in its first line and its contexts only */
	static const char SQL[] =
	    "SELECT directory, repository, sum(n) FROM ("
	    "SELECT d.directory, d.repository, coalesce(u.n, 0) AS n FROM dimset d LEFT JOIN "
	    "(SELECT dimset_id, sum(input + output) AS n FROM rollup GROUP BY 1) u "
	    "ON u.dimset_id = d.id "
	    "UNION ALL SELECT coalesce(cwd, ''), repository, 0 FROM session "
	    "UNION ALL SELECT coalesce(cwd, ''), '', 0 FROM context_set) "
	    "GROUP BY 1, 2 ORDER BY sum(sum(n)) OVER (PARTITION BY "
	    "CASE repository WHEN '' THEN directory ELSE repository END) DESC, "
	    "repository, 3 DESC, directory";
	struct stmt *q = store_stmt(s, SQL, e);
	struct mask *m;
	int rc;

	if (q == NULL)
		return -1;
	m = xcalloc(1, sizeof(*m));
	while ((rc = stmt_step(q, e)) == 1) {
		struct str directory = stmt_str(q, 0);
		struct entry *p = project(m, stmt_str(q, 1), "repo");

		if (p == NULL)
			(void)project(m, directory, "directory");
		else if (directory.n > 0 && find(m, directory) == NULL) {
			p->inner++;
			(void)add(m, directory, "directory", p->number,
			    xasprintf("%s directory %" PRId64, p->label, p->inner));
		}
	}
	stmt_done(q);
	if (rc < 0) {
		mask_free(m);
		return -1;
	}
	*out = m;
	return 0;
}

bool
mask_knows(const struct mask *m, struct str name)
{
	return find(m, name) != NULL;
}

const char *
mask_name(const struct mask *m, struct str name)
{
	const struct entry *x = find(m, name);

	return x == NULL ? "project" : x->label;
}

const char *
mask_real(const struct mask *m, struct str label, const struct dim **dim)
{
	struct entry *x = NULL;

	HASH_FIND(by_label, m->labels, label.p, label.n, x);
	if (x == NULL)
		return NULL;
	*dim = x->dim;
	return x->name;
}

static void
hide(void *arg, struct json_object *o)
{
	static const char *const places[] = { "directory", "repository", "project" };
	const struct mask *m = arg;
	struct str name = jx_str(o, "name");

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct str text = jx_str(o, places[i]);

		if (text.p != NULL)
			jt_str(o, places[i], mask_name(m, text));
	}
	if (mask_knows(m, name)) {
		jt_str(o, "name", mask_name(m, name));
		if (jx_any(o, "key") != NULL)
			jt_put(o, "key", NULL);
	}
	if (jx_str(o, "id").p != NULL && jx_str(o, "title").p != NULL)
		jt_put(o, "title", NULL);
}

void
mask_tree(const struct mask *m, struct json_object *v)
{
	jt_each_object(v, hide, (void *)(uintptr_t)m);
}

void
mask_text(const struct mask *m, char **z, bool is_loose)
{
	char *label;

	if (*z == NULL || (is_loose && !mask_knows(m, str_of(*z))))
		return;
	label = xstrdup(mask_name(m, str_of(*z)));
	free(*z);
	*z = label;
}

void
mask_free(struct mask *m)
{
	struct entry *x, *next;

	if (m == NULL)
		return;
	HASH_CLEAR(by_label, m->labels);
	HASH_ITER(hh, m->names, x, next)
	{
		HASH_DEL(m->names, x);
		free(x->name);
		free(x->label);
		free(x);
	}
	free(m);
}
