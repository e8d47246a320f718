/*
 * Printing: tables, CSV, JSON rows, the words of a status.
 */
#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "report/printer.h"
#include "report/query.h"
#include "report/status.h"
#include "report/table.h"

static char *
printed(enum printer_format format, const struct cell *rows, size_t n)
{
	static const char *const names[] = { "a", "b", "c" };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct printer *p;

	assert_non_null(f);
	p = printer_begin(format, f, 3, names);
	for (size_t i = 0; i < n; i++)
		printer_row(p, rows + 3 * i);
	printer_end(p);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
expect(enum printer_format format, const struct cell *rows, size_t n, const char *want)
{
	char *text = printed(format, rows, n);

	assert_string_equal(text, want);
	free(text);
}

static void
test_csv(void **state)
{
	const struct cell rows[] = {
		cell_int(-5),
		cell_text(STR("=1+1")),
		cell_null(),
		cell_number("0.25"),
		cell_text(STR("a \"b\", c\r\n")),
		cell_bool(true),
		cell_text(STR("-x")),
		cell_text(STR("@y")),
		{ CELL_WORDS, 0, STR("p q") },
	};

	(void)state;
	expect(PRINTER_CSV, rows, 3,
	    "a,b,c\r\n-5,'=1+1,\r\n0.25,\"a \"\"b\"\", c\r\n\",true\r\n'-x,'@y,p;q\r\n");
	expect(PRINTER_CSV, rows, 0, "a,b,c\r\n");
}

static void
test_json(void **state)
{
	const struct cell row[] = { cell_int(1), cell_text(STR("<&>")),
		{ CELL_WORDS, 0, STR("p q") } };
	const struct cell none[] = { cell_null(), cell_bool(false), { CELL_WORDS, 0, STR("") } };

	(void)state;
	expect(PRINTER_JSON, row, 0, "[]\n");
	expect(PRINTER_NDJSON, row, 1,
	    "{\"a\":1,\"b\":\"\\u003c\\u0026\\u003e\",\"c\":[\"p\",\"q\"]}\n");
	expect(PRINTER_NDJSON, none, 1, "{\"a\":null,\"b\":false,\"c\":[]}\n");
}

static void
test_table(void **state)
{
	static const char *const titles[] = { "Name", "N" };
	static const bool right[] = { false, true };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct table *t = table_new(2, titles, right);

	(void)state;
	table_cell(t, 0, STR("a\x1b[31m")); /* a control character is not shown */
	table_cell(t, 1, STR("1,000"));
	table_row(t);
	table_cell(t, 0, STR("\xe6\xbc\xa2")); /* two columns wide */
	table_row(t);
	table_print(t, f);
	table_free(t);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "Name        N\n"
				  "------  -----\n"
				  "a\xef\xbf\xbd[31m  1,000\n"
				  "\xe6\xbc\xa2\n");
	free(text);
}

static void
test_commas(void **state)
{
	char buf[32];

	(void)state;
	table_commas(0, buf);
	assert_string_equal(buf, "0");
	table_commas(999, buf);
	assert_string_equal(buf, "999");
	table_commas(1000, buf);
	assert_string_equal(buf, "1,000");
	table_commas(-1234567, buf);
	assert_string_equal(buf, "-1,234,567");
	table_commas(INT64_MAX, buf);
	assert_string_equal(buf, "9,223,372,036,854,775,807");
}

static void
test_context_left(void **state)
{
	(void)state;
	/* (258400 - 12000 - (17093 - 12000)) / 246400 = 97.93 % */
	assert_int_equal(status_context_left(258400, 17093), 98);
	assert_int_equal(status_context_left(258400, 0), 100);
	assert_int_equal(status_context_left(258400, 12000), 100);
	assert_int_equal(status_context_left(258400, 258400), 0);
	assert_int_equal(status_context_left(258400, 4280000), 0);
	assert_int_equal(status_context_left(12000, 5), 0);
	assert_int_equal(status_context_left(-1, 5), -1);
	assert_int_equal(status_context_left(5, -1), -1);
}

static void
test_window_names(void **state)
{
	static const struct {
		int64_t minutes;
		const char *name;
	} names[] = { { 300, "5h" }, { 10080, "Weekly" }, { 1440, "Daily" }, { 43200, "Monthly" },
		{ 90, "90 min" }, { 2880, "2d" }, { -1, "Usage" } };
	char buf[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		status_window_name(names[i].minutes, buf);
		assert_string_equal(buf, names[i].name);
	}
}

static void
test_filters(void **state)
{
	struct query q;
	struct sbuf sql;
	struct err e;

	(void)state;
	query_init(&q, NULL);
	assert_int_equal(query_filter(&q, "model", "gpt-5", &e), 0);
	assert_int_equal(query_filter(&q, "model", "gpt-6*", &e), 0);
	assert_int_equal(query_filter(&q, "directory", "!/src/app*", &e), 0);
	assert_int_equal(query_filter(&q, "nonsense", "x", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(query_filter(&q, "model", "!", &e), -1);
	assert_int_equal(q.filters_len, 3);
	sbuf_init(&sql, 4096);
	query_where(&q, &sql, 3);
	assert_string_equal(sql.buf,
	    " AND (d.model = ?3 OR substr(d.model, 1, length(?4)) = ?4)"
	    " AND NOT (d.directory = ?5 OR substr(d.directory, 1, length(?5) + 1) = ?5 || '/')");
	sbuf_free(&sql);
	query_clear(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_commas),
		cmocka_unit_test(test_context_left),
		cmocka_unit_test(test_window_names),
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
