#include "base/compat.h"
#include "mustache/internal.h"
#include "mustache/out.h"

enum frame_kind {
	FRAME_TEMPLATE, /* a partial or a parent */
	FRAME_VALUE,    /* a section over one value */
	FRAME_LIST,     /* a section over a list */
	FRAME_BLOCK     /* what replaces a block */
};

/* Something entered: how to go on behind it. */
struct frame {
	enum frame_kind kind;
	uint32_t pc, end; /* to go on with */
	const struct template *t;
	const struct frame *args; /* that were in force outside */
	size_t indent_start, indent_end;
	uint32_t body;    /* FRAME_LIST: the first op */
	uint32_t parent;  /* FRAME_TEMPLATE with blocks: its op in t */
	const void *list; /* FRAME_LIST */
	size_t i;         /* FRAME_LIST: the element at hand */
};

struct render {
	const struct mustache_set *set;
	const struct mustache_view *view;
	const struct mustache_source *source;
	const struct template *t;
	uint32_t pc, end;
	const struct frame *args; /* the innermost parent whose blocks are in force */
	size_t depth;             /* frames in use */
	size_t contexts;
	size_t indent_start, indent_end; /* of the indentation in force */
	size_t indent_done;              /* up to here it stands in the output already */
	uint32_t steps;
	struct err *e;
	struct frame frames[MUSTACHE_MAX_DEPTH];
	const void *context[MUSTACHE_MAX_DEPTH + 1];
	char indent[MUSTACHE_MAX_INDENT];
	struct out out;
};

static int PRINTF(4, 5)
    fail(struct render *r, const struct op *op, enum err_code code, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return mu_place_error(r->t->label, r->t->pos[op - r->t->ops], code, r->e, "%s", text);
}

/* The N parts from PART on of the template at hand, as the tag has them, for a message. */
static const char *
path_text(const struct render *r, uint32_t part, uint16_t n, struct sbuf *b)
{
	sbuf_init(b, MUSTACHE_MAX_NAME);
	for (uint16_t i = 0; i < n; i++) {
		sbuf_addz(b, i > 0 ? "." : "");
		sbuf_addz(b, r->t->parts[part + i]->z);
	}
	if (n == 0)
		sbuf_addc(b, '.');
	return b->buf;
}

static int
fail_path(struct render *r, const struct op *op, uint32_t part, uint16_t n, const char *what)
{
	struct sbuf b;
	int rc = fail(r, op, ERR_INPUT, "\"%.200s\" %s", path_text(r, part, n, &b), what);

	sbuf_free(&b);
	return rc;
}

/* What the N parts from PART on stand for, into *FOUND. */
static enum mustache_state
resolve(const struct render *r, uint32_t part, uint16_t n, const void **found)
{
	const struct mustache_name *const *name = r->t->parts + part;
	const struct mustache_source *source = r->source;
	enum mustache_state state = MUSTACHE_ABSENT;

	if (n == 0) {
		*found = r->context[r->contexts - 1];
		return source->judge(r->view->data, *found);
	}
	for (size_t i = r->contexts; i-- > 0 && state == MUSTACHE_ABSENT;)
		state = source->lookup(r->view->data, r->context[i], name[0], found);
	for (uint16_t k = 1; k < n && state != MUSTACHE_ABSENT; k++)
		state = source->lookup(r->view->data, *found, name[k], found);
	return state;
}

/* resolve(), with an error for an absent name in a strict view. */
static int
get(struct render *r, const struct op *op, enum mustache_state *state, const void **found)
{
	*found = NULL;
	*state = resolve(r, op->a, op->n, found);
	if (*state == MUSTACHE_ABSENT && r->view->strict)
		return fail_path(
		    r, op, op->a, op->n, "is not in the data: add it, or correct the name");
	return 0;
}

static int
variable(struct render *r, const struct op *op)
{
	char scratch[MUSTACHE_SCRATCH];
	enum mustache_state state;
	const void *node;
	struct str s;

	if (get(r, op, &state, &node) < 0)
		return -1;
	if (state == MUSTACHE_ABSENT)
		return 0;
	s = r->source->text(r->view->data, node, scratch);
	if (s.p == NULL && state != MUSTACHE_FALSEY && r->view->strict)
		return fail_path(r, op, op->a, op->n, "has no text: it is a list or an object");
	if (op->code == OP_RAW)
		mu_out_raw(&r->out, s);
	else
		mu_out_escaped(&r->out, s);
	return 0;
}

static void
begin_line(struct render *r)
{
	size_t from = r->indent_start > r->indent_done ? r->indent_start : r->indent_done;

	if (from < r->indent_end)
		mu_out_raw(&r->out, (struct str){ r->indent + from, r->indent_end - from });
	r->indent_done = 0;
}

