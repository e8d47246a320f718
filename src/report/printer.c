#include "base/compat.h"

#include "base/xalloc.h"
#include "json/jw.h"
#include "report/printer.h"

struct printer {
	enum printer_format format;
	FILE *f;
	size_t n;
	const char *const *names;
	struct jw jw;
};

struct cell
cell_text(struct str s)
{
	return (struct cell){ s.p == NULL ? CELL_NULL : CELL_TEXT, 0, s };
}

struct cell
cell_int(int64_t v)
{
	return (struct cell){ CELL_INT, v, { NULL, 0 } };
}

struct cell
cell_number(const char *s)
{
	return (struct cell){ CELL_NUMBER, 0, str_of(s) };
}

struct cell
cell_bool(bool v)
{
	return (struct cell){ CELL_BOOL, v, { NULL, 0 } };
}

struct cell
cell_null(void)
{
	return (struct cell){ CELL_NULL, 0, { NULL, 0 } };
}

void
printer_csv_text(FILE *f, struct str s)
{
	bool quote = false;

	for (size_t i = 0; i < s.n; i++)
		if (strchr("\",\r\n", s.p[i]) != NULL || s.p[i] == '\0')
			quote = true;
	if (quote)
		(void)fputc('"', f);
	if (s.n > 0 && strchr("=+-@\t\r", s.p[0]) != NULL && s.p[0] != '\0')
		(void)fputc('\'', f);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			(void)fputc('"', f);
		(void)fputc(s.p[i], f);
	}
	if (quote)
		(void)fputc('"', f);
}

struct printer *
printer_begin(enum printer_format format, FILE *f, size_t n, const char *const *names)
{
	struct printer *p = xcalloc(1, sizeof(*p));

	p->format = format;
	p->f = f;
	p->n = n;
	p->names = names;
	if (format == PRINTER_JSON) {
		jw_file(&p->jw, f, true);
		jw_arr(&p->jw);
	} else if (format == PRINTER_CSV) {
		for (size_t i = 0; i < n; i++)
			(void)fprintf(f, "%s%s", i > 0 ? "," : "", names[i]);
		(void)fputs("\r\n", f);
	}
	return p;
}

static void
csv_cell(FILE *f, const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:
		break;
	case CELL_INT:
		(void)fprintf(f, "%" PRId64, c->i);
		break;
	case CELL_BOOL:
		(void)fputs(c->i != 0 ? "true" : "false", f);
		break;
	case CELL_NUMBER:
		(void)fwrite(c->s.p, 1, c->s.n, f);
		break;
	case CELL_TEXT:
		printer_csv_text(f, c->s);
		break;
	case CELL_WORDS:
		for (size_t i = 0; i < c->s.n; i++)
			(void)fputc(c->s.p[i] == ' ' ? ';' : c->s.p[i], f);
		break;
	}
}

static void
json_words(struct jw *w, struct str s)
{
	struct str part;

	jw_arr(w);
	while (s.n > 0 && str_split(&s, ' ', &part))
		jw_str(w, part);
	jw_arr_end(w);
}

static void
json_cell(struct jw *w, const struct cell *c)
{
	char number[64];

	switch (c->type) {
	case CELL_NULL:
		jw_null(w);
		break;
	case CELL_INT:
		jw_i64(w, c->i);
		break;
	case CELL_BOOL:
		jw_bool(w, c->i != 0);
		break;
	case CELL_NUMBER:
		(void)snprintf(number, sizeof(number), "%.*s", (int)c->s.n, c->s.p);
		jw_raw(w, number);
		break;
	case CELL_TEXT:
		jw_str(w, c->s);
		break;
	case CELL_WORDS:
		json_words(w, c->s);
		break;
	}
}

void
printer_row(struct printer *p, const struct cell *cells)
{
	if (p->format == PRINTER_CSV) {
		for (size_t i = 0; i < p->n; i++) {
			if (i > 0)
				(void)fputc(',', p->f);
			csv_cell(p->f, &cells[i]);
		}
		(void)fputs("\r\n", p->f);
		return;
	}
	if (p->format == PRINTER_NDJSON)
		jw_file(&p->jw, p->f, false);
	jw_obj(&p->jw);
	for (size_t i = 0; i < p->n; i++) {
		jw_key(&p->jw, p->names[i]);
		json_cell(&p->jw, &cells[i]);
	}
	jw_obj_end(&p->jw);
	if (p->format == PRINTER_NDJSON)
		(void)fputc('\n', p->f);
}

void
printer_end(struct printer *p)
{
	if (p->format == PRINTER_JSON) {
		jw_arr_end(&p->jw);
		(void)fputc('\n', p->f);
	}
	free(p);
}
