#include "base/compat.h"

#include "base/xalloc.h"
#include "report/rows.h"

#define SQL_MAX ((size_t)65536)

static int
prepare(struct store *s, const struct query *q, const struct rows_sql *sql, struct stmt **out,
    struct err *e)
{
	struct sbuf b;

	sbuf_init(&b, SQL_MAX);
	sbuf_addz(&b, sql->select);
	if (q->filters_len > 0) {
		sbuf_addf(&b, " AND EXISTS (SELECT 1 FROM %s WHERE 1", sql->dims);
		query_where(q, &b, 3);
		sbuf_addz(&b, ")");
	}
	sbuf_addf(&b, " ORDER BY %s", sql->order);
	*out = sbuf_check(&b, e) < 0 ? NULL : store_prepare(s, b.buf, e);
	sbuf_free(&b);
	if (*out == NULL)
		return -1;
	stmt_bind_i64(*out, 1, q->range.from_ms);
	stmt_bind_i64(*out, 2, q->range.to_ms);
	query_bind(q, *out, 3);
	return 0;
}

static struct cell
value(struct stmt *q, int i, char number[static 32])
{
	if (stmt_is_null(q, i))
		return cell_null();
	if (!stmt_is_number(q, i))
		return cell_text(stmt_str(q, i));
	if (stmt_real(q, i) == (double)stmt_i64(q, i))
		return cell_int(stmt_i64(q, i));
	(void)snprintf(number, 32, "%.6f", stmt_real(q, i));
	for (size_t n = strlen(number); n > 0 && number[n - 1] == '0'; n--)
		number[n - 1] = '\0';
	return cell_number(number);
}

static int
write_rows(struct stmt *q, const struct tz *tz, enum printer_format format, FILE *f, struct err *e)
{
	size_t n = (size_t)stmt_columns(q) - 1, at = n;
	const char **names = xcalloc(n, sizeof(*names));
	struct cell *cells = xcalloc(n, sizeof(*cells));
	char(*numbers)[32] = xcalloc(n, sizeof(*numbers));
	struct printer *p;
	char local[32];
	int rc;

	for (size_t i = 0; i < n; i++) {
		names[i] = stmt_name(q, (int)i);
		if (strcmp(names[i], "captured_at") == 0)
			at = i;
	}
	p = printer_begin(format, f, n, names);
	while ((rc = stmt_step(q, e)) == 1) {
		for (size_t i = 0; i < n; i++)
			cells[i] = value(q, (int)i, numbers[i]);
		if (at < n && !stmt_is_null(q, (int)n)) {
			int64_t ms = stmt_i64(q, (int)n);

			civil_format_offset(ms, tz_offset_s(tz, ms), local);
			cells[at] = cell_text(str_of(local));
		}
		printer_row(p, cells);
		if (ferror(f)) {
			rc = err_sys(e, "cannot write");
			break;
		}
	}
	printer_end(p);
	free(names);
	free(cells);
	free(numbers);
	return rc;
}

int
rows_export(struct store *s, const struct query *q, const struct rows_sql *sql,
    enum printer_format format, FILE *f, struct err *e)
{
	struct stmt *stmt;
	struct err ignored;
	int rc;

	/* millions of rows are sorted: in a file that has no name, not in memory; the sorter takes
	   as much of that as the cache may have */
	if (store_exec(s,
		"PRAGMA temp_store = FILE; PRAGMA cache_size = -4096; PRAGMA shrink_memory",
		e) < 0 ||
	    store_begin(s, e) < 0)
		return -1;
	rc = prepare(s, q, sql, &stmt, e);
	if (rc == 0) {
		rc = write_rows(stmt, q->tz, format, f, e);
		stmt_free(stmt);
	}
	store_rollback(s);
	(void)store_exec(s, "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384",
	    &ignored); /* as store.c has them; slower without */
	return rc;
}
