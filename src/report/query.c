#include "base/compat.h"

#include "base/xalloc.h"
#include "report/query.h"

void
query_init(struct query *q, const struct tz *tz)
{
	*q = (struct query){
		.range = { PERIOD_MIN, PERIOD_MAX }, .tz = tz, .group = BUCKET_DAY, .top = 10
	};
}

void
query_clear(struct query *q)
{
	if (q == NULL)
		return;
	for (size_t i = 0; i < q->filters_len; i++)
		free(q->filters[i].value);
	free(q->filters);
	free(q->cuts);
	memset(q, 0, sizeof(*q));
}

int
query_filter(struct query *q, const char *name, const char *value, struct err *e)
{
	const struct dim *dim = dim_find(name);
	struct query_filter f = { .dim = dim };
	struct str v = str_of(value);

	if (dim == NULL)
		return err_set(e, ERR_USAGE, "unknown filter \"%.40s\"", name);
	if (v.n > 0 && v.p[0] == '!') {
		f.negate = true;
		v = str_n(v.p + 1, v.n - 1);
	}
	if (v.n > 0 && v.p[v.n - 1] == '*') {
		f.prefix = true;
		v.n--;
	}
	if (v.n == 0)
		return err_set(e, ERR_USAGE,
		    "the filter %s needs a value "
		    "(!value excludes, value* matches a beginning)",
		    name);
	if (str_eqz(v, "<unknown>"))
		v.n = 0;
	f.value = dim->norm(v);
	q->filters = xreallocarray(q->filters, q->filters_len + 1, sizeof(*q->filters));
	q->filters[q->filters_len++] = f;
	return 0;
}

static void
condition(const struct query_filter *f, struct sbuf *sql, int param)
{
	if (!f->prefix || f->value[0] == '\0')
		sbuf_addf(sql, "%s = ?%d", f->dim->sql, param);
	else if (f->dim->is_path && f->value[strlen(f->value) - 1] != '/')
		/* /src/app* is /src/app and what lies below, never /src/app2 */
		sbuf_addf(sql, "(%s = ?%d OR substr(%s, 1, length(?%d) + 1) = ?%d || '/')",
		    f->dim->sql, param, f->dim->sql, param, param);
	else
		sbuf_addf(sql, "substr(%s, 1, length(?%d)) = ?%d", f->dim->sql, param, param);
}

void
query_where(const struct query *q, struct sbuf *sql, int first)
{
	for (size_t i = 0; dim_at(i) != NULL; i++) {
		bool open = false;

		for (size_t k = 0; k < q->filters_len; k++) {
			const struct query_filter *f = &q->filters[k];

			if (f->dim != dim_at(i) || f->negate)
				continue;
			sbuf_addz(sql, open ? " OR " : " AND (");
			open = true;
			condition(f, sql, first + (int)k);
		}
		if (open)
			sbuf_addz(sql, ")");
	}
	for (size_t k = 0; k < q->filters_len; k++)
		if (q->filters[k].negate) {
			sbuf_addz(sql, " AND NOT ");
			condition(&q->filters[k], sql, first + (int)k);
		}
}

void
query_bind(const struct query *q, struct stmt *stmt, int first)
{
	for (size_t k = 0; k < q->filters_len; k++)
		stmt_bind_strz(stmt, first + (int)k, q->filters[k].value);
}