static void
text(struct render *r, const struct op *op)
{
	struct str s = { r->t->pool + op->a, op->b };
	bool begins = (op->flags & OP_BOL) != 0;

	if (r->indent_start == r->indent_end) {
		mu_out_raw(&r->out, s);
		return;
	}
	if (s.n == 0 && begins)
		begin_line(r);
	while (s.n > 0) {
		const char *lf = memchr(s.p, '\n', s.n);
		size_t n = lf != NULL ? (size_t)(lf - s.p) + 1 : s.n;

		if (begins)
			begin_line(r);
		mu_out_raw(&r->out, (struct str){ s.p, n });
		s = (struct str){ s.p + n, s.n - n };
		begins = true;
	}
}

/* Remember how to go on behind OP; *OUT is the frame. */
static int
enter(struct render *r, const struct op *op, enum frame_kind kind, struct frame **out)
{
	struct frame *f;

	if (r->depth == MUSTACHE_MAX_DEPTH)
		return fail(r, op, ERR_LIMIT,
		    "more than %d sections, partials and blocks in each other: does a template "
		    "contain itself without an end?",
		    MUSTACHE_MAX_DEPTH);
	if (r->steps++ == MUSTACHE_MAX_STEPS)
		return fail(r, op, ERR_LIMIT, "more than %d steps", MUSTACHE_MAX_STEPS);
	f = &r->frames[r->depth++];
	f->kind = kind;
	f->t = r->t;
	f->pc = op->jump != 0 ? op->jump : (uint32_t)(op - r->t->ops) + 1;
	f->end = r->end;
	f->args = r->args;
	f->indent_start = r->indent_start;
	f->indent_end = r->indent_end;
	*out = f;
	return 0;
}

/* Lengthen the indentation by that of C, a call of the template FROM. */
static int
indent(struct render *r, const struct op *op, const struct template *from, const struct call *c)
{
	if (c->indent_size > MUSTACHE_MAX_INDENT - r->indent_end)
		return fail(
		    r, op, ERR_LIMIT, "an indentation of more than %d bytes", MUSTACHE_MAX_INDENT);
	if (c->indent_size > 0)
		memcpy(r->indent + r->indent_end, from->pool + c->indent, c->indent_size);
	r->indent_end += c->indent_size;
	return 0;
}

/* The template that a call names: *OUT, NULL when there is none. */
static int
target(struct render *r, const struct op *op, const struct call *c, const struct template **out)
{
	char scratch[MUSTACHE_SCRATCH];
	const void *node = NULL;
	struct str name = { NULL, 0 };

	*out = c->target;
	if (!c->dynamic)
		return 0;
	if (resolve(r, c->part, c->parts, &node) != MUSTACHE_ABSENT)
		name = r->source->text(r->view->data, node, scratch);
	*out = name.n > 0 ? mu_template(r->set, name) : NULL;
	if (*out == NULL && r->view->strict)
		return fail_path(r, op, c->part, c->parts, "names no template");
	return 0;
}

static int
call(struct render *r, const struct op *op)
{
	const struct call *c = &r->t->calls[op->a];
	const struct template *to;
	struct frame *f;

	if (target(r, op, c, &to) < 0)
		return -1;
	if (to == NULL) {
		r->pc = op->jump != 0 ? op->jump : r->pc + 1;
		return 0;
	}
	if (enter(r, op, FRAME_TEMPLATE, &f) < 0)
		return -1;
	if (!c->alone)
		r->indent_start = r->indent_end;
	if (indent(r, op, r->t, c) < 0)
		return -1;
	if (op->code == OP_PARENT && op->jump > r->pc + 1) {
		f->parent = r->pc;
		r->args = f;
	}
	r->t = to;
	r->pc = 0;
	r->end = to->nops;
	return 0;
}

/* The op of the block NAME in the parent of F, or NO_OP. */
static uint32_t
argument(const struct frame *f, uint32_t name)
{
	uint32_t end = f->t->ops[f->parent].jump;

	for (uint32_t i = f->parent + 1; i < end; i = f->t->ops[i].jump)
		if (f->t->ops[i].b == name)
			return i;
	return NO_OP;
}

/*
 * A block: the outermost parent that replaces it decides. What it puts there is a part of the
 * template with that parent, so only the parents outside of it can replace blocks in it.
 */
static int
block(struct render *r, const struct op *op)
{
	const struct call *c = &r->t->calls[op->a];
	const struct frame *found = NULL;
	const struct template *from = r->t;
	uint32_t arg = NO_OP;
	struct frame *f;

	for (const struct frame *p = r->args; p != NULL; p = p->args) {
		uint32_t i = argument(p, op->b);

		if (i != NO_OP) {
			found = p;
			arg = i;
		}
	}
	if (found == NULL) {
		r->pc++;
		return 0;
	}
	if (enter(r, op, FRAME_BLOCK, &f) < 0 || indent(r, op, from, c) < 0)
		return -1;
	if (!c->alone)
		r->indent_done = r->indent_end;
	r->t = found->t;
	r->args = found->args;
	r->pc = arg + 1;
	r->end = found->t->ops[arg].jump;
	return 0;
}

