#include "base/compat.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "mustache/compile.h"

/* A tag whose end is still to come. */
struct opened {
	enum op_code code;
	uint32_t op;     /* its index */
	size_t at;       /* of the tag in the text */
	struct str name; /* without the * of a dynamic one */
	bool dynamic;
	size_t content;    /* where its body begins */
	bool alone;        /* OP_PARENT: only blanks before it on its line */
	struct str blanks; /* those at the beginning of its line */
};

struct compiler {
	struct mustache_set *set;
	struct scan scan;
	struct str text;
	struct draft d;
	struct opened open[MUSTACHE_MAX_OPEN];
	size_t depth;
	bool fresh; /* nothing was put out for the line at hand, which has begun */
	struct err *e;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* True when only blanks stand between the beginning of the line and AT; those into *BLANKS. */
static bool
blank_before(const struct compiler *c, size_t at, struct str *blanks)
{
	size_t i = at;

	while (i > 0 && is_blank(c->text.p[i - 1]))
		i--;
	*blanks = str_n(c->text.p + i, at - i);
	return i == 0 || c->text.p[i - 1] == '\n';
}

/* True when only blanks follow on the line from AT; *NEXT is then where the next one begins. */
static bool
blank_after(const struct compiler *c, size_t at, size_t *next)
{
	size_t i = at;

	while (i < c->text.n && is_blank(c->text.p[i]))
		i++;
	if (i + 1 < c->text.n && c->text.p[i] == '\r' && c->text.p[i + 1] == '\n')
		i++;
	*next = i < c->text.n ? i + 1 : i;
	return i == c->text.n || c->text.p[i] == '\n';
}

/* The blanks that the line of AT begins with, up to AT. */
static struct str
line_blanks(const struct compiler *c, size_t at)
{
	size_t start = at, n = 0;

	while (start > 0 && c->text.p[start - 1] != '\n')
		start--;
	while (start + n < at && is_blank(c->text.p[start + n]))
		n++;
	return str_n(c->text.p + start, n);
}

static struct opened *
top(struct compiler *c)
{
	return c->depth > 0 ? &c->open[c->depth - 1] : NULL;
}

/* The parent at hand, or NULL: what is directly in one and no block is not shown. */
static const struct opened *
in_parent(struct compiler *c)
{
	const struct opened *o = top(c);

	return o != NULL && o->code == OP_PARENT ? o : NULL;
}

static struct op *
add_op(struct compiler *c, enum op_code code, size_t at)
{
	struct raw_op *r;

	xgrow(&c->d.ops, c->d.nops, &c->d.ops_alloc, sizeof(*c->d.ops));
	r = &c->d.ops[c->d.nops++];
	*r = (struct raw_op){ .op = { .code = (uint8_t)code }, .at = (uint32_t)at };
	return &r->op;
}

static void
add_line(struct compiler *c, size_t from, size_t to)
{
	struct op *op = add_op(c, OP_TEXT, from);

	op->a = (uint32_t)from;
	op->b = (uint32_t)(to - from);
	op->flags = c->fresh ? OP_BOL : 0;
	c->fresh = to > from && c->text.p[to - 1] == '\n';
}

/* The text from FROM to TO, an op for each line. */
static void
add_text(struct compiler *c, size_t from, size_t to)
{
	while (from < to && in_parent(c) == NULL) {
		const char *lf = memchr(c->text.p + from, '\n', to - from);
		size_t end = lf != NULL ? (size_t)(lf - c->text.p) + 1 : to;

		add_line(c, from, end);
		from = end;
	}
}

/* A line begins with something at AT that is no text: its indentation comes before it. */
static void
begin_line(struct compiler *c, size_t at)
{
	if (c->fresh && in_parent(c) == NULL)
		add_line(c, at, at);
}

/*
 * The text before the tag T, and where the text behind it begins. Returns true when T is alone
 * on its line, with the blanks before it, which belong to no text then, in *BLANKS.
 */
static bool
alone(struct compiler *c, const struct tag *t, struct str *blanks)
{
	size_t next, from = c->scan.at;
	bool is = blank_before(c, t->start, blanks) && blank_after(c, t->end, &next);

	add_text(c, from, is ? t->start - blanks->n : t->start);
	if (is) {
		c->scan.at = next;
		c->fresh = true;
	} else {
		begin_line(c, t->start);
		c->scan.at = t->end;
	}
	return is;
}

/* Splits the name of T at its dots into parts: the index of the first, and *N, 0 for ".". */
static int
add_path(struct compiler *c, const struct tag *t, uint32_t *first, uint16_t *n)
{
	struct str rest = t->name, part;

	*first = (uint32_t)c->d.nparts;
	*n = 0;
	if (str_eqz(rest, "."))
		return 0;
	while (str_split(&rest, '.', &part)) {
		size_t at = (size_t)(part.p - c->text.p);

		if (part.n == 0)
			return mu_source_error(&c->scan.src, at, c->e,
			    "an empty part in the name \"%.*s\": parts are separated by single "
			    "dots",
			    (int)t->name.n, t->name.p);
		if (*n == MUSTACHE_MAX_PARTS)
			return mu_source_error(&c->scan.src, at, c->e,
			    "a name of more than %d parts", MUSTACHE_MAX_PARTS);
		xgrow(&c->d.parts, c->d.nparts, &c->d.parts_alloc, sizeof(*c->d.parts));
		c->d.parts[c->d.nparts++] = mu_name(c->set, part);
		(*n)++;
	}
	return 0;
}

static int
useless(struct compiler *c, const struct opened *parent, const struct tag *t)
{
	return mu_source_error(&c->scan.src, t->start, c->e,
	    "only blocks have an effect inside {{<%.*s}}: put this tag into one, as in "
	    "{{$name}}…{{/name}}",
	    (int)parent->name.n, parent->name.p);
}

static int
push(struct compiler *c, const struct tag *t, enum op_code code, struct opened **out)
{
	struct opened *o;

	if (c->depth == MUSTACHE_MAX_OPEN)
		return mu_source_error(&c->scan.src, t->start, c->e,
		    "more than %d tags are open: move a part into a partial", MUSTACHE_MAX_OPEN);
	o = &c->open[c->depth++];
	*o = (struct opened){ .code = code,
		.op = (uint32_t)c->d.nops - 1,
		.at = t->start,
		.name = t->name,
		.dynamic = t->dynamic };
	*out = o;
	return 0;
}

static int
on_variable(struct compiler *c, const struct tag *t)
{
	struct op *op;

	if (in_parent(c) != NULL)
		return useless(c, in_parent(c), t);
	add_text(c, c->scan.at, t->start);
	begin_line(c, t->start);
	c->scan.at = t->end;
	op = add_op(c, t->kind == '&' ? OP_RAW : OP_ESCAPED, t->start);
	return add_path(c, t, &op->a, &op->n);
}

static int
on_section(struct compiler *c, const struct tag *t)
{
	struct opened *o;
	struct str blanks;
	struct op *op;

	if (in_parent(c) != NULL)
		return useless(c, in_parent(c), t);
	(void)alone(c, t, &blanks);
	op = add_op(c, t->kind == '#' ? OP_SECTION : OP_INVERTED, t->start);
	if (add_path(c, t, &op->a, &op->n) < 0)
		return -1;
	return push(c, t, (enum op_code)op->code, &o);
}

static int
on_nothing(struct compiler *c, const struct tag *t)
{
	struct str blanks;

	(void)alone(c, t, &blanks);
	return 0;
}

/* A call of the op OP: T names a template or a block. */
static int
add_call(struct compiler *c, const struct tag *t, enum op_code code, struct str blanks, bool is)
{
	struct call *call;
	struct op *op = add_op(c, code, t->start);

	xgrow(&c->d.calls, c->d.ncalls, &c->d.calls_alloc, sizeof(*c->d.calls));
	op->a = (uint32_t)c->d.ncalls;
	call = &c->d.calls[c->d.ncalls++];
	*call = (struct call){ .dynamic = t->dynamic,
		.alone = is,
		.indent = (uint32_t)(blanks.p - c->text.p),
		.indent_size = (uint32_t)blanks.n };
	if (t->dynamic)
		return add_path(c, t, &call->part, &call->parts);
	call->name = mu_name(c->set, t->name);
	op->b = call->name->id;
	return 0;
}

static int
on_partial(struct compiler *c, const struct tag *t)
{
	struct str blanks;
	bool is;

	if (in_parent(c) != NULL)
		return useless(c, in_parent(c), t);
	is = alone(c, t, &blanks);
	if (!is)
		blanks.n = 0;
	return add_call(c, t, OP_PARTIAL, blanks, is);
}

/* Whether a parent is alone on its lines is known at its end: its blanks become a line until then. */
static int
on_parent(struct compiler *c, const struct tag *t)
{
	struct opened *o;
	struct str blanks;
	bool before;

	if (in_parent(c) != NULL)
		return useless(c, in_parent(c), t);
	before = blank_before(c, t->start, &blanks);
	add_text(c, c->scan.at, t->start);
	begin_line(c, t->start);
	c->scan.at = t->end;
	if (add_call(c, t, OP_PARENT, str_n(t->name.p, 0), false) < 0 ||
	    push(c, t, OP_PARENT, &o) < 0)
		return -1;
	o->alone = before;
	o->blanks = blanks;
	return 0;
}

/* A block inside a parent: its text takes the place of the block there. */
static int
on_argument(struct compiler *c, const struct opened *parent, const struct tag *t)
{
	const struct mustache_name *name = mu_name(c->set, t->name);
	struct opened *o;
	size_t next;

	for (size_t i = parent->op + 1; i < c->d.nops; i = c->d.ops[i].op.jump)
		if (c->d.ops[i].op.b == name->id)
			return mu_source_error(&c->scan.src, t->start, c->e,
			    "a second block \"%s\" in the same parent: remove one", name->z);
	add_op(c, OP_ARG, t->start)->b = name->id;
	if (push(c, t, OP_ARG, &o) < 0)
		return -1;
	c->scan.at = t->end;
	c->fresh = true;
	if (blank_after(c, t->end, &next)) {
		c->scan.at = next;
		o->alone = true;
	} else {
		o->blanks = line_blanks(c, t->start);
		add_line(c, t->end, t->end);
	}
	o->content = c->scan.at;
	return 0;
}

static int
on_block(struct compiler *c, const struct tag *t)
{
	struct opened *o;
	struct str blanks;
	bool is, before;

	if (in_parent(c) != NULL)
		return on_argument(c, in_parent(c), t);
	is = alone(c, t, &blanks);
	before = blank_before(c, t->start, &blanks);
	if (!before)
		blanks.n = 0;
	if (add_call(c, t, OP_BLOCK, blanks, is) < 0 || push(c, t, OP_BLOCK, &o) < 0)
		return -1;
	o->alone = is;
	o->blanks = blanks;
	o->content = c->scan.at;
	return 0;
}

/*
 * The indentation that is a block's own: that of the first line in it that is not blank, up to
 * END; if there is none, or the block begins in the middle of a line, that of its tag.
 */
static struct str
own_indent(const struct compiler *c, const struct opened *o, size_t end)
{
	size_t line = o->content;

	for (size_t i = line; o->alone && i < end; i++) {
		if (c->text.p[i] == '\n')
			line = i + 1;
		else if (!is_blank(c->text.p[i]) && c->text.p[i] != '\r')
			return str_n(c->text.p + line, i - line);
	}
	return o->blanks;
}

static void
end_argument(struct compiler *c, struct opened *o, const struct tag *t)
{
	struct str blanks;
	size_t end = t->start;

	if (blank_before(c, t->start, &blanks) && t->start - blanks.n >= c->scan.at)
		end -= blanks.n;
	add_text(c, c->scan.at, end);
	c->scan.at = t->end;
	mu_dedent(&c->d, o->op + 1, c->d.nops, c->text, own_indent(c, o, t->start));
}

static void
end_parent(struct compiler *c, struct opened *o, const struct tag *t)
{
	struct call *call = &c->d.calls[c->d.ops[o->op].op.a];
	struct op *line = &c->d.ops[o->op - (o->op > 0)].op;
	size_t next;

	c->scan.at = t->end;
	c->fresh = false;
	if (!o->alone || !blank_after(c, t->end, &next))
		return;
	c->scan.at = next;
	c->fresh = true;
	call->alone = true;
	call->indent = (uint32_t)(o->blanks.p - c->text.p);
	call->indent_size = (uint32_t)o->blanks.n;
	line->b = 0; /* its blanks, or an empty line's beginning */
	line->flags = 0;
}

static int
on_end(struct compiler *c, const struct tag *t)
{
	struct opened *o = top(c);
	struct str blanks;

	if (o == NULL)
		return mu_source_error(&c->scan.src, t->start, c->e,
		    "\"%.*s\" has an end but no beginning: remove this tag", (int)t->name.n,
		    t->name.p);
	if (!str_eq(t->name, o->name) || t->dynamic != o->dynamic) {
		struct pos pos = mu_pos(c->text, o->at);

		return mu_source_error(&c->scan.src, t->start, c->e,
		    "the end of \"%s%.*s\", but \"%s%.*s\" of %" PRIu32 ":%" PRIu32
		    " is still open: end that one first",
		    t->dynamic ? "*" : "", (int)t->name.n, t->name.p, o->dynamic ? "*" : "",
		    (int)o->name.n, o->name.p, pos.line, pos.column);
	}
	if (o->code == OP_ARG)
		end_argument(c, o, t);
	else if (o->code == OP_PARENT)
		end_parent(c, o, t);
	else
		(void)alone(c, t, &blanks);
	if (o->code == OP_BLOCK) {
		struct call *call = &c->d.calls[c->d.ops[o->op].op.a];
		struct str own = own_indent(c, o, t->start);

		call->indent = (uint32_t)(own.p - c->text.p);
		call->indent_size = (uint32_t)own.n;
	}
	c->d.ops[o->op].op.jump = (uint32_t)c->d.nops;
	c->depth--;
	return 0;
}

static int
on_tag(struct compiler *c, const struct tag *t)
{
	switch (t->kind) {
	case '#':
	case '^':
		return on_section(c, t);
	case '/':
		return on_end(c, t);
	case '>':
		return on_partial(c, t);
	case '<':
		return on_parent(c, t);
	case '$':
		return on_block(c, t);
	case '!':
	case '=':
		return on_nothing(c, t);
	default:
		return on_variable(c, t);
	}
}

static int
check_text(const struct source *src, struct err *e)
{
	uint32_t ch;

	if (str_starts(src->text, "\xef\xbb\xbf"))
		return mu_source_error(
		    src, 0, e, "a byte order mark: save the file as UTF-8 without one");
	for (size_t i = 0; i < src->text.n;) {
		size_t n = utf8_decode(src->text.p + i, src->text.n - i, &ch);

		if (ch == UTF8_BAD)
			return mu_source_error(src, i, e, "not UTF-8: save the file as UTF-8");
		i += n;
	}
	return 0;
}

int
mu_compile(struct mustache_set *s, const struct source *src, struct template *t, struct err *e)
{
	struct compiler c = { .set = s, .text = src->text, .fresh = true, .e = e };
	const struct opened *o;
	struct tag tag;
	int rc = -1, more;

	c.scan = (struct scan){ .src = *src, .open = STR("{{"), .close = STR("}}"), .e = e };
	if (check_text(src, e) < 0)
		return -1;
	while ((more = mu_scan_next(&c.scan, &tag)) > 0)
		if (on_tag(&c, &tag) < 0)
			goto out;
	if (more < 0)
		goto out;
	o = top(&c);
	if (o != NULL) {
		(void)mu_source_error(src, o->at, e,
		    "\"%s%.*s\" is never closed: its end tag is missing", o->dynamic ? "*" : "",
		    (int)o->name.n, o->name.p);
		goto out;
	}
	add_text(&c, c.scan.at, src->text.n);
	mu_pack(s->arena, &c.d, src, t);
	rc = 0;
out:
	free(c.d.ops);
	free(c.d.calls);
	free(c.d.parts);
	return rc;
}
