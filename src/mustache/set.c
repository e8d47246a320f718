#include "base/compat.h"
#include "base/xalloc.h"
#include "mustache/internal.h"

struct mustache_set *
mustache_set_new(void)
{
	struct mustache_set *s = xcalloc(1, sizeof(*s));

	s->arena = arena_new();
	return s;
}

void
mustache_set_free(struct mustache_set *s)
{
	if (s == NULL)
		return;
	HASH_CLEAR(hh, s->templates);
	HASH_CLEAR(hh, s->names);
	arena_free(s->arena);
	free(s);
}

const struct mustache_name *
mu_name(struct mustache_set *s, struct str z)
{
	struct known_name *k;

	HASH_FIND(hh, s->names, z.p, z.n, k);
	if (k == NULL) {
		k = arena_alloc(s->arena, 1, sizeof(*k));
		k->name = (struct mustache_name){ arena_dup(s->arena, z), z.n, s->names_len++ };
		HASH_ADD_KEYPTR(hh, s->names, k->name.z, z.n, k);
	}
	return &k->name;
}

int
mustache_set_add(
    struct mustache_set *s, const char *name, const char *label, struct str text, struct err *e)
{
	struct source src = { label != NULL ? label : name, text };
	struct template *t;

	if (s->finished)
		bug("a template is added to a finished set");
	if (text.n > MUSTACHE_MAX_TEXT)
		return err_set(e, ERR_LIMIT,
		    "%s: a template of %zu bytes, %zu are allowed: move a part into a partial",
		    src.label, text.n, MUSTACHE_MAX_TEXT);
	if (text.n > MUSTACHE_MAX_SET - s->bytes)
		return err_set(e, ERR_LIMIT, "%s: more than %zu bytes of templates", src.label,
		    MUSTACHE_MAX_SET);
	if (HASH_COUNT(s->templates) == MUSTACHE_MAX_TEMPLATES)
		return err_set(
		    e, ERR_LIMIT, "%s: more than %d templates", src.label, MUSTACHE_MAX_TEMPLATES);
	if (mustache_set_has(s, name))
		return err_set(e, ERR_INPUT, "%s: there is a template \"%s\" already: rename one",
		    src.label, name);
	t = arena_alloc(s->arena, 1, sizeof(*t));
	t->name = arena_dup(s->arena, str_of(name));
	t->label = arena_dup(s->arena, str_of(src.label));
	if (mu_compile(s, &src, t, e) < 0)
		return -1;
	HASH_ADD_KEYPTR(hh, s->templates, t->name, strlen(t->name), t);
	s->bytes += text.n;
	s->hash = hash_str(text, hash_i64((int64_t)text.n, hash_str(str_of(name), s->hash)));
	return 0;
}

static struct template *
find(const struct mustache_set *s, const char *name, size_t n)
{
	struct template *t;

	HASH_FIND(hh, s->templates, name, n, t);
	return t;
}

const struct template *
mu_template(const struct mustache_set *s, struct str name)
{
	return find(s, name.p, name.n);
}

bool
mustache_set_has(const struct mustache_set *s, const char *name)
{
	return find(s, name, strlen(name)) != NULL;
}

uint64_t
mustache_set_hash(const struct mustache_set *s)
{
	return s->hash;
}

static int
bind(struct mustache_set *s, struct template *t, bool lenient, struct err *e)
{
	for (uint32_t i = 0; i < t->ncalls; i++) {
		struct call *c = &t->calls[i];
		uint32_t op = t->call_ops[i];

		if (t->ops[op].code == OP_BLOCK || c->dynamic)
			continue;
		c->target = find(s, c->name->z, c->name->n);
		if (c->target == NULL && !lenient)
			return mu_place_error(t->label, t->pos[op], ERR_INPUT, e,
			    "there is no template \"%s\": add %s.mustache, or correct the name",
			    c->name->z, c->name->z);
	}
	return 0;
}

enum { UNSEEN, OPEN, DONE };

/*
 * A template that puts itself in on every render, not only where a section or
 * a block says so, would never end. T is the template to follow.
 */
static int
follow(struct mustache_set *s, struct template *t, struct err *e)
{
	uint32_t i = 0;

	t->mark = OPEN;
	while (i < t->nops) {
		const struct op *op = &t->ops[i];
		struct template *to = NULL;

		if ((op->code == OP_PARTIAL || op->code == OP_PARENT) &&
		    t->calls[op->a].target != NULL)
			to = find(
			    s, t->calls[op->a].target->name, strlen(t->calls[op->a].target->name));
		if (to != NULL && to->mark == OPEN)
			return mu_place_error(t->label, t->pos[i], ERR_INPUT, e,
			    "\"%s\" contains itself without an end: put this tag into a section",
			    to->name);
		if (to != NULL && to->mark == UNSEEN && follow(s, to, e) < 0)
			return -1;
		i = op->jump != 0 ? op->jump : i + 1;
	}
	t->mark = DONE;
	return 0;
}

int
mustache_set_finish(struct mustache_set *s, bool lenient, struct err *e)
{
	struct template *t, *next;

	HASH_ITER(hh, s->templates, t, next)
	if (bind(s, t, lenient, e) < 0)
		return -1;
	HASH_ITER(hh, s->templates, t, next)
	if (t->mark == UNSEEN && follow(s, t, e) < 0)
		return -1;
	s->finished = true;
	return 0;
}
