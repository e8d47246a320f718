#include "base/compat.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "mustache/compile.h"

static size_t
common(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

void
mu_dedent(struct draft *d, size_t first, size_t end, struct str text, struct str indent)
{
	size_t next;

	for (size_t i = first; i < end && indent.n > 0; i = next) {
		struct op *op = &d->ops[i].op;

		next = op->code == OP_ARG ? op->jump : i + 1;
		if (op->code == OP_TEXT && (op->flags & OP_BOL) != 0) {
			size_t n = common(indent, str_n(text.p + op->a, op->b));

			op->a += (uint32_t)n;
			op->b -= (uint32_t)n;
		} else if (op->code == OP_PARTIAL || op->code == OP_PARENT ||
			   op->code == OP_BLOCK) {
			struct call *c = &d->calls[op->a];
			size_t n = common(indent, str_n(text.p + c->indent, c->indent_size));

			c->indent += (uint32_t)n;
			c->indent_size -= (uint32_t)n;
		}
	}
}

/*
 * True when the text of OP may be added to that of LAST, in which TEXT_END is the last
 * byte: a line feed inside a text means that a line begins behind it, one at its end does not.
 */
static bool
joins(const struct op *last, char text_end, const struct op *op)
{
	bool begins = (op->flags & OP_BOL) != 0;

	if (last->code != OP_TEXT || op->code != OP_TEXT || op->b == 0)
		return false;
	return (last->b > 0 && text_end == '\n') == begins;
}

struct packing {
	const struct draft *d;
	struct str text;
	struct op *ops;
	struct pos *pos;
	uint32_t n;
	char *pool;
	uint32_t used;
	uint32_t *to;  /* the new index of an op */
	bool *targets; /* an op that something jumps to */
};

/* Where the packer stands in the text; positions of ops ascend. */
struct cursor {
	size_t at;
	struct pos pos;
};

static struct pos
forward(struct cursor *c, struct str text, size_t at)
{
	while (c->at < at) {
		const char *lf = memchr(text.p + c->at, '\n', at - c->at);

		if (lf == NULL) {
			c->pos.column += (uint32_t)utf8_length(str_n(text.p + c->at, at - c->at));
			c->at = at;
		} else {
			c->at = (size_t)(lf - text.p) + 1;
			c->pos = (struct pos){ c->pos.line + 1, 1 };
		}
	}
	return c->pos;
}

static void
pack_ops(struct packing *k)
{
	struct cursor cursor = { 0, { 1, 1 } };

	for (size_t i = 0; i < k->d->nops; i++) {
		struct op op = k->d->ops[i].op;
		struct op *last = k->n > 0 ? &k->ops[k->n - 1] : NULL;

		k->to[i] = k->n;
		if (op.code == OP_TEXT) {
			if (op.b == 0 && (op.flags & OP_BOL) == 0)
				continue;
			memcpy(k->pool + k->used, k->text.p + op.a, op.b);
			op.a = k->used;
			k->used += op.b;
			if (last != NULL && !k->targets[i] &&
			    joins(last, last->b > 0 ? k->pool[last->a + last->b - 1] : '\0', &op)) {
				last->b += op.b;
				continue;
			}
		}
		k->pos[k->n] = forward(&cursor, k->text, k->d->ops[i].at);
		k->ops[k->n++] = op;
	}
	k->to[k->d->nops] = k->n;
}

static void
pack_calls(struct packing *k, struct arena *a, struct template *t)
{
	const struct draft *d = k->d;

	t->calls = arena_alloc(a, d->ncalls, sizeof(*t->calls));
	t->call_ops = arena_alloc(a, d->ncalls, sizeof(*t->call_ops));
	t->ncalls = (uint32_t)d->ncalls;
	for (size_t i = 0; i < d->ncalls; i++) {
		struct call c = d->calls[i];

		memcpy(k->pool + k->used, k->text.p + c.indent, c.indent_size);
		c.indent = k->used;
		k->used += c.indent_size;
		t->calls[i] = c;
	}
	for (uint32_t i = 0; i < k->n; i++)
		if (k->ops[i].code == OP_PARTIAL || k->ops[i].code == OP_PARENT ||
		    k->ops[i].code == OP_BLOCK)
			t->call_ops[k->ops[i].a] = i;
}

static void *
kept(struct arena *a, const void *p, size_t count, size_t size)
{
	void *copy = arena_alloc(a, count, size);

	if (count > 0)
		memcpy(copy, p, count * size);
	return copy;
}

void
mu_pack(struct arena *a, const struct draft *d, const struct source *src, struct template *t)
{
	struct packing k = { .d = d, .text = src->text };
	size_t room = 0;

	k.ops = xcalloc(d->nops + 1, sizeof(*k.ops));
	k.pos = xcalloc(d->nops + 1, sizeof(*k.pos));
	k.to = xcalloc(d->nops + 1, sizeof(*k.to));
	k.targets = xcalloc(d->nops + 1, sizeof(*k.targets));
	for (size_t i = 0; i < d->nops; i++) {
		room += d->ops[i].op.code == OP_TEXT ? d->ops[i].op.b : 0;
		k.targets[d->ops[i].op.jump] = d->ops[i].op.jump != 0;
	}
	for (size_t i = 0; i < d->ncalls; i++)
		room += d->calls[i].indent_size;
	k.pool = arena_alloc(a, room + 1, 1);
	pack_ops(&k);
	for (uint32_t i = 0; i < k.n; i++)
		if (k.ops[i].jump != 0)
			k.ops[i].jump = k.to[k.ops[i].jump];
	pack_calls(&k, a, t);
	t->ops = kept(a, k.ops, k.n, sizeof(*k.ops));
	t->pos = kept(a, k.pos, k.n, sizeof(*k.pos));
	t->nops = k.n;
	t->parts = kept(a, d->parts, d->nparts, sizeof(*d->parts));
	t->pool = k.pool;
	free(k.ops);
	free(k.pos);
	free(k.to);
	free(k.targets);
}
