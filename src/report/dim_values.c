#include "base/compat.h"

#include "report/dim_values.h"

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
