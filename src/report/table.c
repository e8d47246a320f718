#include "base/compat.h"

#include "base/sbuf.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "report/table.h"

#define CELL_MAX ((size_t)65536)

struct table {
	size_t n;
	bool *right;
	size_t *width;
	char **cells; /* rows of n; the first is the titles; NULL cell: empty */
	bool *rules;  /* a rule before row i */
	size_t rows, alloc_cells, alloc_rules;
	bool rule_next;
};

static char **
current(struct table *t)
{
	while ((t->rows + 1) * t->n > t->alloc_cells) {
		size_t more = t->alloc_cells == 0 ? 64 * t->n : t->alloc_cells * 2;

		t->cells = xreallocarray(t->cells, more, sizeof(*t->cells));
		memset(t->cells + t->alloc_cells, 0, (more - t->alloc_cells) * sizeof(*t->cells));
		t->alloc_cells = more;
	}
	return t->cells + t->rows * t->n;
}

struct table *
table_new(size_t n, const char *const *titles, const bool *right)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->n = n;
	t->right = xcalloc(n, sizeof(*t->right));
	t->width = xcalloc(n, sizeof(*t->width));
	memcpy(t->right, right, n * sizeof(*right));
	for (size_t i = 0; i < n; i++)
		table_cell(t, i, str_of(titles[i]));
	table_row(t);
	table_rule(t);
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->alloc_cells; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t->rules);
	free(t->right);
	free(t->width);
	free(t);
}

void
table_cell(struct table *t, size_t i, struct str s)
{
	char **row = current(t);
	struct sbuf b;
	size_t w;

	if (s.n > CELL_MAX)
		s.n = CELL_MAX;
	sbuf_init(&b, CELL_MAX * 3);
	utf8_add_plain(&b, s);
	free(row[i]);
	row[i] = sbuf_detach(&b);
	w = utf8_width(str_of(row[i]));
	if (w > t->width[i])
		t->width[i] = w;
}

void
table_row(struct table *t)
{
	(void)current(t); /* a row without cells has its place too */
	xgrow(&t->rules, t->rows, &t->alloc_rules, sizeof(*t->rules));
	t->rules[t->rows++] = t->rule_next;
	t->rule_next = false;
}

void
table_rule(struct table *t)
{
	t->rule_next = true;
}

static void
pad(FILE *f, char c, size_t n)
{
	while (n-- > 0)
		(void)fputc(c, f);
}

static void
print_rule(const struct table *t, FILE *f)
{
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			pad(f, ' ', 2);
		pad(f, '-', t->width[i]);
	}
	pad(f, '\n', 1);
}

static void
print_row(const struct table *t, char *const *row, FILE *f)
{
	size_t blanks = 0;

	for (size_t i = 0; i < t->n; i++) {
		const char *s = row[i] == NULL ? "" : row[i];
		size_t left = t->width[i] - utf8_width(str_of(s));

		blanks += (i > 0 ? 2 : 0) + (t->right[i] ? left : 0);
		if (s[0] == '\0') {
			blanks += t->right[i] ? 0 : left;
			continue;
		}
		pad(f, ' ', blanks);
		(void)fputs(s, f);
		blanks = t->right[i] ? 0 : left;
	}
	pad(f, '\n', 1);
}

void
table_print(const struct table *t, FILE *f)
{
	for (size_t r = 0; r < t->rows; r++) {
		if (t->rules[r])
			print_rule(t, f);
		print_row(t, t->cells + r * t->n, f);
	}
	if (t->rows == 1)
		print_rule(t, f);
}

void
table_commas(int64_t v, char buf[static 32])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, v), out = 0, start = v < 0;

	for (int i = 0; i < n; i++) {
		if (i > start && (n - i) % 3 == 0)
			buf[out++] = ',';
		buf[out++] = digits[i];
	}
	buf[out] = '\0';
}