static int
section(struct render *r, const struct op *op)
{
	enum mustache_state state;
	const void *node, *context;
	struct frame *f;

	if (get(r, op, &state, &node) < 0)
		return -1;
	context = NULL;
	if (state == MUSTACHE_ABSENT || state == MUSTACHE_FALSEY ||
	    (state == MUSTACHE_LIST && !r->source->iterate(r->view->data, node, 0, &context))) {
		r->pc = op->jump;
		return 0;
	}
	if (enter(r, op, state == MUSTACHE_LIST ? FRAME_LIST : FRAME_VALUE, &f) < 0)
		return -1;
	f->list = node;
	f->i = 0;
	f->body = r->pc + 1;
	r->context[r->contexts++] = state == MUSTACHE_LIST ? context : node;
	r->pc = f->body;
	r->end = op->jump;
	return 0;
}

static int
inverted(struct render *r, const struct op *op)
{
	enum mustache_state state;
	const void *node;

	if (get(r, op, &state, &node) < 0)
		return -1;
	r->pc = state == MUSTACHE_ABSENT || state == MUSTACHE_FALSEY ? r->pc + 1 : op->jump;
	return 0;
}

/* The end of what was entered last. */
static int
leave(struct render *r)
{
	struct frame *f = &r->frames[r->depth - 1];

	if (f->kind == FRAME_LIST &&
	    r->source->iterate(r->view->data, f->list, ++f->i, &r->context[r->contexts - 1])) {
		if (r->steps++ == MUSTACHE_MAX_STEPS)
			return fail(r, &f->t->ops[f->body - 1], ERR_LIMIT, "more than %d steps",
			    MUSTACHE_MAX_STEPS);
		r->pc = f->body;
		return 0;
	}
	if (f->kind == FRAME_LIST || f->kind == FRAME_VALUE)
		r->contexts--;
	else
		r->indent_done = 0;
	r->t = f->t;
	r->pc = f->pc;
	r->end = f->end;
	r->args = f->args;
	r->indent_start = f->indent_start;
	r->indent_end = f->indent_end;
	r->depth--;
	return 0;
}

static int
step(struct render *r)
{
	const struct op *op = &r->t->ops[r->pc];

	switch ((enum op_code)op->code) {
	case OP_TEXT:
		text(r, op);
		r->pc++;
		return 0;
	case OP_ESCAPED:
	case OP_RAW:
		r->pc++;
		return variable(r, op);
	case OP_SECTION:
		return section(r, op);
	case OP_INVERTED:
		return inverted(r, op);
	case OP_PARTIAL:
	case OP_PARENT:
		return call(r, op);
	case OP_BLOCK:
		return block(r, op);
	case OP_ARG:
		break;
	}
	bug("%s: op %d out of place", r->t->label, op->code);
}

static int
run(struct render *r)
{
	for (;;) {
		int rc;

		if (r->pc == r->end) {
			if (r->depth == 0)
				return mu_out_flush(&r->out);
			rc = leave(r);
		} else
			rc = step(r);
		if (rc < 0 || r->out.failed)
			return -1;
	}
}

static int
start(const struct mustache_set *s, const char *name, const struct mustache_view *view,
    struct sbuf *b, mustache_sink *sink, void *arg, struct err *e)
{
	struct render r;

	if (!s->finished)
		bug("a set is rendered that is not finished");
	r.t = mu_template(s, str_of(name));
	if (r.t == NULL)
		return err_set(e, ERR_NOTFOUND, "there is no template \"%s\"", name);
	r.set = s;
	r.view = view;
	r.source = view->source;
	r.pc = 0;
	r.end = r.t->nops;
	r.args = NULL;
	r.depth = 0;
	r.contexts = 1;
	r.context[0] = view->root;
	r.indent_start = r.indent_end = r.indent_done = 0;
	r.steps = 0;
	r.e = e;
	r.out.n = r.out.sent = 0;
	r.out.max = view->max_bytes > 0 ? view->max_bytes : MUSTACHE_MAX_OUTPUT;
	r.out.b = b;
	r.out.sink = sink;
	r.out.arg = arg;
	r.out.failed = false;
	r.out.e = e;
	return run(&r);
}

int
mustache_render(const struct mustache_set *s, const char *name, const struct mustache_view *view,
    struct sbuf *out, struct err *e)
{
	size_t n = out->len;

	if (sbuf_check(out, e) < 0)
		return -1;
	if (start(s, name, view, out, NULL, NULL, e) == 0)
		return 0;
	out->len = n;
	out->failed = false;
	if (out->alloc > 0)
		out->buf[n] = '\0';
	return -1;
}

int
mustache_render_to(const struct mustache_set *s, const char *name, const struct mustache_view *view,
    mustache_sink *sink, void *arg, struct err *e)
{
	return start(s, name, view, NULL, sink, arg, e);
}
